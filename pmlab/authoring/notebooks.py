"""Model to notebook. The same text gives the same bytes: ids come from the text."""

import hashlib
from collections.abc import Sequence
from typing import Any

from pmlab.authoring import parse
from pmlab.authoring.model import Artefact, Cell, Unit
from pmlab.checks.messages import ExerciseMessages, Messages, Trap

_LEFT_OUT = frozenset({"hint", "wrong", "right", "exemplar"})
_METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {"name": "python"},
}
_FIRST_STEP = (
    "**Each time you open this notebook**, first run its first code cell: click it and "
    "press Shift+Enter. It loads what all other cells need."
)
# Folded, a check cell shows its first line. It imports pmlab itself, so that in a fresh
# kernel it says which cells to run, and Python does not say that `pm` is unknown.
_BEFORE_A_CHECK = "# Check of “{id}”: run it after your answer.\nimport pmlab as pm\n\n"
_NUMBER_WORDS = {1: "one hint", 2: "two hints", 3: "three hints"}


def lesson_notebook(cells: Sequence[Cell]) -> dict[str, Any]:
    """Return the notebook of a lesson, without outputs."""
    return _notebook(_with_first_step([_plain(cell) for cell in cells]))


def start_notebook(cells: Sequence[Cell]) -> dict[str, Any]:
    """Return the notebook of *Start here*, without outputs."""
    return _notebook([_plain(cell) for cell in cells])


def source_notebook(unit: Unit) -> dict[str, Any]:
    """Return the instructor's exercise notebook, with nbgrader's cell metadata."""
    hints = {exercise.id: len(exercise.hints) for exercise in unit.exercises}
    objectives = {exercise.id: exercise.objective for exercise in unit.exercises}
    points = {exercise.id: exercise.points for exercise in unit.exercises}
    artefacts = {artefact.id: artefact for artefact in unit.artefacts}
    cells: list[dict[str, Any]] = []
    for cell in unit.cells:
        role = parse.role(cell)
        id_ = str(cell.marks[role]) if role else ""
        if role in _LEFT_OUT:
            continue
        if role is None:
            made = _plain(cell)
            if cell.kind == "code":
                _grading(made, made["id"], locked=True)
        elif role == "exercise":
            made = _cell(cell, f"{id_}-prompt", _with_hint_line(cell, id_, hints[id_]))
            _grading(made, made["id"], locked=True)
            made["metadata"]["pmlab"] = {"objective": objectives[id_]}
        elif role == "solution":
            made = _cell(cell, id_, cell.source)
            _grading(made, id_, solution=True)
        elif role == "checks":
            source = _BEFORE_A_CHECK.format(id=id_) + cell.source
            made = _cell(cell, f"{id_}-check", source)
            _grading(made, made["id"], grade=True, locked=True, points=points[id_])
            made["metadata"]["jupyter"] = {"source_hidden": True}
        else:
            cells += _artefact_cells(artefacts[id_])
            continue
        cells.append(made)
    return _notebook(_with_first_step(cells))


def messages(unit: Unit) -> Messages:
    """Return the hints and the words for known wrong answers of a unit."""
    return Messages(
        {
            exercise.id: ExerciseMessages(
                hints=tuple(hint.source for hint in exercise.hints),
                traps={
                    wrong.trap: Trap(wrong.message, wrong.credit)
                    for wrong in exercise.wrong
                },
            )
            for exercise in unit.exercises
        }
    )


def _with_first_step(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Say at the head of a notebook what to do each time it is opened."""
    if cells and cells[0]["cell_type"] == "markdown":
        cells[0]["source"] = (
            f"{''.join(cells[0]['source'])}\n\n{_FIRST_STEP}".splitlines(keepends=True)
        )
    return cells


def _with_hint_line(cell: Cell, id_: str, count: int) -> str:
    if not count:
        return cell.source
    return (
        f"{cell.source}\n\n*Stuck? There are {_NUMBER_WORDS.get(count, str(count))}: "
        f'run `pm.hint("{id_}")` in a new cell below, once for each.*'
    )


def _artefact_cells(artefact: Artefact) -> list[dict[str, Any]]:
    """Return the prompt, and the answer cell whose solution is the exemplars."""
    prompt = _cell(artefact.prompt, f"{artefact.id}-prompt", artefact.prompt.source)
    _grading(prompt, prompt["id"], locked=True)
    exemplars = "\n\n---\n\n".join(cell.source for cell in artefact.exemplars)
    answer = _cell(
        artefact.prompt,
        artefact.id,
        f"### BEGIN SOLUTION\n{exemplars}\n### END SOLUTION",
    )
    _grading(answer, artefact.id, grade=True, solution=True, points=artefact.points)
    return [prompt, answer]


def _plain(cell: Cell) -> dict[str, Any]:
    digest = hashlib.sha256(f"{cell.kind}\n{cell.source}".encode()).hexdigest()[:8]
    return _cell(cell, f"{'text' if cell.kind == 'markdown' else 'given'}-{digest}")


def _cell(cell: Cell, id_: str, source: str | None = None) -> dict[str, Any]:
    text = cell.source if source is None else source
    made: dict[str, Any] = {
        "cell_type": cell.kind,
        "id": id_,
        "metadata": {},
        "source": text.splitlines(keepends=True),
    }
    if cell.kind == "code":
        made |= {"execution_count": None, "outputs": []}
    return made


def _grading(
    made: dict[str, Any],
    grade_id: str,
    *,
    grade: bool = False,
    solution: bool = False,
    locked: bool = False,
    points: int | None = None,
) -> None:
    about: dict[str, Any] = {
        "cell_type": made["cell_type"],
        "grade": grade,
        "grade_id": grade_id,
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if points is not None:
        about["points"] = points
    made["metadata"]["nbgrader"] = about


def _notebook(cells: list[dict[str, Any]]) -> dict[str, Any]:
    seen: dict[str, int] = {}
    for cell in cells:
        repeats = seen[cell["id"]] = seen.get(cell["id"], 0) + 1
        if repeats > 1:
            cell["id"] = f"{cell['id']}-{repeats}"
            if "nbgrader" in cell["metadata"]:
                cell["metadata"]["nbgrader"]["grade_id"] = cell["id"]
    return {"cells": cells, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}
