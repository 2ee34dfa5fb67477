"""Diff of a draft against a live record, and its rebase onto a newer one; pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.reference.models import Diff, FieldDiff, Operation
from bot.services.forms.fields import EMPTY
from bot.services.forms.json_text import is_same_json

type Record = Mapping[str, Any]

_SERVICE_FIELDS = frozenset({"metadata", "guidance", "record_type", "model_classification"})
"""Fields that the service writes at every apply; never part of a proposal."""

_ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Rebased:
    """A draft rebased onto a newer live record.

    Attributes:
        record: the live record with the person's changes.
        taken: paths that only others changed; they have the live values.
        contested: paths that both changed; they have the person's values.
    """

    record: dict[str, Any]
    taken: tuple[str, ...] = ()
    contested: tuple[str, ...] = ()


def is_same(one: Record, other: Record) -> bool:
    """Return whether two records propose the same, ignoring fields that the service writes."""
    return not field_diffs(proposed(one), proposed(other))


def field_diffs(old: Record, new: Record) -> tuple[FieldDiff, ...]:
    """Return the differing fields in the service's form: objects by member, lists whole."""
    return tuple(_differences("", old, new))


def draft_diff(name: str, category: str, live: Record, record: Record) -> Diff:
    """Return an update's changes in the shape of the service's own diff (``change_id`` 0)."""
    old, new = proposed(live), proposed(record)
    diffs = field_diffs(old, new)
    return Diff(
        change_id=0,
        category=category,
        model_name=name,
        operation=Operation.UPDATE,
        current_state=old,
        proposed_state=new,
        field_diffs=diffs,
    )


def rebase(base: Record, mine: Record, live: Record) -> Rebased:
    """Apply the person's changes (``base`` to ``mine``) to the live record, field by field."""
    merge = _Merge()
    record = merge.of("", base, mine, live)
    taken = [path for path in merge.taken if path.partition(".")[0] not in _SERVICE_FIELDS]
    return Rebased(record, tuple(taken), tuple(merge.contested))


@dataclass(slots=True)
class _Merge:
    taken: list[str] = field(default_factory=list)
    contested: list[str] = field(default_factory=list)

    def of(self, path: str, base: Record, mine: Record, live: Record) -> dict[str, Any]:
        merged: dict[str, Any] = {}
        for key in dict.fromkeys((*live, *mine, *base)):
            where = f"{path}.{key}" if path else key
            before, wanted, now = (part.get(key, _ABSENT) for part in (base, mine, live))
            if all(isinstance(part, Mapping) for part in (before, wanted, now)):
                merged[key] = self.of(where, before, wanted, now)
                continue
            value = self._decided(where, before, wanted, now)
            if value is not _ABSENT:
                merged[key] = value
        return merged

    def _decided(self, where: str, before: Any, wanted: Any, now: Any) -> Any:
        if _are_equal(wanted, before):
            if not _are_equal(now, before) and not (_is_silent(where, now) and _is_silent(where, before)):
                self.taken.append(where)
            return now
        if not (_are_equal(now, before) or _are_equal(now, wanted)):
            self.contested.append(where)
        return wanted


def _are_equal(one: Any, other: Any) -> bool:
    # Python takes true for 1; the service does not.
    return one is other if one is _ABSENT or other is _ABSENT else one == other and is_same_json(one, other)


def proposed(record: Record) -> dict[str, Any]:
    """Return a record without values that the service writes or that say nothing."""
    return {key: value for key, value in record.items() if key not in _SERVICE_FIELDS and not _is_silent(key, value)}


def _is_silent(key: str, value: Any) -> bool:
    """Return whether a value means the same as an absent field."""
    return value is _ABSENT or value in EMPTY or (key == "inpainting" and value is False)


def _differences(path: str, old: Record, new: Record) -> Iterator[FieldDiff]:
    for key in dict.fromkeys((*old, *new)):
        where = f"{path}.{key}" if path else key
        before, after = old.get(key), new.get(key)
        if _are_equal(before, after):
            continue
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from _differences(where, before, after)
        else:
            yield FieldDiff(field_path=where, old_value=before, new_value=after)
