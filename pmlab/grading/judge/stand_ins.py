"""Functions and objects of the learner's, as the judge holds them.

A function stands for a call in the runner. An object that is no plain data can be
passed on, but not compared: whatever it would say of itself, it says nothing here.
"""

import inspect
import linecache
import types
from collections.abc import Callable, Iterator
from typing import Any, NoReturn, Protocol, cast

from pmlab.grading.codec import PlainDataError

MARK = "__learners__"
_MOST_SIGNATURE = 500
_MOST_NAME = 200
Reference = list[Any]
_COMPARED = ("eq", "ne", "lt", "le", "gt", "ge")
_COMPUTED = (
    "add",
    "radd",
    "sub",
    "rsub",
    "mul",
    "rmul",
    "truediv",
    "rtruediv",
    "floordiv",
    "mod",
    "pow",
    "neg",
    "abs",
)
_TURNED = (
    "bool",
    "int",
    "float",
    "complex",
    "index",
    "array",
    "len",
    "iter",
    "next",
    "contains",
    "getitem",
)


class Caller(Protocol):
    """Has a function of the learner's called."""

    def __call__(
        self, reference: Reference, arguments: tuple[Any, ...], keywords: dict[str, Any]
    ) -> Any:  # noqa: ANN401
        """Call it."""


class NotComparableError(TypeError):
    """A check used a learner's value that is no plain data."""


def function(told: dict[str, Any], call: Caller) -> Callable[..., Any]:
    """Return a function that has the learner's one called.

    Args:
        told: What the runner said: name, text, signature, reference.
        call: Does the call.

    Returns:
        A plain function with her name, signature and text.
    """
    reference = [str(told["f"][0]), told["f"][1]]
    if reference[0] == "name" and not is_name(reference[1]):
        raise PlainDataError("a function without a name")

    def stand_in(*arguments: Any, **keywords: Any) -> Any:  # noqa: ANN401
        return call(reference, arguments, keywords)

    name = str(told.get("name"))
    if not is_name(name) and name != "<lambda>":
        name = "function"
    stand_in.__name__ = stand_in.__qualname__ = name
    stand_in.__module__ = "__main__"
    doc = told.get("doc")
    stand_in.__doc__ = doc if isinstance(doc, str) else None
    signature = _signature(str(told.get("sig", ""))[:_MOST_SIGNATURE])
    if signature is not None:
        stand_in.__signature__ = signature  # type: ignore[attr-defined]
    _show_source(cast(types.FunctionType, stand_in), told.get("source"))
    setattr(stand_in, MARK, reference)
    return stand_in


def is_name(text: object) -> bool:
    """Tell whether a text can be the name of a function."""
    return isinstance(text, str) and text.isidentifier() and len(text) <= _MOST_NAME


