"""Which names a cell binds and uses, and whose they are."""

import ast
import builtins
import contextlib
import dataclasses
import functools
import symtable
from collections.abc import Sequence

from pmlab.grading.rebuild import Cell

_BUILT_IN = frozenset(vars(builtins))


@dataclasses.dataclass(frozen=True)
class Names:
    """The names of one cell.

    Attributes:
        bound: Names it gives a value to.
        used: Names it reads before it gives them a value itself.
        imported: Those of ``bound`` that are imports and nothing else.
        classes: Those of ``bound`` that are classes.
        everything: Whether it binds names that can't be seen (``import *``).
    """

    bound: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()
    imported: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    everything: bool = False


def parse(source: str) -> ast.Module | None:
    """Return the tree of a cell; lines for IPython are left out, None if it is none."""
    for text in (source, without_magics(source)):
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            return ast.parse(text)
    return None


def without_magics(source: str) -> str:
    """Return a cell without the lines that only IPython understands."""
    lines = source.split("\n")
    if lines[0].lstrip().startswith("%%"):
        lines[0] = ""
    return "\n".join(
        line[: len(line) - len(line.lstrip())] + "pass"
        if line.lstrip().startswith(("%", "!", "?")) or line.rstrip().endswith("?")
        else line
        for line in lines
    )


@functools.lru_cache(maxsize=512)
def names_of(source: str) -> Names:
    """Return the names of a cell, empty ones if it is no Python."""
    tree = parse(source)
    if tree is None:
        return Names()
    order = _Order()
    order.visit(tree)
    table = symtable.symtable(ast.unparse(tree), "cell", "exec")
    bound = {item.get_name() for item in table.get_symbols() if _is_bound(item)}
    bound |= order.declared
    imported = {item.get_name() for item in table.get_symbols() if item.is_imported()}
    read = global_reads(table)
    return Names(
        bound=frozenset(bound | imported),
        used=frozenset(name for name in read if name not in order.stored_first),
        imported=frozenset(imported - order.stored),
        classes=frozenset(
            node.name for node in tree.body if isinstance(node, ast.ClassDef)
        ),
        everything=order.everything,
    )


def _is_bound(item: symtable.Symbol) -> bool:
    return item.is_assigned() or item.is_imported() or item.is_namespace()


def global_reads(table: symtable.SymbolTable) -> set[str]:
    """Return names read at the top, or as globals in functions and comprehensions."""
    top = table.get_type() == "module"
    found = {
        item.get_name()
        for item in table.get_symbols()
        if item.is_referenced() and (top or item.is_global())
    }
    return found.union(*(global_reads(child) for child in table.get_children()))


class _Order(ast.NodeVisitor):
    """Notes which names of a cell get a value before they are read."""

    def __init__(self) -> None:
        self.stored: set[str] = set()
        self.stored_first: set[str] = set()
        self.declared: set[str] = set()
        self.everything = False
        self._read: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load | ast.Del):
            self._read.add(node.id)
        else:
            self._store(node.id)

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self.visit(target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self._read.add(node.target.id)
        self.visit(node.value)
        self.visit(node.target)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)
            self.visit(node.target)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self.visit(node.target)

    def visit_For(self, node: ast.For) -> None:
        self.visit(node.iter)
        self.visit(node.target)
        for line in (*node.body, *node.orelse):
            self.visit(line)

    def visit_ListComp(self, node: ast.ListComp) -> None:
        self._comprehension(node)

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    ) -> None:
        # Names made inside stay inside; what is read there is read.
        inner = _Order()
        for part in node.generators:
            inner.visit(part.iter)
            inner.visit(part.target)
            for condition in part.ifs:
                inner.visit(condition)
        for field in ("elt", "key", "value"):
            if hasattr(node, field):
                inner.visit(getattr(node, field))
        self._read |= inner._read - inner.stored_first

    def visit_SetComp(self, node: ast.SetComp) -> None:
        self._comprehension(node)

    def visit_DictComp(self, node: ast.DictComp) -> None:
        self._comprehension(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> None:
        self._comprehension(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.visit_arguments(node.args)

    def visit_arguments(self, node: ast.arguments) -> None:
        for default in (*node.defaults, *filter(None, node.kw_defaults)):
            self.visit(default)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        # The body runs later, with what there is then.
        self.visit_arguments(node.args)
        for decorator in node.decorator_list:
            self.visit(decorator)
        self._note_globals(node)
        self._store(node.name)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for part in (*node.bases, *node.decorator_list):
            self.visit(part)
        self._store(node.name)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._first((alias.asname or alias.name).split(".")[0])

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name == "*":
                self.everything = True
            else:
                self._first(alias.asname or alias.name)

    def _note_globals(self, node: ast.AST) -> None:
        for part in ast.walk(node):
            if isinstance(part, ast.Global):
                self.declared |= set(part.names)

    def _store(self, name: str) -> None:
        self.stored.add(name)
        self._first(name)

    def _first(self, name: str) -> None:
        if name not in self._read:
            self.stored_first.add(name)


@dataclasses.dataclass(frozen=True)
class Plan:
    """What the judge does at each cell.

    Attributes:
        run_here: Positions of the instructor's own cells that the judge runs, too,
            because check cells use what they bind.
        imports_here: Positions of answer cells whose imports check cells use.
        learners: For each position the names that are the learner's from there on.
        classes: Names that the instructor's solutions define as classes.
        used: For each position the names the cell reads.
        asks: Positions at which the judge needs the learner's process as it is there.
    """

    run_here: frozenset[int]
    imports_here: frozenset[int]
    learners: Sequence[frozenset[str]]
    classes: frozenset[str]
    used: Sequence[frozenset[str]]
    asks: frozenset[int]


def plan(cells: Sequence[Cell]) -> Plan:
    """Find out whose the names are, from the instructor's cells alone.

    Args:
        cells: The rebuilt notebook.

    Returns:
        The plan.
    """
    found = [names_of(cell.instructors) if cell.runs else Names() for cell in cells]
    needed: set[str] = set().union(
        *(found[n].used for n, cell in enumerate(cells) if cell.kind == "check")
    )
    run_here: set[int] = set()
    size = -1
    while size != len(run_here):
        size = len(run_here)
        for number, cell in enumerate(cells):
            names = found[number]
            if cell.kind == "given" and (names.bound & needed or names.everything):
                run_here.add(number)
                needed |= names.used
    own: set[str] = set()
    learners: list[frozenset[str]] = []
    classes: set[str] = set()
    imports: set[int] = set()
    asks: set[int] = set()
    for number, cell in enumerate(cells):
        names = found[number]
        if cell.kind == "check" or (number in run_here and names.used & own):
            asks.add(number)
        if cell.kind == "answer":
            own |= names.bound - names.imported
            classes |= names.classes
            if names.imported & needed:
                imports.add(number)
        elif cell.kind == "check" or number in run_here:
            own -= names.bound
        learners.append(frozenset(own))
    return Plan(
        run_here=frozenset(run_here),
        imports_here=frozenset(imports),
        learners=learners,
        classes=frozenset(classes),
        used=[names.used for names in found],
        asks=frozenset(asks),
    )


def is_built_in(name: str) -> bool:
    """Tell whether Python itself has a name."""
    return name in _BUILT_IN
