"""Planted facts of the calendar, meetings, skills, rivals, growth and the two lines."""

import numpy as np
import pandas as pd
import pytest

from pmlab import case

VARIANTS = [f"seed-{n}" for n in range(50)]
# Tables that follow the simulated bookings take longer.
SOME = [
    pytest.param(variant, marks=[pytest.mark.slow] if place >= 10 else [])
    for place, variant in enumerate(VARIANTS)
]


def misses(wrong, right):
    return abs(wrong - right) > 0.015 * abs(right)


def minutes_of(data):
    """Return for each entry its first minute and the one after its last."""
    start = data["starts_at"].min().normalize()
    return [
        ((data[name] - start) / pd.Timedelta("1min")).round().astype(int)
        for name in ("starts_at", "ends_at")
    ]


def covered(data, rows):
    """Return which minutes of the week the chosen entries cover."""
    starts, ends = minutes_of(data)
    week = np.zeros(5 * 1440, dtype=bool)
    for start, end in zip(starts[rows], ends[rows], strict=True):
        week[start:end] = True
    return week


def longest_run(week):
    starts, ends = runs(week)
    return (ends - starts).max()


def runs(week):
    edges = np.flatnonzero(np.diff(np.concatenate([[0], week.astype(int), [0]])))
    return edges[::2], edges[1::2]


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_week_needs_minutes_merged_overlaps_days_and_gaps(variant):
    data = case.load("calendar", variant=variant)
    strategic = data["activity"] == "strategic"
    everything = data["event_id"] > 0
    right = covered(data, strategic).sum() / covered(data, everything).sum()
    starts, ends = minutes_of(data)
    length = ends - starts
    assert misses(strategic.mean(), right)
    assert misses(length[strategic].sum() / length.sum(), right)

    day = data["starts_at"].dt.date
    changed = (data["activity"] != data["activity"].shift()).iloc[1:]
    same_day = (day == day.shift()).iloc[1:]
    assert misses(changed.sum(), (changed & same_day).sum())

    meetings = covered(data, data["is_meeting"])
    focus = longest_run(covered(data, ~data["is_meeting"]) & ~meetings)
    bridged = ~meetings
    for start, end in zip(*runs(~covered(data, everything)), strict=True):
        bridged[start:end] = end - start < 15
    assert misses(longest_run(bridged), focus)


