"""Intervals that hold at every look, whenever you look and whenever you stop."""

import math
from dataclasses import dataclass

from pmlab import _arguments as check
from pmlab import formatting
from pmlab.experiments._distributions import checked_alpha, critical_value
from pmlab.experiments.effect import Effect, p_words, signed_percent
from pmlab.experiments.mixture import mixture_boundary, mixture_p, mixture_rho
from pmlab.experiments.rates import FEW_USERS
from pmlab.results import Result


@dataclass(frozen=True, kw_only=True, repr=False)
class AlwaysValidEffect(Result):
    """An effect with intervals that hold at all looks together.

    Attributes:
        measure: ``rate``, ``mean`` or ``ratio``.
        users: Users in both arms so far.
        difference: Treatment minus control.
        difference_low: Lower end of its always-valid interval.
        difference_high: Upper end of its always-valid interval.
        relative_lift: Difference as a share of the control value, or None.
        relative_low: Lower end of its always-valid interval, or None.
        relative_high: Upper end of its always-valid interval, or None.
        p_value: Always-valid p-value of no difference.
        alpha: Risk over all looks.
        tuning_users: Users in both arms at which the intervals are tightest.
        widening: Width as a multiple of the interval that allows one look.
        note: Why not to stop on this interval yet, or an empty text.
    """

    measure: str
    users: int
    difference: float
    difference_low: float
    difference_high: float
    relative_lift: float | None
    relative_low: float | None
    relative_high: float | None
    p_value: float
    alpha: float
    tuning_users: float
    widening: float
    note: str = ""

    def summary(self) -> str:
        """Say the intervals and whether one may stop."""
        level = formatting.percent(1 - self.alpha, digits=0)
        text = (
            f"After {formatting.count(self.users)} users the difference is "
            f"{self.difference:+.4g}, {level} always-valid interval "
            f"{self.difference_low:+.4g} to {self.difference_high:+.4g} "
            f"({p_words(self.p_value)})."
        )
        if self.relative_low is not None and self.relative_high is not None:
            text += (
                f" Relative lift between {signed_percent(self.relative_low)} and "
                f"{signed_percent(self.relative_high)}."
            )
        if self.note:
            return f"{text} {self.note}"
        if self.difference_low <= 0 <= self.difference_high:
            return f"{text} It contains 0: keep running, or stop without a finding."
        return f"{text} It excludes 0: you may stop now, however often you looked."


def always_valid(
    effect: Effect, *, tuning_users: float = 5_000, alpha: float = 0.05
) -> AlwaysValidEffect:
    """Return intervals of an effect that hold at every look (confidence sequence).

    Half width = se sqrt(2 (n r + 1) / (n r) ln(sqrt(n r + 1) / alpha)), with n the
    users so far and r = (-2 ln alpha + ln(1 - 2 ln alpha)) / tuning users.

    Assumes large samples: below some hundred users an arm, or 10 of each kind for a
    rate, intervals are too narrow. For rates the result says so.

    Args:
        effect: The effect so far.
        tuning_users: Users in both arms at which the interval is tightest; choose it
            before the test, near the size at which you expect to stop.
        alpha: Risk of a false alarm over all looks.

    Returns:
        Always-valid intervals and p-value.

    Raises:
        ValueError: If ``tuning_users`` or the standard error of the effect is not > 0.
        TypeError: If it is given several effects.

    Examples:
        >>> from pmlab.experiments.rates import compare_rates
        >>> effect = compare_rates((1396, 3000), (2422, 3461))
        >>> result = always_valid(effect)
        >>> round(result.relative_low, 3), round(result.relative_high, 3)
        (0.401, 0.607)

    References:
        Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas (2024), Time-uniform central limit
        theory and asymptotic confidence sequences, Annals of Statistics 52.
    """
    if not isinstance(effect, Effect):
        raise TypeError(
            f"effect is a {type(effect).__name__}, must be one effect, as "
            "compare_rates returns it; take several looks one by one"
        )
    alpha = checked_alpha(alpha)
    tuning = check.positive("tuning_users", tuning_users)
    check.positive("standard error of the effect", effect.standard_error)
    users = effect.control_users + effect.treatment_users
    # One user adds variance 1, so that the sum of z-like steps has variance n.
    rho = mixture_rho(tuning, alpha=alpha)
    factor = mixture_boundary(users, rho=rho, alpha=alpha) / math.sqrt(users)
    half = factor * effect.standard_error
    score = effect.difference / effect.standard_error * math.sqrt(users)
    low = high = None
    if effect.relative_lift is not None and effect.relative_standard_error is not None:
        lift_half = factor * effect.relative_standard_error
        low, high = effect.relative_lift - lift_half, effect.relative_lift + lift_half
    return AlwaysValidEffect(
        measure=effect.measure,
        users=users,
        difference=effect.difference,
        difference_low=effect.difference - half,
        difference_high=effect.difference + half,
        relative_lift=effect.relative_lift,
        relative_low=low,
        relative_high=high,
        p_value=mixture_p(score, variance=users, rho=rho),
        alpha=alpha,
        tuning_users=tuning,
        widening=factor / critical_value(alpha),
        note=_few_note(effect),
    )


