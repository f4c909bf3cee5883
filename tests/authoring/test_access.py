"""What the linter says of pictures, colors, links and charts."""

from pathlib import Path

import pytest

from pmlab.authoring.access import access
from pmlab.authoring.model import Cell
from pmlab.authoring.parse import read_unit
from pmlab.learner.course_files import installed_course


def problems(source, kind="markdown"):
    cell = Cell(path=Path("lesson.py"), line=1, kind=kind, source=source, marks={})
    return [problem for _, problem in access([cell])]


@pytest.mark.parametrize(
    "source",
    [
        "![](a.png)",
        "![ ](a.png)",
        "![a.png](a.png)",
        "![Chart](a.png)",
        '<img src="a.png">',
        '<img src="a.png" alt="">',
    ],
)
def test_a_picture_needs_words(source):
    (problem,) = problems(source)
    assert "say what it shows" in problem


@pytest.mark.parametrize(
    "source", ["![Retention falls in week 2](a.png)", "<img alt='A funnel' src='a'>"]
)
def test_a_picture_with_words_passes(source):
    assert problems(source) == []


@pytest.mark.parametrize("source", ["See the red line.", "Green bars are good."])
def test_color_alone_is_no_name(source):
    (problem,) = problems(source)
    assert "by its color alone" in problem


@pytest.mark.parametrize("source", ["the Red Cross", "`red line`", "greenfield lines"])
def test_words_that_only_look_like_colors_pass(source):
    assert problems(source) == []


def test_a_link_says_where_it_leads():
    assert problems("Read [here](a.md).") == [
        "a link whose words do not say where it leads; name the target"
    ]
    assert problems("Read [the guide](a.md).") == []


def test_a_chart_without_words_is_named():
    (problem,) = problems("import matplotlib.pyplot as plt", kind="code")
    assert "draw it with pm.charts" in problem
    assert problems("pm.charts.bars(table)", kind="code") == []


@pytest.mark.parametrize(
    "entry", installed_course().units, ids=lambda entry: entry.slug
)
def test_each_unit_is_free_of_them(entry):
    course = installed_course()
    unit = read_unit(course.text_folder(entry))
    hidden = {"solution", "checks", "wrong", "right", "exemplar"}
    shown = [cell for cell in unit.cells if not cell.marks.keys() & hidden]
    assert [
        f"{cell.line}: {problem}" for cell, problem in access([*unit.lesson, *shown])
    ] == []
