from itertools import chain, combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlab.prioritization import best_plan, compare_plans, greedy_plan, rice

# The textbook knapsack on which the best ratio first is not the best plan.
TRAP = pd.DataFrame(
    {"item": ["A", "B", "C"], "value": [60, 100, 120], "effort": [10, 20, 30]}
)

QUARTER = pd.DataFrame(
    {
        "item": ["Legal", "Search", "Chat", "Ratings", "Debt"],
        "value": [0, 30, 50, 20, 25],
        "effort": [6, 5, 8, 4, 5],
        "must": [True, False, False, False, False],
        "requires": ["", "", "Search", None, ""],
    }
)
RULES = {"must_column": "must", "requires_column": "requires"}


def test_the_best_plan_beats_the_best_ratio_in_the_textbook_trap():
    assert best_plan(TRAP, capacity=50).value == 220
    assert best_plan(TRAP, capacity=50).items == ("B", "C")
    assert greedy_plan(TRAP, capacity=50).value == 160


def test_must_haves_and_requirements_are_kept():
    # By hand: Legal takes 6 of 20; Search and Chat take 13 for 80; 1 is left. The
    # other full plan, Search, Ratings and Debt, is worth 75.
    plan = best_plan(QUARTER, capacity=20, **RULES)
    assert plan.items == ("Legal", "Search", "Chat")
    assert plan.value == 80
    assert plan.effort == {"effort": 19}
    assert plan.proven_optimal
    assert plan.unique
    assert plan.to_frame()["chosen"].tolist() == [True, True, True, False, False]


def test_the_summary_says_what_to_do_and_that_it_is_proven():
    text = best_plan(QUARTER, capacity=20, **RULES).summary()
    assert "Do Legal, Search, Chat: value 80, using 19 of 20 effort" in text
    assert "no other plan" in text


def test_equal_plans_are_reported():
    twins = pd.DataFrame({"item": ["A", "B"], "value": [5, 5], "effort": [3, 3]})
    plan = best_plan(twins, capacity=3)
    assert plan.unique is False
    assert "others have as much" in plan.summary()


def test_every_step_of_the_job_is_covered():
    # By hand: without steps A and B (value 17); with them one item of "pay" is needed.
    steps = pd.DataFrame(
        {
            "item": ["A", "B", "C"],
            "value": [9, 8, 1],
            "effort": [1, 1, 1],
            "step": ["find", "find", "pay"],
        }
    )
    assert best_plan(steps, capacity=2).items == ("A", "B")
    assert best_plan(steps, capacity=2, step_column="step").items == ("A", "C")


def test_two_teams_have_two_limits():
    two = TRAP.assign(design=[5, 1, 1]).rename(columns={"effort": "code"})
    plan = best_plan(two, capacity={"code": 60, "design": 5})
    assert plan.items == ("B", "C")
    assert plan.effort == {"code": 50, "design": 2}


def brute_force(value, effort, needs, capacity):
    size = len(value)
    sets = chain.from_iterable(combinations(range(size), k) for k in range(size + 1))
    return max(
        sum(value[index] for index in chosen)
        for chosen in sets
        if sum(effort[index] for index in chosen) <= capacity
        and all(needs[index] is None or needs[index] in chosen for index in chosen)
    )


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 100_000), capacity=st.integers(1, 25))
def test_the_plan_is_optimal_and_never_worse_than_greedy(seed, capacity):
    rng = np.random.default_rng(seed)
    value, effort = rng.integers(0, 30, 7), rng.integers(1, 10, 7)
    needs = [
        None if index == 0 or rng.random() < 0.6 else int(rng.integers(0, index))
        for index in range(7)
    ]
    table = pd.DataFrame(
        {
            "item": [str(number) for number in range(7)],
            "value": value,
            "effort": effort,
            "requires": ["" if need is None else str(need) for need in needs],
        }
    )
    comparison = compare_plans(table, capacity=capacity, requires_column="requires")
    exact = comparison.loc[comparison["method"] == "exact", "value"].item()
    assert exact == pytest.approx(brute_force(value, effort, needs, capacity))
    assert (comparison["lost_value"] >= -1e-9).all()


