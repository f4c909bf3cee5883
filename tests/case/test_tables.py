import hashlib
import html
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from pmlab import case
from pmlab.case import cache, tables
from pmlab.case.definitions import LABELS
from pmlab.errors import DataError

# The tables of the course's plan.
PLANNED = [
    "visits",
    "users",
    "search_requests",
    "bookings",
    "cleaners",
    "availability",
    "plans",
    "b2b_accounts",
    "mrr_movements",
    "costs",
    "channels",
    "exp_assign",
    "exp_outcomes",
    "tickets",
    "reviews",
    "interviews",
    "timelog",
    "survey_screen",
    "survey_odi",
    "survey_kano",
    "survey_pmf",
    "survey_price",
    "competitors",
    "backlog",
    "throughput",
    "stakeholders",
    "calendar",
    "launch_log",
    "contracts",
]


def load(table):
    return case.load(table, variant="seed-0")


def test_all_planned_tables_are_there():
    assert set(PLANNED) <= set(case.available())


@pytest.mark.parametrize("name", case.available())
def test_the_dictionary_says_what_each_column_is(name):
    described = case.describe(name)
    frame = load(name)
    assert described["column"].tolist() == frame.columns.tolist()
    assert [str(dtype) for dtype in frame.dtypes] == described["dtype"].tolist()
    assert described["meaning"].str.endswith((".", "?")).all()
    assert case.about(name).endswith((".", ")"))
    numbers = described["dtype"].isin(["float64", "datetime64[us]"])
    assert (described.loc[numbers, "unit"] != "").all()
    assert len(frame) > 0


@pytest.mark.parametrize("name", case.available())
def test_only_optional_values_are_missing(name):
    frame = load(name)
    for column in tables.registry()[name].columns:
        if not column.optional:
            assert frame[column.name].notna().all(), column.name


def test_the_dictionary_covers_all_tables():
    listed = case.dictionary()
    assert set(listed["table"]) == set(case.available())
    assert not listed.duplicated(["table", "column"]).any()


def test_an_unknown_table_is_named_with_the_nearest_one():
    with pytest.raises(DataError, match=r"table == 'booking'.*did you mean 'bookings'"):
        case.load("booking")
    with pytest.raises(DataError, match=r"there are: assumptions, "):
        case.describe("?")
    with pytest.raises(TypeError, match="table == 3, must be a text"):
        case.load(3)


def test_a_loaded_table_is_the_learners_own():
    first = load("launch_plan")
    first.loc[:, "price_usd"] = 0.0
    assert (load("launch_plan")["price_usd"] > 0).all()
    users = load("users")
    users.iloc[:, 0] = -1
    assert (load("users")["user_id"] > 0).all()


def test_variants_differ_and_the_current_one_is_the_default():
    with case.use_variant("seed-1"):
        mine = case.load("launch_plan")
    assert mine.equals(case.load("launch_plan", variant="seed-1"))
    assert not mine.equals(case.load("launch_plan", variant="seed-2"))


_DIGEST = """
import hashlib
from pmlab.case import tables
digest = hashlib.sha256()
for name, table in tables.registry().items():
    for key, values in table.arrays("seed-0").items():
        digest.update(f"{name} {key} {values.dtype} {values.shape}".encode())
        digest.update(values.tobytes())
print(digest.hexdigest())
"""


def test_two_processes_and_two_runs_give_equal_bytes():
    command = [sys.executable, "-c", _DIGEST]
    other = subprocess.run(command, capture_output=True, text=True, check=True)
    for _ in range(2):
        digest = hashlib.sha256()
        for name, table in tables.registry().items():
            for key, values in table.arrays("seed-0").items():
                digest.update(f"{name} {key} {values.dtype} {values.shape}".encode())
                digest.update(values.tobytes())
        assert digest.hexdigest() == other.stdout.strip()
        from pmlab.case import demand, marketplace, world

        for made in (world.users, demand.demand, marketplace.bookings):
            made.cache_clear()


def test_no_array_holds_python_objects():
    # np.load then never needs pickle.
    for table in tables.registry().values():
        for values in table.arrays("seed-0").values():
            assert values.dtype != object


def test_the_second_load_comes_from_the_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("PMLAB_CACHE", str(tmp_path))
    tables._frame.cache_clear()
    first = load("cleaners")
    assert len(list(tmp_path.iterdir())) == 1
    tables._frame.cache_clear()

    def never(_variant):
        raise AssertionError("made again")

    definition = tables.registry()["cleaners"]
    monkeypatch.setattr(type(definition), "arrays", lambda _self, code: never(code))
    assert load("cleaners").equals(first)


