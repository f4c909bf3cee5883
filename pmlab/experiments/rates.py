"""Compare two rates from counts."""

import math
from typing import Literal

from pmlab import _arguments as check
from pmlab import formatting
from pmlab.experiments._distributions import (
    checked_confidence,
    quantile,
    two_sided_p,
)
from pmlab.experiments._intervals import (
    RELATIVE_METHODS,
    Level,
    RelativeMethod,
    newcombe,
    relative_lift,
    relative_p,
    welch_freedom,
)
from pmlab.experiments.effect import Effect

Counts = tuple[float, float]
Distribution = Literal["normal", "t"]
RateInterval = Literal["wald", "newcombe"]
PVariance = Literal["unpooled", "pooled"]

FEW_USERS = 10
FEW_SUCCESSES = 30
_ARMS = ("control", "treatment")


def compare_rates(
    control: Counts,
    treatment: Counts,
    *,
    confidence: float = 0.95,
    interval: RateInterval = "wald",
    variance: PVariance | None = None,
    relative_method: RelativeMethod = "delta",
    distribution: Distribution = "normal",
) -> Effect:
    """Return the difference of two rates, with the relative lift.

    Difference +- z sqrt(p_c q_c / n_c + p_t q_t / n_t), unpooled. ``newcombe`` joins
    two Wilson intervals and stays right for small counts and for 0 %.

    Assumes independent users; the default, at least about 10 users of each kind.

    Args:
        control: Users who did it and all users of the control arm, ``(480, 10_000)``.
        treatment: The same for the treatment arm.
        confidence: Level of the intervals, a fraction.
        interval: Of the difference: ``wald`` (default) or ``newcombe``.
        variance: Behind the p-value: ``unpooled`` or ``pooled``. Left out: unpooled,
            but pooled with ``newcombe``, where an arm may have no variance of its own.
        relative_method: ``delta`` (default), ``log`` or ``fieller``.
        distribution: ``normal`` (default) or ``t``.

    Returns:
        Difference and relative lift, each with interval and p-value.

    Raises:
        ValueError: If counts are negative or larger than the users, or if nobody or
            everybody did it in both arms (``interval="newcombe"`` can tell then).

    Examples:
        >>> compare_rates((480, 10_000), (560, 10_000))
        Treatment 5.60 %, control 4.80 %: difference +0.80 percentage points, 95 %
        interval +0.18 to +1.42 (p = 0.011). Relative lift +16.7 %, interval +2.8 % to
        +30.5 %. The interval lies on one side of 0: the data speak for a rise.

    References:
        Newcombe (1998), Statistics in Medicine 17. Agresti (2013), Categorical Data
        Analysis.
    """
    confidence = checked_confidence(confidence)
    check.choice("interval", interval, ("wald", "newcombe"))
    if variance is None:
        variance = "pooled" if interval == "newcombe" else "unpooled"
    check.choice("variance", variance, ("unpooled", "pooled"))
    check.choice("relative_method", relative_method, RELATIVE_METHODS)
    check.choice("distribution", distribution, ("normal", "t"))
    arms = checked_counts("control", control), checked_counts("treatment", treatment)
    levels = _rate_level(arms[0]), _rate_level(arms[1])
    flat = levels[0].variance + levels[1].variance == 0
    if flat and interval == "wald":
        raise ValueError(
            f"control and treatment have rates {levels[0].value:g} and "
            f"{levels[1].value:g}, must not both be 0 or 1; without variance pass "
            "interval='newcombe'"
        )
    freedom = None
    if distribution == "t" and not flat:
        if min(arms[0][1], arms[1][1]) < 2:
            raise ValueError("distribution == 't', must be 'normal' with 1 user an arm")
        freedom = welch_freedom(*levels)
    difference = levels[1].value - levels[0].value
    limit = quantile((1 + confidence) / 2, degrees_of_freedom=freedom)
    error = math.sqrt(levels[0].variance + levels[1].variance)
    ends = (difference - limit * error, difference + limit * error)
    if interval == "newcombe":
        ends = newcombe(*arms, z=limit)
    statistic = _statistic(arms, difference, error=error, pooled=variance == "pooled")
    lift = relative_lift(
        *levels, method=relative_method, confidence=confidence, freedom=freedom
    )
    if arms[1][0] == 0:
        # Without a success the variance is 0, and so would be the interval's width.
        lift = lift._replace(low=None, high=None, standard_error=None)
    return Effect(
        measure="rate",
        control_users=int(arms[0][1]),
        treatment_users=int(arms[1][1]),
        control_value=levels[0].value,
        treatment_value=levels[1].value,
        difference=difference,
        difference_low=ends[0],
        difference_high=ends[1],
        standard_error=error,
        statistic=statistic,
        degrees_of_freedom=freedom,
        p_value=two_sided_p(statistic, degrees_of_freedom=freedom),
        relative_lift=lift.value,
        relative_low=lift.low,
        relative_high=lift.high,
        relative_standard_error=lift.standard_error,
        relative_p_value=relative_p(lift, freedom=freedom),
        confidence=confidence,
        interval=interval,
        variance=variance,
        relative_method=relative_method,
        note=_few_note(arms, interval),
        relative_note=_short_lift_note(arms, relative_method),
    )


def checked_counts(name: str, counts: Counts) -> Counts:
    """Return successes and users as whole numbers, or raise."""
    if not isinstance(counts, tuple | list) or len(counts) != 2:
        raise TypeError(
            f"{name} == {counts!r}, must be (users who did it, all users), "
            "for example (480, 10_000)"
        )
    did = check.whole(f"{name}[0]", counts[0])
    users = check.whole(f"{name}[1]", counts[1], minimum=1)
    if did > users:
        raise ValueError(
            f"{name} == {counts!r}, must have no more successes than users; "
            "the order is (users who did it, all users)"
        )
    return did, users


def fewest_of_a_kind(control: Counts, treatment: Counts) -> float:
    """Return the smallest number of users of one kind in an arm."""
    return min(min(did, users - did) for did, users in (control, treatment))


def _rate_level(counts: Counts) -> Level:
    rate = counts[0] / counts[1]
    variance = rate * (1 - rate) / counts[1]
    return Level(rate, variance, counts[1], variance)


def _statistic(
    arms: tuple[Counts, Counts], difference: float, *, error: float, pooled: bool
) -> float:
    if pooled or error == 0:
        users = arms[0][1], arms[1][1]
        rate = (arms[0][0] + arms[1][0]) / sum(users)
        error = math.sqrt(rate * (1 - rate) * (1 / users[0] + 1 / users[1]))
    return difference / error if error else 0.0


def _few_note(arms: tuple[Counts, Counts], interval: str) -> str:
    fewest = fewest_of_a_kind(*arms)
    if fewest >= FEW_USERS or interval != "wald":
        return ""
    return (
        f"Only {formatting.count(fewest)} users of one kind in an arm: "
        "interval='newcombe' is safer here."
    )


def _short_lift_note(arms: tuple[Counts, Counts], relative_method: str) -> str:
    if relative_method != "delta":
        return ""
    for name, arm, few in zip(_ARMS, arms, (FEW_SUCCESSES, FEW_USERS), strict=True):
        if 0 < arm[0] < few:
            return (
                f"With {formatting.count(arm[0])} successes in {name} the interval of "
                "the lift is too short: relative_method='log' is safer here."
            )
    return ""
