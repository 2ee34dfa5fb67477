"""The base of every button that must work after restarts, upgrades and months."""

from collections.abc import Mapping
from enum import Enum
from re import Match
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast, final, override

import discord
from discord import ui

from bot.client.attempts import attempt_by
from bot.client.failures import report
from bot.services.proposals import Origin
from bot.ui.errors import Attempt, Verb

if TYPE_CHECKING:
    from bot.client.bot import CuratorBot

type Press = "discord.Interaction[CuratorBot]"

NEVER = r"(?!)"
"""A template that no custom id matches: for classes that are only bases."""


class Acknowledgement(Enum):
    """What the person sees at once."""

    ANSWER = "answer"
    """A new answer, for them alone, that is filled in when the work is done."""
    EDIT = "edit"
    """Nothing yet: the message with the button will change."""
    FORM = "form"
    """The press opens a form, which must itself be the first answer."""


class PersistentItem[ItemT: ui.Button[Any] | ui.Select[Any]](ui.DynamicItem[ItemT], template=NEVER):
    """A button or menu made anew from its custom id at each press.

    discord.py only logs what a dynamic item raises, takes an exception in its check for a silent no, and drops
    one whose making fails. So making cannot fail, the check is always yes, and the callback is final: it
    acknowledges, runs ``on_press`` and reports every failure to the person.

    Attributes:
        fields: the template's named groups.
        acknowledgement: how the press is acknowledged, before anything else is done.
    """

    acknowledgement: ClassVar[Acknowledgement] = Acknowledgement.ANSWER

    def __init__(self, item: ItemT, fields: Mapping[str, str]) -> None:
        super().__init__(item)
        self.fields = fields

    @final
    @classmethod
    @override
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: Match[str], /
    ) -> Self:
        return cls(cast("ItemT", item), match.groupdict())

    @final
    @override
    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        return True  # who may press is decided by the services, which can say no in words

    @final
    @override
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        try:
            match self.acknowledgement:
                case Acknowledgement.ANSWER:
                    await interaction.response.defer(ephemeral=True, thinking=True)
                case Acknowledgement.EDIT:
                    await interaction.response.defer()
                case Acknowledgement.FORM:
                    pass
            await self.on_press(interaction)
        except Exception as error:  # noqa: BLE001 - an edge: discord.py would only log it
            await report(interaction, error, await self.attempt(interaction))

    async def on_press(self, interaction: Press) -> None:  # noqa: ARG002 - for the classes built on this one
        """Call one service and show what came of it."""
        raise TypeError(type(self).__name__)

    async def attempt(self, interaction: Press) -> Attempt:
        """What the person tried, for the words of a failure. Asks nobody outside and cannot fail."""
        return attempt_by(interaction, Verb.LOOK)


class PersistentButton(PersistentItem[ui.Button[Any]], template=NEVER):
    """A button."""


class PersistentMenu(PersistentItem[ui.Select[Any]], template=NEVER):
    """A select menu whose choice changes the message that it stands on."""

    acknowledgement = Acknowledgement.EDIT

    @property
    def values(self) -> list[str]:
        """What was chosen."""
        return self.item.values


def origin_of(interaction: discord.Interaction[Any]) -> Origin:
    """Where an interaction comes from, in the services' terms."""
    return Origin(interaction.id, interaction.guild_id, interaction.channel_id)
