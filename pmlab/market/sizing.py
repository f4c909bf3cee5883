"""Counting a market: bottom-up and top-down, whole, serviceable and obtainable."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab import _arguments as check
from pmlab.formatting import count, money, percent
from pmlab.market.ranges import ValueRange
from pmlab.results import Result

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, repr=False)
class BottomUpMarket(Result):
    """A market counted from its buying units.

    Attributes:
        total_usd: Spend of all buyers in one year.
        units: Units that could buy (households, sites, people, ...).
        buyers: Units that do buy.
        purchases_per_year: Purchases of all buyers in one year.
        segments: Number of segments (rows) that were added.
    """

    total_usd: float
    units: float
    buyers: float
    purchases_per_year: float
    segments: int

    def summary(self) -> str:
        """Return the market as a chain of counts in plain words."""
        return (
            f"{count(self.units)} units, of which {count(self.buyers)} buy, make "
            f"{count(self.purchases_per_year)} purchases a year: a market of "
            f"{money(self.total_usd)} a year."
        )


def bottom_up(
    units: npt.ArrayLike,
    *,
    share_buying: npt.ArrayLike,
    purchases_per_year: npt.ArrayLike,
    price_usd: npt.ArrayLike,
) -> BottomUpMarket:
    """Size a market from the units that buy.

    Formula: sum over segments of units x share_buying x purchases_per_year x price.

    The result is the spend of the buyers in one year, not the revenue of one supplier.
    Each unit must be counted in one segment only.

    Args:
        units: Buying units, one number or one per segment.
        share_buying: Share of the units that buys, 0 to 1; one number or one
            per segment.
        purchases_per_year: Purchases of one buyer in a year, likewise.
        price_usd: Price of one purchase in US dollars, likewise.

    Returns:
        The market with the counts on the way.

    Raises:
        ValueError: If a value is missing or negative, a share is outside 0 to 1, or
            the lengths differ.

    Examples:
        >>> homes = [1000, 500]
        >>> bottom_up(
        ...     homes, share_buying=[0.1, 0.2], purchases_per_year=12, price_usd=50
        ... )
        1,500 units, of which 200 buy, make 2,400 purchases a year: a market of $120 k
        a year.

    References:
        Aulet, B. (2013). Disciplined Entrepreneurship.
    """
    unit_counts = _counts("units", units)
    size = unit_counts.size
    buyers = unit_counts * _shares("share_buying", share_buying, size)
    purchases = buyers * _counts("purchases_per_year", purchases_per_year, size)
    spend = purchases * _counts("price_usd", price_usd, size)
    return BottomUpMarket(
        total_usd=float(spend.sum()),
        units=float(unit_counts.sum()),
        buyers=float(buyers.sum()),
        purchases_per_year=float(purchases.sum()),
        segments=size,
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class TopDownMarket(Result):
    """A market cut out of a published total.

    Attributes:
        total_usd: What is left after the last step.
        start_usd: The published total.
        steps: Name and share of each step, in order.
    """

    total_usd: float
    start_usd: float
    steps: tuple[tuple[str, float], ...]

    def summary(self) -> str:
        """Return the chain of shares in plain words."""
        chain = ", then ".join(f"{name} {percent(share)}" for name, share in self.steps)
        return (
            f"From {money(self.start_usd)} a year: {chain}; "
            f"leaves {money(self.total_usd)} a year."
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row per step.

        Returns:
            Columns ``step``, ``share`` and ``left_usd`` (what the step leaves).
        """
        shares = [1.0, *(share for _, share in self.steps)]
        return pd.DataFrame(
            {
                "step": ["published total", *(name for name, _ in self.steps)],
                "share": shares,
                "left_usd": self.start_usd * np.cumprod(shares),
            }
        )


