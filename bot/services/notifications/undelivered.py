"""Direct messages that Discord refused: posted in a server, or kept for the next command."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.services.notifications.direct_messages import DeliveryGroup, DirectMessages
from bot.services.notifications.news import ChangeNews, News, SeveralNews
from bot.services.notifications.news_builder import NewsBuilder
from bot.services.polling.notification_planner import NOTIFIED
from bot.services.review.requestor_notices import undeliverable_post
from storage.cards import Cards
from storage.deliveries import Deliveries
from storage.delivery import Delivery, DeliveryState
from storage.intents import Intents
from storage.memberships import Memberships
from storage.notices import NoticeKey
from storage.personal_messages import PersonalMessages
from storage.thread_posts import ThreadPosts

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class UndeliveredMessages:
    """Other ways to people with closed direct messages."""

    direct_messages: DirectMessages
    news_builder: NewsBuilder
    deliveries: Deliveries
    personal_messages: PersonalMessages
    thread_posts: ThreadPosts
    cards: Cards
    memberships: Memberships
    intents: Intents
    clock: Callable[[], datetime]
    _missed_by: frozenset[int] | None = None

    async def notify_elsewhere(self, group: DeliveryGroup, news: object) -> None:
        """Notify a person with closed direct messages in a server, or at the next command.

        Raises:
            BotError: one of several changes cannot be read now.
        """
        for delivery in group:  # recorded one by one: the next attempt continues where a read failed
            is_several = isinstance(news, SeveralNews)
            own_news = await self.news_builder.build(NoticeKey.of(delivery)) if is_several else news
            if own_news is None or await self._post_in_thread(delivery, own_news):
                await self.deliveries.give_up([delivery])
            else:
                await self.personal_messages.mark_missed([delivery])
                self._missed_by = None

    async def keep_for_command(self, guild_id: int, change_id: int) -> None:
        """Keep messages whose post was refused for good for the requestor's next command."""
        if await self.personal_messages.mark_unreachable(guild_id, change_id):
            log.warning("requestor_not_notified", change_id=change_id, reason="the channel refuses")
            self._missed_by = None

    async def missed(self, user_id: int) -> list[tuple[DeliveryGroup, News]]:
        """Return what a person with closed direct messages has not read; give up what is outdated.

        Raises:
            BotError: a change cannot be read now.
        """
        if self._missed_by is None:
            self._missed_by = await self.personal_messages.people_with_missed()
        if user_id not in self._missed_by:
            return []
        self.news_builder.forget()
        found: list[tuple[DeliveryGroup, News]] = []
        for group in await self.direct_messages.group_for(user_id, await self.personal_messages.missed_by(user_id)):
            news = await self.direct_messages.news_of(group)
            if news is None:
                await self.deliveries.give_up(group)
            else:
                found.append((group, news))
        return found

    async def note_read(self, group: DeliveryGroup) -> None:
        """Record that a person has read what they missed."""
        await self.deliveries.mark_delivered(group, None)
        self._missed_by = None

    async def _post_in_thread(self, delivery: Delivery, news: object) -> bool:
        """Queue a post about a decision; return False for other news, or without a channel."""
        if not (isinstance(news, ChangeNews) and news.followed is None and news.facts.state in NOTIFIED):
            return False
        change_id, user_id = news.facts.change.change_id, delivery.user_id or 0
        guild_id, is_member = await self._server_of(change_id, user_id)
        if guild_id is None:
            log.warning("requestor_not_notified", change_id=change_id, reason="no channel takes a card")
            return False
        mentioned = user_id if is_member and await self.news_builder.is_visible(user_id) else None
        post = undeliverable_post(news.facts, mentioned, guild_id, self.clock())
        await self.thread_posts.add(post, self.clock())
        return True

    async def _server_of(self, change_id: int, user_id: int) -> tuple[int | None, bool]:
        """Return a server with a card, the person's if possible, and whether they are in it.

        A card that was given up before it was posted does not count.
        """
        if not await self.cards.cards_of(change_id):
            await self.cards.queue_cards(change_id)
        cards = await self.cards.cards_of(change_id)
        in_reach = [card for card in cards if card.message_id or card.state is not DeliveryState.GIVEN_UP]
        guild_ids = [card.guild_id for card in in_reach if card.guild_id is not None]
        joined = [each for each in guild_ids if await self.memberships.is_member(each, user_id)]
        proposal = await self.intents.proposal_of(change_id)
        if proposal is not None and proposal.guild_id in joined:
            return proposal.guild_id, True
        return next(iter(joined or guild_ids), None), bool(joined)
