# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Retention, churn and lifetime value: exercises
#
# Ada wants to double the money for ads: “More households in, more money out.” Gus, who
# keeps the books, answers: “Half of them are gone by summer.” Both may be right. Before
# anyone spends, they ask you for one page: **fix the leak, or buy more users?**
#
# Today is 1 July 2026, and all tables end here. This unit looks back over the whole life
# of Fernbroom, because retention needs long histories.
#
# **You will** compute retention on those who could have returned · build a cohort
# triangle · estimate how long plans last while many still run · see what is left of
# recurring revenue · set lifetime value against the cost of a channel · forecast buyers
# who never say goodbye.
#
# **Time** about 2 hours with the review; the six exercises can be done one by one.
# **Points** 28 for six exercises, 12 for the review.
#
# **Data** Invented: Fernbroom's users, bookings, plans, accounts and channels; the
# numbers are your variant's. REAL: `cdnow`, the purchases of 23,570 people who first
# bought at the music shop CDNOW in early 1997 (Fader and Hardie; MIT license).
#
# Fernbroom, its people and its data are invented for this course. Tables marked REAL
# are public data about the real world and say nothing about Fernbroom.
#
# Each exercise has an answer cell, a check cell, and a cell that uses your answer on the
# full data (once its check passes). Your functions are graded on data that you have not seen, so compute
# everything from the arguments. If a check fails, it shows the small table it used.
# Stuck? `pm.hint("day30")` shows a hint.

# %%
import math

import numpy as np
import pandas as pd

import pmlab as pm
from pmlab.formatting import count, money, percent

cutoff = pd.Timestamp("2026-07-01")  # the end of all tables
users = pm.case.load("users").query("not is_staff")  # Fernbroom's own people are out
bookings = pm.case.load("bookings")
plans = pm.case.load("plans")
ltv_usd_24 = None  # until the check of M08-E5 passes


def numbers_in(exercise, answer, *keys):
    """Return the numbers of your function; None unless its check ran last and passes."""
    try:
        seen = check.verdict()
        if (seen.exercise, seen.status) != (exercise, "passes"):
            return None
        made = answer()
        found = [float(made[key]) for key in keys] if keys else [float(made)]
    except Exception:  # noqa: BLE001 - whatever it was, the check names it
        return None
    return found if all(math.isfinite(number) for number in found) else None


print(f"{count(len(users))} users, {count(len(bookings))} bookings.")
pm.case.describe("bookings")  # columns, units, meaning; the same works for each table

# %% [markdown] exercise="day30" objective="compute retention on those who could have returned"
# ## M08-E1 · Who came back? (5 points)
#
# Ada asks how many new users are still there after a month. One day is too short for a
# service that people use weekly or less, so the course asks about a **bracket** of seven
# days: days 28 to 34.
#
# Write `day30_retention(users, bookings, cutoff)`. It returns the share of users with at
# least one booking in days 28 to 34 after they signed up.
#
# - Days are **24-hour days from the user's own sign-up**. Day 28 begins exactly 28 × 24
#   hours after `signed_up_at`; the bracket ends just before 35 × 24 hours.
# - The time of a booking is `created_at`. Its status does not matter: who books is there.
# - Only users who are **old enough** count: those who signed up at least 35 full days
#   before `cutoff`, the end of the data. Users who never booked count, too.
#
# `users` has `user_id` (one row each) and `signed_up_at`; `bookings` has `user_id` and
# `created_at`; the cut-off is a `pd.Timestamp`. The tables may have further columns.
#
# **Done when** the function returns one number, a fraction between 0 and 1, right
# within 0.5 %.


# %% solution="day30"
def day30_retention(users, bookings, cutoff):
    """Return the share of old-enough users who book in days 28 to 34, a fraction."""
    ### BEGIN SOLUTION
    old_enough = users[users["signed_up_at"] <= cutoff - pd.Timedelta(days=35)]
    both = bookings.merge(old_enough[["user_id", "signed_up_at"]], on="user_id")
    age = both["created_at"] - both["signed_up_at"]
    inside = (age >= pd.Timedelta(days=28)) & (age < pd.Timedelta(days=35))
    return both.loc[inside, "user_id"].nunique() / len(old_enough)
    ### END SOLUTION


# %% checks="day30" points=5
with pm.checks.exercise("day30", points=5, read="Lesson 08, section 1") as check:
    end = pd.Timestamp("2025-03-01")

    def users_and_bookings(starts, spans):
        """Return users 1, 2, … and their bookings, days after their own sign-up."""
        starts = pd.to_datetime(starts)
        own = pd.DataFrame(
            {"user_id": range(1, len(starts) + 1), "signed_up_at": starts}
        )
        who = [place for place, days in enumerate(spans) for _ in days]
        after = pd.to_timedelta([day for days in spans for day in days], unit="D")
        made = pd.DataFrame(
            {"user_id": np.array(who) + 1, "created_at": starts[who] + after}
        )
        return own, made

    # In the bracket: user 1 at 28.25 days, user 6 six times, user 7 from 30.2 days on.
    # Users 2 and 3 come after 27 and more days and late, 4, 8 and 9 late. The rest never.
    small_users, small_bookings = users_and_bookings(
        [
            *("2025-01-01 09:00", "2025-01-02 20:00", "2025-01-05 12:00"),
            *("2025-01-08 10:00", "2025-01-10 10:00", "2025-01-15 08:00"),
            *("2025-01-01 10:00", "2025-01-09 09:00", "2025-01-16 09:00"),
            *("2025-01-28 08:00", "2025-02-20 08:00"),
        ],
        [
            *([28.25], [27.5, 45], [27.2, 40], [45], [], [29, 30, 31, 32, 33, 34]),
            *([30.2, 31, 32], [50], [40], [], []),
        ],
    )
    check.show("the small table of users", small_users)
    check.show("the small table of bookings", small_bookings)
    check.number(
        day30_retention(small_users.copy(), small_bookings.copy(), end),
        3 / 9,
        what="the retention in days 28 to 34 of the small tables",
        traps={
            "all_users_denominator": 3 / 11,
            "eligible_too_early": 3 / 10,
            "buyers_only": 3 / 8,
            "calendar_days": 4 / 9,
            "starts_too_early": 5 / 9,
            "starts_too_late": 2 / 9,
            "days_30_to_59": 7 / 9,
            "unbounded": 8 / 9,
            "churn": 6 / 9,
            "classic_day": 1 / 9,
            "counts_bookings": 10 / 9,
        },
        facts={"users": 11, "cutoff": "2025-03-01", "buyers": 8},
        idea="Go through the eleven users by hand. Whose 35 days are over on 2025-03-01? "
        "Who of them booked at least 28 and less than 35 days after the sign-up?",
    )
    # On the edges: user 1 is exactly 35 days old, user 2 books on day 35, user 3 on day
    # 28 to the hour, user 4 is a day too young, user 5 books in the bracket and again.
    edge_users, edge_bookings = users_and_bookings(
        ["2025-01-25", *["2025-01-02"] * 2, "2025-01-26", *["2025-01-04"] * 2],
        [[34.5], [35], [28], [30], [29.5, 45], [50]],
    )
    if all(item.right for item in check.verdict().comparisons):
        check.show("the users on the edges", edge_users)
        check.show("the bookings on the edges", edge_bookings)
        check.number(
            day30_retention(edge_users.copy(), edge_bookings.copy(), end),
            3 / 5,
            what="the retention of six users on the edges",
            idea="The first table is right; this one is about the edges. User 1 signed up "
            "exactly 35 days before the cut-off (not before the last booking), user 2 "
            "books exactly 35 days after, user 3 exactly 28. User 4 is a day too young. "
            "User 5 books in the bracket and once more. Who counts, above the line and "
            "below?",
        )
    ### BEGIN HIDDEN TESTS
    # Days of the bookings: often in the bracket (one later, too), six hours too early,
    # late, on day 28, early, never, at its end, just after it.
    none = np.nan
    spans = np.array(
        [[29.2, 31.1, 33.3, 41.0], [27.75, none, none, none], [40.0, none, none, none]]
        + [[day, none, none, none] for day in (28.5, 3.0, none, 34.5, 35.0)]
    )
    day = np.timedelta64(86_400, "s")
    for variant in pm.checks.variants(3):
        dice = pm.checks.rng(variant)
        end = pd.Timestamp("2026-03-01")
        # 160 users are old enough (6 of them just so), 20 are 29 to 33 days old, 40 are
        # younger.
        age = np.concatenate([dice.integers(100, 300, 160), dice.integers(29, 34, 20)])
        age = np.concatenate([age, dice.integers(2, 27, 40)])
        hours = dice.integers(3, 9, len(age))
        kind = dice.choice(6, len(age), p=[0.2, 0.05, 0.33, 0.02, 0.2, 0.2])
        kind[:6], age[:6], hours[:6] = 0, 35, 0
        kind[160:180], kind[160:163] = 5, 3
        kind[6:18], kind[18:22], kind[22:26], kind[26:40] = 1, 6, 7, 3
        start = end.to_datetime64() - age * day - hours * np.timedelta64(3_600, "s")
        names = 5_000 + dice.permutation(len(age))
        people = pd.DataFrame({"user_id": names, "signed_up_at": start})
        seconds = spans[kind] * 86_400
        who, column = np.nonzero(~np.isnan(seconds))
        order = dice.permutation(len(who))
        who, column = who[order], column[order]
        when = start[who] + seconds[who, column].astype("timedelta64[s]")
        made = pd.DataFrame({"user_id": names[who], "created_at": when})
        made = made[made["created_at"] < end]
        old = age >= 35

        def share(*kinds):
            return np.isin(kind[old], kinds).mean()  # noqa: B023 - used at once

        check.number(
            day30_retention(people, made, end),
            share(0, 3, 6),
            what="the retention of other users",
            traps={
                "calendar_days": share(0, 1, 3),
                "unbounded": share(0, 2, 3, 6, 7),
                "classic_day": share(3),
            },
        )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="day30"
# A rate asks two questions: who *could* have done it, and who of those did? Someone who
# signed up last week can't have come back after a month, whatever she thinks of us.

# %% [markdown] hint="day30"
# First keep the users who signed up early enough. Then join their sign-up time to the
# bookings, subtract the two times, and look which differences lie in the bracket. Count
# people, not bookings, and divide by all old-enough users.

# %% [markdown] hint="day30"
# Two times in pandas subtract to a length of time, which compares with
# `pd.Timedelta(days=28)`. `.nunique()` counts different ids. The base is the table of
# old-enough users, not the joined table: a join drops those who never booked.

# %% wrong="day30" trap="all_users_denominator"
"""You have {yours}. All {users} users are in your base. But users 10 and 11 signed up less than
35 days before {cutoff}: their bracket is not over, so they had no chance to show what they do.
The faster Fernbroom grows, the lower such a rate gets. Which users could have booked in *all*
of days 28 to 34?"""


def day30_retention(users, bookings, cutoff):
    both = users.merge(bookings, on="user_id", how="left")
    days = (both["created_at"] - both["signed_up_at"]) / pd.Timedelta(days=1)
    back = both[(days >= 28) & (days < 35)]["user_id"].nunique()
    return back / users["user_id"].nunique()


# %% wrong="day30" trap="eligible_too_early"
"""You have {yours}. User 10 is in your base, with 31.7 days between her sign-up and the cut-off.
Day 28 has begun for her, but she has three days left in which she may still book. The bracket
has to be *over*. How old must a user be for that?"""


def day30_retention(users, bookings, cutoff):
    known = users[(cutoff - users["signed_up_at"]).dt.days >= 28]
    both = known.merge(bookings, on="user_id", how="left")
    days = (both["created_at"] - both["signed_up_at"]) / pd.Timedelta(days=1)
    back = both[(days >= 28) & (days < 35)]["user_id"].nunique()
    return back / len(known)


# %% wrong="day30" trap="buyers_only"
"""You have {yours}. Your base are the {buyers} people who ever booked; user 5, who is old
enough and never booked, is missing. A join of two tables drops such people without a word. The
question is about new *users*: those who never started are part of the leak. Which table holds
everybody?"""


def day30_retention(users, bookings, cutoff):
    both = users.merge(bookings, on="user_id")
    both = both[both["signed_up_at"] <= cutoff - pd.Timedelta(days=35)]
    days = (both["created_at"] - both["signed_up_at"]) / pd.Timedelta(days=1)
    back = both[(days >= 28) & (days < 35)]["user_id"].nunique()
    return back / both["user_id"].nunique()


# %% wrong="day30" trap="calendar_days" credit=0.5
"""You have {yours}. You used calendar days, as some tools do: user 2 signed up in the evening and
booked 27 and a half days later in the morning, and for you that is day 28. This course uses
24-hour days from each user's own start, because then everybody gets brackets of the same length,
whatever the hour or time zone. What do you get if you subtract the times and not the dates?"""


def day30_retention(users, bookings, cutoff):
    users = users.assign(signed_on=users["signed_up_at"].dt.normalize())
    known = users[users["signed_on"] <= cutoff.normalize() - pd.Timedelta(days=35)]
    both = known.merge(bookings, on="user_id", how="left")
    days = (both["created_at"].dt.normalize() - both["signed_on"]).dt.days
    back = both[(days >= 28) & (days <= 34)]["user_id"].nunique()
    return back / len(known)


# %% wrong="day30" trap="unbounded" credit=0.5
"""You have {yours}. You used *unbounded* retention: a booking on day 28 or any later day counts, so
users 2, 3, 4, 8 and 9 are in. Some tools report that. This course uses a bracket, because an unbounded
rate keeps rising as the data grow: an old user had more time to come back than a young one. Where
does the bracket end?"""


def day30_retention(users, bookings, cutoff):
    known = users[users["signed_up_at"] <= cutoff - pd.Timedelta(days=35)]
    both = known.merge(bookings, on="user_id", how="left")
    days = (both["created_at"] - both["signed_up_at"]) / pd.Timedelta(days=1)
    return both[days >= 28]["user_id"].nunique() / len(known)


# %% wrong="day30" trap="classic_day" credit=0.5
"""You have {yours}. You used *classic* retention: day 28 alone. It is common for games, which
people open daily. This course uses a bracket of seven days, because a household that books each
Tuesday is loyal, and on most single days it looks lost. Which days belong to the bracket?"""


def day30_retention(users, bookings, cutoff):
    known = users[users["signed_up_at"] <= cutoff - pd.Timedelta(days=35)]
    both = known.merge(bookings, on="user_id", how="left")
    days = (both["created_at"] - both["signed_up_at"]).dt.days
    return both[days == 28]["user_id"].nunique() / len(known)


# %% wrong="day30" trap="starts_too_early"
"""You have {yours}. Your bracket begins too early: user 3 booked 27.2 days after her sign-up, and for you
she is in it. Seven days can be placed in many ways, and a reader compares only rates with the same ones. Which
is the first day that the task names, and which the last?"""


def day30_retention(users, bookings, cutoff):
    known = users[users["signed_up_at"] <= cutoff - pd.Timedelta(days=35)]
    both = known.merge(bookings, on="user_id", how="left")
    days = (both["created_at"] - both["signed_up_at"]).dt.days
    return both[days.between(27, 33)]["user_id"].nunique() / len(known)


# %% wrong="day30" trap="starts_too_late"
"""You have {yours}. User 1 booked 28 and a quarter days after her sign-up, and for you she is not in the bracket: it
begins too late. “Day 30” is only the usual name of such a rate. Which days does the task name?"""


def day30_retention(users, bookings, cutoff):
    known = users[users["signed_up_at"] <= cutoff - pd.Timedelta(days=35)]
    both = known.merge(bookings, on="user_id", how="left")
    days = (both["created_at"] - both["signed_up_at"]).dt.days
    return both[days.between(30, 36)]["user_id"].nunique() / len(known)


# %% wrong="day30" trap="days_30_to_59"
"""You have {yours}. Users 2, 3, 4, 8 and 9 are in, who came after 40 days or later, and user 1, who came after
28, is out. That fits the days of the lesson, from 30 on. A longer bracket gives a higher rate for the same people, so
each rate needs its days. Which ones does this task name?"""


def day30_retention(users, bookings, cutoff):
    known = users[users["signed_up_at"] <= cutoff - pd.Timedelta(days=35)]
    both = known.merge(bookings, on="user_id", how="left")
    days = (both["created_at"] - both["signed_up_at"]).dt.days
    return both[days.between(30, 59)]["user_id"].nunique() / len(known)


# %% wrong="day30" trap="churn"
"""You have {yours}: the share of those who did *not* book in the bracket. Their number is part of the
story, but its name is another one. Which users does *retention* count?"""


def day30_retention(users, bookings, cutoff):
    old = users[users["signed_up_at"] <= cutoff - pd.Timedelta(days=35)]
    both = bookings.merge(old[["user_id", "signed_up_at"]], on="user_id")
    days = (both["created_at"] - both["signed_up_at"]) / pd.Timedelta(days=1)
    back = both[(days >= 28) & (days < 35)]["user_id"].nunique()
    return 1 - back / len(old)


# %% wrong="day30" trap="counts_bookings"
"""You have {yours}. You counted bookings in the bracket: user 6 is in it six times. So the “share”
passes 100 %. Retention counts people. How often may one person count?"""


def day30_retention(users, bookings, cutoff):
    known = users[users["signed_up_at"] <= cutoff - pd.Timedelta(days=35)]
    both = known.merge(bookings, on="user_id", how="left")
    days = (both["created_at"] - both["signed_up_at"]) / pd.Timedelta(days=1)
    return ((days >= 28) & (days < 35)).sum() / len(known)


# %% right="day30"
def day30_retention(users, bookings, cutoff):
    starts = dict(zip(users["user_id"], users["signed_up_at"], strict=True))
    old = {u for u, start in starts.items() if (cutoff - start).days >= 35}
    back = set()
    for user, time in zip(bookings["user_id"], bookings["created_at"], strict=True):
        if user in old and 28 <= (time - starts[user]).days <= 34:
            back.add(user)
    return len(back) / len(old)


# %% right="day30"
def day30_retention(users, bookings, cutoff):
    curve = pm.metrics.retention_curve(
        bookings,
        days=[28],
        starts=users,
        observed_until=cutoff,
        time_column="created_at",
        start_column="signed_up_at",
    )
    return curve.on_day(28).rate


# %%
found = numbers_in(
    "day30", lambda: day30_retention(users.copy(), bookings.copy(), cutoff)
)
if found is None:
    print("Run the check of M08-E1 first; it has to pass.")
else:
    print(
        f"Of the Fernbroom users who are old enough, {percent(found[0])} booked in days "
        "28 to 34 after they signed up."
    )

# %% [markdown] exercise="triangle" objective="build cohort triangles"
# ## M08-E2 · Is it getting better? (5 points)
#
# One rate for everybody hides change: old and new users are in one pot. A **cohort** is
# a group that started at the same time; here, in the same calendar month. A **cohort
# triangle** has a row for each cohort and a column for each month of *its own* life.
#
# Write two functions.
#
# 1. `cohort_table(users, bookings, cutoff)` returns a DataFrame with a row for each
#    cohort, oldest first, and the columns
#    - `cohort`: the month of the sign-up, as a text such as `"2025-01"`,
#    - `users`: how many signed up in it (also those who never booked),
#    - `month_1`, `month_2`, `month_3`: how many **different users** booked in that month
#      of their life. Month *k* begins 30 × *k* days after the user's own sign-up and
#      lasts 30 days, in 24-hour days. (So month 0 is the first 30 days; it has no column.)
#
#    Where a cohort is **immature** the cell is empty (NaN): month *k* must be over, by
#    `cutoff`, even for the *last* user who signed up in the cohort.
# 2. `pooled_month3(table)` takes such a table and returns the retention in month 3 over
#    all mature cohorts: all retained users / all users, of the cohorts with a number.
#
# The columns of `users` and `bookings` are those of M08-E1.
#
# **Done when** the table has exact counts and NaN in the immature cells, and
# `pooled_month3` returns a fraction, right within 0.5 %. Each function earns half.


