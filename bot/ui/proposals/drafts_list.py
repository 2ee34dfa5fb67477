"""A person's drafts with a menu that opens one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import discord
from discord import ui

from bot.services.proposals.outcomes import DraftSummary
from bot.ui import custom_ids
from bot.ui.cards.states import operation_word
from bot.ui.choice_names import category_name, category_words
from bot.ui.components import Accent, Markup, Sheet, button, short_message
from bot.ui.custom_ids import DraftVerb
from bot.ui.glyphs import Glyph, Theme
from bot.ui.text import NAME_LIST, as_label, plain, plural, relative

DRAFTS_TEMPLATE = r"drafts:open"
OPTIONS_MAX: Final = 25
"""Options of a select menu (Discord's documentation); equals the limit of drafts."""
LISTED: Final = 10
"""Drafts listed above the menu; the menu has all of them."""
_NOT_CHOSEN: Final = "kind of model not chosen yet"


def drafts_list(
    drafts: Sequence[DraftSummary], theme: Theme, *, discarded: tuple[int, str, datetime] | None = None
) -> Markup:
    """Draw the drafts, last touched first, with a menu that opens one.

    ``discarded`` is id, name and end of the draft discarded last, while it can be brought back.
    """
    if not drafts and discarded is None:
        now = f"**Now:** {theme.command('propose-model create')} starts one."
        return short_message(Accent.SLATE, "## Your drafts", "You have no unsent drafts.", now)
    sheet = Sheet(Accent.SLATE).text(
        "## Your drafts",
        f"-# {plural(len(drafts), 'draft')} · only you see them{' · choose one to open it' if drafts else ''}",
    )
    sheet.rule()
    for draft in drafts[:LISTED]:
        sheet.text(_item(draft, theme))
    if len(drafts) > LISTED:
        sheet.text(f"-# {len(drafts) - LISTED} more in the menu")
    if discarded is not None:
        draft_id, name, until = discarded
        what = f"**{plain(name, NAME_LIST)}**" if name.strip() else "A draft without a name"
        sheet.rule().beside(
            f"{what} is discarded\n-# deleted {relative(until)}",
            button("Undo", custom_ids.draft(DraftVerb.UNDO, draft_id)),
        )
    sheet.rule()
    return (sheet.menu(_menu(drafts)) if drafts else sheet).view()


def _item(draft: DraftSummary, theme: Theme) -> str:
    name = plain(draft.name, NAME_LIST) or "No name yet"
    kind = _NOT_CHOSEN if draft.category is None else category_words(draft.category)
    unsure = " · sent, no answer yet" if draft.is_outcome_unknown else ""
    return (
        f"{theme.glyph(Glyph.DRAFT)} {operation_word(draft.operation)} · **{name}**\n"
        f"-# saved {relative(draft.saved_at)} · {kind}{unsure}"
    )


def _menu(drafts: Sequence[DraftSummary]) -> ui.Select[Any]:
    options = [_option(draft) for draft in drafts[:OPTIONS_MAX]]
    return ui.Select(custom_id=DRAFTS_TEMPLATE, placeholder="Choose one", options=options)


def _option(draft: DraftSummary) -> discord.SelectOption:
    kind = _NOT_CHOSEN if draft.category is None else category_name(draft.category)
    return discord.SelectOption(
        label=as_label(draft.name) or "No name yet",
        value=str(draft.draft_id),
        description=f"{operation_word(draft.operation)} · {kind}",
    )
