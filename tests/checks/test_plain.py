import decimal
import fractions
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlab.checks import plain


class EqualToAll:
    def __repr__(self):
        return "EqualToAll"

    """Would pass any comparison that asks it."""

    def __eq__(self, _other):
        return True

    def __hash__(self):
        return 0

    def __float__(self):
        return 100.0

    def __len__(self):
        raise RuntimeError("no length")


class LyingFloat(float):
    def __float__(self):
        return 100.0


class LyingNumPy(np.float64):
    __module__ = "numpy"

    def __float__(self):
        return 100.0


class LyingInt(int):
    pass


class LyingDict(dict):
    def __getitem__(self, _key):
        return 100.0


class LyingList(list):
    pass


class LyingText(str):
    __slots__ = ()

    def __eq__(self, _other):
        return True

    __hash__ = str.__hash__


@pytest.mark.parametrize(
    "value",
    [
        12,
        12.0,
        decimal.Decimal(12),
        fractions.Fraction(24, 2),
        np.float64(12),
        np.float32(12),
        np.float16(12),
        np.longdouble(12),
        np.int64(12),
        np.uint8(12),
        np.longlong(12),
        np.array(12),
        np.array(12.0),
        pd.Series([12.0]).sum(),
        pd.Series([12], dtype="Int64").sum(),
        pd.Series([12.0]).iloc[0],
    ],
    ids=repr,
)
def test_every_ordinary_number_is_a_number(value):
    assert plain.number(value, "it") == 12.0
    assert type(plain.number(value, "it")) is float


@pytest.mark.parametrize(
    "value",
    [
        True,
        np.True_,
        np.array(True),
        "12",
        np.str_("12"),
        b"12",
        np.array("12"),
        12 + 0j,
        np.complex128(12),
        [12],
        (12,),
        {12},
        {"a": 12},
        np.array([12.0]),
        np.array([[12.0]]),
        pd.Series([12.0]),
        pd.DataFrame({"a": [12.0]}),
        pd.NA,
        pd.NaT,
        np.timedelta64(12, "D"),
        np.timedelta64(12),
        np.datetime64(12, "D"),
        np.ma.masked,
        pd.Timedelta(12),
        EqualToAll(),
        LyingFloat(12),
        LyingNumPy(12),
        LyingInt(12),
        np.array(EqualToAll(), dtype=object),
        lambda: 12,
        float,
    ],
    ids=lambda value: type(value).__name__,
)
def test_nothing_else_is_a_number(value):
    assert not plain.is_number(value)
    with pytest.raises(plain.WrongKindError, match="One number is asked for: the TAM"):
        plain.number(value, "the TAM")


@pytest.mark.parametrize("value", [None, ...])
@pytest.mark.parametrize(
    "ask",
    [
        lambda value: plain.number(value, "the TAM"),
        lambda value: plain.pair(value, "the TAM"),
        lambda value: plain.record(value, ["a"], "the TAM"),
        lambda value: plain.label(value, ["a"], "the TAM"),
        lambda value: plain.ranking(value, "the TAM"),
    ],
)
def test_a_missing_answer_is_called_missing(ask, value):
    with pytest.raises(plain.WrongKindError, match="no answer yet for the TAM"):
        ask(value)


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        np.nan,
        decimal.Decimal("nan"),
        decimal.Decimal("snan"),
        np.array(np.nan),
    ],
)
def test_nan_is_explained(value):
    with pytest.raises(plain.WrongKindError, match=r"NaN .* Look for empty cells"):
        plain.number(value, "the TAM")


@pytest.mark.parametrize(
    "value", [math.inf, -math.inf, np.float64(np.inf), 10**400, -(10**400)]
)
def test_infinity_is_explained(value):
    with pytest.raises(plain.WrongKindError, match="infinite value for the TAM"):
        plain.number(value, "the TAM")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "You have True, which is true or false"),
        (np.False_, "You have False, which is true or false"),
        ("ten", "You have the text “ten”"),
        ("x" * 99, "You have the text “" + "x" * 37 + "…”"),
        (pd.Series([1, 2]), "table of 2 rows"),
        (pd.DataFrame({"a": range(1200)}), "table of 1,200 rows"),
        ([1, 2, 3], "a list of 3 items"),
        (np.zeros(4), "a list of 4 items"),
        (len, "You have a function; call it"),
        (pd.NA, "a value of the type NAType"),
        (EqualToAll(), "a value of the type EqualToAll"),
    ],
)
def test_a_wrong_kind_is_named_in_words(value, words):
    with pytest.raises(plain.WrongKindError) as caught:
        plain.number(value, "the TAM")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "value",
    [(1, 2), [1, 2], np.array([1, 2]), pd.Series([1.0, 2.0]), (np.int64(1), 2.0)],
    ids=lambda value: type(value).__name__,
)
def test_a_pair_is_any_plain_sequence_of_two(value):
    assert plain.pair(value, "the range") == (1.0, 2.0)