# %% solution="triangle"
def cohort_table(users, bookings, cutoff):
    """Return a row a cohort: cohort, users, month_1, month_2, month_3 (counts, NaN)."""
    ### BEGIN SOLUTION
    users = users.assign(cohort=users["signed_up_at"].dt.strftime("%Y-%m"))
    groups = users.groupby("cohort")["signed_up_at"]
    table = pd.DataFrame({"users": groups.size(), "last": groups.max()})
    both = bookings.merge(users[["user_id", "signed_up_at", "cohort"]], on="user_id")
    both["month"] = (both["created_at"] - both["signed_up_at"]).dt.days // 30
    for month in (1, 2, 3):
        people = both[both["month"] == month].groupby("cohort")["user_id"].nunique()
        over = table["last"] + pd.Timedelta(days=30 * (month + 1)) <= cutoff
        table[f"month_{month}"] = people.reindex(table.index, fill_value=0).where(over)
    return table.drop(columns="last").reset_index()
    ### END SOLUTION


def pooled_month3(table):
    """Return the retention in month 3 over the mature cohorts, a fraction."""
    ### BEGIN SOLUTION
    mature = table.dropna(subset=["month_3"])
    return mature["month_3"].sum() / mature["users"].sum()
    ### END SOLUTION


# %% checks="triangle" points=5
with pm.checks.exercise("triangle", points=5, read="Lesson 08, section 2") as check:

    def half_if_right(function):
        """Half of the points stay while the other function is right."""
        made = check.verdict().comparisons
        return 0.5 * all(item.right for item in made if function in item.what)

    end = pd.Timestamp("2025-07-01")
    small_users = pd.DataFrame(
        {
            "user_id": list(range(1, 10)),
            "signed_up_at": pd.to_datetime(
                [
                    *("2025-01-03", "2025-01-10", "2025-01-17", "2025-01-28"),
                    *("2025-02-10", "2025-03-01 20:00", "2025-03-12", "2025-04-02"),
                    "2025-05-20",
                ],
                format="mixed",
            ),
        }
    )
    days = {1: [5, 40, 50, 95], 2: [2, 30, 65], 3: [45], 5: [33, 70, 100]}
    # User 6 signs up in the evening and books 59.5 days later, in the morning.
    days |= {6: [59], 7: [75], 8: [10], 9: [12]}
    starts = small_users.set_index("user_id")["signed_up_at"]
    small_bookings = pd.DataFrame(
        [
            (user, starts[user] + pd.Timedelta(days=number, hours=12))
            for user, numbers in days.items()
            for number in numbers
        ],
        columns=["user_id", "created_at"],
    )
    check.show("the small table of users", small_users)
    check.show("the small table of bookings", small_bookings)
    gap = float("nan")

    def triangle(*rows):
        """Return a table of rows: cohort, users, month 1 to 3."""
        names = ["cohort", "users", "month_1", "month_2", "month_3"]
        return pd.DataFrame(rows, columns=names)

    january, february = ("2025-01", 4, 3, 1, 1), ("2025-02", 1, 1, 1, 1)
    march, april = ("2025-03", 2, 1, 1, gap), ("2025-04", 1, 0, 0, gap)
    may = ("2025-05", 1, gap, gap, gap)
    right = triangle(january, february, march, april, may)
    shares = right.copy()
    for name in ("month_1", "month_2", "month_3"):
        shares[name] = right[name] / right["users"]
    with check.part("the triangle", keeps=0.5):
        mine = cohort_table(small_users.copy(), small_bookings.copy(), end)
        names_right = True
        if type(mine) is pd.DataFrame and "cohort" in mine and len(mine) == 5:
            names = [x if isinstance(x, str) else repr(x) for x in mine["cohort"]]
            names_right = names == right["cohort"].tolist()
            check.ranking(
                names,
                right["cohort"].tolist(),
                what="the column `cohort` of the triangle",
                traps={
                    "first_booking": [f"2025-{month:02}" for month in (1, 3, 4, 5, 6)]
                },
                idea="It holds texts of year and month, such as “2025-01”, the oldest "
                "in the first row.",
                keeps=0.5,
            )
        in_index = type(mine) is pd.DataFrame and "cohort" in mine.index.names
        if names_right:
            check.table(
                mine,
                right,
                what="the triangle",
                tolerance=0,
                traps={
                    "zero_fill": right.fillna(0),
                    "rates_not_counts": shares,
                    "calendar_not_relative": triangle(
                        ("2025-01", 4, 2, 2, 1),
                        february,
                        ("2025-03", 2, 1, 1, 0),
                        april,
                        ("2025-05", 1, 1, gap, gap),
                    ),
                    "calendar_own_end": triangle(
                        ("2025-01", 4, 2, 2, 1),
                        february,
                        march,
                        ("2025-04", 1, 0, 0, gap),
                        ("2025-05", 1, gap, gap, gap),
                    ),
                    "calendar_days": triangle(
                        january, february, ("2025-03", 2, 0, 2, gap), april, may
                    ),
                    "month_early": triangle(
                        ("2025-01", 4, 2, 3, 1),
                        ("2025-02", 1, 0, 1, 1),
                        ("2025-03", 2, 0, 1, gap),
                        ("2025-04", 1, 1, 0, gap),
                        may,
                    ),
                    "includes_month0": triangle(
                        ("2025-01", 4, 2, 3, 1),
                        ("2025-02", 1, 0, 1, 1),
                        ("2025-03", 2, 0, 1, 1),
                        ("2025-04", 1, 1, 0, 0),
                        ("2025-05", 1, 1, gap, gap),
                    ),
                    "begun_not_over": triangle(
                        january,
                        february,
                        ("2025-03", 2, 1, 1, 0),
                        ("2025-04", 1, 0, 0, 0),
                        ("2025-05", 1, 0, gap, gap),
                    ),
                    "counts_bookings": triangle(
                        ("2025-01", 4, 4, 1, 1), february, march, april, may
                    ),
                    "buyers_only": triangle(
                        ("2025-01", 3, 3, 1, 1), february, march, april, may
                    ),
                },
                idea="The cohort stands in the index of your table: `.reset_index()` "
                "makes a column of it."
                if in_index and "cohort" not in mine
                else "If it is a number: how many 24-hour days after the own sign-up are "
                "the bookings of that cohort? Days 30 to 59 are month 1. If it is an "
                "empty cell (NaN), or should be one: by which day was that month over "
                "for the last to sign up?",
                keeps=0.5,
            )
    keeps = half_if_right("the triangle")
    pool = triangle(
        ("2025-01", 10, 6, 5, 4),
        ("2025-02", 2, 2, 2, 2),
        ("2025-03", 4, 3, 2, 1),
        ("2025-04", 4, 1, 1, gap),
        ("2025-05", 5, 2, gap, gap),
    )
    check.show("a table for pooled_month3", pool)
    with check.part("the pooled rate", keeps=keeps):
        check.number(
            pooled_month3(pool.copy()),
            7 / 16,
            what="the pooled rate of a small table",
            traps={
                "mean_of_cohorts": (0.4 + 1 + 0.25) / 3,
                "immature_in_base": 7 / 25,
                "previous_month_base": 7 / 10,
                "previous_month_mature": 7 / 9,
            }
            if keeps
            else {},
            facts={"users": 25, "mature": 3},
            idea="Which cohorts have a number in month 3? How many users have they "
            "together, and how many of those came back?",
            keeps=keeps,
        )
    ### BEGIN HIDDEN TESTS
    months = ["2025-01", "2025-02", "2025-03", "2025-04", "2025-05", "2025-06"]
    # The early cohorts are small and loyal, so weights matter.
    loyal = np.array([0.8, 0.5, 0.2, 0.2, 0.3, 0.3])
    mature = np.array([3, 3, 3, 3, 1, 1])
    day, hour = np.timedelta64(86_400, "s"), np.timedelta64(3_600, "s")
    for variant in pm.checks.variants(3):
        dice = pm.checks.rng(variant)
        # All sign up late in the month; the last in May on the 27th, in the others on
        # the 24th at 20:00. For those of June month 1 is over just at the cut-off.
        end = pd.Timestamp("2025-08-23 20:00")
        sizes = [*np.array([20, 35, 50]) + dice.integers(0, 4, 3), 40, 38, 36]
        cohort = np.repeat(np.arange(6), sizes)
        first_ones = np.cumsum([0, *sizes[:-1]])
        late = dice.integers(14, 24, len(cohort))
        late[first_ones] = [24, 24, 24, 24, 27, 24]
        hours = dice.integers(8, 20, len(cohort))
        hours[first_ones] = 20
        start = np.array(months, dtype="datetime64[M]").astype("datetime64[s]")[cohort]
        start = start + (late - 1) * day + hours * hour
        ids = 1_000 + dice.permutation(len(cohort))
        people = pd.DataFrame({"user_id": ids, "signed_up_at": start})
        active = dice.random((len(cohort), 4)) < loyal[cohort][:, None]
        active[dice.integers(0, len(cohort), 60), 0] = True
        # Two bookings in each active month of life.
        who, life = np.nonzero(active)
        who, life = np.tile(who, 2), np.tile(life, 2)
        who, life = who[order := dice.permutation(len(who))], life[order]
        ages = 30 * life + dice.uniform(0.05, 29.9, len(life))
        when = start[who] + (ages * 86_400).astype("timedelta64[s]")
        inside = when < end.to_datetime64()
        made = pd.DataFrame({"user_id": ids[who], "created_at": when})[inside]
        # Each user and calendar month since the start once, for the other convention.
        shift = when.astype("datetime64[M]").astype(int) % 12 - cohort[who]
        by_month = np.zeros((len(cohort), 9), dtype=bool)
        by_month[who[inside], shift[inside]] = True

        def cells(flags, known):
            """Return the triangle of flags by user and month; empty if not known."""
            sums = np.add.reduceat(flags.astype(int), first_ones)  # noqa: B023
            columns = [np.where(known[k], sums[:, k], np.nan) for k in (1, 2, 3)]
            return triangle(*zip(months, sizes, *columns, strict=True))  # noqa: B023

        place = np.arange(6)
        right = cells(active, {k: k <= mature for k in (1, 2, 3)})
        # Calendar months are over if they end before August.
        calendar = cells(by_month, {k: place + 1 + k < 8 for k in (1, 2, 3)})
        with check.part("the triangle", keeps=half_if_right("the pooled rate")):
            check.table(
                cohort_table(people, made, end),
                right,
                what="the triangle of other users",
                tolerance=0,
                traps={"calendar_not_relative": calendar},
                keeps=half_if_right("the pooled rate"),
            )
        with check.part("the pooled rate", keeps=half_if_right("the triangle")):
            check.number(
                pooled_month3(right.copy()),
                right["month_3"].sum() / right["users"].head(4).sum(),
                what="the pooled rate of other users",
                keeps=half_if_right("the triangle"),
            )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="triangle"
# Two questions for each cell: how many people of this cohort booked in that month of
# *their own* life, and could all of them have done so by the cut-off? Zero means “nobody
# came back”, empty means “we can't know yet”.

# %% [markdown] hint="triangle"
# Give each user a cohort, join it to the bookings, and turn the age at a booking into a
# month by whole division. Group by cohort and month and count different users. Then
# empty the cells that are too young, cohort by cohort.

# %% [markdown] hint="triangle"
# `.dt.strftime("%Y-%m")` makes the text of a month, `.dt.days // 30` the month of life,
# `.nunique()` counts people. `series.where(condition)` keeps a value where the condition
# holds and puts NaN elsewhere. For the pooled rate: choose the rows first, then two sums.

# %% wrong="triangle" trap="zero_fill" credit=0.5
"""Your table has a 0 where nothing can be known yet ({yours}). The user of April signed up
90 days before the cut-off; that she did not book in month 3 says nothing about her, as the month is
not over. A reader will see a collapse where there is only youth. How can a cell show
“not known yet”?"""


def cohort_table(users, bookings, cutoff):
    users = users.assign(cohort=users["signed_up_at"].dt.strftime("%Y-%m"))
    both = users.merge(bookings, on="user_id")
    both["month"] = (both["created_at"] - both["signed_up_at"]).dt.days // 30
    table = users.groupby("cohort").size().rename("users").to_frame()
    for month in (1, 2, 3):
        people = both[both["month"] == month].groupby("cohort")["user_id"].nunique()
        table[f"month_{month}"] = people
    return table.fillna(0).reset_index()


def pooled_month3(table):
    mature = table[table["month_3"].notna()]
    return mature["month_3"].sum() / mature["users"].sum()


# %% wrong="triangle" trap="rates_not_counts" credit=0.5
"""Your cells are shares of the cohort ({yours}), and counts are asked for: how many different users booked.
A share forgets how many people stand behind it, and the pooled rate will need both. What do you have
before you divide?"""


def cohort_table(users, bookings, cutoff):
    users = users.assign(cohort=users["signed_up_at"].dt.strftime("%Y-%m"))
    both = users.merge(bookings, on="user_id")
    both["month"] = (both["created_at"] - both["signed_up_at"]).dt.days // 30
    groups = users.groupby("cohort")["signed_up_at"]
    table = groups.size().rename("users").to_frame()
    for month in (1, 2, 3):
        people = both[both["month"] == month].groupby("cohort")["user_id"].nunique()
        over = groups.max() + pd.Timedelta(days=30 * (month + 1)) <= cutoff
        people = people.reindex(table.index, fill_value=0).where(over)
        table[f"month_{month}"] = people / table["users"]
    return table.reset_index()


def pooled_month3(table):
    mature = table[table["month_3"].notna()]
    return mature["month_3"].sum() / mature["users"].sum()


# %% wrong="triangle" trap="begun_not_over" credit=0.5
"""Your table fills a month that has only *begun* ({yours}). Who is in the middle of it may still book before it
ends, so its count can only be too low. On which day of her life is month *k* over for the last user of a
cohort?"""


def cohort_table(users, bookings, cutoff):
    users = users.assign(cohort=users["signed_up_at"].dt.strftime("%Y-%m"))
    both = users.merge(bookings, on="user_id")
    both["month"] = (both["created_at"] - both["signed_up_at"]).dt.days // 30
    groups = users.groupby("cohort")["signed_up_at"]
    table = groups.size().rename("users").to_frame()
    for month in (1, 2, 3):
        people = both[both["month"] == month].groupby("cohort")["user_id"].nunique()
        over = groups.max() + pd.Timedelta(days=30 * month) <= cutoff
        table[f"month_{month}"] = people.reindex(table.index, fill_value=0).where(over)
    return table.reset_index()


def pooled_month3(table):
    mature = table[table["month_3"].notna()]
    return mature["month_3"].sum() / mature["users"].sum()


# %% wrong="triangle" trap="calendar_not_relative" credit=0.75
"""You counted by calendar month: what happened in February, seen from January, is month 1 for you
({yours}). Some tools do that, and your cells are right in that convention. This course uses 30-day
months of each user's own life, because someone who signs up on 28 January would reach “month 1”
after four days, and an early bird after a whole month. How old was each user at the booking?"""


def cohort_table(users, bookings, cutoff):
    users = users.assign(cohort=users["signed_up_at"].dt.strftime("%Y-%m"))
    both = users.merge(bookings, on="user_id")
    number = both["created_at"].dt.year * 12 + both["created_at"].dt.month
    start = both["signed_up_at"].dt.year * 12 + both["signed_up_at"].dt.month
    both["month"] = number - start
    groups = users.groupby("cohort")["signed_up_at"]
    table = groups.size().rename("users").to_frame()
    first = groups.max().dt.year * 12 + groups.max().dt.month
    for month in (1, 2, 3):
        people = both[both["month"] == month].groupby("cohort")["user_id"].nunique()
        over = first + month < cutoff.year * 12 + cutoff.month
        table[f"month_{month}"] = people.reindex(table.index, fill_value=0).where(over)
    return table.reset_index()


def pooled_month3(table):
    mature = table[table["month_3"].notna()]
    return mature["month_3"].sum() / mature["users"].sum()


# %% wrong="triangle" trap="first_booking" credit=0.5
"""Your cohorts are {yours}: the months of the *first booking*, as in the lesson, where nobody signs up. Here a
cohort starts with the sign-up, also for user 5, who signed up in February and booked a month later. Otherwise those who
never book belong to no cohort at all. From which table does the month come?"""


def cohort_table(users, bookings, cutoff):
    result = pm.metrics.cohort_triangle(
        bookings, periods=3, observed_until=cutoff, time_column="created_at"
    ).table
    cells = result.set_index(["cohort", "users", "period"])["retained_users"].unstack()
    cells = cells.rename(columns=lambda number: f"month_{number}").reset_index()
    cells["cohort"] = cells["cohort"].dt.strftime("%Y-%m")
    return cells


def pooled_month3(table):
    mature = table[table["month_3"].notna()]
    return mature["month_3"].sum() / mature["users"].sum()


# %% wrong="triangle" trap="calendar_own_end" credit=0.5
"""You counted by calendar month ({yours}): what happened in February, seen from January, is month 1 for
you, while your cells end after 30-day months. Someone who signs up on 28 January would reach “month 1” after four
days. How old was each user at the booking, in days?"""


def cohort_table(users, bookings, cutoff):
    users = users.assign(cohort=users["signed_up_at"].dt.strftime("%Y-%m"))
    both = users.merge(bookings, on="user_id")
    number = both["created_at"].dt.year * 12 + both["created_at"].dt.month
    start = both["signed_up_at"].dt.year * 12 + both["signed_up_at"].dt.month
    both["month"] = number - start
    groups = users.groupby("cohort")["signed_up_at"]
    table = groups.size().rename("users").to_frame()
    for month in (1, 2, 3):
        people = both[both["month"] == month].groupby("cohort")["user_id"].nunique()
        over = groups.max() + pd.Timedelta(days=30 * (month + 1)) <= cutoff
        table[f"month_{month}"] = people.reindex(table.index, fill_value=0).where(over)
    return table.reset_index()


def pooled_month3(table):
    mature = table[table["month_3"].notna()]
    return mature["month_3"].sum() / mature["users"].sum()


# %% wrong="triangle" trap="calendar_days" credit=0.5
"""You have {yours}: you counted calendar days. User 6 signed up in the evening of 1 March and booked 59 and a half
days later in the morning; for you that is day 60. This course uses 24-hour days from each user's own start, so
that everybody's months are equally long. What do you get if you subtract the times and not the dates?"""


def cohort_table(users, bookings, cutoff):
    users = users.assign(cohort=users["signed_up_at"].dt.strftime("%Y-%m"))
    both = users.merge(bookings, on="user_id")
    dates = both["created_at"].dt.normalize() - both["signed_up_at"].dt.normalize()
    both["month"] = dates.dt.days // 30
    groups = users.groupby("cohort")["signed_up_at"]
    table = groups.size().rename("users").to_frame()
    for month in (1, 2, 3):
        people = both[both["month"] == month].groupby("cohort")["user_id"].nunique()
        over = groups.max() + pd.Timedelta(days=30 * (month + 1)) <= cutoff
        table[f"month_{month}"] = people.reindex(table.index, fill_value=0).where(over)
    return table.reset_index()


def pooled_month3(table):
    mature = table[table["month_3"].notna()]
    return mature["month_3"].sum() / mature["users"].sum()


# %% wrong="triangle" trap="month_early" credit=0.5
"""Your columns are one month early ({yours}): the first 30 days after the sign-up stand in
`month_1`. In those days a user is new; a first booking is no return. Counting starts at 0, as with
a child's age. In which column does a booking on day 10 belong, and is that column asked for?"""


def cohort_table(users, bookings, cutoff):
    users = users.assign(cohort=users["signed_up_at"].dt.strftime("%Y-%m"))
    both = users.merge(bookings, on="user_id")
    both["month"] = (both["created_at"] - both["signed_up_at"]).dt.days // 30 + 1
    groups = users.groupby("cohort")["signed_up_at"]
    table = groups.size().rename("users").to_frame()
    for month in (1, 2, 3):
        people = both[both["month"] == month].groupby("cohort")["user_id"].nunique()
        over = groups.max() + pd.Timedelta(days=30 * (month + 1)) <= cutoff
        table[f"month_{month}"] = people.reindex(table.index, fill_value=0).where(over)
    return table.reset_index()


def pooled_month3(table):
    mature = table[table["month_3"].notna()]
    return mature["month_3"].sum() / mature["users"].sum()


# %% wrong="triangle" trap="includes_month0" credit=0.5
"""Your columns are one month early ({yours}): the first 30 days after the sign-up stand in
`month_1`. In those days a user is new; a first booking is no return. Counting starts at 0, as with
a child's age. In which column does a booking on day 10 belong, and is that column asked for?"""


