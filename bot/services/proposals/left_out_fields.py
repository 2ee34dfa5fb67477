"""Fields that an uploaded file leaves out: they stay until a press removes them; pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.services.checks import Check, CheckCode, Verdict
from bot.services.checks.results import Mend

LEFT_OUT = "left out by the file"
"""Key of these fields among a draft's stored inputs, which are kept through edits and a restart."""

_SERVICE_FIELDS = frozenset(
    {"name", "model_name", "record_type", "model_classification", "metadata", "guidance", "text_model_group",
     "licensing"}
)  # fmt: skip
"""Fields that a file may always leave out: the service writes them."""
_FORMAT_FIELDS = frozenset({"type", "available", "download_all", "features_not_supported", "style", "nsfw"})
"""Fields that a file in the other format's shape may not have."""


def left_out_fields(
    record: Mapping[str, Any], given: Mapping[str, Any], *, is_converted: bool = False
) -> tuple[str, ...]:
    """Return the filled fields of a record that a whole one in a file does not have.

    A file with less than half of them is a list of changes, and leaves nothing out.

    Args:
        record: the record so far.
        given: the file's fields.
        is_converted: the file was in the other format's shape, which has fewer fields.
    """
    ignored = _SERVICE_FIELDS | (_FORMAT_FIELDS if is_converted else frozenset())
    empty: tuple[Any, ...] = (None, "", [], {})
    filled = [key for key, value in record.items() if key not in ignored and value not in empty]
    found = tuple(key for key in filled if key not in given)
    return found if 2 * len(found) <= len(filled) else ()


def left_out_input(fields: Iterable[str]) -> dict[str, str]:
    """Return the stored input of these fields, empty without one."""
    said = "\n".join(fields)
    return {LEFT_OUT: said} if said else {}


def left_out_checks(
    inputs: Mapping[str, str], record: Mapping[str, Any], base: Mapping[str, Any] | None
) -> Iterator[Check]:
    """Yield the fields that a file left out, with the press that removes them or takes them back."""
    fields = inputs.get(LEFT_OUT, "").splitlines()
    kept = [key for key in fields if key in record]
    removed = [key for key in fields if key not in record and key in (base or {})]
    if kept:
        mend = Mend("them", tuple(((key,), None) for key in kept), verb="Remove")
        yield Check(CheckCode.FIELDS_LEFT_OUT, Verdict.WARN, {"places": "\n".join(kept)}, mend=mend)
    if removed and base is not None:
        mend = Mend("them", tuple(((key,), base[key]) for key in removed), verb="Keep")
        yield Check(CheckCode.FIELDS_REMOVED, Verdict.WARN, {"places": "\n".join(removed)}, mend=mend)
