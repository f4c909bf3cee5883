"""Closes calls of the Linux kernel that no learner's code needs, for good.

Each is a road around a wall: memory that belongs to no process (``memfd_create``,
System V), work that the kernel does unwatched (``io_uring``), looks into other
processes, new namespaces. A closed call fails as on a kernel that does not have it.
"""

import ctypes
import errno
import os
import struct

_X86_64, _ARM_64 = 0, 1
_ARCHITECTURES = {"x86_64": (_X86_64, 0xC000003E), "aarch64": (_ARM_64, 0xC00000B7)}
_NUMBERS: dict[str, tuple[int, int]] = {
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsmount": (432, 432),
    "mount_setattr": (442, 442),
    "open_by_handle_at": (304, 265),
}
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _FAIL, _KILL = 0x7FFF0000, 0x00050000 | errno.ENOSYS, 0x80000000
_OTHER_TABLE = 0x40000000  # numbers of x32, a second table of x86-64
_PR_SET_SECCOMP, _FILTER = 22, 2


def close() -> bool:
    """Close them for this process and all it starts; needs "no new privileges".

    Returns:
        Whether that is possible on this kind of processor.

    Raises:
        OSError: If the kernel refuses.
    """
    rules = _rules(os.uname().machine)
    if not rules:
        return False
    text = ctypes.create_string_buffer(b"".join(rules))
    program = struct.pack("HxxxxxxP", len(rules), ctypes.addressof(text))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_SECCOMP, _FILTER, program, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"seccomp: {os.strerror(number)}")
    return True


def _rules(machine: str) -> list[bytes]:
    """Return the filter: other tables of calls end the process, closed calls fail."""
    if machine not in _ARCHITECTURES:
        return []
    column, architecture = _ARCHITECTURES[machine]
    numbers = sorted(pair[column] for pair in _NUMBERS.values())
    count = len(numbers)
    rules = [
        _rule(_LOAD, 4),
        _rule(_EQUAL, architecture, otherwise=count + 4),
        _rule(_LOAD, 0),
        _rule(_AT_LEAST, _OTHER_TABLE, then=count + 1),
    ]
    rules += [
        _rule(_EQUAL, number, then=count - position)
        for position, number in enumerate(numbers)
    ]
    return [*rules, *(_rule(_RETURN, end) for end in (_ALLOW, _FAIL, _KILL))]


def _rule(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("HBBI", code, then, otherwise, value)
