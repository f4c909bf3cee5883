"""A whole submission: from two notebooks to credit, reasons and the graded notebook."""

import contextlib
import dataclasses
import time
from collections.abc import Callable, Iterator
from typing import Any

from pmlab.case import use_variant
from pmlab.checks import Messages, use_messages, use_root
from pmlab.grading.judge import check_cells, faults, names
from pmlab.grading.judge.check_cells import Checked
from pmlab.grading.judge.lasting import asked_at_end
from pmlab.grading.judge.origins import Givers
from pmlab.grading.judge.runner_link import OutOfTimeError, RunnerLink
from pmlab.grading.limits import Limits
from pmlab.grading.outcome import CheckOutcome, Outcome, Status
from pmlab.grading.rebuild import Cell, Rebuilt
from pmlab.grading.sandbox.host import Session


@dataclasses.dataclass(frozen=True, kw_only=True)
class Judged:
    """The outcome and what stands under each cell.

    Attributes:
        outcome: Credit and status.
        outputs: Outputs by position of the cell.
        changers: Functions of the learner's that changed what they were given.
        givers: Where objects of the task's classes came from.
        modules: What her code imported, if that was asked for.
    """

    outcome: Outcome
    outputs: dict[int, list[dict[str, Any]]]
    changers: frozenset[str] = frozenset()
    givers: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()


def judge(
    rebuilt: Rebuilt,
    *,
    start: Callable[[], Session],
    limits: Limits,
    messages: Messages,
    variant: str = "",
    changers: frozenset[str] = frozenset(),
    givers: frozenset[str] | None = None,
    note_modules: bool = False,
) -> Judged:
    """Run a rebuilt notebook in the runner and its checks here.

    Args:
        rebuilt: The notebook.
        start: Opens a session for the learner's code.
        limits: What it may use.
        messages: The words for known wrong answers.
        variant: The owner's variant of the case; empty for the one in force.
        changers: Functions of the instructor's solution that change their arguments.
        givers: Where objects came from in the trial of that solution; None in it.
        note_modules: Ask what the code imported; only the instructor's own is asked.

    Returns:
        The outcome, and the outputs of all cells.
    """
    began = time.monotonic()
    work = _Work(rebuilt, start=start, limits=limits, changers=changers, givers=givers)
    if note_modules:
        work.link.modules = set()
    with contextlib.ExitStack() as settings:
        if variant:
            settings.enter_context(use_variant(variant))
        settings.enter_context(use_messages(messages))
        settings.enter_context(use_root("hidden"))
        work.run()
    outcome = Outcome(
        status=work.status,
        findings=tuple(work.findings),
        variant=variant,
        seconds=round(time.monotonic() - began, 3),
        checks=tuple(work.checks),
    )
    return Judged(
        outcome=outcome,
        outputs=work.outputs,
        changers=frozenset(work.link.changers),
        givers=frozenset(work.link.givers.noted),
        modules=frozenset(work.link.modules or ()),
    )


