"""Releasing makes the learners' version and the gradebook, from any environment."""

import json
import os

import nbformat
import pytest

from pmlab.errors import CourseError
from pmlab.grading.course_folder import CourseFolder
from pmlab.grading.release import release
from tests.grading.plain_course import UNIT, make_course


def test_learners_get_no_solution_and_no_hidden_test(tmp_path):
    done = release(CourseFolder(make_course(tmp_path)), UNIT)
    assert done.files == ("helper.txt", f"{UNIT}.ipynb")
    text = (done.folder / f"{UNIT}.ipynb").read_text()
    assert "two times two" in text
    assert "thirty-one" not in text
    assert "x ** 2" not in text


def test_it_works_where_nbgraders_programs_are_not_on_the_path(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    release(CourseFolder(make_course(tmp_path)), UNIT)
    assert (tmp_path / "gradebook.db").is_file()
    assert os.environ["PATH"] == "/nowhere"


def test_releasing_again_renews(tmp_path):
    course = CourseFolder(make_course(tmp_path))
    release(course, UNIT)
    path = tmp_path / "source" / UNIT / f"{UNIT}.ipynb"
    path.write_text(path.read_text().replace("# Squares", "# Better squares"))
    done = release(course, UNIT)
    assert "Better squares" in (done.folder / f"{UNIT}.ipynb").read_text()


def test_a_unit_that_nbgrader_refuses_says_why_in_one_line(tmp_path):
    course = CourseFolder(make_course(tmp_path))
    path = tmp_path / "source" / UNIT / f"{UNIT}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[2].metadata.nbgrader.grade_id = "square"  # there twice
    nbformat.write(notebook, path)
    with pytest.raises(
        CourseError, match=r"can't be released: .*Duplicate grade id: square"
    ) as caught:
        release(course, UNIT)
    assert "\n" not in str(caught.value)


def test_the_exchange_gets_it_when_asked(tmp_path):
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    config = f"c.Exchange.root = {str(exchange)!r}\n"
    course = CourseFolder(make_course(tmp_path / "c", config=config))
    done = release(course, UNIT, exchange=True)
    assert done.exchanged == exchange / "plain" / "outbound" / UNIT
    notebook = json.loads((done.exchanged / f"{UNIT}.ipynb").read_text())
    assert len(notebook["cells"]) == 5
    release(course, UNIT, exchange=True)  # again is no error


def test_a_missing_exchange_is_named(tmp_path):
    config = "c.Exchange.root = '/nowhere/exchange'\nc.CourseDirectory.course_id=''\n"
    course = CourseFolder(make_course(tmp_path, config=config))
    with pytest.raises(CourseError, match="can't go to the exchange"):
        release(course, UNIT, exchange=True)


@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")  # nbgrader adds it
def test_a_unit_with_other_cells_than_those_handed_in_says_how_to_go_on(tmp_path):
    course = CourseFolder(make_course(tmp_path))
    release(course, UNIT)
    with course.gradebook() as gradebook:
        gradebook.add_student("ada")
        gradebook.add_submission(UNIT, "ada")
    path = tmp_path / "source" / UNIT / f"{UNIT}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [c for c in notebook.cells if "nbgrader" not in c.metadata]
    nbformat.write(notebook, path)
    with pytest.raises(CourseError, match="Grade what was handed out: put that"):
        release(course, UNIT)
