"""Long queue in which others decide during a poll: every change is seen soon."""

from random import Random

import httpx
import pytest

from bot.reference.models import ChangeStatus
from bot.services.polling import queue_poller
from bot.services.polling.queue_poller import OPEN_STATUSES
from tests.services.conftest import App

PAGE = 8
NEXT = {
    "pending": ("approved", "rejected", "rejected"),
    "approved": ("applying", "applied"),
    "applying": ("applied", "approved"),
}
"""Transitions of the service; a failed apply goes back."""


class Others:
    """People who propose, decide and apply on the web page between two requests of the bot."""

    def __init__(self, app: App, random: Random) -> None:
        self._app, self._random = app, random
        self._last = 0
        self.is_at_rest = False

    def propose(self) -> None:
        """Propose a change, sometimes one that is decided at once."""
        self._last += 1
        self._app.service.put(self._last, status=self._random.choice(("pending",) * 6 + ("approved", "rejected")))

    def move(self) -> None:
        """Move an open change; an approved one first."""
        changes = self._app.service.changes
        waiting = [number for number, change in changes.items() if change["status"] == "pending"]
        in_progress = [number for number, change in changes.items() if change["status"] in ("approved", "applying")]
        movable = in_progress if len(in_progress) > PAGE // 2 else in_progress + waiting
        if movable:
            number = self._random.choice(movable)
            self._app.service.put(number, status=self._random.choice(NEXT[changes[number]["status"]]))

    async def meddle(self, _: httpx.Request) -> None:
        """Do something or nothing, and repeat after the next request."""
        if not self.is_at_rest:
            self._app.service.meanwhile["/changes"] = self.meddle
            self._random.choice((self.propose, self.move, self.move, lambda: None, lambda: None, lambda: None))()


@pytest.mark.parametrize("seed", range(12))
async def test_every_change_during_a_poll_is_seen_soon(app: App, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(queue_poller, "PAGE", PAGE)
    others, monitor = Others(app, Random(seed)), app.services.monitor  # noqa: S311 - no secret
    for _ in range(4 * PAGE):
        others.propose()
    await monitor.poll()
    for _ in range(12):
        others.is_at_rest = False
        app.service.meanwhile["/changes"] = others.meddle
        await monitor.poll()
        others.is_at_rest = True
        for _ in range(2):
            app.clock.move(seconds=20)
            await monitor.poll()
        for status in OPEN_STATUSES:
            there = [i for i, change in sorted(app.service.changes.items()) if change["status"] == status]
            assert [change.change_id for change in app.services.snapshot.in_status(ChangeStatus(status))] == there, (
                status
            )
    assert not (await app.services.status.report()).is_contradicted
