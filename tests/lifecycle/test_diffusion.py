import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pmlab as pm
from pmlab.errors import PmlabError
from pmlab.lifecycle import bass_curve, fit_bass

# Sales of video recorders 1980-1989; R tutorial on nls for the Bass model.
VCR = [840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890]


def test_video_recorders_give_the_published_fit():
    fit = fit_bass(VCR, method="density")
    assert fit.market_adopters == pytest.approx(68000, rel=0.005)
    assert fit.innovation == pytest.approx(0.00659, rel=0.005)
    assert fit.imitation == pytest.approx(0.638, rel=0.005)
    assert fit.market_error == pytest.approx(3130, rel=0.005)
    assert fit.innovation_error == pytest.approx(0.00143, rel=0.005)
    assert fit.imitation_error == pytest.approx(0.0414, rel=0.005)
    assert fit.residual_error == pytest.approx(727, rel=0.005)


@pytest.mark.parametrize(
    ("p", "q", "m", "peak"),
    [
        (0.010399, 0.41861, 16895, 8.6),  # room air conditioners
        (0.024796, 0.6541, 21937, 4.8),  # record players
        (0.017206, 0.35688, 15092, 8.1),  # clothes dryers
    ],
)
def test_peaks_of_bass_1969(p, q, m, peak):
    # Bass (1969), Management Science 15, tables 2 and 4.
    assert bass_curve(p, q, market_adopters=m).peak_period == pytest.approx(
        peak, abs=0.15
    )


@pytest.mark.parametrize(
    ("p", "q", "m", "size"),
    [
        (0.010399, 0.41861, 16895, 1857),
        (0.024796, 0.6541, 21937, 3864),
        (0.017206, 0.35688, 15092, 1479),
    ],
)
def test_peak_sizes_by_the_formula(p, q, m, size):
    assert round(bass_curve(p, q, market_adopters=m).peak_adopters) == size


def durable(name: str) -> np.ndarray:
    data = pm.datasets.load("bass_durables")
    return data.loc[data["product"] == name, "adoptions"].to_numpy(dtype=float)


@pytest.mark.parametrize(
    ("product", "p", "q", "m"),
    [
        ("room air conditioners", 0.0094, 0.3748, 18713),
        ("colour televisions", 0.0185, 0.6159, 39659),
        ("clothes dryers", 0.0136, 0.3267, 16497),
    ],
)
def test_durables_give_the_published_nonlinear_fit(product, p, q, m):
    # Mahajan, Mason and Srinivasan (1986).
    fit = fit_bass(durable(product), method="interval")
    assert fit.innovation == pytest.approx(p, abs=6e-5)
    assert fit.imitation == pytest.approx(q, abs=6e-5)
    assert fit.market_adopters == pytest.approx(m, rel=2e-4)


@pytest.mark.parametrize(
    ("product", "p", "q", "m"),
    [
        ("room air conditioners", 0.0170, 0.4050, 17091),
        ("colour televisions", 0.0357, 0.6719, 35495),
        ("clothes dryers", 0.0196, 0.3481, 15281),
    ],
)
def test_durables_give_the_known_regression(product, p, q, m):
    # Ordinary least squares of Bass (1969) on the data package bass_durables.
    fit = fit_bass(durable(product), method="regression")
    assert fit.innovation == pytest.approx(p, abs=6e-5)
    assert fit.imitation == pytest.approx(q, abs=6e-5)
    assert fit.market_adopters == pytest.approx(m, rel=2e-4)


def test_the_regression_that_fails_says_what_to_use():
    late = [3, 1, 1, 3, 5, 9, 9, 20, 25, 30, 16, 9, 4]
    with pytest.raises(PmlabError, match='use method="interval"'):
        fit_bass(late, method="regression")
    assert fit_bass(late, method="interval").imitation > 0.3


@settings(deadline=None, max_examples=20)
@given(
    p=st.floats(0.003, 0.05),
    q=st.floats(0.15, 0.8),
    m=st.floats(100, 1e7),
    method=st.sampled_from(["cumulative", "interval"]),
)
def test_planted_parameters_come_back(p, q, m, method):
    true = bass_curve(p, q, market_adopters=m)
    periods = int(2 * true.peak_period) + 6
    fit = fit_bass(true.forecast(periods)["adopters"], method=method)
    assert fit.innovation == pytest.approx(p, rel=1e-3)
    assert fit.imitation == pytest.approx(q, rel=1e-3)
    assert fit.market_adopters == pytest.approx(m, rel=1e-3)


@settings(deadline=None)
@given(p=st.floats(0.001, 0.5), q=st.floats(0, 1), m=st.floats(1, 1e9))
def test_the_curve_grows_towards_the_market(p, q, m):
    curve = bass_curve(p, q, market_adopters=m)
    total = curve.cumulative(np.arange(0, 400))
    assert total[0] == 0
    assert (np.diff(total) >= -1e-9 * m).all()
    assert total[-1] <= m * (1 + 1e-12)


def test_the_peak_is_where_adoptions_are_highest():
    curve = bass_curve(0.01, 0.4, market_adopters=1000)
    fine = np.linspace(0, 30, 30_001)
    slope = np.gradient(curve.cumulative(fine), fine)
    assert fine[slope.argmax()] == pytest.approx(curve.peak_period, abs=0.01)
    assert slope.max() == pytest.approx(curve.peak_adopters, rel=1e-4)


def test_without_imitation_adoptions_only_fall():
    curve = bass_curve(0.3, 0.1, market_adopters=1000)
    assert curve.peak_period is None
    assert curve.peak_adopters == pytest.approx(300)
    assert "fall from the start" in curve.summary()


def test_a_forecast_goes_on_after_the_series():
    fit = fit_bass(VCR)
    table = fit.forecast(36)
    assert len(table) == 36
    assert table["cumulative"].iloc[-1] <= fit.market_adopters
    assert fit.to_frame()["observed"].tolist() == VCR
    assert fit.innovation_error is None
    assert "method: cumulative" in fit.summary()


def test_a_series_before_its_peak_carries_a_warning():
    early = bass_curve(0.005, 0.3, market_adopters=1000).forecast(10)["adopters"]
    assert "ends before the peak" in fit_bass(early).summary()


def test_a_series_without_a_bend_has_no_finite_fit():
    with pytest.raises(PmlabError, match="no finite fit"):
        fit_bass([2.0**period for period in range(12)])


@pytest.mark.parametrize("method", ["cumulative", "interval", "density", "regression"])
def test_a_flat_series_says_nothing_about_the_market(method):
    with pytest.raises(PmlabError, match="the market's size can't be told"):
        fit_bass([10.0] * 12, method=method)


def test_a_market_won_at_once_needs_shorter_periods():
    with pytest.raises(PmlabError, match="use shorter periods"):
        fit_bass([100, 0, 0, 0, 0])


def test_bad_series_are_refused():
    with pytest.raises(ValueError, match="has 3 periods, must be at least 5"):
        fit_bass([1, 2, 3])
    with pytest.raises(ValueError, match="not a running total"):
        fit_bass([0, 0, 0, 0, 0])
    with pytest.raises(ValueError, match="missing or infinite"):
        fit_bass([1, 2, float("nan"), 4, 5])
    with pytest.raises(ValueError, match=r"innovation == 3, .* not a percent"):
        bass_curve(3, 38, market_adopters=100)
