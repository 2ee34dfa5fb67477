import pytest

from storage.keyring import generate_key
from tests.fakes.discord_server import LoopbackDiscord
from tests.process.installation import Installation

CONFIGURATION, ALREADY_RUNNING, DAMAGED = 78, 75, 65


async def test_without_a_token_it_says_what_is_missing_and_where_to_get_it(
    installation: Installation, discord: LoopbackDiscord
) -> None:
    bot = await installation.start(CURATOR_DISCORD_TOKEN=None)
    assert await bot.ended() == CONFIGURATION
    assert "CURATOR_DISCORD_TOKEN: is missing" in bot.stderr
    assert "https://discord.com/developers/applications" in bot.stderr
    assert "Traceback" not in bot.stderr
    assert discord.calls == []


async def test_without_any_setting_every_missing_one_is_named_at_once(installation: Installation) -> None:
    bot = await installation.start(CURATOR_DISCORD_TOKEN=None, CURATOR_CREDENTIAL_KEYS=None)
    assert await bot.ended() == CONFIGURATION
    assert "CURATOR_DISCORD_TOKEN" in bot.stderr
    assert "python -m bot keys generate" in bot.stderr


async def test_a_token_that_discord_refuses_is_a_matter_of_configuration(installation: Installation) -> None:
    bot = await installation.start(CURATOR_DISCORD_TOKEN="refused-by-discord")
    assert await bot.ended() == CONFIGURATION
    assert "token" in bot.stderr
    assert "refused-by-discord" not in bot.stdout + bot.stderr
    assert "Traceback" not in bot.stderr


@pytest.mark.parametrize("close_code", [4004, 4014])
async def test_a_gateway_that_will_never_have_it_ends_the_process(
    installation: Installation, discord: LoopbackDiscord, close_code: int
) -> None:
    discord.gateway.refuses_with = close_code
    bot = await installation.start()
    assert await bot.ended() == CONFIGURATION
    assert "Traceback" not in bot.stderr
    assert discord.gateway.identifies == 1


async def test_another_credential_key_is_refused_before_discord_hears_of_it(
    installation: Installation, discord: LoopbackDiscord
) -> None:
    await installation.create_database()
    second = await installation.start(CURATOR_CREDENTIAL_KEYS=generate_key().get_secret_value())
    assert await second.ended() == CONFIGURATION
    assert installation.environment["CURATOR_CREDENTIAL_KEYS"].partition(":")[0] in second.stderr
    assert "Traceback" not in second.stderr
    assert discord.calls == []


async def test_a_second_instance_on_the_same_database_stops_and_the_first_goes_on(
    installation: Installation, discord: LoopbackDiscord
) -> None:
    first = await installation.start_ready()
    heard = len(discord.calls)
    second = await installation.start()
    assert await second.ended() == ALREADY_RUNNING
    assert "Traceback" not in second.stderr
    assert not any(call.path == "/users/@me" for call in discord.calls[heard:])
    first.terminate()
    assert await first.ended() == 0


async def test_an_emptied_database_is_never_quietly_recreated(installation: Installation) -> None:
    await installation.create_database()
    installation.database.write_bytes(b"")
    for _ in range(2):
        again = await installation.start()
        assert await again.ended() in (CONFIGURATION, DAMAGED)
        assert "Traceback" not in again.stderr


async def test_a_database_that_others_may_read_is_refused_and_taken_where_the_operator_insists(
    installation: Installation, discord: LoopbackDiscord
) -> None:
    await installation.create_database()
    installation.database.chmod(0o644)
    refused = await installation.start()
    assert await refused.ended() == CONFIGURATION
    assert str(installation.database) in refused.stderr
    heard = len(discord.calls)
    insisted = await installation.start("run", "--allow-insecure-permissions")
    await insisted.alive(discord.until(lambda: len(discord.calls) > heard))
    insisted.terminate()
    assert await insisted.ended() == 0
