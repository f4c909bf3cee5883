import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlab.metrics import kaplan_meier
from pmlab.metrics.lifetime import (
    acquisition_cost,
    customer_payback,
    lifetime_value,
    margin_multiple,
)


@pytest.mark.parametrize(
    ("retention", "multiples"),
    [
        # Gupta & Lehmann (2003), table of margin multiples for 10, 12, 14, 16 percent
        (0.6, [1.20, 1.15, 1.11, 1.07]),
        (0.7, [1.75, 1.67, 1.59, 1.52]),
        (0.8, [2.67, 2.50, 2.35, 2.22]),
        (0.9, [4.50, 4.09, 3.75, 3.46]),
    ],
)
def test_published_margin_multiples(retention, multiples):
    for discount, multiple in zip([0.10, 0.12, 0.14, 0.16], multiples, strict=True):
        value = margin_multiple(retention, discount_rate=discount)
        assert value == pytest.approx(multiple, abs=0.006)


@given(st.floats(0.1, 0.95), st.floats(0.01, 0.5))
def test_a_long_horizon_of_constant_retention_reaches_the_multiple(stay, discount):
    value = lifetime_value(
        stay ** np.arange(1, 800),
        contribution_usd_per_period=1,
        annual_discount_rate=discount,
        horizon_periods=800,
        periods_per_year=1,
    )
    multiple = margin_multiple(stay, discount_rate=discount)
    assert value.value_usd == pytest.approx(multiple, rel=1e-6)


def test_monthly_discount_is_the_twelfth_root_of_the_year():
    value = lifetime_value(
        [1.0] * 12,
        contribution_usd_per_period=10,
        annual_discount_rate=0.12,
        horizon_periods=12,
        survival_from=1,
    )
    assert value.table["discount_factor"].iloc[-1] == pytest.approx(1 / 1.12)
    monthly = 1.12 ** (1 / 12) - 1
    annuity = 10 * (1 - 1.12**-1) / monthly
    assert value.value_usd == pytest.approx(annuity)


def test_margin_at_the_start_counts_the_first_period_whole():
    arguments = {
        "contribution_usd_per_period": 10,
        "annual_discount_rate": 0.12,
        "horizon_periods": 3,
    }
    value = lifetime_value([0.9, 0.8, 0.7], timing="start", **arguments)
    by_hand = 10 * (1 + 0.9 / 1.12 ** (1 / 12) + 0.8 / 1.12 ** (2 / 12))
    assert value.value_usd == pytest.approx(by_hand)


def test_nothing_is_added_beyond_the_data_and_the_text_says_so():
    value = lifetime_value([0.9] * 18, contribution_usd_per_period=1)
    assert value.periods == 18
    assert "data end at period 18, before the horizon of 24" in repr(value)
    assert lifetime_value([0.9] * 30, contribution_usd_per_period=1).periods == 24


def test_payback_is_the_first_period_that_covers_the_cost():
    value = lifetime_value([0.9, 0.8, 0.7], contribution_usd_per_period=10)
    assert customer_payback(value, acquisition_cost_usd=17).payback_period == 2
    assert customer_payback(value, acquisition_cost_usd=17.01).payback_period == 3
    never = customer_payback(value, acquisition_cost_usd=30)
    assert never.payback_period is None
    assert "not paid back within 3 periods" in repr(never)
    assert never.value_to_cost == pytest.approx(24 / 30)


def test_a_free_customer_has_no_ratio():
    value = lifetime_value([0.9], contribution_usd_per_period=10)
    assert customer_payback(value, acquisition_cost_usd=0).value_to_cost is None


@pytest.mark.parametrize(
    ("survival", "arguments", "message"),
    [
        ([0.8, 0.9], {}, "survival rises, must fall or stay"),
        ([90, 80], {}, "survival == .*90.0.*, must be in .0, 1.; pass a fraction"),
        ([], {}, "survival has shape"),
        ([0.9], {"annual_discount_rate": 12}, "pass a fraction, not a percent"),
        ([0.9], {"horizon_periods": 0}, "must be a whole number >= 1"),
    ],
)
def test_bad_curves_are_refused(survival, arguments, message):
    with pytest.raises(ValueError, match=message):
        lifetime_value(survival, contribution_usd_per_period=1, **arguments)


def test_costs_need_customers():
    with pytest.raises(ValueError, match="new_customers == 0, must be a whole number"):
        acquisition_cost(costs_usd=100, new_customers=0)
    with pytest.raises(ValueError, match="no finite value"):
        margin_multiple(1.0, discount_rate=0)


def test_a_first_value_of_one_has_to_be_explained():
    # By hand: $12 x (0.9 + 0.8); counting month 0 as a period adds $12 too much.
    survival = [1.0, 0.9, 0.8]
    with pytest.raises(ValueError, match=r"starts at 100 %: .*month 0"):
        lifetime_value(survival, contribution_usd_per_period=12)
    with pytest.raises(ValueError, match="survival_from=0"):
        lifetime_value(survival, contribution_usd_per_period=12, timing="start")
    value = lifetime_value(survival, contribution_usd_per_period=12, survival_from=0)
    assert value.value_usd == pytest.approx(20.4)
    assert "from the 90.0 % of customers in period 1 to the 80.0 %" in repr(value)
    whole = lifetime_value(survival, contribution_usd_per_period=12, survival_from=1)
    assert whole.value_usd == pytest.approx(32.4)
    with pytest.raises(ValueError, match=r"survival starts at 0\.9, must start at 1"):
        lifetime_value([0.9, 0.8], contribution_usd_per_period=1, survival_from=0)
    with pytest.raises(ValueError, match="survival_from == 2, must be 0 or 1"):
        lifetime_value([0.9, 0.8], contribution_usd_per_period=1, survival_from=2)


def test_a_survival_curve_is_read_at_the_end_of_each_period():
    # By hand: of 4 customers one leaves on day 10, one on day 60, one on day 70; so
    # 3/4 last longer than 30 days and 2/4 longer than 60. Day 90 is beyond the data.
    curve = kaplan_meier([10, 60, 70, 80], observed=[1, 1, 1, 0])
    value = lifetime_value(curve, contribution_usd_per_period=10, period_days=30)
    assert value.value_usd == pytest.approx(12.5)
    assert value.periods == 2
    with pytest.raises(ValueError, match="period_days=30"):
        lifetime_value(curve, contribution_usd_per_period=10)
    with pytest.raises(ValueError, match="at most the 80 days"):
        lifetime_value(curve, contribution_usd_per_period=10, period_days=100)
    with pytest.raises(ValueError, match="goes with a curve"):
        lifetime_value([0.9], contribution_usd_per_period=10, period_days=30)


def test_payback_of_a_plain_number_asks_for_the_result():
    with pytest.raises(TypeError, match="must be the result of lifetime_value"):
        customer_payback(83, acquisition_cost_usd=10)
