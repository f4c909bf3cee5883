"""Which checks may ask the learner's process when all her cells have run.

A check asks about the notebook as it is where the check stands. A copy of the process,
kept there, always gives that; but keeping copies takes half of the time of grading.
The process at the end gives the same answers if a check asks for functions and
constants only that no later cell binds again, and that read nothing but such names.

This is read from the text of the cells. What could change a name or a module past the
text rules it out for the whole notebook, and so does a cell that is no plain Python.
Learners gain nothing by getting around it: their code would answer either way.
"""

import ast
import dataclasses
import functools
import symtable
from collections.abc import Iterable, Iterator, Sequence

from pmlab.grading.judge.names import Plan, global_reads, names_of
from pmlab.grading.rebuild import Cell

# Of all cells together; what tells scopes apart takes time for each name in each scope.
_MOST_TEXT = 60_000
_MOST_NAMES_IN_SCOPES = 500_000
_NAMES_AROUND = (
    "__builtins__ __import__ atexit breakpoint builtins compile ctypes delattr eval "
    "exec gc get_ipython globals importlib inspect locals mock os setattr sys "
    "threading types unittest vars"
)
_AROUND = frozenset(_NAMES_AROUND.split())
_NAMES_OF_STATE = (
    "__closure__ __code__ __defaults__ __dict__ __globals__ __kwdefaults__ "
    "__setattr__ filterwarnings options rcParams register reset_option seed "
    "set_option set_state setcontext seterr setlocale simplefilter"
)
_STATE = frozenset(_NAMES_OF_STATE.split())
_SCOPES = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)
_Reads = frozenset[str]


class _NotPlainError(Exception):
    """The text of the notebook doesn't tell what its code binds."""


