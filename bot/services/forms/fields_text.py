"""Conversion between field values and their text in a form; pure, inverse to each other."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.reference.models import CanonicalFormat
from bot.services.forms.fields import Field, Kind, UnreadableError
from bot.services.forms.json_text import json_or_none
from bot.services.forms.licences import UNSTATED, read_expression
from bot.services.forms.pairs_text import read_pairs, show_pairs
from bot.services.forms.quantities import (
    read_count,
    read_size,
    read_tokens,
    read_whole,
    show_count,
    show_size,
)

type Typed = str | tuple[str, ...]
"""Typed text, or the chosen items of a list."""

YES, NO = "yes", "no"
SUPPORTED = "supported"

_YES_WORDS = frozenset({"yes", "y", "true", "on", "1"})
_NO_WORDS = frozenset({"no", "n", "false", "off", "0"})
_LEGACY_BASELINES = {
    "stable_diffusion_1": "stable diffusion 1",
    "stable_diffusion_2_768": "stable diffusion 2",
    "stable_diffusion_2_512": "stable diffusion 2 512",
}
"""Legacy spelling of baselines (the service's converter, 8.6.2)."""
_BASELINES = {legacy: name for name, legacy in _LEGACY_BASELINES.items()}
_NUMBERS: Mapping[Kind, tuple[Callable[[str], int | None], Callable[[int], str], int, str]] = {
    Kind.COUNT: (read_count, show_count, 1, "a number, or one like `7B`, `1.1B`, `350M`"),
    Kind.TOKENS: (read_tokens, str, 1, "a number of tokens, like `8192` or `8k`"),
    Kind.WHOLE: (read_whole, str, 0, "a whole number, like `11`"),
    Kind.SIZE: (read_size, show_size, 0, "a size like `7.27 GB`, or bytes"),
}
_LISTS = frozenset({Kind.WORDS, Kind.LINES, Kind.LINKS})


def show(field: Field, value: Any, dialect: CanonicalFormat) -> Typed:
    """Return a value as its form shows it; :func:`read` is the inverse. Choices are a tuple."""
    if field.kind is Kind.CHOICES:
        return tuple(map(str, value)) if isinstance(value, list) else ()
    if field.kind is Kind.CLAIMS:
        claims = value if isinstance(value, Mapping) else {}
        return tuple(str(name) for name, claim in claims.items() if _is_supported(claim))
    if value is None or (field.kind in (Kind.CHOICE, Kind.EXPRESSION) and value == UNSTATED):
        return ""
    if (shown := _show(field.kind, value, dialect)) is not None:
        return shown
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def read(field: Field, typed: Typed, current: Any, dialect: CanonicalFormat) -> Any:
    """Parse typed text into a value; ``None`` for an empty field.

    Parts of the ``current`` claims and evidence that a form does not show are kept.

    Raises:
        UnreadableError: names the invalid part and a valid form.
    """
    if field.kind is Kind.CLAIMS:
        return _claims(_several(typed), current)
    if field.kind is Kind.CHOICES:
        return list(_several(typed)) or None
    text = (typed if isinstance(typed, str) else ", ".join(typed)).strip()
    if not text:
        return None
    return _READERS[field.kind](field, text, current, dialect) if field.kind in _READERS else text


def legacy_baseline(name: str) -> str:
    """Return a baseline's legacy spelling."""
    return _LEGACY_BASELINES.get(name, name)


def baseline_name(spelling: str) -> str:
    """Return a baseline's v2 name for either spelling (the service's converter)."""
    name = spelling.replace(" ", "_")
    return "stable_diffusion_2_768" if name == "stable_diffusion_2" else name


def truth_of(value: Any) -> bool | None:
    """Return the answer that a text or number stands for, ``None`` if it stands for none."""
    word = str(value).strip().casefold()
    return True if word in _YES_WORDS else False if word in _NO_WORDS else None


def split_list(text: str, *, at_commas: bool = True) -> list[str]:
    """Split items by line, and by comma always or only in a single line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if at_commas or len(lines) == 1:
        lines = [item.strip() for line in lines for item in line.split(",")]
    return [line.rstrip(",").strip() for line in lines if line.strip(", ")]


def _show(kind: Kind, value: Any, dialect: CanonicalFormat) -> str | None:
    match kind, value:
        case Kind.YES_NO, bool():
            shown: str | None = YES if value else NO
        case Kind.BASELINE, str() if dialect is CanonicalFormat.LEGACY:
            shown = _BASELINES.get(value, value)
        case Kind.PAIRS | Kind.TEXT_PAIRS, dict():
            shown = show_pairs(value, only_text=kind is Kind.TEXT_PAIRS)
        case Kind.EVIDENCE, list():
            shown = _show_evidence(value)
        case _, list() if kind in _LISTS and all(isinstance(item, str) for item in value):
            shown = _show_list(kind, value)
        case _, int() if kind in _NUMBERS and not isinstance(value, bool):
            shown = _NUMBERS[kind][1](value)
        case _:
            shown = None
    return shown


def _number(kind: Kind, text: str) -> int:
    number_of, _, least, expected = _NUMBERS[kind]
    number = number_of(text)
    if number is None or number < least:
        raise UnreadableError(text, expected)
    return number


def _yes_no(text: str) -> bool:
    answer = truth_of(text)
    if answer is None:
        raise UnreadableError(text, "`yes` or `no`")
    return answer


def _expression(text: str) -> str:
    expression = read_expression(text)
    if expression is None:
        raise UnreadableError(text, "licences joined by AND, OR, WITH, like `MIT OR Apache-2.0`")
    return expression


def _list(kind: Kind, text: str) -> list[str]:
    if text.startswith("["):
        parsed = json_or_none(text)
        if isinstance(parsed, list) and all(isinstance(item, str) for item in parsed):
            return parsed
        if parsed is not None:
            raise UnreadableError(text, "words by comma or line")
    return split_list(text, at_commas=kind is Kind.WORDS)


def _show_list(kind: Kind, items: Sequence[str]) -> str:
    shown = ", ".join(items) if kind is Kind.WORDS else "\n".join(items)
    return shown if split_list(shown, at_commas=kind is Kind.WORDS) == items else json.dumps(items, ensure_ascii=False)


def _several(typed: Typed) -> tuple[str, ...]:
    return tuple(split_list(typed)) if isinstance(typed, str) else typed


def _claims(chosen: Sequence[str], current: Any) -> dict[str, Any] | None:
    known = current if isinstance(current, Mapping) else {}
    kept = {name: claim for name, claim in known.items() if name in chosen or not _is_supported(claim)}
    claims = kept | {name: {"status": SUPPORTED} for name in chosen if not _is_supported(kept.get(name))}
    return claims or None


def _is_supported(claim: Any) -> bool:
    return isinstance(claim, Mapping) and claim.get("status") == SUPPORTED


def _evidence(text: str, current: Any) -> list[dict[str, Any]]:
    known = {entry.get("source"): entry for entry in current or () if isinstance(entry, Mapping)}
    found = []
    for number, line in enumerate(filter(None, map(str.strip, text.splitlines())), start=1):
        source, _, description = (part.strip() for part in line.partition("|"))
        if not source:
            raise UnreadableError(line, "`source | description`", f", line {number}")
        entry = {key: item for key, item in known.get(source, {}).items() if key != "description"}
        found.append({"source": source, **entry} | ({"description": description} if description else {}))
    return found


def _show_evidence(entries: Sequence[Any]) -> str | None:
    lines = []
    for entry in entries:
        if not isinstance(entry, Mapping) or not isinstance(entry.get("source"), str):
            return None
        lines.append(f"{entry['source']} | {entry.get('description') or ''}".rstrip(" |"))
    return "\n".join(lines)


_READERS: Mapping[Kind, Callable[[Field, str, Any, CanonicalFormat], Any]] = {
    **{kind: lambda field, text, _current, _dialect: _number(field.kind, text) for kind in _NUMBERS},
    **{kind: lambda field, text, _current, _dialect: _list(field.kind, text) for kind in _LISTS},
    Kind.YES_NO: lambda _field, text, _current, _dialect: _yes_no(text),
    Kind.EXPRESSION: lambda _field, text, _current, _dialect: _expression(text),
    Kind.PAIRS: lambda field, text, _current, _dialect: read_pairs(field, text),
    Kind.TEXT_PAIRS: lambda field, text, _current, _dialect: read_pairs(field, text),
    Kind.EVIDENCE: lambda _field, text, current, _dialect: _evidence(text, current),
    Kind.BASELINE: lambda _field, text, _current, dialect: (
        _LEGACY_BASELINES.get(text, text) if dialect is CanonicalFormat.LEGACY else text
    ),
}
"""Parsers of non-empty text by kind; other kinds keep the text."""
