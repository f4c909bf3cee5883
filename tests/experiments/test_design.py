import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlab.experiments import (
    days_needed,
    design_effect,
    detectable_effect,
    detectable_effect_for_mean,
    effective_users,
    intraclass_correlation,
    power_of_means,
    power_of_rates,
    rule_of_sixteen,
    sample_size,
    sample_size_for_mean,
)

rates = st.floats(0.01, 0.6)
lifts = st.floats(0.02, 0.5)


def test_the_newcomers_question_is_answered_in_words_by_one_call():
    text = repr(sample_size(0.048, relative_lift=0.10, new_users_per_day=1_500))
    assert "32,605 users per arm" in text
    assert "4.80 % become 5.28 %" in text
    assert "7 whole weeks, 49 days" in text
    assert "unpooled" in text


def test_sample_size_follows_the_unpooled_formula_by_hand():
    # (1.959964 + 0.841621)^2 (0.048 x 0.952 + 0.0528 x 0.9472) / 0.0048^2
    by_hand = 7.848880 * (0.045696 + 0.05001216) / 2.304e-5
    plan = sample_size(0.048, relative_lift=0.10)
    assert plan.exact_control_users == pytest.approx(by_hand, rel=1e-6)
    assert plan.users_per_arm == math.ceil(by_hand)
    assert plan.total_users == 2 * plan.users_per_arm


def test_both_published_answers_for_20_to_25_percent_are_reachable():
    # 1,030: Evan Miller's calculator; 1,094: R power.prop.test (ss-pooled-default).
    baseline = sample_size(0.2, absolute_lift=0.05, variance="baseline")
    pooled = sample_size(0.2, absolute_lift=0.05, variance="pooled")
    assert baseline.users_per_arm == 1030
    assert pooled.users_per_arm == 1094
    assert pooled.exact_control_users == pytest.approx(1093.74, abs=0.5)
    assert "Evan Miller" in repr(baseline)
    assert "power.prop.test" in repr(pooled)


@pytest.mark.parametrize(
    ("p1", "p2", "expected"),
    [
        (0.1, 0.105, 57763),  # R power.prop.test, quoted in statsmodels PR 4091
        (0.03, 0.02, 3825.15),  # R power.prop.test, quoted in statsmodels PR 8676
    ],
)
def test_pooled_sizes_agree_with_r_power_prop_test(p1, p2, expected):
    plan = sample_size(p1, absolute_lift=p2 - p1, variance="pooled")
    assert plan.exact_control_users == pytest.approx(expected, abs=1.0)


@pytest.mark.parametrize(
    ("deviation", "lift", "expected"),
    [
        # Kohavi, Longbotham, Sommerfield, Henne (2009): ss-lehr-conv, ss-lehr-revenue
        (math.sqrt(0.05 * 0.95), 0.05 * 0.05, 121_600),
        (30, 0.05 * 3.75, 409_600),
    ],
)
def test_the_rule_of_sixteen_gives_the_published_sizes(deviation, lift, expected):
    users = rule_of_sixteen(deviation, absolute_lift=lift)
    assert users == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("effect", "exact", "rounded"),
    # Cohen (1988) table 2.4.1; R pwr.t.test: ss-cohen-0.2, -0.5, -0.8
    [(0.2, 393.4057, 394), (0.5, 63.76561, 64), (0.8, 25.52458, 26)],
)
def test_t_sizes_agree_with_cohen(effect, exact, rounded):
    plan = sample_size_for_mean(1, absolute_lift=effect, method="t")
    assert plan.exact_control_users == pytest.approx(exact, rel=1e-4)
    assert plan.users_per_arm == rounded


def test_totals_agree_with_gpower():
    # spotify/confidence test_samplesizecalculator.py (G*Power): ss-gpower-*
    mean = sample_size_for_mean(10, absolute_lift=0.3, power=0.85)
    rate = sample_size(0.34, absolute_lift=0.003, power=0.85)
    assert mean.total_users == pytest.approx(39_906, rel=0.005)
    assert rate.total_users == pytest.approx(897_348, rel=0.005)


