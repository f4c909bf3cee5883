"""A roadmap written for its reader: rows, words, and a page to hand out."""

import html
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd

from pmlab import _arguments as check
from pmlab import _tables as tables
from pmlab.delivery.roadmap import HORIZONS, roadmap_findings
from pmlab.formatting import percent
from pmlab.results import Result

if TYPE_CHECKING:
    from narwhals.stable.v2.typing import IntoFrame

Audience = Literal["executives", "delivery team"]
AUDIENCES: tuple[Audience, ...] = ("executives", "delivery team")

_HEADINGS = {
    "theme": "Theme",
    "item": "Item",
    "outcome_metric": "We will know by",
    "work": "Next pieces of work",
    "sure": "How sure",
}
_FOOT = "“Now”, “next” and “later” are no dates; the chance says how sure we are."
_STYLE = (
    "body{font:1rem/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;"
    "color:#222;background:#fff}table{border-collapse:collapse;width:100%}"
    "th,td{border:1px solid #767676;padding:.4em .6em;text-align:left;"
    "vertical-align:top}thead th{background:#f0f0f0}"
)


@dataclass(frozen=True, kw_only=True, repr=False)
class Roadmap(Result):
    """A roadmap for one kind of reader.

    Attributes:
        title: Heading of the page.
        audience: Who reads it.
        rows: One row per item, now before next before later: theme, item,
            outcome_metric, horizon, confidence and, for the delivery team, work.
        findings: What ``roadmap_findings`` has to say about the rows.
    """

    title: str
    audience: Audience
    rows: pd.DataFrame
    findings: pd.DataFrame

    def summary(self) -> str:
        """Return what stands in the roadmap, in plain words."""
        parts = [
            f"{horizon}: {', '.join(items)}"
            for horizon in HORIZONS
            if (
                items := self.rows.loc[self.rows["horizon"] == horizon, "item"].tolist()
            )
        ]
        found = len(self.findings)
        check_words = "nothing is missing"
        if found:
            first = self.findings.iloc[0]
            check_words = (
                f"{found} finding{'s' if found > 1 else ''}, the first: "
                f"{first['item']}: {first['problem']}"
            )
        return f"For the {self.audience}. {'; '.join(parts)}. Check: {check_words}."

    def to_frame(self) -> pd.DataFrame:
        """Return the rows."""
        return self.rows.copy()

    def to_markdown(self) -> str:
        """Return the roadmap as Markdown, one table for each horizon."""
        lines = [f"# {self.title}", "", f"For the {self.audience}.", ""]
        for horizon, heads, body in self._tables():
            lines += [f"## {horizon.capitalize()}", ""]
            lines += [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
            lines += [f"| {' | '.join(map(_cell, row))} |" for row in body]
            lines.append("")
        return "\n".join([*lines, _FOOT, ""])

    def to_html(self) -> str:
        """Return the roadmap as a page that needs no other file and no script."""
        title = html.escape(self.title)
        body = [f"<h1>{title}</h1>", f"<p>For the {self.audience}.</p>"]
        for horizon, heads, rows in self._tables():
            body.append(f"<h2>{horizon.capitalize()}</h2>")
            body.append(_html_table(horizon, heads, rows))
        body.append(f"<p>{_FOOT}</p>")
        return (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
            + "\n".join(body)
            + "\n</main>\n</body>\n</html>\n"
        )

    def save(self, path: str | Path) -> Path:
        """Write the roadmap to a file, as a page or as Markdown.

        Args:
            path: Name that ends in ``.html`` or ``.md``; an existing file is replaced.

        Returns:
            The path.

        Raises:
            ValueError: If the name ends otherwise or its folder does not exist.
        """
        target = Path(path)
        writers = {".html": self.to_html, ".md": self.to_markdown}
        if target.suffix not in writers:
            raise ValueError(f"path == {str(path)!r}, must end in .html or .md")
        if not target.parent.is_dir():
            raise ValueError(
                f"path == {str(path)!r}, its folder does not exist; make it first"
            )
        target.write_text(writers[target.suffix](), encoding="utf-8")
        return target

    def _tables(self) -> list[tuple[str, list[str], list[list[str]]]]:
        shown = self.rows.assign(
            sure=[percent(value, digits=0) for value in self.rows["confidence"]]
        )
        columns = [name for name in _HEADINGS if name in shown.columns]
        heads = [_HEADINGS[name] for name in columns]
        return [
            (horizon, heads, part[columns].astype(str).to_numpy().tolist())
            for horizon in HORIZONS
            if len(part := shown[shown["horizon"] == horizon])
        ]


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _html_table(horizon: str, heads: list[str], rows: list[list[str]]) -> str:
    head = "".join(f'<th scope="col">{html.escape(text)}</th>' for text in heads)
    body = "\n".join(
        f'<tr><th scope="row">{html.escape(first)}</th>'
        + "".join(f"<td>{html.escape(text)}</td>" for text in others)
        + "</tr>"
        for first, *others in rows
    )
    return (
        f"<table><caption>What we work on {horizon}</caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"
    )


def roadmap_for(
    data: "IntoFrame",
    audience: Audience = "executives",
    *,
    title: str = "Roadmap",
    item_column: str = "item",
    theme_column: str = "theme",
    metric_column: str = "outcome_metric",
    horizon_column: str = "horizon",
    confidence_column: str = "confidence",
    work_column: str | None = None,
) -> Roadmap:
    """Put roadmap rows in order for a reader, and check them.

    Rules: now before next before later, inside a horizon the surest first. Executives
    see themes, outcomes and how sure they are; the delivery team sees the next pieces
    of work as well.

    Assumptions: what a row promises is the same for all readers; only the detail
    differs.

    Args:
        data: One row per roadmap item.
        audience: ``"executives"`` or ``"delivery team"``.
        title: Heading of the page.
        item_column: Name of the item, each once.
        theme_column: Problem or goal that it serves.
        metric_column: Number that shows whether it worked.
        horizon_column: ``now``, ``next`` or ``later``.
        confidence_column: How sure, as a fraction.
        work_column: Next pieces of work, for the delivery team; None if there are none.

    Returns:
        The roadmap, with its findings and ways to write it to a page.

    Raises:
        ValueError: If a horizon is not one of the three, a confidence is no fraction,
            or a name repeats.
        ColumnsMissingError: If a column does not exist.

    Examples:
        >>> rows = pd.DataFrame(
        ...     {
        ...         "item": ["Fewer no-shows", "Offices book alone"],
        ...         "theme": ["Trust", "Offices"],
        ...         "outcome_metric": ["no-show rate 4 % to 2 %", "alone 20 % to 50 %"],
        ...         "horizon": ["now", "next"],
        ...         "confidence": [0.8, 0.5],
        ...     }
        ... )
        >>> roadmap_for(rows)
        For the executives. now: Fewer no-shows; next: Offices book alone. Check:
        nothing is missing.

    References:
        Lombardo, C. et al. (2017). Product Roadmaps Relaunched.
    """
    check.choice("audience", audience, AUDIENCES)
    columns = {
        "theme": theme_column,
        "item": item_column,
        "outcome_metric": metric_column,
        "horizon": horizon_column,
        "confidence": confidence_column,
    }
    if work_column is not None and audience == "delivery team":
        columns["work"] = work_column
    frame = tables.read(data, *columns.values())
    frame = pd.DataFrame({name: frame[column] for name, column in columns.items()})
    names = tables.names(frame, "item")
    findings = roadmap_findings(frame)
    horizons = [str(value).strip().lower() for value in frame["horizon"]]
    for horizon in horizons:
        check.choice(horizon_column, horizon, HORIZONS)
    frame["item"], frame["horizon"] = names, horizons
    frame["confidence"] = tables.numbers(frame, "confidence", rule="rate")
    for column in ("theme", "outcome_metric", "work"):
        if column in frame.columns:
            frame[column] = frame[column].fillna("").astype(str)
    place = [HORIZONS.index(horizon) for horizon in horizons]
    order = frame.assign(_place=place).sort_values(
        ["_place", "confidence"], ascending=[True, False], kind="stable"
    )
    return Roadmap(
        title=title,
        audience=audience,
        rows=order.drop(columns="_place").reset_index(drop=True),
        findings=findings,
    )
