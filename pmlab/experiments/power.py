"""How likely is a test to see an effect, for rates and for means.

The course default is the two-sided z test with the variance of both arms apart
(``unpooled``). Three other conventions give other, equally right numbers:

=============  ==================================================  ===============
``variance``   variance assumed where there is no effect           as in
=============  ==================================================  ===============
``unpooled``   each arm its own: p1 q1 and p2 q2                   this course
``pooled``     both arms the mean rate                             R power.prop.test
``baseline``   both arms the baseline rate                         Evan Miller
``arcsine``    1, after 2 arcsin(sqrt(p)), Cohen's h               R pwr.2p.test
=============  ==================================================  ===============
"""

import math
from typing import Literal, NamedTuple

from pmlab import _arguments as check
from pmlab.experiments._distributions import (
    Sides,
    checked_alpha,
    critical_value,
    normal_cdf,
)

Variance = Literal["unpooled", "pooled", "baseline", "arcsine"]
MeanMethod = Literal["normal", "t"]

VARIANCES = ("unpooled", "pooled", "baseline", "arcsine")
VARIANCE_WORDS = {
    "unpooled": "unpooled variance",
    "pooled": "pooled variance, as R power.prop.test",
    "baseline": "variance of the baseline rate, as Evan Miller's calculator",
    "arcsine": "arcsine scale (Cohen's h), as R pwr.2p.test",
}


class Step(NamedTuple):
    """A difference, and its standard deviations for one control user.

    ``null`` and ``alternative`` are those without and with the effect.
    """

    difference: float
    null: float
    alternative: float


def rate_step(
    control_rate: float, treatment_rate: float, *, variance: str, ratio: float
) -> Step:
    """Return the step between two rates, with ``ratio`` treated per control user."""
    if variance == "arcsine":
        ends = [2 * math.asin(math.sqrt(p)) for p in (control_rate, treatment_rate)]
        one = math.sqrt(1 + 1 / ratio)
        return Step(ends[1] - ends[0], one, one)
    difference = treatment_rate - control_rate
    control = control_rate * (1 - control_rate)
    treatment = treatment_rate * (1 - treatment_rate)
    own = math.sqrt(control + treatment / ratio)
    if variance == "unpooled":
        return Step(difference, own, own)
    pooled_rate = (control_rate + ratio * treatment_rate) / (1 + ratio)
    common = pooled_rate * (1 - pooled_rate) if variance == "pooled" else control
    return Step(difference, math.sqrt(common * (1 + 1 / ratio)), own)


def z_power(step: Step, *, control_users: float, z: float, sides: str) -> float:
    """Return the power of a z test, with both tails if it is two-sided."""
    shift = abs(step.difference) * math.sqrt(control_users) / step.alternative
    limit = z * step.null / step.alternative
    power = normal_cdf(shift - limit)
    return power + normal_cdf(-shift - limit) if sides == "two-sided" else power


def t_power(
    effect: float,
    *,
    control_users: float,
    treatment_users: float,
    alpha: float,
    sides: str,
) -> float:
    """Return the power of Student's t test at a standardized effect."""
    from scipy.special import stdtrit
    from scipy.stats import nct

    freedom = control_users + treatment_users - 2
    shift = abs(effect) / math.sqrt(1 / control_users + 1 / treatment_users)
    tail = alpha / 2 if sides == "two-sided" else alpha
    limit = float(stdtrit(freedom, 1 - tail))
    power = float(nct.sf(limit, freedom, shift))
    return (
        power + float(nct.cdf(-limit, freedom, shift))
        if sides != "one-sided"
        else power
    )


