"""Full diff or full record as an ephemeral response, with the raw JSON as a file."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import discord

from bot.reference.models import Diff, FieldDiff, Operation, PendingChange
from bot.services.changes import ChangeFacts
from bot.ui.cards.diff_lines import is_significant, plain_text_diff
from bot.ui.cards.prose_diff import COMPARED_LENGTH, is_rewritten, prose_diff
from bot.ui.cards.states import category_of, operation_word, title_of
from bot.ui.components import Accent, Card, Sheet, attachment
from bot.ui.text import DIFF_VALUE, NAME_LIST, code, plain, relative, units

TEXT_MAX = 3500
"""Maximum length in characters; a longer diff is sent as a file, because a message holds 4 000."""
SECTIONS_MAX = 14
"""Maximum number of drawn fields; with gaps and files they stay under 40 components."""
VALUE_MAX = 1000
LEAVES_MAX = 60


def full_answer(facts: ChangeFacts, *, read_at: datetime) -> Card:
    """Draw *Full diff* of an update, or *Full record* of any change without a diff."""
    change = facts.change
    diff = facts.diff if change.operation is Operation.UPDATE else None
    against = f" · against the live record, read {relative(read_at)}" if diff else ""
    what = "diff" if diff else "record"
    sheet = Sheet(Accent.SLATE)
    sheet.text(
        f"## Full {what} of #{change.change_id}",
        f"-# {operation_word(change.operation)} · {category_of(change)}{_exact(change)} · "
        f"{plain(title_of(change), NAME_LIST)}{against}",
    ).rule()
    sections = _diff_sections(diff) if diff else _record_sections(change.payload)
    is_long = sections is None or len(sections) > SECTIONS_MAX or units("".join(sections)) > TEXT_MAX
    if sections is None or is_long:
        sheet.text(f"It is long: all of it is in the file{'s' if diff else ''}.")
        if diff:
            sheet.file(attachment(f"change-{change.change_id}.diff.txt", plain_text_diff(diff)))
    else:
        for section in sections:
            sheet.text(section).gap()
        if len(sections) < (len(diff.field_diffs) if diff else len(change.payload)):
            sheet.text("-# Fields that the service fills in itself are only in the file.")
    whole = {"change": change.model_dump(mode="json"), "live_record": diff.current_state} if diff else None
    return sheet.file(json_file(f"change-{change.change_id}.json", whole or change.payload)).card()


def _exact(change: PendingChange) -> str:
    """Return the service's own name of the category, where cards show another."""
    return f" ({code(change.category, NAME_LIST)})" if change.is_record else ""


def json_file(name: str, value: Any) -> discord.File:
    """Return a JSON value as a file."""
    return attachment(name, json.dumps(value, ensure_ascii=False, indent=2))


def _diff_sections(diff: Diff) -> list[str] | None:
    """Return a text per field; ``None`` if a value is too long to be drawn completely."""
    sections = []
    for entry in diff.field_diffs:
        if not is_significant(entry.field_path, entry.old_value, entry.new_value):
            continue
        section = _prose(entry) or _lines(entry)
        if section is None:
            return None
        sections.append(f"-# {plain(entry.field_path, DIFF_VALUE)}\n{section}")
    return sections or ["The live record already has all of these values."]


def _prose(entry: FieldDiff) -> str | None:
    old, new = entry.old_value, entry.new_value
    if not (isinstance(old, str) and isinstance(new, str)) or max(len(old), len(new)) <= DIFF_VALUE:
        return None
    if " " not in old.strip() or max(len(old), len(new)) > COMPARED_LENGTH or is_rewritten(old, new):
        return None
    return f"> {prose_diff(old, new, length=TEXT_MAX, context=None)}"


def _lines(entry: FieldDiff) -> str | None:
    lines = []
    for sign, value in (("−", entry.old_value), ("+", entry.new_value)):  # noqa: RUF001 - a minus, not a hyphen
        leaves = list(_leaves(value))
        if len(leaves) > LEAVES_MAX or any(len(leaf) > VALUE_MAX for leaf in leaves):
            return None
        lines += [f"**{sign}**\u00a0{code(leaf, VALUE_MAX)}" for leaf in leaves]
    return "\n".join(lines)


def _record_sections(record: dict[str, Any]) -> list[str] | None:
    sections = []
    for key, value in record.items():
        if not is_significant(key, None, value):
            continue
        leaves = list(_leaves(value))
        if len(leaves) > LEAVES_MAX or any(len(leaf) > VALUE_MAX for leaf in leaves):
            return None
        if leaves:
            drawn = "\n".join(code(leaf, VALUE_MAX) for leaf in leaves)
            sections.append(f"-# {plain(key, DIFF_VALUE)}\n{drawn}")
    return sections or ["The record is empty."]


def _leaves(value: Any, key: str = "") -> Iterator[str]:
    """Yield the scalar values of a JSON value in order; nested ones with keys, if not empty."""
    match value:
        case None:
            return
        case "" if key:
            return
        case dict():
            for name, item in value.items():
                yield from _leaves(item, name if not key else f"{key}.{name}")
        case list():
            for item in value:
                yield from _leaves(item, key)
        case bool():
            yield _keyed(key, "yes" if value else "no")
        case _:
            yield _keyed(key, str(value))


_SELF_EVIDENT = frozenset({"file_name", "file_url", "sha256sum", "path"})


def _keyed(key: str, text: str) -> str:
    return text if not key or key.rpartition(".")[2] in _SELF_EVIDENT else f"{key}: {text}"
