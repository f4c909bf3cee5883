"""What lies in folders, zips and the exchange, as one list of hand-ins."""

import dataclasses
import datetime as dt
import os
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from pmlab.errors import DataError
from pmlab.grading.collect import files
from pmlab.grading.collect.files import RefusedError
from pmlab.grading.collect.names import Named, parsed_moment, read_name

if TYPE_CHECKING:
    from pmlab.grading.course_folder import CourseFolder


@dataclasses.dataclass(frozen=True, kw_only=True)
class HandIn:
    """One thing that somebody handed in.

    Attributes:
        origin: Where it came from, for people.
        named: What its name says.
        read: Returns its files by their paths.
        original: Returns the file as it came, to set aside; None where there is none.
        owner: Who owns it on this machine, if that counts.
    """

    origin: str
    named: Named
    read: Callable[[], dict[str, bytes]]
    original: Callable[[], bytes | None] = lambda: None
    owner: str | None = None


def hand_ins(place: Path) -> Iterator[HandIn]:
    """Yield what lies in a folder, a zip or a notebook; nothing is unpacked on disk.

    Args:
        place: A zip of ``pmlab submit``, an LMS's download (a zip or its folder), or a
            folder that holds any of these.

    Yields:
        Hand-ins; those that can't be read raise when they are read.

    Raises:
        DataError: If there is no such place.
    """
    if not place.exists():
        raise DataError(f"no file or folder {place}; give what you have downloaded")
    if place.is_file():
        named = read_name(place.name)
        whole = place.suffix.lower() == ".zip" and not named.learner
        yield from _of_download(place) if whole else _of_file(place, place.name)
        return
    for path in sorted(_below(place)):
        yield from _of_file(path, str(PurePosixPath(*path.relative_to(place).parts)))


def how_many(place: Path) -> int:
    """Return about how many hand-ins lie in a place, without reading them."""
    if place.is_dir():
        return sum(1 for _ in _below(place))
    try:
        with zipfile.ZipFile(place) as archive:
            return len(archive.namelist())
    except (OSError, zipfile.BadZipFile, ValueError):
        return 1


def exchange_hand_ins(course: "CourseFolder", unit: str) -> Iterator[HandIn]:
    """Yield what learners put into nbgrader's exchange for a unit.

    Raises:
        DataError: If there is no exchange for this course.
    """
    from nbgrader.exchange import ExchangeFactory

    collector = ExchangeFactory(config=course.config).Collect(
        coursedir=course.directory, config=course.config
    )
    inbound = Path(collector.root, course.directory.course_id, "inbound")
    if not course.directory.course_id or not inbound.is_dir():
        raise DataError(
            f"no exchange for this course: {inbound} is missing; set Exchange.root and "
            "CourseDirectory.course_id in nbgrader_config.py, and release the unit "
            "with --exchange first"
        )
    check = bool(getattr(collector, "check_owner", True)) and sys.platform != "win32"
    for path in sorted(inbound.iterdir()):
        learner, name, moment = _exchange_name(path.name)
        if name == unit:
            yield HandIn(
                origin=f"exchange: {path.name}",
                named=Named(file=path.name, learner=learner, unit=unit, moment=moment),
                read=lambda path=path: files.read_folder(path),  # type: ignore[misc]
                owner=_owner(path) if check else None,
            )


def _exchange_name(name: str) -> tuple[str, str, dt.datetime | None]:
    """Split ``LEARNER+UNIT+TIME+SECRET``; a learner's id may hold a plus itself."""
    parts = name.rsplit("+", 3)
    if len(parts) == 4 and parsed_moment(parts[2]) is None:  # no secret at the end
        parts = name.rsplit("+", 2)
    if len(parts) < 3:
        return name, "", None
    return parts[0], parts[1], parsed_moment(parts[2])


def _owner(path: Path) -> str:
    import pwd

    number = os.lstat(path).st_uid
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"user number {number}"


def _below(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder, followlinks=False):
        folders[:] = [name for name in folders if not name.startswith((".", "__"))]
        linked = [name for name in folders if Path(place, name).is_symlink()]
        yield from (Path(place, name) for name in [*names, *linked] if name[0] != ".")


def _of_file(path: Path, shown: str) -> Iterator[HandIn]:
    named = read_name(shown)
    if path.suffix.lower() not in (".zip", ".ipynb"):
        if path.is_symlink():  # said aloud: a link may be an attack
            yield HandIn(origin=shown, named=named, read=_refused_link)
        return
    yield HandIn(
        origin=shown,
        named=named,
        read=lambda: _unpacked(named, files.read_file(path)),
        original=lambda: _small(path),
    )


def _of_download(path: Path) -> Iterator[HandIn]:
    """Yield the hand-ins of an LMS's zip of all submissions."""
    try:
        for name, content in files.zip_entries(path):
            if PurePosixPath(name).suffix.lower() in (".zip", ".ipynb"):
                named = read_name(name)
                yield HandIn(
                    origin=f"{path.name}: {name}",
                    named=named,
                    read=lambda named=named, content=content: _unpacked(named, content),  # type: ignore[misc]
                    original=lambda content=content: content,  # type: ignore[misc]
                )
    except RefusedError as problem:
        yield HandIn(
            origin=path.name, named=Named(file=path.name), read=_refusal(problem)
        )


def _unpacked(named: Named, content: bytes) -> dict[str, bytes]:
    if named.file.lower().endswith(".zip"):
        return files.read_zip(content)
    return {named.file: content}


def _small(path: Path) -> bytes | None:
    try:
        return files.read_file(path)
    except RefusedError:
        return None


def _refused_link() -> dict[str, bytes]:
    raise RefusedError("it is a link; links are not followed")


def _refusal(problem: RefusedError) -> Callable[[], dict[str, bytes]]:
    def read() -> dict[str, bytes]:
        raise problem

    return read
