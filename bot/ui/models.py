"""Live models: list, and one model with its record, usage and open changes."""

from typing import Final

import discord

from bot.reference.deployment import CATEGORIES
from bot.reference.models import PendingChange
from bot.services.models.lookup import ListedModel, ModelFacts, ModelPage
from bot.services.models.names import CHOICE_LENGTH_MAX, choice_value, stand_in
from bot.ui import custom_ids
from bot.ui.cards.change_card import draw_files
from bot.ui.cards.full_view import json_file
from bot.ui.cards.record import RECORD_BUDGET, record_lines
from bot.ui.cards.states import heading, operation_word, requestor
from bot.ui.components import Accent, Card, Markup, Sheet, button
from bot.ui.custom_ids import ModelVerb
from bot.ui.glyphs import Glyph, Theme
from bot.ui.labels import is_unstated, value_text
from bot.ui.list_ids import ListKind
from bot.ui.pager import category_menu, page_words, with_pager
from bot.ui.text import NAME_LIST, NAME_TITLE, as_label, clean, joined, plain, plural, relative
from bot.ui.use import use_words

CHANGES_SHOWN: Final = 5

_KEYS: Final = ("baseline", "style", "parameters", "parameters_count", "controlnet_style")
"""Fields shown in a list, where the record has them."""


def model_list(page: ModelPage, theme: Theme) -> Markup:
    """Draw a page of models."""
    name = plain(page.wanted.model, NAME_LIST) if page.wanted.model else ""
    if page.entries:
        filtered = f"name contains {name}" if name else ""
        text = f"-# {joined(plural(page.total, 'live model'), filtered, page_words(page))}"
    else:
        text = f"No live model's name contains {name}." if name else "No models are live here."
        similar = ", ".join(plain(one, NAME_LIST) for one in page.similar)
        text += f" Similar: {similar}." if similar else ""
    sheet = Sheet(Accent.SLATE).text("## Models", text).rule()
    for item in page.entries:
        sheet.text(*_item(item, theme)).gap()
    options = [_option(item) for item in page.entries]
    return with_pager(sheet, ListKind.MODELS, page, options, category_menu(ListKind.MODELS, page))


def model_view(model: ModelFacts, theme: Theme) -> Card:
    """Draw a live model, with its record as a file."""
    sheet = Sheet(Accent.AMBER if model.is_from_memory else Accent.GREEN)
    read = f"{'last ' if model.is_from_memory else ''}read {relative(model.read_at)}"
    sheet.text(
        f"-# {plain(model.category, NAME_TITLE)}",
        heading(model.name),
        f"{theme.glyph(Glyph.APPLIED)} **Live** · {read}",
        "-# The service does not answer. This is the last known record." if model.is_from_memory else "",
    ).rule()
    shown = [_change(change, model, theme) for change in model.changes[:CHANGES_SHOWN]]
    more = len(model.changes) - len(shown)
    if shown:
        sheet.text(
            f"-# {plural(len(model.changes), 'open change')}", *shown, f"-# {more} more" if more > 0 else ""
        ).gap()
    if model.usage is not None:
        sheet.text(f"**Use:** {use_words(model.usage)}").gap()
    sheet.text("-# Record", *record_lines(model.record, model.category), budget=RECORD_BUDGET).gap()
    draw_files(sheet, model.record)
    sheet.rule().file(json_file("record.json", {model.name: model.record}))
    labels = {"Propose update": ModelVerb.UPDATE, "Propose delete…": ModelVerb.DELETE, "Follow": ModelVerb.FOLLOW}
    ids = {label: custom_ids.model(verb, model.category, model.name) for label, verb in labels.items()}
    return sheet.row(*(button(label, custom_id) for label, custom_id in ids.items())).card()


def option_value(category: str, name: str) -> str:
    """Return the option value of a model: its category and its name, or a digest of a long name."""
    value = f"{category}:{choice_value(name)}"
    return value if len(value) <= CHOICE_LENGTH_MAX else f"{category}:{stand_in(name)}"


def model_in(value: str) -> str:
    """Return the option value of a model; raises ``ValueError`` for one of no category."""
    category, colon, _ = value.partition(":")
    if not colon or category not in CATEGORIES:
        raise ValueError(value)
    return value


def _change(change: PendingChange, model: ModelFacts, theme: Theme) -> str:
    url = model.links.get(change.change_id)
    number = f"[#{change.change_id}]({url})" if url else f"#{change.change_id}"
    glyph = theme.glyph(Glyph(change.status.value))
    return (
        f"{glyph} {number} {operation_word(change.operation)} · {change.status.value} · "
        f"by {requestor(change)} {relative(change.requested_at)}"
    )


def _item(item: ListedModel, theme: Theme) -> tuple[str, str]:
    glyph = f"{theme.glyph(Glyph.PENDING)} " if item.changes else ""
    stated = [
        value_text(key, item.record.get(key), NAME_LIST) for key in _KEYS if not is_unstated(key, item.record.get(key))
    ]
    changes = plural(item.changes, "open change") if item.changes else ""
    name = plain(item.name, NAME_LIST) if clean(item.name) else "No name"
    return f"{glyph}**{name}**", f"-# {joined(plain(item.category, NAME_LIST), *stated, changes)}"


def _option(item: ListedModel) -> discord.SelectOption:
    name = as_label(item.name) if clean(item.name) else "No name"
    return discord.SelectOption(label=name, value=option_value(item.category, item.name), description=item.category)
