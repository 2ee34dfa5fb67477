"""The service's messages as values: what a queue entry, a difference, a page or a refusal is made of."""

import hashlib
import json
from enum import StrEnum
from functools import cached_property
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, field_validator


class Operation(StrEnum):
    """What a queued change does to a model."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class ChangeStatus(StrEnum):
    """Where a queued change stands."""

    PENDING = "pending"
    APPROVED = "approved"
    APPLYING = "applying"
    APPLIED = "applied"
    REJECTED = "rejected"

    @property
    def is_open(self) -> bool:
        """Whether anything can still happen to the change."""
        return self not in {ChangeStatus.APPLIED, ChangeStatus.REJECTED}


class ReplicateMode(StrEnum):
    """Whether a deployment owns the reference or copies it from one that does."""

    PRIMARY = "PRIMARY"
    REPLICA = "REPLICA"


class CanonicalFormat(StrEnum):
    """The vocabulary in which a deployment stores its records, and so the dialect in which it takes them."""

    V2 = "v2"
    LEGACY = "legacy"


class Message(BaseModel):
    """A message of the service: read once, never changed; fields newer than this client are kept.

    A reply that does not fit is reported by its places only: what was sent may be somebody's.
    """

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)


class ErrorDetail(Message):
    """One complaint about one place of a request, as the service's validation words it."""

    loc: tuple[str | int, ...] | None = None
    msg: str
    type: str | None = None


class ErrorResponse(Message):
    """The body of a refusal: one sentence, or a list of complaints."""

    detail: str | tuple[ErrorDetail, ...]


MODEL_REFERENCE: Final = "model_reference"
"""The kind of change that proposes a model record; text guidance and baselines are other kinds (since 8.0)."""


class PendingChange(Message):
    """One entry of the service's pending queue, whatever its status.

    Times are Unix seconds. ``requested_by``, ``approved_by``, ``rejected_by`` and ``applied_by`` are AI-Horde
    user ids (digits as text). ``payload`` is the proposed record; for a delete, the one that would go.
    """

    change_id: int
    resource_kind: str = MODEL_REFERENCE
    resource_id: str | None = None
    category: str
    model_name: str
    operation: Operation
    payload: dict[str, Any] = {}
    requested_by: str
    requested_username: str | None = None
    requested_at: int
    status: ChangeStatus
    notes: str | None = None
    batch_id: int | None = None
    batch_title: str | None = None
    approved_by: str | None = None
    approved_username: str | None = None
    approved_at: int | None = None
    rejected_by: str | None = None
    rejected_username: str | None = None
    rejected_at: int | None = None
    reject_reason: str | None = None
    applied_at: int | None = None
    applied_by: str | None = None
    applied_username: str | None = None
    applied_job_id: str | None = None
    updated_at: int | None = None
    request_metadata: dict[str, Any] | None = None
    related_models: tuple[str, ...] | None = None

    @field_validator("payload", mode="before")
    @classmethod
    def _absent_payload_is_empty(cls, value: Any) -> Any:
        return {} if value is None else value

    @property
    def is_record(self) -> bool:
        """Whether a model record is proposed, and not something that the bot has no words for."""
        return self.resource_kind == MODEL_REFERENCE

    @cached_property
    def digest(self) -> str:
        """Ten hex digits that stand for what was proposed, by whom: a press is bound to what was seen.

        The same whether the entry came from a list (nulls written out) or from an answer to a write (nulls
        left out), and the same through approval and apply. A reused id with other content has another digest.
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


def without_nulls(value: Any) -> Any:
    """Copy a JSON value without the null members of its objects; a null in a list holds a place and stays."""
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [without_nulls(item) for item in value]
    return value


class FieldDiff(Message):
    """One field that a change would alter; lists are compared whole by the service."""

    field_path: str
    old_value: Any = None
    new_value: Any = None
    change_type: str


class Diff(Message):
    """A change against the reference as it is now, computed by the service, also for decided changes.

    ``net_operation`` is added, modified, deleted or unchanged. For a delete ``proposed_state`` is the record
    that would go and ``field_diffs`` is empty: ask ``net_operation``.
    """

    change_id: int
    category: str
    model_name: str
    operation: Operation
    current_state: dict[str, Any] | None = None
    proposed_state: dict[str, Any] | None = None
    net_operation: str
    field_diffs: tuple[FieldDiff, ...] = ()
    is_critical: bool = False
    fields_added: tuple[str, ...] = ()
    fields_removed: tuple[str, ...] = ()
    fields_modified: tuple[str, ...] = ()


class Usage(Message):
    """How much a live model is used, as far as the service could ask AI-Horde for it; counts of pictures or texts."""

    name: str
    worker_count: int = 0
    usage_day: int = 0
    usage_month: int = 0
    usage_total: int = 0


class ChangePage(Message):
    """A page of the queue, change ids ascending; ``total`` counts everything the filter matches.

    ``left_out`` counts changes that the page covers without showing them, since each is too large to be read.
    """

    items: tuple[PendingChange, ...]
    total: int
    offset: int = 0
    limit: int | None = None
    left_out: int = 0

    @property
    def length(self) -> int:
        """Places of the list that the page covers."""
        return len(self.items) + self.left_out


class BatchResult(Message):
    """The answer to a decision: all of it happened. ``batch_id`` is None when nothing was approved."""

    batch_id: int | None = None
    batch_title: str | None = None
    approved: tuple[PendingChange, ...]
    rejected: tuple[PendingChange, ...]


class ApplyResult(Message):
    """What an apply did before it ended; with ``failed_change_id`` set it stopped there.

    The change that failed stays approved. ``failed_error`` is the service's own text.
    """

    applied: tuple[PendingChange, ...]
    failed_change_id: int | None = None
    failed_error: str | None = None
    failed_error_type: str | None = None


class PurgeResult(Message):
    """What left the queue, or would leave it, by a purge."""

    removed_change_ids: tuple[int, ...]
    dry_run: bool = False


class MyRoles(Message):
    """Who the service takes a key's owner to be, and the roles its allow-lists give them."""

    user_id: str
    username: str
    roles: frozenset[str] = frozenset()


class Licence(Message):
    """A licence that records may name, and what it permits (``allowed``, ``unknown`` …) and asks for."""

    license_id: str
    commercial_use: str = "unknown"
    redistribution: str = "unknown"
    obligations: tuple[str, ...] = ()


class HordeHealth(Message):
    """The service's own view of AI-Horde's statistics; says nothing about keys being confirmed."""

    degraded: bool = False
    consecutive_failures: int = 0
    seconds_until_retry: float | None = None


class HeartBeat(Message):
    """The service is up."""

    status: str
    ai_horde: HordeHealth | None = None
