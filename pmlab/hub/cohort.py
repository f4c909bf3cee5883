"""Makes a cohort's own course folder: a copy of the course, with its own gradebook."""

import secrets
import shutil
from pathlib import Path

from pmlab.grading.variants import SECRET_FILE
from pmlab.hub.course import HubCourse
from pmlab.hub.faults import HubError

_PARTS = ("course.toml", "nbgrader_config.py", "source")


def make_cohort(
    course: HubCourse,
    *,
    source: Path,
    exchange: Path | None,
    one_account: bool = False,
) -> list[str]:
    """Make the folder of a cohort, or complete one; nothing in it is overwritten.

    Args:
        course: The cohort.
        source: The course folder to copy from.
        exchange: Where the hub hands work over.
        one_account: All servers of the hub run as one account, as in the demo; then
            the owner of a file does not tell whose work it is.

    Returns:
        Names of what was made.

    Raises:
        HubError: If ``source`` is no course folder, or the folder can't be written.
    """
    if not (source / "nbgrader_config.py").is_file():
        raise HubError(
            f"{source} holds no nbgrader_config.py; name the course folder to copy "
            "with --from DIR"
        )
    try:
        return _made(
            course, source, _own_settings(course, exchange, one_account=one_account)
        )
    except OSError as error:
        raise HubError(
            f"{course.folder} can't be made ({error.strerror}); run as root or as the "
            "grader, or choose another folder"
        ) from error


def _made(course: HubCourse, source: Path, settings: str) -> list[str]:
    folder, made = course.folder, []
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o750)
    for name in _PARTS:
        here, there = source / name, folder / name
        if there.exists() or not here.exists():
            continue
        if here.is_dir():
            shutil.copytree(here, there, ignore=shutil.ignore_patterns(".*"))
        else:
            shutil.copyfile(here, there)
        if name == "nbgrader_config.py":
            there.write_text(
                there.read_text(encoding="utf-8") + settings,
                encoding="utf-8",
            )
        made.append(name)
    secret = folder / SECRET_FILE
    if not secret.exists():
        secret.parent.mkdir(exist_ok=True)
        secret.touch(mode=0o600)
        secret.write_text(secrets.token_urlsafe(32) + "\n", encoding="utf-8")
        made.append(str(SECRET_FILE))
    return made


def _own_settings(
    course: HubCourse, exchange: Path | None, *, one_account: bool
) -> str:
    lines = [
        "",
        "# This cohort on the hub.",
        f'c.CourseDirectory.course_id = "{course.id}"',
        f'c.CourseDirectory.root = "{course.folder}"',
    ]
    if exchange is not None:
        lines.append(f'c.Exchange.root = "{exchange}"')
    if one_account:
        lines += [
            "# One account runs all of this hub, so the owner of a file tells nothing.",
            "c.ExchangeCollect.check_owner = False",
        ]
    return "\n".join([*lines, ""])
