"""Planted facts of the consumer app: the right way finds them, each mistake misses.

One world a variant serves all tests, so they run variant by variant.
"""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from pmlab import case

# A few worlds are quick to test; all fifty are not.
VARIANTS = [
    pytest.param(f"seed-{n}", marks=[pytest.mark.slow] if n >= 6 else [])
    for n in range(50)
]
END = pd.Timestamp("2026-07-01")
DAY = pd.Timedelta("1D")


def misses(wrong, right):
    return abs(wrong - right) > 0.015 * abs(right)


@pytest.fixture(params=VARIANTS, scope="module")
def world(request):
    names = "users bookings search_requests visits plans availability costs channels"
    frames = {name: case.load(name, variant=request.param) for name in names.split()}
    made = SimpleNamespace(variant=request.param, **frames)
    made.truth = case.truth(request.param)
    start = made.users.set_index("user_id")["signed_up_at"]
    for frame, column in (
        (made.bookings, "created_at"),
        (made.search_requests, "requested_at"),
    ):
        frame["age"] = (frame[column] - frame["user_id"].map(start)) / DAY
    made.bookings["signed_up_at"] = made.bookings["user_id"].map(start)
    seen = made.visits[~made.visits["agent"].str.contains("bot")]
    made.events = seen.drop_duplicates("event_id")
    made.staff = set(made.users.loc[made.users["is_staff"], "user_id"])
    return made


def users_with(frame, low, high):
    return set(frame.loc[(frame["age"] >= low) & (frame["age"] < high), "user_id"])


def test_day_30_retention(world):
    users, bookings = world.users, world.bookings
    eligible = set(users.loc[users["signed_up_at"] + 35 * DAY <= END, "user_id"])
    back = users_with(bookings, 28, 35)
    right = len(back & eligible) / len(eligible)
    buyers = set(bookings["user_id"]) & eligible
    days = bookings["created_at"].dt.normalize()
    days = (days - bookings["signed_up_at"].dt.normalize()).dt.days
    by_calendar = set(bookings.loc[(days >= 28) & (days < 35), "user_id"])
    assert 0.12 < right < 0.35
    assert misses(len(back) / len(users), right)
    assert misses(len(users_with(bookings, 28, 1e9) & eligible) / len(eligible), right)
    assert misses(len(back & eligible) / len(buyers), right)
    assert misses(len(by_calendar & eligible) / len(eligible), right)


def test_pooled_month_3_retention(world):
    users, bookings = world.users, world.bookings
    cohort = users["signed_up_at"].dt.to_period("M")
    size = users.groupby(cohort).size()

    def active(rows):
        found = bookings[rows].groupby(bookings["signed_up_at"].dt.to_period("M"))
        return found["user_id"].nunique().reindex(size.index, fill_value=0)

    third = active((bookings["age"] >= 90) & (bookings["age"] < 120))
    mature = np.array([period.end_time + 120 * DAY <= END for period in size.index])
    right = third[mature].sum() / size[mature].sum()
    assert misses(third.sum() / size.sum(), right)
    assert misses((third[mature] / size[mature]).mean(), right)
    months = bookings["created_at"].dt.to_period("M").astype("int64")
    months -= bookings["signed_up_at"].dt.to_period("M").astype("int64")
    assert misses(active(months == 3)[mature].sum() / size[mature].sum(), right)


def kaplan_meier(days, ended, *, at):
    order = np.argsort(days, kind="stable")
    left = np.arange(len(days), 0, -1)
    curve = np.cumprod(1 - ended[order] / left)
    return curve[days[order] <= at][-1], days[order][np.argmax(curve <= 0.5)]


def test_survival_of_weekly_plans(world):
    weekly = world.plans[world.plans["kind"] == "weekly"]
    days = ((weekly["ended_at"].fillna(END) - weekly["started_at"]) / DAY).to_numpy()
    ended = weekly["ended_at"].notna().to_numpy()
    right, median = kaplan_meier(days, ended, at=182.5)
    everyone = np.ones(len(days), dtype=bool)
    assert 0.35 < right < 0.75
    assert misses(kaplan_meier(days[ended], ended[ended], at=182.5)[0], right)
    assert misses(kaplan_meier(days, everyone, at=182.5)[0], right)
    assert misses(days[ended].mean(), median)
    assert misses(days.sum() / ended.sum(), median)


