# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Quantifying the opportunity: exercises
#
# Ada, the founder of Fernbroom, wants to pay for a first app for booking home cleaners;
# the launch plan holds the outlay. Before she does, she asks you for one page: how large
# is this, what can we get of it, is it worth the money, and how sure are you?
#
# Today is 1 April 2024. The app would start on 1 May 2024, month 1 of the plan.
#
# **You will** build TAM, SAM and SOM from units that can be counted · compare them with
# published totals · measure demand by what people do · value a monthly plan · show
# which input matters most · and make a GO / NO-GO call.
#
# **Time** about 2 hours with the memo; the six exercises can be done one by one.
# **Points** 28 for six exercises, 12 for the memo.
#
# **Data** REAL: counties of the United States (Census Bureau, American Community Survey
# 2014-2018, public domain). Invented: Fernbroom's survey, cleaners and plan; the
# numbers are your variant's.
#
# Fernbroom, its people and its data are invented for this course. Tables marked REAL
# are public data about the real world and say nothing about Fernbroom.
#
# Each exercise has an answer cell, a check cell, and often a cell that uses your
# answer on the full data. Your functions are graded on data that you have not seen, so
# compute everything from the arguments. If a check fails, it shows the small table it
# used. Stuck? `pm.hint("tam")` shows a hint.

# %%
import math

import numpy as np
import pandas as pd

import pmlab as pm
from pmlab.formatting import money, percent

counties = pm.datasets.load("us_local_markets", "counties")  # REAL
assumed_by_fernbroom = pm.case.load("assumptions")
assumptions = assumed_by_fernbroom.set_index("name")["value"].to_dict()
tam_usd = None  # until M03-E1 is done


def numbers_in(answer, *keys):
    """Return the numbers that your function gives; None if it has none to give yet."""
    try:
        made = answer()
        found = [float(made[key]) for key in keys]
    except Exception:  # noqa: BLE001 - whatever it was, the check names it
        return None
    return found if all(math.isfinite(number) for number in found) else None


assumed_by_fernbroom  # with units; the source of each is “our assumption”

# %% [markdown] exercise="tam" objective="build a bottom-up TAM"
# ## M03-E1 · How large is the market? (5 points)
#
# The **TAM** (total addressable market) is what all buyers spend in one year. Size home
# cleaning in the 50 states and D.C.: add up, county by county,
# households × share that buys × cleans per year × price.
#
# Write `annual_tam(counties, assumptions)`. The share that buys depends on the
# county's `median_household_income_usd`:
#
# | Median income of the county | Share (key of `assumptions`) |
# |---|---|
# | below 50,000 | `share_buying_under_50k` |
# | 50,000 to below 75,000 | `share_buying_50k_to_75k` |
# | 75,000 and more | `share_buying_75k_and_more` |
#
# The other keys you need are `cleans_per_year` and `price_usd`. The table also holds
# Puerto Rico, and a county whose estimates were withdrawn (empty cells). A reader must
# be able to see what is left out. (If a county had homes but no income, its share would
# be unknown as well; no county here is like that.)
#
# **Done when** the function returns a dictionary with two keys: `tam_usd`, in US
# dollars a year, right within 0.5 %, and `counties_left_out`, the exact number of
# counties in the 50 states and D.C. that have no household estimate.


# %% solution="tam"
def annual_tam(counties, assumptions):
    """Return {"tam_usd": ..., "counties_left_out": ...} for the 50 states and D.C."""
    ### BEGIN SOLUTION
    states = counties[counties["state"] != "Puerto Rico"]
    known = states.dropna(subset=["households", "median_household_income_usd"])
    income = known["median_household_income_usd"].astype(float)
    share = np.select(
        [income >= 75_000, income >= 50_000],
        [
            assumptions["share_buying_75k_and_more"],
            assumptions["share_buying_50k_to_75k"],
        ],
        assumptions["share_buying_under_50k"],
    )
    buyers = (known["households"].astype(float) * share).sum()
    spend = buyers * assumptions["cleans_per_year"] * assumptions["price_usd"]
    return {"tam_usd": spend, "counties_left_out": len(states) - len(known)}
    ### END SOLUTION


# %% checks="tam" points=5
with pm.checks.exercise("tam", points=5, read="Lesson 03, section 1") as check:
    small = pd.DataFrame(
        {
            "county_fips": [
                "39001",
                "39003",
                "48001",
                "72001",
                "35001",
                "11001",
                "30001",
                "35003",
            ],
            "county": [
                "Alder",
                "Birch",
                "Cedar",
                "Dogwood",
                "Elm",
                "Fir",
                "Gum",
                "Hazel",
            ],
            "state": [
                "Ohio",
                "Ohio",
                "Texas",
                "Puerto Rico",
                "New Mexico",
                "District of Columbia",
                "Montana",
                "New Mexico",
            ],
            # Gum is rural, so it belongs to no metro area.
            "cbsa_code": ["10", "10", "20", None, "30", "40", None, "30"],
            "cbsa_type": [
                *("metro", "metro", "metro", None),
                *("micro", "metro", "nonmetro", "micro"),
            ],
            "population": [2_400, 5_100, 10_000, 2_500, 900, 6_000, 1_300, 800],
            "households": pd.array(
                [1_000, 2_000, 4_000, 1_000, None, 3_000, 500, None], dtype="Int64"
            ),
            "median_household_income_usd": pd.array(
                [40_000, 50_000, 75_000, 20_000, None, 80_000, 60_000, None],
                dtype="Int64",
            ),
        }
    )
    check.show("the small table", small)
    assumed = {
        "share_buying_under_50k": 0.05,
        "share_buying_50k_to_75k": 0.10,
        "share_buying_75k_and_more": 0.20,
        "cleans_per_year": 10.0,
        "price_usd": 100.0,
        "take_rate": 0.25,
    }
    answer = annual_tam(small.copy(), assumed.copy())
    # First the total, whatever the count of counties is; then the count.
    form = {**answer, "counties_left_out": 0} if isinstance(answer, dict) else answer
    check.record(
        form,
        # Buyers: Alder 50, Birch 200, Cedar 800, Fir 600, Gum 50; × 10 × 100.
        {"tam_usd": 1_700_000, "counties_left_out": 0},
        what="the TAM of the small table",
        traps={
            "people_not_households": {"tam_usd": 3_960_000},
            "monthly_as_annual": {"tam_usd": 20_400_000},
            "average_of_counties": {"tam_usd": 1_050_000},
            "edge_of_the_band": {"tam_usd": 1_200_000},
            "take_rate_as_tam": {"tam_usd": 425_000},
            "counts_territories": {"tam_usd": 1_750_000},
            "drops_every_gap": {"tam_usd": 1_650_000},
            "forgets_dc": {"tam_usd": 1_100_000},
        },
        facts={
            "people_per_household": 24_800 / 10_500,
            "cleans": 10,
            "mean_income": 61_000,
            "take_percent": 25,
        },
        idea="Go through the chain for one county by hand: how many homes, what share "
        "of them buys, how often, at what price? Then add the counties. Birch and Cedar "
        "sit exactly on the edge of a band.",
    )
    check.number(
        answer.get("counties_left_out"),
        2,
        what="the counties left out",
        tolerance=0,
        traps={"zeroed_in_silence": 0, "left_out_too_many": 3},
        idea="Your total is right. Which counties of the 50 states and D.C. have no "
        "estimate of their households? Count them in the table; do not type a number.",
        keeps=0.7,
    )
    ### BEGIN HIDDEN TESTS
    names = ["Ohio", "Texas", "Utah", "Maine", "District of Columbia", "Puerto Rico"]
    prefixes = np.array(["39", "48", "49", "23", "11", "72"])
    for variant in pm.checks.variants(2):
        dice = pm.checks.rng(variant)
        size, empty = 36, int(dice.integers(3, 7))
        place = np.arange(size) % 6
        abroad = place == 5
        homes = dice.integers(5, 90, size) * 1_000
        income = dice.integers(32, 100, size) * 1_000
        income[[6, 8]], homes[[6, 8]] = (50_000, 75_000), 90_000  # exactly on the edges
        income[abroad] = 20_000
        holes = np.zeros(size, dtype=bool)
        rural = np.isin(np.arange(size), [1, 9, 14])
        ordinary = ~abroad & ~rural & (place != 4) & (homes < 90_000)
        holes[dice.permutation(np.flatnonzero(ordinary))[:empty]] = True
        holed = np.where(holes, np.nan, 1.0)
        data = pd.DataFrame(
            {
                "county_fips": [f"{prefixes[k]}{n:03}" for n, k in enumerate(place)],
                "county": [f"County {number}" for number in range(size)],
                "state": [names[k] for k in place],
                "cbsa_code": [None if gap else "10" for gap in rural | abroad],
                "cbsa_type": [None if gap else "metro" for gap in abroad],
                "population": (homes * dice.uniform(2.3, 2.9, size)).astype(int),
                "households": pd.array(homes * holed, dtype="Int64"),
                "median_household_income_usd": pd.array(income * holed, dtype="Int64"),
            }
        )
        assumed = {
            "share_buying_under_50k": dice.uniform(0.02, 0.04),
            "share_buying_50k_to_75k": dice.uniform(0.05, 0.07),
            "share_buying_75k_and_more": dice.uniform(0.20, 0.30),
            "cleans_per_year": float(dice.integers(8, 20)),
            "price_usd": float(dice.integers(80, 150)),
            "take_rate": dice.uniform(0.2, 0.3),
        }
        shares = np.array(list(assumed.values())[:3])
        share = shares[np.searchsorted([50_000, 75_000], income, side="right")]
        buyers = (homes * share)[~abroad & ~holes].sum()
        spend = buyers * assumed["cleans_per_year"] * assumed["price_usd"]
        answer = annual_tam(data, assumed.copy())
        form = (
            {**answer, "counties_left_out": 0} if isinstance(answer, dict) else answer
        )
        check.record(
            form,
            {"tam_usd": spend, "counties_left_out": 0},
            what="the TAM of other counties",
        )
        check.number(
            answer.get("counties_left_out"),
            empty,
            what="the counties left out elsewhere",
            tolerance=0,
            keeps=0.7,
        )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="tam"
# Ask first what is being counted. Who buys a clean: a person or a home? And where: which
# rows belong to the 50 states and D.C.?

# %% [markdown] hint="tam"
# Work in this order: drop Puerto Rico, count the rows without *households*, leave them
# out, give each remaining county its share, multiply, add. Other columns have gaps as
# well; those rows stay in.

# %% [markdown] hint="tam"
# `np.select([condition_1, condition_2], [value_1, value_2], value_otherwise)` gives each
# county the value of the first condition that is true for it. Turn the income into
# plain numbers first, with `.astype(float)`: a column that may be empty doesn't compare.

# %% wrong="tam" trap="people_not_households"
"""You have {yours}. That is what you get if every *person* buys. But
{people_per_household:.1f} people share a household in these counties, and a home is cleaned
once for all of them. The unit of a market is the one that pays once per purchase. Which
column counts homes?"""


def annual_tam(counties, assumptions):
    buyers, left_out = 0.0, 0
    columns = ["state", "population", "median_household_income_usd"]
    for state, homes, income in zip(*(counties[name] for name in columns)):
        if state == "Puerto Rico":
            continue
        if pd.isna(income):
            left_out += 1
        elif income >= 75_000:
            buyers += homes * assumptions["share_buying_75k_and_more"]
        elif income >= 50_000:
            buyers += homes * assumptions["share_buying_50k_to_75k"]
        else:
            buyers += homes * assumptions["share_buying_under_50k"]
    spend = buyers * assumptions["cleans_per_year"] * assumptions["price_usd"]
    return {"tam_usd": spend, "counties_left_out": left_out}


# %% wrong="tam" trap="monthly_as_annual"
"""You have {yours}. Here a buying home has {cleans} cleans in each month: the number of
cleans was multiplied by 12. A home that is cleaned every few days is rare, so the result
can't hold. The key is called `cleans_per_year`, so the year is already in it. What happens
if you use it as it is?"""


def annual_tam(counties, assumptions):
    buyers, left_out = 0.0, 0
    columns = ["state", "households", "median_household_income_usd"]
    for state, homes, income in zip(*(counties[name] for name in columns)):
        if state == "Puerto Rico":
            continue
        if pd.isna(income):
            left_out += 1
        elif income >= 75_000:
            buyers += homes * assumptions["share_buying_75k_and_more"]
        elif income >= 50_000:
            buyers += homes * assumptions["share_buying_50k_to_75k"]
        else:
            buyers += homes * assumptions["share_buying_under_50k"]
    spend = buyers * assumptions["cleans_per_year"] * assumptions["price_usd"]
    return {"tam_usd": 12 * spend, "counties_left_out": left_out}


# %% wrong="tam" trap="average_of_counties"
"""You have {yours}. You gave all homes one share, the share of the mean county (median
income {mean_income:,.0f} dollars). A county of 1,000 homes then counts as much as one of
4,000, and the rich and the poor ones disappear in the middle. Shares differ by county, so
choose the share first, county by county, and add afterwards. Which share does Cedar get?"""


def annual_tam(counties, assumptions):
    states = counties[counties["state"] != "Puerto Rico"]
    known = states.dropna(subset=["households"])
    income = known["median_household_income_usd"].astype(float).mean()
    if income >= 75_000:
        share = assumptions["share_buying_75k_and_more"]
    elif income >= 50_000:
        share = assumptions["share_buying_50k_to_75k"]
    else:
        share = assumptions["share_buying_under_50k"]
    spend = known["households"].astype(float).sum() * share
    spend = spend * assumptions["cleans_per_year"] * assumptions["price_usd"]
    return {"tam_usd": spend, "counties_left_out": len(states) - len(known)}


# %% wrong="tam" trap="edge_of_the_band"
"""You have {yours}. Look at Cedar: its median income is exactly 75,000, and you put it into the
band below (Birch, with 50,000, too). The table in the task says “75,000 and more”, so the number on the edge belongs to the
upper band. Which of `>` and `>=` says “and more”?"""


def annual_tam(counties, assumptions):
    buyers, left_out = 0.0, 0
    columns = ["state", "households", "median_household_income_usd"]
    for state, homes, income in zip(*(counties[name] for name in columns)):
        if state == "Puerto Rico":
            continue
        if pd.isna(income):
            left_out += 1
        elif income > 75_000:
            buyers += homes * assumptions["share_buying_75k_and_more"]
        elif income > 50_000:
            buyers += homes * assumptions["share_buying_50k_to_75k"]
        else:
            buyers += homes * assumptions["share_buying_under_50k"]
    spend = buyers * assumptions["cleans_per_year"] * assumptions["price_usd"]
    return {"tam_usd": spend, "counties_left_out": left_out}


# %% wrong="tam" trap="take_rate_as_tam"
"""You have {yours}. You kept only the {take_percent} % that Fernbroom keeps of each price.
That is the revenue of a company that serves every home in the country; the market is what
homes *spend*, whoever gets the money. This course sizes spend first and applies the take
rate later, to the part we can win. Which factor does not belong in the chain yet?"""


def annual_tam(counties, assumptions):
    buyers, left_out = 0.0, 0
    columns = ["state", "households", "median_household_income_usd"]
    for state, homes, income in zip(*(counties[name] for name in columns)):
        if state == "Puerto Rico":
            continue
        if pd.isna(income):
            left_out += 1
        elif income >= 75_000:
            buyers += homes * assumptions["share_buying_75k_and_more"]
        elif income >= 50_000:
            buyers += homes * assumptions["share_buying_50k_to_75k"]
        else:
            buyers += homes * assumptions["share_buying_under_50k"]
    spend = buyers * assumptions["cleans_per_year"] * assumptions["price_usd"]
    return {"tam_usd": assumptions["take_rate"] * spend, "counties_left_out": left_out}


# %% wrong="tam" trap="counts_territories"
"""You have {yours}. Dogwood is in it, and Dogwood is in Puerto Rico. The question asks for
the 50 states and D.C.; the table of the Census Bureau holds a territory as well. A market
has a border, and a reader will compare yours with totals inside that border. Which column
tells you the place?"""


