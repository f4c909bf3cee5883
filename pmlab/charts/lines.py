"""Change over time: lines, bands, and survival in steps."""

from typing import Any

import numpy as np
import pandas as pd

from pmlab import _arguments
from pmlab.charts import inputs, template
from pmlab.charts.chart import Chart, draw
from pmlab.charts.line_words import line_finding, line_title, step_finding
from pmlab.charts.measures import Measure, axis, measure

_HEIGHT = 300  # pixels of the drawing
_LABEL_GAP = 18  # pixels between two labels at the ends of lines


def line(
    data: object,
    *,
    x_column: str = "x",
    y_column: str = "y",
    series_column: str | None = None,
    low_column: str | None = None,
    high_column: str | None = None,
    reference: float | None = None,
    unit: str | None = None,
    title: str | None = None,
    finding: str | None = None,
) -> Chart:
    """Draw one or several lines, each named at its end, with a band if there is one.

    Args:
        data: A tidy table (one row for each point), or a result.
        x_column: Column of times or numbers from left to right.
        y_column: Column of the numbers drawn; gaps (missing values) stay empty.
        series_column: Column that names the line a row belongs to; six lines at most.
        low_column: Column of the lower edge of a band.
        high_column: Column of the upper edge of a band.
        reference: A value to compare with, drawn as a dashed line.
        unit: Unit of the values; by default it follows from the column's name.
        title: The message; by default the change of the line that changes most.
        finding: The finding; by default first and last value of each line, its change,
            and where it crosses the reference or the other line.

    Returns:
        The chart; its table holds the rows drawn, in order.

    Raises:
        ColumnsMissingError: If a column does not exist.
        TypeError: If the values are not numbers.
        ValueError: If the table is empty, a point repeats, only one edge of a band is
            named, or there are more than six lines.

    Examples:
        >>> cash = {"month": [0, 1, 2], "cash_usd": [-50, -10, 40]}
        >>> chart = line(cash, x_column="month", y_column="cash_usd", reference=0)
        >>> chart.title
        'Cash rises from -$50 to $40'
        >>> chart.finding
        'Cash: from -$50 (month 0) to $40 (month 2), up by $90. It first reaches $0 at
        month 2.'
    """
    frame, x, y, band = _points(
        data,
        x_column=x_column,
        y_column=y_column,
        series_column=series_column,
        edges=(low_column, high_column),
        unit=unit,
    )
    limit = None if reference is None else _arguments.number("reference", reference)
    return _lines(
        frame,
        x=x,
        y=y,
        band=band,
        series_column=series_column,
        shape="linear",
        reference=limit,
        title=title or line_title(frame, y, series_column),
        finding=finding or line_finding(frame, x, y, series_column, limit),
    )


def step(
    data: object,
    *,
    time_column: str = "time",
    survival_column: str = "survival",
    series_column: str | None = None,
    low_column: str | None = None,
    high_column: str | None = None,
    title: str | None = None,
    finding: str | None = None,
) -> Chart:
    """Draw survival over time in steps, with a band if there is one.

    Args:
        data: A tidy table with one row for each time at which the curve steps down, or
            a result.
        time_column: Column of times since the start; name the unit (``time_days``).
        survival_column: Column of the share still there, a fraction.
        series_column: Column that names the group; six at most.
        low_column: Column of the lower edge of the band.
        high_column: Column of the upper edge.
        title: The message; by default the median time, or the share left at the end.
        finding: The finding; by default median and last share for each group.

    Returns:
        The chart.

    Raises:
        ColumnsMissingError: If a column does not exist.
        TypeError: If a column holds no numbers.
        ValueError: If a share is outside 0 to 1, or as for ``line``.

    Examples:
        >>> curve = {"time_days": [0, 10, 30], "survival": [1.0, 0.8, 0.45]}
        >>> chart = step(curve, time_column="time_days")
        >>> chart.finding
        'Half are gone by 30 days; 45.0 % are left at 30 days, the last time seen.'
    """
    frame, x, y, band = _points(
        data,
        x_column=time_column,
        y_column=survival_column,
        series_column=series_column,
        edges=(low_column, high_column),
        unit="%",
    )
    for name in (survival_column, *(m.column for m in band)):
        for extreme in (frame[name].min(), frame[name].max()):
            if not np.isnan(extreme):
                _arguments.rate(name, float(extreme))
    text = finding or step_finding(frame, x, y, series_column)
    return _lines(
        frame,
        x=x,
        y=y,
        band=band,
        series_column=series_column,
        shape="hv",
        reference=None,
        title=title or text.split(";")[0].split(". ")[0].removesuffix("."),
        finding=text,
    )


