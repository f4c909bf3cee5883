"""Feedback that an instructor sent: kept, never overwritten, readable offline."""

import zipfile

import pytest

PAGE = b"<!DOCTYPE html><html><title>Feedback</title></html>"


@pytest.fixture
def sent(tmp_path):
    path = tmp_path / "03_mini.html"
    path.write_bytes(PAGE)
    return path


def test_a_page_is_kept_and_shown_again(pmlab, learner, sent):
    status, said = pmlab("feedback", "03", sent, "--no-browser")
    kept = learner.folder / "feedback" / "03_mini" / "03_mini.html"
    assert (status, kept.read_bytes()) == (0, PAGE)
    sent.unlink()
    status, said = pmlab("feedback", "03", "--no-browser")
    assert status == 0
    assert str(kept.resolve()) in said
    assert "“03_mini.html” in the folder “feedback / 03_mini”" in said


def test_new_feedback_stands_beside_the_old(pmlab, learner, sent):
    pmlab("feedback", "03", sent, "--no-browser")
    pmlab("feedback", "03", sent, "--no-browser")
    sent.write_bytes(PAGE + b"<!-- second -->")
    _, said = pmlab("feedback", "03", sent, "--no-browser")
    assert "03_mini 2.html\n" in said
    folder = learner.folder / "feedback" / "03_mini"
    assert len(list(folder.iterdir())) == 2


def test_a_zip_with_the_page_is_understood(pmlab, learner, tmp_path):
    archive = tmp_path / "feedback.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("ada/03_mini/03_mini.html", PAGE)
        made.writestr("ada/other.html", b"other")
        made.writestr("../../evil.html", b"evil")
    assert pmlab("feedback", "03", archive, "--no-browser")[0] == 0
    kept = learner.folder / "feedback" / "03_mini" / "03_mini.html"
    assert kept.read_bytes() == PAGE
    assert not list(tmp_path.rglob("evil.html"))


def test_a_page_with_charts_gets_their_script_beside_it(pmlab, learner, sent):
    sent.write_bytes(PAGE + b'<script>"../plotly.min.js"</script>')
    pmlab("feedback", "03", sent, "--no-browser")
    assert (learner.folder / "feedback" / "plotly.min.js").is_file()


@pytest.mark.parametrize(
    ("name", "content"), [("a.txt", b"x"), ("a.zip", b"PK\x05\x06")]
)
def test_a_file_without_a_page_is_named(pmlab, tmp_path, name, content):
    (tmp_path / name).write_bytes(
        content.ljust(22, b"\0") if name == "a.zip" else content
    )
    status, said = pmlab("feedback", "03", tmp_path / name, "--no-browser")
    assert status == 1
    assert "holds no page of feedback" in said


def test_a_missing_file_is_named(pmlab, tmp_path):
    status, said = pmlab("feedback", "03", tmp_path / "gone.html", "--no-browser")
    assert (status, "gone.html can't be read" in said) == (1, True)


def test_without_feedback_the_next_step_is_named(pmlab):
    status, said = pmlab("feedback", "03", "--no-browser")
    assert status == 1
    assert "pmlab feedback 03 FILE" in said


def test_the_map_links_the_newest_page(pmlab, learner, sent):
    from pmlab.learner import course_map

    learner.answer(memo="We go.")
    pmlab("submit", "03", "--no-check", "--anyway", "--learner", "ada")
    pmlab("feedback", "03", sent, "--no-browser")
    text = course_map(learner.folder)._repr_html_()
    assert 'href="feedback/03_mini/03_mini.html"' in text
