"""Settings of a server, and the permissions that the bot needs for them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from bot.services.errors import BlockNeedsApproversError, OneQuietHourError, UnknownModeError
from bot.services.notifications.refused_channels import RefusedChannels
from bot.services.polling.queue_monitor import QueueMonitor
from bot.services.reader_key import ReaderProblem
from bot.services.review.approvals import APPROVALS_MAX, BLOCKING_NEEDS, ApprovalPolicy
from storage.guild_settings import GuildRow as GuildRow  # noqa: PLC0414 - as below
from storage.guild_settings import GuildSettings
from storage.guild_settings import SelfApproval as SelfApproval  # noqa: PLC0414 - cogs and ui may not import storage
from storage.guild_settings import Setting as Setting  # noqa: PLC0414 - as above

REMINDER_DAYS_MAX: Final = 90

NUMBERS: Mapping[Setting, range] = {
    Setting.APPROVALS_REQUIRED: range(1, APPROVALS_MAX + 1),
    Setting.APPROVALS_MOST_USED: range(APPROVALS_MAX + 1),
    Setting.REMINDER_DAYS: range(REMINDER_DAYS_MAX + 1),
    Setting.DIGEST: range(2),
    Setting.THREADS: range(2),
}
"""Values of the settings that are numbers or switches."""
_QUIET_HOURS: Final = re.compile(r"(?P<begin>\d{1,2})to(?P<end>\d{1,2})")


class ChannelPurpose(StrEnum):
    """Purpose of a channel."""

    REVIEW = "review"
    ANNOUNCEMENTS = "announcements"


class RolePurpose(StrEnum):
    """Purpose of a Discord role."""

    PING = "ping"
    REQUESTOR = "requestor"
    APPROVER = "approver"


class RoleProblem(StrEnum):
    """Reason why a Discord role cannot be used."""

    GONE = "gone"
    EVERYONE = "everyone"
    MANAGED = "managed"
    DANGEROUS = "dangerous"
    NO_PERMISSION = "no_permission"
    TOO_HIGH = "too_high"
    NOT_MENTIONABLE = "not_mentionable"


@dataclass(frozen=True, slots=True)
class ChannelTest:
    """Result of testing a channel.

    Attributes:
        channel_id: the channel.
        missing: Discord's API names of the permissions that the bot lacks there.
        is_gone: whether the channel was deleted, or is hidden from the bot.
    """

    channel_id: int
    missing: tuple[str, ...] = ()
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class RoleTest:
    """Result of testing a Discord role; ``problem`` is None if it can be used."""

    role_id: int
    problem: RoleProblem | None = None


@dataclass(frozen=True, slots=True)
class GuildSetupFacts:
    """Settings of a server, with tests of the channels and roles that they name.

    Attributes:
        setting: the stored settings.
        approvers_known: number of approvers who have linked.
        channels: tests of the channels that are set.
        roles: tests of the roles that are set.
        left_alone: number of waiting posts for each channel in which Discord refused the bot three times.
        reader_problem: why the bot cannot read the queue; None if its key is not refused.
    """

    setting: GuildRow
    approvers_known: int = 0
    channels: Mapping[ChannelPurpose, ChannelTest] = field(default_factory=dict)
    roles: Mapping[RolePurpose, RoleTest] = field(default_factory=dict)
    left_alone: Mapping[int, int] = field(default_factory=dict)
    reader_problem: ReaderProblem | None = None

    @property
    def guild_id(self) -> int:
        """Discord id of the server."""
        return self.setting.guild_id

    @property
    def review_channel_id(self) -> int | None:
        """Channel for cards, None if not set."""
        return self.setting.review_channel_id

    def value(self, setting: Setting) -> int | str | None:
        """Return the value of a setting, as ``GuildSetup.change`` takes it."""
        match setting:
            case Setting.QUIET_FROM:
                return quiet_hours(self.setting.quiet_from, self.setting.quiet_until)
            case Setting.APPROVALS_MOST_USED:
                return self.setting.approvals_most_used or 0
        value: int | str | None = getattr(self.setting, setting.value)
        return int(value) if isinstance(value, bool) else value

    @property
    def missing(self) -> int:
        """Number of missing permissions; an invisible channel counts as one."""
        return sum(len(test.missing) or test.is_gone for test in self.channels.values())

    @property
    def problems(self) -> int:
        """Number of problems to fix."""
        refused = sum(self.waiting(purpose) > 0 and not test.missing for purpose, test in self.channels.items())
        roles = sum(test.problem is not None for test in self.roles.values())
        return self.missing + refused + roles + (self.reader_problem is not None)

    def waiting(self, purpose: ChannelPurpose) -> int:
        """Count the posts for a visible channel in which Discord refused the bot."""
        test = self.channels.get(purpose)
        return 0 if test is None or test.is_gone else self.left_alone.get(test.channel_id, 0)


def quiet_hours(begin: int | None, end: int | None) -> str | None:
    """Return the value of quiet hours (``22to7``); None for none, or the same hour twice.

    Raises:
        OneQuietHourError: only one hour is given.
    """
    match (begin, end):
        case (None, int(hour)) | (int(hour), None):
            raise OneQuietHourError(hour)
    return None if begin == end else f"{begin}to{end}"


def channels_of(setting: GuildRow) -> dict[ChannelPurpose, int]:
    """Return the channels that are set."""
    ids = {
        ChannelPurpose.REVIEW: setting.review_channel_id,
        ChannelPurpose.ANNOUNCEMENTS: setting.announcement_channel_id,
    }
    return {purpose: channel_id for purpose, channel_id in ids.items() if channel_id is not None}


def roles_of(setting: GuildRow) -> dict[RolePurpose, int]:
    """Return the Discord roles that are set."""
    ids = {
        RolePurpose.PING: setting.ping_role_id,
        RolePurpose.REQUESTOR: setting.requestor_role_id,
        RolePurpose.APPROVER: setting.approver_role_id,
    }
    return {part: role_id for part, role_id in ids.items() if role_id is not None}


def permissions_needed(purpose: ChannelPurpose, setting: GuildRow) -> tuple[str, ...]:
    """Return Discord's API names of the permissions that the bot needs in a channel."""
    sending = ("view_channel", "send_messages", "read_message_history")  # the last one to post nothing twice
    if purpose is ChannelPurpose.ANNOUNCEMENTS:
        return sending
    threads = ("create_public_threads", "send_messages_in_threads") if setting.has_threads else ()
    return (*sending, "attach_files", *threads)


