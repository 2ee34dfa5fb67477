"""The service takes a request, its answer is lost, and the bot is killed while it waits: each thing is done once."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
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


@dataclass(slots=True)
class Stage:
    """A bot whose answers get lost on the way, and Rita, who proposes."""

    installation: Installation
    discord: LoopbackDiscord
    proxy: FaultProxy
    rita: Person
    service: ReferenceService

    async def start(self) -> BotProcess:
        return await self.installation.start_ready(CURATOR_SERVICE_URL=self.proxy.url + urlsplit(self.service.url).path)

    async def restart(self, bot: BotProcess) -> BotProcess:
        """Kill the bot, and start it again where no answer gets lost."""
        bot.kill()
        await bot.ended()
        self.proxy.calm()
        return await self.start()

    async def lose(self, path: str, person: Person, message: Message, beginning: str) -> None:
        """Press a button whose request the service takes without an answer to the bot."""
        sent = len(self.proxy.requests)
        self.proxy.play(faults.black_hole_after, "POST", path)
        await press(person, message, beginning)
        await self.discord.until(lambda: any(method == "POST" for method, _ in self.proxy.requests[sent:]))
        await self.discord.quiet(0.5)

    async def press(self, message: Message, beginning: str, *, until: str) -> None:
        """Have Rita press a button, and wait for the next one."""
        await press(self.rita, message, beginning)
        await self.discord.until(lambda: any(one.startswith(until) for one in buttons_of(message)))

    def told(self, words: str) -> int:
        """Count Rita's direct messages with these words."""
        direct = self.discord.backend.get_dm_channel(self.rita.user_id)
        return sum(words in text_of(one) for one in self.discord.backend.messages[direct.id].values())


@pytest.fixture
def stage(
    installation: Installation,
    discord: LoopbackDiscord,
    proxy: FaultProxy,
    rita: Person,
    v2_service: ReferenceService,
) -> Stage:
    return Stage(installation, discord, proxy, rita, v2_service)


async def test_a_kill_while_an_answer_is_lost_doubles_nothing_and_tells_the_result(
    stage: Stage, discord: LoopbackDiscord, arrive: Callable[[str], Person], rita: Person, v2_service: ReferenceService
) -> None:
    abe = arrive("abe")
    bot = await stage.start()
    await link(rita, RITA.key)
    await link(abe, ABE.key)
    review = await use_review_channel(abe)
    drafted = await draft(rita, "Lost and killed")
    await stage.press(drafted, "draft:more:", until="draft:discard:")
    await stage.press(drafted, "draft:discard:", until="draft:undo:")
    bot = await stage.restart(bot)
    await stage.press(drafted, "draft:undo:", until="draft:submit:")

    await stage.lose("*/image_generation*", rita, drafted, "draft:submit:")
    bot = await stage.restart(bot)
    card = await card_of(abe, review, "Lost and killed", "Pending")
    (change,) = changes_in(v2_service)
    await discord.until(lambda: stage.told("Queued as"))
    kept = await rita.reply(await rita.slash("propose-model drafts"))
    assert "Lost and killed" not in text_of(kept), "it is sent"

    question = await abe.reply(await press(abe, card, "change:approve:"))
    await stage.lose("*/batches", abe, question, "confirm:approve:")
    bot = await stage.restart(bot)
    await card_of(abe, review, "Lost and killed", "**Approved**")
    assert change_of(v2_service, change["change_id"])["approved_by"] == ABE.horde_user_id
    await discord.until(lambda: stage.told("**Approved**"))
    await discord.quiet(1.5)
    number = change["change_id"]
    first_lines = [text_of(one).partition("\n")[0] for one in cards_in(abe, review)]
    assert first_lines == [f"-# #{number} · CREATE · Image model", f"## #{number} is approved"], (
        "the card, and Abe's answer"
    )
    assert [stage.told(words) for words in ("Queued as", "**Approved**")] == [1, 1]
    assert "Traceback" not in bot.stderr
