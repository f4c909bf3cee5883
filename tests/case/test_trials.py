"""Planted facts of the experiments: mismatch, novelty, interference, many metrics."""

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests

from pmlab import case
from pmlab.case import exposures

VARIANTS = [
    pytest.param(f"seed-{n}", marks=[pytest.mark.slow] if n >= 10 else [])
    for n in range(50)
]
FAST_VARIANTS = [f"seed-{n}" for n in range(50)]


def misses(wrong, right):
    return abs(wrong - right) > 0.015 * abs(right)


@pytest.fixture(params=VARIANTS, scope="module")
def trial(request):
    assigned = case.load("exp_assign", variant=request.param)
    weeks = case.load("exp_outcomes", variant=request.param)
    keys = ["experiment", "user_id"]
    totals = weeks.groupby(keys)[["sessions", "bookings"]].sum().reset_index()
    joined = assigned.merge(totals, on=keys)
    assert len(joined) == len(assigned)
    weekly = weeks.merge(assigned[[*keys, "arm"]], on=keys)
    return {"users": joined, "weeks": weekly, "truth": case.truth(request.param)}


def lift(rows):
    means = rows.groupby("arm")["bookings"].mean()
    return means["treatment"] / means["control"] - 1


def test_only_one_experiment_shows_a_mismatch(trial):
    users, found = trial["users"], []
    for name, rows in users.groupby("experiment"):
        if name == "instant-match-zones":
            assert rows.groupby("arm")["zone"].nunique().tolist() == [12, 12]
            continue
        share = 0.1 if name == "careful-rollout" else 0.5
        treated = (rows["arm"] == "treatment").sum()
        expected = [len(rows) * share, len(rows) * (1 - share)]
        if stats.chisquare([treated, len(rows) - treated], expected).pvalue < 0.001:
            found.append(name)
        if name == "fast-checkout":
            # To the eye 52 to 48 looks fine.
            assert treated / len(rows) > 0.45
    assert found == [trial["truth"]["mismatch_experiment"]]


def test_the_novelty_fades(trial):
    rows = trial["weeks"][trial["weeks"]["experiment"] == "fresh-look"]
    by_week = {week: lift(part) for week, part in rows.groupby("week")}
    assert by_week[1] > 0.25
    assert abs(by_week[4]) < 0.07
    assert misses(lift(rows), by_week[4])


def test_users_of_shared_cleaners_overstate_the_effect(trial):
    rows = trial["users"]
    apart = lift(rows[rows["experiment"] == "instant-match"])
    true = np.mean(trial["truth"]["experiment_effects"]["instant-match-zones"])
    zones = rows[rows["experiment"] == "instant-match-zones"]
    means = zones.groupby(["arm", "zone"])["bookings"].mean()
    error = np.sqrt(sum(part.var() / len(part) for _, part in means.groupby("arm")))
    change = means["treatment"].mean() - means["control"].mean()
    assert abs(change - true * means["control"].mean()) < 3.5 * error
    assert apart > 5 * true


def test_dropping_new_users_changes_the_effect(trial):
    rows = trial["users"][trial["users"]["experiment"] == "clear-prices"]
    before = rows["pre_bookings"].astype("Float64").to_numpy(float, na_value=np.nan)
    filled = np.where(np.isnan(before), np.nanmean(before), before)
    theta = np.cov(filled, rows["bookings"])[0, 1] / filled.var(ddof=1)
    adjusted = rows.assign(bookings=rows["bookings"] - theta * (filled - filled.mean()))
    reduction = np.corrcoef(filled, rows["bookings"])[0, 1] ** 2
    assert reduction > 0.12

    def difference(data):
        means = data.groupby("arm")["bookings"].mean()
        return means["treatment"] - means["control"]

    right = difference(adjusted)
    assert misses(difference(adjusted[~np.isnan(before)]), right)
    assert right > 0


