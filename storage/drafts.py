"""What people have typed and not yet sent; a draft goes only by being queued, discarded or expired."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from storage.columns import from_json, from_stamp, from_stamp_or_none, to_json, to_stamp
from storage.database import Database, Row, Transaction
from storage.errors import DraftUnavailableError, TooManyDraftsError
from storage.notices import About, NoticeKey, add_notices, drop_notice

MAX_DRAFTS = 25
"""A person's drafts fit one Discord select menu."""

EXPIRES = "expires"
"""Status of the notice that a draft is about to expire."""


_INSERT = """
INSERT INTO draft (user_id, guild_id, operation, category, model_name, dialect, record, why, base, slips, created_at,
                   updated_at, revises_change_id, revises_digest, rejected_by, ended_at, reject_reason, state)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open')
RETURNING *
"""

_REVISING = "SELECT * FROM draft WHERE user_id = ? AND revises_change_id = ? AND revises_digest = ?"


class DraftState(StrEnum):
    """OPEN may be edited; SENDING is on its way; UNKNOWN was sent and nobody answered yet."""

    OPEN = "open"
    SENDING = "sending"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Revises:
    """The change that a draft takes up again: rejected, or purged (then nobody rejected it, for no reason told).

    Attributes:
        digest: of what its card showed: an id can be used again.
        rejected_by: the approver's Horde name.
        ended_at: when it was rejected, or was seen to be gone; None where that is not known.
    """

    change_id: int
    digest: str
    rejected_by: str | None = None
    ended_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposal in the making.

    Attributes:
        guild_id: the server it was begun in; None in direct messages.
        operation: ``create``, ``update`` or ``delete``.
        dialect: ``v2`` or ``legacy``, the vocabulary of ``record``.
        record: the record as it will be sent, with keys the bot does not know.
        why: the person's reason, for the reviewers; may be empty.
        base: the live record that an update or a delete began from, None for a create.
        warned_at: when its owner was told that it expires; None since the last change to it.
        revises: the change it takes up again, None where it began otherwise.
        invalid_inputs: what was typed into its forms and could not be read, by the key of the field.
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


class Drafts:
    """Each person's drafts, seen by that person only."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(
        self,
        *,
        user_id: int,
        guild_id: int | None,
        operation: str,
        category: str,
        model_name: str,
        dialect: str,
        record: dict[str, Any],
        why: str = "",
        base: dict[str, Any] | None = None,
        revises: Revises | None = None,
        invalid_inputs: Mapping[str, str] | None = None,
        now: datetime,
    ) -> Draft:
        """Keep a new, open draft. Raises TooManyDraftsError above MAX_DRAFTS a person.

        A change is taken up again in one draft: while there is one, that is what is returned.
        """
        stamp = to_stamp(now)
        values = (
            user_id,
            guild_id,
            operation,
            category,
            model_name,
            dialect,
            to_json(record),
            why,
            _base_to_json(base),
            to_json(invalid_inputs or {}),
            stamp,
            stamp,
            *_revises_to_columns(revises),
        )

        def write(transaction: Transaction) -> Draft:
            if revises is not None:
                row = transaction.execute(_REVISING, (user_id, revises.change_id, revises.digest)).fetchone()
                if row is not None:
                    return _draft(row)
            held = transaction.execute("SELECT count(*) FROM draft WHERE user_id = ?", (user_id,)).fetchone()[0]
            if held >= MAX_DRAFTS:
                raise TooManyDraftsError(MAX_DRAFTS)
            return _draft(transaction.execute(_INSERT, values).fetchone())

        return await self._database.transaction(write)

    async def get(self, draft_id: int, user_id: int) -> Draft | None:
        """The draft, or None when it is gone or somebody else's."""
        row = await self._database.read_one(
            "SELECT * FROM draft WHERE draft_id = ? AND user_id = ?", (draft_id, user_id)
        )
        return None if row is None else _draft(row)

    async def revising(self, user_id: int, change_id: int, digest: str) -> Draft | None:
        """The person's draft that takes up this change again, or None."""
        row = await self._database.read_one(_REVISING, (user_id, change_id, digest))
        return None if row is None else _draft(row)

    async def of_user(self, user_id: int) -> list[Draft]:
        """All of a person's drafts, last touched first."""
        rows = await self._database.read(
            "SELECT * FROM draft WHERE user_id = ? ORDER BY updated_at DESC, draft_id DESC", (user_id,)
        )
        return [_draft(row) for row in rows]

    async def save(self, draft: Draft, now: datetime) -> Draft:
        """Keep what the person typed: everything but owner, server, state, beginning and what it takes up again.

        Raises DraftUnavailableError when it is gone, or not open.
        """
        values = (
            draft.operation,
            draft.category,
            draft.model_name,
            draft.dialect,
            to_json(draft.record),
            draft.why,
            _base_to_json(draft.base),
            to_json(draft.invalid_inputs),
            to_stamp(now),
            draft.draft_id,
            draft.user_id,
        )

        def write(transaction: Transaction) -> None:
            require_open(transaction, draft.draft_id, draft.user_id)
            transaction.execute(
                "UPDATE draft SET operation = ?, category = ?, model_name = ?, dialect = ?, record = ?, "
                "why = ?, base = ?, slips = ?, updated_at = ?, warned_at = NULL WHERE draft_id = ? AND user_id = ?",
                values,
            )
            drop_notice(transaction, _warning(draft.user_id, draft.draft_id))

        await self._database.transaction(write)
        return replace(draft, state=DraftState.OPEN, updated_at=now, warned_at=None)

    async def discard(self, draft_id: int, user_id: int) -> bool:
        """Throw a draft away. False when it is gone, somebody else's, or on its way to the service."""
        return await self._database.transaction(
            lambda transaction: (
                transaction.execute(
                    "DELETE FROM draft WHERE draft_id = ? AND user_id = ? AND state != 'sending'",
                    (draft_id, user_id),
                ).rowcount
                > 0
            )
        )

    async def warn(self, untouched_since: datetime, now: datetime) -> int:
        """Have the owners of open drafts not touched since then told, once, that these expire; returns how many."""
        values = (to_stamp(now), to_stamp(untouched_since))

        def write(transaction: Transaction) -> int:
            rows = transaction.execute(
                "UPDATE draft SET warned_at = ? WHERE state = 'open' AND warned_at IS NULL AND updated_at < ? "
                "RETURNING draft_id, user_id",
                values,
            ).fetchall()
            return add_notices(transaction, [_warning(row["user_id"], row["draft_id"]) for row in rows], now)

        return await self._database.transaction(write)

    async def expire(self, untouched_since: datetime, warned_before: datetime) -> int:
        """Delete open drafts not touched since then, whose owners were told before that; returns how many."""
        values = (to_stamp(untouched_since), to_stamp(warned_before))
        return await self._database.transaction(
            lambda transaction: (
                transaction.execute(
                    "DELETE FROM draft WHERE state = 'open' AND updated_at < ? AND warned_at <= ?", values
                ).rowcount
            )
        )


