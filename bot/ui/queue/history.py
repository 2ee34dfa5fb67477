"""History: batches, one batch, and the proposals for one model."""

from collections.abc import Mapping
from typing import Final

import discord

from bot.reference.audit import AuditBatch, AuditChange, NetChange
from bot.reference.models import ChangeStatus, Diff, Operation
from bot.services.queue.history import BatchDetail, BatchPage, ModelHistoryPage, NoSuchBatch
from bot.ui.cards.diff_lines import changed_fields, names_of
from bot.ui.cards.states import operation_word
from bot.ui.components import Accent, Markup, Sheet
from bot.ui.glyphs import Glyph, Theme
from bot.ui.list_ids import ListKind
from bot.ui.pager import page_words, with_pager
from bot.ui.queue.items import history_lines, numbers, option
from bot.ui.text import NAME_LIST, clean, cut, horde_name, joined, plain, plural, relative

_CHANGES_SHOWN: Final = 10
_NET_SHOWN: Final = 10
_TITLE_SHOWN: Final = 60
_OPTION_TITLE: Final = 80
_NET_BUDGET: Final = 900


def batch_list(page: BatchPage, theme: Theme) -> Markup:
    """Draw a page of batches."""
    where = f"-# Rejections are under {theme.command('queue list')}."
    if not page.entries:
        return Sheet(Accent.SLATE).text("## History", "Nothing was approved yet.", where).view()
    sheet = Sheet(Accent.SLATE).text("## History", "-# batches of approvals · newest first", where).rule()
    for batch in page.entries:
        sheet.text(*_batch_lines(batch, page.names, theme)).gap()
    options = [discord.SelectOption(label=_option_label(each), value=str(each.batch_id)) for each in page.entries]
    return with_pager(sheet, ListKind.BATCHES, page, options)


def batch_view(found: BatchDetail | NoSuchBatch, theme: Theme) -> Markup:
    """Draw one batch: its changes, and its effect on the reference."""
    if isinstance(found, NoSuchBatch):
        return (
            Sheet(Accent.SLATE)
            .text(
                f"## No batch {found.batch_id}",
                "The service's log has no batch of this number.",
                f"**Now:** {theme.command('queue history')} lists the batches.",
            )
            .view()
        )
    batch = found.batch
    sheet = Sheet(Accent.SLATE).text(f"## Batch {batch.batch_id}", f"-# {_title(batch)}", _counts(batch)).rule()
    for change in found.changes[:_CHANGES_SHOWN]:
        sheet.text(*_change_lines(change, found.names, theme)).gap()
    if rest := [change.change_id for change in found.changes[_CHANGES_SHOWN:]]:
        sheet.text(f"-# and {numbers(rest)}")
    if found.net:
        sheet.rule().text("-# Effect on the reference", *_net_lines(found.net), budget=_NET_BUDGET, noun="model")
    return sheet.view()


def model_history(page: ModelHistoryPage, theme: Theme) -> Markup:
    """Draw a page of the proposals for one model."""
    title, scope = f"## History of {_name(page.wanted.model)}", ""
    if page.searched < page.matching:
        scope = f"-# among the newest {page.searched} of {page.matching:,} changes whose name contains it"
    if not page.entries:
        return Sheet(Accent.SLATE).text(title, "There is no proposal for a model of exactly this name.", scope).view()
    counted = joined(plural(page.total, "change"), "newest first", page_words(page))
    sheet = Sheet(Accent.SLATE).text(title, f"-# {counted}", scope).rule()
    for item in page.entries:
        sheet.text(*history_lines(item, theme)).gap()
    return with_pager(sheet, ListKind.MODEL_HISTORY, page, [option(item, theme) for item in page.entries])


def _batch_lines(batch: AuditBatch, names: Mapping[str, str], theme: Theme) -> tuple[str, str]:
    is_live = batch.applied_change_count >= batch.approved_change_count > 0
    glyph = theme.glyph(Glyph.APPLIED if is_live else Glyph.APPROVED)
    by = f" by {_person(batch.approved_by, names)}" if batch.approved_by else ""
    below = joined(
        f"approved{by} {relative(batch.approved_at)}" if batch.approved_at else "",
        f"applied {relative(batch.applied_at)}" if batch.applied_at else "",
        _title(batch),
    )
    return f"{glyph} **Batch {batch.batch_id}** · {_counts(batch)}", f"-# {below}" if below else ""


def _counts(batch: AuditBatch) -> str:
    parts = (
        f"{batch.approved_change_count:,} approved" if batch.approved_change_count else "",
        f"{batch.rejected_change_count:,} rejected" if batch.rejected_change_count else "",
        f"{batch.applied_change_count:,} applied" if batch.applied_change_count else "",
    )
    return ", ".join(part for part in parts if part) or plural(batch.total_change_count, "change")


def _title(batch: AuditBatch) -> str:
    title = batch.batch_title or ""
    return f"“{plain(title, _TITLE_SHOWN)}”" if clean(title) else ""


def _option_label(batch: AuditBatch) -> str:
    return cut(f"Batch {batch.batch_id} · {_counts(batch)}", _OPTION_TITLE)


def _name(name: str) -> str:
    return plain(name, NAME_LIST) if clean(name) else "No name"


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
    category = plain(change.category, NAME_LIST) if change.category else ""
    return head, f"-# {joined(decision, proposed, category)}"


def _net_lines(net: tuple[NetChange, ...]) -> list[str]:
    """Return a line for each changed model, and the counts of the rest."""
    moved = [one for one in net if one.net_operation != "unchanged"]
    lines = [_net_line(one) for one in moved[:_NET_SHOWN]]
    if more := len(moved) - len(lines):
        lines.append(f"{plural(more, 'more model')}")
    if same := len(net) - len(moved):
        lines.append(f"{plural(same, 'model')} unchanged")
    return lines


def _net_line(one: NetChange) -> str:
    name = _name(one.model_name)
    word = {"added": "added", "modified": "changed", "deleted": "deleted"}.get(one.net_operation, "")
    if one.net_operation != "modified":
        return f"**{name}** {word or plain(one.net_operation, NAME_LIST)}"
    diff = Diff(
        change_id=0,
        category=one.category,
        model_name=one.model_name,
        operation=Operation.UPDATE,
        net_operation=one.net_operation,
        field_diffs=one.field_diffs,
    )
    fields = names_of(changed_fields(diff))
    return f"**{name}** {word}{f': {fields}' if fields else ''}"
