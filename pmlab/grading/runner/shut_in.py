"""Shuts one session in: own namespaces, limits, an empty scratch folder, no powers.

Linux only, by the C library's calls: Python 3.11 has no ``os.unshare``.
"""

import contextlib
import ctypes
import os
import re
import resource
import select
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pmlab.grading import forking
from pmlab.grading.runner import kernel_calls

SCRATCH = "/session"  # its own, empty file system; not /tmp: courses may lie there
_PLACES = (  # where libraries put settings, tables of their own and passing files
    "HOME",
    "TMPDIR",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "MPLCONFIGDIR",
    "IPYTHONDIR",
)
_NEW = {
    "user": 0x10000000,
    "pid": 0x20000000,
    "net": 0x40000000,
    "ipc": 0x08000000,
    "uts": 0x04000000,
}
_NEW_MOUNT = 0x00020000
_MS_PRIVATE_ALL = 0x40000 | 0x4000
_MS_NOSUID_NODEV = 2 | 4
_PR_SET_DUMPABLE, _PR_CAPBSET_DROP = 4, 24
_PR_SET_NO_NEW_PRIVS, _PR_SET_CHILD_SUBREAPER = 38, 36
_FIRST_USER = 1_300_000_000  # far from those that systems and containers give out
_POLL_SECONDS = 0.1
_MOST_POLL_SECONDS = 1.0
_WATCH_SHARE = 0.2  # most of a processor that watching takes
_HELD = re.compile(rb"^Rss(?:Anon|Shmem):\s+(\d+) kB$", re.MULTILINE)
_FAIR = re.compile(rb"^Pss_(?:Anon|Shmem):\s+(\d+) kB$", re.MULTILINE)


def keep(
    run: Callable[[], None], *, control: int, limits: dict[str, Any], namespaces: bool
) -> int:
    """Run a session in a child of this process and end it when asked to.

    Args:
        run: The session; called in the child, which never returns from here.
        control: A descriptor; when it closes, all processes of the session are killed.
        limits: The fields of ``Limits``.
        namespaces: Whether to make namespaces of its own for the session.

    Returns:
        The wait status of the session.
    """
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    folder, user = None, 0
    if namespaces:
        _own_namespaces()
    else:
        folder, user = _own_folder()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(control)
            if folder is not None:
                _become(user)
            forking.end_with_parent()
            _shut_in(limits, namespaces=namespaces)
            run()
            status = 0
        finally:
            os._exit(status)
    status = _wait(child, control, most_bytes=int(limits["memory_mb"]) * 2**20)
    if folder is not None:
        os.chdir("/")
        remove(folder)
    return status


def folder_variables(place: str) -> dict[str, str]:
    """Return the variables that keep what libraries write within a folder.

    Args:
        place: The folder.

    Returns:
        Values by name.
    """
    return dict.fromkeys(_PLACES, place)


def remove(folder: Path) -> None:
    """Remove a folder with all that is in it, however deep; follow no links.

    Args:
        folder: The folder; it may be gone already.
    """
    with contextlib.suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        with contextlib.suppress(OSError):
            subprocess.run(  # noqa: S603 - our own words
                ["/bin/rm", "-rf", "--", str(folder)],
                check=False,
                stdin=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )


def _own_folder() -> tuple[Path, int]:
    """Make and enter a scratch folder; return the one around it, and its user.

    With the rights of root each session gets a user of its own: one and the same user
    could end the others' processes, and would share one limit on how many there are.
    The folder around stays ours, so that the user can't move hers away.
    """
    folder, user = Path(tempfile.mkdtemp(prefix="pmlab-")), os.getuid()
    folder.chmod(0o711)
    place = folder / "session"
    place.mkdir(mode=0o700)
    if user == 0:
        user = _FIRST_USER + os.getpid()
        os.chown(place, user, user)
    os.chdir(place)
    os.environ.update(folder_variables(str(place)))
    tempfile.tempdir = None  # it is found again, by the variable
    return folder, user


def _become(user: int) -> None:
    if user != os.getuid():
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)


def _own_namespaces() -> None:
    user, group = os.getuid(), os.getgid()
    _call("unshare", sum(_NEW.values()))
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")


