"""Amounts side by side: one bar for each label."""

from collections.abc import Iterable
from typing import Any, Literal

import pandas as pd

from pmlab import _arguments
from pmlab.charts import inputs, template
from pmlab.charts.chart import Chart, draw
from pmlab.charts.measures import Measure, axis, measure

_ROW = 40  # pixels for one bar with its gap


def bars(
    data: object,
    *,
    label_column: str = "label",
    value_column: str = "value",
    unit: str | None = None,
    order: Literal["largest", "given"] = "largest",
    title: str | None = None,
    finding: str | None = None,
) -> Chart:
    """Draw one horizontal bar for each label, with its value written beside it.

    Args:
        data: A table with one row for each label, a result, or ``{label: value}``.
        label_column: Column of the labels; each occurs once.
        value_column: Column of the numbers.
        unit: ``"USD"``, ``"EUR"``, ``"%"`` (values are fractions) or a word; by default
            it follows from the column's name (``revenue_usd``, ``open_rate``).
        order: Largest bar on top, or the order given.
        title: The message; by default it names the largest bar.
        finding: The finding; by default largest and smallest.

    Returns:
        The chart; its table has a row for each bar, from the top.

    Raises:
        ColumnsMissingError: If a column does not exist.
        TypeError: If the values are not numbers.
        ValueError: If the table is empty, a value is missing or a label repeats.

    Examples:
        >>> bars({"Berlin": 120, "Hamburg": 80}, unit="bookings", title="Berlin leads")
        Berlin leads
        Largest: Berlin with 120 bookings. Smallest: Hamburg with 80 bookings.
        <BLANKLINE>
        Label    Value (bookings)
        Berlin                120
        Hamburg                80
    """
    _arguments.choice("order", order, ("largest", "given"))
    frame = inputs.labelled(data, label_column, value_column)
    if order == "largest":
        frame = frame.sort_values(value_column, ascending=False, kind="stable")
    shown = measure(value_column, unit=unit)
    top, low = (_named(frame, shown, pick(frame[value_column])) for pick in (max, min))
    same = len(frame) > 1 and top == low
    words = f"{shown.label}: {top}, the largest of {len(frame)}"
    return _one_bar_each(
        frame,
        label=measure(label_column, unit=""),
        value=shown,
        title=title
        or (f"{shown.label}: all {len(frame)} are equal" if same else words),
        finding=finding
        or (f"{top}." if top == low else f"Largest: {top}. Smallest: {low}."),
    )


def _named(frame: pd.DataFrame, of: Measure, value: float) -> str:
    """Return the labels that have a value (three at most), and the value."""
    names = frame.loc[frame[of.column] == value].iloc[:, 0].tolist()
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{', '.join(names[:3])}{more} with {of.text(value)}"


def _one_bar_each(
    frame: pd.DataFrame, *, label: Measure, value: Measure, title: str, finding: str
) -> Chart:
    values = frame[value.column]
    trace = bar(frame[label.column], inputs.six_digits(values)) | {
        "text": [template.plain(value.text(v)) for v in values],
        "textposition": "outside",
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }
    return draw(
        traces=[trace],
        layout=rows_layout(title, rows=len(frame), x=value, span=span(values)),
        title=title,
        finding=finding,
        table=frame,
        measures=(label, value),
    )


def bar(labels: "pd.Series[Any]", lengths: list[Any]) -> dict[str, Any]:
    """Return a trace of horizontal bars, one for each label."""
    return {
        "type": "bar",
        "orientation": "h",
        "y": [template.plain(label) for label in labels],
        "x": lengths,
        "marker": {"color": template.BLUE},
        "cliponaxis": False,
    }


def rows_layout(
    title: str, *, rows: int, x: Measure, span: list[float]
) -> dict[str, Any]:
    """Return the layout of rows of bars with the first on top."""
    return template.layout(
        title,
        plot_height=max(_ROW * rows, 80),
        xaxis=axis(x) | {"range": span},
        yaxis={"type": "category", "autorange": "reversed", "showgrid": False},
    )


def span(values: Iterable[float], *, base: float = 0.0) -> list[float]:
    """Return a range for an axis that leaves room for values written beside bars.

    Args:
        values: Ends of the bars.
        base: Where the bars start.

    Returns:
        Low and high end.
    """
    ends = [base, *values]
    low, high = min(ends), max(ends)
    room = 0.18 * (high - low or abs(high) or 1.0)
    start = low - room if low < base else low
    stop = high + room if high > base or high == low else high
    return [float(f"{end:.6g}") for end in (start, stop)]
