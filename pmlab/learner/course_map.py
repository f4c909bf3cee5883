"""The map on *Start here*: units, points in reach so far, one next step."""

import dataclasses
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pmlab.authoring.course import UnitEntry
from pmlab.learner.course_files import exercises_path, installed_course, lesson_path


@dataclasses.dataclass(frozen=True, kw_only=True)
class UnitProgress:
    """A unit on the map.

    Attributes:
        entry: The unit.
        passing: Points of the exercises whose visible checks pass.
        started: Whether any check was run.
        here: Whether the unit's exercises are in the learner's folder.
    """

    entry: UnitEntry
    passing: float
    started: bool
    here: bool


@dataclasses.dataclass(frozen=True)
class CourseMap:
    """The map of the course; shows as a list with links in a notebook."""

    title: str
    units: tuple[UnitProgress, ...]

    @property
    def next_step(self) -> str:
        """One sentence: what to do now."""
        for unit in self.units:
            entry = unit.entry
            exercises = _link("the exercises", exercises_path(entry.slug))
            if not unit.started:
                lesson = _link(f"the lesson “{entry.title}”", lesson_path(entry.slug))
                return f"Read {lesson}, then do {exercises}."
            if unit.passing < entry.points["exercises"]:
                return f"Go on with {exercises} of “{entry.title}”."
        return "All visible checks pass. Write or revise your memos."

    def _repr_markdown_(self) -> str:
        parts = [f"**Your next step.** {self.next_step}", ""]
        for unit in self.units:
            entry = unit.entry
            number = entry.slug.split("_")[0]
            lesson = _link("Lesson", lesson_path(entry.slug))
            exercises = _link("Exercises", exercises_path(entry.slug))
            parts += [
                f"**{number} · {entry.title}**  ",
                f"You will {_joined(entry.objectives)}.  ",
                f"{lesson} ({entry.minutes['lesson']} minutes) · {exercises} "
                f"({entry.minutes['exercises']} minutes, "
                f"{entry.points['exercises']} points) · memo "
                f"({entry.points['artefact']} points)  ",
                f"Visible checks pass for {unit.passing:g} of "
                f"{entry.points['exercises']} points.",
                "",
            ]
        return "\n".join(parts)

    def __repr__(self) -> str:
        lines = [self.title]
        lines += [
            f"{unit.entry.slug}: {unit.entry.title}, visible checks pass for "
            f"{unit.passing:g} of {unit.entry.points['exercises']} points"
            for unit in self.units
        ]
        return "\n".join(lines)


def course_map(folder: Path | str = ".") -> CourseMap:
    """Return the map of the course with the progress found in a learner's folder.

    Progress is read from the notebooks as they were last saved; nothing is stored.

    Args:
        folder: The learner's folder, the one that holds *Start here*.

    Returns:
        The map.
    """
    course = installed_course()
    return CourseMap(
        course.title,
        tuple(
            _progress(entry, Path(folder) / exercises_path(entry.slug))
            for entry in course.units
        ),
    )


def _progress(entry: UnitEntry, path: Path) -> UnitProgress:
    passing, started = 0.0, False
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError, TypeError):
        cells = []
    for cell in cells:
        about = cell.get("metadata", {}).get("nbgrader", {})
        if cell.get("cell_type") != "code" or not about.get("grade"):
            continue
        credit = _credit(cell)
        started = started or credit is not None
        passing += min(credit or 0.0, float(about.get("points", 0)))
    return UnitProgress(
        entry=entry, passing=passing, started=started, here=path.is_file()
    )


def _credit(cell: dict[str, Any]) -> float | None:
    """Return the points that the stored output of a check cell shows, if any."""
    for output in cell.get("outputs", []):
        if output.get("output_type") == "execute_result":
            text = "".join(output.get("data", {}).get("text/plain", ""))
            try:
                return max(float(text), 0.0)
            except ValueError:
                return None
    return None


def _link(text: str, path: str) -> str:
    return f"[{text}]({quote(path)})"


def _joined(parts: tuple[str, ...]) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + f" and {parts[-1]}"