def _shut_in(limits: dict[str, Any], *, namespaces: bool) -> None:
    os.setsid()
    if namespaces:
        with contextlib.suppress(OSError):
            Path("/proc/sys/user/max_user_namespaces").write_text("0", "ascii")
        # Here, not with the others: the parent goes on watching through its /proc.
        _call("unshare", _NEW_MOUNT)
        _mount("none", "/", None, _MS_PRIVATE_ALL)
        size = f"size={limits['file_mb']}m,mode=700,nr_inodes=20000"
        _mount("tmpfs", SCRATCH, "tmpfs", _MS_NOSUID_NODEV, size)
        _mount("tmpfs", "/dev/shm", "tmpfs", _MS_NOSUID_NODEV, size)  # noqa: S108
        _mount("tmpfs", "/proc", "tmpfs", 1 | _MS_NOSUID_NODEV, "size=0,mode=555")
        os.chdir(SCRATCH)
    _limit(limits)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    if namespaces:
        _drop_powers()
    kernel_calls.close()


def _limit(limits: dict[str, Any]) -> None:
    memory, files = int(limits["memory_mb"]) * 2**20, int(limits["file_mb"]) * 2**20
    seconds = int(limits["total_seconds"]) + 1
    for kind, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, files),
        (resource.RLIMIT_NPROC, int(limits["processes"])),
        (resource.RLIMIT_NOFILE, 128),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def _drop_powers() -> None:
    for number in range(64):
        _libc().prctl(_PR_CAPBSET_DROP, number, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _call("capset", ctypes.byref(header), ctypes.byref(nothing))


def _wait(child: int, control: int, *, most_bytes: int) -> int:
    """Wait until the session ends, is to end, or holds too much memory."""
    handle = os.pidfd_open(child)
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    poll.register(control, select.POLLIN | select.POLLHUP)
    pause = _POLL_SECONDS
    while not poll.poll(1000 * pause):
        began = time.monotonic()
        if _holds_more_than(1.5 * most_bytes, child):
            break
        spent = time.monotonic() - began
        pause = min(max(_POLL_SECONDS, spent / _WATCH_SHARE), _MOST_POLL_SECONDS)
    for process in [*_descendants(child), child]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    with contextlib.suppress(ChildProcessError):  # orphans of the weaker tier
        while True:
            for process in _descendants(os.getpid()):
                os.kill(process, signal.SIGKILL)
            os.waitpid(-1, 0)
    return status


def _descendants(process: int) -> list[int]:
    found = []
    # Each thread has a list of its own; a child may come from any of them.
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{process}/task"):
            children = Path(f"/proc/{process}/task/{thread}/children")
            for child in map(int, children.read_text("ascii").split()):
                found += [*_descendants(child), child]
    return found


def _holds_more_than(most_bytes: float, process: int) -> bool:
    """Tell whether a process and those below it hold too much; libraries don't count.

    What several share counts for each at first. Only if that is too much, it is looked
    at closely, which takes longer.
    """
    numbers = [process, *_descendants(process)]
    if sum(map(_held_bytes, numbers)) <= most_bytes:
        return False
    return sum(map(_fair_bytes, numbers)) > most_bytes


def _held_bytes(process: int) -> int:
    return _added_up(Path(f"/proc/{process}/status"), _HELD)


def _fair_bytes(process: int) -> int:
    """Return what a process holds, with its part of what is shared."""
    found = _added_up(Path(f"/proc/{process}/smaps_rollup"), _FAIR)
    return found or _held_bytes(process)


def _added_up(path: Path, lines: re.Pattern[bytes]) -> int:
    with contextlib.suppress(OSError):
        return 1024 * sum(map(int, lines.findall(path.read_bytes())))
    return 0


def become_nobody() -> None:
    """Give up the rights of root, if this process has them."""
    if os.getuid() != 0:
        return
    with contextlib.suppress(PermissionError):
        os.setgroups([])
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)
        # Else /proc/self stays root's, and namespaces can't be set up.
        _prctl(_PR_SET_DUMPABLE, 1)


def _mount(
    source: str, target: str, kind: str | None, flags: int, options: str | None = None
) -> None:
    encoded = [text and text.encode() for text in (source, target, kind)]
    _call("mount", *encoded, flags, options and options.encode())


def _prctl(option: int, value: int) -> None:
    _call("prctl", option, value, 0, 0, 0)


def _call(name: str, *arguments: object) -> None:
    if getattr(_libc(), name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
