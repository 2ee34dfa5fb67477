"""Numbers with units as people write them (``7B``, ``7.27 GB``); pure."""

import math
import re
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal

_COUNTS = {"": 1, "K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}
_TOKENS = {"": 1, "K": 2**10, "M": 2**20}
"""A context window of ``8k`` tokens has 8,192."""
_SIZES = {
    "": 1,
    "B": 1,
    **{f"{letter}B": 10 ** (3 * power) for power, letter in enumerate("KMGT", start=1)},
    **{f"{letter}IB": 2 ** (10 * power) for power, letter in enumerate("KMGT", start=1)},
    **{letter: 10 ** (3 * power) for power, letter in enumerate("KMGT", start=1)},
}
_NUMBER = re.compile(
    r"(?P<number>[0-9]{1,3}(?:[,_ ][0-9]{3})+|[0-9]{1,18}(?:[.,][0-9]{1,9})?) ?(?P<unit>[A-Za-z]{0,3})"
)
_GROUPED = re.compile(r"[0-9]{1,3}(?:[,_ ][0-9]{3})+")


def read_count(text: str) -> int | None:
    """Parse a count (``7B``, ``350M``, ``7,000,000``); None if invalid, as a bare ``1.1``."""
    return _read(text, _COUNTS)


def read_tokens(text: str) -> int | None:
    """Parse tokens: ``8192``, or ``8k`` for 8 times 1024; ``None`` if invalid."""
    return _read(text.strip().removesuffix("tokens"), _TOKENS)


def read_whole(text: str) -> int | None:
    """Parse a whole number, possibly negative; ``None`` if invalid."""
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text := text.strip()) else None


def read_size(text: str) -> int | None:
    """Parse bytes (``7.27 GB``: 10⁹, ``6.5 GiB``, all digits); None for a bare ``6.5``."""
    return _read(text, _SIZES)


def number_of(text: str) -> int | float | None:
    """Parse a number with a decimal point or comma; None for any other text."""
    bare = text.strip().strip("\"'").strip()
    with suppress(ValueError):
        return int(bare)
    try:
        number = float(bare.replace(",", ".", 1))
    except ValueError:
        return None
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() and "." not in bare and "," not in bare else number


def show_count(count: int) -> str:
    """Format a count: ``7B``, ``1.1B``, or all digits beyond three decimals."""
    for suffix, unit in (("T", 10**12), ("B", 10**9), ("M", 10**6)):
        if count >= unit and count % (unit // 1000) == 0:
            return f"{(Decimal(count) / unit).normalize():f}{suffix}"
    return str(count)


def show_size(size: int) -> str:
    """Format bytes exactly: ``7.27 GB``, ``6.938040682 GB``, ``143.5 MB``."""
    for suffix, unit in ((" GB", 10**9), (" MB", 10**6)):
        if size >= unit:
            return f"{(Decimal(size) / unit).normalize():f}{suffix}"
    return str(size)


def _read(text: str, units: Mapping[str, int]) -> int | None:
    match = _NUMBER.fullmatch(text.strip())
    factor = units.get(match["unit"].upper()) if match else None
    if match is None or factor is None:
        return None
    number = match["number"]
    if _GROUPED.fullmatch(number) and not match["unit"]:
        return int(re.sub(r"[,_ ]", "", number))
    if not match["unit"] and not number.isdecimal():
        return None
    number = re.sub(r"[_ ]", "", number)
    decimal = number.replace(",", "." if number.count(",") == 1 else "")  # several commas group the digits
    return round(Decimal(decimal) * factor)
