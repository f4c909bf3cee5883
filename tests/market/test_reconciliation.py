import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlab import market

MONEY = st.floats(1, 1e13)


def test_the_middle_of_ten_and_a_thousand_is_a_hundred():
    assert market.geometric_midpoint(10, 1000) == pytest.approx(100)


@given(low=MONEY, factor=st.floats(1, 1e6))
def test_the_midpoint_is_as_many_times_above_low_as_below_high(low, factor):
    high = low * factor
    middle = market.geometric_midpoint(low, high)
    assert middle / low == pytest.approx(high / middle)


def test_the_midpoint_needs_positive_ends_in_order():
    with pytest.raises(ValueError, match="low == 0, must be > 0"):
        market.geometric_midpoint(0, 5)
    with pytest.raises(ValueError, match="swap them"):
        market.geometric_midpoint(6, 5)


def test_estimates_of_different_years_meet_in_the_bottom_up_year():
    # By hand: 100 M two years earlier, growing 10 % a year, is 121 M; 60.5 / 121 = 0.5.
    result = market.reconcile(
        60.5e6,
        100e6,
        bottom_up_year=2020,
        top_down_year=2018,
        annual_growth_rate=0.10,
    )
    assert result.top_down_usd == pytest.approx(121e6)
    assert result.ratio == pytest.approx(0.5)
    assert result.agree
    assert result.year == 2020


def test_a_later_top_down_is_brought_back():
    result = market.reconcile(
        1e6, 1.1e6, bottom_up_year=2019, top_down_year=2020, annual_growth_rate=0.10
    )
    assert result.ratio == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("bottom_up_usd", "agree"),
    [(299.0, True), (301.0, False), (34.0, True), (33.0, False)],
)
def test_a_factor_of_more_than_three_is_flagged(bottom_up_usd, agree):
    result = market.reconcile(
        bottom_up_usd, 100, bottom_up_year=2020, top_down_year=2020
    )
    assert result.agree is agree
    assert ("find out what each one counts" in result.summary()) is not agree


@given(one=MONEY, other=MONEY)
def test_the_midpoint_lies_between_the_estimates(one, other):
    result = market.reconcile(one, other, bottom_up_year=1, top_down_year=1)
    low, high = sorted((one, other))
    assert low * (1 - 1e-9) <= result.midpoint_usd <= high * (1 + 1e-9)


def test_different_years_without_growth_are_refused():
    with pytest.raises(ValueError, match=r"2 year\(s\) apart and annual_growth_rate"):
        market.reconcile(1, 1, bottom_up_year=2020, top_down_year=2018)


def test_growth_in_percent_and_estimates_of_zero_are_refused():
    with pytest.raises(ValueError, match="annual_growth_rate == 5, must be above -1"):
        market.reconcile(
            1, 1, bottom_up_year=2020, top_down_year=2018, annual_growth_rate=5
        )
    with pytest.raises(ValueError, match="top_down_usd == 0, must be > 0"):
        market.reconcile(1, 0, bottom_up_year=2020, top_down_year=2020)
