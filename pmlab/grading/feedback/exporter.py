"""nbgrader itself makes these pages, too: ``generate_feedback`` and the formgrader.

One line in ``nbgrader_config.py`` serves both::

    from pmlab.grading.feedback.exporter import use_feedback_pages
    use_feedback_pages(c)
"""

import functools
import math
from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from nbgrader.preprocessors import GetGrades
from traitlets import default
from traitlets.config import Config

from pmlab.grading.course_folder import CourseFolder
from pmlab.grading.feedback import hidden
from pmlab.grading.feedback.content import Mark, Section, sections
from pmlab.grading.feedback.page import Facts, feedback_page
from pmlab.grading.hints import hints_used
from pmlab.grading.marks import read_comments, read_marks


class FeedbackPage(Exporter):
    """Turns an autograded notebook into the learner's feedback page."""

    export_from_notebook = "Feedback page"
    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(  # type: ignore[override] # HTML, as HTMLExporter does
        self,
        nb: NotebookNode,
        resources: Any = None,  # noqa: ANN401
        **_more: object,
    ) -> tuple[str, Any]:
        """Return the page.

        Args:
            nb: The autograded notebook.
            resources: What nbgrader says: learner, unit, notebook, database.

        Returns:
            HTML, and the resources for nbgrader's writer.
        """
        about = resources["nbgrader"]
        # nbgrader works in the course folder while it converts.
        course = _course(Path.cwd())
        facts, found = read_feedback(
            course,
            dict(nb),
            unit=about["assignment"],
            learner=about["student"],
            notebook_name=about["notebook"],
        )
        resources["output_extension"] = self.file_extension
        return feedback_page(facts, found), resources


def read_feedback(
    course: CourseFolder,
    notebook: dict[str, Any],
    *,
    unit: str,
    learner: str,
    notebook_name: str,
) -> tuple[Facts, list[Section]]:
    """Bring together what a feedback page says.

    Args:
        course: The course folder.
        notebook: The autograded notebook.
        unit: Full name of the unit.
        learner: The learner's id.
        notebook_name: Name of the notebook in the gradebook.

    Returns:
        The facts and the sections of the page.
    """
    with course.gradebook() as gradebook:
        table = read_marks(gradebook, unit, learner=learner)
        comments = read_comments(gradebook, unit, learner)
        submission = gradebook.find_submission_notebook(notebook_name, unit, learner)
        penalty = float(submission.late_submission_penalty or 0.0)
        handed_in = submission.assignment.timestamp
    rows = table[table["notebook"] == notebook_name]
    marks = {
        str(row["cell"]): Mark(
            score=float(row["score"]),
            points=float(row["max_score"]),
            by_hand=not math.isnan(row["manual_score"]),
            waiting=bool(row["needs_manual_grade"]),
        )
        for row in rows.to_dict("records")
    }
    found = sections(
        notebook,
        marks=marks,
        comments=comments,
        hints=hints_used(course.step("submitted", learner, unit)),
        marks_of_hidden=_hidden_marks(course),
    )
    graded = notebook["metadata"].get("pmlab", {}).get("grading", {})
    facts = Facts(
        title=course.title(unit),
        learner=learner,
        score=max(0.0, float(rows["score"].sum()) - penalty),
        max_score=float(rows["max_score"].sum()),
        penalty=penalty,
        handed_in=handed_in,
        findings=tuple(str(text) for text in graded.get("findings", ())),
    )
    return facts, found


def use_feedback_pages(config: Config) -> None:
    """Let nbgrader make pmlab's feedback pages, which hide hidden tests.

    Args:
        config: The ``c`` of ``nbgrader_config.py``.
    """
    config.GenerateFeedback.exporter_class = FeedbackPage
    config.GenerateFeedback.preprocessors = [GetGrades]


@functools.lru_cache(maxsize=4)
def _course(folder: Path) -> CourseFolder:
    return CourseFolder(folder)


def _hidden_marks(course: CourseFolder) -> tuple[str, str]:
    """Return the marks of hidden tests in this course, as nbgrader spells them."""
    chosen = course.config.ClearHiddenTests
    begin = chosen.get("begin_test_delimeter", hidden.BEGIN)
    return str(begin), str(chosen.get("end_test_delimeter", hidden.END))
