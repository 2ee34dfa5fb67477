"""A bot that is killed at any moment of a press loses nothing and does nothing twice.

Each model goes through *Submit*, *Approve* and *Apply*; the process is killed at a random moment of each.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
import pytest
from simcord.backend.models import Channel, Interaction, Message

from bot.demo.people import ABE, RITA
from bot.demo.reference_service import ReferenceService
from bot.tls import tls_context
from tests.fakes.bot_process import BotProcess
from tests.fakes.discord_people import Person, buttons_of, text_of
from tests.process.installation import Installation
from tests.process.journeys import card_of, cards_in, draft, link, press, use_review_channel

KILLS = int(os.environ.get("CURATOR_TEST_KILLS", "60"))
"""Kills of one run; the environment variable asks for more."""

LATEST = timedelta(milliseconds=120)
"""Latest kill after a press: a press takes about half of that."""

SETTLED_S = 1.6
"""Seconds without a request to Discord, longer than the interval of polls, after which nothing more is due."""

TRIES = 5


@dataclass(slots=True)
class Sweep:
    """One installation whose process is killed again and again."""

    installation: Installation
    service: ReferenceService
    rita: Person
    abe: Person
    review: Channel
    process: BotProcess
    chance: random.Random
    kills: int = 0
    undecided: list[str] = field(default_factory=list)
    """Models whose proposal the bot still looks for: it was killed before the request left."""

    async def kill_during(self, action: Awaitable[object]) -> None:
        """Kill the process at a random moment of an action, start it again, and wait until it is quiet."""
        pressing = asyncio.ensure_future(action)
        await asyncio.sleep(self.chance.uniform(0, LATEST.total_seconds()))
        self.process.kill()
        self.kills += 1
        await self.process.ended()
        pressing.cancel()
        await asyncio.wait([pressing])
        self.process = await self.installation.start_ready()
        await self.installation.discord.quiet(SETTLED_S)

    async def changes(self, name: str) -> list[dict[str, str]]:
        """Return the changes of a model that the service has."""
        async with httpx.AsyncClient(base_url=self.service.url, trust_env=False, verify=tls_context()) as client:
            answer = await client.get(
                "/model_references/v2/pending_queue/changes",
                params={"limit": 500, "model_name": name},
                headers={"apikey": ABE.key},
            )
        found: list[dict[str, str]] = answer.json()["items"]
        return [change for change in found if change["model_name"] == name]

    async def card(self, name: str) -> Message:
        """Return the card of a model, once it is posted."""
        return await card_of(self.abe, self.review, f"## {name}")

    def cards(self, name: str) -> int:
        """Count the cards of a model."""
        return sum(f"## {name}" in text_of(card) for card in cards_in(self.abe, self.review))

    async def until(self, name: str, status: str, action: Callable[[], Awaitable[object]]) -> None:
        """Kill during an action, and do it again until the change has a status, as a person would."""
        await self.kill_during(action())
        for _ in range(TRIES):
            changes = await self.changes(name)
            assert len(changes) <= 1, "doubled"
            if changes and changes[0]["status"] == status:
                return
            await action()
            await self.installation.discord.quiet(SETTLED_S)
        raise AssertionError(f"{name} never became {status}")

    async def submit(self, name: str) -> bool:
        """Kill during *Submit*; return False if the bot still looks for the proposal, which never left."""
        card = await draft(self.rita, name)
        await self.kill_during(self.rita.press(card, _submit_of(card)))
        if not await self.changes(name):
            kept = text_of(await self.rita.reply(await self.rita.slash("propose-model drafts")))
            assert name in kept, f"lost: {kept}"
            await self.rita.reply(await self.rita.press(card, _submit_of(card)))
            await self.installation.discord.quiet(SETTLED_S)
        return bool(await self.changes(name))

    async def approve(self, name: str) -> None:
        """Press *Approve* and confirm."""
        question = await self.abe.reply(await self._press(name, "change:approve:"))
        await self.abe.reply(await press(self.abe, question, "confirm:approve:"))

    async def apply(self, name: str) -> None:
        """Press *Apply*."""
        await self.abe.reply(await self._press(name, "change:apply:"))

    async def _press(self, name: str, beginning: str) -> Interaction:
        card = await self.card(name)
        await self.installation.discord.until(lambda: any(one.startswith(beginning) for one in buttons_of(card)))
        return await press(self.abe, card, beginning)

    def direct_messages(self) -> Counter[str]:
        """Count the direct messages by their text, which names changes, states and times."""
        backend = self.installation.discord.backend
        public = {self.review.id, self.rita.channel_id}
        rooms = [messages for channel_id, messages in backend.messages.items() if channel_id not in public]
        return Counter(text_of(message) for room in rooms for message in room.values() if not message.is_ephemeral)


def _submit_of(card: Message) -> str:
    return next(one for one in buttons_of(card) if one.startswith("draft:submit:"))


@pytest.mark.soak
async def test_whenever_it_is_killed_nothing_is_lost_and_nothing_is_done_twice(
    installation: Installation, arrive: Callable[[str], Person], rita: Person, v2_service: ReferenceService
) -> None:
    abe = arrive("abe")
    process = await installation.start_ready()
    review = await use_review_channel(abe)
    await link(rita, RITA.key)
    await link(abe, ABE.key)
    chance = random.Random(12)  # noqa: S311 - moments to die at, the same ones each time
    sweep = Sweep(installation, v2_service, rita, abe, review, process, chance)
    number = 0
    while sweep.kills < KILLS:
        name, number = f"Killed {number} of {rita.user_id}", number + 1
        if not await sweep.submit(name):
            sweep.undecided.append(name)
            continue
        await sweep.until(name, "approved", lambda name=name: sweep.approve(name))  # type: ignore[misc]
        await sweep.until(name, "applied", lambda name=name: sweep.apply(name))  # type: ignore[misc]
    await installation.discord.quiet(SETTLED_S)
    names = [f"Killed {one} of {rita.user_id}" for one in range(number)]
    counts = {name: len(await sweep.changes(name)) for name in names}
    assert set(counts.values()) <= {0, 1}
    assert {name: sweep.cards(name) for name in names} == counts
    # A request that was on its way may arrive after the bot looked: it is found by a later look.
    assert {name for name, count in counts.items() if not count} <= set(sweep.undecided), "lost"
    doubled = [text for text, count in sweep.direct_messages().items() if count > 1]
    assert not doubled, doubled
