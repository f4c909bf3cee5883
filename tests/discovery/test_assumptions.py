import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlab.discovery import perfect_information, rank_assumptions


def test_evpi_by_hand():
    # Best without knowing: build, 0.4 x 100 - 0.6 x 50 = 10; knowing: 0.4 x 100 = 40.
    states = pd.DataFrame(
        {"probability": [0.4, 0.6], "build": [100, -50], "stop": [0, 0]}
    )
    result = perfect_information(states, ["build", "stop"])
    assert result.best_option == "build"
    assert result.evpi_usd == pytest.approx(30)
    assert "at most $30" in result.summary()


def test_three_states_and_three_options_by_hand():
    # E: a 0.2x10 + 0.5x2 = 3, b 0.5x6 = 3, c 2; knowing: 0.2x10 + 0.5x6 + 0.3x2 = 5.6.
    states = pd.DataFrame(
        {
            "probability": [0.2, 0.5, 0.3],
            "a": [10, 2, 0],
            "b": [0, 6, 0],
            "c": [2, 2, 2],
        }
    )
    assert perfect_information(states, ["a", "b", "c"]).evpi_usd == pytest.approx(2.6)


def test_information_that_changes_no_decision_is_worth_nothing():
    states = pd.DataFrame({"probability": [0.3, 0.7], "go": [5, 4], "stop": [1, 2]})
    result = perfect_information(states, ["go", "stop"])
    assert result.evpi_usd == 0
    assert "change no decision" in result.summary()


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.floats(0.01, 1), *[st.floats(-1e6, 1e6)] * 2), min_size=1))
def test_evpi_is_never_negative(rows):
    table = np.array(rows)
    states = pd.DataFrame(table, columns=["probability", "a", "b"])
    states["probability"] /= states["probability"].sum()
    assert perfect_information(states, ["a", "b"]).evpi_usd >= 0


def test_evpi_refuses_probabilities_that_do_not_sum_to_one():
    states = pd.DataFrame({"probability": [0.4, 0.4], "a": [1, 2], "b": [0, 0]})
    with pytest.raises(ValueError, match=r"sums to 0\.8, must sum to 1"):
        perfect_information(states, ["a", "b"])
    with pytest.raises(ValueError, match="must name at least two columns"):
        perfect_information(states, ["a"])
    with pytest.raises(ValueError, match="pass a fraction, not a percent"):
        perfect_information(states.assign(probability=[40, 60]), ["a", "b"])


RISKS = pd.DataFrame(
    {
        "assumption": ["pay", "build", "legal", "surely"],
        "probability_true": [0.5, 0.95, 0.4, 0.6],
        "payoff_if_true_usd": [80_000, 60_000, 90_000, 10_000],
        "payoff_if_false_usd": [-60_000, -50_000, -80_000, 1_000],
        "test_cost_usd": [4_000, 1_000, 40_000, 500],
    }
)


def test_assumptions_by_hand():
    # pay: 0.5 x 80 - max(10, 0) = 30 less 4; build: 57 - 54.5 = 2.5 less 1;
    # legal: 36 - max(-12, 0) = 36 less 40; surely: both payoffs positive, 0 less 0.5.
    result = rank_assumptions(RISKS).set_index("assumption")
    assert result["evpi_usd"].round(6).to_dict() == {
        "pay": 30_000,
        "build": 2_500,
        "surely": 0,
        "legal": 36_000,
    }
    assert list(result.index) == ["pay", "build", "surely", "legal"]
    assert result["reading"].tolist() == [
        "worth testing",
        "worth testing",
        "changes no decision",
        "costs more than it tells",
    ]


def test_assumptions_agree_with_the_general_formula():
    row = RISKS.loc[2]
    states = pd.DataFrame(
        {
            "probability": [row.probability_true, 1 - row.probability_true],
            "go": [row.payoff_if_true_usd, row.payoff_if_false_usd],
            "stop": [5_000, 5_000],
        }
    )
    general = perfect_information(states, ["go", "stop"]).evpi_usd
    ranked = rank_assumptions(RISKS.loc[[2]], otherwise_usd=5_000)
    assert ranked["evpi_usd"].item() == pytest.approx(general)


def test_assumptions_refuse_percent_and_negative_cost():
    with pytest.raises(ValueError, match="pass a fraction, not a percent"):
        rank_assumptions(RISKS.assign(probability_true=50))
    with pytest.raises(ValueError, match="test_cost_usd in row 0 == -1, must be >= 0"):
        rank_assumptions(RISKS.assign(test_cost_usd=-1))
