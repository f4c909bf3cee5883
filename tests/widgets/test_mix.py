"""The widget on mix and behavior says what the plain function says."""

import pytest

from pmlab import metrics, widgets


def test_the_words_are_those_of_the_plain_function():
    live = widgets.what_moved()
    plain = metrics.mix_shift(
        ["new", "returning"],
        sizes_before=[10, 90],
        rates_before=[0.28, 0.09],
        sizes_after=[20, 80],
        rates_after=[0.22, 0.10],
    )
    assert live.conclusion == plain.summary()


def test_only_the_share_moves_so_all_is_mix():
    live = widgets.what_moved()
    live.controls["new_rate_after"].value = 28
    live.controls["returning_rate_after"].value = 9
    # 10 of 100 visitors more at 28 % and fewer at 9 %: 0.10 × 19 points.
    assert live.result.mix_effect == pytest.approx(0.019)
    assert live.result.within_effect == 0
    assert "mix of visitors moved" in live.chart.title


def test_only_the_rates_move_so_all_is_behavior():
    live = widgets.what_moved()
    live.controls["new_share_after"].value = 10
    assert live.result.mix_effect == 0
    assert "behavior of visitors moved" in live.chart.title


def test_the_chart_ends_at_the_rate_after():
    live = widgets.what_moved()
    table = live.chart.table
    assert table["total"].iloc[-1] == pytest.approx(100 * live.result.after)


def test_nothing_moved_is_said():
    live = widgets.what_moved()
    for name in ("new_share", "new_rate", "returning_rate"):
        before = live.controls[f"{name}_before"].value
        live.controls[f"{name}_after"].value = before
    assert live.chart.title == "Behavior and mix weigh the same"
