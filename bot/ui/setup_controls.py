"""Menus and switches of the setup screen."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import discord
from discord import ui

from bot.services.guilds.guild_setup import (
    ChannelPurpose,
    GuildRow,
    GuildSetupFacts,
    RoleProblem,
    RolePurpose,
    SelfApproval,
    Setting,
)
from bot.services.review.approvals import APPROVALS_MAX, BLOCKING_NEEDS
from bot.ui import custom_ids
from bot.ui.components import Button, Sheet, button, primary
from bot.ui.text import plural

NAMES: Final = {
    Setting.REVIEW_CHANNEL: "Review cards",
    Setting.ANNOUNCEMENT_CHANNEL: "Announcements",
    Setting.PING_ROLE: "Role to ping",
    Setting.REQUESTOR_ROLE: "Role for requestors",
    Setting.APPROVER_ROLE: "Role for approvers",
    Setting.APPROVALS_REQUIRED: "Approvals required",
    Setting.APPROVALS_MOST_USED: "For the most used models",
    Setting.SELF_APPROVAL: "Own proposals",
    Setting.REMINDER_DAYS: "Reminder",
    Setting.QUIET_FROM: "Quiet hours",
    Setting.DIGEST: "Weekly digest",
    Setting.THREADS: "Threads",
}
"""Name of each setting on the screen."""

CHANNELS: Final = {
    ChannelPurpose.REVIEW: (Setting.REVIEW_CHANNEL, "Channel for review cards"),
    ChannelPurpose.ANNOUNCEMENTS: (Setting.ANNOUNCEMENT_CHANNEL, "Channel for announcements"),
}
ROLES: Final = {
    RolePurpose.PING: (Setting.PING_ROLE, "Role to ping for a new card"),
    RolePurpose.REQUESTOR: (Setting.REQUESTOR_ROLE, "Role for requestors"),
    RolePurpose.APPROVER: (Setting.APPROVER_ROLE, "Role for approvers"),
}
DAYS: Final = (0, 1, 2, 3, 5, 7, 14, 30)
NIGHT_HOURS: Final = 9
OWN_WORDS: Final = {
    SelfApproval.ALLOW: ("may be approved", "Like any other proposal"),
    SelfApproval.WARN: ("may be approved, with a warning", "The warning: no other approver has read it"),
    SelfApproval.BLOCK: ("need another approver", "Their own requestor cannot approve them"),
}


@dataclass(frozen=True, slots=True)
class SettingChange:
    """The setting that was changed last, with its value before."""

    setting: Setting
    before: int | str | None


type Menu = ui.Select[Any] | ui.ChannelSelect[Any] | ui.RoleSelect[Any]


def add_buttons(sheet: Sheet, facts: GuildSetupFacts, changed: SettingChange | None) -> None:
    """Add the switches, *Test again* and *Undo*; in one row, to stay below Discord's limit."""
    test = (primary if facts.problems else button)("Test again", custom_ids.setup_test())
    sheet.row(
        _switch(Setting.DIGEST, is_on=facts.setting.has_digest),
        _switch(Setting.THREADS, is_on=facts.setting.has_threads),
        test if facts.channels or facts.roles else None,
        None if changed is None else _undo(changed),
    )


def menus_of(facts: GuildSetupFacts) -> dict[Setting, Menu]:
    """Return the menu of each setting that has one."""
    return {**dict(_channels(facts)), **dict(_roles(facts)), **_choices(facts)}


def _channels(facts: GuildSetupFacts) -> Iterator[tuple[Setting, Menu]]:
    for purpose, (which, label) in CHANNELS.items():
        channel = facts.channels.get(purpose)
        known = None if channel is None or channel.is_gone else channel.channel_id
        menu = ui.ChannelSelect[Any](
            custom_id=custom_ids.setup_menu(which),
            placeholder=label,
            channel_types=[discord.ChannelType.text],
            min_values=1 if which is Setting.REVIEW_CHANNEL else 0,
            default_values=[] if known is None else [discord.SelectDefaultValue.from_channel(discord.Object(known))],
        )
        yield which, menu


