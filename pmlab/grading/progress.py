"""A line that says how far a long step is and how long it will still take."""

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TextIO, TypeVar

Item = TypeVar("Item")
_WIDTH = 24


def with_progress(
    items: Iterable[Item], what: str, *, total: int, stream: TextIO | None = None
) -> Iterator[Item]:
    """Pass items on and show a bar on the screen; nothing where there is no screen.

    Args:
        items: What there is to do.
        what: What is done to them, such as ``"feedback"``.
        total: How many there are, about.
        stream: Where to; standard error by default.

    Yields:
        The items.
    """
    out = sys.stderr if stream is None else stream
    if not out.isatty() or total < 2:
        yield from items
        return
    start = time.monotonic()
    for done, item in enumerate(items):
        out.write(f"\r{bar(what, min(done, total), total, time.monotonic() - start)}")
        out.flush()
        yield item
    out.write(f"\r{bar(what, total, total, time.monotonic() - start)}\n")


def bar(what: str, done: int, total: int, seconds: float) -> str:
    """Return the line.

    >>> bar("feedback", 5, 20, 10.0)
    'feedback ######------------------   5/20, 30 s left  '
    """
    filled = _WIDTH * done // total
    left = f"{seconds / done * (total - done):.0f} s left" if done else "starting"
    width = len(str(total)) + 1
    marks = "#" * filled + "-" * (_WIDTH - filled)
    return f"{what} {marks} {done:>{width}}/{total}, {left}  "
