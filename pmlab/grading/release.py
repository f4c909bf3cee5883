"""From the instructor's version to what learners get, by nbgrader itself."""

import dataclasses
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.exchange import ExchangeError, ExchangeFactory
from traitlets.config import LoggingConfigurable

from pmlab.errors import CourseError
from pmlab.grading.course_folder import CourseFolder
from pmlab.grading.policies import apply_policy


@dataclasses.dataclass(frozen=True, kw_only=True)
class Release:
    """What was released.

    Attributes:
        unit: Name of the unit.
        folder: The folder to hand out.
        files: Its files, by their names in it.
        exchanged: Where the exchange has it; None if it was not asked for.
    """

    unit: str
    folder: Path
    files: tuple[str, ...]
    exchanged: Path | None = None


def release(course: CourseFolder, unit: str, *, exchange: bool = False) -> Release:
    """Make the learners' version of a unit, and note its cells in the gradebook.

    Args:
        course: The course folder.
        unit: Name or number of the unit.
        exchange: Put it into nbgrader's exchange, too.

    Returns:
        What to hand out.

    Raises:
        CourseError: If nbgrader refuses; with its reason and the mend.
    """
    name = course.unit(unit)
    with course.gradebook():
        pass  # made now; nbgrader would call a program for that, and may not find it
    directory = course.directory
    directory.assignment_id = name
    step = GenerateAssignment(coursedir=directory, config=course.config)
    step.force = True
    run_step(step, f"{name} can't be released", start=step.start)
    with course.gradebook() as gradebook:
        apply_policy(course, name, gradebook)
    folder = course.step("release", ".", name)
    files = sorted(
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()
    )
    place = _exchange(course, name) if exchange else None
    return Release(unit=name, folder=folder, files=tuple(files), exchanged=place)


def _exchange(course: CourseFolder, unit: str) -> Path:
    factory = ExchangeFactory(config=course.config)
    step = factory.ReleaseAssignment(coursedir=course.directory, config=course.config)
    step.force = True
    run_step(step, f"{unit} can't go to the exchange", start=step.start)
    return Path(step.dest_path)


def run_step(
    step: LoggingConfigurable, problem: str, *, start: Callable[[], object]
) -> None:
    """Run a step of nbgrader quietly; turn what it logs into one clear error.

    Args:
        step: A converter or a part of the exchange.
        problem: What can't be done then.
        start: What to call, mostly ``step.start``.

    Raises:
        CourseError: If the step fails.
    """
    with _quiet(step) as errors:
        try:
            start()
        except (NbGraderException, ExchangeError, RuntimeError, OSError) as failure:
            said = [
                line.strip()
                for text in errors
                for line in text.splitlines()
                if line.strip() and "Traceback" not in line
            ]
            reason = said[0] if said else f"{type(failure).__name__}: {failure}"
            shown = next((line for line in said if "Error: " in line), reason)
            raise CourseError(f"{problem}: {shown}{_mend(shown)}") from failure


def _mend(reason: str) -> str:
    if "add or remove cells" not in reason:
        return ""
    return (
        ". The unit's cells are others than when work was first taken in. Grade what "
        "was handed out: put that version back into source/ (git log -- source, then "
        "git checkout COMMIT -- source), or take the new version into a new course "
        "folder"
    )


@contextmanager
def _quiet(step: LoggingConfigurable) -> Iterator[list[str]]:
    """Collect what a step logs as an error instead of printing all it does."""
    texts: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            texts.append(record.getMessage())

    log = logging.getLogger(f"pmlab.grading.{type(step).__name__}")
    log.propagate = False
    keep = Keep(level=logging.ERROR)
    log.addHandler(keep)
    log.setLevel(logging.ERROR)
    before, step.log = step.log, log
    try:
        yield texts
    finally:
        step.log = before
        log.removeHandler(keep)
