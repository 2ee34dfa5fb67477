"""The loop that looks at the queue, and when cards, posts and notices are delivered."""

import asyncio
from datetime import datetime, timedelta
from typing import override

import structlog
from discord.ext import commands, tasks

from bot.client.bot import QUEUE_MOVED, CuratorBot
from bot.errors import BotError
from cogs.queue_monitor.drawing import CardDrawer
from cogs.queue_monitor.posting import Poster
from cogs.queue_monitor.telling import Teller
from cogs.queue_monitor.threads import ThreadOpener

BACK_OFF_MAX = timedelta(minutes=5)
"""The longest pause between two looks at a service that does not answer."""

log = structlog.get_logger(__name__)


class QueueMonitorCog(commands.Cog):
    """The loop, and the workers that bring Discord in line with what the loop found."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot
        self._cards = CardDrawer(bot)
        self._threads = ThreadOpener(bot)
        self._posts = Poster(bot)
        self._notices = Teller(bot)
        self._delivering = asyncio.Lock()
        self._delivery: asyncio.Task[None] | None = None
        self._is_delivery_due = False
        self._failures = 0
        self.poll_began_at: datetime | None = None
        """When the poll that runs now began; ``None`` between polls. Health checks read it."""

    @override
    async def cog_load(self) -> None:
        """Begin to look."""
        self.bot.services.watch.attach(self.draw_change)
        self.look.change_interval(seconds=self.bot.poll_interval.total_seconds())
        self.look.start()

    @override
    async def cog_unload(self) -> None:
        """Stop looking, and what is on its way to Discord."""
        self.look.cancel()
        if self._delivery is not None:
            self._delivery.cancel()
            await asyncio.wait([self._delivery])

    @tasks.loop()
    async def look(self) -> None:
        """Poll once. Never raises; failures back off."""
        self.poll_began_at = self.bot.clock()
        try:
            await self.sweep()
            self._failures = 0
        except BotError as error:
            self._failures += 1
            log.warning("look failed", reason=type(error).__name__, in_a_row=self._failures)
        except Exception:
            self._failures += 1
            log.exception("look broke")
        finally:
            self.poll_began_at = None
        pause = min(self.bot.poll_interval * 2 ** min(self._failures, 8), max(BACK_OFF_MAX, self.bot.poll_interval))
        self.look.change_interval(seconds=pause.total_seconds())
        self._deliver_beside()

    @look.before_loop
    async def _ready(self) -> None:
        await self.bot.wait_until_ready()

    async def sweep(self) -> None:
        """Look once: at what expires (drafts, claims, choices), at what is unanswered, at the queue.

        The queue comes last: where it cannot be read (a replica, a reader's key without the right), the others go on.
        """
        services = self.bot.services
        await services.draft_service.expire()
        await services.resubmission.expire()
        await services.link_expiry.expire()
        for _intent, change in await services.reconciler.look_for_all():
            await services.watch.note(change)
        await services.decision_reconciler.reconcile()
        await services.claims.expire()
        await services.decisions.expire()
        await services.decision_reconciler.expire()
        await services.posts.expire()
        try:
            await services.watch.sweep()
        finally:
            await services.outages.note()

    @commands.Cog.listener()
    async def on_queue_moved(self) -> None:
        """Something was set up or decided: bring everything in line now."""
        await self.deliver()

    @commands.Cog.listener()
    async def on_service_answered(self) -> None:
        """It was waited for ever longer, and is back: look at once, and at the usual pace again."""
        self._failures = 0
        self.look.restart()

    def _deliver_beside(self) -> None:
        """Deliver while the loop goes on: Discord may take minutes for many messages, and a look must not wait."""
        self._is_delivery_due = True
        if self._delivery is None or self._delivery.done():
            self._delivery = asyncio.create_task(self._deliver_while_due(), name="watch-delivery")

    async def _deliver_while_due(self) -> None:
        while self._is_delivery_due:
            self._is_delivery_due = False
            await self.deliver()

    async def deliver(self) -> None:
        """Post and edit what does not show what is so, and tell people what is due."""
        async with self._delivering:
            for work in (self._cards.draw_all, self._threads.open_all, self._posts.post_all, self._notices.tell_all):
                try:
                    await work()
                except Exception:
                    log.exception("delivery broke")

    async def draw_change(self, change_id: int) -> None:
        """Bring the cards of one change in line, before whoever moved it gets an answer; the rest follows."""
        try:
            await self._cards.draw_change(change_id)
        except Exception:
            log.exception("drawing broke", change_id=change_id)
        self.bot.dispatch(QUEUE_MOVED)
