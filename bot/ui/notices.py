"""What people are told unasked: a decision by direct message, an outage in the review channel."""

from datetime import datetime

from bot.reference.models import PendingChange
from bot.services.changes import CardState, ChangeFacts, MessageLink
from bot.services.notices import ChangeNews, DraftExpires, LinkExpires, NeverQueued, News
from bot.ui import custom_ids
from bot.ui.card_endings import reason_text
from bot.ui.components import Accent, Markup, Press, Sheet, link, primary
from bot.ui.custom_ids import ChangeVerb
from bot.ui.glyphs import Look
from bot.ui.states import (
    ACCENTS,
    TITLE_BUDGET,
    category_of,
    decider,
    heading,
    operation_word,
    short_state_line,
    title_of,
)
from bot.ui.text import NAME_LIST, NAME_TITLE, REQUESTOR, clock_time, horde_name, plain, relative


def news_notice(news: News, look: Look) -> Markup:
    """Tell somebody by direct message what they were not there to read."""
    match news:
        case DraftExpires():
            return expiring_notice(news, look)
        case LinkExpires():
            return link_expiring_notice(news, look)
        case NeverQueued():
            return never_queued_notice(news, look)
        case ChangeNews() if news.facts.state is CardState.PENDING:
            return queued_notice(news.facts, look, news.card)
        case ChangeNews():
            return decision_notice(news.facts, look, news.card)


def decision_notice(facts: ChangeFacts, look: Look, card: MessageLink | None = None) -> Markup:
    """Tell a requestor by direct message that a change was approved, rejected or applied."""
    change, state = facts.change, facts.state
    sheet = Sheet(ACCENTS[state])
    who = decider(change)
    if state is CardState.APPLIED and change.applied_by:
        who = horde_name(change.applied_username, change.applied_by)
    sheet.text(
        f"-# #{change.change_id} · {operation_word(change.operation)} · {category_of(change)}",
        heading(title_of(change)),
        short_state_line(facts, look),
        f"-# by {who}" if who else "",
        budget=TITLE_BUDGET,
    ).rule()
    if state is CardState.APPROVED:
        sheet.text("Not live yet: an approver applies it, and you are told then.")
    elif state is CardState.REJECTED:
        sheet.text("-# Reason", f"> {reason_text(change)}").gap()
        sheet.text(
            "**Changed:** nothing in the model reference.",
            "**Now:** everything you typed is kept. Correct it and send it again.",
        )
    elif state is CardState.APPLIED:
        is_gone = change.operation.value == "delete"
        sheet.text("It is gone from the model reference. Thank you." if is_gone else "It is live. Thank you.")
    return sheet.row(revise_button(change) if state is CardState.REJECTED else None, _open(card)).view()


def revise_button(change: PendingChange) -> Press:
    """*Revise and resubmit*: opens what was proposed as a draft, for its requestor."""
    return primary("Revise and resubmit", custom_ids.change(ChangeVerb.REVISE, change.change_id, change.digest))


def queued_notice(facts: ChangeFacts, look: Look, card: MessageLink | None = None) -> Markup:
    """Tell a requestor that an unanswered proposal turned up in the queue."""
    change = facts.change
    return (
        Sheet(Accent.AMBER)
        .text(
            f"## Queued as #{change.change_id}",
            f"{operation_word(change.operation)} {category_of(change)} "
            f"**{plain(title_of(change), NAME_TITLE)}** is in the queue.",
            short_state_line(facts, look),
            "**Now:** nothing to do. You get a DM when it is decided.",
        )
        .row(_open(card))
        .view()
    )


def never_queued_notice(news: NeverQueued, look: Look) -> Markup:
    """Tell a requestor that a proposal whose fate was open is not in the queue."""
    now = f"{look.command('propose-model drafts')} sends it again." if news.is_kept else "nothing to do."
    return (
        Sheet(Accent.RED)
        .text(
            "## Not queued",
            f"{_proposal(news)} did not reach the queue.",
            f"**Changed:** nothing.{' The draft is kept.' if news.is_kept else ''}",
            f"**Now:** {now}",
        )
        .view()
    )


def expiring_notice(news: DraftExpires, look: Look) -> Markup:
    """Tell somebody that a draft of theirs goes soon."""
    return (
        Sheet(Accent.GREY)
        .text(
            "## A draft expires",
            f"Nobody has touched the draft {_proposal(news)} for long. It is deleted {relative(news.until)}.",
            "**Changed:** nothing yet.",
            f"**Now:** open it under {look.command('propose-model drafts')} and send it; any change keeps it.",
        )
        .view()
    )


def link_expiring_notice(news: LinkExpires, look: Look) -> Markup:
    """Tell somebody that their link goes soon, because they do not use it."""
    return (
        Sheet(Accent.GREY)
        .text(
            "## Your link expires",
            f"You have not acted as {plain(news.horde_name, REQUESTOR)} for long. Your key is deleted "
            f"{relative(news.until)}: what is not used cannot leak.",
            "**Changed:** nothing yet.",
            f"**Now:** to keep it, type {look.command('account status')} once. {look.command('account link')} links "
            "again at any time.",
        )
        .view()
    )


def _proposal(news: DraftExpires | NeverQueued) -> str:
    name = f"**{plain(news.name, NAME_TITLE)}**" if news.name.strip() else "without a name"
    return f"{operation_word(news.operation)} {plain(news.category, NAME_LIST)} {name}"


def away_notice(since: datetime) -> Markup:
    """Tell the review channel that the service does not answer."""
    return (
        Sheet(Accent.RED)
        .text(
            "## The service is away",
            f"No answer since {clock_time(since)}. Nobody can propose, approve or apply.",
            "**Changed:** nothing.",
            "**Now:** nothing to do. This message turns green when it is back.",
        )
        .view()
    )


def read_only_notice(since: datetime) -> Markup:
    """Tell the review channel that the service takes no proposals."""
    return (
        Sheet(Accent.AMBER)
        .text(
            "## The service is read-only",
            f"Since {clock_time(since)} it takes no proposals. Nobody can propose, approve or apply.",
            "**Changed:** nothing.",
            "**Now:** nothing to do. This message turns green when it takes them again.",
        )
        .view()
    )


def back_notice(since: datetime, until: datetime, came_in: int) -> Markup:
    """Tell the review channel that the service is back; replaces the notice of the outage.

    Args:
        since: when the outage began.
        until: when it ended.
        came_in: how many changes came into the queue meanwhile.
    """
    changes = "1 change" if came_in == 1 else f"{came_in:,} changes"
    meanwhile = f" {changes} came in meanwhile; their cards follow." if came_in else ""
    return (
        Sheet(Accent.GREEN)
        .text("## The service is back", f"Away from {clock_time(since)} to {clock_time(until)}.{meanwhile}")
        .view()
    )


def _open(card: MessageLink | None) -> Press | None:
    return link("Open the card", card.url) if card else None
