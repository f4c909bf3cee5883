"""Where a value of the learner's came from, and whether that may give an object.

An object of a class that the task asks for computes as its class says: the learner
would be asked what ``result - 42`` is. So her code may give objects only where the
instructor's own solution did so in its trial, and where a class of the task is called.
"""

from collections.abc import Iterable

Origin = frozenset[str]  # several names: an object can be of a class and of its base
_LONGEST = 300


def name(text: str) -> Origin:
    """Return the origin of what stands for a name of the notebook."""
    return frozenset({text})


def called(function: Origin) -> Origin:
    """Return the origin of what a function returns."""
    return _each(function, "()")


def changed(call: Origin) -> Origin:
    """Return the origin of arguments as a call left them."""
    return _each(call, " changes")


def handed(call: Origin) -> Origin:
    """Return the origin of what a call hands to a function of the check."""
    return _each(call, " hands over")


def member(
    classes: Iterable[str], operation: str, arguments: tuple[object, ...]
) -> Origin:
    """Return the origin of an attribute of an object, or of what it computes.

    Args:
        classes: The classes of the object that the task asks for.
        operation: ``getattr``, or what is computed.
        arguments: The object and what goes with it; for an attribute, its name.

    Returns:
        The origin.
    """
    attribute = operation == "getattr" and len(arguments) > 1
    last = str(arguments[1]) if attribute else f"__{operation}__"
    return frozenset(f"{kind}.{last}"[:_LONGEST] for kind in classes)


def _each(origin: Origin, end: str) -> Origin:
    return frozenset(f"{text}{end}"[:_LONGEST] for text in origin)


class Givers:
    """Which origins may give objects.

    Args:
        classes: Names that the instructor's own solution defines as classes.
        allowed: Origins that gave an object in the trial; None in the trial itself.
    """

    def __init__(self, classes: frozenset[str], allowed: Origin | None) -> None:
        self._classes = classes
        self._allowed = allowed
        self.noted: set[str] = set()

    def classes(self, kinds: Iterable[str], origin: Origin) -> Origin:
        """Return as which classes of the task an object from there counts.

        Args:
            kinds: Names of its class and their bases.
            origin: Where it came from.

        Returns:
            Names of classes; none if it must not be used.
        """
        found = self._classes.intersection(kinds)
        if self._allowed is None:
            if found:
                self.noted |= origin
            return found
        made = {f"{kind}()" for kind in self._classes}
        return found if origin & (self._allowed | made) else frozenset()
