"""Drafts from a link: filled with what the host says; the rest is left to the person."""

from dataclasses import dataclass, replace

from bot.reference.models import CanonicalFormat, Operation
from bot.reference.records import new_record, with_files
from bot.services.catalogue import Catalogue
from bot.services.errors import DraftGoneError
from bot.services.links.filling import fill
from bot.services.links.reader import LinkReader
from bot.services.links.values import LinkSource, from_stored
from bot.services.proposals.draft_service import DraftService
from bot.services.proposals.outcomes import DraftFacts
from bot.sources.addresses import Address
from storage.drafts import Draft, DraftState

PROVISIONAL = "image_generation"
"""Category of a draft until its person has chosen one."""


@dataclass(slots=True)
class LinkDrafts:
    """Builds drafts from links, and changes the choice of file and category."""

    reader: LinkReader
    draft_service: DraftService
    catalogue: Catalogue

    async def begin(
        self,
        user_id: int,
        guild_id: int | None,
        address: Address,
        *,
        category: str | None = None,
        name: str | None = None,
    ) -> DraftFacts:
        """Read a link and store a draft that creates its model; without an answer it has what the link itself says.

        Args:
            user_id: Discord id of the requestor.
            guild_id: the server, ``None`` in a direct message.
            address: the ids of the link.
            category: as typed, ``None`` to take it from the host.
            name: as typed, ``None`` to take it from the host.

        Raises:
            DraftsFullError: the person has reached the limit of drafts.
            ApiError: the service's format is not known yet and the service does not answer.
        """
        reading = await self.reader.read(address, category)
        source = LinkSource(reading, is_category_open=reading.category is None)
        chosen = reading.category or PROVISIONAL
        dialect = await self.catalogue.dialect_of(chosen)
        record = new_record(chosen, name or "", dialect)
        if not source.is_category_open:
            record = self._filled(record, source, chosen, dialect)
        return await self.draft_service.keep(
            user_id,
            guild_id,
            operation=Operation.CREATE,
            category=chosen,
            dialect=dialect,
            record=record,
            source=source,
        )

    async def fill_typed(self, user_id: int, draft_id: int, address: Address) -> DraftFacts:
        """Read the link that a form got in place of files, and fill the empty fields of its draft.

        Raises:
            DraftGoneError: it was sent, discarded, or has expired.
        """
        draft = await self.draft_service.kept(user_id, draft_id)
        source = LinkSource(await self.reader.read(address, draft.category))
        draft, dialect = await self.draft_service.kept(user_id, draft_id), CanonicalFormat(draft.dialect)
        record = self._filled(with_files(draft.record, (), dialect), source, draft.category, dialect)
        return await self.draft_service.refill(draft, record, source)

    async def choose_category(self, user_id: int, draft_id: int, category: str) -> DraftFacts:
        """Set the category that the host did not make clear, and fill the draft.

        Raises:
            DraftGoneError: it was sent, discarded, or has expired.
            ApiError: as for ``begin``.
        """
        draft, source = await self._open(user_id, draft_id)
        if not source.is_category_open:
            return await self.draft_service.facts(draft)
        dialect = await self.catalogue.dialect_of(category)
        source = replace(source, is_category_open=False)
        record = self._filled(new_record(category, draft.model_name, dialect), source, category, dialect)
        changed = replace(draft, category=category, dialect=dialect.value)
        return await self.draft_service.refill(changed, record, source)

    async def choose_offer(self, user_id: int, draft_id: int, number: int) -> DraftFacts:
        """Replace the values of one file or version by those of another; typed values stay.

        Raises:
            DraftGoneError: it was sent, discarded, or has expired.
        """
        draft, before = await self._open(user_id, draft_id)
        if not 0 <= number < len(before.reading.offers):
            return await self.draft_service.facts(draft)
        source = await self.reader.completed(before, number, draft.category)
        draft, _ = await self._open(user_id, draft_id)  # it may have been edited meanwhile
        record = self._filled(draft.record, source, draft.category, CanonicalFormat(draft.dialect), before)
        return await self.draft_service.refill(draft, record, source)

    async def _open(self, user_id: int, draft_id: int) -> tuple[Draft, LinkSource]:
        draft = await self.draft_service.kept(user_id, draft_id)
        source = from_stored(draft.source)
        if source is None or draft.state is not DraftState.OPEN:
            raise DraftGoneError(draft_id)
        return draft, source

    def _filled(
        self,
        record: dict[str, object],
        source: LinkSource,
        category: str,
        dialect: CanonicalFormat,
        before: LinkSource | None = None,
    ) -> dict[str, object]:
        return fill(
            record,
            source.offer,
            category,
            dialect,
            before=None if before is None else before.offer,
            unsupported=self.catalogue.unsupported_fields(category, dialect),
        )
