"""Charts in HTML pages: without a network, in Chromium, through real nbgrader."""

import json

import nbformat
import pytest
from nbconvert import HTMLExporter
from traitlets.config import Config

from pmlab import charts
from pmlab.charts.chart import PLOTLY_TYPE
from pmlab.charts.offline import SCRIPT, figure_html, place_script, plotly_script
from tests.nbgrader_command import nbgrader

CONFIG = Config(
    HTMLExporter={"preprocessors": ["pmlab.charts.offline.DrawCharts"]},
)


def in_chromium(test):
    """Mark a test that needs Chromium."""
    return pytest.mark.browser(pytest.mark.slow(test))


@pytest.fixture
def chart():
    return charts.nested({"TAM": 910e6, "SAM": 180e6, "SOM": 4.5e6}, unit="USD")


def shown(chart):
    """Outputs that a cell with this chart stores."""
    output = nbformat.v4.new_output
    figure = {PLOTLY_TYPE: chart.plotly_json(), "text/html": "<p>title</p>"}
    words = {"text/html": chart._repr_html_(), "text/plain": repr(chart)}
    return [output("display_data", figure), output("display_data", words)]


@pytest.fixture
def notebook(chart):
    new = nbformat.v4
    cell = new.new_code_cell("chart", outputs=shown(chart), execution_count=1)
    return new.new_notebook(cells=[cell, new.new_markdown_cell("The end.")])


def page(notebook, config=CONFIG, **resources):
    return HTMLExporter(config=config).from_notebook_node(notebook, resources=resources)


def test_page_holds_figure_words_and_table(notebook, chart):
    text, _ = page(notebook)
    assert text.count('class="pmlab-figure"') == 1
    assert 'aria-label="SOM is 0.5 % of TAM"' in text
    assert chart.finding in text
    assert '<th scope="row">SAM</th>' in text


def test_outside_nbgrader_the_script_goes_beside_the_page(notebook):
    _, resources = page(notebook)
    assert resources["outputs"][SCRIPT].startswith(b"/**\n* plotly.js v")


def test_page_without_charts_gets_no_script():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
    text, resources = page(notebook)
    assert "plotly" not in text
    assert SCRIPT not in resources["outputs"]


def test_without_our_preprocessor_title_words_and_table_remain(notebook, chart):
    text, _ = page(notebook, config=Config())
    assert "<p>title</p>" in text
    assert chart.finding in text


def test_feedback_pages_share_one_script_of_the_course(notebook, tmp_path):
    path = tmp_path / "autograded" / "ada" / "03"
    path.mkdir(parents=True)
    text, resources = page(notebook, metadata={"path": str(path)}, nbgrader={})
    assert (tmp_path / "feedback" / SCRIPT).stat().st_size > 1e6
    assert '"../../plotly.min.js"' in text
    assert SCRIPT not in resources["outputs"]


def test_formgrader_gets_the_same_script_from_its_own_server(notebook, tmp_path):
    path = tmp_path / "course" / "autograded" / "ada" / "03"
    path.mkdir(parents=True)
    text, _ = page(
        notebook,
        metadata={"path": str(path)},
        submission_id="1",
        base_url="/user/ann",
        notebook_path="course/autograded/ada/03/03.ipynb",
    )
    assert '["/user/ann/files/course/feedback/plotly.min.js"]' in text
    assert (tmp_path / "course" / "feedback" / SCRIPT).exists()


def test_formgrader_at_the_root_of_its_server(notebook, tmp_path):
    path = tmp_path / "autograded" / "ada" / "03"
    path.mkdir(parents=True)
    text, _ = page(
        notebook,
        metadata={"path": str(path)},
        submission_id="1",
        base_url="",
        notebook_path="/autograded/ada/03/03.ipynb",
    )
    assert '["/files/feedback/plotly.min.js"]' in text


def test_figure_data_cannot_end_its_script_element():
    figure = {"data": [{"name": "</script><script>alert(1)</script>"}], "layout": {}}
    text = figure_html(figure)
    assert text.count("</script>") == 1
    stored = text.split('"application/json">')[1].split("</script>")[0]
    assert json.loads(stored)["data"] == figure["data"]


@pytest.mark.parametrize("title", ["A < B", {"text": "A &lt; B"}])
def test_label_of_a_figure_is_its_title_as_text(title):
    assert 'aria-label="A &lt; B"' in figure_html({"layout": {"title": title}})


def test_figure_without_title_is_still_named():
    assert 'aria-label="Chart"' in figure_html({"data": []})


