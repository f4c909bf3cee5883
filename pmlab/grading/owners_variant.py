"""nbgrader grades each submission on its owner's variant, and notes another's.

Both steps wait for a course secret (``PMLAB_COURSE_SECRET``, or ``.pmlab/secret`` in
the course folder); without one nbgrader works as ever. A learner's code runs with the
rights of whoever grades: it doesn't see the variable, but it could read the file.
"""

import contextlib
import html
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbformat import NotebookNode, from_dict
from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute, NbGraderPreprocessor
from traitlets.config import Config

from pmlab.case import DEFAULT_VARIANT, variant_code
from pmlab.grading.variants import SECRET_VARIABLE, course_secret

if TYPE_CHECKING:
    from jupyter_client.manager import KernelManager

_Resources = dict[str, Any]
_VARIANT = "PMLAB_VARIANT"
_SHOWN = re.compile(r'data-variant="([A-Za-z0-9-]{1,32})"')


class UseOwnersVariant(Execute):  # type: ignore[misc] # nbgrader has no types
    """Runs a submission on the variant of its owner."""

    def preprocess(
        self,
        nb: NotebookNode,
        resources: _Resources,
        km: "KernelManager | None" = None,
    ) -> tuple[NotebookNode, _Resources]:
        """Execute the notebook with the owner's variant in the environment."""
        code = _owners_variant(resources)
        with contextlib.nullcontext() if code is None else _environment(code):
            done: tuple[NotebookNode, _Resources] = super().preprocess(
                nb, resources, km
            )
        return done


class NoteOtherVariant(NbGraderPreprocessor):  # type: ignore[misc]
    """Notes in a submission that it was worked on another's data; no grade changes.

    Reads the outputs as they were submitted, so it must come before nbgrader clears
    them.
    """

    def preprocess(
        self, nb: NotebookNode, resources: _Resources
    ) -> tuple[NotebookNode, _Resources]:
        """Put a note on top of the notebook if its checks ran on another variant."""
        code = _owners_variant(resources)
        others = sorted(shown_variants(nb) - {code}) if code is not None else []
        if others:
            owner = resources["nbgrader"]["student"]
            self.log.warning(
                "%s of %s was worked on the data of variant %s; the learner's own is "
                "%s. Compare with `pmlab teach variants`, and talk before you judge.",
                resources["nbgrader"]["notebook"],
                owner,
                " and ".join(others),
                code,
            )
            text = other_variants_note(others, str(code))
            cell: dict[str, Any] = {
                "cell_type": "markdown",
                "metadata": {},
                "source": text,
            }
            # Older notebooks have no cell ids.
            if (nb.nbformat, nb.nbformat_minor) >= (4, 5):
                cell["id"] = "note-on-the-data"
            nb.cells.insert(0, from_dict(cell))  # type: ignore[no-untyped-call]
        return nb, resources


def use_owners_variants(config: Config) -> None:
    """Let ``nbgrader autograde`` use and check each owner's variant.

    Args:
        config: The ``c`` of ``nbgrader_config.py``.
    """
    steps = Autograde.class_traits()
    config.Autograde.sanitize_preprocessors = [
        NoteOtherVariant,
        *steps["sanitize_preprocessors"].default(),
    ]
    config.Autograde.autograde_preprocessors = [
        UseOwnersVariant if step is Execute else step
        for step in steps["autograde_preprocessors"].default()
    ]


def shown_variants(nb: NotebookNode) -> set[str]:
    """Return the variants that the verdicts in a notebook's outputs name.

    Args:
        nb: A notebook with its outputs.

    Returns:
        Variant codes; empty if nothing was run.
    """
    pages = [
        "".join(output.get("data", {}).get("text/html", ""))
        for cell in nb["cells"]
        for output in cell.get("outputs", [])
    ]
    return {code for page in pages for code in _SHOWN.findall(page)}


def _owners_variant(resources: _Resources) -> str | None:
    # nbgrader works in the course folder while it converts.
    secret = course_secret(folder=Path.cwd())
    if secret is None:
        return None
    return variant_code(secret, resources["nbgrader"]["student"])


def other_variants_note(others: list[str], own: str) -> str:
    """Return the text that says a notebook was worked on another's data.

    Args:
        others: Codes of the variants its outputs name.
        own: The owner's code.

    Returns:
        Markdown for the top of the notebook.
    """
    named = " and ".join(
        "the default variant"
        if code == DEFAULT_VARIANT
        else f"variant `{html.escape(code)}`"
        for code in others
    )
    return (
        f"**Note on the data.** The checks in this notebook were last run on {named}; "
        f"its owner's data are variant `{own}`. The points below were computed on the "
        "owner's data, and this note changes none of them. Learner: run "
        f"`pmlab start --variant {own}` once, then run the notebook again."
    )


@contextlib.contextmanager
def _environment(code: str) -> Iterator[None]:
    """Set the variant and hide the secret; put both back afterwards."""
    before = {name: os.environ.get(name) for name in (_VARIANT, SECRET_VARIABLE)}
    os.environ[_VARIANT] = code
    os.environ.pop(SECRET_VARIABLE, None)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
