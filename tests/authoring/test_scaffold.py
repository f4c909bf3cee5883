import pytest

from pmlab.authoring import build, parse
from pmlab.authoring.course import read_course
from pmlab.authoring.scaffold import new_unit
from pmlab.authoring.verify import verify
from pmlab.cli.main import main
from pmlab.errors import CourseError


def everything(folder):
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_new_unit_passes_all_rules_but_the_length_of_the_lesson(mini):
    new_unit(mini.course(), "04_solutions")
    unit = parse.read_unit(mini.folder / "units" / "04_solutions")
    report = verify(unit)
    assert [failure.split(";")[-1] for failure in report.failures] == [
        " a lesson has 25 to 40",
        " a lesson has 800 to 1200",
    ]
    assert (report.wrong, report.right, report.hints) == (3, 1, 2)
    build.build(mini.course())
    assert (mini.folder / "source/04_solutions/04_solutions.ipynb").is_file()


def test_new_says_what_it_wrote_and_what_is_next(mini, capsys):
    assert main(["author", "new", "04_solutions", "--course", str(mini.folder)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.rsplit("/", 1)[-1] for line in said[:3]] == [
        "lesson.py",
        "exercises.py",
        "course.toml",
    ]
    assert said[3] == "Next: edit them, then `pmlab author verify 04_solutions`."


@pytest.mark.parametrize(
    ("slug", "order"),
    [
        ("01_start", ["01_start", "03_mini"]),
        ("04_solutions", ["03_mini", "04_solutions"]),
    ],
)
def test_units_stand_in_the_order_of_their_numbers(mini, slug, order):
    new_unit(mini.course(), slug)
    assert [entry.slug for entry in mini.course().units] == order
    text = (mini.folder / "course.toml").read_text("utf-8")
    assert text.startswith("# A miniature course for the tests of authoring.\n")
    assert 'objectives = ["compute a pooled rate", "describe traffic"]' in text


def test_units_may_be_added_in_any_order(tmp_path):
    (tmp_path / "course.toml").write_text('title = "Empty"\n', encoding="utf-8")
    for slug in ("05_e", "01_a", "03_c", "02_b", "09_i"):
        new_unit(read_course(tmp_path), slug)
    course = read_course(tmp_path)
    assert course.title == "Empty"
    assert [entry.slug for entry in course.units] == [
        "01_a",
        "02_b",
        "03_c",
        "05_e",
        "09_i",
    ]


@pytest.mark.parametrize(
    "style",
    [
        "[[unit]]\nslug='03_mini'",
        '[[unit]]\n# the third\nslug   =   "03_mini"',
        '[[unit]]\ntitle = "Pooled rates"\nslug = "03_mini"',
    ],
)
def test_another_style_of_the_list_keeps_the_order(mini, style):
    manifest = mini.folder / "course.toml"
    if "title" in style:
        mini.edit(manifest, 'title = "Pooled rates"\n', "")
    mini.edit(manifest, '[[unit]]\nslug = "03_mini"', style)
    new_unit(mini.course(), "01_start")
    assert [entry.slug for entry in mini.course().units] == ["01_start", "03_mini"]


def test_a_list_in_one_line_is_refused_and_nothing_written(tmp_path):
    text = (
        'unit = [{slug = "03_c", title = "C", minutes = {lesson = 1, exercises = 1}, '
        "objectives = [], needs = [], data = [], "
        "points = {exercises = 1, artefact = 1}}]\n"
    )
    (tmp_path / "course.toml").write_text(text, encoding="utf-8")
    before = everything(tmp_path)
    with pytest.raises(CourseError, match=r"can't find where 03_c starts; write it as"):
        new_unit(read_course(tmp_path), "01_a")
    assert everything(tmp_path) == before


@pytest.mark.parametrize(
    "slug",
    [
        "4_x",
        "04-x",
        "04_X",
        "04_",
        "04",
        "x_04",
        "04_a b",
        "04_ä",
        "../04_x",
        "04_x\n",
        "",
    ],
)
def test_a_malformed_name_is_refused(mini, slug):
    before = everything(mini.folder)
    with pytest.raises(CourseError, match="must be two digits and small letters"):
        new_unit(mini.course(), slug)
    assert everything(mini.folder) == before


def test_a_taken_number_is_refused(mini):
    (mini.folder / "units" / "05_draft").mkdir()
    before = everything(mini.folder)
    for slug in ("03_mini", "03_other", "05_other", "05_draft"):
        with pytest.raises(CourseError, match=f"unit {slug[:2]} exists: {slug[:2]}_"):
            new_unit(mini.course(), slug)
    assert everything(mini.folder) == before
