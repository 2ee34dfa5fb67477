"""Confirmations and outcomes of decisions: what an approver is asked, and what became of it."""

from bot.reference.models import PendingChange
from bot.services.changes import CardState, ChangeFacts, Gone
from bot.services.review.outcomes import (
    ApplyFailed,
    ApplyOutcome,
    Confirm,
    Counted,
    Decided,
    DecisionOutcome,
    Faster,
    Moved,
    Undecided,
)
from bot.ui import custom_ids
from bot.ui.cards.change_card import full_button_label, short_change
from bot.ui.cards.states import (
    approvals_so_far,
    category_of,
    decider,
    live_words,
    operation_word,
    requestor,
    title_of,
)
from bot.ui.components import Accent, Markup, Press, Sheet, button, forward, open_card
from bot.ui.custom_ids import ChangeVerb
from bot.ui.glyphs import Glyph, Theme
from bot.ui.text import NAME_LIST, REQUESTOR, SERVICE_WORDS, horde_name, plain, plural, relative


def approve_question(asked: Confirm | Counted | Moved | Faster | Gone, theme: Theme) -> Markup:
    """Draw *Approve #42?*, or why it is not asked."""
    match asked:
        case Confirm():
            return _question(asked, theme)
        case Counted():
            return _counted(asked)
        case Moved():
            return _moved(asked, "Approve")
        case Faster():
            return _faster(asked, theme)
        case Gone():
            return gone(asked.change_id)


def decision_outcome(outcome: DecisionOutcome, theme: Theme) -> Markup:
    """Draw what came of an approval or a rejection."""
    match outcome:
        case Decided():
            return _decided(outcome, theme)
        case Counted():
            return _counted(outcome)
        case Moved():
            return _moved(outcome, "again")
        case Faster():
            return _faster(outcome, theme)
        case Gone():
            return gone(outcome.change_id)
        case Undecided():
            return _undecided(outcome)


def apply_outcome(outcome: ApplyOutcome, theme: Theme) -> Markup:
    """Draw what came of an apply."""
    if isinstance(outcome, ApplyFailed):
        return _apply_failed(outcome, theme)
    return decision_outcome(outcome, theme)


def gone(change_id: int) -> Markup:
    """Say that the queue no longer has a change."""
    return (
        Sheet(Accent.GREY)
        .text(
            f"## #{change_id} is gone from the queue",
            "**Changed:** nothing by you.",
            "**Now:** nothing to do; the card is closed once the queue stays without it.",
        )
        .view()
    )


def cancelled() -> Markup:
    """Say that nothing was done, after *Cancel*."""
    return Sheet(Accent.SLATE).text("## Nothing was done", "**Changed:** nothing.").view()


def _question(asked: Confirm, theme: Theme) -> Markup:
    change = asked.facts.change
    sheet = Sheet(Accent.BLUE)
    sheet.text(
        f"## Approve #{change.change_id}?",
        f"-# {operation_word(change.operation)} · {category_of(change)} · "
        f"{plain(title_of(change), NAME_LIST)} · by {requestor(change)}",
        f"-# {approvals_so_far(asked.facts)}" if asked.facts.approvals_required > 1 else "",
    ).rule()
    short_change(sheet, asked.facts, theme)
    warn = theme.glyph(Glyph.WARN)
    sheet.rule().text(
        f"{warn} This is your own proposal; another approver has not read it." if asked.is_own else "",
        f"{warn} An approved change can no longer be rejected."
        if len(asked.facts.approvals) + 1 >= asked.facts.approvals_required
        else "Yours is counted here. The last approval approves the change.",
    )
    return (
        sheet.row(
            forward(f"Approve #{change.change_id}", custom_ids.confirm_approve(change.change_id, change.digest)),
            button("Cancel", custom_ids.confirm_cancel()),
        )
        .row(_full(asked.facts))
        .view()
    )


def _decided(outcome: Decided, theme: Theme) -> Markup:
    change, state = outcome.facts.change, outcome.facts.state
    opened = open_card(outcome.card)
    what = f"{operation_word(change.operation)} · **{plain(title_of(change), NAME_LIST)}**"
    line = f"{theme.glyph(Glyph(state.value))} {what}"
    if state is CardState.REJECTED:
        return (
            Sheet(Accent.RED)
            .text(f"## #{change.change_id} is rejected", line, f"{requestor(change)} reads your reason.")
            .row(opened)
            .view()
        )
    if state is CardState.APPLIED:
        live = live_words(change)
        return Sheet(Accent.GREEN).text(f"## #{change.change_id} is applied", line, live).row(opened).view()
    if state is not CardState.APPROVED:  # the apply of another approver has begun meanwhile
        return Sheet(Accent.BLUE).text(f"## #{change.change_id} is approved", line).row(opened).view()
    return (
        Sheet(Accent.BLUE)
        .text(
            f"## #{change.change_id} is approved",
            line,
            "**Now:** it is not live yet. Apply it, or leave that to another approver.",
        )
        .row(_apply(outcome.facts), opened)
        .view()
    )


def _counted(outcome: Counted) -> Markup:
    facts = outcome.facts
    number = f"#{facts.change.change_id}"
    names = ", ".join(plain(name, REQUESTOR) for name in facts.approvals)
    yours = f"Yours of {number} is counted" if outcome.is_first else f"You have approved {number} already"
    missing = facts.approvals_required - len(facts.approvals)
    return (
        Sheet(Accent.AMBER)
        .text(
            f"## {len(facts.approvals)} of {facts.approvals_required} approvals",
            f"{yours}: {names}.",
            "**Changed:** nothing at the service yet. The card counts.",
            f"**Now:** {plural(missing, 'other approver presses', 'other approvers press')} *Approve* as well.",
        )
        .row(open_card(outcome.card))
        .view()
    )


