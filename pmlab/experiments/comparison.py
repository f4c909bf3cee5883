"""Read a test: differences and relative lifts of rates, means and ratios.

All comparisons go through ``compare``, which needs a measure and the totals of two
arms. ``compare_rates``, ``compare_means`` and ``compare_ratios`` take plain numbers.
"""

import dataclasses
import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pmlab import _arguments as check
from pmlab.experiments._distributions import (
    checked_confidence,
    quantile,
    two_sided_p,
)
from pmlab.experiments._intervals import (
    RELATIVE_METHODS,
    Level,
    RelativeMethod,
    relative_lift,
    relative_p,
    welch_freedom,
)
from pmlab.experiments.effect import Effect, p_words
from pmlab.experiments.measures import (
    Mean,
    Measure,
    Rate,
    Ratio,
    combined,
    covariate_of,
    influence,
    level,
    weight,
)
from pmlab.experiments.rates import (
    FEW_USERS,
    Counts,
    Distribution,
    compare_rates,
    fewest_of_a_kind,
)
from pmlab.experiments.totals import Totals, pooled

IMBALANCE_THRESHOLD = 0.001
# At a skewness of 0.2 one side of a 5 % test alarms in 4.2 % instead of 2.5 %.
LOPSIDED = 0.2
LIKELY_REDUCTION = 0.95


class _Cuped(NamedTuple):
    theta: float
    center: float
    reduction: float
    filled_users: int
    control_share: float
    treatment_share: float
    imbalance_p: float


def compare(
    measure: Measure,
    control: Totals,
    treatment: Totals,
    *,
    confidence: float = 0.95,
    distribution: Distribution | None = None,
    relative_method: RelativeMethod = "delta",
) -> Effect:
    """Return what the treatment changed, from the totals of two arms.

    Difference +- q sqrt(var_c / n_c + var_t / n_t), unpooled (Welch). Ratios use the
    variance of (y - R d) / mean(D) between users. CUPED replaces y by
    y - theta (x - mean x), theta = cov(y, x) / var(x) over both arms together. Rates
    with fewer than 10 users of one kind in an arm get Newcombe's interval.

    Assumes that the rows behind the totals are the units that were randomized.

    Args:
        measure: A ``Rate``, ``Mean`` or ``Ratio`` that names columns of the totals.
        control: Totals of the control arm.
        treatment: Totals of the treatment arm.
        confidence: Level of the intervals, a fraction.
        distribution: ``normal`` or ``t``. Left out: normal for rates, t otherwise.
        relative_method: ``delta`` (default), ``log`` or ``fieller``.

    Returns:
        Difference and relative lift, each with interval and p-value.

    Raises:
        ValueError: If the measure does not vary, or a rate's column is not 0 or 1.

    Examples:
        >>> control = Totals.from_sums(3407, sums={"revenue": 1396.87},
        ...     products={("revenue", "revenue"): 52377.9767})
        >>> treatment = Totals.from_sums(3461, sums={"revenue": 2422.7},
        ...     products={("revenue", "revenue"): 134698.29})
        >>> effect = compare(Mean("revenue"), control, treatment)
        >>> round(effect.difference, 2), round(effect.p_value, 3)
        (0.29, 0.02)
        >>> round(effect.relative_lift, 3), round(effect.relative_p_value, 3)
        (0.707, 0.062)

    References:
        Welch (1947), Biometrika 34. Deng, Knoblich, Lu (2018), Applying the Delta
        Method in Metric Analytics, KDD. Deng, Xu, Kohavi, Walker (2013), WSDM.
    """
    confidence = checked_confidence(confidence)
    check.choice("relative_method", relative_method, RELATIVE_METHODS)
    if isinstance(measure, Rate):
        counts = _rate_counts(measure, control), _rate_counts(measure, treatment)
        few = fewest_of_a_kind(*counts) < FEW_USERS
        return compare_rates(
            *counts,
            confidence=confidence,
            interval="newcombe" if few else "wald",
            distribution=distribution or "normal",
            relative_method=relative_method,
        )
    cuped = _cuped(measure, control, treatment)
    if cuped is not None and relative_method == "fieller":
        raise ValueError(
            "relative_method == 'fieller', must be delta or log with a covariate"
        )
    levels = _levels(measure, control, treatment, cuped=cuped)
    return _effect(
        measure,
        *levels,
        confidence=confidence,
        distribution=distribution or "t",
        relative_method=relative_method,
        cuped=cuped,
    )


