"""What learners wrote and showed, so that it can't act in an instructor's browser.

HTML passes an allow-list (bleach). Markdown stays as it is if nbconvert makes of it
what the list allows; otherwise the harmless HTML takes its place.
"""

import contextlib
import functools
import re
from collections.abc import Mapping
from html import escape
from typing import Any

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from pmlab.grading.harmless_charts import PICTURE

MOST_HTML = 100_000
_NAMES = (
    "a b blockquote br caption code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i "
    "img kbd li mark ol p pre s small span strong sub summary sup table tbody td tfoot "
    "th thead tr u ul"
)
_TAGS = frozenset(_NAMES.split())
_GONE = ("script", "style", "template", "iframe", "svg", "math", "noscript", "textarea")
_PLAIN = ("colspan", "rowspan", "scope", "title", "role", "align", "open", "border")
_STYLES = ("text-align", "font-weight", "font-style", "color", "background-color")
# Others could borrow the look and the place of parts of the formgrader.
_CLASS = re.compile(
    r"dataframe|pmlab-[\w-]+|highlight|anchor-link|tex2jax_ignore|mathjax_ignore|"
    r"[a-z]{1,2}\d?"
)
_LINK = re.compile(r"https?://|mailto:|#", re.IGNORECASE)
_BASE_64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_PICTURE_KINDS = ("image/png", "image/jpeg", "image/gif", "image/webp")
# TeX that makes links, styles and names, or loads more of it.
_TEX = re.compile(
    r"\\(?=(?:href|url|class|style|cssId|require|unicode|mmlToken|bbox|includegraphics"
    r"|def|let|newcommand|renewcommand|newenvironment)(?![A-Za-z]))"
)
_DOLLAR = "\ue0f1"  # a dollar that is money; nbconvert must not take it for TeX
_IGNORED = '<span class="tex2jax_ignore mathjax_ignore">&#36;</span>'
_CODE = re.compile(r"(```.*?```|``.*?``|`[^`]*`)", re.DOTALL)
_TEX_PART = re.compile(
    r"(\\\$|\$\$.+?\$\$|\$(?=\S)(?:[^$\\\n]|\\.)*?(?<=\S)\$(?!\d))", re.DOTALL
)


def html(page: str) -> str | None:
    """Return HTML that can't do anything.

    Args:
        page: HTML of a learner's output.

    Returns:
        What of it is harmless; None if nothing is to be seen, or if it is too long.

    >>> html('<style>p {}</style><p onclick="x()">1 &lt; 2</p>')
    '<p>1 &lt; 2</p>'
    """
    if len(page) > MOST_HTML:
        return None
    soup = BeautifulSoup(page, "html.parser")
    cleaned = _cleaned(soup)
    return cleaned if soup.get_text(strip=True) or soup.find("img") else None


def markdown(text: str, attachments: Mapping[str, Any] | None = None) -> str:
    r"""Return Markdown that can't do anything and in which money is no formula.

    Args:
        text: Markdown of a learner's.
        attachments: Pictures in it, by name.

    Returns:
        The text as it is if it is harmless; else HTML on one line, which is Markdown.

    >>> markdown("*a* < b, <b>bold</b>")
    '*a* < b, <b>bold</b>'
    >>> markdown("[a](javascript:alert)")
    '<div><p><a>a</a></p>&#10;</div>'
    """
    marked = _with_marked_money(text)
    rendered = _rendered(marked, attachments or {})
    if rendered is None:
        return f"<pre>{escape(text).replace(chr(10), '&#10;')}</pre>"
    soup = BeautifulSoup(rendered, "html.parser")
    before = _shape(soup)
    cleaned = _cleaned(soup)
    if marked == text and _shape(BeautifulSoup(cleaned, "html.parser")) == before:
        return text
    # One line: after an empty one, Markdown would be read again.
    line = cleaned.replace("\r", "").replace("\n", "&#10;")
    return f"<div>{line.replace(_DOLLAR, _IGNORED)}</div>"


def markdown_page(text: str) -> str:
    r"""Return Markdown as HTML that can't do anything, with money as it was typed.

    Args:
        text: Markdown of a learner's or a grader's.

    Returns:
        HTML; the text as it is, between ``<pre>`` tags, if it can't be read.

    >>> markdown_page("from **$12** to $15")
    '<p>from <strong>$12</strong> to $15</p>\n'
    """
    rendered = _rendered(_with_marked_money(text), {})
    if rendered is None:
        return f"<pre>{escape(text)}</pre>"
    return _cleaned(BeautifulSoup(rendered, "html.parser")).replace(_DOLLAR, "$")


