"""History: the decided changes, the proposals for one model, and one batch."""

from collections.abc import Mapping
from typing import Final

from bot.reference.audit import AuditBatch, AuditChange
from bot.reference.models import ChangeStatus
from bot.services.queue.history import BatchDetail, ModelHistoryPage, NoSuchBatch
from bot.services.queue.listing import QueuePage
from bot.ui.cards.states import operation_word
from bot.ui.choice_names import category_words
from bot.ui.components import Accent, Markup, Sheet, short_message
from bot.ui.glyphs import Glyph, Theme
from bot.ui.list_ids import ListKind
from bot.ui.pager import page_words, with_pager
from bot.ui.queue.items import history_lines, numbers, option
from bot.ui.text import NAME_LIST, clean, horde_name, joined, plain, plural, relative

DEFAULT_TITLE: Final = "Discord"
"""Title of batches without one of their own; it says nothing to a reader."""

_CHANGES_SHOWN: Final = 10
_TITLE_SHOWN: Final = 60


def timeline(page: QueuePage, theme: Theme) -> Markup:
    """Draw a page of the decided changes."""
    if not page.entries:
        return short_message(Accent.SLATE, "## History", "Nothing was decided yet.")
    counted = joined(f"{page.total:,} decided", "newest first", page_words(page))
    sheet = Sheet(Accent.SLATE).text("## History", f"-# {counted}").rule()
    for item in page.entries:
        sheet.text(*history_lines(item, theme)).gap()
    return with_pager(sheet, ListKind.HISTORY, page, [option(item, theme) for item in page.entries])


def batch_view(found: BatchDetail | NoSuchBatch, theme: Theme) -> Markup:
    """Draw one batch of approvals with its changes."""
    if isinstance(found, NoSuchBatch):
        return short_message(
            Accent.SLATE,
            f"## No batch {found.batch_id}",
            "The service's log has no batch of this number.",
            f"**Now:** {theme.command('queue history')} lists the decided changes.",
        )
    batch = found.batch
    sheet = Sheet(Accent.SLATE).text(f"## Batch {batch.batch_id}", f"-# {_title(batch)}", _counts(batch)).rule()
    for change in found.changes[:_CHANGES_SHOWN]:
        sheet.text(*_change_lines(change, found.names, theme)).gap()
    if rest := [change.change_id for change in found.changes[_CHANGES_SHOWN:]]:
        sheet.text(f"-# and {numbers(rest)}")
    return sheet.view()


def model_history(page: ModelHistoryPage, theme: Theme) -> Markup:
    """Draw a page of the proposals for one model."""
    title, scope = f"## History of {_name(page.wanted.model)}", ""
    if page.searched < page.matching:
        scope = f"-# among the newest {page.searched} of {page.matching:,} changes whose name contains it"
    if not page.entries:
        return short_message(Accent.SLATE, title, "There is no proposal for a model of exactly this name.", scope)
    counted = joined(plural(page.total, "change"), "newest first", page_words(page))
    sheet = Sheet(Accent.SLATE).text(title, f"-# {counted}", scope).rule()
    for item in page.entries:
        sheet.text(*history_lines(item, theme)).gap()
    return with_pager(sheet, ListKind.MODEL_HISTORY, page, [option(item, theme) for item in page.entries])


def _counts(batch: AuditBatch) -> str:
    parts = (
        f"{batch.approved_change_count:,} approved" if batch.approved_change_count else "",
        f"{batch.rejected_change_count:,} rejected" if batch.rejected_change_count else "",
        f"{batch.applied_change_count:,} applied" if batch.applied_change_count else "",
    )
    return ", ".join(part for part in parts if part) or plural(batch.total_change_count, "change")


def _title(batch: AuditBatch) -> str:
    title = "" if batch.batch_title == DEFAULT_TITLE else batch.batch_title or ""
    return f"“{plain(title, _TITLE_SHOWN)}”" if clean(title) else ""


def _name(name: str) -> str:
    return plain(name, NAME_LIST) or "No name"


def _person(horde_user_id: str, names: Mapping[str, str]) -> str:
    return horde_name(names.get(horde_user_id), horde_user_id)


def _change_lines(change: AuditChange, names: Mapping[str, str], theme: Theme) -> tuple[str, str]:
    name = _name(change.model_name or "")
    operation = f" {operation_word(change.operation)}" if change.operation is not None else ""
    head = f"{theme.glyph(Glyph(change.status.value))} **#{change.change_id}**{operation} · **{name}**"
    who, when = {
        ChangeStatus.PENDING: (None, change.requested_at),
        ChangeStatus.APPROVED: (change.approved_by, change.approved_at),
        ChangeStatus.APPLYING: (change.approved_by, change.approved_at),
        ChangeStatus.APPLIED: (change.applied_by, change.applied_at),
        ChangeStatus.REJECTED: (change.rejected_by, change.rejected_at),
    }[change.status]
    decision = " ".join(
        part
        for part in (change.status.value, f"by {_person(who, names)}" if who else "", relative(when) if when else "")
        if part
    )
    proposed = f"proposed by {_person(change.requested_by, names)}" if change.requested_by else ""
    category = category_words(change.category) if change.category else ""
    return head, f"-# {joined(decision, proposed, category)}"
