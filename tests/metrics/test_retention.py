import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlab.metrics.cohorts import cohort_triangle
from pmlab.metrics.retention import retention_curve

START = pd.Timestamp("2025-01-06")  # a Monday
DAY = pd.Timedelta(days=1)


def log(active_days: dict[str, list[float]]) -> pd.DataFrame:
    rows = [
        (user, START + at * DAY) for user, days in active_days.items() for at in days
    ]
    return pd.DataFrame(rows, columns=["user_id", "time"])


# reference fixture "retention-conventions", checked by hand there
REFERENCE = log(
    {"u1": [0, 1, 2, 7], "u2": [0, 2], "u3": [0], "u4": [1, 2, 3, 8], "u5": [1]}
)
LAST_DAY_OVER = START + 9 * DAY


@pytest.mark.parametrize("counting", ["elapsed", "calendar"])
def test_the_reference_log_gives_both_conventions(to_engine, counting):
    table = to_engine(REFERENCE)
    shared = {
        "days": [1, 2, 7],
        "counting": counting,
        "observed_until": LAST_DAY_OVER,
    }
    classic = retention_curve(table, kind="classic", **shared)
    unbounded = retention_curve(table, kind="unbounded", **shared)
    assert classic.table["eligible_users"].tolist() == [5, 5, 5]
    assert classic.table["rate"].tolist() == pytest.approx([0.4, 0.6, 0.4], abs=1e-9)
    assert unbounded.table["rate"].tolist() == pytest.approx([0.6, 0.6, 0.4], abs=1e-9)


def test_users_too_young_leave_the_denominator(to_engine):
    events = log({"old": [0, 29], "gone": [0], "young": [20], "end": [40]})
    result = retention_curve(
        to_engine(events), days=[28], observed_until=START + 40 * DAY
    )
    share = result.on_day(28)
    assert (share.successes, share.trials) == (1, 2)
    assert result.users == 3


def test_the_bracket_is_closed_at_its_start_and_open_at_its_end(to_engine):
    events = log({"a": [0, 28], "b": [0, 34.99], "c": [0, 35], "d": [0, 27.99]})
    result = retention_curve(
        to_engine(events), days=[28], observed_until=START + 35 * DAY
    )
    assert result.on_day(28).successes == 2


def test_a_table_of_starts_counts_users_who_never_came(to_engine):
    starts = pd.DataFrame({"user_id": ["a", "b", "c"], "started_at": [START] * 3})
    events = log({"a": [30], "stranger": [30]})
    result = retention_curve(
        to_engine(events),
        days=[28],
        starts=to_engine(starts),
        observed_until=START + 60 * DAY,
    )
    assert (result.on_day(28).successes, result.on_day(28).trials) == (1, 3)


def test_activity_before_the_start_does_not_count():
    starts = pd.DataFrame({"user_id": ["a"], "started_at": [START + 10 * DAY]})
    result = retention_curve(
        log({"a": [0, 9]}),
        days=[0],
        starts=starts,
        observed_until=START + 60 * DAY,
    )
    assert result.on_day(0).successes == 0


def test_events_can_start_and_return_by_name(to_engine):
    events = log({"a": [0, 1, 8], "b": [0, 8]}).assign(
        event=["visit", "book", "book", "book", "visit"]
    )
    shared = {"days": [7], "observed_until": START + 60 * DAY}
    table = to_engine(events)
    booked_again = retention_curve(
        table, start_event="book", return_event="book", **shared
    ).on_day(7)
    visited = retention_curve(table, return_event="visit", **shared).on_day(7)
    assert (booked_again.successes, booked_again.trials) == (1, 2)
    assert (visited.successes, visited.trials) == (1, 2)


def test_calendar_days_differ_from_24_hour_days(to_engine):
    # from 23:00 to 01:00 is 2 hours but the next calendar day
    events = log({"late": [23 / 24, 25 / 24]})
    shared = {"days": [1], "kind": "classic", "observed_until": START + 9 * DAY}
    table = to_engine(events)
    elapsed = retention_curve(table, counting="elapsed", **shared).on_day(1)
    calendar = retention_curve(table, counting="calendar", **shared).on_day(1)
    assert (elapsed.successes, calendar.successes) == (0, 1)


