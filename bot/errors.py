"""Root of the errors that people read a message about, and the errors of storage that reach people as they are."""

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
