"""Grades reach an LMS in its own columns, and no cell runs as a formula."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlab.errors import CourseError, DataError
from pmlab.grading.export import export_grades
from pmlab.grading.export.csvs import csv_text, safe
from tests.grading.graded_course import grade, grade_by_hand, graded_course
from tests.grading.plain_course import UNIT

pytestmark = pytest.mark.filterwarnings("ignore:Object of type <Sub")


@pytest.fixture
def course(tmp_path):
    course = graded_course(tmp_path)
    for learner, auto, manual in (
        ("ada", 4.0, 4.5),
        ("bo", 1.0, 0.0),
        ("cy", 2.0, None),
    ):
        grade(course, learner, score=auto)
        if manual is not None:
            grade_by_hand(course, learner, score=manual, comment="")
    with course.gradebook() as gradebook:
        gradebook.update_or_create_student(
            "ada",
            first_name="Ada, Countess",
            last_name='=HYPERLINK("x")',
            email="ada@example.org",
            lms_user_id="4711",
        )
    return course


def rows(export):
    return list(csv.reader(io.StringIO(export.text)))


def test_canvas_gets_its_columns_and_the_points_line(course):
    table = rows(export_grades(course, UNIT, to="canvas"))
    assert table[0] == [
        "Student", "ID", "SIS User ID", "SIS Login ID", "Section", UNIT,
    ]  # fmt: skip
    assert table[1] == ["    Points Possible", "", "", "", "", "10"]
    assert table[2][1:] == ["4711", "", "ada", "", "8.5"]
    assert table[3][3:] == ["bo", "", "1"]


def test_a_grade_that_waits_is_left_empty_and_named(course):
    export = export_grades(course, UNIT, to="canvas")
    assert export.waiting == ("cy",)
    assert export.people == 2
    assert rows(export)[4][3:] == ["cy", "", ""]


def test_names_do_not_run_as_formulas_and_keep_their_commas(course):
    table = rows(export_grades(course, UNIT, to="moodle"))
    assert table[1][:6] == [
        "ada", "4711", "Ada, Countess", "'=HYPERLINK(\"x\")", "ada@example.org", "8.5",
    ]  # fmt: skip


def test_the_plain_table_has_every_part(course):
    table = rows(export_grades(course, UNIT, to="csv"))
    line = dict(zip(table[0], table[1], strict=True))
    assert (line["square-test"], line["essay"], line["grade"]) == ("4", "4.5", "8.5")
    assert line["handed_in"] == "2026-11-20 10:00:00"


TEMPLATE = f"""\
Student,ID,SIS User ID,SIS Login ID,Section,Other (7),{UNIT} (99),Final Score
    Points Possible,,,,,5,10,(read only)
"Lovelace, Ada",4711,S1,ada.lovelace,A,1,,50
"Ångström, Bo",4712,S2,bo,A,2,3,60
"Student, Test",4713,,x,A,,,
"""


def test_a_template_of_canvas_keeps_people_and_column(course, tmp_path):
    path = tmp_path / "canvas.csv"
    path.write_text(TEMPLATE, encoding="utf-8-sig")
    export = export_grades(course, UNIT, to="canvas", template=path)
    table = rows(export)
    assert table[0][5:] == [f"{UNIT} (99)"]
    assert table[1][5:] == ["10"]
    assert table[2] == ["Lovelace, Ada", "4711", "S1", "ada.lovelace", "A", "8.5"]
    assert table[3][3:] == ["bo", "A", "1"]
    assert len(table) == 4
    assert export.strangers == ("cy",)


def test_another_file_is_no_template(course, tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("name,points\n")
    with pytest.raises(DataError, match="start with Student,ID"):
        export_grades(course, UNIT, to="canvas", template=path)


def test_late_penalties_are_taken_off(tmp_path):
    settings = (
        "[grading]\nlate_loss_per_day = 0.5\n"
        f"due = {{ {UNIT} = 2026-11-20T08:00:00Z }}\n"
    )
    course = graded_course(tmp_path, settings=settings)
    grade(course, "ada", score=4.0)
    grade_by_hand(course, "ada", score=2.0, comment="")
    assert rows(export_grades(course, UNIT, to="moodle"))[1][-1] == "3"


def test_without_grades_the_next_step_is_named(tmp_path):
    with pytest.raises(CourseError, match="pmlab teach grade"):
        export_grades(graded_course(tmp_path), UNIT, to="csv")


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_any_text_survives_and_none_is_a_formula(cells):
    back = list(csv.reader(io.StringIO(csv_text(["a", "b"], cells), newline="")))
    assert len(back) == len(cells) + 1
    for line, given_line in zip(back[1:], cells, strict=True):
        for cell, text in zip(line, given_line, strict=True):
            assert cell.removeprefix("'") == text.replace("\0", "").removeprefix("'")
            assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize(
    "before", ["", " ", "\n", "\t", "\xa0", "\u3000", "\ufeff", "\x0b"]
)
@pytest.mark.parametrize("sign", "=+-@＝＋－＠﹦")
def test_no_sign_starts_a_formula_behind_what_is_not_seen(before, sign):
    assert safe(f"{before}{sign}1+1") == f"'{before}{sign}1+1"
    assert safe(f"1{before}{sign}1") == f"1{before}{sign}1"


def test_numbers_stay_numbers():
    assert [safe(v) for v in (-1.5, 2.0, float("nan"), None, True)] == [
        "-1.5", "2", "", "", "yes",
    ]  # fmt: skip
