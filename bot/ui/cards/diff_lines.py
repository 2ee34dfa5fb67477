"""Changed fields of an update as lines: critical ones first, long lists folded."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.reference.models import Diff, FieldDiff
from bot.ui.cards.file_changes import FileChanges, compare_files, file_change_lines
from bot.ui.cards.prose_diff import is_rewritten, prose_diff
from bot.ui.components import folded
from bot.ui.labels import LICENCE, NOT_STATED, is_unstated, label, value_text
from bot.ui.text import ARROW, DESCRIPTION, DIFF_VALUE, code, field, first, plain, units

LINES_MAX = 8
BUDGET = 1400
MANY_KEYS = 6
NAMES_SHOWN = 12

FILES = "config.download"
_SERVICE_FIELDS = frozenset({"metadata", "record_type", "model_classification"})
"""Fields that the service writes itself."""
_FILE_PATHS = frozenset({FILES, "config.files"})
_CRITICAL = (FILES, LICENCE, "baseline", "nsfw")
_DEFAULTS = ("NOASSERTION", "unknown", "not_stated", "unspecified")
_PROSE = ("description", "licensing.notes", "licensing.attribution")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A changed field; all files of a model are one field, with their changes in ``files``."""

    path: str
    old: Any
    new: Any
    files: FileChanges | None = None

    @property
    def is_critical(self) -> bool:
        """Return whether an approver must read this field."""
        return self.path in _CRITICAL

    @property
    def is_long(self) -> bool:
        """Return whether it is drawn as prose with struck and bold words."""
        return any(isinstance(side, str) and len(side) > DIFF_VALUE for side in (self.old, self.new)) and (
            self.path in _PROSE or not any(isinstance(side, str) and "://" in side for side in (self.old, self.new))
        )

    @property
    def label(self) -> str:
        """Return the field's name, a short one for the licence and the files."""
        return "File" if self.path == FILES and self.files and self.files.count == 1 else label(self.path)


@dataclass(frozen=True, slots=True)
class DiffText:
    """Lines of an update.

    Attributes:
        changes: all changed fields without noise, critical ones first.
        critical: lines under *Critical*.
        rest: lines below; a quote is the last one.
        is_folded: whether some fields are left out, so that a file is needed.
    """

    changes: tuple[FieldChange, ...]
    critical: tuple[str, ...]
    rest: tuple[str, ...]
    is_folded: bool


def changed_fields(diff: Diff) -> tuple[FieldChange, ...]:
    """Return the changed fields without noise: critical ones, then short ones, then prose.

    The service lists added objects whole or by member; here they are always listed by member. It compares lists
    as a whole, so the files are compared again one by one.
    """
    changes: list[FieldChange] = []
    has_files = False
    for entry in diff.field_diffs:
        if entry.field_path in _FILE_PATHS or entry.field_path == "config":
            has_files = True
            continue
        changes += [
            FieldChange(path, old, new)
            for path, old, new in _members(entry.field_path, entry.old_value, entry.new_value)
            if not _is_noise(path, old, new)
        ]
    if has_files:
        files = compare_files(diff.current_state, diff.proposed_state)
        changes.append(FieldChange(FILES, None, None, files))
    return tuple(sorted(changes, key=_order))


def is_significant(path: str, old: Any, new: Any) -> bool:
    """Return whether a difference matters: neither the service's own field nor an added default."""
    return not all(_is_noise(*member) for member in _members(path, old, new))


def diff_text(diff: Diff) -> DiffText:
    """Return an update as lines, folded above eight lines or 1 400 characters."""
    changes = changed_fields(diff)
    critical = [line for change in changes if change.is_critical for line in change_lines(change)]
    others = [change for change in changes if not change.is_critical]
    rest = [line for change in others for line in change_lines(change)]
    is_over = len(critical) + len(rest) > LINES_MAX or units("\n".join([*critical, *rest])) > BUDGET
    if not (is_over and others):
        kept = folded(critical, BUDGET)
        return DiffText(changes, tuple(kept), tuple(rest), is_folded=len(kept) < len(critical))
    return DiffText(changes, tuple(folded(critical, BUDGET)), (_counts(others),), is_folded=True)


