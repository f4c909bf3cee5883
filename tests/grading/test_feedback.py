"""Feedback says what was earned and why, and shows no hidden test."""

import base64
import html.parser
import re

import nbformat
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_output

import pmlab.charts
from pmlab.charts.chart import PLOTLY_TYPE
from pmlab.errors import CourseError
from pmlab.grading.feedback.clean import clean_html, markdown_html
from pmlab.grading.feedback.hidden import hidden_part, reason_of_error
from pmlab.grading.feedback.rubric import chosen_levels, read_rubric
from pmlab.grading.feedback.write import write_feedback
from tests.grading.graded_course import (
    assertion_error,
    grade,
    grade_by_hand,
    graded_course,
)
from tests.grading.plain_course import RUBRIC, TESTS, UNIT
from tests.nbgrader_command import nbgrader

pytestmark = pytest.mark.filterwarnings("ignore:Object of type <Sub")
SECRETS = ("961", "thirty-one", "square(31)", "HIDDEN TESTS")


@pytest.fixture
def course(tmp_path):
    return graded_course(tmp_path)


def page_of(course, learner="ada"):
    written = write_feedback(course, UNIT)
    assert written.failed == {}
    path = course.step("feedback", learner, UNIT) / f"{UNIT}.html"
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def words(soup):
    return " ".join(soup.get_text(" ").split())


def test_a_failing_hidden_test_is_told_and_not_shown(course):
    error = assertion_error(3, value="the secret of thirty-one")
    grade(course, "ada", score=0.0, outputs=[error])
    page = page_of(course)
    assert "A hidden test did not pass (AssertionError)" in words(page)
    assert not [secret for secret in SECRETS if secret in str(page)]


def test_a_failing_visible_test_is_shown_without_its_hidden_neighbours(course):
    error = assertion_error(1, value="two times two")
    grade(course, "ada", score=0.0, outputs=[error])
    page = page_of(course)
    assert "assert square(2) == 4" in words(page)
    assert "AssertionError: two times two" in words(page)
    assert not [secret for secret in SECRETS if secret in str(page)]


def test_an_output_that_repeats_a_hidden_test_is_left_out(course):
    grade(course, "ada", score=4.0)
    path = course.step("autograded", "ada", UNIT) / f"{UNIT}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    spied = f'<div class="pmlab-chart"><p>{TESTS.splitlines()[2]}</p></div>'
    output = new_output("display_data", {"text/html": spied})
    notebook.cells.append(new_code_cell("spy()", outputs=[output]))
    nbformat.write(notebook, path)
    assert "square(31)" not in str(page_of(course))


def test_rubric_levels_and_comments_stand_beside_the_grade(course):
    grade(course, "ada", score=4.0)
    grade_by_hand(
        course, "ada", score=4.0, comment="Mandate: 3 - clear\n- **Proof**: 1\nNice."
    )
    page = page_of(course)
    chosen = [words(item) for item in page.select(".chosen")]
    assert chosen == ["Yours: Says who decides", "Yours: A guess"]
    assert "Nice." in words(page)
    assert "8 of 10 points" in words(page)
    assert len(page.select_one(".aside").find_all("br")) == 1  # lines stay lines
    assert "One source" in words(page)  # the levels not chosen are there, too


def test_a_memo_without_a_grade_says_that_it_waits(course):
    grade(course, "ada", score=4.0)
    text = words(page_of(course))
    assert "Not graded yet: 0 of 6 points" in text
    assert "4 of 10 points so far" in text


def test_levels_that_do_not_add_up_are_remarked_to_the_grader(course):
    grade(course, "ada", score=4.0)
    grade_by_hand(course, "ada", score=5.0, comment="Mandate: 2\nProof: 2")
    remarks = write_feedback(course, UNIT).remarks
    assert remarks == ("ada: the levels named for essay add up to 4, the grade is 5",)


def page_that_shows(course, outputs):
    """Return the page of a notebook with a further cell that has these outputs."""
    grade(course, "ada", score=4.0)
    path = course.step("autograded", "ada", UNIT) / f"{UNIT}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(3, new_code_cell("chart", outputs=outputs))
    nbformat.write(notebook, path)
    return page_of(course)


