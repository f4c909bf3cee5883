"""A miniature course and a learner's folder made from it."""

import io
import json
import shutil
import sys
from pathlib import Path

import pytest

from pmlab.authoring.build import build
from pmlab.authoring.course import read_course
from pmlab.authoring.parse import read_unit
from pmlab.learner import course_files, folder
from pmlab.learner.work import read_work

MINI = Path(__file__).parents[1] / "fixtures" / "mini_course"


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """The miniature course, built."""
    place = tmp_path_factory.mktemp("mini") / "course"
    shutil.copytree(MINI, place)
    made = read_course(place)
    build(made)
    return made


@pytest.fixture(scope="session")
def unit(course):
    """The text of its one unit."""
    return read_unit(course.text_folder(course.units[0]))


class Learner:
    """A learner's folder, and what she does in it."""

    def __init__(self, course, unit, place):
        self.course, self.unit, self.folder = course, unit, place
        self.entry = course.units[0]
        folder.prepare(place, course_files.learner_files(course))
        self.notebook = place / course_files.exercises_path(self.entry.slug)

    def read(self):
        return json.loads(self.notebook.read_text(encoding="utf-8"))

    def write(self, notebook):
        self.notebook.write_text(json.dumps(notebook), encoding="utf-8")

    def change(self, change):
        """Change the list of cells of her notebook."""
        notebook = self.read()
        notebook["cells"] = change(notebook["cells"]) or notebook["cells"]
        self.write(notebook)

    def answer(self, **texts):
        """Write answers and memos into their cells."""

        def put(cells):
            for cell in cells:
                cell["source"] = texts.get(cell["id"], cell["source"])

        self.change(put)

    def answer_all(self):
        self.answer(**{item.id: item.solution.source for item in self.unit.exercises})

    def ran(self, credit, *, count=2, id_="average-check"):
        """Store a verdict as JupyterLab would."""

        def put(cells):
            cell = next(cell for cell in cells if cell["id"] == id_)
            cell["execution_count"] = count
            cell["outputs"] = [
                {
                    "output_type": "execute_result",
                    "data": {"text/plain": [credit]},
                    "metadata": {},
                    "execution_count": count,
                }
            ]

        self.change(put)

    def stopped(self, id_="average-check"):
        """Store what a check cell shows that ran before the first cell did."""

        def put(cells):
            cell = next(cell for cell in cells if cell["id"] == id_)
            cell["execution_count"] = 1
            cell["outputs"] = [
                {
                    "output_type": "error",
                    "ename": "NameError",
                    "evalue": "name 'pm' is not defined",
                    "traceback": [],
                }
            ]

        self.change(put)

    def work(self):
        return read_work(self.course, self.entry, self.folder)


@pytest.fixture
def learner(course, unit, tmp_path):
    """A learner whose folder has a space and an accent in its name."""
    return Learner(course, unit, tmp_path / "Mein Kurs é")


@pytest.fixture
def pmlab(course, learner, monkeypatch, capsys):
    """The command line, run in the learner's folder with the miniature course."""
    from pmlab.cli.main import main

    monkeypatch.setattr(course_files, "installed_course", lambda: course)
    # The package holds a function of the module's name.
    module = sys.modules["pmlab.learner.course_map"]
    monkeypatch.setattr(module, "installed_course", lambda: course)
    monkeypatch.chdir(learner.folder)
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO())  # nobody to ask

    def run(*words):
        status = main([str(word) for word in words])
        said = capsys.readouterr()
        return status, said.out + said.err

    return run
