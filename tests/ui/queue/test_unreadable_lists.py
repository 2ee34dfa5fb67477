"""Lists with more changes than can be shown: they tell so, and have no empty menu."""

from collections.abc import Iterator

import pytest
from discord import ui

from bot.services.pages import ListFilter
from bot.services.queue.listing import WAITING, QueuePage
from bot.services.queue.own_proposals import OwnPage
from bot.services.review.questions import ApprovedList
from bot.ui.components import Markup
from bot.ui.glyphs import Theme
from bot.ui.queue.own_list import own_list
from bot.ui.queue.queue_list import queue_list
from bot.ui.review.batches import approved_list

LISTS = {
    "queue": queue_list(QueuePage(wanted=WAITING, list_id=1, total=3), Theme()),
    "own": own_list(OwnPage(wanted=ListFilter(), list_id=1, total=3, horde_username="alice#101"), Theme()),
    "approved": approved_list(ApprovedList((), 3), Theme()),
}


def menus(view: Markup) -> Iterator[ui.Select[Markup]]:
    return (item for item in view.walk_children() if isinstance(item, ui.Select))


@pytest.mark.parametrize("name", LISTS)
def test_a_total_without_entries_is_told_as_unreadable(name: str) -> None:
    view = LISTS[name]
    text = "\n".join(item.content for item in view.walk_children() if isinstance(item, ui.TextDisplay))
    assert "3 changes cannot be shown: too large or malformed." in text
    assert all(menu.options for menu in menus(view))
