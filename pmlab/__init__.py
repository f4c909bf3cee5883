"""pmlab: product management that computes.

A map, in the order of a product manager's work:

=================  ===========================================================
``market``         how large is it: TAM, SAM, SOM, ranges, what matters most
``finance``        is it worth it: net present value, payback, break-even
``discovery``      what hurts and what is wanted: agreement, needs, Kano
``feedback``       what users say: contact rates, NPS, SUS, the fit question
``pricing``        what it may cost: price sensitivity, willingness to pay
``metrics``        what happens: funnels, retention, survival, lifetime value
``experiments``    what a change did: size, trust, effect, decision
``prioritization`` what comes first: scores, cost of delay, best plans
``delivery``       when it is done: throughput forecasts, flow
``lifecycle``      where it stands: diffusion, stage, retire or keep
``charts``         pictures of the results, with words and a table
``widgets``        controls over models: move an input, read what follows
``datasets``       real open data, with licence and units
``case``           the running case, Fernbroom (fictional), new for each learner
``formatting``     money, percent and counts as people read them
``checks``         what the check cells of the course call
``hint``           the next hint of an exercise, such as ``pm.hint("tam")``
=================  ===========================================================

``import pmlab as pm`` is the whole set-up of a notebook; each module loads when it is
first used.
"""

import importlib
from typing import Any

__version__ = "0.1.0"

_MODULES = frozenset(
    {
        "case",
        "charts",
        "checks",
        "datasets",
        "delivery",
        "discovery",
        "experiments",
        "feedback",
        "finance",
        "formatting",
        "learner",
        "lifecycle",
        "market",
        "metrics",
        "pricing",
        "prioritization",
        "widgets",
    }
)


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name in _MODULES:
        return importlib.import_module(f"pmlab.{name}")
    if name == "hint":
        return importlib.import_module("pmlab.checks").hint
    raise AttributeError(f"module 'pmlab' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(_MODULES | {"__version__", "hint"})
