"""The command line: help everywhere, one clear line for each error."""

import argparse
import json

import pytest

import pmlab
from pmlab.cli.main import main, parser


def commands(top):
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                yield name, command
                yield from commands(command)


@pytest.mark.parametrize("command", [c for _, c in commands(parser())])
def test_every_command_has_help_for_every_option(command):
    described = [
        action.help
        for action in command._actions
        if not isinstance(action, argparse._SubParsersAction)
        and action.dest not in {"help", "unit"}
    ]
    assert all(described)


def test_version(capsys):
    with pytest.raises(SystemExit):
        main(["--version"])
    assert pmlab.__version__ in capsys.readouterr().out


def test_start_without_lab_prepares_a_folder(tmp_path, capsys):
    assert main(["start", str(tmp_path / "my course"), "--no-lab"]) == 0
    assert (tmp_path / "my course" / "Start here.ipynb").is_file()
    assert "your own work is untouched" in capsys.readouterr().out


def test_start_keeps_the_learners_notebook(tmp_path):
    main(["start", str(tmp_path), "--no-lab"])
    notebook = next((tmp_path / "exercises").rglob("*.ipynb"))
    mine = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    notebook.write_text(json.dumps(mine), encoding="utf-8")
    assert main(["start", str(tmp_path), "--no-lab"]) == 0
    assert json.loads(notebook.read_text(encoding="utf-8")) == mine


def test_start_with_a_bad_variant_says_so(tmp_path, capsys):
    assert main(["start", str(tmp_path), "--no-lab", "--variant", "no spaces"]) == 1
    assert "copy the code exactly" in capsys.readouterr().err


def test_start_on_a_file_says_so(tmp_path, capsys):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert main(["start", str(tmp_path / "file"), "--no-lab"]) == 1
    assert "choose another folder" in capsys.readouterr().err


def test_author_outside_a_course_says_where_to_go(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["author", "verify"]) == 1
    assert "no course.toml" in capsys.readouterr().err
