"""Does the machinery work: tests of nothing against nothing (A/A)."""

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pmlab import _arguments as check
from pmlab import formatting
from pmlab.experiments._distributions import (
    checked_alpha,
    two_sided_p,
)
from pmlab.experiments._intervals import wilson
from pmlab.experiments._seeds import DEFAULT_SEED, seed_of, seed_words
from pmlab.results import Result

UNIFORM_THRESHOLD = 0.001
# With fewer, a fair coin may leave an arm without two users.
FEWEST_USERS = 40


@dataclass(frozen=True, kw_only=True, repr=False)
class AACheck(Result):
    """Whether tests of nothing against nothing alarm as often as they should.

    Attributes:
        tests: Number of A/A tests.
        alarms: Tests with a p-value at most ``alpha``.
        alarm_rate: Their share.
        alarm_rate_low: Lower end of its 95 % interval (Wilson).
        alarm_rate_high: Upper end of its 95 % interval.
        uniform_p_value: Kolmogorov-Smirnov p-value that all p-values are uniform.
        alpha: Share of alarms that there should be.
        trusted: Whether the interval holds ``alpha`` and the p-values look uniform.
        seed: Seed of the random splits; None without, or if a generator was passed.
    """

    tests: int
    alarms: int
    alarm_rate: float
    alarm_rate_low: float
    alarm_rate_high: float
    uniform_p_value: float
    alpha: float
    trusted: bool
    seed: int | None = None

    def summary(self) -> str:
        """Say whether the pipeline alarms as often as it should."""
        span = formatting.percent_interval(self.alarm_rate_low, self.alarm_rate_high)
        facts = (
            f"{self.alarms} of {self.tests} A/A tests alarm, "
            f"{formatting.percent(self.alarm_rate)} (interval {span}"
            f"{seed_words(self.seed)}); "
            f"{formatting.percent(self.alpha)} should."
        )
        if self.trusted:
            return f"{facts} The p-values behave as they should."
        return (
            f"{facts} The errors do not fit the data: look for a wrong unit of "
            "analysis (sessions instead of users), dependent rows, or a few huge "
            "values."
        )


def aa_check(p_values: npt.ArrayLike, *, alpha: float = 0.05) -> AACheck:
    """Return whether p-values of A/A tests are what they should be.

    Without any effect p-values are uniform and a share alpha of them alarms.

    Assumes separate A/A tests, or many random splits of the same users.

    Args:
        p_values: One for each A/A test, at least 20.
        alpha: Level of the tests.

    Returns:
        Share of alarms with its interval, and a test of uniformity.

    Raises:
        ValueError: If there are fewer than 20, or one is NaN or outside 0 to 1.

    Examples:
        >>> import numpy as np
        >>> aa_check(np.linspace(0.005, 0.995, 100)).trusted
        True

    References:
        Kohavi, Tang, Xu (2020), Trustworthy Online Controlled Experiments, chapter 19.
    """
    from scipy.stats import kstest

    values = check.finite_array("p_values", p_values)
    alpha = checked_alpha(alpha)
    if len(values) < 20:
        raise ValueError(
            f"p_values holds {len(values)} value(s), must hold at least 20 to tell "
            "a share of alarms"
        )
    if ((values < 0) | (values > 1)).any():
        raise ValueError("p_values holds a value outside [0, 1], must be p-values")
    alarms = int((values <= alpha).sum())
    low, high = wilson(alarms, len(values), z=1.959964)
    uniform = float(kstest(values, "uniform").pvalue)
    return AACheck(
        tests=len(values),
        alarms=alarms,
        alarm_rate=alarms / len(values),
        alarm_rate_low=low,
        alarm_rate_high=high,
        uniform_p_value=uniform,
        alpha=alpha,
        trusted=low <= alpha <= high and uniform >= UNIFORM_THRESHOLD,
    )


def simulate_aa(
    values: npt.ArrayLike,
    *,
    bases: npt.ArrayLike | None = None,
    splits: int = 500,
    alpha: float = 0.05,
    rng: int | np.random.Generator = DEFAULT_SEED,
) -> AACheck:
    """Return how often random splits of the same users into two arms alarm.

    Each user gets arm A or B by a fair coin, many times; each split is tested with the
    unpooled difference, for ratios by the delta method.

    Assumes one row per user.

    Args:
        values: One number per user.
        bases: For a ratio metric, the base (sessions) of each user.
        splits: Number of random splits.
        alpha: Level of the tests.
        rng: Seed (1 if left out) or generator.

    Returns:
        Share of alarms with its interval, and a test of uniformity.

    Raises:
        ValueError: If there are fewer than 40 users or values do not vary.

    Examples:
        >>> import numpy as np
        >>> orders = np.random.default_rng(1).poisson(2, size=1_000)
        >>> simulate_aa(orders, splits=200, rng=2).trusted
        True

    References:
        Kohavi, Tang, Xu (2020), Trustworthy Online Controlled Experiments, chapter 19.
    """
    numbers = check.finite_array("values", values)
    if len(numbers) < FEWEST_USERS:
        raise ValueError(
            f"values holds {len(numbers)} user(s), must hold at least {FEWEST_USERS}"
        )
    splits = check.whole("splits", splits, minimum=20)
    if bases is not None:
        base = check.finite_array("bases", bases)
        if len(base) != len(numbers) or base.sum() == 0:
            raise ValueError(
                f"bases has {len(base)} entries with sum {base.sum():g}, must have "
                f"{len(numbers)}, one for each user, and not be all 0"
            )
        numbers = (numbers - numbers.sum() / base.sum() * base) / base.mean()
    centered = numbers - numbers.mean()
    if not centered.any():
        raise ValueError("values are all equal, must vary between users")
    generator = np.random.default_rng(rng)
    z = np.array([_split_z(centered, generator) for _ in range(splits)])
    p_values = [two_sided_p(x, degrees_of_freedom=None) for x in z]
    return replace(aa_check(p_values, alpha=alpha), seed=seed_of(rng))


def _split_z(values: npt.NDArray[np.float64], rng: np.random.Generator) -> float:
    in_b = rng.random(len(values)) < 0.5
    a, b = values[~in_b], values[in_b]
    error = math.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    return float((b.mean() - a.mean()) / error)