@pytest.mark.parametrize(
    "value", [(1,), (1, 2, 3), 1.5, "12", {1, 2}, LyingList([1, 2]), np.eye(2)]
)
def test_anything_else_is_no_pair(value):
    with pytest.raises(plain.WrongKindError, match="Two numbers are asked for"):
        plain.pair(value, "the range")


def test_the_ends_of_a_pair_are_numbers():
    with pytest.raises(plain.WrongKindError, match="which is true or false"):
        plain.pair((True, 2), "the range")


def test_a_pair_the_wrong_way_round_is_named():
    with pytest.raises(plain.WrongKindError, match=r"\(9, 1\).*Give \(low, high\)"):
        plain.pair((9, 1), "the range")


def test_a_record_has_all_the_keys():
    assert plain.record({"b": 2, "a": 1}, ["a", "b"], "it") == {"a": 1, "b": 2}
    with pytest.raises(plain.WrongKindError, match="lacks “b” and has “c”"):
        plain.record({"a": 1, "c": 2}, ["a", "b"], "it")


@pytest.mark.parametrize(
    "value", [LyingDict(a=1), pd.Series({"a": 1}), [("a", 1)], "a", EqualToAll()]
)
def test_only_a_plain_dictionary_is_a_record(value):
    with pytest.raises(plain.WrongKindError, match="A dictionary with the keys “a”"):
        plain.record(value, ["a"], "it")


@pytest.mark.parametrize(
    "value", ["GO", np.str_("GO"), np.array("GO"), np.where([True], "GO", "NO")[0]]
)
def test_a_label_is_plain_text(value):
    assert plain.label(value, ["GO", "NO"], "it") == "GO"
    assert type(plain.label(value, ["GO", "NO"], "it")) is str


@pytest.mark.parametrize(
    "value", ["go", "GO ", b"GO", LyingText("x"), EqualToAll(), True, ["GO"], 1]
)
def test_other_labels_are_refused_with_the_options(value):
    with pytest.raises(plain.WrongKindError, match="write one of “GO”, “NO”"):
        plain.label(value, ["GO", "NO"], "it")


@pytest.mark.parametrize(
    "value",
    [
        ["b", "a"],
        ("b", "a"),
        np.array(["b", "a"]),
        pd.Series(["b", "a"]),
        pd.Index(["b", "a"]),
        pd.Series(["b", "a"], dtype="category"),
        [np.str_("b"), "a"],
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_ranking_is_any_plain_sequence(value):
    assert plain.ranking(value, "the order") == ["b", "a"]


@pytest.mark.parametrize("value", [{"a", "b"}, "ba", LyingList("ba"), {"b": 1}, 3])
def test_anything_else_is_no_ranking(value):
    with pytest.raises(plain.WrongKindError, match="A list is asked for"):
        plain.ranking(value, "the order")


@pytest.mark.parametrize("item", [EqualToAll(), LyingText("a"), None, ["a"]])
def test_an_item_that_could_equal_anything_is_refused(item):
    with pytest.raises(plain.WrongKindError, match="names or numbers only"):
        plain.ranking(["a", item], "the order")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_readable_keeps_four_digits(value):
    shown = plain.readable(value).replace(",", "")
    assert float(shown) == pytest.approx(value, rel=6e-4)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_readable_survives_what_is_no_number(value):
    assert plain.readable(value) == str(value)


@given(
    st.one_of(
        st.none(),
        st.booleans(),
        st.text(),
        st.binary(),
        st.complex_numbers(),
        st.lists(st.integers()),
        st.dictionaries(st.text(), st.integers()),
    )
)
def test_what_is_no_number_always_gets_words(value):
    with pytest.raises(plain.WrongKindError, match=r"\w"):
        plain.number(value, "it")
