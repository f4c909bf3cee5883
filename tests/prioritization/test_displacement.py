"""What a wish pushes out of the best plan."""

import itertools

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlab.prioritization import best_plan, price_of_a_yes

BACKLOG = pd.DataFrame({"item": ["A", "B", "C"], "value": [60, 100, 120]}).assign(
    effort=[10, 20, 30]
)


def test_the_price_is_the_difference_of_two_plans_worked_out_by_hand():
    # B and C are worth 220; with A in, A and C (40 effort) are worth 180.
    result = price_of_a_yes(BACKLOG, "A", capacity=50)
    assert result.price == 40
    assert (result.displaced, result.added) == (("B",), ("A",))
    assert result.to_frame()["change"].tolist() == ["comes in", "falls out", "stays"]


def test_a_wish_in_the_plan_costs_nothing():
    result = price_of_a_yes(BACKLOG, "B", capacity=50)
    assert result.in_plan
    assert (result.price, result.displaced) == (0, ())
    assert "costs nothing" in result.summary()


def test_what_the_wish_requires_comes_in_too():
    backlog = BACKLOG.assign(requires=["C", "", ""], must=[False, True, False])
    result = price_of_a_yes(
        backlog,
        "A",
        capacity=60,
        requires_column="requires",
        must_column="must",
    )
    assert result.in_plan  # 10 + 20 + 30 fit
    with pytest.raises(ValueError, match="raise the capacity or drop one"):
        price_of_a_yes(
            backlog,
            "A",
            capacity=50,
            requires_column="requires",
            must_column="must",
        )


def test_an_unknown_wish_is_named():
    with pytest.raises(ValueError, match="wish == 'Z'"):
        price_of_a_yes(BACKLOG, "Z", capacity=50)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 50), st.integers(1, 9)), min_size=2, max_size=6
    ).filter(lambda rows: rows[0][1] <= 12)
)
def test_price_agrees_with_trying_all_sets(rows):
    data = pd.DataFrame(rows, columns=["value", "effort"])
    data["item"] = [f"i{number}" for number in range(len(rows))]
    worth = [
        sum(rows[place][0] for place in places)
        for size in range(1, len(rows) + 1)
        for places in itertools.combinations(range(len(rows)), size)
        if 0 in places and sum(rows[place][1] for place in places) <= 12
    ]
    result = price_of_a_yes(data, "i0", capacity=12)
    assert result.price == pytest.approx(
        best_plan(data, capacity=12).value - max(worth)
    )
