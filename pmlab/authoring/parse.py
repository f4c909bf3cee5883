"""Text to model: reads py:percent files and refuses what breaks a rule.

Each error names file and line, what is wrong and the mend. Nothing is written here.
"""

import ast
import re
import string
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from pmlab.authoring.learner_version import cut
from pmlab.authoring.model import Artefact, Cell, Exercise, Unit, WrongAnswer
from pmlab.errors import CourseError

# The region that a cell of this role must have, and no other cell may have.
_REGIONS = {"solution": "SOLUTION", "checks": "HIDDEN TESTS"}
# The marker that gives a cell its role: allowed further attributes, kind of cell.
_ROLES: Mapping[str, tuple[frozenset[str], str]] = {
    "exercise": (frozenset({"objective"}), "markdown"),
    "solution": (frozenset(), "code"),
    "checks": (frozenset({"points"}), "code"),
    "hint": (frozenset(), "markdown"),
    "wrong": (frozenset({"trap", "credit"}), "code"),
    "right": (frozenset(), "code"),
    "artefact": (frozenset({"points"}), "markdown"),
    "exemplar": (frozenset({"score"}), "markdown"),
}
# What jupytext itself adds to the metadata of cells.
_OF_JUPYTEXT = frozenset({"lines_to_next_cell", "lines_to_end_of_cell_marker"})
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")


def read_unit(folder: Path) -> Unit:
    """Read ``lesson.py`` and ``exercises.py`` of a unit.

    Args:
        folder: Folder of the unit; its name is the unit's slug.

    Returns:
        The unit.

    Raises:
        CourseError: At the first rule that the text breaks, with file and line.
    """
    lesson = read_cells(folder / "lesson.py")
    for cell in lesson:
        _check_syntax(cell)
        if cell.marks.keys() & _ROLES.keys():
            raise cell.error("a lesson holds no exercises; move it to exercises.py")
    cells = read_cells(folder / "exercises.py")
    for cell in cells:
        _check_marks(cell)
        _check_regions(cell)
        _check_syntax(cell)
        if "checks" in cell.marks:
            _check_verdict(cell)
    return Unit(
        slug=folder.name,
        lesson=lesson,
        cells=cells,
        exercises=tuple(_exercises(cells)),
        artefacts=tuple(_artefacts(cells)),
    )


def read_cells(path: Path) -> tuple[Cell, ...]:
    """Read a py:percent file as cells with the lines of their markers.

    Raises:
        CourseError: If the file is missing, no UTF-8 or empty.
    """
    jupytext = _jupytext()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise CourseError(f"{path} is missing; each unit has one") from error
    except UnicodeDecodeError as error:
        raise CourseError(f"{path} is not UTF-8 text: {error}") from error
    lines = [
        number
        for number, line in enumerate(text.splitlines(), start=1)
        if re.match(r"# ?%%", line)
    ]
    notebook = jupytext.reads(text, fmt="py:percent")
    if any(cell.cell_type == "raw" for cell in notebook.cells):
        raise CourseError(f"{path}:1: holds a raw cell; cells are [markdown] or code")
    if not notebook.cells:
        raise CourseError(f"{path}:1: is empty; start the file with # %% [markdown]")
    if len(notebook.cells) != len(lines):
        raise CourseError(
            f"{path}:1: {len(notebook.cells)} cells but {len(lines)} `# %%` markers; "
            "start the file (after a jupytext header) with a marker, and indent "
            "markers inside texts"
        )
    return tuple(
        Cell(
            path=path,
            line=line,
            kind="code" if cell.cell_type == "code" else "markdown",
            source=cell.source,
            marks={
                name: value
                for name, value in cell.metadata.items()
                if name not in _OF_JUPYTEXT
            },
        )
        for line, cell in zip(lines, notebook.cells, strict=True)
    )


