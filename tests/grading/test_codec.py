"""Plain data comes back exactly as it went, and hostile messages never get far."""

import contextlib
import datetime as dt
import decimal
import fractions
import json
import pickle
import string
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from hypothesis.extra import pandas as hpd

from pmlab import market
from pmlab.grading.codec import (
    Decoder,
    Encoder,
    FrameTooLargeError,
    NotPlainError,
    PlainDataError,
    pack,
    unpack,
)

ZONES = ["Europe/Berlin", "America/New_York", "UTC", "Asia/Kathmandu"]


def there_and_back(value):
    encoder = Encoder()
    tree, buffers = unpack(pack({"value": encoder.encode(value)}, encoder.buffers))
    return Decoder(buffers).decode(tree["value"])


def same(one, other):
    """Compare types and contents; NaN equals NaN."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[k], other[k]) for k in one)
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.tobytes() == other.tobytes()
    nans = isinstance(one, float | complex | np.generic) and np.isnan(one)
    return bool(one == other) or bool(nans and np.isnan(other))


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.complex_numbers(allow_nan=False)
    | st.decimals(allow_nan=False)
    | st.fractions()
    | st.dates()
    | st.times()
    | st.datetimes()
    | st.datetimes(timezones=st.timezones())
    | st.timedeltas()
)
keys = st.text() | st.integers() | st.booleans() | st.none() | st.dates()
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(keys, inner, max_size=4)
    ),
    max_leaves=15,
)


@given(values)
@settings(max_examples=150)
def test_python_values_come_back_exactly(value):
    assert same(there_and_back(value), value)


@given(
    hnp.arrays(
        hnp.scalar_dtypes().filter(lambda dtype: dtype.kind in "biufcmMSU"),
        hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
    )
)
@settings(max_examples=150)
def test_arrays_come_back_exactly(array):
    back = there_and_back(array)
    assert back.shape == array.shape
    assert same(back, array)


@given(
    hnp.scalar_dtypes()
    .filter(lambda dtype: dtype.kind in "biuf")
    .flatmap(hnp.from_dtype)
)
def test_numpy_numbers_keep_their_type(number):
    assert same(there_and_back(number), number)


texts = st.text(alphabet=string.ascii_letters + "äé€😀 ", max_size=5)
moments = st.datetimes(dt.datetime(1970, 1, 2), dt.datetime(2037, 1, 1))
columns = st.sampled_from(
    [
        *("Int8", "Int64", "UInt16", "Float32", "Float64", "boolean", "category"),
        *("str", "string", "datetime64[us]", "datetime64[ns]", "timedelta64[s]"),
        *("object", "int32", "float64", "bool"),
    ]
)


def column(kind, size):
    """Return a strategy of columns of one dtype, gaps included where it has them."""
    gap = st.none()
    items = {
        "Int8": st.integers(-100, 100) | gap,
        "Int64": st.integers(-(2**62), 2**62) | gap,
        "UInt16": st.integers(0, 60_000) | gap,
        "Float32": st.floats(width=32, allow_nan=False) | gap,
        "Float64": st.floats(allow_nan=False) | gap,
        "boolean": st.booleans() | gap,
        "category": texts | gap,
        "str": texts | gap,
        "string": texts | gap,
        "datetime64[us]": moments | gap,
        "datetime64[ns]": moments | gap,
        "timedelta64[s]": st.integers(-(10**6), 10**6).map(
            lambda seconds: dt.timedelta(seconds=seconds)
        ),
        "object": texts | st.integers(-5, 5) | gap | st.tuples(texts, texts),
        "int32": st.integers(-(2**31), 2**31 - 1),
        "float64": st.floats(),
        "bool": st.booleans(),
    }[kind]
    made = st.lists(items, min_size=size, max_size=size)
    return made.map(lambda found: pd.Series(found, dtype=kind))


@st.composite
def frames(draw):
    size = draw(st.integers(0, 5))
    kinds = draw(st.lists(columns, min_size=1, max_size=4))
    parts = [draw(column(kind, size)) for kind in kinds]
    frame = pd.DataFrame(dict(enumerate(parts)))
    frame.columns = draw(
        st.lists(texts, min_size=len(kinds), max_size=len(kinds)).map(pd.Index)
    )
    return frame


@given(frames())
@settings(max_examples=150)
def test_tables_keep_dtypes_gaps_and_names(frame):
    back = there_and_back(frame)
    pd.testing.assert_frame_equal(back, frame, check_exact=True)
    assert list(back.dtypes) == list(frame.dtypes)


@given(hpd.series(dtype=float), st.sampled_from(ZONES))
def test_time_zones_stay(series, zone):
    index = pd.date_range("2024-03-30", periods=len(series), freq="h", tz=zone)
    series = pd.Series(series.to_numpy(), index=index, name="reading")
    back = there_and_back(series)
    pd.testing.assert_series_equal(back, series, check_freq=True)
    assert str(back.index.tz) == str(series.index.tz)


INDEXES = {
    "levels": pd.MultiIndex.from_product(
        [["a", "b"], [1, 2]], names=["letter", "number"]
    ),
    "categories": pd.CategoricalIndex(["x", "y", "x"], ordered=True),
    "periods": pd.period_range("2024-01", periods=3, freq="Q"),
    "intervals": pd.interval_range(0, 3, closed="left"),
    "differences": pd.timedelta_range("1h", periods=3, name="wait"),
    "steps": pd.RangeIndex(2, 20, 3, name="row"),
    "texts": pd.Index(["a", None]),
    "mixed": pd.Index([1, "a", (2, 3)], dtype=object),
    "business days": pd.date_range("2024-01-01", periods=3, freq="B"),
}


@pytest.mark.parametrize("index", INDEXES.values(), ids=INDEXES)
def test_every_kind_of_index_stays(index):
    back = there_and_back(index)
    pd.testing.assert_index_equal(back, index, exact=True)
    frame = pd.DataFrame({"n": range(len(index))}, index=index)
    pd.testing.assert_frame_equal(there_and_back(frame), frame)
    if index.dtype.kind in "mM":
        assert back.freq == index.freq


SINGLE = [
    pd.NA,
    pd.NaT,
    pd.Timestamp("2024-05-01 12:00", tz="Europe/Berlin"),
    pd.Timestamp("2024-05-01"),
    pd.Timedelta("3 days"),
    pd.Period("2024-05", "M"),
    pd.Interval(1, 2, closed="both"),
    pd.array([1, None], dtype="Int64")[0],
    decimal.Decimal("1.10"),
    fractions.Fraction(1, 3),
    range(2, 9, 3),
    slice(1, None, 2),
    Ellipsis,
    frozenset({1, 2}),
    bytearray(b"x"),
    dt.timezone(dt.timedelta(hours=2)).utcoffset(None),
]


@pytest.mark.parametrize("value", SINGLE, ids=repr)
def test_single_values_stay(value):
    back = there_and_back(value)
    assert type(back) is type(value)
    assert back is value or back == value


@pytest.mark.parametrize("kind", ["PCG64", "MT19937", "Philox", "SFC64"])
def test_a_random_generator_goes_on_where_it_was(kind):
    dice = np.random.Generator(getattr(np.random, kind)(7))
    dice.random(3)
    back = there_and_back(dice)
    assert back.random(5).tolist() == dice.random(5).tolist()


def test_results_of_the_library_are_rebuilt_from_their_fields():
    result = market.top_down(1e9, shares={"in the region": 0.2, "who buy": 0.1})
    back = there_and_back(result)
    assert type(back) is type(result)
    assert repr(back) == repr(result)


class Sub(int):
    pass


class SubFrame(pd.DataFrame):
    pass


@pytest.mark.parametrize(
    "value",
    [
        object(),
        Sub(3),
        SubFrame({"a": [1]}),
        (n for n in [1]),
        len,
        np.zeros(2, dtype=[("a", "i4")]),
        range(10**15),
        10**50_000,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_plain_data_is_refused(value):
    with pytest.raises(NotPlainError):
        Encoder().encode(value)


def test_a_list_that_holds_itself_is_refused():
    endless = []
    endless.append(endless)
    with pytest.raises(NotPlainError, match="deep"):
        Encoder().encode(endless)


HOSTILE = [
    {"t": "unknown"},
    {"t": ["list"]},
    {"t": "array", "d": "O", "s": [1], "b": 0},
    {"t": "array", "d": "i8", "s": [10**9], "b": 0},
    {"t": "array", "d": "i8", "s": [-1], "b": 0},
    {"t": "array", "d": "i8", "s": [1], "b": 99},
    {"t": "array", "d": "f8,(1000,1000)f8", "s": [1], "b": 0},
    {"t": "rows", "v": [0, 10**18, 1], "n": None},
    {"t": "range", "v": [0, 10**18, 1]},
    {"t": "dict", "k": [[1]], "v": [1]},
    {"t": "frame", "c": 1, "i": 2, "v": 3},
    {"t": "result", "c": ["os", "system"], "k": [], "v": []},
    {"t": "result", "c": ["pmlab.market", "__builtins__"], "k": [], "v": []},
    {"t": "result", "c": ["pmlab.grading.pool", "Job"], "k": [], "v": []},
    {"t": "rng", "v": {"t": "dict", "k": ["bit_generator"], "v": ["system"]}},
    {"t": "period", "v": 1, "f": "x" * 10**6},
    {"t": "scalar", "d": "O", "v": "00"},
    {"t": "strings", "s": "python", "n": True, "v": [1]},
    {"t": "int", "v": "print(1)"},
    {"t": "array", "d": "<U0", "s": [40_000_000], "b": 1},
    {},
]


@pytest.mark.parametrize("node", HOSTILE, ids=lambda node: json.dumps(node)[:40])
def test_hostile_nodes_end_in_one_kind_of_error(node):
    with pytest.raises(PlainDataError):
        Decoder([b"12345678", b""]).decode(node)


@given(st.binary(max_size=200))
def test_noise_is_no_message(noise):
    with pytest.raises((FrameTooLargeError, EOFError)):
        unpack(b"\x00\x00\x00\x09" + noise)
    with pytest.raises((FrameTooLargeError, EOFError)):
        unpack(pickle.dumps(noise))


trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["t", "v", "d", "s", "b", "k", "n", "i", "c", "z", "f"]),
            inner
            | st.sampled_from(sorted(["array", "frame", "series", "dict", "int"])),
            max_size=5,
        )
    ),
    max_leaves=12,
)


@given(trees)
@settings(max_examples=300)
def test_any_tree_decodes_or_is_refused(tree):
    with contextlib.suppress(PlainDataError):
        Decoder([b"1" * 8, b""]).decode(tree)


@pytest.mark.parametrize("kind", ["dict", "set", "frozenset"])
@pytest.mark.parametrize("of", ["decimal", "tuple", "int"])
def test_keys_made_to_collide_are_refused_within_seconds(kind, of):
    modulus = 2**61 - 1  # whole numbers that differ by it have one hash
    keys = [{"t": "int", "v": hex(n * modulus)} for n in range(1, 20_000)]
    if of == "tuple":
        keys = [{"t": "tuple", "v": [key]} for key in keys]
    if of == "decimal":
        keys = [{"t": "decimal", "v": str(n * modulus)} for n in range(1, 20_000)]
    node = {"t": kind, "v": keys}
    if kind == "dict":
        node = {"t": kind, "k": keys, "v": [1] * len(keys)}
    began = time.thread_time()
    with pytest.raises(PlainDataError, match="too long"):
        Decoder([]).decode(node)
    assert time.thread_time() - began < 5


def test_many_plain_keys_are_read():
    value = {number: str(number) for number in range(200_000)}
    assert Decoder([]).decode(Encoder().encode(value)) == value
