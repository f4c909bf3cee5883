"""What stopped the learner's code, in words, with her line if it can be found."""

import linecache
from types import TracebackType

# What beginners meet most with tables, and what to do about it.
_ADVICE = {
    "boolean value of NA is ambiguous": "A cell is empty (`<NA>`): it neither equals "
    "anything nor is it larger or smaller. What does an empty cell mean here, and "
    "should such a row stay? `column.isna()` finds the empty cells, and "
    "`column.isin(values)` gives False for them.",
    "invalid entry 0 in condlist": "A column with empty cells (`<NA>`) gives no plain "
    "true or false. What does an empty cell mean here, and should such a row stay? "
    "`column.isna()` finds them; `column.astype(float)` makes them plain numbers "
    "(NaN), which compare as False.",
    "division by zero": "Something below the line is 0. Which group or window has "
    "nothing in it?",
    "truth value of a Series is ambiguous": "Python wanted one true or false and got "
    "a whole column. For columns use `&`, `|`, a mask such as `table[column > 0]`, or "
    "`np.minimum` and `np.maximum` in place of `min` and `max`.",
    "'NoneType' object": "Something is None: a function without `return`, perhaps.",
}
_MISMATCHES = (
    "missing 1 required positional argument",
    "got an unexpected keyword argument",
)


def explain(error: BaseException, traceback: TracebackType | None) -> str:
    """Say what stopped the learner's code, with her line if it can be found."""
    if isinstance(error, NameError) and error.name:
        return _missing_name(error.name, _function_of(traceback))
    if isinstance(error, NotImplementedError):
        return "There is no answer yet. Write it in the cell above and run it."
    if isinstance(error, SystemExit):
        return "Your code ended the program (`exit` or `quit`). Remove that line."
    if isinstance(error, RecursionError):
        return "Your function calls itself without end (RecursionError)."
    kind, text = type(error).__name__, _text_of(error)
    advice = next((told for sign, told in _ADVICE.items() if sign in text), "")
    if any(sign in text for sign in _MISMATCHES):
        advice = _mismatch(traceback)
    return f"Your code stopped with {kind}{text}.{_line_of(traceback)} {advice}".strip()


def _mismatch(traceback: TracebackType | None) -> str:
    """Say which call does not fit its function: the check's, or one of hers."""
    if _function_of(traceback) is not None:
        return "Compare the arguments of that call with what the function takes."
    return (
        "The check calls your function as the task says; compare the names in its "
        "first line."
    )


def _missing_name(name: str, function: str | None) -> str:
    """Say where a name is missing: in the notebook, or inside a function of hers."""
    if function is None:
        return (
            f"The name `{name}` does not exist yet. Run the cells above, your answer "
            "cell last (Shift+Enter), then this one again. If you did: is the name "
            "spelled the same, and did the cell end without an error?"
        )
    return (
        f"Inside `{function}` you use the name `{name}`, which does not exist there. "
        "If it is made inside another function, return it from there and take it from "
        "the result; if a cell above makes it, run that cell first."
    )


def _function_of(traceback: TracebackType | None) -> str | None:
    """Return the learner's function that failed; None for the check cell itself."""
    name = None
    while traceback is not None:
        frame = traceback.tb_frame
        called = frame.f_code.co_name
        if frame.f_globals.get("__name__") == "__main__" and called[0] != "<":
            name = called
        traceback = traceback.tb_next
    return name


def _text_of(error: BaseException) -> str:
    """Return what an error says; its class may be the learner's and fail at that."""
    try:
        if isinstance(error, KeyError) and error.args:
            missing = f": {error.args[0]!r} is not there"[:250]
            return f"{missing}; check the names of columns and keys"
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
