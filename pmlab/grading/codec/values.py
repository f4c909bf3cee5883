"""Python and NumPy values as a tree and back; the registry of tags.

None, booleans, text, floats, small integers and lists stand for themselves; everything
else is ``{"t": tag, ...}``. Only exact types count: a subclass of ``int`` or
``DataFrame`` can behave as it likes and is therefore not plain.
"""

import datetime
import decimal
import fractions
import functools
import importlib
import re
import time
import zoneinfo
from collections.abc import Callable
from typing import Any

import numpy as np

from pmlab.errors import PmlabError

Node = Any
MAX_DEPTH = 60
MAX_NODES = 2_000_000
_MAX_ROWS = 50_000_000
_PART = 200  # keys at a time
_MOST_FILLING_SECONDS = 1.0  # of processor time; a million plain keys take 0.2
_DTYPE = re.compile(r"[<>|=]?[biufcmMSU]\d{1,9}(\[\d{0,6}[A-Za-z]{1,2}\])?")
_MOST_DIGITS = 30_000
_EXTRA = tuple(
    f"pmlab.grading.codec.{name}" for name in ("tables", "results", "generators")
)


class NotPlainError(PmlabError):
    """A value of a graded program is not plain data, or is too large."""


class PlainDataError(PmlabError):
    """A message holds what no encoder writes."""


Write = Callable[["Encoder", Any], Node]
Read = Callable[["Decoder", dict[str, Any]], object]
WRITERS: dict[type, Write] = {}
READERS: dict[str, Read] = {}
OTHER_WRITERS: list[Callable[["Encoder", Any], Node | None]] = []


class Encoder:
    """Turns values into a tree; collects the buffers.

    Args:
        other: Called with a value that is not plain; returns its node or raises
            ``NotPlainError``.
    """

    def __init__(self, other: Callable[[object], Node] | None = None) -> None:
        self.buffers: list[bytes] = []
        self._other = other
        self._depth = 0
        self._nodes = 0
        _load_extra()

    def encode(self, value: object) -> Node:
        """Return the node of a value.

        Args:
            value: Any value.

        Returns:
            The node.

        Raises:
            NotPlainError: If the value, or something in it, is not plain data.
        """
        kind = type(value)
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise NotPlainError("the value is too large")
        if value is None or kind in (bool, str, float):
            return value
        if self._depth > MAX_DEPTH:
            raise NotPlainError("the value is nested too deeply, or holds itself")
        self._depth += 1
        try:
            write = WRITERS.get(kind)
            if write is not None:
                return write(self, value)
            return self._rare(value)
        finally:
            self._depth -= 1

    def many(self, values: Any) -> list[Node]:  # noqa: ANN401
        """Return the nodes of several values."""
        return [self.encode(value) for value in values]

    def buffer(self, raw: bytes) -> int:
        """Keep a buffer and return its number."""
        self.buffers.append(raw)
        return len(self.buffers) - 1

    def _rare(self, value: object) -> Node:
        for write in OTHER_WRITERS:
            node = write(self, value)
            if node is not None:
                return node
        if self._other is None:
            raise NotPlainError(f"a value of the type {type(value).__name__}")
        return self._other(value)


