import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlab.experiments import (
    group_sequential,
    obrien_fleming_spent,
    peeking_risk,
    pocock_spent,
    simulate_peeking,
    success_race,
)


def test_lan_demets_boundaries_agree_with_ldbounds():
    # DeMets, Lan (1994) Statistics in Medicine 13; R ldbounds: gs-ldobf-5
    plan = group_sequential(5, rule="lan_demets_obrien_fleming")
    assert plan.z == pytest.approx([4.8769, 3.3569, 2.6803, 2.2898, 2.031], abs=0.002)


def test_the_two_sided_reading_gives_the_other_boundaries():
    # The second rule named in the note of gs-ldobf-5
    plan = group_sequential(5, rule="lan_demets_obrien_fleming", spending="two_sided")
    expected = [4.3826, 3.0997, 2.5534, 2.2538, 2.0635]
    assert plan.z == pytest.approx(expected, abs=0.002)
    assert "two_sided" in repr(plan)


def test_the_obrien_fleming_constant_agrees_with_jennison_and_turnbull():
    # Jennison, Turnbull (2000) table 2.3: gs-obf-5
    plan = group_sequential(5, rule="obrien_fleming")
    assert plan.z[-1] == pytest.approx(2.04, abs=0.002)
    assert plan.z[0] == pytest.approx(2.04 * 5**0.5, abs=0.005)


@pytest.mark.parametrize(
    ("looks", "pocock", "obrien_fleming"),
    # Jennison, Turnbull (2000) tables 2.1 and 2.3
    [(2, 2.178, 1.977), (4, 2.361, 2.024), (10, 2.555, 2.087)],
)
def test_constants_agree_with_the_published_tables(looks, pocock, obrien_fleming):
    assert group_sequential(looks, rule="pocock").z[0] == pytest.approx(
        pocock, abs=0.001
    )
    assert group_sequential(looks).z[-1] == pytest.approx(obrien_fleming, abs=0.001)


def test_the_price_in_users_agrees_with_jennison_and_turnbull():
    # Tables 2.2 and 2.4: 5 looks, power 0.8: R_P = 1.228, R_B = 1.028
    assert group_sequential(5, rule="pocock").inflation == pytest.approx(
        1.228, abs=0.002
    )
    assert group_sequential(5).inflation == pytest.approx(1.028, abs=0.002)


def test_peeking_inflates_the_risk_as_published():
    # Armitage, McPherson, Rowe (1969): peeking-inflation
    found = [peeking_risk(looks).risk for looks in (1, 2, 5, 10)]
    assert found == pytest.approx([0.05, 0.083, 0.142, 0.193], abs=0.001)


def test_one_look_is_the_plain_test():
    plan = group_sequential(1)
    assert plan.z[0] == pytest.approx(1.959964, abs=1e-5)
    assert plan.inflation == pytest.approx(1, abs=1e-4)
    assert plan.expected_share == pytest.approx(1)


@given(
    looks=st.integers(1, 20),
    rule=st.sampled_from(
        ["pocock", "obrien_fleming", "lan_demets_pocock", "lan_demets_obrien_fleming"]
    ),
    alpha=st.sampled_from([0.01, 0.05, 0.1]),
)
@settings(max_examples=20, deadline=None)
def test_every_plan_spends_its_risk_and_no_more(looks, rule, alpha):
    plan = group_sequential(looks, rule=rule, alpha=alpha)
    assert plan.spent[-1] == pytest.approx(alpha, abs=1e-5)
    assert list(plan.spent) == sorted(plan.spent)


def test_looks_may_be_unequal():
    plan = group_sequential([0.2, 0.7, 1], rule="lan_demets_obrien_fleming")
    assert plan.information == (0.2, 0.7, 1)
    assert plan.spent[1] == pytest.approx(obrien_fleming_spent(0.7), abs=1e-6)
    assert list(plan.to_frame()["look"]) == [1, 2, 3]


def test_spending_ends_at_alpha():
    assert obrien_fleming_spent(1) == pytest.approx(0.05)
    assert obrien_fleming_spent(1, spending="two_sided") == pytest.approx(0.05)
    assert pocock_spent(1) == pytest.approx(0.05)


def test_simulated_rules_agree_with_the_exact_risk():
    result = simulate_peeking(4, simulations=40_000, rng=2)
    rates = dict(zip(result.rules, result.alarm_rates, strict=True))
    # Simulation error 0.0017 at a rate of 0.126 and 0.0011 at 0.05; four of them.
    assert rates["naive"] == pytest.approx(peeking_risk(4).risk, abs=0.0068)
    for rule in ("fixed_horizon", "pocock", "obrien_fleming"):
        assert rates[rule] == pytest.approx(0.05, abs=0.0044)
    assert "naive" not in result.holding


