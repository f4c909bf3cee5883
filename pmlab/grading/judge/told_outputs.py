"""Outputs as the runner tells them: kept if a notebook can hold them."""

import json
from typing import Any

from pmlab.grading.writable import writable

_MOST_LEVELS = 100
_KINDS = {"execute_result", "display_data", "stream", "error"}


def outputs(told: object, most_bytes: int) -> list[dict[str, Any]]:
    """Return outputs that a notebook can hold, and nothing else.

    Args:
        told: What the runner sent.
        most_bytes: What all of them together may take; the rest is left out.
    """
    kept: list[dict[str, Any]] = []
    for output in map(_output, told[:500] if isinstance(told, list) else []):
        if output is not None:
            most_bytes -= len(json.dumps(output))
            if most_bytes < 0:
                break
            kept.append(output)
    return kept


def _output(told: object) -> dict[str, Any] | None:
    if not isinstance(told, dict) or told.get("output_type") not in _KINDS:
        return None
    kind = told["output_type"]
    if kind == "stream":
        name = "stderr" if told.get("name") == "stderr" else "stdout"
        text = str(told.get("text", ""))
        return {"output_type": kind, "name": name, "text": writable(text)}
    if kind == "error":
        lines = [writable(str(line)) for line in list(told.get("traceback") or [])]
        made = error(str(told.get("ename")), str(told.get("evalue")))
        return {**made, "traceback": lines}
    data = told.get("data")
    if not isinstance(data, dict) or _is_deep(data):
        return None
    made = {"output_type": kind, "metadata": {}, "data": data}
    return {**made, "execution_count": None} if kind == "execute_result" else made


def _is_deep(part: object) -> bool:
    """Tell whether data are nested deeper than a chart ever is."""
    level: list[Any] = [part]
    for _ in range(_MOST_LEVELS):
        inner = (p.values() if isinstance(p, dict) else p for p in level)
        level = [p for parts in inner for p in parts if isinstance(p, dict | list)]
        if not level:
            return False
    return True


def error(name: str, text: str) -> dict[str, Any]:
    """Return the output of an error that the runner itself did not tell."""
    return {
        "output_type": "error",
        "ename": writable(name),
        "evalue": writable(text),
        "traceback": [writable(f"{name}: {text}")],
    }
