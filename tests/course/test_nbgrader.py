"""Each unit through nbgrader itself: generate, submit, autograde, feedback."""

import html
import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from pmlab.authoring.course import read_course
from pmlab.authoring.learner_version import learner_version
from pmlab.authoring.parse import read_unit
from tests.nbgrader_command import nbgrader, run_nbgrader

COURSE = read_course(Path(__file__).resolve().parents[2] / "course")
pytestmark = pytest.mark.slow


def submit(folder, learner, slug, notebook):
    place = folder / "submitted" / learner / slug
    place.mkdir(parents=True)
    (place / f"{slug}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def answered(release, answers):
    notebook = json.loads(json.dumps(release))
    for cell in notebook["cells"]:
        if cell["id"] in answers:
            cell["source"] = answers[cell["id"]]
    return notebook


@pytest.fixture(scope="module", params=COURSE.units, ids=lambda entry: entry.slug)
def graded(request, tmp_path_factory):
    """A unit after autograding: the source, the release, and each wrong answer."""
    slug = request.param.slug
    unit = read_unit(COURSE.text_folder(request.param))
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(COURSE.folder / "nbgrader_config.py", folder)
    shutil.copytree(COURSE.folder / "source", folder / "source")
    nbgrader(folder, "generate_assignment", slug)

    def read(step):
        text = (folder / step / slug / f"{slug}.ipynb").read_text(encoding="utf-8")
        return json.loads(text)

    source, release = read("source"), read("release")
    submit(folder, "source", slug, source)
    submit(folder, "release", slug, release)
    for number in range(max(len(exercise.wrong) for exercise in unit.exercises)):
        answers = {
            exercise.id: exercise.wrong[number].cell.source
            for exercise in unit.exercises
            if number < len(exercise.wrong)
        }
        submit(folder, f"wrong{number}", slug, answered(release, answers))
    nbgrader(folder, "autograde", slug)
    nbgrader(folder, "generate_feedback", slug)
    return SimpleNamespace(
        entry=request.param, unit=unit, folder=folder, source=source, release=release
    )


def scores(graded, learner):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{graded.folder}/gradebook.db") as gradebook:
        submission = gradebook.find_submission(graded.entry.slug, learner)
        return {
            grade.name: grade.auto_score
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def test_the_source_earns_all_automatic_points(graded):
    earned = scores(graded, "source")
    expected = {f"{item.id}-check": item.points for item in graded.unit.exercises}
    assert {name: earned[name] for name in expected} == expected


def test_the_untouched_release_earns_nothing(graded):
    assert sum(scores(graded, "release").values()) == 0


def test_each_wrong_answer_earns_what_its_text_says(graded):
    for exercise in graded.unit.exercises:
        for number, wrong in enumerate(exercise.wrong):
            earned = scores(graded, f"wrong{number}")[f"{exercise.id}-check"]
            assert earned == pytest.approx(wrong.credit * exercise.points), wrong.trap


def test_feedback_pages_show_the_reason_of_each_wrong_answer(graded):
    slug = graded.entry.slug
    for exercise in graded.unit.exercises:
        for number, wrong in enumerate(exercise.wrong):
            page = graded.folder / "feedback" / f"wrong{number}" / slug / f"{slug}.html"
            shown = " ".join(html.unescape(page.read_text(encoding="utf-8")).split())
            plain = [
                part
                for piece in wrong.message.replace("*", "`").split("`")
                for part in piece.replace("}", "{").split("{")
                if " " in part.strip()
            ]
            longest = max(plain, key=len).strip()
            assert longest in shown, wrong.trap


def test_our_learner_version_is_nbgraders_release_cell_by_cell(graded):
    ours = learner_version(graded.source)["cells"]
    theirs = graded.release["cells"]
    assert [(cell["id"], "".join(cell["source"])) for cell in ours] == [
        (cell["id"], "".join(cell["source"])) for cell in theirs
    ]


def test_validate_tells_the_learner_the_reason(graded):
    slug = graded.entry.slug
    place = graded.folder / "submitted" / "wrong0" / slug
    shutil.copy(graded.folder / "source" / slug / "messages.json", place)
    done = run_nbgrader(graded.folder, "validate", f"{place}/{slug}.ipynb")
    message = graded.unit.exercises[0].wrong[0].message
    longest = max(message.replace("}", "{").split("{"), key=len)
    middle = " ".join(longest.split()[3:7]).replace("*", "").replace("`", "")
    shown = " ".join(done.stdout.replace("*", "").replace("`", "").split())
    assert middle in shown
