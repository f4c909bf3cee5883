# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Designing experiments
#
# Chi, Fernbroom's designer, wants the total price on the pricing page, before people sign
# up. “Just test it for a week or two.” Should you?
#
# **You will** turn a wish into a metric, a unit and a population · compute users and
# weeks · see how shared cleaners couple two arms · price a look at the data · and decide:
# test, wait, or do not test at all.
#
# **Time** about 40 minutes. **Needs** the unit on metrics. **Data** REAL:
# `upworthy_headline_tests` (The Upworthy Research Archive) and
# `asos_digital_experiments` (Liu et al. 2021), both CC BY 4.0.
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
# Answer aloud, then open.
#
# <details><summary>A cleaning market: count people or homes?</summary>
# Homes: whoever pays once per purchase.</details>
#
# <details><summary>Users who saved a home in week 1 stay longer. Did saving keep
# them?</summary>
# You cannot tell: those who stay also save. An experiment can.</details>
#
# And one to compute. **Predict** the booking rate of both days together.

# %%
days = pd.DataFrame({"visitors": [120, 670], "bookers": [18, 27]}, index=["Mon", "Sat"])
rates = days["bookers"] / days["visitors"]
pooled = days["bookers"].sum() / days["visitors"].sum()
print(f"Mean of the two rates: {percent(rates.mean())}. Together: {percent(pooled)}.")

# %% [markdown]
# ## 1 · From a wish to a brief
#
# In an **experiment** (A/B test) chance puts each user into an *arm*: *control* keeps the
# old page, *treatment* gets the new one. Chance makes the arms alike in all else. Say
# first what you would have to see:
#
# | Part | Question | Chi's test |
# |---|---|---|
# | Hypothesis | Who does what more often, and why? | Visitors search for a date, since no price surprises them |
# | Primary metric | Does it rise only if the hope comes true? | Share of visitors who search |
# | Guardrail | Who could pay for it? | Cleaners: price complaints at the door |
# | Unit | Can one person meet both arms? | Visitor, not visit: she remembers the price |
# | Population | Who could have noticed? | Who opens the pricing page, from then on |
#
# A metric like “time on the page” is a *vanity* metric: confusion raises it, too.
#
# Who counts? We take twelve weeks, without bots and events that were sent twice.

# %%
visits = pm.case.load("visits", until_month=10).drop_duplicates("event_id")
people = visits[visits["agent"].isin(["ios", "android", "web"])]
people = people[people["at"].between("2024-08-05", "2024-10-28", inclusive="left")]
pricing = people[people["page"] == "pricing"].sort_values("at")
everyone = people["visitor_id"].nunique()
exposed = pricing["visitor_id"].nunique()

opened = pricing.groupby("visitor_id")["at"].min().rename("opened")
later = people[people["page"] == "search"].merge(opened, on="visitor_id")
searched = later.loc[later["at"] > later["opened"], "visitor_id"].nunique()
baseline = searched / exposed
print(f"{count(exposed)} of {count(everyone)} visitors opened the pricing page.")
print(f"{percent(baseline)} of these searched for a date afterwards: the baseline.")

# %% [markdown]
# **Predict:** if the new page lifts searches among those who see it by 20 %, how much
# does the rate of *all* visitors rise?

# %%
searchers = people.loc[people["page"] == "search", "visitor_id"].nunique()
gained = 0.20 * searched
print(f"Among those who saw it: +{percent(gained / searched, digits=0)}.")
print(
    f"Among all visitors:     +{percent(gained / searchers, digits=0)} of their rate."
)

# %% [markdown]
# Counting people who never met the change weakens the test.
#
# ## 2 · How many users?
#
# Two risks. A **false alarm**: no effect, and the test says there is one; alpha, here
# 5 %, covers both directions. A **miss**: a real effect stays unseen. **Power**, here
# 80 %, is the chance to see it. The effect that power is about is the **MDE** (minimum
# detectable effect): the smallest one worth having. We read it as a share of the
# baseline unless somebody writes “points”.

# %%
# “Unpooled variance” in the answer: each arm has its own noise.
plan = pm.experiments.sample_size(baseline, relative_lift=0.20)
plan

# %% [markdown]
# Where does it come from? One user is noisy: she searches or not. The noise of a rate p
# is p(1 − p). Users needed grow with the noise and fall with the *square* of the
# difference. In the head: 16 × noise / difference².

# %%
noise = baseline * (1 - baseline)
# The function takes the standard deviation, the root of the noise: ** 0.5.
by_hand = pm.experiments.rule_of_sixteen(noise**0.5, absolute_lift=plan.absolute_lift)
print(f"In the head {count(by_hand)} per arm, in full {count(plan.users_per_arm)}.")

