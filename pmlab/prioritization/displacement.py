"""What a wish would push out of the plan: the price of a yes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from pmlab import _arguments as check
from pmlab import _tables as tables
from pmlab.formatting import number
from pmlab.prioritization.selection import Plan, best_plan
from pmlab.results import Result

if TYPE_CHECKING:
    from narwhals.stable.v2.typing import IntoFrame

_MUST = "_pmlab_must"


@dataclass(frozen=True, kw_only=True, repr=False)
class PriceOfAYes(Result):
    """The best plan as it is, the best plan with a wish in it, and the difference.

    Attributes:
        wish: The item asked for.
        in_plan: True if the best plan holds it already.
        price: Value that the yes gives up, zero if the wish is in the plan.
        displaced: Items of the best plan that have no room any more.
        added: Items that come in, the wish among them.
        best: The best plan.
        with_wish: The best plan that holds the wish.
        table: One row per item: item, value, effort columns, best, with_wish, change
            (``stays``, ``comes in``, ``falls out`` or ``not planned``).
    """

    wish: str
    in_plan: bool
    price: float
    displaced: tuple[str, ...]
    added: tuple[str, ...]
    best: Plan
    with_wish: Plan
    table: pd.DataFrame

    def summary(self) -> str:
        """Return what the yes costs in plain words."""
        if self.in_plan:
            return f"{self.wish} is in the best plan already: a yes costs nothing."
        others = [item for item in self.added if item != self.wish]
        also = f", and {', '.join(others)} would come in" if others else ""
        out = ", ".join(self.displaced) or "nothing"
        return (
            f"A yes to {self.wish} gives up {number(self.price)} of "
            f"{number(self.best.value)}: {out} would fall out{also}."
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the backlog with both plans side by side."""
        return self.table.copy()


def price_of_a_yes(
    data: "IntoFrame",
    wish: str,
    *,
    capacity: float | Mapping[str, float],
    item_column: str = "item",
    value_column: str = "value",
    effort_column: str = "effort",
    must_column: str | None = None,
    requires_column: str | None = None,
) -> PriceOfAYes:
    """Return what the best plan loses if one item has to be in it.

    Formula: price = value of the best plan - value of the best plan that holds the wish
    (and all that it requires).

    Assumptions: those of ``best_plan``. The wish's own value counts in both plans, so
    the price is what is lost on balance.

    Args:
        data: One row per item.
        wish: Name of the item asked for.
        capacity: Effort available, or a mapping from effort columns to limits.
        item_column: Name of the item, each once.
        value_column: Value of the item in one unit for all.
        effort_column: Effort of the item; not used with a mapping.
        must_column: True for items that have to be in.
        requires_column: Names of items that have to be in, too, separated by ``;``.

    Returns:
        Both plans, what falls out and what the yes costs.

    Raises:
        ValueError: If the wish is not in the table, a value breaks its rule, or no plan
            exists that holds the wish.

    Examples:
        >>> backlog = pd.DataFrame(
        ...     {"item": ["A", "B", "C"], "value": [60, 100, 120]}
        ... ).assign(effort=[10, 20, 30])
        >>> price_of_a_yes(backlog, "A", capacity=50)
        A yes to A gives up 40 of 220: B would fall out.

    References:
        Dantzig, G. (1957). Discrete-variable extremum problems.
    """
    columns = {
        "item_column": item_column,
        "value_column": value_column,
        "effort_column": effort_column,
        "requires_column": requires_column,
    }
    best = best_plan(data, capacity=capacity, must_column=must_column, **columns)  # type: ignore[arg-type]
    items = best.table["item"].tolist()
    check.choice("wish", wish, tuple(items))
    asked = best.table["must"] | (best.table["item"] == wish)
    limits = capacity if isinstance(capacity, Mapping) else (effort_column,)
    extra = (requires_column,) if requires_column else ()
    frame = tables.read(data, item_column, value_column, *limits, *extra)
    forced = best_plan(
        frame.assign(**{_MUST: asked.to_numpy()}),
        capacity=capacity,
        must_column=_MUST,
        **columns,  # type: ignore[arg-type]
    )
    return _compared(wish, best, forced)


def _compared(wish: str, best: Plan, forced: Plan) -> PriceOfAYes:
    table = best.table.drop(columns=["must", "chosen"])
    table["best"], table["with_wish"] = best.table["chosen"], forced.table["chosen"]
    changes = {
        (True, True): "stays",
        (True, False): "falls out",
        (False, True): "comes in",
        (False, False): "not planned",
    }
    pairs = zip(table["best"].tolist(), table["with_wish"].tolist(), strict=True)
    table["change"] = [changes[pair] for pair in pairs]
    in_plan = wish in best.items
    if in_plan:  # of two equally good plans the first one counts
        table["with_wish"], forced = table["best"], best
        table["change"] = table["best"].map({True: "stays", False: "not planned"})
    return PriceOfAYes(
        wish=wish,
        in_plan=in_plan,
        price=0.0 if in_plan else best.value - forced.value,
        displaced=tuple(table.loc[table["change"] == "falls out", "item"]),
        added=tuple(table.loc[table["change"] == "comes in", "item"]),
        best=best,
        with_wish=forced,
        table=table,
    )
