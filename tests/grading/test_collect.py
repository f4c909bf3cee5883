"""Collecting takes what is sound, sets aside what is not, and keeps every attempt."""

import datetime as dt
import io
import json
import os
import stat
import zipfile

import nbformat
import pytest

from pmlab.errors import CourseError, DataError
from pmlab.grading.collect import collect, collect_exchange
from pmlab.grading.collect.files import Limits, RefusedError, read_zip
from pmlab.grading.collect.names import parsed_moment, read_name
from pmlab.grading.course_folder import CourseFolder
from tests.grading.plain_course import UNIT, make_course, submission_notebook

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
STAMP = "20261121T100000Z"


def notebook_bytes(code="def square(x):\n    return x * x"):
    return nbformat.writes(submission_notebook(code)).encode()


def zipped(entries):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return packed.getvalue()


def own_zip(code="def square(x):\n    return x * x", **more):
    return zipped({f"{UNIT}/{UNIT}.ipynb": notebook_bytes(code)} | more)


@pytest.fixture
def course(tmp_path):
    return CourseFolder(make_course(tmp_path / "course", released=True))


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def take(course, *places, **more):
    return collect(course, places, now=NOW, **more)


def only(done):
    assert len(done) == 1
    return done[0]


def submitted(course, learner="ada"):
    return course.step("submitted", learner, UNIT)


def code_in(course, learner="ada"):
    text = (submitted(course, learner) / f"{UNIT}.ipynb").read_text()
    return next(
        "".join(c["source"]) for c in json.loads(text)["cells"] if c["id"] == "square"
    )


def test_a_zip_of_pmlab_submit_lands_where_nbgrader_looks(course, inbox):
    path = inbox / f"ada__{UNIT}__{STAMP}.zip"
    path.write_bytes(own_zip(**{f"{UNIT}/hints.json": '{"square": 2}'}))
    assert only(take(course, path)).status == "placed"
    names = sorted(item.name for item in submitted(course).iterdir())
    assert names == ["hints.json", f"{UNIT}.ipynb", "timestamp.txt"]
    stamp = (submitted(course) / "timestamp.txt").read_text()
    assert stamp == "2026-11-21 10:00:00.000000 UTC"


def test_collecting_again_changes_nothing(course, inbox):
    (inbox / f"ada__{UNIT}__{STAMP}.zip").write_bytes(own_zip())
    take(course, inbox)
    before = submitted(course).stat().st_ino
    assert only(take(course, inbox)).status == "same"
    assert submitted(course).stat().st_ino == before


def test_the_last_attempt_counts_and_the_others_are_kept(course, inbox):
    for hour, number in (("11", "2"), ("12", "3"), ("10", "1")):
        name = f"ada__{UNIT}__20261121T{hour}0000Z.zip"
        (inbox / name).write_bytes(own_zip(f"attempt = {number}"))
    statuses = [entry.status for entry in take(course, inbox)]
    assert statuses == ["placed", "placed", "placed"]  # by their times
    (inbox / f"ada__{UNIT}__20261120T000000Z.zip").write_bytes(own_zip("attempt = 0"))
    assert [entry.status for entry in take(course, inbox)] == ["earlier"] + ["same"] * 3
    assert code_in(course) == "attempt = 3"
    kept = [path.name[:16] for path in course.state("attempts", UNIT, "ada").iterdir()]
    assert sorted(kept) == ["20261120T000000Z"] + [
        f"20261121T{hour}0000Z" for hour in (10, 11, 12)
    ]


def test_attempts_beyond_the_limit_are_kept_and_do_not_count(tmp_path, inbox):
    settings = "[grading]\nattempts = 1\n"
    course = CourseFolder(
        make_course(tmp_path / "one", settings=settings, released=True)
    )
    for hour in ("10", "11"):
        name = f"ada__{UNIT}__20261121T{hour}0000Z.zip"
        (inbox / name).write_bytes(own_zip(f"attempt = {hour}"))
    assert [e.status for e in take(course, inbox)] == ["placed", "over the limit"]
    assert code_in(course) == "attempt = 10"


def test_what_came_another_way_is_kept_as_an_attempt(course, inbox):
    place = submitted(course)
    place.mkdir(parents=True)
    (place / f"{UNIT}.ipynb").write_bytes(notebook_bytes("by_hand = 1"))
    (place / "timestamp.txt").write_text("2026-11-01 10:00:00.000000 UTC")
    (inbox / f"ada__{UNIT}__{STAMP}.zip").write_bytes(own_zip())
    take(course, inbox)
    kept = course.state("attempts", UNIT, "ada")
    assert any("by_hand" in p.read_text() for p in kept.rglob("*.ipynb"))


def people(course):
    (course.folder / "students.csv").write_text(
        "id,first_name,last_name,lms_user_id\n"
        "ada,Ada,Lovelace,4711\nbo,Bo,Ångström,4712\n"
    )


