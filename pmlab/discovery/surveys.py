"""Weight a sample to the population it should stand for."""

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from pmlab import _arguments as check
from pmlab import _tables as tables
from pmlab.formatting import count, percent, percent_interval
from pmlab.results import Result

if TYPE_CHECKING:
    from narwhals.stable.v2.typing import IntoFrame


@dataclass(frozen=True, kw_only=True, repr=False)
class PostStratifiedShare(Result):
    """A share, weighted from the sample's mix to the population's.

    Attributes:
        share: The weighted share, a fraction.
        low: Lower end of the interval, or None if it can't be estimated.
        high: Upper end of the interval, or None.
        standard_error: Standard error of the share.
        confidence: Confidence of the interval.
        unweighted_share: The share as the sample has it.
        respondents: Number of answers.
        note: What to be careful about; empty when there is nothing.
        cells: One row per cell: cell, population_share, respondents, sample_share,
            share.
    """

    share: float
    low: float | None
    high: float | None
    standard_error: float
    confidence: float
    unweighted_share: float
    respondents: int
    note: str
    cells: pd.DataFrame

    def summary(self) -> str:
        """Return the share in plain words."""
        interval = "no interval"
        if self.low is not None and self.high is not None:
            interval = (
                f"{percent(self.confidence, digits=0)} interval "
                f"{percent_interval(self.low, self.high)}"
            )
        note = f" {self.note}" if self.note else ""
        return (
            f"Weighted to the population, the share is {percent(self.share)} "
            f"({interval}); unweighted, the {count(self.respondents)} answers give "
            f"{percent(self.unweighted_share)}.{note}"
        )

    def to_frame(self) -> pd.DataFrame:
        """Return the cells, one row each."""
        return self.cells.copy()


def post_stratified_share(
    data: "IntoFrame",
    population: "IntoFrame",
    *,
    cell_column: str = "cell",
    answer_column: str = "answer",
    size_column: str = "households",
    confidence: float = 0.95,
) -> PostStratifiedShare:
    """Estimate a share in a population from a sample with another mix.

    Formula: p = sum of W_h p_h, with variance sum of W_h^2 p_h (1 - p_h) / n_h, where
    W_h is cell h's share of the population.

    Assumptions: within a cell, who answered is as good as drawn at random; weighting
    can't mend a cell in which only the unusual answer. Cells with few answers make the
    interval too narrow.

    Args:
        data: One row per respondent.
        population: One row per cell with its size; sizes may be counts or shares.
        cell_column: The cell, in both tables.
        answer_column: 1 or True for yes, 0 or False for no.
        size_column: Size of the cell in the population table.
        confidence: Confidence of the interval, as a fraction.

    Returns:
        The weighted share with its interval, and the cells.

    Raises:
        ValueError: If a cell of the population has no answers, or an answer belongs to
            no cell.

    Examples:
        >>> sample = pd.DataFrame(
        ...     {"cell": ["city"] * 8 + ["country"] * 4, "answer": [1, 0] * 6}
        ... )
        >>> cells = pd.DataFrame({"cell": ["city", "country"]})
        >>> cells["households"] = [300, 700]
        >>> result = post_stratified_share(sample, cells)
        >>> round(result.share, 3), round(result.standard_error, 3)
        (0.5, 0.183)

    References:
        Lohr, S. (2021). Sampling: Design and Analysis, ch. 4.
    """
    level = check.open_rate("confidence", confidence)
    frame = tables.read(data, cell_column, answer_column)
    answers = pd.DataFrame(
        {
            "cell": tables.labels(frame, cell_column),
            "answer": tables.flags(frame, answer_column).astype(float),
        }
    )
    cells = _cells(answers, population, cell_column, size_column)
    weight, share, size = (
        cells[name].to_numpy(dtype=float)
        for name in ("population_share", "share", "respondents")
    )
    estimate = float(weight @ share)
    error = float(np.sqrt(weight**2 @ (share * (1 - share) / size)))
    reach = NormalDist().inv_cdf(0.5 + level / 2) * error
    return PostStratifiedShare(
        share=estimate,
        low=max(estimate - reach, 0.0) if error > 0 else None,
        high=min(estimate + reach, 1.0) if error > 0 else None,
        standard_error=error,
        confidence=level,
        unweighted_share=float(answers["answer"].mean()),
        respondents=len(answers),
        note=_note(cells, error),
        cells=cells,
    )


def _cells(
    answers: pd.DataFrame, population: "IntoFrame", cell_column: str, size_column: str
) -> pd.DataFrame:
    known = tables.read(population, cell_column, size_column)
    sizes = pd.Series(
        tables.numbers(known, size_column, rule="positive"),
        index=tables.names(known, cell_column),
    )
    grouped = answers.assign(cell=answers["cell"].astype(str)).groupby("cell")["answer"]
    empty = sorted(set(sizes.index) - set(grouped.groups))
    if empty:
        raise ValueError(
            f"no answers in cell(s) {', '.join(empty)}; merge each with a similar one "
            "in both tables"
        )
    stray = sorted({str(cell) for cell in grouped.groups} - set(sizes.index))
    if stray:
        raise ValueError(
            f"answers in cell(s) {', '.join(map(str, stray))}, which the population "
            "table doesn't have; add their size or drop the answers"
        )
    return pd.DataFrame(
        {
            "cell": list(sizes.index),
            "population_share": (sizes / sizes.sum()).to_numpy(),
            "respondents": grouped.size().loc[sizes.index].to_numpy(),
            "sample_share": grouped.size().loc[sizes.index].to_numpy() / len(answers),
            "share": grouped.mean().loc[sizes.index].to_numpy(),
        }
    )


def _note(cells: pd.DataFrame, error: float) -> str:
    if error == 0:
        return (
            "Within each cell all answers are equal, so the spread can't be estimated."
        )
    alike = cells["share"].isin([0.0, 1.0])
    thin = cells.loc[(cells["respondents"] < 10) & ~alike, "cell"]
    if alike.any():
        names = ", ".join(cells.loc[alike, "cell"])
        return (
            f"All answers in {names} are equal, which adds no spread: the interval is "
            "too narrow."
        )
    if len(thin):
        return (
            f"Fewer than 10 answers in {', '.join(thin)}: the interval is too narrow."
        )
    return ""
