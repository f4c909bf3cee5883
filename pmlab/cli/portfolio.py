"""``pmlab portfolio``: one web page of what the learner wrote, charted and decided."""

import argparse
from pathlib import Path
from typing import Any

from pmlab.cli.learner_options import add_folder, where_to_find


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add ``portfolio``."""
    portfolio = commands.add_parser(
        "portfolio", help="build a web page of your memos, charts and decisions"
    )
    add_folder(portfolio)
    portfolio.set_defaults(run=_portfolio)


def _portfolio(options: argparse.Namespace) -> int:
    from pmlab.learner import course_files, place
    from pmlab.learner.portfolio import build_portfolio
    from pmlab.learner.work import read_work

    course = course_files.installed_course()
    folder = place.find_folder(Path.cwd(), given=options.folder)
    works = [read_work(course, entry, folder) for entry in course.units]
    built = build_portfolio(works, folder)
    print(where_to_find(built.page, folder))
    print(f"For a web host:  {built.site} (all its files)")
    print(f"Your own words:  {built.words}")
    for path in built.beside:
        print(f"You changed a page by hand; yours is kept, the new one is {path}")
    if built.empty:
        print("Places that wait for your words:")
        for name in built.empty:
            print(f"- {name}")
        print("Write them there, save, and run pmlab portfolio again.")
    return 0
