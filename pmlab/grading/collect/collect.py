"""Places hand-ins in ``submitted/``, or sets them aside and says why.

A hand-in is set aside, never dropped and never trusted, when it is from somebody else
than it says, from nobody on the roster, from the future, or not plain files of a sane
size. What is set aside stands in ``.pmlab/quarantine`` with its reason; every decision
is one line of ``.pmlab/collect.jsonl``. Doing it again changes nothing.
"""

import dataclasses
import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from pmlab.errors import CourseError
from pmlab.grading.collect import attempts
from pmlab.grading.collect.files import RefusedError
from pmlab.grading.collect.inbox import HandIn, exchange_hand_ins, hand_ins, how_many
from pmlab.grading.collect.names import parsed_moment, sound_id
from pmlab.grading.collect.people import People, read_people
from pmlab.grading.course_folder import CourseFolder
from pmlab.grading.policies import read_policy
from pmlab.grading.progress import with_progress

LOG = "collect.jsonl"
_CLOCK_SLACK = dt.timedelta(minutes=10)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Collected:
    """What became of one hand-in.

    Attributes:
        origin: Where it came from.
        status: ``"placed"``, ``"same"`` (kept before), ``"earlier"`` (kept; a later
            one counts), ``"over the limit"`` (kept, does not count) or ``"set aside"``.
        learner: The learner, if one was found.
        unit: The unit, if one was found.
        moment: When it was handed in, as far as known (UTC).
        reason: Why it was set aside, or a remark; mostly empty.
    """

    origin: str
    status: str
    learner: str = ""
    unit: str = ""
    moment: str = ""
    reason: str = ""


def collect(
    course: CourseFolder,
    places: Sequence[Path],
    *,
    unit: str | None = None,
    roster: Path | None = None,
    now: dt.datetime | None = None,
) -> list[Collected]:
    """Collect hand-ins from zips and folders.

    Args:
        course: The course folder.
        places: Zips of ``pmlab submit``, downloads of Canvas or Moodle, or folders of
            them.
        unit: Name or number of the unit, for files whose names do not say it.
        roster: Who may hand in; by default ``students.csv`` in the course folder.
        now: The time, for tests.

    Returns:
        One entry for each hand-in.

    Raises:
        DataError: If a place or the roster can't be read.
        CourseError: If there is no such unit.
    """
    given = None if unit is None else course.unit(unit)
    found = (item for place in places for item in hand_ins(place))
    total = sum(how_many(place) for place in places)
    return _all(course, found, given, roster, now, total=total)


def collect_exchange(
    course: CourseFolder,
    unit: str,
    *,
    roster: Path | None = None,
    now: dt.datetime | None = None,
) -> list[Collected]:
    """Collect a unit from nbgrader's exchange; arguments as for ``collect``."""
    name = course.unit(unit)
    found = list(exchange_hand_ins(course, name))
    return _all(course, found, name, roster, now, total=len(found))


def _all(
    course: CourseFolder,
    found: Iterable[HandIn],
    unit: str | None,
    roster: Path | None,
    now: dt.datetime | None,
    *,
    total: int,
) -> list[Collected]:
    with course.gradebook() as gradebook:
        people = read_people(course, gradebook, roster=roster)
    collector = _Collector(course, people, unit, now or dt.datetime.now(dt.UTC))
    done = [
        collector.take(item) for item in with_progress(found, "collecting", total=total)
    ]
    _write_log(course, done, collector)
    return done


