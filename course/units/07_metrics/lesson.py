# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Metrics: funnels, activation, north star
#
# “Our December campaign works,” says an agency: “conversion is up against May. Double the
# budget?” (Campaign: invented. The shop's sessions: real.) What moved, and why?
#
# **You will** define a metric so that two people compute the same number · compute
# funnels and stickiness · split a change into what moved · find faults in event data ·
# and decide.
#
# **Time** about 40 minutes. **Needs** the unit on market sizing and a little pandas.
# **Data** REAL: `online_shoppers`, 12,330 sessions of a web shop, Sakar and others 2019,
# CC BY 4.0. Invented: Fernbroom's cleaners.
#
# Fernbroom, its people and its data are invented for this course. Tables marked REAL
# are public data about the real world and say nothing about Fernbroom.

# %%
import pandas as pd

import pmlab as pm
from pmlab.formatting import count, percent

# %% [markdown]
# ## Warm-up
#
# Three questions on sizing a market. Write your answers down, then run the cell.
#
# 1. 60 % of offices outsource, 70 % have a lockbox. How many have both, at least?
# 2. A range of 10 to 1,000: what is its midpoint on a scale of ratios?
# 3. Demand is 500 cleans, capacity 420. How many can be sold?

# %%
print(f"1. At least {percent(0.60 + 0.70 - 1, digits=0)}: shares do not multiply.")
print(f"2. {(10 * 1_000) ** 0.5:.0f}, the geometric midpoint.")
print(f"3. {min(500, 420)}: the smaller one counts.")

# %% [markdown]
# ## 1 · What a metric is made of
#
# “Conversion” is a word, not yet a metric. Fix three things: the **unit** that is counted
# (users, sessions, rows), the **window** (from when to when), and the **filter** (who is
# in). A good definition also names an **owner** and a **counter-metric**: what would get
# worse if somebody pushed this number too hard.

# %%
sessions = pm.datasets.load("online_shoppers")  # REAL
sessions["new"] = sessions["VisitorType"] == "New_Visitor"
for name, part in (
    ("all sessions", sessions),
    (
        "sessions with 20 product pages or more",
        sessions[sessions["ProductRelated"] >= 20],
    ),
    ("sessions of new visitors", sessions[sessions["new"]]),
):
    print(f"{percent(part['Revenue'].mean())} of {name} end in a purchase")

# %% [markdown]
# One shop, one word, three numbers. Whoever compares two of them compares
# filters. Here unit and user are the same: the publisher kept one session per user.
#
# ## 2 · A funnel follows people
#
# A **funnel** counts how many get through steps, in order, within a window. Fernbroom's
# supply side: a cleaner applies, works a first shift, does a first clean.

# %%
cleaners = pm.case.load("cleaners")
cleans = pm.case.load("bookings").query("status == 'completed'")
steps = {
    "applied": cleaners.set_index("cleaner_id")["applied_at"],
    "first shift": cleaners.set_index("cleaner_id")["starts_on"],
    "first clean": cleans.groupby("cleaner_id")["scheduled_at"].min(),
}
events = pd.concat(
    [
        times.rename("time").rename_axis("user_id").reset_index().assign(event=step)
        for step, times in steps.items()
    ]
)
funnel = pm.metrics.funnel(
    events, list(steps), window_days=90, observed_until="2026-07-01"
)
funnel

# %%
pm.charts.funnel(
    funnel.to_frame().rename(columns={"users": "cleaners"}),
    count_column="cleaners",
    unit="",
    title="Most who apply work a shift within 90 days of applying",
)

# %% [markdown]
# The window starts with the first step and belongs to the whole way. **Predict:** what
# does the same funnel say with 75 days instead of 90? Did anyone behave differently?

# %%
shorter = pm.metrics.funnel(
    events, list(steps), window_days=75, observed_until="2026-07-01"
)
print(f"90 days: {percent(funnel.conversion_rate)}")
print(f"75 days: {percent(shorter.conversion_rate)}")

# %% [markdown]
# Nobody did; those who needed 76 to 90 days no longer count.
#
# Four choices can make the number. *Unit*: rows or sessions count the busy twice.
# *Order*: a last step that came first was not caused by the steps before. *Maturity*:
# whoever arrived yesterday can't have failed yet; leave out entrants whose window is
# still open. *Pooling*: a rate for a period is all who finished / all who entered. A mean
# of daily rates lets an empty Sunday weigh like a full Monday.
#
# **Explain to yourself:** why does a fast-growing product look worse if maturity is
# ignored?
#
# ## 3 · An early action and its trap
#
# Teams look for the **activation event**: an early action that separates those who stay
# from those who leave. Compare those who did it with those who did not, count only what
# was done *early*, and leave out what hardly anyone does. In the shop: sessions that read
# an information page (delivery, returns) buy more often.

