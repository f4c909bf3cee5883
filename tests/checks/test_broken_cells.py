"""What a check says after an answer cell that Python could not read."""

import pytest
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

CHECK = """
from pmlab import checks
with checks.exercise("tam", points=5) as check:
    check.record({name: tam(3) for name in ["a"]}, {"a": 6}, what="the TAM")
said = check.verdict()
"""
BROKEN = "def tam(homes):\n    return (homes * 2\n"


@pytest.fixture
def cells():
    """Run cells in a real IPython shell, as a notebook does; return the verdict."""
    config = Config()
    config.HistoryManager.enabled = False
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=config)

    def run(*texts):
        for text in (*texts, CHECK):
            shell.run_cell(text, store_history=True)
        return shell.user_ns["said"]

    yield run
    InteractiveShell.clear_instance()


def test_a_cell_that_was_never_read_is_named_in_place_of_the_missing_name(cells):
    (reason,) = cells(BROKEN).reasons
    assert reason.startswith("Python could not read the cell with `tam`")
    assert "SyntaxError, '(' was never closed at the line `return (homes * 2`" in reason


def test_a_stale_version_is_not_judged_as_hers(cells):
    verdict = cells("def tam(homes):\n    return homes\n", BROKEN, "1 + 1")
    assert (verdict.credit, len(verdict.reasons)) == (0, 1)
    assert "knows only an older version" in verdict.reasons[0]


def test_a_right_older_version_passes_with_a_note(cells):
    verdict = cells("def tam(homes):\n    return 2 * homes\n", BROKEN)
    assert verdict.status == "passes"
    assert "could not read the cell with `tam`" in verdict.notes[0]


@pytest.mark.parametrize(
    "mended",
    [
        "def tam(homes):\n    return 2 * homes\n",
        "%%time\ndef tam(homes):\n    return 2 * homes\n",
        "!true\ndef tam(homes):\n    return 2 * homes\n",
    ],
)
def test_a_mended_cell_is_forgotten(cells, mended):
    verdict = cells(BROKEN, mended, "def other(:")
    assert (verdict.status, verdict.reasons, verdict.notes) == ("passes", (), ())
