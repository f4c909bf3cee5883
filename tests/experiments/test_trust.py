import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlab.experiments import (
    aa_check,
    compare_rates,
    novelty_check,
    simulate_aa,
    srm_check,
    twyman_check,
)


def test_srm_agrees_with_wikipedia():
    # Wikipedia, Sample ratio mismatch: srm-wikipedia
    result = srm_check([600, 400])
    assert result.p_value == pytest.approx(2.54e-10, rel=0.005)
    assert not result.trusted


def test_srm_agrees_with_scipy_on_three_arms():
    from scipy.stats import chisquare

    observed = [5_100, 2_480, 2_420]
    oracle = chisquare(observed, [5_000, 2_500, 2_500])
    result = srm_check(
        dict(zip("abc", observed, strict=True)),
        designed_shares={"a": 0.5, "c": 0.25, "b": 0.25},
    )
    assert result.statistic == pytest.approx(oracle.statistic)
    assert result.p_value == pytest.approx(oracle.pvalue)


def test_a_split_that_looks_harmless_can_be_broken():
    # 50.6 to 49.4 over 99,437 users: z = 3.78, p = 0.00016 by the normal table
    result = srm_check({"control": 50_315, "treatment": 49_122})
    assert result.p_value == pytest.approx(1.6e-4, rel=0.1)
    assert "Read no effect" in repr(result)


def test_srm_compares_with_the_designed_split():
    assert srm_check([9_000, 1_000], designed_shares=[0.9, 0.1]).trusted
    assert not srm_check([9_000, 1_000]).trusted


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_srm_does_not_depend_on_the_order_of_the_arms(a, b):
    there, back = srm_check([a, b]), srm_check([b, a])
    assert there.p_value == pytest.approx(back.p_value)
    assert there.to_frame()["expected_users"].sum() == pytest.approx(a + b)


@pytest.mark.parametrize(
    ("observed", "shares", "message"),
    [
        ([100], None, r"1 arm\(s\)"),
        ([100, -1], None, ">= 0"),
        ([100, 1.5], None, "whole number"),
        ([0, 0], None, "must be > 0"),
        ([100, 100], [50, 50], "not a percent"),
        ([100, 100], [0.5, 0.4], "must add up to 1"),
        ([100, 100], [0.5, 0.3, 0.2], "has 3 entries, must have 2"),
        ({"a": 1, "b": 1}, {"a": 0.5, "c": 0.5}, "that exist: a, b"),
    ],
)
def test_impossible_splits_are_refused(observed, shares, message):
    with pytest.raises(ValueError, match=message):
        srm_check(observed, designed_shares=shares)


def test_uniform_p_values_pass_the_aa_check():
    result = aa_check(np.random.default_rng(1).random(1_000))
    assert result.trusted
    assert "behave as they should" in repr(result)


def test_errors_that_are_too_small_fail_the_aa_check():
    # Errors 1.35 times too small, as with sessions instead of users
    from scipy.stats import norm

    z = 1.35 * np.random.default_rng(1).normal(size=1_000)
    result = aa_check(2 * norm.sf(np.abs(z)))
    assert not result.trusted
    # P(|z| > 1.96 / 1.35) = 0.1466, simulation error 0.011
    assert result.alarm_rate == pytest.approx(0.1466, abs=0.034)
    assert "do not fit the data" in repr(result)


def test_random_splits_of_users_alarm_as_often_as_they_should():
    rng = np.random.default_rng(5)
    sessions = 1 + rng.poisson(3, 2_000)
    orders = rng.binomial(sessions, rng.beta(1, 4, 2_000))
    assert simulate_aa(orders, bases=sessions, splits=400, rng=1).trusted
    assert simulate_aa(orders, splits=400, rng=1).trusted


def test_the_same_seed_gives_the_same_splits():
    values = np.random.default_rng(5).normal(size=100)
    assert simulate_aa(values, splits=50, rng=3) == simulate_aa(
        values, splits=50, rng=3
    )


def test_aa_checks_refuse_what_they_can_not_judge():
    with pytest.raises(ValueError, match="at least 20"):
        aa_check([0.5] * 5)
    with pytest.raises(ValueError, match="must be p-values"):
        aa_check([50.0] * 30)
    with pytest.raises(ValueError, match="all equal"):
        simulate_aa([1] * 40, rng=1)
    with pytest.raises(ValueError, match="at least 40"):
        simulate_aa([1, 2], rng=1)
    with pytest.raises(ValueError, match="one for each user"):
        simulate_aa(range(40), bases=[1, 2], rng=1)


def test_a_fading_effect_is_found_and_a_steady_one_is_not():
    # Early mean 4 with error 1 / sqrt 7, late mean 1: z = -3 / sqrt(2 / 7) = -5.6
    fading = novelty_check([4.0] * 7 + [1.0] * 7, standard_errors=[1.0] * 14)
    assert fading.fading
    assert fading.change == pytest.approx(-3)
    assert fading.p_value == pytest.approx(2.0e-8, rel=0.05)
    assert "The effect fades" in repr(fading)
    steady = novelty_check([2.0, 2.2, 1.9, 2.1] * 4, standard_errors=[1.0] * 16)
    assert not steady.fading
    assert "No sign" in repr(steady)


def test_an_effect_that_grows_does_not_fade():
    assert not novelty_check([1.0] * 7 + [4.0] * 7, standard_errors=[1.0] * 14).fading


def test_a_harm_that_shrinks_fades_too():
    assert novelty_check([-4.0] * 7 + [-1.0] * 7, standard_errors=[1.0] * 14).fading


def test_exact_days_weigh_more():
    result = novelty_check([1, 3, 2, 2], standard_errors=[1, 2, 1, 1], early_days=2)
    # Weights 1 and 1/4: (1 + 3 / 4) / (5 / 4) = 1.4
    assert result.early_effect == pytest.approx(1.4)


@pytest.mark.parametrize(
    ("effects", "errors", "early", "message"),
    [
        ([1, 2, 3], [1, 1], 1, "must have 3"),
        ([1, 2, 3], [1, 0, 1], 1, "all > 0"),
        ([1, 2, 3], [1, 1, 1], 3, "must leave later days"),
        ([], [], 1, "non-empty"),
    ],
)
def test_impossible_days_are_refused(effects, errors, early, message):
    with pytest.raises(ValueError, match=message):
        novelty_check(effects, standard_errors=errors, early_days=early)


def test_a_lift_beyond_belief_is_suspicious():
    assert twyman_check(compare_rates((480, 10_000), (760, 10_000))).suspicious
    plain = twyman_check(compare_rates((480, 10_000), (500, 10_000)))
    assert not plain.suspicious
    assert "not suspicious" in repr(plain)
    fall = twyman_check(compare_rates((480, 10_000), (240, 10_000)))
    assert "Twyman" in repr(fall)


def test_without_a_lift_nothing_is_said_to_be_plausible():
    result = twyman_check(compare_rates((0, 1_000), (40, 1_000)))
    assert not result.suspicious
    assert "no relative lift to judge" in repr(result)


def test_a_simulated_a_a_test_without_a_seed_takes_1_and_says_so():
    values = np.arange(60)
    result = simulate_aa(values, splits=40)
    assert result == simulate_aa(values, splits=40, rng=1)
    assert ", seed 1)" in repr(result)
