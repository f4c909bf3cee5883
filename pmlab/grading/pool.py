"""Grades submissions side by side: one engine on each machine, any executor above it.

An engine is a trusted process that forks a judge for each submission. Tasks are plain
functions over plain data, so a thread pool here and a Dask cluster elsewhere run the
same code.
"""

import atexit
import contextlib
import dataclasses
import functools
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

from pmlab.errors import PmlabError
from pmlab.grading.channel import Channel, TooSlowError
from pmlab.grading.codec import FrameTooLargeError
from pmlab.grading.limits import Limits
from pmlab.grading.outcome import CheckOutcome, Outcome
from pmlab.grading.sandbox import tiers

_START_SECONDS = 300
_SPARE_SECONDS = 60
_SECRETS = ("PMLAB_COURSE_SECRET",)


class GraderError(PmlabError):
    """The grader itself stopped; nothing is wrong with the submission."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Setup:
    """What all submissions of a notebook share.

    Attributes:
        instructors: The instructor's notebook file.
        messages: ``messages.json``, empty without one.
        files: Helper files beside it, by name.
        tier: The walls around learners' code.
        limits: What one submission may use.
        hidden: Folders that must not be seen inside.
        preload: Modules to import once.
        stubs: What stands in for solutions, in code and in text.
        variant: The variant to try the instructor's solution on.
    """

    instructors: bytes
    messages: bytes
    files: Mapping[str, bytes]
    tier: tiers.Tier
    limits: Limits = dataclasses.field(default_factory=Limits)
    hidden: tuple[str, ...] = ()
    preload: tuple[str, ...] = ()
    stubs: tuple[str, str] = ("", "")
    variant: str

    @functools.cached_property
    def key(self) -> str:
        """A name for the engine that serves this setup."""
        import hashlib

        parts = [self.instructors, self.messages, *self.files.values()]
        told = repr((self.tier, self.limits, self.hidden, list(self.files), self.stubs))
        digest = hashlib.sha256(told.encode() + self.variant.encode())
        for part in parts:
            digest.update(hashlib.sha256(part).digest())
        return digest.hexdigest()


@dataclasses.dataclass(frozen=True, kw_only=True)
class Job:
    """One submitted notebook.

    Attributes:
        learner: Whose it is.
        submission: The notebook file.
        files: The learner's further files, by name.
        variant: Her variant of the case.
        findings: What reading the folder found.
        note: Text for the top of the graded notebook, empty for none.
        key: Hash of submission, instructor's version and environment.
    """

    learner: str
    submission: bytes
    files: Mapping[str, bytes]
    variant: str
    findings: tuple[str, ...] = ()
    note: str = ""
    key: str


@dataclasses.dataclass(frozen=True, kw_only=True)
class Graded:
    """What came of a job.

    Attributes:
        learner: Whose it is.
        outcome: Status and credit.
        unanswered: Ids of answer cells that were left as handed out.
        notebook: The graded notebook file.
    """

    learner: str
    outcome: Outcome
    unanswered: tuple[str, ...]
    notebook: bytes


@dataclasses.dataclass(frozen=True)
class Trial:
    """How the instructor's own solution did.

    Attributes:
        credit: Points it earns.
        points: Most points.
        short: Check cells in which it does not earn all, with the reasons.
    """

    credit: float
    points: float
    short: Mapping[str, tuple[str, ...]]


class _Process:
    """The trusted process, as it waits to be told what to serve."""

    def __init__(self) -> None:
        told_ours, told_theirs = socket.socketpair()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        passed = [told_theirs.fileno(), theirs.fileno()]
        # -P: a module beside the course must not stand in for a real one.
        code = "from pmlab.grading.judge.server import main; main()"
        self.popen = subprocess.Popen(  # noqa: S603 - our own words
            [sys.executable, "-P", "-c", _path() + code, *map(str, passed)],
            pass_fds=passed,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
        )
        told_theirs.close()
        theirs.close()
        self.requests = ours
        self.told = Channel(told_ours)

    def stop(self, *, at_once: bool) -> None:
        """End it and all it has started; at once if it does not listen yet."""
        self.requests.close()
        with contextlib.suppress(OSError):
            self.told.close()
        if at_once:
            self.popen.terminate()
        try:
            self.popen.wait(10)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()


class Engine:
    """The trusted process of one notebook; made by ``engine_for``."""

    def __init__(self, setup: Setup, process: _Process) -> None:
        self._setup = setup
        self._process = process
        self._requests, self._told = process.requests, process.told
        self._told.set_deadline(_START_SECONDS)
        self._told.send(
            {
                "files": list(setup.files),
                "hidden": list(setup.hidden),
                "preload": list(setup.preload),
                "stubs": list(setup.stubs),
                "limits": dataclasses.asdict(setup.limits),
                "tier": dataclasses.asdict(setup.tier),
                "variant": setup.variant,
            },
            [setup.instructors, setup.messages, *setup.files.values()],
        )
        self.trial: Trial | None = None

    def ready(self) -> Trial:
        """Wait until it is ready and return how the solution did.

        Raises:
            GraderError: If it can't start.
        """
        if self.trial is None:
            try:
                answer = self._told.receive()[0]
            except (EOFError, TooSlowError, FrameTooLargeError):
                answer = {"problem": "its process stopped"}
            self._told.close()
            if "problem" in answer:
                self.stop()
                raise GraderError(f"the grader can't start: {answer['problem']}")
            short = {name: tuple(told) for name, told in answer["short"].items()}
            self.trial = Trial(answer["credit"], answer["points"], short)
        return self.trial

    def grade(self, job: Job) -> Graded:
        """Grade one submission.

        Args:
            job: The submission.

        Returns:
            What came of it.

        Raises:
            GraderError: If the judge stopped.
        """
        ours, theirs = socket.socketpair()
        channel = Channel(ours, most_bytes=2**30)
        try:
            with theirs:
                socket.send_fds(self._requests, [b"job"], [theirs.fileno()])
            channel.set_deadline(self._setup.limits.total_seconds + _SPARE_SECONDS)
            channel.send(
                {
                    "files": list(job.files),
                    "variant": job.variant,
                    "findings": list(job.findings),
                    "note": job.note,
                    "key": job.key,
                },
                [job.submission, *job.files.values()],
            )
            told, (notebook,) = channel.receive()
        except (OSError, EOFError, TooSlowError, FrameTooLargeError) as problem:
            raise GraderError(f"the judge of {job.learner} stopped") from problem
        finally:
            channel.close()
        return Graded(
            learner=job.learner,
            outcome=_outcome(told["outcome"]),
            unanswered=tuple(told["unanswered"]),
            notebook=notebook,
        )

    @property
    def alive(self) -> bool:
        """Whether its process still runs."""
        return self._process.popen.poll() is None

    def stop(self) -> None:
        """End the engine and all it has started."""
        self._process.stop(at_once=self.trial is None)


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in _SECRETS}
    return {**kept, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def _path() -> str:
    from pmlab.grading.sandbox.bubblewrap import PACKAGE

    folder = str(PACKAGE.parent)
    return f"import sys; {folder!r} in sys.path or sys.path.append({folder!r}); "


def _outcome(told: dict[str, Any]) -> Outcome:
    checks = tuple(
        CheckOutcome(
            **{
                **check,
                "reasons": tuple(check["reasons"]),
                "notes": tuple(check["notes"]),
            }
        )
        for check in told["checks"]
    )
    findings = tuple(told["findings"])
    return Outcome(**{**told, "findings": findings, "checks": checks})


_engines: dict[str, Engine] = {}
_spare: list[_Process] = []  # at most one
_lock = threading.Lock()


def engine_for(setup: Setup) -> Engine:
    """Return the engine of a setup in this process; start it if there is none.

    Args:
        setup: What the submissions share.

    Returns:
        The engine, ready.

    Raises:
        GraderError: If it can't start.
    """
    with _lock:
        engine = _started(setup)
        engine.ready()
        return engine


def warm_up() -> None:
    """Start the process of the first engine: it imports meanwhile what it needs."""
    with _lock:
        if not _spare:
            _spare.append(_Process())


def start_engine(setup: Setup) -> None:
    """Start the engine of a setup, if there is none, and don't wait for it."""
    with _lock:
        _started(setup)


