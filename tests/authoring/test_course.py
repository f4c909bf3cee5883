import pytest

from pmlab.authoring.course import find_course, read_course
from pmlab.errors import CourseError


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('slug = "03_mini"\n', "", "a unit without slug lacks slug; a unit has data,"),
        ("needs = []\n", "", "03_mini lacks needs; a unit has"),
        ("needs = []", "need = []", "lacks needs and has unknown need; a unit has"),
        ("needs = []", 'needs = ["02_gone"]', "needs 02_gone, which is not listed"),
        ("lesson = 10,", "", "minutes of 03_mini must be a table with exercises and"),
        (
            "exercises = 9",
            'exercises = "9"',
            "exercises in points .* == '9', must be a",
        ),
        ("artefact = 12", "artefact = -1", "artefact in points .* == -1, must be a"),
        ("lesson = 10", "lesson = true", "lesson in minutes .* == True, must be a"),
        (
            "[[unit]]",
            "[unit]",
            r"start each unit with \[\[unit\]\], in double brackets",
        ),
        ("points = {", "points = {{", r"is no valid TOML: .*line 11"),
    ],
)
def test_a_broken_list_of_units_names_the_rule(mini, old, new, words):
    mini.edit(mini.folder / "course.toml", old, new)
    with pytest.raises(CourseError, match=words) as caught:
        mini.course()
    assert str(caught.value).startswith(str(mini.folder / "course.toml"))


def test_units_out_of_order_or_twice_are_refused(mini):
    path = mini.folder / "course.toml"
    text = path.read_text("utf-8")
    entry = text[text.index("[[unit]]") :]
    for slug in ("03_mini", "02_early"):
        path.write_text(text + "\n" + entry.replace("03_mini", slug), encoding="utf-8")
        with pytest.raises(CourseError, match="must be unique and in the order"):
            mini.course()


def test_a_list_in_another_encoding_is_named(mini):
    (mini.folder / "course.toml").write_bytes('title = "Ä"'.encode("latin-1"))
    with pytest.raises(CourseError, match=r"course\.toml is no valid TOML"):
        mini.course()


def test_a_missing_list_is_named(tmp_path):
    with pytest.raises(CourseError, match=r"course\.toml is missing; it lists the"):
        read_course(tmp_path)
    with pytest.raises(CourseError, match=r"no course\.toml in .* pass --course DIR"):
        find_course(tmp_path)


def test_the_course_is_found_from_inside_and_from_above(mini):
    for place in (mini.folder, mini.folder / "units" / "03_mini", mini.folder.parent):
        assert find_course(place) == mini.folder


def test_a_unit_is_found_by_its_number(mini):
    for name in ("3", "03"):
        assert mini.course().unit(name) == mini.course().unit("03_mini")
    with pytest.raises(CourseError, match=r"unknown unit '4'; .* lists: 03_mini"):
        mini.course().unit("4")