def cohort_table(users, bookings, cutoff):
    users = users.assign(cohort=users["signed_up_at"].dt.strftime("%Y-%m"))
    both = users.merge(bookings, on="user_id")
    both["month"] = (both["created_at"] - both["signed_up_at"]).dt.days // 30 + 1
    groups = users.groupby("cohort")["signed_up_at"]
    table = groups.size().rename("users").to_frame()
    for month in (1, 2, 3):
        people = both[both["month"] == month].groupby("cohort")["user_id"].nunique()
        over = groups.max() + pd.Timedelta(days=30 * month) <= cutoff
        table[f"month_{month}"] = people.reindex(table.index, fill_value=0).where(over)
    return table.reset_index()


def pooled_month3(table):
    mature = table[table["month_3"].notna()]
    return mature["month_3"].sum() / mature["users"].sum()


# %% wrong="triangle" trap="counts_bookings" credit=0.5
"""You counted bookings ({yours}): user 1 booked twice in her month 1 and is in that cell twice. A
cohort could then keep more than 100 % of its users. A cell counts people. How often may one person
count in a month?"""


def cohort_table(users, bookings, cutoff):
    users = users.assign(cohort=users["signed_up_at"].dt.strftime("%Y-%m"))
    both = users.merge(bookings, on="user_id")
    both["month"] = (both["created_at"] - both["signed_up_at"]).dt.days // 30
    groups = users.groupby("cohort")["signed_up_at"]
    table = groups.size().rename("users").to_frame()
    for month in (1, 2, 3):
        people = both[both["month"] == month].groupby("cohort")["user_id"].count()
        over = groups.max() + pd.Timedelta(days=30 * (month + 1)) <= cutoff
        table[f"month_{month}"] = people.reindex(table.index, fill_value=0).where(over)
    return table.reset_index()


def pooled_month3(table):
    mature = table[table["month_3"].notna()]
    return mature["month_3"].sum() / mature["users"].sum()


# %% wrong="triangle" trap="buyers_only" credit=0.5
"""A user is missing in your column `users` ({yours}). User 4 signed up in January and never booked;
a join of users and bookings drops her. A cohort is everybody who started, whatever came after:
without the ones who left at once each rate looks better than it is. From which table do you count
the cohort?"""


def cohort_table(users, bookings, cutoff):
    both = users.merge(bookings, on="user_id")
    both["cohort"] = both["signed_up_at"].dt.strftime("%Y-%m")
    both["month"] = (both["created_at"] - both["signed_up_at"]).dt.days // 30
    table = both.groupby("cohort")["user_id"].nunique().rename("users").to_frame()
    last = both.groupby("cohort")["signed_up_at"].max()
    # Even the maturity is judged without the users who never booked.
    for month in (1, 2, 3):
        people = both[both["month"] == month].groupby("cohort")["user_id"].nunique()
        over = last + pd.Timedelta(days=30 * (month + 1)) <= cutoff
        table[f"month_{month}"] = people.reindex(table.index, fill_value=0).where(over)
    return table.reset_index()


def pooled_month3(table):
    mature = table[table["month_3"].notna()]
    return mature["month_3"].sum() / mature["users"].sum()


# %% wrong="triangle" trap="mean_of_cohorts" credit=0.5
"""Your triangle is right. For month 3 you have {yours}: the mean of the {mature} cohorts' rates.
February, with 2 users, then weighs as much as January with 10. A rate over all of them counts
every *user* once. What are the sums above and below the line?"""


def cohort_table(users, bookings, cutoff):
    users = users.assign(cohort=users["signed_up_at"].dt.strftime("%Y-%m"))
    both = users.merge(bookings, on="user_id")
    both["month"] = (both["created_at"] - both["signed_up_at"]).dt.days // 30
    groups = users.groupby("cohort")["signed_up_at"]
    table = groups.size().rename("users").to_frame()
    for month in (1, 2, 3):
        people = both[both["month"] == month].groupby("cohort")["user_id"].nunique()
        over = groups.max() + pd.Timedelta(days=30 * (month + 1)) <= cutoff
        table[f"month_{month}"] = people.reindex(table.index, fill_value=0).where(over)
    return table.reset_index()


def pooled_month3(table):
    return (table["month_3"] / table["users"]).mean()


# %% wrong="triangle" trap="immature_in_base" credit=0.5
"""Your triangle is right. For month 3 you have {yours}: all {users} users are in your base, also
those of the cohorts without a number in month 3. `sum()` passes over the empty cells above the
line, but their users stay below it. Which rows have to go before you add?"""


def cohort_table(users, bookings, cutoff):
    users = users.assign(cohort=users["signed_up_at"].dt.strftime("%Y-%m"))
    both = users.merge(bookings, on="user_id")
    both["month"] = (both["created_at"] - both["signed_up_at"]).dt.days // 30
    groups = users.groupby("cohort")["signed_up_at"]
    table = groups.size().rename("users").to_frame()
    for month in (1, 2, 3):
        people = both[both["month"] == month].groupby("cohort")["user_id"].nunique()
        over = groups.max() + pd.Timedelta(days=30 * (month + 1)) <= cutoff
        table[f"month_{month}"] = people.reindex(table.index, fill_value=0).where(over)
    return table.reset_index()


def pooled_month3(table):
    return table["month_3"].sum() / table["users"].sum()


# %% wrong="triangle" trap="previous_month_base" credit=0.5
"""Your triangle is right. For month 3 you have {yours}: you divided by the users who were there in
month 2. People skip a month and return, so those of month 3 are no part of those of month 2, and the
cohorts in the two sums differ, too. Retention in month 3 is a share of everybody who started. Which
column holds them?"""


def cohort_table(users, bookings, cutoff):
    users = users.assign(cohort=users["signed_up_at"].dt.strftime("%Y-%m"))
    both = users.merge(bookings, on="user_id")
    both["month"] = (both["created_at"] - both["signed_up_at"]).dt.days // 30
    groups = users.groupby("cohort")["signed_up_at"]
    table = groups.size().rename("users").to_frame()
    for month in (1, 2, 3):
        people = both[both["month"] == month].groupby("cohort")["user_id"].nunique()
        over = groups.max() + pd.Timedelta(days=30 * (month + 1)) <= cutoff
        table[f"month_{month}"] = people.reindex(table.index, fill_value=0).where(over)
    return table.reset_index()


def pooled_month3(table):
    return table["month_3"].sum() / table["month_2"].sum()


# %% wrong="triangle" trap="previous_month_mature" credit=0.5
"""Your triangle is right. For month 3 you have {yours}: you divided by the users who were there in
month 2. People skip a month and return, so those of month 3 are no part of those of month 2. Retention
in month 3 is a share of everybody who started. Which column holds them?"""


def cohort_table(users, bookings, cutoff):
    users = users.assign(cohort=users["signed_up_at"].dt.strftime("%Y-%m"))
    both = users.merge(bookings, on="user_id")
    both["month"] = (both["created_at"] - both["signed_up_at"]).dt.days // 30
    groups = users.groupby("cohort")["signed_up_at"]
    table = groups.size().rename("users").to_frame()
    for month in (1, 2, 3):
        people = both[both["month"] == month].groupby("cohort")["user_id"].nunique()
        over = groups.max() + pd.Timedelta(days=30 * (month + 1)) <= cutoff
        table[f"month_{month}"] = people.reindex(table.index, fill_value=0).where(over)
    return table.reset_index()


def pooled_month3(table):
    mature = table.dropna(subset=["month_3"])
    return mature["month_3"].sum() / mature["month_2"].sum()


# %% right="triangle"
def cohort_table(users, bookings, cutoff):
    times = bookings.groupby("user_id")["created_at"].apply(list).to_dict()
    cohorts = {}
    for user, start in zip(users["user_id"], users["signed_up_at"], strict=True):
        cohorts.setdefault(f"{start:%Y-%m}", []).append((user, start))
    rows = []
    for cohort in sorted(cohorts):
        row = {"cohort": cohort, "users": len(cohorts[cohort])}
        last = max(start for _, start in cohorts[cohort])
        for month in (1, 2, 3):
            low, high = (
                pd.Timedelta(days=30 * month),
                pd.Timedelta(days=30 * month + 30),
            )
            row[f"month_{month}"] = sum(
                any(low <= time - start < high for time in times.get(user, []))
                for user, start in cohorts[cohort]
            )
            if last + high > cutoff:
                row[f"month_{month}"] = None
        rows.append(row)
    return pd.DataFrame(rows)


def pooled_month3(table):
    known = ~np.isnan(table["month_3"].to_numpy(dtype=float))
    return float(table["month_3"][known].sum() / table["users"][known].sum())


# %% right="triangle"
def cohort_table(users, bookings, cutoff):
    result = pm.metrics.cohort_triangle(
        bookings,
        starts=users,
        periods=3,
        observed_until=cutoff,
        time_column="created_at",
        start_column="signed_up_at",
    ).table
    cells = result.set_index(["cohort", "users", "period"])["retained_users"].unstack()
    cells = cells.rename(columns=lambda number: f"month_{number}").reset_index()
    cells["cohort"] = cells["cohort"].dt.strftime("%Y-%m")
    return cells


def pooled_month3(table):
    rows = table.query("month_3 == month_3")
    return np.average(rows["month_3"] / rows["users"], weights=rows["users"])


# %%
found = numbers_in(
    "triangle",
    lambda: pooled_month3(cohort_table(users.copy(), bookings.copy(), cutoff)),
)
if found is None:
    print("Run the check of M08-E2 first; it has to pass.")
else:
    print(f"Pooled retention in month 3: {percent(found[0])}. The last six cohorts:")
    newest = cohort_table(users.copy(), bookings.copy(), cutoff).tail(6)
    print(newest.to_string(index=False))

# %% [markdown] exercise="survival" objective="estimate survival while some are still customers"
# ## M08-E3 · How long does a weekly plan last? (5 points)
#
# A household on a weekly plan pays until it ends the plan: that is a date we see. But many
# plans still run. Of those we know only that they have lasted *so far*; they are
# **censored** at the cut-off. Drop them and the long-lived vanish; call them ended and
# everybody leaves today.
#
# The **Kaplan-Meier** method uses both. Order the durations. At each duration *t* at which
# plans ended, let *n* be the plans that had lasted at least until *t* (still under watch)
# and *d* those that ended at *t*. The share that survives beyond *t* is the product of all
# (1 − *d* / *n*) so far.
#
# Write `plan_survival(plans, cutoff)` for the plans whose `kind` is `"weekly"`. `plans` has
# `kind`, `started_at` and `ended_at` (empty, NaT, while the plan runs). Durations are in
# days: to `ended_at`, or to `cutoff` where the plan still runs. (In the data of the checks
# they are whole days; elsewhere keep the fraction or drop it.) It returns a dictionary:
#
# - `survival_180`: the share of plans that last longer than 180 days, a fraction,
# - `median_days`: the first duration at which survival is 0.5 or less (in the data of the
#   checks there is one).
#
# You may compute it step by step or use the curve of `pm.metrics.kaplan_meier` (section 4
# of the lesson shows it); either way you decide who is in and who is censored.
#
# **Done when** both numbers are right within 0.5 %: a fraction, and days. The survival
# alone earns half.


# %% solution="survival"
def plan_survival(plans, cutoff):
    """Return {"survival_180": fraction, "median_days": days} of the weekly plans."""
    ### BEGIN SOLUTION
    weekly = plans[plans["kind"] == "weekly"]
    last_seen = weekly["ended_at"].fillna(cutoff)
    days = ((last_seen - weekly["started_at"]) / pd.Timedelta(days=1)).to_numpy()
    ended = weekly["ended_at"].notna().to_numpy()
    survival, curve = 1.0, {0.0: 1.0}
    for time in np.unique(days[ended]):
        survival *= 1 - (days[ended] == time).sum() / (days >= time).sum()
        curve[time] = survival
    steps = pd.Series(curve)
    return {
        "survival_180": steps[steps.index <= 180].iloc[-1],
        "median_days": steps.index[steps <= 0.5][0],
    }
    ### END SOLUTION


# %% checks="survival" points=5
with pm.checks.exercise("survival", points=5, read="Lesson 08, section 4") as check:
    end = pd.Timestamp("2026-01-01")

    def plan_table(kinds, ages, lengths):
        """Return plans by their age at the cut-off and length; none if still open."""
        starts = end - pd.to_timedelta(np.asarray(ages), unit="D")
        lengths = np.where(np.asarray(lengths) > 0, lengths, np.nan)
        ends = starts + pd.to_timedelta(lengths, unit="D")
        return pd.DataFrame(
            {
                "plan_id": range(40_001, 40_001 + len(starts)),
                "kind": kinds,
                "started_at": starts,
                "ended_at": ends,
            }
        )

    def product_limit(days, ended):
        """Return survival at 180 days and the median."""
        share, at_180, median = 1.0, 1.0, None
        for time in np.unique(days[ended]):
            share *= 1 - np.sum(ended & (days == time)) / np.sum(days >= time)
            at_180 = share if time <= 180 else at_180
            median = time if median is None and share <= 0.5 else median
        return at_180, median

    def split(rates):
        """Return the survival and the median of a pair, as two records."""
        return {"survival_180": rates[0]}, {"median_days": rates[1]}

    # Nine weekly plans: ended after 30, 100, 180, 230 and 240 days; open for 105, 150,
    # 170 and 260. Then two fortnightly ones: ended after 400 days, open for 500.
    small = plan_table(
        ["weekly"] * 9 + ["fortnightly"] * 2,
        [90, 105, 300, 190, 150, 400, 290, 170, 260, 450, 500],
        [30, 0, 100, 180, 0, 230, 240, 0, 0, 400, 0],
    )
    check.show("the small table", small)
    lengths = np.array([30, 105, 100, 180, 150, 230, 240, 170, 260, 400, 500])
    seen = np.array([1, 0, 1, 1, 0, 1, 1, 0, 0, 1, 0], dtype=bool)
    both_kinds = product_limit(lengths, seen)
    lost_a_month = 5 / (lengths[:9].sum() / 30)
    # 8/9 × 7/8 × 3/4; the median falls at 230 days: × 2/3 is 7/18.
    survival, median = split((7 / 12, 230))
    mine = plan_survival(small.copy(), end)
    check.record(
        mine,
        survival,
        what="the survival of the small table",
        traps={
            "drops_active": {"survival_180": 2 / 5},
            "censored_as_churn": {"survival_180": 3 / 9},
            "share_running": {"survival_180": 4 / 9},
            "ended_of_all_ever": {"survival_180": 6 / 9},
            "share_gone": {"survival_180": 5 / 12},
            "one_over_month_churn": {"survival_180": (1 - lost_a_month) ** 6},
            "all_kinds": {"survival_180": both_kinds[0]},
            "only_old_plans": {"survival_180": 3 / 5},
        },
        facts={"open": 4, "plans": 9},
        idea="Order the nine weekly durations: 30, 100, 105, 150, 170, 180, 230, 240, 260. "
        "At each one that is an end, how many plans were still under watch? A plan that "
        "ends on day 180 has not lasted *longer*, and an open one is watched until the "
        "cut-off.",
    )
    if check.verdict().comparisons[0].right:
        check.record(
            mine,
            median,
            what="the median of the small table",
            traps={
                "mean_tenure_churned": {"median_days": 156},
                "median_of_ended": {"median_days": 180},
                "median_of_all": {"median_days": 170},
            },
            facts={"open": 4, "ended": 5},
            idea="Your survival is right. Follow the same curve further: after which of "
            "the ends does it first stand at 0.5 or below?",
            keeps=0.5,
        )
    ### BEGIN HIDDEN TESTS
    for variant in pm.checks.variants(3):
        dice = pm.checks.rng(variant)
        # Many leave early, the rest stay long; half of the plans began of late.
        size = 260
        ages = np.where(
            dice.random(size) < 0.5,
            dice.integers(20, 175, size),
            dice.integers(185, 700, size),
        )
        # Of late more households leave at once, so old plans alone mislead.
        early = dice.random(size) < np.where(ages < 180, 0.5, 0.1)
        lengths = np.ceil(
            np.where(early, dice.exponential(35, size), dice.exponential(700, size))
        )
        lengths = np.maximum(lengths, 1).astype(int)
        # A few certain ones, so that the median is reached: long plans that ended. And
        # some that ended on day 180.
        ages[:30] = 690
        lengths[:26], lengths[26:30] = np.linspace(200, 400, 26).astype(int), 180
        kinds = dice.permutation(np.repeat(["weekly", "fortnightly"], [180, 80]))
        kinds[:30] = "weekly"
        fort = kinds == "fortnightly"
        lengths[fort] = np.minimum(lengths[fort] * 6 + 80, 650)
        # The last end lies a while before the cut-off.
        ended = lengths < ages - 14
        lengths[~ended] = ages[~ended]
        data = plan_table(kinds.tolist(), ages, np.where(ended, lengths, 0))
        watched, left = lengths[~fort], ended[~fort]
        survival, median = split(product_limit(watched, left))
        old = ages[~fort] >= 180
        mine = plan_survival(data, end)
        check.record(
            mine,
            survival,
            what="the survival of other plans",
            traps={"only_old_plans": {"survival_180": (watched[old] > 180).mean()}},
        )
        if check.verdict().comparisons[-1].right:
            what = "the median of other plans"
            check.record(mine, median, what=what, keeps=0.5)
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="survival"
# A plan that still runs after 120 days tells you something: at day 30, at day 60 and at day
# 100 it was there. It tells you nothing about day 200. How can it count for exactly as long
# as you have watched it?

# %% [markdown] hint="survival"
# Two columns are enough: how long each plan was watched, and whether its end was seen. Then
# go through the different lengths of *ended* plans in order; open plans are never in *d*,
# but they are in *n* as long as they last.

# %% [markdown] hint="survival"
# `.fillna(cutoff)` gives open plans the day they were last seen; `.notna()` tells which ends
# were seen. `pm.metrics.kaplan_meier(durations, observed=...)` returns a curve with
# `.survival_at(...)` and `.median`. Look at `kind` first.

# %% wrong="survival" trap="drops_active"
"""You have {yours}. Only plans that ended are in it; {open} weekly plans that still run are
gone. One of them has lasted 260 days, longer than most: by dropping what goes on, you keep those
who left and then find that all of them left. What do you know of a plan that is still open?"""


def plan_survival(plans, cutoff):
    weekly = plans[(plans["kind"] == "weekly") & plans["ended_at"].notna()]
    days = (weekly["ended_at"] - weekly["started_at"]).dt.days
    return {"survival_180": (days > 180).mean(), "median_days": days.median()}


# %% wrong="survival" trap="censored_as_churn"
"""You have {yours}. You let all open plans end at the cut-off. But {open} households did not leave on
that day; we only stopped looking. A plan that began a week before the cut-off would count as a loss
after seven days. How can such a plan be under watch without being an end?"""


def plan_survival(plans, cutoff):
    weekly = plans[plans["kind"] == "weekly"]
    days = (weekly["ended_at"].fillna(cutoff) - weekly["started_at"]).dt.days
    return {"survival_180": (days > 180).mean(), "median_days": days.median()}


# %% wrong="survival" trap="share_running"
"""You have {yours}. That is the share of the {plans} weekly plans that run today. Old and young plans are in one pot
there: one that began last week runs, and nobody knows how far it will get. A shop that wins many new
plans looks loyal that way. How *long* has each plan been watched?"""


def plan_survival(plans, cutoff):
    weekly = plans[plans["kind"] == "weekly"]
    churn = weekly["ended_at"].notna().mean()
    return {"survival_180": 1 - churn, "median_days": 1 / churn}


# %% wrong="survival" trap="ended_of_all_ever"
"""You have {yours}. You took those that ended within 180 days off *all* {plans} weekly plans. But three of these plans
are younger than 180 days and still run: for you each of them lasts longer than that, and nobody knows it yet. The more
new plans, the kinder such a number. Until which day does each of the three tell you something?"""


def plan_survival(plans, cutoff):
    weekly = plans[plans["kind"] == "weekly"]
    days = (weekly["ended_at"] - weekly["started_at"]).dt.days
    return {"survival_180": 1 - (days <= 180).mean(), "median_days": days.median()}


# %% wrong="survival" trap="share_gone"
"""You have {yours}: the share of plans that is *gone* by day 180. Your steps are right, and the task asks for the
others. What does “survival” count?"""


