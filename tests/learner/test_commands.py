"""``pmlab doctor``, ``pmlab update`` and a JupyterLab that is open already."""

import contextlib
import importlib.metadata
import json
import os
import shutil
import socket
import subprocess
import sys

import pytest

from pmlab.learner import doctor
from pmlab.learner.running import running_on


def fill(path):
    """Write until the disk is full."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT)
    with contextlib.suppress(OSError):
        while True:
            os.write(file, b"x" * 4096)
    os.close(file)


def found(pmlab):
    status, said = pmlab("doctor", "--json")
    return status, {item["what"]: item for item in json.loads(said)}


def test_a_sound_installation_has_nothing_to_mend(pmlab):
    status, items = found(pmlab)
    assert status == 0, items
    assert items["Python"]["seen"].startswith(".".join(map(str, sys.version_info[:2])))
    assert items["kernel"]["seen"].startswith("python3, pmlab ")
    assert {"packages", "JupyterLab", "disk", "write access", "variant"} <= set(items)


def test_the_doctor_names_a_damaged_notebook_and_a_broken_variant(pmlab, learner):
    learner.notebook.write_text("{", encoding="utf-8")
    (learner.folder / ".pmlab" / "variant").write_text("no/code", encoding="utf-8")
    status, items = found(pmlab)
    assert status == 1
    assert "damaged or half written" in items["notebook"]["seen"]
    assert "pmlab update" in items["notebook"]["mend"]
    assert "--variant CODE" in items["variant"]["mend"]


def test_on_the_instructors_side_no_folder_of_a_learner_is_missed(course, monkeypatch):
    monkeypatch.chdir(course.folder)
    items = {item.what: item for item in doctor.examine(None)}
    assert items["course folder"].mend == ""
    assert "instructors' side" in items["course folder"].seen


def test_missing_and_old_packages_are_named(monkeypatch):
    wanted = ["numpy>=99", "notthere>=1", 'alsonot>=1; extra == "test"', "pandas>=1"]
    monkeypatch.setattr(importlib.metadata, "requires", lambda _: wanted)
    item = next(it for it in doctor.examine(None) if it.what == "packages")
    assert "is older than 99, notthere is missing" in item.seen
    assert "pandas" not in item.seen
    assert "pip install" in item.mend


def test_a_kernel_without_pmlab_is_named(monkeypatch, tmp_path):
    """Another program's python3 kernel comes first, as after an old installation."""
    kernel = tmp_path / "kernels" / "python3"
    kernel.mkdir(parents=True)
    alien = tmp_path / "alien"
    alien.write_text("#!/bin/sh\necho 'No module named pmlab' >&2; exit 1\n")
    alien.chmod(0o755)
    spec = {"argv": [str(alien), "-f", "{connection_file}"], "display_name": "Python 3"}
    (kernel / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    item = next(it for it in doctor.examine(None) if it.what == "kernel")
    assert "No module named pmlab" in item.seen
    assert "ipykernel install" in item.mend


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or not shutil.which("mount"),
    reason="only root can mount a small disk",
)
def test_a_full_disk_is_named_by_the_doctor_and_by_every_command(
    pmlab, learner, tmp_path
):
    small = tmp_path / "small"
    small.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", small],
        check=False,
        capture_output=True,
    )
    if done.returncode:
        pytest.skip("mounting is forbidden here")
    try:
        full = small / "course"
        (full / ".pmlab").mkdir(parents=True)
        exercises = full / "exercises" / "03_mini"
        exercises.mkdir(parents=True)
        learner.answer(memo="We go.")
        shutil.copy(learner.notebook, exercises)
        fill(small / "filler")
        before = (exercises / "03_mini.ipynb").read_bytes()
        status, said = pmlab("doctor", "--folder", full)
        assert status == 1
        assert "free at least 200 MB" in said
        words = ("submit", "03", "--no-check", "--anyway", "--learner", "ada")
        for command in (words, ("update",), ("portfolio",), ("progress", "--page")):
            status, said = pmlab(*command, "--folder", full)
            assert status == 1, command
            assert "No space left on device" in said
            assert "nothing of yours was changed" in said
        status, said = pmlab("progress", "--folder", full)
        assert status == 0
        assert (exercises / "03_mini.ipynb").read_bytes() == before
        assert not list(small.rglob("*.tmp"))
    finally:
        subprocess.run(["umount", small], check=True)


@contextlib.contextmanager
def newer(course, *words):
    """A newer version of the course, in which some words of the exercises differ."""
    source = course.source_folder(course.units[0]) / "03_mini.ipynb"
    lesson = course.lesson_file(course.units[0])
    old = source.read_text(encoding="utf-8"), lesson.read_text(encoding="utf-8")
    assert words[0] in old[0]
    try:
        source.write_text(old[0].replace(*words), "utf-8")
        lesson.write_text(old[1].replace("Pooled", "Pooled and better"), "utf-8")
        yield
    finally:
        source.write_text(old[0], encoding="utf-8")
        lesson.write_text(old[1], encoding="utf-8")


