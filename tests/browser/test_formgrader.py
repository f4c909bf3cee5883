"""The formgrader shows what `pmlab teach grade` found; its grade reaches the page."""

import shutil

import pytest

from pmlab.cli.main import main
from pmlab.grading.feedback.rubric import read_rubric
from tests.browser.formgrader_course import COURSE, ENTRY, TASK, hand_in, open_hand_in
from tests.browser.lab_page import shoot

pytestmark = [pytest.mark.browser, pytest.mark.slow]

RUBRIC = read_rubric(TASK.prompt.source)


@pytest.fixture(scope="module")
def graded_course(tmp_path_factory):
    """A course in which one submission with a wrong answer was graded by pmlab."""
    folder = tmp_path_factory.mktemp("class")
    for name in ("nbgrader_config.py", "course.toml"):
        shutil.copy(COURSE.folder / name, folder)
    shutil.copytree(COURSE.source_folder(ENTRY), folder / "source" / ENTRY.slug)
    assert main(["teach", "release", ENTRY.slug, "--course", str(folder)]) == 0
    hand_in(folder)
    words = ["teach", "grade", ENTRY.slug, "--course", str(folder)]
    assert main([*words, "--trust-submissions"]) == 0
    return folder


def test_a_grade_with_rubric_levels_goes_from_formgrader_to_feedback(
    page, formgrader, graded_course
):
    open_hand_in(page, formgrader)
    page.get_by_text(RUBRIC[0].levels[2], exact=True).first.wait_for(timeout=60_000)

    page.wait_for_load_state("networkidle")
    comment = "\n".join(f"{item.name}: 2 - more, please" for item in RUBRIC)
    for field, text in (("input.score", "8"), ("textarea.comment", comment)):
        with page.expect_response(lambda answer: answer.request.method == "PUT"):
            page.locator(field).last.fill(text)
            page.locator(field).last.press("Tab")
    shoot(page, "formgrader_rubric", full_page=True)

    folder = graded_course
    assert main(["teach", "feedback", ENTRY.slug, "--course", str(folder)]) == 0
    path = folder / "feedback" / "ada" / ENTRY.slug / f"{ENTRY.slug}.html"
    page.goto(path.as_uri())
    assert page.locator("h1").all_inner_texts() == [f"Feedback: {ENTRY.title}"]
    chosen = page.locator(".chosen").all_inner_texts()
    assert chosen == [f"Yours: {item.levels[2]}" for item in RUBRIC]
    page.get_by_text("more, please").first.wait_for()
    shoot(page, "feedback_page", full_page=True)
    # The formgrader's own template asks for MathJax; our page asks for nothing.
    assert [url for url in page.strangers if "/mathjax/" not in url] == []
