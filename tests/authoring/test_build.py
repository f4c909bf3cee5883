import json
import os
import re

import nbformat
import pytest

from pmlab.authoring import build, notebooks
from pmlab.authoring.build import drift
from pmlab.checks.messages import Messages
from pmlab.cli.main import main
from pmlab.errors import CourseError
from pmlab.grading.judge.check_cells import run_here

ALL = [
    "lessons/03_mini.ipynb",
    "lessons/start_here.ipynb",
    "source/03_mini/03_mini.ipynb",
    "source/03_mini/messages.json",
]


def contents(mini):
    return {name: (mini.folder / name).read_bytes() for name in mini.generated()}


def cells(mini, name):
    return json.loads((mini.folder / name).read_text("utf-8"))["cells"]


def write_notebook(path, notebook):
    path.write_text(build.as_text(notebook), encoding="utf-8")


def run_lesson(mini):
    """Store an output in each code cell, as a run with --execute does."""
    path = mini.folder / "lessons" / "03_mini.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(code, 1):
        cell["execution_count"] = number
        cell["outputs"] = [{"name": "stdout", "output_type": "stream", "text": ["x"]}]
    write_notebook(path, notebook)


def counts(mini):
    return [
        cell["execution_count"]
        for cell in cells(mini, "lessons/03_mini.ipynb")
        if cell["cell_type"] == "code"
    ]


def test_the_same_text_gives_the_same_bytes(mini):
    assert len(build.build(mini.course())) == 4
    first = contents(mini)
    assert list(first) == ALL
    assert build.build(mini.course()) == []
    for name in ALL:
        (mini.folder / name).unlink()
    build.build(mini.course())
    assert contents(mini) == first


def test_all_generated_notebooks_are_valid(mini):
    build.build(mini.course())
    for name in ALL[:3]:
        notebook = nbformat.read(mini.folder / name, as_version=4)
        nbformat.validate(notebook)
        ids = [cell.id for cell in notebook.cells]
        assert len(set(ids)) == len(ids)


def test_the_instructors_notebook_has_what_nbgrader_needs(mini):
    build.build(mini.course())
    about = {
        cell["id"]: cell["metadata"].get("nbgrader")
        for cell in cells(mini, "source/03_mini/03_mini.ipynb")
    }
    kinds = ("grade", "solution", "locked", "points", "cell_type")

    def kind(name):
        return tuple(about[name].get(key) for key in kinds)

    assert kind("average") == (False, True, False, None, "code")
    assert kind("average-check") == (True, False, True, 5, "code")
    assert kind("average-prompt") == (False, False, True, None, "markdown")
    assert kind("memo") == (True, True, False, 12, "markdown")
    (given,) = [name for name in about if name.startswith("given-")]
    assert kind(given) == (False, False, True, None, "code")
    assert all(item is None or item["grade_id"] == name for name, item in about.items())


def test_the_prompt_says_how_to_get_hints(mini):
    build.build(mini.course())
    prompt = next(
        "".join(cell["source"])
        for cell in cells(mini, "source/03_mini/03_mini.ipynb")
        if cell["id"] == "average-prompt"
    )
    assert prompt.endswith(
        '*Stuck? There are two hints: run `pm.hint("average")` in a new cell below, '
        "once for each.*"
    )


def test_an_exercise_without_hints_promises_none(mini):
    text = mini.exercises.read_text("utf-8")
    start, end = text.index('# %% [markdown] hint="average"'), text.index("# %% wrong")
    mini.exercises.write_text(text[:start] + text[end:], encoding="utf-8")
    build.build(mini.course())
    prompts = [
        "".join(c["source"]) for c in cells(mini, "source/03_mini/03_mini.ipynb")
    ]
    assert not any('pm.hint("average")' in prompt for prompt in prompts)
    assert any('pm.hint("traffic")' in prompt for prompt in prompts)


def test_given_cells_of_the_same_text_have_different_grade_ids(mini):
    given = "# %%\nround(1.5)\n\n"
    mini.edit(
        mini.exercises,
        "# %% [markdown] exercise",
        given * 2 + "# %% [markdown] exercise",
    )
    build.build(mini.course())
    about = [
        cell["metadata"]["nbgrader"]["grade_id"]
        for cell in cells(mini, "source/03_mini/03_mini.ipynb")
        if "nbgrader" in cell["metadata"]
    ]
    assert len(about) == len(set(about)) == 11


def test_messages_hold_hints_and_the_words_of_traps(mini):
    build.build(mini.course())
    text = (mini.folder / "source/03_mini/messages.json").read_text("utf-8")
    assert Messages.from_json(text) == notebooks.messages(mini.unit())
    traffic = Messages.from_json(text).of("traffic")
    assert traffic.traps["median_day"].credit == 0.5
    assert traffic.hints[0] == "A typical day stands for all days of the period."