# %% [markdown]
# The rule gives both arms the noise of the baseline. **Predict:** half the effect, how
# many times the users?

# %%
new_per_day = exposed / 84  # twelve weeks
trade_off = pm.experiments.size_trade_off(
    baseline, relative_lift=0.20, new_users_per_day=new_per_day
)
trade_off

# %%
table = trade_off.to_frame()
table["lift"] = [f"+{100 * lift:.0f} %" for lift in table["relative_lift"]]
pm.charts.bars(
    table,
    label_column="lift",
    value_column="weeks",
    unit="weeks",
    order="given",
    title="Small effects cost years at this traffic",
)

# %% [markdown]
# Move the sliders (Tab, then arrow keys). Which one saves most weeks? Which ones may you
# choose, and which one is a fact?
#
# <details><summary>Answer</summary>The effect: weeks fall with its square. You choose all
# but the baseline, a fact of the metric.</details>

# %%
pm.widgets.sample_size()

# %% [markdown]
# ### Your turn: a metric that happens more often
#
# Would another metric save Chi's test? Suppose that 60 % of those who open the pricing
# page look at a second page. Same 20 % lift. Replace the `...` and run again.

# %%
rate_today = ...  # a fraction
lift = ...  # a share of the rate

if ... in (rate_today, lift):
    print("Which rate is meant, and which lift? Write fractions.")
elif rate_today == 60 or lift == 20:
    print("That is a percent. As a fraction, 60 % is 0.60 and 20 % is 0.20.")
elif rate_today != 0.60 or lift != 0.20:
    print("Read the task again: 60 % as a fraction, and a lift relative to it.")
else:
    print(pm.experiments.sample_size(rate_today, relative_lift=lift))

# %% [markdown]
# Far fewer users. But would a second page view mean that the hope came true?
#
# ## 3 · How many weeks?
#
# Weekdays differ, so tests run in whole weeks. And people come back: a visitor joins
# once. **Predict:** how do the two lines part?

# %%
week = (pricing["at"] - pd.Timestamp("2024-08-05")).dt.days // 7 + 1
daily = pricing.assign(week=week, day=pricing["at"].dt.date)
daily = daily.drop_duplicates(["day", "visitor_id"])
lines = {
    "visitors of each day, added": daily,
    "different visitors": daily.drop_duplicates("visitor_id"),
}
growth = pd.concat(
    rows.groupby("week")
    .size()
    .cumsum()
    .rename("visitors")
    .reset_index()
    .assign(line=name)
    for name, rows in lines.items()
)
pm.charts.line(
    growth,
    x_column="week",
    y_column="visitors",
    series_column="line",
    unit="visitors",
    title="Adding up days counts returning visitors again",
)

# %%
duration = pm.experiments.days_needed(plan.total_users, new_users_per_day=new_per_day)
print(
    f"{duration.exact_days} days, so {duration.days // 7} whole weeks. This takes new"
)
print("people to come at a steady pace; with a daily log you count (exercise 3).")
duration

# %% [markdown]
# **Explain to yourself:** why does twice the traffic halve this, but twice the effect
# quarter it?
#
# ## 4 · When the arms meet
#
# In a marketplace one user's arm may touch another's result. Suppose 100 households want a clean and cleaners have 60 free slots. A button serves its users
# first: 8 in 10 of them get a slot. **Predict** what a test by household shows, and what
# happens when all get the button.

# %%
slots, households = 60, 100
treated = 0.8  # 50 households, served first
control = (slots - treated * 50) / 50  # the other 50 get what is left
print(f"In the test: {percent(treated)} against {percent(control)} matched.")
print(f"Button for all: {percent(slots / households)}. For nobody: the same.")

# %% [markdown]
# The gain came from the control arm: **interference**. Drawing *zones* keeps each
# cleaner within one arm. The price: households of one zone resemble each other. The
# **ICC** (intraclass correlation) says how much, and the *design effect* 1 + (m − 1) · ICC, for
# m users per zone, says how many times more users you need.

# %%
sizes = [10, 50, 100, 200, 400, 800]
worth = pd.DataFrame(
    {
        "users_per_zone": sizes * 2,
        "worth": [
            pm.experiments.effective_users(24 * m, cluster_size=m, icc=icc)
            for icc in (0.01, 0.05)
            for m in sizes
        ],
        "alike": ["ICC 0.01"] * 6 + ["ICC 0.05"] * 6,
    }
)
pm.charts.line(
    worth,
    x_column="users_per_zone",
    y_column="worth",
    series_column="alike",
    unit="independent users",
    title="In 24 zones more users soon add almost nothing",
)