def _points(
    data: object,
    *,
    x_column: str,
    y_column: str,
    series_column: str | None,
    edges: tuple[str | None, str | None],
    unit: str | None,
) -> tuple[pd.DataFrame, Measure, Measure, tuple[Measure, ...]]:
    named = [name for name in edges if name is not None]
    if len(named) == 1:
        raise ValueError(
            f"low_column, high_column == {edges!r}, must both be named or both be None"
        )
    keys = [x_column] if series_column is None else [series_column, x_column]
    frame = inputs.table(data, *keys, y_column, *named)
    inputs.unique(frame, *keys)
    for name in (y_column, *named):
        inputs.numeric(frame, name, gaps=True)
    if frame[y_column].isna().all():
        raise ValueError(f"{y_column} has no value at all, must have at least one")
    y = measure(y_column, unit=unit)
    band = tuple(
        measure(name, unit=y.unit, label=label)
        for name, label in zip(named, ("Low", "High"), strict=False)
    )
    return _ordered(frame, x_column, series_column), measure(x_column), y, band


def _ordered(
    frame: pd.DataFrame, x_column: str, series_column: str | None
) -> pd.DataFrame:
    kind = pd.api.types.infer_dtype(frame[x_column])
    if kind == "datetime":  # no common type: a table's own is "datetime64"
        raise ValueError(
            f"{x_column} mixes time zones, must have one; convert it with "
            "pandas.to_datetime(..., utc=True)"
        )
    if kind == "date":
        frame = frame.assign(**{x_column: pd.to_datetime(frame[x_column])})
    if frame[x_column].dtype.kind in "iufM":
        frame = frame.sort_values(x_column, kind="stable")
    if series_column is None:
        return frame.reset_index(drop=True)
    names = frame[series_column].unique()
    if len(names) > len(template.COLORS):
        raise ValueError(
            f"{series_column} names {len(names)} lines, must be at most "
            f"{len(template.COLORS)} to be told apart; keep the ones that matter"
        )
    rank = {name: i for i, name in enumerate(names)}
    order = frame[series_column].map(rank).to_numpy().argsort(kind="stable")
    return frame.iloc[order].reset_index(drop=True)


def _lines(
    frame: pd.DataFrame,
    *,
    x: Measure,
    y: Measure,
    band: tuple[Measure, ...],
    series_column: str | None,
    shape: str,
    reference: float | None,
    title: str,
    finding: str,
) -> Chart:
    traces: list[dict[str, Any]] = []
    parts = inputs.parts_of(frame, series_column)
    for rank, (name, part) in enumerate(parts):
        if band:
            traces.append(_band_trace(part, x, band, rank, shape))
        traces.append(_line_trace(name, part, x=x, y=y, rank=rank, shape=shape))
    series = () if series_column is None else (measure(series_column, unit=""),)
    return draw(
        traces=traces,
        layout=_line_layout(title, parts, x, y, reference),
        title=title,
        finding=finding,
        table=frame,
        measures=(*series, x, y, *band),
    )


