"""Live models: list, and one model with its record, usage and open changes."""

from collections.abc import Iterator
from typing import Final

import discord

from bot.reference.deployment import CATEGORIES
from bot.reference.models import PendingChange
from bot.services.forms.fields_text import baseline_name
from bot.services.model_names import CHOICE_LENGTH_MAX, choice_value, short_digest
from bot.services.models.lookup import ListedModel, ModelFacts, ModelPage
from bot.ui import custom_ids
from bot.ui.cards.change_card import draw_files
from bot.ui.cards.full_view import json_file
from bot.ui.cards.record import RECORD_BUDGET, record_lines, use_words
from bot.ui.cards.states import heading, operation_word, requestor
from bot.ui.choice_names import category_name, category_words, option_words
from bot.ui.components import Accent, Card, Markup, Sheet, button
from bot.ui.custom_ids import ModelVerb
from bot.ui.glyphs import Glyph, Theme
from bot.ui.labels import is_unstated, value_text
from bot.ui.list_ids import ListKind, ListVerb
from bot.ui.pager import category_menu, page_words, value_menu, with_pager
from bot.ui.text import NAME_LIST, as_label, joined, numbered, plain, plural, relative

CHANGES_SHOWN: Final = 5
VALUE_SHOWN: Final = 24
"""Characters of a value in a list of many lines."""

_SHOWN_AS: Final = ("baseline", "style", "parameters", "parameters_count", "controlnet_style")
"""Fields shown in a list, where the record has them."""
_UNITS: Final = {"image_generation": "image", "text_generation": "text"}


def model_list(page: ModelPage, theme: Theme) -> Markup:
    """Draw a page of models, a line for each."""
    name = plain(page.wanted.model, NAME_LIST) if page.wanted.model else ""
    if page.entries:
        filtered = f"name contains {name}" if name else ""
        text = f"-# {joined(plural(page.total, 'live model'), filtered, page_words(page))}"
    else:
        is_narrowed = page.wanted.baselines or page.wanted.styles
        text = f"No live model's name contains {name}." if name else "No models are live here."
        text = "No live model matches." if is_narrowed else text
        similar = ", ".join(plain(one, NAME_LIST) for one in page.similar)
        text += f" Similar: {similar}." if similar else ""
    sheet = Sheet(Accent.SLATE).text("## Models", text).rule()
    is_one_kind = len(page.wanted.categories) == 1
    sheet.text(*(_item(item, theme, is_one_kind=is_one_kind) for item in page.entries), noun="model")
    filters = (
        category_menu(ListKind.MODELS, page),
        value_menu(ListKind.MODELS, ListVerb.BASELINE, page, page.baselines, page.wanted.baselines),
        value_menu(ListKind.MODELS, ListVerb.STYLE, page, page.styles, page.wanted.styles),
    )
    return with_pager(sheet, ListKind.MODELS, page, [_option(item) for item in page.entries], *filters)


def model_view(model: ModelFacts, theme: Theme) -> Card:
    """Draw a live model, with its record as a file."""
    sheet = Sheet(Accent.AMBER if model.is_from_memory else Accent.GREEN)
    read = f"{'last ' if model.is_from_memory else ''}read {relative(model.read_at)}"
    sheet.text(
        f"-# {category_words(model.category)}",
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
    return value if len(value) <= CHOICE_LENGTH_MAX else f"{category}:{short_digest(name)}"


def parse_model_value(value: str) -> str:
    """Return the option value of a model; raises ``ValueError`` for one of no category."""
    category, colon, _ = value.partition(":")
    if not colon or category not in CATEGORIES:
        raise ValueError(value)
    return value


def _change(change: PendingChange, model: ModelFacts, theme: Theme) -> str:
    number = numbered(change.change_id, model.links.get(change.change_id))
    glyph = theme.glyph(Glyph(change.status.value))
    return (
        f"{glyph} {number} {operation_word(change.operation)} · {change.status.value} · "
        f"by {requestor(change)} {relative(change.requested_at)}"
    )


def _item(item: ListedModel, theme: Theme, *, is_one_kind: bool) -> str:
    glyph = f"{theme.glyph(Glyph.PENDING)} " if item.changes else ""
    name = plain(item.name, NAME_LIST) or "No name"
    kind = "" if is_one_kind else category_name(item.category)
    use = f"{plural(item.month, _UNITS.get(item.category, 'image'))} a month" if item.month else ""
    changes = plural(item.changes, "open change") if item.changes else ""
    return joined(f"{glyph}**{name}**", kind, *_stated(item), use, changes)


def _stated(item: ListedModel) -> Iterator[str]:
    for key in _SHOWN_AS:
        value = item.record.get(key)
        if key in ("baseline", "style") and isinstance(value, str) and value:
            yield plain(option_words(baseline_name(value) if key == "baseline" else value)[0], VALUE_SHOWN)
        elif not is_unstated(key, value):
            yield value_text(key, value, VALUE_SHOWN)


def _option(item: ListedModel) -> discord.SelectOption:
    return discord.SelectOption(
        label=as_label(item.name) or "No name",
        value=option_value(item.category, item.name),
        description=category_name(item.category),
    )