def compare_means(
    control: npt.ArrayLike,
    treatment: npt.ArrayLike,
    *,
    confidence: float = 0.95,
    distribution: Distribution = "t",
    relative_method: RelativeMethod = "delta",
) -> Effect:
    """Return the difference of two means per user (Welch), with the relative lift.

    Difference +- t sqrt(var_c / n_c + var_t / n_t), each arm its own variance.

    Assumes one number for each randomized user, those with 0 included. A few huge
    values in arms of unequal size make false alarms up to three times as frequent;
    a note says so where the skewness of the difference is above 0.2.

    Args:
        control: One number per user of the control arm.
        treatment: One number per user of the treatment arm.
        confidence: Level of the intervals, a fraction.
        distribution: ``t`` (default) or ``normal``.
        relative_method: ``delta`` (default), ``log`` or ``fieller``.

    Returns:
        Difference and relative lift, each with interval and p-value.

    Raises:
        ValueError: If an arm has fewer than 2 users, holds NaN, or nothing varies.

    Examples:
        >>> compare_means([2, 3, 1, 4, 2], [3, 5, 4, 4, 6])
        Treatment 4.4, control 2.4: difference +2, 95 % interval +0.3371 to +3.663
        (p = 0.024). Relative lift +83.3 %, interval -19.0 % to +185.6 %. The interval
        of the difference lies on one side of 0, that of the lift contains 0: the data
        speak for a rise, its share of control stays uncertain.

    References:
        Welch (1947), Biometrika 34.
    """
    effect = compare(
        Mean("value"),
        Totals.from_values({"value": control}),
        Totals.from_values({"value": treatment}),
        confidence=confidence,
        distribution=distribution,
        relative_method=relative_method,
    )
    return dataclasses.replace(effect, note=_lopsided_note(control, treatment))


def compare_ratios(
    control: tuple[npt.ArrayLike, npt.ArrayLike],
    treatment: tuple[npt.ArrayLike, npt.ArrayLike],
    *,
    confidence: float = 0.95,
    distribution: Distribution = "t",
    relative_method: RelativeMethod = "delta",
) -> Effect:
    """Return the difference of two ratios such as orders per session (delta method).

    Ratio = sum of values / sum of bases; its variance is that of
    (value - ratio x base) / mean base between users, divided by the users.

    Assumes that users, not sessions, were randomized; users with base 0 stay in.

    Args:
        control: Values and bases, one of each per user of the control arm.
        treatment: Values and bases, one of each per user of the treatment arm.
        confidence: Level of the intervals, a fraction.
        distribution: ``t`` (default) or ``normal``.
        relative_method: ``delta`` (default), ``log`` or ``fieller``.

    Returns:
        Difference and relative lift, each with interval and p-value.

    Raises:
        ValueError: If an arm has fewer than 2 users, holds NaN, or has no base at all.
        TypeError: If an arm is no pair of values and bases.

    Examples:
        >>> effect = compare_ratios(
        ...     ([1, 0, 2, 1], [4, 2, 5, 3]), ([2, 1, 2, 1], [4, 2, 5, 3]))
        >>> round(effect.control_value, 3), round(effect.treatment_value, 3)
        (0.286, 0.429)

    References:
        Deng, Knoblich, Lu (2018), Applying the Delta Method in Metric Analytics, KDD.
    """
    arms = [
        Totals.from_values({"value": values, "base": bases})
        for values, bases in (_pair("control", control), _pair("treatment", treatment))
    ]
    return compare(
        Ratio("value", "base"),
        *arms,
        confidence=confidence,
        distribution=distribution,
        relative_method=relative_method,
    )


