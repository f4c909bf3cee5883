"""Surveys of users: would they miss it, recommend it, pay for it, get it done?"""

import numpy as np

from pmlab.case.definitions import (
    Arrays,
    Coded,
    Table,
    flag,
    moment,
    number,
    text,
    whole,
)
from pmlab.case.demand import demand
from pmlab.case.draws import Draws, Floats, Ints, apart, first_good, normal_of
from pmlab.case.prices import price_usd, take_rate, variable_cost_usd
from pmlab.case.timeline import day_of, times

FIT_VERDICTS = ("pass", "fail", "not yet known")
_FIT_SHARES = (0.55, 0.26, 0.42)
FIT_ANSWERS = ("very disappointed", "somewhat disappointed", "not disappointed")
PRICE_STEPS = (0.70, 0.85, 1.00, 1.15, 1.30, 1.45, 1.60)
NPS_WAVES = ("month 12", "month 14")
PROBLEMS = 12


def fit_verdict(variant: str) -> str:
    """Return what the survey of product-market fit says in this variant."""
    return FIT_VERDICTS[int(Draws(variant, "fit verdict").whole(0, 2, 1)[0])]


def _survey_pmf(variant: str) -> Arrays:
    draws = Draws(variant, "pmf")
    size = 300 + int(draws.whole(0, 40, 1)[0])
    qualified = draws.even(size) < 0.52
    enough = qualified | draws.chance(0.4, size)
    recent = qualified | (~enough & draws.chance(0.5, size))
    two_earner = draws.even(size) < 0.5
    share = _FIT_SHARES[FIT_VERDICTS.index(fit_verdict(variant))]
    level = np.empty(size)
    for key in range(4):
        group = 2 * qualified + two_earner == key
        level[group] = draws.even(int(group.sum()))
    lean = np.where(two_earner, 0.1, -0.1)
    misses = level < np.where(qualified, share + lean, 0.4 * share)
    somewhat = ~misses & draws.chance(0.55, size)
    return {
        "respondent_id": 6001 + np.arange(size),
        "segment": Coded(1 - two_earner.astype(np.int64), ("two-earner", "other")),
        "answer": Coded(np.where(misses, 0, np.where(somewhat, 1, 2)), FIT_ANSWERS),
        "completed_cleans": np.where(
            enough, draws.whole(2, 9, size), draws.whole(0, 1, size)
        ),
        "days_since_last_activity": np.where(
            recent, draws.whole(0, 14, size), draws.whole(15, 70, size)
        ),
    }


def _survey_price(variant: str) -> Arrays:
    draws, size = Draws(variant, "price survey"), 320
    center = price_usd(variant) * draws.one(0.95, 1.08) * draws.lognormal(0.16, size)
    parts = [
        center * factor * draws.lognormal(0.07, size)
        for factor in (0.50, 0.76, 1.20, 1.55)
    ]
    answers = np.sort(5 * np.round(np.column_stack(parts) / 5), axis=1)
    answers += 5.0 * np.arange(4)
    backwards = draws.even(size) < 0.12
    answers[backwards] = answers[backwards][:, ::-1]
    names = ("too_cheap_usd", "cheap_usd", "expensive_usd", "too_expensive_usd")
    return {
        "respondent_id": 7001 + np.arange(size),
        **{name: answers[:, column] for column, name in enumerate(names)},
    }


def buying_shares(variant: str) -> Floats:
    """Return the share that would buy at each tested price.

    The price of the most revenue is below the price of the most contribution.
    """
    steps = np.array(PRICE_STEPS)
    price = np.round(price_usd(variant) * steps)
    margin = price * take_rate(variant) - variable_cost_usd(variant)

    def make(attempt: int) -> Floats:
        draws = Draws(variant, f"gabor {attempt}")
        middle, width = draws.one(1.0, 1.3), draws.one(0.13, 0.22)
        shares: Floats = np.round(0.85 / (1 + np.exp((steps - middle) / width)), 3)
        return shares

    def good(shares: Floats) -> bool:
        revenue, profit = np.sort(price * shares), np.sort(margin * shares)
        other = np.argmax(price * shares) != np.argmax(margin * shares)
        return (
            bool(other)
            and apart(revenue[-1], revenue[-2])
            and apart(profit[-1], profit[-2])
        )

    return first_good(make, good)


