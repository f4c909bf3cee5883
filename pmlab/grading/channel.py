"""A two-way stream of messages with a deadline, between judge and runner."""

import os
import socket
import time
from collections.abc import Sequence
from typing import Any

from pmlab.errors import PmlabError
from pmlab.grading.codec import FrameTooLargeError, pack, read_frame


class TooSlowError(PmlabError):
    """The other side did not answer in time."""


class Channel:
    """Messages over a connected socket.

    Args:
        stream: The socket; the channel closes it.
        most_bytes: Largest message that is accepted from the other side.
    """

    def __init__(self, stream: socket.socket, *, most_bytes: int = 256 * 2**20) -> None:
        self._stream = stream
        self._most_bytes = most_bytes
        self._deadline: float | None = None

    def set_deadline(self, seconds: float | None) -> None:
        """Let all that follows end ``seconds`` from now; None for no end."""
        self._deadline = None if seconds is None else time.monotonic() + seconds

    def send(self, tree: object, buffers: Sequence[bytes] = ()) -> None:
        """Send a message.

        Args:
            tree: What JSON can write.
            buffers: Raw bytes that belong to it.

        Raises:
            TooSlowError: If the other side does not read it in time.
            EOFError: If the other side is gone.
        """
        view = memoryview(pack(tree, buffers))
        try:
            while view:
                self._wait()
                view = view[self._stream.send(view[: 2**20]) :]
        except TimeoutError:
            raise TooSlowError("no answer in time") from None
        except OSError:
            raise EOFError from None

    def receive(self) -> tuple[Any, list[bytes]]:
        """Return the next message: its tree and buffers.

        Raises:
            TooSlowError: If it does not come in time.
            EOFError: If the other side is gone.
            FrameTooLargeError: If it is too large or no message.
        """
        tree, buffers = read_frame(self._read, most_bytes=self._most_bytes)
        if not isinstance(tree, dict):
            raise FrameTooLargeError("a message is no dictionary")
        return tree, buffers

    def give(self, descriptor: int) -> None:
        """Hand over a descriptor; the message before it says so."""
        try:
            self._wait()
            socket.send_fds(self._stream, [b"+"], [descriptor])
        except TimeoutError:
            raise TooSlowError("no answer in time") from None
        except OSError:
            raise EOFError from None

    def take(self) -> "Channel":
        """Return the channel over the descriptor that is handed over."""
        return from_descriptor(socket.recv_fds(self._stream, 1, 1)[1][0])

    def close(self) -> None:
        """Hang up."""
        self._stream.close()

    def fileno(self) -> int:
        """Return the number of the socket."""
        return self._stream.fileno()

    def _read(self, count: int) -> bytes:
        if not count:
            return b""
        parts = bytearray()
        try:
            while len(parts) < count:
                self._wait()
                part = self._stream.recv(min(count - len(parts), 2**20))
                if not part:
                    raise EOFError
                parts += part
        except TimeoutError:
            raise TooSlowError("no answer in time") from None
        except OSError:
            raise EOFError from None
        return bytes(parts)

    def _wait(self) -> None:
        if self._deadline is None:
            self._stream.settimeout(None)
            return
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TooSlowError("no answer in time")
        self._stream.settimeout(left)


def from_descriptor(number: int) -> Channel:
    """Return the channel over a socket that was inherited, and keep it from children.

    Args:
        number: The file descriptor.

    Returns:
        The channel.
    """
    os.set_inheritable(number, False)  # noqa: FBT003
    return Channel(socket.socket(fileno=number))
