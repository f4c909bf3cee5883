"""Whatever happened to a notebook ends in a plain sentence, and the rest is read."""

import json

import pytest

from pmlab.learner.work import read_work, unit_of


def index(cells, id_):
    return next(n for n, cell in enumerate(cells) if cell["id"] == id_)


def only(work):
    assert len(work.findings) == 1, work.findings
    return work.findings[0]


def credit_of(work):
    return {item.id: item.credit for item in work.exercises}


def test_an_untouched_notebook_has_no_findings_and_no_answers(learner):
    work = learner.work()
    assert work.findings == ()
    assert [item.answered for item in work.exercises] == [False, False]
    assert not work.started


def test_titles_points_and_answers_are_read(learner):
    learner.answer(average="def pooled_rate(days): return 1", memo="We go.")
    learner.ran("2.5")
    work = learner.work()
    first, second = work.exercises
    assert (first.title, first.points) == ("M03-E1 · A pooled rate", 5)
    assert (first.answered, first.credit, second.answered) == (True, 2.5, False)
    assert (work.memos[0].text, work.memos[0].words) == ("We go.", 2)


def test_text_before_the_memos_stub_counts_without_the_stub(learner):
    learner.answer(memo="We go.\n\n*Write your answer here.*")
    assert learner.work().memos[0].text == "We go."


@pytest.mark.parametrize("shown", ["nan", "inf", "text", ""])
def test_a_strange_output_is_no_credit(learner, shown):
    learner.ran(shown)
    assert learner.work().exercises[0].credit is None


def test_a_forged_credit_stays_within_the_points(learner):
    learner.ran("999")
    assert learner.work().exercises[0].credit == 5
    learner.ran("-3")
    assert learner.work().exercises[0].credit == 0


def test_an_answer_that_ran_after_its_check_is_stale(learner):
    learner.answer(average="x = 1")
    learner.ran("5", count=3)

    def count(cells):
        cells[index(cells, "average")]["execution_count"] = 4

    learner.change(count)
    assert learner.work().exercises[0].stale


def test_a_deleted_answer_is_named_with_its_mend(learner):
    learner.change(lambda cells: [c for c in cells if c["id"] != "average"])
    work = learner.work()
    assert "the answer cell “average” is gone" in only(work)
    assert "pmlab update --fresh 03" in only(work)
    assert work.exercises[0].answer is None
    assert work.exercises[1].answer is not None


def test_a_deleted_check_is_named_and_the_courses_own_is_used(learner):
    learner.change(lambda cells: [c for c in cells if c["id"] != "average-check"])
    assert "the course's own is used" in only(learner.work())


def test_merged_cells_are_named(learner):
    def merge(cells):
        at = index(cells, "average")
        texts = ["".join(cells[at]["source"]), "".join(cells[at + 1]["source"])]
        cells[at]["source"] = "\n\n".join(texts)
        del cells[at + 1]

    learner.change(merge)
    assert "“average-check” was merged with another one" in only(learner.work())
    assert "Split Cell" in only(learner.work())


def test_of_doubled_cells_the_given_one_counts(learner):
    def double(cells):
        at = index(cells, "average")
        copy = {**cells[at], "id": "new", "source": ["def pooled_rate(d): return 2"]}
        cells.insert(at, copy)

    learner.answer(average="def pooled_rate(d): return 1")
    learner.change(double)
    work = learner.work()
    assert "two cells “average”" in only(work)
    assert "return 1" in work.exercises[0].answer


def test_moved_cells_are_named_and_still_read(learner):
    learner.ran("5")
    learner.change(lambda cells: cells[::-1])
    work = learner.work()
    assert "another order" in only(work)
    assert credit_of(work) == {"average": 5, "traffic": None}


def test_a_renamed_notebook_is_found_and_named(learner):
    learner.answer(average="x = 1")
    learner.notebook.rename(learner.notebook.with_name("meine Lösung.ipynb"))
    work = learner.work()
    assert "meine Lösung.ipynb holds its cells" in "".join(work.notes)
    assert work.findings == ()  # nothing that must be mended
    assert work.exercises[0].answered


def test_a_fresh_copy_is_not_taken_for_a_renamed_notebook(learner):
    learner.answer(average="x = 1")
    mine = learner.notebook.with_name("mine.ipynb")
    fresh = learner.notebook.with_name("03_mini_FRESH.ipynb")
    fresh.write_bytes(learner.notebook.read_bytes())
    learner.notebook.rename(mine)
    fresh.touch()
    assert learner.work().path == mine


def test_a_missing_notebook_is_named(learner):
    learner.notebook.unlink()
    work = learner.work()
    assert "`pmlab update` brings a fresh one" in only(work)
    assert not work.readable


@pytest.mark.parametrize(
    "content",
    [b"", b'{"cells": [', b"[]", b'{"cells": 3}', b"\xff\xfe", b"null", b"[" * 100_000],
)
def test_a_half_written_notebook_is_named(learner, content):
    learner.notebook.write_bytes(content)
    work = learner.work()
    assert "damaged or half written" in only(work)
    assert not work.readable


def test_the_copy_that_jupyterlab_kept_is_named(learner):
    copies = learner.notebook.parent / ".ipynb_checkpoints"
    copies.mkdir()
    copy = copies / "03_mini-checkpoint.ipynb"
    copy.write_bytes(learner.notebook.read_bytes())
    learner.notebook.write_bytes(b'{"cells": [')
    assert "03_mini-checkpoint.ipynb" in only(learner.work())


def test_damaged_cells_are_left_out(learner):
    learner.change(lambda cells: [*cells, {"cell_type": "code"}, 3, None])
    assert "3 damaged cells" in only(learner.work())


def test_a_cell_with_strange_parts_is_read_without_them(learner):
    def spoil(cells):
        cells[index(cells, "average-check")]["outputs"] = [None, 3, {"data": "x"}]
        cells[index(cells, "average")]["metadata"]["nbgrader"] = "text"

    learner.change(spoil)
    assert "the answer cell “average” is gone" in only(learner.work())


def test_an_older_version_is_named(learner):
    def age(cells):
        cells[index(cells, "average-check")]["source"] = ["old check"]

    learner.change(age)
    assert "differ from this version of the course (average-check)" in only(
        learner.work()
    )


def test_another_notebook_is_named(learner):
    learner.write({"cells": [{"cell_type": "code", "source": "1", "metadata": {}}]})
    assert "none of this unit's cells" in only(learner.work())


def test_a_notebook_is_known_by_its_cells(learner, course):
    other = learner.folder / "anything.ipynb"
    other.write_bytes(learner.notebook.read_bytes())
    assert unit_of(course, other) == course.units[0]
    other.write_text(json.dumps({"cells": []}), encoding="utf-8")
    assert unit_of(course, other) is None


def test_a_notebook_elsewhere_is_read_there(learner, course, tmp_path):
    other = tmp_path / "other.ipynb"
    learner.answer(average="x = 1")
    other.write_bytes(learner.notebook.read_bytes())
    work = read_work(course, course.units[0], tmp_path, notebook=other)
    assert work.exercises[0].answered


def test_an_error_in_place_of_a_verdict_is_known_from_a_check_that_never_ran(learner):
    learner.ran("5")
    assert not any(item.stopped for item in learner.work().exercises)
    learner.stopped()
    first, second = learner.work().exercises
    assert (first.stopped, first.ran, first.credit) == (True, True, None)
    assert not second.stopped
