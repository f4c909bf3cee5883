"""Where a server talks with its kernels: files of one account instead of ports.

Any account of a machine can connect to a port on loopback. A socket that is a file can
be reached only through its folder.
"""

import sys
from pathlib import Path

_LONGEST = 107  # bytes of a socket's path on Linux
_NAME = "kernel-00000000-0000-0000-0000-000000000000-ipc-5"


def short_enough(place: Path) -> bool:
    """Tell whether sockets of kernels can stand in a folder: their paths are limited.

    >>> short_enough(Path("/home/lea/.pmlab-hub/run")), short_enough(Path("/x" * 40))
    (True, False)
    """
    return len(str(place / _NAME).encode()) <= _LONGEST


def private_sockets(place: Path) -> tuple[list[str], dict[str, str]]:
    """Make the folder of a server's sockets.

    Args:
        place: The folder, made if it is not there and closed to other accounts.

    Returns:
        Options for the server, and environment variables. Both are empty, and the log
        says so, where the folder's path is too long for a socket: kernels then listen
        on ports, and their signed messages can be overheard on this machine.

    Raises:
        OSError: If the folder can't be made.
    """
    place = place.absolute()
    if not short_enough(place):
        sys.stderr.write(
            f"pmlab: {place} is too long for sockets; kernels listen on ports\n"
        )
        return [], {}
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.chmod(0o700)
    return ["--KernelManager.transport=ipc"], {"JUPYTER_RUNTIME_DIR": str(place)}
