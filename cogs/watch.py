"""Watches the queue in the background: posts cards, repairs them, tells requestors."""

import asyncio
from datetime import timedelta
from typing import override
from weakref import WeakValueDictionary

import aiohttp
import discord
import structlog
from discord.ext import commands, tasks

from bot.client.bot import CuratorBot
from bot.errors import BotError
from bot.services.notices import DueNotice
from bot.services.watch import Drawing
from bot.ui.change_card import change_card
from bot.ui.notices import news_notice

BACK_OFF_MAX = timedelta(minutes=5)
"""The longest pause between two looks at a service that does not answer."""

QUEUE_MOVED = "queue_moved"
"""Event of this bot: cards and notices may be due before the next look."""

UNREACHABLE = (discord.HTTPException, discord.RateLimited, aiohttp.ClientError, OSError)
"""What Discord, or the way to it, raises when a message did not go out and may go out later."""

UNKNOWN_MESSAGE = 10008
"""Discord's code for a message that somebody deleted."""

log = structlog.get_logger(__name__)


class WatchCog(commands.Cog):
    """The loop, and the worker that brings Discord in line with what the loop found."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._telling = asyncio.Lock()
        self._failures = 0

    @override
    async def cog_load(self) -> None:
        """Begin to look."""
        self.bot.services.watch.attach(self.draw_change)
        self.look.change_interval(seconds=self.bot.poll_interval.total_seconds())
        self.look.start()

    @override
    async def cog_unload(self) -> None:
        """Stop looking."""
        self.look.cancel()

    @tasks.loop()
    async def look(self) -> None:
        """Look at the queue once. Ends for nothing: what fails is tried again at the next look, ever later."""
        try:
            await self.sweep()
            self._failures = 0
        except BotError as error:
            self._failures += 1
            log.warning("look failed", reason=type(error).__name__, in_a_row=self._failures)
        except Exception:
            self._failures += 1
            log.exception("look broke")
        pause = min(self.bot.poll_interval * 2 ** min(self._failures, 8), max(BACK_OFF_MAX, self.bot.poll_interval))
        self.look.change_interval(seconds=pause.total_seconds())
        await self.deliver()

    @look.before_loop
    async def _ready(self) -> None:
        await self.bot.wait_until_ready()

    async def sweep(self) -> None:
        """Look once: at drafts that expire, at what is unanswered, at the queue.

        The queue comes last: where it cannot be read (a replica, a reader's key without the right), the others go on.
        """
        services = self.bot.services
        await services.drafting.expire()
        for _intent, change in await services.reconciler.look_for_all():
            await services.watch.settle(change)
        await services.watch.sweep()

    @commands.Cog.listener()
    async def on_queue_moved(self) -> None:
        """Something was set up or decided: bring everything in line now."""
        await self.deliver()

    async def deliver(self) -> None:
        """Post and edit cards that do not show what is so, and tell people what is due."""
        try:
            for guild_id, change_id in await self.bot.services.watch.undrawn():
                await self._draw(guild_id, change_id)
            async with self._telling:
                for notice in await self.bot.services.notices.due():
                    await self._tell(notice)
        except Exception:
            log.exception("delivery broke")

    async def draw_change(self, change_id: int) -> None:
        """Bring the cards of one change in line, before whoever moved it gets an answer; the rest follows."""
        try:
            for guild_id, _ in await self.bot.services.watch.undrawn(change_id):
                await self._draw(guild_id, change_id)
        except Exception:
            log.exception("drawing broke", change_id=change_id)
        self.bot.dispatch(QUEUE_MOVED)

    async def _draw(self, guild_id: int, change_id: int) -> None:
        # Asked for under the lock: whoever was here before may have posted the card already.
        async with self._locks.setdefault(change_id, asyncio.Lock()):
            drawing = await self.bot.services.watch.drawing(guild_id, change_id)
            if drawing is not None:
                await self._bring_in_line(drawing)

    async def _bring_in_line(self, drawing: Drawing) -> None:
        watch, card = self.bot.services.watch, drawing.card
        message = change_card(drawing.facts, self.bot.look)
        channel = self.bot.get_partial_messageable(card.channel_id, guild_id=card.guild_id)
        try:
            if card.message_id is None:
                sent = await channel.send(view=message.view, files=list(message.files), nonce=card.nonce)
                if _buttons(discord.ui.LayoutView.from_message(sent)) != _buttons(message.view):
                    # Discord knew the nonce: the bot died after posting, and this is what the card showed then.
                    again = change_card(drawing.facts, self.bot.look)
                    await sent.edit(view=again.view, attachments=list(again.files))
                await watch.posted(drawing, sent.id)
            else:
                partial = channel.get_partial_message(card.message_id)
                await partial.edit(view=message.view, attachments=list(message.files))
                await watch.shown(drawing)
        except discord.NotFound as error:
            if card.message_id is not None and error.code == UNKNOWN_MESSAGE:
                await watch.lost(drawing)
            else:
                await self._refused(drawing, error)
        except discord.Forbidden as error:
            await self._refused(drawing, error)
        except UNREACHABLE as error:
            log.warning("card not drawn", change_id=card.change_id, reason=type(error).__name__)

    async def _refused(self, drawing: Drawing, error: discord.HTTPException) -> None:
        in_a_row = await self.bot.services.watch.refused(drawing)
        log.warning("card refused", channel_id=drawing.card.channel_id, code=error.code, in_a_row=in_a_row)

    async def _tell(self, notice: DueNotice) -> None:
        notices = self.bot.services.notices
        view = news_notice(notice.news, self.bot.look)
        try:
            channel = await self.bot.create_dm(discord.Object(notice.user_id))
            await channel.send(view=view, nonce=notice.nonce)
            await notices.delivered(notice)
        except (discord.Forbidden, discord.NotFound):
            await notices.undeliverable(notice)
        except UNREACHABLE as error:
            log.warning("notice not sent", notice_id=notice.notice_id, reason=type(error).__name__)
            await notices.postponed(notice)


def _buttons(view: discord.ui.LayoutView) -> list[str]:
    """The custom ids of a card's buttons, which tell its change, its content and its state."""
    return [item.custom_id or "" for item in view.walk_children() if isinstance(item, discord.ui.Button)]


async def setup(bot: CuratorBot) -> None:
    """Called by discord.py when the extension is loaded."""
    await bot.add_cog(WatchCog(bot))
