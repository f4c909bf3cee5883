"""Charts in HTML pages made from notebooks: nbconvert, nbgrader feedback, formgrader.

nbconvert knows no plotly figures and leaves them out. ``DrawCharts`` puts each one into
the page as data, with a loader of a few lines that draws it by a local copy of plotly's
own script. Nothing comes from a server elsewhere. Without the script, or without
JavaScript, the words and the table that follow each chart remain.

One line in ``nbgrader_config.py`` serves both feedback pages and the formgrader::

    c.HTMLExporter.preprocessors = ["pmlab.charts.offline.DrawCharts"]

The script (4.8 MB) is stored once for a whole course, in ``feedback/plotly.min.js``.
nbgrader releases HTML files only, so a fetched page looks for the script in its own
folder and the four above; ``place_script(folder)`` puts it there.
"""

import html
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

from pmlab.charts.chart import PLOTLY_TYPE

SCRIPT = "plotly.min.js"
_NEAR = tuple("../" * up + SCRIPT for up in range(5))

# nbgrader's style sheet takes away the triangle that shows what opens, and all space
# between columns.
_STYLE = """
.pmlab-chart summary { display: list-item; cursor: pointer; }
.pmlab-chart th, .pmlab-chart td { padding: 2px 8px; text-align: right; }
.pmlab-chart th:first-child { text-align: left; }
"""
# `define` is hidden meanwhile: where a page has RequireJS, plotly would register there.
_LOADER = """\
(function (sources) {
  function draw() {
    document.querySelectorAll(".pmlab-figure").forEach(function (figure) {
      var spec = JSON.parse(figure.querySelector("script").textContent);
      var place = figure.appendChild(document.createElement("div"));
      Plotly.newPlot(place, spec.data, spec.layout, spec.config);
    });
  }
  function load(i) {
    if (i >= sources.length) { return; }
    var script = document.createElement("script"), define = window.define;
    window.define = undefined;
    script.src = sources[i];
    script.onload = function () { window.define = define; draw(); };
    script.onerror = function () { window.define = define; load(i + 1); };
    document.head.appendChild(script);
  }
  document.addEventListener("DOMContentLoaded", function () { load(0); });
})(%s);"""


class DrawCharts(Preprocessor):
    """Turn stored plotly figures into HTML that draws itself.

    Register it as the module's text shows. Under nbgrader the script is put into the
    course's ``feedback`` folder; elsewhere nbconvert writes it beside the page.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Replace the figures of a notebook; leave one without figures as it is.

        Args:
            nb: The notebook; it is changed.
            resources: What nbconvert and nbgrader tell about it.

        Returns:
            The notebook and the resources.
        """
        outputs = list(_outputs_with_figures(nb))
        if outputs:
            sources = _prepare_script(resources)
            for output in outputs:
                figure = output["data"].pop(PLOTLY_TYPE)
                output["data"]["text/html"] = figure_html(figure)
            outputs[-1]["data"]["text/html"] += loader_html(sources)
        return nb, resources


def figure_html(figure: dict[str, Any]) -> str:
    """Return a stored figure as an element of a page that the loader draws.

    Args:
        figure: Content of an output of the type ``application/vnd.plotly.v1+json``.

    Returns:
        HTML.
    """
    spec = {key: figure.get(key) or {} for key in ("data", "layout", "config")}
    # Within a script element only "<" could end the data.
    data = json.dumps(spec, separators=(",", ":")).replace("<", "\\u003c")
    label = html.escape(_title(figure))
    return (
        f'<div class="pmlab-figure" role="figure" aria-label="{label}">'
        f'<script type="application/json">{data}</script></div>'
    )


def loader_html(sources: Iterable[str]) -> str:
    """Return style and script: load plotly from the first source found, and draw.

    Args:
        sources: Addresses of plotly's script, best first.

    Returns:
        HTML.
    """
    addresses = json.dumps(list(sources)).replace("<", "\\u003c")
    return f"<style>{_STYLE}</style><script>{_LOADER % addresses}</script>"


def place_script(folder: Path) -> Path:
    """Put the script of the installed plotly into a folder, unless it is there.

    Args:
        folder: The folder; it is made if need be.

    Returns:
        Path of the script.
    """
    source, target = _installed_script(), folder / SCRIPT
    if target.is_file() and target.stat().st_size == source.stat().st_size:
        return target
    folder.mkdir(parents=True, exist_ok=True)
    # Several pages may be made at once: the file appears whole or not at all.
    part = folder / f".{SCRIPT}.{os.getpid()}"
    shutil.copyfile(source, part)
    part.replace(target)
    return target


def plotly_script() -> str:
    """Return the text of plotly's own script, for pages that hold it themselves."""
    return _installed_script().read_text(encoding="utf-8")


def _installed_script() -> Path:
    import plotly

    return Path(plotly.__file__).parent / "package_data" / SCRIPT


def _outputs_with_figures(nb: NotebookNode) -> Iterable[NotebookNode]:
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            if PLOTLY_TYPE in output.get("data", {}):
                yield output


def _prepare_script(resources: dict[str, Any]) -> tuple[str, ...]:
    folder = str(resources.get("metadata", {}).get("path", ""))
    if "submission_id" not in resources and "nbgrader" not in resources:
        resources.setdefault("outputs", {})[SCRIPT] = _installed_script().read_bytes()
        return (SCRIPT,)
    # nbgrader's folders are step/student/assignment.
    place_script(Path(folder).resolve().parents[2] / "feedback")
    if "submission_id" not in resources:
        return _NEAR
    course = str(resources["notebook_path"]).strip("/").split("/")[:-4]
    return ("/".join([resources["base_url"], "files", *course, "feedback", SCRIPT]),)


def _title(figure: dict[str, Any]) -> str:
    title = figure.get("layout", {}).get("title", {})
    text = title.get("text", "") if isinstance(title, dict) else title
    return html.unescape(str(text or "").replace("<br>", " ")) or "Chart"
