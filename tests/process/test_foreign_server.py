from tests.fakes.discord_people import Person
from tests.fakes.discord_server import LoopbackDiscord
from tests.process.installation import Installation


async def test_a_server_that_is_not_on_the_list_is_left_when_the_bot_connects(
    installation: Installation, discord: LoopbackDiscord, rita: Person
) -> None:
    bot = await installation.start_ready(CURATOR_GUILD_IDS="999999999999999999")
    await bot.alive(discord.until(lambda: any(_is_leaving(call.method, call.path) for call in discord.calls)))
    assert "guild_left" in bot.stderr


def _is_leaving(method: str, path: str) -> bool:
    return method == "DELETE" and path.startswith("/users/@me/guilds/")
