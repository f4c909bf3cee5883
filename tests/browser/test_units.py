"""Each unit as a learner meets it: exercises with their messages, lesson, controls."""

import contextlib
import json

import pytest
from playwright.sync_api import expect

from pmlab.authoring.parse import read_unit
from pmlab.learner.course_files import exercises_path, installed_course, lesson_path
from tests.browser.lab_page import LabPage, shoot

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COURSE = installed_course()
MEMO = "**GO**, because the numbers hold."


@pytest.fixture(params=COURSE.units, ids=lambda entry: entry.slug)
def entry(request):
    return request.param


@pytest.fixture
def lab(page, lab_url):
    made = LabPage(page, lab_url)
    yield made
    made.close()


def longest_words(message):
    """Return the longest stretch of a message that holds no value and no mark."""
    plain = message.replace("*", "`").replace("}", "{").replace("`", "{").split("{")
    return " ".join(max(plain, key=len).split())


def test_wrong_answer_hint_right_answer_and_memo(lab, page, entry, course_folder):
    unit = read_unit(COURSE.text_folder(entry))
    exercise = unit.exercises[0]
    wrong = exercise.wrong[0]
    lab.open(exercises_path(entry.slug))
    given = [cell for cell in unit.cells if cell.kind == "code"].index(
        next(cell for cell in unit.cells if "solution" in cell.marks)
    )
    codes = page.evaluate(
        """() => window.jupyterapp.shell.currentWidget.content.widgets
            .map((cell, index) => [cell.model.type, index])
            .filter(([type]) => type === 'code').map(([, index]) => index)"""
    )
    for index in codes[:given]:
        lab.run(index)
    answer, check = lab.index(exercise.id), lab.index(f"{exercise.id}-check")

    lab.run(answer, wrong.cell.source)
    verdict = lab.run(check)
    shoot(page, f"{entry.slug}-wrong")
    assert longest_words(wrong.message) in " ".join(verdict.inner_text().split())

    lab.run(answer, exercise.solution.source)
    verdict = lab.run(check)
    assert "The visible checks pass" in verdict.inner_text()
    hint = lab.run_in_new_cell_below(check, f'pm.hint("{exercise.id}")')
    assert "Hint 1 of" in hint.inner_text()
    shoot(page, f"{entry.slug}-right")

    memo = lab.write(lab.index(unit.artefacts[0].id), MEMO)
    memo.get_by_text("because the numbers hold").wait_for()
    shoot(page, f"{entry.slug}-memo")
    lab.save()
    saved = course_folder / exercises_path(entry.slug)
    assert MEMO in saved.read_text(encoding="utf-8")
    hints = json.loads((saved.parent / "hints.json").read_text(encoding="utf-8"))
    assert hints[exercise.id] == 1
    assert page.strangers == []


def test_the_lesson_runs_and_its_controls_move_by_keyboard(lab, page, entry):
    lab.open(lesson_path(entry.slug))
    assert lab.run_all() == []
    moved = [index for index in lab.cells_with_widgets() if moves(lab, page, index)]
    shoot(page, f"{entry.slug}-lesson")
    has_widgets = "pm.widgets." in (COURSE.text_folder(entry) / "lesson.py").read_text(
        encoding="utf-8"
    )
    assert bool(moved) == has_widgets
    assert page.strangers == []


def moves(lab, page, index):
    """Move the first slider of a cell by keyboard; return whether its words change."""
    cell = lab.activate(index)
    words = cell.get_by_role("status").first
    words.wait_for(timeout=30_000)
    handle = cell.get_by_role("slider").first
    if handle.count() == 0:
        return False
    before = words.inner_text()
    handle.focus()
    # Some conclusions hold for a while: a step first, then far to either side.
    for keys in (["ArrowRight"] * 3, ["End"], ["Home"]):
        for key in keys:
            page.keyboard.press(key)
        # The model renews the element itself: look for it again each time.
        with contextlib.suppress(AssertionError):
            expect(words).not_to_have_text(before, timeout=8_000)
            return True
    # Some stay silent until a box is ticked, such as "reveal".
    box = cell.get_by_role("checkbox").first
    if box.count() == 0:
        return False
    box.focus()
    page.keyboard.press("Space")
    with contextlib.suppress(AssertionError):
        expect(words).not_to_have_text(before, timeout=15_000)
        return True
    return False
