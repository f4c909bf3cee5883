"""Which pains and unmet needs come first."""

from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from pmlab import _arguments as check
from pmlab import _tables as tables

if TYPE_CHECKING:
    from narwhals.stable.v2.typing import IntoFrame

PerPerson = Literal["median", "highest"]
Rating = Literal["top_box_share", "mean"]
Formula = Literal["floored", "difference"]

_BANDS = ((15.0, "extreme"), (12.0, "high"), (10.0, "solid"))


def pain_ranking(
    data: "IntoFrame",
    *,
    participants: int | None = None,
    participant_column: str = "participant_id",
    pain_column: str = "pain",
    severity_column: str = "severity",
    severity_per_participant: PerPerson = "median",
) -> pd.DataFrame:
    """Rank pains by how many people have them and how bad they are.

    Formula: score = (participants with the pain / participants) x median severity
    among them.

    Assumptions: a person counts once per pain, however often it is mentioned. The
    score orders pains of one study; it is not a number to compare across studies.

    Args:
        data: One row per mention of a pain. Leave out codes that name a wished-for
            solution.
        participants: How many people took part, including those without any pain;
            None counts the people in the table.
        participant_column: Who said it.
        pain_column: Code of the pain.
        severity_column: Severity of the mention, a positive rating.
        severity_per_participant: How several mentions by one person become one
            severity: their ``"median"`` or the ``"highest"``.

    Returns:
        Columns pain, mentions, participants, prevalence, median_severity, score and
        rank, worst pain first.

    Raises:
        ValueError: If a value is missing, a severity is not positive, or the table
            holds more people than ``participants``.

    Examples:
        >>> mentions = pd.DataFrame(
        ...     {
        ...         "participant_id": ["p1", "p1", "p2", "p3"],
        ...         "pain": ["no-show", "no-show", "no-show", "price"],
        ...         "severity": [5, 3, 2, 5],
        ...     }
        ... )
        >>> pain_ranking(mentions, participants=4)[["pain", "prevalence", "score"]]
              pain  prevalence  score
        0  no-show        0.50   1.50
        1    price        0.25   1.25

    References:
        Course rule; compare Torres, T. (2021). Continuous Discovery Habits.
    """
    check.choice(
        "severity_per_participant", severity_per_participant, ("median", "highest")
    )
    frame = tables.read(data, participant_column, pain_column, severity_column)
    frame = pd.DataFrame(
        {
            "participant": tables.labels(frame, participant_column),
            "pain": tables.labels(frame, pain_column),
            "severity": tables.numbers(frame, severity_column, rule="positive"),
        }
    )
    people = frame["participant"].nunique()
    total = people
    if participants is not None:
        total = check.whole("participants", participants, minimum=1)
    if people > total:
        raise ValueError(
            f"participants == {total}, but the table names {people}; "
            "count everybody who took part"
        )
    how = "max" if severity_per_participant == "highest" else "median"
    each = frame.groupby(["pain", "participant"])["severity"].agg(how)
    grouped = each.groupby(level="pain")
    result = frame.groupby("pain").size().rename("mentions").reset_index()
    result["participants"] = grouped.size().to_numpy()
    result["prevalence"] = result["participants"] / total
    result["median_severity"] = grouped.median().to_numpy()
    result["score"] = result["prevalence"] * result["median_severity"]
    result["rank"] = tables.rank(result["score"].to_numpy(dtype=float))
    return result.sort_values("rank", kind="stable").reset_index(drop=True)


def opportunity_score(
    importance: float, satisfaction: float, *, formula: Formula = "floored"
) -> float:
    """Return the opportunity score of one desired outcome.

    Formula: I + max(I - S, 0) if floored, I + (I - S) as plain difference.

    Assumptions: both on a scale from 0 to 10. The floor keeps overserved outcomes at
    their importance; the plain difference pulls them further down.

    Args:
        importance: Importance, 0 to 10.
        satisfaction: Satisfaction with what exists today, 0 to 10.
        formula: ``"floored"`` (Ulwick) or ``"difference"``.

    Returns:
        The score: 0 to 20 if floored, -10 to 20 otherwise.

    Raises:
        ValueError: If a value lies outside 0 to 10.

    Examples:
        >>> opportunity_score(9.5, 3.2)
        15.8

    References:
        Ulwick, A. (2002). Turn customer input into innovation. Harvard Business Review.
    """
    check.choice("formula", formula, ("floored", "difference"))
    for name, value in (("importance", importance), ("satisfaction", satisfaction)):
        if check.not_negative(name, value) > 10:
            raise ValueError(f"{name} == {value!r}, must be in [0, 10]")
    return float(
        _opportunity(np.array([importance]), np.array([satisfaction]), formula)[0]
    )


