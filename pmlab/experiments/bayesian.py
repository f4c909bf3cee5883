"""The Bayesian read-out: chance to be better, chance to be best, expected loss.

These are not immune to looking early: stopping at the first chance above 95 % finds
winners that are none, too. Choose the loss that you can live with before the test.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmlab import _arguments as check
from pmlab import formatting
from pmlab.experiments._distributions import (
    Array,
    checked_confidence,
)
from pmlab.experiments.rates import Counts, checked_counts
from pmlab.results import Result

_POINTS = 4_001
_TAIL = 1e-16


@dataclass(frozen=True, kw_only=True)
class BetaPrior:
    """What is believed about a rate before the test, as a Beta distribution.

    Attributes:
        successes: Like users who did it, seen before; 1 with the flat prior.
        failures: Like users who did not; 1 with the flat prior.

    Examples:
        >>> BetaPrior(successes=5, failures=95).failures
        95
    """

    successes: float = 1.0
    failures: float = 1.0

    def __post_init__(self) -> None:
        """Refuse numbers that are not above 0."""
        check.positive("successes", self.successes)
        check.positive("failures", self.failures)


@dataclass(frozen=True, kw_only=True, repr=False)
class BayesianRates(Result):
    """Beliefs about the rates of several arms after the test.

    Attributes:
        arms: Name of each arm.
        means: Mean belief about each rate.
        lows: Lower end of each credible interval.
        highs: Upper end of each credible interval.
        chances_best: Chance of each arm to have the highest rate.
        expected_losses: Rate given up on average if that arm is chosen.
        confidence: Level of the credible intervals.
        prior: Beliefs before the test.
    """

    arms: tuple[str, ...]
    means: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    chances_best: tuple[float, ...]
    expected_losses: tuple[float, ...]
    confidence: float
    prior: BetaPrior

    @property
    def best(self) -> str:
        """Arm with the smallest expected loss."""
        return self.arms[int(np.argmin(self.expected_losses))]

    def chance_best(self, arm: str) -> float:
        """Return the chance of an arm to have the highest rate."""
        return self.chances_best[self._position(arm)]

    def expected_loss(self, arm: str) -> float:
        """Return the rate given up on average if an arm is chosen."""
        return self.expected_losses[self._position(arm)]

    def summary(self) -> str:
        """Say which arm is best and what choosing it may cost."""
        position = self.arms.index(self.best)
        loss = 100 * self.expected_losses[position]
        return (
            f"{self.best} is best with chance "
            f"{formatting.percent(self.chances_best[position])}, given prior "
            f"Beta({self.prior.successes:g}, {self.prior.failures:g}). Choosing it "
            f"gives up {loss:.3f} percentage points on average, counting 0 where it is "
            "the best."
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each arm.

        Returns:
            Columns ``arm``, ``mean``, ``low``, ``high``, ``chance_best`` and
            ``expected_loss``.
        """
        return pd.DataFrame(
            {
                "arm": self.arms,
                "mean": self.means,
                "low": self.lows,
                "high": self.highs,
                "chance_best": self.chances_best,
                "expected_loss": self.expected_losses,
            }
        )

    def _position(self, arm: str) -> int:
        if arm not in self.arms:
            raise ValueError(
                f"arm == {arm!r}, must be one of those that exist: "
                f"{', '.join(self.arms)}"
            )
        return self.arms.index(arm)