def test_t_power_agrees_with_r_pwr():
    # statsmodels test_power.py, values of R pwr: pw-t2-d1-greater, pw-t2-unequal
    greater = power_of_means(
        1, standard_deviation=1, control_users=30, method="t", sides="one-sided"
    )
    unequal = power_of_means(
        0.1, standard_deviation=1, control_users=20, treatment_users=30, method="t"
    )
    assert greater == pytest.approx(0.985459690251624, abs=1e-6)
    assert unequal == pytest.approx(0.0633081832564667, abs=1e-6)


def test_z_power_agrees_with_r_pwr():
    # statsmodels test_power.py, values of R pwr: pw-z2
    power = power_of_means(0.3, standard_deviation=1, control_users=80)
    assert power == pytest.approx(0.475100870572638, abs=1e-6)


def test_rate_power_agrees_with_stata():
    # statsmodels test_proportion.py::test_power_2indep (Stata): pw-stata, -ratio2
    equal = power_of_rates(0.001, 0.015, control_users=550, variance="pooled")
    double = power_of_rates(
        0.1, 0.2, control_users=154, treatment_users=308, variance="pooled"
    )
    assert equal == pytest.approx(0.74156, abs=1e-6)
    assert double == pytest.approx(0.7995659211532175, abs=1e-6)


def test_unequal_rate_power_agrees_with_statsmodels():
    from statsmodels.stats.proportion import power_proportions_2indep

    oracle = power_proportions_2indep(0.02, 0.1, nobs1=900, ratio=0.5).power
    # statsmodels' first group is the one with the difference added.
    ours = power_of_rates(
        0.12, 0.10, control_users=900, treatment_users=450, variance="pooled"
    )
    assert ours == pytest.approx(oracle, abs=1e-9)


def test_the_arcsine_convention_agrees_with_statsmodels():
    from statsmodels.stats.power import NormalIndPower
    from statsmodels.stats.proportion import proportion_effectsize

    oracle = NormalIndPower().solve_power(
        effect_size=proportion_effectsize(0.25, 0.2), power=0.8, alpha=0.05, ratio=0.5
    )
    plan = sample_size(
        0.2, absolute_lift=0.05, variance="arcsine", treatment_share=1 / 3
    )
    # statsmodels solves for the power with both tails; the far one is tiny.
    assert plan.exact_control_users == pytest.approx(oracle, rel=1e-5)
    assert "Cohen's h" in repr(plan)


def test_unequal_mean_sizes_agree_with_statsmodels():
    from statsmodels.stats.power import NormalIndPower

    oracle = NormalIndPower().solve_power(
        effect_size=0.1, power=0.9, alpha=0.01, ratio=0.25
    )
    plan = sample_size_for_mean(
        1, absolute_lift=0.1, power=0.9, alpha=0.01, treatment_share=0.2
    )
    assert plan.exact_control_users == pytest.approx(oracle, rel=1e-6)
    assert plan.treatment_users == math.ceil(plan.exact_control_users / 4)


def test_an_unequal_split_names_both_arms_and_their_smaller_one():
    plan = sample_size(0.048, relative_lift=0.10, treatment_share=0.1)
    assert plan.control_users > 8 * plan.treatment_users
    assert plan.users_per_arm == plan.treatment_users
    assert "control and" in repr(plan)


def test_the_planned_users_reach_the_planned_power_in_simulated_tests():
    plan = sample_size(0.10, relative_lift=0.2)
    rng = np.random.default_rng(7)
    n = plan.users_per_arm
    a, b = rng.binomial(n, 0.10, 20_000) / n, rng.binomial(n, 0.12, 20_000) / n
    z = (b - a) / np.sqrt((a * (1 - a) + b * (1 - b)) / n)
    # Simulation error of a share of 0.8 over 20,000 tests is 0.0028; four of them.
    assert (np.abs(z) > 1.959964).mean() == pytest.approx(0.8, abs=0.0115)


