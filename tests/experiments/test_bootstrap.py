import numpy as np
import pytest

from pmlab.experiments import (
    bootstrap_effect,
    bootstrap_interval,
    compare_means,
    compare_ratios,
)

# Efron, Tibshirani (1993) table 3.1: boot-law
LSAT = [576, 635, 558, 578, 666, 580, 555, 661, 651, 605, 653, 575, 545, 572, 594]
GPA = [
    3.39, 3.3, 2.81, 3.03, 3.44, 3.07, 3.0, 3.43, 3.36, 3.13, 3.12, 2.74, 2.76, 2.88,
    2.96,
]  # fmt: skip


def correlation(samples):
    centered = samples - samples.mean(axis=1, keepdims=True)
    x, y = centered[..., 0], centered[..., 1]
    return (x * y).sum(axis=1) / np.sqrt((x**2).sum(axis=1) * (y**2).sum(axis=1))


def test_the_law_schools_agree_with_efron():
    schools = np.column_stack([LSAT, GPA])
    result = bootstrap_interval(schools, statistic=correlation, resamples=4_000, rng=1)
    assert result.estimate == pytest.approx(0.776, abs=0.001)
    # Published bootstrap error about 0.13; its own simulation error is about 0.003.
    assert result.standard_error == pytest.approx(0.13, abs=0.012)
    assert "15 units" in repr(result)


def test_the_interval_agrees_with_scipy():
    from scipy.stats import bootstrap

    values = np.random.default_rng(1).exponential(size=80)
    oracle = bootstrap(
        (values,), np.mean, n_resamples=20_000, method="percentile", rng=2
    )
    result = bootstrap_interval(
        values, statistic=lambda x: x.mean(axis=1), resamples=20_000, rng=3
    )
    # Both ends carry a simulation error of about 0.002.
    assert result.low == pytest.approx(oracle.confidence_interval.low, abs=0.01)
    assert result.high == pytest.approx(oracle.confidence_interval.high, abs=0.01)


@pytest.mark.parametrize("kind", ["many kinds", "few kinds"])
def test_the_error_of_a_mean_agrees_with_its_formula(kind):
    rng = np.random.default_rng(4)
    if kind == "many kinds":
        a, b = rng.normal(5, 2, 2_000), rng.normal(6, 2, 2_000)
    else:
        a, b = rng.poisson(2, 2_000), rng.poisson(3, 2_000)
    formula = compare_means(a, b)
    result = bootstrap_effect(a, b, resamples=4_000, rng=5)
    # The relative simulation error of a standard error is 1 / sqrt(8,000) = 1.1 %.
    assert result.standard_error == pytest.approx(formula.standard_error, rel=0.045)
    assert result.difference == pytest.approx(formula.difference)
    width = formula.standard_error
    assert result.difference_low == pytest.approx(
        formula.difference_low, abs=0.2 * width
    )
    assert result.relative_low == pytest.approx(formula.relative_low, abs=0.2 * width)


def test_the_error_of_a_ratio_agrees_with_the_delta_method():
    rng = np.random.default_rng(6)
    sessions = 1 + rng.poisson(3, 4_000)
    orders = rng.binomial(sessions, rng.beta(1, 4, 4_000))
    a, b = slice(0, 2_000), slice(2_000, None)
    formula = compare_ratios((orders[a], sessions[a]), (orders[b], sessions[b]))
    result = bootstrap_effect(
        orders[a],
        orders[b],
        control_bases=sessions[a],
        treatment_bases=sessions[b],
        resamples=4_000,
        rng=7,
    )
    assert result.metric == "ratio"
    assert result.difference == pytest.approx(formula.difference)
    assert result.standard_error == pytest.approx(formula.standard_error, rel=0.05)


def test_the_same_seed_gives_the_same_interval():
    first, second = (bootstrap_effect([1, 2, 4], [2, 3, 3], rng=8) for _ in range(2))
    assert first == second


def test_a_control_that_may_be_0_has_no_interval_of_the_lift():
    result = bootstrap_effect([0, 0, 0, 1], [1, 1, 2, 2], rng=1)
    assert result.relative_low is None
    assert "no interval" in repr(result)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: bootstrap_effect([1], [1, 2], rng=1), "at least 2"),
        (lambda: bootstrap_effect([1, np.nan], [1, 2], rng=1), "1 missing"),
        (lambda: bootstrap_effect([], [1, 2], rng=1), "non-empty"),
        (
            lambda: bootstrap_effect([1, 2], [1, 2], control_bases=[1, 2], rng=1),
            "both or not at all",
        ),
        (
            lambda: bootstrap_effect(
                [1, 2], [1, 2], control_bases=[0, 0], treatment_bases=[1, 1], rng=1
            ),
            "not be all 0",
        ),
        (lambda: bootstrap_effect([1, 2], [1, 2], resamples=5, rng=1), ">= 100"),
        (lambda: bootstrap_interval([], statistic=np.mean, rng=1), "non-empty"),
        (
            lambda: bootstrap_interval([1, 2], statistic=lambda x: x, rng=1),
            "one finite number",
        ),
    ],
)
def test_impossible_samples_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_ratio_with_hardly_any_base_is_refused():
    with pytest.raises(ValueError, match=r"control_bases are all 0 in \d"):
        bootstrap_effect(
            [1, 0, 0, 0, 0],
            [1, 2, 0, 0, 1],
            control_bases=[1, 0, 0, 0, 0],
            treatment_bases=[1, 1, 0, 0, 1],
            rng=1,
        )


def test_values_that_do_not_vary_are_refused():
    with pytest.raises(ValueError, match="must vary"):
        bootstrap_effect([1, 1, 1], [2, 2, 2], rng=1)


def test_a_bootstrap_without_a_seed_takes_1_and_says_so():
    effect = bootstrap_effect([1, 2, 4], [2, 3, 3])
    assert effect == bootstrap_effect([1, 2, 4], [2, 3, 3], rng=1)
    assert "resamples of users, seed 1)" in repr(effect)
    interval = bootstrap_interval([1, 2, 4], statistic=lambda x: x.mean(axis=1))
    assert "3 units, seed 1)" in repr(interval)
