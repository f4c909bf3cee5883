"""Handing in: complete or not, as a zip or through a real exchange."""

import io
import json
import re
import shutil
import subprocess
import sys
import zipfile

import pytest
from nbgrader.utils import get_username

from pmlab.learner import place
from pmlab.learner.course_files import unit_files
from pmlab.learner.exchange import Exchange, find_exchange

LONG = "We go, because the pooled rate holds in every week we looked at. " * 10


def zips(learner):
    return sorted((learner.folder / "to hand in").glob("*.zip"))


def complete(learner):
    learner.answer_all()
    learner.answer(memo=LONG)
    learner.ran("5")
    learner.ran("4", id_="traffic-check")


def test_what_is_open_is_named_and_how_to_hand_in_anyway(learner, pmlab):
    status, said = pmlab("submit", "03", "--learner", "ada", "--no-check")
    assert status == 1
    assert "M03-E1 · A pooled rate – no answer yet" in said
    assert "M03-E2 · Traffic – no answer yet" in said
    assert "M03-A · Memo is not written yet" in said
    assert "pmlab submit 03 --anyway" in said
    assert zips(learner) == []


@pytest.mark.parametrize("typed", ["n\n", "\n", ""])
def test_who_says_no_is_told_that_nothing_was_handed_in(
    learner, pmlab, monkeypatch, typed
):
    monkeypatch.setattr(place, "can_ask", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))  # the last one: Ctrl-D
    status, said = pmlab("submit", "03", "--learner", "ada", "--no-check")
    assert status == 1
    assert "Hand in anyway? (y/n)" in said
    assert "Nothing was handed in. To hand in as it is: pmlab submit 03" in said
    assert zips(learner) == []


def test_who_says_yes_hands_in(learner, pmlab, monkeypatch):
    monkeypatch.setattr(place, "can_ask", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO("Yes\n"))
    status, said = pmlab("submit", "03", "--learner", "ada", "--no-check")
    assert (status, len(zips(learner))) == (0, 1)
    assert "Nothing was handed in" not in said


def test_it_is_handed_in_anyway_on_request(learner, pmlab):
    status, said = pmlab("submit", "3", "--learner", "ada", "--no-check", "--anyway")
    assert status == 0
    assert str(zips(learner)[0]) in said


@pytest.mark.slow
def test_a_complete_unit_is_handed_in_without_more_words(learner, pmlab):
    complete(learner)
    status, said = pmlab("submit", "03_mini", "--learner", "ada")
    assert "Complete: every exercise is answered" in said
    assert status == 0


@pytest.mark.slow
def test_an_answer_that_changed_after_its_check_is_named(learner, pmlab, unit):
    complete(learner)
    learner.answer(average=unit.exercises[0].wrong[0].cell.source)
    status, said = pmlab("submit", "03", "--learner", "ada")
    assert (
        "A pooled rate – changed after its check: the notebook shows 5 points" in said
    )
    assert "what is saved now gets 0" in said
    assert status == 1


def test_checks_that_never_ran_are_named(learner, pmlab):
    complete(learner)
    learner.ran("text")
    _, said = pmlab("submit", "03", "--learner", "ada", "--no-check")
    assert "A pooled rate – the check ran but came to no verdict" in said
    learner.ran("5", count=None)
    learner.change(forget_runs)
    _, said = pmlab("submit", "03", "--learner", "ada", "--no-check")
    assert "A pooled rate – answered, but the check never ran" in said
    learner.stopped()
    _, said = pmlab("submit", "03", "--learner", "ada", "--no-check")
    assert "rate – the last run of its check stopped with an error; run the" in said


def forget_runs(cells):
    for cell in cells:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)


def test_a_pass_from_before_a_slip_of_the_pen_does_not_count(learner, pmlab):
    """She passed, then ran a cell that Python can't read: the check kept its pass."""
    complete(learner)

    def slip(cells):
        (cell,) = [cell for cell in cells if cell["id"] == "average"]
        cell["source"] = "def pooled_rate(days) return 1"
        cell["outputs"] = [
            {"output_type": "error", "ename": "SyntaxError", "evalue": "expected ':'"}
        ]

    learner.change(slip)
    work = learner.work()
    assert work.passing == 4
    _, said = pmlab("submit", "03", "--learner", "ada", "--no-check")
    assert "A pooled rate – Python could not read the answer" in said


def test_a_short_memo_is_named_with_its_length(learner, pmlab):
    complete(learner)
    learner.answer(memo="We go.")
    _, said = pmlab("submit", "03", "--learner", "ada", "--no-check")
    assert "M03-A · Memo has 2 words" in said


