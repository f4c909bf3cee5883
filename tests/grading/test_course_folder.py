"""A course folder is found, read with nbgrader's settings, and says what is wrong."""

import pytest

from pmlab.errors import CourseError, DataError
from pmlab.grading.course_folder import CourseFolder, find_course_folder
from tests.grading.plain_course import UNIT, make_course, submit


def test_a_folder_below_the_course_finds_it(tmp_path):
    make_course(tmp_path)
    assert find_course_folder(tmp_path / "source" / UNIT).folder == tmp_path


def test_the_checkout_finds_its_course_folder(tmp_path):
    make_course(tmp_path / "course")
    assert find_course_folder(tmp_path).folder == tmp_path / "course"


def test_without_a_course_the_error_names_the_option(tmp_path):
    with pytest.raises(CourseError, match="pass --course DIR"):
        find_course_folder(tmp_path)
    with pytest.raises(CourseError, match="is no course folder"):
        find_course_folder(tmp_path, given=tmp_path)


def test_settings_of_nbgrader_hold(tmp_path):
    config = "c.CourseDirectory.submitted_directory = 'inbox'\n"
    course = CourseFolder(make_course(tmp_path, config=config))
    (tmp_path / "inbox" / "ada" / UNIT).mkdir(parents=True)
    assert course.learners("submitted", UNIT) == ["ada"]
    assert course.directory.course_id == "plain"
    assert course.db_url == f"sqlite:///{tmp_path}/gradebook.db"


def test_a_broken_configuration_is_named_not_thrown(tmp_path):
    course = CourseFolder(make_course(tmp_path, config="1 / 0\n"))
    with pytest.raises(CourseError, match=r"nbgrader_config.py can't be read \(Zero"):
        course.db_url  # noqa: B018


def test_units_are_found_by_name_and_by_number(tmp_path):
    course = CourseFolder(make_course(tmp_path))
    (tmp_path / "source" / UNIT).rename(tmp_path / "source" / "03_prices")
    assert course.unit("3") == course.unit("03") == course.unit("03_prices")
    with pytest.raises(CourseError, match="there: 03_prices"):
        course.unit("4")


def test_learners_are_those_with_a_folder_of_the_unit(tmp_path):
    course = CourseFolder(make_course(tmp_path))
    assert course.learners("submitted", UNIT) == []
    submit(tmp_path, "bo")
    submit(tmp_path, "ada")
    assert course.learners("submitted", UNIT) == ["ada", "bo"]


def test_a_gradebook_out_of_reach_keeps_its_password_to_itself(tmp_path):
    url = "postgresql+psycopg://me:hush@127.0.0.1:1/grades"
    config = f"c.CourseDirectory.db_url = {url!r}\n"
    course = CourseFolder(make_course(tmp_path, config=config))
    with (
        pytest.raises(DataError, match=r"check CourseDirectory\.db_url") as caught,
        course.gradebook(),
    ):
        pass
    assert "hush" not in str(caught.value)