def _roles(facts: GuildSetupFacts) -> Iterator[tuple[Setting, Menu]]:
    for part, (which, label) in ROLES.items():
        role = facts.roles.get(part)
        is_known = role is not None and role.problem is not RoleProblem.GONE
        menu = ui.RoleSelect[Any](
            custom_id=custom_ids.setup_menu(which),
            placeholder=label,
            min_values=0,
            default_values=[discord.Object(role.role_id, type=discord.Role)] if role is not None and is_known else [],
        )
        yield which, menu


def _choices(facts: GuildSetupFacts) -> dict[Setting, Menu]:
    setting = facts.setting
    most_used = [("0", "Most used: one more", "One approval more than others, where so many approvers have linked")]
    most_used += [
        (str(count), f"Most used: {plural(count, 'approval')}", "For changes of the most used models")
        for count in range(1, APPROVALS_MAX + 1)
    ]
    own = [
        (mode.value, f"Own proposals: {mode}", f"They {words}. {hint}.")
        for mode, (words, hint) in OWN_WORDS.items()
        if mode is not SelfApproval.BLOCK or facts.approvers_known >= BLOCKING_NEEDS or setting.self_approval is mode
    ]
    days = sorted({*DAYS, setting.reminder_days})
    labels = {count: f"Remind after {plural(count, 'day')}" if count else "No reminders" for count in days}
    options = {
        Setting.APPROVALS_REQUIRED: [
            (str(count), plural(count, "approval"), "") for count in range(1, APPROVALS_MAX + 1)
        ],
        Setting.APPROVALS_MOST_USED: most_used,
        Setting.SELF_APPROVAL: own,
        Setting.REMINDER_DAYS: [(str(count), label, "") for count, label in labels.items()],
        Setting.QUIET_FROM: list(_nights(setting)),
    }
    chosen = {
        Setting.APPROVALS_REQUIRED: setting.approvals_required,
        Setting.APPROVALS_MOST_USED: setting.approvals_most_used or 0,
        Setting.SELF_APPROVAL: setting.self_approval.value,
        Setting.REMINDER_DAYS: setting.reminder_days,
        Setting.QUIET_FROM: facts.value(Setting.QUIET_FROM) or "none",
    }
    return {which: _choice(which, offered, str(chosen[which])) for which, offered in options.items()}


def quiet_words(begin: int, end: int) -> str:
    """Return quiet hours as people read them: ``22:00 to 7:00 UTC``."""
    return f"{begin}:00 to {end}:00 UTC"


def _nights(setting: GuildRow) -> Iterator[tuple[str, str, str]]:
    """Yield options of quiet hours: none, the current ones, nine hours from each full hour."""
    yield "none", "No quiet hours", "A role may be pinged at any time. Other hours: /setup quiet-hours"
    for begin in range(24):
        end = (begin + NIGHT_HOURS) % 24
        if begin == setting.quiet_from and setting.quiet_until is not None:
            end = setting.quiet_until
        yield f"{begin}to{end}", f"Quiet {quiet_words(begin, end)}", ""


def _choice(which: Setting, options: list[tuple[str, str, str]], current: str) -> ui.Select[Any]:
    return ui.Select(
        custom_id=custom_ids.setup_menu(which),
        placeholder=NAMES[which],
        options=[
            discord.SelectOption(label=label, value=value, description=hint or None, default=value == current)
            for value, label, hint in options
        ],
    )


def _switch(which: Setting, *, is_on: bool) -> Button:
    words = f"Turn {NAMES[which].lower()} {'off' if is_on else 'on'}"
    return button(words, custom_ids.setup_put(which, int(not is_on)))


def _undo(changed: SettingChange) -> Button:
    return button("Undo", custom_ids.setup_put(changed.setting, changed.before, is_undo=True))
