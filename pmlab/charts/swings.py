"""Which input matters most: the tornado."""

from typing import Any

import numpy as np
import pandas as pd

from pmlab import _arguments
from pmlab.charts import inputs, template
from pmlab.charts.chart import Chart, draw
from pmlab.charts.measures import Measure, measure
from pmlab.charts.rows import bar, rows_layout, span
from pmlab.results import Result


def tornado(
    data: object,
    *,
    base: float | None = None,
    label_column: str = "input",
    low_column: str = "outcome_at_low",
    high_column: str = "outcome_at_high",
    unit: str = "",
    outcome: str = "Outcome",
    title: str | None = None,
    finding: str | None = None,
) -> Chart:
    """Draw how far each input moves the outcome when it alone goes low or high.

    The input with the widest swing is on top. The side of a low input is plain, the
    side of a high input is hatched, so the two differ without color.

    Args:
        data: A table with one row for each input, or the result of
            ``pmlab.market.tornado``.
        base: Outcome with all inputs at their middle, in the outcome's unit; by default
            the base of the result.
        label_column: Column of the names of the inputs.
        low_column: Column of the outcome when the input is low.
        high_column: Column of the outcome when the input is high.
        unit: Unit of the outcome.
        outcome: Name of the outcome, for axis and table.
        title: The message; by default it names the input that matters most.
        finding: The finding; by default widest and narrowest swing, and which inputs
            alone turn the sign.

    Returns:
        The chart; its table adds ``swing``, the distance between the two outcomes.

    Raises:
        ColumnsMissingError: If a column does not exist.
        TypeError: If the outcomes are not numbers.
        ValueError: If the table is empty, a value is missing or an input repeats, or
            ``base`` is neither given nor in the result.

    Examples:
        >>> swings = {
        ...     "input": ["price", "churn"],
        ...     "outcome_at_low": [-20, 30],
        ...     "outcome_at_high": [90, 45],
        ... }
        >>> chart = tornado(swings, base=40, unit="USD", outcome="Value")
        >>> chart.title
        'Price matters most: Value from -$20 to $90'
        >>> chart.finding
        'Base: $40. Widest swing: price ($110). Narrowest: churn ($15). Alone able to
        turn the sign: price.'
    """
    middle = _base(data, base)
    frame = _swings(inputs.table(data, label_column, low_column, high_column))
    result = Measure(column="base", label=outcome, unit=unit)
    widest = frame.iloc[0]
    ends = sorted([widest[low_column], widest[high_column]])
    title = title or (
        f"{template.sentence(str(widest[label_column]))} matters most: {outcome} "
        f"from {result.text(ends[0])} to {result.text(ends[1])}"
    )
    columns = ((low_column, "input low"), (high_column, "input high"))
    outcomes = frame[[low_column, high_column]].to_numpy().ravel()
    return draw(
        traces=[_side(frame, column, middle, result) for column, _ in columns],
        layout=_tornado_layout(
            title, frame, middle, result, span(outcomes, base=middle)
        ),
        title=title,
        finding=finding or _tornado_finding(frame, middle, result),
        table=frame,
        measures=(
            measure(label_column, unit=""),
            *(measure(c, unit=unit, label=f"{outcome}, {w}") for c, w in columns),
            measure("swing", unit=unit),
        ),
    )


def _base(data: object, base: float | None) -> float:
    found = getattr(data, "base", None) if isinstance(data, Result) else None
    if base is None and found is None:
        raise ValueError(
            "base == None, must be the outcome with all inputs at their middle"
        )
    return _arguments.number("base", found if base is None else base)


def _swings(frame: pd.DataFrame) -> pd.DataFrame:
    label, low, high = frame.columns
    inputs.free(frame, "swing")
    inputs.labels(frame, label)
    swing = np.abs(inputs.numeric(frame, high) - inputs.numeric(frame, low))
    return frame.assign(swing=swing).sort_values(
        "swing", ascending=False, kind="stable", ignore_index=True
    )


def _side(
    frame: pd.DataFrame, column: str, base: float, result: Measure
) -> dict[str, Any]:
    is_low = column == frame.columns[1]
    values = frame[column]
    color = template.BLUE if is_low else template.VERMILION
    side = "input low" if is_low else "input high"
    return bar(frame.iloc[:, 0], inputs.six_digits(values - base)) | {
        "name": side,
        "base": inputs.six_digits([base])[0],
        "marker": {"color": color, "pattern": {"shape": "" if is_low else "/"}},
        "text": [template.plain(result.text(value)) for value in values],
        "textposition": "outside",
        "hovertemplate": f"%{{y}}, {side}: %{{text}}<extra></extra>",
    }


def _tornado_layout(
    title: str, frame: pd.DataFrame, base: float, result: Measure, ends: list[float]
) -> dict[str, Any]:
    built = rows_layout(title, rows=len(frame), x=result, span=ends)
    built["shapes"] = [
        {"type": "line", "x0": base, "x1": base, "yref": "paper", "y0": 0, "y1": 1}
    ]
    legend = {
        "orientation": "h",
        "x": 1,
        "xanchor": "right",
        "y": 1,
        "yanchor": "bottom",
    }
    built |= {"barmode": "overlay", "showlegend": True, "legend": legend}
    built["margin"]["t"] += 24
    built["height"] += 24
    return built


def _tornado_finding(frame: pd.DataFrame, base: float, result: Measure) -> str:
    label, low, high, swing = frame.columns
    first, last = frame.iloc[0], frame.iloc[-1]
    text = (
        f"Base: {result.text(base)}. "
        f"Widest swing: {first[label]} ({result.text(first[swing])})."
    )
    if len(frame) > 1:
        text += f" Narrowest: {last[label]} ({result.text(last[swing])})."
    turns = frame[(np.sign(frame[[low, high]]).sum(axis=1)).abs() < 2]
    names = ", ".join(map(str, turns[label]))
    return f"{text} Alone able to turn the sign: {names}." if names else text
