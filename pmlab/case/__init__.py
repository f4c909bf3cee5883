"""Fernbroom, the running case: a fictional company whose data grow from a seed.

Fernbroom, its people and its data are invented for this course. Every learner has her
own variant of the same world: other numbers, the same questions.

>>> from pmlab import case
>>> counties = case.load("launch_counties", variant="seed-1")
>>> len(counties)
3
"""

from pmlab.case.tables import about, available, describe, dictionary, load
from pmlab.case.variants import (
    DEFAULT_VARIANT,
    current_variant,
    use_variant,
    variant_code,
)

__all__ = [
    "DEFAULT_VARIANT",
    "about",
    "available",
    "current_variant",
    "describe",
    "dictionary",
    "load",
    "use_variant",
    "variant_code",
]
