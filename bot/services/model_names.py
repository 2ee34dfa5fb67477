"""Names of live models: search, similar names, and values of choices; pure."""

import unicodedata
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from hashlib import sha256
from itertools import accumulate, islice
from types import MappingProxyType

CHOICE_LENGTH_MAX = 100
"""Characters of a choice's value (Discord's documentation)."""

_DIGEST_PREFIX = "name:"
_DIGEST_LENGTH = 24
_CLOSE = 3
_BEFORES = " -_/.("
_BREAK, _MARK = "\n", "\r"
"""Separators between names and before each word but the first; no folded name contains them."""
_MARKS = str.maketrans({before: before + _MARK for before in _BEFORES})

_UNKNOWN_USE: Mapping[str, int] = MappingProxyType({})

type _Entry = tuple[int, int, str, str]
"""Negative use, length, folded name and name; sorts the most used names first, then short ones."""

type Placed = tuple[int, int, int, str, str]
"""Rank of the match (0 is best), then as in ``_Entry``."""


class _Haystack:
    """Many short texts joined to one, which ``str.find`` searches faster than a loop does."""

    def __init__(self, texts: Iterable[str]) -> None:
        parts = [_BREAK + text for text in texts]
        self._text = "".join([*parts, _BREAK])
        self._starts = list(accumulate(map(len, parts), initial=0))

    def find(self, needle: str) -> Iterator[int]:
        """Yield indices of texts with ``needle``; breaks at its ends are those of the text."""
        at = self._text.find(needle)
        while -1 < at < self._starts[-1]:
            number = bisect_right(self._starts, at) - 1
            yield number
            at = self._text.find(needle, self._starts[number + 1])


class NameIndex:
    """Index of names, built once, for search at each typed letter."""

    def __init__(self, names: Iterable[str], use: Mapping[str, int] = _UNKNOWN_USE) -> None:
        """Sort and join the names; ``use`` counts how often each is used."""
        folded = ((_folded(name), name) for name in names)
        self._entries: list[_Entry] = sorted((-use.get(name, 0), len(each), each, name) for each, name in folded)
        self._numbered = [(number, folded) for number, (_, _, folded, _) in enumerate(self._entries)]
        self._plain = _Haystack(folded for _, _, folded, _ in self._entries)
        self._marked = _Haystack(_marked(folded) for _, _, folded, _ in self._entries)

    def placed(self, typed: str, limit: int | None) -> list[Placed]:
        """Return the matches with their ranks."""
        wanted = _folded(typed)
        places = (
            self._plain.find(_BREAK + wanted + _BREAK),
            self._plain.find(_BREAK + wanted),
            self._marked.find(_MARK + _marked(wanted)),
            self._plain.find(wanted),
            self._with_all(wanted),
        )
        best: dict[int, int] = {}
        for rank, place in enumerate(places):
            if limit is not None and len(best) >= limit:
                break
            for number in islice(place, limit):
                best.setdefault(number, rank)
        return [(rank, *self._entries[number]) for number, rank in islice(best.items(), limit)]

    def _with_all(self, wanted: str) -> Iterable[int]:
        """Find names with all words; a single word was searched for before."""
        hits = self._numbered if " " in wanted else []
        for word in sorted(set(wanted.split()), key=len, reverse=True):
            hits = [hit for hit in hits if word in hit[1]]
        return (number for number, _ in hits)


def best_of(indices: Iterable[NameIndex], typed: str, limit: int | None) -> list[str]:
    """Return names with every typed word, each once: exact, then beginnings, then the rest.

    The most used come first among equals, then short ones. Ignores case and the width of letters.
    """
    found = sorted(placed for index in indices for placed in index.placed(typed, limit))
    return list(dict.fromkeys(name for *_, name in found))[:limit]


def ranked(names: Iterable[str], typed: str, limit: int | None = None) -> list[str]:
    """Return the best of these names, as :func:`best_of` does."""
    return best_of((NameIndex(names),), typed, limit)


def choice_value(name: str) -> str:
    """Return a choice's value: the name, or a digest where Discord would cut or trim it."""
    is_plain = name == name.strip() and not any(unicodedata.category(character)[0] == "C" for character in name)
    if is_plain and len(name) <= CHOICE_LENGTH_MAX and not name.startswith(_DIGEST_PREFIX):
        return name
    return short_digest(name)


def short_digest(name: str) -> str:
    """Return a short digest of any name."""
    return _DIGEST_PREFIX + sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_LENGTH]


def resolved(names: Collection[str], typed: str) -> str:
    """Find the name that was chosen or typed, ignoring case, or return the typed text."""
    if typed in names:
        return typed
    if typed.startswith(_DIGEST_PREFIX):
        return next((name for name in names if short_digest(name) == typed), typed)
    wanted = _folded(typed)
    alike = [name for name in names if _folded(name) == wanted]
    return alike[0] if len(alike) == 1 else typed.strip()


def confirmation_word(name: str) -> str:
    """Return the text that confirms a deletion: the name, or ``DELETE`` if it is untypeable."""
    return name if choice_value(name) == name else "DELETE"


def is_confirmed(name: str, typed: str | None) -> bool:
    """Return whether the text typed to delete a model is its name, ignoring case and spaces."""
    return typed is not None and _folded(typed) == _folded(confirmation_word(name))


def close_to(names: Collection[str], typed: str) -> tuple[str, ...]:
    """Return a few names similar to the typed text."""
    by_folded = {_folded(name): name for name in names}
    alike = [by_folded[each] for each in get_close_matches(_folded(typed), by_folded, _CLOSE)]
    return tuple(dict.fromkeys((*alike, *ranked(names, typed, _CLOSE))))[:_CLOSE] if typed.strip() else ()


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _marked(folded: str) -> str:
    return folded.translate(_MARKS)