def annual_tam(counties, assumptions):
    buyers, left_out = 0.0, 0
    columns = ["state", "households", "median_household_income_usd"]
    for _, homes, income in zip(*(counties[name] for name in columns)):
        if pd.isna(income):
            left_out += 1
        elif income >= 75_000:
            buyers += homes * assumptions["share_buying_75k_and_more"]
        elif income >= 50_000:
            buyers += homes * assumptions["share_buying_50k_to_75k"]
        else:
            buyers += homes * assumptions["share_buying_under_50k"]
    spend = buyers * assumptions["cleans_per_year"] * assumptions["price_usd"]
    return {"tam_usd": spend, "counties_left_out": left_out}


# %% wrong="tam" trap="drops_every_gap"
"""You have {yours}. Gum is missing from it: 500 homes with an income of 60,000. Gum lies in
no metro area, so its cell for the metro area is empty; its homes are known all the same. In the
real table that holds for more than a thousand rural counties. Which columns must be filled for
your chain, and which may be empty?"""


def annual_tam(counties, assumptions):
    states = counties[counties["state"] != "Puerto Rico"]
    known = states.dropna()
    income = known["median_household_income_usd"].astype(float)
    share = np.full(len(known), assumptions["share_buying_under_50k"])
    share[income >= 50_000] = assumptions["share_buying_50k_to_75k"]
    share[income >= 75_000] = assumptions["share_buying_75k_and_more"]
    spend = (known["households"].astype(float) * share).sum()
    spend = spend * assumptions["cleans_per_year"] * assumptions["price_usd"]
    return {"tam_usd": spend, "counties_left_out": len(states) - len(known)}


# %% wrong="tam" trap="forgets_dc"
"""You have {yours}. Fir is missing from it, and Fir is the District of Columbia: no state, but
the task counts the 50 states *and* D.C. Of the rows in this table, only those of one territory
lie outside. Which one?"""


def annual_tam(counties, assumptions):
    buyers, left_out = 0.0, 0
    columns = ["state", "households", "median_household_income_usd"]
    for state, homes, income in zip(*(counties[name] for name in columns)):
        if state in ("Puerto Rico", "District of Columbia"):
            continue
        if pd.isna(income):
            left_out += 1
        elif income >= 75_000:
            buyers += homes * assumptions["share_buying_75k_and_more"]
        elif income >= 50_000:
            buyers += homes * assumptions["share_buying_50k_to_75k"]
        else:
            buyers += homes * assumptions["share_buying_under_50k"]
    spend = buyers * assumptions["cleans_per_year"] * assumptions["price_usd"]
    return {"tam_usd": spend, "counties_left_out": left_out}


# %% wrong="tam" trap="zeroed_in_silence" credit=0.7
"""Your total is right, but you report {yours} counties left out. Elm and Hazel have no estimate
of their households; they went into the sum as nothing, and no reader can see that. “Unknown”
and “zero” are two different findings. How can you count the rows that had no number before you
fill or drop them?"""


def annual_tam(counties, assumptions):
    buyers, left_out = 0.0, 0
    columns = ["state", "households", "median_household_income_usd"]
    for state, homes, income in zip(*(counties[name] for name in columns)):
        if state == "Puerto Rico":
            continue
        if pd.isna(income):
            left_out += 1
        elif income >= 75_000:
            buyers += homes * assumptions["share_buying_75k_and_more"]
        elif income >= 50_000:
            buyers += homes * assumptions["share_buying_50k_to_75k"]
        else:
            buyers += homes * assumptions["share_buying_under_50k"]
    spend = buyers * assumptions["cleans_per_year"] * assumptions["price_usd"]
    return {"tam_usd": spend, "counties_left_out": 0}


# %% wrong="tam" trap="left_out_too_many" credit=0.7
"""Your total is right. You left out {yours} counties; is every one of them in the 50 states and
D.C., and without an estimate of its *households*? A row with another empty cell is counted in
your total, and Puerto Rico lies outside the question. Which rows did you count?"""


def annual_tam(counties, assumptions):
    states = counties[counties["state"] != "Puerto Rico"]
    known = states.dropna(subset=["households"])
    income = known["median_household_income_usd"].astype(float)
    share = np.full(len(known), assumptions["share_buying_under_50k"])
    share[income >= 50_000] = assumptions["share_buying_50k_to_75k"]
    share[income >= 75_000] = assumptions["share_buying_75k_and_more"]
    spend = (known["households"].astype(float) * share).sum()
    spend = spend * assumptions["cleans_per_year"] * assumptions["price_usd"]
    gaps = int(states.isna().any(axis=1).sum())
    return {"tam_usd": spend, "counties_left_out": gaps}


# %% right="tam"
def annual_tam(counties, assumptions):
    buyers, left_out = 0.0, 0
    for row in counties.to_dict("records"):
        if row["state"] == "Puerto Rico":
            continue
        if pd.isna(row["households"]):
            left_out += 1
            continue
        income = row["median_household_income_usd"]
        if income < 50_000:
            share = assumptions["share_buying_under_50k"]
        elif income < 75_000:
            share = assumptions["share_buying_50k_to_75k"]
        else:
            share = assumptions["share_buying_75k_and_more"]
        buyers += row["households"] * share
    spend = buyers * assumptions["cleans_per_year"] * assumptions["price_usd"]
    return {"tam_usd": spend, "counties_left_out": left_out}


# %% right="tam"
def annual_tam(counties, assumptions):
    states = counties.query("state != 'Puerto Rico'")
    known = states[states["households"].notna()]
    bands = pd.cut(
        known["median_household_income_usd"].astype(float),
        bins=[0, 50_000, 75_000, float("inf")],
        right=False,
        labels=["under_50k", "50k_to_75k", "75k_and_more"],
    )
    homes = known["households"].astype(float).groupby(bands, observed=False).sum()
    market = pm.market.bottom_up(
        homes.to_numpy(),
        share_buying=[assumptions[f"share_buying_{band}"] for band in homes.index],
        purchases_per_year=assumptions["cleans_per_year"],
        price_usd=assumptions["price_usd"],
    )
    return {
        "tam_usd": market.total_usd,
        "counties_left_out": int(states["households"].isna().sum()),
    }


# %% right="tam"
def annual_tam(counties, assumptions):
    states = counties[~counties["county_fips"].str.startswith("72")]
    no_estimate = states["households"].isna() | (
        states["median_household_income_usd"].isna()
    )
    known = states[~no_estimate]
    buyers = 0.0
    for low, high, key in (
        (0, 50_000, "share_buying_under_50k"),
        (50_000, 75_000, "share_buying_50k_to_75k"),
        (75_000, math.inf, "share_buying_75k_and_more"),
    ):
        income = known["median_household_income_usd"]
        band = known[(income >= low) & (income < high)]
        buyers += float(band["households"].sum()) * assumptions[key]
    return {
        "tam_usd": buyers * assumptions["cleans_per_year"] * assumptions["price_usd"],
        "counties_left_out": int(no_estimate.sum()),
    }


# %%
sized = numbers_in(
    lambda: annual_tam(counties.copy(), assumptions.copy()),
    *("tam_usd", "counties_left_out"),
)
tam_usd = sized[0] if sized else None
if sized is None:
    print("Pass the check of M03-E1 first.")
else:
    print(
        f"Home cleaning, 50 states and D.C.: {money(tam_usd)} a year with your "
        f"assumptions; counties left out for want of an estimate: {sized[1]:.0f}."
    )

# %% [markdown] exercise="sam_som" objective="bound a segment and respect capacity"
# ## M03-E2 · What of it can we serve, and get? (5 points)
#
# Fernbroom starts in three counties, with homes that earn **more than the county's
# median income** and **have a car** (money to spend, and a place that cleaners reach).
# The table gives the share of each group, not how many homes are in both.
#
# - Share *a*, above the median income: half of the homes, by what a median is.
# - Share *b*, with a car: 1 − `households_no_car` / `households`.
# - Homes in both: at least `households` × max(0, *a* + *b* − 1), at most `households` ×
#   min(*a*, *b*). These are the Fréchet bounds. Take them county by county, then add.
#   (For whole columns these are `np.maximum(0, …)` and `np.minimum(…, …)`; Python's `max`
#   and `min` compare single numbers.)
#
# Write two functions.
#
# 1. `sam_homes(counties)` returns the **SAM** (serviceable addressable market) as
#    `(low, high)`, in homes.
# 2. `som_usd(homes, assumptions, *, cleaner_hours)` returns the **SOM** (serviceable
#    obtainable market): the platform revenue of year 1 if the SAM has that many homes.
#    - demand in cleans = `homes` × `reachable_share` × `win_rate` × `cleans_per_year`
#    - capacity in cleans = `cleaner_hours` / `hours_per_clean`
#    - SOM = the smaller of the two × `price_usd` × `take_rate`
#
# **Done when** `sam_homes` returns two numbers of homes and `som_usd` one number of US
# dollars, all right within 0.5 %. Each function earns half of the points.


# %% solution="sam_som"
def sam_homes(counties):
    """Return the fewest and the most homes that can be in both groups."""
    ### BEGIN SOLUTION
    homes = counties["households"].astype(float)
    with_car = 1 - counties["households_no_car"].astype(float) / homes
    low = (homes * np.maximum(0, 0.5 + with_car - 1)).sum()
    high = (homes * np.minimum(0.5, with_car)).sum()
    return low, high
    ### END SOLUTION


def som_usd(homes, assumptions, *, cleaner_hours):
    """Return the platform revenue of year 1 in USD."""
    ### BEGIN SOLUTION
    won = homes * assumptions["reachable_share"] * assumptions["win_rate"]
    demand = won * assumptions["cleans_per_year"]
    capacity = cleaner_hours / assumptions["hours_per_clean"]
    return min(demand, capacity) * assumptions["price_usd"] * assumptions["take_rate"]
    ### END SOLUTION


# %% checks="sam_som" points=5
with pm.checks.exercise(
    "sam_som", points=5, read="Lesson 03, sections 2 and 3"
) as check:

    def half_if_right(function):
        """Half of the points stay while the other function is right."""
        made = check.verdict().comparisons
        return 0.5 * all(item.right for item in made if function in item.what)

    small = pd.DataFrame(
        {
            "county_fips": ["39001", "39003", "48001"],
            "county": ["Alder", "Birch", "Cedar"],
            "state": ["Ohio", "Ohio", "Texas"],
            "population": [2_400, 5_100, 2_600],
            "households": [1_000, 2_000, 1_000],
            "households_no_car": [100, 400, 600],
            "median_household_income_usd": [40_000, 50_000, 75_000],
        }
    )
    check.show("the small table", small)
    with check.part("the SAM", keeps=0.5):
        check.interval(
            sam_homes(small.copy()),
            # Alder 400 to 500, Birch 600 to 1,000, Cedar 0 to 400.
            (1_000, 1_900),
            what="the SAM of the small table",
            unit="homes",
            traps={
                "multiplies_shares": (1_450, 1_450),
                "adds_shares": (4_900, 4_900),
                "pools_counties": (900, 2_000),
            },
            facts={"homes": 4_000},
            idea="Take Cedar alone: 40 of 100 homes have a car, 50 of 100 are above the "
            "median. What is the smallest and the largest number that can be both?",
            keeps=0.5,
        )
    assumed = {
        "cleans_per_year": 10.0,
        "reachable_share": 0.5,
        "win_rate": 0.1,
        "hours_per_clean": 2.5,
        "price_usd": 100.0,
        "take_rate": 0.25,
    }
    # 560 cleans fit into 1,400 hours. 1,000 homes want 500 cleans, 8,000 want 4,000.
    keeps = half_if_right("the SAM")
    for homes, right in ((1_000, 12_500), (8_000, 14_000)):
        traps = {
            "tam_as_som": homes * 10 * 100,
            "one_percent_rule": 0.01 * homes * 10 * 100,
            "spend_not_revenue": right * 4,
        }
        if homes == 8_000:
            traps["ignores_capacity"] = 100_000
            traps["hours_as_cleans"] = 35_000
            traps["hours_multiplied"] = 87_500
        with check.part("the SOM", keeps=keeps):
            check.number(
                som_usd(homes, assumed.copy(), cleaner_hours=1_400),
                right,
                what=f"the SOM for {homes:,} homes",
                unit="USD in year 1",
                traps=traps if keeps else {},
                facts={
                    "homes": homes,
                    "hours": 1_400,
                    "per_clean": 2.5,
                    "take_percent": 25,
                },
                idea="Count cleans first: how many are wanted, and how many can be done? "
                "Turn the smaller number into money at the end.",
                keeps=keeps,
            )
    ### BEGIN HIDDEN TESTS
    for variant in pm.checks.variants(2):
        dice = pm.checks.rng(variant)
        homes = dice.integers(50, 300, 4) * 1_000
        car = np.array([0.95, 0.85, 0.75, 0.35]) + dice.uniform(-0.05, 0.05, 4)
        data = pd.DataFrame(
            {
                "county_fips": ["39001", "39003", "48001", "48003"],
                "county": ["P", "Q", "R", "S"],
                "households": homes,
                "households_no_car": np.round(homes * (1 - car)).astype(int),
            }
        )
        car = homes - data["households_no_car"].to_numpy()
        low = np.maximum(0, car - homes / 2).sum()
        high = np.minimum(car, homes / 2).sum()
        with check.part("the SAM", keeps=half_if_right("the SOM")):
            check.interval(
                sam_homes(data),
                (low, high),
                what="the SAM of other counties",
                keeps=half_if_right("the SOM"),
            )
        assumed = {
            "cleans_per_year": float(dice.integers(8, 16)),
            "reachable_share": dice.uniform(0.15, 0.30),
            "win_rate": dice.uniform(0.02, 0.06),
            "hours_per_clean": dice.integers(20, 30) / 10,
            "price_usd": float(dice.integers(90, 140)),
            "take_rate": dice.uniform(0.2, 0.3),
        }
        wanted = 100_000 * assumed["reachable_share"] * assumed["win_rate"]
        wanted *= assumed["cleans_per_year"]
        for fits in (dice.uniform(0.3, 0.8) * wanted, 2 * wanted):
            hours = fits * assumed["hours_per_clean"]
            with check.part("the SOM", keeps=half_if_right("the SAM")):
                check.number(
                    som_usd(100_000, assumed.copy(), cleaner_hours=hours),
                    min(wanted, fits) * assumed["price_usd"] * assumed["take_rate"],
                    what="the SOM under other assumptions",
                    keeps=half_if_right("the SAM"),
                )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="sam_som"
# Two shares leave room: the groups may overlap as much as the smaller one allows, or as
# little as the total of 100 % forces them to. An honest SAM says both.

# %% [markdown] hint="sam_som"
# Make one column for *b*, then two sums over the counties: `np.maximum(0, …)` and
# `np.minimum(…, …)` work on whole columns. For the SOM compare two numbers of cleans with
# Python's `min`, and only then multiply by money.

# %% wrong="sam_som" trap="multiplies_shares"
"""You have {yours}: one number, from *a* × *b*. Multiplying assumes that income and cars
have nothing to do with each other, but richer homes own more cars. The table does not tell how
the two go together, so one exact number claims more than you know. What are the fewest and the
most homes that both shares allow?"""


def sam_homes(counties):
    homes = counties["households"].astype(float)
    with_car = 1 - counties["households_no_car"] / homes
    both = (homes * 0.5 * with_car).sum()
    return both, both


def som_usd(homes, assumptions, *, cleaner_hours): ...  # not written yet


# %% wrong="sam_som" trap="adds_shares"
"""You have {yours}. The three counties have {homes:,} homes in all, and a part can't be
larger than the whole. Adding the shares counts a home with a high income *and* a car twice.
The homes you want are in both groups at once. Is that group larger or smaller than each of
the two?"""