def _survey_gabor(variant: str) -> Arrays:
    draws, shares = Draws(variant, "gabor answers"), buying_shares(variant)
    size = 400
    # Each respondent has one limit, so that nobody buys only at the higher price.
    limit = draws.even(size)
    buys = limit[:, None] < shares[None, :]
    price = np.round(price_usd(variant) * np.array(PRICE_STEPS))
    return {
        "respondent_id": np.repeat(7501 + np.arange(size), len(price)),
        "price_usd": np.tile(price, size),
        "would_buy": buys.ravel(),
    }


def _nps_scores(draws: Draws, promoters: float, detractors: float, size: int) -> Ints:
    level = draws.even(size)
    score = np.where(
        level < promoters, draws.whole(9, 10, size), draws.whole(7, 8, size)
    )
    return np.where(
        level > 1 - detractors, draws.pick([1, 1, 1, 2, 3, 4, 5], size), score
    )


def _survey_nps(variant: str) -> Arrays:
    draws, world = Draws(variant, "nps"), demand(variant)
    promoters, detractors = draws.one(0.42, 0.52), draws.one(0.16, 0.24)
    parts: list[tuple[Ints, Floats, Ints, Ints]] = []
    for wave, month in enumerate((12, 14)):
        there = np.unique(world.booking_user[world.booking_at < day_of(month)])
        size = 380 + int(draws.whole(0, 60, 1)[0])
        who = there[draws.order(len(there))[:size]]
        size = len(who)
        at = day_of(month) + draws.between(5, 25, size)
        final = _nps_scores(
            draws, promoters + 0.02 * wave, detractors - 0.02 * wave, size
        )
        parts.append((who, at, np.full(size, wave), final))
        # Some answered before, in anger; only the latest answer counts.
        early = np.flatnonzero(draws.chance(0.22, size))
        before = at[early] - draws.between(0.5, 4.5, len(early))
        angry = _nps_scores(draws, 0.15, 0.6, len(early))
        parts.append((who[early], before, np.full(len(early), wave), angry))
    user, at, waves, score = (np.concatenate(each) for each in zip(*parts, strict=True))
    order = np.argsort(at, kind="stable")
    return {
        "response_id": 1 + np.arange(len(order)),
        "user_id": world.users.ids[user[order]],
        "answered_at": times(at[order]),
        "wave": Coded(waves[order], NPS_WAVES),
        "score": score[order],
    }


def _usability_test(variant: str) -> Arrays:
    draws, people = Draws(variant, "usability"), _participants(variant)
    ease = np.array([0.93, 0.78, 0.6, 0.85])
    seconds = np.array([48, 95, 160, 70]) * draws.one(0.85, 1.2)
    size = people * 4
    slow = draws.lognormal(0.55, size)
    done = draws.chance(np.tile(ease, people), size)
    return {
        "participant_id": np.repeat(np.arange(1, people + 1), 4),
        "task": Coded(
            np.tile(np.arange(4), people),
            ("find a price", "book a clean", "change the date", "rate the cleaner"),
        ),
        "completed": done,
        "seconds": np.round(np.tile(seconds, people) * slow * np.where(done, 1, 1.6)),
    }


def _participants(variant: str) -> int:
    return 8 + int(Draws(variant, "participants").whole(0, 4, 1)[0])


