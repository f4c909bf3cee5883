import io
import linecache
import logging
import sys
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pmlab import checks
from pmlab.checks.exercise import audit
from pmlab.checks.messages import Trap


def check_of(value, expected=100, points=5, **options):
    with checks.exercise("tam", points=points, read="Lesson 03, section 2") as check:
        check.number(value, expected, what="the TAM", unit="USD a year", **options)
    return check.verdict()


def verdict_of(answer):
    """Check what the learner's function returns."""
    with checks.exercise("tam", points=5) as check:
        check.number(answer(), 100, what="the TAM")
    return check.verdict()


def as_a_cell(source):
    """Run the learner's text as a notebook does and return its functions."""
    space = {"__name__": "__main__"}
    lines = source.splitlines(keepends=True)
    linecache.cache["<her cell>"] = (len(source), None, lines, "<her cell>")
    exec(compile(source, "<her cell>", "exec"), space)  # noqa: S102
    return space


def test_a_right_answer_gets_all_points_and_no_reasons():
    verdict = check_of(100.2)
    assert (verdict.credit, verdict.reasons, verdict.status) == (5, (), "passes")


def test_an_unknown_wrong_answer_shows_what_you_have_and_the_idea():
    verdict = check_of(70, idea="TAM counts paying units, once, for one year.")
    assert verdict.credit == 0
    assert verdict.reasons == (
        "You have 70 USD a year for the TAM. That is not right for these data. "
        "TAM counts paying units, once, for one year.",
    )
    assert "Read: Lesson 03, section 2." in verdict.text
    assert "100" not in verdict.text


def test_a_known_wrong_answer_gets_its_own_message(in_force):
    in_force({"people": "You have {yours}; {people:.1f} live in a home, {n}, {unit}."})
    verdict = check_of(
        260, traps={"people": 260}, facts={"people": 2.6, "n": np.int64(1234)}
    )
    assert verdict.trap == "people"
    assert verdict.reasons == (
        "You have 260 USD a year; 2.6 live in a home, 1,234, USD a year.",
    )


def test_a_missing_fact_shows_as_a_dash(in_force):
    in_force({"people": "You have {yours}; {people:.1f} live in a home."})
    verdict = check_of(260, traps={"people": 260})
    assert verdict.reasons == ("You have 260 USD a year; – live in a home.",)


@pytest.mark.parametrize("fact", [float("nan"), float("inf"), None, "x", True, [1]])
def test_no_fact_stops_a_message(in_force, fact):
    in_force({"people": "You have {yours}: {fact}"})
    verdict = check_of(260, traps={"people": 260}, facts={"fact": fact})
    assert verdict.reasons[0].startswith("You have 260 USD a year: ")


def test_a_trap_without_words_is_still_named():
    verdict = check_of(260, traps={"people": 260})
    assert verdict.trap == "people"
    assert "That is not right for these data." in verdict.reasons[0]


def test_another_convention_keeps_its_share_and_goes_on(in_force):
    in_force({"midpoint": Trap("You used {yours}; this course uses the mean.", 0.5)})
    with checks.exercise("tam", points=5) as check:
        check.number(105, 100, traps={"midpoint": 105})
        check.number(200, 200)
    verdict = check.verdict()
    assert (verdict.credit, verdict.status, verdict.trap) == (2.5, "partly", "midpoint")
    assert len(verdict.comparisons) == 2


def test_another_convention_does_not_excuse_a_later_mistake(in_force):
    in_force({"midpoint": Trap("This course uses the mean.", 0.5)})
    with checks.exercise("tam", points=5) as check:
        check.number(105, 100, traps={"midpoint": 105})
        check.number(7, 200)
    verdict = check.verdict()
    assert verdict.credit == 0
    assert len(verdict.reasons) == 2


@pytest.mark.parametrize(
    ("number", "call", "credit"),
    [(100, "GO", 10), (100, "NO-GO", 7), (70, "GO", 0), (70, "NO-GO", 0)],
)
def test_a_decision_is_graded_with_its_number(number, call, credit):
    with checks.exercise("tam", points=10) as check:
        check.number(number, 100)
        check.choice(call, "GO", options=("GO", "NO-GO"), keeps=0.7)
    assert check.verdict().credit == credit


@pytest.mark.parametrize("keeps", [1, 1.5, -0.1, float("nan")])
def test_a_comparison_that_keeps_all_or_less_than_nothing_is_refused(keeps):
    verdict = check_of(100, keeps=keeps)
    assert verdict.credit == 0
    assert "keeps ==" in verdict.reasons[0]


