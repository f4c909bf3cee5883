"""One value against one expected value: right, a known trap, a unit slip, or neither.

Each function returns a ``Comparison`` and knows nothing of points or wording of traps.
"""

import dataclasses
import math
from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pmlab.checks import plain, slips
from pmlab.checks.slips import Tolerance

if TYPE_CHECKING:
    import pandas as pd


@dataclasses.dataclass(frozen=True, kw_only=True)
class Comparison:
    """How one answer compares with the expected one.

    Attributes:
        what: What was compared, in words.
        right: Whether the answer is accepted.
        yours: The learner's value, formatted.
        trap: Id of the known wrong answer it equals, if any.
        problem: A sentence for a wrong kind of value or a unit slip, else empty.
        distance: Size of the miss in tolerances; infinite where there is no scale.
        blurred: Traps that can't be told from the right answer (by three tolerances)
            or from another trap (by one): a mistake of the author.
        expected: The right numbers; empty for labels, rankings and tables.
        unit: Unit of the numbers, for messages.
        facts: Names of the further values that messages may use.
        variant: The hidden variant it was made on; empty in the visible part.
        traps: Ids of all known wrong answers it was compared with.
    """

    what: str
    right: bool
    yours: str
    trap: str | None = None
    problem: str = ""
    distance: float = math.inf
    blurred: tuple[str, ...] = ()
    expected: tuple[float, ...] = ()
    unit: str = ""
    facts: frozenset[str] = frozenset()
    variant: str = ""
    traps: frozenset[str] = frozenset()


def compare_numbers(
    value: object,
    expected: Mapping[str, float],
    *,
    what: str,
    unit: str,
    tolerance: Tolerance,
    traps: Mapping[str, Mapping[str, float]],
) -> Comparison:
    """Compare a dictionary of numbers; a single number has the one key ``""``.

    Args:
        value: The learner's answer: a number, or a dictionary of numbers.
        expected: The right numbers by key.
        what: What was asked for, in words.
        unit: Unit for the message.
        tolerance: How near is near enough, for each number.
        traps: For each known wrong answer the numbers it gives (some keys suffice).

    Returns:
        The comparison.
    """
    single = set(expected) == {""}
    try:
        given = {"": value} if single else plain.record(value, list(expected), what)
        numbers = {
            key: plain.number(given[key], what if single else f"“{key}”")
            for key in expected
        }
    except plain.WrongKindError as error:
        return Comparison(what=what, right=False, yours="", problem=str(error))

    misses = {key: tolerance.distance(numbers[key], expected[key]) for key in expected}
    distance = max(misses.values())
    right = distance <= 1
    wrong_keys = [key for key, miss in misses.items() if miss > 1]
    trap = None if right else _matching_trap(numbers, traps, tolerance)
    problem = ""
    if not right and trap is None:
        problem = slips.problem(numbers, expected, wrong_keys, tolerance)
    return Comparison(
        what=what,
        right=right,
        yours=_shown(numbers, wrong_keys or list(expected), unit, expected),
        trap=trap,
        problem=problem,
        distance=distance,
        blurred=_blurred(expected, traps, tolerance),
        expected=tuple(expected.values()),
        unit=unit,
        traps=frozenset(traps),
    )


def compare_intervals(
    value: object,
    expected: Mapping[str, float],
    *,
    what: str,
    unit: str,
    tolerance: Tolerance,
    traps: Mapping[str, Mapping[str, float]],
) -> Comparison:
    """Compare a pair of numbers; ``expected`` and traps have the keys low and high."""
    try:
        low, high = plain.pair(value, what)
    except plain.WrongKindError as error:
        return Comparison(what=what, right=False, yours="", problem=str(error))
    result = compare_numbers(
        {"low": low, "high": high},
        expected,
        what=what,
        unit=unit,
        tolerance=tolerance,
        traps=traps,
    )
    suffix = f" {unit}" if unit else ""
    ends = _unlike(low, expected["low"]), _unlike(high, expected["high"])
    shown = f"{ends[0]} to {ends[1]}{suffix}"
    return dataclasses.replace(result, yours=shown)


def compare_labels(
    value: object,
    expected: Mapping[str, str],
    *,
    what: str,
    options: Sequence[str],
    traps: Mapping[str, Mapping[str, str]],
) -> Comparison:
    """Compare labels exactly; a single choice has the one key ``""``."""
    single = set(expected) == {""}
    try:
        given = {"": value} if single else plain.record(value, list(expected), what)
        labels = {
            key: plain.label(given[key], options, what if single else f"“{key}”")
            for key in expected
        }
    except plain.WrongKindError as error:
        return Comparison(what=what, right=False, yours="", problem=str(error))
    wrong = [key for key in expected if labels[key] != expected[key]]
    trap = next(
        (
            name
            for name, values in traps.items()
            if wrong and all(labels[key] == values[key] for key in values)
        ),
        None,
    )
    shown = "; ".join(
        f"“{labels[key]}”" if single else f"{key}: “{labels[key]}”" for key in wrong
    )
    return Comparison(
        what=what,
        right=not wrong,
        yours=shown or "; ".join(f"“{label}”" for label in labels.values()),
        trap=trap,
        distance=math.inf if wrong else 0.0,
        blurred=tuple(
            name
            for name, values in traps.items()
            if all(expected.get(key) == label for key, label in values.items())
        ),
        traps=frozenset(traps),
    )


