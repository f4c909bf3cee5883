"""Grades a unit: all that is not graded yet, side by side, into the gradebook."""

import dataclasses
import fnmatch
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from pathlib import Path
from typing import Any

from pmlab.errors import CourseError
from pmlab.grading import gradebook, pool
from pmlab.grading.course_folder import CourseFolder
from pmlab.grading.limits import Limits
from pmlab.grading.one_line import one_line
from pmlab.grading.outcome import Outcome
from pmlab.grading.policies import apply_policy
from pmlab.grading.pool import Graded, Job, Setup, Trial
from pmlab.grading.progress import with_progress
from pmlab.grading.sandbox import tiers
from pmlab.grading.submissions import (
    TIMESTAMP,
    Submission,
    may_stand_beside,
)
from pmlab.grading.unit_files import UnitFiles

_BATCH = 20
_BATCH_SECONDS = 3.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class Line:
    """One submission's end.

    Attributes:
        learner: Whose it is.
        notebook: Name of the notebook.
        outcome: What was found; None if the grader itself stopped.
        skipped: Whether it was graded before, from the same files.
        problem: What stopped the grader.
    """

    learner: str
    notebook: str
    outcome: Outcome | None
    skipped: bool = False
    problem: str = ""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Run:
    """What a run did.

    Attributes:
        unit: Full name of the unit.
        tier: The walls around learners' code, in words.
        lines: One for each submission, by learner.
        trials: How the instructor's own solution did, by notebook.
        seconds: Wall time.
        log: The JSON log.
    """

    unit: str
    tier: str
    lines: tuple[Line, ...]
    trials: dict[str, Trial]
    seconds: float
    log: Path


@dataclasses.dataclass(frozen=True, kw_only=True)
class Wish:
    """What the caller asks for.

    Attributes:
        workers: Submissions at a time; None for one per processor.
        dask: Address of a Dask scheduler.
        learners: A pattern such as ``"a*"``.
        force: Grade again what is graded.
        trust_submissions: Go on without walls where none can be built.
        limits: What one submission may use.
    """

    workers: int | None = None
    dask: str = ""
    learners: str = "*"
    force: bool = False
    trust_submissions: bool = False
    limits: Limits = dataclasses.field(default_factory=Limits)


def grade_unit(
    course: CourseFolder,
    unit: str,
    wish: Wish = Wish(),
    *,
    tell: Callable[[str], None] = lambda _: None,
) -> Run:
    """Grade the submissions of a unit.

    Args:
        course: The course folder.
        unit: Name or number of the unit.
        wish: How.
        tell: Called with sentences about how it goes.

    Returns:
        What was done.

    Raises:
        CourseError: If there is no such unit, or it can't be graded.
    """
    began = time.monotonic()
    name = course.unit(unit)
    tier = tiers.choose(trust_submissions=wish.trust_submissions)
    tell(f"Learners' code is {tier.words}.")
    work = _Work(course, name, wish, tier, tell)
    lines = work.run()
    return Run(
        unit=name,
        tier=tier.words,
        lines=tuple(sorted(lines, key=lambda line: (line.learner, line.notebook))),
        trials=work.trials,
        seconds=time.monotonic() - began,
        log=work.log,
    )


