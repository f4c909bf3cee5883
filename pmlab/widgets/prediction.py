"""Say who won, then reveal: ``experiments.brier_score``, live."""

import html
from collections.abc import Mapping
from typing import Any

import ipywidgets
import pandas as pd

from pmlab import charts, datasets, experiments
from pmlab.charts.chart import Chart
from pmlab.formatting import percent
from pmlab.widgets.live import _NO_MATH, LiveModel

# Tests of two headlines over one picture, split as designed, in weeks without the
# fault, p < 0.05. Three were won by the first headline, three by the second.
_TESTS = (335, 3573, 4741, 1872, 2751, 1402)


def headline_pairs() -> pd.DataFrame:
    """Return six real headline tests of Upworthy (CC BY 4.0), one row each.

    Returns:
        Columns ``test_id``, ``headline_a``, ``headline_b``, ``click_rate_a``,
        ``click_rate_b`` and ``b_won``.

    Examples:
        >>> headline_pairs()["b_won"].sum()
        np.int64(3)
    """
    packages = datasets.load("upworthy_headline_tests")
    rows = []
    for test in _TESTS:
        rows_of_test = packages[packages["test_id"] == test]
        first, second = rows_of_test.to_dict("records")
        rates = [each["clicks"] / each["impressions"] for each in (first, second)]
        rows.append(
            {
                "test_id": test,
                "headline_a": first["headline"],
                "headline_b": second["headline"],
                "click_rate_a": rates[0],
                "click_rate_b": rates[1],
                "b_won": rates[1] > rates[0],
            }
        )
    return pd.DataFrame(rows)


def predict_then_reveal() -> LiveModel:
    """Return controls over ``experiments.brier_score`` for six real headline tests.

    Set for each pair the chance that headline B got more clicks, then tick Reveal: the
    chances are locked, and words, bars and table score them.

    Returns:
        The widget; shown as the last line of a cell.
    """
    pairs = headline_pairs()
    chances = {
        f"pair_{number}": ipywidgets.IntSlider(
            value=50, min=0, max=100, step=5, description=f"Pair {number}: B won, %"
        )
        for number in range(1, len(pairs) + 1)
    }
    reveal = ipywidgets.Checkbox(value=False, description="Reveal, and lock my chances")

    def lock(_change: object) -> None:
        for slider in chances.values():
            slider.disabled = True
        reveal.disabled = True

    def model(*, reveal: bool, **stated: int) -> Any:  # noqa: ANN401
        if not reveal:
            return (
                "Set the six chances, then tick Reveal. 50 says that you have no idea, "
                "100 that headline B surely got more clicks."
            )
        return experiments.brier_score(
            [chance / 100 for chance in stated.values()],
            pairs["b_won"],
            names=[_outcome(row) for row in pairs.to_dict("records")],
        )

    live = LiveModel(
        model,
        {**chances, "reveal": reveal},
        title="Which headline got more clicks? REAL tests of Upworthy, same picture",
        draw=_costs,
    )
    reveal.observe(lock, names="value")
    shown = list(live.children)
    for place, row in reversed(list(enumerate(pairs.to_dict("records"), start=1))):
        shown.insert(place, _headlines(place, row))
    live.children = shown
    return live


def _headlines(number: int, row: Mapping[Any, Any]) -> ipywidgets.HTML:
    first, second = (html.escape(row[f"headline_{side}"]) for side in "ab")
    return ipywidgets.HTML(
        f'<p class="{_NO_MATH}" style="line-height:1.4;margin:0.6em 0 0 0">'
        f"Pair {number}. <strong>A</strong> {first}<br><strong>B</strong> {second}</p>"
    )


def _outcome(row: Mapping[Any, Any]) -> str:
    number = _TESTS.index(row["test_id"]) + 1
    winner, loser = ("b", "a") if row["b_won"] else ("a", "b")
    more, less = (percent(row[f"click_rate_{side}"]) for side in (winner, loser))
    return f"Pair {number}: {winner.upper()} won, {more} to {less}"


def _costs(result: object) -> Chart | None:
    if not isinstance(result, experiments.PredictionScore):
        return None
    table = result.to_frame()
    worst = 1 + int(table["squared_distance"].argmax())
    title = f"Each bar is what a guess cost; pair {worst} cost most"
    if table["squared_distance"].nunique() == 1:
        title = "Each bar is what a guess cost; all cost the same"
    return charts.bars(
        table,
        label_column="event",
        value_column="squared_distance",
        unit="squared distance",
        order="given",
        title=title,
    )