def test_the_zip_holds_notebook_hints_and_time(learner, pmlab):
    complete(learner)
    hints = learner.notebook.with_name("hints.json")
    hints.write_text('{"average": 2}', encoding="utf-8")
    pmlab("submit", "03", "--learner", "Zoë", "--no-check")
    (file,) = zips(learner)
    assert re.fullmatch(r"Zoë__03_mini__\d{8}T\d{6}Z\.zip", file.name)
    with zipfile.ZipFile(file) as archive:
        assert sorted(archive.namelist()) == [
            "03_mini/03_mini.ipynb",
            "03_mini/hints.json",
            "03_mini/timestamp.txt",
        ]
        assert archive.read("03_mini/03_mini.ipynb") == learner.notebook.read_bytes()
        assert json.loads(archive.read("03_mini/hints.json")) == {"average": 2}
        when = archive.read("03_mini/timestamp.txt").decode()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} UTC", when)


def test_a_renamed_notebook_is_handed_in_under_its_right_name(learner, pmlab):
    complete(learner)
    learner.notebook.rename(learner.notebook.with_name("mine.ipynb"))
    pmlab("submit", "03", "--learner", "ada", "--no-check", "--anyway")
    with zipfile.ZipFile(zips(learner)[0]) as archive:
        assert "03_mini/03_mini.ipynb" in archive.namelist()


def test_a_half_written_notebook_is_handed_in_as_it_is_on_request(learner, pmlab):
    learner.notebook.write_bytes(b'{"cells": [')
    status, said = pmlab("submit", "03", "--learner", "ada", "--no-check")
    assert status == 1
    assert "damaged or half written" in said
    pmlab("submit", "03", "--no-check", "--anyway")
    with zipfile.ZipFile(zips(learner)[0]) as archive:
        assert archive.read("03_mini/03_mini.ipynb") == b'{"cells": ['


def test_without_a_notebook_there_is_nothing_to_hand_in(learner, pmlab):
    learner.notebook.unlink()
    status, said = pmlab("submit", "03", "--learner", "ada", "--no-check", "--anyway")
    assert status == 1
    assert "there is nothing to hand in" in said


def test_the_map_says_when_it_was_handed_in_and_what_changed_since(learner, pmlab):
    complete(learner)
    pmlab("submit", "03", "--learner", "ada", "--no-check")
    _, said = pmlab("progress")
    assert "changed since" not in said
    assert re.search(r"handed in: \d+ \w+ \d{4}", said)
    learner.answer(memo=LONG + "And more.")
    _, said = pmlab("progress")
    assert "changed since" in said
    assert "Hand in “Pooled rates” again, it has changed: pmlab submit 03" in said


@pytest.mark.slow
def test_nbgraders_zip_collect_takes_the_zip(learner, pmlab, tmp_path):
    complete(learner)
    pmlab("submit", "03", "--learner", "Zoë", "--no-check")
    course = tmp_path / "teacher"
    downloaded = course / "downloaded" / "03_mini" / "archive"
    downloaded.mkdir(parents=True)
    (file,) = zips(learner)
    (downloaded / file.name).write_bytes(file.read_bytes())
    named = (
        r".*/(?P<student_id>[^/]+)__03_mini__\d{8}T\d{6}Z/03_mini/"
        r"(?P<file_id>[^/]+)$"
    )
    collector = (
        "from nbgrader.plugins import FileNameCollectorPlugin as C\n"
        "c = get_config()\n"
        f"c.FileNameCollectorPlugin.named_regexp = {named!r}\n"
    )
    (course / "nbgrader_config.py").write_text(collector, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "zip_collect", "03_mini"],
        cwd=course,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    place = course / "submitted" / "Zoë" / "03_mini"
    assert (place / "03_mini.ipynb").read_bytes() == learner.notebook.read_bytes()


