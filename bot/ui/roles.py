"""Who may do what in the queue: one member, or everybody who has linked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.ui.components import Markup
from bot.ui.glyphs import Look


@dataclass(frozen=True, slots=True)
class MemberRoles:
    """A linked member; ``roles`` of ``requestor`` and ``approver``."""

    user_id: int
    horde_name: str
    roles: Collection[str]
    linked_at: datetime
    roles_read_at: datetime | None


def roles_list(
    members: Sequence[MemberRoles],
    server_name: str,
    look: Look,
    *,
    hidden: int = 0,
    read_at: datetime | None = None,
) -> Markup:
    """Draw all approvers and requestors who have linked; ``hidden`` counts those who hide."""
    raise NotImplementedError


def roles_of_member(member: MemberRoles) -> Markup:
    """Draw one member's roles."""
    raise NotImplementedError


def not_linked(user_id: int) -> Markup:
    """Say that a member has not linked, or hides: the answer is the same on purpose."""
    raise NotImplementedError