def _jupytext() -> ModuleType:
    """Import jupytext without a grammar that takes 2 seconds to build.

    jsonschema builds it for a check of addresses wherever the optional package
    rfc3987_syntax is installed, as it is with JupyterLab; notebooks hold none.
    """
    name = "rfc3987_syntax"
    if name not in sys.modules and "jsonschema" not in sys.modules:
        sys.modules[name] = None  # type: ignore[assignment]
        try:
            import jupytext
        finally:
            del sys.modules[name]
    else:
        import jupytext
    return jupytext  # type: ignore[no-any-return]


def role(cell: Cell) -> str | None:
    """Return the marker that gives the cell its role; None for plain cells."""
    return next((name for name in cell.marks if name in _ROLES), None)


def _check_marks(cell: Cell) -> None:
    broken = cell.marks.get("incorrectly_encoded_metadata")
    if broken:
        raise cell.error(
            f"can't read the marker {broken}; write [markdown] first if it is text, "
            'then name="value" with quotes'
        )
    roles = [name for name in cell.marks if name in _ROLES]
    if len(roles) > 1:
        raise cell.error(f"has the markers {' and '.join(roles)}; a cell has one role")
    if not roles:
        stray = sorted(set(cell.marks) - {"tags"})
        if stray:
            raise cell.error(
                f"unknown marker {', '.join(stray)}; known are {', '.join(_ROLES)}"
            )
        return
    name = roles[0]
    allowed, kind = _ROLES[name]
    unknown = set(cell.marks) - allowed - {name}
    if unknown:
        raise cell.error(
            f"{name} does not take {', '.join(sorted(unknown))}; "
            f"it takes {', '.join(sorted(allowed)) or 'nothing else'}"
        )
    if cell.kind != kind:
        raise cell.error(f"{name} belongs on a {kind} cell, this is {cell.kind}")
    value = cell.marks[name]
    if not isinstance(value, str) or not _IDENTIFIER.fullmatch(value):
        raise cell.error(
            f"{name}={value!r} must be an id of small letters, digits and underscores"
        )


def _check_regions(cell: Cell) -> None:
    for owner, region in _REGIONS.items():
        present = f"BEGIN {region}" in cell.source
        if owner in cell.marks and not present:
            raise cell.error(f"a {owner} cell needs a region ### BEGIN {region}")
        if owner not in cell.marks and present:
            raise cell.error(
                f"BEGIN {region} outside a {owner} cell would be shown to learners; "
                f"move it to the {owner} cell"
            )
        _check_closed(cell, region)


def _check_closed(cell: Cell, region: str) -> None:
    inside = False
    for line in cell.source.splitlines():
        if f"BEGIN {region}" in line:
            if inside:
                raise cell.error(f"BEGIN {region} inside a region; close it first")
            inside = True
        elif f"END {region}" in line:
            if not inside:
                raise cell.error(f"END {region} without BEGIN {region} above it")
            inside = False
    if inside:
        raise cell.error(f"BEGIN {region} is never closed; add END {region}")


def _check_syntax(cell: Cell) -> None:
    if cell.kind != "code":
        return
    try:
        ast.parse(cell.source)
    except SyntaxError as error:
        line = cell.line + (error.lineno or 0)
        raise CourseError(
            f"{cell.path}:{line}: this is no Python ({error.msg}); mend the line"
        ) from error


def _check_verdict(cell: Cell) -> None:
    statements = ast.parse(cut(cell.source, "HIDDEN TESTS")).body
    if not statements or not ast.unparse(statements[-1]).endswith(".verdict()"):
        raise cell.error(
            "the last line of a checks cell is check.verdict(), below the hidden tests"
        )


