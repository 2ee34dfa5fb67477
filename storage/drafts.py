"""Repository of drafts. A draft ends by being queued, discarded or expired."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from storage.columns import (
    columns_of,
    from_json,
    from_json_or_none,
    from_stamp,
    from_stamp_or_none,
    to_json,
    to_json_or_none,
    to_stamp,
    value_of,
)
from storage.database import Database, Row, Transaction
from storage.errors import DraftUnavailableError, TooManyDraftsError
from storage.notices import About, NoticeKey, add_notices, drop_notice

MAX_DRAFTS = 25
"""Drafts per person: the options of one Discord select menu."""

WARNED_TOGETHER = timedelta(days=1)
"""Drafts of a person that would be warned about within this time share one message."""

EDITED = "edited"
"""State in the error about a draft that was saved after it was read."""

EXPIRES = "expires"
"""Status of the notice that a draft will expire."""


_INSERT = """
INSERT INTO draft (user_id, guild_id, operation, category, model_name, dialect, record, why, base, slips, source,
                   created_at, updated_at, revises_change_id, revises_digest, rejected_by, ended_at, reject_reason,
                   revises_open, state)
VALUES (:user_id, :guild_id, :operation, :category, :model_name, :dialect, :record, :why, :base, :invalid_inputs,
        :source, :now, :now, :change_id, :digest, :rejected_by, :ended_at, :reason, :is_open, 'open')
RETURNING *
"""

_UPDATE = """
UPDATE draft SET operation = :operation, category = :category, model_name = :model_name, dialect = :dialect,
                 record = :record, why = :why, base = :base, slips = :invalid_inputs, source = :source,
                 updated_at = :now, warned_at = NULL
WHERE draft_id = :draft_id AND user_id = :user_id
"""

_OF_MODEL = (
    "SELECT * FROM draft WHERE user_id = ? AND operation = ? AND category = ? AND model_name = ? AND state = 'open' "
    "AND revises_change_id IS NULL ORDER BY updated_at DESC LIMIT 1"
)
_REVISING = "SELECT * FROM draft WHERE user_id = ? AND revises_change_id = ? AND revises_digest = ?"


class DraftState(StrEnum):
    """OPEN can be edited; SENDING is being sent; UNKNOWN was sent without an answer."""

    OPEN = "open"
    SENDING = "sending"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Revises:
    """The change that a draft replaces: rejected, purged, or still in the queue.

    A purged one has neither approver nor reason.

    Attributes:
        digest: digest of the content on its card, because ids can be reused.
        rejected_by: the approver's Horde name.
        ended_at: time of the rejection, or when the purge was noticed; None if unknown.
        is_open: whether it was pending when the draft began; then ``rejected_by`` and ``reason`` say what an approver
            asked for, if one did.
    """

    change_id: int
    digest: str
    rejected_by: str | None = None
    ended_at: datetime | None = None
    reason: str | None = None
    is_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDraft:
    """Content of a draft to store.

    Attributes:
        operation: ``create``, ``update`` or ``delete``.
        dialect: ``v2`` or ``legacy``, the vocabulary of ``record``.
        record: the record as it will be sent, with unknown keys.
        why: the requestor's reason; may be empty.
        base: the live record at the start of an update or delete, None for a create.
        revises: the ended change that it sends again, or None.
        invalid_inputs: unreadable form inputs by field key (column ``slips``).
        source: the link that it was filled from, as the links service stores it; None without one.
    """

    operation: str
    category: str
    dialect: str
    record: dict[str, Any]
    model_name: str = ""
    why: str = ""
    base: dict[str, Any] | None = None
    revises: Revises | None = None
    invalid_inputs: Mapping[str, str] = field(default_factory=dict)
    source: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposal that is not sent yet; its content is as in :class:`NewDraft`.

    Attributes:
        guild_id: the server of its first command; None in direct messages.
        warned_at: time of its expiry warning; an edit resets it to None.
    """

    draft_id: int
    user_id: int
    guild_id: int | None
    operation: str
    category: str
    model_name: str
    dialect: str
    record: dict[str, Any]
    why: str
    state: DraftState
    created_at: datetime
    updated_at: datetime
    base: dict[str, Any] | None = None
    warned_at: datetime | None = None
    revises: Revises | None = None
    invalid_inputs: dict[str, str] = field(default_factory=dict)
    source: dict[str, Any] | None = None


