import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from pmlab import market

SHAPES = ["lognormal", "normal", "uniform"]


def test_a_lognormal_range_from_one_to_two_matches_the_published_moments():
    # reference number lognorm-ci: squigglepy tests/test_distributions.py::test_lognorm
    result = market.value_range(1, 2, credibility=0.9)
    assert result.mean == pytest.approx(1.45, abs=0.006)
    assert result.sd == pytest.approx(0.31, abs=0.006)
    assert math.log(result.quantile(0.5)) == pytest.approx(0.35, abs=0.006)
    sigma = math.log(result.quantile(stats.norm.cdf(1))) - math.log(
        result.quantile(0.5)
    )
    assert sigma == pytest.approx(0.21, abs=0.006)


@pytest.mark.parametrize("shape", SHAPES)
@given(low=st.floats(0.1, 1e6), factor=st.floats(1.01, 1e3))
def test_five_percent_lie_below_and_five_above_a_ninety_percent_range(
    shape, low, factor
):
    result = market.value_range(low, low * factor, distribution=shape)
    assert result.quantile(0.05) == pytest.approx(low)
    assert result.quantile(0.95) == pytest.approx(low * factor)


@pytest.mark.parametrize("shape", SHAPES)
def test_moments_and_quantiles_agree_with_scipy(shape):
    result = market.value_range(20, 60, credibility=0.8, distribution=shape)
    z = stats.norm.ppf(0.9)
    oracle = {
        "lognormal": stats.lognorm(s=math.log(3) / (2 * z), scale=math.sqrt(20 * 60)),
        "normal": stats.norm(40, 20 / z),
        "uniform": stats.uniform(15, 50),
    }[shape]
    assert result.mean == pytest.approx(oracle.mean())
    assert result.sd == pytest.approx(oracle.std())
    assert result.quantile(0.3) == pytest.approx(oracle.ppf(0.3))


@pytest.mark.parametrize("shape", SHAPES)
def test_draws_fall_inside_the_range_as_often_as_stated(shape):
    draws = market.value_range(20, 60, distribution=shape).sample(20_000, rng=7)
    inside = np.mean((draws > 20) & (draws < 60))
    assert inside == pytest.approx(0.9, abs=0.01)


def test_the_same_seed_gives_the_same_draws_and_a_generator_moves_on():
    one = market.value_range(1, 2)
    assert (one.sample(5, rng=3) == one.sample(5, rng=3)).all()
    generator = np.random.default_rng(3)
    assert (one.sample(5, rng=generator) != one.sample(5, rng=generator)).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"low": 5, "high": 5}, "is not below high"),
        ({"low": -1, "high": 5}, "must be > 0 for a lognormal range"),
        ({"low": 1, "high": math.nan}, "high == nan, must be finite"),
        ({"low": 1, "high": 2, "credibility": 90}, "pass a fraction"),
        ({"low": 1, "high": 2, "credibility": 1.0}, "strictly between 0 and 1"),
        ({"low": 1, "high": 2, "distribution": "beta"}, "must be one of lognormal"),
    ],
)
def test_ranges_that_make_no_sense_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        market.value_range(arguments.pop("low"), arguments.pop("high"), **arguments)


def test_quantiles_and_sizes_outside_their_limits_are_refused():
    one = market.value_range(1, 2)
    with pytest.raises(ValueError, match=r"probability == 1\.0, must lie strictly"):
        one.quantile(1.0)
    with pytest.raises(ValueError, match="size == 0, must be a whole number >= 1"):
        one.sample(0, rng=1)


def test_a_share_stays_between_0_and_1_and_keeps_its_ends():
    # Oracle: the draws themselves; 5 % below 0.5 and 5 % above 0.95.
    share = market.value_range(0.5, 0.95, distribution="logitnormal")
    draws = share.sample(100_000, rng=1)
    assert draws.min() > 0
    assert draws.max() < 1
    assert (draws < 0.5).mean() == pytest.approx(0.05, abs=0.003)
    assert (draws > 0.95).mean() == pytest.approx(0.05, abs=0.003)
    assert share.quantile(0.95) == pytest.approx(0.95)
    assert draws.mean() == pytest.approx(share.mean, abs=0.002)
    assert draws.std() == pytest.approx(share.sd, abs=0.002)
    assert "leaves 0 to 1" not in repr(share)
    with pytest.raises(ValueError, match=r"high == 1.2, must be in"):
        market.value_range(0.5, 1.2, distribution="logitnormal")


@pytest.mark.parametrize("shape", ["lognormal", "normal", "uniform"])
def test_a_share_that_leaves_0_to_1_says_how_often(shape):
    share = market.value_range(0.03, 0.98, distribution=shape)
    draws = share.sample(100_000, rng=1)
    outside = ((draws > 1) | (draws < 0)).mean()
    shown = float(repr(share).split("leaves 0 to 1 in ")[1].split(" %")[0]) / 100
    assert shown == pytest.approx(outside, abs=0.003)
    assert "leaves" not in repr(market.value_range(0.2, 1.5, distribution=shape))