def asked_at_end(cells: Sequence[Cell], plan: Plan) -> frozenset[int]:
    """Return the checks that need no copy of the learner's process.

    Args:
        cells: The rebuilt notebook.
        plan: What the judge does at each cell.

    Returns:
        Positions, a part of ``plan.asks``.
    """
    try:
        bindings = _Bindings(cells)
    except (_NotPlainError, SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    return frozenset(
        number
        for number in plan.asks
        if bindings.last(_asked(number, cells, plan), check=number)
    )


def _asked(number: int, cells: Sequence[Cell], plan: Plan) -> frozenset[str]:
    """Return the names whose values the judge may want from the learner's process."""
    known: set[str] = set()
    for place, cell in enumerate(cells[:number]):
        if cell.kind == "check" or place in plan.run_here - plan.asks:
            known |= names_of(cell.instructors).bound
    own = plan.learners[number - 1] if number else frozenset()
    return plan.used[number] - (known - own)


class _Bindings:
    """Where the cells that the runner runs bind each name.

    For each name: positions, with the names that what is bound there reads later;
    None for what could be changed in place, or is not known.
    """

    def __init__(self, cells: Sequence[Cell]) -> None:
        sources = {
            number: cell.source
            for number, cell in enumerate(cells)
            if cell.runs and cell.kind != "check"
        }
        if sum(map(len, sources.values())) > _MOST_TEXT:
            raise _NotPlainError
        self._places: dict[str, list[tuple[int, _Reads | None]]] = {}
        changed: set[str] = set()
        for number, source in sources.items():
            text = _read(source)
            changed |= text.changed
            for name, reads in text.bound:
                self._places.setdefault(name, []).append((number, reads))
        for name in changed:
            if any(reads is not None for _, reads in self._places.get(name, ())):
                raise _NotPlainError  # a function or a module, and not data

    def last(self, names: Iterable[str], *, check: int) -> bool:
        """Tell whether names stand for the same at a check and at the end."""
        waiting, seen = list(names), set[str]()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            places = self._places.get(name)
            if places is None:  # built in or not there; IPython itself binds some
                if name.startswith("_") or name in ("In", "Out"):
                    return False
                continue
            for number, reads in places:
                if number >= check or reads is None:
                    return False
                waiting += reads
        return True


@dataclasses.dataclass(frozen=True)
class _Text:
    """What the text of a cell says.

    Attributes:
        bound: Names it binds, as in ``_Bindings``.
        changed: Names of what it puts attributes or items into.
    """

    bound: tuple[tuple[str, _Reads | None], ...]
    changed: frozenset[str]


@functools.lru_cache(maxsize=512)
def _read(source: str) -> _Text:
    """Read a cell; raise if it may bind or change what can't be seen."""
    tree = ast.parse(source)
    lines = [(line, list(ast.walk(line))) for line in tree.body]
    parts = [part for _, walked in lines for part in walked]
    scopes = sum(isinstance(part, _SCOPES) for part in parts)
    names = sum(isinstance(part, ast.Name | ast.arg) for part in parts)
    if scopes * names > _MOST_NAMES_IN_SCOPES:
        raise _NotPlainError
    changed = frozenset(_changed(parts))
    top = symtable.symtable(source, "cell", "exec")
    tables = {(part.get_name(), part.get_lineno()): part for part in top.get_children()}
    bound = [found for line, walked in lines for found in _bound(line, walked, tables)]
    return _Text(tuple(bound), changed)


def _bound(
    line: ast.stmt,
    parts: Sequence[ast.AST],
    tables: dict[tuple[str, int], symtable.SymbolTable],
) -> Iterator[tuple[str, _Reads | None]]:
    """Yield the names that a line at the top of a cell binds, and what they read."""
    if isinstance(line, ast.Import | ast.ImportFrom):
        for name in _imported(line):
            yield name, frozenset()
    elif isinstance(line, ast.FunctionDef) and _is_plain(line):
        table = tables.get((line.name, line.lineno))
        yield line.name, None if table is None else frozenset(global_reads(table))
        for part in parts:
            if isinstance(part, ast.Global):
                yield from ((name, None) for name in part.names)
    elif isinstance(line, ast.Assign) and _is_constant(line.value):
        for target in line.targets:
            for name in _stored(ast.walk(target)):
                yield name, frozenset() if isinstance(target, ast.Name) else None
    else:
        yield from ((name, None) for name in _stored(parts))


def _imported(line: ast.Import | ast.ImportFrom) -> Iterator[str]:
    for alias in line.names:
        module = line.module if isinstance(line, ast.ImportFrom) else alias.name
        if alias.name == "*" or _AROUND & {alias.name, *(module or "").split(".")}:
            raise _NotPlainError
        yield (alias.asname or alias.name).split(".")[0]


def _is_plain(function: ast.FunctionDef) -> bool:
    """Tell whether a function keeps nothing from one call to the next."""
    defaults = [*function.args.defaults, *filter(None, function.args.kw_defaults)]
    return not function.decorator_list and all(map(_is_constant, defaults))


def _is_constant(value: ast.expr) -> bool:
    if isinstance(value, ast.Tuple):
        return all(map(_is_constant, value.elts))
    if isinstance(value, ast.UnaryOp):
        return isinstance(value.operand, ast.Constant)
    return isinstance(value, ast.Constant)


def _stored(parts: Iterable[ast.AST]) -> Iterator[str]:
    """Yield all names that parts of a line may bind, some of them too many."""
    for part in parts:
        if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
            yield part.id
        elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield part.name
        elif isinstance(part, ast.Import | ast.ImportFrom):
            yield from _imported(part)
        elif isinstance(part, ast.Global):
            yield from part.names
        elif isinstance(part, ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
            yield part.name or ""
        elif isinstance(part, ast.MatchMapping):
            yield part.rest or ""


def _changed(parts: Iterable[ast.AST]) -> Iterator[str]:
    """Yield names of what is changed in place; raise for ways around names."""
    for part in parts:
        if isinstance(part, ast.Name):
            if part.id in _AROUND:
                raise _NotPlainError
        elif isinstance(part, ast.Import | ast.ImportFrom):
            list(_imported(part))
        elif isinstance(part, ast.Attribute | ast.Subscript):
            if isinstance(part, ast.Attribute) and part.attr in _STATE:
                raise _NotPlainError
            if not isinstance(part.ctx, ast.Load):
                yield _root(part)


def _root(part: ast.expr) -> str:
    while isinstance(part, ast.Attribute | ast.Subscript):
        part = part.value
    return part.id if isinstance(part, ast.Name) else ""
