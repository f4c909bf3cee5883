"""What stopped the learner's code, in words, with her line if it can be found."""

import linecache
from types import TracebackType


def explain(error: BaseException, traceback: TracebackType | None) -> str:
    """Say what stopped the learner's code, with her line if it can be found."""
    if isinstance(error, NameError) and error.name:
        return (
            f"The name `{error.name}` does not exist yet. Run your answer cell above "
            "(Shift+Enter), then this one again. If you did: is the name spelled the "
            "same, and did the cell end without an error?"
        )
    if isinstance(error, NotImplementedError):
        return "There is no answer yet. Write it in the cell above and run it."
    if isinstance(error, SystemExit):
        return "Your code ended the program (`exit` or `quit`). Remove that line."
    if isinstance(error, RecursionError):
        return "Your function calls itself without end (RecursionError)."
    kind, text = type(error).__name__, _text_of(error)
    return f"Your code stopped with {kind}{text}.{_line_of(traceback)}"


def _text_of(error: BaseException) -> str:
    """Return what an error says; its class may be the learner's and fail at that."""
    try:
        if isinstance(error, KeyError) and error.args:
            return f": {error.args[0]!r} is not there; check the column names"[:300]
        return f": {error}"[:300].rstrip(" :.")
    except Exception:  # noqa: BLE001 - __str__ of the learner's own class
        return ""


def _line_of(traceback: TracebackType | None) -> str:
    """Return the last line of notebook code in the traceback, below the check cell."""
    found = ""
    depth = 0
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if depth and traceback.tb_frame.f_globals.get("__name__") == "__main__":
            line = linecache.getline(code.co_filename, traceback.tb_lineno).strip()
            if line:
                found = f" It was at the line `{line[:120]}`."
        depth += 1
        traceback = traceback.tb_next
    return found
