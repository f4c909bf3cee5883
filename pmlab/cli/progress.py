"""``pmlab progress``: how far the learner is, read from her saved notebooks."""

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pmlab.cli.learner_options import add_folder, where_to_find

if TYPE_CHECKING:
    from pmlab.learner.course_map import CourseMap

_PAGE = "my progress.html"


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add ``progress``."""
    progress = commands.add_parser(
        "progress", help="show how far you are; nothing leaves this computer"
    )
    kind = progress.add_mutually_exclusive_group()
    kind.add_argument("--json", action="store_true", help="print it as JSON")
    kind.add_argument(
        "--page", action="store_true", help=f"write it to “{_PAGE}” in your folder"
    )
    add_folder(progress)
    progress.set_defaults(run=_progress)


def _progress(options: argparse.Namespace) -> int:
    from pmlab.learner import place
    from pmlab.learner.course_map import course_map

    folder = place.find_folder(Path.cwd(), given=options.folder)
    found = course_map(folder)
    if options.json:
        print(json.dumps(_as_data(found), ensure_ascii=False))
    elif options.page:
        from pmlab.learner.folder import write_whole, writing_to
        from pmlab.learner.progress_page import progress_page

        with writing_to(folder):
            write_whole(folder / _PAGE, progress_page(found).encode())
        print(where_to_find(folder / _PAGE, folder))
    else:
        print(found)
    return 0


def _as_data(found: "CourseMap") -> dict[str, Any]:
    units = [
        {
            "unit": unit.work.entry.slug,
            "passing": unit.work.passing,
            "points": sum(item.points for item in unit.work.exercises),
            "exercises": {item.id: item.credit for item in unit.work.exercises},
            "memo_words": sum(memo.words for memo in unit.work.memos),
            "hints": unit.hints,
            "handed_in": unit.handed_in and unit.handed_in.when.isoformat(),
            "changed_since": unit.changed_since,
            "findings": unit.work.remarks,
        }
        for unit in found.units
    ]
    return {"course": found.title, "next_step": found.next_step, "units": units}
