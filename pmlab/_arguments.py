"""Checks of arguments at the public edge, and their wording.

Each message has the parameter, the value seen, the rule and, where there is one, the
usual mend:
``conversion_rate == 12, must be in [0, 1]; pass a fraction, not a percent``.
"""

import math
import numbers
from collections.abc import Collection, Iterable
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from pmlab.errors import ColumnsMissingError

# Draws without a seed of the caller come out the same each time.
DEFAULT_SEED = 0


def _seen(value: object) -> str:
    """Return a value as typed: ``0.5``, also where NumPy says ``np.float64(0.5)``."""
    return repr(value.item() if isinstance(value, np.generic) else value)


def number(name: str, value: object) -> float:
    """Return ``value`` as a finite float, or raise.

    Args:
        name: Name of the parameter, for the message.
        value: A Python or NumPy number; booleans and texts are refused.

    Returns:
        The value as a float.

    Raises:
        TypeError: If the value is not a number.
        ValueError: If it is NaN or infinite.
    """
    if isinstance(value, bool | np.bool_) or not isinstance(value, numbers.Real):
        hint = (
            "; it is text: take out signs, commas and words, and convert it with "
            "float(...) or, for a column, pandas.to_numeric(...)"
            if isinstance(value, str)
            else ""
        )
        raise TypeError(f"{name} == {_seen(value)}, must be a number{hint}")
    result = float(value)
    if not math.isfinite(result):
        raise ValueError(
            f"{name} == {_seen(value)}, must be finite; check the input for NaN"
        )
    return result


def positive(name: str, value: object) -> float:
    """Return ``value`` as a float above zero, or raise."""
    result = number(name, value)
    if result <= 0:
        raise ValueError(f"{name} == {_seen(value)}, must be > 0")
    return result


def not_negative(name: str, value: object) -> float:
    """Return ``value`` as a float of zero or more, or raise."""
    result = number(name, value)
    if result < 0:
        raise ValueError(f"{name} == {_seen(value)}, must be >= 0")
    return result


def rate(name: str, value: object) -> float:
    """Return ``value`` as a fraction from 0 to 1, or raise."""
    result = number(name, value)
    if not 0 <= result <= 1:
        raise ValueError(
            f"{name} == {_seen(value)}, must be in [0, 1]; "
            "pass a fraction, not a percent"
        )
    return result


def open_rate(name: str, value: object) -> float:
    """Return ``value`` as a fraction strictly between 0 and 1, or raise."""
    result = rate(name, value)
    if result in (0.0, 1.0):
        raise ValueError(f"{name} == {_seen(value)}, must lie strictly between 0 and 1")
    return result


def whole(name: str, value: object, *, minimum: int = 0) -> int:
    """Return ``value`` as a whole number of at least ``minimum``, or raise."""
    result = number(name, value)
    if result != int(result) or result < minimum:
        raise ValueError(
            f"{name} == {_seen(value)}, must be a whole number >= {minimum}"
        )
    return int(result)


def choice(name: str, value: object, options: Collection[str]) -> str:
    """Return ``value`` if it is one of ``options``, or raise."""
    if not isinstance(value, str) or value not in options:
        raise ValueError(f"{name} == {value!r}, must be one of {', '.join(options)}")
    return value


def columns(available: Iterable[str], *needed: str) -> None:
    """Raise ``ColumnsMissingError`` unless all ``needed`` names are available."""
    present = list(available)
    missing = [name for name in needed if name not in present]
    if missing:
        raise ColumnsMissingError.of(missing, present)


def finite_array(name: str, values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return ``values`` as a one-dimensional float array without NaN, or raise."""
    _refuse_texts_and_times(name, np.asarray(values))
    array = np.asarray(values, dtype=float)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(
            f"{name} has shape {array.shape}, must be a non-empty list of numbers"
        )
    if not np.isfinite(array).all():
        count = int((~np.isfinite(array)).sum())
        raise ValueError(
            f"{name} holds {count} missing or infinite value(s); "
            "drop or fill them first"
        )
    return array


def seed(rng: object) -> int | None:
    """Return the seed behind ``rng`` for the texts, or None for a generator."""
    if rng is None:
        raise TypeError("rng == None, must be a seed such as 1, or a generator")
    return None if isinstance(rng, np.random.Generator) else whole("rng", rng)


def _refuse_texts_and_times(name: str, given: npt.NDArray[np.generic]) -> None:
    """Raise for what NumPy would turn into numbers in silence, such as nanoseconds."""
    plain = given.dtype.kind in "biufO"
    if plain and given.dtype.kind != "O":
        return
    wrong = [
        value
        for value in given.ravel().tolist()
        if not plain or isinstance(value, str | date | timedelta)
    ]
    if wrong:
        kind = "texts" if isinstance(wrong[0], str) else f"{given.dtype}"
        raise TypeError(
            f"{name} holds {kind} ({wrong[0]!r}), must hold numbers; turn times into "
            "numbers in the unit that is asked for, such as durations.dt.days"
        )
