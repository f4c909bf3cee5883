"""Results and figures: rebuilt from their fields, by class name from an allow-list."""

import dataclasses
import importlib
import re
import sys
from typing import Any

from pmlab.grading.codec.values import (
    OTHER_WRITERS,
    Decoder,
    Encoder,
    Node,
    PlainDataError,
    reader,
)

_LAYERS = (
    "market|finance|discovery|feedback|pricing|prioritization|delivery|lifecycle|"
    "metrics|experiments|charts"
)
_MODULE = re.compile(rf"pmlab\.({_LAYERS})(\.[a-z_]+)*")


def _result_class(module: object, name: object) -> Any:  # noqa: ANN401
    """Return a dataclass of the analysis library, or None."""
    if not isinstance(module, str) or not _MODULE.fullmatch(module):
        return None
    home = sys.modules.get(module) or importlib.import_module(module)
    found = vars(home).get(name) if isinstance(name, str) else None
    if isinstance(found, type) and dataclasses.is_dataclass(found):
        return found if found.__module__ == module else None
    return None


def _write_result(encoder: Encoder, value: object) -> Node | None:
    kind = type(value)
    if not _MODULE.fullmatch(str(kind.__module__)):
        return None
    if _result_class(kind.__module__, kind.__qualname__) is not kind:
        return None
    fields = dataclasses.fields(kind)
    return {
        "t": "result",
        "c": [kind.__module__, kind.__qualname__],
        "k": [field.name for field in fields],
        "v": [encoder.encode(getattr(value, field.name)) for field in fields],
    }


@reader("result")
def _read_result(decoder: Decoder, node: dict[str, Any]) -> object:
    kind = _result_class(*node["c"])
    if kind is None:
        raise PlainDataError(f"no result of pmlab: {node['c']!r}")
    names = [field.name for field in dataclasses.fields(kind)]
    if node["k"] != names:
        raise PlainDataError(f"other fields than those of {kind.__name__}")
    result: object = object.__new__(kind)
    for name, item in zip(names, decoder.many(node["v"]), strict=True):
        object.__setattr__(result, name, item)
    return result


def _write_figure(encoder: Encoder, value: Any) -> Node | None:  # noqa: ANN401
    graphs = sys.modules.get("plotly.graph_objs")
    if graphs is None or type(value) is not graphs.Figure:
        return None
    return {"t": "figure", "v": encoder.encode(value.to_plotly_json())}


@reader("figure")
def _read_figure(decoder: Decoder, node: dict[str, Any]) -> object:
    from plotly.graph_objs import Figure

    return Figure(decoder.decode(node["v"]))


OTHER_WRITERS.extend([_write_result, _write_figure])
