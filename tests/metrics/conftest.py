"""One table in four engines: each row-level metric must give equal answers."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

ENGINES = [
    "pandas",
    "polars",
    "polars_lazy",
    "duckdb",
    pytest.param("pyspark", marks=pytest.mark.slow),
]


@pytest.fixture(params=ENGINES)
def to_engine(request) -> Callable[[pd.DataFrame], Any]:
    """Return a function that hands a pandas table to one of the engines."""
    name = request.param
    if name == "pandas":
        return lambda table: table
    polars = pytest.importorskip("polars")
    if name == "polars":
        return polars.from_pandas
    if name == "polars_lazy":
        return lambda table: polars.from_pandas(table).lazy()
    if name == "duckdb":
        duckdb = pytest.importorskip("duckdb")
        connection = duckdb.connect()
        connection.execute("set TimeZone = 'UTC'")

        return lambda table: connection.from_arrow(polars.from_pandas(table).to_arrow())
    session = request.getfixturevalue("spark")

    def to_spark(table: pd.DataFrame) -> Any:
        from pyspark.sql import functions

        frame = session.createDataFrame(polars.from_pandas(table).to_arrow())
        for column, dtype in table.dtypes.items():
            if isinstance(dtype, pd.DatetimeTZDtype) or "datetime" not in str(dtype):
                continue
            naive = functions.col(str(column)).cast("timestamp_ntz")
            frame = frame.withColumn(str(column), naive)
        return frame

    return to_spark


@pytest.fixture(scope="session")
def rows_of() -> Callable[[Any], list[tuple[Any, ...]]]:
    """Return a function that lists the rows of a native table of any engine."""

    def rows(table: Any) -> list[tuple[Any, ...]]:
        if isinstance(table, pd.DataFrame):
            return sorted(table.itertuples(index=False, name=None))
        module = type(table).__module__
        if module.startswith("polars"):
            frame = table.collect() if hasattr(table, "collect") else table
            return sorted(frame.rows())
        if "duckdb" in module:
            return sorted(table.fetchall())
        return sorted(tuple(row) for row in table.collect())

    return rows
