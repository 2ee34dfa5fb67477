"""Confirmations and outcomes of decisions: what an approver is asked, and what became of it."""

from bot.services.outcomes import ApplyOutcome, Confirm, DecisionOutcome, Faster, Gone, Moved
from bot.ui.components import Markup
from bot.ui.glyphs import Look


def approve_question(asked: Confirm | Moved | Faster | Gone, look: Look) -> Markup:
    """Draw *Approve #42?*, or why it is not asked."""
    raise NotImplementedError


def decision_outcome(outcome: DecisionOutcome, look: Look) -> Markup:
    """Draw what came of an approval or a rejection."""
    raise NotImplementedError


def apply_outcome(outcome: ApplyOutcome, look: Look) -> Markup:
    """Draw what came of an apply."""
    raise NotImplementedError


def gone(change_id: int) -> Markup:
    """Say that the queue no longer has a change."""
    raise NotImplementedError


def cancelled() -> Markup:
    """Say that nothing was done, after *Cancel*."""
    raise NotImplementedError