def test_charts_are_drawn_offline_with_their_words(course):
    chart = pmlab.charts.bars({"Berlin": 3, "Kyoto": 5}, title="Kyoto leads")
    outputs = [
        new_output("display_data", {PLOTLY_TYPE: chart.plotly_json()}),
        new_output("display_data", {"text/html": chart._repr_html_()}),
    ]
    page = page_that_shows(course, outputs)
    assert page.select_one('[role="figure"]')["aria-label"] == "Kyoto leads"
    assert "Largest: Kyoto with 5" in words(page)
    assert page.select_one("#plotly-script") is not None


def test_large_pictures_are_shown_and_outputs_that_are_too_long_say_so(course):
    picture = base64.b64encode(bytes(range(256)) * 600).decode()
    table = f'<div class="pmlab-chart">{"<p>word</p>" * 10_000}</div>'
    outputs = [
        new_output("display_data", {"image/png": picture, "text/plain": 'A "map" <b>'}),
        new_output("display_data", {"image/png": 'x" onerror="alert(1)'}),
        new_output("display_data", {"text/html": table}),
    ]
    page = page_that_shows(course, outputs)
    (image,) = page.find_all("img")
    assert image["src"] == f"data:image/png;base64,{picture}"
    assert image["alt"] == 'A "map" <b>'
    assert f"An output of {len(table):,} characters is too long" in words(page)


def test_hints_are_counted(course):
    grade(course, "ada", score=4.0)
    place = course.step("submitted", "ada", UNIT) / "hints.json"
    place.write_text('{"square-test": 2, "x": "no number"}')
    assert "You looked at 2 hints" in words(page_of(course))


