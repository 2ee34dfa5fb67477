"""A draft as it stands, and what came of sending it: values, because each is foreseen and none a failure of ours."""

from dataclasses import dataclass
from datetime import datetime

from bot.reference.models import CanonicalFormat, Diff, Operation
from bot.services.changes import ChangeFacts, MessageLink
from bot.services.checks import Check
from bot.services.usage import UsageFacts


@dataclass(frozen=True, slots=True)
class LiveFacts:
    """The live record behind a draft that updates or deletes it.

    Attributes:
        diff: what an update would change of it, ``None`` for a delete.
        moved: paths of fields that somebody else changed since the draft began.
        usage: how much the model is used, ``None`` where nobody knows.
        dependents: other live models that name this one, as category and name.
    """

    diff: Diff | None = None
    moved: tuple[str, ...] = ()
    usage: UsageFacts | None = None
    dependents: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Revised:
    """The change that a draft takes up again.

    Attributes:
        rejected_by: the approver's Horde name, ``None`` for a change that was purged.
        at: when it was rejected, or seen to be gone; ``None`` where that is not known.
        reason: of the rejection, whole.
    """

    change_id: int
    rejected_by: str | None
    at: datetime | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """A draft as its card shows it.

    Attributes:
        draft_id: the draft's own number.
        operation: what shall happen.
        category: the service's category.
        name: the model's name, possibly empty.
        record: the record in the vocabulary of ``dialect``.
        dialect: v2 or legacy.
        why: the requestor's words, possibly empty.
        checks: verdicts, fails first.
        saved_at: when it was last written to disk.
        kept_until: when it expires.
        is_unsure: whether it was sent and nobody knows yet what became of it.
        live: the live record that it changes, ``None`` for a create.
        unsupported: keys of the fields that no form asks for here, because the service does not keep them.
        revised: the change that it takes up again, ``None`` where it began otherwise.
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
    is_unsure: bool = False
    live: LiveFacts | None = None
    unsupported: frozenset[str] = frozenset()
    revised: Revised | None = None


@dataclass(frozen=True, slots=True)
class DraftSummary:
    """A draft in a list; ``is_unsure`` as in :class:`DraftFacts`."""

    draft_id: int
    operation: Operation
    category: str
    name: str
    saved_at: datetime
    is_unsure: bool


@dataclass(frozen=True, slots=True)
class Queued:
    """The service took the proposal."""

    facts: ChangeFacts
    card: MessageLink | None = None


@dataclass(frozen=True, slots=True)
class NotReady:
    """Nothing was sent: a check fails."""

    draft: DraftFacts


@dataclass(frozen=True, slots=True)
class Unsure:
    """The proposal was sent and nobody knows whether it is queued; the bot looks for it and never sends it twice.

    Attributes:
        draft: as it is kept.
        told_by: when the person knows at the latest, ``None`` where the queue is hidden from the bot: it is looked for
            once the operator gives it a key that may see the queue.
        change_id: the number that the service gave it while its queue does not show it there; ``None`` where no
            answer came.
    """

    draft: DraftFacts
    told_by: datetime | None
    change_id: int | None = None


@dataclass(frozen=True, slots=True)
class InProgress:
    """The same draft is being sent by an earlier press; this press did nothing."""

    draft: DraftFacts


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Nothing was sent: the draft says what the live record says already."""

    draft: DraftFacts


@dataclass(frozen=True, slots=True)
class LiveMoved:
    """Nothing was sent: the live record changed since the draft began; the draft now stands on the new one.

    Attributes:
        draft: as saved just now.
        taken: paths of fields that are now as somebody else made them.
        contested: paths that the person and somebody else changed; the person's values stand.
    """

    draft: DraftFacts
    taken: tuple[str, ...] = ()
    contested: tuple[str, ...] = ()


type SubmitOutcome = Queued | NotReady | Unsure | InProgress | Unchanged | LiveMoved
