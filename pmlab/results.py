"""What all results of the library share: a sentence, a table, one look everywhere."""

import dataclasses
import html
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


class Result:
    """Mixin for frozen result dataclasses.

    A result class writes ``summary()``, the finding in plain words. It gets the same
    text in a terminal and in a notebook, and ``to_frame()`` for further work.
    """

    def summary(self) -> str:
        """Return the finding in one or two plain sentences."""
        raise NotImplementedError

    def to_frame(self) -> "pd.DataFrame":
        """Return the fields as a table.

        Returns:
            One row, with a column for each field that holds a single value.
        """
        import pandas as pd

        return pd.DataFrame([self._plain_fields()])

    def _plain_fields(self) -> dict[str, Any]:
        values = {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)  # type: ignore[arg-type]
        }
        return {
            name: value
            for name, value in values.items()
            if value is None or isinstance(value, str | int | float | bool)
        }

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        # The classes keep JupyterLab from reading two dollar signs as a formula.
        text = html.escape(self.summary())
        return f'<p class="tex2jax_ignore mathjax_ignore">{text}</p>'
