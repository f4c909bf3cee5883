"""The report as a web page: what to look at, charts with words, and the tables."""

import dataclasses
import html
import math
from collections.abc import Callable

import pandas as pd

from pmlab import charts
from pmlab.formatting import percent
from pmlab.grading import pages
from pmlab.grading.report.help_needed import hours_before_due
from pmlab.grading.report.items import uncertainty, verdict_on


@dataclasses.dataclass(frozen=True, kw_only=True)
class Report:
    """What a class did with a unit.

    Attributes:
        unit: Name of the unit.
        title: For people.
        results: The table of ``read_results``.
        totals: Its second table.
        items: The table of ``item_analysis``.
        known: The table of ``known_mistakes``.
        unknown: The table of ``unknown_mistakes``.
        help: The table of ``help_needed``.
    """

    unit: str
    title: str
    results: pd.DataFrame
    totals: pd.DataFrame
    items: pd.DataFrame
    known: pd.DataFrame
    unknown: pd.DataFrame
    help: pd.DataFrame


def report_page(report: Report) -> str:
    """Return the whole page."""
    parts = [
        _head(report),
        _help(report.help),
        _items(report),
        _known(report.known),
        _unknown(report.unknown),
        _hints(report.results),
        _times(report.totals),
    ]
    return pages.page(f"Report: {report.title}", "\n".join(parts))


def _head(report: Report) -> str:
    count = len(report.totals)
    noun = "submission" if count == 1 else "submissions"
    graded = report.results.groupby("learner")[["score", "points"]].sum()
    share = (graded["score"] / graded["points"]).mean()
    waiting = int(report.totals["open"].sum())
    lines = [
        f"<h1>Report: {html.escape(report.title)}</h1>",
        f"<p><strong>{count} {noun}</strong>, on average {_percent(share)} of "
        "the points of the parts that are graded.</p>",
    ]
    if waiting:
        wait = "waits" if waiting == 1 else "wait"
        lines.append(
            f"<p>{waiting} {wait} for a grade by hand; those parts are left out.</p>"
        )
    if words := uncertainty(count):
        lines.append(f'<p class="aside">{html.escape(words)}</p>')
    return "\n".join(lines)


def _help(table: pd.DataFrame) -> str:
    head = "<h2>Learners who may need help</h2>"
    if table.empty:
        return f"{head}<p>Nobody stands out.</p>"
    rows = [
        [html.escape(row["learner"]), html.escape(row["reasons"])]
        for row in table.to_dict("records")
    ]
    body = pages.table_html("Who, and why", ["Learner", "Reasons"], rows)
    return f"{head}<p>Signs to ask about, no judgment.</p>{body}"


def _items(report: Report) -> str:
    items = report.items
    rows = [
        [
            html.escape(str(row["exercise"])),
            html.escape(verdict_on(row)),
            _interval(row, "difficulty", _percent),
            _percent(row["full_marks"]),
            _interval(row, "discrimination", _decimal),
        ]
        for _, row in items.iterrows()
    ]
    headings = ["Exercise", "Remark", "Mean share of points", "Full marks"]
    table = pages.table_html(
        "Each exercise, with 95 % intervals",
        [*headings, "Discrimination"],
        rows,
        numbers=3,
    )
    told = items.dropna(subset=["difficulty"])
    figure = ""
    if not told.empty:
        chart = charts.interval_plot(
            told,
            label_column="exercise",
            estimate_column="difficulty",
            low_column="difficulty_low",
            high_column="difficulty_high",
            reference=None,
            unit="%",
            title=_hardest(told),
        )
        figure = pages.chart_html(chart)
    return (
        f"<h2>Exercises</h2>{figure}{table}"
        "<p>Discrimination is the correlation between an exercise and the points of "
        "all other exercises. Near 1: those who have it do well elsewhere. Near 0 or "
        "below: its text or its checks may mislead.</p>"
    )


def _hardest(items: pd.DataFrame) -> str:
    row = items.sort_values("difficulty").iloc[0]
    share = _percent(row["difficulty"])
    return f"{row['exercise']} was the hardest: {share} of its points"


