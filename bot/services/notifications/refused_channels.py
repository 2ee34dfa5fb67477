"""Channels that the bot gave up because Discord refused it three times: told once, where that is still possible."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.services.notifications.channel_posts import ChannelPosts, PostKind
from storage.guild_settings import GuildSetting, GuildSettings
from storage.refused import MAX_FAILURES, Refused


@dataclass(slots=True)
class RefusedChannels:
    """What admins are told of channels that nothing is posted in any more."""

    refused: Refused
    posts: ChannelPosts
    guild_settings: GuildSettings

    async def left_alone(self, guild_id: int) -> Mapping[int, int]:
        """Which of the channels that a server has set are left alone, and how much waits for each."""
        setting, waiting = await self.guild_settings.get(guild_id), await self.refused.left_alone(guild_id)
        return {channel_id: waiting[channel_id] for channel_id in _channels(setting) if channel_id in waiting}

    async def note(self, guild_id: int, channel_id: int, in_a_row: int) -> None:
        """Discord refused something there; the last time has it told in the server's other channel, once."""
        if in_a_row != MAX_FAILURES:
            return
        channels = _channels(await self.guild_settings.get(guild_id))
        if channel_id not in channels:
            return  # a thread, or a channel that was set before
        for other in channels:
            if other != channel_id:
                await self.posts.add(guild_id, other, PostKind.REFUSAL, str(channel_id), {"channel_id": channel_id})

    async def try_again(self, guild_id: int, channel_id: int) -> None:
        """Have what waits for a channel posted after all: it was mended, or is believed to be."""
        await self.refused.try_again(guild_id, channel_id, PostKind.REFUSAL)


def _channels(setting: GuildSetting) -> list[int]:
    """The channels that a server has set."""
    return [each for each in (setting.review_channel_id, setting.announcement_channel_id) if each is not None]
