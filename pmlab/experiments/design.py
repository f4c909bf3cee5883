"""How many users does a test need, how many days, and what can it see.

``sample_size`` answers in users and days; ``power.py`` names the conventions.
"""

from collections.abc import Sequence

from pmlab import _arguments as check
from pmlab.experiments._distributions import (
    Sides,
    checked_alpha,
    critical_value,
    normal_quantile,
)
from pmlab.experiments.clusters import design_effect
from pmlab.experiments.plan import Rounding, SamplePlan, arm_ratio, make_plan
from pmlab.experiments.power import (
    VARIANCES,
    MeanMethod,
    Variance,
    rate_step,
    t_power,
)

LARGE_SHARE = 2.0  # a target of 3 times the baseline


def sample_size(
    baseline_rate: float,
    *,
    relative_lift: float | None = None,
    absolute_lift: float | None = None,
    new_users_per_day: float | Sequence[float] | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
    sides: Sides = "two-sided",
    variance: Variance = "unpooled",
    treatment_share: float = 0.5,
    traffic_share: float = 1.0,
    cluster_size: float = 1,
    icc: float = 0.0,
    rounding: Rounding | None = None,
) -> SamplePlan:
    """Return the users, and days, that a test of a rate needs.

    n per arm = (z_alpha s0 + z_power s1)^2 / (p2 - p1)^2; unpooled, s0^2 = s1^2 =
    p1 q1 + p2 q2. With unequal arms the treatment term is divided by their ratio.

    Assumes independent users (or clusters of equal size, with ``icc``), one planned
    look at the end, and the normal approximation.

    Args:
        baseline_rate: Rate without the change, a fraction.
        relative_lift: Smallest lift worth seeing as a share of the baseline; 0.10
            lifts 4.8 % to 5.28 %. Negative for a fall.
        absolute_lift: The same in rate units, instead: 0.0048 is 0.48 points.
        new_users_per_day: Eligible users seen for the first time, per day; gives the
            days to run. One number, or a list for a daily log.
        alpha: Accepted risk of a false alarm.
        power: Wanted chance to see the effect if it is there.
        sides: ``two-sided`` (default) or ``one-sided``.
        variance: ``unpooled`` (default), ``pooled``, ``baseline`` or ``arcsine``.
        treatment_share: Share of the users in the treatment arm.
        traffic_share: Share of the eligible users who are put into the test.
        cluster_size: Mean users per randomized cluster.
        icc: Intraclass correlation of the clusters.
        rounding: ``up`` or ``nearest``. Left out: up, but nearest with ``baseline``,
            whose published calculator prints so.

    Returns:
        The plan; it prints users, days and conventions in words.

    Raises:
        ValueError: If not exactly one lift is given, or a value is out of range.

    Examples:
        >>> sample_size(0.048, relative_lift=0.10, new_users_per_day=1_500)
        To see 4.80 % become 5.28 % (+10.0 % relative, +0.48 percentage points) with
        80 % power at a two-sided 5 % level, the test needs 32,605 users per arm,
        65,210 in total. 65,210 users have come after 44 days. Run 7 whole weeks,
        49 days, so that each weekday counts equally; the test then has seen
        73,500 users. Convention: unpooled variance.
        >>> sample_size(0.20, absolute_lift=0.05, variance="baseline").users_per_arm
        1030
        >>> sample_size(0.20, absolute_lift=0.05, variance="pooled").users_per_arm
        1094

    References:
        Fleiss, Levin, Paik (2003), Statistical Methods for Rates and Proportions.
        Miller (2010), Evan's Awesome A/B Tools, sample size calculator.
    """
    baseline = check.open_rate("baseline_rate", baseline_rate)
    lift = _absolute_lift(
        baseline, relative_lift=relative_lift, absolute_lift=absolute_lift
    )
    target = _checked_target(baseline, lift)
    check.choice("variance", variance, VARIANCES)
    ratio = arm_ratio(treatment_share)
    z_alpha, z_power = _z_values(alpha, power=power, sides=sides)
    step = rate_step(baseline, target, variance=variance, ratio=ratio)
    deviations = z_alpha * step.null + z_power * step.alternative
    users = (deviations / step.difference) ** 2
    if rounding is None:
        rounding = "nearest" if variance == "baseline" else "up"
    return make_plan(
        metric="rate",
        baseline=baseline,
        target=target,
        absolute_lift=lift,
        users=users,
        alpha=alpha,
        power=power,
        sides=sides,
        convention=variance,
        treatment_share=treatment_share,
        rounding=rounding,
        factor=design_effect(cluster_size, icc=icc),
        new_users_per_day=new_users_per_day,
        traffic_share=traffic_share,
        note=_large_lift_note(baseline, lift, relative_lift=relative_lift),
    )


