"""The list of all tables, and how one is loaded and described."""

import functools
import importlib
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab._whole_text import WholeText
from pmlab.case import cache
from pmlab.case.definitions import LABELS, Column, Table
from pmlab.case.timeline import MONTHS, month_start
from pmlab.case.variants import checked_code, current_variant
from pmlab.errors import DataError

_SUBJECTS = (
    "opportunity",
    "business_case",
    "supply",
    "consumer",
    "traffic",
    "money",
    "classic",
    "retirement",
    "workplaces",
    "trials",
    "exposures",
    "readouts",
    "needs",
    "opinions",
    "voices",
    "care",
    "choices",
    "rivals",
    "workweek",
    "launch",
)


@functools.cache
def registry() -> dict[str, Table]:
    """Return all tables by name."""
    tables = [
        table
        for subject in _SUBJECTS
        for table in importlib.import_module(f"pmlab.case.{subject}").TABLES
    ]
    return {table.name: table for table in sorted(tables, key=lambda each: each.name)}


def available() -> list[str]:
    """Return the names of all tables of the case.

    Returns:
        Names for ``load`` and ``describe``, sorted.

    Examples:
        >>> "launch_plan" in available()
        True
    """
    return list(registry())


def load(
    table: str, *, variant: str | None = None, until_month: int | None = None
) -> pd.DataFrame:
    """Load a table of Fernbroom, the fictional company of the course.

    The same variant gives the same table everywhere. Times are in UTC unless the column
    says otherwise. Units are in ``describe(table)``.

    Args:
        table: A name of ``available()``.
        variant: A variant code; by default the current one, see ``current_variant``.
        until_month: Show the table as it was known when this month of the company's
            life began (1 to 30): later rows are left out, and what became known later
            is empty. By default all 30 months.

    Returns:
        A new table; change it as you like.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If the variant or the month has a form that can't be.
        DataError: If there is no such table.

    Examples:
        >>> plan = load("launch_plan", variant="fernbroom")
        >>> len(plan[plan["row_type"] == "operations"])
        36
    """
    definition = _definition(table)
    code = current_variant() if variant is None else checked_code(variant)
    frame = _frame(definition.name, code).copy()
    return frame if until_month is None else _as_known(frame, definition, until_month)


def describe(table: str) -> pd.DataFrame:
    """Describe the columns of a table: the data dictionary.

    Args:
        table: A name of ``available()``.

    Returns:
        One row for each column, with ``column``, ``dtype``, ``unit`` and ``meaning``.

    Raises:
        TypeError: If the name is no text.
        DataError: If there is no such table.

    Examples:
        >>> describe("launch_counties")["column"].tolist()
        ['county_fips', 'county', 'state', 'time_zone', 'launched_on']
    """
    columns = _definition(table).columns
    return WholeText(
        {
            "column": [column.name for column in columns],
            "dtype": [column.dtype for column in columns],
            "unit": [column.unit for column in columns],
            "meaning": [column.meaning for column in columns],
        }
    )


def dictionary() -> pd.DataFrame:
    """Describe all columns of all tables.

    Returns:
        One row for each column of each table: ``table`` and the columns of
        ``describe``.

    Examples:
        >>> set(dictionary()["table"]) == set(available())
        True
    """
    parts = [describe(name).assign(table=name) for name in available()]
    return WholeText(pd.concat(parts, ignore_index=True))[
        ["table", "column", "dtype", "unit", "meaning"]
    ]


def about(table: str) -> str:
    """Say in one sentence what a row of a table is.

    Args:
        table: A name of ``available()``.

    Returns:
        A sentence.

    Raises:
        TypeError: If the name is no text.
        DataError: If there is no such table.

    Examples:
        >>> about("launch_counties")
        'One row for each county in which the app starts (REAL counties).'
    """
    return _definition(table).about


def _definition(table: object) -> Table:
    if not isinstance(table, str):
        raise TypeError(f"table == {table!r}, must be a text")
    tables = registry()
    if table in tables:
        return tables[table]
    import difflib

    close = difflib.get_close_matches(table, tables, n=1, cutoff=0.5)
    hint = f"did you mean {close[0]!r}? " if close else ""
    raise DataError(
        f"table == {table!r}, the case has no such table; {hint}"
        f"there are: {', '.join(tables)}"
    )


def _arrays(table: str, variant: str) -> dict[str, npt.NDArray[Any]]:
    definition = registry()[table]
    stored = cache.read(table, variant)
    if stored is not None:
        return stored
    made = definition.arrays(variant)
    cache.write(table, variant, made)
    return made


@functools.lru_cache(maxsize=16)
def _frame(table: str, variant: str) -> pd.DataFrame:
    """Return the whole table; never hand it out uncopied."""
    columns, arrays = registry()[table].columns, _arrays(table, variant)
    return pd.DataFrame({column.name: _series(arrays, column) for column in columns})


def _series(arrays: dict[str, npt.NDArray[Any]], column: Column) -> pd.Series:
    values = arrays[column.name]
    if column.kind == "text":
        texts = arrays[column.name + LABELS].astype(object)
        if column.optional:
            texts[texts == ""] = None
        return (
            pd.Series(pd.Index(texts).take(values))
            if len(texts)
            else pd.Series([], dtype=object)
        )
    if column.kind == "whole" and column.optional:
        return pd.Series(pd.arrays.IntegerArray(values.copy(), values < 0))
    return pd.Series(values.copy())


def _as_known(frame: pd.DataFrame, definition: Table, month: int) -> pd.DataFrame:
    if isinstance(month, bool) or not isinstance(month, int | np.integer):
        raise TypeError(f"until_month == {month!r}, must be a whole number")
    if not 1 <= month <= MONTHS:
        raise ValueError(f"until_month == {month}, must be from 1 to {MONTHS}")
    if not definition.happens:
        return frame
    cutoff = pd.Timestamp(month_start(int(month)))
    known = frame[frame[definition.happens] < cutoff].reset_index(drop=True)
    # Times come last, since other columns ask them when they became known.
    later = [column for column in definition.columns if column.known_at]
    for column in sorted(later, key=lambda each: each.known_at == each.name):
        known[column.name] = known[column.name].mask(known[column.known_at] >= cutoff)
    return known
