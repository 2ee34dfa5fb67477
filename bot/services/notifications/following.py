"""Subscriptions to a category, a model or a requestor; news go out as direct messages."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.reference.client import ReferenceClient
from bot.reference.deployment import CATEGORIES
from bot.reference.models import PendingChange
from bot.services.catalogue import Catalogue
from bot.services.errors import FollowError, SubscriptionsFullError, UnknownModelError, UnknownRequestorError
from bot.services.model_names import close_to, ranked, resolved
from bot.services.polling.queue_snapshot import QueueSnapshot
from bot.services.queue.queue_reader import QueueReader
from bot.services.queue.queue_service import requestor_id, requestors_of
from storage.errors import TooManySubscriptionsError
from storage.links import Links
from storage.subscriptions import MAX_SUBSCRIPTIONS, Subscription, SubscriptionKind, Subscriptions, Topic


@dataclass(frozen=True, slots=True)
class Followed:
    """A subscription.

    Attributes:
        kind: ``category``, ``model`` or ``requestor``.
        category: of a category or a model; empty for a requestor.
        name: of the model, or the requestor's Horde name; empty for a category.
        since: creation time.
    """

    subscription_id: int
    kind: str
    category: str
    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Follows:
    """Result of subscribing.

    ``is_new`` is False for an existing subscription; ``count`` of ``limit`` are used.
    """

    followed: Followed
    is_new: bool
    count: int
    limit: int = MAX_SUBSCRIPTIONS


@dataclass(slots=True)
class Following:
    """Subscriptions of people; each person sees only their own."""

    subscriptions: Subscriptions
    catalogue: Catalogue
    client: ReferenceClient
    reader: QueueReader
    snapshot: QueueSnapshot
    links: Links
    clock: Callable[[], datetime]

    async def follow(self, user_id: int, *, category: str | None, model: str | None, requestor: str | None) -> Follows:
        """Follow a category, a model of it, or a requestor.

        Args:
            user_id: Discord id.
            category: the service's category.
            model: a name as typed or chosen; without a category, exactly one must have it.
            requestor: a Horde name or id, as typed or chosen.

        Raises:
            NotLinkedError, MissingRoleError: the service shows its queue to approvers only.
            FollowError: no topic or two were named, or a model of several categories.
            UnknownRequestorError: it is neither a Horde name nor an id.
            UnknownModelError: neither the reference nor the queue has the model.
            SubscriptionsFullError: the person has the largest number of subscriptions.
        """
        await self.reader.require_access(user_id)
        topic, label = await self._topic(category, model, requestor)
        try:
            subscription, is_new = await self.subscriptions.add(user_id, topic, label, self.clock())
        except TooManySubscriptionsError as error:
            raise SubscriptionsFullError(error.limit) from None
        return Follows(_followed(subscription), is_new, len(await self.subscriptions.of_user(user_id)))

    async def of_user(self, user_id: int) -> list[Followed]:
        """Return a person's subscriptions, oldest first."""
        return [_followed(each) for each in await self.subscriptions.of_user(user_id)]

    async def end(self, user_id: int, subscription_id: int) -> Followed | None:
        """Delete a subscription and return it; None if it does not exist."""
        removed = await self.subscriptions.remove(user_id, subscription_id)
        return None if removed is None else _followed(removed)

    def model_names(self, category: str | None) -> list[str]:
        """Return model names of one category or of all, from the reference and the queue in memory."""
        categories = (category,) if category else CATEGORIES
        live = (name for each in categories for name in self.catalogue.known_names(each))
        queued = (change.model_name for change in self._open() if change.category in categories)
        return list(dict.fromkeys((*live, *queued)))

    def offered_names(self, typed: str, category: str | None, limit: int) -> list[str]:
        """Return matching names of one category or all: live ones, then those in the queue."""
        live = self.catalogue.best_names(typed, limit, category)
        queued = (change.model_name for change in self._open() if category in (None, change.category))
        return list(dict.fromkeys((*live, *ranked(queued, typed))))[:limit]

    async def requestors(self) -> dict[str, str]:
        """Return Horde names by id, of open changes' requestors and of visible linked members."""
        linked = {link.horde_user_id: link.horde_username for link in await self.links.with_roles() if link.is_visible}
        return {**linked, **requestors_of(self._open())}

    async def _topic(self, category: str | None, model: str | None, requestor: str | None) -> tuple[Topic, str]:
        if requestor is not None and (category is not None or model is not None):
            raise FollowError("several")
        if requestor is not None:
            return await self._requestor(requestor)
        if model is not None:
            category, name = self._model(category, model)
            return Topic(SubscriptionKind.MODEL, category, name), name
        if category is not None:
            return Topic(SubscriptionKind.CATEGORY, category, ""), ""
        raise FollowError("nothing")

    async def _requestor(self, typed: str) -> tuple[Topic, str]:
        known = await self.requestors()
        horde_user_id = requestor_id(typed, known)
        if horde_user_id is None:
            raise UnknownRequestorError(typed)
        label = typed.strip() if "#" in typed else f"#{horde_user_id}"
        return Topic(SubscriptionKind.REQUESTOR, "", horde_user_id), known.get(horde_user_id, label)

    def _model(self, category: str | None, typed: str) -> tuple[str, str]:
        found = [
            (each, name)
            for each in ((category,) if category else CATEGORIES)
            if (name := resolved(names := self.model_names(each), typed)) in names
        ]
        if len(found) == 1:
            return found[0]
        if found:
            raise FollowError("category", typed)
        raise UnknownModelError(category or "", typed.strip(), close_to(self.model_names(category), typed))

    def _open(self) -> list[PendingChange]:
        if self.client.may_conceal_queue:  # read with an approver's key, which others do not have
            return []
        return self.snapshot.in_status()


def named(subscriptions: Iterable[Subscription], topics: Iterable[Topic]) -> Followed | None:
    """Return the subscription to the first of these topics that has one; None if none has."""
    by_topic = {each.topic: each for each in subscriptions}
    return next((_followed(by_topic[topic]) for topic in topics if topic in by_topic), None)


def _followed(subscription: Subscription) -> Followed:
    topic = subscription.topic
    return Followed(
        subscription_id=subscription.subscription_id,
        kind=topic.kind.value,
        category=topic.category,
        name=subscription.label,
        since=subscription.created_at,
    )
