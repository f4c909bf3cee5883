"""``pmlab update``: bring the installed course version into a learner's folder."""

import argparse
from typing import TYPE_CHECKING, Any

from pmlab.cli.learner_options import add_folder
from pmlab.cli.start import print_renamed

if TYPE_CHECKING:
    from pmlab.learner.folder import Delivery


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add ``update``."""
    update = commands.add_parser(
        "update", help="bring a new course version; your work is never overwritten"
    )
    update.add_argument(
        "--fresh",
        metavar="UNIT",
        help="put a fresh copy of a unit's exercises beside yours, such as --fresh 03",
    )
    add_folder(update)
    update.set_defaults(run=_update)


def _update(options: argparse.Namespace) -> int:
    from pathlib import Path

    import pmlab
    from pmlab.learner import course_files, folder, place

    course = course_files.installed_course()
    where = place.find_folder(Path.cwd(), given=options.folder)
    if options.fresh is not None:
        entry = place.find_unit(course, options.fresh)
        print(f"A fresh copy: {folder.fresh_exercises(where, course, entry)}")
        return 0
    files = course_files.learner_files(course)
    delivery = folder.prepare(where, files, beside=True)
    print_renamed(delivery)
    for path in delivery.rescued:
        print(f"An update was interrupted; your work in it is back: {path}")
    for path in delivery.written:
        print(f"new or renewed: {path}")
    for path, new in zip(delivery.kept, delivery.beside, strict=True):
        print(f"{path}: yours is kept; the new version is beside it: {new}")
    _print_ways_to_go_on(delivery)
    if not (delivery.written or delivery.kept):
        print(f"Your folder has everything of this version, pmlab {pmlab.__version__}.")
        print("A newer course comes with a newer pmlab: `git pull` in your clone, or")
        print("`pip install --upgrade` as you installed it; then `pmlab update` again.")
    return 0


def _print_ways_to_go_on(delivery: "Delivery") -> None:
    """Say what to do with the newer versions, by the example of the first."""
    from pathlib import Path

    from pmlab.learner.findings import ways_to_go_on

    pairs = [
        (delivery.renamed.get(path, Path(path)).name, Path(path).name, Path(new).name)
        for path, new in zip(delivery.kept, delivery.beside, strict=True)
        if path.startswith("exercises/") and path.endswith(".ipynb")
    ]
    if pairs:
        yours, name, new = pairs[0]
        print("How to go on:")
        for way in ways_to_go_on(new, yours, name=name):
            print(f"- {way}.")
    if len(pairs) > 1:
        print("- Do the same with the other exercises.")
    if any(path.startswith("lessons/") for path in delivery.kept):
        print("Of a lesson keep the file you like better; it holds no graded answers.")
