import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from pmlab import finance

PLANS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=48)
RATES = st.floats(0, 1)


def test_twelve_effective_months_cost_exactly_the_annual_rate():
    # By hand: 1 / 1.12 after 12 months, 1 / 1.12^2 after 24.
    factors = finance.discount_factors(24, annual_rate=0.12)
    assert factors[11] == pytest.approx(1 / 1.12)
    assert factors[23] == pytest.approx(1 / 1.12**2)
    assert factors[0] == pytest.approx(0.990600, abs=1e-6)


def test_nominal_months_compound_a_twelfth_of_the_rate():
    # By hand: 1 % a month is 1 / 1.01 after one month.
    factors = finance.discount_factors(2, annual_rate=0.12, convention="nominal")
    assert factors.tolist() == pytest.approx([1 / 1.01, 1 / 1.0201])


@given(rate=RATES)
def test_nominal_never_discounts_less_than_effective(rate):
    effective = finance.discount_factors(24, annual_rate=rate)
    nominal = finance.discount_factors(24, annual_rate=rate, convention="nominal")
    assert (nominal <= effective + 1e-12).all()


def test_a_level_plan_matches_the_annuity_formula():
    # Closed form: payment x (1 - (1 + i)^-n) / i with the monthly rate i.
    monthly = 1.12 ** (1 / 12) - 1
    annuity = 1000 * (1 - (1 + monthly) ** -36) / monthly
    result = finance.net_present_value([1000] * 36, outlay_usd=25_000, annual_rate=0.12)
    assert result.inflow_usd == pytest.approx(annuity)
    assert result.npv_usd == pytest.approx(annuity - 25_000)
    assert result.undiscounted_usd == pytest.approx(11_000)


def test_the_rate_that_scipy_finds_for_zero_value_gives_zero_value():
    plan, outlay = np.array([100.0] * 12), 1000.0

    def worth(rate):
        days = np.arange(1, 13) / 12
        return (plan / (1 + rate) ** days).sum() - outlay

    rate = optimize.brentq(worth, 0.01, 0.99)
    result = finance.net_present_value(plan, outlay_usd=outlay, annual_rate=rate)
    assert result.npv_usd == pytest.approx(0, abs=1e-6)


@given(plan=PLANS, outlay=st.floats(0, 1e6))
def test_at_a_rate_of_zero_the_value_is_the_plain_sum(plan, outlay):
    result = finance.net_present_value(plan, outlay_usd=outlay, annual_rate=0)
    assert result.npv_usd == pytest.approx(math.fsum(plan) - outlay, abs=1e-3)
    assert result.npv_usd == pytest.approx(result.undiscounted_usd, abs=1e-3)


@given(plan=st.lists(st.floats(0, 1e6), min_size=1, max_size=48), rate=RATES)
def test_discounting_never_adds_to_a_plan_without_losses(plan, rate):
    result = finance.net_present_value(plan, outlay_usd=0, annual_rate=rate)
    assert 0 <= result.npv_usd <= math.fsum(plan) * (1 + 1e-9)


def test_the_sentence_says_the_convention_and_the_verdict():
    good = finance.net_present_value([100], outlay_usd=10, annual_rate=0.1)
    bad = finance.net_present_value(
        [10], outlay_usd=100, annual_rate=0.1, convention="nominal"
    )
    assert "effective monthly rate" in repr(good)
    assert "worth more than it costs" in repr(good)
    assert "nominal monthly rate" in repr(bad)
    assert "not worth it" in repr(bad)


def test_discounting_moves_the_payback_later():
    # By hand at 44 % a year: month 12 gives 120 / 1.44 ** 1 = 83.33, month 6 100 / 1.2.
    plan = [0] * 5 + [100] + [0] * 5 + [120]
    simple = finance.payback(
        plan, outlay_usd=100, annual_rate=0.44, basis="undiscounted"
    )
    discounted = finance.payback(plan, outlay_usd=100, annual_rate=0.44)
    assert simple.month == 6
    assert discounted.month == 12
    assert "(discounted)" in repr(discounted)