def test_simulated_power_agrees_with_the_planned_power():
    plan = group_sequential(4)
    z = 2.801585 * plan.inflation**0.5
    result = simulate_peeking(
        4, rules=["obrien_fleming"], effect_z=z, simulations=20_000, rng=2
    )
    # Simulation error 0.0028; four of them.
    assert result.alarm_rates[0] == pytest.approx(0.8, abs=0.0113)
    assert result.mean_shares[0] == pytest.approx(plan.expected_share, abs=0.01)
    assert "with a true effect" in repr(result)


def test_group_sequential_rules_hold_5_percent_over_20_looks():
    result = simulate_peeking(
        20,
        rules=["pocock", "obrien_fleming", "lan_demets_obrien_fleming", "naive"],
        simulations=40_000,
        rng=3,
    )
    # Simulation error 0.0011; four of them.
    assert result.alarm_rates[:3] == pytest.approx([0.05] * 3, abs=0.0044)
    assert result.alarm_rates[3] > 0.2


def test_the_same_seed_gives_the_same_simulation():
    first, second = (simulate_peeking(5, simulations=500, rng=9) for _ in range(2))
    assert first == second


def test_the_success_race_agrees_with_miller():
    # Miller (2015), Simple Sequential A/B Testing: seq-miller-barrier
    race = success_race(1_000)
    assert race.lead == 64
    assert race.false_positive_rate == pytest.approx(0.0455, abs=0.004)


@pytest.mark.parametrize("sides", ["one-sided", "two-sided"])
def test_the_race_agrees_with_simulated_coin_flips(sides):
    race = success_race(100, sides=sides)
    steps = np.random.default_rng(1).choice([-1, 1], (20_000, 100)).cumsum(axis=1)
    ahead = steps if sides == "one-sided" else np.abs(steps)
    found = (ahead >= race.lead).any(axis=1).mean()
    # Simulation error 0.0015; four of them.
    assert race.false_positive_rate == pytest.approx(found, abs=0.006)
    assert str(race.lead) in repr(race)


@pytest.mark.parametrize(
    ("looks", "message"),
    [
        (0, "whole number >= 1"),
        (101, "at most 100"),
        ([0.5, 0.4, 1], "must rise"),
        ([0.5, 0.9], "must rise"),
        ([], "non-empty"),
    ],
)
def test_impossible_looks_are_refused(looks, message):
    with pytest.raises(ValueError, match=message):
        group_sequential(looks)


def test_unknown_rules_are_refused_with_those_that_exist():
    with pytest.raises(ValueError, match="pocock, obrien_fleming"):
        group_sequential(3, rule="haybittle")
    with pytest.raises(ValueError, match="per_side, two_sided"):
        group_sequential(3, spending="one")
    with pytest.raises(ValueError, match="above alpha"):
        group_sequential(3, power=0.01)
    with pytest.raises(ValueError, match="at most 100"):
        peeking_risk(1_000)
    with pytest.raises(ValueError, match="must be > 0"):
        pocock_spent(0)


def test_the_simulation_comes_as_a_table():
    frame = simulate_peeking(3, simulations=1_000, rng=1).to_frame()
    assert list(frame["rule"])[:2] == ["fixed_horizon", "naive"]
    assert (frame["simulation_error"] < 0.012).all()


def test_looks_too_close_to_tell_apart_are_refused():
    with pytest.raises(ValueError, match="make them one look"):
        group_sequential([0.5, 0.50001, 1.0], rule="pocock")
    # The closest that are allowed, against 400,000 draws of the three z values: the
    # risk is 5 % within 3 simulation errors.
    information = np.array([0.5, 0.505, 1.0])
    bound = group_sequential(information, rule="pocock").z[0]
    steps = np.diff(information, prepend=0.0) ** 0.5
    rng = np.random.default_rng(3)
    scores = np.cumsum(rng.standard_normal((400_000, 3)) * steps, axis=1)
    crossed = (np.abs(scores / information**0.5) >= bound).any(axis=1)
    assert crossed.mean() == pytest.approx(0.05, abs=0.00105)


@pytest.mark.parametrize("rules", ["naive", [], 3])
def test_rules_that_are_no_list_are_refused(rules):
    with pytest.raises(ValueError, match="must be a list of rules"):
        simulate_peeking(3, rules=rules, simulations=500, rng=1)


def test_the_peeking_risk_says_how_many_times_the_level_it_is():
    # 19.3 % / 5 % = 3.9 (Armitage, McPherson, Rowe 1969)
    words = repr(peeking_risk(10))
    assert "19.3 % of tests without any effect alarm, 3.9 times" in words
    assert repr(peeking_risk(1)).startswith("One look at the end: 5.0 %")


def test_a_simulation_without_a_seed_takes_1_and_says_so():
    result = simulate_peeking(3, simulations=500)
    assert result == simulate_peeking(3, simulations=500, rng=1)
    assert "3 looks, seed 1." in repr(result)
    generator = np.random.default_rng(5)
    assert simulate_peeking(3, simulations=500, rng=generator).seed is None
