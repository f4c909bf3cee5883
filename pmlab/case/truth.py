"""What was planted in a variant: for tests, hidden checks and the grader.

This module stays with the instructor: it is left out of the learners' package, and
``pmlab.case.truth`` then says so. What it can't hide: the generator itself must know
the parameters, so a learner who reads and runs its source can find many of these facts.
They are no answers to exercises, which are computed from the data, and each variant has
its own. Hidden checks should test functions on fresh variants, not trust a secret.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from pmlab.case import (
    care,
    choices,
    consumer,
    launch,
    marketplace,
    money,
    needs,
    opinions,
    readouts,
    retirement,
    trials,
    voices,
    workweek,
    world,
)
from pmlab.case.demand import FILL_OF_COUNTY
from pmlab.case.places import launch_trio
from pmlab.case.timeline import month_start
from pmlab.case.variants import checked_code, current_variant


def truth(variant: str | None = None) -> dict[str, Any]:
    """Return the planted facts of a variant.

    Args:
        variant: A variant code; by default the current one.

    Returns:
        Plain values by name of the fact; ``meanings()`` says what each one is.

    Raises:
        TypeError: If the variant is no text.
        ValueError: If it has another form than a variant code.

    Examples:
        >>> truth("seed-1")["mismatch_experiment"]
        'fast-checkout'
    """
    code = current_variant() if variant is None else checked_code(variant)
    return {name: find(code) for name, (_, find) in _FACTS.items()}


def meanings() -> dict[str, str]:
    """Say what each planted fact is.

    Returns:
        One sentence by name of the fact.

    Examples:
        >>> meanings()["novelty_experiment"]
        'Experiment whose effect fades to nothing within four weeks.'
    """
    return {name: meaning for name, (meaning, _) in _FACTS.items()}


def _broken_cohort(code: str) -> dict[str, Any]:
    release = world.broken_release(code)
    return {
        "month": str(month_start(release.month).astype("datetime64[M]")),
        "device": world.DEVICES[release.device],
        "factor": release.factor,
    }


def _worse_theme(code: str) -> dict[str, Any]:
    theme, month, factor = care.worse_theme(code)
    start = str(month_start(month).astype("datetime64[D]"))
    return {"theme": theme, "from": start, "factor": factor}


def _top_pains(code: str) -> list[str]:
    roles = voices.pain_roles(code)
    ranked = np.argsort([-r[0] * r[1] for r in voices.PAIN_ROLES], kind="stable")
    place = {int(role): name for name, role in zip(voices.PAINS, roles, strict=True)}
    return [place[int(role)] for role in ranked[:3]]


def _effects(code: str) -> dict[str, tuple[float, ...]]:
    return {t.name: trials.effects(code, t.name).treated for t in trials.TRIALS}


def _standing(code: str) -> list[str]:
    scores = readouts.final_scores(code)
    return sorted(name for name in readouts.SECONDARY if scores[name] > 2.8)


def _worse_guardrail(code: str) -> str:
    scores = readouts.final_scores(code)
    return max(readouts.GUARDRAILS, key=lambda name: scores[name])


def _first_week_winner(code: str) -> str:
    """Return the event of most difference among those that enough users do."""
    events = consumer.first_week_events(code)
    common = {name: pair for name, pair in events.items() if pair[1] > 0.05}
    return max(common, key=lambda name: common[name][0] - common[name][1])


def _best_option(code: str) -> str:
    outlook = retirement.classic_outlook(code)
    margin = outlook["revenue_usd"] - outlook["avoidable_cost_usd"]
    worth = retirement.option_values_usd(retirement.retirement_facts(code), margin)
    return ("keep", "migrate", "sell")[int(np.argmax(worth))]


def _mvp_set(code: str) -> list[str]:
    taken = choices.mvp_plan(code)[2]
    return [choices.MVP[place][0] for place in np.flatnonzero(taken)]


def _quarter_set(code: str) -> list[str]:
    taken = choices.quarter_plan(code)[1]
    return [choices.QUARTER[place][0] for place in np.flatnonzero(taken)]


def _flawed_decisions(code: str) -> dict[str, str]:
    _, flaws = workweek.daci(code)
    return {
        decision: workweek.DACI_FLAWS[int(flaw)]
        for decision, flaw in zip(workweek.DECISIONS, flaws, strict=True)
        if flaw >= 0
    }


def _tied_feature(code: str) -> str:
    _, template = needs.kano_counts(code)
    return needs.FEATURES[int(np.flatnonzero(template == needs.TIED_TEMPLATE)[0])]


def _concept_winner(code: str) -> str:
    shares = needs.concept_shares(code)
    return "first by share" if shares[0] > max(shares[1:]) + 0.15 else "none"


_Find = Callable[[str], Any]
_FACTS: dict[str, tuple[str, _Find]] = {
    "broken_cohort": (
        "New users of this device in this month come back less: a bad release.",
        _broken_cohort,
    ),
    "short_county": (
        "County that lacks cleaners: fill below 80 %, utilization above 70 %.",
        lambda code: launch_trio(code)[2].fips,
    ),
    "fill_by_county": (
        "Chance of a match within a day by launch county, before zones differ.",
        lambda _: FILL_OF_COUNTY,
    ),
    "utilization_by_county": (
        "Aim of booked over offered hours by launch county.",
        lambda _: marketplace.UTILIZATION_OF_COUNTY,
    ),
    "decaying_channel": (
        "Channel whose customers cost more and convert less with time.",
        lambda _: world.CHANNELS[3],
    ),
    "decay_of_channel": (
        "Growth of that channel's cost per customer over the whole time.",
        lambda _: money.SOCIAL_DECAY,
    ),
    "activation_event": (
        "First-week event of at least 10 % of users that separates week 8 most.",
        _first_week_winner,
    ),
    "rare_event": (
        "Event that separates even more, but that few users do.",
        lambda _: "invited_friend_at",
    ),
    "late_event": (
        "Event that separates only if later weeks are counted.",
        lambda _: "first_chat_at",
    ),
    "worse_theme": ("Theme of tickets whose rate jumps, and when.", _worse_theme),
    "top_pains": ("Three pains of highest prevalence times severity.", _top_pains),
    "experiment_effects": (
        "True relative effects on bookings of treated users, by week.",
        _effects,
    ),
    "mismatch_experiment": (
        "Experiment that loses treated web users before they are counted.",
        lambda _: "fast-checkout",
    ),
    "novelty_experiment": (
        "Experiment whose effect fades to nothing within four weeks.",
        lambda _: "fresh-look",
    ),
    "interference_experiment": (
        "Experiment in which the treated take cleaners from the control group.",
        lambda _: "instant-match",
    ),
    "standing_metrics": ("Secondary metrics that pass Holm at 5 %.", _standing),
    "worse_guardrail": ("Guardrail that gets worse, p < 0.05.", _worse_guardrail),
    "readouts": ("Kind of story of each readout, R1 to R6.", readouts.readout_order),
    "fit_verdict": ("Verdict on product-market fit.", opinions.fit_verdict),
    "tied_feature": ("Feature with a tie of must-be and performance.", _tied_feature),
    "concept_winner": ("Whether one concept clearly wins the test.", _concept_winner),
    "mvp_set": ("Features of the best MVP.", _mvp_set),
    "quarter_set": ("Items of the best quarter plan.", _quarter_set),
    "flawed_decisions": (
        "Decisions whose rights are wrong, and how.",
        _flawed_decisions,
    ),
    "launch_ready": (
        "Whether no blocker of the product launch is open.",
        launch.is_ready,
    ),
    "launch_effect": (
        "True effect of the launch, in cleans a week and county.",
        launch.launch_effect,
    ),
    "best_option": ("What to do with Classic: keep, migrate or sell.", _best_option),
}
