"""The pre-imported parent of the judges: forks one for each submission.

It serves one unit. Before the first submission it starts the runner's server and grades
the instructor's own solution: that shows whether the unit can be graded at all, and
which functions are meant to change what they are given or to give objects.
"""

import contextlib
import dataclasses
import gc
import json
import os
import resource
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

from pmlab.grading.channel import Channel, from_descriptor
from pmlab.grading.forking import end_with, load, reap
from pmlab.grading.one_line import one_line
from pmlab.lean_imports import leave_out_address_grammar

_MEMORY_BYTES = 6 * 2**30
_SPARE_SECONDS = 30


def main() -> None:
    """Serve until the other end of the socket is closed."""
    leave_out_address_grammar()
    setup = from_descriptor(int(sys.argv[1]))
    _import_what_all_need()
    try:
        told, buffers = setup.receive()
    except EOFError:  # there was nothing to grade
        return
    requests = socket.socket(fileno=int(sys.argv[2]))
    os.set_inheritable(requests.fileno(), False)  # noqa: FBT003 - its only parameter
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one who started us decides
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    place = Path(tempfile.mkdtemp(prefix="pmlab-grading-"))
    try:
        unit = Unit(told, buffers, place)
        with contextlib.suppress(EOFError):
            _serve(unit, setup, requests)
    finally:
        _remove(place)


def _import_what_all_need() -> None:
    from pmlab.checks import Messages  # noqa: F401
    from pmlab.grading import harmless
    from pmlab.grading.judge import check_cells, judging, names, paper  # noqa: F401

    harmless.markdown("*warm*")
    harmless.html("<p>warm</p>")


def _serve(unit: "Unit", setup: Channel, requests: socket.socket) -> None:
    from pmlab.errors import PmlabError

    try:
        unit.start()
        answer = unit.try_solution()
    except PmlabError as problem:
        setup.send({"problem": str(problem)})
        return
    setup.send(answer)
    setup.close()
    gc.collect()
    gc.freeze()
    try:
        while True:
            reap()
            text, numbers, _, _ = socket.recv_fds(requests, 16, 1)
            if not text:
                return
            server = os.getpid()
            if os.fork() == 0:
                requests.close()
                _in_child(lambda n=numbers[0]: unit.answer(from_descriptor(n)), server)
            os.close(numbers[0])
    finally:
        unit.host.stop()


def _in_child(work: Any, parent: int) -> None:  # noqa: ANN401
    status = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        end_with(parent)
        work()
        status = 0
    finally:
        os._exit(status)