def plan_survival(plans, cutoff):
    weekly = plans[plans["kind"] == "weekly"]
    days = (weekly["ended_at"].fillna(cutoff) - weekly["started_at"]).dt.days
    curve = pm.metrics.kaplan_meier(days, observed=weekly["ended_at"].notna())
    return {"survival_180": 1 - curve.survival_at(180), "median_days": curve.median}


# %% wrong="survival" trap="one_over_month_churn"
"""You have {yours}. You took one rate of leaving for every month of a plan's life: ends divided by all
months watched. A new household is not like one that has stayed a year; in most services the first
weeks lose the most. Then a constant rate is too kind to the beginning and too hard on the rest. Which
plans can end at day 60, and how many do?"""


def plan_survival(plans, cutoff):
    weekly = plans[plans["kind"] == "weekly"]
    days = (weekly["ended_at"].fillna(cutoff) - weekly["started_at"]).dt.days
    churn = weekly["ended_at"].notna().sum() / (days.sum() / 30)
    return {"survival_180": (1 - churn) ** 6, "median_days": 30 / churn}


# %% wrong="survival" trap="all_kinds"
"""You have {yours}. The two fortnightly plans are in it, and they last long. The question is about
weekly plans: another product, another price, another rhythm. A mixture answers for neither. Which
column tells them apart?"""


def plan_survival(plans, cutoff):
    days = (plans["ended_at"].fillna(cutoff) - plans["started_at"]).dt.days
    curve = pm.metrics.kaplan_meier(days, observed=plans["ended_at"].notna())
    return {"survival_180": curve.survival_at(180), "median_days": curve.median}


# %% wrong="survival" trap="only_old_plans" credit=0.5
"""You have {yours}. You used only the plans that began at least 180 days ago, as M08-E1 does with users.
That is honest, and right on average. This course uses Kaplan-Meier here, because it also uses the
younger plans for as long as they were watched, so that you learn from last month and not only from
last year. In which of the steps can a plan of 105 days take part?"""


def plan_survival(plans, cutoff):
    weekly = plans[plans["kind"] == "weekly"]
    days = (weekly["ended_at"].fillna(cutoff) - weekly["started_at"]).dt.days
    ended = weekly["ended_at"].notna()
    old = (cutoff - weekly["started_at"]).dt.days >= 180
    survival, median = 1.0, None
    for time in np.sort(days[ended].unique()):
        survival *= 1 - (days[ended] == time).sum() / (days >= time).sum()
        if median is None and survival <= 0.5:
            median = time
    return {"survival_180": (days[old] > 180).mean(), "median_days": median}


# %% wrong="survival" trap="mean_tenure_churned" credit=0.5
"""Your survival is right; your {yours} is the mean length of the {ended} plans that ended. Those are the
short ones, since the long ones still run. And a mean is no median: one plan of three years moves it. At
which duration does *your own curve* fall to one half?"""


def plan_survival(plans, cutoff):
    weekly = plans[plans["kind"] == "weekly"]
    days = (weekly["ended_at"].fillna(cutoff) - weekly["started_at"]).dt.days
    ended = weekly["ended_at"].notna()
    curve = pm.metrics.kaplan_meier(days, observed=ended)
    return {"survival_180": curve.survival_at(180), "median_days": days[ended].mean()}


# %% wrong="survival" trap="median_of_ended" credit=0.5
"""Your survival is right; your {yours} is the median of the {ended} plans that ended. Those are the short ones,
since the long ones still run. At which duration does *your own curve* fall to one half?"""


def plan_survival(plans, cutoff):
    weekly = plans[plans["kind"] == "weekly"]
    days = (weekly["ended_at"].fillna(cutoff) - weekly["started_at"]).dt.days
    ended = weekly["ended_at"].notna()
    curve = pm.metrics.kaplan_meier(days, observed=ended)
    return {"survival_180": curve.survival_at(180), "median_days": days[ended].median()}


# %% wrong="survival" trap="median_of_all" credit=0.5
"""Your survival is right; your {yours} is the median of all lengths so far, as if the {open} open plans had ended at
the cut-off. They go on, so half of the plans last longer than that. At which duration does *your own curve*
fall to one half?"""


def plan_survival(plans, cutoff):
    weekly = plans[plans["kind"] == "weekly"]
    days = (weekly["ended_at"].fillna(cutoff) - weekly["started_at"]).dt.days
    ended = weekly["ended_at"].notna()
    curve = pm.metrics.kaplan_meier(days, observed=ended)
    return {"survival_180": curve.survival_at(180), "median_days": days.median()}


# %% right="survival"
def plan_survival(plans, cutoff):
    curve = pm.metrics.survival_of_spells(
        plans[plans["kind"] == "weekly"], observed_until=cutoff
    )
    return {"survival_180": curve.survival_at(180), "median_days": curve.median}


# %% right="survival"
def plan_survival(plans, cutoff):
    watched = []
    for row in plans.to_dict("records"):
        if row["kind"] == "weekly":
            open_still = pd.isna(row["ended_at"])
            last = cutoff if open_still else row["ended_at"]
            length = (last - row["started_at"]).total_seconds() / 86_400
            watched.append((length, open_still))
    # Ends come before open plans of the same length.
    watched.sort()
    share, at_180, median = 1.0, None, None
    for place, (length, open_still) in enumerate(watched):
        if length > 180 and at_180 is None:
            at_180 = share
        if not open_still:
            share *= 1 - 1 / (len(watched) - place)
            if share <= 0.5 + 1e-9 and median is None:
                median = length
    return {"survival_180": at_180, "median_days": median}


# %%
found = numbers_in(
    *("survival", lambda: plan_survival(plans.copy(), cutoff)),
    *("survival_180", "median_days"),
)
if found is None:
    print("Run the check of M08-E3 first; it has to pass.")
else:
    running = plans.query("kind == 'weekly'")["ended_at"].isna().mean()
    print(
        f"{percent(found[0])} of Fernbroom's weekly plans last longer than 180 days; half "
        f"are gone after {found[1]:.0f} days. ({percent(running)} of all still run.)"
    )

# %% [markdown] exercise="mrr" objective="derive revenue retention"
# ## M08-E4 · What is left of the revenue? (5 points)
#
# Fernbroom for Workplaces bills offices by the month. **MRR** (monthly recurring revenue)
# is what all running contracts bring in a month. Eli reports that MRR grows, and it does.
# But does it grow because accounts stay, or because new ones cover the loss?
#
# Write `revenue_rates(movements, start, end)`. `movements` has `account_id`, `month`,
# `kind` and `change_usd`: a gain of MRR is positive (`new`, `expansion`), a loss is
# **negative** (`contraction`, `churn`).
#
# - Movements before `start` add up to the MRR that each account has at the start. The
#   accounts with more than 0 are the **cohort**, and their sum is *S*.
# - Movements from `start` on and before `end` are those of the period. A table may hold
#   later ones.
#
# It returns a dictionary of four numbers:
#
# - `grr`, gross revenue retention: (*S* − contraction − churn of the cohort) / *S*,
# - `nrr`, net revenue retention: the same plus the expansion of the cohort, / *S*,
# - `quick_ratio`: (new + expansion) / (contraction + churn), with the period's movements of
#   **all** accounts, also those won in the period,
# - `logo_churn`: the share of the cohort's *accounts* that have a `churn` in the period
#   (here, who leaves does not return).
#
# In the formulas losses are sizes, without the minus. Add up movements as they are
# booked, also if an account has several.
#
# **Done when** the function returns the four numbers (fractions, and a ratio), each right
# within 0.5 %.


# %% solution="mrr"
def revenue_rates(movements, start, end):
    """Return {"grr": ..., "nrr": ..., "quick_ratio": ..., "logo_churn": ...}."""
    ### BEGIN SOLUTION
    before = movements[movements["month"] < start]
    period = movements[(movements["month"] >= start) & (movements["month"] < end)]
    at_start = before.groupby("account_id")["change_usd"].sum()
    cohort = at_start[at_start > 0.005]
    own = period[period["account_id"].isin(cohort.index)]

    def size(table, *kinds):
        return table.loc[table["kind"].isin(kinds), "change_usd"].abs().sum()

    kept = cohort.sum() - size(own, "contraction", "churn")
    gone = own.loc[own["kind"] == "churn", "account_id"].nunique()
    return {
        "grr": kept / cohort.sum(),
        "nrr": (kept + size(own, "expansion")) / cohort.sum(),
        "quick_ratio": size(period, "new", "expansion")
        / size(period, "contraction", "churn"),
        "logo_churn": gone / len(cohort),
    }
    ### END SOLUTION


# %% checks="mrr" points=5
with pm.checks.exercise("mrr", points=5, read="Lesson 08, section 5") as check:
    begin, end = pd.Timestamp("2025-01-01"), pd.Timestamp("2026-01-01")
    small = pd.DataFrame(
        [
            ("a", "2024-03-01", "new", 350.0),
            ("b", "2024-05-01", "new", 300.0),
            ("c", "2024-06-01", "new", 100.0),
            ("d", "2024-07-01", "new", 100.0),
            ("z", "2024-08-01", "new", 400.0),
            ("a", "2024-10-01", "expansion", 150.0),
            ("z", "2024-11-01", "churn", -400.0),
            ("e", "2025-01-01", "new", 250.0),
            ("a", "2025-02-01", "expansion", 150.0),
            ("f", "2025-03-01", "new", 200.0),
            ("b", "2025-06-01", "contraction", -50.0),
            ("a", "2025-07-01", "contraction", -50.0),
            ("e", "2025-08-01", "contraction", -50.0),
            ("c", "2025-09-01", "churn", -100.0),
            ("f", "2025-10-01", "churn", -200.0),
            ("g", "2025-11-01", "new", 50.0),
            ("a", "2026-01-01", "churn", -600.0),
        ],
        columns=["account_id", "month", "kind", "change_usd"],
    )
    small["month"] = pd.to_datetime(small["month"])
    check.show("the small table", small)
    # S is 1,000 from a, b, c, d. They lose 200 and gain 150; e, f and g bring 500, and e
    # and f lose 250. Account z was gone before the start.
    right = {"grr": 0.8, "nrr": 0.95, "quick_ratio": 650 / 450, "logo_churn": 1 / 4}
    monthly = 50 / 1_600 + 50 / 1_550 + 50 / 1_500 + 100 / 1_450 + 200 / 1_350
    check.record(
        revenue_rates(small.copy(), begin, end),
        right,
        what="the four rates of the small table",
        traps={
            "includes_new": {"grr": 0.8, "nrr": 1.45},
            "total_mrr": {"nrr": 1.2},
            "expansion_in_grr": {"grr": 0.95},
            "logo_as_revenue": {"grr": 3 / 4},
            "monthly_times_12": {"grr": 1 - monthly},
            "all_accounts_losses": {"grr": 0.55},
            "sign_of_losses": {"grr": 1.2},
            "past_the_end": {"grr": 0.2, "nrr": 0.35},
            "loss_rate": {"grr": 0.2},
            "net_per_account": {**right, "grr": 0.85, "quick_ratio": 350 / 150},
            "capped_per_account": {**right, "grr": 0.85},
            "quick_of_cohort": {**right, "quick_ratio": 150 / 200},
            "quick_mixed": {**right, "quick_ratio": 650 / 200},
            "first_day_lost": {**right, "quick_ratio": 400 / 450},
            "logos_of_all": {**right, "logo_churn": 2 / 4},
            "gone_before": {**right, "logo_churn": 1 / 5},
        },
        facts={"start": "1,000", "new": 500, "accounts": 4},
        idea="For GRR, NRR and logo churn: who pays before the first movement of "
        "2025-01-01, and how much? Follow these accounts only: which dollars did they "
        "lose or gain, and who of them left? For the quick ratio: everybody, what came in "
        "over what went out.",
    )
    ### BEGIN HIDDEN TESTS
    first_days = pd.date_range("2024-07-01", periods=26, freq="MS")
    for variant in pm.checks.variants(4):
        dice = pm.checks.rng(variant)
        begin, end = pd.Timestamp("2025-07-01"), pd.Timestamp("2026-07-01")
        rows = []

        def move(account, month, kind, usd):
            rows.append((account, first_days[month], kind, float(usd)))  # noqa: B023

        # Months 0 to 11 lie before the start, 12 to 23 in the period. Small accounts
        # leave, so logos and money differ; some grow first and lose it again.
        usd = {}
        for account in range(60):
            usd[account] = 50 * int(dice.integers(8, 20))
            if account >= 44:  # the small ones that will leave
                usd[account] = 50 * int(dice.integers(2, 5))
            move(account, int(dice.integers(0, 9)), "new", usd[account])
        for account in (60, 61, 62):  # gone before the start
            move(account, 0, "new", 400)
            move(account, 10, "churn", -400)
        for account in range(8):  # had grown before the start
            move(account, 10, "expansion", 100)
            usd[account] += 100
        for account in range(5, 25):
            move(account, int(dice.integers(12, 16)), "expansion", 150)
        for account in range(20, 34):  # 20 to 24 lose what they gained
            move(account, int(dice.integers(17, 24)), "contraction", -100)
        for account in range(44, 60):
            move(account, int(dice.integers(12, 24)), "churn", -usd[account])
        for account in range(100, 130):
            # Some on the very first day of the period.
            month = 12 if account < 105 else int(dice.integers(12, 18))
            move(account, month, "new", 400)
            if account < 112:
                move(account, int(dice.integers(18, 24)), "churn", -400)
        for account in range(4):
            move(account, 25, "churn", -usd[account])  # after the end
        data = pd.DataFrame(
            rows, columns=["account_id", "month", "kind", "change_usd"]
        ).sample(frac=1, random_state=int(dice.integers(1_000)))
        total = sum(usd.values())
        lost = 1_400 + sum(usd[account] for account in range(44, 60))
        kept = total - lost
        right = {
            "grr": kept / total,
            "nrr": (kept + 3_000) / total,
            "quick_ratio": (12_000 + 3_000) / (lost + 4_800),
            "logo_churn": 16 / 60,
        }
        net_lost = lost - 500  # five accounts end above their start
        net = {
            "grr": (total - net_lost) / total,
            "quick_ratio": (18 * 400 + 2_500) / net_lost,
        }
        check.record(
            revenue_rates(data, begin, end),
            right,
            what="the four rates of other accounts",
            traps={
                "net_per_account": {**right, **net},
                "capped_per_account": {**right, "grr": net["grr"]},
                "quick_of_cohort": {**right, "quick_ratio": 3_000 / lost},
                "quick_mixed": {**right, "quick_ratio": 15_000 / lost},
                "logos_of_all": {**right, "logo_churn": 28 / 60},
                "gone_before": {**right, "logo_churn": 16 / 63},
            },
        )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="mrr"
# GRR asks: of each dollar we had at the start, how much is still here? New accounts had no
# dollar at the start, and an expansion is not a dollar that stayed. Which of the four rates
# speak of the cohort, and which of everybody?

# %% [markdown] hint="mrr"
# Split the table by time: before `start`, the period, after `end`. The first part, added up
# by account, gives the cohort and *S*. Then keep the movements of those accounts and add
# them up by kind. Only the quick ratio uses the movements of all accounts.

# %% [markdown] hint="mrr"
# `.groupby("account_id")["change_usd"].sum()` gives the MRR of each account; an account that
# came and left has 0. `.isin(...)` keeps the cohort. Losses are negative in the table, so
# look out for a minus in front of a minus. GRR can't exceed 1.

# %% wrong="mrr" trap="includes_new"
"""You have {yours}. Your NRR holds the {new} dollars of accounts e, f and g, which were won in the year. Then a sales
team can push NRR to any height while all old customers leave. The number asks what became of the {start}
dollars of the start. Whose expansion may be in it?"""


def revenue_rates(movements, start, end):
    start_mrr = movements[movements["month"] < start]
    start_mrr = start_mrr.groupby("account_id")["change_usd"].sum()
    start_mrr = start_mrr[start_mrr > 0]
    period = movements[(movements["month"] >= start) & (movements["month"] < end)]
    sums = period.groupby("kind")["change_usd"].sum()
    own = period[period["account_id"].isin(start_mrr.index)]
    own_sums = own.groupby("kind")["change_usd"].sum()
    lost = own_sums["contraction"] + own_sums["churn"]
    gone = own[own["kind"] == "churn"]["account_id"].nunique()
    gained = sums["new"] + sums["expansion"]
    return {
        "grr": 1 + lost / start_mrr.sum(),
        "nrr": 1 + (lost + sums["new"] + own_sums["expansion"]) / start_mrr.sum(),
        "quick_ratio": -gained / (sums["contraction"] + sums["churn"]),
        "logo_churn": gone / len(start_mrr),
    }


# %% wrong="mrr" trap="total_mrr"
"""You have {yours}. Your NRR is the MRR of the whole business at the end over that at the start: accounts e, f
and g, won in the year, are in it. Eli reports just that, and it grows. The question is what became of the
{start} dollars of the start. Whose dollars are they?"""


def revenue_rates(movements, start, end):
    start_mrr = movements[movements["month"] < start]
    start_mrr = start_mrr.groupby("account_id")["change_usd"].sum()
    start_mrr = start_mrr[start_mrr > 0]
    total = start_mrr.sum()
    period = movements[(movements["month"] >= start) & (movements["month"] < end)]
    sums = period.groupby("kind")["change_usd"].sum().abs()
    own = period[period["account_id"].isin(start_mrr.index)]
    own_sums = own.groupby("kind")["change_usd"].sum().abs()
    lost = own_sums["contraction"] + own_sums["churn"]
    gone = own[own["kind"] == "churn"]["account_id"].nunique()
    return {
        "grr": 1 - lost / total,
        "nrr": movements[movements["month"] < end]["change_usd"].sum() / total,
        "quick_ratio": (sums["new"] + sums["expansion"])
        / (sums["contraction"] + sums["churn"]),
        "logo_churn": gone / len(start_mrr),
    }


# %% wrong="mrr" trap="expansion_in_grr"
"""You have {yours}. Your GRR is as high as your NRR: the 150 dollars that account a pays *more* are in it.
Gross retention shows the leak before anything is poured in, so growth stays out, and it can never pass
100 %. What was lost of the {start} dollars of the start?"""


def revenue_rates(movements, start, end):
    start_mrr = movements[movements["month"] < start]
    start_mrr = start_mrr.groupby("account_id")["change_usd"].sum()
    start_mrr = start_mrr[start_mrr > 0]
    period = movements[(movements["month"] >= start) & (movements["month"] < end)]
    sums = period.groupby("kind")["change_usd"].sum()
    own = period[period["account_id"].isin(start_mrr.index)]
    kept = (start_mrr.sum() + own["change_usd"].sum()) / start_mrr.sum()
    gained = sums["new"] + sums["expansion"]
    return {
        "grr": kept,
        "nrr": kept,
        "quick_ratio": -gained / (sums["contraction"] + sums["churn"]),
        "logo_churn": own[own["kind"] == "churn"]["account_id"].nunique()
        / len(start_mrr),
    }


# %% wrong="mrr" trap="logo_as_revenue"
"""You have {yours}. Your GRR counts accounts (“logos”): one of {accounts} left. But the one that left was
small. Accounts and dollars are two different questions, and here they give two different answers. How
many *dollars* of the {start} were lost, with the contraction?"""


def revenue_rates(movements, start, end):
    start_mrr = movements[movements["month"] < start]
    start_mrr = start_mrr.groupby("account_id")["change_usd"].sum()
    start_mrr = start_mrr[start_mrr > 0]
    period = movements[(movements["month"] >= start) & (movements["month"] < end)]
    sums = period.groupby("kind")["change_usd"].sum()
    own = period[period["account_id"].isin(start_mrr.index)]
    expansion = own[own["kind"] == "expansion"]["change_usd"].sum()
    logo_churn = own[own["kind"] == "churn"]["account_id"].nunique() / len(start_mrr)
    gained = sums["new"] + sums["expansion"]
    return {
        "grr": 1 - logo_churn,
        "nrr": 1 - logo_churn + expansion / start_mrr.sum(),
        "quick_ratio": -gained / (sums["contraction"] + sums["churn"]),
        "logo_churn": logo_churn,
    }


# %% wrong="mrr" trap="monthly_times_12"
"""You have {yours}. You took each month's loss as a share of that month's MRR and made a year of it by adding
the months (the mean × 12). The base then holds accounts that were won on the way, so new sales dilute the
losses of the old ones. A year's GRR follows one group from its first to its last day. Which accounts are
in that group?"""


