"""What people do on the hub: open pages, work, press buttons, try forbidden things."""

from pmlab.authoring.course import read_course
from pmlab.authoring.parse import read_unit
from tests.hub.full.machine import ROOT, until

COURSE = read_course(ROOT / "course")
ENTRY = next(unit for unit in COURSE.units if unit.slug.startswith("03"))
UNIT = read_unit(COURSE.text_folder(ENTRY))


def get(person, path):
    return person.session.get(person.address + path, timeout=60)


def teach(person, step, *, status=0):
    """Press a button of *Teach here* and wait; gives what it printed."""
    page = f"{person.address}/services/pm-spring/teach"
    assert person.session.get(page, timeout=60).status_code == 200
    cookies = [c for c in person.session.cookies if c.name == "_xsrf"]
    token = next(c.value for c in cookies if "/services/pm-spring" in c.path)
    answer = person.session.post(
        f"{page}/step",
        json={"step": step, "unit": ENTRY.slug},
        headers={"X-XSRFToken": token},
        timeout=60,
    )
    assert answer.status_code == 202, answer.text

    def done():
        job = person.session.get(f"{page}/step", timeout=60).json()
        return job if job["status"] is not None else None

    job = until(240, done)
    assert job["status"] == status, job["text"]
    return job["text"]


def write_work(person, extra=""):
    """Save a solved notebook, as JupyterLab saves it."""
    path = f"pm-spring/exercises/{ENTRY.slug}/{ENTRY.slug}.ipynb"
    book = person.api("GET", f"contents/{path}")["content"]
    solutions = {e.id: e.solution.source for e in UNIT.exercises}
    for cell in book["cells"]:
        text = solutions.get(cell["id"])
        if text is not None:
            cell["source"] = f"{extra}\n{text}" if extra else text
            extra = ""
    person.api("PUT", f"contents/{path}", json={"type": "notebook", "content": book})


def attempt(person, code):
    """Try something in a learner's kernel; gives the error's name, or what came out."""
    return person.run(
        "import os, shutil, pathlib\n"
        f"try:\n    print('GOT', {code})\n"
        "except OSError as error:\n    print('refused', type(error).__name__)"
    ).strip()
