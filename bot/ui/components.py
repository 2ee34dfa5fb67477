"""Building blocks of messages, within Discord's limits."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, override

import discord
from discord import ui

from bot.services.changes import MessageLink
from bot.ui.text import plural, units

TEXT_MAX = 4000
"""Characters of all TextDisplays of a message together (Discord's documentation, Components V2)."""
ATTACHMENT_MAX = 4_500_000
"""Bytes of one file; a message here has two at most, and Discord takes 10 MiB from a bot (its documentation)."""

PICTURE_WORDS_MAX = 1024
"""Characters of a picture's description (Discord's documentation)."""

type Button = ui.Button[Any]


class Accent(IntEnum):
    """Colour of a container; it shows the state, which the text states too."""

    AMBER = 0xF0B232
    BLUE = 0x3D8BF5
    GREEN = 0x35C98E
    RED = 0xF0555A
    GREY = 0x8B919C
    ORCHID = 0xE58AE8
    SLATE = 0x5C6070


class Markup(ui.LayoutView):
    """A view that discord.py draws and never stores, so its buttons do not expire.

    Buttons are handled by dynamic items, registered once for the whole bot. Mixing those with a stored view would
    unregister their classes when the view ends.
    """

    def __init__(self) -> None:
        super().__init__(timeout=None)
        self.stop()

    @override
    def is_finished(self) -> bool:
        return True

    @override
    def is_dispatchable(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Card:
    """A message to send: a view and its files. Files can be sent once."""

    view: Markup
    files: tuple[discord.File, ...] = ()


def attachment(name: str, text: str) -> discord.File:
    """Return a text file to attach, cut to Discord's size limit."""
    data = text.encode("utf-8", "replace")
    if len(data) > ATTACHMENT_MAX:
        data = data[:ATTACHMENT_MAX] + f"\n… (+{len(data) - ATTACHMENT_MAX} bytes)\n".encode()
    return discord.File(io.BytesIO(data), filename=name)


def button(
    label: str,
    custom_id: str,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    *,
    disabled: bool = False,
) -> Button:
    """Return a button, grey by default."""
    return ui.Button(label=label, custom_id=custom_id, style=style, disabled=disabled)


def forward(label: str, custom_id: str, *, disabled: bool = False) -> Button:
    """Return a green button, for one step forward."""
    return button(label, custom_id, discord.ButtonStyle.success, disabled=disabled)


def ending(label: str, custom_id: str, *, disabled: bool = False) -> Button:
    """Return a red button, for deleting or rejecting."""
    return button(label, custom_id, discord.ButtonStyle.danger, disabled=disabled)


def primary(label: str, custom_id: str) -> Button:
    """Return a blurple button, for the main action; at most one per message."""
    return button(label, custom_id, discord.ButtonStyle.primary)


def link(label: str, url: str) -> Button:
    """Return a link button."""
    return ui.Button(label=label, url=url)


def open_card(card: MessageLink | None) -> Button | None:
    """Return a link button to a change's card; ``None`` without a card."""
    return link("Open the card", card.url) if card else None


@dataclass(slots=True)
class _Text:
    lines: list[str]

    @property
    def content(self) -> str:
        return "\n".join(self.lines)


@dataclass(slots=True)
class _Beside(_Text):
    button: Button


type _Part = _Text | ui.Item[Any]


class Sheet:
    """Builder of a message with one container; text beyond the limits is folded."""

    def __init__(self, accent: Accent, *, above: str | None = None) -> None:
        """Start a message; ``above`` is a line above the container, for a ping."""
        self._accent = accent
        self._above = above
        self._parts: list[_Part] = []
        self._files: list[discord.File] = []

    def text(self, *lines: str, budget: int = TEXT_MAX, noun: str = "line") -> "Sheet":
        """Add lines as one TextDisplay; lines beyond ``budget`` characters are left out and counted."""
        kept = folded([line for line in lines if line], budget, noun)
        if kept:
            self._parts.append(_Text(kept))
        return self

    def beside(self, line: str, button: Button) -> "Sheet":
        """Add a line with a button at its right."""
        self._parts.append(_Beside([line], button))
        return self

    def rule(self) -> "Sheet":
        """Add a separator line; never first, never two in a row."""
        return self._separate(visible=True)

    def gap(self) -> "Sheet":
        """Add an invisible separator."""
        return self._separate(visible=False)

    def row(self, *buttons: Button | None) -> "Sheet":
        """Add a row of buttons; ``None`` and empty rows are left out."""
        present = [one for one in buttons if one is not None]
        if present:
            self._parts.append(ui.ActionRow(*present))
        return self

    def menu(self, menu: "ui.Select[Any] | ui.ChannelSelect[Any] | ui.RoleSelect[Any]") -> "Sheet":
        """Add a select menu in its own row."""
        self._parts.append(ui.ActionRow(menu))
        return self

    def file(self, file: discord.File) -> "Sheet":
        """Add an attached file."""
        self._parts.append(ui.File(f"attachment://{file.filename}"))
        self._files.append(file)
        return self

    def picture(self, file: discord.File, words: str) -> "Sheet":
        """Add an attached picture with its alternative text."""
        item = discord.MediaGalleryItem(f"attachment://{file.filename}", description=words[:PICTURE_WORDS_MAX])
        self._parts.append(ui.MediaGallery(item))
        self._files.append(file)
        return self

    def view(self) -> Markup:
        """Return the message, within Discord's limits."""
        while self._parts and isinstance(self._parts[-1], ui.Separator):
            self._parts.pop()
        self._fit()
        view = Markup()
        if self._above:
            view.add_item(ui.TextDisplay(self._above))
        view.add_item(ui.Container(*map(_item, self._parts), accent_colour=int(self._accent)))
        return view

    def card(self) -> Card:
        """Return the message and its files."""
        return Card(self.view(), tuple(self._files))

    def _separate(self, *, visible: bool) -> "Sheet":
        if self._parts and isinstance(last := self._parts[-1], ui.Separator):
            self._parts.pop()
            visible = visible or last.visible
        if self._parts:
            self._parts.append(ui.Separator(visible=visible, spacing=discord.SeparatorSpacing.small))
        return self

    def _texts(self) -> Iterator[_Text]:
        return (part for part in self._parts if isinstance(part, _Text))

    def _fit(self) -> None:
        room = TEXT_MAX - units(self._above or "")
        for part in reversed(list(self._texts())):
            total = sum(units(text.content) for text in self._texts())
            if total <= room:
                return
            others = total - units(part.content)
            part.lines = folded(part.lines, max(room - others, _FOLD_ROOM))


def _item(part: _Part) -> ui.Item[Any]:
    match part:
        case _Beside():
            return ui.Section(ui.TextDisplay(part.content), accessory=part.button)
        case _Text():
            return ui.TextDisplay(part.content)
    return part


_FOLD_ROOM = 40


def folded(lines: list[str], budget: int, noun: str = "line") -> list[str]:
    """Return the lines that fit into ``budget`` characters, and one that counts the others."""
    if units("\n".join(lines)) <= budget:
        return lines
    kept: list[str] = []
    used = _FOLD_ROOM
    for line in lines:
        used += units(line) + 1
        if used > budget:
            break
        kept.append(line)
    return [*kept, f"-# … (+{plural(len(lines) - len(kept), noun)})"]


def short_message(accent: Accent, *lines: str, buttons: Iterable[Button | None] = ()) -> Markup:
    """Draw a message of one text and one row of buttons."""
    return Sheet(accent).text(*lines).row(*buttons).view()
