"""A bot that is started over and over must not use up its day at Discord: that would cost it its token."""

from tests.fakes.discord_server import LoopbackDiscord
from tests.process.installation import Installation


def questions(discord: LoopbackDiscord) -> int:
    """Return the number of times that the bot asked for the starts left."""
    return sum(call.path == "/gateway/bot" for call in discord.calls)


async def test_with_few_starts_left_it_does_not_connect_and_stops_when_told(
    installation: Installation, discord: LoopbackDiscord
) -> None:
    discord.sessions_left = 5
    bot = await installation.start()
    await bot.alive(discord.until(lambda: questions(discord) == 1))
    bot.terminate()
    assert await bot.ended() == 0
    assert discord.gateway.identifies == 0
    assert "Traceback" not in bot.stdout + bot.stderr


async def test_it_says_why_it_waits_and_connects_by_itself_once_the_count_of_starts_is_reset(
    installation: Installation, discord: LoopbackDiscord
) -> None:
    discord.sessions_left, discord.sessions_reset_ms = 5, 100
    bot = await installation.start()
    await bot.alive(discord.until(lambda: questions(discord) == 2))
    assert "gateway_connection_delayed" in bot.stdout + bot.stderr
    assert discord.gateway.identifies == 0
    discord.sessions_left = 1000
    await bot.alive(discord.until(lambda: discord.gateway.identifies == 1))
    bot.terminate()
    assert await bot.ended() == 0
