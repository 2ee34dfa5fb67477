"""Direct messages about changes: a person's own proposals, and those that they follow."""

from bot.services.changes import CardState, RevisionRequest
from bot.services.notifications.following import Followed
from bot.services.notifications.news import (
    BriefNews,
    ChangeNews,
    SeveralNews,
)
from bot.ui import custom_ids
from bot.ui.cards.card_endings import difference_lines, reason_words, request_lines
from bot.ui.cards.states import (
    ACCENTS,
    STATE_SENTENCES,
    TITLE_BUDGET,
    category_of,
    decider,
    live_words,
    operation_word,
    requestor,
    state_line,
    title_lines,
    title_of,
)
from bot.ui.components import Accent, Button, Markup, Sheet, button, open_card, primary, short_message
from bot.ui.custom_ids import ChangeVerb
from bot.ui.glyphs import Glyph, Theme
from bot.ui.subscriptions import subscription_words
from bot.ui.text import NAME_LIST, NAME_TITLE, horde_name, plain


def change_notice(news: ChangeNews, theme: Theme) -> Markup:
    """Draw a message about a change, to its requestor or to a subscriber."""
    if news.request is not None:
        return request_notice(news, news.request, theme)
    if news.followed is not None:
        return followed_notice(news, news.followed, theme)
    return (queued_notice if news.facts.state is CardState.PENDING else decision_notice)(news, theme)


def decision_notice(news: ChangeNews, theme: Theme) -> Markup:
    """Draw a message to a requestor: their change was approved, rejected, applied or purged."""
    change, state, newer = news.facts.change, news.facts.state, news.facts.resubmitted_as
    sheet = _titled(news, theme)
    if state is CardState.APPROVED:
        sheet.text("Not live yet: an approver applies it, and you are notified then.")
    elif state is CardState.REJECTED:
        sheet.text("-# Reason", f"> {reason_words(change.reject_reason)}").gap()
        sheet.text(
            "**Changed:** nothing in the model reference.",
            "**Now:** everything you typed is kept. Correct it and send it again."
            if newer is None
            else f"**Now:** nothing to do. You sent #{newer} in its place.",
        )
    elif state is CardState.PURGED:
        sheet.text(
            "The service no longer has this change.",
            "**Changed:** nothing in the model reference.",
            f"**Now:** {'everything you typed is kept. Send it again.' if news.revise else 'propose it again.'}",
        )
    elif state is CardState.APPLIED:
        sheet.text(*(_difference(news) or (f"{live_words(change)} Thank you.",)))
    return sheet.row(_revise(news), open_card(news.card)).view()


def request_notice(news: ChangeNews, request: RevisionRequest, theme: Theme) -> Markup:
    """Draw a message to a requestor: an approver asks for changes of a pending change."""
    number = f"#{news.facts.change.change_id}"
    return (
        _titled(news, theme)
        .text(*request_lines((request,), theme))
        .gap()
        .text(
            f"**Changed:** nothing. {number} is not rejected, and still waits for an approver.",
            f"**Now:** *Revise and resubmit* opens it to be corrected and sent. The service cannot withdraw "
            f"{number}; its card then names the new one.",
        )
        .row(_revise(news), open_card(news.card))
        .view()
    )


def followed_notice(news: ChangeNews, followed: Followed, theme: Theme) -> Markup:
    """Draw a message to a subscriber: a change appeared or moved. *Mute* ends the subscription."""
    change, state = news.facts.change, news.facts.state
    sheet = _titled(news, theme)
    if state is CardState.REJECTED:
        sheet.text("-# Reason", f"> {reason_words(change.reject_reason)}").gap()
    elif difference := _difference(news):
        sheet.text(*difference).gap()
    else:
        sheet.text(live_words(change) if state is CardState.APPLIED else STATE_SENTENCES.get(state, "")).gap()
    sheet.text(
        f"-# You follow {subscription_words(followed)}. *Mute* ends this, not messages about your own proposals or "
        "other subscriptions."
    )
    return sheet.row(
        button("Mute", custom_ids.subscription_mute(followed.subscription_id)), open_card(news.card)
    ).view()


def several_notice(news: SeveralNews, theme: Theme) -> Markup:
    """Draw one message about many changes."""
    sheet = Sheet(Accent.SLATE).text(
        f"## {news.total:,} changes have news", "-# Your changes and those you follow, in one message"
    )
    sheet.rule()
    plain_items = [item for item in news.items if item.reason is None]
    for item in (item for item in news.items if item.reason is not None):
        sheet.text(_brief(item, theme), f"> {reason_words(item.reason)}")
        custom_id = custom_ids.change(ChangeVerb.REVISE, item.change_id, item.revise or "")
        sheet.row(button(f"Revise #{item.change_id}", custom_id) if item.revise else None)
    if plain_items:
        sheet.text(*(_brief(item, theme) for item in plain_items))
    more = news.total - len(news.items)
    return sheet.text(f"-# {more:,} more: {in_server('queue list', theme)}" if more > 0 else "").view()


def queued_notice(news: ChangeNews, theme: Theme) -> Markup:
    """Draw a message to a requestor: a proposal without an answer is in the queue."""
    change = news.facts.change
    return short_message(
        Accent.AMBER,
        f"## Queued as #{change.change_id}",
        f"{operation_word(change.operation)} {category_of(change)} "
        f"**{plain(title_of(change), NAME_TITLE)}** is in the queue.",
        state_line(news.facts, theme),
        "**Now:** nothing to do. You are notified when it is decided.",
        buttons=(open_card(news.card),),
    )


def revise_button(change_id: int, digest: str) -> Button:
    """Return *Revise and resubmit*, which opens a change as a draft of its requestor."""
    return primary("Revise and resubmit", custom_ids.change(ChangeVerb.REVISE, change_id, digest))


def _titled(news: ChangeNews, theme: Theme) -> Sheet:
    change, state = news.facts.change, news.facts.state
    who = decider(change)
    if state is CardState.APPLIED and change.applied_by:
        who = horde_name(change.applied_username, change.applied_by)
    if state in (CardState.PENDING, CardState.PURGED):
        who = requestor(change) if news.followed is not None else ""
    *lines, _ = title_lines(news.facts, theme)
    by = f"-# {'proposed ' if state is CardState.PURGED else ''}by {who}" if who else ""
    return Sheet(ACCENTS[state]).text(*lines, by, budget=TITLE_BUDGET).rule()


def _brief(item: BriefNews, theme: Theme) -> str:
    number = f"[#{item.change_id}]({item.card.url})" if item.card else f"**#{item.change_id}**"
    name = plain(item.name, NAME_LIST) or "No name"
    state = item.state.value
    return f"{theme.glyph(Glyph(state))} {number} {operation_word(item.operation)} · **{name}** · {state}"


def _difference(news: ChangeNews) -> tuple[str, ...]:
    """Return how the live record differs from the approved one, and the remedy, if it does."""
    change, difference = news.facts.change, news.facts.live_difference
    return () if difference is None else difference_lines(change.operation, change.category, difference.fields)


def _revise(news: ChangeNews) -> Button | None:
    return revise_button(news.facts.change.change_id, news.revise) if news.revise is not None else None


def in_server(command: str, theme: Theme) -> str:
    """Return the mention of a command that does not work in a direct message, and where it does."""
    return f"{theme.command(command)} in the server"
