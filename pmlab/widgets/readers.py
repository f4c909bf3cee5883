"""One roadmap for two readers, and a page to hand out: ``roadmap_for``, live."""

import html
from functools import partial

import ipywidgets
import pandas as pd

from pmlab import charts, delivery
from pmlab.charts.chart import Chart
from pmlab.delivery.roadmap import HORIZONS
from pmlab.delivery.roadmap_page import AUDIENCES, Audience
from pmlab.widgets.live import LiveModel

# Invented.
_EXAMPLE = pd.DataFrame(
    {
        "theme": ["Trust", "Trust", "Offices", "Speed"],
        "item": [
            "Fewer visits without a cleaner",
            "Homes get the same cleaner",
            "Offices book without a call",
            "Search that answers at once",
        ],
        "outcome_metric": [
            "no-show rate 4 % → 2 %",
            "visits by the same cleaner 55 % → 75 %",
            "office accounts that book alone 20 % → 50 %",
            "searches that end in a booking 31 % → 36 %",
        ],
        "horizon": ["now", "next", "now", "later"],
        "confidence": [0.8, 0.6, 0.7, 0.4],
        "work": [
            "reminders, then a stand-by list",
            "matching rule, then a test in one county",
            "accounts, then one invoice a month",
            "measure first",
        ],
    }
)
_ALL = "all themes"


def roadmap(rows: pd.DataFrame | None = None, *, title: str = "Roadmap") -> LiveModel:
    """Return controls over ``delivery.roadmap_for``, with a button that saves the page.

    Choose the reader and a theme; the timeline follows. “Save” writes what is shown to
    a file for your portfolio: a page (``.html``) or text (``.md``).

    Args:
        rows: One row per roadmap item: theme, item, outcome_metric, horizon (now, next
            or later), confidence (a fraction) and, if you like, work (next pieces, for
            the delivery team); an invented example if left out.
        title: Heading of the saved page.

    Returns:
        The widget; shown as the last line of a cell.
    """
    table = _EXAMPLE if rows is None else rows
    themes = list(dict.fromkeys(map(str, table["theme"])))
    live = LiveModel(
        partial(_for_reader, table, title),
        {
            "audience": ipywidgets.Dropdown(
                options=AUDIENCES, description="Written for"
            ),
            "theme": ipywidgets.Dropdown(options=[_ALL, *themes], description="Show"),
        },
        title="What do we work on now, next and later?",
        draw=_timeline,
    )
    live.children = (*live.children, *_saving(live))
    return live


def _for_reader(
    table: pd.DataFrame, title: str, *, audience: Audience, theme: str
) -> delivery.Roadmap:
    shown = table if theme == _ALL else table[table["theme"].astype(str) == theme]
    work = "work" if "work" in table.columns else None
    return delivery.roadmap_for(shown, audience, title=title, work_column=work)


def _timeline(shown: delivery.Roadmap) -> Chart:
    rows = shown.rows["horizon"].value_counts()
    words = (f"{horizon} {rows.get(horizon, 0)}" for horizon in HORIZONS)
    return charts.roadmap_timeline(shown, finding=f"Rows: {', '.join(words)}.")


def _saving(live: LiveModel) -> tuple[ipywidgets.Widget, ...]:
    name = ipywidgets.Text(
        value="roadmap.html",
        description="File (.html or .md)",
        style={"description_width": "16em"},
        layout={"width": "min(44em, 100%)"},
    )
    button = ipywidgets.Button(
        description="Save", tooltip="Write the roadmap to the file"
    )
    answer = ipywidgets.HTML()

    def save(_button: ipywidgets.Button) -> None:
        try:
            said = f"Saved as {live.result.save(name.value.strip())}."
        except (AttributeError, ValueError, OSError) as error:
            said = f"Not saved: {error}"
        answer.value = f'<p role="status">{html.escape(said)}</p>'

    button.on_click(save)
    return name, button, answer