# %%
known = sessions.dropna(subset=["Informational", "ProductRelated"])
read = known["Informational"] > 0
rates = known["Revenue"].groupby(read).mean()
gap_of_all = round(100 * (rates[True] - rates[False]), 1)
print(
    f"{percent(rates[True])} with an information page, {percent(rates[False])} without: "
    f"{gap_of_all} points."
)

# %% [markdown]
# So send everyone to an information page? **Predict** what is left of the gap among
# sessions that looked at about as many products.

# %%
looked = pd.qcut(
    known["ProductRelated"].astype(float),
    5,
    labels=["fewest", "few", "middle", "many", "most"],
)
gaps = (
    known.assign(looked=looked, read=read)
    .groupby(["looked", "read"], observed=True)["Revenue"]
    .mean()
    .unstack()
    .assign(gap=lambda table: 100 * (table[True] - table[False]))
    .round({"gap": 1})
    .rename_axis(columns=None)
    .reset_index()
)
pm.charts.bars(
    pd.concat([gaps, pd.DataFrame({"looked": ["all"], "gap": [gap_of_all]})]),
    label_column="looked",
    value_column="gap",
    order="given",
    unit="points",
    title="Among sessions of like depth every gap is smaller than that of all",
)

# %% [markdown]
# Keen people read more *and* buy more. Being keen is a **common cause**, and the table
# does not hold all of it. Such a comparison helps to *spot* who may leave. Whether the
# page *makes* people buy, only an experiment shows. Until then write “goes with”, never
# “leads to”.
#
# ## 4 · One north star, and its guards
#
# A **north star** is one number that stands for the value customers get, with inputs
# that teams can move. For a two-sided product it needs a guard on each side: Fernbroom
# could raise completed cleans a week by tiring its cleaners. So watch cleans, and beside
# them repeat customers (demand) and cleaners who stay (supply).
#
# ## 5 · A tree of factors
#
# Write the number as a product, and ask which factor moved. In the shop:
# purchases = sessions × conversion. Factors multiply, so percent changes do not add up;
# logarithms do:
#
# share of a factor = ln(factor after / factor before) / ln(total after / total before)
#
# The shares add up to 100 %, in any order. **Predict:** conversion rose from May to
# December. Did purchases rise?

# %%
months = sessions[sessions["Month"].isin(["May", "Dec"])]
by_month = months.groupby("Month")["Revenue"].agg(["size", "mean"]).loc[["May", "Dec"]]
before, after = (
    {"sessions": row.size_, "conversion": row.mean_}
    for row in by_month.add_suffix("_").itertuples()
)
tree = pm.metrics.log_contributions(before, after)
tree

# %%
pm.charts.waterfall(
    tree.to_frame(),
    label_column="factor",
    value_column="contribution",
    start=tree.before,
    start_label="May",
    end_label="December",
    unit="purchases",
    title="Purchases fell: far fewer visits, at a better rate",
)

# %% [markdown]
# A negative share works *against* the change: purchases fell, and conversion made good a
# part of it. The agency's slide showed only that part. A rate never tells how many.
#
# ## 6 · How often do they come back?
#
# **DAU, WAU, MAU**: different users active on a day, in 7, in 28 days. Their ratio,
# **stickiness**, says how often people come back. Choose the short window by the rhythm
# of use. A cleaner with one customer a week is a faithful cleaner:

# %%
recent = cleans.loc[cleans["scheduled_at"] >= "2026-04-01"]
for name, days in (("DAU", 1), ("WAU", 7)):
    sticky = pm.metrics.stickiness(
        recent,
        short_days=days,
        user_column="cleaner_id",
        time_column="scheduled_at",
    )
    print(f"{name} / MAU of the cleaners: {percent(sticky.rate)}")

# %% [markdown]
# Both are averages over days, each with its own 28 days. The sum of daily users would
# say something else: who comes on four days is *one* user.
#
# ## 7 · Is the log right?
#
# Before a cause comes the question whether the number is real. Look for events sent
# twice, staff and bots, clocks, and empty cells. Servers mostly write **UTC**, one clock
# for all. Say what a time is, then where people live:

# %%
for utc in ("2026-06-11 03:00", "2026-12-11 03:00"):
    there = pd.Timestamp(utc).tz_localize("UTC").tz_convert("America/New_York")
    print(f"{utc} UTC is {there:%Y-%m-%d %H:%M} in New York")

# %% [markdown]
# A column needs `.dt` before both. REAL logs also have faults that nobody can mend:

# %%
twice = sessions.duplicated()
print(
    f"Rows equal to another row: {twice.sum()}; {sessions[twice]['Revenue'].sum()} buy"
)
print(f"Rows without page counts:  {sessions['ProductRelated'].isna().sum()}")
print(f"Rows with a negative time: {(sessions['ProductRelated_Duration'] < 0).sum()}")
print(f"Conversion of all rows:    {percent(sessions['Revenue'].mean(), digits=2)}")
print(
    f"Without the equal rows:    {percent(sessions[~twice]['Revenue'].mean(), digits=2)}"
)

