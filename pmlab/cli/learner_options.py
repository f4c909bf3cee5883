"""Options and words that several of the learner's commands have in common."""

import argparse
from pathlib import Path


def add_folder(parser: argparse.ArgumentParser) -> None:
    """Add ``--folder``."""
    parser.add_argument(
        "--folder",
        type=Path,
        metavar="DIR",
        help="your course folder (default: here, my-course, or a folder above)",
    )


def where_to_find(page: Path, folder: Path) -> str:
    """Say where a page is and how to open it, in JupyterLab and without it.

    Args:
        page: The page.
        folder: The learner's folder, which the file browser of JupyterLab shows.

    Returns:
        Two lines.
    """
    page, folder = page.resolve(), folder.resolve()
    *folders, name = page.relative_to(folder).parts
    inside = f" in the folder “{' / '.join(folders)}”" if folders else ""
    return (
        f"Your page: {page}\nTo read it in JupyterLab, double-click “{name}”{inside} "
        "of the file browser on the left."
    )
