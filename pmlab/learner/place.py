"""Where the learner works, who she is, and which unit she means."""

import os
import re
import sys
from pathlib import Path

from pmlab.authoring.course import Course, UnitEntry
from pmlab.errors import CourseError
from pmlab.formatting import listed
from pmlab.learner.course_files import START_HERE
from pmlab.learner.folder import STATE, FolderError, write_whole, writing_to

_USUAL = "my-course"
_NOT_IN_FILE_NAMES = re.compile(r'[/\\:*?"<>|\x00-\x1f+]')


def find_folder(start: Path, *, given: Path | None = None) -> Path:
    """Return the learner's course folder.

    Args:
        start: Where to look: there, in ``my-course`` below it, in the folders above.
        given: The folder that was named; no other is looked for then.

    Returns:
        The folder.

    Raises:
        FolderError: If there is none.
    """
    if given is not None:
        if not given.is_dir():
            raise FolderError(f"{given} is no folder; make it with: pmlab start DIR")
        return given.resolve()
    start = start.resolve()
    for folder in (start, start / _USUAL, *start.parents):
        if (folder / START_HERE).is_file() or (folder / STATE).is_dir():
            return folder
    raise FolderError(
        f"no course folder in {start}, its folder {_USUAL} or above; go to your course "
        "folder, name it with --folder DIR, or make one: pmlab start DIR"
    )


def find_unit(course: Course, name: str | None) -> UnitEntry:
    """Return a unit by its number, its name, or a path that holds its name.

    Args:
        course: The course.
        name: ``08``, ``8``, ``08_retention``, or the path of its folder or notebook;
            None for the unit in whose folder we are, as in a cell of its notebook.

    Returns:
        The unit.

    Raises:
        CourseError: If there is no such unit.
    """
    for part in reversed(Path(name or Path.cwd()).parts):
        for entry in course.units:
            if Path(part).stem == entry.slug:
                return entry
    if name is None:
        numbers = [entry.number for entry in course.units]
        raise CourseError(
            f"which unit? Name it by its number: {listed(numbers)}; in a cell of a "
            "unit's exercises the number can be left out"
        )
    try:
        return course.unit(name)
    except CourseError as error:
        there = ", ".join(entry.slug for entry in course.units)
        raise CourseError(f"no unit {name!r} in this course; there are {there}") from (
            error
        )


def learner_id(folder: Path, given: str | None = None) -> str:
    """Return the learner's id: given, from the hub, remembered, or asked for once.

    Args:
        folder: Her course folder, which remembers the id.
        given: The id, if it was named.

    Returns:
        The id.

    Raises:
        FolderError: If it is not known and there is nobody to ask, or if it can't
            be part of a file's name.
    """
    hub = os.environ.get("JUPYTERHUB_USER", "").strip()
    found = given or hub or _remembered(folder)
    if not found:
        if not can_ask():
            raise FolderError(
                "who are you? Add your id: pmlab submit UNIT --learner YOUR_ID. That "
                "is the name your instructor has for you; without an instructor, any "
                "name you like. It is asked for only once"
            )
        found = ask(
            "Your id in this course, as your instructor has it (else any name):"
        )
    found = _checked(found)
    if found not in (hub, _remembered(folder)):
        with writing_to(folder):
            write_whole(folder / STATE / "learner", found.encode())
    return found


def can_ask() -> bool:
    """Return whether somebody can answer a question here.

    A command in a cell of a notebook (``!pmlab``) seems to have a terminal, but nobody
    can type into it: the cell would wait forever.
    """
    in_a_cell = "JPY_PARENT_PID" in os.environ or "JPY_SESSION_NAME" in os.environ
    return sys.stdin.isatty() and not in_a_cell


def ask(question: str) -> str:
    """Return what is typed as the answer to a question; empty if the input ends."""
    try:
        return input(f"{question} ").strip()
    except EOFError:
        sys.stdout.write("\n")  # the next words stand on a line of their own
        return ""


def _remembered(folder: Path) -> str:
    try:
        return (folder / STATE / "learner").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _checked(text: str) -> str:
    found = text.strip()
    if not found or len(found) > 64 or found.startswith("."):
        raise FolderError(
            f"the id {text!r} must have 1 to 64 letters and not start with a dot; "
            "add --learner ID"
        )
    wrong = _NOT_IN_FILE_NAMES.search(found)
    if wrong:
        raise FolderError(
            f"the id {found!r} holds {wrong.group()!r}, which can't be part of a "
            "file's name; ask your instructor for your id and add --learner ID"
        )
    return found
