"""Reads the code that learners handed in, for a comparison; runs nothing.

Submissions pass the reader that grading has. What can't be read raises one error with a
reason, so that the others can be compared.
"""

from pathlib import Path
from typing import Any

from pmlab.errors import PmlabError
from pmlab.formatting import count
from pmlab.grading.course_folder import CourseFolder
from pmlab.grading.limits import Limits
from pmlab.grading.rebuild import read_notebook
from pmlab.grading.submissions import read_submission

MOST_CODE = 200_000
"""Characters of code in one submission; answers to a unit have a tenth of it."""


class UnreadableError(PmlabError):
    """A submission can't be compared."""


def submitted_code(course: CourseFolder, unit: str, learner: str) -> dict[str, str]:
    """Return the code of a learner's answers and further cells, by name of the cell.

    Args:
        course: The course folder.
        unit: Full name of the unit.
        learner: The learner.

    Returns:
        Code by cell.

    Raises:
        UnreadableError: If there is nothing that can be read; the text says why.
    """
    limits = Limits()
    found: dict[str, str] = {}
    for name in _notebooks(course, unit):
        handed_in = read_submission(course, unit, learner, notebook=name, limits=limits)
        if not handed_in.notebook:
            raise UnreadableError(" ".join(handed_in.findings) or "It is empty.")
        found |= _code(handed_in.notebook, most_bytes=limits.notebook_mb * 2**20)
    size = sum(map(len, found.values()))
    if size > MOST_CODE:
        raise UnreadableError(
            f"It has {count(size)} characters of code; at most {count(MOST_CODE)} "
            "are compared."
        )
    return found


def given_code(folder: Path) -> dict[str, str]:
    """Return the code of all cells in the instructor's notebooks of a folder."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.ipynb")):
        raw = path.read_bytes()
        found |= _code(raw, most_bytes=len(raw), everything=True)
    return found


def _notebooks(course: CourseFolder, unit: str) -> list[str]:
    folder = course.step("source", ".", unit)
    return sorted(path.stem for path in folder.glob("*.ipynb")) or [unit]


def _code(raw: bytes, *, most_bytes: int, everything: bool = False) -> dict[str, str]:
    try:
        cells: list[dict[str, Any]] = read_notebook(raw, most_bytes=most_bytes)["cells"]
    except PmlabError as problem:
        raise UnreadableError(str(problem)) from problem
    return {
        cell["grade_id"] or f"cell {number}": cell["source"]
        for number, cell in enumerate(cells, start=1)
        if cell["cell_type"] == "code"
        and (
            everything
            or not (cell["about"].get("locked") or cell["about"].get("grade"))
        )
    }
