"""The best plan for a capacity, and what a wish pushes out: ``best_plan``, live."""

from functools import partial

import ipywidgets
import pandas as pd

from pmlab import charts, prioritization
from pmlab.charts.chart import Chart
from pmlab.widgets.live import LiveModel

# Invented: items of a quarter; the debt item has the value of the weeks it saves.
_EXAMPLE = pd.DataFrame(
    {
        "item": [
            "receipts",
            "tidy up",
            "offices",
            "invoices",
            "search",
            "chat",
            "photos",
        ],
        "value": [0, 18_000, 21_000, 27_000, 24_000, 9_000, 15_000],
        "effort": [2, 2, 5, 1, 3, 2, 2],
        "must": [True, False, False, False, False, False, False],
        "requires": ["", "", "", "offices", "", "", ""],
    }
)
_NO_WISH = "(no wish)"


def capacity(
    items: pd.DataFrame | None = None, *, weeks: int | None = None
) -> LiveModel:
    """Return controls over ``prioritization.best_plan`` and ``price_of_a_yes``.

    Move the capacity, or say yes to a wish; the words say what is in and what falls
    out, the bars show the value of each item and where it went.

    Args:
        items: One row per item: item, value, effort and, if you like, must (true or
            false) and requires (a name); an invented example if left out.
        weeks: Capacity to begin with; 60 % of all effort if left out.

    Returns:
        The widget; shown as the last line of a cell.
    """
    table = _EXAMPLE if items is None else items
    total = max(int(table["effort"].sum()), 2)
    names = [str(name) for name in table["item"]]
    return LiveModel(
        partial(_plan, table),
        {
            "weeks": ipywidgets.IntSlider(
                weeks or total * 3 // 5, 1, total, description="Capacity, person-weeks"
            ),
            "wish": ipywidgets.Dropdown(
                options=[_NO_WISH, *names], description="Say yes to"
            ),
        },
        title="What fits, and what does a yes push out?",
        draw=_picture,
    )


def _plan(
    table: pd.DataFrame, *, weeks: int, wish: str
) -> prioritization.Plan | prioritization.PriceOfAYes:
    must = "must" if "must" in table.columns else None
    requires = "requires" if "requires" in table.columns else None
    if wish == _NO_WISH:
        return prioritization.best_plan(
            table, capacity=weeks, must_column=must, requires_column=requires
        )
    return prioritization.price_of_a_yes(
        table, wish, capacity=weeks, must_column=must, requires_column=requires
    )


def _picture(result: prioritization.Plan | prioritization.PriceOfAYes) -> Chart:
    table = result.to_frame()
    if isinstance(result, prioritization.Plan):
        states = table["chosen"].map({True: "in", False: "left out"})
        title = f"{len(result.items)} of {len(table)} items fit best"
    else:
        words = {"stays": "in", "not planned": "left out"}
        states = table["change"].replace(words)
        count = len(result.displaced)
        title = f"A yes to {result.wish} pushes out {count} item{'s' * (count != 1)}"
    table["label"] = table["item"] + ": " + states
    return charts.bars(
        table,
        label_column="label",
        value_column="value",
        unit="value",
        order="given",
        title=title,
        finding="; ".join(
            f"{state}: {', '.join(table.loc[states == state, 'item'])}"
            for state in ("in", "comes in", "falls out", "left out")
            if (states == state).any()
        )
        + ".",
    )
