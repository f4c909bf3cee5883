"""What the gradebook knows of a unit, in two tables and a few queries."""

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

MARK_COLUMNS = (
    "learner",
    "notebook",
    "cell",
    "kind",
    "auto_score",
    "manual_score",
    "extra_credit",
    "score",
    "max_score",
    "needs_manual_grade",
)
TOTAL_COLUMNS = ("learner", "handed_in", "due", "score", "max_score", "penalty", "open")


def read_marks(
    gradebook: "Gradebook", unit: str, *, learner: str | None = None
) -> pd.DataFrame:
    """Return the grade of each graded cell of each submission.

    Args:
        gradebook: The open gradebook.
        unit: Full name of the unit.
        learner: Only this learner.

    Returns:
        Columns ``MARK_COLUMNS``; ``kind`` is ``"code"`` or ``"markdown"``.
    """
    from nbgrader import api
    from sqlalchemy import select

    graded = _graded_cells(gradebook, unit)
    asked = (
        select(
            api.SubmittedAssignment.student_id,
            api.Notebook.name,
            api.Grade.cell_id,
            api.Grade.auto_score,
            api.Grade.manual_score,
            api.Grade.extra_credit,
            api.Grade.score,
            api.Grade.needs_manual_grade,
        )
        .select_from(api.Grade)
        .join(api.SubmittedNotebook, api.Grade.notebook_id == api.SubmittedNotebook.id)
        .join(api.Notebook, api.SubmittedNotebook.notebook_id == api.Notebook.id)
        .join(
            api.SubmittedAssignment,
            api.SubmittedNotebook.assignment_id == api.SubmittedAssignment.id,
        )
        .join(
            api.Assignment, api.SubmittedAssignment.assignment_id == api.Assignment.id
        )
        .where(api.Assignment.name == unit)
    )
    if learner is not None:
        asked = asked.where(api.SubmittedAssignment.student_id == learner)
    rows = [
        (who, notebook, *graded[cell][:2], *scores, score, graded[cell][2], open_)
        for who, notebook, cell, *scores, score, open_ in gradebook.db.execute(asked)
        if cell in graded
    ]
    frame = pd.DataFrame(rows, columns=list(MARK_COLUMNS))
    frame = frame.sort_values(["learner", "notebook", "cell"], ignore_index=True)
    for column in ("auto_score", "manual_score", "extra_credit"):
        frame[column] = frame[column].astype(float)
    return frame


def read_totals(gradebook: "Gradebook", unit: str) -> pd.DataFrame:
    """Return one row for each submission of a unit.

    Args:
        gradebook: The open gradebook.
        unit: Full name of the unit.

    Returns:
        Columns ``TOTAL_COLUMNS``: times in UTC; ``due`` with the learner's extension;
        ``score`` before the ``penalty``; ``open`` where a cell waits for a grade.
    """
    from nbgrader import api

    marks = read_marks(gradebook, unit)
    sums = marks.groupby("learner")[["score", "max_score"]].sum()
    waiting = marks.groupby("learner")["needs_manual_grade"].any()
    rows = []
    for submission in (
        gradebook.db.query(api.SubmittedAssignment)
        .join(api.Assignment)
        .filter(api.Assignment.name == unit)
    ):
        who = submission.student_id
        score, most = sums.loc[who] if who in sums.index else (0.0, 0.0)
        rows.append(
            (
                who,
                submission.timestamp,
                submission.duedate if submission.assignment.duedate else None,
                score,
                most,
                sum(
                    item.late_submission_penalty or 0.0 for item in submission.notebooks
                ),
                bool(waiting.get(who, default=True)),
            )
        )
    frame = pd.DataFrame(rows, columns=list(TOTAL_COLUMNS))
    for column in ("handed_in", "due"):
        frame[column] = pd.to_datetime(frame[column])
    return frame.sort_values("learner", ignore_index=True)


def read_comments(gradebook: "Gradebook", unit: str, learner: str) -> dict[str, str]:
    """Return the comments on a submission by the names of their cells."""
    from nbgrader import api

    asked = (
        gradebook.db.query(api.Comment)
        .join(api.SubmittedNotebook)
        .join(api.SubmittedAssignment)
        .join(api.Assignment)
        .filter(
            api.Assignment.name == unit, api.SubmittedAssignment.student_id == learner
        )
    )
    return {item.name: item.comment for item in asked if item.comment}


def _graded_cells(
    gradebook: "Gradebook", unit: str
) -> dict[str, tuple[str, str, float]]:
    """Return name, kind and points of the graded cells of a unit by their ids."""
    from nbgrader import api

    cells = {}
    for kind in (api.GradeCell, api.TaskCell):
        asked = (
            gradebook.db.query(kind.id, kind.name, kind.cell_type, kind.max_score)
            .join(api.Notebook, kind.notebook_id == api.Notebook.id)
            .join(api.Assignment, api.Notebook.assignment_id == api.Assignment.id)
            .filter(api.Assignment.name == unit)
        )
        for id_, name, type_, points in asked:
            cells[id_] = (str(name), str(type_), float(points))
    return cells
