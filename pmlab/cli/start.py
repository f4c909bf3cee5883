"""``pmlab start``: prepare a learner's folder and open JupyterLab on it."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pmlab.formatting import plural

if TYPE_CHECKING:
    from pmlab.learner.folder import Delivery


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add ``start``."""
    start = commands.add_parser("start", help="open the course in JupyterLab")
    start.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path("my-course"),
        metavar="DIR",
        help="your course folder (default: my-course)",
    )
    start.add_argument(
        "--no-lab", action="store_true", help="prepare the folder, open nothing"
    )
    start.add_argument(
        "--variant",
        metavar="CODE",
        help="the code your instructor gave you: 1 to 32 letters, digits or hyphens",
    )
    start.add_argument(
        "--lab-option",
        action="append",
        default=[],
        metavar="OPTION",
        help="passed on to jupyter lab, such as --lab-option=--no-browser",
    )
    start.set_defaults(run=_start)


def _start(options: argparse.Namespace) -> int:
    from pmlab.learner import course_files, folder

    if options.variant is not None:
        folder.check_variant(options.variant)
    course = course_files.installed_course()
    delivery = folder.prepare(options.folder, course_files.learner_files(course))
    if options.variant is not None:
        folder.remember_variant(options.folder, options.variant)
        print(f"Your variant of the case: {options.variant}")
    print(f"Your course folder: {delivery.folder.resolve()}")
    print(
        f"{plural(len(delivery.written), 'file')} new or renewed; "
        "your own work is untouched."
    )
    print_renamed(delivery)
    for path in delivery.rescued:
        print(f"An update was interrupted; your work in it is back: {path}")
    for path in delivery.kept:
        print(f"There is a newer version of {path}; yours is kept.")
    if delivery.kept:
        print("`pmlab update` puts the newer versions beside yours.")
    return _open(options)


def print_renamed(delivery: "Delivery") -> None:
    """Say which notebooks are used under another name than the course's."""
    for path, found in delivery.renamed.items():
        name = Path(path).name
        where = found.relative_to(delivery.folder)
        print(f"{name} is not there, but {where} holds its cells.")
        print(
            "That one is used; no empty one was put beside it. You may rename it back"
        )
        print(f"to {name}. For an empty one: pmlab update --fresh {name[:2]}")


def _open(options: argparse.Namespace) -> int:
    from pmlab.learner import course_files, lab
    from pmlab.learner.running import running_on
    from pmlab.learner.start_here import refresh_start_here

    address = running_on(options.folder)
    if address is not None and not options.no_lab:
        print("JupyterLab is open on this folder already. Two of them would save over")
        print(f"each other's notebooks, so go on in that one: {address}")
        return 0
    if address is None:
        refresh_start_here(options.folder)
    first = course_files.START_HERE
    if options.no_lab:
        print(f"Open “{first}” there first, in JupyterLab; this does it:")
        print(f'pmlab start "{options.folder}"')
        _print_next_step(options.folder)
        return 0
    if lab.can_open_browser(options.lab_option):
        print(f"JupyterLab opens in your browser, with “{first}”.")
    else:
        print("No browser can be opened from here. Copy the address with “token” that")
        print(f"JupyterLab prints below into a browser: it opens “{first}”.")
        _print_next_step(options.folder)
    print("To close JupyterLab: save your notebooks, then press Ctrl-C here twice.")
    return lab.open_lab(options.folder, options=options.lab_option)


def _print_next_step(folder: Path) -> None:
    """Say what the map says, to someone who does not see it open by itself."""
    from pmlab.learner.course_map import course_map

    print(f"Your next step: {course_map(folder).next_step}")
