"""Every unit holds: its own rules, and nothing drifted from its text."""

import dataclasses
from pathlib import Path

import pytest

from pmlab import datasets
from pmlab.authoring.build import drift
from pmlab.authoring.course import read_course
from pmlab.authoring.parse import read_unit
from pmlab.authoring.verify import verify

COURSE = read_course(Path(__file__).resolve().parents[2] / "course")


@pytest.mark.parametrize("entry", COURSE.units, ids=lambda entry: entry.slug)
def test_unit_passes_every_rule(entry):
    report = verify(read_unit(COURSE.text_folder(entry)), variants=20)
    assert report.failures == []
    assert report.wrong >= 3 * report.exercises
    assert report.right >= report.exercises


@pytest.mark.parametrize("entry", COURSE.units, ids=lambda entry: entry.slug)
def test_points_are_28_and_12(entry):
    assert dataclasses.asdict(entry)["points"] == {"exercises": 28, "artefact": 12}


@pytest.mark.parametrize("entry", COURSE.units, ids=lambda entry: entry.slug)
def test_units_name_data_sets_that_exist(entry):
    assert set(entry.data) <= set(datasets.available()["name"])


def test_the_readme_lists_the_units_there_are():
    text = (COURSE.folder.parent / "README.md").read_text(encoding="utf-8")
    listed = [line[2:] for line in text.splitlines() if line[:3] in ("- 0", "- 1")]
    assert listed == [
        f"{entry.slug.split('_')[0]} {entry.title}" for entry in COURSE.units
    ]


def test_nothing_generated_has_drifted():
    assert drift(COURSE) == []
