"""An instructor's hour: the formgrader shows the reason and takes a grade by hand."""

import shutil

import pytest

from tests.browser.formgrader_course import COURSE, ENTRY, TASK, hand_in, open_hand_in
from tests.browser.lab_page import shoot
from tests.nbgrader_command import nbgrader

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def graded_course(tmp_path_factory):
    """A course folder in which one submission with a wrong answer was autograded."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(COURSE.folder / "nbgrader_config.py", folder)
    shutil.copytree(COURSE.folder / "source", folder / "source")
    nbgrader(folder, "generate_assignment", ENTRY.slug)
    hand_in(folder)
    nbgrader(folder, "autograde", ENTRY.slug)
    return folder


def test_the_formgrader_shows_the_reason_and_takes_a_manual_grade(
    page, formgrader, graded_course
):
    page.goto(f"{formgrader}/manage_assignments")
    page.get_by_text(ENTRY.slug).first.wait_for(timeout=60_000)
    open_hand_in(page, formgrader)

    page.wait_for_load_state("networkidle")
    score = page.locator("input.score").last
    with page.expect_response(lambda answer: answer.request.method == "PUT"):
        score.fill("9")
        score.press("Tab")
    shoot(page, "formgrader", full_page=True)
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{graded_course}/gradebook.db") as gradebook:
        grades = gradebook.find_submission(ENTRY.slug, "ada").notebooks[0].grades
        manual = {grade.name: grade.manual_score for grade in grades}
    assert manual[TASK.id] == 9
    # The formgrader's own template asks for MathJax; pages of ours ask for nothing.
    assert [url for url in page.strangers if "/mathjax/" not in url] == []
