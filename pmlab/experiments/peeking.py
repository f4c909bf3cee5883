"""What happens when one looks too often: false alarms of stopping rules."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from pmlab import _arguments as check
from pmlab import formatting
from pmlab.experiments._distributions import Array, checked_alpha, normal_quantile
from pmlab.experiments._recursion import crossing_chances
from pmlab.experiments._seeds import DEFAULT_SEED, seed_of, seed_words
from pmlab.experiments.sequential import MAX_LOOKS, Rule, group_sequential
from pmlab.results import Result

PeekingRule = Literal["fixed_horizon", "naive"] | Rule
PEEKING_RULES: tuple[PeekingRule, ...] = (
    "fixed_horizon",
    "naive",
    "pocock",
    "obrien_fleming",
)
RULE_WORDS = {
    "fixed_horizon": "one look at the end",
    "naive": "naive peeking",
    "pocock": "Pocock",
    "obrien_fleming": "O'Brien-Fleming",
    "lan_demets_pocock": "Lan-DeMets (Pocock)",
    "lan_demets_obrien_fleming": "Lan-DeMets (O'Brien-Fleming)",
}
_CHUNK = 2_000_000


@dataclass(frozen=True, kw_only=True, repr=False)
class PeekingRisk(Result):
    """The true risk of a false alarm when each look tests at the full level.

    Attributes:
        risk: Chance of at least one alarm without any effect, a fraction.
        looks: Number of looks.
        alpha: Level that each look pretends to hold.
    """

    risk: float
    looks: int
    alpha: float

    def summary(self) -> str:
        """Say the risk and how many times the level it is."""
        risk, level = formatting.percent(self.risk), formatting.percent(self.alpha)
        if self.looks == 1:
            return f"One look at the end: {risk} of tests without any effect alarm."
        return (
            f"{self.looks} looks that each test at {level}, stopping at the first "
            f"alarm: {risk} of tests without any effect alarm, "
            f"{self.risk / self.alpha:.1f} times the level."
        )


def peeking_risk(looks: int, *, alpha: float = 0.05) -> PeekingRisk:
    """Return the true risk of a false alarm when each look tests at ``alpha``.

    Risk = P(|z_k| >= z_(alpha/2) at some look k), exact by recursive integration.

    Assumes equally spaced looks, no effect, and stopping at the first alarm.

    Args:
        looks: Number of looks.
        alpha: Level that each look pretends to hold.

    Returns:
        The risk as a fraction, ``risk``; it prints a sentence.

    Raises:
        ValueError: If looks are not a whole number from 1 to 100.

    Examples:
        >>> peeking_risk(10)
        10 looks that each test at 5.0 %, stopping at the first alarm: 19.3 % of tests
        without any effect alarm, 3.9 times the level.
        >>> [round(peeking_risk(looks).risk, 3) for looks in (1, 2, 5)]
        [0.05, 0.083, 0.142]

    References:
        Armitage, McPherson, Rowe (1969), JRSS A 132.
    """
    number = _checked_looks(looks)
    z = normal_quantile(1 - checked_alpha(alpha) / 2)
    information = [look / number for look in range(1, number + 1)]
    risk = float(crossing_chances([z] * number, information=information).sum())
    return PeekingRisk(risk=risk, looks=number, alpha=alpha)


@dataclass(frozen=True, kw_only=True, repr=False)
class PeekingSimulation(Result):
    """How often each stopping rule alarms in simulated tests.

    Attributes:
        looks: Number of looks.
        alpha: Risk that each rule claims to hold.
        effect_z: Mean of z at the last look; 0 means no effect.
        rules: Name of each rule.
        alarm_rates: Share of the simulated tests that alarm.
        simulation_errors: Standard error of these shares from the simulation.
        mean_shares: Mean share of the users used when the test ends.
        simulations: Number of simulated tests.
        seed: Seed of the random numbers; None if a generator was passed.
    """

    looks: int
    alpha: float
    effect_z: float
    rules: tuple[str, ...]
    alarm_rates: tuple[float, ...]
    simulation_errors: tuple[float, ...]
    mean_shares: tuple[float, ...]
    simulations: int
    seed: int | None

    def summary(self) -> str:
        """Say the alarm rates, and which rules hold the risk or how soon they stop."""
        kind = "without any effect" if self.effect_z == 0 else "with a true effect"
        looks = "1 look" if self.looks == 1 else f"{self.looks} looks"
        start = (
            f"{formatting.count(self.simulations)} simulated tests {kind}, "
            f"{looks}{seed_words(self.seed)}."
        )
        rates = self._listed(self.alarm_rates, digits=1)
        if self.effect_z != 0:
            used = self._listed(self.mean_shares, digits=0)
            return f"{start} Effect announced: {rates}. Users used on average: {used}."
        holding = ", ".join(RULE_WORDS[rule] for rule in self.holding) or "none"
        return (
            f"{start} False alarms: {rates}. Rules that hold "
            f"{formatting.percent(self.alpha)}: {holding}."
        )

    def _listed(self, shares: Sequence[float], *, digits: int) -> str:
        return "; ".join(
            f"{RULE_WORDS[rule]} {formatting.percent(share, digits=digits)}"
            for rule, share in zip(self.rules, shares, strict=True)
        )

    @property
    def holding(self) -> tuple[str, ...]:
        """Rules whose alarm rate is at most alpha within 3 simulation errors."""
        slack = 3 * math.sqrt(self.alpha * (1 - self.alpha) / self.simulations)
        return tuple(
            rule
            for rule, rate in zip(self.rules, self.alarm_rates, strict=True)
            if rate <= self.alpha + slack
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each rule.

        Returns:
            Columns ``rule``, ``alarm_rate``, ``simulation_error``, ``mean_share``.
        """
        return pd.DataFrame(
            {
                "rule": self.rules,
                "alarm_rate": self.alarm_rates,
                "simulation_error": self.simulation_errors,
                "mean_share": self.mean_shares,
            }
        )


