"""Channels given up after three refusals; reported once in the server's other channel."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from storage.deliveries import Deliveries, NewPost
from storage.delivery import MAX_REFUSALS, DeliveryKind
from storage.guild_settings import GuildRow, GuildSettings


@dataclass(slots=True)
class RefusedChannels:
    """Channels in which nothing is posted any more."""

    deliveries: Deliveries
    guild_settings: GuildSettings
    clock: Callable[[], datetime]

    async def left_alone(self, guild_id: int) -> Mapping[int, int]:
        """Count waiting messages for each given-up channel of a server's settings."""
        setting, waiting = await self.guild_settings.get(guild_id), await self.deliveries.given_up(guild_id)
        return {channel_id: waiting[channel_id] for channel_id in _channels(setting) if channel_id in waiting}

    async def undrawable(self, guild_id: int | None) -> tuple[tuple[str, int | None], ...]:
        """Return kind and change of the messages to a server, or to people, that cannot be drawn."""
        found = await self.deliveries.undrawable()
        return tuple((each.kind.value, each.change_id) for each in found if each.guild_id in (None, guild_id))

    async def note(self, guild_id: int, channel_id: int, refusals: int) -> None:
        """Report a channel in the server's other channel after the last refusal, once."""
        if refusals != MAX_REFUSALS:
            return
        channels = _channels(await self.guild_settings.get(guild_id))
        if channel_id not in channels:
            return  # a thread, or a channel of former settings
        facts = {"channel_id": channel_id}
        posts = [
            NewPost(guild_id, other, DeliveryKind.REFUSAL, str(channel_id), facts)
            for other in channels
            if other != channel_id
        ]
        await self.deliveries.add_posts(posts, self.clock())

    async def try_again(self, guild_id: int, channel_id: int) -> None:
        """Make the messages that wait for a channel due: it was repaired, or an admin believes so."""
        await self.deliveries.try_channel_again(guild_id, channel_id)


def _channels(setting: GuildRow) -> list[int]:
    """Return the channels of a server's settings."""
    return [each for each in (setting.review_channel_id, setting.announcement_channel_id) if each is not None]
