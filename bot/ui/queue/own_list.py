"""One's own drafts and proposals in pages, with a menu that opens one."""

from typing import Any, Final

import discord
from discord import ui

from bot.services.checks import Verdict
from bot.services.proposals.outcomes import DraftFacts
from bot.services.queue.own_proposals import OwnPage
from bot.ui.cards.states import operation_word
from bot.ui.components import Accent, Markup, Sheet, button
from bot.ui.glyphs import Glyph, Theme
from bot.ui.queue.items import fate, headline, option, option_label
from bot.ui.queue.queue_list import status_words
from bot.ui.queue_ids import ListVerb, in_mine
from bot.ui.text import NAME_LIST, REQUESTOR, clean, day, plain, plural

_DRAFT_VALUE: Final = "draft:"


def own_list(page: OwnPage, theme: Theme) -> Markup:
    """Draw a page: drafts, then proposals and what became of each."""
    sheet = Sheet(Accent.SLATE).text("## Your proposals", f"-# {_counted(page)}")
    if not page.total:
        begin = theme.command("propose-model create")
        words = status_words(page.wanted)
        sheet.text(f"Nothing of yours is {words}." if words else "You have proposed nothing yet.")
        return sheet.text(f"**Now:** {begin} begins a proposal.").view()
    sheet.rule()
    for draft in page.drafts:
        sheet.text(*_draft_lines(draft, theme)).gap()
    for item in page.items:
        sheet.text(headline(item, theme), f"-# {fate(item)}").gap()
    sheet.rule().menu(_chooser(page, theme))
    if page.pages > 1:
        sheet.row(
            _turn(page, ListVerb.NEWER, disabled=page.number == 0),
            _turn(page, ListVerb.OLDER, disabled=page.number + 1 >= page.pages),
        )
    return sheet.view()


def draft_of(value: str) -> int | None:
    """The number of the draft that an option of the menu stands for, ``None`` where it stands for a change."""
    return int(value.removeprefix(_DRAFT_VALUE)) if value.startswith(_DRAFT_VALUE) else None


def _counted(page: OwnPage) -> str:
    words = status_words(page.wanted)
    parts = (
        plain(page.horde_username, REQUESTOR),
        f"{page.total:,} {words}" if words else f"{page.open_count} open",
        plural(page.draft_count, "draft") if page.draft_count else "",
        f"page {page.number + 1} of {page.pages}" if page.pages > 1 else "",
    )
    return " · ".join(part for part in parts if part)


def _draft_lines(draft: DraftFacts, theme: Theme) -> tuple[str, str]:
    name = plain(draft.name, NAME_LIST) if clean(draft.name) else "No name yet"
    fails = sum(check.verdict is Verdict.FAIL for check in draft.checks)
    if draft.is_unsure:
        said = "sent, no answer yet"
    else:
        said = f"{plural(fails, 'check')} {'fails' if fails == 1 else 'fail'}" if fails else "ready to send"
    return (
        f"{theme.glyph(Glyph.DRAFT)} **Draft** {operation_word(draft.operation)} · **{name}**",
        f"-# {said} · kept until {day(draft.kept_until)}",
    )


def _chooser(page: OwnPage, theme: Theme) -> ui.Select[Any]:
    drafts = [
        discord.SelectOption(
            label=option_label(f"Draft · {draft.operation}", draft.name or "No name yet"),
            value=f"{_DRAFT_VALUE}{draft.draft_id}",
            emoji=theme.glyph(Glyph.DRAFT),
        )
        for draft in page.drafts
    ]
    return ui.Select(
        custom_id=in_mine(ListVerb.CHOOSE, page.filter_id, page.number),
        placeholder="Choose one",
        options=[*drafts, *(option(item, theme) for item in page.items)],
    )


def _turn(page: OwnPage, verb: ListVerb, *, disabled: bool) -> ui.Button[Any]:
    return button(verb.value.capitalize(), in_mine(verb, page.filter_id, page.number), disabled=disabled)
