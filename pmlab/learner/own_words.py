"""The learner's own words around her work: a text file that belongs to her.

``my words.md`` has one part for each unit, with places for context, decision and
lessons learned. What she wrote stays; new units are added at the end.
"""

import re
from collections.abc import Mapping, Sequence

FILE_NAME = "my words.md"
ABOUT = "About me"
PLACES = {
    "Context": "What was the situation? Who had to decide, by when, with which data?",
    "Decision": "What did you recommend, in one sentence, and what would change it?",
    "Lessons learned": "What surprised you? What would you do differently?",
}
_HEAD = f"""# My portfolio

<!-- Write below the headings; lines like this one are not shown. Then run
pmlab portfolio again. What you write here is never overwritten. -->

## {ABOUT}

<!-- Two or three sentences: who you are, what you look for. -->
"""

Parts = dict[str, dict[str, str]]


def with_all_units(text: str, headings: Sequence[str]) -> str:
    """Return the text with a part for each unit; what is there stays as it is.

    Args:
        text: What she wrote so far; empty at the beginning.
        headings: Headings of the units, such as ``03 · Quantifying the opportunity``.

    Returns:
        The text, with missing parts at the end.
    """
    known = {_key(heading) for heading in read_parts(text)}
    new = [_part(heading) for heading in headings if _key(heading) not in known]
    start = text if text.strip() else _HEAD
    return "\n".join([start.rstrip("\n") + "\n", *new]) if new else start


def read_parts(text: str) -> Parts:
    """Return what she wrote, by heading of the part and name of the place.

    Args:
        text: Her text.

    Returns:
        For each part its places; text before the first place is under ``""``.
    """
    parts: Parts = {}
    heading, place = "", ""
    for line in re.sub(r"<!--.*?(-->|\Z)", "", text, flags=re.DOTALL).splitlines():
        if re.match(r"# ", line):
            continue
        if line.startswith("## "):
            heading, place = line[3:].strip(), ""
            parts.setdefault(heading, {})
        elif line.startswith("### ") and heading:
            place = line[4:].strip()
        elif heading:
            places = parts[heading]
            places[place] = f"{places.get(place, '')}{line}\n"
    return {
        heading: {name: body.strip() for name, body in places.items() if body.strip()}
        for heading, places in parts.items()
    }


def of_unit(parts: Mapping[str, dict[str, str]], heading: str) -> dict[str, str]:
    """Return the places of one unit; its number is enough to find it."""
    return next(
        (found for name, found in parts.items() if _key(name) == _key(heading)), {}
    )


def of_no_unit(
    parts: Mapping[str, dict[str, str]], headings: Sequence[str]
) -> dict[str, str]:
    """Return the parts that the learner added for herself, as one text each."""
    known = {ABOUT, *map(_key, headings)}
    return {
        name: "\n\n".join(places.values())
        for name, places in parts.items()
        if name not in known and _key(name) not in known and places
    }


def _key(heading: str) -> str:
    return heading.split("·", maxsplit=1)[0].strip()


def _part(heading: str) -> str:
    places = "\n".join(
        f"### {name}\n\n<!-- {ask} -->\n" for name, ask in PLACES.items()
    )
    return f"## {heading}\n\n{places}"
