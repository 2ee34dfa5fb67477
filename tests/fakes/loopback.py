"""Fixtures: a Discord on real sockets and a member in it. Light to import; what they need is not."""

from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

if TYPE_CHECKING:
    from tests.fakes.discord_people import Person
    from tests.fakes.discord_server import LoopbackDiscord


@pytest_asyncio.fixture
async def discord() -> AsyncIterator["LoopbackDiscord"]:
    """A Discord on loopback that models everything it was asked."""
    from tests.fakes.discord_server import LoopbackDiscord  # noqa: PLC0415 - few tests need it

    async with LoopbackDiscord() as server:
        yield server
        assert server.gaps == []


@pytest.fixture
def arrive(discord: "LoopbackDiscord") -> Callable[[str], "Person"]:
    """Makes people of one guild, by name."""
    from tests.fakes.discord_people import settle  # noqa: PLC0415 - few tests need it

    return settle(discord)


@pytest.fixture
def rita(arrive: Callable[[str], "Person"]) -> "Person":
    """A member of the guild; made before the bot connects, so that the guild is there."""
    return arrive("rita")
