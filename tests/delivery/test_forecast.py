from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pmlab.delivery import forecast_items, forecast_weeks

HISTORY = [3, 5, 0, 4, 6, 2, 0, 5, 4, 3]


def test_a_steady_team_needs_items_over_rate():
    result = forecast_weeks([4, 4, 4], items=38, draws=200, rng=1)
    assert (result.p50_weeks, result.p85_weeks) == (10, 10)
    assert result.mean_rate_weeks == 9.5


def test_weeks_of_none_or_one_follow_the_negative_binomial():
    # Each week one item with chance 1/2: weeks - items is negative binomial.
    result = forecast_weeks([0, 1], items=8, draws=40_000, rng=3)
    weeks = result.curve["week"].to_numpy()
    expected = stats.nbinom(8, 0.5).cdf(weeks - 8)
    np.testing.assert_allclose(result.curve["finished_rate"], expected, atol=0.01)
    assert result.p85_weeks == 8 + stats.nbinom(8, 0.5).ppf(0.85)


def test_dropping_weeks_with_nothing_done_makes_the_forecast_too_short():
    honest = forecast_weeks(HISTORY, items=38, draws=2000, rng=1)
    rosy = forecast_weeks([n for n in HISTORY if n], items=38, draws=2000, rng=1)
    assert honest.zero_weeks == 2
    assert rosy.p85_weeks < honest.p85_weeks
    assert "2 of them with nothing finished" in honest.summary()


def test_about_half_of_the_runs_take_longer_than_the_mean_rate():
    result = forecast_weeks(HISTORY, items=40, draws=4000, rng=1)
    curve = result.curve.set_index("week")["finished_rate"]
    assert 0.35 < curve[int(result.mean_rate_weeks)] < 0.65
    assert result.p85_weeks > result.mean_rate_weeks


def test_a_start_gives_dates():
    result = forecast_weeks([4], items=8, start=date(2026, 1, 5), draws=100, rng=1)
    assert result.p85_date == date(2026, 1, 19)
    assert "19 January 2026" in result.summary()
    assert result.to_frame()["finish_date"].dt.date.tolist() == [date(2026, 1, 19)] * 4


def test_new_work_makes_it_longer():
    alone = forecast_weeks([4, 6], items=30, draws=1000, rng=2)
    fed = forecast_weeks([4, 6], items=30, arrivals=[1, 3], draws=1000, rng=2)
    # Net rate 3 a week instead of 5.
    assert alone.mean_rate_weeks == 6
    assert fed.mean_rate_weeks == 10
    assert fed.p85_weeks > alone.p85_weeks


def test_work_that_never_ends_is_explained():
    with pytest.raises(
        ValueError, match="zero in all 3 weeks, so the work would never"
    ):
        forecast_weeks([0, 0, 0], items=5, rng=1)
    with pytest.raises(ValueError, match=r"5 new items arrive .* never finish"):
        forecast_weeks([4, 6], items=5, arrivals=[5], rng=1)


def test_runs_that_do_not_finish_in_time_are_reported():
    result = forecast_weeks([0] * 20 + [1], items=50, draws=200, max_weeks=100, rng=1)
    assert result.p85_weeks is None
    assert result.unfinished_rate == 1
    assert "there is no date with an 85 % chance" in result.summary()
    assert result.to_frame()["weeks"].isna().all()


@settings(deadline=None, max_examples=30)
@given(
    history=st.lists(st.integers(0, 9), min_size=1, max_size=20).filter(any),
    items=st.integers(1, 60),
)
def test_more_chance_needs_more_weeks_and_the_seed_decides(history, items):
    first, second = (
        forecast_weeks(history, items=items, draws=200, max_weeks=5000, rng=4)
        for _ in range(2)
    )
    assert first.p50_weeks <= first.p85_weeks
    assert first.p85_weeks == second.p85_weeks
    assert first.curve["finished_rate"].is_monotonic_increasing


def test_items_in_a_number_of_weeks_follow_the_binomial():
    result = forecast_items([0, 1], weeks=40, draws=40_000, rng=5)
    exact = stats.binom(40, 0.5)
    assert result.mean_items == pytest.approx(20, abs=0.1)
    # Largest k with P(at least k) >= 0.85.
    expected = max(k for k in range(41) if exact.sf(k - 1) >= 0.85)
    assert result.p85_items == expected
    assert f"at least {expected} items" in result.summary()


def test_bad_history_is_refused():
    with pytest.raises(ValueError, match="holds -1, must be counts"):
        forecast_weeks([3, -1], items=5, rng=1)
    with pytest.raises(ValueError, match=r"holds 2\.5, must be whole .* points"):
        forecast_weeks([3, 2.5], items=5, rng=1)
    with pytest.raises(ValueError, match="missing or infinite"):
        forecast_items([3, float("nan")], weeks=5, rng=1)
    with pytest.raises(ValueError, match="items == 0, must be a whole number >= 1"):
        forecast_weeks([3], items=0, rng=1)
    with pytest.raises(ValueError, match="non-empty list"):
        forecast_weeks([], items=3, rng=1)


def test_a_short_history_brings_a_warning():
    short = forecast_weeks([3, 0, 4, 2], items=10, rng=1)
    assert "With 4 past week(s) the true chances are lower" in repr(short)
    assert "true chances" not in repr(forecast_weeks([3, 0, 4, 2] * 3, items=10, rng=1))


def test_the_start_may_be_a_text_and_both_dates_are_shown():
    # By hand: 38 items at 4 a week take 10 weeks from 1 September: 10 November.
    history = [4] * 8
    result = forecast_weeks(history, items=38, start="2025-09-01", draws=100)
    assert result.p50_date == result.p85_date == date(2025, 11, 10)
    assert repr(result).count("(10 November 2025)") == 2
    with pytest.raises(ValueError, match="start == 'September', must be a date"):
        forecast_weeks(history, items=38, start="September")


def test_without_a_seed_the_same_numbers_come_and_the_seed_is_said():
    first = forecast_weeks(HISTORY, items=38, draws=200)
    assert "seed 0" in repr(first)
    assert first.curve.equals(forecast_weeks(HISTORY, items=38, draws=200, rng=0).curve)
    own = forecast_items(HISTORY, weeks=2, draws=100, rng=np.random.default_rng(1))
    assert own.seed is None