def compare_ranking(
    value: object,
    expected: Sequence[Hashable],
    *,
    what: str,
    traps: Mapping[str, Sequence[Hashable]],
) -> Comparison:
    """Compare an ordered list exactly."""
    try:
        names_only = all(isinstance(item, str) for item in expected)
        items = plain.ranking(value, what, names_only=names_only)
    except plain.WrongKindError as error:
        return Comparison(what=what, right=False, yours="", problem=str(error))
    right = items == list(expected) and not _kinds_differ(items, expected)
    problem = ""
    if not right and len(items) != len(expected):
        problem = (
            f"Your list has {len(items)} items; {len(expected)} are asked for: {what}."
        )
    trap = next((name for name, order in traps.items() if items == list(order)), None)
    return Comparison(
        what=what,
        right=right,
        yours=", ".join(str(item) for item in items[:12]),
        trap=None if right else trap,
        problem="" if trap else problem,
        distance=0.0 if right else math.inf,
        blurred=tuple(
            name for name, order in traps.items() if list(order) == list(expected)
        ),
        traps=frozenset(traps),
    )


def compare_tables(
    value: object,
    expected: "pd.DataFrame",
    *,
    what: str,
    tolerance: Tolerance,
    traps: Mapping[str, "pd.DataFrame"],
) -> Comparison:
    """Compare two tables: columns by name, rows in order, numbers by tolerance."""
    import pandas as pd

    if type(value) is not pd.DataFrame:
        problem = f"A table (DataFrame) is asked for: {what}."
        if value is None or value is Ellipsis:
            problem = f"There is no answer yet for {what}."
        return Comparison(what=what, right=False, yours="", problem=problem)
    shape = _shape_problem(value, expected, what)
    if shape:
        return Comparison(what=what, right=False, yours="a table", problem=shape)
    distance, place = _table_distance(value, expected, tolerance)
    trap = None
    if distance > 1:
        trap = next(
            (
                name
                for name, table in traps.items()
                if not _shape_problem(value, table, what)
                and _table_distance(value, table, tolerance)[0] <= 1
            ),
            None,
        )
    return Comparison(
        what=what,
        right=distance <= 1,
        yours=place,
        trap=trap,
        distance=distance,
        blurred=tuple(
            name
            for name, table in traps.items()
            if not _shape_problem(table, expected, what)
            and _table_distance(table, expected, tolerance)[0] <= 3
        ),
        traps=frozenset(traps),
    )


def _matching_trap(
    numbers: Mapping[str, float],
    traps: Mapping[str, Mapping[str, float]],
    tolerance: Tolerance,
) -> str | None:
    for name, values in traps.items():
        if all(
            tolerance.distance(numbers[key], wrong) <= 1
            for key, wrong in values.items()
        ):
            return name
    return None


def _kinds_differ(items: Sequence[object], expected: Sequence[object]) -> bool:
    """Tell whether a boolean stands where a number is asked for, or the reverse."""
    return any(
        plain.is_number(mine) != plain.is_number(right)
        for mine, right in zip(items, expected, strict=True)
    )


def _blurred(
    expected: Mapping[str, float],
    traps: Mapping[str, Mapping[str, float]],
    tolerance: Tolerance,
) -> tuple[str, ...]:
    def apart(one: Mapping[str, float], other: Mapping[str, float]) -> float:
        full, against = {**expected, **one}, {**expected, **other}
        return max(tolerance.distance(full[key], against[key]) for key in expected)

    names = list(traps)
    found = [name for name in names if apart(traps[name], expected) <= 3]
    found += [
        f"{first} = {second}"
        for position, first in enumerate(names)
        for second in names[position + 1 :]
        if apart(traps[first], traps[second]) <= 1
    ]
    return tuple(found)


def _shown(
    numbers: Mapping[str, float],
    keys: Sequence[str],
    unit: str,
    expected: Mapping[str, float],
) -> str:
    suffix = f" {unit}" if unit else ""
    return "; ".join(
        (f"{key}: " if key else "") + _unlike(numbers[key], expected[key]) + suffix
        for key in keys
    )


def _unlike(value: float, expected: float) -> str:
    """Format a number; with all digits if else it would look like the right one."""
    shown = plain.readable(value)
    if value != expected and shown == plain.readable(expected):
        return f"{value:,.15g}"
    return shown


def _shape_problem(value: "pd.DataFrame", expected: "pd.DataFrame", what: str) -> str:
    missing = [str(name) for name in expected.columns if name not in value.columns]
    if missing:
        return (
            f"Your table lacks the column(s) {', '.join(missing)}; it has "
            f"{', '.join(map(str, value.columns))} ({what})."
        )
    twice = value.columns[value.columns.duplicated()].intersection(expected.columns)
    if len(twice):
        return f"Your table has the column {twice[0]} more than once ({what})."
    if len(value) != len(expected):
        return (
            f"Your table has {len(value):,} rows; {len(expected):,} are asked for "
            f"({what})."
        )
    return ""


def _table_distance(
    value: "pd.DataFrame", expected: "pd.DataFrame", tolerance: Tolerance
) -> tuple[float, str]:
    """Return the largest miss in tolerances and where it stands."""
    worst, place = 0.0, ""
    for column in expected.columns:
        pairs = zip(value[column].tolist(), expected[column].tolist(), strict=True)
        for row, (mine, right) in enumerate(pairs):
            miss = _cell_distance(mine, right, tolerance)
            if miss > worst:
                worst, place = miss, f"row {row + 1}, column {column}: {mine}"
    return worst, place


def _cell_distance(mine: Any, right: Any, tolerance: Tolerance) -> float:  # noqa: ANN401
    if plain.is_missing(right) or plain.is_missing(mine):
        return 0.0 if plain.is_missing(right) and plain.is_missing(mine) else math.inf
    if not plain.is_item(mine):
        return math.inf
    if plain.is_number(right) and plain.is_number(mine):
        return tolerance.distance(float(mine), float(right))
    same = mine == right and not _kinds_differ([mine], [right])
    return 0.0 if same else math.inf
