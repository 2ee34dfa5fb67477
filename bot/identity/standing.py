"""Who somebody is, as values: an account of AI-Horde, its roles and what they allow. Asks nobody."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pydantic import SecretStr


class Role(StrEnum):
    """What the queue knows; an approver is also a requestor (the service's rule, 8.6.2)."""

    REQUESTOR = "requestor"
    APPROVER = "approver"

    def is_covered_by(self, roles: Collection[str]) -> bool:
        """Whether somebody with these roles may do what this role may do."""
        return self in roles or Role.APPROVER in roles


@dataclass(frozen=True, slots=True)
class HordeUserContext:
    """An account of AI-Horde.

    Attributes:
        user_id: what follows the last ``#`` of the name: digits, but for a shared key.
        username: as AI-Horde spells it, ``alice#101``; hostile text until escaped.
    """

    user_id: str
    username: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What the bot last knew of somebody who has linked; for showing and for opening forms, not for acting.

    Attributes:
        user_id: the Discord id.
        horde: the linked account.
        roles: as last read; empty when they never could be.
        roles_read_at: aware UTC; None when they never could be read.
        linked_at: aware UTC, of the newest link.
        is_visible: whether others may look this person up.
        generation: grows with each new key: news about an old one is no news about this one.
        is_disabled: whether the key is not used any more, because AI-Horde says that nobody has it.
    """

    user_id: int
    horde: HordeUserContext
    roles: frozenset[Role]
    roles_read_at: datetime | None
    linked_at: datetime
    is_visible: bool
    generation: int
    is_disabled: bool = False

    def may(self, role: Role) -> bool:
        """Whether the roles as last read allow what ``role`` may do."""
        return role.is_covered_by(self.roles)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts now, with a key of their own; nothing is written to the service without one.

    Attributes:
        user_id: the Discord id.
        horde: the linked account.
        roles: as last read; no older than the role cache's span of time where a role was needed.
        key: for this one action; not to be kept.
    """

    user_id: int
    horde: HordeUserContext
    roles: frozenset[Role]
    key: SecretStr = field(repr=False)
