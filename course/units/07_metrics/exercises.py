# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Metrics: exercises
#
# Ada, the founder of Fernbroom, has two slides. An old one, of September 2024, says that
# conversion fell; the new one says that more homes are cleaned than ever. “What moved,
# and is it real?” she asks. You have the event log, the searches and the bookings, and
# one page to answer.
#
# Today is 1 July 2026; the data end when this day begins (0:00 UTC).
#
# **You will** count users through a funnel · compare first-week actions and say what they
# prove · split a change among its factors · measure how often people come back · clean a
# raw event log · and tell a change of mix from a change of behavior.
#
# **Time** about 2 hours with the memo; the six exercises can be done one by one.
# **Points** 28 for six exercises, 12 for the memo.
#
# **Data** Invented: Fernbroom's app, with the numbers of your variant.
#
# Fernbroom, its people and its data are invented for this course. Tables marked REAL
# are public data about the real world and say nothing about Fernbroom.
#
# Each exercise has an answer cell, a check cell, and a cell that uses your answer on
# Fernbroom's own data. Your functions are graded on data that you have not seen, so
# compute everything from the arguments. Return numbers with all their digits: round only
# what you print. If a check fails, it shows the small table it used. Stuck? `pm.hint("funnel")` shows a hint.

# %%
import math

import numpy as np
import pandas as pd

import pmlab as pm
from pmlab.formatting import count, percent

cutoff = pd.Timestamp("2026-07-01")  # the data end here, in UTC
users = pm.case.load("users")
search_requests = pm.case.load("search_requests")
all_bookings = pm.case.load("bookings")
staff = users.loc[users["is_staff"], "user_id"].tolist()
customers = users[~users["is_staff"]]
# Staff are no customers; visits, which come later, still hold them.
search_requests = search_requests[~search_requests["user_id"].isin(staff)]
all_bookings = all_bookings[~all_bookings["user_id"].isin(staff)]


def numbers_in(answer, *keys):
    """Return the numbers of an answer; None if it has not the form asked for."""
    try:
        found = [float(answer[key]) for key in keys]
    except (TypeError, ValueError, LookupError):
        return None
    return found if all(math.isfinite(number) for number in found) else None


print(
    f"{count(len(users))} accounts ({len(staff)} of them staff), "
    f"{count(len(search_requests))} searches and {count(len(all_bookings))} bookings "
    "of customers."
)

# %% [markdown] exercise="funnel" objective="compute an ordered funnel of users"
# ## M07-E1 · How many get from a visit to a booking? (5 points)
#
# Follow each user through three steps: first visit, search, booking.
#
# - A user **enters** with the first visit in the table. That moment starts a window of
#   7 × 24 hours.
# - She has **searched** if a search lies at or after her entry and inside the window.
# - She has **booked** if a booking lies at or after such a search and inside the same
#   window. (“At the end of the window” is still inside.)
# - Whoever entered less than 7 × 24 hours before `cutoff` is left out of everything: her
#   window is still open.
#
# Write `funnel(visits, searches, bookings, *, cutoff)`. Each table has a row per event
# with the columns `user_id` and `time`; `visits` also has `session_id` (one visit to the
# app, with several rows). Rows are in no order. `cutoff` is a `pd.Timestamp`.
#
# **Done when** the function returns a dictionary with four keys: `entered`, `searched`
# and `booked`, exact numbers of different users, and `conversion`, booked per entered
# user over the whole period, as a fraction right within 0.5 %.


# %% solution="funnel"
def funnel(visits, searches, bookings, *, cutoff):
    """Return {"entered": ..., "searched": ..., "booked": ..., "conversion": ...}."""
    ### BEGIN SOLUTION
    window = pd.Timedelta(days=7)
    entry = visits.groupby("user_id")["time"].min()
    entry = entry[entry <= cutoff - window]

    def first_time(events, previous):
        rows = events[events["user_id"].isin(previous.index)]
        since = rows["user_id"].map(previous)
        until = rows["user_id"].map(entry) + window
        rows = rows[(rows["time"] >= since) & (rows["time"] <= until)]
        return rows.groupby("user_id")["time"].min()

    searched = first_time(searches, entry)
    booked = first_time(bookings, searched)
    return {
        "entered": len(entry),
        "searched": len(searched),
        "booked": len(booked),
        "conversion": len(booked) / len(entry),
    }
    ### END SOLUTION


# %% checks="funnel" points=5
with pm.checks.exercise("funnel", points=5, read="Lesson 07, section 2") as check:

    def events_at(rows, **columns):
        """Make a table of events from (user, day of June 2026) pairs."""
        days = pd.to_timedelta([day - 1 for _, day in rows], unit="D")
        table = {"user_id": [user for user, _ in rows], **columns}
        return pd.DataFrame({**table, "time": pd.Timestamp("2026-06-01") + days})

    visits = events_at(
        [
            *((1, 10), (1, 1), (2, 10), (2, 1), (3, 3), (4, 3), (4, 3.25), (7, 3)),
            *((10, 3), (9, 3.75), (5, 10), (9, 10), (3, 13), (8, 24), (7, 26), (6, 28)),
        ],
        session_id=[18, 11, 19, 12, 13, 14, 14, 15, 16, 17, 20, 21, 22, 23, 24, 25],
    )
    searches = events_at(
        [
            *((1, 2), (10, 2), (2, 3), (1, 4), (4, 8), (5, 8), (4, 9)),
            *((7, 10), (9, 10.875), (5, 11), (3, 14), (8, 24), (6, 29)),
        ]
    )
    bookings = events_at(
        [
            *((1, 1.5), (2, 2), (1, 3), (7, 4), (10, 5)),
            *((9, 12), (4, 14), (3, 15), (5, 17), (8, 24)),
        ]
    )
    for name, table in (
        ("visits", visits),
        ("searches", searches),
        ("bookings", bookings),
    ):
        check.show(f"the small table of {name}", table)
    keys = ["entered", "searched", "booked", "conversion"]
    answer = check.fields(
        funnel(
            visits.copy(),
            searches.copy(),
            bookings.copy(),
            cutoff=pd.Timestamp("2026-07-01"),
        ),
        keys,
        what="the funnel of the small tables",
    )
    check.record(
        {key: answer[key] for key in keys[:3]},
        # 1, 5 and 8 book, two of them to the minute. 2 and 7 book before they search,
        # 7 in the last minute. 4 books eleven days after her entry; 3 and 9 search too
        # late, 9 by hours, and 10 only before she enters. 6 enters three days before
        # the end; 7 comes back in that week.
        {"entered": 9, "searched": 6, "booked": 3},
        what="the funnel of the small tables",
        traps={
            "events_not_users": {"entered": 16},
            "all_sessions": {"entered": 15},
            "sessions_not_users": {"entered": 14},
            "immature_entrants": {"entered": 10},
            "mature_by_last_visit": {"entered": 8, "searched": 5, "booked": 3},
            "drops_a_whole_window": {"entered": 8, "searched": 5, "booked": 2},
            "last_visit": {"entered": 8, "searched": 5, "booked": 4},
            "plain_sets": {"entered": 9, "searched": 9, "booked": 9},
            "another_visit": {"entered": 9, "searched": 4, "booked": 2},
            "no_window": {"entered": 9, "searched": 8, "booked": 6},
            "restarts": {"entered": 9, "searched": 8, "booked": 5},
            "searches_not_users": {"entered": 9, "searched": 8, "booked": 3},
            "search_before_entry": {"entered": 9, "searched": 7, "booked": 4},
            "calendar_days": {"entered": 9, "searched": 7, "booked": 3},
            "any_order": {"entered": 9, "searched": 6, "booked": 5},
            "window_from_each_step": {"entered": 9, "searched": 6, "booked": 4},
            "last_minute_search": {"entered": 9, "searched": 5, "booked": 3},
            "misses_a_searcher": {"entered": 9, "searched": 5, "booked": 2},
            "misses_a_booker": {"entered": 9, "searched": 6, "booked": 2},
        },
        facts={"users": 10, "rows": 16},
        idea="Go through the users one by one: when does her window start and end, and "
        "what lies in it, in which order? Events at the very edge count, too.",
    )
    check.number(
        answer["conversion"],
        float(answer["booked"]) / float(answer["entered"]),
        what="the conversion in the small tables",
        traps={"mean_of_daily": 2.5 / 4, "per_searcher": 3 / 6},
        idea="Your three counts are right. Which of them belongs above the line, and "
        "which below?",
        keeps=0.6,
    )
    ### BEGIN HIDDEN TESTS
    # Days from entry to the searches, the bookings and a second visit.
    ways = (
        lambda u: ([3 * u], [3 * u + 1], None),  # books
        lambda u: ([u, 2 + u], [1 + u], None),  # searches again after booking
        lambda _: ([0], [7], None),  # at the edges
        lambda u: ([7], [u], None),  # searches in the last minute
        lambda u: ([u - 1], [u + 1], None),  # searches before she enters
        lambda u: ([u - 1, u + 3], [u - 0.5, u + 3, u + 4], None),  # before, too
        lambda u: ([2 + 3 * u], [1 + u], None),  # books first
        lambda u: ([10 + u], [11 + u], 9 + u),  # comes back
        lambda u: ([7.02 + u / 50], [7.05 + u / 50], None),  # late by hours
        lambda u: ([4 + 2 * u], [9 + u], 0.1 + u),  # is slow
        lambda u: ([5 * u], [], 0.2 + u),  # searches
        lambda u: ([], [], 2 * u),  # leaves
    )

    def reached(starts, wanted, booked):
        """Say how far a user gets from any of the starts: 1, 2 or 3."""
        found = [(at, s) for at in starts for s in wanted if at <= s <= at + 7]
        last = [b for at, s in found for b in booked if s <= b <= at + 7]
        return 1 + bool(found) + bool(last)

    for variant in pm.checks.variants(3):
        dice = pm.checks.rng(variant)
        seen, wanted, booked, steps, restarts = [], [], [], [], []
        # Few users in the first weeks, most of whom book; many later, who seldom do.
        early = dice.integers(
            [10, 3, 2, 2, 1, 2, 0, 3, 1, 0, 0, 0], [14, 5, 4, 3, 3, 4, 1, 5, 3, 1, 1, 1]
        )
        late = dice.integers(
            [4, 2, 2, 1, 1, 2, 8, 0, 8, 9, 10, 40],
            [7, 4, 4, 3, 3, 4, 11, 1, 11, 13, 16, 55],
        )
        plan = [
            (way, start)
            for counts, start in ((early, 0), (late, 20))
            for way, size in zip(ways, counts)
            for _ in range(size)
        ]
        entries = [start + (20 + start / 10) * dice.random() for _, start in plan]
        entries[-4 - late[-1] : -late[-1]] = [35.0] * 4  # just in time
        for user, ((way, _), entry) in enumerate(zip(plan, entries), start=501):
            gaps_to_search, gaps_to_booking, again = way(dice.random())
            mine = [entry] if again is None else [entry, entry + again]
            rows = [
                [entry + gap for gap in gaps if entry + gap < 42]
                for gaps in (gaps_to_search, gaps_to_booking)
            ]
            seen += [(user, at) for at in mine if at < 42]
            wanted += [(user, at) for at in rows[0]]
            booked += [(user, at) for at in rows[1]]
            if entry <= 35:
                steps.append((int(entry), reached(mine[:1], *rows)))
                restarts.append(reached(mine, *rows))
        day, far = np.array(steps).T
        again = np.array(restarts)
        tables = []
        for rows in (seen, wanted, booked):
            made = pd.DataFrame(rows, columns=["user_id", "time"])
            days = pd.to_timedelta(made["time"], unit="D").dt.round("s")
            made["time"] = pd.Timestamp("2026-03-02") + days
            made["session_id"] = 1 + np.arange(len(made)) // 2
            tables.append(made.iloc[dice.permutation(len(made))].reset_index(drop=True))
        answer = check.fields(
            funnel(
                tables[0],
                tables[1][["user_id", "time"]],
                tables[2][["user_id", "time"]],
                cutoff=pd.Timestamp("2026-04-13"),
            ),
            keys,
            what="the funnel of other users",
        )
        check.record(
            {key: answer[key] for key in keys[:3]},
            {"entered": len(far), "searched": sum(far > 1), "booked": sum(far > 2)},
            what="the funnel of other users",
            traps={
                "restarts": {
                    "entered": len(far),
                    "searched": sum(again > 1),
                    "booked": sum(again > 2),
                },
            },
        )
        check.number(
            answer["conversion"],
            float(answer["booked"]) / float(answer["entered"]),
            what="the conversion of other users",
            traps={
                "mean_of_daily": pd.Series(far == 3).groupby(day).mean().mean(),
                "per_searcher": (far > 2).sum() / (far > 1).sum(),
            },
            keeps=0.6,
        )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="funnel"
# A funnel counts *people*, each once, on one path. So first find one row per user: when
# did she enter, and when does her window end?

# %% [markdown] hint="funnel"
# Work step by step. (1) Entry of each user; leave out the late ones. (2) Her first search
# that lies between entry and end of window. (3) Her first booking between *that search*
# and the same end of window. The counts are the lengths of these three lists.

# %% [markdown] hint="funnel"
# `events["user_id"].map(entry)` writes each user's entry beside her events, if `entry`
# is a Series indexed by user. Users who did not enter get an empty value, and comparing
# with it gives False.

# %% wrong="funnel" trap="events_not_users"
"""You have {yours}. The table has {rows} rows, but only {users} people: whoever looks twice is
counted twice, so a busy user makes the rate fall. A funnel asks how many *people* get on.
How do you count each user once?"""


def funnel(visits, searches, bookings, *, cutoff):
    return {
        "entered": len(visits),
        "searched": len(searches),
        "booked": len(bookings),
        "conversion": len(bookings) / len(visits),
    }


# %% wrong="funnel" trap="sessions_not_users"
"""You have {yours}. You counted sessions at the first step: users 1, 2, 3, 7 and 9 came in two
sessions each and stand in your base twice. Looking again is normal for a clean of one's home; per
session it looks like failure. Which column says who came, and not how often?"""


def funnel(visits, searches, bookings, *, cutoff):
    window = pd.Timedelta(days=7)
    entry = visits.groupby("user_id")["time"].min()
    entry = entry[entry <= cutoff - window]
    sessions = visits[visits["user_id"].isin(entry.index)]["session_id"].nunique()
    last = entry
    sizes = []
    for events in (searches, bookings):
        rows = events[events["user_id"].isin(last.index)]
        inside = (rows["time"] >= rows["user_id"].map(last)) & (
            rows["time"] <= rows["user_id"].map(entry) + window
        )
        last = rows[inside].groupby("user_id")["time"].min()
        sizes.append(len(last))
    return {
        "entered": sessions,
        "searched": sizes[0],
        "booked": sizes[1],
        "conversion": sizes[1] / sessions,
    }


# %% wrong="funnel" trap="all_sessions"
"""You have {yours}. The table has 15 sessions, but only {users} people came, some of them twice.
Per session, looking again before booking looks like failure. Count people first; then ask of each
whether she came early enough for her window to be closed. Which column says who came?"""


def funnel(visits, searches, bookings, *, cutoff):
    sessions = visits["session_id"].nunique()
    booked = bookings["user_id"].nunique()
    return {
        "entered": sessions,
        "searched": searches["user_id"].nunique(),
        "booked": booked,
        "conversion": booked / sessions,
    }


# %% wrong="funnel" trap="immature_entrants"
"""You have {yours}. User 6 is among those who entered: she came on 28 June, and the data end
on 1 July. She had three days, all others seven. Whoever has just arrived can't have failed yet, and the
more newcomers there are, the worse your rate looks. Whose window is closed at the cut-off?"""


def funnel(visits, searches, bookings, *, cutoff):
    window = pd.Timedelta(days=7)
    entry = visits.groupby("user_id")["time"].min()
    last = entry
    sizes = [len(entry)]
    for events in (searches, bookings):
        rows = events[events["user_id"].isin(last.index)]
        inside = (rows["time"] >= rows["user_id"].map(last)) & (
            rows["time"] <= rows["user_id"].map(entry) + window
        )
        last = rows[inside].groupby("user_id")["time"].min()
        sizes.append(len(last))
    names = ["entered", "searched", "booked"]
    return {**dict(zip(names, sizes)), "conversion": sizes[2] / sizes[0]}


# %% wrong="funnel" trap="any_order"
"""You have {yours}. User 2 booked on the 2nd and searched on the 3rd; the search can't have
led to that booking. (Perhaps she repeated an old one.) You asked whether she did all steps, not
whether she did them one after the other. From which moment on may a booking count?"""


def funnel(visits, searches, bookings, *, cutoff):
    window = pd.Timedelta(days=7)
    entry = visits.groupby("user_id")["time"].min()
    entry = entry[entry <= cutoff - window]
    did = []
    for events in (searches, bookings):
        start = events["user_id"].map(entry)
        inside = (events["time"] >= start) & (events["time"] <= start + window)
        did.append(set(events.loc[inside, "user_id"]))
    booked = len(did[0] & did[1])
    return {
        "entered": len(entry),
        "searched": len(did[0]),
        "booked": booked,
        "conversion": booked / len(entry),
    }


# %% wrong="funnel" trap="drops_a_whole_window"
"""You have {yours}. User 8 is missing: she entered on 24 June at 0:00, 7 × 24 hours before the data
end, to the minute. Left out are those who entered *less* than that before. Had she her whole
window?"""


