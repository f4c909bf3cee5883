"""Makes the feedback pages of a unit, and puts them where learners find them."""

import contextlib
import dataclasses
import glob
import io
import json
from pathlib import Path

from nbgrader.converters import GenerateFeedback
from nbgrader.exchange import ExchangeFactory
from traitlets.config import Config

from pmlab.errors import CourseError
from pmlab.grading.course_folder import CourseFolder
from pmlab.grading.feedback.exporter import read_feedback, use_feedback_pages
from pmlab.grading.policies import apply_policy
from pmlab.grading.progress import with_progress
from pmlab.grading.release import run_step


@dataclasses.dataclass(frozen=True, kw_only=True)
class Written:
    """What was made.

    Attributes:
        unit: Name of the unit.
        pages: The pages.
        failed: Learner and reason where no page could be made.
        remarks: What a grader may want to look at again.
        released: Whether they went to nbgrader's exchange.
    """

    unit: str
    pages: tuple[Path, ...]
    failed: dict[str, str]
    remarks: tuple[str, ...] = ()
    released: bool = False


def write_feedback(
    course: CourseFolder, unit: str, *, exchange: bool = False
) -> Written:
    """Make the feedback page of each graded submission of a unit.

    Args:
        course: The course folder.
        unit: Name or number of the unit.
        exchange: Release the pages in nbgrader's exchange, too.

    Returns:
        The pages, and who got none.

    Raises:
        CourseError: If nothing is graded yet, or the exchange refuses.
    """
    name = course.unit(unit)
    learners = course.learners("autograded", name)
    if not learners:
        raise CourseError(
            f"nothing of {name} is graded yet; run `pmlab teach grade {name}` first"
        )
    with course.gradebook() as gradebook:
        apply_policy(course, name, gradebook)
    failed, made, remarks = {}, [], []
    for learner in with_progress(learners, "feedback", total=len(learners)):
        try:
            _one(course, name, learner)
        except CourseError as problem:
            failed[learner] = str(problem)
            continue
        made += sorted(course.step("feedback", learner, name).glob("*.html"))
        remarks += _remarks(course, name, learner)
    if exchange:
        _release(course, name)
    return Written(
        unit=name,
        pages=tuple(made),
        failed=failed,
        remarks=tuple(remarks),
        released=exchange,
    )


def _one(course: CourseFolder, unit: str, learner: str) -> None:
    # nbgrader takes ids for patterns, which could match other learners' folders.
    if not learner.isprintable() or glob.escape(learner) != learner:
        raise CourseError(
            f"the learner's id {learner!a} holds *, ?, [ or a character that is not "
            "seen, such as a line break; rename the folder and the learner without it"
        )
    config = Config(course.config.copy())
    use_feedback_pages(config)
    directory = course.directory
    directory.assignment_id, directory.student_id = unit, learner
    step = GenerateFeedback(coursedir=directory, config=config)
    step.force = True
    try:
        # A page is made anew each time; nbgrader says so on standard output.
        with contextlib.redirect_stdout(io.StringIO()):
            run_step(step, f"no page for {learner}", start=step.start)
    finally:
        directory.student_id = "*"


def _release(course: CourseFolder, unit: str) -> None:
    course.directory.assignment_id = unit
    factory = ExchangeFactory(config=course.config)
    step = factory.ReleaseFeedback(coursedir=course.directory, config=course.config)
    run_step(step, f"the feedback of {unit} can't be released", start=step.start)


def _remarks(course: CourseFolder, unit: str, learner: str) -> list[str]:
    """Say where the levels in a comment and the grade do not add up."""
    remarks = []
    for path in sorted(course.step("autograded", learner, unit).glob("*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        _, found = read_feedback(
            course, notebook, unit=unit, learner=learner, notebook_name=path.stem
        )
        for section in found:
            levels = sum(section.levels.values())
            named = len(section.levels) == len(section.rubric) > 0
            most = sum(max(item.levels) for item in section.rubric)
            if named and most == section.mark.points and levels != section.mark.score:
                remarks.append(
                    f"{learner}: the levels named for {section.cell} add up to "
                    f"{levels}, the grade is {section.mark.score:g}"
                )
    return remarks
