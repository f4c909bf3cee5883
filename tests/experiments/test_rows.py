import numpy as np
import pandas as pd
import pytest

from pmlab.errors import ColumnsMissingError
from pmlab.experiments import Mean, Rate, Ratio, Totals, analyze, arm_totals

MEASURES = {
    "bought": Rate("bought"),
    "orders": Mean("orders", covariate_column="orders_before"),
    "ratio": Ratio("orders", "sessions"),
}


def with_gaps(users: pd.DataFrame) -> pd.DataFrame:
    gaps = users.copy()
    gaps["orders_before"] = gaps["orders_before"].astype(float)
    gaps.loc[::5, "orders_before"] = np.nan
    return gaps


def assert_same(first, second):
    assert dict(first.arm_users) == dict(second.arm_users)
    for name, effect in first.effects.items():
        other = second.effect(name)
        assert other.difference == pytest.approx(effect.difference, rel=1e-9)
        assert other.standard_error == pytest.approx(effect.standard_error, rel=1e-9)
        assert other.relative_low == pytest.approx(effect.relative_low, rel=1e-9)


def test_totals_of_a_table_agree_with_pandas(many_users):
    totals = arm_totals(many_users, value_columns=["orders", "sessions"])
    for arm, part in many_users.groupby("variant"):
        assert totals[arm].users == len(part)
        assert totals[arm].mean("orders") == pytest.approx(part["orders"].mean())
        expected = part["orders"].cov(part["sessions"])
        covariance = totals[arm].covariance({"orders": 1}, {"sessions": 1})
        assert covariance == pytest.approx(expected)


def test_the_engines_agree(many_users):
    import duckdb
    import polars as pl

    gaps = with_gaps(many_users)
    by_pandas = analyze(gaps, MEASURES)
    polars = pl.from_pandas(gaps)
    assert_same(by_pandas, analyze(polars, MEASURES))
    assert_same(by_pandas, analyze(polars.lazy(), MEASURES))
    with duckdb.connect() as connection:
        connection.register("users", gaps)
        assert_same(by_pandas, analyze(connection.sql("from users"), MEASURES))


@pytest.mark.slow
def test_pyspark_agrees_with_pandas(many_users, spark):
    gaps = with_gaps(many_users)
    plain = [
        tuple(v.item() if isinstance(v, np.generic) else v for v in row)
        for row in gaps.itertuples(index=False)
    ]
    frame = spark.createDataFrame(plain, list(gaps.columns))
    assert_same(analyze(gaps, MEASURES), analyze(frame, MEASURES))


def test_large_values_keep_their_digits():
    # Sums of raw squares of 1e9 lose all digits of a variance near 1.
    rng = np.random.default_rng(1)
    values = 1e9 + rng.normal(size=1_000)
    data = pd.DataFrame({"variant": ["a", "b"] * 500, "x": values})
    totals = arm_totals(data, value_columns=["x"])
    assert totals["a"].variance({"x": 1}) == pytest.approx(
        values[::2].var(ddof=1), rel=1e-6
    )


def test_users_without_history_are_kept_at_the_overall_mean(many_users):
    gaps = with_gaps(many_users)
    filled = gaps.fillna({"orders_before": gaps["orders_before"].mean()})
    measure = {"orders": Mean("orders", covariate_column="orders_before")}
    assert_same(analyze(gaps, measure), analyze(filled, measure))
    assert sum(analyze(gaps, measure).arm_users.values()) == len(gaps)


def test_rows_of_a_unit_are_summed_first():
    events = pd.DataFrame(
        {
            "variant": ["a", "a", "a", "b", "b", "b"],
            "user_id": [1, 1, 2, 3, 4, 4],
            "orders": [1, 2, 5, 4, 1, 1],
        }
    )
    totals = arm_totals(events, value_columns=["orders"], unit_column="user_id")
    assert totals["a"] == Totals.from_values({"orders": [3, 5]})
    assert totals["b"] == Totals.from_values({"orders": [4, 2]})


