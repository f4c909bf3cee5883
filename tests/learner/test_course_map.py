"""The map on *Start here*: links that exist, progress from saved notebooks."""

import json
from pathlib import Path
from urllib.parse import unquote

from pmlab.learner import course_map
from pmlab.learner.course_files import (
    exercises_path,
    installed_course,
    learner_files,
)
from pmlab.learner.folder import prepare

COURSE = installed_course()
FIRST = COURSE.units[0]


def folder_of(tmp_path):
    prepare(tmp_path, learner_files(COURSE))
    return tmp_path


def set_credit(folder, shown):
    path = folder / exercises_path(FIRST.slug)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    checks = [
        cell
        for cell in notebook["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade")
        and cell["cell_type"] == "code"
    ]
    for cell, credit in zip(checks, shown, strict=False):
        cell["outputs"] = [
            {
                "output_type": "execute_result",
                "data": {"text/plain": [credit]},
                "metadata": {},
                "execution_count": 1,
            }
        ]
    path.write_text(json.dumps(notebook), encoding="utf-8")


def test_every_link_leads_to_a_file(tmp_path):
    folder = folder_of(tmp_path)
    text = course_map(folder)._repr_markdown_()
    links = [part.split(")")[0] for part in text.split("](")[1:]]
    assert len(links) >= 2 * len(COURSE.units)
    assert all((folder / unquote(link)).is_file() for link in links)


def test_a_new_learner_is_sent_to_the_first_lesson(tmp_path):
    assert FIRST.title in course_map(folder_of(tmp_path)).next_step


def test_progress_counts_the_points_of_passing_checks(tmp_path):
    folder = folder_of(tmp_path)
    set_credit(folder, ["5", "2.5"])
    unit = course_map(folder).units[0]
    assert unit.started
    assert unit.passing == 7.5


def test_a_forged_or_strange_output_never_exceeds_the_points(tmp_path):
    folder = folder_of(tmp_path)
    set_credit(folder, ["999", "-3", "nan?", "text"])
    assert course_map(folder).units[0].passing == 5


def test_a_half_written_notebook_does_not_stop_the_map(tmp_path):
    folder = folder_of(tmp_path)
    (folder / exercises_path(FIRST.slug)).write_text('{"cells": [', encoding="utf-8")
    assert course_map(folder).units[0].passing == 0


def test_the_map_reads_in_a_terminal():
    assert FIRST.slug in repr(course_map(Path("/nowhere")))
