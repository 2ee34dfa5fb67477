"""Questions, progress and results of decisions on several changes."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import discord
from discord import ui

from bot.reference.models import PendingChange
from bot.services.notifications.deliveries import Delivery
from bot.services.review.outcomes import ApplyProgress, BatchResult, DecisionResult, Outcome, decided_by
from bot.services.review.presses import DecisionVerb
from bot.services.review.questions import ApprovedList, Question
from bot.services.review.stored_results import stored_batch
from bot.ui import custom_ids
from bot.ui.components import Accent, Button, Markup, Sheet, button, ending, forward, short_message
from bot.ui.custom_ids import BulkButton, ChangeVerb
from bot.ui.glyphs import Theme
from bot.ui.list_ids import OPEN_QUEUE
from bot.ui.queue.items import unreadable_line
from bot.ui.review.concern_lines import open_buttons, separate_decision_line
from bot.ui.review.result_lines import SPACIOUS_MAX, draw_results, numbers
from bot.ui.text import NAME_LIST, REQUESTOR, as_label, cut, plural

_ACCENTS = {DecisionVerb.APPROVE: Accent.BLUE, DecisionVerb.REJECT: Accent.RED, DecisionVerb.APPLY: Accent.GREEN}
_DONE = {DecisionVerb.APPROVE: "approved", DecisionVerb.REJECT: "rejected", DecisionVerb.APPLY: "applied"}
_BEFORE = {DecisionVerb.APPROVE: "pending", DecisionVerb.REJECT: "pending", DecisionVerb.APPLY: "approved"}
_STILL = (Outcome.FAILED, Outcome.REFUSED, Outcome.NOT_TRIED, Outcome.COUNTED, Outcome.OWN_CHANGE, Outcome.ALONE)
"""Outcomes that leave a change as it was."""


def batch_question(question: Question, theme: Theme, *, back: Button | None = None) -> Markup:
    """Draw the chosen changes, with buttons for those that can be decided, and *Back*."""
    if question.verb is DecisionVerb.APPLY:
        return _apply_question(question, theme)
    return _chosen(question, theme, back)


def _chosen(question: Question, theme: Theme, back: Button | None) -> Markup:
    ready, both = question.ready, question.decidable
    sheet = Sheet(Accent.SLATE).text(f"## {len(question.results)} chosen")
    if question.stale:
        sheet.text(f"-# {plural(len(question.stale), 'change')} cannot be decided any more")
    sheet.rule()
    draw_results(sheet, question.results, theme, verb=question.verb, own_name=question.own_name)
    if question.alone:
        sheet.rule().text(separate_decision_line(question.alone, DecisionVerb.APPROVE))
    if ready:
        sheet.rule().text("-# An approved change can no longer be rejected; a rejected one can no longer be approved.")
    sheet.rule().row(
        forward(f"Approve {_count(ready)}", custom_ids.bulk(BulkButton.APPROVE, question.selection_id))
        if ready
        else None,
        ending(
            f"Reject {_count(both)}…",
            custom_ids.bulk(BulkButton.REJECT, question.reject_selection_id or question.selection_id),
        )
        if both
        else None,
        back,
    )
    return sheet.row(*open_buttons(question.alone)).view()


def _count(results: Sequence[DecisionResult]) -> str:
    return f"#{results[0].change_id}" if len(results) == 1 else str(len(results))


def _apply_question(question: Question, theme: Theme) -> Markup:
    ready = question.ready
    if not ready:
        return _nothing_to_apply(question, theme)
    what = f"#{ready[0].change_id}" if len(ready) == 1 else plural(len(ready), "change")
    order = "In this order. " if len(ready) > 1 else ""
    takes = f": about {_seconds(question.estimate)}" if question.estimate is not None else ""
    sheet = Sheet(Accent.GREEN).text(
        f"## Apply {what}?", f"-# {order}Everyone else waits for the service until this is done{takes}."
    )
    sheet.rule()
    draw_results(sheet, question.results, theme, verb=question.verb, own_name=question.own_name)
    if question.alone:
        sheet.rule().text(separate_decision_line(question.alone, DecisionVerb.APPLY))
    return (
        sheet.rule()
        .row(
            forward(f"Apply {_count(ready)}", custom_ids.bulk(BulkButton.APPLY, question.selection_id)),
            button("Cancel", custom_ids.CONFIRM_CANCEL),
        )
        .row(*open_buttons(question.alone))
        .view()
    )


def _nothing_to_apply(question: Question, theme: Theme) -> Markup:
    sheet = Sheet(Accent.SLATE).text("## Nothing to apply").rule()
    draw_results(sheet, question.results, theme, verb=question.verb)
    now = f"**Now:** {theme.command('apply')} lists the approved changes."
    alone = separate_decision_line(question.alone, DecisionVerb.APPLY) if question.alone else ""
    return sheet.rule().text(alone, "**Changed:** nothing.", now).row(*open_buttons(question.alone)).view()


def approved_list(approved: ApprovedList, theme: Theme) -> Markup:
    """Draw the approved changes with their approvers, and a menu to choose from."""
    if not approved.results and approved.total:
        words = unreadable_line(approved.total, theme)
        return short_message(Accent.SLATE, "## Approved, not live yet", words)
    if not approved.results:
        return short_message(
            Accent.SLATE, "## Nothing waits to be applied", "All approved changes are live.", "**Now:** nothing to do."
        )
    shown = len(approved.results)
    more = f" · the first {shown}" if approved.total > shown else ""
    sheet = Sheet(Accent.SLATE).text("## Approved, not live yet", f"-# {approved.total} approved · oldest first{more}")
    sheet.rule()
    draw_results(sheet, approved.results[:SPACIOUS_MAX], theme, verb=DecisionVerb.APPLY)
    if shown > SPACIOUS_MAX:
        sheet.gap().text(f"-# {shown - SPACIOUS_MAX} more in the menu")
    ready, alone = approved.ready, approved.alone
    if alone:
        sheet.rule().text(separate_decision_line(alone, DecisionVerb.APPLY))
    label = f"Apply all ({len(ready)})" if len(ready) > 1 else f"Apply {_count(ready)}" if ready else ""
    every = forward(label, custom_ids.bulk(BulkButton.APPLY, approved.selection_id)) if approved.selection_id else None
    return sheet.rule().menu(_menu(approved)).row(every).row(*open_buttons(alone)).view()


def _menu(approved: ApprovedList) -> ui.Select[Any]:
    return ui.Select(
        custom_id=custom_ids.PICK_APPLY,
        placeholder="Choose one or more" if len(approved.results) > 1 else "Choose one",
        max_values=len(approved.results),
        options=[
            discord.SelectOption(
                label=as_label(_label(change)),
                description=_approver(change),
                value=f"{change.change_id}:{change.digest}",
            )
            for change in (result.change for result in approved.results)
            if change is not None
        ],
    )


def _label(change: PendingChange) -> str:
    return f"#{change.change_id} {change.operation.value.upper()} · {cut(change.model_name, NAME_LIST)}"


def _approver(change: PendingChange) -> str | None:
    name, _ = decided_by(change)
    return as_label(f"approved by {cut(name, REQUESTOR)}") if name else None


def apply_progress(progress: ApplyProgress, theme: Theme) -> Markup:
    """Draw an apply on its way."""
    sheet = Sheet(Accent.BLUE).text(f"## Applying {progress.number} of {len(progress.results)}").rule()
    draw_results(sheet, progress.results, theme, verb=DecisionVerb.APPLY, is_brief=True)
    return sheet.view()


def batch_result(batch: BatchResult, theme: Theme, *, posted_for: int | None = None) -> Markup:
    """Draw the results of a batch; a post that replaces a lost answer mentions the approver."""
    is_whole = len(batch.having(Outcome.DONE)) == len(batch.results) and not batch.differing
    sheet = Sheet(_accent(batch)).text(
        f"## {_heading(batch)}",
        f"-# <@{posted_for}> pressed; the answer was lost" if posted_for is not None else "",
        f"-# in {_seconds(batch.took)}" if batch.took is not None and posted_for is None else "",
    )
    sheet.rule()
    draw_results(sheet, batch.results, theme, verb=batch.verb)
    now = _now(batch, theme)
    if not is_whole or now:
        changed = "" if is_whole else f"**Changed:** {_changed(batch)}"
        sheet.rule().text(changed, f"**Now:** {now or 'nothing to do.'}")
    is_public = posted_for is not None
    sheet.row(_next(batch, is_public=is_public), None if is_public else button("Queue", OPEN_QUEUE))
    return sheet.row(*open_buttons(batch.having(Outcome.ALONE))).view()


def outcome_post(post: Delivery, theme: Theme) -> Markup:
    """Draw a result posted in the channel."""
    return batch_result(stored_batch(post.facts), theme, posted_for=post.user_id)


def _accent(batch: BatchResult) -> Accent:
    done = len(batch.having(Outcome.DONE))
    if done == len(batch.results) and not batch.differing:
        return _ACCENTS[batch.verb]
    return Accent.AMBER if done or batch.recorded or batch.having(Outcome.COUNTED, Outcome.UNKNOWN) else Accent.RED


def _heading(batch: BatchResult) -> str:
    done, total = len(batch.having(Outcome.DONE)), len(batch.results)
    if total == 1 and done:
        but = ", but not live as approved" if batch.differing else ""
        return f"#{batch.results[0].change_id} is {_DONE[batch.verb]}{but}"
    if done:
        return f"{done} of {total} {_DONE[batch.verb]}"
    if batch.recorded:
        return f"{numbers(batch.recorded)} {_are(batch.recorded)} {_DONE[batch.verb]}, but not as shown"
    if counted := batch.having(Outcome.COUNTED):
        return f"{plural(len(counted), 'approval')} counted"
    if batch.having(Outcome.UNKNOWN):
        return "No answer yet"
    return f"Nothing was {_DONE[batch.verb]}"


def _changed(batch: BatchResult) -> str:
    done = tuple(result for result in batch.having(Outcome.DONE) if result not in batch.differing)
    written = tuple(result for result in batch.results if result.is_written)
    kept = tuple(result for result in batch.results if result.outcome in _STILL)
    unknown = batch.having(Outcome.UNKNOWN)
    became = "live" if batch.verb is DecisionVerb.APPLY else _DONE[batch.verb]
    parts = (
        f"{numbers(done)} {_are(done)} {became}." if done else "",
        f"{numbers(batch.recorded)} {_are(batch.recorded)} {became}, but not as shown." if batch.recorded else "",
        f"{numbers(batch.differing)} {_are(batch.differing)} applied, but not live as approved."
        if batch.differing
        else "",
        f"The live record of {numbers(written)} is as approved, although the service reports a failure."
        if written
        else "",
        f"{numbers(kept)} {_are(kept)} still {_BEFORE[batch.verb]}." if kept else "",
        f"{numbers(unknown)} unknown. The card will show the result." if unknown else "",
    )
    return " ".join(part for part in parts if part) or "nothing by you."


def _now(batch: BatchResult, theme: Theme) -> str:
    failed, left = batch.having(Outcome.FAILED), batch.having(Outcome.REFUSED, Outcome.NOT_TRIED)
    parts = []
    if batch.differing:
        parts.append(f"the card of {numbers(batch.differing)} says what to do.")
    if batch.having(Outcome.UNKNOWN):
        parts.append("the bot looks for the answer, and posts it here.")
    if left and batch.verb is DecisionVerb.APPLY:
        parts.append(f"apply {numbers(left)} by {'itself' if len(left) == 1 else 'themselves'}.")
    elif left:
        parts.append(f"press again for {numbers(left)}.")
    if failed:
        purge = theme.command("queue purge") if theme.knows("queue purge") else "a purge on the service's own page"
        removes = f"{purge} removes {'it' if len(failed) == 1 else 'them'}"
        parts.append(f"{numbers(failed)} cannot be applied by this service, nor rejected any more: {removes}.")
    if alone := batch.having(Outcome.ALONE):
        parts.append(f"open {numbers(alone)}, and decide {'it by itself' if len(alone) == 1 else 'each by itself'}.")
    if counted := batch.having(Outcome.COUNTED):
        missing = max(result.counted.missing for result in counted)
        parts.append(f"{plural(missing, 'more approver')} must press *Approve*.")
    if batch.verb is DecisionVerb.APPROVE and (approved := batch.having(Outcome.DONE)):
        them = "it" if len(approved) == 1 else "them"
        parts.append(
            f"{numbers(approved)} {_are(approved)} not live yet. Apply {them}, or leave that to another approver."
        )
    if batch.having(Outcome.CONTENT_CHANGED, Outcome.SUPERSEDED):
        parts.append("read the changed records on their cards.")
    return " ".join([*parts[:1], *(f"{part[0].upper()}{part[1:]}" for part in parts[1:])])


def _next(batch: BatchResult, *, is_public: bool) -> Button | None:
    """Return the next step: apply what was just approved, or what was left over."""
    following = batch.next_to_apply
    if len(following) == 1:
        one = following[0]
        return forward(f"Apply #{one.change_id}", custom_ids.change(ChangeVerb.APPLY, one.change_id, one.digest))
    if not following or batch.next_selection_id is None or is_public:
        return None
    return forward(f"Apply {len(following)}", custom_ids.bulk(BulkButton.ASK_APPLY, batch.next_selection_id))


def _seconds(span: timedelta) -> str:
    seconds = max(1, round(span.total_seconds()))
    return f"{seconds} s" if seconds < 120 else f"{round(seconds / 60)} min"  # noqa: PLR2004 - two minutes


def _are(results: tuple[DecisionResult, ...]) -> str:
    return "is" if len(results) == 1 else "are"
