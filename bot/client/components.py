"""Persistent buttons and menus: they work after restarts, upgrades and months."""

from collections.abc import Callable, Mapping
from enum import Enum
from re import Match
from typing import Any, ClassVar, Self, cast, final, override

import discord
from discord import ui

from bot.client.interactions import acknowledge, attempt_by, check_access, report_error
from bot.client.types import Interaction
from bot.services.errors import ChoiceGoneError
from bot.ui.error_messages.attempts import Attempt, Verb

NEVER = r"(?!)"
"""A template that matches no custom id, for base classes."""


class Acknowledgement(Enum):
    """Kind of the first answer to a press."""

    ANSWER = "answer"
    """A new answer for this person only, completed when the work is done."""
    EDIT = "edit"
    """Nothing visible yet: the message with the button will be edited."""
    BY_PRESS = "by_press"
    """`on_press` gives the first answer itself: a form, or an acknowledgement."""


class PersistentItem[ItemT: ui.Button[Any] | ui.Select[Any]](ui.DynamicItem[ItemT], template=NEVER):
    """A button or menu rebuilt from its custom id at each press.

    discord.py only logs an exception of a dynamic item, takes one in its check for a refusal without an answer, and
    drops an item that cannot be rebuilt. Therefore rebuilding cannot fail, the check always passes, and the callback
    is final: it acknowledges, runs ``on_press`` and reports every error to the person.

    Attributes:
        fields: the template's named groups.
        acknowledgement: first answer to a press, before any other work.
        verb: the action, for error messages; verbs that change the service count towards the rate limit.
        only_asks: whether the press only asks a question; then its answer counts towards the rate limit instead.
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
        return True  # the services check permissions, and answer with a message

    @final
    @override
    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        try:
            check_access(interaction, counts=self.verb.is_write and not self.only_asks)
            match self.acknowledgement:
                case Acknowledgement.ANSWER:
                    await acknowledge(interaction)
                case Acknowledgement.EDIT:
                    await acknowledge(interaction, in_place=True)
                case Acknowledgement.BY_PRESS:
                    pass
            await self.on_press(interaction)
        except Exception as error:  # noqa: BLE001 - an edge: discord.py would only log it
            await report_error(interaction, error, await self._attempt_or_default(interaction))

    async def _attempt_or_default(self, interaction: Interaction) -> Attempt:
        try:
            return await self.attempt(interaction)
        except Exception:  # noqa: BLE001 - probably the same failure as before: the answer still has to be sent
            return attempt_by(interaction, self.verb)

    async def on_press(self, interaction: Interaction) -> None:  # noqa: ARG002 - for subclasses
        """Call one service and show the result."""
        raise TypeError(type(self).__name__)

    async def attempt(self, interaction: Interaction) -> Attempt:
        """Describe the action for error messages, without any request."""
        return attempt_by(interaction, self.verb)


class PersistentButton(PersistentItem[ui.Button[Any]], template=NEVER):
    """A button."""


class PersistentMenu(PersistentItem[ui.Select[Any]], template=NEVER):
    """A select menu that edits its own message by default."""

    acknowledgement = Acknowledgement.EDIT

    @property
    def values(self) -> list[str]:
        """The chosen values."""
        return self.item.values

    def chosen[T](self, read: Callable[[str], T]) -> list[T]:
        """Return the chosen values as ``read`` parses them.

        Raises:
            ChoiceGoneError: ``read`` raised ``ValueError``: the menu offers no such value.
        """
        try:
            return [read(value) for value in self.values]
        except ValueError:
            raise ChoiceGoneError from None

    def chosen_one[T](self, read: Callable[[str], T]) -> T:
        """Return the only chosen value; raises as :meth:`chosen`, and if none was chosen."""
        found = self.chosen(read)
        if not found:
            raise ChoiceGoneError
        return found[0]
