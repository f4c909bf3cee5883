"""Copies the course into a learner's folder, and never over her work.

``.pmlab/delivered.json`` remembers each file in every version that was delivered. A
file that still is one of those is ours and may be renewed; any other is hers. Notebooks
are the same if their cells are: JupyterLab changes outputs and metadata by merely
opening one.

Nothing is written over a file: a renewed one is first moved aside, looked at again and
only then replaced, so that what JupyterLab saves at the same moment is not lost.
A run that was killed is completed by the next one.
"""

import contextlib
import dataclasses
import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pmlab.authoring.course import Course, UnitEntry
from pmlab.errors import PmlabError
from pmlab.learner.course_files import CourseFile, exercises_path, unit_files
from pmlab.learner.whereabouts import PUT_BESIDE, renamed_notebook

STATE = ".pmlab"
NEW_VERSION, FRESH = PUT_BESIDE
RESCUED = "YOURS"
_RECORD = "delivered.json"
_ASIDE = "aside"
_DRAFT_SECONDS = 600

Record = dict[str, list[str]]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Delivery:
    """What preparing a folder did.

    Attributes:
        folder: The learner's folder.
        written: Files that are new or renewed.
        kept: Files that the learner changed and that have a newer version.
        beside: Newer versions that were put beside those.
        rescued: Work that a killed run had moved aside and that is back now.
        renamed: Notebooks under another name, by the name that the course gave them.
    """

    folder: Path
    written: tuple[str, ...]
    kept: tuple[str, ...]
    beside: tuple[str, ...] = ()
    rescued: tuple[str, ...] = ()
    renamed: dict[str, Path] = dataclasses.field(default_factory=dict)


class FolderError(PmlabError):
    """The learner's folder can't be used; the text says why and what to do."""


