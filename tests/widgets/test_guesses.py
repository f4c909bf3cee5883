"""The RICE board says what ``rank_stability`` says, and widens one idea's ranges."""

import pandas as pd
import pytest

from pmlab import widgets


def sheet(**changes):
    columns = {
        "item": ["A", "B", "C"],
        "reach_low": [99.0, 79.0, 9.0],
        "reach": [100.0, 80.0, 10.0],
        "reach_high": [101.0, 81.0, 11.0],
        "impact": [1.0] * 3,
        "confidence": [1.0] * 3,
        "effort_low": [0.99] * 3,
        "effort": [1.0] * 3,
        "effort_high": [1.01] * 3,
    }
    return pd.DataFrame({**columns, **changes})


def test_narrow_ranges_settle_the_first_place():
    live = widgets.rice_board(sheet())
    live.controls["top"].value = 1
    assert live.result.items.set_index("item")["p_top"].to_dict() == {
        "A": 1.0,
        "B": 0.0,
        "C": 0.0,
    }
    assert live.chart.title == "In the top 1: A; toss-ups: none"


def test_widening_one_idea_makes_its_place_a_toss_up():
    live = widgets.rice_board(sheet())
    live.controls["top"].value = 1
    live.controls["item"].value = "B"
    live.controls["effort_percent"].value = (95, 105)
    live.controls["reach_percent"].value = (50, 200)
    # B's reach is a triangle over 40, 80, 160: it exceeds 100 in
    # (160 - 100)² / ((160 - 40) · (160 - 80)) = 37.5 % of the draws.
    chance = live.result.items.set_index("item")["p_top"]["B"]
    assert chance == pytest.approx(0.375, abs=0.03)


def test_a_range_without_the_likely_value_is_explained():
    live = widgets.rice_board(sheet())
    live.controls["reach_percent"].value = (120, 200)
    assert "must hold 100 %" in live.conclusion


def test_the_board_opens_with_the_places_asked_for():
    assert widgets.rice_board(sheet(), top=2).controls["top"].value == 2
