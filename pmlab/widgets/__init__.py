"""Controls over models: move an input, read what follows in words and in a chart.

Each widget is a thin view over a plain function of the library, named in its
docstring; the function gives the same result without any control.
"""

import importlib
from typing import Any

# Name of the widget (a function): the module that holds it, loaded when first used. The
# two names must differ: an imported module would hide the function of the same name.
_WIDGETS: dict[str, str] = {
    "capacity": "quarter",
    "forecast_fan": "outlook",
    "lifetime_value": "payback",
    "peeking": "looking",
    "predict_then_reveal": "prediction",
    "rice_board": "guesses",
    "roadmap": "readers",
    "sample_size": "trade_off",
    "what_moved": "mix",
}

__all__ = ["LiveModel", *sorted(_WIDGETS)]  # noqa: PLE0604 - the names of _WIDGETS


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name == "LiveModel":
        return importlib.import_module("pmlab.widgets.live").LiveModel
    if name in _WIDGETS:
        return getattr(importlib.import_module(f"pmlab.widgets.{_WIDGETS[name]}"), name)
    raise AttributeError(f"module 'pmlab.widgets' has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
