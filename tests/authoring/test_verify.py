"""Rules that running the unit enforces, and those of form; each broken on its own."""

import json
import re

import pytest

from pmlab import checks
from pmlab.authoring.verify import verify
from pmlab.cli.main import main
from pmlab.errors import CourseError

SOLUTION = '# %% solution="average"'
CHECKS = '# %% checks="average"'
PROMPT = '# %% [markdown] exercise="average"'
MEMO = '# %% [markdown] artefact="memo"'
RIGHT = '# %% right="average"'


def wrong(trap):
    return f'# %% wrong="average" trap="{trap}"'


LAST_DAY = 'return days["buyers"].iloc[-1] / days["visitors"].iloc[-1]'
HINT = "# What are all buyers? What are all visitors?\n"
MEAN_OF_DAYS = '"mean_of_days": 0.15'

# What is replaced by what, where the failure points to, what it says.
BROKEN = {
    "no Done when": ("**Done when** it", "It", PROMPT, "ends with .* Done when"),
    "one hint": (
        '# %% [markdown] hint="average"\n' + HINT,
        "",
        PROMPT,
        "1 hints; an exercise has 2 to 3",
    ),
    "four hints": (
        '# %% [markdown] hint="average"\n' + HINT,
        ('# %% [markdown] hint="average"\n' + HINT + "\n") * 3,
        PROMPT,
        "4 hints; an exercise has 2 to 3",
    ),
    "hint with the solution": (
        HINT,
        '# `return days["buyers"].sum()   / days["visitors"].sum()`\n',
        '# %% [markdown] hint="average"',
        "the hint holds a line of the solution",
    ),
    "a wrong answer that is accepted": (
        LAST_DAY,
        "return days.buyers.sum() / days.visitors.sum()",
        wrong("last_day"),
        'wrong answer "last_day" is taken for None: it is accepted',
    ),
    "a wrong answer taken for another": (
        LAST_DAY,
        'return (days["buyers"] / days["visitors"]).mean()',
        wrong("last_day"),
        'wrong answer "last_day" is taken for mean_of_days: You have 0.15',
    ),
    "a wrong answer nobody knows": (
        LAST_DAY,
        "return 0.5",
        wrong("last_day"),
        'wrong answer "last_day" is taken for None: You have 0.5',
    ),
    "a wrong answer that stops": (
        LAST_DAY,
        'return days["byers"]',
        wrong("last_day"),
        "is taken for None: Your code stopped with KeyError",
    ),
    "a wrong answer that ends the program": (
        "def pooled_rate(days):\n    " + LAST_DAY,
        "raise SystemExit",
        wrong("last_day"),
        'wrong answer "last_day" is taken for None',
    ),
    "a wrong answer that is right on hidden data": (
        LAST_DAY,
        "if len(days) == 2:\n        return 0.10\n"
        "    return days.buyers.sum() / days.visitors.sum()",
        wrong("last_day"),
        "lies only 0.0 tolerances from the right answer in the hidden part, variant",
    ),
    "a wrong answer that only hidden data notice": (
        LAST_DAY,
        "return 0.11",
        wrong("last_day"),
        'wrong answer "last_day" is',
    ),
    "a message that prints the answer": (
        "the rate of the last day alone. Use all days.",
        "the rate of the last day. It is 0.11.",
        wrong("last_day"),
        "prints the answer in its message",
    ),
    "a message that prints the answer in percent": (
        "the rate of the last day alone. Use all days.",
        "the rate of the last day. It is 11 %.",
        wrong("last_day"),
        "prints the answer in its message",
    ),
    "a message without its fact": (
        '        facts={"quiet_day": 100},\n',
        "",
        wrong("mean_of_days"),
        "has no fact for quiet_day in its message",
    ),
    "a trap without a wrong cell": (
        MEAN_OF_DAYS,
        '"median_day": 0.5, ' + MEAN_OF_DAYS,
        CHECKS,
        "no wrong cell for median_day",
    ),
    "a stub that scores": (
        "    ### END SOLUTION\n",
        "    ### END SOLUTION\n    return days.buyers.sum() / days.visitors.sum()\n",
        SOLUTION,
        "the stub alone earns 5 points",
    ),
    "hidden tests without variants": (
        "for variant in pm.checks.variants(3):\n        random",
        'for variant in ["one"]:\n        random',
        CHECKS,
        r"the hidden tests draw no checks\.variants\(\)",
    ),
    "other points in the check": (
        'pm.checks.exercise("average", points=5',
        'pm.checks.exercise("average", points=4',
        CHECKS,
        'is of exercise "average" and 4 points, its marker says "average" and 5',
    ),
    "a right answer that is rejected": (
        "        visitors += row.visitors\n",
        "        visitors += row.visitors + 10\n",
        RIGHT,
        "another right answer fails: Not yet: 0 of 5 points",
    ),
    "a right answer that warns is fine, one that stops is not": (
        "    buyers = visitors = 0\n",
        "    buyers = 0\n",
        RIGHT,
        "another right answer fails",
    ),
    "a rubric of three criteria": (
        "# | Call | clear | decision | hedged | absent |\n",
        "",
        MEMO,
        "needs a rubric table of 4 criteria",
    ),
    "a rubric of three levels": (
        "# | Call | clear | decision | hedged | absent |\n",
        "# | Call | clear | decision | absent |\n",
        MEMO,
        "needs a rubric table of 4 criteria",
    ),
    "one exemplar": (
        '# %% [markdown] exemplar="memo" score=6\n'
        "# **A memo of 6 points, with the reasons.** We might go, perhaps.\n",
        "",
        MEMO,
        "needs two exemplars: one of 12 points and a weaker one",
    ),
    "two exemplars of one score": (
        "score=6",
        "score=12",
        MEMO,
        "needs two exemplars: one of 12 points and a weaker one",
    ),
    "two titles": (
        "# ## M03-E2",
        "# # M03-E2",
        "# %% [markdown]",
        "2 headings of level 1; a notebook has one",
    ),
    "a skipped level": (
        "# ## M03-E2",
        "# #### M03-E2",
        '# %% [markdown] exercise="traffic"',
        "heading of level 4 after level 2",
    ),
    "a picture without words": (
        "# Write `traffic(days)`",
        "# ![](chart.png) Write `traffic(days)`",
        '# %% [markdown] exercise="traffic"',
        "picture without a text for those who can't see it",
    ),
    "a given cell that stops": (
        "import pandas as pd\n",
        "import pandas as pd\n1 / 0\n",
        "# %%",
        "stopped with ZeroDivisionError",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_is_reported_with_its_line(name, mini):
    old, new, at, words = BROKEN[name]
    mini.edit(mini.exercises, old, new)
    report = verify(mini.unit(), variants=2)
    here = [failure for failure in report.failures if _matches(words, failure)]
    assert len(here) == 1, report.failures
    if at is not None:
        assert here[0].startswith(f"exercises.py:{_line(mini.exercises, at)}: ")
    if name not in SEVERAL:
        assert report.failures == here
    assert mini.generated() == []


# Breaking these rules breaks a second one: the solution or a trap no longer holds.
SEVERAL = {
    "a stub that scores",
    "other points in the check",
    "a given cell that stops",
    "four hints",
}


def _matches(words, failure):
    return re.search(words, failure.replace("**", "")) is not None


def _line(path, start):
    lines = path.read_text(encoding="utf-8").splitlines()
    exact = [number for number, line in enumerate(lines, 1) if line == start]
    loose = [number for number, line in enumerate(lines, 1) if line.startswith(start)]
    if start.startswith('# %% [markdown] hint="average"'):
        return exact[-1]
    return (exact or loose)[0]


def without(mini, trap):
    """Take a wrong answer and its trap out of the unit."""
    text = mini.exercises.read_text("utf-8")
    start = text.index(wrong(trap))
    end = text.index("# %%", start + 4)
    text = text[:start] + text[end:]
    mini.exercises.write_text(text.replace(', "last_day": 0.10', ""), "utf-8")


def test_two_wrong_answers_are_too_few(mini):
    without(mini, "last_day")
    (failure,) = verify(mini.unit(), variants=2).failures
    assert "2 wrong answers; an exercise has at least 3" in failure


def test_no_other_right_answer_is_too_few(mini):
    text = mini.exercises.read_text("utf-8")
    start = text.index(RIGHT)
    text = text[:start] + text[text.index("# %%", start + 4) :]
    mini.exercises.write_text(text, "utf-8")
    (failure,) = verify(mini.unit(), variants=2).failures
    assert "no other right answer; an exercise has one or more" in failure


def test_a_wrong_solution_is_reported_with_the_learners_reason(mini):
    mini.edit(mini.exercises, 'return days["buyers"].sum() /', "return 1 +")
    failures = verify(mini.unit(), variants=2).failures
    assert any("the solution does not pass: Not yet: 0 of 5" in it for it in failures)


@pytest.mark.parametrize("near", ["0.1116", "0.1084"])
def test_a_trap_within_three_tolerances_is_reported(mini, near):
    mini.edit(mini.exercises, '"last_day": 0.10', f'"last_day": {near}')
    mini.edit(mini.exercises, LAST_DAY, f"return {near}")
    failures = verify(mini.unit(), variants=1).failures
    assert any("too close to tell apart: last_day" in failure for failure in failures)
    assert any("tolerances from the right answer in" in failure for failure in failures)


def test_two_traps_alike_are_reported(mini):
    mini.edit(mini.exercises, '"last_day": 0.10', '"last_day": 0.1502')
    mini.edit(mini.exercises, LAST_DAY, "return 0.1502")
    failures = verify(mini.unit(), variants=1).failures
    assert any("mean_of_days = last_day" in failure for failure in failures)


def test_credit_of_another_convention_must_hold_on_hidden_data(mini):
    mini.edit(
        mini.exercises,
        '            traps={"median_day": {"typical": days.visitors.median()}},\n',
        "",
    )
    (failure,) = verify(mini.unit(), variants=2).failures
    assert "keeps 0 of the points, not 0.5" in failure
    assert "named in the hidden part, too" in failure


def test_the_visible_part_must_notice_a_wrong_answer(mini):
    mini.edit(mini.exercises, LAST_DAY, "return 0.11")
    mini.edit(
        mini.exercises,
        'what="the rate"\n',
        'what="the rate", traps={"last_day": 0.11}\n',
    )
    (failure,) = verify(mini.unit(), variants=2).failures
    assert 'wrong answer "last_day" is noticed by the hidden part only' in failure


def test_a_solution_that_fails_on_one_variant_only_is_found(mini):
    mini.edit(
        mini.exercises,
        '### BEGIN SOLUTION\n    return days["buyers"].sum()',
        "### BEGIN SOLUTION\n"
        "    if pm.case.current_variant() == 'verify-7':\n        return 0.0\n"
        '    return days["buyers"].sum()',
    )
    assert verify(mini.unit(), variants=7).failures == []
    (failure,) = verify(mini.unit(), variants=20).failures
    assert "the solution does not pass" in failure


def test_a_wrong_answer_that_is_right_on_one_hidden_variant_is_found(mini):
    mini.edit(
        mini.exercises,
        LAST_DAY,
        "if days.visitors.iloc[0] == rare:\n"
        "        return days.buyers.sum() / days.visitors.sum()\n    " + LAST_DAY,
    )
    with checks.use_root("verify"):
        codes = checks.variants(20)
    rare = [int(checks.rng(code).integers(100, 1000, 7)[0]) for code in codes]
    text = mini.exercises.read_text(encoding="utf-8")
    mini.exercises.write_text(text.replace("rare", str(rare[13])), encoding="utf-8")
    assert verify(mini.unit(), variants=13).failures == []
    report = verify(mini.unit(), variants=20)
    (failure,) = report.failures
    assert f"hidden part, variant {codes[13]}" in failure
    assert report.wrong == 5


def test_a_given_cell_with_tags_runs_too(mini):
    mini.edit(
        mini.exercises, "# %%\nimport pandas", '# %% tags=["set-up"]\nimport pandas'
    )
    assert verify(mini.unit(), variants=1).failures == []


@pytest.mark.parametrize("count", [0, -1])
def test_nothing_is_proved_on_no_variant(mini, count):
    with pytest.raises(CourseError, match=f"variants == {count}, must be 1 or more"):
        verify(mini.unit(), variants=count)


def test_a_short_lesson_is_reported(mini):
    mini.lesson.write_text(
        "# %% [markdown]\n# # Short\n#\n# Fernbroom, its people and its data are "
        "invented for this course.\n",
        encoding="utf-8",
    )
    cells, words = verify(mini.unit(), variants=1).failures
    assert cells == "lesson.py:1: 1 cells; a lesson has 25 to 40"
    assert words.endswith("words; a lesson has 800 to 1200")


@pytest.mark.parametrize("name", ["lesson", "exercises"])
def test_the_fiction_must_be_named(mini, name):
    mini.edit(getattr(mini, name), "Fernbroom, its people", "Acme, its people")
    (failure,) = verify(mini.unit(), variants=1).failures
    assert failure.startswith(f"{name}.py")
    assert "must say “Fernbroom" in failure


def test_headings_in_code_samples_do_not_count(mini):
    mini.edit(
        mini.exercises,
        "# Write `traffic(days)`",
        "# ```python\n# # a comment\n# ```\n#\n# Write `traffic(days)`",
    )
    assert verify(mini.unit(), variants=1).failures == []


def test_the_good_unit_passes_and_is_counted(mini, capsys):
    status = main(["author", "verify", "--json", "--course", str(mini.folder)])
    assert status == 0
    (unit,) = json.loads(capsys.readouterr().out)["units"]
    assert unit == {
        "unit": "03_mini",
        "exercises": 2,
        "auto_points": 9,
        "artefact_points": 12,
        "wrong": 6,
        "right": 2,
        "hints": 4,
        "variants": 5,
        "failures": [],
    }


def test_a_failure_is_counted_and_ends_with_status_1(mini, capsys):
    mini.edit(mini.exercises, LAST_DAY, "return 0.5")
    words = ["author", "verify", "03", "--variants", "1", "--course", str(mini.folder)]
    assert main([*words, "--json"]) == 1
    (unit,) = json.loads(capsys.readouterr().out)["units"]
    assert unit["wrong"] == 5
    assert len(unit["failures"]) == 1
    assert main(words) == 1
    table = capsys.readouterr().out
    assert "03_mini: 1 failure(s) over 1 variants" in table
    assert 'wrong answer "last_day" is taken for None' in table


def test_an_unknown_unit_lists_those_there_are(mini, capsys):
    words = ["author", "verify", "07", "--course", str(mini.folder)]
    assert main(words) == 1
    said = capsys.readouterr().err
    assert "unknown unit '07'" in said
    assert "03_mini" in said


def test_a_check_that_pays_for_nothing_is_found(mini):
    mini.edit(mini.exercises, 'unit="buyers a visitor",', 'unit="x", keeps=0.5,')
    mini.edit(mini.exercises, 'what="the rate"\n', 'what="the rate", keeps=0.5\n')
    failures = verify(mini.unit(), variants=1).failures
    here = f"exercises.py:{_line(mini.exercises, SOLUTION)}: "
    assert f'{here}functions that only "return 0.0" earn 2.5 points' in failures
