"""What every form shares: made fresh for one press, its values read before anything else happens."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, final, override

import discord
from discord import ui

from bot.ui.text import clean

type OnDone[T] = Callable[[discord.Interaction[Any], T], Awaitable[None]]

FORM_TIMEOUT_S = 15 * 60
"""As long as an interaction's token lives; whoever takes longer to type could not be answered."""
TITLE_MAX = 45
"""Characters of a title (Discord's documentation); labels of fields have the same limit."""
PARAGRAPH_MAX = 4000
"""Characters of a text field (Discord's documentation)."""


class OnFailed(Protocol):
    """Error handler of a form, which can also refuse its submit."""

    def check_access(self, interaction: discord.Interaction[Any], /) -> None:
        """Raise the error that refuses the submit."""

    async def __call__(self, interaction: discord.Interaction[Any], error: Exception, /) -> None:
        """Report an error to the person."""


class Form(ui.Modal):
    """A modal for one press of one person.

    A modal that is shared, or used again, hands one person's values to another: the values stand on the object,
    and the next submit overwrites them while the first one waits. So each press makes its own, with a random id.

    Not generic in its values: discord.ui.Modal does not hand ``__init_subclass__`` on, which generic classes need.
    """

    def __init__(self, title: str, on_done: OnDone[Any], on_failed: OnFailed) -> None:
        """Make a form.

        Args:
            title: at most 45 characters.
            on_done: gets the interaction of the submit and what was typed.
            on_failed: may refuse the submit, and gets what it or ``on_done`` raised.
        """
        super().__init__(title=title[:TITLE_MAX], timeout=FORM_TIMEOUT_S)
        self._on_done = on_done
        self._on_failed = on_failed

    @abstractmethod
    def values(self) -> Any:
        """What was typed, as it was typed."""

    @final
    @override
    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        values = self.values()
        self._on_failed.check_access(interaction)
        await self._on_done(interaction, values)
        self.stop()

    @final
    @override
    async def on_error(  # type: ignore[override] # a modal is told no item, as discord.ui.Modal has it
        self, interaction: discord.Interaction[Any], error: Exception, /
    ) -> None:
        await self._on_failed(interaction, error)
        if interaction.response.is_done():
            self.stop()  # else Discord's client still shows the form, and what was typed can be sent again

    def ask[FieldT: ui.Item[Any]](self, label: str, item: FieldT, description: str | None = None) -> FieldT:
        """Add a labelled field; returns it, to be read after the submit."""
        self.add_item(ui.Label(text=label, description=description, component=item))
        return item


def short(
    *,
    default: str = "",
    placeholder: str | None = None,
    required: bool = True,
    min_length: int | None = None,
    max_length: int = 100,
) -> ui.TextInput[Any]:
    """A field of one line. A default is made visible characters only, and cut to what fits."""
    return ui.TextInput(
        default=clean(default)[:max_length] or None,
        placeholder=placeholder,
        required=required,
        min_length=min_length,
        max_length=max_length,
    )


def paragraph(
    *, default: str = "", placeholder: str | None = None, required: bool = False, max_length: int = PARAGRAPH_MAX
) -> ui.TextInput[Any]:
    """A field of several lines; a default is cut to what fits."""
    return ui.TextInput(
        style=discord.TextStyle.paragraph,
        default=default[:max_length] or None,
        placeholder=placeholder,
        required=required,
        max_length=max_length,
    )