class _Collector:
    """Takes hand-ins one after the other."""

    def __init__(
        self, course: CourseFolder, people: People, unit: str | None, now: dt.datetime
    ) -> None:
        self.course, self.people, self.unit, self.now = course, people, unit, now
        self.senders = _known_senders(course)
        self.at = now.isoformat(timespec="seconds")

    def take(self, item: HandIn) -> Collected:
        try:
            learner, remark = self._learner(item)
            files = item.read()
            unit = self._unit(item, files)
            moment = self._moment(item, files)
            content = _as_submission(self.course, unit, files)
        except (RefusedError, CourseError) as problem:
            _set_aside(self.course, item, str(problem))
            return Collected(
                origin=item.origin,
                status="set aside",
                learner=item.named.learner or "",
                unit=item.named.unit or self.unit or "",
                reason=str(problem),
            )
        self._remember(item, learner)
        status = self._place(unit, learner, content, moment)
        return Collected(
            origin=item.origin,
            status=status,
            learner=learner,
            unit=unit,
            moment=moment.isoformat(timespec="seconds"),
            reason=remark,
        )

    def _place(
        self, unit: str, learner: str, content: dict[str, bytes], moment: dt.datetime
    ) -> str:
        policy = read_policy(self.course, unit)
        most = policy.attempts if policy else None
        mark = attempts.digest(content)
        new = attempts.keep(self.course, unit, learner, content=content, moment=moment)
        counts = attempts.choose(self.course, unit, learner, most=most)
        if not new:
            return "same"
        if counts == mark:
            return "placed"
        kept = attempts.attempts(self.course, unit, learner)
        over = most is not None and mark in {one.digest for one in kept[most:]}
        return "over the limit" if over else "earlier"

    def _learner(self, item: HandIn) -> tuple[str, str]:
        """Return whose it is, and a remark; refuse what can't be believed."""
        claimed, sender = item.named.learner, item.named.sender
        meant = self.people.learner(sender) if sender else None
        learner = meant or claimed
        if learner is None:
            whose = f"{sender.words} is" if sender else "the file's name says"
            raise RefusedError(
                f"nobody knows whose it is: {whose} no learner of this course. Add "
                "names and lms_user_id to students.csv, or rename the file to "
                "LEARNER__UNIT__20261122T100000Z.zip"
            )
        if not sound_id(learner):
            raise RefusedError(f"{learner[:60]!a} can't be a learner's id")
        if claimed is not None and claimed != learner:
            raise RefusedError(
                f"it says it is from {claimed}, but {learner} handed it in"
            )
        if item.owner is not None and item.owner != learner:
            raise RefusedError(
                f"it says it is from {learner}, but {item.owner} owns the files"
            )
        if self.people.enrolled is not None and learner not in self.people.enrolled:
            raise RefusedError(f"{learner} is not on the roster")
        if sender is not None and meant is None:
            first = self.senders.setdefault(learner, sender.words)
            if first != sender.words:
                raise RefusedError(
                    f"it says it is from {learner}, but {sender.words} handed it in; "
                    f"earlier it was {first}"
                )
            return learner, f"taken as {learner}'s because the file says so"
        return learner, ""

    def _remember(self, item: HandIn, learner: str) -> None:
        if item.named.sender is not None:
            self.senders.setdefault(learner, item.named.sender.words)

    def _unit(self, item: HandIn, files: dict[str, bytes]) -> str:
        if item.named.unit is not None:
            unit = self.course.unit(item.named.unit)
            if self.unit is not None and unit != self.unit:
                raise RefusedError(f"it is for {unit}, and {self.unit} is collected")
            return unit
        stems = {PurePosixPath(name).stem for name in files if name.endswith(".ipynb")}
        known = {
            unit
            for unit in self.course.units
            if stems & set(_notebooks(self.course, unit))
        }
        if self.unit is not None:
            if known and self.unit not in known:
                raise RefusedError(
                    f"it holds {', '.join(sorted(known))}, and {self.unit} is collected"
                )
            return self.unit
        if len(known) != 1:
            raise RefusedError(
                "its files do not say for which unit it is; collect it with --unit UNIT"
            )
        return next(iter(known))

    def _moment(self, item: HandIn, files: dict[str, bytes]) -> dt.datetime:
        inside = next(
            (
                data.decode("utf-8", "replace")
                for name, data in files.items()
                if PurePosixPath(name).name == attempts.TIME_FILE
            ),
            "",
        )
        # The name outside weighs more: an exchange or a mail shows it to both sides.
        moment = item.named.moment or parsed_moment(inside) or self.now
        if moment > self.now + _CLOCK_SLACK:
            raise RefusedError(
                f"it says it was handed in at {moment:%Y-%m-%d %H:%M} UTC, and that is "
                "still to come"
            )
        return moment


def _as_submission(
    course: CourseFolder, unit: str, files: dict[str, bytes]
) -> dict[str, bytes]:
    """Return the files as nbgrader wants them: notebooks on top, under their names."""
    notebooks = [name for name in files if name.endswith(".ipynb")]
    wanted = _notebooks(course, unit)
    top = next(
        (n for n in sorted(notebooks, key=len) if PurePosixPath(n).stem in wanted), None
    )
    if top is None:
        if len(notebooks) != 1 or len(wanted) != 1:
            raise RefusedError(
                "it holds no notebook "
                + " or ".join(f"{name}.ipynb" for name in wanted)
            )
        top = notebooks[0]
        files = files | {
            str(PurePosixPath(top).with_name(f"{wanted[0]}.ipynb")): files[top]
        }
        del files[top]
    base = PurePosixPath(top).parent
    inside = {
        str(PurePosixPath(name).relative_to(base)): data
        for name, data in files.items()
        if PurePosixPath(name).is_relative_to(base)
    }
    return {
        name: data
        for name, data in inside.items()
        if not PurePosixPath(name).name.startswith(".")
    }


def _notebooks(course: CourseFolder, unit: str) -> list[str]:
    folder = course.step("source", ".", unit)
    return sorted(path.stem for path in folder.glob("*.ipynb"))


def _set_aside(course: CourseFolder, item: HandIn, reason: str) -> None:
    original = item.original()
    name = re.sub(r"[^\w.-]+", "_", item.origin, flags=re.ASCII)[-80:]
    mark = hashlib.sha256(item.origin.encode() + (original or b"")).hexdigest()[:8]
    folder = course.state("quarantine", f"{mark}-{name.strip('.')}")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "reason.txt").write_text(f"{item.origin}\n{reason}\n", "utf-8")
    if original is not None:
        (folder / "as_it_came").write_bytes(original)


def _known_senders(course: CourseFolder) -> dict[str, str]:
    """Return who in an LMS handed in for each learner, from earlier runs."""
    path = course.state("senders.json")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return dict(found) if isinstance(found, dict) else {}


def _write_log(
    course: CourseFolder, done: Iterable[Collected], collector: _Collector
) -> None:
    course.state().mkdir(exist_ok=True)
    with course.state(LOG).open("a", encoding="utf-8") as log:
        for entry in done:
            line = {"at": collector.at} | dataclasses.asdict(entry)
            log.write(json.dumps(line, ensure_ascii=False) + "\n")
    text = json.dumps(collector.senders, ensure_ascii=False, indent=1)
    course.state("senders.json").write_text(text, encoding="utf-8")
