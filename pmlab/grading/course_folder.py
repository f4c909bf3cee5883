"""A course folder as nbgrader sees it: its settings, its steps, its gradebook.

Works for any nbgrader course: a folder with ``nbgrader_config.py``, ``course.toml`` or
``source/``. What ``nbgrader_config.py`` says (course id, database, folder names) holds
for every command of ``pmlab teach``, too.
"""

import contextlib
import dataclasses
import functools
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pmlab.errors import CourseError, DataError

if TYPE_CHECKING:
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

_MARKS = ("course.toml", "nbgrader_config.py")
STATE = ".pmlab"


@dataclasses.dataclass(frozen=True)
class CourseFolder:
    """Where a course stands.

    Attributes:
        folder: Its absolute path.
    """

    folder: Path

    @functools.cached_property
    def config(self) -> "Config":
        """What ``nbgrader_config.py`` says; empty without one."""
        from traitlets.config import Config
        from traitlets.config.loader import PyFileConfigLoader

        if not (self.folder / "nbgrader_config.py").is_file():
            return Config()
        loader = PyFileConfigLoader("nbgrader_config.py", path=str(self.folder))
        try:
            with _inside(self.folder):
                return loader.load_config()
        except Exception as problem:
            raise CourseError(
                f"{self.folder / 'nbgrader_config.py'} can't be read "
                f"({type(problem).__name__}: {problem}); mend that line"
            ) from problem

    @functools.cached_property
    def directory(self) -> "CourseDirectory":
        """The folder in nbgrader's own view."""
        from nbgrader.coursedir import CourseDirectory

        made = CourseDirectory(config=self.config)
        if "root" not in self.config.CourseDirectory:
            made.root = str(self.folder)
        return made

    @property
    def db_url(self) -> str:
        """Address of the gradebook."""
        return str(self.directory.db_url)

    def step(self, name: str, learner: str, unit: str) -> Path:
        """Return the folder of one learner and unit in a step such as "submitted"."""
        step = getattr(self.directory, f"{name}_directory")
        return Path(self.directory.format_path(step, learner, unit))

    def learners(self, name: str, unit: str) -> list[str]:
        """Return who has a folder of this unit in a step, sorted."""
        place = self.step(name, "*", unit)
        parts = place.parts
        at = parts.index("*")
        base, rest = Path(*parts[:at]), parts[at + 1 :]
        if not base.is_dir():
            return []
        return sorted(p.name for p in base.iterdir() if p.joinpath(*rest).is_dir())

    @property
    def units(self) -> list[str]:
        """Names of the units that have an instructor's version."""
        place = self.step("source", ".", "x").parent
        if not place.is_dir():
            return []
        return sorted(
            path.name for path in place.iterdir() if any(path.glob("*.ipynb"))
        )

    def unit(self, name: str) -> str:
        """Return the full name of a unit; its number alone is enough.

        Raises:
            CourseError: If there is no such unit.
        """
        for unit in self.units:
            number = unit.split("_")[0]
            numbers = (number, number.lstrip("0")) if number.isdigit() else ()
            if name in (unit, *numbers):
                return unit
        there = ", ".join(self.units) or "none"
        raise CourseError(
            f"no unit {name!r} in {self.step('source', '.', 'x').parent} "
            f"(there: {there}); give one of those, or another folder with --course DIR"
        )

    def title(self, unit: str) -> str:
        """Return the title of a unit in ``course.toml``, else its name."""
        for entry in self.toml.get("unit", []):
            if isinstance(entry, dict) and entry.get("slug") == unit:
                return str(entry.get("title", unit))
        return unit

    @functools.cached_property
    def toml(self) -> dict[str, Any]:
        """Content of ``course.toml``, or of ``grading.toml``; empty without either."""
        for name in ("course.toml", "grading.toml"):
            path = self.folder / name
            if path.is_file():
                try:
                    return tomllib.loads(path.read_text(encoding="utf-8"))
                except ValueError as problem:
                    raise CourseError(
                        f"{path} is no valid TOML: {problem}"
                    ) from problem
        return {}

    @property
    def toml_path(self) -> Path:
        """The file that ``toml`` comes from, or would come from."""
        path = self.folder / "course.toml"
        return path if path.is_file() else self.folder / "grading.toml"

    def state(self, *parts: str) -> Path:
        """Return a place in ``.pmlab``, where logs and set-aside files stand."""
        return self.folder.joinpath(STATE, *parts)

    @contextlib.contextmanager
    def gradebook(self) -> "Iterator[Gradebook]":
        """Open nbgrader's gradebook, and make it if there is none.

        Raises:
            DataError: If the database can't be reached.
        """
        from nbgrader.api import Gradebook
        from sqlalchemy.exc import SQLAlchemyError

        try:
            with _newest_schema_known():
                # Steps of nbgrader itself open it under the default course id.
                book = Gradebook(self.db_url)
        except (SQLAlchemyError, ImportError) as problem:
            raise DataError(
                f"the gradebook {_without_password(self.db_url)} can't be opened: "
                f"{str(problem).splitlines()[0]}; check CourseDirectory.db_url in "
                "nbgrader_config.py, and that the server runs"
            ) from problem
        try:
            yield book
        finally:
            book.close()


def find_course_folder(start: Path, *, given: Path | None = None) -> CourseFolder:
    """Return the course folder at, below or above ``start``.

    Args:
        start: Where to look; then its ``course`` folder, then the folders above.
        given: The folder that was named; no other is looked for then.

    Returns:
        The folder.

    Raises:
        CourseError: If there is none.
    """
    if given is not None:
        if not any((given / name).exists() for name in (*_MARKS, "source")):
            raise CourseError(
                f"{given} is no course folder: it has neither {' nor '.join(_MARKS)} "
                "nor source; give the folder that holds them"
            )
        return CourseFolder(given.resolve())
    start = start.resolve()
    for folder in (start, start / "course", *start.parents):
        if any((folder / name).is_file() for name in _MARKS):
            return CourseFolder(folder)
    raise CourseError(
        f"no {' or '.join(_MARKS)} in {start}, its course/ folder or above; "
        "go to the course folder or pass --course DIR"
    )


@contextlib.contextmanager
def _newest_schema_known() -> Iterator[None]:
    """Let nbgrader find its newest schema in this process.

    For a new gradebook it calls the program ``alembic``, which imports nbgrader again:
    that takes longer than all the rest.
    """
    from nbgrader import api, dbutil

    def newest() -> str | None:
        from alembic.script import ScriptDirectory

        return ScriptDirectory(dbutil.ALEMBIC_DIR).get_current_head()

    before = api.get_alembic_version
    api.get_alembic_version = newest
    try:
        yield
    finally:
        api.get_alembic_version = before


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """Work in a folder: nbgrader's settings may use relative paths."""
    with contextlib.chdir(folder):
        yield


def _without_password(url: str) -> str:
    head, at, tail = url.rpartition("@")
    return f"{head.split('://')[0]}://…@{tail}" if at else url