class Outline(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.ranks, self.addresses = [], []

    def handle_starttag(self, tag, attrs):
        if re.fullmatch("h[1-6]", tag):
            self.ranks.append(int(tag[1]))
        named = dict(attrs)
        self.addresses += [named[key] for key in ("src", "srcset") if key in named]
        if tag == "link":
            self.addresses.append(named.get("href"))


def test_the_page_is_in_order_and_asks_no_server(course):
    essay = "# Mine\n\n### Deep\n\n![spy](https://example.org/x.png) <script>x</script>"
    grade(course, "ada", score=2.0, essay=essay)
    grade_by_hand(course, "ada", score=3.0, comment="# Shouting\nGood.")
    page = page_of(course)
    outline = Outline()
    outline.feed(str(page))
    assert outline.ranks[0] == 1
    assert outline.ranks.count(1) == 1
    steps = zip(outline.ranks, outline.ranks[1:], strict=False)
    assert all(after - before <= 1 for before, after in steps)
    assert outline.addresses == []
    assert page.html["lang"] == "en"
    assert page.title.string == f"Feedback: {UNIT}"
    assert "default-src 'none'" in str(page.head)
    assert not page.find("script")
    assert all(cell.get("scope") for cell in page.find_all("th"))


def test_what_was_handed_in_stands_on_the_page_as_text(course):
    grade(course, "ada", score=0.0, code='x = "<script>alert(1)</script>"')
    page = page_of(course)
    assert 'x = "<script>alert(1)</script>"' in page.find("pre").get_text()


def test_a_late_penalty_is_named(tmp_path):
    settings = (
        f"[grading]\nlate_loss_per_day = 0.5\n"
        f"due = {{ {UNIT} = 2026-11-20T08:00:00Z }}\n"
    )
    course = graded_course(tmp_path, settings=settings)
    grade(course, "ada", score=4.0)
    assert "2 of 10 points so far, 2 taken off for lateness" in words(page_of(course))


def test_one_broken_notebook_does_not_sink_the_others(course):
    for learner in ("ada", "bo"):
        grade(course, learner, score=4.0)
    (course.step("autograded", "ada", UNIT) / f"{UNIT}.ipynb").write_text("{}")
    written = write_feedback(course, UNIT)
    assert list(written.failed) == ["ada"]
    assert "no page for ada" in written.failed["ada"]
    assert [path.parts[-3] for path in written.pages] == ["bo"]


def test_without_grades_the_next_step_is_named(course):
    with pytest.raises(CourseError, match=f"run `pmlab teach grade {UNIT}` first"):
        write_feedback(course, UNIT)


# nbgrader leaves the file with the time open.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:unclosed file")
def test_the_exchange_gets_the_pages(tmp_path):
    exchange = tmp_path / "exchange"
    (exchange / "plain").mkdir(parents=True)
    config = f"c.Exchange.root = {str(exchange)!r}\n"
    course = graded_course(tmp_path / "course", config=config)
    grade(course, "ada", score=4.0)
    secret = course.step("autograded", "ada", UNIT) / "submission_secret.txt"
    secret.write_text("hush")
    assert write_feedback(course, UNIT, exchange=True).released
    (page,) = (exchange / "plain" / "feedback").glob("*.html")
    assert "Feedback" in page.read_text()


@pytest.mark.slow
def test_nbgraders_own_command_makes_the_same_page(tmp_path):
    config = (
        "from pmlab.grading.feedback.exporter import use_feedback_pages\n"
        "use_feedback_pages(c)\n"
    )
    course = graded_course(tmp_path, config=config)
    grade(course, "ada", score=0.0, outputs=[assertion_error(3)])
    ours = str(page_of(course))
    path = course.step("feedback", "ada", UNIT) / f"{UNIT}.html"
    path.unlink()
    nbgrader(tmp_path, "generate_feedback", UNIT, "--force")
    theirs = path.read_text(encoding="utf-8")
    assert str(BeautifulSoup(theirs, "html.parser")) == ours
    assert "mathjax" not in theirs.lower()


def test_the_hidden_region_is_cut_at_its_marks():
    hidden = hidden_part(TESTS)
    assert hidden.visible == 'assert square(2) == 4, "two times two"'
    assert hidden.lines == {2, 3, 4}
    assert any("961" in text for text in hidden.texts)


@pytest.mark.parametrize(("line", "told"), [(1, "square(2) == 4"), (3, "hidden test")])
def test_errors_of_our_own_grader_are_read_too(line, told):
    said = f"line {line}: {TESTS.splitlines()[line - 1]}"
    error = {"ename": "AssertionError", "evalue": "", "traceback": [said]}
    reason = reason_of_error(error, TESTS, hidden_part(TESTS))
    assert told in reason
    assert "961" not in reason


def test_an_error_named_by_the_learner_carries_nothing():
    error = assertion_error(3, name="Leak_961", value="961")
    assert "961" not in reason_of_error(error, TESTS, hidden_part(TESTS))


def test_levels_are_read_as_graders_write_them():
    rubric = read_rubric(RUBRIC)
    assert [item.name for item in rubric] == ["Mandate", "Proof"]
    assert rubric[0].levels[2] == "Says it halfway"
    comment = "mandate = 2: a start\n* Proof: 7\nProof was thin: 1"
    assert chosen_levels(comment, rubric) == {"Mandate": 2}
    assert read_rubric("| A | B |\n|---|---|\n| 1 | 2 |") == ()


@given(st.text(alphabet="<>/ahrefscriptonclick=\"':!-&;#x1 \n", max_size=200))
def test_no_text_becomes_a_script_or_a_request(text):
    soup = BeautifulSoup(clean_html(text), "html.parser")
    assert not soup.find(["script", "style", "iframe", "link", "object", "svg"])
    assert not [tag for tag in soup.find_all() for key in tag.attrs if key[:2] == "on"]


@pytest.mark.parametrize(
    "text",
    [
        '<a href="javascript:alert(1)">x</a>',
        '<img src="http://example.org/x.png">',
        '<p style="background:url(http://example.org)">x</p>',
        "<svg><script>1</script></svg>",
        '<form action="http://example.org"><input></form>',
    ],
)
def test_what_could_run_or_ask_is_taken_away(text):
    left = clean_html(text)
    assert not re.search("javascript|src=|action=|url\\(", left)
    # A link asks only when someone follows it.
    links = BeautifulSoup(left, "html.parser").find_all("a", href=True)
    assert left.count("example.org") == len(links)


def test_markdown_keeps_its_meaning():
    shown = markdown_html("**bold** and `code`\n\n| a | b |\n|---|---|\n| 1 | 2 |")
    assert "<strong>bold</strong>" in shown
    assert '<th scope="col">' in shown


def test_ids_that_are_patterns_or_not_seen_are_told_and_make_no_others_page(course):
    grade(course, "bo", score=4.0)
    odd = {"a\nb", "c\xa0d", "*", "[a-z]*"}
    for learner in odd:
        course.step("autograded", learner, UNIT).mkdir(parents=True)
    written = write_feedback(course, UNIT)
    assert [path.parts[-3] for path in written.pages] == ["bo"]
    assert written.failed.keys() == odd
    assert all("rename the folder" in why for why in written.failed.values())
