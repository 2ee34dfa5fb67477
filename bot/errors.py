"""Root of the errors with a message for users, and the storage errors that reach them."""

from storage.errors import (
    ClosedError,
    DamagedError,
    DiskError,
    DraftUnavailableError,
    LockedError,
    UnusableFileError,
    WipeError,
)

__all__ = [
    "BotError",
    "ClosedError",
    "DamagedError",
    "DiskError",
    "DraftUnavailableError",
    "LockedError",
    "UnusableFileError",
    "WipeError",
]


class BotError(Exception):
    """Something foreseen went wrong.

    Leaves carry facts as attributes and lie beside the code that raises them; ``bot.ui.error_messages.table``
    has the message of each.
    """
