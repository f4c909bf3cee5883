"""The portfolio: her work and her words, kept over every new run."""

import itertools
import re

import pytest

from pmlab.charts.chart import PLOTLY_TYPE

MEMO = """**GO, in two steps.** The pooled rate holds.

## How large

#### Deeper

| a | b |
|---|---|
| 1 | 2 |

<script>alert(1)</script>
"""
FIGURE = {"data": [{"type": "bar", "x": [1], "y": [2]}], "layout": {"title": "Up"}}
WORDS = '<div class="pmlab-chart"><p>It goes up.</p></div>'


def output(**data):
    return {"output_type": "display_data", "data": data, "metadata": {}}


@pytest.fixture
def made(learner, pmlab):
    learner.answer(memo=MEMO)
    status, said = pmlab("portfolio")
    assert status == 0, said
    return learner.folder / "portfolio"


def page(folder):
    return (folder / "portfolio.html").read_text(encoding="utf-8")


def test_nothing_to_show_is_said(pmlab):
    status, said = pmlab("portfolio")
    assert status == 1
    assert "write the memo of a unit" in said


def test_it_shows_memo_decision_skills_and_that_fernbroom_is_fictional(made):
    text = page(made)
    assert "<strong>GO, in two steps.</strong>" in text
    assert "<br>GO, in two steps." in text  # the decision, in the contents
    assert "What this shows" not in text  # no exercise passes yet
    assert text.count("Fernbroom, its people and its data are invented") == 2


def test_headings_skip_no_level_and_markup_stays_text(made):
    text = page(made)
    levels = [int(level) for level in re.findall(r"<h([1-6])", text)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))
    assert "<script>alert" not in text


def test_her_words_stand_on_the_page_and_survive_every_run(made, pmlab):
    words = made / "my words.md"
    text = words.read_text(encoding="utf-8")
    text = text.replace("### Context\n", "### Context\n\nA *small* team.\n")
    text = text.replace("### Lessons learned\n", "### Lessons learned\n\nAsk first.\n")
    text += "\n## Talks\n\nOne talk.\n"
    words.write_text(text, encoding="utf-8")
    _, said = pmlab("portfolio")
    assert words.read_text(encoding="utf-8") == text
    assert "A <em>small</em> team." in page(made)
    assert "Ask first." in page(made)
    assert "<h2>Talks</h2>" in page(made)
    assert "- About me" in said
    assert "Context" not in said


def test_a_page_that_she_changed_by_hand_is_kept(made, pmlab, learner):
    (made / "portfolio.html").write_text("mine", encoding="utf-8")
    learner.answer(memo="Another call.")
    _, said = pmlab("portfolio")
    assert page(made) == "mine"
    assert "portfolio_NEW_VERSION.html" in said
    assert "Another call." in (made / "portfolio_NEW_VERSION.html").read_text("utf-8")


def test_charts_come_with_their_words_and_need_no_server(learner, pmlab):
    learner.answer(memo=MEMO)

    def draw(cells):
        cells.append(
            {
                "cell_type": "code",
                "id": "own",
                "metadata": {},
                "source": [],
                "execution_count": 1,
                "outputs": [
                    output(**{PLOTLY_TYPE: FIGURE, "text/html": ["<p>Up</p>"]}),
                    output(**{"text/html": [WORDS]}),
                    output(**{"text/html": ["<p>not a chart</p>"]}),
                ],
            }
        )

    learner.change(draw)
    pmlab("portfolio")
    folder = learner.folder / "portfolio"
    assert 'aria-label="Up"' in page(folder)
    assert WORDS in page(folder)
    assert "not a chart" not in page(folder)
    assert "plotly.js v" in page(folder)
    site = folder / "site"
    assert sorted(path.name for path in site.iterdir()) == [
        ".nojekyll",
        "index.html",
        "plotly.min.js",
    ]
    index = (site / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'(?:src|href)="([^#][^"]*)"', index) == ["plotly.min.js"]


def test_it_claims_only_what_passing_checks_confirm(learner, pmlab):
    learner.answer_all()
    learner.answer(memo=MEMO)
    learner.ran("5")
    learner.ran("2", id_="traffic-check")
    pmlab("portfolio")
    text = page(learner.folder / "portfolio")
    assert "<li>compute a pooled rate</li>" in text
    assert "describe traffic" not in text


def test_dollar_signs_of_a_memo_stay_money(learner, pmlab):
    learner.answer(
        memo="We ask **$12 a month** and *not* $15, or \\$9 a_week and $8_x."
    )
    pmlab("portfolio")
    text = page(learner.folder / "portfolio")
    assert (
        "<p>We ask <strong>$12 a month</strong> and <em>not</em> $15, or $9 a_week and "
        "$8_x.</p>"
    ) in text
    assert '<body class="tex2jax_ignore mathjax_ignore">' in text
