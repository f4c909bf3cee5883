import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlab.experiments import (
    Analysis,
    adjust_p_values,
    compare_rates,
    false_positive_risk,
)

# Benjamini, Hochberg (1995), section 4.1: bh-1995
PUBLISHED = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324,
    0.4262, 0.5719, 0.6528, 0.759, 1.0,
]  # fmt: skip
# tea-tasting tests/test_multiplicity.py: bh-tt, by-tt, holm-sidak-tt
TEA = [0.005, 0.06, 0.007, 0.04, 0.01, 0.03]

families = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def test_bh_and_bonferroni_reject_as_published():
    assert sum(adjust_p_values(PUBLISHED, correction="bonferroni").rejected) == 3
    assert sum(adjust_p_values(PUBLISHED, correction="bh").rejected) == 4


@pytest.mark.parametrize(
    ("correction", "expected", "tolerance"),
    [
        ("bh", [0.02, 0.06, 0.02, 0.048, 0.02, 0.045], 1e-12),
        ("by", [0.049, 0.147, 0.049, 0.1176, 0.049, 0.11025], 1e-12),
        (
            "holm_sidak",
            [0.0296274906437343, 0.087327, 0.0345134180118071, 0.087327,
             0.0394039900000001, 0.087327],
            1e-9,
        ),
    ],
)  # fmt: skip
def test_adjusted_values_agree_with_tea_tasting(correction, expected, tolerance):
    result = adjust_p_values(TEA, correction=correction)
    assert result.adjusted == pytest.approx(expected, abs=tolerance)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("holm", "holm"),
        ("hochberg", "simes-hochberg"),
        ("bonferroni", "bonferroni"),
        ("sidak", "sidak"),
        ("holm_sidak", "holm-sidak"),
        ("bh", "fdr_bh"),
        ("by", "fdr_by"),
    ],
)
def test_every_correction_agrees_with_statsmodels(ours, theirs):
    from statsmodels.stats.multitest import multipletests

    values = np.random.default_rng(5).beta(0.3, 1.5, 40)
    rejected, adjusted, _, _ = multipletests(values, alpha=0.05, method=theirs)
    result = adjust_p_values(values, correction=ours)
    assert result.adjusted == pytest.approx(adjusted, abs=1e-12)
    assert list(result.rejected) == list(rejected)


@given(families)
def test_corrections_never_make_a_p_value_smaller(values):
    for correction in ("holm", "hochberg", "bonferroni", "holm_sidak", "bh", "by"):
        adjusted = adjust_p_values(values, correction=correction).adjusted
        assert all(b >= a - 1e-12 for a, b in zip(values, adjusted, strict=True))


@given(families)
def test_hochberg_is_never_stricter_than_holm_nor_holm_than_bonferroni(values):
    hochberg, holm, bonferroni = (
        adjust_p_values(values, correction=name).adjusted
        for name in ("hochberg", "holm", "bonferroni")
    )
    assert all(a <= b + 1e-12 for a, b in zip(hochberg, holm, strict=True))
    assert all(a <= b + 1e-12 for a, b in zip(holm, bonferroni, strict=True))


def test_names_stay_with_their_values():
    result = adjust_p_values({"orders": 0.04, "visits": 0.001})
    assert result.names == ("orders", "visits")
    assert result.rejected == (True, True)
    assert list(result.to_frame()["name"]) == ["orders", "visits"]
    assert "2 stand after Holm" in repr(result)


def test_no_correction_leaves_the_values():
    result = adjust_p_values(TEA, correction="none")
    assert result.adjusted == result.p_values


@pytest.mark.parametrize(
    ("values", "message"),
    [([], "non-empty"), ([0.1, float("nan")], "missing"), ([1.2], "in \\[0, 1\\]")],
)
def test_impossible_p_values_are_refused(values, message):
    with pytest.raises(ValueError, match=message):
        adjust_p_values(values)


def test_false_positive_risk_is_22_percent_at_the_published_rates():
    # Kohavi, Deng, Vermeer (2022): 10 % success rate, 80 % power, alpha 0.05
    # 0.025 x 0.9 / (0.025 x 0.9 + 0.8 x 0.1) = 0.0225 / 0.1025
    assert false_positive_risk(0.10) == pytest.approx(0.0225 / 0.1025)


def test_false_positive_risk_falls_with_success_and_power():
    assert false_positive_risk(0.3) < false_positive_risk(0.1)
    assert false_positive_risk(0.1, power=0.5) > false_positive_risk(0.1)
    assert false_positive_risk(0) == 1
    assert false_positive_risk(1) == 0


def test_false_positive_risk_refuses_a_percent():
    with pytest.raises(ValueError, match="not a percent"):
        false_positive_risk(10)


def test_p_values_may_come_as_a_series_or_an_analysis():
    family = {"orders": 0.004, "returns": 0.03, "visits": 0.04}
    assert adjust_p_values(pd.Series(family)) == adjust_p_values(family)
    # Positions of a list start at 1, an index keeps its own names.
    assert adjust_p_values(pd.Series([0.01, 0.2])).names == ("0", "1")
    effects = {
        "booked": compare_rates((480, 10_000), (560, 10_000)),
        "called": compare_rates((90, 10_000), (95, 10_000)),
    }
    test = Analysis(
        arm_users={"a": 10_000, "b": 10_000},
        control="a",
        treatment="b",
        effects=effects,
    )
    raw = {name: effect.p_value for name, effect in effects.items()}
    assert adjust_p_values(test) == adjust_p_values(raw)
    assert "1 stands after Holm: booked" in repr(adjust_p_values(test))
