"""``pmlab doctor``: looks at everything that can stop a learner, and says the mend."""

import dataclasses
import importlib.metadata
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pmlab.errors import PmlabError

OLDEST_PYTHON = (3, 11)
FREE_BYTES_NEEDED = 200_000_000
_INSTALL = f'"{sys.executable}" -m pip install --upgrade "pmlab[lab]"'


@dataclasses.dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        what: Its name.
        seen: What was found.
        mend: What to do; empty if all is well.
    """

    what: str
    seen: str
    mend: str = ""


def examine(folder: Path | None) -> Iterator[Finding]:
    """Look at Python, packages, JupyterLab, the kernel, disk and folder.

    Args:
        folder: The learner's folder; None if there is none yet.

    Yields:
        What was found, in the order in which to mend it.
    """
    yield _python()
    yield _packages()
    yield _jupyterlab()
    yield _kernel()
    yield _command()
    place = folder or Path.cwd()
    yield _disk(place)
    yield _write_access(place)
    if folder is None and (place / "course.toml").is_file():
        yield Finding(
            what="course folder",
            seen="this is the instructors' side of a course; learners have a folder of "
            "their own (pmlab start DIR)",
        )
    elif folder is None:
        yield Finding(
            what="course folder", seen="none here", mend="make one: pmlab start DIR"
        )
    else:
        yield _variant(folder)
        yield from _notebooks(folder)
        yield _open_labs(folder)


def _python() -> Finding:
    seen = ".".join(map(str, sys.version_info[:3])) + f" ({sys.executable})"
    if sys.version_info[:2] >= OLDEST_PYTHON:
        return Finding(what="Python", seen=seen)
    return Finding(
        what="Python",
        seen=seen,
        mend="install Python 3.11 or newer, then pmlab again with it",
    )


def _packages() -> Finding:
    """Compare what is installed with what this pmlab asks for."""
    try:
        wanted = importlib.metadata.requires("pmlab") or []
    except importlib.metadata.PackageNotFoundError:
        return Finding(what="packages", seen="pmlab is not installed", mend=_INSTALL)
    problems = [text for text in map(_package_problem, wanted) if text]
    if problems:
        return Finding(what="packages", seen=", ".join(problems), mend=_INSTALL)
    return Finding(what="packages", seen="all there")


def _package_problem(requirement: str) -> str:
    if "extra ==" in requirement and not re.search(r"extra == .lab.", requirement):
        return ""
    name = re.match(r"[\w.-]+", requirement)
    lowest = re.search(r">=\s*([\d.]+)", requirement)
    if name is None:
        return ""
    try:
        installed = importlib.metadata.version(name.group())
    except importlib.metadata.PackageNotFoundError:
        return f"{name.group()} is missing"
    if lowest and _numbers(installed) < _numbers(lowest.group(1)):
        return f"{name.group()} {installed} is older than {lowest.group(1)}"
    return ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def _jupyterlab() -> Finding:
    missing = [
        name
        for name in ("jupyterlab", "jupyterlab_widgets", "ipykernel")
        if importlib.util.find_spec(name) is None
    ]
    if missing:
        seen = f"{', '.join(missing)} missing"
        return Finding(what="JupyterLab", seen=seen, mend=_INSTALL)
    version = importlib.metadata.version("jupyterlab")
    if _numbers(version)[0] != 4:
        return Finding(what="JupyterLab", seen=version, mend=_INSTALL)
    return Finding(what="JupyterLab", seen=version)


def _kernel() -> Finding:
    """Ask the Python that notebooks run in whether it has pmlab."""
    try:
        from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
    except ImportError:
        return Finding(what="kernel", seen="no Jupyter", mend=_INSTALL)
    mend = f'"{sys.executable}" -m ipykernel install --sys-prefix'
    try:
        program = KernelSpecManager().get_kernel_spec("python3").argv[0]
    except NoSuchKernel:
        return Finding(what="kernel", seen="python3 is missing", mend=mend)
    program = sys.executable if program in ("python", "python3") else program
    code = "import ipykernel, pmlab; print(pmlab.__version__)"
    try:
        done = subprocess.run(  # noqa: S603
            [program, "-c", code],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding(what="kernel", seen=f"{program}: {error}", mend=mend)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        return Finding(what="kernel", seen=f"{program}: {last}", mend=mend)
    return Finding(what="kernel", seen=f"python3, pmlab {done.stdout.strip()}")


def _command() -> Finding:
    """See whether the word ``pmlab`` alone starts this pmlab here."""
    program = shutil.which("pmlab")
    if program is not None:
        return Finding(what="command", seen=program)
    return Finding(
        what="command",
        seen="the word pmlab alone is not found here",
        mend="type !pmlab in a cell of a notebook of the course, or write "
        f'"{sys.executable}" -m pmlab in place of pmlab',
    )


def _disk(place: Path) -> Finding:
    try:
        free = shutil.disk_usage(place).free
    except OSError as error:
        return Finding(
            what="disk", seen=str(error), mend="choose another folder: pmlab start DIR"
        )
    seen = f"{free / 1e9:,.1f} GB free"
    if free < FREE_BYTES_NEEDED:
        return Finding(
            what="disk",
            seen=seen,
            mend="free at least 200 MB before you go on, or your work can't be saved",
        )
    return Finding(what="disk", seen=seen)


def _write_access(place: Path) -> Finding:
    try:
        with tempfile.NamedTemporaryFile(dir=place) as file:
            file.write(b"pmlab")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return Finding(
            what="write access",
            seen=f"{place}: {error.strerror}",
            mend="choose a folder of your own: pmlab start DIR",
        )
    return Finding(what="write access", seen=str(place))


def _variant(folder: Path) -> Finding:
    from pmlab.case.variants import checked_code

    path = folder / ".pmlab" / "variant"
    try:
        text = path.read_text(encoding="utf-8").strip()
        return Finding(what="variant", seen=checked_code(text, source=str(path)))
    except FileNotFoundError:
        return Finding(what="variant", seen="the default one")
    except (OSError, ValueError) as error:
        return Finding(
            what="variant",
            seen=str(error),
            mend=f'pmlab start "{folder}" --no-lab --variant CODE, with your code',
        )


def _notebooks(folder: Path) -> Iterator[Finding]:
    from pmlab.learner.course_map import course_map

    try:
        findings = course_map(folder).findings
    except PmlabError as error:
        yield Finding(what="course", seen=str(error), mend=_INSTALL)
        return
    for text in findings:
        seen, *mend = re.split(r"[;.] ", text, maxsplit=1)
        yield Finding(what="notebook", seen=seen, mend="".join(mend) or "look at it")
    if not findings:
        yield Finding(what="notebooks", seen="all readable")


def _open_labs(folder: Path) -> Finding:
    from pmlab.learner.running import running_on

    address = running_on(folder)
    return Finding(what="open now", seen=address.split("?")[0] if address else "no")


def as_json(findings: list[Finding]) -> str:
    """Return the findings as JSON."""
    return json.dumps([dataclasses.asdict(item) for item in findings])
