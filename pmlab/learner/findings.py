"""What happened to the cells of a notebook: gone, merged, doubled, moved, changed."""

import collections
import re
from collections.abc import Iterator, Sequence

from pmlab.learner.notebook_file import Cell, grade_id

_CHECK = re.compile(r"pm\.checks\.exercise\(\s*\"(\w+)\"")
_FRESH = "`pmlab update --fresh {number}` puts a fresh copy beside yours to copy from"


def shape_findings(
    cells: Sequence[Cell], original: Sequence[Cell], *, number: str
) -> Iterator[str]:
    """Say what happened to the cells of a notebook.

    Args:
        cells: The learner's cells.
        original: The course's cells.
        number: Number of the unit, for the next step.

    Yields:
        One sentence for each kind of change, with what to do.
    """
    fresh = _FRESH.format(number=number)
    official = [grade_id(cell) for cell in original if grade_id(cell)]
    found = [grade_id(cell) for cell in cells if grade_id(cell) in official]
    if not found:
        yield f"none of this unit's cells is in the notebook; {fresh}"
        return
    yield from _gone(cells, original, set(found), fresh)
    twins = [id_ for id_, count in collections.Counter(found).items() if count > 1]
    for id_ in twins:
        yield (
            f"there are two cells “{id_}”; the one that the course gave you counts. "
            "Keep your answer in that one and delete the other"
        )
    once = list(dict.fromkeys(found))
    if once != [id_ for id_ in official if id_ in once]:
        yield (
            "cells stand in another order than in the course; they are checked in the "
            "course's order. Move them back if an answer needs one above it"
        )
    yield from _other_version(cells, original)


def _gone(
    cells: Sequence[Cell], original: Sequence[Cell], there: set[str], fresh: str
) -> Iterator[str]:
    merged = {
        name
        for cell in cells
        for name in _CHECK.findall(cell["source"])
        if grade_id(cell) != f"{name}-check"
    }
    for cell in original:
        id_ = grade_id(cell)
        about = cell["metadata"].get("nbgrader", {})
        if not id_ or id_ in there or not (about.get("grade") or about.get("solution")):
            continue
        if id_.removesuffix("-check") in merged:
            yield (
                f"the cell “{id_}” was merged with another one; put the cursor where "
                "it began and choose Edit > Split Cell, or copy your answer into a "
                f"fresh notebook: {fresh}"
            )
        elif about.get("solution"):
            yield f"the answer cell “{id_}” is gone; {fresh}"
        else:
            yield f"the check cell “{id_}” is gone; the course's own is used. {fresh}"


def _other_version(cells: Sequence[Cell], original: Sequence[Cell]) -> Iterator[str]:
    official = {
        grade_id(cell): cell["source"]
        for cell in original
        if cell["metadata"].get("nbgrader", {}).get("locked")
        and cell["cell_type"] == "code"
    }
    changed = [
        grade_id(cell)
        for cell in cells
        if grade_id(cell) in official
        and cell["source"].strip() != official[grade_id(cell)].strip()
    ]
    if changed:
        yield (
            f"given cells differ from this version of the course ({_few(changed)}); "
            "the course's own count. `pmlab update` puts the new version beside yours"
        )


def _few(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown
