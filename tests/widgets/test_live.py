"""The view that all widgets share."""

import ipywidgets
import pytest

from pmlab import charts
from pmlab.charts.chart import PLOTLY_TYPE
from pmlab.widgets import LiveModel


def parts(people, share):
    if people == 0:
        raise ValueError("people == 0, must be above 0; move the slider")
    return f"{people * share:g} of {people} buy"


def chart_of(_text):
    return charts.bars({"a": 1.0, "b": 2.0}, title="B is larger", unit="people")


@pytest.fixture
def live():
    return LiveModel(
        parts,
        {
            "people": ipywidgets.IntSlider(10, 0, 100, description="People"),
            "share": ipywidgets.FloatSlider(0.5, min=0, max=1, description="Share"),
        },
        title="Who buys?",
        draw=chart_of,
    )


def test_the_conclusion_follows_the_controls(live):
    assert live.conclusion == "5 of 10 buy"
    live.controls["people"].value = 40
    assert live.conclusion == "20 of 40 buy"


def test_the_words_are_a_status_that_a_screen_reader_says(live):
    assert 'role="status"' in live.children[-2].value
    assert "5 of 10 buy" in live.children[-2].value


def test_the_chart_is_drawn_as_figure_and_words(live):
    figure, words = live.children[-1].outputs
    assert PLOTLY_TYPE in figure["data"]
    assert "B is larger" in words["data"]["text/html"]


def test_a_value_that_makes_no_sense_is_said_in_words_and_can_be_mended(live):
    live.controls["people"].value = 0
    assert live.conclusion.startswith("This can't be computed: people == 0")
    assert live.children[-1].outputs == ()
    live.controls["people"].value = 2
    assert live.conclusion == "1 of 2 buy"


def test_a_page_without_controls_shows_words_and_table(live):
    bundle = live._repr_mimebundle_()
    assert "5 of 10 buy" in bundle["text/plain"]
    assert "<table>" in bundle["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_markup_in_a_conclusion_stays_text():
    live = LiveModel(lambda: "<script>1</script>", {}, title="a < b")
    assert "<script>" not in live.children[-2].value
    assert "<script>" not in live._repr_mimebundle_()["text/html"]
