"""One change in a list, in two lines and as an option of a menu."""

from collections.abc import Sequence

import discord

from bot.services.changes import CardState
from bot.services.queue.listing import ListedChange, Remark, RemarkKind
from bot.services.queue.selection import SelectedChange
from bot.ui.cards.states import category_of, decider, operation_word, requestor, title_of
from bot.ui.glyphs import Glyph, Theme
from bot.ui.text import NAME_LIST, REQUESTOR, as_label, clean, cut, horde_name, plain, plural, relative

_OPTION_NAME = 60
_REASON_SHOWN = 60
NUMBERS_SHOWN = 24
"""Numbers of changes in one sentence."""


def item_lines(item: ListedChange, theme: Theme) -> tuple[str, str]:
    """Glyph, id, operation and name; below, since when, by whom, its category, and the most pressing thing."""
    change = item.change
    pressing = remark_words(item.remark) if item.remark is not None else ""
    parts = (when_words(item), requestor(change), category_of(change), pressing)
    return headline(item, theme), f"-# {' · '.join(part for part in parts if part)}"


def headline(item: ListedChange, theme: Theme) -> str:
    """Glyph, id, operation and name."""
    change = item.change
    return (
        f"{theme.glyph(Glyph(item.state.value))} **#{change.change_id}** {operation_word(change.operation)} · "
        f"**{name_of(item)}**"
    )


def name_of(item: ListedChange) -> str:
    """The model's name, or the title of what is no model; harmless."""
    title = title_of(item.change)
    return plain(title, NAME_LIST) if clean(title) else "No name"


def when_words(item: ListedChange) -> str:
    """Since when a change is what it is; a pending one says only since when it waits."""
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


def fate(item: ListedChange) -> str:
    """What became of a proposal, by whom and when."""
    change = item.change
    when = when_words(item)
    if item.state is CardState.PENDING:
        return f"pending {when}"
    by = decider(change)
    if item.state is CardState.APPLIED and change.applied_by:
        by = horde_name(change.applied_username, change.applied_by)
    state, _, since = when.partition(" ")
    words = " ".join(part for part in (state, f"by {by}" if by else "", since) if part)
    if item.state is CardState.APPROVED:
        return f"{words} · not live yet"
    if item.state is CardState.REJECTED and change.reject_reason:
        return f"{words} · {plain(change.reject_reason.partition('. ')[0].removesuffix('.'), _REASON_SHOWN)}"
    return words


def remark_words(remark: Remark) -> str:
    """The last words of a pending change's line."""
    match remark.kind:
        case RemarkKind.CONSENSUS:
            return "needs consensus"
        case RemarkKind.FAILS:
            return f"{plural(remark.count, 'check')} {'fails' if remark.count == 1 else 'fail'}"
        case RemarkKind.WARNINGS:
            return plural(remark.count, "warning")
        case RemarkKind.CLAIMED:
            return f"claimed by {plain(remark.who, REQUESTOR)}"
        case RemarkKind.APPROVALS:
            return f"{remark.count} of {remark.of} approvals"
        case RemarkKind.OVERDUE:
            return f"over the {remark.count}-day limit"


def option(item: ListedChange, theme: Theme) -> discord.SelectOption:
    """The same change as an option of a menu; its value binds the choice to what the list showed."""
    change = item.change
    return discord.SelectOption(
        label=option_label(f"#{change.change_id} · {change.operation}", title_of(change) or "No name"),
        value=SelectedChange.to(change).value,
        emoji=theme.glyph(Glyph(item.state.value)),
    )


def option_label(beginning: str, name: str) -> str:
    """The label of an option: how it begins, and as much of a name as it has room for."""
    return as_label(f"{beginning} · {cut(name, _OPTION_NAME) if clean(name) else 'No name'}")


def numbers(change_ids: Sequence[int], shown: int = NUMBERS_SHOWN) -> str:
    """Changes by number: ``#31, #38 and #47``; of many the first ones, and how many more."""
    named = [f"#{one}" for one in change_ids[:shown]]
    more = len(change_ids) - len(named)
    last = f"{more:,} more" if more else named.pop()
    return f"{', '.join(named)} and {last}" if named else last
