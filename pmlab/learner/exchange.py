"""nbgrader's exchange: how work and feedback travel on a hub."""

import contextlib
import dataclasses
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pmlab.errors import PmlabError
from pmlab.learner.folder import STATE

HUB_FILE = "hub.json"


class ExchangeError(PmlabError):
    """nbgrader's exchange refused; the text says why and what to do."""


@dataclasses.dataclass(frozen=True)
class Exchange:
    """An exchange that this learner can use.

    Attributes:
        root: Its folder.
        course: Id of the course in it.
    """

    root: Path
    course: str

    def submit(self, unit: str, files: dict[str, bytes]) -> None:
        """Hand a unit in, as the user of the system that nbgrader sees.

        Args:
            unit: Name of the assignment.
            files: What to hand in, by file name.

        Raises:
            ExchangeError: If nbgrader refuses.
        """
        if not (self.root / self.course / "outbound" / unit).is_dir():
            raise ExchangeError(
                f"your instructor has not opened {unit} for handing in yet; your work "
                "is saved, hand it in when the unit is open"
            )
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / unit
            folder.mkdir()
            for name, content in files.items():
                (folder / name).write_bytes(content)
            _close(self._nbgrader("submit", unit, where=Path(scratch)))

    def fetch_feedback(self, unit: str) -> Iterator[Path]:
        """Yield the pages of feedback that are there, in a folder of their own.

        Args:
            unit: Name of the assignment.

        Raises:
            ExchangeError: If nbgrader refuses.
        """
        with tempfile.TemporaryDirectory() as scratch:
            self._nbgrader("fetch_feedback", unit, where=Path(scratch))
            yield from sorted(Path(scratch).rglob("*.html"))

    def _nbgrader(self, command: str, unit: str, *, where: Path) -> str:
        done = subprocess.run(  # noqa: S603
            [
                sys.executable,
                "-m",
                "nbgrader",
                command,
                unit,
                f"--course={self.course}",
                f"--Exchange.root={self.root}",
                f"--CourseDirectory.root={where}",
                *_as_on_the_hub(),
            ],
            cwd=where,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if "ERROR" in line]
            why = lines[-1].partition("]")[2].strip() if lines else "no reason given"
            raise ExchangeError(
                f"nbgrader {command} says: {why}. If that is wrong, tell your "
                "instructor; to hand in, you can also send a zip file: pmlab submit "
                f"{unit.partition('_')[0]} --zip"
            )
        return done.stderr


def _close(told: str) -> None:
    """Let nobody else write into what was handed in; nbgrader leaves it open."""
    for line in told.splitlines():
        _, found, name = line.partition("Destination: ")
        if found:
            with contextlib.suppress(OSError):  # it is handed in all the same
                Path(name).chmod(0o755)


def _as_on_the_hub() -> list[str]:
    """Name the learner as her hub does; elsewhere nbgrader asks the system."""
    name = os.environ.get("JUPYTERHUB_USER")
    return [f"--CourseDirectory.student_id={name}"] if name else []


def find_exchange(folder: Path) -> Exchange | None:
    """Return the exchange that this learner's work goes through, if there is one.

    Args:
        folder: Her course folder. A hub says in ``.pmlab/hub.json`` which course it is
            and where its exchange stands; otherwise nbgrader's settings say so.

    Returns:
        The exchange, or None if there is none or her course has no place in it.
    """
    course, root = _told_by_hub(folder) or _configured()
    if not course or root is None or not (root / course / "inbound").is_dir():
        return None
    return Exchange(root, course)


def _told_by_hub(folder: Path) -> tuple[str, Path | None] | None:
    try:
        told = json.loads((folder / STATE / HUB_FILE).read_text(encoding="utf-8"))
        course, root = str(told["course"]), told["exchange"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return course, None if root is None else Path(root)


def _configured() -> tuple[str, Path | None]:
    try:
        from nbgrader.apps import NbGrader
        from nbgrader.coursedir import CourseDirectory
        from nbgrader.exchange.default import Exchange as Settings
    except ImportError:
        return "", None
    app = NbGrader(log_level=logging.CRITICAL)  # no file of settings is no news here
    with contextlib.suppress(Exception):  # someone else's settings may be broken
        app.load_config_file()
    course = str(CourseDirectory(config=app.config).course_id)
    return course, Path(str(Settings(config=app.config).root))
