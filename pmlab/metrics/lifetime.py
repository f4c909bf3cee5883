"""Lifetime value: what a customer brings in a stated time, and what winning one costs.

Lifetime value here is discounted contribution margin over survival to a horizon, never
revenue divided by churn: no tail beyond the data.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab import _arguments, formatting
from pmlab.metrics.survival import SurvivalCurve
from pmlab.results import Result

FloatArray = npt.NDArray[np.float64]
Timing = Literal["end", "start"]


@dataclass(frozen=True, kw_only=True, repr=False)
class LifetimeValue(Result):
    """Discounted contribution of one new customer up to a horizon.

    Attributes:
        value_usd: The sum, in USD of today.
        periods: Periods that were summed.
        horizon_periods: Periods asked for at most.
        annual_discount_rate: A fraction.
        timing: Whether margin comes at the ``end`` or the ``start`` of a period.
        table: A row for each period: ``period``, ``survival``, ``discount_factor``,
            ``contribution_usd`` and ``cumulative_usd`` (both discounted).
    """

    value_usd: float
    periods: int
    horizon_periods: int
    annual_discount_rate: float
    timing: Timing
    table: pd.DataFrame = field(compare=False)

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each period, the columns of ``table``."""
        return self.table.copy()

    def summary(self) -> str:
        """Return the value, horizon and discount in words."""
        cut = (
            f" The data end at period {self.periods}, before the horizon of "
            f"{self.horizon_periods}; nothing is added beyond them."
            if self.periods < self.horizon_periods
            else ""
        )
        return (
            f"A new customer brings {formatting.money(self.value_usd)} of contribution "
            f"in {self.periods} periods, discounted at "
            f"{formatting.percent(self.annual_discount_rate, digits=0)} a year. "
            f"Counted: the margin at the {self.timing} of each period, from the "
            f"{formatting.percent(self.table['survival'].iloc[0])} of customers in "
            "period 1 to the "
            f"{formatting.percent(self.table['survival'].iloc[-1])} in period "
            f"{self.periods}." + cut
        )


def lifetime_value(
    survival: SurvivalCurve | Sequence[float] | npt.ArrayLike,
    *,
    contribution_usd_per_period: float,
    annual_discount_rate: float = 0.0,
    horizon_periods: int = 24,
    periods_per_year: int = 12,
    timing: Timing = "end",
    survival_from: int | None = None,
    period_days: float | None = None,
) -> LifetimeValue:
    """Sum discounted contribution over the survival of a customer.

    ``LTV = sum over t = 1 ... H of margin * S(t) / (1 + r)^(t / periods per year)``
    with ``timing="end"``; with ``timing="start"`` period t counts S(t - 1) and t - 1.

    Assumes the same margin in each period. Nothing is added beyond the data: if the
    curve is shorter than the horizon, the sum stops there and says so.

    Args:
        survival: Share of customers left after 1, 2, ... periods; fractions, falling.
            Or a curve of `kaplan_meier` in days, with ``period_days``.
        contribution_usd_per_period: Contribution margin of an active customer in one
            period, not revenue and not the value of goods sold.
        annual_discount_rate: A fraction a year.
        horizon_periods: At most this many periods.
        periods_per_year: 12 for months.
        timing: When in a period the margin comes.
        survival_from: Period of the first value: 1, or 0 for a list that begins with
            the start (100 %). Needed only if the first value is 1.
        period_days: Length of a period, such as 30; only with a curve.

    Returns:
        The value, and the sum period by period.

    Raises:
        ValueError: If survival rises, is no fraction, or starts at 1 and
            ``survival_from`` does not say why; or a rate is no fraction.

    Examples:
        >>> value = lifetime_value(
        ...     [0.9, 0.8, 0.72], contribution_usd_per_period=10, horizon_periods=3
        ... )
        >>> round(value.value_usd, 2)
        24.2
        >>> value
        A new customer brings $24.20 of contribution in 3 periods, discounted at 0 % a
        year. Counted: the margin at the end of each period, from the 90.0 % of
        customers in period 1 to the 72.0 % in period 3.

    References:
        Gupta, S. & Lehmann, D. (2003). Customers as assets.
        Fader, P. & Hardie, B. (2010). Customer-base valuation in a contractual setting.
    """
    if isinstance(survival, SurvivalCurve):
        survival, survival_from = _by_period(survival, period_days), 1
    elif period_days is not None:
        raise ValueError(
            f"period_days == {period_days!r} goes with a curve of kaplan_meier; a list "
            "has one value for each period already"
        )
    curve = _from_period_1(_survival(survival), survival_from)
    margin = _arguments.number(
        "contribution_usd_per_period", contribution_usd_per_period
    )
    rate = _arguments.rate("annual_discount_rate", annual_discount_rate)
    horizon = _arguments.whole("horizon_periods", horizon_periods, minimum=1)
    per_year = _arguments.whole("periods_per_year", periods_per_year, minimum=1)
    _arguments.choice("timing", timing, ("end", "start"))
    at_start = timing == "start"
    active = np.concatenate([[1.0], curve]) if at_start else curve
    active = active[: min(horizon, len(curve))]
    period = np.arange(1, len(active) + 1)
    factor = (1 + rate) ** (-(period - at_start) / per_year)
    contribution = margin * active * factor
    return LifetimeValue(
        value_usd=float(contribution.sum()),
        periods=len(active),
        horizon_periods=horizon,
        annual_discount_rate=rate,
        timing=timing,
        table=pd.DataFrame(
            {
                "period": period,
                "survival": active,
                "discount_factor": factor,
                "contribution_usd": contribution,
                "cumulative_usd": contribution.cumsum(),
            }
        ),
    )


