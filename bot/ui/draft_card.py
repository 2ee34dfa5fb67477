"""The draft card, which only its owner sees, and what came of sending it."""

from bot.services.outcomes import DraftFacts, SubmitOutcome
from bot.ui.components import Card, Markup
from bot.ui.glyphs import Look


def draft_card(draft: DraftFacts, look: Look) -> Markup:
    """Draw a draft: its checks, its record, the forms that change it, and the way into the queue."""
    raise NotImplementedError


def submit_outcome(outcome: SubmitOutcome, look: Look) -> Markup:
    """Draw what came of *Submit* or *Look again*: queued, not ready (the card), no answer yet, being sent."""
    raise NotImplementedError


def draft_discarded(name: str) -> Markup:
    """Say that a draft was deleted because its owner pressed *Discard*."""
    raise NotImplementedError


def draft_raw(draft: DraftFacts) -> Card:
    """The draft's record as a JSON file, and how to bring it back corrected."""
    raise NotImplementedError
