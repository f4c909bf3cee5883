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
from pmlab.inside_a_check import INSIDE_A_CHECK
from pmlab.lean_imports import leave_out_address_grammar


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: Words after ``pmlab``; those of the process if left out.

    Returns:
        The exit status: 0 if all is well, 1 if something failed, such as that nobody
        reads any more what is printed (``pmlab progress | head -1``).
    """
    try:
        try:
            return _run(arguments)
        finally:
            # Here, since what Python meets on flushing at its exit nobody can catch.
            sys.stdout.flush()
    except BrokenPipeError:
        _print_to_nobody()
        return 1


def _run(arguments: Sequence[str] | None) -> int:
    options = parser().parse_args(arguments)
    if os.environ.get(INSIDE_A_CHECK):
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


def _print_to_nobody() -> None:
    """Lead what is still to be printed nowhere, where a reader has gone."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)


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
