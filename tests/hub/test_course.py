"""Cohorts and what is refused."""

import pytest

from pmlab.hub.course import HubCourse, check_together
from pmlab.hub.faults import HubError


@pytest.mark.parametrize(
    "name", ["PM", "pm spring", "-pm", "pm-", "", "a" * 41, "pm/..", "pm+1"]
)
def test_an_id_that_services_and_folders_cannot_take_is_refused(name, tmp_path):
    with pytest.raises(HubError, match="lower-case letters, digits and hyphens"):
        HubCourse(id=name, folder=tmp_path, port=9000)


@pytest.mark.parametrize("port", [0, 80, 1023, 65536])
def test_a_port_that_is_reserved_or_too_large_is_refused(port, tmp_path):
    with pytest.raises(HubError, match="from 1024 to 65535"):
        HubCourse(id="pm", folder=tmp_path, port=port)


def test_the_group_names_are_those_that_nbgrader_reads(tmp_path):
    course = HubCourse(id="pm-spring", folder=tmp_path, port=9000)
    assert course.instructors_group == "formgrade-pm-spring"
    assert course.learners_group == "nbgrader-pm-spring"


def test_no_course_at_all_is_refused():
    with pytest.raises(HubError, match="no course"):
        check_together([])


@pytest.mark.parametrize("what", ["id", "folder", "port"])
def test_two_courses_may_not_share(what, tmp_path):
    one = {"id": "a", "folder": tmp_path / "a", "port": 9001}
    two = {"id": "b", "folder": tmp_path / "b", "port": 9002}
    two[what] = one[what]
    with pytest.raises(HubError, match=f"two courses have the {what}"):
        check_together([HubCourse(**one), HubCourse(**two)])
