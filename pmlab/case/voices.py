"""What people say: coded interviews, what they do meanwhile, and their requests."""

import numpy as np

from pmlab.case.definitions import (
    Arrays,
    Coded,
    Column,
    Table,
    flag,
    number,
    text,
    whole,
)
from pmlab.case.draws import Draws, Floats, Ints, apart, first_good

PARTICIPANTS = 18
SNIPPETS = 120
PAINS = (
    "no trust",
    "no-show",
    "hard to schedule",
    "new face each time",
    "unclear price",
    "key handover",
)
WISH, UNCLEAR = "wish: an app button", "unclear"
CODES = (*PAINS, WISH, UNCLEAR)
# People who have the pain, median severity, mentions; a role for each pain.
PAIN_ROLES = ((14, 4, 42), (10, 5, 12), (13, 3, 14), (9, 4, 13), (4, 3, 20), (2, 5, 2))
TALKATIVE_ROLE = 4
TWICE_ROLE = 3
_WISH_ROLE = (15, 4, 15)
_SAYINGS = {
    "no trust": "I stayed home the whole time because I did not know her.",
    "no-show": "Nobody came last Tuesday, and nobody called.",
    "hard to schedule": "It took eleven messages to find an hour.",
    "new face each time": "Each time I explain the stairs to somebody new.",
    "unclear price": "The bill had two hours more than we had said.",
    "key handover": "I drove home at noon to open the door.",
    WISH: "You should build a button that sends someone at once.",
    UNCLEAR: "Well, it is what it is with these things.",
}
REQUESTS = (
    "smart broom subscription",
    "same cleaner each time",
    "pause the plan",
    "receipt for taxes",
    "photo after the clean",
    "dark mode",
    "seats for offices",
    "change the hour by chat",
)


def pain_roles(variant: str) -> Ints:
    """Return the role of each pain, a position in ``PAIN_ROLES``."""
    return Draws(variant, "pain roles").order(len(PAINS))


def _mentions(draws: Draws, role: tuple[int, int, int], *, talkative: bool) -> Ints:
    """Return who says it, each person once and the rest again."""
    people, _, mentions = role
    who = draws.order(PARTICIPANTS)[:people]
    again = np.full(mentions - people, who[0])
    if not talkative:
        again = who[draws.whole(0, people - 1, mentions - people)]
    return np.concatenate([who, again])


def _severities(draws: Draws, role: tuple[int, int, int]) -> Ints:
    """Return severities whose median over people is the role's."""
    people, middle, mentions = role
    side = (people - 1) // 2
    low = np.maximum(middle - draws.whole(0, 1, side), 1)
    high = np.minimum(middle + draws.whole(0, 1, side), 5)
    core = np.concatenate([low, np.full(people - 2 * side, middle), high])
    return np.concatenate(
        [core[draws.order(people)], np.full(mentions - people, middle)]
    )


def _interviews(variant: str) -> Arrays:
    draws, role_of = Draws(variant, "interviews"), pain_roles(variant)
    who, severity, code, ticket = [], [], [], []
    for position in range(len(PAINS) + 1):
        number = int(role_of[position]) if position < len(PAINS) else -1
        role = PAIN_ROLES[number] if number >= 0 else _WISH_ROLE
        people = _mentions(draws, role, talkative=number == TALKATIVE_ROLE)
        levels = _severities(draws, role)
        # A person says the same pain with the same severity each time.
        lookup = dict(zip(people[: role[0]].tolist(), levels.tolist(), strict=False))
        who.append(people)
        severity.append(np.array([lookup[int(person)] for person in people]))
        code.append(np.full(role[2], position))
        second = np.arange(role[2]) >= role[0]
        ticket.append(second & (number == TWICE_ROLE))
    rest = SNIPPETS - sum(map(len, who))
    who.append(draws.whole(0, PARTICIPANTS - 1, rest))
    severity.append(np.ones(rest, dtype=np.int64))
    code.append(np.full(rest, len(CODES) - 1))
    ticket.append(np.zeros(rest, dtype=bool))
    order = draws.order(SNIPPETS)
    person = np.concatenate(who)[order]
    codes, from_ticket = np.concatenate(code)[order], np.concatenate(ticket)[order]
    coder_a, coder_b = coders(variant, codes)
    kind = np.where(from_ticket, "TCK", "INT")
    return {
        "snippet_id": np.arange(1, SNIPPETS + 1),
        "person_id": person + 1,
        "source": np.where(from_ticket, "ticket", "interview"),
        "source_ref": np.char.add(np.char.add(kind, "-"), (person + 1).astype(str)),
        "text": Coded(codes, [_SAYINGS[each] for each in CODES]),
        "coder_a": Coded(coder_a, CODES),
        "coder_b": Coded(coder_b, CODES),
        "code": Coded(codes, CODES),
        "is_wish": codes == len(PAINS),
        "severity": np.concatenate(severity)[order],
    }


