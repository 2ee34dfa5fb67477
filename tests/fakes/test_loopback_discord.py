import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.fakes.bot_process import BotProcess, ProcessEndedError
from tests.fakes.discord_calls import Fault, rate_limit
from tests.fakes.discord_people import Person, buttons_of, text_of
from tests.fakes.discord_server import TOKEN, LoopbackDiscord

pytestmark = pytest.mark.process


@pytest_asyncio.fixture
async def bot(discord: LoopbackDiscord, rita: Person, tmp_path: Path) -> AsyncIterator[BotProcess]:
    process = BotProcess.on(
        discord.url,
        "tests.fakes.minimal_bot",
        folder=tmp_path,
        environment={"CURATOR_DISCORD_TOKEN": TOKEN},
    )
    async with process:
        await process.alive(discord.until(lambda: discord.gateway.is_ready))
        yield process


async def test_a_slash_command_travels_to_the_process_and_back(bot: BotProcess, rita: Person) -> None:
    deferred = await rita.slash("greet", name="Rita", loud=True)
    assert deferred.deferred
    assert text_of(await rita.reply(deferred)) == "Hello Rita!"


async def test_a_form_is_opened_filled_and_sent(bot: BotProcess, rita: Person) -> None:
    shown = await rita.reply(await rita.slash("ask"))
    assert list(buttons_of(shown)) == ["ask:open"]
    opened = await rita.press(shown, "ask:open")
    assert opened.modal is not None
    answer = opened.modal["components"][0]["component"]["custom_id"]
    assert text_of(await rita.reply(await rita.submit(opened, {answer: "yes"}))) == "You said yes"


async def test_options_are_completed_while_typing(bot: BotProcess, rita: Person) -> None:
    choices = await rita.complete("greet", "name", "Ri")
    assert [choice["name"] for choice in choices] == ["Ri-0", "Ri-1", "Ri-2"]


async def test_a_rate_limited_answer_is_sent_again(bot: BotProcess, discord: LoopbackDiscord, rita: Person) -> None:
    discord.faults.append(rate_limit("POST", "/webhooks/*", retry_after_s=0.05))
    message = await rita.reply(await rita.slash("greet", name="Rita"))
    assert text_of(message) == "Hello Rita."
    assert sum(call.path.startswith("/webhooks/") for call in discord.calls) == 2


async def test_an_answer_lost_after_discord_took_it_was_still_taken(
    bot: BotProcess, discord: LoopbackDiscord, rita: Person
) -> None:
    discord.faults.append(Fault("POST", "/interactions/*/callback", is_after=True))
    assert (await rita.slash("bare")).deferred
    assert (await rita.slash("bare")).deferred
    assert sum(call.path.endswith("/callback") for call in discord.calls) == 2


async def test_a_dropped_connection_is_resumed_and_nothing_is_missed(
    bot: BotProcess, discord: LoopbackDiscord, rita: Person
) -> None:
    discord.gateway.drop()
    await discord.until(lambda: not discord.gateway.is_ready)
    missed = rita.type_slash("bare")
    assert (await rita.answered(missed)).deferred
    assert (discord.gateway.identifies, discord.gateway.resumes) == (1, 1)


async def test_opcode_seven_brings_the_bot_back(bot: BotProcess, discord: LoopbackDiscord, rita: Person) -> None:
    await discord.gateway.ask_to_reconnect()
    await discord.until(lambda: discord.gateway.resumes == 1)
    assert (await rita.slash("bare")).deferred


async def test_an_invalid_session_begins_again(bot: BotProcess, discord: LoopbackDiscord) -> None:
    await discord.gateway.invalidate(is_resumable=False)
    await bot.alive(discord.until(lambda: discord.gateway.identifies == 2 and discord.gateway.is_ready))


async def test_a_burst_is_answered_whole(bot: BotProcess, rita: Person) -> None:
    typed = [rita.type_slash("bare") for _ in range(50)]
    answered = await asyncio.gather(*(rita.answered(one) for one in typed))
    assert all(one.deferred for one in answered)


async def test_sigterm_ends_the_process(bot: BotProcess) -> None:
    bot.terminate()
    assert await bot.ended() == 0


async def test_a_wrong_token_is_refused(discord: LoopbackDiscord, tmp_path: Path) -> None:
    wrong = {"CURATOR_DISCORD_TOKEN": "another"}
    process = BotProcess.on(discord.url, "tests.fakes.minimal_bot", folder=tmp_path, environment=wrong)
    async with process:
        with pytest.raises(ProcessEndedError, match="LoginFailure"):
            await process.alive(discord.until(lambda: discord.gateway.is_ready))


async def test_a_process_has_measurable_memory_and_time(bot: BotProcess) -> None:
    assert bot.rss_mib() > 20
    assert bot.cpu_s() > 0
