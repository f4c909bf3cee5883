"""Values of the learner's that would answer a check in its place, or never end it."""

import json
from types import SimpleNamespace

import pytest

from pmlab.authoring.learner_version import learner_version

pytestmark = pytest.mark.slow

BOX = """\
class Box:
    def __init__(self, v):
        self.v = v
    def twin(self):
        return Box(self.v)
    def __add__(self, other):
        return Box(self.v + other.v)
"""
LIAR = """\
class Box:
    told = []
    def __init__(self, v):
        self.v = v
    def twin(self):
        return Box(self.v)
    def __add__(self, other):
        return Box(self.v + other.v)
    def __sub__(self, other):
        self.told.append(other)
        return 0.0
    def __truediv__(self, other):
        self.told.append(other)
        return 1.0
    def __contains__(self, other):
        self.told.append(other)
        return True
"""
DOUBLE = "def double(x):\n    return 2 * x\n"
WALK = "def walk(n):\n    return list(range(n))\n"
TOTAL = "def total(boxes):\n    return sum(box.v for box in boxes)\n"
MAKE = "def boxes(n):\n    return [Box(i) for i in range(n)]\n"
DRAW = "def draw(n, rng):\n    return float(rng.random(n).mean())\n"
SOLUTIONS = {
    "box": BOX,
    "double": DOUBLE,
    "walk": WALK,
    "total": TOTAL,
    "make": MAKE,
    "draw": DRAW,
}
HIDDEN = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"
CHECKS = {
    "box": (
        "assert Box(2).v == 2\nassert Box(3).twin().twin().v == 3\n"
        "assert (Box(1) + Box(2)).v == 3"
    ),
    "double": "assert abs(double(21) - 42) < 1e-9\nassert double(21) / 42 == 1",
    "whole": "assert int(double(21)) == 42",
    "walk": "assert 42 in walk(50)",
    "total": "assert abs(total([Box(1), Box(2)]) - 3) < 1e-9",
    "make": "assert [box.v for box in boxes(3)] == [0, 1, 2]",
    "draw": (
        "rng = np.random.default_rng(7)\n"
        "assert 0 < draw(50, rng) < 1\n"
        "assert rng.random() != 0\nassert 3 <= rng.integers(3, 90) < 90\n"
        "assert rng.random() != 0"
    ),
}
ZERO = """\
def draw(n, rng):
    state = rng.bit_generator.state
    state["state"] = {"state": 0, "inc": 0}
    rng.bit_generator.state = state
    return 0.5
"""
SET = """\
def draw(n, rng):
    import numpy
    rng.bit_generator.state = numpy.random.default_rng(1).bit_generator.state
    return 0.5
"""
FAR = "import decimal\ndef double(x):\n    return decimal.Decimal('1e999999999')\n"
ATTACKS = {
    "m-double": {"box": LIAR, "double": "def double(x):\n    return Box(0)\n"},
    "m-walk": {"box": LIAR, "walk": "def walk(n):\n    return Box(0)\n"},
    "m-total": {"box": LIAR, "total": "def total(boxes):\n    return boxes[0]\n"},
    "m-value": {"box": LIAR.replace("self.v = v", "self.v = self")},
    "m-zero": {"draw": ZERO},
    "m-set": {"draw": SET},
    "m-far": {"double": FAR},
}


def cells(model):
    """Return task and check cells in the shape of one of the course's cells."""

    def made(name, source, *, points=None):
        about = model["metadata"]["nbgrader"] | {
            "grade_id": name,
            "grade": points is not None,
            "solution": points is None,
            "locked": points is not None,
        }
        about |= {} if points is None else {"points": points}
        return model | {
            "id": name,
            "metadata": {"nbgrader": about},
            "source": source,
        }

    for name, text in SOLUTIONS.items():
        yield made(name, f"### BEGIN SOLUTION\n{text}### END SOLUTION")
    for name, text in CHECKS.items():
        yield made(f"{name}-check", HIDDEN.format(text), points=5)


def submitted(notebook, **answers):
    made = learner_version(notebook)
    for item in made["cells"]:
        if item["id"] in SOLUTIONS:
            item["source"] = answers.get(item["id"], SOLUTIONS[item["id"]])
    return made


@pytest.fixture(scope="module")
def lied(attack_course, tmp_path_factory):
    """The course after one run over all values that lie."""
    course = attack_course.Course(tmp_path_factory.mktemp("lied"))
    source = course.folder / "source" / "one" / "one.ipynb"
    notebook = json.loads(source.read_text())
    given = notebook["cells"][0]
    notebook["cells"] = [given, *cells(given)]
    source.write_text(json.dumps(notebook))
    course.submit("a-honest", submitted(notebook))
    course.submit("z-honest", submitted(notebook))
    for name, answers in ATTACKS.items():
        course.submit(name, submitted(notebook, **answers))
    lines = course.grade()
    return SimpleNamespace(course=course, lines=lines, scores=course.scores())


def test_the_honest_get_all_points(lied):
    for learner in ("a-honest", "z-honest"):
        assert lied.lines[learner].outcome.status == "graded"
        assert set(lied.scores[learner].values()) == {5}


@pytest.mark.parametrize("name", ATTACKS)
def test_every_such_submission_is_graded_in_time(lied, name):
    assert lied.lines[name].outcome is not None
    assert lied.lines[name].outcome.status == "graded"


@pytest.mark.parametrize(
    ("name", "lost"),
    [
        ("m-double", {"double-check", "whole-check"}),
        ("m-walk", {"walk-check"}),
        ("m-total", {"total-check"}),
        ("m-value", {"box-check", "make-check", "total-check"}),
        ("m-far", {"double-check", "whole-check"}),
        ("m-zero", set()),
        ("m-set", set()),
    ],
)
def test_an_object_in_the_place_of_a_number_gets_nothing(lied, name, lost):
    scores = lied.scores[name]
    assert {check for check, points in scores.items() if not points} == lost


def test_the_judges_generator_never_has_a_learners_state(attack_course, tmp_path):
    """The next draw is the same whatever the function did with the generator."""
    drawn = (
        "rng = np.random.default_rng(7)\ndraw(5, rng)\n"
        "assert False, float(rng.random())"
    )
    course = attack_course.Course(tmp_path)
    source = course.folder / "source" / "one" / "one.ipynb"
    notebook = json.loads(source.read_text())
    given = notebook["cells"][0]
    made = {cell["id"]: cell for cell in cells(given)}
    check = made["draw-check"] | {"source": drawn}
    notebook["cells"] = [given, made["draw"], check]
    source.write_text(json.dumps(notebook))
    idle = "def draw(n, rng):\n    return 0.5\n"
    for name, text in {"honest": DRAW, "zero": ZERO, "set": SET, "idle": idle}.items():
        course.submit(name, submitted(notebook, draw=text))
    lines = course.grade()
    reasons = {line.outcome.checks[0].reasons for line in lines.values()}
    assert len(reasons) == 1
    assert "AssertionError: 0." in str(reasons)
