"""A course whose one hand-in holds a wrong answer and a memo, for the formgrader."""

import json

from pmlab.authoring.parse import read_unit
from pmlab.learner.course_files import installed_course

COURSE = installed_course()
ENTRY = COURSE.units[0]
UNIT = read_unit(COURSE.text_folder(ENTRY))
TASK = UNIT.artefacts[0]
MEMO = "GO, if the pilot reaches 400 cleans a month by March."
REASON = " ".join(UNIT.exercises[0].wrong[0].message.split("{")[0].split()[:3])


def hand_in(folder):
    """Put Ada's hand-in into a course folder that holds the unit's release."""
    name = f"{ENTRY.slug}.ipynb"
    text = (folder / "release" / ENTRY.slug / name).read_text(encoding="utf-8")
    notebook = json.loads(text)
    answers = {
        UNIT.exercises[0].id: UNIT.exercises[0].wrong[0].cell.source,
        TASK.id: MEMO,
    }
    for cell in notebook["cells"]:
        cell["source"] = answers.get(cell["id"], cell["source"])
    place = folder / "submitted" / "ada" / ENTRY.slug
    place.mkdir(parents=True)
    (place / name).write_text(json.dumps(notebook), encoding="utf-8")


def open_hand_in(page, formgrader):
    """Open the hand-in in the formgrader; wait for its reason and its memo."""
    page.goto(f"{formgrader}/gradebook/{ENTRY.slug}/{ENTRY.slug}")
    page.get_by_role("link", name="Submission #1").click()
    page.get_by_text(REASON).first.wait_for(timeout=60_000)
    page.locator("p:visible", has_text=MEMO).first.wait_for(timeout=60_000)
