import decimal
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlab.checks.comparison import (
    Tolerance,
    compare_intervals,
    compare_labels,
    compare_numbers,
    compare_ranking,
    compare_tables,
)


class EqualToAll:
    def __repr__(self):
        return "EqualToAll"

    def __eq__(self, _other):
        return True

    def __hash__(self):
        return 0

    def __le__(self, _other):
        return True


def compared(value, expected, *, relative=0.005, absolute=None, traps=None, unit=""):
    single = not isinstance(expected, dict)
    return compare_numbers(
        value,
        {"": expected} if single else expected,
        what="the TAM",
        unit=unit,
        tolerance=Tolerance(relative, absolute),
        traps={
            name: {"": wrong} if single else wrong
            for name, wrong in (traps or {}).items()
        },
    )


def labeled(value, expected, **traps):
    return compare_labels(
        value,
        {"": expected},
        what="the call",
        options=("GO", "NO-GO", "WAIT"),
        traps={name: {"": label} for name, label in traps.items()},
    )


def tabled(value, expected, relative=0.005, **traps):
    return compare_tables(
        value, expected, what="it", tolerance=Tolerance(relative), traps=traps
    )


@pytest.mark.parametrize("value", [100, 99.5, 100.5, np.float32(100.2), np.int64(100)])
def test_within_the_tolerance_is_right(value):
    assert compared(value, 100).right


@pytest.mark.parametrize("value", [99.49, 100.51, -100, 0, 1e300, -1e300])
def test_outside_the_tolerance_is_wrong(value):
    assert not compared(value, 100).right


@given(
    st.floats(1e-6, 1e12),
    st.floats(1e-4, 0.3),
    st.floats(-2, 2),
    st.sampled_from([1, -1]),
)
def test_the_relative_edge_is_where_it_is_stated(size, tolerance, steps, sign):
    expected = sign * size
    value = expected * (1 + steps * tolerance)
    distance = compared(value, expected, relative=tolerance).distance
    assert distance == pytest.approx(abs(steps), abs=1e-4)


@pytest.mark.parametrize(
    ("value", "right"), [(0.35, True), (0.25, True), (0.351, False), (0.249, False)]
)
def test_an_absolute_tolerance_takes_the_place_of_the_relative_one(value, right):
    assert compared(value, 0.3, absolute=0.05).right is right


def test_a_count_must_be_exact():
    assert compared(1234, 1234, relative=0).right
    assert not compared(1235, 1234, relative=0).right
    assert not compared(1234.5, 1234, relative=0).right


@pytest.mark.parametrize("count", [10**3, 10**9, 10**12, 10**15])
def test_a_count_that_is_one_off_is_wrong_at_any_size(count):
    assert compared(count, count, relative=0).right
    assert not compared(count + 1, count, relative=0).right
    assert not compared(count - 1, count, relative=0).right


@pytest.mark.parametrize(
    ("value", "expected", "shown"),
    [
        (1234567.4, 1234567, "1,234,567.4"),
        (0.12344, 0.1234, "0.12344"),
        (7, 7.00001, "7"),
    ],
)
def test_a_wrong_number_never_looks_like_the_right_one(value, expected, shown):
    assert compared(value, expected, relative=0).yours == shown


def test_a_sum_of_floats_is_exact_enough():
    assert compared(sum([0.1] * 10), 1, relative=0).right  # 0.9999999999999999


def test_zero_is_expected_exactly_or_with_an_absolute_tolerance():
    assert compared(0.0, 0).right
    assert not compared(1e-12, 0).right
    assert compared(0.004, 0, absolute=0.005).right


@pytest.mark.parametrize(
    "value",
    [None, True, "100", EqualToAll(), [100], math.nan, math.inf, pd.Series([100])],
    ids=repr,
)
def test_a_wrong_kind_is_wrong_and_says_so(value):
    result = compared(value, 100, traps={"other": 200})
    assert not result.right
    assert result.trap is None
    assert "the TAM" in result.problem
    assert result.yours == ""


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (100, "100 times too large"),
        (0.01, "100 times too small"),
        (12, "12 times too large"),
        (1 / 12, "12 times too small"),
        (1000, "1,000 times too large"),
        (0.001, "1,000 times too small"),
        (1e6, "a million times too large"),
        (1e-6, "a million times too small"),
        (-1, "wrong sign"),
    ],
)
def test_each_slip_of_the_unit_is_recognized(factor, words):
    result = compared(factor * 240.6, 240.0, unit="USD")
    assert words in result.problem
    assert result.yours.endswith(" USD")
    assert not result.right


def test_another_factor_is_no_slip_of_the_unit():
    assert compared(70.0, 10.0).problem == ""


def test_a_wide_absolute_tolerance_makes_no_number_a_slip():
    # 17,000 is not 0.02 in other units, though 17,000 / 1e6 is within 0.005 of it.
    assert compared(17_000, 0.02, absolute=0.005).problem == ""
    assert compared(-0.0095, 0.001, absolute=0.01).problem == ""


