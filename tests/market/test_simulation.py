import numpy as np
import pytest
from scipy import stats

from pmlab import market


def profit(units, margin, cost):
    return units * margin - cost


INPUTS = {
    "units": market.value_range(50, 200),
    "margin": market.value_range(8, 12, distribution="normal"),
    "cost": 900.0,
}


def test_a_sum_of_normal_inputs_has_the_known_mean_spread_and_loss_chance():
    # Closed form: N(10, 3) + N(-6, 4) is N(4, 5).
    z = stats.norm.ppf(0.95)
    inputs = {
        "gain": market.value_range(10 - 3 * z, 10 + 3 * z, distribution="normal"),
        "loss": market.value_range(-6 - 4 * z, -6 + 4 * z, distribution="normal"),
    }
    result = market.simulate(
        lambda gain, loss: gain + loss, inputs, draws=40_000, rng=11
    )
    assert result.mean == pytest.approx(4, abs=0.1)
    assert result.p10 == pytest.approx(stats.norm(4, 5).ppf(0.1), abs=0.2)
    assert result.p90 == pytest.approx(stats.norm(4, 5).ppf(0.9), abs=0.2)
    assert result.probability_below_zero == pytest.approx(
        stats.norm(4, 5).cdf(0), abs=0.01
    )
    assert result.probability_below(4) == pytest.approx(0.5, abs=0.01)


def test_the_inputs_are_drawn_independently_and_fixed_ones_stay():
    result = market.simulate(profit, INPUTS, draws=5_000, rng=2)
    correlation = np.corrcoef(result.inputs["units"], result.inputs["margin"])[0, 1]
    assert abs(correlation) < 0.05
    assert set(result.inputs["cost"]) == {900.0}


def test_the_same_seed_gives_the_same_simulation():
    first = market.simulate(profit, INPUTS, draws=100, rng=5)
    second = market.simulate(profit, INPUTS, draws=100, rng=5)
    assert (first.outcomes == second.outcomes).all()
    assert "below zero" in repr(first)
    assert first.to_frame().loc[0, "draws"] == 100


def test_each_input_swings_over_its_own_range_with_the_others_at_their_median():
    # By hand: medians 100 and 10; units P10-P90 = 100 / 2^k to 100 x 2^k with
    # k = z(0.90) / z(0.95); margin 10 -/+ 2 k.
    k = stats.norm.ppf(0.9) / stats.norm.ppf(0.95)
    result = market.tornado(profit, INPUTS)
    table = result.to_frame().set_index("input")
    assert result.base == pytest.approx(100)
    assert result.largest == "units"
    assert table.index.tolist() == ["units", "margin"]
    assert table.loc["units", "outcome_at_low"] == pytest.approx(1000 / 2**k - 900)
    assert table.loc["units", "outcome_at_high"] == pytest.approx(1000 * 2**k - 900)
    assert table.loc["margin", "swing"] == pytest.approx(400 * k)


def test_a_swing_counts_its_distance_when_the_input_lowers_the_outcome():
    result = market.tornado(
        lambda cost: 100 - cost, {"cost": market.value_range(10, 30)}
    )
    row = result.to_frame().iloc[0]
    assert row["outcome_at_low"] > row["outcome_at_high"]
    assert row["swing"] == pytest.approx(row["outcome_at_low"] - row["outcome_at_high"])


def test_the_table_of_a_tornado_is_a_copy():
    result = market.tornado(profit, INPUTS)
    table = result.to_frame()
    table["swing"] = 0.0
    assert (result.to_frame()["swing"] > 0).all()
    assert "units moves it most" in repr(result)


@pytest.mark.parametrize("use", [market.tornado, market.simulate])
def test_models_and_inputs_that_cannot_work_are_refused(use):
    seed = {"rng": 1} if use is market.simulate else {}
    with pytest.raises(ValueError, match="inputs has no range among units"):
        use(lambda units: units, {"units": 3.0}, **seed)
    with pytest.raises(ValueError, match="its 0 entries"):
        use(lambda: 1, {}, **seed)
    with pytest.raises(TypeError, match=r"inputs\['cost'\] == '9', must be a number"):
        use(profit, INPUTS | {"cost": "9"}, **seed)
    with pytest.raises(ValueError, match="must return one number for each"):
        use(lambda **inputs: inputs["units"].mean(), INPUTS, **seed)
    with pytest.raises(ValueError, match="result of the model holds"):
        use(lambda **inputs: inputs["units"] * np.nan, INPUTS, **seed)


def test_quantiles_in_the_wrong_order_and_zero_draws_are_refused():
    with pytest.raises(ValueError, match="is not below high_quantile"):
        market.tornado(profit, INPUTS, low_quantile=0.9, high_quantile=0.1)
    with pytest.raises(ValueError, match="draws == 0, must be a whole number >= 1"):
        market.simulate(profit, INPUTS, draws=0, rng=1)


def test_money_gets_its_sign_and_the_seed_is_shown():
    result = market.simulate(profit, INPUTS, draws=100, unit="usd")
    assert "In 100 draws (seed 0) the outcome has a median of $" in repr(result)
    assert "the outcome is $" in repr(market.tornado(profit, INPUTS, unit="usd"))
    again = market.simulate(profit, INPUTS, draws=100, rng=0)
    assert (result.outcomes == again.outcomes).all()


def test_a_share_above_1_is_named_by_simulation_and_tornado():
    inputs = {"units": 10.0, "share": market.value_range(0.5, 0.95)}

    def model(units, share):
        return units * share

    note = "share leaves 0 to 1 in 2.8 % of draws: if it is a share"
    assert note in repr(market.simulate(model, inputs, draws=100))
    assert note in repr(market.tornado(model, inputs))


def test_two_ends_in_brackets_are_told_what_to_say():
    with pytest.raises(TypeError, match=r"say pm.market.value_range\(1, 5\)"):
        market.simulate(profit, {**INPUTS, "units": (1, 5)})
