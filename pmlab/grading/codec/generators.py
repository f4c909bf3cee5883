"""Random generators: the kind and its state; only states that the kind can have.

NumPy takes over any state. One with a position outside of its buffer reads other
memory, and one of zeros alone draws zeros forever.
"""

import hashlib
from typing import Any

import numpy as np

from pmlab.grading.codec.frames import pack
from pmlab.grading.codec.values import (
    WRITERS,
    Decoder,
    Encoder,
    Node,
    NotPlainError,
    PlainDataError,
    reader,
)

_KINDS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")
_MT_WORDS = 624
_PHILOX_WORDS = 4


def _write_generator(encoder: Encoder, value: np.random.Generator) -> Node:
    state = value.bit_generator.state
    if state.get("bit_generator") not in _KINDS:
        raise NotPlainError("a random generator of an unknown kind")
    return {"t": "rng", "v": encoder.encode(dict(state))}


WRITERS[np.random.Generator] = _write_generator


@reader("rng")
def _read_generator(decoder: Decoder, node: dict[str, Any]) -> np.random.Generator:
    state = decoder.decode(node["v"])
    kind = state["bit_generator"]
    if kind not in _KINDS:
        raise PlainDataError("a random generator of an unknown kind")
    if not _possible(kind, state):
        raise PlainDataError(f"a state that no {kind} generator has")
    bits = getattr(np.random, kind)(0)
    bits.state = state
    return np.random.Generator(bits)


def _possible(kind: str, state: dict[str, Any]) -> bool:
    if kind == "MT19937":
        key, position = state["state"]["key"], state["state"]["pos"]
        if key.dtype != np.uint32 or key.shape != (_MT_WORDS,):
            return False
        return _within(position, _MT_WORDS) and bool(key[0] >> 31 or key[1:].any())
    if kind == "Philox":
        return _within(state["buffer_pos"], _PHILOX_WORDS)
    if kind == "SFC64":
        return True
    increment = state["state"]["inc"]
    return type(increment) is int and increment % 2 == 1


def _within(position: object, most: int) -> bool:
    return type(position) is int and 0 <= position <= most


def move_on(generator: np.random.Generator) -> None:
    """Let a generator draw other numbers from here on, the same in each run.

    Args:
        generator: Gets a new state of the same kind, seeded from the one it has.
    """
    bits = generator.bit_generator
    encoder = Encoder()
    state = encoder.encode(dict(bits.state))
    digest = hashlib.sha256(pack(state, encoder.buffers)).digest()
    bits.state = type(bits)(int.from_bytes(digest)).state


def holds_generator(value: object) -> bool:
    """Tell whether a value is a random generator or has one in it."""
    try:
        nodes = [Encoder(lambda _: None).encode(value)]
    except NotPlainError:
        return False
    while nodes:
        node = nodes.pop()
        if isinstance(node, dict):
            if node.get("t") == "rng":
                return True
            nodes.extend(node.values())
        elif isinstance(node, list):
            nodes.extend(node)
    return False