def test_categories_are_names_too():
    coded = QUARTER.astype({"item": "category", "requires": "category"})
    assert best_plan(coded, capacity=20, **RULES).value == 80


def test_greedy_keeps_requirements():
    plan = greedy_plan(QUARTER, capacity=20, method="highest_value", **RULES)
    assert "Legal" in plan.items
    assert "Chat" not in plan.items or "Search" in plan.items
    assert not plan.proven_optimal
    assert "rule of thumb" in plan.summary()


def test_infeasible_must_haves_are_named_with_their_effort():
    wrong = QUARTER.assign(must=[True, False, True, False, False])
    message = r"must-haves and what they require \(Legal, Search, Chat\) take 19"
    with pytest.raises(ValueError, match=message):
        best_plan(wrong, capacity=15, **RULES)
    with pytest.raises(ValueError, match=message):
        greedy_plan(wrong, capacity=15, **RULES)


def test_infeasible_steps_say_the_least_effort():
    steps = QUARTER.assign(step=["legal", "find", "talk", "rate", ""])
    with pytest.raises(ValueError, match=r"covering every step .* at least 23"):
        best_plan(steps, capacity=20, step_column="step", **RULES)


def test_limits_that_clash_are_named():
    clash = pd.DataFrame(
        {
            "item": ["x", "y"],
            "value": [1, 1],
            "code": [5, 1],
            "design": [1, 5],
            "step": ["s", "s"],
        }
    )
    with pytest.raises(ValueError, match="each limit can be met alone"):
        best_plan(clash, capacity={"code": 2, "design": 2}, step_column="step")


def test_wrong_requirements_are_named():
    unknown = QUARTER.assign(requires=["", "", "Serach", "", ""])
    with pytest.raises(ValueError, match="'Chat' requires 'Serach', which is not in"):
        best_plan(unknown, capacity=20, requires_column="requires")
    circle = QUARTER.assign(requires=["", "Chat", "Search", "", ""])
    with pytest.raises(ValueError, match=r"go round in a circle .* Search, Chat"):
        best_plan(circle, capacity=20, requires_column="requires")


def test_wrong_numbers_are_refused():
    with pytest.raises(ValueError, match="capacity == -1, must be > 0"):
        best_plan(TRAP, capacity=-1)
    with pytest.raises(ValueError, match="effort in row 0 == -1, must be >= 0"):
        best_plan(TRAP.assign(effort=-1), capacity=5)
    with pytest.raises(ValueError, match="must holds 'yes', must be True or False"):
        best_plan(TRAP.assign(must="yes"), capacity=5, must_column="must")
    with pytest.raises(ValueError, match="capacity is empty"):
        best_plan(TRAP, capacity={})


def test_nothing_fits_is_a_plan_of_nothing():
    plan = best_plan(TRAP, capacity=5)
    assert plan.items == ()
    assert "Do nothing" in plan.summary()


def test_one_dollar_of_a_million_is_a_difference():
    data = pd.DataFrame(
        {"item": ["a", "b"], "value": [1_000_000, 1_000_001], "effort": [1, 1]}
    )
    plan = best_plan(data, capacity=1)
    assert plan.items == ("b",)
    assert plan.unique
    assert "value 1,000,001," in repr(plan)


def test_a_plan_takes_the_value_of_rice_and_refuses_its_score():
    # By hand: values 100, 60 and 50; with 4 person-months B and C (110) beat A (100),
    # while scores 25, 30 and 25 would add what was divided by effort.
    backlog = pd.DataFrame(
        {"item": ["A", "B", "C"], "reach": [100, 60, 50], "effort": [4, 2, 2]}
    ).assign(impact=1, confidence=1.0)
    scored = rice(backlog)
    plan = best_plan(scored, capacity=4)
    assert set(plan.items) == {"B", "C"}
    assert plan.value == pytest.approx(110)
    with pytest.raises(ValueError, match=r"divided by effort .* the column 'value'"):
        best_plan(scored, capacity=4, value_column="score")
