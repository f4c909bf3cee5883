"""Keeps the server of one cohort running: formgrader and *Teach here*.

The hub runs ``python -m pmlab.hub.course_server`` as the grader. This process starts
the server, starts it again when it ends, waits longer each time it ends quickly, and
ends it when the hub stops, also if the hub was killed. A server that never comes up is
thus a line in a log, not the end of the hub.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from pmlab.hub.kernel_sockets import private_sockets
from pmlab.learner.folder import write_whole

LONGEST_SECONDS = 60.0
QUICK_SECONDS = 20.0
LOOK_SECONDS = 2.0
PATIENCE_SECONDS = 10.0


def main() -> int:
    """Run the server that the environment describes until the hub ends it."""
    environment = server_environment(os.environ)
    place = Path(environment["PMLAB_COURSE_FOLDER"]) / ".pmlab"
    options, variables = private_sockets(place / "run")
    command = [*server_command(environment), *options]
    environment |= variables
    environment |= lab_settings(place / "jupyter", environment)
    keeper = Keeper(command, environment)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, keeper.stop)
    keeper.run()
    return 0


def server_environment(hub: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the course's server.

    Args:
        hub: The environment that the hub gave to this process.

    Returns:
        Variables as JupyterHub would set them for a server of its own; nothing of this
        process's token.
    """
    course, token = hub["PMLAB_COURSE_ID"], hub["PMLAB_COURSE_TOKEN"]
    base = hub.get("JUPYTERHUB_BASE_URL", "/")
    ours = {
        "JUPYTERHUB_API_TOKEN": token,
        "JPY_API_TOKEN": token,
        "JUPYTERHUB_SERVICE_NAME": course,
        "JUPYTERHUB_SERVICE_PREFIX": f"{base}services/{course}/",
        "JUPYTERHUB_SERVICE_URL": f"http://127.0.0.1:{hub['PMLAB_COURSE_PORT']}/",
        "JUPYTERHUB_CLIENT_ID": f"service-{course}",
        "JUPYTERHUB_OAUTH_CALLBACK_URL": f"{base}services/{course}/oauth_callback",
        "JUPYTERHUB_OAUTH_SCOPES": f'["access:services!service={course}"]',
        "JUPYTERHUB_OAUTH_ACCESS_SCOPES": f'["access:services!service={course}"]',
        "JUPYTERHUB_USER": f"grader-{course}",
        "JUPYTERHUB_DEFAULT_URL": "/teach",
    }
    dropped = {"PMLAB_COURSE_TOKEN", "JUPYTERHUB_ACTIVITY_URL"}
    return {name: hub[name] for name in hub if name not in dropped} | ours


def server_command(environment: Mapping[str, str]) -> list[str]:
    """Return the command of the course's server."""
    folder = Path(environment["PMLAB_COURSE_FOLDER"])
    return [
        sys.executable,
        "-m",
        "jupyterhub.singleuser",
        f"--ServerApp.root_dir={folder}",
        "--ServerApp.jpserver_extensions={'pmlab.hub.teach_page': True}",
        f"--CourseDirectory.root={folder}",
        f"--CourseDirectory.course_id={environment['PMLAB_COURSE_ID']}",
        *(["--allow-root"] if os.geteuid() == 0 else []),
    ]


def lab_settings(place: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Switch off JupyterLab's news, and pages in a frame, which JupyterHub forbids.

    Args:
        place: The folder that the settings go into.
        environment: The server's environment.

    Returns:
        Environment variables that let JupyterLab use them, and keep its open tabs in
        that folder too: in the home of the account cohorts would share them.
    """
    names = ("assignment-list", "course-list", "formgrader", "menu")
    switched_off = {f"@jupyter/nbgrader:{name}": True for name in names}
    switched_off["@jupyterlab/apputils-extension:announcements"] = True
    write_whole(
        place / "labconfig" / "page_config.json",
        json.dumps({"disabledExtensions": switched_off}).encode(),
    )
    paths = [str(place), environment.get("JUPYTER_CONFIG_PATH")]
    return {
        "JUPYTER_CONFIG_PATH": os.pathsep.join(path for path in paths if path),
        "JUPYTERLAB_WORKSPACES_DIR": str(place / "workspaces"),
    }


class Keeper:
    """Starts a program again whenever it ends, until it is told to stop.

    Args:
        command: The program and its options.
        environment: Its environment.
        name: What it is, for the log.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        name: str = "the course server",
    ) -> None:
        self.name = name
        self.command = list(command)
        self.environment = dict(environment)
        self._stopping = threading.Event()
        self._told = 0.0
        self._child: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Keep the program running; returns after ``stop``."""
        wait, hub = 1.0, os.getppid()
        while not self._stopping.is_set():
            began = time.monotonic()
            self._child = subprocess.Popen(self.command, env=self.environment)  # noqa: S603
            if self._stopping.is_set():  # told to stop while it started
                self._child.terminate()
            status = self._status(self._child, hub)
            lasted = time.monotonic() - began
            wait = 1.0 if lasted > QUICK_SECONDS else min(2 * wait, LONGEST_SECONDS)
            if not self._stopping.is_set():
                sys.stderr.write(
                    f"pmlab: {self.name} ended after {lasted:.0f} s with status "
                    f"{status}; it starts again in {wait:.0f} s\n"
                )
                sys.stderr.flush()
            self._stopping.wait(wait)

    def _status(self, child: "subprocess.Popen[bytes]", hub: int) -> int:
        """Wait for the program to end; end it when the hub is no more."""
        while True:
            try:
                return child.wait(LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                if self._stopping.is_set():
                    if time.monotonic() - self._told > PATIENCE_SECONDS:
                        child.kill()
                elif os.getppid() != hub:
                    self.stop()

    def stop(self, *_signal: object) -> None:
        """End the program and don't start it again."""
        self._told = time.monotonic()
        self._stopping.set()
        if self._child is not None:
            with contextlib.suppress(ProcessLookupError):
                self._child.terminate()


if __name__ == "__main__":
    sys.exit(main())
