"""The first text of a new unit: small, complete, and passing all rules but length."""

import re
from pathlib import Path

from pmlab.authoring.course import Course
from pmlab.errors import CourseError

_FICTION = (
    "Fernbroom, its people and its data are invented for this course. Tables marked\n"
    "# REAL are public data about the real world and say nothing about Fernbroom."
)

_LESSON = """\
# %% [markdown]
# # {title}
#
# Why it matters, in one story. Minutes, objectives, data.
#
# {fiction}

# %%
import pmlab as pm

# %% [markdown]
# ## The question
#
# A lesson has 25 to 40 cells and 800 to 1,200 words: worked, faded, on your own.
"""

_EXERCISES = """\
# %% [markdown]
# # {title}: exercises
#
# Why it matters, objectives, minutes, data.
#
# {fiction}

# %%
import pandas as pd

import pmlab as pm

# %% [markdown] exercise="average" objective="compute a pooled rate"
# ## M{number}-E1 · A pooled rate (5 points)
#
# Write `pooled_rate(days)`. `days` has the columns `visitors` and `buyers`.
#
# **Done when** it returns buyers per visitor as a fraction, within 0.5 %.

# %% solution="average"
def pooled_rate(days):
    \"\"\"Return buyers per visitor over all days, as a fraction.\"\"\"
    ### BEGIN SOLUTION
    return days["buyers"].sum() / days["visitors"].sum()
    ### END SOLUTION

# %% checks="average" points=5
with pm.checks.exercise("average", points=5, read="the lesson") as check:
    small = pd.DataFrame({{"visitors": [100, 900], "buyers": [20, 90]}})
    check.number(
        pooled_rate(small),
        0.11,
        what="the pooled rate of two days",
        traps={{"mean_of_days": 0.15, "last_day": 0.10, "buyers_only": 110}},
        idea="Sum both columns first.",
    )
    ### BEGIN HIDDEN TESTS
    for variant in pm.checks.variants(3):
        random = pm.checks.rng(variant)
        visitors = random.integers(100, 1000, 7) * [1, 2, 3, 4, 5, 6, 7]
        shares = [0.30, 0.25, 0.20, 0.15, 0.10, 0.08, 0.05]
        days = pd.DataFrame({{"visitors": visitors, "buyers": visitors * shares}})
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
\"\"\"You have {{yours}}: the mean of the daily rates. A quiet day then weighs as
much as a busy one. How many buyers and visitors are there in all?\"\"\"
def pooled_rate(days):
    return (days["buyers"] / days["visitors"]).mean()

# %% wrong="average" trap="last_day"
\"\"\"You have {{yours}}, the rate of the last day alone. Use all days.\"\"\"
def pooled_rate(days):
    return days["buyers"].iloc[-1] / days["visitors"].iloc[-1]

# %% wrong="average" trap="buyers_only"
\"\"\"You have {{yours}}, a number of buyers. A rate divides by those who
could buy.\"\"\"
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
# ## M{number}-A · Memo (12 points)
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
"""

_ENTRY = """
[[unit]]
slug = "{slug}"
title = "{title}"
minutes = {{ lesson = 40, exercises = 60 }}
objectives = ["compute a pooled rate"]
needs = []
data = []
points = {{ exercises = 5, artefact = 12 }}
"""


def new_unit(course: Course, slug: str) -> list[Path]:
    """Write the first text of a unit and add it to the list of units.

    Args:
        course: The course.
        slug: ``NN_name``, such as ``04_solutions``.

    Returns:
        The files that were written or changed.

    Raises:
        CourseError: If the slug is malformed, or the unit or its number exists.
    """
    if not re.fullmatch(r"\d\d_[a-z][a-z0-9_]*", slug):
        raise CourseError(
            f"unit name == {slug!r}, must be two digits and small letters, such as "
            "04_solutions"
        )
    number = slug[:2]
    folder = course.folder / "units" / slug
    taken = [entry.slug for entry in course.units if entry.slug.startswith(number)]
    taken += [path.name for path in folder.parent.glob(f"{number}_*")]
    if taken:
        raise CourseError(f"unit {number} exists: {taken[0]}; choose another number")
    title = slug[3:].replace("_", " ").capitalize()
    words = {"title": title, "number": number, "fiction": _FICTION, "slug": slug}
    manifest = _with_entry(course, slug, _ENTRY.format(**words).lstrip("\n"))
    folder.mkdir(parents=True)
    (folder / "lesson.py").write_text(_LESSON.format(**words), encoding="utf-8")
    (folder / "exercises.py").write_text(_EXERCISES.format(**words), encoding="utf-8")
    course.manifest.write_text(manifest, encoding="utf-8")
    return [folder / "lesson.py", folder / "exercises.py", course.manifest]


def _with_entry(course: Course, slug: str, entry: str) -> str:
    """Return the text of the list of units with one more, in order."""
    text = course.manifest.read_text(encoding="utf-8")
    later = next((unit.slug for unit in course.units if unit.slug > slug), None)
    if later is None:
        return f"{text.rstrip()}\n\n{entry}"
    marks = [found.start() for found in re.finditer(r"(?m)^\[\[unit\]\]", text)]
    place = re.search(rf"(?m)^slug\s*=\s*[\"']{later}[\"']", text)
    if place is None or not marks or place.start() < marks[0]:
        raise CourseError(
            f"{course.manifest}: can't find where {later} starts; write it as "
            f'[[unit]] and slug = "{later}" on lines of their own'
        )
    start = max(mark for mark in marks if mark < place.start())
    return f"{text[:start].rstrip()}\n\n{entry}\n{text[start:]}".lstrip()
