"""Settings of a server."""

from storage.database import Database
from storage.guild_settings import GuildRow, GuildSettings, ReviewingGuild


async def test_a_server_starts_with_the_defaults(database: Database) -> None:
    settings = GuildSettings(database)
    assert await settings.get(77) == GuildRow(77, None)
    assert await settings.all_with_review_channel() == []


async def test_the_review_channel_is_set_moved_and_forgotten(database: Database) -> None:
    settings = GuildSettings(database)
    await settings.set_review_channel(78, 781)
    await settings.set_review_channel(77, 770)
    await settings.set_review_channel(77, 771)
    assert await settings.get(77) == GuildRow(77, 771)
    assert await settings.all_with_review_channel() == [ReviewingGuild(77, 771), ReviewingGuild(78, 781)]
    await settings.set_review_channel(77, None)
    assert await settings.all_with_review_channel() == [ReviewingGuild(78, 781)]
