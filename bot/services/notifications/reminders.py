"""Daily reminders of changes over a server's limit: one post a week, edited daily."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from bot.reference.models import ChangeStatus, PendingChange
from bot.services.card_links import CardLinks
from bot.services.polling.queue_monitor import QueueMonitor
from bot.services.polling.queue_snapshot import QueueSnapshot
from bot.services.queue.statistics import IsoWeek
from storage.deliveries import Deliveries, NewPost
from storage.delivery import DeliveryKind
from storage.guild_settings import GuildSettings, ReviewingGuild

MORNING_HOUR: Final = 8
"""Earliest hour (UTC) of scheduled posts: day in Europe, not night in eastern America."""

WAKE_WITHIN: Final = timedelta(hours=1)
"""Time after quiet hours within which their changes are mentioned."""

NAMED: Final = 10
"""Largest number of changes that a reminder names; the rest is counted."""


@dataclass(slots=True)
class Reminders:
    """Queues reminders from the pending and approved changes in memory; no requests."""

    monitor: QueueMonitor
    snapshot: QueueSnapshot
    card_links: CardLinks
    guild_settings: GuildSettings
    deliveries: Deliveries
    clock: Callable[[], datetime]
    _reminded: dict[int, date] = field(default_factory=dict)
    _woken: dict[int, datetime] = field(default_factory=dict)
    _cleared: dict[int, str] = field(default_factory=dict)

    async def remind(self) -> bool:
        """Queue the reminders that are due; return whether any was queued."""
        now = self.clock()
        if now.hour < MORNING_HOUR or self.monitor.last_poll_at is None or self.monitor.problem is not None:
            return False
        queued = [
            await self._remind(setting, now)
            for setting in await self.guild_settings.all_with_review_channel()
            if setting.reminder_days and self._reminded.get(setting.guild_id) != now.date()
        ]
        return any(queued)

    async def wake(self) -> bool:
        """Queue one mention of changes from quiet hours, after their end; return whether any."""
        now = self.clock()
        if self.monitor.last_poll_at is None or self.monitor.problem is not None:
            return False
        return any([await self._wake(setting, now) for setting in await self.guild_settings.all_with_review_channel()])

    async def _wake(self, setting: ReviewingGuild, now: datetime) -> bool:
        before = now - WAKE_WITHIN
        since = setting.quiet_since(before)
        if since is None or setting.quiet_since(now) is not None or self._woken.get(setting.guild_id) == since:
            return False
        self._woken[setting.guild_id] = since
        pending = self.snapshot.in_status(ChangeStatus.PENDING)
        until = since + setting.quiet_length
        count = sum(since.timestamp() <= change.requested_at < until.timestamp() for change in pending)
        if not count or setting.ping_role_id is None:
            return False
        facts = {"quiet": count, "ping_role": setting.ping_role_id}
        subject = f"quiet:{since.date().isoformat()}"
        post = NewPost(setting.guild_id, setting.review_channel_id, DeliveryKind.BURST, subject, facts)
        return await self.deliveries.add_posts([post], now) > 0

    async def _remind(self, setting: ReviewingGuild, now: datetime) -> bool:
        last = (now - timedelta(days=setting.reminder_days)).timestamp()
        waiting = self.snapshot.in_status(ChangeStatus.PENDING, ChangeStatus.APPROVED)
        late = [change for change in waiting if _waits_since(change) <= last]
        late.sort(key=lambda change: (_waits_since(change), change.change_id))
        facts = {
            "days": setting.reminder_days,
            "count": len(late),
            "changes": [_slim(change) for change in late[:NAMED]],
            "links": [await self.card_links.url(change.change_id, setting.guild_id) for change in late[:NAMED]],
        }
        week = str(IsoWeek.of(now))
        if late:
            self._reminded[setting.guild_id] = now.date()
        elif self._cleared.get(setting.guild_id) == week:
            return False
        self._cleared[setting.guild_id] = "" if late else week
        post = NewPost(setting.guild_id, setting.review_channel_id, DeliveryKind.REMINDER, week, facts)
        return await self.deliveries.put_post(post, now, is_first=bool(late))


def _waits_since(change: PendingChange) -> int:
    """Return when a change began to wait for its decision, or for its apply (Unix seconds)."""
    return change.approved_at or change.requested_at if change.status is ChangeStatus.APPROVED else change.requested_at


def _slim(change: PendingChange) -> dict[str, Any]:
    """Return a change's fields that a list shows; of a nameless one's payload the title."""
    shown = {
        "change_id",
        "resource_kind",
        "category",
        "model_name",
        "operation",
        "requested_by",
        "requested_username",
        "requested_at",
        "approved_at",
        "approved_by",
        "approved_username",
        "batch_title",
        "status",
        "notes",
    }
    slim = change.model_dump(mode="json", include=shown)
    if not change.is_record:
        slim["payload"] = {"title": change.payload.get("title")}
    return slim