class Decoder:
    """Builds values from a tree; checks all of it, for it may be hostile.

    Args:
        buffers: The buffers that came with the tree.
        special: Builds what an encoder's ``other`` wrote, by tag.
    """

    def __init__(
        self, buffers: list[bytes], special: dict[str, Read] | None = None
    ) -> None:
        self._buffers = buffers
        self._special = special or {}
        self._depth = 0
        self._nodes = 0
        self._filling_seconds = 0.0
        _load_extra()

    def decode(self, node: Node) -> Any:  # noqa: ANN401
        """Return the value of a node.

        Args:
            node: The node.

        Returns:
            The value.

        Raises:
            PlainDataError: If the node is none an encoder writes.
        """
        try:
            return self._value(node)
        except PlainDataError:
            raise
        except (MemoryError, RecursionError):
            raise PlainDataError("the value is too large") from None
        except Exception as problem:
            raise PlainDataError(f"a value can't be read ({problem})") from problem

    def _value(self, node: Node) -> Any:  # noqa: ANN401
        self._nodes += 1
        if self._nodes > MAX_NODES or self._depth > MAX_DEPTH + 5:
            raise PlainDataError("the value is too large")
        if not isinstance(node, list | dict):
            return node
        self._depth += 1
        try:
            if isinstance(node, list):
                return [self._value(part) for part in node]
            tag = node.get("t")
            read = self._special.get(str(tag)) or READERS.get(str(tag))
            if read is None:
                raise PlainDataError(f"unknown tag {tag!r}")
            return read(self, node)
        finally:
            self._depth -= 1

    def fill(self, add: Callable[[slice], None], count: int) -> None:
        """Have a dictionary or set filled in parts; stop if that takes too long.

        Keys can be chosen so that each is compared with all the others.

        Args:
            add: Adds the keys of a part.
            count: How many keys there are.
        """
        for start in range(0, count, _PART):
            began = time.thread_time()
            add(slice(start, start + _PART))
            self._filling_seconds += time.thread_time() - began
            if self._filling_seconds > _MOST_FILLING_SECONDS:
                raise PlainDataError("keys that take too long to be told apart")

    def many(self, nodes: list[Node]) -> list[Any]:
        """Return the values of several nodes."""
        return [self._value(node) for node in nodes]

    def array(self, node: dict[str, Any]) -> np.ndarray[Any, Any]:
        """Return the array of a node with dtype, shape and buffer."""
        dtype, shape = checked_dtype(node["d"]), tuple(map(int, node["s"]))
        size = 1
        for length in shape:
            if not 0 <= length <= _MAX_ROWS:
                raise PlainDataError(f"a shape of {shape} is too large")
            size *= length
        raw = self._buffers[int(node["b"])]
        # NumPy makes texts of length 0 one character long: bytes from nothing.
        if len(raw) != size * dtype.itemsize or (size and not dtype.itemsize):
            raise PlainDataError("an array's bytes don't fit its shape")
        if not raw:
            return np.zeros(shape, dtype)
        return np.ndarray(shape, dtype, bytearray(raw))


def checked_dtype(text: object) -> np.dtype[Any]:
    """Return a NumPy dtype of numbers, times or fixed text, or raise."""
    if not isinstance(text, str) or not _DTYPE.fullmatch(text):
        raise PlainDataError(f"no dtype for plain data: {text!r}")
    return np.dtype(text)


@functools.cache
def _load_extra() -> None:
    for name in _EXTRA:
        importlib.import_module(name)


def _writer(*kinds: type) -> Callable[[Write], Write]:
    def add(write: Write) -> Write:
        for kind in kinds:
            WRITERS[kind] = write
        return write

    return add


def reader(tag: str) -> Callable[[Read], Read]:
    """Register the function that builds the values of a tag."""

    def add(read: Read) -> Read:
        READERS[tag] = read
        return read

    return add


@_writer(int)
def _write_int(_: Encoder, value: int) -> Node:
    if -(2**63) <= value < 2**63:
        return value
    if value.bit_length() > 100_000:
        raise NotPlainError("a number of more than 30,000 digits")
    return {"t": "int", "v": hex(value)}


@reader("int")
def _read_int(_: Decoder, node: dict[str, Any]) -> int:
    return int(node["v"][:_MOST_DIGITS], 16)


@_writer(list)
def _write_list(encoder: Encoder, value: list[Any]) -> Node:
    return encoder.many(value)


@_writer(dict)
def _write_dict(encoder: Encoder, value: dict[Any, Any]) -> Node:
    items = list(value.items())
    return {
        "t": "dict",
        "k": encoder.many(key for key, _ in items),
        "v": encoder.many(item for _, item in items),
    }


@reader("dict")
def _read_dict(decoder: Decoder, node: dict[str, Any]) -> dict[Any, Any]:
    keys, values = decoder.many(node["k"]), decoder.many(node["v"])
    if len(keys) != len(values):
        raise PlainDataError("a dictionary has not as many keys as values")
    found: dict[Any, Any] = {}
    decoder.fill(lambda part: found.update(zip(keys[part], values[part])), len(keys))  # noqa: B905
    return found


@_writer(tuple, set, frozenset)
def _write_collection(encoder: Encoder, value: Any) -> Node:  # noqa: ANN401
    return {"t": type(value).__name__, "v": encoder.many(value)}


