"""``pmlab``: reads the options, calls the command, turns errors into one line."""

import argparse
import os
import sys
from collections.abc import Sequence

import pmlab
from pmlab.cli import (
    author,
    check,
    doctor,
    feedback,
    hub,
    portfolio,
    progress,
    start,
    submit,
    teach,
    update,
)
from pmlab.errors import PmlabError
from pmlab.lean_imports import leave_out_address_grammar

# Set by pmlab.learner.headless: `!pmlab check` in a cell must not start another check.
_INSIDE_A_CHECK = "PMLAB_INSIDE_A_CHECK"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: Words after ``pmlab``; those of the process if left out.

    Returns:
        The exit status: 0 if all is well, 1 if something failed.
    """
    options = parser().parse_args(arguments)
    if os.environ.get(_INSIDE_A_CHECK):
        print("A check is running this notebook; pmlab does nothing meanwhile.")
        return 0
    leave_out_address_grammar()
    try:
        status: int = options.run(options)
    except PmlabError as error:
        print(f"pmlab: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return status


def parser() -> argparse.ArgumentParser:
    """Return the parser with all commands."""
    top = argparse.ArgumentParser(
        prog="pmlab", description="A course in product management that computes."
    )
    top.add_argument(
        "--version", action="version", version=f"pmlab {pmlab.__version__}"
    )
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")
    start.add_to(commands)
    check.add_to(commands)
    update.add_to(commands)
    progress.add_to(commands)
    submit.add_to(commands)
    feedback.add_to(commands)
    portfolio.add_to(commands)
    doctor.add_to(commands)
    author.add_to(commands)
    teach.add_to(commands)
    hub.add_to(commands)
    return top
