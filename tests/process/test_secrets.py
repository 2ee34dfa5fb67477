import base64
from urllib.parse import quote

from bot.demo.people import RITA
from tests.fakes.discord_people import Person, buttons_of
from tests.fakes.discord_server import TOKEN, LoopbackDiscord
from tests.process.installation import Installation
from tests.process.journeys import link

NEAR_MISS = RITA.key + "-mistyped"
"""A key that AI-Horde does not know; refused, and no less secret."""


def shapes(secret: str) -> list[bytes]:
    """A secret as text may carry it: plain, base64 at each alignment, hex, quoted, reversed."""
    raw = secret.encode()
    encoded = [base64.b64encode(b"x" * shift + raw)[4:-4] for shift in range(3)]
    return [raw, raw[::-1], raw.hex().encode(), quote(secret, safe="").encode(), *encoded]


async def test_a_key_is_nowhere_but_sealed_at_any_log_level(
    installation: Installation, discord: LoopbackDiscord, rita: Person
) -> None:
    bot = await installation.start_ready(CURATOR_LOG_LEVEL="debug")
    await link(rita, NEAR_MISS)
    await link(rita, f"{RITA.key}\n")
    await link(rita, RITA.key)
    await rita.reply(await rita.slash("account status"))
    unlinking = await rita.reply(await rita.slash("account unlink"))
    while_linked = installation.everything_written()
    await rita.press(unlinking, next(one for one in buttons_of(unlinking) if one.endswith(":unlink")))
    bot.terminate()
    assert await bot.ended() == 0
    assert f"{rita.user_id}" in bot.stderr, "the log tells of the linking, so there was something to search"
    everything = while_linked + installation.everything_written() + repr(discord.calls).encode()
    credential_key = installation.environment["CURATOR_CREDENTIAL_KEYS"].partition(":")[2]
    for secret in (RITA.key, TOKEN, credential_key):
        for shape in shapes(secret):
            assert shape not in everything, f"found as {shape!r}"


async def test_every_file_is_for_the_operator_alone(installation: Installation) -> None:
    await installation.start_ready()
    modes = {path.name: path.stat().st_mode & 0o777 for path in installation.database.parent.iterdir()}
    assert modes[installation.database.name] == 0o600
    assert all(not mode & 0o077 for mode in modes.values()), modes
    assert installation.database.parent.stat().st_mode & 0o077 == 0
