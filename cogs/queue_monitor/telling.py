"""The worker that tells people by direct message what is due."""

import asyncio

import discord
import structlog

from bot.client.bot import CuratorBot
from bot.services.notifications.direct_messages import DueNotice
from bot.ui.notices.direct_messages import news_notice
from cogs.queue_monitor.delivery import UNREACHABLE, is_refusal

log = structlog.get_logger(__name__)


class Teller:
    """Takes notices out of the outbox, one at a time."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot
        self._lock = asyncio.Lock()

    async def tell_all(self) -> None:
        """Deliver what is due."""
        async with self._lock:
            try:
                for notice in await self.bot.services.direct_messages.due():
                    await self._tell_or_wait(notice)
            finally:
                await self.bot.services.direct_messages.take_back()

    async def _tell_or_wait(self, notice: DueNotice) -> None:
        try:
            await self._tell(notice)
        except Exception:
            # One that cannot be drawn waits ever longer, and keeps nobody else from being told.
            log.exception("notice broke", notice_id=notice.notice_id)
            await self.bot.services.direct_messages.postponed(notice)

    async def _tell(self, notice: DueNotice) -> None:
        notices = self.bot.services.direct_messages
        view = news_notice(notice.news, self.bot.theme)
        try:
            channel = await self.bot.create_dm(discord.Object(notice.user_id))
            await channel.send(view=view, nonce=notice.nonce)
            await notices.delivered(notice)
        except UNREACHABLE as error:
            if is_refusal(error):
                await notices.undeliverable(notice)
                return
            log.warning("notice not sent", notice_id=notice.notice_id, reason=type(error).__name__)
            await notices.postponed(notice)
