"""One submission's runner: cells, values and calls, each with a deadline.

First all cells run; where a check stands, a copy of the process is kept, unless the
process will do as it is at the end. Then the checks ask. When the learner's code ends
the program or does not answer, its processes are killed. The next question starts new
ones and runs the cells again that ended well before, for the checks that are left.
"""

import contextlib
import functools
import socket
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any, NoReturn

import numpy as np

from pmlab.grading.channel import Channel, TooSlowError
from pmlab.grading.codec import (
    Decoder,
    Encoder,
    FrameTooLargeError,
    NotPlainError,
    PlainDataError,
)
from pmlab.grading.codec.generators import holds_generator, move_on
from pmlab.grading.codec.values import Node
from pmlab.grading.judge import faults, origins, stand_ins, told_outputs
from pmlab.grading.judge.changes import equal, take_over
from pmlab.grading.limits import Limits
from pmlab.grading.sandbox.host import Session

_LENT = ("builtins", "math", "operator", "statistics", "numpy", "pandas", "pmlab")
_MOST_STARTS = 6
_SHARE_OF_CELLS = 2 / 3  # of the time: the rest is left for the checks


class OutOfTimeError(Exception):
    """The whole submission has used up its time."""


class RunnerLink:
    """The judge's side of the conversation.

    Args:
        start: Opens a new session.
        limits: What the submission may use.
        givers: Where objects of classes may come from; none by default.
    """

    def __init__(
        self,
        start: Callable[[], Session],
        *,
        limits: Limits,
        givers: origins.Givers | None = None,
    ) -> None:
        self._start = start
        self._limits = limits
        self.givers = givers or origins.Givers(frozenset(), frozenset())
        self._session: Session | None = None
        self._starts = 0
        self._careful = False
        # What to do again in a new session: cells, and where to keep copies.
        self._steps: list[str | int] = []
        self._copies: dict[int, Channel] = {}
        self._may_wait: set[int] = set()
        self._check: int | None = None
        self._copied = False
        self._began = time.monotonic()
        self._seconds = _SHARE_OF_CELLS * limits.total_seconds
        self.timeouts = 0
        self.crashes = 0
        self.truncated = False
        self.changers: set[str] = set()
        self.modules: set[str] | None = None  # what it imports, if that is asked for
        self.applies_changes: frozenset[str] = frozenset()
        self.rebound: Callable[[], tuple[list[str], dict[str, Any]]] = lambda: ([], {})

    def run_cell(self, source: str) -> list[dict[str, Any]]:
        """Run a cell of the notebook and return its outputs; never fails for long."""
        started = time.monotonic()
        try:
            reply, _ = self._asked(
                {
                    "op": "cell",
                    "source": source,
                    "most_bytes": self._limits.output_bytes,
                },
                seconds=self._limits.cell_seconds,
            )
        except faults.StoppedError as stopped:
            return [told_outputs.error(type(stopped).__name__, str(stopped))]
        if time.monotonic() - started < self._limits.cell_seconds:
            self._steps.append(source)
        self.truncated |= bool(reply.get("truncated"))
        return told_outputs.outputs(reply.get("outputs"), 2 * self._limits.output_bytes)

    def get(self, name: str) -> Any:  # noqa: ANN401
        """Return the value of a learner's name; raises ``KeyError`` without one."""
        reply, buffers = self._asked(
            {"op": "get", "name": name}, seconds=self._limits.call_seconds
        )
        if reply.get("missing"):
            raise KeyError(name)
        return self._decoded(reply.get("value"), buffers, origins.name(name))

    def keep_copy(self, number: int, *, may_wait: bool = False) -> None:
        """Keep a copy of the learner's process as it is now, for a check.

        Args:
            number: Position of the check.
            may_wait: Whether the process gives the same answers when all cells have
                run: then a copy is kept only once something has crashed.
        """
        self._steps.append(number)
        if may_wait:
            self._may_wait.add(number)
        if self._session is None:
            return
        try:
            self._keep(self._session, number)
        except (TooSlowError, EOFError, FrameTooLargeError):
            self.close()

    def begin_checks(self) -> None:
        """All cells have run; from here on there are questions of checks only."""
        self._seconds = self._limits.total_seconds
        self._starts = min(self._starts, 1)

    def begin_check(self, number: int) -> None:
        """Let the questions that follow go to the copy that was kept for a check.

        Args:
            number: Position of the check.
        """
        self._check = number
        self._copied = False

    def end_check(self) -> None:
        """Throw the copy away."""
        copy = self._copies.pop(-1 if self._check is None else self._check, None)
        if self.modules is not None:
            session = self._session
            self._note_modules(copy or (None if session is None else session.channel))
        if copy is not None:
            copy.close()

    def call(
        self,
        reference: stand_ins.Reference,
        arguments: tuple[Any, ...],
        keywords: dict[str, Any],
        *,
        origin: origins.Origin,
    ) -> Any:  # noqa: ANN401
        """Have a function of the learner's called.

        Args:
            reference: Which function.
            arguments: Positional arguments, plain data.
            keywords: Keyword arguments.
            origin: Where what it returns comes from.

        Returns:
            What it returns, as plain data.
        """
        lent: list[Callable[..., object]] = []
        hidden, replaced = self.rebound()
        encoder = Encoder(lambda value: _lend(value, lent))
        try:
            request = {
                "op": "call",
                "f": reference,
                "args": encoder.many(list(arguments)),
                "kwargs": encoder.encode(dict(keywords)),
                "hide": hidden,
                "set": {name: encoder.encode(new) for name, new in replaced.items()},
            }
        except NotPlainError as problem:
            raise stand_ins.NotComparableError(
                f"the check hands over {problem}, which is no plain data"
            ) from None
        reply, buffers = self._asked(
            request,
            buffers=encoder.buffers,
            seconds=self._limits.call_seconds,
            lent=lent,
            origin=origins.handed(origin),
        )
        for argument in arguments:
            if isinstance(argument, np.random.Generator):
                move_on(argument)
        _pass_on(reply)
        if isinstance(reply.get("raised"), dict):
            told = reply["raised"]
            faults.raise_from_her_line(faults.equivalent(told), told)
        both = reply.get("value")
        if type(both) is not list or len(both) != 2:
            return self._decoded(both, buffers, origin)
        value = self._decoded(both[0], buffers, origin)
        if reply.get("changed"):
            after = self._decoded(both[1], buffers, origins.changed(origin))
            if type(after) is list:
                self._note_changes(reference, arguments, after)
        return value

    def close(self) -> None:
        """Kill the learner's processes."""
        for copy in self._copies.values():
            copy.close()
        self._copies.clear()
        if self._session is not None:
            self._session.end()
            self._session = None
        self._copied = False

    def _note_modules(self, channel: Channel | None) -> None:
        if self.modules is None or channel is None:
            return
        with contextlib.suppress(TooSlowError, EOFError, FrameTooLargeError):
            channel.set_deadline(self._limits.call_seconds)
            channel.send({"op": "modules"})
            self.modules.update(channel.receive()[0]["modules"])

    def _note_changes(
        self,
        reference: stand_ins.Reference,
        before: tuple[Any, ...],
        after: list[Any],
    ) -> None:
        """Note what a function did to its arguments.

        The judge's own tables stay as they are: else a function could change what it
        is compared with. Only what the instructor's own solution changes is taken over,
        and never a random generator: its state says what the check draws next.
        """
        name = reference[1] if stand_ins.is_name(reference[1]) else "(no name)"
        for old, new in zip(before, after, strict=False):
            if type(old) is not type(new) or isinstance(old, np.random.Generator):
                continue
            if equal(old, new):
                continue
            self.changers.add(name)
            if name in self.applies_changes and not holds_generator(new):
                take_over(old, new)

    def _asked(
        self,
        request: dict[str, Any],
        *,
        buffers: Sequence[bytes] = (),
        seconds: float,
        lent: Sequence[Callable[..., object]] = (),
        origin: origins.Origin = frozenset(),
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Send a question and return the answer; raises ``StoppedError``."""
        channel = self._ready()
        channel.set_deadline(self._left(seconds))
        try:
            if self._check is not None and self._careful and not self._copied:
                channel.send({"op": "check"})
                reply, parts = channel.receive()
                self._copied = reply.get("copy") is True
            channel.send(request, buffers)
            while True:
                reply, parts = channel.receive()
                if "back" not in reply:
                    break
                channel.send(*self._answered(reply, parts, lent, origin))
        except TooSlowError:
            self.timeouts += 1
            self.close()
            raise faults.StoppedError(
                f"your code did not end within {seconds:g} seconds; is there a loop "
                "without an end?"
            ) from None
        except EOFError:
            self._crash()
        except FrameTooLargeError:
            self.close()
            self.truncated = True
            raise faults.StoppedError(
                "your code gave back more than can be taken"
            ) from None
        if "ended" in reply:  # the copy is gone, the notebook itself is as before
            self._copied = False
            self._crash(keep=True)
        return reply, parts

    def _crash(self, *, keep: bool = False) -> NoReturn:
        self.crashes += 1
        if not keep:
            self.close()
        raise faults.StoppedError(
            "your code ended the program, or used more memory than there is"
        ) from None

    def _answered(
        self,
        reply: dict[str, Any],
        parts: list[bytes],
        lent: Sequence[Callable[..., object]],
        origin: origins.Origin,
    ) -> tuple[dict[str, Any], list[bytes]]:
        """Call a function of the check that the learner's code was lent."""
        try:
            arguments, keywords = self._decoded(reply.get("value"), parts, origin)
            value = lent[int(reply["back"])](*arguments, **keywords)
            encoder = Encoder(lambda item: _lend(item, []))
            return {"value": encoder.encode(value)}, encoder.buffers
        except Exception as error:  # noqa: BLE001 - wrong arguments, or no plain data
            return {"raised": f"{type(error).__name__}: {error}"[:500]}, []

    def _ready(self) -> Channel:
        """Return the way to ask; start a session, run the cells again if it is gone."""
        session = self._session or self._started()
        if self._check is None or self._waits(self._check):
            return session.channel
        if self._check not in self._copies:
            raise faults.StoppedError("your code ended the program")
        return self._copies[self._check]

    def _started(self) -> Session:
        if self._starts >= _MOST_STARTS:
            raise faults.StoppedError("your code ended the program too often")
        # A copy that crashed takes all with it once; from then on copies have copies.
        self._careful = self._starts > 0
        self._starts += 1
        self._left(0)
        try:
            session = self._session = self._start()
            for step in self._steps:
                if isinstance(step, str):
                    self._run_again(session.channel, step)
                elif self._check is None or step >= self._check:
                    self._keep(session, step)
        except (TooSlowError, EOFError, FrameTooLargeError):
            self.crashes += 1
            self.close()
            raise faults.StoppedError("your code ended the program") from None
        return session

    def _run_again(self, channel: Channel, source: str) -> None:
        channel.set_deadline(self._left(self._limits.cell_seconds))
        channel.send({"op": "cell", "source": source, "most_bytes": 0})
        channel.receive()

    def _waits(self, number: int) -> bool:
        return number in self._may_wait and not self._careful

    def _keep(self, session: Session, number: int) -> None:
        if self._waits(number):
            return
        ours, theirs = socket.socketpair()
        copy = Channel(ours, most_bytes=self._limits.answer_mb * 2**20)
        with theirs:
            # Even when the time for cells is used up: checks need it.
            session.channel.set_deadline(self._limits.call_seconds)
            session.channel.send({"op": "keep"})
            session.channel.give(theirs.fileno())
            reply, _ = session.channel.receive()
        if reply.get("kept") is not True:
            copy.close()
            raise EOFError
        self._copies[number] = copy

    def _left(self, seconds: float) -> float:
        left = self._began + self._seconds - time.monotonic()
        if left <= 0:
            raise OutOfTimeError
        return min(seconds, left)

    def _decoded(self, node: Node, buffers: list[bytes], origin: origins.Origin) -> Any:  # noqa: ANN401
        special = {
            "function": lambda _, told: stand_ins.function(
                told, functools.partial(self.call, origin=origins.called(origin))
            ),
            "object": lambda _, told: self._object(told, origin),
        }
        try:
            return Decoder(buffers, special).decode(node)
        except PlainDataError as problem:
            told = {"k": ["object"], "f": [], "why": str(problem)[:200]}
            return stand_ins.object_(told, None)

    def _object(self, told: dict[str, Any], origin: origins.Origin) -> Any:  # noqa: ANN401
        classes = self.givers.classes(stand_ins.kinds_of(told), origin)

        def apply(
            reference: stand_ins.Reference,
            arguments: tuple[Any, ...],
            keywords: dict[str, Any],
        ) -> Any:  # noqa: ANN401
            member = origins.member(classes, reference[1], arguments)
            return self.call(reference, arguments, keywords, origin=member)

        return stand_ins.object_(told, apply if classes else None)


def _lend(value: object, lent: list[Callable[..., object]]) -> Node:
    """Return the node of a function or object that goes to the learner's code."""
    own = getattr(value, "__dict__", {})
    if stand_ins.MARK in own:
        return {"t": "ref", "f": own[stand_ins.MARK]}
    module = value.__name__ if isinstance(value, ModuleType) else None
    module = module or getattr(value, "__module__", None)
    name = getattr(value, "__qualname__", "")
    if isinstance(module, str) and module.split(".")[0] in _LENT and "<" not in name:
        return {"t": "import", "m": module, "n": name}
    if callable(value):
        lent.append(value)
        return {"t": "callback", "i": len(lent) - 1}
    raise NotPlainError(f"a value of the type {type(value).__name__}")


def _pass_on(reply: dict[str, Any]) -> None:
    """Print and warn what the learner's code printed and warned."""
    printed, complained = reply.get("printed"), reply.get("complained")
    if isinstance(printed, str) and printed:
        sys.stdout.write(printed[:100_000])
    if isinstance(complained, str) and complained:
        sys.stderr.write(complained[:1000])
    for text in list(reply.get("warned") or [])[:3]:
        warnings.warn(str(text)[:300], stacklevel=3)
