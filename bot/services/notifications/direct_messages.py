"""Direct messages: which are due to whom, and their contents."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.reference.models import Operation
from bot.services.changes import CardState
from bot.services.notifications.cards import CardKeeper
from bot.services.notifications.news import ChangeNews, DraftExpires, KeyDenied, LinkExpires, NeverQueued, News
from bot.services.notifications.news_builder import NewsBuilder
from bot.services.notifications.planner import NOTIFIED, undeliverable_post
from bot.services.retention import LinkExpiry, kept_until
from storage.deliveries import Deliveries
from storage.delivery import Delivery
from storage.drafts import Drafts, DraftState
from storage.intents import Intents, IntentState
from storage.links import DENIED
from storage.notices import About, NoticeKey
from storage.thread_posts import ThreadPosts

SINGLE_MAX = 10
"""Messages about changes that a person gets one by one; more that are due at once become one message."""

NOTICES_PER_ROUND = 50
"""Due direct messages of a round; it takes all of the people that they go to."""

type Batch = tuple[Delivery, ...]
"""Deliveries that one message settles; several only for a direct message about many changes."""


@dataclass(slots=True)
class DirectMessages:
    """Due direct messages and their contents."""

    deliveries: Deliveries
    news_builder: NewsBuilder
    drafts: Drafts
    intents: Intents
    thread_posts: ThreadPosts
    card_keeper: CardKeeper
    clock: Callable[[], datetime]
    keep_for: timedelta
    link_expiry: LinkExpiry

    async def due(self) -> list[Batch]:
        """Return due messages, each with the deliveries that it settles; give up outdated ones of a long list."""
        self.news_builder.forget()
        by_person: dict[int, list[Delivery]] = {}
        for delivery in await self.deliveries.due_notices(self.clock(), NOTICES_PER_ROUND):
            by_person.setdefault(delivery.user_id or 0, []).append(delivery)
        found: list[Batch] = []
        for user_id, theirs in by_person.items():
            found += await self._due_to(user_id, theirs)
        return sorted(found, key=lambda batch: batch[0].delivery_id)

    async def news_of(self, batch: Batch) -> News | None:
        """Return the content of a message; None when it is outdated.

        Raises:
            BotError: the content cannot be read now.
        """
        if len(batch) > 1:
            return await self.news_builder.several([NoticeKey.of(delivery) for delivery in batch])
        notice = NoticeKey.of(batch[0])
        match notice.about:
            case About.DRAFT:
                return await self._expiring_draft(notice)
            case About.PROPOSAL:
                return await self._never_queued(notice)
            case About.CHANGE:
                return await self.news_builder.build(notice)
            case About.LINK:
                return await self._link_news(notice)

    async def post_in_thread(self, delivery: Delivery, news: object) -> None:
        """Have the change's thread tell a requestor whose direct messages are closed about the decision."""
        if isinstance(news, ChangeNews) and news.followed is None and news.facts.state in NOTIFIED:
            user_id = delivery.user_id or 0
            mentioned = user_id if await self.news_builder.is_visible(user_id) else None
            await self.thread_posts.add(undeliverable_post(news.facts, mentioned, self.clock()), self.clock())

    async def redraw_card(self, news: object) -> None:
        """Redraw the cards of a rejected change: they show how its requestor was notified."""
        if isinstance(news, ChangeNews) and news.followed is None and news.facts.state is CardState.REJECTED:
            await self.card_keeper.touch(news.facts.change.change_id)

    async def _due_to(self, user_id: int, deliveries: list[Delivery]) -> list[Batch]:
        """Return one message for each delivery; for too many about changes, one message about most of them."""
        about_changes = [each for each in deliveries if NoticeKey.of(each).about is About.CHANGE]
        if len(about_changes) <= SINGLE_MAX:
            return [(each,) for each in deliveries]
        outline = await self.news_builder.outline(user_id, about_changes)
        await self.deliveries.give_up(outline.outdated)
        single = [each for each in deliveries if each not in about_changes]
        if len(outline.current) <= SINGLE_MAX:
            return [(each,) for each in (*single, *outline.current)]
        alone, together = outline.split(SINGLE_MAX)
        return [*((each,) for each in (*single, *alone)), *([tuple(together)] if together else [])]

    async def _expiring_draft(self, notice: NoticeKey) -> DraftExpires | None:
        draft = await self.drafts.get(notice.about_id, notice.user_id)
        if draft is None or draft.state is not DraftState.OPEN:
            return None
        until = kept_until(draft, self.keep_for)
        return DraftExpires(Operation(draft.operation), draft.category, draft.model_name, until)

    async def _link_news(self, notice: NoticeKey) -> LinkExpires | KeyDenied | None:
        standing = await self.link_expiry.accounts.standing(notice.user_id)
        if standing is None:
            return None
        if notice.status == DENIED:
            is_current = standing.is_disabled and standing.generation == notice.about_id
            return KeyDenied(standing.horde.username) if is_current else None
        if not await self.link_expiry.idle_links.is_warned(notice.user_id):
            return None
        return LinkExpires(standing.horde.username, self.clock() + self.link_expiry.warning_period)

    async def _never_queued(self, notice: NoticeKey) -> NeverQueued | None:
        intent = await self.intents.get(notice.about_id)
        if intent is None or intent.state != notice.status or intent.draft_id is None:
            return None
        latest = await self.intents.latest_for_draft(intent.draft_id)
        if latest is not None and latest.intent_id != intent.intent_id:  # sent again: the newer intent has its own
            return None
        draft = await self.drafts.get(intent.draft_id, intent.user_id)
        return NeverQueued(
            Operation(intent.operation),
            intent.category,
            intent.model_name,
            is_kept=draft is not None,
            reason=intent.reason if intent.state is IntentState.REFUSED else None,
        )
