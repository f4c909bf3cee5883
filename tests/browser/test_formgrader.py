"""The formgrader shows what `pmlab teach grade` found; its grade reaches the page."""

import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from pmlab.authoring.parse import read_unit
from pmlab.cli.main import main
from pmlab.grading.feedback.rubric import read_rubric
from pmlab.learner.course_files import installed_course
from tests.browser.conftest import running_lab

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COURSE = installed_course()
ENTRY = COURSE.units[0]
UNIT = read_unit(COURSE.text_folder(ENTRY))
TASK = UNIT.artefacts[0]
RUBRIC = read_rubric(TASK.prompt.source)
MEMO = "GO, if the pilot reaches 400 cleans a month by March."
SHOTS = os.environ.get("PMLAB_SCREENSHOTS")


def shoot(page, name):
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


@pytest.fixture(scope="module")
def course_folder_of_class(tmp_path_factory):
    """A course in which one submission with a wrong answer was graded by pmlab."""
    folder = tmp_path_factory.mktemp("class")
    for name in ("nbgrader_config.py", "course.toml"):
        shutil.copy(COURSE.folder / name, folder)
    shutil.copytree(COURSE.source_folder(ENTRY), folder / "source" / ENTRY.slug)
    assert main(["teach", "release", ENTRY.slug, "--course", str(folder)]) == 0
    name = f"{ENTRY.slug}.ipynb"
    text = (folder / "release" / ENTRY.slug / name).read_text(encoding="utf-8")
    notebook = json.loads(text)
    answers = {
        UNIT.exercises[0].id: UNIT.exercises[0].wrong[0].cell.source,
        TASK.id: MEMO,
    }
    for cell in notebook["cells"]:
        cell["source"] = answers.get(cell["id"], cell["source"])
    place = folder / "submitted" / "ada" / ENTRY.slug
    place.mkdir(parents=True)
    (place / name).write_text(json.dumps(notebook), encoding="utf-8")
    words = ["teach", "grade", ENTRY.slug, "--course", str(folder)]
    assert main([*words, "--trust-submissions"]) == 0
    return folder


@pytest.fixture(scope="module")
def formgrader(course_folder_of_class):
    command = [sys.executable, "-m", "jupyterlab"]
    with running_lab(command, course_folder_of_class) as url:
        yield f"{url}formgrader"


def test_a_grade_with_rubric_levels_goes_from_formgrader_to_feedback(
    page, formgrader, course_folder_of_class
):
    page.goto(f"{formgrader}/gradebook/{ENTRY.slug}/{ENTRY.slug}")
    page.get_by_role("link", name="Submission #1").click()
    reason = " ".join(UNIT.exercises[0].wrong[0].message.split("{")[0].split()[:3])
    page.get_by_text(reason).first.wait_for(timeout=60_000)
    page.locator("p:visible", has_text=MEMO).first.wait_for(timeout=60_000)
    page.get_by_text(RUBRIC[0].levels[2], exact=True).first.wait_for(timeout=60_000)

    page.wait_for_load_state("networkidle")
    comment = "\n".join(f"{item.name}: 2 - more, please" for item in RUBRIC)
    for field, text in (("input.score", "8"), ("textarea.comment", comment)):
        with page.expect_response(lambda answer: answer.request.method == "PUT"):
            page.locator(field).last.fill(text)
            page.locator(field).last.press("Tab")
    shoot(page, "formgrader_rubric")

    folder = course_folder_of_class
    assert main(["teach", "feedback", ENTRY.slug, "--course", str(folder)]) == 0
    path = folder / "feedback" / "ada" / ENTRY.slug / f"{ENTRY.slug}.html"
    page.goto(path.as_uri())
    assert page.locator("h1").all_inner_texts() == [f"Feedback: {ENTRY.title}"]
    chosen = page.locator(".chosen").all_inner_texts()
    assert chosen == [f"Yours: {item.levels[2]}" for item in RUBRIC]
    page.get_by_text("more, please").first.wait_for()
    shoot(page, "feedback_page")
    # The formgrader's own template asks for MathJax; our page asks for nothing.
    assert [url for url in page.strangers if "/mathjax/" not in url] == []
