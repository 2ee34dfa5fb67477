"""Drawing of a change without a model record (text guidance, a baseline and later kinds), as raw values."""

import json
from collections.abc import Iterator
from typing import Any

from bot.ui.glyphs import Glyph, Theme
from bot.ui.text import DIFF_VALUE, code, field, plain, plural

LINES_SHOWN = 10
DEPTH_MAX = 12


def raw_warning(theme: Theme) -> str:
    """Return the warning that no checks were made."""
    return f"{theme.glyph(Glyph.WARN)} **Not checked:** this is no model record. Read *Full record* before you decide."


def raw_lines(payload: dict[str, Any], *, shown: int = LINES_SHOWN) -> tuple[str, ...]:
    """Return the first values by path, without the title; deeply nested values are one JSON text."""
    told = {key: value for key, value in payload.items() if key != "title"}
    lines = [field(plain(path, DIFF_VALUE), code(text, DIFF_VALUE)) for path, text in _values(told)]
    more = len(lines) - shown
    if more > 0:
        return (*lines[:shown], f"-# {plural(more, 'value')} more under *Full record*")
    return tuple(lines) or ("It says nothing.",)


def _values(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict | list) and value and depth < DEPTH_MAX:
        members = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in members:
            yield from _values(item, f"{path}.{key}" if path else str(key), depth + 1)
    elif value not in (None, "", [], {}):
        yield path, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