def test_ids_stay_when_a_cell_is_inserted_elsewhere(mini):
    build.build(mini.course())
    before = [cell["id"] for cell in cells(mini, "source/03_mini/03_mini.ipynb")]
    mini.edit(mini.exercises, "# %%\nimport", "# %% [markdown]\n# New.\n\n# %%\nimport")
    build.build(mini.course())
    after = [cell["id"] for cell in cells(mini, "source/03_mini/03_mini.ipynb")]
    assert [name for name in after if name in before] == before
    assert len(after) == len(before) + 1


def test_cells_of_the_same_text_have_different_ids(mini):
    mini.edit(mini.lesson, "# %%\npooled =", "# %%\nmean_of_days\n\n# %%\npooled =")
    mini.edit(mini.lesson, "# %%\npooled =", "# %%\nmean_of_days\n\n# %%\npooled =")
    build.build(mini.course())
    ids = [cell["id"] for cell in cells(mini, "lessons/03_mini.ipynb")]
    assert len(set(ids)) == len(ids)


def test_outputs_stay_where_the_cell_and_all_above_it_are_unchanged(mini):
    build.build(mini.course())
    run_lesson(mini)
    whole = counts(mini)
    assert build.build(mini.course()) == []
    mini.edit(mini.lesson, "# Two days make a neat", "# Two days are a neat")
    build.build(mini.course())
    assert counts(mini) == whole  # words changed, no code
    mini.edit(mini.lesson, "week_buyers = [24,", "week_buyers = [25,")
    build.build(mini.course())
    place = 6
    assert counts(mini) == [*whole[:place], *[None] * (len(whole) - place)]
    assert any("cells that never ran" in sentence for sentence in drift(mini.course()))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "<<<<<<< HEAD\n",
        "[]",
        "3",
        "{}",
        '{"cells": 3}',
        '{"cells": [{"cell_type": "code"}]}',
        '{"cells": [null]}',
    ],
)
def test_a_damaged_notebook_on_disk_is_written_anew(mini, text):
    build.build(mini.course())
    whole = contents(mini)
    (mini.folder / "lessons/03_mini.ipynb").write_text(text, encoding="utf-8")
    assert "lessons/03_mini.ipynb differs from its text" in drift(mini.course())
    build.build(mini.course())
    assert contents(mini) == whole


def test_drift_is_clean_after_a_build_with_outputs(mini):
    build.build(mini.course())
    run_lesson(mini)
    assert drift(mini.course()) == []


def test_drift_names_a_lesson_that_never_ran(mini):
    build.build(mini.course())
    assert drift(mini.course()) == [
        "lessons/03_mini.ipynb has cells that never ran; build with --execute"
    ]


def change_text(mini):
    mini.edit(mini.exercises, "Write `traffic(days)`", "Define `traffic(days)`")


def change_metadata(mini):
    path = mini.folder / "source/03_mini/03_mini.ipynb"
    text = path.read_text("utf-8")
    path.write_text(text.replace('"locked": true', '"locked": false', 1), "utf-8")


def change_points(mini):
    path = mini.folder / "source/03_mini/03_mini.ipynb"
    text = path.read_text("utf-8")
    path.write_text(text.replace('"points": 5', '"points": 50', 1), "utf-8")


def change_message(mini):
    path = mini.folder / "source/03_mini/messages.json"
    path.write_text(path.read_text("utf-8").replace("busiest", "best"), "utf-8")


def remove(mini):
    (mini.folder / "source/03_mini/03_mini.ipynb").unlink()


def add_stray(mini):
    (mini.folder / "source/03_mini/notes.txt").write_text("x = 1", encoding="utf-8")


def add_stray_lesson(mini):
    (mini.folder / "lessons/04_gone.ipynb").write_text("{}", encoding="utf-8")


def fatten(mini):
    path = mini.folder / "lessons/03_mini.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    code[0]["outputs"][0]["text"] = ["x" * 400_000]
    write_notebook(path, notebook)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (change_text, "source/03_mini/03_mini.ipynb differs from its text"),
        (change_metadata, "source/03_mini/03_mini.ipynb differs from its text"),
        (change_points, "source/03_mini/03_mini.ipynb differs from its text"),
        (change_message, "source/03_mini/messages.json differs from its text"),
        (remove, "source/03_mini/03_mini.ipynb is missing"),
        (add_stray, "source/03_mini/notes.txt belongs to no unit; delete it"),
        (add_stray_lesson, "lessons/04_gone.ipynb belongs to no unit; delete it"),
        (fatten, r"lessons/03_mini.ipynb has 4\d\d,\d\d\d bytes, more than 400,000"),
    ],
)
def test_check_says_what_has_drifted_and_writes_nothing(mini, change, sentence, capsys):
    build.build(mini.course())
    run_lesson(mini)
    words = ["author", "build", "--check", "--course", str(mini.folder)]
    assert main(words) == 0
    assert capsys.readouterr().out == "All notebooks match their text.\n"
    change(mini)
    before = contents(mini)
    assert main(words) == 1
    first, *_, last = capsys.readouterr().out.splitlines()
    assert re.match(sentence, first)
    assert last == "Run `pmlab author build` and commit what it writes."
    assert contents(mini) == before


