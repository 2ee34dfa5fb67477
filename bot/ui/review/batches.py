"""Questions, progress and outcomes of decisions about several changes at once."""

from datetime import timedelta
from typing import Any

import discord
from discord import ui

from bot.services.notifications.deliveries import Delivery
from bot.services.review.applying import Waiting
from bot.services.review.bulk_items import ApplyProgress, BulkItem, BulkOutcome, BulkQuestion, BulkVerb, Fate
from bot.ui import custom_ids
from bot.ui.components import Accent, Markup, Press, Sheet, button, ending, forward
from bot.ui.custom_ids import BulkButton, ChangeVerb
from bot.ui.glyphs import Theme
from bot.ui.review.result_lines import SPACIOUS_MAX, draw_items, numbers
from bot.ui.text import NAME_LIST, REQUESTOR, as_label, cut, plural

_ACCENTS = {BulkVerb.APPROVE: Accent.BLUE, BulkVerb.REJECT: Accent.RED, BulkVerb.APPLY: Accent.GREEN}
_DONE = {BulkVerb.APPROVE: "approved", BulkVerb.REJECT: "rejected", BulkVerb.APPLY: "applied"}
_BEFORE = {BulkVerb.APPROVE: "pending", BulkVerb.REJECT: "pending", BulkVerb.APPLY: "approved"}
_STILL = (Fate.FAILED, Fate.REFUSED, Fate.NOT_TRIED, Fate.COUNTED, Fate.OWN)
"""What these say of a change is that it is as before."""


def bulk_question(question: BulkQuestion, theme: Theme, *, back: Press | None = None) -> Markup:
    """Draw what was chosen and what can be done with it.

    Args:
        question: the changes, as they are now.
        theme: glyphs and commands.
        back: a button that leads back to where they were chosen.
    """
    return _apply_question(question, theme) if question.verb is BulkVerb.APPLY else _chosen(question, theme, back)


def _chosen(question: BulkQuestion, theme: Theme, back: Press | None) -> Markup:
    fresh, number = question.fresh, question.selection_id
    sheet = Sheet(Accent.SLATE).text(f"## {len(question.items)} chosen")
    if question.stale:
        sheet.text(f"-# {plural(len(question.stale), 'change')} cannot be decided any more")
    sheet.rule()
    draw_items(sheet, question.items, theme, verb=question.verb, own_name=question.own_name)
    count = f"#{fresh[0].change_id}" if len(fresh) == 1 else str(len(fresh))
    sheet.rule().row(
        forward(f"Approve {count}", custom_ids.bulk(BulkButton.APPROVE, number)) if fresh else None,
        ending(f"Reject {count}…", custom_ids.bulk(BulkButton.REJECT, number)) if fresh else None,
        back,
    )
    return sheet.view()


def _apply_question(question: BulkQuestion, theme: Theme) -> Markup:
    fresh = question.fresh
    if not fresh:
        return _nothing_to_apply(question, theme)
    what = f"#{fresh[0].change_id}" if len(fresh) == 1 else plural(len(fresh), "change")
    order = "In this order. " if len(fresh) > 1 else ""
    takes = f": about {_seconds(question.takes)}" if question.takes is not None else ""
    sheet = Sheet(Accent.GREEN).text(f"## Apply {what}?", f"-# {order}The service answers nobody meanwhile{takes}.")
    sheet.rule()
    draw_items(sheet, question.items, theme, verb=question.verb, own_name=question.own_name)
    label = f"Apply {f'#{fresh[0].change_id}' if len(fresh) == 1 else len(fresh)}"
    return (
        sheet.rule()
        .row(
            forward(label, custom_ids.bulk(BulkButton.APPLY, question.selection_id)),
            button("Cancel", custom_ids.confirm_cancel()),
        )
        .view()
    )


