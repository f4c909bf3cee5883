# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Prioritization, roadmap, delivery
#
# Everyone has a favorite, the loudest wins, and in March somebody asks why nothing is
# finished. Which of these arguments could you settle with a number?
#
# **You will** score and rank features on honest scales · find the best plan under
# capacity and dependencies · test how stable a ranking is · forecast delivery from
# throughput · and design a roadmap for two audiences.
#
# **Time** about 40 minutes. **Needs** unit 03 (money over time, ranges). **Data** REAL:
# `oss_pull_requests` (merged changes of JupyterHub and nbgrader, BSD-3-Clause) and
# `rust_rfcs` (accepted proposals for the Rust language, MIT or Apache-2.0).
#
# Fernbroom, its people and its data are invented for this course. Tables marked REAL
# are public data about the real world and say nothing about Fernbroom.

# %%
import numpy as np
import pandas as pd

import pmlab as pm
from pmlab.formatting import money, percent

pd.options.display.max_colwidth = None  # show whole texts in tables

# %% [markdown]
# ## Warm-up
#
# Answer aloud, then open. The last one you compute: predict first.
#
# <details><summary>30,000 dollars went into a pilot. How much do they count when you
# decide whether to go on?</summary> Nothing. They are the same on both sides: sunk.</details>
#
# <details><summary>An input lies between 40 and 90. Which single number should go into
# the plan?</summary> None: the range goes in.</details>
#
# <details><summary>Two inputs vary, one by 5 %, one by a factor of 2. Which one do you
# study first?</summary> The one that moves the result most, as a tornado chart shows.</details>

# %%
low, high = 40, 90  # predict: is the geometric midpoint above or below 65?
print(f"Geometric midpoint: {(low * high) ** 0.5:.0f}")

# %% [markdown]
# ## 1 · What a score is for
#
# You will work on Fernbroom in the exercises. This lesson plans for Toolbox, an invented
# library of tools that neighbors borrow.
#
# **RICE** = reach × impact × confidence / effort: how many people, how much for each, how
# sure, for how much work. It makes a sorted list from four guesses, so the guesses must
# share scales: reach in *one* period, impact from 0.25 to 3, confidence a fraction.

# %%
ideas = pd.DataFrame(
    {
        "item": ["late reminders", "reserve online", "repair day", "gift pass"],
        "reach": [300, 2_300, 40, 900],
        "per": ["month", "quarter", "month", "year"],
        "impact": [1, 1, 3, 2],
        "confidence": [1.0, 0.8, 0.8, 0.8],
        "effort": [1.0, 3.0, 0.5, 1.0],
    }
)
ranked = pm.prioritization.rice(ideas, period_column="per")
ranked[["item", "reach_per_quarter", "score", "rank"]]

# %% [markdown]
# **Predict:** which idea wins if everyone's reach is taken as it was typed?

# %%
careless = pm.prioritization.rice(ideas)
print(f"With honest periods: {', '.join(ranked['item'])}")
print(f"As it was typed:     {', '.join(careless['item'])}")

try:  # and if someone leaves the scale? The library refuses, on purpose
    pm.prioritization.rice(ideas.assign(impact=[1, 1, 10, 2]), period_column="per")
except ValueError as error:
    print(error)

# %% [markdown]
# Other frameworks do other jobs. **MoSCoW** (must, should, could, won't) sorts a list with
# others in the room; **ICE** is a quick sort by three ratings; none has a unit. So don't
# add scores up, and don't ask them *when* to do what.
#
# ## 2 · When all will be done, only the order matters
#
# **Cost of delay** is the money lost per week until something is there. Divided by the
# duration (**CD3**), it says what a week of the team's time saves.

# %%
jobs = pd.DataFrame(
    {
        "item": ["payment", "photos", "map", "insurance"],
        "delay_cost_usd_per_week": [900, 150, 400, 1_000],
        "duration_weeks": [3, 1, 1, 8],
    }
)
orders = pm.prioritization.compare_sequences(jobs)
orders["rule"] = orders["rule"].str.replace("_", " ")
orders[["rule", "order", "total_delay_cost", "extra_cost"]]

# %% [markdown]
# **Explain to yourself:** insurance loses most each week. Why does it come last?

# %%
worst = orders.loc[orders["rule"] == "highest cost"].iloc[0]
pm.charts.bars(
    orders,
    label_column="rule",
    value_column="total_delay_cost",
    unit="USD",
    title=f"The loudest job first costs {money(worst['extra_cost'])} more than CD3",
)

# %% [markdown]
# ## 3 · How stable is the ranking?
#
# Scores look exact. Write each guess as a range instead, draw from all ranges at once, rank,
# repeat: the share of draws in which an idea is in the top is its chance. A **triangular**
# distribution needs three numbers that people can give: lowest, likely, highest.

