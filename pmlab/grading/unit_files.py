"""A unit's files, as what a pool of judges takes: set-up and jobs."""

import contextlib
import functools
import hashlib
import importlib.metadata
import json
import os
import re
import sys

import pmlab
from pmlab.case import current_variant, variant_code
from pmlab.grading.course_folder import CourseFolder
from pmlab.grading.limits import Limits
from pmlab.grading.owners_variant import other_variants_note
from pmlab.grading.pool import Job, Setup
from pmlab.grading.rebuild import Stubs
from pmlab.grading.sandbox import tiers
from pmlab.grading.submissions import (
    Submission,
    may_stand_beside,
    read_folder,
    read_submission,
)
from pmlab.grading.variants import course_secret

MESSAGES = "messages.json"
_MODULES = re.compile(r"^\s*(?:import|from)\s+([A-Za-z_][\w.]*)", re.MULTILINE)
_PARTS = re.compile(r"\bpm\.([a-z_]+)\.")
_SHOWN = re.compile(rb'data-variant=\\?"([A-Za-z0-9-]{1,32})\\?"')
_LIBRARIES = ("numpy", "pandas", "pmlab", "nbgrader", "IPython")


class UnitFiles:
    """A unit's files: the instructor's, and the learners' as jobs.

    Args:
        course: The course folder.
        unit: Full name of the unit.
        limits: What one submission may use.
        tier: The walls around learners' code.
    """

    def __init__(
        self, course: CourseFolder, unit: str, limits: Limits, tier: tiers.Tier
    ) -> None:
        self._course, self._unit, self._tier = course, unit, tier
        self._limits = limits
        self._secret = course_secret(folder=course.folder)
        source = course.step("source", ".", unit)
        self.files = read_folder(source)
        self.notebooks = {
            path.stem: path.read_bytes() for path in sorted(source.glob("*.ipynb"))
        }

    def setup(self, notebook: str) -> Setup:
        """Return what all submissions of a notebook share."""
        raw = self.notebooks[notebook]
        return Setup(
            instructors=raw,
            messages=self.files.get(MESSAGES, b""),
            files=self.files,
            tier=self._tier,
            limits=self._limits,
            hidden=(str(self._course.folder),),
            stubs=_stubs(self._course),
            preload=tuple(_modules(raw.decode("utf-8", "replace"))),
            variant=self._variant("instructor"),
        )

    def read(self, learner: str, notebook: str) -> Submission:
        """Return what a learner handed in."""
        return read_submission(
            self._course,
            self._unit,
            learner,
            notebook=notebook,
            limits=self._limits,
        )

    def job(self, submission: Submission, setup: Setup) -> Job:
        """Return the job of a submission."""
        variant = self._variant(submission.learner)
        digest = hashlib.sha256(setup.key.encode() + _environment().encode())
        digest.update(variant.encode() + submission.notebook)
        for file, content in submission.files.items():
            digest.update(file.encode() + b"\0" + content)
        findings, note = list(submission.findings), ""
        further = {
            file: content
            for file, content in submission.files.items()
            if file not in self.files
        }
        findings += [
            f"The file {file!r} was not put beside the graded notebook: it could act "
            "there."
            for file in sorted(further)
            if not may_stand_beside(file)
        ]
        others = sorted(_shown_variants(submission.notebook) - {variant})
        if others and self._secret is not None:
            note = other_variants_note(others, variant)
            findings.append(
                f"The notebook of {submission.learner} was worked on the data of "
                f"variant {' and '.join(others)}; the learner's own is {variant}."
            )
        return Job(
            learner=submission.learner,
            submission=submission.notebook,
            files=further,
            variant=variant,
            findings=tuple(findings),
            note=note,
            key=digest.hexdigest(),
        )

    def _variant(self, learner: str) -> str:
        if self._secret is not None:
            return variant_code(self._secret, learner)
        with contextlib.chdir(self._course.folder):
            return current_variant()


def _stubs(course: CourseFolder) -> tuple[str, str]:
    """Return what the course's settings put in place of solutions."""
    known, told = Stubs(), course.config.ClearSolutions
    code = told.code_stub if "code_stub" in told else {}
    text = told.text_stub if "text_stub" in told else known.text
    return str(dict(code).get("python", known.code)), str(text)


def _shown_variants(raw: bytes) -> set[str]:
    return {code.decode() for code in _SHOWN.findall(raw)}


def _modules(text: str) -> list[str]:
    """Return what to import once: what the instructor's notebook names."""
    sources = "\n".join(
        "".join(cell["source"])
        for cell in json.loads(text)["cells"]
        if cell["cell_type"] == "code"
    )
    found = {"numpy", "pandas", "pmlab.checks"}
    found |= set(_MODULES.findall(sources))
    if "pmlab" in sources:
        found |= {"pmlab.case", *(f"pmlab.{part}" for part in _PARTS.findall(sources))}
    return sorted(found)


@functools.cache
def _environment() -> str:
    """Return what else decides a grade: the versions of what runs it."""
    versions = [f"{sys.version_info[:3]}", pmlab.__version__, str(os.name)]
    for name in _LIBRARIES:
        try:
            versions.append(importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            versions.append("-")
    return "/".join(versions)
