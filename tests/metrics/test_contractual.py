import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlab.metrics.contractual import ShiftedBetaGeometric, fit_shifted_beta_geometric

HIGH_END = [100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1]
REGULAR = [100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1]


@pytest.mark.parametrize(
    ("survivors", "alpha", "beta"),
    # Fader & Hardie (2007), seven years of two segments
    [(HIGH_END, 0.668, 3.806), (REGULAR, 0.704, 1.182)],
)
def test_the_published_segments_give_the_published_parameters(survivors, alpha, beta):
    model = fit_shifted_beta_geometric(survivors)
    assert (model.alpha, model.beta) == pytest.approx((alpha, beta), abs=0.002)


def test_projected_survival_agrees_with_the_published_table():
    model = ShiftedBetaGeometric(alpha=0.668, beta=3.806)
    published = {1: 0.851, 2: 0.747, 4: 0.610, 7: 0.489, 10: 0.414, 12: 0.378}
    for year, survival in published.items():
        assert model.survival_at(year) == pytest.approx(survival, abs=0.001)


parameters = st.floats(0.1, 20)


@given(parameters, parameters)
def test_retention_rises_with_age_and_multiplies_to_survival(alpha, beta):
    model = ShiftedBetaGeometric(alpha=alpha, beta=beta)
    rates = [model.retention_rate(period) for period in range(1, 8)]
    assert rates == sorted(rates)
    survival = 1.0
    for period, rate in enumerate(rates, start=1):
        survival *= rate
        assert model.survival_at(period) == pytest.approx(survival)


@pytest.mark.parametrize("renewals", [0, 1, 4])
def test_residual_lifetime_is_the_discounted_sum_of_survival(renewals):
    model = ShiftedBetaGeometric(alpha=0.668, beta=3.806)
    n, rate = renewals + 1, 0.1
    total = sum(
        model.survival_at(t) / model.survival_at(n - 1) / (1 + rate) ** (t - n)
        for t in range(n, n + 400)
    )
    lifetime = model.expected_residual_lifetime(discount_rate=rate, renewals=renewals)
    assert lifetime == pytest.approx(total, rel=1e-9)


def test_counts_and_percent_give_the_same_model():
    share = fit_shifted_beta_geometric(HIGH_END)
    count = fit_shifted_beta_geometric([value * 50 for value in HIGH_END])
    assert (share.alpha, share.beta) == pytest.approx((count.alpha, count.beta))


@pytest.mark.parametrize(
    ("survivors", "message"),
    [
        ([100, 90], "must have the start and at least two periods"),
        ([100, 90, 95], "must fall from the size of the cohort"),
        ([100, 100, 100], "survivors never fall"),
        ([100, float("nan"), 80], "holds 1 missing"),
    ],
)
def test_bad_survivors_are_refused(survivors, message):
    with pytest.raises(ValueError, match=message):
        fit_shifted_beta_geometric(survivors)