# %%
guesses = ranked[["item", "impact", "confidence"]].assign(
    reach_low=ranked["reach_per_quarter"] * 0.5,
    reach=ranked["reach_per_quarter"],
    reach_high=ranked["reach_per_quarter"] * 1.5,
    effort_low=ranked["effort"] * 0.7,
    effort=ranked["effort"],
    effort_high=ranked["effort"] * 2.5,
)
stability = pm.prioritization.rank_stability(guesses, top=2, rng=12)
print(stability)
pm.charts.bars(
    stability.to_frame().rename(columns={"p_top": "chance_of_the_top"}),
    label_column="item",
    value_column="chance_of_the_top",
    unit="%",
    title=f"Nobody can say who is second: {' or '.join(stability.toss_ups)}",
)

# %% [markdown]
# “In” means a chance of at least 60 %; between 40 % and 60 % is a toss-up. That is a
# finding: don't debate it, test it, or take the one that is easier to undo. (`rng=12` is
# the **seed**: the same seed, the same draws. The board below draws others, so its chances
# differ by a point or two.) Try it: how wide may a range become before a place is lost?

# %%
pm.widgets.rice_board(guesses, top=2)

# %% [markdown]
# ## 4 · What fits: choose sets, not items
#
# A quarter has a limit, items need each other, and some have to be done. Then a list is not
# enough. With few items, all sets can be compared; the library proves its answer.
#
# Two prices belong in the table. Technical **debt** (old code that slows all work) is
# worth the weeks that mending it saves. Money already spent is worth nothing.

# %%
week_usd = 2_500  # worth of a person-week
quarter = pd.DataFrame(
    {
        "item": ["safety", "old code", "app", "booking", "repair day", "gift pass"],
        "value": [0, 8 * week_usd, 12_000, 26_000, 16_000, 14_000],  # USD
        "effort": [2, 3, 5, 2, 4, 2],  # person-weeks
        "must": [True, False, False, False, False, False],
        "requires": ["", "", "", "app", "", ""],
    }
)
rules = {"capacity": 12, "must_column": "must", "requires_column": "requires"}
pm.prioritization.best_plan(quarter, **rules)

# %% [markdown]
# **Predict:** how much does the rule “most value per week first” lose?

# %%
plans = pm.prioritization.compare_plans(quarter, **rules)
plans["method"] = plans["method"].str.replace("_", " ")
plans[["method", "items", "value", "reading"]]

# %% [markdown]
# The app earns little by itself, so rules of thumb pass it by; it pays through what it
# opens. Now somebody asks for the repair day. Don't argue; name the price (in US dollars
# here).

# %%
print(pm.prioritization.price_of_a_yes(quarter, "repair day", **rules))
pm.widgets.capacity(quarter, weeks=12)

# %% [markdown]
# ## 5 · A date that holds
#
# Ask the past. **Throughput** is the number of items finished per week. Draw past weeks
# again and again until the work is done: the spread of the answers is the forecast.
# **P85** is the week by which 85 % of the runs are done. REAL: changes merged by people
# into JupyterHub.

# %%
pulls = pm.datasets.load("oss_pull_requests")  # REAL
by_people = pulls[~pulls["is_bot"]].set_index("merged_utc")


def weekly(project):
    """Return merged changes per week (Monday to Sunday), zeros included."""
    merged = by_people.loc[by_people["project"] == project, "pr"]
    return merged.resample("W-SUN").count().iloc[1:-1]  # whole weeks only


hub = weekly("jupyterhub")
past = hub["2024-01-01":"2024-12-31"]
forecast = pm.delivery.progress_fan(past, items=60, rng=12)
pm.charts.forecast_fan(forecast)

# %% [markdown]
# **Predict:** weeks in which nothing was merged look like missing data. What happens to the
# promise if you drop them?

# %%
without = pm.delivery.progress_fan(past[past > 0], items=60, rng=12)
came = int((hub["2025-01-01":].cumsum() < 60).sum()) + 1
print(f"All {len(past)} weeks: 85 % chance in week {forecast.p85_weeks}.")
print(f"Without {(past == 0).sum()} empty weeks: week {without.p85_weeks}.")
print(f"In truth the 60th change came in week {came}.")

# %% [markdown]
# One hit proves nothing. Replay the method from every sixth week of the history, always
# knowing only the 26 weeks before. A promise of 85 % should hold in 85 of 100.

# %%
counts = hub.to_numpy()
held = []
for start in range(26, len(counts) - 60, 6):
    promise = pm.delivery.forecast_weeks(
        counts[start - 26 : start], items=30, draws=1_000, rng=start
    )
    needed = int((counts[start:].cumsum() < 30).sum()) + 1
    held.append((needed <= promise.p50_weeks, needed <= promise.p85_weeks))
