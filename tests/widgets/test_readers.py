"""The roadmap widget: one roadmap, two readers, and a page that stands alone."""

from pmlab import widgets


def press_save(live, name):
    field, button, answer = live.children[-3:]
    field.value = name
    button.click()
    return answer.value


def test_only_the_team_reads_the_next_pieces_of_work():
    live = widgets.roadmap()
    assert "work" not in live.result.to_frame()
    live.controls["audience"].value = "delivery team"
    assert "stand-by list" in live.result.to_markdown()


def test_one_theme_can_be_shown():
    live = widgets.roadmap()
    live.controls["theme"].value = "Trust"
    assert set(live.chart.table["theme"]) == {"Trust"}


def test_save_writes_the_page(tmp_path):
    live = widgets.roadmap(title="Fernbroom")
    path = tmp_path / "mine.html"
    assert 'role="status"' in press_save(live, str(path))
    assert "<h1>Fernbroom</h1>" in path.read_text(encoding="utf-8")


def test_a_name_that_cannot_be_saved_is_explained(tmp_path):
    live = widgets.roadmap()
    assert "must end in .html or .md" in press_save(live, str(tmp_path / "a.pdf"))
    assert "folder does not exist" in press_save(live, str(tmp_path / "no" / "a.md"))
