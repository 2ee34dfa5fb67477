"""What is stored about a person: told to them whole, and deleted whole."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from bot.identity.accounts import Accounts
from bot.services.errors import StillSendingError
from bot.services.notifications.cards import CardKeeper
from storage.errors import DiskError, SendingError
from storage.people import People

_ON_CARDS = ("claim", "approval")
"""Tables whose rows of somebody show on cards."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Export:
    """Everything that is stored about a person.

    Attributes:
        user_id: the Discord id.
        at: when it was read.
        rows: by table.
    """

    user_id: int
    at: datetime
    rows: Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(slots=True)
class Privacy:
    """For the person alone; nobody asks here for anybody else."""

    accounts: Accounts
    people: People
    card_keeper: CardKeeper
    clock: Callable[[], datetime]

    async def export(self, user_id: int) -> Export:
        """Everything about this person, but the key."""
        return Export(user_id, self.clock(), await self.people.everything(user_id))

    async def set_visible(self, user_id: int, *, is_visible: bool) -> None:
        """Let others look this person up, or not; open cards that name them follow at the next look.

        Raises:
            NotLinkedError: there is no link.
        """
        await self.accounts.set_visible(user_id, is_visible=is_visible)
        standing = await self.accounts.standing(user_id)
        if standing is not None:
            await self.card_keeper.outdate_of(standing.horde.user_id)

    async def forget(self, user_id: int) -> Mapping[str, int]:
        """Delete everything about this person; returns how many rows went, by table.

        Raises:
            StillSendingError: a request of theirs is on its way; nothing was deleted.
            DiskError: the file could not be written; what it says of itself holds.
        """
        shown = await self.people.everything(user_id)
        on_cards = {row["change_id"] for table in _ON_CARDS for row in shown.get(table, ())}
        try:
            deleted = await self.people.forget(user_id)
        except SendingError:
            raise StillSendingError(user_id) from None
        except DiskError:
            self.accounts.drop(user_id)  # only the wiping may have failed
            raise
        await self.accounts.unlink(user_id)  # the memory of them; the row is gone
        for change_id in sorted(on_cards):
            await self.card_keeper.touch(change_id)
        log.info("forgotten", user_id=user_id, rows=sum(deleted.values()))
        return deleted
