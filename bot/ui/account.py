"""What a person reads about the account they linked."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bot.ui.components import Markup
from bot.ui.glyphs import Look


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """A link as its owner sees it.

    Attributes:
        horde_name: ``alice#101``.
        roles: ``requestor`` and ``approver``; an approver is always a requestor as well.
        linked_at: when the key was given.
        roles_read_at: when the service was last asked, ``None`` if never.
    """

    horde_name: str
    roles: Collection[str]
    linked_at: datetime
    roles_read_at: datetime | None


def linked(account: AccountFacts, look: Look, *, is_new_key: bool = False) -> Markup:
    """Draw *Linked as alice#101 · requestor* with the next step."""
    raise NotImplementedError


def account_status(account: AccountFacts | None, look: Look) -> Markup:
    """Draw ``/account status``; ``None`` for somebody who is not linked."""
    raise NotImplementedError


def unlink_question(account: AccountFacts) -> Markup:
    """Ask once before a key is deleted."""
    raise NotImplementedError


def unlinked(*, was_linked: bool, look: Look) -> Markup:
    """Say that the key is deleted, or that there was none."""
    raise NotImplementedError
