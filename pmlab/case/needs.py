"""Surveys of month 2: which outcomes matter, which features delight, which concept."""

import numpy as np

from pmlab.case.definitions import Arrays, Coded, Table, text, whole
from pmlab.case.draws import Draws, Floats, Ints

OUTCOMES = (
    "find a cleaner I can trust",
    "know when the cleaner comes",
    "get the same cleaner again",
    "change the date at short notice",
    "pay without cash",
    "say what must not be touched",
    "get keys to the cleaner safely",
    "complain and be heard",
    "know the price beforehand",
    "have it done while I am out",
    "use products I like",
    "skip a week without a call",
)
SEGMENTS = ("two-earner", "one-earner", "retired")
SEGMENT_SIZES = (96, 84, 72)
FEATURES = (
    "live arrival time",
    "photo after the clean",
    "same cleaner promise",
    "key box",
    "eco products",
    "text reminders",
    "receipt by mail",
    "tip in the app",
    "voice booking",
    "background check shown",
)
CATEGORIES = ("A", "O", "M", "I", "R", "Q")
ANSWERS = ("like", "must be", "neutral", "live with", "dislike")
# Pairs (functional, dysfunctional) of the evaluation table, as positions in ANSWERS.
_PAIRS = {
    "A": ((0, 1), (0, 2), (0, 3)),
    "O": ((0, 4),),
    "M": ((1, 4), (2, 4), (3, 4)),
    "I": ((1, 1), (1, 2), (2, 2), (2, 2), (2, 3), (3, 3)),
    "R": ((2, 0), (3, 0), (4, 1), (4, 2)),
    "Q": ((0, 0), (4, 4)),
}
# Answers by category: four features per winner but for one tie of M and O.
_KANO_TEMPLATES = (
    (52, 22, 12, 24, 6, 4),
    (47, 30, 10, 23, 5, 5),
    (48, 18, 14, 32, 5, 3),
    (20, 54, 18, 18, 4, 6),
    (26, 49, 20, 16, 5, 4),
    (10, 22, 58, 20, 6, 4),
    (12, 26, 50, 22, 5, 5),
    (14, 38, 38, 20, 5, 5),
    (24, 12, 10, 62, 8, 4),
    (18, 16, 14, 58, 9, 5),
)
TIED_TEMPLATE = 7
CONCEPTS = ("same cleaner promise", "instant slot", "smart broom subscription")


def outcome_shares(variant: str) -> tuple[Floats, Floats]:
    """Return top-two-box shares of importance and satisfaction, by segment."""
    draws = Draws(variant, "outcomes")
    count = len(OUTCOMES)
    importance = draws.between(0.48, 0.78, 3 * count).reshape(3, count)
    satisfaction = draws.between(0.40, 0.62, 3 * count).reshape(3, count)
    order = draws.order(count)
    # Of the first, two earners lack most; retired people have it. The second is lacking
    # a little less, but for all. Four outcomes are served better than they matter.
    first, second = int(order[0]), int(order[1])
    importance[:, first] = (draws.one(0.90, 0.96), 0.55, 0.40)
    satisfaction[:, first] = (draws.one(0.16, 0.24), 0.60, 0.80)
    importance[:, second] = draws.between(0.82, 0.88, 3)
    satisfaction[:, second] = (0.36, 0.28, 0.28)
    for over in order[2:6]:
        importance[:, over] = draws.between(0.30, 0.48, 3)
        satisfaction[:, over] = draws.between(0.62, 0.85, 3)
    return importance, satisfaction


def _ratings(draws: Draws, share: float, size: int, *, low: Ints) -> Ints:
    """Draw ratings 1 to 5 with an exact share of 4 and 5, in a drawn order."""
    top = round(share * size)
    values = np.concatenate([4 + draws.pick((0.45, 0.55), top), low[: size - top]])
    return values[draws.order(size)]


def _survey_odi(variant: str) -> Arrays:
    draws, (importance, satisfaction) = Draws(variant, "odi"), outcome_shares(variant)
    columns: list[tuple[Ints, Ints]] = []
    for segment, size in enumerate(SEGMENT_SIZES):
        for outcome in range(len(OUTCOMES)):
            # Some outcomes split opinions: a low rest makes the mean mislead.
            lean = (0.7, 0.2, 0.1) if outcome % 2 else (0.05, 0.2, 0.75)
            low = 1 + draws.pick(lean, size)
            columns.append(
                (
                    _ratings(draws, importance[segment, outcome], size, low=low),
                    _ratings(draws, satisfaction[segment, outcome], size, low=low),
                )
            )
    sizes = np.array(SEGMENT_SIZES)
    first = 3001 + np.cumsum(sizes) - sizes
    blocks = [
        (segment, outcome) for segment in range(3) for outcome in range(len(OUTCOMES))
    ]
    return {
        "respondent_id": np.concatenate(
            [first[s] + np.arange(sizes[s]) for s, _ in blocks]
        ),
        "segment": Coded(
            np.concatenate([np.full(sizes[s], s) for s, _ in blocks]), SEGMENTS
        ),
        "outcome": Coded(
            np.concatenate([np.full(sizes[s], o) for s, o in blocks]), OUTCOMES
        ),
        "importance": np.concatenate([pair[0] for pair in columns]),
        "satisfaction": np.concatenate([pair[1] for pair in columns]),
    }


