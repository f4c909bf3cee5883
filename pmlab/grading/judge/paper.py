"""The graded notebook, as nbgrader, its formgrader and people read it.

What learners' code shows is kept if it can't do anything in an instructor's browser:
text, plain tables, pictures and charts. Scripts and styles are left out.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from pmlab.grading import harmless, harmless_charts
from pmlab.grading.judge.judging import Judged
from pmlab.grading.outcome import check_metadata
from pmlab.grading.rebuild import Cell, Rebuilt
from pmlab.grading.writable import writable

_CHART = "application/vnd.plotly.v1+json"
_MOST_PAGES = 500_000  # characters of HTML and Markdown in a notebook's outputs
_READERS: dict[str, Callable[[str], str | None]] = {
    "text/html": harmless.html,
    "text/markdown": harmless.markdown,
    "text/latex": harmless.tex,
}
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def graded_notebook(
    instructors: Mapping[str, Any], rebuilt: Rebuilt, judged: Judged, *, note: str = ""
) -> bytes:
    """Return the notebook for ``autograded/``.

    Args:
        instructors: The instructor's notebook; its metadata is used.
        rebuilt: The cells.
        judged: Outcome and outputs.
        note: Text that stands above everything; empty for none.

    Returns:
        The notebook as JSON.
    """
    checks = iter(judged.outcome.checks)
    left = _MOST_PAGES
    cells: list[dict[str, Any]] = []
    if note:
        about = {"id": "note-on-the-data", "cell_type": "markdown", "metadata": {}}
        cells.append({**about, "source": note.splitlines(keepends=True)})
    for number, cell in enumerate(rebuilt.cells):
        made = _cell(number, cell)
        if cell.runs:
            outputs = judged.outputs.get(number, [])
            if cell.kind == "check":
                about = check_metadata(next(checks))
                outputs = _marked(outputs, about)
            else:
                left -= sum(map(_page_length, outputs))
                kept = (safe_output(out, pages=left >= 0) for out in outputs)
                outputs = [out for out in kept if out]
            made |= {"outputs": outputs, "execution_count": None}
        cells.append(made)
    about = {
        name: part
        for name, part in dict(instructors.get("metadata", {})).items()
        if name in ("kernelspec", "language_info")
    }
    about["pmlab"] = {"grading": judged.outcome.to_metadata()}
    notebook = {"cells": cells, "metadata": about, "nbformat": 4, "nbformat_minor": 5}
    return (
        json.dumps(notebook, ensure_ascii=False, indent=1).encode("utf-8", "replace")
        + b"\n"
    )


def _cell(number: int, cell: Cell) -> dict[str, Any]:
    learners = cell.kind in ("answer", "extra")
    source = cell.source
    if learners and cell.cell_type == "markdown":
        source = harmless.markdown(source, cell.attachments)
    made: dict[str, Any] = {
        "cell_type": cell.cell_type,
        "id": cell.id if _ID.fullmatch(cell.id) else f"cell-{number}",
        "metadata": {},
        "source": source.splitlines(keepends=True),
    }
    if cell.about:
        checksum = _checksum(cell)
        made["metadata"]["nbgrader"] = {**cell.about, "checksum": checksum}
    attachments = harmless.pictures(cell.attachments)
    if attachments and cell.cell_type == "markdown":
        made["attachments"] = attachments
    return made


def _checksum(cell: Cell) -> str:
    """Return nbgrader's checksum of the cell as it was handed out."""
    about = cell.about
    source = cell.released if about.get("solution") else cell.instructors
    solution, grade = bool(about.get("solution")), bool(about.get("grade"))
    locked = not solution and (grade or bool(about.get("locked")))
    parts = [source, cell.cell_type, str(grade), str(solution), str(locked), cell.id]
    if grade:
        parts.append(str(float(about.get("points", 0))))
    return hashlib.md5(
        "".join(parts).encode("utf-8", "replace"), usedforsecurity=False
    ).hexdigest()


def _marked(
    outputs: list[dict[str, Any]], about: dict[str, Any]
) -> list[dict[str, Any]]:
    """Put the facts on the output that decides; an error can't hold metadata."""
    if not outputs:
        credit = f"{about['pmlab']['credit']:g}"
        return [_result({"text/plain": credit}, about)]
    first = outputs[0]
    if first["output_type"] == "error":
        note = {"output_type": "display_data", "data": {}, "metadata": about}
        return [first, note]
    return [_result(first["data"], about)]


def _result(data: dict[str, Any], about: dict[str, Any]) -> dict[str, Any]:
    return {
        "output_type": "execute_result",
        "execution_count": None,
        "data": data,
        "metadata": about,
    }


def _page_length(output: dict[str, Any]) -> int:
    data = output.get("data", {})
    return sum(len(str(data[kind])) for kind in _READERS if kind in data)


def safe_output(output: dict[str, Any], *, pages: bool = True) -> dict[str, Any] | None:
    """Return an output of learners' code without what could act in a browser.

    Args:
        output: An output as the runner gave it.
        pages: Whether to keep HTML and Markdown; to clean them takes time.

    Returns:
        The output; None if nothing is left of it.
    """
    if "data" not in output:
        return output
    kept: dict[str, Any] = {}
    for kind, part in output["data"].items():
        text = "".join(part) if isinstance(part, list) else part
        if kind == _CHART and isinstance(part, dict):
            kept[kind] = harmless_charts.chart(part)
        elif not isinstance(text, str):
            continue
        elif kind == "text/plain" or harmless.is_picture(kind, text):
            kept[kind] = writable(text)
        elif pages and kind in _READERS and (page := _READERS[kind](writable(text))):
            kept[kind] = page
    return {**output, "data": kept} if kept else None
