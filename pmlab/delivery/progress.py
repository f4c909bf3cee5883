"""How far the work gets week by week: the fan of a delivery forecast."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab import _arguments as check
from pmlab.delivery.forecast import forecast_weeks
from pmlab.formatting import count, seed_words
from pmlab.results import Result


@dataclass(frozen=True, kw_only=True, repr=False)
class ProgressFan(Result):
    """Items finished by the end of each coming week, as chances.

    Attributes:
        items: Number of items to finish.
        p50_weeks: Weeks within which half of the runs finish them.
        p85_weeks: Weeks within which 85 % of the runs finish them.
        draws: Number of runs.
        seed: Seed of the runs, or None for a generator of the caller.
        table: One row per week from 0 on: week, p85_items and p50_items (at least so
            many are finished in 85 and in 50 % of the runs), p15_items (in the best
            15 %).
    """

    items: int
    p50_weeks: int
    p85_weeks: int
    draws: int
    seed: int | None
    table: pd.DataFrame

    def summary(self) -> str:
        """Return the forecast in plain words."""
        later = self.p85_weeks - self.p50_weeks
        return (
            f"{count(self.items)} items take at most {self.p50_weeks} weeks with a "
            f"chance of 50 % and at most {self.p85_weeks} with 85 %: the surer promise "
            "costs "
            f"{later} more week{'' if later == 1 else 's'} "
            f"({count(self.draws)} runs; {seed_words(self.seed)})."
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the weeks as a table."""
        return self.table.copy()


def progress_fan(
    throughput: npt.ArrayLike,
    *,
    items: int,
    draws: int = 10_000,
    max_weeks: int = 500,
    rng: int | np.random.Generator = check.DEFAULT_SEED,
) -> ProgressFan:
    """Forecast how many items are finished by the end of each coming week.

    Method: draw past weeks with replacement, add them up week by week, repeat; in each
    week take the number that 85, 50 and 15 % of the runs reach.

    Assumptions: those of ``forecast_weeks``.

    Args:
        throughput: Items finished in each past week, zeros included.
        items: Number of items to finish.
        draws: Number of runs.
        max_weeks: Where the forecast ends at the latest.
        rng: Seed or generator; seed 0 if you name none.

    Returns:
        One row for each week until 85 % of the runs are done, and the two dates.

    Raises:
        ValueError: If a count is negative, nothing was ever finished, or 85 % of the
            runs need more than ``max_weeks``.

    Examples:
        >>> fan = progress_fan([3, 5, 0, 4, 6, 2], items=38, draws=2000, rng=1)
        >>> fan.p50_weeks, fan.p85_weeks
        (12, 14)
        >>> fan.to_frame().tail(1)
            week  p85_items  p50_items  p15_items
        14    14         39         47         55

    References:
        Vacanti, D. (2015). Actionable Agile Metrics for Predictability.
    """
    seed = check.seed(rng)
    generator = np.random.default_rng(rng)
    dates = forecast_weeks(
        throughput, items=items, draws=draws, max_weeks=max_weeks, rng=generator
    )
    if dates.p85_weeks is None or dates.p50_weeks is None:
        raise ValueError(
            f"max_weeks == {max_weeks}, but 85 % of the runs need longer for {items} "
            "items; allow more weeks or take fewer items"
        )
    past = np.asarray(throughput, dtype=float)
    drawn = generator.choice(past, (dates.draws, dates.p85_weeks))
    reached = np.sort(drawn.cumsum(axis=1), axis=0)[::-1]
    table = pd.DataFrame({"week": np.arange(dates.p85_weeks + 1)})
    for name, share in (("p85_items", 0.85), ("p50_items", 0.5), ("p15_items", 0.15)):
        line = reached[int(np.ceil(share * dates.draws)) - 1]
        table[name] = np.concatenate([[0], line]).astype(int)
    return ProgressFan(
        items=dates.items,
        p50_weeks=dates.p50_weeks,
        p85_weeks=dates.p85_weeks,
        draws=dates.draws,
        seed=seed,
        table=table,
    )
