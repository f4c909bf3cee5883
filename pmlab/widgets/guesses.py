"""Which ideas stay in the top when inputs are ranges: ``rank_stability``, live."""

from functools import partial

import ipywidgets
import pandas as pd

from pmlab import charts, prioritization
from pmlab.charts.chart import Chart
from pmlab.formatting import percent
from pmlab.widgets.live import LiveModel

# Invented: five ideas, reach per quarter, effort in person-months.
_EXAMPLE = pd.DataFrame(
    {
        "item": ["reminders", "rebook", "gift cards", "office seats", "chat"],
        "reach_low": [800, 500, 300, 90, 400],
        "reach": [1_000, 900, 800, 120, 600],
        "reach_high": [1_200, 1_000, 1_600, 240, 700],
        "impact": [1.0, 1.0, 0.5, 3.0, 0.5],
        "confidence": [1.0, 0.8, 0.8, 0.8, 1.0],
        "effort_low": [1.8, 2.0, 0.8, 0.8, 1.5],
        "effort": [2.0, 2.5, 1.0, 1.0, 2.0],
        "effort_high": [2.4, 4.0, 1.5, 2.5, 3.0],
    }
)


def rice_board(ideas: pd.DataFrame | None = None, *, top: int = 3) -> LiveModel:
    """Return controls over ``prioritization.rank_stability``.

    Choose an idea and say how far its reach and effort may lie from the likely value;
    the words say which places are settled, the bars how often each idea is in the top.

    Args:
        ideas: One row per idea: item, impact, confidence, and reach and effort as
            ``reach_low``, ``reach``, ``reach_high`` (per quarter) and ``effort_low``,
            ``effort``, ``effort_high``; an invented example if left out.
        top: Places to give, to begin with; fewer than there are ideas.

    Returns:
        The widget; shown as the last line of a cell.
    """
    table = _EXAMPLE if ideas is None else ideas
    names = [str(name) for name in table["item"]]
    return LiveModel(
        partial(_stability, table),
        {
            "top": ipywidgets.IntSlider(
                min(top, len(names) - 1),
                1,
                len(names) - 1,
                description="Places to give",
            ),
            "item": ipywidgets.Dropdown(
                options=["(none)", *names], description="Change the ranges of"
            ),
            "reach_percent": _range("Its reach, % of likely"),
            "effort_percent": _range("Its effort, % of likely"),
        },
        title="Which places are settled, and which are a toss-up?",
        draw=_chances,
    )


def _range(name: str) -> ipywidgets.ValueWidget:
    return ipywidgets.IntRangeSlider(
        value=(50, 150), min=10, max=300, step=5, description=name
    )


def _stability(
    table: pd.DataFrame,
    *,
    top: int,
    item: str,
    reach_percent: tuple[int, int],
    effort_percent: tuple[int, int],
) -> prioritization.RankStability:
    changed = table.copy()
    chosen = changed["item"].astype(str) == item
    for name, (low, high) in (("reach", reach_percent), ("effort", effort_percent)):
        if low > 100 or high < 100:
            raise ValueError(
                f"{name} == {low} to {high} % of the likely value, must hold 100 %; "
                "move one end over it"
            )
        likely = changed[name].astype(float)
        for end, share in (("low", low), ("high", high)):
            column = f"{name}_{end}"
            ends = changed[column].astype(float)
            changed[column] = ends.where(~chosen, likely * share / 100)
    return prioritization.rank_stability(changed, top=top, draws=4_000)


def _chances(result: prioritization.RankStability) -> Chart:
    table = result.to_frame().rename(columns={"p_top": "chance_of_the_top"})
    sure = table.loc[table["verdict"] == "in", "item"]
    return charts.bars(
        table,
        label_column="item",
        value_column="chance_of_the_top",
        unit="%",
        title=f"In the top {result.top}: {', '.join(sure) or 'none'}; "
        f"toss-ups: {', '.join(result.toss_ups) or 'none'}",
        finding="Chance of the top: "
        + ", ".join(
            f"{name} {percent(chance, digits=0)}"
            for name, chance in zip(
                table["item"], table["chance_of_the_top"], strict=True
            )
        )
        + ".",
    )
