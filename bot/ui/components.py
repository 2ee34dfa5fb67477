"""The pieces every message is built from, and the count that keeps a message within what Discord takes."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, override

import discord
from discord import ui

from bot.services.changes import MessageLink
from bot.ui.text import plural, units

TEXT_MAX = 4000
"""Characters of all TextDisplays of a message together (Discord's documentation, Components V2)."""
COMPONENTS_MAX = 40
"""Components of a message, nested ones counted (Discord's documentation)."""
ATTACHMENT_MAX = 4_500_000
"""Bytes of one file; a message here has two at most, and Discord takes 10 MiB from a bot (its documentation)."""

PICTURE_WORDS_MAX = 1024
"""Characters of a picture's description (Discord's documentation)."""

type Press = ui.Button[Any]
"""A button; what a press does is the business of whoever serves its id."""


class Accent(IntEnum):
    """The colour of a container. It says the state; words beside it say the same."""

    AMBER = 0xF0B232
    BLUE = 0x3D8BF5
    GREEN = 0x35C98E
    RED = 0xF0555A
    GREY = 0x8B919C
    ORCHID = 0xE58AE8
    SLATE = 0x5C6070


class Markup(ui.LayoutView):
    """A view that is only drawn: discord.py never stores it, so no button depends on its life.

    Buttons are served by the dynamic items that are registered once for the whole bot. Mixing those with a
    stored view would unregister their classes when the view ends.
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
    """A message to send: what is drawn, and the files that it shows. Files can be sent once."""

    view: Markup
    files: tuple[discord.File, ...] = ()


def attachment(name: str, text: str) -> discord.File:
    """A text file to send along, cut where Discord would refuse it."""
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
) -> Press:
    """A grey button, or one of another colour; see the table of buttons for who wears which."""
    return ui.Button(label=label, custom_id=custom_id, style=style, disabled=disabled)


def forward(label: str, custom_id: str, *, disabled: bool = False) -> Press:
    """Green: one step forward."""
    return button(label, custom_id, discord.ButtonStyle.success, disabled=disabled)


def ending(label: str, custom_id: str) -> Press:
    """Red: ends it."""
    return button(label, custom_id, discord.ButtonStyle.danger)


def primary(label: str, custom_id: str) -> Press:
    """Blurple: the one thing to do now; at most one a message."""
    return button(label, custom_id, discord.ButtonStyle.primary)


def link(label: str, url: str) -> Press:
    """Leaves Discord, or jumps within it."""
    return ui.Button(label=label, url=url)


def open_card(card: MessageLink | None) -> Press | None:
    """Jumps to a change's card, where it stands."""
    return link("Open the card", card.url) if card else None


@dataclass(slots=True)
class _Text:
    lines: list[str]

    @property
    def content(self) -> str:
        return "\n".join(self.lines)


type _Part = _Text | ui.Item[Any]


class Sheet:
    """One container, written from top to bottom; folds from the bottom what would be too much."""

    def __init__(self, accent: Accent, *, above: str | None = None) -> None:
        """Begin a message.

        Args:
            accent: the container's colour.
            above: a line over the container, for a ping.
        """
        self._accent = accent
        self._above = above
        self._parts: list[_Part] = []
        self._files: list[discord.File] = []

    def text(self, *lines: str, budget: int = TEXT_MAX, noun: str = "line") -> "Sheet":
        """Lines of one TextDisplay; whole lines beyond ``budget`` characters are left out and counted."""
        kept = folded([line for line in lines if line], budget, noun)
        if kept:
            self._parts.append(_Text(kept))
        return self

    def rule(self) -> "Sheet":
        """A visible line between title, checks, body and buttons; never first, never two in a row."""
        return self._separate(visible=True)

    def gap(self) -> "Sheet":
        """Air between sections."""
        return self._separate(visible=False)

    def row(self, *buttons: Press | None) -> "Sheet":
        """A row of buttons; an absent one is ``None``, an empty row is left out."""
        present = [one for one in buttons if one is not None]
        if present:
            self._parts.append(ui.ActionRow(*present))
        return self

    def menu(self, menu: ui.Select[Any]) -> "Sheet":
        """A select menu, in a row of its own."""
        self._parts.append(ui.ActionRow(menu))
        return self

    def file(self, file: discord.File) -> "Sheet":
        """A file, shown here and sent along."""
        self._parts.append(ui.File(f"attachment://{file.filename}"))
        self._files.append(file)
        return self

    def picture(self, file: discord.File, words: str) -> "Sheet":
        """A picture of ours, and words that say all of it to who cannot see it."""
        item = discord.MediaGalleryItem(f"attachment://{file.filename}", description=words[:PICTURE_WORDS_MAX])
        self._parts.append(ui.MediaGallery(item))
        self._files.append(file)
        return self

    def view(self) -> Markup:
        """The message, within Discord's limits."""
        while self._parts and isinstance(self._parts[-1], ui.Separator):
            self._parts.pop()
        self._fit()
        view = Markup()
        if self._above:
            view.add_item(ui.TextDisplay(self._above))
        items = [ui.TextDisplay(part.content) if isinstance(part, _Text) else part for part in self._parts]
        view.add_item(ui.Container(*items, accent_colour=int(self._accent)))
        return view

    def card(self) -> Card:
        """The message and its files."""
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


_FOLD_ROOM = 40


def folded(lines: list[str], budget: int, noun: str = "line") -> list[str]:
    """The lines that fit into ``budget`` characters, and one that counts those that do not."""
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


def text_length(view: ui.LayoutView) -> int:
    """Characters of all texts of a message, counted as Discord does."""
    return sum(units(item.content) for item in view.walk_children() if isinstance(item, ui.TextDisplay))
