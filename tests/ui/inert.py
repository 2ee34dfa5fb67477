"""Reads a message as Discord does: its limits, and the markup of a text that would still be alive."""

import re
import unicodedata

from discord import ui

from bot.ui.text import units

COMPONENTS_MAX = 40
"""Components of a message, nested ones counted (Discord's documentation)."""
ID_LENGTH_MAX = 100
"""Characters of a custom id (Discord's documentation)."""

ESCAPED = re.compile(r"\\[!-/:-@\[-`{-~]")
INERT = re.compile(r"\\[!-/:-@\[-`{-~]|`[^`]*`")
"""An escaped mark or a piece of code, read from left to right as Discord does."""


def text_length(view: ui.LayoutView) -> int:
    """Return the length of all texts of a message, counted as Discord does."""
    return sum(units(item.content) for item in view.walk_children() if isinstance(item, ui.TextDisplay))


def unescaped(text: str) -> str:
    """The text as Discord shows it, without our backslashes."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


def alive(text: str) -> str:
    """Return what Discord would still read as markup: code and escaped marks taken out."""
    return INERT.sub("", text)


def hidden(text: str) -> set[str]:
    """Return the invisible characters, without the line breaks and the pairs of isolates that are ours."""
    text = re.sub("\u2068([^\u2068\u2069]*)\u2069", r"\1", text)
    return {one for one in text if one != "\n" and unicodedata.category(one) in {"Cc", "Cf", "Cs", "Co", "Cn"}}
