"""Writes what is generated from the text of the units, or says what has drifted.

Generated are, for each unit, ``lessons/SLUG.ipynb`` (with outputs),
``source/SLUG/SLUG.ipynb`` (the instructor's version) and ``source/SLUG/messages.json``;
and for the course ``lessons/start_here.ipynb``.
"""

import contextlib
import dataclasses
import json
import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from pmlab.authoring import notebooks, parse
from pmlab.authoring.course import Course, UnitEntry
from pmlab.authoring.model import Unit
from pmlab.checks.messages import FILE_NAME as MESSAGES_FILE
from pmlab.errors import CourseError

START = "start_here"
_LESSON_SIZE_LIMIT = 400_000
_WIDGET_TYPE = "application/vnd.jupyter.widget-view+json"


@dataclasses.dataclass(frozen=True)
class Generated:
    """A generated file: its path and the text it should have."""

    path: Path
    text: str


def build(
    course: Course,
    *,
    only: Iterable[str] = (),
    execute: bool = False,
    on_progress: Callable[[str], None] = lambda _: None,
) -> list[Path]:
    """Write the generated files whose text differs from what is on disk.

    All texts are read and checked first, so that a broken unit writes nothing.

    Args:
        course: The course.
        only: Slugs or numbers of units; all if empty.
        execute: Run the lessons and store their outputs.
        on_progress: Called with a line for each lesson that runs.

    Returns:
        The files that were written.

    Raises:
        CourseError: If a text breaks a rule, or a lesson stops with an error.
    """
    wanted = _generated(course, only)
    if execute:
        wanted = [_executed(item, on_progress) for item in wanted]
    changed = [item for item in wanted if _text(item.path) != item.text]
    for item in changed:
        _write(item.path, item.text)
    return [item.path for item in changed]


def drift(course: Course) -> list[str]:
    """Say what on disk differs from the text it is generated from.

    Outputs of lessons are not compared here (nbval does that), only whether they exist.

    Args:
        course: The course.

    Returns:
        One sentence for each file; empty if all is in step.
    """
    wanted = _generated(course)
    found = []
    for item in wanted:
        shown = item.path.relative_to(course.folder)
        actual = _text(item.path)
        if actual is None:
            found.append(f"{shown} is missing")
        elif actual != item.text:
            found.append(f"{shown} differs from its text")
        elif _never_run(item):
            found.append(f"{shown} has cells that never ran; build with --execute")
        elif len(actual) > _LESSON_SIZE_LIMIT:
            found.append(
                f"{shown} has {len(actual):,} bytes, more than {_LESSON_SIZE_LIMIT:,}; "
                "make its outputs smaller"
            )
    known = {item.path for item in wanted}
    found += [
        f"{path.relative_to(course.folder)} belongs to no unit; delete it"
        for path in _on_disk(course)
        if path not in known
    ]
    return found


def _generated(course: Course, only: Iterable[str] = ()) -> list[Generated]:
    chosen = {course.unit(name).slug for name in only}
    wanted: list[Generated] = []
    if not chosen:
        cells = parse.read_cells(course.folder / "units" / f"{START}.py")
        path = course.folder / "lessons" / f"{START}.ipynb"
        wanted.append(_with_outputs(path, notebooks.start_notebook(cells)))
    for entry in course.units:
        if chosen and entry.slug not in chosen:
            continue
        unit = parse.read_unit(course.text_folder(entry))
        check_points(course, entry, unit)
        lesson = notebooks.lesson_notebook(unit.lesson)
        folder = course.source_folder(entry)
        wanted += [
            _with_outputs(course.lesson_file(entry), lesson),
            Generated(
                folder / f"{entry.slug}.ipynb",
                as_text(notebooks.source_notebook(unit)),
            ),
            Generated(
                folder / MESSAGES_FILE, notebooks.messages(unit).to_json() + "\n"
            ),
        ]
    return wanted


def check_points(course: Course, entry: UnitEntry, unit: Unit) -> None:
    """Raise unless the points in the text sum to those in the list of units."""
    sums = {
        "exercises": sum(exercise.points for exercise in unit.exercises),
        "artefact": sum(artefact.points for artefact in unit.artefacts),
    }
    for part, total in sums.items():
        if total != entry.points[part]:
            raise CourseError(
                f"{course.text_folder(entry) / 'exercises.py'}:1: the points of "
                f"{part} sum to {total}, {course.manifest.name} says "
                f"{entry.points[part]}; change one of them"
            )


