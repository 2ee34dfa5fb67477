"""Reads Discord markup the way an attacker hopes it is read: what would still be alive in a text."""

import re
import unicodedata

ESCAPED = re.compile(r"\\[!-/:-@\[-`{-~]")
INERT = re.compile(r"\\[!-/:-@\[-`{-~]|`[^`]*`")
"""An escaped mark or a piece of code, read from left to right as Discord does."""


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