@dataclass(slots=True)
class GuildSetup:
    """Reads and writes a server's settings. Permission is enforced by Discord (Manage Server)."""

    guild_settings: GuildSettings
    policy: ApprovalPolicy
    refused_channels: RefusedChannels
    monitor: QueueMonitor

    async def show(self, guild_id: int) -> GuildSetupFacts:
        """Return the settings of a server, or the defaults, without any test."""
        return GuildSetupFacts(
            await self.guild_settings.get(guild_id),
            await self.policy.approvers_known(),
            left_alone=await self.refused_channels.left_alone(guild_id),
            reader_problem=self.monitor.reader_problem,
        )

    async def try_again(self, facts: GuildSetupFacts) -> None:
        """Retry posts that failed before, in the channels that a test has found."""
        for purpose, test in facts.channels.items():
            if not test.is_gone and purpose is ChannelPurpose.REVIEW:
                await self.use_review_channel(facts.guild_id, test.channel_id)
            elif not test.is_gone:
                await self.refused_channels.try_again(facts.guild_id, test.channel_id)

    async def use_review_channel(self, guild_id: int, channel_id: int) -> GuildSetupFacts:
        """Set the channel for review cards; all open changes get a card there."""
        await self.guild_settings.set_review_channel(guild_id, channel_id)
        await self.refused_channels.try_again(guild_id, channel_id)
        return await self.show(guild_id)

    async def change(self, guild_id: int, setting: Setting, value: int | str | None) -> GuildSetupFacts:
        """Change one setting; None unsets it. Quiet hours (``22to7``) go under ``QUIET_FROM``.

        Raises:
            UnknownModeError: no such rule for approving one's own changes exists, or the value is out of range.
            BlockNeedsApproversError: too few approvers are known to approve each other's changes.
        """
        if setting is Setting.REVIEW_CHANNEL and isinstance(value, int):
            return await self.use_review_channel(guild_id, value)
        if setting is Setting.REVIEW_CHANNEL:
            await self.guild_settings.set_review_channel(guild_id, None)
            return await self.show(guild_id)
        if setting is Setting.SELF_APPROVAL:
            return await self._set_self_approval(guild_id, str(value))
        if setting is Setting.QUIET_FROM:
            return await self._set_quiet_hours(guild_id, value)
        if (allowed := NUMBERS.get(setting)) is not None and value not in allowed:
            raise UnknownModeError(str(value), (f"{allowed.start} to {allowed.stop - 1}",))
        if setting is Setting.APPROVALS_MOST_USED:
            value = value or None  # 0 for one more than other changes
        await self.guild_settings.set(guild_id, setting, value)
        if setting is Setting.ANNOUNCEMENT_CHANNEL and isinstance(value, int):
            await self.refused_channels.try_again(guild_id, value)
        return await self.show(guild_id)

    async def _set_quiet_hours(self, guild_id: int, value: int | str | None) -> GuildSetupFacts:
        hours: tuple[int | None, int | None] = (None, None)
        if value is not None:
            found = _QUIET_HOURS.fullmatch(str(value))
            hours = (-1, -1) if found is None else (int(found["begin"]), int(found["end"]))
            if not all(hour in range(24) for hour in hours):
                raise UnknownModeError(str(value), ("hours from 0 to 23", "none"))
        await self.guild_settings.set_quiet_hours(guild_id, *hours)
        return await self.show(guild_id)

    async def _set_self_approval(self, guild_id: int, typed: str) -> GuildSetupFacts:
        mode = next((mode for mode in SelfApproval if mode.value == typed.strip().casefold()), None)
        if mode is None:
            raise UnknownModeError(typed, tuple(mode.value for mode in SelfApproval))
        if mode not in await self.self_approvals():
            raise BlockNeedsApproversError(await self.policy.approvers_known(), BLOCKING_NEEDS)
        await self.guild_settings.set(guild_id, Setting.SELF_APPROVAL, mode.value)
        return await self.show(guild_id)

    async def self_approvals(self) -> tuple[SelfApproval, ...]:
        """Return available rules for approving own changes; *block* needs two known approvers."""
        is_enough = await self.policy.approvers_known() >= BLOCKING_NEEDS
        return tuple(mode for mode in SelfApproval if is_enough or mode is not SelfApproval.BLOCK)
