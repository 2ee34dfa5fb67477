import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest_asyncio

from bot.demo.people import RITA
from bot.demo.reference_service import ReferenceService
from tests.fakes import fault_proxy as faults
from tests.fakes.discord_calls import Fault, rate_limit
from tests.fakes.discord_people import Person, buttons_of, commands_of, text_of
from tests.fakes.discord_server import LoopbackDiscord
from tests.fakes.fault_proxy import FaultProxy
from tests.process.installation import Installation
from tests.process.journeys import link


@pytest_asyncio.fixture
async def proxy(v2_service: ReferenceService) -> AsyncIterator[FaultProxy]:
    address = urlsplit(v2_service.url)
    async with FaultProxy((address.hostname or "", address.port or 80)) as proxy:
        yield proxy


def through(proxy: FaultProxy, service: ReferenceService) -> str:
    return proxy.url + urlsplit(service.url).path


async def test_it_logs_in_tells_discord_its_commands_answers_and_links_a_person(
    installation: Installation, discord: LoopbackDiscord, rita: Person
) -> None:
    await installation.start_ready()
    commands = {name for name, _ in commands_of(discord)}
    assert {"account link", "account status", "propose-model create", "setup show", "status"} <= commands
    answer = await rita.slash("account status")
    assert answer.ephemeral
    assert "link" in text_of(await rita.reply(answer)).lower()
    assert RITA.horde_username.partition("#")[0] in text_of(await link(rita, RITA.key))


async def test_commands_are_told_again_only_when_they_changed(
    installation: Installation, discord: LoopbackDiscord
) -> None:
    for _ in range(2):
        bot = await installation.start_ready()
        bot.terminate()
        assert await bot.ended() == 0
    assert sum(call.method == "PUT" and call.path.endswith("/commands") for call in discord.calls) == 1


async def test_sigterm_ends_it_with_nothing_said_that_is_an_error(installation: Installation) -> None:
    bot = await installation.start_ready()
    bot.terminate()
    assert await bot.ended() == 0
    assert "Traceback" not in bot.stderr + bot.stdout


async def test_sigterm_during_the_start_ends_it_too(installation: Installation, discord: LoopbackDiscord) -> None:
    bot = await installation.start()
    await bot.alive(discord.until(lambda: discord.calls))
    bot.terminate()
    assert await bot.ended() == 0


async def test_while_the_service_says_nothing_all_are_acknowledged_and_sigterm_ends_it(
    installation: Installation, rita: Person, proxy: FaultProxy, v2_service: ReferenceService
) -> None:
    bot = await installation.start_ready(CURATOR_SERVICE_URL=through(proxy, v2_service))
    await link(rita, RITA.key)
    proxy.play(faults.black_hole)
    commands = ("status", "status", "roles", "account status", "setup show", "propose-model drafts")
    typed = [rita.type_slash(command) for command in commands]
    # The loopback Discord refuses an acknowledgement after three seconds, and then none is ever counted.
    answered = await asyncio.gather(*(rita.answered(one) for one in typed))
    assert all(one.responded for one in answered)
    bot.terminate()
    assert await bot.ended() == 0


async def test_a_link_outlives_a_kill(installation: Installation, rita: Person) -> None:
    first = await installation.start_ready()
    await link(rita, RITA.key)
    first.kill()
    await first.ended()
    await installation.start_ready()
    shown = await rita.reply(await rita.slash("account status"))
    assert RITA.horde_username.partition("#")[0] in text_of(shown)


async def test_a_button_outlives_a_restart(installation: Installation, rita: Person) -> None:
    first = await installation.start_ready()
    await link(rita, RITA.key)
    asked = await rita.reply(await rita.slash("account unlink"))
    first.terminate()
    assert await first.ended() == 0
    await installation.start_ready()
    confirm = next(custom_id for custom_id in buttons_of(asked) if custom_id.endswith(":unlink"))
    await rita.press(asked, confirm)
    await rita.discord.until(lambda: "?" not in text_of(asked))  # the question gives way to what was done
    shown = await rita.reply(await rita.slash("account status"))
    assert RITA.horde_username.partition("#")[0] not in text_of(shown)


async def test_a_dropped_gateway_is_resumed_and_no_one_notices(
    installation: Installation, discord: LoopbackDiscord, rita: Person
) -> None:
    await installation.start_ready()
    discord.gateway.drop()
    await discord.until(lambda: not discord.gateway.is_ready)
    assert (await rita.answered(rita.type_slash("status"))).responded
    assert (discord.gateway.identifies, discord.gateway.resumes) == (1, 1)


async def test_discord_stumbling_delays_an_answer_and_loses_none(
    installation: Installation, discord: LoopbackDiscord, rita: Person
) -> None:
    await installation.start_ready()
    discord.faults += [
        Fault("POST", "/interactions/*/callback", status=500),
        rate_limit("*", "/webhooks/*", retry_after_s=0.05),
    ]
    answer = await rita.slash("status")
    assert text_of(await rita.reply(answer))
    assert all(fault.times == 0 for fault in discord.faults)
