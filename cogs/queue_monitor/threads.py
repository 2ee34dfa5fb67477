"""The worker that opens threads under new cards; no card depends on it."""

from typing import Final

import aiohttp
import discord
import structlog

from bot.client.bot import CuratorBot
from bot.services.notifications.threads import UnopenedThread
from bot.ui.notices.thread_posts import thread_name

ALREADY_OPENED: Final = 160004
"""Discord's code for a message that has a thread: the bot stopped before recording it."""

TOO_MANY: Final = 160006
"""Discord's code for a server with the largest number of active threads; Discord archives some sooner or later."""

ARCHIVED_AFTER_MIN: Final = 4320
"""Minutes after the last message until Discord archives a thread (three days); the next message opens it again."""

_SERVER_ERROR: Final = 500

log = structlog.get_logger(__name__)


class ThreadOpener:
    """Worker that opens one thread at a time."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot

    async def open_all(self) -> None:
        """Open due threads; a failed one is tried again by the next round."""
        for card in await self.bot.services.threads.due(self.bot.served_guild_ids):
            if not await self._open(card):
                return

    async def _open(self, card: UnopenedThread) -> bool:
        """Open a thread; return whether the next one may be tried now."""
        threads = self.bot.services.threads
        channel = self.bot.get_partial_messageable(card.channel_id, guild_id=card.guild_id)
        try:
            await channel.get_partial_message(card.message_id).create_thread(
                name=thread_name(card.change_id, card.operation, card.model_name),
                auto_archive_duration=ARCHIVED_AFTER_MIN,
            )
        except discord.HTTPException as error:
            if error.status >= _SERVER_ERROR or error.code == TOO_MANY:
                log.warning("thread_postponed", change_id=card.change_id, reason=f"{error.status} {error.code}")
                return False
            if error.code != ALREADY_OPENED:
                in_a_row = await threads.refused(card)
                log.warning("thread_refused", channel_id=card.channel_id, code=error.code, in_a_row=in_a_row)
                return True
        except (discord.RateLimited, aiohttp.ClientError, OSError, ValueError) as error:
            # ValueError: the server is not cached yet, Discord has not sent it.
            log.warning("thread_postponed", change_id=card.change_id, reason=type(error).__name__)
            return False
        await threads.opened(card, card.message_id)  # a message's thread has the message's id (Discord)
        return True
