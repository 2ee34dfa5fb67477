"""Sends or edits one message in Discord, and maps Discord's answer to a result."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final

import aiohttp
import discord

from bot.client.bot import CuratorBot
from bot.services.notifications.deliveries import Delivery, SendOutcome, SendResult
from bot.ui.components import Card
from cogs.queue_monitor.own_messages import OwnMessages, content_of

UNKNOWN_MESSAGE: Final = 10008
"""Discord's code for a deleted message."""

OLD_MESSAGE_EDITS: Final = 30046
"""Discord's code for too many edits of messages older than an hour."""

OLD_MESSAGE_WAIT: Final = timedelta(minutes=5)
"""Wait after ``OLD_MESSAGE_EDITS``."""

_BAD_REQUEST = 400


async def send_or_edit(
    bot: CuratorBot,
    delivery: Delivery,
    draw: Callable[[], Card],
    mentions: discord.AllowedMentions,
    own_messages: OwnMessages,
) -> SendResult:
    """Send the message of a delivery, or edit it if it was sent before.

    Args:
        bot: the connection to Discord.
        delivery: names the channel or the person, and the message to edit.
        draw: draws the message; called again for a second attempt, since files can be sent once.
        mentions: roles and users that a new message may notify.
        own_messages: messages sent before this start, which are not sent again.
    """
    try:
        if delivery.message_id is None:
            message_id = await _send(bot, delivery, draw, mentions, own_messages)
        else:
            message_id = await _edit(bot, delivery, draw)
    except discord.HTTPException as error:
        return _result_of(error, is_edit=delivery.message_id is not None)
    except discord.RateLimited as error:
        return SendResult(SendOutcome.RETRY, wait=timedelta(seconds=error.retry_after), reason="rate limit")
    except (aiohttp.ClientError, OSError) as error:
        return SendResult(SendOutcome.UNREACHABLE, reason=type(error).__name__)
    return SendResult(SendOutcome.DELIVERED, message_id)


async def _send(
    bot: CuratorBot,
    delivery: Delivery,
    draw: Callable[[], Card],
    mentions: discord.AllowedMentions,
    own_messages: OwnMessages,
) -> int:
    channel = await _channel_of(bot, delivery)
    drawn, own_id = draw(), bot.user.id if bot.user is not None else 0
    if (found := await own_messages.find(channel, channel.id, own_id, delivery, drawn.view)) is not None:
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


async def _channel_of(bot: CuratorBot, delivery: Delivery) -> discord.DMChannel | discord.PartialMessageable:
    if delivery.channel_id is None:
        return await bot.create_dm(discord.Object(delivery.user_id or 0))
    return bot.get_partial_messageable(delivery.channel_id, guild_id=delivery.guild_id)


async def _edit(bot: CuratorBot, delivery: Delivery, draw: Callable[[], Card]) -> int:
    message_id = delivery.message_id or 0
    channel = await _channel_of(bot, delivery)
    drawn = draw()
    await channel.get_partial_message(message_id).edit(view=drawn.view, attachments=list(drawn.files))
    return message_id


def _result_of(error: discord.HTTPException, *, is_edit: bool) -> SendResult:
    reason = f"{error.status} {error.code}"
    if error.code == OLD_MESSAGE_EDITS:
        return SendResult(SendOutcome.RETRY, wait=OLD_MESSAGE_WAIT, reason=reason)
    if isinstance(error, discord.NotFound) and is_edit and error.code == UNKNOWN_MESSAGE:
        return SendResult(SendOutcome.MESSAGE_DELETED, reason=reason)
    if isinstance(error, discord.Forbidden | discord.NotFound) or error.status == _BAD_REQUEST:
        return SendResult(SendOutcome.REFUSED, reason=reason)
    return SendResult(SendOutcome.UNREACHABLE, reason=reason)
