"""The keeper of a course server."""

import os
import signal
import subprocess
import sys
import threading
import time

from jupyterlab.commands import get_workspaces_dir
from jupyterlab_server.config import get_page_config

from pmlab.hub import course_server
from pmlab.hub.course_server import (
    Keeper,
    lab_settings,
    server_command,
    server_environment,
)

TOKEN = "one-of-the-course"  # noqa: S105 - no real one
HUB = {
    "PMLAB_COURSE_ID": "pm-spring",
    "PMLAB_COURSE_TOKEN": TOKEN,
    "PMLAB_COURSE_PORT": "9101",
    "PMLAB_COURSE_FOLDER": "/srv/pm-spring",
    "JUPYTERHUB_API_TOKEN": "the keeper's own",
    "JUPYTERHUB_BASE_URL": "/base/",
    "JUPYTERHUB_SERVICE_NAME": "pm-spring-keeper",
}


def test_the_server_speaks_for_its_course_not_for_its_keeper():
    environment = server_environment(HUB)
    assert environment["JUPYTERHUB_API_TOKEN"] == TOKEN
    assert environment["JUPYTERHUB_SERVICE_NAME"] == "pm-spring"
    assert environment["JUPYTERHUB_SERVICE_PREFIX"] == "/base/services/pm-spring/"
    assert "the keeper's own" not in environment.values()


def test_no_token_stands_in_the_command_that_everyone_can_list():
    assert not any(TOKEN in word for word in server_command(server_environment(HUB)))


def test_jupyterlab_offers_no_page_in_a_frame(tmp_path, monkeypatch):
    made = lab_settings(tmp_path / "é", {"JUPYTER_CONFIG_PATH": "/the/hosts"})
    assert made["JUPYTER_CONFIG_PATH"].endswith(f"{os.pathsep}/the/hosts")
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", made["JUPYTER_CONFIG_PATH"])
    off = get_page_config([])["disabledExtensions"]
    assert {"@jupyter/nbgrader:formgrader", "@jupyter/nbgrader:course-list"} <= {*off}
    assert "@jupyterlab/apputils-extension:announcements" in off
    assert "@jupyter/nbgrader:create-assignment" not in off


def test_open_tabs_of_a_cohort_stay_in_its_folder(tmp_path, monkeypatch):
    made = lab_settings(tmp_path / "jupyter", {})
    monkeypatch.setenv("JUPYTERLAB_WORKSPACES_DIR", made["JUPYTERLAB_WORKSPACES_DIR"])
    assert get_workspaces_dir() == str(tmp_path / "jupyter" / "workspaces")


def test_a_server_that_ends_is_started_again_and_stops_when_told(tmp_path, monkeypatch):
    monkeypatch.setattr(course_server, "QUICK_SECONDS", 0.0)
    starts = tmp_path / "starts"
    code = f"open({str(starts)!r}, 'a').write('x')"
    keeper = Keeper([sys.executable, "-S", "-c", code], os.environ)
    running = threading.Thread(target=keeper.run)
    running.start()
    until = time.monotonic() + 20
    while time.monotonic() < until and (
        not starts.exists() or len(starts.read_text()) < 2
    ):
        time.sleep(0.05)
    keeper.stop()
    running.join(10)
    assert not running.is_alive()
    assert len(starts.read_text()) >= 2


def test_a_keeper_that_is_ended_ends_its_server(tmp_path):
    waits = tmp_path / "waits.py"
    waits.write_text(
        "import os, pathlib, time\n"
        f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(os.getpid()))\n"
        "time.sleep(60)\n"
    )
    code = (
        "import signal, sys\n"
        "from pmlab.hub.course_server import Keeper\n"
        f"keeper = Keeper([{sys.executable!r}, {str(waits)!r}], {{}})\n"
        "signal.signal(signal.SIGTERM, keeper.stop)\n"
        "keeper.run()\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code])
    until = time.monotonic() + 20
    pid = tmp_path / "pid"
    while time.monotonic() < until and not (pid.exists() and pid.read_text()):
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert not os.path.exists(f"/proc/{pid.read_text()}")


def test_a_keeper_whose_hub_was_killed_ends_its_server_and_itself(tmp_path):
    waits = tmp_path / "waits.py"
    waits.write_text(
        "import os, pathlib, time\n"
        f"pathlib.Path({str(tmp_path / 'server')!r}).write_text(str(os.getpid()))\n"
        "time.sleep(60)\n"
    )
    keeper = (
        "import os, pathlib, sys\n"
        "from pmlab.hub import course_server\n"
        "course_server.LOOK_SECONDS = 0.1\n"
        f"pathlib.Path({str(tmp_path / 'keeper')!r}).write_text(str(os.getpid()))\n"
        f"course_server.Keeper([sys.executable, {str(waits)!r}], {{}}).run()\n"
    )
    hub = (
        "import subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-c', {keeper!r}])\n"
        "time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-S", "-c", hub])
    server = tmp_path / "server"
    until = time.monotonic() + 30
    while time.monotonic() < until and not (server.exists() and server.read_text()):
        time.sleep(0.05)
    numbers = [server.read_text(), (tmp_path / "keeper").read_text()]
    process.kill()
    process.wait(10)
    while time.monotonic() < until and any(alive(number) for number in numbers):
        time.sleep(0.05)
    assert not any(alive(number) for number in numbers)


def alive(number):
    try:
        with open(f"/proc/{number}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
