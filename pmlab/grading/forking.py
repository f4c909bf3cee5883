"""What both servers that fork need: imports before, and an end for each child."""

import contextlib
import ctypes
import importlib
import os
import signal
from collections.abc import Iterable

_PR_SET_PDEATHSIG = 1


def load(modules: Iterable[str]) -> None:
    """Import modules, so that no child has to; one that can't be is left out.

    Args:
        modules: Their full names. Who needs one that is missing meets it then.
    """
    for name in modules:
        with contextlib.suppress(Exception):
            importlib.import_module(name)


def end_with_parent() -> None:
    """Let this process be killed when its parent ends, however that ends.

    Raises:
        OSError: If the kernel does not take that.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"prctl: {os.strerror(number)}")


def end_with(parent: int) -> None:
    """Let this process be killed when its parent ends, or has ended since the fork.

    Args:
        parent: The parent's number, asked for before the fork.
    """
    with contextlib.suppress(OSError):
        end_with_parent()
    if os.getppid() != parent:  # it ended before
        os._exit(1)


def reap() -> None:
    """Wait for the children that have ended, without waiting for the others.

    Their processor time then counts as this process's; as ignored signals it would not.
    """
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
