from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pmlab import datasets
from pmlab.metrics._fitting import NotConvergedError
from pmlab.metrics.pareto_nbd import ParetoNBD, fit_pareto_nbd
from pmlab.metrics.purchases import purchase_summary
from pmlab.metrics.repeat_buying import BetaGeometricNBD, fit_bg_nbd
from pmlab.metrics.spend import GammaGamma, fit_gamma_gamma

# The 1/10 sample of the CDNOW cohort, weeks 1 to 39 (Fader & Hardie), with customer
# numbers of the whole file; from the library lifetimes 0.11.3, MIT license.
SAMPLE = pd.read_csv(Path(__file__).parent / "data" / "cdnow_sample.csv")

# Fader, Hardie & Lee (2005), table 2
PUBLISHED = BetaGeometricNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
PUBLISHED_PARETO = ParetoNBD(r=0.5534, alpha=10.5802, s=0.6061, beta=11.6562)


@pytest.fixture(scope="module")
def fitted() -> BetaGeometricNBD:
    return fit_bg_nbd(SAMPLE)


def test_the_reference_purchases_give_frequency_recency_and_age(to_engine, rows_of):
    # lifetimes test_summary_data_from_transaction_data_returns_correct_results
    purchases = pd.DataFrame(
        {
            "customer_id": [1, 1, 2, 3, 3, 3],
            "date": pd.to_datetime(
                [
                    "2015-02-01",
                    "2015-02-06",
                    "2015-01-01",
                    "2015-01-01",
                    "2015-01-02",
                    "2015-01-05",
                ]
            ),
        }
    )
    table = purchase_summary(to_engine(purchases), last_day="2015-02-07")
    assert rows_of(table) == [(1, 1, 5, 6), (2, 0, 0, 37), (3, 2, 4, 37)]


def test_purchases_of_one_day_are_one_and_the_first_day_is_not_repeat_spend(to_engine):
    purchases = pd.DataFrame(
        {
            "customer_id": ["a"] * 5 + ["b"],
            "date": pd.to_datetime(
                [
                    "2025-01-01T09",
                    "2025-01-01T18",
                    "2025-01-15T10",
                    "2025-01-15T11",
                    "2025-01-22T10",
                    "2025-01-29T10",
                ]
            ),
            "usd": [100.0, 50.0, 10.0, 20.0, 50.0, 7.0],
        }
    )
    table = purchase_summary(
        to_engine(purchases),
        last_day="2025-01-29",
        time_unit="week",
        amount_column="usd",
    )
    model_input = fit_rows(table)
    assert model_input == [("a", 2, 3.0, 4.0, 40.0), ("b", 0, 0.0, 0.0, 0.0)]


def fit_rows(table):
    if isinstance(table, pd.DataFrame):
        return sorted(table.itertuples(index=False, name=None))
    if hasattr(table, "fetchall"):
        return sorted(table.fetchall())
    frame = table.collect() if hasattr(table, "collect") else table
    rows = frame.rows() if hasattr(frame, "rows") else frame
    return sorted(tuple(row) for row in rows)


def test_the_packaged_purchases_give_the_sample_of_the_literature():
    everybody = datasets.load("cdnow")
    ours = everybody[everybody["customer_id"].isin(SAMPLE["customer_id"])]
    table = purchase_summary(ours, last_day="1997-09-30", time_unit="week")
    both = table.merge(SAMPLE, on="customer_id", suffixes=("", "_published"))
    assert len(both) == 2357
    for column in ("frequency", "recency", "age"):
        published = both[f"{column}_published"]
        np.testing.assert_allclose(both[column], published, atol=0.006)


def test_bg_nbd_fits_cdnow_as_published(fitted):
    # Fader, Hardie & Lee (2005), table 2
    for name, value in {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}.items():
        assert getattr(fitted, name) == pytest.approx(value, abs=0.005)
    assert fitted.log_likelihood == pytest.approx(-9582.4, rel=1e-5)
    assert fitted.customers == 2357


