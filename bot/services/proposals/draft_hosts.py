"""Checks of a draft's files with their hosts."""

from dataclasses import dataclass

from bot.reference.models import CanonicalFormat, Operation
from bot.services.links.host_checks import HostChecks, files_to_check, with_corrected
from bot.services.proposals.draft_files import checked_files
from bot.services.proposals.draft_service import DraftService
from bot.services.proposals.outcomes import DraftFacts
from storage.drafts import DraftState


@dataclass(slots=True)
class DraftHosts:
    """Asks the hosts of drafts' files, and takes over what they state."""

    draft_service: DraftService
    host_checks: HostChecks

    def is_due(self, draft: DraftFacts) -> bool:
        """Return whether a host has to be asked about a file of this draft."""
        is_checked = draft.operation is not Operation.DELETE and not draft.is_unsure
        return is_checked and self.host_checks.is_due(files_to_check(draft.record, draft.dialect))

    async def ask(self, user_id: int, draft_id: int, *, again: bool = False) -> DraftFacts:
        """Ask the hosts of the draft's files where answers are missing or old, and return the draft.

        Args:
            user_id: Discord id of the requestor.
            draft_id: the draft.
            again: ask even if the answers are fresh.

        Raises:
            DraftGoneError: it was sent, discarded, or has expired; perhaps while the hosts answered.
        """
        await self.host_checks.ask(checked_files(await self.draft_service.kept(user_id, draft_id)), again=again)
        return await self.draft_service.show(user_id, draft_id)

    async def take_values(self, user_id: int, draft_id: int) -> DraftFacts:
        """Replace sha256 and size of each file by what its host said.

        Raises:
            DraftGoneError: it was sent, discarded, or has expired.
        """
        draft = await self.draft_service.kept(user_id, draft_id)
        files = checked_files(draft)
        if draft.state is DraftState.OPEN and files:
            record = with_corrected(draft.record, self.host_checks.corrected(files), CanonicalFormat(draft.dialect))
            draft = await self.draft_service.save(draft, record, draft.why)
        return await self.draft_service.facts(draft)
