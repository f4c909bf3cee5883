"""A learner's first hour around the units: start, map, commands, submit, feedback."""

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pmlab.authoring.parse import read_unit
from pmlab.learner.course_files import (
    START_HERE,
    exercises_path,
    installed_course,
    lesson_path,
)
from pmlab.learner.lab import environment
from tests.browser.lab_page import LabPage, shoot

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COURSE = installed_course()
ENTRY = COURSE.units[0]
UNIT = read_unit(COURSE.text_folder(ENTRY))
EXERCISE = UNIT.exercises[0]
MEMO = "**GO**, if the pilot reaches 400 cleans a month by March. " * 30


@pytest.fixture
def lab(page, lab_url):
    return LabPage(page, lab_url)


def open_exercises(lab, page):
    lab.open(START_HERE)
    page.locator("a:visible", has_text="Exercises").first.click()
    lab.wait_for(exercises_path(ENTRY.slug))


def test_start_here_opens_first_with_map_and_next_step(
    lab, page, lab_url, course_folder
):
    settings = course_folder / ".pmlab" / "jupyter"
    shutil.rmtree(settings / "workspaces")  # as before the first start
    environment(settings)
    page.goto(lab_url)
    lab.wait_for(START_HERE)
    page.locator("h1:visible", has_text="Start here").first.wait_for(timeout=60_000)
    page.get_by_role("link", name="Exercises").first.wait_for()
    page.get_by_text("Your next step.").first.wait_for()
    contents = page.locator(".jp-TableOfContents:visible")
    contents.get_by_text("How a unit works").first.wait_for()
    shoot(page, "start_here")
    assert page.get_by_text("Would you like to get notified").count() == 0
    assert page.get_by_text("Formgrader").count() == 0
    assert page.strangers == []


def test_the_lesson_opens_from_start_here(lab, page, course_folder):
    lab.open(START_HERE)
    page.get_by_role("link", name="Lesson").first.click()
    lab.wait_for(lesson_path(ENTRY.slug))
    page.locator(".jp-Notebook:visible h1").first.wait_for()
    shoot(page, "lesson")
    assert (course_folder / lesson_path(ENTRY.slug)).is_file()


def test_progress_and_handing_in_work_from_a_cell(lab, page, course_folder):
    open_exercises(lab, page)
    given = next(index for index, cell in enumerate(UNIT.cells) if cell.kind == "code")
    answer, check = lab.index(EXERCISE.id), lab.index(f"{EXERCISE.id}-check")
    lab.run(given)
    lab.run(answer, EXERCISE.solution.source)
    lab.run(check)
    lab.write(lab.index(UNIT.artefacts[0].id), MEMO)
    lab.save()

    words = "!pmlab submit 03 --learner ada --no-check"
    said = lab.run_in_new_cell_below(check, words)
    shoot(page, "still_open")
    assert "– no answer yet" in said.inner_text()
    said = lab.run(check + 1, f"{words} --anyway")
    shoot(page, "handed_in")
    assert "Send this file to your instructor" in said.inner_text()
    (file,) = (course_folder / "to hand in").glob("ada__*.zip")
    with zipfile.ZipFile(file) as archive:
        notebook = archive.read(f"{ENTRY.slug}/{ENTRY.slug}.ipynb").decode()
    assert "if the pilot reaches" in notebook

    lab.open(START_HERE)
    code = next(i for i, cell in enumerate(cells_of(course_folder)) if cell == "code")
    progress = lab.run(code)
    shoot(page, "progress")
    assert f"{EXERCISE.points} of {ENTRY.points['exercises']} points" in (
        progress.inner_text()
    )
    assert page.strangers == []


def test_the_memo_is_written_as_start_here_says(lab, page):
    """Double-click, click into the box, write: no key may reach the notebook."""
    open_exercises(lab, page)
    memo = lab.index(UNIT.artefacts[0].id)
    count = "() => window.jupyterapp.shell.currentWidget.content.widgets.length"
    before = page.evaluate(count)
    cell = lab.activate(memo)
    lab.page.locator(".jp-Cell.jp-mod-active .jp-MarkdownOutput:visible").dblclick()
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("dd xx We ask $12 a month and $15.")
    shoot(page, "memo_box")
    page.keyboard.press("Shift+Enter")
    shown = cell.locator(".jp-MarkdownOutput")
    lab.activate(memo)
    assert "dd xx We ask $12 a month and $15." in shown.inner_text()
    assert page.evaluate(count) == before
    shoot(page, "memo")


def cells_of(folder):
    notebook = json.loads((folder / START_HERE).read_text(encoding="utf-8"))
    return [cell["cell_type"] for cell in notebook["cells"]]


def test_the_validate_button_tells_the_reason(lab, page):
    open_exercises(lab, page)
    lab.run(lab.index(EXERCISE.id), EXERCISE.wrong[0].cell.source)
    page.get_by_role("button", name="Validate").first.click()
    dialog = page.get_by_role("dialog")
    dialog.wait_for(timeout=180_000)
    shoot(page, "validate")
    start = " ".join(EXERCISE.wrong[0].message.split("{")[0].split()[:3])
    assert start in " ".join(dialog.inner_text().split())
    dialog.get_by_role("button").last.click()


def test_a_second_start_on_the_folder_leads_to_the_open_one(lab_url, course_folder):
    done = subprocess.run(
        [Path(sys.executable).with_name("pmlab"), "start", course_folder],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "open on this folder already" in done.stdout
    assert lab_url.rpartition(":")[2].strip("/") in done.stdout


def test_a_notebook_damaged_while_jupyterlab_runs_is_named(lab, page, course_folder):
    path = course_folder / exercises_path(ENTRY.slug)
    kept = path.with_suffix(".kept")
    shutil.copy(path, kept)
    try:
        path.write_text('{"cells": [', encoding="utf-8")
        lab.open(START_HERE)
        code = next(
            i for i, cell in enumerate(cells_of(course_folder)) if cell == "code"
        )
        said = lab.run(code)
        shoot(page, "damaged")
        assert "damaged or half written" in said.inner_text()
        assert "JupyterLab kept an older copy" in said.inner_text()
    finally:
        kept.replace(path)