def test_a_trap_is_named_before_a_slip_of_the_unit():
    result = compared(1200, 100, traps={"year_for_month": 1200})
    assert (result.trap, result.problem) == ("year_for_month", "")


def test_the_right_answer_is_right_even_where_a_trap_gives_it_too():
    result = compared(100, 100, traps={"same": 100})
    assert result.right
    assert result.trap is None
    assert result.blurred == ("same",)


@pytest.mark.parametrize(
    ("trap", "blurred"), [(101.4, True), (98.6, True), (101.6, False), (98.4, False)]
)
def test_a_trap_within_three_tolerances_is_blurred(trap, blurred):
    assert bool(compared(100, 100, traps={"near": trap}).blurred) is blurred


def test_two_traps_within_one_tolerance_are_blurred():
    result = compared(100, 100, traps={"one": 200, "other": 200.5, "third": 300})
    assert result.blurred == ("one = other",)


def test_a_trap_of_a_record_may_name_only_the_keys_where_it_shows():
    expected = {"tam": 300, "sam": 200, "som": 100}
    traps = {"no_capacity": {"som": 150}, "people": {"tam": 780, "sam": 520}}
    result = compared({"tam": 300, "sam": 200, "som": 150}, expected, traps=traps)
    assert result.trap == "no_capacity"
    assert result.yours == "som: 150"
    result = compared({"tam": 780, "sam": 520, "som": 7}, expected, traps=traps)
    assert result.trap == "people"
    assert not compared({"tam": 780, "sam": 1, "som": 7}, expected, traps=traps).trap


def test_a_slip_in_some_keys_of_a_record_names_them():
    result = compared({"tam": 3600, "sam": 200}, {"tam": 300, "sam": 200})
    assert result.problem.startswith("“tam” is 12 times too large")


def test_a_record_with_other_keys_says_which():
    result = compared({"tam": 300, "Sam": 200}, {"tam": 300, "sam": 200})
    assert "lacks “sam” and has “Sam”" in result.problem


def test_a_number_of_the_wrong_kind_in_a_record_is_named():
    result = compared({"tam": 300, "sam": "200"}, {"tam": 300, "sam": 200})
    assert "the text “200”" in result.problem
    assert "“sam”" in result.problem


def interval(value, **traps):
    return compare_intervals(
        value,
        {"low": 10, "high": 20},
        what="the range",
        unit="USD",
        tolerance=Tolerance(0.005),
        traps={
            name: dict(zip(("low", "high"), ends, strict=True))
            for name, ends in traps.items()
        },
    )


def test_an_interval_needs_both_ends():
    assert interval((10, 20)).right
    assert interval(np.array([10.0, 20.0])).right
    assert not interval((10, 21)).right
    assert not interval((9, 20)).right


def test_an_interval_is_shown_whole():
    assert interval((10, 30)).yours == "10 to 30 USD"


def test_an_interval_has_traps_and_slips():
    assert interval((12, 18), eighty_percent=(12, 18)).trap == "eighty_percent"
    assert "100 times too large" in interval((1000, 2000)).problem
    assert "first end is larger" in interval((20, 10)).problem
    assert "Two numbers" in interval(10).problem


def test_a_choice_is_compared_exactly():
    assert labeled("GO", "GO").right
    assert labeled(np.str_("GO"), "GO").right
    assert labeled("NO-GO", "GO", optimist="NO-GO").trap == "optimist"
    assert labeled("WAIT", "GO", optimist="NO-GO").trap is None
    assert labeled("WAIT", "GO").yours == "“WAIT”"
    assert labeled("GO", "GO", same="GO").blurred == ("same",)


def test_a_word_that_is_no_option_is_told_the_options():
    assert "“GO”, “NO-GO”, “WAIT”" in labeled("Go!", "GO").problem


def test_labels_show_only_the_wrong_ones():
    result = compare_labels(
        {"Ann": "A", "Ben": "A"},
        {"Ann": "A", "Ben": "B"},
        what="the labels",
        options=("A", "B"),
        traps={"all_alike": {"Ben": "A"}},
    )
    assert result.yours == "Ben: “A”"
    assert result.trap == "all_alike"


def ranked(value, expected, **traps):
    return compare_ranking(value, expected, what="the order", traps=traps)


def test_a_ranking_is_compared_in_order():
    assert ranked(["b", "a"], ["b", "a"]).right
    assert ranked(np.array(["b", "a"]), ["b", "a"]).right
    assert not ranked(["a", "b"], ["b", "a"]).right
    assert ranked(["a", "b"], ["b", "a"], upside_down=["a", "b"]).trap == "upside_down"
    assert "has 1 items; 2 are asked for" in ranked(["b"], ["b", "a"]).problem


def test_pairs_in_a_ranking_of_names_are_named_as_what_they_are():
    pairs = [("b", np.float64(0.4)), ("a", np.float64(0.1))]
    assert "holds pairs or the like" in ranked(pairs, ["b", "a"]).problem
    assert "float64" not in ranked(pairs, ["b", "a"]).problem
    assert ranked([("b", 1), ("a", 2)], [("b", 1), ("a", 2)]).right