def test_script_is_put_in_place_once(tmp_path):
    first = place_script(tmp_path / "new" / "folder")
    stamp = first.stat().st_mtime_ns
    assert place_script(first.parent).stat().st_mtime_ns == stamp
    assert [path.name for path in first.parent.iterdir()] == [SCRIPT]


@pytest.fixture
def drawn(chromium):
    """Open a page without any network; return what it shows."""
    tab = chromium.new_page(viewport={"width": 900, "height": 700})
    tab.route("http*://**", lambda route: route.abort())

    def drawn(path):
        tab.goto(path.as_uri())
        tab.wait_for_timeout(2000)
        tab.locator("summary").first.click()
        return {
            "figures": tab.locator(".js-plotly-plot").count(),
            "bars": tab.locator(".js-plotly-plot .bars path").count(),
            "words": tab.locator(".pmlab-chart p").all_inner_texts(),
            "rows": tab.locator("tbody tr:visible").count(),
        }

    yield drawn
    tab.close()


@pytest.mark.parametrize("template", ["lab", "classic"])
@in_chromium
def test_page_draws_in_a_browser_without_network(
    notebook, chart, drawn, tmp_path, template
):
    config = Config(HTMLExporter=dict(CONFIG.HTMLExporter, template_name=template))
    text, resources = page(notebook, config=config)
    path = tmp_path / "page.html"
    path.write_text(text, encoding="utf-8")
    (tmp_path / SCRIPT).write_bytes(resources["outputs"][SCRIPT])
    assert drawn(path) == {
        "figures": 1,
        "bars": 3,
        "words": [chart.finding],
        "rows": 3,
    }


@in_chromium
def test_page_without_the_script_still_has_words_and_table(
    notebook, chart, drawn, tmp_path
):
    text, _ = page(notebook)
    path = tmp_path / "page.html"
    path.write_text(text, encoding="utf-8")
    found = drawn(path)
    assert (found["figures"], found["words"], found["rows"]) == (0, [chart.finding], 3)


COURSE = """\
c = get_config()
c.CourseDirectory.course_id = "demo"
c.HTMLExporter.preprocessors = ["pmlab.charts.offline.DrawCharts"]
"""


@pytest.fixture
def course(notebook, tmp_path):
    """A course with one submission whose answer is a chart, graded by nbgrader."""
    (tmp_path / "nbgrader_config.py").write_text(COURSE, encoding="utf-8")
    answer = notebook.cells[0]
    answer.source = (
        "from pmlab import charts\n"
        "charts.nested({'TAM': 910e6, 'SAM': 180e6, 'SOM': 4.5e6}, unit='USD')"
    )
    answer.metadata["nbgrader"] = {
        "grade": True,
        "solution": True,
        "locked": False,
        "task": False,
        "points": 1,
        "grade_id": "draw",
        "schema_version": 3,
    }
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    source = tmp_path / "source" / "03" / "03.ipynb"
    submitted = tmp_path / "submitted" / "ada" / "03" / "03.ipynb"
    for path in (source, submitted):
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    return tmp_path


@in_chromium
def test_feedback_of_nbgrader_draws_the_chart_without_network(course, chart, drawn):
    nbgrader(course, "generate_assignment", "03", HOME=str(course))
    nbgrader(course, "autograde", "03", HOME=str(course))
    nbgrader(course, "generate_feedback", "03", HOME=str(course))
    feedback = course / "feedback" / "ada" / "03" / "03.html"
    found = drawn(feedback)
    assert (found["figures"], found["bars"], found["rows"]) == (1, 3, 3)
    assert found["words"] == [chart.finding]
    assert feedback.stat().st_size < 500_000
    assert [path.name for path in feedback.parent.iterdir()] == ["03.html"]


@in_chromium
def test_a_title_of_several_lines_is_shown_whole(chromium, tmp_path):
    title = "Launch counties keep more of their households than all others do, " * 2
    figure = charts.bars(
        {"who": ["a", "b"], "share": [1, 2]},
        label_column="who",
        value_column="share",
        title=title.strip(", "),
    ).plotly_json()
    path = tmp_path / "page.html"
    path.write_text(
        f"<div id=place></div><script>{plotly_script()}</script><script>"
        f'Plotly.newPlot("place", {json.dumps(figure)})</script>',
        encoding="utf-8",
    )
    tab = chromium.new_page()
    tab.goto(path.as_uri())
    tab.locator(".gtitle").wait_for()
    shown, picture = (
        tab.locator(name).bounding_box() for name in (".gtitle", ".main-svg >> nth=0")
    )
    drawing = tab.locator(".nsewdrag").bounding_box()
    tab.close()
    assert shown["y"] >= picture["y"]
    assert shown["y"] + shown["height"] <= drawing["y"]
