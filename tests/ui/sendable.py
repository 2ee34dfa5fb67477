"""Limits of Discord that every message has to keep."""

import re
from typing import Any

import discord
from discord import ui

from bot.ui import custom_ids
from bot.ui.components import TEXT_MAX, Card
from tests.ui.inert import COMPONENTS_MAX, ID_LENGTH_MAX, text_length

LONGEST_EMOJI = "<:hc_approved:1234567890123456789>"


def texts(view: ui.LayoutView) -> list[str]:
    """Return the texts of a message in their order."""
    return [item.content for item in view.walk_children() if isinstance(item, ui.TextDisplay)]


def buttons(view: ui.LayoutView) -> list[ui.Button[Any]]:
    """Return the buttons of a message in their order."""
    return [item for item in view.walk_children() if isinstance(item, ui.Button)]


def assert_sendable(card: Card) -> None:
    """Assert that Discord would take a message, and that every id on it is served."""
    view = card.view
    assert text_length(view) <= TEXT_MAX
    assert view.total_children_count <= COMPONENTS_MAX
    assert view.is_finished(), "discord.py would store it"
    assert all(text.strip() for text in texts(view))
    made = buttons(view)
    ids = [one.custom_id for one in made if one.custom_id]
    assert len(ids) == len(set(ids))
    for one in made:
        assert 0 < len(one.label or "") <= 80
        assert one.emoji is None
        if one.custom_id:
            assert len(one.custom_id) <= ID_LENGTH_MAX
            assert sum(bool(re.fullmatch(template, one.custom_id)) for template in custom_ids.TEMPLATES) == 1
    assert sum(one.style is discord.ButtonStyle.primary for one in made) <= 1
    shown = {item.media.url.removeprefix("attachment://") for item in view.walk_children() if isinstance(item, ui.File)}
    galleries = [item for item in view.walk_children() if isinstance(item, ui.MediaGallery)]
    pictures = [picture for gallery in galleries for picture in gallery.items]
    assert all(picture.description for picture in pictures)
    shown |= {picture.media.url.removeprefix("attachment://") for picture in pictures}
    assert shown == {file.filename for file in card.files}
    for row in (item for item in view.walk_children() if isinstance(item, ui.ActionRow)):
        assert 1 <= len(row.children) <= 5
