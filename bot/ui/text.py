"""Foreign text made harmless and short; each text of a record or person passes here.

Discord's own escaper leaves masked links, mentions, times and invisible characters active; these do not.
"""

import re
import string
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlsplit

NAME_TITLE: Final = 90
NAME_LIST: Final = 40
REQUESTOR: Final = 40
DESCRIPTION: Final = 180
DIFF_VALUE: Final = 80
FILE_NAME: Final = 80
WHY: Final = 300
REASON: Final = 500
SERVICE_WORDS: Final = 300
ADDRESS_MAX: Final = 200
LABEL_MAX: Final = 100
"""Characters of an option's label or description, and of a choice's name (Discord's documentation)."""

NBSP: Final = "\u00a0"
ARROW: Final = "→"

ISOLATE: Final = "\u2068"
END_ISOLATE: Final = "\u2069"

_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
_GRAVE = "\u02cb"
_REPLACEMENT = "\ufffd"
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
# Letters and symbols that draw nothing: Hangul fillers and the empty Braille pattern.
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_MARKS_MAX = 2
_WORD_END_SHARE = 4
_PUNCTUATION = re.compile(f"([{re.escape(string.punctuation)}])")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_ADDRESS_SAFE = "/:?#=&%+,;~@!$"
_SIZE_UNITS = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))
_NUMBER_LIMIT = 10**18
_TWO_DIGITS = 10
_THREE_DIGITS = 100


def clean(text: str) -> str:
    """Return the text as one line without invisible, right-to-left or stacked characters.

    NFC; whitespace runs become one space; runs of control, format, private, unassigned and blank characters
    become one U+FFFD; a letter keeps two combining marks.
    """
    if text.isascii() and text.isprintable():  # most texts: nothing but spaces to look at
        return " ".join(text.split())
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        if character.isspace() or category.startswith("Z"):
            character = " "  # noqa: PLW2901 - every kind of space is drawn as one
        elif category in _HIDDEN_CATEGORIES or character in _BLANKS:
            character = _REPLACEMENT  # noqa: PLW2901 - an invisible character is shown as one
        marks = marks + 1 if category.startswith("M") else 0
        if marks > _MARKS_MAX or (character in (" ", _REPLACEMENT) and kept and kept[-1] == character):
            continue
        kept.append(character)
    return "".join(kept).strip()


def shorten(text: str, cap: int) -> tuple[str, int]:
    """Return a text's cleaned start of at most ``cap`` characters, and the number cut off.

    The cut falls at a word's end if that costs less than a quarter. Only as much as can be shown is cleaned, so
    that two megabytes cost no more than a line.
    """
    head = text[: cap * 4 + 256]
    cleaned = clean(head)
    rest = len(text) - len(head)
    if len(cleaned) <= cap:
        return cleaned, rest
    kept = cleaned[:cap]
    if cleaned[cap] != " " and (space := kept.rfind(" ")) > cap - cap // _WORD_END_SHARE:
        kept = kept[:space]
    kept = kept.rstrip()
    return kept, len(cleaned) - len(kept) + rest


def cut(text: str, cap: int) -> str:
    """Return the first ``cap`` characters, marked ``… (+288)``; unescaped, for forms."""
    kept, hidden = shorten(text, cap)
    return f"{kept}{_mark(hidden)}"


def as_label(text: str, most: int = LABEL_MAX, *, name: str = "") -> str:
    """Cut a label to ``most`` UTF-16 units with its mark; Discord refuses a longer one.

    A right-to-left ``name`` in it, cleaned and cut before, is isolated from the words around it.
    """
    apart = isolate(name)
    cap = most = most - (len(apart) - len(name))
    while units(shown := cut(text, cap)) > most:
        cap -= 1
    return shown.replace(name, apart, 1) if apart != name else shown


def _mark(hidden: int) -> str:
    return f"… (+{hidden})" if hidden else ""


def escape(text: str) -> str:
    """Put a backslash before every ASCII punctuation mark, so that Discord draws no markup."""
    return _PUNCTUATION.sub(r"\\\1", text)


def isolate(text: str) -> str:
    """Isolate right-to-left text, or else the number after it would be drawn on its other side."""
    if text.isascii() or not any(unicodedata.bidirectional(one) in _RIGHT_TO_LEFT for one in text):
        return text
    return f"{ISOLATE}{text}{END_ISOLATE}"


