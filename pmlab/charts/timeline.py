"""A roadmap as a timeline: now, next, later, with themes and how sure each row is."""

import textwrap
from typing import TYPE_CHECKING, Any

from pmlab.charts import template
from pmlab.charts.chart import Chart, draw
from pmlab.charts.measures import Measure

if TYPE_CHECKING:
    import pandas as pd

    from pmlab.delivery import Roadmap

_HORIZONS = ("now", "next", "later")
_ROW = 64  # pixels for one row
_WIDTH = 26  # characters of a box that fit in one line
_NAMES = {
    "theme": Measure(column="theme", label="Theme"),
    "item": Measure(column="item", label="Item"),
    "outcome_metric": Measure(column="outcome_metric", label="Outcome"),
    "horizon": Measure(column="horizon", label="Horizon"),
    "confidence": Measure(column="confidence", label="How sure", unit="%"),
    "work": Measure(column="work", label="Next pieces of work"),
}


def roadmap_timeline(
    roadmap: "Roadmap", *, title: str | None = None, finding: str | None = None
) -> Chart:
    """Draw roadmap rows as boxes under now, next and later; darker boxes are surer.

    Args:
        roadmap: Result of ``delivery.roadmap_for``.
        title: The message; by default how many rows are now, and how sure they are.
        finding: The finding; by default the summary of the roadmap.

    Returns:
        The chart; its table holds the rows of the roadmap.

    Examples:
        >>> from pmlab.delivery import roadmap_for
        >>> rows = {"item": ["Fewer no-shows"], "theme": ["Trust"], "horizon": ["now"],
        ...         "outcome_metric": ["4 % to 2 %"], "confidence": [0.8]}
        >>> import pandas as pd
        >>> roadmap_timeline(roadmap_for(pd.DataFrame(rows))).title
        '1 of 1 row is for now, at least 80 % sure'
    """
    table = roadmap.to_frame()
    return draw(
        traces=_boxes(table),
        layout=_layout(title or _title(table), table),
        title=title or _title(table),
        finding=finding or roadmap.summary(),
        table=table,
        measures=tuple(_NAMES[name] for name in table.columns),
    )


def _title(table: "pd.DataFrame") -> str:
    now = table.loc[table["horizon"] == "now", "confidence"]
    if now.empty:
        return f"None of {len(table)} rows is for now"
    verb = "row is" if len(now) == 1 else "rows are"
    return (
        f"{len(now)} of {len(table)} {verb} for now, "
        f"at least {100 * now.min():.0f} % sure"
    )


def _boxes(table: "pd.DataFrame") -> list[dict[str, Any]]:
    opacity = [round(0.15 + 0.55 * float(sure), 3) for sure in table["confidence"]]
    return [
        {
            "type": "bar",
            "orientation": "h",
            "y": list(range(len(table))),
            "x": [0.94] * len(table),
            "base": [_HORIZONS.index(h) + 0.03 for h in table["horizon"]],
            "width": 0.82,
            "marker": {
                "color": template.BLUE,
                "opacity": opacity,
                "line": {"color": template.INK, "width": 1},
            },
            "hoverinfo": "skip",
        }
    ]


def _layout(title: str, table: "pd.DataFrame") -> dict[str, Any]:
    built = template.layout(
        title,
        plot_height=_ROW * len(table),
        xaxis={
            "range": [0, 3],
            "tickvals": [0.5, 1.5, 2.5],
            "ticktext": [f"<b>{horizon.capitalize()}</b>" for horizon in _HORIZONS],
            "showgrid": False,
            "zeroline": False,
            "side": "top",
        },
        yaxis={
            "tickvals": list(range(len(table))),
            "ticktext": [_lines(theme, 18) for theme in table["theme"]],
            "range": [len(table) - 0.5, -0.5],
            "showgrid": False,
            "zeroline": False,
        },
    )
    built["margin"]["t"] += 30  # room for the words on top
    built["height"] += 30
    built["shapes"] = [template.upright(edge, "dot") for edge in (1, 2)]
    rows = table[["item", "horizon", "confidence"]].itertuples(index=False)
    built["annotations"] = [
        {
            "x": _HORIZONS.index(horizon) + 0.5,
            "y": row,
            "text": f"{_lines(item, _WIDTH)}<br><b>{100 * sure:.0f} %</b> sure",
            "showarrow": False,
            "font": {"size": 13, "color": template.INK},
            "bgcolor": "rgba(255,255,255,0.85)",
        }
        for row, (item, horizon, sure) in enumerate(rows)
    ]
    return built


def _lines(text: object, width: int) -> str:
    lines = textwrap.wrap(str(text), width, max_lines=2, placeholder=" …")
    return "<br>".join(map(template.plain, lines))