@given(baseline=rates, lift=lifts)
def test_the_detectable_effect_turns_a_plan_back_into_its_lift(baseline, lift):
    plan = sample_size(baseline, relative_lift=lift)
    effect = detectable_effect(baseline, control_users=plan.exact_control_users)
    assert effect.relative_lift == pytest.approx(lift, rel=1e-4)


@pytest.mark.parametrize("method", ["normal", "t"])
def test_the_detectable_mean_turns_a_plan_back_into_its_lift(method):
    plan = sample_size_for_mean(3, absolute_lift=1.1, method=method)
    effect = detectable_effect_for_mean(
        3, control_users=plan.exact_control_users, method=method, baseline_mean=-2
    )
    assert effect.absolute_lift == pytest.approx(1.1, rel=1e-5)
    assert effect.relative_lift == pytest.approx(0.55, rel=1e-5)


@given(baseline=rates, lift=lifts, more=st.floats(1.01, 10))
def test_power_rises_with_users(baseline, lift, more):
    target = baseline * (1 + lift)
    few = power_of_rates(baseline, target, control_users=500)
    many = power_of_rates(baseline, target, control_users=500 * more)
    assert few <= many + 1e-12


@given(baseline=rates, lift=lifts)
def test_smaller_lifts_need_more_users(baseline, lift):
    wide = sample_size(baseline, relative_lift=lift)
    narrow = sample_size(baseline, relative_lift=lift * 0.9)
    assert narrow.exact_control_users > wide.exact_control_users


@given(baseline=rates, lift=lifts)
def test_one_sided_tests_need_fewer_users(baseline, lift):
    two = sample_size(baseline, relative_lift=lift)
    one = sample_size(baseline, relative_lift=lift, sides="one-sided")
    assert one.exact_control_users < two.exact_control_users


def test_a_fall_needs_fewer_users_than_a_rise_of_the_same_size():
    # The variance p (1 - p) is smaller at the lower rate.
    rise = sample_size(0.10, relative_lift=0.2)
    fall = sample_size(0.10, relative_lift=-0.2)
    assert fall.total_users < rise.total_users
    assert "become 8.00 %" in repr(fall)


def test_clusters_multiply_the_users_by_the_design_effect():
    # 1 + (40 - 1) 0.02 = 1.78 (Kish 1965)
    assert design_effect(40, icc=0.02) == pytest.approx(1.78)
    assert effective_users(178, cluster_size=40, icc=0.02) == pytest.approx(100)
    plain = sample_size(0.1, relative_lift=0.2)
    zones = sample_size(0.1, relative_lift=0.2, cluster_size=40, icc=0.02)
    assert zones.exact_control_users == pytest.approx(1.78 * plain.exact_control_users)
    assert "clusters" in repr(zones)


def test_the_intraclass_correlation_finds_the_planted_one():
    rng = np.random.default_rng(3)
    clusters = np.repeat(np.arange(600), 20)
    zone = rng.normal(0, math.sqrt(0.1), 600)[clusters]
    values = zone + rng.normal(0, math.sqrt(0.9), len(clusters))
    # Its standard error is about 0.007 at this size; three of them.
    assert intraclass_correlation(values, clusters=clusters) == pytest.approx(
        0.1, abs=0.021
    )


def test_the_intraclass_correlation_of_unequal_clusters_follows_the_anova_by_hand():
    # Clusters (1, 2, 3) and (5, 7): MSB = 19.2, MSW = 4/3, m0 = 5 - 13/5 = 2.4
    expected = (19.2 - 4 / 3) / (19.2 + 1.4 * 4 / 3)
    result = intraclass_correlation([1, 2, 3, 5, 7], clusters=list("aaabb"))
    assert result == pytest.approx(expected)


