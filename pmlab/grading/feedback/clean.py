"""Makes what a submission shows harmless: no scripts, no requests, no headings.

Headings of a submission become bold paragraphs, so that those of the page stay in
order.
"""

import functools
import re
from typing import Any

from bs4 import BeautifulSoup

_NAMES = (
    "a abbr b blockquote br caption code dd del details div dl dt em hr i img kbd "
    "li ol p pre s small span strong sub summary sup table tbody td tfoot th thead "
    "tr u ul h1 h2 h3 h4 h5 h6"
)
_TAGS = frozenset(_NAMES.split())
_ATTRIBUTES = ("class", "colspan", "rowspan", "scope", "title", "role", "aria-hidden")
_HEADING = re.compile(r"^h[1-6]$")


def clean_html(text: str) -> str:
    """Return HTML without anything that runs, asks a server or breaks the outline.

    Args:
        text: HTML of a notebook's output.

    Returns:
        Harmless HTML.
    """
    soup = BeautifulSoup(_without_scripts(text), "html.parser")
    for link in soup.select("a.anchor-link"):
        link.decompose()
    for tag in soup.find_all(_HEADING):
        tag.name = "p"
        tag["class"] = "heading"
    for image in soup.find_all("img"):
        if not str(image.get("src", "")).startswith("data:image/"):
            image.replace_with(f"[picture: {image.get('alt') or 'no description'}]")
        elif not image.get("alt"):
            image["alt"] = "Picture without a description"
    for cell in soup.find_all("th"):
        if not cell.get("scope"):
            cell["scope"] = "row" if cell.find_parent("tbody") else "col"
    return str(soup)


def markdown_html(text: str) -> str:
    """Return Markdown of a submission as harmless HTML."""
    from nbconvert.filters.markdown_mistune import markdown2html_mistune

    return clean_html(markdown2html_mistune(text))


def verdict_html(text: str) -> str:
    """Return what a verdict says below its first line: reasons, notes, tables."""
    soup = BeautifulSoup(clean_html(text), "html.parser")
    box = soup.find("div") or soup
    first = box.find("p", recursive=False)
    if first is not None:
        first.decompose()
    for tag in soup.find_all():
        del tag["role"]
    return str(box.decode_contents())


def _without_scripts(text: str) -> str:
    soup = BeautifulSoup(text, "html.parser")
    for tag in soup.find_all(["script", "style", "template", "iframe", "svg", "math"]):
        tag.decompose()
    return str(_cleaner().clean(str(soup)))


@functools.cache
def _cleaner() -> Any:  # noqa: ANN401 - bleach has no types
    import bleach  # type: ignore[import-untyped]

    return bleach.sanitizer.Cleaner(
        tags=_TAGS,
        attributes=_allowed,
        protocols=frozenset({"http", "https", "mailto", "data"}),
        strip=True,
        strip_comments=True,
    )


def _allowed(tag: str, name: str, value: Any) -> bool:  # noqa: ANN401 - bleach's
    if tag == "a":
        return name == "class" or (
            name == "href" and not str(value).strip().lower().startswith("data:")
        )
    if tag == "img":
        return name in ("src", "alt")
    return name in _ATTRIBUTES
