"""Copied work is listed, however renamed; work of one's own is not."""

import json
import os

import nbformat
import pytest
from bs4 import BeautifulSoup

from pmlab.errors import CourseError
from pmlab.grading.course_folder import CourseFolder
from pmlab.grading.similarity import (
    GRAM,
    WINDOW,
    fingerprints,
    similar_pairs,
    write_similarity,
)
from tests.grading.plain_course import UNIT, make_course, submission_notebook, submit

LOOP = """\
def square(x):
    total = 0
    for step in range(abs(x)):
        if step % 2 == 0 or step > 10:
            total = total + abs(x)
        else:
            total += abs(x) * 1
    while total < 0:
        total = -total
    return total if x else 0
"""
RENAMED = (
    LOOP.replace("total", "summe")
    .replace("step", "i")
    .replace("for i", "# mine\n    for i")
)
OTHER = """\
def square(x):
    import math
    values = {key: value ** 2 for key, value in zip([x], [x])}
    try:
        return int(math.pow(values[x], 1.0))
    except (KeyError, ValueError) as problem:
        raise RuntimeError("no " + str(problem)) from problem
"""


def test_renaming_and_comments_hide_nothing():
    assert fingerprints(LOOP).keys() == fingerprints(RENAMED).keys()


def test_a_copied_piece_of_the_promised_length_is_always_found():
    piece = " + ".join(f"f{n}({n})" for n in range(GRAM + WINDOW))
    one = fingerprints(f"a = [1, 2]\nif a:\n    b = {piece}\n")
    other = fingerprints(f"while True:\n    pass\nz = {{}}\nprint({piece})\n")
    assert one.keys() & other.keys()


@pytest.mark.parametrize("code", ["", "def (", "x = '", "\0", "   )", "é = ½"])
def test_code_that_does_not_parse_is_no_problem(code):
    assert isinstance(fingerprints(code), dict)


def test_what_the_instructor_gave_does_not_count():
    prints = {who: fingerprints(LOOP, exercise="e") for who in ("ada", "bo")}
    assert len(similar_pairs(prints)) == 1
    assert similar_pairs(prints, given=fingerprints(LOOP)).empty


def test_what_a_third_of_the_class_shares_does_not_count():
    prints = {f"learner{n}": fingerprints(LOOP, exercise="e") for n in range(12)}
    assert similar_pairs(prints).empty


@pytest.fixture
def course(tmp_path):
    course = CourseFolder(make_course(tmp_path, released=True))
    for learner, code in (("ada", LOOP), ("bo", RENAMED), ("cy", OTHER)):
        submit(tmp_path, learner, submission_notebook(code))
    return course


def test_the_list_shows_the_places_and_gives_no_verdict(course):
    page, pairs = write_similarity(course, UNIT)
    assert pairs[["one", "other", "exercises"]].values.tolist() == [
        ["ada", "bo", "square"]
    ]
    assert pairs["share"].iloc[0] == 1.0
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    text = soup.get_text()
    assert "Never a verdict" in text
    assert "▶     for step in range(abs(x)):" in text
    assert "cy" not in [tag.get_text() for tag in soup.find_all("h3")]
    assert page.with_suffix(".csv").read_text().startswith("one,other,share")


def not_compared(page):
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    heading = soup.find("h2", string="Not compared")
    return [] if heading is None else [li.get_text() for li in heading.find_next("ul")]


def cells_and(cell):
    notebook = submission_notebook(OTHER)
    return json.dumps({**notebook, "cells": [*notebook["cells"], cell]}).encode()


def code_cell(source, **metadata):
    return {"cell_type": "code", "metadata": metadata, "source": source}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b'{"cells": 5}',
        b'{"cells":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        cells_and(code_cell("a = [1]\n" * 50_000)),
        b" " * (20 * 2**20 + 1),
    ],
    ids=["empty", "cut", "list", "number", "nested", "long", "large"],
)
def test_what_can_not_be_read_is_named_and_the_others_are_compared(course, raw):
    path = course.step("submitted", "cy", UNIT) / f"{UNIT}.ipynb"
    path.write_bytes(raw)
    page, pairs = write_similarity(course, UNIT)
    assert len(pairs) == 1
    assert [line[:4] for line in not_compared(page)] == ["cy: "]


@pytest.mark.parametrize(
    "cell",
    [
        5,
        None,
        {**code_cell("x"), "metadata": None},
        code_cell("x", nbgrader=[1]),
        code_cell([1]),
        code_cell("", nbgrader={"grade_id": ["x"]}),
        code_cell("x = 1 \ud800 + 2\n" * 10),
        {"cell_type": ["code"], "source": {}},
    ],
    ids=str,
)
def test_a_cell_that_is_none_takes_nothing_from_the_rest(course, cell):
    path = course.step("submitted", "cy", UNIT) / f"{UNIT}.ipynb"
    path.write_bytes(cells_and(cell))
    submit(course.folder, "di", submission_notebook(OTHER))
    page, pairs = write_similarity(course, UNIT)
    assert ("cy", "di") in set(zip(pairs["one"], pairs["other"], strict=True))
    assert not_compared(page) == []


def test_pipes_and_links_are_not_opened(course):
    path = course.step("submitted", "cy", UNIT) / f"{UNIT}.ipynb"
    path.unlink()
    os.mkfifo(path)
    linked = submit(course.folder, "di") / f"{UNIT}.ipynb"
    linked.unlink()
    linked.symlink_to(course.step("submitted", "ada", UNIT) / f"{UNIT}.ipynb")
    page, pairs = write_similarity(course, UNIT)
    assert pairs[["one", "other"]].values.tolist() == [["ada", "bo"]]
    assert [line[:4] for line in not_compared(page)] == ["cy: ", "di: "]


def test_a_folder_whose_name_is_no_text_is_named(course):
    (course.folder / "submitted" / "\udcff" / UNIT).mkdir(parents=True)
    page, pairs = write_similarity(course, UNIT)
    assert len(pairs) == 1
    assert not_compared(page) == ["?: The name of the folder is no text."]


def test_one_submission_is_too_few(tmp_path):
    course = CourseFolder(make_course(tmp_path, released=True))
    with pytest.raises(CourseError, match="a comparison needs two"):
        write_similarity(course, UNIT)


def test_cells_that_a_learner_added_are_compared_too(course):
    for learner in ("ada", "cy"):
        path = course.step("submitted", learner, UNIT) / f"{UNIT}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        notebook.cells[1]["source"] = "square = None"
        notebook.cells.append(nbformat.v4.new_code_cell(LOOP))
        nbformat.write(notebook, path)
    pairs = write_similarity(course, UNIT)[1]
    assert set(pairs["one"]) | set(pairs["other"]) == {"ada", "bo", "cy"}


def test_the_page_shows_no_place_that_does_not_count(tmp_path):
    course = CourseFolder(make_course(tmp_path, released=True))
    for number in range(12):
        notebook = submission_notebook(LOOP)
        if number < 2:
            notebook.cells.append(nbformat.v4.new_code_cell(OTHER))
        submit(tmp_path, f"learner{number:02}", notebook)
    page, pairs = write_similarity(course, UNIT)
    assert pairs[["one", "other"]].values.tolist() == [["learner00", "learner01"]]
    text = page.read_text(encoding="utf-8")
    assert "math.pow" in text
    assert "for step in range" not in text  # everybody has it
