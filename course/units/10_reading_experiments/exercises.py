# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Reading experiments: exercises
#
# Six tests, from `clear-prices` to `instant-match-zones`, have ended at Fernbroom since
# November, and the founders want winners. Ada has seen “a significant lift” in a chat message, Eli has found a metric that jumped,
# and Bo says that the log lost some users. You answer for what is believed.
#
# Today is 1 April 2025. Every decision goes the same way: trust first, then the effect,
# then the decision.
#
# **You will** block tests that can't be trusted · give an effect with its interval ·
# compute an honest error for a ratio · judge many metrics and many looks · reduce
# variance with the past · and decide: ship, iterate or stop.
#
# **Time** about 2 hours with the readout; the six exercises can be done one by one.
# **Points** 28 for six exercises, 12 for the readout.
#
# **Data** Invented: Fernbroom's experiments; the numbers are your variant's. REAL: two
# headline tests of the news site Upworthy (The Upworthy Research Archive, CC BY 4.0).
#
# Fernbroom, its people and its data are invented for this course. Tables marked REAL
# are public data about the real world and say nothing about Fernbroom.
#
# Each exercise has an answer cell, a check cell, and a cell that uses your answer on
# Fernbroom's data. The next cell makes the tables for all of them. Your functions are graded on data that you have not seen, so compute
# everything from the arguments. If a check fails, it shows the small table it used.
# Stuck? `pm.hint("srm_gate")` shows a hint.

# %%
import contextlib
import math

import numpy as np
import pandas as pd

import pmlab as pm
from pmlab.formatting import percent

experiments = pm.case.load("experiments")
outcomes = pm.case.load("exp_outcomes")  # one row for each user and week
people = pm.case.load("exp_assign").merge(  # one row for each user, four weeks added up
    outcomes.groupby(["experiment", "user_id"], as_index=False)[
        ["sessions", "bookings"]
    ].sum()
)
people["pre_bookings"] = people["pre_bookings"].astype(float)  # empty: NaN
clear = people[people["experiment"] == "clear-prices"]
weekly = outcomes[outcomes["experiment"] == "clear-prices"].merge(
    people[["experiment", "user_id", "arm"]]
)


def result_of(function, *arguments):
    """Return what your function returns; None if it stops or is not yet written."""
    try:
        return function(*arguments)
    except Exception as error:  # noqa: BLE001 - whatever stops it, the cell goes on
        print(f"On this table your function stops: {type(error).__name__}: {error}")
        return None


def numbers_in(answer, *keys):
    """Return the numbers of an answer by key; None if it has not the form asked for."""
    try:
        found = {key: float(answer[key]) for key in keys}
    except (TypeError, ValueError, LookupError):
        return None
    return found if all(math.isfinite(number) for number in found.values()) else None


experiments  # as they were designed

# %% [markdown] exercise="srm_gate" objective="check trust before effect"
# ## M10-E1 · Which tests may be read at all? (5 points)
#
# Before any effect is read: do the arms have the sizes that were designed? A **sample
# ratio mismatch** (SRM) is a split too far off to be chance. Somebody was lost or
# counted twice, so the arms no longer hold the same kind of people.
#
# The rule of this course:
#
# - Count what was *randomized*: users or zones, as `randomized_unit` says. (If zones
#   were drawn, all users of a zone come together.)
# - The expected number in an arm is all units × the arm's designed share. The share of
#   the treatment is `treatment_share`; control has the rest.
# - Chi-square is the sum over both arms of (seen − expected)² / expected. Its p-value is
#   `math.erfc(math.sqrt(chi_square / 2))`, or use a library.
# - p < 0.001 blocks the test: no effect is read. The level is strict because *every*
#   test passes this gate, and a false alarm throws a good test away.
#
# Write `readable_effects(tests)`. The table has one row per test, with the columns
# `test`, `randomized_unit` (`"user"` or `"zone"`), `treatment_share`, `control_users`,
# `treatment_users`, `control_zones`, `treatment_zones`, `control_sessions`,
# `treatment_sessions`, and `effect` (the measured relative lift, a fraction).
#
# **Done when** the function returns a dictionary with one entry per test: its name, and
# its `effect` unchanged (a fraction) if the test may be read, `None` if it is blocked.


# %% solution="srm_gate"
def readable_effects(tests):
    """Return {test: effect} with None for each test that is blocked."""
    ### BEGIN SOLUTION
    found = {}
    for row in tests.to_dict("records"):
        unit = row["randomized_unit"]
        seen = {arm: row[f"{arm}_{unit}s"] for arm in ("control", "treatment")}
        total = sum(seen.values())
        shares = {"treatment": row["treatment_share"]}
        shares["control"] = 1 - shares["treatment"]
        chi_square = sum(
            (seen[arm] - total * shares[arm]) ** 2 / (total * shares[arm])
            for arm in seen
        )
        p_value = math.erfc(math.sqrt(chi_square / 2))
        found[row["test"]] = None if p_value < 0.001 else row["effect"]
    return found
    ### END SOLUTION


# %% checks="srm_gate" points=5
with pm.checks.exercise("srm_gate", points=5, read="Lesson 10, section 1") as check:
    small = pd.DataFrame(
        {
            "test": [
                *("new photos", "short form", "gift cards", "reminder"),
                *("new icons", "map view", "chat button", "zone pricing"),
            ],
            "randomized_unit": [*["user"] * 7, "zone"],
            "treatment_share": [0.5, 0.5, 0.1, 0.2, 0.5, 0.5, 0.5, 0.5],
            "control_users": [4880, 50315, 9095, 7916, 4856, 6000, 5010, 2301],
            "treatment_users": [5120, 49122, 905, 2084, 5144, 4000, 4990, 2699],
            "control_zones": [24, 24, 24, 24, 24, 24, 24, 12],
            "treatment_zones": [24, 24, 24, 24, 24, 24, 24, 12],
            "control_sessions": [
                *(15000, 150900, 27050, 23900, 15000, 18000, 14000, 9200),
            ],
            "treatment_sessions": [
                *(15050, 147400, 2950, 6100, 15100, 12000, 16200, 10800),
            ],
            "effect": [0.021, 0.034, 0.012, 0.055, 0.018, 0.09, -0.04, 0.027],
        }
    )
    check.show("the small table", small)

    def gate(value):
        """Say whether an entry is read; a word, False or 0 is meant as blocked."""
        if value is None or value is pd.NA or isinstance(value, str | bool | np.bool_):
            return "blocked"
        number = isinstance(value, int | float | np.number)
        return "blocked" if number and (value != value or value == 0) else "read"

    def gates(answer):
        """Say for each test whether the answer reads it."""
        if not isinstance(answer, dict):
            return answer
        return {name: gate(value) for name, value in answer.items()}

    def read_ones(answer, among):
        """Return the effects that the answer reads among these tests."""
        return {name: answer[name] for name in among if gate(answer[name]) == "read"}

    def marks(answer, among):
        """Say how the answer marks each of these tests if it blocks it."""
        values = {name: answer[name] for name in among}
        return {
            name: "None"
            if value is None or value is pd.NA or value != value
            else "other"
            for name, value in values.items()
            if gate(value) == "blocked"
        }

    def judge_entries(answer, effects, blocked, where):
        """Compare what stands for the tests that were read and blocked rightly."""
        found = read_ones(answer, effects)
        if found:
            check.record(
                found,
                {name: effects[name] for name in found},
                what=f"the effects that may be read{where}",
                idea="A test that may be read keeps its `effect` as it is.",
                keeps=0.7,
            )
        marked = marks(answer, blocked)
        check.labels(
            marked,
            dict.fromkeys(marked, "None"),
            options=["None", "other"],
            what=f"the blocked tests{where}",
            traps={"word_for_none": dict.fromkeys(marked, "other")} if marked else {},
            keeps=0.7,
        )

    def blocking(*names, among):
        return {name: "blocked" if name in names else "read" for name in among}

    answer = readable_effects(small.copy())
    names = list(small["test"])
    check.labels(
        gates(answer),
        # p-values: 0.016, 0.00015, 0.0015, 0.036, 0.004, 0.0000, 0.84, 1.
        blocking("short form", "map view", among=names),
        options=["read", "blocked"],
        what="the eight tests",
        traps={
            "eyeball": blocking("map view", among=names),
            "tests_50_50": blocking(
                *("short form", "map view", "gift cards", "reminder"), among=names
            ),
            "alpha_05": blocking(
                *("short form", "map view", "gift cards", "reminder"),
                *("new icons", "new photos"),
                among=names,
            ),
            "just_above": blocking("short form", "map view", "gift cards", among=names),
            "too_small_p": blocking(
                *("short form", "map view", "gift cards", "new icons", "new photos"),
                among=names,
            ),
            "alpha_01": blocking(
                "short form", "map view", "gift cards", "new icons", among=names
            ),
            "reweights_and_continues": blocking(among=names),
            "sessions_not_users": blocking(
                *("short form", "map view", "chat button", "zone pricing"), among=names
            ),
            "users_not_zones": blocking(
                "short form", "map view", "zone pricing", among=names
            ),
            "only_gains": blocking(
                "short form", "map view", "chat button", among=names
            ),
        },
        facts={"icons_p": 0.004, "photos_p": 0.016},
        idea="Take one test by hand: which unit was randomized, how many would the "
        "design give each arm, how far off is the count, and how rare is that?",
    )
    blocked = ("short form", "map view")
    effects = dict(zip(names, small["effect"]))
    readable = {name: effects[name] for name in names if name not in blocked}
    judge_entries(answer, readable, blocked, "")
    ### BEGIN HIDDEN TESTS
    # kind: design share, units, |z| of the split, zones drawn?
    kinds = [
        *((0.5, 20_000, (0, 1.2), False), (0.5, 9_000, (0, 1.2), False)),
        *((0.5, 90_000, (3.7, 4.5), False), (0.1, 10_000, (0, 1.2), False)),
        *((0.5, 10_000, (2.1, 2.45), False), (0.5, 16_000, (2.7, 3.1), False)),
        *((0.5, 10_000, (15, 20), False), (0.5, 12_000, (0, 1.2), False)),
        *((0.5, 6_000, (5, 8), True), (0.2, 40_000, (4, 5), False)),
        (0.5, 16_000, (3.14, 3.26), False),
    ]
    for variant in pm.checks.variants(3):
        dice = pm.checks.rng(variant)
        rows = []
        for number, (share, base, distance, zoned) in enumerate(kinds):
            units = round(base * dice.uniform(0.8, 1.2))
            z = dice.uniform(*distance) * dice.choice([-1, 1])
            treated = round(units * share + z * (units * share * (1 - share)) ** 0.5)
            visits = dice.normal(0, 60)
            chatty = 1.15 if number == 7 else 1.0
            rows.append(
                {
                    "test": f"test {number}",
                    "randomized_unit": "zone" if zoned else "user",
                    "treatment_share": share,
                    "control_users": units - treated,
                    "treatment_users": treated,
                    "control_zones": 12 if zoned else 24,
                    "treatment_zones": 12 if zoned else 24,
                    "control_sessions": round(3 * (units - treated) + visits),
                    "treatment_sessions": round(3 * chatty * treated - visits),
                    "effect": round(dice.uniform(0.01, 0.1) * dice.choice([-1, 1]), 4),
                }
            )
        data = pd.DataFrame(rows).sample(frac=1, random_state=dice)
        p_values = {
            row.test: pm.experiments.srm_check(
                [row.control_zones, row.treatment_zones]
                if row.randomized_unit == "zone"
                else [row.control_users, row.treatment_users],
                designed_shares=[1 - row.treatment_share, row.treatment_share],
            ).p_value
            for row in data.itertuples()
        }
        answer = readable_effects(data.copy())
        below = {
            level: [name for name, p in p_values.items() if p < level]
            for level in (0.001, 0.01)
        }
        check.labels(
            gates(answer),
            blocking(*below[0.001], among=p_values),
            options=["read", "blocked"],
            what="other tests",
            traps={"alpha_01": blocking(*below[0.01], among=p_values)},
        )
        readable = {
            row.test: row.effect
            for row in data.itertuples()
            if row.test not in below[0.001]
        }
        judge_entries(answer, readable, below[0.001], " elsewhere")
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="srm_gate"
# Whom did the coin of this test send left or right: users or zones? Their number in each
# arm is what the design speaks about. Visits come later, and the treatment can change
# how many there are.

# %% [markdown] hint="srm_gate"
# Go row by row. Choose the two counts by `randomized_unit`, compute what the design
# would give each arm, then chi-square, then p. For a 90/10 design the expected counts are
# far from equal.

# %% [markdown] hint="srm_gate"
# `row["randomized_unit"] + "s"` is the ending of the right columns, for example
# `control_zones`. `scipy.stats.chisquare([a, b], [expected_a, expected_b]).pvalue` gives
# the p-value as well. Compare it with 0.001, and only then look at the effect.

# %% wrong="srm_gate" trap="eyeball"
"""You have {yours}: only “map view” is blocked. 50.6 to 49.4 in “short form” looks harmless,
but with 99,437 users such a split, or one further off, happens about once in 7,000 tests if
the coin is fair. What counts as far off depends on how many were drawn, so an eye can't tell.
If you computed p: do both arms stand in chi-square, and how many zeros has the level?"""


def readable_effects(tests):
    found = {}
    for row in tests.to_dict("records"):
        unit = row["randomized_unit"]
        control, treatment = row[f"control_{unit}s"], row[f"treatment_{unit}s"]
        share = treatment / (control + treatment)
        far_off = abs(share - row["treatment_share"]) > 0.02
        found[row["test"]] = None if far_off else row["effect"]
    return found


# %% wrong="srm_gate" trap="tests_50_50"
"""You have {yours}. “reminder” was *meant* to show the treatment to one user in five, a
careful start, and 2,084 of 10,000 is close to that. It looks as if you compared with equal
halves, or with the two shares the wrong way round, so healthy tests are blocked. Which column
holds the split that was designed, and for which arm?"""


def readable_effects(tests):
    found = {}
    for row in tests.to_dict("records"):
        unit = row["randomized_unit"]
        control, treatment = row[f"control_{unit}s"], row[f"treatment_{unit}s"]
        half = (control + treatment) / 2
        chi_square = (control - half) ** 2 / half + (treatment - half) ** 2 / half
        p_value = math.erfc(math.sqrt(chi_square / 2))
        found[row["test"]] = None if p_value < 0.001 else row["effect"]
    return found


# %% wrong="srm_gate" trap="alpha_05"
"""You have {yours}: that is what p < 0.05 blocks. One healthy test in twenty falls below it
by chance, so a company with 200 tests a year would throw ten good ones away. The gate is
there to find broken machinery, which shows in much smaller p-values. Which level does the
rule of this course name?"""


def readable_effects(tests):
    found = {}
    for row in tests.to_dict("records"):
        unit = row["randomized_unit"]
        control, treatment = row[f"control_{unit}s"], row[f"treatment_{unit}s"]
        share = row["treatment_share"]
        p_value = pm.experiments.srm_check(
            [control, treatment], designed_shares=[1 - share, share]
        ).p_value
        found[row["test"]] = None if p_value < 0.05 else row["effect"]
    return found


# %% wrong="srm_gate" trap="alpha_01" credit=0.5
"""You have {yours}: that is what a level of 0.01 blocks; some tools use it. This course uses
0.001 because every test passes the gate: at 0.01 one healthy test in a hundred is thrown away,
and a true fault in tests of this size mostly shows far below. What changes with 0.001?"""


def readable_effects(tests):
    found = {}
    for row in tests.to_dict("records"):
        unit = row["randomized_unit"]
        control, treatment = row[f"control_{unit}s"], row[f"treatment_{unit}s"]
        share = row["treatment_share"]
        p_value = pm.experiments.srm_check(
            [control, treatment], designed_shares=[1 - share, share]
        ).p_value
        found[row["test"]] = None if p_value < 0.01 else row["effect"]
    return found


# %% wrong="srm_gate" trap="just_above"
"""You have {yours}. “gift cards” is off, but less than the level asks for: its p-value is a
little above 0.001. Yours came out smaller. Either it was halved, as for one side only, or the
squares were divided by the counts that were *seen*. What does the rule divide by, and which
p-value does it compare?"""


def readable_effects(tests):
    found = {}
    for row in tests.to_dict("records"):
        unit = row["randomized_unit"]
        control, treatment = row[f"control_{unit}s"], row[f"treatment_{unit}s"]
        share = row["treatment_share"]
        total = control + treatment
        z = (treatment - total * share) / math.sqrt(total * share * (1 - share))
        one_sided = math.erfc(abs(z) / math.sqrt(2)) / 2
        found[row["test"]] = None if one_sided < 0.001 else row["effect"]
    return found


# %% wrong="srm_gate" trap="too_small_p"
"""You have {yours}. No level blocks just these: “new icons” has p = {icons_p} and “new photos”
p = {photos_p}, far above 0.001. So your p-values come out too small. Is chi-square divided by 2
before the root is taken?"""


def readable_effects(tests):
    found = {}
    for row in tests.to_dict("records"):
        unit = row["randomized_unit"]
        control, treatment = row[f"control_{unit}s"], row[f"treatment_{unit}s"]
        share = row["treatment_share"]
        total = control + treatment
        chi_square = (treatment - total * share) ** 2 / (total * share * (1 - share))
        p_value = math.erfc(math.sqrt(chi_square))
        found[row["test"]] = None if p_value < 0.001 else row["effect"]
    return found


# %% wrong="srm_gate" trap="word_for_none" credit=0.7
"""The right tests are blocked, but not marked with `None`. False or 0 would be counted as “no
effect” in the next mean, and a word would stop it. Python has one value for “nothing is
known”, and the task names it. What stands in your dictionary for “map view”?"""


def readable_effects(tests):
    found = {}
    for row in tests.to_dict("records"):
        unit = row["randomized_unit"]
        control, treatment = row[f"control_{unit}s"], row[f"treatment_{unit}s"]
        share = row["treatment_share"]
        total = control + treatment
        chi_square = (treatment - total * share) ** 2 / (total * share * (1 - share))
        p_value = math.erfc(math.sqrt(chi_square / 2))
        found[row["test"]] = "blocked" if p_value < 0.001 else row["effect"]
    return found


# %% wrong="srm_gate" trap="reweights_and_continues"
"""You read all eight tests ({yours}). If you thought that weights or rates repair a split that
is off: a mean per user does not care how many users there are. It does care *who* is
missing. In “map view” a third of the treated users never arrived, and nobody knows what they
would have done. Can a weight bring them back? If you computed p: does it notice an arm that is
too *small*, too?"""


def readable_effects(tests):
    found = {}
    for row in tests.to_dict("records"):
        # Give each arm the weight it should have had, then go on.
        weight = row["treatment_share"] * row["control_users"]
        weight = weight / ((1 - row["treatment_share"]) * row["treatment_users"])
        found[row["test"]] = row["effect"] * weight / weight
    return found


# %% wrong="srm_gate" trap="sessions_not_users"
"""You have {yours}: that is what the sessions say. In “chat button” 5,010 and 4,990 users were
drawn, as designed; the treated ones then came back more often, which is what the button is
for. Sessions happen after the coin was tossed, so they can't tell whether the coin was fair.
Which counts existed at the moment of assignment?"""


def readable_effects(tests):
    found = {}
    for row in tests.to_dict("records"):
        control, treatment = row["control_sessions"], row["treatment_sessions"]
        share = row["treatment_share"]
        total = control + treatment
        chi_square = (treatment - total * share) ** 2 / (total * share * (1 - share))
        p_value = math.erfc(math.sqrt(chi_square / 2))
        found[row["test"]] = None if p_value < 0.001 else row["effect"]
    return found


# %% wrong="srm_gate" trap="only_gains"
"""You have {yours}. “chat button” has a clean split and a *negative* effect, and that is a finding:
the button seems to cost something. A gate that lets only gains through makes every report look
good. Which column decides whether a test may be read?"""


def readable_effects(tests):
    found = {}
    for row in tests.to_dict("records"):
        unit = row["randomized_unit"]
        control, treatment = row[f"control_{unit}s"], row[f"treatment_{unit}s"]
        share = row["treatment_share"]
        total = control + treatment
        chi_square = (treatment - total * share) ** 2 / (total * share * (1 - share))
        p_value = math.erfc(math.sqrt(chi_square / 2))
        blocked = p_value < 0.001 or row["effect"] < 0
        found[row["test"]] = None if blocked else row["effect"]
    return found


# %% wrong="srm_gate" trap="users_not_zones"
"""You have {yours}. In “zone pricing” the coin was tossed for 24 zones, and zones differ in
size: 12 of 24 were treated, exactly as designed, and they happen to hold more people. Users
who come in a bundle are no independent draws. What does `randomized_unit` say in that row?"""


def readable_effects(tests):
    found = {}
    for row in tests.to_dict("records"):
        control, treatment = row["control_users"], row["treatment_users"]
        share = row["treatment_share"]
        total = control + treatment
        chi_square = (treatment - total * share) ** 2 / (total * share * (1 - share))
        p_value = math.erfc(math.sqrt(chi_square / 2))
        found[row["test"]] = None if p_value < 0.001 else row["effect"]
    return found


# %% right="srm_gate"
def readable_effects(tests):
    zoned = tests["randomized_unit"] == "zone"
    control = tests["control_users"].where(~zoned, tests["control_zones"])
    treated = tests["treatment_users"].where(~zoned, tests["treatment_zones"])
    share = tests["treatment_share"]
    total = control + treated
    z = (treated - total * share) / np.sqrt(total * share * (1 - share))
    p_values = np.array([math.erfc(abs(one) / math.sqrt(2)) for one in z])
    kept = tests["effect"].where(p_values >= 0.001)
    return dict(zip(tests["test"], kept))


# %% right="srm_gate"
def readable_effects(tests):
    found = {}
    for _, row in tests.iterrows():
        counts = row[["control_users", "treatment_users"]]
        if row["randomized_unit"] == "zone":
            counts = row[["control_zones", "treatment_zones"]]
        split = pm.experiments.srm_check(
            [int(count) for count in counts],
            designed_shares=[1 - row["treatment_share"], row["treatment_share"]],
        )
        found[row["test"]] = row["effect"] if split.trusted else None
    return found