def plain(text: str, cap: int) -> str:
    """Format foreign text as prose: cleaned, cut with a mark, escaped, isolated."""
    kept, hidden = shorten(text, cap)
    return f"{isolate(escape(kept))}{_mark(hidden)}"


def code(text: str, cap: int = DIFF_VALUE) -> str:
    """Format foreign text as inline code: cleaned, cut; a backtick becomes U+02CB."""
    kept, hidden = shorten(text, cap)
    return f"`{kept.replace('`', _GRAVE) or 'empty'}{_mark(hidden)}`"


def horde_name(username: str | None, user_id: str) -> str:
    """Format an AI-Horde name, ``alice#101``; the id alone where the service sent no name."""
    return plain(username or f"#{user_id}", REQUESTOR)


def mention(user_id: int | None) -> str:
    """Return a mention after a space, to follow an AI-Horde name; empty without a user."""
    return f" <@{user_id}>" if user_id is not None else ""


def field(label: str, value: str) -> str:
    """Join a bold label and its value by a space that no line break replaces."""
    return f"**{label}**{NBSP}{value}"


def relative(when: datetime | float) -> str:
    """Format a time as Discord's relative time, ``3 hours ago``; numbers are Unix seconds."""
    return _time(when, "R")


def day(when: datetime | float) -> str:
    """Format a date: ``December 23, 2026``."""
    return _time(when, "D")


def clock_time(when: datetime | float) -> str:
    """Format a time of day: ``9:41 AM``."""
    return _time(when, "t")


def _time(when: datetime | float, style: str) -> str:
    seconds = when.timestamp() if isinstance(when, datetime) else when
    return f"<t:{int(seconds)}:{style}>"


def is_drawable(number: float) -> bool:
    """Return whether a record's number can be rounded: neither NaN nor beyond every size."""
    return abs(number) < _NUMBER_LIMIT


def size(count: float) -> str:
    """Format bytes in decimal units with three digits: ``6.94 GB`` is 6.94 · 10⁹."""
    if not is_drawable(count):
        return "no possible size"
    for unit, name in _SIZE_UNITS:
        if count >= unit:
            value = count / unit
            digits = 2 if value < _TWO_DIGITS else 1 if value < _THREE_DIGITS else 0
            return f"{value:.{digits}f} {name}"
    return f"{int(count)} B"


def host_of(address: str) -> str | None:
    """Return the ASCII host of an https address; None for other text or user info."""
    try:
        parts = urlsplit(address.strip())
        host = (parts.hostname or "").encode("idna").decode("ascii").lower()
    except (ValueError, UnicodeError):
        return None
    is_open = parts.scheme == "https" and "@" not in parts.netloc and not any(c.isspace() for c in address.strip())
    return host if is_open and _HOST.fullmatch(host) else None


def host_link(address: str) -> str:
    """Format a link whose text is the parsed host, so that it cannot mislead.

    No link where the encoded address is longer than ``ADDRESS_MAX``; code where it is no https address.
    """
    host = host_of(address)
    if host is None:
        return code(address)
    try:
        encoded = quote(address.strip(), safe=_ADDRESS_SAFE)
    except UnicodeError:
        return code(host)
    return f"[{host}]({encoded})" if len(encoded) <= ADDRESS_MAX else code(host)


def digest_start(sha256: str) -> str:
    """Format the first twelve digits of a sha256 as code; other text whole."""
    return code(f"{sha256[:12]}…") if re.fullmatch(r"[0-9a-fA-F]{64}", sha256) else code(sha256, 40)


def units(text: str) -> int:
    """Return the length in UTF-16 units, as Discord's clients count: its strictest measure."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def joined(*parts: str) -> str:
    """Join the parts that are not empty with a middle dot."""
    return " · ".join(part for part in parts if part)


def listed(words: Sequence[str], last: str = "and") -> str:
    """Join words as in a sentence: ``#31, #38 and #47``."""
    return f" {last} ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def first(words: Sequence[str], most: int, *, between: str = ", ") -> str:
    """Join the first words and count the others: ``Version, Size +3``."""
    more = len(words) - most
    return f"{between.join(words[:most])}{f' +{more}' if more > 0 else ''}"


def numbered(change_id: int, url: str | None) -> str:
    """Return ``#42``, as a link if there is an address."""
    return f"[#{change_id}]({url})" if url else f"#{change_id}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """Format a number and its noun: ``1 file``, ``2 files``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
