"""What lines show, in words: change, crossing, the time by which half are gone."""

import numpy as np
import pandas as pd

from pmlab.charts import template
from pmlab.charts.inputs import parts_of
from pmlab.charts.measures import Measure


def line_title(frame: pd.DataFrame, y: Measure, series_column: str | None) -> str:
    """Return the change of the line that changes most, as a title."""
    seen = frame.dropna(subset=[y.column])
    ends = [
        (name, float(part[y.column].iloc[0]), float(part[y.column].iloc[-1]))
        for name, part in parts_of(seen, series_column)
    ]
    name, first, last = max(ends, key=lambda end: abs(end[2] - end[1]))
    subject = f"{y.label} of {name}" if name else y.label
    if first == last:
        return f"{subject} starts and ends at {y.text(last)}"
    verb = "rises" if last > first else "falls"
    return f"{subject} {verb} from {y.text(first)} to {y.text(last)}"


def line_finding(
    frame: pd.DataFrame,
    x: Measure,
    y: Measure,
    series_column: str | None,
    reference: float | None,
) -> str:
    """Return first, last, change and crossings of each line."""
    seen = frame.dropna(subset=[y.column])
    parts = parts_of(seen, series_column)
    sentences = []
    for name, part in parts:
        sentences.append(_change(name or y.label, part, x, y))
        if reference is not None:
            sentences.append(_reaches(part, x, y, reference))
    if len(parts) == 2:
        sentences.append(_passes(parts, x, y))
    known = {name for name, _ in parts}
    sentences.extend(
        f"{name}: no values."
        for name, _ in parts_of(frame, series_column)
        if name not in known
    )
    return " ".join(sentence for sentence in sentences if sentence)


def _at(value: object, x: Measure) -> str:
    if isinstance(value, pd.Timestamp):
        return x.text(value)
    if isinstance(value, str):
        return value
    text = x.plain(value)
    return f"{text} {x.unit}" if x.unit else f"{x.label.lower()} {text}"


def _change(name: str, part: pd.DataFrame, x: Measure, y: Measure) -> str:
    first, last = part.iloc[0], part.iloc[-1]
    if len(part) == 1:
        return f"{name}: {y.text(last[y.column])} ({_at(last[x.column], x)})."
    by = last[y.column] - first[y.column]
    change = (
        f"{'up' if by > 0 else 'down'} by {_difference(by, y)}" if by else "no change"
    )
    return (
        f"{name}: from {y.text(first[y.column])} ({_at(first[x.column], x)}) to "
        f"{y.text(last[y.column])} ({_at(last[x.column], x)}), {change}."
    )


def _difference(by: float, y: Measure) -> str:
    text = y.text(abs(by))
    return f"{text.removesuffix(' %')} percentage points" if y.unit == "%" else text


def _reaches(part: pd.DataFrame, x: Measure, y: Measure, reference: float) -> str:
    above = (part[y.column] >= reference).to_numpy()
    turned = np.flatnonzero(above != above[0])
    limit = y.text(reference)
    if not len(turned):
        return f"It stays {'at or above' if above[0] else 'below'} {limit}."
    where = _at(part[x.column].iloc[int(turned[0])], x)
    return (
        f"It first falls below {limit} at {where}."
        if above[0]
        else f"It first reaches {limit} at {where}."
    )


def _passes(parts: list[tuple[str, pd.DataFrame]], x: Measure, y: Measure) -> str:
    (one, left), (two, right) = parts
    both = left.merge(right, on=x.column, suffixes=("_1", "_2"))
    if both.empty:
        return ""
    ahead = both[f"{y.column}_1"] - both[f"{y.column}_2"]
    gap = np.sign(ahead.to_numpy())
    decided = np.flatnonzero(gap)
    if not len(decided):
        return f"{one} and {two} are equal throughout."
    start = gap[decided[0]]
    turned = np.flatnonzero(gap == -start)
    leader, other = (one, two) if start > 0 else (two, one)
    if not len(turned):
        return f"{leader} is never below {other}."
    return f"{other} passes {leader} at {_at(both[x.column].iloc[int(turned[0])], x)}."


def step_finding(
    frame: pd.DataFrame, x: Measure, y: Measure, series_column: str | None
) -> str:
    """Return the median and the last share of each survival curve."""
    seen = frame.dropna(subset=[y.column])
    return " ".join(
        _median(name, part, x, y) for name, part in parts_of(seen, series_column)
    )


def _median(name: str, part: pd.DataFrame, x: Measure, y: Measure) -> str:
    gone = part[part[y.column] <= 0.5]
    last = part.iloc[-1]
    end = (
        f"{y.text(last[y.column])} are left at {_at(last[x.column], x)}, "
        "the last time seen"
    )
    half = (
        f"half are gone by {_at(gone[x.column].iloc[0], x)}"
        if len(gone)
        else "more than half are still there"
    )
    text = f"{name}: {half}; {end}." if name else f"{half}; {end}."
    return template.sentence(text)
