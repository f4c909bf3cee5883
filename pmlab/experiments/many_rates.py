"""Compare the rates of several arms: all at once, and pair by pair."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pmlab.experiments._distributions import Array, chi_square_p
from pmlab.experiments.effect import Effect, p_words
from pmlab.experiments.multiplicity import Correction, adjust_p_values
from pmlab.experiments.rates import (
    Counts,
    RateInterval,
    checked_counts,
    compare_rates,
)
from pmlab.results import Result


@dataclass(frozen=True, kw_only=True, repr=False)
class EqualRatesTest(Result):
    """Whether the rates of several arms can be the same.

    Attributes:
        statistic: Chi-square.
        degrees_of_freedom: Arms minus 1.
        p_value: Chance of rates this far apart if all were the same.
        arms: Number of arms.
    """

    statistic: float
    degrees_of_freedom: int
    p_value: float
    arms: int

    def summary(self) -> str:
        """Say whether the arms differ."""
        return (
            f"If all {self.arms} arms had the same rate, rates this far apart would "
            f"have {p_words(self.p_value)} (chi-square {self.statistic:.2f}, "
            f"{self.degrees_of_freedom} degrees of freedom). This does not say which "
            "arm is better; compare pairs for that."
        )


def equal_rates_test(arms: Mapping[str, Counts]) -> EqualRatesTest:
    """Return whether several arms (A/B/n) can share one rate.

    Chi-square = sum over arms of n (p - p_all)^2 / (p_all q_all), k - 1 degrees of
    freedom.

    Assumes independent users and at least about 5 expected users of each kind an arm.

    Args:
        arms: For each arm the users who did it and all users.

    Returns:
        Statistic and p-value.

    Raises:
        ValueError: If there are fewer than 2 arms, or nobody or everybody did it.

    Examples:
        >>> test = equal_rates_test({"A": (73, 86), "B": (90, 93), "C": (114, 136)})
        >>> round(test.p_value, 3)
        0.008

    References:
        Fleiss, Levin, Paik (2003), Statistical Methods for Rates and Proportions.
    """
    counts = _checked_arms(arms)
    did, users = counts[:, 0], counts[:, 1]
    overall = did.sum() / users.sum()
    if overall in (0.0, 1.0):
        raise ValueError(
            f"arms have an overall rate of {overall:g}, must vary; "
            "there is nothing to compare"
        )
    spread = overall * (1 - overall)
    statistic = float((users * (did / users - overall) ** 2).sum() / spread)
    return EqualRatesTest(
        statistic=statistic,
        degrees_of_freedom=len(counts) - 1,
        p_value=chi_square_p(statistic, degrees_of_freedom=len(counts) - 1),
        arms=len(counts),
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class PairwiseRates(Result):
    """All pairs of arms compared, with p-values that allow for their number.

    Attributes:
        effects: Effect for each pair of names, second against first.
        adjusted: Adjusted p-value for each pair.
        correction: Name of the method.
        alpha: Level the family is held to.
        winner: Arm that beats every other one, or None: no winner is an answer too.
    """

    effects: Mapping[tuple[str, str], Effect]
    adjusted: Mapping[tuple[str, str], float]
    correction: str
    alpha: float
    winner: str | None

    def summary(self) -> str:
        """Say which pairs differ and whether there is a winner."""
        found = [
            f"{self._better(pair)} beats {self._worse(pair)}"
            for pair, p_value in self.adjusted.items()
            if p_value <= self.alpha
        ]
        pairs = "; ".join(found) if found else "no pair differs"
        end = (
            f"{self.winner} beats every other arm."
            if self.winner
            else "No arm beats every other one: there is no winner."
        )
        return (
            f"Of {len(self.effects)} pairs, after {self.correction} at {self.alpha:g}: "
            f"{pairs}. {end}"
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each pair.

        Returns:
            Columns ``first``, ``second``, ``difference``, ``difference_low``,
            ``difference_high``, ``p_value``, ``adjusted_p_value`` and ``differs``.
        """
        return pd.DataFrame(
            [
                {
                    "first": first,
                    "second": second,
                    "difference": effect.difference,
                    "difference_low": effect.difference_low,
                    "difference_high": effect.difference_high,
                    "p_value": effect.p_value,
                    "adjusted_p_value": self.adjusted[first, second],
                    "differs": self.adjusted[first, second] <= self.alpha,
                }
                for (first, second), effect in self.effects.items()
            ]
        )

    def _better(self, pair: tuple[str, str]) -> str:
        return pair[1] if self.effects[pair].difference > 0 else pair[0]

    def _worse(self, pair: tuple[str, str]) -> str:
        return pair[0] if self.effects[pair].difference > 0 else pair[1]


def compare_rate_pairs(
    arms: Mapping[str, Counts],
    *,
    correction: Correction = "holm",
    alpha: float = 0.05,
    interval: RateInterval = "wald",
) -> PairwiseRates:
    """Return all pairs of arms compared, allowing for the number of pairs.

    Each pair: unpooled difference with a 1 - alpha interval; p-values adjusted by Holm.

    Assumes that each person saw one arm only (a monadic test).

    Args:
        arms: For each arm the users who did it and all users.
        correction: Method for the family of pairs, see ``adjust_p_values``.
        alpha: Level the family is held to.
        interval: ``wald`` (default) or ``newcombe`` for small counts.

    Returns:
        Effects, adjusted p-values, and a winner if one arm beats all others.

    Raises:
        ValueError: If there are fewer than 2 arms or counts are impossible.

    Examples:
        >>> compare_rate_pairs({"A": (40, 200), "B": (62, 200), "C": (58, 200)})
        Of 3 pairs, after holm at 0.05: B beats A. No arm beats every other one: there
        is no winner.

    References:
        Holm (1979), Scandinavian Journal of Statistics 6.
    """
    _checked_arms(arms)
    effects = {
        pair: compare_rates(
            arms[pair[0]], arms[pair[1]], confidence=1 - alpha, interval=interval
        )
        for pair in itertools.combinations(arms, 2)
    }
    p_values = [effect.p_value for effect in effects.values()]
    family = adjust_p_values(p_values, correction=correction, alpha=alpha)
    adjusted = dict(zip(effects, family.adjusted, strict=True))
    wins = dict.fromkeys(arms, 0)
    for (first, second), effect in effects.items():
        if adjusted[first, second] <= alpha:
            wins[second if effect.difference > 0 else first] += 1
    winners = [name for name, won in wins.items() if won == len(arms) - 1]
    return PairwiseRates(
        effects=effects,
        adjusted=adjusted,
        correction=correction,
        alpha=alpha,
        winner=winners[0] if winners else None,
    )


def _checked_arms(arms: Mapping[str, Counts]) -> Array:
    if len(arms) < 2:
        raise ValueError(
            f"arms has {len(arms)} arm(s) ({', '.join(arms) or 'none'}), must have at "
            "least 2; without a comparison there is no effect"
        )
    counts = [checked_counts(name, pair) for name, pair in arms.items()]
    return np.array(counts, dtype=float)
