"""Uncertain numbers: a 90 % interval becomes a distribution."""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from pmlab import _arguments as check
from pmlab.formatting import number, percent
from pmlab.results import Result

Floats = npt.NDArray[np.float64]
Distribution = Literal["lognormal", "normal", "uniform", "logitnormal"]


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
            f"mean {number(self.mean)}).{self.share_note('It')}"
        )

    def share_note(self, name: str) -> str:
        """Say how much lies outside 0 to 1 if both ends lie inside, else nothing.

        Args:
            name: What the sentence is about.

        Returns:
            A sentence with a space before it, or an empty text.
        """
        if self.distribution == "logitnormal" or self.low < 0 or self.high > 1:
            return ""
        outside = self._above(1.0) + 1 - self._above(0.0)
        if outside < 0.0005:
            return ""
        return (
            f" {name} leaves 0 to 1 in {percent(outside)} of draws: if it is a share, "
            "pass distribution='logitnormal'."
        )

    def _above(self, value: float) -> float:
        """Return the probability of more than a value."""
        if self.distribution == "uniform":
            low, high = self.quantile(1e-9), self.quantile(1 - 1e-9)
            return min(max((high - value) / (high - low), 0.0), 1.0)
        if self.distribution == "lognormal":
            if value <= 0:
                return 1.0
            value = math.log(value)
        center, spread = _center_and_spread(self)
        return 1 - NormalDist(center, spread).cdf(value)

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
        return _from_normal(
            center + spread * NormalDist().inv_cdf(position), self.distribution
        )

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
        if self.distribution == "logitnormal":
            return 1 / (1 + np.exp(-values))
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
    below zero; a logit-normal one stays between 0 and 1, which suits shares and rates.

    Args:
        low: Lower end.
        high: Upper end, above ``low``.
        credibility: Probability between the ends, strictly between 0 and 1.
        distribution: ``"lognormal"``, ``"normal"``, ``"uniform"``, or
            ``"logitnormal"`` for a share.

    Returns:
        The range, with mean, sd, quantiles and draws.

    Raises:
        ValueError: If the ends are in the wrong order, a lognormal range does not
            lie above zero, or a logit-normal one not between 0 and 1.

    Examples:
        >>> value_range(10, 1000)
        90 % sure between 10 and 1,000 (lognormal; median 100, mean 266.4).
        >>> value_range(0.5, 0.95)
        90 % sure between 0.5 and 0.95 (lognormal; median 0.6892, mean 0.7024). It
        leaves 0 to 1 in 2.8 % of draws: if it is a share, pass
        distribution='logitnormal'.

    References:
        Hubbard, D. W. (2014). How to Measure Anything.
    """
    low_end, high_end = check.number("low", low), check.number("high", high)
    inside = check.open_rate("credibility", credibility)
    check.choice("distribution", distribution, get_args(Distribution))
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
    if distribution == "logitnormal":
        check.open_rate("low", low)
        check.open_rate("high", high)
    mean, sd = _moments(low_end, high_end, inside, distribution)
    return ValueRange(
        low=low_end,
        high=high_end,
        credibility=inside,
        distribution=distribution,
        mean=mean,
        sd=sd,
    )


def _from_normal(value: float, distribution: Distribution) -> float:
    if distribution == "logitnormal":
        return 1 / (1 + math.exp(-value))
    return math.exp(value) if distribution == "lognormal" else value


def _logit(share: float) -> float:
    return math.log(share / (1 - share))


def _center_and_spread(value: ValueRange) -> tuple[float, float]:
    low, high = value.low, value.high
    if value.distribution == "lognormal":
        low, high = math.log(low), math.log(high)
    if value.distribution == "logitnormal":
        low, high = _logit(low), _logit(high)
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
    if distribution == "logitnormal":
        center, sigma = (_logit(low) + _logit(high)) / 2, _logit(high) - _logit(low)
        nodes, weights = np.polynomial.hermite_e.hermegauss(100)
        shares = 1 / (1 + np.exp(-(center + sigma / (2 * z) * nodes)))
        weights = weights / weights.sum()
        average = float(weights @ shares)
        return average, math.sqrt(float(weights @ (shares - average) ** 2))
    sigma = math.log(high / low) / (2 * z)
    mean = math.sqrt(low) * math.sqrt(high) * math.exp(sigma**2 / 2)
    return mean, mean * math.sqrt(math.expm1(sigma**2))
