"""How good is your product sense: stated chances against what happened."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab import _arguments as check
from pmlab.results import Result

COIN = 0.25


@dataclass(frozen=True, kw_only=True, repr=False)
class PredictionScore(Result):
    """Stated chances, what happened, and the Brier score.

    Attributes:
        score: Mean squared distance; 0 is perfect, 1 is the worst.
        stated: Stated chance of each event, a fraction.
        happened: Whether each event came true.
        names: Name of each event.
    """

    score: float
    stated: tuple[float, ...]
    happened: tuple[bool, ...]
    names: tuple[str, ...]

    @property
    def beats_a_coin(self) -> bool:
        """Whether the score is better than that of always saying 50 %."""
        return self.score < COIN

    def summary(self) -> str:
        """Say the score, and how it compares with always saying 50 %."""
        against = (
            "better than"
            if self.beats_a_coin
            else ("as good as" if self.score == COIN else "worse than")
        )
        pairs = zip(self.stated, self.happened, strict=True)
        sides = sum((chance > 0.5) == came for chance, came in pairs if chance != 0.5)
        return (
            f"Brier score {self.score:.3f} over {len(self.stated)} predictions (0 is "
            f"perfect): {against} always saying 50 %, which scores {COIN}. You leaned "
            f"to the right side {sides} of {len(self.stated)} times."
        )

    def to_frame(self) -> pd.DataFrame:
        """Return one row for each prediction.

        Returns:
            Columns ``event``, ``stated_chance``, ``happened`` and ``squared_distance``.
        """
        chances = np.array(self.stated)
        return pd.DataFrame(
            {
                "event": self.names,
                "stated_chance": chances,
                "happened": self.happened,
                "squared_distance": (chances - np.array(self.happened)) ** 2,
            }
        )


def brier_score(
    stated: npt.ArrayLike,
    happened: npt.ArrayLike,
    *,
    names: Sequence[str] | None = None,
) -> PredictionScore:
    """Return how far stated chances lie from what happened.

    Brier score = mean of (chance - outcome)^2, with outcome 1 or 0.

    Assumes that each chance was written down before its outcome was known.

    Args:
        stated: Stated chance of each event, fractions from 0 to 1.
        happened: Whether each came true: booleans, or 1 and 0.
        names: What each event was; numbers from 1 if left out.

    Returns:
        The score; it prints a sentence and has a table.

    Raises:
        ValueError: If the lengths differ, a chance is no fraction, or an outcome is
            neither 0 nor 1.

    Examples:
        >>> brier_score([0.9, 0.6, 0.5], [True, False, True])
        Brier score 0.207 over 3 predictions (0 is perfect): better than always saying
        50 %, which scores 0.25. You leaned to the right side 1 of 3 times.

    References:
        Brier (1950), Monthly Weather Review 78.
    """
    chances = check.finite_array("stated", stated)
    outcomes = check.finite_array("happened", np.asarray(happened, dtype=float))
    listed = [str(n) for n in (names or range(1, len(chances) + 1))]
    for label, size in (("happened", len(outcomes)), ("names", len(listed))):
        if size != len(chances):
            raise ValueError(
                f"{label} has {size} entries, must have {len(chances)}, one for each "
                "stated chance"
            )
    for chance in chances:
        check.rate("stated", float(chance))
    if not np.isin(outcomes, (0, 1)).all():
        wrong = float(outcomes[~np.isin(outcomes, (0, 1))][0])
        raise ValueError(f"happened holds {wrong:g}, must hold only 0 and 1")
    return PredictionScore(
        score=float(((chances - outcomes) ** 2).mean()),
        stated=tuple(map(float, chances)),
        happened=tuple(bool(one) for one in outcomes),
        names=tuple(listed),
    )
