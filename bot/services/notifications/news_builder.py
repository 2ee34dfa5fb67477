"""Builds the contents of direct messages about changes, for requestors and subscribers."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.reference.errors import ApiError, NotFoundError, UnavailableError
from bot.reference.models import Operation, PendingChange
from bot.services.card_links import CardLinks
from bot.services.changes import CardState, ChangeFacts, state_of
from bot.services.notifications.following import named
from bot.services.notifications.news import BriefNews, ChangeNews, SeveralNews
from bot.services.polling.live_outcomes import LiveOutcomes
from bot.services.polling.notification_planner import topics_of
from bot.services.polling.queue_monitor import QueueMonitor
from bot.services.polling.queue_poller import QueuePoller
from bot.services.polling.queue_snapshot import QueueSnapshot
from bot.services.proposals.resubmission import Resubmission
from bot.services.queue.queue_reader import QueueReader
from bot.services.review.facts import ChangeFactsBuilder
from storage.cards import Cards, TrackedChange
from storage.delivery import Delivery
from storage.intents import Intents
from storage.links import Link, Links
from storage.notices import NoticeKey
from storage.revision_requests import RevisionRequests
from storage.subscriptions import Subscription, Subscriptions

NAMED_MAX = 10
"""Changes that a message about many of them names."""


@dataclass(frozen=True, slots=True)
class Outline:
    """Direct messages to one person about many changes, sorted without asking the service.

    Attributes:
        current: deliveries that still concern the person.
        outdated: deliveries whose change moved on.
        rejected: ids of current deliveries about rejections of the person's own proposals, which have reasons to read.
        own: ids of current deliveries about the person's own proposals.
    """

    current: tuple[Delivery, ...]
    outdated: tuple[Delivery, ...]
    rejected: frozenset[int]
    own: frozenset[int]

    def held(self, *, own_states: Collection[str], is_followed_held: bool) -> frozenset[int]:
        """Return the ids of current deliveries that are not to be sent yet.

        Args:
            own_states: states of the person's own changes whose news wait.
            is_followed_held: whether news of followed changes wait.
        """
        own = {each.delivery_id for each in self.current if NoticeKey.of(each).status in own_states} & self.own
        followed = {each.delivery_id for each in self.current} - self.own
        return frozenset(own | (followed if is_followed_held else set()))

    def split(self) -> tuple[list[Delivery], list[Delivery]]:
        """Return rejections, which have reasons to read, and deliveries that share a message."""
        rejected = [each for each in self.current if each.delivery_id in self.rejected]
        return rejected, [each for each in self.current if each not in rejected]


@dataclass(slots=True)
class NewsBuilder:
    """Builder of news. Reads each change once per round, even for many recipients."""

    monitor: QueueMonitor
    snapshot: QueueSnapshot
    poller: QueuePoller
    reader: QueueReader
    card_links: CardLinks
    facts_builder: ChangeFactsBuilder
    cards: Cards
    links: Links
    intents: Intents
    subscriptions: Subscriptions
    resubmission: Resubmission
    requests: RevisionRequests
    live_outcomes: LiveOutcomes
    clock: Callable[[], datetime]
    _read: dict[int, PendingChange | None] = field(default_factory=dict)

    def forget(self) -> None:
        """Forget the changes read in the previous round."""
        self._read.clear()

    async def build(self, notice: NoticeKey) -> ChangeNews | None:
        """Return the content of a message about one change; None when it is outdated.

        Raises:
            ApiError: the service did not answer, or contradicts itself.
        """
        news = await self._build(notice)
        if news is None and self.monitor.is_contradicted and notice.status != CardState.PURGED:
            raise UnavailableError("Another process of the service may know more.")
        return news

    async def _build(self, notice: NoticeKey) -> ChangeNews | None:
        change_id, state = notice.about_id, CardState(notice.status)
        known = await self.cards.change(change_id)
        if state is CardState.PURGED:
            if known is None or known.status != state:
                return None
            facts, digest = await self.facts_builder.of_purged(known), known.digest
        else:
            change = await self._change(change_id)
            if change is None or state_of(change, self.clock()) is not state:
                return None
            difference = await self.live_outcomes.difference_of(change)
            newer_id = await self.resubmission.replacement_of(change_id, change.digest)
            facts = ChangeFacts(change, state, live_difference=difference, resubmitted_as=newer_id)
            digest = change.digest
        return await self._news_for(notice.user_id, facts, digest)

    async def asked(self, notice: NoticeKey) -> ChangeNews | None:
        """Return a request for changes; None if it was replaced or the change moved on.

        Raises:
            ApiError: the service did not answer.
        """
        request = await self.requests.get(notice.about_id)
        change = None if request is None else await self._change(request.change_id)
        if request is None or change is None or change.digest != request.digest:
            return None
        state = state_of(change, self.clock())
        is_replaced = await self.resubmission.replacement_of(change.change_id, change.digest) is not None
        is_own = await self._is_own(notice.user_id, change)
        if state is not CardState.PENDING or is_replaced or not is_own:
            return None
        card = await self.card_links.link(change.change_id, None)
        return ChangeNews(ChangeFacts(change, state), card, revise=change.digest, request=request)

    async def outline(self, user_id: int, deliveries: Sequence[Delivery]) -> Outline:
        """Sort the messages to one person about changes, by what the last poll saw."""
        known = await self.cards.changes([NoticeKey.of(each).about_id for each in deliveries])
        link = await self.links.get(user_id)
        try:
            subscribed = await self._subscriptions_of(user_id)
        except ApiError:  # asked again when the content is built, which waits for the service
            subscribed = await self.subscriptions.of_user(user_id)
        current, outdated, rejected, own = [], [], set(), set()
        for delivery in deliveries:
            notice = NoticeKey.of(delivery)
            row = known.get(notice.about_id)
            is_own = row is not None and await self._is_proposer(user_id, link, row)
            if row is None or row.status != notice.status or not (is_own or named(subscribed, topics_of(row))):
                outdated.append(delivery)
                continue
            current.append(delivery)
            if is_own:
                own.add(delivery.delivery_id)
            if is_own and row.status == CardState.REJECTED:
                rejected.add(delivery.delivery_id)
        return Outline(tuple(current), tuple(outdated), frozenset(rejected), frozenset(own))

    async def several(self, notices: Sequence[NoticeKey]) -> SeveralNews:
        """Return the content of one message about many changes to one person.

        Raises:
            ApiError: the service did not answer.
        """
        reads_all = await self.reader.may_read_all(notices[0].user_id)
        chosen = sorted(notices, key=lambda notice: -notice.about_id)[:NAMED_MAX]
        known = await self.cards.changes([notice.about_id for notice in chosen])
        rows = [(notice.user_id, known[notice.about_id]) for notice in chosen if notice.about_id in known]
        shown = [(user_id, row) for user_id, row in rows if reads_all or await self._is_own(user_id, row)]
        return SeveralNews(tuple([await self._brief(user_id, row) for user_id, row in shown]), len(notices))

    async def _brief(self, user_id: int, row: TrackedChange) -> BriefNews:
        """Return one line; for the person's own rejected proposal also what *Revise* needs.

        Raises:
            ApiError: the reason cannot be read now.
        """
        brief = BriefNews(
            change_id=row.change_id,
            state=CardState(row.status),
            operation=Operation(row.operation),
            name=row.model_name,
            card=await self.card_links.link(row.change_id, None),
        )
        is_rejection = brief.state is CardState.REJECTED
        if not is_rejection or not await self._is_own(user_id, row):
            return brief
        change = await self._change(row.change_id)
        if change is None or change.digest != row.digest:
            return brief
        return replace(brief, reason=change.reject_reason or "", revise=change.digest)

    async def is_visible(self, user_id: int) -> bool:
        """Return whether others may see the person's Discord account."""
        link = await self.links.get(user_id)
        return link is not None and link.is_visible

    async def _news_for(self, user_id: int, facts: ChangeFacts, digest: str) -> ChangeNews | None:
        change = facts.change
        card = await self.card_links.link(change.change_id, None)
        if await self._is_own(user_id, change):
            return ChangeNews(facts, card, revise=digest if await self._is_revisable(facts) else None)
        followed = named(await self._subscriptions_of(user_id), topics_of(change))
        return None if followed is None else ChangeNews(facts, card, followed)

    async def _subscriptions_of(self, user_id: int) -> list[Subscription]:
        """Return a person's subscriptions; none where the service would not show them its queue.

        Raises:
            ApiError: the service did not say whether it would.
        """
        return await self.subscriptions.of_user(user_id) if await self.reader.may_read_all(user_id) else []

    async def _is_revisable(self, facts: ChangeFacts) -> bool:
        change = facts.change
        if facts.state is CardState.PURGED:
            is_possible = self.resubmission.is_possible
            return await is_possible(change.change_id, change.operation, change.category, change.model_name)
        return facts.state is CardState.REJECTED and facts.resubmitted_as is None

    async def _is_own(self, user_id: int, change: PendingChange | TrackedChange) -> bool:
        return await self._is_proposer(user_id, await self.links.get(user_id), change)

    async def _is_proposer(self, user_id: int, link: Link | None, change: PendingChange | TrackedChange) -> bool:
        """Return whether a person proposed a change; without a link, by what the bot sent for them."""
        if link is not None:
            return link.horde_user_id == change.requested_by
        return await self.intents.proposer_of(change.change_id) == user_id

    async def _change(self, change_id: int) -> PendingChange | None:
        known = self.snapshot.last_noted(change_id)
        if known is not None and not known.status.is_open:
            return known  # a final state stays
        if change_id not in self._read:
            try:
                self._read[change_id] = await self.poller.read_for_message(change_id)
            except NotFoundError:
                self._read[change_id] = None
        return self._read[change_id]
