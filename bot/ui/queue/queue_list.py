"""The queue in pages, with menus that choose from it and narrow it."""

from typing import Any, Final

import discord
from discord import ui

from bot.reference.deployment import CATEGORIES
from bot.reference.models import ChangeStatus
from bot.services.queue.listing import ListFilter, QueuePage
from bot.ui.components import Accent, Markup, Sheet, button
from bot.ui.glyphs import Glyph, Theme
from bot.ui.queue.items import item_lines, option
from bot.ui.queue_ids import ListVerb, in_list
from bot.ui.text import NAME_LIST, horde_name, plain, relative

STATUS_LABELS: Final = {status: status.value.capitalize() for status in ChangeStatus}
"""What a status is called in menus; the words are the service's."""


def queue_list(page: QueuePage, theme: Theme) -> Markup:
    """Draw a page: its changes, what can be done with them, and the way to the others."""
    sheet = Sheet(Accent.SLATE)
    if page.items:
        sheet.text("## Queue", f"-# {_counted(page)} · newest first{_place(page)}", _narrowed(page)).rule()
    else:
        sheet.text("## Queue", _nothing(page), _narrowed(page))
    for item in page.items:
        sheet.text(*item_lines(item, theme)).gap()
    sheet.rule()
    if page.items:
        sheet.menu(_chooser(page, theme))
    sheet.menu(_statuses(page, theme)).menu(_categories(page))
    if page.pages > 1:
        sheet.row(
            _turn(page, ListVerb.NEWER, disabled=page.number == 0),
            _turn(page, ListVerb.OLDER, disabled=page.number + 1 >= page.pages),
        )
    return sheet.view()


def status_words(wanted: ListFilter) -> str:
    """The statuses that a list is narrowed to: ``pending``, ``approved or applied``; empty for any."""
    words = [status.value for status in ChangeStatus if status in wanted.statuses]
    if len(words) == len(ChangeStatus):
        return ""
    return " or ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else "".join(words)


def narrowed_words(wanted: ListFilter, requestor_name: str | None) -> str:
    """What else a list is narrowed to, as its menus do not show it; empty where it is not."""
    parts = (
        f"name contains {plain(wanted.model, NAME_LIST)}" if wanted.model else "",
        f"by {horde_name(requestor_name, wanted.requestor)}" if wanted.requestor else "",
    )
    return " · ".join(part for part in parts if part)


def _counted(page: QueuePage) -> str:
    words = status_words(page.wanted)
    return f"{page.total:,} {words or ('change' if page.total == 1 else 'changes')}"


def _place(page: QueuePage) -> str:
    return f" · page {page.number + 1} of {page.pages}" if page.pages > 1 else ""


def _narrowed(page: QueuePage) -> str:
    words = narrowed_words(page.wanted, page.requestor_name)
    return f"-# {words}" if words else ""


def _nothing(page: QueuePage) -> str:
    words = status_words(page.wanted)
    is_narrowed = page.wanted.categories or page.wanted.model or page.wanted.requestor
    if words:
        said = f"Nothing {'here ' if is_narrowed else ''}is {words}."
    else:
        said = "Nothing in the queue fits." if is_narrowed else "Nothing is in the queue."
    last = f" Last decision {relative(page.last_decision_at)}." if page.last_decision_at is not None else ""
    return f"{said}{last}"


def _chooser(page: QueuePage, theme: Theme) -> ui.Select[Any]:
    several = page.may_decide and len(page.items) > 1
    return ui.Select(
        custom_id=in_list(ListVerb.CHOOSE, page.filter_id, page.number),
        placeholder="Choose one or more" if several else "Choose one",
        max_values=len(page.items) if several else 1,
        options=[option(item, theme) for item in page.items],
    )


def _statuses(page: QueuePage, theme: Theme) -> ui.Select[Any]:
    options = [
        discord.SelectOption(
            label=label,
            value=status.value,
            emoji=theme.glyph(Glyph(status.value)),
            default=status in page.wanted.statuses,
        )
        for status, label in STATUS_LABELS.items()
    ]
    return ui.Select(
        custom_id=in_list(ListVerb.STATUS, page.filter_id, page.number),
        placeholder="Any status",
        min_values=0,
        max_values=len(options),
        options=options,
    )


def _categories(page: QueuePage) -> ui.Select[Any]:
    options = [
        discord.SelectOption(label=category, value=category, default=category in page.wanted.categories)
        for category in CATEGORIES
    ]
    return ui.Select(
        custom_id=in_list(ListVerb.CATEGORY, page.filter_id, page.number),
        placeholder="Any category",
        min_values=0,
        max_values=len(options),
        options=options,
    )


def _turn(page: QueuePage, verb: ListVerb, *, disabled: bool) -> ui.Button[Any]:
    return button(verb.value.capitalize(), in_list(verb, page.filter_id, page.number), disabled=disabled)