@pytest.mark.parametrize(
    "name",
    [
        f"lovelaceada_4711_99_{UNIT}.ipynb",
        f"lovelaceada_LATE_4711_99_{UNIT}-2.ipynb",
        f"Ada Lovelace_123_assignsubmission_file_/{UNIT}.ipynb",
        f"Ada Lovelace_123_assignsubmission_file_{UNIT}.ipynb",
    ],
)
def test_downloads_of_canvas_and_moodle_find_their_learner(course, inbox, name):
    people(course)
    path = inbox / "submissions.zip"
    path.write_bytes(zipped({name: notebook_bytes()}))
    assert only(take(course, path)).learner == "ada"
    assert (submitted(course) / f"{UNIT}.ipynb").is_file()


def test_a_folder_of_an_unpacked_download_is_taken_too(course, inbox):
    people(course)
    person = inbox / "Bo Angstrom_77_assignsubmission_file_"
    person.mkdir()
    (person / f"{UNIT}.ipynb").write_bytes(notebook_bytes())
    assert only(take(course, inbox)).learner == "bo"


def test_a_zip_of_pmlab_inside_an_lms_download_is_unpacked(course, inbox):
    people(course)
    name = f"lovelaceada_4711_99_ada__{UNIT}__{STAMP}-1.zip"
    path = inbox / "submissions.zip"
    path.write_bytes(zipped({name: own_zip()}))
    done = only(take(course, path))
    assert (done.status, done.moment) == ("placed", "2026-11-21T10:00:00+00:00")


def set_aside(course, done, reason):
    assert done.status == "set aside"
    assert reason in done.reason
    assert not list(course.step("submitted", "*", UNIT).parent.glob("*/*"))
    assert any(course.state("quarantine").glob("*/reason.txt"))


def test_a_hand_in_for_somebody_else_is_set_aside(course, inbox):
    people(course)
    path = inbox / "submissions.zip"
    path.write_bytes(zipped({f"angstrombo_4712_9_ada__{UNIT}__{STAMP}.zip": own_zip()}))
    set_aside(course, only(take(course, path)), "from ada, but bo handed it in")


def test_two_senders_for_one_learner_are_told_apart(course, inbox):
    path = inbox / "submissions.zip"
    entries = {
        f"someone_1_9_ada__{UNIT}__{STAMP}.zip": own_zip("mine = 1"),
        f"other_2_9_ada__{UNIT}__20261121T110000Z.zip": own_zip("forged = 1"),
    }
    path.write_bytes(zipped(entries))
    first, second = take(course, path)
    assert first.status == "placed"
    assert "because the file says so" in first.reason
    assert "earlier it was someone (canvas 1)" in second.reason
    path.write_bytes(zipped(dict(list(entries.items())[1:])))
    assert only(take(course, path)).status == "set aside"  # remembered
    assert code_in(course) == "mine = 1"


def test_nobody_off_the_roster_is_taken(course, inbox):
    people(course)
    (inbox / f"eve__{UNIT}__{STAMP}.zip").write_bytes(own_zip())
    set_aside(course, only(take(course, inbox)), "eve is not on the roster")


def test_an_unknown_person_is_set_aside_with_the_mend(course, inbox):
    path = inbox / "submissions.zip"
    path.write_bytes(zipped({f"who_1_2_{UNIT}.ipynb": notebook_bytes()}))
    set_aside(course, only(take(course, path)), "lms_user_id to students.csv")


def test_the_future_is_set_aside(course, inbox):
    (inbox / f"ada__{UNIT}__20271121T100000Z.zip").write_bytes(own_zip())
    set_aside(course, only(take(course, inbox)), "still to come")


@pytest.mark.parametrize("name", ["../../evil.py", "/etc/evil", "a\\..\\evil", "C:/x"])
def test_paths_that_lead_outside_are_set_aside(course, inbox, name):
    path = inbox / f"ada__{UNIT}__{STAMP}.zip"
    path.write_bytes(own_zip(**{name: "evil"}))
    set_aside(course, only(take(course, path)), "outside its folder")
    assert not list(course.folder.parent.rglob("*evil*"))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_in_a_zip_are_set_aside(course, inbox, kind):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"{UNIT}/{UNIT}.ipynb", notebook_bytes())
        entry = zipfile.ZipInfo(f"{UNIT}/notes")
        entry.external_attr = (kind | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    path = inbox / f"ada__{UNIT}__{STAMP}.zip"
    path.write_bytes(packed.getvalue())
    set_aside(course, only(take(course, path)), "a link or a device")


def test_a_zip_bomb_is_set_aside(course, inbox):
    path = inbox / f"ada__{UNIT}__{STAMP}.zip"
    path.write_bytes(own_zip(bomb=bytes(60_000_000)))
    assert path.stat().st_size < 100_000
    set_aside(course, only(take(course, path)), "more than 50 MB unpacked")


def test_a_zip_that_lies_about_its_sizes_is_refused():
    content = bytearray(zipped({"a.txt": b"x" * 5000}))
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = (10).to_bytes(4, "little")  # "10 bytes unpacked"
    with pytest.raises(RefusedError, match="damaged"):
        read_zip(bytes(content), limits=Limits(10, 100))


def test_two_names_that_differ_in_case_alone_are_refused():
    with pytest.raises(RefusedError, match="twice"):
        read_zip(zipped({"a.py": "1", "A.py": "2"}))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"\0" * 100])