def funnel(visits, searches, bookings, *, cutoff):
    window = pd.Timedelta(days=7)
    entry = visits.groupby("user_id")["time"].min()
    entry = entry[entry < cutoff - window]
    last, sizes = entry, [len(entry)]
    for events in (searches, bookings):
        inside = (events["time"] >= events["user_id"].map(last)) & (
            events["time"] <= events["user_id"].map(entry) + window
        )
        last = events[inside].groupby("user_id")["time"].min()
        sizes.append(len(last))
    names = ["entered", "searched", "booked"]
    return {**dict(zip(names, sizes)), "conversion": sizes[2] / sizes[0]}


# %% wrong="funnel" trap="another_visit"
"""You have {yours}. User 2 came on the 1st and searched on the 3rd, and you lose her search. She
also came on the 10th, and that row stands first in the table (user 1 is a like case); rows are in
no order. Which of her visits starts her window, and how do you find it whatever the order?"""


def funnel(visits, searches, bookings, *, cutoff):
    window = pd.Timedelta(days=7)
    entry = visits.groupby("user_id")["time"].first()
    entry = entry[entry <= cutoff - window]
    last, sizes = entry, [len(entry)]
    for events in (searches, bookings):
        inside = (events["time"] >= events["user_id"].map(last)) & (
            events["time"] <= events["user_id"].map(entry) + window
        )
        last = events[inside].groupby("user_id")["time"].min()
        sizes.append(len(last))
    names = ["entered", "searched", "booked"]
    return {**dict(zip(names, sizes)), "conversion": sizes[2] / sizes[0]}


# %% wrong="funnel" trap="last_visit"
"""You have {yours}. You started each window with the user's *last* visit. User 1 came on the 1st,
searched on the 2nd and booked on the 3rd; because she looked in again on the 10th, you lose all
that. Which of her visits is her entry?"""


def funnel(visits, searches, bookings, *, cutoff):
    window = pd.Timedelta(days=7)
    entry = visits.groupby("user_id")["time"].max()
    entry = entry[entry <= cutoff - window]
    last, sizes = entry, [len(entry)]
    for events in (searches, bookings):
        inside = (events["time"] >= events["user_id"].map(last)) & (
            events["time"] <= events["user_id"].map(entry) + window
        )
        last = events[inside].groupby("user_id")["time"].min()
        sizes.append(len(last))
    names = ["entered", "searched", "booked"]
    return {**dict(zip(names, sizes)), "conversion": sizes[2] / sizes[0]}


# %% wrong="funnel" trap="mature_by_last_visit"
"""You have {yours}. User 7 is missing. She entered on the 3rd, so her window was over long before
the data end; that she came again on the 26th opens no new one. If a late visit takes a user out,
those who come back are the ones who go. From which visit must seven days have passed?"""


def funnel(visits, searches, bookings, *, cutoff):
    window = pd.Timedelta(days=7)
    entry = visits.groupby("user_id")["time"].min()
    entry = entry[visits.groupby("user_id")["time"].max() <= cutoff - window]
    last, sizes = entry, [len(entry)]
    for events in (searches, bookings):
        inside = (events["time"] >= events["user_id"].map(last)) & (
            events["time"] <= events["user_id"].map(entry) + window
        )
        last = events[inside].groupby("user_id")["time"].min()
        sizes.append(len(last))
    names = ["entered", "searched", "booked"]
    return {**dict(zip(names, sizes)), "conversion": sizes[2] / sizes[0]}


# %% wrong="funnel" trap="plain_sets"
"""You have {yours}. You asked who ever searched and who ever booked. So user 2 counts, who booked
before she searched, and user 3, who searched eleven days after her entry. A funnel asks for one
path: these steps, one after the other, in the window. Between which two moments must each lie?"""


def funnel(visits, searches, bookings, *, cutoff):
    entry = visits.groupby("user_id")["time"].min()
    entered = set(entry[entry <= cutoff - pd.Timedelta(days=7)].index)
    searched = entered & set(searches["user_id"])
    booked = searched & set(bookings["user_id"])
    return {
        "entered": len(entered),
        "searched": len(searched),
        "booked": len(booked),
        "conversion": len(booked) / len(entered),
    }


# %% wrong="funnel" trap="calendar_days"
"""You have {yours}. You count user 9 as having searched. She entered on the 3rd at 18:00 and
searched on the 10th at 21:00: three hours too late. If the window is made of dates, it is longer
for those who come in the morning than for those who come at night. (`.dt.days` cuts hours off,
too.) When does hers end?"""


def funnel(visits, searches, bookings, *, cutoff):
    visits, searches, bookings = (
        table.assign(time=table["time"].dt.normalize())
        for table in (visits, searches, bookings)
    )
    window = pd.Timedelta(days=7)
    entry = visits.groupby("user_id")["time"].min()
    entry = entry[entry <= cutoff - window]
    last, sizes = entry, [len(entry)]
    for events in (searches, bookings):
        inside = (events["time"] >= events["user_id"].map(last)) & (
            events["time"] <= events["user_id"].map(entry) + window
        )
        last = events[inside].groupby("user_id")["time"].min()
        sizes.append(len(last))
    names = ["entered", "searched", "booked"]
    return {**dict(zip(names, sizes)), "conversion": sizes[2] / sizes[0]}


# %% wrong="funnel" trap="searches_not_users"
"""You have {yours}. Users 1 and 4 searched twice in their windows, and each of their searches
counts. A funnel that counts rows rates the busy higher: two searches of one are not two people.
How many *different* users stand in those rows?"""


def funnel(visits, searches, bookings, *, cutoff):
    window = pd.Timedelta(days=7)
    entry = visits.groupby("user_id")["time"].min()
    entry = entry[entry <= cutoff - window]
    start = searches["user_id"].map(entry)
    search = searches[searches["time"].between(start, start + window)]
    first = search.groupby("user_id")["time"].min()
    rows = bookings[bookings["time"] >= bookings["user_id"].map(first)]
    rows = rows[rows["time"] <= rows["user_id"].map(entry) + window]
    booked = rows["user_id"].nunique()
    return {
        "entered": len(entry),
        "searched": len(search),
        "booked": booked,
        "conversion": booked / len(entry),
    }


# %% wrong="funnel" trap="search_before_entry"
"""You have {yours}. User 10 entered on the 3rd. Her only search lies on the 2nd, before the app saw
her first visit, and you count her. (Her visit may be lost; then we don't know when she came.) A
window has two ends. Which of the two do you check for the search?"""


def funnel(visits, searches, bookings, *, cutoff):
    window = pd.Timedelta(days=7)
    entry = visits.groupby("user_id")["time"].min()
    entry = entry[entry <= cutoff - window]
    start = searches["user_id"].map(entry)
    search = searches[searches["time"] <= start + window]
    first = search.groupby("user_id")["time"].min()
    rows = bookings[bookings["time"] >= bookings["user_id"].map(first)]
    rows = rows[rows["time"] <= rows["user_id"].map(entry) + window]
    booked = rows["user_id"].nunique()
    return {
        "entered": len(entry),
        "searched": search["user_id"].nunique(),
        "booked": booked,
        "conversion": booked / len(entry),
    }


# %% wrong="funnel" trap="last_minute_search"
"""You have {yours}: one who searched is missing. User 7 entered on the 3rd at 0:00 and searched on
the 10th at 0:00, 7 × 24 hours later to the minute. What does the task say about the end of the
window?"""


def funnel(visits, searches, bookings, *, cutoff):
    window = pd.Timedelta(days=7)
    entry = visits.groupby("user_id")["time"].min()
    entry = entry[entry <= cutoff - window]
    start = searches["user_id"].map(entry)
    search = searches[(searches["time"] >= start) & (searches["time"] < start + window)]
    first = search.groupby("user_id")["time"].min()
    rows = bookings[bookings["time"] >= bookings["user_id"].map(first)]
    rows = rows[rows["time"] <= rows["user_id"].map(entry) + window]
    booked = rows["user_id"].nunique()
    return {
        "entered": len(entry),
        "searched": search["user_id"].nunique(),
        "booked": booked,
        "conversion": booked / len(entry),
    }


# %% wrong="funnel" trap="misses_a_searcher"
"""You have {yours}: one who searched is missing, and one who booked. Look at three users: 5 had
searched once before she entered, did again after it, and booked in the last minute of her window;
7 searched in the last minute of hers; 8 searched in the very minute of her entry. All that counts.
Which of it do you lose, and why?"""


def funnel(visits, searches, bookings, *, cutoff):
    window = pd.Timedelta(days=7)
    entry = visits.groupby("user_id")["time"].min()
    entry = entry[entry <= cutoff - window]
    search = searches.groupby("user_id")["time"].min().reindex(entry.index)
    search = search[(search >= entry) & (search <= entry + window)]
    rows = bookings[bookings["time"] >= bookings["user_id"].map(search)]
    rows = rows[rows["time"] <= rows["user_id"].map(entry) + window]
    booked = rows["user_id"].nunique()
    return {
        "entered": len(entry),
        "searched": len(search),
        "booked": booked,
        "conversion": booked / len(entry),
    }


# %% wrong="funnel" trap="misses_a_booker"
"""You have {yours}: one who booked is missing. Look at three users: 1 searched again after she
booked, and had booked once before; 5 booked in the last minute of her window; 8 booked in the
minute of her search. All three did it in order and in time. Which of them do you lose, and why?"""


def funnel(visits, searches, bookings, *, cutoff):
    window = pd.Timedelta(days=7)
    entry = visits.groupby("user_id")["time"].min()
    entry = entry[entry <= cutoff - window]
    last, sizes = entry, [len(entry)]
    for events in (searches, bookings):
        inside = (events["time"] >= events["user_id"].map(last)) & (
            events["time"] <= events["user_id"].map(entry) + window
        )
        last = events[inside].groupby("user_id")["time"].max()
        sizes.append(len(last))
    names = ["entered", "searched", "booked"]
    return {**dict(zip(names, sizes)), "conversion": sizes[2] / sizes[0]}


# %% wrong="funnel" trap="no_window"
"""You have {yours}. User 3 entered on the 3rd and searched on the 14th, and you count her.
Without a window a user of last year has a year to book, one of last week has a week: the two
rates can't be compared, and old cohorts always win. When does the window of user 3 end?"""


def funnel(visits, searches, bookings, *, cutoff):
    entry = visits.groupby("user_id")["time"].min()
    entry = entry[entry <= cutoff - pd.Timedelta(days=7)]
    last, sizes = entry, [len(entry)]
    for events in (searches, bookings):
        rows = events[events["time"] >= events["user_id"].map(last)]
        last = rows.groupby("user_id")["time"].min()
        sizes.append(len(last))
    names = ["entered", "searched", "booked"]
    return {**dict(zip(names, sizes)), "conversion": sizes[2] / sizes[0]}


# %% wrong="funnel" trap="window_from_each_step"
"""You have {yours}. User 4 entered on the 3rd, searched on the 8th and booked on the 14th:
eleven days in all. Your booking has seven days of its own, or no end at all. The window here
belongs to the whole way, not to a step. At which moment does it start, for all steps, and which
steps must lie in it?"""


def funnel(visits, searches, bookings, *, cutoff):
    window = pd.Timedelta(days=7)
    entry = visits.groupby("user_id")["time"].min()
    entry = entry[entry <= cutoff - window]
    last, sizes = entry, [len(entry)]
    for events in (searches, bookings):
        before = events["user_id"].map(last)
        rows = events[(events["time"] >= before) & (events["time"] <= before + window)]
        last = rows.groupby("user_id")["time"].min()
        sizes.append(len(last))
    names = ["entered", "searched", "booked"]
    return {**dict(zip(names, sizes)), "conversion": sizes[2] / sizes[0]}


# %% wrong="funnel" trap="mean_of_daily" credit=0.6
"""Your counts are right. But {yours} is a mean of daily rates: the day with one user who booked
weighs as much there as the day with five who didn't. A rate for a whole
period has one numerator and one denominator. Which two of your counts are they?"""


def funnel(visits, searches, bookings, *, cutoff):
    window = pd.Timedelta(days=7)
    entry = visits.groupby("user_id")["time"].min()
    entry = entry[entry <= cutoff - window]
    last, found = entry, []
    for events in (searches, bookings):
        rows = events[events["user_id"].isin(last.index)]
        inside = (rows["time"] >= rows["user_id"].map(last)) & (
            rows["time"] <= rows["user_id"].map(entry) + window
        )
        last = rows[inside].groupby("user_id")["time"].min()
        found.append(last)
    did = pd.Series(entry.index.isin(found[1].index), index=entry.index)
    return {
        "entered": len(entry),
        "searched": len(found[0]),
        "booked": len(found[1]),
        "conversion": did.groupby(entry.dt.normalize()).mean().mean(),
    }


# %% wrong="funnel" trap="per_searcher" credit=0.6
"""Your counts are right. But {yours} divides by those who searched: it says how many go on from
the second step to the third. Asked for is the whole way, from entering to booking. Whom do you
leave out below the line?"""


def funnel(visits, searches, bookings, *, cutoff):
    window = pd.Timedelta(days=7)
    entry = visits.groupby("user_id")["time"].min()
    entry = entry[entry <= cutoff - window]
    last, sizes = entry, [len(entry)]
    for events in (searches, bookings):
        inside = (events["time"] >= events["user_id"].map(last)) & (
            events["time"] <= events["user_id"].map(entry) + window
        )
        last = events[inside].groupby("user_id")["time"].min()
        sizes.append(len(last))
    names = ["entered", "searched", "booked"]
    return {**dict(zip(names, sizes)), "conversion": sizes[2] / sizes[1]}


# %% wrong="funnel" trap="restarts" credit=0.5
"""You have {yours}. You let every visit start a new window and took the best one; users 3 and 9
then succeed at their second try. That is a respectable funnel, and some tools do it. This course follows
the *first* visit, because else those who come often get more chances than others. What changes
if each user has one window only?"""


def funnel(visits, searches, bookings, *, cutoff):
    window = pd.Timedelta(days=7)
    entry = visits.groupby("user_id")["time"].min()
    entry = entry[entry <= cutoff - window]
    starts = visits.loc[visits["user_id"].isin(entry.index), ["user_id", "time"]]
    way = starts.merge(searches, on="user_id", suffixes=("", "_search"))
    way = way[way["time_search"].between(way["time"], way["time"] + window)]
    end = way.merge(bookings, on="user_id", suffixes=("", "_booking"))
    end = end[end["time_booking"].between(end["time_search"], end["time"] + window)]
    searched, booked = way["user_id"].nunique(), end["user_id"].nunique()
    return {
        "entered": len(entry),
        "searched": searched,
        "booked": booked,
        "conversion": booked / len(entry),
    }


# %% right="funnel"
def funnel(visits, searches, bookings, *, cutoff):
    entered = searched = booked = 0
    window = pd.Timedelta(days=7)
    of_user = {
        name: table.groupby("user_id")["time"].apply(list).to_dict()
        for name, table in (("search", searches), ("book", bookings))
    }
    for user, start in visits.groupby("user_id")["time"].min().items():
        if start + window > cutoff:
            continue
        entered += 1
        tries = of_user["search"].get(user, [])
        tries = [at for at in tries if start <= at <= start + window]
        if not tries:
            continue
        searched += 1
        ends = of_user["book"].get(user, [])
        booked += any(min(tries) <= at <= start + window for at in ends)
    return {
        "entered": entered,
        "searched": searched,
        "booked": booked,
        "conversion": booked / entered,
    }


# %%
visits = pm.case.load("visits")
visits = visits[visits["user_id"].isin(customers["user_id"])]
visits = visits.rename(columns={"at": "time"}).astype({"user_id": "int64"})
first_seen = visits.groupby("user_id")["time"].transform("min")
# Whoever came for the first time in May or June 2026, with all that she did.
visits = visits.loc[first_seen >= "2026-05-01", ["user_id", "session_id", "time"]]
searches = search_requests.rename(columns={"requested_at": "time"})
bookings = all_bookings.rename(columns={"created_at": "time"})
searches, bookings = (
    table.loc[table["user_id"].isin(visits["user_id"]), ["user_id", "time"]]
    for table in (searches, bookings)
)
funnel_numbers = None  # so that the chart below never shows older ones
funnel_numbers = numbers_in(
    funnel(visits.copy(), searches.copy(), bookings.copy(), cutoff=cutoff),
    *("entered", "searched", "booked", "conversion"),
)
if funnel_numbers is None:
    print("Pass the check of M07-E1 first.")
else:
    entered, searched, _, conversion = funnel_numbers
    print(
        f"{count(entered)} new users had a whole week; in that week "
        f"{percent(conversion)} booked, and {percent(1 - searched / entered)} did not "
        "search."
    )

# %%
# A chart of your numbers, once there are some.
funnel_numbers and pm.charts.funnel(
    dict(zip(["first visit", "search", "booking"], funnel_numbers)),
    unit="users",
    title="New users of May and June 2026, in their first seven days",
)

# %% [markdown] exercise="activation" objective="rank activation events and say what they prove"
# ## M07-E2 · Which first-week action marks those who stay? (5 points)
#
# An **activation event** is an early action that separates users who stay from users who
# leave. Fernbroom logs five candidates. Compare, for each, the users who did it in their
# first week with the users who did not.
#
# Write `activation(users, events)`. `users` has a row per user: `signed_up_at`,
# `active_week_8` (True if she searched or booked in week 8 after her sign-up) and one
# column per candidate with the time she did it *first*; it is empty if she never did.
# `events` is the list of the candidates' column names.
#
# - **Week 8** are the days 56 to 62 after her sign-up; the column is ready made.
# - A user **did** an event if its time lies less than 7 × 24 hours after her sign-up.
#   Later times count as “did not”.
# - **Difference** = share active in week 8 among those who did, minus the share among
#   those who did not.
# - Events that fewer than 10 % of all users did (in their first week) are left out:
#   hardly anyone would be reached through them.
#
# Then say what the table shows about the cause. Users chose for themselves what to do;
# nobody drew lots.
#
# **Done when** the function returns a dictionary with three keys: `ranking`, the list
# of the events that are left, by difference, largest first; `difference`, that of the
# first of them, as a fraction right within 0.5 %; and `claim`, the text
# `"causes retention"`, `"cause not shown"` or `"no link"`, about the first of them.


