# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# # Designing experiments: exercises
#
# Fernbroom wants a button: *instant match* books the nearest free cleaner at once, where
# a household now waits until someone accepts. Ada, the founder, asks for a test “for a week or so”.
# You owe her a plan that is written before the first number comes in: what is measured,
# on whom, with how many, for how long, and when you will stop.
#
# Today is 13 December 2024. A log of six weeks shows who opened the booking page.
#
# **You will** repair weak test briefs · compute users per arm and whole weeks · see what
# shared cleaners do to a test · measure what looking early costs · and commit to a plan.
#
# **Time** about 2 hours with the plan; the five exercises can be done one by one.
# **Points** 28 for the exercises, 12 for the pre-registration.
#
# **Data** Fernbroom, its people and its data are invented for this course. The numbers
# are your variant's. The page log holds far more people than Fernbroom's other
# tables: it is made that large so that a test is possible at all.
#
# Each exercise has an answer cell, a check cell, and often a cell that uses your
# answer on the full data. Your functions are graded on data that you have not seen, so
# compute everything from the arguments. If a check fails, it shows the small table it
# used. Stuck? `pm.hint("sample_size")` shows a hint.

# %%
import math
from statistics import NormalDist

import numpy as np
import pandas as pd

import pmlab as pm
from pmlab.formatting import count, percent

log = pm.case.load("exposure_log")
numbers_of_plan = pm.case.load("exp_plan")
plan = numbers_of_plan.set_index("name")["value"].to_dict()
n_per_arm = None  # until M09-E2 is done


def usable(function, *arguments, keys=()):
    """Return the answer of your function; None if it stops or is not yet complete."""
    try:
        answer = function(*arguments)
        found = [answer[key] for key in keys] if keys else [answer]
        complete = all(math.isfinite(float(number)) for number in found)
    except Exception:  # noqa: BLE001 - code of yours may stop with anything
        return None
    return answer if complete else None


numbers_of_plan  # MDE: smallest effect that must be seen, as a share of the baseline

# %% [markdown] exercise="design_lint" objective="turn a brief into a metric and a unit"
# ## M09-E1 · Eight briefs, eight repairs (6 points)
#
# Each brief has one weak spot: the **primary metric** (the one number that decides), the
# **unit** (what draws an arm), a **guardrail** (a number that must not get worse, for
# those who could be harmed) or the **population** (who is counted). Choose its repair.
#
# **Practice: the check tells you at once.**
#
# **B1 · Instant match.** Hope: more households get their clean. *Primary metric:* taps
# on the new button, per visitor.
# - a: Take the share of visitors who tap at least once, so that each person counts once.
# - b: Take the company's revenue of the quarter, because that is what counts in the end.
# - c: Take the share of visitors with a completed clean within 14 days.
#
# **B2 · Remembered rooms.** The app remembers the home, so that the next visit is
# shorter. *Unit:* each visit draws its arm anew.
# - a: Draw once for each user, and count per user.
# - b: Let the first visit of a day draw, so that nobody sees two pages on one day.
# - c: Draw for each date, so that all who come on a day see the same page.
#
# **B3 · Same-day cleans.** Households may book for this afternoon; cleaners hear of it
# an hour before. *Guardrails:* crashes, seconds to load.
# - a: Add cleans that households cancel, with a stop line, in case they regret the haste.
# - b: Add offers that cleaners decline and hours that they are paid, with a stop line.
# - c: Add failed payments and slow searches, with a stop line, as all happens at once.
#
# **B4 · New last step.** The page that confirms a plan gets a new layout. 4 in 100
# visitors reach that page. *Population:* all visitors of the app.
# - a: Count visitors who have signed in, in both arms, since they can be followed.
# - b: Count those who confirmed a plan; they are the ones who saw the page to its end.
# - c: Count users from the moment they open that page, in both arms alike.
#
# **Graded: the same four ideas; you hear the result after grading.**
#
# **B5 · Weekly tips.** An email with tips on cleaning. Hope: households book again.
# *Primary metric:* emails opened.
# - a: Take the share of households that book again within 28 days.
# - b: Take the share of households that click a link, since a click shows real interest.
# - c: Take all bookings of the company in the four weeks after the first email.
#
# **B6 · Chat helper.** A helper answers questions and knows what was asked last time.
# *Unit:* each chat.
# - a: Draw for each date, so that all chats of a day get the same helper.
# - b: Draw for each topic, so that chats about the same question stay together.
# - c: Draw once for each household, and count per household.
#
# **B7 · Plan by default.** At checkout “every two weeks” is ticked beforehand.
# *Guardrails:* none; whoever does not want a plan removes the tick.
# - a: Add plans per household and revenue per plan, with a stop line.
# - b: Add plans cancelled and money asked back, with a stop line.
# - c: Add crashes and seconds to load at checkout, with a stop line.
#
# **B8 · Price of large homes.** A new price list for homes of four rooms and more; 1 in 8
# households opens it. *Population:* all households with an account.
# - a: Count households from the moment they open this list, in both arms.
# - b: Count households that were active in the last 30 days, in both arms.
# - c: Count households that booked a large home, in both arms.
#
# **Done when** `repairs` holds one letter, `"a"`, `"b"` or `"c"`, for each of the eight
# briefs. The practice briefs must all be right; each graded brief then counts a quarter.

# %% solution="design_lint"
repairs = {
    # Practice: write a letter between the quotes.
    "B1": "",
    "B2": "",
    "B3": "",
    "B4": "",
    # Graded.
    "B5": "",
    "B6": "",
    "B7": "",
    "B8": "",
}  # complete; nothing to write below this line
### BEGIN SOLUTION
repairs = {
    "B1": "c",
    "B2": "a",
    "B3": "b",
    "B4": "c",
    "B5": "a",
    "B6": "c",
    "B7": "b",
    "B8": "a",
}
### END SOLUTION

# %% checks="design_lint" points=6
with pm.checks.exercise("design_lint", points=6, read="Lesson 09, section 1") as check:
    letters = ("a", "b", "c")
    every = [f"B{number}" for number in range(1, 9)]
    given = repairs
    if isinstance(repairs, dict):  # "b1": "C)" is as good as "B1": "c"
        given = {
            str(brief).strip().upper(): letter.strip(" ().:").lower()
            if isinstance(letter, str)
            else letter
            for brief, letter in repairs.items()
        }
    if not isinstance(given, dict) or not set(every) <= set(given):
        check.labels(
            given,
            dict.fromkeys(every, "a"),
            options=letters,
            what="a letter for each brief",
        )
    for brief, letter, traps in (
        ("B1", "c", {"vanity_primary": "a", "company_number": "b"}),
        ("B2", "a", {"session_unit_with_memory": "b", "days_as_unit": "c"}),
        ("B3", "b", {"no_supply_guardrail": "a", "more_of_the_same": "c"}),
        ("B4", "c", {"all_traffic": "a", "only_converters": "b"}),
    ):
        check.labels(
            {brief: given[brief]},
            {brief: letter},
            options=letters,
            what=f"brief {brief}",
            traps={name: {brief: wrong} for name, wrong in traps.items()},
        )
    for brief in ("B5", "B6", "B7", "B8"):  # only whether there is a letter
        letter = given[brief]
        known = isinstance(letter, str) and letter in letters
        check.choice(
            letter,
            letter if known else "a",
            options=letters,
            what=f"brief {brief}",
        )
    print("B1 to B4 are judged at once; B5 to B8 only when your work is graded.")
    ### BEGIN HIDDEN TESTS
    for _ in pm.checks.variants(1):
        missed = 0
        for brief, letter, traps in (
            ("B5", "a", {"vanity_primary": "b", "company_number": "c"}),
            ("B6", "c", {"session_unit_with_memory": "b", "days_as_unit": "a"}),
            ("B7", "b", {"no_supply_guardrail": "a", "more_of_the_same": "c"}),
            ("B8", "a", {"all_traffic": "b", "only_converters": "c"}),
        ):
            missed += given[brief] != letter
            check.labels(
                {brief: given[brief]},
                {brief: letter},
                options=letters,
                what=f"brief {brief}",
                traps={name: {brief: wrong} for name, wrong in traps.items()},
                keeps=min(1 - missed / 4, 0.75),
            )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="design_lint"
# Read only the *hope* of a brief first. Then ask what you would have to see in the data
# to believe that it came true, and for whom.

# %% [markdown] hint="design_lint"
# Four questions. Metric: could it rise while the hope fails? Unit: can one person meet
# both arms? Guardrail: who works, pays or waits more because of this? Population: could
# this person have noticed the change, and was that settled before she reacted?

# %% wrong="design_lint" trap="vanity_primary"
"""You have {yours} here. That is quick to count and easy to win: a larger, redder thing on the
screen gets more of it while not one more household has what was hoped for. The primary metric decides the test,
so it must be the thing hoped for, measured late enough to happen. If this number doubled and the
hope failed, would you notice?"""
repairs = {
    "B1": "a",
    "B2": "a",
    "B3": "b",
    "B4": "c",
    "B5": "b",
    "B6": "c",
    "B7": "b",
    "B8": "a",
}

# %% wrong="design_lint" trap="company_number"
"""You have {yours} here. The company's total matters, but season, ads, prices and everybody
who never met the change move it, too; what the change does drowns in it. A primary metric is counted
for each user of each arm, and near enough to the change to feel it. Which event in a
household's own record would show that the hope came true?"""
repairs = {
    "B1": "b",
    "B2": "a",
    "B3": "b",
    "B4": "c",
    "B5": "c",
    "B6": "c",
    "B7": "b",
    "B8": "a",
}

# %% wrong="design_lint" trap="session_unit_with_memory"
"""You have {yours} here. The change remembers, so the same person meets the new version on Monday, the old one
on Tuesday, and brings along what she learned. Both arms then hold the same people, and what
one person does twice is not separate evidence: the test looks larger than it is. Who should stay in
one arm, from the first time to the last?"""
repairs = {
    "B1": "c",
    "B2": "b",
    "B3": "b",
    "B4": "c",
    "B5": "a",
    "B6": "b",
    "B7": "b",
    "B8": "a",
}

# %% wrong="design_lint" trap="days_as_unit"
"""You have {yours} here. On a day all users share one arm, so each day is one draw, and a rainy or a
payday Friday counts as the page's effect. A person who returns two days later crosses over,
too. You need many units that draw on the same day. What is there hundreds of, each with a memory
of its own?"""
repairs = {
    "B1": "c",
    "B2": "c",
    "B3": "b",
    "B4": "c",
    "B5": "a",
    "B6": "a",
    "B7": "b",
    "B8": "a",
}

