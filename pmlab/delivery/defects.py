"""How many defects nobody has found yet."""

from dataclasses import dataclass
from typing import Literal

from pmlab import _arguments as check
from pmlab.results import Result

Estimator = Literal["lincoln_petersen", "chapman"]

_NAMES = {"lincoln_petersen": "Lincoln-Petersen", "chapman": "Chapman"}


@dataclass(frozen=True, kw_only=True, repr=False)
class DefectEstimate(Result):
    """Defects found by two groups, and an estimate of all.

    Attributes:
        found: Different defects found by either group.
        estimated_total: Estimate of all defects.
        latent: Estimate of those nobody found.
        estimator: How the total was estimated.
    """

    found: int
    estimated_total: float
    latent: float
    estimator: Estimator

    def summary(self) -> str:
        """Return the estimate in plain words."""
        return (
            f"Together the groups found {self.found} different defects; the overlap "
            f"suggests about {self.estimated_total:.3g} in all, so about "
            f"{self.latent:.3g} are still hidden ({_NAMES[self.estimator]})."
        )


def estimate_defects(
    found_first: int,
    found_second: int,
    *,
    found_by_both: int,
    estimator: Estimator = "lincoln_petersen",
) -> DefectEstimate:
    """Estimate hidden defects from the overlap of two independent searches.

    Formula: total = a x b / both (Lincoln-Petersen), or
    (a + 1)(b + 1) / (both + 1) - 1 (Chapman, for small overlaps).

    Assumptions: the groups search on their own, and all defects are equally easy to
    find. Easy ones are found by both, so the true number is likely higher.

    Args:
        found_first: Defects found by the first group.
        found_second: Defects found by the second group.
        found_by_both: Defects that both found.
        estimator: ``"lincoln_petersen"`` or ``"chapman"``.

    Returns:
        Defects found, estimated in all, and hidden.

    Raises:
        ValueError: If the overlap is larger than a group's finds, or zero with
            Lincoln-Petersen.

    Examples:
        >>> estimate_defects(5, 4, found_by_both=2).latent
        3.0

    References:
        Chapman, D. (1951). Some properties of the hypergeometric distribution with
        applications to zoological sample censuses.
    """
    check.choice("estimator", estimator, ("lincoln_petersen", "chapman"))
    first = check.whole("found_first", found_first)
    second = check.whole("found_second", found_second)
    both = check.whole("found_by_both", found_by_both)
    if both > min(first, second):
        raise ValueError(
            f"found_by_both == {both}, must be <= {min(first, second)}, "
            "the finds of the smaller group"
        )
    if estimator == "chapman":
        total = (first + 1) * (second + 1) / (both + 1) - 1
    elif both == 0:
        raise ValueError(
            "found_by_both == 0, so nothing bounds the total; search longer or use "
            'estimator="chapman"'
        )
    else:
        total = first * second / both
    found = first + second - both
    return DefectEstimate(
        found=found,
        estimated_total=total,
        latent=max(total - found, 0.0),
        estimator=estimator,
    )
