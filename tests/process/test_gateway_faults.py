"""The gateway asks the bot to come back, forgets it, or falls silent: afterwards every button works as before."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from bot.demo.people import RITA
from bot.demo.reference_service import ReferenceService
from tests.fakes.discord_people import Person, buttons_of, text_of
from tests.fakes.discord_server import LoopbackDiscord
from tests.fakes.fault_proxy import Exchange, FaultProxy
from tests.harness.queue import changes_in
from tests.process.installation import Installation
from tests.process.journeys import card_of, cards_in, draft, link, press, use_review_channel


@pytest_asyncio.fixture
async def proxy(v2_service: ReferenceService) -> AsyncIterator[FaultProxy]:
    address = urlsplit(v2_service.url)
    async with FaultProxy((address.hostname or "", address.port or 80)) as proxy:
        yield proxy


async def reconnect(discord: LoopbackDiscord) -> None:
    await discord.gateway.ask_to_reconnect()


async def forget(discord: LoopbackDiscord) -> None:
    await discord.gateway.invalidate(is_resumable=False)


async def fall_silent(discord: LoopbackDiscord) -> None:
    discord.gateway.answers_heartbeats = False
    await discord.until(lambda: not discord.gateway.is_ready)
    discord.gateway.answers_heartbeats = True


@pytest.mark.parametrize(
    ("befall", "starts"), [(reconnect, 1), (forget, 2), (fall_silent, 1)], ids=["op 7", "op 9", "no heartbeats"]
)
async def test_a_button_from_before_works_after_the_gateway_is_back(
    installation: Installation,
    discord: LoopbackDiscord,
    rita: Person,
    befall: Callable[[LoopbackDiscord], Awaitable[None]],
    starts: int,
) -> None:
    discord.gateway.heartbeat_interval_ms = 500
    # Not for the others: the library waits five seconds before it begins again, and would call those a silence.
    bot = await installation.start_ready(LOOPBACK_SILENCE_S="2" if befall is fall_silent else None)
    await link(rita, RITA.key)
    asked = await rita.reply(await rita.slash("account unlink"))
    told = discord.gateway.identifies + discord.gateway.resumes
    await befall(discord)
    gateway = discord.gateway
    await bot.alive(discord.until(lambda: gateway.identifies + gateway.resumes > told and gateway.is_ready))
    confirm = next(custom_id for custom_id in buttons_of(asked) if custom_id.endswith(":unlink"))
    await rita.press(asked, confirm)
    await discord.until(lambda: "?" not in text_of(asked))
    assert gateway.identifies == starts
    assert "Traceback" not in bot.stdout + bot.stderr


async def test_what_was_under_way_at_a_stop_is_found_at_the_next_start(
    installation: Installation,
    discord: LoopbackDiscord,
    rita: Person,
    arrive: Callable[[str], Person],
    proxy: FaultProxy,
    v2_service: ReferenceService,
) -> None:
    through = proxy.url + urlsplit(v2_service.url).path
    people = [rita, *map(arrive, ("ben", "cleo", "dora", "eli"))]
    first = await installation.start_ready(CURATOR_SERVICE_URL=through)
    review = await use_review_channel(rita)
    await link(rita, RITA.key)
    drafts = [await draft(rita, f"Under way {number}") for number in range(3)]
    done = asyncio.Semaphore(0)

    async def done_and_unheard(exchange: Exchange) -> None:
        await exchange.forward()
        done.release()
        await asyncio.Event().wait()

    proxy.play(done_and_unheard, "POST")
    for drafted in drafts:
        await press(rita, drafted, "draft:submit:")
    asked = [person.type_slash("status") for person in people]
    await asyncio.gather(*(person.answered(one) for person, one in zip(people, asked, strict=True)))
    for _ in drafts:
        await asyncio.wait_for(done.acquire(), timeout=60)
    first.terminate()
    assert await first.ended() == 0
    proxy.calm()
    second = await installation.start_ready(CURATOR_SERVICE_URL=through)
    for number in range(3):
        await second.alive(card_of(rita, review, f"Under way {number}", "Pending"))
    assert len(changes_in(v2_service)) == len(cards_in(rita, review)) == 3
    async with asyncio.timeout(60):
        while "Under way" in text_of(await rita.reply(await rita.slash("propose-model drafts"))):
            pass  # cards are drawn as soon as the queue is read; each lost answer is looked for by itself
