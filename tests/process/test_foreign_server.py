"""Servers that the bot does not serve, or is to leave."""

from bot.operator.exit_codes import ExitCode
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


async def test_the_operator_has_the_bot_leave_one_server_and_no_other(
    installation: Installation, discord: LoopbackDiscord, rita: Person
) -> None:
    foreign = discord.backend.create_guild("Foreign")
    left = await installation.start("operator", "leave", str(foreign.id))
    assert await left.ended() == 0
    assert f"has left the server {foreign.id}" in left.stdout
    assert [rita.guild_id] == list(discord.backend.guilds)
    again = await installation.start("operator", "leave", str(foreign.id))
    assert await again.ended() == 0
    assert f"Nothing to do: the bot is not in the server {foreign.id}" in again.stdout
    assert discord.gateway.identifies == 0, "the running bot keeps its session"


async def test_leaving_with_a_wrong_token_changes_nothing_and_names_the_setting(
    installation: Installation, discord: LoopbackDiscord, rita: Person
) -> None:
    refused = await installation.start("operator", "leave", str(rita.guild_id), CURATOR_DISCORD_TOKEN="wrong-token")
    assert await refused.ended() == ExitCode.CONFIGURATION
    assert "CURATOR_DISCORD_TOKEN" in refused.stderr
    assert "wrong-token" not in refused.stderr + refused.stdout
    assert rita.guild_id in discord.backend.guilds