def test_days_are_lifted_to_whole_weeks_and_to_the_share_of_traffic():
    # 10,000 / (0.5 x 1,000) = 20 days = 3 weeks
    duration = days_needed(10_000, new_users_per_day=1_000, traffic_share=0.5)
    assert (duration.exact_days, duration.days) == (20, 21)
    assert duration.users_reached == 10_500
    exact = days_needed(10_000, new_users_per_day=1_000, whole_weeks=False)
    assert exact.days == 10


def test_days_from_a_log_wait_for_the_cumulative_users():
    log = [500, 300, 200, 100, 100, 80, 60, *[50] * 14]
    # After day 7: 1,340; after day 14: 1,690.
    assert days_needed(1_340, new_users_per_day=log).days == 7
    assert days_needed(1_341, new_users_per_day=log).days == 14
    assert days_needed(1_341, new_users_per_day=log).exact_days == 8


def test_a_log_that_ends_too_early_is_refused():
    with pytest.raises(ValueError, match="covers 3 days and reaches 300"):
        days_needed(1_000, new_users_per_day=[100, 100, 100])


def test_a_negative_day_is_refused():
    with pytest.raises(ValueError, match="must be >= 0"):
        days_needed(100, new_users_per_day=[100, -1])


def test_the_plan_comes_as_a_table_with_its_days():
    frame = sample_size(0.1, relative_lift=0.1, new_users_per_day=500).to_frame()
    assert frame.loc[0, "days"] % 7 == 0
    assert frame.loc[0, "convention"] == "unpooled"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"baseline_rate": 4.8, "relative_lift": 0.1}, "not a percent"),
        ({"baseline_rate": 0.0, "relative_lift": 0.1}, "strictly between 0 and 1"),
        ({"baseline_rate": math.nan, "relative_lift": 0.1}, "finite"),
        ({"baseline_rate": 0.5, "relative_lift": 1.5}, "strictly between 0 and 1"),
        ({"baseline_rate": 0.5}, "exactly one of them"),
        (
            {"baseline_rate": 0.5, "relative_lift": 0.1, "absolute_lift": 0.1},
            "exactly one of them",
        ),
        ({"baseline_rate": 0.5, "relative_lift": 0}, "differ from 0"),
        ({"baseline_rate": 0.5, "relative_lift": 0.1, "alpha": 0.95}, "below 0.5"),
        ({"baseline_rate": 0.5, "relative_lift": 0.1, "power": 80}, "percent"),
        ({"baseline_rate": 0.5, "relative_lift": 0.1, "power": 0.01}, "above alpha"),
        ({"baseline_rate": 0.5, "relative_lift": 0.1, "variance": "x"}, "unpooled"),
        ({"baseline_rate": 0.5, "relative_lift": 0.1, "sides": "x"}, "two-sided"),
        ({"baseline_rate": 0.5, "relative_lift": 0.1, "rounding": "x"}, "nearest"),
        ({"baseline_rate": 0.5, "relative_lift": 0.1, "treatment_share": 1}, "between"),
        ({"baseline_rate": 0.5, "relative_lift": 0.1, "cluster_size": 0}, ">= 1"),
        (
            {"baseline_rate": 0.5, "relative_lift": 0.1, "new_users_per_day": 0},
            "must be > 0",
        ),
    ],
)
def test_impossible_plans_are_refused_with_the_rule(arguments, message):
    with pytest.raises(ValueError, match=message):
        sample_size(**arguments)


def test_a_relative_lift_of_a_mean_needs_the_mean():
    with pytest.raises(ValueError, match="baseline_mean == None"):
        sample_size_for_mean(1, relative_lift=0.1)
    with pytest.raises(ValueError, match="must not be 0"):
        sample_size_for_mean(1, relative_lift=0.1, baseline_mean=0)