def _nothing_to_apply(question: BulkQuestion, theme: Theme) -> Markup:
    sheet = Sheet(Accent.SLATE).text("## Nothing to apply").rule()
    draw_items(sheet, question.items, theme, verb=question.verb)
    return (
        sheet.rule().text("**Changed:** nothing.", f"**Now:** {theme.command('apply')} shows what is approved.").view()
    )


def waiting_list(waiting: Waiting, theme: Theme) -> Markup:
    """Draw all that is approved and by whom, to choose from."""
    if not waiting.items:
        return (
            Sheet(Accent.SLATE)
            .text("## Nothing waits to be applied", "What is approved is live.", "**Now:** nothing to do.")
            .view()
        )
    shown = len(waiting.items)
    more = f" · the first {shown}" if waiting.total > shown else ""
    sheet = Sheet(Accent.SLATE).text("## Approved, not live yet", f"-# {waiting.total} approved · oldest first{more}")
    sheet.rule()
    draw_items(sheet, waiting.items[:SPACIOUS_MAX], theme, verb=BulkVerb.APPLY)
    if shown > SPACIOUS_MAX:
        sheet.gap().text(f"-# {shown - SPACIOUS_MAX} more in the menu")
    return sheet.rule().menu(_menu(waiting)).view()


def _menu(waiting: Waiting) -> ui.Select[Any]:
    return ui.Select(
        custom_id=custom_ids.pick_apply(),
        placeholder="Choose one or more" if len(waiting.items) > 1 else "Choose one",
        max_values=len(waiting.items),
        options=[
            discord.SelectOption(
                label=as_label(f"#{item.change_id} {item.operation.upper()} · {cut(item.name, NAME_LIST)}"),
                description=as_label(f"approved by {cut(item.decided_by, REQUESTOR)}") if item.decided_by else None,
                value=f"{item.change_id}:{item.digest}",
            )
            for item in waiting.items
        ],
    )


def apply_progress(progress: ApplyProgress, theme: Theme) -> Markup:
    """Draw an apply on its way."""
    sheet = Sheet(Accent.BLUE).text(f"## Applying {progress.number} of {len(progress.items)}").rule()
    draw_items(sheet, progress.items, theme, verb=BulkVerb.APPLY, is_brief=True)
    return sheet.view()


def bulk_outcome(outcome: BulkOutcome, theme: Theme, *, told_to: int | None = None) -> Markup:
    """Draw what became of several changes.

    Args:
        outcome: what became of each.
        theme: glyphs and commands.
        told_to: Discord id of whose press it was, where the answer could not reach them and the room reads it.
    """
    is_whole = len(outcome.those(Fate.DONE)) == len(outcome.items)
    sheet = Sheet(_accent(outcome)).text(
        f"## {_heading(outcome)}",
        f"-# <@{told_to}> pressed; the answer was lost" if told_to is not None else "",
        f"-# in {_seconds(outcome.took)}" if outcome.took is not None and told_to is None else "",
    )
    sheet.rule()
    draw_items(sheet, outcome.items, theme, verb=outcome.verb)
    now = _now(outcome, theme)
    if not is_whole or now:
        changed = "" if is_whole else f"**Changed:** {_changed(outcome)}"
        sheet.rule().text(changed, f"**Now:** {now or 'nothing to do.'}")
    return sheet.row(_next(outcome, is_public=told_to is not None)).view()


def outcome_post(post: Delivery, theme: Theme) -> Markup:
    """Draw an outcome that is told in the channel. Facts: ``verb``, ``items``."""
    items = tuple(BulkItem.from_json(kept) for kept in post.facts["items"])
    return bulk_outcome(BulkOutcome(BulkVerb(post.facts["verb"]), items), theme, told_to=post.user_id)


def _accent(outcome: BulkOutcome) -> Accent:
    done = len(outcome.those(Fate.DONE))
    if done == len(outcome.items):
        return _ACCENTS[outcome.verb]
    return Accent.AMBER if done or outcome.those(Fate.COUNTED, Fate.UNSURE) else Accent.RED


