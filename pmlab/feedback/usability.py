"""System Usability Scale: ten answers a person, one score from 0 to 100."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from pmlab import _arguments, _tables, formatting
from pmlab.results import Result

_AVERAGE = 68.0
_ITEMS = ("q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10")


@dataclass(frozen=True, kw_only=True, repr=False)
class UsabilityScore(Result):
    """A System Usability Scale score with its interval, 0 to 100; no percentage.

    Attributes:
        score: Mean over participants.
        low: Lower end of the interval (t distribution), or None with one participant.
        high: Upper end, or None.
        participants: Number of participants.
        confidence_level: Of the interval.
        scores: Score of each participant, in the order of the table.
    """

    score: float
    low: float | None
    high: float | None
    participants: int
    confidence_level: float
    scores: tuple[float, ...] = field(default=())

    def to_frame(self) -> pd.DataFrame:
        """Return a row for each participant with the ``score``."""
        return pd.DataFrame({"score": self.scores})

    def summary(self) -> str:
        """Return score, interval and the usual average in words."""
        if self.low is None or self.high is None:
            alone = "one participant gives no interval"
            interval = alone if self.participants == 1 else "no interval, all are equal"
        else:
            level = formatting.percent(self.confidence_level, digits=0)
            interval = f"{level} interval {self.low:.1f} to {self.high:.1f}"
        return (
            f"SUS {self.score:.1f} of 100 ({interval}), {self.participants} "
            f"participant(s). Products average about {_AVERAGE:.0f}; it is no percent."
        )


def system_usability_scale(
    responses: Any,  # noqa: ANN401
    *,
    item_columns: Sequence[str] = _ITEMS,
    confidence_level: float = 0.95,
) -> UsabilityScore:
    """Compute the System Usability Scale from its ten items.

    ``score = 2.5 * (sum of odd items - 5 + 25 - sum of even items)``: odd items praise,
    even items blame and count in reverse.

    Args:
        responses: A row for each participant, answers 1 (disagree) to 5 (agree).
        item_columns: Names of the ten items, in the order of the questionnaire.
        confidence_level: Of the interval for the mean, a fraction.

    Returns:
        Mean score, interval and the score of each participant.

    Raises:
        ValueError: If there are not ten items, or an answer is not 1 to 5.

    Examples:
        >>> import pandas as pd
        >>> answers = {f"q{i}": [5, 3] if i % 2 else [1, 3] for i in range(1, 11)}
        >>> system_usability_scale(pd.DataFrame(answers)).scores
        (100.0, 50.0)

    References:
        Brooke, J. (1996). SUS: a quick and dirty usability scale.
    """
    level = _arguments.open_rate("confidence_level", confidence_level)
    if len(item_columns) != 10:
        raise ValueError(
            f"item_columns has {len(item_columns)} name(s), must have the ten items"
        )
    frame = _tables.read(responses, *item_columns)
    items = np.column_stack([_tables.numbers(frame, name) for name in item_columns])
    if not np.isin(items, (1, 2, 3, 4, 5)).all():
        wrong = items[~np.isin(items, (1, 2, 3, 4, 5))][0]
        raise ValueError(f"an answer is {wrong:g}, must be 1, 2, 3, 4 or 5")
    praise, blame = items[:, 0::2].sum(axis=1), items[:, 1::2].sum(axis=1)
    scores = 2.5 * (praise - 5 + 25 - blame)
    half = _half_width(scores, level)
    mean = float(scores.mean())
    return UsabilityScore(
        score=mean,
        low=None if half is None else max(mean - half, 0.0),
        high=None if half is None else min(mean + half, 100.0),
        participants=len(scores),
        confidence_level=level,
        scores=tuple(float(score) for score in scores),
    )


def _half_width(
    scores: "np.ndarray[Any, np.dtype[np.float64]]", level: float
) -> float | None:
    from scipy.stats import t

    if len(scores) < 2 or scores.max() == scores.min():
        return None
    error = float(scores.std(ddof=1)) / math.sqrt(len(scores))
    return float(t.ppf((1 + level) / 2, len(scores) - 1)) * error
