import pandas as pd
import pytest

from pmlab.feedback import contact_rates, time_to_told

MARCH, APRIL = pd.Timestamp("2025-03-10"), pd.Timestamp("2025-04-10")
TICKETS = pd.DataFrame(
    {
        "theme": ["late"] * 4 + ["price"] * 6 + ["late"] * 6 + ["price"] * 6,
        "created_at": [MARCH] * 10 + [APRIL] * 12,
        "is_spam": [False] * 21 + [True],
        "duplicate_of": [None] * 10 + [1.0] + [None] * 11,
    }
)
BOOKINGS = pd.DataFrame(
    {
        "scheduled_at": [MARCH] * 100 + [APRIL] * 220,
        "status": ["completed"] * 300 + ["no-show"] * 20,
    }
)


def engines():
    polars, duckdb = pytest.importorskip("polars"), pytest.importorskip("duckdb")
    connection = duckdb.connect()
    return {
        "pandas": lambda table: table,
        "polars": lambda table: polars.from_pandas(table).lazy(),
        "duckdb": lambda table: connection.from_arrow(
            polars.from_pandas(table).to_arrow()
        ),
    }


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
def test_rates_divide_distinct_contacts_by_completed_bookings(engine):
    convert = engines()[engine]
    result = contact_rates(convert(TICKETS), convert(BOOKINGS))
    rates = result.table.pivot_table(index="theme", columns="month", values="rate")
    # March: 4 and 6 of 100; April: 5 (one repeat) and 5 (one spam) of 200
    assert rates.to_numpy().tolist() == [[40.0, 25.0], [60.0, 25.0]]
    assert (result.spam, result.duplicates) == (1, 1)


def test_a_growing_count_is_not_a_growing_rate():
    changes = contact_rates(TICKETS, BOOKINGS).changes()
    assert (changes["change"] < 0).all()
    assert "No theme worsened; closest: late" in repr(contact_rates(TICKETS, BOOKINGS))


def test_intervals_are_exact_poisson():
    # Garwood (1936): 5 events give 1.62 to 11.67
    row = contact_rates(TICKETS, BOOKINGS).table.iloc[-1]
    assert row["low"] == pytest.approx(1.62 * 5, abs=0.05)
    assert row["high"] == pytest.approx(11.67 * 5, abs=0.05)


def test_a_quiet_theme_has_rate_zero():
    quiet = TICKETS[(TICKETS["theme"] == "price") | (TICKETS["created_at"] == MARCH)]
    table = contact_rates(quiet, BOOKINGS).table
    late = table[(table["theme"] == "late") & (table["month"] == "2025-04-01")].iloc[0]
    assert (late["contacts"], late["rate"], late["low"]) == (0, 0.0, 0.0)
    assert late["high"] > 0


def test_contacts_without_bookings_are_refused():
    with pytest.raises(ValueError, match="no completed booking in 2025-04"):
        contact_rates(TICKETS, BOOKINGS.head(100))


DAY = pd.Timedelta(days=1)
CASES = pd.DataFrame(
    {
        "created_at": [MARCH] * 6,
        "notified_at": [MARCH + days * DAY for days in (2, 4, 10)] + [pd.NaT] * 3,
        "shipped_at": [MARCH + DAY] * 6,
    }
)


def test_open_cases_count_as_still_waiting():
    # 6 cases, told on days 2, 4 and 10: the curve is 5/6, 4/6, 3/6
    result = time_to_told(CASES, observed_until=MARCH + 30 * DAY)
    assert result.median_days == 10
    assert (result.told, result.cases, result.share_told) == (3, 6, 0.5)


def test_dropping_open_cases_would_make_the_wait_look_short():
    told = CASES.dropna()
    until = MARCH + 30 * DAY
    assert time_to_told(told, observed_until=until).median_days == 4


def test_no_median_while_fewer_than_half_were_told():
    result = time_to_told(CASES, observed_until=MARCH + 8 * DAY)
    assert result.median_days is None
    assert "2 of 6 customers (33.3 %) were told; fewer than half, so" in repr(result)


def test_nobody_told_is_an_error_that_says_so():
    with pytest.raises(ValueError, match="observed holds no end among 6"):
        time_to_told(CASES, observed_until=MARCH + DAY)