def test_the_fit_does_not_depend_on_the_time_unit(fitted):
    days = SAMPLE.assign(recency=SAMPLE["recency"] * 7, age=SAMPLE["age"] * 7)
    model = fit_bg_nbd(days)
    assert (model.r, model.a, model.b) == pytest.approx(
        (fitted.r, fitted.a, fitted.b), rel=1e-3
    )
    assert model.alpha == pytest.approx(7 * fitted.alpha, rel=1e-3)


def test_the_fit_agrees_in_every_engine(to_engine, fitted):
    model = fit_bg_nbd(to_engine(SAMPLE))
    assert (model.r, model.alpha) == pytest.approx((fitted.r, fitted.alpha), rel=1e-5)


@pytest.mark.parametrize(
    ("week", "expected"),
    # Hardie's BG/NBD spreadsheet, via the tests of lifetimes
    [(0.1429, 0.0078), (1.0, 0.0532), (3.0, 0.1506), (31.8571, 1.0405), (78, 1.8576)],
)
def test_expected_purchases_agree_with_the_spreadsheet(fitted, week, expected):
    assert fitted.expected_purchases(week) == pytest.approx(expected, abs=2e-3)


def test_expected_future_purchases_agree_with_the_spreadsheet():
    # Hardie's BG/NBD spreadsheet: x = 2, t_x = 30.43, T = 38.86, t = 39 gives 1.226
    future = PUBLISHED.expected_future_purchases(
        39, frequency=2, recency=30.43, age=38.86
    )
    assert future == pytest.approx(1.226, abs=1e-3)


@pytest.mark.parametrize(
    "model",
    [PUBLISHED, BetaGeometricNBD(r=0.8, alpha=3, a=1.0, b=2.0)],
)
def test_expectations_agree_with_a_simulation(model):
    rng = np.random.default_rng(7)
    people, horizon = 40_000, 30.0
    rate = rng.gamma(model.r, 1 / model.alpha, people)
    drop = rng.beta(model.a, model.b, people)
    count, clock = np.zeros(people), np.zeros(people)
    active = np.ones(people, dtype=bool)
    while active.any():
        clock[active] += rng.exponential(1 / rate[active])
        active &= clock <= horizon
        count[active] += 1
        active &= rng.random(people) > drop
    standard_error = count.std() / np.sqrt(people)
    expected = model.expected_purchases(horizon)
    assert abs(count.mean() - expected) < 4 * standard_error
    for number in (0, 1, 4):
        share = model.purchase_probability(number, time=horizon)
        assert (count == number).mean() == pytest.approx(share, abs=0.012)


def test_purchase_probabilities_add_up_to_one():
    shares = [PUBLISHED.purchase_probability(n, time=39) for n in range(150)]
    assert sum(shares) == pytest.approx(1, abs=1e-6)
    mean = sum(n * share for n, share in enumerate(shares))
    assert mean == pytest.approx(PUBLISHED.expected_purchases(39), abs=1e-4)


def test_silence_lowers_the_chance_to_be_alive():
    chances = [
        PUBLISHED.probability_alive(frequency=5, recency=recency, age=38)
        for recency in (5, 20, 38)
    ]
    assert chances == sorted(chances)
    assert PUBLISHED.probability_alive(frequency=0, recency=0, age=38) == 1.0


def test_predictions_stand_beside_each_customer():
    polars = pytest.importorskip("polars")
    head = SAMPLE.head(10)
    table = PUBLISHED.predict(head, time=39)
    first = head.iloc[0]
    assert table["expected_purchases"].iloc[0] == pytest.approx(
        PUBLISHED.expected_future_purchases(
            39,
            frequency=first["frequency"],
            recency=first["recency"],
            age=first["age"],
        )
    )
    other = PUBLISHED.predict(polars.from_pandas(head), time=39)
    assert other["probability_alive"].to_list() == pytest.approx(
        table["probability_alive"].tolist()
    )
    with pytest.raises(TypeError, match="collect it first"):
        PUBLISHED.predict(polars.from_pandas(head).lazy(), time=39)


def test_pareto_nbd_knows_who_is_alive():
    # R BTYD walkthrough, page 8
    alive = PUBLISHED_PARETO.probability_alive(frequency=26, recency=30.86, age=31)
    assert alive == pytest.approx(0.9979, abs=0.001)


