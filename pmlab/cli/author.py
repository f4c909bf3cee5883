"""``pmlab author``: build the notebooks, prove the units, start a new one."""

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pmlab.authoring.course import Course


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add ``author`` and its commands."""
    author = commands.add_parser("author", help="build and prove the units of a course")
    inner = author.add_subparsers(title="commands", required=True, metavar="COMMAND")

    build = inner.add_parser("build", help="write the notebooks from the text")
    build.add_argument("units", nargs="*", metavar="UNIT", help="all if left out")
    kind = build.add_mutually_exclusive_group()
    kind.add_argument("--check", action="store_true", help="only say what has drifted")
    kind.add_argument(
        "--execute", action="store_true", help="run the lessons, store their outputs"
    )
    build.set_defaults(run=_build)

    verify = inner.add_parser("verify", help="prove the units: every rule, many seeds")
    verify.add_argument("units", nargs="*", metavar="UNIT", help="all if left out")
    verify.add_argument("--json", action="store_true", help="print the report as JSON")
    verify.add_argument(
        "--variants",
        type=int,
        default=None,
        help="how many to try (default 5; before a unit goes out 50)",
    )
    verify.set_defaults(run=_verify)

    new = inner.add_parser("new", help="start a unit, such as 04_solutions")
    new.add_argument("unit", metavar="NN_NAME", help="such as 04_solutions")
    new.set_defaults(run=_new)

    tables = inner.add_parser("tables", help="write the case's small tables as CSV")
    tables.add_argument("--check", action="store_true", help="only say what differs")
    tables.set_defaults(run=_tables)

    for command in (build, verify, new, tables):
        command.add_argument("--course", type=Path, metavar="DIR", help="course folder")


def _course(options: argparse.Namespace) -> "Course":
    from pmlab.authoring.course import find_course, read_course

    return read_course(options.course or find_course(Path.cwd()))


def _build(options: argparse.Namespace) -> int:
    from pmlab.authoring import build

    course = _course(options)
    if options.check:
        drifted = build.drift(course)
        for sentence in drifted:
            print(sentence)
        if drifted:
            print("Run `pmlab author build` and commit what it writes.")
        else:
            print("All notebooks match their text.")
        return int(bool(drifted))
    written = build.build(
        course, only=options.units, execute=options.execute, on_progress=print
    )
    for path in written:
        print(f"wrote {path}")
    if not written:
        print("everything is up to date")
    return 0


def _verify(options: argparse.Namespace) -> int:
    from pmlab.authoring import parse, verify
    from pmlab.authoring.build import check_points
    from pmlab.authoring.report import Report, as_table
    from pmlab.errors import CourseError

    course = _course(options)
    chosen = [course.unit(name) for name in options.units] or list(course.units)
    count = verify.VARIANTS if options.variants is None else options.variants
    reports = []
    for entry in chosen:
        try:
            unit = parse.read_unit(course.text_folder(entry))
            check_points(course, entry, unit)
        except CourseError as error:
            reports.append(Report(unit=entry.slug, failures=[str(error)]))
            continue
        if not options.json:
            print(f"trying {entry.slug} on {count} variants …", file=sys.stderr)
        reports.append(verify.verify(unit, variants=count))
    if options.json:
        print(json.dumps({"units": [dataclasses.asdict(item) for item in reports]}))
    else:
        print(as_table(reports))
    return int(any(report.failures for report in reports))


def _new(options: argparse.Namespace) -> int:
    from pmlab.authoring.scaffold import new_unit

    for path in new_unit(_course(options), options.unit):
        print(f"wrote {path}")
    print(f"Next: edit them, then `pmlab author verify {options.unit}`.")
    return 0


def _tables(options: argparse.Namespace) -> int:
    from pmlab.case import export
    from pmlab.errors import CourseError

    data = _course(options).folder.absolute().parent / "datasets"
    if not data.is_dir():
        raise CourseError(f"no folder {data}; go to the checkout of the course")
    folder = data / export.PACKAGE
    if options.check:
        drifted = export.drift(folder)
        for sentence in drifted:
            print(sentence)
        if drifted:
            print("Run `pmlab author tables` and commit what it writes.")
        return int(bool(drifted))
    for path in export.write(folder):
        print(f"wrote {path}" if path.exists() else f"removed {path}")
    return 0
