"""A learner's first hour: start, open, wrong answer, hint, right answer, progress."""

import json
import os
from pathlib import Path
from urllib.parse import quote

import pytest

from pmlab.authoring.parse import read_unit
from pmlab.learner.course_files import (
    START_HERE,
    exercises_path,
    installed_course,
    lesson_path,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COURSE = installed_course()
ENTRY = COURSE.units[0]
UNIT = read_unit(COURSE.text_folder(ENTRY))
EXERCISE = UNIT.exercises[0]
SHOTS = os.environ.get("PMLAB_SCREENSHOTS")  # a folder, to look at the pictures


def shoot(page, name):
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def wait_for_notebook(page, path):
    """Wait until a notebook is the current one and its kernel is ready."""
    page.wait_for_function(
        """path => {
            const widget = window.jupyterapp?.shell.currentWidget;
            return widget?.context?.path === path
                && widget.sessionContext?.session?.kernel?.status === 'idle';
        }""",
        arg=path,
        timeout=120_000,
    )


def open_start_here(page, lab_url):
    # Without the tabs that an earlier test left open.
    page.goto(f"{lab_url}lab/tree/{quote(START_HERE)}?reset")
    wait_for_notebook(page, START_HERE)
    heading = page.locator(".jp-RenderedHTMLCommon h1:visible", has_text="Start here")
    heading.first.wait_for(timeout=60_000)


def cell_index(folder, id_):
    path = folder / exercises_path(ENTRY.slug)
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell["id"] for cell in cells].index(id_)


def activate(page, index):
    """Bring a cell into view, as a learner does by scrolling and clicking."""
    page.evaluate(
        """async index => {
            const content = window.jupyterapp.shell.currentWidget.content;
            content.activeCellIndex = index;
            await content.scrollToItem(index);
        }""",
        index,
    )
    cell = page.locator(".jp-Notebook:visible .jp-Cell.jp-mod-active")
    cell.scroll_into_view_if_needed()
    return cell


def run(page, index, code=None):
    """Type into a cell if asked, run it, return its output once it is done."""
    cell = activate(page, index)
    if code is None:
        page.evaluate(
            """() => {
                const content = window.jupyterapp.shell.currentWidget.content;
                content.mode = 'command';
                content.node.focus();
            }"""
        )
    else:
        cell.locator(".cm-content").click()
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(code)
    page.keyboard.press("Control+Enter")
    page.wait_for_function(
        """index => {
            const widget = window.jupyterapp.shell.currentWidget;
            const model = widget.content.widgets[index].model;
            return widget.sessionContext.session?.kernel?.status === 'idle'
                && model.executionState !== 'running' && model.executionCount !== null;
        }""",
        arg=index,
        timeout=60_000,
    )
    return cell.locator(".jp-OutputArea").first


def open_exercises(page):
    page.locator("a:visible", has_text="Exercises").first.click()
    wait_for_notebook(page, exercises_path(ENTRY.slug))


def test_start_here_opens_first_and_asks_no_other_host(page, lab_url):
    page.goto(lab_url)
    wait_for_notebook(page, START_HERE)
    page.get_by_role("link", name="Exercises").first.wait_for()
    shoot(page, "start_here")
    assert page.get_by_text("Would you like to get notified").count() == 0
    assert page.strangers == []


def test_the_lesson_opens_from_start_here(page, lab_url, course_folder):
    open_start_here(page, lab_url)
    page.get_by_role("link", name="Lesson", exact=True).first.click()
    page.wait_for_function(
        "() => window.jupyterapp.shell.currentWidget.title.label.includes('lesson')",
        timeout=60_000,
    )
    page.locator(".jp-Notebook:visible h1").first.wait_for()
    shoot(page, "lesson")
    assert (course_folder / lesson_path(ENTRY.slug)).is_file()


def test_a_wrong_answer_gets_its_own_message_and_a_right_one_its_credit(
    page, lab_url, course_folder
):
    open_start_here(page, lab_url)
    open_exercises(page)
    given = next(index for index, cell in enumerate(UNIT.cells) if cell.kind == "code")
    answer = cell_index(course_folder, EXERCISE.id)
    check = cell_index(course_folder, f"{EXERCISE.id}-check")

    run(page, given)
    verdict = run(page, check)
    assert "does not exist yet" in verdict.inner_text()

    run(page, answer, EXERCISE.wrong[0].cell.source.split('"""')[2].strip())
    verdict = run(page, check)
    shoot(page, "wrong_answer")
    start = " ".join(EXERCISE.wrong[0].message.split("{")[0].split()[:4])
    assert start in " ".join(verdict.inner_text().split())
    assert "Not yet: 0 of" in verdict.inner_text()

    run(page, answer, EXERCISE.solution.source)
    verdict = run(page, check)
    shoot(page, "right_answer")
    assert "The visible checks pass" in verdict.inner_text()

    page.keyboard.press("Escape")
    page.keyboard.press("b")
    hint = run(page, check + 1, f'pm.hint("{EXERCISE.id}")')
    shoot(page, "hint")
    assert "Hint 1 of" in hint.inner_text()

    page.keyboard.press("Control+S")
    page.wait_for_function(
        "() => !window.jupyterapp.shell.currentWidget.context.model.dirty",
        timeout=30_000,
    )
    assert page.strangers == []

    open_start_here(page, lab_url)
    progress = run(page, 1)
    shoot(page, "progress")
    assert f"pass for {EXERCISE.points} of" in progress.inner_text()


def test_the_validate_button_tells_the_reason(page, lab_url, course_folder):
    open_start_here(page, lab_url)
    open_exercises(page)
    answer = cell_index(course_folder, EXERCISE.id)
    run(page, answer, EXERCISE.wrong[0].cell.source.split('"""')[2].strip())
    page.get_by_role("button", name="Validate").first.click()
    dialog = page.get_by_role("dialog")
    dialog.wait_for(timeout=180_000)
    shoot(page, "validate")
    start = " ".join(EXERCISE.wrong[0].message.split("{")[0].split()[:3])
    assert start in " ".join(dialog.inner_text().split())
