"""What a server has decided, and what the bot needs there for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.services.errors import BlockNeedsApproversError, UnknownModeError
from bot.services.review.approvals import BLOCKING_NEEDS, ApprovalPolicy
from bot.services.watching.refused_channels import RefusedChannels
from storage.guild_settings import GuildSetting, GuildSettings
from storage.guild_settings import SelfApproval as SelfApproval  # noqa: PLC0414 - what draws and asks takes it from here
from storage.guild_settings import Setting as Setting  # noqa: PLC0414 - likewise


class ChannelPurpose(StrEnum):
    """What a channel is there for."""

    REVIEW = "review"
    ANNOUNCEMENTS = "announcements"


class Part(StrEnum):
    """What a Discord role is there for."""

    PING = "ping"
    REQUESTOR = "requestor"
    APPROVER = "approver"


class RoleProblem(StrEnum):
    """Why a Discord role cannot do its part."""

    GONE = "gone"
    EVERYONE = "everyone"
    MANAGED = "managed"
    NO_PERMISSION = "no_permission"
    TOO_HIGH = "too_high"
    NOT_MENTIONABLE = "not_mentionable"


@dataclass(frozen=True, slots=True)
class ChannelTest:
    """A channel as the bot finds it.

    Attributes:
        channel_id: the channel.
        missing: permissions that the bot lacks there, by Discord's names for programs.
        is_gone: whether there is no such channel, or none that the bot can see.
    """

    channel_id: int
    missing: tuple[str, ...] = ()
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class RoleTest:
    """A Discord role as the bot finds it; ``problem`` is ``None`` where it can do its part."""

    role_id: int
    problem: RoleProblem | None = None


@dataclass(frozen=True, slots=True)
class GuildSetupFacts:
    """A server's settings, and how the bot finds what they name.

    Attributes:
        setting: what was set.
        approvers_known: how many approvers have linked.
        channels: tests of the channels that are set.
        roles: tests of the roles that are set.
        left_alone: channels in which Discord refused the bot three times, and how much waits for each.
    """

    setting: GuildSetting
    approvers_known: int = 0
    channels: Mapping[ChannelPurpose, ChannelTest] = field(default_factory=dict)
    roles: Mapping[Part, RoleTest] = field(default_factory=dict)
    left_alone: Mapping[int, int] = field(default_factory=dict)

    @property
    def guild_id(self) -> int:
        """The server."""
        return self.setting.guild_id

    @property
    def review_channel_id(self) -> int | None:
        """Where cards go, ``None`` while not set."""
        return self.setting.review_channel_id

    @property
    def missing(self) -> int:
        """How many permissions are missing; a channel that cannot be seen lacks one."""
        return sum(len(test.missing) or test.is_gone for test in self.channels.values())

    @property
    def problems(self) -> int:
        """How many things are to be mended."""
        refused = sum(self.waiting(purpose) > 0 and not test.missing for purpose, test in self.channels.items())
        return self.missing + refused + sum(test.problem is not None for test in self.roles.values())

    def waiting(self, purpose: ChannelPurpose) -> int:
        """How much waits for a channel that is there, but in which Discord refused the bot."""
        test = self.channels.get(purpose)
        return 0 if test is None or test.is_gone else self.left_alone.get(test.channel_id, 0)


def channels_of(setting: GuildSetting) -> dict[ChannelPurpose, int]:
    """The channels that are set."""
    ids = {
        ChannelPurpose.REVIEW: setting.review_channel_id,
        ChannelPurpose.ANNOUNCEMENTS: setting.announcement_channel_id,
    }
    return {purpose: channel_id for purpose, channel_id in ids.items() if channel_id is not None}


def roles_of(setting: GuildSetting) -> dict[Part, int]:
    """The Discord roles that are set."""
    ids = {
        Part.PING: setting.ping_role_id,
        Part.REQUESTOR: setting.requestor_role_id,
        Part.APPROVER: setting.approver_role_id,
    }
    return {part: role_id for part, role_id in ids.items() if role_id is not None}


def permissions_needed(purpose: ChannelPurpose, setting: GuildSetting) -> tuple[str, ...]:
    """What the bot needs in a channel, by Discord's names for programs."""
    if purpose is ChannelPurpose.ANNOUNCEMENTS:
        return ("view_channel", "send_messages")
    threads = ("create_public_threads", "send_messages_in_threads") if setting.has_threads else ()
    return ("view_channel", "send_messages", "attach_files", *threads)


@dataclass(slots=True)
class GuildSetup:
    """Reads and writes a server's settings; whoever may, Discord has decided (Manage Server)."""

    guild_settings: GuildSettings
    approving: ApprovalPolicy
    refused_channels: RefusedChannels

    async def show(self, guild_id: int) -> GuildSetupFacts:
        """The settings of a server, nothing tested; one that never set anything has the defaults."""
        return GuildSetupFacts(
            await self.guild_settings.get(guild_id),
            await self.approving.approvers_known(guild_id),
            left_alone=await self.refused_channels.left_alone(guild_id),
        )

    async def try_again(self, facts: GuildSetupFacts) -> None:
        """Have posted what could not be posted before, in the channels that a test has found."""
        for purpose, test in facts.channels.items():
            if not test.is_gone and purpose is ChannelPurpose.REVIEW:
                await self.use_review_channel(facts.guild_id, test.channel_id)
            elif not test.is_gone:
                await self.refused_channels.try_again(facts.guild_id, test.channel_id)

    async def use_review_channel(self, guild_id: int, channel_id: int) -> GuildSetupFacts:
        """Post review cards there from now on, those of all open changes included."""
        await self.guild_settings.set_review_channel(guild_id, channel_id)
        await self.refused_channels.try_again(guild_id, channel_id)
        return await self.show(guild_id)

    async def change(self, guild_id: int, setting: Setting, value: int | str | None) -> GuildSetupFacts:
        """Set one thing, from now on; ``None`` forgets a channel or a role."""
        await self.guild_settings.set(guild_id, setting, value)
        if setting is Setting.ANNOUNCEMENT_CHANNEL and isinstance(value, int):
            await self.refused_channels.try_again(guild_id, value)
        return await self.show(guild_id)

    async def let_approve_own(self, guild_id: int, typed: str) -> GuildSetupFacts:
        """Decide what becomes of an approval of one's own change.

        Raises:
            UnknownModeError: there is no such mode.
            BlockNeedsApproversError: with so few approvers nobody could approve their changes.
        """
        known = tuple(SelfApproval)
        mode = next((mode for mode in known if mode.value == typed.strip().casefold()), None)
        if mode is None:
            raise UnknownModeError(typed, tuple(mode.value for mode in known))
        if mode not in await self.self_approvals(guild_id):
            raise BlockNeedsApproversError(await self.approving.approvers_known(guild_id), BLOCKING_NEEDS)
        return await self.change(guild_id, Setting.SELF_APPROVAL, mode.value)

    async def self_approvals(self, guild_id: int) -> tuple[SelfApproval, ...]:
        """What may be chosen for approving one's own; never *block* where only one approver is known."""
        is_enough = await self.approving.approvers_known(guild_id) >= BLOCKING_NEEDS
        return tuple(mode for mode in SelfApproval if is_enough or mode is not SelfApproval.BLOCK)
