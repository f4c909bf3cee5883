"""Time what a learner waits for: Start here after the command, a verdict after Run.

Prints one table; needs Chromium. Run it on a quiet machine: ``python
tests/benchmarks/bench_learner.py``.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from pmlab.authoring.parse import read_unit
from pmlab.learner.course_files import START_HERE, exercises_path, installed_course
from tests.browser.conftest import running_lab
from tests.browser.lab_page import LabPage
from tests.conftest import CHROMIUM, QUIET

RUNS = 30
COURSE = installed_course()
ENTRY = COURSE.units[0]


def main():
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        folder = Path(place) / "course"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        command = [str(Path(sys.executable).with_name("pmlab")), "start", str(folder)]
        for which in ("first", "second"):
            start = time.perf_counter()
            with running_lab(command, folder.parent, "--lab-option={}") as url:
                page = browser.new_page(viewport={"width": 1400, "height": 1000})
                page.goto(url)
                page.get_by_text("Your next step.").first.wait_for(timeout=120_000)
                show(
                    f"command to Start here, {which} start", time.perf_counter() - start
                )
                if which == "second":
                    verdicts(LabPage(page, url))
                page.close()
        browser.close()
        files = [path for path in folder.rglob("*") if path.is_file()]
        say(f"learner's folder: {sum(f.stat().st_size for f in files) / 1e6:.1f} MB")


def verdicts(lab):
    unit = read_unit(COURSE.text_folder(ENTRY))
    exercise = unit.exercises[0]
    lab.wait_for(START_HERE)
    lab.open(exercises_path(ENTRY.slug))
    given = next(i for i, cell in enumerate(unit.cells) if cell.kind == "code")
    lab.run(given)
    lab.run(lab.index(exercise.id), exercise.solution.source)
    check = lab.index(f"{exercise.id}-check")
    lab.run(check)
    seconds = [lab.page.evaluate(TIMED, check) / 1000 for _ in range(RUNS)]
    show("Run to verdict, p50", statistics.median(seconds))
    show("Run to verdict, p95", sorted(seconds)[int(0.95 * RUNS)])


# From the command of the Run button to the verdict on the page.
TIMED = """async index => {
    const app = window.jupyterapp;
    const content = app.shell.currentWidget.content;
    content.activeCellIndex = index;
    const begin = performance.now();
    await app.commands.execute('notebook:run-cell');
    const node = content.widgets[index].node;
    while (!node.querySelector('[role=status]')) {
        await new Promise(requestAnimationFrame);
    }
    return performance.now() - begin;
}"""


def say(line):
    print(line, flush=True)  # noqa: T201


def show(what, seconds):
    say(f"{what}: {seconds:.2f} s")


if __name__ == "__main__":
    main()
