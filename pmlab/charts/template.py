"""One look for all charts: colors, dashes, fonts, and a template of a few lines.

Blue and vermilion are Okabe and Ito's; the others were picked so that any two of the
six differ with all cones and without one kind of them, and each stands out at least
3 : 1 from white. A dash, a marker, a hatch or a label always repeats what a color says.
"""

import html
import textwrap
from typing import Any

BLUE, VERMILION, GREY = "#0072B2", "#D55E00", "#595959"
COLORS = (BLUE, VERMILION, "#7A1E5C", "#CC6699", "#222222", "#2B2B7A")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
MARKERS = ("circle", "square", "diamond", "triangle-up", "x", "star")
INK, PALE = "#222222", "#E3E3E3"

_TITLE_WIDTH = 60  # characters of the title that fit in one line of a notebook
_LINE = 24  # pixels of one line of the title
_PAD = {"l": 12, "t": 10}
# Of several lines plotly sets the first as if it had no height: it would be cut off.
_PAD_OF_LINES = {"l": 12, "t": 10 + 13}


def plain(text: object) -> str:
    """Return a text that plotly shows as it stands, without markup or mathematics."""
    return html.escape(str(text), quote=False).replace("$", "&#36;")


def sentence(text: str) -> str:
    """Return the text with a capital first letter, unless a name of code starts it."""
    is_name = "_" in text.split(" ", 1)[0]
    return text if is_name else text[:1].upper() + text[1:]


def band_color(color: str) -> str:
    """Return the color of a band around a line: the line's own, mostly see-through."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.18)"


def layout(title: str, *, plot_height: int, **parts: object) -> dict[str, Any]:
    """Return a layout of the house: wrapped title, room for it, and the template.

    Args:
        title: The title, a sentence.
        plot_height: Height of the drawing without title and axis, in pixels.
        **parts: Further entries of plotly's layout.

    Returns:
        A plotly layout.
    """
    lines = textwrap.wrap(title, _TITLE_WIDTH)
    top, bottom = 26 + _LINE * len(lines), 60
    return {
        "title": {
            "text": "<br>".join(map(plain, lines)),
            **({"pad": _PAD_OF_LINES} if len(lines) > 1 else {}),
        },
        "height": plot_height + top + bottom,
        "margin": {"t": top, "b": bottom},
        "template": {"layout": _TEMPLATE},
        **parts,
    }


def upright(value: float, dash: str) -> dict[str, Any]:
    """Return a vertical line across the drawing."""
    x = float(f"{value:.6g}")
    line = {"color": INK, "width": 2, "dash": dash}
    ends = {"x0": x, "x1": x, "y0": 0, "y1": 1}
    return {"type": "line", "yref": "paper", "line": line, **ends}


_AXIS = {"automargin": True, "gridcolor": PALE, "zerolinecolor": GREY}
_TEMPLATE: dict[str, Any] = {
    "font": {"size": 15, "color": INK},
    "title": {
        "font": {"size": 18},
        "pad": _PAD,
        "x": 0,
        "y": 1,
        "yanchor": "top",
    },
    "paper_bgcolor": "white",
    "plot_bgcolor": "white",
    "margin": {"l": 12, "r": 24},
    "showlegend": False,
    "hoverlabel": {"font": {"size": 15}},
    "xaxis": {**_AXIS, "title": {"standoff": 10}},
    "yaxis": {**_AXIS, "ticklabelstandoff": 6, "title": {"standoff": 14}},
}