def sample_size_for_mean(
    standard_deviation: float,
    *,
    absolute_lift: float | None = None,
    relative_lift: float | None = None,
    baseline_mean: float | None = None,
    new_users_per_day: float | Sequence[float] | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
    sides: Sides = "two-sided",
    method: MeanMethod = "normal",
    treatment_share: float = 0.5,
    traffic_share: float = 1.0,
    cluster_size: float = 1,
    icc: float = 0.0,
    rounding: Rounding = "up",
) -> SamplePlan:
    """Return the users, and days, that a test of a mean needs.

    n per arm = 2 (z_alpha + z_power)^2 sd^2 / d^2 with equal arms; ``t`` solves the
    noncentral t distribution instead and needs one or two users more.

    Assumes the same standard deviation in both arms and independent users.

    Args:
        standard_deviation: Standard deviation between users, in the metric's unit.
            With CUPED, multiply it by sqrt(1 - correlation^2).
        absolute_lift: Smallest difference worth seeing, in the metric's unit.
        relative_lift: The same as a share of ``baseline_mean``, instead.
        baseline_mean: Mean without the change; needed for ``relative_lift``.
        new_users_per_day: Eligible users seen for the first time, per day; gives the
            days to run. One number, or a list for a daily log.
        alpha: Accepted risk of a false alarm.
        power: Wanted chance to see the effect if it is there.
        sides: ``two-sided`` (default) or ``one-sided``.
        method: ``normal`` (default) or ``t``.
        treatment_share: Share of the users in the treatment arm.
        traffic_share: Share of the eligible users who are put into the test.
        cluster_size: Mean users per randomized cluster.
        icc: Intraclass correlation of the clusters.
        rounding: ``up`` (default) or ``nearest``.

    Returns:
        The plan; it prints users, days and conventions in words.

    Raises:
        ValueError: If not exactly one lift is given, or a value is out of range.

    Examples:
        >>> sample_size_for_mean(30, relative_lift=0.05, baseline_mean=3.75)
        To see 3.75 become 3.9375 (+5.0 % relative, +0.1875) with 80 % power at a
        two-sided 5 % level, the test needs 401,863 users per arm, 803,726 in total.
        Convention: normal distribution.
        >>> sample_size_for_mean(1, absolute_lift=0.5, method="t").users_per_arm
        64

    References:
        Cohen (1988), Statistical Power Analysis for the Behavioral Sciences.
    """
    deviation = check.positive("standard_deviation", standard_deviation)
    mean = (
        None if baseline_mean is None else check.number("baseline_mean", baseline_mean)
    )
    lift = _absolute_lift(
        mean, relative_lift=relative_lift, absolute_lift=absolute_lift
    )
    ratio = arm_ratio(treatment_share)
    z_alpha, z_power = _z_values(alpha, power=power, sides=sides)
    effect = abs(lift) / deviation
    users = (1 + 1 / ratio) * ((z_alpha + z_power) / effect) ** 2
    if check.choice("method", method, ("normal", "t")) == "t":
        users = _users_for_t(
            effect, start=users, ratio=ratio, alpha=alpha, power=power, sides=sides
        )
    return make_plan(
        metric="mean",
        baseline=mean,
        target=None if mean is None else mean + lift,
        absolute_lift=lift,
        users=users,
        alpha=alpha,
        power=power,
        sides=sides,
        convention=method,
        treatment_share=treatment_share,
        rounding=rounding,
        factor=design_effect(cluster_size, icc=icc),
        new_users_per_day=new_users_per_day,
        traffic_share=traffic_share,
        note=_large_lift_note(mean, lift, relative_lift=relative_lift),
    )


