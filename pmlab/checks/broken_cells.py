"""An answer cell that Python could not read leaves the version before it in force.

The check would then judge an older function, or miss one. IPython keeps what was run.
"""

import ast
import re
import sys
from collections.abc import Collection
from types import CodeType

# At the start of a line, also inside the text that a cell such as %%time becomes.
_DEFINES = re.compile(r"(?:^|\\n|')(?:async )?def (\w+)", re.MULTILINE)


def names_used(code: CodeType) -> frozenset[str]:
    """Return the global names that a check cell's code uses."""
    inner = [part for part in code.co_consts if isinstance(part, CodeType)]
    return frozenset(code.co_names).union(*map(names_used, inner))


def unread(names: Collection[str]) -> str:
    """Say that the last version of one of these functions could not be read.

    Args:
        names: Names that the check uses.

    Returns:
        A sentence for the learner; empty if all is well or nothing is known.
    """
    for cell in reversed(_cells_before()):
        defined = set(_DEFINES.findall(cell))
        hers = sorted(defined & set(names))
        if hers:
            return _told(hers[0], cell)
    return ""


def _cells_before() -> list[str]:
    """Return the texts of the cells run so far, without the one that is running."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    cells = shell.user_ns.get("In") if shell else None
    return [text for text in cells[:-1] if isinstance(text, str)] if cells else []


def _told(name: str, cell: str) -> str:
    try:
        flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        compile(cell, "<your cell>", "exec", flags)
    except SyntaxError as error:
        line = (error.text or "").strip()[:120]
        where = f" at the line `{line}`" if line else ""
        return (
            f"Python could not read the cell with `{name}` when you last ran it: "
            f"{type(error).__name__}, {error.msg}{where}. So this check knows only an "
            "older version, if there is one. Mend that line (or the one above it), run "
            "the cell, then this one again."
        )
    return ""
