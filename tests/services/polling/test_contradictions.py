"""Unsynchronised workers of the service: a change that one of them has never counts as gone."""

import random
from collections.abc import Iterable, Iterator
from contextlib import AsyncExitStack
from itertools import cycle
from pathlib import Path
from typing import Any, override

import httpx
import pytest
from structlog.testing import capture_logs

from bot.services.changes import CardState
from tests.harness.scripted_service import ScriptedService
from tests.services.conftest import CHANNEL, GUILD, App, Clock, app_settings

LOOKS = 60
"""Twice as many as a change must be missing in a row to count as gone."""


class DividedService(ScriptedService):
    """Service whose requests are answered by one worker or another."""

    def __init__(self) -> None:
        self.queues: list[dict[int, dict[str, Any]]] = [{}, {}]
        self.turns: Iterator[int] = cycle([0])
        super().__init__()

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.changes = self.queues[next(self.turns)]
        return await super().handle_async_request(request)

    def has(self, process: int, *change_ids: int) -> None:
        """Put changes into the queue of one worker."""
        self.changes = self.queues[process]
        for change_id in change_ids:
            self.put(change_id)


def by_chance(seed: int) -> Iterator[int]:
    """Choose a worker at random, as the system does."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    return (chance.randrange(2) for _ in cycle([0]))


@pytest.fixture
async def divided(tmp_path: Path) -> Any:
    clock, service = Clock(), DividedService()
    service.has(0, 1, 2, 3)
    service.has(1, 1)
    settings = await app_settings(tmp_path / "data", clock)
    app = App(service, clock, settings, None, AsyncExitStack())  # type: ignore[arg-type] # until start
    await app.start()
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    await app.services.monitor.poll()
    yield app, service
    await app.stop()


async def states(app: App, looks: int) -> set[str]:
    """Poll several times; return every state that a card was to show."""
    seen: set[str] = set()
    for _ in range(looks):
        app.clock.move(seconds=20)
        await app.services.monitor.poll()
        due = await app.services.deliveries.deliveries.due_cards(app.clock())
        tracked = await app.services.card_service.cards.changes([card.change_id or 0 for card in due])
        seen |= {change.status for change in tracked.values()}
    return seen


@pytest.mark.parametrize(
    "turns",
    [cycle([0, 1]), cycle([0, 0, 1, 1]), cycle([0] * 5 + [1] * 17), *map(by_chance, range(3))],
    ids=["in turn", "two by two", "four polls each", *(f"by chance {seed}" for seed in range(3))],
)
async def test_a_change_that_one_worker_has_never_counts_as_gone(
    divided: tuple[App, DividedService], turns: Iterable[int]
) -> None:
    app, service = divided
    service.turns = iter(turns)
    assert await states(app, LOOKS) == {CardState.PENDING}
    assert {1, 2, 3} == set(await app.services.recorder.cards.tracked())


async def test_a_change_that_no_worker_has_counts_as_gone(divided: tuple[App, DividedService]) -> None:
    app, service = divided
    service.turns = by_chance(1)
    await states(app, 10)
    del service.queues[0][3]
    assert CardState.PURGED in await states(app, LOOKS)
    assert {i for i, row in (await app.services.recorder.cards.tracked()).items() if not row.is_final} == {1, 2}


async def test_status_reports_contradicting_answers_until_they_end(divided: tuple[App, DividedService]) -> None:
    app, service = divided
    assert not (await app.services.status.report()).is_contradicted
    service.turns = by_chance(1)
    with capture_logs() as lines:
        await states(app, 10)
    assert [line["event"] for line in lines].count("service_contradicts_itself") == 1, "the operator reads it once"
    assert (await app.services.status.report()).is_contradicted
    service.turns = cycle([0])
    await states(app, 5)
    app.clock.move(minutes=61)
    await app.services.monitor.poll()
    assert not (await app.services.status.report()).is_contradicted
