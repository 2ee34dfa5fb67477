"""The decisions joined as the composition root joins them: on a real file, before a queue that the test writes."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
import stamina
from pydantic import SecretStr

from bot.build import open_container
from bot.container import Services
from bot.services.changes import Origin
from bot.services.polling.missing_changes import GONE_AFTER
from bot.services.review.outcomes import BatchResult, DecisionResult
from bot.services.review.presses import ButtonPress, DecisionVerb, Target
from bot.settings import Settings
from storage.database import Database
from storage.keyring import generate_key, parse_keys
from storage.keyring_check import unlock
from storage.links import Links
from tests.harness.scripted_service import URL, ScriptedService

APPROVER, REQUESTOR, OTHER = 2002, 1001, 3003
"""Discord ids: bob#202 may do everything, alice#101 has pending changes, the third has no link."""
GUILD, CHANNEL = 77, 78


class Clock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **span: float) -> None:
        self.now += timedelta(**span)

    async def sleep(self, seconds: float) -> None:
        """Sleep, which takes no time."""
        self.move(seconds=seconds)


@dataclass(slots=True, repr=False)  # asyncio renders a fixture's result: seconds for so large a tree
class App:
    """The decisions, what stands around them, and a way to restart them on the same file."""

    service: ScriptedService
    clock: Clock
    settings: Settings
    services: Services
    _open: AsyncExitStack
    _presses: int = 0

    async def restart(self) -> None:
        """Stop, and start again on the same file."""
        await self._open.aclose()
        self._open = AsyncExitStack()
        await self.start()

    async def die_during(self, path: str, work: Coroutine[Any, Any, object]) -> None:
        """Be killed while the service answers a request of ``work``, and start again on the same file."""
        reached = asyncio.Event()

        async def never_answers(_: httpx.Request) -> None:
            reached.set()
            await asyncio.Event().wait()

        self.service.meanwhile[path] = never_answers
        running = asyncio.create_task(work)
        await reached.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await self.restart()

    async def start(self) -> None:
        """Open the container as the program does."""
        self.services = await self._open.enter_async_context(
            open_container(
                self.settings,
                transport=self.service,
                clock=self.clock,
                monotonic=lambda: self.clock().timestamp(),
            )
        )

    async def stop(self) -> None:
        """Close everything."""
        await self._open.aclose()

    async def wait_until_gone(self) -> None:
        """Poll for as long as a missing change takes to count as gone."""
        await self.services.monitor.poll()
        self.clock.move(seconds=GONE_AFTER.total_seconds())
        await self.services.monitor.poll()

    def press(self, change_id: int, *, seen: str = "", user_id: int = APPROVER) -> ButtonPress:
        """Return a new press on the button of one change."""
        return ButtonPress(user_id, self.origin(), (Target(change_id, seen),))

    def batch_press(self, selection_id: int | None, *, user_id: int = APPROVER, is_new: bool = False) -> ButtonPress:
        """Return a new press on a button of several changes; ``is_new`` of a message that was drawn just now."""
        drawn_at = self.clock() if is_new else None
        return ButtonPress(user_id, self.origin(), selection_id=selection_id, drawn_at=drawn_at)

    async def batch(self, press: ButtonPress, verb: DecisionVerb, *, title: str = "", reason: str = "") -> BatchResult:
        """Decide several changes."""
        return await self.services.decisions.decide(press, verb, title=title, reason=reason)

    async def decide(self, press: ButtonPress, verb: DecisionVerb, *, reason: str = "Because.") -> DecisionResult:
        """Decide one change."""
        return (await self.services.decisions.decide(press, verb, reason=reason)).single

    def origin(self) -> Origin:
        """A new interaction."""
        self._presses += 1
        return Origin(self._presses, GUILD, CHANNEL)


@pytest.fixture(autouse=True)
def _retries_without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


KEYS = generate_key()
_linked: dict[str, bytes] = {}
"""Files of an installation in which both people are linked, by name; made once, since making takes 15 ms."""


@cache
def _settings() -> Settings:
    return Settings(
        discord_token=SecretStr("not used"),
        credential_keys=KEYS,
        service_url=URL,
        ask_file_hosts=False,
        ai_horde_url=f"{URL}/api/",
        requestor_ids=(),
        approver_ids=(),
    )


async def app_settings(folder: Path, clock: Clock) -> Settings:
    """Return the settings of a new bot in which both people are linked."""
    settings = _settings().model_copy(update={"database_path": folder / "curator.db"})
    if not _linked:
        await _link_people(settings, clock)
        _linked.update({file.name: file.read_bytes() for file in folder.iterdir()})
    folder.mkdir(mode=0o700, exist_ok=True)
    for name, content in _linked.items():
        file = folder / name
        file.touch(mode=0o600)
        file.write_bytes(content)
    return settings


async def _link_people(settings: Settings, clock: Clock) -> None:
    async with await Database.open(settings.database_path) as database:
        links = Links(database, await unlock(database, parse_keys(settings.credential_keys)), settings.service_url)
        for user_id, name in ((APPROVER, "bob#202"), (REQUESTOR, "alice#101")):
            await links.put(
                user_id,
                horde_user_id=name[-3:],
                horde_username=name,
                key=SecretStr(f"the-key-of-{name[:3]}"),
                roles=frozenset({"requestor", "approver"}),
                now=clock(),
            )


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    clock = Clock()
    settings = await app_settings(tmp_path / "data", clock)
    app = App(ScriptedService(), clock, settings, None, AsyncExitStack())  # type: ignore[arg-type] # until start
    await app.start()
    yield app
    await app.stop()
