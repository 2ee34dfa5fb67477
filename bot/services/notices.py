"""Who is to be told what, once: takes due notices from the outbox and records what came of each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import BotError
from bot.reference.errors import NotFoundError
from bot.services.changes import CardState, ChangeFacts, MessageLink
from bot.services.watch import Watch
from storage.outbox import Notice, Outbox

RETRY_FIRST = timedelta(seconds=30)
RETRY_MAX = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class DueNotice:
    """A notice and what it tells.

    ``nonce`` makes Discord drop a repeat within some minutes (at most 25 characters).
    """

    notice_id: int
    user_id: int
    facts: ChangeFacts
    card: MessageLink | None
    attempts: int
    nonce: str


@dataclass(slots=True)
class Notices:
    """The outbox, as its worker sees it."""

    outbox: Outbox
    watch: Watch
    clock: Callable[[], datetime]

    async def due(self) -> list[DueNotice]:
        """Notices to deliver now.

        One whose change has moved on is dropped: the newer state has a notice of its own. One whose change
        cannot be read now waits.
        """
        found: list[DueNotice] = []
        for notice in await self.outbox.due(self.clock()):
            try:
                facts = await self._facts(notice)
            except BotError:
                await self.outbox.mark_retry(notice.notice_id, self.clock() + RETRY_FIRST)
                continue
            if facts is None:
                await self.outbox.mark_dead(notice.notice_id)
                continue
            card = await self.watch.card_link(notice.change_id, None)
            found.append(DueNotice(notice.notice_id, notice.user_id, facts, card, notice.attempts, notice.nonce))
        return found

    async def delivered(self, notice: DueNotice) -> None:
        """It stands in front of the person."""
        await self.outbox.mark_done(notice.notice_id)

    async def undeliverable(self, notice: DueNotice) -> None:
        """Their direct messages are closed, or they are gone: nobody is told, and no decision fails for it."""
        await self.outbox.mark_dead(notice.notice_id)

    async def postponed(self, notice: DueNotice) -> None:
        """Discord did not take it; later again, ever less often."""
        wait = min(RETRY_FIRST * 2 ** min(notice.attempts, 10), RETRY_MAX)
        await self.outbox.mark_retry(notice.notice_id, self.clock() + wait)

    async def _facts(self, notice: Notice) -> ChangeFacts | None:
        try:
            change = await self.watch.read(notice.change_id)
        except NotFoundError:
            return None
        if change.status.value != notice.status:
            return None
        facts = await self.watch.facts_of(change)
        return facts if facts.state is CardState(notice.status) else None