def simulate_peeking(
    looks: int,
    *,
    rules: Sequence[PeekingRule] = PEEKING_RULES,
    alpha: float = 0.05,
    effect_z: float = 0.0,
    simulations: int = 10_000,
    rng: int | np.random.Generator = DEFAULT_SEED,
) -> PeekingSimulation:
    """Return how often stopping rules alarm in simulated tests.

    z at look k is the sum of k steps over sqrt(k); a rule alarms at the first look
    where |z| reaches its boundary. All rules see the same tests.

    Assumes equally spaced looks and large samples.

    Args:
        looks: Number of looks.
        rules: ``fixed_horizon`` (last look only), ``naive`` (each look at ``alpha``),
            or rules of ``group_sequential``.
        alpha: Risk that each rule claims to hold.
        effect_z: Mean of z at the last look; 0 (default) means no effect, 2.8 an
            effect that a single look sees with 80 % power.
        simulations: Number of simulated tests.
        rng: Seed (1 if left out) or generator.

    Returns:
        Alarm rate of each rule with its simulation error.

    Raises:
        ValueError: If a rule is unknown or looks are not a whole number from 1 to 100.

    Examples:
        >>> result = simulate_peeking(4, simulations=20_000, rng=1)
        >>> result.holding
        ('fixed_horizon', 'pocock', 'obrien_fleming')

    References:
        Armitage, McPherson, Rowe (1969), JRSS A 132.
    """
    number = _checked_looks(looks)
    runs = check.whole("simulations", simulations, minimum=100)
    drift = check.number("effect_z", effect_z)
    alpha = checked_alpha(alpha)
    _check_rules(rules)
    bounds = np.array([_bounds(rule, looks=number, alpha=alpha) for rule in rules])
    generator = np.random.default_rng(rng)
    alarms, used = np.zeros(len(rules)), np.zeros(len(rules))
    root = np.sqrt(np.arange(1, number + 1))
    for size in _chunks(runs, number):
        steps = generator.standard_normal((size, number)) + drift / math.sqrt(number)
        z = np.abs(np.cumsum(steps, axis=1) / root)
        for row, bound in enumerate(bounds):
            crossed = z >= bound
            stopped = crossed.any(axis=1)
            alarms[row] += stopped.sum()
            used[row] += np.where(stopped, crossed.argmax(axis=1) + 1, number).sum()
    rates = alarms / runs
    return PeekingSimulation(
        looks=number,
        alpha=alpha,
        effect_z=drift,
        rules=tuple(rules),
        alarm_rates=tuple(map(float, rates)),
        simulation_errors=tuple(map(float, np.sqrt(rates * (1 - rates) / runs))),
        mean_shares=tuple(map(float, used / runs / number)),
        simulations=runs,
        seed=seed_of(rng),
    )


def _check_rules(rules: object) -> None:
    if isinstance(rules, str) or not isinstance(rules, Sequence) or not rules:
        raise ValueError(
            f"rules == {rules!r}, must be a list of rules, for example "
            "rules=['naive', 'pocock']"
        )


def _bounds(rule: PeekingRule, *, looks: int, alpha: float) -> Array:
    z = normal_quantile(1 - alpha / 2)
    if rule == "naive":
        return np.full(looks, z)
    if rule == "fixed_horizon":
        return np.array([math.inf] * (looks - 1) + [z])
    return np.array(group_sequential(looks, rule=rule, alpha=alpha).z)


def _chunks(runs: int, looks: int) -> list[int]:
    size = max(_CHUNK // looks, 1)
    full, rest = divmod(runs, size)
    return [size] * full + ([rest] if rest else [])


def _checked_looks(looks: object) -> int:
    number = check.whole("looks", looks, minimum=1)
    if number > MAX_LOOKS:
        raise ValueError(f"looks == {number}, must be at most {MAX_LOOKS}")
    return number
