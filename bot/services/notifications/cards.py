"""Contents of cards, and requests to redraw them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.reference.errors import NotFoundError
from bot.services.changes import CardState, ChangeFacts, Gone, MessageLink
from bot.services.polling.queue_monitor import OPEN_STATUSES, QueueMonitor
from storage.cards import Cards
from storage.delivery import Delivery
from storage.guild_settings import GuildSettings

PING_PAUSE = timedelta(minutes=10)
"""Shortest time between two mentions of a role in one server; the changes of a burst share one."""


@dataclass(slots=True)
class CardKeeper:
    """Cards, as the services that change their contents and the delivery worker see them."""

    cards: Cards
    guild_settings: GuildSettings
    monitor: QueueMonitor
    clock: Callable[[], datetime]
    _pinged: dict[int, datetime] = field(default_factory=dict)

    async def touch(self, change_id: int) -> None:
        """Have the cards of a change redrawn in every server, because something besides its state moved.

        For a claim, an approval that is not the last, another open change of the model, a notified requestor.
        """
        await self.monitor.redraw(change_id)

    async def touch_naming(self, horde_user_id: str) -> None:
        """Have the open cards that name a person redrawn by the next round."""
        for change in (change for status in OPEN_STATUSES for change in self.monitor.waiting(status)):
            if horde_user_id in (change.requested_by, change.approved_by, change.applied_by):
                await self.cards.touch(change.change_id)

    async def check_again(self, change_id: int) -> ChangeFacts | Gone:
        """Read a change and the live record again, and have its cards redrawn in every server.

        Raises:
            ReaderKeyError: the service shows the queue to approvers only.
            ApiError: the service did not answer.
        """
        try:
            change = await self.monitor.read(change_id)
        except NotFoundError:
            return Gone(change_id)
        await self.cards.touch(change_id)
        return await self.monitor.settle(change)

    async def card_link(self, change_id: int, guild_id: int | None) -> MessageLink | None:
        """Return a link to the change's card in this server (or in any); None while it is not posted."""
        return await self.monitor.card_link(change_id, guild_id)

    async def card(self, guild_id: int, change_id: int) -> Delivery | None:
        """Return a change's card in one server, posted or not; None when it has none."""
        return await self.cards.card(guild_id, change_id)

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
            return await self.monitor.facts.of_purged(tracked, card.guild_id)
        change = self.monitor.last_noted(tracked.change_id) or await self.monitor.read(tracked.change_id)
        return replace(await self.monitor.facts_of(change, card.guild_id), state=CardState(tracked.status))

    async def role_to_ping(self, card: Delivery, facts: ChangeFacts) -> int | None:
        """Return the role to mention in a new card of a pending change.

        None when a card was posted before, for a change of an earlier burst, soon after another mention, and in quiet
        hours.
        """
        if card.message_id is not None or card.shown_revision > 0 or facts.state is not CardState.PENDING:
            return None
        now, guild_id = self.clock(), card.guild_id or 0
        tracked, pinged_at = self.monitor.snapshot.tracked.get(card.change_id or 0), self._pinged.get(guild_id)
        is_old = tracked is None or now - tracked.updated_at > PING_PAUSE
        if is_old or (pinged_at is not None and timedelta() <= now - pinged_at < PING_PAUSE):
            return None
        setting = await self.guild_settings.get(guild_id)
        return None if setting.quiet_since(now) else setting.ping_role_id

    def note_pinged(self, guild_id: int) -> None:
        """Note that a role was just mentioned in a server."""
        self._pinged[guild_id] = self.clock()
