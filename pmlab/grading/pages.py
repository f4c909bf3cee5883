"""The frame of a page that stands alone: readable, printable, asking no server.

A page holds its style and, if it has charts, plotly's own script (1.9 MB, packed). Its
content policy forbids any request, whatever a submission may contain.
"""

import base64
import functools
import gzip
import html
from pathlib import Path

from pmlab.charts.chart import Chart
from pmlab.charts.offline import SCRIPT, figure_html

_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data:; form-action 'none'; base-uri 'none'"
)
_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff;
  max-width: 60em; margin: 0 auto; padding: 1em; }
h1, h2, h3 { line-height: 1.25; }
h2 { margin-top: 2em; border-top: 1px solid #767676; padding-top: .8em; }
table { border-collapse: collapse; margin: .8em 0; display: block; overflow-x: auto; }
caption { text-align: left; font-weight: bold; padding: .3em 0; }
th, td { border: 1px solid #767676; padding: .3em .6em; text-align: left;
  vertical-align: top; }
td.number { text-align: right; white-space: nowrap; }
pre { background: #f5f5f5; padding: .7em; overflow-x: auto; white-space: pre-wrap; }
a { color: #00548a; }
summary { cursor: pointer; }
.chosen { outline: 3px solid #00548a; outline-offset: -3px; }
.aside { border-left: 4px solid #00548a; padding: .1em 1em; margin: 1em 0; }
.heading { font-weight: bold; }
@media print { body { max-width: none; padding: 0; } a { color: inherit; }
  section, table, figure { break-inside: avoid; } h2, h3 { break-after: avoid; } }
"""
_DRAW = """
(async function () {
  var packed = document.getElementById("plotly-script").textContent.trim();
  var bytes = Uint8Array.from(atob(packed), function (c) { return c.charCodeAt(0); });
  var stream = new Blob([bytes]).stream()
    .pipeThrough(new DecompressionStream("gzip"));
  var script = document.createElement("script");
  script.textContent = await new Response(stream).text();
  document.head.appendChild(script);
  document.querySelectorAll(".pmlab-figure").forEach(function (figure) {
    var spec = JSON.parse(figure.querySelector("script").textContent);
    spec.config = Object.assign({}, spec.config, {displayModeBar: false});
    Plotly.newPlot(figure.appendChild(document.createElement("div")),
      spec.data, spec.layout, spec.config);
  });
})();"""


def page(title: str, body: str) -> str:
    """Return a whole page.

    Args:
        title: Its title; the body has the one heading of the first rank.
        body: HTML.

    Returns:
        HTML that needs no other file.
    """
    scripts = _scripts() if 'class="pmlab-figure"' in body else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n{scripts}</body>\n</html>\n"
    )


def chart_html(chart: Chart) -> str:
    """Return a chart for a page: figure, words and table."""
    figure = figure_html(chart.plotly_json())
    return f"{figure}\n{chart._repr_html_()}"


def table_html(
    caption: str, headings: list[str], rows: list[list[str]], *, numbers: int = 0
) -> str:
    """Return a table of plain texts; the first cell of a row is its heading.

    Args:
        caption: What it shows.
        headings: One for each column.
        rows: Cells as HTML; escape what others wrote.
        numbers: How many columns at the end hold numbers.

    Returns:
        HTML.
    """
    head = "".join(f'<th scope="col">{html.escape(text)}</th>' for text in headings)
    last = len(headings) - numbers
    lines = [
        "<tr>"
        + f'<th scope="row">{row[0]}</th>'
        + "".join(
            f'<td class="number">{cell}</td>' if at >= last else f"<td>{cell}</td>"
            for at, cell in enumerate(row[1:], start=1)
        )
        + "</tr>"
        for row in rows
    ]
    return (
        f"<table><caption>{html.escape(caption)}</caption>\n<thead><tr>{head}</tr>"
        "</thead>\n<tbody>\n" + "\n".join(lines) + "\n</tbody></table>"
    )


@functools.cache
def _scripts() -> str:
    import plotly

    source = Path(plotly.__file__).parent / "package_data" / SCRIPT
    packed = base64.b64encode(gzip.compress(source.read_bytes(), mtime=0)).decode()
    return (
        '<script type="application/octet-stream" id="plotly-script">'
        f"{packed}</script>\n"
        f"<script>{_DRAW}</script>\n"
    )