def test_one_unit_may_be_built_alone(mini):
    assert {path.name for path in build.build(mini.course(), only=["03"])} == {
        "03_mini.ipynb",
        "messages.json",
    }
    assert "lessons/start_here.ipynb" not in mini.generated()


def test_an_interrupted_write_leaves_the_old_file(mini, monkeypatch):
    build.build(mini.course())
    before = contents(mini)
    change_text(mini)

    def interrupted(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(CourseError, match=r"can't write .*: No space left on device;"):
        build.build(mini.course())
    assert contents(mini) == before


def test_a_folder_that_cannot_be_written_is_named(mini, capsys):
    (mini.folder / "lessons").write_text("a file in its place", encoding="utf-8")
    assert main(["author", "build", "--course", str(mini.folder)]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"pmlab: can't write {mini.folder / 'lessons'}")
    assert "check the folder's permissions" in said
    assert len(said.splitlines()) == 1


def test_points_that_do_not_sum_are_named_with_both_numbers(mini):
    manifest = mini.folder / "course.toml"
    mini.edit(manifest, "exercises = 9", "exercises = 28")
    with pytest.raises(
        CourseError, match=r"exercises\.py:1: the points of exercises sum to 9, .* 28;"
    ):
        build.build(mini.course())
    mini.edit(manifest, "exercises = 28, artefact = 12", "exercises = 9, artefact = 8")
    with pytest.raises(CourseError, match=r"points of artefact sum to 12, .* says 8"):
        build.build(mini.course())
    assert mini.generated() == []


def test_a_broken_unit_stops_the_build_of_the_others(mini):
    build.build(mini.course())
    before = contents(mini)
    text = mini.folder / "units" / "start_here.py"
    text.write_text("# %% [markdown]\n# # Another start\n", encoding="utf-8")
    mini.edit(mini.exercises, "    ### END SOLUTION\n", "")
    with pytest.raises(CourseError, match="never closed"):
        build.build(mini.course())
    assert contents(mini) == before


@pytest.mark.slow
def test_execute_stores_outputs_and_the_same_bytes_twice(mini):
    said = []
    build.build(mini.course(), execute=True, on_progress=said.append)
    assert said == ["running start_here.ipynb", "running 03_mini.ipynb"]
    first = contents(mini)
    assert drift(mini.course()) == []
    shown = [
        cell["outputs"][0]["data"]["text/plain"]
        for cell in cells(mini, "lessons/03_mini.ipynb")
        if cell["cell_type"] == "code" and cell["outputs"]
    ]
    assert shown[:3] == [["[0.2, 0.1]"], ["0.15000000000000002"], ["0.11"]]
    assert build.build(mini.course(), execute=True) == []
    assert contents(mini) == first


@pytest.mark.slow
def test_a_lesson_that_stops_writes_nothing(mini):
    mini.edit(mini.lesson, "pooled = sum(buyers)", "pooled = summ(buyers)")
    with pytest.raises(CourseError) as caught:
        build.build(mini.course(), execute=True)
    assert str(caught.value) == (
        "03_mini.ipynb stopped with NameError: name 'summ' is not defined; mend the "
        "cell that starts with `pooled = summ(buyers) / sum(visitors)`"
    )
    assert mini.generated() == []


def test_the_text_of_a_notebook_is_sorted_and_ends_with_a_line_end():
    assert build.as_text({"b": "ä", "a": 1}) == '{\n "a": 1,\n "b": "ä"\n}\n'


def test_files_have_unix_line_ends_and_a_checkout_with_others_is_no_drift(mini):
    build.build(mini.course())
    run_lesson(mini)
    for name, content in contents(mini).items():
        assert b"\r" not in content
        (mini.folder / name).write_bytes(content.replace(b"\n", b"\r\n"))
    assert drift(mini.course()) == []


@pytest.mark.parametrize("name", [ALL[0], ALL[2]])
def test_a_notebook_says_at_its_head_what_to_run_first(mini, name):
    build.build(mini.course())
    text = "".join(cells(mini, name)[0]["source"])
    assert text.startswith("# ")
    assert "**Each time you open this notebook**, first run its first code cell" in text


def test_a_check_in_a_fresh_kernel_says_which_cells_to_run(mini):
    build.build(mini.course())
    (check,) = [cell for cell in cells(mini, ALL[2]) if cell["id"] == "average-check"]
    source = "".join(check["source"])
    assert source.startswith("# Check of “average”")  # all that a folded cell shows
    verdict = run_here(source, "check", {"__name__": "__main__"}).value
    assert "Run the cells above" in verdict.text
    assert verdict.credit == 0


def test_a_notebook_holds_the_objective_of_each_exercise(mini):
    build.build(mini.course())
    told = [cell["metadata"].get("pmlab", {}) for cell in cells(mini, ALL[2])]
    assert [about["objective"] for about in told if about] == [
        "compute a pooled rate",
        "describe traffic",
    ]
