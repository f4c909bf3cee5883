import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlab.metrics.engagement import active_users, stickiness

START = pd.Timestamp("2025-03-03")
DAY = pd.Timedelta(days=1)


def log(active_days: dict[str, list[float]]) -> pd.DataFrame:
    rows = [
        (user, START + at * DAY) for user, days in active_days.items() for at in days
    ]
    return pd.DataFrame(rows, columns=["user_id", "time"])


def distinct(active_days, day: int, window: int) -> int:
    return sum(
        any(day - window < at <= day for at in days) for days in active_days.values()
    )


histories = st.dictionaries(
    st.sampled_from("abcdef"), st.lists(st.integers(0, 20), min_size=1), min_size=1
)


@given(histories=histories, window=st.integers(1, 6))
@settings(max_examples=40, deadline=None)
def test_rolling_distinct_users_agree_with_a_count_by_hand(histories, window):
    histories = histories | {"first": [0], "last": [20]}
    result = active_users(log(histories), window_days=window)
    expected = [distinct(histories, day, window) for day in range(window - 1, 21)]
    assert result["active_users"].tolist() == expected
    assert result["day"].iloc[0] == START + (window - 1) * DAY


WEEKS = {"a": list(range(0, 42, 7)), "b": [0.5, 20, 33], "c": [14.2, 14.9], "d": [41]}


def test_stickiness_is_the_mean_of_daily_shares_in_every_engine(to_engine):
    whole = {user: [int(at) for at in days] for user, days in WEEKS.items()}
    shares = [distinct(whole, d, 7) / distinct(whole, d, 28) for d in range(27, 42)]
    result = stickiness(to_engine(log(WEEKS)))
    assert result.rate == pytest.approx(sum(shares) / len(shares))
    assert len(result.to_frame()) == 15


def test_the_ratio_of_means_is_another_named_average():
    whole = {user: [int(at) for at in days] for user, days in WEEKS.items()}
    short = sum(distinct(whole, day, 7) for day in range(27, 42))
    long = sum(distinct(whole, day, 28) for day in range(27, 42))
    result = stickiness(log(WEEKS), average="ratio_of_means")
    assert result.rate == pytest.approx(short / long)
    assert "mean short count" in repr(result)


def test_several_events_of_a_user_on_a_day_count_once():
    assert active_users(log({"a": [0.1, 0.2, 0.9]}))["active_users"].tolist() == [1]


def test_a_day_in_progress_is_left_out():
    result = active_users(log({"a": [0, 1, 2.2]}), observed_until="2025-03-05 12:00")
    assert result["active_users"].tolist() == [1, 1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"short_days": 28}, r"short_days == 28, must be < long_days \(28\)"),
        ({"long_days": 60}, r"cover 42 day\(s\), must cover the window of 60"),
        ({"average": "median"}, "average == 'median', must be one of"),
    ],
)
def test_bad_windows_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        stickiness(log(WEEKS), **arguments)
