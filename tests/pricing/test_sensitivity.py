import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlab.pricing import van_westendorp

# Answers spread evenly, so that the curves are straight lines: too cheap U(10, 30),
# cheap U(20, 40), expensive U(30, 50), too expensive U(40, 60).
STEPS = np.linspace(0, 20, 1001)
UNIFORM = pd.DataFrame(
    {
        "too_cheap": 10 + STEPS,
        "cheap": 20 + STEPS,
        "expensive": 30 + STEPS,
        "too_expensive": 40 + STEPS,
    }
)


def test_the_points_of_even_answers_are_those_of_the_lines():
    # (30 - p) / 20 = (p - 20) / 20, (p - 40) / 20 = (50 - p) / 20, (p - 30) = (40 - p).
    result = van_westendorp(UNIFORM)
    assert result.marginal_cheapness_usd == pytest.approx(25, abs=0.1)
    assert result.marginal_expensiveness_usd == pytest.approx(45, abs=0.1)
    assert result.indifference_usd == pytest.approx(35, abs=0.1)


def test_the_optimal_point_can_be_a_range_and_the_end_has_a_name():
    # Nobody finds 30 to 40 too cheap or too expensive.
    points = van_westendorp(UNIFORM).to_frame().set_index("point")
    assert points.loc["optimal", "flat_from_usd"] == pytest.approx(30, abs=0.1)
    assert points.loc["optimal", "flat_to_usd"] == pytest.approx(40, abs=0.1)
    middle = van_westendorp(UNIFORM, flat="middle")
    assert middle.optimal_usd == pytest.approx(35, abs=0.1)
    assert van_westendorp(UNIFORM, flat="highest").optimal_usd == pytest.approx(
        40, abs=0.1
    )


def test_the_narrow_pair_crosses_other_curves():
    # too cheap x expensive: (30 - p) = (p - 30) at 30; cheap x too expensive at 40.
    result = van_westendorp(UNIFORM, curve_pair="narrow")
    assert result.marginal_cheapness_usd == pytest.approx(30, abs=0.1)
    assert result.marginal_expensiveness_usd == pytest.approx(40, abs=0.1)
    assert "narrow curve pair" in result.summary()


FOUR = pd.DataFrame(
    {
        "too_cheap": [10, 10, 20, 20],
        "cheap": [20, 20, 30, 30],
        "expensive": [30, 30, 40, 40],
        "too_expensive": [40, 50, 50, 60],
    }
)


def test_steps_take_the_first_price_at_which_the_curves_have_met():
    # At 30 cheap is 2 of 4 and expensive 2 of 4; not cheap is 2 of 4 at 30 and 0 at 20,
    # too cheap 2 of 4 at 20 and 0 at 30.
    result = van_westendorp(FOUR, interpolation="step")
    assert result.indifference_usd == 30
    assert result.marginal_cheapness_usd == 30


def test_lines_meet_between_the_prices():
    # From 20 to 30 too cheap falls 0.5 -> 0 and not cheap rises 0 -> 0.5: at 25.
    assert van_westendorp(FOUR).marginal_cheapness_usd == pytest.approx(25)


def test_curves_are_shares_at_each_price():
    curves = van_westendorp(FOUR).curves.set_index("price_usd")
    assert curves.loc[30, ["too_cheap", "cheap", "expensive"]].tolist() == [0, 0.5, 0.5]
    assert curves.loc[50, "too_expensive"] == 0.75


def test_a_grid_sets_the_prices():
    result = van_westendorp(UNIFORM, price_grid=np.arange(0, 71, 5))
    assert result.curves["price_usd"].tolist() == list(range(0, 71, 5))
    assert result.marginal_cheapness_usd == pytest.approx(25, abs=0.1)


def test_respondents_out_of_order_are_dropped_and_counted():
    extra = pd.DataFrame(
        {"too_cheap": [50], "cheap": [20], "expensive": [5], "too_expensive": [40]}
    )
    result = van_westendorp(pd.concat([FOUR, extra]))
    clean = van_westendorp(FOUR)
    assert (result.respondents, result.dropped) == (4, 1)
    assert result.indifference_usd == clean.indifference_usd
    assert "4 of 5 respondents gave prices in order; 1 (20.0 %)" in result.summary()


def test_respondents_out_of_order_can_be_kept_and_are_still_counted():
    extra = pd.DataFrame(
        {"too_cheap": [20], "cheap": [10], "expensive": [40], "too_expensive": [60]}
    )
    both = pd.concat([FOUR, extra])
    result = van_westendorp(both, inconsistent="kept")
    assert (result.respondents, result.inconsistent, result.dropped) == (5, 1, 0)
    assert result.curves.set_index("price_usd").loc[40, "expensive"] == 1
    assert "1 (20.0 %) did not and are kept" in result.summary()


def test_equal_prices_count_as_in_order_unless_said_otherwise():
    equal = pd.concat([FOUR, FOUR.head(1).assign(too_cheap=20)])
    assert van_westendorp(equal).dropped == 0
    assert van_westendorp(equal, ties="dropped").dropped == 1


def answers(seed: int, people: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    prices = np.sort(rng.integers(1, 100, (people, 4)), axis=1)
    return pd.DataFrame(
        prices, columns=["too_cheap", "cheap", "expensive", "too_expensive"]
    )


@settings(deadline=None)
@given(seed=st.integers(0, 10_000), people=st.integers(2, 60))
def test_the_points_keep_their_order(seed, people):
    result = van_westendorp(answers(seed, people))
    low, high = result.marginal_cheapness_usd, result.marginal_expensiveness_usd
    assert low <= result.indifference_usd + 1e-9
    assert result.indifference_usd <= high + 1e-9
    assert low - 1e-9 <= result.optimal_usd <= high + 1e-9


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10_000), factor=st.floats(0.01, 100))
def test_points_follow_the_currency(seed, factor):
    data = answers(seed, 30)
    for flat in ("lowest", "highest"):
        base, scaled = (
            van_westendorp(table, flat=flat) for table in (data, data * factor)
        )
        assert scaled.optimal_usd == pytest.approx(base.optimal_usd * factor)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="are the columns mixed up"):
        van_westendorp(
            FOUR, too_cheap_column="too_expensive", too_expensive_column="too_cheap"
        )
    with pytest.raises(ValueError, match="cheap in row 0 == nan"):
        van_westendorp(FOUR.assign(cheap=np.nan))
    with pytest.raises(ValueError, match="too_cheap in row 0 == -1, must be >= 0"):
        van_westendorp(FOUR.assign(too_cheap=-1))
    with pytest.raises(ValueError, match="don't cross between 0 and 5; widen"):
        van_westendorp(FOUR, price_grid=[0, 5])


def test_few_or_many_left_out_respondents_are_said():
    assert "Only" not in repr(van_westendorp(UNIFORM))
    assert "Only 4 respondents (fewer than 30)" in repr(van_westendorp(FOUR))
    mixed = pd.concat([UNIFORM.head(79), UNIFORM.head(21).assign(cheap=0)])
    assert "More than 20 % were left out" in repr(van_westendorp(mixed))
    mixed = pd.concat([UNIFORM.head(80), UNIFORM.head(20).assign(cheap=0)])
    assert "were left out: check" not in repr(van_westendorp(mixed))
