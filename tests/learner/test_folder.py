"""The learner's folder: complete, renewed where it is ours, never over her work."""

import json
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from pmlab.learner import folder
from pmlab.learner.course_files import CourseFile
from pmlab.learner.folder import FolderError, prepare, remember_variant

FIRST = [CourseFile("a.txt", b"one"), CourseFile("sub/b.txt", b"two")]


def test_a_new_folder_gets_all_files(tmp_path):
    delivery = prepare(tmp_path / "Übung 1", FIRST)
    assert delivery.written == ("a.txt", "sub/b.txt")
    assert (tmp_path / "Übung 1" / "sub" / "b.txt").read_bytes() == b"two"


def test_starting_again_writes_nothing(tmp_path):
    prepare(tmp_path, FIRST)
    again = prepare(tmp_path, FIRST)
    assert again.written == again.kept == ()


def test_a_changed_file_is_never_touched(tmp_path):
    prepare(tmp_path, FIRST)
    (tmp_path / "a.txt").write_bytes(b"my work")
    newer = [CourseFile("a.txt", b"newer"), CourseFile("sub/b.txt", b"newer")]
    delivery = prepare(tmp_path, newer)
    assert (tmp_path / "a.txt").read_bytes() == b"my work"
    assert delivery.kept == ("a.txt",)
    assert delivery.written == ("sub/b.txt",)


def test_her_work_stays_hers_over_many_versions(tmp_path):
    prepare(tmp_path, FIRST)
    (tmp_path / "a.txt").write_bytes(b"my work")
    for version in (b"2", b"3", b"two"):
        prepare(tmp_path, [CourseFile("a.txt", version)])
    assert (tmp_path / "a.txt").read_bytes() == b"my work"


def test_a_file_of_hers_that_was_never_delivered_is_kept(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"hers")
    delivery = prepare(tmp_path, FIRST)
    assert (tmp_path / "a.txt").read_bytes() == b"hers"
    assert delivery.kept == ("a.txt",)


def test_a_deleted_file_comes_back(tmp_path):
    prepare(tmp_path, FIRST)
    (tmp_path / "a.txt").unlink()
    assert prepare(tmp_path, FIRST).written == ("a.txt",)


def test_a_damaged_record_loses_no_work(tmp_path):
    prepare(tmp_path, FIRST)
    (tmp_path / "a.txt").write_bytes(b"my work")
    (tmp_path / ".pmlab" / "delivered.json").write_text("{half", encoding="utf-8")
    prepare(tmp_path, [CourseFile("a.txt", b"newer")])
    assert (tmp_path / "a.txt").read_bytes() == b"my work"


def notebook(*sources, **metadata):
    cells = [
        {"cell_type": "code", "source": source, "outputs": [], "metadata": {}}
        for source in sources
    ]
    return json.dumps({"cells": cells, "metadata": metadata}).encode()


def test_a_notebook_that_was_only_opened_is_renewed(tmp_path):
    prepare(tmp_path, [CourseFile("n.ipynb", notebook("1"))])
    (tmp_path / "n.ipynb").write_bytes(notebook("1", language="python 3.12"))
    delivery = prepare(tmp_path, [CourseFile("n.ipynb", notebook("1", "2"))])
    assert delivery.written == ("n.ipynb",)


def test_a_notebook_with_an_answer_is_kept(tmp_path):
    prepare(tmp_path, [CourseFile("n.ipynb", notebook("1"))])
    (tmp_path / "n.ipynb").write_bytes(notebook("my answer"))
    delivery = prepare(tmp_path, [CourseFile("n.ipynb", notebook("1", "2"))])
    assert delivery.kept == ("n.ipynb",)
    assert (tmp_path / "n.ipynb").read_bytes() == notebook("my answer")


def test_no_draft_is_left_behind(tmp_path):
    prepare(tmp_path, FIRST)
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_file_in_place_of_the_folder_is_named(tmp_path):
    (tmp_path / "taken").write_text("x", encoding="utf-8")
    for place in (tmp_path / "taken", tmp_path / "taken" / "below"):
        with pytest.raises(FolderError, match="taken is a file, a folder is needed"):
            prepare(place, FIRST)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_named(tmp_path):
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(FolderError, match="can't be written by you"):
        prepare(tmp_path / "course", FIRST)


def test_the_variant_code_is_stored_and_checked(tmp_path):
    remember_variant(tmp_path, "abc-123")
    assert (tmp_path / ".pmlab" / "variant").read_text(encoding="utf-8") == "abc-123"
    with pytest.raises(FolderError, match="letters, digits or hyphens"):
        remember_variant(tmp_path, "../../etc")


def test_a_new_version_of_a_changed_file_comes_beside_it(tmp_path):
    prepare(tmp_path, FIRST)
    (tmp_path / "sub" / "b.txt").write_bytes(b"my work")
    newer = [CourseFile("sub/b.txt", b"newer")]
    delivery = prepare(tmp_path, newer, beside=True)
    assert delivery.beside == ("sub/b_NEW_VERSION.txt",)
    assert (tmp_path / "sub" / "b.txt").read_bytes() == b"my work"
    assert (tmp_path / "sub" / "b_NEW_VERSION.txt").read_bytes() == b"newer"
    assert prepare(tmp_path, newer, beside=True).beside == ()


