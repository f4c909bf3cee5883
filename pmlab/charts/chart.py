"""A chart: a figure, its finding in words, and its numbers in a table."""

import dataclasses
import html
from typing import TYPE_CHECKING, Any

from pmlab.charts.measures import Measure
from pmlab.results import Result

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

PLOTLY_TYPE = "application/vnd.plotly.v1+json"
ROWS_SHOWN = 100
# Dollar signs are money here; these two classes keep MathJax away from them.
_NO_MATH = "tex2jax_ignore mathjax_ignore"


@dataclasses.dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Chart(Result):
    """A picture of a computed result that can also be read and heard.

    In a notebook the figure comes first, then the finding and a table that opens. Where
    the figure can't be drawn (GitHub, a terminal, a feedback page, a screen reader)
    words and table remain.

    Attributes:
        figure: The plotly figure; its numbers are rounded to six significant digits.
        title: The message as a sentence.
        finding: What the figure shows, in plain words with numbers.
        table: The numbers behind the figure; units are in ``measures``.
        measures: Heading and unit of each column of the table, in its order.
    """

    figure: "go.Figure"
    title: str
    finding: str
    table: "pd.DataFrame"
    measures: tuple[Measure, ...]

    def summary(self) -> str:
        """Return what the figure shows in plain words."""
        return self.finding

    def to_frame(self) -> "pd.DataFrame":
        """Return a copy of the numbers behind the figure."""
        return self.table.copy()

    def __repr__(self) -> str:
        cells = self._cells()
        text = _text_table([measure.heading for measure in self.measures], cells)
        return f"{self.title}\n{self.finding}\n\n{text}{self._left_out()}"

    def _repr_html_(self) -> str:
        head = "".join(
            f'<th scope="col">{_safe(m.heading)}</th>' for m in self.measures
        )
        body = "\n".join(_html_row(row) for row in self._cells())
        title = _safe(self.title)
        return (
            f'<div class="pmlab-chart {_NO_MATH}">\n<p>{_safe(self.finding)}</p>\n'
            "<details><summary>The numbers as a table</summary>\n"
            f"<table><caption>{title}{_safe(self._left_out())}</caption>\n"
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>\n"
            "</details>\n</div>"
        )

    def _ipython_display_(self) -> None:
        # JupyterLab draws one type of a bundle only, so figure and words are two. Where
        # no figure can be drawn, its title stands in for it.
        from IPython.display import publish_display_data

        title = f'<p class="{_NO_MATH}"><strong>{_safe(self.title)}</strong></p>'
        figure = {PLOTLY_TYPE: self.plotly_json(), "text/html": title}
        publish_display_data(figure)  # type: ignore[no-untyped-call]
        words = {"text/html": self._repr_html_(), "text/plain": repr(self)}
        publish_display_data(words)  # type: ignore[no-untyped-call]

    def plotly_json(self) -> dict[str, Any]:
        """Return the figure as a notebook stores it: data, layout, settings.

        Returns:
            A dictionary for the ``application/vnd.plotly.v1+json`` type. It names no
            server and needs none.
        """
        spec: dict[str, Any] = self.figure.to_plotly_json()
        settings = {"displaylogo": False, "responsive": True}
        return {"data": spec["data"], "layout": spec["layout"], "config": settings}

    def _cells(self) -> list[list[str]]:
        shown = self.table.head(ROWS_SHOWN)
        columns = [[m.plain(v) for v in shown[m.column]] for m in self.measures]
        return [list(row) for row in zip(*columns, strict=True)]

    def _left_out(self) -> str:
        more = len(self.table) - ROWS_SHOWN
        return f" (first {ROWS_SHOWN} rows; {more} more in .table)" if more > 0 else ""


def _safe(text: str) -> str:
    return html.escape(text)


def _html_row(cells: list[str]) -> str:
    first, *others = (_safe(cell) for cell in cells)
    data = "".join(f"<td>{cell}</td>" for cell in others)
    return f'<tr><th scope="row">{first}</th>{data}</tr>'


def _text_table(headings: list[str], rows: list[list[str]]) -> str:
    columns = list(zip(headings, *rows, strict=True))
    widths = [max(map(len, column)) for column in columns]
    lines = (
        [cells[0].ljust(widths[0])]
        + [cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)]
        for cells in (headings, *rows)
    )
    return "\n".join("  ".join(line).rstrip() for line in lines)


def draw(
    *,
    traces: list[dict[str, Any]],
    layout: dict[str, Any],
    title: str,
    finding: str,
    table: "pd.DataFrame",
    measures: tuple[Measure, ...],
) -> Chart:
    """Put a chart together; plotly checks the traces and the layout.

    Args:
        traces: Traces of plotly as dictionaries.
        layout: Layout of plotly, made by ``template.layout``.
        title: The message as a sentence.
        finding: What the figure shows.
        table: The numbers behind it.
        measures: Heading and unit of the table's columns that are shown.

    Returns:
        The chart.
    """
    import plotly.graph_objects as go

    return Chart(
        figure=go.Figure({"data": traces, "layout": layout}),
        title=title,
        finding=finding,
        table=table.loc[:, [measure.column for measure in measures]],
        measures=measures,
    )
