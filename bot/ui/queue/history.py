"""Decisions of the past: batches, one batch, and what was proposed of one model."""

from collections.abc import Mapping
from typing import Any, Final

import discord
from discord import ui

from bot.reference.audit import AuditBatch, AuditChange, NetChange
from bot.reference.models import ChangeStatus, Diff, Operation
from bot.services.queue.history import BatchDetail, BatchPage, ModelHistoryPage, NoSuchBatch, PageCursor
from bot.ui.cards.diff_lines import changed_fields, names_of
from bot.ui.cards.states import operation_word
from bot.ui.components import Accent, Markup, Sheet, button
from bot.ui.glyphs import Glyph, Theme
from bot.ui.queue.items import fate, headline, numbers, option
from bot.ui.queue_ids import ListVerb, in_batches, in_past
from bot.ui.text import NAME_LIST, clean, cut, horde_name, plain, plural, relative

_CHANGES_SHOWN: Final = 10
_NET_SHOWN: Final = 10
_TITLE_SHOWN: Final = 60
_OPTION_TITLE: Final = 80
_NET_BUDGET: Final = 900


def batch_list(page: BatchPage, theme: Theme) -> Markup:
    """Draw a page of batches, and the way to the others."""
    where = f"-# What was rejected by itself is in no batch: {theme.command('queue list')} shows it."
    if not page.batches:
        return Sheet(Accent.SLATE).text("## History", "Nothing was approved yet.", where).view()
    sheet = Sheet(Accent.SLATE).text("## History", "-# batches of approvals · newest first", where).rule()
    for batch in page.batches:
        sheet.text(*_batch_lines(batch, page.names, theme)).gap()
    menu: ui.Select[Any] = ui.Select(
        custom_id=in_batches(ListVerb.CHOOSE, page.cursor.older_than, page.cursor.number),
        placeholder="Choose one",
        options=[discord.SelectOption(label=_option_label(batch), value=str(batch.batch_id)) for batch in page.batches],
    )
    sheet.rule().menu(menu)
    if page.newer is not None or page.older is not None:
        sheet.row(_turn(ListVerb.NEWER, page.newer, page.cursor), _turn(ListVerb.OLDER, page.older, page.cursor))
    return sheet.view()


def batch_past(past: BatchDetail | NoSuchBatch, theme: Theme) -> Markup:
    """Draw one batch: its changes, and what it made of the reference."""
    if isinstance(past, NoSuchBatch):
        return (
            Sheet(Accent.SLATE)
            .text(
                f"## No batch {past.batch_id}",
                "The service's log has none of this number.",
                f"**Now:** {theme.command('queue history')} shows those that it has.",
            )
            .view()
        )
    batch = past.batch
    sheet = Sheet(Accent.SLATE).text(f"## Batch {batch.batch_id}", f"-# {_title(batch)}", _counts(batch)).rule()
    for change in past.changes[:_CHANGES_SHOWN]:
        sheet.text(*_change_lines(change, past.names, theme)).gap()
    if rest := [change.change_id for change in past.changes[_CHANGES_SHOWN:]]:
        sheet.text(f"-# and {numbers(rest)}")
    if past.net:
        sheet.rule().text("-# What it made of the reference", *_net_lines(past.net), budget=_NET_BUDGET, noun="model")
    return sheet.view()


def model_past(past: ModelHistoryPage, theme: Theme) -> Markup:
    """Draw what was proposed of one model, with a menu that opens one change."""
    name = _name(past.model)
    partly = ""
    if past.looked_through < past.matching:
        partly = f"-# among the newest {past.looked_through} of {past.matching:,} changes whose name contains it"
    if not past.items:
        nothing = "Nothing was proposed for a model of exactly this name."
        return Sheet(Accent.SLATE).text(f"## History of {name}", nothing, partly).view()
    place = f" · page {past.number + 1} of {past.pages}" if past.pages > 1 else ""
    counted = f"-# {plural(past.found, 'change')} · newest first{place}"
    sheet = Sheet(Accent.SLATE).text(f"## History of {name}", counted, partly).rule()
    for item in past.items:
        sheet.text(headline(item, theme), f"-# {fate(item)}").gap()
    menu: ui.Select[Any] = ui.Select(
        custom_id=in_past(ListVerb.CHOOSE, past.filter_id, past.number),
        placeholder="Choose one",
        options=[option(item, theme) for item in past.items],
    )
    sheet.rule().menu(menu)
    if past.pages > 1:
        newer, older = (in_past(verb, past.filter_id, past.number) for verb in (ListVerb.NEWER, ListVerb.OLDER))
        sheet.row(
            button("Newer", newer, disabled=past.number == 0),
            button("Older", older, disabled=past.number + 1 >= past.pages),
        )
    return sheet.view()


def _batch_lines(batch: AuditBatch, names: Mapping[str, str], theme: Theme) -> tuple[str, str]:
    is_live = batch.applied_change_count >= batch.approved_change_count > 0
    glyph = theme.glyph(Glyph.APPLIED if is_live else Glyph.APPROVED)
    by = f" by {_person(batch.approved_by, names)}" if batch.approved_by else ""
    when = (
        f"approved{by} {relative(batch.approved_at)}" if batch.approved_at else "",
        f"applied {relative(batch.applied_at)}" if batch.applied_at else "",
    )
    said = " · ".join(part for part in (*when, _title(batch)) if part)
    return f"{glyph} **Batch {batch.batch_id}** · {_counts(batch)}", f"-# {said}" if said else ""


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
    fate_words = " ".join(
        part
        for part in (change.status.value, f"by {_person(who, names)}" if who else "", relative(when) if when else "")
        if part
    )
    proposed = f"proposed by {_person(change.requested_by, names)}" if change.requested_by else ""
    category = plain(change.category, NAME_LIST) if change.category else ""
    return head, f"-# {' · '.join(part for part in (fate_words, proposed, category) if part)}"


def _net_lines(net: tuple[NetChange, ...]) -> list[str]:
    """What became of each model; those that the service calls unchanged are counted."""
    moved = [one for one in net if one.net_operation != "unchanged"]
    lines = [_net_line(one) for one in moved[:_NET_SHOWN]]
    if more := len(moved) - len(lines):
        lines.append(f"{plural(more, 'more model')}")
    if same := len(net) - len(moved):
        lines.append(f"{plural(same, 'model')} as before, by the service's reckoning")
    return lines


def _net_line(one: NetChange) -> str:
    name = _name(one.model_name)
    word = {"added": "added", "modified": "changed", "deleted": "gone"}.get(one.net_operation, "")
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


def _turn(verb: ListVerb, target: PageCursor | None, here: PageCursor) -> ui.Button[Any]:
    to = target or here
    return button(verb.value.capitalize(), in_batches(verb, to.older_than, to.number), disabled=target is None)
