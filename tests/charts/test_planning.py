"""The fan of a forecast and the timeline of a roadmap draw the computed result."""

import json

import pandas as pd

from pmlab import charts
from pmlab.delivery import progress_fan, roadmap_for

ROWS = pd.DataFrame(
    {
        "theme": ["Trust", "Speed"],
        "item": ["Fewer no-shows", "Quick <b>search</b> for $5"],
        "outcome_metric": ["4 % → 2 %", "31 % → 36 %"],
        "horizon": ["now", "later"],
        "confidence": [0.8, 0.4],
    }
)


def test_the_fan_marks_the_weeks_of_the_forecast():
    fan = progress_fan([3, 5, 0, 4, 6, 2], items=38, draws=2_000, rng=1)
    chart = charts.forecast_fan(fan)
    spec = chart.plotly_json()
    texts = [note["text"] for note in spec["layout"]["annotations"]]
    assert texts == ["all 38 items", "50 %: week 12", "85 %: week 14"]
    assert list(spec["data"][1]["y"]) == fan.table["p85_items"].tolist()
    assert chart.finding == fan.summary()


def test_the_timeline_puts_each_row_under_its_horizon():
    chart = charts.roadmap_timeline(roadmap_for(ROWS))
    bars = chart.plotly_json()["data"][0]
    assert [int(base) for base in bars["base"]] == [0, 2]
    assert bars["marker"]["opacity"][0] > bars["marker"]["opacity"][1]
    assert len(chart.table) == 2


def test_the_timeline_shows_markup_and_money_as_text():
    spec = json.dumps(
        charts.roadmap_timeline(roadmap_for(ROWS)).plotly_json()["layout"]
    )
    assert "<b>search" not in spec
    assert "$5" not in spec


def test_a_roadmap_with_nothing_for_now_says_so():
    chart = charts.roadmap_timeline(roadmap_for(ROWS.assign(horizon="next")))
    assert chart.title == "None of 2 rows is for now"
