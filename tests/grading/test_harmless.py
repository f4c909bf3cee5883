"""What learners wrote, as nbconvert (and so the formgrader) shows it, does nothing."""

import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from pmlab.charts import offline
from pmlab.grading import harmless, harmless_charts
from pmlab.grading.judge.paper import safe_output

LINKS = [
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](java&#115;cript:alert(1))",
    "<javascript:alert(1)>",
    "[x][r]\n\n[r]: javascript:alert(6)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    '<a href="java\tscript:alert(1)">x</a>',
    '<b title="`">z</b> `<b title="x` <img src=x onerror=alert(30)> `">`',
    "&#91;a](javascript:alert(1))\n\n<b>\n\n&#91;a](javascript:alert(1))\n\n</b>",
]
PICTURES = [
    "![t](http://evil.example/t.png)",
    "![t][r]\n\n[r]: https://evil.example/t.png",
    '<img src="//evil.example/t.png">',
    "<div style=\"background-image:image-set('http://evil.example/y' 1x)\">c</div>",
    '<div style="background:u\\72l(http://evil.example/x)">c</div>',
    '<div style="p\\6fsition:fixed;inset:0">c</div>',
    '<p class="navbar-fixed-top">c</p>',
    "![q](attachment:not-there.png)",
    "<svg><image href='http://evil.example/x'/></svg>",
    "<video src='http://evil.example/x'></video>",
]
ACTIVE = ("script", "iframe", "object", "embed", "video", "svg", "form", "base", "meta")


def page_of(*cells):
    exporter = HTMLExporter(
        template_name="basic", sanitize_html=False, preprocessors=[]
    )
    return exporter.from_notebook_node(new_notebook(cells=list(cells)))[0]


def assert_does_nothing(page):
    soup = BeautifulSoup(page, "html.parser")
    assert [tag.name for tag in soup.find_all(ACTIVE)] == []
    for tag in soup.find_all():
        for name, value in tag.attrs.items():
            assert not name.startswith("on"), tag
            if name in ("href", "src", "action", "srcset"):
                assert re.match(r"(https?://|mailto:|#|data:image/)", value), tag
            if name == "src":
                assert value.startswith("data:image/"), tag
            if name == "style":
                assert re.search(r"\(|\\|position", value) is None, tag
            if name == "class":
                assert "navbar-fixed-top" not in value


@pytest.mark.parametrize("text", LINKS + PICTURES)
def test_memos_do_nothing(text):
    assert_does_nothing(page_of(new_markdown_cell(harmless.markdown(text))))


@pytest.mark.parametrize("text", LINKS + PICTURES)
def test_outputs_do_nothing(text):
    for kind in ("text/markdown", "text/html", "text/latex"):
        shown = safe_output(new_output("display_data", data={kind: text}))
        outputs = [shown] if shown else []
        assert_does_nothing(page_of(new_code_cell("1", outputs=outputs)))


def test_pictures_are_base_64_or_nothing():
    hostile = {"image/png": 'iVBO" onerror="alert(12)" z="', "text/plain": "p"}
    shown = safe_output(new_output("display_data", data=hostile))
    assert shown["data"] == {"text/plain": "p"}
    assert harmless.pictures({"a.png": {"image/png": 'x" onerror="a'}}) == {}
    good = {"a.png": {"image/png": "QUJD"}}
    assert harmless.pictures(good) == good


@pytest.mark.parametrize(
    "text",
    [
        r"$\href{javascript:alert(3)}{click}$",
        r"$\\href{javascript:alert(3)}{click}$",
        r"\(\class{modal}{x}\) \cssId{a}{b} \style{position:fixed}{x}",
        r"<i>\</i>&#92;href{javascript:alert(3)}{x}",
        r"$\<!-- -->href{javascript:alert(1)}{c}$",
        r"<p>$\<!-- -->href{javascript:alert(1)}{c}$</p>",
        r"<p>$\<script></script>href{javascript:alert(1)}{c}$</p>",
        r"$\<foo>class{btn}{x}$",
        r"<p>$\<foo>class{btn}{x}$ \<wbr>href{javascript:x}{y}</p>",
        r"$\let\x\href \x{javascript:alert(1)}{y}$",
    ],
)
def test_tex_makes_no_links(text):
    shown = BeautifulSoup(
        page_of(new_markdown_cell(harmless.markdown(text))), "html.parser"
    ).get_text()
    commands = r"\\(href|class|cssId|style|let|def|require)(?![A-Za-z])"
    assert re.search(commands, shown) is None
    assert re.search(commands, harmless.tex(text)) is None
    output = BeautifulSoup(harmless.html(text), "html.parser").get_text()
    assert re.search(commands, output) is None


def test_remote_pictures_become_links():
    shown = harmless.markdown("![a chart](https://example.com/c.png)")
    assert '<a href="https://example.com/c.png">a chart</a>' in shown


