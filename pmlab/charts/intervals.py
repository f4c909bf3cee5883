"""Estimates with their intervals, against a line that means "no effect"."""

from typing import Any

import pandas as pd

from pmlab import _arguments
from pmlab.charts import inputs, template
from pmlab.charts.chart import Chart, draw
from pmlab.charts.measures import Measure, axis, measure


def interval_plot(
    data: object,
    *,
    label_column: str = "label",
    estimate_column: str = "estimate",
    low_column: str = "low",
    high_column: str = "high",
    reference: float | None = 0.0,
    unit: str | None = None,
    title: str | None = None,
    finding: str | None = None,
) -> Chart:
    """Draw estimates as points with their intervals, and a line to compare with.

    Args:
        data: A table with one row for each estimate, or a result.
        label_column: Column of the names of the estimates.
        estimate_column: Column of the estimates.
        low_column: Column of the lower ends of the intervals.
        high_column: Column of the upper ends.
        reference: Value that means "no effect"; ``None`` for no line.
        unit: Unit of estimates and ends; by default it follows from the column's name.
        title: The message; by default how many intervals exclude the reference.
        finding: The finding; by default each estimate with its interval (six at most).

    Returns:
        The chart.

    Raises:
        ColumnsMissingError: If a column does not exist.
        TypeError: If a column holds no numbers.
        ValueError: If a value is missing, a label repeats, or an estimate lies outside
            its interval.

    Examples:
        >>> effects = {"label": ["search", "price"], "estimate": [0.02, 0.05],
        ...            "low": [-0.01, 0.01], "high": [0.05, 0.09]}
        >>> chart = interval_plot(effects, unit="%")
        >>> chart.title
        '1 of 2 intervals lies entirely above 0.0 %, 0 below'
        >>> chart.finding
        'search: 2.0 % (-1.0 % to 5.0 %). price: 5.0 % (1.0 % to 9.0 %).'
    """
    columns = (estimate_column, low_column, high_column)
    frame = inputs.table(data, label_column, *columns)
    inputs.labels(frame, label_column)
    _checked_intervals(frame, label_column, columns)
    of = measure(estimate_column, unit=unit)
    limit = None if reference is None else _arguments.number("reference", reference)
    title = title or _interval_title(frame, columns, of, limit)
    lows, highs = (
        measure(column, unit=of.unit, label=label)
        for column, label in ((low_column, "Low"), (high_column, "High"))
    )
    return draw(
        traces=[_interval_trace(frame, label_column, columns, of)],
        layout=_interval_layout(title, len(frame), of, limit),
        title=title,
        finding=finding or _interval_sentences(frame, label_column, columns, of),
        table=frame,
        measures=(measure(label_column, unit=""), of, lows, highs),
    )


def _checked_intervals(
    frame: pd.DataFrame, label_column: str, columns: tuple[str, str, str]
) -> None:
    estimate, low, high = (inputs.numeric(frame, column) for column in columns)
    outside = (estimate < low) | (estimate > high)
    if outside.any():
        row = int(outside.argmax())
        raise ValueError(
            f"{columns[0]} == {estimate[row]:g} of {frame[label_column].iloc[row]!r} "
            f"lies outside its interval {low[row]:g} to {high[row]:g}, must be inside; "
            "check which column is low and which is high"
        )


def _interval_title(
    frame: pd.DataFrame,
    columns: tuple[str, str, str],
    of: Measure,
    reference: float | None,
) -> str:
    if reference is None:
        top = of.text(frame[columns[0]].max())
        return f"{of.label} with intervals: the largest is {top}"
    above = int((frame[columns[1]] > reference).sum())
    below = int((frame[columns[2]] < reference).sum())
    verb = "lies" if above == 1 else "lie"
    return (
        f"{above} of {len(frame)} intervals {verb} entirely above "
        f"{of.text(reference)}, {below} below"
    )


def _interval_sentences(
    frame: pd.DataFrame, label_column: str, columns: tuple[str, str, str], of: Measure
) -> str:
    return " ".join(
        f"{row[label_column]}: {of.text(row[columns[0]])} "
        f"({of.text(row[columns[1]])} to {of.text(row[columns[2]])})."
        for row in frame.head(6).to_dict("records")
    )


def _interval_trace(
    frame: pd.DataFrame, label_column: str, columns: tuple[str, str, str], of: Measure
) -> dict[str, Any]:
    estimate, low, high = (frame[column] for column in columns)
    bounds = {
        "type": "data",
        "symmetric": False,
        "array": inputs.six_digits(high - estimate),
        "arrayminus": inputs.six_digits(estimate - low),
        "thickness": 2,
        "width": 6,
    }
    ends = zip(estimate, low, high, strict=True)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": inputs.six_digits(estimate),
        "y": [template.plain(label) for label in frame[label_column]],
        "error_x": bounds,
        "hovertext": [
            template.plain(f"{of.text(e)} ({of.text(a)} to {of.text(b)})")
            for e, a, b in ends
        ],
        "hovertemplate": "%{y}: %{hovertext}<extra></extra>",
        "marker": {"color": template.BLUE, "size": 11},
    }


def _interval_layout(
    title: str, rows: int, of: Measure, reference: float | None
) -> dict[str, Any]:
    built = template.layout(
        title,
        plot_height=max(44 * rows, 80),
        xaxis=axis(of),
        yaxis={"type": "category", "autorange": "reversed", "showgrid": False},
    )
    if reference is not None:
        built["shapes"] = [template.upright(reference, "dash")]
    return built
