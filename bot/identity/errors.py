"""Every way in which the bot cannot tell, or cannot accept, who somebody is. Facts only; never a key."""

from datetime import timedelta
from typing import Final

from bot.errors import BotError
from bot.identity.standing import Role, Standing


class IdentityError(BotError):
    """The root of this package's errors."""


class NotLinkedError(IdentityError):
    """This person has linked no AI-Horde account here."""

    def __init__(self, user_id: int) -> None:
        super().__init__(f"user {user_id} has linked no account")
        self.user_id = user_id


class MissingRoleError(IdentityError):
    """The linked account does not hold the role that this needs.

    Attributes:
        role: the role that is needed.
        standing: what the person has instead.
    """

    def __init__(self, role: Role, standing: Standing) -> None:
        super().__init__(f"user {standing.user_id} lacks the role {role}")
        self.role = role
        self.standing = standing


class KeyShapeError(IdentityError):
    """What was typed cannot be an AI-Horde key; it was sent nowhere and is repeated nowhere."""

    def __init__(self) -> None:
        super().__init__("not shaped like an AI-Horde key")


class AnonymousKeyError(IdentityError):
    """The key is everybody's: AI-Horde's anonymous account."""

    def __init__(self) -> None:
        super().__init__("the anonymous key")


class SharedKeyError(IdentityError):
    """The key is one that an account's owner lends out; the queue gives it no role.

    Attributes:
        username: AI-Horde's name for it, ``alice#101 (Shared Key: name)``.
    """

    def __init__(self, username: str) -> None:
        super().__init__("a shared key")
        self.username = username


class UnknownKeyError(IdentityError):
    """AI-Horde itself said that no account has this key."""

    def __init__(self) -> None:
        super().__init__("AI-Horde does not know the key")


class AccountTakenError(IdentityError):
    """Another Discord user has linked this AI-Horde account; that link stands.

    Attributes:
        username: the account, ``alice#101``.
    """

    def __init__(self, username: str) -> None:
        super().__init__("the account is linked by another Discord user")
        self.username = username


class TooManyAttemptsError(IdentityError):
    """Too many keys were tried: the bot is not there to find out which keys exist.

    Attributes:
        retry_after: until the next one may be tried.
    """

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__("too many keys were tried")
        self.retry_after = retry_after


class HordeUnavailableError(IdentityError):
    """AI-Horde could not confirm a key just now; this says nothing about the key.

    Attributes:
        detail: one of the service's two sentences, so that both speak alike; never AI-Horde's own answer,
            which repeats the key.
    """

    TIMED_OUT: Final = "Auth service timed out"
    UNAVAILABLE: Final = "Auth service unavailable"

    def __init__(self, detail: str = UNAVAILABLE) -> None:
        super().__init__(detail)
        self.detail = detail


class UnreadableKeyError(IdentityError):
    """The stored key cannot be decrypted (its row was damaged or moved); linking again mends it."""

    def __init__(self, user_id: int) -> None:
        super().__init__(f"the stored key of user {user_id} cannot be decrypted")
        self.user_id = user_id


class InvalidKeyError(IdentityError):
    """The key is unknown, or its account is not on the list that was asked for: the service's own answer.

    Attributes:
        status: the HTTP status that the service gives with it.
        detail: the service's sentence.
    """

    status: Final = 401
    detail: Final = "Invalid API key"

    def __init__(self) -> None:
        super().__init__(self.detail)


APIKeyInvalidException = InvalidKeyError
"""The name by which readers of the service's shared module know it."""
