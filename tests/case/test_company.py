"""Planted facts of interviews, support, money, choices, launch, end of Classic."""

import numpy as np
import pandas as pd
import pytest

from pmlab import case
from pmlab.case import choices, retirement

VARIANTS = [f"seed-{n}" for n in range(50)]
# Tables that follow the simulated bookings take longer.
SOME = [
    pytest.param(variant, marks=[pytest.mark.slow] if place >= 10 else [])
    for place, variant in enumerate(VARIANTS)
]


def misses(wrong, right):
    return abs(wrong - right) > 0.015 * abs(right)


def facts(table, variant):
    return case.load(table, variant=variant).set_index("name")["value"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_agreement_is_not_kappa(variant):
    data = case.load("interviews", variant=variant)

    def kappa(rows, chance=None):
        a = rows["coder_a"].value_counts(normalize=True)
        b = rows["coder_b"].value_counts(normalize=True)
        agreed = (rows["coder_a"] == rows["coder_b"]).mean()
        expected = a.mul(b, fill_value=0).sum() if chance is None else chance
        return (agreed - expected) / (1 - expected)

    right = kappa(data)
    codes = set(data["coder_a"]) | set(data["coder_b"])
    own = (data["coder_a"].value_counts(normalize=True) ** 2).sum()
    clear = data[(data["coder_a"] != "unclear") & (data["coder_b"] != "unclear")]
    assert len(data) == 120
    assert abs(right - 0.6) > 0.015
    assert misses((data["coder_a"] == data["coder_b"]).mean(), right)
    assert misses(kappa(data, 1 / len(codes)), right)
    assert misses(kappa(data, own), right)
    assert misses(kappa(clear), right)


@pytest.mark.parametrize("variant", VARIANTS)
def test_pains_are_ranked_by_people_and_severity(variant):
    data = case.load("interviews", variant=variant)
    data = data[data["code"] != "unclear"]
    pains = data[~data["is_wish"]]

    def top(rows, unit="person_id"):
        people = rows.drop_duplicates(["code", "person_id"]).groupby("code")["severity"]
        score = rows.groupby("code")[unit].nunique() * people.median()
        return score.sort_values(ascending=False, kind="stable").index[:3].tolist()

    right = top(pains)
    assert right == case.truth(variant)["top_pains"]
    assert pains["code"].value_counts().index[:3].tolist() != right
    assert top(pains, unit="source_ref") != right
    assert top(data) != right


@pytest.mark.parametrize("variant", VARIANTS)
def test_what_people_say_is_less_than_what_they_do(variant):
    data = case.load("timelog", variant=variant)
    gap = data["observed_minutes"] - data["stated_minutes"]
    right = gap.median()
    assert right > 3
    assert misses(
        data["observed_minutes"].median() - data["stated_minutes"].median(), right
    )
    assert misses(gap.mean(), right)
    zero = data["observed_minutes"] - data["stated_minutes"].fillna(0)
    assert misses(zero.median(), right)


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_loud_voice_names_the_same_top_three(variant):
    data = case.load("feature_requests", variant=variant).set_index("request")
    score = (
        data["affected_active_customers"] * data["severity"] * data["uses_per_4_weeks"]
    )
    right = set(score.nlargest(3).index)
    assert set(data["votes"].nlargest(3).index) != right
    assert set(data["support_tickets"].nlargest(3).index) != right
    assert set(data["lost_deals_usd"].nlargest(3).index) != right
    assert data.index[data["asked_by_founder"]].item() not in right


@pytest.mark.parametrize("variant", SOME)
def test_the_worse_theme_of_tickets(variant):
    tickets = case.load("tickets", variant=variant)
    bookings = case.load("bookings", variant=variant)
    done = bookings[bookings["status"] == "completed"]
    real = tickets[~tickets["is_spam"] & tickets["duplicate_of"].isna()]
    planted = case.truth(variant)["worse_theme"]
    change = pd.Timestamp(planted["from"])

    def rate(rows, before):
        part = rows["created_at"] < change if before else rows["created_at"] >= change
        cleans = (done["scheduled_at"] < change) == before
        return rows[part].groupby("theme").size() / cleans.sum()

    assert (rate(real, before=False) / rate(real, before=True)).idxmax() == planted[
        "theme"
    ]
    right = 1000 * len(real) / len(done)
    assert misses(1000 * len(tickets[~tickets["is_spam"]]) / len(done), right)
    assert misses(1000 * len(tickets) / len(done), right)
    late = real["created_at"] >= "2026-01-01"
    by_month = real[late].groupby(real["created_at"].dt.to_period("M")).size()
    closed = real.groupby(real["closed_at"].dt.to_period("M")).size()
    assert any(misses(closed[month], by_month[month]) for month in by_month.index)


@pytest.mark.parametrize("variant", SOME)
def test_open_requests_count_as_open(variant):
    tickets = case.load("tickets", variant=variant)
    asked = tickets[tickets["is_request"]]
    end = pd.Timestamp("2026-07-01")
    days = (
        (asked["notified_at"].fillna(end) - asked["created_at"]) / pd.Timedelta("1D")
    ).to_numpy()
    told = asked["notified_at"].notna().to_numpy()
    order = np.argsort(days, kind="stable")
    curve = np.cumprod(1 - told[order] / np.arange(len(days), 0, -1))
    right = days[order][np.argmax(curve <= 0.5)]
    assert curve.min() <= 0.5
    assert misses(np.median(days[told]), right)
    assert misses(days[told].mean(), right)
    assert misses(np.median(days), right)
    assert misses(asked["shipped_at"].notna().mean(), told.mean())


@pytest.mark.parametrize("variant", SOME)
def test_reasons_to_leave_weigh_by_value(variant):
    left = case.load("exit_interviews", variant=variant)
    left = left.merge(case.load("plans", variant=variant), on="plan_id")
    mine = left[left["answered"] & left["voluntary"]]

    def shares(rows):
        value = rows.groupby("primary_reason")["cleans_per_month"].sum()
        return value / value.sum()

    right = shares(mine)
    heads = mine["primary_reason"].value_counts(normalize=True)
    largest = right.idxmax()
    assert any(misses(heads[name], right[name]) for name in right.index)
    assert misses(shares(left[left["answered"]])[largest], right[largest])
    assert 0.3 < left["answered"].mean() < 0.7


@pytest.mark.parametrize("variant", VARIANTS)
def test_revenue_retention_is_not_logo_retention(variant):
    moves = case.load("mrr_movements", variant=variant)
    start = pd.Timestamp("2025-07-01")
    before = moves[moves["month"] < start].groupby("account_id")["change_usd"].sum()
    cohort, level = before[before > 0].index, before[before > 0].sum()
    year = moves[moves["month"] >= start]
    mine = year[year["account_id"].isin(cohort)].groupby("kind")["change_usd"].sum()
    everyone = year.groupby("kind")["change_usd"].sum()
    losses = mine["contraction"] + mine["churn"]
    gross, net = (level + losses) / level, (level + losses + mine["expansion"]) / level
    left = year[year["account_id"].isin(cohort) & (year["kind"] == "churn")]
    assert 0.4 < gross < 1
    assert misses(net, gross)
    assert misses(net + everyone["new"] / level, net)
    assert misses(1 - left["account_id"].nunique() / len(cohort), gross)
    months = moves.groupby("month")["change_usd"].sum().cumsum().shift(1)
    lost = -year[year["change_usd"] < 0].groupby("month")["change_usd"].sum()
    monthly = (lost / months).loc[start:].fillna(0)
    assert misses(1 - 12 * monthly.sum() / 12, gross)


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_best_option_for_classic(variant):
    outlook = case.load("classic_outlook", variant=variant)
    data = facts("retirement_facts", variant)
    discount = 1.12 ** (-outlook["month"] / 12)
    margin = outlook["revenue_usd"] - outlook["avoidable_cost_usd"]
    leave = data["contract_penalty_usd"] + data["prepaid_refunds_usd"]
    stays = data["migrated_stay_rate"] ** outlook["month"]
    mover = (data["contribution_per_migrated_usd"] * stays * discount).sum()
    movers = data["customers_today"] * data["migration_rate"]
    worth = {
        "keep": (margin * discount).sum(),
        "migrate": movers * mover - data["migration_cost_usd"] - leave,
        "sell": data["partner_price_usd"] - leave,
    }
    assert max(worth, key=worth.get) == case.truth(variant)["best_option"]
    allocated = (outlook["allocated_overhead_usd"] * discount).sum()
    assert misses(worth["keep"] - allocated, worth["keep"])
    assert misses(worth["keep"] - data["phone_system_paid_usd"], worth["keep"])
    all_move = data["customers_today"] * mover - data["migration_cost_usd"] - leave
    assert misses(all_move, worth["migrate"])
    assert misses(worth["sell"] + data["contract_penalty_usd"], worth["sell"])


@pytest.mark.parametrize("variant", VARIANTS)
def test_renewals_decide_the_last_day(variant):
    data = case.load("contracts", variant=variant)
    notice = pd.Timestamp("2026-07-01") + pd.to_timedelta(data["notice_days"], unit="D")
    length = data["term_ends_on"] - data["term_starts_on"]
    renewed = data["auto_renews"] & (notice > data["term_ends_on"])

    def last(end):
        end = end.where(~data["may_end_early"], np.minimum(end, notice))
        return end, (end + pd.to_timedelta(data["export_days"], unit="D")).max()

    end, right = last(data["term_ends_on"] + length.where(renewed, pd.Timedelta(0)))
    _, ignored = last(data["term_ends_on"])
    assert ignored < right
    assert end.mean() < right
    assert end.max() < right
    unused = (data["term_ends_on"] - end).dt.days.clip(lower=0)[data["may_end_early"]]
    refunds = (data["prepaid_usd"] * unused / length.dt.days).sum()
    by_month = (data["prepaid_usd"] * (unused // 30) / data["term_months"]).sum()
    assert misses(by_month, refunds)


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_launch_effect_needs_both_differences(variant):
    weeks = case.load("launch_weeks", variant=variant)

    def cells(rows, first):
        after = rows["weeks_since_launch"] >= first
        return (
            rows["completed_cleans"].groupby([rows["launched"], after]).mean().unstack()
        )

    means = cells(weeks[weeks["weeks_since_launch"] != 0], 1)
    right = (means[True] - means[False]).diff().iloc[-1]
    true = case.truth(variant)["launch_effect"]
    assert abs(right - true) < 0.3 * true
    assert misses(means.loc[True, True] - means.loc[True, False], right)
    assert misses(means.loc[True, True] - means.loc[False, True], right)
    with_launch = cells(weeks, 0)
    assert misses((with_launch[True] - with_launch[False]).diff().iloc[-1], right)


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_blocker_decides_the_launch_and_no_average(variant):
    checks = case.load("launch_log", variant=variant)
    mine = checks[checks["needed_for"] != "feature"]
    stops = (mine["is_blocker"] & (mine["status"] == "open")).any()
    assert stops != case.truth(variant)["launch_ready"]
    assert checks["readiness"].mean() > 0.85
    assert (checks["is_blocker"] & (checks["status"] == "open")).any()


@pytest.mark.parametrize("variant", VARIANTS)
def test_each_channel_rose_and_the_whole_fell(variant):
    funnel = case.load("weekly_funnel", variant=variant)
    first, second, partial = (part for _, part in funnel.groupby("week_start"))
    rates = [
        part.set_index("channel")["buyers"] / part.set_index("channel")["visitors"]
        for part in (first, second)
    ]
    whole = [part["buyers"].sum() / part["visitors"].sum() for part in (first, second)]
    assert (rates[1] > rates[0]).all()
    assert whole[1] < 0.97 * whole[0]
    assert (partial["days"] < 7).all()


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_best_sets_are_feasible(variant):
    truth = case.truth(variant)
    features = case.load("mvp_features", variant=variant).set_index("feature")
    mvp = features.loc[truth["mvp_set"]]
    assert mvp["effort_team_weeks"].sum() <= choices.MVP_CAPACITY_WEEKS
    assert set(mvp["job_step"].dropna()) == set(choices.STEPS)
    assert set(mvp["depends_on"].dropna()) <= set(mvp.index)
    by_value = features["value_points"].sort_values(ascending=False)
    assert set(by_value.index[: len(mvp)]) != set(mvp.index)
    items = case.load("quarter_items", variant=variant).set_index("item")
    plan = items.loc[truth["quarter_set"]]
    assert plan["person_weeks"].sum() <= choices.QUARTER_CAPACITY_WEEKS
    assert "tax receipts" in plan.index
    assert set(plan["depends_on"].dropna()) <= set(plan.index)


def test_the_best_mvp_differs_between_variants():
    sets = {tuple(case.truth(variant)["mvp_set"]) for variant in VARIANTS}
    assert len(sets) > 10


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_order_of_jobs_by_cost_of_delay(variant):
    jobs = case.load("jobs", variant=variant)
    cost = jobs["cost_of_delay_usd_per_week"]

    def total(key):
        order = key.sort_values(ascending=False).index
        return (cost[order] * jobs["weeks"][order].cumsum()).sum()

    right = total(cost / jobs["weeks"])
    assert misses(total(cost), right)
    assert misses(total(1 / jobs["weeks"]), right)
    assert misses(total(cost / jobs["story_points"]), right)


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_assumption_worth_a_test(variant):
    data = case.load("risky_assumptions", variant=variant)
    p = data["probability_true"]
    go = p * data["gain_if_true_usd"] - (1 - p) * data["loss_if_false_usd"]
    value = p * data["gain_if_true_usd"] - go.clip(lower=0)
    best = (value - data["test_cost_usd"]).idxmax()
    assert data["test_cost_usd"].idxmin() != best
    assert value.idxmax() != best
    assert (p - 0.5).abs().idxmax() != best
    assert (data["gain_if_true_usd"] - data["test_cost_usd"]).idxmax() != best


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_time_base_decides_the_backlog(variant):
    data = case.load("backlog", variant=variant).set_index("item")
    factor = data["reach_period"].map({"month": 3, "quarter": 1, "year": 0.25})
    weight = data["impact"] * data["confidence"] / data["person_months"]
    right = (data["reach"] * factor * weight).nlargest(3)
    assert set((data["reach"] * weight).nlargest(3).index) != set(right.index)


@pytest.mark.parametrize("variant", VARIANTS)
def test_weeks_without_a_finished_item_matter(variant):
    weeks = case.load("throughput", variant=variant)["finished_items"]
    assert (weeks == 0).sum() >= 5
    assert misses(weeks[weeks > 0].mean(), weeks.mean())


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_flaws_of_the_decision_matrix(variant):
    data = case.load("decisions", variant=variant)
    parts = data.groupby(["decision", "part"]).size().unstack(fill_value=0)
    told = data[data["person"] == "Fay"].set_index("decision")["part"].notna()
    found = {}
    for name, row in parts.iterrows():
        if row["approver"] == 2:
            found[name] = "two approvers"
        elif row["approver"] == 0:
            found[name] = "no approver"
        elif row["driver"] == 2:
            found[name] = "two drivers"
        elif not told[name]:
            found[name] = "support not informed"
    assert found == case.truth(variant)["flawed_decisions"]


@pytest.mark.parametrize("variant", VARIANTS)
def test_overlaps_and_small_gaps_matter_in_the_calendar(variant):
    data = case.load("calendar", variant=variant)
    assert (data["ends_at"] > data["starts_at"]).all()
    later = data["starts_at"].shift(-1) < data["ends_at"]
    assert later.sum() >= 2
    assert (data["activity"] == "strategic").any()
    assert data["starts_at"].dt.second.eq(0).all()


def test_classic_fades_and_people_come_back():
    rows = case.load("classic_bookings", variant="seed-0")
    month = rows["cleaned_on"].dt.to_period("M")
    active = rows["customer_id"].groupby(month).nunique()
    assert active.iloc[-1] < 0.5 * active.iloc[0]
    sets = [set(part) for _, part in rows["customer_id"].groupby(month)]
    seen = set().union(*sets[:-2])
    assert len((sets[-1] & seen) - sets[-2]) > 0


def test_each_option_for_classic_is_best_somewhere():
    best = [case.truth(variant)["best_option"] for variant in VARIANTS]
    assert all(best.count(option) >= 8 for option in ("keep", "migrate", "sell"))


def test_options_agree_with_a_sum_by_hand():
    margin = np.array([100.0, 100.0])
    data = {
        "contract_penalty_usd": 10.0,
        "prepaid_refunds_usd": 5.0,
        "customers_today": 10.0,
        "migration_rate": 0.5,
        "contribution_per_migrated_usd": 20.0,
        "migrated_stay_rate": 1.0,
        "migration_cost_usd": 30.0,
        "partner_price_usd": 150.0,
    }
    keep, migrate, sell = retirement.option_values_usd(data, margin)
    both = 1 / 1.12 ** (1 / 12) + 1 / 1.12 ** (2 / 12)
    assert keep == pytest.approx(100 * both)
    assert migrate == pytest.approx(100 * both - 45)
    assert sell == 135


def test_truth_says_what_each_fact_is():
    from pmlab.case.truth import meanings

    assert set(meanings()) == set(case.truth("seed-0"))
    with case.use_variant("seed-9"):
        assert case.truth() == case.truth("seed-9")
    with pytest.raises(ValueError, match="must be 1 to 32 letters"):
        case.truth("a b")
