"""What this machine allows, tried out rather than guessed, and its name."""

import dataclasses
import functools
import os
import subprocess
import sys
from pathlib import Path

from pmlab.errors import PmlabError
from pmlab.grading.sandbox import bubblewrap

_TRY = (
    "import json, os, socket, sys\n"
    "from pmlab.grading.runner import shut_in\n"
    "shut_in.become_nobody() if sys.argv[1] == 'drop' else None\n"
    "one, other = socket.socketpair()\n"
    "limits = json.loads(sys.argv[2])\n"
    "def run():\n"
    "    assert os.getpid() == 1 and os.listdir() == os.listdir('/proc') == []\n"
    "status = shut_in.keep(run, control=one.fileno(), limits=limits, namespaces=True)\n"
    "sys.exit(status != 0)\n"
)
_LIMITS = '{"memory_mb": 2048, "file_mb": 8, "total_seconds": 10, "processes": 32}'
_SECONDS = 30


class NoSandboxError(PmlabError):
    """No wall can be built here, and nobody said that none is needed."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Tier:
    """A kind of wall around learners' code.

    Attributes:
        name: ``"namespaces"``, ``"separate user"`` or ``"none"``.
        words: What it is, for people.
        as_root: Whether the walls are built with the rights of root.
    """

    name: str
    words: str
    as_root: bool = False

    @property
    def walled(self) -> bool:
        """Whether files and network are out of reach."""
        return self.name == "namespaces"


NAMESPACES = Tier(
    name="namespaces",
    words="sandboxed: own namespaces, no network, no files but a scratch folder",
)
SEPARATE_USER = Tier(
    name="separate user",
    words="weaker: a user of its own with limits; the network, and files that everyone "
    "may read or write, are within reach of learners' code",
    as_root=True,
)
NONE = Tier(
    name="none",
    words="not sandboxed: learners' code runs with your rights, as you asked",
)


def choose(*, trust_submissions: bool = False) -> Tier:
    """Return the best tier that works here.

    Args:
        trust_submissions: Run without walls where none can be built.

    Returns:
        The tier.

    Raises:
        NoSandboxError: If there is none, and submissions are not trusted.
    """
    found, problem = _probed(os.environ.get("PATH", ""))
    if found is not None:
        return found
    if trust_submissions:
        return NONE
    raise NoSandboxError(
        f"learners' code can't be shut in on this machine: {problem} "
        "Install bubblewrap on Linux (apt install bubblewrap), or grade in a Linux "
        "virtual machine or container that allows user namespaces. With "
        "--trust-submissions their code runs with your rights; do that only with "
        "what people you trust have sent."
    )


@functools.cache
def _probed(_search_path: str) -> tuple[Tier | None, str]:
    problem = _first_problem()
    is_root = hasattr(os, "getuid") and os.getuid() == 0
    if not problem:
        for as_root in (True, False) if is_root else (False,):
            problem = _tried(as_root=as_root)
            if not problem:
                return dataclasses.replace(NAMESPACES, as_root=as_root), ""
    if is_root and sys.platform == "linux" and _nobody_can_run():
        return SEPARATE_USER, problem
    return None, problem


def _first_problem() -> str:
    if sys.platform != "linux":
        return f"there is no sandbox for {sys.platform} yet."
    if bubblewrap.program() is None:
        return "the program bwrap (bubblewrap) is not installed."
    return ""


def _tried(*, as_root: bool) -> str:
    """Build the walls once; return what stops them, empty if nothing."""
    words = bubblewrap.command(as_root=as_root, hidden=[])
    drop = "drop" if as_root else "stay"
    code = [sys.executable, "-I", "-c", _import_path() + _TRY, drop, _LIMITS]
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            [*words, *code],
            check=False,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"bwrap does not start ({error})."
    if done.returncode == 0:
        return ""
    last = (done.stderr.strip().splitlines() or ["no message"])[-1]
    return f"bwrap can't make namespaces here ({last[:200]})."


def _nobody_can_run() -> bool:
    """Tell whether another user may read this Python and its packages."""
    code = _import_path() + "import numpy, pmlab.grading.runner.server"
    try:
        done = subprocess.run(  # noqa: S603 - our own words
            [sys.executable, "-I", "-c", code],
            check=False,
            capture_output=True,
            timeout=_SECONDS,
            user=65534,
            group=65534,
            extra_groups=[],
            cwd="/",
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _import_path() -> str:
    folder: Path = bubblewrap.PACKAGE.parent
    return f"import sys; sys.path.append({str(folder)!r})\n"
