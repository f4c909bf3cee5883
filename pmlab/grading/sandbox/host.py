"""Starts the server inside the walls and opens sessions in it."""

import contextlib
import dataclasses
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from pmlab.errors import PmlabError
from pmlab.grading.channel import Channel
from pmlab.grading.limits import Limits
from pmlab.grading.runner import shut_in
from pmlab.grading.sandbox import bubblewrap
from pmlab.grading.sandbox.tiers import Tier

_START_SECONDS = 120
_END_SECONDS = 3
_NAMES_AT_ONCE = 200  # a request has an end
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "PATH": "/usr/bin:/bin",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PLOTLY_RENDERER": "plotly_mimetype",
    # One thread each: many submissions are run at a time.
    **dict.fromkeys(
        (
            "OMP_NUM_THREADS",
            "OPENBLAS_NUM_THREADS",
            "MKL_NUM_THREADS",
            "NUMEXPR_NUM_THREADS",
            "POLARS_MAX_THREADS",
        ),
        "1",
    ),
}


class NoServerError(PmlabError):
    """The server for learners' code did not start."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class Session:
    """One submission's process: the way to it, and the string it hangs on."""

    channel: Channel
    control: socket.socket

    def end(self) -> None:
        """Kill all its processes."""
        self.channel.close()
        self.control.close()