def _usability_sus(variant: str) -> Arrays:
    draws, people = Draws(variant, "sus"), _participants(variant)
    mood = normal_of(draws.even(people))
    rows = {}
    for item in range(1, 11):
        lean = 1.0 if item % 2 else -0.9
        answer = (
            3 + lean + (0.6 if item % 2 else -0.6) * mood + 0.7 * draws.normal(people)
        )
        rows[f"q{item}"] = np.clip(np.round(answer), 1, 5).astype(np.int64)
    return {"participant_id": np.arange(1, people + 1), **rows}


def _usability_problems(variant: str) -> Arrays:
    draws, people = Draws(variant, "problems"), _participants(variant)
    # Everyone in the list was seen by someone; few were seen by most.
    chance = np.clip(draws.one(0.08, 0.14) * draws.lognormal(0.6, PROBLEMS), 0.03, 0.6)
    hit = draws.chance(np.tile(chance, people), people * PROBLEMS)
    hit = hit.reshape(people, PROBLEMS)
    lucky = draws.whole(0, people - 1, PROBLEMS)
    hit[lucky, np.arange(PROBLEMS)] = True
    return {
        "participant_id": np.repeat(np.arange(1, people + 1), PROBLEMS),
        "problem": np.tile(
            np.array([f"U{n:02d}" for n in range(1, PROBLEMS + 1)]), people
        ),
        "met": hit.ravel(),
    }


TABLES = (
    Table(
        "survey_pmf",
        "One row for each user who was asked how she would feel without Fernbroom.",
        (
            whole("respondent_id", "", "Id of the respondent."),
            text("segment", "two-earner or other."),
            text(
                "answer", "very disappointed, somewhat disappointed, not disappointed."
            ),
            whole("completed_cleans", "cleans", "Cleans completed before the survey."),
            whole("days_since_last_activity", "days", "Days since last active."),
        ),
        _survey_pmf,
    ),
    Table(
        "survey_price",
        "One row for each household that named its four prices.",
        (
            whole("respondent_id", "", "Id of the respondent."),
            number(
                "too_cheap_usd", "USD per clean", "So cheap that she would doubt it."
            ),
            number("cheap_usd", "USD per clean", "A bargain."),
            number("expensive_usd", "USD per clean", "Getting expensive."),
            number("too_expensive_usd", "USD per clean", "Too expensive to consider."),
        ),
        _survey_price,
    ),
    Table(
        "survey_gabor",
        "One row for each household and tested price.",
        (
            whole("respondent_id", "", "Id of the respondent."),
            number("price_usd", "USD per clean", "Price that was shown."),
            flag("would_buy", "Says that she would buy at this price."),
        ),
        _survey_gabor,
    ),
    Table(
        "survey_nps",
        "One row for each answer to: would you recommend Fernbroom? (0 to 10)",
        (
            whole("response_id", "", "Id of the answer."),
            whole("user_id", "", "User who answered; may answer again."),
            moment("answered_at", "When she answered."),
            text("wave", "Wave of the survey."),
            whole("score", "0-10", "Her answer."),
        ),
        _survey_nps,
        happens="answered_at",
    ),
    Table(
        "usability_test",
        "One row for each participant and task of the usability test.",
        (
            whole("participant_id", "", "Id of the participant."),
            text("task", "What she was asked to do."),
            flag("completed", "Done without help."),
            number("seconds", "seconds", "Time until done or given up.", digits=0),
        ),
        _usability_test,
    ),
    Table(
        "usability_sus",
        "One row for each participant: the ten items of the System Usability Scale.",
        (
            whole("participant_id", "", "Id of the participant."),
            *(
                whole(
                    f"q{item}",
                    "1-5",
                    f"Item {item}, {'praise' if item % 2 else 'blame'}; 5 is agree.",
                )
                for item in range(1, 11)
            ),
        ),
        _usability_sus,
    ),
    Table(
        "usability_problems",
        "One row for each participant and problem that anyone met in the test.",
        (
            whole("participant_id", "", "Id of the participant."),
            text("problem", "Id of the problem."),
            flag("met", "Whether this participant met it."),
        ),
        _usability_problems,
    ),
)