def revenue_rates(movements, start, end):
    start_mrr = movements[movements["month"] < start]
    start_mrr = start_mrr.groupby("account_id")["change_usd"].sum()
    start_mrr = start_mrr[start_mrr > 0]
    period = movements[(movements["month"] >= start) & (movements["month"] < end)]
    sums = period.groupby("kind")["change_usd"].sum()
    rates = []
    for month in pd.date_range(start, end, freq="MS", inclusive="left"):
        mrr = movements[movements["month"] < month]["change_usd"].sum()
        lost = period[(period["month"] == month) & (period["change_usd"] < 0)]
        rates.append(-lost["change_usd"].sum() / mrr)
    own = period[period["account_id"].isin(start_mrr.index)]
    expansion = own[own["kind"] == "expansion"]["change_usd"].sum()
    gained = sums["new"] + sums["expansion"]
    return {
        "grr": 1 - 12 * np.mean(rates),
        "nrr": 1 - 12 * np.mean(rates) + expansion / start_mrr.sum(),
        "quick_ratio": -gained / (sums["contraction"] + sums["churn"]),
        "logo_churn": own[own["kind"] == "churn"]["account_id"].nunique()
        / len(start_mrr),
    }


# %% wrong="mrr" trap="all_accounts_losses"
"""You have {yours}. The losses in your GRR hold those of accounts e and f. They were not there at the
start, so their dollars can't be lost from the {start}. Above and below the line a rate needs the same
accounts. Which movements belong to a, b, c and d?"""


def revenue_rates(movements, start, end):
    start_mrr = movements[movements["month"] < start]
    start_mrr = start_mrr.groupby("account_id")["change_usd"].sum()
    start_mrr = start_mrr[start_mrr > 0]
    period = movements[(movements["month"] >= start) & (movements["month"] < end)]
    sums = period.groupby("kind")["change_usd"].sum().abs()
    lost = sums["contraction"] + sums["churn"]
    gone = period[period["kind"] == "churn"]["account_id"].nunique()
    return {
        "grr": (start_mrr.sum() - lost) / start_mrr.sum(),
        "nrr": (start_mrr.sum() - lost + sums["expansion"]) / start_mrr.sum(),
        "quick_ratio": (sums["new"] + sums["expansion"]) / lost,
        "logo_churn": gone / len(start_mrr),
    }


# %% wrong="mrr" trap="sign_of_losses"
"""You have {yours}. A GRR above 100 % can't be: it says that losing customers brought money. Losses are
negative in this table, and a minus in front of a minus adds. What do the losses look like if you print
them?"""


def revenue_rates(movements, start, end):
    start_mrr = movements[movements["month"] < start]
    start_mrr = start_mrr.groupby("account_id")["change_usd"].sum()
    start_mrr = start_mrr[start_mrr > 0]
    period = movements[(movements["month"] >= start) & (movements["month"] < end)]
    sums = period.groupby("kind")["change_usd"].sum()
    own = period[period["account_id"].isin(start_mrr.index)]
    own_sums = own.groupby("kind")["change_usd"].sum()
    kept = start_mrr.sum() - own_sums["contraction"] - own_sums["churn"]
    gained = sums["new"] + sums["expansion"]
    return {
        "grr": kept / start_mrr.sum(),
        "nrr": (kept + own_sums["expansion"]) / start_mrr.sum(),
        "quick_ratio": gained / (sums["contraction"] + sums["churn"]),
        "logo_churn": own[own["kind"] == "churn"]["account_id"].nunique()
        / len(start_mrr),
    }


# %% wrong="mrr" trap="past_the_end"
"""You have {yours}. The churn of account a is in it, and that is booked on 2026-01-01, after the period. Whoever
reads “2025” will think that you lost your largest account in it. The period runs from `start` up to, and
without, `end`. Which rows lie outside?"""


def revenue_rates(movements, start, end):
    start_mrr = movements[movements["month"] < start]
    start_mrr = start_mrr.groupby("account_id")["change_usd"].sum()
    start_mrr = start_mrr[start_mrr > 0]
    period = movements[movements["month"] >= start]
    sums = period.groupby("kind")["change_usd"].sum().abs()
    own = period[period["account_id"].isin(start_mrr.index)]
    own_sums = own.groupby("kind")["change_usd"].sum().abs()
    kept = start_mrr.sum() - own_sums["contraction"] - own_sums["churn"]
    gained, lost = sums["new"] + sums["expansion"], sums["contraction"] + sums["churn"]
    return {
        "grr": kept / start_mrr.sum(),
        "nrr": (kept + own_sums["expansion"]) / start_mrr.sum(),
        "quick_ratio": gained / lost,
        "logo_churn": own[own["kind"] == "churn"]["account_id"].nunique()
        / len(start_mrr),
    }


# %% wrong="mrr" trap="loss_rate"
"""You have {yours}: the part of the {start} dollars that was *lost*, contraction and churn. Retention is the other part of
the same sum. What is kept of each dollar?"""


def revenue_rates(movements, start, end):
    start_mrr = movements[movements["month"] < start]
    start_mrr = start_mrr.groupby("account_id")["change_usd"].sum()
    start_mrr = start_mrr[start_mrr > 0]
    total = start_mrr.sum()
    period = movements[(movements["month"] >= start) & (movements["month"] < end)]
    sums = period.groupby("kind")["change_usd"].sum().abs()
    own = period[period["account_id"].isin(start_mrr.index)]
    own_sums = own.groupby("kind")["change_usd"].sum().abs()
    lost = own_sums["contraction"] + own_sums["churn"]
    gone = own[own["kind"] == "churn"]["account_id"].nunique()
    return {
        "grr": lost / total,
        "nrr": 1 - lost / total + own_sums["expansion"] / total,
        "quick_ratio": (sums["new"] + sums["expansion"])
        / (sums["contraction"] + sums["churn"]),
        "logo_churn": gone / len(start_mrr),
    }


# %% wrong="mrr" trap="first_day_lost"
"""GRR, NRR and logo churn are right. Your quick ratio, {yours}, lacks the account that was won on 2025-01-01, the day of
`start` itself. Each movement belongs to one period, and the task gives those *from* `start` on to this one. How do you
compare the month with `start`?"""


def revenue_rates(movements, start, end):
    start_mrr = movements[movements["month"] < start]
    start_mrr = start_mrr.groupby("account_id")["change_usd"].sum()
    start_mrr = start_mrr[start_mrr > 0]
    total = start_mrr.sum()
    period = movements[(movements["month"] > start) & (movements["month"] < end)]
    sums = period.groupby("kind")["change_usd"].sum().abs()
    own = period[period["account_id"].isin(start_mrr.index)]
    own_sums = own.groupby("kind")["change_usd"].sum().abs()
    lost = own_sums["contraction"] + own_sums["churn"]
    gone = own[own["kind"] == "churn"]["account_id"].nunique()
    return {
        "grr": 1 - lost / total,
        "nrr": 1 - lost / total + own_sums["expansion"] / total,
        "quick_ratio": (sums["new"] + sums["expansion"])
        / (sums["contraction"] + sums["churn"]),
        "logo_churn": gone / len(start_mrr),
    }


# %% wrong="mrr" trap="net_per_account" credit=0.5
"""You have {yours}. You compared each account at the start and at the end, so what it gained and lost in
between cancels out: account a gained 150 and lost 50, and for you it gained 100. Some teams do that.
This course adds up movements here, because they show what happened on the way, and they match what the
books say. Which movements did a have?"""


def revenue_rates(movements, start, end):
    known = movements[movements["month"] < end].copy()
    known["now"] = known["change_usd"]
    known["at_start"] = known["change_usd"].where(known["month"] < start, 0)
    mrr = known.groupby("account_id")[["at_start", "now"]].sum()
    base = mrr[mrr["at_start"] > 0]
    change = base["now"] - base["at_start"]
    lost, gained = -change.clip(upper=0).sum(), change.clip(lower=0).sum()
    new = mrr[mrr["at_start"] <= 0]["now"].sum()
    total = base["at_start"].sum()
    return {
        "grr": 1 - lost / total,
        "nrr": 1 - lost / total + gained / total,
        "quick_ratio": (new + gained) / lost,
        "logo_churn": (base["now"] <= 0).mean(),
    }


# %% wrong="mrr" trap="capped_per_account" credit=0.5
"""Your NRR, quick ratio and logo churn are right. For GRR you have {yours}: you compared each account at the start and
at the end, so the 50 dollars that account a lost are hidden by what it gained before. Some teams define GRR so.
This course adds up all losses as they are booked, because they happened. What did a lose on the way?"""


def revenue_rates(movements, start, end):
    start_mrr = movements[movements["month"] < start]
    start_mrr = start_mrr.groupby("account_id")["change_usd"].sum()
    start_mrr = start_mrr[start_mrr > 0]
    total = start_mrr.sum()
    period = movements[(movements["month"] >= start) & (movements["month"] < end)]
    sums = period.groupby("kind")["change_usd"].sum().abs()
    own = period[period["account_id"].isin(start_mrr.index)]
    own_sums = own.groupby("kind")["change_usd"].sum().abs()
    lost = own_sums["contraction"] + own_sums["churn"]
    gone = own[own["kind"] == "churn"]["account_id"].nunique()
    known = movements[movements["month"] < end]
    now = known.groupby("account_id")["change_usd"].sum().loc[start_mrr.index]
    return {
        "grr": np.minimum(now, start_mrr).sum() / total,
        "nrr": 1 - lost / total + own_sums["expansion"] / total,
        "quick_ratio": (sums["new"] + sums["expansion"])
        / (sums["contraction"] + sums["churn"]),
        "logo_churn": gone / len(start_mrr),
    }


# %% wrong="mrr" trap="quick_of_cohort" credit=0.5
"""GRR, NRR and logo churn are right. Your quick ratio, {yours}, uses the cohort alone, so nothing new is in
it. The quick ratio asks how fast money flows in against how fast it flows out, for the whole business. Whose
movements does the task name for it?"""


def revenue_rates(movements, start, end):
    start_mrr = movements[movements["month"] < start]
    start_mrr = start_mrr.groupby("account_id")["change_usd"].sum()
    start_mrr = start_mrr[start_mrr > 0]
    own = movements[(movements["month"] >= start) & (movements["month"] < end)]
    own = own[own["account_id"].isin(start_mrr.index)]
    sums = own.groupby("kind")["change_usd"].sum().abs()
    lost = sums["contraction"] + sums["churn"]
    return {
        "grr": 1 - lost / start_mrr.sum(),
        "nrr": 1 - lost / start_mrr.sum() + sums["expansion"] / start_mrr.sum(),
        "quick_ratio": (sums.get("new", 0) + sums["expansion"]) / lost,
        "logo_churn": own[own["kind"] == "churn"]["account_id"].nunique()
        / len(start_mrr),
    }


# %% wrong="mrr" trap="quick_mixed" credit=0.5
"""GRR, NRR and logo churn are right. Your quick ratio, {yours}, sets the gains of all accounts against the losses of
the cohort alone. So the losses of those won in the year are missing, and growth looks cheap. Whose losses
belong to the same side of the story as their gains?"""


def revenue_rates(movements, start, end):
    start_mrr = movements[movements["month"] < start]
    start_mrr = start_mrr.groupby("account_id")["change_usd"].sum()
    start_mrr = start_mrr[start_mrr > 0]
    total = start_mrr.sum()
    period = movements[(movements["month"] >= start) & (movements["month"] < end)]
    sums = period.groupby("kind")["change_usd"].sum().abs()
    own = period[period["account_id"].isin(start_mrr.index)]
    own_sums = own.groupby("kind")["change_usd"].sum().abs()
    lost = own_sums["contraction"] + own_sums["churn"]
    gone = own[own["kind"] == "churn"]["account_id"].nunique()
    return {
        "grr": 1 - lost / total,
        "nrr": 1 - lost / total + own_sums["expansion"] / total,
        "quick_ratio": (sums["new"] + sums["expansion"]) / lost,
        "logo_churn": gone / len(start_mrr),
    }


# %% wrong="mrr" trap="logos_of_all" credit=0.5
"""GRR, NRR and the quick ratio are right. For logo churn you have {yours}: account f is in it, which was won in the year
and left in it. It was none of the {accounts} accounts of the start, so it can't be a share of them. Whose
churn do you count?"""


def revenue_rates(movements, start, end):
    start_mrr = movements[movements["month"] < start]
    start_mrr = start_mrr.groupby("account_id")["change_usd"].sum()
    start_mrr = start_mrr[start_mrr > 0]
    total = start_mrr.sum()
    period = movements[(movements["month"] >= start) & (movements["month"] < end)]
    sums = period.groupby("kind")["change_usd"].sum().abs()
    own = period[period["account_id"].isin(start_mrr.index)]
    own_sums = own.groupby("kind")["change_usd"].sum().abs()
    lost = own_sums["contraction"] + own_sums["churn"]
    gone = period[period["kind"] == "churn"]["account_id"].nunique()
    return {
        "grr": 1 - lost / total,
        "nrr": 1 - lost / total + own_sums["expansion"] / total,
        "quick_ratio": (sums["new"] + sums["expansion"])
        / (sums["contraction"] + sums["churn"]),
        "logo_churn": gone / len(start_mrr),
    }


# %% wrong="mrr" trap="gone_before" credit=0.5
"""GRR, NRR and the quick ratio are right. For logo churn you have {yours}: account z is below the line. It came and left
before the start, so it has no dollar to lose and cannot leave again. Which accounts pay something at the start?"""


def revenue_rates(movements, start, end):
    start_mrr = movements[movements["month"] < start]
    start_mrr = start_mrr.groupby("account_id")["change_usd"].sum()
    total = start_mrr.sum()
    period = movements[(movements["month"] >= start) & (movements["month"] < end)]
    sums = period.groupby("kind")["change_usd"].sum().abs()
    own = period[period["account_id"].isin(start_mrr.index)]
    own_sums = own.groupby("kind")["change_usd"].sum().abs()
    lost = own_sums["contraction"] + own_sums["churn"]
    gone = own[own["kind"] == "churn"]["account_id"].nunique()
    return {
        "grr": 1 - lost / total,
        "nrr": 1 - lost / total + own_sums["expansion"] / total,
        "quick_ratio": (sums["new"] + sums["expansion"])
        / (sums["contraction"] + sums["churn"]),
        "logo_churn": gone / len(start_mrr),
    }


# %% right="mrr"
def revenue_rates(movements, start, end):
    rates = pm.metrics.revenue_retention(
        movements, start=start, end=end, method="movements"
    )
    return {
        "grr": rates.grr,
        "nrr": rates.nrr,
        "quick_ratio": rates.quick_ratio,
        "logo_churn": rates.logo_churn,
    }


# %% right="mrr"
def revenue_rates(movements, start, end):
    mrr, rows = {}, []
    for row in movements.to_dict("records"):
        if row["month"] < start:
            account = row["account_id"]
            mrr[account] = mrr.get(account, 0) + row["change_usd"]
        elif row["month"] < end:
            rows.append(row)
    base = {account: usd for account, usd in mrr.items() if usd > 0}
    lost = gained = all_lost = all_gained = 0
    left = set()
    for row in rows:
        inside, usd = row["account_id"] in base, row["change_usd"]
        if usd < 0:
            all_lost -= usd
            lost -= usd * inside
        else:
            all_gained += usd
            gained += usd * inside
        if inside and row["kind"] == "churn":
            left.add(row["account_id"])
    total = sum(base.values())
    return {
        "grr": 1 - lost / total,
        "nrr": 1 - lost / total + gained / total,
        "quick_ratio": all_gained / all_lost,
        "logo_churn": len(left) / len(base),
    }


# %%
year_ago = cutoff - pd.DateOffset(years=1)
movements = pm.case.load("mrr_movements")
found = numbers_in(
    *("mrr", lambda: revenue_rates(movements.copy(), year_ago, cutoff)),
    *("grr", "nrr", "quick_ratio", "logo_churn"),
)
if found is None:
    print("Run the check of M08-E4 first; it has to pass.")
else:
    print(
        f"Of the MRR on {year_ago.date()}, {percent(found[0])} was kept (GRR), "
        f"{percent(found[1])} with expansion (NRR). {percent(found[3])} of the accounts "
        f"left. A dollar lost was met by {found[2]:.1f} dollars gained (quick ratio)."
    )

# %% [markdown] exercise="ltv" objective="derive lifetime value and set it against cost"
# ## M08-E5 · Is a household worth what it costs? (4 points)
#
# **LTV** (lifetime value) is what one new customer brings while she stays. It is a forecast,
# so this course keeps it short: 24 months at most, no month beyond the data, and money in
# today's value. **CAC** (customer acquisition cost) is what it costs to win one.
#
# Write two functions.
#
# 1. `ltv_usd(survival, plan, *, annual_rate)`. `survival` is a list: the share of plans
#    still running at the end of month 1, 2, 3 … `plan` is a dictionary with `price_usd`
#    (of one clean), `cleans_per_month`, `take_rate` (the part of the price that is
#    Fernbroom's; the rest is the cleaner's) and `variable_cost_usd` (fees, support,
#    insurance, refunds: per clean).
#    - The **contribution** of a month is cleans × (price × take rate − variable cost).
#    - LTV is the sum over the months *t* = 1, 2, … of survival(*t*) × contribution /
#      (1 + `annual_rate`)^(*t* / 12): paid at the end of each month. (Month 1 is the first
#      of her life here; cohorts call those 30 days month 0, as nobody returns in them.)
#    - Stop after month 24, or where the list ends.
# 2. `ltv_to_cac(ltv, channels, *, channel)` returns LTV / CAC for one channel. `channels` has
#    a row for each month and channel with `channel`, `spend_usd`, `salaries_usd`,
#    `new_users`, `new_customers` and `new_weekly_plans`. CAC is the **full cost** of the
#    channel over all months, salaries included, per **new weekly plan**, because the LTV
#    is that of a weekly plan.
#
# **Done when** `ltv_usd` returns US dollars and `ltv_to_cac` a ratio, right within 0.5 %.
# Each function earns half.


# %% solution="ltv"
def ltv_usd(survival, plan, *, annual_rate):
    """Return what a new plan contributes in at most 24 months, in USD of today."""
    ### BEGIN SOLUTION
    per_clean = plan["price_usd"] * plan["take_rate"] - plan["variable_cost_usd"]
    contribution = plan["cleans_per_month"] * per_clean
    kept = np.asarray(survival, dtype=float)[:24]
    months = np.arange(1, len(kept) + 1)
    return float((kept * contribution * (1 + annual_rate) ** (-months / 12)).sum())
    ### END SOLUTION


def ltv_to_cac(ltv, channels, *, channel):
    """Return LTV / CAC of one channel, a ratio."""
    ### BEGIN SOLUTION
    own = channels[channels["channel"] == channel]
    cost = own["spend_usd"].sum() + own["salaries_usd"].sum()
    return ltv / (cost / own["new_weekly_plans"].sum())
    ### END SOLUTION