class Host:
    """The server for learners' code; use it in a ``with`` statement.

    Args:
        tier: The walls.
        hidden: Folders nobody inside may see.
        preload: Modules that notebooks use, imported once.
        cache: Tables of the running case, made already.
        warm: Cells that learners have, run once: what they load is loaded then.

    Raises:
        NoServerError: If this machine can't build the walls.
    """

    def __init__(
        self,
        tier: Tier,
        *,
        hidden: Sequence[Path] = (),
        preload: Sequence[str] = (),
        warm: Sequence[str] = (),
        cache: Path | None = None,
    ) -> None:
        _check_machine(tier)
        self._tier = tier
        self._hidden = list(hidden)
        self._preload = list(preload)
        self._warm = list(warm)
        self._cache = cache
        self._server: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._folder: Path | None = None
        self._ready = False
        self._messages = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server; it gets ready while the caller goes on."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        os.set_inheritable(theirs.fileno(), True)  # noqa: FBT003
        settings = {
            "socket": theirs.fileno(),
            "preload": self._preload,
            "drop": self._tier.as_root,
            "namespaces": self._tier.walled,
            "folder": self._make_folder(),
        }
        variables = {**_ENVIRONMENT, **self._places()}
        walls: list[str] = []
        if self._tier.walled:
            walls = bubblewrap.command(
                as_root=self._tier.as_root, hidden=self._hidden, cache=self._cache
            )
            walls += [w for pair in variables.items() for w in ("--setenv", *pair)]
        program = [sys.executable, "-I", "-c", _start_code(), json.dumps(settings)]
        self._socket = ours
        with theirs:
            self._server = subprocess.Popen(  # noqa: S603 - our own words
                [*walls, *program],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._messages,
                env=variables,
                start_new_session=True,
            )
        with contextlib.suppress(OSError):
            mounted = self._tier.walled and self._cache is not None
            cache = bubblewrap.CACHE if mounted else ""
            text = json.dumps({"warm": self._warm, "cache": cache})
            with tempfile.TemporaryFile() as file:
                file.write(text.encode())
                file.flush()
                file.seek(0)
                socket.send_fds(ours, [b"warm"], [file.fileno()])

    def _make_folder(self) -> str:
        """Make what the server has for a home, where learners' code may not write."""
        if self._tier.walled:
            return ""
        self._folder = Path(tempfile.mkdtemp(prefix="pmlab-server-"))
        self._folder.chmod(0o755)
        return str(self._folder)

    def _places(self) -> dict[str, str]:
        if self._folder is not None:
            return shut_in.folder_variables(str(self._folder))
        return dict.fromkeys(("HOME", "TMPDIR", "IPYTHONDIR"), shut_in.SCRATCH)

    def wait(self) -> None:
        """Wait until the server is ready.

        Raises:
            NoServerError: If it does not start.
        """
        if self._ready or self._socket is None:
            return
        self._socket.settimeout(_START_SECONDS)
        with contextlib.suppress(OSError):
            self._ready = self._socket.recv(16) == b"ready"
        self._socket.settimeout(None)
        if not self._ready:
            self._messages.seek(0)
            said = self._messages.read().decode(errors="replace").strip()
            self.stop()
            raise NoServerError(
                f"the server for learners' code did not start ({self._tier.words}): "
                f"{said[-600:] or 'no message'}"
            )

    def open(
        self, *, limits: Limits, environment: Mapping[str, str], files: dict[str, bytes]
    ) -> Session:
        """Start a process for one submission.

        Args:
            limits: What it may use.
            environment: Variables for it, such as the variant of the case.
            files: Helper files that lie beside the notebook, by name.

        Returns:
            The session; end it when done.

        Raises:
            NoServerError: If the server is gone.
        """
        return open_session(
            self.socket,
            limits=limits,
            environment=environment,
            files=files,
        )

    def preload(self, names: Sequence[str]) -> None:
        """Import modules in the server, for the sessions that are opened from now on.

        Args:
            names: Modules that the instructor's own solution imports.
        """
        for at in range(0, len(names), _NAMES_AT_ONCE):
            part = list(names[at : at + _NAMES_AT_ONCE])
            self.socket.send(json.dumps({"preload": part}).encode())

    @property
    def socket(self) -> socket.socket:
        """The socket that requests go over; may be used by forked children, too."""
        if self._socket is None:
            raise NoServerError("the server for learners' code was not started")
        return self._socket

    def stop(self) -> None:
        """End the server and all sessions."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if self._server is not None:
            # It ends by itself when nobody can ask any more.
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._server.wait(_END_SECONDS)
            self._server.kill()
            self._server.wait()
            self._server = None
        if self._folder is not None:
            shut_in.remove(self._folder)
            self._folder = None
        self._messages.close()


def open_session(
    requests: socket.socket,
    *,
    limits: Limits,
    environment: Mapping[str, str],
    files: dict[str, bytes],
) -> Session:
    """Start a process for one submission; see ``Host.open``."""
    ours, theirs = socket.socketpair()
    control, held = socket.socketpair()
    request = {
        "limits": dataclasses.asdict(limits),
        "environment": dict(environment),
    }
    try:
        socket.send_fds(
            requests, [json.dumps(request).encode()], [theirs.fileno(), held.fileno()]
        )
    except OSError as error:
        raise NoServerError("the server for learners' code is gone") from error
    finally:
        theirs.close()
        held.close()
    channel = Channel(ours, most_bytes=limits.answer_mb * 2**20)
    channel.set_deadline(limits.cell_seconds)
    channel.send({"names": list(files)}, list(files.values()))
    return Session(channel=channel, control=control)


def _check_machine(tier: Tier) -> None:
    """Refuse walls that another machine chose, and this one can't build."""
    problem = ""
    if tier.walled and bubblewrap.program() is None:
        problem = "the program bwrap (bubblewrap) is not installed"
    elif tier.as_root and os.getuid() != 0:
        problem = "they need the rights of root, and this process does not have them"
    if problem:
        raise NoServerError(
            f"the walls “{tier.name}” can't be built on this machine: {problem}. "
            "Set up all machines alike, or leave out --dask."
        )


def _start_code() -> str:
    # Not -m: in the sandbox the folder of the checkout is not a package path.
    folder = str(bubblewrap.PACKAGE.parent)
    return (
        f"import sys; sys.path.append({folder!r})\n"
        "from pmlab.grading.runner.server import main\nmain()\n"
    )
