"""Which hints a learner has seen, as her folder or her notebook remembers."""

import json
import re
from pathlib import Path
from typing import Any

from pmlab.grading.collect.files import Limits, RefusedError, read_file

FILE_NAME = "hints.json"
_SHOWN = re.compile(r'data-hint="([^"/]{1,100})/(\d{1,2})"')
_MOST = Limits(1, 20_000_000)


def hints_used(folder: Path) -> dict[str, int]:
    """Return the number of hints seen for each exercise.

    Args:
        folder: A submission, with ``hints.json`` or at least a notebook's outputs.

    Returns:
        Hints by exercise; empty if nothing is known. What a learner's machine wrote is
        believed: no points depend on it.
    """
    try:
        found = json.loads(read_file(folder / FILE_NAME, limits=_MOST))
    except (RefusedError, ValueError, RecursionError):
        return _in_outputs(folder)
    if not isinstance(found, dict):
        return {}
    return {str(k): v for k, v in found.items() if type(v) is int and 0 < v < 100}


def _in_outputs(folder: Path) -> dict[str, int]:
    used: dict[str, int] = {}
    for path in sorted(folder.glob("*.ipynb")):
        try:
            notebook: Any = json.loads(read_file(path, limits=_MOST))
            texts = [
                "".join(text)
                for cell in notebook["cells"]
                for output in cell.get("outputs", [])
                for text in output.get("data", {}).values()
                if isinstance(text, str | list)
            ]
        except (
            RefusedError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            RecursionError,
        ):
            continue
        for exercise, step in _SHOWN.findall("\n".join(texts)):
            used[exercise] = max(used.get(exercise, 0), int(step))
    return used