# %% checks="ltv" points=4
with pm.checks.exercise("ltv", points=4, read="Lesson 08, section 6") as check:

    def half_if_right(function):
        """Half of the points stay while the other function is right."""
        made = check.verdict().comparisons
        return 0.5 * all(item.right for item in made if function in item.what)

    def value(kept, contribution, rate, *, shift=0, nominal=False):
        """Return the discounted sum, by another convention if wished."""
        months = np.arange(1, len(kept) + 1) - shift
        factor = (1 + rate / 12) ** -months if nominal else (1 + rate) ** (-months / 12)
        return float((np.asarray(kept) * factor).sum() * contribution)

    plan_now = {
        "price_usd": 100.0,
        "cleans_per_month": 4.0,
        "take_rate": 0.25,
        "variable_cost_usd": 15.0,
    }
    # A month contributes 4 × (25 − 15) = 40 dollars.
    left = [0.8, 0.6, 0.5]
    with check.part("the LTV", keeps=0.5):
        check.number(
            ltv_usd(list(left), plan_now.copy(), annual_rate=0.0),
            76,
            what="the LTV of three months, without discount",
            unit="USD",
            traps={
                "revenue_not_margin": 190,
                "gmv_not_take": 760,
                "price_minus_cost": 646,
                "constant_churn_forever": 40 / (1 - 0.5 ** (1 / 3)),
                "first_churn_forever": 40 / 0.2,
                "average_churn_forever": 40 / (0.5 / 3),
                "average_survival": 40 * 24 * 1.9 / 3,
                "carries_forward": 40 * (0.8 + 0.6 + 22 * 0.5),
                "start_of_month": 96,
            },
            facts={"months": 3, "last": "50 %"},
            idea="What does Fernbroom keep of one clean after its own costs? Of four? Then "
            "take the survival at the end of each of the three months.",
            keeps=0.5,
        )
        if half_if_right("the LTV"):
            steady = [0.5] * 26
            check.number(
                ltv_usd(list(steady), plan_now.copy(), annual_rate=0.40),
                value(steady[:24], 40, 0.40),
                what="the LTV of 26 months at half survival and 40 % a year",
                unit="USD",
                traps={
                    "undiscounted": 480,
                    "no_cap": value(steady, 40, 0.40),
                    "start_of_month": value([1.0, *steady[:23]], 40, 0.40, shift=1),
                    "counts_from_zero": value(steady[:24], 40, 0.40, shift=1),
                    "rate_a_month": 20 * sum(1.4**-month for month in range(1, 25)),
                    "nominal_rate": value(steady[:24], 40, 0.40, nominal=True),
                },
                facts={"months": 26},
                idea="Three months without a discount were right. What changes with 26 "
                "months, and at 40 % a year?",
                keeps=0.5,
            )
    small = pd.DataFrame(
        {
            "month": pd.to_datetime(["2025-01-01"] * 3 + ["2025-02-01"] * 3),
            "channel": ["search ads", "organic", "social ads"] * 2,
            "spend_usd": [800.0, 100.0, 700.0, 900.0, 100.0, 800.0],
            "salaries_usd": [200.0, 100.0, 200.0, 300.0, 100.0, 300.0],
            "new_users": [50, 80, 40, 60, 70, 40],
            "new_customers": [20, 30, 12, 24, 26, 14],
            "new_weekly_plans": [2, 10, 2, 18, 10, 3],
        }
    )
    check.show("the small table of channels", small)
    keeps = half_if_right("the LTV")
    with check.part("the ratio", keeps=keeps):
        check.number(
            ltv_to_cac(440.0, small.copy(), channel="search ads"),
            4,
            what="the ratio to the cost of a plan won by search ads",
            traps={
                "blended_cac": 440 / (4_600 / 45),
                "media_only": 440 / 85,
                "per_new_customer": 8.8,
                "mean_of_months": 440 / np.mean([500, 1_200 / 18]),
                "upside_down": 0.25,
            }
            if keeps
            else {},
            facts={"customers": 44, "plans": 20, "salaries": 500, "name": "search ads"},
            idea="What did the rows of search ads, and only those, cost in the two months, "
            "all in all? How many weekly plans did they bring?",
            keeps=keeps,
        )
        if half_if_right("the ratio"):
            check.number(
                ltv_to_cac(440.0, small.copy(), channel="social ads"),
                1.1,
                what="the ratio of social ads",
                traps={"media_only": 440 / 300} if keeps else {},
                idea="For search ads the same function was right. Does it use its argument "
                "`channel`?",
                keeps=keeps,
            )
    ### BEGIN HIDDEN TESTS
    for variant in pm.checks.variants(4):
        dice = pm.checks.rng(variant)
        plan_now = {
            "price_usd": float(dice.integers(95, 130)),
            "cleans_per_month": dice.uniform(2.1, 4.4),
            "take_rate": dice.uniform(0.22, 0.28),
            "variable_cost_usd": dice.uniform(9, 13),
        }
        keeps_of_clean = plan_now["price_usd"] * plan_now["take_rate"]
        keeps_of_clean -= plan_now["variable_cost_usd"]
        contribution = plan_now["cleans_per_month"] * keeps_of_clean
        for length in (int(dice.integers(10, 16)), 30):
            left = 0.9 * np.cumprod(dice.uniform(0.93, 0.99, length))
            rate = dice.uniform(0.35, 0.45)
            with check.part("the LTV", keeps=half_if_right("the ratio")):
                check.number(
                    ltv_usd(left.tolist(), plan_now.copy(), annual_rate=rate),
                    value(left[:24], contribution, rate),
                    what="the LTV of other plans",
                    traps={
                        "nominal_rate": value(
                            left[:24], contribution, rate, nominal=True
                        ),
                        "start_of_month": value(
                            [1.0, *left[:23]][: len(left)], contribution, rate, shift=1
                        ),
                    },
                    keeps=half_if_right("the ratio"),
                )
        names = ["search ads", "referral", "social ads"]
        plans_won = np.concatenate([dice.integers(2, 6, 9), dice.integers(20, 30, 9)])
        other = pd.DataFrame(
            {
                "month": np.repeat(
                    pd.date_range("2025-01-01", periods=6, freq="MS"), 3
                ),
                "channel": names * 6,
                "spend_usd": dice.uniform(500, 900, 18) * np.tile([3, 0.5, 4], 6),
                "salaries_usd": dice.uniform(300, 400, 18),
                "new_users": dice.integers(200, 300, 18),
                "new_customers": dice.integers(60, 90, 18),
                "new_weekly_plans": plans_won,
            }
        )
        rows = other[other["channel"] == "social ads"]
        won = rows["new_weekly_plans"].sum()
        media = rows["spend_usd"].sum()
        with check.part("the ratio", keeps=half_if_right("the LTV")):
            check.number(
                ltv_to_cac(500.0, other, channel="social ads"),
                500 * won / (media + rows["salaries_usd"].sum()),
                what="the ratio of another channel",
                traps={"media_only": 500 * won / media},
                keeps=half_if_right("the LTV"),
            )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="ltv"
# Follow one clean: the household pays the price, the cleaner gets most of it, and from our
# part go the fees and the refunds. Only what then remains can repay an ad. And only those
# who are still there pay it.

# %% [markdown] hint="ltv"
# For the LTV: contribution of one month, cut the list at 24, multiply each month by its
# survival and by its discount factor, add. For the ratio: the rows of the channel, then sums
# over the months, then one division for the CAC.

# %% [markdown] hint="ltv"
# `np.arange(1, n + 1)` gives the months; `(1 + annual_rate) ** (-months / 12)` their factors.
# `survival[:24]` keeps at most 24 values and fewer if there are fewer. The cost of a channel
# has two columns.

# %% wrong="ltv" trap="revenue_not_margin" credit=0.5
"""You have {yours}. You added up Fernbroom's part of the price as if it were all left. But fees, support,
insurance and refunds go out with every clean; that money can't repay an ad as well. Which key of `plan` have
you not used?"""


def ltv_usd(survival, plan, *, annual_rate):
    monthly = plan["price_usd"] * plan["take_rate"] * plan["cleans_per_month"]
    return sum(
        share * monthly / (1 + annual_rate) ** (month / 12)
        for month, share in enumerate(survival[:24], start=1)
    )


def ltv_to_cac(ltv, channels, *, channel):
    own = channels[channels["channel"] == channel]
    cost = own["spend_usd"].sum() + own["salaries_usd"].sum()
    return ltv / (cost / own["new_weekly_plans"].sum())


# %% wrong="ltv" trap="gmv_not_take" credit=0.5
"""You have {yours}. You took the whole price of a clean. Three quarters of it belong to the cleaner and only pass
through Fernbroom's hands; “gross merchandise value” is the name for such a sum, and it is nobody's income.
What part of the price is ours?"""


def ltv_usd(survival, plan, *, annual_rate):
    monthly = plan["price_usd"] * plan["cleans_per_month"]
    return sum(
        share * monthly / (1 + annual_rate) ** (month / 12)
        for month, share in enumerate(survival[:24], start=1)
    )


def ltv_to_cac(ltv, channels, *, channel):
    own = channels[channels["channel"] == channel]
    cost = own["spend_usd"].sum() + own["salaries_usd"].sum()
    return ltv / (cost / own["new_weekly_plans"].sum())


# %% wrong="ltv" trap="price_minus_cost" credit=0.5
"""You have {yours}. You took the costs from the whole price of a clean. But three quarters of that price belong to the
cleaner and only pass through Fernbroom's hands. What part of the price is ours, before the costs?"""


def ltv_usd(survival, plan, *, annual_rate):
    monthly = plan["price_usd"] - plan["variable_cost_usd"]
    monthly = monthly * plan["cleans_per_month"]
    return sum(
        share * monthly / (1 + annual_rate) ** (month / 12)
        for month, share in enumerate(survival[:24], start=1)
    )


def ltv_to_cac(ltv, channels, *, channel):
    own = channels[channels["channel"] == channel]
    cost = own["spend_usd"].sum() + own["salaries_usd"].sum()
    return ltv / (cost / own["new_weekly_plans"].sum())


# %% wrong="ltv" trap="constant_churn_forever" credit=0.5
"""You have {yours}. You divided the margin by one rate of churn. That adds up all months until the end of time, at
a rate of leaving that never changes; more than half of your sum lies beyond the {months} months that were
observed. Nobody has seen that money. Which months may be added?"""


def ltv_usd(survival, plan, *, annual_rate):
    monthly = plan["price_usd"] * plan["take_rate"] - plan["variable_cost_usd"]
    monthly = monthly * plan["cleans_per_month"]
    churn = 1 - survival[-1] ** (1 / len(survival))
    return monthly / churn


def ltv_to_cac(ltv, channels, *, channel):
    own = channels[channels["channel"] == channel]
    cost = own["spend_usd"].sum() + own["salaries_usd"].sum()
    return ltv / (cost / own["new_weekly_plans"].sum())


# %% wrong="ltv" trap="first_churn_forever" credit=0.5
"""You have {yours}. You divided the margin by the churn of the first month. That adds up all months until the end of time,
as if every month lost as many as the first; the list shows that they don't, and it ends after {months}. Which
months may be added?"""


def ltv_usd(survival, plan, *, annual_rate):
    monthly = plan["price_usd"] * plan["take_rate"] - plan["variable_cost_usd"]
    monthly = monthly * plan["cleans_per_month"]
    churn = 1 - survival[0]
    return monthly / churn


def ltv_to_cac(ltv, channels, *, channel):
    own = channels[channels["channel"] == channel]
    cost = own["spend_usd"].sum() + own["salaries_usd"].sum()
    return ltv / (cost / own["new_weekly_plans"].sum())


# %% wrong="ltv" trap="average_churn_forever" credit=0.5
"""You have {yours}. You divided the margin by one rate of churn, an average month's. That adds up all months until the end of
time, at a rate of leaving that never changes; most of your sum lies beyond the {months} months that were observed. Nobody has
seen that money. Which months may be added?"""


def ltv_usd(survival, plan, *, annual_rate):
    monthly = plan["price_usd"] * plan["take_rate"] - plan["variable_cost_usd"]
    monthly = monthly * plan["cleans_per_month"]
    churn = (1 - survival[-1]) / len(survival)
    return monthly / churn


def ltv_to_cac(ltv, channels, *, channel):
    own = channels[channels["channel"] == channel]
    cost = own["spend_usd"].sum() + own["salaries_usd"].sum()
    return ltv / (cost / own["new_weekly_plans"].sum())


# %% wrong="ltv" trap="average_survival" credit=0.5
"""You have {yours}: the average survival of the {months} months, times 24 months. The list ends after {months}, and in it fewer are
left each month; with your average as many pay in month 24 as in the early ones. Which months do you know, and what does
each of them bring?"""


def ltv_usd(survival, plan, *, annual_rate):
    monthly = plan["price_usd"] * plan["take_rate"] - plan["variable_cost_usd"]
    monthly = monthly * plan["cleans_per_month"]
    return 24 * monthly * sum(survival) / len(survival)


def ltv_to_cac(ltv, channels, *, channel):
    own = channels[channels["channel"] == channel]
    cost = own["spend_usd"].sum() + own["salaries_usd"].sum()
    return ltv / (cost / own["new_weekly_plans"].sum())


# %% wrong="ltv" trap="counts_from_zero" credit=0.5
"""You have {yours}. Without a discount you are right; at 40 % a year your first month is not discounted at all: the count starts
at *t* = 0. A list in Python does, but the money of a first month comes at its end. What is *t* for the first value of
`survival`?"""


def ltv_usd(survival, plan, *, annual_rate):
    monthly = plan["price_usd"] * plan["take_rate"] - plan["variable_cost_usd"]
    monthly = monthly * plan["cleans_per_month"]
    return sum(
        share * monthly / (1 + annual_rate) ** (month / 12)
        for month, share in enumerate(survival[:24])
    )


def ltv_to_cac(ltv, channels, *, channel):
    own = channels[channels["channel"] == channel]
    cost = own["spend_usd"].sum() + own["salaries_usd"].sum()
    return ltv / (cost / own["new_weekly_plans"].sum())


# %% wrong="ltv" trap="rate_a_month" credit=0.5
"""You have {yours}. You took the 40 % off every *month*: after a year a dollar would be worth less than two cents. The rate is one of a
year. Which part of a year has passed after *t* months?"""


def ltv_usd(survival, plan, *, annual_rate):
    monthly = plan["price_usd"] * plan["take_rate"] - plan["variable_cost_usd"]
    monthly = monthly * plan["cleans_per_month"]
    return sum(
        share * monthly / (1 + annual_rate) ** month
        for month, share in enumerate(survival[:24], start=1)
    )


def ltv_to_cac(ltv, channels, *, channel):
    own = channels[channels["channel"] == channel]
    cost = own["spend_usd"].sum() + own["salaries_usd"].sum()
    return ltv / (cost / own["new_weekly_plans"].sum())


# %% wrong="ltv" trap="carries_forward" credit=0.5
"""You have {yours}. The list holds {months} months, and you went on to 24 with the last value, {last}. From there on
nobody would leave any more. Where the data end, the sum ends; it is then too low, and you say so. How many
months do you know?"""


def ltv_usd(survival, plan, *, annual_rate):
    monthly = plan["price_usd"] * plan["take_rate"] - plan["variable_cost_usd"]
    monthly = monthly * plan["cleans_per_month"]
    kept = list(survival)
    kept = kept + [kept[-1]] * (24 - len(kept))
    return sum(
        share * monthly / (1 + annual_rate) ** (month / 12)
        for month, share in enumerate(kept[:24], start=1)
    )


def ltv_to_cac(ltv, channels, *, channel):
    own = channels[channels["channel"] == channel]
    cost = own["spend_usd"].sum() + own["salaries_usd"].sum()
    return ltv / (cost / own["new_weekly_plans"].sum())


# %% wrong="ltv" trap="no_cap" credit=0.5
"""You have {yours}: all {months} months of the list are in it. This course stops after 24 months, also where the
data go on, so that the LTVs of young and old products can be compared, and because a company that waits longer
for its money may not be there to get it. Where do you cut the list?"""


def ltv_usd(survival, plan, *, annual_rate):
    monthly = plan["price_usd"] * plan["take_rate"] - plan["variable_cost_usd"]
    monthly = monthly * plan["cleans_per_month"]
    return sum(
        share * monthly / (1 + annual_rate) ** (month / 12)
        for month, share in enumerate(survival, start=1)
    )


def ltv_to_cac(ltv, channels, *, channel):
    own = channels[channels["channel"] == channel]
    cost = own["spend_usd"].sum() + own["salaries_usd"].sum()
    return ltv / (cost / own["new_weekly_plans"].sum())


# %% wrong="ltv" trap="undiscounted" credit=0.5
"""You have {yours}. Here the rate is 40 % a year, and your number is the one without any discount. A dollar in month 24 is worth less than one in month 1, and the ad is paid today. Where does
`annual_rate` come in?"""


def ltv_usd(survival, plan, *, annual_rate):
    monthly = plan["price_usd"] * plan["take_rate"] - plan["variable_cost_usd"]
    return sum(survival[:24]) * monthly * plan["cleans_per_month"]


def ltv_to_cac(ltv, channels, *, channel):
    own = channels[channels["channel"] == channel]
    cost = own["spend_usd"].sum() + own["salaries_usd"].sum()
    return ltv / (cost / own["new_weekly_plans"].sum())


# %% wrong="ltv" trap="start_of_month" credit=0.75
"""You have {yours}. You let the money come at the start of each month, so all new plans pay the first one in full.
For a service that is paid in advance that is a fair convention. This course takes the end of the month, because
a clean is charged when it is done, and it is the careful choice. Which survival belongs to month 1 then?"""


def ltv_usd(survival, plan, *, annual_rate):
    monthly = plan["price_usd"] * plan["take_rate"] - plan["variable_cost_usd"]
    monthly = monthly * plan["cleans_per_month"]
    kept = [1.0, *survival][: min(24, len(survival))]
    return sum(
        share * monthly / (1 + annual_rate) ** (month / 12)
        for month, share in enumerate(kept)
    )


def ltv_to_cac(ltv, channels, *, channel):
    own = channels[channels["channel"] == channel]
    cost = own["spend_usd"].sum() + own["salaries_usd"].sum()
    return ltv / (cost / own["new_weekly_plans"].sum())


# %% wrong="ltv" trap="nominal_rate" credit=0.75
"""You have {yours}. You used a twelfth of the yearly rate for a month, as banks do. This course uses (1 + r)^(t/12),
because twelve months at a twelfth of the rate cost more than the rate says. How do you write month t of a yearly
rate?"""


def ltv_usd(survival, plan, *, annual_rate):
    monthly = plan["price_usd"] * plan["take_rate"] - plan["variable_cost_usd"]
    monthly = monthly * plan["cleans_per_month"]
    return sum(
        share * monthly / (1 + annual_rate / 12) ** month
        for month, share in enumerate(survival[:24], start=1)
    )


def ltv_to_cac(ltv, channels, *, channel):
    own = channels[channels["channel"] == channel]
    cost = own["spend_usd"].sum() + own["salaries_usd"].sum()
    return ltv / (cost / own["new_weekly_plans"].sum())


# %% wrong="ltv" trap="blended_cac" credit=0.5
"""Your LTV is right. For the ratio you have {yours}: cost and plans of *all* channels. The plans that came by themselves
then hide what the ads cost, and the ads are what Ada wants to double. What does a plan won by
{name} cost?"""


def ltv_usd(survival, plan, *, annual_rate):
    monthly = plan["price_usd"] * plan["take_rate"] - plan["variable_cost_usd"]
    monthly = monthly * plan["cleans_per_month"]
    return sum(
        share * monthly / (1 + annual_rate) ** (month / 12)
        for month, share in enumerate(survival[:24], start=1)
    )


def ltv_to_cac(ltv, channels, *, channel):
    cost = channels["spend_usd"].sum() + channels["salaries_usd"].sum()
    return ltv / (cost / channels["new_weekly_plans"].sum())


# %% wrong="ltv" trap="media_only" credit=0.75
"""Your LTV is right. For the ratio you have {yours}: you took what was paid for media. Some reports do that, to compare
ads. This course counts the salaries of those who run the channel as well, {salaries} dollars here, because without
them no ad goes out. Which two columns make the full cost?"""


def ltv_usd(survival, plan, *, annual_rate):
    monthly = plan["price_usd"] * plan["take_rate"] - plan["variable_cost_usd"]
    monthly = monthly * plan["cleans_per_month"]
    return sum(
        share * monthly / (1 + annual_rate) ** (month / 12)
        for month, share in enumerate(survival[:24], start=1)
    )


def ltv_to_cac(ltv, channels, *, channel):
    own = channels[channels["channel"] == channel]
    return ltv / (own["spend_usd"].sum() / own["new_weekly_plans"].sum())


# %% wrong="ltv" trap="per_new_customer" credit=0.5
"""Your LTV is right. For the ratio you have {yours}: you divided the cost by {customers} new customers, and most of them
took a single clean. But the LTV above the line is that of a *weekly plan*, and the channel won {plans} of those.
Value and cost must speak of the same thing. Which column counts it?"""


def ltv_usd(survival, plan, *, annual_rate):
    monthly = plan["price_usd"] * plan["take_rate"] - plan["variable_cost_usd"]
    monthly = monthly * plan["cleans_per_month"]
    return sum(
        share * monthly / (1 + annual_rate) ** (month / 12)
        for month, share in enumerate(survival[:24], start=1)
    )


def ltv_to_cac(ltv, channels, *, channel):
    own = channels[channels["channel"] == channel]
    cost = own["spend_usd"].sum() + own["salaries_usd"].sum()
    return ltv / (cost / own["new_customers"].sum())


