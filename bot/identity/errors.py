"""Errors of linking and checking an AI-Horde account: facts, never a key."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.errors import BotError
from bot.identity.standing import Role, Standing


class IdentityError(BotError):
    """Base class of this package's errors."""


@dataclass(eq=False)
class NotLinkedError(IdentityError):
    """This Discord user has not linked an AI-Horde account."""

    user_id: int


@dataclass(eq=False)
class MissingRoleError(IdentityError):
    """The linked account lacks a role.

    Attributes:
        role: the required role.
        standing: the account and its actual roles.
    """

    role: Role
    standing: Standing


class KeyShapeError(IdentityError):
    """The typed text cannot be an AI-Horde key; it was sent nowhere."""


class AnonymousKeyError(IdentityError):
    """The key belongs to AI-Horde's anonymous account."""


@dataclass(eq=False)
class SharedKeyError(IdentityError):
    """The key is a shared key, to which the queue gives no role.

    Attributes:
        username: AI-Horde's name for it, ``alice#101 (Shared Key: name)``.
    """

    username: str


class UnknownKeyError(IdentityError):
    """AI-Horde says that no account has this key."""


@dataclass(eq=False)
class AccountTakenError(IdentityError):
    """Another Discord user has linked this AI-Horde account; that link stays.

    Attributes:
        username: the account, ``alice#101``.
    """

    username: str


@dataclass(eq=False)
class TooManyAttemptsError(IdentityError):
    """Too many keys were tried; the limit prevents guessing keys.

    Attributes:
        retry_after: time until the next allowed attempt.
    """

    retry_after: timedelta


class HordeUnavailableError(IdentityError):
    """AI-Horde could not confirm a key; this says nothing about the key.

    Attributes:
        detail: one of the service's two sentences; never AI-Horde's own answer, which repeats the key.
    """

    TIMED_OUT: Final = "Auth service timed out"
    UNAVAILABLE: Final = "Auth service unavailable"

    def __init__(self, detail: str = UNAVAILABLE) -> None:
        super().__init__(detail)
        self.detail = detail


@dataclass(eq=False)
class UnreadableKeyError(IdentityError):
    """The stored key cannot be decrypted (a damaged row); linking again repairs it."""

    user_id: int


class InvalidKeyError(IdentityError):
    """The key is unknown, or its account is not on the requested list.

    Attributes:
        status: HTTP status of the service's answer.
        detail: the service's sentence.
    """

    status: Final = 401
    detail: Final = "Invalid API key"

    def __init__(self) -> None:
        super().__init__(self.detail)


APIKeyInvalidException = InvalidKeyError
"""Name of this error in the service's shared module."""
