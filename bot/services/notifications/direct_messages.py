"""Direct messages: which are due to whom, merged, and their contents."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import batched

from bot.reference.models import Operation
from bot.services.changes import CardState
from bot.services.notifications.news import (
    DraftExpires,
    DraftsExpire,
    DraftWaits,
    KeyDenied,
    LinkExpires,
    NeverQueued,
    News,
)
from bot.services.notifications.news_builder import NewsBuilder
from bot.services.retention import LinkExpiry, kept_until
from storage.deliveries import Deliveries
from storage.delivery import Delivery
from storage.drafts import Drafts, DraftState
from storage.intents import Intents, IntentState
from storage.links import DENIED
from storage.notices import About, NoticeKey
from storage.personal_messages import PersonalMessages

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
    clock: Callable[[], datetime]
    keep_for: timedelta
    link_expiry: LinkExpiry
    _sent_at: dict[int, datetime] = field(default_factory=dict)
    _sent_states: dict[int, frozenset[str]] = field(default_factory=dict)

    async def due(self) -> list[DeliveryGroup]:
        """Return due messages with the deliveries they settle; give up outdated ones."""
        self.news_builder.forget()
        by_person: dict[int, list[Delivery]] = {}
        for delivery in await self.deliveries.due_notices(self.clock(), NOTICES_PER_ROUND):
            by_person.setdefault(delivery.user_id or 0, []).append(delivery)
        found: list[DeliveryGroup] = []
        for user_id, theirs in by_person.items():
            found += await self.group_for(user_id, theirs)
        return sorted(found, key=lambda group: group[0].delivery_id)

    async def group_for(self, user_id: int, deliveries: list[Delivery]) -> list[DeliveryGroup]:
        """Return one message for all drafts, one for each other delivery; merge many changes."""
        about_changes = [each for each in deliveries if NoticeKey.of(each).about is About.CHANGE]
        drafts = [each for each in deliveries if NoticeKey.of(each).about is About.DRAFT]
        others = [each for each in deliveries if each not in about_changes and each not in drafts]
        rest: list[DeliveryGroup] = [*([tuple(drafts)] if drafts else []), *((each,) for each in others)]
        return [*rest, *await self._about_changes(user_id, about_changes)]

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

    async def forget_message(self, delivery: Delivery) -> None:
        """Record that the message which a delivery was to edit is gone; a new one follows."""
        await self.personal_messages.forget_message(delivery.user_id or 0, delivery.message_id or 0)

    def note_sent(self, group: DeliveryGroup) -> None:
        """Note a message about changes just sent: the next ones to this person are merged."""
        notice = NoticeKey.of(group[0])
        if notice.about is About.CHANGE:
            self._sent_at[notice.user_id] = self.clock()
            self._sent_states[notice.user_id] = frozenset({NoticeKey.of(each).status for each in group})

    async def _about_changes(self, user_id: int, about_changes: list[Delivery]) -> list[DeliveryGroup]:
        edits = await self._edits(user_id, about_changes)
        edited = {each.delivery_id for each in edits}
        rest = [each for each in about_changes if each.delivery_id not in edited]
        return [*((each,) for each in edits), *await self._messages(user_id, rest)]

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
        sent_at, now = self._sent_at.get(user_id), self.clock()
        if about_changes and sent_at is not None and sent_at <= now:  # else the clock was put back
            outline = await self.news_builder.outline(user_id, about_changes)
            waited = now - sent_at
            sent = self._sent_states[user_id]
            states = {CardState.APPROVED, *({CardState.APPLIED} & {CardState(state) for state in sent})}
            own_states = states if waited < OWN_PAUSE else ()
            held = outline.held(own_states=own_states, is_followed_held=waited < FOLLOWED_PAUSE)
            about_changes = [each for each in about_changes if each.delivery_id not in held]
        if len(about_changes) <= SINGLE_MAX:
            return [(each,) for each in about_changes]
        outline = await self.news_builder.outline(user_id, about_changes)
        await self.deliveries.give_up(outline.outdated)
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
        if intent is None or intent.draft_id is None:
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