def test_the_first_failure_ends_the_block():
    reached = []
    with checks.exercise("tam", points=5) as check:
        check.number(70, 100)
        reached.append("second")
        check.number(70, 200)
    assert not reached
    assert len(check.verdict().reasons) == 1


def test_an_audit_makes_all_comparisons():
    with audit(), checks.exercise("tam", points=5) as check:
        check.number(70, 100)
        check.number(70, 200)
    assert [item.right for item in check.verdict().comparisons] == [False, False]


def test_on_hidden_data_the_reason_says_so():
    with checks.exercise("tam", points=5) as check:
        check.number(100, 100)
        checks.variants(1)
        check.number(100, 200, what="the TAM")
    verdict = check.verdict()
    assert verdict.graded
    assert "data, which you have not seen" in verdict.reasons[0]
    assert "200" not in verdict.text


def test_every_kind_of_comparison_counts():
    table = pd.DataFrame({"a": [1.0]})
    with checks.exercise("tam", points=5) as check:
        check.number(1, 1)
        check.interval((1, 2), (1, 2))
        check.record({"a": 1}, {"a": 1})
        check.choice("a", "a", options=("a", "b"))
        check.labels({"x": "a"}, {"x": "a"}, options=("a", "b"))
        check.ranking(["x"], ["x"])
        check.table(table, table)
    assert check.verdict().credit == 5
    assert len(check.verdict().comparisons) == 7


class UnprintableError(Exception):
    def __str__(self):
        raise RuntimeError("no text")

    __repr__ = __str__


class NoTextError(Exception):
    def __str__(self):
        return 7  # noqa: PLE0307 - a learner may write it


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ValueError("bad"), "stopped with ValueError: bad."),
        (
            KeyError("county"),
            "KeyError: 'county' is not there; check the names of columns and keys",
        ),
        (KeyError(UnprintableError()), "stopped with KeyError."),
        (ZeroDivisionError(), "stopped with ZeroDivisionError."),
        (SystemExit(0), "ended the program"),
        (RecursionError("deep"), "calls itself without end"),
        (MemoryError(), "stopped with MemoryError."),
        (NotImplementedError(), "no answer yet"),
        (StopIteration(), "stopped with StopIteration."),
        (AssertionError("x" * 5000), "stopped with AssertionError: xxx"),
        (UnprintableError(), "stopped with UnprintableError."),
        (NoTextError(), "stopped with NoTextError."),
        (ExceptionGroup("two", [ValueError("a"), TypeError("b")]), "ExceptionGroup"),
        (UserWarning("as an error"), "UserWarning: as an error"),
    ],
    ids=lambda item: type(item).__name__,
)
def test_whatever_the_code_raises_becomes_a_reason(error, words):
    def answer():
        raise error

    verdict = verdict_of(answer)
    assert verdict.credit == 0
    assert words in verdict.reasons[0]
    assert len(verdict.reasons[0]) < 600


def test_real_endless_recursion_becomes_a_reason():
    def answer():
        return answer() + 1

    assert "calls itself without end" in verdict_of(answer).reasons[0]


def test_a_missing_name_says_which_cell_to_run():
    with checks.exercise("tam", points=5) as check:
        check.number(annual_tam_usd, 100)  # noqa: F821 - that is the point
    (reason,) = check.verdict().reasons
    assert "The name `annual_tam_usd` does not exist yet" in reason
    assert "Shift+Enter" in reason


def test_the_reason_shows_her_line_not_the_librarys():
    source = "def tam(table):\n    return table['homes'].sum()\n"
    tam = as_a_cell(source)["tam"]
    verdict = verdict_of(lambda: tam(pd.DataFrame({"people": [1]})))
    assert verdict.reasons[0].endswith("at the line `return table['homes'].sum()`.")


def test_the_line_is_hers_when_the_standard_library_raises():
    source = "import json\ndef tam():\n    return json.loads('{')\n"
    tam = as_a_cell(source)["tam"]
    assert "at the line `return json.loads('{')`." in verdict_of(tam).reasons[0]


def test_a_call_of_hers_that_does_not_fit_is_not_blamed_on_her_first_line():
    source = "def half(of):\n    return of / 2\ndef tam(n):\n    return half(n, by=2)\n"
    tam = as_a_cell(source)["tam"]
    with checks.exercise("tam", points=5) as check:
        check.number(tam(1), 100)
    (reason,) = check.verdict().reasons
    assert "`return half(n, by=2)`" in reason
    assert "first line" not in reason
    assert "the arguments of that call" in reason


@pytest.mark.parametrize("error", [KeyboardInterrupt("stop"), GeneratorExit("stop")])
def test_an_interrupt_passes_through_and_earns_nothing(error):
    check = checks.exercise("tam", points=5)

    def stopped():
        with check:
            check.number(100, 100)
            raise error

    with pytest.raises(type(error), match="stop"):
        stopped()
    assert check.verdict().credit == 0


