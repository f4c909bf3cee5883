"""Takes hidden tests out of what learners see: their text, and what repeats it."""

import builtins
import dataclasses
import re
from typing import Any

BEGIN, END = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"
_ANSI = re.compile(r"\x1b\[[0-9;]*m")
# IPython points with an arrow; pmlab's own grader starts with the line's number.
_ARROW = re.compile(r"^-+>\s*(\d+)\b|\Aline (\d+): ", re.MULTILINE)
_LONG_ENOUGH = 12  # shorter lines, such as "check = 1", say nothing


@dataclasses.dataclass(frozen=True)
class Hidden:
    """The hidden part of a cell.

    Attributes:
        visible: The cell's text without it.
        lines: Numbers of its lines, from 1.
        texts: Its lines, stripped, as far as they say something.
    """

    visible: str
    lines: frozenset[int]
    texts: frozenset[str]


def hidden_part(source: str, *, begin: str = BEGIN, end: str = END) -> Hidden:
    r"""Split a cell's text at the marks of hidden tests.

    Args:
        source: Text of the cell.
        begin: The mark that starts them.
        end: The mark that ends them.

    Returns:
        The visible text and the hidden lines.

    Examples:
        >>> hidden_part("a\n### BEGIN HIDDEN TESTS\nb\n### END HIDDEN TESTS").visible
        'a'
    """
    inside, visible, numbers, texts = False, [], set(), set()
    for number, line in enumerate(source.splitlines(), start=1):
        if begin in line:
            inside = True
        if inside:
            numbers.add(number)
            if len(line.strip()) >= _LONG_ENOUGH and "HIDDEN TESTS" not in line:
                texts.add(line.strip())
        else:
            visible.append(line)
        if end in line:
            inside = False
    return Hidden("\n".join(visible), frozenset(numbers), frozenset(texts))


def repeats(hidden: Hidden, text: str) -> bool:
    """Say whether a text repeats a line of hidden tests."""
    return any(line in text for line in hidden.texts)


def reason_of_error(output: dict[str, Any], source: str, hidden: Hidden) -> str:
    """Say what an error in a test cell means, without telling a hidden test.

    Args:
        output: The stored error.
        source: The cell's whole text.
        hidden: Its hidden part.

    Returns:
        A sentence; the failing line if it is a visible one.
    """
    name = _known(str(output.get("ename", "")))
    line = _failing_line(output, len(source.splitlines()))
    if hidden.lines and (line is None or line in hidden.lines):
        return f"A hidden test did not pass ({name}). Try your code on other inputs."
    said = " ".join(_ANSI.sub("", str(output.get("evalue", ""))).split())[:300]
    if repeats(hidden, said):
        said = ""
    shown = f"{name}: {said}" if said else name
    if line is None:
        return f"A test did not pass. {shown}"
    return f"This test did not pass: `{source.splitlines()[line - 1].strip()}`. {shown}"


def _failing_line(output: dict[str, Any], count: int) -> int | None:
    """Return the line of the cell that failed: the first arrow of the traceback."""
    text = _ANSI.sub("", "\n".join(map(str, output.get("traceback", []))))
    arrows = [int(arrow or line) for arrow, line in _ARROW.findall(text)]
    return arrows[0] if arrows and arrows[0] <= count else None


def _known(name: str) -> str:
    """Return the name of a built-in error; a learner's own could carry anything."""
    kind = getattr(builtins, name, None)
    known = isinstance(kind, type) and issubclass(kind, BaseException)
    return name if known else "an error"