def change_lines(change: FieldChange) -> tuple[str, ...]:
    """Return the lines of a field."""
    if change.files is not None:
        return file_change_lines(change.files) or (field("Files", "change in their details"),)
    if change.is_long:
        return _prose_lines(change)
    old, new = value_text(change.path, change.old), value_text(change.path, change.new)
    if old == new:  # two values of one name, or of one rounded size
        old, new = (code(f"{side:,}" if isinstance(side, int) else str(side)) for side in (change.old, change.new))
    if isinstance(change.old, list) and isinstance(change.new, list):
        return (_list_line(change),)
    if is_unstated(change.path, change.new):
        return (field(change.label, f"{old} {ARROW} removed"),)
    return (field(change.label, f"{old} {ARROW} {new}"),)


def names_of(changes: tuple[FieldChange, ...]) -> str:
    """Return names of fields: ``Version, Size, Requirements``; a member has its object's name."""
    return first(list(dict.fromkeys(_object_of(change) for change in changes)), NAMES_SHOWN)


def _object_of(change: FieldChange) -> str:
    return label(change.path.partition(".")[0]) if "," in change.label else change.label


def _members(path: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(old, dict | None) and isinstance(new, dict | None) and (old or new):
        for key in dict.fromkeys([*(old or {}), *(new or {})]):
            before, after = (old or {}).get(key), (new or {}).get(key)
            if before != after:
                yield from _members(f"{path}.{key}", before, after)
    else:
        yield path, old, new


def _is_noise(path: str, old: Any, new: Any) -> bool:
    if path.partition(".")[0] in _SERVICE_FIELDS:
        return True
    if path.startswith("licensing"):
        return all(is_unstated(path, side) or side in _DEFAULTS for side in (old, new))
    return is_unstated(path, old) and is_unstated(path, new)


def _order(change: FieldChange) -> tuple[int, bool]:
    return _CRITICAL.index(change.path) if change.is_critical else len(_CRITICAL), change.is_long


def _prose_lines(change: FieldChange) -> tuple[str, ...]:
    old, new = _as_text(change.old), _as_text(change.new)
    before = f"{len(old):,}" if old else NOT_STATED
    if not new:
        return (field(change.label, f"{before} characters {ARROW} removed"),)
    counted = field(change.label, f"{before} {ARROW} {len(new):,} characters")
    if old and is_rewritten(old, new):
        return counted, field("Before", plain(old, DESCRIPTION)), field("After", plain(new, DESCRIPTION))
    return counted, f"> {prose_diff(old, new) if old else plain(new, 180)}"


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _list_line(change: FieldChange) -> str:
    old, new = [_item(item) for item in change.old], [_item(item) for item in change.new]
    parts = [f"+{item}" for item in new if item not in old] + [f"−{item}" for item in old if item not in new]  # noqa: RUF001 - a minus, not a hyphen
    if not parts:
        return field(change.label, "other order")
    more = len(parts) - LINES_MAX
    return field(change.label, " ".join(parts[:LINES_MAX]) + (f" +{more} more" if more > 0 else ""))


def _item(item: Any) -> str:
    return value_text("", item, 40)


def _counts(changes: list[FieldChange]) -> str:
    counts = Counter(change.path.partition(".")[0] for change in changes).most_common()
    shown = ", ".join(f"{plain(key, 40)} {count}" for key, count in counts[:MANY_KEYS])
    more = len(counts) - MANY_KEYS
    return f"**{len(changes)} more, in the file:** {shown}{f', … (+{more})' if more > 0 else ''}"


def plain_text_diff(diff: Diff) -> str:
    """Return the complete diff as the content of a text file, without escaping."""
    lines = [f"#{diff.change_id} {diff.operation.value} {diff.category} {_json(diff.model_name)}", ""]
    for entry in diff.field_diffs:
        lines += _entry_lines(entry)
    return "\n".join(lines)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _entry_lines(entry: FieldDiff) -> Iterator[str]:
    yield entry.field_path
    if entry.old_value is not None:
        yield f"- {_json(entry.old_value)}"
    if entry.new_value is not None:
        yield f"+ {_json(entry.new_value)}"
    yield ""
