"""A delivery forecast as a fan: how far the work gets, week by week."""

from typing import TYPE_CHECKING, Any

from pmlab.charts import template
from pmlab.charts.chart import Chart, draw
from pmlab.charts.measures import Measure

if TYPE_CHECKING:
    import pandas as pd

    from pmlab.delivery import ProgressFan

_HEIGHT = 300  # pixels of the drawing
_MEASURES = (
    Measure(column="week", label="Week"),
    Measure(column="p85_items", label="In 85 % of runs at least", unit="items"),
    Measure(column="p50_items", label="In half of runs at least", unit="items"),
    Measure(column="p15_items", label="In 15 % of runs at least", unit="items"),
)


def forecast_fan(
    forecast: "ProgressFan", *, title: str | None = None, finding: str | None = None
) -> Chart:
    """Draw how many items are finished by each week, with the weeks of P50 and P85.

    Args:
        forecast: Result of ``delivery.progress_fan``.
        title: The message; by default the weeks of both chances.
        finding: The finding; by default the summary of the forecast.

    Returns:
        The chart; its table has a row for each week.

    Examples:
        >>> from pmlab.delivery import progress_fan
        >>> fan = progress_fan([3, 5, 0, 4, 6, 2], items=38, draws=2000, rng=1)
        >>> forecast_fan(fan).title
        '38 items: a coin flip in week 12, an 85 % chance in week 14'
    """
    title = title or (
        f"{forecast.items:,} items: a coin flip in week {forecast.p50_weeks}, "
        f"an 85 % chance in week {forecast.p85_weeks}"
    )
    table = forecast.to_frame()
    return draw(
        traces=_traces(table),
        layout=_layout(title, forecast, table),
        title=title,
        finding=finding or forecast.summary(),
        table=table,
        measures=_MEASURES,
    )


def _traces(table: "pd.DataFrame") -> list[dict[str, Any]]:
    weeks = table["week"].tolist()
    looks = {
        "p15_items": {"color": template.BLUE, "width": 0},
        "p85_items": {"color": template.VERMILION, "width": 2.5, "dash": "dash"},
        "p50_items": {"color": template.BLUE, "width": 2.5},
    }
    names = {measure.column: measure.label for measure in _MEASURES}
    traces: list[dict[str, Any]] = []
    for column, look in looks.items():
        trace = {
            "type": "scatter",
            "mode": "lines",
            "x": weeks,
            "y": table[column].tolist(),
            "line": look,
            "hovertemplate": f"week %{{x}}: %{{y}} items<extra>{names[column]}</extra>",
        }
        if column == "p85_items":  # the band reaches up to the trace before it
            trace |= {
                "fill": "tonexty",
                "fillcolor": template.band_color(template.BLUE),
            }
        traces.append(trace)
    return traces


def _layout(title: str, fan: "ProgressFan", table: "pd.DataFrame") -> dict[str, Any]:
    last = int(table["week"].iloc[-1])
    marks = [
        (fan.p50_weeks, "50 %", template.BLUE, "right", -6),
        (fan.p85_weeks, "85 %", template.VERMILION, "left", 6),
    ]
    built = template.layout(
        title,
        plot_height=_HEIGHT,
        xaxis={"title": {"text": "Week from today"}, "range": [0, last * 1.25]},
        yaxis={"title": {"text": "Items finished"}, "rangemode": "tozero"},
    )
    built["shapes"] = [
        {
            "type": "line",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": fan.items,
            "y1": fan.items,
            "line": {"color": template.INK, "width": 1.5, "dash": "dot"},
        },
        *(
            {
                "type": "line",
                "x0": week,
                "x1": week,
                "y0": 0,
                "y1": fan.items,
                "line": {"color": color, "width": 1.5, "dash": "dot"},
            }
            for week, _, color, _, _ in marks
        ),
    ]
    built["annotations"] = [
        {
            "x": 0,
            "xref": "paper",
            "y": fan.items,
            "xanchor": "left",
            "yanchor": "bottom",
            "xshift": 6,
            "showarrow": False,
            "text": f"all {fan.items:,} items",
        },
        *(
            {
                "x": week,
                "y": 0,
                "xanchor": side,
                "yanchor": "bottom",
                "xshift": shift,
                "showarrow": False,
                "text": f"{chance}: week {week}",
                "font": {"color": color},
            }
            for week, chance, color, side, shift in marks
        ),
    ]
    return built
