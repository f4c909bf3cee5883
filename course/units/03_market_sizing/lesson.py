# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Quantifying the opportunity
#
# A founder says: “It is a billion-dollar market. We only need one percent.” You are
# asked for a yes. What would you count first?
#
# **You will** build TAM, SAM and SOM from units that can be counted · reconcile them
# with a top-down number · compute a business case · judge how uncertain it is · and
# decide: GO or NO-GO on a first version (an MVP, minimum viable product).
#
# **Time** about 40 minutes. **Needs** a little pandas. **Data** REAL:
# `us_local_markets` and `us_business_counts`, U.S. Census Bureau, public domain;
# `world_indicators`, World Bank, CC BY 4.0.
#
# Fernbroom, its people and its data are invented for this course. Tables marked REAL
# are public data about the real world and say nothing about Fernbroom.

# %%
import numpy as np
import pandas as pd

import pmlab as pm
from pmlab.formatting import count, money, percent

# %% [markdown]
# ## Warm-up
#
# Answer aloud, then open.
#
# <details><summary>A pain came up 31 times in 18 interviews. Is it common?</summary>
# Count people, not mentions: one talkative person may have made half of them.</details>
#
# <details><summary>“I would pay for that.” Is this evidence?</summary>
# Weak. What people already do about a problem is stronger.</details>

# %% [markdown]
# ## 1 · Count the unit that pays
#
# Fernbroom serves homes. This lesson works on an invented neighbor: night cleaning for
# dental offices. You will do the homes yourself.
#
# The **TAM** (total addressable market) is what all buyers spend in one year:
# units × share that buys × purchases a year × price. The unit is whoever pays once per
# purchase. For an office that is the *site*.

# %%
sites = pm.datasets.load("us_local_markets", "establishments")  # REAL, 2019
dentists = sites[
    sites["naics"] == "621210"
]  # NAICS: industry codes; offices of dentists
dentists[["establishments", "employment"]].sum().to_frame("Offices of dentists").T

# %% [markdown]
# **Predict:** if you count employees where you should count sites, how many times too
# large does the market become? Write a number down before you run the next cell.

# %%
people_per_site = dentists["employment"].sum() / dentists["establishments"].sum()
print(
    f"{people_per_site:.1f} times too large: an office is cleaned once for all in it."
)

# %% [markdown]
# Three facts are real here: sites, people, places. The rest is assumed, so it stands in
# one place with its unit. Later we treat these numbers as uncertain.

# %%
share_outsourcing = 0.60  # share of offices that pay a cleaning company
visits_per_year = 250  # nights with a visit, per office
price_usd = 60.0  # price of one visit

tam = pm.market.bottom_up(
    dentists["establishments"].sum(),
    share_buying=share_outsourcing,
    purchases_per_year=visits_per_year,
    price_usd=price_usd,
)
tam

# %% [markdown]
# A second trap waits in tables with totals. `us_business_counts` has a row for the whole
# country beside the 51 areas, and `world_indicators` has regions and income groups beside
# the countries. **Predict** what adding everything up does.

# %%
firms = pm.datasets.load("us_business_counts", "totals")  # REAL, 2021
health = firms[firms["naics"] == "62"]  # health care and social assistance
whole = health.loc[health["state"] == "United States", "establishments"].item()
print(f"Sum of all rows: {count(health['establishments'].sum())} sites")
print(f"The country:     {count(whole)} sites")

world = pm.datasets.load("world_indicators").query("year == 2023")  # REAL
countries = world[world["is_aggregate"] == 0]
print(f"Sum of all rows: {count(world['population'].sum())} people")
print(f"Countries only:  {count(countries['population'].sum())} people")

# %% [markdown]
# Which rule did the first sum break? *Each unit once, in one place, for one year.*
#
# ## 2 · Two shares make an interval
#
# The **SAM** (serviceable addressable market) is the part that this product can serve.
# Say we want offices in three metro areas (the table codes them as CBSA) that (a)
# outsource, 60 %, and (b) have a lockbox for keys, 70 %. How many have both? The shares
# do not tell.
#
# At the least, 60 % + 70 % − 100 % = 30 % must be in both groups. At the most, all of
# the smaller group is: 60 %. These limits are called Fréchet bounds. Multiplying
# (42 %) would claim that the two are unrelated, and nobody has checked that.

# %%
metros = {"19740": "Denver", "38060": "Phoenix", "42660": "Seattle"}
local = dentists[dentists["cbsa_code"].isin(metros)].assign(
    metro=lambda table: table["cbsa_code"].map(metros)
)
sam = pm.market.segment_bounds(
    local["establishments"], first_share=share_outsourcing, second_share=0.70
)
sam

# %%
pm.charts.bars(
    local,
    label_column="metro",
    value_column="establishments",
    unit="sites",
    title="The three metro areas hold markets of different size",
)