def top_down(total_usd: float, *, shares: Mapping[str, float]) -> TopDownMarket:
    """Cut a market out of a published total, one named share after the other.

    Formula: total x share_1 x share_2 x ...

    Each share is a share of what the step before left, not of the first total.

    Args:
        total_usd: Published total in US dollars a year.
        shares: Name of each step and its share, 0 to 1, in order.

    Returns:
        The market and its steps.

    Raises:
        TypeError: If the shares have no names.
        ValueError: If the total is negative, a share is outside 0 to 1, or there is
            no step.

    Examples:
        >>> top_down(10e9, shares={"homes": 0.5, "booked online": 0.1})
        From $10 B a year: homes 50.0 %, then booked online 10.0 %; leaves $500 M
        a year.

    References:
        Aulet, B. (2013). Disciplined Entrepreneurship.
    """
    start = check.not_negative("total_usd", total_usd)
    if not isinstance(shares, Mapping):
        raise TypeError(
            f"shares == {shares!r}, must name each step, such as "
            "{'homes': 0.5, 'booked online': 0.1}"
        )
    if not shares:
        raise ValueError("shares == {}, must name at least one step, such as 'homes'")
    steps = tuple(
        (name, check.rate(f"shares[{name!r}]", share)) for name, share in shares.items()
    )
    return TopDownMarket(
        total_usd=start * math.prod(share for _, share in steps),
        start_usd=start,
        steps=steps,
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class SegmentBounds(Result):
    """How many units belong to two groups at once, when only the shares are known.

    Attributes:
        low_units: Fewest units that must be in both groups.
        high_units: Most units that can be in both groups.
        if_independent_units: Count if the groups had nothing to do with each other;
            one possible value, not a fact.
        units: All units.
    """

    low_units: float
    high_units: float
    if_independent_units: float
    units: float

    def summary(self) -> str:
        """Return the bounds in plain words."""
        return (
            f"Between {count(self.low_units)} and {count(self.high_units)} of "
            f"{count(self.units)} units are in both groups. The two shares alone do "
            "not say where in between."
        )


def segment_bounds(
    units: npt.ArrayLike, *, first_share: npt.ArrayLike, second_share: npt.ArrayLike
) -> SegmentBounds:
    """Bound a segment that two shares define and whose overlap is unknown.

    Formula: units x max(0, a + b - 1) to units x min(a, b), summed over places.

    No assumption about how the two groups are related; multiplying a x b would assume
    that they are independent.

    Args:
        units: Units per place, one number or one per place.
        first_share: Share a of the units in the first group, 0 to 1.
        second_share: Share b of the units in the second group, 0 to 1.

    Returns:
        Lowest and highest possible count.

    Raises:
        ValueError: If a value is missing or negative, or a share is outside 0 to 1.

    Examples:
        >>> segment_bounds(1000, first_share=0.6, second_share=0.7)
        Between 300 and 600 of 1,000 units are in both groups. The two shares alone do
        not say where in between.

    References:
        Fréchet, M. (1935). Généralisation du théorème des probabilités totales.
    """
    unit_counts = _counts("units", units)
    first = _shares("first_share", first_share, unit_counts.size)
    second = _shares("second_share", second_share, unit_counts.size)
    return SegmentBounds(
        low_units=float((unit_counts * np.maximum(0.0, first + second - 1)).sum()),
        high_units=float((unit_counts * np.minimum(first, second)).sum()),
        if_independent_units=float((unit_counts * first * second).sum()),
        units=float(unit_counts.sum()),
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class ObtainableMarket(Result):
    """What can be sold in a period: the smaller of demand and capacity.

    Attributes:
        sold_units: Units that can be sold.
        demand_units: Units that customers would buy.
        capacity_units: Units that can be delivered.
        limit: Which of the two binds.
        value_usd: sold_units x price x share kept.
    """

    sold_units: float
    demand_units: float
    capacity_units: float
    limit: Literal["demand", "capacity"]
    value_usd: float

    def summary(self) -> str:
        """Return what can be sold, and what stops more."""
        return (
            f"{count(self.sold_units)} can be sold (demand {count(self.demand_units)}, "
            f"capacity {count(self.capacity_units)}): {self.limit} is the limit. "
            f"That is worth {money(self.value_usd)}."
        )


def obtainable(
    demand_units: float,
    *,
    capacity_units: float,
    price_usd: float,
    share_kept: float = 1.0,
) -> ObtainableMarket:
    """Find what can be sold when demand and capacity both limit.

    Formula: min(demand, capacity) x price x share kept.

    Demand and capacity are of the same period. If they are equal, demand is named.

    Args:
        demand_units: Purchases wanted in the period.
        capacity_units: Purchases that can be delivered in the period.
        price_usd: Price of one purchase in US dollars.
        share_kept: Share of the price that stays with the company (take rate), 0 to 1.

    Returns:
        The obtainable market and its limit.

    Raises:
        ValueError: If a value is negative or missing, or the share is outside 0 to 1.

    Examples:
        >>> obtainable(1000, capacity_units=600, price_usd=100, share_kept=0.2)
        600 can be sold (demand 1,000, capacity 600): capacity is the limit. That is
        worth $12,000.

    References:
        Aulet, B. (2013). Disciplined Entrepreneurship.
    """
    demand = check.not_negative("demand_units", demand_units)
    capacity = check.not_negative("capacity_units", capacity_units)
    price = check.not_negative("price_usd", price_usd)
    sold = min(demand, capacity)
    return ObtainableMarket(
        sold_units=sold,
        demand_units=demand,
        capacity_units=capacity,
        limit="capacity" if capacity < demand else "demand",
        value_usd=sold * price * check.rate("share_kept", share_kept),
    )


def _counts(name: str, values: npt.ArrayLike, size: int | None = None) -> Floats:
    if isinstance(values, ValueRange):
        raise TypeError(
            f"{name} == {values!r} is a range, must be numbers; put the formula in a "
            "function and pass it with the ranges to pm.market.simulate"
        )
    array = check.finite_array(name, np.atleast_1d(np.asarray(values)))
    if (array < 0).any():
        raise ValueError(f"{name} holds {array.min():g}, must be >= 0")
    if size is not None and array.size not in (1, size):
        raise ValueError(
            f"{name} has {array.size} values for {size} segment(s); "
            "pass one number, or one per segment"
        )
    return array


def _shares(name: str, values: npt.ArrayLike, size: int) -> Floats:
    array = _counts(name, values, size)
    if (array > 1).any():
        raise ValueError(
            f"{name} holds {array.max():g}, must be in [0, 1]; "
            "pass a fraction, not a percent"
        )
    return array
