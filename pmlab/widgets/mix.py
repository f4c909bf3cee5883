"""Segment mix against rate: ``metrics.mix_shift`` of two segments, live."""

import ipywidgets

from pmlab import charts, metrics
from pmlab.charts.chart import Chart
from pmlab.widgets.live import LiveModel

_SEGMENTS = ("new", "returning")


def what_moved() -> LiveModel:
    """Return controls over ``metrics.mix_shift`` for new and returning visitors.

    Move the share of new visitors and the rates of both groups; the words and the
    chart say how much of the change of the overall rate is mix and how much behavior.

    Returns:
        The widget; shown as the last line of a cell.
    """
    return LiveModel(
        _two_segments,
        {
            "new_share_before": _percent(10, 100, "New visitors before, %"),
            "new_share_after": _percent(20, 100, "New visitors after, %"),
            "new_rate_before": _percent(28, 50, "Rate of new before, %"),
            "new_rate_after": _percent(22, 50, "Rate of new after, %"),
            "returning_rate_before": _percent(9, 50, "Rate of returning before, %"),
            "returning_rate_after": _percent(10, 50, "Rate of returning after, %"),
        },
        title="What moved: who comes, or what they do?",
        draw=_parts,
    )


def _percent(value: int, high: int, name: str) -> ipywidgets.IntSlider:
    return ipywidgets.IntSlider(value=value, min=0, max=high, description=name)


def _two_segments(
    *,
    new_share_before: float,
    new_share_after: float,
    new_rate_before: float,
    new_rate_after: float,
    returning_rate_before: float,
    returning_rate_after: float,
) -> metrics.MixShift:
    return metrics.mix_shift(
        _SEGMENTS,
        sizes_before=[new_share_before, 100 - new_share_before],
        rates_before=[new_rate_before / 100, returning_rate_before / 100],
        sizes_after=[new_share_after, 100 - new_share_after],
        rates_after=[new_rate_after / 100, returning_rate_after / 100],
    )


def _parts(moved: metrics.MixShift) -> Chart:
    within, mix = 100 * moved.within_effect, 100 * moved.mix_effect
    if abs(abs(within) - abs(mix)) < 0.005:
        title = "Behavior and mix weigh the same"
    elif abs(mix) > abs(within):
        title = "The mix of visitors moved the rate more than their behavior"
    else:
        title = "The behavior of visitors moved the rate more than their mix"
    return charts.waterfall(
        {"behavior": within, "mix": mix},
        start=100 * moved.before,
        unit="of 100",
        title=title,
    )