def test_calendar_days_follow_the_zone_of_the_column():
    utc = pd.DataFrame(
        {
            "user_id": ["a", "a"],
            "time": pd.to_datetime(["2025-01-06 12:00Z", "2025-01-07 02:00Z"]),
        }
    )
    new_york = utc.assign(time=utc["time"].dt.tz_convert("America/New_York"))
    shared = {
        "days": [1],
        "kind": "classic",
        "counting": "calendar",
        "observed_until": "2025-02-01T00:00Z",
    }
    assert retention_curve(utc, **shared).on_day(1).successes == 1
    assert retention_curve(new_york, **shared).on_day(1).successes == 0


def test_calendar_days_of_duckdb_are_those_of_its_session():
    polars, duckdb = pytest.importorskip("polars"), pytest.importorskip("duckdb")
    times = pd.to_datetime(["2025-01-06 12:00Z", "2025-01-07 02:00Z"])
    table = pd.DataFrame({"user_id": ["a", "a"], "time": times})
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'America/New_York'")
    relation = connection.from_arrow(polars.from_pandas(table).to_arrow())
    result = retention_curve(
        relation,
        days=[1],
        kind="classic",
        counting="calendar",
        observed_until="2025-02-01T00:00Z",
    )
    assert result.on_day(1).successes == 0


histories = st.dictionaries(
    st.sampled_from("abcdef"),
    st.lists(st.integers(0, 60), min_size=1, max_size=6),
    min_size=1,
)


@given(histories=histories, day=st.integers(0, 20), length=st.integers(1, 9))
@settings(max_examples=40, deadline=None)
def test_bracket_retention_agrees_with_a_count_by_hand(histories, day, length):
    end = 61
    firsts = {user: min(days) for user, days in histories.items()}
    eligible = [u for u, first in firsts.items() if first + day + length <= end]
    kept = [
        user
        for user in eligible
        if any(day <= at - firsts[user] < day + length for at in histories[user])
    ]
    result = retention_curve(
        log(histories),
        days=[day],
        bracket_days=length,
        observed_until=START + end * DAY,
    )
    row = result.table.iloc[0]
    assert (row["retained_users"], row["eligible_users"]) == (len(kept), len(eligible))


@given(histories=histories)
@settings(max_examples=30, deadline=None)
def test_classic_is_never_above_bracket_nor_bracket_above_unbounded(histories):
    events, until = log(histories), START + 200 * DAY
    rates = [
        retention_curve(events, days=[1, 5, 9], kind=kind, observed_until=until).table[
            "rate"
        ]
        for kind in ("classic", "bracket", "unbounded")
    ]
    assert (rates[0] <= rates[1]).all()
    assert (rates[1] <= rates[2]).all()


def test_a_day_without_eligible_users_is_not_yet_known():
    result = retention_curve(log({"a": [0, 3]}), days=[1, 28], kind="classic")
    assert "not yet known on day 28" in repr(result)
    with pytest.raises(ValueError, match="no user is old enough yet"):
        result.on_day(28)
    with pytest.raises(ValueError, match="day == 2, must be one of the days 1, 28"):
        result.on_day(2)


TRIANGLE = log({"a": [0, 8, 15], "b": [1, 9], "c": [7, 14], "d": [8], "e": [15]})


def test_the_triangle_leaves_immature_cells_empty(to_engine):
    # weeks of 6, 13 and 20 January; the data end with the third week
    result = cohort_triangle(
        to_engine(TRIANGLE),
        cohort="week",
        counting="calendar",
        observed_until=START + 21 * DAY,
    )
    rates = result.rates()
    assert rates.index.tolist() == [START, START + 7 * DAY, START + 14 * DAY]
    expected = [[1, 1, 0.5], [1, 0.5, np.nan], [1, np.nan, np.nan]]
    np.testing.assert_allclose(rates.to_numpy(), expected)


def test_pooled_rates_weigh_cohorts_by_users_and_skip_the_immature(to_engine):
    result = cohort_triangle(
        to_engine(TRIANGLE),
        cohort="week",
        counting="calendar",
        observed_until=START + 21 * DAY,
    )
    # (2 + 1) / (2 + 2), not the mean 0.75 by chance: period 2 has one cohort, 1 / 2
    assert result.pooled_rate(1).rate == pytest.approx(3 / 4)
    assert (result.pooled_rate(2).successes, result.pooled_rate(2).trials) == (1, 2)
    with pytest.raises(ValueError, match="period == 3: no cohort is mature"):
        result.pooled_rate(3)


def test_pooled_is_not_the_mean_of_cohorts():
    many = {f"u{i}": [0] for i in range(9)} | {"back": [0, 8], "one": [7, 15]}
    result = cohort_triangle(
        log(many), cohort="week", counting="calendar", observed_until=START + 28 * DAY
    )
    assert result.pooled_rate(1).rate == pytest.approx(2 / 11)


