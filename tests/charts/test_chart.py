"""What every chart has: a slim figure, words, a table, and its way to the screen."""

import html.parser
import itertools
import json

import numpy as np
import pandas as pd
import pytest

from pmlab import charts
from pmlab.charts.chart import ROWS_SHOWN
from pmlab.charts.template import COLORS, DASHES, INK, MARKERS


@pytest.fixture
def chart() -> charts.Chart:
    return charts.nested({"TAM": 910e6, "SAM": 180e6, "SOM": 4.5e6}, unit="USD")


class Tags(html.parser.HTMLParser):
    """Counts tags and keeps their attributes; complains about wrong nesting."""

    def __init__(self, text):
        super().__init__()
        self.found, self.open = [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_small_figure_takes_less_than_two_kilobytes(chart):
    assert len(json.dumps(chart.plotly_json())) < 2000


def test_figure_carries_the_house_template_and_not_plotlys(chart):
    template = chart.plotly_json()["layout"]["template"]
    assert "data" not in template
    assert "colorway" not in template["layout"]


def test_figure_names_no_server(chart):
    assert "http" not in json.dumps(chart.plotly_json())


def test_table_has_a_caption_and_scoped_heads(chart):
    found = Tags(chart._repr_html_()).found
    tags = [tag for tag, _ in found]
    scopes = [attrs["scope"] for tag, attrs in found if tag == "th"]
    assert tags.count("caption") == tags.count("details") == tags.count("summary") == 1
    assert scopes == ["col"] * 4 + ["row"] * 3


def test_labels_cannot_inject_markup():
    chart = charts.bars({"<script>alert(1)</script>": 1, "b & c": 2})
    assert "<script>" not in chart._repr_html_()
    assert "<script>" not in json.dumps(chart.plotly_json())
    assert chart.figure.data[0].y[1] == "&lt;script&gt;alert(1)&lt;/script&gt;"


def test_dollar_signs_are_kept_from_mathematics(chart):
    assert "mathjax_ignore" in chart._repr_html_()
    assert "$" not in json.dumps(chart.plotly_json())


def test_text_form_has_title_finding_and_table(chart):
    lines = repr(chart).splitlines()
    assert lines[:2] == [chart.title, chart.finding]
    assert lines[3].split("  ")[0] == "Level"
    assert lines[4].split() == ["TAM", "$910", "M", "100.0", "%"]


def test_summary_is_the_finding_as_in_all_results(chart):
    assert chart.summary() == chart.finding


def test_to_frame_gives_a_copy(chart):
    taken = chart.to_frame()
    taken["value"] = 0
    assert chart.table["value"].tolist() == [910e6, 180e6, 4.5e6]


def test_the_given_table_is_not_changed():
    frame = pd.DataFrame({"label": ["a", "b"], "value": [1, 2]})
    before = frame.copy()
    charts.bars(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_own_title_and_finding_replace_the_generated_ones():
    chart = charts.bars({"a": 1}, title="One thing", finding="It is 1.")
    assert chart.figure.layout.title.text == "One thing"
    assert repr(chart).startswith("One thing\nIt is 1.\n")


def test_long_title_is_wrapped():
    chart = charts.bars({"a": 1}, title="word " * 30)
    assert chart.figure.layout.title.text.count("<br>") == 2


def test_drawn_numbers_have_six_significant_digits_and_the_table_has_all():
    chart = charts.bars({"a": 0.1 + 0.2, "b": 1234567.891})
    assert list(chart.figure.data[0].x) == [1234570, 0.3]
    assert chart.table["value"].tolist() == [1234567.891, 0.1 + 0.2]


def test_a_long_table_says_how_much_it_leaves_out():
    rows = ROWS_SHOWN + 5
    chart = charts.line({"x": range(rows), "y": range(rows)})
    assert chart._repr_html_().count("<tr>") == ROWS_SHOWN + 1
    assert f"(first {ROWS_SHOWN} rows; 5 more in .table)" in repr(chart)


def test_the_same_numbers_give_the_same_bytes():
    def drawn():
        chart = charts.histogram([1.0, 2.0, 2.5, 7.0], unit="days")
        return json.dumps(chart.plotly_json()) + chart._repr_html_()

    assert drawn() == drawn()


def linear(color):
    parts = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def luminance(color):
    return linear(color) @ [0.2126, 0.7152, 0.0722]


def contrast(one, two):
    """Contrast ratio of the Web Content Accessibility Guidelines 2.2."""
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("color", COLORS)
def test_colors_of_lines_and_bars_stand_out_from_white(color):
    assert contrast(color, "#FFFFFF") >= 3


def test_text_stands_out_from_white_and_from_the_darkest_cell():
    assert contrast(INK, "#FFFFFF") >= 7
    assert contrast(INK, "#7FB3D9") >= 4.5


def test_every_color_comes_with_its_own_dash_and_marker():
    assert len(set(DASHES)) == len(set(MARKERS)) == len(set(COLORS)) == len(COLORS)


# Machado, Oliveira and Fernandes (2009), A physiologically-based model for simulation
# of color vision deficiency, severity 1.
CONES = {
    "all": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "no long": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "no middle": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no short": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
SRGB_TO_XYZ = [
    [0.4124, 0.3576, 0.1805],
    [0.2126, 0.7152, 0.0722],
    [0.0193, 0.1192, 0.9505],
]


def seen(color, cones):
    """Color as CIELAB values, as eyes with these cones see it."""
    rgb = np.clip(np.array(CONES[cones]) @ linear(color), 0, 1)
    xyz = np.array(SRGB_TO_XYZ) @ rgb / [0.9505, 1, 1.089]
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("cones", CONES)
def test_any_two_colors_differ_with_all_cones_and_without_one_kind(cones):
    views = [seen(color, cones) for color in COLORS]
    pairs = itertools.combinations(views, 2)
    assert min(np.linalg.norm(one - two) for one, two in pairs) > 20
