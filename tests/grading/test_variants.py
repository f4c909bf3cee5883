"""Secret and roster: the codes, and what each broken file is told."""

import re
from pathlib import Path

import pytest

from pmlab.case import variant_code
from pmlab.errors import CourseError, DataError
from pmlab.grading.variants import course_secret, read_roster, roster_variants

SECRET = "a secret of this course"  # noqa: S105 - made up


@pytest.fixture
def roster(tmp_path):
    def write(text):
        path = tmp_path / "students.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_roster_of_nbgrader_is_read_by_its_column_id(roster):
    path = roster(
        "id,last_name,first_name,email,lms_user_id\n"
        'ada,"Lovelace, Countess",Ada,,\n'
        "bo,,,,\n"
    )
    assert read_roster(path) == ["ada", "bo"]


def test_the_column_id_may_come_later_and_the_file_from_a_spreadsheet(roster):
    assert read_roster(roster("\ufeffname, id\r\nAda, ada\r\n\r\n")) == ["ada"]


def test_a_plain_list_has_one_id_a_line(roster):
    assert read_roster(roster("ada\nbo\n")) == ["ada", "bo"]
    assert read_roster(roster("id\nada\n")) == ["ada"]


def test_codes_are_those_of_the_case_in_the_order_of_the_roster(roster):
    codes = roster_variants(roster("id\nbo\nada\n"), SECRET)
    assert codes["id"].tolist() == ["bo", "ada"]
    assert codes["variant"].tolist() == [variant_code(SECRET, n) for n in ("bo", "ada")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty; write one id a line"),
        ("name,email\nAda,a@b\n", "columns name, email; name the one .* id"),
        ("id,name\nada,Ada\n,Bo\n", "line 3: the id is empty; give"),
        ("name,id\nAda\n", "line 2: the id is empty"),
        ("ada\n  \n", "line 2: the id is empty"),
        ("id\nada\nbo\nada\n", "line 4: 'ada' is there already in line 2; keep one"),
        ("id\na\x07b\n", "line 2: .* must be at most 128 printable"),
    ],
)
def test_a_broken_roster_is_told_its_line_and_the_mend(roster, text, told):
    with pytest.raises(DataError, match=told):
        read_roster(roster(text))


def test_a_roster_that_is_not_there_or_no_text(tmp_path):
    with pytest.raises(DataError, match=r"no file .*; give the path of the roster"):
        read_roster(tmp_path / "nothing.csv")
    (tmp_path / "sheet.xlsx").write_bytes(b"PK\x03\x04\xff\xfe")
    with pytest.raises(DataError, match="save the roster as a text in UTF-8"):
        read_roster(tmp_path / "sheet.xlsx")


def test_the_secret_comes_from_file_environment_or_folder(tmp_path):
    (tmp_path / ".pmlab").mkdir()
    (tmp_path / ".pmlab" / "secret").write_text(SECRET + " in the folder\n")
    named = tmp_path / "named"
    named.write_text(SECRET + " in a file\n")
    environment = {"PMLAB_COURSE_SECRET": SECRET}

    assert course_secret(environment={}) is None
    assert course_secret(folder=tmp_path / "other", environment={}) is None
    found = course_secret(folder=tmp_path, environment={})
    assert found == SECRET + " in the folder"
    assert course_secret(folder=tmp_path, environment=environment) == SECRET
    found = course_secret(file=named, folder=tmp_path, environment=environment)
    assert found == SECRET + " in a file"


def test_a_short_secret_says_where_it_is_and_how_to_make_one(tmp_path):
    path = tmp_path / "secret"
    path.write_text("short")
    with pytest.raises(CourseError, match=rf"{re.escape(str(path))}: .* at least 16"):
        course_secret(file=path, environment={})
    with pytest.raises(CourseError, match=r"variable PMLAB_COURSE_SECRET: .*token_hex"):
        course_secret(environment={"PMLAB_COURSE_SECRET": "short"})


def test_an_empty_secret_file_is_no_missing_secret(tmp_path):
    path = tmp_path / "secret"
    path.write_text("\n")
    with pytest.raises(CourseError, match="has 0 bytes"):
        course_secret(file=path, environment={})


def test_a_secret_file_that_is_not_there_is_named():
    with pytest.raises(DataError, match="no file nowhere; give the path of the secret"):
        course_secret(file=Path("nowhere"), environment={})