def _line_trace(
    name: str, part: pd.DataFrame, *, x: Measure, y: Measure, rank: int, shape: str
) -> dict[str, Any]:
    color = template.COLORS[rank]
    few = len(part) <= 40 and shape == "linear"
    stroke: dict[str, Any] = {"color": color, "dash": template.DASHES[rank], "width": 3}
    if shape != "linear":
        stroke["shape"] = shape
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines+markers" if few else "lines",
        "name": template.plain(name),
        "x": inputs.positions(part[x.column]),
        "y": inputs.six_digits(part[y.column]),
        "line": stroke,
        "hovertext": [template.plain(y.text(value)) for value in part[y.column]],
        "hovertemplate": "%{x}: %{hovertext}"
        + f"<extra>{template.plain(name)}</extra>",
    }
    if few:
        trace["marker"] = {"symbol": template.MARKERS[rank], "size": 8}
    return trace


def _band_trace(
    part: pd.DataFrame, x: Measure, band: tuple[Measure, ...], rank: int, shape: str
) -> dict[str, Any]:
    low, high = band
    seen = part.dropna(subset=[low.column, high.column])
    across, lows, highs = (
        inputs.positions(seen[x.column]),
        inputs.six_digits(seen[low.column]),
        inputs.six_digits(seen[high.column]),
    )
    if (
        shape == "hv"
    ):  # corners are written out: drawn backward they would fall elsewhere
        across, lows, highs = _each(across)[1:], _each(lows)[:-1], _each(highs)[:-1]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": across + across[::-1],
        "y": highs + lows[::-1],
        "fill": "toself",
        "fillcolor": template.band_color(template.COLORS[rank]),
        "line": {"width": 0},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _each(values: list[Any]) -> list[Any]:
    return [value for value in values for _ in range(2)]


def _line_layout(
    title: str,
    parts: list[tuple[str, pd.DataFrame]],
    x: Measure,
    y: Measure,
    reference: float | None,
) -> dict[str, Any]:
    built = template.layout(
        title, plot_height=_HEIGHT, xaxis=axis(x), yaxis=axis(y) | _whole_percent(y)
    )
    if len(parts) > 1:
        built |= _names_of_lines(parts, x, y, built["margin"])
    if reference is not None:
        ends = {"x0": 0, "x1": 1, "y0": reference, "y1": reference}
        dashed = {"color": template.INK, "dash": "dash", "width": 1.5}
        built["shapes"] = [{"type": "line", "xref": "paper", "line": dashed, **ends}]
    return built


def _whole_percent(y: Measure) -> dict[str, Any]:
    return {"rangemode": "tozero"} if y.unit == "%" else {}


def _names_of_lines(
    parts: list[tuple[str, pd.DataFrame]],
    x: Measure,
    y: Measure,
    margin: dict[str, int],
) -> dict[str, Any]:
    """Name each line at its end; in a legend where the ends are too close for that."""
    labels = _end_labels(parts, x, y)
    if max(label["yshift"] for label in labels) > _LABEL_GAP:
        return {"showlegend": True}
    longest = max(len(name) for name, _ in parts)
    room = {"r": 24 + min(8 * longest, 200)}
    return {"annotations": labels, "margin": margin | room}


def _end_labels(
    parts: list[tuple[str, pd.DataFrame]], x: Measure, y: Measure
) -> list[dict[str, Any]]:
    ends = [(name, part.dropna(subset=[y.column]).tail(1)) for name, part in parts]
    ends = [(name, last) for name, last in ends if len(last)]
    heights = [float(last[y.column].iloc[0]) for _, last in ends]
    values = np.concatenate([part[y.column].dropna() for _, part in parts])
    pixels = _HEIGHT / (float(np.ptp(values)) or 1.0)
    return [
        {
            "x": inputs.positions(last[x.column])[0],
            "y": inputs.six_digits([height])[0],
            "yshift": shift,
            "xanchor": "left",
            "xshift": 10,
            "showarrow": False,
            "text": template.plain(name),
        }
        for (name, last), height, shift in zip(
            ends, heights, _apart([h * pixels for h in heights]), strict=True
        )
    ]


def _apart(heights: list[float]) -> list[int]:
    """Return how far to move each label up so that no two touch."""
    shifts = [0] * len(heights)
    floor = -np.inf
    for i in np.argsort(heights, kind="stable"):
        place = max(heights[i], floor)
        shifts[i] = round(place - heights[i])
        floor = place + _LABEL_GAP
    return shifts
