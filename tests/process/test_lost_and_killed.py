"""The service takes a request, its answer is lost, and the bot is killed while it waits: each thing is done once."""

from collections.abc import AsyncIterator, Callable
from urllib.parse import urlsplit

import pytest_asyncio
from simcord.backend.models import Message

from bot.demo.people import ABE, RITA
from bot.demo.reference_service import ReferenceService
from tests.fakes import fault_proxy as faults
from tests.fakes.bot_process import BotProcess
from tests.fakes.discord_people import Person, buttons_of, text_of
from tests.fakes.discord_server import LoopbackDiscord
from tests.fakes.fault_proxy import FaultProxy
from tests.harness.queue import change_of, changes_in
from tests.process.installation import Installation
from tests.process.journeys import card_of, cards_in, draft, link, press, use_review_channel


@pytest_asyncio.fixture
async def proxy(v2_service: ReferenceService) -> AsyncIterator[FaultProxy]:
    address = urlsplit(v2_service.url)
    async with FaultProxy((address.hostname or "", address.port or 80)) as proxy:
        yield proxy


async def test_a_kill_while_an_answer_is_lost_doubles_nothing_and_tells_the_result(
    installation: Installation,
    discord: LoopbackDiscord,
    arrive: Callable[[str], Person],
    rita: Person,
    v2_service: ReferenceService,
    proxy: FaultProxy,
) -> None:
    abe = arrive("abe")
    url = proxy.url + urlsplit(v2_service.url).path

    async def killed(bot: BotProcess) -> BotProcess:
        bot.kill()
        await bot.ended()
        proxy.calm()
        return await installation.start_ready(CURATOR_SERVICE_URL=url)

    async def lose(path: str, person: Person, message: Message, beginning: str) -> None:
        """Press a button whose request the service takes without an answer to the bot."""
        sent = len(proxy.requests)
        proxy.play(faults.black_hole_after, "POST", path)
        await press(person, message, beginning)
        await discord.until(lambda: any(method == "POST" for method, _ in proxy.requests[sent:]))

    def told(words: str) -> int:
        """Count rita's direct messages with these words."""
        direct = discord.backend.get_dm_channel(rita.user_id)
        return sum(words in text_of(one) for one in discord.backend.messages[direct.id].values())

    bot = await installation.start_ready(CURATOR_SERVICE_URL=url)
    await link(rita, RITA.key)
    await link(abe, ABE.key)
    review = await use_review_channel(abe)
    drafted = await draft(rita, "Lost and killed")
    await press(rita, drafted, "draft:more:")
    await discord.until(lambda: any(one.startswith("draft:discard:") for one in buttons_of(drafted)))
    await press(rita, drafted, "draft:discard:")
    await discord.until(lambda: any(one.startswith("draft:undo:") for one in buttons_of(drafted)))
    bot = await killed(bot)
    await press(rita, drafted, "draft:undo:")
    await discord.until(lambda: any(one.startswith("draft:submit:") for one in buttons_of(drafted)))

    await lose("*/image_generation*", rita, drafted, "draft:submit:")
    await discord.quiet(0.5)
    bot = await killed(bot)
    card = await card_of(abe, review, "Lost and killed", "Pending")
    (change,) = changes_in(v2_service)
    await discord.until(lambda: told("Queued as"))
    kept = await rita.reply(await rita.slash("propose-model drafts"))
    assert "Lost and killed" not in text_of(kept), "it is sent"

    question = await abe.reply(await press(abe, card, "change:approve:"))
    await lose("*/batches", abe, question, "confirm:approve:")
    await discord.quiet(0.5)
    bot = await killed(bot)
    await card_of(abe, review, "Lost and killed", "**Approved**")
    assert change_of(v2_service, change["change_id"])["approved_by"] == ABE.horde_user_id
    await discord.until(lambda: told("**Approved**"))
    await discord.quiet(1.5)
    number = change["change_id"]
    first_lines = [text_of(one).partition("\n")[0] for one in cards_in(abe, review)]
    assert first_lines == [f"-# #{number} · CREATE · Image model", f"## #{number} is approved"], (
        "the card, and Abe's answer"
    )
    assert [told(words) for words in ("Queued as", "**Approved**")] == [1, 1]
    assert "Traceback" not in bot.stderr
