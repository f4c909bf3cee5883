"""Planted facts of months 0 to 3: the right way finds them, each mistake misses."""

import numpy as np
import pytest

from pmlab import case

VARIANTS = [f"seed-{n}" for n in range(50)]
THREE_TOLERANCES = 0.015


def misses(wrong, right):
    return abs(wrong - right) > THREE_TOLERANCES * abs(right)


def value_of(variant, name):
    table = case.load("assumptions", variant=variant).set_index("name")
    return float(table.loc[name, "value"])


@pytest.mark.parametrize("variant", VARIANTS)
def test_each_wrong_gate_misses_the_share_that_passes_all_three(variant):
    data = case.load("survey_screen", variant=variant)
    price = value_of(variant, "price_usd")
    severe = data["severity"] >= 4
    acts = data["spends_time_or_money_now"]
    pays = data["wtp_usd"] >= price

    def share(mask):
        return float(np.average(mask, weights=data["weight"]))

    right = share(severe & acts & pays)
    assert 0.15 < right < 0.45
    assert misses(share(severe) * share(acts) * share(pays), right)
    assert misses((severe & acts & pays).mean(), right)
    assert misses(share(severe & pays), right)
    average = float(np.average(data["wtp_usd"], weights=data["weight"]))
    assert misses(share(severe & acts) if average >= price else 0.0, right)


@pytest.mark.parametrize("variant", VARIANTS)
def test_weights_matter_for_weekly_pain(variant):
    data = case.load("survey_screen", variant=variant)
    cells = case.load("population_cells", variant=variant).set_index("cell")
    found = data.groupby("cell")["weekly_pain"].agg(["mean", "size"])
    found["share"] = cells["households"] / cells["households"].sum()
    right = float((found["share"] * found["mean"]).sum())
    assert right == pytest.approx(
        np.average(data["weekly_pain"], weights=data["weight"]), rel=1e-9
    )
    large = found[found["size"] >= 30]
    assert len(large) == len(found) - 1
    dropped = (large["share"] * large["mean"]).sum() / large["share"].sum()
    assert misses(data["weekly_pain"].mean(), right)
    assert misses(np.average(data["weekly_pain"], weights=1 / data["weight"]), right)
    assert misses(dropped, right)


def plan_of(variant):
    plan = case.load("launch_plan", variant=variant)
    operations = plan[plan["row_type"] == "operations"]
    outlay = plan.loc[plan["row_type"] == "outlay", "one_off_usd"].sum()
    research = plan.loc[plan["row_type"] == "research", "one_off_usd"].sum()
    return operations, outlay, research


@pytest.mark.parametrize("variant", VARIANTS)
def test_each_mistake_moves_the_value_of_the_plan(variant):
    months, outlay, research = plan_of(variant)
    t = months["month"].to_numpy()
    revenue = months["completed_cleans"] * months["price_usd"] * months["take_rate"]
    variable = months["completed_cleans"] * months["variable_cost_usd"]
    flow = revenue - variable - months["fixed_cost_usd"]
    discount = 1.12 ** (-t / 12)
    right = float((flow * discount).sum() - outlay)
    assert abs(right) > 0.15 * outlay
    wrong = {
        "simple_monthly": (flow * 1.01**-t).sum() - outlay,
        "revenue_not_margin": ((revenue - months["fixed_cost_usd"]) * discount).sum()
        - outlay,
        "sunk_included": right - research,
        "undiscounted": flow.sum() - outlay,
        "shift_one": (flow * 1.12 ** (-(t - 1) / 12)).sum() - outlay,
    }
    assert all(misses(value, right) for value in wrong.values()), wrong


def test_some_plans_are_worth_it_and_some_are_not():
    values = []
    for variant in VARIANTS:
        months, outlay, _ = plan_of(variant)
        margin = months["price_usd"] * months["take_rate"] - months["variable_cost_usd"]
        flow = months["completed_cleans"] * margin - months["fixed_cost_usd"]
        values.append((flow * 1.12 ** (-months["month"] / 12)).sum() - outlay)
    assert 15 <= sum(value > 0 for value in values) <= 35


@pytest.mark.parametrize("variant", VARIANTS)
def test_equal_ten_percent_names_another_winner_than_the_own_ranges(variant):
    months, _, _ = plan_of(variant)
    ranges = case.load("plan_ranges", variant=variant).set_index("input")
    discount = 1.12 ** (-months["month"] / 12)

    def worth(**changed):
        at = {**ranges["base"].to_dict(), **changed}
        margin = months["price_usd"] * at["take_rate"] - at["variable_cost_usd"]
        cleans = months["completed_cleans"] * at["cleans_factor"]
        fixed = months["fixed_cost_usd"] * at["fixed_cost_factor"]
        return float(((cleans * margin - fixed) * discount).sum() - at["outlay_usd"])

    def winner(low, high):
        swing = {
            name: abs(worth(**{name: high[name]}) - worth(**{name: low[name]}))
            for name in ranges.index
        }
        ordered = sorted(swing, key=swing.get)
        assert swing[ordered[-1]] > 1.015 * swing[ordered[-2]]
        return ordered[-1]

    own = winner(ranges["low_p10"], ranges["high_p90"])
    assert own != winner(ranges["base"] * 0.9, ranges["base"] * 1.1)


@pytest.mark.parametrize("variant", VARIANTS)
def test_capacity_binds_at_the_high_end_of_the_market_and_not_at_the_low_end(variant):
    from pmlab.case.places import launch_trio

    cleaners = case.load("cleaners", variant=variant)
    start, end = np.datetime64("2024-05-01"), np.datetime64("2025-05-01")
    begins = cleaners["starts_on"].clip(lower=start)
    ends = cleaners["left_on"].fillna(end).clip(upper=end)
    weeks = ((ends - begins).dt.days / 7).clip(lower=0)
    hours = (weeks * cleaners["weekly_hours"]).sum()
    capacity = hours / value_of(variant, "hours_per_clean")
    trio = launch_trio(variant)
    car = [1 - county.households_no_car / county.households for county in trio]
    per_household = (
        value_of(variant, "reachable_share")
        * value_of(variant, "win_rate")
        * value_of(variant, "cleans_per_year")
    )
    low = sum(c.households * (b - 0.5) for c, b in zip(trio, car, strict=True))
    high = sum(c.households * 0.5 for c in trio)
    assert low * per_household < 0.985 * capacity
    assert capacity < 0.985 * high * per_household


def test_the_planned_capacity_is_the_same_when_seen_in_month_three():
    seen = case.load("cleaners", variant="seed-0", until_month=3)
    later = case.load("cleaners", variant="seed-0")
    in_year_one = later[later["starts_on"] < "2025-05-01"]
    assert seen["cleaner_id"].tolist() == in_year_one["cleaner_id"].tolist()
    assert (in_year_one["left_on"].dropna() >= "2025-05-01").all()


def test_each_variant_starts_in_other_real_counties():
    trios = {
        tuple(case.load("launch_counties", variant=variant)["county_fips"])
        for variant in VARIANTS
    }
    assert len(trios) == len(VARIANTS)
    assert all(len(set(trio)) == 3 for trio in trios)