# %% [markdown]
# ## 3 · Demand or capacity, whichever is smaller
#
# The **SOM** (serviceable obtainable market) is what we can get in a period. Demand has
# a limit: whom we reach and win. Work has one too: crews and nights. Only the smaller
# one is sold.
#
# We reach 20 % of the SAM and win 5 % of those. Six crews do 5 visits a night.

# %%
capacity = 6 * 5 * 250
for offices in (sam.low_units, sam.high_units):
    visits = offices * 0.20 * 0.05 * visits_per_year
    print(pm.market.obtainable(visits, capacity_units=capacity, price_usd=price_usd))

# %% [markdown]
# **Explain to yourself:** at which end would hiring a seventh crew change the number?

# %%
som_high = pm.market.obtainable(
    sam.high_units * 0.20 * 0.05 * visits_per_year,
    capacity_units=capacity,
    price_usd=price_usd,
)
pm.charts.nested(
    {
        "TAM": tam.total_usd,
        "SAM": sam.high_units * visits_per_year * price_usd,
        "SOM": som_high.value_usd,
    },
    unit="USD",
    scale="log",
    title="What can be won in a year is a sliver of the market",
)

# %% [markdown]
# ### Your turn: one county of homes
#
# Now homes, half filled in. Replace the two `...` and run again. The assumptions
# are Fernbroom's; the county's median income lies between 50,000 and 75,000 dollars.

# %%
assumed = pm.case.load("assumptions").set_index("name")["value"]
county = (
    pm.datasets.load("us_local_markets", "counties")
    .set_index("county_fips")
    .loc["37063"]
)
unit_that_pays = ...  # a value of `county`
price_of_a_clean = ...  # a value of `assumed`

if ... in (unit_that_pays, price_of_a_clean):
    print(
        f"{county['county']}: which column counts the unit? What is the price called?"
    )
elif unit_that_pays == county["population"]:
    print("That counts people. A home is cleaned once for all in it: who pays?")
elif unit_that_pays != county["households"]:
    print("Take the column that counts homes: county[...].")
elif price_of_a_clean != assumed["price_usd"]:
    print("Take the price of one clean from the assumptions: assumed[...].")
else:
    print(
        pm.market.bottom_up(
            unit_that_pays,
            share_buying=assumed["share_buying_50k_to_75k"],
            purchases_per_year=assumed["cleans_per_year"],
            price_usd=price_of_a_clean,
        )
    )

# %% [markdown]
# ## 4 · Ask a second source
#
# **Top-down** starts from a total and cuts shares off. It is easy to get wrong alone and
# useful as a check. Both numbers must speak of the same year and unit.
#
# Our total: people who work in cleaning companies (REAL) times an assumed 45,000 dollars
# of revenue each. An assumed 10 % of that comes from health offices. The share of
# dentists among *sites* is REAL; using it as a share of *spend* is an assumption.

# %%
janitors = sites.loc[sites["naics"] == "561720", "employment"].sum()  # cleaning firms
# Offices of physicians, dentists, chiropractors, and therapists.
offices = sites[sites["naics"].isin(["621111", "621210", "621310", "621340"])]
dental_share = dentists["establishments"].sum() / offices["establishments"].sum()

top_down = pm.market.top_down(
    janitors * 45_000, shares={"health offices": 0.10, "dentists": dental_share}
)
top_down

# %%
pm.market.reconcile(
    tam.total_usd, top_down.total_usd, bottom_up_year=2019, top_down_year=2019
)

# %% [markdown]
# The midpoint is *geometric*: √(low × high), as many times above the low end as below
# the high end. Between 10 and 1,000 it is 100. The plain mean, 505, would sit at the top
# of the range in all but name.
#
# ## 5 · Demand is what people do
#
# A market of offices that *could* buy is not yet demand. Ask three gates of the same
# office: does it hurt, do they pay for a fix today, would they pay our price? Shares of
# single gates don't multiply, because the answers go together.

# %%
hurts = np.array([1, 1, 1, 1, 0, 0, 0, 0], dtype=bool)  # eight invented offices
pays_now = np.array([1, 1, 1, 0, 1, 0, 0, 0], dtype=bool)
print(f"Product of the shares: {percent(hurts.mean() * pays_now.mean())}")
print(f"Offices with both:     {percent(np.mean(hurts & pays_now))}")

# %% [markdown]
# ## 6 · Is it worth the money?
#
# Money later is worth less than money now. At 12 % a year, a dollar in month 12 is worth
# 1 / 1.12 today, and in month *t* it is worth 1 / 1.12^(t/12). The **NPV** (net present
# value) adds these values and takes off what must be paid now, the outlay.
#
# Two rules decide what goes in. Count the *contribution*, what is left of each sale
# after its own costs. And leave out money that is already spent: no decision brings it
# back.

