from datetime import date

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pytest

from pmlab import _tables
from pmlab.errors import ColumnsMissingError
from pmlab.prioritization import best_plan, rice

TABLE = pd.DataFrame(
    {
        "item": ["a", "b", "c"],
        "value": [60, 100, 120],
        "effort": [1.5, 2.0, 3.0],
        "requires": ["", None, "b"],
        "done": [True, False, True],
        "day": [date(2026, 1, 1), date(2026, 1, 2), None],
    }
)


@pytest.fixture(
    params=[
        "pandas",
        "polars",
        "polars_lazy",
        "duckdb",
        pytest.param("pyspark", marks=pytest.mark.slow),
    ]
)
def data(request):
    """Return the same small table in one engine after the other."""
    make = {
        "pandas": lambda: TABLE,
        "polars": lambda: pl.from_pandas(TABLE),
        "polars_lazy": lambda: pl.from_pandas(TABLE).lazy(),
        "duckdb": lambda: duckdb.connect().from_arrow(pl.from_pandas(TABLE).to_arrow()),
        "pyspark": lambda: request.getfixturevalue("spark").createDataFrame(
            pl.from_pandas(TABLE).to_arrow()
        ),
    }
    return make[request.param]()


def test_every_engine_gives_the_same_columns(data):
    frame = _tables.read(data, "item", "value", "effort", optional=["done", "gone"])
    assert list(frame.columns) == ["item", "value", "effort", "done"]
    assert _tables.names(frame, "item") == ["a", "b", "c"]
    assert _tables.numbers(frame, "value").tolist() == [60, 100, 120]
    assert _tables.flags(frame, "done").tolist() == [True, False, True]


def test_every_engine_gives_the_same_plan(data):
    plan = best_plan(data, capacity=5, requires_column="requires")
    assert plan.items == ("b", "c")


def test_gaps_are_found_in_every_engine(data):
    frame = _tables.read(data, "day", "requires")
    with pytest.raises(ValueError, match="day holds 1 missing"):
        _tables.labels(frame, "day")
    with pytest.raises(ValueError, match="requires holds 1 missing"):
        _tables.labels(frame, "requires")


def test_missing_columns_and_empty_tables_are_errors(data):
    with pytest.raises(ColumnsMissingError, match=r"not found: reach, impact.*: item"):
        rice(data)


def test_numbers_name_the_row_that_is_wrong():
    frame = pd.DataFrame({"x": [1.0, np.nan], "y": ["1", "2"], "z": [True, False]})
    with pytest.raises(ValueError, match="x in row 1 == nan, must be finite"):
        _tables.numbers(frame, "x")
    with pytest.raises(TypeError, match="y in row 0 == '1', must be a number"):
        _tables.numbers(frame, "y")
    with pytest.raises(TypeError, match="z in row 0 == True, must be a number"):
        _tables.numbers(frame, "z")


def test_nullable_numbers_with_a_gap_name_the_row():
    frame = pd.DataFrame({"x": pd.array([1, None], dtype="Int64")})
    with pytest.raises(TypeError, match="x in row 1 == <NA>, must be a number"):
        _tables.numbers(frame, "x")


def test_ranks_ignore_rounding_noise():
    scores = np.array([0.1 + 0.2, 0.3, 0.1])
    assert _tables.rank(scores).tolist() == [1, 1, 3]
    assert _tables.rank(scores, ascending=True).tolist() == [2, 2, 1]


def test_the_input_is_never_changed(data):
    before = TABLE.copy()
    frame = _tables.read(data, "item", "value")
    frame["value"] = 0
    pd.testing.assert_frame_equal(TABLE, before)
