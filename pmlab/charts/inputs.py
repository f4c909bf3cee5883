"""From what the caller has (a table, a result, a mapping) to a checked pandas table."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab import _arguments

_NUMBERS = frozenset(
    ("decimal", "empty", "floating", "integer", "integer-na", "mixed-integer-float")
)


def table(data: object, *needed: str) -> pd.DataFrame:
    """Return ``data`` as a pandas table with the needed columns and at least one row.

    Args:
        data: A pandas, Polars, DuckDB or Arrow table, a result with ``to_frame()``, or
            a mapping of columns.
        *needed: Columns the chart draws; others are left out.

    Returns:
        A new table of the needed columns with a plain index.

    Raises:
        ColumnsMissingError: If a column does not exist.
        ValueError: If there is no row, or a column is named or present twice.
    """
    frame = _as_pandas(data)
    _arguments.columns(frame.columns, *needed)
    if frame.empty:
        raise ValueError(
            "data has 0 rows, must have at least 1; check the filter before the chart"
        )
    chosen = frame.loc[:, list(needed)].reset_index(drop=True)
    if not chosen.columns.is_unique:
        raise ValueError(
            f"columns == {', '.join(map(str, chosen.columns))}, must differ; "
            "name each with its *_column argument"
        )
    return chosen


def labelled(data: object, label_column: str, value_column: str) -> pd.DataFrame:
    """Return a table of one number for each label, or raise.

    Accepts what ``table`` accepts, ``{label: number}``, and a pandas Series whose index
    holds the labels.
    """
    if isinstance(data, pd.Series):
        data = {label_column: data.index, value_column: data.to_numpy()}
    elif isinstance(data, Mapping) and all(np.ndim(v) == 0 for v in data.values()):
        data = {label_column: list(data), value_column: list(data.values())}
    frame = table(data, label_column, value_column)
    labels(frame, label_column)
    numeric(frame, value_column)
    return frame


def free(frame: pd.DataFrame, *made: str) -> None:
    """Raise if a column has the name of one that the chart makes."""
    taken = [name for name in made if name in frame.columns]
    if taken:
        raise ValueError(
            f"column {taken[0]!r} has a name that this chart gives to a column of its "
            "own; rename it first"
        )


def labels(frame: pd.DataFrame, column: str) -> None:
    """Turn a column into texts, in place of the given table; each must occur once."""
    unique(frame, column)
    frame[column] = pd.Series(map(str, positions(frame[column])), dtype=object)


def _as_pandas(data: object) -> pd.DataFrame:
    if isinstance(data, Mapping):
        return pd.DataFrame(data)
    if isinstance(data, pd.DataFrame):
        return data
    if hasattr(data, "to_frame"):
        return _as_pandas(data.to_frame())
    import narwhals.stable.v2 as nw

    native = nw.from_native(data, pass_through=True)
    if isinstance(native, nw.LazyFrame):
        native = native.collect()
    if isinstance(native, nw.DataFrame):
        return native.to_pandas()
    raise TypeError(
        f"data is a {type(data).__name__}, must be a table or a result with to_frame()"
    )


def unique(frame: pd.DataFrame, *columns: str) -> None:
    """Raise unless each combination of the columns occurs once and none is missing."""
    keys = frame.loc[:, list(columns)]
    if keys.isna().any(axis=None):
        raise ValueError(
            f"{' and '.join(columns)} has missing labels; fill or drop them first"
        )
    repeated = keys[keys.duplicated()]
    if len(repeated):
        raise ValueError(
            f"{' and '.join(columns)} == {tuple(repeated.iloc[0])} occurs more than "
            "once, must be unique; add up or average the rows first"
        )


def numeric(
    frame: pd.DataFrame, column: str, *, gaps: bool = False
) -> npt.NDArray[np.float64]:
    """Turn a column into finite floats, in place of the given table, and return it.

    Args:
        frame: A table made by ``table``; it belongs to the chart.
        column: The column.
        gaps: Whether missing values may stand (they are drawn as empty).

    Returns:
        The values.

    Raises:
        TypeError: If the column holds texts or booleans.
        ValueError: If a value is infinite, or missing and ``gaps`` is false.
    """
    values = _floats(frame, column)
    if gaps:
        _arguments.finite_array(column, np.where(np.isnan(values), 0.0, values))
    else:
        _arguments.finite_array(column, values)
    frame[column] = values
    return values


def _floats(frame: pd.DataFrame, column: str) -> npt.NDArray[np.float64]:
    values = frame[column]
    if pd.api.types.infer_dtype(values, skipna=True) not in _NUMBERS:
        raise TypeError(
            f"column {column!r} holds {values.dtype} values, must hold numbers; "
            "convert it with pandas.to_numeric"
        )
    return values.to_numpy(dtype=float, na_value=np.nan)


def six_digits(values: Iterable[float]) -> list[float | int | None]:
    """Round to six significant digits, so that stored charts are the same everywhere.

    >>> six_digits([1234567.89, 0.1 + 0.2, float("nan")])
    [1234570, 0.3, None]
    """
    return [_six(float(value)) for value in values]


def _six(value: float) -> float | int | None:
    if value != value:  # noqa: PLR0124
        return None
    rounded = float(f"{value:.6g}")
    return int(rounded) if rounded == int(rounded) else rounded


def positions(values: "pd.Series[Any]") -> list[Any]:
    """Return what plotly writes on an axis: ISO dates, rounded numbers or texts."""
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        days = (values.dt.normalize() == values).all()
        written = values.dt.strftime("%Y-%m-%d" if days else "%Y-%m-%dT%H:%M:%S")
        return list(written)
    if pd.api.types.is_numeric_dtype(values.dtype):
        return six_digits(values)
    return [str(value) for value in values]


def parts_of(
    frame: pd.DataFrame, series_column: str | None
) -> list[tuple[str, pd.DataFrame]]:
    """Return name and rows of each line, in the order of the table."""
    if series_column is None:
        return [("", frame)]
    grouped = frame.groupby(series_column, sort=False, observed=True)
    return [(str(name), part) for name, part in grouped]
