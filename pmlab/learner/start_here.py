"""Puts the map as it is now into *Start here*, so that it is there when it opens."""

import json
from pathlib import Path
from typing import Any

from pmlab.errors import PmlabError
from pmlab.learner.course_files import START_HERE
from pmlab.learner.course_map import CourseMap, course_map
from pmlab.learner.folder import write_whole

_CALL = "course_map()"


def refresh_start_here(folder: Path) -> bool:
    """Store the current map as the output of the cell that shows it.

    Only outputs change. Any trouble leaves the file as it is: running the cell shows
    the map all the same.

    Args:
        folder: The learner's folder.

    Returns:
        Whether the file was written.
    """
    path = folder / START_HERE
    try:
        before = path.read_bytes()
        notebook = json.loads(before)
        cells = [cell for cell in notebook["cells"] if _shows_the_map(cell)]
        shown = course_map(folder)
        for cell in cells:
            cell["outputs"] = [_output(shown, cell.get("execution_count"))]
        after = json.dumps(notebook, ensure_ascii=False, indent=1).encode() + b"\n"
        if not cells or after == before:
            return False
        write_whole(path, after)
    except (OSError, ValueError, KeyError, TypeError, PmlabError):
        return False
    return True


def _shows_the_map(cell: dict[str, Any]) -> bool:
    return cell["cell_type"] == "code" and _CALL in "".join(cell["source"])


def _output(shown: CourseMap, count: int | None) -> dict[str, Any]:
    return {
        "data": {
            "text/html": shown._repr_html_().splitlines(keepends=True),
            "text/plain": repr(shown).splitlines(keepends=True),
        },
        "execution_count": count,
        "metadata": {},
        "output_type": "execute_result",
    }
