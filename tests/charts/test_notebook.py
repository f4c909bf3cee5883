"""A chart as the last expression of a cell of a real notebook."""

import nbformat
import pytest
from nbclient import NotebookClient

from pmlab.charts.chart import PLOTLY_TYPE

pytestmark = [
    pytest.mark.slow,
    # Raised by ipykernel and its transport, not by us.
    pytest.mark.filterwarnings("default"),
]
CELL = """\
from pmlab import charts
charts.nested({"TAM": 910e6, "SAM": 180e6, "SOM": 4.5e6}, unit="USD")
"""


def executed():
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    return notebook.cells[0].outputs


def test_cell_shows_the_figure_first_and_then_words_and_table():
    figure, words = (output.data for output in executed())
    assert set(figure) == {PLOTLY_TYPE, "text/html"}
    assert "SOM is 0.5 % of TAM" in figure["text/html"]
    assert set(words) == {"text/html", "text/plain"}
    assert "SAM: $180 M (19.8 % of TAM)" in words["text/html"]


def test_running_the_cell_again_stores_the_same_outputs():
    assert executed() == executed()
