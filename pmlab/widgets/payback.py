"""Retention curve, lifetime value, payback: ``metrics.unit_economics``, live."""

import ipywidgets

from pmlab import charts, metrics
from pmlab.charts.chart import Chart
from pmlab.widgets.live import LiveModel


def lifetime_value() -> LiveModel:
    """Return controls over ``metrics.unit_economics`` for one new customer.

    Move the leak of the first month, the leak of the later months, the contribution
    and the cost of winning a customer; the words and the chart say what she brings in
    24 months, discounted at 12 % a year, and when she has earned back what she cost.

    Returns:
        The widget; shown as the last line of a cell.
    """
    return LiveModel(
        _one_customer,
        {
            "stay_first": _percent(80, "Stay through month 1, %"),
            "stay_later": _percent(90, "Stay each later month, %"),
            "contribution_usd": _usd(50, 200, 1, "Contribution a month, $"),
            "cost_usd": _usd(300, 1_500, 10, "Cost of a customer, $"),
        },
        title="Fix the leak, or buy more customers?",
        draw=_balance,
    )


def _percent(value: int, name: str) -> ipywidgets.IntSlider:
    return ipywidgets.IntSlider(value=value, min=0, max=100, description=name)


def _usd(value: int, high: int, step: int, name: str) -> ipywidgets.IntSlider:
    return ipywidgets.IntSlider(
        value=value, min=0, max=high, step=step, description=name
    )


def _one_customer(
    *, stay_first: int, stay_later: int, contribution_usd: int, cost_usd: int
) -> metrics.UnitEconomics:
    return metrics.unit_economics(
        first_month_survival=stay_first / 100,
        monthly_retention=stay_later / 100,
        contribution_usd_per_month=contribution_usd,
        acquisition_cost_usd=cost_usd,
    )


def _balance(customer: metrics.UnitEconomics) -> Chart:
    month = customer.payback_month
    title = (
        f"Not earned back in {customer.horizon_months} months"
        if month is None
        else f"Earned back by month {month}"
    )
    return charts.line(
        customer, x_column="month", y_column="balance_usd", reference=0, title=title
    )
