from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlab.prioritization import compare_sequences, cost_of_delay, sequence, wsjf

# FocusedObjective.Resources, exercise "Completed Cost of Delay", sheet WSJF moderate.
FEATURES = pd.DataFrame(
    {
        "item": [
            "Checkout",
            "Visa/MC",
            "AMEX",
            "Diners",
            "Bitcoin",
            "PCI",
            "Fraud",
            "Expiring card",
        ],
        "days": [9, 8, 9, 7, 9, 5, 7, 4],
        "usd_per_day": np.array([0, 1000, 5000, 500, 2000, 21000, 220, 2000]) / 30,
        "parent": [None, *["Checkout"] * 4, None, "Visa/MC", None],
    }
)
COLUMNS = {"cost_column": "usd_per_day", "duration_column": "days"}

# FocusedObjective.Resources, Cost of Delay Prioritization Calculator, sheet Example.
JOBS = pd.DataFrame(
    {
        "item": ["A", "B", "C"],
        "delay_cost_usd_per_week": [3, 7, 9],
        "duration_weeks": [3, 4, 6],
    }
)


def in_table_order(result: pd.DataFrame) -> pd.DataFrame:
    return result.set_index("item").loc[FEATURES["item"]]


def test_own_ratio_is_that_of_the_published_sheet():
    result = in_table_order(cost_of_delay(FEATURES, **COLUMNS))
    expected = [0, 4.16667, 18.51852, 2.38095, 7.40741, 140, 1.04762, 16.66667]
    np.testing.assert_allclose(result["score"], expected, atol=1e-4)
    expected = [0, 33.3333, 166.6667, 16.6667, 66.6667, 700, 7.3333, 66.6667]
    np.testing.assert_allclose(result["delay_cost"], expected, atol=1e-4)


def test_parents_carry_the_ratios_of_direct_children_as_published():
    result = in_table_order(
        cost_of_delay(
            FEATURES, parent_column="parent", roll_up="direct_children", **COLUMNS
        )
    )
    expected = [32.47354, 5.21429, 18.51852, 2.38095, 7.40741, 140, 1.04762, 16.66667]
    np.testing.assert_allclose(result["score"], expected, atol=1e-4)
    assert result["rank"].tolist() == [2, 6, 3, 7, 5, 1, 8, 4]


def test_parents_carry_the_cost_of_all_descendants_as_published():
    result = in_table_order(
        cost_of_delay(
            FEATURES, parent_column="parent", roll_up="all_descendants", **COLUMNS
        )
    )
    expected = [290.6667, 40.6667, 166.6667, 16.6667, 66.6667, 700, 7.3333, 66.6667]
    np.testing.assert_allclose(result["family_delay_cost"], expected, atol=1e-4)


def test_parents_need_a_rule_and_must_exist_and_not_go_in_circles():
    with pytest.raises(ValueError, match="give both a parent column and whose cost"):
        cost_of_delay(FEATURES, parent_column="parent", **COLUMNS)
    rule = {"parent_column": "parent", "roll_up": "direct_children", **COLUMNS}
    with pytest.raises(ValueError, match="parent 'Paypal' of 'Checkout' is not an"):
        cost_of_delay(FEATURES.assign(parent=["Paypal", *[None] * 7]), **rule)
    with pytest.raises(ValueError, match="go round in a circle"):
        cost_of_delay(FEATURES.assign(parent=FEATURES["item"]), **rule)


def test_ties_go_to_the_shorter_item():
    tied = pd.DataFrame({"item": ["long", "short"], "usd_per_day": [8, 2]})
    result = cost_of_delay(tied.assign(days=[4, 1]), **COLUMNS)
    assert result["item"].tolist() == ["short", "long"]
    assert result["rank"].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("rule", "earned"), [("highest_cost", 103), ("shortest", 91), ("cd3", 109)]
)
def test_each_rule_earns_what_the_published_calculator_says(rule, earned):
    assert sequence(JOBS, rule=rule, horizon=14).earned == earned


def test_the_published_ratios():
    result = cost_of_delay(JOBS).set_index("item")
    assert result.loc[["A", "B", "C"], "score"].tolist() == [1.0, 1.75, 1.5]


def test_total_cost_by_hand():
    # B ends in week 4, C in week 10, A in week 13: 7 x 4 + 9 x 10 + 3 x 13 = 157.
    result = sequence(JOBS)
    assert result.order == ("B", "C", "A")
    assert result.total_delay_cost == 157
    assert result.to_frame()["finish"].tolist() == [4, 10, 13]
    assert "B, C, A" in result.summary()


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9)), min_size=1, max_size=6)
)
def test_cd3_is_never_beaten_by_any_order(jobs):
    cost, weeks = np.array(jobs).T
    table = pd.DataFrame(
        {
            "item": [str(number) for number in range(len(jobs))],
            "delay_cost_usd_per_week": cost,
            "duration_weeks": weeks,
        }
    )
    best = min(
        (cost[list(order)] * weeks[list(order)].cumsum()).sum()
        for order in permutations(range(len(jobs)))
    )
    assert sequence(table).total_delay_cost == pytest.approx(best)


def test_comparison_lists_the_cheapest_first():
    result = compare_sequences(JOBS)
    assert result["rule"].iloc[0] == "cd3"
    assert result["extra_cost"].tolist() == [0, 6, 18, 18]
    assert "earned" not in result


def test_sequence_refuses_unknown_rules_and_empty_durations():
    with pytest.raises(ValueError, match="must be one of cd3, highest_cost, shortest"):
        sequence(JOBS, rule="loudest")
    with pytest.raises(ValueError, match="duration_weeks in row 0 == 0, must be > 0"):
        sequence(JOBS.assign(duration_weeks=0))


def test_wsjf_sums_points_and_divides_by_size():
    # By hand: (8 + 3 + 1) / 2 = 6 and (13 + 8 + 3) / 8 = 3.
    jobs = pd.DataFrame(
        {
            "item": ["B", "A"],
            "business_value": [13, 8],
            "time_criticality": [8, 3],
            "risk_reduction": [3, 1],
            "job_size": [8, 2],
        }
    )
    result = wsjf(jobs)
    assert result["item"].tolist() == ["A", "B"]
    assert result["score"].tolist() == [6, 3]
    with pytest.raises(ValueError, match="job_size in row 0 == 0, must be > 0"):
        wsjf(jobs.assign(job_size=0))
