"""What the size of an effect costs in weeks: ``experiments.size_trade_off``, live."""

import ipywidgets

from pmlab import charts, experiments
from pmlab.charts.chart import Chart
from pmlab.widgets.live import LiveModel


def sample_size() -> LiveModel:
    """Return controls over ``experiments.size_trade_off``.

    Move the rate, the smallest effect worth having, the power and the traffic; the
    words say users and weeks, the bars the weeks of smaller and larger effects.

    Returns:
        The widget; shown as the last line of a cell.
    """
    return LiveModel(
        _trade_off,
        {
            "baseline_percent": _slider(5, 1, 50, 0.5, "Rate today, %"),
            "lift_percent": _slider(10, 2, 60, 1, "Smallest lift, % of the rate"),
            "power_percent": _slider(80, 60, 95, 5, "Power, %"),
            "new_users_per_day": _slider(1_500, 50, 10_000, 50, "New users a day"),
            "traffic_percent": _slider(100, 10, 100, 10, "Share in the test, %"),
        },
        title="How long must the test run?",
        draw=_weeks,
    )


def _slider(
    value: float, low: float, high: float, step: float, name: str
) -> ipywidgets.ValueWidget:
    kind = ipywidgets.FloatSlider if step < 1 else ipywidgets.IntSlider
    return kind(value=value, min=low, max=high, step=step, description=name)


def _trade_off(
    *,
    baseline_percent: float,
    lift_percent: float,
    power_percent: float,
    new_users_per_day: float,
    traffic_percent: float,
) -> experiments.SizeTradeOff:
    return experiments.size_trade_off(
        baseline_percent / 100,
        relative_lift=lift_percent / 100,
        new_users_per_day=new_users_per_day,
        power=power_percent / 100,
        traffic_share=traffic_percent / 100,
    )


def _weeks(trade_off: experiments.SizeTradeOff) -> Chart:
    table = trade_off.to_frame()
    table["lift"] = [f"+{100 * lift:.3g} %" for lift in table["relative_lift"]]
    times = trade_off.users_per_arm[0] / trade_off.plan.users_per_arm
    return charts.bars(
        table,
        label_column="lift",
        value_column="weeks",
        unit="weeks",
        order="given",
        title=f"Half the effect needs {times:.1f} times the users",
    )
