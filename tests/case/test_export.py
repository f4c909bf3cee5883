"""The default variant's small tables as CSV: the same bytes, and nothing else."""

from pathlib import Path

import pandas as pd
import pytest

import pmlab as pm
from pmlab import case
from pmlab.case import export
from pmlab.cli.main import main

FOLDER = Path(__file__).parents[2] / "datasets" / export.PACKAGE


@pytest.fixture(scope="module")
def made():
    return export.files()


def test_the_files_hold_what_the_generator_makes(made):
    present = {path.name: path.read_bytes() for path in FOLDER.iterdir()}
    assert {n for n in made if present.get(n) != made[n]} == set()
    assert set(present) == set(made)


def test_all_files_together_stay_small(made):
    assert sum(map(len, made.values())) < 1_500_000


def test_a_file_reads_like_the_table_of_the_case():
    for name in ("contracts", "decisions", "launch_counties", "mrr_movements"):
        read = pm.datasets.load("fernbroom", name)
        loaded = case.load(name, variant=case.DEFAULT_VARIANT)
        pd.testing.assert_frame_equal(read, loaded, check_dtype=False)


def test_the_package_says_that_the_company_is_invented():
    about = pm.datasets.about("fernbroom")
    assert about.kind == "synthetic"
    assert "Fernbroom is invented" in about.caution
    assert "variant fernbroom" in about.citation


@pytest.mark.slow
def test_the_command_mends_what_differs(tmp_path, capsys):
    course = tmp_path / "course"
    course.mkdir()
    (course / "course.toml").write_text('title = "T"\n')
    options = ["author", "tables", "--course", str(course)]
    assert main(options) == 1
    assert "no folder" in capsys.readouterr().err

    folder = tmp_path / "datasets" / "fernbroom"
    folder.parent.mkdir()
    assert main(options) == 0
    (folder / "contracts.csv").unlink()
    (folder / "criteria.csv").write_text("changed")
    (folder / "old.csv").write_text("old")
    (folder / "notes.txt").write_text("mine")
    capsys.readouterr()
    assert main([*options, "--check"]) == 1
    said = capsys.readouterr().out
    assert "contracts.csv is missing" in said
    assert "criteria.csv differs" in said
    assert "old.csv is no table" in said
    assert main(options) == 0
    assert "removed" in capsys.readouterr().out
    assert (folder / "notes.txt").read_text() == "mine"
    assert main([*options, "--check"]) == 0
