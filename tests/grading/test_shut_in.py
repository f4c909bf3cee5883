"""The walls around one session, tried on processes of their own."""

import json
import mmap
import os
import signal
from pathlib import Path

import pytest

from pmlab.grading import forking
from pmlab.grading.runner import kernel_calls, shut_in

pytestmark = pytest.mark.skipif(
    not os.path.isdir("/proc/self/task"), reason="the walls are Linux's"
)
MEGABYTE = 2**20


def child(work):
    """Start a process; return its number and what it says when it is ready."""
    reading, writing = os.pipe()
    number = os.fork()
    if number == 0:
        try:
            os.write(writing, str(work()).encode())
            signal.pause()
        finally:
            os._exit(1)
    os.close(writing)
    said = os.read(reading, 1000).decode()
    os.close(reading)
    return number, said


def ended(number):
    os.kill(number, signal.SIGKILL)
    os.waitpid(number, 0)


@pytest.mark.parametrize("flags", [mmap.MAP_SHARED, mmap.MAP_PRIVATE])
def test_shared_memory_counts_like_any_other(flags):
    kept = []

    def hold():
        kept.append(mmap.mmap(-1, 64 * MEGABYTE, flags | mmap.MAP_ANONYMOUS))
        kept[0].write(b"x" * 64 * MEGABYTE)

    idle, _ = child(lambda: "ready")
    busy, _ = child(hold)
    try:
        more = shut_in._held_bytes(busy) - shut_in._held_bytes(idle)
    finally:
        ended(idle)
        ended(busy)
    assert 60 * MEGABYTE < more < 200 * MEGABYTE


def test_what_copies_share_counts_once():
    kept = []

    def hold_and_copy():
        kept.append(b"x" * 64 * MEGABYTE)
        for _ in range(8):
            if os.fork() == 0:
                forking.end_with_parent()
                signal.pause()

    number, _ = child(hold_and_copy)
    below = shut_in._descendants(number)
    try:
        assert sum(map(shut_in._held_bytes, [number, *below])) > 400 * MEGABYTE
        # All of them are copies of this process, whatever it holds itself.
        most = shut_in._held_bytes(os.getpid()) + 200 * MEGABYTE
        assert not shut_in._holds_more_than(most, number)
        assert shut_in._holds_more_than(50 * MEGABYTE, number)
    finally:
        ended(number)


def test_closed_calls_fail_as_if_the_kernel_had_none():
    def try_them():
        shut_in._prctl(shut_in._PR_SET_NO_NEW_PRIVS, 1)
        if not kernel_calls.close():
            return "no filter for this processor"
        try:
            os.memfd_create("x")
        except OSError as problem:
            return problem.strerror
        return "open"

    number, said = child(try_them)
    ended(number)
    assert said in ("Function not implemented", "no filter for this processor")


def test_all_numbers_of_a_processor_differ():
    for column in (0, 1):
        numbers = [pair[column] for pair in kernel_calls._NUMBERS.values()]
        assert len(set(numbers)) == len(numbers)


def test_without_namespaces_each_session_has_a_user_and_a_folder_of_its_own():
    if os.getuid() != 0:
        pytest.skip("only root can give each session a user")
    limits = {"memory_mb": 4096, "file_mb": 8, "total_seconds": 10, "processes": 32}
    reading, writing = os.pipe()

    def look():
        place = os.getcwd()
        Path("kept").touch()
        seen = os.getuid(), place, os.environ["HOME"] == place, os.access("/root", 2)
        os.write(writing, (json.dumps(seen) + "\n").encode())

    def sessions():
        for _ in range(2):
            held, control = os.pipe()
            if os.fork() == 0:
                shut_in.keep(look, control=held, limits=limits, namespaces=False)
                os._exit(0)
            os.wait()
            os.close(control)

    number, _ = child(sessions)
    ended(number)
    os.close(writing)
    with os.fdopen(reading) as stream:
        (one, first, home, writes), (other, second, *_) = map(json.loads, stream)
    assert one != other != 0 != one
    assert home
    assert not writes
    assert first != second
    assert not Path(first).exists()
    assert not Path(second).exists()
