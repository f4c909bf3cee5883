"""A table of numbers with shades: cohorts by age, groups by period."""

from typing import Any

import numpy as np
import pandas as pd

from pmlab.charts import inputs, template
from pmlab.charts.chart import Chart, draw
from pmlab.charts.measures import Measure, measure, quantity

_SHADES = [[0, "#F7FBFF"], [1, "#7FB3D9"]]  # ink stays readable on both ends


def heat_table(
    data: object,
    *,
    row_column: str = "cohort",
    column_column: str = "period",
    value_column: str = "rate",
    unit: str | None = None,
    title: str | None = None,
    finding: str | None = None,
) -> Chart:
    """Draw a grid with the number in each cell, shaded by its size.

    Cells without a value (cohorts that are too young) stay empty, never zero.

    Args:
        data: A tidy table with one row for each cell, or a result such as
            ``pmlab.metrics.cohort_triangle`` returns. A missing value and a missing row
            both mean "not known yet".
        row_column: Column of the rows, such as the cohort; the first is on top.
        column_column: Column of the columns, such as months since the start.
        value_column: Column of the numbers.
        unit: Unit; by default it follows from the column's name.
        title: The message; by default the range of the values.
        finding: The finding; by default largest and smallest cell, and how many cells
            are empty.

    Returns:
        The chart; its table has a row for each row of the grid and a column for each
        of its columns.

    Raises:
        ColumnsMissingError: If a column does not exist.
        TypeError: If the values are not numbers.
        ValueError: If the table is empty, a cell repeats or no cell has a value.

    Examples:
        >>> cells = {"cohort": ["Jan", "Jan", "Feb"], "period": [0, 1, 0],
        ...          "rate": [1.0, 0.4, 1.0]}
        >>> chart = heat_table(cells)
        >>> chart.title
        'Rate: from 40.0 % to 100.0 %'
        >>> chart.finding
        'Largest: 100.0 % (Jan, 0). Smallest: 40.0 % (Jan, 1). 1 of 4 cells is empty:
        not known yet.'
        >>> chart
        Rate: from 40.0 % to 100.0 %
        Largest: 100.0 % (Jan, 0). Smallest: 40.0 % (Jan, 1). 1 of 4 cells is empty:
        not known yet.
        <BLANKLINE>
        Cohort  Period 0 (%)  Period 1 (%)
        Jan          100.0 %        40.0 %
        Feb          100.0 %
    """
    frame = inputs.table(data, row_column, column_column, value_column)
    inputs.unique(frame, row_column, column_column)
    if np.isnan(inputs.numeric(frame, value_column, gaps=True)).all():
        raise ValueError(f"{value_column} has no value at all, must have at least one")
    of = measure(value_column, unit=unit)
    grid = _grid(frame)
    ends = [of.text(extreme) for extreme in (np.nanmin(grid), np.nanmax(grid))]
    title = title or f"{of.label}: from {ends[0]} to {ends[1]}"
    rows, across = (measure(name, unit="") for name in (row_column, column_column))
    return draw(
        traces=[_grid_trace(grid, of)],
        layout=_grid_layout(title, grid, rows, across),
        title=title,
        finding=finding or _grid_finding(grid, of),
        table=_wide(grid, rows),
        measures=(rows, *_column_measures(grid, across, of)),
    )


def _grid(frame: pd.DataFrame) -> pd.DataFrame:
    row, across, value = frame.columns
    grid = frame.set_index([row, across])[value].unstack(across, sort=False)
    if frame[across].dtype.kind in "iufM":
        grid = grid.sort_index(axis=1)
    if frame[row].dtype.kind in "iufM":
        grid = grid.sort_index(axis=0)
    return grid


def _names(index: "pd.Index[Any]") -> list[str]:
    return [str(p) for p in inputs.positions(pd.Series(index))]


def _grid_trace(grid: pd.DataFrame, of: Measure) -> dict[str, Any]:
    values = grid.to_numpy(dtype=float)
    return {
        "type": "heatmap",
        "x": [template.plain(name) for name in _names(grid.columns)],
        "y": [template.plain(name) for name in _names(grid.index)],
        "z": [inputs.six_digits(row) for row in values],
        "text": [[_cell(value, of) for value in row] for row in values],
        "texttemplate": "%{text}",
        "textfont": {"color": template.INK, "size": 14},
        "hovertemplate": "%{y}, %{x}: %{text}<extra></extra>",
        "hoverongaps": False,
        "colorscale": _SHADES,
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
    }


def _cell(value: float, of: Measure) -> str:
    if np.isnan(value):
        return ""
    if of.unit == "%" and (value == 0 or abs(value) >= 0.01):
        return f"{100 * value:.0f} %"
    return template.plain(of.plain(value))


def _grid_layout(
    title: str, grid: pd.DataFrame, rows: Measure, across: Measure
) -> dict[str, Any]:
    built = template.layout(
        title,
        plot_height=max(36 * len(grid), 80),
        xaxis={"title": {"text": across.heading}, "type": "category", "side": "top"},
        yaxis={"title": {"text": rows.heading}, "type": "category"},
    )
    built["xaxis"] |= {"showgrid": False}
    built["yaxis"] |= {"showgrid": False, "autorange": "reversed"}
    built["margin"] |= {"t": built["margin"]["t"] + 46, "b": 12}
    return built


def _wide(grid: pd.DataFrame, rows: Measure) -> pd.DataFrame:
    table = grid.copy()
    table.columns = pd.Index(_names(grid.columns))
    table.insert(0, rows.column, _names(grid.index))
    return table.reset_index(drop=True)


def _column_measures(grid: pd.DataFrame, across: Measure, of: Measure) -> list[Measure]:
    return [
        Measure(column=name, label=f"{across.label} {name}", unit=of.unit)
        for name in _names(grid.columns)
    ]


def _grid_finding(grid: pd.DataFrame, of: Measure) -> str:
    values = grid.to_numpy(dtype=float)
    top, low = (_place(grid, int(f(values)), of) for f in (np.nanargmax, np.nanargmin))
    text = f"Largest: {top}. Smallest: {low}."
    empty = int(np.isnan(values).sum())
    if not empty:
        return text
    verb = "is" if empty == 1 else "are"
    return f"{text} {empty} of {values.size} cells {verb} empty: not known yet."


def _place(grid: pd.DataFrame, flat: int, of: Measure) -> str:
    row, column = divmod(flat, grid.shape[1])
    names = _names(grid.index)[row], _names(grid.columns)[column]
    value = quantity(float(grid.to_numpy()[row, column]), of.unit)
    return f"{value} ({names[0]}, {names[1]})"
