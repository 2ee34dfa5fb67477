"""Direct messages: which are due to whom, and their contents."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import batched

import structlog

from bot.reference.models import Operation
from bot.services.changes import CardState
from bot.services.notifications.news import (
    ChangeNews,
    DraftExpires,
    DraftsExpire,
    DraftWaits,
    KeyDenied,
    LinkExpires,
    NeverQueued,
    News,
    SeveralNews,
)
from bot.services.notifications.news_builder import NewsBuilder
from bot.services.polling.change_recorder import ChangeRecorder
from bot.services.polling.notification_planner import NOTIFIED
from bot.services.retention import LinkExpiry, kept_until
from bot.services.review.requestor_notices import undeliverable_post
from storage.cards import Cards
from storage.deliveries import Deliveries
from storage.delivery import Delivery, DeliveryState
from storage.drafts import Drafts, DraftState
from storage.intents import Intents, IntentState
from storage.links import DENIED
from storage.memberships import Memberships
from storage.notices import About, NoticeKey
from storage.personal_messages import PersonalMessages
from storage.thread_posts import ThreadPosts

SINGLE_MAX = 1
"""Messages about changes that a person gets one by one; more that are due at once become one message."""

REASONS_MAX = 5
"""Rejections that share one message, each with its reason and *Revise*: Discord's limit of text."""

OWN_PAUSE = timedelta(minutes=5)
"""Time after a message for which a person's own approved changes wait, to be merged; applied ones after another."""

FOLLOWED_PAUSE = timedelta(minutes=30)
"""The same for news of changes that the person follows."""

NOTICES_PER_ROUND = 50
"""Due direct messages of a round; it takes all of the people that they go to."""

log = structlog.get_logger(__name__)

type DeliveryGroup = tuple[Delivery, ...]
"""Deliveries that one message settles; several for a direct message or an announcement about many changes."""


