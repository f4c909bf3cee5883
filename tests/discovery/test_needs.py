import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlab.discovery import opportunity_score, opportunity_scores, pain_ranking

MENTIONS = pd.DataFrame(
    {
        "participant_id": ["p1", "p1", "p1", "p2", "p3", "p3"],
        "pain": ["no-show", "no-show", "no-show", "no-show", "price", "keys"],
        "severity": [5, 3, 1, 2, 5, 1],
    }
)


def test_a_person_counts_once_per_pain():
    # By hand: no-show: p1 median 3, p2 2, so median 2.5, by 2 of 4 people = 1.25.
    result = pain_ranking(MENTIONS, participants=4).set_index("pain")
    assert result.loc["no-show", "mentions"] == 4
    assert result.loc["no-show", "participants"] == 2
    assert result.loc["no-show", "prevalence"] == 0.5
    assert result.loc["no-show", "score"] == 1.25
    assert result["rank"].to_dict() == {"no-show": 1, "price": 1, "keys": 3}


def test_the_highest_severity_of_a_person_is_an_alternative():
    result = pain_ranking(
        MENTIONS, participants=4, severity_per_participant="highest"
    ).set_index("pain")
    assert result.loc["no-show", "median_severity"] == 3.5


def test_without_a_number_the_people_in_the_table_count():
    result = pain_ranking(MENTIONS).set_index("pain")
    assert result.loc["no-show", "prevalence"] == pytest.approx(2 / 3)


def test_pain_ranking_refuses_bad_input():
    with pytest.raises(ValueError, match="participants == 2, but the table names 3"):
        pain_ranking(MENTIONS, participants=2)
    with pytest.raises(ValueError, match="participants == 0, must be a whole number"):
        pain_ranking(MENTIONS, participants=0)
    with pytest.raises(ValueError, match="severity in row 0 == 0, must be > 0"):
        pain_ranking(MENTIONS.assign(severity=0))
    with pytest.raises(ValueError, match="0 rows"):
        pain_ranking(MENTIONS.head(0))


@pytest.mark.parametrize(
    ("importance", "satisfaction", "score"),
    [(9.5, 3.2, 15.8), (8.3, 4.2, 12.4), (5.0, 8.0, 5.0)],
)
def test_opportunity_scores_as_printed(importance, satisfaction, score):
    # Ulwick (2002), Harvard Business Review: restenosis, vessel damage; then the floor.
    assert opportunity_score(importance, satisfaction) == pytest.approx(score, abs=1e-9)


def test_the_difference_variant_pulls_overserved_outcomes_down():
    assert opportunity_score(5.0, 8.0, formula="difference") == 2.0


@settings(deadline=None, max_examples=40)
@given(st.floats(0, 10), st.floats(0, 10))
def test_opportunity_lies_between_importance_and_twenty(importance, satisfaction):
    score = opportunity_score(importance, satisfaction)
    assert importance - 1e-9 <= score <= 20


def test_opportunity_refuses_percent():
    with pytest.raises(ValueError, match=r"importance == 80, must be in \[0, 10\]"):
        opportunity_score(80, 3)


RATINGS = pd.DataFrame(
    {
        "outcome": ["on time"] * 4 + ["quiet"] * 4,
        "segment": ["two-earner", "two-earner", "single", "single"] * 2,
        "importance": [5, 5, 4, 2, 1, 2, 5, 4],
        "satisfaction": [2, 4, 1, 3, 5, 5, 4, 4],
    }
)


def test_scores_from_shares_of_high_ratings_by_hand():
    # on time: I = 7.5, S = 2.5, 12.5; quiet: I = 5, S = 10, floor, 5.
    result = opportunity_scores(RATINGS).set_index("outcome")
    assert result["opportunity"].to_dict() == {"on time": 12.5, "quiet": 5.0}
    assert result["reading"].to_dict() == {"on time": "high", "quiet": "overserved"}


def test_scores_per_segment_rank_within_the_segment():
    result = opportunity_scores(RATINGS, segment_column="segment")
    assert result.groupby("segment")["rank"].apply(list).to_dict() == {
        "single": [1, 1],  # 5 + 5 and 10 + 0
        "two-earner": [1, 2],
    }
    table = result.set_index(["segment", "outcome"])
    # two-earner, on time: both rate importance 5, one rates satisfaction 4: 10 + 5.
    assert table.loc[("two-earner", "on time"), "opportunity"] == 15
    assert table.loc[("two-earner", "on time"), "reading"] == "extreme"


def test_the_mean_variant_by_hand():
    # on time: mean importance 4 of 5 is 8, satisfaction 2.5 of 5 is 5: 8 + 3 = 11.
    result = opportunity_scores(RATINGS, rating="mean").set_index("outcome")
    assert result.loc["on time", "opportunity"] == pytest.approx(11)


def test_ratings_off_the_scale_are_refused():
    with pytest.raises(ValueError, match="must be ratings from 1 to 5; set scale_max"):
        opportunity_scores(RATINGS.assign(importance=10))
    with pytest.raises(ValueError, match="top_from == 6, must be from 2 to 5"):
        opportunity_scores(RATINGS, top_from=6)