def test_a_block_that_compares_nothing_earns_nothing():
    with checks.exercise("tam", points=5) as check:
        pass
    assert check.verdict().credit == 0
    assert "compares nothing" in check.verdict().reasons[0]


def test_a_verdict_inside_the_block_earns_nothing_yet():
    with checks.exercise("tam", points=5) as check:
        check.number(100, 100)
        assert check.verdict().credit == 0


def noisy(value):
    warnings.warn("a pandas remark", FutureWarning, stacklevel=1)
    print("to stderr", file=sys.stderr)  # noqa: T201
    print("to stdout")  # noqa: T201
    logging.getLogger("her").error("logged")
    logging.getLogger().critical("logged, too")
    return value


@pytest.mark.parametrize(("value", "credit"), [(100, 5), (70, 0)])
def test_noise_neither_costs_nor_wins_points(value, credit, capfd):
    logging.getLogger("her").addHandler(logging.StreamHandler(sys.stderr))
    verdict = verdict_of(lambda: noisy(value))
    assert verdict.credit == credit
    assert capfd.readouterr().err == ""
    assert verdict.notes == (
        "your code warned: a pandas remark",
        "your code warned: to stderr",
    )


@pytest.mark.filterwarnings("error")
def test_a_warning_costs_nothing_even_where_warnings_are_errors():
    assert verdict_of(lambda: noisy(100)).credit == 5


def test_a_flood_of_warnings_becomes_three_notes():
    def answer():
        for number in range(1000):
            warnings.warn(f"remark {number} " + "x" * 999, UserWarning, stacklevel=1)
        return 100

    notes = verdict_of(answer).notes
    assert len(notes) == 3
    assert all(len(note) < 400 for note in notes)


def test_the_block_leaves_stderr_warnings_and_logging_as_they_were():
    stderr, filters = sys.stderr, list(warnings.filters)
    disabled = logging.root.manager.disable
    for answer in (lambda: noisy(100), lambda: 1 / 0, sys.exit):
        verdict_of(answer)
    assert sys.stderr is stderr
    assert list(warnings.filters) == filters
    assert logging.root.manager.disable == disabled


def test_the_block_survives_code_that_replaces_stderr():
    def answer():
        sys.stderr = io.StringIO()
        return 100

    stderr = sys.stderr
    assert verdict_of(answer).credit == 5
    assert sys.stderr is stderr


def test_nbgraders_validate_gets_the_reason_on_stderr(monkeypatch, capsys):
    monkeypatch.setenv("NBGRADER_VALIDATING", "1")
    check_of(100)
    assert capsys.readouterr().err == ""
    check_of(70, idea="Count homes. " * 20)
    said = capsys.readouterr().err
    assert said.startswith("Not yet: 0 of 5 points\nYou have 70 USD a year")
    assert max(map(len, said.splitlines())) <= 80


@pytest.mark.parametrize("value", [np.float64(100), np.int64(100), np.array(100.0)])
def test_a_numpy_number_is_as_good_as_another(value):
    assert check_of(value).credit == 5
    assert check_of(-value).credit == 0


@given(
    st.one_of(st.none(), st.booleans(), st.floats(), st.text(), st.lists(st.floats())),
    st.floats(0, 0.99),
)
def test_credit_is_always_between_nothing_and_all(value, keeps):
    verdict = check_of(value, keeps=keeps)
    assert 0 <= verdict.credit <= 5
    assert (verdict.status == "passes") is not bool(verdict.reasons)


@given(st.text(max_size=60))
def test_no_text_of_the_learner_is_taken_for_a_template(text):
    with checks.exercise("tam", points=5) as check:
        check.choice(text, "GO", options=("GO", "NO-GO", text), traps={"t": text})
    verdict = check.verdict()
    assert verdict.credit == (5 if text == "GO" else 0)
    assert verdict._repr_html_()


def test_prints_on_hidden_data_are_not_shown(capsys):
    with checks.exercise("demo", points=5) as check:
        sys.stdout.write("on the small table\n")
        checks.variants(2)
        sys.stdout.write("on hidden data\n")
        check.number(1, 1)
    assert capsys.readouterr().out == "on the small table\n"
    assert check.verdict().graded


