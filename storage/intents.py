"""Repository of intents: each is on disk before it is sent, so never sent twice."""

import sys
from collections.abc import Iterable
from datetime import datetime

from storage.columns import columns_of, to_json, to_stamp
from storage.database import Database, Transaction
from storage.drafts import DraftState, drop_draft, move_draft, require_open
from storage.errors import IntentStateError
from storage.intent import FieldError, Intent, IntentKind, IntentState, NewIntent, field_errors_to, intent_of
from storage.notices import About, NoticeKey, add_notices
from storage.sent_proposals import keep_sent

__all__ = ["FieldError", "Intent", "IntentKind", "IntentState", "Intents", "NewIntent"]

_INSERT = """
INSERT INTO intent (interaction_id, user_id, horde_user_id, kind, draft_id, guild_id, channel_id, operation,
                    category, model_name, payload, why, highest_change_id, change_id, created_at, state, sent_at)
VALUES (:interaction_id, :user_id, :horde_user_id, :kind, :draft_id, :guild_id, :channel_id, :operation,
        :category, :model_name, :payload, :why, :highest_change_id, :change_id, :created_at, :state, :sent_at)
ON CONFLICT (interaction_id) DO NOTHING
RETURNING *
"""

_RESOLVE = """
UPDATE intent SET state = ?, change_id = coalesce(?, change_id), reason = coalesce(?, reason), resolved_at = ?,
       complaints = ?, payload = CASE WHEN ? THEN '{}' ELSE payload END
WHERE intent_id = ? AND state IN ('prepared', 'sent', 'unknown')
RETURNING draft_id, change_id
"""

_UNRESOLVED = "SELECT * FROM intent WHERE state IN ('prepared', 'sent', 'unknown') ORDER BY intent_id"

_PROPOSAL_OF = """
SELECT * FROM intent WHERE change_id = ? AND kind = 'propose' AND state = 'queued'
AND horde_user_id = coalesce(?, horde_user_id)
ORDER BY intent_id DESC LIMIT 1
"""