@pytest.mark.parametrize(
    "text",
    [
        "# Memo\n\nWe **decide**: [this](https://example.com 'why'), `x < 1`.\n\n- a\n",
        "| a | b |\n|:--|--:|\n| 1 | 2 |\n\n> quoted\n\n```python\nx = '$5'\n```",
        "The energy is $E = mc^2$ and\n\n$$\\frac{a}{b}$$",
        "![q](attachment:a.png) <https://example.com>",
        "a & b < c — é, 5 > 3",
    ],
)
def test_ordinary_memos_stay_as_they_are(text):
    assert harmless.markdown(text, {"a.png": {"image/png": "QUJD"}}) == text


def test_money_is_no_formula():
    memo = "It **costs $12** a month and **gets $15** later ($4-$5), `$3`; $a+b$."
    page = BeautifulSoup(
        page_of(new_markdown_cell(harmless.markdown(memo))), "html.parser"
    )
    words = "It costs $12 a month and gets $15 later ($4-$5), $3; $a+b$."
    assert words in page.get_text()
    assert [tag.get_text() for tag in page.find_all("strong")] == [
        "costs $12",
        "gets $15",
    ]
    for tag in page.select(".tex2jax_ignore"):
        tag.decompose()
    for tag in page.find_all("code"):  # which MathJax passes over, too
        tag.decompose()
    assert page.get_text().count("$") == 2  # the formula's


def test_charts_ask_no_server():
    figure = {
        "data": [{"type": "choropleth", "geojson": "https://evil.example/g.json"}],
        "layout": {
            "images": [{"source": "http://evil.example/p.png"}],
            "mapbox": {"style": "//evil.example/style.json"},
            "title": {"text": "https://example.com is a title"},
        },
    }
    kind = "application/vnd.plotly.v1+json"
    shown = safe_output(new_output("display_data", data={kind: figure}))
    assert "evil" not in str(shown)
    assert "https://example.com is a title" in str(shown)


TILES = "http://evil.example/{z}/{x}/{y}.png"
PLACES = {"lat": [1], "lon": [2]}
STYLE = {
    "version": 8,
    "sources": {"a": {"type": "raster", "tiles": [TILES], "tileSize": 256}},
    "layers": [{"id": "a", "type": "raster", "source": "a"}],
}
LAYERS = {"style": "white-bg", "layers": [{"sourcetype": "raster", "source": [TILES]}]}
MAPS = [
    {"data": [{"type": "scattermap", **PLACES}], "layout": {"map": LAYERS}},
    {"data": [{"type": "scattermap", **PLACES}], "layout": {"map": {"style": STYLE}}},
    {"data": [{"type": "scattermap", **PLACES}]},
    {"data": [{"type": "scattergeo", **PLACES}]},
    {"data": [{"type": "choropleth", "locations": ["FRA"], "z": [1]}]},
    {
        "data": [{"type": "scattermap", "subplot": "map2", **PLACES}],
        "layout": {"template": {"layout": {"map2": LAYERS}}},
    },
]


@pytest.mark.slow
def test_maps_ask_no_server_in_a_browser(chromium):
    asked, page = [], chromium.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.route("http*://**", lambda route: route.abort())
    drawing = (
        "specs => Promise.all(specs.map(s => Plotly.newPlot(document.body.appendChild("
        "document.createElement('div')), s.data, s.layout, s.config)))"
    )
    page.add_script_tag(content=offline.plotly_script())
    page.evaluate(drawing, [harmless_charts.chart(figure) for figure in MAPS])
    assert page.get_by_text("Maps are left out here").count() == len(MAPS)
    page.wait_for_timeout(1000)
    page.close()
    assert [url for url in asked if url.startswith("http")] == []


@pytest.mark.parametrize("figure", MAPS)
def test_a_chart_says_that_its_map_is_left_out(figure):
    shown = harmless_charts.chart({**figure, "data": [*figure["data"], {"y": [1, 2]}]})
    assert shown["data"] == [{"y": [1, 2]}]
    assert "evil" not in str(shown)
    assert "Maps are left out" in str(shown["layout"])


def test_charts_without_maps_stay_and_nothing_is_brought_in_later():
    flow = {"type": "sankey", "link": {"source": [0], "target": [1], "value": [3]}}
    later = {"buttons": [{"method": "relayout", "args": ["map.layers", [TILES]]}]}
    layout = {"title": {"text": "$5 to $6"}, "font": {"style": "italic"}}
    figure = {
        "data": [flow],
        "layout": {**layout, "updatemenus": [later]},
        "config": {"responsive": True, "plotlyServerURL": "http://evil.example"},
    }
    assert harmless_charts.chart(figure) == {
        "data": [flow],
        "layout": layout,
        "config": {"responsive": True, "typesetMath": False},
    }


@given(st.text(alphabet="<>[]()!`*$\\\"'=:/#& \n|-abhrefsrcjavscipton", max_size=60))
@settings(max_examples=30)
def test_no_text_does_anything(text):
    assert_does_nothing(page_of(new_markdown_cell(harmless.markdown(text))))
