"""One message on a stream: the lengths first, then the tree as JSON, then buffers.

All text of a message is text that can be written: halves of surrogate pairs are not.
"""

import json
import re
import struct
from collections.abc import Callable, Sequence
from typing import Any

from pmlab.errors import PmlabError

MAX_TREE_BYTES = 16 * 2**20
MAX_FRAME_BYTES = 256 * 2**20
_MAX_BUFFERS = 100_000
_HEAD = struct.Struct(">II")
_LENGTH = struct.Struct(">Q")
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")


class FrameTooLargeError(PmlabError):
    """A message is larger than the receiver accepts, or its lengths are wrong."""


def pack(tree: object, buffers: Sequence[bytes] = ()) -> bytes:
    """Return a message as bytes.

    Args:
        tree: What ``json`` can write.
        buffers: Raw bytes the tree points to.

    Returns:
        The bytes for the stream.
    """
    text = json.dumps(tree, separators=(",", ":"), check_circular=False).encode()
    lengths = b"".join(_LENGTH.pack(len(buffer)) for buffer in buffers)
    return b"".join([_HEAD.pack(len(text), len(buffers)), lengths, text, *buffers])


def read_frame(
    read: Callable[[int], bytes], *, most_bytes: int = MAX_FRAME_BYTES
) -> tuple[Any, list[bytes]]:
    """Read one message.

    Args:
        read: Returns exactly as many bytes as asked for, or raises ``EOFError``.
        most_bytes: Largest message that is accepted.

    Returns:
        The tree and its buffers.

    Raises:
        FrameTooLargeError: If the message is too large or is no message.
        EOFError: If the stream ends.
    """
    text_length, count = _HEAD.unpack(read(_HEAD.size))
    if text_length > min(MAX_TREE_BYTES, most_bytes) or count > _MAX_BUFFERS:
        raise FrameTooLargeError(f"a message of {text_length:,} bytes is too large")
    raw = read(_LENGTH.size * count)
    lengths = [length for (length,) in _LENGTH.iter_unpack(raw)]
    if text_length + sum(lengths) > most_bytes:
        raise FrameTooLargeError(f"a message of {sum(lengths):,} bytes is too large")
    return _tree(read(text_length)), [read(length) for length in lengths]


def unpack(message: bytes) -> tuple[Any, list[bytes]]:
    """Read a message that is complete already; see ``read_frame``."""
    position = 0

    def read(count: int) -> bytes:
        nonlocal position
        part = message[position : position + count]
        if len(part) < count:
            raise EOFError
        position += count
        return part

    return read_frame(read)


def _tree(text: bytes) -> object:
    try:
        tree = json.loads(text.decode("utf-8", "replace"))
        if not _HALF.search(text):
            return tree
        # Half a surrogate pair can't be written to any file or terminal.
        whole = json.dumps(tree, ensure_ascii=False).encode("utf-8", "replace")
        return json.loads(whole)
    except (ValueError, RecursionError) as problem:
        raise FrameTooLargeError(f"a message is no JSON ({problem})") from problem
