"""The base of every button that must work after restarts, upgrades and months."""

from collections.abc import Mapping
from enum import Enum
from re import Match
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast, final, override

import discord
from discord import ui

from bot.client.acknowledging import acknowledge
from bot.client.attempts import attempt_by
from bot.client.doors import admit
from bot.client.failures import report
from bot.services.proposing.proposals import Origin
from bot.ui.words.errors import Attempt, Verb

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
        verb: what a press attempts, for the words of a failure; what the service is to change counts as an action.
        only_asks: whether a press of such a verb changes nothing yet: a question follows, whose answer counts.
    """

    acknowledgement: ClassVar[Acknowledgement] = Acknowledgement.ANSWER
    verb: ClassVar[Verb] = Verb.LOOK
    only_asks: ClassVar[bool] = False

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
            admit(interaction, counts=self.verb.is_write and not self.only_asks)
            match self.acknowledgement:
                case Acknowledgement.ANSWER:
                    await acknowledge(interaction)
                case Acknowledgement.EDIT:
                    await acknowledge(interaction, in_place=True)
                case Acknowledgement.FORM:
                    pass
            await self.on_press(interaction)
        except Exception as error:  # noqa: BLE001 - an edge: discord.py would only log it
            await report(interaction, error, await self._attempted(interaction))

    async def _attempted(self, interaction: Press) -> Attempt:
        try:
            return await self.attempt(interaction)
        except Exception:  # noqa: BLE001 - what fails here is what failed before: the answer must still go out
            return attempt_by(interaction, self.verb)

    async def on_press(self, interaction: Press) -> None:  # noqa: ARG002 - for the classes built on this one
        """Call one service and show what came of it."""
        raise TypeError(type(self).__name__)

    async def attempt(self, interaction: Press) -> Attempt:
        """What the person tried, for the words of a failure. Asks nobody outside."""
        return attempt_by(interaction, self.verb)


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
