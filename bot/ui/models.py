"""Live models: in pages to choose from, and one with its record, its use and the changes that wait."""

from typing import Any, Final

import discord
from discord import ui

from bot.reference.deployment import CATEGORIES
from bot.reference.models import PendingChange
from bot.services.models.lookup import ListedModel, ModelFacts, ModelPage
from bot.services.models.names import CHOICE_LENGTH_MAX, choice_value, stand_in
from bot.ui.cards.change_card import draw_files
from bot.ui.cards.full_view import json_file
from bot.ui.cards.record import RECORD_BUDGET, record_lines
from bot.ui.cards.states import heading, operation_word, requestor
from bot.ui.components import Accent, Card, Markup, Sheet, button
from bot.ui.glyphs import Glyph, Theme
from bot.ui.labels import is_unstated, value_text
from bot.ui.model_ids import ModelVerb, in_models
from bot.ui.text import NAME_LIST, NAME_TITLE, as_label, clean, plain, plural, relative
from bot.ui.use import use_words

CHANGES_SHOWN: Final = 5

_KEYS: Final = ("baseline", "style", "parameters", "parameters_count", "controlnet_style")
"""What is said of a model in a list, where it is stated."""


def model_list(page: ModelPage, theme: Theme) -> Markup:
    """Draw a page of models, with menus that choose from it and narrow it."""
    sheet = Sheet(Accent.SLATE)
    name = page.wanted.name
    narrowed = f" · name contains {plain(name, NAME_LIST)}" if name else ""
    if page.items:
        place = f" · page {page.number + 1} of {page.pages}" if page.pages > 1 else ""
        sheet.text("## Models", f"-# {plural(page.total, 'live model')}{narrowed}{place}").rule()
    else:
        close = ", ".join(plain(one, NAME_LIST) for one in page.close)
        found = f"No live model's name contains {plain(name, NAME_LIST)}." if name else "No models are live here."
        sheet.text("## Models", f"{found}{f' Close to it: {close}.' if close else ''}")
    for item in page.items:
        sheet.text(*_item(item, theme)).gap()
    sheet.rule()
    if page.items:
        sheet.menu(_chooser(page))
    sheet.menu(_categories(page))
    if page.pages > 1:
        sheet.row(
            _turn(page, ModelVerb.PREVIOUS, disabled=page.number == 0),
            _turn(page, ModelVerb.NEXT, disabled=page.number + 1 >= page.pages),
        )
    return sheet.view()


def model_view(model: ModelFacts, theme: Theme) -> Card:
    """Draw a live model; its record comes along as a file."""
    sheet = Sheet(Accent.AMBER if model.is_from_memory else Accent.GREEN)
    read = f"{'last ' if model.is_from_memory else ''}read {relative(model.read_at)}"
    sheet.text(
        f"-# {plain(model.category, NAME_TITLE)}",
        heading(model.name),
        f"{theme.glyph(Glyph.APPLIED)} **Live** · {read}",
        "-# The service does not answer now: this is the record as it was then." if model.is_from_memory else "",
    ).rule()
    shown = [_change(change, model, theme) for change in model.changes[:CHANGES_SHOWN]]
    more = len(model.changes) - len(shown)
    if shown:
        waits = "waits" if len(model.changes) == 1 else "wait"
        sheet.text(
            f"-# {plural(len(model.changes), 'change')} of it {waits}", *shown, f"-# {more} more" if more > 0 else ""
        ).gap()
    if model.usage is not None:
        sheet.text(f"**Use:** {use_words(model.usage)}").gap()
    sheet.text("-# Record", *record_lines(model.record, model.category), budget=RECORD_BUDGET).gap()
    draw_files(sheet, model.record)
    return sheet.rule().file(json_file("record.json", {model.name: model.record})).card()


def carried(category: str, name: str) -> str:
    """What an option carries for a model: its category and name, or what stands for a name that does not fit."""
    value = f"{category}:{choice_value(name)}"
    return value if len(value) <= CHOICE_LENGTH_MAX else f"{category}:{stand_in(name)}"


def _change(change: PendingChange, model: ModelFacts, theme: Theme) -> str:
    url = model.links.get(change.change_id)
    number = f"[#{change.change_id}]({url})" if url else f"#{change.change_id}"
    glyph = theme.glyph(Glyph(change.status.value))
    return (
        f"{glyph} {number} {operation_word(change.operation)} · {change.status.value} · "
        f"by {requestor(change)} {relative(change.requested_at)}"
    )


def _item(item: ListedModel, theme: Theme) -> tuple[str, str]:
    waits = f"{theme.glyph(Glyph.PENDING)} " if item.changes else ""
    stated = [
        value_text(key, item.record.get(key), NAME_LIST) for key in _KEYS if not is_unstated(key, item.record.get(key))
    ]
    changes = f"{plural(item.changes, 'change')} {'waits' if item.changes == 1 else 'wait'}" if item.changes else ""
    parts = (plain(item.category, NAME_LIST), *stated, changes)
    name = plain(item.name, NAME_LIST) if clean(item.name) else "No name"
    return f"{waits}**{name}**", f"-# {' · '.join(part for part in parts if part)}"


def _chooser(page: ModelPage) -> ui.Select[Any]:
    return ui.Select(
        custom_id=in_models(ModelVerb.CHOOSE, page.filter_id, page.number),
        placeholder="Choose one",
        options=[_option(item) for item in page.items],
    )


def _option(item: ListedModel) -> discord.SelectOption:
    name = as_label(item.name) if clean(item.name) else "No name"
    return discord.SelectOption(label=name, value=carried(item.category, item.name), description=item.category)


def _categories(page: ModelPage) -> ui.Select[Any]:
    options = [
        discord.SelectOption(label=category, value=category, default=category in page.wanted.categories)
        for category in CATEGORIES
    ]
    return ui.Select(
        custom_id=in_models(ModelVerb.CATEGORY, page.filter_id, page.number),
        placeholder="Any category",
        min_values=0,
        max_values=len(options),
        options=options,
    )


def _turn(page: ModelPage, verb: ModelVerb, *, disabled: bool) -> ui.Button[Any]:
    return button(verb.value.capitalize(), in_models(verb, page.filter_id, page.number), disabled=disabled)
