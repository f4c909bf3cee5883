"""Which checks wait for the end: never one to which a later cell makes a difference."""

import copy

import nbformat
import pytest

from pmlab.grading.course_folder import CourseFolder
from pmlab.grading.grade import grade_unit
from pmlab.grading.judge import names
from pmlab.grading.judge.lasting import asked_at_end
from pmlab.grading.rebuild import Cell
from tests.grading.plain_course import UNIT, make_course, submission_notebook, submit

pytestmark = pytest.mark.slow
CHECK = "assert f(1) == 2"
PLAIN = (
    "import math\nSTEP = 1\ndef g(x):\n    return x + STEP\ndef f(x):\n    return g(x)"
)


def waiting(*sources, check=CHECK, solution="def f(x): return x"):
    """Tell whether the check after the first cell may ask when all cells have run."""
    first, *later = sources
    cells = [
        Cell(
            kind="answer", id="a", cell_type="code", source=first, instructors=solution
        ),
        Cell(kind="check", id="c", cell_type="code", source=check, instructors=check),
        *(
            Cell(kind="answer", id=f"l{n}", cell_type="code", source=text)
            for n, text in enumerate(later)
        ),
    ]
    return 1 in asked_at_end(cells, names.plan(cells))


@pytest.mark.parametrize(
    "later",
    [
        "",
        "h = f(3)",
        "def h(x):\n    return f(x) + STEP",
        "table = {}\ntable['f'] = f",
        "import numpy as np\nvalues = np.zeros(3)\nvalues[0] = 1",
        "for x in range(3):\n    print(x)",
        "raise ValueError",
    ],
)
def test_a_plain_function_lasts(later):
    assert waiting(PLAIN, later)


@pytest.mark.parametrize(
    "later",
    [
        "def f(x):\n    return 0",
        "STEP = 5",
        "STEP += 1",
        "for STEP in range(3): pass",
        "[STEP := 4 for _ in 'a']",
        "with open('x') as g: pass",
        "import numpy as g",
        "from numpy import *",
        "del g",
        "class g: pass",
        "try:\n    1 / 0\nexcept ZeroDivisionError as g:\n    pass",
        "match 1:\n    case g: pass",
        "def later():\n    global STEP\n    STEP = 9",
        "async def g(): pass",
        "math.floor = len",
        "f.__code__ = len.__code__",
        "f.note = 1",
        "exec('STEP = 5')",
        "globals()['STEP'] = 5",
        "setattr(math, 'floor', len)",
        "def h():\n    import os as o\n    o.environ['x'] = '1'",
        "import sys\nsys.modules",
        "%time f(1)",
        "!ls",
        "f?",
        "def broken(:",
        "x = " + "(" * 300,
        "x = " + "-" * 100_000 + "1",
        "x = 1" + " + 1" * 10_000,
        "\0",
        "'" + "x" * 70_000 + "'",
        "def h(x):\n"
        + "    x = 1\n" * 2000
        + "    return ["
        + "lambda: 0, " * 600
        + "]",
    ],
)
def test_what_may_change_it_later_needs_a_copy(later):
    assert not waiting(PLAIN, later)


@pytest.mark.parametrize(
    "first",
    [
        "table = {1: 2}\ndef f(x):\n    return table[x]",
        "def f(x, seen=[]):\n    return x",
        "def f(x, *, seen={}):\n    return x",
        "import functools\n@functools.cache\ndef f(x):\n    return x",
        "f = lambda x: x",
        "def f(x):\n    global last\n    last = x\n    return last",
        "class f:\n    seen = []",
        "def f(x):\n    return _",
        "def f(x):\n    return Out[1]",
        "def f(x):\n    return later(x)\ntext = [1]\ndef later(x):\n    return text",
        "if True:\n    def f(x):\n        return x",
        "f = None\nf = print",
    ],
)
def test_what_is_not_plain_needs_a_copy(first):
    assert not waiting(first)


def test_a_function_that_a_later_cell_defines_is_not_there_at_the_check():
    calls = "def f(x):\n    return later(x)"
    assert not waiting(calls, "def later(x):\n    return x")
    assert waiting("def later(x):\n    return x\n" + calls)


def test_values_need_a_copy_and_constants_do_not():
    for text, plain in (
        ("f = 3", True),
        ("f = -1, (2, 'a')", True),
        ("f = [3]", False),
    ):
        assert waiting(text, check="assert f", solution="f = 3") is plain


def test_a_long_chain_of_functions_is_followed():
    chain = [f"def a{n}(x):\n    return a{n + 1}(x)" for n in range(400)]
    last = "def a400(x):\n    return {0}\ndef f(x):\n    return a0(x)"
    assert waiting("\n".join([*chain, last.format("x")]))
    assert not waiting("\n".join([*chain, last.format("table[x]"), "table = {}"]))


def test_recursion_lasts():
    assert waiting("def f(x):\n    return g(x - 1)\ndef g(x):\n    return f(x)")


def test_a_check_sees_the_notebook_as_it_is_where_the_check_stands(tmp_path):
    folder = make_course(tmp_path, released=True)
    right = "TABLE = {2: 2}\ndef square(x):\n    return x ** "
    both = {
        "defined-again": (right + "2", "def square(x):\n    return 0"),
        "data-changed": (right + "TABLE[2]", "TABLE[2] = 9"),
        "module-changed": (
            "import math\ndef square(x):\n    return math.prod([x, x])",
            "math.prod = len",
        ),
        "nothing-changed": (right + "2", "print(square(5))"),
        "mended-too-late": (right + "3", "def square(x):\n    return x * x"),
    }
    for learner, (code, later) in both.items():
        notebook = submission_notebook(code)
        notebook.cells.append(nbformat.v4.new_code_cell(later))
        submit(folder, learner, notebook)
    run = grade_unit(CourseFolder(folder), UNIT)
    credit = {line.learner: line.outcome.checks[0].credit for line in run.lines}
    assert credit == dict.fromkeys(both, 4.0) | {"mended-too-late": 0.0}


def test_a_process_that_waited_and_ended_takes_no_other_check_with_it(tmp_path):
    folder = make_course(tmp_path)
    path = folder / "source" / UNIT / f"{UNIT}.ipynb"
    source = nbformat.read(path, as_version=4)
    second = [copy.deepcopy(cell) for cell in source.cells[1:3]]
    for cell in second:
        cell["source"] = (
            cell["source"].replace("square", "cube").replace("** 2", "** 3")
        )
        cell["source"] = cell["source"].replace("4", "8").replace("961", "29791")
        cell["id"] = cell["metadata"]["nbgrader"]["grade_id"] = cell["id"] + "-cube"
    source.cells += second
    nbformat.write(source, path)
    stop = (
        "def square(x):\n    import posix\n    return 4 if x == 2 else posix._exit(0)"
    )
    notebook = copy.deepcopy(source)
    cells = {cell["id"]: cell for cell in notebook.cells}
    cells["square"]["source"] = stop
    cells["square-cube"]["source"] = "def cube(x):\n    return x * x * x"
    submit(folder, "ada", notebook)
    submit(folder, "max", copy.deepcopy(source))
    run = grade_unit(CourseFolder(folder), UNIT)
    earned = {
        line.learner: [check.credit for check in line.outcome.checks]
        for line in run.lines
    }
    assert earned == {"ada": [0.0, 4.0], "max": [4.0, 4.0]}
