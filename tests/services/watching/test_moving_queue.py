"""A long queue in which others decide while the bot looks: whatever happens between two questions is seen soon."""

from random import Random

import httpx
import pytest

from bot.reference.models import ChangeStatus
from bot.services.watching import queue_poller
from bot.services.watching.queue_monitor import OPEN_STATUSES
from tests.services.conftest import House

PAGE = 8
NEXT = {
    "pending": ("approved", "rejected", "rejected"),
    "approved": ("applying", "applied"),
    "applying": ("applied", "approved"),
}
"""What the service makes of a change; an apply that failed goes back."""


class Others:
    """People elsewhere, who propose, decide and apply between any two questions of the bot."""

    def __init__(self, house: House, random: Random) -> None:
        self._house, self._random = house, random
        self._last = 0
        self.is_at_rest = False

    def propose(self) -> None:
        """Add one, now and then one that is decided at once."""
        self._last += 1
        self._house.service.put(self._last, status=self._random.choice(("pending",) * 6 + ("approved", "rejected")))

    def move(self) -> None:
        """Move any that can be moved; what is approved does not wait for long."""
        changes = self._house.service.changes
        waiting = [number for number, change in changes.items() if change["status"] == "pending"]
        in_hand = [number for number, change in changes.items() if change["status"] in ("approved", "applying")]
        movable = in_hand if len(in_hand) > PAGE // 2 else in_hand + waiting
        if movable:
            number = self._random.choice(movable)
            self._house.service.put(number, status=self._random.choice(NEXT[changes[number]["status"]]))

    async def meddle(self, _: httpx.Request) -> None:
        """Do something, or nothing, and be there again after the next question."""
        if not self.is_at_rest:
            self._house.service.meanwhile["/changes"] = self.meddle
            self._random.choice((self.propose, self.move, self.move, lambda: None, lambda: None, lambda: None))()


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_moves_meanwhile_is_known_soon_after(
    house: House, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(queue_poller, "PAGE", PAGE)
    others, watch = Others(house, Random(seed)), house.services.watch  # noqa: S311 - no secret
    for _ in range(60):
        others.propose()
    await watch.sweep()
    for _ in range(12):
        others.is_at_rest = False
        house.service.meanwhile["/changes"] = others.meddle
        await watch.sweep()
        others.is_at_rest = True
        for _ in range(2):
            house.clock.move(seconds=20)
            await watch.sweep()
        for status in OPEN_STATUSES:
            there = [i for i, change in sorted(house.service.changes.items()) if change["status"] == status]
            assert [change.change_id for change in watch.waiting(ChangeStatus(status))] == there, status
    assert not (await house.services.status.report()).is_contradicted
