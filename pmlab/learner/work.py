"""What a learner has done in a unit, read from her notebook beside the course's own.

Cells are known by nbgrader's ids. Whatever happened to the notebook ends in a finding,
a plain sentence with the next step, and the rest is read all the same.
"""

import dataclasses
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pmlab.authoring.course import Course, UnitEntry
from pmlab.authoring.learner_version import TEXT_STUB, learner_version
from pmlab.errors import CourseError
from pmlab.formatting import listed
from pmlab.learner.course_files import exercises_path
from pmlab.learner.findings import shape_findings
from pmlab.learner.notebook_file import Cell, grade_id, read_notebook
from pmlab.learner.whereabouts import find_notebook

HOW_TO_RUN_AGAIN = (
    "run the cells above it first (in JupyterLab: Run > Run All Above Selected Cell), "
    "then the check again, and save"
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class ExerciseWork:
    """One exercise as the saved notebook shows it.

    Attributes:
        id: Id of the exercise.
        title: Its heading.
        objective: What a learner can do who has done it.
        points: Most that can be had.
        answer: Text of the answer cell; None if the cell is gone.
        answered: Whether the answer differs from the stub.
        credit: Points that the saved verdict shows; None if there is no verdict.
        ran: Whether the check cell ran, whatever came of it.
        unread: Whether Python could not read the answer when it was last run; what the
            check said then is about an older one and earns nothing here.
        stale: Whether the answer ran again after its check.
        stopped: Whether an error stopped the check cell before it came to a verdict.
    """

    id: str
    title: str
    objective: str
    points: float
    answer: str | None
    answered: bool
    credit: float | None
    ran: bool
    unread: bool
    stale: bool
    stopped: bool

    @property
    def passes(self) -> bool:
        """Whether the saved verdict shows all points."""
        return (self.credit or 0) >= self.points


@dataclasses.dataclass(frozen=True, kw_only=True)
class MemoWork:
    """One written piece.

    Attributes:
        id: Id of the piece.
        title: Its heading.
        points: Most that can be had.
        text: What the learner wrote; empty while the stub stands.
        words: Number of words of it.
        words_asked: Number of words that the prompt asks for; 0 if it names none.
    """

    id: str
    title: str
    points: float
    text: str
    words: int
    words_asked: int


@dataclasses.dataclass(frozen=True, kw_only=True)
class UnitWork:
    """A unit: what is done, and what is wrong with the notebook.

    Attributes:
        entry: The unit.
        path: The notebook that was read.
        readable: Whether there is a notebook.
        exercises: The exercises in the course's order.
        memos: The written pieces.
        findings: What the learner should mend, with the next step.
        notes: What she should know: which file was read, if it is not the usual one.
        cells: The learner's cells.
        original: The course's cells.
    """

    entry: UnitEntry
    path: Path
    readable: bool
    exercises: tuple[ExerciseWork, ...]
    memos: tuple[MemoWork, ...]
    findings: tuple[str, ...]
    notes: tuple[str, ...]
    cells: tuple[Cell, ...] = dataclasses.field(repr=False)
    original: tuple[Cell, ...] = dataclasses.field(repr=False)

    @property
    def started(self) -> bool:
        """Whether any answer was written or any check was run."""
        return any(item.answered or item.credit is not None for item in self.exercises)

    @property
    def passing(self) -> float:
        """Points of the exercises whose saved verdicts show credit."""
        return sum(item.credit or 0.0 for item in self.exercises)

    @property
    def remarks(self) -> tuple[str, ...]:
        """All sentences about the notebook, those that need no mending first."""
        return (*self.notes, *self.findings, *self._stopped)

    @property
    def _stopped(self) -> tuple[str, ...]:
        """Say which checks an error stopped, so that no verdict of them is left."""
        stopped = [item.title for item in self.exercises if item.stopped]
        if not stopped:
            return ()
        checks = "the check" if len(stopped) == 1 else "the checks"
        names = [title.split(" · ")[0] for title in stopped]
        return (
            f"in the notebook the last run of {checks} of {listed(names)} stopped "
            f"with an error; {HOW_TO_RUN_AGAIN}",
        )


def read_work(
    course: Course, entry: UnitEntry, folder: Path, *, notebook: Path | None = None
) -> UnitWork:
    """Read what a learner has done in a unit.

    Args:
        course: The course.
        entry: The unit.
        folder: The learner's folder.
        notebook: Her notebook, if it stands elsewhere.

    Returns:
        What was found; damage of any kind is a finding.
    """
    original = _original(course, entry)
    path = folder / exercises_path(entry.slug)
    found = (
        read_notebook(notebook)
        if notebook
        else find_notebook(path, original=original, folder=folder)
    )
    hers = chosen_cells(found.cells)
    findings = list(found.findings)
    if found.readable:
        findings += shape_findings(found, original, number=entry.number, usual=path)
    return UnitWork(
        entry=entry,
        path=found.path,
        readable=found.readable,
        exercises=tuple(_exercises(original, hers)),
        memos=tuple(_memos(original, hers)),
        findings=tuple(findings),
        notes=found.notes,
        cells=found.cells,
        original=original,
    )


def unit_of(course: Course, notebook: Path) -> UnitEntry | None:
    """Return the unit whose cells a notebook holds, whatever its name is.

    Args:
        course: The course.
        notebook: The notebook.

    Returns:
        The unit; None if it holds cells of none.
    """
    hers = set(filter(None, map(grade_id, read_notebook(notebook).cells)))
    shared = [
        len(hers & {grade_id(cell) for cell in _original(course, entry)})
        for entry in course.units
    ]
    most = max(shared, default=0)
    return course.units[shared.index(most)] if most > 2 else None


def chosen_cells(cells: Sequence[Cell]) -> dict[str, Cell]:
    """Return one cell for each of nbgrader's ids: of twins the one that counts.

    That is the one which kept the id of the cell, else the first.
    """
    chosen: dict[str, Cell] = {}
    for cell in cells:
        id_ = grade_id(cell)
        if id_ and (id_ not in chosen or cell.get("id") == id_):
            chosen[id_] = cell
    return chosen


def _original(course: Course, entry: UnitEntry) -> tuple[Cell, ...]:
    path = course.source_folder(entry) / f"{entry.slug}.ipynb"
    try:
        notebook = learner_version(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise CourseError(
            f"{path} of this installation can't be read; install pmlab again, or run "
            "`pmlab author build` in a checkout"
        ) from error
    return tuple(
        {**cell, "source": "".join(cell["source"])} for cell in notebook["cells"]
    )


def _exercises(
    original: Sequence[Cell], hers: Mapping[str, Cell]
) -> Iterator[ExerciseWork]:
    stubs = {grade_id(cell): cell["source"] for cell in original}
    objectives = {
        grade_id(cell): str(cell["metadata"].get("pmlab", {}).get("objective", ""))
        for cell in original
    }
    for cell in original:
        about = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] != "code" or not about.get("grade"):
            continue
        id_ = grade_id(cell).removesuffix("-check")
        answer, check = hers.get(id_), hers.get(grade_id(cell), {})
        text = answer["source"] if answer else None
        unread = _unread(answer)
        credit = credit_shown(check, float(about["points"]))
        yield ExerciseWork(
            id=id_,
            title=_title(stubs.get(f"{id_}-prompt", id_)),
            objective=objectives.get(f"{id_}-prompt", ""),
            points=float(about["points"]),
            answer=text,
            answered=bool(text and text.strip() and text != stubs.get(id_)),
            credit=0.0 if unread and credit else credit,
            ran=bool(_count(check) or check.get("outputs")),
            unread=unread,
            stale=_count(answer or {}) > _count(check) > 0,
            stopped=credit is None and any(_errors(check)),
        )


def _memos(original: Sequence[Cell], hers: Mapping[str, Cell]) -> Iterator[MemoWork]:
    prompts = {grade_id(cell): cell["source"] for cell in original}
    for cell in original:
        about = cell["metadata"].get("nbgrader", {})
        if cell["cell_type"] != "markdown" or not about.get("grade"):
            continue
        id_ = grade_id(cell)
        text = hers[id_]["source"].strip() if id_ in hers else ""
        written = "" if text == TEXT_STUB else text.replace(TEXT_STUB, "").strip()
        prompt = prompts.get(f"{id_}-prompt", "")
        asked = re.search(r"(\d+)\s+words", prompt)
        yield MemoWork(
            id=id_,
            title=_title(prompt or id_),
            points=float(about["points"]),
            text=written,
            words=len(re.findall(r"\w+", written)),
            words_asked=int(asked.group(1)) if asked else 0,
        )


def _title(prompt: str) -> str:
    first = next((line for line in prompt.splitlines() if line.strip()), "")
    return re.sub(r" \(\d+ points\)$", "", first.lstrip("# "))


def credit_shown(cell: Mapping[str, Any], points: float) -> float | None:
    """Return the points that the stored output of a check cell shows, if any."""
    for output in cell.get("outputs", []):
        if output.get("output_type") == "execute_result":
            try:
                text = "".join(output.get("data", {}).get("text/plain", ""))
                shown = float(text)
            except (ValueError, TypeError, AttributeError):
                return None
            return min(max(shown, 0.0), points) if math.isfinite(shown) else None
    return None


def _unread(cell: Mapping[str, Any] | None) -> bool:
    """Tell whether Python could not read a cell when it was last run."""
    unread = ("SyntaxError", "IndentationError", "TabError")
    return any(name in unread for name in _errors(cell or {}))


def _errors(cell: Mapping[str, Any]) -> list[str]:
    """Return the names of the errors that a cell's stored outputs show."""
    outputs = cell.get("outputs", ())
    return [str(output["ename"]) for output in outputs if output.get("ename")]


def _count(cell: Mapping[str, Any]) -> int:
    count = cell.get("execution_count")
    return count if type(count) is int else 0