@pytest.mark.parametrize("role", ["customer", "business"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_skill_gaps_are_weighted_and_strengths_fill_none(variant, role):
    data = case.load("skills", variant=variant).set_index("skill")
    weight, own = data[f"weight_{role}_pm"], data["self_rating"]
    gap = data[f"target_{role}_pm"] - own
    each = weight * gap.clip(lower=0)
    right, top = each.sum(), set(each.nlargest(3).index)
    assert each.nlargest(4).is_unique
    assert misses((weight * gap).sum(), right)
    assert misses(gap.clip(lower=0).sum(), right)
    assert set(gap.nlargest(3).index) != top
    assert set(own.nsmallest(3).index) != top
    assert misses((weight * (-gap).clip(lower=0)).sum(), right)
    assert misses((weight * -gap).sum(), right)
    assert set((weight * -gap).nlargest(3).index) != top


@pytest.mark.parametrize("variant", VARIANTS)
def test_rivals_are_scored_with_reversed_prices_and_do_it_oneself(variant):
    data = case.load("competitors", variant=variant).set_index("competitor")
    criteria = case.load("criteria", variant=variant).set_index("criterion")
    weight = criteria["weight"]

    def scores(rows, weights, reversed_ones=("price_usd", "delay_days")):
        values = rows[list(weights.index)].astype(float)
        unit = (values - values.min()) / (values.max() - values.min())
        for name in reversed_ones:
            unit[name] = 1 - unit[name]
        return unit @ weights

    right = scores(data, weight / weight.sum())
    rivals = data.drop(index="do it oneself")

    def changed(wrong):
        return misses(wrong, right.reindex(wrong.index)).sum()

    assert right.nlargest(2).is_unique
    assert changed(scores(data, weight)) >= 4
    assert changed(scores(data, weight / weight.sum(), ("delay_days",))) >= 3
    assert changed(scores(rivals, weight / weight.sum())) >= 2

    share = data["share_of_cleans"]
    hhi = ((100 * share) ** 2).sum()
    assert share.sum() == pytest.approx(1)
    assert misses((share**2).sum(), hhi)
    others = rivals["share_of_cleans"]
    assert misses(((100 * others) ** 2).sum(), hhi)
    assert misses(((100 * others / others.sum()) ** 2).sum(), hhi)


@pytest.mark.parametrize("variant", VARIANTS)
def test_meetings_cost_what_required_people_and_all_occurrences_cost(variant):
    data = case.load("meetings", variant=variant)
    hours = data["minutes"] / 60 * data["times_per_year"]
    rate = data["cost_usd_per_person_hour"]
    cost = hours * data["required_attendees"] * rate
    people = data["required_attendees"] + data["optional_attendees"]
    once = data["minutes"] / 60 * data["required_attendees"] * rate
    assert misses((hours * rate).sum(), cost.sum())
    assert misses((hours * people * rate).sum(), cost.sum())
    assert misses(once.sum(), cost.sum())
    decisions = data["decided_in_last_5"] / 5 * data["times_per_year"]
    assert misses(cost.sum() / (5 * decisions.sum()), cost.sum() / decisions.sum())
    cancelled = data["decided_in_last_5"] <= 1
    assert 2 <= cancelled.sum() < len(data)


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_tool_costs_more_than_its_list_price(variant):
    data = case.load("tool_request", variant=variant).set_index("name")["value"]
    people, rate = data["people"], data["cost_per_person_hour"]
    weekly = people * data["hours_saved_per_person_week"] * rate
    saved = weekly * data["weeks_per_year"]
    licence = 12 * people * data["list_price_per_person_month"]
    start = data["set_up_cost"] + data["training_hours_per_person"] * people * rate
    right = saved - licence - start
    assert misses(saved - licence, right)
    assert misses(saved - licence / 12 - start, right)
    even = (licence + start) / (people * rate * data["weeks_per_year"])
    assert misses(licence / (people * rate * data["weeks_per_year"]), even)


def flows(person, month):
    """Return new, retained, resurrected and churned persons by month."""
    seen = pd.crosstab(person, month).gt(0)
    before = seen.shift(1, axis=1, fill_value=False)
    ever = seen.cumsum(axis=1).shift(1, axis=1, fill_value=0) > 0
    return pd.DataFrame(
        {
            "new": (seen & ~ever).sum(),
            "retained": (seen & before).sum(),
            "resurrected": (seen & ever & ~before).sum(),
            "churned": (before & ~seen).sum(),
            "active": seen.sum(),
        }
    )


def check_flows(person, cleaner, month):
    found = flows(person, month)
    assert (
        found["active"] == found[["new", "retained", "resurrected"]].sum(axis=1)
    ).all()
    late = found.iloc[-6:]
    lost = found["active"].shift(1) - found["active"]
    assert misses(lost.iloc[-6:], late["churned"]).all()
    assert misses(late["new"] + late["resurrected"], late["new"]).all()
    assert misses(found["new"].cumsum().iloc[-6:], late["active"]).all()
    cleaners = cleaner.groupby(month).nunique().iloc[-6:]
    assert misses(late["active"] + cleaners, late["active"]).all()
    return found


@pytest.mark.parametrize("variant", SOME)
def test_growth_of_the_app_is_new_retained_and_resurrected(variant):
    data = case.load("bookings", variant=variant)
    data = data[data["status"] == "completed"]
    month = data["scheduled_at"].dt.to_period("M")
    found = check_flows(data["user_id"], data["cleaner_id"], month)
    assert found["active"].iloc[-3:].mean() > 1.2 * found["active"].iloc[-15:-12].mean()


@pytest.mark.parametrize("variant", SOME)
def test_growth_of_classic_is_below_zero(variant):
    data = case.load("classic_bookings", variant=variant)
    month = data["cleaned_on"].dt.to_period("M")
    found = check_flows(data["customer_id"], data["cleaner_id"], month)
    assert found["active"].iloc[-1] < 0.6 * found["active"].iloc[-13]


@pytest.mark.parametrize("variant", SOME)
def test_the_metric_tree_adds_up_in_logarithms_only(variant):
    data = case.load("bookings", variant=variant)
    users = case.load("users", variant=variant)

    def factors(first):
        last = first + pd.Timedelta("28D")
        weeks = data[data["scheduled_at"].between(first, last, inclusive="left")]
        done = (weeks["status"] == "completed").sum()
        active = weeks["user_id"].nunique()
        registered = (users["signed_up_at"] < last).sum()
        return (
            np.array([active, len(weeks) / active, done / len(weeks)]),
            np.array([registered, len(weeks) / registered, done / len(weeks)]),
        )

    (old, old_root), (new, new_root) = (
        factors(pd.Timestamp(start)) for start in ("2025-06-02", "2026-06-01")
    )

    def shares(before, after):
        return np.log(after / before) / np.log(after.prod() / before.prod())

    right = shares(old, new)
    total = new.prod() - old.prod()

    def differs(wrong):
        return np.abs(wrong - right).max() > 0.015

    assert right.sum() == pytest.approx(1)
    percents = (new / old - 1) / (new.prod() / old.prod() - 1)
    assert percents.sum() != pytest.approx(1, abs=0.005)
    assert differs(percents)
    steps = [np.concatenate([new[:n], old[n:]]).prod() for n in range(4)]
    back = [np.concatenate([old[:n], new[n:]]).prod() for n in range(4)]
    assert differs(np.diff(steps) / total)
    assert differs(-np.diff(back) / total)
    assert differs(shares(old_root, new_root))
    assert differs((new - old) / (new - old).sum())


@pytest.mark.parametrize("variant", SOME)
def test_zones_leave_few_independent_searches(variant):
    data = case.load("search_requests", variant=variant)
    data = data[data["requested_at"] >= "2026-05-01"]
    wait = (data["matched_at"] - data["requested_at"]) <= pd.Timedelta("1D")
    groups = wait.astype(float).groupby(data["zone"])
    count, size = groups.ngroups, groups.size()
    between = (size * (groups.mean() - wait.mean()) ** 2).sum() / (count - 1)
    within = (groups.var(ddof=1) * (size - 1)).sum() / (len(data) - count)
    even = (len(data) - (size**2).sum() / len(data)) / (count - 1)
    icc = (between - within) / (between + (even - 1) * within)
    m = len(data) / count
    right = len(data) / (1 + (m - 1) * icc)
    assert 0.01 < icc < 0.5
    assert misses(len(data), right)
    assert misses(len(data) / (m * icc), right)
    made = case.load("bookings", variant=variant)
    made = made[made["created_at"] >= "2026-05-01"]
    assert misses(len(made) / (1 + (m - 1) * icc), right)
    more = len(made) / count
    assert misses(len(made) / (1 + (more - 1) * icc), right)


@pytest.mark.parametrize("variant", SOME)
def test_offices_and_homes_are_compared_by_customer_year_and_full_cost(variant):
    accounts = case.load("b2b_accounts", variant=variant)
    cost = case.load("b2b_costs", variant=variant)
    channels = case.load("channels", variant=variant)
    won = accounts[accounts["stage"] == "won"]
    selling = cost[["sales_salaries_usd", "commissions_usd", "tools_and_travel_usd"]]
    cac = selling.sum().sum() / cost["new_accounts"].sum()
    kept = 1 - cost["variable_cost_share"].mean()
    per_seat = (won["seats"] * won["seat_price_usd"]).sum() / won["seats"].sum() * kept
    monthly = (won["seats"] * won["seat_price_usd"]).mean() * kept
    payback, year = cac / monthly, 12 * monthly - cac
    no_salaries = selling.drop(columns="sales_salaries_usd").sum().sum()
    assert misses(cac / per_seat, payback)
    assert misses(12 * per_seat - cac, year)
    assert misses(12 * per_seat - selling.sum().sum() / won["seats"].sum(), year)
    assert misses(no_salaries / len(won) / monthly, payback)
    assert misses(cac / (12 * monthly), payback)
    assert misses(monthly - cac, year)

    pipeline = accounts[~accounts["stage"].isin(["won", "lost"])]
    value = pipeline["seats"] * pipeline["seat_price_usd"]
    assert misses(value.sum(), (value * pipeline["stage_win_rate"]).sum())

    homes = channels[["spend_usd", "salaries_usd", "new_customers"]].sum()
    home_cac = (homes["spend_usd"] + homes["salaries_usd"]) / homes["new_customers"]
    assert misses(homes["spend_usd"] / homes["new_customers"], home_cac)
    assert cac > 3 * home_cac
    assert (won["buyer"] != won["user"]).all()
