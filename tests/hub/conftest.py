"""Courses and folders of hubs."""

import shutil
from pathlib import Path

import pytest

from pmlab.hub import HubCourse
from pmlab.hub.configuration import HubPlaces

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


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


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian: apt install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()
