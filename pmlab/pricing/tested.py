"""The best of a few tested prices (Gabor-Granger)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab import _arguments as check
from pmlab import _tables as tables
from pmlab.formatting import money, percent
from pmlab.results import Result

if TYPE_CHECKING:
    from narwhals.stable.v2.typing import IntoFrame

Objective = Literal["contribution", "revenue"]


@dataclass(frozen=True, kw_only=True, repr=False)
class TestedPrices(Result):
    """Demand, revenue and contribution at the tested prices.

    Attributes:
        best_price_usd: Price with the most of the objective.
        best_share: Share that would buy at it.
        best_value_usd: Objective per person asked at that price.
        objective: ``contribution`` or ``revenue``.
        revenue_price_usd: Price with the most revenue, for comparison.
        unit_cost_usd: Variable cost per sale.
        take_rate: Part of the price that the seller keeps.
        notes: What to be careful about, in words.
        prices: One row per price: price_usd, asked, buyers, share, share_low,
            share_high, revenue_usd and contribution_usd (both per person asked).
    """

    __test__ = False

    best_price_usd: float
    best_share: float
    best_value_usd: float
    objective: Objective
    revenue_price_usd: float
    unit_cost_usd: float
    take_rate: float
    notes: tuple[str, ...]
    prices: pd.DataFrame

    def summary(self) -> str:
        """Return the best price in plain words."""
        text = (
            f"Of the {len(self.prices)} tested prices, {money(self.best_price_usd)} "
            f"brings the most {self.objective}: {money(self.best_value_usd)} per "
            f"person asked, with {percent(self.best_share)} buying."
        )
        if self.revenue_price_usd != self.best_price_usd:
            text += f" Revenue alone would point to {money(self.revenue_price_usd)}."
        return " ".join([text, *self.notes])

    def to_frame(self) -> pd.DataFrame:
        """Return the table of prices."""
        return self.prices.copy()


def gabor_granger(
    data: "IntoFrame",
    *,
    price_column: str = "price_usd",
    buys_column: str = "would_buy",
    unit_cost_usd: float = 0.0,
    take_rate: float = 1.0,
    objective: Objective = "contribution",
    confidence: float = 0.95,
) -> TestedPrices:
    """Find which of the tested prices earns most.

    Formula: contribution per person asked = (price x take rate - unit cost) x share
    who would buy; the best price has the most of it.

    Assumptions: who says yes would buy; all people asked at a price stand for the same
    market. People say yes more often than they pay, so read differences between
    prices, not the level. Nothing is said about prices that were not tested.

    Args:
        data: One row per respondent and price asked.
        price_column: The price in US dollars, above zero.
        buys_column: 1 or True if the person would buy at that price.
        unit_cost_usd: Variable cost of one sale in US dollars.
        take_rate: Part of the price that is yours (a marketplace's take), a fraction.
        objective: ``"contribution"`` or ``"revenue"``.
        confidence: Confidence of the intervals of shares (Wilson), and of telling the
            best price from the others (interval of a difference from these, as if
            other people were asked at each price).

    Returns:
        The best price and the table of all of them.

    Raises:
        ValueError: If fewer than two prices were asked or a value breaks its rule.

    Examples:
        >>> answers = pd.DataFrame({"price_usd": [20, 30, 40] * 10})
        >>> answers["would_buy"] = [1] * 9 + [1, 1, 0] * 3 + [1, 0, 0] * 2 + [0] * 6
        >>> result = gabor_granger(answers, unit_cost_usd=15)
        >>> result.best_price_usd, result.revenue_price_usd
        (30.0, 30.0)

    References:
        Gabor, A. and Granger, C. (1966). Price as an indicator of quality.
        Newcombe, R. (1998). Interval estimation for the difference between independent
        proportions.
    """
    check.choice("objective", objective, ("contribution", "revenue"))
    cost = check.not_negative("unit_cost_usd", unit_cost_usd)
    take = check.rate("take_rate", take_rate)
    check.positive("take_rate", take_rate)
    level = check.open_rate("confidence", confidence)
    frame = tables.read(data, price_column, buys_column)
    answers = pd.DataFrame(
        {
            "price_usd": tables.numbers(frame, price_column, rule="positive"),
            "buys": tables.flags(frame, buys_column),
        }
    )
    prices = _prices(answers, cost=cost, take=take, level=level)
    price, share, revenue, goal = (
        prices[name].to_numpy(dtype=float)
        for name in ("price_usd", "share", "revenue_usd", f"{objective}_usd")
    )
    best = int(np.argmax(goal))
    return TestedPrices(
        best_price_usd=float(price[best]),
        best_share=float(share[best]),
        best_value_usd=float(goal[best]),
        objective=objective,
        revenue_price_usd=float(price[np.argmax(revenue)]),
        unit_cost_usd=cost,
        take_rate=take,
        notes=(
            *_notes(prices, float(price[best]), float(goal[best])),
            *_rivals(prices, goal, best=best, level=level),
        ),
        prices=prices,
    )


def _prices(
    answers: pd.DataFrame, *, cost: float, take: float, level: float
) -> pd.DataFrame:
    from scipy.stats import binomtest

    grouped = answers.groupby("price_usd")["buys"]
    table = grouped.agg(asked="size", buyers="sum").reset_index()
    if len(table) < 2:
        raise ValueError(
            f"only one price was asked ({table['price_usd'].iloc[0]:g}), "
            "must be at least two"
        )
    table["share"] = table["buyers"] / table["asked"]
    intervals = [
        binomtest(int(buyers), int(asked)).proportion_ci(level, method="wilson")
        for buyers, asked in zip(table["buyers"], table["asked"], strict=True)
    ]
    table["share_low"] = [interval.low for interval in intervals]
    table["share_high"] = [interval.high for interval in intervals]
    table["revenue_usd"] = table["price_usd"] * take * table["share"]
    table["contribution_usd"] = (table["price_usd"] * take - cost) * table["share"]
    return table


def _rivals(
    prices: pd.DataFrame, goal: npt.NDArray[np.float64], *, best: int, level: float
) -> tuple[str, ...]:
    """Name the prices that may be as good, by Newcombe's interval of a difference."""
    share = prices["share"].to_numpy(dtype=float)
    margin = np.divide(goal, share, out=np.zeros_like(goal), where=share > 0)
    ends = np.sort(
        [margin * prices["share_low"], margin * prices["share_high"]], axis=0
    )
    down, up = goal[best] - ends[0][best], ends[1] - goal
    close = goal[best] - goal <= np.hypot(down, up)
    names = [
        money(float(price))
        for at, price in enumerate(prices["price_usd"])
        if close[at] and at != best
    ]
    if not names:
        return ()
    return (
        f"{' and '.join(names)} can't be told apart from it by these counts "
        f"({percent(level, digits=0)} interval): ask more people.",
    )


def _notes(prices: pd.DataFrame, best_price: float, best: float) -> tuple[str, ...]:
    notes = []
    if best <= 0:
        notes.append("No tested price covers the unit cost.")
    if best_price in (prices["price_usd"].min(), prices["price_usd"].max()):
        notes.append("The best price is at the edge of the test: test beyond it, too.")
    rises = np.flatnonzero(np.diff(prices["share"]) > 0)
    if rises.size:
        dearer = money(float(prices["price_usd"].iloc[int(rises[0]) + 1]))
        notes.append(f"More would buy at {dearer} than at the next lower price: noise.")
    return tuple(notes)
