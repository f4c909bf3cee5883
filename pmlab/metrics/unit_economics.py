"""One customer from retention to payback: a large leak first, then a steady one."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from pmlab import _arguments, formatting
from pmlab.metrics.lifetime import customer_payback, lifetime_value
from pmlab.results import Result


@dataclass(frozen=True, kw_only=True, repr=False)
class UnitEconomics(Result):
    """What one new customer brings and costs under a simple retention curve.

    Attributes:
        first_month_survival: Share still there after month 1, a fraction.
        monthly_retention: Share that stays from each later month to the next.
        contribution_usd_per_month: Contribution of an active customer in a month.
        acquisition_cost_usd: Cost of winning one customer.
        value_usd: Discounted contribution up to the horizon.
        value_to_cost: value / cost, or None without a cost.
        payback_month: First month when discounted contribution covers the cost, or
            None within the horizon.
        horizon_months: Months that were summed.
        annual_discount_rate: A fraction a year.
        table: A row for each month from 0: ``month``, ``survival`` and ``balance_usd``,
            the discounted contribution so far less the cost.
    """

    first_month_survival: float
    monthly_retention: float
    contribution_usd_per_month: float
    acquisition_cost_usd: float
    value_usd: float
    value_to_cost: float | None
    payback_month: int | None
    horizon_months: int
    annual_discount_rate: float
    table: pd.DataFrame = field(compare=False)

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each month, the columns of ``table``."""
        return self.table.copy()

    def summary(self) -> str:
        """Return who stays, what that brings, and when the cost is earned back."""
        left = self.table["survival"].iloc[-1]
        cost = formatting.money(self.acquisition_cost_usd)
        month = self.payback_month
        back = (
            f"{cost} is not earned back in {self.horizon_months} months"
            if month is None
            else f"{cost} is earned back by month {month}"
        )
        ratio = (
            ""
            if self.value_to_cost is None
            else f", {self.value_to_cost:.2f} times the cost"
        )
        rate = self.annual_discount_rate
        today = (
            f" (in today's money, at {formatting.percent(rate, digits=0)} a year)"
            if rate
            else ""
        )
        return (
            f"{formatting.percent(self.first_month_survival, digits=0)} stay through "
            f"the first month and {formatting.percent(left, digits=0)} through month "
            f"{self.horizon_months}. A new customer brings "
            f"{formatting.money(self.value_usd)} in that time{today}{ratio}: {back}."
        )


def unit_economics(
    *,
    first_month_survival: float,
    monthly_retention: float,
    contribution_usd_per_month: float,
    acquisition_cost_usd: float,
    annual_discount_rate: float = 0.12,
    horizon_months: int = 24,
) -> UnitEconomics:
    """Follow one new customer from the retention curve to value and payback.

    ``S(t) = first * later^(t - 1)``, a large leak first and a steady one later;
    value and payback as in `lifetime_value` and `customer_payback`.

    Assumes that after month 1 nobody becomes more or less loyal, and the same margin
    in each month. For decisions on a lever, not for a forecast of single customers.

    Args:
        first_month_survival: Share still there after month 1, a fraction.
        monthly_retention: Share that stays from each later month to the next.
        contribution_usd_per_month: Contribution of an active customer in a month.
        acquisition_cost_usd: Full cost of winning one customer.
        annual_discount_rate: A fraction a year.
        horizon_months: Months to sum; nothing is added beyond them.

    Returns:
        Value, ratio and payback, and the balance month by month.

    Raises:
        ValueError: If a share is no fraction, or the cost is negative.

    Examples:
        >>> unit_economics(
        ...     first_month_survival=0.5,
        ...     monthly_retention=1,
        ...     contribution_usd_per_month=20,
        ...     acquisition_cost_usd=60,
        ...     annual_discount_rate=0,
        ...     horizon_months=12,
        ... )
        50 % stay through the first month and 50 % through month 12. A new customer
        brings $120 in that time, 2.00 times the cost: $60 is earned back by month 6.

    References:
        Fader, P. & Hardie, B. (2010). Customer-base valuation in a contractual setting.
    """
    first = _arguments.rate("first_month_survival", first_month_survival)
    later = _arguments.rate("monthly_retention", monthly_retention)
    horizon = _arguments.whole("horizon_months", horizon_months, minimum=1)
    value = lifetime_value(
        first * later ** np.arange(horizon),
        contribution_usd_per_period=contribution_usd_per_month,
        annual_discount_rate=annual_discount_rate,
        horizon_periods=horizon,
        survival_from=1,
    )
    back = customer_payback(value, acquisition_cost_usd=acquisition_cost_usd)
    cost = back.acquisition_cost_usd
    return UnitEconomics(
        first_month_survival=first,
        monthly_retention=later,
        contribution_usd_per_month=float(contribution_usd_per_month),
        acquisition_cost_usd=cost,
        value_usd=value.value_usd,
        value_to_cost=back.value_to_cost,
        payback_month=back.payback_period,
        horizon_months=horizon,
        annual_discount_rate=value.annual_discount_rate,
        table=pd.DataFrame(
            {
                "month": np.arange(horizon + 1),
                "survival": [1.0, *value.table["survival"]],
                "balance_usd": [-cost, *(value.table["cumulative_usd"] - cost)],
            }
        ),
    )
