"""Base of all forms: a new modal for each press, its values read before anything is awaited."""

import re
import secrets
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, Self, final, override

import discord
from discord import ui

from bot.ui.text import clean

type AnyField = ui.TextInput[Any] | ui.Select[Any] | ui.RadioGroup[Any] | ui.FileUpload[Any]
"""Field of a form."""

type OnDone[T] = Callable[[discord.Interaction[Any], T], Awaitable[None]]

FORM_TIMEOUT_S = 15 * 60
"""Time until an open form is dropped from memory; a later submit is handled as after a restart."""
FORM_ID = re.compile(r"form:(?P<key>.*):[0-9a-f]{16}")
"""Custom id of every form. The key says how to build the form again; empty if it cannot be."""
SECRET_FORM = "secret"  # noqa: S105 - a key of a form, no secret
"""Key of the form whose text is neither stored nor repeated."""
TAKEN = "form_taken"
"""Entry in ``Interaction.extras`` of a submit that its own form handles."""
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

    A shared modal would mix people's values: they are stored on the object and overwritten by the next submit. So
    each press creates its own, with a random id.

    Not generic: discord.ui.Modal does not pass on ``__init_subclass__``, which generic classes need.
    """

    def __init__(self, title: str, on_done: OnDone[Any], on_failed: OnFailed) -> None:
        """Make a form.

        Args:
            title: at most 45 characters.
            on_done: called with the submit's interaction and the typed values.
            on_failed: may refuse the submit; called with errors of the submit or ``on_done``.
        """
        super().__init__(title=title[:TITLE_MAX], timeout=FORM_TIMEOUT_S)
        self._nonce = secrets.token_hex(8)
        self.name_as("")
        self._on_done = on_done
        self._on_failed = on_failed

    def name_as(self, key: str) -> Self:
        """Set the key by which a submit after a restart finds this form's builder."""
        self.custom_id = f"form:{key}:{self._nonce}"
        return self

    @abstractmethod
    def values(self) -> Any:
        """Return the typed values."""

    @final
    @override
    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        interaction.extras[TAKEN] = True
        values = self.values()
        self._on_failed.check_access(interaction)
        await self._on_done(interaction, values)
        self.stop()

    @final
    @override
    async def on_error(  # type: ignore[override] # a modal's handler has no item, as in discord.ui.Modal
        self, interaction: discord.Interaction[Any], error: Exception, /
    ) -> None:
        interaction.extras[TAKEN] = True
        await self._on_failed(interaction, error)
        if interaction.response.is_done():
            self.stop()  # else Discord's client keeps the form open, to submit again

    def ask[FieldT: AnyField](
        self, label: str, item: FieldT, description: str | None = None, *, key: str | None = None
    ) -> FieldT:
        """Add a labelled field and return it; read it after the submit.

        The key, or else the label, becomes the field's id: a form that is built again finds its answers by it.
        """
        item.custom_id = key or label
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
    """Build a one-line field; the default keeps visible characters only and is cut to fit."""
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
    """Build a multi-line field; the default is cut to fit."""
    return ui.TextInput(
        style=discord.TextStyle.paragraph,
        default=default[:max_length] or None,
        placeholder=placeholder,
        required=required,
        max_length=max_length,
    )
