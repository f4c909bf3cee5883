"""Reasons for no credit: made whatever values do, and with nothing hidden in them."""

import json
import textwrap

import pytest

from pmlab.authoring.learner_version import learner_version
from pmlab.grading.feedback.hidden import hidden_part, reason_of_error

pytestmark = pytest.mark.slow
POINTS = 5


def hides(visible, hidden):
    """Return the text of a check cell."""
    marks = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
    return f"{visible}\n{marks[0]}\n{hidden}\n{marks[1]}"


def solves(head, body):
    """Return the text of a solution."""
    lines = f"### BEGIN SOLUTION\n{body}\n### END SOLUTION"
    return f"{head}\n{textwrap.indent(lines, '    ')}"


HELPER = "def same(mine, right):\n    assert mine == right, f'{mine} is not {right}'"
MAKER = "def made(make, right):\n    assert make(right).v == right, 'wrong'"
MARK = (
    "def __init__(self, v):\n    self.v = v\ndef __str__(self):\n    return str(self.v)"
)
SOLUTIONS = {
    "double": solves("def double(x):", "return 2 * x"),
    "triple": solves("def triple(x):", "return 3 * x"),
    "Box": solves("class Box:", "def __init__(self, v):\n    self.v = v"),
    "Bag": solves("class Bag:", "def __init__(self, v):\n    self.v = v"),
    "Mark": solves("class Mark:", MARK),
}
CHECKS = {
    "double": hides("assert double(2) == 4, double(2)", "assert double(9) == 18"),
    "triple": hides(f"{HELPER}\nsame(triple(2), 6)", "same(triple(14), 42)"),
    "Box": hides("assert Box(2).v == 2, Box(2)", "assert Box(5).v == 5, Box(5)"),
    "Bag": hides(f"{MAKER}\nmade(Bag, 2)", "made(Bag, 42125)"),
    "Mark": f"assert Mark(2).v == 2\nMark({POINTS})",
}
HONEST = {
    "double": "def double(x):\n    return x + x",
    "triple": "def triple(x):\n    return x + x + x",
    "Box": "class Box:\n    def __init__(self, v):\n        self.v = v",
    "Bag": "class Bag:\n    def __init__(self, v):\n        self.v = v",
    "Mark": f"class Mark:\n{textwrap.indent(MARK, '    ')}",
}


def wrong_box(text):
    """Return a class that is wrong, and says something as its text."""
    return (
        "import os\nclass Box:\n    def __init__(self, v):\n        self.v = v + 1\n"
        f"    def __repr__(self):\n        {text}\n"
    )


WRONG = {
    "wrong-class": ("Box", wrong_box("return 'a box of mine'")),
    "text-raises": ("Box", wrong_box("raise RuntimeError('none')")),
    "text-exits": ("Box", wrong_box("raise SystemExit")),
    "text-ends-all": ("Box", wrong_box("os._exit(1)")),
    "text-is-a-number": ("Box", wrong_box("return 7")),
    "text-is-long": ("Box", wrong_box("return 'x' * 10**6")),
    "many-digits": ("double", "def double(x):\n    return 10 ** 5000"),
    "many-digits-below": (
        "double",
        "import fractions\ndef double(x):\n"
        "    return fractions.Fraction(1, 10 ** 29000)",
    ),
    "digits-in-a-list": ("double", "def double(x):\n    return [10 ** 5000]"),
    "no-credit": (
        "Mark",
        "class Mark:\n    def __init__(self, v):\n        self.v = v\n"
        "    def __str__(self):\n        raise ValueError('no')\n"
        "    __repr__ = __str__",
    ),
    "exit-for-credit": (
        "Mark",
        "class Mark:\n    def __init__(self, v):\n        self.v = v\n"
        "    def __str__(self):\n        raise SystemExit\n    __repr__ = __str__",
    ),
    "import-error": ("double", "def double(x):\n    raise ImportError('boo')"),
    "module-error": ("double", "def double(x):\n    import no_such_module"),
    "syntax-error": ("double", "def double(x):\n    exec('1 +')"),
    "visible-helper": ("triple", "def triple(x):\n    return 5"),
    "hidden-helper": ("triple", "def triple(x):\n    return 6"),
    "hidden-input": (
        "Bag",
        "class Bag:\n    def __init__(self, v):\n        if v != 2:\n"
        "            raise ValueError(f'given {v}')\n        self.v = v",
    ),
}
NO_TEXT = [
    name
    for name in WRONG
    if name.startswith(("text-", "many-", "digits-")) and name != "text-is-long"
]


