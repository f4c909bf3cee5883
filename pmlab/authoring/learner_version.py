"""The instructor's notebook to the learner's: solutions and hidden tests cut.

Does to a notebook what ``nbgrader generate_assignment`` does to its cells (a test
compares the two), with the standard library alone, so that a wheel can be built
without nbgrader.
"""

import copy
import re
from typing import Any

CODE_STUB = "# Write your code here.\n..."
TEXT_STUB = "*Write your answer here.*"


def learner_version(notebook: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of an instructor's notebook that gives nothing away.

    Args:
        notebook: A notebook as read from JSON, with nbgrader's cell metadata.

    Returns:
        The learner's notebook: stubs for solutions, no hidden tests, no outputs;
        prompts and checks are locked, answers can't be deleted.
    """
    result = copy.deepcopy(notebook)
    for cell in result["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        source = "".join(cell["source"])
        if about.get("solution"):
            stub = CODE_STUB if cell["cell_type"] == "code" else TEXT_STUB
            source = cut(source, "SOLUTION", stub)
        elif about.get("grade"):
            source = cut(source, "HIDDEN TESTS")
        if about.get("solution"):
            cell["metadata"]["deletable"] = False
        elif about.get("grade") or about.get("locked"):
            cell["metadata"] |= {"deletable": False, "editable": False}
        cell["source"] = source.splitlines(keepends=True)
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return result


def cut(source: str, region: str, stub: str | None = None) -> str:
    """Remove a marked region from a cell, and put a stub where it began.

    Args:
        source: Text of the cell.
        region: Name after BEGIN and END, such as ``"SOLUTION"``.
        stub: Text to put in, indented like the region; None for nothing.

    Returns:
        The text without the region and its markers.

    Examples:
        >>> text = "def f():{0}    # BEGIN SOLUTION{0}    return 1{0}    # END SOLUTION"
        >>> cut(text.format(chr(10)), "SOLUTION", "...").splitlines()
        ['def f():', '    ...']
    """
    kept: list[str] = []
    inside = False
    for line in source.split("\n"):
        if f"BEGIN {region}" in line:
            inside = True
            if stub is not None:
                indent = re.match(r"\s*", line).group()  # type: ignore[union-attr]
                kept += [indent + part for part in stub.split("\n")]
        elif f"END {region}" in line:
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept)
