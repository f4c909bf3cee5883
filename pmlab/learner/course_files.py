"""The lessons and exercises that came with this installation.

In a checkout they are made from ``course/``; a wheel carries them ready-made.
"""

import dataclasses
import json
from pathlib import Path

from pmlab.authoring.course import Course, UnitEntry, read_course
from pmlab.authoring.learner_version import learner_version
from pmlab.checks.messages import FILE_NAME as MESSAGES_FILE
from pmlab.errors import CourseError

START_HERE = "Start here.ipynb"


@dataclasses.dataclass(frozen=True)
class CourseFile:
    """A file for the learner: its place in her folder, and its content."""

    path: str
    content: bytes


def lesson_path(slug: str) -> str:
    """Return where the lesson of a unit stands in a learner's folder.

    >>> lesson_path("03_market_sizing")
    'lessons/03_lesson_market_sizing.ipynb'
    """
    number, _, name = slug.partition("_")
    return f"lessons/{number}_lesson_{name}.ipynb"


def exercises_path(slug: str) -> str:
    """Return where the exercises of a unit stand in a learner's folder.

    >>> exercises_path("03_market_sizing")
    'exercises/03_market_sizing/03_market_sizing.ipynb'
    """
    return f"exercises/{slug}/{slug}.ipynb"


def installed_course() -> Course:
    """Return the course of this installation.

    Raises:
        CourseError: If the installation holds none.
    """
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "_course", package.parent / "course"):
        if (folder / "course.toml").is_file():
            return read_course(folder)
    raise CourseError(
        "this installation of pmlab holds no course; reinstall pmlab, or work in a "
        "checkout of its repository"
    )


def learner_files(course: Course) -> list[CourseFile]:
    """Return all files of a learner's folder: nothing in them gives an answer away.

    Raises:
        CourseError: If a generated file is missing.
    """
    # Without outputs: the map of the machine that built it is nobody else's.
    files = [CourseFile(START_HERE, _fresh(course.folder / "lessons/start_here.ipynb"))]
    for entry in course.units:
        files += unit_files(course, entry)
    return files


def unit_files(course: Course, entry: UnitEntry) -> list[CourseFile]:
    """Return the files of one unit for a learner's folder."""
    folder = course.source_folder(entry)
    path = exercises_path(entry.slug)
    return [
        # Without outputs: a lesson asks to predict a number before it is shown.
        CourseFile(lesson_path(entry.slug), _fresh(course.lesson_file(entry))),
        CourseFile(path, _fresh(folder / f"{entry.slug}.ipynb")),
        CourseFile(
            f"{path.rpartition('/')[0]}/{MESSAGES_FILE}", _read(folder / MESSAGES_FILE)
        ),
    ]


def _fresh(path: Path) -> bytes:
    notebook = learner_version(json.loads(_read(path)))
    return json.dumps(notebook, ensure_ascii=False, indent=1).encode() + b"\n"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise CourseError(f"{path} is missing; run `pmlab author build`") from error
