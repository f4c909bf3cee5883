"""Check a roadmap: does each row say why, how we know, when roughly, how sure?"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from pmlab import _tables as tables

if TYPE_CHECKING:
    from narwhals.stable.v2.typing import IntoFrame

HORIZONS = ("now", "next", "later")
_OUTPUT_WORDS = ("launch", "ship", "release", "deliver", "build", "implement")


def roadmap_findings(
    data: "IntoFrame",
    *,
    item_column: str = "item",
    theme_column: str = "theme",
    metric_column: str = "outcome_metric",
    horizon_column: str = "horizon",
    confidence_column: str = "confidence",
) -> pd.DataFrame:
    """List what is missing or promised too firmly in a roadmap.

    Rules: each row has a theme, an outcome metric that is not an output ("launch ..."),
    a horizon of now, next or later instead of a date, and a confidence between 0 and 1
    that is not higher than 0.8 for later work.

    Assumptions: the roadmap talks about outcomes to people outside the team; a
    delivery plan with dates is another document. The rules find missing words, not bad
    strategy.

    Args:
        data: One row per roadmap item.
        item_column: Name of the item, each once.
        theme_column: Problem or goal that it serves.
        metric_column: Number that shows whether it worked.
        horizon_column: ``now``, ``next`` or ``later``.
        confidence_column: How sure, as a fraction.

    Returns:
        One row per finding: item, column, value, problem, repair; no rows if all is
        well.

    Raises:
        ColumnsMissingError: If a column does not exist.

    Examples:
        >>> roadmap = pd.DataFrame(
        ...     {
        ...         "item": ["Fewer no-shows", "Chat"],
        ...         "theme": ["Trust", None],
        ...         "outcome_metric": ["no-show rate", "launch chat"],
        ...         "horizon": ["now", "2026-05-01"],
        ...         "confidence": [0.8, 0.5],
        ...     }
        ... )
        >>> roadmap_findings(roadmap)[["item", "column", "problem"]]
           item          column                            problem
        0  Chat           theme                           no theme
        1  Chat  outcome_metric  an output, not an outcome: launch
        2  Chat         horizon    not one of now, next, later

    References:
        Lombardo, C. et al. (2017). Product Roadmaps Relaunched.
        Bastow, J. (2012). The birth of the now, next, later roadmap.
    """
    columns = (theme_column, metric_column, horizon_column, confidence_column)
    frame = tables.read(data, item_column, *columns)
    rows = [
        {"item": item, "column": column, "value": value, "problem": problem}
        | {"repair": repair}
        for item, *values in zip(
            tables.names(frame, item_column),
            *(frame[column].tolist() for column in columns),
            strict=True,
        )
        for column, value, problem, repair in _findings(columns, values)
    ]
    return pd.DataFrame(rows, columns=["item", "column", "value", "problem", "repair"])


def _findings(
    columns: tuple[str, ...], values: list[Any]
) -> Iterator[tuple[str, Any, str, str]]:
    theme, metric, horizon, confidence = values
    checks = (
        _theme(theme),
        _metric(metric),
        _horizon(horizon),
        _confidence(confidence, horizon),
    )
    for column, value, finding in zip(columns, values, checks, strict=True):
        if finding:
            yield (column, value, *finding)


Finding = tuple[str, str] | None


def _empty(value: Any) -> bool:  # noqa: ANN401
    return bool(pd.isna(value)) or not str(value).strip()


def _theme(value: Any) -> Finding:  # noqa: ANN401
    if _empty(value):
        return "no theme", "name the problem or goal that this serves"
    return None


def _metric(value: Any) -> Finding:  # noqa: ANN401
    if _empty(value):
        return "no outcome metric", "name the number that will move if it works"
    words = str(value).lower().split()
    output = next((word for word in words if word in _OUTPUT_WORDS), None)
    if output:
        return (
            f"an output, not an outcome: {output}",
            "say what users do differently once it is there",
        )
    return None


def _horizon(value: Any) -> Finding:  # noqa: ANN401
    if _empty(value):
        return "no horizon", "put it in now, next or later"
    if str(value).strip().lower() not in HORIZONS:
        return (
            f"not one of {', '.join(HORIZONS)}",
            "a date is a promise: say now, next or later, and keep dates for the plan",
        )
    return None


def _confidence(value: Any, horizon: Any) -> Finding:  # noqa: ANN401
    if _empty(value):
        return "no confidence", "say how sure you are, from 0 to 1"
    if isinstance(value, str | bool) or not 0 <= value <= 1:
        return "not a fraction from 0 to 1", "write 0.8 for 80 %"
    if str(horizon).strip().lower() == "later" and value > 0.8:
        return "too sure for later work", "later work has been studied least: go lower"
    return None