# %% wrong="ltv" trap="mean_of_months" credit=0.5
"""Your LTV is right. For the ratio you have {yours}: the mean of two monthly costs per plan. A month that won 2 plans then
weighs as much as one that won 18. What did all plans together cost?"""


def ltv_usd(survival, plan, *, annual_rate):
    monthly = plan["price_usd"] * plan["take_rate"] - plan["variable_cost_usd"]
    monthly = monthly * plan["cleans_per_month"]
    return sum(
        share * monthly / (1 + annual_rate) ** (month / 12)
        for month, share in enumerate(survival[:24], start=1)
    )


def ltv_to_cac(ltv, channels, *, channel):
    own = channels[channels["channel"] == channel]
    cost = own["spend_usd"] + own["salaries_usd"]
    return ltv / (cost / own["new_weekly_plans"]).mean()


# %% wrong="ltv" trap="upside_down" credit=0.5
"""Your LTV is right. Your ratio, {yours}, is upside down: it is what a plan costs for each dollar that it brings. A ratio
“LTV to CAC” above 1 says that a plan earns more than it costs. Which of the two stands above the line?"""


def ltv_usd(survival, plan, *, annual_rate):
    monthly = plan["price_usd"] * plan["take_rate"] - plan["variable_cost_usd"]
    monthly = monthly * plan["cleans_per_month"]
    return sum(
        share * monthly / (1 + annual_rate) ** (month / 12)
        for month, share in enumerate(survival[:24], start=1)
    )


def ltv_to_cac(ltv, channels, *, channel):
    own = channels[channels["channel"] == channel]
    cost = own["spend_usd"].sum() + own["salaries_usd"].sum()
    return cost / own["new_weekly_plans"].sum() / ltv


# %% right="ltv"
def ltv_usd(survival, plan, *, annual_rate):
    per_clean = plan["price_usd"] * plan["take_rate"] - plan["variable_cost_usd"]
    return pm.metrics.lifetime_value(
        survival,
        contribution_usd_per_period=plan["cleans_per_month"] * per_clean,
        annual_discount_rate=annual_rate,
    ).value_usd


def ltv_to_cac(ltv, channels, *, channel):
    sums = channels.groupby("channel").sum(numeric_only=True).loc[channel]
    cac = pm.metrics.acquisition_cost(
        costs_usd=sums["spend_usd"] + sums["salaries_usd"],
        new_customers=int(sums["new_weekly_plans"]),
    )
    return ltv / cac


# %% right="ltv"
def ltv_usd(survival, plan, *, annual_rate):
    total = 0.0
    for month, share in enumerate(survival, start=1):
        if month > 24:
            break
        kept = plan["price_usd"] * plan["take_rate"] - plan["variable_cost_usd"]
        total += (
            share * plan["cleans_per_month"] * kept / (1 + annual_rate) ** (month / 12)
        )
    return total


def ltv_to_cac(ltv, channels, *, channel):
    cost = plans_won = 0
    for row in channels.itertuples():
        if row.channel == channel:
            cost += row.spend_usd + row.salaries_usd
            plans_won += row.new_weekly_plans
    return ltv * plans_won / cost