class Drafts:
    """Repository of drafts; each person sees only their own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(self, user_id: int, guild_id: int | None, new: NewDraft, now: datetime) -> Draft:
        """Store a new, open draft.

        Raises TooManyDraftsError above MAX_DRAFTS per person. If the person already has a draft that revises
        the same change, or an open one of the same model and operation, returns that one unchanged.
        """
        values = {
            **_content_columns(new, now),
            **_revises_columns(new.revises),
            "user_id": user_id,
            "guild_id": guild_id,
        }

        def write(transaction: Transaction) -> Draft:
            row = None
            if new.revises is not None:
                row = transaction.execute(_REVISING, (user_id, new.revises.change_id, new.revises.digest)).fetchone()
            elif new.model_name:
                row = transaction.execute(_OF_MODEL, (user_id, new.operation, new.category, new.model_name)).fetchone()
            if row is not None:
                return _draft(row)
            require_room(transaction, user_id)
            return _draft(transaction.execute(_INSERT, values).fetchone())

        return await self._database.transaction(write)

    async def get(self, draft_id: int, user_id: int) -> Draft | None:
        """Return the person's draft, or None."""
        row = await self._database.read_one(
            "SELECT * FROM draft WHERE draft_id = ? AND user_id = ?", (draft_id, user_id)
        )
        return None if row is None else _draft(row)

    async def of_model(self, user_id: int, operation: str, category: str, model_name: str) -> Draft | None:
        """Return the person's open draft of this model and operation; None for an empty name."""
        if not model_name:
            return None
        row = await self._database.read_one(_OF_MODEL, (user_id, operation, category, model_name))
        return None if row is None else _draft(row)

    async def revising(self, user_id: int, change_id: int, digest: str) -> Draft | None:
        """Return the person's draft that revises this change, or None."""
        row = await self._database.read_one(_REVISING, (user_id, change_id, digest))
        return None if row is None else _draft(row)

    async def of_user(self, user_id: int) -> list[Draft]:
        """Return the person's drafts, last edited first."""
        rows = await self._database.read(
            "SELECT * FROM draft WHERE user_id = ? ORDER BY updated_at DESC, draft_id DESC", (user_id,)
        )
        return [_draft(row) for row in rows]

    async def save(self, draft: Draft, now: datetime) -> Draft:
        """Save a draft's editable fields.

        Owner, server, state, creation time and revised change stay. Raises DraftUnavailableError if it is gone
        or not open.
        """
        values = _content_columns(draft, now)

        def write(transaction: Transaction) -> None:
            require_open(transaction, draft.draft_id, draft.user_id)
            transaction.execute(_UPDATE, values)
            drop_notice(transaction, expiry_warning(draft.user_id, draft.draft_id))

        await self._database.transaction(write)
        return replace(draft, state=DraftState.OPEN, updated_at=now, warned_at=None)

    async def recently_edited(self, since: datetime) -> list[tuple[int, int]]:
        """Return owner and id of the latest open draft that each edited since a moment."""
        rows = await self._database.read(
            "SELECT user_id, draft_id FROM draft WHERE state = 'open' AND (updated_at >= :since OR draft_id IN "
            "(SELECT draft_id FROM intent WHERE kind = 'propose' AND state = 'refused' AND created_at >= :since)) "
            "ORDER BY updated_at, draft_id",
            {"since": to_stamp(since)},
        )
        return list({row["user_id"]: row["draft_id"] for row in rows}.items())

    async def warn(self, untouched_since: datetime, now: datetime) -> int:
        """Queue one expiry notice per open draft not edited since then; return their count.

        Other drafts of these people that would be due within a day are warned about at once: one message tells all.
        """
        values = (to_stamp(now), to_stamp(untouched_since + WARNED_TOGETHER), to_stamp(untouched_since))

        def write(transaction: Transaction) -> int:
            rows = transaction.execute(
                "UPDATE draft SET warned_at = ? WHERE state = 'open' AND warned_at IS NULL AND updated_at < ? "
                "AND user_id IN (SELECT user_id FROM draft WHERE state = 'open' AND warned_at IS NULL "
                "AND updated_at < ?) RETURNING draft_id, user_id",
                values,
            ).fetchall()
            return add_notices(transaction, [expiry_warning(row["user_id"], row["draft_id"]) for row in rows], now)

        return await self._database.transaction(write)

    async def expire(self, untouched_since: datetime, warned_before: datetime) -> int:
        """Delete open drafts not edited since then whose owners were warned; return their count."""
        return await self._database.execute(
            "DELETE FROM draft WHERE state = 'open' AND updated_at < ? AND warned_at <= ?",
            (to_stamp(untouched_since), to_stamp(warned_before)),
        )


