"""What happened to the cells of a notebook: gone, merged, doubled, moved, changed."""

import collections
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pmlab.learner.notebook_file import Cell, NotebookFile, grade_id
from pmlab.learner.whereabouts import copies_beside

_CHECK = re.compile(r"pm\.checks\.exercise\(\s*\"(\w+)\"")
_FRESH = "`pmlab update --fresh {number}` puts a fresh copy beside yours to copy from"


def shape_findings(
    notebook: NotebookFile, original: Sequence[Cell], *, number: str, usual: Path
) -> Iterator[str]:
    """Say what happened to the cells of a notebook.

    Args:
        notebook: The learner's notebook.
        original: The course's cells.
        number: Number of the unit, for the next step.
        usual: Where the course put the notebook; newer versions are beside it.

    Yields:
        One sentence for each kind of change, with what to do.
    """
    fresh, cells = _FRESH.format(number=number), notebook.cells
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
    yield from _other_version(notebook, original, usual)


def ways_to_go_on(new: str, yours: str, *, name: str) -> tuple[str, str]:
    """Say what to do with a notebook and a newer version of it beside.

    Args:
        new: Name of the file with the newer version.
        yours: Name of the learner's file.
        name: The name that the course gave it.

    Returns:
        How to take over the new version, and how to do without it.
    """
    return (
        f"Open {new}, copy your answers and memo into it, run its cells and save. Then "
        f"delete {yours} and give {new} the name {name}",
        f"Or stay with {yours} and delete {new}: your answers count all the same",
    )


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


def _other_version(
    notebook: NotebookFile, original: Sequence[Cell], usual: Path
) -> Iterator[str]:
    official = {
        grade_id(cell): cell["source"].strip()
        for cell in original
        if cell["metadata"].get("nbgrader", {}).get("locked")
        and cell["cell_type"] == "code"
    }
    changed = _changed(notebook.cells, official)
    if not changed:
        return
    new = next((copy for copy in copies_beside(usual) if _holds(copy, official)), None)
    what_next = "`pmlab update` puts the new version beside yours"
    if new is not None:
        ways = ways_to_go_on(new.path.name, notebook.path.name, name=usual.name)
        what_next = f"The new version is beside yours. {'. '.join(ways)}"
    yield (
        f"given cells differ from this version of the course ({_few(changed)}); "
        f"the course's own count. {what_next}"
    )


def _changed(cells: Sequence[Cell], official: Mapping[str, str]) -> list[str]:
    ids = ((grade_id(cell), cell["source"].strip()) for cell in cells)
    return [id_ for id_, text in ids if official.get(id_, text) != text]


def _holds(copy: NotebookFile, official: Mapping[str, str]) -> bool:
    """Tell whether a copy is of this version: an earlier one may be there, too."""
    there = {grade_id(cell) for cell in copy.cells}
    return there >= official.keys() and not _changed(copy.cells, official)


def _few(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown
