"""One look for all widgets: labelled controls, the conclusion in words, the chart."""

import html
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import ipywidgets

from pmlab.charts.chart import PLOTLY_TYPE, Chart
from pmlab.results import Result

# Dollar signs are money here; the classes keep MathJax away from them.
_NO_MATH = "tex2jax_ignore mathjax_ignore"
_VIEW = "application/vnd.jupyter.widget-view+json"


class LiveModel(ipywidgets.VBox):  # type: ignore[misc] # ipywidgets has no types
    """Controls over a plain function, with its conclusion in words and its chart.

    Works by keyboard: Tab goes from control to control, the arrow keys move a slider.
    A screen reader hears the new conclusion. Where no control can work (GitHub, a
    printed page) words and table of the first setting remain.

    Args:
        model: Called with one keyword argument for each control, by its name; returns
            a result with ``summary()``, or a text. A ``ValueError`` is shown as words.
        controls: Any ipywidgets controls with a ``value``, in the order of the Tab key.
        title: What this lets a person try, as a short sentence.
        draw: Makes a chart of the model's result; no chart if left out.

    Examples:
        >>> import ipywidgets
        >>> live = LiveModel(
        ...     lambda price_usd, cleans: f"Income: ${price_usd * cleans:,.0f}",
        ...     {
        ...         "price_usd": ipywidgets.IntSlider(80, 10, 200, description="Price"),
        ...         "cleans": ipywidgets.IntSlider(5, 1, 50, description="Cleans"),
        ...     },
        ...     title="What do we take in?",
        ... )
        >>> live.conclusion
        'Income: $400'
        >>> live.controls["cleans"].value = 10
        >>> live.conclusion
        'Income: $800'
    """

    def __init__(
        self,
        model: Callable[..., Any],
        controls: Mapping[str, ipywidgets.ValueWidget],
        *,
        title: str,
        draw: Callable[[Any], Chart | None] | None = None,
    ) -> None:
        self.model = model
        self.controls = dict(controls)
        self.title = title
        self.result: Any = None
        self.chart: Chart | None = None
        self._draw = draw
        self._words = ipywidgets.HTML()
        self._picture = ipywidgets.Output()
        for control in self.controls.values():
            _settle(control)
            control.observe(self._renew, names="value")
        self._renew()
        heading = ipywidgets.HTML(
            f'<p class="{_NO_MATH}"><strong>{html.escape(title)}</strong></p>'
        )
        super().__init__(
            children=[heading, *self.controls.values(), self._words, self._picture]
        )

    @property
    def values(self) -> dict[str, Any]:
        """The controls' present values, by name."""
        return {name: control.value for name, control in self.controls.items()}

    @property
    def conclusion(self) -> str:
        """What follows from the present values, in words."""
        summary = self.result.summary() if isinstance(self.result, Result) else None
        return str(self.result) if summary is None else summary

    def _renew(self, _change: object = None) -> None:
        try:
            self.result = self.model(**self.values)
            self.chart = self._draw(self.result) if self._draw else None
        except ValueError as error:
            self.result, self.chart = f"This can't be computed: {error}", None
        # role="status" lets a screen reader say the new words without a jump of focus.
        self._words.value = (
            f'<div role="status" aria-live="polite" class="{_NO_MATH}" '
            f'style="max-width:45em;line-height:1.4"><p>'
            f"{html.escape(self.conclusion)}</p></div>"
        )
        self._picture.outputs = tuple(_displayed(self.chart)) if self.chart else ()

    def _repr_mimebundle_(self, **_options: object) -> dict[str, Any]:
        shown: dict[str, Any] = super()._repr_mimebundle_() or {}
        words = [self.title, self.conclusion]
        page = "".join(f"<p>{html.escape(text)}</p>" for text in words)
        if self.chart is not None:
            words.append(repr(self.chart))
            page += self.chart._repr_html_()
        shown["text/plain"] = "\n".join(words)
        shown["text/html"] = f'<div class="{_NO_MATH}">{page}</div>'
        return {_VIEW: shown.pop(_VIEW), **shown} if _VIEW in shown else shown


def _settle(control: ipywidgets.ValueWidget) -> None:
    """Give all controls one width, whole labels, and one answer for each move."""
    if control.has_trait("style") and control.style.has_trait("description_width"):
        control.style.description_width = "16em"
    control.layout.width = "min(44em, 100%)"
    if control.has_trait("continuous_update"):
        control.continuous_update = False


def _displayed(chart: Chart) -> Iterable[dict[str, Any]]:
    """Return the chart as the outputs of a cell: the figure, then words and table."""
    bundles: list[dict[str, Any]] = [
        {PLOTLY_TYPE: chart.plotly_json(), "text/plain": chart.title},
        {"text/html": chart._repr_html_(), "text/plain": repr(chart)},
    ]
    for data in bundles:
        yield {"output_type": "display_data", "data": data, "metadata": {}}
