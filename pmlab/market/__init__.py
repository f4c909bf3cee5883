"""How large is a market, how sure are we, and which input matters most?

``sizing`` counts (TAM, SAM, SOM, bottom-up and top-down), ``reconciliation`` compares
two estimates, ``ranges`` turns a 90 % interval into a distribution, ``simulation``
sends ranges through a model. All public names are available as ``pmlab.market.NAME``.
"""

from pmlab.market.ranges import ValueRange, value_range
from pmlab.market.reconciliation import (
    Reconciliation,
    geometric_midpoint,
    reconcile,
)
from pmlab.market.simulation import Simulation, Tornado, simulate, tornado
from pmlab.market.sizing import (
    BottomUpMarket,
    ObtainableMarket,
    SegmentBounds,
    TopDownMarket,
    bottom_up,
    obtainable,
    segment_bounds,
    top_down,
)

__all__ = [
    "BottomUpMarket",
    "ObtainableMarket",
    "Reconciliation",
    "SegmentBounds",
    "Simulation",
    "TopDownMarket",
    "Tornado",
    "ValueRange",
    "bottom_up",
    "geometric_midpoint",
    "obtainable",
    "reconcile",
    "segment_bounds",
    "simulate",
    "top_down",
    "tornado",
    "value_range",
]
