"""Small tables: surveys, backlogs, competitor lists, whatever engine holds them.

These fit on a screen or in a file, so they are read into pandas: only the columns a
function needs. Event logs do not come this way; they stay in their engine.
"""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab import _arguments

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw
    from narwhals.stable.v2.typing import IntoFrame

Rule = Literal["any", "not_negative", "positive", "rate"]

_RULES = {
    "any": _arguments.number,
    "not_negative": _arguments.not_negative,
    "positive": _arguments.positive,
    "rate": _arguments.rate,
}


def read(data: "IntoFrame", *needed: str, optional: Sequence[str] = ()) -> pd.DataFrame:
    """Return the needed columns of a table as a new pandas frame.

    Args:
        data: A pandas or Polars frame, a DuckDB relation or a PySpark frame.
        needed: Columns that must exist.
        optional: Columns to keep if they exist.

    Returns:
        A copy with a fresh index; the columns come in the order asked for.

    Raises:
        TypeError: If ``data`` is not a table.
        ColumnsMissingError: If a needed column does not exist.
        ValueError: If the table has no rows.
    """
    import narwhals.stable.v2 as nw

    try:
        frame = nw.from_native(data)
    except TypeError as error:
        raise TypeError(
            f"data is a {type(data).__name__}, must be a table; "
            "build one with pd.DataFrame(...)"
        ) from error
    available = frame.collect_schema().names()
    _arguments.columns(available, *needed)
    names = [*needed, *(name for name in optional if name in available)]
    names = list(dict.fromkeys(names))
    result = _as_pandas(frame.select(*names), names)
    if result.empty:
        raise ValueError("data has 0 rows, must have at least one; check the filter")
    return result


def _as_pandas(
    frame: "nw.DataFrame[Any] | nw.LazyFrame[Any]", names: list[str]
) -> pd.DataFrame:
    import narwhals.stable.v2 as nw

    if isinstance(frame, nw.LazyFrame):
        # DuckDB makes pandas frames on its own; its default needs pyarrow.
        duckdb = frame.implementation.is_duckdb()
        frame = frame.collect("pandas") if duckdb else frame.collect()
    native = frame.to_native()
    if isinstance(native, pd.DataFrame):
        return native.reset_index(drop=True).copy()
    return pd.DataFrame({name: frame[name].to_list() for name in names})


def numbers(
    frame: pd.DataFrame, column: str, *, rule: Rule = "any"
) -> npt.NDArray[np.float64]:
    """Return a column as floats, or raise an error that names the row.

    Args:
        frame: A table from ``read``.
        column: The column to take.
        rule: What each value must be.

    Returns:
        The values as a float array.
    """
    series = frame[column]
    if any(isinstance(value, Decimal) for value in series.tolist()):
        series = series.map(
            lambda value: float(value) if isinstance(value, Decimal) else value
        )
    if pd.api.types.is_numeric_dtype(series) and series.dtype != bool:
        values = series.to_numpy(dtype=float, na_value=np.nan)
        if _obeys(values, rule):
            return values
    for row, value in enumerate(series.tolist()):
        _RULES[rule](f"{column} in row {row}", value)
    return series.to_numpy(dtype=float)


def _obeys(values: npt.NDArray[np.float64], rule: Rule) -> bool:
    if not np.isfinite(values).all():
        return False
    low, high = float(values.min()), float(values.max())
    return {
        "any": True,
        "not_negative": low >= 0,
        "positive": low > 0,
        "rate": low >= 0 and high <= 1,
    }[rule]


def labels(frame: pd.DataFrame, column: str) -> list[Any]:
    """Return a column of names without gaps, or raise."""
    missing = int(frame[column].isna().sum())
    if missing:
        raise ValueError(
            f"{column} holds {missing} missing value(s); drop or fill them first"
        )
    result: list[Any] = frame[column].tolist()
    return result


def names(frame: pd.DataFrame, column: str) -> list[str]:
    """Return a column of distinct names as text, or raise."""
    result = [str(name) for name in labels(frame, column)]
    twice = sorted(name for name, times in Counter(result).items() if times > 1)
    if twice:
        raise ValueError(
            f"{column} holds {', '.join(twice)} more than once; "
            "give each row its own name"
        )
    return result


def flags(frame: pd.DataFrame, column: str) -> npt.NDArray[np.bool_]:
    """Return a column of yes and no (True and False, or 1 and 0), or raise."""
    values = labels(frame, column)
    wrong = [value for value in values if value not in (0, 1)]
    if wrong:
        raise ValueError(
            f"{column} holds {wrong[0]!r}, must be True or False (or 1 or 0)"
        )
    return np.asarray([bool(value) for value in values])


def rank(
    score: npt.NDArray[np.float64], *, ascending: bool = False
) -> npt.NDArray[np.int64]:
    """Return ranks from 1; scores equal to 12 digits share the better rank."""
    largest = float(np.abs(score).max()) or 1.0
    places = pd.Series(score / largest).round(12)
    return places.rank(method="min", ascending=ascending).to_numpy().astype(np.int64)
