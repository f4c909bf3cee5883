"""Arguments of a call before and after it: do they differ, and taking them over."""

from typing import Any

from pmlab.grading.codec import Encoder, NotPlainError


def equal(old: object, new: object) -> bool:
    """Compare arguments before and after; for plain data of one type."""
    encoders = Encoder(lambda _: None), Encoder(lambda _: None)
    try:
        nodes = encoders[0].encode(old), encoders[1].encode(new)
    except NotPlainError:
        return True
    return nodes[0] == nodes[1] and encoders[0].buffers == encoders[1].buffers


def take_over(old: Any, new: Any) -> None:  # noqa: ANN401
    """Make an argument of the judge's like the learner's function left it."""
    if type(old) is list:
        old[:] = new
    elif type(old) in (dict, set):
        old.clear()
        old.update(new)
    elif type(old).__name__ == "ndarray" and old.shape == new.shape:
        old[...] = new
    elif type(old).__name__ == "DataFrame":
        old.drop(index=old.index, columns=old.columns, inplace=True)
        for position, name in enumerate(new.columns):
            old.insert(position, name, new.iloc[:, position])
