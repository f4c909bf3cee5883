"""One small course of another kind than ours, graded once with all attacks in it.

Each attack is a notebook of its own. Honest submissions stand before and after them by
name, so that they are graded around them.
"""

import importlib.util
import json
import os
import socket
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from pmlab.grading.course_folder import CourseFolder
from pmlab.grading.grade import Wish, grade_unit
from pmlab.grading.limits import Limits
from pmlab.grading.outcome import STATUSES
from pmlab.grading.sandbox import tiers

SECRET = "the-solution-is-secret"  # noqa: S105 - what must not be seen
GIVEN = "import numpy as np\nimport pandas as pd\nimport pmlab as pm"
SOLUTION = (
    "def double(x):\n    ### BEGIN SOLUTION\n"
    f"    # {SECRET}\n    return 2 * x\n    ### END SOLUTION"
)
ASSERTS = (
    "assert double(2) == 4\n### BEGIN HIDDEN TESTS\n"
    f"# {SECRET}\nassert double(21) == 42\nassert double(-3) == -6\n"
    "### END HIDDEN TESTS"
)
TABLE = (
    "def total(table):\n    ### BEGIN SOLUTION\n"
    "    return float(table['n'].sum())\n    ### END SOLUTION"
)
CHECK = """\
with pm.checks.exercise("total", points=5, read="Lesson 1") as check:
    small = pd.DataFrame({"n": [1, 2, 3]})
    check.number(total(small.copy()), 6, what="the total")
    ### BEGIN HIDDEN TESTS
    for variant in pm.checks.variants(2):
        dice = pm.checks.rng(variant)
        data = pd.DataFrame({"n": dice.integers(10, 99, 5)})
        check.number(total(data.copy()), data["n"].sum(), what="the total elsewhere")
    ### END HIDDEN TESTS
check.verdict()"""
ESSAY = "### BEGIN SOLUTION\nA good reason.\n### END SOLUTION"
HONEST = {"double": "def double(x):\n    return x + x", "total": TABLE}
LIMITS = Limits(
    cell_seconds=4, call_seconds=3, total_seconds=25, memory_mb=1536, processes=32
)


def cell(name, source, *, solution=False, points=None, kind="code", locked=False):
    about = {
        "grade_id": name,
        "grade": points is not None,
        "solution": solution,
        "locked": locked,
        "task": False,
        "schema_version": 3,
        "cell_type": kind,
    }
    if points is not None:
        about["points"] = points
    made = {
        "cell_type": kind,
        "id": name,
        "metadata": {"nbgrader": about},
        "source": source,
    }
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def instructors():
    return {
        "cells": [
            cell("given", GIVEN, locked=True),
            cell("double", SOLUTION, solution=True),
            cell("double-check", ASSERTS, points=5, locked=True),
            cell("total", TABLE, solution=True),
            cell("total-check", CHECK, points=5, locked=True),
            cell("essay", ESSAY, solution=True, points=10, kind="markdown"),
        ],
        "metadata": {
            "kernelspec": {
                "name": "python3",
                "display_name": "Python 3",
                "language": "python",
            }
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def submitted(**answers):
    """Return a learner's notebook; an answer ``extra`` is a cell of her own."""
    from pmlab.authoring.learner_version import learner_version

    notebook = learner_version(instructors())
    extra = answers.pop("extra", None)
    for item in notebook["cells"]:
        if item["id"] in answers:
            item["source"] = answers[item["id"]]
    if extra is not None:
        made = {"cell_type": "code", "id": "x", "metadata": {}, "source": extra}
        notebook["cells"].insert(1, made | {"outputs": [], "execution_count": None})
    return notebook


class Course:
    """A course folder with submissions."""

    def __init__(self, folder):
        self.folder = Path(folder)
        place = self.folder / "source" / "one"
        place.mkdir(parents=True)
        (place / "one.ipynb").write_text(json.dumps(instructors()))
        (self.folder / "nbgrader_config.py").write_text(
            "from pmlab.authoring.learner_version import CODE_STUB, TEXT_STUB\n"
            "c = get_config()\n"
            'c.ClearSolutions.code_stub = {"python": CODE_STUB}\n'
            "c.ClearSolutions.text_stub = TEXT_STUB\n"
        )

    def submit(self, learner, content):
        place = self.folder / "submitted" / learner / "one"
        place.mkdir(parents=True)
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        (place / "one.ipynb").write_bytes(raw)
        return place

    def grade(self, **wish):
        options = {"limits": LIMITS, "workers": 2} | wish
        run = grade_unit(CourseFolder(self.folder), "one", Wish(**options))
        return {line.learner: line for line in run.lines}

    def scores(self):
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.folder}/gradebook.db") as book:
            return {
                row.student.id: {
                    grade.name: grade.auto_score
                    for notebook in row.notebooks
                    for grade in notebook.grades
                }
                for row in book.assignment_submissions("one")
            }

    def graded(self, learner):
        path = self.folder / "autograded" / learner / "one" / "one.ipynb"
        return json.loads(path.read_text(encoding="utf-8"))


def needs_walls():
    try:
        return not tiers.choose().walled
    except tiers.NoSandboxError:
        return True


def processes():
    """Return the command lines of all processes that a session could have left."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                found.add((entry.name, (entry / "cmdline").read_bytes()))
            except OSError:
                continue
    return {
        line for _, line in found if b"pmlab-attack" in line or b"sleep\x00601" in line
    }


def tree(folder, *, without=("autograded", "release", ".pmlab", "gradebook.db")):
    """Return names and contents of a folder, links as links."""
    found = {}
    for place, folders, names in os.walk(folder):
        relative = Path(place).relative_to(folder)
        folders[:] = [n for n in folders if str(relative / n) not in without]
        for name in names:
            path = Path(place) / name
            if str(relative / name) not in without and not path.is_symlink():
                if not path.is_file():
                    continue
                found[str(relative / name)] = path.read_bytes()
    return found


def load(name):
    """Load a file of this folder; tests are no package."""
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"attacks_{name}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def attacked(tmp_path_factory):
    """The course after one run over all attacks."""
    if needs_walls():
        pytest.skip("no sandbox can be built here")
    course = Course(tmp_path_factory.mktemp("attacked"))
    course.submit("a-honest", submitted(**HONEST))
    course.submit("z-honest", submitted(**HONEST))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        corpus = load("corpus")
        attacks = corpus.all_attacks(submitted, port=port)
        for name, attack in attacks.items():
            place = course.submit(name, attack.content)
            attack.prepare(course.folder, place)
        before = tree(course.folder)
        os.environ["PMLAB_ATTACK_TOKEN"] = SECRET
        lines = course.grade()
    return SimpleNamespace(
        course=course,
        attacks=attacks,
        readers=set(corpus.readers(submitted)),
        lines=lines,
        scores=course.scores(),
        before=before,
        after=tree(course.folder),
        statuses=STATUSES,
        secret=SECRET,
        left=processes(),
    )


@pytest.fixture(scope="session")
def attack_course():
    """What makes courses and submissions, for tests of this folder."""
    if needs_walls():
        pytest.skip("no sandbox can be built here")
    return SimpleNamespace(
        Course=Course, submitted=submitted, HONEST=HONEST, LIMITS=LIMITS
    )