def _signature(text: str) -> inspect.Signature | None:
    """Read names and kinds of parameters; defaults and annotations are not taken."""
    import ast

    try:
        tree = ast.parse(f"def f{text.partition('->')[0]}: ...".replace("<", "'<"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    node = tree.body[0]
    if not isinstance(node, ast.FunctionDef) or len(tree.body) != 1:
        return None
    given = node.args
    kinds = inspect.Parameter
    found: list[tuple[ast.arg, Any]]
    found = [(arg, kinds.POSITIONAL_ONLY) for arg in given.posonlyargs]
    found += [(arg, kinds.POSITIONAL_OR_KEYWORD) for arg in given.args]
    without = len(found) - len(given.defaults)
    result = [
        kinds(arg.arg, kind, default=None if number >= without else kinds.empty)
        for number, (arg, kind) in enumerate(found)
    ]
    if given.vararg:
        result.append(kinds(given.vararg.arg, kinds.VAR_POSITIONAL))
    for arg, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        value = kinds.empty if default is None else None
        result.append(kinds(arg.arg, kinds.KEYWORD_ONLY, default=value))
    if given.kwarg:
        result.append(kinds(given.kwarg.arg, kinds.VAR_KEYWORD))
    try:
        return inspect.Signature(result)
    except ValueError:
        return None


def _show_source(stand_in: types.FunctionType, source: object) -> None:
    """Let ``inspect.getsource`` find the learner's text."""
    if not isinstance(source, str) or not source:
        return
    file = f"<learner {id(stand_in)}>"
    lines = source[:50_000].splitlines(keepends=True)
    linecache.cache[file] = (len(source), None, lines, file)
    stand_in.__code__ = stand_in.__code__.replace(
        co_filename=file, co_firstlineno=1, co_name=stand_in.__name__
    )


def kinds_of(told: dict[str, Any]) -> list[str]:
    """Return the names of an object's class and its bases, as the runner said them."""
    return [str(kind)[:80] for kind in list(told.get("k") or ["object"])[:20]]


def object_(told: dict[str, Any], call: Caller | None) -> Any:  # noqa: ANN401
    """Return what stands for an object.

    Args:
        told: What the runner said: class names, reference.
        call: Does calls of methods; None for an object that has none here.

    Returns:
        The object.
    """
    name = kinds_of(told)[0]
    name = name if name.isidentifier() else "object"
    made: Any = object.__new__(type(name, (Instance if call else Opaque,), {}))
    made.__dict__.update(
        {
            MARK: list(told.get("f") or []),
            "_call": call,
            "_why": str(told.get("why", "")),
        }
    )
    return made


class Opaque:
    """A learner's value that is no plain data; refuses to be compared or used."""

    __hash__ = None  # type: ignore[assignment]

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        refuse(self)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


def refuse(value: object, *_: object) -> NoReturn:
    """Raise for a value that can't be judged."""
    why = value.__dict__.get("_why")
    reason = f" ({why})" if why else ""
    raise NotComparableError(
        f"the value is an object of the type {type(value).__name__}; numbers, text, "
        f"lists, dictionaries and tables can be checked{reason}"
    )


for _name in (*_COMPARED, *_COMPUTED, *_TURNED):
    setattr(Opaque, f"__{_name}__", refuse)


class Instance(Opaque):
    """An object of a class that the task asks for: attributes and methods work."""

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        if name.startswith("__"):
            raise AttributeError(name)
        return self._apply("getattr", name)

    def _apply(self, operation: str, *arguments: object) -> Any:  # noqa: ANN401
        call = self.__dict__["_call"]
        return call(["apply", operation], (self, *arguments), {})

    def __len__(self) -> int:
        return int(self._apply("len"))

    def __str__(self) -> str:
        return str(self._apply("str"))

    def __repr__(self) -> str:
        return str(self._apply("repr"))

    def __iter__(self) -> Iterator[Any]:
        for position in range(len(self)):
            yield self[position]

    def __getitem__(self, key: object) -> Any:  # noqa: ANN401
        return self._apply("getitem", key)

    def __contains__(self, item: object) -> bool:
        return bool(self._apply("contains", item))

    def __setattr__(self, name: str, value: object) -> None:
        refuse(self)


def _compared(operation: str) -> Callable[[Instance, object], bool]:
    def compare(self: Instance, other: object) -> bool:
        # Both sides are the learner's own classes: her operator is what is asked for.
        if not isinstance(other, Instance):
            refuse(self)
        result = self._apply(operation, other)
        if type(result) is not bool:
            refuse(self)
        return result

    return compare


def _computed(operation: str) -> Callable[[Instance, object], Any]:
    def compute(self: Instance, other: object) -> Any:  # noqa: ANN401
        return self._apply(operation, other)

    return compute


for _name in _COMPARED:
    setattr(Instance, f"__{_name}__", _compared(_name))
for _name in ("add", "sub", "mul", "truediv"):
    setattr(Instance, f"__{_name}__", _computed(_name))
