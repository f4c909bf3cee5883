"""What a learner gets gives nothing away."""

import json
import re

from pmlab.authoring.learner_version import cut
from pmlab.authoring.parse import read_unit
from pmlab.learner.course_files import START_HERE, installed_course, learner_files

COURSE = installed_course()


def secrets(unit):
    """Lines that stand only in solutions, wrong answers, exemplars or hidden tests."""
    shown = "\n".join(
        cut(cut(cell.source, "SOLUTION"), "HIDDEN TESTS")
        for cell in unit.cells
        if not cell.marks.keys() & {"wrong", "right", "exemplar"}
    )
    known = {" ".join(line.split()) for line in shown.splitlines()}
    hidden = {
        " ".join(line.split())
        for cell in unit.cells
        if cell.marks.keys() & {"solution", "checks", "wrong", "right", "exemplar"}
        for line in re.sub(r'^""".*?"""', "", cell.source, flags=re.DOTALL).splitlines()
    }
    # An import that one unit's solution needs may be given code in another unit.
    told = re.compile(r"(import|from) \w+")
    return {line for line in hidden - known if len(line) >= 15 and not told.match(line)}


def lines_of(item):
    """The lines of text that a file shows to someone who opens it."""
    content = json.loads(item.content)
    if item.path.endswith("messages.json"):
        texts = [
            text
            for exercise in content.values()
            for text in [
                *exercise["hints"],
                *(trap["message"] for trap in exercise["traps"].values()),
            ]
        ]
    else:
        texts = ["".join(cell["source"]) for cell in content["cells"]]
    return {" ".join(line.split()) for text in texts for line in text.splitlines()}


def test_no_file_holds_a_solution_a_wrong_answer_or_a_hidden_test():
    files = [item for item in learner_files(COURSE) if "lesson" not in item.path]
    for entry in COURSE.units:
        hidden = secrets(read_unit(COURSE.text_folder(entry)))
        assert hidden
        assert {item.path: lines_of(item) & hidden for item in files} == {
            item.path: set() for item in files
        }


def test_the_learners_notebooks_have_no_outputs_and_no_region_marks():
    for item in learner_files(COURSE):
        if item.path == START_HERE or item.path.endswith("messages.json"):
            continue
        notebook = json.loads(item.content)
        assert "BEGIN" not in item.content.decode()
        assert all(not cell.get("outputs") for cell in notebook["cells"])


def test_the_folder_is_small():
    assert sum(len(item.content) for item in learner_files(COURSE)) < 3_000_000
