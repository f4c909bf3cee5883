"""Reading what a learner handed in: never a fault, whatever lies in the folder."""

import json
import os

import pytest

from pmlab.grading.course_folder import CourseFolder
from pmlab.grading.limits import Limits
from pmlab.grading.submissions import read_submission


@pytest.fixture
def handed_in(tmp_path):
    folder = tmp_path / "submitted" / "lea" / "u1"
    folder.mkdir(parents=True)
    (folder / "u1.ipynb").write_text(json.dumps({"cells": []}))
    (folder / "data.csv").write_text("a\n1\n")
    return folder


def read(folder):
    course = CourseFolder(folder.parents[2])
    return read_submission(course, "u1", "lea", notebook="u1", limits=Limits())


def test_the_notebook_and_its_data_are_read(handed_in):
    found = read(handed_in)
    assert (found.notebook, found.files) == (b'{"cells": []}', {"data.csv": b"a\n1\n"})


def test_a_name_that_is_no_text_is_left_out(handed_in):
    with open(os.fsencode(handed_in) + b"/\xff.csv", "wb") as file:
        file.write(b"a\n")
    os.mkdir(os.fsencode(handed_in) + b"/\xfe")
    assert list(read(handed_in).files) == ["data.csv"]


@pytest.mark.parametrize("name", ["messages.json", "u1.ipynb.ipynb", "x.CSV"])
def test_a_folder_in_the_place_of_a_file_is_left_out(handed_in, name):
    (handed_in / name).mkdir()
    (handed_in / name / "inside.csv").write_text("a\n")
    assert list(read(handed_in).files) == ["data.csv"]


def test_a_folder_of_data_is_read(handed_in):
    (handed_in / "more").mkdir()
    (handed_in / "more" / "inside.csv").write_text("a\n")
    assert sorted(read(handed_in).files) == ["data.csv", "more/inside.csv"]