def kappa(a: Ints, b: Ints, *, chance: float | None = None) -> float:
    """Return Cohen's kappa, or agreement corrected for another chance agreement."""
    agreed = float((a == b).mean())
    share_a, share_b = (np.bincount(each, minlength=len(CODES)) for each in (a, b))
    if chance is None:
        chance = float((share_a * share_b).sum()) / len(a) ** 2
    return (agreed - chance) / (1 - chance)


def coders(variant: str, codes: Ints) -> tuple[Ints, Ints]:
    """Draw what two coders noted; the second one leans to the commonest code."""
    favorite = int(np.flatnonzero(pain_roles(variant) == 0)[0])

    def make(attempt: int) -> tuple[Ints, Ints]:
        draws, size = Draws(variant, f"coders {attempt}"), len(codes)
        care = draws.one(0.58, 0.82)
        guess = draws.whole(0, len(CODES) - 1, size)
        other = np.where(draws.chance(0.75, size), favorite, guess)
        slips = draws.chance(0.06, size)
        coder_a = np.where(slips, len(CODES) - 1, codes)
        return coder_a, np.where(draws.even(size) < care, codes, other)

    def good(made: tuple[Ints, Ints]) -> bool:
        a, b = made
        clear = (a != len(CODES) - 1) & (b != len(CODES) - 1)
        right = kappa(a, b)
        own = float(((np.bincount(a, minlength=len(CODES)) / len(a)) ** 2).sum())
        used = len(set(a.tolist()) | set(b.tolist()))
        wrong = (
            float((a == b).mean()),
            kappa(a, b, chance=1 / used),
            kappa(a, b, chance=own),
            kappa(a[clear], b[clear]),
        )
        return abs(right - 0.6) > 0.02 and apart(right, *wrong, gap=0.018)

    return first_good(make, good)


def _observations(draws: Draws) -> tuple[Ints, Floats, Floats]:
    """Draw person, stated and observed minutes; a mistake is NaN."""
    people = 26 + int(draws.whole(0, 8, 1)[0])
    who = np.repeat(np.arange(people), draws.whole(1, 7, people))
    typical = 24 * draws.lognormal(0.5, people)
    observed = typical[who] * draws.lognormal(0.35, len(who)) + 6
    # Busy people understate most, so medians of the two columns mislead.
    states = np.where(typical > 21, draws.one(0.35, 0.45), 0.85)
    stated = observed * states[who] * draws.lognormal(0.15, len(who))
    strange = draws.even(len(who)) < 0.05
    observed = np.where(strange, observed + 150, observed)
    unknown = draws.even(len(who)) < 0.14
    return who, np.where(unknown, np.nan, np.round(stated)), np.round(observed)


def observations(variant: str) -> tuple[Ints, Floats, Floats]:
    """Return person, stated and observed minutes of each observed clean."""

    def good(made: tuple[Ints, Floats, Floats]) -> bool:
        _, stated, observed = made
        gap = (observed - stated)[np.isfinite(stated)]
        wrong = (
            np.median(observed) - np.nanmedian(stated),
            gap.mean(),
            np.median(observed - np.nan_to_num(stated)),
        )
        return apart(float(np.median(gap)), *map(float, wrong), gap=0.04)

    return first_good(
        lambda attempt: _observations(Draws(variant, f"timelog {attempt}")), good
    )


