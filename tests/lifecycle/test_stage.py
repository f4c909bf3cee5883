import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pmlab.lifecycle import lifecycle_stage

TIME = np.arange(12)
NOISE = np.array([1, -2, 1, 2, -1, -1, 2, -2, 1, 0, -2, 1])


def test_a_rise_a_plateau_and_a_fall_have_their_names():
    assert lifecycle_stage(100 + 5 * TIME + NOISE).stage == "growth"
    assert lifecycle_stage(100 + NOISE).stage == "maturity"
    assert lifecycle_stage(160 - 5 * TIME + NOISE).stage == "decline"


def test_noise_over_a_line_is_not_clear():
    result = lifecycle_stage(100 + 1.0 * TIME + 8 * NOISE)
    assert result.stage == "not clear"
    assert "not clear yet" in result.summary()


def test_a_small_share_of_the_market_is_introduction_unless_it_declines():
    rising, falling = 100 + 5 * TIME, 160 - 5 * TIME
    assert lifecycle_stage(rising, market_size=5000).stage == "introduction"
    assert lifecycle_stage(rising, market_size=500).stage == "growth"
    assert lifecycle_stage(falling, market_size=5000).stage == "decline"


def test_growth_and_interval_agree_with_scipy():
    values = 100 + 3 * TIME + NOISE
    line = stats.linregress(TIME, values)
    reach = stats.t.ppf(0.95, 10) * line.stderr
    result = lifecycle_stage(values)
    assert result.growth_rate == pytest.approx(line.slope / values.mean())
    assert result.high == pytest.approx((line.slope + reach) / values.mean())


def test_only_the_window_counts_and_the_peak_is_remembered():
    values = np.concatenate([np.linspace(10, 200, 30), np.full(12, 100.0)])
    result = lifecycle_stage(values)
    assert result.stage == "maturity"
    assert result.below_peak_rate > 0.3


@settings(deadline=None)
@given(factor=st.floats(0.001, 1e6))
def test_the_stage_does_not_depend_on_the_unit(factor):
    values = 100 + 3 * TIME + NOISE
    base, scaled = lifecycle_stage(values), lifecycle_stage(values * factor)
    assert scaled.stage == base.stage
    assert scaled.growth_rate == pytest.approx(base.growth_rate)


def test_bad_series_are_refused():
    with pytest.raises(ValueError, match="has 5 periods, must have at least"):
        lifecycle_stage([1, 2, 3, 4, 5])
    with pytest.raises(ValueError, match="not zero throughout the window"):
        lifecycle_stage([5.0] + [0.0] * 12)
    with pytest.raises(ValueError, match="must be zero or more"):
        lifecycle_stage(TIME - 3)
    with pytest.raises(ValueError, match=r"flat_rate == 5, .* not a percent"):
        lifecycle_stage(TIME + 1, flat_rate=5)