def _known(table: pd.DataFrame) -> str:
    head = "<h2>Known wrong answers</h2>"
    if table.empty:
        return f"{head}<p>None was recognized.</p>"
    top = table.head(15)
    names = [
        f"{row['exercise']}: {row['trap'].replace('_', ' ')}"
        for row in top.to_dict("records")
    ]
    chart = charts.bars(
        {"answer": names, "learners": list(top["learners"])},
        label_column="answer",
        value_column="learners",
        title=f"The most frequent: {names[0]}",
    )
    rows = [
        [
            html.escape(row["exercise"]),
            html.escape(row["trap"].replace("_", " ")),
            html.escape(row["who"]),
            str(row["learners"]),
            _percent(row["share"]),
        ]
        for row in table.to_dict("records")
    ]
    headings = ["Exercise", "Wrong answer", "Who", "Learners", "Share"]
    body = pages.table_html("All that were recognized", headings, rows, numbers=2)
    return f"{head}{pages.chart_html(chart)}{body}"


def _unknown(table: pd.DataFrame) -> str:
    head = "<h2>Wrong answers that no exercise knows yet</h2>"
    if table.empty:
        return f"{head}<p>None.</p>"
    lines = [
        f"{head}<p>Grouped by what learners were told and by their code. A large group "
        "is a candidate for a message of its own.</p>"
    ]
    for row in table.head(30).to_dict("records"):
        code = (
            f"<pre><code>{html.escape(row['code'])}</code></pre>" if row["code"] else ""
        )
        lines.append(
            f"<section><h3>{html.escape(row['exercise'])}: {row['learners']} "
            f"({_percent(row['share'])})</h3><p>{html.escape(row['reason'])}</p>"
            f"<details><summary>An answer, and who gave it</summary>{code}"
            f"<p>{html.escape(row['who'])}</p></details></section>"
        )
    if len(table) > 30:
        lines.append(f"<p>{len(table) - 30} more are in unknown_mistakes.csv.</p>")
    return "\n".join(lines)


def _hints(results: pd.DataFrame) -> str:
    used = results[~results["written"]].groupby("exercise")["hints"]
    table = pd.DataFrame({"asked": used.agg(lambda steps: (steps > 0).mean())})
    table["mean"] = used.mean()
    head = "<h2>Hints</h2>"
    if table.empty or not table["mean"].sum():
        return f"{head}<p>No hint was looked at, or none was recorded.</p>"
    rows = [
        [html.escape(str(exercise)), _percent(row["asked"]), f"{row['mean']:.1f}"]
        for exercise, row in table.iterrows()
    ]
    headings = ["Exercise", "Learners who asked", "Hints each"]
    return head + pages.table_html("Hints looked at", headings, rows, numbers=2)


def _times(totals: pd.DataFrame) -> str:
    head = "<h2>When they handed in</h2>"
    known = totals.dropna(subset=["handed_in"])
    if known.empty:
        return f"{head}<p>No times are known.</p>"
    hours = hours_before_due(known).dropna()
    if hours.empty:
        days = known["handed_in"].dt.strftime("%Y-%m-%d").value_counts().sort_index()
        title = f"Most on {days.idxmax()}"
    else:
        days = (hours / 24).map(_day).value_counts()
        days = days.reindex([name for name in _DAYS if name in days.index])
        title = f"{int((hours < 0).sum())} of {len(hours)} after the deadline"
    chart = charts.bars(
        {"day": list(days.index), "submissions": list(days)},
        label_column="day",
        value_column="submissions",
        order="given",
        title=title,
    )
    return head + pages.chart_html(chart)


_DAYS = (
    "late",
    "on the last day",
    "1 to 3 days before",
    "3 to 7 days before",
    "earlier",
)


def _day(days: float) -> str:
    limits = (0.0, 1.0, 3.0, 7.0)
    return _DAYS[sum(days >= limit for limit in limits)]


def _percent(value: float) -> str:
    return "–" if value is None or math.isnan(value) else percent(value, digits=0)


def _decimal(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}"


def _interval(row: "pd.Series[float]", name: str, write: Callable[[float], str]) -> str:
    if math.isnan(row[name]):
        return "–"
    low, high = write(row[f"{name}_low"]), write(row[f"{name}_high"])
    return f"{write(row[name])} ({low} to {high})"
