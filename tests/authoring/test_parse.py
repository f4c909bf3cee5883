"""Rules that reading enforces: one error with file, line and mend; nothing written."""

import jupytext
import pytest

from pmlab.authoring import notebooks
from pmlab.authoring.build import build
from pmlab.cli.main import main
from pmlab.errors import CourseError

SOLUTION = '# %% solution="average"'
CHECKS = '# %% checks="average" points=5'
PROMPT = '# %% [markdown] exercise="average" objective="compute a pooled rate"'
HINT = '# %% [markdown] hint="average"'
WRONG = '# %% wrong="average" trap="last_day"'
MEMO = '# %% [markdown] artefact="memo" points=12'

# What is replaced by what, where the error points to, what it says.
BROKEN = {
    "marker without quotes": (
        PROMPT,
        '# %% [markdown] exercise=average objective="a b"',
        "# %% [markdown] exercise=average",
        r'can\'t read the marker .*write \[markdown\] first .* name="value"',
    ),
    "marker with an open quote": (
        SOLUTION,
        '# %% solution="average',
        '# %% solution="average',
        "can't read the marker .* with quotes",
    ),
    "markdown not first": (
        HINT,
        '# %% hint="average" [markdown]',
        '# %% hint="average" [markdown]',
        r"can't read the marker .*write \[markdown\] first",
    ),
    "unknown marker": (
        HINT,
        '# %% [markdown] hnt="average"',
        '# %% [markdown] hnt="average"',
        "unknown marker hnt; known are exercise, solution, checks, hint, wrong",
    ),
    "unknown attribute": (
        SOLUTION,
        SOLUTION + " points=5",
        SOLUTION,
        "solution does not take points; it takes nothing else",
    ),
    "unknown attribute of a wrong answer": (
        WRONG,
        WRONG + " points=5",
        WRONG,
        "wrong does not take points; it takes credit, trap",
    ),
    "two roles": (
        SOLUTION,
        SOLUTION + ' hint="average"',
        SOLUTION,
        "has the markers solution and hint; a cell has one role",
    ),
    "text marker on a code cell": (
        HINT,
        '# %% hint="average"',
        '# %% hint="average"',
        "hint belongs on a markdown cell, this is code",
    ),
    "code marker on a text cell": (
        '# %% right="average"',
        '# %% [markdown] right="average"',
        '# %% [markdown] right="average"',
        "right belongs on a code cell, this is markdown",
    ),
    "id with a hyphen": (
        PROMPT,
        PROMPT.replace('"average"', '"pooled-rate"'),
        '# %% [markdown] exercise="pooled-rate"',
        "must be an id of small letters, digits and underscores",
    ),
    "id that is a number": (
        SOLUTION,
        "# %% solution=3",
        "# %% solution=3",
        "solution=3 must be an id",
    ),
    "exercise twice": (
        '# %% [markdown] exercise="traffic"',
        '# %% [markdown] exercise="average"',
        '# %% [markdown] exercise="average" objective="describe',
        r'exercise="average" stands already at line 14; each id is used once',
    ),
    "solution twice": (
        '# %% right="average"',
        SOLUTION + "\n### BEGIN SOLUTION\n### END SOLUTION\n\n# %% right='average'",
        None,
        r'solution="average" stands already at line \d+; each id is used once',
    ),
    "exercise and artefact of one id": (
        MEMO,
        MEMO.replace("memo", "average"),
        MEMO.replace("memo", "average"),
        '"average" is an exercise already; choose another id',
    ),
    "unclosed solution": (
        "    ### END SOLUTION\n",
        "",
        SOLUTION,
        "BEGIN SOLUTION is never closed; add END SOLUTION",
    ),
    "unclosed hidden tests": (
        "    ### END HIDDEN TESTS\n",
        "",
        CHECKS,
        "BEGIN HIDDEN TESTS is never closed; add END HIDDEN TESTS",
    ),
    "nested solution": (
        "    ### BEGIN SOLUTION\n",
        "    ### BEGIN SOLUTION\n    ### BEGIN SOLUTION\n",
        SOLUTION,
        "BEGIN SOLUTION inside a region; close it first",
    ),
    "end without begin": (
        "    ### BEGIN SOLUTION\n",
        "    ### END SOLUTION\n    ### BEGIN SOLUTION\n",
        SOLUTION,
        "END SOLUTION without BEGIN SOLUTION above it",
    ),
    "end alone in a plain cell": (
        "import pandas as pd\n",
        "import pandas as pd\n### END SOLUTION\n",
        "# %%",
        "END SOLUTION without BEGIN SOLUTION above it",
    ),
    "solution without a region": (
        "    ### BEGIN SOLUTION\n    return days",
        "    return days",
        SOLUTION,
        "a solution cell needs a region ### BEGIN SOLUTION",
    ),
    "checks without hidden tests": (
        "    ### BEGIN HIDDEN TESTS\n",
        "",
        CHECKS,
        "a checks cell needs a region ### BEGIN HIDDEN TESTS",
    ),
    "solution in a plain cell": (
        "import pandas as pd\n",
        "import pandas as pd\n### BEGIN SOLUTION\nX = 1\n### END SOLUTION\n",
        "# %%",
        "BEGIN SOLUTION outside a solution cell would be shown to learners; move it",
    ),
    "hidden tests in the solution": (
        "    ### END SOLUTION\n",
        "    ### END SOLUTION\n    ### BEGIN HIDDEN TESTS\n    ### END HIDDEN TESTS\n",
        SOLUTION,
        "BEGIN HIDDEN TESTS outside a checks cell would be shown to learners",
    ),
    "solution missing": (
        SOLUTION,
        '# %% solution="traffic"',
        '# %% solution="traffic"\ndef traffic',
        r'solution="traffic" stands already at line \d+; each id is used once',
    ),
    "no solution cell": (
        PROMPT,
        '# %% [markdown] exercise="lonely" objective="x"\n# ## Lonely\n\n' + PROMPT,
        '# %% [markdown] exercise="lonely"',
        'exercise "lonely" has no solution cell; add # %% solution="lonely"',
    ),
    "no checks cell": (
        PROMPT,
        '# %% [markdown] exercise="lonely" objective="x"\n# ## Lonely\n\n'
        '# %% solution="lonely"\n### BEGIN SOLUTION\n### END SOLUTION\n\n' + PROMPT,
        '# %% [markdown] exercise="lonely"',
        'exercise "lonely" has no checks cell; add # %% checks="lonely"',
    ),
    "hint of no exercise": (
        HINT,
        '# %% [markdown] hint="averge"',
        '# %% [markdown] hint="averge"',
        'hint="averge" belongs to no exercise; there are average, traffic',
    ),
    "exemplar of no artefact": (
        '# %% [markdown] exemplar="memo" score=6',
        '# %% [markdown] exemplar="mem" score=6',
        '# %% [markdown] exemplar="mem" score=6',
        'exemplar="mem" belongs to no artefact; there are memo',
    ),
    "no objective": (
        PROMPT,
        '# %% [markdown] exercise="average"',
        '# %% [markdown] exercise="average"',
        'needs objective="…"',
    ),
    "no points": (
        CHECKS,
        '# %% checks="average"',
        '# %% checks="average"',
        "points == None, must be a whole number above zero, such as points=5",
    ),
    "zero points": (CHECKS, CHECKS.replace("5", "0"), None, "points == 0, must be a"),
    "half points": (CHECKS, CHECKS + ".5", None, r"points == 5\.5, must be a whole"),
    "points in quotes": (CHECKS, CHECKS[:-1] + '"5"', None, "points == '5', must be"),
    "points true": (CHECKS, CHECKS[:-1] + "true", None, "points == True, must be"),
    "exemplar without score": (
        '# %% [markdown] exemplar="memo" score=6',
        '# %% [markdown] exemplar="memo"',
        None,
        "score == None, must be a whole number above zero",
    ),
    "syntax error": (
        '    return days["buyers"].iloc[-1] / days',
        '    return days["buyers".iloc[-1] / days',
        '    return days["buyers".iloc',
        r"this is no Python \(.*\); mend the line",
    ),
    "trap without an id": (
        WRONG,
        '# %% wrong="average"',
        None,
        'needs trap="…"',
    ),
    "malformed trap": (
        WRONG,
        '# %% wrong="average" trap="Last day"',
        None,
        "trap='Last day' must be small letters and underscores",
    ),
    "trap without a message": (
        '"""You have {yours}, the rate of the last day alone. Use all days."""\n',
        "",
        WRONG,
        'the wrong answer "last_day" needs a message: start the cell with a """doc',
    ),
    "same trap twice": (
        WRONG,
        '# %% wrong="average" trap="mean_of_days"',
        None,
        'trap "mean_of_days" stands twice in this exercise',
    ),
    "message with an open brace": (
        "the rate of the last day alone.",
        "the rate of the {last day alone.",
        WRONG,
        r"the message can't be filled in \(.*\); write {{ for a brace",
    ),
    "checks without a verdict": (
        "    ### END HIDDEN TESTS\ncheck.verdict()\n",
        "    ### END HIDDEN TESTS\n",
        CHECKS,
        r"the last line of a checks cell is check\.verdict\(\), below the hidden",
    ),
    "verdict in the hidden tests": (
        "    ### END HIDDEN TESTS\ncheck.verdict()\n",
        "check.verdict()\n    ### END HIDDEN TESTS\n",
        CHECKS,
        r"the last line of a checks cell is check\.verdict\(\), below the hidden",
    ),
    "full credit for a wrong answer": (
        WRONG,
        WRONG + " credit=1",
        None,
        r"credit == 1, must be in \[0, 1\)",
    ),
    "credit in quotes": (WRONG, WRONG + ' credit="half"', None, "credit == 'half'"),
    "checks above the solution": (
        PROMPT,
        CHECKS
        + "\n### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS\ncheck.verdict()\n\n"
        + PROMPT,
        None,
        r'checks="average" stands already at line \d+',
    ),
    "raw cell": (HINT, "# %% [raw]", 1, r"holds a raw cell; cells are \[markdown\]"),
    "text before the first marker": (
        "# %% [markdown]\n# # Pooled",
        "# A note.\n\n# %% [markdown]\n# # Pooled",
        1,
        "start the file .* with a marker",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_text_gives_one_error_with_line_and_mend(name, mini, capsys):
    old, new, at, words = BROKEN[name]
    mini.edit(mini.exercises, old, new)
    if at != 1:
        at = _last_line(mini.exercises, (at or new).splitlines()[0])
    with pytest.raises(CourseError, match=words) as caught:
        build(mini.course())
    assert str(caught.value).startswith(f"{mini.exercises}:{at}: ")
    assert "\n" not in str(caught.value)
    assert mini.generated() == []

    assert main(["author", "build", "--course", str(mini.folder)]) == 1
    said = capsys.readouterr().err
    assert said == f"pmlab: {caught.value}\n"


def _last_line(path, start):
    """Return the number of the last line that starts so, or the only one."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [number for number, line in enumerate(lines, 1) if line == start]
    found = found or [
        number for number, line in enumerate(lines, 1) if line.startswith(start)
    ]
    return found[0] if start in FIRST else found[-1]


# Markers that stand on several cells; the error is at the first of them.
FIRST = {"# %%", HINT, '# %% hint="average"'}


def test_cells_in_another_order_are_refused(mini):
    text = mini.exercises.read_text(encoding="utf-8")
    start, end = text.index(SOLUTION), text.index(CHECKS)
    moved = text[start:end]
    text = text[:start] + text[end:].replace(HINT, moved + HINT, 1)
    mini.exercises.write_text(text, encoding="utf-8")
    with pytest.raises(CourseError, match="stand as prompt, solution, checks; move"):
        mini.unit()


def test_an_exercise_in_a_lesson_is_refused(mini):
    mini.edit(mini.lesson, "# %%\nvisitors", '# %% solution="average"\nvisitors')
    with pytest.raises(CourseError, match="a lesson holds no exercises; move it"):
        mini.unit()


def test_a_syntax_error_in_a_lesson_is_named(mini):
    mini.edit(mini.lesson, "buyers = [20, 90]", "buyers = [20, 90")
    with pytest.raises(CourseError, match=r"lesson\.py:\d+: this is no Python"):
        mini.unit()


def test_a_missing_file_is_named(mini):
    mini.lesson.unlink()
    with pytest.raises(CourseError, match=r"lesson\.py is missing; each unit has one"):
        mini.unit()


def test_a_file_in_another_encoding_is_named(mini):
    mini.exercises.write_bytes("# %%\nname = 'Ä'\n".encode("latin-1"))
    with pytest.raises(CourseError, match=r"exercises\.py is not UTF-8 text"):
        mini.unit()


def test_an_empty_file_is_named(mini):
    mini.lesson.write_text("", encoding="utf-8")
    with pytest.raises(CourseError, match=r"lesson\.py:1: is empty; start the file"):
        mini.unit()


def test_the_good_unit_is_read_as_it_was_written(mini):
    unit = mini.unit()
    average, traffic = unit.exercises
    assert (average.id, average.points, average.objective) == (
        "average",
        5,
        "compute a pooled rate",
    )
    assert [wrong.trap for wrong in traffic.wrong] == [
        "median_day",
        "busiest_day",
        "first_day",
    ]
    assert [wrong.credit for wrong in traffic.wrong] == [0.5, 0, 0]
    assert average.wrong[0].message.startswith("You have {yours}: the mean of the")
    assert "\n" not in average.wrong[0].message
    assert len(average.hints) == 2
    assert unit.artefacts[0].points == 12
    for cell in unit.cells:
        marker = mini.exercises.read_text("utf-8").splitlines()[cell.line - 1]
        assert marker.startswith("# %%")
        assert all(f"{name}=" in marker for name in cell.marks)


@pytest.mark.parametrize("with_header", [False, True])
def test_an_author_may_edit_the_text_as_a_notebook(mini, with_header):
    """JupyterLab reads the text as a notebook and writes it back on each save."""
    before = mini.unit()
    for path in (mini.exercises, mini.lesson):
        notebook = jupytext.read(path)
        notebook.metadata["kernelspec"] = {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        }
        if with_header:
            notebook.metadata["jupytext"].pop("notebook_metadata_filter", None)
        jupytext.write(notebook, path, fmt="py:percent")
        assert path.read_text("utf-8").startswith("# ---\n") is with_header
    after = mini.unit()
    for one, other in zip(
        before.cells + before.lesson, after.cells + after.lesson, strict=True
    ):
        assert one.kind == other.kind
        assert one.source == other.source
        assert one.marks == other.marks
    assert notebooks.source_notebook(after) == notebooks.source_notebook(before)
    assert notebooks.messages(after) == notebooks.messages(before)


def test_reading_and_writing_as_a_notebook_keeps_the_text(mini):
    for path in (mini.exercises, mini.lesson):
        before = path.read_text("utf-8")
        jupytext.write(jupytext.read(path), path, fmt="py:percent")
        assert path.read_text("utf-8") == before
