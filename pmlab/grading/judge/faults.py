"""The learner's exceptions as safe equivalents: known classes, plain texts.

The checks say what stopped the learner's code and at which of her lines. For that, the
equivalent is raised from a made-up frame that has the name and line of hers.
"""

import builtins
import linecache
import sys
from typing import Any, NoReturn

_LIBRARIES = ("numpy", "pandas")
_MODULES = ("builtins", "pmlab.errors")
# These would end a loop of the check, or the check itself, in silence.
_NEVER = (StopIteration, StopAsyncIteration, GeneratorExit, KeyboardInterrupt)
_FILE = "<learner>"
_MARK = "_raised_by_learner"


class StoppedError(Exception):
    """The learner's code ended the program, or did not answer in time."""


def equivalent(told: dict[str, Any]) -> BaseException:
    """Return an exception of a known class with the texts of the learner's.

    Args:
        told: What the runner said, see ``runner.exports.raised``.

    Returns:
        An ``Exception`` or ``SystemExit``; a class of the learner's becomes one of the
        same name below the first known class it comes from.
    """
    kinds = [str(kind) for kind in list(told.get("kinds") or [])[:20]]
    text = str(told.get("text", ""))[:4000]
    own = kinds[0].rpartition(".")[2] if kinds else "Exception"
    known = next((k for k in map(_known, kinds) if k is not None), Exception)
    if issubclass(known, _NEVER) or not issubclass(known, Exception | SystemExit):
        known = RuntimeError
    if known.__name__ != own and own.isidentifier():
        known = type(own[:80], (known,), {"__init__": _plain, "__str__": _text})
    made = _made(known, text, told)
    vars(made)[_MARK] = True
    return made


def is_learners(error: BaseException | None) -> bool:
    """Tell whether an exception is the equivalent of one of the learner's."""
    return error is not None and _MARK in vars(error)


def raise_from_her_line(error: BaseException, told: dict[str, Any]) -> NoReturn:
    """Raise an exception from a frame with the name and line of the learner's.

    Args:
        error: The exception.
        told: What the runner said about it.
    """
    where = told.get("where")
    if isinstance(where, dict):
        name = str(where.get("function", ""))[:100]
        line = str(where.get("line", ""))[:300]
        linecache.cache[_FILE] = (len(line), None, [line + "\n"], _FILE)
        code = compile("raise error", _FILE, "exec").replace(co_name=name or "<module>")
        exec(code, {"__name__": "__main__", "error": error})  # noqa: S102 - our words
    raise error


def _known(qualified: str) -> type[BaseException] | None:
    module, _, name = qualified.rpartition(".")
    if module.split(".")[0] not in _LIBRARIES and module not in _MODULES:
        return None
    if name.startswith("_"):  # such as the signal that ends a check's block
        return None
    home = builtins if module == "builtins" else sys.modules.get(module)
    found = vars(home).get(name) if home is not None else None
    if isinstance(found, type) and issubclass(found, BaseException):
        return found
    return None


def _made(kind: type[BaseException], text: str, told: dict[str, Any]) -> BaseException:
    key, name = told.get("key"), told.get("name")
    if issubclass(kind, KeyError) and type(key) in (str, int, float):
        return kind(key)
    if kind is NameError or kind is UnboundLocalError:
        return kind(text, name=name if isinstance(name, str) else None)
    if kind is SystemExit:
        return SystemExit(text)
    try:
        made: BaseException = kind(text)
        if str(made) == text:
            return made
    except Exception:  # noqa: BLE001, S110 - a class with another signature
        pass
    plain = type(kind.__name__, (kind,), {"__init__": _plain, "__str__": _text})
    result: BaseException = plain(text)
    return result


def _plain(self: BaseException, text: str = "") -> None:
    self.args = (text,)


def _text(self: BaseException) -> str:
    return str(self.args[0]) if self.args else ""
