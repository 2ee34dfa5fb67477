"""Numbers as people type them: ``7B`` parameters, ``7.27 GB``; pure."""

import re
from collections.abc import Mapping

_COUNTS = {"": 1, "K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}
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
    """A count: ``7B``, ``1.1B``, ``350M``, ``7,000,000,000``; ``None`` for what is none."""
    return _read(text, _COUNTS)


def read_size(text: str) -> int | None:
    """Bytes: ``7.27 GB`` (10⁹), ``6.5 GiB``, or all digits; ``None`` for what is none."""
    return _read(text, _SIZES)


def _read(text: str, units: Mapping[str, int]) -> int | None:
    match = _NUMBER.fullmatch(text.strip())
    factor = units.get(match["unit"].upper()) if match else None
    if match is None or factor is None:
        return None
    number = match["number"]
    if _GROUPED.fullmatch(number) and not match["unit"]:
        return int(re.sub(r"[,_ ]", "", number))
    return round(float(re.sub(r"[_ ]", "", number).replace(",", ".")) * factor)
