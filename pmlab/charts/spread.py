"""How uncertain it is: the histogram of a simulation."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab import _arguments
from pmlab.charts import inputs, template
from pmlab.charts.chart import Chart, draw
from pmlab.charts.measures import Measure, axis, measure, quantity
from pmlab.results import Result

_LABEL_HEIGHT = 20  # pixels of a label above the drawing
_LETTERS = 75  # that fit above the drawing in one row


def histogram(
    data: object,
    *,
    value_column: str = "outcome",
    unit: str | None = None,
    quantiles: Sequence[float] = (0.05, 0.5, 0.95),
    reference: float | None = None,
    bins: int = 40,
    title: str | None = None,
    finding: str | None = None,
) -> Chart:
    """Draw how often each size of a value occurs, and mark quantiles.

    The counts are made here, so the chart stays small however many values there are.

    Args:
        data: Values, a table that holds them, or a result with ``outcomes`` such as
            ``pmlab.market.simulate`` returns.
        value_column: Column of the values; for plain values, what they are.
        unit: Unit of the values; by default it follows from the column's name.
        quantiles: Fractions from 0 to 1; each gets a line with its value.
        reference: A value to compare with, such as 0 for "does it pay"; the share of
            values below it is reported.
        bins: Number of bars.
        title: The message; by default the median and the outer quantiles.
        finding: The finding; by default the quantiles and the share below
            ``reference``.

    Returns:
        The chart; its table has one row for each quantile and one for the mean.

    Raises:
        ColumnsMissingError: If the column does not exist.
        ValueError: If there are no values, one is missing, a quantile is outside 0 to
            1, or all values are the same.

    Examples:
        >>> chart = histogram(range(101), value_column="cost_usd", reference=20)
        >>> chart.title
        'Cost: half of the outcomes lie below $50'
        >>> chart.finding
        '90 % of 101 outcomes lie between $5 and $95; the median is $50. 19.8 % lie
        below $20.'
    """
    values = _values(data, value_column)
    shares = sorted(_arguments.rate("quantiles", share) for share in quantiles)
    of = measure(value_column, unit=unit)
    frame = _quantile_table(values, shares, of.column)
    median = of.text(float(np.median(values)))
    title = title or f"{of.label}: half of the outcomes lie below {median}"
    limit = None if reference is None else _arguments.number("reference", reference)
    counts, edges = np.histogram(values, bins=_arguments.whole("bins", bins, minimum=2))
    return draw(
        traces=[_histogram_trace(counts, edges, of)],
        layout=_histogram_layout(
            title, frame, of=of, reference=limit, width=float(np.ptp(values))
        ),
        title=title,
        finding=finding or _histogram_finding(values, shares, of, limit),
        table=frame,
        measures=(Measure(column="statistic", label="Statistic"), of),
    )


def _values(data: object, value_column: str) -> npt.NDArray[np.float64]:
    if isinstance(data, Result) and hasattr(data, "outcomes"):
        data = data.outcomes
    plain = isinstance(data, Sequence | np.ndarray | pd.Series)
    if plain and not isinstance(data, str):
        array = np.asarray(data)
        if array.ndim != 1:
            raise ValueError(
                f"data has shape {array.shape}, must be one list of numbers"
            )
        data = {value_column: array}
    values = inputs.numeric(inputs.table(data, value_column), value_column)
    if values.min() == values.max():
        raise ValueError(
            f"{value_column} holds only the value {values[0]:g}, must vary; "
            "there is no spread to draw"
        )
    return values


def _quantile_table(
    values: npt.NDArray[np.float64], shares: list[float], column: str
) -> pd.DataFrame:
    names = ["Median" if share == 0.5 else f"P{100 * share:g}" for share in shares]
    numbers = [*np.quantile(values, shares), values.mean()]
    return pd.DataFrame({"statistic": [*names, "Mean"], column: numbers})


def _histogram_trace(
    counts: npt.NDArray[np.int64], edges: npt.NDArray[np.float64], of: Measure
) -> dict[str, Any]:
    ends = [of.text(edge) for edge in edges]
    ranges = [f"{a} to {b}" for a, b in itertools.pairwise(ends)]
    return {
        "type": "bar",
        "x": inputs.six_digits((edges[:-1] + edges[1:]) / 2),
        "y": counts.tolist(),
        "width": inputs.six_digits([edges[1] - edges[0]])[0],
        "hovertext": [template.plain(text) for text in ranges],
        "hovertemplate": "%{hovertext}: %{y}<extra></extra>",
        "marker": {"color": template.BLUE, "line": {"color": "white", "width": 1}},
    }


def _histogram_layout(
    title: str,
    frame: pd.DataFrame,
    *,
    of: Measure,
    reference: float | None,
    width: float,
) -> dict[str, Any]:
    marks = [
        (float(value), f"{name} {of.text(value)}", "dash")
        for name, value in frame.itertuples(index=False)
        if name != "Mean"
    ]
    if reference is not None:
        marks.append((reference, f"Reference {of.text(reference)}", "solid"))
    marks.sort()
    rows = _rows_of_labels([(value, len(text)) for value, text, _ in marks], width)
    built = template.layout(
        title,
        plot_height=260,
        xaxis=axis(of),
        yaxis={"title": {"text": "Outcomes in each bar"}},
        shapes=[template.upright(value, dash) for value, _, dash in marks],
        annotations=[
            _above(value, text, row=row)
            for (value, text, _), row in zip(marks, rows, strict=True)
        ],
    )
    room = _LABEL_HEIGHT * (1 + max(rows, default=-1))
    built["margin"]["t"] += room
    built["height"] += room
    return built


def _rows_of_labels(labels: list[tuple[float, int]], width: float) -> list[int]:
    """Return the row above the drawing in which each label touches no other.

    Args:
        labels: Place on the axis and number of letters of each, from left to right.
        width: Length of the axis, in its unit; about 75 letters fit.

    Returns:
        Row of each label, 0 is the lowest.
    """
    ends: list[float] = []
    rows = []
    for place, letters in labels:
        half = (letters + 2) / 2 * width / _LETTERS
        free = [row for row, end in enumerate(ends) if end <= place - half]
        row = free[0] if free else len(ends)
        ends[row : row + 1] = [place + half]
        rows.append(row)
    return rows


def _above(value: float, text: str, *, row: int) -> dict[str, Any]:
    return {
        "x": inputs.six_digits([value])[0],
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "yshift": _LABEL_HEIGHT * row,
        "showarrow": False,
        "text": template.plain(text),
        "bgcolor": "white",
    }


def _histogram_finding(
    values: npt.NDArray[np.float64],
    shares: list[float],
    of: Measure,
    reference: float | None,
) -> str:
    median = f"the median is {of.text(float(np.median(values)))}."
    text = f"{len(values):,} outcomes; {median}"
    if len(shares) > 1:
        low, high = (
            of.text(float(np.quantile(values, s))) for s in shares[:: len(shares) - 1]
        )
        text = (
            f"{100 * (shares[-1] - shares[0]):g} % of {len(values):,} outcomes lie "
            f"between {low} and {high}; {median}"
        )
    if reference is None:
        return text
    below = quantity(float((values < reference).mean()), "%")
    return f"{text} {below} lie below {of.text(reference)}."
