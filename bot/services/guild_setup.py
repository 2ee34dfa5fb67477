"""What a server has decided: for now, where the review cards go."""

from dataclasses import dataclass

from storage.guild_settings import GuildSettings


@dataclass(frozen=True, slots=True)
class GuildSetupFacts:
    """A server's settings.

    Attributes:
        guild_id: the server.
        review_channel_id: where cards go, ``None`` while not set.
        missing: permissions that the bot lacks there, named as Discord's clients show them.
    """

    guild_id: int
    review_channel_id: int | None
    missing: tuple[str, ...] = ()


@dataclass(slots=True)
class GuildSetup:
    """Reads and writes a server's settings."""

    guild_settings: GuildSettings

    async def show(self, guild_id: int) -> GuildSetupFacts:
        """The settings of a server; one that never set anything has none."""
        setting = await self.guild_settings.get(guild_id)
        return GuildSetupFacts(guild_id, setting.review_channel_id)

    async def use_review_channel(self, guild_id: int, channel_id: int) -> GuildSetupFacts:
        """Post review cards there from now on, those of all open changes included."""
        await self.guild_settings.set_review_channel(guild_id, channel_id)
        return await self.show(guild_id)
