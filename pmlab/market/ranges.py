"""Uncertain numbers: a 90 % interval becomes a distribution."""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
import numpy.typing as npt

from pmlab import _arguments as check
from pmlab.formatting import number, percent
from pmlab.results import Result

Floats = npt.NDArray[np.float64]
Distribution = Literal["lognormal", "normal", "uniform"]


@dataclass(frozen=True, kw_only=True, repr=False)
class ValueRange(Result):
    """An uncertain number: "I am 90 % sure that it lies between low and high".

    Build it with :func:`value_range`.

    Attributes:
        low: Lower end.
        high: Upper end.
        credibility: Probability that the number lies between the ends.
        distribution: Shape between and beyond the ends.
        mean: Mean of the distribution.
        sd: Standard deviation of the distribution.
    """

    low: float
    high: float
    credibility: float
    distribution: Distribution
    mean: float
    sd: float

    def summary(self) -> str:
        """Return the range in plain words."""
        sure = percent(self.credibility, digits=0)
        return (
            f"{sure} sure between {number(self.low)} and {number(self.high)} "
            f"({self.distribution}; median {number(self.quantile(0.5))}, "
            f"mean {number(self.mean)})."
        )

    def quantile(self, probability: float) -> float:
        """Return the value that the number stays below with this probability.

        Args:
            probability: Fraction strictly between 0 and 1; 0.1 gives the P10.

        Returns:
            The quantile, in the unit of the ends.

        Examples:
            >>> value_range(10, 20, distribution="normal").quantile(0.5)
            15.0
        """
        position = check.open_rate("probability", probability)
        if self.distribution == "uniform":
            share = (position - 0.5) / self.credibility + 0.5
            return self.low + share * (self.high - self.low)
        center, spread = _center_and_spread(self)
        value = center + spread * NormalDist().inv_cdf(position)
        return math.exp(value) if self.distribution == "lognormal" else value

    def sample(self, size: int, *, rng: int | np.random.Generator) -> Floats:
        """Draw values at random.

        Args:
            size: Number of values.
            rng: Seed or generator.

        Returns:
            Array of ``size`` values.

        Examples:
            >>> value_range(10, 20).sample(3, rng=1).shape
            (3,)
        """
        draws = check.whole("size", size, minimum=1)
        generator = np.random.default_rng(rng)
        if self.distribution == "uniform":
            beyond = (self.high - self.low) * (1 / self.credibility - 1) / 2
            return generator.uniform(self.low - beyond, self.high + beyond, draws)
        center, spread = _center_and_spread(self)
        values = generator.normal(center, spread, draws)
        return np.exp(values) if self.distribution == "lognormal" else values


def value_range(
    low: float,
    high: float,
    *,
    credibility: float = 0.9,
    distribution: Distribution = "lognormal",
) -> ValueRange:
    """Turn "I am 90 % sure it lies between low and high" into a distribution.

    Formula (lognormal): mu = (ln low + ln high) / 2,
    sigma = (ln high - ln low) / (2 z), z = normal quantile of (1 + credibility) / 2.

    The same probability lies below ``low`` as above ``high``. A lognormal number is
    positive and skewed, which suits counts, prices and sizes; a normal one can go
    below zero.

    Args:
        low: Lower end.
        high: Upper end, above ``low``.
        credibility: Probability between the ends, strictly between 0 and 1.
        distribution: ``"lognormal"``, ``"normal"`` or ``"uniform"``.

    Returns:
        The range, with mean, sd, quantiles and draws.

    Raises:
        ValueError: If the ends are in the wrong order, or a lognormal range does not
            lie above zero.

    Examples:
        >>> value_range(10, 1000)
        90 % sure between 10 and 1,000 (lognormal; median 100, mean 266.4).

    References:
        Hubbard, D. W. (2014). How to Measure Anything.
    """
    low_end, high_end = check.number("low", low), check.number("high", high)
    inside = check.open_rate("credibility", credibility)
    check.choice("distribution", distribution, ("lognormal", "normal", "uniform"))
    if low_end >= high_end:
        raise ValueError(
            f"low == {low!r} is not below high == {high!r}; "
            "pass a plain number for an input that is certain"
        )
    if distribution == "lognormal" and low_end <= 0:
        raise ValueError(
            f"low == {low!r}, must be > 0 for a lognormal range; "
            "use distribution='normal' for a number that may be negative"
        )
    mean, sd = _moments(low_end, high_end, inside, distribution)
    return ValueRange(
        low=low_end,
        high=high_end,
        credibility=inside,
        distribution=distribution,
        mean=mean,
        sd=sd,
    )


def _center_and_spread(value: ValueRange) -> tuple[float, float]:
    low, high = value.low, value.high
    if value.distribution == "lognormal":
        low, high = math.log(low), math.log(high)
    z = NormalDist().inv_cdf((1 + value.credibility) / 2)
    return (low + high) / 2, (high - low) / (2 * z)


def _moments(
    low: float, high: float, credibility: float, distribution: Distribution
) -> tuple[float, float]:
    z = NormalDist().inv_cdf((1 + credibility) / 2)
    if distribution == "normal":
        return (low + high) / 2, (high - low) / (2 * z)
    if distribution == "uniform":
        return (low + high) / 2, (high - low) / credibility / math.sqrt(12)
    sigma = math.log(high / low) / (2 * z)
    mean = math.sqrt(low) * math.sqrt(high) * math.exp(sigma**2 / 2)
    return mean, mean * math.sqrt(math.expm1(sigma**2))
