"""Delivery of cards, posts and direct messages: contents, retries and giving up, as one worker needs them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

import structlog

from bot.errors import BotError
from bot.services.changes import ChangeFacts
from bot.services.notifications.cards import CardKeeper
from bot.services.notifications.direct_messages import DirectMessages
from bot.services.notifications.news import News
from bot.services.notifications.refused_channels import RefusedChannels
from storage.deliveries import Deliveries
from storage.delivery import POSTS, Delivery, DeliveryKind

__all__ = ["Delivery", "DeliveryKind", "DeliveryResult", "DeliveryService", "Message", "Outcome"]

POSTS_A_ROUND = 50
"""Posts that one round sends at most."""

type Batch = tuple[Delivery, ...]
"""Deliveries that go out as one message; several only where a person would get too many direct messages."""

log = structlog.get_logger(__name__)


class Outcome(Enum):
    """Outcome of an attempt to send or edit a message."""

    DELIVERED = "delivered"
    MESSAGE_DELETED = "message deleted"
    """The message that was to be edited is gone."""
    REFUSED = "refused"
    """Permission missing, channel gone, direct messages closed or content invalid: a repeat is refused as well."""
    RETRY = "retry"
    """This message may go out later; others may go out now."""
    UNREACHABLE = "unreachable"
    """Discord cannot be reached: nothing goes out now."""


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """Result of an attempt.

    Attributes:
        message_id: None unless delivered.
        wait: until the next attempt, where Discord named it; None for the retry rule.
        reason: for the log.
    """

    outcome: Outcome
    message_id: int | None = None
    wait: timedelta | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A message to send or edit now.

    Attributes:
        batch: its deliveries, one but for a message about many changes.
        content: facts of a card's change, or news of a direct message; None for a post, whose content is in ``facts``
            of its delivery.
        ping_role_id: role to mention in a new card; None for none.
    """

    batch: Batch
    content: ChangeFacts | News | None = None
    ping_role_id: int | None = None

    @property
    def delivery(self) -> Delivery:
        """The delivery whose nonce, channel and message are used."""
        return self.batch[0]


@dataclass(slots=True)
class DeliveryService:
    """The queue of deliveries, as its worker sees it."""

    deliveries: Deliveries
    cards: CardKeeper
    direct_messages: DirectMessages
    refused_channels: RefusedChannels
    clock: Callable[[], datetime]

    async def due_cards(self, change_id: int | None = None) -> list[Batch]:
        """Return due cards, of one change or of all, oldest change first."""
        return [(card,) for card in await self.deliveries.due_cards(self.clock(), change_id)]

    async def due_posts(self) -> list[Batch]:
        """Return due posts, oldest first."""
        return [(post,) for post in await self.deliveries.due(POSTS, self.clock(), limit=POSTS_A_ROUND)]

    async def due_direct_messages(self) -> list[Batch]:
        """Return due direct messages, oldest first; many to one person as one message."""
        return await self.direct_messages.due()

    async def prepare(self, batch: Batch) -> Message | None:
        """Read the content of a message; None if it is not due any more, is outdated, or cannot be read now."""
        delivery = await self.deliveries.still_due(batch[0].delivery_id, self.clock())
        if delivery is None:
            return None
        batch = (delivery, *batch[1:])
        try:
            if delivery.kind is DeliveryKind.CARD:
                facts = await self.cards.facts_of_card(delivery)
                return Message(batch, facts, await self.cards.role_to_ping(delivery, facts))
            if delivery.kind is not DeliveryKind.DIRECT_MESSAGE:
                return Message(batch)
            news = await self.direct_messages.news_of(batch)
        except BotError as error:
            log.info("delivery_postponed", kind=delivery.kind.value, reason=type(error).__name__)
            await self.postpone(batch)
            return None
        if news is None:
            await self.deliveries.give_up(batch)
            return None
        return Message(batch, news)

    async def postpone(self, batch: Batch, wait: timedelta | None = None) -> None:
        """Record a failed attempt; the next one follows after ``wait``, or by the retry rule."""
        await self.deliveries.postpone(batch, self.clock(), wait)

    async def record(self, message: Message, result: DeliveryResult) -> None:
        """Record the result of an attempt.

        A refused direct message is given up at once, any other delivery after three refusals in a row. A card whose
        message was deleted is sent again; a post is not: a moderator removed it.
        """
        delivery = message.delivery
        is_direct = delivery.kind is DeliveryKind.DIRECT_MESSAGE
        match result.outcome:
            case Outcome.DELIVERED:
                await self.deliveries.mark_delivered(message.batch, result.message_id)
                if is_direct:
                    await self.direct_messages.redraw_card(message.content)
            case Outcome.MESSAGE_DELETED if delivery.kind is DeliveryKind.CARD:
                await self.deliveries.send_again(delivery)
            case Outcome.MESSAGE_DELETED:
                await self.deliveries.give_up(message.batch)
            case Outcome.REFUSED if is_direct:
                # The thread post first: interrupted in between, both are repeated, and the post is queued once.
                await self.direct_messages.post_in_thread(delivery, message.content)
                await self.deliveries.give_up(message.batch)
                await self.direct_messages.redraw_card(message.content)
            case Outcome.REFUSED:
                refusals = await self.deliveries.refuse(delivery, self.clock())
                await self.refused_channels.note(delivery.guild_id or 0, delivery.channel_id or 0, refusals)
            case Outcome.RETRY | Outcome.UNREACHABLE:
                await self.postpone(message.batch, result.wait)