@pytest.mark.parametrize("damage", ["cut", "noise", "empty", "flipped"])
def test_a_damaged_cache_file_is_made_again(monkeypatch, tmp_path, damage):
    monkeypatch.setenv("PMLAB_CACHE", str(tmp_path))
    tables._frame.cache_clear()
    first = load("cleaners")
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    middle = len(whole) // 2
    path.write_bytes(
        {
            "cut": whole[:middle],
            "noise": b"not a zip file at all",
            "empty": b"",
            "flipped": whole[:middle]
            + bytes([whole[middle] ^ 255])
            + whole[middle + 1 :],
        }[damage]
    )
    tables._frame.cache_clear()
    assert load("cleaners").equals(first)
    assert path.read_bytes() == whole


def test_another_learners_cache_file_is_not_used(monkeypatch, tmp_path):
    monkeypatch.setenv("PMLAB_CACHE", str(tmp_path))
    tables._frame.cache_clear()
    case.load("cleaners", variant="ada")
    (path,) = tmp_path.iterdir()
    path.replace(cache._path("cleaners", "eve"))
    tables._frame.cache_clear()
    mine = case.load("cleaners", variant="eve")
    fresh = tables.registry()["cleaners"].arrays("eve")
    assert mine["weekly_hours"].tolist() == fresh["weekly_hours"].tolist()


def test_variants_that_differ_in_case_have_their_own_files():
    assert cache._path("users", "Ada").name.lower() != cache._path("users", "ada").name


