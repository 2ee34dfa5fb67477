"""Answers to the buttons of one change: what was decided, or why nothing was."""

from bot.reference.models import PendingChange
from bot.services.changes import CardState, Gone
from bot.services.review.outcomes import DecisionResult, Outcome
from bot.ui import custom_ids
from bot.ui.cards.card_endings import difference_lines
from bot.ui.cards.states import decider, live_words, requestor, short_title
from bot.ui.components import Accent, Button, Markup, Sheet, button, forward, open_card, short_message
from bot.ui.custom_ids import ChangeVerb
from bot.ui.glyphs import Glyph, Theme
from bot.ui.review.absent_changes import gone, no_change
from bot.ui.text import REQUESTOR, SERVICE_WORDS, horde_name, plain, plural, relative


def decision_result(result: DecisionResult, theme: Theme, *, press_again: str = "press again") -> Markup:
    """Draw the result for one change; ``press_again`` is the step after a changed record."""
    change = result.change
    if change is None:
        return no_change(Gone(result.change_id, result.newest), theme)
    match result.outcome:
        case Outcome.DONE:
            view = _done(change, result, theme)
        case Outcome.COUNTED:
            view = _counted(result)
        case Outcome.WITHDRAWN:
            view = _withdrawn(result)
        case Outcome.CONTENT_CHANGED if result.is_recorded:
            view = _recorded(change, result)
        case Outcome.CONTENT_CHANGED | Outcome.SUPERSEDED:
            view = _read_again(result, press_again)
        case Outcome.FAILED:
            view = _apply_failed(change, result, theme)
        case Outcome.UNKNOWN:
            view = _unknown(result)
        case _:
            view = _already_decided(change, result, theme)
    return view


def cancelled() -> Markup:
    """Say that nothing was done, after *Cancel*."""
    return short_message(Accent.SLATE, "## Nothing was done", "**Changed:** nothing.")


def _done(change: PendingChange, result: DecisionResult, theme: Theme) -> Markup:
    state = result.state or CardState.of(change.status)
    number, opened = f"#{change.change_id}", open_card(result.card)
    line = f"{theme.glyph(Glyph(state.value))} {short_title(change)}"
    match state:
        case CardState.REJECTED:
            sheet = Sheet(Accent.RED).text(
                f"## {number} is rejected", line, f"{requestor(change)} will see your reason."
            )
        case CardState.APPLIED if result.live_difference is not None:
            words = difference_lines(change.operation, change.category, result.live_difference.fields)
            sheet = Sheet(Accent.AMBER).text(f"## {number} is applied, but not live as approved", line, *words)
        case CardState.APPLIED:
            sheet = Sheet(Accent.GREEN).text(f"## {number} is applied", line, live_words(change))
        case CardState.APPROVED:
            sheet = Sheet(Accent.BLUE).text(
                f"## {number} is approved",
                line,
                f"It was not applied: {plain(result.service_message, SERVICE_WORDS)}" if result.service_message else "",
                "**Now:** it is not live yet. Apply it, or leave that to another approver.",
            )
        case _:  # another approver has begun to apply it
            sheet = Sheet(Accent.BLUE).text(f"## {number} is approved", line)
    return sheet.row(_apply(result) if state is CardState.APPROVED else None, opened).view()


def _counted(result: DecisionResult) -> Markup:
    number = f"#{result.change_id}"
    counted = result.counted
    names = ", ".join(plain(name, REQUESTOR) for name in counted.names)
    if counted.is_first:
        yours, changed = f"Your approval of {number} counts", f"{counted.given} of {counted.required} approvals."
    else:
        yours, changed = f"You have approved {number} already", "nothing by this press."
    return short_message(
        Accent.AMBER,
        f"## {counted.given} of {counted.required} approvals",
        f"{yours}. So far: {names}.",
        f"**Changed:** {changed} Nothing is sent to the service until the last approval.",
        f"**Now:** {plural(counted.missing, 'more approver')} must press *Approve*.",
        buttons=(
            button("Withdraw my approval", custom_ids.change(ChangeVerb.WITHDRAW, result.change_id, result.digest)),
            open_card(result.card),
        ),
    )


def _withdrawn(result: DecisionResult) -> Markup:
    return short_message(
        Accent.SLATE,
        "## Approval withdrawn",
        f"You do not approve #{result.change_id} any more.",
        f"**Changed:** {result.counted.given} of {result.counted.required} approvals.",
        "**Now:** nothing to do. *Approve* counts you again.",
        buttons=(open_card(result.card),),
    )


