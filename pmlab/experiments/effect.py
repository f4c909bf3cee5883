"""The result of a comparison: difference and relative lift, each with an interval."""

import math
from dataclasses import dataclass

from pmlab import formatting
from pmlab.results import Result


@dataclass(frozen=True, kw_only=True, repr=False)
class Effect(Result):
    """What the treatment changed, as a difference and as a relative lift.

    Attributes:
        measure: ``rate``, ``mean`` or ``ratio``.
        control_users: Users in the control arm.
        treatment_users: Users in the treatment arm.
        control_value: Level in the control arm (after CUPED, if it was used).
        treatment_value: Level in the treatment arm.
        difference: Treatment minus control.
        difference_low: Lower end of its interval.
        difference_high: Upper end of its interval.
        standard_error: Standard error of the difference.
        statistic: Difference over its standard error, z or t.
        degrees_of_freedom: Of the t distribution; None for the normal one.
        p_value: Two-sided p-value of no difference.
        relative_lift: Difference as a share of the control value; None if that is 0.
        relative_low: Lower end of its interval; None if there is none.
        relative_high: Upper end of its interval; None if there is none.
        relative_standard_error: Standard error of the lift; None if there is none.
        relative_p_value: Two-sided p-value of no lift; None if there is none.
        confidence: Level of the intervals, a fraction.
        interval: Method of the interval of the difference.
        variance: Variance behind the p-value: ``unpooled`` or ``pooled``.
        relative_method: Method of the interval of the lift.
        theta: CUPED's weight of the covariate; None without CUPED.
        variance_reduction: Share of the variance that CUPED took away, or None.
        filled_users: Users without history, who got the mean of the others; None
            without CUPED.
        unit: Unit of a mean or ratio, such as ``orders per user``, or an empty text.
        note: Why not to trust the effect as it stands, or an empty text.
        relative_note: Why not to trust the interval of the lift, or an empty text.
    """

    measure: str
    control_users: int
    treatment_users: int
    control_value: float
    treatment_value: float
    difference: float
    difference_low: float
    difference_high: float
    standard_error: float
    statistic: float
    degrees_of_freedom: float | None
    p_value: float
    relative_lift: float | None
    relative_low: float | None
    relative_high: float | None
    relative_standard_error: float | None
    relative_p_value: float | None
    confidence: float
    interval: str
    variance: str
    relative_method: str
    theta: float | None = None
    variance_reduction: float | None = None
    filled_users: int | None = None
    unit: str = ""
    note: str = ""
    relative_note: str = ""

    def summary(self) -> str:
        """Say both levels, the difference, the lift and what the interval allows."""
        level = formatting.percent(self.confidence, digits=0)
        low, high = self._words(self.difference_low), self._words(self.difference_high)
        parts = [
            f"Treatment {self._level(self.treatment_value)}, control "
            f"{self._level(self.control_value)}{self._adjusted_words()}: difference "
            f"{self._words(self.difference)}{self._unit()}, {level} interval "
            f"{low} to {high} ({p_words(self.p_value)}).",
            self._lift_words(),
            self._verdict(),
        ]
        if self.variance_reduction is not None:
            share = formatting.percent(self.variance_reduction, digits=0)
            parts.append(f"CUPED took away {share} of the variance.")
        if self.filled_users:
            users = formatting.count(self.control_users + self.treatment_users)
            parts.append(
                f"{formatting.count(self.filled_users)} of {users} users had no "
                "history and got the mean of the others."
            )
        parts.extend([self.note, self.relative_note])
        return " ".join(filter(None, parts))

    def _adjusted_words(self) -> str:
        return "" if self.theta is None else " (means adjusted by CUPED)"

    def _lift_words(self) -> str:
        if self.relative_lift is None:
            return "The control value is 0, so a relative lift has no meaning."
        lift = f"Relative lift {signed_percent(self.relative_lift)}"
        if self.relative_low is None or self.relative_high is None:
            return f"{lift}, without an interval."
        return (
            f"{lift}, interval {signed_percent(self.relative_low)} to "
            f"{signed_percent(self.relative_high)}."
        )

    def _verdict(self) -> str:
        if self.difference_low <= 0 <= self.difference_high:
            return "The interval contains 0: a rise and a fall both fit the data."
        word = "rise" if self.difference > 0 else "fall"
        low, high = self.relative_low, self.relative_high
        if low is not None and high is not None and low <= 0 <= high:
            return (
                "The interval of the difference lies on one side of 0, that of the "
                f"lift contains 0: the data speak for a {word}, its share of control "
                "stays uncertain."
            )
        return f"The interval lies on one side of 0: the data speak for a {word}."

    def _level(self, value: float) -> str:
        if self.measure == "rate":
            return formatting.percent(value, digits=self._digits())
        return f"{value:.4g}"

    def _words(self, value: float) -> str:
        if self.measure == "rate":
            text = f"{100 * value:+.{self._digits()}f}"
            return text if float(text) else text.lstrip("+-")
        return f"{value:+.4g}"

    def _digits(self) -> int:
        """Return 2 decimals of a percent, more where the interval needs them."""
        width = 100 * (self.difference_high - self.difference_low)
        return max(2, 1 - math.floor(math.log10(width))) if width > 0 else 2

    def _unit(self) -> str:
        unit = "percentage points" if self.measure == "rate" else self.unit
        return f" {unit}" if unit else ""


def p_words(p_value: float) -> str:
    """Return a p-value as people read it.

    >>> p_words(0.0312), p_words(0.0000004)
    ('p = 0.031', 'p < 0.0001')
    """
    return "p < 0.0001" if p_value < 0.0001 else f"p = {p_value:.2g}"


def signed_percent(fraction: float) -> str:
    """Return a fraction as percent with its sign.

    >>> signed_percent(0.1037), signed_percent(-0.02)
    ('+10.4 %', '-2.0 %')
    >>> signed_percent(-0.0004), signed_percent(-1e-9)
    ('-0.04 %', '0.0 %')
    """
    percent = 100 * fraction
    if abs(percent) >= 0.05:
        return f"{percent:+,.1f} %"
    return f"{percent:+.1g} %" if abs(percent) >= 0.001 else "0.0 %"
