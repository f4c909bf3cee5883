"""A table of words that a notebook shows whole; pandas cuts texts at 50 letters."""

from typing import Any

import pandas as pd


class WholeText(pd.DataFrame):
    """A table whose texts are never cut, neither is what is selected from it."""

    @property
    def _constructor(self) -> "type[WholeText]":
        return WholeText

    def _repr_html_(self) -> str:
        with pd.option_context("display.max_colwidth", None):
            page: str = self.to_html(
                index=False, border=0, max_rows=pd.get_option("display.max_rows")
            )
        words = 'style="text-align:left"'  # JupyterLab sets numbers and words right
        return page.replace("<td>", f"<td {words}>").replace("<th>", f"<th {words}>")

    def __repr__(self) -> str:
        options: dict[str, Any] = {
            "display.max_colwidth": None,
            "display.max_columns": None,
        }
        with pd.option_context(*[part for item in options.items() for part in item]):
            return str(super().__repr__())