def bayesian_rates(
    arms: Mapping[str, Counts],
    *,
    prior: BetaPrior | None = None,
    confidence: float = 0.95,
) -> BayesianRates:
    """Return chances to be best and expected losses of the rates of several arms.

    Each rate is Beta(a + successes, b + failures). Chance to be best = integral of its
    density times the product of the others' distribution functions. Expected loss =
    E[max of all rates] - E[own rate].

    Assumes independent users and the same prior for each arm.

    Args:
        arms: For each arm the users who did it and all users.
        prior: Beliefs before the test; flat, Beta(1, 1), if left out.
        confidence: Level of the credible intervals.

    Returns:
        Beliefs, chances and losses for each arm.

    Raises:
        ValueError: If there are fewer than 2 arms or counts are impossible.

    Examples:
        >>> result = bayesian_rates({"A": (100, 200), "B": (120, 200)})
        >>> round(result.chance_best("B"), 4)
        0.9776

    References:
        Miller (2014), Formulas for Bayesian A/B Testing. Stucchio (2015), Bayesian A/B
        Testing at VWO.
    """
    from scipy.special import betaincinv

    _refuse_one_arm(arms)
    before = prior or BetaPrior()
    tail = (1 - checked_confidence(confidence)) / 2
    counts = [checked_counts(name, pair) for name, pair in arms.items()]
    a = np.array([before.successes + did for did, _ in counts])
    b = np.array([before.failures + users - did for did, users in counts])
    chances, highest = _best_of(a, b)
    means = a / (a + b)
    return BayesianRates(
        arms=tuple(arms),
        means=tuple(map(float, means)),
        lows=tuple(map(float, betaincinv(a, b, tail))),
        highs=tuple(map(float, betaincinv(a, b, 1 - tail))),
        chances_best=tuple(map(float, chances)),
        expected_losses=tuple(map(float, np.maximum(highest - means, 0.0))),
        confidence=confidence,
        prior=before,
    )


def best_chances(beliefs: Mapping[str, tuple[float, float]]) -> dict[str, float]:
    """Return the chance of each arm to have the highest rate, from Beta beliefs.

    Chance of arm i = integral of its density times the product of the others'
    distribution functions.

    Assumes independent beliefs.

    Args:
        beliefs: For each arm the two parameters of its Beta distribution, both > 0.

    Returns:
        The chances by arm; they add up to 1.

    Raises:
        ValueError: If there are fewer than 2 arms, or a parameter is not > 0.

    Examples:
        >>> round(best_chances({"A": (1, 1), "B": (2, 1)})["B"], 4)
        0.6667

    References:
        Miller (2014), Formulas for Bayesian A/B Testing.
    """
    _refuse_one_arm(beliefs)
    a, b = np.array(
        [
            [check.positive(f"beliefs[{arm!r}]", value) for value in pair]
            for arm, pair in beliefs.items()
        ]
    ).T
    chances, _ = _best_of(a, b)
    return dict(zip(beliefs, map(float, chances), strict=True))


def _refuse_one_arm(arms: Mapping[str, tuple[float, float]]) -> None:
    if len(arms) < 2:
        raise ValueError(
            f"arms has {len(arms)} arm(s) ({', '.join(arms) or 'none'}), must have at "
            "least 2; without a comparison there is no best"
        )


def _best_of(a: Array, b: Array) -> tuple[Array, float]:
    """Return each arm's chance to be best, and the mean of the highest rate."""
    chances, highest = np.empty(len(a)), 0.0
    for i in range(len(a)):
        rates, mass = _beta_grid(float(a[i]), float(b[i]))
        others = _all_below(rates, np.delete(a, i), np.delete(b, i))
        chances[i] = mass @ others
        highest += float(mass @ (rates * others))
    if abs(chances.sum() - 1) > 1e-4:
        raise ValueError(
            f"the smallest parameter of a belief is {min(a.min(), b.min()):g}, must be "
            "larger: several rates lie so close to 0 or 1 that no one is the highest; "
            "take a prior such as BetaPrior(successes=0.5, failures=0.5)"
        )
    return chances, highest


def _all_below(rates: Array, a: Array, b: Array) -> Array:
    from scipy.special import betainc

    return np.asarray(np.prod(betainc(a[:, None], b[:, None], rates[None, :]), axis=0))


def _log_odds(rate: float) -> float:
    rate = min(max(rate, 1e-300), 1 - 1e-16)
    return math.log(rate) - math.log1p(-rate)


def _beta_grid(a: float, b: float) -> tuple[Array, Array]:
    """Return points and weights that integrate over Beta(a, b).

    On the scale of ln(p / (1 - p)) the density has no edges and dies off quickly, so
    that equally spaced points are as exact as floating point allows.
    """
    from scipy.special import betaincinv, betaln, expit

    low = _log_odds(float(betaincinv(a, b, _TAIL)))
    high = -_log_odds(float(betaincinv(b, a, _TAIL)))
    odds = np.linspace(low, high, _POINTS)
    log_density = a * -np.logaddexp(0, -odds) + b * -np.logaddexp(0, odds)
    mass = np.exp(log_density - betaln(a, b)) * (odds[1] - odds[0])
    return expit(odds), mass
