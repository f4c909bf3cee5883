"""The seed of simulations that are given none, so that they come out the same twice."""

import numpy as np

DEFAULT_SEED = 1


def seed_of(rng: int | np.random.Generator) -> int | None:
    """Return the seed to show; None for a generator, whose state has no number."""
    return None if isinstance(rng, np.random.Generator) else int(rng)


def seed_words(seed: int | None) -> str:
    """Return the seed for a result's sentence, or an empty text.

    >>> seed_words(1), seed_words(None)
    (', seed 1', '')
    """
    return "" if seed is None else f", seed {seed}"
