"""nbgrader's own door: ``nbgrader autograde`` and the formgrader's button, shut in too.

In ``nbgrader_config.py``::

    from pmlab.grading.door import use_sandbox
    use_sandbox(c)

Then nbgrader hands each submission to the same engine as ``pmlab teach grade``, and
saves the scores itself. Nothing of a submission runs, or is parsed, in its process.
"""

import stat
import threading
from pathlib import Path
from typing import Any

from nbconvert.exporters import NotebookExporter
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    SaveAutoGrades,
)
from traitlets import Bool
from traitlets.config import Config

from pmlab.grading import pool
from pmlab.grading.course_folder import CourseFolder
from pmlab.grading.limits import Limits
from pmlab.grading.sandbox import tiers
from pmlab.grading.submissions import may_stand_beside, read_folder
from pmlab.grading.unit_files import UnitFiles

_IDLE_SECONDS = 60.0
_REFUSED = "refused"


class SandboxedExporter(NotebookExporter):
    """Reads a submission as what the sandbox made of it."""

    trust_submissions = Bool(
        default_value=False,
        help="Run learners' code with your rights where no sandbox can be built.",
    ).tag(config=True)

    def from_filename(
        self,
        filename: str,
        resources: dict[str, Any] | None = None,
        **more: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Return a notebook as text: the graded one, if it is a submission.

        Args:
            filename: The notebook.
            resources: What nbgrader knows about it.
            more: Passed on.

        Returns:
            The text and the resources.
        """
        about = (resources or {}).get("nbgrader")
        if about is None or not getattr(self.parent, "_sanitizing", False):
            return super().from_filename(filename, resources=resources, **more)
        converter: Any = self.parent
        course = CourseFolder(Path(converter.coursedir.root))
        graded = _graded(course, about, trust=self.trust_submissions)
        for finding in graded.outcome.findings:
            self.log.warning("%s: %s", about["student"], finding)
        found = {"output_extension": ".ipynb", "metadata": {}, **(resources or {})}
        return graded.notebook.decode(), found


def use_sandbox(config: Config) -> None:
    """Let ``nbgrader autograde`` run submissions in the sandbox.

    Args:
        config: The ``c`` of ``nbgrader_config.py``.
    """
    config.Autograde.exporter_class = SandboxedExporter
    config.Autograde.pre_convert_hook = set_links_aside
    config.Autograde.post_convert_hook = remove_what_acts
    config.Autograde.sanitize_preprocessors = []
    config.Autograde.autograde_preprocessors = [
        SaveAutoGrades,
        AssignLatePenalties,
        CheckCellMetadata,
    ]


def set_links_aside(assignment: str, student: str, notebooks: list[str]) -> None:
    """Move links, pipes and devices out of a submission before nbgrader copies it.

    Args:
        assignment: Name of the unit.
        student: The learner.
        notebooks: Paths of the notebooks.
    """
    del student  # a pattern, such as *
    course = CourseFolder(Path.cwd())
    for folder in _folders(notebooks):
        _set_links_aside(folder, course.state(_REFUSED, folder.parent.name, assignment))


def remove_what_acts(assignment: str, student: str, notebooks: list[str]) -> None:
    """Remove learners' modules and settings from beside the graded notebook.

    nbgrader copies all files; a kernel opened there would import them. The
    instructor's own stay.

    Args:
        assignment: Name of the unit.
        student: The learner.
        notebooks: Paths of the submitted notebooks.
    """
    del student  # a pattern, such as *
    course = CourseFolder(Path.cwd())
    own = read_folder(course.step("source", ".", assignment))
    for folder in _folders(notebooks):
        graded = course.step("autograded", folder.parent.name, assignment)
        for path in _below(graded):
            file = str(path.relative_to(graded))
            kept = file in own or path.suffix == ".ipynb" or may_stand_beside(file)
            if not kept and not path.is_dir():
                path.unlink()


def _folders(notebooks: list[str]) -> list[Path]:
    return sorted({Path(name).parent for name in notebooks})


def _below(folder: Path) -> list[Path]:
    """Return all below a folder, however deep: ``rglob`` goes in by recursion."""
    found, left = [], [folder]
    while left:
        try:
            inner = list(left.pop().iterdir())
        except OSError:
            continue
        found += inner
        left += [path for path in inner if path.is_dir() and not path.is_symlink()]
    return found


def _set_links_aside(folder: Path, place: Path) -> None:
    for path in _below(folder) if not folder.is_symlink() else []:
        about = path.lstat()
        plain = stat.S_ISDIR(about.st_mode) or (
            stat.S_ISREG(about.st_mode) and about.st_nlink == 1
        )
        if not plain:
            place.mkdir(parents=True, exist_ok=True)
            path.rename(place / path.name)


def _graded(course: CourseFolder, about: dict[str, Any], *, trust: bool) -> pool.Graded:
    tier = tiers.choose(trust_submissions=trust)
    files = UnitFiles(course, about["assignment"], Limits(), tier)
    setup = files.setup(about["notebook"])
    job = files.job(files.read(about["student"], about["notebook"]), setup)
    with _Idle():
        result = pool.grade_one(setup, job)
    if isinstance(result, str):
        raise pool.GraderError(result)
    return result


class _Idle:
    """Ends the engines some time after the last submission: the server lives on."""

    _timer: threading.Timer | None = None

    def __enter__(self) -> None:
        if _Idle._timer is not None:
            _Idle._timer.cancel()

    def __exit__(self, *_: object) -> None:
        _Idle._timer = threading.Timer(_IDLE_SECONDS, pool.stop_engines)
        _Idle._timer.daemon = True
        _Idle._timer.start()
