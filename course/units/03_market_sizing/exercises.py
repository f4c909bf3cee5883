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
# Ada, the founder of Fernbroom, wants to put half a million dollars into a first app
# for booking home cleaners. Before she does, she asks you for one page: how large is
# this, what can we get of it, is it worth the money, and how sure are you?
#
# **You will** build TAM, SAM and SOM from units that can be counted · compare them with
# published totals · measure demand by what people do · value a monthly plan · show
# which input matters most · and make a GO / NO-GO call.
#
# **Time** about 75 minutes. **Points** 28 for six functions, 12 for the memo.
#
# **Data** REAL: counties of the United States (Census Bureau, American Community Survey
# 2014-2018, public domain). Invented: Fernbroom's survey, cleaners and plan; the
# numbers are your own variant.
#
# Fernbroom, its people and its data are invented for this course. Tables marked REAL
# are public data about the real world and say nothing about Fernbroom.
#
# Each exercise has an answer cell, a check cell, and often a cell that uses your
# answer on the full data. Your functions are graded on data that you have not seen, so
# compute everything from the arguments. Stuck? `pm.checks.hint("tam")` shows a hint.

# %%
import numpy as np
import pandas as pd

import pmlab as pm
from pmlab.formatting import money, percent

counties = pm.datasets.load("us_local_markets", "counties")  # REAL
assumptions = pm.case.load("assumptions").set_index("name")["value"].to_dict()
pd.Series(assumptions, name="Fernbroom assumes").to_frame()

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
# be able to see what is left out.
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
            "county": ["Alder", "Birch", "Cedar", "Dogwood", "Elm"],
            "state": ["Ohio", "Ohio", "Texas", "Puerto Rico", "New Mexico"],
            "population": [2_400, 5_100, 10_000, 2_500, 900],
            "households": [1_000, 2_000, 4_000, 1_000, None],
            "median_household_income_usd": [40_000, 60_000, 75_000, 20_000, None],
        }
    ).astype({"households": "Int64", "median_household_income_usd": "Int64"})
    assumed = {
        "share_buying_under_50k": 0.05,
        "share_buying_50k_to_75k": 0.10,
        "share_buying_75k_and_more": 0.20,
        "cleans_per_year": 10.0,
        "price_usd": 100.0,
        "take_rate": 0.25,
    }
    check.record(
        annual_tam(small, assumed),
        # (1,000 × 0.05 + 2,000 × 0.10 + 4,000 × 0.20) × 10 × 100; Elm has no estimate.
        {"tam_usd": 1_050_000, "counties_left_out": 1},
        what="the TAM of the small table",
        traps={
            "people_not_households": {"tam_usd": 2_630_000},
            "monthly_as_annual": {"tam_usd": 12_600_000},
            "average_of_counties": {"tam_usd": 700_000},
            "edge_of_the_band": {"tam_usd": 650_000},
            "take_rate_as_tam": {"tam_usd": 262_500},
            "counts_territories": {"tam_usd": 1_100_000},
            "zeroed_in_silence": {"tam_usd": 1_050_000, "counties_left_out": 0},
        },
        facts={
            "people_per_household": 2.5,
            "cleans": 10,
            "mean_income": 175_000 / 3,
            "take_percent": 25,
        },
        idea="Go through the chain for one county by hand: how many homes, what share "
        "of them buys, how often, at what price? Then add the counties.",
    )
    ### BEGIN HIDDEN TESTS
    names = ["Ohio", "Texas", "Utah", "Maine", "District of Columbia", "Puerto Rico"]
    for variant in pm.checks.variants(2):
        dice = pm.checks.rng(variant)
        size, empty = 60, int(dice.integers(2, 6))
        states = np.array(names)[np.arange(size) % 6]
        homes = dice.integers(5, 90, size) * 1_000
        income = dice.integers(32, 100, size) * 1_000
        income[[6, 8]] = 50_000, 75_000  # exactly on the edges
        income[states == "Puerto Rico"] = 20_000
        withdrawn = dice.permutation(np.flatnonzero(states != "Puerto Rico"))[:empty]
        holes = np.isin(np.arange(size), withdrawn)
        data = pd.DataFrame(
            {
                "county": [f"County {number}" for number in range(size)],
                "state": states,
                "population": (homes * dice.uniform(2.3, 2.9, size)).astype(int),
                "households": pd.array(np.where(holes, np.nan, homes), dtype="Int64"),
                "median_household_income_usd": pd.array(
                    np.where(holes, np.nan, income), dtype="Int64"
                ),
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
        counted = (states != "Puerto Rico") & ~holes
        shares = np.array(list(assumed.values())[:3])
        share = shares[np.searchsorted([50_000, 75_000], income, side="right")]
        buyers = (homes * share)[counted].sum()
        spend = buyers * assumed["cleans_per_year"] * assumed["price_usd"]
        check.record(
            annual_tam(data, assumed),
            {"tam_usd": spend, "counties_left_out": empty},
            what="the TAM of other counties",
            traps={"zeroed_in_silence": {"tam_usd": spend, "counties_left_out": 0}},
        )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="tam"
# Ask first what is being counted. Who buys a clean: a person or a home? And where: which
# rows belong to the 50 states and D.C.?

# %% [markdown] hint="tam"
# Work in this order: drop Puerto Rico, note the rows without households, give each
# remaining county its share, multiply, add. `Series.astype(float)` makes columns with
# empty cells easier to compare.

# %% [markdown] hint="tam"
# `np.select([condition_1, condition_2], [value_1, value_2], value_otherwise)` gives each
# county the value of the first condition that is true for it.

# %% wrong="tam" trap="people_not_households"
"""You have {yours}. That is what you get if every *person* buys. But
{people_per_household:.1f} people share a household in these counties, and a home is cleaned
once for all of them. The unit of a market is the one that pays once per purchase. Which
column counts homes?"""


def annual_tam(counties, assumptions):
    buyers, left_out = 0.0, 0
    for row in counties.itertuples():
        if row.state == "Puerto Rico":
            continue
        if pd.isna(row.households):
            left_out += 1
        elif row.median_household_income_usd >= 75_000:
            buyers += row.population * assumptions["share_buying_75k_and_more"]
        elif row.median_household_income_usd >= 50_000:
            buyers += row.population * assumptions["share_buying_50k_to_75k"]
        else:
            buyers += row.population * assumptions["share_buying_under_50k"]
    spend = buyers * assumptions["cleans_per_year"] * assumptions["price_usd"]
    return {"tam_usd": spend, "counties_left_out": left_out}


# %% wrong="tam" trap="monthly_as_annual"
"""You have {yours}. Here a buying home has {cleans} cleans in each month: the number of
cleans was multiplied by 12. A home that is cleaned every few days is rare, so the result
can't hold. The key is called `cleans_per_year`, so the year is already in it. What happens
if you use it as it is?"""


def annual_tam(counties, assumptions):
    buyers, left_out = 0.0, 0
    for row in counties.itertuples():
        if row.state == "Puerto Rico":
            continue
        if pd.isna(row.households):
            left_out += 1
        elif row.median_household_income_usd >= 75_000:
            buyers += row.households * assumptions["share_buying_75k_and_more"]
        elif row.median_household_income_usd >= 50_000:
            buyers += row.households * assumptions["share_buying_50k_to_75k"]
        else:
            buyers += row.households * assumptions["share_buying_under_50k"]
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
band below. The table in the task says “75,000 and more”, so the number on the edge belongs to the
upper band. Which of `>` and `>=` says “and more”?"""


def annual_tam(counties, assumptions):
    buyers, left_out = 0.0, 0
    for row in counties.itertuples():
        if row.state == "Puerto Rico":
            continue
        if pd.isna(row.households):
            left_out += 1
        elif row.median_household_income_usd > 75_000:
            buyers += row.households * assumptions["share_buying_75k_and_more"]
        elif row.median_household_income_usd > 50_000:
            buyers += row.households * assumptions["share_buying_50k_to_75k"]
        else:
            buyers += row.households * assumptions["share_buying_under_50k"]
    spend = buyers * assumptions["cleans_per_year"] * assumptions["price_usd"]
    return {"tam_usd": spend, "counties_left_out": left_out}


# %% wrong="tam" trap="take_rate_as_tam"
"""You have {yours}. You kept only the {take_percent} % that Fernbroom keeps of each price.
That is the revenue of a company that serves every home in the country; the market is what
homes *spend*, whoever gets the money. This course sizes spend first and applies the take
rate later, to the part we can win. Which factor does not belong in the chain yet?"""


def annual_tam(counties, assumptions):
    buyers, left_out = 0.0, 0
    for row in counties.itertuples():
        if row.state == "Puerto Rico":
            continue
        if pd.isna(row.households):
            left_out += 1
        elif row.median_household_income_usd >= 75_000:
            buyers += row.households * assumptions["share_buying_75k_and_more"]
        elif row.median_household_income_usd >= 50_000:
            buyers += row.households * assumptions["share_buying_50k_to_75k"]
        else:
            buyers += row.households * assumptions["share_buying_under_50k"]
    spend = buyers * assumptions["cleans_per_year"] * assumptions["price_usd"]
    revenue = spend * assumptions["take_rate"]
    return {"tam_usd": revenue, "counties_left_out": left_out}


# %% wrong="tam" trap="counts_territories"
"""You have {yours}. Dogwood is in it, and Dogwood is in Puerto Rico. The question asks for
the 50 states and D.C.; the table of the Census Bureau holds a territory as well. A market
has a border, and a reader will compare yours with totals inside that border. Which column
tells you the place?"""


def annual_tam(counties, assumptions):
    buyers, left_out = 0.0, 0
    for row in counties.itertuples():
        if pd.isna(row.households):
            left_out += 1
        elif row.median_household_income_usd >= 75_000:
            buyers += row.households * assumptions["share_buying_75k_and_more"]
        elif row.median_household_income_usd >= 50_000:
            buyers += row.households * assumptions["share_buying_50k_to_75k"]
        else:
            buyers += row.households * assumptions["share_buying_under_50k"]
    spend = buyers * assumptions["cleans_per_year"] * assumptions["price_usd"]
    return {"tam_usd": spend, "counties_left_out": left_out}


# %% wrong="tam" trap="zeroed_in_silence" credit=0.7
"""Your total is right, but you report {yours}. Elm has no estimate of its households; it
went into the sum as nothing, and no reader can see that. “Unknown” and “zero” are two
different findings. How can you count the rows that had no number before you fill or drop
them?"""


def annual_tam(counties, assumptions):
    buyers = 0.0
    for row in counties.itertuples():
        if row.state == "Puerto Rico":
            continue
        if pd.isna(row.households):
            continue
        if row.median_household_income_usd >= 75_000:
            buyers += row.households * assumptions["share_buying_75k_and_more"]
        elif row.median_household_income_usd >= 50_000:
            buyers += row.households * assumptions["share_buying_50k_to_75k"]
        else:
            buyers += row.households * assumptions["share_buying_under_50k"]
    spend = buyers * assumptions["cleans_per_year"] * assumptions["price_usd"]
    return {"tam_usd": spend, "counties_left_out": 0}


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


# %%
tam = annual_tam(counties, assumptions)
if tam:
    print(
        f"Home cleaning, 50 states and D.C.: {money(tam['tam_usd'])} a year"
        f" with your assumptions; {tam['counties_left_out']} county without an estimate."
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
# dollars, all right within 0.5 %.


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
    small = pd.DataFrame(
        {
            "county": ["Alder", "Birch", "Cedar"],
            "households": [1_000, 2_000, 1_000],
            "households_no_car": [100, 400, 600],
        }
    )
    check.interval(
        sam_homes(small),
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
    )
    assumed = {
        "cleans_per_year": 10.0,
        "reachable_share": 0.5,
        "win_rate": 0.1,
        "hours_per_clean": 2.0,
        "price_usd": 100.0,
        "take_rate": 0.25,
    }
    # 700 cleans fit into 1,400 hours; 1,000 homes want 500 cleans, 1,900 want 950.
    for homes, right in ((1_000, 12_500), (1_900, 17_500)):
        check.number(
            som_usd(homes, assumed, cleaner_hours=1_400),
            right,
            what=f"the SOM if the SAM has {homes:,} homes",
            unit="USD in year 1",
            traps={
                "tam_as_som": homes * 10 * 100,
                "one_percent_rule": 0.01 * homes * 10 * 100,
                "spend_not_revenue": right * 4,
                **({"ignores_capacity": 23_750} if homes == 1_900 else {}),
            },
            facts={"homes": homes, "hours": 1_400, "per_clean": 2, "take_percent": 25},
            idea="Count cleans first: how many are wanted, and how many can be done? "
            "Turn the smaller number into money at the end.",
        )
    ### BEGIN HIDDEN TESTS
    for variant in pm.checks.variants(2):
        dice = pm.checks.rng(variant)
        homes = dice.integers(50, 300, 4) * 1_000
        car = np.array([0.95, 0.85, 0.75, 0.35]) + dice.uniform(-0.05, 0.05, 4)
        data = pd.DataFrame(
            {
                "county": list("PQRS"),
                "households": homes,
                "households_no_car": np.round(homes * (1 - car)).astype(int),
            }
        )
        car = homes - data["households_no_car"].to_numpy()
        low = np.maximum(0, car - homes / 2).sum()
        high = np.minimum(car, homes / 2).sum()
        check.interval(sam_homes(data), (low, high), what="the SAM of other counties")
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
            check.number(
                som_usd(
                    100_000, assumed, cleaner_hours=fits * assumed["hours_per_clean"]
                ),
                min(wanted, fits) * assumed["price_usd"] * assumed["take_rate"],
                what="the SOM under other assumptions",
            )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="sam_som"
# Two shares leave room: the groups may overlap as much as the smaller one allows, or as
# little as the total of 100 % forces them to. An honest SAM says both.

# %% [markdown] hint="sam_som"
# Make one column for *b*, then two sums over the counties: `np.maximum(0, …)` and
# `np.minimum(…)` work on whole columns. For the SOM compare two numbers of cleans with
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


def som_usd(homes, assumptions, *, cleaner_hours):
    won = homes * assumptions["reachable_share"] * assumptions["win_rate"]
    cleans = min(
        won * assumptions["cleans_per_year"],
        cleaner_hours / assumptions["hours_per_clean"],
    )
    return cleans * assumptions["price_usd"] * assumptions["take_rate"]


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


def som_usd(homes, assumptions, *, cleaner_hours):
    won = homes * assumptions["reachable_share"] * assumptions["win_rate"]
    cleans = min(
        won * assumptions["cleans_per_year"],
        cleaner_hours / assumptions["hours_per_clean"],
    )
    return cleans * assumptions["price_usd"] * assumptions["take_rate"]


# %% wrong="sam_som" trap="pools_counties"
"""You have {yours}. You took the bounds once, from the share of cars over all counties.
Homes can only overlap with homes of their own county: in Cedar most homes have no car, and
Birch's cars can't make up for that. The bounds must hold in each place. What changes if you
take them county by county and add afterwards?"""


def sam_homes(counties):
    homes = float(counties["households"].sum())
    with_car = 1 - float(counties["households_no_car"].sum()) / homes
    return homes * max(0, with_car - 0.5), homes * min(0.5, with_car)


def som_usd(homes, assumptions, *, cleaner_hours):
    won = homes * assumptions["reachable_share"] * assumptions["win_rate"]
    cleans = min(
        won * assumptions["cleans_per_year"],
        cleaner_hours / assumptions["hours_per_clean"],
    )
    return cleans * assumptions["price_usd"] * assumptions["take_rate"]


# %% wrong="sam_som" trap="tam_as_som"
"""You have {yours}. That is what all {homes:,} homes would spend, not what Fernbroom can
win and its cleaners can deliver: {hours:,} cleaner hours can't clean that many homes so often.
Apply reach and win rate, keep the smaller of demand and capacity, and then ask what part of
the price is ours. Which of these steps is missing?"""


def sam_homes(counties):
    homes = counties["households"].astype(float)
    with_car = 1 - counties["households_no_car"] / homes
    low = (homes * np.maximum(0, with_car - 0.5)).sum()
    return low, (homes * np.minimum(0.5, with_car)).sum()


def som_usd(homes, assumptions, *, cleaner_hours):
    return homes * assumptions["cleans_per_year"] * assumptions["price_usd"]


# %% wrong="sam_som" trap="one_percent_rule"
"""You have {yours}: one percent of what the SAM spends. “We only need 1 %” is a wish, not
a forecast: it would be the same number with no cleaners at all. Demand comes from the homes
that you reach and win, and {hours:,} cleaner hours limit what can be done. Which of the
assumptions say how many homes are reached and won?"""


def sam_homes(counties):
    homes = counties["households"].astype(float)
    with_car = 1 - counties["households_no_car"] / homes
    low = (homes * np.maximum(0, with_car - 0.5)).sum()
    return low, (homes * np.minimum(0.5, with_car)).sum()


def som_usd(homes, assumptions, *, cleaner_hours):
    return 0.01 * homes * assumptions["cleans_per_year"] * assumptions["price_usd"]


# %% wrong="sam_som" trap="ignores_capacity"
"""You have {yours}. The demand is there, but the work is not: one clean takes {per_clean}
hours and the cleaners offer {hours:,}. Bookings that nobody can do are refunds, not
revenue. What can be sold is the smaller of demand and capacity. How many cleans fit into
those hours?"""


def sam_homes(counties):
    homes = counties["households"].astype(float)
    with_car = 1 - counties["households_no_car"] / homes
    low = (homes * np.maximum(0, with_car - 0.5)).sum()
    return low, (homes * np.minimum(0.5, with_car)).sum()


def som_usd(homes, assumptions, *, cleaner_hours):
    won = homes * assumptions["reachable_share"] * assumptions["win_rate"]
    cleans = won * assumptions["cleans_per_year"]
    return cleans * assumptions["price_usd"] * assumptions["take_rate"]


# %% wrong="sam_som" trap="spend_not_revenue"
"""You have {yours}. The number of cleans is right, but you valued each at the full price.
Homes spend that; Fernbroom keeps {take_percent} % and passes the rest on to the cleaner. The
TAM is about spend, the SOM here is about *our* revenue. Which assumption turns one into the
other?"""


def sam_homes(counties):
    homes = counties["households"].astype(float)
    with_car = 1 - counties["households_no_car"] / homes
    low = (homes * np.maximum(0, with_car - 0.5)).sum()
    return low, (homes * np.minimum(0.5, with_car)).sum()


def som_usd(homes, assumptions, *, cleaner_hours):
    won = homes * assumptions["reachable_share"] * assumptions["win_rate"]
    cleans = min(
        won * assumptions["cleans_per_year"],
        cleaner_hours / assumptions["hours_per_clean"],
    )
    return cleans * assumptions["price_usd"]


# %% right="sam_som"
def sam_homes(counties):
    low = high = 0.0
    for row in counties.itertuples():
        half, car = row.households / 2, row.households - row.households_no_car
        low += max(0, half + car - row.households)
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
# Hours that the cleaners offer in the first 365 days of the app.
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
sam = sam_homes(places)
if sam:
    som = [som_usd(homes, assumptions, cleaner_hours=cleaner_hours) for homes in sam]
    print(
        f"{', '.join(places['county'])}; {cleaner_hours:,.0f} cleaner hours in year 1."
    )
    print(f"SAM: {sam[0]:,.0f} to {sam[1]:,.0f} homes.")
    if None not in som:
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
# 2. `reading(ratio)` returns `"agree"` if the ratio lies between 1/3 and 3, else
#    `"investigate"`.
#
# **Done when** `triangulate` returns a dictionary with `low_usd`, `high_usd`,
# `midpoint_usd` (US dollars a year, in `year`) and `ratio`, each right within 0.5 %,
# and `reading` gives the right word. Right numbers with a wrong word keep 70 %.


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
            "report": ["One", "Two"],
            "year": [2016, 2019],
            "spend": [10.0, 44_000.0],
            "unit": ["USD billion a year", "USD million a year"],
            "growth_per_year": [0.10, 0.10],
        }
    )
    check.record(
        triangulate(small, bottom_up_usd=5.5e9, year=2018),
        # 10 × 1.1 × 1.1 = 12.1 billion; 44 / 1.1 = 40 billion; √(12.1 × 40) = 22.
        {"low_usd": 12.1e9, "high_usd": 40e9, "midpoint_usd": 22e9, "ratio": 0.25},
        what="the reports in 2018",
        traps={
            "arithmetic_mid": {"high_usd": 40e9, "midpoint_usd": 26.05e9},
            "averages_tams": {"high_usd": 40e9, "midpoint_usd": 19.2e9},
            "mixes_years": {"low_usd": 10e9, "high_usd": 44e9},
            "ignores_unit": {"low_usd": 12.1e9, "high_usd": 40e12},
        },
        facts={"times_low": 26.05 / 12.1, "times_high": 40 / 26.05},
        idea="Take report One: 10 billion in 2016, growing 10 % a year. How much is it "
        "one year later, and after two? Report Two is later than 2018: which way now?",
    )
    for ratio, word in ((1.0, "agree"), (0.25, "investigate"), (4.0, "investigate")):
        check.choice(
            reading(ratio),
            word,
            options=("agree", "investigate"),
            what=f"the reading of a ratio of {ratio}",
            traps={"one_sided_flag": "agree"} if ratio == 0.25 else {},
            idea="Two estimates agree if neither is more than 3 times the other.",
            keeps=0.7,
        )
    ### BEGIN HIDDEN TESTS
    for variant in pm.checks.variants(2):
        dice = pm.checks.rng(variant)
        years = np.array([2010, 2016, 2024]) + dice.integers(-2, 3, 3)
        billions = np.array([4.0, 9.0, 40.0]) * dice.uniform(0.8, 1.2, 3)
        growth = dice.uniform(0.03, 0.09, 3)
        in_millions = np.array([False, True, False]) ^ bool(dice.integers(2))
        data = pd.DataFrame(
            {
                "report": list("XYZ"),
                "year": years,
                "spend": np.where(in_millions, billions * 1_000, billions),
                "unit": np.where(
                    in_millions, "USD million a year", "USD billion a year"
                ),
                "growth_per_year": growth,
            }
        )
        own = dice.uniform(20, 40) * 1e9
        moved = billions * 1e9 * (1 + growth) ** (2019 - years)
        middle = (moved.min() * moved.max()) ** 0.5
        check.record(
            triangulate(data, bottom_up_usd=own, year=2019),
            {
                "low_usd": moved.min(),
                "high_usd": moved.max(),
                "midpoint_usd": middle,
                "ratio": own / middle,
            },
            what="other reports in 2019",
        )
    for ratio, word in ((0.3, "investigate"), (0.4, "agree"), (3.3, "investigate")):
        check.choice(
            reading(ratio),
            word,
            options=("agree", "investigate"),
            what="the reading of another ratio",
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
    dollars = reports["unit"].map(
        {"USD billion a year": 1e9, "USD million a year": 1e6}
    )
    spend = reports["spend"] * dollars
    spend = spend * (1 + reports["growth_per_year"]) ** (year - reports["year"])
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
    dollars = reports["unit"].map(
        {"USD billion a year": 1e9, "USD million a year": 1e6}
    )
    spend = reports["spend"] * dollars
    spend = spend * (1 + reports["growth_per_year"]) ** (year - reports["year"])
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


# %% wrong="triangulate" trap="mixes_years"
"""You have {yours}: the reports as printed, each in its own year. One speaks of 2016 and the
other of 2019, so part of the gap between them is three years of growth and no disagreement.
Bring both to the year that is asked for, with the growth each report states. In which
direction does the later one move?"""


def triangulate(reports, *, bottom_up_usd, year):
    dollars = reports["unit"].map(
        {"USD billion a year": 1e9, "USD million a year": 1e6}
    )
    spend = reports["spend"] * dollars
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
"""You have {yours}. Tens of trillions of dollars would be more than a whole country earns in
a year, so this can't be what homes pay their cleaners. One report counts in billions and the
other in millions; both were read as billions. What does the column `unit` say, row by row?"""


def triangulate(reports, *, bottom_up_usd, year):
    spend = reports["spend"] * 1e9
    spend = spend * (1 + reports["growth_per_year"]) ** (year - reports["year"])
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


# %% wrong="triangulate" trap="one_sided_flag" credit=0.7
"""Your numbers are right. For a ratio of 0.25 you say {yours}, so only large ratios raise the
flag. But a ratio of 0.25 means that the reports are 4 times your own number: just as far
apart as a ratio of 4. A gap counts in both directions. Which limit is missing?"""


def triangulate(reports, *, bottom_up_usd, year):
    dollars = reports["unit"].map(
        {"USD billion a year": 1e9, "USD million a year": 1e6}
    )
    spend = reports["spend"] * dollars
    spend = spend * (1 + reports["growth_per_year"]) ** (year - reports["year"])
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
import math


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
if tam:
    outside = triangulate(reports, bottom_up_usd=tam["tam_usd"], year=2024)
    if outside:
        print(
            f"Reports: {money(outside['low_usd'])} to "
            f"{money(outside['high_usd'])}, midpoint "
            f"{money(outside['midpoint_usd'])}. Your ratio is "
            f"{outside['ratio']:.2f}: {reading(outside['ratio'])}."
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
            "weight": [100.0, 100.0, 250.0, 300.0, 200.0, 50.0],
            "severity": [5, 4, 5, 2, 4, 1],
            "spends_time_or_money_now": [True, True, False, True, True, False],
            "wtp_usd": [150.0, 100.0, 200.0, 120.0, 50.0, 300.0],
        }
    )
    check.number(
        share_passing(small, price_usd=100),
        # Rows 1 and 2 pass: 200 of 1,000 households.
        0.2,
        what="the share that passes in the small table",
        traps={
            "multiplies_marginals": 0.65 * 0.7 * 0.8,
            "mean_wtp": 0.4,
            "intent_as_demand": 0.45,
            "unweighted": 2 / 6,
            "strict_price": 0.1,
        },
        facts={
            "severe": 65,
            "act": 70,
            "pay": 80,
            "mean_wtp_usd": 138.0,
            "homes_idle": 250,
        },
        idea="Go down the small table and mark each row that passes all three gates. "
        "How many households do the marked rows stand for, out of how many?",
    )
    ### BEGIN HIDDEN TESTS
    for variant in pm.checks.variants(2):
        dice = pm.checks.rng(variant)
        pain = dice.normal(0.5, 1, 400)
        data = pd.DataFrame(
            {
                "weight": np.where(pain > 0.5, 200.0, 900.0)
                + dice.integers(0, 90, 400),
                "severity": np.clip(np.round(3.2 + pain), 1, 5).astype(int),
                "spends_time_or_money_now": pain + dice.normal(0, 0.8, 400) > 0.2,
                "wtp_usd": 10 * np.round(10 + 2 * pain + dice.normal(0, 1.5, 400)),
            }
        )
        price = 10.0 * dice.integers(10, 12)
        weights = data["weight"].to_numpy()
        kept = np.array(
            [
                severity >= 4 and acts and wtp >= price
                for severity, acts, wtp in zip(
                    data["severity"],
                    data["spends_time_or_money_now"],
                    data["wtp_usd"],
                    strict=True,
                )
            ]
        )
        check.number(
            share_passing(data, price_usd=price),
            weights[kept].sum() / weights.sum(),
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
"""You have {yours}. You compared the *average* willingness to pay ({mean_wtp_usd:.0f} dollars)
with the price, so every home passes or none. Row 5 would pay 50 dollars, and no average makes
it buy at 100. Each home decides for itself. How do you compare row by row?"""


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
"""You have {yours}. Row 2 would pay 100 dollars at most, the price is 100, and you turned it
away. The most that someone would pay includes the price itself: at that price they still buy.
People name round numbers, so many homes sit exactly on the edge. Which comparison keeps
them?"""


def share_passing(survey, *, price_usd):
    passes = (
        (survey["severity"] >= 4)
        & survey["spends_time_or_money_now"]
        & (survey["wtp_usd"] > price_usd)
    )
    return survey.loc[passes, "weight"].sum() / survey["weight"].sum()


# %% right="severity_gate"
def share_passing(survey, *, price_usd):
    passing = everyone = 0.0
    for row in survey.itertuples():
        everyone += row.weight
        if (
            row.severity >= 4
            and row.spends_time_or_money_now
            and row.wtp_usd >= price_usd
        ):
            passing += row.weight
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
share = share_passing(survey, price_usd=assumptions["price_usd"])
if share is not None:
    homes = share * survey["weight"].sum()
    print(
        f"At ${assumptions['price_usd']:.0f}, {percent(share)} of the homes "
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
# keep 70 %.


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
    # At 44 % a year, money in 6, 12 and 18 months is divided by 1.2, 1.44 and 1.728.
    small = pd.DataFrame(
        {
            "month": [-1, 0, 6, 12, 18],
            "row_type": [
                "research",
                "outlay",
                "operations",
                "operations",
                "operations",
            ],
            "completed_cleans": [0, 0, 600, 720, 864],
            "price_usd": [100.0] * 5,
            "take_rate": [0.30] * 5,
            "variable_cost_usd": [5.0] * 5,
            "fixed_cost_usd": [0.0, 0.0, 3_000.0, 3_600.0, 4_320.0],
            "one_off_usd": [3_000.0, 12_000.0, 0.0, 0.0, 0.0],
        }
    )
    cash = np.array([12_000, 14_400, 17_280])
    kept = np.array([600, 720, 864]) * 30 - np.array([3_000, 3_600, 4_320])
    paid = np.array([600, 720, 864]) * 100 - np.array([3_000, 3_600, 4_320])
    real, late = 1.44 ** (np.array([6, 12, 18]) / 12), np.array([6, 12, 18])
    check.record(
        business_case(small, annual_rate=0.44),
        # 12,000 / 1.2 + 14,400 / 1.44 + 17,280 / 1.728 - 12,000
        {"npv_usd": 18_000, "payback_month": 12},
        what="NPV and payback of the small plan",
        traps={
            "simple_monthly": {
                "npv_usd": (cash / (1 + 0.44 / 12) ** late).sum() - 12_000
            },
            "revenue_not_margin": {"npv_usd": (kept / real).sum() - 12_000},
            "price_as_revenue": {"npv_usd": (paid / real).sum() - 12_000},
            "sunk_included": {"npv_usd": 15_000},
            "undiscounted": {"npv_usd": cash.sum() - 12_000},
            "shift_one": {"npv_usd": 30_000 * 1.44 ** (1 / 12) - 12_000},
            "row_number_as_month": {
                "npv_usd": (cash / 1.44 ** (np.array([1, 2, 3]) / 12)).sum() - 12_000
            },
            "undiscounted_payback": {"npv_usd": 18_000, "payback_month": 6},
        },
        facts={
            "research": 3_000,
            "first_cash": 12_000,
            "variable": 5,
            "kept_per_clean": 30,
            "price": 100,
        },
        idea="Work out month 6 by hand: what is left of 600 cleans, and what is that "
        "worth today? Then do the same for the other two months.",
    )
    dear = small.assign(one_off_usd=[3_000.0, 33_000.0, 0.0, 0.0, 0.0])
    for plan, word in ((small, "GO"), (dear, "NO-GO")):
        check.choice(
            go_or_no_go(plan, annual_rate=0.44),
            word,
            options=("GO", "NO-GO"),
            what="the decision on "
            + ("the small plan" if word == "GO" else "the plan with a larger outlay"),
            traps={"go_on_plain_sum": "GO"} if word == "NO-GO" else {},
            facts={"plain_sum": 43_680, "outlay": 33_000},
            idea="The sign of the net present value decides.",
            keeps=0.7,
        )
    ### BEGIN HIDDEN TESTS
    for variant in pm.checks.variants(2):
        dice = pm.checks.rng(variant)
        first, rate = int(dice.integers(3, 7)), dice.uniform(0.15, 0.30)
        t = np.arange(first, 37)
        cleans = np.round(3_500 / (1 + np.exp(-(t - 11) / 4)) * dice.uniform(0.9, 1.1))
        price, take = float(dice.integers(95, 140)), dice.integers(22, 30) / 100
        variable = round(price * take * dice.uniform(0.35, 0.45), 2)
        fixed = np.where(t > 18, 14_000.0, 12_000.0)
        flow = cleans * (price * take - variable) - fixed
        today = flow / (1 + rate) ** (t / 12)
        nominal = (flow / (1 + rate / 12) ** t).sum()
        operations = pd.DataFrame(
            {
                "month": [-2, -1, 0, *t],
                "row_type": ["research"] * 2 + ["outlay"] + ["operations"] * len(t),
                "completed_cleans": np.concatenate([[0, 0, 0], cleans]).astype(int),
                "price_usd": price,
                "take_rate": take,
                "variable_cost_usd": variable,
                "fixed_cost_usd": np.concatenate([[0, 0, 0], fixed]),
            }
        )
        # One outlay that is earned back, and one that only the plain sum covers.
        for outlay in (
            round(0.6 * today.sum()),
            round(0.5 * today.sum() + 0.5 * flow.sum()),
        ):
            paid = [20_000.0, 15_000.0, float(outlay)] + [0.0] * len(t)
            data = operations.assign(one_off_usd=paid)
            worth = today.sum() - outlay
            reached = t[np.cumsum(today) >= outlay]
            check.record(
                business_case(data, annual_rate=rate),
                {
                    "npv_usd": worth,
                    "payback_month": int(reached[0]) if len(reached) else 0,
                },
                what="NPV and payback of another plan",
                traps={
                    "simple_monthly": {"npv_usd": nominal - outlay},
                    "undiscounted_payback": {
                        "npv_usd": worth,
                        "payback_month": int(t[np.cumsum(flow) >= outlay][0]),
                    },
                },
            )
        check.choice(
            go_or_no_go(data, annual_rate=rate),
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
# A power takes a whole column: a number `** (months["month"] / 12)` gives one divisor for
# each row. Check the first one by hand: at 44 % a year, month 6 is divided by 1.2.

# %% wrong="npv" trap="simple_monthly" credit=0.5
"""You have {yours}. You used r / 12 for each month; this course uses (1 + r)^(1/12), because
then 12 months cost exactly the yearly rate. With r / 12 compounded, 44 % a year becomes more
than 54 %, and the later months are worth too little. Both conventions are in use, so say which one
you take. What is the divisor for month 12 if a year costs 44 %?"""


def business_case(plan, *, annual_rate):
    outlay, earned, payback_month = 0.0, 0.0, 0
    for row in plan.itertuples():
        if row.row_type == "outlay":
            outlay += row.one_off_usd
        elif row.row_type == "operations":
            per_clean = row.price_usd * row.take_rate - row.variable_cost_usd
            flow = row.completed_cleans * per_clean - row.fixed_cost_usd
            earned += flow / (1 + annual_rate / 12) ** row.month
            if earned >= outlay and payback_month == 0:
                payback_month = row.month
    return {"npv_usd": earned - outlay, "payback_month": payback_month}


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
    outlay, earned, payback_month = 0.0, 0.0, 0
    for row in plan.itertuples():
        if row.row_type == "outlay":
            outlay += row.one_off_usd
        elif row.row_type == "operations":
            per_clean = row.price_usd * row.take_rate
            flow = row.completed_cleans * per_clean - row.fixed_cost_usd
            earned += flow / (1 + annual_rate) ** (row.month / 12)
            if earned >= outlay and payback_month == 0:
                payback_month = row.month
    return {"npv_usd": earned - outlay, "payback_month": payback_month}


def go_or_no_go(plan, *, annual_rate):
    return (
        "GO" if business_case(plan, annual_rate=annual_rate)["npv_usd"] > 0 else "NO-GO"
    )


# %% wrong="npv" trap="price_as_revenue"
"""You have {yours}. You counted the whole price of {price} dollars, which the home pays; the
largest part of it belongs to the cleaner and only passes through. Fernbroom lives on its take,
less its own costs. Which column says what part of the price stays?"""


def business_case(plan, *, annual_rate):
    outlay, earned, payback_month = 0.0, 0.0, 0
    for row in plan.itertuples():
        if row.row_type == "outlay":
            outlay += row.one_off_usd
        elif row.row_type == "operations":
            flow = row.completed_cleans * row.price_usd - row.fixed_cost_usd
            earned += flow / (1 + annual_rate) ** (row.month / 12)
            if earned >= outlay and payback_month == 0:
                payback_month = row.month
    return {"npv_usd": earned - outlay, "payback_month": payback_month}


def go_or_no_go(plan, *, annual_rate):
    return (
        "GO" if business_case(plan, annual_rate=annual_rate)["npv_usd"] > 0 else "NO-GO"
    )


# %% wrong="npv" trap="sunk_included"
"""You have {yours}. The {research:,} dollars of research are in it. That money is gone whether
you build or not, so it is the same on both sides of the decision and can't tip it. It is called
a sunk cost. Which payments does a NO-GO still save?"""


def business_case(plan, *, annual_rate):
    outlay, earned, payback_month = 0.0, 0.0, 0
    for row in plan.itertuples():
        if row.row_type in ("research", "outlay"):
            outlay += row.one_off_usd
        elif row.row_type == "operations":
            per_clean = row.price_usd * row.take_rate - row.variable_cost_usd
            flow = row.completed_cleans * per_clean - row.fixed_cost_usd
            earned += flow / (1 + annual_rate) ** (row.month / 12)
            if earned >= outlay and payback_month == 0:
                payback_month = row.month
    return {"npv_usd": earned - outlay, "payback_month": payback_month}


def go_or_no_go(plan, *, annual_rate):
    return (
        "GO" if business_case(plan, annual_rate=annual_rate)["npv_usd"] > 0 else "NO-GO"
    )


# %% wrong="npv" trap="undiscounted"
"""You have {yours}: a dollar in month 18 counts as much as a dollar today. At 44 % a year it
does not, because the same money could have earned 44 % elsewhere in the meantime. Later money
must be divided by what the wait costs. Which column tells how long each row has to wait?"""


def business_case(plan, *, annual_rate):
    outlay, earned, payback_month = 0.0, 0.0, 0
    for row in plan.itertuples():
        if row.row_type == "outlay":
            outlay += row.one_off_usd
        elif row.row_type == "operations":
            per_clean = row.price_usd * row.take_rate - row.variable_cost_usd
            flow = row.completed_cleans * per_clean - row.fixed_cost_usd
            earned += flow
            if earned >= outlay and payback_month == 0:
                payback_month = row.month
    return {"npv_usd": earned - outlay, "payback_month": payback_month}


def go_or_no_go(plan, *, annual_rate):
    return (
        "GO" if business_case(plan, annual_rate=annual_rate)["npv_usd"] > 0 else "NO-GO"
    )


# %% wrong="npv" trap="shift_one"
"""You have {yours}. Every month is discounted one month too little, as if month 1 were today.
Today is the outlay, month 0; the first cash comes at the end of month 1. Check one row: how
many months lie between the outlay and month 6?"""


def business_case(plan, *, annual_rate):
    outlay, earned, payback_month = 0.0, 0.0, 0
    for row in plan.itertuples():
        if row.row_type == "outlay":
            outlay += row.one_off_usd
        elif row.row_type == "operations":
            per_clean = row.price_usd * row.take_rate - row.variable_cost_usd
            flow = row.completed_cleans * per_clean - row.fixed_cost_usd
            earned += flow / (1 + annual_rate) ** ((row.month - 1) / 12)
            if earned >= outlay and payback_month == 0:
                payback_month = row.month
    return {"npv_usd": earned - outlay, "payback_month": payback_month}


def go_or_no_go(plan, *, annual_rate):
    return (
        "GO" if business_case(plan, annual_rate=annual_rate)["npv_usd"] > 0 else "NO-GO"
    )


# %% wrong="npv" trap="row_number_as_month"
"""You have {yours}. The rows were numbered 1, 2, 3 and these numbers taken as months. The
small plan has rows for the months 6, 12 and 18 only, so its {first_cash:,} dollars of month 6
were treated as if they came after one month. Which column says when a row happens?"""


def business_case(plan, *, annual_rate):
    outlay, earned, payback_month, number = 0.0, 0.0, 0, 0
    for row in plan.itertuples():
        if row.row_type == "outlay":
            outlay += row.one_off_usd
        elif row.row_type == "operations":
            number += 1
            per_clean = row.price_usd * row.take_rate - row.variable_cost_usd
            flow = row.completed_cleans * per_clean - row.fixed_cost_usd
            earned += flow / (1 + annual_rate) ** (number / 12)
            if earned >= outlay and payback_month == 0:
                payback_month = number
    return {"npv_usd": earned - outlay, "payback_month": payback_month}


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
    outlay, earned, plain, payback_month = 0.0, 0.0, 0.0, 0
    for row in plan.itertuples():
        if row.row_type == "outlay":
            outlay += row.one_off_usd
        elif row.row_type == "operations":
            per_clean = row.price_usd * row.take_rate - row.variable_cost_usd
            flow = row.completed_cleans * per_clean - row.fixed_cost_usd
            earned += flow / (1 + annual_rate) ** (row.month / 12)
            plain += flow
            if plain >= outlay and payback_month == 0:
                payback_month = row.month
    return {"npv_usd": earned - outlay, "payback_month": payback_month}


def go_or_no_go(plan, *, annual_rate):
    return (
        "GO" if business_case(plan, annual_rate=annual_rate)["npv_usd"] > 0 else "NO-GO"
    )


# %% wrong="npv" trap="go_on_plain_sum" credit=0.7
"""Your numbers are right, but the decision is {yours}. The contributions add up to
{plain_sum:,} dollars, more than the outlay of {outlay:,}; yet they come over 18 months, and at
44 % a year the wait costs more than that gain. You computed the number that knows this. Which one
should decide?"""


def business_case(plan, *, annual_rate):
    outlay, earned, payback_month = 0.0, 0.0, 0
    for row in plan.itertuples():
        if row.row_type == "outlay":
            outlay += row.one_off_usd
        elif row.row_type == "operations":
            per_clean = row.price_usd * row.take_rate - row.variable_cost_usd
            flow = row.completed_cleans * per_clean - row.fixed_cost_usd
            earned += flow / (1 + annual_rate) ** (row.month / 12)
            if earned >= outlay and payback_month == 0:
                payback_month = row.month
    return {"npv_usd": earned - outlay, "payback_month": payback_month}


def go_or_no_go(plan, *, annual_rate):
    total = 0.0
    for row in plan.itertuples():
        if row.row_type == "outlay":
            total -= row.one_off_usd
        elif row.row_type == "operations":
            per_clean = row.price_usd * row.take_rate - row.variable_cost_usd
            total += row.completed_cleans * per_clean - row.fixed_cost_usd
    return "GO" if total > 0 else "NO-GO"


# %% right="npv"
def business_case(plan, *, annual_rate):
    outlay, flows = 0.0, []
    for row in plan.itertuples():
        if row.row_type == "outlay":
            outlay += row.one_off_usd
        elif row.row_type == "operations":
            per_clean = row.price_usd * row.take_rate - row.variable_cost_usd
            flows.append(
                (row.month, row.completed_cleans * per_clean - row.fixed_cost_usd)
            )
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
worth = business_case(launch_plan, annual_rate=assumptions["discount_rate"])
if worth:
    month = worth["payback_month"]
    back = f"paid back in month {month}" if month else "not paid back within the plan"
    print(
        f"At {percent(assumptions['discount_rate'], digits=0)} a year the plan "
        f"is worth {money(worth['npv_usd'])} and {back}: "
        f"{go_or_no_go(launch_plan, annual_rate=assumptions['discount_rate'])}."
    )

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
# draws.


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
            "low_p10": [0.75, 0.285, 9.0, 0.9, 940.0],
            "base": [1.0, 0.30, 10.0, 1.0, 1_000.0],
            "high_p90": [1.15, 0.32, 14.5, 1.4, 1_100.0],
        }
    )
    check.record(
        npv_swings(small, wide, annual_rate=0.0),
        dict(zip(names, [800, 350, 550, 250, 160], strict=True)),
        what="the swings of the small plan",
        unit="USD",
        traps={
            "same_10pct": dict(zip(names, [400, 600, 200, 100, 200], strict=True)),
            "all_at_once": dict.fromkeys(names, 140),
            "changes_pile_up": {"take_rate": 402.5, "variable_cost_usd": 632.5},
            "one_side_only": dict(zip(names, [300, 200, 450, 200, 100], strict=True)),
        },
        facts={"low_cleans": 75, "high_cleans": 115},
        idea="Take `cleans_factor` alone: what is the NPV with 75 cleans and with 115, "
        "everything else as planned?",
    )
    # Only the cleans are uncertain, and exactly at their P10 the plan earns nothing.
    nearly_sure = pd.DataFrame(
        {
            "input": names,
            "low_p10": [0.9, 0.299999, 9.9999, 0.9999, 1_299.9],
            "base": [1.0, 0.30, 10.0, 1.0, 1_300.0],
            "high_p90": [1.1, 0.300001, 10.0001, 1.0001, 1_300.1],
        }
    )
    check.number(
        chance_of_loss(small, nearly_sure, annual_rate=0.0, draws=10_000, seed=7),
        0.10,
        what="the chance of a loss",
        absolute=0.015,
        traps={
            "reports_mean_only": 0.0,
            "half_range_as_sd": 0.1587,
            "chance_of_gain": 0.90,
        },
        facts={"mean_npv": 200},
        idea="In this small plan the NPV is zero exactly where `cleans_factor` is at "
        "its P10. How often is an input below its P10?",
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
        spread = np.array([dice.uniform(0.18, 0.25), 0.10, 0.05 * gain])
        sd = spread * 2 / 2.563
        total_sd = float(np.hypot(np.hypot(gain * sd[0], rent * sd[1]), sd[2]))
        outlay = gain - rent - dice.uniform(0.95, 1.25) * total_sd
        data = pd.DataFrame(
            {
                "month": [0, *t],
                "row_type": ["outlay"] + ["operations"] * len(t),
                "completed_cleans": np.concatenate([[0], cleans]).astype(int),
                "price_usd": [price] * (len(t) + 1),
                "take_rate": [take] * (len(t) + 1),
                "variable_cost_usd": [variable] * (len(t) + 1),
                "fixed_cost_usd": [0.0] + [float(fixed)] * len(t),
                "one_off_usd": [outlay] + [0.0] * len(t),
            }
        )
        base = np.array([1.0, take, variable, 1.0, outlay])
        half = np.array([spread[0], 1e-6, 1e-4, spread[1], spread[2]])
        table = pd.DataFrame(
            {
                "input": names,
                "low_p10": base - half,
                "base": base,
                "high_p90": base + half,
            }
        )
        check.number(
            chance_of_loss(data, table, annual_rate=rate, draws=10_000, seed=11),
            NormalDist(gain - rent - outlay, total_sd).cdf(0),
            what="the chance of a loss of another plan",
            absolute=0.015,
        )
        up, down = dice.uniform(1.02, 1.3, 5), dice.uniform(0.7, 0.98, 5)
        table = table.assign(low_p10=base * down, high_p90=base * up)
        price_sum, clean_sum = (cleans * factor).sum() * price, (cleans * factor).sum()
        effect = [gain, price_sum * take, clean_sum * variable, rent, outlay]
        check.record(
            npv_swings(data, table, annual_rate=rate),
            {
                name: abs(size) * (high - low)
                for name, size, high, low in zip(names, effect, up, down, strict=True)
            },
            what="the swings of another plan",
            unit="USD",
        )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="tornado_mc"
# A tornado answers “what if this one input is off, as far as it may be off?” A
# simulation answers “what if they are all a bit off at once?”

# %% [markdown] hint="tornado_mc"
# `base | {"take_rate": 0.3}` makes a new dictionary with one value changed, and leaves
# `base` as it was. `np.random.default_rng(seed).normal(mean, sd, draws)` draws one
# input.

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
    return {name: swing for name in ranges["input"]}


def chance_of_loss(plan, ranges, *, annual_rate, draws, seed): ...  # not written yet


# %% wrong="tornado_mc" trap="changes_pile_up"
"""You have {yours}. The first input is right and the later ones are not: each change stayed in
the dictionary, so the take rate was moved while the cleans were still at {high_cleans}. One at a
time means that an input goes back to its base before the next one moves. Do you change the same
dictionary again and again, or a new one each time?"""


def npv_swings(plan, ranges, *, annual_rate):
    inputs = dict(zip(ranges["input"], ranges["base"]))
    swings = {}
    for row in ranges.itertuples():
        inputs[row.input] = row.low_p10
        low = plan_npv(plan, inputs, annual_rate=annual_rate)
        inputs[row.input] = row.high_p90
        high = plan_npv(plan, inputs, annual_rate=annual_rate)
        swings[row.input] = abs(high - low)
    return swings


def chance_of_loss(plan, ranges, *, annual_rate, draws, seed): ...  # not written yet


# %% wrong="tornado_mc" trap="one_side_only"
"""You have {yours}: the way from the base to the P90 only. An input can turn out low as well,
and often the low side is the longer one: here the cleans may fall to {low_cleans} but rise only to
{high_cleans}. A swing is the whole way. Between which two points?"""


def npv_swings(plan, ranges, *, annual_rate):
    base = dict(zip(ranges["input"], ranges["base"]))
    planned = plan_npv(plan, base, annual_rate=annual_rate)
    return {
        row.input: abs(
            plan_npv(plan, base | {row.input: row.high_p90}, annual_rate=annual_rate)
            - planned
        )
        for row in ranges.itertuples()
    }


def chance_of_loss(plan, ranges, *, annual_rate, draws, seed): ...  # not written yet


# %% wrong="tornado_mc" trap="reports_mean_only"
"""Your chance of a loss is {yours}. On average the small plan earns {mean_npv} dollars, but an
average above zero does not rule out a loss: some of the draws lie below. (You also get 0 if you
draw only between P10 and P90, as if nothing could lie outside.) Look at each draw on its own. In
what share of them is the NPV negative?"""


def npv_swings(plan, ranges, *, annual_rate):
    base = dict(zip(ranges["input"], ranges["base"]))
    swings = {}
    for row in ranges.itertuples():
        low = plan_npv(plan, base | {row.input: row.low_p10}, annual_rate=annual_rate)
        high = plan_npv(plan, base | {row.input: row.high_p90}, annual_rate=annual_rate)
        swings[row.input] = abs(high - low)
    return swings


def chance_of_loss(plan, ranges, *, annual_rate, draws, seed):
    random = np.random.default_rng(seed)
    inputs = {
        row.input: random.normal(
            (row.low_p10 + row.high_p90) / 2,
            (row.high_p90 - row.low_p10) / 2.563,
            draws,
        )
        for row in ranges.itertuples()
    }
    return float(plan_npv(plan, inputs, annual_rate=annual_rate).mean() < 0)


# %% wrong="tornado_mc" trap="half_range_as_sd"
"""Your chance of a loss is {yours}. Your draws spread too widely: half the distance from P10 to
P90 was taken as the standard deviation. Then more draws lie below the P10 than its name allows;
you can count them. How many standard deviations lie between P10 and P90?"""


def npv_swings(plan, ranges, *, annual_rate):
    base = dict(zip(ranges["input"], ranges["base"]))
    swings = {}
    for row in ranges.itertuples():
        low = plan_npv(plan, base | {row.input: row.low_p10}, annual_rate=annual_rate)
        high = plan_npv(plan, base | {row.input: row.high_p90}, annual_rate=annual_rate)
        swings[row.input] = abs(high - low)
    return swings


def chance_of_loss(plan, ranges, *, annual_rate, draws, seed):
    random = np.random.default_rng(seed)
    inputs = {
        row.input: random.normal(
            (row.low_p10 + row.high_p90) / 2, (row.high_p90 - row.low_p10) / 2, draws
        )
        for row in ranges.itertuples()
    }
    return (plan_npv(plan, inputs, annual_rate=annual_rate) < 0).mean()


# %% wrong="tornado_mc" trap="chance_of_gain"
"""You have {yours}. That is how often the plan *earns* money: the draws above zero were counted.
A chance of a loss this high would mean that a plan which is fine at its base fails almost always.
Which draws are losses?"""


def npv_swings(plan, ranges, *, annual_rate):
    base = dict(zip(ranges["input"], ranges["base"]))
    swings = {}
    for row in ranges.itertuples():
        low = plan_npv(plan, base | {row.input: row.low_p10}, annual_rate=annual_rate)
        high = plan_npv(plan, base | {row.input: row.high_p90}, annual_rate=annual_rate)
        swings[row.input] = abs(high - low)
    return swings


def chance_of_loss(plan, ranges, *, annual_rate, draws, seed):
    random = np.random.default_rng(seed)
    inputs = {
        row.input: random.normal(
            (row.low_p10 + row.high_p90) / 2,
            (row.high_p90 - row.low_p10) / 2.563,
            draws,
        )
        for row in ranges.itertuples()
    }
    return (plan_npv(plan, inputs, annual_rate=annual_rate) > 0).mean()


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
rate = assumptions["discount_rate"]
swings = npv_swings(launch_plan, ranges, annual_rate=rate)
loss = chance_of_loss(launch_plan, ranges, annual_rate=rate, draws=20_000, seed=1)
if swings and loss is not None:
    first, second = sorted(swings, key=swings.get, reverse=True)[:2]
    print(
        f"{first} moves the NPV most ({money(swings[first])}), then {second} "
        f"({money(swings[second])}). "
        f"The chance of a loss is {percent(loss, digits=0)}."
    )

# %% [markdown] artefact="memo" points=12
# ## M03-A · Opportunity memo (12 points)
#
# Write one page (about 400 words) to Ada: **fund the first app, GO or NO-GO?** Use the
# numbers that your functions gave for your variant. Write a chain that she could count
# herself, a range instead of one number, what the money is worth, and a call that could
# turn out wrong. Say which number would change your mind: the *kill number*, with the
# date by which you will know it.
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
# > channels that Dee has tried and win 2 % of those (our own pilot, 41 of 2,050).
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
# > *Kill number.* Fewer than 700 completed cleans in month 3 after the start puts us on
# > the path to the P10. Then I will propose to stop before the second payment, on the
# > 5th of month 4.
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
