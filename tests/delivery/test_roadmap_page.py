"""A roadmap written for its reader."""

import html.parser

import pandas as pd
import pytest

from pmlab.delivery import roadmap_for

ROWS = pd.DataFrame(
    {
        "theme": ["Speed", "Trust", "Offices"],
        "item": ["Quick search", "Fewer <no-shows>", "Book | alone"],
        "outcome_metric": ["31 % → 36 %", "no-show rate 4 % → 2 %", "20 % → 50 %"],
        "horizon": ["later", "now", "Next"],
        "confidence": [0.4, 0.8, 0.6],
        "work": ["measure", "reminders", "accounts"],
    }
)


class Tags(html.parser.HTMLParser):
    VOID = ("meta",)

    def __init__(self, text):
        super().__init__()
        self.found, self.open = [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_now_stands_before_next_before_later():
    roadmap = roadmap_for(ROWS)
    assert roadmap.rows["horizon"].tolist() == ["now", "next", "later"]


def test_executives_do_not_read_the_pieces_of_work():
    assert "reminders" not in roadmap_for(ROWS, work_column="work").to_html()
    team = roadmap_for(ROWS, "delivery team", work_column="work")
    assert "reminders" in team.to_html()


def test_the_page_stands_alone_and_can_be_heard():
    page = roadmap_for(ROWS, title="Our plan").to_html()
    found = Tags(page).found
    tags = [tag for tag, _ in found]
    assert ("html", {"lang": "en"}) in found
    assert [tags.count(tag) for tag in ("h1", "h2", "table", "caption")] == [1, 3, 3, 3]
    assert all("scope" in attrs for tag, attrs in found if tag == "th")
    assert not {"script", "link", "img"} & set(tags)
    assert "http" not in page


def test_markup_in_a_row_stays_text():
    assert "Fewer &lt;no-shows&gt;" in roadmap_for(ROWS).to_html()
    assert "Book \\| alone" in roadmap_for(ROWS).to_markdown()


def test_the_summary_names_the_first_finding():
    roadmap = roadmap_for(ROWS.assign(outcome_metric=["ship it", "a", "b"]))
    assert "Quick search: an output, not an outcome: ship" in roadmap.summary()


def test_saving_chooses_the_form_by_the_ending(tmp_path):
    roadmap = roadmap_for(ROWS)
    page, text = (roadmap.save(tmp_path / name) for name in ("a.html", "a.md"))
    assert page.read_text(encoding="utf-8") == roadmap.to_html()
    assert text.read_text(encoding="utf-8") == roadmap.to_markdown()
    with pytest.raises(ValueError, match=r"must end in \.html or \.md"):
        roadmap.save(tmp_path / "a.docx")


def test_a_date_as_horizon_is_refused():
    with pytest.raises(ValueError, match="horizon == '14 march'"):
        roadmap_for(ROWS.assign(horizon=["14 March", "now", "next"]))
