"""A proposal in the making, and the change it takes up again; values only."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from storage.columns import from_json, from_stamp, from_stamp_or_none
from storage.database import Row


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
        slips: what was typed into its forms and could not be read, by the key of the field.
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
    slips: dict[str, str] = field(default_factory=dict)


def draft_of(row: Row) -> Draft:
    """A row of ``draft``."""
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
        slips=from_json(row["slips"]),
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
