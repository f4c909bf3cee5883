"""The commands around grading: one clear line each, and the right exit status."""

import csv
import io

import pytest

from pmlab.cli.main import main
from tests.grading.graded_course import grade, grade_by_hand, graded_course
from tests.grading.plain_course import UNIT

pytestmark = pytest.mark.filterwarnings("ignore:Object of type <Sub")


@pytest.fixture
def course(tmp_path, monkeypatch):
    course = graded_course(tmp_path)
    for learner in ("ada", "bo"):
        grade(course, learner, score=4.0)
    grade_by_hand(course, "ada", score=6.0, comment="Good.")
    monkeypatch.chdir(tmp_path)
    return course


@pytest.mark.usefixtures("course")
def test_each_command_works_in_the_course_folder(capsys):
    assert main(["teach", "feedback", UNIT]) == 0
    assert "2 pages, each for its learner" in capsys.readouterr().out
    assert main(["teach", "report", UNIT]) == 0
    assert "report.html" in capsys.readouterr().out
    assert main(["teach", "similarity", UNIT]) == 0
    assert "Never a verdict" in capsys.readouterr().out
    assert main(["teach", "release", UNIT]) == 0
    assert f"helper.txt, {UNIT}.ipynb" in capsys.readouterr().out


def test_one_hand_in_is_nothing_to_compare_and_no_failure(
    tmp_path, monkeypatch, capsys
):
    course = graded_course(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert main(["teach", "similarity", UNIT]) == 1
    assert "0 hand-ins of ps1 so far; a comparison needs two" in capsys.readouterr().err
    grade(course, "ada", score=4.0)
    assert main(["teach", "similarity", UNIT]) == 0
    said = capsys.readouterr()
    assert "1 hand-in of ps1 so far; a comparison needs two" in said.out
    assert said.err == ""


@pytest.mark.usefixtures("course")
def test_export_prints_the_table_and_says_who_waits(capsys):
    assert main(["teach", "export", UNIT, "--to", "moodle"]) == 0
    said = capsys.readouterr()
    table = list(csv.reader(io.StringIO(said.out)))
    assert [line[-1] for line in table] == [UNIT, "10", ""]
    assert "Left empty until a person grades them: bo." in said.err


@pytest.mark.usefixtures("course")
def test_export_writes_a_file(tmp_path):
    path = tmp_path / "grades.csv"
    assert main(["teach", "export", UNIT, "--to", "csv", "--output", str(path)]) == 0
    assert path.read_bytes().startswith(b"learner,")
    assert (
        main(["teach", "export", UNIT, "--to", "csv", "--output", str(tmp_path)]) == 1
    )


@pytest.mark.usefixtures("course")
def test_collect_says_what_it_set_aside(tmp_path, capsys):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / f"cy__{UNIT}__20261121T100000Z.zip").write_bytes(b"no zip")
    assert main(["teach", "collect", str(inbox)]) == 1
    said = capsys.readouterr().out
    assert "1 hand-ins, 1 set aside." in said
    assert "damaged" in said


@pytest.mark.usefixtures("course")
def test_collect_without_a_place_says_what_to_give(capsys):
    assert main(["teach", "collect"]) == 1
    assert "give zips or folders, or --exchange UNIT" in capsys.readouterr().err


def test_outside_a_course_the_mend_is_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["teach", "report", UNIT]) == 1
    assert capsys.readouterr().err.count("\n") == 1
