import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlab.feedback import net_promoter_score, net_promoter_score_of, score_change


def test_the_error_of_the_score_agrees_with_the_worked_example():
    # whuber on stats.stackexchange: shares 1/2, 1/3, 1/6, n = 324
    nps = net_promoter_score(promoters=162, passives=108, detractors=54)
    assert nps.score == pytest.approx(33.333333333333336, abs=0.05)
    assert nps.standard_error == pytest.approx(4.1, abs=0.05)
    variance = (nps.standard_error / 100) ** 2 * 324
    assert variance == pytest.approx(0.5555555555555556)


def test_the_interval_agrees_with_the_published_counts():
    # talkstats thread 58500
    nps = net_promoter_score(promoters=291, passives=476, detractors=395)
    assert nps.score == pytest.approx(-8.9501, abs=0.02)
    assert nps.standard_error == pytest.approx(2.2393, abs=0.02)
    assert (nps.low, nps.high) == pytest.approx((-13.339, -4.561), abs=0.02)


counts = st.integers(0, 300)


@given(counts, counts, counts)
def test_the_interval_holds_the_score_and_the_error_is_that_of_the_answers(up, mid, no):
    if up + mid + no == 0:
        return
    nps = net_promoter_score(promoters=up, passives=mid, detractors=no)
    assert -100 <= nps.low <= nps.score <= nps.high <= 100
    answers = np.repeat([100.0, 0.0, -100.0], [up, mid, no])
    assert nps.standard_error == pytest.approx(
        answers.std() / np.sqrt(len(answers)), abs=1e-6
    )


SURVEY = pd.DataFrame(
    {
        "user_id": ["a", "a", "b", "c", "d", "d"],
        "answered_at": pd.to_datetime(
            ["2025-01-01", "2025-02-01", "2025-01-05", "2025-01-09"]
            + ["2025-01-07"] * 2
        ),
        "score": [2, 9, 8, 10, 9, 4],
    }
)


def test_only_the_latest_answer_of_a_customer_counts():
    nps = net_promoter_score_of(SURVEY)
    # a 9 (not 2), b 8, c 10, d 4 (the lower of two at one moment)
    assert (nps.promoters, nps.passives, nps.detractors) == (2, 1, 1)


def test_engines_agree_on_the_latest_answers():
    polars, duckdb = pytest.importorskip("polars"), pytest.importorskip("duckdb")
    lazy = polars.from_pandas(SURVEY).lazy()
    relation = duckdb.connect().from_arrow(polars.from_pandas(SURVEY).to_arrow())
    expected = net_promoter_score_of(SURVEY)
    assert net_promoter_score_of(lazy) == expected
    assert net_promoter_score_of(relation) == expected


def test_four_points_among_few_customers_are_not_shown():
    before = net_promoter_score(promoters=40, passives=30, detractors=30)
    after = net_promoter_score(promoters=42, passives=30, detractors=28)
    assert score_change(before, after).verdict == "not shown"


def test_the_same_four_points_among_many_customers_are_real():
    before = net_promoter_score(promoters=40_000, passives=30_000, detractors=30_000)
    after = net_promoter_score(promoters=42_000, passives=30_000, detractors=28_000)
    assert score_change(before, after).verdict == "rose"
    assert score_change(after, before).verdict == "fell"


@pytest.mark.parametrize(
    ("score", "message"),
    [(11, "holds 11"), (-1, "holds -1"), (7.5, "holds 7.5"), (None, "holds nan")],
)
def test_answers_outside_the_scale_are_refused(score, message):
    with pytest.raises(ValueError, match=message):
        net_promoter_score_of(SURVEY.assign(score=score))


def test_bad_counts_and_constant_scores_are_refused():
    with pytest.raises(ValueError, match="must be >= 1 answer"):
        net_promoter_score(promoters=0, passives=0, detractors=0)
    with pytest.raises(ValueError, match="detractors == -1"):
        net_promoter_score(promoters=1, passives=0, detractors=-1)
    happy = net_promoter_score(promoters=9, passives=0, detractors=0)
    with pytest.raises(ValueError, match="standard error of 0"):
        score_change(happy, happy)


def test_equal_answers_are_not_taken_for_certainty():
    # Clopper and Pearson: 5 of 5 allow up to 1 - 0.025^(1/5) = 52.18 % others
    happy = net_promoter_score(promoters=5, passives=0, detractors=0)
    assert (happy.low, happy.high) == pytest.approx((100 - 2 * 52.182, 100), abs=0.01)
    lukewarm = net_promoter_score(promoters=0, passives=5, detractors=0)
    assert (lukewarm.low, lukewarm.high) == pytest.approx((-52.182, 52.182), abs=0.01)


def test_a_tiny_p_value_is_not_0():
    before = net_promoter_score(promoters=600, passives=200, detractors=200)
    after = net_promoter_score(promoters=200, passives=200, detractors=600)
    change = score_change(before, after)
    assert change.p_value > 0
    assert "p = below 0.0001" in repr(change)


def test_two_bare_scores_have_no_error_and_are_refused():
    with pytest.raises(TypeError, match=r"before == 42, must be .*without its counts"):
        score_change(42, 47)
