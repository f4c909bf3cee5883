"""What was handed in is graded as the grader, in the sandbox; each reads her own."""

import json
from pathlib import Path

from tests.hub.full.visitors import ENTRY, get, teach


def test_grading_runs_as_the_grader_in_the_sandbox(hub, visit):
    teach(visit("pmlab-ines", server=False), "Grade")
    course = hub.data / "pm-spring"
    for path in (course / "autograded").rglob("*.ipynb"):
        assert path.owner() == "pmlab-g-spring"
    graded = course / "autograded" / "pmlab-max" / ENTRY.slug / f"{ENTRY.slug}.ipynb"
    cells = json.loads(graded.read_text())["cells"]
    told = "".join(
        "".join(out.get("text", "")) for c in cells for out in c.get("outputs", [])
    )
    assert "kept" in told
    assert "STOLEN" not in told.replace("'STOLEN'", "")
    assert "TOKENS []" in told


def test_learners_read_their_own_feedback_only(hub, visit):
    teach(visit("pmlab-ines", server=False), "Feedback")
    shown = visit("pmlab-lea").run("!cd ~/pm-spring && pmlab feedback 03")
    assert ".html" in shown, shown
    pages = list(Path("/home/pmlab-lea/pm-spring").rglob("*.html"))
    assert len(pages) == 1
    pages = (hub.exchange / "pm-spring" / "feedback").rglob("*.html")
    assert len(list(pages)) >= 2  # there for those who know the secret of their hand-in


def test_the_report_and_the_gradebook_stay_with_the_instructor(visit):
    teach(visit("pmlab-ines", server=False), "Report")
    ines = visit("pmlab-ines", server=False)
    for page in (f"teach/report/{ENTRY.slug}", "formgrader/manage_assignments"):
        assert get(ines, f"/services/pm-spring/{page}").status_code == 200
        assert get(visit("pmlab-lea"), f"/services/pm-spring/{page}").status_code == 403


def test_collecting_again_changes_nothing(hub, visit):
    teach(visit("pmlab-ines", server=False), "Collect", status=1)
    names = [path.name for path in (hub.data / "pm-spring" / "submitted").iterdir()]
    assert sorted(names) == ["pmlab-lea", "pmlab-max"]
