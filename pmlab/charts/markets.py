"""Markets inside markets: TAM, SAM, SOM."""

from typing import Any, Literal

import numpy as np
import pandas as pd

from pmlab import _arguments
from pmlab.charts import inputs, template
from pmlab.charts.chart import Chart, draw
from pmlab.charts.measures import Measure, measure
from pmlab.charts.rows import bar, rows_layout, span


def nested(
    data: object,
    *,
    label_column: str = "level",
    value_column: str = "value",
    unit: str | None = None,
    scale: Literal["linear", "log"] = "linear",
    title: str | None = None,
    finding: str | None = None,
) -> Chart:
    """Draw markets inside markets (TAM, SAM, SOM), each as a share of the one above.

    On the linear scale bars start at zero. On the log scale, for a SOM too small to be
    seen, points replace bars, as the length of a bar means nothing there.

    Args:
        data: A table with one row for each level, a result, or ``{"TAM": 9e8, ...}``.
        label_column: Column of the levels, the widest first.
        value_column: Column of the sizes.
        unit: Unit of the sizes; by default it follows from the column's name.
        scale: Linear or logarithmic axis.
        title: The message; by default the last level as a share of the first.
        finding: The finding; by default each size with its share.

    Returns:
        The chart; its table adds ``share_of_previous`` and ``share_of_first``.

    Raises:
        ColumnsMissingError: If a column does not exist.
        TypeError: If the sizes are not numbers.
        ValueError: If a size is not above zero, or a level is larger than the one that
            should hold it.

    Examples:
        >>> chart = nested({"TAM": 900e6, "SAM": 180e6, "SOM": 4.5e6}, unit="USD")
        >>> chart.title
        'SOM is 0.5 % of TAM'
        >>> chart.finding
        'TAM: $900 M. SAM: $180 M (20.0 % of TAM). SOM: $4.5 M (2.5 % of SAM).'
    """
    _arguments.choice("scale", scale, ("linear", "log"))
    frame = _with_shares(
        inputs.labelled(data, label_column, value_column), label_column, value_column
    )
    size = measure(value_column, unit=unit)
    share = measure(
        "share_of_first", unit="%", label=f"Share of {frame[label_column].iloc[0]}"
    )
    before = measure("share_of_previous", unit="%", label="Share of the level above")
    sentences = _nested_sentences(frame, label_column, size)
    ends = frame[label_column].iloc[[0, -1]].tolist()
    title = title or (
        f"{ends[1]} is {share.text(frame[share.column].iloc[-1])} of {ends[0]}"
    )
    return draw(
        traces=[_nested_trace(frame, label_column, size, scale)],
        layout=_nested_layout(title, frame, size, scale),
        title=title,
        finding=finding or " ".join(sentences),
        table=frame,
        measures=(measure(label_column, unit=""), size, before, share),
    )


def _with_shares(frame: pd.DataFrame, label_column: str, column: str) -> pd.DataFrame:
    inputs.free(frame, "share_of_previous", "share_of_first")
    sizes = frame[column]
    for label, value in zip(frame[label_column], sizes, strict=True):
        _arguments.positive(f"{column} of {label}", value)
    share = sizes / sizes.shift()
    if (share > 1).any():
        row = int((share > 1).to_numpy().argmax())
        inner, outer = frame[label_column].iloc[[row, row - 1]]
        raise ValueError(
            f"{inner} == {sizes.iloc[row]:g} is larger than {outer} == "
            f"{sizes.iloc[row - 1]:g}, must be part of it; order the levels from the "
            "widest to the narrowest and check the units"
        )
    return frame.assign(share_of_previous=share, share_of_first=sizes / sizes.iloc[0])


def _nested_sentences(
    frame: pd.DataFrame, label_column: str, size: Measure
) -> list[str]:
    share = measure("share_of_previous", unit="%")
    labels = frame[label_column].tolist()
    sentences = [f"{labels[0]}: {size.text(frame[size.column].iloc[0])}."]
    for i, label in enumerate(labels[1:], start=1):
        part = share.text(frame["share_of_previous"].iloc[i])
        text = size.text(frame[size.column].iloc[i])
        sentences.append(f"{label}: {text} ({part} of {labels[i - 1]}).")
    return sentences


def _nested_trace(
    frame: pd.DataFrame, label_column: str, size: Measure, scale: str
) -> dict[str, Any]:
    trace = bar(frame[label_column], inputs.six_digits(frame[size.column])) | {
        "text": [template.plain(size.text(value)) for value in frame[size.column]],
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }
    if scale == "linear":
        return trace | {"textposition": "outside"}
    marker = {"color": template.BLUE, "size": 14}
    points = {
        "type": "scatter",
        "mode": "markers+text",
        "textposition": "middle right",
        "marker": marker,
    }
    return {k: v for k, v in trace.items() if k != "orientation"} | points


def _nested_layout(
    title: str, frame: pd.DataFrame, size: Measure, scale: str
) -> dict[str, Any]:
    sizes = frame[size.column]
    built = rows_layout(title, rows=len(frame), x=size, span=span(sizes))
    if scale == "log":
        low, high = np.log10(sizes.min()), np.log10(sizes.max())
        room = 0.25 * max(high - low, 1.0)
        ends = [round(float(end), 3) for end in (low - room / 2, high + room)]
        built["xaxis"] |= {"type": "log", "range": ends, "dtick": 1}
        built["xaxis"]["title"] = {"text": f"{size.heading}, log scale"}
    return built
