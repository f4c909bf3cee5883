"""Fresh data for the hidden checks: variant codes nobody has worked on.

The codes follow from a root. Grading uses the fixed root, so grading twice gives the
same points; ``pmlab author verify`` goes through many roots to prove that a unit holds
on all of them.
"""

import contextlib
import contextvars
import hashlib
from collections.abc import Iterator

import numpy as np

_root = contextvars.ContextVar("pmlab_check_root", default="hidden")
_count = contextvars.ContextVar[int | None]("pmlab_check_count", default=None)
_current = contextvars.ContextVar("pmlab_check_variant", default="")
_drawn = contextvars.ContextVar("pmlab_check_drawn", default=0)


def variants(count: int) -> list[str]:
    """Return variant codes for a hidden check.

    Args:
        count: How many codes to draw.

    Returns:
        Codes of ten characters, the same on each run under the same root.

    Examples:
        >>> variants(2) == variants(2)
        True
    """
    _drawn.set(_drawn.get() + 1)
    root = _root.get()
    return _Codes(
        hashlib.sha256(f"{root}/{position}".encode()).hexdigest()[:10]
        for position in range(_count.get() or count)
    )


def rng(variant: str) -> np.random.Generator:
    """Return a random generator that depends on the variant code only.

    Args:
        variant: Any text, usually a code from ``variants``.

    Returns:
        A NumPy generator.

    Examples:
        >>> rng("a").integers(100) == rng("a").integers(100)
        np.True_
    """
    digest = hashlib.sha256(f"check/{variant}".encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))


@contextlib.contextmanager
def use_root(root: str, *, count: int | None = None) -> Iterator[None]:
    """Let the hidden checks inside the block draw other variants.

    Args:
        root: Any text.
        count: Draw this many at a time, whatever a check asks for.
    """
    tokens = _root.set(root), _count.set(count)
    try:
        yield
    finally:
        _root.reset(tokens[0])
        _count.reset(tokens[1])


class _Codes(list[str]):
    """Codes that tell which of them a loop is at."""

    def __iter__(self) -> Iterator[str]:
        try:
            for code in super().__iter__():
                _current.set(code)
                yield code
        finally:
            _current.set("")


def current() -> str:
    """Return the hidden variant that a check is at; empty in the visible part."""
    return _current.get()


def times_drawn() -> int:
    """Return how often hidden variants were drawn so far in this context."""
    return _drawn.get()