def require_room(transaction: Transaction, user_id: int) -> None:
    """Raise TooManyDraftsError if the person has MAX_DRAFTS drafts."""
    held = transaction.execute("SELECT count(*) FROM draft WHERE user_id = ?", (user_id,)).fetchone()[0]
    if held >= MAX_DRAFTS:
        raise TooManyDraftsError(MAX_DRAFTS)


def expiry_warning(user_id: int, draft_id: int) -> NoticeKey:
    """Return the key of the notice that a draft will expire."""
    return NoticeKey(user_id, draft_id, EXPIRES, About.DRAFT)


def require_open(transaction: Transaction, draft_id: int, user_id: int, *, saved_at: datetime | None = None) -> None:
    """Raise DraftUnavailableError unless this person's draft is open, and as it was saved then."""
    row = transaction.execute(
        "SELECT state, updated_at FROM draft WHERE draft_id = ? AND user_id = ?", (draft_id, user_id)
    ).fetchone()
    state = None if row is None else str(row["state"])
    if state != DraftState.OPEN:
        raise DraftUnavailableError(draft_id, state)
    if saved_at is not None and row["updated_at"] != to_stamp(saved_at):
        raise DraftUnavailableError(draft_id, EDITED)


def move_draft(transaction: Transaction, draft_id: int, state: DraftState) -> None:
    """Set the state within the caller's transaction."""
    transaction.execute("UPDATE draft SET state = ? WHERE draft_id = ?", (state, draft_id))


def drop_draft(transaction: Transaction, draft_id: int) -> None:
    """Delete a draft within the transaction that records its change as queued."""
    transaction.execute("DELETE FROM draft WHERE draft_id = ?", (draft_id,))


def _content_columns(draft: NewDraft | Draft, now: datetime) -> dict[str, Any]:
    return columns_of(
        draft,
        record=to_json(draft.record),
        base=to_json_or_none(draft.base),
        invalid_inputs=to_json(draft.invalid_inputs),
        source=to_json_or_none(draft.source),
        now=to_stamp(now),
    )


def _revises_columns(revises: Revises | None) -> dict[str, Any]:
    if revises is None:
        return {**dict.fromkeys(Revises.__dataclass_fields__), "is_open": False}
    return columns_of(revises, ended_at=None if revises.ended_at is None else to_stamp(revises.ended_at))


def _draft(row: Row) -> Draft:
    return value_of(
        Draft,
        row,
        record=from_json(row["record"]),
        state=DraftState(row["state"]),
        created_at=from_stamp(row["created_at"]),
        updated_at=from_stamp(row["updated_at"]),
        warned_at=from_stamp_or_none(row["warned_at"]),
        base=from_json_or_none(row["base"]),
        revises=_revises(row),
        invalid_inputs=from_json(row["slips"]),
        source=from_json_or_none(row["source"]),
    )


def _revises(row: Row) -> Revises | None:
    if row["revises_change_id"] is None:
        return None
    return Revises(
        change_id=row["revises_change_id"],
        digest=row["revises_digest"],
        rejected_by=row["rejected_by"],
        ended_at=from_stamp_or_none(row["ended_at"]),
        reason=row["reject_reason"],
        is_open=bool(row["revises_open"]),
    )