def test_sessions_of_a_user_are_no_independent_trials(trial):
    rows = trial["users"]
    part = rows[(rows["experiment"] == "clear-prices") & (rows["arm"] == "control")]
    rate = part["bookings"].sum() / part["sessions"].sum()
    linear = (part["bookings"] - rate * part["sessions"]) / part["sessions"].mean()
    delta = linear.std(ddof=1) / np.sqrt(len(part))
    naive = np.sqrt(rate * (1 - rate) / part["sessions"].sum())
    assert delta > 1.2 * naive
    seen = part[part["sessions"] > 0]
    assert misses((seen["bookings"] / seen["sessions"]).mean(), rate)
    some = part[part["bookings"] > 0]
    assert misses(some["bookings"].sum() / some["sessions"].sum(), rate)


@pytest.mark.parametrize("variant", FAST_VARIANTS)
def test_of_many_metrics_two_stand(variant):
    table, truth = case.load("exp_metrics", variant=variant), case.truth(variant)
    score = table["difference"] / table["standard_error"]
    last = table.assign(p=2 * stats.norm.sf(score.abs()), z=score)
    last = last[last["planned_last_day"]].set_index("metric")
    second = last[last["role"] == "secondary"]
    passed = multipletests(second["p"], 0.05, "holm")[0]
    assert sorted(second.index[passed]) == truth["standing_metrics"]
    assert (second["p"] < 0.05).sum() == 5
    primary = table["role"] == "primary"
    assert last.loc[last["role"] == "primary", "p"].item() > 0.05
    days = table.loc[primary & (score > 1.96), "day"]
    assert 5 < days.min() < 28
    guards = last[last["role"] == "guardrail"]
    assert guards.index[guards["p"] < 0.05].tolist() == [truth["worse_guardrail"]]
    assert guards["p"].min() * 3 > 0.05


@pytest.mark.parametrize("variant", FAST_VARIANTS)
def test_each_shortcut_finds_too_few_weeks(variant):
    log = case.load("exposure_log", variant=variant)
    plan = case.load("exp_plan", variant=variant).set_index("name")["value"]
    b, m = plan["baseline_rate"], plan["relative_mde"]
    need = 2 * np.ceil(exposures.needed_per_arm(b, m)) / plan["allocated_share"]
    week = (log["seen_on"] - log["seen_on"].min()).dt.days // 7
    mine = log["eligible"]
    first = log[mine].drop_duplicates("visitor_id")
    reach = week.loc[first.index].value_counts().sort_index().cumsum()
    right = 1 + (reach < need).sum()
    shown = week[mine].value_counts().sort_index().cumsum()
    everyone = log.drop_duplicates("visitor_id")
    total = week.loc[everyone.index].value_counts().sort_index().cumsum()
    assert right <= 6
    assert right > 1 + (shown < need).sum()
    assert right > 1 + (total < need).sum()
    assert right > np.ceil(need / reach.iloc[0])


def test_users_per_arm_agree_with_statsmodels():
    from statsmodels.stats.power import NormalIndPower

    # Both without pooling: solve the power equation for the same variance by hand.
    b, m = 0.12, 0.3
    p = b * (1 + m)
    effect = (p - b) / np.sqrt((b * (1 - b) + p * (1 - p)) / 2)
    oracle = NormalIndPower().solve_power(effect, alpha=0.05, power=0.8)
    assert exposures.needed_per_arm(b, m) == pytest.approx(oracle, rel=1e-4)


@pytest.mark.parametrize("variant", FAST_VARIANTS)
def test_each_readout_tells_its_story(variant):
    table = case.load("readouts", variant=variant)
    story = dict(
        zip(case.truth(variant)["readouts"], table.to_dict("records"), strict=True)
    )
    assert all(row["full_weeks"] >= 2 for row in story.values())
    win, loss = story["clear win"], story["clear loss"]
    assert win["effect_low"] > win["practical_line"]
    assert win["guardrail_low"] > win["guardrail_margin"]
    assert loss["effect_high"] < loss["practical_line"]
    small = story["too small a test"]
    assert small["effect_low"] < small["practical_line"] < small["effect_high"]
    broken = story["guardrail broken"]
    assert broken["guardrail_low"] < broken["guardrail_margin"]
    assert (
        story["novelty"]["effect_last_week"] < 0.2 * story["novelty"]["effect_week_1"]
    )
    assert story["too good to be true"]["srm_p_value"] < 0.001
    others = [row["srm_p_value"] for name, row in story.items() if name[:3] != "too"]
    assert min(others) > 0.001
