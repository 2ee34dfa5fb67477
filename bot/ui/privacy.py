"""Screens of the privacy notice, the data export and the deletion."""

import io
import json
from collections.abc import Mapping

import discord

from bot.services.privacy import Export
from bot.ui import custom_ids
from bot.ui.components import Accent, Card, Markup, Sheet, button, ending, short_message
from bot.ui.custom_ids import AccountVerb
from bot.ui.glyphs import Theme
from bot.ui.text import listed, plural

_NAMES = {
    "link": ("your link and your key", None),
    "draft": ("draft", "drafts"),
    "intent": ("sent proposal or decision", "sent proposals and decisions"),
    "delivery": ("record of a message to you", "records of messages to you"),
    "claim": ("claim", "claims"),
    "approval": ("counted approval", "counted approvals"),
    "revision_request": ("request for changes", "requests for changes"),
    "selection": ("selection of changes", "selections of changes"),
    "subscription": ("subscription", "subscriptions"),
    "membership": ("record of a server that you are in", "records of servers that you are in"),
    "synced_role": ("record of a Discord role", "records of Discord roles"),
}
"""Names of tables; the others are counted together."""

NOTE = (
    "Everything that the bot stores about you. Your AI-Horde key is stored encrypted and is not in here. What you "
    "proposed, approved, rejected or applied is recorded by the model reference service as well, which keeps it."
)


def privacy_view(theme: Theme, *, draft_days: int, link_days: int, sent_days: int) -> Markup:
    """Draw what is stored, where, for how long and who can read it.

    Days are counted from a draft's last edit, a key's last use, and the sending of a proposal.
    """
    return (
        Sheet(Accent.SLATE)
        .text("## What the bot keeps")
        .rule()
        .text(
            "-# What",
            "Your Discord id, AI-Horde name and queue roles; your key, encrypted; your drafts; what you sent, decided, "
            "claimed and subscribed to; which messages you got; which of its servers you are in. It stores "
            "no messages of yours.",
        )
        .gap()
        .text(
            "-# Where",
            "In one file on the operator's machine. Your key goes to AI-Horde and to the model reference service, each "
            "time you press or type something that needs it.",
        )
        .gap()
        .text(
            "-# How long",
            f"Drafts until you send them, {plural(draft_days, 'day')} after the last edit, or a day after you discard "
            f"them; your key {plural(link_days, 'day')} after its last use; what you sent {plural(sent_days, 'day')}; "
            "posts in channels for months; the record that you sent, decided or received something until you "
            "delete it.",
        )
        .gap()
        .text(
            "-# Who can read it",
            "**The operator can**, your key included: the running bot must be able to use it. Every server with the "
            "bot sees your AI-Horde name on cards. Only servers that you are in also see your Discord account "
            f"there and in the list of roles; {theme.command('account visibility')} hides it.",
        )
        .rule()
        .text(
            f"{theme.command('account export')} gives you all of it. "
            f"{theme.command('account unlink')} deletes your key. "
            f"{theme.command('account forget-me')} deletes everything.",
            "-# The queue's history belongs to the service: what you proposed or decided stays there, with your name.",
        )
        .view()
    )


def export_card(export: Export) -> Card:
    """Draw the export of everything stored about a person, as a file."""
    content = {"note": NOTE, "discord_user_id": str(export.user_id), "read_at": export.at.isoformat(), **export.rows}
    text = json.dumps(content, ensure_ascii=False, indent=2, default=str)
    file = discord.File(io.BytesIO(text.encode("utf-8", "replace")), filename="horde-curator-export.json")
    rows = sum(len(found) for found in export.rows.values())
    return (
        Sheet(Accent.SLATE)
        .text(
            "## What is stored about you",
            f"{plural(rows, 'entry', 'entries')}, without your key." if rows else "The bot stores nothing about you.",
        )
        .file(file)
        .card()
    )


def forget_question() -> Markup:
    """Ask once before everything is deleted."""
    return short_message(
        Accent.RED,
        "## Delete everything about you?",
        "Your key, drafts, subscriptions, claims and sent proposals are deleted for good. Your reasons disappear "
        "from cards when these are next updated.",
        "-# The queue's history belongs to the service: what you proposed or decided stays there, with your name.",
        buttons=(
            ending("Delete my data", custom_ids.account(AccountVerb.FORGET)),
            button("Cancel", custom_ids.account(AccountVerb.CANCEL)),
        ),
    )


def forgotten(deleted: Mapping[str, int], theme: Theme) -> Markup:
    """Draw what was deleted."""
    if not deleted:
        return short_message(Accent.SLATE, "## Nothing was stored about you", "**Changed:** nothing.")
    return short_message(
        Accent.GREY,
        "## Your data is deleted",
        f"**Changed:** the bot deleted {_deleted_words(deleted)}.",
        f"**Now:** nothing to do. {theme.command('account link')} links you again.",
        "-# The queue's history belongs to the service and stays there. The operator's backups may still "
        "have your key: to be sure, get a new key from AI-Horde.",
    )


def _deleted_words(deleted: Mapping[str, int]) -> str:
    words = []
    for table, (one, many) in _NAMES.items():
        if count := deleted.get(table, 0):
            words.append(one if many is None else plural(count, one, many))
    if rest := sum(count for table, count in deleted.items() if table not in _NAMES):
        words.append(plural(rest, "other entry", "other entries"))
    return listed(words)
