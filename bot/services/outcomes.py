"""What came of something a person did: values, because each of these is foreseen and none is a failure of ours."""

from dataclasses import dataclass
from datetime import datetime

from bot.reference.models import CanonicalFormat, Diff, Operation, PendingChange
from bot.services.changes import ChangeFacts, Claim, MessageLink
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
        unasked: keys of the fields that no form asks for here, because the service does not keep them.
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
    unasked: frozenset[str] = frozenset()
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


@dataclass(frozen=True, slots=True)
class Confirm:
    """Shown once before an approval; the press on it decides.

    ``is_own`` when the approver proposed the change; the service allows that, so it is only said.
    """

    facts: ChangeFacts
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """The person's own press did it: the change is now approved or rejected (see ``facts.state``)."""

    facts: ChangeFacts
    card: MessageLink | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """The record is not the one that was shown; nothing was done, the card shows the new one.

    ``by`` is the change that became live meanwhile, ``None`` where what is proposed is another.
    """

    facts: ChangeFacts
    card: MessageLink | None = None
    by: PendingChange | None = None


@dataclass(frozen=True, slots=True)
class Faster:
    """Somebody else has decided or applied it already; ``facts.state`` says what it is now."""

    facts: ChangeFacts
    card: MessageLink | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """The service no longer has the change."""

    change_id: int


@dataclass(frozen=True, slots=True)
class ApplyFailed:
    """The service tried and could not; the change stays approved. ``words`` are the service's own."""

    facts: ChangeFacts
    words: str
    card: MessageLink | None = None


@dataclass(frozen=True, slots=True)
class Undecided:
    """The request went out, no answer came, and the service still shows the change as before."""

    facts: ChangeFacts
    card: MessageLink | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """The approval counts, and the server wants more: ``facts`` names who approved, and how many it wants.

    ``is_first`` unless the person had approved before.
    """

    facts: ChangeFacts
    is_first: bool
    card: MessageLink | None = None


type DecisionOutcome = Decided | Counted | Moved | Faster | Gone | Undecided
type ApplyOutcome = Decided | Moved | Faster | Gone | ApplyFailed | Undecided


@dataclass(frozen=True, slots=True)
class Claimed:
    """The change is the person's to work on, for as long as the claim says."""

    change: PendingChange
    claim: Claim
    card: MessageLink | None = None


@dataclass(frozen=True, slots=True)
class TakenBefore:
    """Somebody else works on it already; their claim stands."""

    change: PendingChange
    claim: Claim
    card: MessageLink | None = None


@dataclass(frozen=True, slots=True)
class Released:
    """The person's claim is given up."""

    change_id: int
    card: MessageLink | None = None


@dataclass(frozen=True, slots=True)
class NotClaimed:
    """The person has no claim to give up: it is somebody else's, or has ended (``claim`` is ``None``)."""

    change_id: int
    claim: Claim | None = None
    card: MessageLink | None = None


type ClaimOutcome = Claimed | TakenBefore | Moved | Faster | Gone
type ReleaseOutcome = Released | NotClaimed


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What ``/status`` tells.

    Attributes:
        service_host: host of the service.
        mode: ``PRIMARY`` or ``REPLICA``, ``None`` while unknown.
        canonical_format: ``v2`` or ``legacy``, ``None`` while unknown.
        version: of the service, ``None`` where it does not say.
        is_writable: whether it takes proposals.
        service_problem: why it could not be asked (a short phrase), ``None`` when it answered.
        ai_horde_host: host of AI-Horde.
        ai_horde_ms: milliseconds until AI-Horde answered, ``None`` when it did not.
        poll_interval_s: seconds between looks at the queue.
        last_look_at: when the queue was last read, ``None`` before the first time.
        pending: open proposals, ``None`` while unknown.
        approved: decided and not yet live, ``None`` while unknown.
        oldest_pending: id and time of the proposal that waits longest.
        version_of_bot: this program's version.
        away_since: since when the service does not answer, ``None`` when it does.
        next_try_at: when it is asked again, ``None`` where the next question goes out at once.
        has_queue: whether the service keeps a queue at all; older ones do not.
        is_queue_hidden: whether the service shows its queue to approvers alone, and not to the bot.
        is_divided: whether several processes of the service answer, of which each has a queue of its own.
        left_alone: channels of the server in which Discord refused the bot three times.
        unreadable: open proposals that nobody sees here, since each is too large to be read.
    """

    service_host: str
    mode: str | None
    canonical_format: str | None
    version: str | None
    is_writable: bool
    service_problem: str | None
    ai_horde_host: str
    ai_horde_ms: int | None
    poll_interval_s: int
    last_look_at: datetime | None
    pending: int | None
    approved: int | None
    oldest_pending: tuple[int, datetime] | None
    version_of_bot: str
    away_since: datetime | None = None
    next_try_at: datetime | None = None
    has_queue: bool = True
    is_queue_hidden: bool = False
    is_divided: bool = False
    left_alone: tuple[int, ...] = ()
    unreadable: int = 0
