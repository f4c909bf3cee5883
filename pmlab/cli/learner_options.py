"""Options that several of the learner's commands have in common."""

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
