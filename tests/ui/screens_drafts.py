"""Screens of drafts, and of the outcomes of sending them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from bot.reference.models import (
    Diff,
    Operation,
)
from bot.services.changes import CardState
from bot.services.proposals.outcomes import (
    DraftFacts,
    Edited,
    InProgress,
    LiveFacts,
    LiveMoved,
    Queued,
    Revised,
    SubmissionUnknown,
    Unchanged,
    Unconfirmed,
)
from bot.services.usage import UsageFacts
from bot.ui.components import Card, Markup
from bot.ui.glyphs import Theme
from bot.ui.proposals.draft_card import draft_card
from bot.ui.proposals.live_changes import raw_draft
from bot.ui.proposals.outcomes import draft_discarded, submit_outcome
from tests.ui.samples import (
    CARD,
    CREATE,
    DELIBERATE_DIFF,
    FAILING,
    FORTY_DIFF,
    NOW,
    PIXEL,
    REASON,
    WHY,
    draft,
    pending,
)


def live_draft(diff: Diff | None, *, operation: Operation = Operation.UPDATE, **live: Any) -> DraftFacts:
    """A draft that changes a live model."""
    return replace(draft(PIXEL, WHY), operation=operation, live=LiveFacts(diff, **live))


DRAFT_SCREENS: Mapping[str, Callable[[Theme], Card | Markup]] = {
    "07a-draft-fails": lambda theme: draft_card(draft(FAILING), theme),
    "07b-draft-ready": lambda theme: draft_card(draft(PIXEL, WHY), theme),
    "07c-queued": lambda theme: submit_outcome(Queued(pending(CREATE).change, CARD), theme),
    "07d-no-answer": lambda theme: submit_outcome(SubmissionUnknown(draft(PIXEL), NOW + timedelta(minutes=15)), theme),
    "07d-no-answer-hidden-queue": lambda theme: submit_outcome(SubmissionUnknown(draft(PIXEL), None), theme),
    "07e-not-confirmed": lambda theme: submit_outcome(SubmissionUnknown(draft(PIXEL), NOW, 42), theme),
    "07e-in-progress": lambda theme: submit_outcome(InProgress(draft(PIXEL)), theme),
    "07f-unsure-draft": lambda theme: draft_card(draft(PIXEL, is_outcome_unknown=True), theme),
    "07g-empty-draft": lambda theme: draft_card(draft({"name": ""}), theme),
    "07h-raw": lambda _theme: raw_draft(draft(PIXEL)),
    "07j-draft-update": lambda theme: draft_card(live_draft(DELIBERATE_DIFF, moved=("version",)), theme),
    "07k-draft-update-40-fields": lambda theme: draft_card(live_draft(FORTY_DIFF), theme),
    "07l-draft-moved": lambda theme: submit_outcome(
        LiveMoved(live_draft(DELIBERATE_DIFF), ("version", "licensing.notes"), ("description",)), theme
    ),
    "07s-deletion-not-confirmed": lambda theme: submit_outcome(Unconfirmed(7, "Deliberate 3", "Deliberate"), theme),
    "07m-nothing-changes": lambda theme: submit_outcome(Unchanged(live_draft(None)), theme),
    "07m-edited-meanwhile": lambda theme: submit_outcome(Edited(draft(PIXEL)), theme),
    "07n-draft-delete": lambda theme: draft_card(
        live_draft(
            None,
            operation=Operation.DELETE,
            usage=UsageFacts(6, 161, 18402, 14),
            dependents=(("text_generation", "koboldcpp/Deliberate"), ("lora", "[x](https://evil.example)")),
        ),
        theme,
    ),
    "07o-raw-update": lambda _theme: raw_draft(live_draft(DELIBERATE_DIFF)),
    "07p-draft-revised": lambda theme: draft_card(
        replace(draft(PIXEL, WHY), revised=Revised(42, "carol#303", NOW - timedelta(hours=5), REASON)), theme
    ),
    **{
        f"07p{number}-draft-replaces": partial(
            draft_card, replace(draft(PIXEL, WHY), revised=Revised(42, None, None, None, was_open=True, state=state))
        )
        for number, state in enumerate((CardState.PENDING, CardState.APPROVED, None), start=2)
    },
    "07i-discarded": lambda _theme: draft_discarded(7, "Pixel Illustrious", NOW + timedelta(days=1)),
    "07q-draft-read-only": lambda theme: draft_card(replace(draft(PIXEL, WHY), is_read_only=True), theme),
}
