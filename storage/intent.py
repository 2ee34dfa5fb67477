"""Intents: one action of one person at the service; values."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from storage.columns import from_json, from_stamp, from_stamp_or_none, value_of
from storage.database import Row

type IntentKind = Literal["propose", "approve", "reject", "apply"]


class IntentState(StrEnum):
    """PREPARED and SENT are in progress, UNKNOWN waits for reconciliation, the others are final.

    QUEUED is a proposal in the queue; DONE is any other completed action; REFUSED was answered with an error;
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
        """Return whether no transition can follow."""
        return self not in (IntentState.PREPARED, IntentState.SENT, IntentState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class FieldError:
    """The service's error about one field: path in the record (empty: the whole), and message."""

    place: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewIntent:
    """An action to store before it is sent.

    Attributes:
        interaction_id: Discord's interaction id; a second delivery creates no second intent.
        channel_id: channel of the press.
        draft_id: the draft to send.
        draft_saved_at: when it was last saved, as it was read; None where that does not matter.
        change_id: the target change of a decision on one change.
        payload: the sent record, to match it with the service's changes.
        highest_change_id: highest id seen before sending; the new change's id is greater.
        is_sent: store it as SENT, for a request that leaves next: one commit instead of two.
    """

    interaction_id: int
    user_id: int
    horde_user_id: str
    kind: IntentKind
    guild_id: int | None = None
    channel_id: int | None = None
    draft_id: int | None = None
    draft_saved_at: datetime | None = None
    change_id: int | None = None
    operation: str = ""
    category: str = ""
    model_name: str = ""
    payload: dict[str, Any] = field(default_factory=dict)
    why: str = ""
    highest_change_id: int = 0
    is_sent: bool = False


@dataclass(frozen=True, slots=True)
class Intent:
    """One action of one person; see :class:`NewIntent` as well.

    Attributes:
        draft_id: the draft that was sent; may be deleted by now.
        change_id: the created (propose) or target change; None until known. For an UNKNOWN proposal it is the id
            in the service's answer, not confirmed by its queue.
        reason: the service's message for a refusal.
        field_errors: the service's errors about single fields.
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
    """Return a row of ``intent`` as a value."""
    return value_of(
        Intent,
        row,
        payload=from_json(row["payload"]),
        state=IntentState(row["state"]),
        created_at=from_stamp(row["created_at"]),
        sent_at=from_stamp_or_none(row["sent_at"]),
        resolved_at=from_stamp_or_none(row["resolved_at"]),
        field_errors=field_errors_from(row["complaints"]),
    )


def field_errors_to(field_errors: Iterable[FieldError]) -> str:
    """Return field errors as JSON."""
    return json.dumps([{"loc": each.place, "msg": each.message} for each in field_errors])


def field_errors_from(text: str) -> tuple[FieldError, ...]:
    """Return the field errors of ``field_errors_to``."""
    return tuple(FieldError(tuple(each["loc"]), each["msg"]) for each in json.loads(text))
