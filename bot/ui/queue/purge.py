"""What a purge would take away, as a question, and what became of it."""

from bot.services.queue.listing import ListFilter
from bot.services.queue.purge import (
    NothingToPurge,
    PurgeAlreadySent,
    Purged,
    PurgeOutcome,
    PurgeQuestion,
    PurgeUnconfirmed,
)
from bot.ui import custom_ids, queue_ids
from bot.ui.components import Accent, Markup, Sheet, button, ending
from bot.ui.glyphs import Glyph, Theme
from bot.ui.queue.items import item_lines, numbers
from bot.ui.queue.queue_list import narrowed_words, status_words
from bot.ui.text import NAME_LIST, plain, plural

LISTED_MAX = 8
"""Changes written out; the others are named by number."""


def purge_outcome(outcome: PurgeOutcome, theme: Theme) -> Markup:
    """Draw the question, or what became of it."""
    match outcome:
        case PurgeQuestion():
            return _question(outcome, theme)
        case NothingToPurge():
            return _nothing(outcome, theme)
        case Purged():
            return _purged(outcome)
        case PurgeUnconfirmed():
            return _unsure(outcome, theme)
        case PurgeAlreadySent():
            return _sent(outcome, theme)


def _question(question: PurgeQuestion, theme: Theme) -> Markup:
    count = len(question.change_ids)
    if question.has_moved:
        sheet = Sheet(Accent.AMBER).text(
            "## Read it again",
            f"The queue moved since this list was drawn; {plural(count, 'change')} would leave now.",
            "**Changed:** nothing.",
            "**Now:** read it, and press *Purge* again.",
        )
    else:
        name = next((item.change.requested_username for item in question.items), None)
        sheet = Sheet(Accent.GREY).text(
            f"## Purge {plural(count, 'change')}?", f"-# {_wanted_words(question.wanted, name)}"
        )
    sheet.rule()
    for item in question.items[:LISTED_MAX]:
        sheet.text(*item_lines(item, theme)).gap()
    if rest := [one for one in question.change_ids if one not in {item.change.change_id for item in question.items}]:
        sheet.text(f"-# and {numbers(rest)}")
    warn = theme.glyph(Glyph.WARN)
    sheet.rule().text(
        f"{warn} The service may still be at work on those that are applying." if question.is_applying else "",
        f"{warn} What leaves the queue does not come back. Models that are live stay as they are.",
    )
    return sheet.row(
        ending(f"Purge {count:,}…", queue_ids.purge(question.purge_id)), button("Cancel", custom_ids.confirm_cancel())
    ).view()


def _nothing(outcome: NothingToPurge, theme: Theme) -> Markup:
    return (
        Sheet(Accent.SLATE)
        .text(
            "## Nothing to purge",
            f"-# {_wanted_words(outcome.wanted, None)}",
            "**Changed:** nothing.",
            f"**Now:** nothing to do. {theme.command('queue list')} shows what is there.",
        )
        .view()
    )


def _purged(outcome: Purged) -> Markup:
    count = len(outcome.change_ids) + len(outcome.others)
    others = f"{numbers(outcome.others)} came in meanwhile and left as well." if outcome.others else ""
    left = f"{numbers(outcome.change_ids)} left the queue for good." if outcome.change_ids else ""
    return (
        Sheet(Accent.GREY)
        .text(
            f"## {plural(count, 'change')} purged",
            f"**Changed:** {' '.join(part for part in (left, others) if part)} Models that are live stay as they are.",
            "**Now:** nothing to do. Who proposed them can propose them again.",
        )
        .view()
    )


def _unsure(outcome: PurgeUnconfirmed, theme: Theme) -> Markup:
    return (
        Sheet(Accent.AMBER)
        .text(
            "## No answer yet",
            f"The service did not answer, and still has {numbers(outcome.change_ids)}.",
            "**Changed:** perhaps; the cards tell.",
            f"**Now:** look in a minute. If they are still there, {theme.command('queue purge')} asks again.",
        )
        .view()
    )


def _sent(outcome: PurgeAlreadySent, theme: Theme) -> Markup:
    return (
        Sheet(Accent.SLATE)
        .text(
            "## This purge was sent before",
            f"It was for {numbers(outcome.change_ids)}, and is sent once only.",
            "**Changed:** nothing by this press.",
            f"**Now:** {theme.command('queue list')} shows what is left.",
        )
        .view()
    )


def _wanted_words(wanted: ListFilter, requestor_name: str | None) -> str:
    """What a purge is narrowed to, in words."""
    parts = (
        status_words(wanted) or "in any state",
        ", ".join(plain(category, NAME_LIST) for category in wanted.categories),
        narrowed_words(wanted, requestor_name),
    )
    return " · ".join(part for part in parts if part)
