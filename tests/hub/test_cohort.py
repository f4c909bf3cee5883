"""A cohort's own folder."""

import stat
import subprocess
import sys

import pytest

from pmlab.grading.course_folder import CourseFolder
from pmlab.hub.cohort import make_cohort
from pmlab.hub.course import HubCourse
from pmlab.hub.faults import HubError


@pytest.fixture
def course(tmp_path):
    return HubCourse(id="pm-spring", folder=tmp_path / "pm-spring", port=9000)


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "course"
    (folder / "source" / "u1").mkdir(parents=True)
    (folder / "source" / "u1" / "u1.ipynb").write_text("{}")
    (folder / "units").mkdir()
    (folder / "gradebook.db").write_text("grades of another class")
    (folder / "nbgrader_config.py").write_text(
        'c = get_config()\nc.CourseDirectory.course_id = "pmlab"\n'
    )
    return folder


def test_a_cohort_gets_the_course_and_nobody_elses_grades(course, source, tmp_path):
    made = make_cohort(course, source=source, exchange=tmp_path / "x")
    assert made == ["nbgrader_config.py", "source", ".pmlab/secret"]
    assert (course.folder / "source" / "u1" / "u1.ipynb").is_file()
    assert not (course.folder / "gradebook.db").exists()
    assert stat.S_IMODE(course.folder.stat().st_mode) == 0o750
    assert stat.S_IMODE((course.folder / ".pmlab/secret").stat().st_mode) == 0o600


def test_nbgrader_reads_the_cohorts_own_name_and_exchange(course, source, tmp_path):
    make_cohort(course, source=source, exchange=tmp_path / "x")
    config = CourseFolder(course.folder).config
    assert config.CourseDirectory.course_id == "pm-spring"
    assert config.CourseDirectory.root == str(course.folder)
    assert config.Exchange.root == str(tmp_path / "x")
    assert "check_owner" not in config.ExchangeCollect


def test_owners_are_checked_unless_one_account_runs_it_all(course, source):
    make_cohort(course, source=source, exchange=None, one_account=True)
    assert CourseFolder(course.folder).config.ExchangeCollect.check_owner is False


def test_making_it_again_changes_nothing(course, source):
    make_cohort(course, source=source, exchange=None)
    secret = (course.folder / ".pmlab/secret").read_text()
    (course.folder / "nbgrader_config.py").write_text("mine")
    assert make_cohort(course, source=source, exchange=None) == []
    assert (course.folder / "nbgrader_config.py").read_text() == "mine"
    assert (course.folder / ".pmlab/secret").read_text() == secret


def test_a_folder_that_is_no_course_is_refused(course, tmp_path):
    with pytest.raises(HubError, match=r"holds no nbgrader_config\.py; name"):
        make_cohort(course, source=tmp_path, exchange=None)


def test_a_place_that_is_a_file_is_refused(course, source):
    course.folder.write_text("x")
    with pytest.raises(HubError, match="can't be made"):
        make_cohort(course, source=source, exchange=None)


def test_the_command_line_makes_one(source, tmp_path):
    place = tmp_path / "new"
    command = [sys.executable, "-m", "pmlab", "hub", "course", "pm", str(place)]
    done = subprocess.run(
        [*command, "--from", str(source)], capture_output=True, text=True, check=True
    )
    assert "made nbgrader_config.py, source" in done.stdout
