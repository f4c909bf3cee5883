"""The demo hub in a real Chromium: hand in, grade, read the feedback.

Real JupyterHub, simple spawner, Python proxy; the tests run in the order they stand in.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from pmlab.authoring.course import read_course
from pmlab.authoring.parse import read_unit
from pmlab.hub import demo
from pmlab.hub.faults import HubError

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COURSE = read_course(Path(__file__).resolve().parents[2] / "course")
ENTRY = COURSE.units[0]
UNIT = read_unit(COURSE.text_folder(ENTRY))
NOTEBOOK = f"pm-spring/exercises/{ENTRY.slug}/{ENTRY.slug}.ipynb"
SHOTS = os.environ.get("PMLAB_SCREENSHOTS")  # a folder, to look at the pictures
MINUTE = 60_000


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """A running demo hub: its folder and its address. Ctrl-C leaves nothing of it."""
    folder = tmp_path_factory.mktemp("hub")
    port = free_port()
    command = [sys.executable, "-m", "pmlab", "hub", "demo", "--port", str(port)]
    command += ["--from", str(COURSE.folder), "--keep", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            told = ""
            for line in running.stdout:
                told += line
                if "Ctrl-C" in line:
                    break
            assert f"Log in at http://127.0.0.1:{port}/hub/login" in told
            assert f"Password of all: {demo.PASSWORD}" in told
            yield folder, f"http://127.0.0.1:{port}"
        finally:
            running.send_signal(signal.SIGINT)
            status = running.wait(90)
    assert status == 0
    left = [words(place) for place in Path("/proc").glob("[0-9]*")]
    assert not [command for command in left if f"{folder}/" in command]


@pytest.fixture(scope="module")
def visit(chromium, hub):
    """Log someone in; gives her page, the same one each time."""
    pages, strangers = {}, []

    def refuse(route):
        strangers.append(route.request.url)
        route.abort()

    def page_of(name):
        if name not in pages:
            page = chromium.new_context(viewport={"width": 1300, "height": 950})
            page = pages[name] = page.new_page()
            page.route(re.compile(r"^https?://(?!127\.0\.0\.1[:/])"), refuse)
            page.goto(hub[1])
            page.fill("#username_input", name)
            page.fill("#password_input", demo.PASSWORD)
            page.click("#login_submit")
        return pages[name]

    yield page_of
    for page in pages.values():
        page.context.close()
    assert strangers == []


def shoot(page, name):
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"hub_{name}.png"))


def run_in_new_cell(page, text):
    """Add a cell under the last one and run it, as with B and Shift+Enter."""
    last = page.locator(".jp-Notebook .jp-Cell").last
    last.scroll_into_view_if_needed()
    last.locator(".jp-InputPrompt, .jp-Cell-inputCollapser").first.click()
    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.keyboard.type(text)
    page.keyboard.press("Shift+Enter")


def test_a_learner_lands_on_start_here(visit):
    page = visit("lea")
    heading = page.locator(".jp-RenderedHTMLCommon h1", has_text="Start here")
    heading.first.wait_for(timeout=2 * MINUTE)
    idle = page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")
    idle.first.wait_for(timeout=2 * MINUTE)
    shoot(page, "start_here")
    assert "/user/lea/" in page.url
    # The map knows her folder before any cell was run.
    page.get_by_text("Your next step. Read the lesson").first.wait_for(timeout=MINUTE)


def test_a_unit_that_is_not_open_is_not_taken_and_says_so(visit):
    page = visit("lea")
    run_in_new_cell(page, "!pmlab submit 03 --anyway --no-check")
    told = page.locator(".jp-OutputArea-output", has_text="not opened 03_market_sizing")
    told.first.wait_for(timeout=2 * MINUTE)


def test_an_instructor_opens_a_unit(hub, visit):
    press(visit("ines"), hub[1], "Release")


def test_a_learner_works_and_hands_in_without_a_terminal(hub, visit):
    folder, _ = hub
    page = visit("lea")
    place = folder / "home" / "lea" / NOTEBOOK
    work = json.loads(place.read_text(encoding="utf-8"))
    solutions = {e.id: e.solution.source for e in UNIT.exercises}
    for cell in work["cells"]:
        cell["source"] = solutions.get(cell["id"], cell["source"])
    place.write_text(json.dumps(work), encoding="utf-8")
    run_in_new_cell(page, "!pmlab submit 03 --anyway --no-check")
    told = page.locator(".jp-OutputArea-output", has_text="handed in to the course")
    try:
        told.first.wait_for(timeout=2 * MINUTE)
    finally:
        shoot(page, "handed_in")
    assert len(list((folder / "exchange" / "pm-spring" / "inbound").iterdir())) == 1


@pytest.mark.parametrize("step", ["Collect", "Grade", "Feedback", "Report"])
def test_an_instructor_teaches_from_one_page(hub, visit, step):
    press(visit("ines"), hub[1], step)


def press(page, address, step):
    """Press a button of *Teach here* and wait until its step is done."""
    page.goto(f"{address}/services/pm-spring/teach")
    page.get_by_role("button", name=f"{step} {ENTRY.slug}").click()
    state = page.locator("#state")
    ended = re.compile(rf"{step} {ENTRY.slug} (is done|stopped)")
    state.filter(has_text=ended).wait_for(timeout=3 * MINUTE)
    shoot(page, f"teach_{step.lower()}")
    assert "is done" in state.inner_text(), page.locator("#text").inner_text()


def test_the_page_and_the_formgrader_show_the_grade(hub, visit):
    page = visit("ines")
    page.goto(f"{hub[1]}/services/pm-spring/teach")
    row = page.locator("tr", has_text=ENTRY.slug)
    assert row.locator("td").all_inner_texts()[:3] == ["1", "1", "1"]
    row.get_by_role("link", name="Grade by hand").click()
    page.get_by_text("28", exact=False).first.wait_for(timeout=MINUTE)
    shoot(page, "formgrader")


def test_the_report_is_one_click_away_also_after_a_reload(hub, visit):
    page = visit("ines")
    page.goto(f"{hub[1]}/services/pm-spring/teach")
    page.reload()
    page.locator("#link:visible").wait_for(timeout=MINUTE)
    row = page.locator("tr", has_text=ENTRY.slug)
    row.get_by_role("link", name="Read the report").click()
    page.wait_for_url(f"**/teach/report/{ENTRY.slug}")
    page.locator("h1").first.wait_for(timeout=MINUTE)
    shoot(page, "report")


def test_links_of_the_formgrader_open_in_jupyterlab(hub, visit):
    page = visit("ines")
    page.goto(f"{hub[1]}/services/pm-spring/formgrader/manage_assignments")
    with page.expect_popup(timeout=MINUTE) as opened:
        page.get_by_role("link", name=ENTRY.slug, exact=True).first.click()
    lab = opened.value
    assert f"/services/pm-spring/lab/tree/source/{ENTRY.slug}" in lab.url
    listed = lab.locator(".jp-DirListing-item:visible", has_text=f"{ENTRY.slug}.ipynb")
    listed.first.wait_for(timeout=2 * MINUTE)
    shoot(lab, "formgrader_link")
    menus = lab.locator("#jp-MainMenu").inner_text()
    assert "Kernel" in menus
    assert "Nbgrader" not in menus
    lab.close()


def test_the_learner_reads_her_feedback(hub, visit):
    page = visit("lea")
    page.bring_to_front()
    run_in_new_cell(page, "!pmlab feedback 03")
    told = page.locator(".jp-OutputArea-output", has_text=".html").last
    told.wait_for(timeout=MINUTE)
    found = list((hub[0] / "home" / "lea" / "pm-spring").rglob("*.html"))
    assert len(found) == 1
    path = found[0].relative_to(hub[0] / "home" / "lea")
    page.goto(f"{hub[1]}/user/lea/files/{quote(str(path))}")
    assert page.get_by_text("28", exact=False).first.is_visible()
    shoot(page, "feedback")


def test_a_learner_is_kept_out_of_teaching_and_of_others(hub, visit):
    page = visit("max")
    page.locator(".jp-RenderedHTMLCommon h1").first.wait_for(timeout=2 * MINUTE)
    for path in (
        "/services/pm-spring/teach",
        "/services/pm-spring/formgrader/manage_assignments",
        "/services/pm-autumn/teach",
        "/user/lea/api/contents",
        "/hub/api/users",
        "/hub/admin",
    ):
        answer = page.goto(hub[1] + path)
        assert answer.status in (403, 404), path


def test_the_other_cohort_has_nothing_of_this_one(hub, visit):
    folder, address = hub
    page = visit("noor")
    page.locator(".jp-RenderedHTMLCommon h1").first.wait_for(timeout=2 * MINUTE)
    assert page.goto(f"{address}/services/pm-spring/teach").status == 403
    assert not (folder / "home" / "noor" / "pm-spring").exists()
    page = visit("ines")
    page.goto(f"{address}/services/pm-autumn/teach")
    row = page.locator("tr", has_text=ENTRY.slug)
    assert row.locator("td").all_inner_texts()[:3] == ["0", "0", "0"]


def test_a_course_server_that_crashes_comes_back_and_the_hub_stays(hub, visit):
    folder, address = hub
    page = visit("ines")
    victim = next(
        int(place.name)
        for place in Path("/proc").glob("[0-9]*")
        if f"{folder}/courses/pm-spring" in words(place)
        and "singleuser" in words(place)
    )
    os.kill(victim, 9)
    page.wait_for_timeout(500)
    assert page.goto(f"{address}/hub/home").status == 200
    for _ in range(60):
        answer = page.goto(f"{address}/services/pm-spring/teach")
        if answer.status == 200:
            return
        page.wait_for_timeout(1000)
    pytest.fail("the course server did not come back within a minute")


def words(place):
    try:
        return (place / "cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def test_a_port_in_use_is_refused_with_the_mend(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        running = demo.running_demo(tmp_path, source=COURSE.folder, port=port)
        with pytest.raises(HubError, match=f"port {port} is in use; choose another"):
            running.__enter__()