@pytest.fixture
def exchange(tmp_path, course, monkeypatch):
    """A real exchange in which the unit was released, as on a hub."""
    teacher, root = tmp_path / "teacher", tmp_path / "exchange"
    root.mkdir()
    root.chmod(0o777)
    release = teacher / "release" / "03_mini"
    release.mkdir(parents=True)
    for item in unit_files(course, course.units[0]):
        if item.path.startswith("exercises/"):
            (release / item.path.rpartition("/")[2]).write_bytes(item.content)
    settings = (
        "c = get_config()\nc.CourseDirectory.course_id = 'pm101'\n"
        f"c.Exchange.root = {str(root)!r}\n"
    )
    (teacher / "nbgrader_config.py").write_text(settings, encoding="utf-8")
    monkeypatch.setenv("PATH", f"{sys.prefix}/bin", prepend=":")

    def nbgrader(*words):
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *words],
            cwd=teacher,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]

    nbgrader("release_assignment", "03_mini")
    hub = tmp_path / "etc"
    hub.mkdir()
    (hub / "nbgrader_config.py").write_text(settings, encoding="utf-8")
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(hub))
    return teacher, nbgrader


@pytest.mark.slow
def test_on_a_hub_work_and_feedback_travel_through_the_exchange(
    learner, pmlab, exchange
):
    teacher, nbgrader = exchange
    complete(learner)
    learner.notebook.with_name("03_mini_NEW_VERSION.ipynb").write_text("{}")
    status, said = pmlab("submit", "03", "--no-check")
    assert (status, "handed in to the course pm101" in said) == (0, True), said
    assert zips(learner) == []
    status, said = pmlab("feedback", "03", "--no-browser")
    assert (status, "no feedback" in said) == (1, True), said

    handed_in = next((teacher.parent / "exchange" / "pm101" / "inbound").iterdir())
    assert handed_in.stat().st_mode & 0o022 == 0  # classmates can't write into it

    nbgrader("collect", "03_mini")
    place = teacher / "submitted" / get_username() / "03_mini"
    assert sorted(path.name for path in place.iterdir()) == [
        "03_mini.ipynb",
        "hints.json",
        "submission_secret.txt",
        "timestamp.txt",
    ]
    page = teacher / "feedback" / get_username() / "03_mini" / "03_mini.html"
    page.parent.mkdir(parents=True)
    page.write_text("<title>Well done</title>", encoding="utf-8")
    for file in place.glob("*.txt"):
        shutil.copy(file, page.parent)
    nbgrader("release_feedback", "03_mini")
    status, said = pmlab("feedback", "03", "--no-browser")
    page = learner.folder / "feedback" / "03_mini" / "03_mini.html"
    assert (status, page.is_file()) == (0, True), said
    assert "Well done" in page.read_text(encoding="utf-8")


def test_without_settings_there_is_no_exchange(monkeypatch, tmp_path):
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert find_exchange(tmp_path) is None


def test_a_hub_says_which_course_a_folder_belongs_to(tmp_path):
    inbound = tmp_path / "exchange" / "pm-spring" / "inbound"
    told = tmp_path / "course" / ".pmlab" / "hub.json"
    told.parent.mkdir(parents=True)
    exchange = tmp_path / "exchange"
    told.write_text(json.dumps({"course": "pm-spring", "exchange": str(exchange)}))
    assert find_exchange(tmp_path / "course") is None
    inbound.mkdir(parents=True)
    assert find_exchange(tmp_path / "course") == Exchange(exchange, "pm-spring")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"course": "pm"}'])
def test_a_damaged_note_of_the_hub_is_passed_over(text, tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".pmlab").mkdir()
    (tmp_path / ".pmlab" / "hub.json").write_text(text)
    assert find_exchange(tmp_path) is None


def test_where_a_cluster_shares_no_folder_there_is_no_exchange(tmp_path):
    (tmp_path / ".pmlab").mkdir()
    (tmp_path / ".pmlab" / "hub.json").write_text('{"course": "pm", "exchange": null}')
    assert find_exchange(tmp_path) is None


@pytest.mark.parametrize("command", ["check", "submit", "feedback"])
def test_without_a_number_the_units_are_named(pmlab, command):
    status, said = pmlab(command)
    assert status == 1
    assert "which unit? Name it by its number: 03" in said


def test_in_the_folder_of_a_unit_its_number_can_be_left_out(
    learner, pmlab, monkeypatch
):
    monkeypatch.chdir(learner.notebook.parent)  # where cells run their commands
    _, said = pmlab("submit", "--learner", "ada", "--no-check")
    assert "M03-E2 · Traffic – no answer yet" in said
    assert "pmlab submit 03 --anyway" in said


def test_who_has_no_instructor_is_told_how_to_go_on(pmlab):
    _, said = pmlab("submit", "03", "--no-check", "--anyway")
    assert "without an instructor, any name you like" in said
    _, said = pmlab("submit", "03", "--no-check", "--anyway", "--learner", "me")
    assert "Learning without an instructor? Then there is nothing to send" in said