@pytest.mark.parametrize("item", [EqualToAll(), True])
def test_a_ranking_of_objects_that_equal_everything_is_wrong(item):
    assert not ranked([item, 2], [1, 2]).right


TABLE = pd.DataFrame({"week": ["W1", "W2"], "rate": [0.5, 0.25], "users": [10, 20]})


def test_a_table_is_compared_by_column_and_row():
    assert tabled(TABLE.copy(), TABLE).right
    assert tabled(TABLE[["users", "rate", "week"]], TABLE).right
    assert tabled(TABLE.assign(more=1), TABLE).right
    assert tabled(TABLE.set_index("users", drop=False), TABLE).right
    assert tabled(TABLE.assign(rate=[0.501, 0.25]), TABLE).right


def test_a_wrong_cell_is_shown_with_its_place():
    result = tabled(TABLE.assign(rate=[0.5, 0.3]), TABLE)
    assert not result.right
    assert result.yours == "row 2, column rate: 0.3"


def test_a_table_of_another_shape_says_what_lacks():
    assert "lacks the column(s) rate" in tabled(TABLE[["week", "users"]], TABLE).problem
    assert "has 1 rows; 2 are asked" in tabled(TABLE.head(1), TABLE).problem
    twice = pd.concat([TABLE, TABLE[["rate"]]], axis="columns")
    assert "the column rate more than once" in tabled(twice, TABLE).problem
    assert "no answer yet" in tabled(None, TABLE).problem
    assert "A table (DataFrame)" in tabled(TABLE["rate"], TABLE).problem


class Frame(pd.DataFrame):
    """A subclass could answer each question as it likes."""


def test_a_subclass_of_a_table_is_refused():
    assert not tabled(Frame(TABLE), TABLE).right


@pytest.mark.parametrize(
    "cell", [EqualToAll(), True, [10], np.array([10]), "10", None, math.nan, math.inf]
)
def test_a_cell_of_another_kind_is_wrong(cell):
    users = pd.Series([cell, 20], dtype=object)
    assert not tabled(TABLE.assign(users=users), TABLE).right


def test_an_empty_cell_equals_an_empty_cell_only():
    gap = TABLE.assign(rate=[math.nan, 0.25])
    assert tabled(TABLE.assign(rate=[None, 0.25]), gap).right
    nullable = gap.assign(rate=pd.array([None, 0.25], dtype="Float64"))
    assert tabled(nullable, gap).right
    assert not tabled(TABLE, gap).right


@pytest.mark.parametrize(
    "values",
    [
        pd.to_datetime(["2026-01-01", "2026-02-01"]),
        pd.PeriodIndex(["2026-01", "2026-02"], freq="M"),
        pd.Categorical(["a", "b"]),
        [True, False],
        [("a", 1), ("b", 2)],
        [decimal.Decimal("0.1"), decimal.Decimal("0.2")],
    ],
    ids=lambda values: type(values).__name__,
)
def test_columns_of_dates_and_categories_are_compared(values):
    expected = pd.DataFrame({"x": values})
    assert tabled(expected.copy(), expected).right
    assert not tabled(expected.iloc[::-1], expected).right


def test_a_table_has_traps():
    other = TABLE.assign(rate=[0.6, 0.4])
    result = tabled(other, TABLE, unordered=other)
    assert result.trap == "unordered"
    assert not tabled(TABLE, TABLE, unordered=other).blurred
    assert tabled(TABLE, TABLE, same=TABLE).blurred == ("same",)


@given(
    st.one_of(
        st.none(),
        st.booleans(),
        st.floats(),
        st.integers(),
        st.text(max_size=5),
        st.lists(st.floats(), max_size=3),
        st.dictionaries(st.text(max_size=2), st.floats(), max_size=3),
        st.decimals(),
        st.fractions(),
    )
)
def test_no_value_stops_a_comparison(value):
    results = [
        compared(value, 100, traps={"other": 200}),
        compared(value, {"a": 1.0, "b": 2.0}),
        interval(value),
        labeled(value, "GO"),
        ranked(value, [1, 2]),
        tabled(value, TABLE),
    ]
    for result in results:
        assert result.right is (result.distance <= 1)
        assert result.right or result.problem or result.yours


@pytest.mark.parametrize(
    ("value", "expected", "rounded"),
    [
        (0.33, 1 / 3, True),
        (12, 12.4, True),
        (0.34, 1 / 3, False),
        (0, 1 / 3, False),
        (3, 2.6, False),
        (0.3, 1 / 3, False),
    ],
)
def test_a_rounded_right_number_is_asked_about(value, expected, rounded):
    result = compared(value, expected)
    assert not result.right
    assert ("If you rounded" in result.problem) is rounded


def test_all_wrong_numbers_of_a_record_must_be_rounded_alike():
    def problem(**values):
        return compared(values, {"a": 1 / 3, "b": 2 / 3, "c": 1.0}).problem

    assert "If you rounded" in problem(a=0.33, b=0.67, c=1)
    assert "If you rounded" not in problem(a=0.33, b=0.5, c=1)
