"""List of a person's own drafts and proposals."""

from typing import Final

import discord

from bot.services.checks import Verdict
from bot.services.proposals.outcomes import DraftFacts
from bot.services.queue.listing import ListedChange
from bot.services.queue.own_proposals import OwnPage
from bot.ui.cards.states import operation_word
from bot.ui.components import Accent, Markup, Sheet
from bot.ui.custom_ids import parse_number
from bot.ui.glyphs import Glyph, Theme
from bot.ui.list_ids import ListKind
from bot.ui.pager import page_words, with_pager
from bot.ui.queue.items import history_lines, option, option_label, unreadable_line
from bot.ui.queue.queue_list import status_words
from bot.ui.text import NAME_LIST, REQUESTOR, day, joined, plain, plural

_DRAFT_VALUE: Final = "draft:"


def own_list(page: OwnPage, theme: Theme) -> Markup:
    """Draw a page of own drafts and proposals."""
    sheet = Sheet(Accent.SLATE).text("## Your proposals", f"-# {_counted(page)}")
    if not page.total:
        words = status_words(page.wanted)
        sheet.text(f"Nothing of yours is {words}." if words else "You have proposed nothing yet.")
        return sheet.text(f"**Now:** {theme.command('propose-model create')} starts a proposal.").view()
    sheet.rule()
    if not page.entries:
        sheet.text(unreadable_line(page.total, theme))
    for entry in page.entries:
        lines = (
            history_lines(entry, theme, is_own=True) if isinstance(entry, ListedChange) else _draft_lines(entry, theme)
        )
        sheet.text(*lines).gap()
    return with_pager(sheet, ListKind.OWN, page, [_option(entry, theme) for entry in page.entries])


def parse_draft_value(value: str) -> int | None:
    """Return the draft id in an option's value, ``None`` if the option is a change."""
    return parse_number(value.removeprefix(_DRAFT_VALUE)) if value.startswith(_DRAFT_VALUE) else None


def _counted(page: OwnPage) -> str:
    words = status_words(page.wanted)
    return joined(
        plain(page.horde_username, REQUESTOR),
        f"{page.total:,} {words}" if words else f"{page.open_count} open",
        plural(page.draft_count, "draft") if page.draft_count else "",
        page_words(page),
    )


def _draft_lines(draft: DraftFacts, theme: Theme) -> tuple[str, str]:
    name = plain(draft.label, NAME_LIST) or "No name yet"
    fails = sum(check.verdict is Verdict.FAIL for check in draft.checks)
    if draft.is_outcome_unknown:
        state = "sent, no answer yet"
    else:
        state = f"{plural(fails, 'check')} {'fails' if fails == 1 else 'fail'}" if fails else "ready to send"
    return (
        f"{theme.glyph(Glyph.DRAFT)} **Draft** {operation_word(draft.operation)} · **{name}**",
        f"-# {state} · kept until {day(draft.kept_until)}",
    )


def _option(entry: DraftFacts | ListedChange, theme: Theme) -> discord.SelectOption:
    if isinstance(entry, ListedChange):
        return option(entry, theme)
    return discord.SelectOption(
        label=option_label(f"Draft · {entry.operation}", entry.label or "No name yet"),
        value=f"{_DRAFT_VALUE}{entry.draft_id}",
        emoji=theme.glyph(Glyph.DRAFT),
    )
