"""What somebody asked the service to do, on disk before it is sent; so that no answer lost is an action repeated."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from storage.columns import from_json, from_stamp, from_stamp_or_none, to_json, to_stamp
from storage.database import Database, Row, Transaction
from storage.drafts import DraftState, drop_draft, move_draft, require_open
from storage.errors import IntentStateError
from storage.outbox import NoticeKey, add_notices

type IntentKind = Literal["propose", "approve", "reject", "apply"]


class IntentState(StrEnum):
    """PREPARED and SENT are steps on the way, UNKNOWN waits for the truth, the others are final.

    QUEUED is a proposal the service has; DONE any other action it did; REFUSED was answered with a no; NOT_QUEUED
    never reached the service.
    """

    PREPARED = "prepared"
    SENT = "sent"
    UNKNOWN = "unknown"
    QUEUED = "queued"
    DONE = "done"
    REFUSED = "refused"
    NOT_QUEUED = "not_queued"

    @property
    def is_final(self) -> bool:
        """Whether nothing can follow."""
        return self not in (IntentState.PREPARED, IntentState.SENT, IntentState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Intent:
    """One action of one person.

    Attributes:
        interaction_id: Discord's id of the press; a second delivery of it makes no second intent.
        draft_id: the draft that was sent; it may be gone since.
        channel_id: where it was tried, for refusals that concern the room.
        payload: what is sent, to be found again among the service's changes.
        highest_change_id: the highest id seen in the queue before: a change of ours is above it.
        change_id: the change made (propose) or meant (approve, reject, apply); None until known.
        reason: the service's words for a refusal.
    """

    intent_id: int
    interaction_id: int
    user_id: int
    horde_user_id: str
    kind: IntentKind
    draft_id: int | None
    guild_id: int | None
    channel_id: int | None
    operation: str
    category: str
    model_name: str
    payload: dict[str, Any]
    why: str
    highest_change_id: int
    state: IntentState
    change_id: int | None
    reason: str | None
    created_at: datetime
    sent_at: datetime | None
    resolved_at: datetime | None


class Intents:
    """The steps of every action, each on disk before the next is taken."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def prepare(
        self,
        *,
        interaction_id: int,
        user_id: int,
        horde_user_id: str,
        kind: IntentKind,
        operation: str,
        category: str,
        model_name: str,
        now: datetime,
        payload: dict[str, Any] | None = None,
        why: str = "",
        highest_change_id: int = 0,
        draft_id: int | None = None,
        guild_id: int | None = None,
        channel_id: int | None = None,
        change_id: int | None = None,
    ) -> Intent | None:
        """Write the intent down and mark its draft SENDING. None when this interaction was seen before.

        Raises DraftUnavailableError, and writes nothing, when the draft is gone or already being sent.
        """
        values = {
            "interaction_id": interaction_id,
            "user_id": user_id,
            "horde_user_id": horde_user_id,
            "kind": kind,
            "draft_id": draft_id,
            "guild_id": guild_id,
            "channel_id": channel_id,
            "operation": operation,
            "category": category,
            "model_name": model_name,
            "payload": to_json(payload or {}),
            "why": why,
            "highest_change_id": highest_change_id,
            "change_id": change_id,
            "created_at": to_stamp(now),
        }

        def write(transaction: Transaction) -> Intent | None:
            row = transaction.execute(_INSERT, values).fetchone()
            if row is not None and draft_id is not None:
                require_open(transaction, draft_id, user_id)
                move_draft(transaction, draft_id, DraftState.SENDING)
            return None if row is None else _intent(row)

        return await self._database.transaction(write)

    async def mark_sent(self, intent_id: int, now: datetime) -> None:
        """Write down, before the request leaves, that it may arrive. Raises IntentStateError unless PREPARED."""
        stamp = to_stamp(now)
        moved = await self._database.transaction(
            lambda transaction: (
                transaction.execute(
                    "UPDATE intent SET state = 'sent', sent_at = ? WHERE intent_id = ? AND state = 'prepared'",
                    (stamp, intent_id),
                ).rowcount
            )
        )
        if not moved:
            raise IntentStateError(intent_id)

    async def resolve(
        self,
        intent_id: int,
        state: IntentState,
        *,
        now: datetime,
        change_id: int | None = None,
        reason: str | None = None,
        notices: Iterable[NoticeKey] = (),
    ) -> bool:
        """Write down what came of it, with its draft's fate and the notices it makes, in one transaction.

        QUEUED deletes the draft; REFUSED and NOT_QUEUED open it again; UNKNOWN keeps it from being sent twice. False,
        and nothing changed, when the intent is final already: the first truth stays. QUEUED needs ``change_id``.
        """
        if state in (IntentState.PREPARED, IntentState.SENT):
            raise ValueError(state)
        if state is IntentState.QUEUED and change_id is None:
            raise ValueError(state)

        def write(transaction: Transaction) -> bool:
            row = transaction.execute(
                "UPDATE intent SET state = ?, change_id = coalesce(?, change_id), reason = coalesce(?, reason), "
                "resolved_at = ? WHERE intent_id = ? AND state IN ('prepared', 'sent', 'unknown') RETURNING draft_id",
                (state, change_id, reason, to_stamp(now) if state.is_final else None, intent_id),
            ).fetchone()
            if row is None:
                return False
            if row["draft_id"] is not None:
                _settle_draft(transaction, row["draft_id"], state)
            add_notices(transaction, notices, now)
            return True

        return await self._database.transaction(write)

    async def recover(self, now: datetime) -> int:
        """At start, before anything is sent: PREPARED never left, SENT may have arrived. Returns how many moved."""

        def write(transaction: Transaction) -> int:
            moved = 0
            for before, after in (
                (IntentState.PREPARED, IntentState.NOT_QUEUED),
                (IntentState.SENT, IntentState.UNKNOWN),
            ):
                rows = transaction.execute(
                    "UPDATE intent SET state = ?, resolved_at = ? WHERE state = ? RETURNING draft_id",
                    (after, to_stamp(now) if after.is_final else None, before),
                ).fetchall()
                for row in rows:
                    if row["draft_id"] is not None:
                        _settle_draft(transaction, row["draft_id"], after)
                moved += len(rows)
            return moved

        return await self._database.transaction(write)

    async def unresolved(self) -> list[Intent]:
        """What is not final yet, oldest first."""
        rows = await self._database.read(
            "SELECT * FROM intent WHERE state IN ('prepared', 'sent', 'unknown') ORDER BY intent_id"
        )
        return [_intent(row) for row in rows]

    async def get(self, intent_id: int) -> Intent | None:
        """The intent, or None."""
        row = await self._database.read_one("SELECT * FROM intent WHERE intent_id = ?", (intent_id,))
        return None if row is None else _intent(row)

    async def latest_for_draft(self, draft_id: int) -> Intent | None:
        """The last try at sending this draft, or None when it was never sent."""
        row = await self._database.read_one(
            "SELECT * FROM intent WHERE draft_id = ? ORDER BY intent_id DESC LIMIT 1", (draft_id,)
        )
        return None if row is None else _intent(row)

    async def proposal_of(self, change_id: int) -> Intent | None:
        """The proposal made through the bot that became this change; the latest, where ids were used again."""
        row = await self._database.read_one(
            "SELECT * FROM intent WHERE change_id = ? AND kind = 'propose' AND state = 'queued' "
            "ORDER BY intent_id DESC LIMIT 1",
            (change_id,),
        )
        return None if row is None else _intent(row)

    async def why_of(self, change_id: int) -> str | None:
        """The reason given with the proposal; None when it was not made through the bot, or without one."""
        proposal = await self.proposal_of(change_id)
        return proposal.why or None if proposal else None

    async def proposer_of(self, change_id: int) -> int | None:
        """The Discord user who proposed it through the bot, or None."""
        proposal = await self.proposal_of(change_id)
        return proposal.user_id if proposal else None


