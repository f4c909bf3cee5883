"""The frame of a page that a learner keeps: one file, no request, readable by all."""

import html

_STYLE = """
:root { color-scheme: light; }
body { margin: 0; font: 1.05rem/1.6 system-ui, sans-serif; color: #1f2a27;
  background: #fbfaf7; }
header, main, footer { max-width: 50rem; margin: 0 auto; padding: 1rem 1.25rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 1.5rem 0 .5rem; }
h2 { font-size: 1.45rem; line-height: 1.25; margin: 2.5rem 0 .5rem;
  padding-top: 1rem; border-top: 3px solid #0b6e4f; }
h3 { font-size: 1.15rem; margin: 1.6rem 0 .3rem; }
h4, h5, h6 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
a { color: #0a5c42; }
a:focus-visible, summary:focus-visible { outline: 3px solid #b35c00; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 1rem; background: #fff; padding: .5rem; }
.note { border-left: 4px solid #0b6e4f; background: #eef4f0; padding: .6rem 1rem; }
.open { border-left: 4px solid #8a5a00; background: #fbf3e2; padding: .6rem 1rem; }
blockquote { margin: 1rem 0; padding: .1rem 1.2rem; border-left: 4px solid #c9d3ce;
  background: #fff; }
table { border-collapse: collapse; margin: .8rem 0; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { border: 1px solid #c9d3ce; padding: .3rem .6rem; text-align: left;
  vertical-align: top; }
.scroll { overflow-x: auto; }
summary { cursor: pointer; }
pre { overflow-x: auto; background: #fff; padding: .6rem; }
img, svg { max-width: 100%; }
.pmlab-figure { background: #fff; min-height: 1px; }
progress { width: 12rem; height: .8rem; accent-color: #0b6e4f; }
footer { color: #46524d; font-size: .95rem; border-top: 1px solid #c9d3ce;
  margin-top: 3rem; }
@media print { .skip { display: none; } body { background: #fff; } }
"""


def page(title: str, *, intro: str, body: str, footer: str, scripts: str = "") -> str:
    """Return a whole page.

    Args:
        title: Its title and first heading, as plain text.
        intro: What stands under the heading, as HTML.
        body: The content, as HTML.
        footer: What stands at the end, as HTML.
        scripts: Scripts for the end of the page, as HTML.

    Returns:
        HTML.
    """
    name = html.escape(title)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{name}</title>\n<style>{_STYLE}</style>\n</head>\n"
        # Two dollar signs are money here, also on a host that typesets formulas.
        '<body class="tex2jax_ignore mathjax_ignore">\n'
        '<a class="skip" href="#content">Go to the content</a>\n'
        f"<header>\n<h1>{name}</h1>\n{intro}\n</header>\n"
        f'<main id="content">\n{body}\n</main>\n'
        f"<footer>\n{footer}\n</footer>\n{scripts}\n</body>\n</html>\n"
    )