# %%
def as_tests(people, experiments):
    """Return Fernbroom's tests in the form that `readable_effects` takes."""
    arms = people.groupby(["experiment", "arm"]).agg(
        users=("user_id", "size"),
        zones=("zone", "nunique"),
        sessions=("sessions", "sum"),
        mean=("bookings", "mean"),
    )
    wide = arms.unstack("arm")
    wide.columns = [f"{arm}_{name}" for name, arm in wide.columns]
    wide["effect"] = wide["treatment_mean"] / wide["control_mean"] - 1
    return experiments.merge(wide.reset_index()).rename(columns={"experiment": "test"})


headlines = pm.datasets.load("upworthy_headline_tests")  # REAL
real = headlines[headlines["test_id"].isin([335, 1274])].groupby("test_id").agg(list)
real_tests = pd.DataFrame(
    {
        "test": [f"Upworthy {test}" for test in real.index],
        "randomized_unit": "user",
        "treatment_share": 0.5,
        "control_users": real["impressions"].str[0].to_numpy(),
        "treatment_users": real["impressions"].str[1].to_numpy(),
        # The whole site is one zone, and only views were logged.
        "control_zones": 1,
        "treatment_zones": 1,
        "control_sessions": real["impressions"].str[0].to_numpy(),
        "treatment_sessions": real["impressions"].str[1].to_numpy(),
        "effect": [
            (clicks[1] / seen[1]) / (clicks[0] / seen[0]) - 1
            for clicks, seen in zip(real["clicks"], real["impressions"])
        ],
    }
)
all_tests = pd.concat([as_tests(people, experiments), real_tests], ignore_index=True)
read = result_of(readable_effects, all_tests.copy())
if not isinstance(read, dict):
    print("Pass the check of M10-E1 first.")
else:
    for name in read:
        found = numbers_in(read, name)
        print(f"{name}: {percent(found[name]) if found else 'blocked'}")
    print(
        "Readable is not yet believable: a lift above 25 % is checked twice (M10-E6)."
    )

# %% [markdown] exercise="effect" objective="estimate an effect with its interval"
# ## M10-E2 · How large is the effect, and how sure are we? (5 points)
#
# “Sure” means an **interval**: the range of effects that fit the data. A 95 % interval
# misses the truth in about one test out of twenty.
#
# Write `effect(control_users, control_booked, treatment_users, treatment_booked)` for
# the share of users who booked. It returns a dictionary with
#
# - `difference`: rate of treatment − rate of control, and its 95 % interval `low`, `high`.
#   Each arm has its own variance, v = p (1 − p) / users; the error of the difference is
#   √(v of control + v of treatment), and the interval is ± 1.96 of these.
# - `relative_lift`: the difference as a share of the control rate, and its interval
#   `relative_low`, `relative_high` by the *delta method*: the control rate is uncertain,
#   too, so the error is √(v of treatment + (1 + lift)² × v of control) / rate of control.
# - `reading`: `"rise"` if the whole interval of the difference lies above 0, `"fall"` if
#   it lies below, else `"open"`.
#
# **Done when** the six numbers are fractions (0.01 is one percentage point), not rounded,
# and the reading is one of the three words.


# %% solution="effect"
def effect(control_users, control_booked, treatment_users, treatment_booked):
    """Return difference and lift with their 95 % intervals, and the reading."""
    ### BEGIN SOLUTION
    before, after = control_booked / control_users, treatment_booked / treatment_users
    v_before = before * (1 - before) / control_users
    v_after = after * (1 - after) / treatment_users
    difference, lift = after - before, after / before - 1
    half = 1.96 * math.sqrt(v_before + v_after)
    relative_half = 1.96 * math.sqrt(v_after + (1 + lift) ** 2 * v_before) / before
    reading = "rise" if difference > half else "open"
    reading = "fall" if difference < -half else reading
    return {
        "difference": difference,
        "low": difference - half,
        "high": difference + half,
        "relative_lift": lift,
        "relative_low": lift - relative_half,
        "relative_high": lift + relative_half,
        "reading": reading,
    }
    ### END SOLUTION