# %%
last_year = cutoff - pd.DateOffset(years=1)
weekly = plans.query("kind == 'weekly'")
lasted = (weekly["ended_at"].fillna(cutoff) - weekly["started_at"]).dt.days
curve = pm.metrics.kaplan_meier(lasted, observed=weekly["ended_at"].notna())
whole_months = min(24, int(curve.last_time // 30))
left_after = [curve.survival_at(30 * month) for month in range(1, whole_months + 1)]
costs = pm.case.load("costs")
recent = costs["month"] >= last_year
variable = costs[recent & (costs["behavior"] == "per clean")]["amount_usd"].sum()
done = bookings["status"].eq("completed") & (bookings["scheduled_at"] >= last_year)
assumed = pm.case.load("assumptions").set_index("name")["value"]
weekly_plan = {
    "price_usd": weekly["price_usd"].mean(),
    "cleans_per_month": weekly["cleans_per_month"].mean(),
    "take_rate": assumed["take_rate"],
    "variable_cost_usd": variable / (done & (bookings["scheduled_at"] < cutoff)).sum(),
}
channels = pm.case.load("channels").query("month >= @last_year")
found = numbers_in(
    "ltv",
    lambda: ltv_usd(
        left_after, weekly_plan.copy(), annual_rate=assumed["discount_rate"]
    ),
)
ltv_usd_24 = found[0] if found else None
if found is None:
    print("Run the check of M08-E5 first; it has to pass.")
else:
    print(
        f"A new weekly plan brings {money(ltv_usd_24)} of contribution in "
        f"{whole_months} months, after {money(weekly_plan['variable_cost_usd'])} of "
        "variable cost for each clean."
    )
    for name in ("search ads", "social ads", "referral"):
        ratio = numbers_in(
            "ltv",
            lambda name=name: ltv_to_cac(ltv_usd_24, channels.copy(), channel=name),
        )
        print(f"LTV to CAC, {name}: {ratio[0]:.2f}" if ratio else "No ratio yet.")

# %% [markdown] exercise="cdnow" objective="forecast buyers who never say goodbye"
# ## M08-E6 · Who will buy again? (4 points)
#
# A plan ends on a day. A shop has no such day: customers just stop coming, and silence may
# be a long pause. You get REAL purchases of the music shop CDNOW: everybody who first bought
# in January to March 1997. The first 39 weeks are known; you forecast the next 39.
#
# `purchases` has a row for each item bought: `customer_id`, `date`, and two columns you do
# not need. A customer may have **several rows on one day**: that is one purchase. Each
# customer's first purchase lies on or before `end`, the last day that is known.
#
# Write two functions.
#
# 1. `repeat_share(purchases, end)`: the share of all customers who by `end` (that day
#    included) bought again on a **later day** than their first.
# 2. `forecast_errors(purchases, end, weeks)`: for each customer take
#    - *x*, the repeat purchases by `end`: different days after the first day,
#    - *T*, the weeks from the first purchase to `end` (days / 7),
#    - *y*, the purchases in the `weeks` × 7 days after `end`: different days.
#
#    Two forecasts of *y*: the **same rate** continues, *x* / *T* × `weeks`; and the
#    **shrunken rate**, `shrunken_rate(x, T)` × `weeks`, with the function given below. Return
#    `{"same_rate": …, "shrunken": …}`: for each, the mean over *all* customers of the
#    absolute error |forecast − *y*|. A forecast may use only what was known at `end`.
#
# **Done when** the share is a fraction and the errors are in purchases per customer, all
# right within 0.5 %. Each function earns half.


# %%
def shrunken_rate(repeats, weeks):
    """Return purchases a week, pulled towards the few that a typical customer makes.

    As if each customer had also been watched for 30 weeks with 0.3 purchases in them
    (numbers chosen by hand). Works for single numbers and for whole columns.
    """
    return (repeats + 0.3) / (weeks + 30)


for repeats, weeks in ((0, 30), (3, 30)):
    print(
        f"{repeats} repeats in {weeks} weeks: same rate {repeats / weeks:.3f} a week, "
        f"shrunken {shrunken_rate(repeats, weeks):.3f}"
    )


# %% solution="cdnow"
def repeat_share(purchases, end):
    """Return the share of customers who bought again by the end, a fraction."""
    ### BEGIN SOLUTION
    known = purchases[purchases["date"] <= end]
    return (known.groupby("customer_id")["date"].nunique() > 1).mean()
    ### END SOLUTION


def forecast_errors(purchases, end, weeks):
    """Return {"same_rate": ..., "shrunken": ...}, mean absolute errors."""
    ### BEGIN SOLUTION
    days = purchases[["customer_id", "date"]].drop_duplicates()
    known = days[days["date"] <= end].groupby("customer_id")["date"]
    x = known.size() - 1
    watched = (end - known.min()).dt.days / 7
    until = end + pd.Timedelta(weeks=weeks)
    later = days[(days["date"] > end) & (days["date"] <= until)]
    y = later.groupby("customer_id").size().reindex(x.index, fill_value=0)
    return {
        "same_rate": (x / watched * weeks - y).abs().mean(),
        "shrunken": (shrunken_rate(x, watched) * weeks - y).abs().mean(),
    }
    ### END SOLUTION


# %% checks="cdnow" points=4
with pm.checks.exercise("cdnow", points=4, read="Lesson 08, section 7") as check:

    def half_if_right(function):
        """Half of the points stay while the other function is right."""
        made = check.verdict().comparisons
        return 0.5 * all(item.right for item in made if function in item.what)

    def rows_of(customers, days, first_day):
        """Return a table of purchases from days since the first day."""
        dates = pd.Timestamp(first_day) + pd.to_timedelta(np.asarray(days), unit="D")
        table = pd.DataFrame({"customer_id": customers, "date": dates})
        return table.assign(cds=1, dollars=12.5)

    def errors(repeats, watched, bought, weeks):
        """Return the mean absolute errors of the two forecasts."""
        repeats, watched, bought = map(np.asarray, (repeats, watched, bought))
        same = np.abs(repeats / watched * weeks - bought).mean()
        shrunk = (repeats + 0.3) / (watched + 30) * weeks
        return {"same_rate": same, "shrunken": np.abs(shrunk - bought).mean()}

    # Day 98 is 9 April. Customer 1 buys twice on one day, and again after the end; 2 and
    # 5 come back early, fall silent for 12 weeks or more, and come again; 3 comes on the
    # last day of the ten weeks and after it; 4 on the very last day that is known; 6 soon,
    # then never; 7 is new, and comes back at once.
    end = pd.Timestamp("1997-04-09")
    small = rows_of(
        [1, 1, 1, *[2] * 4, 3, 3, 3, 4, 4, *[5] * 5, 6, 6, 6, 7, 7],
        [
            *(0, 0, 130, 0, 3, 5, 150, 0, 168, 175, 33, 98),
            *(2, 4, 6, 110, 120, 1, 5, 8, 80, 90),
        ],
        "1997-01-01",
    )
    check.show("the small table of purchases", small.drop(columns=["cds", "dollars"]))
    with check.part("the share", keeps=0.5):
        check.number(
            repeat_share(small.copy(), end),
            5 / 7,
            what="the share of the small table who bought again",
            traps={
                "same_day_repeat": 6 / 7,
                "leaks_future": 1.0,
                "one_timers": 2 / 7,
                "back_after_end": 4 / 7,
            },
            facts={"end": "1997-04-09"},
            idea="Go through the seven customers: on which different days did each buy, up "
            "to 1997-04-09 and that day included?",
            keeps=0.5,
        )
    keeps = half_if_right("the share")
    x, bought = np.array([0, 2, 0, 1, 2, 2, 1]), np.array([1, 1, 1, 0, 2, 0, 0])
    first_day = np.array([0, 0, 0, 33, 2, 1, 80])
    rows = np.array([1, 0, 0, 0, 0, 0, 0])  # more on one day
    after_all = np.array([0, 0, 1, 0, 0, 0, 0])  # later than the ten weeks
    watched = (98 - first_day) / 7
    right = errors(x, watched, bought, 10)
    silent = np.where(x > 0, (x + 0.3) / (watched + 30) * 10, 0.0)
    only_later, only_repeats = bought > 0, x > 0
    with check.part("the errors", keeps=keeps):
        check.record(
            forecast_errors(small.copy(), end, 10),
            right,
            what="the errors on the small table",
            traps={
                "future_in_rate": errors(x + bought, watched + 10, bought, 10),
                "future_in_x": errors(x + bought, watched, bought, 10),
                "whole_table_in_x": errors(x + bought + after_all, watched, bought, 10),
                "no_end_of_window": errors(x, watched, bought + after_all, 10),
                "rows_in_errors": errors(x + rows, watched, bought, 10),
                "first_purchase_counts": errors(x + 1, watched, bought, 10),
                "days_not_weeks": errors(x, watched * 7, bought, 10),
                "silence_is_churn": {
                    "same_rate": right["same_rate"],
                    "shrunken": np.abs(silent - bought).mean(),
                },
                "forgets_the_silent": errors(
                    x[only_later], watched[only_later], bought[only_later], 10
                ),
                "repeaters_only": errors(
                    x[only_repeats], watched[only_repeats], bought[only_repeats], 10
                ),
                "error_of_the_mean": {
                    "same_rate": abs((x / watched * 10 - bought).mean())
                },
            }
            if keeps
            else {},
            facts={"customers": 7},
            idea="Take customer 2: two repeats in 14 weeks make a forecast of 1.43 "
            "purchases in the next ten, and one came. Do that for all seven, then take the "
            "mean. Several rows on one day are one purchase. Day 98 is known on the day of the forecast; days 99 to 168 are not. *T* "
            "is days / 7, with its fraction.",
            keeps=keeps,
        )
    ### BEGIN HIDDEN TESTS
    for variant in pm.checks.variants(3):
        dice = pm.checks.rng(variant)
        # Shaped like CDNOW: most buy once, a few often, many stop without a word.
        size, last, weeks = 220, 273, int(dice.integers(30, 40))
        rates = dice.gamma(0.5, 0.012, size) + 0.0008
        first = dice.integers(0, 84, size)
        stops = first + dice.exponential(230, size)
        gaps = np.ceil(dice.exponential(1 / rates[:, None], (size, 20)))
        days = first[:, None] + np.cumsum(gaps, axis=1)
        days[days >= np.minimum(stops, 640)[:, None]] = 9_999  # never
        # Some come back only after a long silence; some on the last day that is known,
        # on the last day of the forecast, or only after it.
        days[:30] = 9_999
        days[:12, 0] = last + 40 + np.arange(12)
        days[12:18, 0], days[18:24, 0] = last, last + 7 * weeks
        days[24:30, 0] = last + 7 * weeks + 1
        x = (days <= last).sum(axis=1)
        bought = ((days > last) & (days <= last + 7 * weeks)).sum(axis=1)
        # Several rows on one day, now and then.
        days = np.column_stack([first, days])
        days = np.hstack([days, np.where(dice.random(days.shape) < 0.15, days, 9_999)])
        who, column = np.nonzero(days < 9_999)
        data = rows_of(who, days[who, column], "1997-01-01")
        data = data.sample(frac=1, random_state=int(dice.integers(1_000)))
        end = pd.Timestamp("1997-01-01") + pd.Timedelta(days=last)
        with check.part("the share", keeps=half_if_right("the errors")):
            check.number(
                repeat_share(data, end),
                np.mean(x > 0),
                what="the share of other customers who bought again",
                keeps=half_if_right("the errors"),
            )
        with check.part("the errors", keeps=half_if_right("the share")):
            check.record(
                forecast_errors(data, end, weeks),
                errors(x, (last - first) / 7, bought, weeks),
                what="the errors on other customers",
                keeps=half_if_right("the share"),
            )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="cdnow"
# Draw a line through time at `end`. Left of it is all that a forecast may know; right of it
# is what it will be judged by. And what is one purchase: a row, or a day?

# %% [markdown] hint="cdnow"
# Merge the rows of one customer and day first. From what lies left of the line take, for each
# customer, the first day and the number of days. From the right side take the number of days;
# most customers have none there, and they count with 0.

# %% [markdown] hint="cdnow"
# `.drop_duplicates()` on customer and date merges rows. After a `groupby` on the right side,
# `.reindex(ids, fill_value=0)` gives a 0 to those who did not come. The first purchase is no
# repeat, so subtract one.

# %% wrong="cdnow" trap="same_day_repeat"
"""You have {yours}. Customer 1 is in it: she has two rows, both of one day. Two discs in one order are no return;
she has not come back by then. In the real table such rows are common. What makes a *purchase* here?"""


def repeat_share(purchases, end):
    known = purchases[purchases["date"] <= end]
    return (known.groupby("customer_id").size() > 1).mean()


def forecast_errors(purchases, end, weeks):
    known = purchases[purchases["date"] <= end].groupby("customer_id")["date"]
    x = known.size() - 1
    watched = (end - known.min()).dt.days / 7
    until = end + pd.Timedelta(weeks=weeks)
    later = purchases[(purchases["date"] > end) & (purchases["date"] <= until)]
    y = later.groupby("customer_id").size().reindex(x.index, fill_value=0)
    return {
        "same_rate": (x / watched * weeks - y).abs().mean(),
        "shrunken": (shrunken_rate(x, watched) * weeks - y).abs().mean(),
    }


# %% wrong="cdnow" trap="leaks_future"
"""You have {yours}. Everyone came back, also customer 3, whose second day lies after {end}. On that day
nobody could know it. A report that uses the future always looks good, until the future comes. Which rows were
there on the last day that is known?"""


def repeat_share(purchases, end):
    return (purchases.groupby("customer_id")["date"].nunique() > 1).mean()


def forecast_errors(purchases, end, weeks):
    until = end + pd.Timedelta(weeks=weeks)
    days = purchases[["customer_id", "date"]].drop_duplicates()
    days = days[days["date"] <= until]
    groups = days.groupby("customer_id")["date"]
    x = groups.size() - 1
    watched = (until - groups.min()).dt.days / 7
    y = days[days["date"] > end].groupby("customer_id").size()
    y = y.reindex(x.index, fill_value=0)
    return {
        "same_rate": (x / watched * weeks - y).abs().mean(),
        "shrunken": (shrunken_rate(x, watched) * weeks - y).abs().mean(),
    }


# %% wrong="cdnow" trap="back_after_end" credit=0.5
"""You have {yours}: the share of those who bought *after* {end}, as in the lesson, where they had been silent. Here the
question is who had come back *by* that day, for a second time or more. Which rows does it look at?"""


def repeat_share(purchases, end):
    later = purchases[purchases["date"] > end]
    return later["customer_id"].nunique() / purchases["customer_id"].nunique()


def forecast_errors(purchases, end, weeks):
    days = purchases[["customer_id", "date"]].drop_duplicates()
    known = days[days["date"] <= end].groupby("customer_id")["date"]
    x = known.size() - 1
    watched = (end - known.min()).dt.days / 7
    until = end + pd.Timedelta(weeks=weeks)
    later = days[(days["date"] > end) & (days["date"] <= until)]
    y = later.groupby("customer_id").size().reindex(x.index, fill_value=0)
    return {
        "same_rate": (x / watched * weeks - y).abs().mean(),
        "shrunken": (shrunken_rate(x, watched) * weeks - y).abs().mean(),
    }


# %% wrong="cdnow" trap="one_timers" credit=0.5
"""You have {yours}: the share of those who bought on one day only. Ada asks for the others. Who came back on a later
day?"""


def repeat_share(purchases, end):
    known = purchases[purchases["date"] <= end]
    return (known.groupby("customer_id")["date"].nunique() == 1).mean()


def forecast_errors(purchases, end, weeks):
    days = purchases[["customer_id", "date"]].drop_duplicates()
    known = days[days["date"] <= end].groupby("customer_id")["date"]
    x = known.size() - 1
    watched = (end - known.min()).dt.days / 7
    until = end + pd.Timedelta(weeks=weeks)
    later = days[(days["date"] > end) & (days["date"] <= until)]
    y = later.groupby("customer_id").size().reindex(x.index, fill_value=0)
    return {
        "same_rate": (x / watched * weeks - y).abs().mean(),
        "shrunken": (shrunken_rate(x, watched) * weeks - y).abs().mean(),
    }


# %% wrong="cdnow" trap="future_in_rate" credit=0.5
"""Your share is right. For the errors you have {yours}: your rates hold the purchases after the end, which
are the very ones that you forecast. Anyone is good at forecasting what she has seen. Which rows may *x* and
*T* use?"""


def repeat_share(purchases, end):
    known = purchases[purchases["date"] <= end]
    return (known.groupby("customer_id")["date"].nunique() > 1).mean()


def forecast_errors(purchases, end, weeks):
    until = end + pd.Timedelta(weeks=weeks)
    days = purchases[["customer_id", "date"]].drop_duplicates()
    days = days[days["date"] <= until]
    groups = days.groupby("customer_id")["date"]
    x = groups.size() - 1
    watched = (until - groups.min()).dt.days / 7
    y = days[days["date"] > end].groupby("customer_id").size()
    y = y.reindex(x.index, fill_value=0)
    return {
        "same_rate": (x / watched * weeks - y).abs().mean(),
        "shrunken": (shrunken_rate(x, watched) * weeks - y).abs().mean(),
    }


# %% wrong="cdnow" trap="future_in_x" credit=0.5
"""Your share is right. For the errors you have {yours}: your *x* holds the purchases after the end, which are the very
ones that you forecast, while *T* stops at the end. Which rows may *x* use?"""


def repeat_share(purchases, end):
    known = purchases[purchases["date"] <= end]
    return (known.groupby("customer_id")["date"].nunique() > 1).mean()


def forecast_errors(purchases, end, weeks):
    days = purchases[["customer_id", "date"]].drop_duplicates()
    known = days[days["date"] <= end].groupby("customer_id")["date"]
    until = end + pd.Timedelta(weeks=weeks)
    x = days[days["date"] <= until].groupby("customer_id").size() - 1
    watched = (end - known.min()).dt.days / 7
    later = days[(days["date"] > end) & (days["date"] <= until)]
    y = later.groupby("customer_id").size().reindex(x.index, fill_value=0)
    return {
        "same_rate": (x / watched * weeks - y).abs().mean(),
        "shrunken": (shrunken_rate(x, watched) * weeks - y).abs().mean(),
    }


# %% wrong="cdnow" trap="whole_table_in_x" credit=0.5
"""Your share is right. For the errors you have {yours}: your *x* holds all purchases of the table, also those after the
end, which are the very ones that you forecast. Which rows may *x* use?"""


def repeat_share(purchases, end):
    known = purchases[purchases["date"] <= end]
    return (known.groupby("customer_id")["date"].nunique() > 1).mean()


def forecast_errors(purchases, end, weeks):
    days = purchases[["customer_id", "date"]].drop_duplicates()
    known = days[days["date"] <= end].groupby("customer_id")["date"]
    x = days.groupby("customer_id").size() - 1
    watched = (end - known.min()).dt.days / 7
    until = end + pd.Timedelta(weeks=weeks)
    later = days[(days["date"] > end) & (days["date"] <= until)]
    y = later.groupby("customer_id").size().reindex(x.index, fill_value=0)
    return {
        "same_rate": (x / watched * weeks - y).abs().mean(),
        "shrunken": (shrunken_rate(x, watched) * weeks - y).abs().mean(),
    }


# %% wrong="cdnow" trap="no_end_of_window" credit=0.5
"""Your share is right. For the errors you have {yours}: your *y* has no last day. Customer 3 came on day 168, the last of the ten
weeks, and once more after them, and both are in it. The forecast is for so many weeks, so it is judged on those. Until
which day does *y* count?"""


def repeat_share(purchases, end):
    known = purchases[purchases["date"] <= end]
    return (known.groupby("customer_id")["date"].nunique() > 1).mean()


def forecast_errors(purchases, end, weeks):
    days = purchases[["customer_id", "date"]].drop_duplicates()
    known = days[days["date"] <= end].groupby("customer_id")["date"]
    x = known.size() - 1
    watched = (end - known.min()).dt.days / 7
    later = days[days["date"] > end]
    y = later.groupby("customer_id").size().reindex(x.index, fill_value=0)
    return {
        "same_rate": (x / watched * weeks - y).abs().mean(),
        "shrunken": (shrunken_rate(x, watched) * weeks - y).abs().mean(),
    }


# %% wrong="cdnow" trap="rows_in_errors" credit=0.5
"""Your share is right. For the errors you have {yours}: you counted rows. Customer 1 has two rows on her first day, two discs in
one order, and for you the second one is a repeat. `repeat_share` knows better. What makes a *purchase* here?"""


def repeat_share(purchases, end):
    known = purchases[purchases["date"] <= end]
    return (known.groupby("customer_id")["date"].nunique() > 1).mean()


def forecast_errors(purchases, end, weeks):
    days = purchases
    known = days[days["date"] <= end].groupby("customer_id")["date"]
    x = known.size() - 1
    watched = (end - known.min()).dt.days / 7
    until = end + pd.Timedelta(weeks=weeks)
    later = days[(days["date"] > end) & (days["date"] <= until)]
    y = later.groupby("customer_id").size().reindex(x.index, fill_value=0)
    return {
        "same_rate": (x / watched * weeks - y).abs().mean(),
        "shrunken": (shrunken_rate(x, watched) * weeks - y).abs().mean(),
    }


# %% wrong="cdnow" trap="days_not_weeks" credit=0.5
"""Your share is right. For the errors you have {yours}: your *T* is in days, and the forecast is for *weeks*. A rate per day
times a number of weeks is a seventh of what you mean. In which unit is each of the two?"""


def repeat_share(purchases, end):
    known = purchases[purchases["date"] <= end]
    return (known.groupby("customer_id")["date"].nunique() > 1).mean()


def forecast_errors(purchases, end, weeks):
    days = purchases[["customer_id", "date"]].drop_duplicates()
    known = days[days["date"] <= end].groupby("customer_id")["date"]
    x = known.size() - 1
    watched = (end - known.min()).dt.days
    until = end + pd.Timedelta(weeks=weeks)
    later = days[(days["date"] > end) & (days["date"] <= until)]
    y = later.groupby("customer_id").size().reindex(x.index, fill_value=0)
    return {
        "same_rate": (x / watched * weeks - y).abs().mean(),
        "shrunken": (shrunken_rate(x, watched) * weeks - y).abs().mean(),
    }


# %% wrong="cdnow" trap="first_purchase_counts" credit=0.5
"""Your share is right. For the errors you have {yours}: the first purchase is part of your *x*. Everyone in the
table has one; it is why they are in it, so it tells nothing about coming back. With it, even customer 3 has a
rate. How many purchases came *after* the first day?"""


def repeat_share(purchases, end):
    known = purchases[purchases["date"] <= end]
    return (known.groupby("customer_id")["date"].nunique() > 1).mean()


def forecast_errors(purchases, end, weeks):
    days = purchases[["customer_id", "date"]].drop_duplicates()
    known = days[days["date"] <= end].groupby("customer_id")["date"]
    x = known.size()
    watched = (end - known.min()).dt.days / 7
    until = end + pd.Timedelta(weeks=weeks)
    later = days[(days["date"] > end) & (days["date"] <= until)]
    y = later.groupby("customer_id").size().reindex(x.index, fill_value=0)
    return {
        "same_rate": (x / watched * weeks - y).abs().mean(),
        "shrunken": (shrunken_rate(x, watched) * weeks - y).abs().mean(),
    }


# %% wrong="cdnow" trap="silence_is_churn" credit=0.5
"""Your share is right. For the errors you have {yours}: whoever did not buy again by the end has a forecast of 0 with
you, as if she had left. Nobody signs a contract here, so nobody can cancel it. Look at customers 1 and 3: silent by
the end, and back after it. A long gap makes leaving likelier; it doesn't prove it. What does the shrunken rate say
for *x* = 0?"""


def repeat_share(purchases, end):
    known = purchases[purchases["date"] <= end]
    return (known.groupby("customer_id")["date"].nunique() > 1).mean()


def forecast_errors(purchases, end, weeks):
    days = purchases[["customer_id", "date"]].drop_duplicates()
    known = days[days["date"] <= end].groupby("customer_id")["date"]
    x = known.size() - 1
    watched = (end - known.min()).dt.days / 7
    until = end + pd.Timedelta(weeks=weeks)
    later = days[(days["date"] > end) & (days["date"] <= until)]
    y = later.groupby("customer_id").size().reindex(x.index, fill_value=0)
    shrunken = (shrunken_rate(x, watched) * weeks).where(x > 0, 0)
    return {
        "same_rate": (x / watched * weeks - y).abs().mean(),
        "shrunken": (shrunken - y).abs().mean(),
    }


# %% wrong="cdnow" trap="forgets_the_silent" credit=0.5
"""Your share is right. For the errors you have {yours}, the mean of only those who bought after the end. Customer 4
did not; a count of her later purchases finds no row, and the mean drops her. But a forecast for someone who never
comes is exactly where it goes wrong. What is *y* for her?"""


def repeat_share(purchases, end):
    known = purchases[purchases["date"] <= end]
    return (known.groupby("customer_id")["date"].nunique() > 1).mean()


def forecast_errors(purchases, end, weeks):
    days = purchases[["customer_id", "date"]].drop_duplicates()
    known = days[days["date"] <= end].groupby("customer_id")["date"]
    x = known.size() - 1
    watched = (end - known.min()).dt.days / 7
    until = end + pd.Timedelta(weeks=weeks)
    later = days[(days["date"] > end) & (days["date"] <= until)]
    y = later.groupby("customer_id").size()
    return {
        "same_rate": (x / watched * weeks - y).abs().mean(),
        "shrunken": (shrunken_rate(x, watched) * weeks - y).abs().mean(),
    }


# %% wrong="cdnow" trap="repeaters_only" credit=0.5
"""Your share is right. For the errors you have {yours}, the mean of only those who had bought again by the end. The
silent ones are most of the customers of a shop, and they bring a good part of what comes later. A forecast is judged
on *all* {customers}. Where did the others go?"""


def repeat_share(purchases, end):
    known = purchases[purchases["date"] <= end]
    return (known.groupby("customer_id")["date"].nunique() > 1).mean()


def forecast_errors(purchases, end, weeks):
    days = purchases[["customer_id", "date"]].drop_duplicates()
    known = days[days["date"] <= end].groupby("customer_id")["date"]
    x = (known.size() - 1).loc[lambda repeats: repeats > 0]
    watched = (end - known.min()).dt.days.loc[x.index] / 7
    until = end + pd.Timedelta(weeks=weeks)
    later = days[(days["date"] > end) & (days["date"] <= until)]
    y = later.groupby("customer_id").size().reindex(x.index, fill_value=0)
    return {
        "same_rate": (x / watched * weeks - y).abs().mean(),
        "shrunken": (shrunken_rate(x, watched) * weeks - y).abs().mean(),
    }


# %% wrong="cdnow" trap="error_of_the_mean" credit=0.5
"""Your share is right. For the errors you have {yours}: the error of the mean forecast, or of the total. One customer
forecast too high and another too low then cancel, and a forecast that is wrong for everyone looks perfect. The task asks
how far off it is for *each* customer. Where does the absolute value belong?"""


def repeat_share(purchases, end):
    known = purchases[purchases["date"] <= end]
    return (known.groupby("customer_id")["date"].nunique() > 1).mean()


def forecast_errors(purchases, end, weeks):
    days = purchases[["customer_id", "date"]].drop_duplicates()
    known = days[days["date"] <= end].groupby("customer_id")["date"]
    x = known.size() - 1
    watched = (end - known.min()).dt.days / 7
    until = end + pd.Timedelta(weeks=weeks)
    later = days[(days["date"] > end) & (days["date"] <= until)]
    y = later.groupby("customer_id").size().reindex(x.index, fill_value=0)
    return {
        "same_rate": abs((x / watched * weeks - y).mean()),
        "shrunken": abs((shrunken_rate(x, watched) * weeks - y).mean()),
    }


# %% right="cdnow"
def repeat_share(purchases, end):
    table = pm.metrics.purchase_summary(purchases, last_day=end, time_unit="week")
    return float(np.mean(table["frequency"] > 0))


def forecast_errors(purchases, end, weeks):
    known = pm.metrics.purchase_summary(purchases, last_day=end, time_unit="week")
    until = end + pd.Timedelta(weeks=weeks)
    whole = pm.metrics.purchase_summary(purchases, last_day=until)
    both = known.merge(whole, on="customer_id", suffixes=("", "_whole"))
    y = both["frequency_whole"] - both["frequency"]
    same = both["frequency"] / both["age"] * weeks
    shrunken = shrunken_rate(both["frequency"], both["age"]) * weeks
    return {
        "same_rate": np.abs(same - y).mean(),
        "shrunken": np.abs(shrunken - y).mean(),
    }


# %% right="cdnow"
def days_by_customer(purchases):
    days = {}
    for name, date in zip(purchases["customer_id"], purchases["date"], strict=True):
        days.setdefault(name, set()).add(date)
    return days.values()


def repeat_share(purchases, end):
    again = [
        sum(day <= end for day in days) > 1 for days in days_by_customer(purchases)
    ]
    return sum(again) / len(again)


def forecast_errors(purchases, end, weeks):
    same, shrunken = [], []
    until = end + pd.Timedelta(days=7 * weeks)
    for days in days_by_customer(purchases):
        watched = (end - min(days)).days / 7
        x = sum(day <= end for day in days) - 1
        y = sum(end < day <= until for day in days)
        same.append(abs(x / watched * weeks - y))
        shrunken.append(abs(shrunken_rate(x, watched) * weeks - y))
    return {
        "same_rate": sum(same) / len(same),
        "shrunken": sum(shrunken) / len(shrunken),
    }


# %%
cdnow = pm.datasets.load("cdnow")  # REAL
week_39 = pd.Timestamp("1997-09-30")
share = numbers_in("cdnow", lambda: repeat_share(cdnow.copy(), week_39))
off = numbers_in(
    *("cdnow", lambda: forecast_errors(cdnow.copy(), week_39, 39)),
    *("same_rate", "shrunken"),
)
if share is None or off is None:
    print("Run the check of M08-E6 first; it has to pass.")
else:
    print(
        f"{percent(share[0])} of {count(cdnow['customer_id'].nunique())} CDNOW customers "
        f"bought again by week 39. Forecast of weeks 40 to 78: “same rate” is off by "
        f"{off[0]:.2f} purchases a customer, the shrunken rate by {off[1]:.2f}."
    )

# %% [markdown]
# ## Material for the review
#
# First the shape: how many of 100 weekly plans still run after each month of 30 days.

# %%
if ltv_usd_24 is None:
    print("Run the check of M08-E5 and the cell below it first.")
else:
    still = [100, *(100 * share for share in left_after)]
    print("month  still running  lost in it")
    for month in (1, 2, 3, 6, 9, 12, 18, whole_months):
        lost = still[month - 1] - still[month]
        print(f"{month:5}  {still[month]:13.0f}  {lost:10.1f}")

# %% [markdown]
# When a plan ends, the system notes a reason. The next cell asks for each one: what would a
# new plan be worth if *nobody* left for this reason? Such plans then count as still running
# (censored) on their last day. That is the most a lever on this reason could bring; a real
# one brings a part. It also assumes that those who stay would go on like the others.

# %%
weekly = plans.query("kind == 'weekly'")
lasted = (weekly["ended_at"].fillna(cutoff) - weekly["started_at"]).dt.days
reasons = weekly["end_reason"].value_counts()
early = weekly["end_reason"][lasted < 60].value_counts()
won = channels["new_weekly_plans"].sum()
print(f"{count(won)} weekly plans were begun in the last year.")
for reason in reasons.index if ltv_usd_24 is not None else []:
    seen = weekly["ended_at"].notna() & (weekly["end_reason"] != reason)
    without = pm.metrics.kaplan_meier(lasted, observed=seen)
    best = ltv_usd(
        [without.survival_at(30 * month) for month in range(1, whole_months + 1)],
        weekly_plan.copy(),
        annual_rate=assumed["discount_rate"],
    )
    print(
        f"{reason}: {reasons[reason]} ends, {early.get(reason, 0)} in the first 60 days; "
        f"without them a new plan is worth {money(best)}, not {money(ltv_usd_24)}"
    )
if ltv_usd_24 is None:
    print("Run the check of M08-E5 and the cell below it first.")

# %% [markdown] artefact="retention_review" points=12
# ## M08-A · Retention review (12 points)
#
# Write one page (about 350 words) to Ada: **fix the leak, or buy more users?** Use the
# numbers that your functions gave for your variant. Choose **one lever**: one change that
# would make more households stay. Say how large it is in dollars of contribution a year: what a
# new weekly plan would bring more over its life (as in M08-E5), times the weekly plans won
# in a year. And say how you will test it. (Today is 1 July 2026.)
#
# A reader must be able to repeat your numbers, so name the base and the convention of each.
# To try a lever, `pm.widgets.lifetime_value()` shows what a smaller leak is worth. A lever
# that ends all losses of a kind does not exist; say which part you count on, and why.
#
# | Criterion | 3 | 2 | 1 | 0 |
# |---|---|---|---|---|
# | Correctness | Who could have returned, how running plans are counted, and which convention: all three are said and right | Two of them | One of them | Absent |
# | Insight | The shape of the curve (where the loss happens), and which group or reason explains it | The shape | A number only | Absent |
# | Value | The lever is priced in contribution: part saved × plans × dollars | Priced in users or plans | Vague (“large”) | Absent |
# | Next step | A test that could fail, with an owner and a date | A test | A wish | Absent |
#
# **Done when** a reader can say what you would do first, what it is worth, and on which day
# we will know whether you were wrong.

# %% [markdown] exemplar="retention_review" score=12
# > **Fix the leak first; no more money for search and social ads until 1 December.**
# >
# > *Who comes back.* 19.9 % of new users book in days 28 to 34 after signing up (24-hour
# > days, a bracket of seven). The base are the users whose 35 days are over, also those
# > who never booked. By cohort it has been flat: in month 3 of their life it is 16.5 %, over
# > all mature cohorts.
# >
# > *How long they stay.* Of 883 weekly plans 350 still run; they count as long as we have
# > watched them (Kaplan-Meier). 52 % last longer than 180 days, half are gone after 195.
# > The loss is steepest at the start: 16 of 100 plans end in the first 30 days, 9 in the
# > next 30, 8 in the third, and fewer from then on. It has two parts. People who move away, the
# > largest group (187), we can't keep. But 86 plans ended because a *payment failed*, 36 of
# > them in the first 60 days. Those households did not decide to leave.
# >
# > *What it is worth.* A new plan brings 456 dollars of contribution in 23 months (12 % a
# > year, no month beyond the data). A plan won by search ads costs 565 dollars with
# > salaries, by social ads 811: we get back 0.81 and 0.56 of each dollar. More ads at this
# > retention lose money. Without failed payments a plan would be worth 525 dollars, 69
# > more. I count on half of that, because some cards stay dead: 34 dollars × 544 new plans
# > a year = about 18,500 dollars of contribution a year. Bo puts the work at 6,000.
# >
# > *Next.* Bo builds a retry on days 1, 3 and 7 after a failed charge, with a text message.
# > From 15 July each failed payment is assigned by lot: old way or retries. On 15 November
# > we compare the share of these plans still running 60 days after the failure. If retries
# > save fewer than 20 in 100 more than the old way, I was wrong and we stop; Dee then tries
# > a fixed cleaner for new plans (75 ends).
#
# **Why 12.** Correctness 3: eligible users, censored plans and the bracket are named, and
# right. Insight 3: the shape (steep at first) and the reason behind a part of it, set apart
# from what can't be changed. Value 3: part × plans × contribution, with the reason for
# “half”. Next step 3: a test that can fail, with an owner and a date.

# %% [markdown] exemplar="retention_review" score=6
# > **Retention is our biggest opportunity**
# >
# > Only 19.9 % of our new users come back after a month (days 28 to 34 after they signed
# > up, of those who are old enough). Weekly plans do better: 52 % last longer than half a
# > year. We lose most of them early: in the first two months a quarter of all plans end, and
# > after that the curve becomes flatter.
# >
# > The reasons are “moved away”, “failed payment” and “different cleaner each time”, so
# > there is a lot that we can do. The LTV of a plan is 456 dollars and with ads it costs more
# > than that, which is not healthy.
# >
# > I propose to improve the first weeks with a better onboarding and a fixed cleaner. If we
# > stop a third of the early losses, some 70 plans more would still be with us. This would
# > have a big effect on revenue. We should start soon and follow the retention every week.
#
# **Why 6.** Correctness 1: base and bracket are named for users; how running plans are counted
# is not said, nor what the LTV holds (which months, which discount). Insight 2: the shape,
# but three reasons in a row explain no part of it. Value 2: the lever is counted in plans,
# not in dollars. Next step 1: “follow it every week” is a wish; nothing that could fail, no
# owner, no date.

# %% [markdown]
# ## Take-aways and next step
#
# - Below the line stand those who could have returned, and all of them.
# - Empty is not zero. Pool cohorts by adding, not by averaging.
# - A plan that still runs counts for as long as you have watched it.
# - New accounts can hide the loss of old ones; GRR can't.
# - Contribution, a horizon, the cost of that channel: then divide.
# - Where nobody signs, silence is a maybe.
#
# Next: a lever is a guess until it is tested. How to design such a test is the question of
# the unit on designing experiments.
