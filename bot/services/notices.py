"""Who is to be told what, once: takes due notices from the outbox and records what came of each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import BotError
from bot.reference.errors import NotFoundError
from bot.reference.models import Operation
from bot.services.changes import CardState, ChangeFacts, MessageLink
from bot.services.keeping import LinkKeeping, kept_until
from bot.services.watch import Watch
from storage.drafts import Drafts, DraftState
from storage.intents import Intents, IntentState
from storage.outbox import About, Notice, Outbox

RETRY_FIRST = timedelta(seconds=30)
RETRY_MAX = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class ChangeNews:
    """A change was queued after all, or decided; ``card`` is where it stands."""

    facts: ChangeFacts
    card: MessageLink | None


@dataclass(frozen=True, slots=True)
class DraftExpires:
    """A draft of theirs goes ``until`` then, unless they touch it."""

    operation: Operation
    category: str
    name: str
    until: datetime


@dataclass(frozen=True, slots=True)
class NeverQueued:
    """A proposal whose fate was open did not get into the queue; ``is_kept`` while its draft is there."""

    operation: Operation
    category: str
    name: str
    is_kept: bool


@dataclass(frozen=True, slots=True)
class LinkExpires:
    """Their link goes ``until`` then, with the key, unless they act."""

    horde_name: str
    until: datetime


type News = LinkExpires | ChangeNews | DraftExpires | NeverQueued


@dataclass(frozen=True, slots=True)
class DueNotice:
    """A notice and what it tells.

    ``nonce`` makes Discord drop a repeat within some minutes (at most 25 characters).
    """

    notice_id: int
    user_id: int
    news: News
    attempts: int
    nonce: str


@dataclass(slots=True)
class Notices:
    """The outbox, as its worker sees it."""

    outbox: Outbox
    watch: Watch
    drafts: Drafts
    intents: Intents
    clock: Callable[[], datetime]
    keep_for: timedelta
    link_keeping: LinkKeeping

    async def due(self) -> list[DueNotice]:
        """Notices to deliver now.

        One whose change has moved on is dropped: the newer state has a notice of its own. One whose change
        cannot be read now waits.
        """
        found: list[DueNotice] = []
        for notice in await self.outbox.due(self.clock()):
            try:
                news = await self._news(notice)
            except BotError:
                await self.outbox.mark_retry(notice.notice_id, self.clock() + RETRY_FIRST)
                continue
            if news is None:
                await self.outbox.mark_dead(notice.notice_id)
                continue
            found.append(DueNotice(notice.notice_id, notice.user_id, news, notice.attempts, notice.nonce))
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

    async def _news(self, notice: Notice) -> News | None:
        """What a notice tells; ``None`` when it is no news any more."""
        match notice.about:
            case About.DRAFT:
                return await self._expiring(notice)
            case About.PROPOSAL:
                return await self._never_queued(notice)
            case About.CHANGE:
                return await self._moved(notice)
            case About.LINK:
                return await self._link_expiring(notice)

    async def _moved(self, notice: Notice) -> ChangeNews | None:
        try:
            change = await self.watch.read(notice.about_id)
        except NotFoundError:
            return None
        if change.status.value != notice.status:
            return None
        facts = await self.watch.facts_of(change)
        if facts.state is not CardState(notice.status):
            return None
        return ChangeNews(facts, await self.watch.card_link(notice.about_id, None))

    async def _expiring(self, notice: Notice) -> DraftExpires | None:
        draft = await self.drafts.get(notice.about_id, notice.user_id)
        if draft is None or draft.state is not DraftState.OPEN:
            return None
        until = kept_until(draft, self.keep_for)
        return DraftExpires(Operation(draft.operation), draft.category, draft.model_name, until)

    async def _link_expiring(self, notice: Notice) -> LinkExpires | None:
        standing = await self.link_keeping.accounts.standing(notice.user_id)
        if standing is None or not await self.link_keeping.idle_links.is_warned(notice.user_id):
            return None
        return LinkExpires(standing.horde.username, self.clock() + self.link_keeping.word_before)

    async def _never_queued(self, notice: Notice) -> NeverQueued | None:
        intent = await self.intents.get(notice.about_id)
        if intent is None or intent.state is not IntentState.NOT_QUEUED or intent.draft_id is None:
            return None
        latest = await self.intents.latest_for_draft(intent.draft_id)
        if latest is not None and latest.intent_id != intent.intent_id:  # sent again meanwhile: that is the news
            return None
        draft = await self.drafts.get(intent.draft_id, intent.user_id)
        return NeverQueued(Operation(intent.operation), intent.category, intent.model_name, is_kept=draft is not None)
