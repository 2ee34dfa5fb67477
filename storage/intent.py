"""One action that one person asked the service for, and how far it got; values only."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from storage.columns import from_json, from_stamp, from_stamp_or_none
from storage.database import Row

type IntentKind = Literal["propose", "approve", "reject", "apply"]


class IntentState(StrEnum):
    """PREPARED and SENT are steps on the way, UNKNOWN waits for the truth, the others are final.

    QUEUED is a proposal the service has; DONE any other action it did; REFUSED was answered with a no;
    NOT_QUEUED never reached the service.
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
class FieldError:
    """A place in the record, from the outside in (empty: the record as a whole), and what is wrong there."""

    place: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class Intent:
    """One action of one person.

    Attributes:
        interaction_id: Discord's id of the press; a second delivery of it makes no second intent.
        draft_id: the draft that was sent; it may be gone since.
        channel_id: where it was tried, for refusals that concern the room.
        payload: what is sent, to be found again among the service's changes.
        highest_change_id: the highest id seen in the queue before: a change of ours is above it.
        change_id: the change made (propose) or meant (approve, reject, apply); None until known. That of a proposal
            which is UNKNOWN is the service's word, which its queue did not confirm.
        reason: the service's words for a refusal.
        field_errors: what the service said of single fields: where in the record, and what.
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
    field_errors: tuple[FieldError, ...] = ()


def intent_of(row: Row) -> Intent:
    """A row of ``intent``."""
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
        field_errors=field_errors_from(row["complaints"]),
    )


def field_errors_to(field_errors: Iterable[FieldError]) -> str:
    """Complaints as they are kept."""
    return json.dumps([{"loc": each.place, "msg": each.message} for each in field_errors])


def field_errors_from(text: str) -> tuple[FieldError, ...]:
    """The field_errors of ``field_errors_to``."""
    return tuple(FieldError(tuple(each["loc"]), each["msg"]) for each in json.loads(text))
