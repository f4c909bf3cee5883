"""Makes what a submission shows harmless: no scripts, no requests, no headings.

Headings of a submission become bold paragraphs, so that those of the page stay in
order.
"""

import re

from bs4 import BeautifulSoup

from pmlab.grading import harmless

_HEADING = re.compile(r"^h[1-6]$")


def clean_html(text: str) -> str:
    """Return HTML without anything that runs, asks a server or breaks the outline.

    Args:
        text: HTML of a notebook's output.

    Returns:
        Harmless HTML.
    """
    if len(text) > harmless.MOST_HTML:
        return f"<p>An output of {len(text):,} characters is too long to be shown.</p>"
    return _outlined(harmless.html(text) or "")


def markdown_html(text: str) -> str:
    """Return Markdown of a submission as harmless HTML."""
    return _outlined(harmless.markdown_page(text))


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


def _outlined(text: str) -> str:
    """Return HTML that keeps the outline of the page and speaks of its pictures."""
    soup = BeautifulSoup(text, "html.parser")
    for link in soup.select("a.anchor-link"):
        link.decompose()
    for tag in soup.find_all(_HEADING):
        tag.name = "p"
        tag["class"] = "heading"
    for image in soup.find_all("img"):
        image["alt"] = image.get("alt") or "Picture without a description"
    for cell in soup.find_all("th"):
        if not cell.get("scope"):
            cell["scope"] = "row" if cell.find_parent("tbody") else "col"
    return str(soup)
