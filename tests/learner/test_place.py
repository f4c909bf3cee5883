"""Where she works, who she is, which unit she means."""

import io
import os

import pytest

from pmlab.errors import CourseError
from pmlab.learner.folder import FolderError
from pmlab.learner.place import can_ask, find_folder, find_unit, learner_id


def test_her_folder_is_found_from_inside_and_from_beside(learner, tmp_path):
    assert find_folder(learner.notebook.parent) == learner.folder.resolve()
    learner.folder.rename(tmp_path / "my-course")
    assert find_folder(tmp_path) == (tmp_path / "my-course").resolve()


def test_without_a_folder_the_next_step_is_named(tmp_path):
    with pytest.raises(FolderError, match="make one: pmlab start DIR"):
        find_folder(tmp_path)
    with pytest.raises(FolderError, match="gone is no folder"):
        find_folder(tmp_path, given=tmp_path / "gone")


@pytest.mark.parametrize(
    "name",
    ["03", "3", "03_mini", "exercises/03_mini", "exercises/03_mini/03_mini.ipynb"],
)
def test_a_unit_is_found_by_number_name_and_path(course, name):
    assert find_unit(course, name).slug == "03_mini"


def test_an_unknown_unit_lists_those_there_are(course):
    with pytest.raises(CourseError, match=r"no unit '99' .* there are 03_mini"):
        find_unit(course, "99")


@pytest.fixture(autouse=True)
def _nobody_to_ask(monkeypatch):
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO())


def test_her_id_is_asked_for_once(tmp_path):
    with pytest.raises(FolderError, match="--learner YOUR_ID"):
        learner_id(tmp_path)
    assert learner_id(tmp_path, "Zoë") == "Zoë"
    assert learner_id(tmp_path) == "Zoë"


def test_a_hub_knows_her_id(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTERHUB_USER", "ada")
    assert learner_id(tmp_path) == "ada"
    assert not (tmp_path / ".pmlab").exists()


@pytest.mark.parametrize("bad", ["../x", "a/b", "a\\b", "a:b", " ", "a+b", "x" * 65])
def test_an_id_that_cannot_name_a_file_is_refused(tmp_path, bad):
    with pytest.raises(FolderError, match="add --learner ID"):
        learner_id(tmp_path, bad)


def test_nobody_is_asked_from_a_cell_of_a_notebook(monkeypatch):
    """A cell gives its commands a terminal into which nobody can type."""
    main, side = os.openpty()
    with os.fdopen(side) as terminal, os.fdopen(main):
        monkeypatch.setattr("sys.stdin", terminal)
        for name in ("JPY_PARENT_PID", "JPY_SESSION_NAME"):
            monkeypatch.delenv(name, raising=False)
        assert can_ask()
        monkeypatch.setenv("JPY_SESSION_NAME", "a.ipynb")
        assert not can_ask()
