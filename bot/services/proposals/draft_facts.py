"""Facts of stored drafts: their checks and comparisons, as the card shows them."""

from dataclasses import dataclass
from datetime import timedelta

from bot.identity.accounts import Accounts
from bot.identity.roles import Role
from bot.reference.errors import ApiError
from bot.reference.models import CanonicalFormat, Operation, PendingChange
from bot.services.catalogue import Catalogue
from bot.services.changes import CardState
from bot.services.checks import Check, CheckedRecord
from bot.services.checks.run import run_checks
from bot.services.hosts.host_checks import HostChecks, subject_of
from bot.services.hosts.host_findings import HostSubject
from bot.services.hosts.values import from_stored
from bot.services.polling.queue_snapshot import QueueSnapshot
from bot.services.proposals.live_comparison import LiveComparison
from bot.services.proposals.outcomes import DraftFacts, Revised
from bot.services.proposals.refusal_checks import refusal_checks
from bot.services.proposals.stored_inputs import invalid_input_checks, left_out_checks
from bot.services.records.field_support import dropped_paths
from bot.services.retention import kept_until
from storage.drafts import Draft, DraftState, Revises
from storage.intents import Intents, IntentState


@dataclass(slots=True)
class DraftFactsBuilder:
    """Runs the checks of a draft and compares it with the live record."""

    accounts: Accounts
    catalogue: Catalogue
    intents: Intents
    snapshot: QueueSnapshot
    live_comparison: LiveComparison
    host_checks: HostChecks
    keep_for: timedelta

    async def build(self, draft: Draft) -> DraftFacts:
        """Return a stored draft as its card shows it, with fresh checks."""
        dialect = CanonicalFormat(draft.dialect)
        return DraftFacts(
            draft_id=draft.draft_id,
            operation=Operation(draft.operation),
            category=draft.category,
            name=draft.model_name,
            record=draft.record,
            dialect=dialect,
            why=draft.why,
            checks=await self.checks(draft),
            saved_at=draft.updated_at,
            kept_until=kept_until(draft, self.keep_for),
            is_outcome_unknown=draft.state is not DraftState.OPEN,
            live=await self.live_comparison.facts(draft),
            unsupported=self.catalogue.unsupported_fields(draft.category, dialect),
            revised=None if draft.revises is None else self._revised(draft.revises),
            source=from_stored(draft.source),
            host_findings=self.host_checks.known(draft_subject(draft)),
            is_read_only=await self._is_read_only(),
        )

    async def checks(self, draft: Draft) -> tuple[Check, ...]:
        """Check a draft; what the service refused of it last is a fail until it is edited."""
        return (
            *invalid_input_checks(draft.invalid_inputs, draft.category, CanonicalFormat(draft.dialect)),
            *left_out_checks(draft.invalid_inputs, draft.record, draft.base),
            *await self._refused(draft),
            *await self._checks(draft),
        )

    async def _is_read_only(self) -> bool:
        """Return whether the service takes no proposals; asks again while it took none."""
        known = self.catalogue.deployment
        if known is None or known.takes_writes:
            return False
        try:
            return not (await self.catalogue.refresh_deployment()).takes_writes
        except ApiError:
            return True

    async def _refused(self, draft: Draft) -> tuple[Check, ...]:
        """Return the service's refusals of single fields, until the draft is edited."""
        intent = await self.intents.latest_for_draft(draft.draft_id)
        if intent is None or intent.state is not IntentState.REFUSED or intent.resolved_at is None:
            return ()
        if draft.updated_at > intent.resolved_at:
            return ()
        return refusal_checks(intent.field_errors, draft.category, CanonicalFormat(draft.dialect))

    async def _checks(self, draft: Draft) -> tuple[Check, ...]:
        category, name, dialect = draft.category, draft.model_name, CanonicalFormat(draft.dialect)
        open_changes, is_queue_known = await self._open_changes(draft)
        subject = CheckedRecord(
            operation=Operation(draft.operation),
            category=category,
            name=name,
            record=draft.record,
            dialect=dialect,
            why=draft.why,
            open_changes=open_changes,
            is_queue_known=is_queue_known,
            usage=await self.live_comparison.usage_of(draft),
            dropped_paths=dropped_paths(draft.record, category, dialect, self.catalogue.document, live=draft.base),
        )
        return run_checks(self.catalogue.with_service_facts(subject, await self.catalogue.models_or_none(category)))

    async def _open_changes(self, draft: Draft) -> tuple[tuple[PendingChange, ...], bool]:
        """Return the open changes that the draft's owner may see, and whether these are all.

        The change that the draft replaces is not one of them: the draft names it already.
        """
        revised_id = None if draft.revises is None else draft.revises.change_id
        found = self.snapshot.competing(draft.category, draft.model_name, draft.record, besides=revised_id)
        if not self.catalogue.client.may_conceal_queue:
            return found, self.snapshot.is_polled
        standing = await self.accounts.standing(draft.user_id)
        if standing is not None and standing.may(Role.APPROVER):
            return found, self.snapshot.is_polled
        own_id = None if standing is None else standing.horde.user_id
        return tuple(change for change in found if change.requested_by == own_id), False

    def _revised(self, revises: Revises) -> Revised:
        known = self.snapshot.tracked.get(revises.change_id) if revises.is_open else None
        is_in_queue = known is not None and known.digest == revises.digest and not known.is_final
        return Revised(
            revises.change_id,
            revises.rejected_by,
            revises.ended_at,
            revises.reason,
            was_open=revises.is_open,
            state=CardState(known.status) if known is not None and is_in_queue else None,
        )


def draft_subject(draft: Draft) -> HostSubject:
    """Return what hosts can check of a draft; nothing of a delete."""
    if draft.operation == Operation.DELETE:
        return HostSubject()
    return subject_of(draft.record, draft.category, CanonicalFormat(draft.dialect))
