"""``pmlab submit``: see whether a unit is complete, and hand it in."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pmlab.cli.check import with_bar
from pmlab.cli.learner_options import add_folder
from pmlab.formatting import plural

if TYPE_CHECKING:
    from pmlab.learner.exchange import Exchange
    from pmlab.learner.work import UnitWork


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add ``submit``."""
    submit = commands.add_parser("submit", help="hand in a unit, such as 08")
    submit.add_argument(
        "unit",
        nargs="?",
        metavar="UNIT",
        help="number of the unit; in a cell of its exercises it may be left out",
    )
    submit.add_argument("--learner", metavar="ID", help="your id; asked for once")
    submit.add_argument(
        "--anyway", action="store_true", help="hand in although something is open"
    )
    submit.add_argument(
        "--no-check", action="store_true", help="do not run the visible checks first"
    )
    submit.add_argument(
        "--zip", action="store_true", help="make a zip file, also on a hub"
    )
    add_folder(submit)
    submit.set_defaults(run=_submit)


def _submit(options: argparse.Namespace) -> int:
    from pmlab.learner import course_files, place
    from pmlab.learner.exchange import find_exchange
    from pmlab.learner.submitting import submit
    from pmlab.learner.work import read_work

    course = course_files.installed_course()
    entry = place.find_unit(course, options.unit)
    folder = place.find_folder(Path.cwd(), given=options.folder)
    exchange = None if options.zip else find_exchange(folder)
    # nbgrader's exchange goes by the user of the system.
    learner = "" if exchange else place.learner_id(folder, options.learner)
    work = read_work(course, entry, folder)
    if not _go_on(work, options):
        return 1
    done = submit(work, folder, learner=learner, exchange=exchange)
    whose = f" of {learner}" if learner else ""
    print(f"{entry.slug}{whose} at {done.when:%Y-%m-%d %H:%M:%S} UTC:")
    print(_what_next(done.zip_file, exchange))
    return 0


def _go_on(work: "UnitWork", options: argparse.Namespace) -> bool:
    """Say what is open; go on if nothing is, or if the learner wants to."""
    from pmlab.learner.completeness import still_open
    from pmlab.learner.place import ask, can_ask

    checked = None if options.no_check else with_bar(work)
    if checked is not None:
        print(
            f"Visible checks pass for {checked.credit:g} of "
            f"{plural(checked.points, 'point')}."
        )
    for note in work.notes:
        print(f"Note: {note}.")
    problems = list(still_open(work, checked))
    if not problems:
        print("Complete: every exercise is answered and the memo is written.")
        return True
    print("Still open:")
    for problem in problems:
        print(f"- {problem}")
    if options.anyway:
        return True
    if can_ask() and ask("Hand in anyway? (y/n)").lower().startswith("y"):
        return True
    print(
        "Nothing was handed in. To hand in as it is: pmlab submit "
        f"{work.entry.number} --anyway"
    )
    return False


def _what_next(zip_file: Path | None, exchange: "Exchange | None") -> str:
    if zip_file is None:
        course = exchange.course if exchange else ""
        return (
            f"handed in to the course {course}. You may hand in again; the last counts."
        )
    return (
        f"made {zip_file}\nSend this file to your instructor, in the way you agreed on."
        "\nLearning without an instructor? Then there is nothing to send: compare your "
        "memo with the rubric above it, and go on with the next unit."
    )
