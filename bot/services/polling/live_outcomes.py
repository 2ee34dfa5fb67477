"""Comparison of live records with applied changes: "applied" does not prove it."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from bot.errors import BotError
from bot.reference.credentials import redacted
from bot.reference.models import ChangeStatus, Operation, PendingChange
from bot.services.catalogue import Catalogue
from bot.services.records.diff import field_diffs, proposed
from storage.live_differences import LiveDifference, LiveDifferences

type Record = Mapping[str, Any]
type LiveRecords = Mapping[tuple[str, str], Record | None]
"""Live records by category and model name; ``None`` for no such model, absent if it could not be read."""

_SIZE = re.compile(r"[0-9.]+B")
_STYLES = frozenset({"generalist", "chat", "roleplay", "story", "utility", "coder", "conversational"})
"""Styles of text models, which the service adds to their tags (legacy, 8.6.2)."""

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class LiveOutcomes:
    """Reads the live record after each apply, and stores how it differs from the approved one."""

    catalogue: Catalogue
    differences: LiveDifferences
    clock: Callable[[], datetime]
    _before: dict[int, Record | None] = field(default_factory=dict)

    async def read(self, change: PendingChange) -> LiveRecords:
        """Read the live record of a change's model; not for a create, which alters every field."""
        model = (change.category, change.model_name)
        try:
            return {model: None if change.operation is Operation.CREATE else await self._live(change)}
        except BotError as error:
            log.info("live_record_unread", change_id=change.change_id, reason=type(error).__name__)
            return {}

    async def note_before(self, change: PendingChange, read: LiveRecords) -> None:
        """Note the live record before an apply, to compare only fields that the change alters.

        It is read now unless it was ``read`` just before.
        """
        model = (change.category, change.model_name)
        known = read if model in read else await self.read(change)
        if model in known:
            self._before[change.change_id] = known[model]

    def is_applying(self, change_id: int) -> bool:
        """Return whether the bot applies a change just now."""
        return change_id in self._before

    def forget(self, change_id: int) -> None:
        """Forget the live record from before an apply."""
        self._before.pop(change_id, None)

    async def compare_all(self, changes: Iterable[PendingChange]) -> None:
        """Compare changes that were just applied; of several of one model only the last."""
        ordered = sorted(changes, key=lambda change: change.applied_at or 0)
        last = {(change.category, change.model_name): change for change in ordered if change.is_record}
        for change in last.values():
            await self._compare(change)

    async def _compare(self, change: PendingChange) -> None:
        """Compare the live record with an applied change, and store a difference, if readable."""
        known = self.catalogue.known_models(change.category).get(change.model_name)
        before = self._before.get(change.change_id, known)
        try:
            fields = await self._unlike(change, before)
        except BotError as error:
            log.info("live_record_unread", change_id=change.change_id, reason=type(error).__name__)
            return
        if fields is not None:
            log.warning("live_record_differs", change_id=change.change_id, fields=list(fields))
            await self.differences.put(change.change_id, change.digest, LiveDifference(fields, self.clock()))

    async def is_written(self, change: PendingChange) -> bool:
        """Return whether an apply that failed has nevertheless changed the live record as approved."""
        if not self.is_applying(change.change_id) or not change.is_record:
            return False
        before = self._before[change.change_id]
        try:
            return unlike(change, before, before) is not None and await self._unlike(change, before) is None
        except BotError:
            return False

    async def difference_of(self, change: PendingChange) -> LiveDifference | None:
        """Return the stored difference of an applied change; None if it is live as approved."""
        if change.status is not ChangeStatus.APPLIED:
            return None
        return await self.differences.of(change.change_id, change.digest)

    async def _unlike(self, change: PendingChange, before: Record | None) -> tuple[str, ...] | None:
        """Read the live record and compare it, as :func:`unlike` does."""
        return unlike(change, await self._live(change), before)

    async def _live(self, change: PendingChange) -> Record | None:
        record: Record | None = redacted(await self.catalogue.live_record(change.category, change.model_name))
        return record  # a change is read without its credentials too


def unlike(change: PendingChange, live: Record | None, before: Record | None) -> tuple[str, ...] | None:
    """Return the paths of fields that are not live as approved; ``None`` if all are.

    Fields that the change does not alter are left out, because the service rewrites some at each apply. An empty
    result stands for the whole model: it is missing, or was deleted and is live.
    """
    if change.operation is Operation.DELETE:
        return None if live is None else ()
    if live is None:
        return ()
    name = {"name": change.model_name}
    payload = dict(change.payload)
    if "parameters_count" in payload:  # the v2 queue renames it (8.6.2)
        payload["parameters"] = payload.pop("parameters_count")
    approved, now = proposed({**name, **payload}), proposed({**name, **live})
    former = proposed({**name, **before}) if before is not None else {}
    altered = {one.field_path for one in field_diffs(former, approved)}
    differing = tuple(
        one.field_path
        for one in field_diffs(now, approved)
        if one.field_path != "model_name"  # of a legacy text model, derived from its name
        and _is_altered(one.field_path, altered)
        and not _is_alike(one.old_value, one.new_value, _at(former, one.field_path))
    )
    return differing or None


def _is_altered(path: str, altered: set[str]) -> bool:
    """Return whether a path, or one above or below it, is among the altered ones."""
    return any(path == one or path.startswith(f"{one}.") or one.startswith(f"{path}.") for one in altered)


def _at(record: Record, path: str) -> Any:
    value: Any = record
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _is_alike(live: Any, approved: Any, former: Any = None) -> bool:
    """Return whether a live value is the approved one, apart from the service's rewriting."""
    if isinstance(live, str) and isinstance(approved, str):
        return live.split() == approved.split()
    if isinstance(live, list) and isinstance(approved, list):
        kept = [one for one in live if one in approved or not _is_derived(one, former or ())]
        return len(kept) == len(approved) and all(any(_is_alike(one, other) for one in kept) for other in approved)
    if isinstance(live, Mapping) and isinstance(approved, Mapping):
        return all(_is_alike(live.get(key), value) for key, value in approved.items())
    return bool(live == approved) or (_is_hollow(live) and _is_hollow(approved))


def _is_derived(item: Any, former: Sequence[Any]) -> bool:
    """Return whether the service may have added a list's word (size, style of text models)."""
    return isinstance(item, str) and (item not in former or _SIZE.fullmatch(item) is not None or item in _STYLES)


def _is_hollow(value: Any) -> bool:
    """Return whether a value says nothing: the queue fills in lists of files."""
    return all(map(_is_hollow, value.values())) if isinstance(value, Mapping) else value in (None, "", [])
