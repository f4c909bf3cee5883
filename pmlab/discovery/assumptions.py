"""What it is worth to find out before deciding."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pmlab import _arguments as check
from pmlab import _tables as tables
from pmlab.formatting import money
from pmlab.results import Result

if TYPE_CHECKING:
    from narwhals.stable.v2.typing import IntoFrame


@dataclass(frozen=True, kw_only=True, repr=False)
class PerfectInformation(Result):
    """The most that knowing the truth before deciding can be worth.

    Attributes:
        evpi_usd: Expected value of perfect information.
        expected_best_usd: Expected payoff if the truth were known first.
        best_expected_usd: Expected payoff of the best choice without knowing.
        best_option: That choice.
        options: One row per option: option, expected_payoff_usd.
    """

    evpi_usd: float
    expected_best_usd: float
    best_expected_usd: float
    best_option: str
    options: pd.DataFrame

    def summary(self) -> str:
        """Return the value of finding out in plain words."""
        text = (
            f"Without finding out, {self.best_option} is best and worth "
            f"{money(self.best_expected_usd)} on average; knowing the truth first "
            f"would give {money(self.expected_best_usd)}. "
        )
        if self.evpi_usd == 0:
            return f"{text}It would change no decision, so it is worth nothing."
        return f"{text}Finding out is worth at most {money(self.evpi_usd)}."


def perfect_information(
    data: "IntoFrame",
    options: Sequence[str],
    *,
    probability_column: str = "probability",
) -> PerfectInformation:
    """Compute the expected value of perfect information (EVPI).

    Formula: EVPI = E[max over options of payoff] - max over options of E[payoff].

    Assumptions: the states exclude each other and cover all cases; payoffs are in
    money, and the decider is neutral to risk. Real tests are not perfect, so EVPI is
    the most a test may cost.

    Args:
        data: One row per state of the world.
        options: Columns with the payoff in US dollars of each option in that state.
        probability_column: Probability of the state; they sum to 1.

    Returns:
        EVPI and the two expectations behind it.

    Raises:
        ValueError: If probabilities don't sum to 1 or fewer than two options are given.

    Examples:
        >>> states = pd.DataFrame(
        ...     {"probability": [0.4, 0.6], "build": [100, -50], "stop": [0, 0]}
        ... )
        >>> perfect_information(states, ["build", "stop"]).evpi_usd
        30.0

    References:
        Raiffa, H. and Schlaifer, R. (1961). Applied Statistical Decision Theory.
    """
    if isinstance(options, str) or len(options) < 2:
        raise ValueError(
            f"options == {options!r}, must name at least two columns; "
            "with one option there is no decision"
        )
    frame = tables.read(data, probability_column, *options)
    probability = tables.numbers(frame, probability_column, rule="rate")
    if not np.isclose(probability.sum(), 1.0, atol=1e-6):
        raise ValueError(
            f"{probability_column} sums to {probability.sum():g}, must sum to 1; "
            "add the missing states"
        )
    payoffs = np.column_stack([tables.numbers(frame, option) for option in options])
    expected = probability @ payoffs
    informed = float(probability @ payoffs.max(axis=1))
    best = int(np.argmax(expected))
    return PerfectInformation(
        evpi_usd=_difference(informed, float(expected[best])),
        expected_best_usd=informed,
        best_expected_usd=float(expected[best]),
        best_option=options[best],
        options=pd.DataFrame(
            {"option": list(options), "expected_payoff_usd": expected}
        ),
    )


def _difference(informed: float, uninformed: float) -> float:
    """Return informed - uninformed without rounding noise around zero."""
    gap = informed - uninformed
    noise = 1e-12 * max(abs(informed), abs(uninformed))
    return gap if gap > noise else 0.0


def rank_assumptions(
    data: "IntoFrame",
    *,
    assumption_column: str = "assumption",
    probability_column: str = "probability_true",
    true_column: str = "payoff_if_true_usd",
    false_column: str = "payoff_if_false_usd",
    cost_column: str = "test_cost_usd",
    otherwise_usd: float = 0.0,
) -> pd.DataFrame:
    """Rank assumptions by what testing them is worth, less what it costs.

    Formula: EVPI - test cost, with EVPI = p max(T, 0) + (1 - p) max(F, 0)
    - max(p T + (1 - p) F, 0) for payoffs T and F of going on, and 0 of stopping.

    Assumptions: for each assumption the choice is to go on or to stop; assumptions are
    judged one at a time; a test tells the truth. An assumption that is almost certain,
    or that changes no decision, is worth little however cheap its test.

    Args:
        data: One row per assumption.
        assumption_column: Name of the assumption, each once.
        probability_column: Probability that it is true, a fraction.
        true_column: Payoff of going on if it is true, in US dollars.
        false_column: Payoff of going on if it is false, in US dollars.
        cost_column: Cost of the test in US dollars.
        otherwise_usd: Payoff of stopping.

    Returns:
        Columns assumption, probability_true, expected_payoff_usd (of going on),
        evpi_usd, test_cost_usd, net_value_usd, rank and reading, best test first.

    Raises:
        ValueError: If a probability is not a fraction or a cost is negative.

    Examples:
        >>> risks = pd.DataFrame(
        ...     {
        ...         "assumption": ["People pay", "It can be built"],
        ...         "probability_true": [0.5, 0.95],
        ...         "payoff_if_true_usd": [80_000, 60_000],
        ...         "payoff_if_false_usd": [-60_000, -50_000],
        ...         "test_cost_usd": [4_000, 1_000],
        ...     }
        ... )
        >>> rank_assumptions(risks)[["assumption", "evpi_usd", "net_value_usd"]]
                assumption  evpi_usd  net_value_usd
        0       People pay   30000.0        26000.0
        1  It can be built    2500.0         1500.0

    References:
        Raiffa, H. and Schlaifer, R. (1961). Applied Statistical Decision Theory.
        Hubbard, D. (2014). How to Measure Anything.
    """
    stop = check.number("otherwise_usd", otherwise_usd)
    inputs = (probability_column, true_column, false_column, cost_column)
    frame = tables.read(data, assumption_column, *inputs)
    p = tables.numbers(frame, probability_column, rule="rate")
    if_true, if_false = (
        tables.numbers(frame, column) for column in (true_column, false_column)
    )
    going_on = p * if_true + (1 - p) * if_false
    informed = p * np.maximum(if_true, stop) + (1 - p) * np.maximum(if_false, stop)
    evpi = [
        _difference(float(known), float(unknown))
        for known, unknown in zip(informed, np.maximum(going_on, stop), strict=True)
    ]
    result = pd.DataFrame({"assumption": tables.names(frame, assumption_column)})
    result["probability_true"] = p
    result["expected_payoff_usd"] = going_on
    result["evpi_usd"] = evpi
    result["test_cost_usd"] = tables.numbers(frame, cost_column, rule="not_negative")
    net = result["evpi_usd"] - result["test_cost_usd"]
    result["net_value_usd"] = net
    result["rank"] = tables.rank(net.to_numpy(dtype=float))
    result["reading"] = np.where(
        result["evpi_usd"] == 0,
        "changes no decision",
        np.where(net > 0, "worth testing", "costs more than it tells"),
    )
    return result.sort_values("rank", kind="stable").reset_index(drop=True)
