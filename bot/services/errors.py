"""Failures of the decisions themselves; each carries facts, none has sentences."""

from bot.errors import BotError


class DraftGoneError(BotError):
    """The draft was sent, discarded or has expired since its card was drawn."""

    def __init__(self, draft_id: int) -> None:
        super().__init__(draft_id)
        self.draft_id = draft_id


class DraftsFullError(BotError):
    """The person keeps as many drafts as may be kept; ``limit`` is how many that is."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class ServerOnlyError(BotError):
    """What was asked needs a server; it was asked in a direct message."""


class MissingPermissionsError(BotError):
    """The bot lacks permissions in a channel.

    Attributes:
        channel_id: the channel.
        permissions: names as Discord's clients show them.
    """

    def __init__(self, channel_id: int, permissions: tuple[str, ...]) -> None:
        super().__init__(channel_id, permissions)
        self.channel_id = channel_id
        self.permissions = permissions
