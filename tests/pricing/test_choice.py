import numpy as np
import pandas as pd
import pytest
from statsmodels.discrete.conditional_models import ConditionalLogit

import pmlab as pm
from pmlab.errors import PmlabError
from pmlab.pricing import choice_shares, conditional_logit, willingness_to_pay


def simulated(seed: int, *, sets: int = 400, people: int = 40) -> pd.DataFrame:
    """Choices among three offers, planted value: price -0.3, insured 0.9."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"choice_id": np.repeat(np.arange(sets), 3)})
    table["person"] = table["choice_id"] % people
    table["price_usd"] = rng.integers(5, 20, len(table)).astype(float)
    table["insured"] = rng.integers(0, 2, len(table))
    value = -0.3 * table["price_usd"] + 0.9 * table["insured"]
    value += rng.gumbel(size=len(table))
    best = value.groupby(table["choice_id"]).transform("max")
    table["chosen"] = (value == best).astype(int)
    return table.sample(frac=1, random_state=1)


FEATURES = ["price_usd", "insured"]


def test_two_alternatives_by_hand():
    # One feature that differs by 2: log(75 / 25) = 1.0986 = -2 b.
    sets = pd.DataFrame({"choice_id": np.repeat(range(100), 2)})
    sets["price"] = np.tile([10.0, 12.0], 100)
    sets["chosen"] = np.tile([1, 0, 1, 0, 1, 0, 0, 1], 25)
    model = conditional_logit(sets, ["price"])
    row = model.coefficients.loc[0]
    assert row["estimate"] == pytest.approx(-np.log(3) / 2)
    # Information: n p (1 - p) x 2^2 = 100 x 0.1875 x 4 = 75.
    assert row["standard_error"] == pytest.approx(1 / np.sqrt(75))
    expected = 75 * np.log(0.75) + 25 * np.log(0.25)
    assert model.log_likelihood == pytest.approx(expected)
    assert model.null_log_likelihood == pytest.approx(100 * np.log(0.5))


def test_estimates_agree_with_statsmodels():
    data = simulated(3)
    model = conditional_logit(data, FEATURES)
    oracle = ConditionalLogit(
        data["chosen"], data[FEATURES], groups=data["choice_id"]
    ).fit(disp=False)
    np.testing.assert_allclose(model.coefficients["estimate"], oracle.params, atol=1e-4)
    np.testing.assert_allclose(
        model.coefficients["standard_error"], oracle.bse, rtol=1e-3
    )
    assert model.log_likelihood == pytest.approx(oracle.llf, abs=1e-4)


@pytest.mark.slow
def test_the_interval_covers_the_planted_willingness_to_pay():
    hits = 0
    for seed in range(300):
        table = willingness_to_pay(conditional_logit(simulated(seed), FEATURES))
        hits += table["low"].item() <= 3.0 <= table["high"].item()
    assert 0.92 <= hits / 300 <= 0.98


def long_yogurt() -> pd.DataFrame:
    wide = pm.datasets.load("yogurt_choice")
    brands = ["dannon", "hiland", "weight", "yoplait"]
    parts = [
        pd.DataFrame(
            {
                "choice_id": wide["purchase"],
                "household": wide["household"],
                "price": wide[f"price_{brand}"],
                "feature": wide[f"feat_{brand}"],
                "chosen": wide["choice"] == brand,
                **{name: int(name == brand) for name in brands[1:]},
            }
        )
        for brand in brands
    ]
    return pd.concat(parts)


YOGURT = ["price", "feature", "hiland", "weight", "yoplait"]


def test_yogurt_choices_give_the_published_model():
    # Helveston (2023), logitr, on the panel of Jain, Vilcassim and Chintagunta (1994).
    model = conditional_logit(long_yogurt(), YOGURT)
    np.testing.assert_allclose(
        model.coefficients["estimate"],
        [-0.3666, 0.4914, -3.7156, -0.6412, 0.7346],
        atol=6e-5,
    )
    assert model.log_likelihood == pytest.approx(-2656.888, abs=6e-4)
    worth = willingness_to_pay(model, price="price").set_index("feature")
    assert worth.loc["feature", "willingness_to_pay"] == pytest.approx(1.34, abs=6e-3)
    assert worth.loc["yoplait", "willingness_to_pay"] == pytest.approx(2.00, abs=6e-3)


def test_errors_grow_when_choices_of_a_household_are_alike():
    data = long_yogurt()
    alone = conditional_logit(data, YOGURT).coefficients["standard_error"]
    by_household = conditional_logit(data, YOGURT, person_column="household")
    assert (by_household.coefficients["standard_error"] > alone).all()
    assert "errors by person" in by_household.summary()


@pytest.mark.parametrize(
    ("country", "log_likelihood", "price", "worth"),
    [
        (
            "US",
            -4616.95,
            -0.0739,
            {"hev": 0.81, "phev40": 2.58, "bev75": -16.05, "bev150": -9.57},
        ),
        ("CN", -6655.56, -0.0350, {"hev": 5.98, "bev75": -6.82, "bev150": -2.15}),
    ],
)
def test_vehicle_choices_give_the_known_willingness_to_pay(
    country, log_likelihood, price, worth
):
    # Data of Helveston et al. (2015), unweighted multinomial logit of the data package.
    data = pm.datasets.load("vehicle_conjoint")
    data = data[data["country"] == country]
    features = [
        name
        for name in data.columns
        if name not in {"country", "id", "question", "alt", "choice", "weights"}
    ]
    model = conditional_logit(
        data, features, set_column="question", chosen_column="choice"
    )
    assert model.log_likelihood == pytest.approx(log_likelihood, abs=0.006)
    estimates = model.coefficients.set_index("feature")["estimate"]
    assert estimates["price"] == pytest.approx(price, abs=6e-5)
    found = willingness_to_pay(model, price="price").set_index("feature")
    for feature, value in worth.items():
        assert found.loc[feature, "willingness_to_pay"] == pytest.approx(
            value, abs=0.006
        )


def test_the_delta_interval_agrees_with_draws_from_the_estimates():
    model = conditional_logit(simulated(5, sets=2000), FEATURES)
    table = willingness_to_pay(model)
    draws = np.random.default_rng(1).multivariate_normal(
        model.coefficients["estimate"], model.covariance, 200_000
    )
    worth = -draws[:, 1] / draws[:, 0]
    assert table["standard_error"].item() == pytest.approx(worth.std(), rel=0.02)
    assert table["low"].item() == pytest.approx(np.quantile(worth, 0.025), rel=0.02)


def test_money_units_change_money_only():
    data = simulated(7)
    cents = data.assign(price_usd=data["price_usd"] * 100)
    in_usd = willingness_to_pay(conditional_logit(data, FEATURES))
    in_cents = willingness_to_pay(conditional_logit(cents, FEATURES))
    for column in ("willingness_to_pay", "standard_error", "low"):
        assert in_cents[column].item() == pytest.approx(100 * in_usd[column].item())


def test_shares_sum_to_one_and_follow_the_formula():
    model = conditional_logit(simulated(3), FEATURES)
    offers = pd.DataFrame(
        {"alternative": ["a", "b"], "price_usd": [10, 12], "insured": [0, 1]}
    )
    shares = choice_shares(model, offers)["share"]
    assert shares.sum() == pytest.approx(1)
    price, insured = model.coefficients["estimate"]
    assert shares[1] / shares[0] == pytest.approx(np.exp(2 * price + insured))


def test_sets_must_have_one_choice_and_two_alternatives():
    data = simulated(1)
    with pytest.raises(ValueError, match=r"has 0 chosen .* \(400 such set\(s\)\)"):
        conditional_logit(data.assign(chosen=0), FEATURES)
    lone = data[data["chosen"] == 1]
    with pytest.raises(ValueError, match="has one alternative, must have two"):
        conditional_logit(lone, FEATURES)


def test_features_must_differ_within_sets_and_from_each_other():
    data = simulated(1)
    with pytest.raises(ValueError, match="person: the same for all alternatives"):
        conditional_logit(data, ["price_usd", "person"])
    with pytest.raises(ValueError, match="repeat each other within sets"):
        conditional_logit(
            data.assign(bare=1 - data["insured"]), ["price_usd", "insured", "bare"]
        )
    with pytest.raises(ValueError, match="must be a list with at least one column"):
        conditional_logit(data, "price_usd")


def test_a_feature_that_decides_everything_does_not_converge():
    data = simulated(1)
    with pytest.raises(PmlabError, match="does not converge"):
        conditional_logit(data.assign(wins=data["chosen"]), ["price_usd", "wins"])


def test_worth_needs_a_negative_price_effect():
    data = simulated(1)
    likes = data.assign(price_usd=-data["price_usd"])
    with pytest.raises(ValueError, match="must be negative; people seem to like"):
        willingness_to_pay(conditional_logit(likes, FEATURES))
    model = conditional_logit(data, FEATURES)
    with pytest.raises(ValueError, match="price == 'cost', must be one of price_usd"):
        willingness_to_pay(model, price="cost")
    with pytest.raises(ValueError, match="no feature besides the price"):
        willingness_to_pay(conditional_logit(data, ["price_usd"]))


def test_errors_by_person_need_more_people_than_features():
    # Scores of one person add up to 0 at the estimate: the error would be 0, too.
    data = simulated(3).assign(household="one")
    with pytest.raises(ValueError, match=r"names 1 person\(s\)"):
        conditional_logit(data, FEATURES, person_column="household")


def test_few_people_bring_a_note():
    few = simulated(3, people=8)
    model = conditional_logit(few, FEATURES, person_column="person")
    assert "with 8 people they are too small" in repr(model)
    worth = willingness_to_pay(model)
    assert worth["note"].str.contains("only 8 people").all()