def _heading(outcome: BulkOutcome) -> str:
    done, total = len(outcome.those(Fate.DONE)), len(outcome.items)
    if total == 1 and done:
        return f"#{outcome.items[0].change_id} is {_DONE[outcome.verb]}"
    if done:
        return f"{done} of {total} {_DONE[outcome.verb]}"
    if counted := outcome.those(Fate.COUNTED):
        return f"{plural(len(counted), 'approval')} counted"
    if outcome.those(Fate.UNSURE):
        return "No answer yet"
    return f"Nothing was {_DONE[outcome.verb]}"


def _changed(outcome: BulkOutcome) -> str:
    done = outcome.those(Fate.DONE)
    kept = tuple(item for item in outcome.items if item.fate in _STILL)
    unsure = outcome.those(Fate.UNSURE)
    moved = tuple(item for item in outcome.those(Fate.MOVED) if item.status == outcome.verb.target)
    became = "live" if outcome.verb is BulkVerb.APPLY else _DONE[outcome.verb]
    parts = (
        f"{numbers(done)} {_are(done)} {became}." if done else "",
        f"{numbers(moved)} {_are(moved)} {became}, but not as shown." if moved else "",
        f"{numbers(kept)} {_are(kept)} still {_BEFORE[outcome.verb]}." if kept else "",
        f"{numbers(unsure)} perhaps; the card tells." if unsure else "",
    )
    return " ".join(part for part in parts if part) or "nothing by you."


def _now(outcome: BulkOutcome, theme: Theme) -> str:
    failed, left = outcome.those(Fate.FAILED), outcome.those(Fate.REFUSED, Fate.NOT_TRIED)
    parts = []
    if outcome.those(Fate.UNSURE):
        parts.append("the bot looks for the answer, and tells it here.")
    if left and outcome.verb is BulkVerb.APPLY:
        parts.append(f"apply {numbers(left)} by {'itself' if len(left) == 1 else 'themselves'}.")
    elif left:
        parts.append(f"press again for {numbers(left)}.")
    if failed:
        purge = theme.command("queue purge") if theme.knows("queue purge") else "a purge on the service's own page"
        removes = f"{purge} removes {'it' if len(failed) == 1 else 'them'}"
        parts.append(f"{numbers(failed)} cannot be applied by this service, nor rejected any more: {removes}.")
    if outcome.those(Fate.COUNTED):
        parts.append("another approver presses *Approve* as well.")
    if outcome.verb is BulkVerb.APPROVE and outcome.those(Fate.DONE):
        parts.append("what is approved is not live yet. Apply it, or leave that to another approver.")
    if outcome.those(Fate.MOVED):
        parts.append("read again what changed, on its card.")
    return " ".join([*parts[:1], *(f"{part[0].upper()}{part[1:]}" for part in parts[1:])])


def _next(outcome: BulkOutcome, *, is_public: bool) -> Press | None:
    """The step that follows: apply what was approved just now, or what was left over."""
    fates = {BulkVerb.APPROVE: (Fate.DONE,), BulkVerb.APPLY: (Fate.REFUSED, Fate.NOT_TRIED)}
    following = outcome.those(*fates.get(outcome.verb, ()))
    if len(following) == 1:
        one = following[0]
        return forward(f"Apply #{one.change_id}", custom_ids.change(ChangeVerb.APPLY, one.change_id, one.digest))
    if not following or outcome.next_selection_id is None or is_public:
        return None
    return forward(f"Apply {len(following)}", custom_ids.bulk(BulkButton.ASK_APPLY, outcome.next_selection_id))


def _seconds(span: timedelta) -> str:
    seconds = max(1, round(span.total_seconds()))
    return f"{seconds} s" if seconds < 120 else f"{round(seconds / 60)} min"  # noqa: PLR2004 - two minutes


def _are(items: tuple[BulkItem, ...]) -> str:
    return "is" if len(items) == 1 else "are"
