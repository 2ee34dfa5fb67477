"""Sends or edits one message in Discord, and maps Discord's answer to a result."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import aiohttp
import discord

from bot.client.bot import CuratorBot
from bot.services.notifications.deliveries import Delivery, SendOutcome, SendResult
from bot.ui.components import Card
from cogs.queue_monitor.own_messages import Channel, OwnMessages, content_of

UNKNOWN_MESSAGE: Final = 10008
"""Discord's code for a deleted message."""

OLD_MESSAGE_EDITS: Final = 30046
"""Discord's code for too many edits of messages older than an hour."""

OLD_MESSAGE_WAIT: Final = timedelta(minutes=5)
"""Wait after ``OLD_MESSAGE_EDITS``."""

SEND_ERRORS: Final = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError)
"""Errors of a request to Discord."""

_BAD_REQUEST = 400


async def send_or_edit(
    bot: CuratorBot,
    delivery: Delivery,
    draw: Callable[[], Card],
    mentions: discord.AllowedMentions,
    *,
    own_messages: OwnMessages,
    since: datetime,
) -> SendResult:
    """Send the message of a delivery, or edit it if it was sent before.

    Args:
        bot: the connection to Discord.
        delivery: names the channel or the person, and the message to edit.
        draw: draws the message; called again for a second attempt, since files can be sent once.
        mentions: roles and users that a new message may notify.
        own_messages: messages sent before this start, which are not sent again.
        since: earliest time of such a message.
    """
    try:
        if delivery.message_id is None:
            message_id = await _send(bot, delivery, draw, mentions, own_messages=own_messages, since=since)
        else:
            message_id = await _edit(bot, delivery, draw)
    except SEND_ERRORS as error:
        return result_of(error, is_edit=delivery.message_id is not None)
    return SendResult(SendOutcome.DELIVERED, message_id)


async def find_news(
    bot: CuratorBot, delivery: Delivery, own_messages: OwnMessages, since: datetime
) -> tuple[int, bool] | None:
    """Return the message that reports this news already, as ``OwnMessages`` does.

    Raises:
        SEND_ERRORS: Discord does not answer.
    """
    try:
        channel = await _channel_of(bot, delivery)
    except (discord.Forbidden, discord.NotFound):
        return None  # the message sent next fails as well, and that is handled
    return await own_messages.find_news(channel, delivery, since)


async def _send(
    bot: CuratorBot,
    delivery: Delivery,
    draw: Callable[[], Card],
    mentions: discord.AllowedMentions,
    *,
    own_messages: OwnMessages,
    since: datetime,
) -> int:
    channel, drawn = await _channel_of(bot, delivery), draw()
    if (found := await own_messages.find(channel, delivery, drawn.view, since)) is not None:
        again = draw()
        with suppress(discord.NotFound):  # deleted since its channel was read
            await channel.get_partial_message(found).edit(view=again.view, attachments=list(again.files))
            return found
    sent = await channel.send(view=drawn.view, files=list(drawn.files), nonce=delivery.nonce, allowed_mentions=mentions)
    if content_of(discord.ui.LayoutView.from_message(sent)) != content_of(drawn.view):
        # Discord knew the nonce: the bot stopped between sending and recording, and the content changed since.
        again = draw()
        await sent.edit(view=again.view, attachments=list(again.files))
    return sent.id


async def _channel_of(bot: CuratorBot, delivery: Delivery) -> Channel:
    if delivery.channel_id is None:
        return await bot.create_dm(discord.Object(delivery.user_id or 0))
    return bot.get_partial_messageable(delivery.channel_id, guild_id=delivery.guild_id)


async def _edit(bot: CuratorBot, delivery: Delivery, draw: Callable[[], Card]) -> int:
    message_id = delivery.message_id or 0
    channel = await _channel_of(bot, delivery)
    drawn = draw()
    await channel.get_partial_message(message_id).edit(view=drawn.view, attachments=list(drawn.files))
    return message_id


def result_of(error: Exception, *, is_edit: bool = False) -> SendResult:
    """Return the result of an attempt that failed with one of ``SEND_ERRORS``."""
    if isinstance(error, discord.RateLimited):
        return SendResult(SendOutcome.RETRY, wait=timedelta(seconds=error.retry_after), reason="rate limit")
    if not isinstance(error, discord.HTTPException):
        return SendResult(SendOutcome.UNREACHABLE, reason=type(error).__name__)
    reason = f"{error.status} {error.code}"
    if error.code == OLD_MESSAGE_EDITS:
        return SendResult(SendOutcome.RETRY, wait=OLD_MESSAGE_WAIT, reason=reason)
    if isinstance(error, discord.NotFound) and is_edit and error.code == UNKNOWN_MESSAGE:
        return SendResult(SendOutcome.MESSAGE_DELETED, reason=reason)
    if isinstance(error, discord.Forbidden | discord.NotFound) or error.status == _BAD_REQUEST:
        return SendResult(SendOutcome.REFUSED, reason=reason)
    return SendResult(SendOutcome.UNREACHABLE, reason=reason)
