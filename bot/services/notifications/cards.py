"""Contents of cards, and requests to redraw them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.reference.errors import NotFoundError
from bot.services.card_links import CardLinks
from bot.services.changes import CardState, ChangeFacts, Gone
from bot.services.polling.change_recorder import ChangeRecorder
from bot.services.polling.queue_poller import QueuePoller
from bot.services.polling.queue_snapshot import QueueSnapshot
from bot.services.review.facts import ChangeFactsBuilder
from storage.cards import Cards
from storage.delivery import Delivery
from storage.guild_settings import GuildSettings

PING_PAUSE = timedelta(minutes=10)
"""Shortest time between two mentions of a role in one server; the changes of a burst share one."""


@dataclass(slots=True)
class CardService:
    """Cards: contents, adoption of those that the database lost, and the role to mention."""

    cards: Cards
    guild_settings: GuildSettings
    snapshot: QueueSnapshot
    recorder: ChangeRecorder
    poller: QueuePoller
    card_links: CardLinks
    facts_builder: ChangeFactsBuilder
    clock: Callable[[], datetime]
    _pinged: dict[int, datetime] = field(default_factory=dict)

    async def check_again(self, change_id: int) -> ChangeFacts | Gone:
        """Read a change and the live record again, and have its cards redrawn in every server.

        Raises:
            ReaderKeyError: the service shows the queue to approvers only.
            ApiError: the service did not answer.
        """
        try:
            change = await self.poller.read(change_id)
        except NotFoundError:
            return Gone(change_id)
        await self.cards.touch(change_id)
        await self.recorder.publish(change)
        return await self.facts_builder.build(change)

    async def knows(self, guild_id: int, message_id: int) -> bool:
        """Return whether the database knows a message of the bot in a server."""
        return await self.cards.knows(guild_id, message_id)

    async def adopt(self, guild_id: int, channel_id: int, message_id: int, change_id: int) -> bool:
        """Record a card that the database does not know; return whether it is to be redrawn now."""
        return await self.cards.adopt(guild_id, channel_id, message_id, change_id)

    async def facts_of(self, card: Delivery) -> ChangeFacts | None:
        """Return the content of a card; None when its change was never seen.

        Raises:
            BotError: the content cannot be read now.
        """
        tracked = await self.cards.change(card.change_id or 0)
        if tracked is None:
            return None
        if tracked.status == CardState.PURGED:
            return await self.facts_builder.of_purged(tracked, card.guild_id)
        change = self.snapshot.last_noted(tracked.change_id) or await self.poller.read_for_message(tracked.change_id)
        return replace(await self.facts_builder.build(change, card.guild_id), state=CardState(tracked.status))

    async def proposed_at(self, change_ids: Sequence[int]) -> dict[int, datetime]:
        """Return by id when the service received changes; those never seen are left out."""
        return {change_id: row.requested_at for change_id, row in (await self.cards.changes(change_ids)).items()}

    async def linked(self, stub: Delivery) -> Delivery:
        """Add the link of the present card to the facts of a stub, as far as that is posted."""
        url = await self.card_links.url(stub.change_id or 0, stub.guild_id)
        setting = await self.guild_settings.get(stub.guild_id or 0)
        facts = {"change_id": stub.change_id, "url": url, "channel_id": setting.review_channel_id}
        return replace(stub, facts=facts)

    async def role_to_ping(self, card: Delivery, facts: ChangeFacts) -> int | None:
        """Return the role to mention in a new card of a pending change.

        None when a card was posted before, for a change of an earlier burst, soon after another mention, and in quiet
        hours.
        """
        if card.message_id is not None or card.shown_revision > 0 or facts.state is not CardState.PENDING:
            return None
        now, guild_id = self.clock(), card.guild_id or 0
        tracked, pinged_at = self.snapshot.tracked.get(card.change_id or 0), self._pinged.get(guild_id)
        is_old = tracked is None or now - tracked.updated_at > PING_PAUSE
        if is_old or (pinged_at is not None and timedelta() <= now - pinged_at < PING_PAUSE):
            return None
        setting = await self.guild_settings.get(guild_id)
        return None if setting.quiet_since(now) else setting.ping_role_id

    def note_pinged(self, guild_id: int) -> None:
        """Note that a role was just mentioned in a server."""
        self._pinged[guild_id] = self.clock()
