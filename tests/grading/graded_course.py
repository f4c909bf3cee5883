"""A plain course after grading, written as autograding would have written it."""

import datetime as dt

import nbformat
from nbformat.v4 import new_output

from pmlab.grading.course_folder import CourseFolder
from tests.grading.plain_course import (
    TESTS,
    UNIT,
    make_course,
    submission_notebook,
    submit,
)


def assertion_error(line, source=TESTS, name="AssertionError", value=""):
    """Return a stored error as IPython writes it, with the lines around it."""
    lines = source.splitlines()
    shown = [
        f"{'----> ' if number == line else '      '}{number} {text}"
        for number, text in enumerate(lines, start=1)
        if abs(number - line) <= 2
    ]
    traceback = ["-" * 75, f"{name}  Traceback (most recent call last)"]
    traceback += ["Cell In[2], line 1\n" + "\n".join(shown), f"{name}: {value}"]
    return new_output("error", ename=name, evalue=value, traceback=traceback)


def grade(course: CourseFolder, learner, *, score, outputs=(), code=None, essay=None):
    """Hand in and write what autograding would: the notebook and the gradebook."""
    texts = {"code": code, "essay": essay}
    notebook = submission_notebook(**{k: v for k, v in texts.items() if v is not None})
    submit(course.folder, learner, notebook)
    test = notebook.cells[2]
    test["source"], test["outputs"] = TESTS, list(outputs)
    place = course.step("autograded", learner, UNIT)
    place.mkdir(parents=True)
    nbformat.write(notebook, place / f"{UNIT}.ipynb")
    (place / "timestamp.txt").write_text("2026-11-20 10:00:00.000000 UTC")
    with course.gradebook() as gradebook:
        gradebook.update_or_create_student(learner)
        gradebook.update_or_create_submission(
            UNIT, learner, timestamp=dt.datetime(2026, 11, 20, 10)
        )
        mark = gradebook.find_grade("square-test", UNIT, UNIT, learner)
        mark.auto_score, mark.needs_manual_grade = score, False
        gradebook.db.commit()


def grade_by_hand(course: CourseFolder, learner, *, score, comment):
    with course.gradebook() as gradebook:
        mark = gradebook.find_grade("essay", UNIT, UNIT, learner)
        mark.manual_score, mark.needs_manual_grade = score, False
        gradebook.find_comment("essay", UNIT, UNIT, learner).manual_comment = comment
        gradebook.db.commit()


def graded_course(folder, **more) -> CourseFolder:
    return CourseFolder(make_course(folder, released=True, **more))