def test_work_in_a_new_version_is_kept_by_the_next_one(tmp_path):
    prepare(tmp_path, FIRST)
    (tmp_path / "a.txt").write_bytes(b"my work")
    prepare(tmp_path, [CourseFile("a.txt", b"2")], beside=True)
    (tmp_path / "a_NEW_VERSION.txt").write_bytes(b"my work in the new one")
    delivery = prepare(tmp_path, [CourseFile("a.txt", b"3")], beside=True)
    assert delivery.beside == ("a_NEW_VERSION_2.txt",)
    assert (tmp_path / "a_NEW_VERSION.txt").read_bytes() == b"my work in the new one"


def test_starting_names_a_new_version_and_leaves_it_to_update(tmp_path):
    prepare(tmp_path, FIRST)
    (tmp_path / "a.txt").write_bytes(b"my work")
    for _ in range(2):
        delivery = prepare(tmp_path, [CourseFile("a.txt", b"2")])
        assert (delivery.kept, delivery.beside) == (("a.txt",), ())
    assert not list(tmp_path.glob("*NEW*"))


def test_a_record_of_an_earlier_pmlab_is_understood(tmp_path):
    prepare(tmp_path, FIRST)
    path = tmp_path / ".pmlab" / "delivered.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({key: value[0] for key, value in record.items()}))
    delivery = prepare(tmp_path, [CourseFile("a.txt", b"newer")])
    assert delivery.written == ("a.txt",)


def test_what_is_saved_while_a_file_is_renewed_is_not_lost(tmp_path, monkeypatch):
    """Her editor saves between our look at the file and our writing."""
    prepare(tmp_path, FIRST)
    real = folder._save

    def save_and_let_her_write(*words):
        real(*words)
        (tmp_path / "a.txt").write_bytes(b"saved just now")

    monkeypatch.setattr(folder, "_save", save_and_let_her_write)
    delivery = prepare(tmp_path, [CourseFile("a.txt", b"newer")], beside=True)
    assert (tmp_path / "a.txt").read_bytes() == b"saved just now"
    assert delivery.beside == ("a_NEW_VERSION.txt",)


KILLED = """
import json, os, signal, sys
from pathlib import Path
from pmlab.learner.course_files import CourseFile
from pmlab.learner.folder import prepare

base = Path(sys.argv[1])

def course(version):
    names = ("hers.txt", "sub/ours.txt", "sub/deep/new.txt")
    return [CourseFile(name, f"{name} {version}".encode()) for name in names]

def killed_at(number, place):
    seen = 0
    def hook(event, _):
        nonlocal seen
        if event == "open" or event.startswith("os."):
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(hook)
    prepare(place, course(2), beside=True)

number = 0
while True:
    number += 1
    place = base / str(number)
    prepare(place, course(1)[:2])
    (place / "hers.txt").write_text("my work")
    child = os.fork()
    if child == 0:
        killed_at(number, place)
        os._exit(0)
    was_killed = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    prepare(place, course(2), beside=True)
    texts = {
        path.relative_to(place).as_posix(): path.read_text()
        for path in place.rglob("*.txt")
    }
    print(json.dumps(texts))
    if not was_killed:
        break
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")
def test_an_update_killed_at_any_moment_is_completed_by_the_next(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", KILLED, tmp_path],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) > 30  # one for each call of the system
    for line in lines:
        assert json.loads(line) == {
            "hers.txt": "my work",
            "hers_NEW_VERSION.txt": "hers.txt 2",
            "sub/ours.txt": "sub/ours.txt 2",
            "sub/deep/new.txt": "sub/deep/new.txt 2",
        }


def test_work_that_a_killed_run_moved_aside_comes_back(tmp_path):
    prepare(tmp_path, FIRST)
    aside = tmp_path / ".pmlab" / "aside"
    (aside / "sub").mkdir(parents=True)
    (aside / "a.txt").write_bytes(b"my work")
    (aside / "sub" / "c.txt").write_bytes(b"my notes")
    delivery = prepare(tmp_path, FIRST)
    assert delivery.rescued == ("a_YOURS.txt", "sub/c.txt")
    assert (tmp_path / "a_YOURS.txt").read_bytes() == b"my work"
    assert (tmp_path / "sub" / "c.txt").read_bytes() == b"my notes"


@pytest.mark.skipif(sys.platform == "win32", reason="needs RLIMIT_FSIZE")
def test_a_full_disk_is_named_and_costs_nothing(tmp_path):
    """A limit on the size of files fails like a full disk: in the middle of one."""
    prepare(tmp_path, FIRST)
    code = (
        "import resource, signal, sys; from pathlib import Path;"
        "from pmlab.learner.course_files import CourseFile;"
        "from pmlab.learner.folder import FolderError, prepare;"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000));"
        "prepare(Path(sys.argv[1]), [CourseFile('a.txt', b'x' * 9000)])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "nothing of yours was changed. Free some space" in done.stderr
    prepare(tmp_path, FIRST)
    assert (tmp_path / "a.txt").read_bytes() == b"one"
    assert not list(tmp_path.rglob("*.tmp"))


def as_nobody(folder, action):
    """Run as a user without rights: root may write everywhere."""
    child = os.fork()
    if child == 0:
        status = 3
        try:
            os.setgid(65534)
            os.setuid(65534)
            action(folder)
        except FolderError as error:
            status = 0 if "can't be written by you" in str(error) else 2
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be nobody"
)
def test_a_folder_of_somebody_else_is_named():
    with tempfile.TemporaryDirectory() as place:  # pytest's own is closed to others
        Path(place).chmod(0o755)
        assert as_nobody(Path(place) / "course", lambda at: prepare(at, FIRST)) == 0
