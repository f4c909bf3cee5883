"""Keeps JupyterHub's idle culler running, and ends it with the hub.

A hub that is killed leaves its services behind; one culler more would stay each time.
"""

import os
import signal
import sys

from pmlab.hub.course_server import Keeper


def main() -> int:
    """Run the culler with the options of this process until the hub ends."""
    command = [sys.executable, "-m", "jupyterhub_idle_culler", *sys.argv[1:]]
    keeper = Keeper(command, os.environ, name="the idle culler")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, keeper.stop)
    keeper.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
