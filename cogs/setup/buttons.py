"""Menus and buttons of the setup screen."""

from typing import Any, override

import discord

from bot.client.bot import QUEUE_MOVED, ROLES_MOVED
from bot.client.components import Acknowledgement, PersistentButton, PersistentMenu
from bot.client.types import Interaction
from bot.errors import BotError
from bot.services.errors import ChoiceGoneError, UnknownModeError
from bot.services.guilds.guild_setup import NUMBERS, Setting
from bot.ui.custom_ids import SETUP_MENU_TEMPLATE, SETUP_PUT_TEMPLATE, SETUP_TEMPLATE
from bot.ui.error_messages.attempts import Verb
from bot.ui.setup_controls import NAMES
from cogs.setup.permission_checks import with_test_results
from cogs.setup.screen import change_setting, guild_of, show_setup


class TestButton(PersistentButton, template=SETUP_TEMPLATE):
    """*Test again*: repeats the permission tests."""

    acknowledgement = Acknowledgement.EDIT

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Repeat the tests, show them, and deliver posts that failed before."""
        service, guild = interaction.client.services.guild_setup, guild_of(interaction)
        await service.try_again(with_test_results(await service.show(guild.id), guild))
        await show_setup(interaction, await service.show(guild.id))
        await interaction.client.services.role_sync.recheck(guild.id)
        interaction.client.dispatch(ROLES_MOVED)
        interaction.client.dispatch(QUEUE_MOVED)


class SettingMenu(PersistentMenu, template=SETUP_MENU_TEMPLATE):
    """The menu of one setting; an empty choice unsets a channel or a role."""

    verb = Verb.SET

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Store the choice."""
        data: Any = interaction.data
        chosen = [str(value) for value in data.get("values") or ()]
        setting, guild = _setting(self.fields["setting"]), guild_of(interaction)
        try:
            await change_setting(interaction, setting, _value(guild, setting, chosen[0] if chosen else "none"))
        except BotError:
            # Discord's clients keep a refused choice until the message is edited, and do not send it again.
            await show_setup(interaction, await interaction.client.services.guild_setup.show(guild.id))
            raise


class SettingButton(PersistentButton, template=SETUP_PUT_TEMPLATE):
    """A switch, and *Undo*."""

    acknowledgement = Acknowledgement.EDIT
    verb = Verb.SET

    @override
    async def on_press(self, interaction: Interaction) -> None:
        """Store the value."""
        setting = _setting(self.fields["setting"])
        value = _value(guild_of(interaction), setting, self.fields["value"])
        await change_setting(interaction, setting, value, is_undo=self.fields["how"] == "undo")


def _setting(name: str) -> Setting:
    if name not in NAMES:
        raise UnknownModeError(name, tuple(NAMES.values()))
    return Setting(name)


def _value(guild: discord.Guild, setting: Setting, text: str) -> int | str | None:
    """Return a chosen value; None for "none".

    Raises:
        UnknownModeError: it is not a number where one is needed.
        ChoiceGoneError: this server has no such channel or role.
    """
    if setting is Setting.SELF_APPROVAL:
        return text
    if setting is Setting.QUIET_FROM:
        return None if text == "none" else text
    number = int(text) if text.isdecimal() else None
    if setting in NUMBERS:
        if number is None:
            raise UnknownModeError(text, (setting.value,))
        return number
    if text == "none":
        return None
    if number is None or (guild.get_channel(number) or guild.get_role(number)) is None:
        raise ChoiceGoneError
    return number
