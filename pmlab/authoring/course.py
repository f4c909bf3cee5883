"""The list of units: ``course.toml``, the only place that knows their order."""

import dataclasses
import tomllib
from pathlib import Path

from pmlab.errors import CourseError

_KEYS = {"slug", "title", "minutes", "objectives", "needs", "data", "points"}


@dataclasses.dataclass(frozen=True, kw_only=True)
class UnitEntry:
    """What the course list says of a unit.

    Attributes:
        slug: Folder name, ``NN_name``; the number is its place in the course.
        title: Title for people.
        minutes: Reading time of the lesson, and working time of the exercises.
        objectives: What a learner can do afterwards; each starts with a verb.
        needs: Slugs of units to do first.
        data: Data sets it uses.
        points: Points of the exercises, and of the written piece.
    """

    slug: str
    title: str
    minutes: dict[str, int]
    objectives: tuple[str, ...]
    needs: tuple[str, ...]
    data: tuple[str, ...]
    points: dict[str, int]

    @property
    def number(self) -> str:
        """Its place in the course, as it is written: ``03``."""
        return self.slug.partition("_")[0]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Course:
    """A course folder: where it stands and which units it has."""

    folder: Path
    title: str
    units: tuple[UnitEntry, ...]

    def unit(self, slug: str) -> UnitEntry:
        """Return the entry of one unit; its number alone is enough.

        Raises:
            CourseError: If there is no such unit.
        """
        for entry in self.units:
            if slug in (entry.slug, entry.number, entry.number.lstrip("0")):
                return entry
        there = ", ".join(entry.slug for entry in self.units)
        raise CourseError(f"unknown unit {slug!r}; {self.manifest} lists: {there}")

    @property
    def manifest(self) -> Path:
        """The file that lists the units."""
        return self.folder / "course.toml"

    def text_folder(self, entry: UnitEntry) -> Path:
        """Folder with the authoring text of a unit."""
        return self.folder / "units" / entry.slug

    def lesson_file(self, entry: UnitEntry) -> Path:
        """The generated lesson notebook of a unit."""
        return self.folder / "lessons" / f"{entry.slug}.ipynb"

    def source_folder(self, entry: UnitEntry) -> Path:
        """Folder with the generated instructor's version, as nbgrader wants it."""
        return self.folder / "source" / entry.slug


def find_course(start: Path) -> Path:
    """Return the course folder at, above or right below ``start``.

    Raises:
        CourseError: If there is none.
    """
    for folder in (start, start / "course", *start.parents):
        if (folder / "course.toml").is_file():
            return folder
    raise CourseError(
        f"no course.toml in {start}, its course/ folder or above; "
        "go to the checkout of the course or pass --course DIR"
    )


def read_course(folder: Path) -> Course:
    """Read ``course.toml``.

    Args:
        folder: The course folder.

    Returns:
        The course.

    Raises:
        CourseError: If the file is missing or breaks a rule; names the rule.
    """
    path = folder / "course.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CourseError(f"{path} is missing; it lists the units") from error
    except ValueError as error:  # no TOML, or no UTF-8
        raise CourseError(f"{path} is no valid TOML: {error}") from error
    listed = data.get("unit", [])
    if not isinstance(listed, list) or not all(isinstance(it, dict) for it in listed):
        raise CourseError(f"{path}: start each unit with [[unit]], in double brackets")
    units = tuple(_entry(path, item) for item in listed)
    slugs = [entry.slug for entry in units]
    if slugs != sorted(set(slugs)):
        raise CourseError(
            f"{path}: the units must be unique and in the order of their numbers; "
            f"they are {', '.join(slugs)}"
        )
    for entry in units:
        unknown = [slug for slug in entry.needs if slug not in slugs]
        if unknown:
            raise CourseError(
                f"{path}: {entry.slug} needs {', '.join(unknown)}, which is not listed"
            )
    return Course(folder=folder, title=str(data.get("title", "")), units=units)


def _entry(path: Path, item: dict[str, object]) -> UnitEntry:
    name = item.get("slug", "a unit without slug")
    missing, extra = _KEYS - item.keys(), item.keys() - _KEYS
    if missing or extra:
        raise CourseError(
            f"{path}: {name} "
            + (f"lacks {', '.join(sorted(missing))}" if missing else "")
            + (" and " if missing and extra else "")
            + (f"has unknown {', '.join(sorted(extra))}" if extra else "")
            + f"; a unit has {', '.join(sorted(_KEYS))}"
        )
    for key, parts in (
        ("minutes", {"lesson", "exercises"}),
        ("points", {"exercises", "artefact"}),
    ):
        value = item[key]
        if not isinstance(value, dict) or set(value) != parts:
            raise CourseError(
                f"{path}: {key} of {name} must be a table with "
                f"{' and '.join(sorted(parts))}"
            )
        for part, amount in value.items():
            if type(amount) is not int or amount < 0:
                raise CourseError(
                    f"{path}: {part} in {key} of {name} == {amount!r}, must be a whole "
                    "number of zero or more"
                )
    return UnitEntry(
        slug=str(item["slug"]),
        title=str(item["title"]),
        minutes=item["minutes"],  # type: ignore[arg-type]
        objectives=tuple(item["objectives"]),  # type: ignore[arg-type]
        needs=tuple(item["needs"]),  # type: ignore[arg-type]
        data=tuple(item["data"]),  # type: ignore[arg-type]
        points=item["points"],  # type: ignore[arg-type]
    )
