"""The loop that polls the queue, and the rounds that deliver messages."""

import asyncio
from datetime import datetime, timedelta
from typing import Any, override

import discord
import structlog
from discord.ext import commands, tasks

from bot.client.bot import QUEUE_MOVED, CuratorBot
from bot.errors import BotError, ClosedError, DiskError
from cogs.queue_monitor.own_messages import card_number
from cogs.queue_monitor.threads import ThreadOpener
from cogs.queue_monitor.worker import DeliveryWorker

BACK_OFF_MAX = timedelta(minutes=5)
"""Longest pause between two polls of a service that does not answer."""

ANSWERED_WITHIN = timedelta(seconds=0.5)
"""Longest time that a card waits for the answer to the press that moved its change."""

log = structlog.get_logger(__name__)


class QueueMonitorCog(commands.Cog):
    """The polling loop and the delivery of its results."""

    def __init__(self, bot: CuratorBot) -> None:
        self.bot = bot
        self._worker = DeliveryWorker(bot)
        self._threads = ThreadOpener(bot)
        self._delivering = asyncio.Lock()
        self._delivery: asyncio.Task[None] | None = None
        self._is_delivery_due = False
        self._drawing: set[asyncio.Task[None]] = set()
        self._failures = 0
        self._problem: type[Exception] | None = None
        self.poll_began_at: datetime | None = None
        """Start of the running poll; None between polls. Health checks read it."""

    @override
    async def cog_load(self) -> None:
        self.bot.services.recorder.attach(self)
        self.poll.change_interval(seconds=self.bot.poll_interval.total_seconds())
        self.poll.start()

    @override
    async def cog_unload(self) -> None:
        """Stop polling and delivering."""
        self.poll.cancel()
        running = [*self._drawing, *([self._delivery] if self._delivery else [])]
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)

    @tasks.loop()
    async def poll(self) -> None:
        """Poll once. Never raises; failures back off."""
        self.poll_began_at = self.bot.clock()
        try:
            await self.poll_once()
            self._note_success()
        except Exception as error:  # noqa: BLE001 - the loop must go on; logged with its traceback where unforeseen
            self._note_failure(error)
        finally:
            self.poll_began_at = None
        pause = min(self.bot.poll_interval * 2 ** min(self._failures, 8), max(BACK_OFF_MAX, self.bot.poll_interval))
        self.poll.change_interval(seconds=pause.total_seconds())
        self._start_delivery()

    @poll.before_loop
    async def _ready(self) -> None:
        await self.bot.wait_until_ready()

    def _note_success(self) -> None:
        if self._failures:
            log.info("poll_recovered", failed_polls=self._failures)
        self._failures, self._problem = 0, None

    def _note_failure(self, error: Exception) -> None:
        """Count a failed poll; log it only if the one before did not fail for the same reason."""
        self._failures += 1
        if type(error) is not self._problem:
            is_foreseen = isinstance(error, BotError)
            log.warning("poll_failed", reason=type(error).__name__, exc_info=None if is_foreseen else error)
        self._problem = type(error)

    async def poll_once(self) -> None:
        """Expire old rows, reconcile unanswered requests, and poll the queue.

        The queue comes last: the rest is done even if it cannot be read (a replica, a reader key without the role). It
        is read even if a fault of the bot ends the rest, and the fault is raised afterwards.
        """
        services, fault = self.bot.services, None
        try:
            await self._look_after()
        except Exception as error:  # noqa: BLE001 - raised below
            fault = error
        try:
            await services.monitor.poll()
        finally:
            await services.outages.note()
        if fault is not None:
            raise fault

    async def _look_after(self) -> None:
        services = self.bot.services
        await services.draft_service.expire()
        await services.resubmission.expire()
        await services.link_expiry.expire()
        for _intent, change in await services.proposal_reconciler.reconcile():
            await services.recorder.note(change)
        await services.decision_reconciler.reconcile()
        await services.claims.expire()
        await services.revision_requests.expire()
        await services.decisions.expire()
        await services.decision_reconciler.expire()
        await services.deliveries.expire()

    @commands.Cog.listener()
    async def on_queue_moved(self) -> None:
        """Deliver now: a setting or a change moved."""
        await self.deliver()

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction[CuratorBot]) -> None:
        """Redraw a pressed card that the database does not know, in its true state or as a stub."""
        message, guild_id = interaction.message, interaction.guild_id
        if message is None or guild_id is None or message.flags.ephemeral or not self.bot.serves(guild_id):
            return
        cards = self.bot.services.card_service
        try:
            if await cards.knows(guild_id, message.id) or (change_id := card_number(message)) is None:
                return
            is_adopted = await cards.adopt(guild_id, message.channel.id, message.id, change_id)
        except (ClosedError, DiskError) as error:
            log.info("card_not_adopted", message_id=message.id, reason=type(error).__name__)
            return
        if is_adopted:
            log.info("card_adopted", change_id=change_id)
            await self.deliver()

    @commands.Cog.listener()
    async def on_service_answered(self) -> None:
        """Poll at once and at the usual interval again: the service is back."""
        self._failures = 0
        self.poll.restart()

    def _start_delivery(self) -> None:
        """Deliver in a task of its own: many messages take Discord minutes, and polls must not wait."""
        self._is_delivery_due = True
        if self._delivery is None or self._delivery.done():
            self._delivery = asyncio.create_task(self._deliver_while_due(), name="delivery")

    async def _deliver_while_due(self) -> None:
        while self._is_delivery_due:
            self._is_delivery_due = False
            await self.deliver()

    async def deliver(self) -> None:
        """Deliver pending cards, posts and direct messages."""
        worker = self._worker
        async with self._delivering:
            for work in (
                worker.deliver_cards,
                self._threads.open_all,
                worker.deliver_posts,
                worker.deliver_direct_messages,
            ):
                try:
                    await work()
                except Exception:  # the other kinds of messages must go out all the same
                    log.exception("delivery_round_failed")

    def draw_soon(self, change_id: int) -> None:
        """Deliver a change's cards once its press is answered, and then the rest."""
        mover = asyncio.current_task()
        if mover is not self.poll.get_task():  # a round of deliveries follows each poll
            self._deliver_after(mover, change_id)

    async def draw(self, change_id: int) -> None:
        """Deliver a change's cards now, and the rest once its press is answered."""
        await self._draw(change_id)
        self._deliver_after(asyncio.current_task(), None)

    def _deliver_after(self, mover: asyncio.Task[Any] | None, change_id: int | None) -> None:
        async def wait_and_deliver() -> None:
            if mover is not None:
                await asyncio.wait([mover], timeout=ANSWERED_WITHIN.total_seconds())
            if change_id is not None:
                await self._draw(change_id)
            self.bot.dispatch(QUEUE_MOVED)

        task = asyncio.create_task(wait_and_deliver(), name=f"card-{change_id}")
        self._drawing.add(task)
        task.add_done_callback(self._drawing.discard)

    async def _draw(self, change_id: int) -> None:
        try:
            await self._worker.deliver_cards(change_id)
        except Exception:  # the next round delivers the card; what was pressed is done
            log.exception("card_delivery_failed", change_id=change_id)
