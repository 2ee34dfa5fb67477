"""Facts of a draft, and the outcomes of sending it; values."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.reference.models import CanonicalFormat, Diff, Operation, PendingChange
from bot.services.changes import CardState, MessageLink, Replaced
from bot.services.checks import Check
from bot.services.hosts.host_findings import HostFinding
from bot.services.hosts.values import LinkSource
from bot.services.records.texts import RecordShape
from bot.services.usage import UsageFacts


class Resumed(StrEnum):
    """Outcome of a proposal for a model that the person already had an open draft for."""

    OPENED = "opened"
    """Nothing was given."""
    MERGED = "merged"
    """Typed values were written into that draft."""
    NOT_TAKEN = "not_taken"
    """The draft is as it was: a link or a file is not written over typed values."""


@dataclass(frozen=True, slots=True)
class LiveFacts:
    """The live record behind a draft that updates or deletes it.

    Attributes:
        diff: the update's changes, ``None`` for a delete.
        moved: paths that others changed since the draft began.
        usage: the model's usage, ``None`` if unknown.
        dependents: other live models that refer to this one, as category and name.
    """

    diff: Diff | None = None
    moved: tuple[str, ...] = ()
    usage: UsageFacts | None = None
    dependents: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Revised:
    """The change that a draft replaces.

    Attributes:
        rejected_by: the approver's Horde name, ``None`` for a purged change.
        at: time of the rejection, or when the purge was noticed; ``None`` if unknown.
        reason: the full rejection reason, ``None`` for a purged change.
        was_open: whether it was pending when the draft began; the others then say what an approver asked for.
        state: of such a change now; ``None`` if it has ended.
    """

    change_id: int
    rejected_by: str | None
    at: datetime | None
    reason: str | None
    was_open: bool = False
    state: CardState | None = None


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """A draft as its card shows it.

    Attributes:
        name: the model's name, possibly empty.
        record: in the vocabulary of ``dialect``.
        why: the requestor's reason, possibly empty.
        checks: check results, fails first.
        saved_at: time of the last save.
        kept_until: expiry time.
        is_outcome_unknown: it was sent and the outcome is unknown.
        live: comparison with the live record, ``None`` for a create.
        unsupported: keys of fields left out of the forms, because the service does not store them.
        revised: the change that it replaces, or ``None``.
        source: the link that it was filled from, or ``None``.
        host_findings: what the hosts of its files said so far.
        shapes: the shapes in which its file was given, right after it was read.
        is_read_only: the service takes no proposals now, so it cannot be sent.
        resumed: set when this answer shows an earlier draft of the model instead of a new one.
    """

    draft_id: int
    operation: Operation
    category: str
    name: str
    record: dict[str, object]
    dialect: CanonicalFormat
    why: str
    checks: tuple[Check, ...]
    saved_at: datetime
    kept_until: datetime
    is_outcome_unknown: bool = False
    live: LiveFacts | None = None
    unsupported: frozenset[str] = frozenset()
    revised: Revised | None = None
    source: LinkSource | None = None
    host_findings: tuple[HostFinding, ...] = ()
    shapes: tuple[RecordShape, ...] = ()
    resumed: Resumed | None = None
    is_read_only: bool = False

    @property
    def label(self) -> str:
        """The name; without one, the file or page of the link; empty without either."""
        return draft_label(self.name, self.source)


def draft_label(name: str, source: LinkSource | None) -> str:
    """Return the name of a draft in lists; a link without an answer of its host gives none."""
    if name.strip() or source is None:
        return name
    file = source.offer.file
    return (file.name if file is not None else "") or source.reading.page.removeprefix("https://").partition("?")[0]


@dataclass(frozen=True, slots=True)
class DraftSummary:
    """A draft in a list, as in :class:`DraftFacts`.

    ``name`` is its label; ``category`` is None until the person has chosen it.
    """

    draft_id: int
    operation: Operation
    category: str | None
    name: str
    saved_at: datetime
    is_outcome_unknown: bool


@dataclass(frozen=True, slots=True)
class Queued:
    """The service queued the proposal."""

    change: PendingChange
    card: MessageLink | None = None
    replaces: Replaced | None = None


@dataclass(frozen=True, slots=True)
class NotReady:
    """Nothing was sent: a check fails."""

    draft: DraftFacts


@dataclass(frozen=True, slots=True)
class SubmissionUnknown:
    """The proposal was sent, its outcome is unknown; it is looked up, never sent twice.

    Attributes:
        draft: the stored draft.
        notified_by: latest time of the notification; ``None`` if the bot's key may not read the queue.
        change_id: the id in the service's answer, if its queue does not list that change; else ``None``.
    """

    draft: DraftFacts
    notified_by: datetime | None
    change_id: int | None = None


@dataclass(frozen=True, slots=True)
class InProgress:
    """An earlier press is sending the same draft; this press did nothing."""

    draft: DraftFacts


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """Nothing was sent: the text typed to confirm a deletion is not the expected one."""

    draft_id: int
    typed: str
    expected: str


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Nothing was sent: the draft equals the live record."""

    draft: DraftFacts


@dataclass(frozen=True, slots=True)
class Edited:
    """Nothing was sent: the draft was edited while this press waited."""

    draft: DraftFacts


@dataclass(frozen=True, slots=True)
class LiveMoved:
    """Nothing was sent: the live record changed since the draft began; the draft was rebased.

    Attributes:
        draft: the rebased draft.
        taken: paths that now have others' values.
        contested: paths that both changed; they keep the person's values.
    """

    draft: DraftFacts
    taken: tuple[str, ...] = ()
    contested: tuple[str, ...] = ()


type SubmitOutcome = Queued | NotReady | SubmissionUnknown | InProgress | Unconfirmed | Unchanged | Edited | LiveMoved