def prepare(
    folder: Path, files: Iterable[CourseFile], *, beside: bool = False
) -> Delivery:
    """Bring a learner's folder up to date.

    Args:
        folder: The folder; made if it does not exist.
        files: What it should hold.
        beside: Put newer versions of files that she changed beside them.

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
    with writing_to(folder):
        return _prepare(folder, list(files), beside=beside)


@contextlib.contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """Turn what the system says about a folder into words and a next step.

    Args:
        folder: The folder that is written to.

    Raises:
        FolderError: If it can't be written.
    """
    try:
        yield
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


def put_beside(folder: Path, item: CourseFile, *, word: str) -> str:
    """Write a file beside one that stays, under a name that says what it is.

    Args:
        folder: The learner's folder.
        item: Path of the one that stays, content of the new one.
        word: What the new one is, such as ``NEW_VERSION``.

    Returns:
        Path of the new file in the folder; an equal one that is there is used.
    """
    new = _fingerprint(item.path, item.content)
    for path in _names_beside(item.path, word):
        if _actual(folder, path) == new:
            return path
        if write_new(folder / path, item.content):
            return path
    raise AssertionError("names beside never end")


def fresh_exercises(folder: Path, course: Course, entry: UnitEntry) -> str:
    """Put a fresh copy of a unit's exercises beside the learner's.

    Args:
        folder: The learner's folder.
        course: The course.
        entry: The unit.

    Returns:
        Path of the copy in the folder.

    Raises:
        FolderError: If the folder can't be written.
    """
    files = {item.path: item for item in unit_files(course, entry)}
    with writing_to(folder):
        return put_beside(folder, files[exercises_path(entry.slug)], word=FRESH)


def _prepare(folder: Path, files: Sequence[CourseFile], *, beside: bool) -> Delivery:
    (folder / STATE).mkdir(parents=True, exist_ok=True)
    _sweep(folder, files)
    record = _record(folder)
    rescued = [*_rescue(folder, record)]
    ours = {item.path: set(record.get(item.path, ())) for item in files}
    hers, todo = [], []
    renamed = dict(_renamed(folder, files))
    for item in files:
        actual = _actual(folder, renamed.get(item.path, item.path))
        new = _fingerprint(item.path, item.content)
        if item.path in renamed and actual in (new, *ours[item.path]):
            _remember(record, item.path, new)
        elif actual in (None, new, *ours[item.path]):
            _remember(record, item.path, new)
            todo += [item] if actual != new else []
        elif new not in ours[item.path]:
            hers.append(item)
    # First the record: a run that is killed after it finds its own files again.
    _save(folder, record)
    written = [item for item in todo if _renew(folder, item, ours[item.path])]
    kept = [*hers, *(item for item in todo if item not in written)]
    placed = []
    if beside:
        for item in kept:
            placed.append(put_beside(folder, item, word=NEW_VERSION))
            _remember(record, item.path, _fingerprint(item.path, item.content))
        _save(folder, record)
    return Delivery(
        folder=folder,
        written=tuple(item.path for item in written),
        kept=tuple(item.path for item in kept),
        beside=tuple(placed),
        rescued=tuple(rescued),
        renamed={path: folder / name for path, name in renamed.items()},
    )


def _renamed(folder: Path, files: Sequence[CourseFile]) -> Iterator[tuple[str, str]]:
    """Yield exercise notebooks that the learner has under another name now."""
    for item in files:
        if item.path.endswith(".ipynb") and not (folder / item.path).exists():
            cells = json.loads(item.content)["cells"]
            found = renamed_notebook(folder / item.path, original=cells, folder=folder)
            if found is not None:
                yield item.path, found.relative_to(folder).as_posix()


def _renew(folder: Path, item: CourseFile, ours: set[str]) -> bool:
    """Put a file in place unless, at the last moment, it turns out to be hers."""
    path, aside = folder / item.path, folder / STATE / _ASIDE / item.path
    if path.is_file():
        aside.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, aside)
        if _fingerprint(item.path, aside.read_bytes()) not in ours:
            _give_back(folder, item.path)
            return False
    if not write_new(path, item.content):
        return False
    aside.unlink(missing_ok=True)
    return True


def _rescue(folder: Path, record: Record) -> Iterator[str]:
    """Bring back what a killed run had moved aside; drop what was ours anyway."""
    base = folder / STATE / _ASIDE
    for aside in sorted(item for item in base.rglob("*") if item.is_file()):
        path = aside.relative_to(base).as_posix()
        if _fingerprint(path, aside.read_bytes()) in record.get(path, ()):
            aside.unlink()
        else:
            yield _give_back(folder, path)


def _give_back(folder: Path, path: str) -> str:
    aside = folder / STATE / _ASIDE / path
    for name in (path, *_names_beside(path, RESCUED)):
        if _place(aside, folder / name):
            return name
    raise AssertionError("names beside never end")


def _names_beside(path: str, word: str) -> Iterator[str]:
    stem, dot, kind = path.rpartition(".")
    yield f"{stem}_{word}{dot}{kind}"
    for number in range(2, 10_000):
        yield f"{stem}_{word}_{number}{dot}{kind}"


def _sweep(folder: Path, files: Sequence[CourseFile]) -> None:
    """Remove drafts that a killed run left; young ones may belong to another run."""
    for parent in {(folder / item.path).parent for item in files} | {folder / STATE}:
        for draft in parent.glob(".*.tmp"):
            with contextlib.suppress(OSError):
                if time.time() - draft.stat().st_mtime > _DRAFT_SECONDS:
                    draft.unlink()


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
        FolderError: If the code is malformed, or the folder can't be written.
    """
    check_variant(code)
    with writing_to(folder):
        write_whole(folder / STATE / "variant", code.encode())


def write_whole(path: Path, content: bytes) -> None:
    """Write all of a file or nothing of it."""
    with _draft(path, content) as draft:
        os.replace(draft, path)


def write_new(path: Path, content: bytes) -> bool:
    """Write a file unless there is one; return whether it was written."""
    if path.exists():
        return False
    with _draft(path, content) as draft:
        return _place(draft, path)


@contextlib.contextmanager
def _draft(path: Path, content: bytes) -> Iterator[Path]:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _place(source: Path, path: Path) -> bool:
    """Move a file to a place that must be free; return whether it was."""
    try:
        os.link(source, path)
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        if path.exists():
            return False
        os.replace(source, path)
        return True
    source.unlink()
    return True


def _record(folder: Path) -> Record:
    try:
        data = json.loads((folder / STATE / _RECORD).read_text(encoding="utf-8"))
        return {
            str(path): [one] if isinstance(one, str) else [str(item) for item in one]
            for path, one in data.items()
        }
    except (FileNotFoundError, ValueError, TypeError, AttributeError):
        return {}


def _remember(record: Record, path: str, version: str) -> None:
    known = record.setdefault(path, [])
    if version not in known:
        known.append(version)


def _save(folder: Path, record: Record) -> None:
    content = json.dumps(record, indent=1).encode()
    path = folder / STATE / _RECORD
    if not path.is_file() or path.read_bytes() != content:
        write_whole(path, content)


def _actual(folder: Path, path: str) -> str | None:
    file = folder / path
    return _fingerprint(path, file.read_bytes()) if file.is_file() else None


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
