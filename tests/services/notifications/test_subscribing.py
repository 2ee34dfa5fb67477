"""Subscribing: what a person may type, what is offered, and what each subscription is called."""

from datetime import UTC, datetime

import pytest

from bot.reference.client import ReferenceClient
from bot.services.errors import FollowError, UnknownModelError, UnknownRequestorError
from bot.services.notifications.following import Followed, Follows, named
from storage.subscriptions import MAX_SUBSCRIPTIONS, Subscription, SubscriptionKind, Topic
from tests.services.conftest import APPROVER, OTHER, REQUESTOR, App

IMAGE = "image_generation"


@pytest.fixture
async def queue(app: App) -> App:
    """A live model, a queued one in another category, and a requestor who is not linked."""
    app.service.put(41, category="lora", model_name="Lantern", requested_by="404", requested_username="dave#404")
    await app.services.monitor.poll()
    await app.services.catalogue.live_models(IMAGE)
    return app


async def follow(
    app: App, *, category: str | None = None, model: str | None = None, requestor: str | None = None
) -> Follows:
    return await app.services.following.follow(OTHER, category=category, model=model, requestor=requestor)


async def test_a_category_is_followed_by_its_name(queue: App) -> None:
    follows = await follow(queue, category=IMAGE)
    number = follows.followed.subscription_id
    assert follows == Follows(
        Followed(number, "category", IMAGE, "", queue.clock()), is_new=True, count=1, limit=MAX_SUBSCRIPTIONS
    )


async def test_following_twice_is_said_and_counted_once(queue: App) -> None:
    first = await follow(queue, category=IMAGE)
    queue.clock.move(days=1)
    again = await follow(queue, category=IMAGE)
    assert (again.is_new, again.count, again.followed) == (False, 1, first.followed)
    other = await follow(queue, category="lora")
    assert (other.is_new, other.count) == (True, 2)


@pytest.mark.parametrize("typed", ["Deliberate", " deliberate "])
async def test_a_live_model_is_followed_under_its_own_spelling(queue: App, typed: str) -> None:
    followed = (await follow(queue, model=typed)).followed
    assert (followed.kind, followed.category, followed.name) == ("model", IMAGE, "Deliberate")


async def test_a_queued_model_can_be_followed_before_it_is_live(queue: App) -> None:
    followed = (await follow(queue, model="lantern")).followed
    assert (followed.kind, followed.category, followed.name) == ("model", "lora", "Lantern")


async def test_a_model_of_another_category_is_unknown_and_close_names_are_offered(queue: App) -> None:
    with pytest.raises(UnknownModelError) as unknown:
        await follow(queue, category=IMAGE, model=" Deliberat ")
    assert unknown.value.args == UnknownModelError(IMAGE, "Deliberat", ("Deliberate",)).args
    with pytest.raises(UnknownModelError) as unknown:
        await follow(queue, category=IMAGE, model="Lantern")
    with pytest.raises(UnknownModelError) as unknown:
        await follow(queue, model="Lantrn")
    assert "Lantern" in str(vars(unknown.value)) + str(unknown.value.args)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("dave#404", "dave#404"),
        ("dave", "dave#404"),
        ("404", "dave#404"),
        (" erin#505 ", "erin#505"),
        ("505", "#505"),
        ("alice#101", "alice#101"),
    ],
)
async def test_a_requestor_is_followed_by_name_or_number(queue: App, typed: str, name: str) -> None:
    followed = (await follow(queue, requestor=typed)).followed
    assert (followed.kind, followed.category, followed.name) == ("requestor", "", name)


async def test_an_unknown_requestor_is_named_as_typed(queue: App) -> None:
    with pytest.raises(UnknownRequestorError) as unknown:
        await follow(queue, requestor="stranger")
    assert "stranger" in str(vars(unknown.value)) + str(unknown.value.args)


async def test_one_topic_is_to_be_named_and_no_more(queue: App) -> None:
    for model, category in (("Deliberate", None), (None, IMAGE), ("Deliberate", IMAGE)):
        with pytest.raises(FollowError) as several:
            await follow(queue, requestor="404", model=model, category=category)
        assert several.value.problem == "several"
    with pytest.raises(FollowError) as nothing:
        await follow(queue)
    assert nothing.value.problem == "nothing"


async def test_a_model_name_of_two_categories_is_named_in_the_question(queue: App) -> None:
    queue.service.put(42, category="ti", model_name="Lantern")
    await queue.services.monitor.poll()
    with pytest.raises(FollowError) as unclear:
        await follow(queue, model="Lantern")
    assert unclear.value.problem == "category"
    assert "Lantern" in str(vars(unclear.value)) + str(unclear.value.args)


async def test_names_are_offered_live_ones_first(queue: App) -> None:
    following = queue.services.following
    assert following.model_names(None) == ["Deliberate", "Lantern"]
    assert following.model_names("lora") == ["Lantern"]
    assert following.model_names(IMAGE) == ["Deliberate"]
    assert following.offered_names("", None, 25) == ["Deliberate", "Lantern"]
    assert following.offered_names("", None, 1) == ["Deliberate"]
    assert following.offered_names("", "lora", 25) == ["Lantern"]
    assert following.offered_names("lant", None, 25) == ["Lantern"]
    assert following.offered_names("lant", IMAGE, 25) == []


async def test_a_live_model_in_the_queue_is_offered_once(queue: App) -> None:
    queue.service.put(42, model_name="Deliberate", operation="update")
    await queue.services.monitor.poll()
    assert queue.services.following.model_names(IMAGE) == ["Deliberate"]
    assert queue.services.following.offered_names("", IMAGE, 25) == ["Deliberate"]


async def test_requestors_are_offered_with_their_names(queue: App) -> None:
    assert await queue.services.following.requestors() == {"101": "alice#101", "202": "bob#202", "404": "dave#404"}
    await queue.services.accounts.set_visible(REQUESTOR, is_visible=False)
    assert await queue.services.following.requestors() == {"202": "bob#202", "404": "dave#404"}


async def test_a_hidden_queue_offers_no_names(queue: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ReferenceClient, "may_conceal_queue", True)
    assert queue.services.following.offered_names("", None, 25) == ["Deliberate"]
    assert "404" not in await queue.services.following.requestors()
    with pytest.raises(UnknownModelError):
        await follow(queue, model="Lantern")


async def test_a_person_sees_their_own_subscriptions_and_ends_one(queue: App) -> None:
    first = (await follow(queue, category=IMAGE)).followed
    second = (await follow(queue, model="Lantern")).followed
    following = queue.services.following
    assert await following.of_user(OTHER) == [first, second]
    assert await following.of_user(APPROVER) == []
    assert await following.end(OTHER, first.subscription_id) == first
    assert await following.of_user(OTHER) == [second]


def test_the_first_topic_with_a_subscription_is_named() -> None:
    since = datetime(2026, 3, 1, tzinfo=UTC)
    category, model = Topic(SubscriptionKind.CATEGORY, IMAGE, ""), Topic(SubscriptionKind.MODEL, IMAGE, "Deliberate")
    held = [Subscription(1, OTHER, category, "", since), Subscription(2, OTHER, model, "Deliberate", since)]
    assert named(held, (model, category)) == Followed(2, "model", IMAGE, "Deliberate", since)
    assert named(held[:1], (model, category)) == Followed(1, "category", IMAGE, "", since)
    assert named([], (model, category)) is None