# %% wrong="design_lint" trap="no_supply_guardrail"
"""You have {yours} here. It watches the side that is meant to win from the change. Whoever pays for it
does not show in that number, and a win for one side that another side pays for comes back
later, as people who leave. Whose week gets worse if this works just as hoped, and which number of theirs
would show it?"""
repairs = {
    "B1": "c",
    "B2": "a",
    "B3": "a",
    "B4": "c",
    "B5": "a",
    "B6": "c",
    "B7": "a",
    "B8": "a",
}

# %% wrong="design_lint" trap="more_of_the_same"
"""You have {yours} here. It watches how smoothly the machines run. The
brief's blind spot is people: those who have to make it happen, or who agree to something without
noticing. A guardrail is a number for them. Who are they in this brief, and which of
their numbers would move first?"""
repairs = {
    "B1": "c",
    "B2": "a",
    "B3": "c",
    "B4": "c",
    "B5": "a",
    "B6": "c",
    "B7": "c",
    "B8": "a",
}

# %% wrong="design_lint" trap="all_traffic"
"""You have {yours} here. Most of these people never open the page that changes: they behave the same in both arms and
only add noise. If 4 in 100 open it, an effect of 10 % among them is 0.4 % among all, so the test gets weaker
by counting more people. Population means: could have met the change, whichever arm she drew.
At which moment does that become true for a user?"""
repairs = {
    "B1": "c",
    "B2": "a",
    "B3": "b",
    "B4": "a",
    "B5": "a",
    "B6": "c",
    "B7": "b",
    "B8": "b",
}

# %% wrong="design_lint" trap="only_converters"
"""You have {yours} here. Who confirms or books is the *result* of the page. If the new page
wins hesitant people over, they stand in one arm only, and the arms no longer hold the same kind
of user. Count people by something that happened before they reacted. What do users of both
arms do just before the page can work on them?"""
repairs = {
    "B1": "c",
    "B2": "a",
    "B3": "b",
    "B4": "b",
    "B5": "a",
    "B6": "c",
    "B7": "b",
    "B8": "c",
}

# %% right="design_lint"
repairs = dict(zip([f"b{number}" for number in range(1, 9)], ["C)", *"abcacba"]))

# %% [markdown] exercise="sample_size" objective="compute users per arm"
# ## M09-E2 · How many users? (6 points)
#
# Too few users, and a real gain looks like luck. Write `users_per_arm(brief)`: users
# that **each of the two arms** needs. `brief` is a dictionary:
#
# | Key | Meaning |
# |---|---|
# | `baseline_rate` | rate today, a fraction |
# | `relative_mde` | smallest rise that must be seen, as a share of the baseline |
# | `alpha` | accepted risk of a false alarm, two-sided (split over both directions) |
# | `power` | wanted chance to see a rise of that size if it is there |
# | `pilot_relative_lift` | rise that a short trial with a few friends of the team showed |
#
# With p₁ the rate today, p₂ the rate after the smallest rise, and z(q) the point below
# which a standard normal value falls with chance q:
#
# n = (z(1 − alpha/2) + z(power))² · (p₁(1 − p₁) + p₂(1 − p₂)) / (p₂ − p₁)²
#
# `NormalDist().inv_cdf(q)` gives z(q). The test is planned for the smallest rise
# that would be worth having.
#
# **Done when** the function returns users per arm, rounded up to a whole number. Within
# 1 % counts as right.


# %% solution="sample_size"
def users_per_arm(brief):
    """Return the users that each arm needs, a whole number."""
    ### BEGIN SOLUTION
    z = NormalDist().inv_cdf
    before = brief["baseline_rate"]
    after = before * (1 + brief["relative_mde"])
    noise = before * (1 - before) + after * (1 - after)
    reach = z(1 - brief["alpha"] / 2) + z(brief["power"])
    return math.ceil(reach**2 * noise / (after - before) ** 2)
    ### END SOLUTION


# %% checks="sample_size" points=6
with pm.checks.exercise("sample_size", points=6, read="Lesson 09, section 2") as check:
    small = {
        "baseline_rate": 0.12,
        "relative_mde": 0.30,
        "alpha": 0.05,
        "power": 0.80,
        "pilot_relative_lift": 0.60,
    }
    careful = {
        "baseline_rate": 0.30,
        "relative_mde": 0.30,
        "alpha": 0.01,
        "power": 0.90,
        "pilot_relative_lift": 0.50,
    }
    check.show("the two briefs", pd.DataFrame([small, careful]))
    check.number(
        users_per_arm(small.copy()),
        # From 12 % to 15.6 %: 7.849 × (0.1056 + 0.1317) / 0.036².
        1_437,
        what="one arm of the first brief",
        unit="users",
        tolerance=0.01,
        traps={
            "absolute_for_relative": 31,
            "one_sided": 1_132,
            "total_as_per_arm": 2_874,
            "halved": 719,
            "post_hoc_effect": 395,
            "forgets_power": 704,
            "wrong_tail": 229,
            "divides_by_relative": 21,
            "rule_of_sixteen": 1_304,
            "baseline_variance": 1_326,
            "noise_of_baseline": 1_279,
        },
        facts={"pilot_percent": 60},
        idea="Write down p₁ and p₂ first: from which rate to which? Then the two z "
        "values, added and squared; the noise of both arms, added; and p₂ − p₁, squared.",
    )
    check.number(
        users_per_arm(careful.copy()),
        # From 30 % to 39 %: (2.576 + 1.282)² × (0.21 + 0.2379) / 0.09².
        823,
        what="one arm of the second brief",
        unit="users",
        tolerance=0.01,
        traps={
            "fixed_risks": 434,
            "rule_of_sixteen": 415,
            "baseline_variance": 788,
            "noise_of_baseline": 772,
        },
        idea="The first brief works. What is different here, and does your function "
        "take it from `brief`?",
    )
    ### BEGIN HIDDEN TESTS
    risks = ((0.01, 0.8), (0.05, 0.9), (0.10, 0.9), (0.01, 0.9))
    for variant in pm.checks.variants(4):
        dice = pm.checks.rng(variant)
        rise = round(dice.uniform(0.30, 0.42), 3)
        alpha, power = risks[dice.integers(4)]
        brief = {
            "baseline_rate": round(dice.uniform(0.02, 0.06), 3),
            "relative_mde": rise,
            "alpha": alpha,
            "power": power,
            "pilot_relative_lift": round(rise * dice.uniform(1.5, 2.2), 3),
        }
        rate, gain = brief["baseline_rate"], brief["baseline_rate"] * rise
        right, millers = (
            pm.experiments.sample_size(
                rate, relative_lift=rise, alpha=alpha, power=power, variance=variance
            ).users_per_arm
            for variance in ("unpooled", "baseline")
        )
        reach = NormalDist().inv_cdf(1 - alpha / 2) + NormalDist().inv_cdf(power)
        check.number(
            users_per_arm(brief.copy()),
            right,
            what="one arm of another brief",
            unit="users",
            tolerance=0.01,
            traps={
                "rule_of_sixteen": 16 * rate * (1 - rate) / gain**2,
                "baseline_variance": millers,
                "noise_of_baseline": 2 * reach**2 * rate * (1 - rate) / gain**2,
            },
        )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="sample_size"
# Which two rates must the test tell apart? “30 % more of 12 %” ends somewhere else than
# “30 points more than 12 %”.

# %% [markdown] hint="sample_size"
# Three parts: the two rates; the noise of one user in each arm, p(1 − p), added; and the
# two z values, one from `alpha` and one from `power`. Two-sided means that `alpha` is
# shared by both tails. The pilot is not needed.

# %% [markdown] hint="sample_size"
# For 5 % two-sided and 80 % power the z values are 1.96 and 0.84; added and squared they
# make 7.85. If your result is half or twice the formula, look at what is counted: one
# arm or both.

# %% wrong="sample_size" trap="absolute_for_relative"
"""You have {yours} per arm. So few can show a jump from 12 % to 42 %, and nothing smaller: you added the
MDE to the rate as percentage points. The brief gives it as a *share of the baseline*. Unless
“points” is written, read a lift as relative. What rate does 12 % become if it rises by three tenths
of itself?"""


def users_per_arm(brief):
    z = NormalDist().inv_cdf
    p1 = brief["baseline_rate"]
    p2 = p1 + brief["relative_mde"]
    noise = p1 * (1 - p1) + p2 * (1 - p2)
    reach = z(1 - brief["alpha"] / 2) + z(brief["power"])
    return math.ceil(reach**2 * noise / brief["relative_mde"] ** 2)


# %% wrong="sample_size" trap="one_sided"
"""You have {yours} per arm, about a fifth too few. You took the z value of 95 %, 1.64. That spends
the whole 5 % on a rise, so that a page that *harms* could never be called so. A two-sided test
leaves half of alpha in each tail. Which share of the normal curve then lies below the
upper limit?"""


def users_per_arm(brief):
    z = NormalDist().inv_cdf
    p1 = brief["baseline_rate"]
    p2 = p1 * (1 + brief["relative_mde"])
    noise = p1 * (1 - p1) + p2 * (1 - p2)
    reach = z(1 - brief["alpha"]) + z(brief["power"])
    return math.ceil(reach**2 * noise / (p2 - p1) ** 2)


# %% wrong="sample_size" trap="total_as_per_arm"
"""You have {yours}. That is both arms together; the question is for one arm. Whoever plans the
weeks will double your number again, and the test runs twice as long as it must. The
formula has the noise of both arms inside, and still gives the users of one. Where did
the factor of two come in?"""


def users_per_arm(brief):
    z = NormalDist().inv_cdf
    p1 = brief["baseline_rate"]
    p2 = p1 * (1 + brief["relative_mde"])
    noise = p1 * (1 - p1) + p2 * (1 - p2)
    reach = z(1 - brief["alpha"] / 2) + z(brief["power"])
    return math.ceil(2 * reach**2 * noise / (p2 - p1) ** 2)


# %% wrong="sample_size" trap="halved"
"""You have {yours} per arm. That is half of what the formula gives: you took its result for both
arms together. With so few, a rise worth having is seen about half of the time. The line above the
formula says for whom n stands. How many arms are in it?"""


def users_per_arm(brief):
    z = NormalDist().inv_cdf
    p1 = brief["baseline_rate"]
    p2 = p1 * (1 + brief["relative_mde"])
    noise = p1 * (1 - p1) + p2 * (1 - p2)
    reach = z(1 - brief["alpha"] / 2) + z(brief["power"])
    return math.ceil(reach**2 * noise / (p2 - p1) ** 2 / 2)


# %% wrong="sample_size" trap="post_hoc_effect"
"""You have {yours} per arm. You planned for the rise of the pilot, {pilot_percent} %. A small pilot shows a large
number mostly by luck, and a test planned for it misses every smaller gain, even
one well worth having. The size follows from what you would *act on*, and you know that before
any data. Which key holds it?"""


