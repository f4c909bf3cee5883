import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlab import market

SHARES = st.floats(0, 1)
COUNTS = st.floats(0, 1e8)


def test_bottom_up_multiplies_the_chain_and_adds_the_segments():
    # By hand: 1,000 x 0.1 x 12 x 50 + 500 x 0.2 x 6 x 80 = 60,000 + 48,000.
    result = market.bottom_up(
        [1000, 500],
        share_buying=[0.1, 0.2],
        purchases_per_year=[12, 6],
        price_usd=[50, 80],
    )
    assert result.total_usd == pytest.approx(108_000)
    assert result.buyers == pytest.approx(200)
    assert result.purchases_per_year == pytest.approx(1_800)
    assert result.segments == 2


@given(units=st.lists(COUNTS, min_size=1, max_size=6), share=SHARES)
def test_segments_with_the_same_habits_add_up_to_one(units, share):
    habits = {"share_buying": share, "purchases_per_year": 5, "price_usd": 90}
    split = market.bottom_up(units, **habits).total_usd
    whole = market.bottom_up(math.fsum(units), **habits).total_usd
    assert split == pytest.approx(whole)


def test_bottom_up_does_not_change_its_input():
    units = np.array([10.0, 20.0])
    market.bottom_up(units, share_buying=0.5, purchases_per_year=1, price_usd=1)
    assert units.tolist() == [10, 20]


def test_bottom_up_result_is_one_row_and_a_sentence():
    result = market.bottom_up(100, share_buying=0.5, purchases_per_year=2, price_usd=10)
    assert result.to_frame().loc[0, "total_usd"] == 1000
    assert "50 buy" in repr(result)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"units": [1, math.nan]}, "units holds 1 missing or infinite"),
        ({"units": []}, "units has shape"),
        ({"units": -5}, "units holds -5, must be >= 0"),
        ({"share_buying": 12}, "pass a fraction, not a percent"),
        ({"price_usd": [1, 2, 3]}, "price_usd has 3 values for 2 segment"),
        ({"purchases_per_year": -1}, "purchases_per_year holds -1"),
    ],
)
def test_bottom_up_refuses_numbers_that_cannot_be(change, message):
    good = {
        "units": [100, 200],
        "share_buying": 0.5,
        "purchases_per_year": 2,
        "price_usd": 10,
    }
    arguments = good | change
    with pytest.raises(ValueError, match=message):
        market.bottom_up(arguments.pop("units"), **arguments)


def test_top_down_applies_each_share_to_what_is_left():
    # By hand: 10 billion x 0.5 x 0.1.
    result = market.top_down(10e9, shares={"homes": 0.5, "online": 0.1})
    assert result.total_usd == pytest.approx(500e6)
    assert result.to_frame()["left_usd"].tolist() == pytest.approx([10e9, 5e9, 0.5e9])
    assert result.to_frame()["step"].tolist() == ["published total", "homes", "online"]


@given(shares=st.lists(SHARES, min_size=1, max_size=5))
def test_no_step_of_a_top_down_chain_adds_money(shares):
    named = {f"step {i}": share for i, share in enumerate(shares)}
    left = market.top_down(1e9, shares=named).to_frame()["left_usd"]
    assert (left.diff().dropna() <= 0).all()


def test_top_down_refuses_a_percent_and_an_empty_chain():
    with pytest.raises(ValueError, match=r"shares\['homes'\] == 50, must be in"):
        market.top_down(1e9, shares={"homes": 50})
    with pytest.raises(ValueError, match="must name at least one step"):
        market.top_down(1e9, shares={})


def test_segment_bounds_of_sixty_and_seventy_percent_are_thirty_to_sixty():
    # By hand: at least 0.6 + 0.7 - 1 = 0.3 must overlap, at most min = 0.6 can.
    bounds = market.segment_bounds(1000, first_share=0.6, second_share=0.7)
    assert bounds.low_units == pytest.approx(300)
    assert bounds.high_units == pytest.approx(600)
    assert bounds.if_independent_units == pytest.approx(420)


def test_segment_bounds_are_added_place_by_place():
    # By hand: 100 x (0.9 + 0.5 - 1) + 100 x 0 = 40; the mean shares would give 0.
    bounds = market.segment_bounds(
        [100, 100], first_share=[0.9, 0.1], second_share=[0.5, 0.3]
    )
    assert bounds.low_units == pytest.approx(40)
    assert bounds.high_units == pytest.approx(50 + 10)


@given(first=SHARES, second=SHARES)
def test_independence_always_lies_within_the_bounds(first, second):
    bounds = market.segment_bounds(1.0, first_share=first, second_share=second)
    slack = 1e-12
    assert bounds.low_units <= bounds.if_independent_units + slack
    assert bounds.if_independent_units <= bounds.high_units + slack


@given(members=st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1))
def test_the_true_overlap_of_any_population_lies_within_the_bounds(members):
    groups = np.array(members)
    bounds = market.segment_bounds(
        len(members),
        first_share=groups[:, 0].mean(),
        second_share=groups[:, 1].mean(),
    )
    truth = groups.all(axis=1).sum()
    assert bounds.low_units - 1e-6 <= truth <= bounds.high_units + 1e-6


def test_segment_bounds_refuse_a_percent():
    with pytest.raises(ValueError, match="second_share holds 70, must be in"):
        market.segment_bounds(10, first_share=0.5, second_share=70)


def test_capacity_limits_what_can_be_sold():
    # By hand: min(1,000, 600) x $100 x 0.2.
    result = market.obtainable(1000, capacity_units=600, price_usd=100, share_kept=0.2)
    assert result.value_usd == pytest.approx(12_000)
    assert result.limit == "capacity"


@given(demand=COUNTS, capacity=COUNTS)
def test_sales_exceed_neither_demand_nor_capacity(demand, capacity):
    result = market.obtainable(demand, capacity_units=capacity, price_usd=1)
    assert result.sold_units <= min(demand, capacity)
    assert result.limit == ("capacity" if capacity < demand else "demand")


def test_obtainable_refuses_negative_capacity_and_a_percent_kept():
    with pytest.raises(ValueError, match="capacity_units == -1, must be >= 0"):
        market.obtainable(10, capacity_units=-1, price_usd=1)
    with pytest.raises(ValueError, match="share_kept == 20, must be in"):
        market.obtainable(10, capacity_units=5, price_usd=1, share_kept=20)


def test_ranges_texts_and_bare_lists_are_refused_with_the_next_step():
    rest = {"share_buying": 0.1, "purchases_per_year": 12, "price_usd": 50}
    with pytest.raises(TypeError, match=r"units == .* is a range.*market.simulate"):
        market.bottom_up(market.value_range(10, 20), **rest)
    with pytest.raises(TypeError, match=r"price_usd holds texts \('\$50'\)"):
        market.bottom_up(100, **{**rest, "price_usd": "$50"})
    with pytest.raises(TypeError, match=r"shares == .*must name each step"):
        market.top_down(10e9, shares=[0.5, 0.1])
