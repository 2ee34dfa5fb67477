"""Cost of a poll: few requests while nothing moves, and no change is ever missed."""

from datetime import timedelta

import pytest

from bot.reference.errors import UnavailableError
from bot.reference.models import ChangeStatus
from bot.services.changes import CardState
from bot.services.polling import queue_poller
from bot.services.polling.missing_changes import ASKED_AT_ONCE, GONE_AFTER
from bot.services.polling.queue_monitor import FULL_READ_EVERY
from storage.card_queue import CARDS_AT_ONCE
from tests.harness.scripted_service import ScriptedService
from tests.services.conftest import CHANNEL, GUILD, REQUESTOR, App
from tests.services.deliveries import deliver_cards, due_notices, due_posts, facts_of

MANY = 30


@pytest.fixture
async def watched(app: App) -> App:
    """Return a server with a review channel and more changes than are read one by one, all seen."""
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    for change_id in range(1, MANY + 1):
        app.service.put(change_id)
    await app.services.monitor.poll()
    return app


async def cost(app: App) -> list[str]:
    """Return the requests of one poll."""
    before = len(app.service.requests)
    await app.services.monitor.poll()
    return [f"{r.url.path.rpartition('/')[2]}?{r.url.query.decode()}" for r in app.service.requests[before:]]


def waiting(app: App, status: ChangeStatus = ChangeStatus.PENDING) -> set[int]:
    return {change.change_id for change in app.services.snapshot.in_status(status)}


async def cards(app: App) -> dict[int, str]:
    """Status of every change that has a due card."""
    due = await app.services.deliveries.deliveries.due_cards(app.clock())
    tracked = await app.services.card_service.cards.changes([card.change_id or 0 for card in due])
    return {change_id: tracked[change_id].status for change_id in sorted(tracked)}


async def test_a_poll_without_changes_costs_four_small_requests(watched: App) -> None:
    asked = await cost(watched)
    assert len(asked) == 4, asked
    assert asked[0].startswith("replicate_mode")
    assert len(await cost(watched)) == 4


async def test_a_new_change_costs_no_more(watched: App) -> None:
    watched.service.put(MANY + 1)
    assert len(await cost(watched)) == 4
    assert MANY + 1 in waiting(watched)
    assert len(await cost(watched)) == 4


@pytest.mark.parametrize("status", ["approved", "rejected", "applied", "applying"])
async def test_every_transition_is_seen_at_the_next_poll(watched: App, status: str) -> None:
    watched.service.put(3, status=status, updated_at=1_772_366_999)
    await watched.services.monitor.poll()
    assert 3 not in waiting(watched)
    assert (await cards(watched))[3] == status


async def test_an_apply_on_its_way_costs_one_request_more_and_its_news_are_seen(watched: App) -> None:
    watched.service.put(3, status="applying", updated_at=1_772_366_999)
    watched.service.put(4, status="applying", updated_at=1_772_366_999)
    await watched.services.monitor.poll()
    for _ in range(2):
        assert len(await cost(watched)) == 5
    watched.service.put(4, updated_at=1_772_367_000, payload={"name": "Model 4", "nsfw": True})
    await watched.services.monitor.poll()
    known = watched.services.snapshot.get(4)
    assert known is not None
    assert known.payload["nsfw"]
    watched.service.put(3, status="applied")
    await watched.services.monitor.poll()
    assert waiting(watched, ChangeStatus.APPLYING) == {4}


async def test_every_request_for_the_queue_has_the_reader_key(watched: App) -> None:
    watched.service.put(3, status="applying")
    del watched.service.changes[4]
    for wait in (timedelta(), FULL_READ_EVERY):
        watched.clock.move(seconds=wait.total_seconds())
        await watched.services.monitor.poll()
        await watched.services.monitor.poll()
    await watched.services.poller.find([5])
    asked = [request for request in watched.service.requests if "pending_queue" in request.url.path]
    key = watched.settings.reader_key.get_secret_value()
    assert {request.headers["apikey"] for request in asked} == {key}


async def test_the_whole_list_costs_three_requests_while_it_is_as_before(watched: App) -> None:
    watched.clock.move(seconds=FULL_READ_EVERY.total_seconds())
    assert len(await cost(watched)) == 3


