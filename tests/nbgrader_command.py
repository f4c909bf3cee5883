"""nbgrader's own commands, as a user starts them."""

import os
import subprocess
import sys
from pathlib import Path


def nbgrader(folder, *words, **variables):
    """Run a command of nbgrader that must work in a course folder; return it.

    The course is one that nobody set up: of our variables, only those given are there.
    """
    done = run_nbgrader(folder, *words, **variables)
    assert done.returncode == 0, done.stderr[-3000:]
    return done


def run_nbgrader(folder, *words, **variables):
    """Run a command of nbgrader that may fail; return it."""
    kept = {n: value for n, value in os.environ.items() if not n.startswith("PMLAB_")}
    # A new gradebook is made by alembic, a program that lies beside Python.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=folder,
        env=kept | {"PATH": path} | variables,
        check=False,
        capture_output=True,
        text=True,
        timeout=600,
    )