def test_lifetime_value_of_a_weekly_plan(world):
    weekly = world.plans[world.plans["kind"] == "weekly"]
    days = ((weekly["ended_at"].fillna(END) - weekly["started_at"]) / DAY).to_numpy()
    ended = weekly["ended_at"].notna().to_numpy()
    months = np.arange(24)
    survival = [
        kaplan_meier(days, ended, at=max(30.42 * t, 1e-9 + days.min()))[0]
        for t in months
    ]
    done = world.bookings[world.bookings["status"] == "completed"]
    per_clean = world.costs[world.costs["behavior"] == "per clean"]
    cost = per_clean["amount_usd"].sum() / len(done)
    facts = case.load("assumptions", variant=world.variant).set_index("name")["value"]
    price, cleans = weekly["price_usd"].iloc[0], weekly["cleans_per_month"].iloc[0]
    revenue = price * facts["take_rate"]
    discount = 1.12 ** (-months / 12)

    def value(margin):
        return float((np.array(survival) * discount * margin * cleans).sum())

    right = value(revenue - cost)
    monthly_churn = ended.sum() / (days.sum() / 30.42)
    assert right > 100
    assert misses(value(revenue), right)
    assert misses(value(price - cost), right)
    assert misses((revenue - cost) * cleans / monthly_churn, right)
    spend = world.channels.groupby("channel")[
        ["spend_usd", "salaries_usd", "new_customers"]
    ].sum()
    cac = (spend["spend_usd"] + spend["salaries_usd"]) / spend["new_customers"]
    total = spend.sum()
    blended = (total["spend_usd"] + total["salaries_usd"]) / total["new_customers"]
    paid = cac[["search ads", "social ads"]]
    assert all(misses(blended, each) for each in paid)
    assert all(
        misses(s / n, c)
        for s, n, c in zip(spend["spend_usd"], spend["new_customers"], cac, strict=True)
    )


def test_refunds_matter_for_the_contribution_of_a_clean(world):
    done = world.bookings[world.bookings["status"] == "completed"]
    lines = world.costs.groupby("line")["amount_usd"].sum() / len(done)
    facts = case.load("assumptions", variant=world.variant).set_index("name")["value"]
    cost = lines[
        ["payment fees", "support", "insurance", "refunds", "promotions"]
    ].sum()
    right = done["price_usd"].mean() * facts["take_rate"] - cost
    assert 5 < right < 40
    assert misses(right + lines["refunds"], right)
    assert misses(right + lines["promotions"], right)


def test_the_decaying_channel_costs_more_each_half_year(world):
    channels = world.channels.assign(half=world.channels["month"] >= "2025-06-01")
    sums = channels.groupby(["channel", "half"])[["spend_usd", "new_customers"]].sum()
    cost = (sums["spend_usd"] / sums["new_customers"]).unstack()
    growth = cost[True] / cost[False]
    assert growth.idxmax() == world.truth["decaying_channel"]
    assert growth.max() > 1.25


def test_the_activation_event(world):
    users = world.users[world.users["signed_up_at"] + 63 * DAY <= END]
    stays = users_with(world.bookings, 56, 63) | users_with(
        world.search_requests, 56, 63
    )
    kept = users["user_id"].isin(stays)
    rows = {}
    for name in users.filter(like="_at").columns.drop("signed_up_at"):
        early = users[name] - users["signed_up_at"] < 7 * DAY
        ever = users[name].notna()
        rows[name] = {
            "share": early.mean(),
            "kept": kept[early].mean(),
            "gap": kept[early].mean() - kept[~early].mean(),
            "ever": kept[ever].mean() - kept[~ever].mean(),
        }
    table = pd.DataFrame(rows).T
    common = table[table["share"] >= 0.10]
    right = world.truth["activation_event"]
    assert common["gap"].idxmax() == right
    assert table["gap"].idxmax() == world.truth["rare_event"]
    assert common["ever"].idxmax() == world.truth["late_event"]
    assert common["kept"].idxmax() != right
    ranked = common["gap"].sort_values()
    assert misses(ranked.iloc[-2], ranked.iloc[-1])


def first_after(entries, frame, column, after, name):
    joined = entries.merge(frame[["user_id", column]], on="user_id")
    inside = (joined[column] >= joined[after]) & (
        joined[column] < joined["seen"] + 7 * DAY
    )
    found = joined[inside].groupby("user_id")[column].min()
    return entries.assign(**{name: entries["user_id"].map(found)})


def funnel(world, entries):
    steps = first_after(
        entries, world.search_requests, "requested_at", "seen", "searched"
    )
    return first_after(steps, world.bookings, "created_at", "searched", "booked")


