"""One row for each learner and check cell, from gradebook and graded notebooks."""

import html
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from pmlab.grading.feedback.hidden import hidden_part, reason_of_error
from pmlab.grading.hints import hints_used
from pmlab.grading.marks import read_marks, read_totals
from pmlab.grading.policies import apply_policy
from pmlab.grading.progress import with_progress

if TYPE_CHECKING:
    from pmlab.grading.course_folder import CourseFolder

RESULT_COLUMNS = (
    "learner",
    "cell",
    "exercise",
    "written",
    "points",
    "score",
    "share",
    "trap",
    "reason",
    "code",
    "hints",
)
_TAG = re.compile(r"<[^>]+>")


def read_results(
    course: "CourseFolder", unit: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read what a class did with a unit.

    Args:
        course: The course folder.
        unit: Full name of the unit.

    Returns:
        Results with the columns ``RESULT_COLUMNS``: ``share`` is the part of the points
        that was earned, ``trap`` the known wrong answer or empty, ``reason`` what the
        learner was told, ``code`` her answer; parts that wait for a person are left
        out. And the totals of ``read_totals`` with a column ``status`` of grading.
    """
    with course.gradebook() as gradebook:
        apply_policy(course, unit, gradebook)
        marks = read_marks(gradebook, unit)
        totals = read_totals(gradebook, unit)
    told, statuses = {}, {}
    learners = list(totals["learner"])
    for learner in with_progress(learners, "reading", total=len(learners)):
        hints = hints_used(course.step("submitted", learner, unit))
        statuses[learner] = "missing"
        for path in sorted(course.step("autograded", learner, unit).glob("*.ipynb")):
            notebook = _read(path)
            statuses[learner] = _status(notebook)
            for cell, facts in _cells(notebook).items():
                used = hints.get(facts["exercise"], 0)
                told[learner, path.stem, cell] = facts | {"hints": used}
    rows = [
        _row(mark, told.get((mark["learner"], mark["notebook"], mark["cell"]), {}))
        for mark in marks.to_dict("records")
        if not mark["needs_manual_grade"]
    ]
    totals["status"] = totals["learner"].map(statuses)
    return pd.DataFrame(rows, columns=list(RESULT_COLUMNS)), totals


def _row(mark: dict[Any, Any], facts: dict[str, Any]) -> dict[str, Any]:
    points = float(mark["max_score"])
    share = min(1.0, max(0.0, mark["score"] / points)) if points else 1.0
    defaults = {"exercise": mark["cell"], "trap": "", "reason": "", "code": ""}
    return {
        "learner": mark["learner"],
        "cell": mark["cell"],
        "written": mark["kind"] == "markdown",
        "points": points,
        "score": float(mark["score"]),
        "share": share,
        **(defaults | {"hints": 0} | facts),
    }


def _read(path: Path) -> dict[str, Any]:
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"cells": [], "metadata": {}}
    return notebook if isinstance(notebook, dict) else {"cells": [], "metadata": {}}


def _status(notebook: dict[str, Any]) -> str:
    graded = notebook.get("metadata", {}).get("pmlab", {}).get("grading", {})
    return str(graded.get("status", "graded"))


def _cells(notebook: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what is known of each graded cell of a notebook, by its name."""
    found, answer = {}, ""
    for cell in notebook.get("cells", []):
        about = cell.get("metadata", {}).get("nbgrader", {})
        name = about.get("grade_id", "")
        if about.get("grade"):
            noted = _noted(cell)
            found[name] = {
                "exercise": str(noted.get("exercise") or name.removesuffix("-check")),
                "trap": str(noted.get("trap") or ""),
                "reason": _reason(cell, noted),
                "code": "" if about.get("solution") else answer,
            }
        elif about.get("solution"):
            answer = "".join(cell["source"])
    return found


def _noted(cell: dict[str, Any]) -> dict[str, Any]:
    for output in cell.get("outputs", []):
        noted = output.get("metadata", {}).get("pmlab")
        if isinstance(noted, dict):
            return noted
    return {}


def _reason(cell: dict[str, Any], noted: dict[str, Any]) -> str:
    """Return the first reason for lost points, as plain text."""
    source = "".join(cell["source"])
    for output in cell.get("outputs", []):
        if output.get("output_type") == "error":
            return reason_of_error(output, source, hidden_part(source))
    if noted.get("reasons"):
        return " ".join(str(noted["reasons"][0]).split())
    for output in cell.get("outputs", []):
        page = "".join(output.get("data", {}).get("text/html", ""))
        if 'role="status"' in page:
            paragraphs = re.findall(r"<p[^>]*>(.*?)</p>", page, flags=re.DOTALL)[1:2]
            return " ".join(html.unescape(_TAG.sub("", " ".join(paragraphs))).split())
    return ""