def as_text(notebook: dict[str, Any]) -> str:
    """Return the bytes-stable JSON text of a notebook."""
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _with_outputs(path: Path, notebook: dict[str, Any]) -> Generated:
    """Keep stored outputs of code cells that, like all before them, did not change."""
    old = _stored_code_cells(path)
    new = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for before, cell in zip(old, new, strict=False):
        if before["source"] != cell["source"]:
            break
        cell["outputs"] = before["outputs"]
        cell["execution_count"] = before["execution_count"]
    return Generated(path, as_text(notebook))


def _stored_code_cells(path: Path) -> list[dict[str, Any]]:
    """Return the code cells on disk; none if the file is missing or damaged."""
    try:
        cells = json.loads(_text(path) or "{}").get("cells", [])
        return [
            {key: cell[key] for key in ("source", "outputs", "execution_count")}
            for cell in cells
            if cell["cell_type"] == "code"
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def _executed(item: Generated, on_progress: Callable[[str], None]) -> Generated:
    if item.path.parent.name != "lessons":
        return item
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import (
        CellExecutionError,
        CellTimeoutError,
        DeadKernelError,
    )

    on_progress(f"running {item.path.name}")
    notebook = nbformat.reads(item.text, as_version=4)  # type: ignore[no-untyped-call]
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(
            notebook,
            timeout=120,
            kernel_name="python3",
            record_timing=False,
            store_widget_state=False,
            resources={"metadata": {"path": folder}},
        )
        try:
            client.execute()
        except CellExecutionError as error:
            raise CourseError(
                f"{item.path.name} stopped with {error.ename}: {error.evalue}; mend "
                f"the cell that starts with `{_first_line_that_stopped(notebook)}`"
            ) from error
        except (CellTimeoutError, DeadKernelError) as error:
            raise CourseError(
                f"{item.path.name} did not end: {' '.join(str(error).split())[:300]}"
            ) from error
    result = json.loads(item.text)
    for cell, ran in zip(result["cells"], notebook.cells, strict=True):
        if cell["cell_type"] == "code":
            cell["execution_count"] = ran.execution_count
            cell["outputs"] = _plain_outputs(ran.outputs)
    return Generated(item.path, as_text(result))


def _first_line_that_stopped(notebook: dict[str, Any]) -> str:
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if output["output_type"] == "error":
                return str(cell["source"]).partition("\n")[0]
    return ""


def _plain_outputs(outputs: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return outputs as they are stored: texts as lists of lines, nothing volatile."""
    stored: list[dict[str, Any]] = []
    for output in json.loads(json.dumps(list(outputs))):
        before = stored[-1] if stored else {}
        if "name" in output and output["name"] == before.get("name"):
            before["text"] += output["text"]  # where a stream is cut is chance
        else:
            stored.append(output)
    for output in stored:
        if isinstance(output.get("text"), str):
            output["text"] = output["text"].splitlines(keepends=True)
        # A widget's id is random, and no page but a running one can show it.
        output.get("data", {}).pop(_WIDGET_TYPE, None)
        for kind, value in output.get("data", {}).items():
            if isinstance(value, str):
                output["data"][kind] = value.splitlines(keepends=True)
    return stored


def _never_run(item: Generated) -> bool:
    if item.path.parent.name != "lessons":
        return False
    return any(
        cell["cell_type"] == "code" and cell["execution_count"] is None
        for cell in json.loads(item.text)["cells"]
    )


def _on_disk(course: Course) -> list[Path]:
    found = list((course.folder / "lessons").glob("*.ipynb"))
    found += [
        path
        for path in (course.folder / "source").rglob("*")
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    ]
    return sorted(found)


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


def _write(path: Path, text: str) -> None:
    """Write all of a file or nothing."""
    draft = path.with_name(f".{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8", newline="\n")
        os.replace(draft, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise CourseError(
            f"can't write {path}: {error.strerror}; check the folder's permissions "
            "and the space on the disk"
        ) from error