async def test_after_purges_of_ended_changes_a_poll_is_as_cheap_as_before(watched: App) -> None:
    for change_id in (1, MANY):
        watched.service.put(change_id, status="rejected", rejected_by="303")
    await watched.services.monitor.poll()
    for gone in ([1], [MANY], [MANY - 1]):
        for change_id in gone:
            del watched.service.changes[change_id]
        await watched.services.monitor.poll()
        assert len(await cost(watched)) == 4
    watched.service.put(MANY + 1)
    assert len(await cost(watched)) == 4
    assert MANY + 1 in waiting(watched)


async def test_the_first_changes_of_an_empty_queue_are_seen_also_when_decided_at_once(app: App) -> None:
    await app.services.monitor.poll()
    app.service.put(1, status="rejected", rejected_by="303")
    app.service.put(2)
    assert len(await cost(app)) == 4
    assert waiting(app) == {2}
    assert app.services.snapshot.tracked[1].status == CardState.REJECTED


@pytest.mark.parametrize("way", ["full read", "outage", "restart"])
async def test_the_first_changes_of_an_empty_queue_are_seen_when_decided_before_a_full_read(app: App, way: str) -> None:
    await app.services.monitor.poll()
    app.service.put(1, status="rejected", rejected_by="303")
    await move_on(app, way)
    assert app.services.snapshot.tracked[1].status == CardState.REJECTED
    assert [notice.delivery.user_id for notice in await due_notices(app)] == [REQUESTOR]


async def move_on(app: App, way: str) -> None:
    """Poll again; except for `counts` so that the whole list is read, which happens in three ways."""
    if way == "restart":
        await app.restart()
    elif way == "outage":
        app.service.is_away = True
        with pytest.raises(UnavailableError):
            await app.services.monitor.poll()
        app.service.is_away = False
    if way != "counts":
        app.clock.move(seconds=FULL_READ_EVERY.total_seconds())
    await app.services.monitor.poll()


@pytest.mark.parametrize("way", ["full read", "outage", "restart"])
@pytest.mark.parametrize("page", [500, 10])
async def test_changes_decided_unseen_are_notified_though_others_were_purged(
    watched: App, monkeypatch: pytest.MonkeyPatch, page: int, way: str
) -> None:
    monkeypatch.setattr(queue_poller, "PAGE", page)
    for change_id in range(3, MANY + 1):
        watched.service.put(change_id, status="rejected", rejected_by="303")
    await watched.services.monitor.poll()
    for delivery in await due_notices(watched):
        await watched.services.deliveries.deliveries.give_up([delivery.delivery])
    for change_id in (3, MANY):
        del watched.service.changes[change_id]
    for change_id in range(MANY + 1, MANY + 16):
        watched.service.put(change_id, status="rejected", rejected_by="303")
    await move_on(watched, way)
    assert {i for i in watched.services.snapshot.tracked if i > MANY} == set(range(MANY + 1, MANY + 16))


@pytest.mark.parametrize("way", ["full read", "outage", "restart"])
async def test_a_change_decided_unseen_is_seen_though_all_before_it_were_purged(watched: App, way: str) -> None:
    watched.service.changes.clear()
    watched.service.put(MANY + 1, status="rejected", rejected_by="303")
    await move_on(watched, way)
    assert watched.services.snapshot.tracked[MANY + 1].status == CardState.REJECTED


@pytest.mark.parametrize("way", ["counts", "full read", "outage", "restart"])
async def test_decisions_from_before_the_first_poll_are_no_news(app: App, way: str) -> None:
    for change_id in range(1, 4):
        app.service.put(change_id, status="rejected", rejected_by="303")
    await app.services.monitor.poll()
    history = dict(app.service.changes)
    app.service.changes.clear()  # a service that restarts may list nothing for a while
    await move_on(app, way)
    app.service.changes = history
    await move_on(app, way)
    assert app.services.snapshot.tracked == {}
    assert await due_notices(app) == []


async def test_transitions_that_cancel_out_in_one_count_show_in_another(watched: App) -> None:
    watched.service.put(1, status="approved")
    await watched.services.monitor.poll()
    watched.service.put(1, status="applied")
    watched.service.put(2, status="approved")
    await watched.services.monitor.poll()
    assert waiting(watched, ChangeStatus.APPROVED) == {2}


async def test_a_purge_and_a_proposal_at_once_are_both_seen(watched: App) -> None:
    del watched.service.changes[3]
    watched.service.put(MANY + 1)
    await watched.wait_until_gone()
    assert MANY + 1 in waiting(watched)
    assert 3 not in waiting(watched)
    assert (await cards(watched))[3] == "purged"


