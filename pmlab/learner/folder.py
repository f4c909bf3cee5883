"""Copies the course into a learner's folder, and never over her work.

``.pmlab/delivered.json`` remembers each file as it was delivered. A file that is still
the same is ours and may be renewed; any other is hers. Notebooks are the same if their
cells are: JupyterLab changes outputs and metadata by merely opening one.
"""

import dataclasses
import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path

from pmlab.errors import PmlabError
from pmlab.learner.course_files import CourseFile

STATE = ".pmlab"
_RECORD = "delivered.json"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Delivery:
    """What preparing a folder did.

    Attributes:
        folder: The learner's folder.
        written: Files that are new or renewed.
        kept: Files that the learner changed and that have a newer version.
    """

    folder: Path
    written: tuple[str, ...]
    kept: tuple[str, ...]


class FolderError(PmlabError):
    """The learner's folder can't be used; the text says why and what to do."""


def prepare(folder: Path, files: Iterable[CourseFile]) -> Delivery:
    """Bring a learner's folder up to date.

    Args:
        folder: The folder; made if it does not exist.
        files: What it should hold.

    Returns:
        What was written and what was kept.

    Raises:
        FolderError: If the folder can't be written.
    """
    blocking = next(
        (path for path in (folder, *folder.parents) if path.is_file()), None
    )
    if blocking is not None:
        raise FolderError(
            f"{blocking} is a file, a folder is needed there; choose another folder: "
            "pmlab start DIR"
        )
    try:
        return _prepare(folder, files)
    except PermissionError as error:
        raise FolderError(
            f"{folder} can't be written by you; choose a folder of your own: "
            "pmlab start DIR"
        ) from error
    except OSError as error:
        raise FolderError(
            f"{folder} can't be written ({error.strerror}); nothing of yours was "
            "changed. Free some space or choose another folder: pmlab start DIR"
        ) from error


def _prepare(folder: Path, files: Iterable[CourseFile]) -> Delivery:
    (folder / STATE).mkdir(parents=True, exist_ok=True)
    record = _record(folder)
    written, kept = [], []
    for item in files:
        path = folder / item.path
        new = _fingerprint(item.path, item.content)
        actual = _fingerprint(item.path, path.read_bytes()) if path.is_file() else None
        if actual in (None, record.get(item.path)) and actual != new:
            write_whole(path, item.content)
            written.append(item.path)
        elif actual != new:
            if record.get(item.path) != new:
                kept.append(item.path)
            continue
        record[item.path] = new
    write_whole(folder / STATE / _RECORD, json.dumps(record, indent=1).encode())
    return Delivery(folder=folder, written=tuple(written), kept=tuple(kept))


def check_variant(code: str) -> None:
    """Raise ``FolderError`` unless ``code`` has the form of a variant code."""
    from pmlab.case.variants import checked_code

    try:
        checked_code(code)
    except ValueError as error:
        raise FolderError(str(error)) from error


def remember_variant(folder: Path, code: str) -> None:
    """Store the code that decides which case data the learner sees.

    Args:
        folder: The learner's folder.
        code: The code, as the instructor gave it.

    Raises:
        FolderError: If the code is malformed.
    """
    check_variant(code)
    write_whole(folder / STATE / "variant", code.encode())


def write_whole(path: Path, content: bytes) -> None:
    """Write all of a file or nothing of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        draft.write_bytes(content)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _record(folder: Path) -> dict[str, str]:
    try:
        data = json.loads((folder / STATE / _RECORD).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _fingerprint(path: str, content: bytes) -> str:
    """Return a hash of what counts in a file."""
    if path.endswith(".ipynb"):
        try:
            cells = json.loads(content)["cells"]
            kept = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
            content = json.dumps(kept).encode()
        except (ValueError, KeyError, TypeError):
            pass  # A damaged notebook counts as it is.
    return hashlib.sha256(content).hexdigest()