class Unit:
    """One unit's notebook, ready to judge submissions.

    Args:
        told: Names and settings, see ``pool.Engine``.
        buffers: The instructor's notebook, messages, and helper files.
        place: An empty folder that belongs to this process.
    """

    def __init__(self, told: dict[str, Any], buffers: list[bytes], place: Path) -> None:
        from pmlab.grading.limits import Limits
        from pmlab.grading.rebuild import Stubs
        from pmlab.grading.sandbox.tiers import Tier

        self._told = told
        self._limits = Limits(**told["limits"])
        self._tier = Tier(**told["tier"])
        self._stubs = Stubs(*told["stubs"])
        self._raw, self._messages_text, *contents = buffers
        self._files = dict(zip(told["files"], contents, strict=True))
        self._place = place
        self._changers: frozenset[str] = frozenset()
        self._givers: frozenset[str] | None = None  # not known before the trial

    def start(self) -> None:
        """Start the runner's server, and import and read what all submissions share."""
        from pmlab.case import cache
        from pmlab.grading.sandbox.host import Host

        self._read()
        folder = cache.folder()
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
        self.host = Host(
            self._tier,
            hidden=[Path(name) for name in self._told["hidden"]],
            preload=self._told["preload"],
            cache=folder,
            warm=self._warm_cells(),
        )
        self.host.start()
        load(self._told["preload"])
        self._warm_up()
        self.host.wait()

    def _read(self) -> None:
        from pmlab.checks import Messages
        from pmlab.grading.rebuild import read_notebook

        self._instructors = read_notebook(self._raw, most_bytes=2**30)
        self._metadata = json.loads(self._raw).get("metadata", {})
        self._messages = Messages()
        if self._messages_text:
            self._messages = Messages.from_json(self._messages_text.decode())
        for name, content in self._files.items():
            path = self._place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        os.chdir(self._place)
        sys.path.append(str(self._place))

    def _warm_cells(self) -> list[str]:
        """Return cells as learners have them, of a course that uses pmlab."""
        from pmlab.grading.rebuild import rebuild

        cells = [
            c for c in rebuild(self._instructors, None, self._stubs).cells if c.runs
        ]
        texts = [cell.released for cell in cells]
        return texts if any("pmlab" in text for text in texts) else []

    def _warm_up(self) -> None:
        """Do once, before the first fork, what each judge would do first."""
        from pmlab.case import use_variant
        from pmlab.grading.codec import Decoder
        from pmlab.grading.judge import check_cells, lasting, names
        from pmlab.grading.rebuild import rebuild

        rebuilt = rebuild(self._instructors, self._instructors, self._stubs)
        cells = [cell for cell in rebuilt.cells if cell.runs]
        for cell in cells:
            names.names_of(cell.instructors)
            with contextlib.suppress(SyntaxError):
                check_cells.compiled(cell.source, f"<{cell.id}>")
        lasting.asked_at_end(rebuilt.cells, names.plan(rebuilt.cells))
        Decoder([])
        if any("pmlab" in cell.instructors for cell in cells):
            space = check_cells.new_space()
            with use_variant(self._told["variant"]):
                for cell in cells:
                    if cell.kind == "given":
                        check_cells.run_here(cell.instructors, "warm", space)

    def try_solution(self) -> dict[str, Any]:
        """Grade the instructor's own solution; again if it changes its arguments."""
        answer = self._trial()
        load(answer.pop("imported_here", []))
        self.host.preload(answer.pop("imported_there", []))
        self._changers = frozenset(answer.get("changers", []))
        answer = self._trial() if self._changers else answer
        self._givers = frozenset(answer.get("givers", []))
        return answer

    def _trial(self) -> dict[str, Any]:
        ours, theirs = socket.socketpair()
        server = os.getpid()
        child = os.fork()
        if child == 0:
            ours.close()
            _in_child(lambda: self._report_solution(Channel(theirs)), server)
        theirs.close()
        channel = Channel(ours)
        channel.set_deadline(self._limits.total_seconds + _SPARE_SECONDS)
        try:
            answer: dict[str, Any] = channel.receive()[0]
        except EOFError:
            answer = {"problem": "the instructor's solution can't be graded"}
        channel.close()
        os.waitpid(child, 0)
        return answer

    def _report_solution(self, channel: Channel) -> None:
        before = frozenset(sys.modules)
        judged, _ = self._judge(
            self._instructors, self._told["variant"], self._files, note_modules=True
        )
        outcome = judged.outcome
        short = {
            check.cell: list(check.reasons)
            for check in outcome.checks
            if check.credit < check.points
        }
        channel.send(
            {
                "changers": sorted(judged.changers),
                "givers": sorted(judged.givers),
                "imported_here": sorted(sys.modules.keys() - before),
                "imported_there": sorted(judged.modules),
                "status": outcome.status,
                "credit": outcome.credit,
                "points": outcome.points,
                "short": short,
            }
        )

    def answer(self, channel: Channel) -> None:
        """Judge one submission and send back outcome and notebook."""
        from pmlab.grading.judge.paper import graded_notebook
        from pmlab.grading.rebuild import MalformedError, read_notebook

        # Whatever happens, this process ends: nothing in it can put that off.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(int(self._limits.total_seconds + _SPARE_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
        job, (raw, *contents) = channel.receive()
        problem, submission = "", None
        try:
            most = self._limits.notebook_mb * 2**20
            submission = read_notebook(raw, most_bytes=most)
        except MalformedError as error:
            problem = str(error)
        files = {**dict(zip(job["files"], contents, strict=True)), **self._files}
        judged, rebuilt = self._judge(submission, job["variant"], files)
        found = (problem,) if problem else judged.outcome.findings
        judged = dataclasses.replace(
            judged,
            outcome=dataclasses.replace(
                judged.outcome,
                findings=tuple(map(one_line, (*job["findings"], *found))),
                tier=self._tier.name,
                key=job["key"],
            ),
        )
        paper = graded_notebook(
            {"metadata": self._metadata}, rebuilt, judged, note=job["note"]
        )
        unanswered = [
            cell.id
            for cell in rebuilt.cells
            if cell.kind == "answer" and cell.source == cell.released
        ]
        told = {"outcome": dataclasses.asdict(judged.outcome), "unanswered": unanswered}
        channel.send(told, [paper])

    def _judge(
        self,
        submission: dict[str, Any] | None,
        variant: str,
        files: dict[str, bytes],
        *,
        note_modules: bool = False,
    ) -> Any:  # noqa: ANN401
        from pmlab.grading.judge import case_tables
        from pmlab.grading.judge.judging import judge
        from pmlab.grading.rebuild import rebuild
        from pmlab.grading.sandbox import bubblewrap
        from pmlab.grading.sandbox.host import open_session

        rebuilt = rebuild(self._instructors, submission, self._stubs)
        texts = [cell.instructors for cell in rebuilt.cells if cell.runs]
        case_tables.make(texts, variant)
        os.environ["PMLAB_VARIANT"] = variant
        # A copy of the learner's process waits for each check; see RunnerLink.
        copies = sum(cell.kind in ("check", "given") for cell in rebuilt.cells)
        limits = dataclasses.replace(
            self._limits, processes=self._limits.processes + copies
        )
        environment = {"PMLAB_VARIANT": variant}
        if self._tier.walled:
            environment["PMLAB_CACHE"] = bubblewrap.CACHE
        judged = judge(
            rebuilt,
            start=lambda: open_session(
                self.host.socket,
                limits=limits,
                environment=environment,
                files=files,
            ),
            limits=self._limits,
            messages=self._messages,
            variant=variant,
            changers=self._changers,
            givers=self._givers,
            note_modules=note_modules,
        )
        return judged, rebuilt


def _remove(place: Path) -> None:
    import shutil

    os.chdir("/")
    shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