def test_elapsed_periods_wait_for_the_last_user_of_a_cohort(to_engine):
    events = log({"a": [0, 31], "b": [20], "c": [59]})
    result = cohort_triangle(to_engine(events), observed_until=START + 60 * DAY)
    rates = result.rates()
    assert rates.loc["2025-01-01", 0] == 1
    # b is 40 days old, so the second 30 days of January's cohort are not over
    assert 1 not in rates.columns or np.isnan(rates.loc["2025-01-01", 1])
    later = cohort_triangle(to_engine(events), observed_until=START + 80 * DAY)
    assert later.rates().loc["2025-01-01", 1] == pytest.approx(0.5)


def test_months_are_calendar_months_of_the_start():
    times = pd.to_datetime(["2024-12-31 23:00", "2025-01-01 01:00", "2025-02-01 00:00"])
    events = pd.DataFrame({"user_id": ["a", "b", "a"], "time": times})
    result = cohort_triangle(events, counting="calendar", observed_until="2025-03-01")
    assert [str(day.date()) for day in result.rates().index] == [
        "2024-12-01",
        "2025-01-01",
    ]
    np.testing.assert_allclose(result.rates().to_numpy(), [[1, 0, 1], [1, 0, np.nan]])


def test_dates_and_aware_times_are_read_by_every_engine(to_engine):
    aware = TRIANGLE.assign(time=TRIANGLE["time"].dt.tz_localize("UTC"))
    result = cohort_triangle(
        to_engine(aware),
        cohort="week",
        counting="calendar",
        observed_until=(START + 21 * DAY).tz_localize("UTC"),
    )
    assert result.pooled_rate(1).successes == 3


@pytest.mark.parametrize(
    ("function", "arguments", "message"),
    [
        (retention_curve, {"days": []}, r"days == \[\], must name at least one day"),
        (retention_curve, {"days": [-1]}, "days == -1, must be a whole number >= 0"),
        (
            retention_curve,
            {"kind": "rolling"},
            "kind == 'rolling', must be one of bracket",
        ),
        (
            retention_curve,
            {"return_event": "x"},
            r"not found: event; the table has: user_id",
        ),
        (
            retention_curve,
            {"starts": pd.DataFrame({"user_id": [], "started_at": []})},
            "column 'started_at' holds float64, must hold times",
        ),
        (cohort_triangle, {"cohort": "year"}, "must be one of day, week, month"),
        (
            cohort_triangle,
            {"counting": "calendar", "period_days": 7},
            "period_days == 7 needs counting='elapsed'",
        ),
    ],
)
def test_bad_input_is_refused(function, arguments, message):
    with pytest.raises((ValueError, TypeError), match=message):
        function(REFERENCE, **arguments)


def test_starts_without_a_zone_do_not_meet_events_with_one():
    starts = pd.DataFrame({"user_id": ["u1"], "started_at": [START]})
    aware = REFERENCE.assign(time=REFERENCE["time"].dt.tz_localize("UTC"))
    with pytest.raises(ValueError, match="time with a zone, started_at without"):
        retention_curve(aware, starts=starts)


def test_one_wrong_date_is_named_by_retention_and_the_triangle():
    # Planted: 60 daily events, then one in the year 2099.
    times = [*pd.date_range("2025-01-01", periods=60), pd.Timestamp("2099-01-01")]
    log = pd.DataFrame({"user_id": range(61), "time": times})
    warning = "2099-01-01 (last event), but only 1 of 61 events lie after 2025-03-01"
    assert warning in repr(retention_curve(log, days=[7]))
    assert warning in repr(cohort_triangle(log, periods=1))
    aware = log.assign(time=log["time"].dt.tz_localize("Europe/Berlin"))
    assert warning in repr(retention_curve(aware, days=[7]))


def test_a_mostly_immature_triangle_offers_shorter_cohorts():
    # By hand: starts on the last day of each month, data end on 1 May; of period 1 to
    # 3 only January's first and second and February's first are over for everybody.
    starts = pd.to_datetime(["2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30"])
    log = pd.DataFrame({"user_id": range(4), "time": starts})
    triangle = cohort_triangle(log, observed_until="2025-05-01", periods=3)
    empty = triangle.rates()[[1, 2, 3]].isna().to_numpy().mean()
    assert empty > 0.5
    assert "immature: cohort='week' or counting='calendar'" in repr(triangle)
    by_month = cohort_triangle(log, observed_until="2025-05-01", counting="calendar")
    assert "cohort='week'" not in repr(by_month)