def sam_homes(counties):
    homes = counties["households"].astype(float)
    with_car = 1 - counties["households_no_car"] / homes
    either = (homes * (0.5 + with_car)).sum()
    return either, either


def som_usd(homes, assumptions, *, cleaner_hours): ...  # not written yet


# %% wrong="sam_som" trap="pools_counties"
"""You have {yours}. You took the bounds once, from the share of cars over all counties.
Homes can only overlap with homes of their own county: in Cedar most homes have no car, and
Birch's cars can't make up for that. The bounds must hold in each place. What changes if you
take them county by county and add afterwards?"""


def sam_homes(counties):
    homes = float(counties["households"].sum())
    with_car = 1 - float(counties["households_no_car"].sum()) / homes
    return homes * max(0, with_car - 0.5), homes * min(0.5, with_car)


def som_usd(homes, assumptions, *, cleaner_hours): ...  # not written yet


# %% wrong="sam_som" trap="tam_as_som" credit=0.5
"""You have {yours}. That is what all {homes:,} homes would spend, not what Fernbroom can
win and its cleaners can deliver: {hours:,} cleaner hours can't clean that many homes so often.
Apply reach and win rate, keep the smaller of demand and capacity, and then ask what part of
the price is ours. Which of these steps is missing?"""


def sam_homes(counties):
    homes = counties["households"].to_numpy(float)
    with_car = homes - counties["households_no_car"].to_numpy(float)
    low = np.maximum(0, with_car - homes / 2).sum()
    return low, np.minimum(homes / 2, with_car).sum()


def som_usd(homes, assumptions, *, cleaner_hours):
    return homes * assumptions["cleans_per_year"] * assumptions["price_usd"]


# %% wrong="sam_som" trap="one_percent_rule" credit=0.5
"""You have {yours}: one percent of what the SAM spends. “We only need 1 %” is a wish, not
a forecast: it would be the same number with no cleaners at all. Demand comes from the homes
that you reach and win, and {hours:,} cleaner hours limit what can be done. Which of the
assumptions say how many homes are reached and won?"""


def sam_homes(counties):
    homes = counties["households"].to_numpy(float)
    with_car = homes - counties["households_no_car"].to_numpy(float)
    low = np.maximum(0, with_car - homes / 2).sum()
    return low, np.minimum(homes / 2, with_car).sum()


def som_usd(homes, assumptions, *, cleaner_hours):
    return 0.01 * homes * assumptions["cleans_per_year"] * assumptions["price_usd"]


# %% wrong="sam_som" trap="ignores_capacity" credit=0.5
"""You have {yours}. The demand is there, but the work is not: one clean takes {per_clean}
hours and the cleaners offer {hours:,}. Bookings that nobody can do are refunds, not
revenue. What can be sold is the smaller of demand and capacity. How many cleans fit into
those hours?"""


def sam_homes(counties):
    homes = counties["households"].to_numpy(float)
    with_car = homes - counties["households_no_car"].to_numpy(float)
    low = np.maximum(0, with_car - homes / 2).sum()
    return low, np.minimum(homes / 2, with_car).sum()


def som_usd(homes, assumptions, *, cleaner_hours):
    won = homes * assumptions["reachable_share"] * assumptions["win_rate"]
    cleans = won * assumptions["cleans_per_year"]
    return cleans * assumptions["price_usd"] * assumptions["take_rate"]


# %% wrong="sam_som" trap="hours_as_cleans" credit=0.5
"""You have {yours}. You compared cleans with hours: {hours:,} hours are not {hours:,} cleans.
One clean takes {per_clean} hours. How many cleans fit into {hours:,} hours?"""


def sam_homes(counties):
    homes = counties["households"].to_numpy(float)
    with_car = homes - counties["households_no_car"].to_numpy(float)
    low = np.maximum(0, with_car - homes / 2).sum()
    return low, np.minimum(homes / 2, with_car).sum()


def som_usd(homes, assumptions, *, cleaner_hours):
    won = homes * assumptions["reachable_share"] * assumptions["win_rate"]
    demand = won * assumptions["cleans_per_year"]
    cleans = min(demand, cleaner_hours)
    return cleans * assumptions["price_usd"] * assumptions["take_rate"]


# %% wrong="sam_som" trap="hours_multiplied" credit=0.5
"""You have {yours}. You multiplied hours by hours per clean, which gives no number of cleans:
slower cleaning would then mean more cleans. One clean takes {per_clean} hours. How many cleans
fit into {hours:,} hours?"""


def sam_homes(counties):
    homes = counties["households"].to_numpy(float)
    with_car = homes - counties["households_no_car"].to_numpy(float)
    low = np.maximum(0, with_car - homes / 2).sum()
    return low, np.minimum(homes / 2, with_car).sum()


def som_usd(homes, assumptions, *, cleaner_hours):
    won = homes * assumptions["reachable_share"] * assumptions["win_rate"]
    demand = won * assumptions["cleans_per_year"]
    cleans = min(demand, cleaner_hours * assumptions["hours_per_clean"])
    return cleans * assumptions["price_usd"] * assumptions["take_rate"]


# %% wrong="sam_som" trap="spend_not_revenue" credit=0.5
"""You have {yours}. The number of cleans is right, but you valued each at the full price.
Homes spend that; Fernbroom keeps {take_percent} % and passes the rest on to the cleaner. The
TAM is about spend, the SOM here is about *our* revenue. Which assumption turns one into the
other?"""


def sam_homes(counties):
    homes = counties["households"].to_numpy(float)
    with_car = homes - counties["households_no_car"].to_numpy(float)
    low = np.maximum(0, with_car - homes / 2).sum()
    return low, np.minimum(homes / 2, with_car).sum()


def som_usd(homes, assumptions, *, cleaner_hours):
    won = homes * assumptions["reachable_share"] * assumptions["win_rate"]
    demand = won * assumptions["cleans_per_year"]
    cleans = min(demand, cleaner_hours / assumptions["hours_per_clean"])
    return cleans * assumptions["price_usd"]


# %% right="sam_som"
def sam_homes(counties):
    low = high = 0.0
    for _, row in counties.iterrows():
        half, car = row["households"] / 2, row["households"] - row["households_no_car"]
        low += max(0, half + car - row["households"])
        high += min(half, car)
    return [low, high]


def som_usd(homes, assumptions, *, cleaner_hours):
    won = homes * assumptions["reachable_share"] * assumptions["win_rate"]
    hours = won * assumptions["cleans_per_year"] * assumptions["hours_per_clean"]
    if hours > cleaner_hours:
        hours = cleaner_hours
    price = assumptions["price_usd"] / assumptions["hours_per_clean"]
    return hours * price * assumptions["take_rate"]


# %% right="sam_som"
def sam_homes(counties):
    homes = counties["households"].to_numpy(float)
    bounds = pm.market.segment_bounds(
        homes,
        first_share=0.5,
        second_share=1 - counties["households_no_car"].to_numpy(float) / homes,
    )
    return bounds.low_units, bounds.high_units


def som_usd(homes, assumptions, *, cleaner_hours):
    wanted = homes * assumptions["reachable_share"] * assumptions["win_rate"]
    return pm.market.obtainable(
        wanted * assumptions["cleans_per_year"],
        capacity_units=cleaner_hours / assumptions["hours_per_clean"],
        price_usd=assumptions["price_usd"],
        share_kept=assumptions["take_rate"],
    ).value_usd


# %%
# Fernbroom's forecast of the hours that its cleaners offer in the first 365 days.
cleaners = pm.case.load("cleaners")
first_day = pm.case.load("launch_counties")["launched_on"].min()
last_day = first_day + pd.Timedelta(days=365)
begins = cleaners["starts_on"].clip(lower=first_day)
ends = cleaners["left_on"].fillna(last_day).clip(upper=last_day)
weeks = ((ends - begins).dt.days / 7).clip(lower=0)
cleaner_hours = float((weeks * cleaners["weekly_hours"]).sum())

places = pm.case.load("launch_counties")[["county_fips"]].merge(
    counties, on="county_fips"
)
sam = numbers_in(lambda: sam_homes(places.copy()), 0, 1)
som = None
if sam is None:
    print("Pass the check of M03-E2 first.")
else:
    print("; ".join(places["county"] + ", " + places["state"]))
    print(f"{cleaner_hours:,.0f} cleaner hours in year 1.")
    print(f"SAM: {sam[0]:,.0f} to {sam[1]:,.0f} homes.")
    som = numbers_in(
        lambda: [
            som_usd(homes, assumptions.copy(), cleaner_hours=cleaner_hours)
            for homes in sam
        ],
        *(0, 1),
    )
    if som is not None:
        print(f"SOM: {money(som[0])} to {money(som[1])} platform revenue in year 1.")

# %% [markdown] exercise="triangulate" objective="reconcile bottom-up with top-down"
# ## M03-E3 · Do published totals agree? (4 points)
#
# Reports disagree: on the year, the unit and the number. Bring them into one year and
# one unit, take the middle, and compare your own number with it.
#
# Write two functions.
#
# 1. `triangulate(reports, *, bottom_up_usd, year)`. The table has the columns `report`,
#    `year`, `spend`, `unit` (“USD billion a year” or “USD million a year”) and
#    `growth_per_year` (a fraction). Move each spend to `year` with its own growth
#    (compounded, forward or back). `low_usd` and `high_usd` are the smallest and the
#    largest; `midpoint_usd` is the geometric midpoint, √(low × high); `ratio` is
#    `bottom_up_usd` / midpoint.
# 2. `reading(ratio)` returns `"agree"` if the ratio lies between 1/3 and 3 (both
#    included), else `"investigate"`.
#
# **Done when** `triangulate` returns a dictionary with `low_usd`, `high_usd`,
# `midpoint_usd` (US dollars a year, in `year`) and `ratio`, each right within 0.5 %,
# and `reading` gives the right word. Right numbers with a
# wrong or missing word keep 70 %.


# %% solution="triangulate"
def triangulate(reports, *, bottom_up_usd, year):
    """Return low_usd, high_usd, midpoint_usd and ratio in one year and unit."""
    ### BEGIN SOLUTION
    dollars = reports["unit"].map(
        {"USD billion a year": 1e9, "USD million a year": 1e6}
    )
    years = year - reports["year"]
    spend = reports["spend"] * dollars * (1 + reports["growth_per_year"]) ** years
    low, high = spend.min(), spend.max()
    midpoint = np.sqrt(low) * np.sqrt(high)
    return {
        "low_usd": low,
        "high_usd": high,
        "midpoint_usd": midpoint,
        "ratio": bottom_up_usd / midpoint,
    }
    ### END SOLUTION


def reading(ratio):
    """Return "agree" or "investigate"."""
    ### BEGIN SOLUTION
    return "agree" if 1 / 3 <= ratio <= 3 else "investigate"
    ### END SOLUTION


# %% checks="triangulate" points=4
with pm.checks.exercise("triangulate", points=4, read="Lesson 03, section 4") as check:
    small = pd.DataFrame(
        {
            "report": ["One", "Two", "Three"],
            "year": [2019, 2016, 2017],
            "spend": [44_000.0, 10.0, 20.0],
            "unit": ["USD million a year", "USD billion a year", "USD billion a year"],
            "growth_per_year": [0.10, 0.20, 0.05],
        }
    )
    check.show("the small table", small)
    answer = triangulate(small.copy(), bottom_up_usd=6e9, year=2018)
    # First low, high and midpoint, whatever the ratio is; then the ratio.
    form = answer
    if isinstance(answer, dict) and "ratio" in answer:
        form = {**answer, "ratio": 0}
    check.record(
        form,
        # Two: 10 × 1.2 × 1.2 = 14.4 billion; One: 44 / 1.1 = 40; √(14.4 × 40) = 24.
        {"low_usd": 14.4e9, "high_usd": 40e9, "midpoint_usd": 24e9, "ratio": 0},
        what="the three reports in 2018",
        traps={
            "arithmetic_mid": {"high_usd": 40e9, "midpoint_usd": 27.2e9},
            "averages_tams": {"high_usd": 40e9, "midpoint_usd": 60.4e9 / 3},
            "own_in_the_middle": {
                "high_usd": 40e9,
                "midpoint_usd": (14.4 * 40 * 6) ** (1 / 3) * 1e9,
            },
            "mixes_years": {"low_usd": 10e9, "high_usd": 44e9},
            "ignores_unit": {"high_usd": 40e12},
            "one_growth_for_all": {
                "low_usd": 10e9 * (1 + 0.35 / 3) ** 2,
                "high_usd": 44e9 / (1 + 0.35 / 3),
            },
        },
        facts={"times_low": 27.2 / 14.4, "times_high": 40 / 27.2, "growth": 20},
        idea="Take report Two: 10 billion in 2016, growing 20 % a year. How much is it "
        "one year later, and after two? Report One is later than 2018: which way now? "
        "Low and high are the smallest and the largest, whatever the order of the rows.",
    )
    check.number(
        answer.get("ratio"),
        0.25,
        what="the ratio",
        traps={"ratio_upside_down": 4.0},
        idea="Low, high and midpoint are right. Which number is divided by which? The "
        "ratio is below 1 if your own number is the smaller one.",
        keeps=0.5,
    )
    ratios = {1.0: "agree", 4.0: "investigate", 0.25: "investigate"}
    ratios |= {0.4: "agree", 2.5: "agree", 0.32: "investigate", 3.2: "investigate"}
    with check.part("the readings", keeps=0.7):
        check.labels(
            {f"ratio {ratio}": reading(ratio) for ratio in ratios},
            {f"ratio {ratio}": word for ratio, word in ratios.items()},
            options=("agree", "investigate"),
            what="the readings",
            traps={
                "one_sided_flag": {"ratio 0.25": "agree", "ratio 4.0": "investigate"}
            },
            idea="Two estimates agree if neither is more than 3 times the other.",
            keeps=0.7,
        )
    ### BEGIN HIDDEN TESTS
    for variant in pm.checks.variants(2):
        dice = pm.checks.rng(variant)
        order = dice.permutation(3)
        years = np.array([2010, 2016, 2024]) + dice.integers(-2, 3, 3)
        billions = np.array([4.0, 9.0, 40.0]) * dice.uniform(0.8, 1.2, 3)
        # The newest grows faster or slower than the average, never like it.
        growth = np.array([0.02, 0.06, 0.11]) + dice.uniform(0, 0.005, 3)
        growth = growth[:: dice.choice([1, -1])]
        in_millions = np.array([False, True, False]) ^ bool(dice.integers(2))
        units = np.where(in_millions, "USD million a year", "USD billion a year")
        data = pd.DataFrame(
            {
                "report": ["X", "Y", "Z"],
                "year": years[order],
                "spend": np.where(in_millions, billions * 1_000, billions)[order],
                "unit": units[order],
                "growth_per_year": growth[order],
            }
        )
        moved = billions * 1e9 * (1 + growth) ** (2019 - years)
        middle = (moved.min() * moved.max()) ** 0.5
        own = dice.uniform(1.5, 2.8) * middle
        answer = triangulate(data, bottom_up_usd=own, year=2019)
        form = answer
        if isinstance(answer, dict) and "ratio" in answer:
            form = {**answer, "ratio": 0}
        check.record(
            form,
            {
                "low_usd": moved.min(),
                "high_usd": moved.max(),
                "midpoint_usd": middle,
                "ratio": 0,
            },
            what="other reports in 2019",
        )
        check.number(
            answer.get("ratio"), own / middle, what="the ratio elsewhere", keeps=0.5
        )
        ratios = {
            dice.uniform(0.1, 0.32): "investigate",
            dice.uniform(0.34, 0.5): "agree",
            dice.uniform(2, 2.95): "agree",
            dice.uniform(3.05, 8): "investigate",
        }
        with check.part("the readings", keeps=0.7):
            check.labels(
                {f"ratio {ratio:.2f}": reading(ratio) for ratio in ratios},
                {f"ratio {ratio:.2f}": word for ratio, word in ratios.items()},
                options=("agree", "investigate"),
                what="the readings of other ratios",
                keeps=0.7,
            )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="triangulate"