async def test_the_list_is_read_every_ten_minutes_even_if_the_counts_are_equal(watched: App) -> None:
    watched.service.put(5, payload={"name": "Another"}, model_name="Another", requested_by="404")
    await watched.services.monitor.poll()
    watched.clock.move(seconds=FULL_READ_EVERY.total_seconds())
    await watched.services.monitor.poll()
    known = watched.services.snapshot.get(5)
    assert known is not None
    assert known.model_name == "Another"


async def test_after_an_outage_everything_is_read_again(watched: App) -> None:
    watched.service.is_away = True
    with pytest.raises(UnavailableError):
        await watched.services.monitor.poll()
    watched.service.is_away = False
    watched.service.put(5, payload={"name": "Model 5", "nsfw": True})
    await watched.services.monitor.poll()
    known = watched.services.snapshot.get(5)
    assert known is not None
    assert known.payload["nsfw"], "the service was restarted on other files"


async def test_a_missing_change_is_read_at_once_and_before_it_counts_as_gone(watched: App) -> None:
    del watched.service.changes[3]
    assert any(question.startswith("3?") for question in await cost(watched))
    assert len(await cost(watched)) == 4
    watched.clock.move(seconds=GONE_AFTER.total_seconds())
    assert any(question.startswith("3?") for question in await cost(watched))
    assert len(await cost(watched)) == 4, "and not any more"


async def test_many_decisions_elsewhere_are_found_without_a_request_each(watched: App) -> None:
    for change_id in range(1, MANY + 1):
        watched.service.put(change_id, status="rejected", rejected_by="303")
    asked = await cost(watched)
    assert not [question for question in asked if question.partition("?")[0].isdecimal()]
    assert waiting(watched) == set()
    assert set((await cards(watched)).values()) == {"rejected"}


async def test_an_empty_queue_removes_nothing_for_ten_minutes_and_costs_few_requests(watched: App) -> None:
    def singles(asked: list[str]) -> list[str]:
        return [question for question in asked if question.partition("?")[0].isdecimal()]

    watched.service.changes.clear()
    for minutes in (0, 5, 4):
        watched.clock.move(minutes=minutes)
        assert not singles(await cost(watched))
        assert set((await cards(watched)).values()) == {"pending"}
    watched.clock.move(minutes=1)
    assert len(singles(await cost(watched))) == ASKED_AT_ONCE
    assert len(singles(await cost(watched))) == MANY - ASKED_AT_ONCE
    tracked = await watched.services.recorder.cards.tracked()
    assert {change_id for change_id, row in tracked.items() if not row.is_final} == set()
    assert len(await cards(watched)) == CARDS_AT_ONCE, "no card for changes that are gone"
    assert len(await cost(watched)) <= 6


async def test_a_queue_that_comes_back_keeps_its_cards(watched: App) -> None:
    lost = dict(watched.service.changes)
    watched.service.changes.clear()
    await watched.services.monitor.poll()
    watched.service.changes = lost
    await watched.services.monitor.poll()
    assert waiting(watched) == set(range(1, MANY + 1))
    tracked = await watched.services.recorder.cards.tracked()
    assert not any(row.is_missing for row in tracked.values())


async def test_changes_decided_while_the_bot_was_stopped_are_notified(watched: App) -> None:
    await watched.restart()
    watched.service.put(MANY + 1, status="rejected", rejected_by="303", reject_reason="no")
    await watched.services.monitor.poll()
    (notice,) = await due_notices(watched)
    assert notice.delivery.user_id == REQUESTOR


async def test_other_cards_of_a_model_are_redrawn_when_a_rival_is_added_or_closed(app: App) -> None:
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    app.service.put(1)
    await app.services.monitor.poll()
    await drawn(app)
    app.service.put(2, model_name="Model 1")
    await app.services.monitor.poll()
    assert await drawn(app) == [1, 2]
    app.service.put(2, status="rejected", rejected_by="303")
    await app.services.monitor.poll()
    assert await drawn(app) == [1, 2]
    app.service.put(3)
    await app.services.monitor.poll()
    assert await drawn(app) == [3]


async def test_cards_with_a_file_are_redrawn_when_another_change_with_it_is_added_or_closed(app: App) -> None:
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    record = {"config": {"download": [{"file_name": "x.safetensors", "sha256sum": "ab" * 32}]}}
    app.service.put(1, payload=record)
    await app.services.monitor.poll()
    await drawn(app)
    app.service.put(2, payload=record)
    app.service.put(3, payload={})
    await app.services.monitor.poll()
    assert await drawn(app) == [1, 2, 3]
    app.service.put(2, status="rejected", rejected_by="303")
    await app.services.monitor.poll()
    assert await drawn(app) == [1, 2]


