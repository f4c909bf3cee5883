"""The smallest effect that a test of a given size can see."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pmlab import _arguments as check
from pmlab import formatting
from pmlab.experiments._distributions import (
    Sides,
    checked_alpha,
    critical_value,
    normal_quantile,
)
from pmlab.experiments.duration import users_in
from pmlab.experiments.power import (
    VARIANCE_WORDS,
    VARIANCES,
    MeanMethod,
    Variance,
    power_of_means,
    power_of_rates,
)
from pmlab.results import Result


@dataclass(frozen=True, kw_only=True, repr=False)
class DetectableEffect(Result):
    """The smallest effect that a test sees with the wanted power.

    Attributes:
        metric: ``rate`` or ``mean``.
        baseline: Value without the change; None if it was not given.
        absolute_lift: Smallest difference (rates: fraction, not percent).
        relative_lift: The same as a share of the baseline; None without a baseline.
        control_users: Users in the control arm.
        treatment_users: Users in the treatment arm.
        alpha: Accepted risk of a false alarm.
        power: Wanted chance to see the effect.
        sides: ``two-sided`` or ``one-sided``.
        convention: Name of the variance (rates) or distribution (means).
    """

    metric: str
    baseline: float | None
    absolute_lift: float
    relative_lift: float | None
    control_users: float
    treatment_users: float
    alpha: float
    power: float
    sides: str
    convention: str

    def summary(self) -> str:
        """Say the smallest effect and the conventions in words."""
        users = (
            f"{formatting.count(self.control_users)} control and "
            f"{formatting.count(self.treatment_users)} treatment users"
        )
        size = (
            f"{100 * self.absolute_lift:+.2f} percentage points"
            if self.metric == "rate"
            else f"{self.absolute_lift:+.4g}"
        )
        if self.relative_lift is not None:
            size += f" ({100 * self.relative_lift:+.1f} % relative)"
        words = VARIANCE_WORDS.get(self.convention, f"{self.convention} distribution")
        return (
            f"With {users} the smallest effect seen with "
            f"{formatting.percent(self.power, digits=0)} power is {size}, at a "
            f"{self.sides} level of {self.alpha:g}. Smaller effects stay likely "
            f"invisible. Convention: {words}."
        )


def detectable_effect(
    baseline_rate: float,
    *,
    control_users: float | None = None,
    treatment_users: float | None = None,
    new_users_per_day: float | Sequence[float] | None = None,
    days: int | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
    sides: Sides = "two-sided",
    variance: Variance = "unpooled",
) -> DetectableEffect:
    """Return the smallest rise of a rate that a test of this size can see.

    Solves power(p1, p1 + d) = wanted power for d > 0.

    Assumes independent users and one planned look at the end.

    Args:
        baseline_rate: Rate without the change, a fraction.
        control_users: Users in the control arm; or pass traffic and days instead.
        treatment_users: Users in the treatment arm; as many as control if left out.
        new_users_per_day: Users seen for the first time, per day, halved between the
            arms. One number, or a list for a daily log.
        days: Days the test may run, with ``new_users_per_day``.
        alpha: Accepted risk of a false alarm.
        power: Wanted chance to see the effect if it is there.
        sides: ``two-sided`` (default) or ``one-sided``.
        variance: ``unpooled`` (default), ``pooled``, ``baseline`` or ``arcsine``.

    Returns:
        The smallest effect, absolute and relative.

    Raises:
        ValueError: If a value is out of range, or no rise up to 100 % would be seen.

    Examples:
        >>> detectable_effect(0.048, control_users=10_000)
        With 10,000 control and 10,000 treatment users the smallest effect seen with
        80 % power is +0.88 percentage points (+18.4 % relative), at a two-sided level
        of 0.05. Smaller effects stay likely invisible. Convention: unpooled variance.

        What do two weeks with 1,500 new users a day see?

        >>> result = detectable_effect(0.048, new_users_per_day=1_500, days=14)
        >>> result.control_users, round(result.relative_lift, 3)
        (10500.0, 0.179)

    References:
        Fleiss, Levin, Paik (2003), Statistical Methods for Rates and Proportions.
    """
    from scipy.optimize import brentq

    baseline = check.open_rate("baseline_rate", baseline_rate)
    control, treated = _checked_users(
        control_users, treatment_users, new_users_per_day=new_users_per_day, days=days
    )
    wanted = _checked_power(power, alpha=alpha)
    check.choice("variance", variance, VARIANCES)

    def shortfall(lift: float) -> float:
        return wanted - power_of_rates(
            baseline,
            baseline + lift,
            control_users=control,
            treatment_users=treated,
            alpha=alpha,
            sides=sides,
            variance=variance,
        )

    room = 1 - baseline
    smallest, largest = room * 1e-9, room * (1 - 1e-9)
    if shortfall(largest) > 0:
        raise ValueError(
            f"control_users == {control:g}, must be more: even a rise to 100 % "
            f"would be seen with less than {wanted:.0%} power"
        )
    lift = float(brentq(shortfall, smallest, largest, xtol=1e-14, rtol=1e-12))
    return DetectableEffect(
        metric="rate",
        baseline=baseline,
        absolute_lift=lift,
        relative_lift=lift / baseline,
        control_users=control,
        treatment_users=treated,
        alpha=alpha,
        power=wanted,
        sides=sides,
        convention=variance,
    )


def detectable_effect_for_mean(
    standard_deviation: float,
    *,
    control_users: float | None = None,
    treatment_users: float | None = None,
    new_users_per_day: float | Sequence[float] | None = None,
    days: int | None = None,
    baseline_mean: float | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
    sides: Sides = "two-sided",
    method: MeanMethod = "normal",
) -> DetectableEffect:
    """Return the smallest difference of a mean that a test of this size can see.

    d = (z_alpha + z_power) sd sqrt(1/n1 + 1/n2); ``t`` solves the noncentral t
    distribution instead.

    Assumes the same standard deviation in both arms and independent users.

    Args:
        standard_deviation: Standard deviation between users, in the metric's unit.
        control_users: Users in the control arm; or pass traffic and days instead.
        treatment_users: Users in the treatment arm; as many as control if left out.
        new_users_per_day: Users seen for the first time, per day, halved between the
            arms. One number, or a list for a daily log.
        days: Days the test may run, with ``new_users_per_day``.
        baseline_mean: Mean without the change; gives the relative lift.
        alpha: Accepted risk of a false alarm.
        power: Wanted chance to see the effect if it is there.
        sides: ``two-sided`` (default) or ``one-sided``.
        method: ``normal`` (default) or ``t``.

    Returns:
        The smallest effect, absolute and, with a baseline, relative.

    Raises:
        ValueError: If a value is out of range.

    Examples:
        >>> effect = detectable_effect_for_mean(
        ...     30, control_users=10_000, baseline_mean=3.75)
        >>> round(effect.absolute_lift, 3)
        1.189

    References:
        Cohen (1988), Statistical Power Analysis for the Behavioral Sciences.
    """
    deviation = check.positive("standard_deviation", standard_deviation)
    control, treated = _checked_users(
        control_users, treatment_users, new_users_per_day=new_users_per_day, days=days
    )
    wanted = _checked_power(power, alpha=alpha)
    check.choice("sides", sides, ("two-sided", "one-sided"))
    z_sum = critical_value(alpha, sides=sides) + normal_quantile(wanted)
    lift = z_sum * deviation * math.sqrt(1 / control + 1 / treated)
    if check.choice("method", method, ("normal", "t")) == "t":
        lift = _lift_for_t(
            lift,
            wanted,
            deviation=deviation,
            users=(control, treated),
            alpha=alpha,
            sides=sides,
        )
    mean = check.number(
        "baseline_mean", 0.0 if baseline_mean is None else baseline_mean
    )
    return DetectableEffect(
        metric="mean",
        baseline=None if baseline_mean is None else mean,
        absolute_lift=lift,
        relative_lift=lift / abs(mean) if mean else None,
        control_users=control,
        treatment_users=treated,
        alpha=alpha,
        power=wanted,
        sides=sides,
        convention=method,
    )


def _lift_for_t(
    start: float,
    wanted: float,
    *,
    deviation: float,
    users: tuple[float, float],
    alpha: float,
    sides: Sides,
) -> float:
    from scipy.optimize import brentq

    def shortfall(lift: float) -> float:
        return wanted - power_of_means(
            lift,
            standard_deviation=deviation,
            control_users=users[0],
            treatment_users=users[1],
            alpha=alpha,
            sides=sides,
            method="t",
        )

    highest = start
    while shortfall(highest) > 0:
        highest *= 2
    return float(brentq(shortfall, 0.0, highest, rtol=1e-12))


def _checked_users(
    control: float | None,
    treatment: float | None,
    *,
    new_users_per_day: float | Sequence[float] | None,
    days: int | None,
) -> tuple[float, float]:
    counted, traffic = control is not None, new_users_per_day is not None
    if counted == traffic or traffic != (days is not None):
        raise ValueError(
            f"control_users == {control!r}, new_users_per_day == "
            f"{new_users_per_day!r} and days == {days!r}, must be either "
            "control_users, or new_users_per_day together with days"
        )
    if new_users_per_day is not None:
        if treatment is not None:
            raise ValueError(
                f"treatment_users == {treatment!r}, must be left out with "
                "new_users_per_day, whose users are halved between the arms"
            )
        half = users_in(new_users_per_day, days=days) / 2
        return half, half
    users = check.positive("control_users", control)
    if treatment is None:
        return users, users
    return users, check.positive("treatment_users", treatment)


def _checked_power(power: float, *, alpha: float) -> float:
    value = check.open_rate("power", power)
    if value <= checked_alpha(alpha):
        raise ValueError(
            f"power == {power!r}, must be above alpha == {alpha!r}; 0.8 is usual"
        )
    return value
