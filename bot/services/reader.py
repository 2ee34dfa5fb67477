"""Errors of reading the queue with the reader key; pure."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors import BotError
from bot.reference.errors import ForbiddenError


class ReaderKeyError(BotError):
    """The service shows its queue to approvers only, and the reader key does not belong to one."""

    def __init__(self) -> None:
        super().__init__("the queue is shown to approvers only: set CURATOR_READER_KEY to an approver's key")


@contextmanager
def as_reader() -> Iterator[None]:
    """Distinguish the missing role of the reader key from that of the person.

    Raises:
        ReaderKeyError: instead of the service's refusal.
    """
    try:
        yield
    except ForbiddenError:
        raise ReaderKeyError from None