class _Work:
    """One run over the submissions of a unit."""

    def __init__(
        self,
        course: CourseFolder,
        unit: str,
        wish: Wish,
        tier: tiers.Tier,
        tell: Callable[[str], None],
    ) -> None:
        self._course, self._unit, self._wish = course, unit, wish
        self._tell = tell
        self._own = UnitFiles(course, unit, wish.limits, tier)
        self.log = course.state("grading", f"{unit}.jsonl")
        self.trials: dict[str, Trial] = {}
        self._window = 4 * (wish.workers or os.cpu_count() or 1)
        if wish.dask:
            self._window = 200

    def run(self) -> list[Line]:
        notebooks = self._own.notebooks
        read = {name: _parsed(name, raw) for name, raw in notebooks.items()}
        learners = [
            learner
            for learner in self._course.learners("submitted", self._unit)
            if fnmatch.fnmatchcase(learner, self._wish.learners)
        ]
        setups = {name: self._own.setup(name) for name in notebooks}
        lines: list[Line] = []
        with pool.executor(workers=self._wish.workers, dask=self._wish.dask) as crew:
            for name, setup in setups.items():
                if not self._wish.dask and self._has_new(name, learners):
                    pool.start_engine(setup)
                    break  # it gets ready while the gradebook is opened
            self._prepare(read)
            for name, setup in setups.items():
                lines += self._notebook(name, setup, learners, crew)
        with self._course.gradebook() as book:
            apply_policy(self._course, self._unit, book)
        return lines

    def _has_new(self, name: str, learners: Sequence[str]) -> bool:
        """Tell whether there is a submission that certainly has to be graded."""
        folders = (
            self._course.step("autograded", learner, self._unit) for learner in learners
        )
        return any(
            self._wish.force or not (folder / f"{name}.ipynb").is_file()
            for folder in folders
        )

    def _prepare(self, notebooks: dict[str, dict[str, Any]]) -> None:
        """Put the unit into the gradebook, and away what an earlier run left."""
        copy = gradebook.snapshot(self._course)
        if gradebook.ensure_unit(self._course, self._unit, notebooks):
            self._tell("The instructor's version was put into the gradebook.")
        if copy is not None:
            self._tell(f"The gradebook as it was: {copy}")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        place = self._course.step("autograded", "*", self._unit).parent.parent
        if place.is_dir():
            gradebook.remove_parts(place)

    def _notebook(
        self, name: str, setup: Setup, learners: Sequence[str], crew: Executor
    ) -> Iterator[Line]:
        steps = self._results(name, setup, learners, crew)
        steps = with_progress(steps, f"grading {name}", total=len(learners))
        with self._course.gradebook() as book:
            writer = gradebook.Writer(self._course, self._unit, book)
            for batch in _batches(steps):
                done = [item for item in batch if isinstance(item, _Done)]
                self._write(writer, name, done)
                for item in batch:
                    yield item.line(name) if isinstance(item, _Done) else item

    def _results(
        self, name: str, setup: Setup, learners: Sequence[str], crew: Executor
    ) -> Iterator["_Done | Line"]:
        """Yield what is done; hold few submissions at a time, however many."""
        running: dict[Future[Graded | str], Submission] = {}
        for learner in learners:
            try:
                submission = self._own.read(learner, name)
                job = self._own.job(submission, setup)
                before = self._graded_before(name, job)
            except Exception as problem:  # noqa: BLE001 - hers alone, whatever it is
                yield _Done(Submission(learner=learner, notebook=b""), _why(problem))
                continue
            if before is not None and not self._wish.force:
                yield Line(learner=learner, notebook=name, outcome=before, skipped=True)
                continue
            if not self._wish.dask and name not in self.trials:
                self.trials[name] = pool.engine_for(setup).ready()
                self._warn(name, self.trials[name])
            running[crew.submit(pool.grade_one, setup, job)] = submission
            if len(running) >= self._window:
                yield from _finished(running)
        while running:
            yield from _finished(running)

    def _graded_before(self, name: str, job: Job) -> Outcome | None:
        from pmlab.grading.outcome import read_outcome

        folder = self._course.step("autograded", job.learner, self._unit)
        try:
            text = (folder / f"{name}.ipynb").read_text(encoding="utf-8")
            outcome = read_outcome(json.loads(text))
        except (OSError, ValueError, TypeError, AttributeError, KeyError):
            return None
        return outcome if outcome is not None and outcome.key == job.key else None

    def _write(
        self, writer: gradebook.Writer, name: str, batch: Sequence["_Done"]
    ) -> None:
        good = [item for item in batch if isinstance(item.result, Graded)]
        try:
            self._write_marks(writer, name, good)
        except (ValueError, TypeError, ArithmeticError, LookupError):
            for item in good:  # one of them can't be written: the others can
                try:
                    self._write_marks(writer, name, [item])
                except Exception as problem:  # noqa: BLE001 - hers alone
                    item.result = f"its marks can't be written: {_why(problem)}"
        for item in good:
            self._write_files(name, item)
        with self.log.open("a", encoding="utf-8", errors="replace") as stream:
            stream.writelines(item.log_line(self._unit) + "\n" for item in batch)

    @staticmethod
    def _write_marks(
        writer: gradebook.Writer, name: str, batch: Sequence["_Done"]
    ) -> None:
        graded = [item.result for item in batch if isinstance(item.result, Graded)]
        stamps = {item.submission.learner: item.submission.timestamp for item in batch}
        writer.write(name, graded, timestamps=stamps)

    def _write_files(self, name: str, item: "_Done") -> None:
        """Write a graded folder; note what is in the way of that."""
        if not isinstance(item.result, Graded):
            return
        folder = self._course.step("autograded", item.result.learner, self._unit)
        hers = item.submission.files
        files = {file: hers[file] for file in hers if may_stand_beside(file)}
        files |= self._own.files
        if item.submission.timestamp:
            files[TIMESTAMP] = item.submission.timestamp.encode("utf-8", "replace")
        try:
            # The notebook last: with it, the submission counts as graded.
            for file in hers.keys() - files.keys():  # of a run that copied them
                (folder / file).unlink(missing_ok=True)
            content = {**files, f"{name}.ipynb": item.result.notebook}
            gradebook.write_files(folder, content)
        except Exception as problem:  # noqa: BLE001 - hers alone, whatever it is
            item.result = f"its graded files can't be written: {_why(problem)}"

    def _warn(self, name: str, trial: Trial) -> None:
        for cell, reasons in trial.short.items():
            self._tell(
                f"Mind: in {name} the instructor's own solution does not get all "
                f"points in “{cell}”: {' '.join(reasons)[:300]}"
            )