def _read_collection(decoder: Decoder, node: dict[str, Any]) -> object:
    items = decoder.many(node["v"])
    if node["t"] == "tuple":
        return tuple(items)
    found: set[Any] = set()
    decoder.fill(lambda part: found.update(items[part]), len(items))
    return found if node["t"] == "set" else frozenset(found)


READERS.update(dict.fromkeys(("tuple", "set", "frozenset"), _read_collection))


@_writer(type(Ellipsis))
def _write_ellipsis(_: Encoder, __: object) -> Node:
    return {"t": "..."}


READERS["..."] = lambda _, __: Ellipsis


@_writer(range, slice)
def _write_range(encoder: Encoder, value: Any) -> Node:  # noqa: ANN401
    if type(value) is range and len(value) > _MAX_ROWS:
        raise NotPlainError("the range is too long")
    parts = encoder.many([value.start, value.stop, value.step])
    return {"t": type(value).__name__, "v": parts}


@reader("range")
def _read_range(decoder: Decoder, node: dict[str, Any]) -> range:
    result = range(*decoder.many(node["v"]))
    if len(result) > _MAX_ROWS:
        raise PlainDataError("the range is too long")
    return result


@reader("slice")
def _read_slice(decoder: Decoder, node: dict[str, Any]) -> slice:
    return slice(*decoder.many(node["v"]))


@_writer(complex)
def _write_complex(_: Encoder, value: complex) -> Node:
    return {"t": "complex", "v": [value.real, value.imag]}


@reader("complex")
def _read_complex(_: Decoder, node: dict[str, Any]) -> complex:
    return complex(*map(float, node["v"]))


@_writer(bytes, bytearray)
def _write_bytes(encoder: Encoder, value: bytes | bytearray) -> Node:
    return {"t": type(value).__name__, "b": encoder.buffer(bytes(value))}


@reader("bytes")
def _read_bytes(decoder: Decoder, node: dict[str, Any]) -> bytes:
    return decoder._buffers[int(node["b"])]


@reader("bytearray")
def _read_bytearray(decoder: Decoder, node: dict[str, Any]) -> bytearray:
    return bytearray(decoder._buffers[int(node["b"])])


@_writer(decimal.Decimal)
def _write_decimal(_: Encoder, value: decimal.Decimal) -> Node:
    return {"t": "decimal", "v": _short(str(_near(value)))}


@reader("decimal")
def _read_decimal(_: Decoder, node: dict[str, Any]) -> decimal.Decimal:
    return _near(decimal.Decimal(_short(node["v"])))


def _short(text: str) -> str:
    if len(text) > _MOST_DIGITS:
        raise NotPlainError("a number of more than 30,000 digits")
    return text


def _near(value: decimal.Decimal) -> decimal.Decimal:
    """Refuse exponents that take no room here but digits without end as an integer."""
    if abs(value.adjusted()) > _MOST_DIGITS:
        raise NotPlainError("a decimal with an exponent beyond 30,000")
    return value


@_writer(fractions.Fraction)
def _write_fraction(encoder: Encoder, value: fractions.Fraction) -> Node:
    return {
        "t": "fraction",
        "v": encoder.many([value.numerator, value.denominator]),
    }


@reader("fraction")
def _read_fraction(decoder: Decoder, node: dict[str, Any]) -> fractions.Fraction:
    over, under = decoder.many(node["v"])
    # A fraction of one text, such as "1e999999999", would be computed in full.
    if not all(isinstance(part, int | np.integer) for part in (over, under)):
        raise PlainDataError("a fraction is made of two whole numbers")
    return fractions.Fraction(over, under)


def zone_node(zone: object) -> Node:
    """Return the node of a time zone; None for no zone."""
    if zone is None:
        return None
    if zone is datetime.UTC:
        return "UTC"
    if type(zone) is datetime.timezone:
        offset = zone.utcoffset(None)
        return [offset.days, offset.seconds, offset.microseconds]
    name = str(zone)
    if type(zone).__module__.split(".")[0] in ("zoneinfo", "pytz") and name:
        return name if name != "UTC" else "zone:UTC"
    raise NotPlainError("a time zone without a name")


