"""``pmlab check``: real kernels, the visible checks, and the rest goes on."""

import io
import json
import sys

import pytest

from pmlab.cli.check import with_bar
from pmlab.learner import headless
from pmlab.learner.checking import check
from pmlab.learner.headless import rebuilt
from pmlab.learner.verdict_words import verdict_words

pytestmark = pytest.mark.slow


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_cell_of_a_notebook_shows_each_line_of_progress_whole(learner, monkeypatch):
    """It knows how to go back to the start of a line, not how to wipe one out."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    learner.answer_all()
    with_bar(learner.work())
    lines = terminal.getvalue().split("\n")[1].split("\r")[1:]
    assert len(lines) == 3
    assert {len(line) for line in lines} == {79}
    assert lines[-1].rstrip().endswith("2/2 M03-E2 · Traffic: passes")
    assert "\x1b" not in terminal.getvalue()


def by_id(result):
    return {item.id: item for item in result.exercises}


def test_each_exercise_gets_its_credit_and_the_words_of_its_trap(learner, unit, pmlab):
    wrong = unit.exercises[0].wrong[0]
    learner.answer_all()
    learner.answer(average=wrong.cell.source)
    status, said = pmlab("check", "03")
    assert status == 1
    flat = " ".join(said.split())
    assert "not yet 0/5 M03-E1 · A pooled rate" in flat
    assert "the mean of the daily rates. The day with 100 visitors" in flat
    assert "passes 4/4 M03-E2 · Traffic" in flat
    assert "[########################] 2/2" in flat
    assert "Only the visible checks ran" in flat
    assert "further questions. The map still shows 0 of 9 points" in flat
    way_on = (
        "Run the check cells there (Run > Run All Cells) and save, then it shows 4."
    )
    assert way_on in flat
    learner.ran("0")
    learner.ran("4", id_="traffic-check")
    _, said = pmlab("check", "03")
    assert "The map still shows" not in said


def test_a_complete_notebook_passes_also_as_json(learner, pmlab):
    learner.answer_all()
    status, said = pmlab("check", learner.notebook, "--json")
    found = json.loads(said)
    assert status == 0
    assert (found["credit"], found["points"]) == (9, 9)
    assert [item["status"] for item in found["exercises"]] == ["passes", "passes"]


def test_code_that_ends_python_costs_its_own_exercise_only(learner):
    learner.answer_all()
    learner.answer(average="import os\nos._exit(1)")
    found = by_id(check(learner.work()))
    assert "ended Python itself" in found["average"].reasons[0]
    assert found["traffic"].status == "passes"


def test_a_loop_without_an_end_costs_its_own_exercise_only(learner, monkeypatch):
    monkeypatch.setattr(headless, "SECONDS_PER_CELL", 4)
    learner.answer_all()
    learner.answer(average="def pooled_rate(days):\n    while True: pass")
    found = by_id(check(learner.work()))
    assert found["average"].credit == 0
    assert "loop without an end" in found["average"].reasons[0]
    assert found["traffic"].status == "passes"


def test_damaged_notebooks_are_checked_as_far_as_they_go(learner):
    """Reordered cells, a deleted check, a doubled answer, a cell of her own."""
    learner.answer_all()

    def spoil(cells):
        kept = [cell for cell in cells if cell["id"] != "traffic-check"]
        answer = next(cell for cell in kept if cell["id"] == "average")
        twin = {**answer, "id": "twin", "source": ["raise ValueError('twin')"]}
        own = {"cell_type": "code", "id": "own", "metadata": {}, "source": ["1 / 0"]}
        return [twin, own, *kept[::-1]]

    learner.change(spoil)
    result = check(learner.work())
    assert result.credit == 9
    assert len(result.findings) == 3


def test_a_notebook_that_cannot_be_read_has_no_answers(learner, pmlab):
    learner.notebook.write_bytes(b'{"cells": [')
    status, said = pmlab("check", "03")
    assert status == 1
    assert "damaged or half written" in said
    assert "0 of 9 points" in said


def test_her_own_cells_follow_the_cell_they_follow_in_hers(learner):
    def add(cells):
        at = [cell["id"] for cell in cells].index("average")
        own = {"cell_type": "code", "id": "own", "metadata": {}, "source": ["x = 1"]}
        cells.insert(at + 1, own)

    learner.change(add)
    order = [id_ or text for id_, text in rebuilt(learner.work())]
    assert order[1:4] == ["average", "x = 1", "average-check"]


def test_a_cell_that_starts_a_check_starts_none_within_a_check(learner, tmp_path):
    said = tmp_path / "said.txt"
    line = f"!{sys.executable} -m pmlab check 03 > {said}"
    own = {"cell_type": "code", "id": "own", "metadata": {}, "source": [line]}
    learner.change(lambda cells: [own, *cells])
    check(learner.work())
    assert said.read_text() == (
        "A check is running this notebook; pmlab does nothing meanwhile.\n"
    )


def test_words_are_read_from_a_stored_verdict():
    shown = (
        '<div role="status"><p><span aria-hidden="true">✗</span> Not yet: 0 of 5</p>'
        "<p>You have <em>3</em> &lt; 4.</p></div>"
    )
    cell = {"outputs": [{"data": {}}, {"data": {"text/html": [shown]}}]}
    assert verdict_words(cell) == ["Not yet: 0 of 5", "You have 3 < 4."]
    assert verdict_words({"outputs": []}) == []