def _exercises(cells: tuple[Cell, ...]) -> list[Exercise]:
    prompts = _unique(cells, "exercise")
    for name in ("solution", "checks", "hint", "wrong", "right"):
        _check_known(cells, name, prompts, "exercise")
    solutions, checks = _unique(cells, "solution"), _unique(cells, "checks")
    found = []
    for id_, prompt in prompts.items():
        for name, of_role in (("solution", solutions), ("checks", checks)):
            if id_ not in of_role:
                raise prompt.error(
                    f'exercise "{id_}" has no {name} cell; add # %% {name}="{id_}"'
                )
        if not prompt.line < solutions[id_].line < checks[id_].line:
            raise checks[id_].error(
                f'the cells of "{id_}" stand as prompt, solution, checks; move this one'
            )
        found.append(
            Exercise(
                id=id_,
                objective=_text(prompt, "objective"),
                points=_points(checks[id_], "points"),
                prompt=prompt,
                solution=solutions[id_],
                checks=checks[id_],
                hints=_of(cells, "hint", id_),
                wrong=_wrong_answers(_of(cells, "wrong", id_)),
                right=_of(cells, "right", id_),
            )
        )
    return found


def _artefacts(cells: tuple[Cell, ...]) -> list[Artefact]:
    prompts = _unique(cells, "artefact")
    for id_, prompt in prompts.items():
        if any(cell.marks.get("exercise") == id_ for cell in cells):
            raise prompt.error(f'"{id_}" is an exercise already; choose another id')
    _check_known(cells, "exemplar", prompts, "artefact")
    for exemplar in (cell for cell in cells if "exemplar" in cell.marks):
        _points(exemplar, "score")
    return [
        Artefact(
            id=id_,
            points=_points(prompt, "points"),
            prompt=prompt,
            exemplars=_of(cells, "exemplar", id_),
        )
        for id_, prompt in prompts.items()
    ]


def _wrong_answers(cells: tuple[Cell, ...]) -> tuple[WrongAnswer, ...]:
    answers: dict[str, WrongAnswer] = {}
    for cell in cells:
        trap = _text(cell, "trap")
        if not _IDENTIFIER.fullmatch(trap):
            raise cell.error(f"trap={trap!r} must be small letters and underscores")
        if trap in answers:
            raise cell.error(f'trap "{trap}" stands twice in this exercise')
        message = ast.get_docstring(ast.parse(cell.source))
        if not message:
            raise cell.error(
                f'the wrong answer "{trap}" needs a message: start the cell with a '
                '"""docstring""" for the learner'
            )
        try:
            list(string.Formatter().parse(message))
        except ValueError as error:
            raise cell.error(
                f"the message can't be filled in ({error}); write {{{{ for a brace"
            ) from error
        credit = cell.marks.get("credit", 0)
        if not isinstance(credit, int | float) or not 0 <= credit < 1:
            raise cell.error(f"credit == {credit!r}, must be in [0, 1)")
        answers[trap] = WrongAnswer(
            trap=trap, message=" ".join(message.split()), credit=credit, cell=cell
        )
    return tuple(answers.values())


def _unique(cells: tuple[Cell, ...], name: str) -> dict[str, Cell]:
    found: dict[str, Cell] = {}
    for cell in cells:
        if name not in cell.marks:
            continue
        id_ = str(cell.marks[name])
        if id_ in found:
            raise cell.error(
                f'{name}="{id_}" stands already at line {found[id_].line}; '
                "each id is used once"
            )
        found[id_] = cell
    return found


def _check_known(
    cells: tuple[Cell, ...], name: str, prompts: Mapping[str, Cell], of: str
) -> None:
    for cell in cells:
        if name in cell.marks and cell.marks[name] not in prompts:
            raise cell.error(
                f'{name}="{cell.marks[name]}" belongs to no {of}; '
                f"there are {', '.join(prompts) or 'none'}"
            )


def _of(cells: tuple[Cell, ...], name: str, id_: str) -> tuple[Cell, ...]:
    return tuple(cell for cell in cells if cell.marks.get(name) == id_)


def _text(cell: Cell, name: str) -> str:
    value = cell.marks.get(name)
    if not isinstance(value, str) or not value.strip():
        raise cell.error(f'needs {name}="…"')
    return value


def _points(cell: Cell, name: str) -> int:
    value = cell.marks.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise cell.error(
            f"{name} == {value!r}, must be a whole number above zero, such as {name}=5"
        )
    return value
