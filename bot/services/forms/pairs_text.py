"""Text of *Requirements* and *Settings*: one ``key: value`` a line; pure."""

import difflib
import json
from collections.abc import Mapping
from typing import Any

from bot.services.forms.fields import LIST_KEYS, NUMBER_KEYS, Field, Kind, Section, UnreadableError
from bot.services.forms.json_text import is_same_json, json_or_none
from bot.services.forms.quantities import number_of

_ANY_PAIRS = {
    kind: Field(key="", label="", kind=kind, section=Section.DETAILS) for kind in (Kind.PAIRS, Kind.TEXT_PAIRS)
}


def read_pairs(field: Field, text: str) -> dict[str, Any]:
    """Parse pairs, one a line, or a JSON object; raises ``UnreadableError``."""
    if text.startswith("{"):
        parsed = json_or_none(text)
        if not isinstance(parsed, dict):
            raise UnreadableError(text, "one pair a line, as `key: value`")
        pairs = parsed
    else:
        pairs = dict(
            _pair(field, number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()
        )
    if field.allowed and (unknown := [key for key in pairs if key not in field.allowed]):
        near = difflib.get_close_matches(unknown[0], field.allowed, 1, 0.5)
        expected = f"`{near[0]}`?" if near else ", ".join(f"`{key}`" for key in sorted(field.allowed)[:8])
        raise UnreadableError(unknown[0], f"known keys: {expected}")
    if odd := [key for key, value in pairs.items() if value is None or isinstance(value, dict)]:
        raise UnreadableError(f"{odd[0]}: {json.dumps(pairs[odd[0]])}", "a number, words, yes, no, or a list of them")
    return pairs


def show_pairs(pairs: Mapping[str, Any], *, only_text: bool) -> str:
    """Return pairs one a line, or as JSON where that would be read differently."""
    lines = [
        f"{key}: {_show_value(value, only_text=only_text, is_list=key in LIST_KEYS)}" for key, value in pairs.items()
    ]
    shown = "\n".join(lines)
    kind = Kind.TEXT_PAIRS if only_text else Kind.PAIRS
    try:
        is_same = is_same_json(read_pairs(_ANY_PAIRS[kind], shown.strip()), pairs)
    except UnreadableError:
        is_same = False
    return shown if is_same else json.dumps(pairs, ensure_ascii=False)


def _pair(field: Field, number: int, line: str) -> tuple[str, Any]:
    at = min((line.index(sign) for sign in ":=" if sign in line), default=-1)
    key, value = line[:at].strip().strip("\"'"), line[at + 1 :].strip()
    if at < 0 or not key or not value:
        raise UnreadableError(line.strip(), "`key: value`", f", line {number}")
    return key, value if field.kind is Kind.TEXT_PAIRS else _pair_value(key, value.rstrip(","), number)


def _pair_value(key: str, text: str, line: int) -> Any:
    """Parse the value of a key: a list or a number where the key takes one."""
    if key in NUMBER_KEYS:
        found = number_of(text)
        if found is None:
            raise UnreadableError(f"{key}: {text}", f"a number for `{key}`", f", line {line}")
        return found
    value = _scalar_or_list(text)
    return [value] if key in LIST_KEYS and isinstance(value, str | int | float) else value


def _scalar_or_list(text: str) -> Any:
    if text[:1] in ("[", '"', "{"):
        parsed = json_or_none(text)
        return text if parsed is None else parsed
    if "," in text:
        return [_scalar(item.strip()) for item in text.split(",") if item.strip()]
    return _scalar(text)


def _scalar(text: str) -> Any:
    if text.casefold() in ("true", "yes"):
        return True
    if text.casefold() in ("false", "no"):
        return False
    parsed = json_or_none(text)
    return parsed if isinstance(parsed, int | float | str) else text


def _show_value(value: Any, *, only_text: bool, is_list: bool = False) -> str:
    if is_list and isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):
        value = value[0]
    if isinstance(value, str) and (only_text or _scalar_or_list(value) == value):
        return value
    if isinstance(value, list) and len(value) > 1:
        shown = ", ".join(item if isinstance(item, str) else json.dumps(item) for item in value)
        if shown[:1] not in ("[", '"', "{") and is_same_json(_scalar_or_list(shown), value):
            return shown
    return json.dumps(value, ensure_ascii=False)
