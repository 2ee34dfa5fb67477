"""Change in a list: two lines, and an option of a menu."""

from collections.abc import Sequence

import discord

from bot.services.changes import CardState
from bot.services.queue.listing import ListedChange, Remark, RemarkKind, SelectedChange
from bot.ui.cards.states import category_of, decider, requestor, short_title, title_of
from bot.ui.glyphs import Glyph, Theme
from bot.ui.text import REQUESTOR, as_label, cut, horde_name, joined, listed, plain, plural, relative

_OPTION_NAME = 60
_REASON_SHOWN = 60
NUMBERS_SHOWN = 24
"""Change numbers in one sentence."""


def item_lines(item: ListedChange, theme: Theme) -> tuple[str, str]:
    """Return the headline; below, the state, requestor, category and remark."""
    change = item.change
    remark = remark_words(item.remark) if item.remark is not None else ""
    return headline(item, theme), f"-# {joined(state_words(item), requestor(change), category_of(change), remark)}"


def history_lines(item: ListedChange, theme: Theme, *, is_own: bool = False) -> tuple[str, str]:
    """Return the headline, and a line with the decision and, unless ``is_own``, the requestor."""
    proposed = "" if is_own else f"proposed by {requestor(item.change)}"
    return headline(item, theme), f"-# {joined(decision_words(item), proposed)}"


def unreadable_line(count: int, theme: Theme) -> str:
    """Say how many changes cannot be shown, and that ``/status`` names them."""
    them = "it" if count == 1 else "them"
    return f"{plural(count, 'change')} cannot be shown: too large or malformed. {theme.command('status')} names {them}."


def headline(item: ListedChange, theme: Theme) -> str:
    """Return glyph, id, operation and name."""
    return f"{theme.glyph(Glyph(item.state.value))} **#{item.change.change_id}** {short_title(item.change)}"


def state_words(item: ListedChange) -> str:
    """Return the state and since when; for a pending change only since when."""
    change = item.change
    since = {
        CardState.PENDING: change.requested_at,
        CardState.APPROVED: change.approved_at,
        CardState.APPLYING: change.updated_at,
        CardState.STUCK: change.updated_at,
        CardState.APPLIED: change.applied_at,
        CardState.REJECTED: change.rejected_at,
        CardState.PURGED: None,
    }[item.state]
    if item.state is CardState.PENDING:
        return relative(change.requested_at)
    return f"{item.state} {relative(since)}" if since is not None else str(item.state)


def decision_words(item: ListedChange) -> str:
    """Return the state of a proposal, who decided it, and when."""
    change = item.change
    if item.state is CardState.PENDING:
        return f"pending {state_words(item)}"
    by = decider(change)
    approved = ""
    if item.state is CardState.APPLIED and change.applied_by:
        applied = horde_name(change.applied_username, change.applied_by)
        approved, by = (f" · approved by {by}" if by and by != applied else ""), applied
    state, _, since = state_words(item).partition(" ")
    words = " ".join(part for part in (state, f"by {by}" if by else "", since) if part)
    if item.state is CardState.APPROVED:
        return f"{words} · not live yet"
    if item.state is CardState.REJECTED and change.reject_reason:
        return f"{words} · {plain(change.reject_reason.partition('. ')[0].removesuffix('.'), _REASON_SHOWN)}"
    return f"{words}{approved}"


def remark_words(remark: Remark) -> str:  # noqa: PLR0911 - a table of remarks
    """Return a remark in words."""
    match remark.kind:
        case RemarkKind.CONSENSUS:
            return "needs consensus"
        case RemarkKind.FAILS:
            return f"{plural(remark.count, 'check')} {'fails' if remark.count == 1 else 'fail'}"
        case RemarkKind.DOUBTED:
            return "its file host reports a problem"
        case RemarkKind.WARNINGS:
            return plural(remark.count, "warning")
        case RemarkKind.CLAIMED:
            return f"claimed by {plain(remark.who, REQUESTOR)}"
        case RemarkKind.APPROVALS:
            return f"{remark.count} of {remark.of} approvals"
        case RemarkKind.OVERDUE:
            return f"over the {remark.count}-day limit"


def option(item: ListedChange, theme: Theme) -> discord.SelectOption:
    """Return the change as an option; its value has the digest of the content shown."""
    change = item.change
    return discord.SelectOption(
        label=option_label(f"#{change.change_id} · {change.operation}", title_of(change) or "No name"),
        value=SelectedChange.to(change).value,
        emoji=theme.glyph(Glyph(item.state.value)),
    )


def option_label(beginning: str, name: str) -> str:
    """Return the label of an option, with the name cut to fit."""
    return as_label(f"{beginning} · {cut(name, _OPTION_NAME) or 'No name'}")


def numbers(change_ids: Sequence[int]) -> str:
    """Return change numbers: ``#31, #38 and #47``; of many the first and a count."""
    named = [f"#{one}" for one in change_ids[:NUMBERS_SHOWN]]
    more = len(change_ids) - len(named)
    return listed([*named, f"{more:,} more"] if more else named)