def test_a_unit_in_two_arms_is_refused():
    events = pd.DataFrame(
        {"variant": list("aabb"), "user_id": [1, 2, 2, 3], "orders": [1, 2, 3, 4]}
    )
    with pytest.raises(ValueError, match=r"1 unit\(s\) in more than one arm"):
        arm_totals(events, value_columns=["orders"], unit_column="user_id")


def test_the_input_is_not_changed(many_users):
    before = many_users.copy()
    analyze(many_users, MEASURES)
    pd.testing.assert_frame_equal(many_users, before)


def test_arms_that_are_numbers_are_named_by_them():
    data = pd.DataFrame({"variant": [0, 0, 1, 1], "x": [1, 2, 2, 4]})
    result = analyze(data, {"x": Mean("x")}, control=0)
    assert result.effect("x").difference == pytest.approx(1.5)
    assert (result.control, result.treatment) == ("0", "1")


def test_the_table_has_one_row_for_each_measure(many_users):
    frame = analyze(many_users, MEASURES).to_frame()
    assert list(frame["name"]) == list(MEASURES)
    assert {"difference_low", "relative_high", "p_value"} <= set(frame.columns)


def test_missing_columns_list_those_that_exist(forty_users):
    with pytest.raises(ColumnsMissingError, match="the table has: variant, clicks"):
        analyze(forty_users, {"x": Mean("orders")})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.iloc[:0], "data is empty"),
        (lambda t: t.assign(clicks=t["clicks"].where(t.index > 2)), "3 missing"),
        (lambda t: t.assign(clicks=t["clicks"].astype(str)), "must hold numbers"),
        (lambda t: t.assign(variant=t["variant"].where(t.index > 0)), "1 row"),
        (lambda t: t[t["variant"] == "control"], r"one arm only \(control\)"),
        (lambda t: t.iloc[:21], r"an arm has 1 user"),
        (
            lambda t: t.assign(variant=t["variant"].str.upper()),
            "these exist: CONTROL, TREATMENT",
        ),
        (
            lambda t: t.assign(variant=["control"] * 20 + ["b"] * 10 + ["c"] * 10),
            "these exist: b, c, control",
        ),
    ],
)
def test_bad_tables_are_refused_with_the_rule(forty_users, change, message):
    with pytest.raises(ValueError, match=message):
        analyze(change(forty_users), {"clicks": Mean("clicks")})


def test_an_arm_that_does_not_exist_is_named_with_those_that_do(forty_users):
    with pytest.raises(ValueError, match=r"treatment == 'B'.*control, treatment"):
        analyze(forty_users, {"clicks": Mean("clicks")}, treatment="B")
    with pytest.raises(ValueError, match="must differ from the control"):
        analyze(forty_users, {"clicks": Mean("clicks")}, treatment="control")


def test_a_covariate_nobody_has_is_refused(forty_users):
    data = forty_users.assign(before=np.nan)
    with pytest.raises(ValueError, match="leave the covariate out"):
        analyze(data, {"clicks": Mean("clicks", covariate_column="before")})


def test_a_measure_that_was_not_analyzed_is_named_with_those_that_were(forty_users):
    result = analyze(forty_users, {"clicks": Mean("clicks")})
    with pytest.raises(ValueError, match="that was analyzed: clicks"):
        result.effect("orders")


def test_no_measures_and_no_table_are_refused(forty_users):
    with pytest.raises(ValueError, match="at least one measure"):
        analyze(forty_users, {})
    with pytest.raises(TypeError, match="must be a pandas or Polars frame"):
        analyze([1, 2, 3], {"x": Mean("x")})


def test_an_arm_named_in_two_ways_is_refused():
    users = pd.DataFrame({"variant": [1, 1, "1", "1", 2, 2], "x": [1, 2, 3, 4, 5, 6]})
    with pytest.raises(ValueError, match="names '1' in two ways"):
        arm_totals(users, value_columns=["x"])
