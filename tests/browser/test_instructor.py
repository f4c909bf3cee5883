"""An instructor's hour: the formgrader shows the reason and takes a grade by hand."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pmlab.authoring.parse import read_unit
from pmlab.learner.course_files import installed_course
from tests.browser.conftest import running_lab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COURSE = installed_course()
ENTRY = COURSE.units[0]
UNIT = read_unit(COURSE.text_folder(ENTRY))
SHOTS = os.environ.get("PMLAB_SCREENSHOTS")
MEMO = "GO, if the pilot reaches 400 cleans a month by March."


def shoot(page, name):
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


@pytest.fixture(scope="module")
def graded_course(tmp_path_factory):
    """A course folder in which one submission with a wrong answer was autograded."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(COURSE.folder / "nbgrader_config.py", folder)
    shutil.copytree(COURSE.folder / "source", folder / "source")
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    }

    def nbgrader(*words):
        subprocess.run(
            [sys.executable, "-m", "nbgrader", *words],
            cwd=folder,
            env=environment,
            check=True,
            capture_output=True,
            timeout=300,
        )

    nbgrader("generate_assignment", ENTRY.slug)
    name = f"{ENTRY.slug}.ipynb"
    text = (folder / "release" / ENTRY.slug / name).read_text(encoding="utf-8")
    notebook = json.loads(text)
    answers = {
        UNIT.exercises[0].id: UNIT.exercises[0].wrong[0].cell.source,
        UNIT.artefacts[0].id: MEMO,
    }
    for cell in notebook["cells"]:
        cell["source"] = answers.get(cell["id"], cell["source"])
    place = folder / "submitted" / "ada" / ENTRY.slug
    place.mkdir(parents=True)
    (place / name).write_text(json.dumps(notebook), encoding="utf-8")
    nbgrader("autograde", ENTRY.slug)
    return folder


@pytest.fixture(scope="module")
def formgrader(graded_course):
    """The address of the formgrader of that course."""
    command = [sys.executable, "-m", "jupyterlab"]
    with running_lab(command, graded_course) as url:
        yield f"{url}formgrader"


def test_the_formgrader_shows_the_reason_and_takes_a_manual_grade(
    page, formgrader, graded_course
):
    page.goto(f"{formgrader}/manage_assignments")
    page.get_by_text(ENTRY.slug).first.wait_for(timeout=60_000)
    page.goto(f"{formgrader}/gradebook/{ENTRY.slug}/{ENTRY.slug}")
    page.get_by_role("link", name="Submission #1").click()
    reason = " ".join(UNIT.exercises[0].wrong[0].message.split("{")[0].split()[:3])
    page.get_by_text(reason).first.wait_for(timeout=60_000)
    page.locator("p:visible", has_text=MEMO).first.wait_for(timeout=60_000)

    page.wait_for_load_state("networkidle")
    score = page.locator("input.score").last
    with page.expect_response(lambda answer: answer.request.method == "PUT"):
        score.fill("9")
        score.press("Tab")
    shoot(page, "formgrader")
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{graded_course}/gradebook.db") as gradebook:
        grades = gradebook.find_submission(ENTRY.slug, "ada").notebooks[0].grades
        manual = {grade.name: grade.manual_score for grade in grades}
    assert manual[UNIT.artefacts[0].id] == 9
    # The formgrader's own template asks for MathJax; pages of ours ask for nothing.
    assert [url for url in page.strangers if "/mathjax/" not in url] == []
