"""Text that learners can have a hand in, made fit for one line of a terminal or log."""

_MOST = 2000


def one_line(text: object, *, most: int = _MOST) -> str:
    r"""Return a text without what moves a cursor, turns writing or breaks lines.

    Args:
        text: Any text, such as a name that a learner chose.
        most: Characters that are kept.

    Returns:
        The text on one line; what can't be shown stands as ``?``.

    Examples:
        >>> one_line("ada\x1b[2K\rzoe")
        'ada?[2K zoe'
        >>> one_line("über “x”\n")
        'über “x”'
    """
    shown = [
        character if character.isprintable() else " " if character.isspace() else "?"
        for character in str(text)[: most + 1]
    ]
    kept = "".join(shown).strip()
    return kept if len(kept) <= most else kept[: most - 1] + "…"
