"""Grading any nbgrader course: scores, resuming, regrading, and what is kept."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pmlab.cli.main import main
from pmlab.errors import PmlabError
from pmlab.grading.course_folder import CourseFolder
from pmlab.grading.grade import Wish, grade_unit
from pmlab.grading.limits import Limits
from pmlab.grading.outcome import read_outcome
from pmlab.grading.sandbox import bubblewrap, tiers
from tests.nbgrader_command import nbgrader

pytestmark = pytest.mark.slow
CONFIG = (
    "from pmlab.authoring.learner_version import CODE_STUB, TEXT_STUB\n"
    "c = get_config()\n"
    'c.ClearSolutions.code_stub = {"python": CODE_STUB}\n'
    "c.ClearSolutions.text_stub = TEXT_STUB\n"
)
LIMITS = Limits(cell_seconds=10, call_seconds=5, total_seconds=30)


@pytest.fixture(scope="session", autouse=True)
def walls():
    try:
        tiers.choose()
    except tiers.NoSandboxError as problem:
        pytest.skip(str(problem))


def cell(name, source, *, solution=False, points=None, kind="code"):
    about = {
        "grade_id": name,
        "grade": points is not None,
        "solution": solution,
        "locked": not solution,
        "task": False,
        "schema_version": 3,
        "cell_type": kind,
    }
    if points is not None:
        about["points"] = points
    made = {"cell_type": kind, "id": name, "source": source}
    made["metadata"] = {"nbgrader": about}
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


def notebook(*cells):
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {
        "cells": list(cells),
        "metadata": {"kernelspec": spec},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def course(folder, *cells, files=()):
    place = Path(folder) / "source" / "one"
    place.mkdir(parents=True)
    (place / "one.ipynb").write_text(json.dumps(notebook(*cells)))
    for name, text in files:
        (place / name).write_text(text)
    (Path(folder) / "nbgrader_config.py").write_text(CONFIG)
    return CourseFolder(Path(folder))


def submit(course, learner, **answers):
    from pmlab.authoring.learner_version import learner_version

    source = course.folder / "source" / "one" / "one.ipynb"
    made = learner_version(json.loads(source.read_text()))
    for item in made["cells"]:
        if item["id"] in answers:
            item["source"] = answers[item["id"]]
    place = course.folder / "submitted" / learner / "one"
    place.mkdir(parents=True, exist_ok=True)
    (place / "one.ipynb").write_text(json.dumps(made))


def grade(course, **wish):
    options = {"limits": LIMITS, "workers": 2} | wish
    return grade_unit(course, "one", Wish(**options))


def outcomes(run):
    return {line.learner: line.outcome for line in run.lines}


def scores(course):
    with course.gradebook() as book:
        return {
            row.student.id: {
                item.name: (item.auto_score, item.needs_manual_grade)
                for own in row.notebooks
                for item in own.grades
            }
            for row in book.assignment_submissions("one")
        }


def solution(text, *, indent="    "):
    return f"{indent}### BEGIN SOLUTION\n{text}\n{indent}### END SOLUTION"


SQUARES = "def squares(n):\n" + solution(
    "    if n < 1:\n        raise ValueError('n must be 1 or more')\n"
    "    return [i ** 2 for i in range(1, n + 1)]"
)
SUM = "def sum_of_squares(n):\n" + solution("    return sum(squares(n))")
USES = """\
kept = squares
del squares
try:
    sum_of_squares(1)
except NameError:
    pass
else:
    raise AssertionError("sum_of_squares does not use squares")
finally:
    squares = kept"""
RAISES = """\
try:
    squares(0)
except ValueError as error:
    assert "1 or more" in str(error)
