"""An automated audit (axe-core) of what a learner reads; no serious finding."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pmlab.authoring.parse import read_unit
from pmlab.charts import bars
from pmlab.learner.course_files import START_HERE, exercises_path, installed_course
from tests.browser.lab_page import LabPage, shoot

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COURSE = installed_course()
ENTRY = COURSE.units[0]
PMLAB = [str(Path(sys.executable).with_name("pmlab"))]
ROOT = Path(__file__).resolve().parents[2]
MEMO = (
    "**GO, in two steps.** It pays.\n\n## How large\n\n| a | b |\n|---|---|\n| 1 | 2 |"
)


@pytest.fixture(scope="session")
def axe():
    """The script of axe-core, as ``.ci/run`` installs it."""
    place = Path(os.environ.get("PMLAB_AXE", ROOT / ".axe"))
    script = place / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        pytest.skip(
            f"axe-core is not in {place} (npm install --prefix .axe --no-save axe-core)"
        )
    return script.read_text(encoding="utf-8")


def findings(page, axe, inside=None):
    """Return what axe-core calls serious or critical, as short lines."""
    page.evaluate(axe)
    result = page.evaluate(
        "inside => axe.run(inside ? {include: [inside]} : document)", inside
    )
    assert result["passes"]  # it did look at something
    return [
        f"{rule['id']}: {node['html'][:150]}"
        for rule in result["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


def test_start_here(page, lab_url, axe):
    lab = LabPage(page, lab_url)
    lab.open(START_HERE)
    page.get_by_text("Your next step.").first.wait_for()
    # JupyterLab's own frame is not ours; what we put on the page is.
    for part in page.locator(".jp-RenderedHTMLCommon:visible").all():
        part.evaluate("node => node.setAttribute('data-ours', '')")
    assert findings(page, axe, "[data-ours]") == []


@pytest.fixture(scope="module")
def pages(course_folder, tmp_path_factory, lab_url):  # noqa: ARG001 - makes the folder
    """A portfolio and a page of progress, made from a notebook with memo and chart."""
    folder = tmp_path_factory.mktemp("audit") / "course"

    def run(*words):
        subprocess.run([*PMLAB, *words], check=True, capture_output=True, timeout=120)

    run("start", folder, "--no-lab")
    path = folder / exercises_path(ENTRY.slug)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    memo = next(cell for cell in notebook["cells"] if cell["id"] == "memo")
    memo["source"] = MEMO
    notebook["cells"].append(charted())
    path.write_text(json.dumps(notebook), encoding="utf-8")
    run("portfolio", "--folder", folder)
    words = folder / "portfolio" / "my words.md"
    text = words.read_text(encoding="utf-8")
    text = text.replace("### Context\n", "### Context\n\nA founder asked.\n")
    words.write_text(text, encoding="utf-8")
    run("portfolio", "--folder", folder)
    run("progress", "--page", "--folder", folder)
    return folder


def charted():
    """Return a cell with a chart, stored as a notebook stores it."""
    import pandas as pd

    table = pd.DataFrame({"metro": ["Denver", "Phoenix"], "sites": [120, 80]})
    chart = bars(
        table,
        label_column="metro",
        value_column="sites",
        unit="sites",
        title="Denver is the larger market",
    )
    outputs = [
        {"application/vnd.plotly.v1+json": chart.plotly_json()},
        {"text/html": chart._repr_html_()},
    ]
    return {
        "cell_type": "code",
        "id": "own",
        "metadata": {},
        "source": "chart",
        "execution_count": 1,
        "outputs": [
            {"output_type": "display_data", "metadata": {}, "data": data}
            for data in json.loads(json.dumps(outputs))
        ],
    }


@pytest.mark.parametrize(
    "name",
    ["portfolio/portfolio.html", "portfolio/site/index.html", "my progress.html"],
)
def test_pages_that_a_learner_keeps(page, pages, axe, name):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((pages / name).as_uri())
    if "portfolio" in name:
        page.locator(".pmlab-figure svg").first.wait_for()
    shoot(page, name.replace("/", "-").removesuffix(".html"), full_page=True)
    assert findings(page, axe) == []
    assert all(url.startswith(("file:", "data:", "blob:")) for url in asked)


@pytest.fixture(scope="module")
def feedback_page(tmp_path_factory):
    """A page of feedback on a wrong answer and a memo, graded by pmlab itself."""
    from pmlab.cli.main import main

    unit = read_unit(COURSE.text_folder(ENTRY))
    folder = tmp_path_factory.mktemp("class")
    for name in ("nbgrader_config.py", "course.toml"):
        shutil.copy(COURSE.folder / name, folder)
    shutil.copytree(COURSE.source_folder(ENTRY), folder / "source" / ENTRY.slug)
    assert main(["teach", "release", ENTRY.slug, "--course", str(folder)]) == 0
    name = f"{ENTRY.slug}.ipynb"
    text = (folder / "release" / ENTRY.slug / name).read_text(encoding="utf-8")
    notebook = json.loads(text)
    answers = {
        unit.exercises[0].id: unit.exercises[0].wrong[0].cell.source,
        unit.artefacts[0].id: MEMO,
    }
    for cell in notebook["cells"]:
        cell["source"] = answers.get(cell["id"], cell["source"])
    place = folder / "submitted" / "ada" / ENTRY.slug
    place.mkdir(parents=True)
    (place / name).write_text(json.dumps(notebook), encoding="utf-8")
    words = [ENTRY.slug, "--course", str(folder)]
    assert main(["teach", "grade", *words, "--trust-submissions"]) == 0
    assert main(["teach", "feedback", *words]) == 0
    return folder / "feedback" / "ada" / ENTRY.slug / f"{ENTRY.slug}.html"


def test_a_page_of_feedback_taken_in_by_a_learner(page, pages, axe, feedback_page):
    """It opens from her folder without a server, and without a serious finding."""
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    done = subprocess.run(
        [*PMLAB, "feedback", "03", feedback_page, "--no-browser", "--folder", pages],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    place = done.stdout.splitlines()[0].removeprefix("Your page: ")
    page.goto(Path(place).as_uri())
    page.locator("h1").first.wait_for()
    shoot(page, "feedback", full_page=True)
    assert findings(page, axe) == []
    assert all(url.startswith(("file:", "data:", "blob:")) for url in asked)