# %% [markdown]
# Drop the equal rows? These sessions carry no id. Two people who look at one page and
# leave give two equal rows, and both are real. So we keep
# them and say how little it matters.
#
# ## 8 · Behavior or mix?
#
# An overall rate is a mean of groups, weighted by size. It moves if a group behaves
# differently (**within**), or if groups change their share (**mix**). Take new visitors
# against all others.

# %%
table = months.groupby(["new", "Month"])["Revenue"].agg(["size", "mean"]).unstack()
moved = pm.metrics.mix_shift(
    ["others", "new visitors"],
    sizes_before=table["size"]["May"],
    rates_before=table["mean"]["May"],
    sizes_after=table["size"]["Dec"],
    rates_after=table["mean"]["Dec"],
)
print(moved)
for row in moved.table.itertuples():
    print(
        f"{row.segment}: rate {percent(row.rate_before)} to {percent(row.rate_after)}, "
        f"share {percent(row.share_before)} to {percent(row.share_after)}"
    )

# %%
pm.charts.waterfall(
    {
        "behavior": round(100 * moved.within_effect, 2),
        "mix": round(100 * moved.mix_effect, 2),
    },
    start=100 * moved.before,
    start_label="May",
    end_label="December",
    unit="of 100",
    title="Purchases of 100 sessions: nearly all of the rise is mix",
)

# %% [markdown]
# Each effect uses the mean of both months as weights, so they add up exactly and no
# month is preferred. In extreme cases every group gets better and the whole gets worse:
# **Simpson's paradox**. Try it: can you make both rates rise and the total fall?

# %%
pm.widgets.what_moved()

# %% [markdown]
# ### Your turn: is it the weekend?
#
# Now weekend against weekday, half filled in. Replace the two `...` and run again.

# %%
group = ...  # the column of `months` that tells weekends
effect = ...  # "within" or "mix": which one will be larger?

if group is ... or effect is ...:
    print("Which column splits the sessions? And what do you expect?")
elif not isinstance(group, str) or group != "Weekend":
    print("Write the column's name as a text, in quotes: see months.columns.")
else:
    parts = months.groupby([group, "Month"])["Revenue"].agg(["size", "mean"]).unstack()
    split = pm.metrics.mix_shift(
        ["weekdays", "weekends"],
        sizes_before=parts["size"]["May"],
        rates_before=parts["mean"]["May"],
        sizes_after=parts["size"]["Dec"],
        rates_after=parts["mean"]["Dec"],
    )
    larger = max(["within", "mix"], key=lambda n: abs(getattr(split, f"{n}_effect")))
    print(split)
    print("As you expected." if effect == larger else f"It is {larger}. Why?")

# %% [markdown]
# By weekend the answer is another one: a split shows only the mix of the groups you
# chose. **On your own:** compare September with November, again new visitors against all
# others. Start from `sessions` in a new cell, then run the next one.

# %%
autumn = sessions[sessions["Month"].isin(["Sep", "Nov"])]
parts = autumn.groupby(["new", "Month"])["Revenue"].agg(["size", "mean"]).unstack()
print(
    pm.metrics.mix_shift(
        ["others", "new visitors"],
        sizes_before=parts["size"]["Sep"],
        rates_before=parts["mean"]["Sep"],
        sizes_after=parts["size"]["Nov"],
        rates_after=parts["mean"]["Nov"],
    )
)

# %% [markdown]
# This time it is behavior.
#
# ## 9 · Decide
#
# Double the budget? Write three lines before you read on: what moved, what you do *not*
# know, and the next step.

# %%
print(
    f"Conversion {100 * (moved.after - moved.before):+.1f} points, of which "
    f"{100 * moved.mix_effect:+.1f} are mix; purchases {percent(tree.change, digits=0)}. "
    f"{count(by_month['size'].sum())} sessions in two months."
)

# %% [markdown]
# A possible call: not yet. More new visitors came, and new visitors buy more often. That
# may be the campaign's work, or Christmas; May had neither. New visitors bought *less*
# often than in May. Next step: hold the campaign back in some regions for two weeks, and
# compare purchases per visitor there, with returns as the counter-metric.
#
# ## Take-aways
#
# - A metric is unit, window, filter, owner and counter-metric.
# - A funnel follows people, in order, in a window that is closed.
# - What goes with staying need not cause it.
# - First ask whether the number is real, then mix, then behavior.
# - A rate hides how many; a product shows which factor moved.
#
# **Next:** open the exercises of this unit and find out what moved at Fernbroom.
