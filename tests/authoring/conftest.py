import shutil
from pathlib import Path

import pytest

from pmlab.authoring import parse
from pmlab.authoring.course import read_course

MINI = Path(__file__).parent.parent / "fixtures" / "mini_course"


class Mini:
    """A copy of the miniature course that a test may break."""

    def __init__(self, folder):
        self.folder = folder
        self.exercises = folder / "units" / "03_mini" / "exercises.py"
        self.lesson = folder / "units" / "03_mini" / "lesson.py"

    def edit(self, path, old, new):
        text = path.read_text(encoding="utf-8")
        assert text.count(old) >= 1, f"{old!r} is not in {path.name}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def line(self, path, start):
        """Return the number of the first line that starts so."""
        lines = path.read_text(encoding="utf-8").splitlines()
        return next(n for n, line in enumerate(lines, 1) if line.startswith(start))

    def course(self):
        return read_course(self.folder)

    def unit(self):
        return parse.read_unit(self.folder / "units" / "03_mini")

    def generated(self):
        """Return all files that building writes, also half-written ones."""
        return sorted(
            str(path.relative_to(self.folder))
            for part in ("lessons", "source")
            for path in (self.folder / part).rglob("*")
            if path.is_file()
        )


@pytest.fixture
def mini(tmp_path):
    shutil.copytree(MINI, tmp_path / "course")
    return Mini(tmp_path / "course")