def _pair(
    name: str, arm: tuple[npt.ArrayLike, npt.ArrayLike]
) -> tuple[npt.ArrayLike, npt.ArrayLike]:
    if not isinstance(arm, tuple | list) or len(arm) != 2:
        raise TypeError(
            f"{name} is a {type(arm).__name__}, must be two columns, (values, bases), "
            f"for example {name}=(orders, sessions)"
        )
    return arm[0], arm[1]


def _lopsided_note(control: npt.ArrayLike, treatment: npt.ArrayLike) -> str:
    """Judge the skewness of the difference if both arms have the shape of all users.

    The small arm alone tells little: it alarms where it missed the huge values.
    """
    arms = [np.asarray(arm, dtype=float) for arm in (control, treatment)]
    centered = np.concatenate([arm - arm.mean() for arm in arms])
    c, t = (len(arm) for arm in arms)
    skewness = (centered**3).mean() / (centered**2).mean() ** 1.5
    of_difference = skewness * (1 / t**2 - 1 / c**2) / (1 / t + 1 / c) ** 1.5
    if abs(of_difference) <= LOPSIDED:
        return ""
    return (
        "A few huge values and arms of unequal size make false alarms more frequent: "
        "take equal arms, or cap values by a rule set before the test."
    )


def _rate_counts(measure: Rate, arm: Totals) -> Counts:
    rate = arm.mean(measure.column)
    spread = arm.variance({measure.column: 1.0}) * (arm.users - 1) / arm.users
    if not 0 <= rate <= 1 or abs(spread - rate * (1 - rate)) > 1e-9:
        raise ValueError(
            f"column {measure.column!r} has mean {rate:g} and variance {spread:g}, "
            "must hold only 0 and 1 for a Rate; use Mean for other numbers, and Ratio "
            "where unit_column summed the rows of a user"
        )
    return round(rate * arm.users), arm.users


def _cuped(measure: Measure, control: Totals, treatment: Totals) -> _Cuped | None:
    covariate = covariate_of(measure)
    if covariate is None:
        return None
    both = pooled([control, treatment])
    own, before = influence(measure, both), influence(covariate, both)
    spread, own_spread = both.variance(before), both.variance(own)
    if spread <= 1e-12 * level(covariate, both) ** 2:
        raise ValueError(
            f"covariate_column {covariate.column!r} has the same value for all users, "
            "must vary; leave the covariate out"
        )
    shared = both.covariance(own, before)
    heavy, light = weight(covariate, treatment), weight(covariate, control)
    return _Cuped(
        theta=shared / spread,
        center=level(covariate, both),
        reduction=shared**2 / (spread * own_spread) if own_spread else 0.0,
        filled_users=max(both.filled(name) for name in covariate.columns),
        control_share=light / (heavy + light),
        treatment_share=heavy / (heavy + light),
        imbalance_p=_imbalance_p(covariate, control, treatment),
    )


def _imbalance_p(covariate: Measure, control: Totals, treatment: Totals) -> float:
    levels = _plain_level(covariate, control), _plain_level(covariate, treatment)
    error = math.sqrt(levels[0].variance + levels[1].variance)
    if error == 0:
        return 0.0
    gap = levels[1].value - levels[0].value
    return two_sided_p(gap / error, degrees_of_freedom=None)


def _cuped_note(cuped: _Cuped) -> str:
    notes = []
    if cuped.imbalance_p < IMBALANCE_THRESHOLD:
        notes.append(
            f"The arms differed before the test ({p_words(cuped.imbalance_p)}): "
            "check the assignment, and that the covariate was measured before the test."
        )
    if cuped.reduction > LIKELY_REDUCTION:
        notes.append(
            f"A covariate that takes away more than {LIKELY_REDUCTION:.0%} of the "
            "variance was likely measured during the test: check its dates."
        )
    return " ".join(notes)