def rule_of_sixteen(standard_deviation: float, *, absolute_lift: float) -> float:
    """Return the users per arm by the rule of thumb 16 sd^2 / d^2.

    n per arm = 16 sd^2 / d^2, which rounds 2 (1.96 + 0.84)^2 = 15.7 up to 16.

    Assumes equal arms, a two-sided 5 % level and 80 % power. For a rate, the standard
    deviation is sqrt(p (1 - p)).

    Args:
        standard_deviation: Standard deviation between users, in the metric's unit.
        absolute_lift: Smallest difference worth seeing, in the same unit.

    Returns:
        Users per arm.

    Raises:
        ValueError: If the standard deviation is not > 0 or the lift is 0.

    Examples:
        >>> round(rule_of_sixteen((0.05 * 0.95) ** 0.5, absolute_lift=0.0025))
        121600

    References:
        Kohavi, Longbotham, Sommerfield, Henne (2009), Controlled experiments on the
        web, Data Mining and Knowledge Discovery 18. Lehr (1992).
    """
    deviation = check.positive("standard_deviation", standard_deviation)
    return 16 * (deviation / _not_zero("absolute_lift", absolute_lift)) ** 2


def _absolute_lift(
    baseline: float | None, *, relative_lift: float | None, absolute_lift: float | None
) -> float:
    if (relative_lift is None) == (absolute_lift is None):
        raise ValueError(
            f"relative_lift == {relative_lift!r} and absolute_lift == "
            f"{absolute_lift!r}, must be exactly one of them; relative_lift=0.10 lifts "
            "4.8 % to 5.28 %, absolute_lift=0.10 lifts it to 14.8 %"
        )
    if absolute_lift is not None:
        return _not_zero("absolute_lift", absolute_lift)
    lift = _not_zero("relative_lift", relative_lift)
    if baseline is None:
        raise ValueError(
            "baseline_mean == None, must be given with relative_lift; "
            "or pass absolute_lift in the metric's unit"
        )
    if baseline == 0:
        raise ValueError(
            "baseline_mean == 0, must not be 0 with relative_lift; pass absolute_lift"
        )
    return lift * abs(baseline)


def _checked_target(baseline: float, lift: float) -> float:
    target = baseline + lift
    if not 0 < target < 1:
        rule = "pass a fraction, not a percent"
        if abs(lift) < 1:
            room = 1 - baseline if lift > 0 else -baseline
            rule = (
                f"the lift must be nearer to 0 than absolute_lift={room:.4g} "
                f"(relative_lift={room / baseline:.4g})"
            )
        raise ValueError(
            f"baseline_rate == {baseline:g} with an absolute lift of {lift:+.4g} gives "
            f"{target:.4g}, must stay strictly between 0 and 1; {rule}"
        )
    return target


def _large_lift_note(
    baseline: float | None, lift: float, *, relative_lift: float | None
) -> str:
    # A tiny baseline may rise that much, so this is said and not refused.
    if not baseline:
        return ""
    share = lift / abs(baseline)
    if relative_lift is not None and abs(relative_lift) > 1:
        return (
            f"Check the lift: relative_lift={relative_lift:g} is {100 * share:+,.0f} % "
            "of the baseline; it is a fraction, 0.10 for 10 %. Did you mean "
            f"{relative_lift / 100:g}?"
        )
    if share > LARGE_SHARE:
        return (
            f"Check the lift: absolute_lift={lift:g} makes the target "
            f"{1 + share:,.1f} times the baseline; it is in the unit of the baseline, "
            "0.0048 for 0.48 percentage points."
        )
    return ""


def _not_zero(name: str, value: object) -> float:
    result = check.number(name, value)
    if result == 0:
        raise ValueError(f"{name} == 0, must differ from 0; no test can see no effect")
    return result


def _z_values(alpha: float, *, power: float, sides: str) -> tuple[float, float]:
    check.choice("sides", sides, ("two-sided", "one-sided"))
    alpha = checked_alpha(alpha)
    power = check.open_rate("power", power)
    if power <= alpha:
        raise ValueError(
            f"power == {power!r}, must be above alpha == {alpha!r}; 0.8 is usual"
        )
    return (
        critical_value(
            alpha, sides="two-sided" if sides == "two-sided" else "one-sided"
        ),
        normal_quantile(power),
    )


def _users_for_t(
    effect: float, *, start: float, ratio: float, alpha: float, power: float, sides: str
) -> float:
    from scipy.optimize import brentq

    def shortfall(users: float) -> float:
        return power - t_power(
            effect,
            control_users=users,
            treatment_users=ratio * users,
            alpha=alpha,
            sides=sides,
        )

    fewest = 2.001 / (1 + ratio)
    return float(brentq(shortfall, fewest, 2 * start + 100, xtol=1e-8, rtol=1e-12))