class Intents:
    """Repository of intents; each step is committed before the next begins."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def prepare(self, new: NewIntent, now: datetime) -> Intent | None:
        """Store an intent and mark its draft SENDING; None if the interaction was already seen.

        Raises DraftUnavailableError, and writes nothing, if the draft is gone, already being sent, or was saved since.
        """
        values = columns_of(
            new,
            payload=to_json(new.payload),
            created_at=to_stamp(now),
            state=IntentState.SENT if new.is_sent else IntentState.PREPARED,
            sent_at=to_stamp(now) if new.is_sent else None,
        )

        def write(transaction: Transaction) -> Intent | None:
            row = transaction.execute(_INSERT, values).fetchone()
            if row is not None and new.draft_id is not None:
                require_open(transaction, new.draft_id, new.user_id, saved_at=new.draft_saved_at)
                move_draft(transaction, new.draft_id, DraftState.SENDING)
            return None if row is None else intent_of(row)

        return await self._database.transaction(write)

    async def mark_sent(self, intent_id: int, now: datetime) -> None:
        """Record, before the request leaves, that it may arrive.

        Raises IntentStateError unless it is PREPARED; nothing may be sent then.
        """
        sql = "UPDATE intent SET state = 'sent', sent_at = ? WHERE intent_id = ? AND state = 'prepared'"
        if not await self._database.execute(sql, (to_stamp(now), intent_id)):
            raise IntentStateError(intent_id)

    async def resolve(
        self,
        intent_id: int,
        state: IntentState,
        *,
        now: datetime,
        change_id: int | None = None,
        reason: str | None = None,
        field_errors: Iterable[FieldError] = (),
        notices: Iterable[NoticeKey] = (),
        tell_at: datetime | None = None,
    ) -> bool:
        """Record the outcome, the draft's new state and notices in one transaction.

        QUEUED moves the draft to the sent proposals, REFUSED and NOT_QUEUED reopen it, UNKNOWN blocks sending
        it again. Returns False without a change if the intent is already final. Raises ValueError for PREPARED
        or SENT, and for QUEUED without ``change_id``. Notices are delivered from ``tell_at`` on. A final
        outcome clears the payload.
        """
        if state in (IntentState.PREPARED, IntentState.SENT):
            raise ValueError(state)
        if state is IntentState.QUEUED and change_id is None:
            raise ValueError(state)
        kept = field_errors_to(field_errors)
        values = (state, change_id, reason, _resolved_at(state, now), kept, state.is_final, intent_id)

        def write(transaction: Transaction) -> bool:
            row = transaction.execute(_RESOLVE, values).fetchone()
            if row is None:
                return False
            if state is IntentState.QUEUED and row["draft_id"] is not None:
                keep_sent(transaction, row["draft_id"], intent_id, row["change_id"], now)
            _update_draft(transaction, row["draft_id"], state)
            add_notices(transaction, notices, tell_at or now)
            return True

        return await self._database.transaction(write, is_repeatable=True)  # unresolved intents are reconciled

    async def recover(self, now: datetime, *, before: datetime | None = None) -> int:
        """Resolve interrupted intents and return their count.

        PREPARED was never sent and becomes NOT_QUEUED with a notice; SENT may have arrived and becomes UNKNOWN.
        At start that concerns all of them; in a running bot only those begun ``before`` a time at which every
        request has ended.
        """
        latest = sys.maxsize if before is None else to_stamp(before)  # at start even what a wrong clock dated later
        return await self._database.transaction(
            lambda transaction: (
                _move_all(transaction, IntentState.PREPARED, IntentState.NOT_QUEUED, now, latest)
                + _move_all(transaction, IntentState.SENT, IntentState.UNKNOWN, now, latest)
            )
        )

    async def unresolved(self) -> list[Intent]:
        """Return intents that are not final, oldest first."""
        rows = await self._database.read(_UNRESOLVED)
        return [intent_of(row) for row in rows]

    async def get(self, intent_id: int) -> Intent | None:
        """Return the intent, or None."""
        row = await self._database.read_one("SELECT * FROM intent WHERE intent_id = ?", (intent_id,))
        return None if row is None else intent_of(row)

    async def latest_for_draft(self, draft_id: int) -> Intent | None:
        """Return the last intent of this draft, or None."""
        row = await self._database.read_one(
            "SELECT * FROM intent WHERE draft_id = ? ORDER BY intent_id DESC LIMIT 1", (draft_id,)
        )
        return None if row is None else intent_of(row)

    async def proposal_of(self, change_id: int, *, by: str | None = None) -> Intent | None:
        """Return the proposal that became this change; the latest, because ids can be reused.

        ``by`` is the Horde user id of its requestor, None for any.
        """
        row = await self._database.read_one(_PROPOSAL_OF, (change_id, by))
        return None if row is None else intent_of(row)

    async def why_of(self, change_id: int) -> str | None:
        """Return the requestor's reason of a change, or None."""
        proposal = await self.proposal_of(change_id)
        return proposal.why or None if proposal else None

    async def proposer_of(self, change_id: int) -> int | None:
        """Return the Discord id of a change's requestor, or None if not proposed through the bot."""
        proposal = await self.proposal_of(change_id)
        return proposal.user_id if proposal else None


def not_queued(user_id: int, intent_id: int, state: IntentState = IntentState.NOT_QUEUED) -> NoticeKey:
    """Return the key of the notice that a proposal was not queued, or REFUSED."""
    return NoticeKey(user_id, intent_id, state, About.PROPOSAL)


def _move_all(
    transaction: Transaction, before: IntentState, after: IntentState, now: datetime, begun_until: int
) -> int:
    rows = transaction.execute(
        "UPDATE intent SET state = ?, resolved_at = ? WHERE state = ? AND coalesce(sent_at, created_at) <= ? "
        "RETURNING intent_id, user_id, kind, draft_id",
        (after, _resolved_at(after, now), before, begun_until),
    ).fetchall()
    for row in rows:
        _update_draft(transaction, row["draft_id"], after)
    if after is IntentState.NOT_QUEUED:
        proposals = [row for row in rows if row["kind"] == "propose"]
        add_notices(transaction, [not_queued(row["user_id"], row["intent_id"]) for row in proposals], now)
    return len(rows)


def _resolved_at(state: IntentState, now: datetime) -> int | None:
    return to_stamp(now) if state.is_final else None


def _update_draft(transaction: Transaction, draft_id: int | None, state: IntentState) -> None:
    if draft_id is None:
        return
    match state:
        case IntentState.QUEUED:
            drop_draft(transaction, draft_id)
        case IntentState.UNKNOWN:
            move_draft(transaction, draft_id, DraftState.UNKNOWN)
        case _:
            move_draft(transaction, draft_id, DraftState.OPEN)