@dataclass(slots=True)
class DirectMessages:
    """Due direct messages and their contents."""

    deliveries: Deliveries
    personal_messages: PersonalMessages
    news_builder: NewsBuilder
    drafts: Drafts
    intents: Intents
    thread_posts: ThreadPosts
    recorder: ChangeRecorder
    cards: Cards
    memberships: Memberships
    clock: Callable[[], datetime]
    keep_for: timedelta
    link_expiry: LinkExpiry
    _sent_at: dict[int, datetime] = field(default_factory=dict)
    _sent_states: dict[int, frozenset[str]] = field(default_factory=dict)
    _missed_by: frozenset[int] | None = None

    async def due(self) -> list[DeliveryGroup]:
        """Return due messages with the deliveries they settle; give up outdated ones."""
        self.news_builder.forget()
        by_person: dict[int, list[Delivery]] = {}
        for delivery in await self.deliveries.due_notices(self.clock(), NOTICES_PER_ROUND):
            by_person.setdefault(delivery.user_id or 0, []).append(delivery)
        found: list[DeliveryGroup] = []
        for user_id, theirs in by_person.items():
            found += await self._due_to(user_id, theirs)
        return sorted(found, key=lambda group: group[0].delivery_id)

    async def news_of(self, group: DeliveryGroup) -> News | None:  # noqa: PLR0911 - one for each kind
        """Return the content of a message; None when it is outdated.

        Raises:
            BotError: the content cannot be read now.
        """
        notice = NoticeKey.of(group[0])
        if len(group) > 1 and notice.about is not About.DRAFT:
            return await self.news_builder.several([NoticeKey.of(delivery) for delivery in group])
        match notice.about:
            case About.DRAFT:
                return await self._expiring_drafts(group)
            case About.OFFER:
                return await self._waiting_draft(notice)
            case About.PROPOSAL:
                return await self._never_queued(notice)
            case About.CHANGE:
                return await self.news_builder.build(notice)
            case About.LINK:
                return await self._link_news(notice)
            case About.REQUEST:
                return await self.news_builder.asked(notice)

    async def notify_elsewhere(self, group: DeliveryGroup, news: object) -> None:
        """Notify a person with closed direct messages in a server, or at the next command.

        Raises:
            BotError: one of several changes cannot be read now.
        """
        missed = []
        for delivery in group:
            is_several = isinstance(news, SeveralNews)
            own_news = await self.news_builder.build(NoticeKey.of(delivery)) if is_several else news
            if own_news is not None and not await self._post_in_thread(delivery, own_news):
                missed.append(delivery)
        if missed:
            await self.personal_messages.mark_missed(missed)
            self._missed_by = None
        await self.deliveries.give_up([delivery for delivery in group if delivery not in missed])

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
        for group in await self._due_to(user_id, await self.personal_messages.missed_by(user_id)):
            news = await self.news_of(group)
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

    async def forget_message(self, delivery: Delivery) -> None:
        """Record that the message which a delivery was to edit is gone; a new one follows."""
        await self.personal_messages.forget_message(delivery.user_id or 0, delivery.message_id or 0)

    async def redraw_card(self, news: object) -> None:
        """Redraw the cards of a rejected change: they show how its requestor was notified."""
        if isinstance(news, ChangeNews) and news.followed is None and news.facts.state is CardState.REJECTED:
            await self.recorder.redraw(news.facts.change.change_id)

    async def _due_to(self, user_id: int, deliveries: list[Delivery]) -> list[DeliveryGroup]:
        """Return one message for all drafts, one for each other delivery; merge many changes."""
        about_changes = [each for each in deliveries if NoticeKey.of(each).about is About.CHANGE]
        drafts = [each for each in deliveries if NoticeKey.of(each).about is About.DRAFT]
        others = [each for each in deliveries if each not in about_changes and each not in drafts]
        rest: list[DeliveryGroup] = [*([tuple(drafts)] if drafts else []), *((each,) for each in others)]
        return [*rest, *await self._about_changes(user_id, about_changes)]

    def note_sent(self, group: DeliveryGroup) -> None:
        """Note a message about changes just sent: the next ones to this person are merged."""
        notice = NoticeKey.of(group[0])
        if notice.about is About.CHANGE:
            self._sent_at[notice.user_id] = self.clock()
            self._sent_states[notice.user_id] = frozenset({NoticeKey.of(each).status for each in group})

    async def _about_changes(self, user_id: int, about_changes: list[Delivery]) -> list[DeliveryGroup]:
        edits = await self._edits(user_id, about_changes)
        if edits:
            edited = {each.delivery_id for each in edits}
            rest = [each for each in about_changes if each.delivery_id not in edited]
            return [*((each,) for each in edits), *await self._messages(user_id, rest)]
        return await self._messages(user_id, about_changes)

    async def _edits(self, user_id: int, about_changes: Sequence[Delivery]) -> list[Delivery]:
        """Return news of followed changes that go into the earlier message about the change.

        An approval is no reason for a new message, nor is a change that goes live where a server of the person
        announces it.
        """
        moved = [each for each in about_changes if NoticeKey.of(each).status in (CardState.APPROVED, CardState.APPLIED)]
        messages = await self.personal_messages.messages_about(user_id) if moved else {}
        found = []
        for delivery in moved:
            notice = NoticeKey.of(delivery)
            message_id = messages.get(notice.about_id)
            if message_id is None or (await self.news_builder.outline(user_id, [delivery])).own:
                continue
            is_live = notice.status == CardState.APPLIED
            if not is_live or await self.personal_messages.is_announced_to(user_id, notice.about_id):
                found.append(replace(delivery, message_id=message_id))
        return found

    async def _messages(self, user_id: int, about_changes: list[Delivery]) -> list[DeliveryGroup]:
        sent_at = self._sent_at.get(user_id)
        if about_changes and sent_at is not None:
            outline = await self.news_builder.outline(user_id, about_changes)
            waited = self.clock() - sent_at
            sent = self._sent_states.get(user_id, frozenset())
            states = {CardState.APPROVED, *({CardState.APPLIED} & {CardState(state) for state in sent})}
            own_states = states if waited < OWN_PAUSE else ()
            held = outline.held(own_states=own_states, is_followed_held=waited < FOLLOWED_PAUSE)
            about_changes = [each for each in about_changes if each.delivery_id not in held]
        if len(about_changes) <= SINGLE_MAX:
            return [(each,) for each in about_changes]
        outline = await self.news_builder.outline(user_id, about_changes)
        await self.deliveries.give_up(outline.outdated)
        if len(outline.current) <= SINGLE_MAX:
            return [(each,) for each in outline.current]
        rejected, others = outline.split()
        return [*batched(rejected, REASONS_MAX), *([tuple(others)] if others else [])]

    async def _expiring_drafts(self, group: DeliveryGroup) -> DraftExpires | DraftsExpire | None:
        found = [await self._expiring_draft(NoticeKey.of(delivery)) for delivery in group]
        drafts = sorted((draft for draft in found if draft is not None), key=lambda draft: draft.until)
        return DraftsExpire(tuple(drafts)) if len(drafts) > 1 else next(iter(drafts), None)

    async def _expiring_draft(self, notice: NoticeKey) -> DraftExpires | None:
        draft = await self.drafts.get(notice.about_id, notice.user_id)
        if draft is None or draft.state is not DraftState.OPEN:
            return None
        until = kept_until(draft, self.keep_for)
        return DraftExpires(Operation(draft.operation), draft.category, draft.model_name, until)

    async def _waiting_draft(self, notice: NoticeKey) -> DraftWaits | None:
        draft = await self.drafts.get(notice.about_id, notice.user_id)
        if draft is None or draft.state is not DraftState.OPEN:
            return None
        return DraftWaits(draft.draft_id, Operation(draft.operation), draft.category, draft.model_name)

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
