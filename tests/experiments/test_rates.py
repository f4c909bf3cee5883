import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlab.experiments import compare_rate_pairs, compare_rates, equal_rates_test

counts = st.integers(1, 400).flatmap(
    lambda users: st.tuples(st.integers(0, users), st.just(users))
)


def test_the_pooled_z_agrees_with_statsmodels_tests():
    # statsmodels test_proportion.py::test_default_values: z-prop
    effect = compare_rates((12, 99), (5, 83), variance="pooled")
    assert effect.statistic == pytest.approx(-1.4078304151258787, abs=1e-10)
    assert effect.p_value == pytest.approx(0.15918129181156992, abs=1e-10)
    assert effect.variance == "pooled"


def test_the_relative_lift_of_a_rate_agrees_with_growthbook():
    # growthbook test_tests.py: t-suff-prop-rel
    effect = compare_rates((14, 28), (16, 30), distribution="t")
    assert effect.relative_lift == pytest.approx(0.06667, abs=1e-5)
    assert effect.relative_low == pytest.approx(-0.47767, abs=1e-5)
    assert effect.relative_high == pytest.approx(0.61101, abs=1e-5)
    assert effect.relative_standard_error == pytest.approx(0.2717, abs=1e-5)
    assert effect.relative_p_value == pytest.approx(0.80707, abs=1e-5)


def test_newcombes_interval_agrees_with_his_table():
    # Newcombe (1998) Statistics in Medicine 17, table II, method 10: newcombe-diff
    effect = compare_rates((48, 80), (56, 70), interval="newcombe")
    interval = (effect.difference_low, effect.difference_high)
    assert interval == pytest.approx((0.0524, 0.3339), abs=1e-4)


@pytest.mark.parametrize(
    ("interval", "method"), [("wald", "wald"), ("newcombe", "newcomb")]
)
def test_intervals_agree_with_statsmodels(interval, method):
    from statsmodels.stats.proportion import confint_proportions_2indep

    low, high = confint_proportions_2indep(60, 480, 45, 500, method=method)
    effect = compare_rates((45, 500), (60, 480), interval=interval)
    assert effect.difference_low == pytest.approx(low, abs=1e-10)
    assert effect.difference_high == pytest.approx(high, abs=1e-10)


def test_the_log_interval_agrees_with_statsmodels():
    from statsmodels.stats.proportion import confint_proportions_2indep

    low, high = confint_proportions_2indep(
        60, 480, 45, 500, compare="ratio", method="log"
    )
    effect = compare_rates((45, 500), (60, 480), relative_method="log")
    assert effect.relative_low + 1 == pytest.approx(low, abs=1e-10)
    assert effect.relative_high + 1 == pytest.approx(high, abs=1e-10)


def test_several_arms_agree_with_fleiss():
    # R prop.test smokers and patients (Fleiss 1981): chi2-ksample
    arms = {"1": (73, 86), "2": (90, 93), "3": (114, 136), "4": (75, 82)}
    result = equal_rates_test(arms)
    assert result.statistic == pytest.approx(11.11938768628861, abs=1e-10)
    assert result.degrees_of_freedom == 3
    assert result.p_value == pytest.approx(0.011097511366581344, abs=1e-10)
    assert "does not say which arm" in repr(result)


def test_the_unpooled_interval_follows_the_formula_by_hand():
    effect = compare_rates((480, 10_000), (560, 10_000))
    error = math.sqrt(0.048 * 0.952 / 10_000 + 0.056 * 0.944 / 10_000)
    assert effect.standard_error == pytest.approx(error)
    assert effect.difference_low == pytest.approx(0.008 - 1.959963984540054 * error)


def test_pairs_are_corrected_by_holm():
    from statsmodels.stats.multitest import multipletests

    arms = {"A": (40, 200), "B": (66, 200), "C": (50, 200)}
    result = compare_rate_pairs(arms)
    raw = [effect.p_value for effect in result.effects.values()]
    assert list(result.adjusted.values()) == pytest.approx(
        list(multipletests(raw, method="holm")[1])
    )
    assert list(result.to_frame()["differs"]) == [True, False, False]


