"""What one learner hands in never ends the grading of the others."""

import json
import os
import textwrap

import pytest

from pmlab.grading.unit_files import UnitFiles
from tests.nbgrader_command import nbgrader

pytestmark = pytest.mark.slow
HALF = r"\ud800"
# The learner's code takes the runner's part: it names its function as it likes.
RENAMED = textwrap.dedent(
    """
    from pmlab.grading.runner.exports import Exports
    import pmlab.grading.runner.session as session
    NAME = "%s"
    given, found = Exports._function, Exports.find
    def renamed(self, value, reference):
        node = given(self, value, reference)
        if reference[1] == "double":
            node["f"] = ["name", NAME]
            node["name"] = NAME
        return node
    def find(self, reference):
        return found(self, ["name", "double"] if reference[1] == NAME else reference)
    Exports._function, Exports.find = renamed, find
    session._changed = lambda *_: True
    """
)


@pytest.mark.parametrize("name", [HALF, r"x\x1b[2K\rzoe graded 9/9\n"])
def test_a_function_with_a_name_that_can_not_be_written(attack_course, tmp_path, name):
    course = attack_course.Course(tmp_path)
    course.submit("a", attack_course.submitted(extra=RENAMED % name))
    course.submit("b", attack_course.submitted(**attack_course.HONEST))
    lines = course.grade()
    assert lines["b"].outcome.credit == 10
    told = " ".join(lines["a"].outcome.findings)
    assert told.isprintable()
    log = (tmp_path / ".pmlab" / "grading" / "one.jsonl").read_text()
    assert {json.loads(line)["learner"] for line in log.splitlines()} == {"a", "b"}


def test_folders_nested_too_deeply_for_a_walk(attack_course, tmp_path, monkeypatch):
    course = attack_course.Course(tmp_path)
    monkeypatch.chdir(course.submit("a", attack_course.submitted()))
    for _ in range(1500):
        os.mkdir("d")
        os.chdir("d")
    deepest = os.open(".", os.O_RDONLY)
    monkeypatch.chdir(tmp_path)
    course.submit("b", attack_course.submitted(**attack_course.HONEST))
    lines = course.grade()
    os.chdir(deepest)  # pytest can't remove them: it goes in by recursion
    os.close(deepest)
    for _ in range(1500):
        os.chdir("..")
        os.rmdir("d")
    assert "deep" in " ".join(lines["a"].outcome.findings)
    assert lines["b"].outcome.credit == 10


def test_what_nobody_thought_of_stops_one_learner_only(
    attack_course, tmp_path, monkeypatch
):
    read = UnitFiles.read

    def fails_once(self, learner, notebook):
        if learner == "a":
            raise RuntimeError("unthought of")
        return read(self, learner, notebook)

    monkeypatch.setattr(UnitFiles, "read", fails_once)
    course = attack_course.Course(tmp_path)
    for learner in ("a", "b"):
        course.submit(learner, attack_course.submitted(**attack_course.HONEST))
    lines = course.grade()
    assert "unthought of" in lines["a"].problem
    assert lines["b"].outcome.credit == 10
    log = (tmp_path / ".pmlab" / "grading" / "one.jsonl").read_text()
    assert "unthought of" in log


HARMFUL = ("jedi.py", "pandas/__init__.py", "x.PY", "jupyter_server_config.json")


def hand_in_modules(attack_course, tmp_path):
    course = attack_course.Course(tmp_path)
    (tmp_path / "source" / "one" / "helper.py").write_text("OWN = 1\n")
    place = course.submit("a", attack_course.submitted(**attack_course.HONEST))
    for name in (*HARMFUL, "helper.py", "data.csv"):
        (place / name).parent.mkdir(exist_ok=True)
        (place / name).write_text("OWN = 2\n")
    return course


def beside(tmp_path):
    place = tmp_path / "autograded" / "a" / "one"
    files = {str(p.relative_to(place)) for p in place.rglob("*") if p.is_file()}
    assert (place / "helper.py").read_text() == "OWN = 1\n"
    return files


def test_modules_of_learners_do_not_lie_beside_the_graded_notebook(
    attack_course, tmp_path
):
    outcome = hand_in_modules(attack_course, tmp_path).grade()["a"].outcome
    assert beside(tmp_path) == {"one.ipynb", "helper.py", "data.csv"}
    assert all(name in " ".join(outcome.findings) for name in HARMFUL)


def test_nor_by_the_door_of_nbgrader(attack_course, tmp_path):
    hand_in_modules(attack_course, tmp_path)
    config = tmp_path / "nbgrader_config.py"
    config.write_text(
        config.read_text() + "from pmlab.grading.door import use_sandbox\n"
        "use_sandbox(c)\n"
    )
    nbgrader(tmp_path, "generate_assignment", "one")
    nbgrader(tmp_path, "autograde", "one", "--create")
    assert beside(tmp_path) == {"one.ipynb", "helper.py", "data.csv"}


def test_points_too_large_and_charts_too_deep_are_judged(attack_course, tmp_path):
    course = attack_course.Course(tmp_path)
    large = attack_course.submitted(**attack_course.HONEST)
    large["cells"][2]["metadata"]["nbgrader"]["points"] = 10**400
    course.submit("a", large)
    deep = (
        "x = []\nfor _ in range(950):\n    x = [x]\n"
        "display({'application/vnd.plotly.v1+json': {'data': x}}, raw=True)"
    )
    course.submit("b", attack_course.submitted(extra=deep, **attack_course.HONEST))
    lines = course.grade()
    assert lines["a"].outcome.status == "tampered"
    assert lines["a"].outcome.credit == 10
    assert lines["b"].outcome.credit == 10
