# %% [markdown]
# # Metrics: exercises
#
# Why it matters, objectives, minutes, data.
#
# Fernbroom, its people and its data are invented for this course. Tables marked
# REAL are public data about the real world and say nothing about Fernbroom.

# %%
import pandas as pd

import pmlab as pm

# %% [markdown] exercise="average" objective="compute a pooled rate"
# ## M07-E1 · A pooled rate (5 points)
#
# Write `pooled_rate(days)`. `days` has the columns `visitors` and `buyers`.
#
# **Done when** it returns buyers per visitor as a fraction, within 0.5 %.

# %% solution="average"
def pooled_rate(days):
    """Return buyers per visitor over all days, as a fraction."""
    ### BEGIN SOLUTION
    return days["buyers"].sum() / days["visitors"].sum()
    ### END SOLUTION

# %% checks="average" points=5
with pm.checks.exercise("average", points=5, read="the lesson") as check:
    small = pd.DataFrame({"visitors": [100, 900], "buyers": [20, 90]})
    check.number(
        pooled_rate(small),
        0.11,
        what="the pooled rate of two days",
        traps={"mean_of_days": 0.15, "last_day": 0.10, "buyers_only": 110},
        idea="Sum both columns first.",
    )
    ### BEGIN HIDDEN TESTS
    for variant in pm.checks.variants(3):
        random = pm.checks.rng(variant)
        visitors = random.integers(100, 1000, 7) * [1, 2, 3, 4, 5, 6, 7]
        shares = [0.30, 0.25, 0.20, 0.15, 0.10, 0.08, 0.05]
        days = pd.DataFrame({"visitors": visitors, "buyers": visitors * shares})
        check.number(
            pooled_rate(days), days.buyers.sum() / days.visitors.sum(), what="the rate"
        )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="average"
# A rate for the whole period has one numerator and one denominator.

# %% [markdown] hint="average"
# What are all buyers? What are all visitors?

# %% wrong="average" trap="mean_of_days"
"""You have {yours}: the mean of the daily rates. A quiet day then weighs as
much as a busy one. How many buyers and visitors are there in all?"""
def pooled_rate(days):
    return (days["buyers"] / days["visitors"]).mean()

# %% wrong="average" trap="last_day"
"""You have {yours}, the rate of the last day alone. Use all days."""
def pooled_rate(days):
    return days["buyers"].iloc[-1] / days["visitors"].iloc[-1]

# %% wrong="average" trap="buyers_only"
"""You have {yours}, a number of buyers. A rate divides by those who
could buy."""
def pooled_rate(days):
    return days["buyers"].sum()

# %% right="average"
def pooled_rate(days):
    buyers = visitors = 0
    for row in days.itertuples():
        buyers += row.buyers
        visitors += row.visitors
    return buyers / visitors

# %% [markdown] artefact="memo" points=12
# ## M07-A · Memo (12 points)
#
# One page, with a decision. Graded with this rubric:
#
# | Criterion | 3 | 2 | 1 | 0 |
# |---|---|---|---|---|
# | Logic | complete | one gap | thin | absent |
# | Uncertainty | range | one range | point only | absent |
# | Business | three | two | one | absent |
# | Call | clear | decision | hedged | absent |

# %% [markdown] exemplar="memo" score=12
# **A memo of 12 points, with the reasons.**

# %% [markdown] exemplar="memo" score=6
# **A memo of 6 points, with the reasons.**
