"""What must be so of a cohort's folder before a hub serves it."""

from pmlab.hub.course import HubCourse
from pmlab.hub.exchange import account
from pmlab.hub.faults import Faults


def check_course(course: HubCourse) -> None:
    """Refuse a cohort whose folder or grader could not do its work.

    Args:
        course: The cohort.

    Raises:
        HubError: If the grader has no account, or the folder is no course folder, is
            owned by somebody else or is open to all; the text names all of it.
    """
    faults = Faults(course.faults)
    folder, owner = course.folder, None
    with faults:
        owner = account(course.grader).pw_uid
    marks = ("nbgrader_config.py", "source")
    missing = [name for name in marks if not (folder / name).exists()]
    if missing:
        faults.append(
            f"course {course.id}: {folder} has no {' and no '.join(missing)}; "
            f"make it with: pmlab hub course {course.id} {folder}"
        )
    if course.grader is not None and folder.exists():
        found = folder.stat()
        if owner is not None and found.st_uid != owner:
            faults.append(
                f"course {course.id}: {folder} isn't owned by {course.grader}; "
                f"run: chown -R {course.grader}: {folder}"
            )
        if found.st_mode & 0o007:
            faults.append(
                f"course {course.id}: everyone can look into {folder}, which holds "
                f"solutions and grades; run: chmod o-rwx {folder}"
            )
    faults.tell()
