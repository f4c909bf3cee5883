"""A small nbgrader course that knows nothing of pmlab, for the tests of grading."""

import functools
import tempfile
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from pmlab.grading.course_folder import CourseFolder
from pmlab.grading.release import release

UNIT = "ps1"
RUBRIC = """\
## Essay

| Criterion | 3 | 2 | 1 | 0 |
|---|---|---|---|---|
| Mandate | Says who decides | Says it halfway | Hints at it | Absent |
| Proof | Two sources | One source | A guess | Absent |"""
SOLUTION = """\
def square(x):
    ### BEGIN SOLUTION
    return x ** 2
    ### END SOLUTION"""
TESTS = """\
assert square(2) == 4, "two times two"
### BEGIN HIDDEN TESTS
assert square(31) == 961, "the secret of thirty-one"
### END HIDDEN TESTS"""


def _cell(cell, grade_id, **flags):
    cell["id"] = grade_id
    cell["metadata"]["nbgrader"] = {
        "grade": False,
        "solution": False,
        "locked": False,
        "task": False,
        "grade_id": grade_id,
        "schema_version": 3,
        "cell_type": cell["cell_type"],
    } | flags
    return cell


def source_notebook():
    return new_notebook(
        cells=[
            new_markdown_cell("# Squares", id="title"),
            _cell(new_code_cell(SOLUTION), "square", solution=True),
            _cell(
                new_code_cell(TESTS), "square-test", grade=True, locked=True, points=4
            ),
            _cell(new_markdown_cell(RUBRIC), "essay-prompt", locked=True),
            _cell(
                new_markdown_cell("Yours"),
                "essay",
                grade=True,
                solution=True,
                points=6,
            ),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )


@functools.cache
def _released():
    """Return gradebook and release of the course, made once: it takes seconds."""
    with tempfile.TemporaryDirectory() as place:
        folder = make_course(Path(place))
        release(CourseFolder(folder), UNIT)
        paths = [folder / "gradebook.db", *(folder / "release" / UNIT).iterdir()]
        return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def make_course(folder: Path, *, config="", settings="", released=False) -> Path:
    """Write the course, with release and gradebook if asked; return its folder."""
    if released:
        for name, content in _released().items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    place = folder / "source" / UNIT
    place.mkdir(parents=True)
    nbformat.write(source_notebook(), place / f"{UNIT}.ipynb")
    (place / "helper.txt").write_text("a file beside the notebook")
    (folder / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.course_id = 'plain'\n{config}"
    )
    if settings:
        (folder / "grading.toml").write_text(settings)
    return folder


def submission_notebook(code="def square(x):\n    return x * x", essay="I decide."):
    notebook = source_notebook()
    cells = {cell["id"]: cell for cell in notebook.cells}
    cells["square"]["source"] = code
    cells["square-test"]["source"] = TESTS.split("\n", maxsplit=1)[0]
    cells["essay"]["source"] = essay
    return notebook


def submit(folder, learner, notebook=None, *, time="2026-11-20 10:00:00.000000 UTC"):
    """Put a submission into ``submitted/``."""
    place = folder / "submitted" / learner / UNIT
    place.mkdir(parents=True)
    nbformat.write(notebook or submission_notebook(), place / f"{UNIT}.ipynb")
    (place / "timestamp.txt").write_text(time)
    return place
