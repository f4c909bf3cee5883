"""What the tree promises its readers: one direction of imports, light start, size."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "pmlab"

# From the ground up; a module may import its own layer and those above it in the list.
LAYERS = [
    {"errors", "formatting", "results", "_arguments", "lean_imports", "inside_a_check"},
    {"_tables", "_whole_text", "_data_packages", "datasets", "case"},
    {"market", "finance", "discovery", "feedback", "pricing", "prioritization"}
    | {"delivery", "lifecycle", "metrics", "experiments"},
    {"charts", "widgets"},
    {"checks"},
    {"authoring"},
    {"grading"},
    {"learner"},
    {"hub"},
    {"cli", "__main__"},
]


def modules():
    return sorted(PACKAGE.rglob("*.py"))


def layer_of(name):
    return next((rank for rank, layer in enumerate(LAYERS) if name in layer), None)


def top_name(path):
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "pmlab":
            names = [f"pmlab.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        else:
            continue
        for name in names:
            if name.startswith("pmlab."):
                yield name.split(".")[1]


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_one_way(path):
    own = layer_of(top_name(path))
    if path == PACKAGE / "__init__.py":
        return
    assert own is not None, f"{top_name(path)} belongs to no layer; add it to LAYERS"
    higher = {
        name
        for name in imported(path)
        if (rank := layer_of(name)) is None or rank > own
    }
    assert not higher


def code_lines(path):
    """Count lines without docstrings, comments and blank lines."""
    text = path.read_text(encoding="utf-8")
    lines = {
        number
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip() and not line.strip().startswith("#")
    }
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            lines -= set(range(node.lineno, node.end_lineno + 1))
    return len(lines)


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_modules_stay_within_the_budget_of_350_lines_of_code(path):
    assert code_lines(path) <= 350


def test_importing_pmlab_loads_no_heavy_package():
    code = "import pmlab, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    heavy = {"numpy", "pandas", "scipy", "plotly", "IPython", "nbgrader", "jupytext"}
    assert not heavy & set(done.stdout.split())


@pytest.mark.parametrize(
    "name",
    sorted(
        set.union(*LAYERS[1:5])
        - {"widgets", "_tables", "_whole_text", "_data_packages"}
    ),
)
def test_the_library_loads_neither_jupyter_nor_scipy_nor_plotly(name):
    code = f"import pmlab.{name}, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    heavy = {"scipy", "plotly", "IPython", "nbgrader", "jupytext", "nbformat"}
    assert not heavy & set(done.stdout.split())


def test_the_library_holds_no_exercise():
    course = PACKAGE.parent / "course" / "units"
    prompts = {
        line.split('exercise="')[1].split('"')[0]
        for path in course.glob("*/exercises.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("# %%") and 'exercise="' in line
    }
    assert prompts
    texts = {
        path: path.read_text(encoding="utf-8")
        for path in modules()
        if "authoring" not in path.parts
    }
    found = [
        (path.name, name)
        for name in prompts
        for path, text in texts.items()
        if f'exercise("{name}"' in text and ">>>" not in text
    ]
    assert not found
