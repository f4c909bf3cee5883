# ruff: noqa: T201 - a script that prints its table
"""Times ``pmlab teach grade`` against ``nbgrader autograde`` on the same submissions.

    python tests/benchmarks/bench_grading.py --submissions 50
    python tests/benchmarks/bench_grading.py --submissions 1000 --only pmlab

Real unit, distinct answers, from submitted folders to written grades and notebooks.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from pmlab.authoring.course import read_course
from pmlab.authoring.learner_version import learner_version
from pmlab.authoring.parse import read_unit

COURSE = Path(__file__).resolve().parents[2] / "course"
STOCK = """
from pmlab.authoring.learner_version import CODE_STUB, TEXT_STUB
c = get_config()
c.CourseDirectory.course_id = "pmlab"
c.ClearSolutions.code_stub = {"python": CODE_STUB}
c.ClearSolutions.text_stub = TEXT_STUB
c.ExecutePreprocessor.timeout = 120
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"(?s).*"
"""
PMLAB = "import sys; from pmlab.cli.main import main; sys.exit(main(sys.argv[1:]))"


def make_course(folder, slug, count):
    """Write a course folder with ``count`` submissions, no two alike."""
    place = folder / "source" / slug
    shutil.copytree(COURSE / "source" / slug, place)
    (folder / "nbgrader_config.py").write_text(STOCK)
    course = read_course(COURSE)
    entry = next(item for item in course.units if item.slug == slug)
    unit = read_unit(course.text_folder(entry))
    source = json.loads((place / f"{slug}.ipynb").read_text(encoding="utf-8"))
    release = learner_version(source)
    solutions = {c["id"]: c["source"] for c in source["cells"]}
    for number in range(count):
        answers = {}
        for position, exercise in enumerate(unit.exercises):
            found = [
                "".join(solutions[exercise.id]),
                *(item.source for item in exercise.right),
                *(item.cell.source for item in exercise.wrong),
            ]
            chosen = found[(number * (position + 1) + position) % len(found)]
            answers[exercise.id] = f"# learner {number}\n{chosen}"
        notebook = json.loads(json.dumps(release))
        for cell in notebook["cells"]:
            cell["source"] = answers.get(cell["id"], cell["source"])
        target = folder / "submitted" / f"l{number:05}" / slug
        target.mkdir(parents=True)
        (target / f"{slug}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def timed(folder, *command):
    """Return wall and processor seconds of a command, and its largest memory in MB.

    Processor seconds are the whole machine's: what processes spend that nobody waits
    for, such as those in a sandbox that ends, the system counts for no other process.
    So nothing else should run.
    """
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    before = _busy_seconds()
    start = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        env=os.environ | {"PATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    peak, done = [0.0], threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, peak, done))
    watcher.start()
    said = process.communicate()[1]
    wall = time.monotonic() - start
    done.set()
    watcher.join()
    if process.returncode:
        sys.exit(said[-3000:])
    cpu = _busy_seconds() - before
    return {"wall_s": wall, "cpu_s": cpu, "peak_mb": peak[0]}


def _busy_seconds():
    user, nice, system = Path("/proc/stat").read_text().split(maxsplit=4)[1:4]
    return (int(user) + int(nice) + int(system)) / os.sysconf("SC_CLK_TCK")


def _watch(process, peak, done):
    while not done.wait(1):
        peak[0] = max(peak[0], sum(map(_own_mb, [process, *_below(process)])))


def _below(process):
    try:
        path = Path(f"/proc/{process}/task/{process}/children")
        children = [int(number) for number in path.read_text().split()]
    except OSError:
        return []
    return [n for child in children for n in (child, *_below(child))]


def _own_mb(process):
    """Return a process's share of the memory in use, in MB."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    line = next((item for item in text.splitlines() if item.startswith("Pss:")), "")
    return int(line.split()[1]) / 1024 if line else 0.0


def scores(folder, slug):
    """Return all points by learner and cell."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        return {
            (row.student.id, grade.name): grade.auto_score
            for row in book.assignment_submissions(slug)
            for notebook in row.notebooks
            for grade in notebook.grades
        }


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--submissions", type=int, default=50)
    options.add_argument("--unit", default="03_market_sizing")
    options.add_argument("--only", choices=("pmlab", "nbgrader"))
    chosen = options.parse_args()
    found = {}
    with tempfile.TemporaryDirectory() as name:
        for tool in ("pmlab", "nbgrader"):
            if chosen.only not in (None, tool):
                continue
            folder = Path(name) / tool
            folder.mkdir()
            make_course(folder, chosen.unit, chosen.submissions)
            timed(folder, "-m", "nbgrader", "generate_assignment", chosen.unit)
            command = ("-m", "nbgrader", "autograde", chosen.unit)
            if tool == "pmlab":
                command = ("-c", PMLAB, "teach", "grade", chosen.unit)
            spent = timed(folder, *command)
            found[tool] = scores(folder, chosen.unit)
            each = spent["wall_s"] / chosen.submissions
            cpu = spent["cpu_s"] / chosen.submissions
            load = os.getloadavg()[0]
            print(
                f"{tool:9} {chosen.submissions:5} submissions, load {load:.1f}: "
                f"{spent['wall_s']:.1f} s wall, {each:.3f} s each, {cpu:.3f} CPU-s "
                f"each, {spent['peak_mb']:.0f} MB at most",
                flush=True,
            )
    if len(found) == 2:
        alike = found["pmlab"] == found["nbgrader"]
        print("the same scores" if alike else "DIFFERENT SCORES")
        if not alike:
            sys.exit(1)


if __name__ == "__main__":
    main()
