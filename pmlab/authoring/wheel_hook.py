"""Puts the course into the wheel: lessons and learner's versions, nothing else of it.

Called by hatchling when a wheel is built; solutions, hidden tests and authoring text
stay in the repository.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CourseHook(BuildHookInterface[Any]):
    """Adds ``pmlab/_course`` to a wheel; an editable one reads the checkout."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the course to a scratch folder and name it to the builder."""
        if self.target_name != "wheel" or version == "editable":
            return
        self._scratch = Path(tempfile.mkdtemp())
        write_course(Path(self.root), self._scratch)
        build_data["force_include"][str(self._scratch)] = "pmlab/_course"

    def finalize(self, *_: object) -> None:
        """Remove the scratch folder."""
        if hasattr(self, "_scratch"):
            shutil.rmtree(self._scratch, ignore_errors=True)


def write_course(root: Path, target: Path) -> None:
    """Write what learners may have of the course.

    Args:
        root: The checkout.
        target: An existing folder.
    """
    sys.path.insert(0, str(root))
    try:
        from pmlab.authoring.learner_version import learner_version
    finally:
        sys.path.pop(0)
    course = root / "course"
    shutil.copy(course / "course.toml", target)
    shutil.copytree(course / "lessons", target / "lessons")
    for source in sorted((course / "source").glob("*/*.ipynb")):
        folder = target / "source" / source.parent.name
        folder.mkdir(parents=True)
        notebook = learner_version(json.loads(source.read_text(encoding="utf-8")))
        (folder / source.name).write_text(
            json.dumps(notebook, ensure_ascii=False, indent=1), encoding="utf-8"
        )
        shutil.copy(source.parent / "messages.json", folder)
