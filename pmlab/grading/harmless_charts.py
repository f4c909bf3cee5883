"""Learners' Plotly figures without maps, and so without questions to servers."""

import re
from typing import Any

# Maps load their shapes, tiles or fonts from servers elsewhere; these load nothing.
_NAMES = (
    "bar barpolar box candlestick carpet cone contour contourcarpet funnel funnelarea "
    "heatmap histogram histogram2d histogram2dcontour icicle image indicator "
    "isosurface mesh3d ohlc parcats parcoords pie sankey scatter scatter3d "
    "scattercarpet scattergl scatterpolar scatterpolargl scattersmith scatterternary "
    "splom streamtube sunburst surface table treemap violin volume waterfall"
)
_DRAWN = frozenset(_NAMES.split())
# Buttons and sliders could bring in later what is left out here.
_LEFT_OUT = re.compile(r"(?:geo|map|mapbox)\d*|updatemenus|sliders|geojson|topojson")
_SETTINGS = ("displaylogo", "displayModeBar", "responsive", "staticPlot")
PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")
"""A picture that lies in the page itself: no server is asked for it."""
_NO_MAPS = {
    "text": "Maps are left out here: they load parts from servers elsewhere.",
    "xref": "paper",
    "yref": "paper",
    "x": 0,
    "y": 1,
    "xanchor": "left",
    "yanchor": "bottom",
    "showarrow": False,
}


def chart(figure: dict[str, Any]) -> dict[str, Any]:
    """Return a figure of Plotly's that asks no server for pictures or maps.

    Args:
        figure: Content of an output of Plotly's type.

    Returns:
        A figure with the traces that need no server; a line says if some are left out.
        Dollars in its texts are money, no formula.

    >>> chart({"layout": {"images": [{"source": "http://a/b.png", "x": 1}]}})["layout"]
    {'images': [{'x': 1}]}
    """
    data, layout = figure.get("data"), _harmless(figure.get("layout"))
    traces = data if isinstance(data, list) else []
    layout = layout if isinstance(layout, dict) else {}
    drawn = [_harmless(trace) for trace in traces if _is_drawn(trace)]
    if len(drawn) < len(traces):
        notes = layout.get("annotations")
        layout["annotations"] = [*(notes if isinstance(notes, list) else []), _NO_MAPS]
    config = figure.get("config")
    kept = config if isinstance(config, dict) else {}
    settings = {name: kept[name] for name in _SETTINGS if name in kept}
    # MathJax is on the page; a text between two prices is no formula.
    return {
        "data": drawn,
        "layout": layout,
        "config": {**settings, "typesetMath": False},
    }


def _is_drawn(trace: object) -> bool:
    kind = trace.get("type", "scatter") if isinstance(trace, dict) else None
    return isinstance(kind, str) and kind in _DRAWN


def _harmless(part: Any) -> Any:  # noqa: ANN401 - a tree of plain JSON
    if isinstance(part, list):
        return [_harmless(item) for item in part]
    if not isinstance(part, dict):
        return part
    return {
        name: _harmless(item)
        for name, item in part.items()
        if not (_LEFT_OUT.fullmatch(name) or (name == "source" and _asks(item)))
    }


def _asks(source: object) -> bool:
    """Tell whether a source is an address; the sources of a flow are numbers."""
    if isinstance(source, list):
        return any(map(_asks, source))
    return isinstance(source, str) and not PICTURE.fullmatch(source)
