"""Errors that pmlab raises where a caller may want to react.

Wrong arguments raise ``ValueError`` or ``TypeError``. The classes here are for what
lies outside a call: data, course files, the learner's folder.
"""

from collections.abc import Iterable


class PmlabError(Exception):
    """Base of all errors of pmlab."""


class DataError(PmlabError):
    """A data set or one of its files is missing, unknown or changed."""


class CourseError(PmlabError):
    """The text of a course, or a file made from it, breaks a rule."""


class ColumnsMissingError(PmlabError, ValueError):
    """A table lacks columns that a function needs."""

    @classmethod
    def of(
        cls, missing: Iterable[str], available: Iterable[str]
    ) -> "ColumnsMissingError":
        """Build the error from the columns that lack and those that exist.

        Args:
            missing: Names that were asked for.
            available: Names that the table has.

        Returns:
            The error, with a hint that lists what is there.
        """
        return cls(
            f"column(s) not found: {', '.join(missing)}; "
            f"the table has: {', '.join(map(str, available))}. "
            "Name yours with the *_column arguments."
        )
