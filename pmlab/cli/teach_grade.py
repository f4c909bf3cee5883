"""``pmlab teach grade`` and ``regrade``: from submissions to the gradebook."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pmlab.grading.one_line import one_line

if TYPE_CHECKING:
    from pmlab.grading.grade import Line, Run


def add_to(inner: "argparse._SubParsersAction[Any]") -> None:
    """Add the commands to those of ``teach``."""
    grade = inner.add_parser("grade", help="grade what is not graded yet, sandboxed")
    regrade = inner.add_parser(
        "regrade", help="grade all again, such as after a check was mended"
    )
    grade.add_argument(
        "--force", action="store_true", help="grade again what is graded"
    )
    regrade.set_defaults(force=True)
    for command in (grade, regrade):
        command.add_argument("unit", metavar="UNIT", help="name or number of the unit")
        command.add_argument("--course", type=Path, metavar="DIR", help="course folder")
        command.add_argument(
            "--workers", type=int, metavar="N", help="submissions at a time"
        )
        command.add_argument(
            "--dask", default="", metavar="ADDRESS", help="a Dask scheduler to use"
        )
        command.add_argument(
            "--learner", default="*", metavar="GLOB", help="these only, such as 'a*'"
        )
        command.add_argument(
            "--trust-submissions",
            action="store_true",
            help="where no sandbox can be built, run learners' code with your rights",
        )
        command.set_defaults(run=_grade)


def _grade(options: argparse.Namespace) -> int:
    from pmlab.errors import CourseError
    from pmlab.grading import pool

    if options.workers is not None and options.workers < 1:
        raise CourseError(f"--workers == {options.workers}, must be 1 or more")
    if not options.dask:
        pool.warm_up()  # before the imports that take long
    from pmlab.grading.course_folder import find_course_folder
    from pmlab.grading.grade import Wish, grade_unit

    course = find_course_folder(Path.cwd(), given=options.course)
    wish = Wish(
        workers=options.workers,
        dask=options.dask,
        learners=options.learner,
        force=options.force,
        trust_submissions=options.trust_submissions,
    )
    run = grade_unit(course, options.unit, wish, tell=_tell)
    for line in run.lines:
        print(one_line(_shown(line)))
    print(_summary(run))
    return 1 if any(line.outcome is None for line in run.lines) else 0


def _tell(sentence: str) -> None:
    print(one_line(sentence), file=sys.stderr)


def _shown(line: "Line") -> str:
    if line.outcome is None:
        return f"{line.learner:24} NOT GRADED   {line.problem}"
    outcome = line.outcome
    points = f"{outcome.credit:g}/{outcome.points:g}"
    before = "  (graded before)" if line.skipped else ""
    said = f"  {' '.join(outcome.findings)}" if outcome.findings else ""
    return f"{line.learner:24} {outcome.status:10} {points:>9}{before}{said}"


def _summary(run: "Run") -> str:
    new = [line for line in run.lines if not line.skipped and line.outcome is not None]
    return (
        f"{run.unit}: {len(new)} graded, {len(run.lines) - len(new)} left as they "
        f"were, {run.seconds:.1f} s. Log: {run.log}"
    )