@pytest.mark.parametrize(
    ("answer", "advice"),
    [
        (lambda table: 1 if table["income"].iloc[1] < 5 else 2, "nor is it larger"),
        (lambda table: max(0, table["income"]), "np.maximum"),
        (
            lambda table: np.select([table["income"] < 5], [1], 2),
            "column.astype(float)",
        ),
    ],
)
def test_usual_troubles_with_tables_get_advice(answer, advice):
    table = pd.DataFrame({"income": pd.array([1, None], dtype="Int64")})
    with checks.exercise("demo", points=5) as check:
        check.number(answer(table), 1)
    assert advice in check.verdict().text


def test_a_name_missing_inside_a_function_is_told_from_one_missing_in_the_notebook():
    space = {"__name__": "__main__", "checks": checks}
    source = """
def answer():
    return npv
with checks.exercise("demo", points=5) as inside:
    inside.number(answer(), 1)
with checks.exercise("demo", points=5) as outside:
    outside.number(missing, 1)
"""
    exec(source, space)  # noqa: S102 - as a notebook would
    assert "Inside `answer` you use the name `npv`" in space["inside"].verdict().text
    assert "The name `missing` does not exist yet" in space["outside"].verdict().text


def test_the_small_table_can_be_looked_at_under_a_failing_verdict_only():
    table = pd.DataFrame({"county": ["<Alder>", "Birch"], "homes": [10, None]})
    for value, seen in ((1, True), (2, False)):
        with checks.exercise("demo", points=5) as check:
            check.show("the small table", table)
            check.number(value, 2)
        shown = check.verdict()._repr_html_()
        assert ("Look at the small table" in shown) == seen
        assert ("&lt;Alder&gt;" in shown) == seen
        assert repr(check.verdict()) == ("0" if seen else "5")


def test_a_part_that_stops_keeps_what_the_other_parts_earned():
    with checks.exercise("demo", points=4) as check:
        check.number(1, 1, what="the first")
        with check.part("the second", keeps=0.5):
            check.number(1 / 0, 2, what="the second", keeps=0.5)
        check.number(3, 3, what="the third")
    verdict = check.verdict()
    assert verdict.credit == 2
    assert "ZeroDivisionError" in verdict.text
    assert [item.right for item in verdict.comparisons] == [True, False, True]


def test_a_part_without_credit_ends_the_block():
    with checks.exercise("demo", points=4) as check:
        with check.part("the only one", keeps=0.0):
            raise KeyError("homes")
        check.number(1, 1)
    assert check.verdict().credit == 0
    assert len(check.verdict().comparisons) == 1


def fields_verdict(answer):
    with checks.exercise("tam", points=5) as check:
        parts = check.fields(answer, ["homes", "call"], what="the answer")
        check.number(parts["homes"], 3, what="the homes")
        check.choice(parts["call"], "GO", options=["GO", "STOP"], keeps=0.7)
    return check.verdict()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"homes": 3}, "Your dictionary lacks “call” (the answer)."),
        (
            {"homes": 3, "call": None},
            "There is nothing yet under “call” (the answer). If you wrote a function, "
            "does its last line start with `return`?",
        ),
        ({"homes": 3, "why": 1}, "lacks “call” and has “why”, for which the task does"),
        ([3, "GO"], "You have a list of 2 items. A dictionary with the keys"),
        (None, "There is no answer yet for the answer"),
    ],
)
def test_fields_say_what_a_dictionary_lacks_and_keep_no_credit(answer, words):
    verdict = fields_verdict(answer)
    assert words in verdict.reasons[0]
    assert (verdict.credit, len(verdict.reasons)) == (0, 1)


def test_fields_of_a_whole_dictionary_are_compared_one_by_one():
    assert fields_verdict({"homes": 3, "call": "GO"}).status == "passes"
    assert fields_verdict({"homes": 3, "call": "STOP"}).credit == 3.5


def test_a_key_too_many_costs_nothing():
    assert fields_verdict({"homes": 3, "call": "GO", "why": 1}).status == "passes"
    with checks.exercise("tam", points=5) as check:
        check.record({"a": 1, "b": 2, "mine": 3}, {"a": 1, "b": 2})
    assert check.verdict().status == "passes"


def test_under_an_audit_missing_fields_end_no_block():
    with audit():
        assert len(fields_verdict({"homes": 3}).comparisons) == 3


def test_advice_on_an_empty_cell_tells_nobody_to_drop_it():
    def answer():
        return sum(user not in [1] for user in pd.array([1, None], dtype="Int64"))

    (reason,) = verdict_of(answer).reasons
    assert "should such a row stay?" in reason
    assert "Drop" not in reason


def test_a_rounded_number_is_asked_about_before_the_idea():
    with checks.exercise("tam", points=5) as check:
        check.number(0.33, 1 / 3, what="the share", idea="A share of whom?")
    (reason,) = check.verdict().reasons
    assert "round only what you print. If you did not: A share of whom?" in reason