def power_of_rates(
    control_rate: float,
    treatment_rate: float,
    *,
    control_users: float,
    treatment_users: float | None = None,
    alpha: float = 0.05,
    sides: Sides = "two-sided",
    variance: Variance = "unpooled",
) -> float:
    """Return the chance that a test of two rates finds a true difference.

    Power = Phi((|p2 - p1| sqrt(n) - z s0) / s1) plus the far tail if two-sided, with
    s0 and s1 the standard deviations without and with the effect.

    Assumes independent users and counts large enough for the normal curve.

    Args:
        control_rate: True rate of the control arm, a fraction.
        treatment_rate: True rate of the treatment arm, a fraction.
        control_users: Users in the control arm.
        treatment_users: Users in the treatment arm; as many as control if left out.
        alpha: Accepted risk of a false alarm.
        sides: ``two-sided`` (default) or ``one-sided``.
        variance: Convention, see the table at the top of the module.

    Returns:
        The power, a fraction.

    Raises:
        ValueError: If a rate is not strictly between 0 and 1, or users are not > 0.

    Examples:
        >>> round(power_of_rates(0.048, 0.0528, control_users=32_604), 3)
        0.8

    References:
        Fleiss, Levin, Paik (2003), Statistical Methods for Rates and Proportions.
    """
    control_rate = check.open_rate("control_rate", control_rate)
    treatment_rate = check.open_rate("treatment_rate", treatment_rate)
    users = check.positive("control_users", control_users)
    treated = (
        users
        if treatment_users is None
        else check.positive("treatment_users", treatment_users)
    )
    check.choice("variance", variance, VARIANCES)
    check.choice("sides", sides, ("two-sided", "one-sided"))
    step = rate_step(
        control_rate, treatment_rate, variance=variance, ratio=treated / users
    )
    return z_power(
        step,
        control_users=users,
        z=critical_value(checked_alpha(alpha), sides=sides),
        sides=sides,
    )


def power_of_means(
    difference: float,
    *,
    standard_deviation: float,
    control_users: float,
    treatment_users: float | None = None,
    alpha: float = 0.05,
    sides: Sides = "two-sided",
    method: MeanMethod = "normal",
) -> float:
    """Return the chance that a test of two means finds a true difference.

    Power = Phi(|d| / (sd sqrt(1/n1 + 1/n2)) - z) plus the far tail if two-sided;
    ``t`` uses the noncentral t distribution instead.

    Assumes the same standard deviation in both arms and independent users.

    Args:
        difference: True difference of the means, in the unit of the metric.
        standard_deviation: Standard deviation between users, in the same unit.
        control_users: Users in the control arm.
        treatment_users: Users in the treatment arm; as many as control if left out.
        alpha: Accepted risk of a false alarm.
        sides: ``two-sided`` (default) or ``one-sided``.
        method: ``normal`` (default) or ``t``, which matters below about 30 users.

    Returns:
        The power, a fraction.

    Raises:
        ValueError: If the standard deviation or the users are not > 0.

    Examples:
        >>> round(power_of_means(0.5, standard_deviation=1, control_users=64), 3)
        0.807
        >>> round(power_of_means(
        ...     0.5, standard_deviation=1, control_users=64, method="t"), 3)
        0.801

    References:
        Cohen (1988), Statistical Power Analysis for the Behavioral Sciences.
    """
    effect = check.number("difference", difference) / check.positive(
        "standard_deviation", standard_deviation
    )
    users = check.positive("control_users", control_users)
    treated = (
        users
        if treatment_users is None
        else check.positive("treatment_users", treatment_users)
    )
    alpha = checked_alpha(alpha)
    check.choice("sides", sides, ("two-sided", "one-sided"))
    if check.choice("method", method, ("normal", "t")) == "t":
        if users + treated <= 2:
            raise ValueError(
                f"control_users == {control_users!r}, must leave more than 2 users "
                "in both arms together for a t test"
            )
        return t_power(
            effect,
            control_users=users,
            treatment_users=treated,
            alpha=alpha,
            sides=sides,
        )
    both = math.sqrt(1 + users / treated)
    return z_power(
        Step(effect, both, both),
        control_users=users,
        z=critical_value(alpha, sides=sides),
        sides=sides,
    )
