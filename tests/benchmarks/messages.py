"""Messages, mentions and threads of a server with every setting on, counted without a network.

Counts for one change, for fourteen proposals in ten minutes, and for a week; an edit is not counted.
"""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.errors import BotError
from bot.services.notifications.deliveries import DeliveryGroup, Message, SendOutcome, SendResult
from storage.guild_settings import Setting
from tests.harness.scripted_service import ScriptedService
from tests.services.conftest import APPROVER, CHANNEL, GUILD, App, Clock, app_settings

NEWS, ROLE = 79, 80
MONDAY = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)
BEFORE = {"one change": (12, 6, 1), "14 proposals": (56, 28, 14), "a week": (394, 210, 42)}
"""Messages, mentions and threads of version 0.2.0, by the same count."""


class _Server:
    """A server with every setting on, a requestor with open direct messages, and a member who follows the category."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.counts: Counter[str] = Counter()
        self._next_message_id = 1000

    async def prepare(self) -> None:
        setup = self.app.services.guild_setup
        await setup.use_review_channel(GUILD, CHANNEL)
        for setting, value in (
            (Setting.ANNOUNCEMENT_CHANNEL, NEWS),
            (Setting.PING_ROLE, ROLE),
            (Setting.THREADS, 1),
            (Setting.DIGEST, 1),
            (Setting.REMINDER_DAYS, 2),
        ):
            await setup.change(GUILD, setting, value)
        following = self.app.services.following
        await following.follow(APPROVER, category="image_generation", model=None, requestor=None)
        await self.app.services.memberships.memberships.put(GUILD, APPROVER, is_member=True, now=self.app.clock())
        await self.pass_time(minutes=0)

    async def pass_time(self, *, minutes: float, step: float = 1) -> None:
        """Poll and deliver every ``step`` minutes."""
        until = self.app.clock() + timedelta(minutes=minutes)
        while True:
            await self._round()
            if self.app.clock() >= until:
                return
            self.app.clock.move(minutes=step)

    async def _round(self) -> None:
        services = self.app.services
        try:
            await services.monitor.poll()
        except BotError:
            pass
        finally:
            await services.outages.note()
        await services.reminders.remind()
        await services.digests.make()
        for _ in range(2):
            await self._deliver(await services.deliveries.due_cards())
            for card in await services.threads.due():
                self.counts.update(messages=1, threads=1)  # Discord itself posts that a thread was opened
                await services.threads.opened(card, card.message_id)
            await self._deliver(await services.deliveries.due_posts())
            await self._deliver(await services.deliveries.due_direct_messages())

    async def _deliver(self, groups: list[DeliveryGroup]) -> None:
        for group in groups:
            message = await self.app.services.deliveries.prepare(group)
            if message is not None:
                await self._send(message)

    async def _send(self, message: Message) -> None:
        delivery = message.delivery
        if delivery.message_id is None:
            self._next_message_id += 1
            is_direct = delivery.channel_id is None
            is_ping = is_direct or message.ping_role_id is not None or delivery.facts.get("ping") is not None
            self.counts.update(messages=1, pings=int(is_ping))
        result = SendResult(SendOutcome.DELIVERED, delivery.message_id or self._next_message_id)
        await self.app.services.deliveries.record(message, result)


async def _one_change(server: _Server) -> None:
    service = server.app.service
    service.put(1)
    await server.pass_time(minutes=30)
    service.put(1, status="approved", approved_by="303", approved_username="carol#303")
    await server.pass_time(minutes=60)
    service.put(1, status="applied", applied_by="303", applied_username="carol#303")
    await server.pass_time(minutes=30)


async def _fourteen(server: _Server) -> None:
    for change_id in range(1, 15):
        server.app.service.put(change_id)
        await server.pass_time(minutes=0.7, step=0.7)
    await server.pass_time(minutes=30)


async def _week(server: _Server) -> None:
    """Six proposals each day within an hour; four are approved and applied that day, one is rejected, one waits."""
    service, change_id = server.app.service, 0
    for day in range(7):
        server.app.clock.now = MONDAY + timedelta(days=day, hours=7)
        await server.pass_time(minutes=180, step=5)
        first = change_id + 1
        for _ in range(6):
            change_id += 1
            service.put(change_id, requested_at=int(server.app.clock().timestamp()))
            await server.pass_time(minutes=10, step=2)
        await server.pass_time(minutes=120, step=5)
        for decided in range(first, first + 4):
            service.put(decided, status="approved", approved_by="303", approved_username="carol#303")
            await server.pass_time(minutes=2)
        service.put(first + 4, status="rejected", rejected_by="303", reject_reason="Too blurred.")
        for decided in range(first, first + 4):
            service.put(decided, status="applied", applied_by="303", applied_username="carol#303")
            await server.pass_time(minutes=2)
        await server.pass_time(minutes=60, step=5)
        if day == 3:  # an outage of twenty minutes
            service.is_away = True
            await server.pass_time(minutes=20, step=2)
            service.is_away = False
            await server.pass_time(minutes=20, step=2)
    server.app.clock.now = MONDAY + timedelta(days=7, hours=8)
    await server.pass_time(minutes=10)


CASES = {"one change": _one_change, "14 proposals": _fourteen, "a week": _week}


@asynccontextmanager
async def _server(folder: Path) -> AsyncIterator[_Server]:
    folder.mkdir(parents=True)
    clock = Clock()
    clock.now = MONDAY + timedelta(hours=6)
    app = App(ScriptedService(), clock, await app_settings(folder / "data", clock), None, AsyncExitStack())  # type: ignore[arg-type] # until start
    await app.start()
    try:
        server = _Server(app)
        await server.prepare()
        yield server
    finally:
        await app.stop()


async def count_messages(folder: Path, case: str) -> tuple[int, int, int]:
    """Play one case; return the messages, mentions and threads."""
    async with _server(folder) as server:
        server.counts.clear()
        await CASES[case](server)
        return server.counts["messages"], server.counts["pings"], server.counts["threads"]


async def measure_messages(folder: Path) -> str:
    """Play every case and render the counts beside those of version 0.2.0."""
    lines = ["messages of one server with every setting on: messages / mentions / threads"]
    for number, case in enumerate(CASES):
        now, before = await count_messages(folder / str(number), case), BEFORE[case]
        shown = " / ".join(str(count) for count in now)
        lines.append(f"  {case:<14} {shown:<16} before {' / '.join(map(str, before)):<16} {now[0] / before[0]:.2f}x")
    return "\n".join(lines) + "\n"
