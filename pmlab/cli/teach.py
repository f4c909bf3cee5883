"""``pmlab teach``: what an instructor does with a whole course."""

import argparse
from pathlib import Path
from typing import Any

from pmlab.cli import teach_class, teach_grade


def add_to(commands: "argparse._SubParsersAction[Any]") -> None:
    """Add ``teach`` and its commands."""
    teach = commands.add_parser("teach", help="run the course with learners")
    inner = teach.add_subparsers(title="commands", required=True, metavar="COMMAND")

    variants = inner.add_parser("variants", help="print each learner's variant code")
    variants.add_argument(
        "roster",
        type=Path,
        metavar="ROSTER.csv",
        help="a column id as in nbgrader's students.csv, or one id a line",
    )
    variants.add_argument(
        "--secret-file",
        type=Path,
        metavar="FILE",
        help="file with the course's secret (default: $PMLAB_COURSE_SECRET)",
    )
    variants.set_defaults(run=_variants)
    teach_grade.add_to(inner)
    teach_class.add_to(inner)


def _variants(options: argparse.Namespace) -> int:
    from pmlab.errors import CourseError
    from pmlab.grading.variants import course_secret, roster_variants

    secret = course_secret(file=options.secret_file)
    if secret is None:
        raise CourseError(
            "no course secret; give --secret-file FILE or set PMLAB_COURSE_SECRET. "
            "Make one once with python -c 'import secrets; print(secrets.token_hex())'"
        )
    codes = roster_variants(options.roster, secret)
    print(codes.to_csv(index=False, lineterminator="\n"), end="")
    return 0
