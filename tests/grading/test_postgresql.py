"""PostgreSQL holds the same gradebook as SQLite, from release to export."""

import contextlib
import getpass
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from pmlab.grading.course_folder import CourseFolder
from pmlab.grading.export import export_grades
from pmlab.grading.feedback.write import write_feedback
from pmlab.grading.marks import read_marks
from pmlab.grading.release import release
from pmlab.grading.report.write import make_report
from tests.grading.graded_course import grade_by_hand
from tests.grading.plain_course import UNIT, make_course, submission_notebook, submit
from tests.nbgrader_command import nbgrader

pytestmark = pytest.mark.slow
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
SETTINGS = f"""
[grading]
late_loss_per_day = 0.1
due = {{ {UNIT} = 2026-11-20T08:00:00Z }}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, server):
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert server.poll() is None, "PostgreSQL ended before it listened"
        time.sleep(0.1)
    raise AssertionError("PostgreSQL does not listen after half a minute")


@contextlib.contextmanager
def postgresql(folder):
    """A private server; PostgreSQL refuses to run as root, so root steps down."""
    programs = PROGRAMS[-1].parent
    rights = {}
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody")
        rights = {"user": "nobody", "extra_groups": []}
    owner = "nobody" if rights else getpass.getuser()
    common = {"cwd": folder, "stdout": subprocess.DEVNULL} | rights
    data, port = folder / "data", free_port()
    words = ["-D", data, "-U", owner, "-A", "trust", "--no-sync", "-E", "UTF8"]
    subprocess.run(
        [programs / "initdb", "--no-locale", *words],
        check=True,
        timeout=120,
        env={},
        **common,
    )
    options = ["-p", str(port), "-h", "127.0.0.1", "-k", folder, "-F"]
    server = subprocess.Popen(
        [programs / "postgres", "-D", data, *options],
        stderr=subprocess.DEVNULL,
        env={},
        **common,
    )
    try:
        wait_for(port, server)
        yield f"postgresql+psycopg://{owner}@127.0.0.1:{port}/postgres"
    finally:
        server.send_signal(signal.SIGINT)  # a fast, orderly end
        server.wait(60)


@pytest.fixture(scope="module")
def server():
    if not PROGRAMS:
        pytest.skip("PostgreSQL is not installed (Debian: apt install postgresql)")
    pytest.importorskip("psycopg", reason="pip install 'psycopg[binary]'")
    with (
        tempfile.TemporaryDirectory(prefix="pg") as place,
        postgresql(Path(place)) as url,
    ):
        yield url


def graded(folder, db_url=None):
    """Release, hand in, autograde by nbgrader, grade by hand."""
    config = f"c.CourseDirectory.db_url = {db_url!r}\n" if db_url else ""
    course = CourseFolder(make_course(folder, config=config, settings=SETTINGS))
    release(course, UNIT)
    submit(folder, "ada")
    submit(folder, "bo", submission_notebook("def square(x):\n    return 4"))
    nbgrader(folder, "autograde", UNIT, "--create")
    grade_by_hand(course, "ada", score=5.0, comment="Mandate: 3\nProof: 2")
    return course


def test_the_same_gradebook_stands_in_postgresql(server, tmp_path):
    lite, post = graded(tmp_path / "lite"), graded(tmp_path / "post", server)
    assert not (tmp_path / "post" / "gradebook.db").exists()
    tables = []
    for course in (lite, post):
        with course.gradebook() as gradebook:
            tables.append(read_marks(gradebook, UNIT).to_dict("records"))
    assert str(tables[0]) == str(tables[1])  # NaN is not itself
    for target in ("canvas", "moodle", "csv"):
        ours, theirs = (export_grades(it, UNIT, to=target) for it in (lite, post))
        assert ours == theirs
    assert "8.1" in ours.text  # (4 + 5) less a tenth
    pages = [write_feedback(it, UNIT).pages for it in (lite, post)]
    texts = [[page.read_text(encoding="utf-8") for page in made] for made in pages]
    assert texts[0] == texts[1]
    assert str(make_report(lite, UNIT).items) == str(make_report(post, UNIT).items)
