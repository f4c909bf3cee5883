"""The one writer: outcomes into nbgrader's gradebook, a batch at a time.

The gradebook comes first and the notebook in ``autograded/`` second: whoever is
interrupted between them grades that submission again, with the same result.
"""

import contextlib
import datetime as dt
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pmlab.errors import CourseError
from pmlab.grading.course_folder import CourseFolder
from pmlab.grading.pool import Graded

if TYPE_CHECKING:
    from nbgrader.api import Gradebook, SubmittedNotebook

_SNAPSHOTS = 5
_NO_RESPONSE = "No response."


class Writer:
    """Writes outcomes of one unit.

    Args:
        course: The course folder.
        unit: Full name of the unit.
        gradebook: The open gradebook; the unit is in it.
    """

    def __init__(self, course: CourseFolder, unit: str, gradebook: "Gradebook") -> None:
        self._course, self._unit = course, unit
        self._db = gradebook.db
        self._assignment = gradebook.find_assignment(unit)
        self._notebooks = {item.name: item for item in self._assignment.notebooks}

    def write(
        self,
        notebook: str,
        batch: Sequence[Graded],
        *,
        timestamps: Mapping[str, str],
    ) -> None:
        """Write a batch of graded notebooks in one transaction.

        Args:
            notebook: Name of the notebook.
            batch: What was graded.
            timestamps: Text of ``timestamp.txt`` by learner.
        """
        try:
            known = self._submissions([graded.learner for graded in batch])
            for graded in batch:
                submission = known.get(graded.learner) or self._new(graded.learner)
                moment = parsed_moment(timestamps.get(graded.learner, ""))
                if moment is not None:
                    submission.timestamp = moment
                own = next(n for n in submission.notebooks if n.name == notebook)
                _fill(own, graded)
            self._db.commit()
        except BaseException:
            self._db.rollback()
            raise

    def _submissions(self, learners: list[str]) -> dict[str, Any]:
        from nbgrader.api import SubmittedAssignment

        rows = self._db.query(SubmittedAssignment).filter(
            SubmittedAssignment.assignment_id == self._assignment.id,
            SubmittedAssignment.student_id.in_(learners),
        )
        return {row.student_id: row for row in rows}

    def _new(self, learner: str) -> Any:  # noqa: ANN401
        """Return a new submission with a row for each cell, as nbgrader makes it."""
        from nbgrader import api

        with self._db.no_autoflush:
            student = self._db.get(api.Student, learner)
            if student is None:
                student = api.Student(id=learner)
                self._db.add(student)
            submission = api.SubmittedAssignment(
                assignment=self._assignment, student=student
            )
            self._db.add(submission)
            for notebook in self._notebooks.values():
                made = api.SubmittedNotebook(notebook=notebook, assignment=submission)
                self._db.add(made)
                tasks = list(notebook.task_cells)
                for cell in (*notebook.grade_cells, *tasks):
                    self._db.add(api.Grade(cell=cell, notebook=made))
                for cell in (*notebook.solution_cells, *tasks):
                    self._db.add(api.Comment(cell=cell, notebook=made))
        return submission


def _fill(notebook: "SubmittedNotebook", graded: Graded) -> None:
    earned = {check.cell: check.credit for check in graded.outcome.checks}
    unanswered = set(graded.unanswered)
    tasks = {cell.name for cell in notebook.notebook.task_cells}
    for grade in notebook.grades:
        name = grade.cell.name
        if name in tasks:
            continue
        grade.auto_score = earned.get(name, 0.0 if name in unanswered else None)
        by_hand = grade.manual_score is not None
        grade.needs_manual_grade = by_hand or grade.auto_score is None
    for comment in notebook.comments:
        name = comment.cell.name
        if name not in tasks:
            comment.auto_comment = _NO_RESPONSE if name in unanswered else None


def parsed_moment(text: str) -> dt.datetime | None:
    """Return the time of a ``timestamp.txt`` in UTC without a zone; None if unclear."""
    from nbgrader.utils import parse_utc

    if not text:
        return None
    try:
        moment = parse_utc(text)
    except (ValueError, OverflowError, TypeError):
        return None
    return moment if isinstance(moment, dt.datetime) else None


def snapshot(course: CourseFolder) -> Path | None:
    """Copy the gradebook before a run; keep the last few.

    Args:
        course: The course folder.

    Returns:
        The copy; None if the gradebook is no SQLite file, or there is none yet.
    """
    url = course.db_url
    if not url.startswith("sqlite:///"):
        return None
    path = Path(url.removeprefix("sqlite:///"))
    if not path.is_file():
        return None
    folder = course.state("snapshots")
    folder.mkdir(parents=True, exist_ok=True)
    name = dt.datetime.now(dt.UTC).strftime("gradebook-%Y%m%dT%H%M%S%fZ.db")
    target = folder / name
    with (
        contextlib.closing(sqlite3.connect(path, timeout=30)) as source,
        contextlib.closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
    for old in sorted(folder.glob("gradebook-*.db"))[:-_SNAPSHOTS]:
        old.unlink(missing_ok=True)
    return target


def ensure_unit(
    course: CourseFolder, unit: str, instructors: Mapping[str, Mapping[str, Any]]
) -> bool:
    """Put the unit's cells into the gradebook if they are not there as they are now.

    Args:
        course: The course folder.
        unit: Full name of the unit.
        instructors: The instructor's notebooks by name.

    Returns:
        Whether the gradebook was changed.

    Raises:
        CourseError: If cells were added or removed after submissions were graded.
    """
    from pmlab.grading.release import release

    with course.gradebook() as gradebook:
        stored = _stored(gradebook, unit)
    current = {
        (name, cell["metadata"]["nbgrader"]["grade_id"]): (
            "".join(cell["source"]),
            float(cell["metadata"]["nbgrader"]["points"]),
        )
        for name, notebook in instructors.items()
        for cell in notebook["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade")
        and not cell["metadata"]["nbgrader"].get("solution")
    }
    if current and all(stored.get(key) == value for key, value in current.items()):
        return False
    if not current and stored:
        return False
    release(course, unit)
    return True


def _stored(
    gradebook: "Gradebook", unit: str
) -> dict[tuple[str, str], tuple[str, float]]:
    from nbgrader.api import MissingEntry

    try:
        assignment = gradebook.find_assignment(unit)
    except MissingEntry:
        return {}
    found = {}
    for notebook in assignment.notebooks:
        texts = {cell.name: cell.source or "" for cell in notebook.source_cells}
        for cell in notebook.grade_cells:
            text = texts.get(cell.name, "")
            found[notebook.name, cell.name] = (text, float(cell.max_score))
    return found


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files in one step each: a reader sees the whole file or none.

    Args:
        folder: Where; made if it is not there.
        files: Content by name.

    Raises:
        CourseError: If the disk does not take them.
    """
    try:
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            number, temporary = tempfile.mkstemp(dir=path.parent, prefix=".part-")
            with os.fdopen(number, "wb") as stream:
                stream.write(content)
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
    except OSError as problem:
        raise CourseError(f"{folder} can't be written: {problem}") from problem


def remove_parts(folder: Path) -> None:
    """Remove what an interrupted run left half written."""
    for path in folder.rglob(".part-*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
