import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlab.experiments import (
    always_valid,
    always_valid_rate,
    compare_rates,
    mixture_boundary,
    mixture_log_ratio,
    mixture_p,
    mixture_rho,
)


def test_the_mixture_agrees_with_confseq():
    # confseq uniform_boundaries_unittest.cpp (Howard et al. 2021): msprt-normal-mixture
    rho = mixture_rho(100, alpha=0.05)
    assert rho == pytest.approx(12.60056, abs=1e-4)
    assert mixture_log_ratio(10, variance=100, rho=rho) == pytest.approx(
        -0.6510052, abs=1e-4
    )
    assert mixture_p(10, variance=100, rho=rho) == 1.0
    assert mixture_boundary(100, rho=rho) == pytest.approx(30.35209, abs=1e-4)


def test_the_exact_tuning_is_reachable_and_is_the_minimum():
    # Note of msprt-normal-mixture: 12.1773 by Lambert's W
    exact = mixture_rho(100, tuning="exact")
    assert exact == pytest.approx(12.1773, abs=1e-4)
    best = mixture_boundary(100, rho=exact)
    for factor in (0.9, 1.1):
        assert mixture_boundary(100, rho=factor * exact) > best


def test_the_boundary_is_where_the_p_value_is_alpha():
    rho = mixture_rho(500)
    boundary = mixture_boundary(800, rho=rho, alpha=0.05)
    assert mixture_p(boundary, variance=800, rho=rho) == pytest.approx(0.05)


def test_the_confidence_sequence_agrees_with_growthbook():
    # growthbook test_tests.py: seq-asymp-cs-prop
    effect = compare_rates((1396, 3000), (2422, 3461))
    result = always_valid(effect, tuning_users=5_000)
    assert result.relative_lift == pytest.approx(0.50386, abs=1e-5)
    assert effect.relative_standard_error == pytest.approx(0.03386, abs=1e-5)
    assert result.relative_low == pytest.approx(0.40098, abs=1e-5)
    assert result.relative_high == pytest.approx(0.60675, abs=1e-5)


@pytest.mark.parametrize(
    ("successes", "users", "tuning", "expected"),
    # confseq uniform_boundaries_unittest.cpp: cs-bernoulli
    [
        (700, 1000, 100, (0.651629, 0.745949)),
        (15, 50, 50, (0.129556, 0.511896)),
        (1, 50, 50, (0.0, 0.13489)),
    ],
)
def test_the_interval_of_one_rate_agrees_with_confseq(
    successes, users, tuning, expected
):
    result = always_valid_rate(successes, users, tuning_users=tuning)
    assert (result.low, result.high) == pytest.approx(expected, abs=1e-5)


@given(st.integers(1, 500), st.floats(0, 1))
@settings(deadline=None)
def test_the_interval_of_one_rate_contains_it(users, share):
    result = always_valid_rate(round(share * users), users)
    assert 0 <= result.low <= result.rate <= result.high <= 1


def test_an_interval_that_excludes_0_has_a_small_p_value():
    for treatment in ((560, 10_000), (600, 10_000), (650, 10_000)):
        result = always_valid(compare_rates((480, 10_000), treatment))
        assert (result.difference_low > 0) == (result.p_value < 0.05)
        assert result.widening > 1
        assert "excludes 0" in repr(result) or "contains 0" in repr(result)


def test_always_valid_intervals_hold_5_percent_over_20_looks():
    # Conservative by design: at most 5 %, plus four simulation errors of 0.0034.
    rng = np.random.default_rng(6)
    runs, looks, batch = 4_000, 20, 250
    a = rng.binomial(batch, 0.2, (runs, looks)).cumsum(axis=1)
    b = rng.binomial(batch, 0.2, (runs, looks)).cumsum(axis=1)
    n = batch * np.arange(1, looks + 1)
    error = np.sqrt((a / n * (1 - a / n) + b / n * (1 - b / n)) / n)
    z = np.abs(b / n - a / n) / error
    limits = [
        always_valid(compare_rates((m // 5, m), (m // 5, m))).widening * 1.959964
        for m in n
    ]
    assert (z > 1.959964).any(axis=1).mean() > 0.2
    assert (z > np.array(limits)).any(axis=1).mean() <= 0.05 + 4 * 0.0034


def test_the_interval_of_one_rate_holds_5_percent_over_20_looks():
    rng = np.random.default_rng(7)
    batch, looks, runs = 25, 20, 400
    seen = rng.binomial(batch, 0.3, (runs, looks)).cumsum(axis=1)
    tests = np.zeros(runs, dtype=bool)
    for look in range(looks):
        users = batch * (look + 1)
        # One interval for each count that occurs, not for each run
        kinds, place = np.unique(seen[:, look], return_inverse=True)
        spans = [always_valid_rate(int(k), users, tuning_users=250) for k in kinds]
        outside = np.array([not s.low <= 0.3 <= s.high for s in spans])
        tests |= outside[place]
    # At most 5 %, plus three simulation errors of 0.011.
    assert tests.mean() <= 0.05 + 3 * 0.011


def test_no_lift_leaves_the_difference():
    result = always_valid(compare_rates((0, 500), (20, 500)))
    assert result.relative_low is None
    assert result.difference_low < 0.04 < result.difference_high


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mixture_rho(0), "must be > 0"),
        (lambda: mixture_rho(1, tuning="x"), "approximate, exact"),
        (lambda: mixture_boundary(-1, rho=1), ">= 0"),
        (lambda: mixture_p(float("nan"), variance=1, rho=1), "finite"),
        (lambda: always_valid_rate(5, 4), "at most users == 4"),
        (
            lambda: always_valid(compare_rates((1, 9), (2, 9)), tuning_users=0),
            "must be > 0",
        ),
    ],
)
def test_impossible_arguments_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_too_few_successes_are_no_reason_to_stop():
    effect = compare_rates((45, 900), (0, 100))
    early = always_valid(effect)
    assert early.difference_high < 0
    assert "keep running until there are 10" in repr(early)
    assert "you may stop" not in repr(early)
    assert always_valid(compare_rates((90, 900), (30, 100))).note == ""


def test_an_effect_without_an_error_is_refused():
    flat = compare_rates((0, 1_000), (0, 1_000), interval="newcombe")
    with pytest.raises(ValueError, match="standard error of the effect == 0"):
        always_valid(flat)


def test_an_interval_tuned_to_the_users_so_far_is_for_one_look():
    assert "for this one look" in repr(always_valid_rate(30, 100))
    assert "whenever you look" in repr(always_valid_rate(30, 100, tuning_users=100))


def test_several_effects_at_once_are_refused():
    effect = compare_rates((480, 10_000), (560, 10_000))
    with pytest.raises(TypeError, match="effect is a list, must be one effect"):
        always_valid([effect, effect])