def test_a_test_that_sees_nothing_says_so():
    with pytest.raises(ValueError, match="even a rise to 100 %"):
        detectable_effect(0.9, control_users=3)


def test_a_correlation_needs_clusters_and_variance():
    with pytest.raises(ValueError, match="at least"):
        intraclass_correlation([1, 2], clusters=["a", "a"])
    with pytest.raises(ValueError, match="must vary"):
        intraclass_correlation([1, 1, 1], clusters=["a", "a", "b"])
    with pytest.raises(ValueError, match="one for each value"):
        intraclass_correlation([1, 1, 1], clusters=["a"])


def test_a_plan_without_a_baseline_speaks_of_a_difference():
    assert "a difference of 0.5" in repr(sample_size_for_mean(1, absolute_lift=0.5))


def test_a_plan_of_one_unit_is_never_less_than_one_user():
    plan = sample_size_for_mean(0.1, absolute_lift=5, rounding="nearest")
    assert plan.users_per_arm == 1


def test_a_lift_that_looks_like_percent_is_said_first():
    # 4.8 % x 11 = 52.8 %; a rise of 0.48 of rate units gives the same target.
    by_share = sample_size(0.048, relative_lift=10)
    assert by_share.summary().startswith("Check the lift: relative_lift=10 is +1,000 %")
    assert "Did you mean 0.1?" in by_share.note
    by_points = sample_size(0.048, absolute_lift=0.48)
    assert "11.0 times the baseline" in by_points.note
    mean = sample_size_for_mean(30, relative_lift=5, baseline_mean=3.75)
    assert "Did you mean 0.05?" in mean.summary()


def test_usual_and_doubling_lifts_carry_no_note():
    assert not sample_size(0.048, relative_lift=0.1).note
    assert not sample_size(0.001, relative_lift=1).note
    assert not sample_size(0.048, relative_lift=-0.5).note
    assert not sample_size_for_mean(30, absolute_lift=5).note


def test_a_rate_that_leaves_0_to_1_names_the_room_it_has():
    # From 0.6 there are 0.4 left, two thirds of it.
    with pytest.raises(ValueError, match=r"gives 1.08.*absolute_lift=0.4 .*0.6667"):
        sample_size(0.6, relative_lift=0.8)
    with pytest.raises(ValueError, match="fraction, not a percent"):
        sample_size(0.05, absolute_lift=5)


def test_traffic_and_days_give_the_users_of_the_detectable_effect():
    by_days = detectable_effect(0.048, new_users_per_day=1_500, days=14)
    assert by_days == detectable_effect(0.048, control_users=10_500)
    log = [1_000, 500, 300, 200]
    mean = detectable_effect_for_mean(30, new_users_per_day=log, days=3)
    assert mean.control_users == 900


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({}, "must be either control_users, or new_users_per_day together with days"),
        ({"control_users": 10, "new_users_per_day": 10, "days": 2}, "must be either"),
        ({"control_users": 10, "days": 2}, "must be either"),
        ({"new_users_per_day": 10}, "must be either"),
        ({"new_users_per_day": [10, 20], "days": 3}, "at most the 2 days of the log"),
        (
            {"new_users_per_day": 10, "days": 3, "treatment_users": 9},
            "treatment_users == 9, must be left out",
        ),
    ],
)
def test_users_come_in_one_way_only(changes, message):
    with pytest.raises(ValueError, match=message):
        detectable_effect(0.048, **changes)


def test_a_test_of_many_years_is_said_to_be_too_long():
    plan = sample_size(0.048, relative_lift=0.0001, new_users_per_day=1_500)
    assert "too long to run" in plan.summary()
    assert f"{plan.duration.exact_days:,} days" in plan.summary()
    assert (
        "too long"
        not in sample_size(0.048, relative_lift=0.1, new_users_per_day=1_500).summary()
    )
