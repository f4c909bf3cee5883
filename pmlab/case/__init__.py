"""Fernbroom, the running case: a fictional company whose data grow from a seed.

Fernbroom, its people and its data are invented for this course. Every learner has her
own variant of the same world: other numbers, the same questions. The places are real
counties; what happens there is not.

>>> from pmlab import case
>>> counties = case.load("launch_counties", variant="seed-1")
>>> len(counties)
3
"""

from typing import Any

from pmlab.case.large import write_world
from pmlab.case.tables import about, available, describe, dictionary, load
from pmlab.case.variants import (
    DEFAULT_VARIANT,
    current_variant,
    use_variant,
    variant_code,
)
from pmlab.errors import DataError

try:
    # The name is a function here, and stays one: this import binds it last.
    from pmlab.case.truth import truth
except ModuleNotFoundError as problem:
    if problem.name != "pmlab.case.truth":
        raise

    def truth(variant: str | None = None) -> dict[str, Any]:
        """Say that the planted truth is not part of this copy."""
        raise DataError(
            f"truth({variant!r}): this copy of pmlab has no planted truth; it stays "
            "with the instructor. Compute the number from the tables instead."
        )


__all__ = [
    "DEFAULT_VARIANT",
    "about",
    "available",
    "current_variant",
    "describe",
    "dictionary",
    "load",
    "truth",
    "use_variant",
    "variant_code",
    "write_world",
]
