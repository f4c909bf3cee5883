import logging
import re
from html.parser import HTMLParser

import nbformat.v4
import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.formatters import DisplayFormatter
from nbclient import NotebookClient
from nbgrader.utils import determine_grade, get_partial_grade

from pmlab import checks
from pmlab.checks import Verdict


def verdict(**values):
    return Verdict(**{"exercise": "tam", "points": 5, "share": 1.0, **values})


def output_of(value):
    """Return what a notebook stores when ``value`` ends a cell."""
    data, metadata = DisplayFormatter(active_types=["text/plain", "text/html"]).format(
        value
    )
    return nbformat.v4.new_output(
        "execute_result", data=data, metadata=metadata, execution_count=1
    )


def graded_by_nbgrader(outputs, points):
    about = {"grade": True, "solution": False, "points": points, "grade_id": "tam"}
    cell = nbformat.v4.new_code_cell(outputs=outputs, metadata={"nbgrader": about})
    return determine_grade(cell, logging.getLogger("nbgrader"))


@given(st.integers(1, 40), st.floats(0, 1))
def test_nbgrader_reads_the_credit_from_the_output(points, share):
    made = verdict(points=points, share=share)
    assert graded_by_nbgrader([output_of(made)], points) == (made.credit, points)
    assert made.credit == pytest.approx(points * share, abs=0.006)
    assert 0 <= made.credit <= points


@given(st.integers(1, 40), st.floats(0, 1))
def test_the_text_form_is_a_plain_number(points, share):
    shown = repr(verdict(points=points, share=share))
    assert re.fullmatch(r"\d+(\.\d{1,2})?", shown)
    assert get_partial_grade({"data": {"text/plain": shown}}, points) == float(shown)


@pytest.mark.parametrize(
    ("value", "points"), [(100, 5.0), (70, 0.0), (True, 0.0), (None, 0.0), ("100", 0.0)]
)
def test_an_answer_earns_at_nbgraders_what_the_verdict_says(value, points):
    with checks.exercise("tam", points=5) as check:
        check.number(value, 100)
    outputs = [
        nbformat.v4.new_output("stream", name="stdout", text="5\n"),
        output_of(check.verdict()),
    ]
    assert graded_by_nbgrader(outputs, 5) == (points, 5)


NOISY = """
import logging, sys, warnings
logging.basicConfig()
def tam():
    warnings.warn("deprecated", FutureWarning)
    warnings.warn("deprecated")
    logging.warning("logged")
    print("5")
    print("err", file=sys.stderr)
    display(5)
    return {value}
"""
CHECK = """
import pmlab as pm
with pm.checks.exercise("tam", points=5) as check:
    check.number(tam(), 100)
check.verdict()
"""


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(
    ("value", "points"), [("100.0", 5), ("70.0", 0), ("1 / 0", 0), ("exit()", 0)]
)
def test_in_a_real_kernel_noise_neither_costs_nor_wins_points(value, points):
    cells = [NOISY.format(value=value), CHECK]
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells]
    )
    NotebookClient(notebook, kernel_name="python3").execute()
    outputs = notebook.cells[1].outputs
    assert graded_by_nbgrader(outputs, 5) == (points, 5)
    assert not [it for it in outputs if it.get("name") == "stderr"]


def test_the_visible_part_never_says_that_all_is_passed():
    seen = verdict()
    assert seen.headline == (
        "The visible checks pass: 5 points in reach. "
        "Grading adds checks that are not shown here."
    )
    for made in (seen, verdict(graded=True), verdict(share=0.5), verdict(share=0.0)):
        assert "all passed" not in made.text.lower()
        assert "all tests" not in made.text.lower()


@pytest.mark.parametrize(
    ("share", "headline"),
    [
        (1.0, "The checks pass: 5 of 5 points"),
        (0.7, "Partly right: 3.5 of 5 points"),
        (0.0, "Not yet: 0 of 5 points"),
    ],
)
def test_the_headline_has_status_and_points(share, headline):
    assert verdict(share=share, graded=True).headline == headline


def test_the_text_has_reasons_the_place_to_read_and_notes():
    made = verdict(share=0.0, reasons=("Why.",), notes=("A remark.",), read="Lesson 3")
    assert made.text == "Not yet: 0 of 5 points\nWhy.\nRead: Lesson 3.\nNote: A remark."


def test_a_right_answer_is_not_sent_back_to_the_lesson():
    assert "Read:" not in verdict(read="Lesson 3").text
    assert "Read:" not in verdict(read="Lesson 3")._repr_html_()


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen, self.words = [], set(), ""

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.seen.add(tag)
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words += data


def parsed(page):
    reader = Tags()
    reader.feed(page)
    reader.close()
    assert not reader.open
    return reader


def test_text_of_the_learner_is_never_markup():
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    with checks.exercise("tam", points=5, read=evil) as check:
        check.choice(evil, "GO", options=("GO", evil), what=evil, idea=evil)
    reader = parsed(check.verdict()._repr_html_())
    assert reader.seen <= {"div", "p", "span", "code", "em"}
    assert evil in reader.words


@given(st.text("ab <>&`*\"'{}\n", max_size=40))
def test_any_reason_gives_well_formed_html_with_all_its_letters(text):
    reader = parsed(verdict(share=0.0, reasons=(text,))._repr_html_())
    letters = [sign for sign in text if sign not in "`*"]
    assert "".join(letters) in reader.words.replace("`", "").replace("*", "")


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("`a*b` and `c*d`", "<code>a*b</code> and <code>c*d</code>"),
        ("every *person* counts", "every <em>person</em> counts"),
        ("*two words*, then", "<em>two words</em>, then"),
        ("2*3*4 = 24", "2*3*4 = 24"),
        ("2 * 3 * 4 = 24", "2 * 3 * 4 = 24"),
        ("f(**kwargs) and **more", "f(**kwargs) and **more"),
        ("one ` alone", "one ` alone"),
        ("a < b & c", "a &lt; b &amp; c"),
    ],
)
def test_stress_and_code_are_marked_and_formulas_left_alone(text, html):
    assert f">{html}</p>" in verdict(share=0.0, reasons=(text,))._repr_html_()


def test_the_status_is_announced_and_not_by_color_alone():
    page = verdict(share=0.0)._repr_html_()
    assert 'role="status"' in page
    assert "Not yet" in page
    assert 'aria-hidden="true">✗' in page
