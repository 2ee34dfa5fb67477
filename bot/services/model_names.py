"""Names of live models as people look for them and as a choice carries them; pure."""

import unicodedata
from collections.abc import Collection, Iterable
from difflib import get_close_matches
from hashlib import sha256

from bot.services.errors import NameMismatchError

CHOICE_LENGTH_MAX = 100
"""Characters of a choice's value (Discord's documentation)."""

_STAND_IN = "name:"
_STAND_IN_DIGITS = 24
_CLOSE = 3


def ranked(names: Iterable[str], typed: str) -> list[str]:
    """Names that contain every word that was typed: the same first, then beginnings, then the rest; short ones first.

    Case and the width of letters make no difference.
    """
    wanted = _folded(typed)
    words = wanted.split()
    folded = ((_folded(name), name) for name in names)
    found = [(_rank(each, wanted), name) for each, name in folded if all(word in each for word in words)]
    return [name for _, name in sorted(found)]


def choice_value(name: str) -> str:
    """What a choice carries for a name: the name itself, or a short stand-in where Discord would cut or trim it."""
    is_plain = name == name.strip() and not any(unicodedata.category(character)[0] == "C" for character in name)
    if is_plain and len(name) <= CHOICE_LENGTH_MAX and not name.startswith(_STAND_IN):
        return name
    return _STAND_IN + sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_STAND_IN_DIGITS]


def resolved(names: Collection[str], typed: str) -> str:
    """The name that was meant: chosen, typed exactly, or typed in another case; else what was typed."""
    if typed in names:
        return typed
    if typed.startswith(_STAND_IN):
        return next((name for name in names if choice_value(name) == typed), typed)
    alike = [name for name in names if _folded(name) == _folded(typed)]
    return alike[0] if len(alike) == 1 else typed.strip()


def confirmation_word(name: str) -> str:
    """What has to be typed to delete a model: its name, or ``DELETE`` where nobody could type that."""
    return name if choice_value(name) == name else "DELETE"


def require_name(name: str, typed: str | None) -> None:
    """Hold what was typed against the name of a model that shall be deleted.

    Raises:
        NameMismatchError: it is another one, but for case and spaces.
    """
    expected = confirmation_word(name)
    if typed is None or _folded(typed) != _folded(expected):
        raise NameMismatchError(typed or "", expected)


def close_to(names: Collection[str], typed: str) -> tuple[str, ...]:
    """A few names that look like what was typed."""
    by_folded = {_folded(name): name for name in names}
    alike = [by_folded[each] for each in get_close_matches(_folded(typed), by_folded, _CLOSE)]
    return tuple(dict.fromkeys((*alike, *ranked(names, typed)[:_CLOSE])))[:_CLOSE] if typed.strip() else ()


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _rank(folded: str, wanted: str) -> tuple[int, int, str]:
    if folded == wanted:
        place = 0
    elif folded.startswith(wanted):
        place = 1
    elif any(f"{before}{wanted}" in folded for before in " -_/.("):
        place = 2
    else:
        place = 3 if wanted in folded else 4
    return place, len(folded), folded
