"""The worker that delivers cards, posts and direct messages."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

import discord
import structlog

from bot.client.bot import CuratorBot
from bot.errors import DiskError
from bot.services.changes import ChangeFacts
from bot.services.notifications.deliveries import DeliveryGroup, DeliveryKind, Message, SendOutcome, SendResult
from bot.services.notifications.news import News
from bot.ui.cards.change_card import change_card
from bot.ui.components import Card
from bot.ui.glyphs import Theme
from bot.ui.notices.direct_messages import news_notice
from bot.ui.notices.posts import picture_of, post_view
from bot.ui.notices.thread_posts import announcements
from cogs.queue_monitor.own_messages import OwnMessages
from cogs.queue_monitor.sending import SEND_ERRORS, find_news, result_of, send_or_edit

UNREACHABLE_MAX = 2
"""Failures in a row after which a round ends; one alone may be a message that Discord fails on."""

_NEWS = (DeliveryKind.DIRECT_MESSAGE, DeliveryKind.ANNOUNCEMENT)
"""Kinds that report the state of a change, some of them several in one message."""

log = structlog.get_logger(__name__)


class DeliveryWorker:
    """Worker that delivers one message at a time; failed ones are due again later."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot
        self._own_messages = OwnMessages(bot)
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._unrecorded: dict[int, tuple[Message, SendResult]] = {}
        """Messages that Discord has and a failing disk did not take, by delivery."""

    async def deliver_cards(self, change_id: int | None = None) -> None:
        """Send or edit every due card, or those of one change; may run beside a round."""
        guild_ids = self.bot.served_guild_ids
        await self._deliver_all(await self.bot.services.deliveries.due_cards(change_id, guild_ids=guild_ids))

    async def deliver_posts(self) -> None:
        """Send or edit due posts."""
        guild_ids = self.bot.served_guild_ids
        await self._deliver_all(await self.bot.services.deliveries.due_posts(guild_ids=guild_ids))

    async def deliver_direct_messages(self) -> None:
        """Send due direct messages."""
        await self._deliver_all(await self.bot.services.deliveries.due_direct_messages())

    async def _deliver_all(self, groups: Sequence[DeliveryGroup]) -> None:
        unreachable = 0
        for group in groups:
            try:
                outcome = await self._deliver(group)
            except DiskError as error:
                log.warning("delivery_round_ended", reason=type(error).__name__)
                return
            except Exception as error:
                # A message that cannot be drawn must not keep those behind it from being delivered.
                is_first = group[0].faults == 0
                what = {"kind": group[0].kind.value, "subject": group[0].subject, "faults": group[0].faults + 1}
                log.error("delivery_failed", **what, exc_info=error if is_first else None)  # noqa: TRY400 - as above
                await self.bot.services.deliveries.note_fault(group)
                continue
            unreachable = unreachable + 1 if outcome is SendOutcome.UNREACHABLE else 0
            if unreachable >= UNREACHABLE_MAX:
                return

    async def _deliver(self, group: DeliveryGroup) -> SendOutcome | None:
        """Deliver one message; return None if it is not due any more or its content cannot be read."""
        # Prepared under the lock: a round and a decision may deliver the same card at once.
        async with self._locks.setdefault(group[0].delivery_id, asyncio.Lock()):
            deliveries = self.bot.services.deliveries
            if (sent := next((self._unrecorded[i] for i in _ids(group) if i in self._unrecorded), None)) is not None:
                return await self._record(*sent)
            since = await deliveries.sent_since(group)
            try:
                group = await self._without_sent(group, since)
            except SEND_ERRORS as error:
                result = result_of(error)
                await deliveries.postpone(group, result.wait)
                return result.outcome
            message = await deliveries.prepare(group) if group else None
            if message is None:
                return None
            if message.ping_role_id is not None and not self._has_role(group[0].guild_id, message.ping_role_id):
                message = replace(message, ping_role_id=None)
            return await self._record(message, await self._send(message, since[group[0].delivery_id]))

    async def _record(self, message: Message, result: SendResult) -> SendOutcome:
        """Record a result; a message that Discord has is not sent again where that fails."""
        ids = _ids(message.group)
        if result.outcome is SendOutcome.DELIVERED:
            self._unrecorded |= dict.fromkeys(ids, (message, result))
        await self.bot.services.deliveries.record(message, result)
        for delivery_id in ids:
            self._unrecorded.pop(delivery_id, None)
        return result.outcome

    async def _without_sent(self, group: DeliveryGroup, since: Mapping[int, datetime]) -> DeliveryGroup:
        """Record a group's news that earlier messages report; return the rest."""
        rest = []
        for delivery in group:
            found = None
            if delivery.message_id is None and delivery.change_id is not None and delivery.kind in _NEWS:
                found = await find_news(self.bot, delivery, self._own_messages, since[delivery.delivery_id])
            if found is None:
                rest.append(delivery)
            else:
                message_id, is_alone = found
                await self.bot.services.deliveries.note_found(delivery, message_id if is_alone else None)
        return tuple(rest)

    def _has_role(self, guild_id: int | None, role_id: int) -> bool:
        guild = self.bot.get_guild(guild_id or 0)
        return guild is not None and guild.get_role(role_id) is not None

    async def _send(self, message: Message, since: datetime) -> SendResult:
        delivery, content, theme = message.delivery, message.content, self.bot.theme
        if isinstance(content, ChangeFacts):
            draw = partial(change_card, content, theme, new_for_role_id=message.ping_role_id)
        elif content is not None:
            draw = partial(_news_card, content, theme)
        elif len(message.group) > 1:
            facts = [each.facts for each in message.group]
            draw = partial(_announcements, facts, delivery.guild_id or 0, theme)
        else:
            # In a thread: drawing a chart would block the event loop.
            is_digest = delivery.kind is DeliveryKind.DIGEST
            picture = await asyncio.to_thread(picture_of, delivery) if is_digest else None
            draw = partial(post_view, delivery, theme, picture)
        own = self._own_messages
        return await send_or_edit(self.bot, delivery, draw, _mentions(message), own_messages=own, since=since)


def _ids(group: DeliveryGroup) -> list[int]:
    return [each.delivery_id for each in group]


def _news_card(news: News, theme: Theme) -> Card:
    return Card(news_notice(news, theme))


def _announcements(posts: Sequence[Mapping[str, Any]], guild_id: int, theme: Theme) -> Card:
    return Card(announcements(posts, guild_id, theme))


def _mentions(message: Message) -> discord.AllowedMentions:
    """Return the role that a new card or burst, or the person that a post may notify."""
    delivery = message.delivery
    role_id = message.ping_role_id or (delivery.facts.get("ping_role") if delivery.kind is DeliveryKind.BURST else None)
    user_id = delivery.facts.get("ping") if delivery.kind is DeliveryKind.THREAD else None
    return discord.AllowedMentions(
        everyone=False,
        users=[discord.Object(user_id)] if user_id is not None else False,
        roles=[discord.Object(role_id)] if role_id is not None else False,
        replied_user=False,
    )
