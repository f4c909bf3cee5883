"""Rubric tables: criteria with the text of each level, and the levels chosen.

A rubric is a Markdown table whose heading is a word and then levels::

    | Criterion | 3 | 2 | 1 | 0 |
    |---|---|---|---|---|
    | Logic | A chain that can be counted | with one gap | a share | Absent |

A grader chooses levels with lines of the comment: ``Logic: 2 - where is the source?``
"""

import dataclasses
import re
from collections.abc import Mapping

_LINE = re.compile(
    r"^\s*[-*]?\s*\**(?P<name>[^:=|]{1,60}?)\**\s*[:=]\s*\**(?P<level>\d+)\b"
)


@dataclasses.dataclass(frozen=True)
class Criterion:
    """One row of a rubric: its name, and the text of each level."""

    name: str
    levels: Mapping[int, str]


def read_rubric(text: str) -> tuple[Criterion, ...]:
    r"""Find the rubric in a Markdown text.

    Args:
        text: Such as the prompt of a memo.

    Returns:
        Its criteria in order; empty if there is none.

    Examples:
        >>> table = "| Criterion | 1 | 0 |\n|---|---|---|\n| Call | Clear | Hedged |"
        >>> read_rubric(table)
        (Criterion(name='Call', levels={1: 'Clear', 0: 'Hedged'}),)
    """
    rows = [_cells(line) for line in text.splitlines() if line.lstrip().startswith("|")]
    start = next((at for at, row in enumerate(rows) if _is_heading(row)), None)
    if start is None:
        return ()
    levels = [int(cell) for cell in rows[start][1:]]
    body = [row for row in rows[start + 2 :] if len(row) == len(levels) + 1]
    return tuple(
        Criterion(row[0].strip("*` "), dict(zip(levels, row[1:], strict=True)))
        for row in body
    )


def chosen_levels(comment: str, rubric: tuple[Criterion, ...]) -> dict[str, int]:
    """Read which level a grader's comment gives each criterion.

    Args:
        comment: Lines such as ``"Logic: 2 - a source is missing"``.
        rubric: The criteria.

    Returns:
        The level by the criterion's name; criteria without a line are left out.
    """
    names = {item.name.casefold(): item for item in rubric}
    found = {}
    for line in comment.splitlines():
        match = _LINE.match(line)
        item = names.get(match["name"].strip().casefold()) if match else None
        if match and item and int(match["level"]) in item.levels:
            found[item.name] = int(match["level"])
    return found


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _is_heading(row: list[str]) -> bool:
    return len(row) > 2 and not row[0].isdigit() and all(c.isdigit() for c in row[1:])
