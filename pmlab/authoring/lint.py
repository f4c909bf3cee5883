"""What can be seen in the text of a unit alone: headings, hints, rubrics, length."""

import re
from collections.abc import Iterator, Sequence

from pmlab.authoring.access import access
from pmlab.authoring.learner_version import cut
from pmlab.authoring.model import Artefact, Cell, Exercise, Unit

HINTS = range(2, 4)
WRONG_ANSWERS = 3
LESSON_CELLS = range(25, 41)
LESSON_WORDS = range(800, 1201)
_NOT_SHOWN = frozenset({"solution", "checks", "wrong", "right", "exemplar"})
_FICTION = "Fernbroom, its people and its data are invented for this course."


def lint(unit: Unit) -> list[str]:
    """Return one sentence for each rule of form that the unit breaks."""
    found = [*_headings(unit.lesson), *_headings(unit.cells), *_length(unit.lesson)]
    for cells in (unit.lesson, unit.cells):
        text = " ".join(" ".join(cell.source.split()) for cell in cells)
        if _FICTION not in text:
            found.append(f"{cells[0].path.name}: must say “{_FICTION}”")
        shown = [cell for cell in cells if not cell.marks.keys() & _NOT_SHOWN]
        found += [_at(cell, problem) for cell, problem in access(shown)]
    for exercise in unit.exercises:
        found += _exercise(exercise)
    for artefact in unit.artefacts:
        found += _artefact(artefact)
    return found


def _at(cell: Cell, problem: str) -> str:
    return f"{cell.path.name}:{cell.line}: {problem}"


def _headings(cells: Sequence[Cell]) -> Iterator[str]:
    level = 0
    first = 0
    for cell in cells:
        if cell.kind != "markdown" or "exemplar" in cell.marks or "hint" in cell.marks:
            continue
        text = re.sub(r"```.*?```", "", cell.source, flags=re.DOTALL)
        for marks in re.findall(r"^(#+) ", text, flags=re.MULTILINE):
            depth = len(marks)
            first += depth == 1
            if depth > level + 1:
                yield _at(cell, f"heading of level {depth} after level {level}")
            level = depth
    if first != 1:
        yield _at(cells[0], f"{first} headings of level 1; a notebook has one")


def _length(cells: Sequence[Cell]) -> Iterator[str]:
    words = sum(
        len(re.findall(r"\w+", cell.source)) for cell in cells if cell.kind != "code"
    )
    if len(cells) not in LESSON_CELLS:
        yield _at(cells[0], f"{len(cells)} cells; a lesson has {_span(LESSON_CELLS)}")
    if words not in LESSON_WORDS:
        yield _at(cells[0], f"{words} words; a lesson has {_span(LESSON_WORDS)}")


def _span(allowed: range) -> str:
    return f"{allowed.start} to {allowed.stop - 1}"


def _exercise(exercise: Exercise) -> Iterator[str]:
    if "**Done when**" not in exercise.prompt.source:
        yield _at(exercise.prompt, "the prompt ends with units and **Done when** …")
    if len(exercise.hints) not in HINTS:
        yield _at(
            exercise.prompt,
            f"{len(exercise.hints)} hints; an exercise has {_span(HINTS)}",
        )
    if len(exercise.wrong) < WRONG_ANSWERS:
        yield _at(
            exercise.prompt,
            f"{len(exercise.wrong)} wrong answers; an exercise has at least "
            f"{WRONG_ANSWERS}",
        )
    if not exercise.right:
        yield _at(exercise.prompt, "no other right answer; an exercise has one or more")
    secret = _solution_lines(exercise.solution)
    for hint in exercise.hints:
        shown = " ".join(hint.source.split())
        if any(line in shown for line in secret):
            yield _at(hint, "the hint holds a line of the solution")


def _solution_lines(cell: Cell) -> list[str]:
    kept = set(cut(cell.source, "SOLUTION").splitlines())
    lines = [line for line in cell.source.splitlines() if line not in kept]
    stripped = [" ".join(line.split()) for line in lines if "SOLUTION" not in line]
    return [line for line in stripped if len(line) >= 15 and not line.startswith("#")]


def _artefact(artefact: Artefact) -> Iterator[str]:
    rows = [
        line.strip().strip("|").split("|")
        for line in artefact.prompt.source.splitlines()
        if line.strip().startswith("|")
    ]
    body = [row for row in rows[2:] if any(part.strip() for part in row)]
    if len(body) != 4 or any(len(row) != 5 for row in rows):
        yield _at(
            artefact.prompt,
            "needs a rubric table of 4 criteria (rows) with 4 levels each",
        )
    scores = {cell.marks["score"] for cell in artefact.exemplars}
    if len(artefact.exemplars) != 2 or artefact.points not in scores or len(scores) < 2:
        yield _at(
            artefact.prompt,
            f"needs two exemplars: one of {artefact.points} points and a weaker one",
        )
