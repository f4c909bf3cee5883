"""Text that may come from learners, made fit to be written to a file."""


def writable(text: str) -> str:
    r"""Return a text that UTF-8 can hold.

    Args:
        text: Any text; half a surrogate pair in it can't be written to a file.

    Returns:
        The text, with ``?`` for each such half.

    Examples:
        >>> writable("über \ud800")
        'über ?'
    """
    return text.encode("utf-8", "replace").decode()