def users_per_arm(brief):
    z = NormalDist().inv_cdf
    p1 = brief["baseline_rate"]
    p2 = p1 * (1 + brief["pilot_relative_lift"])
    noise = p1 * (1 - p1) + p2 * (1 - p2)
    reach = z(1 - brief["alpha"] / 2) + z(brief["power"])
    return math.ceil(reach**2 * noise / (p2 - p1) ** 2)


# %% wrong="sample_size" trap="forgets_power"
"""You have {yours} per arm. Only the z value of alpha is in it. A real effect of exactly the
MDE then lands above the line half of the time: you would build a test that overlooks the gain as often as it sees it.
The brief asks for 80 %. Which second z value moves the line far enough away?"""


def users_per_arm(brief):
    z = NormalDist().inv_cdf
    p1 = brief["baseline_rate"]
    p2 = p1 * (1 + brief["relative_mde"])
    noise = p1 * (1 - p1) + p2 * (1 - p2)
    return math.ceil(z(1 - brief["alpha"] / 2) ** 2 * noise / (p2 - p1) ** 2)


# %% wrong="sample_size" trap="wrong_tail"
"""You have {yours} per arm. One of your two z values is negative, so that they take from each other
where they should add up. `inv_cdf(q)` gives the point *below* which the share q lies: small q are on
the left of zero. A stricter alpha and a higher power must both ask for more users. Which of your
two values has the wrong sign?"""


def users_per_arm(brief):
    z = NormalDist().inv_cdf
    p1 = brief["baseline_rate"]
    p2 = p1 * (1 + brief["relative_mde"])
    noise = p1 * (1 - p1) + p2 * (1 - p2)
    reach = z(1 - brief["alpha"] / 2) + z(1 - brief["power"])
    return math.ceil(reach**2 * noise / (p2 - p1) ** 2)


# %% wrong="sample_size" trap="divides_by_relative"
"""You have {yours} per arm. Your noise belongs to rates of 12 % and 15.6 %, but you divided by the square
of 0.30, a share of the baseline. Both must be on the scale of the rates. How
many hundredths lie between the two rates?"""


def users_per_arm(brief):
    z = NormalDist().inv_cdf
    p1 = brief["baseline_rate"]
    p2 = p1 * (1 + brief["relative_mde"])
    noise = p1 * (1 - p1) + p2 * (1 - p2)
    reach = z(1 - brief["alpha"] / 2) + z(brief["power"])
    return math.ceil(reach**2 * noise / brief["relative_mde"] ** 2)


# %% wrong="sample_size" trap="fixed_risks"
"""You have {yours} per arm for the second brief. That is what it would need at 5 % and 80 %, the values that
many tables and libraries take if nobody says otherwise. This brief accepts only 1 % false alarms and wants 90 %
power. Which two keys of `brief` does your function never read?"""


def users_per_arm(brief):
    planned = pm.experiments.sample_size(
        brief["baseline_rate"], relative_lift=brief["relative_mde"]
    )
    return planned.users_per_arm


# %% wrong="sample_size" trap="rule_of_sixteen" credit=0.5
"""You have {yours} per arm. You used the rule 16 p(1 − p) / d². It is a good check in the head; this course uses
the full formula because the rule gives both arms the noise of the baseline and holds for 5 % and 80 % only. Here the
second arm is noisier, and other briefs ask for other risks. Which two things in the
formula does the 16 stand for?"""


def users_per_arm(brief):
    p1 = brief["baseline_rate"]
    d = p1 * brief["relative_mde"]
    return math.ceil(16 * p1 * (1 - p1) / d**2)


# %% wrong="sample_size" trap="baseline_variance" credit=0.5
"""You have {yours} per arm. You used the noise of the baseline for both arms in the alpha part, as a well-known online
calculator does. This course uses each arm's own noise because the analysis will do so, too; for
a large rise the difference is several percent. Which rate does the treated arm have if the
rise is there?"""


def users_per_arm(brief):
    z = NormalDist().inv_cdf
    p1 = brief["baseline_rate"]
    p2 = p1 * (1 + brief["relative_mde"])
    null = z(1 - brief["alpha"] / 2) * math.sqrt(2 * p1 * (1 - p1))
    real = z(brief["power"]) * math.sqrt(p1 * (1 - p1) + p2 * (1 - p2))
    return math.ceil(((null + real) / (p2 - p1)) ** 2)


# %% wrong="sample_size" trap="noise_of_baseline" credit=0.5
"""You have {yours} per arm. You gave both arms the noise of the baseline, as many textbooks do for small effects.
This course gives each arm its own noise because the analysis will do so, too; for a large rise the
difference is more than a tenth. Which rate does the treated arm have if the rise is there?"""


def users_per_arm(brief):
    z = NormalDist().inv_cdf
    p1 = brief["baseline_rate"]
    d = p1 * brief["relative_mde"]
    reach = z(1 - brief["alpha"] / 2) + z(brief["power"])
    return math.ceil(2 * reach**2 * p1 * (1 - p1) / d**2)


# %% right="sample_size"
def users_per_arm(brief):
    return pm.experiments.sample_size(
        brief["baseline_rate"],
        relative_lift=brief["relative_mde"],
        alpha=brief["alpha"],
        power=brief["power"],
    ).users_per_arm


# %% right="sample_size"
def users_per_arm(brief):
    rates = brief["baseline_rate"] * np.array([1, 1 + brief["relative_mde"]])
    pooled = rates.mean()
    null = -NormalDist().inv_cdf(brief["alpha"] / 2) * np.sqrt(
        2 * pooled * (1 - pooled)
    )
    real = NormalDist().inv_cdf(brief["power"]) * np.sqrt((rates * (1 - rates)).sum())
    return np.ceil(((null + real) / np.diff(rates)[0]) ** 2)


# %%
briefs = {
    "a clean within 14 days": ("baseline_rate", "relative_mde"),
    "a sign-up": ("signup_baseline_rate", "signup_relative_mde"),
}
for metric, (rate_key, mde_key) in briefs.items():
    brief = {
        "baseline_rate": plan[rate_key],
        "relative_mde": plan[mde_key],
        "alpha": plan["alpha"],
        "power": plan["power"],
        "pilot_relative_lift": 2 * plan[mde_key],
    }
    found = usable(users_per_arm, brief)
    if found is None:
        print("Pass the check of M09-E2 first.")
        break
    if rate_key == "baseline_rate":
        n_per_arm = found
    print(
        f"To see {metric} rise from {percent(plan[rate_key])} by "
        f"{percent(plan[mde_key])} of itself: {count(found)} users per arm."
    )

# %% [markdown] exercise="duration" objective="compute whole weeks"
# ## M09-E3 · For how many weeks? (5 points)
#
# Bo, the engineer, says: “The log has thousands of rows a week, so we are done in one.”
# Write `weeks_needed(log, plan)`.
#
# `log` has one row per visitor and day on the page: `seen_on` (a day), `visitor_id`, and
# `eligible` (could take part; the same on all rows of a visitor). The next test will see the
# same stream, and its day 1 is the first day in the log. `plan` holds `users_per_arm` and
# `allocated_share`, the share of eligible visitors who are put into the test, both arms
# together. There are two arms.
#
# A visitor counts once, from her first day on. The test runs in whole weeks of seven
# days from day 1, so that each weekday counts equally. The logs are always long enough,
# and go on after the test is full.
#
# **Done when** the function returns a dictionary with `weeks`, the smallest number of
# whole weeks after which both arms have their users, and `users_in_test`, the users in
# both arms at the end of those weeks (visitors × share, not rounded, within 0.5 %).


# %% solution="duration"
def weeks_needed(log, plan):
    """Return {"weeks": ..., "users_in_test": ...} for whole weeks from day 1."""
    ### BEGIN SOLUTION
    first_seen = log[log["eligible"]].groupby("visitor_id")["seen_on"].min()
    week = (first_seen - log["seen_on"].min()).dt.days // 7 + 1
    users = week.value_counts().sort_index().cumsum() * plan["allocated_share"]
    enough = users[users >= 2 * plan["users_per_arm"]]
    return {"weeks": int(enough.index[0]), "users_in_test": float(enough.iloc[0])}
    ### END SOLUTION


# %% checks="duration" points=5
with pm.checks.exercise("duration", points=5, read="Lesson 09, section 3") as check:
    seen = """2024-11-01 8 no, 2024-11-02 1 yes, 2024-11-04 1 yes, 2024-11-05 9 no,
        2024-11-05 2 yes, 2024-11-06 3 yes, 2024-11-08 4 yes, 2024-11-09 1 yes,
        2024-11-10 1 yes, 2024-11-25 5 yes, 2024-11-27 6 yes, 2024-11-29 2 yes,
        2024-11-29 7 yes, 2024-11-30 1 yes, 2024-12-02 10 yes, 2024-12-02 11 yes"""
    days, visitors, flags = zip(*(row.split() for row in seen.split(",")))
    small = pd.DataFrame(
        {
            "seen_on": pd.to_datetime(list(days)),
            "visitor_id": [int(visitor) for visitor in visitors],
            "eligible": [flag == "yes" for flag in flags],
        }
    )
    check.show("the small log (users_per_arm is 1, allocated_share is 0.4)", small)
    # Eligible so far, by week: 3, 4, 4, 6, 9. Times 0.4; two are needed.
    check.record(
        weeks_needed(small.copy(), {"users_per_arm": 1, "allocated_share": 0.4}),
        {"weeks": 4, "users_in_test": 2.4},
        what="weeks and users of the small log",
        traps={
            "sums_daily_uniques": {"weeks": 2, "users_in_test": 2.8},
            "sums_weekly_uniques": {"weeks": 2, "users_in_test": 2.0},
            "all_traffic": {"weeks": 1, "users_in_test": 2.0},
            "partial_week": {"weeks": 25 / 7},
            "linear_extrapolation": {"weeks": 2, "users_in_test": 2.4},
            "one_arm_only": {"weeks": 1, "users_in_test": 1.2},
            "ignores_allocation": {"weeks": 1, "users_in_test": 3.0},
            "share_per_arm": {"weeks": 1, "users_in_test": 2.4},
            "calendar_weeks": {"weeks": 5, "users_in_test": 2.8},
            "first_eligible_day": {"weeks": 4, "users_in_test": 2.8},
            "needed_not_reached": {"weeks": 4, "users_in_test": 2.0},
            "loses_a_week": {"weeks": 3, "users_in_test": 2.4},
            "steady_pace": {"weeks": 3, "users_in_test": 2.0},
        },
        facts={"day": 25},
        idea="Write the visitors down week by week: who is eligible, and new since day "
        "1? Add up, take the share that joins, and compare with what two arms need.",
    )
    check.record(
        weeks_needed(small.copy(), {"users_per_arm": 1, "allocated_share": 0.5}),
        {"weeks": 2, "users_in_test": 2.0},
        what="weeks and users of the small log if the share is 0.5",
        idea="At the end of some week the test has just as many users as two arms "
        "need. Is that enough?",
    )
    ### BEGIN HIDDEN TESTS
    for variant in pm.checks.variants(4):
        dice = pm.checks.rng(variant)
        size, days = 600, 42
        fall = 1 - np.arange(days) / 60
        fall[[2, 3, 4, 28, 29, 35, 36]] += [3, 3, 3, 0.5, 0.5, 0.5, 0.5]
        first = np.sort(dice.choice(days, size, p=fall / fall.sum()))
        again = np.repeat(np.arange(size), dice.poisson(1.2, size))
        later = first[again] + 1 + np.floor(dice.exponential(6.0, len(again)))
        who = np.concatenate([np.arange(size), again])
        seen = np.concatenate([first, later.astype(int)])
        able = (dice.random(size) < dice.uniform(0.55, 0.7)) & (first > 1)
        start = np.datetime64("2024-11-06", "us") + np.timedelta64(
            dice.integers(4), "D"
        )
        pairs = np.unique(np.column_stack([seen, who])[seen < days], axis=0)
        pairs = dice.permutation(pairs)
        data = pd.DataFrame(
            {
                "seen_on": start + pairs[:, 0].astype("timedelta64[D]"),
                "visitor_id": 5_000 + pairs[:, 1],
                "eligible": able[pairs[:, 1]],
            }
        )
        # Eligible visitors so far, at the end of each week from the log's first day.
        reached = [
            int((able & (first < first.min() + 7 * week)).sum()) for week in range(1, 7)
        ]
        right = int(dice.integers(4, 6))
        share = round(dice.uniform(0.5, 0.9), 1)
        new = reached[right - 1] - reached[right - 2]
        needed = (reached[right - 2] + dice.uniform(0.3, 0.7) * new) / 2
        check.record(
            weeks_needed(
                data.copy(),
                {"users_per_arm": int(share * needed), "allocated_share": share},
            ),
            {"weeks": right, "users_in_test": reached[right - 1] * share},
            what="weeks and users of another log",
        )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="duration"
