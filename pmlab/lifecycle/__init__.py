"""Where it stands: diffusion, stage, and whether to retire or keep.

``diffusion`` fits and forecasts the Bass model, ``stage`` reads the stage of a product
from its series, ``retirement`` compares keeping with the ways of ending. All public
names are available as ``pmlab.lifecycle.NAME``.
"""

from pmlab.lifecycle.diffusion import BassCurve, BassFit, bass_curve, fit_bass
from pmlab.lifecycle.retirement import RetirementDecision, retire_or_keep
from pmlab.lifecycle.stage import LifecycleStage, lifecycle_stage

__all__ = [
    "BassCurve",
    "BassFit",
    "LifecycleStage",
    "RetirementDecision",
    "bass_curve",
    "fit_bass",
    "lifecycle_stage",
    "retire_or_keep",
]