# Two numbers can be compared only if they speak of the same year and the same unit. And
# when a range spans a factor of 3 or more, “the middle” is a matter of ratios.

# %% [markdown] hint="triangulate"
# Turn every spend into dollars first. Then (1 + growth) to the power of the years
# between moves it; the power is negative if the report is later than `year`.

# %% wrong="triangulate" trap="arithmetic_mid"
"""You have {yours}, from the arithmetic mean of low and high. Count in times: your
middle is {times_low:.1f} times the low end, but the high end is only {times_high:.1f} times your
middle, so the larger report pulls more than the smaller one. The fair middle of a wide range is
as many times above the low end as below the high end. Which mean multiplies instead of adding?"""


def triangulate(reports, *, bottom_up_usd, year):
    dollars = np.where(reports["unit"] == "USD billion a year", 1e9, 1e6)
    spend = reports["spend"].to_numpy() * dollars
    growth = reports["growth_per_year"].to_numpy()
    spend = spend * (1 + growth) ** (year - reports["year"].to_numpy())
    low, high = spend.min(), spend.max()
    midpoint = (low + high) / 2
    return {
        "low_usd": low,
        "high_usd": high,
        "midpoint_usd": midpoint,
        "ratio": bottom_up_usd / midpoint,
    }


def reading(ratio):
    return "agree" if 1 / 3 <= ratio <= 3 else "investigate"


# %% wrong="triangulate" trap="averages_tams"
"""You have {yours}: your own bottom-up number is averaged in with the reports. A check must
stay apart from what it checks. Mixed in, it pulls the middle towards itself and the two agree
better than they should; an error in it can no longer be seen. Which numbers come from
outside?"""


def triangulate(reports, *, bottom_up_usd, year):
    dollars = np.where(reports["unit"] == "USD billion a year", 1e9, 1e6)
    spend = reports["spend"].to_numpy() * dollars
    growth = reports["growth_per_year"].to_numpy()
    spend = spend * (1 + growth) ** (year - reports["year"].to_numpy())
    low, high = spend.min(), spend.max()
    midpoint = (low + high + bottom_up_usd) / 3
    return {
        "low_usd": low,
        "high_usd": high,
        "midpoint_usd": midpoint,
        "ratio": bottom_up_usd / midpoint,
    }


def reading(ratio):
    return "agree" if 1 / 3 <= ratio <= 3 else "investigate"


# %% wrong="triangulate" trap="own_in_the_middle"
"""You have {yours}: your own bottom-up number has a place in the geometric mean. A check must stay
apart from what it checks. Mixed in, it pulls the middle towards itself, and the two agree better
than they should. Which two numbers come from outside?"""


def triangulate(reports, *, bottom_up_usd, year):
    dollars = np.where(reports["unit"] == "USD billion a year", 1e9, 1e6)
    spend = reports["spend"].to_numpy() * dollars
    growth = reports["growth_per_year"].to_numpy()
    spend = spend * (1 + growth) ** (year - reports["year"].to_numpy())
    low, high = spend.min(), spend.max()
    midpoint = (low * high * bottom_up_usd) ** (1 / 3)
    return {
        "low_usd": low,
        "high_usd": high,
        "midpoint_usd": midpoint,
        "ratio": bottom_up_usd / midpoint,
    }


def reading(ratio):
    return "agree" if 1 / 3 <= ratio <= 3 else "investigate"


# %% wrong="triangulate" trap="mixes_years"
"""You have {yours}: the reports as printed, each in its own year, or nearly so. One speaks of 2016
and another of 2019, so part of the gap between them is three years of growth and no disagreement.
Bring all to the year that is asked for, with the growth each report states. (`growth_per_year` is
already a fraction: 0.10 is ten percent; divided by 100 it moves hardly anything.) In which
direction does the later one move?"""


def triangulate(reports, *, bottom_up_usd, year):
    dollars = np.where(reports["unit"] == "USD billion a year", 1e9, 1e6)
    spend = reports["spend"].to_numpy() * dollars
    low, high = spend.min(), spend.max()
    midpoint = (low * high) ** 0.5
    return {
        "low_usd": low,
        "high_usd": high,
        "midpoint_usd": midpoint,
        "ratio": bottom_up_usd / midpoint,
    }


def reading(ratio):
    return "agree" if 1 / 3 <= ratio <= 3 else "investigate"


# %% wrong="triangulate" trap="ignores_unit"
"""You have {yours}. 40 trillion dollars is more than everything the United States produces in a
year, so this can't be what homes pay their cleaners. Some reports count in billions and one in
millions; all were read as billions. What does the column `unit` say, row by row?"""


def triangulate(reports, *, bottom_up_usd, year):
    spend = reports["spend"].to_numpy() * 1e9
    growth = reports["growth_per_year"].to_numpy()
    spend = spend * (1 + growth) ** (year - reports["year"].to_numpy())
    low, high = spend.min(), spend.max()
    midpoint = (low * high) ** 0.5
    return {
        "low_usd": low,
        "high_usd": high,
        "midpoint_usd": midpoint,
        "ratio": bottom_up_usd / midpoint,
    }


def reading(ratio):
    return "agree" if 1 / 3 <= ratio <= 3 else "investigate"


# %% wrong="triangulate" trap="one_growth_for_all"
"""You have {yours}. All reports were moved with one growth, the average of the three. Report Two
says {growth} % a year, the fastest of them; with the average it falls behind. Each report comes
with its own growth. What does pandas do if you multiply two columns of a table?"""


def triangulate(reports, *, bottom_up_usd, year):
    dollars = np.where(reports["unit"] == "USD billion a year", 1e9, 1e6)
    spend = reports["spend"].to_numpy() * dollars
    growth = reports["growth_per_year"].mean()
    spend = spend * (1 + growth) ** (year - reports["year"].to_numpy())
    low, high = spend.min(), spend.max()
    midpoint = (low * high) ** 0.5
    return {
        "low_usd": low,
        "high_usd": high,
        "midpoint_usd": midpoint,
        "ratio": bottom_up_usd / midpoint,
    }


def reading(ratio):
    return "agree" if 1 / 3 <= ratio <= 3 else "investigate"


# %% wrong="triangulate" trap="ratio_upside_down" credit=0.5
"""Low, high and midpoint are right; the ratio is {yours}. The reports are larger than your own
number here, so a ratio above 1 says the opposite. Which number is divided by which: below 1 if
yours is the smaller one?"""


def triangulate(reports, *, bottom_up_usd, year):
    dollars = np.where(reports["unit"] == "USD billion a year", 1e9, 1e6)
    spend = reports["spend"].to_numpy() * dollars
    growth = reports["growth_per_year"].to_numpy()
    spend = spend * (1 + growth) ** (year - reports["year"].to_numpy())
    low, high = spend.min(), spend.max()
    midpoint = (low * high) ** 0.5
    return {
        "low_usd": low,
        "high_usd": high,
        "midpoint_usd": midpoint,
        "ratio": midpoint / bottom_up_usd,
    }


def reading(ratio):
    return "agree" if 1 / 3 <= ratio <= 3 else "investigate"


# %% wrong="triangulate" trap="one_sided_flag" credit=0.7
"""You have {yours}, so only large ratios raise the flag. But a ratio of 0.25
means that the reports are 4 times your own number: just as far apart as a ratio of 4. A gap
counts in both directions. Which limit is missing?"""


def triangulate(reports, *, bottom_up_usd, year):
    dollars = np.where(reports["unit"] == "USD billion a year", 1e9, 1e6)
    spend = reports["spend"].to_numpy() * dollars
    growth = reports["growth_per_year"].to_numpy()
    spend = spend * (1 + growth) ** (year - reports["year"].to_numpy())
    low, high = spend.min(), spend.max()
    midpoint = (low * high) ** 0.5
    return {
        "low_usd": low,
        "high_usd": high,
        "midpoint_usd": midpoint,
        "ratio": bottom_up_usd / midpoint,
    }


def reading(ratio):
    return "investigate" if ratio > 3 else "agree"


# %% right="triangulate"
def triangulate(reports, *, bottom_up_usd, year):
    moved = []
    for row in reports.itertuples():
        usd = row.spend * (1_000_000_000 if "billion" in row.unit else 1_000_000)
        moved.append(
            usd * math.exp((year - row.year) * math.log1p(row.growth_per_year))
        )
    middle = pm.market.geometric_midpoint(min(moved), max(moved))
    return {
        "low_usd": min(moved),
        "high_usd": max(moved),
        "midpoint_usd": middle,
        "ratio": bottom_up_usd / middle,
    }


def reading(ratio):
    return "investigate" if abs(math.log(ratio)) > math.log(3) else "agree"


# %%
# Prices are those of 2024, so both sides stand in 2024. The counts of homes are older.
reports = pm.case.load("market_reports")
outside = None
if tam_usd is not None:
    outside = numbers_in(
        lambda: triangulate(reports.copy(), bottom_up_usd=tam_usd, year=2024),
        *("low_usd", "high_usd", "midpoint_usd", "ratio"),
    )
if outside is None:
    print("Pass the checks of M03-E1 and M03-E3 first.")
else:
    low, high, middle, ratio = outside
    print(
        f"Reports: {money(low)} to {money(high)}, midpoint {money(middle)}. "
        f"Your ratio is {ratio:.2f}: {reading(ratio)}."
    )

# %% [markdown] exercise="severity_gate" objective="measure demand by behavior"
# ## M03-E4 · How many homes really have the problem? (5 points)
#
# A survey of the launch counties asks each home three things. A home counts as demand
# only if it passes **all three gates**:
#
# 1. `severity` is 4 or 5 (it hurts),
# 2. `spends_time_or_money_now` is true (they already do something about it),
# 3. `wtp_usd`, the most they would pay for a clean, is at least the price.
#
# Two-earner homes answered more often than others, so the sample is not the county.
# The column `weight` says how many households each answer stands for.
#
# The result tells how many homes have the problem. It is a second look at demand, not a
# factor of the SOM: SAM × reach × win already says who buys from us. If the SOM needs
# more homes than have the problem, one of the two is wrong.
#
# Write `share_passing(survey, *, price_usd)`: the weight of the homes that pass all
# three gates, divided by the weight of all homes.
#
# **Done when** it returns a fraction from 0 to 1 (not a percent), right within 0.5 %.


# %% solution="severity_gate"
def share_passing(survey, *, price_usd):
    """Return the weighted share of households that pass all three gates."""
    ### BEGIN SOLUTION
    passes = (
        (survey["severity"] >= 4)
        & survey["spends_time_or_money_now"]
        & (survey["wtp_usd"] >= price_usd)
    )
    return survey.loc[passes, "weight"].sum() / survey["weight"].sum()
    ### END SOLUTION


# %% checks="severity_gate" points=5
with pm.checks.exercise(
    "severity_gate", points=5, read="Lesson 03, section 5"
) as check:
    small = pd.DataFrame(
        {
            "respondent_id": [1, 2, 3, 4, 5, 6, 7, 8, 9],
            "county_fips": ["39001"] * 5 + ["39003"] * 4,
            "household_type": ["two-earner"] * 2 + ["retired"] * 4 + ["one-earner"] * 3,
            "income_band": ["under 75k"] * 5 + ["75k and more"] * 4,
            "weight": [100.0, 100.0, 250.0, 300.0, 200.0, 50.0, 80.0, 60.0, 110.0],
            "weekly_pain": [True, False, True, False, True, False, True, True, False],
            "severity": [5, 4, 5, 2, 4, 1, 3, 5, 4],
            "spends_time_or_money_now": [
                *(True, True, False, True, True),
                *(False, True, True, True),
            ],
            "wtp_usd": [150.0, 100.0, 200.0, 120.0, 50.0, 300.0, 180.0, 100.0, 110.0],
        }
    )
    check.show("the small table", small)
    check.number(
        share_passing(small.copy(), price_usd=100),
        # Rows 1, 2, 8 and 9 pass: 370 of 1,250 households.
        0.296,
        what="the share that passes in the small table",
        traps={
            "multiplies_marginals": 0.656 * 0.76 * 0.84,
            "mean_wtp": 0.456,
            "intent_as_demand": 0.496,
            "unweighted": 4 / 9,
            "strict_price": 0.168,
            "severity_above_4": 0.128,
            "severity_from_3": 0.36,
            "price_typed_in": 0.08,
            "households_not_share": 370,
        },
        facts={"severe": 65.6, "act": 76, "pay": 84, "homes_idle": 250},
        idea="Go down the small table and mark each row that passes all three gates. "
        "How many households do the marked rows stand for, out of how many?",
    )
    ### BEGIN HIDDEN TESTS
    for variant in pm.checks.variants(2):
        dice = pm.checks.rng(variant)
        pain = dice.normal(0.5, 1, 400)
        weights = np.where(pain > 0.5, 200.0, 900.0) + dice.integers(0, 90, 400)
        severity = np.clip(np.round(3.2 + pain), 1, 5).astype(int)
        acts = pain + dice.normal(0, 0.8, 400) > 0.2
        wtp = 10 * np.round(10 + 2 * pain + dice.normal(0, 1.5, 400))
        data = pd.DataFrame(
            {
                "respondent_id": np.arange(400),
                "weight": weights,
                "weekly_pain": pain > 0,
                "severity": severity,
                "spends_time_or_money_now": acts,
                "wtp_usd": wtp,
            }
        )
        price = 10.0 * dice.integers(10, 12)
        weighed = [weights * (severity >= 4), acts, wtp >= price]
        check.number(
            share_passing(data, price_usd=price),
            np.prod(weighed, axis=0).sum() / weights.sum(),
            what="the share that passes in another survey",
        )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="severity_gate"
# “All three” is about one home at a time. Decide for each row first, then count
# households.

# %% [markdown] hint="severity_gate"
# Three comparisons give three columns of true and false. Combine them with `&` (each in
# brackets) into one, and use it to pick weights.

# %% wrong="severity_gate" trap="multiplies_marginals"
"""You have {yours}: {severe} % × {act} % × {pay} %. Multiplying shares assumes that the three
answers have nothing to do with each other. They go together, since a home that suffers more
also does more and pays more. The table has all three answers of each home, so nothing must be
assumed. Which homes pass all three at once?"""


def share_passing(survey, *, price_usd):
    weight = survey["weight"]
    severe = weight[survey["severity"] >= 4].sum() / weight.sum()
    acts = weight[survey["spends_time_or_money_now"]].sum() / weight.sum()
    pays = weight[survey["wtp_usd"] >= price_usd].sum() / weight.sum()
    return severe * acts * pays


# %% wrong="severity_gate" trap="mean_wtp"
"""You have {yours}. Row 5 would pay 50 dollars at most and is in your count. Gate 3 is missing, or
it compares an average instead of each home, so that every home passes or none. No average makes
row 5 buy at 100. How do you compare row by row?"""


def share_passing(survey, *, price_usd):
    weight = survey["weight"]
    mean_wtp = (survey["wtp_usd"] * weight).sum() / weight.sum()
    passes = (survey["severity"] >= 4) & survey["spends_time_or_money_now"]
    passes = passes & (mean_wtp >= price_usd)
    return weight[passes].sum() / weight.sum()


# %% wrong="severity_gate" trap="intent_as_demand"
"""You have {yours}. In it are {homes_idle} households that say it hurts and that they would
pay, but spend no time and no money on it today. What people do about a problem now is better
evidence than what they say they would do. Which of the three gates looks
at behavior?"""


def share_passing(survey, *, price_usd):
    passes = (survey["severity"] >= 4) & (survey["wtp_usd"] >= price_usd)
    return survey.loc[passes, "weight"].sum() / survey["weight"].sum()


# %% wrong="severity_gate" trap="unweighted"
"""You have {yours}: rows divided by rows. That is a share of those who *answered*. One answer
in this table stands for 50 households and another for 300, so each row counts differently in
the county. Which column says for how many homes a row speaks?"""