class _Work:
    """One pass over the cells."""

    def __init__(
        self,
        rebuilt: Rebuilt,
        *,
        start: Callable[[], Session],
        limits: Limits,
        changers: frozenset[str],
        givers: frozenset[str] | None,
    ) -> None:
        self._rebuilt = rebuilt
        self._plan = names.plan(rebuilt.cells)
        self.link = RunnerLink(
            start, limits=limits, givers=Givers(self._plan.classes, givers)
        )
        self.link.applies_changes = changers
        self.link.rebound = self._rebound
        self._asked_at_end = asked_at_end(rebuilt.cells, self._plan)
        self._space = check_cells.new_space()
        self._fetched: dict[str, object] = {}
        self._late = self._late_checks = False
        self._broken: list[str] = []
        self.outputs: dict[int, list[dict[str, Any]]] = {}
        self.checks: list[CheckOutcome] = []

    @property
    def status(self) -> Status:
        """The one status of the submission."""
        if not self._rebuilt.readable:
            return "malformed"
        if self.link.crashes:
            return "crashed"
        if self.link.timeouts or self._late:
            return "timeout"
        if self._rebuilt.findings:
            return "tampered"
        return "partial" if self.link.truncated or self._broken else "graded"

    @property
    def findings(self) -> Iterator[str]:
        """What the instructor should know, as sentences."""
        yield from self._rebuilt.findings
        if self.link.timeouts:
            yield f"The code did not end in time, {self.link.timeouts} time(s)."
        if self.link.crashes:
            yield f"The code ended the program, {self.link.crashes} time(s)."
        if self._late:
            yield "The time for the whole submission was used up."
        if self.link.truncated:
            yield "The code printed or gave back more than is kept; it was cut."
        for name in sorted(self.link.changers - self.link.applies_changes):
            yield f"The function “{name}” changes what it is given."
        yield from self._broken

    def run(self) -> None:
        """Go through the cells in order: first there, all of them, then here.

        No cell of the learner's runs after a hidden test has shown its inputs.
        """
        cells = [item for item in enumerate(self._rebuilt.cells) if item[1].runs]
        try:
            if self._rebuilt.readable:
                for number, cell in cells:
                    self._run_there(number, cell)
            self.link.begin_checks()
            for number, cell in cells:
                self._run_here(number, cell)
        finally:
            self.link.close()

    def _run_here(self, number: int, cell: Cell) -> None:
        if cell.kind == "check":
            checked = self._check(number, cell)
            self.checks.append(checked.outcome)
            self.outputs[number] = checked.outputs
        elif number in self._plan.run_here:
            self._given(number, cell)
        elif number in self._plan.imports_here:
            self._imports(number, cell)

    def _run_there(self, number: int, cell: Cell) -> None:
        if number in self._plan.asks:
            self.link.keep_copy(number, may_wait=number in self._asked_at_end)
        if cell.kind == "check" or self._late or not cell.source.strip():
            return
        try:
            self.outputs[number] = self.link.run_cell(cell.source)
        except OutOfTimeError:
            self._late = True
        except Exception:  # noqa: BLE001 - an answer no runner of ours gives
            self.link.crashes += 1
            self.link.close()

    def _check(self, number: int, cell: Cell) -> Checked:
        if not self._rebuilt.readable:
            return check_cells.unjudged(cell, "there is no readable notebook")
        if self._late_checks:
            return check_cells.unjudged(cell, "the time for the notebook was used up")
        try:
            with self._asking(number):
                ran = check_cells.run_here(cell.source, cell.id, self._space)
                # While there is someone to ask for the texts of her objects.
                checked = check_cells.judged(cell, ran)
        except OutOfTimeError:
            self._late = self._late_checks = True
            return self._check(number, cell)
        except faults.StoppedError as stopped:
            return check_cells.unjudged(cell, str(stopped))
        except Exception:  # noqa: BLE001 - an answer no runner of ours gives
            self.link.crashes += 1
            self.link.close()
            return check_cells.unjudged(cell, "the answers of the code make no sense")
        broken = isinstance(ran.error, SyntaxError | ImportError)
        if broken and not faults.is_learners(ran.error):
            self._broken.append(f"The check cell “{cell.id}” itself has an error.")
        return checked

    def _given(self, number: int, cell: Cell) -> None:
        """Run a cell of the instructor's here, too: checks use what it binds."""
        stopped = contextlib.suppress(OutOfTimeError, faults.StoppedError)
        with stopped, self._asking(number):
            check_cells.run_here(cell.source, f"given {number}", self._space)

    def _imports(self, number: int, cell: Cell) -> None:
        """Import here what the instructor's own solution imports."""
        import ast

        tree = names.parse(cell.instructors)
        lines = [] if tree is None else tree.body
        for line in lines:
            if isinstance(line, ast.Import | ast.ImportFrom):
                text = ast.unparse(line)
                check_cells.run_here(text, f"imports {number}", self._space)

    @contextlib.contextmanager
    def _asking(self, number: int) -> Iterator[None]:
        """Put the learner's part of the names in place; let calls go to a copy."""
        self.link.begin_check(number)
        try:
            self._fetch(number)
            yield
        finally:
            self.link.end_check()

    def _fetch(self, number: int) -> None:
        own = self._plan.learners[number - 1] if number else frozenset()
        self._fetched = {}
        for name in sorted(self._plan.used[number]):
            known = name in self._space or names.is_built_in(name)
            if name not in own and (known or name.startswith("__")):
                continue
            if number not in self._plan.asks:
                continue
            try:
                self._fetched[name] = self._space[name] = self.link.get(name)
            except KeyError:
                self._space.pop(name, None)

    def _rebound(self) -> tuple[list[str], dict[str, Any]]:
        """Return which of the learner's names the check has deleted or replaced."""
        gone = [name for name in self._fetched if name not in self._space]
        new = {
            name: self._space[name]
            for name, value in self._fetched.items()
            if name in self._space and self._space[name] is not value
        }
        return gone, new