else:
    raise AssertionError("did not raise")"""
ACCOUNT = "class Account:\n" + solution(
    "    def __init__(self, owner):\n        self.owner, self.balance = owner, 0\n"
    "    def deposit(self, amount):\n        self.balance += amount\n"
    "        return self\n"
    "    def __eq__(self, other):\n        return self.owner == other.owner\n"
    "    def __len__(self):\n        return self.balance"
)
USES_ACCOUNT = """\
one = Account("ada")
assert one.owner == "ada" and one.balance == 0
one.deposit(5).deposit(2)
assert one.balance == 7 and len(one) == 7
assert one == Account("ada")
assert not (one == Account("bo"))"""
SORTS = "def tidy(items):\n" + solution("    items.sort()")
HELPED = "def total():\n" + solution(
    "    import helper\n    return sum(map(int, open('data.csv').read().split()))"
    " + helper.MORE"
)
PLAIN_CELLS = [
    cell("given", "%precision 6\nimport math\nlimit = 10"),
    cell("squares", SQUARES, solution=True),
    cell("squares-check", "assert squares(3) == [1, 4, 9]", points=2),
    cell("raises-check", RAISES, points=1),
    cell("sum", SUM, solution=True),
    cell("sum-check", "assert sum_of_squares(limit) == 385", points=2),
    cell("uses-check", USES, points=1),
    cell("account", ACCOUNT, solution=True),
    cell("account-check", USES_ACCOUNT, points=3),
    cell("sorts", SORTS, solution=True),
    cell("sorts-check", "x = [3, 1, 2]\ntidy(x)\nassert x == [1, 2, 3]", points=1),
    cell("helped", HELPED, solution=True),
    cell("helped-check", "import helper\nassert total() == 6 + helper.MORE", points=1),
    cell("number", "rate = ...\n" + solution("rate = 0.25", indent=""), solution=True),
    cell("number-check", "2.5 if math.isclose(rate, 0.25) else 1", points=5),
    cell("essay", "### BEGIN SOLUTION\nA.\n### END SOLUTION", solution=True, points=4),
]
PLAIN_CELLS[-1] |= {"cell_type": "markdown"}
for _key in ("outputs", "execution_count"):
    PLAIN_CELLS[-1].pop(_key)
PLAIN_CELLS[-1]["metadata"]["nbgrader"]["cell_type"] = "markdown"
HELPERS = (("data.csv", "1 2 3"), ("helper.py", "MORE = 4\n"))


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """An nbgrader course without pmlab in it, graded once."""
    made = course(tmp_path_factory.mktemp("plain"), *PLAIN_CELLS, files=HELPERS)
    submit(
        made,
        "ada",
        **{item["id"]: item["source"] for item in PLAIN_CELLS if "check" not in item},
    )
    submit(made, "bo")
    submit(
        made,
        "chi",
        squares="def squares(n):\n    return [i * i for i in range(1, n + 1)]",
        sum="def sum_of_squares(n):\n    return n * (n + 1) * (2 * n + 1) // 6",
        account="class Account:\n    def __init__(self, owner):\n"
        "        self.owner = owner\n        self.balance = 0\n",
        sorts="def tidy(items):\n    return sorted(items)",
        number="rate = 0.2",
        essay="My words",
    )
    return made, grade(made)


def test_the_solution_of_a_plain_course_gets_all_points(plain):
    made, run = plain
    assert run.trials["one"].short == {"number-check": ()}  # partial on purpose
    earned = scores(made)["ada"]
    assert earned == {
        "squares-check": (2, False),
        "raises-check": (1, False),
        "sum-check": (2, False),
        "uses-check": (1, False),
        "account-check": (3, False),
        "sorts-check": (1, False),
        "helped-check": (1, False),
        "number-check": (2.5, False),
        "essay": (None, True),
    }


def test_an_untouched_notebook_gets_nothing_and_no_manual_work(plain):
    made, _ = plain
    expected = dict.fromkeys(scores(made)["bo"], (0.0, False))
    # The number as the last line is partial credit, as in nbgrader.
    assert scores(made)["bo"] == expected | {
        "number-check": scores(made)["bo"]["number-check"]
    }


def test_partly_right_work_gets_its_part(plain):
    made, _ = plain
    earned = {name: points for name, (points, _) in scores(made)["chi"].items()}
    assert earned == {
        "squares-check": 2,
        "raises-check": 0,
        "sum-check": 2,
        "uses-check": 0,
        "account-check": 0,
        "sorts-check": 0,
        "helped-check": 0,
        "number-check": 1,
        "essay": None,
    }


def test_nbgrader_itself_gives_the_same_scores(plain, tmp_path):
    import shutil

    made, _ = plain
    for name in ("source", "submitted"):
        shutil.copytree(made.folder / name, tmp_path / name)
    for config, words in (
        ("", ["generate_assignment", "one"]),
        ("", ["autograde", "one", "--create"]),
        (
            "from pmlab.grading.door import use_sandbox\nuse_sandbox(c)\n",
            ["autograde", "one", "--force"],
        ),
    ):
        (tmp_path / "nbgrader_config.py").write_text(CONFIG + config)
        nbgrader(tmp_path, *words)
        if words[0] == "autograde":
            assert scores(CourseFolder(tmp_path)) == scores(made), config


def test_grading_again_grades_nothing_and_changes_nothing(plain):
    made, _ = plain
    before = scores(made)
    run = grade(made)
    assert all(line.skipped for line in run.lines)
    assert run.trials == {}
    assert scores(made) == before


def test_the_outcome_is_read_back_from_the_notebook(plain):
    made, run = plain
    for learner, outcome in outcomes(run).items():
        path = made.step("autograded", learner, "one") / "one.ipynb"
        assert read_outcome(json.loads(path.read_text())) == outcome


def test_reasons_of_hidden_tests_say_nothing_of_them(tmp_path):
    hidden = "### BEGIN HIDDEN TESTS\nassert f(1234) == 5678, 'psst'\n"
    check = f"assert f(1) == 2\n{hidden}### END HIDDEN TESTS"
    made = course(
        tmp_path,
        cell("f", "def f(x):\n" + solution("    return {1: 2, 1234: 5678}[x]")),
        cell("f-check", check, points=1),
    )
    made_cells = json.loads((tmp_path / "source/one/one.ipynb").read_text())
    made_cells["cells"][0]["metadata"]["nbgrader"] |= {
        "solution": True,
        "locked": False,
    }
    (tmp_path / "source/one/one.ipynb").write_text(json.dumps(made_cells))
    submit(made, "ada", f="def f(x):\n    return x + 1")
    check = outcomes(grade(made))["ada"].checks[0]
    assert (check.credit, check.hidden, check.visible_share) == (0, True, 1)
    assert "1234" not in "".join(check.reasons)
    assert "psst" not in "".join(check.reasons)


def small(folder, learners):
    made = course(
        folder,
        cell("f", "def f(x):\n" + solution("    return x + 1"), solution=True),
        cell("f-check", "assert f(1) == 2", points=3),
        cell(
            "g", "### BEGIN SOLUTION\nx = 1\n### END SOLUTION", solution=True, points=2
        ),
    )
    for number in range(learners):
        answer = f"def f(x):\n    return x + {1 + number % 2}  # {number}"
        submit(made, f"l{number:02}", f=answer)
    return made


def test_a_changed_submission_and_a_mended_check_are_graded_again(tmp_path):
    made = small(tmp_path, 2)
    assert [item.credit for item in outcomes(grade(made)).values()] == [3, 0]
    submit(made, "l01", f="def f(x):\n    return 1 + x")
    run = grade(made)
    assert [line.skipped for line in run.lines] == [True, False]
    assert [item.credit for item in outcomes(run).values()] == [3, 3]
    path = tmp_path / "source/one/one.ipynb"
    path.write_text(path.read_text().replace("assert f(1) == 2", "assert f(1) == 5"))
    assert [item.credit for item in outcomes(grade(made)).values()] == [0, 0]


def test_a_folder_that_takes_no_files_stops_nobody_else(tmp_path):
    made = small(tmp_path, 3)
    (tmp_path / "autograded").mkdir()
    (tmp_path / "autograded" / "l01").write_text("a file in the place of a folder")
    run = grade(made)
    assert [line.outcome is None for line in run.lines] == [False, True, False]
    assert "can't be written" in run.lines[1].problem
    (tmp_path / "autograded" / "l01").unlink()
    again = grade(made)
    assert [line.skipped for line in again.lines] == [True, False, True]
    assert all(line.outcome is not None for line in again.lines)


def test_grades_by_hand_stay_when_all_is_graded_again(tmp_path):
    made = small(tmp_path, 1)
    grade(made)
    with made.gradebook() as book:
        book.find_grade("g", "one", "one", "l00").manual_score = 2
        book.db.commit()
    grade(made, force=True)
    with made.gradebook() as book:
        grade_ = book.find_grade("g", "one", "one", "l00")
        assert (grade_.manual_score, grade_.needs_manual_grade) == (2, True)
        assert book.find_submission("one", "l00").score == 5


def test_the_gradebook_is_copied_before_a_run(tmp_path):
    made = small(tmp_path, 1)
    for _ in range(7):
        grade(made, force=True)
    copies = sorted((tmp_path / ".pmlab/snapshots").glob("*.db"))
    assert len(copies) == 5


def test_the_command_says_one_line_for_each_and_writes_a_log(tmp_path, capsys):
    made = small(tmp_path, 3)
    words = ["teach", "grade", "one", "--course", str(tmp_path), "--learner", "l0[01]"]
    assert main(words) == 0
    shown = capsys.readouterr()
    assert "sandboxed" in shown.err
    lines = shown.out.splitlines()
    assert [line.split()[:3] for line in lines[:2]] == [
        ["l00", "graded", "3/3"],
        ["l01", "graded", "0/3"],
    ]
    log = made.state("grading", "one.jsonl").read_text().splitlines()
    assert {json.loads(line)["learner"] for line in log} == {"l00", "l01"}
    assert main(["teach", "regrade", "one", "--course", str(tmp_path)]) == 0
    assert "3 graded, 0 left" in capsys.readouterr().out


def test_without_a_sandbox_grading_stops_and_says_what_to_do(tmp_path, monkeypatch):
    made = small(tmp_path, 1)
    monkeypatch.setenv("PATH", str(tmp_path))
    if bubblewrap.program() is not None:
        pytest.skip("bwrap lies beside Python here")
    if os.getuid() == 0 and tiers._nobody_can_run():
        assert "weaker" in tiers.choose().words
        assert outcomes(grade(made))["l00"].tier == "separate user"
        return
    with pytest.raises(PmlabError, match="apt install bubblewrap"):
        grade(made)
    run = grade(made, trust_submissions=True)
    assert outcomes(run)["l00"].tier == "none"
    assert "not sandboxed" in run.tier


def test_a_run_killed_at_20_random_points_loses_and_doubles_nothing(tmp_path):
    made = small(tmp_path, 16)
    dice = random.Random(7)
    code = "import sys; from pmlab.cli.main import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "teach", "grade", "one", "--workers", "2"]
    for _ in range(20):
        process = subprocess.Popen(
            command,
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(dice.uniform(0.5, 7.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
    run = grade(made)
    assert all(line.outcome is not None for line in run.lines)
    earned = {name: row["f-check"][0] for name, row in scores(made).items()}
    assert earned == {f"l{n:02}": 3 * (n % 2 == 0) for n in range(16)}
    with made.gradebook() as book:
        assert len(book.students) == 16
        assert len(book.assignment_submissions("one")) == 16
        assert all(
            len(s.notebooks[0].grades) == 2 for s in book.assignment_submissions("one")
        )
    parts = list(made.folder.rglob(".part-*"))
    assert parts == []


def test_a_dask_cluster_gives_the_same_gradebook(tmp_path):
    distributed = pytest.importorskip("distributed")
    made, other = small(tmp_path / "a", 6), small(tmp_path / "b", 6)
    grade(made)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        run = grade(other, dask=cluster.scheduler_address)
    assert all(item.status == "graded" for item in outcomes(run).values())
    assert scores(other) == scores(made)


def test_no_scheduler_at_an_address_is_said(tmp_path):
    pytest.importorskip("distributed")
    with pytest.raises(PmlabError, match="no Dask scheduler"):
        grade(small(tmp_path, 1), dask="tcp://127.0.0.1:9")
