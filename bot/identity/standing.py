"""Values of an identity: an AI-Horde account, its roles, and the acting person."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pydantic import SecretStr


class Role(StrEnum):
    """Role in the queue; an approver is also a requestor (the service's rule, 8.6.2)."""

    REQUESTOR = "requestor"
    APPROVER = "approver"

    def is_covered_by(self, roles: Collection[str]) -> bool:
        """Return whether these roles include the permissions of this role."""
        return self in roles or Role.APPROVER in roles


@dataclass(frozen=True, slots=True)
class HordeUserContext:
    """An account of AI-Horde.

    Attributes:
        user_id: the part after the last ``#`` of the name: digits, except for a shared key.
        username: as AI-Horde spells it, ``alice#101``; hostile text until escaped.
    """

    user_id: str
    username: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Last known state of a linked person, for screens and forms; actions use :class:`Actor`.

    Attributes:
        user_id: the Discord id.
        horde: the linked account.
        roles: as last read; empty if never read.
        roles_read_at: aware UTC; None if never read.
        linked_at: aware UTC, of the newest link.
        is_visible: whether others may look this person up.
        generation: increases with each new key, so that results for an old key are ignored.
        is_disabled: whether the key is out of use, because AI-Horde repeatedly did not know it.
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
        """Return whether the last known roles include the permissions of ``role``."""
        return role.is_covered_by(self.roles)


@dataclass(frozen=True, slots=True)
class Actor:
    """Acting person with their own key; every write to the service needs one.

    Attributes:
        user_id: the Discord id.
        horde: the linked account.
        roles: as last read; not stale if a role was required.
        key: for this action only; never stored.
    """

    user_id: int
    horde: HordeUserContext
    roles: frozenset[Role]
    key: SecretStr = field(repr=False)
