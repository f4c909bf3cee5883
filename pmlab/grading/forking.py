"""What both servers that fork need: children that have ended are put to rest."""

import contextlib
import os


def reap() -> None:
    """Wait for the children that have ended, without waiting for the others.

    Their processor time then counts as this process's; as ignored signals it would not.
    """
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
