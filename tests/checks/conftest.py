import pytest

from pmlab import checks
from pmlab.checks.messages import ExerciseMessages, Messages, Trap


@pytest.fixture
def in_force():
    """Put messages in force: ``in_force(traps, hints)`` for the exercise "tam"."""
    with _Stack() as stack:
        yield stack


class _Stack:
    def __enter__(self):
        self._open = []
        return self

    def __call__(self, traps=None, hints=()):
        made = {
            name: trap if isinstance(trap, Trap) else Trap(trap)
            for name, trap in (traps or {}).items()
        }
        block = checks.use_messages(
            Messages({"tam": ExerciseMessages(hints=tuple(hints), traps=made)})
        )
        block.__enter__()
        self._open.append(block)

    def __exit__(self, *_):
        for block in reversed(self._open):
            block.__exit__(None, None, None)
