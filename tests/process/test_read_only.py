"""A bot beside a read-only service: a channel reads each refusal once, over restarts too."""

from collections.abc import Callable

from bot.demo.people import ABE
from bot.demo.reference_service import ReferenceService
from tests.fakes.discord_people import Person, text_of
from tests.fakes.discord_server import LoopbackDiscord
from tests.process.installation import Installation
from tests.process.journeys import link


async def test_a_restart_lets_no_refusal_be_posted_twice(
    installation: Installation,
    discord: LoopbackDiscord,
    arrive: Callable[[str], Person],
    replica_service: ReferenceService,
) -> None:
    abe = arrive("abe")

    def public() -> list[str]:
        messages = discord.backend.messages[abe.channel_id].values()
        return [text_of(message) for message in messages if not message.is_ephemeral]

    bot = await installation.start_ready(CURATOR_SERVICE_URL=replica_service.url)
    await link(abe, ABE.key)
    await abe.slash("apply", changes="1")
    await discord.until(lambda: len(public()) == 1)
    bot.kill()
    await bot.ended()
    await installation.start_ready(CURATOR_SERVICE_URL=replica_service.url)
    again = await abe.reply(await abe.slash("approve", change=1))
    assert "Not approved: the service is read-only" in text_of(again)
    assert again.is_ephemeral
    assert len(public()) == 1