# %%
months = np.arange(1, 25)
# 60 more visits each month (60, 120, 180 …), until the crews are full.
visits = np.minimum(60 * months, capacity / 12)
contribution = visits * (price_usd - 51.0) - 2_000  # 51 a visit; 2,000 fixed a month

pm.finance.net_present_value(contribution, outlay_usd=35_000, annual_rate=0.12)

# %% [markdown]
# **Predict:** the plain sum is larger than the outlay after some month. Is the payback
# later or earlier if the values of today are added up?

# %%
for basis in ("undiscounted", "discounted"):
    print(
        pm.finance.payback(
            contribution, outlay_usd=35_000, annual_rate=0.12, basis=basis
        )
    )
print(pm.finance.break_even(2_000, price_usd=price_usd, variable_cost_usd=51.0))

# %% [markdown]
# Some take r / 12 for a month. Compounded, that costs more than r in a year, so this
# course uses (1 + r)^(1/12). Whatever you use, say so.

# %%
pd.Series(
    {
        name: pm.finance.net_present_value(
            contribution, outlay_usd=35_000, annual_rate=0.12, convention=name
        ).npv_usd
        for name in ("effective", "nominal")
    },
    name="NPV in USD",
).round().to_frame()

# %% [markdown]
# ## 7 · How sure are you?
#
# Every input was one guess. Say instead: “I am 90 % sure that it lies between low and
# high.” Then ask two questions. Which input alone moves the result most (a **tornado**
# chart)? And if all vary at once, how often do we lose money (a **Monte Carlo**
# simulation: draw, compute, repeat)?
#
# Unless told otherwise a range is *lognormal*: positive, with a long right tail. Its
# middle is the geometric midpoint, here 47 more visits a month and no longer 60, so the
# base is lower than in section 6. Our cost is known to a few percent both ways: *normal*.
# (The exercise gives P10 and P90 directly.)
#
# The model takes arrays, so that thousands of draws are one computation.

# %%
discount = pm.finance.discount_factors(24, annual_rate=0.12)


def npv_usd(growth_visits, cost_usd, fixed_usd, outlay_usd):
    """NPV for arrays of inputs: one row per draw, one column per month."""
    # [:, None] turns a list of draws into rows, so that each meets every month.
    sold = np.minimum(growth_visits[:, None] * months, capacity / 12)
    cash = sold * (price_usd - cost_usd[:, None]) - fixed_usd[:, None]
    return cash @ discount - outlay_usd  # @ multiplies month by month, then adds


inputs = {
    "growth_visits": pm.market.value_range(25, 90),
    "cost_usd": pm.market.value_range(49, 53, distribution="normal"),
    "fixed_usd": pm.market.value_range(1_800, 2_300),
    "outlay_usd": pm.market.value_range(30_000, 42_000),
}

# %%
swings = pm.market.tornado(npv_usd, inputs)
pm.charts.tornado(
    swings,
    base=swings.base,
    low_column="outcome_at_low",
    high_column="outcome_at_high",
    unit="USD",
    outcome="NPV",
)

# %% [markdown]
# You put 90 % ranges in; each bar runs from the value undercut one time in ten (P10) to
# the one exceeded one time in ten (P90). Moving all by the same 10 % would hide which
# input you know least about.

# %%
risk = pm.market.simulate(npv_usd, inputs, draws=5_000, rng=3)
risk

# %%
pm.charts.histogram(
    risk,
    unit="USD",
    reference=0,
    title="A gain in most draws, and a real chance of a loss",
)

# %% [markdown]
# ## 8 · Decide
#
# Would you fund the night shift? Before you read on, write three lines: GO or NO-GO, the
# main driver, and the **kill number**, the value at which you would stop, with a date.

# %%
driver = swings.table.iloc[0]
print(
    f"{swings.largest} alone takes the NPV from "
    f"{money(driver['outcome_at_low'])} to "
    f"{money(driver['outcome_at_high'])}; "
    f"{percent(risk.probability_below_zero, digits=0)} of the draws lose money."
)

# %% [markdown]
# A possible call: GO. Kill number: fewer than 40 more visits a month, measured by 30
# June. (With the other inputs of section 6, the NPV is zero at 37.) A NO-GO with a
# reason is as good. A GO with a kill number isn't hedged; “it depends” is.
#
# ## Take-aways
#
# - Count the unit that pays: once, in one place, for one year.
# - Two shares give an interval; demand and capacity give a minimum.
# - A top-down number is a check, in the same year and unit.
# - Contribution counts, waiting costs, sunk money doesn't matter.
# - Give a range, its main driver and a kill number.
#
# **Next:** open the exercises of this unit and size Fernbroom's own market.
