"""Random numbers that are the same on every machine and for every numpy version.

numpy may change what its distributions return between versions, but not the raw stream
of a bit generator. So every draw here starts from that stream: raw 64-bit words become
uniform numbers, and all else is read off an inverse distribution function.
"""

import functools
import hashlib
from collections.abc import Callable, Sequence
from statistics import NormalDist
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

Made = TypeVar("Made")

_NORMAL_NODES = 4096


@functools.cache
def _normal_table() -> tuple[Floats, Floats]:
    standard = NormalDist()
    levels = (np.arange(_NORMAL_NODES) + 0.5) / _NORMAL_NODES
    return levels, np.array([standard.inv_cdf(float(level)) for level in levels])


class Draws:
    """One stream of draws, named by the variant and a topic.

    Each topic has its own stream, so a new draw in one table changes no other.
    """

    def __init__(self, variant: str, topic: str) -> None:
        digest = hashlib.sha256(f"{variant}\n{topic}".encode()).digest()
        self._bits = np.random.PCG64(int.from_bytes(digest[:16], "big"))

    def uniform(self, size: int) -> Floats:
        """Draw numbers strictly between 0 and 1."""
        raw = self._bits.random_raw(size)
        return (raw >> np.uint64(11)).astype(np.float64) * 2.0**-53 + 2.0**-54

    def even(self, size: int) -> Floats:
        """Draw numbers between 0 and 1, one from each of ``size`` equal slices.

        Shares made from these hit their target almost exactly, which keeps planted
        facts recoverable in small tables.
        """
        order = np.argsort(self.uniform(size), kind="stable")
        return (order + self.uniform(size)) / max(size, 1)

    def one(self, low: float, high: float) -> float:
        """Draw a single number between two bounds."""
        return low + (high - low) * float(self.uniform(1)[0])

    def between(self, low: float, high: float, size: int) -> Floats:
        """Draw numbers spread evenly between two bounds."""
        return low + (high - low) * self.uniform(size)

    def whole(self, low: int, high: int, size: int) -> Ints:
        """Draw whole numbers from ``low`` up to and including ``high``."""
        return low + np.floor(self.uniform(size) * (high - low + 1)).astype(np.int64)

    def chance(self, rate: float | Floats, size: int) -> Bools:
        """Draw true with the given rate, a number or one for each draw."""
        return self.uniform(size) < rate

    def pick(self, shares: Sequence[float], size: int) -> Ints:
        """Draw positions 0, 1, ... with the given shares."""
        return choose(shares, self.uniform(size))

    def normal(self, size: int) -> Floats:
        """Draw from the standard normal, cut at about 3.7 deviations."""
        return normal_of(self.uniform(size))

    def lognormal(self, sigma: float, size: int) -> Floats:
        """Draw from a lognormal distribution with mean 1."""
        return np.exp(sigma * self.normal(size) - sigma**2 / 2)

    def exponential(self, mean: float | Floats, size: int) -> Floats:
        """Draw waiting times with the given mean."""
        return -mean * np.log(self.uniform(size))

    def poisson(self, mean: Floats) -> Ints:
        """Draw counts with the given means (meant for means up to about 50)."""
        level, term = self.uniform(mean.size), np.exp(-mean)
        total, count = term.copy(), np.zeros(mean.size, dtype=np.int64)
        rest = np.flatnonzero(level > total)
        step = 0
        while len(rest) and step < 40 + 3 * mean.max():
            step += 1
            count[rest] += 1
            term[rest] *= mean[rest] / step
            total[rest] += term[rest]
            rest = rest[level[rest] > total[rest]]
        return count

    def order(self, size: int) -> Ints:
        """Draw a shuffled order of 0 ... size - 1."""
        return np.argsort(self.uniform(size), kind="stable").astype(np.int64)


def first_good(
    make: Callable[[int], Made], good: Callable[[Made], bool], *, tries: int = 200
) -> Made:
    """Make something again and again until it teaches what it should.

    Some worlds hide the lesson by chance: right and wrong numbers then agree. Those
    are drawn again; the attempt's number is part of the seed.

    Args:
        make: Function from the attempt, 0, 1, ..., to what is made.
        good: Whether it will do.
        tries: Most attempts.

    Returns:
        The first that will do.

    Raises:
        AssertionError: If none does; then the parameters are at fault.
    """
    for attempt in range(tries):
        made = make(attempt)
        if good(made):
            return made
    raise AssertionError(f"no attempt of {tries} was good")


def apart(*values: float, gap: float = 0.02) -> bool:
    """Return whether the first value differs from each other one by more than a gap.

    The gap is relative to the first value.
    """
    right = values[0]
    return all(abs(wrong - right) > gap * abs(right) for wrong in values[1:])


def normal_of(level: Floats) -> Floats:
    """Return standard normal quantiles of levels between 0 and 1."""
    levels, values = _normal_table()
    return np.interp(level, levels, values)


def choose(shares: Sequence[float], level: Floats) -> Ints:
    """Return the positions that levels between 0 and 1 select from shares."""
    edges = np.cumsum(np.asarray(shares, dtype=np.float64))
    edges = edges / edges[-1]
    return np.minimum(np.searchsorted(edges, level, side="right"), len(edges) - 1)