def _near_zero_note(control: Level, confidence: float) -> str:
    limit = quantile((1 + confidence) / 2, degrees_of_freedom=control.users - 1)
    if abs(control.value) > limit * math.sqrt(control.variance):
        return ""
    return (
        "The control value can't be told from 0, so the relative lift can be anything: "
        "read the difference."
    )


def _levels(
    measure: Measure, control: Totals, treatment: Totals, *, cuped: _Cuped | None
) -> tuple[Level, Level]:
    covariate = covariate_of(measure)
    arms = (control, treatment)
    if cuped is None or covariate is None:
        plain = [_plain_level(measure, arm) for arm in arms]
        return plain[0], plain[1]
    values = [
        level(measure, arm) - cuped.theta * (level(covariate, arm) - cuped.center)
        for arm in arms
    ]
    # Both arms are centered on the same mean, so their adjusted levels move together.
    # For the relative lift that changes the weight of each arm's covariate.
    ratio = values[1] / values[0] if values[0] else 1.0
    factors = (
        cuped.treatment_share + (cuped.control_share / ratio if ratio else 0.0),
        cuped.control_share + cuped.treatment_share * ratio,
    )
    result = []
    for arm, value, factor in zip(arms, values, factors, strict=True):
        own, before = influence(measure, arm), influence(covariate, arm)
        variance, lift_variance = (
            arm.variance(combined(own, before, factor=-cuped.theta * share)) / arm.users
            for share in (1.0, factor)
        )
        result.append(Level(value, variance, arm.users, lift_variance))
    return result[0], result[1]


def _unit(measure: Measure) -> str:
    """Return the unit in words; plain values, called ``value``, have none."""
    if measure.column == "value":
        return ""
    base = measure.base_column if isinstance(measure, Ratio) else "user"
    return f"{measure.column} per {base}".replace("_", " ")


def _plain_level(measure: Measure, arm: Totals) -> Level:
    variance = arm.variance(influence(measure, arm)) / arm.users
    return Level(level(measure, arm), variance, arm.users, variance)


def _effect(
    measure: Measure,
    control: Level,
    treatment: Level,
    *,
    confidence: float,
    distribution: str,
    relative_method: str,
    cuped: _Cuped | None,
) -> Effect:
    check.choice("distribution", distribution, ("normal", "t"))
    variance = control.variance + treatment.variance
    if variance <= 1e-24 * max(control.value**2, treatment.value**2):
        raise ValueError(
            f"{measure.column!r} has the same value for all users of both arms, must "
            "vary; without variance there is no error to compare the difference with"
        )
    freedom = welch_freedom(control, treatment) if distribution == "t" else None
    error = math.sqrt(variance)
    difference = treatment.value - control.value
    half = quantile((1 + confidence) / 2, degrees_of_freedom=freedom) * error
    lift = relative_lift(
        control,
        treatment,
        method=relative_method,
        confidence=confidence,
        freedom=freedom,
    )
    return Effect(
        measure="ratio" if isinstance(measure, Ratio) else "mean",
        control_users=int(control.users),
        treatment_users=int(treatment.users),
        control_value=control.value,
        treatment_value=treatment.value,
        difference=difference,
        difference_low=difference - half,
        difference_high=difference + half,
        standard_error=error,
        statistic=difference / error,
        degrees_of_freedom=freedom,
        p_value=two_sided_p(difference / error, degrees_of_freedom=freedom),
        relative_lift=lift.value,
        relative_low=lift.low,
        relative_high=lift.high,
        relative_standard_error=lift.standard_error,
        relative_p_value=relative_p(lift, freedom=freedom),
        confidence=confidence,
        interval="wald",
        variance="unpooled",
        relative_method=relative_method,
        theta=None if cuped is None else cuped.theta,
        variance_reduction=None if cuped is None else cuped.reduction,
        filled_users=None if cuped is None else cuped.filled_users,
        unit=_unit(measure),
        note="" if cuped is None else _cuped_note(cuped),
        relative_note=_near_zero_note(control, confidence),
    )
