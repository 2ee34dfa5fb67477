"""What came of a decision, an apply or a claim: values, because each is foreseen and none is a failure of ours."""

from dataclasses import dataclass

from bot.reference.models import PendingChange
from bot.services.changes import ChangeFacts, Claim, Gone, MessageLink


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
    """The record is not the one that was shown; the card shows the new one.

    Attributes:
        by: the change that went live meanwhile, ``None`` where the proposed record itself is another.
        is_recorded: whether the decision was recorded all the same, because the record changed just before it.
    """

    facts: ChangeFacts
    card: MessageLink | None = None
    by: PendingChange | None = None
    is_recorded: bool = False


@dataclass(frozen=True, slots=True)
class Faster:
    """Somebody else has decided or applied it already; ``facts.state`` says what it is now."""

    facts: ChangeFacts
    card: MessageLink | None = None


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
