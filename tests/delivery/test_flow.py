import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pmlab as pm
from pmlab.delivery import cycle_times, kingman_wait, littles_law


def test_twenty_open_items_at_five_a_week_take_four_weeks():
    # Little (1961).
    result = littles_law(wip_items=20, throughput_per_week=5)
    assert result.cycle_time_weeks == 4.0
    assert result.solved_for == "cycle_time_weeks"
    assert "takes 4 weeks on average" in result.summary()


@settings(deadline=None, max_examples=40)
@given(wip=st.floats(0.01, 1e4), rate=st.floats(0.01, 1e4))
def test_any_two_give_the_third(wip, rate):
    time = littles_law(wip_items=wip, throughput_per_week=rate).cycle_time_weeks
    back = littles_law(throughput_per_week=rate, cycle_time_weeks=time)
    assert back.wip_items == pytest.approx(wip)
    third = littles_law(wip_items=wip, cycle_time_weeks=time)
    assert third.throughput_per_week == pytest.approx(rate)


def test_littles_law_needs_exactly_two():
    with pytest.raises(ValueError, match=r"3 of .* given, must be exactly two"):
        littles_law(wip_items=1, throughput_per_week=1, cycle_time_weeks=1)
    with pytest.raises(ValueError, match=r"1 of .* given, must be exactly two"):
        littles_law(wip_items=1)
    with pytest.raises(ValueError, match="throughput_per_week == 0, must be > 0"):
        littles_law(wip_items=1, throughput_per_week=0)


@pytest.mark.parametrize(
    ("utilization", "wait"), [(0.5, 1.25), (0.8, 5.0), (0.9, 11.25), (0.95, 23.75)]
)
def test_waits_of_the_published_sheet(utilization, wait):
    # FocusedObjective.Resources, Spreadsheets/Kingmans Formula.xlsx.
    found = kingman_wait(
        utilization, service_time=5, arrival_variation=0.5, service_variation=0.5
    )
    assert found == pytest.approx(wait, abs=1e-9)


def test_random_arrivals_and_service_give_the_known_queue():
    # M/M/1: mean wait = u / (1 - u) x service time.
    assert kingman_wait(0.6, service_time=2) == pytest.approx(0.6 / 0.4 * 2)


def test_a_server_that_is_always_busy_has_no_answer():
    with pytest.raises(ValueError, match="queue that grows for ever"):
        kingman_wait(1.0, service_time=5)
    with pytest.raises(ValueError, match="pass a fraction, not a percent"):
        kingman_wait(90, service_time=5)


WORK = pd.DataFrame(
    {
        "started_on": ["2026-01-01"] * 5,
        "finished_on": ["2026-01-01", "2026-01-03", "2026-01-05", "2026-01-21", None],
    }
)


def test_percentiles_by_hand():
    # Days 0, 2, 4, 20: half took at most 2, 85 % at most 20.
    result = cycle_times(WORK)
    assert (result.p50_days, result.p85_days, result.mean_days) == (2, 20, 6.5)
    assert (result.finished_items, result.open_items) == (4, 1)
    assert "Still open and not counted: 1" in result.summary()


def test_inclusive_days_count_both_ends():
    result = cycle_times(WORK, counting="inclusive")
    assert (result.p50_days, result.p85_days) == (3, 21)


def test_accepted_proposals_of_a_language_have_a_long_tail():
    # Data package rust_rfcs: median 81, 85th percentile 241, 95th 534 days.
    data = pm.datasets.load("rust_rfcs").dropna(subset=["start_date", "merged_date"])
    forward = data[data["merged_date"] >= data["start_date"]]
    result = cycle_times(forward, start_column="start_date", end_column="merged_date")
    assert result.p50_days == pytest.approx(81, abs=1)
    assert result.p85_days == pytest.approx(241, abs=2)


@pytest.mark.parametrize(
    ("project", "items", "median", "p85"),
    [("jupyterhub", 2068, 0.97, 11.4), ("nbgrader", 638, 0.28, 9.0)],
)
def test_pull_requests_of_two_projects(project, items, median, p85):
    # Data package oss_pull_requests, without bots.
    data = pm.datasets.load("oss_pull_requests")
    data = data[(data["project"] == project) & ~data["is_bot"]]
    result = cycle_times(data, start_column="first_commit_utc", end_column="merged_utc")
    assert result.finished_items == items
    assert result.p50_days == pytest.approx(median, abs=0.015)
    assert result.p85_days == pytest.approx(p85, abs=0.06)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=60))
def test_at_least_the_named_share_is_within_the_percentile(days):
    start = pd.Timestamp("2026-01-01")
    work = pd.DataFrame({"started_on": [start] * len(days)})
    work["finished_on"] = [start + pd.Timedelta(days=day) for day in days]
    result = cycle_times(work)
    assert np.mean(np.array(days) <= result.p85_days) >= 0.85


def test_dates_that_make_no_sense_are_refused():
    with pytest.raises(ValueError, match="row 0 ends before it starts"):
        cycle_times(WORK.head(1).assign(finished_on="2025-12-31"))
    with pytest.raises(ValueError, match="row 0 ends before it starts"):
        cycle_times(WORK.head(1).assign(finished_on="2025-12-31"), counting="inclusive")
    with pytest.raises(ValueError, match="finished_on is empty in all 1 rows"):
        cycle_times(WORK.tail(1))
    with pytest.raises(ValueError, match="started_on holds 5 missing"):
        cycle_times(WORK.assign(started_on=None))
    with pytest.raises(ValueError, match="finished_on can't be read as dates"):
        cycle_times(WORK.assign(finished_on="soon"))
    with pytest.raises(ValueError, match="finished_on holds numbers, must be dates"):
        cycle_times(WORK.assign(finished_on=20260105))
    zoned = WORK.assign(finished_on=pd.Timestamp("2026-01-09", tz="UTC"))
    with pytest.raises(ValueError, match="has a time zone and the other has not"):
        cycle_times(zoned)