_INSERT = """
INSERT INTO intent (interaction_id, user_id, horde_user_id, kind, draft_id, guild_id, channel_id, operation, category,
                    model_name, payload, why, highest_change_id, change_id, created_at, state)
VALUES (:interaction_id, :user_id, :horde_user_id, :kind, :draft_id, :guild_id, :channel_id, :operation, :category,
        :model_name, :payload, :why, :highest_change_id, :change_id, :created_at, 'prepared')
ON CONFLICT (interaction_id) DO NOTHING
RETURNING *
"""


def _settle_draft(transaction: Transaction, draft_id: int, state: IntentState) -> None:
    match state:
        case IntentState.QUEUED:
            drop_draft(transaction, draft_id)
        case IntentState.UNKNOWN:
            move_draft(transaction, draft_id, DraftState.UNKNOWN)
        case _:
            move_draft(transaction, draft_id, DraftState.OPEN)


def _intent(row: Row) -> Intent:
    return Intent(
        intent_id=row["intent_id"],
        interaction_id=row["interaction_id"],
        user_id=row["user_id"],
        horde_user_id=row["horde_user_id"],
        kind=row["kind"],
        draft_id=row["draft_id"],
        guild_id=row["guild_id"],
        channel_id=row["channel_id"],
        operation=row["operation"],
        category=row["category"],
        model_name=row["model_name"],
        payload=from_json(row["payload"]),
        why=row["why"],
        highest_change_id=row["highest_change_id"],
        state=IntentState(row["state"]),
        change_id=row["change_id"],
        reason=row["reason"],
        created_at=from_stamp(row["created_at"]),
        sent_at=from_stamp_or_none(row["sent_at"]),
        resolved_at=from_stamp_or_none(row["resolved_at"]),
    )