def _timelog(variant: str) -> Arrays:
    who, stated, observed = observations(variant)
    first = np.searchsorted(who, who)
    return {
        "person_id": who + 1,
        "clean_no": np.arange(len(who)) - first + 1,
        "stated_minutes": stated,
        "observed_minutes": observed,
    }


def _make_requests(draws: Draws) -> dict[str, Ints]:
    size = len(REQUESTS)
    affected = draws.whole(40, 900, size)
    return {
        "votes": draws.whole(10, 220, size),
        "affected_active_customers": affected,
        "severity": draws.whole(1, 5, size),
        "uses_per_4_weeks": draws.whole(1, 8, size),
        "support_tickets": draws.whole(5, 120, size),
        "lost_deals_usd": 100 * draws.whole(0, 260, size),
        "win_back_percent": draws.whole(2, 12, size),
    }


def feature_requests(variant: str) -> dict[str, Ints]:
    """Return the requests; votes, tickets, deals and the founder all mislead."""

    def top(values: Ints) -> set[int]:
        return set(np.argsort(-values, kind="stable")[:3].tolist())

    def good(made: dict[str, Ints]) -> bool:
        score = made["affected_active_customers"] * made["severity"]
        score = score * made["uses_per_4_weeks"]
        ranked = np.sort(score)[::-1].astype(np.float64)
        clear = all(
            apart(ranked[place], ranked[place + 1], gap=0.05) for place in range(4)
        )
        right = top(score)
        misled = [made[name] for name in ("votes", "support_tickets", "lost_deals_usd")]
        return (
            clear and 0 not in right and all(top(values) != right for values in misled)
        )

    return first_good(
        lambda attempt: _make_requests(Draws(variant, f"asks {attempt}")), good
    )


def _feature_requests(variant: str) -> Arrays:
    made = feature_requests(variant)
    return {
        "request": np.array(REQUESTS),
        "asked_by_founder": np.arange(len(REQUESTS)) == 0,
        **{name: values for name, values in made.items() if name != "win_back_percent"},
        "win_back_rate": made["win_back_percent"] / 100,
    }


TABLES = (
    Table(
        "interviews",
        "One row for each of 120 snippets from 18 interviews and tickets of month 0.",
        (
            whole("snippet_id", "", "Id of the snippet."),
            whole("person_id", "", "Person; the same in interview and ticket."),
            text("source", "interview or ticket."),
            text("source_ref", "Interview or ticket it is from."),
            text("text", "What the person said."),
            text("coder_a", "Code of the first coder."),
            text("coder_b", "Code of the second coder."),
            text("code", "Code on which both agreed after talking."),
            flag("is_wish", "The code is a wish for a feature, not a pain."),
            whole("severity", "1-5", "How bad it is for the person; 5 is worst."),
        ),
        _interviews,
    ),
    Table(
        "timelog",
        "One row for each clean whose arranging was observed and asked about.",
        (
            whole("person_id", "", "Person who was observed."),
            whole("clean_no", "", "Number of the clean, by person."),
            Column(
                "stated_minutes",
                "number",
                "minutes",
                "Minutes that the person says it took; empty for: I don't know.",
                optional=True,
            ),
            number("observed_minutes", "minutes", "Minutes that it took.", digits=0),
        ),
        _timelog,
    ),
    Table(
        "feature_requests",
        "One row for each request, with what three sources say about it.",
        (
            text("request", "What is asked for."),
            flag("asked_by_founder", "Ada's own idea."),
            whole("votes", "votes", "Votes on the public board."),
            whole(
                "affected_active_customers",
                "customers",
                "Active customers who have the problem, by direct evidence.",
            ),
            whole("severity", "1-5", "How bad it is for them; 5 is worst."),
            whole("uses_per_4_weeks", "times in 4 weeks", "How often they meet it."),
            whole("support_tickets", "tickets", "Tickets about it in a quarter."),
            whole(
                "lost_deals_usd", "USD a year", "Deals that sales says it lost by it."
            ),
            number("win_back_rate", "fraction", "Share of such deals ever won later."),
        ),
        _feature_requests,
    ),
)
