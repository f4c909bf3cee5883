"""``pmlab check``: run the visible checks of a unit, without JupyterLab."""

import argparse
import json
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pmlab.cli.learner_options import add_folder
from pmlab.formatting import plural

if TYPE_CHECKING:
    from pmlab.learner.checking import CheckedExercise, CheckedUnit
    from pmlab.learner.work import UnitWork

_WIDTH = 24
_LINE = 79


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add ``check``."""
    check = commands.add_parser(
        "check", help="run the visible checks of a unit on your saved notebook"
    )
    check.add_argument(
        "notebook",
        nargs="?",
        metavar="UNIT",
        help="a unit such as 08, or a notebook; in a cell of a unit's exercises that "
        "unit, if left out",
    )
    check.add_argument("--json", action="store_true", help="print the result as JSON")
    add_folder(check)
    check.set_defaults(run=_check)


def _check(options: argparse.Namespace) -> int:
    from pmlab.learner import checking

    work = chosen_work(options)
    if options.json:
        result = checking.check(work)
        print(json.dumps(result.to_dict(), ensure_ascii=False))
    else:
        result = with_bar(work)
        print_result(result)
        print_map_differs(work, result)
    return int(result.credit < result.points)


def chosen_work(options: argparse.Namespace) -> "UnitWork":
    """Return the unit that the words of the command name, as the learner saved it."""
    from pmlab.learner import course_files, place
    from pmlab.learner.work import read_work, unit_of

    course = course_files.installed_course()
    path = Path(options.notebook or "")
    if path.suffix == ".ipynb":
        entry = unit_of(course, path) or place.find_unit(course, options.notebook)
        return read_work(course, entry, path.parent, notebook=path)
    entry = place.find_unit(course, options.notebook)
    folder = place.find_folder(Path.cwd(), given=options.folder)
    return read_work(course, entry, folder)


def with_bar(work: "UnitWork") -> "CheckedUnit":
    """Check a unit and show how far it is."""
    from pmlab.learner import checking

    total, done = len(work.exercises), 0
    print(f"Unit {work.entry.number} · {work.entry.title}", file=sys.stderr)

    def show(what: str) -> None:
        marks = "#" * (_WIDTH * done // max(total, 1))
        line = f"[{marks:-<{_WIDTH}}] {done}/{total} {what}"
        # Spaces wipe out a longer line before; a cell of a notebook knows no other way.
        start, end = ("\r", "") if sys.stderr.isatty() else ("", "\n")
        line = f"{line:<{_LINE}}" if start else line
        print(f"{start}{line}", end=end, file=sys.stderr, flush=True)

    def one_more(item: "CheckedExercise") -> None:
        nonlocal done
        done += 1
        show(f"{textwrap.shorten(item.title, 30, placeholder=' …')}: {item.status}")

    show("starting")
    result = checking.check(work, on_exercise=one_more)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return result


def print_result(result: "CheckedUnit") -> None:
    """Print how each exercise stands, with its reasons."""
    from pmlab.learner.checking import VISIBLE_ONLY

    for item in result.exercises:
        print(f"{item.status:<10} {item.credit:g}/{item.points:g}  {item.title}")
        for reason in item.reasons:
            print(textwrap.indent(textwrap.fill(reason, 76), " " * 11))
    for finding in result.findings:
        print(f"Note: {finding}.")
    print(
        f"Visible checks pass for {result.credit:g} of "
        f"{plural(result.points, 'point')}."
    )
    print(VISIBLE_ONLY)


def print_map_differs(work: "UnitWork", result: "CheckedUnit") -> None:
    """Say why the map shows another number, and how it comes to show this one."""
    if work.passing != result.credit:
        points = plural(result.points, "point")
        print(
            f"The map still shows {work.passing:g} of {points}: it reads the verdicts "
            "saved in the notebook.\nRun the check cells there (Run > Run All Cells) "
            f"and save, then it shows {result.credit:g}."
        )
