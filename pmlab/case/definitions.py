"""What a table of the case is: its columns with units and meaning, and its maker."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Kind = Literal["whole", "number", "yes/no", "text", "time", "date"]
LABELS = "/labels"
"""Ending of the key under which the different texts of a text column are kept."""
DTYPES: dict[Kind, str] = {
    "whole": "int64",
    "number": "float64",
    "yes/no": "bool",
    "text": "str",
    "time": "datetime64[us]",
    "date": "datetime64[us]",
}


@dataclasses.dataclass(frozen=True)
class Coded:
    """A long text column in short form.

    Attributes:
        codes: For each row, the position of its text.
        texts: The different texts.
    """

    codes: npt.NDArray[np.int64]
    texts: Sequence[str]


Arrays = Mapping[str, "npt.NDArray[Any] | Coded"]


@dataclasses.dataclass(frozen=True)
class Column:
    """One column: its name, kind, unit and meaning.

    Attributes:
        name: Name, with the unit where there is one (``price_usd``).
        kind: Kind of value; it decides the dtype.
        unit: Unit of the value, or an empty text.
        meaning: One sentence for the data dictionary.
        optional: Whether values may be missing.
        digits: Digits kept after the point; equal bytes on every machine need a limit.
        known_at: For a value that becomes known later than its row: the column with
            the time when that happens. A snapshot empties it before that time.
    """

    name: str
    kind: Kind
    unit: str
    meaning: str
    optional: bool = False
    digits: int = 6
    known_at: str = ""

    @property
    def dtype(self) -> str:
        """Return the pandas dtype, by its name."""
        return "Int64" if self.kind == "whole" and self.optional else DTYPES[self.kind]


@dataclasses.dataclass(frozen=True)
class Table:
    """One table: its columns and the function that makes them from a variant.

    Attributes:
        name: Name in ``load``.
        about: One sentence: what one row is, and where the table comes from.
        columns: The columns, in order.
        make: Function from a variant code to one array for each column. A missing
            whole number is -1, a missing number NaN, a missing time NaT, a missing text
            is empty.
        happens: The column that says when a row came to be; empty if the table has no
            timeline, so that a snapshot keeps all rows.
    """

    name: str
    about: str
    columns: tuple[Column, ...]
    make: Callable[[str], Arrays]
    happens: str = ""

    def arrays(self, variant: str) -> dict[str, npt.NDArray[Any]]:
        """Make the table's arrays, in the order, dtypes and digits of its columns."""
        made = self.make(variant)
        names = [column.name for column in self.columns]
        if set(made) != set(names):
            raise AssertionError(f"{self.name}: {sorted(set(made) ^ set(names))}")
        settled: dict[str, npt.NDArray[Any]] = {}
        for column in self.columns:
            settled.update(_settle(made[column.name], column))
        return settled


def _settle(
    values: "npt.NDArray[Any] | Coded", column: Column
) -> dict[str, npt.NDArray[Any]]:
    if column.kind == "text":
        if not isinstance(values, Coded):
            texts, codes = np.unique(
                np.asarray(values, dtype=np.str_), return_inverse=True
            )
            values = Coded(codes, texts.tolist())
        return {
            column.name: values.codes.astype(np.int32),
            column.name + LABELS: np.asarray(values.texts, dtype=np.str_),
        }
    if column.kind == "number":
        # Adding zero turns -0.0 into 0.0.
        return {
            column.name: np.round(np.asarray(values, dtype=np.float64), column.digits)
            + 0.0
        }
    return {column.name: np.asarray(values).astype(DTYPES[column.kind])}


def text(name: str, meaning: str, unit: str = "") -> Column:
    """Describe a column of texts."""
    return Column(name, "text", unit, meaning)


def whole(name: str, unit: str, meaning: str) -> Column:
    """Describe a column of whole numbers."""
    return Column(name, "whole", unit, meaning)


def number(name: str, unit: str, meaning: str, *, digits: int = 4) -> Column:
    """Describe a column of numbers."""
    return Column(name, "number", unit, meaning, digits=digits)


def flag(name: str, meaning: str) -> Column:
    """Describe a column of yes and no."""
    return Column(name, "yes/no", "", meaning)


def moment(name: str, meaning: str, *, later: bool = False) -> Column:
    """Describe a column of times in UTC; ``later`` if they may not have come yet."""
    known = name if later else ""
    return Column(name, "time", "UTC", meaning, optional=later, known_at=known)


def day(name: str, meaning: str, *, later: bool = False) -> Column:
    """Describe a column of local dates; ``later`` if they may not have come yet."""
    known = name if later else ""
    return Column(name, "date", "local date", meaning, optional=later, known_at=known)
