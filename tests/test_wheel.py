"""What a wheel carries: library, data, lessons, learner's versions; no answers."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this checkout, unpacked as an installer would."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=300,
    )
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(wheel, code, cwd):
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(wheel)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_it_holds_no_solution_hidden_test_or_authoring_text(wheel):
    course = wheel / "pmlab" / "_course"
    assert not list(course.rglob("exercises.py"))
    assert not list(course.rglob("lesson.py"))
    for path in course.rglob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        assert "BEGIN SOLUTION" not in text
        assert "HIDDEN TESTS" not in text


def test_it_holds_no_planted_truth(wheel):
    assert not (wheel / "pmlab" / "case" / "truth.py").exists()


def test_data_are_found_in_it(wheel, tmp_path):
    code = (
        "import pmlab as pm; print(pm.__file__);"
        "print(len(pm.datasets.load('us_business_counts', 'totals')))"
    )
    where, rows = run(wheel, code, tmp_path).split()
    assert where.startswith(str(wheel))
    assert int(rows) == 1038


def test_a_learner_can_start_from_it(wheel, tmp_path):
    code = (
        "import sys; from pmlab.cli.main import main;"
        "sys.exit(main(['start', 'course', '--no-lab']))"
    )
    run(wheel, code, tmp_path)
    assert (tmp_path / "course" / "Start here.ipynb").is_file()
    assert list((tmp_path / "course" / "exercises").rglob("messages.json"))


def test_it_stays_under_15_mb(wheel):
    size = sum(path.stat().st_size for path in wheel.rglob("*") if path.is_file())
    assert size < 15_000_000
