"""nbgrader grades on the owner's data and notes another's, changing no points."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from pmlab import case
from pmlab.case import variant_code
from pmlab.checks.verdict import Verdict
from pmlab.grading.owners_variant import NoteOtherVariant, shown_variants
from tests.nbgrader_command import nbgrader, run_nbgrader

SECRET = "a secret of this course"  # noqa: S105 - made up
CONFIG = Path(__file__).parents[2] / "course" / "nbgrader_config.py"
CHECK = """\
import pmlab as pm
with pm.checks.exercise("weights", points=3, read="Lesson 1") as check:
    check.number(
        answer, float(pm.case.load("criteria")["weight"].sum()),
        what="the sum of the weights", unit="points", tolerance=0,
        traps={}, idea="Add them.",
    )
check.verdict()"""
SEES = """
import os
print("sees", os.environ.get("PMLAB_VARIANT"), os.environ.get("PMLAB_COURSE_SECRET"))"""


def code_of(learner):
    return variant_code(SECRET, learner)


def answer_of(learner):
    weights = case.load("criteria", variant=code_of(learner))["weight"]
    return f"answer = {weights.sum()}{SEES}"


def verdict_output(code):
    with case.use_variant(code):
        page = Verdict(exercise="weights", points=3, share=1.0)._repr_html_()
    return new_output("display_data", {"text/html": page, "text/plain": "3"})


def notebook(answer, *, ran_on=None):
    cells = [
        new_markdown_cell("# One exercise"),
        new_code_cell(answer),
        new_code_cell(CHECK),
    ]
    for cell, grade in zip(cells[1:], (False, True), strict=True):
        cell["metadata"]["nbgrader"] = {
            "grade": grade,
            "grade_id": "weights-check" if grade else "weights",
            "locked": grade,
            "schema_version": 3,
            "solution": not grade,
            "task": False,
        } | ({"points": 3} if grade else {})
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    if ran_on is not None:
        cells[2]["outputs"] = [verdict_output(ran_on)]
    return new_notebook(cells=cells)


def write(folder, step, learner, content):
    place = folder / step / learner / "one"
    place.mkdir(parents=True)
    nbformat.write(content, place / "one.ipynb")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """Ada works on her data, Bo hands in hers, Chi ran nothing, Dee used no code."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(CONFIG, folder)
    write(folder, "source", ".", notebook("### BEGIN SOLUTION\n### END SOLUTION"))
    nbgrader(folder, "generate_assignment", "one")
    write(folder, "submitted", "ada", notebook(answer_of("ada"), ran_on=code_of("ada")))
    write(folder, "submitted", "bo", notebook(answer_of("ada"), ran_on=code_of("ada")))
    write(folder, "submitted", "chi", notebook(answer_of("chi")))
    content = notebook(answer_of("dee"), ran_on=case.DEFAULT_VARIANT)
    write(folder, "submitted", "dee", content)
    done = nbgrader(folder, "autograde", "one", PMLAB_COURSE_SECRET=SECRET)
    nbgrader(folder, "generate_feedback", "one")
    return SimpleNamespace(folder=folder, log=done.stderr)


def read(folder, learner):
    path = folder / "autograded" / learner / "one" / "one.ipynb"
    return json.loads(path.read_text(encoding="utf-8"))


def points(folder, learner):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        return gradebook.find_submission("one", learner).score


@pytest.mark.slow
def test_each_answer_is_graded_on_its_owners_data(graded):
    assert answer_of("ada") != answer_of("bo")
    assert points(graded.folder, "bo") == 0
    assert [points(graded.folder, name) for name in ("ada", "chi", "dee")] == [3, 3, 3]


@pytest.mark.slow
def test_another_variant_is_noted_on_top_and_in_the_log(graded):
    top = "".join(read(graded.folder, "bo")["cells"][0]["source"])
    assert top.startswith("**Note on the data.**")
    assert code_of("ada") in top
    assert code_of("bo") in top
    assert f"of bo was worked on the data of variant {code_of('ada')}" in graded.log
    top = "".join(read(graded.folder, "dee")["cells"][0]["source"])
    assert "run on the default variant" in top


@pytest.mark.slow
def test_own_data_and_notebooks_without_outputs_get_no_note(graded):
    for learner in ("ada", "chi"):
        assert read(graded.folder, learner)["cells"][0]["source"] == ["# One exercise"]
        assert f"of {learner} was worked" not in graded.log


@pytest.mark.slow
def test_the_learners_code_sees_her_variant_and_not_the_secret(graded):
    text = json.dumps(read(graded.folder, "ada"))
    assert f"sees {code_of('ada')} None" in text
    assert SECRET not in text


@pytest.mark.slow
def test_without_a_secret_nothing_is_set_or_noted(graded, tmp_path):
    folder = tmp_path / "course"
    shutil.copytree(graded.folder, folder)
    nbgrader(folder, "autograde", "one", "--force", "--student", "bo")
    assert f"sees {case.DEFAULT_VARIANT} None" in json.dumps(read(folder, "bo"))
    assert read(folder, "bo")["cells"][0]["source"] == ["# One exercise"]


@pytest.mark.slow
def test_a_secret_that_is_too_short_stops_grading_with_the_reason(graded, tmp_path):
    folder = tmp_path / "course"
    shutil.copytree(graded.folder, folder)
    (folder / ".pmlab").mkdir()
    (folder / ".pmlab" / "secret").write_text("short")
    done = run_nbgrader(folder, "autograde", "one", "--force", "--student", "bo")
    assert done.returncode != 0
    assert "secret has 5 bytes, must have at least 16" in done.stderr


def test_a_submission_is_noted_once_and_its_outputs_may_be_odd(monkeypatch):
    monkeypatch.setenv("PMLAB_COURSE_SECRET", SECRET)
    content = notebook("answer = 1", ran_on="seed-1")
    content["cells"][2]["outputs"] += [
        new_output("stream", name="stdout", text='data-variant="seed-2"'),
        new_output("display_data", {"text/html": ['<p data-variant="', 'a b"></p>']}),
    ]
    assert shown_variants(content) == {"seed-1"}
    about = {"nbgrader": {"student": "ada", "notebook": "one"}}
    noted, _ = NoteOtherVariant().preprocess(content, about)
    assert len(noted.cells) == 4
    assert "`seed-1`" in noted.cells[0].source
    nbformat.validate(noted)
