"""Intervals of a difference and of a relative lift, from two levels and variances."""

import math
from typing import Literal, NamedTuple

from pmlab.experiments._distributions import quantile, two_sided_p

RelativeMethod = Literal["delta", "log", "fieller"]
RELATIVE_METHODS = ("delta", "log", "fieller")


class Level(NamedTuple):
    """Level of one arm with the variance of its estimate.

    ``lift_variance`` is the variance that counts for the relative lift; it differs
    from ``variance`` only with CUPED, where both arms share the covariate's mean.
    """

    value: float
    variance: float
    users: float
    lift_variance: float


class Lift(NamedTuple):
    """Relative lift; all but the value may be missing."""

    value: float | None
    low: float | None
    high: float | None
    standard_error: float | None


def welch_freedom(control: Level, treatment: Level) -> float:
    """Return the degrees of freedom of Welch and Satterthwaite."""
    spread = (control.variance + treatment.variance) ** 2
    return spread / (
        control.variance**2 / (control.users - 1)
        + treatment.variance**2 / (treatment.users - 1)
    )


def relative_lift(
    control: Level,
    treatment: Level,
    *,
    method: str,
    confidence: float,
    freedom: float | None,
) -> Lift:
    """Return the lift (treatment - control) / |control| with its interval.

    Delta: var = var_t / c^2 + t^2 var_c / c^4.
    """
    if control.value == 0:
        return Lift(None, None, None, None)
    c, t = control.value, treatment.value
    lift = (t - c) / abs(c)
    variance = treatment.lift_variance / c**2 + control.lift_variance * t**2 / c**4
    error = math.sqrt(variance)
    limit = quantile((1 + confidence) / 2, degrees_of_freedom=freedom)
    if method == "delta":
        return Lift(lift, lift - limit * error, lift + limit * error, error)
    if method == "log":
        return _log_lift(c, t, lift=lift, error=error, limit=limit)
    return _fieller_lift(control, treatment, lift=lift, error=error, limit=limit)


def relative_p(lift: Lift, *, freedom: float | None) -> float | None:
    """Return the two-sided p-value of no lift, or None without an error."""
    if lift.value is None or not lift.standard_error:
        return None
    return two_sided_p(lift.value / lift.standard_error, degrees_of_freedom=freedom)


def _log_lift(
    control: float, treatment: float, *, lift: float, error: float, limit: float
) -> Lift:
    ratio = treatment / control
    if ratio <= 0:
        return Lift(lift, None, None, None)
    # With a negative control value the lift is 1 - ratio, and its ends change places.
    sign = math.copysign(1.0, control)
    width = limit * error / ratio
    ends = sorted(sign * (ratio * math.exp(s * width) - 1) for s in (-1, 1))
    return Lift(lift, ends[0], ends[1], error)


def _fieller_lift(
    control: Level, treatment: Level, *, lift: float, error: float, limit: float
) -> Lift:
    c, t = control.value, treatment.value
    g = limit**2 * control.variance / c**2
    if g >= 1:
        return Lift(lift, None, None, error)
    ratio = t / c
    width = (limit / abs(c)) * math.sqrt(
        treatment.variance * (1 - g) + ratio**2 * control.variance
    )
    sign = math.copysign(1.0, c)
    ends = sorted(sign * ((ratio + s * width) / (1 - g) - 1) for s in (-1, 1))
    return Lift(lift, ends[0], ends[1], error)


def wilson(successes: float, users: float, *, z: float) -> tuple[float, float]:
    """Return Wilson's score interval of a rate."""
    rate = successes / users
    center = (rate + z**2 / (2 * users)) / (1 + z**2 / users)
    width = math.sqrt(rate * (1 - rate) / users + z**2 / (4 * users**2))
    half = z * width / (1 + z**2 / users)
    # The formula gives the bounds exactly at 0 and 1; rounding must not cross them.
    low = 0.0 if successes == 0 else max(center - half, 0.0)
    high = 1.0 if successes == users else min(center + half, 1.0)
    return low, high


def newcombe(
    control: tuple[float, float], treatment: tuple[float, float], *, z: float
) -> tuple[float, float]:
    """Return Newcombe's interval of treatment minus control, from Wilson's two."""
    c, t = control[0] / control[1], treatment[0] / treatment[1]
    c_low, c_high = wilson(*control, z=z)
    t_low, t_high = wilson(*treatment, z=z)
    down = math.hypot(t - t_low, c_high - c)
    up = math.hypot(t_high - t, c - c_low)
    return t - c - down, t - c + up