def test_no_winner_is_a_legal_answer():
    result = compare_rate_pairs({"A": (40, 200), "B": (62, 200), "C": (58, 200)})
    assert result.winner is None
    assert "no winner" in repr(result)


def test_an_arm_that_beats_all_others_wins():
    result = compare_rate_pairs({"A": (20, 200), "B": (90, 200), "C": (30, 200)})
    assert result.winner == "B"
    assert "B beats A" in repr(result)


@given(counts, counts)
def test_newcombe_stays_within_the_possible_and_holds_the_difference(a, b):
    effect = compare_rates(a, b, interval="newcombe")
    assert -1 <= effect.difference_low <= effect.difference + 1e-12
    assert effect.difference - 1e-12 <= effect.difference_high <= 1
    assert 0 <= effect.p_value <= 1


@given(counts, counts)
def test_swapping_the_arms_flips_the_sign(a, b):
    there = compare_rates(a, b, interval="newcombe")
    back = compare_rates(b, a, interval="newcombe")
    assert there.difference == pytest.approx(-back.difference)
    assert there.difference_low == pytest.approx(-back.difference_high)


def test_nobody_in_both_arms_needs_newcombe():
    with pytest.raises(ValueError, match="interval='newcombe'"):
        compare_rates((0, 100), (0, 100))
    effect = compare_rates((0, 100), (0, 100), interval="newcombe")
    assert effect.p_value == 1
    assert effect.difference_high > 0
    assert effect.relative_lift is None


def test_few_successes_bring_a_note():
    assert "newcombe" in repr(compare_rates((3, 500), (9, 500)))
    assert compare_rates((300, 500), (290, 500)).note == ""


def test_a_lift_on_few_successes_brings_a_note_unless_the_log_ratio_is_used():
    note = compare_rates((20, 500), (30, 500)).relative_note
    assert "relative_method='log'" in note
    assert note in repr(compare_rates((20, 500), (30, 500)))
    assert "in treatment" in compare_rates((90, 9_000), (3, 1_000)).relative_note
    safer = compare_rates((20, 500), (30, 500), relative_method="log")
    assert safer.note == safer.relative_note == ""


@pytest.mark.parametrize(
    ("control", "message"),
    [
        ((12, 10), "no more successes than users"),
        ((-1, 10), ">= 0"),
        ((0.12, 10), "whole number"),
        ((math.nan, 10), "finite"),
        ((0, 0), ">= 1"),
    ],
)
def test_impossible_counts_are_refused(control, message):
    with pytest.raises(ValueError, match=message):
        compare_rates(control, (5, 10))


def test_a_bare_rate_is_refused():
    with pytest.raises(TypeError, match="users who did it, all users"):
        compare_rates(0.12, (5, 10))


def test_one_arm_is_refused():
    with pytest.raises(ValueError, match=r"1 arm\(s\) \(A\)"):
        compare_rate_pairs({"A": (1, 10)})
    with pytest.raises(ValueError, match="must vary"):
        equal_rates_test({"A": (0, 10), "B": (0, 10)})


def test_numpy_counts_are_accepted():
    assert compare_rates((np.int64(5), np.int64(10)), (7, 10)).difference == (
        pytest.approx(0.2)
    )


def test_newcombe_takes_the_score_test_that_goes_with_it():
    # The score test, by hand: both arms share the rate 4 / 2,000.
    effect = compare_rates((0, 1_000), (4, 1_000), interval="newcombe")
    assert effect.difference_low < 0
    z = 4 / 1_000 / (0.002 * 0.998 * 2 / 1_000) ** 0.5
    assert effect.statistic == pytest.approx(z, abs=1e-12)
    assert effect.variance == "pooled"
    assert compare_rates((5, 100), (9, 100)).variance == "unpooled"


def test_a_treatment_without_a_success_has_no_interval_of_the_lift():
    effect = compare_rates((9, 9_000), (0, 1_000))
    assert effect.relative_lift == -1
    assert effect.relative_low is None
    assert "without an interval" in repr(effect)


def test_rare_rates_are_shown_with_the_digits_they_need():
    text = repr(compare_rates((20, 1_000_000), (50, 1_000_000)))
    assert "Treatment 0.0050 %, control 0.0020 %: difference +0.0030" in text
    assert "interval +0.0014 to +0.0046" in text
