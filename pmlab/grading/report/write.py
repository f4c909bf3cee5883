"""Writes the report of a unit: a page, and the tables behind it as CSV."""

from pathlib import Path

from pmlab.errors import CourseError
from pmlab.grading.collect.people import ROSTER
from pmlab.grading.course_folder import CourseFolder
from pmlab.grading.export.csvs import frame_csv
from pmlab.grading.report.help_needed import help_needed
from pmlab.grading.report.items import item_analysis
from pmlab.grading.report.page import Report, report_page
from pmlab.grading.report.results import read_results
from pmlab.grading.report.wrong_answers import known_mistakes, unknown_mistakes
from pmlab.grading.variants import read_roster

FOLDER = "reports"


def make_report(course: CourseFolder, unit: str) -> Report:
    """Bring together what a class did with a unit.

    Args:
        course: The course folder.
        unit: Name or number of the unit.

    Returns:
        The report.

    Raises:
        CourseError: If nothing is graded yet.
        DataError: If the roster can't be read.
    """
    name = course.unit(unit)
    results, totals = read_results(course, name)
    if totals.empty:
        raise CourseError(
            f"nothing of {name} is graded yet; run `pmlab teach grade {name}` first"
        )
    roster = course.folder / ROSTER
    enrolled = read_roster(roster) if roster.is_file() else []
    absent = tuple(set(enrolled) - set(totals["learner"]))
    shares = results.pivot_table(
        index="learner", columns="exercise", values="share", sort=False
    )
    return Report(
        unit=name,
        title=course.title(name),
        results=results,
        totals=totals,
        items=item_analysis(shares),
        known=known_mistakes(results),
        unknown=unknown_mistakes(results),
        help=help_needed(results, totals, absent=absent),
    )


def write_report(course: CourseFolder, unit: str) -> tuple[Path, ...]:
    """Write page and tables to ``reports/UNIT``; arguments as for ``make_report``.

    Returns:
        The files, the page first.
    """
    report = make_report(course, unit)
    folder = course.folder / FOLDER / report.unit
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "report.html"
    page.write_text(report_page(report), encoding="utf-8")
    tables = {
        "exercises": report.items,
        "known_mistakes": report.known,
        "unknown_mistakes": report.unknown,
        "help": report.help,
        "learners": report.totals,
        "results": report.results.drop(columns="code"),
    }
    paths = [page]
    for name, table in tables.items():
        path = folder / f"{name}.csv"
        path.write_text(frame_csv(table), encoding="utf-8", newline="")
        paths.append(path)
    return tuple(paths)