# %% solution="activation"
def activation(users, events):
    """Return {"ranking": [...], "difference": ..., "claim": ...}."""
    ### BEGIN SOLUTION
    differences = {}
    for event in events:
        did = users[event] - users["signed_up_at"] < pd.Timedelta(days=7)
        if did.mean() >= 0.10:
            stays = users["active_week_8"]
            differences[event] = stays[did].mean() - stays[~did].mean()
    ranking = sorted(differences, key=differences.get, reverse=True)
    return {
        "ranking": ranking,
        "difference": differences[ranking[0]],
        "claim": "cause not shown",
    }
    ### END SOLUTION


# %% checks="activation" points=5
with pm.checks.exercise("activation", points=5, read="Lesson 07, section 3") as check:
    claims = ["causes retention", "cause not shown", "no link"]

    def log_of(counts, *, active, inactive, late_days):
        """Make users from {event: (did early, did late)}, each among (active, others)."""
        size = active + inactive
        made = pd.DataFrame(
            {
                "user_id": 1 + np.arange(size),
                "signed_up_at": pd.Timestamp("2026-01-05 18:00")
                + pd.to_timedelta(np.arange(size) % 28, unit="D"),
                "active_week_8": np.arange(size) < active,
            }
        )
        for event, (early, late) in counts.items():
            gap = np.full(size, np.nan)
            for first, length, soon, later in (
                (0, active, early[0], late[0]),
                (active, inactive, early[1], late[1]),
            ):
                gap[first : first + soon] = 2
                gap[first : first + soon // 6] = 6.75  # past midnight on the last day
                gap[first + length - later : first + length] = late_days[event]
            days = pd.to_timedelta(pd.Series(gap), unit="D")
            made[event] = made["signed_up_at"] + days
        return made

    counts = {
        "saved_home": ((8, 6), (1, 0)),
        "marked_favorite": ((2, 1), (0, 0)),
        "sent_chat": ((4, 5), (4, 0)),
        "invited_friend": ((2, 0), (2, 0)),
        "muted_reminders": ((1, 9), (0, 0)),
    }
    late_days = dict(zip(counts, (7, 30, 30, 30, 30)))
    small = log_of(counts, active=10, inactive=20, late_days=late_days)
    check.show(
        "the small table, counted: 10 users are active in week 8, 20 are not",
        pd.DataFrame(
            [
                {
                    "event": event,
                    "first week, active": early[0],
                    "first week, not active": early[1],
                    "later, active": late[0],
                    "later, not active": late[1],
                }
                for event, (early, late) in counts.items()
            ]
        ),
    )
    check.show("the small table", small)
    keys = ["ranking", "difference", "claim"]
    answer = check.fields(
        activation(small.copy(), list(counts)), keys, what="the small table"
    )
    check.ranking(
        answer["ranking"],
        ["saved_home", "marked_favorite", "sent_chat", "muted_reminders"],
        what="the ranking of the small table",
        traps={
            "look_ahead": [
                *("invited_friend", "saved_home", "sent_chat", "marked_favorite"),
                "muted_reminders",
            ],
            "rare_but_high": [
                *("invited_friend", "saved_home", "marked_favorite", "sent_chat"),
                "muted_reminders",
            ],
            "retention_among_did": [
                *("marked_favorite", "saved_home", "sent_chat", "muted_reminders"),
            ],
            "by_adoption": [
                *("saved_home", "muted_reminders", "sent_chat", "marked_favorite"),
            ],
            "a_tenth_is_enough": ["saved_home", "sent_chat", "muted_reminders"],
            "without_sign": [
                *("saved_home", "marked_favorite", "muted_reminders", "sent_chat"),
            ],
        },
        facts={"users": 30, "late": 4},
        idea="Take one event and count four groups: did it in the first week or not, "
        "active in week 8 or not. Which two shares do they give? How many users did it?",
    )
    check.number(
        answer["difference"],
        8 / 14 - 2 / 16,
        what="the difference of the first event",
        traps={
            "share_of_retained": 8 / 10 - 6 / 20,
            "ratio_not_difference": (8 / 14) / (2 / 16),
            "late_left_out": 8 / 14 - 1 / 15,
            "eighth_day": 9 / 15 - 1 / 15,
            "calendar_week": 7 / 12 - 3 / 18,
        },
        idea="Your ranking is right. Two shares are subtracted: of whom is each a share?",
    )
    check.choice(
        answer["claim"],
        "cause not shown",
        options=claims,
        what="the claim about the first event",
        traps={"claims_cause": "causes retention", "denies_the_link": "no link"},
        idea="Who decided which user does the event?",
        keeps=0.7,
    )
    ### BEGIN HIDDEN TESTS
    names = np.array(
        ["tapped_map", "read_tips", "set_alarm", "shared_link", "rated_app", "muted"]
    )
    for variant in pm.checks.variants(3):
        dice = pm.checks.rng(variant)
        active, size = int(dice.integers(90, 110)), 10 * int(dice.integers(33, 36))
        sizes = np.array([active, size - active])
        early = np.array(
            [
                *([0.95, 0.45], [0.19, 0.07], [0.42, 0.30], [0.18, 0.008]),
                *([0.19, 0.15], [0.25, 0.85]),
            ]
        )
        early = (early * dice.uniform(0.97, 1.03, early.shape) * sizes).astype(int)
        early[1, 1] = size // 10 - early[1, 0]  # a tenth of all users, to the head
        late = np.zeros_like(early)
        late[0] = 0, 40  # an hour after the week, or a day
        late[3] = 15, 30  # few in the first week, more later
        late[4] = sizes * [0.75, 0.05]  # many do it later, if they are still there
        roles = list(zip(early.tolist(), late.tolist()))
        order = dice.permutation(6)
        events = names[order].tolist()
        roles = [roles[place] for place in order]
        late_days = dict(zip(events, np.array([7, 30, 30, 30, 30, 30])[order].tolist()))
        data = log_of(
            dict(zip(events, roles)),
            active=active,
            inactive=size - active,
            late_days=late_days,
        )
        data = data.iloc[dice.permutation(size)].reset_index(drop=True)
        gaps = {}
        for event, ((stay, leave), _) in zip(events, roles):
            among = (active - stay) / (size - stay - leave)
            if stay + leave >= size / 10:
                gaps[event] = stay / (stay + leave) - among
        order = sorted(gaps, key=gaps.get, reverse=True)
        (stay, leave), _ = roles[events.index(order[0])]
        rate = stay / (stay + leave)
        answer = check.fields(activation(data, events), keys, what="other users")
        check.ranking(answer["ranking"], order, what="the ranking of other events")
        check.number(
            answer["difference"],
            gaps[order[0]],
            what="the difference of the first of the other events",
            traps={"ratio_not_difference": rate / (rate - gaps[order[0]])},
        )
        check.choice(
            answer["claim"],
            "cause not shown",
            options=claims,
            what="the claim about other events",
            traps={"claims_cause": "causes retention", "denies_the_link": "no link"},
            keeps=0.7,
        )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="activation"
# One share tells nothing without the other: those who did must be compared with those
# who did not. And to *predict*, the event must come first: look at the first week only.

# %% [markdown] hint="activation"
# In a loop over the events: a column of True and False for “did it in the first week”;
# its mean is how common the event is; then the share active among True, minus that
# among False. Comparing an empty time gives False, which is what you need.

# %% [markdown] hint="activation"
# `sorted(gaps, key=gaps.get, reverse=True)` lists the keys of a dictionary, largest value
# first. For the claim ask: could the same people have stayed anyway?

# %% wrong="activation" trap="rare_but_high"
"""You have {yours}. The first of them was done by 2 of {users} users in their first week. A share of two people
says little, and even if it were true, an event that hardly anyone meets can't move the total.
What does the task say about events that few users did?"""


def activation(users, events):
    stays, gaps = users["active_week_8"], {}
    for event in events:
        did = users[event] - users["signed_up_at"] < pd.Timedelta(days=7)
        gaps[event] = stays[did].mean() - stays[~did].mean()
    ranking = sorted(gaps, key=gaps.get, reverse=True)
    return {
        "ranking": ranking,
        "difference": gaps[ranking[0]],
        "claim": "cause not shown",
    }


# %% wrong="activation" trap="look_ahead"
"""You have {yours}. {late} active users sent their first chat on day 30, and you count them as
having done it. Whoever is still there in week 8 had more weeks in which to chat: then staying
explains the chat, not the chat the staying. Up to which day may an event count?"""


def activation(users, events):
    stays, gaps = users["active_week_8"], {}
    for event in events:
        did = users[event].notna()
        if did.mean() >= 0.10:
            gaps[event] = stays[did].mean() - stays[~did].mean()
    ranking = sorted(gaps, key=gaps.get, reverse=True)
    return {
        "ranking": ranking,
        "difference": gaps[ranking[0]],
        "claim": "cause not shown",
    }


# %% wrong="activation" trap="retention_among_did"
"""You have {yours}. That is the order of the shares among those who did the event. Many of
those who did *not* mark a favorite stay as well, so the event tells little about who leaves.
A high share may only mean that keen people did it. With whom must they be compared?"""


def activation(users, events):
    stays, shares = users["active_week_8"], {}
    for event in events:
        did = users[event] - users["signed_up_at"] < pd.Timedelta(days=7)
        if did.mean() >= 0.10:
            shares[event] = stays[did].mean()
    ranking = sorted(shares, key=shares.get, reverse=True)
    return {
        "ranking": ranking,
        "difference": shares[ranking[0]],
        "claim": "cause not shown",
    }


# %% wrong="activation" trap="by_adoption"
"""You have {yours}. That is the order of how many did the event. What most people do, those do
who leave, too: of the ten who muted reminders nine are gone. Asked for is what *separates* those who
stay from those who leave. Which two shares must be compared for each event?"""


def activation(users, events):
    stays, gaps, common = users["active_week_8"], {}, {}
    for event in events:
        did = users[event] - users["signed_up_at"] < pd.Timedelta(days=7)
        if did.mean() >= 0.10:
            gaps[event] = stays[did].mean() - stays[~did].mean()
            common[event] = did.mean()
    ranking = sorted(common, key=common.get, reverse=True)
    return {
        "ranking": ranking,
        "difference": gaps[ranking[0]],
        "claim": "cause not shown",
    }


# %% wrong="activation" trap="a_tenth_is_enough"
"""You have {yours}; marked_favorite is missing. In their first week 3 of {users} users did it.
Left out are events that *fewer* than 10 % of all users did. What share of all users is it?"""


def activation(users, events):
    stays, gaps = users["active_week_8"], {}
    for event in events:
        did = users[event] - users["signed_up_at"] < pd.Timedelta(days=7)
        if did.mean() > 0.10:
            gaps[event] = stays[did].mean() - stays[~did].mean()
    ranking = sorted(gaps, key=gaps.get, reverse=True)
    return {
        "ranking": ranking,
        "difference": gaps[ranking[0]],
        "claim": "cause not shown",
    }


# %% wrong="activation" trap="without_sign"
"""You have {yours}. Ten users muted their reminders, and of these only one is active in week 8, of the
others nine of twenty. That difference is negative, so it marks those who leave; without its sign it
passes for a good one. Where does a negative number stand if the largest comes first?"""


def activation(users, events):
    stays, gaps = users["active_week_8"], {}
    for event in events:
        did = users[event] - users["signed_up_at"] < pd.Timedelta(days=7)
        if did.mean() >= 0.10:
            gaps[event] = abs(stays[did].mean() - stays[~did].mean())
    ranking = sorted(gaps, key=gaps.get, reverse=True)
    return {
        "ranking": ranking,
        "difference": gaps[ranking[0]],
        "claim": "cause not shown",
    }


# %% wrong="activation" trap="late_left_out"
"""Your ranking is right, but for {yours} you compare with those who *never* did it. User 10 saved her
home a week after her sign-up and is in neither of your groups. Whoever is still there has more weeks
in which to do it, so those who never did look bad. In which group does the task put a later time?"""


def activation(users, events):
    stays, gaps = users["active_week_8"], {}
    for event in events:
        did = users[event] - users["signed_up_at"] < pd.Timedelta(days=7)
        if did.mean() >= 0.10:
            gaps[event] = stays[did].mean() - stays[users[event].isna()].mean()
    ranking = sorted(gaps, key=gaps.get, reverse=True)
    return {
        "ranking": ranking,
        "difference": gaps[ranking[0]],
        "claim": "cause not shown",
    }


# %% wrong="activation" trap="eighth_day"
"""Your ranking is right, but for {yours} one user too many counts as a doer: user 10 saved her
home 7 × 24 hours after her sign-up, to the minute. “Less than” ends before that; a longer window
counts her, too. (`dt.days` cuts
off: 7 days and 23 hours are 7, too.) With what can you compare a time span directly?"""


def activation(users, events):
    stays, gaps = users["active_week_8"], {}
    for event in events:
        did = (users[event] - users["signed_up_at"]).dt.days <= 7
        if did.mean() >= 0.10:
            gaps[event] = stays[did].mean() - stays[~did].mean()
    ranking = sorted(gaps, key=gaps.get, reverse=True)
    return {
        "ranking": ranking,
        "difference": gaps[ranking[0]],
        "claim": "cause not shown",
    }


# %% wrong="activation" trap="calendar_week"
"""Your ranking is right, but for {yours} two doers are missing: users 1 and 11 saved their homes
6 days and 18 hours after the sign-up, which was in the evening. You compare dates, so the first
evening counts as a whole day. How many hours does the window have, and from when on?"""


def activation(users, events):
    stays, gaps = users["active_week_8"], {}
    start = users["signed_up_at"].dt.normalize()
    for event in events:
        did = users[event].dt.normalize() - start < pd.Timedelta(days=7)
        if did.mean() >= 0.10:
            gaps[event] = stays[did].mean() - stays[~did].mean()
    ranking = sorted(gaps, key=gaps.get, reverse=True)
    return {
        "ranking": ranking,
        "difference": gaps[ranking[0]],
        "claim": "cause not shown",
    }


# %% wrong="activation" trap="share_of_retained"
"""Your ranking is right, but the difference of {yours} divides the other way round: the share
of active users who did the event, minus that share among the others. “Eight of ten who stayed
had saved their home” is not “of those who saved it, so many stayed”. Which group stands below
the line if you want to know how many of the doers stay?"""


def activation(users, events):
    stays, gaps = users["active_week_8"], {}
    for event in events:
        did = users[event] - users["signed_up_at"] < pd.Timedelta(days=7)
        if did.mean() >= 0.10:
            gaps[event] = did[stays].mean() - did[~stays].mean()
    ranking = sorted(gaps, key=gaps.get, reverse=True)
    return {
        "ranking": ranking,
        "difference": gaps[ranking[0]],
        "claim": "cause not shown",
    }


# %% wrong="activation" trap="ratio_not_difference" credit=0.5
"""You have {yours}, the ratio of the two shares. That is a respectable measure (the relative
risk). This course takes the difference, because it says how many more of 100 users are there,
and because a ratio looks huge where the share below is small. What do you get if you subtract?"""


def activation(users, events):
    stays, gaps, ratios = users["active_week_8"], {}, {}
    for event in events:
        did = users[event] - users["signed_up_at"] < pd.Timedelta(days=7)
        if did.mean() >= 0.10:
            gaps[event] = stays[did].mean() - stays[~did].mean()
            ratios[event] = stays[did].mean() / stays[~did].mean()
    ranking = sorted(gaps, key=gaps.get, reverse=True)
    return {
        "ranking": ranking,
        "difference": ratios[ranking[0]],
        "claim": "cause not shown",
    }


# %% wrong="activation" trap="claims_cause" credit=0.7
"""Your numbers are right; you claim {yours}. People who mean to stay also set up their home,
so a third thing, how much they need a cleaner, can bring about both. If you push someone who
does not need one to save her home, will she stay? What would you have to do to find out?"""


def activation(users, events):
    stays, gaps = users["active_week_8"], {}
    for event in events:
        did = users[event] - users["signed_up_at"] < pd.Timedelta(days=7)
        if did.mean() >= 0.10:
            gaps[event] = stays[did].mean() - stays[~did].mean()
    ranking = sorted(gaps, key=gaps.get, reverse=True)
    return {
        "ranking": ranking,
        "difference": gaps[ranking[0]],
        "claim": "causes retention",
    }


# %% wrong="activation" trap="denies_the_link" credit=0.7
"""Your numbers are right; you say {yours}. But the two shares differ widely, so the event and
staying do go together, and the event is useful to *tell* early who may leave. What remains
open is only why they go together. Which of the three texts says that?"""


def activation(users, events):
    stays, gaps = users["active_week_8"], {}
    for event in events:
        did = users[event] - users["signed_up_at"] < pd.Timedelta(days=7)
        if did.mean() >= 0.10:
            gaps[event] = stays[did].mean() - stays[~did].mean()
    ranking = sorted(gaps, key=gaps.get, reverse=True)
    return {"ranking": ranking, "difference": gaps[ranking[0]], "claim": "no link"}


# %% right="activation"
def activation(users, events):
    rows = []
    for event in events:
        limit = users["signed_up_at"] + pd.Timedelta(hours=168)
        did = np.where(users[event] < limit, "yes", "no")
        table = users.groupby(did)["active_week_8"].agg(["mean", "size"])
        if table["size"].get("yes", 0) / len(users) >= 0.1:
            rows.append((event, table.loc["yes", "mean"] - table.loc["no", "mean"]))
    best = pd.DataFrame(rows, columns=["event", "gap"]).sort_values("gap")[::-1]
    return {
        "ranking": best["event"],
        "difference": best["gap"].iloc[0],
        "claim": "cause not shown",
    }


# %%
candidates = [
    *("home_details_at", "favorite_cleaner_at", "reminder_on_at"),
    *("invited_friend_at", "first_chat_at"),
]
# Customers whose week 8 is over, and whether they searched or booked in it.
over = customers["signed_up_at"] <= cutoff - pd.Timedelta(days=63)
mature = customers[over].copy()
week_8 = pd.concat(
    [
        search_requests[["user_id", "requested_at"]].set_axis(
            ["user_id", "at"], axis=1
        ),
        all_bookings[["user_id", "created_at"]].set_axis(["user_id", "at"], axis=1),
    ]
).merge(customers[["user_id", "signed_up_at"]], on="user_id")
week_8["age"] = week_8["at"] - week_8["signed_up_at"]
week_8 = week_8[week_8["age"].between("56D", "63D", inclusive="left")]
mature["active_week_8"] = mature["user_id"].isin(week_8["user_id"])
early_action = activation(mature.copy(), candidates)
found = numbers_in(early_action, "difference")
if found is None:
    print("Pass the check of M07-E2 first.")
else:
    print(
        f"{count(len(mature))} users, {percent(mature['active_week_8'].mean())} of them "
        f"active in week 8. Most telling: {next(iter(early_action['ranking']))}, with "
        f"{100 * found[0]:.0f} points between those who did and those who did not."
    )

# %% [markdown] exercise="metric_tree" objective="split a change among its factors"
# ## M07-E3 · Why are more homes cleaned? (5 points)
#
# A **metric tree** writes one number as a product of others, each with a team that can
# move it. For four weeks of Fernbroom:
#
# completed cleans = active households × orders per household × completion
#
# where an active household ordered at least once in the four weeks, and completion is
# the share of orders that were completed.
#
# Write `shares_of_change(before, after)`. Each argument is a dictionary of counts for
# four weeks: `registered` (accounts that exist), `active` (households with an order),
# `orders` and `completed`. Use the logarithmic split of the lesson: a factor's share of
# the change is the logarithm of its growth divided by the logarithm of the growth of
# completed cleans.
#
# **Done when** the function returns a dictionary with the three keys
# `active_households`, `orders_per_household` and `completion`, each a fraction of the
# whole change, right within 0.005. A share may be negative or above 1.


# %% solution="metric_tree"
def shares_of_change(before, after):
    """Return each factor's share of the change of completed cleans."""

    ### BEGIN SOLUTION
    def factors(period):
        return {
            "active_households": period["active"],
            "orders_per_household": period["orders"] / period["active"],
            "completion": period["completed"] / period["orders"],
        }

    old, new = factors(before), factors(after)
    total = math.log(after["completed"] / before["completed"])
    return {name: math.log(new[name] / old[name]) / total for name in old}
    ### END SOLUTION


# %% checks="metric_tree" points=5
with pm.checks.exercise("metric_tree", points=5, read="Lesson 07, section 5") as check:
    counts = ["registered", "active", "orders", "completed"]
    small = pd.DataFrame(
        {"before": [500, 100, 400, 160], "after": [4_000, 400, 800, 640]}, index=counts
    )
    check.show("the small table", small.rename_axis("count").reset_index())
    check.record(
        shares_of_change(small["before"].to_dict(), small["after"].to_dict()),
        # Cleans doubled twice. Households doubled twice, orders per household halved
        # once (4 to 2), completion doubled once (40 % to 80 %): 2 - 1 + 1 = 2.
        {"active_households": 1.0, "orders_per_household": -0.5, "completion": 0.5},
        what="the shares in the small table",
        absolute=0.005,
        traps={
            "adds_percents": {"orders_per_household": -1 / 6, "completion": 1 / 3},
            "order_dependent": {"orders_per_household": -2 / 3, "completion": 2 / 3},
            "mean_of_orders": {
                "active_households": 13 / 12,
                "orders_per_household": -2 / 3,
                "completion": 7 / 12,
            },
            "vanity_root": {"active_households": 1.5, "orders_per_household": -1.0},
            "vanity_first_factor": {
                "active_households": 1.5,
                "orders_per_household": -0.5,
            },
            "counts_not_rates": {
                "active_households": 1.0,
                "orders_per_household": 0.5,
                "completion": 1.0,
            },
            "percents_made_to_fit": {
                "active_households": 3 / 3.5,
                "orders_per_household": -0.5 / 3.5,
            },
            "level_not_ratio": {"active_households": 300 / 480},
            "not_divided": {"active_households": math.log(4)},
        },
        facts={"cleans": 480, "households": 300},
        idea="Cleans went from 160 to 640: they doubled twice. How often did each factor "
        "double (or halve)? Count doublings, and take each as a share of the two.",
    )
    ### BEGIN HIDDEN TESTS
    for variant in pm.checks.variants(4):
        dice = pm.checks.rng(variant)
        active = int(dice.integers(200, 400))
        orders = int(active * dice.uniform(2.0, 4.0))
        before = {
            "registered": int(active * dice.uniform(2.0, 3.0)),
            "active": active,
            "orders": orders,
            "completed": int(orders * dice.uniform(0.5, 0.6)),
        }
        growth = dice.uniform([2.0, 0.45, 1.4], [2.6, 0.55, 1.6])
        after = {
            "registered": int(before["registered"] * dice.uniform(4.0, 5.0)),
            "active": int(active * growth[0]),
            "orders": int(orders * growth[0] * growth[1]),
            "completed": int(before["completed"] * growth.prod()),
        }
        if dice.random() < 0.5:
            before, after = after, before
        ratio = {name: after[name] / before[name] for name in counts}
        total = np.log(ratio["completed"])
        right = {
            "active_households": np.log(ratio["active"]) / total,
            "orders_per_household": np.log(ratio["orders"] / ratio["active"]) / total,
            "completion": np.log(ratio["completed"] / ratio["orders"]) / total,
        }
        x0, x1 = (
            np.array(
                [
                    period["active"],
                    period["orders"] / period["active"],
                    period["completed"] / period["orders"],
                ]
            )
            for period in (before, after)
        )
        parts = np.zeros(3)
        for order in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
            now = x0.copy()
            for place in order:
                old = now.prod()
                now[place] = x1[place]
                parts[place] += (now.prod() - old) / 6
        shapley = parts / (x1.prod() - x0.prod())
        check.record(
            shares_of_change(before.copy(), after.copy()),
            right,
            what="the shares of other periods",
            absolute=0.005,
            traps={"mean_of_orders": dict(zip(right, shapley))},
        )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="metric_tree"
# Factors multiply, so their *ratios* multiply, too. Logarithms turn a product into a sum,
# and parts of a sum can be shares that add up to 100 %.

# %% [markdown] hint="metric_tree"
# First compute the three factors in each period: a count and two rates. Then take the
# growth, after / before, of each factor and of completed cleans. The share is one
# logarithm divided by another.

# %% [markdown] hint="metric_tree"
# `math.log(2)` is the natural logarithm. Test yourself: your three shares must add up to
# 1, whatever the numbers. Registered accounts are not a factor of this tree.

# %% wrong="metric_tree" trap="adds_percents"
"""You have {yours}. You divided each factor's percent change by the percent change of the
total, but your three shares do not add up to the whole. Growth multiplies: four times the
households, half the orders each and twice the completion make four times the cleans. Which
function turns multiplying into adding?"""


def shares_of_change(before, after):
    def factors(period):
        return {
            "active_households": period["active"],
            "orders_per_household": period["orders"] / period["active"],
            "completion": period["completed"] / period["orders"],
        }

    old, new = factors(before), factors(after)
    total = after["completed"] / before["completed"] - 1
    return {name: (new[name] / old[name] - 1) / total for name in old}


# %% wrong="metric_tree" trap="order_dependent"
"""You have {yours}. You changed one factor after the other and gave each the step it made.
The shares add up, but they depend on the order: change completion first, and it gets half of
what it got here. Two analysts would report two causes. Which split treats all factors
alike?"""


def shares_of_change(before, after):
    start = before["completed"]
    per_home = before["orders"] / before["active"], after["orders"] / after["active"]
    done = before["completed"] / before["orders"]
    first = after["active"] * per_home[0] * done
    second = after["active"] * per_home[1] * done
    total = after["completed"] - start
    return {
        "active_households": (first - start) / total,
        "orders_per_household": (second - first) / total,
        "completion": (after["completed"] - second) / total,
    }


# %% wrong="metric_tree" trap="mean_of_orders" credit=0.5
"""You have {yours}. You changed the factors one after the other, in all six orders, and took
the mean (the Shapley value). That is respectable: it adds up and prefers no factor. This course
uses logarithms because they need no list of orders, and because splitting a year into months
gives parts that fit together. What are the logarithms of the three ratios?"""


def shares_of_change(before, after):
    from itertools import permutations  # noqa: PLC0415

    def factors(period):
        return {
            "active_households": period["active"],
            "orders_per_household": period["orders"] / period["active"],
            "completion": period["completed"] / period["orders"],
        }

    old, new = factors(before), factors(after)
    total = after["completed"] - before["completed"]
    shares = dict.fromkeys(old, 0.0)
    for order in permutations(old):
        now = dict(old)
        for name in order:
            was = math.prod(now.values())
            now[name] = new[name]
            shares[name] += (math.prod(now.values()) - was) / total / 6
    return shares


# %% wrong="metric_tree" trap="vanity_root"
"""You have {yours}. Your tree starts from registered accounts. Accounts only ever grow, so they
seem to explain everything, and orders per account must fall: most accounts sleep. A number that
can't go down is no cause to act on. Which count says how many households ordered?"""


def shares_of_change(before, after):
    def factors(period):
        return {
            "active_households": period["registered"],
            "orders_per_household": period["orders"] / period["registered"],
            "completion": period["completed"] / period["orders"],
        }

    old, new = factors(before), factors(after)
    total = math.log(after["completed"] / before["completed"])
    return {name: math.log(new[name] / old[name]) / total for name in old}


# %% wrong="metric_tree" trap="vanity_first_factor"
"""You have {yours}; that makes 1.5 in all, and the shares of a product add up to 1. Your first
factor is registered accounts, but your second divides by households that ordered: the product of
your three factors is not the number of cleans. Which count belongs in the first factor?"""


def shares_of_change(before, after):
    def factors(period):
        return {
            "active_households": period["registered"],
            "orders_per_household": period["orders"] / period["active"],
            "completion": period["completed"] / period["orders"],
        }

    old, new = factors(before), factors(after)
    total = math.log(after["completed"] / before["completed"])
    return {name: math.log(new[name] / old[name]) / total for name in old}


# %% wrong="metric_tree" trap="counts_not_rates"
"""You have {yours}; that makes 2.5 in all. You took the growth of three counts. Orders contain
households already, and completed cleans contain both, so growth is counted several times. The tree
has one count and two rates. Orders per *what*, and completed of *what*?"""


def shares_of_change(before, after):
    names = {
        "active_households": "active",
        "orders_per_household": "orders",
        "completion": "completed",
    }
    total = math.log(after["completed"] / before["completed"])
    return {
        name: math.log(after[key] / before[key]) / total for name, key in names.items()
    }


# %% wrong="metric_tree" trap="percents_made_to_fit"
"""You have {yours}. You took percent changes and stretched them until they added up to 1. But a
halving undoes a doubling, and as a percent change it is only half as large: ups always win. On which scale are a doubling and a halving of the same size?"""


def shares_of_change(before, after):
    def factors(period):
        return {
            "active_households": period["active"],
            "orders_per_household": period["orders"] / period["active"],
            "completion": period["completed"] / period["orders"],
        }

    old, new = factors(before), factors(after)
    growth = {name: new[name] / old[name] - 1 for name in old}
    return {name: part / sum(growth.values()) for name, part in growth.items()}


# %% wrong="metric_tree" trap="level_not_ratio"
"""You have {yours}. You divided the change of each factor by the change of cleans: {households}
households by {cleans} cleans, and a few orders per household by cleans as well. These have
different units; a factor counted in thousands would win just for that. How much did each
grow, as a ratio?"""


def shares_of_change(before, after):
    def factors(period):
        return {
            "active_households": period["active"],
            "orders_per_household": period["orders"] / period["active"],
            "completion": period["completed"] / period["orders"],
        }

    old, new = factors(before), factors(after)
    total = after["completed"] - before["completed"]
    return {name: (new[name] - old[name]) / total for name in old}


# %% wrong="metric_tree" trap="not_divided"
"""You have {yours}. These are the logarithms themselves. They do add up, but to the logarithm
of the growth of completed cleans, not to one. By what must each be divided to be a share?"""


def shares_of_change(before, after):
    def factors(period):
        return {
            "active_households": period["active"],
            "orders_per_household": period["orders"] / period["active"],
            "completion": period["completed"] / period["orders"],
        }

    old, new = factors(before), factors(after)
    return {name: math.log(new[name] / old[name]) for name in old}


# %% right="metric_tree"
def shares_of_change(before, after):
    def factors(period):
        return {
            "active_households": period["active"],
            "orders_per_household": period["orders"] / period["active"],
            "completion": period["completed"] / period["orders"],
        }

    split = pm.metrics.log_contributions(factors(before), factors(after))
    return split.to_frame().set_index("factor")["share"].to_dict()


# %% right="metric_tree"
def shares_of_change(before, after):
    old, new = pd.Series(before, dtype=float), pd.Series(after, dtype=float)
    growth = np.log2(new / old)
    steps = growth[["active", "orders", "completed"]].diff()
    steps["active"] = growth["active"]
    steps = steps / growth["completed"]
    steps.index = ["active_households", "orders_per_household", "completion"]
    return steps.to_dict()


# %%
def four_weeks(monday):
    """Count accounts, households, orders and completed cleans of four weeks."""
    start = pd.Timestamp(monday)
    end = start + pd.Timedelta(weeks=4)
    orders = all_bookings[all_bookings["scheduled_at"].between(start, end, "left")]
    return {
        "registered": int((customers["signed_up_at"] < end).sum()),
        "active": int(orders["user_id"].nunique()),
        "orders": len(orders),
        "completed": int((orders["status"] == "completed").sum()),
    }


june_2025, june_2026 = four_weeks("2025-06-02"), four_weeks("2026-06-01")
factor_names = ["active_households", "orders_per_household", "completion"]
tree_shares = None  # so that the chart below never shows older ones
tree_shares = numbers_in(
    shares_of_change(june_2025.copy(), june_2026.copy()), *factor_names
)
if tree_shares is None:
    print("Pass the check of M07-E3 first.")
else:
    print(
        f"Completed cleans a week: {june_2025['completed'] / 4:.0f} in June 2025, "
        f"{june_2026['completed'] / 4:.0f} in June 2026. Households explain "
        f"{percent(tree_shares[0])} of that, orders per household "
        f"{percent(tree_shares[1])}, completion {percent(tree_shares[2])}."
    )

# %%
change = (june_2026["completed"] - june_2025["completed"]) / 4
# The shares of the change, turned into cleans a week.
tree_shares and pm.charts.waterfall(
    {
        name.replace("_", " "): share * change
        for name, share in zip(factor_names, tree_shares)
    },
    start=june_2025["completed"] / 4,
    start_label="June 2025",
    end_label="June 2026",
    unit="cleans a week",
    title=f"{change:+.0f} cleans a week in a year, by factor",
)

# %% [markdown] exercise="stickiness" objective="measure how often people come back"
# ## M07-E4 · How often do they come back? (4 points)
#
# **Stickiness** is a ratio of active users: those of a short window over those of a long
# one. MAU (monthly active users) are the different users of 28 days, WAU (weekly) those
# of 7 days, DAU (daily) those of 1 day. All windows end with the same day and include it.
#
# Many dashboards show DAU / MAU. A home is cleaned weekly at most: a household that comes
# back *every week*, on one day, reaches 1 / 7 by that measure and looks lost. So compute
# WAU / MAU, and DAU / MAU to see the difference.
#
# Write `stickiness(activity, staff, *, first_day, last_day)`. `activity` has the columns
# `user_id` and `day` (midnight, a `pd.Timestamp`), one row or several per user and active
# day. The log covers every day from `first_day` to `last_day`. `staff` is the list of
# the user ids of Fernbroom's own people, who are no customers.
#
# Compute each ratio for every day that has a whole 28-day window in the log, also for
# days on which nobody came, and take the mean over these days. (In every 28 days some
# customer came.)
#
# **Done when** the function returns a dictionary with two keys, `wau_mau` and `dau_mau`,
# each a fraction right within 0.5 %.


# %% solution="stickiness"
def stickiness(activity, staff, *, first_day, last_day):
    """Return {"wau_mau": ..., "dau_mau": ...}, means over days."""
    ### BEGIN SOLUTION
    people = activity[~activity["user_id"].isin(staff)]

    def users_in(end, length):
        start = end - pd.Timedelta(days=length - 1)
        inside = (people["day"] >= start) & (people["day"] <= end)
        return people.loc[inside, "user_id"].nunique()

    weekly, daily = [], []
    for day in pd.date_range(first_day + pd.Timedelta(days=27), last_day):
        month = users_in(day, 28)
        weekly.append(users_in(day, 7) / month)
        daily.append(users_in(day, 1) / month)
    return {"wau_mau": np.mean(weekly), "dau_mau": np.mean(daily)}
    ### END SOLUTION


# %% checks="stickiness" points=4
with pm.checks.exercise("stickiness", points=4, read="Lesson 07, section 6") as check:
    first_day, last_day = pd.Timestamp("2026-05-22"), pd.Timestamp("2026-06-20")
    active_on = [
        *((2, "2026-05-22"), (2, "2026-05-23"), (1, "2026-05-23"), (1, "2026-05-30")),
        *((8, "2026-06-01"), (1, "2026-06-06"), (1, "2026-06-13"), (3, "2026-06-15")),
        *((9, "2026-06-17"), (3, "2026-06-18"), (3, "2026-06-18"), (9, "2026-06-18")),
        *((4, "2026-06-19"),),
    ]
    small = pd.DataFrame(active_on, columns=["user_id", "day"])
    small["day"] = pd.to_datetime(small["day"])
    check.show("the small table; 22 May to 20 June, users 8 and 9 are staff", small)
    check.record(
        stickiness(small.copy(), [9, 8], first_day=first_day, last_day=last_day),
        # 18 June: users 1, 2, 3 in 28 days, 1 and 3 in 7, 3 on the day itself.
        # 19 June: 1, 2, 3, 4 in 28 days, 1, 3, 4 in 7, 4 on the day.
        # 20 June: user 2 has dropped out; 1, 3, 4 in 28 days, 3 and 4 in 7, nobody today.
        {"wau_mau": (2 / 3 + 3 / 4 + 2 / 3) / 3, "dau_mau": (1 / 3 + 1 / 4 + 0) / 3},
        what="the stickiness of the small table",
        traps={
            "swapped_keys": {
                "wau_mau": (1 / 3 + 1 / 4 + 0) / 3,
                "dau_mau": (2 / 3 + 3 / 4 + 2 / 3) / 3,
            },
            "counts_staff": {
                "wau_mau": (3 / 5 + 4 / 6 + 3 / 5) / 3,
                "dau_mau": (2 / 5 + 1 / 6 + 0) / 3,
            },
            "single_day": {"wau_mau": 2 / 3, "dau_mau": 0.0},
            "skips_the_empty_day": {
                "wau_mau": (2 / 3 + 3 / 4) / 2,
                "dau_mau": (1 / 3 + 1 / 4) / 2,
            },
            "starts_a_day_late": {"wau_mau": (3 / 4 + 2 / 3) / 2, "dau_mau": 1 / 8},
            "a_day_too_long": {"wau_mau": (2 / 3 + 3 / 4 + 3 / 4) / 3},
            "month_of_30_days": {"wau_mau": (2 / 3 + 3 / 4 + 2 / 4) / 3},
            "calendar_month": {"wau_mau": (2 / 3 + 1 + 2 / 3) / 3, "dau_mau": 2 / 9},
            "month_to_date": {
                "wau_mau": (1 + 1 + 2 / 3) / 3,
                "dau_mau": (1 / 2 + 1 / 3 + 0) / 3,
            },
            "week_to_date": {"wau_mau": (1 / 3 + 2 / 4 + 2 / 3) / 3},
            "counts_rows": {"wau_mau": (4 / 9 + 5 / 9 + 4 / 7) / 3},
            "sum_daily": {"wau_mau": (3 / 8 + 4 / 8 + 3 / 6) / 3},
            "week_from_days": {"wau_mau": 1.0},
            "ratio_of_means": {"wau_mau": 7 / 10, "dau_mau": 2 / 10},
            "short_windows": {"wau_mau": 0.66944, "dau_mau": 0.14722},
        },
        idea="Three days have a whole window, 18, 19 and 20 June. For each, list the "
        "customers of the last 28 days, of the last 7, and of the day.",
    )
    ### BEGIN HIDDEN TESTS
    for variant in pm.checks.variants(3):
        dice = pm.checks.rng(variant)
        # The number of the last day; whole windows end on days 28 to 31. Nobody came on
        # the last day of the log.
        last = 31
        rows = [(1, 1)]
        for user in range(10, 10 + int(dice.integers(10, 16))):
            weekday = int(dice.integers(1, 8))
            rows += [(user, day) for day in range(weekday, last, 7) if day > 1]
            rows += [(user, weekday + 7)]  # two rows on one day
        for user in range(40, 40 + int(dice.integers(24, 36))):
            rows += [(user, int(dice.integers(2, 4)))]  # once, and never again
        for user in range(100, 106):
            rows += [(user, int(day)) for day in dice.integers(2, last, 10)]
        colleagues = list(range(200, 206))
        for user in colleagues:
            rows += [(user, day) for day in range(2, last) if day % 7 > 1]
        start = pd.Timestamp("2026-02-09") + pd.Timedelta(days=int(dice.integers(9)))
        data = pd.DataFrame(rows, columns=["user_id", "number"])
        data["day"] = start + pd.to_timedelta(data.pop("number") - 1, unit="D")
        data = data.iloc[dice.permutation(len(data))].reset_index(drop=True)

        pairs = np.array([(user, day) for user, day in rows if user < 200])
        dau, wau, mau = (
            np.array(
                [
                    len({*pairs[(pairs[:, 1] > end - size) & (pairs[:, 1] <= end), 0]})
                    for end in range(28, last + 1)
                ]
            )
            for size in (1, 7, 28)
        )
        check.record(
            stickiness(
                data,
                colleagues,
                first_day=start,
                last_day=start + pd.Timedelta(days=last - 1),
            ),
            {"wau_mau": (wau / mau).mean(), "dau_mau": (dau / mau).mean()},
            what="the stickiness of other people",
            traps={
                "ratio_of_means": {
                    "wau_mau": wau.mean() / mau.mean(),
                    "dau_mau": dau.mean() / mau.mean(),
                }
            },
        )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="stickiness"
# “Different users in 28 days” can't be added up from days: who comes on four days is one
# user, not four. Each window must be counted anew.

# %% [markdown] hint="stickiness"
# Take out staff. Then loop over the days that have 28 days of log, including themselves,
# behind them: count the different users of the three windows, divide, collect. Take the
# mean at the end.

# %% [markdown] hint="stickiness"
# `pd.date_range(start, end)` lists days; `column.nunique()` counts different values. The
# first day with a whole window is 27 days after the first day of the log.

# %% wrong="stickiness" trap="counts_staff"
"""You have {yours}. Users 8 and 9 are in it, Fernbroom's own people. Staff open the app on every
working day, so a handful of them makes the product look like a habit. Who should be left out
before you count, and where is the list?"""


def stickiness(activity, staff, *, first_day, last_day):
    def users_in(end, length):
        start = end - pd.Timedelta(days=length - 1)
        inside = (activity["day"] >= start) & (activity["day"] <= end)
        return activity.loc[inside, "user_id"].nunique()

    days = pd.date_range(first_day + pd.Timedelta(days=27), last_day)
    return {
        name: np.mean([users_in(day, length) / users_in(day, 28) for day in days])
        for name, length in (("wau_mau", 7), ("dau_mau", 1))
    }


# %% wrong="stickiness" trap="single_day"
"""You have {yours}: the ratios of the last day alone. No customer came on that Saturday, and one
more visitor would have changed everything. Days differ by weekday and by chance; that is why
the mean over days is asked for. Which days have a whole window behind them?"""


def stickiness(activity, staff, *, first_day, last_day):
    people = activity[~activity["user_id"].isin(staff)]

    def users_in(length):
        start = last_day - pd.Timedelta(days=length - 1)
        return people.loc[people["day"].between(start, last_day), "user_id"].nunique()

    month = users_in(28)
    return {"wau_mau": users_in(7) / month, "dau_mau": users_in(1) / month}


# %% wrong="stickiness" trap="calendar_month"
"""You have {yours}. You divided by the users of the calendar month. On 18 June that misses user
2, who was there within 28 days but in May. Months have 28 to 31 days and start on different
weekdays, so the ratio would jump on the first of each month. From which day to which does the
window of 18 June run?"""


def stickiness(activity, staff, *, first_day, last_day):
    people = activity[~activity["user_id"].isin(staff)]
    month = people.groupby(people["day"].dt.to_period("M"))["user_id"].nunique()

    def users_in(end, length):
        start = end - pd.Timedelta(days=length - 1)
        return people.loc[people["day"].between(start, end), "user_id"].nunique()

    days = pd.date_range(first_day + pd.Timedelta(days=27), last_day)
    return {
        name: np.mean(
            [users_in(day, length) / month[day.to_period("M")] for day in days]
        )
        for name, length in (("wau_mau", 7), ("dau_mau", 1))
    }


# %% wrong="stickiness" trap="month_to_date"
"""You have {yours}. Your long window starts anew on the first of each month: on 18 June it has 18
days and misses user 2, who was there on 23 May. Early in a month nearly everyone of the month came
this week. From which day to which does a window of 28 days run that ends on 18 June?"""


def stickiness(activity, staff, *, first_day, last_day):
    people = activity[~activity["user_id"].isin(staff)]

    def users_in(start, end):
        return people.loc[people["day"].between(start, end), "user_id"].nunique()

    days = pd.date_range(first_day + pd.Timedelta(days=27), last_day)
    return {
        name: np.mean(
            [
                users_in(day - pd.Timedelta(days=size - 1), day)
                / users_in(day.replace(day=1), day)
                for day in days
            ]
        )
        for name, size in (("wau_mau", 7), ("dau_mau", 1))
    }


# %% wrong="stickiness" trap="week_to_date"
"""You have {yours}. Your week begins on Monday, so on Thursday 18 June it has four days and misses
user 1, who came on Saturday the 13th as on every Saturday. Such a WAU is small on Mondays and grows until
Sunday, whatever people do. Which seven days end with 18 June?"""


def stickiness(activity, staff, *, first_day, last_day):
    people = activity[~activity["user_id"].isin(staff)]

    def users_in(start, end):
        return people.loc[people["day"].between(start, end), "user_id"].nunique()

    weekly, daily = [], []
    for day in pd.date_range(first_day + pd.Timedelta(days=27), last_day):
        month = users_in(day - pd.Timedelta(days=27), day)
        monday = day - pd.Timedelta(days=day.weekday())
        weekly.append(users_in(monday, day) / month)
        daily.append(users_in(day, day) / month)
    return {"wau_mau": np.mean(weekly), "dau_mau": np.mean(daily)}


# %% wrong="stickiness" trap="counts_rows"
"""You have {yours}. You counted rows: user 3 has two on 18 June alone, and user 1 has four in 28 days.
DAU, WAU and MAU ask how many *different* people came, and the table may have several rows for one
of them. How do you count each once in a window?"""


def stickiness(activity, staff, *, first_day, last_day):
    people = activity[~activity["user_id"].isin(staff)]

    def rows_in(end, length):
        start = end - pd.Timedelta(days=length - 1)
        return len(people[people["day"].between(start, end)])

    days = pd.date_range(first_day + pd.Timedelta(days=27), last_day)
    return {
        name: np.mean([rows_in(day, length) / rows_in(day, 28) for day in days])
        for name, length in (("wau_mau", 7), ("dau_mau", 1))
    }


# %% wrong="stickiness" trap="sum_daily"
"""You have {yours}. You added up the daily users of 28 days. User 1 came on four of them and
counts four times, so the more faithful your users are, the *lower* your stickiness gets. MAU
asks how many different people came. What does that make of user 1?"""


def stickiness(activity, staff, *, first_day, last_day):
    people = activity[~activity["user_id"].isin(staff)]
    daily = people.groupby("day")["user_id"].nunique()
    daily = daily.reindex(pd.date_range(first_day, last_day), fill_value=0)
    month = daily.rolling(28).sum()
    week = daily.rolling(7).sum()
    return {"wau_mau": (week / month).mean(), "dau_mau": (daily / month).mean()}


# %% wrong="stickiness" trap="week_from_days"
"""You have {yours}: as if all came every week. You added up the daily users of the week: user 3, who came on 15 and 18 June, counts twice above the line and once below it. WAU
asks how many different people came in seven days. How do you count user 3 once?"""


def stickiness(activity, staff, *, first_day, last_day):
    people = activity[~activity["user_id"].isin(staff)]

    def users_in(end, length):
        start = end - pd.Timedelta(days=length - 1)
        return people.loc[people["day"].between(start, end), "user_id"].nunique()

    weekly, daily = [], []
    for day in pd.date_range(first_day + pd.Timedelta(days=27), last_day):
        week = pd.date_range(day - pd.Timedelta(days=6), day)
        weekly.append(sum(users_in(each, 1) for each in week) / users_in(day, 28))
        daily.append(users_in(day, 1) / users_in(day, 28))
    return {"wau_mau": np.mean(weekly), "dau_mau": np.mean(daily)}


# %% wrong="stickiness" trap="skips_the_empty_day"
"""You have {yours}: the mean of 18 and 19 June. No customer came on 20 June, so your list of days
ends before it, but the log covers that day: a day with nobody is a day with a low ratio, and those
who leave it out look better. Where do the days to go through come from? (In
`pm.metrics.stickiness` it is `observed_until` that says how far a log reaches.)"""


def stickiness(activity, staff, *, first_day, last_day):
    people = activity[~activity["user_id"].isin(staff)]

    def users_in(end, length):
        start = end - pd.Timedelta(days=length - 1)
        return people.loc[people["day"].between(start, end), "user_id"].nunique()

    days = [day for day, _ in people.groupby("day")]
    days = [day for day in days if day >= first_day + pd.Timedelta(days=27)]
    return {
        name: np.mean([users_in(day, length) / users_in(day, 28) for day in days])
        for name, length in (("wau_mau", 7), ("dau_mau", 1))
    }


# %% wrong="stickiness" trap="starts_a_day_late"
"""You have {yours}: the mean of 19 and 20 June. One more day has a whole window: 22 May is the
first day of the log, and a window includes its own last day. Count the days on your fingers for a
window of 3: on which day is the first one whole?"""


def stickiness(activity, staff, *, first_day, last_day):
    people = activity[~activity["user_id"].isin(staff)]

    def users_in(end, length):
        start = end - pd.Timedelta(days=length - 1)
        return people.loc[people["day"].between(start, end), "user_id"].nunique()

    days = pd.date_range(first_day + pd.Timedelta(days=28), last_day)
    return {
        name: np.mean([users_in(day, length) / users_in(day, 28) for day in days])
        for name, length in (("wau_mau", 7), ("dau_mau", 1))
    }


# %% wrong="stickiness" trap="a_day_too_long"
"""You have {yours}. Your windows have 29 and 8 days: on 20 June they still hold user 2, who came last
on 23 May, and user 1, who came last on 13 June. If a window ends with a day and includes it, going
back 28 days gives one too many. How many days must you go back for a window of 2 days?"""


def stickiness(activity, staff, *, first_day, last_day):
    people = activity[~activity["user_id"].isin(staff)]

    def users_in(end, length):
        inside = people["day"].between(end - pd.Timedelta(days=length), end)
        return people.loc[inside, "user_id"].nunique()

    days = pd.date_range(first_day + pd.Timedelta(days=27), last_day)
    return {
        name: np.mean([users_in(day, length) / users_in(day, 28) for day in days])
        for name, length in (("wau_mau", 7), ("dau_mau", 1))
    }


# %% wrong="stickiness" trap="month_of_30_days"
"""You have {yours}. Your long window is too long: on 20 June it still holds user 2, who came last on 23
May. Many dashboards take 30 days. Here MAU are the users of 28, so that each weekday is in it four
times; the day itself is one of them. Which is the first day of the window that ends on 20 June?"""


def stickiness(activity, staff, *, first_day, last_day):
    people = activity[~activity["user_id"].isin(staff)]

    def users_in(end, length):
        start = end - pd.Timedelta(days=length - 1)
        return people.loc[people["day"].between(start, end), "user_id"].nunique()

    days = pd.date_range(first_day + pd.Timedelta(days=27), last_day)
    return {
        name: np.mean([users_in(day, length) / users_in(day, 30) for day in days])
        for name, length in (("wau_mau", 7), ("dau_mau", 1))
    }


# %% wrong="stickiness" trap="swapped_keys"
"""You have {yours}. Whoever comes on a day also comes in its week, so one of these two can never be
the smaller one. Which of them did you write under which key?"""


def stickiness(activity, staff, *, first_day, last_day):
    people = activity[~activity["user_id"].isin(staff)]

    def users_in(end, length):
        start = end - pd.Timedelta(days=length - 1)
        return people.loc[people["day"].between(start, end), "user_id"].nunique()

    days = pd.date_range(first_day + pd.Timedelta(days=27), last_day)
    return {
        name: np.mean([users_in(day, length) / users_in(day, 28) for day in days])
        for name, length in (("wau_mau", 1), ("dau_mau", 7))
    }


# %% wrong="stickiness" trap="short_windows"
"""You have {yours}. Your mean includes days near the start of the log, whose 28 days reach back
before it. On 22 May the “month” is one day long, so everyone seems to come daily. Which is the
first day with 28 days of log behind it, counting itself?"""


def stickiness(activity, staff, *, first_day, last_day):
    people = activity[~activity["user_id"].isin(staff)]
    days = pd.date_range(first_day, last_day)
    grid = pd.crosstab(people["day"], people["user_id"]).reindex(days, fill_value=0)
    dau, wau, mau = (
        grid.rolling(size, min_periods=1).max().gt(0).sum(axis=1) for size in (1, 7, 28)
    )
    return {"wau_mau": (wau / mau).mean(), "dau_mau": (dau / mau).mean()}


# %% wrong="stickiness" trap="ratio_of_means" credit=0.5
"""You have {yours}: the mean WAU over the mean MAU. That is respectable, and steadier when
some days are nearly empty. This course takes the mean of the daily ratios, so that each day
weighs the same and the line that you plot is what you average. What is the ratio of each day?"""


def stickiness(activity, staff, *, first_day, last_day):
    people = activity[~activity["user_id"].isin(staff)]

    def mean_users(length):
        sizes = []
        for end in pd.date_range(first_day + pd.Timedelta(days=27), last_day):
            start = end - pd.Timedelta(days=length - 1)
            inside = people["day"].between(start, end)
            sizes.append(people.loc[inside, "user_id"].nunique())
        return np.mean(sizes)

    month = mean_users(28)
    return {"wau_mau": mean_users(7) / month, "dau_mau": mean_users(1) / month}


# %% right="stickiness"
def stickiness(activity, staff, *, first_day, last_day):
    people = activity[~activity["user_id"].isin(staff)].drop_duplicates()
    days = pd.date_range(first_day, last_day)
    grid = pd.crosstab(people["day"], people["user_id"]).reindex(days, fill_value=0)
    dau, wau, mau = (
        grid.rolling(size).max().gt(0).sum(axis=1)[27:] for size in (1, 7, 28)
    )
    return {"wau_mau": (wau / mau).mean(), "dau_mau": (dau / mau).mean()}


# %% right="stickiness"
def stickiness(activity, staff, *, first_day, last_day):
    people = activity[~activity["user_id"].isin(staff)]
    log = {"observed_until": last_day + pd.Timedelta(days=1), "time_column": "day"}
    return {
        f"{name}_mau": pm.metrics.stickiness(people, short_days=size, **log).rate
        for name, size in (("wau", 7), ("dau", 1))
    }


# %%
logins = pm.case.load("visits").dropna(subset="user_id")
# Days of the UTC clock: for weeks that is near enough; see M07-E5 for single days.
logins["day"] = logins["at"].dt.normalize()
logins = logins.loc[logins["day"] >= "2026-05-18", ["user_id", "day"]].drop_duplicates()
six_weeks = {
    "first_day": pd.Timestamp("2026-05-18"),
    "last_day": pd.Timestamp("2026-06-30"),
}
found = numbers_in(stickiness(logins.copy(), staff, **six_weeks), "wau_mau", "dau_mau")
if found is None:
    print("Pass the check of M07-E4 first.")
else:
    print(
        f"18 May to 30 June 2026, users who logged in: WAU / MAU {percent(found[0])}, "
        f"DAU / MAU {percent(found[1])}. Someone who comes once every week has 100 % and "
        f"{percent(1 / 7)}. (A stricter measure would count searches and bookings only.)"
    )

# %% [markdown] exercise="data_qa" objective="clean a raw event log"
# ## M07-E5 · How many page views were there really? (5 points)
#
# The dashboard counts rows of the raw event log. Look out for five things:
#
# - A bad connection sends an event twice. Both rows carry the same `event_id`. Two events
#   of one user on one page have two ids and are both real.
# - Bots look at pages: their `agent` ends in “-bot”.
# - Staff look at pages, too: their ids are in the list `staff`. They are no customers.
# - People who are logged out have no `user_id`. They are people all the same; keep them.
# - `at` is in UTC, while the day asked for is a day of people's lives: from midnight to
#   midnight on their clocks.
#
# Write `events_on(events, staff, *, day, time_zone)`. It counts the real page views of
# one local day. `events` has the columns `event_id`, `user_id` (empty when logged out),
# `page`, `at` (UTC, without a zone in the column) and `agent`; `day` is a text such as
# `"2026-06-10"`; `time_zone` is a name such as `"America/New_York"`. Clocks there may
# change twice a year.
#
# **Done when** the function returns the exact number of page views.


# %% solution="data_qa"
def events_on(events, staff, *, day, time_zone):
    """Return the number of real page views on a local day."""
    ### BEGIN SOLUTION
    clean = events.drop_duplicates("event_id")
    clean = clean[~clean["agent"].str.endswith("-bot")]
    clean = clean[~clean["user_id"].isin(staff)]
    local = clean["at"].dt.tz_localize("UTC").dt.tz_convert(time_zone)
    return int((local.dt.strftime("%Y-%m-%d") == day).sum())
    ### END SOLUTION


# %% checks="data_qa" points=5
with pm.checks.exercise("data_qa", points=5, read="Lesson 07, section 7") as check:

    def log_of(rows):
        """Make a raw log from (event, user, page, time in UTC, agent)."""
        names = ["event_id", "user_id", "page", "at", "agent"]
        made = pd.DataFrame(rows, columns=names)
        made["user_id"] = made["user_id"].astype("Int64")
        made["at"] = pd.to_datetime(made["at"])
        return made

    summer = log_of(
        [
            (1, 51, "home", "2026-06-10 02:00", "ios"),
            (2, 53, "home", "2026-06-10 04:00", "ios"),
            (3, 51, "search", "2026-06-10 14:00", "ios"),
            (3, 51, "search", "2026-06-10 14:00", "ios"),
            (4, 51, "search", "2026-06-10 14:00", "ios"),
            (5, 51, "search", "2026-06-10 14:20", "ios"),
            (6, 90, "home", "2026-06-10 15:00", "web"),
            (7, 91, "account", "2026-06-10 15:01", "web"),
            (8, None, "pricing", "2026-06-09 16:00", "PriceSpider-bot"),
            (9, None, "home", "2026-06-09 16:30", "UptimeProbe-bot"),
            (10, None, "home", "2026-06-11 17:00", "UptimeProbe-bot"),
            (11, None, "search", "2026-06-11 18:00", "PriceSpider-bot"),
            (12, None, "home", "2026-06-10 21:00", "web"),
            (13, None, "pricing", "2026-06-10 21:01", "web"),
            (14, 52, "search", "2026-06-11 02:00", "android"),
            (15, 52, "account", "2026-06-11 03:30", "android"),
            (16, None, "how it works", "2026-06-11 14:00", "web"),
        ]
    )
    winter = log_of(
        [
            (1, 51, "home", "2026-01-12 02:00", "ios"),
            (2, 51, "search", "2026-01-12 14:00", "ios"),
            (3, 52, "home", "2026-01-13 04:30", "web"),
            (4, 52, "search", "2026-01-13 05:30", "web"),
            (5, 52, "search", "2026-01-13 06:30", "web"),
            (6, None, "home", "2026-01-13 06:45", "web"),
            (7, 51, "home", "2026-11-01 05:30", "ios"),
            (8, 51, "search", "2026-11-01 18:00", "ios"),
            (9, 52, "home", "2026-11-02 06:30", "web"),
        ]
    )
    check.show("the small log of June; users 90 and 91 are staff", summer)
    check.show("the small log of January and November", winter)
    check.record(
        {
            f"{number} June": events_on(
                summer.copy(),
                [90, 91],
                day=f"2026-06-{number:02}",
                time_zone="America/New_York",
            )
            for number in (9, 10, 11)
        },
        # New York is four hours behind UTC: event 1 was seen on the evening of the 9th,
        # 2, 3, 4, 5, 12, 13 and the evening's 14 and 15 on the 10th, 16 on the 11th.
        {"9 June": 1, "10 June": 8, "11 June": 1},
        what="the page views of three days in New York",
        tolerance=0,
        traps={
            "utc_shift_wrong_way": {"9 June": 0, "11 June": 5},
            "utc_day": {"9 June": 0, "11 June": 3},
            "winter_offset": {"9 June": 2, "10 June": 7, "11 June": 1},
            "both_midnights": {"9 June": 2, "10 June": 8, "11 June": 1},
            "users_not_views": {"9 June": 1, "10 June": 3, "11 June": 0},
            "drops_null_user": {"9 June": 1, "10 June": 6, "11 June": 0},
            "keeps_duplicates": {"9 June": 1, "10 June": 9, "11 June": 1},
            "keeps_staff": {"9 June": 1, "10 June": 10, "11 June": 1},
            "keeps_bots": {"9 June": 3, "10 June": 8, "11 June": 3},
            "keeps_one_bot": {"9 June": 2, "10 June": 8, "11 June": 2},
            "loses_a_search": {"9 June": 1, "10 June": 7, "11 June": 1},
            "dedup_by_user_event": {"9 June": 1, "10 June": 6, "11 June": 1},
        },
        facts={"rows": 17},
        idea="Cross out rows in the small log: sent twice, bots, staff. Then write the "
        "local time beside the rest. Which lie on which day?",
    )
    check.record(
        {
            name: events_on(winter.copy(), [90], day=day, time_zone="America/Denver")
            for name, day in (
                ("12 January", "2026-01-12"),
                ("1 November", "2026-11-01"),
            )
        },
        # Denver is seven hours behind UTC in winter and six in summer; on 1 November
        # the day begins in summer and ends in winter, so it has 25 hours.
        {"12 January": 5, "1 November": 2},
        what="the page views of two days in Denver",
        tolerance=0,
        traps={
            "fixed_offset": {"12 January": 3},
            "one_zone": {"12 January": 2},
            "four_hours": {"12 January": 1},
            "day_of_24_hours": {"12 January": 5, "1 November": 1},
        },
        idea="The days of June in New York are right. How many hours is Denver behind UTC "
        "in January? And when does 1 November, a day on which clocks change, begin and "
        "end there?",
        keeps=0.5,
    )
    ### BEGIN HIDDEN TESTS
    zones = ["America/Chicago", "America/Denver", "America/Los_Angeles"]
    for variant in pm.checks.variants(3):
        dice = pm.checks.rng(variant)
        zone = zones[dice.integers(3)]
        date = pd.Timestamp("2026-01-20") + pd.Timedelta(days=int(dice.integers(7)))
        size, hour = 150, date.tz_localize(zone).utcoffset() // pd.Timedelta("1h")
        kind = dice.choice(4, size, p=[0.45, 0.25, 0.15, 0.15])
        minutes = dice.integers(-1_440, 2 * 1_440, size)
        # A dozen customers in the last hour of the local day.
        kind[:12], minutes[:12] = 0, 60 * (23 - hour) + dice.integers(0, 60, 12)
        # Some look at a page twice in the same minute, and both are real.
        minutes[1:12:2] = minutes[:12:2]
        # Three at midnight sharp, when the next day of winter begins.
        kind[12:15], minutes[12:15] = 0, 60 * (24 - hour)
        user = np.where(kind == 3, dice.integers(900, 904, size), 0)
        user = np.where(kind == 0, dice.integers(10, 30, size), user)
        user[1:12:2] = user[:12:2]
        page = dice.choice(["home", "search", "account"], size)
        page[1:12:2] = page[:12:2]
        data = pd.DataFrame(
            {
                "event_id": 7_000 + np.arange(size),
                "user_id": pd.array(
                    [None if each == 0 else int(each) for each in user], "Int64"
                ),
                "page": page,
                "agent": np.where(
                    kind == 2, "SlowCrawl-bot", dice.choice(["ios", "web"], size)
                ),
            }
        )
        summer = (minutes + 60 * (hour + 1)) // 1_440 == 0
        winter = (minutes + 60 * hour) // 1_440 == 0
        # The day on which clocks are set back begins in summer and ends in winter.
        change = (minutes + 60 * (hour + 1) >= 0) & (minutes + 60 * hour < 1_440)
        twice = dice.integers(0, size, 30), np.flatnonzero(summer)[:9]
        order = dice.permutation(np.concatenate([np.arange(size), *twice]))
        data, minutes = data.iloc[order].reset_index(drop=True), minutes[order]
        given, right = {}, {}
        for season, when, inside in (
            ("winter", date, winter),
            ("summer", date + pd.Timedelta(days=182), summer),
            ("clocks set back", pd.Timestamp("2026-11-01"), change),
        ):
            right[season] = int((inside & (kind < 2)).sum())
            given[season] = events_on(
                data.assign(at=when + pd.to_timedelta(minutes, unit="min")),
                [900, 901, 902, 903],
                day=f"{when:%Y-%m-%d}",
                time_zone=zone,
            )
        check.record(
            given,
            right,
            what="the page views of other days",
            tolerance=0,
            # The same minutes, so the hour of summer counts the same rows in winter.
            traps={
                "fixed_offset": {"winter": right["summer"], "summer": right["summer"]},
                "day_of_24_hours": {**right, "clocks set back": right["summer"]},
            },
        )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="data_qa"
# Each rule takes out the rows of one fault and nothing else. After each, ask: whom did I
# lose who was a person?

# %% [markdown] hint="data_qa"
# In order: one row per event id; no bots; no staff; local time; rows of the day. For the
# time say first what the column is (`dt.tz_localize("UTC")`) and then where people live
# (`dt.tz_convert(time_zone)`). Python then knows about summer time.

# %% [markdown] hint="data_qa"
# `column.isin(values)` gives False for an empty cell, so `~column.isin(values)` keeps it;
# `column != value` may not. The local date as text: `.dt.strftime("%Y-%m-%d")`.

# %% wrong="data_qa" trap="keeps_duplicates"
"""You have {yours}. Event 3 is in it twice: same id, sent again by a bad connection. On a bad
day of the network that would look like growth. Which column tells you that two rows are one
event?"""


def events_on(events, staff, *, day, time_zone):
    clean = events[~events["agent"].str.endswith("-bot")]
    clean = clean[~clean["user_id"].isin(staff)]
    local = clean["at"].dt.tz_localize("UTC").dt.tz_convert(time_zone)
    return int((local.dt.strftime("%Y-%m-%d") == day).sum())


# %% wrong="data_qa" trap="keeps_staff"
"""You have {yours}. Users 90 and 91 are in it, Fernbroom's own people. Staff test, check and show
the app every working day; none of that is demand. Where does the function get their ids?"""


def events_on(events, staff, *, day, time_zone):
    clean = events.drop_duplicates("event_id")
    clean = clean[~clean["agent"].str.endswith("-bot")]
    local = clean["at"].dt.tz_localize("UTC").dt.tz_convert(time_zone)
    return int((local.dt.strftime("%Y-%m-%d") == day).sum())


# %% wrong="data_qa" trap="keeps_bots"
"""You have {yours}. Events 8 to 11, on 9 and 11 June, come from programs that look at prices or at whether the
site is up. They come around the clock, also when no one is awake, and never book. Which column
gives them away?"""


def events_on(events, staff, *, day, time_zone):
    clean = events.drop_duplicates("event_id")
    clean = clean[~clean["user_id"].isin(staff)]
    local = clean["at"].dt.tz_localize("UTC").dt.tz_convert(time_zone)
    return int((local.dt.strftime("%Y-%m-%d") == day).sum())


# %% wrong="data_qa" trap="keeps_one_bot"
"""You have {yours}. One of two bots is still in it. Tomorrow a third one may come, with a name that
no list holds yet. Their agents have something in common, and the task says what. How do you ask a
column of text for that?"""


def events_on(events, staff, *, day, time_zone):
    clean = events.drop_duplicates("event_id")
    clean = clean[clean["agent"] != "PriceSpider-bot"]
    clean = clean[~clean["user_id"].isin(staff)]
    local = clean["at"].dt.tz_localize("UTC").dt.tz_convert(time_zone)
    return int((local.dt.strftime("%Y-%m-%d") == day).sum())


# %% wrong="data_qa" trap="users_not_views"
"""You have {yours}. You counted different users. On 10 June user 51 has three views and counts
once, and people without an id do not count at all. How many people came is a good question, too; but
page views are asked for. What is one row, once the repeats are gone?"""


def events_on(events, staff, *, day, time_zone):
    clean = events.drop_duplicates("event_id")
    clean = clean[~clean["agent"].str.endswith("-bot")]
    clean = clean[~clean["user_id"].isin(staff)]
    local = clean["at"].dt.tz_localize("UTC").dt.tz_convert(time_zone)
    return int(clean[local.dt.strftime("%Y-%m-%d") == day]["user_id"].nunique())


# %% wrong="data_qa" trap="drops_null_user"
"""You have {yours}. Event 16 is gone: someone looked at how it works without logging in. On
10 June events 12 and 13 are such views, too. These are the people who might sign up; dropping them hides the top
of the funnel. An empty cell here means “logged out”, not “broken”. What made them disappear?"""


def events_on(events, staff, *, day, time_zone):
    clean = events.dropna().drop_duplicates("event_id")
    clean = clean[~clean["agent"].str.endswith("-bot")]
    clean = clean[~clean["user_id"].isin(staff)]
    local = clean["at"].dt.tz_localize("UTC").dt.tz_convert(time_zone)
    return int((local.dt.strftime("%Y-%m-%d") == day).sum())


# %% wrong="data_qa" trap="dedup_by_user_event"
"""You have {yours}. User 51 opened the search three times, twice at 14:00 and once at 14:20,
and you count it once: you dropped repeats of user and page. People do the same thing again; that is use, not a
fault. Only a row that was *sent* twice is one too many. How can you tell those rows?"""


def events_on(events, staff, *, day, time_zone):
    clean = events[~events["agent"].str.endswith("-bot")]
    clean = clean[~clean["user_id"].isin(staff)]
    local = clean["at"].dt.tz_localize("UTC").dt.tz_convert(time_zone)
    clean = clean[local.dt.strftime("%Y-%m-%d") == day]
    return len(clean.drop_duplicates(["user_id", "page"]))


# %% wrong="data_qa" trap="loses_a_search"
"""You have {yours}. Rows 3, 3 and 4 of user 51 are two events, and you count one of them. Event 3
was sent twice; event 4 has an id of its own, though user, page and minute are the same. Dropping
all rows of a repeated id is too much, and so is dropping rows that merely look alike. What makes
two rows one event, and how many of them stay?"""


def events_on(events, staff, *, day, time_zone):
    clean = events.drop_duplicates(["user_id", "page", "at"])
    clean = clean[~clean["agent"].str.endswith("-bot")]
    clean = clean[~clean["user_id"].isin(staff)]
    local = clean["at"].dt.tz_localize("UTC").dt.tz_convert(time_zone)
    return int((local.dt.strftime("%Y-%m-%d") == day).sum())


# %% wrong="data_qa" trap="winter_offset"
"""You have {yours}. Event 2 was seen when 10 June began, at 0:00 sharp, and you count it on the 9th:
you took off five hours. That is New York's winter. In summer its clocks stand elsewhere, and a fixed
number of hours is wrong for a part of each year. What knows when the clocks change?"""


def events_on(events, staff, *, day, time_zone):
    clean = events.drop_duplicates("event_id")
    clean = clean[~clean["agent"].str.endswith("-bot")]
    clean = clean[~clean["user_id"].isin(staff)]
    winter = pd.Timestamp("2026-01-15", tz=time_zone).utcoffset()
    return int(((clean["at"] + winter).dt.strftime("%Y-%m-%d") == day).sum())


# %% wrong="data_qa" trap="both_midnights"
"""You have {yours}. Event 2 was seen at 0:00 sharp, when 10 June began, and it counts on the 9th and
on the 10th. (`between` takes in both ends unless told otherwise.) Added up over a month you would
have more views than there were. To which of the two days does midnight belong?"""


def events_on(events, staff, *, day, time_zone):
    clean = events.drop_duplicates("event_id")
    clean = clean[~clean["agent"].str.endswith("-bot")]
    clean = clean[~clean["user_id"].isin(staff)]
    start = pd.Timestamp(day, tz=time_zone)
    at = clean["at"].dt.tz_localize("UTC")
    return int(at.between(start, start + pd.DateOffset(days=1)).sum())


# %% wrong="data_qa" trap="utc_day"
"""You have {yours}. You took the day from the UTC clock. For New York that day starts at eight
in the evening before: event 1 was seen at 22:00 on 9 June, event 14 at 22:00 on 10 June, and you
count each a day later. Evenings, when people have time, would always go to the next day. What must happen to
`at` first?"""


def events_on(events, staff, *, day, time_zone):
    clean = events.drop_duplicates("event_id")
    clean = clean[~clean["agent"].str.endswith("-bot")]
    clean = clean[~clean["user_id"].isin(staff)]
    return int((clean["at"].dt.strftime("%Y-%m-%d") == day).sum())


# %% wrong="data_qa" trap="utc_shift_wrong_way"
"""You have {yours}. The hours were moved the wrong way: event 14, at 2:00 UTC, became 6:00. When
it is 2:00 in London's winter, New York has not finished the evening before. Is the column in
UTC or in local time, and which of the two do you want?"""


def events_on(events, staff, *, day, time_zone):
    clean = events.drop_duplicates("event_id")
    clean = clean[~clean["agent"].str.endswith("-bot")]
    clean = clean[~clean["user_id"].isin(staff)]
    moved = clean["at"].dt.tz_localize(time_zone, ambiguous="NaT", nonexistent="NaT")
    moved = moved.dt.tz_convert("UTC")
    return int((moved.dt.strftime("%Y-%m-%d") == day).sum())


# %% wrong="data_qa" trap="fixed_offset" credit=0.5
"""The days of June are right; in Denver you have {yours}. You took off the same number of hours all year.
In winter the clock stands elsewhere, so an hour of each evening goes to the wrong day, and only
for part of the year: the kind of fault nobody finds. What knows when the clocks change?"""


def events_on(events, staff, *, day, time_zone):
    clean = events.drop_duplicates("event_id")
    clean = clean[~clean["agent"].str.endswith("-bot")]
    clean = clean[~clean["user_id"].isin(staff)]
    summer = pd.Timestamp("2026-07-01", tz=time_zone).utcoffset()
    return int(((clean["at"] + summer).dt.strftime("%Y-%m-%d") == day).sum())


# %% wrong="data_qa" trap="four_hours"
"""The days of June in New York are right; in Denver you have {yours}. You always take off four hours,
but Denver lies further west, and in winter clocks stand elsewhere. The function gets the name of a
time zone. What in pandas turns such a name into hours?"""


def events_on(events, staff, *, day, time_zone):
    clean = events.drop_duplicates("event_id")
    clean = clean[~clean["agent"].str.endswith("-bot")]
    clean = clean[~clean["user_id"].isin(staff)]
    local = clean["at"] - pd.Timedelta(hours=4)
    return int((local.dt.strftime("%Y-%m-%d") == day).sum())


# %% wrong="data_qa" trap="one_zone"
"""The days of June are right; in Denver you have {yours}. You counted by New York's clock there, too:
events 5 and 6 came before midnight in Denver, after midnight in New York. Which argument of the
function says where its people live?"""


def events_on(events, staff, *, day, time_zone):
    clean = events.drop_duplicates("event_id")
    clean = clean[~clean["agent"].str.endswith("-bot")]
    clean = clean[~clean["user_id"].isin(staff)]
    local = clean["at"].dt.tz_localize("UTC").dt.tz_convert("America/New_York")
    return int((local.dt.strftime("%Y-%m-%d") == day).sum())


# %% wrong="data_qa" trap="day_of_24_hours" credit=0.5
"""Nearly all is right; for a day on which clocks change you have {yours}. You let a day end 24 hours
after it began. On 1 November 2026 people set their clocks back by an hour, so that day has 25, and event
9 was seen at 23:30. In what other way can you ask whether a local time lies on that day?"""


def events_on(events, staff, *, day, time_zone):
    clean = events.drop_duplicates("event_id")
    clean = clean[~clean["agent"].str.endswith("-bot")]
    clean = clean[~clean["user_id"].isin(staff)]
    start = pd.Timestamp(day, tz=time_zone)
    at = clean["at"].dt.tz_localize("UTC")
    return int(((at >= start) & (at < start + pd.Timedelta(hours=24))).sum())


# %% right="data_qa"
def events_on(events, staff, *, day, time_zone):
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    seen = set()
    for row in events.to_dict("records"):
        person = pd.isna(row["user_id"]) or row["user_id"] not in staff
        at = row["at"].tz_localize("UTC").astimezone(ZoneInfo(time_zone))
        if person and "bot" not in row["agent"] and str(at.date()) == day:
            seen.add(row["event_id"])
    return len(seen)


# %% right="data_qa"
def events_on(events, staff, *, day, time_zone):
    start = pd.Timestamp(day, tz=time_zone)
    end = start + pd.DateOffset(days=1)
    at = pd.to_datetime(events["at"], utc=True)
    rows = events[(at >= start) & (at < end)]
    rows = rows[~rows["agent"].isin([a for a in rows["agent"] if a.endswith("bot")])]
    return rows.loc[~rows["user_id"].isin(staff), "event_id"].nunique()


# %%
raw = pm.case.load("visits")
home_zone = pm.case.load("launch_counties")["time_zone"].iloc[0]
near = raw[raw["at"].between("2026-06-09", "2026-06-12")]
columns = ["event_id", "user_id", "page", "at", "agent"]
page_views = events_on(
    near[columns].copy(), staff, day="2026-06-10", time_zone=home_zone
)
rows_of_day = int((near["at"].dt.strftime("%Y-%m-%d") == "2026-06-10").sum())
del raw
if numbers_in({"views": page_views}, "views") is None:
    print("Pass the check of M07-E5 first.")
else:
    print(
        f"10 June 2026: the dashboard shows {count(rows_of_day)} page views (rows, UTC "
        f"day). {count(page_views)} were real on that day in {home_zone}."
    )

# %% [markdown] exercise="mix_shift" objective="tell a change of mix from a change of behavior"
# ## M07-E6 · Did the product get worse? (4 points)
#
# As September 2024 began, conversion fell from one week to the next. Ada undid a release
# for that. But the visitors had changed, too. Split the change of the overall rate in two:
#
# - **within effect**: visitors of the same channel behave differently. Sum over channels
#   of (mean of the two shares of visitors) × (rate after − rate before).
# - **mix effect**: the channels have other sizes. Sum over channels of (share after −
#   share before) × (mean of the two rates).
#
# A rate is buyers / visitors, a share is a channel's part of all visitors of the week.
#
# Write `what_moved(weeks)`. The table has a row per week and channel: `week_start`,
# `channel`, `days` (days of that week with data), `visitors`, `buyers`; rows are in no
# order. Compare the first *whole* week in the table with the last *whole* week. Every
# channel is in every week.
#
# **Done when** the function returns a dictionary with three keys: `within` and `mix`, as
# fractions (0.01 is one percentage point), right within 0.5 %, and `main`, the text
# `"within"` or `"mix"`: the effect that is larger in size, whatever its sign.


# %% solution="mix_shift"
def what_moved(weeks):
    """Return {"within": ..., "mix": ..., "main": ...} for two whole weeks."""
    ### BEGIN SOLUTION
    whole = weeks[weeks["days"] == 7]

    def of_week(start):
        week = whole[whole["week_start"] == start].set_index("channel")
        share = week["visitors"] / week["visitors"].sum()
        return share, week["buyers"] / week["visitors"]

    old_share, old_rate = of_week(whole["week_start"].min())
    new_share, new_rate = of_week(whole["week_start"].max())
    within = ((old_share + new_share) / 2 * (new_rate - old_rate)).sum()
    mix = ((new_share - old_share) * (old_rate + new_rate) / 2).sum()
    main = "within" if abs(within) > abs(mix) else "mix"
    return {"within": within, "mix": mix, "main": main}
    ### END SOLUTION


# %% checks="mix_shift" points=4
with pm.checks.exercise("mix_shift", points=4, read="Lesson 07, section 8") as check:

    def weekly(*rows):
        """Make a table of (week, channel, days, visitors, buyers)."""
        names = ["week_start", "channel", "days", "visitors", "buyers"]
        made = pd.DataFrame(rows, columns=names)
        made["week_start"] = pd.to_datetime("2026-03-" + made["week_start"])
        return made

    small = weekly(
        ("16", "social", 7, 700, 15),
        ("16", "search", 7, 300, 33),
        ("23", "search", 7, 400, 48),
        ("23", "social", 7, 1_600, 40),
        ("02", "search", 5, 350, 28),
        ("02", "social", 5, 50, 2),
        ("09", "social", 7, 400, 8),
        ("09", "search", 7, 600, 60),
    )
    check.show("the small table", small)
    keys = ["within", "mix", "main"]
    answer = check.fields(what_moved(small.copy()), keys, what="the small table")
    check.record(
        {key: answer[key] for key in keys[:2]},
        # 9 to 23 March: search 10 % to 12 %, social 2 % to 2.5 %; shares 60/40 to 20/80.
        # within: 0.4 × 0.02 + 0.6 × 0.005; mix: −0.4 × 0.11 + 0.4 × 0.0225.
        {"within": 0.011, "mix": -0.035},
        what="the two effects in the small table",
        traps={
            "product_got_worse": {"within": -0.024, "mix": 0.0},
            "swapped_effects": {"within": -0.035, "mix": 0.011},
            "rows_not_channels": {"within": 0.0, "mix": 0.0},
            "sums_not_means": {"within": 0.022, "mix": -0.07},
            "visitors_not_shares": {"within": 15.0, "mix": 5.0},
            "shares_of_buyers": {
                "within": 0.5 * (60 / 68 + 24 / 44) * 0.02
                + 0.5 * (8 / 68 + 20 / 44) * 0.005
            },
            "simple_average": {"within": 0.0125},
            "partial_week": {
                "within": 0.5 * (0.875 + 0.2) * 0.04 + 0.5 * (0.125 + 0.8) * -0.015
            },
            "wrong_last_week": {"within": 0.45 * 0.01 + 0.55 * (15 / 700 - 0.02)},
            "baseline_weights": {"within": 0.014},
            "later_weights": {"within": 0.008},
        },
        facts={"before": 6.8, "after": 4.4},
        idea="Which two weeks do you compare? For each channel write down four numbers: "
        "share before and after, rate before and after. Then each effect is a sum of two products.",
    )
    check.choice(
        answer["main"],
        "mix",
        options=["within", "mix"],
        what="the larger effect",
        traps={"compares_with_sign": "within"},
        idea="Compare sizes without the sign.",
        keeps=0.7,
    )
    second = weekly(
        ("02", "search", 7, 550, 33),
        ("02", "social", 7, 450, 9),
        ("09", "search", 7, 500, 60),
        ("09", "social", 7, 500, 15),
    )
    check.show("the second table: both channels' rates rise", second)
    check.choice(
        check.fields(what_moved(second.copy()), keys, what="the second table")["main"],
        "within",
        options=["within", "mix"],
        what="the larger effect in the second table, where both rates rise",
        idea="Does your function compare the two sizes, or always say the same?",
        keeps=0.7,
    )
    ### BEGIN HIDDEN TESTS
    channels = ["organic", "referral", "search", "social"]
    for variant in pm.checks.variants(4):
        dice = pm.checks.rng(variant)
        rate = dice.uniform([0.05, 0.10, 0.06, 0.010], [0.06, 0.12, 0.07, 0.015])
        lift = dice.uniform([1.1, 1.4, 1.1, 1.1], [1.2, 1.6, 1.2, 1.2])
        visitors = dice.integers(
            [3_800, 5_000, 2_800, 800], [4_200, 5_600, 3_200, 1_200]
        )
        shift = dice.uniform([0.8, 0.45, 0.9, 5.0], [0.9, 0.55, 1.1, 7.0])
        weeks, sizes, rates = [], [], []
        for number, (share, days) in enumerate(
            ((0.0, 4), (0.0, 7), (0.4, 7), (1.0, 7), (1.3, 3))
        ):
            people = visitors * (1 + share * (shift - 1)) * days / 7
            people = np.maximum(people.astype(int), 200)
            chance = rate * (1 + share * (lift - 1)) * (0.6 if days < 7 else 1)
            buyers = np.round(people * chance).astype(int)
            start = np.datetime64("2026-02-02") + 7 * number
            weeks += zip([start] * 4, channels, [days] * 4, people, buyers)
            sizes.append(people / people.sum())
            rates.append(buyers / people)
        change = rates[3] - rates[1]
        old, new = sizes[1] @ change, sizes[3] @ change
        within = (old + new) / 2
        mix = (sizes[3] - sizes[1]) @ (rates[1] + rates[3]) / 2
        weeks = [weeks[place] for place in dice.permutation(len(weeks))]
        data = pd.DataFrame(weeks, columns=list(small.columns))
        data["week_start"] = pd.to_datetime(data["week_start"])
        answer = check.fields(what_moved(data), keys, what="other weeks")
        check.record(
            {key: answer[key] for key in keys[:2]},
            {"within": within, "mix": mix},
            what="the two effects in other weeks",
            traps={
                "baseline_weights": {"within": old},
                "later_weights": {"within": new},
            },
        )
        check.choice(
            answer["main"],
            "within" if abs(within) > abs(mix) else "mix",
            options=["within", "mix"],
            what="the larger effect in other weeks",
            traps={"compares_with_sign": "within"} if abs(mix) > abs(within) else {},
            keeps=0.7,
        )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="mix_shift"
# An overall rate is a weighted mean. It moves if the rates move, and it moves if the
# weights move. Hold one of the two still and see what the other does.

# %% [markdown] hint="mix_shift"
# Keep whole weeks, take the first and the last, and make a table with one row per channel
# and four columns: share and rate, before and after. Test: within + mix must be exactly
# the change of the overall rate.

# %% [markdown] hint="mix_shift"
# A Series with the channel as index lets pandas match channels by itself:
# `week.set_index("channel")`. For the last line, `abs()` drops the sign.

# %% wrong="mix_shift" trap="product_got_worse"
"""You have {yours}: the whole fall, from {before} % to {after} %, as a change of behavior. But
look at each channel: search went from 10 % to 12 %, social from 2 % to 2.5 %. Both rose, so
nobody behaves worse. What else changed between the two weeks?"""


def what_moved(weeks):
    whole = (
        weeks[weeks["days"] == 7].groupby("week_start")[["visitors", "buyers"]].sum()
    )
    rate = whole["buyers"] / whole["visitors"]
    return {"within": rate.iloc[-1] - rate.iloc[0], "mix": 0.0, "main": "within"}


# %% wrong="mix_shift" trap="simple_average"
"""You have {yours}. Each channel weighs the same in your within effect, the one with 1,600
visitors like the one with 400. The overall rate is made of visitors, so a channel counts by
its share of them. Which weight belongs to search, if its share went from 60 % to 20 %?"""


def what_moved(weeks):
    whole = weeks[weeks["days"] == 7]
    first, last = whole["week_start"].min(), whole["week_start"].max()
    rate = (whole["buyers"] / whole["visitors"]).groupby(
        [whole["week_start"], whole["channel"]]
    )
    rate = rate.mean().unstack()
    total = whole.groupby("week_start")[["visitors", "buyers"]].sum()
    total = total["buyers"] / total["visitors"]
    within = (rate.loc[last] - rate.loc[first]).mean()
    return {"within": within, "mix": total[last] - total[first] - within, "main": "mix"}


# %% wrong="mix_shift" trap="partial_week"
"""You have {yours}. You compared with the week of 2 March, which has five days of data. People
book on other days than they look, and without a weekend it is not a week. A part of a week always
looks like a change. Which column tells you that a week is whole?"""


def what_moved(weeks):
    def of_week(start):
        week = weeks[weeks["week_start"] == start].set_index("channel")
        share = week["visitors"] / week["visitors"].sum()
        return share, week["buyers"] / week["visitors"]

    old_share, old_rate = of_week(weeks["week_start"].min())
    new_share, new_rate = of_week(weeks["week_start"].max())
    within = ((old_share + new_share) / 2 * (new_rate - old_rate)).sum()
    mix = ((new_share - old_share) * (old_rate + new_rate) / 2).sum()
    main = "within" if abs(within) > abs(mix) else "mix"
    return {"within": within, "mix": mix, "main": main}


# %% wrong="mix_shift" trap="wrong_last_week"
"""You have {yours}. You compared 9 March with 16 March. A later week in the table is whole, too;
the last one need not be cut off, and the rows are in no order. Which start is the latest among
the weeks with seven days?"""


def what_moved(weeks):
    whole = weeks[weeks["days"] == 7]
    starts = sorted(whole["week_start"].unique())

    def of_week(start):
        week = whole[whole["week_start"] == start].set_index("channel")
        share = week["visitors"] / week["visitors"].sum()
        return share, week["buyers"] / week["visitors"]

    old_share, old_rate = of_week(starts[0])
    new_share, new_rate = of_week(starts[1])
    within = ((old_share + new_share) / 2 * (new_rate - old_rate)).sum()
    mix = ((new_share - old_share) * (old_rate + new_rate) / 2).sum()
    main = "within" if abs(within) > abs(mix) else "mix"
    return {"within": within, "mix": mix, "main": main}


# %% wrong="mix_shift" trap="rows_not_channels"
"""You have {yours}. Two columns of different weeks are matched by row number, and no row is in both
weeks: pandas finds no pair, fills with empty cells, and their sum is 0. (A plain subtraction does
that without a word.) What should both weeks have as their index, so that search meets search?"""


def what_moved(weeks):
    whole = weeks[weeks["days"] == 7]

    def of_week(start):
        week = whole[whole["week_start"] == start]
        share = week["visitors"] / week["visitors"].sum()
        return share, week["buyers"] / week["visitors"]

    old_share, old_rate = of_week(whole["week_start"].min())
    new_share, new_rate = of_week(whole["week_start"].max())
    within = ((old_share + new_share) / 2 * (new_rate - old_rate)).sum()
    mix = ((new_share - old_share) * (old_rate + new_rate) / 2).sum()
    main = "within" if abs(within) > abs(mix) else "mix"
    return {"within": within, "mix": mix, "main": main}


# %% wrong="mix_shift" trap="sums_not_means"
"""You have {yours}. Both together should be the change of the overall rate, from {before} % to
{after} %; yours are twice that. A *mean* of two shares or rates lies between them. Does yours?"""


def what_moved(weeks):
    whole = weeks[weeks["days"] == 7]

    def of_week(start):
        week = whole[whole["week_start"] == start].set_index("channel")
        share = week["visitors"] / week["visitors"].sum()
        return share, week["buyers"] / week["visitors"]

    old_share, old_rate = of_week(whole["week_start"].min())
    new_share, new_rate = of_week(whole["week_start"].max())
    within = ((old_share + new_share) * (new_rate - old_rate)).sum()
    mix = ((new_share - old_share) * (old_rate + new_rate)).sum()
    main = "within" if abs(within) > abs(mix) else "mix"
    return {"within": within, "mix": mix, "main": main}


# %% wrong="mix_shift" trap="visitors_not_shares"
"""You have {yours}. These are no fractions any more: you weighted with the visitors themselves. A
week with twice the visitors would then move the rate, even if every channel kept its part. A share
is a channel's part of all visitors of its week. By what must each number of visitors be divided?"""


def what_moved(weeks):
    whole = weeks[weeks["days"] == 7]

    def of_week(start):
        week = whole[whole["week_start"] == start].set_index("channel")
        return week["visitors"], week["buyers"] / week["visitors"]

    old, old_rate = of_week(whole["week_start"].min())
    new, new_rate = of_week(whole["week_start"].max())
    within = ((old + new) / 2 * (new_rate - old_rate)).sum()
    mix = ((new - old) * (old_rate + new_rate) / 2).sum()
    main = "within" if abs(within) > abs(mix) else "mix"
    return {"within": within, "mix": mix, "main": main}


# %% wrong="mix_shift" trap="shares_of_buyers"
"""You have {yours}. You weighted with each channel's share of the *buyers*. But the overall rate is
buyers per visitor: a channel counts by the visitors it brings, also by those who leave. Of 1,000
visitors in the first whole week, how many came from search?"""


def what_moved(weeks):
    whole = weeks[weeks["days"] == 7]

    def of_week(start):
        week = whole[whole["week_start"] == start].set_index("channel")
        share = week["buyers"] / week["buyers"].sum()
        return share, week["buyers"] / week["visitors"]

    old_share, old_rate = of_week(whole["week_start"].min())
    new_share, new_rate = of_week(whole["week_start"].max())
    within = ((old_share + new_share) / 2 * (new_rate - old_rate)).sum()
    mix = ((new_share - old_share) * (old_rate + new_rate) / 2).sum()
    main = "within" if abs(within) > abs(mix) else "mix"
    return {"within": within, "mix": mix, "main": main}


# %% wrong="mix_shift" trap="swapped_effects"
"""You have {yours}. Within each channel the rates rose: search from 10 % to 12 %, social from 2 % to
2.5 %. Which sign must the within effect have, then? And under which key did you write it?"""


def what_moved(weeks):
    whole = weeks[weeks["days"] == 7]

    def of_week(start):
        week = whole[whole["week_start"] == start].set_index("channel")
        share = week["visitors"] / week["visitors"].sum()
        return share, week["buyers"] / week["visitors"]

    old_share, old_rate = of_week(whole["week_start"].min())
    new_share, new_rate = of_week(whole["week_start"].max())
    within = ((old_share + new_share) / 2 * (new_rate - old_rate)).sum()
    mix = ((new_share - old_share) * (old_rate + new_rate) / 2).sum()
    main = "within" if abs(within) > abs(mix) else "mix"
    return {"within": mix, "mix": within, "main": main}


# %% wrong="mix_shift" trap="baseline_weights" credit=0.5
"""You have {yours}. You weighted the change of the rates with the shares of the *first* week.
That is a respectable split, but a third part, the interaction, is then left over or goes to the
mix. This course gives each effect half of it (the mean of both weeks), so that swapping the weeks
only swaps the sign. What is the mean share of each channel?"""


def what_moved(weeks):
    whole = weeks[weeks["days"] == 7]

    def of_week(start):
        week = whole[whole["week_start"] == start].set_index("channel")
        share = week["visitors"] / week["visitors"].sum()
        return share, week["buyers"] / week["visitors"]

    old_share, old_rate = of_week(whole["week_start"].min())
    new_share, new_rate = of_week(whole["week_start"].max())
    within = (old_share * (new_rate - old_rate)).sum()
    mix = ((new_share - old_share) * new_rate).sum()
    main = "within" if abs(within) > abs(mix) else "mix"
    return {"within": within, "mix": mix, "main": main}


# %% wrong="mix_shift" trap="later_weights" credit=0.5
"""You have {yours}. You weighted the change of the rates with the shares of the *last* week.
That is a respectable split; the interaction of both changes then counts as behavior. This course
gives each effect half of it (the mean of both weeks), so that swapping the weeks only swaps the
sign. What is the mean share of each channel?"""


def what_moved(weeks):
    whole = weeks[weeks["days"] == 7]

    def of_week(start):
        week = whole[whole["week_start"] == start].set_index("channel")
        share = week["visitors"] / week["visitors"].sum()
        return share, week["buyers"] / week["visitors"]

    old_share, old_rate = of_week(whole["week_start"].min())
    new_share, new_rate = of_week(whole["week_start"].max())
    within = (new_share * (new_rate - old_rate)).sum()
    mix = ((new_share - old_share) * old_rate).sum()
    main = "within" if abs(within) > abs(mix) else "mix"
    return {"within": within, "mix": mix, "main": main}


# %% wrong="mix_shift" trap="compares_with_sign" credit=0.7
"""Both effects are right; as the larger one you name {yours}. A rise of one point is larger
than a fall of three if you keep the sign, but it can't explain why the total fell. Which of the
two moved the overall rate further?"""


def what_moved(weeks):
    whole = weeks[weeks["days"] == 7]

    def of_week(start):
        week = whole[whole["week_start"] == start].set_index("channel")
        share = week["visitors"] / week["visitors"].sum()
        return share, week["buyers"] / week["visitors"]

    old_share, old_rate = of_week(whole["week_start"].min())
    new_share, new_rate = of_week(whole["week_start"].max())
    within = ((old_share + new_share) / 2 * (new_rate - old_rate)).sum()
    mix = ((new_share - old_share) * (old_rate + new_rate) / 2).sum()
    return {"within": within, "mix": mix, "main": "within" if within > mix else "mix"}


# %% right="mix_shift"
def what_moved(weeks):
    whole = weeks[weeks["days"] == 7].sort_values(["week_start", "channel"])
    first = whole[whole["week_start"] == whole["week_start"].iloc[0]]
    last = whole[whole["week_start"] == whole["week_start"].iloc[-1]]
    split = pm.metrics.mix_shift(
        first["channel"].tolist(),
        sizes_before=first["visitors"],
        rates_before=first["buyers"] / first["visitors"],
        sizes_after=last["visitors"],
        rates_after=last["buyers"] / last["visitors"],
    )
    effects = {"within": split.within_effect, "mix": split.mix_effect}
    return {**effects, "main": max(effects, key=lambda name: abs(effects[name]))}


# %% right="mix_shift"
def what_moved(weeks):
    rows = [row for row in weeks.to_dict("records") if row["days"] == 7]
    starts = [row["week_start"] for row in rows]
    old, new = (
        {row["channel"]: row for row in rows if row["week_start"] == start}
        for start in (min(starts), max(starts))
    )
    old_total, new_total = (
        sum(row["visitors"] for row in week.values()) for week in (old, new)
    )
    within = mix = 0.0
    for name in old:
        share = old[name]["visitors"] / old_total, new[name]["visitors"] / new_total
        rate = [week[name]["buyers"] / week[name]["visitors"] for week in (old, new)]
        within += sum(share) / 2 * (rate[1] - rate[0])
        mix += (share[1] - share[0]) * sum(rate) / 2
    return {
        "within": within,
        "mix": mix,
        "main": "mix" if abs(mix) >= abs(within) else "within",
    }


# %%
weekly_funnel = pm.case.load("weekly_funnel")
whole_weeks = weekly_funnel[weekly_funnel["days"] == 7]
sums = whole_weeks.groupby("week_start")[["visitors", "buyers"]].sum()
rates = sums["buyers"] / sums["visitors"]
effects = None  # so that the chart below never shows older ones
moved = what_moved(weekly_funnel.copy())
effects = numbers_in(moved, "within", "mix")
if effects is None:
    print("Pass the check of M07-E6 first.")
else:
    print(
        f"Conversion went from {percent(rates.iloc[0], digits=2)} in the week of "
        f"{rates.index[0]:%Y-%m-%d} to {percent(rates.iloc[-1], digits=2)} in that of "
        f"{rates.index[-1]:%Y-%m-%d}: {100 * effects[0]:+.2f} points within channels, "
        f"{100 * effects[1]:+.2f} from the mix. Larger: {moved['main']}."
    )

# %%
# The change, in its two parts.
effects and pm.charts.waterfall(
    {"within channels": 100 * effects[0], "mix of channels": 100 * effects[1]},
    start=100 * rates.iloc[0],
    start_label="First whole week",
    end_label="Last whole week",
    unit="of 100",
    title="What moved conversion, in buyers of 100 visitors",
)

# %% [markdown]
# ## For the memo: supply and demand
#
# A number can also move because there are too few cleaners. The **fill rate** is the
# share of searches, withdrawn ones left out, for which a cleaner accepted within 24 hours.
#
# Only a first or a single clean needs a search. The cleans of a weekly or other **plan**
# are booked without one, so cleans can grow while searches don't.

# %%
county_names = pm.case.load("launch_counties").set_index("county_fips")["county"]
for monday in ("2025-06-02", "2026-06-01"):
    start = pd.Timestamp(monday)
    end = start + pd.Timedelta(weeks=4)
    made = search_requests[search_requests["requested_at"].between(start, end, "left")]
    made = made[made["withdrawn_at"].isna()]
    quick = made["matched_at"] - made["requested_at"] <= pd.Timedelta(hours=24)
    by_county = quick.groupby(made["county_fips"].map(county_names)).mean()
    orders = all_bookings[all_bookings["scheduled_at"].between(start, end, "left")]
    planned = orders["plan_id"].notna().sum() / 4
    print(
        f"Four weeks from {monday}: {len(made) / 4:.0f} searches a week, "
        f"{planned:.0f} bookings a week from plans; of the searches "
        f"{percent(quick.mean(), digits=0)} filled: "
        + ", ".join(
            f"{name} {percent(rate, digits=0)}" for name, rate in by_county.items()
        )
        + "."
    )

# %% [markdown] artefact="metric_memo" points=12
# ## M07-A · Metric specification and “what moved” memo (12 points)
#
# Write one page (about 400 words) to Ada, with the numbers that your functions gave.
#
# 1. **Metric.** Choose one north star for Fernbroom, which serves two sides: households
#    and cleaners. Define it so that two people would compute the same number: unit,
#    window, filter, owner, and a counter-metric for the side that it could hurt. Say in a
#    sentence what it can't show.
# 2. **What moved?** Explain the change from June 2025 to June 2026, and the fall of
#    conversion in September 2024. Go through the suspects one by one: a fault of the
#    data, mix, supply, demand. One number for each is enough, for the change that your
#    cells have it for, and say which that is. Mix: September 2024. Supply and demand:
#    June. Data: you cleaned the page views of one day, 10 June 2026; say how far off the
#    dashboard was, and whether cleans, which are counted from bookings, can have the
#    same fault. Say, too, what was not looked at.
# 3. **How sure?** Say what goes together, and what causes what only where you know.
# 4. **What next?** One step, what you expect of it in size, and by when you will know.
#
# | Criterion | 3 | 2 | 1 | 0 |
# |---|---|---|---|---|
# | Definition | Unit, window, filter, owner and counter-metric | Four of them | Three of them | Fewer |
# | Diagnosis | Data fault, mix, supply and demand each checked with a number | Three of them | Jumps to one cause | Absent |
# | Claim strength | Going together and causing kept apart, and what would show a cause | Mostly; one claim is too strong | Confused | Absent |
# | Action | A next step with expected size and date | A next step | “Look into it” | Absent |
#
# **Done when** a colleague could compute your north star without asking, and Ada knows
# what to do, what not to do, and when you will report.

# %% [markdown] exemplar="metric_memo" score=12
# > **More homes are cleaned because more households order. Keep the release.**
# >
# > *North star.* Completed cleans a week. Unit: a booking with the status “completed”.
# > Window: Monday to Sunday, local date of the clean, mean of four whole weeks. Filter:
# > all three counties, no staff accounts. Owner: me. Counter-metrics: fill rate
# > (households) and cleaners who still offer hours after six months (cleaners). It can't
# > show whether a clean was good.
# >
# > *June 2026 against June 2025.* 458 cleans a week after 288. The tree gives active
# > households 72 % of the change, orders per household 28 %, completion −1 %.
# >
# > *Suspects.* **Data:** the dashboard's 252 page views of 10 June are 203 without
# > repeats, bots and staff, on the local day; each booking has its own id, so the 458
# > stand. **Supply:** 87 % of searches found a cleaner in a day, 89 % a year ago; Essex
# > County, at 71 %, was short then, too. **Demand:** 128 searches a week after 134, so
# > the growth is not in searches but in the bookings of plans, 269 a week then, 452 now.
# > **Mix:** in September 2024 conversion fell from 6.46 % to 5.73 %: +0.44 points within
# > channels, −1.16 from the mix. All five channels rose; social ads, which seldom book,
# > grew. The product did not get worse.
# >
# > *How sure.* The splits are arithmetic: they say where, not why. Users who mark a
# > favorite cleaner in week 1 are active in week 8 more often, by 28 points. That is no
# > proof; those who mean to stay may be the ones who mark. Only a test, in which lots
# > decide who is asked to mark, would show it.
# >
# > *Next.* Of new users 46 % never search in their first week; of those who do, 70 %
# > book. From 6 July half of the new users, by lot, see the search first. If searching
# > rises by 5 points, to 59 %, and bookings go along, that is about 3.5 bookings more per
# > 100 new users. I report on 17 August. Until then: no rollback, and conversion only by
# > channel.
#
# **Why 12.** Definition 3: all five, and a limit. Diagnosis 3: four suspects, each with
# what was looked at. Claim strength 3: arithmetic, link and cause are kept apart, and the
# test that would show a cause is named. Action 3: step, size and date.

# %% [markdown] exemplar="metric_memo" score=6
# > **What happened to our metrics**
# >
# > Our north star should be completed cleans a week (bookings with the status
# > “completed”, all counties). It shows the value that we create, and it is up by more
# > than half on last year: 458 after 288. I would own this number.
# >
# > Most of the growth, 72 %, comes from active households; orders per household add
# > 28 %. Completion did not change. So marketing did a good job last year.
# >
# > Conversion is the weak point. It fell from 6.46 % to 5.73 % in September 2024, but this
# > was only the mix (−1.16 points): social ads brought many visitors who do not book.
# > Within channels it even rose. The event log has duplicates and bots (252 rows, of which
# > 203 are real), but this does not matter for bookings.
# >
# > The best lever is activation: users who mark a favorite cleaner in the first week are
# > 28 points more likely to be active in week 8, although of course not everyone who
# > marks one stays. This goes together strongly, so it may well be a cause.
# >
# > As a next step we should ask every new user to mark a favorite cleaner.
#
# **Why 6.** Definition 1: filter, owner and a sort of unit (“a week” is the window, but
# no rule which date counts); no counter-metric. Diagnosis 2: data, mix and demand have
# numbers; supply was not looked at. Claim strength 1: “marketing did a good job” and “may
# well be a cause” take a link for a cause. Action 2: a clear next step, without size and
# date.

# %% [markdown]
# ## Take-aways and next step
#
# - Count people, in order, in a window that is closed.
# - Early actions help to spot who stays; they do not prove why.
# - Write a number as a product, and the logarithms tell which factor moved.
# - Clean the log before you explain it; check the mix before you blame the product.
#
# Next: you know how many come. How many stay, and what they are worth, is the question of
# the unit on retention and lifetime value.
