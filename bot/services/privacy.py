"""Export and deletion of everything stored about a person."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from bot.identity.accounts import Accounts
from bot.services.errors import StillSendingError
from bot.services.polling.change_recorder import ChangeRecorder
from storage.errors import DiskError, SendingError
from storage.people import People

_ON_CARDS = ("claim", "approval", "revision_request")
"""Tables with a person's rows that cards show."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Export:
    """Everything that is stored about a person.

    Attributes:
        user_id: the Discord id.
        at: time of the export.
        rows: rows by table, without the key.
    """

    user_id: int
    at: datetime
    rows: Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(slots=True)
class Privacy:
    """Privacy settings, export and deletion, always of the person who acts."""

    accounts: Accounts
    people: People
    recorder: ChangeRecorder
    clock: Callable[[], datetime]

    async def export(self, user_id: int) -> Export:
        """Return everything stored about this person except the key."""
        return Export(user_id, self.clock(), await self.people.export(user_id))

    async def set_visible(self, user_id: int, *, is_visible: bool) -> bool:
        """Allow or forbid lookup of this person; return whether that is new.

        Cards that name them are redrawn at a poll then.

        Raises:
            NotLinkedError: the person has not linked an account.
        """
        before = await self.accounts.standing(user_id)
        await self.accounts.set_visible(user_id, is_visible=is_visible)
        if before is None or before.is_visible is is_visible:
            return False
        await self.recorder.touch_naming(before.horde.user_id)
        return True

    async def require_idle(self, user_id: int) -> None:
        """Check that no request of this person is in progress, before deleting what is theirs.

        Raises:
            StillSendingError: one is; ``forget`` would refuse as well.
        """
        try:
            await self.people.require_idle(user_id)
        except SendingError:
            raise StillSendingError(user_id) from None

    async def forget(self, user_id: int) -> Mapping[str, int]:
        """Delete everything about this person and return the number of deleted rows by table.

        Raises:
            StillSendingError: a request of theirs is in progress; nothing was deleted.
            DiskError: nothing was deleted, but see ``WipeError``.
        """
        shown = await self.people.export(user_id)
        on_cards = {row["change_id"] for table in _ON_CARDS for row in shown.get(table, ())}
        try:
            deleted = await self.people.forget(user_id)
        except SendingError:
            raise StillSendingError(user_id) from None
        except DiskError:
            self.accounts.drop(user_id)  # after a WipeError the link is gone
            raise
        self.accounts.drop(user_id)
        try:
            for change_id in sorted(on_cards):
                await self.recorder.redraw(change_id)
        except DiskError as error:  # the data is deleted all the same
            log.error("cards_not_redrawn", reason=type(error).__name__)  # noqa: TRY400 - foreseen
        log.info("person_deleted", user_id=user_id, rows=sum(deleted.values()))
        return deleted