def kano_counts(variant: str) -> tuple[Ints, Ints]:
    """Return answers by feature and category, and each feature's template."""
    draws = Draws(variant, "kano counts")
    template = draws.order(len(FEATURES))
    counts = np.array(_KANO_TEMPLATES)[template]
    # A few answers move between I and the others; winners and the tie stay.
    move = draws.whole(-3, 3, len(FEATURES))
    counts[:, 0] += move
    counts[:, 3] -= move
    both = draws.whole(-2, 2, len(FEATURES))
    counts[:, 1:3] += both[:, None]
    counts[:, 3] -= 2 * both
    return counts, template


def _survey_kano(variant: str) -> Arrays:
    draws, (counts, _) = Draws(variant, "kano"), kano_counts(variant)
    size = int(counts[0].sum())
    functional, dysfunctional = [], []
    for row in counts:
        pairs = []
        for category, number in zip(CATEGORIES, row, strict=True):
            cells = np.array(_PAIRS[category])
            pairs.append(cells[draws.pick([1.0] * len(cells), int(number))])
        mixed = np.concatenate(pairs)[draws.order(size)]
        functional.append(mixed[:, 0])
        dysfunctional.append(mixed[:, 1])
    return {
        "respondent_id": np.tile(4001 + np.arange(size), len(FEATURES)),
        "feature": Coded(np.repeat(np.arange(len(FEATURES)), size), FEATURES),
        "if_present": Coded(np.concatenate(functional), ANSWERS),
        "if_absent": Coded(np.concatenate(dysfunctional), ANSWERS),
    }


def concept_shares(variant: str) -> tuple[float, ...]:
    """Return top-two-box shares by concept; in half the variants one clearly wins."""
    draws = Draws(variant, "concepts")
    wins = bool(draws.chance(0.5, 1)[0])
    middle = draws.one(0.38, 0.44)
    if wins:
        return (middle + draws.one(0.21, 0.29), middle - 0.02, middle)
    return (middle + draws.one(0.04, 0.08), middle, middle + 0.02)


def _concept_test(variant: str) -> Arrays:
    draws, shares = Draws(variant, "concept test"), concept_shares(variant)
    size = 150
    ratings = []
    for position, share in enumerate(shares):
        # The last one has few friends and no enemies: its mean misleads.
        lean = (0.02, 0.13, 0.85) if position == 2 else (0.55, 0.3, 0.15)
        top = (0.15, 0.85) if position == 2 else (0.85, 0.15)
        count = round(share * size)
        low = 1 + draws.pick(lean, size - count)
        values = np.concatenate([4 + draws.pick(top, count), low])
        ratings.append(values[draws.order(size)])
    order = draws.order(len(CONCEPTS))
    concept = np.repeat(order, size)
    return {
        "respondent_id": 9001 + np.arange(3 * size),
        "segment": Coded(draws.pick((0.4, 0.35, 0.25), 3 * size), SEGMENTS),
        "concept": Coded(concept, CONCEPTS),
        "rating": np.concatenate(ratings),
    }


TABLES = (
    Table(
        "survey_odi",
        "One row for each respondent and outcome: how it matters, how it is served.",
        (
            whole("respondent_id", "", "Id of the respondent."),
            text("segment", "two-earner, one-earner or retired."),
            text("outcome", "What the household wants to get done."),
            whole("importance", "1-5", "How much it matters; 5 is most."),
            whole("satisfaction", "1-5", "How well it is served today; 5 is best."),
        ),
        _survey_odi,
    ),
    Table(
        "survey_kano",
        "One row for each respondent and feature: the pair of Kano questions.",
        (
            whole("respondent_id", "", "Id of the respondent."),
            text("feature", "Name of the feature."),
            text("if_present", "Answer to: how do you feel if you have it?"),
            text("if_absent", "Answer to: how do you feel if you do not have it?"),
        ),
        _survey_kano,
    ),
    Table(
        "concept_test",
        "One row for each respondent; each saw one of three concepts.",
        (
            whole("respondent_id", "", "Id of the respondent."),
            text("segment", "two-earner, one-earner or retired."),
            text("concept", "Concept that the respondent saw."),
            whole("rating", "1-5", "Would book it; 5 is certainly."),
        ),
        _concept_test,
    ),
)
