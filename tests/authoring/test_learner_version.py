import json
import shutil
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions

from pmlab.authoring import build, notebooks
from pmlab.authoring.learner_version import CODE_STUB, TEXT_STUB, cut, learner_version
from tests.nbgrader_command import nbgrader


@pytest.fixture
def source(mini):
    return notebooks.source_notebook(mini.unit())


def as_text(cells):
    return {cell["id"]: "".join(cell["source"]) for cell in cells}


def test_an_answer_cell_keeps_what_is_outside_the_region(source):
    shown = as_text(learner_version(source)["cells"])
    assert shown["average"] == (
        "def pooled_rate(days):\n"
        '    """Return buyers per visitor over all days, as a fraction."""\n'
        "    # Write your code here.\n"
        "    ..."
    )
    assert shown["memo"] == TEXT_STUB


def test_a_check_cell_keeps_the_visible_part_and_the_verdict(source):
    shown = as_text(learner_version(source)["cells"])["average-check"]
    assert "check.number(" in shown
    assert shown.endswith("    )\ncheck.verdict()")
    assert "variants" not in shown


def test_nothing_is_given_away(source, mini):
    unit = mini.unit()
    shown = json.dumps(learner_version(source), ensure_ascii=False)
    secrets = [
        line.strip()
        for exercise in unit.exercises
        for cell in (
            *[wrong.cell for wrong in exercise.wrong],
            *exercise.right,
            exercise.solution,
        )
        for line in cell.source.splitlines()
        if line.strip().startswith("return")
    ]
    secrets += ["BEGIN", "END", "variants", "checks.rng", "A memo of", "{yours}"]
    secrets += [hint.source for exercise in unit.exercises for hint in exercise.hints]
    assert len(secrets) > 14
    for secret in secrets:
        assert json.dumps(secret, ensure_ascii=False)[1:-1] not in shown, secret


def test_outputs_and_counts_are_cleared_and_the_source_is_untouched(source):
    for cell in source["cells"]:
        if cell["cell_type"] == "code":
            cell["execution_count"] = 3
            cell["outputs"] = [
                {"output_type": "stream", "name": "stdout", "text": ["0.11"]}
            ]
    before = json.dumps(source)
    made = learner_version(source)
    assert json.dumps(source) == before
    code = [cell for cell in made["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] for cell in code)
    assert all(cell["execution_count"] is None for cell in code)
    assert [cell["id"] for cell in made["cells"]] == [
        cell["id"] for cell in source["cells"]
    ]


def test_the_learner_version_of_itself_is_itself(source):
    once = learner_version(source)
    cells = [cell for cell in once["cells"] if cell["id"] != "memo"]
    assert learner_version({**once, "cells": cells}) == {**once, "cells": cells}


def test_answers_cannot_be_deleted_and_the_rest_is_read_only(source):
    locks = {
        cell["id"]: [cell["metadata"].get(key) for key in ("deletable", "editable")]
        for cell in learner_version(source)["cells"]
    }
    assert locks["average"] == locks["memo"] == [False, None]
    assert locks["average-check"] == locks["average-prompt"] == [False, False]


_LINES = st.lists(
    st.sampled_from(["x = 1", "    y = 2", "", "        return z", "# BEGIN", "..."]),
    max_size=4,
)
_INDENT = st.sampled_from(["", "    ", "        "])


def marked(region, blocks):
    lines = []
    for before, indent, inside in blocks:
        lines += [*before, f"{indent}### BEGIN {region}", *inside]
        lines += [f"{indent}### END {region}"]
    return "\n".join([*lines, "last = 0"])


_BLOCKS = st.lists(st.tuples(_LINES, _INDENT, _LINES), min_size=1, max_size=3)


@given(_BLOCKS)
def test_regions_are_cut_as_nbgrader_cuts_them(blocks):
    text = marked("SOLUTION", blocks)
    cell = nbformat.v4.new_code_cell(text)
    clear = ClearSolutions(code_stub={"python": CODE_STUB})
    assert clear._replace_solution_region(cell, "python")
    assert cut(text, "SOLUTION", CODE_STUB) == cell.source

    text = marked("HIDDEN TESTS", blocks)
    cell = nbformat.v4.new_code_cell(text)
    assert ClearHiddenTests()._remove_hidden_test_region(cell)
    assert cut(text, "HIDDEN TESTS") == cell.source


@pytest.mark.slow
def test_it_equals_the_release_of_nbgrader_cell_by_cell(mini):
    build.build(mini.course())
    config = Path(__file__).parents[2] / "course" / "nbgrader_config.py"
    shutil.copy(config, mini.folder)
    nbgrader(mini.folder, "generate_assignment", "03_mini")

    def read(step):
        text = (mini.folder / step / "03_mini/03_mini.ipynb").read_text("utf-8")
        return json.loads(text)

    release, ours = read("release"), learner_version(read("source"))
    for theirs, own in zip(release["cells"], ours["cells"], strict=True):
        assert own["id"] == theirs["id"]
        assert own["cell_type"] == theirs["cell_type"]
        assert "".join(own["source"]) == "".join(theirs["source"])
        theirs["metadata"].get("nbgrader", {}).pop("checksum", None)
        assert own["metadata"] == theirs["metadata"]
    released = (mini.folder / "release/03_mini/messages.json").read_bytes()
    built = (mini.folder / "source/03_mini/messages.json").read_bytes()
    assert released == built
    assert sorted(
        path.name for path in (mini.folder / "release/03_mini").iterdir()
    ) == [
        "03_mini.ipynb",
        "messages.json",
    ]
