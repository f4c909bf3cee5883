"""What keeps a hub from running, told all at once and not one after the other."""

import contextlib
import contextvars
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

from pmlab.errors import PmlabError


class HubError(PmlabError):
    """The hub can't run like this; the text says why and what to do.

    Attributes:
        faults: A text for each fault, with its mend.
    """

    def __init__(self, *faults: str) -> None:
        self.faults = faults
        head = f"{len(faults)} faults"
        super().__init__(
            faults[0] if len(faults) == 1 else "\n- ".join([head, *faults])
        )


class Faults(list[str]):
    """Texts of faults; what is refused inside ``with faults:`` is added to them.

    >>> faults = Faults()
    >>> with faults:
    ...     raise HubError("the port is taken", "the proxy is missing")
    >>> faults
    ['the port is taken', 'the proxy is missing']
    """

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> bool:
        if not isinstance(error, HubError):
            return False
        self.take(error.faults)
        return True

    def take(self, texts: Iterable[str]) -> None:
        """Add texts, each once."""
        self.extend(text for text in dict.fromkeys(texts) if text not in self)

    def tell(self) -> None:
        """Refuse all of them together; a doctor who examines takes them down instead.

        Raises:
            HubError: If there is one and nobody examines.
        """
        doctors = _doctors.get()
        if doctors is not None:
            doctors.take(self)
        elif self:
            raise HubError(*self)


_doctors: contextvars.ContextVar[Faults | None] = contextvars.ContextVar(
    "pmlab_hub_doctors", default=None
)


@contextlib.contextmanager
def examining() -> Iterator[Faults]:
    """Let ``configure`` check and make nothing inside the block.

    Yields:
        The faults, as they are found; they stop nothing.
    """
    faults = Faults()
    token = _doctors.set(faults)
    try:
        yield faults
    finally:
        _doctors.reset(token)


def examined() -> bool:
    """Tell whether a doctor looks, so that nothing may be made."""
    return _doctors.get() is not None
