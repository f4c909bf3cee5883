"""Tables as narwhals sees them, and the few numbers their engine returns."""

from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

    Frame = nw.LazyFrame[Any]


def lazy_frame(data: object) -> "Frame":
    """Return a table of any engine as a lazy frame, or raise."""
    import narwhals.stable.v2 as nw

    try:
        frame: Frame = nw.from_native(data).lazy()  # type: ignore[call-overload]
    except TypeError as error:
        raise TypeError(
            f"data is a {type(data).__name__}, must be a pandas or Polars frame, a "
            "DuckDB relation or a PySpark frame"
        ) from error
    return frame


def collected(frame: "Frame") -> pd.DataFrame:
    """Return the few rows of a result; the input itself is never collected."""
    engine = frame.implementation
    if engine.is_polars():
        return pd.DataFrame(frame.collect().to_dict(as_series=False))
    if engine.is_pyspark() or engine.is_pyspark_connect():
        # PySpark's own way to pandas needs pyarrow and an older pandas.
        rows = [tuple(row) for row in frame.to_native().collect()]
        return pd.DataFrame(rows, columns=frame.collect_schema().names())
    # DuckDB makes pandas frames on its own; its default needs pyarrow.
    answer: pd.DataFrame = frame.collect("pandas").to_native()
    return answer
