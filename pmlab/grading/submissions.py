"""Reads what learners handed in from the course folder, as hostile as it may be.

Links, devices and pipes are refused, sizes are capped, and of further files only data
and Python files are taken.
"""

import dataclasses
import itertools
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from pmlab.errors import DataError
from pmlab.grading.course_folder import CourseFolder
from pmlab.grading.limits import Limits
from pmlab.grading.writable import writable

_TAKEN = (".csv", ".tsv", ".txt", ".json", ".py", ".parquet", ".gz", ".xlsx")
_OWN = {"timestamp.txt", "messages.json", "hints.json"}
_DATA = tuple(ending for ending in _TAKEN if ending != ".py")
_SETTINGS = ("jupyter", "ipython", "nbgrader", "nbconvert")
_MOST_FILES = 200
_MOST_FOLDERS = 500
_MOST_NAMES = 10_000
_MOST_DEPTH = 20
TIMESTAMP = "timestamp.txt"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Submission:
    """What a learner handed in for one notebook.

    Attributes:
        learner: Whose it is.
        notebook: The notebook file; empty if there is none that can be read.
        files: Further files, by name.
        timestamp: Content of ``timestamp.txt``, empty without one.
        findings: What was refused or amiss, as sentences.
    """

    learner: str
    notebook: bytes
    files: dict[str, bytes] = dataclasses.field(default_factory=dict)
    timestamp: str = ""
    findings: tuple[str, ...] = ()


def read_submission(
    course: CourseFolder, unit: str, learner: str, *, notebook: str, limits: Limits
) -> Submission:
    """Read a learner's folder of a unit.

    Args:
        course: The course folder.
        unit: Full name of the unit.
        learner: The learner.
        notebook: Name of the notebook, without its ending.
        limits: Largest sizes.

    Returns:
        What there is; never fails on what is in the folder.
    """
    folder = course.step("submitted", learner, unit)
    findings: list[str] = []
    if folder.is_symlink() or folder.parent.is_symlink():
        findings.append("The folder is a link to another place; it was not read.")
        return Submission(learner=learner, notebook=b"", findings=tuple(findings))
    path = _notebook_path(folder, notebook, findings)
    content = b""
    if path is not None:
        content = _read(path, limits.notebook_mb * 2**20 + 1, findings) or b""
    files = _further(folder, limits, findings)
    stamp = folder / TIMESTAMP
    text = b""
    if stamp.exists() or stamp.is_symlink():
        text = _read(stamp, 200, findings) or b""
    return Submission(
        learner=learner,
        notebook=content,
        files=files,
        timestamp=text.decode("utf-8", "replace").strip(),
        findings=tuple(findings),
    )


def _notebook_path(folder: Path, name: str, findings: list[str]) -> Path | None:
    path = folder / f"{name}.ipynb"
    if path.exists() or path.is_symlink():
        return path
    others = sorted(folder.glob("*.ipynb"))
    if len(others) == 1:
        findings.append(f"The notebook was called {others[0].name[:80]!r}.")
        return others[0]
    findings.append(f"There is no notebook called {name}.ipynb.")
    return None


def _further(folder: Path, limits: Limits, findings: list[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    left = limits.file_mb * 2**20 // 2
    for place, names in _places(folder, findings):
        for name in sorted(filter(_can_be_written, names)):
            path = place / name
            known = name in _OWN or path.suffix == ".ipynb"
            if known or path.suffix.lower() not in _TAKEN:
                continue
            if len(found) >= _MOST_FILES:
                return found
            content = _read(path, left, findings)
            if content is not None:
                left -= len(content)
                found[str(path.relative_to(folder))] = content
    return found


def _places(top: Path, findings: list[str]) -> Iterator[tuple[Path, list[str]]]:
    """Yield folders with the names of their files, without going in by recursion."""
    left = [(top, 0)]
    seen = 0
    while left:
        place, depth = left.pop()
        folders, files = _inside(place)
        yield place, files
        seen += 1
        inner = sorted(name for name in folders if _is_folder(place, name))
        if inner and (depth >= _MOST_DEPTH or seen + len(left) >= _MOST_FOLDERS):
            findings.append(
                f"Folders more than {_MOST_DEPTH} deep, or more than {_MOST_FOLDERS}, "
                "were not read."
            )
            return
        left += [(place / name, depth + 1) for name in reversed(inner)]


def _inside(place: Path) -> tuple[list[str], list[str]]:
    """Return the names of folders and of all else; none if it can't be read."""
    folders: list[str] = []
    files: list[str] = []
    try:
        with os.scandir(place) as entries:
            for entry in itertools.islice(entries, _MOST_NAMES):
                known = entry.is_dir(follow_symlinks=False)
                (folders if known else files).append(entry.name)
    except OSError:
        return [], []
    return folders, files


def may_stand_beside(name: str) -> bool:
    """Tell whether a learner's file may lie beside a graded notebook.

    A kernel that is opened there looks for modules and settings in that folder first.

    Args:
        name: The file's path below the folder.
    """
    path = Path(name)
    settings = path.name.lower().startswith(_SETTINGS)
    hidden = any(part.startswith(".") for part in path.parts)
    return path.suffix.lower() in _DATA and not settings and not hidden


def _is_folder(place: Path, name: str) -> bool:
    """Tell whether to look into a folder: no link, and not named like a file.

    A folder called ``messages.json`` would stand where the course has a file.
    """
    named_like_a_file = Path(name).suffix.lower() in (*_TAKEN, ".ipynb")
    linked = (place / name).is_symlink()
    return _can_be_written(name) and not named_like_a_file and not linked


def _can_be_written(name: str) -> bool:
    """Tell whether a name is text; what was no UTF-8 on the disk is not."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _read(path: Path, most_bytes: int, findings: list[str]) -> bytes | None:
    """Return a regular file's content without following anything."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    shown = writable(path.name[:80])
    try:
        number = os.open(path, flags)
    except OSError:
        findings.append(f"The file {shown!r} can't be read, or is a link.")
        return None
    with os.fdopen(number, "rb") as stream:
        about = os.fstat(number)
        if not stat.S_ISREG(about.st_mode) or about.st_nlink > 1:
            findings.append(f"The file {shown!r} is no plain file of its own.")
            return None
        if about.st_size > most_bytes and path.suffix != ".ipynb":
            findings.append(f"The file {shown!r} is too large.")
            return None
        return stream.read(most_bytes)


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return the instructor's files beside a notebook, by name.

    Args:
        folder: The unit's folder in ``source``.

    Returns:
        All but notebooks.

    Raises:
        DataError: If a file can't be read.
    """
    found = {}
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or "__pycache__" in path.parts or path.suffix == ".ipynb":
            continue
        if path.is_file():
            try:
                found[str(path.relative_to(folder))] = path.read_bytes()
            except OSError as problem:
                raise DataError(f"{path} can't be read: {problem}") from problem
    return found
