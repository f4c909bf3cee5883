"""*Teach here* and the formgrader on a cohort's server, below a path of the hub."""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from pmlab.hub.formgrader_links import linking_to_lab
from tests.grading.plain_course import UNIT, source_notebook

PREFIX = "/services/pm-spring/"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A course folder with one unit that has a report."""
    import nbformat

    folder = tmp_path_factory.mktemp("course")
    unit = folder / "source" / UNIT
    unit.mkdir(parents=True)
    nbformat.write(source_notebook(), unit / f"{UNIT}.ipynb")
    (folder / "nbgrader_config.py").write_text(
        "c = get_config()\n"
        'c.CourseDirectory.course_id = "pm-spring"\n'
        f"c.CourseDirectory.root = {str(folder)!r}\n"
        f"c.Exchange.root = {str(folder / 'exchange')!r}\n"
    )
    (folder / "exchange").mkdir(mode=0o777)
    (folder / "exchange").chmod(0o777)
    return folder


@pytest.fixture(scope="module")
def ask(folder):
    """Start the cohort's server; return a function that asks it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        f"--ServerApp.port={port}",
        f"--ServerApp.base_url={PREFIX}",
        f"--ServerApp.root_dir={folder}",
        "--ServerApp.jpserver_extensions={'pmlab.hub.teach_page': True}",
        "--ServerApp.disable_check_xsrf=True",
        "--IdentityProvider.token=",
        *(["--allow-root"] if os.geteuid() == 0 else []),
    ]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=folder, **quiet) as server:

        def ask(path, body=None):
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}{PREFIX}{path}",
                data=None if body is None else json.dumps(body).encode(),
                headers={"Content-Type": "application/json"},
            )
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return answer.read().decode()

        try:
            until = time.monotonic() + 60
            while time.monotonic() < until:
                with contextlib.suppress(urllib.error.URLError):
                    ask("api")
                    break
                time.sleep(0.2)
            yield ask
        finally:
            server.terminate()


def done(ask, step):
    """Press a button, and return what the page is told once the step is done."""
    ask("teach/step", {"step": step, "unit": UNIT})
    until = time.monotonic() + 90
    while time.monotonic() < until:
        job = json.loads(ask("teach/step"))
        if job["status"] is not None:
            return job
        time.sleep(0.2)
    raise AssertionError(job)


def test_links_of_the_script_lead_into_jupyterlab():
    script = linking_to_lab(PREFIX)
    links = dict(
        re.findall(r"^ +(notebook|file|directory): (\"/.*\"),?$", script, re.M)
    )
    assert set(links) == {"notebook", "file", "directory"}
    assert {json.loads(text) for text in links.values()} == {f"{PREFIX}lab/tree/"}


@pytest.mark.slow
def test_the_formgraders_pages_get_links_into_jupyterlab(ask):
    page = ask("formgrader/manage_assignments")
    address = re.search(r'src="([^"]*js/utils.js)"', page).group(1)
    assert address == f"{PREFIX}formgrader/static/js/utils.js"
    assert ask("formgrader/static/js/utils.js") == linking_to_lab(PREFIX)
    # Its other scripts stay nbgrader's.
    assert "linkTo" in ask("formgrader/static/js/manage_assignments.js")
    assert ask(f"lab/tree/source/{UNIT}")


@pytest.mark.slow
def test_a_step_that_is_done_says_what_is_so_now(ask):
    job = done(ask, "Release")
    assert job["status"] == 0, job["text"]
    assert job["after"].startswith("Learners can hand it in now")
    assert job["link"] == ""


@pytest.mark.slow
def test_the_report_is_linked_once_it_is_there_and_at_each_visit(ask, folder):
    link = f"{PREFIX}teach/report/{UNIT}"
    assert link not in ask("teach")
    job = done(ask, "Report")
    assert job["status"] != 0  # nothing is graded
    report = folder / "reports" / UNIT / "report.html"
    report.parent.mkdir(parents=True)
    report.write_text("<h1>The report</h1>")
    assert f'href="{link}"' in ask("teach")
    assert json.loads(ask("teach/step"))["link"] == link
    assert "The report" in ask(f"teach/report/{UNIT}")
