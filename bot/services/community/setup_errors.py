"""What cannot be set up; each carries facts, none has sentences."""

from bot.errors import BotError


class UnknownModeError(BotError):
    """What was typed is none of the modes that a setting knows.

    Attributes:
        typed: what was typed.
        known: what there is.
    """

    def __init__(self, typed: str, known: tuple[str, ...]) -> None:
        super().__init__(typed)
        self.typed = typed
        self.known = known


class BlockNeedsApproversError(BotError):
    """Nobody may be kept from approving their own where too few could do it for them.

    Attributes:
        known: approvers who have linked.
        needed: how many there must be.
    """

    def __init__(self, known: int, needed: int) -> None:
        super().__init__(known)
        self.known = known
        self.needed = needed


class RoleNotYoursError(BotError):
    """A Discord role is given only by those who could give it by hand: else setting it up would be a way around.

    Attributes:
        role_id: the role.
    """

    def __init__(self, role_id: int) -> None:
        super().__init__(role_id)
        self.role_id = role_id
