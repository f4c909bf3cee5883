"""Reads the words of a stored verdict back from its HTML."""

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any


def verdict_words(cell: Mapping[str, Any]) -> list[str]:
    """Return the paragraphs of the verdict that a check cell's output holds.

    Args:
        cell: A cell of a notebook, run.

    Returns:
        The headline, then the reasons; empty if there is no verdict.
    """
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        html = "".join(data.get("text/html", "")) if isinstance(data, dict) else ""
        if 'role="status"' in html:
            reader = _Paragraphs()
            reader.feed(html)
            return [" ".join(text.split()) for text in reader.found]
    return []


class _Paragraphs(HTMLParser):
    """Collects the text of each paragraph, without signs that are only drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = self._drawn = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "p":
            self._inside = True
            self.found.append("")
        if ("aria-hidden", "true") in attrs:
            self._drawn = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "p":
            self._inside = False
        if tag == "span":
            self._drawn = False

    def handle_data(self, data: str) -> None:
        if self._inside and not self._drawn:
            self.found[-1] += data
