from tests.fakes.discord_people import Person, text_of
from tests.fakes.discord_server import LoopbackDiscord
from tests.process.installation import Installation


async def test_a_server_that_is_not_on_the_list_is_refused_and_not_left(
    installation: Installation, discord: LoopbackDiscord, rita: Person
) -> None:
    bot = await installation.start_ready(CURATOR_GUILD_IDS="999999999999999999")
    answer = text_of(await rita.reply(await rita.slash("account status")))
    assert "**Changed:** nothing." in answer
    assert "guild_refused" in bot.stderr
    assert [call.path for call in discord.calls if call.method == "DELETE"] == []