def _few_note(effect: Effect) -> str:
    if effect.measure != "rate":
        return ""
    arms = (
        (effect.control_users, effect.control_value),
        (effect.treatment_users, effect.treatment_value),
    )
    fewest = round(min(users * min(rate, 1 - rate) for users, rate in arms))
    if fewest >= FEW_USERS:
        return ""
    return (
        f"Only {formatting.count(fewest)} users of one kind in an arm so far: keep "
        f"running until there are {FEW_USERS}, before that it is too narrow."
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class AlwaysValidRate(Result):
    """A rate with an interval that holds at all looks together.

    Attributes:
        successes: Users who did it so far.
        users: Users so far.
        rate: Their share.
        low: Lower end of the always-valid interval.
        high: Upper end of the always-valid interval.
        alpha: Risk over all looks.
        tuning_users: Users at which the interval is tightest.
        tuned_before: Whether they were fixed by the caller, which is what makes the
            interval hold at all looks.
    """

    successes: int
    users: int
    rate: float
    low: float
    high: float
    alpha: float
    tuning_users: float
    tuned_before: bool

    def summary(self) -> str:
        """Say the rate and its interval."""
        span = formatting.percent_interval(self.low, self.high)
        level = formatting.percent(1 - self.alpha, digits=0)
        text = (
            f"{formatting.count(self.successes)} of {formatting.count(self.users)} "
            f"users, {formatting.percent(self.rate)}; {level} "
        )
        if self.tuned_before:
            return f"{text}always-valid interval {span}, whenever you look."
        return (
            f"{text}interval {span} for this one look: it is tuned to the users so "
            "far. To look again, fix tuning_users before the test."
        )


def always_valid_rate(
    successes: int,
    users: int,
    *,
    tuning_users: float | None = None,
    alpha: float = 0.05,
) -> AlwaysValidRate:
    """Return an interval of one rate that holds at every look.

    All rates p with B(a + s, b + n - s) / B(a, b) / (p^s (1 - p)^(n - s)) < 1 / alpha,
    a Beta mixture centered on p.

    Assumes independent users; exact for any sample size.

    Args:
        successes: Users who did it so far.
        users: Users so far.
        tuning_users: Users at which the interval is tightest, fixed before the test.
            Left out: ``users``, for a single look.
        alpha: Risk over all looks.

    Returns:
        The rate and its interval.

    Raises:
        ValueError: If successes are negative or more than the users.

    Examples:
        >>> always_valid_rate(700, 1000, tuning_users=100)
        700 of 1,000 users, 70.0 %; 95 % always-valid interval 65.2 % to 74.6 %,
        whenever you look.

    References:
        Howard, Ramdas, McAuliffe, Sekhon (2021), Annals of Statistics 49, prop. 7.
    """
    from scipy.optimize import brentq

    did = check.whole("successes", successes)
    total = check.whole("users", users, minimum=1)
    if did > total:
        raise ValueError(f"successes == {did}, must be at most users == {total}")
    alpha = checked_alpha(alpha)
    tuning = check.positive(
        "tuning_users", total if tuning_users is None else tuning_users
    )

    def excess(rate: float) -> float:
        ratio = _beta_log_ratio(rate, did, total, tuning=tuning, alpha=alpha)
        return ratio + math.log(alpha)

    rate, edge = did / total, 1e-9
    low, high = 0.0, 1.0
    if did and excess(edge) > 0:
        low = float(brentq(excess, edge, min(rate, 1 - edge)))
    if did < total and excess(1 - edge) > 0:
        high = float(brentq(excess, max(rate, edge), 1 - edge))
    return AlwaysValidRate(
        successes=did,
        users=total,
        rate=rate,
        low=low,
        high=high,
        alpha=alpha,
        tuning_users=tuning,
        tuned_before=tuning_users is not None,
    )


def _beta_log_ratio(
    rate: float, did: int, users: int, *, tuning: float, alpha: float
) -> float:
    from scipy.special import betaln

    spread = rate * (1 - rate)
    rho = mixture_rho(spread * tuning, alpha=alpha)
    strength = max(rho - spread, 1e-3 * spread) / spread
    a, b = strength * rate, strength * (1 - rate)
    mixed = betaln(a + did, b + users - did) - betaln(a, b)
    return float(mixed) - did * math.log(rate) - (users - did) * math.log1p(-rate)
