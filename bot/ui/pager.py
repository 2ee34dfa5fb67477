"""Pager under every list: menus that choose or filter, and buttons to other pages."""

from collections.abc import Sequence
from typing import Any, Final

import discord
from discord import ui

from bot.reference.deployment import CATEGORIES
from bot.reference.models import ChangeStatus
from bot.services.forms.fields_text import baseline_name
from bot.services.pages import Page
from bot.ui.choice_names import category_name, option_words
from bot.ui.components import Markup, Sheet, button
from bot.ui.glyphs import Glyph, Theme
from bot.ui.list_ids import ListKind, ListVerb, pager_id
from bot.ui.text import as_label

CHOICES_MIN: Final = 2
"""Values below which a menu would choose nothing."""


def with_pager(
    sheet: Sheet,
    kind: ListKind,
    page: Page[Any],
    options: Sequence[discord.SelectOption],
    *filters: "ui.Select[Any] | None",
    max_chosen: int = 1,
) -> Markup:
    """Add a menu of the entries, filters, and buttons to other pages to a list, and draw it."""
    sheet.rule()
    if options:
        menu: ui.Select[Any] = ui.Select(
            custom_id=pager_id(kind, ListVerb.CHOOSE, page.list_id, page.number),
            placeholder="Choose one or more" if max_chosen > 1 else "Choose one",
            max_values=max_chosen,
            options=list(options),
        )
        sheet.menu(menu)
    for each in filters:
        if each is not None:
            sheet.menu(each)
    if page.has_previous or page.has_next:
        is_by_date = kind is not ListKind.MODELS
        sheet.row(
            _page_button(kind, ListVerb.NEWER if is_by_date else ListVerb.PREVIOUS, page, page.has_previous),
            _page_button(kind, ListVerb.OLDER if is_by_date else ListVerb.NEXT, page, page.has_next),
        )
    return sheet.view()


def status_menu(kind: ListKind, page: Page[Any], theme: Theme) -> ui.Select[Any]:
    """Create the menu that filters a list by status."""
    options = [
        discord.SelectOption(
            label=status.capitalize(),
            value=status.value,
            emoji=theme.glyph(Glyph(status.value)),
            default=status in page.wanted.statuses,
        )
        for status in ChangeStatus
    ]
    return _filter_menu(kind, ListVerb.STATUS, page, options)


def category_menu(kind: ListKind, page: Page[Any]) -> ui.Select[Any]:
    """Create the menu that filters a list by category."""
    options = [
        discord.SelectOption(
            label=category_name(category),
            value=category,
            description=category,
            default=category in page.wanted.categories,
        )
        for category in CATEGORIES
    ]
    return _filter_menu(kind, ListVerb.CATEGORY, page, options)


def value_menu(
    kind: ListKind, verb: ListVerb, page: Page[Any], values: Sequence[str], chosen: Sequence[str]
) -> "ui.Select[Any] | None":
    """Create the menu that filters a list by a field; None if there is nothing to choose."""
    if len(values) < CHOICES_MIN and not chosen:
        return None
    options = []
    for value in values:
        label, description = option_words(baseline_name(value))
        options.append(
            discord.SelectOption(label=as_label(label), value=value, description=description, default=value in chosen)
        )
    return _filter_menu(kind, verb, page, options)


def parse_category(value: str) -> str:
    """Return the option value of the category menu; raises ``ValueError`` for any other text."""
    if value not in CATEGORIES:
        raise ValueError(value)
    return value


def page_words(page: Page[Any]) -> str:
    """Return ``page 2 of 3``; empty where there is only one."""
    return f"page {page.number + 1} of {page.pages}" if page.pages > 1 else ""


def _filter_menu(
    kind: ListKind, verb: ListVerb, page: Page[Any], options: list[discord.SelectOption]
) -> ui.Select[Any]:
    return ui.Select(
        custom_id=pager_id(kind, verb, page.list_id, page.number),
        placeholder=f"Any {verb}",
        min_values=0,
        max_values=len(options),
        options=options,
    )


def _page_button(kind: ListKind, verb: ListVerb, page: Page[Any], is_enabled: bool) -> ui.Button[Any]:  # noqa: FBT001
    return button(verb.capitalize(), pager_id(kind, verb, page.list_id, page.number), disabled=not is_enabled)
