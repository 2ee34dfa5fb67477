"""Purge: the question, and its result."""

from bot.services.pages import ListFilter
from bot.services.queue.purge import (
    NothingToPurge,
    PurgeAlreadySent,
    Purged,
    PurgeOutcome,
    PurgeQuestion,
    PurgeUnconfirmed,
)
from bot.ui import custom_ids, list_ids
from bot.ui.choice_names import category_words
from bot.ui.components import Accent, Markup, Sheet, button, ending, short_message
from bot.ui.glyphs import Glyph, Theme
from bot.ui.queue.items import item_lines, numbers
from bot.ui.queue.queue_list import filter_words, status_words
from bot.ui.text import joined, plural

LISTED_MAX = 8
"""Changes shown in full; the others by number."""


def purge_outcome(outcome: PurgeOutcome, theme: Theme) -> Markup:
    """Draw the question or the result."""
    match outcome:
        case PurgeQuestion():
            return _question(outcome, theme)
        case NothingToPurge():
            return _nothing(outcome, theme)
        case Purged():
            return _purged(outcome)
        case PurgeUnconfirmed():
            return _unconfirmed(outcome, theme)
        case PurgeAlreadySent():
            return _already_sent(outcome, theme)


def _question(question: PurgeQuestion, theme: Theme) -> Markup:
    count = len(question.change_ids)
    if question.has_moved:
        sheet = Sheet(Accent.AMBER).text(
            "## The list has changed",
            f"Other changes match now than when you pressed. A purge would remove {plural(count, 'change')}.",
            "**Changed:** nothing.",
            "**Now:** read the list, and press *Purge* again.",
        )
    else:
        name = next((item.change.requested_username for item in question.items), None)
        sheet = Sheet(Accent.GREY).text(f"## Purge {plural(count, 'change')}?", f"-# {_scope(question.wanted, name)}")
    sheet.rule()
    for item in question.items[:LISTED_MAX]:
        sheet.text(*item_lines(item, theme)).gap()
    if rest := [one for one in question.change_ids if one not in {item.change.change_id for item in question.items}]:
        sheet.text(f"-# and {numbers(rest)}")
    warn = theme.glyph(Glyph.WARN)
    sheet.rule().text(
        f"{warn} The service may still be applying some of them." if question.is_applying else "",
        f"{warn} A purge cannot be undone. Live models stay as they are.",
    )
    return sheet.row(
        ending(f"Purge {count:,}…", list_ids.purge(question.purge_id)), button("Cancel", custom_ids.CONFIRM_CANCEL)
    ).view()


def _nothing(outcome: NothingToPurge, theme: Theme) -> Markup:
    return short_message(
        Accent.SLATE,
        "## Nothing to purge",
        f"-# {_scope(outcome.wanted, None)}",
        "**Changed:** nothing.",
        f"**Now:** nothing to do. {theme.command('queue list')} shows the queue.",
    )


def _purged(outcome: Purged) -> Markup:
    count = len(outcome.change_ids) + len(outcome.others)
    others = f"{numbers(outcome.others)} arrived meanwhile and were removed too." if outcome.others else ""
    left = f"{numbers(outcome.change_ids)} removed from the queue." if outcome.change_ids else ""
    return short_message(
        Accent.GREY,
        f"## {plural(count, 'change')} purged",
        f"**Changed:** {' '.join(part for part in (left, others) if part)} Live models stay as they are.",
        "**Now:** nothing to do. The requestors can propose them again.",
    )


def _unconfirmed(outcome: PurgeUnconfirmed, theme: Theme) -> Markup:
    return short_message(
        Accent.AMBER,
        "## No answer yet",
        f"The service did not answer, and still has {numbers(outcome.change_ids)}.",
        "**Changed:** unknown. The cards will show the result.",
        f"**Now:** wait a minute. If they are still there, use {theme.command('queue purge')} again.",
    )


def _already_sent(outcome: PurgeAlreadySent, theme: Theme) -> Markup:
    return short_message(
        Accent.SLATE,
        "## Already sent",
        f"This purge of {numbers(outcome.change_ids)} was sent before, and is not sent twice.",
        "**Changed:** nothing more.",
        f"**Now:** {theme.command('queue list')} shows what is left.",
    )


def _scope(wanted: ListFilter, requestor_name: str | None) -> str:
    """Return the filter of a purge in words."""
    return joined(
        f"{words} changes" if (words := status_words(wanted)) else "changes in any state",
        ", ".join(category_words(category) for category in wanted.categories),
        filter_words(wanted, requestor_name),
    )
