"""Whatever becomes of a valid submission, it ends in one status within its points."""

import copy
import json

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pmlab.grading import pool
from pmlab.grading.course_folder import CourseFolder
from pmlab.grading.outcome import STATUSES
from pmlab.grading.pool import Job
from pmlab.grading.sandbox import tiers
from pmlab.grading.unit_files import UnitFiles

pytestmark = pytest.mark.slow

junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
lines = st.sampled_from(
    [
        *("import os", "x = 1", "return 4", "    return 2 * x", "raise ValueError(1)"),
        *("%time 1", "!ls", "def double(x):", "del double", "print('é')", "}{", "\t"),
        *("    yield x", "async def f(): await f()", "lambda: (yield)", "x: int = 3"),
        *("double = total = None", "class double: pass", "?double", "1;", "'" * 3),
    ]
)
sources = st.lists(lines, max_size=6).map("\n".join) | st.text(max_size=30)
steps = st.one_of(
    st.tuples(st.just("source"), st.integers(0, 5), sources),
    st.tuples(
        st.just("field"), st.integers(0, 5), st.tuples(st.text(max_size=6), junk)
    ),
    st.tuples(
        st.just("mark"),
        st.integers(0, 5),
        st.tuples(
            st.sampled_from(["grade", "solution", "locked", "points", "grade_id"]), junk
        ),
    ),
    st.tuples(st.just("drop"), st.integers(0, 5), st.none()),
    st.tuples(st.just("swap"), st.integers(0, 5), st.integers(0, 5)),
    st.tuples(st.just("extra"), st.integers(0, 5), sources),
    st.tuples(st.just("top"), st.sampled_from(["metadata", "nbformat", "cells"]), junk),
)
damage = st.one_of(
    st.none(),
    st.tuples(st.integers(0, 3000), st.binary(max_size=4)),
)


def changed(notebook, step):
    kind, place, what = step
    cells = notebook["cells"] if isinstance(notebook["cells"], list) else []
    if kind == "top":
        notebook[place] = what
    elif kind == "extra":
        made = {"cell_type": "code", "metadata": {}, "source": what}
        cells.insert(place, made | {"outputs": [], "execution_count": None})
    elif place >= len(cells):
        return
    elif kind == "source":
        cells[place]["source"] = what
    elif kind == "field":
        cells[place][what[0]] = what[1]
    elif kind == "mark":
        about = cells[place].get("metadata")
        if isinstance(about, dict) and isinstance(about.get("nbgrader"), dict):
            about["nbgrader"][what[0]] = what[1]
    elif kind == "drop":
        del cells[place]
    elif what < len(cells):
        cells[place], cells[what] = cells[what], cells[place]


@pytest.fixture(scope="module")
def engine(tmp_path_factory, attack_course):
    course = attack_course.Course(tmp_path_factory.mktemp("fuzzed"))
    tier = tiers.choose()
    files = UnitFiles(CourseFolder(course.folder), "one", attack_course.LIMITS, tier)
    setup = files.setup("one")
    yield pool.engine_for(setup), attack_course.submitted(**attack_course.HONEST)
    pool.stop_engines()


@given(changes=st.lists(steps, min_size=1, max_size=5), harm=damage)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
def test_every_mutated_submission_ends_in_one_status(engine, changes, harm):
    runner, honest = engine
    notebook = copy.deepcopy(honest)
    for step in changes:
        changed(notebook, step)
    raw = json.dumps(notebook).encode()
    if harm is not None:
        place, noise = harm
        raw = raw[:place] + noise + raw[place + len(noise) :]
    job = Job(learner="x", submission=raw, files={}, variant="fernbroom", key="k")
    graded = runner.grade(job)
    assert graded.outcome.status in STATUSES
    assert [check.points for check in graded.outcome.checks] == [5, 5]
    assert all(0 <= check.credit <= 5 for check in graded.outcome.checks)
    nbformat.validate(nbformat.reads(graded.notebook.decode(), as_version=4))