# How many *new* eligible people does the second week bring? Someone who came on five
# days is one person.

# %% [markdown] hint="duration"
# Give each eligible visitor one date, the first. Turn it into a week number, counted
# from day 1 of the log. Count per week, add up week after week, take the share. Which
# is the first week that is enough for two arms?

# %% [markdown] hint="duration"
# `.groupby("visitor_id")["seen_on"].min()` has one row for each visitor; the difference
# of two dates has `.dt.days`, and `// 7` makes full weeks of days. `.cumsum()` adds up.

# %% wrong="duration" trap="sums_daily_uniques"
"""You have {yours}. Visitor 1 came on five days and counts on each. Adding the visitors of each
day gives visits; a person draws one arm, once. Returning visitors make a log look much fuller
than it is, and the test would end before it has its users. When does a visitor add to the
test for the first and only time?"""


def weeks_needed(log, plan):
    rows = log[log["eligible"]]
    week = (rows["seen_on"] - log["seen_on"].min()).dt.days // 7 + 1
    users = week.value_counts().sort_index().cumsum() * plan["allocated_share"]
    enough = users[users >= 2 * plan["users_per_arm"]]
    return {"weeks": int(enough.index[0]), "users_in_test": float(enough.iloc[0])}


# %% wrong="duration" trap="sums_weekly_uniques"
"""You have {yours}. You counted different visitors within each week and added the weeks up. Visitor 1 comes in
weeks 1 and 2 and counts in both, but she draws an arm only once. In which of her weeks
does she join the test?"""


def weeks_needed(log, plan):
    rows = log[log["eligible"]]
    week = (rows["seen_on"] - log["seen_on"].min()).dt.days // 7 + 1
    users = rows.groupby(week)["visitor_id"].nunique().cumsum()
    users = users * plan["allocated_share"]
    enough = users[users >= 2 * plan["users_per_arm"]]
    return {"weeks": int(enough.index[0]), "users_in_test": float(enough.iloc[0])}


# %% wrong="duration" trap="all_traffic"
"""You have {yours}. Visitors 8 and 9 are in it, and they could not take part. They fill the log, not the
arms. Which column tells who could draw an arm?"""


def weeks_needed(log, plan):
    first_seen = log.groupby("visitor_id")["seen_on"].min()
    week = (first_seen - log["seen_on"].min()).dt.days // 7 + 1
    users = week.value_counts().sort_index().cumsum() * plan["allocated_share"]
    enough = users[users >= 2 * plan["users_per_arm"]]
    return {"weeks": int(enough.index[0]), "users_in_test": float(enough.iloc[0])}


# %% wrong="duration" trap="partial_week"
"""You have {yours}. The users are there on day {day}, in the middle of a week. Ending there counts
some weekdays once more than others, and Mondays book differently from Sundays. A test runs in
full weeks, to the end of the one in which it has its users. Which is that?"""


def weeks_needed(log, plan):
    first_seen = log[log["eligible"]].groupby("visitor_id")["seen_on"].min()
    day = (first_seen - log["seen_on"].min()).dt.days + 1
    users = day.value_counts().sort_index().cumsum() * plan["allocated_share"]
    enough = users[users >= 2 * plan["users_per_arm"]]
    return {"weeks": enough.index[0] / 7, "users_in_test": float(enough.iloc[0])}


# %% wrong="duration" trap="linear_extrapolation"
"""You have {yours}. You took the new visitors of week 1 as the pace of every week. In week 1 everybody is
new; later many faces are known, and new ones get rarer. Here week 1 brings three eligible visitors,
week 2 one, week 3 nobody. The log shows the whole curve. What does it say for each week?"""


def weeks_needed(log, plan):
    rows = log[log["eligible"]]
    day = (rows["seen_on"] - log["seen_on"].min()).dt.days
    per_week = rows[day < 7]["visitor_id"].nunique() * plan["allocated_share"]
    weeks = math.ceil(2 * plan["users_per_arm"] / per_week)
    return {"weeks": weeks, "users_in_test": weeks * per_week}


# %% wrong="duration" trap="steady_pace"
"""You have {yours}. You spread the visitors of the whole log evenly over its days, as one must if only a
total is known. Here the log tells when each of them came: week 3 brings nobody new. After the weeks you found, how many
eligible people has the log really seen?"""