def share_passing(survey, *, price_usd):
    passes = (
        (survey["severity"] >= 4)
        & survey["spends_time_or_money_now"]
        & (survey["wtp_usd"] >= price_usd)
    )
    return passes.mean()


# %% wrong="severity_gate" trap="strict_price"
"""You have {yours}. Rows 2 and 8 would pay 100 dollars at most, the price is 100, and you
turned them away. The most that someone would pay includes the price itself: at that price they still buy.
People name round numbers, so many homes sit exactly on the edge. Which comparison keeps
them?"""


def share_passing(survey, *, price_usd):
    passes = (
        (survey["severity"] >= 4)
        & survey["spends_time_or_money_now"]
        & (survey["wtp_usd"] > price_usd)
    )
    return survey.loc[passes, "weight"].sum() / survey["weight"].sum()


# %% wrong="severity_gate" trap="severity_above_4"
"""You have {yours}. Rows 2 and 9 are missing from it. Row 2 says 4, and 4 counts as “it hurts”: the
first gate lets 4 and 5 through. Which comparison includes the 4?"""


def share_passing(survey, *, price_usd):
    passes = (
        (survey["severity"] > 4)
        & survey["spends_time_or_money_now"]
        & (survey["wtp_usd"] >= price_usd)
    )
    return survey.loc[passes, "weight"].sum() / survey["weight"].sum()


# %% wrong="severity_gate" trap="severity_from_3"
"""You have {yours}. Row 7 is in it. Row 7 says 3, below the gate: the middle of a scale is where
people go who don't mind much. The first gate lets 4 and 5 through. What does yours let
through?"""


def share_passing(survey, *, price_usd):
    passes = (
        (survey["severity"] >= 3)
        & survey["spends_time_or_money_now"]
        & (survey["wtp_usd"] >= price_usd)
    )
    return survey.loc[passes, "weight"].sum() / survey["weight"].sum()


# %% wrong="severity_gate" trap="price_typed_in"
"""You have {yours}. Only row 1 is in your count. Row 9 would pay 110 dollars, and the price is 100
here, so it passes as well. Is a price typed in, where the function is given one?"""


def share_passing(survey, *, price_usd):
    passes = (
        (survey["severity"] >= 4)
        & survey["spends_time_or_money_now"]
        & (survey["wtp_usd"] >= 125)
    )
    return survey.loc[passes, "weight"].sum() / survey["weight"].sum()


# %% wrong="severity_gate" trap="households_not_share"
"""You have {yours} households, and these are the right ones. A share is asked for: out of how many
households?"""


def share_passing(survey, *, price_usd):
    passes = (
        (survey["severity"] >= 4)
        & survey["spends_time_or_money_now"]
        & (survey["wtp_usd"] >= price_usd)
    )
    return survey.loc[passes, "weight"].sum()


# %% right="severity_gate"
def share_passing(survey, *, price_usd):
    passing = everyone = 0.0
    columns = ["weight", "severity", "spends_time_or_money_now", "wtp_usd"]
    for weight, severity, acts, wtp in zip(*(survey[name] for name in columns)):
        everyone += weight
        if severity >= 4 and acts and wtp >= price_usd:
            passing += weight
    return passing / everyone


# %% right="severity_gate"
def share_passing(survey, *, price_usd):
    gates = np.column_stack(
        [
            survey["severity"] >= 4,
            survey["spends_time_or_money_now"],
            survey["wtp_usd"] >= price_usd,
        ]
    )
    return float(np.average(gates.all(axis=1), weights=survey["weight"]))


# %%
survey = pm.case.load("survey_screen")
passing = numbers_in(
    lambda: [share_passing(survey.copy(), price_usd=assumptions["price_usd"])], 0
)
if passing is None:
    print("Pass the check of M03-E4 first.")
else:
    homes = passing[0] * survey["weight"].sum()
    print(
        f"At ${assumptions['price_usd']:.0f}, {percent(passing[0])} of the homes "
        f"in the launch counties pass all gates: about {homes:,.0f} households."
    )

# %% [markdown] exercise="npv" objective="value a monthly plan and decide"
# ## M03-E5 · Is it worth the money? (5 points)
#
# The plan lists what happens in each month. Write two functions.
#
# 1. `business_case(plan, *, annual_rate)` returns `npv_usd` and `payback_month`.
#    - Contribution of a month = `completed_cleans` × (`price_usd` × `take_rate` −
#      `variable_cost_usd`) − `fixed_cost_usd`, for the rows of the type `operations`.
#    - A contribution in month *t* is worth contribution / (1 + r)^(t/12) today, with the
#      yearly rate r. The column `month` holds *t*; months without a row have no cash.
#    - **NPV** (net present value) = the sum of those values − the `one_off_usd` of the
#      `outlay` row, which is paid today (month 0). Rows of the type `research` are
#      already paid: no decision brings that money back, so they are left out.
#    - **Payback month** = the first `month` in which the values of today, added up so
#      far, reach the outlay; 0 if that never happens within the plan.
# 2. `go_or_no_go(plan, *, annual_rate)` returns `"GO"` if the NPV is above zero, else
#    `"NO-GO"`.
#
# **Done when** `npv_usd` is right within 0.5 % (US dollars of today), `payback_month`
# is the exact month, and the decision fits the NPV. Right numbers with a wrong decision
# keep 70 %, a right NPV with another payback month 50 %.


# %% solution="npv"
def business_case(plan, *, annual_rate):
    """Return {"npv_usd": ..., "payback_month": ...}; payback 0 means never."""
    ### BEGIN SOLUTION
    outlay = plan.loc[plan["row_type"] == "outlay", "one_off_usd"].sum()
    months = plan[plan["row_type"] == "operations"].sort_values("month")
    per_clean = months["price_usd"] * months["take_rate"] - months["variable_cost_usd"]
    contribution = months["completed_cleans"] * per_clean - months["fixed_cost_usd"]
    today = contribution / (1 + annual_rate) ** (months["month"] / 12)
    reached = months.loc[today.cumsum() >= outlay, "month"]
    return {
        "npv_usd": today.sum() - outlay,
        "payback_month": int(reached.iloc[0]) if len(reached) else 0,
    }
    ### END SOLUTION


def go_or_no_go(plan, *, annual_rate):
    """Return "GO" or "NO-GO"."""
    ### BEGIN SOLUTION
    worth = business_case(plan, annual_rate=annual_rate)["npv_usd"]
    return "GO" if worth > 0 else "NO-GO"
    ### END SOLUTION


