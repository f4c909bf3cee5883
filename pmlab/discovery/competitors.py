"""How the offer compares, and how concentrated the market is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab import _arguments as check
from pmlab.formatting import count, percent
from pmlab.prioritization.scores import Scaling, weighted_scores
from pmlab.results import Result

if TYPE_CHECKING:
    from narwhals.stable.v2.typing import IntoFrame

Guidelines = Literal["us_2023", "us_2010"]

_LINES = {"us_2023": (1000, 1800), "us_2010": (1500, 2500)}


def competitor_matrix(
    data: "IntoFrame",
    weights: Mapping[str, float],
    *,
    competitor_column: str = "competitor",
    lower_is_better: Collection[str] = (),
    scaling: Scaling = "min_max",
) -> pd.DataFrame:
    """Compare competitors by a weighted sum of criteria.

    Formula: that of ``pmlab.prioritization.weighted_scores``; gap = best score - score.

    Assumptions: the list holds what customers really choose from, "do it oneself" and
    "do nothing" included; scores depend on who is in the list.

    Args:
        data: One row per competitor, one column per criterion.
        weights: Weight of each criterion column; any positive numbers.
        competitor_column: Name of the competitor, each once.
        lower_is_better: Criteria to reverse, such as a price or a delay.
        scaling: ``"min_max"`` or ``"none"``, see ``weighted_scores``.

    Returns:
        Columns competitor, one ``<criterion>_points`` per criterion, score, rank and
        gap_to_best, best first.

    Raises:
        ValueError: If a weight is not positive or all agree on a criterion.

    Examples:
        >>> rivals = pd.DataFrame(
        ...     {"competitor": ["Agency", "Do it oneself"], "price_usd": [90, 0]}
        ... ).assign(quality=[5, 3])
        >>> matrix = competitor_matrix(
        ...     rivals, {"quality": 3, "price_usd": 1}, lower_is_better=["price_usd"]
        ... )
        >>> matrix[["competitor", "score", "gap_to_best"]]
              competitor  score  gap_to_best
        0         Agency   0.75          0.0
        1  Do it oneself   0.25          0.5

    References:
        Keeney, R. and Raiffa, H. (1976). Decisions with Multiple Objectives.
    """
    result = weighted_scores(
        data,
        weights,
        item_column=competitor_column,
        lower_is_better=lower_is_better,
        scaling=scaling,
    ).rename(columns={"item": "competitor"})
    result["gap_to_best"] = result["score"].max() - result["score"]
    return result


@dataclass(frozen=True, kw_only=True, repr=False)
class Concentration(Result):
    """How much of a market few suppliers hold.

    Attributes:
        hhi_points: Herfindahl-Hirschman index, 0 to 10,000.
        equal_suppliers: Number of equally large suppliers with the same index.
        largest_share: Share of the largest supplier, a fraction.
        suppliers: Number of suppliers.
        level: ``not concentrated``, ``moderately`` or ``highly concentrated``.
        guidelines: Whose lines the level follows.
    """

    hhi_points: float
    equal_suppliers: float
    largest_share: float
    suppliers: int
    level: str
    guidelines: Guidelines

    def summary(self) -> str:
        """Return the concentration in plain words."""
        low, high = _LINES[self.guidelines]
        return (
            f"The index is {count(self.hhi_points)} of 10,000 points: {self.level} by "
            f"the {self.guidelines[-4:]} U.S. lines ({low:,} and {high:,}). It is as "
            f"if {self.equal_suppliers:.1f} equal suppliers shared the market; the "
            f"largest of the {self.suppliers} holds {percent(self.largest_share)}."
        )


def market_concentration(
    sizes: npt.ArrayLike, *, guidelines: Guidelines = "us_2023"
) -> Concentration:
    """Compute the Herfindahl-Hirschman index (HHI) of a market.

    Formula: sum of squared shares in percent, from near 0 to 10,000.

    Assumptions: all suppliers are in the list, in one unit (sales, or customers);
    many small ones left out raise the index by little, a large one by a lot.

    Args:
        sizes: Size of each supplier, zero or more: sales, customers or shares. They
            are divided by their sum.
        guidelines: ``"us_2023"`` (lines at 1,000 and 1,800) or ``"us_2010"`` (1,500
            and 2,500).

    Returns:
        The index and what it means.

    Raises:
        ValueError: If a size is negative or missing, or all are zero.

    Examples:
        >>> market_concentration([40, 30, 20, 10]).hhi_points
        3000.0

    References:
        U.S. Department of Justice and Federal Trade Commission (2023). Merger
        Guidelines, section 2.1; (2010). Horizontal Merger Guidelines, section 5.3.
    """
    check.choice("guidelines", guidelines, tuple(_LINES))
    values = check.finite_array("sizes", sizes)
    if values.min() < 0 or values.sum() == 0:
        raise ValueError(
            f"sizes run from {values.min():g} to {values.max():g}, must be zero or "
            "more and not all zero"
        )
    shares = values / values.sum()
    points = float(np.round((100 * shares) @ (100 * shares), 9))
    low, high = _LINES[guidelines]
    level = "not concentrated"
    if points > low:
        level = "highly concentrated" if points > high else "moderately concentrated"
    return Concentration(
        hhi_points=points,
        equal_suppliers=10_000 / points,
        largest_share=float(shares.max()),
        suppliers=int((values > 0).sum()),
        level=level,
        guidelines=guidelines,
    )
