"""The log-rank test: do two groups last equally long?"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pmlab.metrics.survival import (
    BoolArray,
    FloatArray,
    censored_data,
    checked_durations,
)
from pmlab.results import Result


@dataclass(frozen=True, kw_only=True, repr=False)
class LogRankTest(Result):
    """Do two groups end at different rates?

    Attributes:
        chi_square: Statistic with one degree of freedom.
        p_value: Two-sided.
        subjects_a: Durations in the first group.
        subjects_b: Durations in the second group.
        events_a: Ends seen in the first group.
        events_b: Ends seen in the second group.
    """

    chi_square: float
    p_value: float
    subjects_a: int
    subjects_b: int
    events_a: int
    events_b: int

    def summary(self) -> str:
        """Return the test and its numbers in words."""
        return (
            f"Log-rank test: chi-square {self.chi_square:.3f}, p = {self.p_value:.3g} "
            f"({self.events_a} of {self.subjects_a} ended in the first group, "
            f"{self.events_b} of {self.subjects_b} in the second)."
        )


def log_rank(
    durations_a: npt.ArrayLike,
    durations_b: npt.ArrayLike,
    *,
    observed_a: npt.ArrayLike | None = None,
    observed_b: npt.ArrayLike | None = None,
) -> LogRankTest:
    """Test whether two survival curves differ.

    ``chi² = (observed - expected ends in group a)² / variance``, summed over times.

    Strongest when one group ends at a constant multiple of the other's rate; weak when
    the curves cross.

    Args:
        durations_a: Durations of the first group.
        durations_b: Durations of the second group.
        observed_a: True where the end was seen; without it all were.
        observed_b: The same for the second group.

    Returns:
        Chi-square and two-sided p-value.

    Raises:
        ValueError: If a group is empty, no end was seen in both together, or none
            while both groups had somebody left.

    Examples:
        >>> log_rank([10, 20, 30], [10, 20, 50])
        Log-rank test: chi-square 0.254, p = 0.614 (3 of 3 ended in the first group, 3
        of 3 in the second).

    References:
        Mantel, N. (1966). Evaluation of survival data and two new rank order
        statistics.
    """
    from scipy.stats import logrank

    times_a, ended_a = checked_durations(durations_a, observed_a)
    times_b, ended_b = checked_durations(durations_b, observed_b)
    if not (ended_a.any() or ended_b.any()):
        raise ValueError("no end was seen in either group; there is nothing to compare")
    if not _both_at_risk(times_a, ended_a, times_b, ended_b):
        raise ValueError(
            "every end was seen when one group had nobody left, so the groups were "
            "never there together; there is nothing to compare"
        )
    test = logrank(censored_data(times_a, ended_a), censored_data(times_b, ended_b))
    return LogRankTest(
        chi_square=float(test.statistic) ** 2,
        p_value=float(test.pvalue),
        subjects_a=len(times_a),
        subjects_b=len(times_b),
        events_a=int(ended_a.sum()),
        events_b=int(ended_b.sum()),
    )


def _both_at_risk(
    times_a: FloatArray, ended_a: BoolArray, times_b: FloatArray, ended_b: BoolArray
) -> bool:
    """Whether some end has a chance between 0 and 1 to be in group a."""
    for time in np.unique(np.concatenate([times_a[ended_a], times_b[ended_b]])):
        left_a, left_b = (times_a >= time).sum(), (times_b >= time).sum()
        ends = (times_a[ended_a] == time).sum() + (times_b[ended_b] == time).sum()
        if left_a and left_b and ends < left_a + left_b:
            return True
    return False
