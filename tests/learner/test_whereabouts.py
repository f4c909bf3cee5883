"""A notebook that was renamed, moved or copied: found, named, never replaced."""

import json
import os

import pytest

MINE = 'def pooled_rate(days): return "mine"'


def notebooks(learner):
    return sorted(
        path.relative_to(learner.folder).as_posix()
        for path in (learner.folder / "exercises").rglob("*.ipynb")
    )


def rename(learner, name):
    learner.notebook.rename(learner.notebook.with_name(name))
    return learner.notebook.with_name(name)


def copied(learner, name):
    path = learner.notebook.with_name(name)
    path.write_bytes(learner.notebook.read_bytes())
    return path


@pytest.mark.parametrize("command", [("start", ".", "--no-lab"), ("update",)])
@pytest.mark.parametrize("name", ["03 Ada é.ipynb", "03_mini-Copy1.ipynb"])
def test_no_empty_notebook_comes_in_place_of_a_renamed_one(
    learner, pmlab, command, name
):
    learner.answer(average=MINE)
    mine = rename(learner, name)
    before = mine.read_bytes()
    status, said = pmlab(*command)
    assert status == 0
    assert notebooks(learner) == [f"exercises/03_mini/{name}"]
    assert mine.read_bytes() == before
    assert f"03_mini.ipynb is not there, but {mine.relative_to(learner.folder)}" in said
    assert "pmlab update --fresh 03" in said
    assert learner.work().path == mine


def test_a_notebook_that_was_moved_to_another_folder_is_found(learner, pmlab):
    learner.answer(average=MINE)
    (learner.folder / "mine").mkdir()
    mine = learner.notebook.rename(learner.folder / "mine" / "market.ipynb")
    pmlab("update")
    assert notebooks(learner) == []
    work = learner.work()
    assert work.path == mine
    assert "mine/market.ipynb holds its cells" in work.notes[0]


def test_a_renamed_notebook_gets_the_new_version_beside_it(learner, pmlab, course):
    learner.answer(average=MINE)
    rename(learner, "mine.ipynb")
    source = course.source_folder(course.units[0]) / "03_mini.ipynb"
    old = source.read_text(encoding="utf-8")
    try:
        source.write_text(old.replace("A pooled rate", "Better"), encoding="utf-8")
        _, said = pmlab("update")
    finally:
        source.write_text(old, encoding="utf-8")
    assert "the new version is beside it" in said
    assert [name.rpartition("/")[2] for name in notebooks(learner)] == [
        "03_mini_NEW_VERSION.ipynb",
        "mine.ipynb",
    ]
    assert learner.work().path.name == "mine.ipynb"


def test_an_empty_copy_of_the_course_is_no_renamed_notebook(learner, pmlab):
    pmlab("update", "--fresh", "03")
    learner.notebook.unlink()
    pmlab("update")
    assert learner.notebook.is_file()


def test_a_copy_that_jupyterlab_keeps_is_no_renamed_notebook(learner, pmlab):
    kept = learner.notebook.parent / ".ipynb_checkpoints"
    kept.mkdir()
    learner.notebook.rename(kept / "03_mini-checkpoint.ipynb")
    pmlab("update")
    assert learner.notebook.is_file()


def test_of_two_notebooks_the_one_with_answers_counts_and_both_are_named(
    learner, pmlab
):
    copy = copied(learner, "03_mini-Copy1.ipynb")
    empty = copy.read_bytes()
    learner.answer(average=MINE)
    copy.write_bytes(learner.notebook.read_bytes())
    learner.notebook.write_bytes(empty)
    work = learner.work()
    assert work.path == copy
    (note,) = work.notes
    assert "03_mini.ipynb holds no answers" in note
    assert "03_mini-Copy1.ipynb holds your answers" in note
    assert learner.notebook.read_bytes() == empty
    _, said = pmlab("progress")
    assert "03_mini-Copy1.ipynb holds your answers" in said


