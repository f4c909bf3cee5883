"""``pmlab teach``: hand out, collect, give feedback, see how a class did."""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pmlab.formatting import plural
from pmlab.grading.one_line import one_line

if TYPE_CHECKING:
    from pmlab.grading.course_folder import CourseFolder


def add_to(inner: "argparse._SubParsersAction[Any]") -> None:
    """Add the commands to those of ``teach``."""
    release = inner.add_parser("release", help="make what learners get of a unit")
    collect = inner.add_parser("collect", help="take in what learners handed in")
    feedback = inner.add_parser("feedback", help="make the learners' feedback pages")
    report = inner.add_parser("report", help="how a class did: difficulty, mistakes")
    similarity = inner.add_parser("similarity", help="submissions that share much code")
    export = inner.add_parser("export", help="grades for Canvas, Moodle, a spreadsheet")
    commands = (
        (release, _release),
        (feedback, _feedback),
        (report, _report),
        (similarity, _similarity),
        (export, _export),
    )
    for command, run in commands:
        command.add_argument("unit", metavar="UNIT", help="name or number of the unit")
        command.set_defaults(run=run)
    _collect_options(collect)
    for command in (release, feedback):
        command.add_argument(
            "--exchange", action="store_true", help="through nbgrader's exchange, too"
        )
    export.add_argument(
        "--to", required=True, choices=("canvas", "moodle", "csv"), help="for which"
    )
    export.add_argument(
        "--template",
        type=Path,
        metavar="CSV",
        help="the gradebook that Canvas exported",
    )
    export.add_argument("--output", type=Path, metavar="FILE", help="default: screen")
    for command in (release, collect, feedback, report, similarity, export):
        command.add_argument("--course", type=Path, metavar="DIR", help="course folder")


def _collect_options(collect: argparse.ArgumentParser) -> None:
    collect.add_argument(
        "places", nargs="*", type=Path, metavar="PLACE", help="zips, downloads, folders"
    )
    collect.add_argument("--unit", help="for files whose names do not say it")
    collect.add_argument(
        "--exchange", metavar="UNIT", help="this unit from nbgrader's exchange"
    )
    collect.add_argument(
        "--roster", type=Path, metavar="CSV", help="who may (default: students.csv)"
    )
    collect.set_defaults(run=_collect)


def _course(options: argparse.Namespace) -> "CourseFolder":
    from pmlab.grading.course_folder import find_course_folder

    return find_course_folder(Path.cwd(), given=options.course)


def _release(options: argparse.Namespace) -> int:
    from pmlab.grading.release import release

    done = release(_course(options), options.unit, exchange=options.exchange)
    if done.exchanged:
        print(f"Learners on the hub can hand it in now ({done.exchanged}).")
    elsewhere = " who are elsewhere" if done.exchanged else ""
    print(f"Give learners{elsewhere} every file in {done.folder}:")
    print(f"{', '.join(done.files)}.")
    return 0


def _collect(options: argparse.Namespace) -> int:
    from pmlab.errors import CourseError
    from pmlab.grading.collect import collect, collect_exchange

    course = _course(options)
    if not options.places and not options.exchange:
        raise CourseError(
            "nothing to collect; give zips or folders, or --exchange UNIT"
        )
    done = []
    if options.places:
        done += collect(
            course, options.places, unit=options.unit, roster=options.roster
        )
    if options.exchange:
        done += collect_exchange(course, options.exchange, roster=options.roster)
    for entry in done:
        remark = f": {entry.reason}" if entry.reason else ""
        said = f"{entry.status:<14} {entry.learner or '?':<20} {entry.origin}{remark}"
        print(one_line(said))
    aside = sum(entry.status == "set aside" for entry in done)
    print(f"{len(done)} hand-ins, {aside} set aside.")
    if aside:
        print(f"Look at {course.state('quarantine')}; nothing there was graded.")
    return int(bool(aside))


def _feedback(options: argparse.Namespace) -> int:
    from pmlab.grading.feedback.write import write_feedback

    course = _course(options)
    done = write_feedback(course, options.unit, exchange=options.exchange)
    folder = course.step("feedback", "LEARNER", done.unit)
    print(f"{plural(len(done.pages), 'page')}, each for its learner: {folder}")
    for remark in done.remarks:
        print(one_line(f"look again: {remark}"))
    for learner, reason in done.failed.items():
        print(one_line(f"{learner}: {reason}"), file=sys.stderr)
    if done.released:
        print("Released: learners get theirs with `pmlab feedback`.")
    return int(bool(done.failed))


def _report(options: argparse.Namespace) -> int:
    from pmlab.grading.report.write import write_report

    page, *tables = write_report(_course(options), options.unit)
    print(f"{page}\nTables beside it: {', '.join(path.name for path in tables)}")
    return 0


def _similarity(options: argparse.Namespace) -> int:
    from pmlab.grading.similarity import NOTE, OneHandInError, write_similarity

    try:
        page, pairs = write_similarity(_course(options), options.unit)
    except OneHandInError as nothing_to_do:
        print(one_line(f"{nothing_to_do}."))
        return 0
    for row in pairs.head(20).to_dict("records"):
        share = round(100 * row["share"])
        said = f"{row['one']} and {row['other']}: {share} % ({row['exercises']})"
        print(one_line(said))
    print(f"{plural(len(pairs), 'pair')} to look at: {page}\n{NOTE}")
    return 0


def _export(options: argparse.Namespace) -> int:
    from pmlab.errors import DataError
    from pmlab.grading.export import export_grades

    done = export_grades(
        _course(options), options.unit, to=options.to, template=options.template
    )
    if options.output is None:
        sys.stdout.write(done.text.replace("\r\n", "\n"))
    else:
        try:
            options.output.write_text(done.text, encoding="utf-8", newline="")
        except OSError as problem:
            raise DataError(
                f"{options.output} can't be written ({problem})"
            ) from problem
    print(f"{done.people} grades.", file=sys.stderr)
    if done.waiting:
        print(
            one_line(
                f"Left empty until a person grades them: {', '.join(done.waiting)}."
            ),
            file=sys.stderr,
        )
    if done.strangers:
        print(
            one_line(f"Not in the template: {', '.join(done.strangers)}."),
            file=sys.stderr,
        )
    return 0