def tex(text: str) -> str:
    r"""Return TeX without commands that act, and without tags.

    >>> tex(r"\href{javascript:x}{y} <img>")
    ' href{javascript:x}{y} \\lt img>'
    """
    return re.sub(r"<(?=[A-Za-z/!?])", r"\\lt ", _TEX.sub(" ", text))


def is_picture(kind: str, content: object) -> bool:
    """Tell whether this is a picture of a known kind, as Base64."""
    return (
        kind in _PICTURE_KINDS
        and isinstance(content, str)
        and _BASE_64.fullmatch(content) is not None
    )


def pictures(attachments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attachments of a cell that are pictures."""
    kept = {
        name: {k: part for k, part in bundle.items() if is_picture(k, part)}
        for name, bundle in attachments.items()
    }
    return {name: bundle for name, bundle in kept.items() if bundle}


def _rendered(text: str, attachments: Mapping[str, Any]) -> str | None:
    """Return the HTML that nbconvert makes of Markdown; None if it can't."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    for source in (text, text.replace("attachment:", "missing:")):
        renderer = IPythonRenderer(escape=False, attachments=pictures(attachments))
        # Such as an attachment that is not there, or quotes within quotes within...
        with contextlib.suppress(Exception):
            if len(source) <= MOST_HTML:
                made: str = MarkdownWithMath(renderer=renderer).render(source)
                return made
    return None


def _with_marked_money(text: str) -> str:
    """Mark dollars that enclose no formula, by the rule that Pandoc has."""
    parts = _CODE.split(text)
    for at in range(0, len(parts), 2):
        pieces = _TEX_PART.split(parts[at])
        pieces[::2] = [piece.replace("$", _DOLLAR) for piece in pieces[::2]]
        parts[at] = "".join(pieces)
    return "".join(parts)


def _cleaned(soup: BeautifulSoup) -> str:
    for tag in soup.find_all(_GONE):
        tag.decompose()
    for image in soup.find_all("img"):
        _show_or_link(soup, image)
    for text in soup.find_all(string=_TEX):
        text.replace_with(NavigableString(_TEX.sub(" ", str(text))))
    for text in soup.find_all(string=re.compile(_DOLLAR)):
        if text.find_parent(["code", "pre"]):
            text.replace_with(NavigableString(str(text).replace(_DOLLAR, "$")))
    # Again: tags and comments that stood within a command are gone only now.
    return _TEX.sub(" ", str(_cleaner().clean(str(soup))))


def _show_or_link(soup: BeautifulSoup, image: Tag) -> None:
    """Let no picture be asked from a server: who looks would be known there."""
    source, words = str(image.get("src", "")), str(image.get("alt") or "picture")
    if source.startswith(("http://", "https://")):
        link = soup.new_tag("a", href=source)
        link.string = words
        image.replace_with(link)
    elif not PICTURE.fullmatch(source):
        image.replace_with(NavigableString(f"[{words}]"))


@functools.cache
def _cleaner() -> Any:  # noqa: ANN401 - bleach has no types
    import bleach  # type: ignore[import-untyped]
    from bleach.css_sanitizer import CSSSanitizer  # type: ignore[import-untyped]

    return bleach.sanitizer.Cleaner(
        tags=_TAGS,
        attributes=_allowed,
        protocols=frozenset({"http", "https", "mailto", "data"}),
        css_sanitizer=CSSSanitizer(allowed_css_properties=_STYLES),
        strip=True,
        strip_comments=True,
    )


def _allowed(tag: str, name: str, value: str) -> bool:
    if name == "class":
        return all(map(_CLASS.fullmatch, value.split()))
    if name == "href":
        return tag == "a" and _LINK.match(value) is not None
    if name == "src":
        return tag == "img" and PICTURE.fullmatch(value) is not None
    if name == "style":
        return "(" not in value and "\\" not in value
    return name in (*_PLAIN, "alt") or re.fullmatch(r"aria-[a-z]+", name) is not None


def _shape(soup: BeautifulSoup) -> list[Any]:
    """Return tags, attributes and text, for a comparison."""
    return [_told(node) for node in soup.descendants if str(node).strip()]


def _told(node: Any) -> object:  # noqa: ANN401 - a tag or a text
    if not isinstance(node, Tag):
        # Comments are texts, too, and must not pass for them.
        return type(node).__name__, str(node).strip()
    attributes = {
        name: re.sub(r"[\s;]", "", str(value)) if name == "style" else str(value)
        for name, value in node.attrs.items()
        if not (name == "id" and node.name.startswith("h"))  # nbconvert makes them
    }
    return node.name, sorted(attributes.items())