def test_of_two_with_answers_the_fuller_one_counts_and_the_learner_is_asked(
    learner, pmlab
):
    learner.answer(average=MINE)
    copied(learner, "03_mini-Copy1.ipynb")
    learner.answer(average="def pooled_rate(days): return 2", memo="We go.")
    _, said = pmlab("submit", "03", "--learner", "ada", "--no-check")
    assert "03_mini.ipynb with 2 answers has more and is the one that counts" in said
    assert "03_mini-Copy1.ipynb with 1 does not" in said
    assert not (learner.folder / "to hand in").exists()


def test_of_two_with_as_many_answers_the_one_saved_last_counts(learner):
    learner.answer(average=MINE)
    copy = copied(learner, "03_mini-Copy1.ipynb")
    learner.answer(average="def pooled_rate(days): return 2")
    for path, when in ((learner.notebook, 1_000), (copy, 2_000)):
        os.utime(path, (when, when))
    assert learner.work().path == copy
    os.utime(learner.notebook, (3_000, 3_000))
    assert learner.work().path == learner.notebook


def test_of_two_with_the_same_answers_the_one_with_the_courses_name_counts(learner):
    learner.answer(average=MINE)
    copy = copied(learner, "03_mini-Copy1.ipynb")
    os.utime(learner.notebook, (1_000, 1_000))
    work = learner.work()
    assert (work.path, work.notes, work.findings) == (learner.notebook, (), ())
    learner.answer(average="def pooled_rate(days): return 2")
    os.utime(learner.notebook, (1_000, 1_000))
    work = learner.work()
    assert work.path == copy
    assert work.notes == ()  # nobody says that the other one is empty
    assert "Copy1.ipynb with 1 answer was saved last and is the one" in work.findings[0]


def test_a_second_copy_of_a_renamed_notebook_is_named(learner):
    learner.answer(average=MINE)
    mine = rename(learner, "mine.ipynb")
    copy = mine.with_name("mine-Copy1.ipynb")
    copy.write_bytes(mine.read_bytes())
    os.utime(mine, (3_000, 3_000))
    os.utime(copy, (1_000, 1_000))
    work = learner.work()
    assert work.path == mine
    assert "mine-Copy1.ipynb holds the same answers and is left aside" in work.notes


def test_a_copy_that_adds_nothing_is_not_mentioned(learner):
    learner.answer(average=MINE)
    copied(learner, "backup.ipynb")
    learner.answer(memo="We go.")
    work = learner.work()
    assert (work.path, work.notes, work.findings) == (learner.notebook, (), ())


def test_a_good_copy_stands_in_for_a_damaged_notebook(learner):
    learner.answer(average=MINE)
    copy = copied(learner, "backup.ipynb")
    learner.notebook.write_bytes(b'{"cells": [')
    work = learner.work()
    assert work.path == copy
    assert "damaged or half written" in work.findings[0]
    assert (
        "03_mini.ipynb can't be read, backup.ipynb holds your answers"
        in (work.notes[0])
    )


def test_a_renamed_notebook_is_handed_in_without_further_questions(learner, pmlab):
    learner.answer_all()
    learner.answer(memo="We go, because it holds. " * 30)
    learner.ran("5")
    learner.ran("4", id_="traffic-check")
    rename(learner, "mine.ipynb")
    status, said = pmlab("submit", "03", "--learner", "ada", "--no-check")
    assert status == 0, said
    assert "mine.ipynb holds its cells" in said


def test_map_and_portfolio_take_the_renamed_notebook(learner, pmlab):
    learner.answer(memo="**GO.** It holds.")
    rename(learner, "<b>mine.ipynb")
    pmlab("portfolio")
    assert "It holds." in (learner.folder / "portfolio/portfolio.html").read_text()
    from pmlab.learner import course_map

    text = course_map(learner.folder)._repr_html_()
    assert 'href="exercises/03_mini/%3Cb%3Emine.ipynb"' in text


def test_another_units_notebook_is_not_taken(learner):
    learner.notebook.write_text(json.dumps({"cells": []}), encoding="utf-8")
    other = rename(learner, "other.ipynb")
    assert learner.work().path != other
