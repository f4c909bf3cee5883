"""Keeps what a learner's code warns and prints out of the way of a verdict."""

import contextlib
import io
import logging
import sys
import warnings
from collections.abc import Callable
from typing import TextIO

from pmlab.checks import variants


def enter(stack: contextlib.ExitStack) -> Callable[[], list[str]]:
    """Catch warnings, logs and stderr; let prints pass until hidden data are drawn.

    Args:
        stack: Takes the ways back.

    Returns:
        A function that returns the lines caught so far.
    """
    caught = stack.enter_context(warnings.catch_warnings(record=True))
    warnings.simplefilter("default")
    stderr = stack.enter_context(contextlib.redirect_stderr(io.StringIO()))
    visible_only = _UntilHidden(sys.stdout, variants.times_drawn())
    stack.enter_context(contextlib.redirect_stdout(visible_only))
    disabled = logging.root.manager.disable
    logging.disable()
    stack.callback(logging.disable, disabled)
    return lambda: [
        *(str(item.message) for item in caught),
        *stderr.getvalue().splitlines(),
    ]


class _UntilHidden(io.TextIOBase):
    """Passes prints on until hidden data are drawn; those stay hidden."""

    def __init__(self, stream: TextIO, drawn_before: int) -> None:
        self._stream, self._drawn_before = stream, drawn_before

    def write(self, text: str) -> int:
        if variants.times_drawn() == self._drawn_before:
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        self._stream.flush()