def read_zone(node: Node) -> datetime.tzinfo | None:
    """Return the time zone of a node."""
    if node is None:
        return None
    if node == "UTC":
        return datetime.UTC
    if isinstance(node, list):
        days, seconds, microseconds = map(int, node)
        return datetime.timezone(datetime.timedelta(days, seconds, microseconds))
    return zoneinfo.ZoneInfo(str(node).removeprefix("zone:"))


@_writer(datetime.date)
def _write_date(_: Encoder, value: datetime.date) -> Node:
    return {"t": "date", "v": [value.year, value.month, value.day]}


@reader("date")
def _read_date(_: Decoder, node: dict[str, Any]) -> datetime.date:
    return datetime.date(*map(int, node["v"]))


def _clock(value: Any) -> list[int]:  # noqa: ANN401
    return [value.hour, value.minute, value.second, value.microsecond]


@_writer(datetime.time)
def _write_time(_: Encoder, value: datetime.time) -> Node:
    zone = zone_node(value.tzinfo)
    return {"t": "time", "v": _clock(value), "z": zone, "f": value.fold}


@reader("time")
def _read_time(_: Decoder, node: dict[str, Any]) -> datetime.time:
    hour, minute, second, micro = map(int, node["v"])
    zone, fold = read_zone(node["z"]), int(node["f"])
    return datetime.time(hour, minute, second, micro, tzinfo=zone, fold=fold)


@_writer(datetime.datetime)
def _write_datetime(_: Encoder, value: datetime.datetime) -> Node:
    parts = [value.year, value.month, value.day, *_clock(value)]
    zone = zone_node(value.tzinfo)
    return {"t": "datetime", "v": parts, "z": zone, "f": value.fold}


@reader("datetime")
def _read_datetime(_: Decoder, node: dict[str, Any]) -> datetime.datetime:
    year, month, day, hour, minute, second, micro = map(int, node["v"])
    zone, fold = read_zone(node["z"]), int(node["f"])
    return datetime.datetime(
        year, month, day, hour, minute, second, micro, tzinfo=zone, fold=fold
    )


@_writer(datetime.timedelta)
def _write_timedelta(_: Encoder, value: datetime.timedelta) -> Node:
    return {"t": "timedelta", "v": [value.days, value.seconds, value.microseconds]}


@reader("timedelta")
def _read_timedelta(_: Decoder, node: dict[str, Any]) -> datetime.timedelta:
    return datetime.timedelta(*map(int, node["v"]))


def write_array(encoder: Encoder, value: np.ndarray[Any, Any]) -> Node:
    """Return the node of an array, with its shape."""
    shape = list(value.shape)
    if value.dtype.kind == "O":
        return {"t": "objects", "s": shape, "v": encoder.many(value.ravel())}
    if not _DTYPE.fullmatch(value.dtype.str):
        raise NotPlainError(f"an array of the dtype {value.dtype}")
    raw = encoder.buffer(value.tobytes())
    return {"t": "array", "d": value.dtype.str, "s": shape, "b": raw}


WRITERS[np.ndarray] = write_array
READERS["array"] = Decoder.array


@reader("objects")
def _read_objects(decoder: Decoder, node: dict[str, Any]) -> object:
    items = decoder.many(node["v"])
    flat = np.empty(len(items), dtype=object)
    for position, item in enumerate(items):
        flat[position] = item
    return flat.reshape([int(length) for length in node["s"]])


def _write_scalar(_: Encoder, value: object) -> Node | None:
    if not isinstance(value, np.generic):
        return None
    dtype = value.dtype
    if type(value) is not dtype.type or not _DTYPE.fullmatch(dtype.str):
        return None
    return {"t": "scalar", "d": dtype.str, "v": value.tobytes().hex()}


OTHER_WRITERS.append(_write_scalar)


@reader("scalar")
def _read_scalar(_: Decoder, node: dict[str, Any]) -> object:
    dtype, raw = checked_dtype(node["d"]), bytes.fromhex(node["v"])
    if not dtype.itemsize:
        return dtype.type()
    if len(raw) != dtype.itemsize:
        raise PlainDataError("a number's bytes don't fit its dtype")
    return np.frombuffer(raw, dtype)[0]
