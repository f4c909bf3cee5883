"""What one learner hands in never ends the grading of the others."""

import json
import textwrap

import pytest

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
