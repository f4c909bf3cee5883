"""Numbers as people read them: money, percent, counts, intervals; and lists of words.

Rates are fractions everywhere in pmlab; only the texts made here show percent.
"""

from collections.abc import Sequence


def count(value: float) -> str:
    """Format a count with thousands separators.

    >>> count(119717730)
    '119,717,730'
    """
    return f"{value:,.0f}"


def number(value: float) -> str:
    """Format a number of any size with about four digits.

    >>> number(-18881.4), number(5803.0), number(12.345678)
    ('-18,881', '5,803', '12.35')
    """
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def in_unit(value: float, unit: str) -> str:
    """Format a number with its unit; ``"usd"`` is money and an empty unit is none.

    >>> in_unit(1250, "usd"), in_unit(12.5, "hours"), in_unit(3, "")
    ('$1,250', '12.5 hours', '3')
    """
    return money(value) if unit == "usd" else f"{number(value)} {unit}".rstrip()


def money(value: float, *, symbol: str = "$") -> str:
    """Format money in full units below 100,000 and in k, M, B or T above.

    >>> money(-1250), money(1_350_000), money(2.5e9), money(999_900)
    ('-$1,250', '$1.35 M', '$2.5 B', '$1 M')
    """
    sign, size = ("-" if value < 0 else ""), abs(value)
    if size >= 1e5:
        shown = float(f"{size:.3g}")  # 999,900 reads as 1 M, not as 1e+03 k
        for limit, unit in ((1e12, " T"), (1e9, " B"), (1e6, " M"), (1e3, " k")):
            if shown >= limit:
                return f"{sign}{symbol}{shown / limit:,.3g}{unit}"
    digits = 2 if size < 100 and size != int(size) else 0
    return f"{sign}{symbol}{size:,.{digits}f}"


def percent(fraction: float, *, digits: int = 1) -> str:
    """Format a fraction as percent.

    >>> percent(0.0537)
    '5.4 %'
    """
    return f"{100 * fraction:,.{digits}f} %"


def percent_interval(low: float, high: float, *, digits: int = 1) -> str:
    """Format an interval of two fractions as percent.

    >>> percent_interval(0.031, 0.058)
    '3.1 % to 5.8 %'
    """
    return f"{percent(low, digits=digits)} to {percent(high, digits=digits)}"


def seed_words(seed: int | None) -> str:
    """Say what a simulation drew with.

    >>> seed_words(0), seed_words(None)
    ('seed 0', 'your own generator')
    """
    return "your own generator" if seed is None else f"seed {seed}"


def plural(value: float, one: str, many: str = "") -> str:
    """Format a count with its noun, in the singular where there is one.

    >>> plural(1, "page"), plural(2, "page"), plural(0, "memo"), plural(0.5, "point")
    ('1 page', '2 pages', '0 memos', '0.5 points')
    >>> plural(1200, "entry", "entries")
    '1,200 entries'
    """
    shown = f"{value:,}" if isinstance(value, int) else f"{value:,g}"
    return f"{shown} {one if value == 1 else many or f'{one}s'}"


def listed(parts: Sequence[str]) -> str:
    """Join words as a sentence lists them.

    >>> listed(["tam"]), listed(["tam", "demand", "rice"])
    ('tam', 'tam, demand and rice')
    """
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
