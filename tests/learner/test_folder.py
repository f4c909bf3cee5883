"""The learner's folder: complete, renewed where it is ours, never over her work."""

import json
import os
import stat

import pytest

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
    for folder in (tmp_path / "taken", tmp_path / "taken" / "below"):
        with pytest.raises(FolderError, match="taken is a file, a folder is needed"):
            prepare(folder, FIRST)


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
