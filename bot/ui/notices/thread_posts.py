"""Posts in threads of changes, and announcements of changes that went live."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.reference.models import Operation
from bot.services.changes import CardState, MessageLink
from bot.ui.cards.card_endings import difference_lines, reason_words
from bot.ui.cards.states import ACCENTS, STATE_SENTENCES, TITLE_BUDGET, heading
from bot.ui.choice_names import category_words
from bot.ui.components import Accent, Markup, Sheet, open_card, short_message
from bot.ui.glyphs import Glyph, Theme
from bot.ui.notices.change_messages import revise_button
from bot.ui.text import NAME_LIST, NAME_TITLE, REASON, as_label, clean, horde_name, mention, numbered, plain, relative

THREAD_NAME_MAX = 100
"""Characters of a thread's name (Discord's documentation)."""


_LIVE: Mapping[str, str] = {
    Operation.CREATE: "A new model is live.",
    Operation.UPDATE: "Its new record is live.",
    Operation.DELETE: "It is gone from the model reference.",
}


def thread_name(change_id: int, operation: str, model_name: str) -> str:
    """Return a name like ``#42 UPDATE Deliberate`` within Discord's limit, no markup."""
    name = clean(model_name[: THREAD_NAME_MAX * 4]) or "No name"
    start = f"#{change_id} {operation.upper()} "
    return f"{start}{as_label(name, THREAD_NAME_MAX - len(start))}"


def thread_post(facts: Mapping[str, Any], theme: Theme) -> Markup:
    """Draw a thread post; ``status`` in its facts is ``why``, ``told``, ``asked`` or a state."""
    match facts["status"]:
        case "why":
            return _why(facts)
        case "told":
            return _notified(facts, theme)
        case "asked":
            return _asked(facts, theme)
        case status:
            return _moved(CardState(status), facts, theme)


def announcement(facts: Mapping[str, Any], guild_id: int, theme: Theme) -> Markup:
    """Draw the announcement of a change that went live."""
    requestor = horde_name(facts["requestor"], facts["requested_by"])
    by = f"by {plain(facts['by'], NAME_TITLE)} · " if facts.get("by") else ""
    return (
        Sheet(Accent.GREEN)
        .text(
            f"-# #{facts['change_id']} · {facts['operation'].upper()} · {category_words(facts['category'])}",
            heading(facts["name"]),
            f"{theme.glyph(Glyph.APPLIED)} **Applied** · {relative(facts['at'])}",
            f"-# {by}proposed by {requestor}",
            budget=TITLE_BUDGET,
        )
        .rule()
        .text(_LIVE[facts["operation"]])
        .row(open_card(_card(facts, guild_id)))
        .view()
    )


def announcements(posts: Sequence[Mapping[str, Any]], guild_id: int, theme: Theme) -> Markup:
    """Draw one announcement of several changes that went live; arguments as for one."""
    sheet = Sheet(Accent.GREEN).text(f"## {len(posts)} changes are live").rule()
    for facts in posts:
        card, name = _card(facts, guild_id), plain(facts["name"], NAME_LIST) or "No name"
        number = numbered(facts["change_id"], card.url if card else None)
        requestor = horde_name(facts["requestor"], facts["requested_by"])
        sheet.text(
            f"{theme.glyph(Glyph.APPLIED)} {number} {facts['operation'].upper()} · **{name}**",
            f"-# {category_words(facts['category'])} · proposed by {requestor}",
        )
    return sheet.view()


def _card(facts: Mapping[str, Any], guild_id: int) -> MessageLink | None:
    card = facts.get("card")
    return MessageLink(guild_id, card[0], card[1]) if card else None


def _why(facts: Mapping[str, Any]) -> Markup:
    why = facts["why"] or ""
    words = f"> {plain(why, REASON)}" if why.strip() else "No reason was given."
    return short_message(Accent.SLATE, "-# Why", words)


def _asked(facts: Mapping[str, Any], theme: Theme) -> Markup:
    who = horde_name(facts["requestor"], facts["requested_by"])
    return (
        Sheet(Accent.AMBER)
        .text(
            f"{theme.glyph(Glyph.WARN)} **Needs changes**, asked by {plain(facts['by'], NAME_TITLE)} "
            f"{relative(facts['at'])}",
            f"> {plain(facts['reason'], REASON)}",
        )
        .text(f"-# For {who}. It is not rejected.")
        .row(revise_button(facts["change_id"], facts["digest"]))
        .view()
    )


def _notified(facts: Mapping[str, Any], theme: Theme) -> Markup:
    who = f"{horde_name(facts['requestor'], facts['requested_by'])}{mention(facts['ping'])}"
    state = CardState(facts["about"])
    which = f" #{facts['change_id']}" if facts.get("in_channel") else ""
    sheet = Sheet(ACCENTS[state]).text(
        f"{theme.glyph(Glyph(state.value))} {who}, your proposal{which} is **{state.value}**."
    )
    if facts.get("reason") is not None:
        sheet.text("-# Reason", f"> {reason_words(facts['reason'])}")
    sheet.text("-# Your direct messages are closed, so you read this here.")
    is_revisable = state is CardState.REJECTED and "digest" in facts
    return sheet.row(revise_button(facts["change_id"], facts["digest"]) if is_revisable else None).view()


def _moved(state: CardState, facts: Mapping[str, Any], theme: Theme) -> Markup:
    by = f" by {plain(facts['by'], NAME_TITLE)}" if facts.get("by") else ""
    sheet = Sheet(ACCENTS[state]).text(
        f"{theme.glyph(Glyph(state.value))} **{state.value.capitalize()}**{by} · {relative(facts['at'])}"
    )
    if state is CardState.REJECTED:
        sheet.text("-# Reason", f"> {reason_words(facts['reason'])}")
        return sheet.row(revise_button(facts["change_id"], facts["digest"])).view()
    if "differs" in facts:
        lines = difference_lines(Operation(facts["operation"]), facts["category"], facts["differs"])
        return sheet.text(*lines).view()
    words = _LIVE[facts["operation"]] if state is CardState.APPLIED else STATE_SENTENCES[state]
    return sheet.text(words).view()