def _started(setup: Setup) -> Engine:
    engine = _engines.get(setup.key)
    if engine is None or not engine.alive:
        process = _spare.pop() if _spare else _Process()
        engine = _engines[setup.key] = Engine(setup, process)
    return engine


def stop_engines() -> None:
    """End all engines of this process."""
    with _lock:
        for process in _spare:
            process.stop(at_once=True)
        for engine in _engines.values():
            engine.stop()
        _spare.clear()
        _engines.clear()


atexit.register(stop_engines)


def grade_one(setup: Setup, job: Job) -> Graded | str:
    """Grade one submission; the task that executors run.

    Args:
        setup: What the submissions share.
        job: The submission.

    Returns:
        What came of it; a sentence if the grader itself stopped, twice.
    """
    problem = ""
    for _ in range(2):
        try:
            return engine_for(setup).grade(job)
        except GraderError as error:
            problem = str(error)
    return problem


@contextlib.contextmanager
def executor(*, workers: int | None, dask: str = "") -> Iterator[Executor]:
    """Open the pool.

    Args:
        workers: Submissions at a time on this machine; None for one per processor.
        dask: Address of a Dask scheduler to use instead.

    Yields:
        An executor; its tasks each wait for a process of an engine.

    Raises:
        GraderError: If the scheduler can't be reached, or learners' code could.
    """
    if dask:
        _check_network_is_closed()
        try:
            from distributed import Client
        except ImportError as problem:
            raise GraderError(
                "--dask needs the package distributed: pip install distributed"
            ) from problem
        try:
            client = Client(  # type: ignore[no-untyped-call]
                dask, timeout="20s", set_as_default=False
            )
        except OSError as problem:
            raise GraderError(f"no Dask scheduler answers at {dask}") from problem
        with client, client.get_executor(pure=False) as pool:  # type: ignore[no-untyped-call]
            yield pool
        return
    try:
        with ThreadPoolExecutor(workers or os.cpu_count() or 1) as threads:
            yield threads
    finally:
        stop_engines()


def _check_network_is_closed() -> None:
    """Refuse walls that leave a scheduler, which asks for no password, in reach."""
    if tiers.choose(trust_submissions=True).name == tiers.SEPARATE_USER.name:
        raise GraderError(
            "--dask is refused here: with the walls of this machine (separate user) "
            "learners' code can reach the network, and so the Dask scheduler, which "
            "runs what anyone sends it. Install bubblewrap here and on the workers "
            "(apt install bubblewrap), or leave out --dask."
        )


def log_line(graded: Graded, unit: str) -> str:
    """Return the line of the JSON log for a submission."""
    outcome = graded.outcome
    return json.dumps(
        {
            "learner": graded.learner,
            "unit": unit,
            "credit": outcome.credit,
            "points": outcome.points,
            **outcome.to_metadata(),
        },
        ensure_ascii=False,
    )
