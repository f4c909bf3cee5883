"""The command line: help everywhere, one clear line for each error."""

import argparse
import json
import os
import subprocess
import sys
import webbrowser

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


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipes")
@pytest.mark.parametrize("words", [["progress"], ["--help"], ["author", "--help"]])
@pytest.mark.parametrize("both", [False, True], ids=["output", "output and errors"])
def test_a_reader_who_has_gone_is_no_fault_to_tell_of(tmp_path, words, both):
    """As with ``pmlab progress | head -1``."""
    main(["start", str(tmp_path), "--no-lab"])
    buffered = {k: v for k, v in os.environ.items() if k != "PYTHONUNBUFFERED"}
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "pmlab", *words],
        cwd=tmp_path,
        env=buffered,
        stdout=writer,
        stderr=writer if both else subprocess.PIPE,
        check=False,
        timeout=60,
    )
    os.close(writer)
    assert done.returncode == 1
    assert not done.stderr


def test_start_without_lab_names_the_folder_the_first_file_and_the_next_step(
    tmp_path, capsys
):
    main(["start", str(tmp_path / "my course"), "--no-lab"])
    said = capsys.readouterr().out
    assert f"Your course folder: {tmp_path / 'my course'}" in said
    assert "Open “Start here.ipynb” there first" in said
    assert f'pmlab start "{tmp_path / "my course"}"' in said
    assert "Your next step: Read the lesson" in said


def no_browser():
    raise webbrowser.Error


@pytest.mark.parametrize(
    "option", [None, "--no-browser", "--ServerApp.open_browser=False"]
)
def test_start_says_how_to_go_on_where_no_browser_opens(
    tmp_path, capsys, monkeypatch, option
):
    from pmlab.learner import lab

    monkeypatch.setattr(webbrowser, "get", object if option else no_browser)
    monkeypatch.setattr(lab, "open_lab", lambda _, options: len(options))
    options = [f"--lab-option={option}"] if option else []
    assert main(["start", str(tmp_path), *options]) == len(options)
    said = capsys.readouterr().out
    assert "No browser can be opened from here. Copy the address" in said
    assert "it opens “Start here.ipynb”" in said
    assert "Your next step: Read the lesson" in said
    assert "press Ctrl-C here twice" in said


def test_start_with_a_browser_leaves_the_next_step_to_the_map(
    tmp_path, capsys, monkeypatch
):
    from pmlab.learner import lab

    monkeypatch.setattr(webbrowser, "get", object)
    monkeypatch.setattr(lab, "open_lab", lambda _, options: len(options))
    assert main(["start", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "opens in your browser, with “Start here.ipynb”" in said
    assert "press Ctrl-C here twice" in said
    assert "next step" not in said