def test_a_plan_that_never_pays_back_says_what_is_missing():
    result = finance.payback([30, 30], outlay_usd=100, annual_rate=0)
    assert result.month is None
    assert result.shortfall_usd == pytest.approx(40)
    assert "Not earned back within 2 months" in repr(result)


def test_payback_counts_an_outlay_met_to_the_cent_and_an_outlay_of_nothing():
    # Ten times 0.1 is 0.9999999999999999 in binary.
    result = finance.payback([0.1] * 10, outlay_usd=1, annual_rate=0)
    assert result.month == 10
    assert finance.payback([5], outlay_usd=0, annual_rate=0).month == 0


@given(plan=PLANS, outlay=st.floats(1, 1e6), rate=RATES)
def test_the_discounted_payback_of_a_plan_agrees_with_a_loop(plan, outlay, rate):
    result = finance.payback(plan, outlay_usd=outlay, annual_rate=rate)
    earned, expected = 0.0, None
    for month, cash in enumerate(plan, start=1):
        earned += cash / (1 + rate) ** (month / 12)
        if earned >= outlay * (1 - 1e-9):
            expected = month
            break
    near = abs(earned - outlay) < 1e-6 * outlay
    assert near or result.month == expected


def test_break_even_rounds_up_to_a_whole_unit():
    # By hand: 1,000 / 30 = 33.3 -> 34 units at $100.
    result = finance.break_even(1000, price_usd=100, variable_cost_usd=70)
    assert result.units == 34
    assert result.revenue_usd == pytest.approx(3400)


def test_break_even_does_not_ask_for_one_unit_more_because_of_binary_fractions():
    # By hand: 1,000 / 0.2 = 5,000; 0.3 - 0.1 is a hair below 0.2 in binary.
    assert finance.break_even(1000, price_usd=0.3, variable_cost_usd=0.1).units == 5000


@given(fixed=st.floats(1, 1e6), price=st.floats(10, 1000), share=st.floats(0.01, 0.9))
def test_break_even_units_cover_the_cost_and_one_less_does_not(fixed, price, share):
    result = finance.break_even(fixed, price_usd=price, variable_cost_usd=price * share)
    slack = 1e-6 * fixed
    assert result.units * result.contribution_usd >= fixed - slack
    assert (result.units - 1) * result.contribution_usd <= fixed + slack


def test_a_unit_that_leaves_nothing_has_no_break_even():
    result = finance.break_even(1000, price_usd=50, variable_cost_usd=50)
    assert result.units is None
    assert result.revenue_usd is None
    assert "No break-even" in repr(result)
    assert finance.break_even(0, price_usd=5, variable_cost_usd=9).units == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: finance.discount_factors(0, annual_rate=0.1), "months == 0, must be"),
        (
            lambda: finance.discount_factors(3, annual_rate=0.1, convention="simple"),
            "convention == 'simple', must be one of effective, nominal",
        ),
        (
            lambda: finance.net_present_value([1], outlay_usd=1, annual_rate=12),
            "annual_rate == 12, must be in .0, 1.; pass a fraction",
        ),
        (
            lambda: finance.net_present_value([], outlay_usd=1, annual_rate=0.1),
            "monthly_cash_usd has shape",
        ),
        (
            lambda: finance.net_present_value(
                [1, math.nan], outlay_usd=1, annual_rate=0.1
            ),
            "monthly_cash_usd holds 1 missing",
        ),
        (
            lambda: finance.payback([1], outlay_usd=-1, annual_rate=0.1),
            "outlay_usd == -1, must be >= 0",
        ),
        (
            lambda: finance.payback([1], outlay_usd=1, annual_rate=0, basis="simple"),
            "basis == 'simple', must be one of discounted",
        ),
        (
            lambda: finance.break_even(-1, price_usd=1, variable_cost_usd=1),
            "fixed_cost_usd == -1, must be >= 0",
        ),
    ],
)
def test_numbers_that_cannot_be_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_module_shows_its_own_names_only():
    assert dir(finance) == sorted(finance.__all__)
    assert all(hasattr(finance, name) for name in finance.__all__)
