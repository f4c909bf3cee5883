"""nbgrader's own commands follow the late policy and take the zips of pmlab."""

import zipfile

import nbformat
import pytest

from pmlab.grading.collect.names import ZIP_COLLECT_REGEXP
from tests.grading.graded_course import graded_course
from tests.grading.plain_course import UNIT, submission_notebook, submit
from tests.nbgrader_command import nbgrader

pytestmark = pytest.mark.slow
SETTINGS = f"""
[grading]
late_loss_per_day = 0.25
[grading.due]
{UNIT} = 2026-11-20T08:00:00Z
[grading.extension_days.{UNIT}]
bo = 3
"""
CONFIG = f"""
from pmlab.grading.late_penalty import use_late_policy
use_late_policy(c)
c.FileNameCollectorPlugin.named_regexp = {ZIP_COLLECT_REGEXP!r}
"""


def test_autograding_by_nbgrader_follows_the_late_policy(tmp_path):
    course = graded_course(tmp_path, settings=SETTINGS, config=CONFIG)
    for learner in ("ada", "bo"):
        submit(tmp_path, learner)  # two hours late
    due = "--duedate=2026-11-20 08:00 UTC"
    nbgrader(tmp_path, "db", "assignment", "add", UNIT, due)
    nbgrader(tmp_path, "autograde", UNIT, "--create")
    with course.gradebook() as gradebook:
        penalties = {
            learner: gradebook.find_submission(UNIT, learner).late_submission_penalty
            for learner in ("ada", "bo")
        }
    assert penalties == {"ada": 1.0, "bo": 0}


def test_zip_collect_of_nbgrader_takes_the_zips(tmp_path):
    course = graded_course(tmp_path, config=CONFIG)
    archive = tmp_path / "downloaded" / UNIT / "archive"
    archive.mkdir(parents=True)
    path = archive / f"ada__{UNIT}__20261121T100000Z.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(f"{UNIT}/{UNIT}.ipynb", nbformat.writes(submission_notebook()))
    nbgrader(tmp_path, "zip_collect", UNIT)
    assert (course.step("submitted", "ada", UNIT) / f"{UNIT}.ipynb").is_file()