def test_pareto_nbd_expectations_agree_with_btyd():
    # R BTYD walkthrough: 1.473 in the first 52 weeks; 25.46 in the next 52 for x = 26
    assert PUBLISHED_PARETO.expected_purchases(52) == pytest.approx(1.473, abs=1e-3)
    future = PUBLISHED_PARETO.expected_future_purchases(
        52, frequency=26, recency=30.86, age=31
    )
    assert future == pytest.approx(25.46, abs=0.01)


@pytest.mark.slow
def test_pareto_nbd_fits_cdnow_as_published():
    # Fader, Hardie & Lee (2005), table 2
    model = fit_pareto_nbd(SAMPLE)
    for name, value in {"r": 0.553, "alpha": 10.578, "s": 0.606}.items():
        assert getattr(model, name) == pytest.approx(value, abs=0.01)
    assert model.beta == pytest.approx(11.669, abs=0.02)
    assert model.log_likelihood == pytest.approx(-9594.98, abs=0.01)


def test_gamma_gamma_fits_cdnow_as_published():
    # Fader & Hardie (2013), note 025
    model = fit_gamma_gamma(SAMPLE)
    assert model.customers == 946
    assert (model.p, model.q, model.v) == pytest.approx((6.25, 3.74, 15.44), abs=0.01)


def test_expected_spend_agrees_with_the_spreadsheet():
    # Hardie note 025
    model = GammaGamma(p=6.25, q=3.74, v=15.44)
    seen = [(2, 22.35), (1, 11.77), (0, 0.0), (7, 73.74), (2, 25.55)]
    expected = [24.65, 18.91, 35.17, 71.46, 27.28]
    for (purchases, spend), value in zip(seen, expected, strict=True):
        spent = model.expected_spend(purchases=purchases, mean_spend=spend)
        assert spent == pytest.approx(value, abs=0.1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"recency": 99.0}, "must be <= age; recency is the time from the first"),
        ({"frequency": 0}, "recency is above 0 for customers without a repeat"),
        ({"frequency": 0, "recency": 0.0}, "frequency is 0 for every customer"),
        ({"frequency": -1}, "frequency holds -1, must be >= 0"),
        ({"age": None}, r"age is missing for 50 customer\(s\)"),
        ({"frequency": 1.5}, "frequency holds fractions"),
        ({"age": 0.0, "recency": 0.0}, "age holds 0, must be > 0"),
    ],
)
def test_impossible_histories_are_refused(change, message):
    table = SAMPLE.head(50).assign(**change)
    with pytest.raises(ValueError, match=message):
        fit_bg_nbd(table)


def test_customers_who_are_all_alike_do_not_settle_a_model():
    alike = pd.DataFrame({"frequency": [4] * 30, "recency": [9.0] * 30, "age": 10.0})
    with pytest.raises(NotConvergedError, match="ran to the edge of its range"):
        fit_bg_nbd(alike)


@pytest.mark.parametrize(
    ("amounts", "message"),
    [([5.0, -1.0], "must be >= 0 in each row"), ([5.0, None], r"lacks 1 amount")],
)
def test_refunds_and_missing_amounts_are_refused(amounts, message):
    purchases = pd.DataFrame(
        {
            "customer_id": [1, 1],
            "date": pd.to_datetime(["2025-01-01", "2025-01-02"]),
            "usd": amounts,
        }
    )
    with pytest.raises(ValueError, match=message):
        purchase_summary(purchases, last_day="2025-02-01", amount_column="usd")


def test_very_frequent_customers_have_an_expectation():
    # With 2,000 purchases the own rate is known: 2,000.243 / 43.274 per week. Alive and
    # with dropout about a / (b + x) per purchase, a week brings slightly less of them.
    model = BetaGeometricNBD(r=0.243, alpha=4.414, a=0.793, b=2.426)
    history = {"frequency": 2_000, "recency": 38.86, "age": 38.86}
    week = model.expected_future_purchases(1, **history)
    rate = 2_000.243 / 43.274
    assert 0.98 * rate < week / model.probability_alive(**history) < rate