def _recorded(outcome: Moved) -> Markup:
    change, state = outcome.facts.change, outcome.facts.state
    done = "live" if state is CardState.APPLIED else state.value
    remedy = {
        CardState.APPROVED: "read its card before it is applied.",
        CardState.REJECTED: f"read its card. {requestor(change)} can propose it again.",
    }.get(state, "read its card. Propose a correction if the live record is wrong.")
    return (
        Sheet(Accent.AMBER)
        .text(
            f"## #{change.change_id} is {done}, but not as shown",
            "The record changed just before your decision reached the service.",
            f"**Changed:** #{change.change_id} is {done}, with the record that the card shows now.",
            f"**Now:** {remedy}",
        )
        .row(open_card(outcome.card))
        .view()
    )


def _moved(outcome: Moved, press: str) -> Markup:
    if outcome.is_recorded:
        return _recorded(outcome)
    again = f"press *{press}* again" if press != "again" else "press again"
    return (
        Sheet(Accent.AMBER)
        .text(
            "## Read it again",
            f"The record changed since this card was drawn{_applied(outcome.by)}.",
            "**Changed:** nothing by you. The card shows the new diff.",
            f"**Now:** read it and {again}.",
        )
        .row(open_card(outcome.card))
        .view()
    )


def _applied(change: PendingChange | None) -> str:
    """Who made a change live, and when: ``: dave#404 applied #57 2 minutes ago``."""
    if change is None:
        return ""
    who = horde_name(change.applied_username, change.applied_by) if change.applied_by else "somebody"
    when = f" {relative(change.applied_at)}" if change.applied_at else ""
    return f": {who} applied #{change.change_id}{when}"


def _faster(outcome: Faster, theme: Theme) -> Markup:
    facts = outcome.facts
    change = facts.change
    number = f"#{change.change_id}"
    who = decider(change) or "Somebody"
    match facts.state:
        case CardState.APPROVED:
            when = relative(change.approved_at) if change.approved_at else "meanwhile"
            words = ("Already approved", f"{who} approved {number} {when}.")
            now = f"apply it, or leave that to {who}."
        case CardState.REJECTED:
            when = relative(change.rejected_at) if change.rejected_at else "meanwhile"
            words = ("Already rejected", f"{who} rejected {number} {when}.")
            now = f"nothing to do. {requestor(change)} can propose it again."
        case CardState.APPLIED:
            when = relative(change.applied_at) if change.applied_at else "meanwhile"
            by = horde_name(change.applied_username, change.applied_by) if change.applied_by else "Somebody"
            words = ("Already applied", f"{by} applied {number} {when}.")
            now = "nothing to do. It is live."
        case CardState.PENDING:
            words, now = ("Not approved yet", f"{number} waits for an approval."), "approve it first."
        case CardState.PURGED:
            return gone(change.change_id)
        case CardState.APPLYING:
            words, now = ("Being applied", f"The service is applying {number}."), "nothing to do; the card tells."
        case CardState.STUCK:
            words = ("Stuck", f"The service began to apply {number} and never finished.")
            now = f"{_purge(theme)}. The card tells what is live."
    return (
        Sheet(Accent.SLATE)
        .text(f"## {words[0]}", words[1], "**Changed:** nothing by you.", f"**Now:** {now}")
        .row(_apply(facts) if facts.state is CardState.APPROVED else None, open_card(outcome.card))
        .view()
    )


def _undecided(outcome: Undecided) -> Markup:
    change = outcome.facts.change
    return (
        Sheet(Accent.AMBER)
        .text(
            "## No answer yet",
            f"The service did not answer, and still shows #{change.change_id} as {outcome.facts.state}.",
            "**Changed:** perhaps; the card tells.",
            "**Now:** look at the card in a minute. If it has not moved, press again.",
        )
        .row(open_card(outcome.card))
        .view()
    )


def _apply_failed(outcome: ApplyFailed, theme: Theme) -> Markup:
    change = outcome.facts.change
    words = plain(outcome.words, SERVICE_WORDS) or "Nothing."
    return (
        Sheet(Accent.RED)
        .text("## Nothing was applied")
        .rule()
        .text(
            f"{theme.glyph(Glyph.FAIL)} **#{change.change_id}** {operation_word(change.operation)} · "
            f"**{plain(title_of(change), NAME_LIST)}**",
            f"> {words}",
        )
        .rule()
        .text(
            f"**Changed:** nothing. #{change.change_id} is still approved.",
            f"**Now:** read the service's words. #{change.change_id} cannot be rejected any more; "
            f"{_purge(theme)}, and a corrected one can be proposed.",
        )
        .row(open_card(outcome.card))
        .view()
    )


def _purge(theme: Theme) -> str:
    if theme.knows("queue purge"):
        return f"{theme.command('queue purge')} removes it"
    return "a purge on the service's own page removes it"


def _apply(facts: ChangeFacts) -> Press:
    return forward("Apply", custom_ids.change(ChangeVerb.APPLY, facts.change.change_id, facts.change.digest))


def _full(facts: ChangeFacts) -> Press:
    change = facts.change
    return button(full_button_label(change), custom_ids.change(ChangeVerb.FULL, change.change_id, change.digest))
