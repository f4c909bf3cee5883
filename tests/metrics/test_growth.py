import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pmlab.metrics.growth import growth_accounting

MONTHS = pd.date_range("2025-01-15", periods=8, freq="MS")


def log(active_months: dict[str, list[int]]) -> pd.DataFrame:
    rows = [
        (u, MONTHS[month]) for u, months in active_months.items() for month in months
    ]
    return pd.DataFrame(rows, columns=["user_id", "time"])


def test_the_reference_period_is_split_as_by_hand(to_engine):
    # reference fixture "growth-accounting": f was active before, but not last month
    events = log({"a": [1], "b": [1, 2], "c": [1, 2], "d": [1], "e": [2], "f": [0, 2]})
    row = growth_accounting(to_engine(events)).table.iloc[-1]
    assert row[["new", "retained", "resurrected", "churned"]].tolist() == [1, 2, 1, 2]
    assert row["quick_ratio"] == 1.0
    assert row["active"] == 4


@given(
    histories=st.dictionaries(
        st.sampled_from("abcdefgh"), st.lists(st.integers(0, 7), min_size=1), min_size=1
    ),
    period=st.sampled_from(["day", "week", "month"]),
)
@settings(max_examples=40, deadline=None)
def test_accounts_balance_in_every_period(histories, period):
    table = growth_accounting(log(histories), period=period).table
    parts = table["new"] + table["retained"] + table["resurrected"]
    assert (table["active"] == parts).all()
    before = table["active"].shift(1, fill_value=0)
    assert (table["churned"] == before - table["retained"]).all()
    assert (table[["new", "retained", "resurrected", "churned"]] >= 0).all().all()
    assert table["new"].sum() == len(histories)


def test_a_quiet_period_stands_in_the_table_and_churns_everybody():
    table = growth_accounting(log({"a": [0, 2], "b": [0]})).table
    assert table["active"].tolist() == [2, 0, 1]
    assert table["churned"].tolist() == [0, 2, 0]
    assert table["resurrected"].tolist() == [0, 0, 1]


def test_weeks_begin_on_monday():
    times = pd.to_datetime(["2025-03-09 23:59", "2025-03-10 00:00"])
    events = pd.DataFrame({"user_id": ["a", "a"], "time": times})
    table = growth_accounting(events, period="week").table
    assert [str(day.date()) for day in table["period"]] == ["2025-03-03", "2025-03-10"]


def test_a_period_in_progress_is_left_out():
    result = growth_accounting(
        log({"a": [0, 1], "b": [2]}), observed_until="2025-04-20"
    )
    assert len(result.table) == 2
    with pytest.raises(ValueError, match="must leave at least one whole month"):
        growth_accounting(log({"a": [0]}), observed_until="2025-02-10")


def test_no_churn_has_no_quick_ratio_and_says_so():
    assert "nobody churned" in repr(growth_accounting(log({"a": [0, 1]})))
