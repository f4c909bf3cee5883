import numpy as np
import pandas as pd
import pytest

from pmlab.errors import ColumnsMissingError
from pmlab.prioritization import rank_stability, rice

BACKLOG = pd.DataFrame(
    {
        "item": list("abcde"),
        "reach_low": [800, 300, 300, 100, 10],
        "reach_likely": [1000, 500, 480, 200, 20],
        "reach_high": [1200, 700, 700, 300, 30],
        "impact": [2, 1, 1, 1, 0.5],
        "confidence": [1, 0.8, 0.8, 0.5, 0.5],
        "effort_low": [1, 1, 1, 1, 1],
        "effort_likely": [2, 2, 2, 2, 2],
        "effort_high": [3, 4, 4, 4, 4],
    }
)


def test_a_clear_winner_is_in_and_near_twins_are_toss_ups():
    result = rank_stability(BACKLOG, top=2, draws=4000, rng=1)
    table = result.to_frame().set_index("item")
    assert table.loc["a", "verdict"] == "in"
    assert table.loc["e", "verdict"] == "out"
    assert set(result.toss_ups) == {"b", "c"}
    assert "Toss-ups: b" in result.summary()


def test_places_in_the_top_add_up_to_the_top():
    result = rank_stability(BACKLOG, top=3, draws=1000, rng=3)
    assert result.items["p_top"].sum() == pytest.approx(3)


def test_point_ranks_are_those_of_the_likely_values():
    likely = BACKLOG.rename(
        columns={"reach_likely": "reach", "effort_likely": "effort"}
    )
    expected = rice(likely).set_index("item")["rank"]
    table = rank_stability(BACKLOG, draws=100, rng=1).items.set_index("item")
    assert table["point_rank"].to_dict() == expected.to_dict()


def test_twins_share_the_top_evenly():
    # Planted: two identical items and one place, so each has it half of the time.
    twins = pd.DataFrame(
        {
            "item": ["x", "y"],
            "delay_cost_usd_per_week": [5, 5],
            "duration_weeks_low": [1, 1],
            "duration_weeks_likely": [2, 2],
            "duration_weeks_high": [3, 3],
        }
    )
    table = rank_stability(twins, score="cd3", top=1, draws=10_000, rng=5).items
    np.testing.assert_allclose(table["p_top"], 0.5, atol=0.02)


def test_two_triangles_agree_with_the_known_probability():
    # Triangles (0, 1, 2) and (1, 2, 3) differ by the sum of four uniforms U[0,1] - 1:
    # P(second < first) = P(Irwin-Hall(4) < 1) = 1 / 24.
    table = pd.DataFrame(
        {
            "item": ["x", "y"],
            "v_low": [0, 1],
            "v_likely": [1, 2],
            "v_high": [2, 3],
        }
    )
    result = rank_stability(
        table, score=lambda x: x["v"], inputs=("v",), top=1, draws=40_000, rng=2
    )
    p_top = result.items.set_index("item")["p_top"]
    assert p_top["x"] == pytest.approx(1 / 24, abs=0.004)


def test_the_seed_decides_and_the_input_stays():
    before = BACKLOG.copy()
    first = rank_stability(BACKLOG, draws=200, rng=9).items
    second = rank_stability(BACKLOG, draws=200, rng=np.random.default_rng(9)).items
    pd.testing.assert_frame_equal(first, second)
    pd.testing.assert_frame_equal(BACKLOG, before)


def test_stability_refuses_bad_ranges_and_names_missing_columns():
    with pytest.raises(ValueError, match="must be low <= likely <= high"):
        rank_stability(BACKLOG.assign(reach_low=9999), rng=1)
    with pytest.raises(ColumnsMissingError, match="effort_high"):
        rank_stability(BACKLOG.drop(columns="effort_high"), rng=1)
    with pytest.raises(ValueError, match="must be below the 5 items"):
        rank_stability(BACKLOG, top=5, rng=1)
    with pytest.raises(ValueError, match="is a divisor such as effort zero"):
        rank_stability(
            BACKLOG.assign(effort_low=0, effort_likely=0, effort_high=0),
            score=lambda x: x["reach"] / x["effort"],
            inputs=("reach", "effort"),
            rng=1,
        )
    with pytest.raises(ValueError, match="inputs is empty"):
        rank_stability(BACKLOG, score=lambda x: x["reach"], rng=1)


def test_stability_refuses_what_the_score_itself_refuses():
    with pytest.raises(ValueError, match=r"confidence in row 0 == .*not a percent"):
        rank_stability(BACKLOG.assign(confidence=80))
    with pytest.raises(ValueError, match=r"effort_low in row 0 == 0.*must be > 0"):
        rank_stability(BACKLOG.assign(effort_low=0))
    ratings = {"impact": [5, 6], "confidence": [5, 5]}
    ease = {"ease_low": [2, 3], "ease_likely": [4, 5], "ease_high": [11, 6]}
    ideas = pd.DataFrame({"item": ["x", "y"], **ratings, **ease})
    with pytest.raises(ValueError, match="ease runs from 2 to 11"):
        rank_stability(ideas, score="ice", top=1)


def test_without_any_range_there_is_nothing_to_be_sure_of():
    certain = BACKLOG[["item", "impact", "confidence"]].assign(reach=5, effort=2)
    with pytest.raises(ValueError, match="data holds no range"):
        rank_stability(certain)


def test_a_range_counts_before_a_known_value_of_the_same_input():
    both = BACKLOG.assign(reach=[1, 2, 3, 4, 5], effort=1)
    pd.testing.assert_frame_equal(
        rank_stability(both, draws=200).items, rank_stability(BACKLOG, draws=200).items
    )


def test_the_sentence_names_the_ranged_inputs_and_the_seed():
    result = rank_stability(BACKLOG, draws=100)
    assert result.ranged_inputs == ("reach", "effort")
    assert "100 draws (seed 0) from the ranges of reach and effort" in repr(result)
    own = rank_stability(BACKLOG, draws=100, rng=np.random.default_rng(0))
    assert "(your own generator)" in repr(own)
    with pytest.raises(TypeError, match="rng == None"):
        rank_stability(BACKLOG, rng=None)


def test_the_plain_column_is_the_likely_value_if_none_is_named():
    plain = BACKLOG.rename(columns={"reach_likely": "reach"})
    expected = rank_stability(BACKLOG, draws=500, rng=1).to_frame()
    found = rank_stability(plain, draws=500, rng=1).to_frame()
    pd.testing.assert_frame_equal(found, expected)
