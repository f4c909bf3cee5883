"""A whole hub on one machine, to try it out: two cohorts, no Docker, no accounts.

Everything runs as the one who starts it, so nothing here is protected from its users:
for trying, never for a class.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

from pmlab.hub.cohort import make_cohort
from pmlab.hub.configuration import ROSTER_FILE
from pmlab.hub.course import HubCourse
from pmlab.hub.faults import HubError
from pmlab.hub.roster import Entry, renew_roster

# The proxy written in Python comes with the package; no Node is needed.
_PROXY = Path(sys.executable).parent / "configurable-http-proxy"
PASSWORD = "plan-do-learn"  # noqa: S105 - printed for whoever tries the demo
PEOPLE = (
    Entry("ines", "pm-spring", "instructor"),
    Entry("ines", "pm-autumn", "instructor"),
    Entry("lea", "pm-spring", "learner"),
    Entry("max", "pm-spring", "learner"),
    Entry("noor", "pm-autumn", "learner"),
)
_COHORTS = ("pm-spring", "pm-autumn")
_CONFIG = '''\
"""The hub of `pmlab hub demo`; made anew at each start."""

import os

from pmlab.hub import HubCourse, configure

c = get_config()  # noqa: F821 - given by JupyterHub
c.JupyterHub.authenticator_class = "shared-password"
c.SharedPasswordAuthenticator.user_password = {password!r}
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = {home!r}
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub_port}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
# This proxy ends any answer after 20 s unless told otherwise (milliseconds); the page
# that waits for a server is one long answer.
c.ConfigurableHTTPProxy.command = [{proxy!r}, "--proxy-timeout=86400000"]
c.ConfigurableHTTPProxy.pid_file = {pid_file!r}
c.JupyterHub.db_url = "sqlite:///" + {database!r}
c.JupyterHub.cookie_secret_file = {cookie!r}
c.Spawner.interrupt_timeout = c.Spawner.term_timeout = 5
c.Spawner.start_timeout = c.Spawner.http_timeout = 120
if os.geteuid() == 0:
    c.Spawner.args = ["--allow-root"]
configure(
    c,
    [
{courses}
    ],
    state={state!r},
    exchange={exchange!r},
)
'''


@contextlib.contextmanager
def running_demo(
    folder: Path,
    *,
    source: Path,
    port: int = 8000,
    people: Sequence[Entry] = PEOPLE,
) -> Iterator[str]:
    """Run the demo hub inside the block; nothing of it is left running afterwards.

    Args:
        folder: Where all of its files go.
        source: The course folder whose units it serves.
        port: Where people log in, on loopback.
        people: Who is on the roster.

    Yields:
        The address to log in at.

    Raises:
        HubError: If a part is missing, a port is taken, or the hub doesn't start.
    """
    _check_parts()
    config = write_demo(folder, source=source, port=port, people=people)
    log = (folder / "hub.log").open("ab")
    command = [sys.executable, "-m", "jupyterhub", "--config", str(config)]
    process = subprocess.Popen(  # noqa: S603
        command, cwd=folder, stdout=log, stderr=log, start_new_session=True
    )
    try:
        address = f"http://127.0.0.1:{port}/hub/login"
        _wait(address, process, folder / "hub.log")
        yield address
    finally:
        _end(process)
        log.close()


def write_demo(
    folder: Path, *, source: Path, port: int, people: Sequence[Entry] = PEOPLE
) -> Path:
    """Write the demo's cohorts, roster and configuration.

    Args:
        folder: Where they go.
        source: The course folder to copy.
        port: Where people log in.
        people: Who is on the roster.

    Returns:
        The path of ``jupyterhub_config.py``.
    """
    folder = folder.absolute()
    ports = _free_ports(4, besides=port)
    exchange, state = folder / "exchange", folder / "hub"
    courses = [
        HubCourse(id=name, folder=folder / "courses" / name, port=ports[number])
        for number, name in enumerate(_COHORTS)
    ]
    for course in courses:
        make_cohort(course, source=source, exchange=exchange, one_account=True)
    renew_roster(state / ROSTER_FILE, people)
    for entry in people:
        (folder / "home" / entry.user).mkdir(parents=True, exist_ok=True)
    config = folder / "jupyterhub_config.py"
    config.write_text(
        _CONFIG.format(
            password=PASSWORD,
            home=str(folder / "home" / "{username}"),
            port=port,
            hub_port=ports[2],
            proxy_port=ports[3],
            proxy=str(_PROXY),
            pid_file=str(folder / "proxy.pid"),
            database=str(folder / "hub.sqlite"),
            cookie=str(folder / "cookie_secret"),
            courses="\n".join(
                f"        HubCourse(id={course.id!r}, folder={str(course.folder)!r}, "
                f"port={course.port}),"
                for course in courses
            ),
            state=str(state),
            exchange=str(exchange),
        ),
        encoding="utf-8",
    )
    return config


@contextlib.contextmanager
def demo_folder(given: Path | None) -> Iterator[Path]:
    """Give the folder of the demo: a new one that is removed, or one to keep."""
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        yield given
        return
    made = Path(tempfile.mkdtemp(prefix="pmlab-hub-"))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _check_parts() -> None:
    import importlib.util

    names = ("jupyterhub", "jupyterhub_idle_culler", "configurable_http_proxy")
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if missing:
        raise HubError(
            f"the demo needs {' and '.join(missing)}; run: "
            f"{sys.executable} -m pip install 'pmlab[lab,hub]'"
        )


def _free_ports(count: int, *, besides: int) -> list[int]:
    with contextlib.ExitStack() as open_:
        front = open_.enter_context(socket.socket())
        front.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            front.bind(("127.0.0.1", besides))
        except OSError as error:
            raise HubError(
                f"port {besides} is in use; choose another: pmlab hub demo --port "
                f"{besides + 1}"
            ) from error
        found = []
        for _ in range(count):
            probe = open_.enter_context(socket.socket())
            probe.bind(("127.0.0.1", 0))
            found.append(probe.getsockname()[1])
        return found


def _wait(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise HubError(
                f"the hub ended at once; the last lines of {log}:\n"
                + "\n".join(log.read_text(errors="replace").splitlines()[-15:])
            )
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - loopback
                return
        except OSError:
            time.sleep(0.2)
    raise HubError(f"the hub doesn't answer after two minutes; look into {log}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the hub and all that it started, at the latest after a minute."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(60)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