# %% checks="effect" points=5
with pm.checks.exercise("effect", points=5, read="Lesson 10, section 2") as check:
    ABSOLUTE = ("difference", "low", "high")
    RELATIVE = ("relative_lift", "relative_low", "relative_high")
    KEYS = [*ABSOLUTE, *RELATIVE, "reading"]
    WORDS = ["rise", "fall", "open"]

    def some(answer, keys):
        """Return some entries of a dictionary; all else goes on as it is."""
        if not isinstance(answer, dict):
            return answer
        return {key: answer[key] for key in keys if key in answer}

    def near(answer, key, wanted, within):
        """Tell whether an entry of an answer is a number near the one wanted."""
        try:
            return abs(float(answer[key]) - wanted) <= within
        except (TypeError, ValueError, LookupError):
            return False

    def interval_idea(answer, keys, right, within):
        """Say what is right of an estimate and of the width of its interval."""
        estimate, low, high = keys
        if not near(answer, estimate, right[estimate], within):
            return ""
        half = (right[high] - right[low]) / 2
        width = f"`{low}` and `{high}` do not fit it. "
        if near(answer, low, right[estimate], 0.99 * half):
            width = "its interval is too narrow. "
        elif not near(answer, low, right[estimate], 1.01 * half):
            width = "its interval is too wide. "
        return f"`{estimate}` itself is right; {width}"

    def keys_of(answer):
        """Say which of the keys are there; further keys do no harm."""
        entries = some(answer, KEYS)
        return dict.fromkeys(entries, "there") if isinstance(entries, dict) else entries

    small = pd.DataFrame(
        {
            "test": list("ABCDE"),
            "control_users": [4_000, 1_000, 4_000, 4_000, 4_000],
            "control_booked": [400, 100, 400, 400, 400],
            "treatment_users": [1_000, 4_000, 1_000, 1_000, 1_000],
            "treatment_booked": [128, 488, 121, 111, 72],
        }
    )
    check.show("the five small tests", small)
    answer = effect(4_000, 400, 1_000, 128)
    check.labels(
        keys_of(answer),
        dict.fromkeys(KEYS, "there"),
        options=["there"],
        what="the result of `effect`",
    )
    # 12.8 % - 10.0 %; variances 0.0000225 and 0.000111616, error 0.011581.
    absolute = {"difference": 0.028, "low": 0.005301, "high": 0.050699}
    check.record(
        some(answer, ABSOLUTE),
        absolute,
        what="the difference of small test A",
        absolute=0.000113,
        traps={
            "two_errors": {"low": 0.004838, "high": 0.051162},
            "wrong_way": {"difference": -0.028},
            "one_error": {"low": 0.016419, "high": 0.039581},
            "no_root": {"low": 0.027737, "high": 0.028263},
            "pooled_interval": {"low": 0.006716, "high": 0.049284},
            "one_sided": {"low": 0.008950, "high": 0.047050},
            "sum_of_halves": {"low": -0.002004, "high": 0.058004},
        },
        idea=interval_idea(answer, ABSOLUTE, absolute, 0.000113)
        + "Each arm has its rate p and its variance p (1 - p) / users, with its *own* "
        "users. Write both down for small test A, add them, take the root, and then "
        "1.96 of these to each side.",
    )
    # 0.028 / 0.10; error sqrt(0.000111616 + 1.28^2 x 0.0000225) / 0.10 = 0.12187.
    relative = {"relative_lift": 0.28, "relative_low": 0.041143}
    relative["relative_high"] = 0.518857
    traps = {
        "pp_as_percent": {"relative_lift": 0.028},
        "control_is_fixed": {"relative_low": 0.053007, "relative_high": 0.506993},
        "log_ratio": {"relative_low": 0.062157, "relative_high": 0.542613},
        "over_treatment": {"relative_lift": 0.21875},
        "one_error": {"relative_low": 0.158135, "relative_high": 0.401865},
        "no_root": {"relative_low": 0.277090, "relative_high": 0.282910},
        "one_sided": {"relative_low": 0.079531, "relative_high": 0.480469},
        "two_errors": {"relative_low": 0.036269, "relative_high": 0.523731},
    }
    if near(answer, "low", 0.006716, 0.000113):  # as before: one rate for both arms
        traps["pooled_interval"] = {"relative_low": 0.053848}
        traps.pop("control_is_fixed")
    lift_is_right = interval_idea(answer, RELATIVE, relative, 0.00119)
    check.record(
        some(answer, RELATIVE),
        relative,
        what="the relative lift of small test A",
        absolute=0.00119,
        traps=traps,
        idea=f"{lift_is_right}Three things make its error: (1 + lift)² beside the v of "
        "control alone, the root over the whole sum, and the division by the rate of "
        "control."
        if lift_is_right
        else "The lift asks: what share of the *control* rate is the difference?",
        keeps=0.4,
    )
    readings = {
        row[0]: effect(*row[1:]).get("reading")
        for row in small.itertuples(index=False, name=None)
    }
    check.labels(
        readings,
        # The differences in errors: 2.42, 2.04, 1.85, 1.00, -2.96.
        {"A": "rise", "B": "rise", "C": "open", "D": "open", "E": "fall"},
        options=WORDS,
        what="the reading of small tests",
        traps={
            "overlap_rule": {"A": "open"},
            "p_is_prob_null": {"D": "rise"},
            "one_side_only": {"C": "rise"},
            "reads_the_lift": {"B": "open"},
            "never_falls": {"E": "open"},
        },
        facts={"p": 0.32, "works": 68, "c_p": 0.064},
        idea="Your numbers are right. For each test: where do both ends of the interval "
        "of the difference lie?",
        keeps=0.7,
    )
    ### BEGIN HIDDEN TESTS
    for variant in pm.checks.variants(3):
        dice = pm.checks.rng(variant)
        # Errors from 0 for: overlap, the lift's own interval, one side, chance, harm.
        for low_z, high_z, share in (
            *((2.15, 2.35, 4), (2.0, 2.06, 0.25), (1.72, 1.9, 4)),
            *((0.8, 1.3, 4), (-4.0, -3.0, 4)),
        ):
            control = int(dice.integers(3_000, 5_000) * min(share, 1))
            booked = round(control * dice.uniform(0.08, 0.12))
            counts = (control, booked, round(control / share))
            size, before = counts[2], booked / control
            rates = np.arange(1, size // 3) / size
            errors = before * (1 - before) / control + rates * (1 - rates) / size
            distances = (rates - before) / np.sqrt(errors)
            wanted = dice.uniform(low_z, high_z)
            treated = 1 + int(np.abs(distances - wanted).argmin())
            true = pm.experiments.compare_rates(
                (counts[1], counts[0]), (treated, counts[2])
            )
            both = (booked + treated) / (control + size)
            pooled_half = both * (1 - both) * (1 / control + 1 / size)
            pooled_half = 1.96 * pooled_half**0.5
            half = (true.difference_high - true.difference_low) / 2
            answer = effect(*counts, treated)
            check.record(
                some(answer, ABSOLUTE),
                {
                    "difference": true.difference,
                    "low": true.difference_low,
                    "high": true.difference_high,
                },
                what="the difference of another test",
                absolute=0.0025 * (true.difference_high - true.difference_low),
                traps={
                    "pooled_interval": {
                        "low": true.difference - pooled_half,
                        "high": true.difference + pooled_half,
                    },
                    "two_errors": {
                        "low": true.difference - 2 / 1.96 * half,
                        "high": true.difference + 2 / 1.96 * half,
                    },
                },
            )
            width = true.relative_high - true.relative_low
            log = pm.experiments.compare_rates(
                (counts[1], counts[0]), (treated, counts[2]), relative_method="log"
            )
            check.record(
                some(answer, RELATIVE),
                {
                    "relative_lift": true.relative_lift,
                    "relative_low": true.relative_low,
                    "relative_high": true.relative_high,
                },
                what="the relative lift of another test",
                absolute=0.0025 * width,
                traps={
                    "log_ratio": {
                        "relative_low": log.relative_low,
                        "relative_high": log.relative_high,
                    },
                    "two_errors": {
                        "relative_low": true.relative_lift - width / 1.96,
                        "relative_high": true.relative_lift + width / 1.96,
                    },
                },
                keeps=0.4,
            )
            word = "rise" if true.difference_low > 0 else "open"
            check.choice(
                answer.get("reading"),
                "fall" if true.difference_high < 0 else word,
                options=WORDS,
                what="the reading of another test",
                keeps=0.7,
            )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="effect"
# Two questions, two scales. “How many percentage points?” subtracts the rates. “By what
# share of what we had?” divides by the control rate, and that rate was measured, too.

# %% [markdown] hint="effect"
# Work in this order: two rates, two variances, the difference, its error, its ends. Then
# the lift, its own error, its own ends. The reading looks at the ends of the difference
# and at nothing else.

# %% [markdown] hint="effect"
# For control, 400 of 4,000: the rate is 0.10 and v is 0.10 × 0.90 / 4,000. Variances are
# added before the root is taken. With a lift of 0.28 the v of control counts 1.28² times
# in the second error.

# %% wrong="effect" trap="wrong_way"
"""As the difference you have {yours}: control minus treatment. Then a change that helps has a
minus, and every reader takes it for harm. The result of a test says what the change *added*.
Which arm stands first in the subtraction?"""


def effect(control_users, control_booked, treatment_users, treatment_booked):
    found = pm.experiments.compare_rates(
        (treatment_booked, treatment_users), (control_booked, control_users)
    )
    low, high = found.difference_low, found.difference_high
    return {
        "difference": found.difference,
        "low": low,
        "high": high,
        "relative_lift": found.relative_lift,
        "relative_low": found.relative_low,
        "relative_high": found.relative_high,
        "reading": "rise" if low > 0 else "fall" if high < 0 else "open",
    }


# %% wrong="effect" trap="one_error"
"""You have {yours}: one standard error to each side. Such an interval holds the truth in about two
of three tests only. A 95 % interval is wider. By how many errors does the task widen it?"""


def effect(control_users, control_booked, treatment_users, treatment_booked):
    before, after = control_booked / control_users, treatment_booked / treatment_users
    v_before = before * (1 - before) / control_users
    v_after = after * (1 - after) / treatment_users
    difference, lift = after - before, after / before - 1
    half = math.sqrt(v_before + v_after)
    relative = math.sqrt(v_after + (1 + lift) ** 2 * v_before) / before
    low, high = difference - half, difference + half
    return {
        "difference": difference,
        "low": low,
        "high": high,
        "relative_lift": lift,
        "relative_low": lift - relative,
        "relative_high": lift + relative,
        "reading": "rise" if low > 0 else "fall" if high < 0 else "open",
    }


# %% wrong="effect" trap="two_errors" credit=0.5
"""You have {yours}: ± 2 errors, the rule of thumb. It is fine on paper; this course takes 1.96, so
that your interval and a colleague's agree in every digit. Which number does the task name?"""


def effect(control_users, control_booked, treatment_users, treatment_booked):
    before, after = control_booked / control_users, treatment_booked / treatment_users
    v_before = before * (1 - before) / control_users
    v_after = after * (1 - after) / treatment_users
    difference, lift = after - before, after / before - 1
    half = 2 * math.sqrt(v_before + v_after)
    relative = 2 * math.sqrt(v_after + (1 + lift) ** 2 * v_before) / before
    low = difference - 1.96 / 2 * half
    return {
        "difference": difference,
        "low": difference - half,
        "high": difference + half,
        "relative_lift": lift,
        "relative_low": lift - relative,
        "relative_high": lift + relative,
        "reading": "rise" if low > 0 else "fall" if difference < -half else "open",
    }


# %% wrong="effect" trap="no_root"
"""You have {yours}: about a hundred times narrower than a test of a thousand users can be. A sum of
two v is a *variance*, in squared units. Which step turns it into an error?"""


def effect(control_users, control_booked, treatment_users, treatment_booked):
    before, after = control_booked / control_users, treatment_booked / treatment_users
    v_before = before * (1 - before) / control_users
    v_after = after * (1 - after) / treatment_users
    difference, lift = after - before, after / before - 1
    half = 1.96 * (v_before + v_after)
    relative = 1.96 * (v_after + (1 + lift) ** 2 * v_before) / before
    low, high = difference - half, difference + half
    return {
        "difference": difference,
        "low": low,
        "high": high,
        "relative_lift": lift,
        "relative_low": lift - relative,
        "relative_high": lift + relative,
        "reading": "rise" if low > 0 else "fall" if high < 0 else "open",
    }


# %% wrong="effect" trap="pooled_interval" credit=0.5
"""You have {yours}: either both arms were thrown together for one common rate, so the control
arm, four times as large, lends its spread to the treatment, or each variance was divided by the
*other* arm's users, which gives nearly the same. One rate fits the question “is there any difference at all?”.
An interval speaks of arms that *may* differ, so this course gives each its own variance. What is
p (1 − p) / users of the treatment alone?"""


def effect(control_users, control_booked, treatment_users, treatment_booked):
    before, after = control_booked / control_users, treatment_booked / treatment_users
    both = (control_booked + treatment_booked) / (control_users + treatment_users)
    error = math.sqrt(both * (1 - both) * (1 / control_users + 1 / treatment_users))
    difference, lift = after - before, after / before - 1
    v_before = before * (1 - before) / control_users
    v_after = after * (1 - after) / treatment_users
    relative = math.sqrt(v_after + (1 + lift) ** 2 * v_before) / before
    low, high = difference - 1.96 * error, difference + 1.96 * error
    return {
        "difference": difference,
        "low": low,
        "high": high,
        "relative_lift": lift,
        "relative_low": lift - 1.96 * relative,
        "relative_high": lift + 1.96 * relative,
        "reading": "rise" if low > 0 else "fall" if high < 0 else "open",
    }


# %% wrong="effect" trap="one_sided"
"""You have {yours}: ± 1.645 errors. Such an interval leaves out 5 % on *each* side, so it misses
one truth in ten and says “rise” twice as often when nothing changed. Nobody promised that the
change can't do harm, so both sides count. How many errors leave 2.5 % on each side?"""


def effect(control_users, control_booked, treatment_users, treatment_booked):
    before, after = control_booked / control_users, treatment_booked / treatment_users
    v_before = before * (1 - before) / control_users
    v_after = after * (1 - after) / treatment_users
    difference, lift = after - before, after / before - 1
    half = 1.645 * math.sqrt(v_before + v_after)
    relative = 1.645 * math.sqrt(v_after + (1 + lift) ** 2 * v_before) / before
    return {
        "difference": difference,
        "low": difference - half,
        "high": difference + half,
        "relative_lift": lift,
        "relative_low": lift - relative,
        "relative_high": lift + relative,
        "reading": "rise" if difference > half else "open",
    }


# %% wrong="effect" trap="sum_of_halves"
"""You have {yours}: you added the two half widths. That would be right if both arms always erred
in opposite directions at once. They err independently, and often one error cancels a part of
the other, so *variances* are added, and the root comes last. What is the root of the sum of
the two variances?"""


def effect(control_users, control_booked, treatment_users, treatment_booked):
    before, after = control_booked / control_users, treatment_booked / treatment_users
    v_before = before * (1 - before) / control_users
    v_after = after * (1 - after) / treatment_users
    difference, lift = after - before, after / before - 1
    half = 1.96 * math.sqrt(v_before) + 1.96 * math.sqrt(v_after)
    relative = 1.96 * math.sqrt(v_after + (1 + lift) ** 2 * v_before) / before
    low, high = difference - half, difference + half
    return {
        "difference": difference,
        "low": low,
        "high": high,
        "relative_lift": lift,
        "relative_low": lift - relative,
        "relative_high": lift + relative,
        "reading": "rise" if low > 0 else "fall" if high < 0 else "open",
    }


# %% wrong="effect" trap="pp_as_percent" credit=0.4
"""As a lift you have {yours}: the difference itself. From 10.0 % to 12.8 % is 2.8
percentage *points*; said as “2.8 percent more” it sounds like 10.0 % to 10.28 %. The lift asks
what share of the old rate was added. How many tenths of 10 % are 2.8 points?"""


def effect(control_users, control_booked, treatment_users, treatment_booked):
    found = pm.experiments.compare_rates(
        (control_booked, control_users), (treatment_booked, treatment_users)
    )
    low, high = found.difference_low, found.difference_high
    return {
        "difference": found.difference,
        "low": low,
        "high": high,
        "relative_lift": found.difference,
        "relative_low": low,
        "relative_high": high,
        "reading": "rise" if low > 0 else "fall" if high < 0 else "open",
    }


# %% wrong="effect" trap="control_is_fixed" credit=0.4
"""The lift is right; its ends are {yours}. You divided the ends of the difference by the control
rate, as if that rate were known exactly. It was measured on the same days as the treatment and
has an error of its own, which moves the lift as well. Which term of the delta method is
missing?"""


def effect(control_users, control_booked, treatment_users, treatment_booked):
    before, after = control_booked / control_users, treatment_booked / treatment_users
    error = math.sqrt(
        before * (1 - before) / control_users + after * (1 - after) / treatment_users
    )
    difference = after - before
    low, high = difference - 1.96 * error, difference + 1.96 * error
    return {
        "difference": difference,
        "low": low,
        "high": high,
        "relative_lift": difference / before,
        "relative_low": low / before,
        "relative_high": high / before,
        "reading": "rise" if low > 0 else "fall" if high < 0 else "open",
    }


# %% wrong="effect" trap="log_ratio" credit=0.5
"""You used the interval of the logarithm of the ratio: {yours}. It is a respectable one, and
better where rates are small. This course uses the delta method on the ratio itself, because
its interval is symmetric and the same recipe works for means and ratios. What does the formula in the task give?"""


def effect(control_users, control_booked, treatment_users, treatment_booked):
    found = pm.experiments.compare_rates(
        (control_booked, control_users),
        (treatment_booked, treatment_users),
        relative_method="log",
    )
    low, high = found.difference_low, found.difference_high
    return {
        "difference": found.difference,
        "low": low,
        "high": high,
        "relative_lift": found.relative_lift,
        "relative_low": found.relative_low,
        "relative_high": found.relative_high,
        "reading": "rise" if low > 0 else "fall" if high < 0 else "open",
    }


# %% wrong="effect" trap="over_treatment" credit=0.4
"""As a lift you have {yours}: you divided by the rate of the
*treatment*. A lift says how much was added to what we had before, and before is the control
arm. Which of the two rates would you have without the change?"""


def effect(control_users, control_booked, treatment_users, treatment_booked):
    before, after = control_booked / control_users, treatment_booked / treatment_users
    v_before = before * (1 - before) / control_users
    v_after = after * (1 - after) / treatment_users
    difference = after - before
    half = 1.96 * math.sqrt(v_before + v_after)
    low, high = difference - half, difference + half
    return {
        "difference": difference,
        "low": low,
        "high": high,
        "relative_lift": difference / after,
        "relative_low": low / after,
        "relative_high": high / after,
        "reading": "rise" if low > 0 else "fall" if high < 0 else "open",
    }


# %% wrong="effect" trap="overlap_rule" credit=0.7
"""Your numbers are right, but your readings are not: {yours}. In A you may have compared the
intervals of the two arms, and they overlap: control up to 10.9 %, treatment from 10.7 % on. But the
question is about the *difference*, and both arms would have to sit at their unlikely ends at once
for it to vanish. What does the interval of the difference say?"""


def effect(control_users, control_booked, treatment_users, treatment_booked):
    found = pm.experiments.compare_rates(
        (control_booked, control_users), (treatment_booked, treatment_users)
    )
    before, after = found.control_value, found.treatment_value
    half_before = 1.96 * math.sqrt(before * (1 - before) / control_users)
    half_after = 1.96 * math.sqrt(after * (1 - after) / treatment_users)
    reading = "open"
    if after - half_after > before + half_before:
        reading = "rise"
    if after + half_after < before - half_before:
        reading = "fall"
    return {
        "difference": found.difference,
        "low": found.difference_low,
        "high": found.difference_high,
        "relative_lift": found.relative_lift,
        "relative_low": found.relative_low,
        "relative_high": found.relative_high,
        "reading": reading,
    }


# %% wrong="effect" trap="p_is_prob_null" credit=0.7
"""You have {yours}. In D the interval runs from −1.1 to +3.3 points. Perhaps p = {p} became
“{works} % likely that it works”. A p-value is how often data this extreme come up *if nothing
changed*; it says nothing about how likely that is. If few ideas work, most tests with p = {p}
are duds. Do the two ends of the interval agree on the direction?"""


def effect(control_users, control_booked, treatment_users, treatment_booked):
    found = pm.experiments.compare_rates(
        (control_booked, control_users), (treatment_booked, treatment_users)
    )
    chance_it_works = 1 - found.p_value
    direction = "rise" if found.difference > 0 else "fall"
    return {
        "difference": found.difference,
        "low": found.difference_low,
        "high": found.difference_high,
        "relative_lift": found.relative_lift,
        "relative_low": found.relative_low,
        "relative_high": found.relative_high,
        "reading": direction if chance_it_works > 0.5 else "open",
    }


# %% wrong="effect" trap="one_side_only" credit=0.7
"""You have {yours}. In C the interval begins just below 0 (p = {c_p}), so “nothing changed” still fits.
Who looks at one side only, or takes a level of 10 % instead of 5 %, calls twice as many duds a
rise. Where does the *lower* end lie?"""


def effect(control_users, control_booked, treatment_users, treatment_booked):
    found = pm.experiments.compare_rates(
        (control_booked, control_users), (treatment_booked, treatment_users)
    )
    direction = "rise" if found.difference > 0 else "fall"
    return {
        "difference": found.difference,
        "low": found.difference_low,
        "high": found.difference_high,
        "relative_lift": found.relative_lift,
        "relative_low": found.relative_low,
        "relative_high": found.relative_high,
        "reading": direction if found.p_value / 2 < 0.05 else "open",
    }


# %% wrong="effect" trap="reads_the_lift" credit=0.7
"""You have {yours}. In B the interval of the *difference* lies above 0. That of the lift does not
quite (it divides by a rate that is uncertain, too), and neither does that of a test with one rate
for both arms. Two readings of one test would be confusing, so the task names one of them. Which of
your numbers does the reading look at?"""


def effect(control_users, control_booked, treatment_users, treatment_booked):
    found = pm.experiments.compare_rates(
        (control_booked, control_users), (treatment_booked, treatment_users)
    )
    low, high = found.relative_low, found.relative_high
    return {
        "difference": found.difference,
        "low": found.difference_low,
        "high": found.difference_high,
        "relative_lift": found.relative_lift,
        "relative_low": low,
        "relative_high": high,
        "reading": "rise" if low > 0 else "fall" if high < 0 else "open",
    }


# %% wrong="effect" trap="never_falls" credit=0.7
"""You have {yours}. In E fewer users booked, and the whole interval says so. A test that may only end
well or open hides harm. What is to be true of the *upper* end if the change did harm?"""


def effect(control_users, control_booked, treatment_users, treatment_booked):
    found = pm.experiments.compare_rates(
        (control_booked, control_users), (treatment_booked, treatment_users)
    )
    return {
        "difference": found.difference,
        "low": found.difference_low,
        "high": found.difference_high,
        "relative_lift": found.relative_lift,
        "relative_low": found.relative_low,
        "relative_high": found.relative_high,
        "reading": "rise" if found.difference_low > 0 else "open",
    }


# %% right="effect"
def effect(control_users, control_booked, treatment_users, treatment_booked):
    found = pm.experiments.compare_rates(
        (control_booked, control_users), (treatment_booked, treatment_users)
    )
    low, high = found.difference_low, found.difference_high
    return {
        "difference": found.difference,
        "low": low,
        "high": high,
        "relative_lift": found.relative_lift,
        "relative_low": found.relative_low,
        "relative_high": found.relative_high,
        "reading": "rise" if low > 0 else "fall" if high < 0 else "open",
    }


# %% right="effect"
def effect(control_users, control_booked, treatment_users, treatment_booked):
    # One 0 or 1 per user, and the sample variance.
    arms = [np.zeros(control_users), np.zeros(treatment_users)]
    arms[0][:control_booked] = 1
    arms[1][:treatment_booked] = 1
    means = [arm.mean() for arm in arms]
    squares = [arm.var(ddof=1) / len(arm) for arm in arms]
    ends = np.array([0, -1.959964, 1.959964])
    absolute = means[1] - means[0] + ends * np.sqrt(sum(squares))
    ratio = means[1] / means[0]
    error = ratio * np.sqrt(squares[1] / means[1] ** 2 + squares[0] / means[0] ** 2)
    relative = ratio - 1 + ends * error
    keys = ["difference", "low", "high"]
    found = dict(zip(keys, absolute))
    found |= dict(zip(["relative_lift", "relative_low", "relative_high"], relative))
    sign = np.sign(absolute[1]) + np.sign(absolute[2])
    return found | {"reading": {2.0: "rise", -2.0: "fall"}.get(float(sign), "open")}


# %%
arms = clear.assign(booked=clear["bookings"] > 0).groupby("arm")["booked"]
sizes, booked = arms.size(), arms.sum()
answer = result_of(
    effect,
    int(sizes["control"]),
    int(booked["control"]),
    int(sizes["treatment"]),
    int(booked["treatment"]),
)
ends = ["low", "high", "relative_low", "relative_high"]
found = numbers_in(answer, "difference", "relative_lift", *ends)
if found is None:
    print("Pass the check of M10-E2 first.")
else:
    print(
        f"clear-prices, users who booked: {100 * found['difference']:+.1f} percentage "
        f"points ({100 * found['low']:+.1f} to {100 * found['high']:+.1f}); lift "
        f"{percent(found['relative_lift'])} ({percent(found['relative_low'])} to "
        f"{percent(found['relative_high'])}). Reading: {answer.get('reading')}."
    )

# %% [markdown] exercise="ratio" objective="correct for visits of the same person"
# ## M10-E3 · Bookings per session, with an honest error (5 points)
#
# Some metrics divide by something that is *not* randomized: bookings per session. The
# coin was tossed for users, and the sessions of one user resemble each other. A thousand
# sessions of two hundred users tell less than a thousand sessions of a thousand users.
#
# Write `ratio_and_error(rows)` for one arm. `rows` has one row per user **and week**:
# `user_id`, `week`, `sessions`, `bookings`. It returns a dictionary with
#
# - `ratio`: all bookings / all sessions.
# - `standard_error`: by the delta method *over users*. Add up each user's weeks first:
#   y bookings, x sessions. For each user the residual is y − ratio × x. The standard error
#   is the standard deviation of the residuals, divided by the mean of x, divided by
#   √(number of users).
#
# A bootstrap is as good: draw whole users with replacement, 2,000 times, and take the
# standard deviation of the ratios.
#
# **Done when** `ratio` (bookings per session) is right within 0.5 % and
# `standard_error` (the same unit) within 7 %, room for a bootstrap.


# %% solution="ratio"
def ratio_and_error(rows):
    """Return bookings per session and its standard error over users."""
    ### BEGIN SOLUTION
    users = rows.groupby("user_id")[["sessions", "bookings"]].sum()
    ratio = users["bookings"].sum() / users["sessions"].sum()
    residual = users["bookings"] - ratio * users["sessions"]
    error = residual.std() / users["sessions"].mean() / math.sqrt(len(users))
    return {"ratio": ratio, "standard_error": error}
    ### END SOLUTION


# %% checks="ratio" points=5
with pm.checks.exercise("ratio", points=5, read="Lesson 10, section 4") as check:
    kinds = pd.DataFrame(
        {
            "kind": ["always", "never", "often", "rarely there"],
            "users": [150] * 4,
            "sessions, week 1": [2, 2, 8, 1],
            "bookings, week 1": [2, 0, 5, 0],
            "sessions, week 2": [1, 2, 4, 0],
            "bookings, week 2": [1, 0, 4, 0],
        }
    )
    check.show("the four kinds of users, 150 of each", kinds)
    small = pd.DataFrame(
        {
            "user_id": np.repeat(np.arange(600), 2),
            "week": np.tile([1, 2], 600),
            **{
                name: kinds[[f"{name}, week 1", f"{name}, week 2"]]
                .to_numpy()
                .repeat(150, axis=0)
                .ravel()
                for name in ("sessions", "bookings")
            },
        }
    )

    def keys_of(answer):
        """Say which of the keys are there; further keys do no harm."""
        if not isinstance(answer, dict):
            return answer
        asked = ("ratio", "standard_error")
        return {key: "there" for key in asked if key in answer}

    answer = ratio_and_error(small.copy())
    check.labels(
        keys_of(answer),
        dict.fromkeys(["ratio", "standard_error"], "there"),
        options=["there"],
        what="the result of `ratio_and_error`",
    )
    check.number(
        answer["ratio"],
        # Per user 3, 0, 9 and 0 bookings in 3, 4, 12 and 1 sessions: 12 / 20.
        0.60,
        what="bookings per session of the small table",
        traps={
            "mean_of_user_ratios": (1 + 0 + 9 / 12 + 0) / 4,
            "mean_of_row_ratios": (2 + 0 + 5 / 8 + 1 + 0) / 7,
            "drops_zero_users": 12 / 15,
            "per_user": 12 / 4,
            "upside_down": 20 / 12,
        },
        idea="Add all bookings and all sessions, then divide once.",
    )
    check.number(
        answer["standard_error"],
        # Residuals 1.2, -2.4, 1.8 and -0.6: root of the mean square 1.6432; / 5 / 24.49.
        0.013428,
        what="the standard error of the small table",
        tolerance=0.07,
        traps={
            "iid_sessions": 0.008944,
            "weeks_as_users": 0.010520,
            "own_ratios_error": 0.018222,
            "fixed_sessions": 0.030000,
            "no_covariance": 0.036332,
            "half_interval": 0.026318,
            "spread_not_error": 0.328908,
        },
        facts={"sessions": 3_000, "users": 600, "rows": 1_200},
        idea="How far is each kind of user from what the ratio predicts for her "
        "sessions? Then come three steps: the standard deviation of these residuals, "
        "the mean sessions per user, the root of the number of users.",
        keeps=0.4,
    )
    ### BEGIN HIDDEN TESTS
    for variant in pm.checks.variants(3):
        dice = pm.checks.rng(variant)
        size, weeks = int(dice.integers(450, 550)), 4
        activity = np.minimum(dice.lognormal(0.8, 1.0, size), 10)
        # Who comes more often books more in each session, so x and y go together.
        keen = dice.beta(0.5, 0.5, size) * (0.4 + 0.06 * activity)
        sessions = dice.poisson(activity[:, None], (size, weeks))
        bookings = dice.binomial(sessions, keen[:, None])
        data = pd.DataFrame(
            {
                "user_id": np.repeat(dice.permutation(size) + 1_000, weeks),
                "week": np.tile(np.arange(1, weeks + 1), size),
                "sessions": sessions.ravel(),
                "bookings": bookings.ravel(),
            }
        ).sample(frac=1, random_state=dice)
        x, y = sessions.sum(axis=1), bookings.sum(axis=1)
        ratio = y.sum() / x.sum()
        # One user out at a time: another way to the same error.
        without = (y.sum() - y) / (x.sum() - x)
        error = ((size - 1) / size * ((without - without.mean()) ** 2).sum()) ** 0.5
        answer = ratio_and_error(data.copy())
        check.number(answer["ratio"], ratio, what="the ratio of other users")
        check.number(
            answer["standard_error"],
            error,
            what="the standard error of other users",
            tolerance=0.07,
            keeps=0.4,
        )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="ratio"
# For whom was the coin tossed? That is the unit whose number counts, and each of these
# units gives one pair of numbers: her sessions and her bookings, over all weeks.

# %% [markdown] hint="ratio"
# First one row per user, with a `groupby` and a sum. Then the ratio of the two totals,
# then one residual per user, and from the residuals the error. Who never booked stays in:
# her residual is below zero.

# %% [markdown] hint="ratio"
# In the small table the residuals are 3 − 0.6 × 3, 0 − 0.6 × 4, 9 − 0.6 × 12 and
# 0 − 0.6 × 1, for 150 users each. Divide their standard deviation by the mean sessions per
# user, and by the root of 600.

# %% wrong="ratio" trap="iid_sessions" credit=0.4
"""The ratio is right. Your error {yours} is as small as if {sessions:,} sessions were independent
draws, like coins. But “always” books in all of her sessions and “never” in none: after one session you know
the others. Only {users} users were drawn, so the true error is larger, and yours cries “effect”
too often. What is one independent observation here?"""


def ratio_and_error(rows):
    sessions, bookings = rows["sessions"].sum(), rows["bookings"].sum()
    ratio = bookings / sessions
    error = math.sqrt(ratio * (1 - ratio) / sessions)
    return {"ratio": ratio, "standard_error": error}


# %% wrong="ratio" trap="weeks_as_users" credit=0.4
"""The ratio is right. Your error {yours} takes each of the {rows:,} rows as a person of its own. A
row is one *week* of a user, and her second week resembles her first. The coin was tossed once
for each of {users} users. What has to happen to the rows before you look at how they
scatter?"""


def ratio_and_error(rows):
    ratio = rows["bookings"].sum() / rows["sessions"].sum()
    residual = rows["bookings"] - ratio * rows["sessions"]
    error = residual.std() / rows["sessions"].mean() / math.sqrt(len(rows))
    return {"ratio": ratio, "standard_error": error}


# %% wrong="ratio" trap="mean_of_user_ratios"
"""You have {yours}: the mean of the users' own ratios. “rarely there”, with one session, then
weighs as much as “often”, with 12. That is another metric (how a typical *user* behaves), and it
can move the other way. Bookings per session asks about sessions. What are all bookings, and all
sessions?"""


def ratio_and_error(rows):
    users = rows.groupby("user_id")[["sessions", "bookings"]].sum()
    users = users[users["sessions"] > 0]
    own = users["bookings"] / users["sessions"]
    return {"ratio": own.mean(), "standard_error": own.std() / math.sqrt(len(own))}


# %% wrong="ratio" trap="mean_of_row_ratios"
"""You have {yours}: the mean of one ratio per row. A week with one session then weighs as much as a
week with eight, and the week without a session has no ratio at all and drops out. Bookings per session
asks about sessions. What are all bookings, and all sessions?"""


def ratio_and_error(rows):
    own = rows["bookings"] / rows["sessions"]  # 0 / 0 is NaN, and mean() leaves it out
    return {"ratio": own.mean(), "standard_error": own.std() / math.sqrt(len(own))}


# %% wrong="ratio" trap="upside_down"
"""You have {yours}: sessions per booking, the metric upside down. A visit holds
one booking at most, so a number above 1 can't be right. “Bookings per session” names what stands above first. Which total is above, which below?"""


def ratio_and_error(rows):
    users = rows.groupby("user_id")[["sessions", "bookings"]].sum()
    ratio = users["sessions"].sum() / users["bookings"].sum()
    residual = users["sessions"] - ratio * users["bookings"]
    error = residual.std() / users["bookings"].mean() / math.sqrt(len(users))
    return {"ratio": ratio, "standard_error": error}


# %% wrong="ratio" trap="own_ratios_error" credit=0.4
"""The ratio is right. Your error {yours} is that of another number: the mean of the users' *own*
ratios. There “rarely there” counts as much as “often”, who has many more sessions. How far is each
user's number of bookings from what the common ratio predicts for her sessions?"""


def ratio_and_error(rows):
    users = rows.groupby("user_id")[["sessions", "bookings"]].sum()
    own = users["bookings"] / users["sessions"]
    return {
        "ratio": users["bookings"].sum() / users["sessions"].sum(),
        "standard_error": own.std() / math.sqrt(len(users)),
    }


# %% wrong="ratio" trap="no_covariance" credit=0.4
"""The ratio is right. Your error {yours} adds up the scatter of the bookings and that of the
sessions, as in M10-E2. There the two numbers came from different people; here both belong to the
*same* user, and who comes more often books more often. These two move together, and most of it
leaves the ratio as it is. Do you keep each user's pair together, or is a term with the covariance
missing?"""


def ratio_and_error(rows):
    users = rows.groupby("user_id")[["sessions", "bookings"]].sum()
    x, y = users["sessions"], users["bookings"]
    ratio = y.sum() / x.sum()
    variance = (y.var() + ratio**2 * x.var()) / len(users)
    return {"ratio": ratio, "standard_error": math.sqrt(variance) / x.mean()}


# %% wrong="ratio" trap="fixed_sessions" credit=0.4
"""The ratio is right. Your error {yours} is that of the bookings per user, divided by the mean
sessions, as if the number of sessions were known before. It was drawn with the users: “often”
has more bookings *because* she has more sessions. The residual asks about the rest. What does the
ratio predict for her sessions?"""


def ratio_and_error(rows):
    users = rows.groupby("user_id")[["sessions", "bookings"]].sum()
    error = users["bookings"].std() / math.sqrt(len(users))
    return {
        "ratio": users["bookings"].sum() / users["sessions"].sum(),
        "standard_error": error / users["sessions"].mean(),
    }


# %% wrong="ratio" trap="half_interval" credit=0.4
"""The ratio is right. {yours} is half of a 95 % interval. The standard error is one step earlier, and
whoever gets it will multiply again. By what did you multiply at the end?"""


def ratio_and_error(rows):
    users = rows.groupby("user_id")[["sessions", "bookings"]].sum()
    ratio = users["bookings"].sum() / users["sessions"].sum()
    residual = users["bookings"] - ratio * users["sessions"]
    error = residual.std() / users["sessions"].mean() / math.sqrt(len(users))
    return {"ratio": ratio, "standard_error": 1.96 * error}


# %% wrong="ratio" trap="drops_zero_users"
"""You have {yours}. “never” and “rarely there” are missing: users without a booking were dropped.
But their sessions are real visits that ended without a booking, and a change that makes people
give up would go unseen. Whoever was assigned stays in. How many sessions do all four kinds
have?"""


def ratio_and_error(rows):
    users = rows.groupby("user_id")[["sessions", "bookings"]].sum()
    users = users[users["bookings"] > 0]
    ratio = users["bookings"].sum() / users["sessions"].sum()
    residual = users["bookings"] - ratio * users["sessions"]
    error = residual.std() / users["sessions"].mean() / math.sqrt(len(users))
    return {"ratio": ratio, "standard_error": error}


# %% wrong="ratio" trap="per_user"
"""You have {yours}, which is bookings per *user*: that grows if people come more often, even if each
visit is as good as before. The coin was tossed for users, but the metric divides by sessions. Which
column is the denominator?"""


def ratio_and_error(rows):
    users = rows.groupby("user_id")["bookings"].sum()
    return {
        "ratio": users.mean(),
        "standard_error": users.std() / math.sqrt(len(users)),
    }


# %% wrong="ratio" trap="spread_not_error" credit=0.4
"""The ratio is right. {yours} is how much single users scatter. A standard *error* says how much
the ratio of {users} users would scatter if the test were run again, and that gets smaller the
more users there are. By what does the scatter of one user shrink in a mean of many?"""


def ratio_and_error(rows):
    users = rows.groupby("user_id")[["sessions", "bookings"]].sum()
    ratio = users["bookings"].sum() / users["sessions"].sum()
    residual = users["bookings"] - ratio * users["sessions"]
    return {"ratio": ratio, "standard_error": residual.std() / users["sessions"].mean()}


# %% right="ratio"
def ratio_and_error(rows):
    users = rows.groupby("user_id")[["sessions", "bookings"]].sum().to_numpy()
    dice = np.random.default_rng(7)
    drawn = dice.integers(0, len(users), (2_000, len(users)))
    sessions, bookings = users[drawn, 0].sum(axis=1), users[drawn, 1].sum(axis=1)
    return {
        "ratio": users[:, 1].sum() / users[:, 0].sum(),
        "standard_error": np.std(bookings / sessions),
    }


# %% right="ratio"
def ratio_and_error(rows):
    booked, visited = {}, {}
    for user, x, y in zip(rows["user_id"], rows["sessions"], rows["bookings"]):
        visited[user] = visited.get(user, 0) + x
        booked[user] = booked.get(user, 0) + y
    x = np.array(list(visited.values()), dtype=float)
    y = np.array(list(booked.values()), dtype=float)
    ratio = y.mean() / x.mean()
    spread = y.var() + ratio**2 * x.var() - 2 * ratio * np.cov(y, x, ddof=0)[0, 1]
    return {"ratio": ratio, "standard_error": (spread / len(x)) ** 0.5 / x.mean()}


# %%
ratios = {
    arm: numbers_in(result_of(ratio_and_error, rows.copy()), "ratio", "standard_error")
    for arm, rows in weekly.groupby("arm")
}
if None in ratios.values():
    print("Pass the check of M10-E3 first.")
else:
    gap = ratios["treatment"]["ratio"] - ratios["control"]["ratio"]
    error = math.hypot(*(found["standard_error"] for found in ratios.values()))
    print(
        f"clear-prices, bookings per 100 sessions: {100 * gap:+.2f}, 95 % interval "
        f"{100 * (gap - 1.96 * error):+.2f} to {100 * (gap + 1.96 * error):+.2f}."
    )

# %% [markdown] exercise="many_looks" objective="correct for many metrics and many looks"
# ## M10-E4 · Twelve metrics, four weeks: what stands? (5 points)
#
# Look at enough metrics, on enough days, and something is always green. The plan of a
# test says in advance what counts:
#
# - **Primary metric**: it alone decides, on the planned last day, on all users. Success if
#   p < 0.05 and the difference is above 0.
# - **Secondary metrics**: what we may learn besides. On the planned last day, those
#   that stand after *Holm* at 5 %, in either direction. Holm: sort the p-values, compare the
#   smallest with 0.05 / m, the next with 0.05 / (m − 1), and so on; at the first that is
#   larger, stop: it falls, and so do all after it. m is the number of secondary metrics.
# - **Guardrails** must not get worse (here more is worse). Harmed if p < 0.05 and the
#   difference is above 0 on that day, *without* a correction: overlooking harm is the worse
#   error.
# - A **segment** (the primary among some users) was not declared: an idea for a next test.
#
# Write `what_stands(table)`. `table` has one row per metric and day: `metric`, `role`
# (`"primary"`, `"secondary"`, `"guardrail"` or `"segment"`), `day`, `difference`,
# `standard_error`, and `planned_last_day` (true on one day). With z = difference /
# standard_error, the two-sided p-value is `math.erfc(abs(z) / math.sqrt(2))`. The log may
# run on after the planned day.
#
# **Done when** it returns a dictionary with `day` (on which you judged), `decided_by`
# (name of the metric that decides), `success` (`"yes"` or `"no"`), `standing` (list of
# secondary metrics) and `harmed` (list of guardrails), in any order, all exact.


# %% solution="many_looks"
def what_stands(table):
    """Return day, decided_by, success, standing and harmed."""
    ### BEGIN SOLUTION
    final = table[table["planned_last_day"]].copy()
    final["z"] = final["difference"] / final["standard_error"]
    final["p"] = [math.erfc(abs(z) / math.sqrt(2)) for z in final["z"]]
    primary = final[final["role"] == "primary"].iloc[0]
    secondary = final[final["role"] == "secondary"].sort_values("p")
    standing = []
    for position, row in enumerate(secondary.itertuples()):
        if row.p > 0.05 / (len(secondary) - position):
            break
        standing.append(row.metric)
    rails = final[final["role"] == "guardrail"]
    return {
        "day": int(primary["day"]),
        "decided_by": primary["metric"],
        "success": "yes" if primary["p"] < 0.05 and primary["z"] > 0 else "no",
        "standing": standing,
        "harmed": rails.loc[(rails["p"] < 0.05) & (rails["z"] > 0), "metric"].tolist(),
    }
    ### END SOLUTION


# %% checks="many_looks" points=5
with pm.checks.exercise("many_looks", points=5, read="Lesson 10, section 5") as check:
    KEYS = ["day", "decided_by", "success", "standing", "harmed"]
    scores = {  # z on the days 14, 28 (planned) and 35, and the standard error
        "bookings per user": ("primary", 2.10, 1.75, 2.05, 0.020),
        "searches per user": ("secondary", 1.20, 2.60, 2.30, 0.040),
        "plan starts per user": ("secondary", 2.20, 3.48, 3.60, 0.010),
        "reviews per user": ("secondary", 0.30, 2.41, 2.10, 0.025),
        "chats per user": ("secondary", -0.80, -2.75, -2.20, 0.050),
        "photos per user": ("secondary", -0.20, 0.50, 0.10, 0.012),
        "invitations per user": ("secondary", 1.10, 2.71, 2.50, 0.030),
        "reminders per user": ("secondary", 1.60, 2.45, 2.80, 0.080),
        "profile views per user": ("secondary", 0.70, 2.00, 1.10, 0.150),
        "support contacts": ("guardrail", 1.00, 2.15, 1.70, 0.060),
        "cancellations": ("guardrail", -1.10, -2.30, -2.00, 0.040),
        "seconds to load": ("guardrail", 0.20, 1.80, 2.20, 0.030),
        "bookings per user, web": ("segment", 1.90, 2.40, 2.20, 0.040),
    }
    small = pd.DataFrame(
        [
            {
                "metric": name,
                "role": role,
                "day": day,
                "difference": z * error,
                "standard_error": error,
                "planned_last_day": day == 28,
            }
            for name, (role, *path, error) in scores.items()
            for day, z in zip((14, 28, 35), path)
        ]
    )
    check.show(
        "the small table, a line per metric: z on day 14, 28 (planned) and 35",
        pd.DataFrame(
            [(name, *of_it) for name, of_it in scores.items()],
            columns=["metric", "role", "day 14", "day 28", "day 35", "standard_error"],
        ),
    )

    def keys_of(answer):
        """Say which of the keys are there; further keys do no harm."""
        if not isinstance(answer, dict):
            return answer
        return {key: "there" for key in KEYS if key in answer}

    def forms(answer):
        """Say of `standing` and `harmed` whether they are lists."""
        several = (list, tuple, set, np.ndarray, pd.Series, pd.Index)
        return {
            key: "a list" if isinstance(answer[key], several) else "not a list"
            for key in ("standing", "harmed")
        }

    OTHER = "a name that is no metric of the table"
    PLACES = ["standing", "harmed", "not listed", "in both lists", "listed twice"]

    def places(answer, names):
        """Say of each metric in which of the two lists it is."""
        standing, harmed = (
            [str(name) for name in answer[key]] for key in ("standing", "harmed")
        )

        def place(name):
            if name in standing and name in harmed:
                return "in both lists"
            if max(standing.count(name), harmed.count(name)) > 1:
                return "listed twice"
            if name in standing or name in harmed:
                return "standing" if name in standing else "harmed"
            return "not listed"

        strange = set(standing + harmed) - set(names)
        found = {name: place(name) for name in names}
        return found | {OTHER: place(min(strange)) if strange else "not listed"}

    def judge_forms(answer):
        both = dict.fromkeys(("standing", "harmed"), "a list")
        check.labels(
            forms(answer),
            both,
            options=["a list", "not a list"],
            what="the form of the answer",
            idea="Both are lists of names, with `[ ]` around one name, and empty if there "
            "is none.",
            keeps=0.4,
        )

    def success_by(z):
        """Return `success` if the primary metric of the small table ended at z."""
        table = small.copy()
        place = (table["role"] == "primary") & (table["day"] == 28)
        table.loc[place, "difference"] = z * table.loc[place, "standard_error"]
        return what_stands(table)["success"]

    rails = [name for name, (role, *_) in scores.items() if role == "guardrail"]
    others = [name for name in scores if name not in rails]

    def standing(*chosen):
        return {name: "standing" if name in chosen else "not listed" for name in others}

    def harmed(*chosen):
        return {name: "harmed" if name in chosen else "not listed" for name in rails}

    answer = what_stands(small.copy())
    check.labels(
        keys_of(answer),
        dict.fromkeys(KEYS, "there"),
        options=["there"],
        what="the result of `what_stands`",
    )
    check.number(
        answer["day"],
        28,
        what="the day of the small table (`day`)",
        tolerance=0,
        traps={"stops_first_green": 14, "log_ran_on": 35},
        idea="On which day does the plan say to look?",
    )
    check.choice(
        answer["decided_by"],
        "bookings per user",
        options=list(scores),
        what="`decided_by` of the small table",
        traps={
            "swaps_primary": "plan starts per user",
            "best_segment": "bookings per user, web",
        },
        facts={"p": 0.08, "segment_p": 0.016, "primary": "bookings per user"},
        idea="Which metric was declared as primary?",
        keeps=0.3,
    )
    judge_forms(answer)
    first = ("plan starts per user", "chats per user")  # smallest p-values
    stands = (*first, "invitations per user", "searches per user")
    if "not a list" not in forms(answer).values():
        found = places(answer, list(scores))
        holm_is_right = all(found[name] == standing(*stands)[name] for name in others)
        holm_is_right = holm_is_right and found[OTHER] == "not listed"
        check.labels(
            found,
            # Sorted p 0.0005, 0.0060, 0.0067, 0.0093, 0.0143, 0.0160, 0.0455, 0.6;
            # the limits are 0.0063, 0.0071, 0.0083, 0.0100, 0.0125, 0.0167, 0.0250, 0.05.
            {**standing(*stands), **harmed("support contacts"), OTHER: "not listed"},
            options=PLACES,
            what="`standing` and `harmed` of the small table",
            # First the secondary metrics (any guardrails), then the guardrails.
            traps={
                "no_error": standing() | harmed(),
                "guardrail_in_standing": {"support contacts": "standing"},
                "falls_are_harm": {"chats per user": "harmed"},
                "any_p05": standing(
                    *stands,
                    *(
                        "reminders per user",
                        "reviews per user",
                        "profile views per user",
                    ),
                ),
                "holm_without_stop": standing(*stands, "reviews per user"),
                "bonferroni": standing(*first),
                "segment_in_family": standing(*stands[:3]),
                "only_rises": standing(stands[0], *stands[2:]),
                "not_sorted": standing(),
                "other_correction": standing(
                    *stands, "reminders per user", "reviews per user"
                ),
                "one_family": standing("plan starts per user"),
                "harm_too_early": {"seconds to load": "harmed"},
                "less_is_harm": harmed("cancellations"),
                "bonferroni_on_guardrails": harmed(),
                "better_is_harm": harmed("support contacts", "cancellations"),
            },
            facts={"green": 7, "load_p": 0.072},
            idea="The secondary metrics are right. Look at the guardrails one by one: is "
            "p < 0.05, and is the difference above 0?"
            if holm_is_right
            else "Write the names as they stand in the column `metric`."
            if found[OTHER] != "not listed"
            else "Each name belongs in one list at most, and once."
            if {"in both lists", "listed twice"} & set(found.values())
            else "Sort the eight secondary p-values and write 0.05 / 8, 0.05 / 7, … "
            "beside them. Guardrails are looked at one by one, and only they can be "
            "in `harmed`.",
            keeps=0.4,
        )
    decided_by = answer["decided_by"]
    if isinstance(decided_by, str) and decided_by == "bookings per user":
        check.labels(
            {f"z = {z}": success_by(z) for z in (1.75, 2.3, -2.3)},
            {"z = 1.75": "no", "z = 2.3": "yes", "z = -2.3": "no"},
            options=["yes", "no"],
            what="`success`, if the primary metric ends at this z",
            traps={
                "any_direction": {"z = -2.3": "yes"},
                "rail_blocks": {"z = 1.75": "no", "z = 2.3": "no"},
                "ten_percent": {"z = 1.75": "yes"},
            },
            facts={"p": 0.08},
            idea="Which p-value does the primary metric have on the planned day, and "
            "which sign its difference?",
            keeps=0.3,
        )
    ### BEGIN HIDDEN TESTS
    for variant in pm.checks.variants(3):
        dice = pm.checks.rng(variant)
        for ends_at in ((1.7, 1.9), (2.05, 2.3), (-2.9, -2.1)):
            letters = dice.permutation(list("ABCDEFGH"))
            names = [f"metric {letter}" for letter in letters]
            low = [3.3, 2.74, 2.70, 2.585, 2.44, 2.40, 1.97, 0.2]
            high = [3.6, 2.76, 2.725, 2.63, 2.48, 2.42, 2.01, 0.9]
            signs = [1, -1, *np.sign(dice.uniform(-1, 1, 6))]
            last = dice.uniform(low, high) * signs
            roles = dict.fromkeys(names, "secondary")
            roles |= {"the one": "primary", "the one, few": "segment"}
            alarms = [f"rail {letter}" for letter in dice.permutation(list("xyz"))]
            roles |= dict.fromkeys(alarms, "guardrail")
            final = dict(zip(names, last)) | {
                "the one": dice.uniform(*ends_at),
                "the one, few": dice.uniform(2.35, 2.39),
                alarms[0]: dice.uniform(2.05, 2.3),
                alarms[1]: dice.uniform(-2.9, -2.1),
                alarms[2]: dice.uniform(1.7, 1.9),
            }
            end = 7 * int(dice.integers(3, 6))
            size, days = len(final), [14, end, end + 7]
            z = np.outer(list(final.values()), [0.5, 1, 0.5])
            z[list(final).index("the one"), [0, 2]] = 2.4
            errors = dice.uniform(0.01, 0.2, (size, 1)).repeat(3, axis=1)
            order = dice.permutation(3 * size)
            data = pd.DataFrame(
                {
                    "metric": np.repeat(list(final), 3)[order],
                    "role": np.repeat([roles[name] for name in final], 3)[order],
                    "day": np.tile(days, size)[order],
                    "difference": (z * errors).ravel()[order],
                    "standard_error": errors.ravel()[order],
                    "planned_last_day": np.tile([False, True, False], size)[order],
                }
            )
            answer = what_stands(data.copy())
            check.number(
                answer["day"],
                end,
                what="the day of another table",
                tolerance=0,
            )
            check.choice(
                answer["decided_by"],
                "the one",
                options=list(roles),
                what="what decides in another table",
                keeps=0.3,
            )
            check.choice(
                answer["success"],
                "yes" if ends_at == (2.05, 2.3) else "no",
                options=["yes", "no"],
                what="`success` in another table",
                keeps=0.3,
            )
            judge_forms(answer)
            truth = dict.fromkeys([*roles, OTHER], "not listed") | {alarms[0]: "harmed"}
            ways = {"right": 4, "bonferroni": 2, "other_correction": 6}
            sets = {
                way: truth | dict.fromkeys(names[:number], "standing")
                for way, number in ways.items()
            }
            if "not a list" not in forms(answer).values():
                check.labels(
                    places(answer, list(roles)),
                    sets.pop("right"),
                    options=PLACES,
                    what="`standing` and `harmed` of another table",
                    traps=sets,
                    keeps=0.4,
                )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="many_looks"
# What was promised before the first user came? One metric, one day, all users. All else is
# either learning (secondary), safety (guardrail) or an idea (segment), and each of these has a
# rule of its own.

# %% [markdown] hint="many_looks"
# Keep the rows of the planned day first. Then go role by role. For Holm, walk through the
# sorted p-values with a loop that ends at the first one above its limit.

# %% [markdown] hint="many_looks"
# `pm.experiments.adjust_p_values({"name": p, ...})` has `names` and `rejected` in the same
# order. In the small table eight secondary p-values meet the limits 0.0063, 0.0071, 0.0083,
# 0.0100, 0.0125, 0.0167, 0.0250 and 0.0500.

# %% wrong="many_looks" trap="stops_first_green"
"""You judged on day {yours}, the first in the table, and one on which the primary metric is green.
The plan says another day, and then it is no longer green. A test without any effect has a green day in
27.5 % of cases if one looks daily for four weeks. Peeking is fine with limits made for it; this plan
has none. Which column marks the day?"""


def what_stands(table):
    table = table.copy()
    table["z"] = table["difference"] / table["standard_error"]
    table["p"] = [math.erfc(abs(z) / math.sqrt(2)) for z in table["z"]]
    primary = table[table["role"] == "primary"].sort_values("day")
    green = primary[(primary["p"] < 0.05) & (primary["z"] > 0)]
    day = green["day"].iloc[0] if len(green) else primary["day"].iloc[-1]
    now = table[table["day"] == day]
    secondary = now[now["role"] == "secondary"].set_index("metric")["p"]
    holm = pm.experiments.adjust_p_values(secondary)
    bad = (now["role"] == "guardrail") & (now["p"] < 0.05) & (now["z"] > 0)
    return {
        "day": day,
        "decided_by": primary["metric"].iloc[0],
        "success": "yes" if len(green) else "no",
        "standing": [name for name, yes in zip(holm.names, holm.rejected) if yes],
        "harmed": list(now.loc[bad, "metric"]),
    }


# %% wrong="many_looks" trap="swaps_primary" credit=0.3
"""You have {yours}. The declared metric, {primary}, has p = {p}, so the metric with the smallest
p-value took its place. With nine to choose from, the best one is below 0.05 in more than
a third of tests of a change that does nothing. A target painted after the shot is always hit. Which
metric was named before the test?"""


def what_stands(table):
    final = table[table["planned_last_day"]].copy()
    final["z"] = final["difference"] / final["standard_error"]
    final["p"] = [math.erfc(abs(z) / math.sqrt(2)) for z in final["z"]]
    declared = final[final["role"].isin(["primary", "secondary"])]
    best = declared.sort_values("p").iloc[0]
    secondary = final[final["role"] == "secondary"].set_index("metric")["p"]
    holm = pm.experiments.adjust_p_values(secondary)
    bad = (final["role"] == "guardrail") & (final["p"] < 0.05) & (final["z"] > 0)
    return {
        "day": best["day"],
        "decided_by": best["metric"],
        "success": "yes" if best["p"] < 0.05 else "no",
        "standing": [name for name, yes in zip(holm.names, holm.rejected) if yes],
        "harmed": list(final.loc[bad, "metric"]),
    }


# %% wrong="many_looks" trap="best_segment" credit=0.3
"""You have {yours}. Over all users {primary} has p = {p}; you went on to a slice of them, where
p = {segment_p}. Users can be sliced by device, zone, age of the account …, and a dozen slices
give a green one by luck in almost half of all tests. It is a good question for the next test, with
the slice declared. What decides in this one?"""


def what_stands(table):
    final = table[table["planned_last_day"]].copy()
    final["z"] = final["difference"] / final["standard_error"]
    final["p"] = [math.erfc(abs(z) / math.sqrt(2)) for z in final["z"]]
    about = final[final["role"].isin(["primary", "segment"])]
    best = about.sort_values("z").iloc[-1]
    secondary = final[final["role"] == "secondary"].set_index("metric")["p"]
    holm = pm.experiments.adjust_p_values(secondary)
    bad = (final["role"] == "guardrail") & (final["p"] < 0.05) & (final["z"] > 0)
    return {
        "day": best["day"],
        "decided_by": best["metric"],
        "success": "yes" if best["p"] < 0.05 else "no",
        "standing": [name for name, yes in zip(holm.names, holm.rejected) if yes],
        "harmed": list(final.loc[bad, "metric"]),
    }


# %% wrong="many_looks" trap="log_ran_on"
"""You judged on day {yours}, the last one in the log. Logs run on after a test has ended, and who may
choose between two last days can choose the nicer one. Which column marks the day of the plan?"""


def what_stands(table):
    final = table[table["day"] == table["day"].max()].copy()
    final["z"] = final["difference"] / final["standard_error"]
    final["p"] = [math.erfc(abs(z) / math.sqrt(2)) for z in final["z"]]
    primary = final[final["role"] == "primary"].iloc[0]
    secondary = final[final["role"] == "secondary"].set_index("metric")["p"]
    holm = pm.experiments.adjust_p_values(secondary)
    bad = (final["role"] == "guardrail") & (final["p"] < 0.05) & (final["z"] > 0)
    return {
        "day": primary["day"],
        "decided_by": primary["metric"],
        "success": "yes" if primary["p"] < 0.05 and primary["z"] > 0 else "no",
        "standing": [name for name, yes in zip(holm.names, holm.rejected) if yes],
        "harmed": list(final.loc[bad, "metric"]),
    }


# %% wrong="many_looks" trap="any_direction" credit=0.3
"""You have {yours}. With z = −2.3 bookings *fell*, and a small p-value says only that something
moved. What else must hold for a success?"""


def what_stands(table):
    final = table[table["planned_last_day"]].copy()
    final["z"] = final["difference"] / final["standard_error"]
    final["p"] = [math.erfc(abs(z) / math.sqrt(2)) for z in final["z"]]
    primary = final[final["role"] == "primary"].iloc[0]
    secondary = final[final["role"] == "secondary"].set_index("metric")["p"]
    holm = pm.experiments.adjust_p_values(secondary)
    bad = (final["role"] == "guardrail") & (final["p"] < 0.05) & (final["z"] > 0)
    return {
        "day": primary["day"],
        "decided_by": primary["metric"],
        "success": "yes" if primary["p"] < 0.05 else "no",
        "standing": [name for name, yes in zip(holm.names, holm.rejected) if yes],
        "harmed": list(final.loc[bad, "metric"]),
    }


# %% wrong="many_looks" trap="rail_blocks" credit=0.3
"""You have {yours}. With z = 2.3 the primary metric rose, with p = 0.02. Perhaps the harmed guardrail
made it a “no”: it speaks against shipping, and `harmed` says so, but it does not undo what was
measured. Or did the primary pay for the other metrics? Which two conditions does `success` have?"""


def what_stands(table):
    final = table[table["planned_last_day"]].copy()
    final["z"] = final["difference"] / final["standard_error"]
    final["p"] = [math.erfc(abs(z) / math.sqrt(2)) for z in final["z"]]
    primary = final[final["role"] == "primary"].iloc[0]
    secondary = final[final["role"] == "secondary"].set_index("metric")["p"]
    holm = pm.experiments.adjust_p_values(secondary)
    bad = (final["role"] == "guardrail") & (final["p"] < 0.05) & (final["z"] > 0)
    good = primary["p"] < 0.05 and primary["z"] > 0 and not bad.any()
    return {
        "day": primary["day"],
        "decided_by": primary["metric"],
        "success": "yes" if good else "no",
        "standing": [name for name, yes in zip(holm.names, holm.rejected) if yes],
        "harmed": list(final.loc[bad, "metric"]),
    }


# %% wrong="many_looks" trap="ten_percent" credit=0.3
"""You have {yours}. With z = 1.75 the two-sided p-value is {p}: one side only, or a level of 10 %,
would call that a success, and so twice as many duds. Which p-value and which level does the plan
name?"""


def what_stands(table):
    final = table[table["planned_last_day"]].copy()
    final["z"] = final["difference"] / final["standard_error"]
    final["p"] = [math.erfc(abs(z) / math.sqrt(2)) for z in final["z"]]
    primary = final[final["role"] == "primary"].iloc[0]
    secondary = final[final["role"] == "secondary"].set_index("metric")["p"]
    holm = pm.experiments.adjust_p_values(secondary)
    bad = (final["role"] == "guardrail") & (final["p"] < 0.05) & (final["z"] > 0)
    return {
        "day": primary["day"],
        "decided_by": primary["metric"],
        "success": "yes" if primary["z"] > 1.645 else "no",
        "standing": [name for name, yes in zip(holm.names, holm.rejected) if yes],
        "harmed": list(final.loc[bad, "metric"]),
    }


# %% wrong="many_looks" trap="any_p05" credit=0.4
"""You have {yours}. All {green} secondary metrics with p < 0.05 are in `standing`. Of eight metrics on which
nothing changed, at least one is below 0.05 in a third of all tests, so a list made this way is false
that often. Holm asks more of each, the more there are. If you did apply it: is p two-sided, and
does the smallest one meet 0.05 / 8?"""


def what_stands(table):
    final = table[table["planned_last_day"]].copy()
    final["z"] = final["difference"] / final["standard_error"]
    final["p"] = [math.erfc(abs(z) / math.sqrt(2)) for z in final["z"]]
    primary = final[final["role"] == "primary"].iloc[0]
    green = final["p"] < 0.05
    bad = (final["role"] == "guardrail") & green & (final["z"] > 0)
    return {
        "day": primary["day"],
        "decided_by": primary["metric"],
        "success": "yes" if primary["p"] < 0.05 and primary["z"] > 0 else "no",
        "standing": list(final.loc[(final["role"] == "secondary") & green, "metric"]),
        "harmed": list(final.loc[bad, "metric"]),
    }


# %% wrong="many_looks" trap="holm_without_stop" credit=0.4
"""You have {yours}. It looks as if each p-value met its own limit, and you went on after the first
that failed. “reminders” (p = 0.0143) falls, and yet “reviews”, with a *larger* p-value, is to stand?
The limits get wider only because all before them were found. What happens to the rest of the list once
one has failed?"""


def what_stands(table):
    final = table[table["planned_last_day"]].copy()
    final["z"] = final["difference"] / final["standard_error"]
    final["p"] = [math.erfc(abs(z) / math.sqrt(2)) for z in final["z"]]
    primary = final[final["role"] == "primary"].iloc[0]
    secondary = final[final["role"] == "secondary"].sort_values("p")
    limits = 0.05 / np.arange(len(secondary), 0, -1)
    bad = (final["role"] == "guardrail") & (final["p"] < 0.05) & (final["z"] > 0)
    return {
        "day": primary["day"],
        "decided_by": primary["metric"],
        "success": "yes" if primary["p"] < 0.05 and primary["z"] > 0 else "no",
        "standing": list(secondary.loc[secondary["p"] <= limits, "metric"]),
        "harmed": list(final.loc[bad, "metric"]),
    }


# %% wrong="many_looks" trap="only_rises" credit=0.4
"""You have {yours}. “chats per user” fell, and its p-value is the second smallest. A secondary metric is
there to learn from, and a fall teaches as much as a rise. What does the task say about directions?"""


def what_stands(table):
    final = table[table["planned_last_day"]].copy()
    final["z"] = final["difference"] / final["standard_error"]
    final["p"] = [math.erfc(abs(z) / math.sqrt(2)) for z in final["z"]]
    primary = final[final["role"] == "primary"].iloc[0]
    family = final[(final["role"] == "secondary") & (final["z"] > 0)]
    holm = pm.experiments.adjust_p_values(family.set_index("metric")["p"])
    standing = [name for name, yes in zip(holm.names, holm.rejected) if yes]
    bad = (final["role"] == "guardrail") & (final["p"] < 0.05) & (final["z"] > 0)
    return {
        "day": primary["day"],
        "decided_by": primary["metric"],
        "success": "yes" if primary["p"] < 0.05 and primary["z"] > 0 else "no",
        "standing": standing,
        "harmed": list(final.loc[bad, "metric"]),
    }


# %% wrong="many_looks" trap="segment_in_family" credit=0.4
"""You have {yours}. “searches per user” is missing: with m = 8 it stands, with one p-value more in the
family it does not. The segment was not declared, so it neither stands nor costs, and the primary has
its own 5 %. Which rows make up m, and is the first limit 0.05 / 8?"""


def what_stands(table):
    final = table[table["planned_last_day"]].copy()
    final["z"] = final["difference"] / final["standard_error"]
    final["p"] = [math.erfc(abs(z) / math.sqrt(2)) for z in final["z"]]
    primary = final[final["role"] == "primary"].iloc[0]
    family = final[final["role"].isin(["secondary", "segment"])]
    holm = pm.experiments.adjust_p_values(family.set_index("metric")["p"])
    standing = [name for name, yes in zip(holm.names, holm.rejected) if yes]
    own = set(final.loc[final["role"] == "secondary", "metric"])
    standing = [name for name in standing if name in own]
    bad = (final["role"] == "guardrail") & (final["p"] < 0.05) & (final["z"] > 0)
    return {
        "day": primary["day"],
        "decided_by": primary["metric"],
        "success": "yes" if primary["p"] < 0.05 and primary["z"] > 0 else "no",
        "standing": standing,
        "harmed": list(final.loc[bad, "metric"]),
    }


# %% wrong="many_looks" trap="not_sorted" credit=0.4
"""You have {yours}: nothing stands. Holm begins with the *smallest* p-value, wherever it is in the
table. In the order of the table the first one fails and takes all others with it. What has to happen
before the walk begins?"""


def what_stands(table):
    final = table[table["planned_last_day"]].copy()
    final["z"] = final["difference"] / final["standard_error"]
    final["p"] = [math.erfc(abs(z) / math.sqrt(2)) for z in final["z"]]
    primary = final[final["role"] == "primary"].iloc[0]
    secondary = final[final["role"] == "secondary"]
    standing = []
    for position, row in enumerate(secondary.itertuples()):
        if row.p > 0.05 / (len(secondary) - position):
            break
        standing.append(row.metric)
    bad = (final["role"] == "guardrail") & (final["p"] < 0.05) & (final["z"] > 0)
    return {
        "day": primary["day"],
        "decided_by": primary["metric"],
        "success": "yes" if primary["p"] < 0.05 and primary["z"] > 0 else "no",
        "standing": standing,
        "harmed": list(final.loc[bad, "metric"]),
    }


# %% wrong="many_looks" trap="no_error" credit=0.3
"""You have {yours}: nothing stands and nobody is harmed. A difference of 0.03 is small or large only
beside its error. By what is the difference divided to get z?"""


def what_stands(table):
    final = table[table["planned_last_day"]].copy()
    final["z"] = final["difference"] / final["standard_error"]
    final["p"] = [math.erfc(abs(z) / math.sqrt(2)) for z in final["z"]]
    primary = final[final["role"] == "primary"].iloc[0]
    final["z"] = final["difference"]
    final["p"] = [math.erfc(abs(z) / math.sqrt(2)) for z in final["z"]]
    primary = final[final["role"] == "primary"].iloc[0]
    family = final[final["role"] == "secondary"]
    holm = pm.experiments.adjust_p_values(family.set_index("metric")["p"])
    standing = [name for name, yes in zip(holm.names, holm.rejected) if yes]
    bad = (final["role"] == "guardrail") & (final["p"] < 0.05) & (final["z"] > 0)
    return {
        "day": primary["day"],
        "decided_by": primary["metric"],
        "success": "yes" if primary["p"] < 0.05 and primary["z"] > 0 else "no",
        "standing": standing,
        "harmed": list(final.loc[bad, "metric"]),
    }


# %% wrong="many_looks" trap="bonferroni" credit=0.5
"""You have {yours}: that is what Bonferroni finds, 0.05 / m for all. It keeps the promise of at most
5 % false lists, and so does Holm, which finds more, so this course uses Holm.
After the first metric has passed, how many are left to be wrong about?"""


def what_stands(table):
    final = table[table["planned_last_day"]].copy()
    final["z"] = final["difference"] / final["standard_error"]
    final["p"] = [math.erfc(abs(z) / math.sqrt(2)) for z in final["z"]]
    primary = final[final["role"] == "primary"].iloc[0]
    secondary = final[final["role"] == "secondary"]
    bad = (final["role"] == "guardrail") & (final["p"] < 0.05) & (final["z"] > 0)
    passed = secondary["p"] <= 0.05 / len(secondary)
    return {
        "day": primary["day"],
        "decided_by": primary["metric"],
        "success": "yes" if primary["p"] < 0.05 and primary["z"] > 0 else "no",
        "standing": list(secondary.loc[passed, "metric"]),
        "harmed": list(final.loc[bad, "metric"]),
    }


# %% wrong="many_looks" trap="other_correction" credit=0.5
"""You have {yours}: that is what Benjamini-Hochberg (or Hochberg) finds. The first bounds the
*share* of false findings in long lists; this course uses Holm for a handful of declared metrics,
because it bounds the chance of *any* false one and assumes nothing. Where does Holm stop?"""


def what_stands(table):
    final = table[table["planned_last_day"]].copy()
    final["z"] = final["difference"] / final["standard_error"]
    final["p"] = [math.erfc(abs(z) / math.sqrt(2)) for z in final["z"]]
    primary = final[final["role"] == "primary"].iloc[0]
    secondary = final[final["role"] == "secondary"].set_index("metric")["p"]
    found = pm.experiments.adjust_p_values(secondary, correction="bh")
    bad = (final["role"] == "guardrail") & (final["p"] < 0.05) & (final["z"] > 0)
    return {
        "day": primary["day"],
        "decided_by": primary["metric"],
        "success": "yes" if primary["p"] < 0.05 and primary["z"] > 0 else "no",
        "standing": [name for name, yes in zip(found.names, found.rejected) if yes],
        "harmed": list(final.loc[bad, "metric"]),
    }


# %% wrong="many_looks" trap="one_family" credit=0.3
"""You have {yours}. So few stand if m is larger than the number of secondary metrics: twelve or
thirteen with the other roles, or all rows of the table. Each role answers its own question: one metric
at 5 %, a family with Holm, and alarms that should rather ring too often. Which p-values belong to
m?"""


def what_stands(table):
    final = table[table["planned_last_day"]].copy()
    final["z"] = final["difference"] / final["standard_error"]
    final["p"] = [math.erfc(abs(z) / math.sqrt(2)) for z in final["z"]]
    family = final[final["role"] != "segment"].set_index("metric")
    holm = pm.experiments.adjust_p_values(family["p"])
    stands = {name for name, yes in zip(holm.names, holm.rejected) if yes}
    primary = family.index[family["role"] == "primary"][0]
    rails = family[(family["role"] == "guardrail") & (family["z"] > 0)].index
    return {
        "day": int(family["day"].iloc[0]),
        "decided_by": primary,
        "success": "yes" if family.loc[primary, "p"] < 0.05 else "no",
        "standing": [
            name
            for name in family.index[family["role"] == "secondary"]
            if name in stands
        ],
        "harmed": [name for name in rails if name in stands],
    }


# %% wrong="many_looks" trap="bonferroni_on_guardrails" credit=0.4
"""You have {yours}: no guardrail is harmed. If you made them share the 5 %: a correction protects against crying wolf, and with a guardrail the wolf is the point: “support
contacts” has p = 0.03 and would slip through. What is the worse error here, a needless look at a
healthy guardrail, or harm that nobody looked at?"""


def what_stands(table):
    final = table[table["planned_last_day"]].copy()
    final["z"] = final["difference"] / final["standard_error"]
    final["p"] = [math.erfc(abs(z) / math.sqrt(2)) for z in final["z"]]
    primary = final[final["role"] == "primary"].iloc[0]
    secondary = final[final["role"] == "secondary"].set_index("metric")["p"]
    holm = pm.experiments.adjust_p_values(secondary)
    rails = final[final["role"] == "guardrail"]
    bad = (rails["p"] < 0.05 / len(rails)) & (rails["z"] > 0)
    return {
        "day": primary["day"],
        "decided_by": primary["metric"],
        "success": "yes" if primary["p"] < 0.05 and primary["z"] > 0 else "no",
        "standing": [name for name, yes in zip(holm.names, holm.rejected) if yes],
        "harmed": list(rails.loc[bad, "metric"]),
    }


# %% wrong="many_looks" trap="guardrail_in_standing" credit=0.4
"""You have {yours}. “support contacts” is a guardrail: it can be harmed, it can't stand. Ada reads
`standing` as “this we learned” and `harmed` as “look at this before we ship”, so the two must not
change places. Which roles belong in which list?"""


def what_stands(table):
    final = table[table["planned_last_day"]].copy()
    final["z"] = final["difference"] / final["standard_error"]
    final["p"] = [math.erfc(abs(z) / math.sqrt(2)) for z in final["z"]]
    primary = final[final["role"] == "primary"].iloc[0]
    secondary = final[final["role"] == "secondary"].set_index("metric")["p"]
    holm = pm.experiments.adjust_p_values(secondary)
    standing = [name for name, yes in zip(holm.names, holm.rejected) if yes]
    rail = final["role"] == "guardrail"
    bad = final.loc[rail & (final["p"] < 0.05) & (final["z"] > 0), "metric"]
    return {
        "day": primary["day"],
        "decided_by": primary["metric"],
        "success": "yes" if primary["p"] < 0.05 and primary["z"] > 0 else "no",
        "standing": standing + list(bad),
        "harmed": [],
    }


# %% wrong="many_looks" trap="falls_are_harm" credit=0.4
"""You have {yours}. “chats per user” fell, but it is a secondary metric: what we may learn from, in
either direction. Only a guardrail was declared as something that must not get worse. Which role may
stand in `harmed`?"""


def what_stands(table):
    final = table[table["planned_last_day"]].copy()
    final["z"] = final["difference"] / final["standard_error"]
    final["p"] = [math.erfc(abs(z) / math.sqrt(2)) for z in final["z"]]
    primary = final[final["role"] == "primary"].iloc[0]
    secondary = final[final["role"] == "secondary"].set_index("metric")["p"]
    holm = pm.experiments.adjust_p_values(secondary)
    standing = [name for name, yes in zip(holm.names, holm.rejected) if yes]
    rail = final["role"] == "guardrail"
    bad = final.loc[rail & (final["p"] < 0.05) & (final["z"] > 0), "metric"]
    fell = set(final.loc[final["z"] < 0, "metric"])
    return {
        "day": primary["day"],
        "decided_by": primary["metric"],
        "success": "yes" if primary["p"] < 0.05 and primary["z"] > 0 else "no",
        "standing": [name for name in standing if name not in fell],
        "harmed": [*bad, *(name for name in standing if name in fell)],
    }


# %% wrong="many_looks" trap="harm_too_early" credit=0.4
"""You have {yours}. “seconds to load” rose, with a two-sided p of {load_p}: above 0.05. An alarm at one
side only, at 10 %, or at every difference above 0 rings for many healthy guardrails. Without a
correction does not mean without a level. Which p and which level does the task name?"""


def what_stands(table):
    final = table[table["planned_last_day"]].copy()
    final["z"] = final["difference"] / final["standard_error"]
    final["p"] = [math.erfc(abs(z) / math.sqrt(2)) for z in final["z"]]
    primary = final[final["role"] == "primary"].iloc[0]
    secondary = final[final["role"] == "secondary"].set_index("metric")["p"]
    holm = pm.experiments.adjust_p_values(secondary)
    standing = [name for name, yes in zip(holm.names, holm.rejected) if yes]
    rail = final["role"] == "guardrail"
    bad = final.loc[rail & (final["p"] / 2 < 0.05) & (final["z"] > 0), "metric"]
    return {
        "day": primary["day"],
        "decided_by": primary["metric"],
        "success": "yes" if primary["p"] < 0.05 and primary["z"] > 0 else "no",
        "standing": standing,
        "harmed": list(bad),
    }


# %% wrong="many_looks" trap="less_is_harm" credit=0.4
"""You have {yours}. “cancellations” went *down*, and that is good news; “support contacts” went up and
is missing. On these guardrails more is worse. What is the sign of a difference that does harm here?"""


def what_stands(table):
    final = table[table["planned_last_day"]].copy()
    final["z"] = final["difference"] / final["standard_error"]
    final["p"] = [math.erfc(abs(z) / math.sqrt(2)) for z in final["z"]]
    primary = final[final["role"] == "primary"].iloc[0]
    secondary = final[final["role"] == "secondary"].set_index("metric")["p"]
    holm = pm.experiments.adjust_p_values(secondary)
    standing = [name for name, yes in zip(holm.names, holm.rejected) if yes]
    rail = final["role"] == "guardrail"
    bad = final.loc[rail & (final["p"] < 0.05) & (final["z"] < 0), "metric"]
    return {
        "day": primary["day"],
        "decided_by": primary["metric"],
        "success": "yes" if primary["p"] < 0.05 and primary["z"] > 0 else "no",
        "standing": standing,
        "harmed": list(bad),
    }


# %% wrong="many_looks" trap="better_is_harm" credit=0.4
"""In `harmed` there is one too many ({yours}). “cancellations” moved, with p = 0.02, but *down*: fewer cleans were cancelled. A two-sided p-value says that
something moved, not where to. What is the sign of a difference that does harm here?"""


def what_stands(table):
    final = table[table["planned_last_day"]].copy()
    final["z"] = final["difference"] / final["standard_error"]
    final["p"] = [math.erfc(abs(z) / math.sqrt(2)) for z in final["z"]]
    primary = final[final["role"] == "primary"].iloc[0]
    secondary = final[final["role"] == "secondary"].set_index("metric")["p"]
    holm = pm.experiments.adjust_p_values(secondary)
    bad = (final["role"] == "guardrail") & (final["p"] < 0.05)
    return {
        "day": primary["day"],
        "decided_by": primary["metric"],
        "success": "yes" if primary["p"] < 0.05 and primary["z"] > 0 else "no",
        "standing": [name for name, yes in zip(holm.names, holm.rejected) if yes],
        "harmed": list(final.loc[bad, "metric"]),
    }


# %% right="many_looks"
def what_stands(table):
    final = table.query("planned_last_day").assign(
        z=lambda rows: rows["difference"] / rows["standard_error"]
    )
    p = {row.metric: math.erfc(abs(row.z) / math.sqrt(2)) for row in final.itertuples()}
    by_role = {role: list(rows["metric"]) for role, rows in final.groupby("role")}
    z = dict(zip(final["metric"], final["z"]))
    holm = pm.experiments.adjust_p_values(
        {name: p[name] for name in by_role["secondary"]}
    )
    primary = by_role["primary"][0]
    return {
        "harmed": [
            name for name in by_role["guardrail"] if p[name] < 0.05 and z[name] > 0
        ],
        "standing": list(holm.to_frame().query("rejected")["name"]),
        "success": "yes" if p[primary] < 0.05 and z[primary] > 0 else "no",
        "decided_by": primary,
        "day": final["day"].max(),
    }


# %%
metrics = pm.case.load("exp_metrics")  # one more test: twelve metrics, 28 days
found = result_of(what_stands, metrics.copy())
try:
    print(f"Day {found['day']}, by {found['decided_by']}: {found['success']}.")
    print(f"Secondary metrics that stand: {', '.join(found['standing']) or 'none'}.")
    print(f"Guardrails harmed: {', '.join(found['harmed']) or 'none'}.")
except (TypeError, ValueError, LookupError):
    print("Pass the check of M10-E4 first.")

# %% [markdown] exercise="cuped" objective="reduce variance with the past"
# ## M10-E5 · Let the past take noise away (4 points)
#
# Users differ, test or no test: who booked much before books much during it. **CUPED**
# (controlled experiment using pre-experiment data) takes away the part of the
# outcome that the past predicts. What is left scatters less, so the same users show
# smaller effects.
#
# Write `cuped(users)`. `users` has one row per user: `arm` (`"control"` or
# `"treatment"`), `pre_bookings` (bookings in the 28 days *before*; `NaN` for new users),
# `sessions` and `bookings` (both during the test). Let y be `bookings`:
#
# - x is `pre_bookings`; a new user gets the mean of those who have a past, over both arms
#   together, so that she stays in and is not moved.
# - θ = covariance of y and x / variance of x, over *all* users of both arms.
# - adjusted y = y − θ × (x − mean of x over all users).
#
# **Done when** it returns a dictionary with `difference`: mean adjusted bookings of treatment
# − control, in bookings per user, within 0.2 %; and `variance_reduction`: the squared
# correlation of y and x over all users, a fraction within 0.01.


# %% solution="cuped"
def cuped(users):
    """Return the adjusted difference and the share of variance taken away."""
    ### BEGIN SOLUTION
    y, x = users["bookings"], users["pre_bookings"]
    x = x.fillna(x.mean())
    theta = np.cov(y, x)[0, 1] / x.var()
    adjusted = y - theta * (x - x.mean())
    means = adjusted.groupby(users["arm"]).mean()
    return {
        "difference": means["treatment"] - means["control"],
        "variance_reduction": np.corrcoef(y, x)[0, 1] ** 2,
    }
    ### END SOLUTION


# %% checks="cuped" points=4
with pm.checks.exercise("cuped", points=4, read="Lesson 10, section 6") as check:
    kinds = pd.DataFrame(
        {
            "arm": [*["control"] * 5, *["treatment"] * 3],
            "pre_bookings": [0, 1, 2, 4, np.nan, 1, 4, np.nan],
            "sessions": [3, 4, 5, 6, 3, 5, 10, 3],
            "bookings": [0, 2, 2, 4, 2, 2, 7, 3],
            "users": [100] * 8,
        }
    )
    check.show("the eight kinds of users, 100 of each", kinds)
    small = kinds.loc[kinds.index.repeat(100)].drop(columns="users")
    small = small.reset_index(drop=True)

    def keys_of(answer):
        """Say which of the keys are there; further keys do no harm."""
        if not isinstance(answer, dict):
            return answer
        asked = ("difference", "variance_reduction")
        return {key: "there" for key in asked if key in answer}

    answer = cuped(small.copy())
    check.labels(
        keys_of(answer),
        dict.fromkeys(["difference", "variance_reduction"], "there"),
        options=["there"],
        what="the result of `cuped`",
    )
    check.number(
        answer["difference"],
        1.314286,
        # θ = 1.2857; treatment 4 and control 2, with x 0.53 higher in the treatment.
        what="the adjusted difference of the small table",
        tolerance=0.002,
        traps={
            "post_treatment_covariate": 0.622508,
            "theta_per_arm": 1.246753,
            "within_arms": 1.366337,
            "drops_new_users": 1.535714,
            "adjusts_one_arm": 1.571429,
            "no_adjustment": 2.000000,
            "zeros_for_new": 1.746667,
            "fills_by_arm": 1.039869,
            "theta_one": 1.466667,
            "theta_flipped": 1.674576,
            "relative": 0.657143,
            "wrong_sign": 2.685714,
        },
        idea="Fill, then θ over all 800 users, then adjust, then two means.",
    )
    check.number(
        answer["variance_reduction"],
        0.784504,
        what="the variance reduction of the small table",
        absolute=0.01,
        traps={
            "rho_not_squared": 0.885722,
            "error_not_variance": 0.535784,
            "what_is_left": 0.215496,
            "within_reduction": 0.864086,
        },
        facts={"correlation": 0.89},
        idea="Which share of the variance of y does x explain? It is at least 0 and at "
        "most 1, and needs x filled as for the difference.",
        keeps=0.6,
    )
    ### BEGIN HIDDEN TESTS

    def slope(x, y):
        moved = x - x.mean()
        return moved @ y / (moved @ moved)

    def difference(x, y, treated, slopes):
        """Return the adjusted difference for a slope in each arm."""
        moved = y - np.where(treated, *slopes) * (x - x.mean())
        return moved[treated].mean() - moved[~treated].mean()

    def drawn(dice):
        """Return columns of users, and the difference by four ways."""
        activity = dice.gamma(1.2, 1.0, 600)
        past = dice.poisson(1.5 * activity).astype(float)
        known = dice.random(600) < 0.7
        treated = dice.random(600) < 0.15 + 0.08 * past
        lift = np.where(treated, np.where(known, 1.9, 1.2), 1.0)
        mean = 1.5 * activity * lift * np.where(known, 1, 1.2) + 2.5 * treated
        y = dice.poisson(mean).astype(float)
        x, zeros = np.where(known, past, past[known].mean()), np.where(known, past, 0)
        arms = (treated, ~treated)
        own = [slope(x[arm], y[arm]) for arm in arms]
        within = np.average(own, weights=[x[arm].var() * arm.sum() for arm in arms])
        means = np.where(
            treated, past[known & treated].mean(), past[known & ~treated].mean()
        )
        by_arm = np.where(known, past, means)
        columns = {
            "arm": np.where(treated, "treatment", "control"),
            "pre_bookings": np.where(known, past, np.nan),
            "sessions": dice.poisson(3 * activity * lift),
            "bookings": y.astype(int),
        }
        ways = {
            "right": difference(x, y, treated, [slope(x, y)] * 2),
            "theta_per_arm": difference(x, y, treated, own),
            "within_arms": difference(x, y, treated, [within] * 2),
            "zeros_for_new": difference(zeros, y, treated, [slope(zeros, y)] * 2),
            "fills_by_arm": difference(by_arm, y, treated, [slope(by_arm, y)] * 2),
            "theta_one": difference(x, y, treated, [1.0, 1.0]),
        }
        inside = [
            each - np.where(treated, *(each[arm].mean() for arm in arms))
            for each in (x, y)
        ]
        gap = np.corrcoef(x, y)[0, 1] ** 2 - np.corrcoef(*inside)[0, 1] ** 2
        return columns, x, ways, gap

    def distinct(ways, gap):
        """Tell whether each way differs from the right one, and the named ones."""
        right = ways["right"]
        far = all(abs(ways[name] - right) > 0.007 * right for name in [*ways][1:])
        named = sorted(ways[name] for name in NAMED)
        apart = np.diff(named).min() > 0.003 * right
        return right > 0.2 and far and apart and abs(gap) > 0.032

    NAMED = ("theta_per_arm", "within_arms", "zeros_for_new")
    for variant in pm.checks.variants(3):
        dice = pm.checks.rng(variant)
        columns, filled, ways, gap = drawn(dice)
        while not distinct(ways, gap):
            columns, filled, ways, gap = drawn(dice)
        data = pd.DataFrame(columns)
        correlation = np.corrcoef(filled, data["bookings"])[0, 1]
        right = ways["right"]
        answer = cuped(data.copy())
        check.number(
            answer["difference"],
            right,
            what="the adjusted difference of other users",
            tolerance=0.002,
            traps={name: ways[name] for name in NAMED},
        )
        check.number(
            answer["variance_reduction"],
            correlation**2,
            what="the variance reduction of other users",
            absolute=0.01,
            keeps=0.6,
        )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="cuped"
# The adjustment may only use what the test can't have changed: the time before. And it
# must treat both arms alike, or it makes a difference of its own.

# %% [markdown] hint="cuped"
# One mean for filling, one θ, one center: all three over both arms together. Only at the very
# end do the arms part, for the two means.

# %% [markdown] hint="cuped"
# The method `fillna` with the mean of the column fills the gaps. `np.cov(y, x)` is a 2 × 2 table whose
# corner [0, 1] is the covariance, and `np.corrcoef(y, x)` has the correlation there.

# %% wrong="cuped" trap="post_treatment_covariate"
"""You have {yours}. You adjusted with `sessions`, which are counted *during* the test. The treatment
brings people back more often, so a part of its effect was in x, and you took that away as if it were
noise. An honest x is known before the coin is tossed. Which column is?"""


def cuped(users):
    y, x = users["bookings"], users["sessions"]
    theta = np.cov(y, x)[0, 1] / x.var()
    adjusted = y - theta * (x - x.mean())
    means = adjusted.groupby(users["arm"]).mean()
    return {
        "difference": means["treatment"] - means["control"],
        "variance_reduction": np.corrcoef(y, x)[0, 1] ** 2,
    }


# %% wrong="cuped" trap="theta_per_arm" credit=0.5
"""You used one θ per arm ({yours}). That is Lin's regression adjustment, a respectable one, and
better where the effect depends on the past. This course uses one θ over both arms: one number to
explain, and nearly the same answer in arms of equal size. What is θ over all users?"""


def cuped(users):
    y, x = users["bookings"], users["pre_bookings"]
    x = x.fillna(x.mean())
    means = {}
    for arm in ("control", "treatment"):
        rows = users["arm"] == arm
        theta = np.cov(y[rows], x[rows])[0, 1] / x[rows].var()
        means[arm] = (y[rows] - theta * (x[rows] - x.mean())).mean()
    return {
        "difference": means["treatment"] - means["control"],
        "variance_reduction": np.corrcoef(y, x)[0, 1] ** 2,
    }


# %% wrong="cuped" trap="within_arms" credit=0.5
"""You took θ within the arms ({yours}), as a regression with a column for the arm does. That is
respectable, and nearly the same in large tests. This course takes θ over all users, arms or not,
because it needs nothing but one covariance and one variance. What changes if the arm is left out of θ?"""


def cuped(users):
    y, x = users["bookings"], users["pre_bookings"]
    x = x.fillna(x.mean())
    own_y = y - y.groupby(users["arm"]).transform("mean")
    own_x = x - x.groupby(users["arm"]).transform("mean")
    theta = (own_y * own_x).sum() / (own_x**2).sum()
    adjusted = y - theta * (x - x.mean())
    means = adjusted.groupby(users["arm"]).mean()
    return {
        "difference": means["treatment"] - means["control"],
        "variance_reduction": np.corrcoef(y, x)[0, 1] ** 2,
    }


# %% wrong="cuped" trap="drops_new_users"
"""You have {yours}. Users without a past were dropped, and with them a quarter of the people in the
test. What remains is the effect on *old* users; new ones may react otherwise, and they are the ones
a growing product meets. Everyone who was assigned stays in. Which value of x leaves a
user's y as it is?"""


def cuped(users):
    users = users.dropna(subset=["pre_bookings"])
    y, x = users["bookings"], users["pre_bookings"]
    theta = np.cov(y, x)[0, 1] / x.var()
    adjusted = y - theta * (x - x.mean())
    means = adjusted.groupby(users["arm"]).mean()
    return {
        "difference": means["treatment"] - means["control"],
        "variance_reduction": np.corrcoef(y, x)[0, 1] ** 2,
    }


# %% wrong="cuped" trap="adjusts_one_arm"
"""You have {yours}. Only the treatment was adjusted. It holds the more active people, and you took
their head start away; control starts behind and got nothing back. An adjustment that one
arm alone receives is an effect you made yourself. What does the same formula do to control?"""


def cuped(users):
    y, x = users["bookings"], users["pre_bookings"]
    x = x.fillna(x.mean())
    theta = np.cov(y, x)[0, 1] / x.var()
    treated = users["arm"] == "treatment"
    adjusted = y - theta * (x - x.mean())
    return {
        "difference": adjusted[treated].mean() - y[~treated].mean(),
        "variance_reduction": np.corrcoef(y, x)[0, 1] ** 2,
    }


# %% wrong="cuped" trap="no_adjustment"
"""You have {yours}, the plain difference of the means. Either the means were taken of y as it is, or
x was centered within each arm: then each arm's mean stays where it was. The treated were
more active *before* the test, so part of this difference was there already. Which column goes into
the two means, and around which mean is x centered?"""


def cuped(users):
    y, x = users["bookings"], users["pre_bookings"]
    x = x.fillna(x.mean())
    theta = np.cov(y, x)[0, 1] / x.var()
    adjusted = y - theta * (x - x.groupby(users["arm"]).transform("mean"))
    means = adjusted.groupby(users["arm"]).mean()
    return {
        "difference": means["treatment"] - means["control"],
        "variance_reduction": np.corrcoef(y, x)[0, 1] ** 2,
    }


# %% wrong="cuped" trap="fills_by_arm"
"""You have {yours}. New users got the mean of their own *arm*. The arms then differ in x where nothing
is known, and the adjustment takes that away from the effect. A new user is to be left where she is.
Over whom is the mean taken that fills the gaps?"""


def cuped(users):
    y, x = users["bookings"], users["pre_bookings"]
    x = x.fillna(x.groupby(users["arm"]).transform("mean"))
    theta = np.cov(y, x)[0, 1] / x.var()
    adjusted = y - theta * (x - x.mean())
    means = adjusted.groupby(users["arm"]).mean()
    return {
        "difference": means["treatment"] - means["control"],
        "variance_reduction": np.corrcoef(y, x)[0, 1] ** 2,
    }


# %% wrong="cuped" trap="theta_one"
"""You have {yours}: with θ = 1, the plain change from before to after. A past booking need not come back
as one booking now, so the data say how much of x is to be taken away. Which two numbers make θ?"""


def cuped(users):
    y, x = users["bookings"], users["pre_bookings"]
    x = x.fillna(x.mean())
    theta = 1
    adjusted = y - theta * (x - x.mean())
    means = adjusted.groupby(users["arm"]).mean()
    return {
        "difference": means["treatment"] - means["control"],
        "variance_reduction": np.corrcoef(y, x)[0, 1] ** 2,
    }


# %% wrong="cuped" trap="theta_flipped"
"""You have {yours}: θ was divided by the variance of y, so it says how x follows from y. CUPED predicts y
*from* the past. Whose variance belongs below?"""


def cuped(users):
    y, x = users["bookings"], users["pre_bookings"]
    x = x.fillna(x.mean())
    theta = np.cov(y, x)[0, 1] / y.var()
    adjusted = y - theta * (x - x.mean())
    means = adjusted.groupby(users["arm"]).mean()
    return {
        "difference": means["treatment"] - means["control"],
        "variance_reduction": np.corrcoef(y, x)[0, 1] ** 2,
    }


# %% wrong="cuped" trap="wrong_sign"
"""You have {yours}, more than the plain difference of 2. The treated had a head start, and your
adjustment made it larger instead of taking it away. What is the sign before θ?"""


def cuped(users):
    y, x = users["bookings"], users["pre_bookings"]
    x = x.fillna(x.mean())
    theta = np.cov(y, x)[0, 1] / x.var()
    adjusted = y + theta * (x - x.mean())
    means = adjusted.groupby(users["arm"]).mean()
    return {
        "difference": means["treatment"] - means["control"],
        "variance_reduction": np.corrcoef(y, x)[0, 1] ** 2,
    }


# %% wrong="cuped" trap="relative"
"""You have {yours}, the difference as a share of the control mean. That is a lift; here bookings per user
are asked for. Which step is one too many?"""


def cuped(users):
    y, x = users["bookings"], users["pre_bookings"]
    x = x.fillna(x.mean())
    theta = np.cov(y, x)[0, 1] / x.var()
    adjusted = y - theta * (x - x.mean())
    means = adjusted.groupby(users["arm"]).mean()
    return {
        "difference": (means["treatment"] - means["control"])
        / y[users["arm"] == "control"].mean(),
        "variance_reduction": np.corrcoef(y, x)[0, 1] ** 2,
    }


# %% wrong="cuped" trap="what_is_left" credit=0.6
"""As the reduction you have {yours}: the share of the variance that is *left*.
The more the past explains, the smaller your number gets. What share went away?"""


def cuped(users):
    y, x = users["bookings"], users["pre_bookings"]
    x = x.fillna(x.mean())
    theta = np.cov(y, x)[0, 1] / x.var()
    adjusted = y - theta * (x - x.mean())
    means = adjusted.groupby(users["arm"]).mean()
    return {
        "difference": means["treatment"] - means["control"],
        "variance_reduction": adjusted.var() / y.var(),
    }


# %% wrong="cuped" trap="within_reduction" credit=0.6
"""As the reduction you have {yours}: the squared correlation *within* the arms.
That is respectable, and nearly the same in a test with a small effect. The task takes all users
together, as for θ. What changes if the arm is left out?"""


def cuped(users):
    y, x = users["bookings"], users["pre_bookings"]
    x = x.fillna(x.mean())
    theta = np.cov(y, x)[0, 1] / x.var()
    adjusted = y - theta * (x - x.mean())
    means = adjusted.groupby(users["arm"]).mean()
    own_y = y - y.groupby(users["arm"]).transform("mean")
    own_x = x - x.groupby(users["arm"]).transform("mean")
    return {
        "difference": means["treatment"] - means["control"],
        "variance_reduction": np.corrcoef(own_y, own_x)[0, 1] ** 2,
    }


# %% wrong="cuped" trap="zeros_for_new" credit=0.5
"""You gave new users x = 0 ({yours}). That is a fact, and no bias: they did not book before. This
course gives them the mean, because a 0 says “a user we know who did not book”, and a new user is
somebody we know nothing about. What is the mean of those with a past?"""


def cuped(users):
    y, x = users["bookings"], users["pre_bookings"].fillna(0)
    theta = np.cov(y, x)[0, 1] / x.var()
    adjusted = y - theta * (x - x.mean())
    means = adjusted.groupby(users["arm"]).mean()
    return {
        "difference": means["treatment"] - means["control"],
        "variance_reduction": np.corrcoef(y, x)[0, 1] ** 2,
    }


# %% wrong="cuped" trap="rho_not_squared" credit=0.6
"""As the reduction you have {yours}: that is how large the correlation itself is. A correlation
of 0.5 takes away a quarter of the variance, not half: what is left is 1 − ρ². How much of the
variance goes with ρ = {correlation:.2f}? (From the errors of two effects you get the reduction within
the arms; the task takes all users together.)"""


def cuped(users):
    y, x = users["bookings"], users["pre_bookings"]
    x = x.fillna(x.mean())
    theta = np.cov(y, x)[0, 1] / x.var()
    adjusted = y - theta * (x - x.mean())
    means = adjusted.groupby(users["arm"]).mean()
    return {
        "difference": means["treatment"] - means["control"],
        "variance_reduction": np.corrcoef(y, x)[0, 1],
    }


# %% wrong="cuped" trap="error_not_variance" credit=0.6
"""As the reduction you have {yours}: by how much the *error* shrinks. The
task asks for the variance, the square of it, since users needed go with the variance: half the
variance is half the users. What is the ratio of the two variances?"""


def cuped(users):
    y, x = users["bookings"], users["pre_bookings"]
    x = x.fillna(x.mean())
    theta = np.cov(y, x)[0, 1] / x.var()
    adjusted = y - theta * (x - x.mean())
    means = adjusted.groupby(users["arm"]).mean()
    return {
        "difference": means["treatment"] - means["control"],
        "variance_reduction": 1 - adjusted.std() / y.std(),
    }


# %% right="cuped"
def cuped(users):
    known = users["pre_bookings"].mean()
    filled = users.assign(pre_bookings=users["pre_bookings"].fillna(known))
    found = pm.experiments.analyze(
        filled,
        {"y": pm.experiments.Mean("bookings", covariate_column="pre_bookings")},
        arm_column="arm",
    ).effect("y")
    return {
        "difference": found.difference,
        "variance_reduction": found.variance_reduction,
    }


# %% right="cuped"
def cuped(users):
    x = users["pre_bookings"].to_numpy(dtype=float)
    y = users["bookings"].to_numpy(dtype=float)
    x = np.where(np.isnan(x), np.nanmean(x), x)
    slope, _ = np.polyfit(x, y, 1)
    adjusted = y - slope * (x - x.mean())
    treated = (users["arm"] == "treatment").to_numpy()
    return {
        "difference": adjusted[treated].mean() - adjusted[~treated].mean(),
        "variance_reduction": 1 - adjusted.var() / y.var(),
    }


# %%
plain = clear.groupby("arm")["bookings"].mean()
found = numbers_in(
    result_of(cuped, clear[["arm", "pre_bookings", "sessions", "bookings"]].copy()),
    "difference",
    "variance_reduction",
)
if found is None or found["variance_reduction"] >= 1:
    print("Pass the check of M10-E5 first.")
else:
    print(
        f"clear-prices, bookings per user: {plain['treatment'] - plain['control']:+.3f} "
        f"as it stands, {found['difference']:+.3f} after CUPED. "
        f"{percent(found['variance_reduction'])} of the variance is gone, as if there "
        f"were {percent(1 / (1 - found['variance_reduction']) - 1)} more users."
    )

# %% [markdown] exercise="decide" objective="decide: ship, iterate or stop"
# ## M10-E6 · Ship, iterate or stop? (4 points)
#
# The plan names a **practical line**, the smallest lift worth the work, and for the guardrail
# a **margin**, the largest harm accepted (a negative number). The decision follows, in this
# order:
#
# 1. `srm_p_value` < 0.001: `"blocked"`. Nothing is read.
# 2. `effect_high` < `practical_line`: `"stop"`. Even the best that fits the data is too
#    little.
# 3. `"ship"` if all of these hold: `effect_low` > `practical_line`; `guardrail_low` >
#    `guardrail_margin`; `full_weeks` is at least 2; no fading (`effect_last_week` is at
#    least half of `effect_week_1`); and not too good to be true (`effect` at most 0.25;
#    *Twyman's law*: what looks too interesting is usually wrong).
# 4. Everything else: `"iterate"`. Run longer, mend, look for the error.
#
# (The lesson compared two early with two late weeks; a plan may do either if it says so
# before.)
#
# Six more tests of other teams, R1 to R6, wait for you after the check, which has small
# tests of its own, T1 to T12. Write three functions.
#
# - `decide(readouts)`: the table has one row per test, with the columns named above and
#   `readout`, its name. Return a dictionary: name → decision.
# - `false_winner_risk(success_share, power, alpha)`: of the tests that show a significant
#   *rise*, which share has no effect at all? With π the share of ideas that work: of the
#   (1 − π) that don't, alpha / 2 show a rise by chance; of the π that do, the share `power`
#   shows it.
# - `brier(stated, happened)`: how good were the chances you stated in advance? `stated`
#   is a list of chances (fractions), `happened` a list of `True` or `False`. The Brier
#   score is the mean of (chance − outcome)², with outcome 1 or 0. 0 is perfect.
#
# **Done when** the decisions are exact, the risk is a fraction within 0.5 %, and the score
# too. The decisions earn half of the points, the two others a quarter each.


# %% solution="decide"
def decide(readouts):
    """Return {readout: "ship", "iterate", "stop" or "blocked"}."""
    ### BEGIN SOLUTION
    decisions = {}
    for row in readouts.itertuples():
        worth_it = row.effect_low > row.practical_line
        harmless = row.guardrail_low > row.guardrail_margin
        lasting = row.effect_last_week >= row.effect_week_1 / 2
        if row.srm_p_value < 0.001:
            decision = "blocked"
        elif row.effect_high < row.practical_line:
            decision = "stop"
        elif worth_it and harmless and lasting and row.full_weeks >= 2:
            decision = "ship" if row.effect <= 0.25 else "iterate"
        else:
            decision = "iterate"
        decisions[row.readout] = decision
    return decisions
    ### END SOLUTION


def false_winner_risk(success_share, power, alpha):
    """Return the share of significant rises that have no effect, a fraction."""
    ### BEGIN SOLUTION
    by_chance = alpha / 2 * (1 - success_share)
    return by_chance / (by_chance + power * success_share)
    ### END SOLUTION


def brier(stated, happened):
    """Return the mean of (chance - outcome)^2."""
    ### BEGIN SOLUTION
    misses = [(chance - came) ** 2 for chance, came in zip(stated, happened)]
    return sum(misses) / len(misses)
    ### END SOLUTION


# %% checks="decide" points=4
with pm.checks.exercise("decide", points=4, read="Lesson 10, section 8") as check:
    OPTIONS = ["ship", "iterate", "stop", "blocked"]
    columns = [
        *("readout", "srm_p_value", "effect", "effect_low", "effect_high"),
        *("guardrail_low", "full_weeks", "effect_week_1", "effect_last_week"),
    ]
    small = pd.DataFrame(
        [
            ("T1 clear win", 0.004, 0.05, 0.03, 0.07, -0.003, 2.0, 0.060, 0.036),
            ("T2 too little", 0.70, -0.01, -0.03, 0.01, -0.003, 4.0, -0.01, -0.01),
            ("T3 short test", 0.20, 0.03, -0.04, 0.10, -0.003, 3.0, 0.03, 0.03),
            ("T4 guardrail", 0.55, 0.06, 0.04, 0.08, -0.040, 3.0, 0.06, 0.06),
            ("T5 fading", 0.31, 0.06, 0.04, 0.08, -0.003, 2.0, 0.10, 0.04),
            ("T6 huge", 0.50, 0.31, 0.28, 0.34, -0.003, 3.0, 0.32, 0.30),
            ("T7 broken split", 0.00002, 0.08, 0.05, 0.11, -0.003, 3.0, 0.08, 0.08),
            ("T8 one week", 0.90, 0.07, 0.05, 0.09, -0.003, 1.0, 0.07, 0.07),
            ("T9 near the line", 0.12, 0.015, 0.005, 0.025, -0.003, 4.0, 0.016, 0.014),
            ("T10 lost users", 0.0004, -0.02, -0.04, 0.00, -0.003, 3.0, -0.02, -0.02),
            ("T11 large win", 0.60, 0.22, 0.17, 0.27, -0.030, 4.0, 0.23, 0.21),
            ("T12 much work", 0.45, 0.06, 0.04, 0.08, -0.003, 3.0, 0.06, 0.06),
        ],
        columns=columns,
    )
    small["practical_line"] = [0.02] * 11 + [0.05]
    small["guardrail_margin"] = [-0.02] * 10 + [-0.05, -0.02]
    check.show("the twelve small readouts", small)
    right = dict.fromkeys(small["readout"], "iterate") | {
        **dict.fromkeys(["T1 clear win", "T11 large win"], "ship"),
        "T2 too little": "stop",
        **dict.fromkeys(["T7 broken split", "T10 lost users"], "blocked"),
    }
    EARNS = {"decide": 0.5, "false_winner_risk": 0.25, "brier": 0.25}
    stands = dict.fromkeys(EARNS, True)

    def note(name, make, truth):
        """Remember whether one of the three functions gives what is right."""
        agrees = False
        with contextlib.suppress(Exception, SystemExit):
            found = make()
            agrees = (
                {key: str(word) for key, word in found.items()} == truth
                if isinstance(truth, dict)
                else bool(abs(found - truth) <= 0.005 * truth)
            )
        stands[name] = stands[name] and agrees

    note("decide", lambda: decide(small.copy()), right)
    with check.part("`decide`", keeps=0.5):
        check.labels(
            decide(small.copy()),
            right,
            options=OPTIONS,
            what="the twelve decisions",
            traps={
                "ships_on_estimate": {"T3 short test": "ship"},
                "ships_on_p": dict.fromkeys(
                    ["T4 guardrail", "T5 fading", "T6 huge", "T8 one week"], "ship"
                ),
                "reads_blocked": {"T7 broken split": "ship"},
                "srm_late": {"T10 lost users": "stop"},
                "srm_level": {"T1 clear win": "blocked"},
                "zero_line": {"T9 near the line": "ship"},
                "flat_is_zero": {"T3 short test": "stop"},
                "stops_on_estimate": {"T9 near the line": "stop"},
                "stops_below_zero": {"T2 too little": "iterate"},
                "rail_stops": {"T4 guardrail": "stop"},
                "ignores_guardrail": {"T4 guardrail": "ship"},
                "novelty_as_lift": {"T5 fading": "ship"},
                "too_good": {"T6 huge": "ship"},
                "first_week": {"T8 one week": "ship"},
                "line_typed_in": {"T12 much work": "ship"},
                "too_strict": {"T1 clear win": "iterate"},
                "top_too_good": {"T11 large win": "iterate"},
            },
            idea="Take one row and go through the four rules from the top; the first "
            "that holds decides.",
            keeps=0.5,
        )
    # 100 of 1,000 ideas work, 80 show it; of 900 others 22.5 show a rise.
    # 300 of 1,000 ideas work, 150 show it; of 700 others 35 show a rise.
    note("false_winner_risk", lambda: false_winner_risk(0.10, 0.80, 0.05), 22.5 / 102.5)
    first_is_right = stands["false_winner_risk"]
    note("false_winner_risk", lambda: false_winner_risk(0.30, 0.50, 0.10), 35 / 185)
    with check.part("`false_winner_risk`", keeps=0.75):
        check.number(
            false_winner_risk(0.10, 0.80, 0.05),
            22.5 / 102.5,
            what="`false_winner_risk(0.1, 0.8, 0.05)`",
            traps={
                "p_is_prob_null": 0.05,
                "both_directions": 45 / 125,
                "share_of_all_tests": 0.0225,
                "forgets_power": 22.5 / 122.5,
                "true_winners": 80 / 102.5,
                "odds": 22.5 / 80,
            },
            facts={"good": 80},
            idea="Think of 1,000 ideas. How many show a rise, and how many of those do "
            "nothing?",
            keeps=0.75,
        )
        if first_is_right:
            check.number(
                false_winner_risk(0.30, 0.50, 0.10),
                35 / 185,
                what="`false_winner_risk(0.3, 0.5, 0.1)`",
                traps={"typed_in": 17.5 / 257.5},
                idea="For (0.1, 0.8, 0.05) it is right. Does every number come from the "
                "arguments?",
                keeps=0.75,
            )
    note(
        "brier", lambda: brier([0.9, 0.6, 0.2, 0.5], [True, False, False, True]), 0.165
    )
    with check.part("`brier`", keeps=0.75):
        check.number(
            brier([0.9, 0.6, 0.2, 0.5], [True, False, False, True]),
            0.165,  # (0.01 + 0.36 + 0.04 + 0.25) / 4
            what="the Brier score of four predictions",
            traps={
                "hit_rate": 0.5,
                "absolute_distance": 0.35,
                "sum_of_squares": 0.66,
                "root": 0.165**0.5,
            },
            idea="One distance per prediction, squared; then their mean.",
            keeps=0.75,
        )
    ### BEGIN HIDDEN TESTS
    for variant in pm.checks.variants(3):
        dice = pm.checks.rng(variant)
        usual = dice.uniform(0.01, 0.03), -dice.uniform(0.01, 0.03)
        kinds = ["win", "loss", "small", "guard", "fade", "huge", "srm", "week", "near"]
        kinds += ["lost", "large", "work"]
        rows, truth = [], {}
        for number, kind in enumerate(dice.permutation(kinds)):
            half, (line, margin) = dice.uniform(0.01, 0.02), usual
            found = line + half + dice.uniform(0.005, 0.03)
            if kind in ("loss", "lost"):
                found = line - half - dice.uniform(0.001, 0.005)
                found = min(found, 0.6 * half)
            elif kind == "small":
                found, half = line * dice.uniform(1.2, 1.8), dice.uniform(0.06, 0.08)
            elif kind == "huge":
                found = dice.uniform(0.28, 0.45)
            elif kind == "large":
                found, half = dice.uniform(0.21, 0.24), dice.uniform(0.05, 0.08)
                margin = 4 * margin
            elif kind == "work":
                found = dice.uniform(0.07, 0.09)
                line = found - half / 2
            elif kind == "near":
                found, half = line * dice.uniform((0.7, 0.45), (0.9, 0.65))
            first = found * dice.uniform(0.95, 1.05)
            fading = kind == "fade"
            rows.append(
                {
                    "readout": f"X{number}",
                    "srm_p_value": dice.uniform(0, 9e-4)
                    if kind in ("srm", "lost")
                    else dice.uniform(0.002, 0.009 if kind == "win" else 1),
                    "effect": found,
                    "effect_low": found - half,
                    "effect_high": found + half,
                    "practical_line": line,
                    "guardrail_low": margin * (1.6 if kind == "guard" else 0.5),
                    "guardrail_margin": margin,
                    "full_weeks": {"week": 1.0, "win": 2.0}.get(
                        str(kind), dice.integers(2, 5) + 0.0
                    ),
                    "effect_week_1": (1.7 if fading else 1.2) * first,
                    "effect_last_week": (0.6 if fading else 0.8) * first,
                }
            )
            truth[f"X{number}"] = {
                "win": "ship",
                "large": "ship",
                "loss": "stop",
                "srm": "blocked",
                "lost": "blocked",
            }.get(str(kind), "iterate")
        data = pd.DataFrame(rows)
        note("decide", lambda data=data: decide(data.copy()), truth)
        with check.part("`decide` elsewhere", keeps=0.5):
            check.labels(
                decide(data.copy()),
                truth,
                options=OPTIONS,
                what="other decisions",
                keeps=0.5,
            )
        share, power = dice.uniform(0.05, 0.3), dice.uniform(0.6, 0.75)
        alpha = dice.choice([0.02, 0.04, 0.1])
        note(
            "false_winner_risk",
            lambda given=(share, power, alpha): false_winner_risk(*given),
            pm.experiments.false_positive_risk(share, power=power, alpha=alpha),
        )
        with check.part("`false_winner_risk` elsewhere", keeps=0.75):
            check.number(
                false_winner_risk(share, power, alpha),
                pm.experiments.false_positive_risk(share, power=power, alpha=alpha),
                what="the risk with other numbers",
                traps={
                    "both_directions": pm.experiments.false_positive_risk(
                        share, power=power, alpha=alpha, winners="both_directions"
                    )
                },
                keeps=0.75,
            )
        stated = [round(chance, 2) for chance in dice.uniform(0.6, 0.95, 6).tolist()]
        happened = dice.permutation([True, True, True, True, False, False]).tolist()
        stated[:3] = [round(1 - chance, 2) for chance in stated[:3]]
        happened[:3] = [not came for came in happened[:3]]
        note(
            "brier",
            lambda given=(stated, happened): brier(*map(list, given)),
            pm.experiments.brier_score(stated, happened).score,
        )
        with check.part("`brier` elsewhere", keeps=0.75):
            check.number(
                brier(list(stated), list(happened)),
                pm.experiments.brier_score(stated, happened).score,
                what="the Brier score of other predictions",
                keeps=0.75,
            )
    ### END HIDDEN TESTS
    if sum(stands.values()) < 2:  # the points of the three are added up
        check.labels(
            {name: "right" if stands[name] else "not yet" for name in EARNS},
            dict.fromkeys(EARNS, "right"),
            options=["right", "not yet"],
            what="the three functions",
            idea="`decide` earns half of the points, the two others a quarter each.",
            keeps=sum(EARNS[name] for name in EARNS if stands[name]),
        )
check.verdict()

# %% [markdown] hint="decide"
# The order of the rules matters: trust, then “too little”, then everything that shipping asks
# for, then the rest. A significant result alone is one condition of many.

# %% [markdown] hint="decide"
# Go row by row with `if`, `elif`, `else`. For the risk, count in 1,000 ideas: rises that are
# real, and rises by chance; then one share. For the score, pair each chance with its outcome
# (`True` counts as 1).

# %% [markdown] hint="decide"
# With 100 good ideas in 1,000, power 80 % and alpha 5 %: 80 real rises and 900 × 0.025 by
# chance. Which share of the sum is by chance? For the score, 0.9 and `True` give
# (0.9 − 1)².

# %% wrong="decide" trap="ships_on_p" credit=0.5
"""You have {yours}. It looks as if an interval above 0 (p < 0.05) was enough to ship. Among
them are one whose guardrail breaks, one that fades, one that ran for a week, and one too good to be
true. Significance says “probably not nothing”. What else did the plan ask for?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        if row.effect_low > 0:
            decisions[row.readout] = "ship"
        elif row.effect_high < 0:
            decisions[row.readout] = "stop"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    return pm.experiments.false_positive_risk(success_share, power=power, alpha=alpha)


def brier(stated, happened):
    return pm.experiments.brier_score(stated, happened).score


# %% wrong="decide" trap="ships_on_estimate" credit=0.5
"""You have {yours}. The best estimate of T3 is above the line, but its interval runs from −4 % to +10 %,
so a loss fits the data as well. An estimate alone does not say how sure you may be. Which end of the
interval does rule 3 look at?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        lasting = row.effect_last_week >= row.effect_week_1 / 2
        fine = row.guardrail_low > row.guardrail_margin and row.full_weeks >= 2
        if row.srm_p_value < 0.001:
            decisions[row.readout] = "blocked"
        elif row.effect_high < row.practical_line:
            decisions[row.readout] = "stop"
        elif row.effect > row.practical_line and fine and lasting:
            decisions[row.readout] = "ship" if row.effect <= 0.25 else "iterate"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    return pm.experiments.false_positive_risk(success_share, power=power, alpha=alpha)


def brier(stated, happened):
    return pm.experiments.brier_score(stated, happened).score


# %% wrong="decide" trap="rail_stops" credit=0.5
"""You have {yours}. T4 gains more than the line asks for, and its guardrail may be broken. That forbids
to ship it; it does not say that the idea is worth nothing. `"stop"` has one reason only: even the best
that fits is too little. What is left for T4: mend, and test again?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        lasting = row.effect_last_week >= row.effect_week_1 / 2
        fine = row.guardrail_low > row.guardrail_margin and row.full_weeks >= 2
        if row.srm_p_value < 0.001:
            decisions[row.readout] = "blocked"
        elif row.effect_high < row.practical_line:
            decisions[row.readout] = "stop"
        elif row.effect_low > row.practical_line and fine and lasting:
            decisions[row.readout] = "ship" if row.effect <= 0.25 else "iterate"
        elif row.guardrail_low <= row.guardrail_margin:
            decisions[row.readout] = "stop"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    return pm.experiments.false_positive_risk(success_share, power=power, alpha=alpha)


def brier(stated, happened):
    return pm.experiments.brier_score(stated, happened).score


# %% wrong="decide" trap="line_typed_in" credit=0.5
"""You have {yours}. T12 is much work, so its plan asks for 5 %, not for 2 % as the others do, and its
interval begins at 4 %. Is a number typed in where each test has its own `practical_line`?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        lasting = row.effect_last_week >= row.effect_week_1 / 2
        fine = row.guardrail_low > row.guardrail_margin and row.full_weeks >= 2
        if row.srm_p_value < 0.001:
            decisions[row.readout] = "blocked"
        elif row.effect_high < 0.02:
            decisions[row.readout] = "stop"
        elif row.effect_low > 0.02 and fine and lasting:
            decisions[row.readout] = "ship" if row.effect <= 0.25 else "iterate"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    return pm.experiments.false_positive_risk(success_share, power=power, alpha=alpha)


def brier(stated, happened):
    return pm.experiments.brier_score(stated, happened).score


# %% wrong="decide" trap="too_strict" credit=0.5
"""You have {yours}. T1 just meets every condition: two full weeks, a last week (3.6 %) above half of the
first (6 %), and a guardrail that may be down by 0.3 %, where 2 % were accepted. Which of your conditions asks
for more than rule 3 does?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        lasting = row.effect_last_week >= row.effect_week_1 / 2
        fine = row.guardrail_low > row.guardrail_margin and row.full_weeks > 2
        if row.srm_p_value < 0.001:
            decisions[row.readout] = "blocked"
        elif row.effect_high < row.practical_line:
            decisions[row.readout] = "stop"
        elif row.effect_low > row.practical_line and fine and lasting:
            decisions[row.readout] = "ship" if row.effect <= 0.25 else "iterate"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    return pm.experiments.false_positive_risk(success_share, power=power, alpha=alpha)


def brier(stated, happened):
    return pm.experiments.brier_score(stated, happened).score


# %% wrong="decide" trap="top_too_good" credit=0.5
"""You have {yours}. T11 has an effect of 22 %, below 25 %; only the upper end of its interval is above.
And its guardrail may be down by 3 %, where its own plan accepts 5 %. Which column does Twyman's condition
look at, and is a margin typed in?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        lasting = row.effect_last_week >= row.effect_week_1 / 2
        fine = row.guardrail_low > row.guardrail_margin and row.full_weeks >= 2
        if row.srm_p_value < 0.001:
            decisions[row.readout] = "blocked"
        elif row.effect_high < row.practical_line:
            decisions[row.readout] = "stop"
        elif row.effect_low > row.practical_line and fine and lasting:
            decisions[row.readout] = "ship" if row.effect_high <= 0.25 else "iterate"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    return pm.experiments.false_positive_risk(success_share, power=power, alpha=alpha)


def brier(stated, happened):
    return pm.experiments.brier_score(stated, happened).score


# %% wrong="decide" trap="zero_line" credit=0.5
"""You have {yours}. T9 is above 0, but most of what fits its data is not worth the work. It looks as
if the interval was compared with 0 instead of the practical line. Against which column is an effect to
be measured?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        lasting = row.effect_last_week >= row.effect_week_1 / 2
        fine = row.guardrail_low > row.guardrail_margin and row.full_weeks >= 2
        if row.srm_p_value < 0.001:
            decisions[row.readout] = "blocked"
        elif row.effect_high < 0:
            decisions[row.readout] = "stop"
        elif row.effect_low > 0 and fine and lasting and row.effect <= 0.25:
            decisions[row.readout] = "ship"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    return pm.experiments.false_positive_risk(success_share, power=power, alpha=alpha)


def brier(stated, happened):
    return pm.experiments.brier_score(stated, happened).score


# %% wrong="decide" trap="srm_late" credit=0.5
"""You have {yours}. T10 may look like a clear loss, but its split is broken: those who would have gained
may be the ones who are missing. A stop is a reading, too. Which rule comes before all others?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        lasting = row.effect_last_week >= row.effect_week_1 / 2
        fine = row.guardrail_low > row.guardrail_margin and row.full_weeks >= 2
        if row.effect_high < row.practical_line:
            decisions[row.readout] = "stop"
        elif row.srm_p_value < 0.001:
            decisions[row.readout] = "blocked"
        elif row.effect_low > row.practical_line and fine and lasting:
            decisions[row.readout] = "ship" if row.effect <= 0.25 else "iterate"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    return pm.experiments.false_positive_risk(success_share, power=power, alpha=alpha)


def brier(stated, happened):
    return pm.experiments.brier_score(stated, happened).score


# %% wrong="decide" trap="srm_level" credit=0.5
"""You have {yours}. T1 has p = 0.004 for its split. Chance does that in one healthy test of 250,
and a gate at 1 % or 5 % would throw all of them away. Which level does rule 1 name?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        lasting = row.effect_last_week >= row.effect_week_1 / 2
        fine = row.guardrail_low > row.guardrail_margin and row.full_weeks >= 2
        if row.srm_p_value < 0.05:
            decisions[row.readout] = "blocked"
        elif row.effect_high < row.practical_line:
            decisions[row.readout] = "stop"
        elif row.effect_low > row.practical_line and fine and lasting:
            decisions[row.readout] = "ship" if row.effect <= 0.25 else "iterate"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    return pm.experiments.false_positive_risk(success_share, power=power, alpha=alpha)


def brier(stated, happened):
    return pm.experiments.brier_score(stated, happened).score


# %% wrong="decide" trap="stops_on_estimate" credit=0.5
"""You have {yours}. The best estimate of T9 lies below the line, but gains above the line fit its data
as well. A stop says: even the best that fits is too little. Which end of the interval tells
that?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        lasting = row.effect_last_week >= row.effect_week_1 / 2
        fine = row.guardrail_low > row.guardrail_margin and row.full_weeks >= 2
        if row.srm_p_value < 0.001:
            decisions[row.readout] = "blocked"
        elif row.effect < row.practical_line:
            decisions[row.readout] = "stop"
        elif row.effect_low > row.practical_line and fine and lasting:
            decisions[row.readout] = "ship" if row.effect <= 0.25 else "iterate"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    return pm.experiments.false_positive_risk(success_share, power=power, alpha=alpha)


def brier(stated, happened):
    return pm.experiments.brier_score(stated, happened).score


# %% wrong="decide" trap="stops_below_zero" credit=0.5
"""You have {yours}. The best that fits T2 is a gain of 1 %, and the plan asks for 2 %: running longer
can't make it worth the work. It need not be a loss to be stopped. Against what is the upper end
compared?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        lasting = row.effect_last_week >= row.effect_week_1 / 2
        fine = row.guardrail_low > row.guardrail_margin and row.full_weeks >= 2
        if row.srm_p_value < 0.001:
            decisions[row.readout] = "blocked"
        elif row.effect_high < 0:
            decisions[row.readout] = "stop"
        elif row.effect_low > row.practical_line and fine and lasting:
            decisions[row.readout] = "ship" if row.effect <= 0.25 else "iterate"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    return pm.experiments.false_positive_risk(success_share, power=power, alpha=alpha)


def brier(stated, happened):
    return pm.experiments.brier_score(stated, happened).score


# %% wrong="decide" trap="flat_is_zero" credit=0.5
"""You have {yours}. The interval of T3 runs from −4 % to +10 %: a loss fits, and so does a gain five
times the line. The test was too short to tell, and “no evidence of an effect” is not “evidence of
no effect”. A low *lower* end stops nothing. Which rule fits an interval that contains the line?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        lasting = row.effect_last_week >= row.effect_week_1 / 2
        fine = row.guardrail_low > row.guardrail_margin and row.full_weeks >= 2
        if row.srm_p_value < 0.001:
            decisions[row.readout] = "blocked"
        elif row.effect_high < row.practical_line or row.effect_low < 0:
            decisions[row.readout] = "stop"
        elif row.effect_low > row.practical_line and fine and lasting:
            decisions[row.readout] = "ship" if row.effect <= 0.25 else "iterate"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    return pm.experiments.false_positive_risk(success_share, power=power, alpha=alpha)


def brier(stated, happened):
    return pm.experiments.brier_score(stated, happened).score


# %% wrong="decide" trap="ignores_guardrail" credit=0.5
"""You have {yours}. T4 gains 6 % on its primary metric, while its guardrail may be down by 4 %, twice
the harm that was accepted. Somebody else pays for that gain: the cleaners, or support. The margin
was set before the test so that a nice number can't talk it away. Which two columns are compared?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        lasting = row.effect_last_week >= row.effect_week_1 / 2 and row.full_weeks >= 2
        if row.srm_p_value < 0.001:
            decisions[row.readout] = "blocked"
        elif row.effect_high < row.practical_line:
            decisions[row.readout] = "stop"
        elif row.effect_low > row.practical_line and lasting and row.effect <= 0.25:
            decisions[row.readout] = "ship"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    return pm.experiments.false_positive_risk(success_share, power=power, alpha=alpha)


def brier(stated, happened):
    return pm.experiments.brier_score(stated, happened).score


# %% wrong="decide" trap="novelty_as_lift" credit=0.5
"""You have {yours}. T5 shows 6 % on average: 10 % in the first week, 4 % in the last. People tried what was new and went back. The average over the test describes no week to come. Which
of the two weeks is closer to next year?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        fine = row.guardrail_low > row.guardrail_margin and row.full_weeks >= 2
        if row.srm_p_value < 0.001:
            decisions[row.readout] = "blocked"
        elif row.effect_high < row.practical_line:
            decisions[row.readout] = "stop"
        elif row.effect_low > row.practical_line and fine and row.effect <= 0.25:
            decisions[row.readout] = "ship"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    return pm.experiments.false_positive_risk(success_share, power=power, alpha=alpha)


def brier(stated, happened):
    return pm.experiments.brier_score(stated, happened).score


# %% wrong="decide" trap="too_good" credit=0.5
"""You have {yours}. T6 says +31 %. Few changes to a working product do that; a double log line, a
bot, or a control page that failed to load does it easily. Twyman's law: look for the error before
the party. Which condition of rule 3 is about the size of the effect?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        lasting = row.effect_last_week >= row.effect_week_1 / 2
        fine = row.guardrail_low > row.guardrail_margin and row.full_weeks >= 2
        if row.srm_p_value < 0.001:
            decisions[row.readout] = "blocked"
        elif row.effect_high < row.practical_line:
            decisions[row.readout] = "stop"
        elif row.effect_low > row.practical_line and fine and lasting:
            decisions[row.readout] = "ship"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    return pm.experiments.false_positive_risk(success_share, power=power, alpha=alpha)


def brier(stated, happened):
    return pm.experiments.brier_score(stated, happened).score


# %% wrong="decide" trap="reads_blocked" credit=0.5
"""You have {yours}. T7 has a split that comes up twice in 100,000 tests if assignment works. Whoever
is missing from one arm is missing from the effect, so its 8 % is a number about nobody. Which rule
comes before all others?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        lasting = row.effect_last_week >= row.effect_week_1 / 2
        fine = row.guardrail_low > row.guardrail_margin and row.full_weeks >= 2
        if row.effect_high < row.practical_line:
            decisions[row.readout] = "stop"
        elif row.effect_low > row.practical_line and fine and lasting:
            decisions[row.readout] = "ship" if row.effect <= 0.25 else "iterate"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    return pm.experiments.false_positive_risk(success_share, power=power, alpha=alpha)


def brier(stated, happened):
    return pm.experiments.brier_score(stated, happened).score


# %% wrong="decide" trap="first_week" credit=0.5
"""You have {yours}. T8 ran for one week. Homes are cleaned on some weekdays more than on others, and
who visits daily is over-counted in a short test. One holiday could carry the whole result. How many
full weeks does rule 3 ask for?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        lasting = row.effect_last_week >= row.effect_week_1 / 2
        fine = row.guardrail_low > row.guardrail_margin
        if row.srm_p_value < 0.001:
            decisions[row.readout] = "blocked"
        elif row.effect_high < row.practical_line:
            decisions[row.readout] = "stop"
        elif row.effect_low > row.practical_line and fine and lasting:
            decisions[row.readout] = "ship" if row.effect <= 0.25 else "iterate"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    return pm.experiments.false_positive_risk(success_share, power=power, alpha=alpha)


def brier(stated, happened):
    return pm.experiments.brier_score(stated, happened).score


# %% wrong="decide" trap="p_is_prob_null" credit=0.75
"""As the risk you have {yours}, which is alpha. That is how often a change
that does *nothing* looks significant. The question runs the other way: of those that look
significant, how many do nothing? If good ideas are rare, the duds have many more chances to slip
through. Of 1,000 ideas {good} are good and show it; how many of the others show a rise?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        lasting = row.effect_last_week >= row.effect_week_1 / 2
        fine = row.guardrail_low > row.guardrail_margin and row.full_weeks >= 2
        if row.srm_p_value < 0.001:
            decisions[row.readout] = "blocked"
        elif row.effect_high < row.practical_line:
            decisions[row.readout] = "stop"
        elif row.effect_low > row.practical_line and fine and lasting:
            decisions[row.readout] = "ship" if row.effect <= 0.25 else "iterate"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    return alpha


def brier(stated, happened):
    return pm.experiments.brier_score(stated, happened).score


# %% wrong="decide" trap="both_directions" credit=0.75
"""You have {yours}: you counted false alarms in both directions. Some
authors do. This course asks about *rises*, the ones that get shipped, and only half of the false
alarms of a two-sided test look like a rise. What is alpha / 2?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        lasting = row.effect_last_week >= row.effect_week_1 / 2
        fine = row.guardrail_low > row.guardrail_margin and row.full_weeks >= 2
        if row.srm_p_value < 0.001:
            decisions[row.readout] = "blocked"
        elif row.effect_high < row.practical_line:
            decisions[row.readout] = "stop"
        elif row.effect_low > row.practical_line and fine and lasting:
            decisions[row.readout] = "ship" if row.effect <= 0.25 else "iterate"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    return pm.experiments.false_positive_risk(
        success_share, power=power, alpha=alpha, winners="both_directions"
    )


def brier(stated, happened):
    return pm.experiments.brier_score(stated, happened).score


# %% wrong="decide" trap="share_of_all_tests" credit=0.75
"""{yours} is the share of *all* tests that are false winners. Most tests
show no rise at all and are not in the room when you celebrate. The question is about those that do
show one. By what must you divide?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        lasting = row.effect_last_week >= row.effect_week_1 / 2
        fine = row.guardrail_low > row.guardrail_margin and row.full_weeks >= 2
        if row.srm_p_value < 0.001:
            decisions[row.readout] = "blocked"
        elif row.effect_high < row.practical_line:
            decisions[row.readout] = "stop"
        elif row.effect_low > row.practical_line and fine and lasting:
            decisions[row.readout] = "ship" if row.effect <= 0.25 else "iterate"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    return alpha / 2 * (1 - success_share)


def brier(stated, happened):
    return pm.experiments.brier_score(stated, happened).score


# %% wrong="decide" trap="true_winners" credit=0.75
"""As the risk you have {yours}: the share of winners that *do* work. The risk is about the others.
Which of the two counts belongs above?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        lasting = row.effect_last_week >= row.effect_week_1 / 2
        fine = row.guardrail_low > row.guardrail_margin and row.full_weeks >= 2
        if row.srm_p_value < 0.001:
            decisions[row.readout] = "blocked"
        elif row.effect_high < row.practical_line:
            decisions[row.readout] = "stop"
        elif row.effect_low > row.practical_line and fine and lasting:
            decisions[row.readout] = "ship" if row.effect <= 0.25 else "iterate"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    by_chance = alpha / 2 * (1 - success_share)
    real = power * success_share
    return real / (by_chance + real)


def brier(stated, happened):
    return pm.experiments.brier_score(stated, happened).score


# %% wrong="decide" trap="odds" credit=0.75
"""As the risk you have {yours}: false winners for each *true* one. A share is taken of all winners,
true and false together. What is the sum of the two?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        lasting = row.effect_last_week >= row.effect_week_1 / 2
        fine = row.guardrail_low > row.guardrail_margin and row.full_weeks >= 2
        if row.srm_p_value < 0.001:
            decisions[row.readout] = "blocked"
        elif row.effect_high < row.practical_line:
            decisions[row.readout] = "stop"
        elif row.effect_low > row.practical_line and fine and lasting:
            decisions[row.readout] = "ship" if row.effect <= 0.25 else "iterate"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    by_chance = alpha / 2 * (1 - success_share)
    return by_chance / (power * success_share)


def brier(stated, happened):
    return pm.experiments.brier_score(stated, happened).score


# %% wrong="decide" trap="typed_in" credit=0.75
"""You have {yours}. For the other three numbers the risk is right. Does a 0.8 or 0.05 stand in your
function that should be `power` or `alpha`?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        lasting = row.effect_last_week >= row.effect_week_1 / 2
        fine = row.guardrail_low > row.guardrail_margin and row.full_weeks >= 2
        if row.srm_p_value < 0.001:
            decisions[row.readout] = "blocked"
        elif row.effect_high < row.practical_line:
            decisions[row.readout] = "stop"
        elif row.effect_low > row.practical_line and fine and lasting:
            decisions[row.readout] = "ship" if row.effect <= 0.25 else "iterate"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    by_chance = 0.025 * (1 - success_share)
    return by_chance / (by_chance + 0.8 * success_share)


def brier(stated, happened):
    return pm.experiments.brier_score(stated, happened).score


# %% wrong="decide" trap="forgets_power" credit=0.75
"""For the risk you have {yours}: there every idea that works shows it. A
test with power 80 % misses one of five, so there are fewer true winners, and the false ones make up
more of the rest. How many of 100 good ideas show a rise?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        lasting = row.effect_last_week >= row.effect_week_1 / 2
        fine = row.guardrail_low > row.guardrail_margin and row.full_weeks >= 2
        if row.srm_p_value < 0.001:
            decisions[row.readout] = "blocked"
        elif row.effect_high < row.practical_line:
            decisions[row.readout] = "stop"
        elif row.effect_low > row.practical_line and fine and lasting:
            decisions[row.readout] = "ship" if row.effect <= 0.25 else "iterate"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    by_chance = alpha / 2 * (1 - success_share)
    return by_chance / (by_chance + success_share)


def brier(stated, happened):
    return pm.experiments.brier_score(stated, happened).score


# %% wrong="decide" trap="hit_rate" credit=0.75
"""As the Brier score you have {yours}, the share of hits. It can't tell
“51 %” from “99 %”, so it rewards nobody for knowing how sure to be. How far is each
chance from 1 (it came) or 0 (it did not)?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        lasting = row.effect_last_week >= row.effect_week_1 / 2
        fine = row.guardrail_low > row.guardrail_margin and row.full_weeks >= 2
        if row.srm_p_value < 0.001:
            decisions[row.readout] = "blocked"
        elif row.effect_high < row.practical_line:
            decisions[row.readout] = "stop"
        elif row.effect_low > row.practical_line and fine and lasting:
            decisions[row.readout] = "ship" if row.effect <= 0.25 else "iterate"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    return pm.experiments.false_positive_risk(success_share, power=power, alpha=alpha)


def brier(stated, happened):
    hits = [(chance > 0.5) == came for chance, came in zip(stated, happened)]
    return sum(hits) / len(hits)


# %% wrong="decide" trap="absolute_distance" credit=0.75
"""As the Brier score you have {yours}, the mean *absolute* distance. With it
the best answer to a belief of 70 % is to say 100 %. The square punishes one bold miss more than two
timid ones, so that saying what you believe is best. What is missing before the mean?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        lasting = row.effect_last_week >= row.effect_week_1 / 2
        fine = row.guardrail_low > row.guardrail_margin and row.full_weeks >= 2
        if row.srm_p_value < 0.001:
            decisions[row.readout] = "blocked"
        elif row.effect_high < row.practical_line:
            decisions[row.readout] = "stop"
        elif row.effect_low > row.practical_line and fine and lasting:
            decisions[row.readout] = "ship" if row.effect <= 0.25 else "iterate"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    return pm.experiments.false_positive_risk(success_share, power=power, alpha=alpha)


def brier(stated, happened):
    return np.mean([abs(chance - came) for chance, came in zip(stated, happened)])


# %% wrong="decide" trap="sum_of_squares" credit=0.75
"""As the Brier score you have {yours}, a sum. It grows with each further
prediction, so who says little always wins. What makes it comparable between people?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        lasting = row.effect_last_week >= row.effect_week_1 / 2
        fine = row.guardrail_low > row.guardrail_margin and row.full_weeks >= 2
        if row.srm_p_value < 0.001:
            decisions[row.readout] = "blocked"
        elif row.effect_high < row.practical_line:
            decisions[row.readout] = "stop"
        elif row.effect_low > row.practical_line and fine and lasting:
            decisions[row.readout] = "ship" if row.effect <= 0.25 else "iterate"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    return pm.experiments.false_positive_risk(success_share, power=power, alpha=alpha)


def brier(stated, happened):
    return sum((chance - came) ** 2 for chance, came in zip(stated, happened))


# %% wrong="decide" trap="root" credit=0.75
"""As the Brier score you have {yours}: the root was taken at the end. Brier's
score stays squared: always saying 50 % is worth 0.25 on it. Which step is one too many?"""


def decide(readouts):
    decisions = {}
    for row in readouts.itertuples():
        lasting = row.effect_last_week >= row.effect_week_1 / 2
        fine = row.guardrail_low > row.guardrail_margin and row.full_weeks >= 2
        if row.srm_p_value < 0.001:
            decisions[row.readout] = "blocked"
        elif row.effect_high < row.practical_line:
            decisions[row.readout] = "stop"
        elif row.effect_low > row.practical_line and fine and lasting:
            decisions[row.readout] = "ship" if row.effect <= 0.25 else "iterate"
        else:
            decisions[row.readout] = "iterate"
    return decisions


def false_winner_risk(success_share, power, alpha):
    return pm.experiments.false_positive_risk(success_share, power=power, alpha=alpha)


def brier(stated, happened):
    squares = [(chance - came) ** 2 for chance, came in zip(stated, happened)]
    return math.sqrt(sum(squares) / len(squares))


# %% right="decide"
def decide(readouts):
    ship = (
        (readouts["effect_low"] > readouts["practical_line"])
        & (readouts["guardrail_low"] > readouts["guardrail_margin"])
        & (readouts["full_weeks"] >= 2)
        & (readouts["effect_last_week"] >= 0.5 * readouts["effect_week_1"])
        & (readouts["effect"] <= 0.25)
    )
    words = np.select(
        [
            readouts["srm_p_value"] < 0.001,
            readouts["effect_high"] < readouts["practical_line"],
            ship,
        ],
        ["blocked", "stop", "ship"],
        "iterate",
    )
    return dict(zip(readouts["readout"], words))


def false_winner_risk(success_share, power, alpha):
    return pm.experiments.false_positive_risk(success_share, power=power, alpha=alpha)


def brier(stated, happened):
    return float(np.mean((np.array(stated) - np.array(happened, dtype=float)) ** 2))


# %% right="decide"
def decide(readouts):
    decisions = {}
    for row in readouts.to_dict("records"):
        low, high = row["effect_low"], row["effect_high"]
        doubts = [
            low <= row["practical_line"],
            row["guardrail_low"] <= row["guardrail_margin"],
            row["full_weeks"] < 2,
            row["effect_last_week"] < row["effect_week_1"] / 2,
            abs(row["effect"]) > 0.25,
        ]
        decisions[row["readout"]] = "iterate" if any(doubts) else "ship"
        if high < row["practical_line"]:
            decisions[row["readout"]] = "stop"
        if row["srm_p_value"] < 0.001:
            decisions[row["readout"]] = "blocked"
    return decisions


def false_winner_risk(success_share, power, alpha):
    good, bad = 1_000 * success_share, 1_000 * (1 - success_share)
    false = bad * alpha / 2
    return false / (false + good * power)


def brier(stated, happened):
    return pm.experiments.brier_score(stated, happened).score


# %%
readouts = pm.case.load("readouts")  # six tests of other teams, R1 to R6
decisions = result_of(decide, readouts.copy())
past = readouts.iloc[0]  # the share of past ideas that worked is the same for all six
risk = numbers_in([result_of(false_winner_risk, past["success_share"], 0.8, 0.05)], 0)
if not isinstance(decisions, dict) or risk is None:
    print("Pass the check of M10-E6 first.")
else:
    print("; ".join(f"{name}: {word}" for name, word in decisions.items()))
    print(
        f"{percent(past['success_share'], digits=0)} of Fernbroom's past ideas worked, so "
        f"with power 80 % about {percent(risk[0], digits=0)} of its winners are none."
    )

# %% [markdown]
# ## Facts for the readout
#
# You have met `clear-prices` (prices shown before the search, not after) in M10-E1, E2, E3
# and E5. This cell adds what the plan asks for: the split, the lift after CUPED, the
# guardrail, and the weeks one by one.
#
# This test has three lifts, and they answer different questions: how many more *users*
# booked at all (you saw it in E2), how many more *bookings* there were (E1), and the same
# with the head start of one arm taken away (CUPED: E5 gave the difference, the lift stands
# below). The plan names the one that decides.

# %%
plan = pm.experiments.analyze(
    clear.assign(before=clear["pre_bookings"].fillna(clear["pre_bookings"].mean())),
    {
        "bookings per user, CUPED": pm.experiments.Mean(
            "bookings", covariate_column="before"
        ),
        "sessions per user (guardrail)": pm.experiments.Mean("sessions"),
    },
    arm_column="arm",
)
weeks = {
    f"bookings in week {week}": pm.experiments.compare_means(
        rows.loc[rows["arm"] == "control", "bookings"],
        rows.loc[rows["arm"] == "treatment", "bookings"],
    )
    for week, rows in weekly.groupby("week")
}
plain = pm.experiments.compare_means(
    *(rows["bookings"] for _, rows in clear.groupby("arm"))  # control comes first
)
split = clear["arm"].value_counts()
arms = {arm: int(split[arm]) for arm in ("control", "treatment")}
print(f"clear-prices, users: {pm.experiments.srm_check(arms)}")
facts = pd.DataFrame(
    [
        {
            "what": name,
            "lift": percent(found.relative_lift),
            "95 % interval": f"{percent(found.relative_low)} to "
            f"{percent(found.relative_high)}",
        }
        for name, found in {
            **plan.effects,
            "bookings per user, without CUPED": plain,
            **weeks,
        }.items()
    ]
)
facts

# %% [markdown] artefact="readout" points=12
# ## M10-A · Readout in two versions (12 points)
#
# Write the readout of `clear-prices` twice: **half a page for Ada**, the founder (about 120
# words: what do we do, why, what could go wrong), and **one page for Bo and the analyst**
# (about 250 words: what they need to check you and to build on it). Use your own numbers.
#
# The plan was written on 25 October 2024, before the first user:
#
# - Primary: bookings per user in four weeks, lift after CUPED. Practical line +5 %.
# - Guardrail: sessions per user may fall by at most 6 %.
# - Ship if the 95 % interval lies above the line and the guardrail holds; stop if it lies
#   below the line; else iterate. Blocked if the split has p < 0.001.
# - Power for +10 % was about 70 %; new and old users were *not* declared as segments.
#
# | Criterion | 3 | 2 | 1 | 0 |
# |---|---|---|---|---|
# | Truth | Trust checks come first, then the effect with its interval, then what the test can't tell | The effect with its interval | A p-value or one number only | Absent |
# | Decision | Follows the plan, or says why it departs from it | A decision without the plan | Hedged | Absent |
# | Audience | Both versions fit their reader | One of them does | The same text twice | Absent |
# | Learning | What we believe now, and the next test | A next test | “More research” | Absent |
#
# **Done when** Ada could act on her half page alone, and Bo could recompute every number of
# his.

# %% [markdown] exemplar="readout" score=12
# > **For Ada.** Ship it to everyone on Monday. Users who saw prices first booked more: our
# > best estimate is 19 more bookings for every 100, and anything from 12 to 27 fits the data.
# > You had asked for at least 5. The split of users was clean, nobody came less often, and the
# > gain was there in all four weeks. What could go wrong: in a company where 23 % of
# > ideas work, some “winners” are none (about 9 in 100), so I will compare bookings in
# > May with this forecast. We learned that people leave because they fear the price, not because
# > of it. Next I want to show the price on the first screen, too.
# >
# > **For Bo and the analyst.** *Trust.* 3,525 / 3,475 users, planned 50/50, p = 0.55; 28 days,
# > everyone assigned is in, also those without a visit. *Primary, as planned:* bookings per
# > user, CUPED with 28 days of past bookings (one θ, new users at the mean; 27 % of the variance
# > gone): +0.21, lift +19.3 %, 95 % interval +12.1 % to +26.5 %. Without CUPED +15.8 % (+7.6 % to
# > +23.9 %): the treated had booked a little less before, hence the gap. *Guardrail:* sessions per
# > user −0.1 % (−4.2 % to +4.1 %), margin −6 %: holds. *Time:* weeks +16, +19, +10, +18 %; no
# > sign of fading, each week alone is wide. *Decision by the plan:* the interval lies above the
# > +5 % line, so ship. *Limits.* Four weeks in November, no holiday. New users: not declared; their
# > lift looks smaller and its interval contains 0, so that is an idea, no finding. Bookings are not
# > margin: revenue moved alike, cost per clean wasn't measured. Users share cleaners; with
# > 7,000 users in 24 zones I expect little spill-over, but the test can't show it. *What we
# > believe now:* price uncertainty stops people before the search. *Next test:* price on the first
# > screen, new users as a declared segment, line +5 %, 10,000 users.
#
# **Why 12.** Truth 3: split, then the interval, then limits, in both versions. Decision 3: quotes
# the plan's line and follows it. Audience 3: Ada reads no method and a next step; Bo can recompute
# everything, and the gap between the two estimates is explained. Learning 3: a belief that changed,
# and a test that would shake it.

# %% [markdown] exemplar="readout" score=6
# > **For Ada.** Good news! The clear-prices test was highly significant (p < 0.001). Conversion
# > went up a lot. The lift is +19.3 % with a 95 % confidence interval of +12.1 % to +26.5 %, after
# > CUPED with θ over both arms, and the delta method. The effect is especially strong for old users.
# > I recommend shipping.
# >
# > **For Bo and the analyst.** We tested showing prices before the search. Bookings per user rose by
# > 0.21, lift +19.3 %, 95 % interval +12.1 % to +26.5 %, with CUPED (27 % of the variance gone).
# > Without CUPED it was +15.8 %. Sessions per user did not change much. Weeks were +16 %, +19 %,
# > +10 % and +18 %. The test ran for 28 days with about 7,000 users. Old users gained more than
# > new ones, so we could personalize. Next we should test prices on the first screen.
#
# **Why 6.** Truth 2: the effect has its interval, but nothing says whether the split was clean, and
# no limits are named; the segment is told as a finding. Decision 1: “I recommend shipping”,
# to Ada only, without line, guardrail or plan, and Bo's page decides nothing.
# Audience 1: both versions tell the same, and θ and the delta method stand on the
# founder's page. Learning 2: a next test, but nothing that we now believe.

# %% [markdown]
# ## Take-aways and next step
#
# - Trust first. A test with a broken split has no effect that could be read.
# - An effect is an interval, and a p-value is not the chance that nothing happened.
# - The error follows the unit that was randomized.
# - What counts was declared before: one metric, one day, a line, a margin.
# - The past can take noise away; the time of the test may not.
# - Ship, iterate or stop by the plan, and write down your chance before you look.
#
# Next: you can now say what a change did. Which changes are worth making is the question of
# the unit on prioritization.
