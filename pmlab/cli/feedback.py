"""``pmlab feedback``: take in, fetch and show the feedback of a unit."""

import argparse
import os
from pathlib import Path
from typing import Any

from pmlab.cli.learner_options import add_folder, where_to_find


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add ``feedback``."""
    feedback = commands.add_parser("feedback", help="show the feedback of a unit")
    feedback.add_argument(
        "unit",
        nargs="?",
        metavar="UNIT",
        help="number of the unit; in a cell of its exercises it may be left out",
    )
    feedback.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE",
        help="the page or zip file that your instructor sent",
    )
    feedback.add_argument(
        "--no-browser", action="store_true", help="only say where the page is"
    )
    add_folder(feedback)
    feedback.set_defaults(run=_feedback)


def _feedback(options: argparse.Namespace) -> int:
    from pmlab.learner import course_files, feedback_pages, place

    if options.file is None and Path(options.unit or "").suffix in (".html", ".zip"):
        options.unit, options.file = None, Path(options.unit)
    entry = place.find_unit(course_files.installed_course(), options.unit)
    folder = place.find_folder(Path.cwd(), given=options.folder)
    if options.file is not None:
        page: Path | None = feedback_pages.take_in(folder, entry.slug, options.file)
    else:
        page = _fetched(folder, entry.slug) or feedback_pages.newest(folder, entry.slug)
    if page is None:
        print(f"There is no feedback for {entry.slug} yet.")
        print("When your instructor sends you a page or a zip file, give it here:")
        print(f"pmlab feedback {entry.number} FILE")
        return 1
    print(where_to_find(page, folder))
    if "JUPYTERHUB_USER" not in os.environ and not options.no_browser:
        import webbrowser

        webbrowser.open(page.resolve().as_uri())
    return 0


def _fetched(folder: Path, unit: str) -> Path | None:
    from pmlab.learner import feedback_pages
    from pmlab.learner.exchange import ExchangeError, find_exchange

    exchange = find_exchange(folder)
    if exchange is None:
        return None
    try:
        return feedback_pages.fetch(folder, unit, exchange)
    except ExchangeError as error:  # mostly: nothing was released yet
        print(error)
        return None
