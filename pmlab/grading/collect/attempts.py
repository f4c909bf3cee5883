"""Every attempt is kept; the one that counts stands in ``submitted/``."""

import dataclasses
import datetime as dt
import hashlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from pmlab.grading.collect import files
from pmlab.grading.collect.names import parsed_moment

if TYPE_CHECKING:
    from pmlab.grading.course_folder import CourseFolder

TIME_FILE = "timestamp.txt"
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclasses.dataclass(frozen=True, order=True)
class Attempt:
    """One kept attempt: when it was handed in, a fingerprint, and its folder."""

    moment: dt.datetime
    digest: str
    folder: Path


def keep(
    course: "CourseFolder",
    unit: str,
    learner: str,
    *,
    content: dict[str, bytes],
    moment: dt.datetime,
) -> bool:
    """Store an attempt.

    Args:
        course: The course folder.
        unit: Full name of the unit.
        learner: The learner's id.
        content: Files by their paths.
        moment: When it was handed in.

    Returns:
        False if this very attempt was kept before.
    """
    _keep_present(course, unit, learner)
    return _store(course, unit, learner, content, moment)


def choose(course: "CourseFolder", unit: str, learner: str, *, most: int | None) -> str:
    """Put the attempt that counts into ``submitted/``: the last of those allowed.

    Args:
        course: The course folder.
        unit: Full name of the unit.
        learner: The learner's id.
        most: How many attempts count; None for any number.

    Returns:
        Fingerprint of the attempt that counts.
    """
    chosen = attempts(course, unit, learner)[:most][-1]
    place = course.step("submitted", learner, unit)
    if digest_of_folder(place) != chosen.digest:
        _replace(place, chosen.folder)
    return chosen.digest


def attempts(course: "CourseFolder", unit: str, learner: str) -> list[Attempt]:
    """Return the kept attempts of a learner, the earliest first."""
    base = course.state("attempts", unit, learner)
    found = []
    for folder in base.iterdir() if base.is_dir() else ():
        stamp, _, digest = folder.name.partition("-")
        moment = parsed_moment(stamp)
        if moment is not None and digest:
            found.append(Attempt(moment, digest, folder))
    return sorted(found)


def digest(content: dict[str, bytes]) -> str:
    """Return a fingerprint of files; the time of handing in does not count."""
    whole = hashlib.sha256()
    for name in sorted(content):
        if name != TIME_FILE:
            whole.update(f"{name}\0{len(content[name])}\0".encode())
            whole.update(content[name])
    return whole.hexdigest()[:16]


def digest_of_folder(folder: Path) -> str:
    """Return the fingerprint of a folder; empty if it is missing or unreadable."""
    try:
        return digest(files.read_folder(folder)) if folder.is_dir() else ""
    except files.RefusedError:
        return ""


def _keep_present(course: "CourseFolder", unit: str, learner: str) -> None:
    """Keep what stands in ``submitted/`` by another way, such as ``zip_collect``."""
    place = course.step("submitted", learner, unit)
    if not place.is_dir():
        return
    try:
        content = files.read_folder(place)
    except files.RefusedError:
        return
    stamp = content.get(TIME_FILE, b"").decode("utf-8", "replace")
    moment = parsed_moment(stamp) or dt.datetime.fromtimestamp(
        place.stat().st_mtime, dt.UTC
    )
    _store(course, unit, learner, content, moment)


def _store(
    course: "CourseFolder",
    unit: str,
    learner: str,
    content: dict[str, bytes],
    moment: dt.datetime,
) -> bool:
    mark = digest(content)
    if any(attempt.digest == mark for attempt in attempts(course, unit, learner)):
        return False
    stamp = moment.astimezone(dt.UTC)
    folder = course.state("attempts", unit, learner, f"{stamp:{_STAMP}}-{mark}")
    draft = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    for name, data in content.items():
        path = draft / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    draft.mkdir(parents=True, exist_ok=True)
    (draft / TIME_FILE).write_text(f"{stamp:%Y-%m-%d %H:%M:%S.%f} UTC", "utf-8")
    draft.rename(folder)
    return True


def _replace(place: Path, chosen: Path) -> None:
    """Swap the folder whole: what stood there is kept as an attempt already."""
    place.parent.mkdir(parents=True, exist_ok=True)
    new = place.with_name(f".{place.name}.new")
    old = place.with_name(f".{place.name}.old")
    for leftover in (new, old):
        shutil.rmtree(leftover, ignore_errors=True)
    shutil.copytree(chosen, new)
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)
