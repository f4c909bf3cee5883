"""What looking early costs: ``experiments.simulate_peeking``, live."""

import functools

import ipywidgets

from pmlab import charts, experiments
from pmlab.charts.chart import Chart
from pmlab.experiments.peeking import RULE_WORDS
from pmlab.formatting import percent
from pmlab.widgets.live import LiveModel

SIMULATIONS = 30_000
_SEEN_WITH_80_PERCENT = 2.8


def peeking() -> LiveModel:
    """Return controls over ``experiments.simulate_peeking``.

    Move the number of looks, and choose whether there is an effect in truth; words and
    bars say how often four stopping rules announce one. The same setting always shows
    the same rates.

    Returns:
        The widget; shown as the last line of a cell.
    """
    return LiveModel(
        functools.partial(experiments.simulate_peeking, simulations=SIMULATIONS),
        {
            "looks": ipywidgets.IntSlider(
                value=4, min=1, max=28, description="Number of looks"
            ),
            "effect_z": ipywidgets.Dropdown(
                options={
                    "no effect": 0.0,
                    "an effect (one look sees 80 %)": _SEEN_WITH_80_PERCENT,
                },
                description="In truth there is",
            ),
        },
        title="How often does each rule announce an effect?",
        draw=_alarms,
    )


def _alarms(result: experiments.PeekingSimulation) -> Chart:
    table = result.to_frame()
    table["rule"] = table["rule"].map(RULE_WORDS)
    naive = result.alarm_rates[result.rules.index("naive")]
    looks = "one look" if result.looks == 1 else f"{result.looks} looks"
    if result.effect_z == 0:
        title = f"Naive peeking, {looks}: {percent(naive)} false alarms, not 5 %"
    else:
        rates = dict(zip(result.rules, result.alarm_rates, strict=True))
        title = (
            f"Pocock sees {percent(rates['pocock'])} of true effects, one look at the "
            f"end {percent(rates['fixed_horizon'])}"
        )
    return charts.bars(
        table,
        label_column="rule",
        value_column="alarm_rate",
        unit="%",
        order="given",
        title=title,
    )
