"""The report's numbers agree with SciPy, and it finds what was planted."""

import csv
import math

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_output
from scipy import stats

from pmlab.errors import CourseError
from pmlab.grading.report.help_needed import help_needed
from pmlab.grading.report.items import item_analysis, uncertainty, verdict_on
from pmlab.grading.report.results import RESULT_COLUMNS
from pmlab.grading.report.write import make_report, write_report
from pmlab.grading.report.wrong_answers import (
    known_mistakes,
    shape_of_code,
    unknown_mistakes,
)
from tests.grading.graded_course import assertion_error, grade, graded_course
from tests.grading.plain_course import UNIT

pytestmark = pytest.mark.filterwarnings("ignore:Object of type <Sub")


def class_of(learners, exercises=5, seed=1):
    """Return answers of a made-up class: ability against difficulty."""
    rng = np.random.default_rng(seed)
    ability = rng.normal(size=(learners, 1))
    hardness = np.linspace(-1, 1, exercises)
    right = rng.random((learners, exercises)) < 1 / (1 + np.exp(hardness - 2 * ability))
    return pd.DataFrame(right.astype(float), columns=list("abcdefgh")[:exercises])


@pytest.mark.parametrize("learners", [6, 12, 80])
def test_discrimination_is_scipys_point_biserial_of_the_rest(learners):
    shares = class_of(learners, seed=learners)
    for row in item_analysis(shares).to_dict("records"):
        item = shares[row["exercise"]]
        rest = shares.drop(columns=row["exercise"]).sum(axis=1)
        if item.nunique() < 2:
            assert math.isnan(row["discrimination"])
            continue
        expected = stats.pointbiserialr(item, rest).statistic
        assert row["discrimination"] == pytest.approx(expected)
        low, high = stats.pearsonr(item, rest).confidence_interval(0.95)
        assert row["discrimination_low"] == pytest.approx(low)
        assert row["discrimination_high"] == pytest.approx(high)


def test_the_interval_of_difficulty_is_scipys_wilson():
    shares = class_of(20)
    row = item_analysis(shares).iloc[0]
    successes = int(shares["a"].sum())
    expected = stats.binomtest(successes, 20).proportion_ci(method="wilson")
    assert row["difficulty"] == successes / 20
    assert (row["difficulty_low"], row["difficulty_high"]) == pytest.approx(expected)


@pytest.mark.parametrize("part", [0, 1 / 3, 1])
def test_a_share_never_lies_outside_its_interval(part):
    for learners in range(1, 501):
        right = round(part * learners)
        shares = pd.DataFrame({"a": [1.0] * right + [0.0] * (learners - right)})
        row = item_analysis(shares).iloc[0]
        ends = row["difficulty_low"], row["difficulty_high"]
        assert 0 <= ends[0] <= row["difficulty"] <= ends[1] <= 1, learners


def test_a_class_that_has_it_all_wrong_gets_its_report(tmp_path):
    course = graded_course(tmp_path)
    for learner in ("ada", "bo", "cy"):
        grade(course, learner, score=0.0)
    assert write_report(course, UNIT)[0].is_file()


def test_partial_credit_counts_in_part():
    row = item_analysis(pd.DataFrame({"a": [1, 0.5, 0, np.nan]})).iloc[0]
    assert (row["learners"], row["difficulty"]) == (3, 0.5)
    assert row["full_marks"] == pytest.approx(1 / 3)


@given(st.lists(st.tuples(*[st.sampled_from([0.0, 0.5, 1.0])] * 3), max_size=12))
def test_no_class_breaks_the_numbers(answers):
    items = item_analysis(pd.DataFrame(answers, columns=["a", "b", "c"], dtype=float))
    for _, row in items.iterrows():
        if row["learners"]:
            assert 0 <= row["difficulty_low"] <= row["difficulty"] + 1e-12
            assert row["difficulty"] <= row["difficulty_high"] + 1e-12 <= 1 + 1e-9
        if not math.isnan(row["discrimination"]):
            assert -1 <= row["discrimination"] <= 1
        verdict_on(row)


def test_an_exercise_that_misleads_the_strong_is_pointed_out():
    shares = class_of(200)
    shares["trick"] = (shares.sum(axis=1) < 3).astype(float)
    items = item_analysis(shares).set_index("exercise")
    assert "Does not tell" in verdict_on(items.loc["trick"])
    assert verdict_on(items.loc["a"]) == ""


def test_small_classes_are_told_how_uncertain_it_is():
    assert "Only 49 learners" in uncertainty(49)
    assert uncertainty(50) == ""
    low, high = stats.binomtest(5, 10).proportion_ci(method="wilson")
    assert f"{100 * low:.0f} % to {100 * high:.0f} %" in uncertainty(10)


def results(*rows):
    """Return results from (learner, exercise, share, trap, reason, code, hints)."""
    frame = pd.DataFrame(
        rows,
        columns=["learner", "exercise", "share", "trap", "reason", "code", "hints"],
    )
    frame["cell"], frame["points"], frame["written"] = frame["exercise"], 4.0, False
    frame["score"] = frame["share"] * 4
    return frame[list(RESULT_COLUMNS)]