def entries_of(world):
    known = world.events[world.events["user_id"].notna()]
    known = known.assign(user_id=known["user_id"].astype("int64"))
    known = known[~known["user_id"].isin(world.staff)]
    return known.groupby("user_id")["at"].min().rename("seen").reset_index()


def test_the_ordered_funnel(world):
    entries = entries_of(world)
    mature = funnel(world, entries[entries["seen"] <= END - 7 * DAY])
    right = mature["booked"].notna().mean()
    assert 0.25 < right < 0.65
    searched = set(world.search_requests["user_id"])
    any_order = mature["user_id"].isin(searched & set(world.bookings["user_id"])).mean()
    daily = mature["booked"].notna().groupby(mature["seen"].dt.date).mean()
    assert misses(any_order, right)
    assert misses(daily.mean(), right)


def test_entrants_of_the_last_week_spoil_the_funnel_of_a_fortnight(world):
    cutoff = END
    entries = entries_of(world)
    month = entries[(entries["seen"] >= cutoff - 14 * DAY) & (entries["seen"] < cutoff)]
    steps = funnel(world, month)
    booked = steps["booked"] < cutoff
    eligible = steps["seen"] <= cutoff - 7 * DAY
    assert misses(booked.mean(), booked[eligible].mean())


def test_stickiness_counts_no_staff(world):
    known = world.events[world.events["user_id"].notna()]
    known = known[known["at"] >= "2026-01-01"]
    days = known.assign(
        user_id=known["user_id"].astype("int64"), date=known["at"].dt.normalize()
    ).drop_duplicates(["user_id", "date"])

    def sticky(rows):
        shares = []
        for last in pd.date_range("2026-02-01", "2026-06-30", freq="10D"):
            recent = rows[rows["date"] <= last]
            month = recent[recent["date"] > last - 28 * DAY]
            week = month[month["date"] > last - 7 * DAY]
            shares.append(week["user_id"].nunique() / month["user_id"].nunique())
        return np.mean(shares)

    people = days[~days["user_id"].isin(world.staff)]
    right = sticky(people)
    assert 0.25 < right < 0.5
    assert misses(sticky(days), right)
    sums = people.groupby("date").size()
    by_sum = (sums.rolling(7).sum() / sums.rolling(28).sum()).iloc[27:].mean()
    assert misses(by_sum, right)


def test_each_fault_of_the_event_log_changes_the_count(world):
    raw, events = world.visits, world.events
    staff = raw["user_id"].isin(world.staff)
    bot = raw["agent"].str.contains("bot")
    right = len(events[~events["user_id"].isin(world.staff)])
    clean = raw[~staff & ~bot]
    assert misses(len(clean), right)
    assert misses(len(raw[~staff].drop_duplicates("event_id")), right)
    assert misses(len(events), right)
    assert misses(clean.drop_duplicates("event_id")["user_id"].notna().sum(), right)
    assert misses(len(clean.drop_duplicates(["user_id", "page"])), right)


def test_fill_and_utilization_name_the_short_county(world):
    requests = world.search_requests
    quick = requests["matched_at"] - requests["requested_at"] <= DAY
    stayed = requests["withdrawn_at"].isna()
    right = quick[stayed].mean()
    county = quick[stayed].groupby(requests["county_fips"]).mean()
    assert misses(quick.mean(), right)
    assert misses(county.mean(), right)
    hours = world.availability.groupby("county_fips")[
        ["booked_hours", "offered_hours"]
    ].sum()
    used = hours["booked_hours"] / hours["offered_hours"]
    short = county.index[(county < 0.80) & (used.loc[county.index] > 0.70)]
    assert short.tolist() == [world.truth["short_county"]]


def test_the_broken_cohort_comes_back_less(world):
    broken = world.truth["broken_cohort"]
    users = world.users
    bought = users["user_id"].isin(users_with(world.bookings, 0, 30))
    back = users["user_id"].isin(users_with(world.bookings, 60, 120))
    near = pd.Period(broken["month"], "M")
    month = users["signed_up_at"].dt.to_period("M")
    around = bought & (month >= near - 2) & (month <= near + 2)
    mine = around & (month == near) & (users["device"] == broken["device"])
    others = around & ~mine
    gap = back[others].mean() - back[mine].mean()
    p, n = back[around].mean(), mine.sum()
    assert n > 25
    assert gap > 2 * np.sqrt(p * (1 - p) * (1 / n + 1 / others.sum()))
