"""Plain data across the border between graded code and the one who judges it.

A value becomes a tree of JSON plus raw buffers for arrays, and is built again from
allow-listed types alone. Nothing is ever unpickled, so bytes from graded code can be
wrong or too large, but they can't run.

==============  =============================================================
``frames``      one message on a stream: lengths, the tree, the buffers
``values``      Python and NumPy values; the registry of tags
``tables``      pandas: each dtype as it is (time zones, categories, nullable)
``results``     results and figures of pmlab, rebuilt from their fields
``generators``  random generators, only in states that they can have
==============  =============================================================
"""

from pmlab.grading.codec.frames import FrameTooLargeError, pack, read_frame, unpack
from pmlab.grading.codec.values import (
    Decoder,
    Encoder,
    NotPlainError,
    PlainDataError,
)

__all__ = [
    "Decoder",
    "Encoder",
    "FrameTooLargeError",
    "NotPlainError",
    "PlainDataError",
    "pack",
    "read_frame",
    "unpack",
]
