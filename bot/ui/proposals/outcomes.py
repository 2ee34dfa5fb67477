"""Outcomes of sending and of discarding a draft, visible to its owner only."""

from datetime import datetime

from bot.services.proposals.outcomes import (
    Edited,
    InProgress,
    LiveMoved,
    NotReady,
    Queued,
    SubmissionUnknown,
    SubmitOutcome,
    Unchanged,
    Unconfirmed,
)
from bot.ui import custom_ids
from bot.ui.cards.states import category_of, operation_word, title_of
from bot.ui.components import Accent, Markup, button, ending, open_card, short_message
from bot.ui.custom_ids import DraftVerb
from bot.ui.glyphs import Theme
from bot.ui.proposals.draft_card import draft_card
from bot.ui.proposals.live_changes import edited_lines, moved_lines, unchanged_lines
from bot.ui.text import NAME_TITLE, code, plain, relative


def submit_outcome(outcome: SubmitOutcome, theme: Theme) -> Markup:
    """Draw the outcome of *Submit* or *Look again*."""
    match outcome:
        case Queued():
            return _queued(outcome)
        case NotReady() | Unchanged() | Edited() | LiveMoved():
            return draft_card(outcome.draft, theme, above=_why_not_sent(outcome, theme))
        case Unconfirmed():
            return _unconfirmed(outcome)
        case SubmissionUnknown():
            return _unknown(outcome)
        case InProgress():
            return short_message(
                Accent.AMBER,
                "## Being sent",
                "An earlier press is sending this draft.",
                "**Changed:** nothing by this press.",
                "**Now:** nothing to do. The answer to that press follows.",
            )


def _why_not_sent(outcome: NotReady | Unchanged | Edited | LiveMoved, theme: Theme) -> tuple[str, ...]:
    match outcome:
        case NotReady():
            return ()  # the draft's failing checks say it
        case Unchanged():
            return unchanged_lines(theme)
        case Edited():
            return edited_lines(theme)
        case LiveMoved():
            return moved_lines(outcome, theme)


def draft_discarded(draft_id: int, name: str, until: datetime) -> Markup:
    """Confirm that the draft was discarded, with a button that brings it back."""
    return short_message(
        Accent.GREY,
        "## Discarded",
        f"The draft {f'of **{plain(name, NAME_TITLE)}** ' if name.strip() else ''}is put aside. Nothing had been sent.",
        f"**Now:** nothing to do. It is deleted {relative(until)}; until then *Undo* brings it back.",
        buttons=(button("Undo", custom_ids.draft(DraftVerb.UNDO, draft_id)),),
    )


def _queued(outcome: Queued) -> Markup:
    change, replaces = outcome.change, outcome.replaces
    former = None if replaces is None or not replaces.was_open else replaces.former_id
    return short_message(
        Accent.AMBER,
        f"## Queued as #{change.change_id}",
        f"{operation_word(change.operation)} {category_of(change)} "
        f"**{plain(title_of(change), NAME_TITLE)}** waits for an approver.",
        "" if former is None else f"The service cannot withdraw #{former}. Its card names #{change.change_id} now.",
        "**Now:** nothing to do. You get a direct message when it is decided.",
        buttons=(open_card(outcome.card),),
    )


def _unconfirmed(outcome: Unconfirmed) -> Markup:
    return short_message(
        Accent.AMBER,
        "## Not queued: that is not the name",
        f"You typed {code(outcome.typed) if outcome.typed.strip() else 'nothing'}.",
        "**Changed:** nothing. The draft is kept.",
        f"**Now:** press *Delete…* again and type {code(outcome.expected, NAME_TITLE)}.",
        buttons=(
            ending("Delete…", custom_ids.draft(DraftVerb.DELETE, outcome.draft_id)),
            button("Back", custom_ids.draft(DraftVerb.BACK, outcome.draft_id)),
        ),
    )


def _unknown(outcome: SubmissionUnknown) -> Markup:
    if outcome.notified_by is not None:
        changed = "The bot looks for it in the queue, and never sends it twice."
        now = (
            f"nothing to do. You get a direct message {relative(outcome.notified_by)} at the latest. The draft is kept."
        )
    else:
        changed = "The bot cannot look for it: this service shows its queue to approvers only."
        now = (
            "ask the operator to set `CURATOR_READER_KEY` to an approver's key. Then the bot looks for it and sends "
            "you a direct message. The draft is kept, and never sent twice."
        )
    heading, what = "No answer yet", "The proposal was sent. The service did not answer within 60 s."
    if outcome.change_id is not None:
        heading = "Not confirmed"
        what = f"The service took the proposal as #{outcome.change_id}, but does not show it in its queue."
    return short_message(
        Accent.AMBER,
        f"## {heading}",
        what,
        f"**Changed:** unknown. {changed}",
        f"**Now:** {now}",
        buttons=(button("Look again", custom_ids.draft(DraftVerb.LOOK, outcome.draft.draft_id)),),
    )
