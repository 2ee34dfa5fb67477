"""The whole difference, or the whole record, as an answer for one person; the raw JSON comes along as a file."""

from datetime import datetime

from bot.services.changes import ChangeFacts
from bot.ui.components import Card


def full_answer(facts: ChangeFacts, *, read_at: datetime) -> Card:
    """Everything a change would do: *Full diff* of an update, *Full record* of a create or a delete."""
    raise NotImplementedError
