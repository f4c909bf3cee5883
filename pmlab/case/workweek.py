"""The product manager's own work: calendar, meetings, skills, people, decisions."""

import dataclasses

import numpy as np

from pmlab.case.definitions import (
    Arrays,
    Coded,
    Column,
    Table,
    day,
    flag,
    number,
    text,
    whole,
)
from pmlab.case.draws import Bools, Draws, Floats, Ints, apart, first_good
from pmlab.case.timeline import dates, day_of, times

ACTIVITIES = ("strategic", "meeting", "coordination", "email", "hiring", "support")
_TITLES = (
    "think about next quarter",
    "team meeting",
    "chase open questions",
    "mail",
    "interview a candidate",
    "answer tickets",
)
PEOPLE = ("Ada", "Bo", "Chi", "Dee", "Eli", "Fay", "Gus", "you")
_TEAMS = (
    "founder",
    "engineering",
    "design",
    "operations",
    "sales",
    "support",
    "finance and legal",
)
DECISIONS = (
    "price of a clean",
    "scope of the launch",
    "refund above 200 USD",
    "hiring of cleaners",
    "date of the launch",
    "text of the contract",
    "design of the booking page",
    "end of Classic",
    "data kept after deletion",
    "discount for offices",
)
PARTS = ("driver", "approver", "contributor", "informed", "")
DACI_FLAWS = ("two approvers", "no approver", "two drivers", "support not informed")


_SLOT_MINUTES = 5
"""All entries of the calendar begin and end on such a slot."""


