import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlab.experiments import brier_score

chances = st.lists(st.floats(0, 1), min_size=1, max_size=20)


def test_the_score_of_four_days_by_hand():
    # (0.9-1)^2 + (0.2-0)^2 + (0.5-1)^2 + (1-0)^2 = 0.01 + 0.04 + 0.25 + 1 = 1.30
    result = brier_score([0.9, 0.2, 0.5, 1.0], [1, 0, 1, 0])
    assert result.score == pytest.approx(1.30 / 4)
    assert not result.beats_a_coin
    assert "right side 2 of 4" in repr(result)


def test_always_saying_half_scores_a_quarter():
    result = brier_score([0.5] * 7, [True] * 5 + [False] * 2)
    assert result.score == 0.25
    assert "as good as always saying 50 %" in repr(result)


@given(chances, st.randoms())
def test_the_score_is_the_mean_of_its_table_and_lies_in_0_to_1(stated, dice):
    happened = [dice.random() < 0.5 for _ in stated]
    result = brier_score(stated, happened)
    assert result.to_frame()["squared_distance"].mean() == pytest.approx(result.score)
    assert 0 <= result.score <= 1


@given(st.floats(0.01, 0.99), st.floats(0, 1))
def test_saying_what_one_believes_scores_best_in_the_long_run(truth, said):
    def expected(chance):
        sure, never = (brier_score([chance], [came]).score for came in (1, 0))
        return truth * sure + (1 - truth) * never

    assert expected(truth) <= expected(said) + 1e-12


def test_certain_and_right_is_perfect():
    assert brier_score(np.array([1.0, 0.0]), np.array([True, False])).score == 0


@pytest.mark.parametrize(
    ("stated", "happened", "message"),
    [
        ([90], [1], "stated == 90"),
        ([0.9, 0.1], [1], "happened has 1 entries, must have 2"),
        ([0.9], [2], "happened holds 2, must hold only 0 and 1"),
    ],
)
def test_what_is_no_chance_or_no_outcome_is_refused(stated, happened, message):
    with pytest.raises(ValueError, match=message):
        brier_score(stated, happened)


def test_names_must_be_one_for_each_chance():
    with pytest.raises(ValueError, match="names has 1 entries, must have 2"):
        brier_score([0.9, 0.1], [1, 0], names=["a"])
