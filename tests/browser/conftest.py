"""A real JupyterLab, started as a learner starts it, and a real Chromium."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process):
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, "JupyterLab ended before it listened"
        time.sleep(0.1)
    raise AssertionError("JupyterLab does not listen after a minute")


@pytest.fixture(scope="session")
def course_folder(tmp_path_factory):
    """A learner's folder whose name has a space and an accent."""
    return tmp_path_factory.mktemp("learner") / "Mein Kurs é"


@contextlib.contextmanager
def running_lab(command, folder, wrap="{}"):
    """Run a command that serves JupyterLab; yield its address; end it with its kernels.

    ``wrap`` is how the command takes options for JupyterLab.
    """
    port = free_port()
    options = [
        "--no-browser",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=",
        "--LabApp.expose_app_in_browser=True",
    ]
    if os.geteuid() == 0:
        options.append("--allow-root")
    process = subprocess.Popen(
        [*command, *(wrap.format(option) for option in options)],
        cwd=folder,
        env=os.environ | {"JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}/"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(20)


@pytest.fixture(scope="session")
def lab_url(course_folder):
    """The address of a running JupyterLab, started by ``pmlab start``."""
    pmlab = Path(sys.executable).with_name("pmlab")
    command = [str(pmlab), "start", str(course_folder)]
    with running_lab(command, course_folder.parent, "--lab-option={}") as url:
        yield url


@pytest.fixture(scope="module")
def formgrader(graded_course):
    """The address of the formgrader of the module's ``graded_course``."""
    with running_lab([sys.executable, "-m", "jupyterlab"], graded_course) as url:
        yield f"{url}formgrader"


@pytest.fixture
def page(chromium):
    """A page that reaches no other host, and remembers if it tried."""
    page = chromium.new_page(viewport={"width": 1400, "height": 1000})
    page.strangers = []

    def refuse(route):
        page.strangers.append(route.request.url)
        route.abort()

    page.route(re.compile(r"^https?://(?!127\.0\.0\.1[:/])"), refuse)
    yield page
    page.close()