def test_update_puts_new_versions_beside_hers_and_says_so(pmlab, learner, course):
    from pmlab.learner import course_files

    status, said = pmlab("update")
    assert "has everything of this version" in said
    learner.answer(average="my = 'work'")
    mine = learner.notebook.read_bytes()
    with newer(course, "A pooled rate", "A better title"):
        status, said = pmlab("update")
    assert status == 0
    assert learner.notebook.read_bytes() == mine
    assert "yours is kept; the new version is beside it" in said
    beside = learner.notebook.with_name("03_mini_NEW_VERSION.ipynb")
    assert "A better title" in beside.read_text(encoding="utf-8")
    assert f"new or renewed: {course_files.lesson_path('03_mini')}" in said
    assert (
        "- Open 03_mini_NEW_VERSION.ipynb, copy your answers and memo into it" in said
    )
    assert "delete 03_mini.ipynb and give 03_mini_NEW_VERSION.ipynb the name" in said
    assert "- Or stay with 03_mini.ipynb and delete 03_mini_NEW_VERSION.ipynb" in said
    assert "lesson" not in said.partition("How to go on")[2]


def test_update_says_of_a_changed_lesson_that_either_file_will_do(
    pmlab, learner, course
):
    path = learner.folder / "lessons/03_lesson_mini.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][0]["source"] = ["My own title"]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    with newer(course, "A pooled rate", "A better title"):
        _, said = pmlab("update")
    assert "Of a lesson keep the file you like better" in said
    assert "How to go on" not in said


def test_progress_names_the_new_version_that_is_there_and_how_to_go_on(
    pmlab, learner, course
):
    """Walks the way that it tells, to its end."""
    learner.answer_all()
    beside = learner.notebook.with_name("03_mini_NEW_VERSION.ipynb")
    with newer(course, "buyers_only", "only_buyers"):
        _, said = pmlab("progress")
        assert "`pmlab update` puts the new version beside yours" in said
        pmlab("update")
        _, said = pmlab("progress")
        assert "`pmlab update` puts" not in said
        assert "The new version is beside yours. Open 03_mini_NEW_VERSION.ipynb" in said
        mine, learner.notebook = learner.notebook, beside
        learner.answer_all()
        mine.unlink()
        learner.notebook = beside.rename(mine)
        _, said = pmlab("progress")
        assert "Note:" not in said
        assert all(item.answered for item in learner.work().exercises)
        _, said = pmlab("update")
        assert "has everything of this version" in said


def test_an_earlier_new_version_is_not_taken_for_the_one_of_now(pmlab, learner, course):
    learner.answer_all()
    with newer(course, "buyers_only", "only_buyers"):
        pmlab("update")
    with newer(course, "buyers_only", "just_buyers"):
        _, said = pmlab("progress")
        assert "`pmlab update` puts the new version beside yours" in said
        pmlab("update")
        _, said = pmlab("progress")
        assert "beside yours. Open 03_mini_NEW_VERSION_2.ipynb" in said


def test_a_fresh_copy_comes_beside_hers(pmlab, learner):
    learner.answer(average="my = 'work'")
    mine = learner.notebook.read_bytes()
    _, said = pmlab("update", "--fresh", "03")
    assert said.strip().endswith("exercises/03_mini/03_mini_FRESH.ipynb")
    assert learner.notebook.read_bytes() == mine
    fresh = learner.notebook.with_name("03_mini_FRESH.ipynb")
    fresh.write_text("work in the fresh one", encoding="utf-8")
    _, said = pmlab("update", "--fresh", "3")
    assert said.strip().endswith("03_mini_FRESH_2.ipynb")
    assert fresh.read_text(encoding="utf-8") == "work in the fresh one"


@pytest.fixture
def open_lab(monkeypatch, tmp_path):
    """What a running JupyterLab leaves for others, and a port that listens."""
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    (tmp_path / "runtime").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def write(folder, port=port):
            about = {
                "root_dir": str(folder),
                "hostname": "127.0.0.1",
                "port": port,
                "token": "secret",
                "url": f"http://127.0.0.1:{port}/",
            }
            path = tmp_path / "runtime" / "jpserver-1.json"
            path.write_text(json.dumps(about), encoding="utf-8")

        yield write


def test_a_second_jupyterlab_on_a_folder_is_not_opened(pmlab, learner, open_lab):
    open_lab(learner.folder)
    status, said = pmlab("start", learner.folder)
    assert status == 0
    assert "open on this folder already" in said
    assert "Start%20here.ipynb?token=secret" in said


def test_other_folders_closed_servers_and_damage_are_no_open_lab(
    learner, open_lab, tmp_path
):
    open_lab(tmp_path)
    assert running_on(learner.folder) is None
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        open_lab(learner.folder, port=closed.getsockname()[1])
        assert running_on(learner.folder) is None
    (tmp_path / "runtime" / "jpserver-1.json").write_text("{", encoding="utf-8")
    assert running_on(learner.folder) is None
