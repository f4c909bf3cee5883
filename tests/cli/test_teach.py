"""``pmlab teach variants``: codes on the screen, one clear line for each error."""

import pytest

from pmlab.case import variant_code
from pmlab.cli.main import main

SECRET = "a secret of this course"  # noqa: S105 - made up


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.delenv("PMLAB_COURSE_SECRET", raising=False)
    (tmp_path / "students.csv").write_text("id,last_name\nada,L\nbo,\n")
    (tmp_path / "secret").write_text(SECRET + "\n")
    return tmp_path


def codes(folder, *options):
    return main(["teach", "variants", str(folder / "students.csv"), *options])


def test_the_codes_of_a_roster_are_printed_as_csv(folder, capsys):
    assert codes(folder, "--secret-file", str(folder / "secret")) == 0
    expected = [f"{name},{variant_code(SECRET, name)}" for name in ("ada", "bo")]
    assert capsys.readouterr().out.splitlines() == ["id,variant", *expected]


def test_the_secret_may_come_from_the_environment(folder, capsys, monkeypatch):
    monkeypatch.setenv("PMLAB_COURSE_SECRET", SECRET)
    assert codes(folder) == 0
    assert variant_code(SECRET, "ada") in capsys.readouterr().out


def test_without_a_secret_it_says_how_to_make_one(folder, capsys):
    assert codes(folder) == 1
    captured = capsys.readouterr()
    assert "no course secret; give --secret-file" in captured.err
    assert captured.out == ""


def test_errors_take_one_line_and_print_no_codes(folder, capsys):
    (folder / "students.csv").write_text("id\nada\nada\n")
    assert codes(folder, "--secret-file", str(folder / "secret")) == 1
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert "keep one of them" in captured.err
    assert captured.out == ""
