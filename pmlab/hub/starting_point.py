"""Writes a commented starting point for a host: one box, Kubernetes, or Binder."""

import importlib.resources
from pathlib import Path
from typing import Literal, get_args

from pmlab.hub.faults import HubError

Tier = Literal["box", "kubernetes", "binder"]
TIERS: tuple[Tier, ...] = get_args(Tier)


def write_starting_point(folder: Path, *, tier: Tier) -> list[Path]:
    """Write the files of a tier; a file that exists is kept.

    Args:
        folder: Where to write them. Those for Binder go into its folder ``.binder``.
        tier: ``"box"``, ``"kubernetes"`` or ``"binder"``.

    Returns:
        The files that were written.

    Raises:
        HubError: If the folder can't be written.
    """
    place = folder / ".binder" if tier == "binder" else folder
    texts = importlib.resources.files("pmlab.hub") / "starting_points" / tier
    written = []
    try:
        place.mkdir(parents=True, exist_ok=True)
        for text in sorted(texts.iterdir(), key=lambda item: item.name):
            # A template of Python is no module of this package.
            path = place / text.name.removesuffix(".template")
            if path.exists():
                continue
            path.write_bytes(text.read_bytes())
            path.chmod(0o755 if path.name == "postBuild" else 0o644)
            written.append(path)
    except OSError as error:
        raise HubError(
            f"{place} can't be written ({error.strerror}); choose another folder"
        ) from error
    return written
