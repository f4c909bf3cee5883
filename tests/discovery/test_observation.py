import numpy as np
import pandas as pd
import pytest
from scipy import stats

from pmlab.discovery import say_do_gap

LOG = pd.DataFrame(
    {
        "participant_id": ["a", "a", "b", "c", "d", "e", "f"],
        "stated_minutes": [10, 12, 20, 15, 30, 5, None],
        "observed_minutes": [22, 20, 25, 35, 33, 19, 40],
    }
)


def test_the_gap_is_the_median_of_differences_not_the_difference_of_medians():
    # Differences -20, 5, 10: median 5; the medians are 20 and 20.
    log = pd.DataFrame({"participant_id": list("abc")})
    log["stated_minutes"], log["observed_minutes"] = [10, 20, 30], [30, 15, 20]
    result = say_do_gap(log, rng=1)
    assert result.median_gap == 5
    assert result.median_stated == result.median_observed == 20
    assert result.low <= result.median_gap <= result.high


def test_missing_answers_are_left_out_and_counted():
    result = say_do_gap(LOG, rng=1)
    assert (result.people, result.pairs, result.unanswered) == (5, 6, 1)
    assert "1 unanswered row(s) are left out" in result.summary()
    assert "less than was observed" in result.summary()


def test_one_pair_per_person_agrees_with_scipy():
    rng = np.random.default_rng(8)
    log = pd.DataFrame({"participant_id": range(41)})
    log["observed_minutes"] = rng.gamma(4, 6, 41)
    log["stated_minutes"] = log["observed_minutes"] * rng.uniform(0.3, 1.1, 41)
    gap = (log["stated_minutes"] - log["observed_minutes"]).to_numpy()
    expected = stats.bootstrap(
        (gap,), np.median, n_resamples=20_000, method="percentile", rng=1
    ).confidence_interval
    result = say_do_gap(log, draws=20_000, rng=2)
    spread = expected.high - expected.low
    assert result.low == pytest.approx(expected.low, abs=0.05 * spread)
    assert result.high == pytest.approx(expected.high, abs=0.05 * spread)


def test_rows_of_one_person_do_not_count_as_many_people():
    one_each = say_do_gap(LOG.dropna(), rng=3, draws=4000)
    copies = pd.concat([LOG.dropna()] * 10)
    many = say_do_gap(copies, rng=3, draws=4000)
    assert many.people == one_each.people
    assert (many.low, many.high) == (one_each.low, one_each.high)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="1 people have a pair, must be at least 2"):
        say_do_gap(LOG.head(2), rng=1)
    with pytest.raises(ValueError, match="observed_minutes in row 0 == -1"):
        say_do_gap(LOG.assign(observed_minutes=-1), rng=1)
