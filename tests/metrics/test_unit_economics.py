"""One customer from retention to payback: hand calculation, closed form, limits."""

import pytest

from pmlab import metrics

CASE = {
    "first_month_survival": 0.8,
    "monthly_retention": 0.9,
    "contribution_usd_per_month": 50.0,
    "acquisition_cost_usd": 100.0,
}


def test_three_months_by_hand():
    case = metrics.unit_economics(**CASE, annual_discount_rate=0, horizon_months=3)
    # 50 × (0.8 + 0.72 + 0.648); 40 after month 1, 76 after 2, 108.40 after 3.
    assert case.value_usd == pytest.approx(108.40)
    assert case.payback_month == 3
    assert case.value_to_cost == pytest.approx(1.084)
    assert case.table["balance_usd"].tolist() == pytest.approx([-100, -60, -24, 8.4])
    assert case.table["survival"].tolist() == pytest.approx([1, 0.8, 0.72, 0.648])


def test_the_value_is_a_geometric_sum():
    case = metrics.unit_economics(**CASE, annual_discount_rate=0.12)
    factor = 1.12 ** (-1 / 12)
    q = 0.9 * factor
    assert case.value_usd == pytest.approx(50 * 0.8 * factor * (1 - q**24) / (1 - q))


def test_a_better_first_month_moves_the_value_in_proportion():
    low = metrics.unit_economics(**CASE)
    high = metrics.unit_economics(**{**CASE, "first_month_survival": 0.88})
    assert high.value_usd == pytest.approx(1.1 * low.value_usd)


def test_a_cost_above_the_value_is_never_earned_back():
    case = metrics.unit_economics(**{**CASE, "acquisition_cost_usd": 5_000.0})
    assert case.payback_month is None
    assert "$5,000 is not earned back in 24 months" in case.summary()


def test_the_words_name_the_discount_if_there_is_one():
    assert (
        "in today's money, at 12 % a year" in metrics.unit_economics(**CASE).summary()
    )
    plain = metrics.unit_economics(**CASE, annual_discount_rate=0)
    assert "today" not in plain.summary()


def test_nobody_leaves_and_nobody_stays_are_both_possible():
    stays = metrics.unit_economics(
        **{**CASE, "first_month_survival": 1, "monthly_retention": 1},
        annual_discount_rate=0,
    )
    leaves = metrics.unit_economics(**{**CASE, "first_month_survival": 0})
    assert stays.value_usd == pytest.approx(24 * 50)
    assert leaves.value_usd == 0


def test_percents_are_refused():
    with pytest.raises(ValueError, match="monthly_retention == 90"):
        metrics.unit_economics(**{**CASE, "monthly_retention": 90})
