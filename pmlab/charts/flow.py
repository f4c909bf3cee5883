"""From a start to an end: the parts of a change, the steps of a funnel."""

from typing import Any

import numpy as np
import pandas as pd

from pmlab import _arguments
from pmlab.charts import inputs, template
from pmlab.charts.chart import Chart, draw
from pmlab.charts.measures import Measure, measure
from pmlab.charts.rows import bar, rows_layout, span


def waterfall(
    data: object,
    *,
    label_column: str = "part",
    value_column: str = "contribution",
    start: float = 0.0,
    start_label: str = "Before",
    end_label: str = "After",
    unit: str | None = None,
    title: str | None = None,
    finding: str | None = None,
) -> Chart:
    """Draw how parts add up from a start to an end.

    Each value is written with its sign; what falls is hatched, so that up and down
    differ without color.

    Args:
        data: A table with one row for each part, a result, or ``{part: contribution}``.
        label_column: Column of the names of the parts.
        value_column: Column of the contributions, in the unit of start and end.
        start: Value before the first part.
        start_label: Name of the first bar.
        end_label: Name of the last bar, which is the start plus all parts.
        unit: Unit; by default it follows from the column's name.
        title: The message; by default the total change and its largest part.
        finding: The finding; by default start, each part and end.

    Returns:
        The chart; its table has start, parts and end with the running ``total``.

    Raises:
        ColumnsMissingError: If a column does not exist.
        TypeError: If the contributions are not numbers.
        ValueError: If the table is empty, a value is missing or a part repeats.

    Examples:
        >>> chart = waterfall({"visits": 30, "price": -12}, start=100, unit="USD")
        >>> chart.title
        'Up by $18, most of it through visits (+$30)'
        >>> chart.finding
        'Before: $100. visits: +$30. price: -$12. After: $118.'
    """
    frame = inputs.labelled(data, label_column, value_column)
    part = measure(value_column, unit=unit)
    first = _arguments.number("start", start)
    text = [_signed(value, part) for value in frame[value_column]]
    title = title or _waterfall_title(frame, text, part)
    steps = _running(frame, first, (start_label, end_label))
    ends = [part.text(total) for total in steps["total"].iloc[[0, -1]]]
    texts = [ends[0], *text, ends[1]]
    sentences = (f"{n}: {t}." for n, t in zip(steps[label_column], texts, strict=True))
    return draw(
        traces=[_waterfall_trace(steps, texts)],
        layout=rows_layout(title, rows=len(steps), x=part, span=span(steps["total"])),
        title=title,
        finding=finding or " ".join(sentences),
        table=steps,
        measures=(
            measure(label_column, unit=""),
            part,
            measure("total", unit=part.unit, label="Running total"),
        ),
    )


def _signed(value: float, of: Measure) -> str:
    return f"+{of.text(value)}" if value > 0 else of.text(value)


def _waterfall_title(frame: pd.DataFrame, texts: list[str], part: Measure) -> str:
    values = frame[part.column].to_numpy()
    change = float(values.sum())
    if not np.any(values * np.sign(change) > 0):
        return "No change in total"
    row = int(np.argmax(values * np.sign(change)))
    verb = "Up" if change > 0 else "Down"
    name = str(frame.iloc[row, 0])
    return (
        f"{verb} by {part.text(abs(change))}, most of it through {name} ({texts[row]})"
    )


def _running(frame: pd.DataFrame, start: float, names: tuple[str, str]) -> pd.DataFrame:
    inputs.free(frame, "total")
    label, value = frame.columns
    totals = start + frame[value].cumsum()
    return pd.DataFrame(
        {
            label: [names[0], *frame[label], names[1]],
            value: [np.nan, *frame[value], np.nan],
            "total": [start, *totals, totals.iloc[-1]],
        }
    )


def _waterfall_trace(steps: pd.DataFrame, texts: list[str]) -> dict[str, Any]:
    total = steps["total"].to_numpy()
    before = np.array([0.0, *total[:-2], 0.0])
    falls = [bool(change < 0) for change in steps.iloc[:, 1]]
    return bar(steps.iloc[:, 0], inputs.six_digits(total - before)) | {
        "base": inputs.six_digits(before),
        "marker": {
            "color": [_color(change) for change in steps.iloc[:, 1]],
            "pattern": {"shape": ["/" if fall else "" for fall in falls]},
        },
        "text": [template.plain(text) for text in texts],
        "textposition": "outside",
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }


