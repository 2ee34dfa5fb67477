"""Servers in which posts answer a requestor whose direct messages are closed."""

import pytest

from tests.services.conftest import CHANNEL, GUILD, App

FIRST_GUILD, FIRST_CHANNEL = GUILD - 1, CHANNEL - 2
"""A server before the person's in every list."""


@pytest.fixture
async def servers(app: App) -> App:
    """Two servers with a review channel."""
    await app.services.guild_setup.use_review_channel(FIRST_GUILD, FIRST_CHANNEL)
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    return app
