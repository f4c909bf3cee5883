"""Can the effect be believed: does it fade, is it too good to be true?"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pmlab import _arguments as check
from pmlab import formatting
from pmlab.experiments._distributions import (
    checked_alpha,
    two_sided_p,
)
from pmlab.experiments.effect import Effect, p_words, signed_percent
from pmlab.results import Result


@dataclass(frozen=True, kw_only=True, repr=False)
class NoveltyCheck(Result):
    """Whether the effect fades after the first days.

    Attributes:
        early_effect: Mean effect of the early days.
        late_effect: Mean effect of the days after.
        change: Late minus early.
        change_low: Lower end of its 95 % interval.
        change_high: Upper end of its 95 % interval.
        p_value: Two-sided p-value of no change.
        early_days: How many days count as early.
        days: Days in all.
        fading: Whether the effect shrinks towards 0, or turns, beyond chance.
    """

    early_effect: float
    late_effect: float
    change: float
    change_low: float
    change_high: float
    p_value: float
    early_days: int
    days: int
    fading: bool

    def summary(self) -> str:
        """Say whether the effect holds."""
        facts = (
            f"Mean effect {self.early_effect:+.4g} in days 1 to {self.early_days} and "
            f"{self.late_effect:+.4g} in days {self.early_days + 1} to {self.days} "
            f"(change {self.change:+.4g}, {p_words(self.p_value)})."
        )
        if self.fading:
            return (
                f"{facts} The effect fades: early days show novelty. Judge on the late "
                "days or run longer."
            )
        return f"{facts} No sign that the effect fades."


def novelty_check(
    effects: npt.ArrayLike,
    *,
    standard_errors: npt.ArrayLike,
    early_days: int = 7,
    alpha: float = 0.05,
) -> NoveltyCheck:
    """Return whether a daily effect fades after the first days.

    Early and late effect are means weighted by 1 / error^2; z = (late - early) /
    sqrt(their variances).

    Assumes that days are independent, as with users counted on their first day; the
    same users measured each day make the p-value too small.

    Args:
        effects: Difference treatment minus control, one for each day.
        standard_errors: Its standard error, one for each day, > 0.
        early_days: How many first days may show novelty.
        alpha: Level of the verdict.

    Returns:
        Early and late effect, change and verdict.

    Raises:
        ValueError: If lengths differ, errors are not > 0, or no day is late.

    Examples:
        >>> check = novelty_check([4, 4, 3, 1, 1, 1], standard_errors=[1] * 6,
        ...     early_days=3)
        >>> check.fading, round(check.change, 2)
        (True, -2.67)

    References:
        Kohavi, Tang, Xu (2020), Trustworthy Online Controlled Experiments, chapter 3.
    """
    daily = check.finite_array("effects", effects)
    errors = check.finite_array("standard_errors", standard_errors)
    early_days = check.whole("early_days", early_days, minimum=1)
    if len(daily) != len(errors) or (errors <= 0).any():
        raise ValueError(
            f"standard_errors has {len(errors)} entries, smallest {errors.min():g}, "
            f"must have {len(daily)}, one for each day, all > 0"
        )
    if early_days >= len(daily):
        raise ValueError(
            f"early_days == {early_days}, must leave later days; the test has "
            f"{len(daily)} day(s), run it longer"
        )
    early, early_variance = _weighted(daily[:early_days], errors[:early_days])
    late, late_variance = _weighted(daily[early_days:], errors[early_days:])
    error = math.sqrt(early_variance + late_variance)
    change = late - early
    p_value = two_sided_p(change / error, degrees_of_freedom=None)
    return NoveltyCheck(
        early_effect=early,
        late_effect=late,
        change=change,
        change_low=change - 1.959964 * error,
        change_high=change + 1.959964 * error,
        p_value=p_value,
        early_days=early_days,
        days=len(daily),
        fading=p_value <= checked_alpha(alpha) and change * early < 0,
    )


def _weighted(
    values: npt.NDArray[np.float64], errors: npt.NDArray[np.float64]
) -> tuple[float, float]:
    weights = 1 / errors**2
    return float((weights * values).sum() / weights.sum()), float(1 / weights.sum())


@dataclass(frozen=True, kw_only=True, repr=False)
class TwymanCheck(Result):
    """Whether an effect is too large to be believed at once.

    Attributes:
        relative_lift: The lift seen; None if it has no meaning.
        plausible_lift: Largest lift that nobody would wonder about.
        suspicious: Whether the lift is larger.
    """

    relative_lift: float | None
    plausible_lift: float
    suspicious: bool

    def summary(self) -> str:
        """Say whether to look for an error first."""
        limit = formatting.percent(self.plausible_lift, digits=0)
        if self.relative_lift is None:
            return (
                "The control value is 0, so there is no relative lift to judge. Look "
                "at the difference, and whether control was logged at all."
            )
        seen = f"a lift of {signed_percent(self.relative_lift)}"
        if self.suspicious:
            return (
                f"The test shows {seen}, beyond {limit} either way. Twyman's law: what "
                "looks too interesting is usually wrong. Check logging, duplicates, "
                "bots and the assignment before you believe it."
            )
        return f"The test shows {seen}, within {limit} either way: not suspicious."


def twyman_check(effect: Effect, *, plausible_lift: float = 0.25) -> TwymanCheck:
    """Return whether an effect is too large to be believed at once.

    Suspicious if |relative lift| > plausible lift.

    Assumes that you know what lifts similar changes had; 25 % is far above most.

    Args:
        effect: The effect of the test.
        plausible_lift: Largest lift that nobody would wonder about, a fraction.

    Returns:
        The verdict.

    Raises:
        ValueError: If ``plausible_lift`` is not > 0.

    Examples:
        >>> from pmlab.experiments.rates import compare_rates
        >>> twyman_check(compare_rates((480, 10_000), (760, 10_000))).suspicious
        True

    References:
        Kohavi, Tang, Xu (2020), Trustworthy Online Controlled Experiments, chapter 3.
    """
    limit = check.positive("plausible_lift", plausible_lift)
    lift = effect.relative_lift
    return TwymanCheck(
        relative_lift=lift,
        plausible_lift=limit,
        suspicious=lift is not None and abs(lift) > limit,
    )
