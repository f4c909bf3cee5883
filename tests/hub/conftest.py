"""Courses and folders of hubs."""

from pathlib import Path

import pytest

from pmlab.hub import HubCourse
from pmlab.hub.configuration import HubPlaces


@pytest.fixture
def places(tmp_path):
    return HubPlaces(state=tmp_path / "hub", exchange=tmp_path / "exchange")


@pytest.fixture
def courses(tmp_path):
    """Two cohorts, each with the least that a course folder needs."""
    made = []
    for number, name in enumerate(("pm-spring", "pm-autumn")):
        folder = tmp_path / name
        (folder / "source").mkdir(parents=True)
        (folder / "nbgrader_config.py").write_text("c = get_config()\n")
        made.append(HubCourse(id=name, folder=folder, port=9101 + number))
    return made


@pytest.fixture
def golden():
    """The file that says which settings two cohorts get."""
    return Path(__file__).parent / "golden_configuration.json"
