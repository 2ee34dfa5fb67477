"""What every form shares: made fresh for one press, its values read before anything else happens."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, final, override

import discord
from discord import ui

type OnDone[T] = Callable[[discord.Interaction[Any], T], Awaitable[None]]
type OnFailed = Callable[[discord.Interaction[Any], Exception], Awaitable[None]]

FORM_TIMEOUT_S = 15 * 60
TITLE_MAX = 45


class Form[T](ui.Modal):
    """A modal for one press of one person.

    A modal that is shared, or used again, hands one person's values to another: the values stand on the object, and
    the next submit overwrites them while the first one waits. So each press makes its own, with a random id.
    """

    def __init__(self, title: str, on_done: OnDone[T], on_failed: OnFailed) -> None:
        """Make a form.

        Args:
            title: at most 45 characters (Discord's documentation).
            on_done: gets the interaction of the submit and what was typed.
            on_failed: gets the interaction and what ``on_done`` raised.
        """
        super().__init__(title=title[:TITLE_MAX], timeout=FORM_TIMEOUT_S)
        self._on_done = on_done
        self._on_failed = on_failed

    @abstractmethod
    def values(self) -> T:
        """What was typed, as it was typed."""

    @final
    @override
    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        values = self.values()
        await self._on_done(interaction, values)

    @final
    @override
    async def on_error(  # type: ignore[override] # a modal is told no item, as discord.ui.Modal has it
        self, interaction: discord.Interaction[Any], error: Exception, /
    ) -> None:
        self.stop()
        await self._on_failed(interaction, error)
