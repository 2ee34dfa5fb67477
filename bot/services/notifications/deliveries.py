"""Delivery of cards, posts and direct messages: contents, retries, giving up."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import batched

import structlog

from bot.errors import BotError
from bot.services.changes import CardState, ChangeFacts
from bot.services.notifications.cards import CardService
from bot.services.notifications.direct_messages import DeliveryGroup, DirectMessages
from bot.services.notifications.news import ChangeNews, News
from bot.services.notifications.refused_channels import RefusedChannels
from bot.services.notifications.undelivered import UndeliveredMessages
from bot.services.polling.change_recorder import ChangeRecorder
from bot.services.queue.statistics import IsoWeek
from bot.services.review.requestor_notices import is_undeliverable_post
from storage.deliveries import Deliveries
from storage.delivery import MAX_REFUSALS, POSTS, RETRY_FIRST, Delivery, DeliveryKind
from storage.thread_posts import ThreadPosts

__all__ = [
    "KEPT_FOR",
    "Delivery",
    "DeliveryGroup",
    "DeliveryKind",
    "DeliveryService",
    "Message",
    "SendOutcome",
    "SendResult",
]

POSTS_PER_ROUND = 50
"""Posts that one round sends at most."""

ANNOUNCED_PAUSE = timedelta(minutes=10)
"""Time after an announcement for which further ones in the channel wait, to be merged."""

ANNOUNCED_TOGETHER = 10
"""Changes that one announcement names at most."""

KEPT_FOR = timedelta(days=90)
"""Time after which the content of a post is deleted here; the message in Discord stays."""

WEEKLY_POSTS = frozenset({DeliveryKind.DIGEST, DeliveryKind.REMINDER})
"""Posts that a channel gets once a week; their numbers differ from day to day."""

log = structlog.get_logger(__name__)


class SendOutcome(Enum):
    """Outcome of an attempt to send or edit a message."""

    DELIVERED = "delivered"
    MESSAGE_DELETED = "message deleted"
    """The message that was to be edited is gone."""
    REFUSED = "refused"
    """Permission missing, channel gone, direct messages closed or content invalid: a repeat is refused as well."""
    RETRY = "retry"
    """This message may go out later; others may go out now."""
    UNREACHABLE = "unreachable"
    """Discord did not answer as it should; two in a row end the round."""


@dataclass(frozen=True, slots=True)
class SendResult:
    """Result of an attempt to send or edit a message.

    Attributes:
        message_id: None unless delivered.
        wait: until the next attempt, where Discord named it; None for the retry rule.
        reason: for the log.
    """

    outcome: SendOutcome
    message_id: int | None = None
    wait: timedelta | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """A message to send or edit now.

    Attributes:
        group: its deliveries; one, unless it is a direct message or an announcement about several changes.
        content: facts of a card's change, or news of a direct message; None for a post, whose content is in ``facts``
            of its delivery.
        ping_role_id: role to mention in a new card; None for none.
    """

    group: DeliveryGroup
    content: ChangeFacts | News | None = None
    ping_role_id: int | None = None

    @property
    def delivery(self) -> Delivery:
        """The delivery whose nonce, channel and message are used."""
        return self.group[0]


@dataclass(slots=True)
class DeliveryService:
    """The queue of deliveries, as its worker sees it."""

    deliveries: Deliveries
    recorder: ChangeRecorder
    card_service: CardService
    direct_messages: DirectMessages
    undelivered: UndeliveredMessages
    refused_channels: RefusedChannels
    thread_posts: ThreadPosts
    clock: Callable[[], datetime]
    _expired_on: date | None = None
    _announced_at: dict[int, datetime] = field(default_factory=dict)

    async def due_cards(
        self, change_id: int | None = None, *, guild_ids: Collection[int] | None = None
    ) -> list[DeliveryGroup]:
        """Return due cards, of one change or of all, in some servers or in all, oldest change first."""
        return [(card,) for card in await self.deliveries.due_cards(self.clock(), change_id, guild_ids)]

    async def due_posts(self, *, guild_ids: Collection[int] | None = None) -> list[DeliveryGroup]:
        """Return due posts of some servers or all, oldest first; a channel's announcements as one."""
        found: list[DeliveryGroup] = []
        announcements: dict[int, list[Delivery]] = {}
        for post in await self.deliveries.due_posts(self.clock(), POSTS_PER_ROUND, guild_ids):
            if post.kind is DeliveryKind.ANNOUNCEMENT and post.message_id is None:
                announcements.setdefault(post.channel_id or 0, []).append(post)
            else:
                found.append((post,))
        now = self.clock()
        for channel_id, posts in announcements.items():
            last = self._announced_at.get(channel_id)
            if last is None or not timedelta() <= now - last < ANNOUNCED_PAUSE:
                found += batched(posts, ANNOUNCED_TOGETHER)
        return found

    async def due_direct_messages(self) -> list[DeliveryGroup]:
        """Return due direct messages, oldest first; many to one person as one message."""
        return await self.direct_messages.due()

    async def prepare(self, group: DeliveryGroup) -> Message | None:
        """Read the content of a message; None if outdated, not due, or not readable now."""
        delivery = await self.deliveries.still_due(group[0].delivery_id, self.clock())
        if delivery is None:
            return None
        group = (replace(delivery, message_id=delivery.message_id or group[0].message_id), *group[1:])
        if delivery.kind in POSTS:
            return Message((await self.card_service.linked(delivery),) if delivery.kind is DeliveryKind.STUB else group)
        try:
            content = await self._content_of(group)
        except BotError as error:
            log.info("delivery_content_unavailable", kind=delivery.kind.value, reason=type(error).__name__)
            await self.postpone(group, RETRY_FIRST)  # not doubled: due soon after the service is back
            return None
        if content is None:
            await self.deliveries.give_up(group)
            return None
        if isinstance(content, ChangeFacts):
            return Message(group, content, await self.card_service.role_to_ping(delivery, content))
        return Message(group, content)

    async def sent_since(self, group: DeliveryGroup) -> dict[int, datetime]:
        """Return by delivery when an unknown message about it may have been sent at the earliest.

        News about a change may be as old as the change, a weekly post as its week, anything else as its due time.
        """
        changes = [each.change_id for each in group if each.change_id is not None]
        proposed_at = await self.card_service.proposed_at(changes) if changes else {}
        return {each.delivery_id: proposed_at.get(each.change_id or 0, _earliest(each)) for each in group}

    async def note_found(self, delivery: Delivery, message_id: int | None) -> None:
        """Record news of an earlier message; ``message_id`` is None if that has other news too."""
        await self.deliveries.mark_delivered([delivery], message_id)
        if delivery.kind is DeliveryKind.DIRECT_MESSAGE:
            await self.recorder.redraw(delivery.change_id or 0)  # cards say how the requestor was notified

    async def note_fault(self, group: DeliveryGroup) -> None:
        """Record that a message could not be drawn; after three times the status names it."""
        await self.deliveries.note_fault(group, self.clock())

    async def postpone(self, group: DeliveryGroup, wait: timedelta | None = None) -> None:
        """Record a failed attempt; the next one follows after ``wait``, or by the retry rule."""
        await self.deliveries.postpone(group, self.clock(), wait)

    async def record(self, message: Message, result: SendResult) -> None:
        """Record the result of an attempt.

        A refused direct message is given up at once, any other delivery after three refusals in a row. A card whose
        message was deleted is sent again; a post is not: a moderator removed it.
        """
        delivery = message.delivery
        is_direct = delivery.kind is DeliveryKind.DIRECT_MESSAGE
        match result.outcome:
            case SendOutcome.DELIVERED:
                await self._note_delivered(message, result)
            case SendOutcome.MESSAGE_DELETED if delivery.kind is DeliveryKind.CARD:
                await self.deliveries.send_again(delivery)
            case SendOutcome.MESSAGE_DELETED if is_direct:
                await self.direct_messages.forget_message(delivery)
            case SendOutcome.MESSAGE_DELETED:
                await self.deliveries.give_up(message.group)
            case SendOutcome.REFUSED if is_direct:
                await self._notify_elsewhere(message)
            case SendOutcome.REFUSED if is_undeliverable_post(delivery) and await self.thread_posts.move_to_channel(
                delivery.delivery_id
            ):
                log.info("thread_post_moved", change_id=delivery.change_id, reason=result.reason)
            case SendOutcome.REFUSED:
                await self._refuse(delivery, result)
            case SendOutcome.RETRY | SendOutcome.UNREACHABLE:
                log.warning("delivery_postponed", kind=delivery.kind.value, reason=result.reason)
                await self.postpone(message.group, result.wait)

    async def _notify_elsewhere(self, message: Message) -> None:
        """Queue posts in place of a refused direct message, or keep it for the next command."""
        try:
            # The posts first: interrupted in between, both are repeated, and each post is queued once.
            await self.undelivered.notify_elsewhere(message.group, message.content)
        except BotError as error:
            log.info("delivery_postponed", kind=message.delivery.kind.value, reason=type(error).__name__)
            await self.postpone(message.group, RETRY_FIRST)
            return
        await self._redraw_card(message.content)

    async def _note_delivered(self, message: Message, result: SendResult) -> None:
        delivery = message.delivery
        is_direct = delivery.kind is DeliveryKind.DIRECT_MESSAGE
        is_merged = is_direct and len(message.group) > 1  # no later news of one change may replace it
        await self.deliveries.mark_delivered(message.group, None if is_merged else result.message_id)
        await self._redraw_card(message.content)
        if is_direct and delivery.message_id is None:
            self.direct_messages.note_sent(message.group)
        if delivery.kind is DeliveryKind.ANNOUNCEMENT:
            self._announced_at[delivery.channel_id or 0] = self.clock()
        if message.ping_role_id is not None:
            self.card_service.note_pinged(delivery.guild_id or 0)
        if is_undeliverable_post(delivery) or _is_rejection_post(delivery):
            await self.recorder.redraw(delivery.change_id or 0)

    async def _redraw_card(self, news: object) -> None:
        """Redraw the cards of a rejected change: they show how its requestor was notified."""
        if isinstance(news, ChangeNews) and news.followed is None and news.facts.state is CardState.REJECTED:
            await self.recorder.redraw(news.facts.change.change_id)

    async def expire(self) -> None:
        """Once a day, delete the contents of old posts."""
        today = self.clock().date()
        if self._expired_on != today:
            await self.deliveries.forget_before(self.clock() - KEPT_FOR)
            self._expired_on = today

    async def _content_of(self, group: DeliveryGroup) -> ChangeFacts | News | None:
        if group[0].kind is DeliveryKind.CARD:
            return await self.card_service.facts_of(group[0])
        return await self.direct_messages.news_of(group)

    async def _refuse(self, delivery: Delivery, result: SendResult) -> None:
        guild_id, channel_id = delivery.guild_id or 0, delivery.channel_id or 0
        refusals = await self.deliveries.refuse(delivery, self.clock())
        log.warning(
            "delivery_refused",
            kind=delivery.kind.value,
            channel_id=channel_id,
            reason=result.reason,
            in_a_row=refusals,
        )
        await self.refused_channels.note(guild_id, channel_id, refusals)
        is_last_way = delivery.kind is DeliveryKind.CARD or is_undeliverable_post(delivery)
        if refusals == MAX_REFUSALS and is_last_way and delivery.message_id is None:
            await self.undelivered.keep_for_command(guild_id, delivery.change_id or 0)


def _is_rejection_post(delivery: Delivery) -> bool:
    """Return whether a thread post is about a rejection; without a link it is the only notice."""
    return delivery.kind is DeliveryKind.THREAD and delivery.facts.get("status") == CardState.REJECTED.value


def _earliest(delivery: Delivery) -> datetime:
    return IsoWeek.of(delivery.next_at).start if delivery.kind in WEEKLY_POSTS else delivery.next_at
