"""When a number of items is done: ``delivery.progress_fan``, live."""

from collections.abc import Sequence
from functools import partial

import ipywidgets

from pmlab import charts, delivery
from pmlab.charts.chart import Chart
from pmlab.widgets.live import LiveModel

# Invented: items finished in 16 past weeks, holidays and an outage among them.
_EXAMPLE = (3, 5, 0, 4, 6, 2, 0, 4, 5, 3, 7, 0, 4, 2, 5, 4)


def forecast_fan(
    finished_per_week: Sequence[int] | None = None, *, items: int = 38
) -> LiveModel:
    """Return controls over ``delivery.progress_fan``.

    Move the number of items, or leave the empty weeks out to see what that hides; the
    words and the fan say when half and when 85 % of the runs are done.

    Args:
        finished_per_week: Items finished in each past week, zeros included; an
            invented example if left out.
        items: Items to finish, to begin with; from 5 to 120.

    Returns:
        The widget; shown as the last line of a cell.
    """
    past = _EXAMPLE if finished_per_week is None else tuple(map(int, finished_per_week))
    return LiveModel(
        partial(_forecast, past),
        {
            "items": ipywidgets.IntSlider(items, 5, 120, description="Items to finish"),
            "keep_empty_weeks": ipywidgets.Checkbox(
                value=True, description="Keep weeks with nothing finished"
            ),
        },
        title="What can we promise?",
        draw=_fan,
    )


def _forecast(
    past: Sequence[int], *, items: int, keep_empty_weeks: bool
) -> delivery.ProgressFan:
    weeks = [week for week in past if keep_empty_weeks or week > 0]
    return delivery.progress_fan(weeks, items=items, draws=4_000)


def _fan(forecast: delivery.ProgressFan) -> Chart:
    reached = forecast.table.set_index("week")["p85_items"][forecast.p50_weeks]
    return charts.forecast_fan(
        forecast,
        finding=f"By week {forecast.p50_weeks} half of the runs are done; 85 % of them "
        f"have finished {reached} items or more.",
    )