def _warning(user_id: int, draft_id: int) -> NoticeKey:
    return NoticeKey(user_id, draft_id, EXPIRES, About.DRAFT)


def require_open(transaction: Transaction, draft_id: int, user_id: int) -> None:
    """Raise DraftUnavailableError unless this person's draft may be edited or sent now."""
    row = transaction.execute(
        "SELECT state FROM draft WHERE draft_id = ? AND user_id = ?", (draft_id, user_id)
    ).fetchone()
    state = None if row is None else str(row["state"])
    if state != DraftState.OPEN:
        raise DraftUnavailableError(draft_id, state)


def move_draft(transaction: Transaction, draft_id: int, state: DraftState) -> bool:
    """Set the state within the transaction that gives the reason. False when the draft is gone."""
    return transaction.execute("UPDATE draft SET state = ? WHERE draft_id = ?", (state, draft_id)).rowcount > 0


def drop_draft(transaction: Transaction, draft_id: int) -> None:
    """Delete the draft within the transaction that records its change as queued."""
    transaction.execute("DELETE FROM draft WHERE draft_id = ?", (draft_id,))


def _base_to_json(base: dict[str, Any] | None) -> str | None:
    return None if base is None else to_json(base)


def _revises_to_columns(revises: Revises | None) -> tuple[int | str | None, ...]:
    if revises is None:
        return (None, None, None, None, None)
    ended_at = None if revises.ended_at is None else to_stamp(revises.ended_at)
    return (revises.change_id, revises.digest, revises.rejected_by, ended_at, revises.reason)


def _draft(row: Row) -> Draft:
    return Draft(
        draft_id=row["draft_id"],
        user_id=row["user_id"],
        guild_id=row["guild_id"],
        operation=row["operation"],
        category=row["category"],
        model_name=row["model_name"],
        dialect=row["dialect"],
        record=from_json(row["record"]),
        why=row["why"],
        state=DraftState(row["state"]),
        created_at=from_stamp(row["created_at"]),
        updated_at=from_stamp(row["updated_at"]),
        warned_at=from_stamp_or_none(row["warned_at"]),
        base=None if row["base"] is None else from_json(row["base"]),
        revises=_revises(row),
        invalid_inputs=from_json(row["slips"]),
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
    )