@pytest.fixture(scope="module")
def graded(attack_course, tmp_path_factory):
    """The course, and what became of each submission."""
    course = attack_course.Course(tmp_path_factory.mktemp("reasons"))
    path = course.folder / "source" / "one" / "one.ipynb"
    notebook = json.loads(path.read_text())
    notebook["cells"] = [
        cell(name if part == 0 else f"{name}-check", source, part * POINTS)
        for name, solution in SOLUTIONS.items()
        for part, source in enumerate((solution, CHECKS[name]))
    ]
    path.write_text(json.dumps(notebook))
    course.submit("honest", submission(notebook, HONEST))
    for learner, (name, source) in WRONG.items():
        course.submit(learner, submission(notebook, HONEST | {name: source}))
    return course, {name: line.outcome for name, line in course.grade().items()}


def cell(name, source, points):
    about = {
        "grade_id": name,
        "grade": points > 0,
        "solution": points == 0,
        "locked": points > 0,
        "task": False,
        "schema_version": 3,
        "cell_type": "code",
    } | ({"points": points} if points else {})
    made = {"cell_type": "code", "id": name, "metadata": {"nbgrader": about}}
    return made | {"source": source, "outputs": [], "execution_count": None}


def submission(notebook, answers):
    made = learner_version(json.loads(json.dumps(notebook)))
    for item in made["cells"]:
        item["source"] = answers.get(item["id"], item["source"])
    return made


def check_of(outcome, name):
    return next(check for check in outcome.checks if check.cell == f"{name}-check")


def test_honest_answers_get_all_points(graded):
    outcome = graded[1]["honest"]
    assert (outcome.status, outcome.credit) == ("graded", POINTS * len(SOLUTIONS))


@pytest.mark.parametrize("learner", WRONG)
def test_a_wrong_answer_costs_the_points_of_its_own_check_only(graded, learner):
    outcome, name = graded[1][learner], WRONG[learner][0]
    assert outcome is not None
    assert check_of(outcome, name).credit == 0
    assert check_of(outcome, name).reasons
    assert outcome.credit == POINTS * (len(SOLUTIONS) - 1)


@pytest.mark.parametrize("learner", WRONG)
def test_what_texts_of_values_do_is_no_fault_of_the_course(graded, learner):
    outcome = graded[1][learner]
    expected = "crashed" if learner == "text-ends-all" else "graded"
    assert outcome.status == expected
    assert not any("itself has an error" in finding for finding in outcome.findings)


def test_the_text_of_a_wrong_object_stands_in_the_reason(graded):
    (reason,) = check_of(graded[1]["wrong-class"], "Box").reasons
    assert reason.endswith("AssertionError: a box of mine")


@pytest.mark.parametrize("learner", NO_TEXT)
def test_a_value_without_a_text_is_named_as_such(graded, learner):
    (reason,) = check_of(graded[1][learner], WRONG[learner][0]).reasons
    assert "a value that can't be shown as text" in reason


def test_a_long_text_is_cut(graded):
    course, outcomes = graded
    (reason,) = check_of(outcomes["text-is-long"], "Box").reasons
    assert len(reason) < 700
    assert len(json.dumps(course.graded("text-is-long"))) < 50_000


@pytest.mark.parametrize("learner", ["no-credit", "exit-for-credit"])
def test_a_last_line_without_a_text_gives_no_credit_and_says_so(graded, learner):
    (reason,) = check_of(graded[1][learner], "Mark").reasons
    assert "the value of the check's last line can't be read" in reason


@pytest.mark.parametrize("learner", ["import-error", "module-error", "syntax-error"])
def test_a_learners_own_error_stands_in_the_reason(graded, learner):
    (reason,) = check_of(graded[1][learner], "double").reasons
    assert "Error: " in reason


def test_a_visible_helper_shows_the_line_that_stops(graded):
    check = check_of(graded[1]["visible-helper"], "triple")
    assert not check.hidden
    assert check.reasons[0].endswith("AssertionError: 5 is not 6")


@pytest.mark.parametrize("learner", ["hidden-helper", "hidden-input"])
def test_a_visible_helper_of_a_hidden_test_shows_nothing(graded, learner):
    course, outcomes = graded
    name = WRONG[learner][0]
    check = check_of(outcomes[learner], name)
    assert check.hidden
    assert check.reasons == ("A test that is not shown does not pass.",)
    cells = {item["id"]: item for item in course.graded(learner)["cells"]}
    outputs = cells[f"{name}-check"]["outputs"]
    (output,) = [item for item in outputs if item["output_type"] == "error"]
    hidden = hidden_part(CHECKS[name])
    told = reason_of_error(output, CHECKS[name], hidden)
    assert told.startswith("A hidden test did not pass")