def _recorded(change: PendingChange, result: DecisionResult) -> Markup:
    state = result.state or CardState.of(change.status)
    done = "live" if state is CardState.APPLIED else state.value
    remedy = {
        CardState.APPROVED: "read its card before it is applied.",
        CardState.REJECTED: f"read its card. {requestor(change)} can propose it again.",
    }.get(state, "read its card. Propose a correction if the live record is wrong.")
    return short_message(
        Accent.AMBER,
        f"## #{change.change_id} is {done}, but not as shown",
        "The record changed just before your decision reached the service.",
        f"**Changed:** #{change.change_id} is {done}, with the record that the card shows now.",
        f"**Now:** {remedy}",
        buttons=(open_card(result.card),),
    )


def _read_again(result: DecisionResult, press_again: str) -> Markup:
    return short_message(
        Accent.AMBER,
        "## Read it again",
        f"The record changed since this card was drawn{_applied(result.conflict)}.",
        "**Changed:** nothing by you. The card shows the new diff.",
        f"**Now:** read it and {press_again}.",
        buttons=(open_card(result.card),),
    )


def _applied(change: PendingChange | None) -> str:
    """Say who made a change live, and when: ``: dave#404 applied #57 2 minutes ago``."""
    if change is None:
        return ""
    who = horde_name(change.applied_username, change.applied_by) if change.applied_by else "Another approver"
    when = f" {relative(change.applied_at)}" if change.applied_at else ""
    return f": {who} applied #{change.change_id}{when}"


def _already_decided(change: PendingChange, result: DecisionResult, theme: Theme) -> Markup:
    state = result.state or CardState.of(change.status)
    number = f"#{change.change_id}"
    who = decider(change) or "Another approver"
    match state:
        case CardState.APPROVED:
            when = relative(change.approved_at) if change.approved_at else "meanwhile"
            words = ("Already approved", f"{who} approved {number} {when}.")
            now = "apply it, or leave that to another approver."
        case CardState.REJECTED:
            when = relative(change.rejected_at) if change.rejected_at else "meanwhile"
            words = ("Already rejected", f"{who} rejected {number} {when}.")
            now = f"nothing to do. {requestor(change)} can propose it again."
        case CardState.APPLIED:
            when = relative(change.applied_at) if change.applied_at else "meanwhile"
            by = horde_name(change.applied_username, change.applied_by) if change.applied_by else "Another approver"
            words = ("Already applied", f"{by} applied {number} {when}.")
            now = f"nothing to do. {live_words(change)}"
        case CardState.PENDING:
            words, now = ("Not approved yet", f"{number} waits for an approval."), "approve it first."
        case CardState.PURGED:
            return gone(change.change_id)
        case CardState.APPLYING:
            words = ("Being applied", f"The service is applying {number}.")
            now = "nothing to do. The card will show the result."
        case CardState.STUCK:
            words = ("Stuck", f"The service began to apply {number} and never finished.")
            now = f"{_purge(theme)}. The card shows what is live."
    return short_message(
        Accent.SLATE,
        f"## {words[0]}",
        words[1],
        "**Changed:** nothing by this press.",
        f"**Now:** {now}",
        buttons=(
            _apply(result) if state is CardState.APPROVED else None,
            open_card(result.card),
        ),
    )


def _unknown(result: DecisionResult) -> Markup:
    return short_message(
        Accent.AMBER,
        "## No answer yet",
        f"The service did not answer; its last word is that #{result.change_id} is {result.state}.",
        "**Changed:** unknown. The card will show the result.",
        "**Now:** look at the card in a minute. If it has not changed, press again.",
        buttons=(open_card(result.card),),
    )


def _apply_failed(change: PendingChange, result: DecisionResult, theme: Theme) -> Markup:
    number = f"#{change.change_id}"
    return (
        Sheet(Accent.RED)
        .text(f"## {number} is live, but not applied" if result.is_written else "## Nothing was applied")
        .rule()
        .text(
            f"{theme.glyph(Glyph.FAIL)} **{number}** {short_title(change)}",
            f"> {plain(result.service_message, SERVICE_WORDS) or 'Nothing.'}",
        )
        .rule()
        .text(
            f"**Changed:** {_written(result) or 'nothing.'} {number} is still approved.",
            f"**Now:** read the service's words. {number} cannot be rejected any more; "
            f"{_purge(theme)}, and a corrected one can be proposed.",
        )
        .row(open_card(result.card))
        .view()
    )


def _written(result: DecisionResult) -> str:
    """Return what a failed apply changed (on a legacy 8.0.1); empty if nothing."""
    return "the live record is as approved, although the service reports a failure." if result.is_written else ""


def _purge(theme: Theme) -> str:
    if theme.knows("queue purge"):
        return f"{theme.command('queue purge')} removes it"
    return "a purge on the service's own page removes it"


def _apply(result: DecisionResult) -> Button:
    return forward("Apply", custom_ids.change(ChangeVerb.APPLY, result.change_id, result.digest))