def _survival(survival: Sequence[float] | npt.ArrayLike) -> FloatArray:
    curve = _arguments.finite_array("survival", survival)
    for share in curve:
        _arguments.rate("survival", share)
    if (np.diff(curve) > 1e-12).any():
        raise ValueError(
            "survival rises, must fall or stay; pass the share of all customers left "
            "after each period, not the retention of each period"
        )
    return curve


def _from_period_1(curve: FloatArray, first: int | None) -> FloatArray:
    """Drop the value of period 0, and refuse to guess whether there is one."""
    if first not in (None, 0, 1):
        raise ValueError(f"survival_from == {first!r}, must be 0 or 1")
    if curve[0] == 1 and first is None:
        raise ValueError(
            "survival starts at 100 %: if that is the start (month 0), drop it or pass "
            "survival_from=0; if nobody left in the first period, pass survival_from=1"
        )
    if first != 0:
        return curve
    if curve[0] < 1 or curve.size == 1:
        raise ValueError(
            f"survival starts at {curve[0]:g}, must start at 1 and go on after it with "
            "survival_from=0"
        )
    return curve[1:]


def _by_period(curve: SurvivalCurve, period_days: float | None) -> FloatArray:
    """Read a curve in days at the end of each whole period."""
    if period_days is None or curve.time_unit != "days":
        raise ValueError(
            f"survival is a curve in {curve.time_unit}, must be in days and come with "
            "period_days, such as period_days=30"
        )
    length = _arguments.positive("period_days", period_days)
    periods = int(curve.last_time // length)
    if not periods:
        raise ValueError(
            f"period_days == {period_days!r}, must be at most the {curve.last_time:g} "
            "days of the curve"
        )
    ends = [period * length for period in range(1, periods + 1)]
    return np.asarray([curve.survival_at(end) for end in ends])


def margin_multiple(retention_rate: float, *, discount_rate: float) -> float:
    """Return what all future margin is worth in margins of one period.

    ``r / (1 + i - r)``: constant retention r and no horizon.

    Assumes that retention never changes, which overstates or understates real
    cohorts; use `lifetime_value` for decisions.

    Args:
        retention_rate: Share that stays from period to period, a fraction.
        discount_rate: Per period, a fraction.

    Returns:
        The multiple, without the margin of the first sale.

    Raises:
        ValueError: If nobody ever leaves and nothing is discounted.

    Examples:
        >>> round(margin_multiple(0.8, discount_rate=0.12), 2)
        2.5

    References:
        Gupta, S. & Lehmann, D. (2003). Customers as assets.
    """
    stay = _arguments.rate("retention_rate", retention_rate)
    discount = _arguments.rate("discount_rate", discount_rate)
    if stay == 1 and discount == 0:
        raise ValueError(
            "retention_rate == 1 with discount_rate == 0 has no finite value; use "
            "lifetime_value with a horizon"
        )
    return stay / (1 + discount - stay)


def acquisition_cost(*, costs_usd: float, new_customers: int) -> float:
    """Return the cost of winning one customer (CAC).

    ``CAC = full cost of a channel / customers it brought``.

    Take one channel at a time, with salaries and tools; a blend of paid and free
    channels hides what the next customer costs.

    Args:
        costs_usd: Full cost of the channel in the period.
        new_customers: Customers the channel brought in the same period.

    Returns:
        USD per customer.

    Raises:
        ValueError: If there are no new customers, or costs are negative.

    Examples:
        >>> acquisition_cost(costs_usd=12_000, new_customers=150)
        80.0

    References:
        Skok, D. (2010). Startup killer: the cost of customer acquisition.
    """
    costs = _arguments.not_negative("costs_usd", costs_usd)
    return costs / _arguments.whole("new_customers", new_customers, minimum=1)


@dataclass(frozen=True, kw_only=True, repr=False)
class CustomerPayback(Result):
    """When a customer has earned back what winning one cost.

    Attributes:
        acquisition_cost_usd: Cost of winning one customer.
        payback_period: First period when cumulative contribution covers it, or None.
        value_usd: Contribution up to the horizon.
        value_to_cost: value / cost over that horizon, or None without a cost.
        periods: Periods of the horizon.
        discounted: Whether contribution is discounted.
    """

    acquisition_cost_usd: float
    payback_period: int | None
    value_usd: float
    value_to_cost: float | None
    periods: int
    discounted: bool

    def summary(self) -> str:
        """Return payback first, then the ratio with its horizon."""
        kind = "discounted" if self.discounted else "undiscounted"
        cost = formatting.money(self.acquisition_cost_usd)
        ratio = (
            ""
            if self.value_to_cost is None
            else f" Value to cost is {self.value_to_cost:.2f} over {self.periods} "
            "periods."
        )
        if self.payback_period is None:
            return f"{cost} is not paid back within {self.periods} periods.{ratio}"
        return (
            f"{cost} is paid back in period {self.payback_period} ({kind} "
            f"contribution).{ratio}"
        )


def customer_payback(
    value: LifetimeValue, *, acquisition_cost_usd: float
) -> CustomerPayback:
    """Find when survival-weighted contribution covers the cost of a customer.

    ``payback = first t with cumulative contribution(t) >= CAC``.

    Args:
        value: Result of `lifetime_value`; with ``annual_discount_rate=0`` the payback
            is undiscounted, and says so.
        acquisition_cost_usd: Cost of winning one customer.

    Returns:
        The period, and the ratio of value to cost over the same horizon.

    Raises:
        TypeError: If the value is a number and not a result.
        ValueError: If the cost is negative.

    Examples:
        >>> value = lifetime_value(
        ...     [0.9, 0.8, 0.72], contribution_usd_per_period=10, horizon_periods=3
        ... )
        >>> customer_payback(value, acquisition_cost_usd=15)
        $15 is paid back in period 2 (undiscounted contribution). Value to cost is 1.61
        over 3 periods.

    References:
        Skok, D. (2010). Startup killer: the cost of customer acquisition.
    """
    if not isinstance(value, LifetimeValue):
        raise TypeError(
            f"value == {value!r}, must be the result of lifetime_value, which knows "
            "the periods"
        )
    cost = _arguments.not_negative("acquisition_cost_usd", acquisition_cost_usd)
    covered = value.table[value.table["cumulative_usd"] >= cost - 1e-9]
    return CustomerPayback(
        acquisition_cost_usd=cost,
        payback_period=None if covered.empty else int(covered["period"].iloc[0]),
        value_usd=value.value_usd,
        value_to_cost=value.value_usd / cost if cost else None,
        periods=value.periods,
        discounted=value.annual_discount_rate > 0,
    )
