"""Labels of a record's fields, and texts of their values."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.services.forms.fields_table import FIELDS
from bot.services.forms.fields_text import baseline_name
from bot.ui.choice_names import value_words
from bot.ui.text import DIFF_VALUE, NAME_LIST, code, digest_start, first, host_link, host_of, is_drawable, plain, size

_LABELS: Mapping[str, str] = {
    "parameters_count": "Parameters",
    "controlnet_style": "Style",
    "licensing.license_expression": "Licence",
    "size_on_disk_bytes": "Size",
    "config.download": "Files",
    "config.files": "File hashes",
}
"""Labels of fields that no form has, and shorter ones than in the forms."""

_FORM_LABELS: Mapping[str, str] = {
    path: one.label
    for fields in FIELDS.values()
    for one in fields
    for path in (one.v2, one.legacy)
    if path not in (None, "type")  # a type has another meaning in each category
}

LICENCE = "licensing.license_expression"
LICENCE_DEFAULT = "NOASSERTION"
"""The service's value for a licence that is not stated (8.0 and later)."""

NO_LICENSING = (
    "No reviewed licensing conclusion is currently available.",
    "No licensing conclusion was supplied when this model was created.",
    "Legacy record has not received a reviewed license conclusion.",
)
"""The service's notes for a licence that is not stated (8.0 and later), on reading, creating and updating."""

NOT_STATED = "not stated"

_NAMED = frozenset(
    {
        "baseline",
        "style",
        "controlnet_style",
        "instruct_format",
        "optimization",
        "licensing.commercial_use",
        "licensing.redistribution",
    }
)
_SIZES = frozenset({"size_on_disk_bytes", "size_bytes"})
_PARAMETERS = frozenset({"parameters", "parameters_count"})
_LIST_SHOWN = 8
_PATH = re.compile(r"[a-z][a-z0-9_]{0,40}(?:\.[a-z][a-z0-9_]{0,40})*")


def label(path: str) -> str:
    """Return the label of a field; an unknown name is escaped."""
    if path in _LABELS:
        return _LABELS[path]
    if path in _FORM_LABELS:
        return _FORM_LABELS[path]
    if _PATH.fullmatch(path):
        words = path.replace("_", " ").replace(".", ", ")
        return words[:1].upper() + words[1:]
    return plain(path, NAME_LIST)


def field_names(paths: Iterable[str], most: int) -> str:
    """Return the labels of the first fields, and the number of the others."""
    return first(list(dict.fromkeys(map(label, paths))), most)


def value_text(path: str, value: Any, cap: int = DIFF_VALUE) -> str:
    """Return the escaped text of a value, cut to ``cap`` characters."""
    match value:
        case None | "":
            return NOT_STATED
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return _number(path, value)
        case str():
            return _words(path, value, cap)
        case list() if all(isinstance(item, str | int | float) for item in value):
            return _list(value)
    return code(json.dumps(value, ensure_ascii=False, default=str), cap)


def is_unstated(path: str, value: Any) -> bool:
    """Return whether a value means the same as an absent one."""
    if (path == LICENCE and value == LICENCE_DEFAULT) or (path == "licensing.notes" and value in NO_LICENSING):
        return True
    # The service writes `inpainting: false` into every image record that does not mention it (8.6.2).
    return value is None or value in ("", [], {}) or (path == "inpainting" and value is False)


def parameters_text(count: float) -> str:
    """Format a count of parameters: ``7B``, ``1.1B``, ``350M``."""
    for unit, suffix in ((10**12, "T"), (10**9, "B"), (10**6, "M")):
        if count >= unit:
            return f"{round(count / unit, 2):g}{suffix}"
    return f"{count:g}"


def _number(path: str, value: float) -> str:
    if path in _SIZES and value >= 0:
        return size(value)
    if path in _PARAMETERS and is_drawable(value):
        return parameters_text(value)
    return plain(str(value), NAME_LIST).replace("\\.", ".").replace("\\-", "-")


def _words(path: str, value: str, cap: int) -> str:
    if is_unstated(path, value):
        return NOT_STATED
    if path == LICENCE:
        return code(value, cap)
    if path in _NAMED:
        return value_words(baseline_name(value) if path == "baseline" else value, cap)
    if path.endswith("sha256sum"):
        return digest_start(value)
    if path in ("homepage", "url") or host_of(value) is not None:
        return host_link(value)
    return plain(value, cap)


def _list(value: list[Any]) -> str:
    if not value:
        return NOT_STATED
    more = len(value) - _LIST_SHOWN  # a hostile list is long: only what is shown is escaped
    shown = ", ".join(plain(str(item), NAME_LIST) for item in value[:_LIST_SHOWN])
    return f"{shown} +{more}" if more > 0 else shown