def test_a_cache_that_cannot_be_written_is_no_error(monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv("PMLAB_CACHE", str(blocked))
    tables._frame.cache_clear()
    assert len(load("cleaners")) > 100
    tables._frame.cache_clear()


def test_nothing_half_written_stays_in_the_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("PMLAB_CACHE", str(tmp_path))
    tables._frame.cache_clear()
    load("users")
    assert [path.suffix for path in tmp_path.iterdir()] == [".npz"]


def test_the_cache_does_not_grow_without_end(monkeypatch, tmp_path):
    monkeypatch.setenv("PMLAB_CACHE", str(tmp_path))
    monkeypatch.setattr(cache, "MOST_FILES", 6)
    for number in range(20):
        case.load("jobs", variant=f"grow-{number}")
        assert len(list(tmp_path.iterdir())) <= 6
    assert cache.read("jobs", "grow-19") is not None


def test_a_snapshot_shows_only_what_was_known():
    cutoff = pd.Timestamp("2025-01-01")
    then = case.load("plans", variant="seed-0", until_month=12)
    now = load("plans")
    assert (then["started_at"] < cutoff).all()
    assert len(then) == (now["started_at"] < cutoff).sum()
    same = now[now["started_at"] < cutoff]
    assert then["ended_at"].notna().sum() == (same["ended_at"] < cutoff).sum()
    assert (then["end_reason"].notna() == then["ended_at"].notna()).all()
    bookings = case.load("bookings", variant="seed-0", until_month=12)
    future = bookings["scheduled_at"] >= cutoff
    assert future.any()
    assert (bookings["status"].isna() == future).all()


@pytest.mark.parametrize("name", case.available())
def test_each_table_can_be_seen_at_month_14(name):
    frame = case.load(name, variant="seed-0", until_month=14)
    assert frame.columns.tolist() == case.describe(name)["column"].tolist()
    cutoff = pd.Timestamp("2025-03-01")
    for column in tables.registry()[name].columns:
        if (
            column.name == tables.registry()[name].happens
            or column.known_at == column.name
        ):
            assert (frame[column.name].dropna() < cutoff).all()


@pytest.mark.parametrize("month", [0, 31, -1])
def test_a_month_outside_the_companys_life_is_refused(month):
    with pytest.raises(
        ValueError, match=rf"until_month == {month}, must be from 1 to 30"
    ):
        case.load("users", variant="seed-0", until_month=month)
    with pytest.raises(TypeError, match=r"until_month == 2.5, must be a whole number"):
        case.load("users", variant="seed-0", until_month=2.5)


def test_rows_of_different_tables_fit_together():
    users, bookings = load("users"), load("bookings")
    requests, plans = load("search_requests"), load("plans")
    assert users["user_id"].is_unique
    assert bookings["booking_id"].is_unique
    assert bookings["user_id"].isin(users["user_id"]).all()
    assert bookings["cleaner_id"].isin(load("cleaners")["cleaner_id"]).all()
    assert bookings["request_id"].dropna().isin(requests["request_id"]).all()
    assert bookings["plan_id"].dropna().isin(plans["plan_id"]).all()
    led = bookings.dropna(subset=["request_id"]).merge(requests, on="request_id")
    assert (led["user_id_x"] == led["user_id_y"]).all()
    assert (led["created_at"] >= led["matched_at"]).all()
    matched = requests.dropna(subset=["matched_at"])
    assert (matched["matched_at"] >= matched["requested_at"]).all()
    of_plan = bookings.dropna(subset=["plan_id"]).merge(plans, on="plan_id")
    assert (of_plan["user_id_x"] == of_plan["user_id_y"]).all()
    county = bookings.merge(load("cleaners"), on="cleaner_id")
    assert (county["county_fips_x"] == county["county_fips_y"]).all()
    born = bookings.merge(users, on="user_id")
    assert (born["created_at"] > born["signed_up_at"]).all()
    assert (bookings["scheduled_at"] > bookings["created_at"]).all()


def test_each_booking_belongs_to_one_search_and_each_plan_opens_with_a_booking():
    bookings, plans = load("bookings"), load("plans")
    assert bookings["request_id"].dropna().is_unique
    first = bookings.dropna(subset=["plan_id"]).groupby("plan_id")["created_at"].min()
    opened = plans.set_index("plan_id")["started_at"]
    gap = (first - opened.loc[first.index]).abs()
    assert (gap <= pd.Timedelta("2s")).all()


def test_hours_and_money_add_up_across_tables():
    bookings, weeks = load("bookings"), load("availability")
    assert (weeks["booked_hours"] <= weeks["offered_hours"]).all()
    kept = bookings[bookings["status"].isin(["completed", "no-show"])]
    whole = kept[kept["scheduled_at"] < weeks["week_start"].max() + pd.Timedelta("7D")]
    assert weeks["booked_hours"].sum() == whole["hours"].sum()
    costs = load("costs")
    done = bookings[bookings["status"] == "completed"]
    refunds = costs.loc[costs["line"] == "refunds", "amount_usd"].sum()
    assert refunds == pytest.approx(done["refund_usd"].sum())
    channels = load("channels")
    assert channels["new_users"].sum() == len(load("users"))
    assert channels["new_customers"].sum() == bookings["user_id"].nunique()


def test_mrr_follows_the_accounts():
    accounts, moves = load("b2b_accounts"), load("mrr_movements")
    assert moves["account_id"].isin(accounts["account_id"]).all()
    level = moves.groupby("account_id")["change_usd"].sum()
    assert (level > -0.01).all()
    gone = moves.loc[moves["kind"] == "churn", "account_id"]
    assert np.allclose(level.loc[gone], 0)
    won = accounts[accounts["stage"] == "won"].set_index("account_id")
    new = moves[moves["kind"] == "new"].set_index("account_id")["change_usd"]
    assert (new == (won["seats"] * won["seat_price_usd"]).loc[new.index]).all()


def test_local_times_turn_to_utc_with_daylight_saving():
    from pmlab.case import world
    from pmlab.case.places import launch_trio
    from pmlab.case.timeline import times

    local = np.arange(130, 900, 3.37)
    zone = np.zeros(len(local), dtype=np.int64)
    place = launch_trio("seed-0")[0].time_zone
    ours = pd.Series(times(world.to_utc("seed-0", local, zone)))
    theirs = (
        pd.Series(times(local))
        .dt.tz_localize(place, ambiguous="raise", nonexistent="raise")
        .dt.tz_convert("UTC")
        .dt.tz_localize(None)
    )
    assert ((ours - theirs).abs() <= pd.Timedelta("1s")).all()


def test_texts_are_kept_in_short_form():
    arrays = tables.registry()["visits"].arrays("seed-0")
    assert len(arrays["page" + LABELS]) < 10
    assert arrays["page"].dtype == np.int32


def test_a_described_table_is_shown_whole():
    table = case.describe("bookings")
    longest = max(table["meaning"], key=len)
    assert len(longest) > 50
    assert html.escape(longest, quote=False) in table._repr_html_()
    assert longest in repr(table)
