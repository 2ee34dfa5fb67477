"""What becomes of a look at the queue with the bot's own key, which only watches; pure."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors import BotError
from bot.reference.errors import ForbiddenError


class ReaderKeyError(BotError):
    """The service shows its queue to approvers alone (3.0.0), and the key that watches is none of theirs."""

    def __init__(self) -> None:
        super().__init__("the queue is shown to approvers alone: set CURATOR_READER_KEY to the key of one")


@contextmanager
def as_reader() -> Iterator[None]:
    """Tell the bot's own missing role from that of the person who asks.

    Raises:
        ReaderKeyError: instead of the service's refusal.
    """
    try:
        yield
    except ForbiddenError:
        raise ReaderKeyError from None