def _opportunity(
    importance: npt.NDArray[np.float64],
    satisfaction: npt.NDArray[np.float64],
    formula: Formula,
) -> npt.NDArray[np.float64]:
    gap = importance - satisfaction
    gap = np.maximum(gap, 0) if formula == "floored" else gap
    score: npt.NDArray[np.float64] = np.round(importance + gap, 10)
    return score


def opportunity_scores(
    data: "IntoFrame",
    *,
    outcome_column: str = "outcome",
    importance_column: str = "importance",
    satisfaction_column: str = "satisfaction",
    segment_column: str | None = None,
    scale_max: int = 5,
    top_from: int = 4,
    rating: Rating = "top_box_share",
    formula: Formula = "floored",
) -> pd.DataFrame:
    """Score desired outcomes from survey ratings (outcome-driven innovation).

    Formula: I + max(I - S, 0), with I and S ten times the share of ratings of 4 or 5.

    Assumptions: ratings run from 1 to ``scale_max``; the same people rate importance
    and satisfaction. Scores of a whole market hide segments that want opposite things:
    compute them per segment.

    Args:
        data: One row per respondent and outcome.
        outcome_column: The desired outcome.
        importance_column: Rating of importance.
        satisfaction_column: Rating of satisfaction.
        segment_column: Segment of the respondent; None takes all together.
        scale_max: Highest rating.
        top_from: Lowest rating that counts as important or satisfied.
        rating: ``"top_box_share"`` (share of ratings from ``top_from`` up, times 10)
            or ``"mean"`` (mean rating times 10 / ``scale_max``).
        formula: ``"floored"`` (Ulwick) or ``"difference"``.

    Returns:
        Columns segment (if asked for), outcome, respondents, importance, satisfaction,
        opportunity, rank (within the segment) and reading: ``extreme`` from 15,
        ``high`` from 12, ``solid`` from 10, below that ``overserved`` if satisfaction
        is above importance, else ``low``.

    Raises:
        ValueError: If a rating is missing or off the scale.

    Examples:
        >>> ratings = pd.DataFrame(
        ...     {
        ...         "outcome": ["arrives on time"] * 4,
        ...         "importance": [5, 5, 4, 2],
        ...         "satisfaction": [2, 4, 1, 3],
        ...     }
        ... )
        >>> table = opportunity_scores(ratings)
        >>> table[["importance", "satisfaction", "opportunity", "reading"]]
           importance  satisfaction  opportunity reading
        0         7.5           2.5         12.5    high

    References:
        Ulwick, A. (2005). What Customers Want.
    """
    check.choice("rating", rating, ("top_box_share", "mean"))
    check.choice("formula", formula, ("floored", "difference"))
    top = check.whole("scale_max", scale_max, minimum=2)
    if not 1 < check.whole("top_from", top_from) <= top:
        raise ValueError(f"top_from == {top_from}, must be from 2 to {top}")
    segments = (segment_column,) if segment_column else ()
    columns = {"importance": importance_column, "satisfaction": satisfaction_column}
    frame = tables.read(data, outcome_column, *columns.values(), *segments)
    keys = {"outcome": tables.labels(frame, outcome_column)}
    if segment_column:
        keys = {"segment": tables.labels(frame, segment_column), **keys}
    table = pd.DataFrame(keys)
    for name, column in columns.items():
        ratings = _ratings(frame, column, top)
        table[name] = 10 * (
            ratings >= top_from if rating == "top_box_share" else ratings / top
        )
    grouped = table.groupby(list(keys), sort=False)
    result = grouped.size().rename("respondents").reset_index()
    for name in columns:
        result[name] = grouped[name].mean().to_numpy()
    result["opportunity"] = _opportunity(
        result["importance"].to_numpy(), result["satisfaction"].to_numpy(), formula
    )
    return _with_ranks(result)


def _ratings(frame: pd.DataFrame, column: str, top: int) -> npt.NDArray[np.float64]:
    values = tables.numbers(frame, column)
    if values.min() < 1 or values.max() > top:
        raise ValueError(
            f"{column} runs from {values.min():g} to {values.max():g}, "
            f"must be ratings from 1 to {top}; set scale_max"
        )
    return values


def _with_ranks(result: pd.DataFrame) -> pd.DataFrame:
    by = ["segment"] if "segment" in result else []
    groups = result.groupby(by)["opportunity"] if by else result["opportunity"]
    result["rank"] = groups.rank(method="min", ascending=False).astype(int)
    result["reading"] = [
        _reading(score, overserved=satisfaction > importance)
        for score, importance, satisfaction in zip(
            result["opportunity"],
            result["importance"],
            result["satisfaction"],
            strict=True,
        )
    ]
    return result.sort_values([*by, "rank"], kind="stable").reset_index(drop=True)


def _reading(score: float, *, overserved: bool) -> str:
    for limit, name in _BANDS:
        if score >= limit:
            return name
    return "overserved" if overserved else "low"
