"""The map on *Start here*: links that exist, progress, one next step."""

import json
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from pmlab.learner.course_files import START_HERE
from pmlab.learner.start_here import refresh_start_here


@pytest.fixture
def shown(learner, pmlab):  # noqa: ARG001 - puts the miniature course in place
    """The map of the learner's folder, made again at each call."""
    from pmlab.learner import course_map

    return lambda: course_map(learner.folder)


def test_the_stored_start_page_of_a_checkout_is_the_map_of_now(tmp_path):
    from pmlab.learner import course_map

    checkout = Path(__file__).resolve().parents[2] / "course"
    stored = json.loads((checkout / "lessons" / "start_here.ipynb").read_text())
    cell = next(cell for cell in stored["cells"] if cell["cell_type"] == "code")
    data = cell["outputs"][0]["data"]
    now = course_map(tmp_path)
    assert "".join(data["text/html"]) == now._repr_html_()
    assert "".join(data["text/plain"]) == repr(now)
    assert now.next_step.startswith("Make a course folder of your own")
    assert now.findings == ()


def test_every_link_leads_to_a_file(shown, learner):
    links = re.findall(r'href="([^"]+)"', shown()._repr_html_())
    assert len(links) >= 4
    assert all((learner.folder / unquote(link)).is_file() for link in links)


def test_minutes_points_and_objectives_are_on_the_map(shown):
    text = shown()._repr_html_()
    assert "compute a pooled rate and describe traffic" in text
    assert "10 minutes" in text
    assert "0 of 9 points" in text
    assert "12 points" in text


def test_the_next_step_walks_through_a_unit(shown, learner, pmlab):
    assert shown().next_step.startswith("Read the lesson “Pooled rates”")
    learner.answer_all()
    learner.ran("5")
    assert "Go on with the exercises" in shown().next_step
    assert "M03-E2 · Traffic" in shown().next_step
    learner.ran("4", id_="traffic-check")
    assert "Write the memo" in shown().next_step
    learner.answer(memo="We go. " * 60)
    assert shown().next_step == "Hand in “Pooled rates”: pmlab submit 03."
    pmlab("submit", "03", "--no-check", "--learner", "ada")
    assert "Build your portfolio: pmlab portfolio" in shown().next_step


def test_a_half_written_notebook_is_named_and_does_not_stop_the_map(shown, learner):
    learner.notebook.write_text('{"cells": [', encoding="utf-8")
    assert "Bring back the notebook" in shown().next_step
    assert "damaged or half written" in shown()._repr_html_()
    assert "damaged or half written" in repr(shown())


def test_what_a_learner_wrote_never_becomes_markup(shown, learner):
    learner.notebook.rename(learner.notebook.with_name("<b>mine.ipynb"))
    assert "<b>mine" not in shown()._repr_html_()


def test_the_map_reads_in_a_terminal(pmlab, learner):
    learner.answer_all()
    learner.ran("5")
    status, said = pmlab("progress")
    assert status == 0
    assert "03_mini" in said
    assert "[###########---------] visible checks pass for 5 of 9 points" in said


def test_progress_as_json_and_as_a_page(pmlab, learner):
    learner.ran("2.5")
    (learner.notebook.parent / "hints.json").write_text('{"average": 2}')
    _, said = pmlab("progress", "--json")
    (unit,) = json.loads(said)["units"]
    assert (unit["passing"], unit["hints"], unit["handed_in"]) == (2.5, 2, None)
    _, said = pmlab("progress", "--page")
    assert "double-click “my progress.html” of the file browser" in said
    text = (learner.folder / "my progress.html").read_text(encoding="utf-8")
    assert "2.5 of 9 points" in text
    assert not re.search(r'(src|href)="https?:', text)


@pytest.mark.usefixtures("pmlab")
def test_start_here_opens_with_the_map_as_it_is_now(learner):
    cells = json.loads((learner.folder / START_HERE).read_bytes())["cells"]
    code = {**cells[0], "cell_type": "code", "source": ["pm.learner.course_map()"]}
    content = {"cells": [code | {"outputs": [], "execution_count": None}, *cells]}
    (learner.folder / START_HERE).write_text(json.dumps(content), encoding="utf-8")
    learner.answer_all()
    learner.ran("5")
    before = (learner.folder / START_HERE).read_bytes()
    assert refresh_start_here(learner.folder)
    notebook = json.loads((learner.folder / START_HERE).read_bytes())
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert "5 of 9 points" in json.dumps(cells[0]["outputs"])
    assert not refresh_start_here(learner.folder)
    old = json.loads(before)["cells"]
    assert [c["source"] for c in old] == [c["source"] for c in notebook["cells"]]


@pytest.mark.usefixtures("pmlab")
def test_a_damaged_start_here_is_left_alone(learner):
    (learner.folder / START_HERE).write_text("{", encoding="utf-8")
    assert not refresh_start_here(learner.folder)
    assert (learner.folder / START_HERE).read_text(encoding="utf-8") == "{"


def test_after_handing_in_anyway_the_open_exercises_stay_the_next_step(
    shown, learner, pmlab
):
    learner.answer_all()
    learner.ran("5")
    pmlab("submit", "03", "--no-check", "--anyway", "--learner", "ada")
    step = shown().next_step
    assert "Go on with the exercises" in step
    assert "M03-E2 · Traffic" in step
    assert "handed this unit in unfinished; now 1 exercise and 1 memo are open" in step
    assert "Hand it in again" in step


def test_units_left_out_of_the_list_are_said_to_come_later(shown):
    assert "1 unit of the course can be done now: 03." in repr(shown())
    assert "still to come" in shown()._repr_html_()


def test_a_title_with_a_question_mark_gets_no_full_stop(shown, learner, course):
    source = course.source_folder(course.units[0]) / "03_mini.ipynb"
    old = source.read_text(encoding="utf-8")
    learner.answer(average="x = 1")
    try:
        source.write_text(old.replace("A pooled rate (", "How many? ("), "utf-8")
        assert shown().next_step.endswith("How many?")
    finally:
        source.write_text(old, encoding="utf-8")


def test_whose_numbers_they_are_is_said(shown, learner):
    assert "the default variant" in repr(shown())
    (learner.folder / ".pmlab" / "variant").write_text("ada-7", encoding="utf-8")
    assert "your own variant, ada-7." in shown()._repr_html_()


def test_a_check_that_an_error_stopped_is_told_with_the_way_on(shown, learner, pmlab):
    """In a fresh kernel a check knows nothing, and the pass it showed is gone."""
    learner.answer_all()
    learner.ran("5")
    learner.ran("4", id_="traffic-check")
    learner.stopped()
    way_on = "run the cells above it first (in JupyterLab: Run > Run All Above"
    (note,) = shown().findings
    assert "the last run of the check of M03-E1 stopped with an" in note
    assert way_on in note
    step = shown().next_step
    assert "M03-E1 · A pooled rate. The last run of its check stopped with an" in step
    assert way_on in step
    assert "Run &gt; Run All Above" in shown()._repr_html_()
    _, said = pmlab("progress")
    assert way_on in said
    learner.stopped("traffic-check")
    (note,) = shown().findings
    assert "the checks of M03-E1 and M03-E2 stopped" in note
    learner.ran("5")
    learner.ran("4", id_="traffic-check")
    assert shown().findings == ()


def test_the_code_of_the_default_variant_is_nobodys_own(shown, learner):
    (learner.folder / ".pmlab" / "variant").write_text("fernbroom", encoding="utf-8")
    assert "the default variant, which everyone has" in repr(shown())
