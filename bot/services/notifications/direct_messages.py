"""Who is to be told what, once: takes due notices from the outbox and records what came of each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from bot.errors import BotError
from bot.reference.models import Operation
from bot.services.changes import CardState
from bot.services.notifications.cards import CardKeeper
from bot.services.notifications.news import ChangeNews, DraftExpires, KeyDenied, LinkExpires, NeverQueued, News
from bot.services.notifications.news_builder import NewsBuilder
from bot.services.notifications.planner import TOLD, undeliverable_post
from bot.services.retention import LinkExpiry, kept_until
from storage.drafts import Drafts, DraftState
from storage.intents import Intents, IntentState
from storage.links import DENIED
from storage.outbox import About, Notice, Outbox
from storage.thread_posts import ThreadPosts

RETRY_FIRST = timedelta(seconds=30)
RETRY_MAX = timedelta(hours=1)

SINGLY_MAX = 10
"""As many changes are told one by one; more that are due to a person at once become one message."""


@dataclass(frozen=True, slots=True)
class DueNotice:
    """A notice and what it tells.

    ``nonce`` makes Discord drop a repeat within some minutes (at most 25 characters). ``others`` are the notices that
    the same message settles.
    """

    notice_id: int
    user_id: int
    news: News
    attempts: int
    nonce: str
    others: tuple[int, ...] = ()


@dataclass(slots=True)
class DirectMessages:
    """The outbox, as its worker sees it."""

    outbox: Outbox
    finder: NewsBuilder
    drafts: Drafts
    intents: Intents
    thread_posts: ThreadPosts
    card_keeper: CardKeeper
    clock: Callable[[], datetime]
    keep_for: timedelta
    link_expiry: LinkExpiry

    async def due(self) -> list[DueNotice]:
        """Messages to deliver now.

        One whose change has moved on is dropped: the newer state has a notice of its own. One whose change
        cannot be read now waits.
        """
        notices = await self.outbox.due(self.clock(), whole_above=SINGLY_MAX)
        self.finder.forget()
        found: list[DueNotice] = []
        for user_id, theirs in groupby(sorted(notices, key=lambda notice: notice.user_id), lambda each: each.user_id):
            found += await self._due_to(user_id, list(theirs))
        return sorted(found, key=lambda due: due.notice_id)

    async def delivered(self, notice: DueNotice) -> None:
        """It stands in front of the person."""
        for notice_id in (notice.notice_id, *notice.others):
            await self.outbox.mark_done(notice_id)
        await self._told(notice)

    async def undeliverable(self, notice: DueNotice) -> None:
        """Their direct messages are closed, or they are gone: the change's thread tells it, and no decision fails."""
        news = notice.news
        if isinstance(news, ChangeNews) and news.followed is None and news.facts.state in TOLD:
            mentioned = notice.user_id if await self.finder.is_visible(notice.user_id) else None
            await self.thread_posts.add(undeliverable_post(news.facts, mentioned, self.clock()), self.clock())
        # Only now: broken off in between, it is tried again, and what is said in the thread is said once.
        for notice_id in (notice.notice_id, *notice.others):
            await self.outbox.mark_dead(notice_id)
        await self._told(notice)

    async def postponed(self, notice: DueNotice) -> None:
        """Discord did not take it; later again, ever less often."""
        wait = min(RETRY_FIRST * 2 ** min(notice.attempts, 10), RETRY_MAX)
        for notice_id in (notice.notice_id, *notice.others):
            await self.outbox.mark_retry(notice_id, self.clock() + wait)

    async def take_back(self) -> None:
        """A round is over: what it took and did not settle, because it broke, is due again later."""
        await self.outbox.recover(self.clock() + RETRY_FIRST)

    async def _told(self, notice: DueNotice) -> None:
        """The card of a rejected change says how its requestor learnt of that."""
        news = notice.news
        if isinstance(news, ChangeNews) and news.followed is None and news.facts.state is CardState.REJECTED:
            await self.card_keeper.touch(news.facts.change.change_id)

    async def _due_to(self, user_id: int, notices: list[Notice]) -> list[DueNotice]:
        """What one person is told now: each by itself, or most of it in one message where it is too much."""
        of_changes = [notice for notice in notices if notice.about is About.CHANGE]
        if len(of_changes) <= SINGLY_MAX:
            return await self._singly(notices)
        outline = await self.finder.outline(user_id, of_changes)
        for notice in outline.overtaken:
            await self.outbox.mark_dead(notice.notice_id)
        rest = [notice for notice in notices if notice.about is not About.CHANGE]
        if len(outline.current) <= SINGLY_MAX:
            return await self._singly([*rest, *outline.current])
        singly, together = outline.split(SINGLY_MAX)
        found = await self._singly([*rest, *singly])
        if together:
            first, *others = together
            found.append(
                DueNotice(
                    notice_id=first.notice_id,
                    user_id=user_id,
                    news=await self.finder.several(together),
                    attempts=first.attempts,
                    nonce=first.nonce,
                    others=tuple(notice.notice_id for notice in others),
                )
            )
        return found

    async def _singly(self, notices: Iterable[Notice]) -> list[DueNotice]:
        found: list[DueNotice] = []
        for notice in notices:
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

    async def _news(self, notice: Notice) -> News | None:
        """What a notice tells; ``None`` when it is no news any more."""
        match notice.about:
            case About.DRAFT:
                return await self._expiring(notice)
            case About.PROPOSAL:
                return await self._never_queued(notice)
            case About.CHANGE:
                return await self.finder.of(notice)
            case About.LINK:
                return await self._of_link(notice)

    async def _expiring(self, notice: Notice) -> DraftExpires | None:
        draft = await self.drafts.get(notice.about_id, notice.user_id)
        if draft is None or draft.state is not DraftState.OPEN:
            return None
        until = kept_until(draft, self.keep_for)
        return DraftExpires(Operation(draft.operation), draft.category, draft.model_name, until)

    async def _of_link(self, notice: Notice) -> LinkExpires | KeyDenied | None:
        standing = await self.link_expiry.accounts.standing(notice.user_id)
        if notice.status == DENIED:
            is_so = standing is not None and standing.is_disabled and standing.generation == notice.about_id
            return KeyDenied(standing.horde.username) if standing is not None and is_so else None
        if standing is None or not await self.link_expiry.idle_links.is_warned(notice.user_id):
            return None
        return LinkExpires(standing.horde.username, self.clock() + self.link_expiry.warning_period)

    async def _never_queued(self, notice: Notice) -> NeverQueued | None:
        intent = await self.intents.get(notice.about_id)
        if intent is None or intent.state != notice.status or intent.draft_id is None:
            return None
        latest = await self.intents.latest_for_draft(intent.draft_id)
        if latest is not None and latest.intent_id != intent.intent_id:  # sent again meanwhile: that is the news
            return None
        draft = await self.drafts.get(intent.draft_id, intent.user_id)
        return NeverQueued(
            Operation(intent.operation),
            intent.category,
            intent.model_name,
            is_kept=draft is not None,
            reason=intent.reason if intent.state is IntentState.REFUSED else None,
        )