@dataclasses.dataclass
class _Done:
    """A submission and its grade; or the problem: the grader's, or met in writing."""

    submission: Submission
    result: Graded | str

    def log_line(self, unit: str) -> str:
        """Return the line of the JSON log."""
        if isinstance(self.result, Graded):
            return pool.log_line(self.result, unit)
        learner = self.submission.learner
        return json.dumps({"learner": learner, "unit": unit, "problem": self.result})

    def line(self, notebook: str) -> Line:
        problem = self.result if isinstance(self.result, str) else ""
        return Line(
            learner=self.submission.learner,
            notebook=notebook,
            outcome=None if isinstance(self.result, str) else self.result.outcome,
            problem=problem,
        )


def _finished(running: "dict[Future[Graded | str], Submission]") -> Iterator[_Done]:
    """Wait for at least one, and yield and drop those that are done."""
    done, _ = wait(running, return_when=FIRST_COMPLETED)
    for future in done:
        submission = running.pop(future)
        try:
            yield _Done(submission, future.result())
        except Exception as problem:  # noqa: BLE001 - hers alone, whatever it is
            yield _Done(submission, _why(problem))


def _why(problem: Exception) -> str:
    return one_line(f"{type(problem).__name__}: {problem}", most=300)


def _batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    began = time.monotonic()
    for item in items:
        batch.append(item)
        if len(batch) >= _BATCH or time.monotonic() - began > _BATCH_SECONDS:
            yield batch
            batch, began = [], time.monotonic()
    if batch:
        yield batch


def _parsed(name: str, raw: bytes) -> dict[str, Any]:
    try:
        notebook: dict[str, Any] = json.loads(raw)
        for cell in notebook["cells"]:
            cell["metadata"].get("nbgrader", {})
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise CourseError(
            f"the instructor's notebook {name} can't be read: {problem}"
        ) from problem
    return notebook