# %% [markdown]
# The ceiling is zones / ICC. Beyond it only more zones help.
#
# ## 5 · The price of a look
#
# A result wobbles while users come in. Its usual chance error is called the *standard
# error*; z is the difference divided by it, and ±1.96 is the 5 % line, *for one look*. **Predict:** no effect at all,
# and you stop at the first of four weekly looks beyond the line. How often do you announce
# an effect? 5 %, 13 %, 20 %?

# %%
looks = [1, 2, 4, 10, 28]
risks = pd.DataFrame({"looks": [f"{number} look(s)" for number in looks]})
risks["false_alarm_rate"] = [pm.experiments.peeking_risk(k).risk for k in looks]
pm.charts.bars(
    risks,
    label_column="looks",
    value_column="false_alarm_rate",
    order="given",
    title="Each further look raises the risk of a false alarm",
)

# %% [markdown]
# More than 5 %, less than looks × 5 %, since looks share their users.
# If you want to look, pay first: *Pocock* sets one higher line for all looks;
# *O'Brien-Fleming* a very high one early that falls to nearly 1.96: at look k of 4 it is
# √(4 / k) times the last. Both cost users.
#
# Bayes is no way out: with a *flat prior* (all effects equally likely beforehand) the
# chance that the new page is better is Φ(z), the normal share below z: 97.5 % at 1.96.

# %%
lines = pm.experiments.group_sequential(4, rule="obrien_fleming")
print(f"Users, as a multiple of one look: {lines.inflation:.3f}")
lines.to_frame()[["look", "z"]].round(3)

# %% [markdown]
# Try more looks, then a true effect: what does each rule cost?

# %%
pm.widgets.peeking()

# %% [markdown]
# ## 6 · On your own: two REAL companies
#
# Upworthy tested headlines. We leave out weeks whose split was likely
# broken. **Before you run the cell:** few readers click, and a headline had a few thousand
# viewers. Which lift could such a test see: 5 %, 20 %, 70 %?

# %%
packages = pm.datasets.load("upworthy_headline_tests", "packages")  # REAL
sound = packages[~packages["randomization_risk"]]
click_rate = sound["clicks"].sum() / sound["impressions"].sum()
pm.experiments.detectable_effect(
    click_rate, control_users=sound["impressions"].median()
)

# %%
tenth = pm.experiments.sample_size(click_rate, relative_lift=0.10)
print(f"To see a lift by a tenth: {count(tenth.users_per_arm)} viewers per headline.")

# %% [markdown]
# It sees only huge effects.
#
# ASOS, a fashion shop, published running results of tests. Metric 1 is a yes or no per
# user. How many comparisons are beyond 1.96 *at some* checkpoint, how many at the last?

# %%
asos = pm.datasets.load("asos_digital_experiments").query("metric_id == 1")  # REAL
# The standard error: each arm's variance over its users, added, and the root of it.
error = (
    asos["variance_t"] / asos["count_t"] + asos["variance_c"] / asos["count_c"]
) ** 0.5
asos = asos.assign(z=((asos["mean_t"] - asos["mean_c"]) / error).abs()).dropna()
tests = asos.sort_values("time_since_start").groupby(["experiment_id", "variant_id"])[
    "z"
]
ever, at_end = (tests.max() >= 1.96), (tests.last() >= 1.96)
print(f"{len(ever)} comparisons: {ever.sum()} beyond the line at some checkpoint,")
print(f"{at_end.sum()} at the last. Back again by the end: {(ever & ~at_end).sum()}.")

# %% [markdown]
# Stopping at the first crossing would have announced those, too.
#
# ## 7 · Decide
#
# Chi's test: run, wait, or not at all? Write two lines before you read on.

# %%
print(
    f"+20 % needs {count(plan.total_users)} visitors and {duration.days // 7} weeks; "
    f"{count(new_per_day * 7)} new ones open the page each week."
)

# %% [markdown]
# A possible call: no experiment. Showing the full price is honest and easy to undo, so ship it
# with a guardrail. Do not test what law or decency demands anyway, what you
# would ship in any case, or what your traffic cannot answer.
#
# If you do test, ask three more questions. Who could be harmed, and did anyone ask the
# cleaners? Would you be at ease if users read the plan? At which number do you stop?
# All of it is written down *before* the data: that is **pre-registration**.
#
# ## Take-aways
#
# - The primary metric says that the hope came true; count those who could notice.
# - Half the effect, four times the users. Choose the effect by what is worth having.
# - Different eligible people, in whole weeks.
# - Shared supply couples arms; drawing zones has a ceiling.
# - Each look has a price, paid before.
#
# **Next:** the exercises: plan Fernbroom's instant match.
