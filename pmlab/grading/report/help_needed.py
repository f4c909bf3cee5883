"""Learners who may need help, each with the reason; a person decides."""

import pandas as pd

from pmlab.formatting import percent

HELP_COLUMNS = ("learner", "score_share", "handed_in", "hours_before_due", "reasons")
_LOW, _STUCK = 0.5, 2
_STATUS = {
    "timeout": "the code ran out of time",
    "crashed": "the code stopped the runner",
    "malformed": "the notebook could not be read",
    "tampered": "cells of the notebook had been changed",
    "missing": "it is not graded yet",
}


def help_needed(
    results: pd.DataFrame, totals: pd.DataFrame, *, absent: tuple[str, ...] = ()
) -> pd.DataFrame:
    """List learners who may need help.

    Args:
        results: The table of ``read_results``.
        totals: Its second table.
        absent: Learners on the roster who handed in nothing.

    Returns:
        Columns ``HELP_COLUMNS``; those with the most reasons first.
    """
    graded = results.groupby("learner")[["score", "points"]].sum()
    share = graded["score"] / graded["points"]
    rows = []
    for total in totals.to_dict("records"):
        who = total["learner"]
        reasons = _reasons(
            float(share.get(who, 0.0)),
            results[results["learner"] == who],
            _hours_before(total),
            str(total["status"]),
        )
        if reasons:
            hours = _hours_before(total)
            rows.append((who, share.get(who), total["handed_in"], hours, reasons))
    rows += [(who, None, None, None, ["handed in nothing"]) for who in sorted(absent)]
    rows.sort(key=lambda row: (-len(row[-1]), row[1] or 0.0))
    texts = [(*row[:-1], "; ".join(row[-1])) for row in rows]
    return pd.DataFrame(texts, columns=list(HELP_COLUMNS))


def hours_before_due(totals: pd.DataFrame) -> "pd.Series[float]":
    """Return hours between handing in and the deadline; NaN without a deadline."""
    return (totals["due"] - totals["handed_in"]).dt.total_seconds() / 3600


def _hours_before(total: dict[object, object]) -> float | None:
    hours = hours_before_due(pd.DataFrame([total])).iloc[0]
    return None if pd.isna(hours) else round(float(hours), 1)


def _reasons(
    share: float, own: pd.DataFrame, hours: float | None, status: str
) -> list[str]:
    reasons = []
    if len(own) and share < _LOW:
        reasons.append(f"{percent(share, digits=0)} of the points so far")
    stuck = own[(own["hints"] >= _STUCK) & (own["share"] < 1)]["exercise"]
    if len(stuck):
        reasons.append(f"stuck in spite of hints: {', '.join(stuck)}")
    empty = own[(own["share"] == 0) & ~own["written"]]["exercise"]
    if len(empty) >= 3:
        reasons.append(f"nothing earned in {len(empty)} exercises")
    if status in _STATUS:
        reasons.append(_STATUS[status])
    if hours is not None and hours < 0:
        reasons.append(f"{-hours:.0f} hours late")
    return reasons
