"""pandas as plain data: each dtype as it is, and each kind of index."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from pmlab.grading.codec import values
from pmlab.grading.codec.values import (
    OTHER_WRITERS,
    WRITERS,
    Decoder,
    Encoder,
    Node,
    NotPlainError,
    PlainDataError,
    reader,
)

_MAX_ROWS = 50_000_000
_MASKED = (pd.arrays.IntegerArray, pd.arrays.FloatingArray, pd.arrays.BooleanArray)
_NULLABLE = (
    *(pd.Int8Dtype, pd.Int16Dtype, pd.Int32Dtype, pd.Int64Dtype),
    *(pd.UInt8Dtype, pd.UInt16Dtype, pd.UInt32Dtype, pd.UInt64Dtype),
    *(pd.Float32Dtype, pd.Float64Dtype, pd.BooleanDtype),
)
_INDEXES = (
    pd.Index,
    pd.CategoricalIndex,
    pd.DatetimeIndex,
    pd.IntervalIndex,
    pd.PeriodIndex,
    pd.TimedeltaIndex,
)


def _write_column(encoder: Encoder, array: Any) -> Node:  # noqa: ANN401
    """Return the node of the values of a Series or Index."""
    dtype = array.dtype
    for kind, write in _COLUMNS:
        if isinstance(dtype, kind):
            return write(encoder, array)
    if isinstance(dtype, np.dtype) or type(array) is pd.arrays.NumpyExtensionArray:
        return values.write_array(encoder, np.asarray(array))
    raise NotPlainError(f"a column of the dtype {dtype}")


def _write_zoned(encoder: Encoder, array: Any) -> Node:  # noqa: ANN401
    utc = array.tz_convert("UTC").tz_localize(None)
    return {
        "t": "zoned",
        "z": values.zone_node(array.tz),
        "v": encoder.encode(np.asarray(utc)),
    }


@reader("zoned")
def _read_zoned(decoder: Decoder, node: dict[str, Any]) -> object:
    naive = pd.DatetimeIndex(decoder.decode(node["v"]))
    zone = values.read_zone(node["z"])
    return naive.tz_localize("UTC").tz_convert(zone).array


def _write_categories(encoder: Encoder, array: Any) -> Node:  # noqa: ANN401
    return {
        "t": "categories",
        "c": encoder.encode(np.asarray(array.codes)),
        "v": _write_index(encoder, array.categories),
        "o": bool(array.ordered),
    }


@reader("categories")
def _read_categories(decoder: Decoder, node: dict[str, Any]) -> object:
    dtype = pd.CategoricalDtype(decoder.decode(node["v"]), ordered=bool(node["o"]))
    return pd.Categorical.from_codes(decoder.decode(node["c"]), dtype=dtype)


def _write_periods(encoder: Encoder, array: Any) -> Node:  # noqa: ANN401
    codes = encoder.encode(np.asarray(array.asi8))
    return {"t": "periods", "v": codes, "f": str(array.dtype)[7:-1]}


@reader("periods")
def _read_periods(decoder: Decoder, node: dict[str, Any]) -> object:
    dtype = pd.PeriodDtype(_frequency(node["f"]))
    codes = decoder.decode(node["v"])
    return pd.PeriodIndex.from_ordinals(codes, freq=dtype.freq).array  # type: ignore[attr-defined]


def _frequency(text: object) -> str:
    if not isinstance(text, str) or len(text) > 40:
        raise PlainDataError("no frequency")
    return text


def _write_intervals(encoder: Encoder, array: Any) -> Node:  # noqa: ANN401
    return {
        "t": "intervals",
        "l": _write_index(encoder, pd.Index(array.left)),
        "r": _write_index(encoder, pd.Index(array.right)),
        "c": array.closed,
    }


@reader("intervals")
def _read_intervals(decoder: Decoder, node: dict[str, Any]) -> object:
    left, right = decoder.decode(node["l"]), decoder.decode(node["r"])
    return pd.arrays.IntervalArray.from_arrays(left, right, closed=node["c"])


def _write_masked(encoder: Encoder, array: Any) -> Node:  # noqa: ANN401
    kept = array.to_numpy(dtype=array.dtype.numpy_dtype, na_value=0)
    return {
        "t": "masked",
        "v": encoder.encode(kept),
        "m": encoder.encode(np.asarray(array.isna())),
    }


@reader("masked")
def _read_masked(decoder: Decoder, node: dict[str, Any]) -> object:
    kept, mask = decoder.decode(node["v"]), decoder.decode(node["m"])
    kinds = {"b": 2, "i": 0, "u": 0, "f": 1}
    return _MASKED[kinds[kept.dtype.kind]](kept, mask)


def _write_strings(encoder: Encoder, array: Any) -> Node:  # noqa: ANN401
    items = [None if missing else text for text, missing in _marked(array)]
    return {
        "t": "strings",
        "s": array.dtype.storage,
        "n": array.dtype.na_value is pd.NA,
        "v": encoder.many(items),
    }


def _marked(array: Any) -> Any:  # noqa: ANN401
    return zip(array.to_numpy(dtype=object), np.asarray(array.isna()), strict=True)


@reader("strings")
def _read_strings(decoder: Decoder, node: dict[str, Any]) -> object:
    dtype: Any = pd.StringDtype(node["s"], pd.NA if node["n"] else np.nan)
    items = decoder.many(node["v"])
    if any(item is not None and type(item) is not str for item in items):
        raise PlainDataError("a column of texts holds something else")
    return pd.array(items, dtype=dtype)


_COLUMNS: list[tuple[Any, Callable[[Encoder, Any], Node]]] = [
    (pd.DatetimeTZDtype, _write_zoned),
    (pd.CategoricalDtype, _write_categories),
    (pd.PeriodDtype, _write_periods),
    (pd.IntervalDtype, _write_intervals),
    (pd.StringDtype, _write_strings),
    (_NULLABLE, _write_masked),
]


def _write_index(encoder: Encoder, index: Any) -> Node:  # noqa: ANN401
    if type(index) is pd.RangeIndex:
        if len(index) > _MAX_ROWS:
            raise NotPlainError("the table is too long")
        steps = encoder.many([index.start, index.stop, index.step])
        return {"t": "rows", "v": steps, "n": encoder.encode(index.name)}
    if type(index) is pd.MultiIndex:
        return {
            "t": "levels",
            "v": [_write_index(encoder, level) for level in index.levels],
            "c": [encoder.encode(np.asarray(codes)) for codes in index.codes],
            "n": encoder.many(index.names),
        }
    if type(index) not in _INDEXES:
        raise NotPlainError(f"an index of the type {type(index).__name__}")
    frequency = getattr(index, "freq", None) if index.dtype.kind in "mM" else None
    return {
        "t": "index",
        "v": _write_column(encoder, index.array),
        "n": encoder.encode(index.name),
        "f": frequency and frequency.freqstr,
    }


@reader("rows")
def _read_rows(decoder: Decoder, node: dict[str, Any]) -> object:
    steps = range(*decoder.many(node["v"]))
    if len(steps) > _MAX_ROWS:
        raise PlainDataError("the table is too long")
    return pd.RangeIndex(steps, name=decoder.decode(node["n"]))


@reader("levels")
def _read_levels(decoder: Decoder, node: dict[str, Any]) -> object:
    return pd.MultiIndex(
        levels=decoder.many(node["v"]),
        codes=decoder.many(node["c"]),
        names=decoder.many(node["n"]),
    )


@reader("index")
def _read_index(decoder: Decoder, node: dict[str, Any]) -> object:
    array = decoder.decode(node["v"])
    index: Any = pd.Index(array, dtype=array.dtype, name=decoder.decode(node["n"]))
    if node.get("f"):
        index.freq = _frequency(node["f"])
    return index


def _write_series(encoder: Encoder, value: "pd.Series[Any]") -> Node:
    return {
        "t": "series",
        "v": _write_column(encoder, value.array),
        "i": _write_index(encoder, value.index),
        "n": encoder.encode(value.name),
    }


@reader("series")
def _read_series(decoder: Decoder, node: dict[str, Any]) -> object:
    array = decoder.decode(node["v"])
    index, name = decoder.decode(node["i"]), decoder.decode(node["n"])
    return pd.Series(array, index=index, name=name, dtype=array.dtype)


def _write_frame(encoder: Encoder, value: pd.DataFrame) -> Node:
    return {
        "t": "frame",
        "c": _write_index(encoder, value.columns),
        "i": _write_index(encoder, value.index),
        "v": [_write_column(encoder, column.array) for _, column in value.items()],
    }


@reader("frame")
def _read_frame(decoder: Decoder, node: dict[str, Any]) -> object:
    index = decoder.decode(node["i"])
    columns = [
        pd.Series(array, index=index, dtype=array.dtype)
        for array in decoder.many(node["v"])
    ]
    frame = pd.DataFrame(dict(enumerate(columns)), index=index)
    frame.columns = decoder.decode(node["c"])
    return frame


def _write_timestamp(_: Encoder, value: pd.Timestamp) -> Node:
    zone = values.zone_node(value.tzinfo)
    naive = value if zone is None else value.tz_convert("UTC").tz_localize(None)
    number = int(naive.asm8.astype("i8"))
    return {"t": "timestamp", "v": number, "u": value.unit, "z": zone}


@reader("timestamp")
def _read_timestamp(_: Decoder, node: dict[str, Any]) -> object:
    unit = values.checked_dtype(f"M8[{node['u']}]")
    naive = pd.Timestamp(np.int64(node["v"]).astype(unit))
    if node["z"] is None:
        return naive
    return naive.tz_localize("UTC").tz_convert(values.read_zone(node["z"]))


def _write_pd_timedelta(_: Encoder, value: pd.Timedelta) -> Node:
    return {"t": "pd.timedelta", "v": int(value.asm8.astype("i8")), "u": value.unit}


@reader("pd.timedelta")
def _read_pd_timedelta(_: Decoder, node: dict[str, Any]) -> object:
    unit = values.checked_dtype(f"m8[{node['u']}]")
    return pd.Timedelta(np.int64(node["v"]).astype(unit))


def _write_period(_: Encoder, value: pd.Period) -> Node:
    return {"t": "period", "v": value.ordinal, "f": value.freqstr}


@reader("period")
def _read_period(_: Decoder, node: dict[str, Any]) -> object:
    return pd.Period(ordinal=int(node["v"]), freq=_frequency(node["f"]))


def _write_interval(encoder: Encoder, value: Any) -> Node:  # noqa: ANN401
    ends = encoder.many([value.left, value.right])
    return {"t": "interval", "v": ends, "c": value.closed}


@reader("interval")
def _read_interval(decoder: Decoder, node: dict[str, Any]) -> object:
    left, right = decoder.many(node["v"])
    return pd.Interval(left, right, closed=node["c"])


def _write_array(encoder: Encoder, value: object) -> Node | None:
    """Write pandas' own arrays, such as ``pd.array`` makes them."""
    if not isinstance(value, pd.api.extensions.ExtensionArray):
        return None
    if not type(value).__module__.startswith("pandas."):
        return None
    return {"t": "column", "v": _write_column(encoder, value)}


@reader("column")
def _read_array(decoder: Decoder, node: dict[str, Any]) -> object:
    array = decoder.decode(node["v"])
    return pd.array(array, dtype=array.dtype) if type(array) is np.ndarray else array


WRITERS.update(
    {
        pd.DataFrame: _write_frame,
        pd.Series: _write_series,
        pd.Timestamp: _write_timestamp,
        pd.Timedelta: _write_pd_timedelta,
        pd.Period: _write_period,
        pd.Interval: _write_interval,
        pd.RangeIndex: _write_index,
        pd.MultiIndex: _write_index,
        **dict.fromkeys(_INDEXES, _write_index),
        type(pd.NA): lambda _, __: {"t": "NA"},
        type(pd.NaT): lambda _, __: {"t": "NaT"},
    }
)
values.READERS["NA"] = lambda _, __: pd.NA
values.READERS["NaT"] = lambda _, __: pd.NaT
OTHER_WRITERS.append(_write_array)