def test_a_damaged_zip_is_set_aside(course, inbox, content):
    path = inbox / f"ada__{UNIT}__{STAMP}.zip"
    path.write_bytes(content)
    set_aside(course, only(take(course, path)), "damaged")


def test_links_in_a_folder_are_set_aside(course, inbox, tmp_path):
    secret = tmp_path / "secret.zip"
    secret.write_bytes(own_zip())
    (inbox / f"ada__{UNIT}__{STAMP}.zip").symlink_to(secret)
    set_aside(course, only(take(course, inbox)), "links are not followed")


def test_hard_links_are_set_aside(course, inbox, tmp_path):
    secret = tmp_path / "secret.zip"
    secret.write_bytes(own_zip())
    os.link(secret, inbox / f"ada__{UNIT}__{STAMP}.zip")
    set_aside(course, only(take(course, inbox)), "hard link")


def test_a_zip_without_the_notebook_is_set_aside(course, inbox):
    path = inbox / f"ada__{UNIT}__{STAMP}.zip"
    path.write_bytes(zipped({"essay.txt": "hello"}))
    set_aside(course, only(take(course, path)), f"no notebook {UNIT}.ipynb")


def test_a_renamed_notebook_gets_its_name_back(course, inbox):
    path = inbox / f"ada__{UNIT}__{STAMP}.zip"
    path.write_bytes(zipped({"final version (2).ipynb": notebook_bytes()}))
    assert only(take(course, path)).status == "placed"
    assert (submitted(course) / f"{UNIT}.ipynb").is_file()


def test_a_zip_in_a_folder_that_says_no_name_is_no_download(course, inbox):
    inner = {f"ada__{UNIT}__{STAMP}.zip": own_zip()}
    (inbox / "homework.zip").write_bytes(zipped(inner))
    set_aside(course, only(take(course, inbox)), "nobody knows whose it is")


def test_each_decision_is_written_down(course, inbox):
    people(course)
    (inbox / f"ada__{UNIT}__{STAMP}.zip").write_bytes(own_zip())
    (inbox / f"eve__{UNIT}__{STAMP}.zip").write_bytes(own_zip())
    take(course, inbox)
    lines = course.state("collect.jsonl").read_text().splitlines()
    seen = [(json.loads(line)["learner"], json.loads(line)["status"]) for line in lines]
    assert seen == [("ada", "placed"), ("eve", "set aside")]


def test_the_wrong_unit_is_set_aside_and_an_unknown_one_named(course, inbox):
    (inbox / f"ada__ps9__{STAMP}.zip").write_bytes(own_zip())
    set_aside(course, only(take(course, inbox)), "no unit 'ps9'")
    with pytest.raises(CourseError, match="no unit 'ps9'"):
        take(course, inbox, unit="ps9")
    with pytest.raises(DataError, match="no file or folder"):
        take(course, inbox / "nothing")


@pytest.fixture
def exchange(tmp_path):
    config = f"c.Exchange.root = {str(tmp_path / 'exchange')!r}\n"
    course = CourseFolder(make_course(tmp_path / "hub", config=config, released=True))
    inbound = tmp_path / "exchange" / "plain" / "inbound"
    inbound.mkdir(parents=True)
    return course, inbound


def hand_in(inbound, learner, code="x = 1", time="2026-11-21 10:00:00.000000 UTC"):
    folder = inbound / f"{learner}+{UNIT}+{time}+secret"
    folder.mkdir()
    (folder / f"{UNIT}.ipynb").write_bytes(notebook_bytes(code))
    return folder


def test_the_exchange_is_collected_by_owner(exchange):
    import pwd

    course, inbound = exchange
    me = pwd.getpwuid(os.getuid()).pw_name
    hand_in(inbound, me)
    hand_in(inbound, "ada")  # owned by me
    done = {e.learner: e for e in collect_exchange(course, UNIT, now=NOW)}
    assert done[me].status == "placed"
    assert f"says it is from ada, but {me} owns" in done["ada"].reason
    assert course.learners("submitted", UNIT) == [me]


def test_links_in_the_exchange_reach_nothing(exchange, tmp_path):
    import pwd

    course, inbound = exchange
    (tmp_path / "secret").write_text("the instructor's")
    folder = hand_in(inbound, pwd.getpwuid(os.getuid()).pw_name)
    (folder / "notes.txt").symlink_to(tmp_path / "secret")
    done = only(collect_exchange(course, UNIT, now=NOW))
    assert "notes.txt is a link" in done.reason


def test_a_missing_exchange_names_the_settings(course):
    with pytest.raises(DataError, match=r"set Exchange\.root and"):
        collect_exchange(course, UNIT)


def test_names_tell_what_they_can():
    named = read_name(f"a__b__{UNIT}__{STAMP} (2).zip")
    assert (named.learner, named.unit) == ("a__b", UNIT)
    assert read_name("notes.txt").sender is None
    assert parsed_moment("yesterday") is None
    assert parsed_moment("2026-11-20 10:00:00.000000 UTC") == dt.datetime(
        2026, 11, 20, 10, tzinfo=dt.UTC
    )
