"""Is it worth the money: present value, payback and break-even."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from pmlab import _arguments as check
from pmlab.formatting import count, money, percent
from pmlab.results import Result

__all__ = [
    "BreakEven",
    "Payback",
    "PresentValue",
    "break_even",
    "discount_factors",
    "net_present_value",
    "payback",
]

Convention = Literal["effective", "nominal"]
Basis = Literal["discounted", "undiscounted"]
_CONVENTIONS = ("effective", "nominal")


def __dir__() -> list[str]:
    return __all__


def discount_factors(
    months: int, *, annual_rate: float, convention: Convention = "effective"
) -> npt.NDArray[np.float64]:
    """Return what one dollar at the end of month 1, 2, ... is worth today.

    Formula: (1 + r) ** (-t / 12) if effective, (1 + r / 12) ** (-t) if nominal.

    With the effective convention 12 months cost exactly the annual rate; the nominal
    one compounds monthly and so costs a little more in a year.

    Args:
        months: Number of months.
        annual_rate: Discount rate a year as a fraction (0.12 is 12 %).
        convention: ``"effective"`` (the course) or ``"nominal"``.

    Returns:
        Array of ``months`` factors, the first for month 1.

    Raises:
        ValueError: If there is no month, the rate is outside 0 to 1, or the convention
            is unknown.

    Examples:
        >>> float(discount_factors(12, annual_rate=0.25)[-1].round(6))
        0.8

    References:
        Brealey, R., Myers, S. and Allen, F. (2020). Principles of Corporate Finance.
    """
    horizon = check.whole("months", months, minimum=1)
    rate = check.rate("annual_rate", annual_rate)
    check.choice("convention", convention, _CONVENTIONS)
    month = np.arange(1, horizon + 1, dtype=float)
    monthly = (1 + rate) ** (1 / 12) if convention == "effective" else 1 + rate / 12
    factors: npt.NDArray[np.float64] = monthly**-month
    return factors


@dataclass(frozen=True, kw_only=True, repr=False)
class PresentValue(Result):
    """A plan's worth in money of today.

    Attributes:
        npv_usd: Net present value: discounted cash flows less the outlay.
        inflow_usd: Discounted cash flows alone.
        outlay_usd: Money spent today.
        undiscounted_usd: Plain sum of the cash flows less the outlay.
        months: Number of months in the plan.
        annual_rate: Discount rate a year.
        convention: How the rate was turned into a monthly one.
    """

    npv_usd: float
    inflow_usd: float
    outlay_usd: float
    undiscounted_usd: float
    months: int
    annual_rate: float
    convention: Convention

    def summary(self) -> str:
        """Return the present value in plain words."""
        verdict = "worth more than it costs" if self.npv_usd > 0 else "not worth it"
        return (
            f"{self.months} months of cash flow are worth {money(self.inflow_usd)} "
            f"today at {percent(self.annual_rate)} a year ({self.convention} monthly "
            f"rate); less an outlay of {money(self.outlay_usd)} the net present value "
            f"is {money(self.npv_usd)}: {verdict}."
        )


def net_present_value(
    monthly_cash_usd: npt.ArrayLike,
    *,
    outlay_usd: float,
    annual_rate: float,
    convention: Convention = "effective",
) -> PresentValue:
    """Return the value today of a monthly plan.

    Formula: sum over t of cash_t x (1 + r) ** (-t / 12), less the outlay at t = 0.

    Cash flows arrive at the end of month 1, 2, ... They are contributions (what is
    left after variable costs), not revenue. Money that is already spent is not part
    of the outlay: no decision gets it back.

    Args:
        monthly_cash_usd: Cash flow of each month in US dollars; negative is allowed.
        outlay_usd: Money to spend now, as a positive number.
        annual_rate: Discount rate a year as a fraction.
        convention: ``"effective"`` (the course) or ``"nominal"``.

    Returns:
        The net present value and its parts.

    Raises:
        ValueError: If a cash flow is missing, the outlay negative, or the rate outside
            0 to 1.

    Examples:
        >>> plan = [0] * 11 + [1250]
        >>> net_present_value(plan, outlay_usd=400, annual_rate=0.25)
        12 months of cash flow are worth $1,000 today at 25.0 % a year (effective
        monthly rate); less an outlay of $400 the net present value is $600: worth more
        than it costs.

    References:
        Brealey, R., Myers, S. and Allen, F. (2020). Principles of Corporate Finance.
    """
    cash = check.finite_array("monthly_cash_usd", monthly_cash_usd)
    outlay = check.not_negative("outlay_usd", outlay_usd)
    factors = discount_factors(
        cash.size, annual_rate=annual_rate, convention=convention
    )
    inflow = float((cash * factors).sum())
    return PresentValue(
        npv_usd=inflow - outlay,
        inflow_usd=inflow,
        outlay_usd=outlay,
        undiscounted_usd=float(cash.sum()) - outlay,
        months=cash.size,
        annual_rate=float(annual_rate),
        convention=convention,
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class Payback(Result):
    """When a plan has earned its outlay back.

    Attributes:
        month: First month in which the sum of the cash flows covers the outlay;
            None if no month of the plan does.
        basis: Whether the cash flows were discounted.
        shortfall_usd: What is missing after the last month; 0 if it was earned back.
        months: Number of months in the plan.
    """

    month: int | None
    basis: Basis
    shortfall_usd: float
    months: int

    def summary(self) -> str:
        """Return the payback month, or that there is none."""
        if self.month is None:
            return (
                f"Not earned back within {self.months} months ({self.basis}): "
                f"{money(self.shortfall_usd)} are missing."
            )
        return f"Earned back in month {self.month} of {self.months} ({self.basis})."


def payback(
    monthly_cash_usd: npt.ArrayLike,
    *,
    outlay_usd: float,
    annual_rate: float,
    basis: Basis = "discounted",
    convention: Convention = "effective",
) -> Payback:
    """Return the first month in which a plan has earned its outlay back.

    Formula: smallest t with the sum of (discounted) cash_1 ... cash_t >= outlay.

    A plan that never gets there is a result with ``month`` None, not an error. Later
    losses are not looked at: see the net present value.

    Args:
        monthly_cash_usd: Cash flow of each month in US dollars; negative is allowed.
        outlay_usd: Money to spend now, as a positive number.
        annual_rate: Discount rate a year as a fraction; without effect if undiscounted.
        basis: ``"discounted"`` (the course) or ``"undiscounted"``.
        convention: ``"effective"`` (the course) or ``"nominal"``.

    Returns:
        The payback month and its basis.

    Raises:
        ValueError: If a cash flow is missing, the outlay negative, or the rate outside
            0 to 1.

    Examples:
        >>> payback([40, 40, 40], outlay_usd=80, annual_rate=0, basis="undiscounted")
        Earned back in month 2 of 3 (undiscounted).
        >>> payback([40, 40], outlay_usd=100, annual_rate=0)
        Not earned back within 2 months (discounted): $20 are missing.

    References:
        Brealey, R., Myers, S. and Allen, F. (2020). Principles of Corporate Finance.
    """
    cash = check.finite_array("monthly_cash_usd", monthly_cash_usd)
    outlay = check.not_negative("outlay_usd", outlay_usd)
    check.choice("basis", basis, ("discounted", "undiscounted"))
    factors = discount_factors(
        cash.size, annual_rate=annual_rate, convention=convention
    )
    earned = np.cumsum(cash * factors if basis == "discounted" else cash)
    # Sums of cents are not exact in binary: an outlay met to the cent counts as met.
    covered = np.flatnonzero(np.append(0.0, earned) >= outlay - 1e-9 * max(outlay, 1))
    month = int(covered[0]) if covered.size else None
    return Payback(
        month=month,
        basis=basis,
        shortfall_usd=0.0 if covered.size else float(outlay - earned[-1]),
        months=cash.size,
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class BreakEven(Result):
    """How much must be sold to cover the fixed cost.

    Attributes:
        units: Whole units that cover the fixed cost; None if no number does.
        contribution_usd: What one unit leaves after its variable cost.
        fixed_cost_usd: Cost to cover.
        revenue_usd: Revenue from that many units; None if no number covers it.
    """

    units: int | None
    contribution_usd: float
    fixed_cost_usd: float
    revenue_usd: float | None

    def summary(self) -> str:
        """Return the break-even point, or why there is none."""
        if self.units is None or self.revenue_usd is None:
            return (
                f"No break-even: each unit leaves {money(self.contribution_usd)}, so "
                f"selling more never covers {money(self.fixed_cost_usd)}."
            )
        return (
            f"{count(self.units)} units cover {money(self.fixed_cost_usd)}: "
            f"each leaves {money(self.contribution_usd)}. "
            f"That is {money(self.revenue_usd)} of revenue."
        )


def break_even(
    fixed_cost_usd: float, *, price_usd: float, variable_cost_usd: float
) -> BreakEven:
    """Return how many units cover the fixed cost.

    Formula: fixed cost / (price - variable cost), rounded up to a whole unit.

    Price and variable cost do not change with volume. If a unit leaves nothing, no
    number of units covers the cost: ``units`` is None.

    Args:
        fixed_cost_usd: Cost that does not depend on volume, US dollars.
        price_usd: Price of one unit.
        variable_cost_usd: Cost of one more unit.

    Returns:
        Break-even units and revenue.

    Raises:
        ValueError: If a value is negative or missing.

    Examples:
        >>> break_even(1000, price_usd=100, variable_cost_usd=80)
        50 units cover $1,000: each leaves $20. That is $5,000 of revenue.

    References:
        Brealey, R., Myers, S. and Allen, F. (2020). Principles of Corporate Finance.
    """
    fixed = check.not_negative("fixed_cost_usd", fixed_cost_usd)
    price = check.not_negative("price_usd", price_usd)
    contribution = price - check.not_negative("variable_cost_usd", variable_cost_usd)
    units = None
    if fixed == 0:
        units = 0
    elif contribution > 0:
        # 1000 / (0.3 - 0.1) is a hair above 5,000 in binary: do not ask for one more.
        units = math.ceil(fixed / contribution * (1 - 1e-12))
    return BreakEven(
        units=units,
        contribution_usd=contribution,
        fixed_cost_usd=fixed,
        revenue_usd=None if units is None else units * price,
    )
