"""Reminders of changes that wait too long."""

from collections.abc import Mapping
from typing import Any

from bot.reference.models import ChangeStatus, PendingChange
from bot.ui.cards.states import category_of, decider, operation_word, requestor, title_of
from bot.ui.components import Accent, Card, Sheet, primary
from bot.ui.glyphs import Glyph, Theme
from bot.ui.list_ids import open_next
from bot.ui.text import NAME_LIST, clean, plain, plural, relative


def reminder(facts: Mapping[str, Any], theme: Theme) -> Card:
    """Draw a reminder.

    Args:
        facts: ``days`` of the limit, ``count`` of changes over it, ``changes`` with the oldest of these, and ``links``
            to their cards (None where there is none).
        theme: glyphs and commands of this application.
    """
    count, changes = facts["count"], facts["changes"]
    if not count:
        words = f"## No change waits over {plural(facts['days'], 'day')}"
        return Sheet(Accent.GREEN).text(words, "-# All changes that were listed here are decided.").card()
    waits = "waits" if count == 1 else "wait"
    sheet = Sheet(Accent.AMBER).text(f"## {plural(count, 'change')} {waits} over {plural(facts['days'], 'day')}").rule()
    for change, url in zip(changes, facts["links"], strict=True):
        sheet.text(*_item(PendingChange.model_validate(change), url, theme)).gap()
    more = count - len(changes)
    if more:
        sheet.text(f"-# {more:,} more in {theme.command('queue list')}")
    return sheet.rule().row(primary("Oldest pending", open_next())).card()


def _item(change: PendingChange, url: str | None, theme: Theme) -> tuple[str, str]:
    number = f"[#{change.change_id}]({url})" if url else f"#{change.change_id}"
    title = title_of(change)
    name = plain(title, NAME_LIST) if clean(title) else "No name"
    if change.status is ChangeStatus.APPROVED:
        approved = relative(change.approved_at) if change.approved_at else "a while ago"
        return (
            f"{theme.glyph(Glyph.APPROVED)} {number} {operation_word(change.operation)} · **{name}**",
            f"-# approved {approved} by {decider(change)}, not live yet: {theme.command('apply')}",
        )
    return (
        f"{theme.glyph(Glyph.PENDING)} {number} {operation_word(change.operation)} · **{name}**",
        f"-# {relative(change.requested_at)} · {requestor(change)} · {category_of(change)}",
    )
