"""Direct messages: about changes, and about a person's drafts, link and key."""

import discord

from bot.services.notifications.news import (
    ChangeNews,
    DraftExpires,
    DraftsExpire,
    DraftWaits,
    KeyDenied,
    LinkExpires,
    NeverQueued,
    News,
    SeveralNews,
)
from bot.ui import custom_ids
from bot.ui.cards.states import (
    operation_word,
)
from bot.ui.choice_names import category_words
from bot.ui.components import Accent, Markup, Sheet, primary, short_message
from bot.ui.custom_ids import AccountVerb, DraftVerb
from bot.ui.glyphs import Theme
from bot.ui.notices.change_messages import change_notice, in_server, several_notice
from bot.ui.text import NAME_TITLE, REQUESTOR, SERVICE_WORDS, plain, relative

DRAFTS_SHOWN = 10
"""Drafts that a warning names; the rest are counted."""


def news_notice(news: News, theme: Theme) -> Markup:
    """Draw a direct message."""
    match news:
        case ChangeNews():
            view = change_notice(news, theme)
        case SeveralNews():
            view = several_notice(news, theme)
        case NeverQueued():
            view = never_queued_notice(news, theme)
        case DraftExpires():
            view = draft_expiring_notice(news, theme)
        case DraftsExpire():
            view = drafts_expiring_notice(news, theme)
        case DraftWaits():
            view = waiting_notice(news, theme)
        case LinkExpires():
            view = link_expiring_notice(news, theme)
        case KeyDenied():
            view = key_denied_notice(news)
    return view


def missed_notice(news: News, theme: Theme) -> Markup:
    """Draw a message for a person with closed direct messages, below their next answer."""
    view = news_notice(news, theme)
    view.add_item(discord.ui.TextDisplay("-# Your direct messages are closed, so you read this here."))
    return view


def never_queued_notice(news: NeverQueued, theme: Theme) -> Markup:
    """Draw a message to a requestor: a proposal is not in the queue."""
    now = f"{in_server('propose-model drafts', theme)} sends it again." if news.is_kept else "nothing to do."
    outcome = (f"**Changed:** nothing.{' The draft is kept.' if news.is_kept else ''}", f"**Now:** {now}")
    sheet = Sheet(Accent.RED)
    if not news.reason:
        return sheet.text("## Not queued", f"{_proposal(news)} did not reach the queue.", *outcome).view()
    sheet.text("## Not queued", f"{_proposal(news)} was refused.").rule()
    sheet.text("-# Reason", f"> {plain(news.reason, SERVICE_WORDS)}").gap()
    return sheet.text(*outcome).view()


def draft_expiring_notice(news: DraftExpires, theme: Theme) -> Markup:
    """Draw a warning that a draft expires."""
    return short_message(
        Accent.GREY,
        "## A draft expires",
        f"The draft {_proposal(news)} was not edited for a long time. It is deleted {relative(news.until)}.",
        "**Changed:** nothing yet.",
        f"**Now:** {in_server('propose-model drafts', theme)} opens it. Send it, or change it to keep it.",
    )


def drafts_expiring_notice(news: DraftsExpire, theme: Theme) -> Markup:
    """Draw a warning that several drafts expire."""
    return short_message(
        Accent.GREY,
        f"## {len(news.drafts)} drafts expire",
        "They were not edited for a long time.",
        *(f"{_proposal(draft)}: deleted {relative(draft.until)}" for draft in news.drafts[:DRAFTS_SHOWN]),
        f"-# and {len(news.drafts) - DRAFTS_SHOWN} more" if len(news.drafts) > DRAFTS_SHOWN else "",
        "**Changed:** nothing yet.",
        f"**Now:** {in_server('propose-model drafts', theme)} opens them. Send one, or change it to keep it.",
    )


def waiting_notice(news: DraftWaits, theme: Theme) -> Markup:
    """Draw an offer to send a draft: the service was read-only and takes proposals again."""
    return short_message(
        Accent.GREY,
        "## The service takes proposals again",
        f"Your draft {_proposal(news)} was kept.",
        "**Changed:** nothing yet.",
        f"**Now:** open it and press *Submit*. {in_server('propose-model drafts', theme)} lists all your drafts.",
        buttons=(primary("Open the draft", custom_ids.draft(DraftVerb.BACK, news.draft_id)),),
    )


def link_expiring_notice(news: LinkExpires, theme: Theme) -> Markup:
    """Draw a warning that an unused link expires."""
    return short_message(
        Accent.GREY,
        "## Your link expires",
        f"You have not used your link to {plain(news.horde_name, REQUESTOR)} for a long time. Your key is deleted "
        f"{relative(news.until)}, so that it cannot leak.",
        "**Changed:** nothing yet.",
        f"**Now:** to keep it, type {theme.command('account status')} once. {theme.command('account link')} links "
        "again at any time.",
    )


def key_denied_notice(news: KeyDenied) -> Markup:
    """Draw a message that AI-Horde rejected the person's key."""
    return short_message(
        Accent.AMBER,
        "## AI-Horde rejected your key",
        f"It rejected the key that you linked as {plain(news.horde_name, REQUESTOR)} several times.",
        "**Changed:** the bot stopped using it, and you have no roles here. Drafts and proposals are kept.",
        "**Now:** press *Link account* with the new key.",
        buttons=(primary("Link account", custom_ids.account(AccountVerb.LINK)),),
    )


def _proposal(news: DraftExpires | DraftWaits | NeverQueued) -> str:
    name = f"**{plain(news.name, NAME_TITLE)}**" if news.name.strip() else "without a name"
    return f"{operation_word(news.operation)} {category_words(news.category)} {name}"
