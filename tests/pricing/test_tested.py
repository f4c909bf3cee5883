import numpy as np
import pandas as pd
import pytest

from pmlab.pricing import gabor_granger


def answers(counts: dict[float, tuple[int, int]]) -> pd.DataFrame:
    rows = [
        (price, buys)
        for price, (asked, buyers) in counts.items()
        for buys in [1] * buyers + [0] * (asked - buyers)
    ]
    return pd.DataFrame(rows, columns=["price_usd", "would_buy"])


TEST = answers({20: (100, 80), 30: (100, 60), 40: (100, 42), 50: (100, 20)})


def test_contribution_and_revenue_can_choose_different_prices():
    # Revenue: 16, 18, 16.8, 10. Contribution at cost 15: 4, 9, 10.5, 7.
    result = gabor_granger(TEST, unit_cost_usd=15)
    assert result.best_price_usd == 40
    assert result.revenue_price_usd == 30
    np.testing.assert_allclose(result.prices["revenue_usd"], [16, 18, 16.8, 10])
    np.testing.assert_allclose(result.prices["contribution_usd"], [4, 9, 10.5, 7])
    assert "Revenue alone would point to $30" in result.summary()
    assert (
        gabor_granger(TEST, unit_cost_usd=15, objective="revenue").best_price_usd == 30
    )


def test_a_marketplace_keeps_its_take_only():
    # (price x 0.25 - 5) x share: 0, 1.5, 2.1, 1.5.
    result = gabor_granger(TEST, unit_cost_usd=5, take_rate=0.25)
    np.testing.assert_allclose(result.prices["contribution_usd"], [0, 1.5, 2.1, 1.5])


def test_the_share_has_a_wilson_interval():
    # Newcombe (1998), table I: 15 of 148 gives 0.0624 to 0.1605.
    prices = gabor_granger(answers({5: (148, 15), 9: (10, 1)})).prices
    assert prices.loc[0, "share_low"] == pytest.approx(0.0624, abs=1e-4)
    assert prices.loc[0, "share_high"] == pytest.approx(0.1605, abs=1e-4)


def test_notes_name_edges_noise_and_losses():
    edge = gabor_granger(answers({20: (10, 5), 30: (10, 6)}))
    assert "at the edge of the test" in edge.summary()
    assert "More would buy at $30" in edge.summary()
    assert "covers the unit cost" in gabor_granger(TEST, unit_cost_usd=60).summary()


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match=r"only one price was asked \(20\)"):
        gabor_granger(answers({20: (10, 5)}))
    with pytest.raises(ValueError, match="would_buy holds 5, must be True or False"):
        gabor_granger(TEST.assign(would_buy=5))
    with pytest.raises(ValueError, match="price_usd in row 0 == 0, must be > 0"):
        gabor_granger(TEST.assign(price_usd=0))
    with pytest.raises(ValueError, match="take_rate == 0, must be > 0"):
        gabor_granger(TEST, take_rate=0)
    with pytest.raises(ValueError, match=r"take_rate == 25, .* not a percent"):
        gabor_granger(TEST, take_rate=25)


def test_prices_that_the_counts_cannot_tell_apart_are_named():
    # Newcombe's interval by statsmodels, on shares times the margins 15, 25 and 35.
    from statsmodels.stats.proportion import proportion_confint

    few = gabor_granger(TEST, unit_cost_usd=15)
    assert "$30 can't be told apart" not in repr(few)
    low40, _ = proportion_confint(42, 100, method="wilson")
    for price, margin, buyers in [(20, 5, 80), (30, 15, 60), (50, 35, 20)]:
        _, high = proportion_confint(buyers, 100, method="wilson")
        gap = 25 * 0.42 - margin * buyers / 100
        half = np.hypot(25 * (0.42 - low40), margin * (high - buyers / 100))
        named = any(f"${price} " in n for n in few.notes if "told apart" in n)
        assert named == (gap <= half)
    many = answers({p: (10_000, b) for p, b in [(20, 8000), (30, 6000), (40, 4200)]})
    assert "told apart" not in repr(gabor_granger(many, unit_cost_usd=15))
