"""Shares of users, with the interval that fits their number."""

from dataclasses import dataclass
from statistics import NormalDist

from pmlab import _arguments, formatting
from pmlab.results import Result


@dataclass(frozen=True, kw_only=True, repr=False)
class Proportion(Result):
    """A share of users with its Wilson interval.

    Attributes:
        successes: Users who did it.
        trials: Users who could have done it.
        rate: successes / trials, a fraction.
        low: Lower end of the interval.
        high: Upper end of the interval.
        confidence_level: Of the interval, a fraction.
    """

    successes: int
    trials: int
    rate: float
    low: float
    high: float
    confidence_level: float

    def summary(self) -> str:
        """Return the share, its base and its interval in words."""
        interval = formatting.percent_interval(self.low, self.high)
        level = formatting.percent(self.confidence_level, digits=0)
        return (
            f"{formatting.percent(self.rate)} ({formatting.count(self.successes)} of "
            f"{formatting.count(self.trials)}); {level} Wilson interval {interval}."
        )


def proportion(
    successes: int, trials: int, *, confidence_level: float = 0.95
) -> Proportion:
    """Compute a share of users and its Wilson score interval.

    ``center = (p + z²/2n) / (1 + z²/n)``,
    ``half = z / (1 + z²/n) * sqrt(p (1 - p) / n + z²/4n²)``.

    Assumes independent users, each counted once. Holds its level for small numbers and
    for shares near 0 or 1, where ``p ± 1.96 se`` doesn't.

    Args:
        successes: Users who did it, a whole number.
        trials: Users who could have done it, a whole number above zero.
        confidence_level: Coverage of the interval, a fraction.

    Returns:
        The share and its interval.

    Raises:
        ValueError: If a count is negative, no whole number, or there are more
            successes than trials.

    Examples:
        >>> proportion(15, 148)
        10.1 % (15 of 148); 95 % Wilson interval 6.2 % to 16.0 %.

    References:
        Wilson, E. B. (1927). Probable inference, the law of succession, and
        statistical inference.
        Newcombe, R. G. (1998). Two-sided confidence intervals for the single
        proportion.
    """
    trials = _arguments.whole("trials", trials, minimum=1)
    successes = _arguments.whole("successes", successes)
    if successes > trials:
        raise ValueError(
            f"successes == {successes}, must be <= trials ({trials}); "
            "count each user once"
        )
    level = _arguments.open_rate("confidence_level", confidence_level)
    low, high = wilson_bounds(successes, trials, confidence_level=level)
    return Proportion(
        successes=successes,
        trials=trials,
        rate=successes / trials,
        low=low,
        high=high,
        confidence_level=level,
    )


def wilson_bounds(
    successes: float, trials: float, *, confidence_level: float = 0.95
) -> tuple[float, float]:
    """Return both ends of the Wilson interval; for use inside pmlab."""
    z = NormalDist().inv_cdf((1 + confidence_level) / 2)
    share = successes / trials
    scale = 1 + z**2 / trials
    center = (share + z**2 / (2 * trials)) / scale
    variance = share * (1 - share) / trials + z**2 / (4 * trials**2)
    half = z / scale * variance**0.5
    low = 0.0 if successes == 0 else max(center - half, 0.0)
    high = 1.0 if successes == trials else min(center + half, 1.0)
    return low, high
