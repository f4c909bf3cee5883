"""Two estimates of one market: the same year, their ratio, the middle of a range."""

import math
from dataclasses import dataclass

from pmlab import _arguments as check
from pmlab.formatting import money
from pmlab.results import Result


def geometric_midpoint(low: float, high: float) -> float:
    """Return the middle of a range in ratio terms.

    Formula: sqrt(low x high).

    It is as many times above ``low`` as it is below ``high``.

    Args:
        low: Lower end, above 0.
        high: Upper end, at least ``low``.

    Returns:
        The midpoint, in the unit of the ends.

    Raises:
        ValueError: If an end is not positive, or the ends are in the wrong order.

    Examples:
        >>> geometric_midpoint(10, 1000)
        100.0

    References:
        Weinstein, L. and Adam, J. A. (2008). Guesstimation.
    """
    low_end, high_end = _ordered(low, high)
    return math.sqrt(low_end) * math.sqrt(high_end)


@dataclass(frozen=True, kw_only=True, repr=False)
class Reconciliation(Result):
    """Two estimates of one market, side by side.

    Attributes:
        ratio: Bottom-up divided by top-down, both in ``year``.
        midpoint_usd: Geometric midpoint of the two.
        agree: Whether the ratio lies between 1/3 and 3.
        bottom_up_usd: Bottom-up estimate.
        top_down_usd: Top-down estimate, moved to ``year``.
        year: Year of both.
    """

    ratio: float
    midpoint_usd: float
    agree: bool
    bottom_up_usd: float
    top_down_usd: float
    year: int

    def summary(self) -> str:
        """Return whether the estimates agree, in plain words."""
        finding = (
            "within a factor of 3, so they support each other"
            if self.agree
            else "more than a factor of 3 apart: find out what each one counts"
        )
        return (
            f"In {self.year}, bottom-up is {money(self.bottom_up_usd)} and top-down "
            f"{money(self.top_down_usd)}, a ratio of {self.ratio:.2f}: {finding}. "
            f"Midpoint {money(self.midpoint_usd)}."
        )


def reconcile(
    bottom_up_usd: float,
    top_down_usd: float,
    *,
    bottom_up_year: int,
    top_down_year: int,
    annual_growth_rate: float | None = None,
) -> Reconciliation:
    """Compare a bottom-up with a top-down estimate of the same market.

    Formula: ratio = bottom-up / (top-down x (1 + growth) ** (years between)).

    Both must count the same thing (spend or revenue) in the same place; they are
    compared in the year of the bottom-up estimate.

    Args:
        bottom_up_usd: Bottom-up estimate, US dollars a year.
        top_down_usd: Top-down estimate, US dollars a year.
        bottom_up_year: Year of the bottom-up estimate.
        top_down_year: Year of the top-down estimate.
        annual_growth_rate: Growth of the market a year as a fraction (0.05 is 5 %);
            needed when the years differ.

    Returns:
        Ratio, midpoint and whether the two agree within a factor of 3.

    Raises:
        ValueError: If an estimate is not positive, or the years differ and no growth
            rate is given.

    Examples:
        >>> reconcile(80e6, 100e6, bottom_up_year=2020, top_down_year=2020)
        In 2020, bottom-up is $80 M and top-down $100 M, a ratio of 0.80: within a
        factor of 3, so they support each other. Midpoint $89.4 M.

    References:
        Weinstein, L. and Adam, J. A. (2008). Guesstimation.
    """
    counted = check.positive("bottom_up_usd", bottom_up_usd)
    published = check.positive("top_down_usd", top_down_usd)
    year = check.whole("bottom_up_year", bottom_up_year)
    published *= _growth(
        year - check.whole("top_down_year", top_down_year), annual_growth_rate
    )
    ratio = counted / published
    return Reconciliation(
        ratio=ratio,
        midpoint_usd=geometric_midpoint(*sorted((counted, published))),
        agree=1 / 3 <= ratio <= 3,
        bottom_up_usd=counted,
        top_down_usd=published,
        year=year,
    )


def _growth(years: int, annual_growth_rate: float | None) -> float:
    if annual_growth_rate is None:
        if years == 0:
            return 1.0
        raise ValueError(
            f"the estimates are {abs(years)} year(s) apart and annual_growth_rate is "
            "not given; pass it, so that both stand in one year"
        )
    growth = check.number("annual_growth_rate", annual_growth_rate)
    if not -1 < growth <= 1:
        raise ValueError(
            f"annual_growth_rate == {annual_growth_rate!r}, must be above -1 and at "
            "most 1; pass a fraction, not a percent"
        )
    return float((1 + growth) ** years)


def _ordered(low: float, high: float) -> tuple[float, float]:
    low_end, high_end = check.positive("low", low), check.positive("high", high)
    if low_end > high_end:
        raise ValueError(f"low == {low!r} is above high == {high!r}; swap them")
    return low_end, high_end
