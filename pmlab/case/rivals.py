"""Months 2 and 3: which assumption is worth a test, and who else cleans homes."""

import numpy as np

from pmlab.case.definitions import Arrays, Table, number, text, whole
from pmlab.case.draws import Draws, Floats, apart, first_good

_ASSUMPTIONS = (
    "households let strangers in",
    "cleaners accept the take rate",
    "weekly plans are wanted",
    "a match takes under a day",
    "insurance can be bought",
    "offices pay by seat",
)


def information_value_usd(made: dict[str, Floats]) -> Floats:
    """Return the expected value of perfect information, before the test's cost."""
    p, win, lose = (
        made["probability_true"],
        made["gain_if_true_usd"],
        made["loss_if_false_usd"],
    )
    value: Floats = p * win - np.maximum(p * win - (1 - p) * lose, 0)
    return value


def risky_assumptions(variant: str) -> dict[str, Floats]:
    """Return the assumptions; each simple rule picks another one to test first."""

    def make(attempt: int) -> dict[str, Floats]:
        draws = Draws(variant, f"assumptions {attempt}")
        return {
            "probability_true": np.round(draws.between(0.25, 0.95, 6), 2),
            "gain_if_true_usd": 1000 * draws.whole(40, 260, 6).astype(np.float64),
            "loss_if_false_usd": 1000 * draws.whole(30, 200, 6).astype(np.float64),
            "test_cost_usd": 500 * draws.whole(2, 60, 6).astype(np.float64),
        }

    def good(made: dict[str, Floats]) -> bool:
        value = information_value_usd(made)
        net = np.sort(value - made["test_cost_usd"])[::-1]
        best = int(np.argmax(value - made["test_cost_usd"]))
        rules = (
            -made["test_cost_usd"],
            np.abs(made["probability_true"] - 0.5),
            made["gain_if_true_usd"] - made["test_cost_usd"],
            value,
        )
        others = all(int(np.argmax(rule)) != best for rule in rules)
        return bool(others and net[0] > 1.05 * net[1] > 0)

    return first_good(make, good, tries=2000)


def _risky_assumptions(variant: str) -> Arrays:
    return {"assumption": np.array(_ASSUMPTIONS), **risky_assumptions(variant)}


def _shares(draws: Draws) -> Floats:
    share = draws.between(0.6, 1.4, 5) * np.array([0.34, 0.22, 0.16, 0.10, 0.18])
    share = np.round(share / share.sum(), 3)
    share[4] = round(1 - share[:4].sum(), 3)
    shares: Floats = share
    return shares


def _counts_doing_it_oneself(share: Floats) -> bool:
    """Return whether the concentration changes without the first row."""
    others = np.square(share[1:]).sum()
    wrong = (others, others / np.square(share[1:].sum()))
    return apart(np.square(share).sum(), *wrong, gap=0.03)


def _competitors(variant: str) -> Arrays:
    share = first_good(
        lambda attempt: _shares(Draws(variant, f"shares of rivals {attempt}")),
        _counts_doing_it_oneself,
    )
    draws = Draws(variant, "competitors")
    return {
        "competitor": np.array(
            [
                "do it oneself",
                "Sparkle Agency",
                "TidyNow",
                "neighbor's cleaner",
                "HomeHelp24",
            ]
        ),
        "share_of_cleans": share,
        "trust": np.array([5, 4, 2, 4, 3]) - draws.whole(0, 1, 5),
        "quality": np.array([2, 5, 3, 4, 3]) - draws.whole(0, 1, 5),
        "price_usd": np.array([0.0, 145, 92, 80, 110])
        + 2 * draws.whole(0, 8, 5) * [0, 1, 1, 1, 1],
        "delay_days": np.array([0, 9, 1, 6, 3])
        + draws.whole(0, 2, 5) * [0, 1, 1, 1, 1],
    }


def _criteria(variant: str) -> Arrays:
    draws = Draws(variant, "criteria")
    return {
        "criterion": np.array(["trust", "quality", "price_usd", "delay_days"]),
        "weight": draws.whole(2, 9, 4),
        "better": np.array(["more", "more", "less", "less"]),
    }


TABLES = (
    Table(
        "risky_assumptions",
        "One row for each assumption; going ahead pays only if it is true.",
        (
            text("assumption", "What must be true."),
            number("probability_true", "probability", "What the team believes today."),
            number("gain_if_true_usd", "USD", "Gain of going ahead if it is true."),
            number("loss_if_false_usd", "USD", "Loss of going ahead if it is false."),
            number("test_cost_usd", "USD", "Cost of finding out."),
        ),
        _risky_assumptions,
    ),
    Table(
        "competitors",
        "One row for each way in which households get their homes clean.",
        (
            text("competitor", "Name (invented), or doing it oneself."),
            number("share_of_cleans", "fraction", "Share of all cleans."),
            whole("trust", "1-5", "Trust; 5 is best."),
            whole("quality", "1-5", "Quality; 5 is best."),
            number("price_usd", "USD per clean", "Usual price."),
            whole("delay_days", "days", "Usual wait for a date."),
        ),
        _competitors,
    ),
    Table(
        "criteria",
        "One row for each criterion by which competitors are compared.",
        (
            text("criterion", "Column of the table competitors."),
            whole("weight", "points", "Weight; the weights do not add to 1."),
            text("better", "Whether more or less is better."),
        ),
        _criteria,
    ),
)
