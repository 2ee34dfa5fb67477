"""What people are told unasked: a decision by direct message, an outage in the review channel."""

from datetime import datetime

from bot.services.changes import ChangeFacts, MessageLink
from bot.ui.components import Markup
from bot.ui.glyphs import Look


def decision_notice(facts: ChangeFacts, look: Look, card: MessageLink | None = None) -> Markup:
    """Tell a requestor by direct message that a change was approved, rejected or applied."""
    raise NotImplementedError


def queued_notice(facts: ChangeFacts, look: Look, card: MessageLink | None = None) -> Markup:
    """Tell a requestor that an unanswered proposal turned up in the queue."""
    raise NotImplementedError


def away_notice(since: datetime) -> Markup:
    """Tell the review channel that the service does not answer."""
    raise NotImplementedError


def read_only_notice(since: datetime) -> Markup:
    """Tell the review channel that the service takes no proposals."""
    raise NotImplementedError


def back_notice(since: datetime, until: datetime, came_in: int) -> Markup:
    """Tell the review channel that the service is back; replaces the notice of the outage."""
    raise NotImplementedError
