"""Drafts from a link: filled with what the host says; the rest is left to the person."""

import asyncio
from dataclasses import dataclass, replace

from bot.reference.models import CanonicalFormat, Operation
from bot.reference.records import FileEntry, files_of, new_record, with_files
from bot.services.catalogue import Catalogue
from bot.services.errors import DraftGoneError
from bot.services.forms.files_text import name_from
from bot.services.hosts.filling import as_offer, fill, for_update, has_files, with_facts
from bot.services.hosts.host_checks import FILES_MAX
from bot.services.hosts.link_reader import LinkReader
from bot.services.hosts.values import THE_LINK, LinkSource, Offer, OfferedFile, Reading, from_stored, to_stored
from bot.services.proposals.draft_service import DraftService
from bot.services.proposals.draft_sources import LiveModel
from bot.services.proposals.outcomes import DraftFacts
from bot.sources.addresses import Address, find_address
from storage.drafts import Draft, DraftState, NewDraft

PROVISIONAL = "image_generation"
"""Category of a draft until its person has chosen one."""


@dataclass(slots=True)
class LinkDrafts:
    """Drafts from links, and their choices of file and category; errors of ``DraftService``."""

    reader: LinkReader
    draft_service: DraftService
    catalogue: Catalogue

    async def create(
        self,
        user_id: int,
        guild_id: int | None,
        address: Address,
        *,
        category: str | None = None,
        name: str | None = None,
    ) -> DraftFacts:
        """Read a link and store a draft of its model; at least with what the link itself says.

        ``category`` and ``name`` are as typed, ``None`` to take them from the host.

        Raises:
            ApiError: the service's format is not known yet and the service does not answer.
        """
        reading = await self.reader.read(address, category)
        source = LinkSource(reading, is_category_open=reading.category is None)
        chosen = reading.category or PROVISIONAL
        dialect = await self.catalogue.dialect_of(chosen)
        record = new_record(chosen, name or "", dialect)
        if not source.is_category_open:
            record = self._filled(record, source, chosen, dialect)
        new = NewDraft(
            operation=Operation.CREATE, category=chosen, dialect=dialect, record=record, source=to_stored(source)
        )
        return await self.draft_service.create(user_id, guild_id, new)

    async def update(self, user_id: int, guild_id: int | None, live: LiveModel, address: Address) -> DraftFacts:
        """Read a link of a newer version, and store an update of a live model with its facts."""
        source = _facts_alone(LinkSource(await self.reader.read(address, live.category)), live)
        before = as_offer(live.record, source.offer, live.category, live.dialect)
        if source.offer.file is None:
            before = replace(before, file=None)  # the live file stays
        record = self._filled(live.record, source, live.category, live.dialect, before)
        new = live.draft(Operation.UPDATE, {**record, "name": live.name})
        return await self.draft_service.create(user_id, guild_id, replace(new, source=to_stored(source)))

    async def choose_category(self, user_id: int, draft_id: int, category: str) -> DraftFacts:
        """Set the category that the host did not make clear, and fill the draft."""
        draft, source = await self._open(user_id, draft_id)
        if not source.is_category_open:
            return await self.draft_service.facts(draft)
        dialect = await self.catalogue.dialect_of(category)
        source = replace(source, is_category_open=False)
        record = self._filled(new_record(category, draft.model_name, dialect), source, category, dialect)
        changed = replace(draft, category=category, dialect=dialect.value)
        return await self.draft_service.refill(changed, record, source)

    async def choose_offer(self, user_id: int, draft_id: int, number: int) -> DraftFacts:
        """Replace the values of one file or version by those of another; typed values stay."""
        draft, before = await self._open(user_id, draft_id)
        if not 0 <= number < len(before.reading.offers):
            return await self.draft_service.facts(draft)
        source = await self.reader.completed(before, number, draft.category)
        if draft.base is not None:
            dialect = CanonicalFormat(draft.dialect)
            source = _facts_alone(source, LiveModel(draft.category, draft.model_name, dialect, draft.base))
        draft, _ = await self._open(user_id, draft_id)  # it may have been edited meanwhile
        record = self._filled(draft.record, source, draft.category, CanonicalFormat(draft.dialect), before.offer)
        return await self.draft_service.refill(draft, record, source)

    async def complete_files(self, user_id: int, draft_id: int) -> DraftFacts | None:
        """Fill the draft from links pasted as files without a sha256; None if there are none.

        A single file is filled like a draft from its link; of several, each with one possible file is completed.
        """
        draft = await self.draft_service.get(user_id, draft_id)
        files, pasted = _pasted(draft)
        if not pasted:
            return None
        readings = await asyncio.gather(*(self.reader.read(each, draft.category) for each in pasted.values()))
        draft = await self.draft_service.get(user_id, draft_id)
        if _pasted(draft) != (files, pasted):
            return None  # edited meanwhile
        if len(files) == 1:
            return await self._fill_from(draft, files[0], readings[0])
        offered = {
            number: reading.offers[0].file
            for number, reading in zip(pasted, readings, strict=True)
            if len(reading.offers) == 1
        }
        dialect = CanonicalFormat(draft.dialect)
        completed = [with_facts(file, offered.get(number), dialect) for number, file in enumerate(files)]
        return await self.draft_service.refill(draft, with_files(draft.record, completed, dialect))

    async def _fill_from(self, draft: Draft, file: FileEntry, reading: Reading) -> DraftFacts:
        """Fill a draft from the link that is its only file; an update takes the file alone."""
        before = from_stored(draft.source)
        typed = None
        if draft.base is not None:
            reading = replace(reading, offers=tuple(replace(one, values=(), text_values=()) for one in reading.offers))
        first, *others = reading.offers
        if first.file is not None:
            typed = OfferedFile(file.file_name, file.file_url, file.sha256, file.size_bytes, THE_LINK)
            if file.file_name != name_from(file.file_url):
                first = replace(first, file=replace(first.file, name=file.file_name))
        source = LinkSource(replace(reading, offers=(first, *others)))
        earlier = Offer("") if before is None else before.offer
        dialect = CanonicalFormat(draft.dialect)
        record = self._filled(draft.record, source, draft.category, dialect, replace(earlier, file=typed))
        return await self.draft_service.refill(draft, record, source)

    async def _open(self, user_id: int, draft_id: int) -> tuple[Draft, LinkSource]:
        draft = await self.draft_service.get(user_id, draft_id)
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
        before: Offer | None = None,
    ) -> dict[str, object]:
        return fill(
            record,
            source.offer,
            category,
            dialect,
            before=before,
            unsupported=self.catalogue.unsupported_fields(category, dialect),
        )


def _facts_alone(source: LinkSource, live: LiveModel) -> LinkSource:
    """Leave out suggestions: an update changes nothing that its host does not state as a fact."""
    offers = tuple(for_update(one, live.record, live.category, live.dialect) for one in source.reading.offers)
    return replace(source, reading=replace(source.reading, offers=offers))


def _pasted(draft: Draft) -> tuple[tuple[FileEntry, ...], dict[int, Address]]:
    """Return a draft's files, and the addresses of those without a sha256 by their numbers."""
    dialect = CanonicalFormat(draft.dialect)
    is_open = draft.state is DraftState.OPEN and draft.operation != Operation.DELETE
    if not is_open or not has_files(draft.category, dialect):
        return (), {}
    files = files_of(draft.record, dialect)
    addresses = {
        number: address
        for number, file in enumerate(files[:FILES_MAX])
        if not file.sha256 and (address := find_address(file.file_url)) is not None
    }
    return files, addresses
