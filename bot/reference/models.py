"""The service's messages as values: queue entries, diffs, refusals."""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from bot.reference.credentials import redacted


class Operation(StrEnum):
    """Effect of a queued change on a model."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class ChangeStatus(StrEnum):
    """State of a queued change."""

    PENDING = "pending"
    APPROVED = "approved"
    APPLYING = "applying"
    APPLIED = "applied"
    REJECTED = "rejected"

    @property
    def is_open(self) -> bool:
        """True until the change is applied or rejected."""
        return self not in {ChangeStatus.APPLIED, ChangeStatus.REJECTED}


class ReplicateMode(StrEnum):
    """Role of a deployment: owner of the reference, or copy of another deployment."""

    PRIMARY = "PRIMARY"
    REPLICA = "REPLICA"


class CanonicalFormat(StrEnum):
    """Format in which a deployment stores records, and the dialect that it takes."""

    V2 = "v2"
    LEGACY = "legacy"


class Message(BaseModel):
    """A message of the service: immutable, with fields newer than this client kept.

    Validation errors do not contain the input, which may be personal.
    """

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)


class ErrorDetail(Message):
    """One validation error of one field of a request, in the service's words."""

    loc: tuple[str | int, ...] | None = None
    msg: str
    type: str | None = None


class ErrorResponse(Message):
    """Body of a refusal: one sentence, or a list of validation errors."""

    detail: str | tuple[ErrorDetail, ...]


CHANGE_ID_MAX: Final = 10**18 - 1
"""Largest id of a change that a button can carry."""

type ChangeId = Annotated[int, Field(ge=0, le=CHANGE_ID_MAX)]

type UnixTime = Annotated[int, Field(ge=0, lt=datetime(9999, 1, 1, tzinfo=UTC).timestamp())]
"""Seconds, as far as a ``datetime`` can be made of them."""

MODEL_REFERENCE: Final = "model_reference"
"""``resource_kind`` of a model record; text guidance and baselines are other kinds (since 8.0)."""


class PendingChange(Message):
    """One entry of the service's pending queue, in any status.

    Times are Unix seconds. ``requested_by``, ``approved_by``, ``rejected_by`` and ``applied_by`` are AI-Horde
    user ids (digits as text). ``payload`` is the proposed record; for a delete, the one that would be removed.
    Credentials in it are replaced.
    """

    change_id: ChangeId
    resource_kind: str = MODEL_REFERENCE
    category: str
    model_name: str
    operation: Operation
    payload: dict[str, Any] = {}
    requested_by: str
    requested_username: str | None = None
    requested_at: UnixTime
    status: ChangeStatus
    notes: str | None = None
    batch_id: int | None = None
    batch_title: str | None = None
    approved_by: str | None = None
    approved_username: str | None = None
    approved_at: UnixTime | None = None
    rejected_by: str | None = None
    rejected_username: str | None = None
    rejected_at: UnixTime | None = None
    reject_reason: str | None = None
    applied_at: UnixTime | None = None
    applied_by: str | None = None
    applied_username: str | None = None
    applied_job_id: str | None = None
    updated_at: UnixTime | None = None

    @field_validator("payload", mode="before")
    @classmethod
    def _absent_payload_is_empty(cls, value: Any) -> Any:
        return {} if value is None else redacted(value)

    @property
    def is_record(self) -> bool:
        """True for a model record, the only kind that the bot can display."""
        return self.resource_kind == MODEL_REFERENCE

    @cached_property
    def digest(self) -> str:
        """Hash the proposal and its author (ten hex digits): binds a press to what was shown.

        Independent of nulls, which lists contain and answers to writes omit, and of approval and apply. A reused id
        with other content has another digest.
        """
        seen = {
            "operation": self.operation.value,
            "category": self.category,
            "model_name": self.model_name,
            "requested_by": self.requested_by,
            "payload": self.payload,
        }
        text = json.dumps(without_nulls(seen), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:10]


_NESTED = (dict, list, tuple)


def without_nulls(value: Any) -> Any:
    """Copy a JSON value without null members of objects; nulls in lists keep their position."""
    if isinstance(value, dict):
        return {
            key: without_nulls(item) if isinstance(item, _NESTED) else item
            for key, item in value.items()
            if item is not None
        }
    if isinstance(value, list | tuple):
        return [without_nulls(item) if isinstance(item, _NESTED) else item for item in value]
    return value


type Redacted = Annotated[Any, AfterValidator(redacted)]
"""A value whose credentials are replaced as it is read."""


class FieldDiff(Message):
    """One field that a change would alter; lists are compared whole by the service."""

    field_path: str
    old_value: Redacted = None
    new_value: Redacted = None


def _without_null_diffs(diffs: Iterable[FieldDiff]) -> tuple[FieldDiff, ...]:
    """Drop fields whose values differ only in nulls, which older services list (4.1.0)."""
    return tuple(one for one in diffs if without_nulls(one.old_value) != without_nulls(one.new_value))


type FieldDiffs = Annotated[tuple[FieldDiff, ...], AfterValidator(_without_null_diffs)]


class Diff(Message):
    """Diff of a change and the current reference, by the service; also of decided changes.

    For a delete ``proposed_state`` is the record that would be removed and ``field_diffs`` is empty.
    """

    change_id: int
    category: str
    model_name: str
    operation: Operation
    current_state: Annotated[dict[str, Any], BeforeValidator(redacted)] | None = None
    proposed_state: Annotated[dict[str, Any], BeforeValidator(redacted)] | None = None
    field_diffs: FieldDiffs = ()
    is_critical: bool = False


class Usage(Message):
    """Usage of a live model in images or texts; zeros if AI-Horde did not answer."""

    name: str
    worker_count: int = 0
    usage_month: int = 0


class DecisionReply(Message):
    """Answer to a complete decision. ``batch_id`` is None when nothing was approved."""

    batch_id: int | None = None
    batch_title: str | None = None
    approved: tuple[PendingChange, ...]
    rejected: tuple[PendingChange, ...]


class ApplyResult(Message):
    """Result of an apply; with ``failed_change_id`` set it stopped there.

    The change that failed stays approved. ``failed_error`` is the service's own text.
    """

    applied: tuple[PendingChange, ...]
    failed_change_id: int | None = None
    failed_error: str | None = None


class PurgeResult(Message):
    """Changes that a purge, or its dry run, removes from the queue."""

    removed_change_ids: tuple[int, ...]
    dry_run: bool = False


class MyRoles(Message):
    """Identity of a key's owner, and the roles of the service's allow-lists."""

    user_id: str
    username: str
    roles: frozenset[str] = frozenset()


class Licence(Message):
    """A licence that records may name, with its permissions (``allowed``…) and obligations."""

    license_id: str
    commercial_use: str = "unknown"
    redistribution: str = "unknown"
    obligations: tuple[str, ...] = ()


class HeartBeat(Message):
    """Answer of a running service."""

    status: str


class _Named(Message):
    name: str


class BaselineList(Message):
    """The published baselines of image models."""

    items: tuple[_Named, ...]


class LicenceList(Message):
    """The licences that records may name."""

    items: tuple[Licence, ...]


class UsageList(Message):
    """Statistics of the models of a category."""

    models: tuple[Usage, ...]


class LastUpdated(Message):
    """Time of the reference's last change, in Unix seconds."""

    last_updated: int
