"""Answers the judge, message by message: run a cell, give a value, call a function.

A check cell talks to a copy of this process, made when the notebook got there, that
waits until all cells have run and is thrown away afterwards: what a hidden call changes
or crashes is gone, and no cell can show what it was given.
"""

import contextlib
import io
import os
import sys
import warnings
from collections.abc import Callable
from typing import Any, NoReturn

from pmlab.grading.channel import Channel
from pmlab.grading.codec import Encoder, NotPlainError, PlainDataError
from pmlab.grading.runner.exports import Exports, raised
from pmlab.grading.runner.shell import Shell

_MOST_TEXT = 100_000
Reply = tuple[dict[str, Any], list[bytes]]


class Session:
    """One submission's notebook, alive.

    Args:
        channel: The way to the judge.
        shell: The IPython to run cells in.
    """

    def __init__(self, channel: Channel, shell: Shell) -> None:
        self._channel = channel
        self._shell = shell
        self._exports = Exports(shell.user_ns, self._ask_back)
        self._operations: dict[str, Callable[..., Reply]] = {
            "cell": self._cell,
            "get": self._get,
            "call": self._call,
            "keep": self._keep,
            "check": self._check,
            "modules": self._modules,
        }
        self._before = frozenset(sys.modules)

    def serve(self) -> None:
        """Answer until the judge hangs up."""
        while True:
            try:
                request, buffers = self._channel.receive()
            except EOFError:
                return
            reply, parts = self._operations[request["op"]](request, buffers)
            if reply:
                self._channel.send(reply, parts)

    def _cell(self, request: dict[str, Any], _: list[bytes]) -> Reply:
        most = int(request["most_bytes"])
        ok, outputs = self._shell.run(request["source"], most_bytes=most)
        for output in outputs.items:
            if output["output_type"] == "stream":
                output["text"] = "".join(output["text"])
        truncated = outputs.truncated
        return {"ok": ok, "outputs": outputs.items, "truncated": truncated}, []

    def _get(self, request: dict[str, Any], _: list[bytes]) -> Reply:
        try:
            node, buffers = self._exports.named(request["name"])
        except NameError:
            return {"missing": True}, []
        return {"value": node}, buffers

    def _keep(self, _: dict[str, Any], __: list[bytes]) -> Reply:
        """Let a copy of this process wait for questions on a channel of its own."""
        own = self._channel.take()
        if os.fork() == 0:
            self._channel.close()
            self._channel = own
            self._answer_as_copy()
        own.close()
        return {"kept": True}, []

    def _check(self, _: dict[str, Any], __: list[bytes]) -> Reply:
        """Let a copy of this process answer until it ends or is told to."""
        child = os.fork()
        if child == 0:
            self._channel.send({"copy": True})
            self._answer_as_copy()
        ended = os.waitpid(child, 0)[1]
        return {"ended": ended == 0}, []

    def _modules(self, _: dict[str, Any], __: list[bytes]) -> Reply:
        """Tell what was imported from elsewhere than the folder of the notebook."""
        here = os.getcwd() + os.sep
        new = [
            name
            for name in sys.modules.keys() - self._before
            if not str(getattr(sys.modules[name], "__file__", here)).startswith(here)
        ]
        return {"modules": sorted(new)}, []

    def _answer_as_copy(self) -> NoReturn:
        status = 1
        try:
            self.serve()
            status = 0
        finally:
            os._exit(status)

    def _call(self, request: dict[str, Any], buffers: list[bytes]) -> Reply:
        printed, complained = io.StringIO(), io.StringIO()
        with contextlib.ExitStack() as calm:
            noted = calm.enter_context(warnings.catch_warnings(record=True))
            warnings.simplefilter("default")
            calm.enter_context(contextlib.redirect_stdout(printed))
            calm.enter_context(contextlib.redirect_stderr(complained))
            reply, parts = self._called(request, buffers)
        reply["warned"] = [str(item.message)[:300] for item in noted][:3]
        reply["printed"] = printed.getvalue()[:_MOST_TEXT]
        reply["complained"] = complained.getvalue()[:1000]
        return reply, parts

    def _called(self, request: dict[str, Any], buffers: list[bytes]) -> Reply:
        decode = self._exports.decode
        names = self._shell.user_ns
        before = {name: names[name] for name in request["hide"] if name in names}
        for name in before:
            del names[name]
        try:
            arguments = decode(request["args"], buffers)
            keywords = decode(request["kwargs"], buffers)
            for name, node in request["set"].items():
                before.setdefault(name, names.get(name))
                names[name] = decode(node, buffers)
            function = self._exports.find(request["f"])
            value = function(*arguments, **keywords)
        except BaseException as error:  # noqa: BLE001 - the learner's code
            return {"raised": raised(error, names)}, []
        finally:
            names.update(before)
        changed = _changed(request, buffers, arguments, keywords)
        node, parts = self._exports.encode([value, arguments if changed else None])
        return {"value": node, "changed": changed}, parts

    def _ask_back(
        self, number: int, arguments: list[Any], keywords: dict[str, Any]
    ) -> object:
        node, parts = self._exports.encode([arguments, keywords])
        self._channel.send({"back": number, "value": node}, parts)
        reply, buffers = self._channel.receive()
        if "raised" in reply:
            raise RuntimeError(str(reply["raised"]))
        return self._exports.decode(reply["value"], buffers)


def _changed(
    request: dict[str, Any],
    buffers: list[bytes],
    arguments: list[Any],
    keywords: dict[str, Any],
) -> bool:
    """Tell whether arguments differ from how they came."""
    encoder = Encoder(lambda _: None)
    try:
        nodes = encoder.many(arguments), encoder.encode(keywords)
    except (NotPlainError, PlainDataError):
        return False
    came = request["args"], request["kwargs"]
    return nodes != came or encoder.buffers != buffers[: len(encoder.buffers)]


def silence() -> None:
    """Send what is written past Python's streams to nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    os.close(nowhere)
    sys.stdin = io.StringIO()
