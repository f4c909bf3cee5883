"""Which mistakes a class made: known ones counted, unknown ones grouped."""

import ast
import re

import pandas as pd

KNOWN_COLUMNS = ("exercise", "trap", "learners", "share", "who")
UNKNOWN_COLUMNS = ("exercise", "learners", "share", "reason", "code", "who")
_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?")
_SHOWN = 900  # characters of an example


def known_mistakes(results: pd.DataFrame) -> pd.DataFrame:
    """Count the known wrong answers of each exercise.

    Args:
        results: The table of ``read_results``.

    Returns:
        Columns ``KNOWN_COLUMNS``, the most frequent first; ``share`` is of all learners
        with a grade for the exercise.
    """
    takers = _takers(results)
    hit = results[(results["trap"] != "") & (results["share"] < 1)]
    rows = [
        (exercise, trap, len(group), len(group) / takers[str(exercise)], _who(group))
        for (exercise, trap), group in hit.groupby(["exercise", "trap"])
    ]
    frame = pd.DataFrame(rows, columns=list(KNOWN_COLUMNS))
    return frame.sort_values(["learners", "exercise"], ascending=[False, True])


def unknown_mistakes(results: pd.DataFrame) -> pd.DataFrame:
    """Group the wrong answers that no exercise knows yet.

    Two answers belong together if the learners were told the same (small tables are
    equal for all, so the same wrong value gets the same words), or if their code is the
    same but for names, numbers and comments.

    Args:
        results: The table of ``read_results``.

    Returns:
        Columns ``UNKNOWN_COLUMNS``, the largest group first, with an example each.
    """
    wrong = results[
        (results["trap"] == "") & (results["share"] < 1) & ~results["written"]
    ]
    takers = _takers(results)
    rows = []
    for exercise, group in wrong.groupby("exercise"):
        for together in _together(group):
            first = together.iloc[0]
            rows.append(
                (
                    exercise,
                    len(together),
                    len(together) / takers[str(exercise)],
                    str(first["reason"])[:_SHOWN],
                    str(first["code"])[:_SHOWN],
                    _who(together),
                )
            )
    frame = pd.DataFrame(rows, columns=list(UNKNOWN_COLUMNS))
    return frame.sort_values(["learners", "exercise"], ascending=[False, True])


def shape_of_code(code: str) -> str:
    """Return code without what does not matter: names, numbers, comments, layout.

    Args:
        code: Python; if it is none, its words are taken.

    Returns:
        A text that two answers share if they do the same in other words.

    Examples:
        >>> shape_of_code("total = a + 1") == shape_of_code("x = y+2  # two")
        True
    """
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return " ".join(_NUMBER.sub("#", code).split())
    names: dict[str, str] = {}
    attributes = ("name", "id", "arg")
    for node in ast.walk(tree):
        for field in attributes:
            name = getattr(node, field, None)
            if isinstance(name, str):
                setattr(node, field, names.setdefault(name, f"n{len(names)}"))
        if isinstance(node, ast.Constant) and not isinstance(node.value, str):
            node.value = 0
    try:
        return ast.dump(tree)
    except RecursionError:
        return code


def _together(group: pd.DataFrame) -> list[pd.DataFrame]:
    """Split answers to one exercise into groups that share words or code."""
    keys = [
        # What is said of every hidden test says nothing of the mistake.
        (
            "" if reason.startswith("A hidden test") else reason,
            code and shape_of_code(code),
        )
        for reason, code in zip(group["reason"], group["code"], strict=True)
    ]
    root = list(range(len(keys)))

    def find(at: int) -> int:
        while root[at] != at:
            root[at] = root[root[at]]
            at = root[at]
        return at

    first: dict[str, int] = {}
    for at, pair in enumerate(keys):
        for key in filter(None, pair):
            root[find(at)] = find(first.setdefault(key, at))
    found: dict[int, list[int]] = {}
    for at in range(len(keys)):
        found.setdefault(find(at), []).append(at)
    return [group.iloc[places] for places in found.values()]


def _takers(results: pd.DataFrame) -> dict[str, int]:
    counts = results.groupby("exercise")["learner"].nunique()
    return {str(exercise): int(count) for exercise, count in counts.items()}


def _who(group: pd.DataFrame) -> str:
    return ", ".join(sorted(group["learner"]))
