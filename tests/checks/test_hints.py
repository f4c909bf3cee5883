"""Hints in steps, and the record that feedback and reports read."""

import json
import threading

import pytest

import pmlab as pm
from pmlab.checks import hints
from pmlab.checks.messages import ExerciseMessages, Messages


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.setattr(hints, "_shown", {})


@pytest.fixture
def unit(tmp_path):
    """A folder with the messages of a unit, as a notebook finds it."""
    texts = Messages({"tam": ExerciseMessages(hints=("one", "two", "three"))})
    (tmp_path / "messages.json").write_text(texts.to_json(), encoding="utf-8")
    return tmp_path


def test_hints_come_in_order_and_stay_at_the_last(in_force):
    in_force(hints=["concept", "method", "nearly"])
    assert [str(pm.hint("tam")).split("\n\n") for _ in range(4)] == [
        ["**Hint 1 of 3.** concept", "*2 more: run the cell again.*"],
        ["**Hint 2 of 3.** method", "*1 more: run the cell again.*"],
        ["**Hint 3 of 3.** nearly", "*This is the last hint.*"],
        ["**Hint 3 of 3.** nearly", "*This is the last hint.*"],
    ]


def test_a_hint_is_markdown_in_a_notebook(in_force):
    in_force(hints=["use `sum`"])
    assert (
        pm.hint("tam")
        ._repr_markdown_()
        .startswith('<span data-hint="tam/1"></span>**Hint 1 of 1.** use `sum`')
    )


def test_an_exercise_without_hints_says_so(in_force):
    in_force(hints=[])
    assert str(pm.hint("tam")) == "This exercise has no hints."


@pytest.mark.parametrize("number", ["M03-E1", "m03-e1", "E1", " tam "])
def test_the_number_of_an_exercise_finds_its_hint(in_force, number):
    in_force(hints=["one"])
    assert "one" in str(pm.hint(number))


@pytest.mark.parametrize("name", ["tma", "M03-E2", "E0", 3, None])
def test_an_unknown_exercise_lists_those_there_are(in_force, name):
    in_force(hints=["one"])
    assert str(pm.hint(name)).startswith(f"No exercise here has the name “{name}”.")
    assert str(pm.hint(name)).endswith("There are: `tam`.")


def test_a_slip_in_a_name_is_asked_back(in_force):
    in_force(hints=["one"])
    assert "Did you mean `tam`?" in str(pm.hint("tma"))


def test_without_the_file_the_hint_says_what_is_missing():
    assert "messages.json is missing in this folder" in str(pm.hint("tam"))


def test_the_highest_step_shown_is_recorded_beside_the_notebook(unit):
    pm.hint("tam")
    assert hints.recorded(unit) == {"tam": 1}
    pm.hint("tam")
    assert json.loads((unit / "hints.json").read_text(encoding="utf-8")) == {"tam": 2}


def test_a_new_kernel_does_not_lower_the_record(unit, monkeypatch):
    pm.hint("tam")
    pm.hint("tam")
    monkeypatch.setattr(hints, "_shown", {})
    assert "Hint 1 of 3" in str(pm.hint("tam"))
    assert hints.recorded(unit) == {"tam": 2}


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"tam": "two", "som": 1}'])
def test_a_damaged_record_starts_anew(unit, text):
    (unit / "hints.json").write_text(text, encoding="utf-8")
    pm.hint("tam")
    assert hints.recorded(unit)["tam"] == 1


def test_a_record_that_cannot_be_written_costs_no_hint(unit):
    # A folder in its place stops root, too; file permissions do not.
    (unit / "hints.json").mkdir()
    assert "one" in str(pm.hint("tam"))
    assert [path.name for path in unit.iterdir() if "tmp" in path.name] == []


def test_two_notebooks_at_once_leave_a_whole_record(unit):
    threads = [threading.Thread(target=pm.hint, args=("tam",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert hints.recorded(unit)["tam"] >= 1