@dataclasses.dataclass(frozen=True)
class _Week:
    """The entries of five days, in order.

    Attributes:
        starts: Minutes since the start of the first day.
        ends: Minutes since the start of the first day.
        kinds: Positions in ``ACTIVITIES``.
    """

    starts: Ints
    ends: Ints
    kinds: Ints

    @property
    def is_meeting(self) -> Bools:
        """Return which entries are with other people."""
        return np.isin(self.kinds, (1, 4))

    def covered(self, chosen: Bools) -> Bools:
        """Return which slots of the week the chosen entries cover."""
        slot = np.arange(5 * 1440 // _SLOT_MINUTES)[:, None] * _SLOT_MINUTES
        starts, ends = self.starts[chosen], self.ends[chosen]
        entries: Ints = ((slot >= starts) & (slot < ends)).sum(axis=1)
        return entries > 0


def _week(draws: Draws) -> _Week:
    """Fill five days with blocks that touch, leave small gaps or overlap."""
    starts, ends, kinds = [], [], []
    for weekday in range(5):
        minute = 8 * 60 + 30 + 15 * int(draws.whole(0, 2, 1)[0])
        while minute < 17 * 60:
            length = 15 * int(draws.whole(1, 7, 1)[0])
            starts.append(weekday * 1440 + minute)
            ends.append(weekday * 1440 + minute + length)
            kinds.append(int(draws.pick((0.16, 0.30, 0.20, 0.16, 0.08, 0.10), 1)[0]))
            minute += length + int(draws.pick((0.55, 0.25, 0.2), 1)[0]) * 10
    # Three blocks are booked twice: the same class of work, a quarter of an hour later.
    doubled = draws.order(len(starts))[:3]
    for position in doubled.tolist():
        starts.append(starts[position] + 15)
        ends.append(ends[position] + 15)
        kinds.append(0 if position == int(doubled[0]) else kinds[position])
    order = np.lexsort((ends, starts))
    return _Week(*(np.array(each)[order] for each in (starts, ends, kinds)))


def _longest(slots: Bools) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], slots.astype(np.int64), [0]])))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def _week_teaches(week: _Week) -> bool:
    """Return whether minutes, overlaps, days and small gaps each change a number."""
    strategic = week.kinds == 0
    everything = week.covered(np.ones(len(strategic), dtype=np.bool_))
    length = week.ends - week.starts
    shares = (
        week.covered(strategic).sum() / everything.sum(),
        strategic.mean(),
        length[strategic].sum() / length.sum(),
    )
    meetings = week.covered(week.is_meeting)
    focus = week.covered(~week.is_meeting) & ~meetings
    free = ~everything
    # A gap of 10 minutes: one or two empty slots between covered ones.
    before = np.roll(everything, 1) | np.roll(everything, 2)
    after = np.roll(everything, -1) | np.roll(everything, -2)
    bridged = _longest(focus | (free & before & after))
    changes = np.diff(week.kinds) != 0
    overnight = changes & (np.diff(week.starts // 1440) > 0)
    return bool(
        apart(*shares, gap=0.03)
        and apart(_longest(focus), bridged, gap=0.03)
        and overnight.any()
    )


def _calendar(variant: str) -> Arrays:
    week = first_good(
        lambda attempt: _week(Draws(variant, f"calendar {attempt}")), _week_teaches
    )
    return {
        "event_id": np.arange(1, len(week.starts) + 1),
        "starts_at": times(day_of(0) + week.starts / 1440 + 1e-9),
        "ends_at": times(day_of(0) + week.ends / 1440 + 1e-9),
        "title": Coded(week.kinds, _TITLES),
        "activity": Coded(week.kinds, ACTIVITIES),
        "is_meeting": week.is_meeting,
    }


def _meetings(variant: str) -> Arrays:
    draws = Draws(variant, "meetings")
    names = ["team huddle", "roadmap review", "sales sync", "design critique"]
    names += ["support digest", "founder update", "metrics hour", "retrospective"]
    size = len(names)
    decisions = np.array([0, 3, 1, 4, 0, 2, 1, 5])[draws.order(size)]
    return {
        "meeting": np.array(names),
        "minutes": np.array([15, 60, 30, 45, 30, 60, 60, 90])[draws.order(size)],
        "required_attendees": draws.whole(3, 9, size),
        "optional_attendees": draws.whole(1, 6, size),
        "times_per_year": np.array([230, 12, 46, 46, 46, 23, 46, 23]),
        "decided_in_last_5": decisions,
        "cost_usd_per_person_hour": np.round(draws.between(52, 78, size)),
    }


def _tool_request(variant: str) -> Arrays:
    draws = Draws(variant, "tool")
    rows = [
        ("people", float(draws.whole(4, 8, 1)[0]), "people"),
        ("hours_saved_per_person_week", round(draws.one(0.4, 1.2), 2), "hours"),
        ("weeks_per_year", 46.0, "weeks"),
        ("cost_per_person_hour", float(draws.whole(52, 78, 1)[0]), "USD"),
        ("list_price_per_person_month", float(draws.whole(25, 60, 1)[0]), "USD"),
        ("set_up_cost", 100.0 * float(draws.whole(10, 40, 1)[0]), "USD"),
        ("training_hours_per_person", float(draws.whole(2, 8, 1)[0]), "hours"),
    ]
    return {
        "name": np.array([row[0] for row in rows]),
        "value": np.array([row[1] for row in rows]),
        "unit": np.array([row[2] for row in rows]),
    }


_SKILLS = (
    "interviewing",
    "analysis",
    "experiments",
    "writing",
    "negotiation",
    "roadmaps",
    "pricing",
    "technical depth",
    "design sense",
    "focus",
)


def _skills(variant: str) -> Arrays:
    size = len(_SKILLS)

    def make(attempt: int) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        own = Draws(variant, f"skills {attempt}")
        ratings, weights = own.whole(0, 4, size), own.whole(1, 5, size)
        customer, business = own.whole(1, 4, size), own.whole(1, 4, size)
        return ratings, customer, weights, business, own.whole(1, 5, size)

    def good(made: tuple[Ints, Ints, Ints, Ints, Ints]) -> bool:
        ratings, *profiles = made
        for target, weight in (profiles[:2], profiles[2:]):
            gap = np.maximum(target - ratings, 0)
            ranked = np.argsort(-(weight * gap), kind="stable")
            top = weight[ranked] * gap[ranked]
            plain = set(np.argsort(-gap, kind="stable")[:3].tolist())
            lowest = set(np.argsort(ratings, kind="stable")[:3].tolist())
            best = set(ranked[:3].tolist())
            if len(set(top[:4].tolist())) < 4 or best in (plain, lowest):
                return False
            surplus = weight * np.maximum(ratings - target, 0)
            wrong = (top.sum() - surplus.sum(), gap.sum(), surplus.sum())
            if not apart(top.sum(), *wrong, gap=0.03):
                return False
        return True

    ratings, customer, weights, business, others = first_good(make, good, tries=3000)
    return {
        "skill": np.array(_SKILLS),
        "self_rating": ratings,
        "target_customer_pm": customer,
        "weight_customer_pm": weights,
        "target_business_pm": business,
        "weight_business_pm": others,
    }


def _stakeholders(variant: str) -> Arrays:
    draws, size = Draws(variant, "stakeholders"), len(PEOPLE) - 1
    return {
        "person": np.array(PEOPLE[:-1]),
        "team": np.array(_TEAMS),
        "interest": draws.whole(1, 5, size),
        "influence": np.array([5, 4, 3, 4, 3, 2, 4]),
        "hours_per_month_with_you": draws.whole(1, 14, size),
    }


def daci(variant: str) -> tuple[Ints, Ints]:
    """Return parts by decision and person, and the flaw of each decision or -1.

    Some decisions have two approvers, none, two drivers, or leave support in the dark.
    """
    draws, people = Draws(variant, "daci"), len(PEOPLE)
    parts = np.full((len(DECISIONS), people), 4)
    flaws = np.concatenate([np.arange(4), [0], np.full(len(DECISIONS) - 5, -1)])
    flaws = flaws[draws.order(len(DECISIONS))]
    support = PEOPLE.index("Fay")
    for row, flaw in enumerate(flaws.tolist()):
        free = [int(p) for p in draws.order(people) if int(p) != support]
        parts[row, free[0]], parts[row, free[1]] = 0, 1
        parts[row, free[2:4]], parts[row, free[4]], parts[row, support] = 2, 3, 3
        if flaw == 0:
            parts[row, free[2]] = 1
        elif flaw == 1:
            parts[row, free[1]] = 2
        elif flaw == 2:
            parts[row, free[3]] = 0
        elif flaw == 3:
            parts[row, support] = 4
    return parts, flaws


def _decisions(variant: str) -> Arrays:
    parts, _ = daci(variant)
    people = len(PEOPLE)
    return {
        "decision": np.repeat(np.array(DECISIONS), people),
        "person": np.tile(np.array(PEOPLE), len(DECISIONS)),
        "part": Coded(parts.ravel(), PARTS),
    }


def _throughput(variant: str) -> Arrays:
    draws, weeks = Draws(variant, "throughput"), 40
    pace = draws.one(3.0, 4.2)
    finished = draws.poisson(np.full(weeks, pace) * draws.lognormal(0.35, weeks))
    # Holidays, an outage and a move: weeks without anything finished.
    finished[draws.order(weeks)[:5]] = 0
    wip = 12 + np.cumsum(draws.pick((0.3, 0.4, 0.3), weeks) - 1)
    wip = np.maximum(wip, 4)
    points: Floats = np.round(finished * draws.between(2.0, 5.5, weeks))
    return {
        "week": np.arange(1, weeks + 1),
        "week_start": dates(day_of(10) // 7 * 7 + 7 * np.arange(weeks)),
        "finished_items": finished,
        "work_in_progress": wip,
        "story_points": points.astype(np.int64),
    }


TABLES = (
    Table(
        "calendar",
        "One row for each entry of your calendar in the first week.",
        (
            whole("event_id", "", "Id of the entry."),
            Column("starts_at", "time", "local time", "Start."),
            Column("ends_at", "time", "local time", "End; entries may overlap."),
            text("title", "Title of the entry."),
            text("activity", "Class of the work."),
            flag("is_meeting", "With other people."),
        ),
        _calendar,
    ),
    Table(
        "meetings",
        "One row for each recurring meeting.",
        (
            text("meeting", "Name of the meeting."),
            whole("minutes", "minutes", "Length."),
            whole("required_attendees", "people", "People who must be there."),
            whole("optional_attendees", "people", "People who may be there."),
            whole("times_per_year", "times a year", "How often it takes place."),
            whole(
                "decided_in_last_5", "meetings", "Of the last 5, those that decided."
            ),
            number(
                "cost_usd_per_person_hour", "USD an hour", "Cost of a person's hour."
            ),
        ),
        _meetings,
    ),
    Table(
        "tool_request",
        "One row for each number in the request for a roadmap tool.",
        (
            text("name", "Name of the number."),
            number("value", "see unit", "Its value."),
            text("unit", "Unit of the value."),
        ),
        _tool_request,
    ),
    Table(
        "skills",
        "One row for each skill: your own rating and what two kinds of roles need.",
        (
            text("skill", "Name of the skill."),
            whole("self_rating", "0-4", "Your own rating; 4 is best."),
            whole("target_customer_pm", "0-4", "Needed by a customer-focused PM."),
            whole("weight_customer_pm", "1-5", "Its weight for that role."),
            whole("target_business_pm", "0-4", "Needed by a business-focused PM."),
            whole("weight_business_pm", "1-5", "Its weight for that role."),
        ),
        _skills,
    ),
    Table(
        "stakeholders",
        "One row for each of Fernbroom's people (invented) with whom you work.",
        (
            text("person", "Name."),
            text("team", "Team."),
            whole("interest", "1-5", "Interest in your product; 5 is most."),
            whole("influence", "1-5", "Influence on decisions; 5 is most."),
            whole("hours_per_month_with_you", "hours a month", "Time you meet."),
        ),
        _stakeholders,
    ),
    Table(
        "decisions",
        "One row for each decision and person: the DACI matrix as written.",
        (
            text("decision", "What is decided."),
            text("person", "Name."),
            Column(
                "part",
                "text",
                "",
                "driver, approver, contributor or informed; empty if none.",
                optional=True,
            ),
        ),
        _decisions,
    ),
    Table(
        "throughput",
        "One row for each week of the delivery team.",
        (
            whole("week", "weeks", "Number of the week."),
            day("week_start", "Monday of the week."),
            whole("finished_items", "items", "Items finished in the week."),
            whole("work_in_progress", "items", "Items begun, not finished, on Friday."),
            whole("story_points", "points", "Points of the finished items."),
        ),
        _throughput,
        happens="week_start",
    ),
)
