"""The price sensitivity meter: four questions, four curves, four prices."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab import _arguments as check
from pmlab import _tables as tables
from pmlab.formatting import count, money, percent
from pmlab.results import Result

if TYPE_CHECKING:
    from narwhals.stable.v2.typing import IntoFrame

Curves = Literal["standard", "narrow"]
Interpolation = Literal["linear", "step"]
Flat = Literal["lowest", "middle", "highest"]
Ties = Literal["allowed", "dropped"]
Inconsistent = Literal["dropped", "kept"]
_FEW = 30
_MANY_DROPPED = 0.2
Floats = npt.NDArray[np.float64]

_PAIRS = {
    "standard": {
        "marginal_cheapness": ("too_cheap", "not_cheap"),
        "marginal_expensiveness": ("not_expensive", "too_expensive"),
        "indifference": ("cheap", "expensive"),
        "optimal": ("too_cheap", "too_expensive"),
    },
    "narrow": {
        "marginal_cheapness": ("too_cheap", "expensive"),
        "marginal_expensiveness": ("cheap", "too_expensive"),
        "indifference": ("cheap", "expensive"),
        "optimal": ("too_cheap", "too_expensive"),
    },
}


@dataclass(frozen=True, kw_only=True, repr=False)
class PriceSensitivity(Result):
    """The points of the price sensitivity meter.

    Attributes:
        marginal_cheapness_usd: Lower end of the acceptable range (PMC).
        marginal_expensiveness_usd: Upper end of the acceptable range (PME).
        indifference_usd: As many find it cheap as expensive (IPP).
        optimal_usd: As many find it too cheap as too expensive (OPP). It is the price
            that the fewest refuse, not the one that earns most.
        respondents: Respondents whose answers are used.
        inconsistent: Respondents whose prices are not in order.
        dropped: How many of them were left out: all, or none if they were kept.
        curve_pair: Which curves were crossed.
        interpolation: How curves run between the answered prices.
        points: One row per point: point, price_usd, flat_from_usd, flat_to_usd (where
            the two curves coincide), falling, rising (names of the curves).
        curves: One row per price: price_usd and the share of the curves too_cheap,
            cheap, not_cheap, expensive, not_expensive, too_expensive.
    """

    marginal_cheapness_usd: float
    marginal_expensiveness_usd: float
    indifference_usd: float
    optimal_usd: float
    respondents: int
    inconsistent: int
    dropped: int
    curve_pair: Curves
    interpolation: Interpolation
    points: pd.DataFrame
    curves: pd.DataFrame

    def summary(self) -> str:
        """Return the acceptable range in plain words."""
        total = self.respondents + self.dropped
        fate = "left out" if self.dropped == self.inconsistent else "kept"
        return (
            f"{count(total - self.inconsistent)} of {count(total)} respondents gave "
            f"prices in order; {count(self.inconsistent)} "
            f"({percent(self.inconsistent / total)}) did not and are {fate}. "
            f"Acceptable prices run from {money(self.marginal_cheapness_usd)} to "
            f"{money(self.marginal_expensiveness_usd)} ({self.curve_pair} curve pair, "
            f"{self.interpolation} curves); as many find it cheap as expensive at "
            f"{money(self.indifference_usd)}, and the fewest refuse "
            f"{money(self.optimal_usd)}.{self._warning()}"
        )

    def _warning(self) -> str:
        """Say when few people are behind the points."""
        total = self.respondents + self.dropped
        few = (
            f" Only {count(self.respondents)} respondents (fewer than {_FEW}) are "
            "behind these points: read them as rough."
            if self.respondents < _FEW
            else ""
        )
        many = (
            f" More than {percent(_MANY_DROPPED, digits=0)} were left out: check the "
            "questions and the order of the columns."
            if self.dropped > _MANY_DROPPED * total
            else ""
        )
        return few + many

    def to_frame(self) -> pd.DataFrame:
        """Return the four points, one row each."""
        return self.points.copy()


def van_westendorp(
    data: "IntoFrame",
    *,
    too_cheap_column: str = "too_cheap",
    cheap_column: str = "cheap",
    expensive_column: str = "expensive",
    too_expensive_column: str = "too_expensive",
    curve_pair: Curves = "standard",
    interpolation: Interpolation = "linear",
    flat: Flat = "lowest",
    ties: Ties = "allowed",
    inconsistent: Inconsistent = "dropped",
    price_grid: npt.ArrayLike | None = None,
) -> PriceSensitivity:
    """Find the acceptable range of prices from four questions (Van Westendorp).

    Curves at price p: too cheap and cheap = share who named p or more; expensive and
    too expensive = share who named p or less; not cheap = 1 - cheap, not expensive =
    1 - expensive. Standard crossings: PMC too cheap x not cheap, PME too expensive x
    not expensive, IPP cheap x expensive, OPP too cheap x too expensive. The narrow
    variant takes PMC too cheap x expensive and PME cheap x too expensive.

    Assumptions: people know prices of such products. The answers are words, not
    purchases, and say nothing about volume: use the range to choose prices to test.

    Args:
        data: One row per respondent, prices in US dollars.
        too_cheap_column: Price so low that quality is in doubt.
        cheap_column: Price that is a bargain.
        expensive_column: Price that is getting expensive.
        too_expensive_column: Price that is out of the question.
        curve_pair: ``"standard"`` or ``"narrow"``.
        interpolation: ``"linear"`` draws lines between the prices; ``"step"`` takes
            the first price at which the rising curve has reached the falling one.
        flat: Where curves coincide over a range of prices, which end to report.
        ties: Whether two equal prices of one respondent are in order (``"allowed"``)
            or make the respondent inconsistent (``"dropped"``).
        inconsistent: Whether respondents out of order are ``"dropped"`` or ``"kept"``;
            they are counted either way.
        price_grid: Prices to compute the curves at; None takes every answered price.

    Returns:
        The four points, the curves, and how many respondents were left out.

    Raises:
        ValueError: If a price is negative or missing, nobody's prices are in order, or
            two curves don't cross on the grid.

    Examples:
        >>> steps = np.linspace(0, 20, 201)
        >>> answers = pd.DataFrame({"too_cheap": 10 + steps, "cheap": 20 + steps})
        >>> answers["expensive"] = 30 + steps
        >>> answers["too_expensive"] = 40 + steps
        >>> result = van_westendorp(answers)
        >>> round(result.marginal_cheapness_usd), round(result.indifference_usd)
        (25, 35)

    References:
        Van Westendorp, P. (1976). NSS price sensitivity meter: a new approach to study
        consumer perception of prices.
    """
    check.choice("curve_pair", curve_pair, tuple(_PAIRS))
    check.choice("interpolation", interpolation, ("linear", "step"))
    check.choice("flat", flat, ("lowest", "middle", "highest"))
    check.choice("ties", ties, ("allowed", "dropped"))
    check.choice("inconsistent", inconsistent, ("dropped", "kept"))
    answers = _read(
        data,
        too_cheap=too_cheap_column,
        cheap=cheap_column,
        expensive=expensive_column,
        too_expensive=too_expensive_column,
    )
    ordered = _in_order(answers, ties)
    used = answers if inconsistent == "kept" else answers[ordered]
    if used.empty:
        raise ValueError(
            f"none of the {len(answers)} respondents has too cheap <= cheap <= "
            "expensive <= too expensive; are the columns mixed up?"
        )
    curves = _curves(used, price_grid)
    points = pd.DataFrame(
        [
            _cross(curves, name, pair, interpolation=interpolation, flat=flat)
            for name, pair in _PAIRS[curve_pair].items()
        ]
    )
    price = points.set_index("point")["price_usd"].astype(float).to_dict()
    return PriceSensitivity(
        **{f"{name}_usd": price[name] for name in _PAIRS[curve_pair]},
        respondents=len(used),
        inconsistent=int((~ordered).sum()),
        dropped=len(answers) - len(used),
        curve_pair=curve_pair,
        interpolation=interpolation,
        points=points,
        curves=curves,
    )


def _read(data: "IntoFrame", **columns: str) -> pd.DataFrame:
    frame = tables.read(data, *columns.values())
    return pd.DataFrame(
        {
            name: tables.numbers(frame, column, rule="not_negative")
            for name, column in columns.items()
        }
    )


def _in_order(answers: pd.DataFrame, ties: Ties) -> npt.NDArray[np.bool_]:
    rises = np.diff(answers.to_numpy(dtype=float), axis=1)
    ordered = rises >= 0 if ties == "allowed" else rises > 0
    return np.asarray(ordered.all(axis=1))


def _curves(answers: pd.DataFrame, price_grid: npt.ArrayLike | None) -> pd.DataFrame:
    prices = np.unique(answers.to_numpy(dtype=float))
    if price_grid is not None:
        prices = np.unique(check.finite_array("price_grid", price_grid))
    people = len(answers)
    table = pd.DataFrame({"price_usd": prices})
    for name in ("too_cheap", "cheap"):
        named = np.sort(answers[name].to_numpy(dtype=float))
        table[name] = 1 - np.searchsorted(named, prices, side="left") / people
    for name in ("expensive", "too_expensive"):
        named = np.sort(answers[name].to_numpy(dtype=float))
        table[name] = np.searchsorted(named, prices, side="right") / people
    table["not_cheap"] = 1 - table["cheap"]
    table["not_expensive"] = 1 - table["expensive"]
    return table


def _cross(
    curves: pd.DataFrame,
    point: str,
    pair: tuple[str, str],
    *,
    interpolation: Interpolation,
    flat: Flat,
) -> dict[str, object]:
    falling, rising = pair
    prices = curves["price_usd"].to_numpy(dtype=float)
    gap = np.round((curves[rising] - curves[falling]).to_numpy(dtype=float), 12)
    if gap[0] > 0 or gap[-1] < 0:
        raise ValueError(
            f"the curves {falling} and {rising} don't cross between {prices[0]:g} and "
            f"{prices[-1]:g}; widen price_grid or ask more people"
        )
    first = int(np.argmax(gap >= 0))
    last = int(len(gap) - 1 - np.argmax(gap[::-1] <= 0))
    low, high = prices[first], prices[max(first, last)]
    if gap[first] > 0:
        if interpolation == "linear":
            part = -gap[first - 1] / (gap[first] - gap[first - 1])
            low = prices[first - 1] + part * (prices[first] - prices[first - 1])
        high = low
    price = {"lowest": low, "middle": (low + high) / 2, "highest": high}[flat]
    return {
        "point": point,
        "price_usd": float(price),
        "flat_from_usd": float(low),
        "flat_to_usd": float(high),
        "falling": falling,
        "rising": rising,
    }
