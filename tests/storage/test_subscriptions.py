"""People follow what they choose, up to a limit, and only they see it."""

from datetime import datetime, timedelta

import pytest

from storage.database import Database
from storage.errors import TooManySubscriptionsError
from storage.subscriptions import MAX_SUBSCRIPTIONS, Subscription, SubscriptionKind, Subscriptions, Topic

RITA, ABE = 1111, 2222
MODEL = Topic(SubscriptionKind.MODEL, "blip", "Deliberate")
REQUESTOR = Topic(SubscriptionKind.REQUESTOR, "", "101")
CATEGORY = Topic(SubscriptionKind.CATEGORY, "blip", "")


@pytest.fixture
def subscriptions(database: Database) -> Subscriptions:
    return Subscriptions(database)


async def test_a_topic_is_followed_once(subscriptions: Subscriptions, now: datetime) -> None:
    first, is_new = await subscriptions.add(RITA, MODEL, "Deliberate", now)
    assert is_new
    assert first == Subscription(first.subscription_id, RITA, MODEL, "Deliberate", now)
    again, is_new = await subscriptions.add(RITA, MODEL, "another label", now + timedelta(days=1))
    assert not is_new
    assert again == first
    assert await subscriptions.of_user(RITA) == [first]


async def test_topics_that_differ_in_one_part_are_followed_apart(subscriptions: Subscriptions, now: datetime) -> None:
    topics = [
        MODEL,
        Topic(SubscriptionKind.MODEL, "clip", "Deliberate"),
        Topic(SubscriptionKind.MODEL, "blip", "Another"),
        CATEGORY,
        REQUESTOR,
    ]
    made = [(await subscriptions.add(RITA, topic, "", now))[0] for topic in topics]
    assert [each.topic for each in await subscriptions.of_user(RITA)] == topics, "oldest first"
    assert len({each.subscription_id for each in made}) == len(topics)


async def test_followers_of_a_topic_are_found_in_the_order_in_which_they_came(
    subscriptions: Subscriptions, now: datetime
) -> None:
    assert await subscriptions.followers() == {}
    await subscriptions.add(ABE, MODEL, "Deliberate", now)
    await subscriptions.add(RITA, MODEL, "Deliberate", now)
    await subscriptions.add(RITA, REQUESTOR, "alice#101", now)
    assert await subscriptions.followers() == {MODEL: [ABE, RITA], REQUESTOR: [RITA]}


async def test_a_person_ends_their_own_subscriptions_only(subscriptions: Subscriptions, now: datetime) -> None:
    of_rita, _ = await subscriptions.add(RITA, REQUESTOR, "alice#101", now)
    of_abe, _ = await subscriptions.add(ABE, REQUESTOR, "alice#101", now)
    assert await subscriptions.remove(RITA, of_abe.subscription_id) is None
    assert await subscriptions.remove(RITA, of_rita.subscription_id) == of_rita
    assert await subscriptions.remove(RITA, of_rita.subscription_id) is None
    assert await subscriptions.of_user(ABE) == [of_abe]


async def test_a_person_follows_twenty_five_topics_at_most(subscriptions: Subscriptions, now: datetime) -> None:
    for number in range(MAX_SUBSCRIPTIONS):
        await subscriptions.add(RITA, Topic(SubscriptionKind.MODEL, "blip", f"{number}"), "", now)
    with pytest.raises(TooManySubscriptionsError) as refusal:
        await subscriptions.add(RITA, MODEL, "Deliberate", now)
    assert refusal.value.limit == MAX_SUBSCRIPTIONS == 25
    assert len(await subscriptions.of_user(RITA)) == MAX_SUBSCRIPTIONS
    _, is_new = await subscriptions.add(RITA, Topic(SubscriptionKind.MODEL, "blip", "3"), "", now)
    assert not is_new, "one that exists is no new one"
    assert (await subscriptions.add(ABE, MODEL, "Deliberate", now))[1], "the limit is a person's own"