p50_held, p85_held = np.mean(held, axis=0)
print(f"{len(held)} starts: P50 held in {percent(p50_held, digits=0)},", end=" ")
print(f"P85 in {percent(p85_held, digits=0)}.")

# %% [markdown]
# P50 is a coin flip, as it says. P85 holds somewhat less often than it says, because the pace
# itself changes over the years, which drawing past weeks can't know. Forecast again when it
# does.
#
# How long does *one* item take? **Little's law**: average work in progress = throughput ×
# average cycle time. At this pace, opening more makes each item slower, not the team faster.

# %%
for wip in (10, 20):
    print(pm.delivery.littles_law(wip_items=wip, throughput_per_week=past.mean()))
pm.widgets.forecast_fan(past.tolist(), items=60)

# %% [markdown]
# ### Your turn: another project
#
# Forecast 20 changes of nbgrader from its weeks of 2016. Replace the two `...`.

# %%
grader = weekly("nbgrader")["2016-01-01":"2016-12-31"]
history = ...  # which weeks? remember the empty ones
chance_to_promise = ...  # 0.50 or 0.85

if history is ... or chance_to_promise is ...:
    print(f"{(grader == 0).sum()} of {len(grader)} weeks are empty. Do they belong?")
elif not isinstance(history, pd.Series):
    print("Give the weeks themselves: a column such as `grader`, or a part of it.")
elif len(history) < len(grader):
    print("Some weeks are missing: quiet times will come again.")
elif chance_to_promise not in (0.5, 0.85):
    print("Choose one of the two chances, written as a fraction: 0.50 or 0.85.")
elif chance_to_promise == 0.5:
    print("That date is late in half of all futures. Which chance would you sign?")
else:
    forecast = pm.delivery.forecast_weeks(history, items=20, rng=12)
    print(f"{percent(chance_to_promise, digits=0)}: {forecast.p85_weeks} weeks.")

# %% [markdown]
# ### On your own: a promise about proposals
#
# REAL: Rust proposals, from the first draft to acceptance. Someone asks: “How long will mine
# take?” Which number do you give, and whom doesn't the table hold? Think, then run.

# %%
proposals = pm.datasets.load("rust_rfcs").dropna(subset=["days"])  # REAL
took = pm.delivery.cycle_times(
    proposals, start_column="start_date", end_column="merged_date"
)
print(took)

# %% [markdown]
# The mean is far above the median: a few proposals take years, so say “half by …, 85 % by
# …”. And only *accepted* proposals are here; “will it be accepted?” needs other data.
#
# ## 6 · One roadmap, two readers
#
# A roadmap row holds a theme (why), an outcome metric from → to (how we will know), now, next
# or later, and how sure we are. Dates live in the forecast, tickets in the backlog. The
# checker finds what is missing:

# %%
rows = pd.DataFrame(
    {
        "theme": ["Tools are there", "Tools are there", "Members stay"],
        "item": ["Fewer late returns", "Book in an app", "Repair day"],
        "outcome_metric": ["late returns 18 % → 9 %", "launch the app", ""],
        "horizon": ["now", "2 March", "later"],
        "confidence": [0.8, 0.6, 0.9],
        "work": ["reminders", "accounts, then booking", "find a room"],
    }
)
pm.delivery.roadmap_findings(rows)[["item", "problem", "repair"]]

# %%
rows["outcome_metric"] = [
    "late returns 18 % → 9 %",
    "bookings made without a call 0 % → 60 %",
    "members who renew 50 % → 60 %",
]
rows["horizon"], rows["confidence"] = ["now", "now", "later"], [0.8, 0.6, 0.4]
for_executives = pm.delivery.roadmap_for(rows, "executives", title="Toolbox")
pm.charts.roadmap_timeline(for_executives)

# %% [markdown]
# Executives decide with themes, outcomes and chances. The team needs the next pieces of work,
# too. Same promise, other detail. Switch the reader, then save a page for your portfolio:

# %%
pm.widgets.roadmap(rows, title="Toolbox")

# %% [markdown]
# ## 7 · Decide
#
# Before you read on, write three lines for Toolbox: what is next, what is cut, what you
# promise.
#
# A possible call: safety, the old code, the app with booking are next; the repair day and
# the gift pass are cut, at a price you can name; the promise is an outcome with a chance, and
# it is renewed each month.
#
# ## Take-aways
#
# - Scores sort on one scale; ranges show which places are settled.
# - In a queue CD3 decides; in a quarter, compare whole sets.
# - Debt has a price, spent money has none, a yes has one, too.
# - Forecast from throughput, empty weeks included; promise P85, and check whether it holds.
# - A roadmap shows outcomes and how sure you are, in the words of its reader.
#
# **Next:** open the exercises of this unit and plan Fernbroom's quarter.