def weeks_needed(log, plan):
    people = log.loc[log["eligible"], "visitor_id"].nunique()
    days = (log["seen_on"].max() - log["seen_on"].min()).days + 1
    needed = pm.experiments.days_needed(
        2 * plan["users_per_arm"],
        new_users_per_day=people / days,
        traffic_share=plan["allocated_share"],
    )
    return {"weeks": needed.days // 7, "users_in_test": needed.users_reached}


# %% wrong="duration" trap="first_eligible_day"
"""You have {yours}. Your day 1 is the first day on which somebody *eligible* came, 2 November. The test's
day 1 is the first day in the log, and each of your weeks ends a day late. What do you take the minimum of,
and what was already thrown out then?"""


def weeks_needed(log, plan):
    rows = log[log["eligible"]]
    first_seen = rows.groupby("visitor_id")["seen_on"].min()
    week = (first_seen - rows["seen_on"].min()).dt.days // 7 + 1
    users = week.value_counts().sort_index().cumsum() * plan["allocated_share"]
    enough = users[users >= 2 * plan["users_per_arm"]]
    return {"weeks": int(enough.index[0]), "users_in_test": float(enough.iloc[0])}


# %% wrong="duration" trap="needed_not_reached"
"""You have {yours}. The weeks are right. 2 users is what both arms *need*, and what is there on day {day}; but
the test goes on to the end of the week, and who comes until then is in it, too. How many eligible people
has the log seen by then, and which share of them joins? (If yours was rounded, as `users_reached` of
the library is: give it with its digits.)"""


def weeks_needed(log, plan):
    first_seen = log[log["eligible"]].groupby("visitor_id")["seen_on"].min()
    week = (first_seen - log["seen_on"].min()).dt.days // 7 + 1
    users = week.value_counts().sort_index().cumsum() * plan["allocated_share"]
    enough = users[users >= 2 * plan["users_per_arm"]]
    return {"weeks": int(enough.index[0]), "users_in_test": 2 * plan["users_per_arm"]}


# %% wrong="duration" trap="loses_a_week"
"""You have {yours}. The users are right; the weeks are one too few. Two places lose one: `days // 7` gives 0
for the first seven days, and a week that brings nobody new, like the third here, has no row in a count.
Which days belong to the week you stopped at?"""


def weeks_needed(log, plan):
    first_seen = log[log["eligible"]].groupby("visitor_id")["seen_on"].min()
    week = (first_seen - log["seen_on"].min()).dt.days // 7
    users = week.value_counts().sort_index().cumsum() * plan["allocated_share"]
    enough = users[users >= 2 * plan["users_per_arm"]]
    return {"weeks": int(enough.index[0]), "users_in_test": float(enough.iloc[0])}


# %% wrong="duration" trap="one_arm_only"
"""You have {yours}. These users fill one arm. The other needs as many, and the share in
the plan is for both arms together. How many users does the whole test need?"""


def weeks_needed(log, plan):
    first_seen = log[log["eligible"]].groupby("visitor_id")["seen_on"].min()
    week = (first_seen - log["seen_on"].min()).dt.days // 7 + 1
    users = week.value_counts().sort_index().cumsum() * plan["allocated_share"]
    enough = users[users >= plan["users_per_arm"]]
    return {"weeks": int(enough.index[0]), "users_in_test": float(enough.iloc[0])}


# %% wrong="duration" trap="ignores_allocation"
"""You have {yours}. All eligible visitors are in it, but the plan lets only a part of them into the
test; the others keep the old page and are not counted. Which key says how large that part is?"""


def weeks_needed(log, plan):
    first_seen = log[log["eligible"]].groupby("visitor_id")["seen_on"].min()
    week = (first_seen - log["seen_on"].min()).dt.days // 7 + 1
    users = week.value_counts().sort_index().cumsum()
    enough = users[users >= 2 * plan["users_per_arm"]]
    return {"weeks": int(enough.index[0]), "users_in_test": float(enough.iloc[0])}


# %% wrong="duration" trap="share_per_arm"
"""You have {yours}. You gave the whole share to each arm. With a share of 0.6 that would put more people into
the test than there are. `allocated_share` is for *both arms together*. What is left for one arm?"""


def weeks_needed(log, plan):
    first_seen = log[log["eligible"]].groupby("visitor_id")["seen_on"].min()
    week = (first_seen - log["seen_on"].min()).dt.days // 7 + 1
    per_arm = week.value_counts().sort_index().cumsum() * plan["allocated_share"]
    enough = per_arm[per_arm >= plan["users_per_arm"]]
    return {"weeks": int(enough.index[0]), "users_in_test": 2 * float(enough.iloc[0])}


# %% wrong="duration" trap="calendar_weeks"
"""You have {yours}. Your weeks begin on Monday, but day 1 is 1 November, a Friday. Your first “week” then has three
days, so Friday to Sunday count once more than the rest. Count seven days from day 1. On which
date does the second week of this test begin?"""


def weeks_needed(log, plan):
    first_seen = log[log["eligible"]].groupby("visitor_id")["seen_on"].min()
    monday = log["seen_on"].min() - pd.Timedelta(log["seen_on"].min().weekday(), "D")
    week = (first_seen - monday).dt.days // 7 + 1
    users = week.value_counts().sort_index().cumsum() * plan["allocated_share"]
    enough = users[users >= 2 * plan["users_per_arm"]]
    return {"weeks": int(enough.index[0]), "users_in_test": float(enough.iloc[0])}


# %% right="duration"
def weeks_needed(log, plan):
    day_1 = log["seen_on"].min()
    met, weeks = set(), 0
    while len(met) * plan["allocated_share"] < 2 * plan["users_per_arm"]:
        weeks += 1
        for row in log.itertuples():
            if row.eligible and (row.seen_on - day_1).days < 7 * weeks:
                met.add(row.visitor_id)
    return {"weeks": weeks, "users_in_test": len(met) * plan["allocated_share"]}


# %% right="duration"
def weeks_needed(log, plan):
    day = (log["seen_on"] - log["seen_on"].min()).dt.days
    new = day[log["eligible"]].groupby(log["visitor_id"]).min().value_counts()
    per_day = new.reindex(range(7 * (day.max() // 7 + 1)), fill_value=0)
    needed = pm.experiments.days_needed(
        2 * plan["users_per_arm"],
        new_users_per_day=per_day.tolist(),
        traffic_share=plan["allocated_share"],
    )
    users = per_day.iloc[: needed.days].sum() * plan["allocated_share"]
    return {"weeks": needed.days // 7, "users_in_test": users}


# %%
found = None
if n_per_arm is not None:
    next_test = {
        "users_per_arm": n_per_arm,
        "allocated_share": plan["allocated_share"],
    }
    found = usable(weeks_needed, log.copy(), next_test, keys=("weeks", "users_in_test"))
if found is None:
    print("Pass the checks of M09-E2 and M09-E3 first.")
else:
    first_week = log["seen_on"] < log["seen_on"].min() + pd.Timedelta(7, "D")
    print(
        f"Rows of week 1 in the log: {count(first_week.sum())}. Whole weeks needed: "
        f"{found['weeks']:.0f}, with {count(found['users_in_test'])} users in the test "
        "at the end."
    )

# %% [markdown] exercise="interference" objective="design for interference"
# ## M09-E4 · They share the cleaners (5 points)
#
# Instant match gives a household the nearest free cleaner. If households draw arms one by
# one, both arms fish in the same pool: what one arm wins, the other may lose. This is
# **interference**. The way out is to draw whole *zones*, whose cleaners work there only.
# But requests of one zone resemble each other, so they carry less news than their number.
#
# With m requests per zone on average and **ICC** (intraclass correlation) the share of the
# variance that lies between zones:
#
# design effect = 1 + (m − 1) · ICC, effective requests = requests / design effect
#
# Write `zone_test(requests, icc)`. `requests` comes from a dry run: each household drew an
# arm, but all saw the old page. One row for each request: `request_id`, `zone`, `arm`
# (`"control"` or `"treatment"`) and `cleaner_id`, who accepted it; empty if nobody
# did. The test will measure the share of requests that find a cleaner, so a request
# counts whether or not it found one.
#
# **Done when** the function returns a dictionary with `design_effect` and
# `effective_requests` of a test by zone (within 0.5 %), and `unit`: `"zone"` if at least
# one cleaner accepted requests of both arms, else `"user"`.


# %% solution="interference"
def zone_test(requests, icc):
    """Return {"design_effect": ..., "effective_requests": ..., "unit": ...}."""
    ### BEGIN SOLUTION
    per_zone = len(requests) / requests["zone"].nunique()
    effect = 1 + (per_zone - 1) * icc
    arms_met = requests.groupby("cleaner_id")["arm"].nunique()
    return {
        "design_effect": effect,
        "effective_requests": len(requests) / effect,
        "unit": "zone" if (arms_met > 1).any() else "user",
    }
    ### END SOLUTION


# %% checks="interference" points=5
def unit_in(answer):
    """Return the unit of an answer, in small letters."""
    unit = answer.get("unit", "")
    return unit.strip().lower() if isinstance(unit, str) else unit


with pm.checks.exercise("interference", points=5, read="Lesson 09, section 4") as check:
    units = ("zone", "user")
    small = pd.DataFrame(
        {
            "request_id": [1, 2, 3, 4, 5, 6, 7, 8, 9],
            "zone": ["A1", "B1", "B1", "C1", "C1", "C1", "C1", "C1", "C1"],
            "arm": [
                *("control", "treatment", "control", "treatment", "treatment"),
                *("control", "treatment", "control", "treatment"),
            ],
            "cleaner_id": pd.array(
                [11, 21, None, 31, 31, 32, None, 33, 33], dtype="Int64"
            ),
        }
    )
    check.show("the small dry run (icc is 0.25)", small)
    answer = zone_test(small.copy(), 0.25)
    numbers = answer
    if isinstance(answer, dict):
        numbers = {key: answer[key] for key in answer if key != "unit"}
    check.record(
        numbers,
        # m = 9 / 3 = 3, so 1 + 2 × 0.25 = 1.5, and 9 / 1.5 = 6.
        {"design_effect": 1.5, "effective_requests": 6.0},
        what="the small dry run",
        traps={
            "ignores_cluster": {"effective_requests": 9.0},
            "icc_times_m": {"design_effect": 1.75},
            "counts_bookings": {"design_effect": 4 / 3},
            "zones_only": {"effective_requests": 3.0},
            "size_weighted": {"design_effect": 17 / 9, "effective_requests": 81 / 17},
            "largest_zone": {"design_effect": 2.25},
            "multiplies": {"design_effect": 1.5, "effective_requests": 13.5},
        },
        facts={"zones": 3, "matched": 7, "requests": 9},
        idea="How many requests has a zone on average (all rows over all zones)? One of "
        "them is the first; how many more share its zone? Only those repeat a part of "
        "what it tells.",
    )
    if "unit" not in answer:
        check.labels({}, {"unit": "zone"}, options=units, what="the small dry run")
    check.choice(
        unit_in(answer),
        "zone",
        options=units,
        what="the unit that draws an arm",
        traps={"user_split_ok": "user"},
        facts={"cleaner": 33},
        keeps=0.7 if unit_in(answer) in units else 0,
    )
    apart = small.assign(
        cleaner_id=pd.array([11, 21, None, 31, 31, 32, None, 33, 34], dtype="Int64")
    )
    check.show("a dry run with a pool for each arm (icc is 0.25)", apart)
    check.choice(
        unit_in(zone_test(apart.copy(), 0.25)),
        "user",
        options=units,
        what="the unit where each arm has its own cleaners",
        traps={"zones_always": "zone"},
        keeps=0.7,
    )
    ### BEGIN HIDDEN TESTS
    for variant in pm.checks.variants(4):
        dice = pm.checks.rng(variant)
        zones = int(dice.integers(10, 17))
        sizes = np.concatenate([[1, 2, 3], dice.integers(2, 9, zones - 4), [24]])
        zone = np.repeat(np.arange(zones), sizes)
        size, icc = len(zone), round(dice.uniform(0.10, 0.25), 3)
        treated, nobody = dice.random((2, size)) < [[0.5], [0.3]]
        treated[-2:], nobody[-2:] = [True, False], False
        helper = 100 + 4 * zone + dice.integers(0, 2, size) + 2 * treated
        shared = helper.copy()
        shared[-2:] = 900  # the last cleaner alone serves both arms
        effect = 1 + (size / zones - 1) * icc
        weighted = 1 + ((sizes**2).sum() / size - 1) * icc
        for unit, who in (("zone", shared), ("user", helper)):
            data = pd.DataFrame(
                {
                    "request_id": 900_000 + np.arange(size),
                    "zone": [f"Z{number}" for number in zone],
                    "arm": np.where(treated, "treatment", "control"),
                    "cleaner_id": pd.array(
                        [None if gone else int(one) for one, gone in zip(who, nobody)],
                        dtype="Int64",
                    ),
                }
            )
            answer = zone_test(data.copy(), icc)
            numbers = {key: answer[key] for key in answer if key != "unit"}
            check.record(
                numbers,
                {"design_effect": effect, "effective_requests": size / effect},
                what="another dry run",
                traps={
                    "size_weighted": {
                        "design_effect": weighted,
                        "effective_requests": size / weighted,
                    },
                },
            )
            check.choice(
                unit_in(answer),
                unit,
                options=units,
                what="the unit for another dry run",
                traps=(
                    {"user_split_ok": "user"}
                    if unit == "zone"
                    else {"zones_always": "zone"}
                ),
                keeps=0.7,
            )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="interference"
# Ask twice “how alike?”. If all requests of a zone were copies of each other (ICC 1), the
# test would have as many observations as zones. If they had nothing in common (ICC 0), as
# many as requests. The truth lies between.

# %% [markdown] hint="interference"
# m is the mean number of requests per zone: all rows over all different zones. For the
# unit, go cleaner by cleaner: in how many arms did she accept?

# %% [markdown] hint="interference"
# `.groupby("cleaner_id")["arm"].nunique()` counts the arms for each cleaner and leaves
# out rows without one. `.any()` says whether at least one of many is true.

# %% wrong="interference" trap="ignores_cluster"
"""You have {yours}. You count all {requests} requests as independent. But they come from {zones} zones, and
a zone with few cleaners turns all its households away together. Whole zones draw an
arm, so requests of one zone always fall into the same arm. How much of the variance lies between zones,
and what does that make of m requests? (The share comes as `icc`; do not estimate it anew.)"""


def zone_test(requests, icc):
    arms_met = requests.groupby("cleaner_id")["arm"].nunique()
    return {
        "design_effect": 1.0,
        "effective_requests": len(requests),
        "unit": "zone" if (arms_met > 1).any() else "user",
    }


# %% wrong="interference" trap="icc_times_m"
"""You have {yours}. You multiplied the ICC by all requests of a zone. Try a zone with one
request: it shares its zone with nobody, so nothing is lost, and the design effect must be 1;
your formula gives more. With how many *others* does a request share its zone?"""


def zone_test(requests, icc):
    per_zone = len(requests) / requests["zone"].nunique()
    effect = 1 + per_zone * icc
    arms_met = requests.groupby("cleaner_id")["arm"].nunique()
    return {
        "design_effect": effect,
        "effective_requests": len(requests) / effect,
        "unit": "zone" if (arms_met > 1).any() else "user",
    }


# %% wrong="interference" trap="counts_bookings"
"""You have {yours}. You kept the {matched} requests that found a cleaner. The test asks which share
finds one: a request that nobody took is an answer, too, and the most important one. Which rows
belong to the denominator of that share?"""


def zone_test(requests, icc):
    booked = requests.dropna(subset=["cleaner_id"])
    per_zone = len(booked) / booked["zone"].nunique()
    effect = 1 + (per_zone - 1) * icc
    arms_met = booked.groupby("cleaner_id")["arm"].nunique()
    return {
        "design_effect": effect,
        "effective_requests": len(booked) / effect,
        "unit": "zone" if (arms_met > 1).any() else "user",
    }


# %% wrong="interference" trap="zones_only"
"""You have {yours}. You count zones, as if all requests of a zone were copies of one. That is the
worst case, an ICC of 1. Here it is smaller, so a second request of the same zone still tells something new.
How much does each further one repeat?"""


def zone_test(requests, icc):
    zones = requests["zone"].nunique()
    arms_met = requests.groupby("cleaner_id")["arm"].nunique()
    return {
        "design_effect": len(requests) / zones,
        "effective_requests": zones,
        "unit": "zone" if (arms_met > 1).any() else "user",
    }


# %% wrong="interference" trap="largest_zone"
"""You have {yours}. You took the largest zone for m, and the others are far smaller: the test would look
weaker than it is. The formula asks for the mean. How many requests has a zone if you share
all {requests} out evenly?"""


def zone_test(requests, icc):
    effect = 1 + (requests["zone"].value_counts().max() - 1) * icc
    arms_met = requests.groupby("cleaner_id")["arm"].nunique()
    return {
        "design_effect": effect,
        "effective_requests": len(requests) / effect,
        "unit": "zone" if (arms_met > 1).any() else "user",
    }


# %% wrong="interference" trap="multiplies"
"""You have {yours}. That is more than the {requests} requests there are, as if being alike made them tell
more. Neighbors repeat a part of each other's news. Should the number of independent requests
be above or below {requests}?"""


def zone_test(requests, icc):
    per_zone = len(requests) / requests["zone"].nunique()
    effect = 1 + (per_zone - 1) * icc
    arms_met = requests.groupby("cleaner_id")["arm"].nunique()
    return {
        "design_effect": effect,
        "effective_requests": len(requests) * effect,
        "unit": "zone" if (arms_met > 1).any() else "user",
    }


# %% wrong="interference" trap="size_weighted" credit=0.5
"""You have {yours}. You used the zone size that a *request* meets on average, where large zones
count more. That is a careful choice when sizes differ much; this course uses the plain mean per zone because a plan is
written before the sizes are known. How many requests has the average zone?"""


def zone_test(requests, icc):
    sizes = requests["zone"].value_counts()
    effect = 1 + ((sizes**2).sum() / sizes.sum() - 1) * icc
    arms_met = requests.groupby("cleaner_id")["arm"].nunique()
    return {
        "design_effect": effect,
        "effective_requests": sizes.sum() / effect,
        "unit": "zone" if (arms_met > 1).any() else "user",
    }


# %% wrong="interference" trap="user_split_ok" credit=0.7
"""Your numbers are right, but you chose {yours}. Cleaner {cleaner} accepted requests of both arms. An hour
that she gives to one household is gone for the other: if the button helps the treated, it does so partly
*at the cost of the control*, and the difference between the arms counts that twice. Can you name a unit
that keeps each cleaner within one arm?"""


def zone_test(requests, icc):
    per_zone = len(requests) / requests["zone"].nunique()
    effect = 1 + (per_zone - 1) * icc
    return {
        "design_effect": effect,
        "effective_requests": len(requests) / effect,
        "unit": "user",
    }


# %% wrong="interference" trap="zones_always" credit=0.7
"""Your numbers are right, but you chose {yours} where no cleaner met both arms (an empty cell is no cleaner). There a split by user
is clean, and drawing zones costs a part of the evidence, as your own design effect says. Let the
data decide: for how many cleaners do you find two arms?"""


def zone_test(requests, icc):
    per_zone = len(requests) / requests["zone"].nunique()
    effect = 1 + (per_zone - 1) * icc
    return {
        "design_effect": effect,
        "effective_requests": len(requests) / effect,
        "unit": "zone",
    }


# %% right="interference"
def zone_test(requests, icc):
    sizes, arms = {}, {}
    for row in requests.to_dict("records"):
        sizes[row["zone"]] = sizes.get(row["zone"], 0) + 1
        if not pd.isna(row["cleaner_id"]):
            arms.setdefault(row["cleaner_id"], set()).add(row["arm"])
    total = sum(sizes.values())
    effect = 1 + (total / len(sizes) - 1) * icc
    both = any(len(met) == 2 for met in arms.values())
    return {
        "unit": "zone" if both else "user",
        "design_effect": effect,
        "effective_requests": total / effect,
    }


# %% right="interference"
def zone_test(requests, icc):
    size = requests.groupby("zone").size().mean()
    taken = requests.dropna(subset=["cleaner_id"])
    treated = set(taken.loc[taken["arm"] == "treatment", "cleaner_id"])
    control = set(taken.loc[taken["arm"] == "control", "cleaner_id"])
    return {
        "design_effect": pm.experiments.design_effect(size, icc=icc),
        "effective_requests": pm.experiments.effective_users(
            len(requests), cluster_size=size, icc=icc
        ),
        "unit": "zone" if treated & control else "user",
    }


# %%
# A look ahead, not part of your plan: in 2024 a zone has too few searches to see how
# alike they are. By May 2026 there are enough. Odd and even user ids play the arms.
searches = pm.case.load("search_requests")
searches = searches[searches["requested_at"] >= "2026-05-01"]
taken = pm.case.load("bookings").dropna(subset=["request_id"])
spring = searches.merge(taken[["request_id", "cleaner_id"]], how="left")
spring["cleaner_id"] = spring["cleaner_id"].astype("Int64")
spring["arm"] = np.where(spring["user_id"] % 2 == 0, "treatment", "control")
in_a_day = spring["matched_at"] - spring["requested_at"] <= pd.Timedelta(1, "D")
icc = pm.experiments.intraclass_correlation(
    in_a_day.astype(float), clusters=spring["zone"]
)
dry_run = spring[["request_id", "zone", "arm", "cleaner_id"]].copy()
found = usable(zone_test, dry_run, icc, keys=("design_effect", "effective_requests"))
if found is None:
    print("Pass the check of M09-E4 first.")
else:
    print(
        f"{count(len(spring))} searches in {spring['zone'].nunique()} zones: design "
        f"effect {found['design_effect']:.1f}, so they are worth "
        f"{count(found['effective_requests'])} independent ones. "
        f"Unit: {found.get('unit')}."
    )
    print(
        f"The ICC here is {icc:.3f}: whether a search is matched within a day hangs on "
        f"the zone's cleaners. Your plan's {plan['zone_icc']:.4f} is for another "
        "number, a clean within 14 days, which hangs mostly on the household."
    )

# %% [markdown] exercise="peeking" objective="commit to a rule for looking early"
# ## M09-E5 · What does a look cost? (6 points)
#
# Ada wants to look four times while a test runs, “and stop as soon as it is clear”. How often
# would such a test announce an effect where there is none? That share is the
# **false alarm rate**. Simulated tests without any effect tell.
#
# Write `false_alarms(z)`. `z` is a NumPy array: one row for each simulated test, one
# column for each of four looks, the same number of users apart. z is the difference between
# the arms, divided by its *standard error*, its usual chance error; every alarm is false
# here. The *size* of z is z without its sign: up or
# down, an alarm is an alarm, and a test stops at its first. Return the share of tests
# with an alarm:
#
# | Key | Rule |
# |---|---|
# | `fixed_horizon` | one look, the fourth: alarm if the size of z is 1.96 or more |
# | `naive` | at each look, alarm if the size of z is 1.96 or more |
# | `pocock` | the same with 2.361 |
# | `obrien_fleming` | the same with 2.024 · √(4 / k) at look k = 1, 2, 3, 4 |
# | `bayes` | at each look, alarm if the chance that the new page is better is at least 97.5 %, or at most 2.5 % |
#
# Seen without any opinion beforehand (a *flat prior*), the chance that the new page is better
# is Φ(z), the share of a standard normal below z. It reaches q at z(q), which
# `NormalDist().inv_cdf(q)` gives, as in M09-E2.
#
# Then set `weekly_rule`: the name of a rule for Ada's plan. She must be able to stop at any of
# the four looks, and the false alarm rate must hold 5 %, give or take one point.
#
# The lines of Pocock and O'Brien-Fleming are made for four looks. Other numbers of looks
# have other lines, and both rules ask for more users than a test with one look:
# `pm.experiments.group_sequential` says how many. You will need that in the plan.
#
# **Done when** `false_alarms` returns a dictionary with the five rates as fractions, not
# rounded, each within 0.002, and `weekly_rule` is one of the five names, as a text. The
# check uses eight tests; the cell after it runs your function on 20,000. Look at those
# rates for the rule.


# %% solution="peeking"
def false_alarms(z):
    """Return the share of tests with an alarm, for each of the five rules."""
    ### BEGIN SOLUTION
    size = np.abs(z)
    look = np.arange(1, 5)
    naive = (size >= 1.96).any(axis=1).mean()
    return {
        "fixed_horizon": (size[:, 3] >= 1.96).mean(),
        "naive": naive,
        "pocock": (size >= 2.361).any(axis=1).mean(),
        "obrien_fleming": (size >= 2.024 * np.sqrt(4 / look)).any(axis=1).mean(),
        "bayes": naive,  # Φ(z) passes 97.5 % where z passes 1.96
    }
    ### END SOLUTION


weekly_rule = ""  # a name between the quotes; nothing to write below this line
### BEGIN SOLUTION
weekly_rule = "obrien_fleming"
### END SOLUTION

# %% checks="peeking" points=6
with pm.checks.exercise("peeking", points=6, read="Lesson 09, section 5") as check:
    rules = ("fixed_horizon", "naive", "pocock", "obrien_fleming", "bayes")
    small = np.array(
        [
            [2.1, 2.5, 1.0, 0.4],
            [0.3, 1.2, 2.0, 2.2],
            [-2.0, -1.1, -0.6, 0.2],
            [0.6, 0.1, 0.9, 1.4],
            [0.7, 0.5, -0.2, -2.1],
            [-0.8, -1.5, -2.4, -1.7],
            [1.7, 1.8, 1.75, 1.7],
            [-0.2, 0.4, 1.96, 0.3],
        ]
    )
    check.show(
        "the eight tests",
        pd.DataFrame(small, columns=[f"look {number}" for number in range(1, 5)]),
    )
    answer = false_alarms(small.copy())
    if isinstance(answer, dict):  # further keys do no harm
        answer = {rule: answer[rule] for rule in rules if rule in answer}
    check.record(
        answer,
        # Of eight: two at the end; six ever at 1.96; two at 2.361; three low enough.
        {
            "fixed_horizon": 0.25,
            "naive": 0.75,
            "pocock": 0.25,
            "obrien_fleming": 0.375,
            "bayes": 0.75,
        },
        what="the eight tests",
        absolute=0.002,
        traps={
            "still_5pct": {"naive": 8 / 32, "pocock": 2 / 32},
            "alpha_times_looks": {"naive": 1.0},
            "stop_when_flat": {"naive": 0.25, "pocock": 0.0},
            "one_direction": {"naive": 0.375},
            "bayes_immune": {"naive": 0.75, "bayes": 0.25},
            "bayes_one_tail": {"naive": 0.75, "bayes": 0.375},
            "bayes_nine_in_ten": {"naive": 0.75, "bayes": 0.875},
            "same_line_at_each_look": {"naive": 0.75, "obrien_fleming": 0.5},
        },
        facts={"crossings": 8, "tests": 8},
        idea="Take the first test and walk from look to look: at which one does each "
        "rule stop it, if at all? A test counts once, however often it crosses; "
        "“fixed_horizon” sees the last look only. Exactly at the limit is an alarm. A "
        "share is a count over all tests.",
    )
    weekly = weekly_rule
    if isinstance(weekly, str):  # “O'Brien-Fleming” is as good as “obrien_fleming”
        spelled = "".join(filter(str.isalpha, weekly.lower()))
        known = {rule.replace("_", ""): rule for rule in rules}
        weekly = known.get(spelled, weekly)
    holding = weekly if weekly in ("pocock", "obrien_fleming") else "pocock"
    advice = (
        "Two things are asked: the rate holds 5 %, and Ada may stop at every look. "
        "Compare the rates that your function gives for many tests, in the cell below."
    )
    check.choice(
        weekly,
        holding,
        options=rules,
        what="the rule for the plan",
        traps={"peeks_anyway": "naive", "trusts_bayes": "bayes"},
        idea=advice,
        keeps=0.7,
    )
    ### BEGIN HIDDEN TESTS
    for variant in pm.checks.variants(3):
        dice = pm.checks.rng(variant)
        steps = dice.standard_normal((800, 4))
        z = steps.cumsum(axis=1) / np.sqrt([1, 2, 3, 4])
        rates = {}
        for rule, limits in {
            "fixed_horizon": [99, 99, 99, 1.96],
            "naive": [1.96] * 4,
            "pocock": [2.361] * 4,
            "obrien_fleming": [4.048, 2.8624, 2.3371, 2.024],
            "bayes": [1.95996] * 4,
        }.items():
            rates[rule] = float(np.mean((np.abs(z) >= limits).sum(axis=1) > 0))
        answer = false_alarms(z.copy())
        check.record(
            {rule: answer[rule] for rule in rules if rule in answer},
            rates,
            what="the rates of other tests",
            absolute=0.002,
        )
        check.choice(
            weekly,
            holding,
            options=rules,
            what="the rule for the plan",
            traps={"peeks_anyway": "naive", "trusts_bayes": "bayes"},
            idea=advice,
            keeps=0.7,
        )
    ### END HIDDEN TESTS
check.verdict()

# %% [markdown] hint="peeking"
# Draw one test as a line through four points, and each rule as a fence above and below.
# The test alarms if the line touches the fence at a look, once is enough.

# %% [markdown] hint="peeking"
# For each rule make a table of true and false: does this look of this test reach the
# limit? Then ask for each row whether any look did, and take the mean of the rows. Mind
# the minus signs. For `bayes`, ask at which z the chance Φ(z) passes 97.5 %.

# %% [markdown] hint="peeking"
# `np.abs(z)` takes off the sign; `.any(axis=1)` goes along each row; four limits in an
# array meet the four columns. The mean of true and false is a share.

# %% wrong="peeking" trap="still_5pct"
"""You have {yours}. You took the share of all *looks* that cross ({crossings} of 4 × {tests}). Per look the naive
risk is indeed 5 %, and that is why it feels safe. But a test gets four chances to cross, and one is
enough to announce an effect. What share of *tests* cross at least once?"""


def false_alarms(z):
    size = np.abs(z)
    limits = 2.024 * np.sqrt(4 / np.arange(1, 5))
    return {
        "fixed_horizon": (size[:, 3] >= 1.96).mean(),
        "naive": (size >= 1.96).mean(),
        "pocock": (size >= 2.361).mean(),
        "obrien_fleming": (size >= limits).mean(),
        "bayes": (size >= 1.96).mean(),
    }


weekly_rule = "naive"

# %% wrong="peeking" trap="alpha_times_looks"
"""You have {yours}. You added the looks: {crossings} crossings for {tests} tests. A test that crosses
twice counts twice, though it stops at the first; with many looks your rate would pass 100 %.
Looks at one test resemble each other, so the true rate lies below looks × 5 %. How many *different* tests
cross?"""


def false_alarms(z):
    size = np.abs(z)
    limits = 2.024 * np.sqrt(4 / np.arange(1, 5))
    return {
        "fixed_horizon": (size[:, 3] >= 1.96).mean(),
        "naive": (size >= 1.96).mean(axis=0).sum(),
        "pocock": (size >= 2.361).mean(axis=0).sum(),
        "obrien_fleming": (size >= limits).mean(axis=0).sum(),
        "bayes": (size >= 1.96).mean(axis=0).sum(),
    }


weekly_rule = "pocock"

# %% wrong="peeking" trap="stop_when_flat"
"""You have {yours}. You end a test at the first look that shows nothing. That keeps false alarms rare, but a
test that is flat after one week has not answered yet: with a real effect most tests still look flat then,
and you would bury them. No rule in the table stops for being flat. What happens to a test
that does not cross at look 1?"""


def false_alarms(z):
    limits = {
        "fixed_horizon": [99, 99, 99, 1.96],
        "naive": [1.96] * 4,
        "pocock": [2.361] * 4,
        "obrien_fleming": [2.024 * (4 / k) ** 0.5 for k in range(1, 5)],
        "bayes": [1.96] * 4,
    }
    alarms = dict.fromkeys(limits, 0)
    for rule, fence in limits.items():
        for test in z:
            for value, limit in zip(test, fence):
                if abs(value) >= limit:
                    alarms[rule] += 1
                break
    return {rule: number / len(z) for rule, number in alarms.items()}


weekly_rule = "pocock"

# %% wrong="peeking" trap="one_direction"
"""You have {yours}. Only rises count in it. The third test stands at −2.0 after the first look: “the new page
harms” would be announced, and that is false as well. The rules speak of the *size* of z. What do you have to do
with a minus sign?"""


def false_alarms(z):
    limits = 2.024 * np.sqrt(4 / np.arange(1, 5))
    return {
        "fixed_horizon": (z[:, 3] >= 1.96).mean(),
        "naive": (z >= 1.96).any(axis=1).mean(),
        "pocock": (z >= 2.361).any(axis=1).mean(),
        "obrien_fleming": (z >= limits).any(axis=1).mean(),
        "bayes": (z >= 1.96).any(axis=1).mean(),
    }


weekly_rule = "pocock"

# %% wrong="peeking" trap="bayes_immune"
"""You have {yours}. You let the Bayesian rule decide at the last look only, as if it could not be fooled by
looking. But the rule is asked at each look, and it stops at the first “yes”. A probability of 97.5 % is a
line for z like any other. Which line is it, and how often is it crossed in four looks?"""


def false_alarms(z):
    size = np.abs(z)
    limits = 2.024 * np.sqrt(4 / np.arange(1, 5))
    return {
        "fixed_horizon": (size[:, 3] >= 1.96).mean(),
        "naive": (size >= 1.96).any(axis=1).mean(),
        "pocock": (size >= 2.361).any(axis=1).mean(),
        "obrien_fleming": (size >= limits).any(axis=1).mean(),
        "bayes": (size[:, -1] >= 1.96).mean(),
    }


weekly_rule = "bayes"

# %% wrong="peeking" trap="bayes_one_tail"
"""You have {yours}. In `bayes` only rises count. The third test stands at −2.0 after its first look: the chance
that the new page is *better* is then about 2 %, and the rule calls it harmful. Which second line does a chance of at most
2.5 % draw?"""


def false_alarms(z):
    size = np.abs(z)
    limits = 2.024 * np.sqrt(4 / np.arange(1, 5))
    return {
        "fixed_horizon": (size[:, 3] >= 1.96).mean(),
        "naive": (size >= 1.96).any(axis=1).mean(),
        "pocock": (size >= 2.361).any(axis=1).mean(),
        "obrien_fleming": (size >= limits).any(axis=1).mean(),
        "bayes": (z >= NormalDist().inv_cdf(0.975)).any(axis=1).mean(),
    }


weekly_rule = "pocock"

# %% wrong="peeking" trap="bayes_nine_in_ten"
"""You have {yours}. Your line for `bayes` is 1.645: it leaves 5 % below and 5 % above. The rule
announces at 97.5 % or at 2.5 %. The seventh test stays between 1.7 and 1.8; how large is the
chance there?"""


def false_alarms(z):
    size = np.abs(z)
    limits = 2.024 * np.sqrt(4 / np.arange(1, 5))
    return {
        "fixed_horizon": (size[:, 3] >= 1.96).mean(),
        "naive": (size >= 1.96).any(axis=1).mean(),
        "pocock": (size >= 2.361).any(axis=1).mean(),
        "obrien_fleming": (size >= limits).any(axis=1).mean(),
        "bayes": (size >= NormalDist().inv_cdf(0.95)).any(axis=1).mean(),
    }


weekly_rule = "pocock"

# %% wrong="peeking" trap="same_line_at_each_look"
"""You have {yours}. You use 2.024 at all four looks. The rule of O'Brien and Fleming is strict early, when
few users are in, and loosens towards the end: that is how it pays for the looks. In its formula the
limit depends on k. How high is it at the first look?"""


def false_alarms(z):
    size = np.abs(z)
    return {
        "fixed_horizon": (size[:, 3] >= 1.96).mean(),
        "naive": (size >= 1.96).any(axis=1).mean(),
        "pocock": (size >= 2.361).any(axis=1).mean(),
        "obrien_fleming": (size >= 2.024).any(axis=1).mean(),
        "bayes": (size >= 1.96).any(axis=1).mean(),
    }


weekly_rule = "pocock"

# %% wrong="peeking" trap="peeks_anyway" credit=0.7
"""Your rates are right, and you chose {yours}. Your own number for it, over many tests, is more than twice
the 5 % that the plan promises: where nothing changed, one test in eight would still announce something. Ada
may look each week, at a price that is fixed before. Which rules pay that price?"""


def false_alarms(z):
    size = np.abs(z)
    limits = 2.024 * np.sqrt(4 / np.arange(1, 5))
    return {
        "fixed_horizon": (size[:, 3] >= 1.96).mean(),
        "naive": (size >= 1.96).any(axis=1).mean(),
        "pocock": (size >= 2.361).any(axis=1).mean(),
        "obrien_fleming": (size >= limits).any(axis=1).mean(),
        "bayes": (size >= 1.96).any(axis=1).mean(),
    }


weekly_rule = "naive"

# %% wrong="peeking" trap="trusts_bayes" credit=0.7
"""Your rates are right, and you chose {yours}. A chance of 97.5 % sounds stricter than 5 %, but your
function gives this rule the same rate as naive peeking. A prior that doubts large effects would help; a flat one
does not. Which rules hold 5 % in your own table, and let Ada stop early?"""


def false_alarms(z):
    size = np.abs(z)
    limits = 2.024 * np.sqrt(4 / np.arange(1, 5))
    return {
        "fixed_horizon": (size[:, 3] >= 1.96).mean(),
        "naive": (size >= 1.96).any(axis=1).mean(),
        "pocock": (size >= 2.361).any(axis=1).mean(),
        "obrien_fleming": (size >= limits).any(axis=1).mean(),
        "bayes": (size >= 1.96).any(axis=1).mean(),
    }


weekly_rule = "bayes"


# %% right="peeking"
def false_alarms(z):
    fences = {
        "fixed_horizon": [math.inf, math.inf, math.inf, 1.96],
        "naive": [1.96] * 4,
        "pocock": [2.361] * 4,
        "obrien_fleming": [2.024 * math.sqrt(4 / k) for k in (1, 2, 3, 4)],
        "bayes": [NormalDist().inv_cdf(0.975)] * 4,
    }
    rates = {}
    for rule, fence in fences.items():
        stopped = 0
        for test in z.tolist():
            stopped += any(abs(value) >= limit for value, limit in zip(test, fence))
        rates[rule] = stopped / len(z)
    return rates


weekly_rule = "pocock"


# %% right="peeking"
from scipy.special import ndtr


def false_alarms(z):
    table = pd.DataFrame(np.abs(z), columns=[1, 2, 3, 4])
    chance = ndtr(z)
    limits = pd.Series({k: 2.024 * (4 / k) ** 0.5 for k in table.columns})
    return {
        "fixed_horizon": table[4].ge(1.96).mean(),
        "naive": table.max(axis="columns").ge(1.96).mean(),
        "pocock": table.max(axis="columns").ge(2.361).mean(),
        "obrien_fleming": table.ge(limits).any(axis="columns").mean(),
        "bayes": ((chance >= 0.975) | (chance <= 0.025)).any(axis=1).mean(),
    }


weekly_rule = "obrien_fleming"

# %%
steps = np.random.default_rng(9).standard_normal((20_000, 4))
many = steps.cumsum(axis=1) / np.sqrt([1, 2, 3, 4])  # 20,000 tests without any effect
rules = ["fixed_horizon", "naive", "pocock", "obrien_fleming", "bayes"]
found = usable(false_alarms, many.copy(), keys=rules)
if found is None:
    print("Pass the check of M09-E5 first.")
else:
    for rule in rules:
        print(f"{rule:15} {percent(found[rule])} of 20,000 tests without effect alarm")

# %% [markdown] artefact="preregistration" points=12
# ## M09-A · Pre-registration (12 points)
#
# Write the plan for the instant-match test, about one page, so that somebody else could
# run it and could catch you if you changed your mind later. Use your own numbers. Say
#
# - the **hypothesis**: who does what more often, and why
# - **unit and population**: what draws an arm, from which moment somebody counts, who
#   is left out
# - **metrics**: one primary, with its window; guardrails, with their lines
# - **size**: smallest effect worth having and why, users per arm, weeks
# - **looks**: when you look, by which rule you stop
# - a **decision table**: what you do for each outcome, before you know it
# - **harm**: who could be worse off, cleaners included, and what you do about it
#
# Four things to settle:
#
# 1. **Who draws?** Your users per arm hold if users draw the arms. If the 24 zones draw
#    them, divide the users in the test by the design effect (m is users / 24; the ICC is
#    `zone_icc` of the plan, which is for a clean within 14 days, not for a match within
#    a day as after M09-E4). Then **halve** the result: that is one arm.
#    `pm.experiments.detectable_effect(rate, control_users=one_arm)` says what it can still
#    see. Is that effect worth a test?
# 2. **What do looks cost?** `pm.experiments.group_sequential(looks, rule=…)` gives the lines
#    for your number of looks and, as `inflation`, how many times the users you need. Does
#    that add a week?
# 3. **When is a result there?** A clean within 14 days is known 14 days after somebody
#    joined. Count only users whose 14 days are over, at each look and at the end.
# 4. **Before reading: are the arms as large as designed?** If not, there is a *sample
#    ratio mismatch* (SRM): something sorted people after the draw, and no effect may be
#    read. The next unit computes it; here, say when you compare and what you do then.
#
# For the harm section: do people learn of the change and can they decline (*notice and
# consent*)? Does the page press anybody, by a countdown or a box ticked beforehand? At
# which number do you stop for their sake? Hypothesis and metrics earn no points of their
# own, but the decision table cannot be read without them.
#
# | Criterion | 3 | 2 | 1 | 0 |
# |---|---|---|---|---|
# | Decision table | Every outcome has an action: up, down, unclear, guardrail hurt, SRM | The main outcomes have one | Only “ship if significant” | Absent |
# | Validity | Unit, population from a set moment, interference, SRM check | Three of them | One or two of them | Absent |
# | Feasibility | Users, weeks, looks, and why this effect is worth the test | Users, weeks and looks | Users only | Absent |
# | Ethics | Who could be harmed, cleaners included; consent or notice; a stop line; no pressure by design | Three of them | One or two of them | Absent |
#
# **Done when** a stranger could start the test on 6 January 2025, would know on which day to
# look and what to do with each result, and need not ask you anything.

# %% [markdown] exemplar="preregistration" score=12
# > **Instant match: plan of 13 December 2024, before any data**
# >
# > *Hypothesis.* Households that may book the nearest free cleaner at once complete a first
# > clean more often, because today one search in seven finds nobody within a day.
# >
# > *Unit and population.* In the dry run most cleaners served both arms. So zones draw the
# > arm: 24 zones, in pairs of like size. A household counts from its first opening of the
# > booking page, in both arms alike, if it is new and lives in a served zone. Staff are
# > left out.
# >
# > *Metrics.* Primary: share with a completed clean within 14 days of that moment.
# > Guardrails: offers that cleaners decline or cancel (line: 2 points up), paid hours per
# > cleaner and week (5 % down), complaints per 100 cleans (1 up).
# >
# > *Size.* Today 12.8 %. In five weeks, with 70 % allocated, the log brings 3,295 households,
# > 137 a zone. With an ICC of 0.0081 the design effect is 2.1, so each arm is worth 783
# > and sees a rise by 40 % of itself, 5.1 points (three looks included: they cost 1.7 % of
# > the users); the 28.8 % that we hoped to see would need
# > more than 100,000 households by zone. Is 5.1 points worth it? Yes: the button takes a day
# > of Bo's each week, which pays from 4 points on. A smaller gain will be missed; we accept that.
# >
# > *Looks.* Start 6 January, last entry 9 February, end 23 February 2025. When the 14 days of a third,
# > of two thirds and of all are over, by O'Brien-Fleming with three looks (z of 3.47, 2.45
# > and 2.00, errors by zone). Guardrails are read weekly.
# >
# > | Outcome | Action |
# > |---|---|
# > | A household saw the other arm than its zone's, or an arm has over a tenth more households than its zones had before | No effect is read; find the cause; start anew |
# > | A guardrail beyond its line | Stop; old page for all; Dee talks to the cleaners |
# > | Limit crossed upwards, guardrails hold | Ship to all zones by 1 April |
# > | Limit crossed downwards | Drop the button |
# > | No limit crossed, interval reaches 4 points | Not shipped; one better version is tested, once |
# > | No limit crossed, interval stays below 4 points | Drop the button |
# >
# > *Harm.* Cleaners may feel pushed to accept: a declined offer has no penalty, Dee tells all of
# > them on 2 January, and they can opt out. Households read that the nearest, not the best
# > rated, cleaner comes. No countdown, no box ticked beforehand. Stop line: the guardrails.
#
# **Why 12.** Decision table 3: six outcomes, six actions. Validity 3: zones because of
# shared cleaners, a set moment, the SRM check. Feasibility 3: users with design effect,
# weeks, looks and their price, what is out of sight and why 5.1 points are worth it. Ethics 3: cleaners first,
# notice and opting out, stop lines, no pressure.

# %% [markdown] exemplar="preregistration" score=6
# > **Test plan for instant match**
# >
# > We believe that the new button makes booking easier, so that more households book.
# > Half of the new visitors in served zones see the button from their first visit of the booking page on, the others
# > see the old page; the draw is by user, so that nobody sees both.
# >
# > We measure the share with a clean within 14 days. Today this is 12.8 %. To see a rise by
# > 28.8 % we need 1,440 users per arm at 5 % and 80 % power, which takes 5 weeks with 70 % of our traffic. We will
# > check that both arms are about equally large before we look at the result.
# >
# > At the end of week 5 we look once. If the result is significant and positive, we ship.
# > If it is significant and negative, we keep the old page and tell the team what we have learned.
# >
# > Nobody is harmed by the test, as booking stays free of charge. If crashes or
# > complaints of households go up by more than a tenth, we stop.
#
# **Why 6.** Decision table 1: “ship if significant”, with its mirror; no action for an
# unclear result, a hurt guardrail or a mismatch. Validity 2: unit, population and the SRM check are there;
# shared cleaners are not. Feasibility 2: users, weeks and one look, but why 28.8 %? Ethics 1: a
# stop line for households; the cleaners, who carry the change, do not appear.

# %% [markdown]
# ## Take-aways and next step
#
# - The primary metric says that the hope came true; a guardrail speaks for those who pay.
# - Size follows from the smallest effect worth having, per arm; weeks from new, eligible people.
# - Shared cleaners couple the arms. Drawing zones undoes it and costs evidence.
# - A look has a price, in users. Fix the rule before, and every outcome has its action.
#
# Next: the test has run. The unit on reading experiments asks whether to trust it
# before it asks what it says.
