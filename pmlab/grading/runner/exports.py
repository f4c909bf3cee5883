"""The learner's values and functions, as the judge gets to see them.

Plain data goes as it is. A function goes as a name to call; anything else goes as an
object that can't be compared with anything.
"""

import builtins
import importlib
import inspect
import linecache
import operator
from collections.abc import Callable
from types import ModuleType, TracebackType
from typing import Any

from pmlab.grading.codec import Decoder, Encoder, NotPlainError
from pmlab.grading.codec.values import Node

_TEXT = 4000
_APPLY: dict[str, Callable[..., object]] = {
    "len": len,
    "str": str,
    "repr": repr,
    "bool": bool,
    "next": next,
    "iter": iter,
    "getattr": getattr,
    "isinstance": isinstance,
    **{
        name: getattr(operator, name)
        for name in ("eq", "ne", "lt", "le", "gt", "ge", "add", "sub", "mul", "truediv")
    },
    "getitem": operator.getitem,
    "contains": operator.contains,
}


class Exports:
    """What the judge may ask for.

    Args:
        namespace: The notebook's names.
        ask_back: Calls a function of the judge: number, arguments, keywords.
    """

    def __init__(
        self,
        namespace: dict[str, Any],
        ask_back: Callable[[int, list[Any], dict[str, Any]], object],
    ) -> None:
        self._namespace = namespace
        self._ask_back = ask_back
        self._kept: list[object] = []

    def encode(self, value: object) -> tuple[Node, list[bytes]]:
        """Return a value's node and buffers; never fails."""
        encoder = Encoder(self._other)
        try:
            return encoder.encode(value), encoder.buffers
        except (NotPlainError, RecursionError, MemoryError) as problem:
            node = self._object(value)
            return {**node, "why": str(problem)[:200]}, []

    def decode(self, node: Node, buffers: list[bytes]) -> Any:  # noqa: ANN401
        """Return the value of a node that the judge sent."""
        special = {
            "ref": lambda _, part: self.find(part["f"]),
            "import": lambda _, part: _imported(part["m"], part["n"]),
            "callback": lambda _, part: self._callback(part["i"]),
        }
        return Decoder(buffers, special).decode(node)

    def find(self, reference: list[Any]) -> Any:  # noqa: ANN401
        """Return what a reference stands for; raises ``NameError``."""
        kind, name = reference
        if kind == "kept":
            return self._kept[int(name)]
        if kind == "apply":
            return _APPLY[name]
        if name in self._namespace:
            return self._namespace[name]
        if hasattr(builtins, name):
            return getattr(builtins, name)
        raise NameError(f"name {name!r} is not defined", name=name)

    def named(self, name: str) -> tuple[Node, list[bytes]]:
        """Return the node of a name in the notebook."""
        value = self.find(["name", name])
        if callable(value) and not isinstance(value, ModuleType):
            return self._function(value, ["name", name]), []
        return self.encode(value)

    def _other(self, value: object) -> Node:
        if callable(value):
            return self._function(value, ["kept", self._keep(value)])
        return self._object(value)

    def _keep(self, value: object) -> int:
        self._kept.append(value)
        return len(self._kept) - 1

    def _object(self, value: object) -> Node:
        kinds = [kind.__name__[:80] for kind in type(value).__mro__][:20]
        return {"t": "object", "k": kinds, "f": ["kept", self._keep(value)]}

    def _function(self, value: Any, reference: list[Any]) -> Node:  # noqa: ANN401
        try:
            signature = str(inspect.signature(value))[:500]
        except (TypeError, ValueError):
            signature = ""
        doc = getattr(value, "__doc__", None)
        name = getattr(value, "__name__", None)
        return {
            "t": "function",
            "f": reference,
            "class": isinstance(value, type),
            "name": name[:200] if type(name) is str else str(reference[1]),
            "doc": doc[:_TEXT] if type(doc) is str else None,
            "sig": signature,
            "source": _source(value),
        }

    def _callback(self, number: int) -> Callable[..., object]:
        def ask(*arguments: object, **keywords: object) -> object:
            return self._ask_back(number, list(arguments), keywords)

        return ask


def _source(value: object) -> str | None:
    try:
        return inspect.getsource(value)[:50_000]  # type: ignore[arg-type]
    except (OSError, TypeError, IndexError, SyntaxError):
        return None


def _imported(module: str, name: str) -> object:
    found: object = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found


def raised(error: BaseException, namespace: dict[str, Any]) -> Node:
    """Return an exception as plain data: names, text, and the learner's line.

    Args:
        error: What the learner's code raised.
        namespace: The notebook's names; frames with these are the learner's.

    Returns:
        A tree of plain JSON.
    """
    try:
        text = str(error)[:_TEXT]
    except Exception:  # noqa: BLE001 - __str__ of the learner's own class
        text = ""
    first = error.args[0] if getattr(error, "args", ()) else None
    name = getattr(error, "name", None)
    return {
        "kinds": [
            f"{kind.__module__}.{kind.__qualname__}"[:120]
            for kind in type(error).__mro__
        ][:20],
        "text": text,
        "key": first if type(first) in (str, int, float) else None,
        "name": name if type(name) is str else None,
        "where": _where(error.__traceback__, namespace),
    }


def _where(
    traceback: TracebackType | None, namespace: dict[str, Any]
) -> dict[str, Any] | None:
    """Return the innermost function and line of notebook code."""
    found = None
    while traceback is not None:
        frame = traceback.tb_frame
        if frame.f_globals is namespace:
            code = frame.f_code
            line = linecache.getline(code.co_filename, traceback.tb_lineno)
            found = {"function": code.co_name[:100], "line": line.strip()[:300]}
        traceback = traceback.tb_next
    return found
