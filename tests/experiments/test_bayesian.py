import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlab.experiments import (
    BetaPrior,
    Mean,
    Totals,
    bayesian_effect,
    bayesian_rates,
    best_chances,
    compare,
    compare_rates,
)

counts = st.integers(1, 5_000).flatmap(
    lambda users: st.tuples(st.integers(0, users), st.just(users))
)


def test_a_uniform_against_a_triangle_wins_a_third():
    # Closed form, Miller: Beta(1, 1) against Beta(2, 1) gives 2 / 3: bayes-trivial
    chances = best_chances({"A": (1.0, 1.0), "B": (2.0, 1.0)})
    assert chances["B"] == pytest.approx(2 / 3, abs=1e-12)


def test_the_chance_to_be_better_agrees_with_the_closed_form():
    # Inputs: Seroussi; formula: Evan Miller: bayes-120-100
    result = bayesian_rates({"A": (100, 200), "B": (120, 200)})
    assert result.chance_best("B") == pytest.approx(0.977586, abs=1e-5)
    assert result.best == "B"


def test_the_chance_agrees_with_millers_sum():
    from scipy.special import betaln

    a, b = (31, 271), (42, 260)
    i = np.arange(b[0])
    terms = betaln(a[0] + i, b[1] + a[1]) - np.log(b[1] + i) - betaln(1 + i, b[1])
    oracle = np.exp(terms - betaln(*a)).sum()
    result = bayesian_rates({"A": (30, 300), "B": (41, 300)})
    assert result.chance_best("B") == pytest.approx(oracle, abs=1e-10)


def test_three_arms_agree_with_draws():
    arms = {"A": (30, 300), "B": (41, 300), "C": (38, 310)}
    rng = np.random.default_rng(1)
    draws = np.column_stack(
        [rng.beta(1 + x, 1 + n - x, 400_000) for x, n in arms.values()]
    )
    result = bayesian_rates(arms)
    best = np.bincount(draws.argmax(axis=1)) / len(draws)
    # Simulation error 0.0008; five of them.
    assert result.chances_best == pytest.approx(best, abs=0.004)
    losses = draws.max(axis=1).mean() - draws.mean(axis=0)
    assert result.expected_losses == pytest.approx(losses, abs=3e-4)


def test_a_normal_belief_with_a_flat_prior_agrees_with_growthbook():
    # growthbook tests/bayesian/test_tests.py: bayes-effect-prop
    belief = bayesian_effect(compare_rates((49, 100), (51, 100)))
    assert belief.mean == pytest.approx(0.04082, abs=1e-5)
    assert (belief.low, belief.high) == pytest.approx((-0.24779, 0.32943), abs=1e-5)
    assert belief.chance_better == pytest.approx(0.60918, abs=1e-5)
    assert belief.loss_if_kept == pytest.approx(0.0814, abs=1e-5)
    assert belief.loss_if_shipped == pytest.approx(0.04058, abs=1e-5)


def test_a_normal_belief_with_a_prior_agrees_with_growthbook():
    # growthbook tests/bayesian/test_tests.py: bayes-effect-prior
    control = Totals.from_sums(10, sums={"x": 100}, products={("x", "x"): 1002.25})
    treatment = Totals.from_sums(10, sums={"x": 105}, products={("x", "x"): 1111.5})
    belief = bayesian_effect(
        compare(Mean("x"), control, treatment),
        prior_mean=0.1,
        prior_standard_deviation=0.1**0.5,
    )
    assert belief.mean == pytest.approx(0.05063, abs=1e-5)
    assert (belief.low, belief.high) == pytest.approx((-0.01893, 0.12019), abs=1e-5)
    assert belief.chance_better == pytest.approx(0.92315, abs=1e-5)
    assert "prior of +10.0 %" in repr(belief)


@given(counts, counts, counts)
@settings(max_examples=40, deadline=None)
def test_chances_add_up_to_1_and_the_best_arm_loses_least(a, b, c):
    result = bayesian_rates({"A": a, "B": b, "C": c})
    assert sum(result.chances_best) == pytest.approx(1, abs=1e-7)
    assert result.expected_loss(result.best) == min(result.expected_losses)
    assert all(loss >= 0 for loss in result.expected_losses)


@given(counts, counts)
@settings(max_examples=40, deadline=None)
def test_the_two_chances_of_two_arms_mirror_each_other(a, b):
    there = bayesian_rates({"A": a, "B": b})
    back = bayesian_rates({"A": b, "B": a})
    assert there.chance_best("A") == pytest.approx(back.chance_best("B"), abs=1e-9)


def test_a_strong_prior_draws_rates_together():
    flat = bayesian_rates({"A": (5, 100), "B": (12, 100)})
    prior = BetaPrior(successes=80, failures=920)
    strong = bayesian_rates({"A": (5, 100), "B": (12, 100)}, prior=prior)
    assert strong.chance_best("B") < flat.chance_best("B")
    assert "Beta(80, 920)" in repr(strong)


def test_the_losses_differ_by_the_mean_effect():
    # E[max(x, 0)] - E[max(-x, 0)] = E[x]
    belief = bayesian_effect(
        compare_rates((480, 9_000), (510, 9_000)), scale="absolute"
    )
    assert belief.loss_if_kept - belief.loss_if_shipped == pytest.approx(belief.mean)
    assert "flat prior" in repr(belief)


def test_the_table_has_one_row_for_each_arm():
    frame = bayesian_rates({"A": (5, 100), "B": (12, 100)}).to_frame()
    assert list(frame["arm"]) == ["A", "B"]
    assert (frame["low"] < frame["mean"]).all()
    assert (frame["mean"] < frame["high"]).all()


def test_impossible_arguments_are_refused():
    with pytest.raises(ValueError, match=r"1 arm\(s\) \(A\)"):
        bayesian_rates({"A": (1, 2)})
    with pytest.raises(ValueError, match="those that exist: A, B"):
        bayesian_rates({"A": (1, 2), "B": (1, 2)}).chance_best("C")
    with pytest.raises(ValueError, match="must be > 0"):
        BetaPrior(successes=0)
    effect = compare_rates((0, 10), (2, 10))
    with pytest.raises(ValueError, match="must be 'absolute'"):
        bayesian_effect(effect)
    with pytest.raises(ValueError, match="prior_standard_deviation"):
        bayesian_effect(effect, scale="absolute", prior_standard_deviation=-1)


def test_chances_add_up_to_1_for_very_many_users():
    users, ahead = 10**8, 5_000
    result = bayesian_rates(
        {"A": (users // 2, users), "B": (users // 2 + ahead, users)}
    )
    # Normal: z = 0.00005 / sqrt(2 x 0.25 / 10^8) = 0.70711
    assert result.chance_best("B") == pytest.approx(0.76025, abs=1e-4)
    assert sum(result.chances_best) == pytest.approx(1, abs=1e-6)


def test_beliefs_all_at_0_are_refused():
    prior = BetaPrior(successes=0.001, failures=1)
    with pytest.raises(ValueError, match="no one is the highest"):
        bayesian_rates({"A": (0, 10), "B": (0, 10)}, prior=prior)