def _color(change: float) -> str:
    if np.isnan(change):
        return template.GREY
    return template.VERMILION if change < 0 else template.BLUE


def funnel(
    data: object,
    *,
    step_column: str = "step",
    count_column: str = "users",
    unit: str | None = None,
    title: str | None = None,
    finding: str | None = None,
) -> Chart:
    """Draw how many remain at each step, and the share of the step before.

    Args:
        data: A table with one row for each step in order, a result, or
            ``{step: count}``.
        step_column: Column of the steps.
        count_column: Column of the counts; none is larger than the one before.
        unit: What is counted; by default it follows from the column's name.
        title: The message; by default the step that loses most.
        finding: The finding; by default each step's share of the one before, and the
            share that reaches the end.

    Returns:
        The chart; its table adds ``share_of_previous`` and ``share_of_first``.

    Raises:
        ColumnsMissingError: If a column does not exist.
        TypeError: If the counts are not numbers.
        ValueError: If a count is negative or grows from one step to the next, or the
            first is zero.

    Examples:
        >>> chart = funnel({"visit": 1000, "search": 400, "book": 40})
        >>> chart.title
        'Search to book loses most: 10.0 % go on'
        >>> chart.finding
        '1,000 users start; visit to search: 40.0 %; search to book: 10.0 %. 4.0 % of
        the first step reach the last.'
    """
    frame = inputs.labelled(data, step_column, count_column)
    frame = _with_rates(frame, count_column)
    of = measure(count_column, unit=unit)
    shares = (
        measure("share_of_previous", unit="%", label="Share of the step before"),
        measure("share_of_first", unit="%", label="Share of the first step"),
    )
    pairs = _pairs(frame, step_column, shares[0])
    title = title or _funnel_title(frame, pairs, of)
    trace = bar(frame[step_column], inputs.six_digits(frame[count_column])) | {
        "text": [_step_text(row, of, shares[0]) for row in frame.to_dict("records")],
        "textposition": "outside",
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }
    ends = span([*frame[count_column], 1.3 * frame[count_column].max()])
    return draw(
        traces=[trace],
        layout=rows_layout(title, rows=len(frame), x=of, span=ends),
        title=title,
        finding=finding or _funnel_finding(frame, pairs, of),
        table=frame,
        measures=(measure(step_column, unit=""), of, *shares),
    )


def _with_rates(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    inputs.free(frame, "share_of_previous", "share_of_first")
    counts = frame[column]
    for count in counts:
        _arguments.not_negative(column, count)
    _arguments.positive(f"first {column}", float(counts.iloc[0]))
    before = counts.shift()
    if (counts > before).any():
        row = int((counts > before).to_numpy().argmax())
        raise ValueError(
            f"{column} == {counts.iloc[row]:g} of {frame.iloc[row, 0]!r} is more than "
            f"the {counts.iloc[row - 1]:g} of the step before, must not grow; count "
            "each user once and in order"
        )
    return frame.assign(
        share_of_previous=counts / before.where(before > 0),
        share_of_first=counts / counts.iloc[0],
    )


def _step_text(row: dict[Any, Any], of: Measure, share: Measure) -> str:
    text = of.plain(row[of.column])
    part = share.text(row[share.column])
    return template.plain(f"{text} ({part} of step before)" if part else text)


def _pairs(frame: pd.DataFrame, step_column: str, share: Measure) -> list[str]:
    names = frame[step_column].astype(str)
    rates = frame[share.column].iloc[1:]
    return [
        f"{a} to {b}: {share.text(rate) or 'no one left before it'}"
        for a, b, rate in zip(names[:-1], names[1:], rates, strict=True)
    ]


def _funnel_title(frame: pd.DataFrame, pairs: list[str], of: Measure) -> str:
    if frame["share_of_previous"].isna().all():
        return f"One step with {of.text(frame[of.column].iloc[0])}"
    worst = int(frame["share_of_previous"].iloc[1:].argmin())
    steps, _, rate = pairs[worst].rpartition(": ")
    return f"{template.sentence(steps)} loses most: {rate} go on"


def _funnel_finding(frame: pd.DataFrame, pairs: list[str], of: Measure) -> str:
    start = f"{of.text(frame[of.column].iloc[0])} start"
    end = measure("share_of_first", unit="%").text(frame["share_of_first"].iloc[-1])
    return f"{'; '.join([start, *pairs])}. {end} of the first step reach the last."
