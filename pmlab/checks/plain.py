"""Which values count as an answer, and how a value of the wrong kind is named.

Only exact, well-known types pass. An object that merely behaves like a number could
behave like every number.
"""

import datetime
import decimal
import fractions
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

_NUMBERS = frozenset({int, float, decimal.Decimal, fractions.Fraction}) | frozenset(
    kind for kind in np.sctypeDict.values() if np.dtype(kind).kind in "iuf"
)
# What may stand in a list or a table besides numbers and text.
_ITEMS = frozenset(
    {bool, np.bool_, datetime.date, datetime.datetime}
    | {pd.Period, pd.Timedelta, pd.Timestamp}
)


_ASK_FOR_RETURN = "If you wrote a function, does its last line start with `return`?"


class WrongKindError(Exception):
    """The answer is not of the kind that was asked for; the text says how."""


def is_number(value: object) -> bool:
    """Tell whether ``value`` is exactly a Python or NumPy number (no boolean)."""
    return type(_unpacked(value)) in _NUMBERS


def number(value: object, what: str) -> float:
    """Return ``value`` as a finite float.

    Args:
        value: The learner's answer.
        what: What was asked for, for the message.

    Returns:
        The number.

    Raises:
        WrongKindError: With a text for the learner, if it is no finite number.
    """
    _no_answer_yet(value, what)
    if not is_number(value):
        raise WrongKindError(f"{_described(value)} One number is asked for: {what}.")
    result = _as_float(_unpacked(value))
    if math.isnan(result):
        raise WrongKindError(
            f"You have NaN (“not a number”) for {what}. Some input was missing, or "
            "zero was divided by zero. Look for empty cells in the columns you use, "
            "and for those that a step of yours made: a rolling window before it is "
            "full, or rows without a partner."
        )
    if math.isinf(result):
        raise WrongKindError(
            f"You have an infinite value for {what}. Something was divided by zero."
        )
    return result


def pair(value: object, what: str) -> tuple[float, float]:
    """Return ``value`` as two numbers, low and high, or raise ``WrongKindError``."""
    _no_answer_yet(value, what)
    items = _as_list(value)
    if items is None or len(items) != 2:
        raise WrongKindError(
            f"{_described(value)} Two numbers are asked for, (low, high): {what}."
        )
    low, high = (number(item, what) for item in items)
    if low > high:
        raise WrongKindError(
            f"You have ({readable(low)}, {readable(high)}) for {what}: the first end "
            "is larger than the second. Give (low, high)."
        )
    return low, high


def record(value: object, keys: Sequence[str], what: str) -> Mapping[str, object]:
    """Return ``value`` as a dictionary that has ``keys``, or raise.

    What it holds besides is left alone: a number too many is no wrong answer.
    """
    _no_answer_yet(value, what)
    if type(value) is not dict:
        raise WrongKindError(
            f"{_described(value)} A dictionary with the keys {_listed(keys)} is asked "
            f"for: {what}."
        )
    missing = [key for key in keys if key not in value]
    if missing:
        extra = [str(key) for key in value if key not in keys]
        has = f" and has {_listed(extra)}, for which the task does not ask"
        raise WrongKindError(
            f"Your dictionary lacks {_listed(missing)}{has if extra else ''} ({what})."
        )
    empty = [key for key in keys if value[key] is None or value[key] is Ellipsis]
    if empty:
        # The dictionary may be the check's own, of what her function returned.
        raise WrongKindError(
            f"There is nothing yet under {_listed(empty)} ({what}). {_ASK_FOR_RETURN}"
        )
    return value


def label(value: object, options: Sequence[str], what: str) -> str:
    """Return ``value`` as one of ``options``, or raise ``WrongKindError``."""
    _no_answer_yet(value, what)
    value = _unpacked(value)
    if type(value) not in (str, np.str_) or value not in options:
        raise WrongKindError(
            f"{_described(value)} For {what} write one of {_listed(options)}, exactly "
            "as it stands here."
        )
    return str(value)


def ranking(value: object, what: str, *, names_only: bool = False) -> list[object]:
    """Return ``value`` as a plain list of plain items, or raise ``WrongKindError``."""
    _no_answer_yet(value, what)
    items = _as_list(value)
    if items is None:
        raise WrongKindError(f"{_described(value)} A list is asked for: {what}.")
    for item in items:
        if type(item) is tuple and names_only:
            raise WrongKindError(
                f"Your list for {what} holds pairs or the like, of {len(item)} items "
                "each. The names alone are asked for, in order."
            )
        if not is_item(item):
            raise WrongKindError(
                f"{_described(item)} It stands in your list for {what}, which takes "
                "names or numbers only."
            )
    return items


def is_item(value: object) -> bool:
    """Tell whether ``value`` can be compared in a list or table without its help."""
    if type(value) is tuple:
        return all(is_item(part) for part in value)
    return type(value) in (str, np.str_) or type(value) in _ITEMS or is_number(value)


def readable(value: float) -> str:
    """Format a number for a message: separators, about four digits.

    >>> readable(390000), readable(0.15644), readable(12.5), readable(-3)
    ('390,000', '0.1564', '12.5', '-3')
    """
    if not math.isfinite(value):
        return str(float(value))
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def _no_answer_yet(value: object, what: str) -> None:
    if value is None or value is Ellipsis:
        raise WrongKindError(
            f"There is no answer yet for {what}: the value is {value!r}. "
            f"{_ASK_FOR_RETURN}"
        )


def is_missing(value: object) -> bool:
    """Tell whether a cell of a table is empty."""
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    return is_number(value) and math.isnan(_as_float(value))


def _unpacked(value: object) -> object:
    """Return what a NumPy array without dimensions holds; others as they are."""
    return value[()] if type(value) is np.ndarray and value.ndim == 0 else value


def _as_float(value: Any) -> float:  # noqa: ANN401
    try:
        return float(value)
    except OverflowError:
        return math.inf
    except ValueError:  # a signaling NaN of decimal
        return math.nan


def _as_list(value: object) -> list[object] | None:
    if type(value) in (list, tuple):
        return list(value)  # type: ignore[call-overload, no-any-return]
    if type(value) in (np.ndarray, pd.Series, pd.Index) and value.ndim == 1:  # type: ignore[attr-defined]
        items: list[object] = value.tolist()  # type: ignore[attr-defined]
        return items
    return None


def _described(value: object) -> str:
    value = _unpacked(value)
    if type(value) in (bool, np.bool_):
        return f"You have {bool(value)}, which is true or false."
    if type(value) in (str, np.str_):
        shown = str(value)
        shown = shown if len(shown) <= 40 else shown[:37] + "…"
        return f"You have the text “{shown}”."
    if type(value) in (pd.DataFrame, pd.Series):
        return f"You have a table column or table of {len(value):,} rows."  # type: ignore[arg-type]
    if type(value) in (list, tuple, range, np.ndarray, pd.Index):
        return f"You have a list of {len(value):,} items."  # type: ignore[arg-type]
    if callable(value):
        return "You have a function; call it with ( )."
    return f"You have a value of the type {type(value).__name__}."


def _listed(items: Sequence[Any]) -> str:
    return ", ".join(f"“{item}”" for item in items)