# %% checks="npv" points=5
with pm.checks.exercise("npv", points=5, read="Lesson 03, section 6") as check:
    # At 44 % a year, money in 6, 12, 18 and 24 months is divided by 1.2, 1.44, 1.728
    # and 2.0736. Each month of this plan is worth 100,000 today.
    small = pd.DataFrame(
        {
            "month": [-1, 0, 6, 12, 18, 24],
            "row_type": ["research", "outlay"] + ["operations"] * 4,
            "completed_cleans": [0, 0, 6_000, 7_200, 8_640, 10_368],
            "price_usd": [100.0] * 6,
            "take_rate": [0.30] * 6,
            "variable_cost_usd": [6.0] * 6,
            "fixed_cost_usd": [0.0, 0.0, 24_000.0, 28_800.0, 34_560.0, 41_472.0],
            "one_off_usd": [80_000.0, 230_000.0, 0.0, 0.0, 0.0, 0.0],
        }
    )
    check.show("the small plan", small)
    cash = np.array([120_000, 144_000, 172_800, 207_360])
    late = np.array([6, 12, 18, 24])
    answer = business_case(small.copy(), annual_rate=0.44)
    # First the NPV, whatever the payback is; then the payback month.
    form = answer
    if isinstance(answer, dict) and "payback_month" in answer:
        form = {**answer, "payback_month": 0}
    check.record(
        form,
        {"npv_usd": 170_000, "payback_month": 0},  # 4 × 100,000 - 230,000
        what="the NPV of the small plan",
        traps={
            "simple_monthly": {
                "npv_usd": (cash / (1 + 0.44 / 12) ** late).sum() - 230_000
            },
            "mid_month": {"npv_usd": 400_000 * 1.44 ** (0.5 / 12) - 230_000},
            "continuous": {
                "npv_usd": (cash / np.exp(0.44 * late / 12)).sum() - 230_000
            },
            "revenue_not_margin": {"npv_usd": 290_000},
            "no_fixed_cost": {"npv_usd": 250_000},
            "price_as_revenue": {"npv_usd": 1_690_000},
            "price_less_costs": {"npv_usd": 1_570_000},
            "sunk_included": {"npv_usd": 90_000},
            "undiscounted": {"npv_usd": 414_160},
            "shift_one": {"npv_usd": 400_000 * 1.44 ** (1 / 12) - 230_000},
            "row_number_as_month": {
                "npv_usd": (cash / 1.44 ** (np.arange(1, 5) / 12)).sum() - 230_000
            },
        },
        facts={
            "research": 80_000,
            "first_cash": 120_000,
            "variable": 6,
            "kept_per_clean": 30,
            "price": 100,
            "fixed": 24_000,
        },
        idea="Work out month 6 by hand: what is left of 6,000 cleans, and what is that "
        "worth today? Then do the same for the other three months.",
    )
    check.number(
        answer.get("payback_month"),
        18,
        what="the payback month of the small plan",
        tolerance=0,
        traps={
            "undiscounted_payback": 12,
            "payback_first_gain": 6,
            "payback_with_research": 24,
        },
        facts={"research": 80_000, "first_cash": 120_000},
        idea="Your NPV is right. Write the running total of today's values beside "
        "`month`: in which row does it reach the outlay?",
        keeps=0.5,
    )
    paid = [80_000.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    dear = small.assign(one_off_usd=np.add(paid, [0, 450_000, 0, 0, 0, 0]))
    check.number(
        business_case(dear.copy(), annual_rate=0.44).get("payback_month"),
        0,
        what="the payback of a plan that never earns its outlay of 450,000 back (0 is "
        "asked for then)",
        traps={"undiscounted_payback": 24},
        idea="All its values of today together are smaller than the outlay.",
        keeps=0.5,
    )
    thin = small.assign(one_off_usd=np.add(paid, [0, 399_950, 0, 0, 0, 0]))
    closing = small["fixed_cost_usd"] + [0, 0, 0, 0, 0, 518_400]
    plans = {
        "the small plan": small,
        "a plan with an NPV of 50 dollars": thin,
        "the plan with an outlay of 450,000": dear,
        "a plan that closes down at a large cost in month 24": small.assign(
            fixed_cost_usd=closing
        ),
    }
    with check.part("the decisions", keeps=0.7):
        check.labels(
            {name: go_or_no_go(plan, annual_rate=0.44) for name, plan in plans.items()},
            dict(zip(plans, ["GO", "GO", "NO-GO", "NO-GO"], strict=True)),
            options=("GO", "NO-GO"),
            what="the decisions",
            traps={
                "go_on_plain_sum": dict(
                    zip(plans, ["GO", "GO", "GO", "NO-GO"], strict=True)
                )
            },
            facts={"plain_sum": 644_160, "outlay": 450_000},
            idea="The sign of the net present value decides, nothing else: not what is "
            "already paid, not the payback, no extra margin.",
            keeps=0.7,
        )
    ### BEGIN HIDDEN TESTS
    for variant in pm.checks.variants(2):
        dice = pm.checks.rng(variant)
        first, rate = int(dice.integers(3, 7)), dice.uniform(0.20, 0.30)
        t = np.arange(first, 37)
        cleans = np.round(3_500 / (1 + np.exp(-(t - 11) / 4)) * dice.uniform(0.9, 1.1))
        price, take = float(dice.integers(95, 140)), dice.integers(22, 30) / 100
        variable = round(price * take * dice.uniform(0.35, 0.45), 2)
        fixed = np.where(t > 18, 14_000.0, 12_000.0)
        flow = cleans * (price * take - variable) - fixed
        today = flow / (1 + rate) ** (t / 12)
        # An outlay that is earned back; and one that only the plain sum covers.
        outlay = round(0.7 * today.sum())
        paid = np.zeros(len(t) + 3)
        paid[:3] = 90_000, 60_000, outlay
        data = pd.DataFrame(
            {
                "month": [-2, -1, 0, *t],
                "row_type": ["research"] * 2 + ["outlay"] + ["operations"] * len(t),
                "completed_cleans": np.concatenate([[0, 0, 0], cleans]).astype(int),
                "price_usd": price,
                "take_rate": take,
                "variable_cost_usd": variable,
                "fixed_cost_usd": np.concatenate([[0, 0, 0], fixed]),
                "one_off_usd": paid,
            }
        )
        paid[2] = round(0.5 * today.sum() + 0.5 * flow.sum())
        too_dear = data.assign(one_off_usd=paid)
        answer = business_case(data, annual_rate=rate)
        form = answer
        if isinstance(answer, dict) and "payback_month" in answer:
            form = {**answer, "payback_month": 0}
        nominal = flow / (1 + rate / 12) ** t
        late = today.sum() * (1 + rate) ** (0.5 / 12)
        nonstop = flow * np.exp(-rate * t / 12)
        check.record(
            form,
            {"npv_usd": today.sum() - outlay, "payback_month": 0},
            what="the NPV of another plan",
            traps={
                "simple_monthly": {"npv_usd": nominal.sum() - outlay},
                "mid_month": {"npv_usd": late - outlay},
                "continuous": {"npv_usd": nonstop.sum() - outlay},
            },
        )
        check.number(
            answer.get("payback_month"),
            int(t[np.cumsum(today) >= outlay][0]),
            what="the payback month of another plan",
            tolerance=0,
            keeps=0.5,
        )
        with check.part("the decision", keeps=0.7):
            check.choice(
                go_or_no_go(too_dear, annual_rate=rate),
                "NO-GO",
                options=("GO", "NO-GO"),
                what="the decision on another plan",
                keeps=0.7,
            )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="npv"
# Three questions for each row: does my decision still change this money? Is it ours, or
# does it pass through to the cleaner and other costs? When does it arrive?

# %% [markdown] hint="npv"
# Split the table by `row_type`. Make one column of contributions and one of their
# values today. `cumsum()` gives the running total for the payback.

# %% [markdown] hint="npv"
# A power takes a whole column: a number `** (table["month"] / 12)` gives one divisor for
# each row of `table`. Check the first one by hand: at 44 % a year, month 6 is divided by
# 1.2. A function can call the other one and take a value out of its dictionary.

# %% wrong="npv" trap="simple_monthly" credit=0.5
"""You have {yours}. You used r / 12 for each month; this course uses (1 + r)^(1/12), because
then 12 months cost exactly the yearly rate. With r / 12 compounded, 44 % a year becomes more
than 54 %, and the later months are worth too little. Both conventions are in use, so say which one
you take. What is the divisor for month 12 if a year costs 44 %?"""


def business_case(plan, *, annual_rate):
    outlay, earned, payback = 0.0, 0.0, 0
    for t, kind, cleans, price, take, variable, fixed, one_off in plan.to_numpy():
        if kind == "outlay":
            outlay += one_off
        elif kind == "operations":
            flow = cleans * (price * take - variable) - fixed
            earned += flow / (1 + annual_rate / 12) ** t
            if payback == 0 and earned >= outlay:
                payback = t
    return {"npv_usd": earned - outlay, "payback_month": payback}


def go_or_no_go(plan, *, annual_rate):
    return (
        "GO" if business_case(plan, annual_rate=annual_rate)["npv_usd"] > 0 else "NO-GO"
    )


# %% wrong="npv" trap="mid_month" credit=0.5
"""You have {yours}. You discounted each month from its middle; this course takes its end, so that
month *t* waits t/12 of a year. Both are in use, and the middle is often nearer to when money
comes in, so say which one you take. By what do you divide the money of month 12 if a year costs
44 %?"""


def business_case(plan, *, annual_rate):
    outlay, earned, payback = 0.0, 0.0, 0
    for t, kind, cleans, price, take, variable, fixed, one_off in plan.to_numpy():
        if kind == "outlay":
            outlay += one_off
        elif kind == "operations":
            flow = cleans * (price * take - variable) - fixed
            earned += flow / (1 + annual_rate) ** ((t - 0.5) / 12)
            if payback == 0 and earned >= outlay:
                payback = t
    return {"npv_usd": earned - outlay, "payback_month": payback}


def go_or_no_go(plan, *, annual_rate):
    return (
        "GO" if business_case(plan, annual_rate=annual_rate)["npv_usd"] > 0 else "NO-GO"
    )


# %% wrong="npv" trap="continuous" credit=0.5
"""You have {yours}. You discounted without pause, with e^(−r·t/12); this course uses
(1 + r)^(t/12), because then 12 months cost exactly the yearly rate. At 44 %, e^0.44 makes more
than 55 % a year. Both conventions are in use, so say which one you take. What is the divisor for
month 12 if a year costs 44 %?"""


def business_case(plan, *, annual_rate):
    outlay, earned, payback = 0.0, 0.0, 0
    for t, kind, cleans, price, take, variable, fixed, one_off in plan.to_numpy():
        if kind == "outlay":
            outlay += one_off
        elif kind == "operations":
            flow = cleans * (price * take - variable) - fixed
            earned += flow / np.exp(annual_rate * t / 12)
            if payback == 0 and earned >= outlay:
                payback = t
    return {"npv_usd": earned - outlay, "payback_month": payback}


def go_or_no_go(plan, *, annual_rate):
    return (
        "GO" if business_case(plan, annual_rate=annual_rate)["npv_usd"] > 0 else "NO-GO"
    )


# %% wrong="npv" trap="revenue_not_margin"
"""You have {yours}. You counted all {kept_per_clean} dollars that Fernbroom keeps of a clean.
But each clean also costs {variable} dollars: card fees, support, insurance, refunds. That
money leaves again the same month. An outlay is paid back by what is *left*, the contribution.
Which column is still missing from your chain?"""


def business_case(plan, *, annual_rate):
    outlay, earned, payback = 0.0, 0.0, 0
    for t, kind, cleans, price, take, _, fixed, one_off in plan.to_numpy():
        if kind == "outlay":
            outlay += one_off
        elif kind == "operations":
            flow = cleans * (price * take) - fixed
            earned += flow / (1 + annual_rate) ** (t / 12)
            if payback == 0 and earned >= outlay:
                payback = t
    return {"npv_usd": earned - outlay, "payback_month": payback}


def go_or_no_go(plan, *, annual_rate):
    return (
        "GO" if business_case(plan, annual_rate=annual_rate)["npv_usd"] > 0 else "NO-GO"
    )


# %% wrong="npv" trap="no_fixed_cost"
"""You have {yours}. What is left of each clean is right, but a month also costs money that does not
depend on cleans: {fixed:,} dollars in month 6 for people and servers. It has to be paid before
anything is left for the outlay. Which column holds it?"""


def business_case(plan, *, annual_rate):
    outlay, earned, payback = 0.0, 0.0, 0
    for t, kind, cleans, price, take, variable, _, one_off in plan.to_numpy():
        if kind == "outlay":
            outlay += one_off
        elif kind == "operations":
            flow = cleans * (price * take - variable)
            earned += flow / (1 + annual_rate) ** (t / 12)
            if payback == 0 and earned >= outlay:
                payback = t
    return {"npv_usd": earned - outlay, "payback_month": payback}


def go_or_no_go(plan, *, annual_rate):
    return (
        "GO" if business_case(plan, annual_rate=annual_rate)["npv_usd"] > 0 else "NO-GO"
    )


# %% wrong="npv" trap="price_as_revenue"
"""You have {yours}. You counted the whole price of {price} dollars, which the home pays; the
largest part of it belongs to the cleaner and only passes through. Fernbroom lives on its take,
less its own costs. Which column says what part of the price stays?"""


def business_case(plan, *, annual_rate):
    outlay, earned, payback = 0.0, 0.0, 0
    for t, kind, cleans, price, _, _, fixed, one_off in plan.to_numpy():
        if kind == "outlay":
            outlay += one_off
        elif kind == "operations":
            flow = cleans * (price) - fixed
            earned += flow / (1 + annual_rate) ** (t / 12)
            if payback == 0 and earned >= outlay:
                payback = t
    return {"npv_usd": earned - outlay, "payback_month": payback}


def go_or_no_go(plan, *, annual_rate):
    return (
        "GO" if business_case(plan, annual_rate=annual_rate)["npv_usd"] > 0 else "NO-GO"
    )


# %% wrong="npv" trap="price_less_costs"
"""You have {yours}. You took the whole price of {price} dollars, less {variable} dollars of variable
cost. Most of that price belongs to the cleaner and only passes through. Fernbroom keeps its take,
and its costs come off the take. Which column says what part of the price stays?"""


def business_case(plan, *, annual_rate):
    outlay, earned, payback = 0.0, 0.0, 0
    for t, kind, cleans, price, _, variable, fixed, one_off in plan.to_numpy():
        if kind == "outlay":
            outlay += one_off
        elif kind == "operations":
            flow = cleans * (price - variable) - fixed
            earned += flow / (1 + annual_rate) ** (t / 12)
            if payback == 0 and earned >= outlay:
                payback = t
    return {"npv_usd": earned - outlay, "payback_month": payback}


def go_or_no_go(plan, *, annual_rate):
    return (
        "GO" if business_case(plan, annual_rate=annual_rate)["npv_usd"] > 0 else "NO-GO"
    )


# %% wrong="npv" trap="sunk_included"
"""You have {yours}. The {research:,} dollars of research are in it. That money is gone whether
you build or not, so it is the same on both sides of the decision and can't tip it. It is called
a sunk cost. Which payments does a NO-GO still save?"""


def business_case(plan, *, annual_rate):
    outlay, earned, payback = 0.0, 0.0, 0
    for t, kind, cleans, price, take, variable, fixed, one_off in plan.to_numpy():
        if kind in ("research", "outlay"):
            outlay += one_off
        elif kind == "operations":
            flow = cleans * (price * take - variable) - fixed
            earned += flow / (1 + annual_rate) ** (t / 12)
            if payback == 0 and earned >= outlay:
                payback = t
    return {"npv_usd": earned - outlay, "payback_month": payback}


def go_or_no_go(plan, *, annual_rate):
    return (
        "GO" if business_case(plan, annual_rate=annual_rate)["npv_usd"] > 0 else "NO-GO"
    )


# %% wrong="npv" trap="undiscounted"
"""You have {yours}: a dollar in month 18 counts as much as a dollar today. At 44 % a year it
does not, because the same money could have earned 44 % elsewhere in the meantime. Later money
must be divided by what the wait costs. Which column tells how long each row has to wait?"""


def business_case(plan, *, annual_rate):
    outlay, earned, payback = 0.0, 0.0, 0
    for t, kind, cleans, price, take, variable, fixed, one_off in plan.to_numpy():
        if kind == "outlay":
            outlay += one_off
        elif kind == "operations":
            flow = cleans * (price * take - variable) - fixed
            earned += flow / 1
            if payback == 0 and earned >= outlay:
                payback = t
    return {"npv_usd": earned - outlay, "payback_month": payback}


def go_or_no_go(plan, *, annual_rate):
    return (
        "GO" if business_case(plan, annual_rate=annual_rate)["npv_usd"] > 0 else "NO-GO"
    )


# %% wrong="npv" trap="shift_one"
"""You have {yours}. Every month is discounted one month too little, as if month 1 were today.
Today is the outlay, month 0; the first cash comes at the end of month 1. Check one row: how
many months lie between the outlay and month 6?"""


def business_case(plan, *, annual_rate):
    outlay, earned, payback = 0.0, 0.0, 0
    for t, kind, cleans, price, take, variable, fixed, one_off in plan.to_numpy():
        if kind == "outlay":
            outlay += one_off
        elif kind == "operations":
            flow = cleans * (price * take - variable) - fixed
            earned += flow / (1 + annual_rate) ** ((t - 1) / 12)
            if payback == 0 and earned >= outlay:
                payback = t
    return {"npv_usd": earned - outlay, "payback_month": payback}


def go_or_no_go(plan, *, annual_rate):
    return (
        "GO" if business_case(plan, annual_rate=annual_rate)["npv_usd"] > 0 else "NO-GO"
    )


# %% wrong="npv" trap="row_number_as_month"
"""You have {yours}. The rows were numbered 1, 2, 3, 4 and these numbers taken as months. The
small plan has rows for the months 6, 12, 18 and 24 only, so its {first_cash:,} dollars of month 6
were treated as if they came after one month. Which column says when a row happens?"""


def business_case(plan, *, annual_rate):
    outlay, earned, payback = 0.0, 0.0, 0
    number = 0
    for _, kind, cleans, price, take, variable, fixed, one_off in plan.to_numpy():
        if kind == "outlay":
            outlay += one_off
        elif kind == "operations":
            number += 1
            flow = cleans * (price * take - variable) - fixed
            earned += flow / (1 + annual_rate) ** (number / 12)
            if payback == 0 and earned >= outlay:
                payback = number
    return {"npv_usd": earned - outlay, "payback_month": payback}


def go_or_no_go(plan, *, annual_rate):
    return (
        "GO" if business_case(plan, annual_rate=annual_rate)["npv_usd"] > 0 else "NO-GO"
    )


# %% wrong="npv" trap="undiscounted_payback" credit=0.5
"""Your NPV is right; for the payback you have {yours}. You added the plain contributions; this
course adds their values of today, because the wait costs money in the payback as well as in the
NPV. Many companies report the plain payback, so always say which one it is. Which of your columns
should be added up instead?"""


def business_case(plan, *, annual_rate):
    outlay, earned, payback = 0.0, 0.0, 0
    plain = 0.0
    for t, kind, cleans, price, take, variable, fixed, one_off in plan.to_numpy():
        if kind == "outlay":
            outlay += one_off
        elif kind == "operations":
            flow = cleans * (price * take - variable) - fixed
            earned += flow / (1 + annual_rate) ** (t / 12)
            plain += flow
            if payback == 0 and plain >= outlay:
                payback = t
    return {"npv_usd": earned - outlay, "payback_month": payback}


def go_or_no_go(plan, *, annual_rate):
    return (
        "GO" if business_case(plan, annual_rate=annual_rate)["npv_usd"] > 0 else "NO-GO"
    )


# %% wrong="npv" trap="payback_first_gain" credit=0.5
"""Your NPV is right; for the payback you have {yours}. That is the first month with any gain. But
one month earns {first_cash:,} dollars here, and the outlay is larger than that. Paid back means
that all values of today so far reach the outlay. How far is the running total after that
month?"""


def business_case(plan, *, annual_rate):
    outlay, earned, payback = 0.0, 0.0, 0
    for t, kind, cleans, price, take, variable, fixed, one_off in plan.to_numpy():
        if kind == "outlay":
            outlay += one_off
        elif kind == "operations":
            flow = cleans * (price * take - variable) - fixed
            earned += flow / (1 + annual_rate) ** (t / 12)
            if payback == 0 and earned > 0:
                payback = t
    return {"npv_usd": earned - outlay, "payback_month": payback}


def go_or_no_go(plan, *, annual_rate):
    return (
        "GO" if business_case(plan, annual_rate=annual_rate)["npv_usd"] > 0 else "NO-GO"
    )


# %% wrong="npv" trap="payback_with_research" credit=0.5
"""Your NPV is right; for the payback you have {yours}. You let the plan earn back the {research:,}
dollars of research, too. They are gone whether you build or not, and you left them out of the NPV
for that reason. Which sum must the running total reach?"""


def business_case(plan, *, annual_rate):
    outlay, earned, payback = 0.0, 0.0, 0
    spent = 0.0
    for t, kind, cleans, price, take, variable, fixed, one_off in plan.to_numpy():
        spent += one_off
        if kind == "outlay":
            outlay += one_off
        elif kind == "operations":
            flow = cleans * (price * take - variable) - fixed
            earned += flow / (1 + annual_rate) ** (t / 12)
            if payback == 0 and earned >= spent:
                payback = t
    return {"npv_usd": earned - outlay, "payback_month": payback}


def go_or_no_go(plan, *, annual_rate):
    return (
        "GO" if business_case(plan, annual_rate=annual_rate)["npv_usd"] > 0 else "NO-GO"
    )


# %% wrong="npv" trap="go_on_plain_sum" credit=0.7
"""You have {yours}. The contributions of that plan add up to {plain_sum:,} dollars, more than
the outlay of {outlay:,}; yet they come over 24 months, and at 44 % a year the wait costs more
than that gain. You computed a number that knows this. Which one should decide?"""


def business_case(plan, *, annual_rate):
    outlay, earned, payback = 0.0, 0.0, 0
    for t, kind, cleans, price, take, variable, fixed, one_off in plan.to_numpy():
        if kind == "outlay":
            outlay += one_off
        elif kind == "operations":
            flow = cleans * (price * take - variable) - fixed
            earned += flow / (1 + annual_rate) ** (t / 12)
            if payback == 0 and earned >= outlay:
                payback = t
    return {"npv_usd": earned - outlay, "payback_month": payback}


def go_or_no_go(plan, *, annual_rate):
    total = 0.0
    for _, kind, cleans, price, take, variable, fixed, one_off in plan.to_numpy():
        if kind == "outlay":
            total -= one_off
        elif kind == "operations":
            total += cleans * (price * take - variable) - fixed
    return "GO" if total > 0 else "NO-GO"


# %% right="npv"
def business_case(plan, *, annual_rate):
    outlay, flows = 0.0, []
    for month, kind, cleans, price, take, variable, fixed, one_off in zip(
        *(plan[name].tolist() for name in plan.columns)
    ):
        if kind == "outlay":
            outlay += one_off
        elif kind == "operations":
            flows.append((month, cleans * (price * take - variable) - fixed))
    monthly_factor = (1 + annual_rate) ** (1 / 12)
    earned, payback_month = 0.0, 0
    for month, flow in sorted(flows):
        earned += flow / monthly_factor**month
        if payback_month == 0 and earned >= outlay:
            payback_month = month
    return {"npv_usd": earned - outlay, "payback_month": payback_month}


def go_or_no_go(plan, *, annual_rate):
    case = business_case(plan, annual_rate=annual_rate)
    return "GO" if case["payback_month"] > 0 and case["npv_usd"] > 0 else "NO-GO"


# %% right="npv"
def monthly_cash(plan):
    """A list with one contribution for each month from 1 on; 0 where there is no row."""
    ops = plan[plan["row_type"] == "operations"].set_index("month")
    per_clean = ops["price_usd"] * ops["take_rate"] - ops["variable_cost_usd"]
    flow = ops["completed_cleans"] * per_clean - ops["fixed_cost_usd"]
    return flow.reindex(range(1, int(ops.index.max()) + 1), fill_value=0.0)


def business_case(plan, *, annual_rate):
    terms = {
        "outlay_usd": float(plan.set_index("row_type").at["outlay", "one_off_usd"]),
        "annual_rate": annual_rate,
    }
    back = pm.finance.payback(monthly_cash(plan), **terms)
    worth = pm.finance.net_present_value(monthly_cash(plan), **terms)
    return {"npv_usd": worth.npv_usd, "payback_month": back.month or 0}


def go_or_no_go(plan, *, annual_rate):
    return (
        "GO" if business_case(plan, annual_rate=annual_rate)["npv_usd"] > 0 else "NO-GO"
    )


# %%
launch_plan = pm.case.load("launch_plan")
rate = assumptions["discount_rate"]
worth = numbers_in(
    lambda: business_case(launch_plan.copy(), annual_rate=rate),
    *("npv_usd", "payback_month"),
)
if worth is None:
    print("Pass the check of M03-E5 first.")
else:
    month = f"{worth[1]:.0f}"
    back = (
        f"paid back in month {month}" if worth[1] else "not paid back within the plan"
    )
    print(
        f"At {percent(rate, digits=0)} a year the plan is worth {money(worth[0])} "
        f"and {back}: {go_or_no_go(launch_plan.copy(), annual_rate=rate)}."
    )
    planned = launch_plan.loc[launch_plan["month"].between(1, 12), "completed_cleans"]
    print(f"The plan counts on {planned.sum():,} cleans in its first 12 months.")
    if som is not None:
        low, high = (
            usd / assumptions["price_usd"] / assumptions["take_rate"] for usd in som
        )
        print(f"Your SOM allows {low:,.0f} to {high:,.0f}. Do the two agree?")

# %% [markdown] exercise="tornado_mc" objective="show what drives the value, and the risk"
# ## M03-E6 · What matters most, and how likely is a loss? (4 points)
#
# The plan is one guess for each input. The table of ranges has a P10 and a P90 for
# each: one time in ten the input is lower than `low_p10`, one time in ten it is higher
# than `high_p90`. The next cell gives you `plan_npv(plan, inputs, annual_rate=...)`. It
# takes a dictionary with all five inputs; each may be one number or an array of draws.
#
# Write two functions.
#
# 1. `npv_swings(plan, ranges, *, annual_rate)`: for each input, the distance between
#    the NPV at its P90 and at its P10, **all others at `base`**. The bars of a tornado
#    chart.
# 2. `chance_of_loss(plan, ranges, *, annual_rate, draws, seed)`: draw all inputs
#    `draws` times, independently, from normal distributions, and return the share of
#    draws with an NPV below zero. The mean is (P10 + P90) / 2. In a normal
#    distribution P10 and P90 lie 2.563 standard deviations apart.
#
# **Done when** `npv_swings` returns a dictionary from input to swing (positive, US
# dollars, within 0.5 %), and `chance_of_loss` a fraction within ±0.015 for 10,000
# draws, the same again for the same `seed`. Each function earns half of the points.


# %%
def plan_npv(plan, inputs, *, annual_rate):
    """Return the NPV of the plan in USD, for numbers or arrays of inputs."""
    # Rows of research and outlay have no cleans and no fixed cost, so they add nothing.
    factor = (1 + annual_rate) ** (-plan["month"].to_numpy() / 12)
    cleans = plan["completed_cleans"].to_numpy() * factor
    spend = (cleans * plan["price_usd"].to_numpy()).sum()
    fixed = (plan["fixed_cost_usd"].to_numpy() * factor).sum()
    contribution = (
        spend * inputs["take_rate"] - cleans.sum() * inputs["variable_cost_usd"]
    )
    return (
        inputs["cleans_factor"] * contribution
        - inputs["fixed_cost_factor"] * fixed
        - inputs["outlay_usd"]
    )


ranges = pm.case.load("plan_ranges")
ranges


# %% solution="tornado_mc"
def npv_swings(plan, ranges, *, annual_rate):
    """Return {input: swing of the NPV in USD between its P10 and P90}."""
    ### BEGIN SOLUTION
    base = dict(zip(ranges["input"], ranges["base"], strict=True))
    swings = {}
    for row in ranges.itertuples():
        low = plan_npv(plan, base | {row.input: row.low_p10}, annual_rate=annual_rate)
        high = plan_npv(plan, base | {row.input: row.high_p90}, annual_rate=annual_rate)
        swings[row.input] = abs(high - low)
    return swings
    ### END SOLUTION


def chance_of_loss(plan, ranges, *, annual_rate, draws, seed):
    """Return the share of draws in which the NPV is below zero."""
    ### BEGIN SOLUTION
    random = np.random.default_rng(seed)
    mean = (ranges["low_p10"] + ranges["high_p90"]) / 2
    sd = (ranges["high_p90"] - ranges["low_p10"]) / 2.563
    drawn = random.normal(mean, sd, size=(draws, len(ranges)))
    inputs = dict(zip(ranges["input"], drawn.T, strict=True))
    return (plan_npv(plan, inputs, annual_rate=annual_rate) < 0).mean()
    ### END SOLUTION


# %% checks="tornado_mc" points=4
with pm.checks.exercise("tornado_mc", points=4, read="Lesson 03, section 7") as check:

    def half_if_right(function):
        """Half of the points stay while the other function is right."""
        made = check.verdict().comparisons
        return 0.5 * all(item.right for item in made if function in item.what)

    # No discounting, one month: 100 cleans × (100 × 0.30 - 10) - 500 - 1,000 = 500.
    small = pd.DataFrame(
        {
            "month": [0, 1],
            "row_type": ["outlay", "operations"],
            "completed_cleans": [0, 100],
            "price_usd": [100.0, 100.0],
            "take_rate": [0.30, 0.30],
            "variable_cost_usd": [10.0, 10.0],
            "fixed_cost_usd": [0.0, 500.0],
            "one_off_usd": [1_000.0, 0.0],
        }
    )
    check.show("the small plan", small)
    names = [
        "cleans_factor",
        "take_rate",
        "variable_cost_usd",
        "fixed_cost_factor",
        "outlay_usd",
    ]
    wide = pd.DataFrame(
        {
            "input": names,
            "unit": ["times", "fraction", "USD", "times", "USD"],
            "low_p10": [0.75, 0.285, 9.0, 0.9, 940.0],
            "base": [1.0, 0.30, 10.0, 1.0, 1_000.0],
            "high_p90": [1.15, 0.32, 14.5, 1.4, 1_100.0],
        }
    )
    later = names[1:3]
    with check.part("the swings", keeps=0.5):
        check.record(
            npv_swings(small.copy(), wide.copy(), annual_rate=0.0),
            dict(zip(names, [800, 350, 550, 250, 160], strict=True)),
            what="the swings of the small plan",
            unit="USD",
            traps={
                "same_10pct": dict(zip(names, [400, 600, 200, 100, 200], strict=True)),
                "all_at_once": dict.fromkeys(names, 140),
                "changes_pile_up": dict(zip(later, [402.5, 632.5], strict=True)),
                "changes_pile_down": dict(zip(later, [262.5, 412.5], strict=True)),
                "others_at_middle": dict(zip(names, [740, 332.5, 522.5], strict=False)),
                "one_side_only": dict(
                    zip(names, [300, 200, 450, 200, 100], strict=True)
                ),
            },
            facts={"low_cleans": 75, "high_cleans": 115},
            idea="Take `cleans_factor` alone: what is the NPV with 75 cleans and with 115, "
            "everything else as planned?",
            keeps=0.5,
        )
    # Two inputs are uncertain here; the rest is nearly fixed.
    two_wide = wide.assign(
        low_p10=[0.8, 0.299999, 9.9999, 0.9999, 1_000.0],
        base=[1.0, 0.30, 10.0, 1.0, 1_100.0],
        high_p90=[1.1, 0.300001, 10.0001, 1.0001, 1_300.0],
    )
    check.show("its ranges for the swings", wide)
    check.show("its ranges for the chance of a loss", two_wide)
    keeps = half_if_right("swings")
    traps = {
        "one_luck_for_all": 0.016,
        "reports_mean_only": 0.0,
        "mean_at_base": 0.063,
        "too_narrow": 0.106,
        "half_range_as_sd": 0.227,
        "chance_of_gain": 0.83,
    }
    with check.part("the chance of a loss", keeps=keeps):
        check.number(
            chance_of_loss(
                small.copy(), two_wide, annual_rate=0.0, draws=10_000, seed=7
            ),
            # The NPV has mean 250 and sd √(234² + 117²) = 262: Φ(-250 / 262).
            0.170,
            what="the chance of a loss",
            absolute=0.015,
            traps=traps if keeps else {},
            facts={"mean_npv": 250},
            idea="Draw all five, then count the draws below zero. Try it with one input "
            "first: about one draw in ten must lie below its P10.",
            keeps=keeps,
        )
        twice = [
            chance_of_loss(small.copy(), wide.copy(), annual_rate=0.0, draws=50, seed=3)
            for _ in range(2)
        ]
        few = numbers_in(lambda: twice, 0, 1)
        check.number(
            few and few[1],
            few[0] if few else 0,
            what="the chance of a loss for the same seed again",
            absolute=1e-9,
            idea="The same seed must give the same draws. Make one generator from `seed`, "
            "inside the function.",
            keeps=keeps,
        )
        check.number(
            few and 50 * few[0],
            round(50 * few[0]) if few else 0,
            what="50 times the chance of a loss in 50 draws",
            absolute=1e-6,
            idea="With draws=50 this must be a whole number. Does your function use `draws`?",
            keeps=keeps,
        )
    ### BEGIN HIDDEN TESTS
    from statistics import NormalDist

    for variant in pm.checks.variants(1):
        dice = pm.checks.rng(variant)
        t, rate = np.arange(1, 25), dice.uniform(0.08, 0.2)
        cleans = np.round(dice.uniform(1_500, 2_500) * (1 - np.exp(-t / 8)))
        price, take, variable = float(dice.integers(95, 140)), 0.25, 10.0
        factor = (1 + rate) ** (-t / 12)
        per_month = price * take - variable
        fixed = round(0.3 * per_month * cleans.mean())
        gain, rent = (cleans * factor).sum() * per_month, (fixed * factor).sum()
        # Three wide ranges, in USD of NPV and in units of the inputs.
        half_usd = dice.uniform(0.18, 0.25) * gain * np.array([1, 0.35, 0.5])
        half = half_usd / [gain, rent, 1.0]
        sd_usd = half_usd * 2 / 2.563
        total_sd = float(np.sqrt((sd_usd**2).sum()))
        # The mean of the cleans lies 0.4 of an sd below their base.
        shift = 0.4 * total_sd / gain
        mean_npv = dice.uniform(0.95, 1.15) * total_sd
        outlay = gain * (1 - shift) - rent - mean_npv
        data = pd.DataFrame(
            {
                "month": [0, *t],
                "row_type": ["outlay"] + ["operations"] * len(t),
                "completed_cleans": np.concatenate([[0], cleans]).astype(int),
                "price_usd": price,
                "take_rate": take,
                "variable_cost_usd": variable,
                "fixed_cost_usd": [0.0] + [float(fixed)] * len(t),
                "one_off_usd": [outlay] + [0.0] * len(t),
            }
        )
        base = np.array([1.0, take, variable, 1.0, outlay])
        middle = base - [shift, 0, 0, 0, 0]
        halves = np.array([half[0], 1e-6, 1e-4, half[1], half[2]])
        table = pd.DataFrame(
            {
                "input": names,
                "unit": wide["unit"],
                "low_p10": middle - halves,
                "base": base,
                "high_p90": middle + halves,
            }
        )
        with check.part("the chance of a loss", keeps=half_if_right("swings")):
            check.number(
                chance_of_loss(data, table, annual_rate=rate, draws=10_000, seed=11),
                NormalDist(mean_npv, total_sd).cdf(0),
                what="the chance of a loss of another plan",
                absolute=0.015,
                keeps=half_if_right("swings"),
            )
        up, down = dice.uniform(1.02, 1.06, 5), dice.uniform(0.7, 0.85, 5)
        table = table.assign(low_p10=base * down, high_p90=base * up)
        price_sum, clean_sum = (cleans * factor).sum() * price, (cleans * factor).sum()
        effect = [gain, price_sum * take, clean_sum * variable, rent, outlay]
        mid = (up + down) / 2
        pulled = [effect[1] * mid[1] - effect[2] * mid[2]]  # the others at the middle
        pulled += [effect[1] * mid[0], effect[2] * mid[0]]
        spans = [
            (abs(size) * (high - low), abs(other) * (high - low))
            for size, other, high, low in zip(
                effect, pulled + effect[3:], up, down, strict=True
            )
        ]
        with check.part("the swings", keeps=half_if_right("chance")):
            check.record(
                npv_swings(data, table, annual_rate=rate),
                {name: span[0] for name, span in zip(names, spans, strict=True)},
                what="the swings of another plan",
                unit="USD",
                traps={
                    "others_at_middle": {
                        name: span[1] for name, span in zip(names, spans, strict=True)
                    }
                },
                keeps=half_if_right("chance"),
            )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="tornado_mc"
# A tornado answers “what if this one input is off, as far as it may be off?” A
# simulation answers “what if they are all a bit off at once, each in its own way?”

# %% [markdown] hint="tornado_mc"
# `ranges.set_index("input")["base"].to_dict()` gives the base values. Loop over the
# inputs; `base | {"take_rate": 0.3}` makes a new dictionary with one value changed, and
# leaves `base` as it was.

# %% [markdown] hint="tornado_mc"
# Make one generator, `np.random.default_rng(seed)`, before the loop. Its
# `.normal(mean, sd, draws)` draws one input; `plan_npv` takes a dictionary of five such
# arrays at once.

# %% wrong="tornado_mc" trap="same_10pct"
"""You have {yours}. You moved every input by ±10 % of its base. A take rate that is fixed by
contract hardly moves 10 %, while the cleans may fall by a quarter: equal percentages hide which
input is really uncertain, and here they put the wrong one on top. Each input has its own range
in the table. Which two columns hold it?"""


def npv_swings(plan, ranges, *, annual_rate):
    base = dict(zip(ranges["input"], ranges["base"]))
    swings = {}
    for name, value in base.items():
        low = plan_npv(plan, base | {name: 0.9 * value}, annual_rate=annual_rate)
        high = plan_npv(plan, base | {name: 1.1 * value}, annual_rate=annual_rate)
        swings[name] = abs(high - low)
    return swings


def chance_of_loss(plan, ranges, *, annual_rate, draws, seed): ...  # not written yet


# %% wrong="tornado_mc" trap="all_at_once"
"""You have {yours}: the same for each input, because all of them went from low to high
together. Good and bad news then cancel (more cleans, but higher costs), and nobody can see which
input did what. A tornado moves one input and leaves the others at their base. What must the
dictionary hold while you move `cleans_factor`?"""


def npv_swings(plan, ranges, *, annual_rate):
    low = dict(zip(ranges["input"], ranges["low_p10"]))
    high = dict(zip(ranges["input"], ranges["high_p90"]))
    swing = abs(
        plan_npv(plan, high, annual_rate=annual_rate)
        - plan_npv(plan, low, annual_rate=annual_rate)
    )
    return dict.fromkeys(ranges["input"], swing)


def chance_of_loss(plan, ranges, *, annual_rate, draws, seed): ...  # not written yet


# %% wrong="tornado_mc" trap="changes_pile_up"
"""You have {yours}. The first input is right and the later ones are not: each change stayed in
the dictionary, so the take rate was moved while the cleans were still at {high_cleans}. One at a
time means that an input goes back to its base before the next one moves. Do you change the same
dictionary again and again, or a new one each time?"""


def npv_swings(plan, ranges, *, annual_rate):
    inputs = dict(zip(ranges["input"], ranges["base"]))
    swings = {}
    for name, low, high in zip(ranges["input"], ranges["low_p10"], ranges["high_p90"]):
        inputs[name] = low
        before = plan_npv(plan, inputs, annual_rate=annual_rate)
        inputs[name] = high
        after = plan_npv(plan, inputs, annual_rate=annual_rate)
        swings[name] = abs(after - before)
    return swings


def chance_of_loss(plan, ranges, *, annual_rate, draws, seed): ...  # not written yet


# %% wrong="tornado_mc" trap="changes_pile_down"
"""You have {yours}. The first input is right and the later ones are not: each change stayed in
the dictionary, so the take rate was moved while the cleans were still at {low_cleans}. One at a
time means that an input goes back to its base before the next one moves. Do you change the same
dictionary again and again, or a new one each time?"""


def npv_swings(plan, ranges, *, annual_rate):
    inputs = dict(zip(ranges["input"], ranges["base"]))
    swings = {}
    for name, low, high in zip(ranges["input"], ranges["low_p10"], ranges["high_p90"]):
        inputs[name] = high
        before = plan_npv(plan, inputs, annual_rate=annual_rate)
        inputs[name] = low
        after = plan_npv(plan, inputs, annual_rate=annual_rate)
        swings[name] = abs(after - before)
    return swings


def chance_of_loss(plan, ranges, *, annual_rate, draws, seed): ...  # not written yet


# %% wrong="tornado_mc" trap="others_at_middle" credit=0.75
"""You have {yours}. You held the others at the middle of their ranges, as the lesson's tool does.
Here they stay at `base`, the plan that Ada has read: then each bar starts from its NPV. Both are
in use, so say which one you take. Where must `cleans_factor` stand while you move another
input?"""


def npv_swings(plan, ranges, *, annual_rate):
    middle = dict(zip(ranges["input"], (ranges["low_p10"] + ranges["high_p90"]) / 2))
    swings = {}
    for name, low, high in zip(ranges["input"], ranges["low_p10"], ranges["high_p90"]):
        worth = [
            plan_npv(plan, middle | {name: end}, annual_rate=annual_rate)
            for end in (low, high)
        ]
        swings[name] = abs(worth[1] - worth[0])
    return swings


def chance_of_loss(plan, ranges, *, annual_rate, draws, seed):
    random = np.random.default_rng(seed)
    inputs = {}
    for name, _, low, _, high in ranges.to_numpy():
        mean, sd = (low + high) / 2, (high - low) / 2.563
        inputs[name] = random.normal(mean, sd, draws)
    worth = plan_npv(plan, inputs, annual_rate=annual_rate)
    return (worth < 0).mean()


# %% wrong="tornado_mc" trap="one_side_only"
"""You have {yours}: the way from the base to the P90 only. An input can turn out low as well,
and often the low side is the longer one: here the cleans may fall to {low_cleans} but rise only to
{high_cleans}. A swing is the whole way. Between which two points?"""


def npv_swings(plan, ranges, *, annual_rate):
    base = dict(zip(ranges["input"], ranges["base"]))
    planned = plan_npv(plan, base, annual_rate=annual_rate)
    return {
        name: abs(
            plan_npv(plan, base | {name: high}, annual_rate=annual_rate) - planned
        )
        for name, high in zip(ranges["input"], ranges["high_p90"])
    }


def chance_of_loss(plan, ranges, *, annual_rate, draws, seed): ...  # not written yet


# %% wrong="tornado_mc" trap="one_luck_for_all" credit=0.5
"""Your chance of a loss is {yours}. All inputs had the same luck: many cleans always came with a
high outlay, so good and bad news cancelled in each draw. That happens when one array of draws
serves all inputs, or when the generator starts again from `seed` for each. Here they are
independent. Where do you make the generator, and how often?"""


def npv_swings(plan, ranges, *, annual_rate):
    worth = {}
    for end in ("low_p10", "high_p90"):
        values = np.tile(ranges["base"].to_numpy(), (len(ranges), 1))
        np.fill_diagonal(values, ranges[end])
        inputs = dict(zip(ranges["input"], values.T))
        worth[end] = plan_npv(plan, inputs, annual_rate=annual_rate)
    return dict(zip(ranges["input"], abs(worth["high_p90"] - worth["low_p10"])))


def chance_of_loss(plan, ranges, *, annual_rate, draws, seed):
    inputs = {}
    for name, _, low, _, high in ranges.to_numpy():
        random = np.random.default_rng(seed)
        mean, sd = (low + high) / 2, (high - low) / 2.563
        inputs[name] = random.normal(mean, sd, draws)
    worth = plan_npv(plan, inputs, annual_rate=annual_rate)
    return (worth < 0).mean()


# %% wrong="tornado_mc" trap="reports_mean_only" credit=0.5
"""Your chance of a loss is {yours}. On average the small plan earns {mean_npv} dollars, but an
average above zero does not rule out a loss: some of the draws lie below. Look at each draw on its
own. In what share of them is the NPV negative?"""


def npv_swings(plan, ranges, *, annual_rate):
    worth = {}
    for end in ("low_p10", "high_p90"):
        values = np.tile(ranges["base"].to_numpy(), (len(ranges), 1))
        np.fill_diagonal(values, ranges[end])
        inputs = dict(zip(ranges["input"], values.T))
        worth[end] = plan_npv(plan, inputs, annual_rate=annual_rate)
    return dict(zip(ranges["input"], abs(worth["high_p90"] - worth["low_p10"])))


def chance_of_loss(plan, ranges, *, annual_rate, draws, seed):
    random = np.random.default_rng(seed)
    inputs = {}
    for name, _, low, _, high in ranges.to_numpy():
        mean, sd = (low + high) / 2, (high - low) / 2.563
        inputs[name] = random.normal(mean, sd, draws)
    worth = plan_npv(plan, inputs, annual_rate=annual_rate)
    return float(worth.mean() < 0)


# %% wrong="tornado_mc" trap="mean_at_base" credit=0.5
"""Your chance of a loss is {yours}. You drew around `base`. But these ranges are not even: the cleans
may fall by 20 % and rise by 10 %, and the outlay leans to the dear side. Around `base`, more than
one draw in ten lies above the better end. What is the middle between P10 and P90?"""


def npv_swings(plan, ranges, *, annual_rate):
    worth = {}
    for end in ("low_p10", "high_p90"):
        values = np.tile(ranges["base"].to_numpy(), (len(ranges), 1))
        np.fill_diagonal(values, ranges[end])
        inputs = dict(zip(ranges["input"], values.T))
        worth[end] = plan_npv(plan, inputs, annual_rate=annual_rate)
    return dict(zip(ranges["input"], abs(worth["high_p90"] - worth["low_p10"])))


def chance_of_loss(plan, ranges, *, annual_rate, draws, seed):
    random = np.random.default_rng(seed)
    inputs = {}
    for name, _, low, base, high in ranges.to_numpy():
        mean, sd = base, (high - low) / 2.563
        inputs[name] = random.normal(mean, sd, draws)
    worth = plan_npv(plan, inputs, annual_rate=annual_rate)
    return (worth < 0).mean()


# %% wrong="tornado_mc" trap="too_narrow" credit=0.5
"""Your chance of a loss is {yours}. Your draws spread too little. That happens if nothing may lie
outside P10 and P90 (a uniform distribution), or if they are taken as P5 and P95 (3.29 standard
deviations). One draw in ten belongs below each P10: count yours. How
wide is a normal distribution with that P10 and P90?"""


def npv_swings(plan, ranges, *, annual_rate):
    worth = {}
    for end in ("low_p10", "high_p90"):
        values = np.tile(ranges["base"].to_numpy(), (len(ranges), 1))
        np.fill_diagonal(values, ranges[end])
        inputs = dict(zip(ranges["input"], values.T))
        worth[end] = plan_npv(plan, inputs, annual_rate=annual_rate)
    return dict(zip(ranges["input"], abs(worth["high_p90"] - worth["low_p10"])))


def chance_of_loss(plan, ranges, *, annual_rate, draws, seed):
    random = np.random.default_rng(seed)
    inputs = {}
    for name, _, low, _, high in ranges.to_numpy():
        inputs[name] = random.uniform(low, high, draws)
    worth = plan_npv(plan, inputs, annual_rate=annual_rate)
    return (worth < 0).mean()


# %% wrong="tornado_mc" trap="half_range_as_sd" credit=0.5
"""Your chance of a loss is {yours}. Your draws spread too widely: half the distance from P10 to
P90 was taken as the standard deviation. Then more draws lie below the P10 than its name allows;
you can count them. How many standard deviations lie between P10 and P90?"""


def npv_swings(plan, ranges, *, annual_rate):
    worth = {}
    for end in ("low_p10", "high_p90"):
        values = np.tile(ranges["base"].to_numpy(), (len(ranges), 1))
        np.fill_diagonal(values, ranges[end])
        inputs = dict(zip(ranges["input"], values.T))
        worth[end] = plan_npv(plan, inputs, annual_rate=annual_rate)
    return dict(zip(ranges["input"], abs(worth["high_p90"] - worth["low_p10"])))


def chance_of_loss(plan, ranges, *, annual_rate, draws, seed):
    random = np.random.default_rng(seed)
    inputs = {}
    for name, _, low, _, high in ranges.to_numpy():
        mean, sd = (low + high) / 2, (high - low) / 2
        inputs[name] = random.normal(mean, sd, draws)
    worth = plan_npv(plan, inputs, annual_rate=annual_rate)
    return (worth < 0).mean()


# %% wrong="tornado_mc" trap="chance_of_gain" credit=0.5
"""You have {yours}. That is how often the plan *earns* money: the draws above zero were counted.
A chance of a loss this high would mean that a plan which is fine at its base fails almost always.
Which draws are losses?"""


def npv_swings(plan, ranges, *, annual_rate):
    worth = {}
    for end in ("low_p10", "high_p90"):
        values = np.tile(ranges["base"].to_numpy(), (len(ranges), 1))
        np.fill_diagonal(values, ranges[end])
        inputs = dict(zip(ranges["input"], values.T))
        worth[end] = plan_npv(plan, inputs, annual_rate=annual_rate)
    return dict(zip(ranges["input"], abs(worth["high_p90"] - worth["low_p10"])))


def chance_of_loss(plan, ranges, *, annual_rate, draws, seed):
    random = np.random.default_rng(seed)
    inputs = {}
    for name, _, low, _, high in ranges.to_numpy():
        mean, sd = (low + high) / 2, (high - low) / 2.563
        inputs[name] = random.normal(mean, sd, draws)
    worth = plan_npv(plan, inputs, annual_rate=annual_rate)
    return (worth > 0).mean()


# %% right="tornado_mc"
def npv_swings(plan, ranges, *, annual_rate):
    size = len(ranges)
    ends = np.tile(ranges["base"].to_numpy(float), (2, size, 1))
    ends[0][np.diag_indices(size)] = ranges["low_p10"]
    ends[1][np.diag_indices(size)] = ranges["high_p90"]
    low, high = (
        plan_npv(plan, dict(zip(ranges["input"], end.T)), annual_rate=annual_rate)
        for end in ends
    )
    return dict(zip(ranges["input"], np.abs(high - low)))


def chance_of_loss(plan, ranges, *, annual_rate, draws, seed):
    inputs = {
        row.input: pm.market.value_range(
            row.low_p10, row.high_p90, credibility=0.8, distribution="normal"
        )
        for row in ranges.itertuples()
    }
    return pm.market.simulate(
        lambda **drawn: plan_npv(plan, drawn, annual_rate=annual_rate),
        inputs,
        draws=draws,
        rng=seed,
    ).probability_below_zero


# %%
sizes = numbers_in(
    lambda: npv_swings(launch_plan.copy(), ranges.copy(), annual_rate=rate),
    *ranges["input"],
)
chance = numbers_in(
    lambda: [
        chance_of_loss(
            launch_plan.copy(), ranges.copy(), annual_rate=rate, draws=20_000, seed=1
        )
    ],
    0,
)
if sizes is None or chance is None:
    print("Pass the check of M03-E6 first.")
else:
    order = sorted(zip(sizes, ranges["input"]), reverse=True)
    (largest, first), (_, second) = order[:2]
    print(
        f"{first} moves the NPV most ({money(largest)}), then {second} "
        f"({money(order[1][0])}). "
        f"The chance of a loss is {percent(chance[0], digits=0)}."
    )

# %% [markdown] artefact="memo" points=12
# ## M03-A · Opportunity memo (12 points)
#
# Write one page (about 400 words) to Ada: **fund the first app, GO or NO-GO?** Use the
# numbers that your functions gave for your variant. Write a chain that she could count
# herself, a range instead of one number, what the money is worth, and a call that could
# turn out wrong. Say which number would change your mind: the *kill number*, with the
# date by which you will know it. (Today is 1 April 2024; the app starts on 1 May 2024.)
#
# Before you trust the NPV, compare the cleans of the plan's first 12 months with your
# SOM. As a source, “our assumption” counts: it tells the reader what to doubt.
#
# Do not forget the alternatives of a home: another service, a friend, and above all
# doing it oneself.
#
# | Criterion | 3 | 2 | 1 | 0 |
# |---|---|---|---|---|
# | Logic | A chain that can be counted, each step with unit and source | Such a chain with one gap | A share of a published total | Absent |
# | Uncertainty | A range, its main driver, and what would change the call | A range | One number only | Absent |
# | Business sense | Margin, capacity and alternatives, with doing it oneself | Two of them | One of them | Absent |
# | Call | A clear decision with a kill number and a date | A decision | Hedged | Absent |
#
# **Done when** a reader who knows nothing of your work can say what you decided, why,
# and what would prove you wrong.

# %% [markdown] exemplar="memo" score=12
# > **GO, in two steps: 150,000 dollars now, the rest in month 4.**
# >
# > *How large.* Homes in our three counties (ACS 2014-2018, households, the Census
# > Bureau): 560,000. Above the median income and with a car: 230,000 to 280,000; the
# > table does not tell the overlap, so I keep both ends. We reach 20 % through the
# > channels that Dee has tried and win 2 % of those (our assumption, from a pilot: 41 of 2,050).
# > At 12 cleans a year (survey) that is 11,000 to 13,400 cleans; 48 cleaners fit 12,300.
# > The high end is therefore capped by *capacity*. At 118 dollars and a take of 25 %,
# > year 1 is 325,000 to 363,000 dollars. Published totals, moved to 2024, give a
# > midpoint of 17 billion for the country; our bottom-up chain gives 19, a ratio of 1.1.
# >
# > *Is it real.* 21 % of homes pass all gates: it hurts, they act today, and they
# > would pay our price. Most of the others clean themselves on Saturday: it costs them
# > no money, and that is our main competitor, ahead of the local firms.
# >
# > *What it is worth.* We keep 29.50 dollars a clean, and 17.60 after fees, support and
# > refunds. At 12 % a year 36 months are worth 160,000 dollars more than the outlay,
# > paid back in month 29 (discounted). The chance of a loss is 24 %.
# >
# > *What drives it.* The number of cleans moves the value by 410,000 dollars between its
# > P10 and P90, four times as much as the next input, variable cost.
# >
# > *Kill number.* Fewer than 700 completed cleans in July 2024, month 3 of the plan, puts
# > us on the path to the P10. Then I will propose to stop before the second payment, on
# > 5 August 2024.
#
# **Why 12.** Logic 3: each step has a unit and a source, and the interval is kept.
# Uncertainty 3: range, main driver, and the number that changes the call. Business
# sense 3: margin, capacity as the cap, doing it oneself as the main rival. Call 3: a
# decision, a kill number, a date.

# %% [markdown] exemplar="memo" score=6
# > **Fernbroom has a great opportunity**
# >
# > Home cleaning in the country is worth about 19 billion dollars a year: 120 million
# > households, of which some 11 % buy, 12 times a year, at 118 dollars. Published totals
# > are of the same order, and the market grows.
# >
# > In our three counties there are 230,000 to 280,000 homes of the right kind. With the
# > win rate from our assumptions we reach 330,000 dollars in year 1, and more if the app
# > is liked. Our cleaners can do about 12,300 cleans a year, so we will have to hire when
# > demand picks up.
# >
# > After fees and refunds we keep 17.60 dollars a clean. The NPV is 160,000 dollars at
# > 12 % a year, so the investment pays off. There are risks, such as competition and the
# > economy, which we will watch closely.
# >
# > I would tend to go ahead, depending on how the next weeks develop.
#
# **Why 6.** Logic 2: the chain can be counted, but the step from homes to 330,000
# dollars is missing and no source is named. Uncertainty 1: homes have a range, the
# answer (revenue, NPV) is one number; no driver, nothing that would change the call.
# Business sense 2: margin and capacity are there; “competition” without doing it
# oneself. Call 1: hedged (“tend to”, “depending on”), no kill number, no date.

# %% [markdown]
# ## Take-aways and next step
#
# - Count the unit that pays, in one place, for one year; say what is left out.
# - Two shares give an interval. Demand and capacity give a minimum.
# - Money is worth less later, and money already spent decides nothing.
# - One input usually drives the value. Find out about that one first.
#
# Next: you know that the problem is worth solving. How it could be solved is the
# question of the unit on solutions.
