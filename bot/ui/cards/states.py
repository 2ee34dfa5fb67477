"""State of a change as colour, glyph and words, and the title lines of every card."""

from bot.reference.models import Operation, PendingChange
from bot.services.changes import CardState, ChangeFacts
from bot.services.proposals.outcomes import DraftFacts
from bot.services.review.approvals import approvers_in
from bot.ui.choice_names import category_words
from bot.ui.components import Accent
from bot.ui.glyphs import Glyph, Theme
from bot.ui.text import NAME_LIST, NAME_TITLE, REQUESTOR, clean, day, horde_name, joined, mention, plain, relative

TITLE_BUDGET = 600

ACCENTS = {
    CardState.PENDING: Accent.AMBER,
    CardState.APPROVED: Accent.BLUE,
    CardState.APPLYING: Accent.BLUE,
    CardState.APPLIED: Accent.GREEN,
    CardState.REJECTED: Accent.RED,
    CardState.PURGED: Accent.GREY,
    CardState.STUCK: Accent.ORCHID,
}


STATE_SENTENCES = {
    CardState.PENDING: "It waits for an approver.",
    CardState.APPROVED: "Not live yet: an approver applies it.",
    CardState.PURGED: "The service no longer has this change.",
    CardState.STUCK: "The service began to apply this and never finished.",
}
"""States in a sentence; an applied change has its own words for each operation."""


def category_of(change: PendingChange) -> str:
    """Return the category of a model, or the kind of another resource."""
    return category_words(change.category if change.is_record else change.resource_kind)


def title_of(change: PendingChange) -> str:
    """Return the name of a model, or the title of another resource."""
    if not change.is_record:
        stated = change.payload.get("title") or change.notes
        if isinstance(stated, str) and stated.strip():
            return stated
    return change.model_name


def short_title(change: PendingChange, cap: int = NAME_LIST) -> str:
    """Return ``UPDATE · **Deliberate**``, for a line of a list."""
    return f"{operation_word(change.operation)} · **{plain(title_of(change), cap) or 'No name'}**"


def operation_word(operation: Operation) -> str:
    """Return CREATE, UPDATE or DELETE."""
    return operation.value.upper()


def live_words(change: PendingChange) -> str:
    """Return the sentence about the result of an apply."""
    return "It is gone from the model reference." if change.operation is Operation.DELETE else "It is live."


def requestor(change: PendingChange) -> str:
    """Return the requestor's AI-Horde name."""
    return horde_name(change.requested_username, change.requested_by)


def decider(change: PendingChange) -> str:
    """Return the AI-Horde names of the deciders; empty for an undecided change."""
    if not change.rejected_by and len(names := approvers_in(change)) > 1:
        return ", ".join(plain(name, REQUESTOR) for name in names)
    user_id = change.rejected_by or change.approved_by
    return horde_name(change.rejected_username or change.approved_username, user_id) if user_id else ""


def heading(name: str) -> str:
    """Return the heading of a card."""
    return f"## {plain(name, NAME_TITLE) if clean(name[:NAME_TITLE]) else 'No name yet'}"


def title_lines(facts: ChangeFacts, theme: Theme) -> tuple[str, ...]:
    """Return the title lines: id, operation and category; name; state; people and times."""
    change = facts.change
    return (
        f"-# #{change.change_id} · {operation_word(change.operation)} · {category_of(change)}",
        heading(title_of(change)),
        state_line(facts, theme),
        f"-# {_who(facts)}",
    )


def draft_title_lines(draft: DraftFacts, theme: Theme) -> tuple[str, ...]:
    """Return the title lines of a draft."""
    unsent = "sent, no answer yet" if draft.is_outcome_unknown else "nothing has been sent"
    return (
        f"-# Draft · {operation_word(draft.operation)} · {category_words(draft.category)}",
        heading(draft.name),
        f"{theme.glyph(Glyph.DRAFT)} **Draft** · saved {relative(draft.saved_at)}",
        f"-# kept in {theme.command('propose-model drafts')} until {day(draft.kept_until)} · {unsent}",
    )


def state_line(facts: ChangeFacts, theme: Theme) -> str:
    """Return glyph, state and time, without names."""
    change, state = facts.change, facts.state
    word = f"{theme.glyph(Glyph(state.value))} **{state.value.capitalize()}**"
    since = {
        CardState.PENDING: change.requested_at,
        CardState.APPROVED: change.approved_at,
        CardState.APPLYING: change.updated_at,
        CardState.STUCK: change.updated_at or change.approved_at,
        CardState.APPLIED: change.applied_at,
        CardState.REJECTED: change.rejected_at,
        CardState.PURGED: facts.noticed_at,
    }[state]
    noticed = "noticed " if state is CardState.PURGED else ""
    return f"{word} · {noticed}{relative(since)}" if since is not None else word


def _short_of(facts: ChangeFacts) -> str:
    """Return the approvals here if the change was approved elsewhere with fewer than required."""
    given, wanted = len(facts.approvals), facts.approvals_required
    is_short = facts.state is CardState.APPROVED and given < wanted and wanted > 1
    return f"{given} of {wanted} approvals here" if is_short else ""


def _who(facts: ChangeFacts) -> str:
    change = facts.change
    proposed = f"proposed by {requestor(change)} {relative(change.requested_at)}"
    decided = f"{decider(change)}{mention(facts.decider_id)}"
    match facts.state:
        case CardState.PENDING:
            return joined(
                f"by {requestor(change)}{mention(facts.requestor_id)}",
                f"claimed by {plain(facts.claim.horde_username, REQUESTOR)}" if facts.claim is not None else "",
                approvals_so_far(facts) if facts.approvals_required > 1 else "",
            )
        case CardState.PURGED:
            return proposed
        case CardState.APPROVED | CardState.REJECTED:
            return joined(f"by {decided}" if decider(change) else "", _short_of(facts), proposed)
    applied = horde_name(change.applied_username, change.applied_by) if change.applied_by else ""
    if applied and change.applied_by == change.approved_by:
        return f"by {decided} · {proposed}"
    return joined(f"by {applied}" if applied else "", f"approved by {decided}" if decider(change) else "", proposed)


def approvals_so_far(facts: ChangeFacts) -> str:
    """Return given and required approvals, with names: ``1 of 2 approvals: dave#404``."""
    names = ", ".join(plain(name, REQUESTOR) for name in facts.approvals)
    return f"{len(facts.approvals)} of {facts.approvals_required} approvals{f': {names}' if names else ''}"
