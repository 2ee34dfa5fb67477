"""Keeps the cards true: which do not show what is so, what each should show, and how its delivery went."""

from dataclasses import dataclass, replace

import structlog

from bot.errors import BotError
from bot.reference.errors import NotFoundError
from bot.services.changes import CardState, ChangeFacts, Gone, MessageLink
from bot.services.watching.queue_monitor import OPEN_STATUSES, QueueMonitor
from storage.cards import Card, Cards, TrackedChange
from storage.guild_settings import GuildSettings

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A card that does not show what is so: to be posted or edited.

    Attributes:
        status, digest: of the change, as they are kept when the card shows them.
        ping_role_id: a Discord role to mention, where the server wants that for a card that is new.
    """

    card: Card
    facts: ChangeFacts
    status: str
    digest: str
    ping_role_id: int | None = None


@dataclass(slots=True)
class CardKeeper:
    """The cards, as those who move a change and the worker that draws see them."""

    cards: Cards
    guild_settings: GuildSettings
    watch: QueueMonitor

    async def touch(self, change_id: int) -> None:
        """Have the cards of a change drawn anew, in every server, because something besides its state has moved.

        For a claim, an approval that is not the last, another open change of the model, how somebody was told.
        """
        await self.watch.redraw(change_id)

    async def outdate_of(self, horde_user_id: str) -> None:
        """Have the open cards that name somebody drawn anew with the next that are due."""
        for change in (change for status in OPEN_STATUSES for change in self.watch.waiting(status)):
            if horde_user_id in (change.requested_by, change.approved_by, change.applied_by):
                await self.cards.touch(change.change_id)

    async def check_again(self, change_id: int) -> ChangeFacts | Gone:
        """Read a change and what is live once more, and have its cards drawn anew in every server.

        Raises:
            ReaderKeyError: the service shows the queue to approvers alone.
            ApiError: it did not answer.
        """
        try:
            change = await self.watch.read(change_id)
        except NotFoundError:
            return Gone(change_id)
        await self.cards.touch(change_id)
        return await self.watch.settle(change)

    async def card_link(self, change_id: int, guild_id: int | None) -> MessageLink | None:
        """Where the change's card stands in this server (or in any); ``None`` while it is not posted."""
        return await self.watch.card_link(change_id, guild_id)

    async def card(self, guild_id: int, change_id: int) -> Card | None:
        """A change's card in one server with its thread, posted or not; ``None`` where it has none."""
        return await self.cards.card(guild_id, change_id)

    async def undrawn(self, change_id: int | None = None) -> list[tuple[int, int]]:
        """Cards that do not show what is so, as server and change, oldest change first."""
        return [(card.guild_id, card.change_id) for card, _ in await self.cards.to_draw(change_id)]

    async def drawing(self, guild_id: int, change_id: int) -> Drawing | None:
        """What one card should show; ``None`` when it shows it already, or when that cannot be read now."""
        for card, tracked in await self.cards.to_draw(change_id):
            if card.guild_id != guild_id:
                continue
            try:
                facts = await self._facts_of(tracked, guild_id)
            except BotError as error:
                log.info("card waits", change_id=change_id, reason=type(error).__name__)
                return None
            return Drawing(card, facts, tracked.status, tracked.digest, await self._role_to_ping(card, facts))
        return None

    async def posted(self, drawing: Drawing, message_id: int) -> None:
        """The card stands as this message."""
        card = drawing.card
        await self.cards.mark_posted(
            card.guild_id,
            card.change_id,
            message_id=message_id,
            status=drawing.status,
            digest=drawing.digest,
            revision=card.revision,
        )

    async def shown(self, drawing: Drawing) -> None:
        """The message shows what is so."""
        card = drawing.card
        await self.cards.mark_shown(
            card.guild_id,
            card.change_id,
            status=drawing.status,
            digest=drawing.digest,
            revision=card.revision,
        )

    async def lost(self, drawing: Drawing) -> None:
        """Somebody deleted the message: the card is posted anew."""
        await self.cards.mark_lost(drawing.card.guild_id, drawing.card.change_id)

    async def refused(self, drawing: Drawing) -> int:
        """Discord refuses the card; returns how often in a row. After three it is left alone."""
        return await self.cards.mark_failed(drawing.card.guild_id, drawing.card.change_id)

    async def _role_to_ping(self, card: Card, facts: ChangeFacts) -> int | None:
        """Only for what is new and waits; a card that somebody deleted is posted anew without a ping."""
        if card.message_id is not None or card.shown_revision > 0 or facts.state is not CardState.PENDING:
            return None
        return (await self.guild_settings.get(card.guild_id)).ping_role_id

    async def _facts_of(self, tracked: TrackedChange, guild_id: int) -> ChangeFacts:
        if tracked.status == CardState.PURGED:
            return await self.watch.facts.of_purged(tracked)
        change = self.watch.remembered(tracked.change_id) or await self.watch.read(tracked.change_id)
        facts = await self.watch.facts_of(change, guild_id)
        return replace(facts, state=CardState(tracked.status))