@pytest.mark.parametrize("model_name", ["Model 1", None], ids=["the model", "its file"])
async def test_what_is_proposed_many_times_does_not_keep_a_channel_busy_with_edits(
    app: App, model_name: str | None
) -> None:
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    record = {"config": {"download": [{"file_name": "x.safetensors", "sha256sum": "ab" * 32}]}}
    edits = []
    for number in range(1, 21):
        app.clock.move(hours=1)  # not in a burst, which gets few cards
        app.service.put(number, payload=record, model_name=model_name or f"Model {number}")
        await app.services.monitor.poll()
        edits.append(len(await drawn(app)) - 1)
    assert edits == [0, 1, 2, 3, 4, *[0] * 15]
    for number in (20, 2):
        app.service.put(number, status="rejected", rejected_by="303", model_name=model_name or f"Model {number}")
        await app.services.monitor.poll()
    assert await drawn(app) == [*range(1, 21)], "each may name the second"


async def test_a_file_of_many_changes_of_one_model_is_named_on_their_cards_when_another_has_it(app: App) -> None:
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    record = {"config": {"download": [{"file_name": "x.safetensors", "sha256sum": "ab" * 32}]}}
    for number in range(1, 8):
        app.clock.move(hours=1)
        app.service.put(number, payload=record, model_name="Model 1")
        await app.services.monitor.poll()
    await drawn(app)
    app.service.put(8, payload=record)
    await app.services.monitor.poll()
    assert await drawn(app) == [*range(1, 9)]


@pytest.mark.parametrize("model_name", ["Model 1", None], ids=["the model", "its file"])
async def test_a_card_learns_of_many_changes_that_one_poll_finds(app: App, model_name: str | None) -> None:
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    record = {"config": {"download": [{"file_name": "x.safetensors", "sha256sum": "ab" * 32}]}}
    for numbers in ([1], range(2, 22)):
        for number in numbers:
            app.service.put(number, payload=record, model_name=model_name or f"Model {number}")
        await app.services.monitor.poll()
        assert 1 in await drawn(app)


async def drawn(app: App) -> list[int]:
    """Deliver all cards; return their changes."""
    cards = await deliver_cards(app)
    assert CardState.PURGED not in [facts_of(card).state for card in cards]
    return [card.delivery.change_id or 0 for card in cards]


async def test_a_burst_gets_five_cards_and_one_post_and_more_cards_as_these_are_decided(watched: App) -> None:
    assert list(await cards(watched)) == list(range(1, CARDS_AT_ONCE + 1))
    (post,) = await due_posts(watched)
    assert post.facts == {"count": MANY, "carded": CARDS_AT_ONCE, "has_come_in": True}
    watched.service.put(2, status="approved", approved_by="202")
    watched.service.put(20, status="approved", approved_by="202")
    await watched.services.monitor.poll()
    assert list(await cards(watched)) == list(range(1, CARDS_AT_ONCE + 2))
    await watched.services.recorder.publish(await watched.services.poller.read(20))
    assert 20 in await cards(watched), "decided here"
    await watched.restart()
    await watched.services.monitor.poll()
    assert len(await due_posts(watched)) == 1


async def test_a_purged_change_makes_room_for_the_next_card_of_a_burst(watched: App) -> None:
    del watched.service.changes[2]
    await watched.wait_until_gone()
    assert CARDS_AT_ONCE + 1 in await cards(watched)


async def test_a_channel_set_later_is_not_flooded(app: App) -> None:
    for change_id in range(1, MANY + 1):
        app.service.put(change_id)
    await app.services.monitor.poll()
    for _ in range(2):
        await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    assert len(await cards(app)) == 2 * CARDS_AT_ONCE, "setting it again asks for more"
    (first, second) = await due_posts(app)
    assert (first.facts["count"], second.facts["count"]) == (MANY, MANY - CARDS_AT_ONCE)


def test_the_scripted_service_counts_as_the_real_one_does() -> None:
    service = ScriptedService()
    service.put(1)
    page = service._page("changes", {"offset": ["1000000000"], "limit": ["1"], "statuses": ["pending"]})
    assert page["items"] == []
    assert page["total"] == 1
