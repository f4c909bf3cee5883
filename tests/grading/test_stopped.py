"""A run that a service manager stops leaves no process, and the next one ends it."""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pmlab.cli.main import main
from pmlab.grading.course_folder import CourseFolder
from pmlab.grading.runner.shut_in import _descendants
from pmlab.grading.sandbox import tiers
from tests.grading.plain_course import UNIT, make_course, submission_notebook, submit

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not os.path.isdir("/proc/self/task"), reason="processes are looked up in /proc"
    ),
]
MOST_SECONDS = 12
# By itself it would end later than the test waits.
SLEEPS = "import subprocess\nsubprocess.run(['sleep', '25'])\n"
SQUARE = "def square(x):\n    return x * x"


@pytest.fixture
def course(tmp_path):
    try:
        tiers.choose()
    except tiers.NoSandboxError as problem:
        pytest.skip(str(problem))
    course = CourseFolder(make_course(tmp_path / "course", released=True))
    submit(course.folder, "ada")
    return course


def sleepers(numbers):
    lines = [Path(f"/proc/{number}/cmdline") for number in numbers]
    return sum(b"sleep\x00" in path.read_bytes() for path in lines if path.exists())


def held(numbers):
    """Yield descriptors of processes: their numbers may be given to others later."""
    for number in numbers:
        with contextlib.suppress(ProcessLookupError):  # it has ended already
            yield os.pidfd_open(number)


def left(handles):
    """Wait until processes have ended; return how many have not in time."""
    latest = time.monotonic() + MOST_SECONDS
    running = 0
    for handle in handles:
        wait = max(latest - time.monotonic(), 0)
        running += not select.select([handle], [], [], wait)[0]
        os.close(handle)
    return running


@pytest.mark.parametrize("asleep", [0, 2], ids=["at the start", "in the middle"])
def test_sigterm_ends_all_processes_and_the_next_run_grades_all(
    course, tmp_path, asleep
):
    for learner in ("bo", "cy")[:asleep]:
        submit(course.folder, learner, submission_notebook(SLEEPS + SQUARE))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    process = subprocess.Popen(
        [Path(sys.executable).with_name("pmlab"), "teach", "grade", UNIT],
        cwd=course.folder,
        env=os.environ | {"TMPDIR": str(scratch)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not (below := _descendants(process.pid)) or sleepers(below) < asleep:
        assert process.poll() is None
        time.sleep(0.05)
    handles = list(held(below))
    process.send_signal(signal.SIGTERM)
    assert process.wait(MOST_SECONDS) != 0
    assert left(handles) == 0
    assert list(scratch.iterdir()) == []

    assert main(["teach", "grade", UNIT, "--course", str(course.folder)]) == 0
    with course.gradebook() as book:
        rows = book.assignment_submissions(UNIT)
        marks = [(row.student.id, row.score) for row in rows]
    assert sorted(marks) == [("ada", 4), ("bo", 4), ("cy", 4)][: asleep + 1]
