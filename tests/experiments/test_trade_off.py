"""What half or twice an effect costs in users and weeks."""

import math

import pytest
from statsmodels.stats.power import NormalIndPower

from pmlab import experiments


@pytest.fixture(scope="module")
def trade_off():
    return experiments.size_trade_off(
        0.048, relative_lift=0.10, new_users_per_day=1_500
    )


def test_each_row_has_the_users_that_statsmodels_finds(trade_off):
    for lift, users in zip(
        trade_off.relative_lifts, trade_off.users_per_arm, strict=True
    ):
        low, high = 0.048, 0.048 * (1 + lift)
        noise = math.sqrt((low * (1 - low) + high * (1 - high)) / 2)
        oracle = NormalIndPower().solve_power(
            (high - low) / noise, alpha=0.05, power=0.8
        )
        assert users == pytest.approx(oracle, rel=1e-4)


def test_half_the_effect_takes_about_four_times_the_users(trade_off):
    table = trade_off.to_frame().set_index("relative_lift")
    ratio = table["users_per_arm"].iloc[0] / table.loc[0.10, "users_per_arm"]
    assert 3.8 < ratio < 4.0


def test_weeks_are_the_fewest_that_bring_the_users(trade_off):
    for users, weeks in zip(trade_off.users_per_arm, trade_off.weeks, strict=True):
        assert (weeks - 1) * 7 * 1_500 < 2 * users <= weeks * 7 * 1_500


def test_a_smaller_share_of_the_traffic_takes_longer(trade_off):
    half = experiments.size_trade_off(
        0.048, relative_lift=0.10, new_users_per_day=1_500, traffic_share=0.5
    )
    assert half.weeks[2] == math.ceil(trade_off.plan.total_users / (0.5 * 1_500 * 7))


def test_effects_beyond_all_users_are_left_out():
    wide = experiments.size_trade_off(0.6, relative_lift=0.5, new_users_per_day=50)
    assert wide.relative_lifts == (0.25, 0.375, 0.5)
    assert "twice" not in wide.summary()


def test_more_than_a_year_is_said_in_words():
    slow = experiments.size_trade_off(0.01, relative_lift=0.02, new_users_per_day=100)
    assert "too long to run" in slow.summary()


def test_a_lift_that_no_rate_can_have_is_refused():
    with pytest.raises(ValueError, match="must stay strictly between 0 and 1"):
        experiments.size_trade_off(0.6, relative_lift=0.9, new_users_per_day=50)
    with pytest.raises(ValueError, match="new_users_per_day"):
        experiments.size_trade_off(0.1, relative_lift=0.1, new_users_per_day=0)
