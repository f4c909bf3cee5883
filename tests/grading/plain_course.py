"""A small nbgrader course that knows nothing of pmlab, for the tests of grading."""

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

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


def make_course(folder: Path, *, config="", settings="") -> Path:
    """Write the course; return its folder."""
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