def test_known_mistakes_are_counted_among_those_who_took_part():
    table = known_mistakes(
        results(
            ("ada", "tam", 0.0, "people", "", "", 0),
            ("bo", "tam", 0.5, "people", "", "", 0),
            ("cy", "tam", 1.0, "", "", "", 0),
            ("di", "tam", 0.0, "", "", "", 0),
            ("ada", "sam", 0.0, "twice", "", "", 0),
        )
    )
    first = table.iloc[0].to_dict()
    assert first == {
        "exercise": "tam",
        "trap": "people",
        "learners": 2,
        "share": 0.5,
        "who": "ada, bo",
    }


def test_unknown_mistakes_are_grouped_by_words_and_by_code():
    table = unknown_mistakes(
        results(
            ("ada", "tam", 0.0, "", "You have 12.", "x = rows + 1", 0),
            ("bo", "tam", 0.0, "", "You have 12.", "y = something_else(1)", 0),
            ("cy", "tam", 0.0, "", "You have 99.", "z=other + 7  # mine", 0),
            ("di", "tam", 0.0, "", "You have 5.", "quite = different", 0),
            ("ed", "tam", 0.0, "known", "You have 12.", "x = rows + 1", 0),
        )
    )
    assert list(table["who"]) == ["ada, bo, cy", "di"]


def test_hidden_failures_alone_do_not_make_a_group():
    said = "A hidden test did not pass (AssertionError). Try …"
    table = unknown_mistakes(
        results(
            ("ada", "tam", 0.0, "", said, "a = 1 + 1", 0),
            ("bo", "tam", 0.0, "", said, "print('b')", 0),
        )
    )
    assert len(table) == 2


@pytest.mark.parametrize("code", ["def (", "x" * 10_000, "(" * 5000, "\0", "a\\"])
def test_broken_code_has_a_shape_too(code):
    assert isinstance(shape_of_code(code), str)


def test_those_who_need_help_come_with_reasons():
    table = results(
        ("ada", "tam", 0.0, "", "", "", 3),
        ("ada", "sam", 0.0, "", "", "", 0),
        ("bo", "tam", 1.0, "", "", "", 3),
    )
    totals = pd.DataFrame(
        {
            "learner": ["ada", "bo"],
            "handed_in": pd.to_datetime(["2026-11-20 10:00"] * 2),
            "due": pd.to_datetime(["2026-11-20 07:00", "2026-11-21 10:00"]),
            "status": ["timeout", "graded"],
        }
    )
    found = help_needed(table, totals, absent=("cy",)).set_index("learner")["reasons"]
    assert found["ada"].split("; ") == [
        "0 % of the points so far",
        "stuck in spite of hints: tam",
        "the code ran out of time",
        "3 hours late",
    ]
    assert found["cy"] == "handed in nothing"
    assert "bo" not in found


def verdict(trap, reason):
    noted = {"exercise": "square", "trap": trap, "reasons": [reason]}
    data = {"text/plain": "0", "text/html": '<div role="status"><p>Not yet</p></div>'}
    return new_output(
        "execute_result", data, execution_count=1, metadata={"pmlab": noted}
    )


@pytest.fixture
def course(tmp_path):
    course = graded_course(tmp_path)
    grade(course, "ada", score=4.0)
    grade(course, "bo", score=0.0, outputs=[verdict("doubled", "You doubled it.")])
    grade(course, "cy", score=0.0, outputs=[assertion_error(1, value="two times two")])
    (tmp_path / "students.csv").write_text("id\nada\nbo\ncy\ndora\n")
    hints = course.step("submitted", "bo", UNIT) / "hints.json"
    hints.write_text('{"square": 2}')
    return course


def test_the_report_reads_a_graded_course(course):
    report = make_report(course, UNIT)
    assert list(report.known["trap"]) == ["doubled"]
    assert "assert square(2) == 4" in report.unknown["reason"].iloc[0]
    assert "return x * x" in report.unknown["code"].iloc[0]
    item = report.items.set_index("exercise").loc["square"]
    assert item["learners"] == 1  # bo's check names its exercise itself
    assert set(report.help["learner"]) == {"bo", "cy", "dora"}


def test_the_page_is_in_order_and_its_tables_are_files(course):
    page, *tables = write_report(course, UNIT)
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    text = " ".join(soup.get_text(" ").split())
    assert len(soup.find_all("h1")) == 1
    assert "Only 3 learners" in text
    assert "3 wait for a grade by hand" in text
    assert "square: doubled" in text
    assert not soup.find_all(src=True)
    assert "thirty-one" not in text
    assert all(figure["aria-label"] for figure in soup.select('[role="figure"]'))
    with tables[0].open(encoding="utf-8", newline="") as lines:
        assert next(csv.DictReader(lines))["exercise"]


def test_without_grades_the_next_step_is_named(tmp_path):
    with pytest.raises(CourseError, match="pmlab teach grade"):
        make_report(graded_course(tmp_path), UNIT)
