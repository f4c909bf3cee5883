"""Reads what others sent: plain files of a sane size, and nothing else."""

import contextlib
import dataclasses
import io
import os
import stat
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pmlab.errors import PmlabError

MOST_BYTES = 50_000_000
"""The most that one hand-in may hold, unpacked."""
MOST_FILES = 500
_MOST_ENTRIES = 20_000  # of a download from an LMS
_CHUNK = 1 << 20
_NOISE = frozenset({"__MACOSX", ".ipynb_checkpoints", ".DS_Store", "__pycache__"})


class RefusedError(PmlabError):
    """A hand-in that is set aside; the text says why."""


@dataclasses.dataclass(frozen=True)
class Limits:
    """How much is read; a hand-in that holds more is refused.

    Attributes:
        files: Most files.
        bytes: Most bytes of all files together, unpacked.
    """

    files: int = MOST_FILES
    bytes: int = MOST_BYTES


def read_file(path: Path, *, limits: Limits = Limits()) -> bytes:
    """Return the bytes of a plain file.

    Args:
        path: The file; a link is not followed.
        limits: How much is read.

    Returns:
        Its content.

    Raises:
        RefusedError: If it is no plain file or too large.
    """
    return _read(os.fspath(path), path.name, None, limits.bytes)


def read_folder(folder: Path, *, limits: Limits = Limits()) -> dict[str, bytes]:
    """Return all files of a folder by their paths in it.

    Raises:
        RefusedError: If it holds a link, a device, a pipe or too much.
    """
    if folder.is_symlink():
        raise RefusedError("it is a link, and links are not followed")
    found: dict[str, bytes] = {}
    left = limits.bytes
    # With open folders as the ground nothing can be swapped under our feet.
    for place, folders, names, ground in os.fwalk(folder, follow_symlinks=False):
        here = Path(place).relative_to(folder)
        for name in list(folders):
            mode = os.stat(name, dir_fd=ground, follow_symlinks=False).st_mode
            if stat.S_ISLNK(mode):
                raise RefusedError(f"{here / name} is a link; links are not followed")
            if name in _NOISE:
                folders.remove(name)
        for name in sorted(names):
            if name in _NOISE:
                continue
            if len(found) >= limits.files:
                raise RefusedError(f"it holds more than {limits.files} files")
            shown = str(PurePosixPath(*here.parts, name))
            found[shown] = _read(name, shown, ground, left)
            left -= len(found[shown])
    return found


def read_zip(content: bytes, *, limits: Limits = Limits()) -> dict[str, bytes]:
    """Return all files of a zip by their paths in it.

    Raises:
        RefusedError: If it is damaged, encrypted, leads outside, or holds a link or
            too much.
    """
    found: dict[str, bytes] = {}
    left = limits.bytes
    for name, data in zip_entries(io.BytesIO(content), limits=limits):
        found[name] = data
        left -= len(data)
        if left < 0:
            raise RefusedError(_too_much(limits.bytes))
    return found


def zip_entries(
    source: "io.BytesIO | Path",
    *,
    limits: Limits = Limits(_MOST_ENTRIES, MOST_BYTES),
) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a zip one by one; each may have ``limits.bytes``.

    Raises:
        RefusedError: As ``read_zip``.
    """
    try:
        with zipfile.ZipFile(source) as archive:
            entries = _checked_entries(archive, limits)
            for name, entry in entries:
                yield name, _unpacked(archive, entry, name, limits.bytes)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError) as problem:
        raise RefusedError(f"the zip is damaged or not a zip ({problem})") from problem
    except RuntimeError as problem:  # zipfile's word for a password
        raise RefusedError(f"the zip can't be opened ({problem})") from problem


def _checked_entries(
    archive: zipfile.ZipFile, limits: Limits
) -> list[tuple[str, zipfile.ZipInfo]]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > limits.files:
        raise RefusedError(f"the zip holds more than {limits.files} files")
    checked = []
    seen: set[str] = set()
    for entry in entries:
        name = inner_name(entry.filename)
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise RefusedError(f"{name} in the zip is a link or a device, not a file")
        if entry.flag_bits & 1:
            raise RefusedError("the zip is encrypted; ask for one without a password")
        if any(part in _NOISE for part in PurePosixPath(name).parts):
            continue
        # Where case doesn't count, one of the two would overwrite the other.
        same = unicodedata.normalize("NFC", name).casefold()
        if same in seen:
            raise RefusedError(f"{name} is in the zip twice")
        seen.add(same)
        checked.append((name, entry))
    return checked


def inner_name(name: str) -> str:
    """Return the path of a zip's entry, or raise if it leads outside.

    Raises:
        RefusedError: For absolute paths, ``..`` and control characters.
    """
    parts = PurePosixPath(name).parts
    bad = (
        not parts
        or name.startswith("/")
        or ".." in parts
        or "\\" in name
        or ":" in parts[0]
        or not name.isprintable()
        or any(len(part.encode()) > 200 for part in parts)
        or len(parts) > 20
    )
    if bad:
        raise RefusedError(f"{name[:80]!a} in the zip leads outside its folder")
    return str(PurePosixPath(*parts))


def _unpacked(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, most: int
) -> bytes:
    """Return an entry's bytes; what the zip says of its size is not believed."""
    if entry.file_size > most:
        raise RefusedError(f"{name} in the zip: {_too_much(most)}")
    parts, size = [], 0
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > most:
                raise RefusedError(f"{name} in the zip: {_too_much(most)}")
            parts.append(chunk)
    return b"".join(parts)


def _read(name: str, shown: str, ground: int | None, most: int) -> bytes:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        handle = os.open(name, flags | getattr(os, "O_BINARY", 0), dir_fd=ground)
    except OSError as problem:
        with contextlib.suppress(OSError):
            if stat.S_ISLNK(os.lstat(name, dir_fd=ground).st_mode):
                raise RefusedError(
                    f"{shown} is a link; links are not followed"
                ) from problem
        raise RefusedError(f"{shown} can't be read ({problem.strerror})") from problem
    with open(handle, "rb") as stream:
        about = os.fstat(stream.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise RefusedError(f"{shown} is a pipe or a device, not a file")
        if about.st_nlink > 1:
            raise RefusedError(f"{shown} is a hard link to a file elsewhere")
        content = stream.read(most + 1)
    if len(content) > most:
        raise RefusedError(f"{shown}: {_too_much(most)}")
    return content


def _too_much(most: int) -> str:
    return f"it holds more than {most / 1e6:,.0f} MB unpacked"
