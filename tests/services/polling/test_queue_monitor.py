"""New, moved and gone changes are all noticed, and nothing known is lost."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from bot.reference.errors import UnavailableError
from bot.reference.models import ChangeStatus
from bot.services.changes import STUCK_AFTER, CardState
from bot.services.polling import queue_poller
from bot.services.polling.missing_changes import GONE_AFTER
from bot.services.polling.queue_monitor import FULL_READ_EVERY
from bot.services.polling.queue_poller import OPEN_STATUSES, PAGE
from bot.services.review.outcomes import Outcome
from bot.services.review.presses import DecisionVerb
from storage.delivery import RETRY_FIRST
from tests.services.conftest import APPROVER, CHANNEL, GUILD, REQUESTOR, App
from tests.services.deliveries import due_cards, facts_of, record

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def draw_all(app: App, *, first_message: int = 500) -> dict[int, CardState]:
    """Post or edit every due card; return the states they show."""
    shown = {}
    for message_id, card in enumerate(await due_cards(app), start=first_message):
        shown[card.delivery.change_id or 0] = facts_of(card).state
        await record(app, card, message_id=message_id)
    return shown


def outage(app: App) -> tuple[datetime | None, Exception | None]:
    return app.services.monitor.away_since, app.services.monitor.problem


@pytest.fixture
async def watched(app: App) -> App:
    """A server with a review channel and one change whose card is posted."""
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    app.service.put(42)
    await app.services.monitor.poll()
    assert await draw_all(app) == {42: CardState.PENDING}
    return app


async def test_a_poll_without_changes_writes_and_draws_nothing(watched: App) -> None:
    before = (await watched.services.recorder.cards.tracked())[42]
    watched.clock.move(seconds=20)
    await watched.services.monitor.poll()
    assert (await watched.services.recorder.cards.tracked())[42] == before
    assert await due_cards(watched) == []


async def test_a_new_change_gets_a_card_and_a_moved_one_is_redrawn(watched: App) -> None:
    watched.service.put(42, status="approved", approved_by="303", approved_username="carol#303")
    watched.service.put(43)
    await watched.services.monitor.poll()
    assert await draw_all(watched) == {42: CardState.APPROVED, 43: CardState.PENDING}
    assert [change.change_id for change in watched.services.snapshot.in_status(ChangeStatus.PENDING)] == [43]
    assert [change.change_id for change in watched.services.snapshot.in_status(ChangeStatus.APPROVED)] == [42]


async def test_a_queue_of_several_pages_is_read_to_its_end(app: App) -> None:
    for change_id in range(1, 2 * PAGE + 2):
        app.service.put(change_id)
    await app.services.monitor.poll()
    assert len(app.services.snapshot.in_status(ChangeStatus.PENDING)) == 2 * PAGE + 1
    assert app.service.asked("/pending_queue/changes") == 3 + 2, "and the newest of all"


SMALL_PAGE = 20
LONG = 4 * SMALL_PAGE
LATE = LONG - 10
"""On the last page."""
MANY = 22


@pytest.fixture
async def long_queue(app: App, monkeypatch: pytest.MonkeyPatch) -> App:
    """Queue of many small pages, after one poll."""
    monkeypatch.setattr(queue_poller, "PAGE", SMALL_PAGE)
    for change_id in range(1, LONG + 1):
        app.service.put(change_id)
    await app.services.monitor.poll()
    app.service.requests.clear()
    return app


async def test_what_was_decided_in_a_long_queue_is_seen_at_the_next_poll(long_queue: App) -> None:
    monitor = long_queue.services.monitor
    long_queue.service.put(17, status="rejected", rejected_by="303", reject_reason="no")
    long_queue.service.put(LONG - 1, status="approved", approved_by="303", approved_username="carol#303")
    long_queue.service.put(LONG + 1)
    await monitor.poll()
    assert long_queue.services.snapshot.get(17) is None
    assert long_queue.services.snapshot.tracked[17].status == CardState.REJECTED
    assert [change.change_id for change in long_queue.services.snapshot.in_status(ChangeStatus.APPROVED)] == [LONG - 1]
    assert len(long_queue.services.snapshot.in_status(ChangeStatus.PENDING)) == LONG - 1
    await monitor.poll()
    long_queue.service.requests.clear()
    await monitor.poll()
    assert len(long_queue.service.requests) <= 4, "nothing more to find"


async def test_many_decisions_in_a_long_queue_are_all_seen(long_queue: App) -> None:
    decided = range(1, LONG, LONG // MANY)
    for change_id in decided:
        long_queue.service.put(change_id, status="rejected", rejected_by="303", reject_reason="no")
    await long_queue.services.monitor.poll()
    tracked = long_queue.services.snapshot.tracked
    assert {i for i, row in tracked.items() if row.status == CardState.REJECTED} == set(decided)


async def test_an_apply_in_a_long_queue_is_followed_to_its_end(long_queue: App) -> None:
    monitor = long_queue.services.monitor
    for status in ("approved", "applying", "applied"):
        long_queue.service.put(LATE, status=status)
        await monitor.poll()
        assert long_queue.services.snapshot.tracked[LATE].status == status


async def test_an_approval_during_a_poll_is_no_contradiction(long_queue: App) -> None:
    monitor = long_queue.services.monitor
    long_queue.service.put(17, status="rejected", rejected_by="303", reject_reason="no")

    async def approved(request: httpx.Request) -> None:
        if request.url.params.get_list("statuses") == list(OPEN_STATUSES):
            long_queue.service.put(LATE, status="approved")
        else:
            long_queue.service.meanwhile["/changes"] = approved

    long_queue.service.meanwhile["/changes"] = approved
    await monitor.poll()
    assert long_queue.services.snapshot.tracked[LATE].status == CardState.APPROVED
    assert [change.change_id for change in long_queue.services.snapshot.in_status(ChangeStatus.APPROVED)] == [LATE]
    assert not (await long_queue.services.status.report()).is_contradicted


async def test_a_new_change_that_is_approved_during_a_poll_is_seen_as_approved(long_queue: App) -> None:
    monitor = long_queue.services.monitor
    long_queue.service.put(17, status="rejected", rejected_by="303", reject_reason="no")
    long_queue.service.put(LONG + 1)

    async def approved(_: httpx.Request) -> None:
        long_queue.service.put(LONG + 1, status="approved")

    long_queue.service.meanwhile["/changes"] = approved  # once the newest were told
    for _ in range(2):
        await monitor.poll()
    assert [change.change_id for change in long_queue.services.snapshot.in_status(ChangeStatus.APPROVED)] == [LONG + 1]


@pytest.mark.parametrize(("before", "after"), [("pending", "rejected"), ("approved", "applied")])
async def test_a_new_change_that_is_closed_during_a_poll_is_seen(long_queue: App, before: str, after: str) -> None:
    monitor = long_queue.services.monitor
    long_queue.service.put(17, status="rejected", rejected_by="303", reject_reason="no")
    long_queue.service.put(LONG + 1, status=before)

    async def decided(_: httpx.Request) -> None:
        long_queue.service.put(LONG + 1, status=after)

    long_queue.service.meanwhile["/changes"] = decided
    await monitor.poll()
    assert long_queue.services.snapshot.tracked[LONG + 1].status == after


@pytest.fixture
def small_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the bot read answers of at most 80 KB, instead of writing and parsing many megabytes."""
    monkeypatch.setattr("bot.reference.transport.MAX_BODY_BYTES", 80_000)


@pytest.mark.usefixtures("small_answers")
async def test_proposals_larger_than_one_answer_hide_no_others(app: App) -> None:
    huge = {"name": "Huge", "description": "x" * 19_000}
    for change_id in range(1, 8):
        app.service.put(change_id, payload=huge)
    await app.services.monitor.poll()
    assert all(app.services.snapshot.get(change_id) for change_id in range(1, 8))
    for change_id in range(8, 14):  # more than one answer holds, since the last look
        app.service.put(change_id, payload=huge)
    app.service.put(14)
    await app.services.monitor.poll()
    assert all(app.services.snapshot.get(change_id) for change_id in range(1, 15))


HUGE = {"name": "Huge", "description": "x" * 90_000}
"""Larger than the bot reads at once, but the service accepts it."""


@pytest.mark.usefixtures("small_answers")
@pytest.mark.parametrize("place", [1, 2, 3])
async def test_an_oversized_proposal_hides_no_others(app: App, place: int) -> None:
    monitor = app.services.monitor
    for change_id in range(1, 4):
        app.service.put(change_id, **({"payload": HUGE} if change_id == place else {}))
    await monitor.poll()
    others = [change_id for change_id in range(1, 4) if change_id != place]
    assert [change.change_id for change in app.services.snapshot.in_status(ChangeStatus.PENDING)] == others
    assert (await app.services.status.report()).unreadable == (place,)
    app.service.requests.clear()
    await monitor.poll()
    looked = [request for request in app.service.requests if request.url.params.get_list("statuses")]
    assert len(looked) == 2, "only the counts: it is known"
    app.service.put(4)
    await monitor.poll()
    assert app.services.snapshot.get(4) is not None
    app.service.put(place, status="rejected", rejected_by="303", reject_reason="too long")
    await monitor.poll()
    assert (await app.services.status.report()).unreadable == ()
    assert [change.change_id for change in app.services.snapshot.in_status(ChangeStatus.PENDING)] == [*others, 4]


class EndlessError(AssertionError):
    """The bot sends requests without end."""


@pytest.mark.usefixtures("small_answers")
@pytest.mark.parametrize("status", ["pending", "rejected"])
@pytest.mark.parametrize("has_more", [False, True], ids=["it is the newest", "others came after it"])
async def test_an_oversized_newest_proposal_stops_no_poll(watched: App, status: str, *, has_more: bool) -> None:
    monitor, asked = watched.services.monitor, len(watched.service.requests)

    async def counted(_: httpx.Request) -> None:
        if len(watched.service.requests) > asked + 100:
            raise EndlessError
        watched.service.meanwhile["/changes"] = counted

    watched.service.meanwhile["/changes"] = counted
    watched.service.put(43, payload=HUGE, status=status)
    if has_more:
        watched.service.put(44, status="rejected", rejected_by="303", reject_reason="no")
        watched.service.put(45)
    await monitor.poll()
    assert await draw_all(watched) == ({45: CardState.PENDING} if has_more else {})
    if has_more:
        assert watched.services.snapshot.tracked[44].status == CardState.REJECTED
    assert (await watched.services.status.report()).unreadable == ((43,) if status == "pending" else ())
    watched.service.put(46)
    await monitor.poll()
    assert await draw_all(watched) == {46: CardState.PENDING}


@pytest.mark.usefixtures("small_answers")
@pytest.mark.parametrize("status", ["pending", "approved"])
async def test_beside_an_oversized_proposal_every_decision_is_seen_at_the_next_poll(watched: App, status: str) -> None:
    monitor = watched.services.monitor
    watched.service.put(41, payload=HUGE)
    watched.service.put(43)
    await monitor.poll()
    watched.service.put(41, status=status)
    await monitor.poll()
    watched.service.put(42, status="approved", approved_by="303")
    await monitor.poll()
    assert [change.change_id for change in watched.services.snapshot.in_status(ChangeStatus.APPROVED)] == [42]
    assert [change.change_id for change in watched.services.snapshot.in_status(ChangeStatus.PENDING)] == [43]
    watched.service.requests.clear()
    await monitor.poll()
    assert watched.service.asked("/pending_queue/changes") == 3, "the oversized one is not read again"


async def test_a_change_counts_as_gone_only_after_ten_minutes_and_a_404(watched: App) -> None:
    del watched.service.changes[42]
    await watched.services.monitor.poll()
    watched.clock.move(seconds=GONE_AFTER.total_seconds() - 1)
    await watched.services.monitor.poll()
    assert await due_cards(watched) == []
    watched.clock.move(seconds=1)
    await watched.services.monitor.poll()
    (card,) = await due_cards(watched)
    assert (facts_of(card).state, facts_of(card).noticed_at) == (CardState.PURGED, watched.clock())
    assert facts_of(card).change.requested_username == "alice#101"


async def test_a_change_on_no_list_is_not_gone_while_its_own_address_has_it(watched: App) -> None:
    one = watched.service.changes.pop(42)
    watched.service.bodies["/changes/42"] = (200, one)
    await watched.wait_until_gone()
    await watched.wait_until_gone()
    assert await due_cards(watched) == []
    assert (await watched.services.status.report()).is_contradicted


async def test_a_change_that_comes_back_has_to_be_missing_for_ten_minutes_again(watched: App) -> None:
    for _ in range(2):
        missing = watched.service.changes.pop(42)
        await watched.services.monitor.poll()
        watched.clock.move(seconds=GONE_AFTER.total_seconds() - 1)
        await watched.services.monitor.poll()
        watched.service.changes[42] = missing
        await watched.services.monitor.poll()
        assert (await watched.services.status.report()).is_contradicted
    assert not (await watched.services.recorder.cards.tracked())[42].is_missing
    assert await due_cards(watched) == []


async def test_a_closed_change_that_left_the_list_is_not_missing(watched: App) -> None:
    watched.service.put(42, status="rejected", rejected_by="303", reject_reason="no")
    await watched.services.monitor.poll()
    assert await draw_all(watched) == {42: CardState.REJECTED}
    assert watched.services.snapshot.get(42) is None


async def test_a_missing_change_that_cannot_be_read_hides_no_others(watched: App) -> None:
    del watched.service.changes[42]
    watched.service.bodies["/changes/42"] = (200, {"makes": "no sense"})
    watched.service.put(43)
    await watched.wait_until_gone()
    assert await draw_all(watched) == {43: CardState.PENDING}


async def test_a_decision_elsewhere_that_could_not_be_read_is_seen_at_the_next_poll(watched: App) -> None:
    watched.service.put(42, status="rejected", rejected_by="303", reject_reason="no")
    watched.service.refusals["/changes/42"] = (500, "Internal error")
    await watched.services.monitor.poll()
    assert await draw_all(watched) == {}
    watched.service.refusals.clear()
    await watched.services.monitor.poll()
    assert await draw_all(watched) == {42: CardState.REJECTED}


async def test_an_apply_of_more_than_ten_minutes_is_stuck(watched: App) -> None:
    since = int(watched.clock().timestamp())
    watched.service.put(42, status="applying", updated_at=since)
    await watched.services.monitor.poll()
    assert await draw_all(watched) == {42: CardState.APPLYING}
    watched.clock.move(seconds=STUCK_AFTER.total_seconds() + 1)
    await watched.services.monitor.poll()
    assert await draw_all(watched) == {42: CardState.STUCK}
    watched.service.put(42, status="approved", updated_at=since + 700)
    await watched.services.monitor.poll()
    assert await draw_all(watched) == {42: CardState.APPROVED}


async def test_a_restart_keeps_the_cursor_and_every_card(watched: App) -> None:
    await watched.restart()
    assert watched.services.snapshot.highest_change_id == 42
    await watched.services.monitor.poll()
    assert await due_cards(watched) == [], "the card is up to date"
    watched.service.put(43)
    await watched.services.monitor.poll()
    assert watched.services.snapshot.highest_change_id == 43


@pytest.mark.parametrize("later", [FULL_READ_EVERY, timedelta(hours=-5)], ids=["ten minutes later", "clock put back"])
async def test_a_reused_id_is_shown_with_its_new_content(watched: App, later: timedelta) -> None:
    watched.service.put(42, payload={"name": "Another"}, model_name="Another", requested_by="404")
    watched.clock.move(seconds=later.total_seconds())
    await watched.services.monitor.poll()
    (card,) = await due_cards(watched)
    assert facts_of(card).change.model_name == "Another"


async def test_a_list_that_is_older_than_a_decision_does_not_undo_it(watched: App) -> None:
    service, monitor = watched.service, watched.services.monitor
    service.put(42, status="approved", approved_by="202")
    await monitor.poll()
    await draw_all(watched)

    async def apply_while_the_list_is_on_its_way(_: httpx.Request) -> None:
        outcome = await watched.decide(watched.press(42), DecisionVerb.APPLY)
        assert outcome.outcome is Outcome.DONE
        assert outcome.state is CardState.APPLIED
        assert await draw_all(watched) == {42: CardState.APPLIED}

    service.meanwhile["/changes"] = apply_while_the_list_is_on_its_way
    watched.clock.move(seconds=FULL_READ_EVERY.total_seconds())
    await monitor.poll()
    assert not service.meanwhile, "it happened"
    assert await due_cards(watched) == []
    assert watched.services.snapshot.get(42) is None
    await monitor.poll()
    assert await due_cards(watched) == []


async def test_a_proposal_newer_than_the_list_stays_in_the_snapshot(watched: App) -> None:
    monitor = watched.services.monitor

    async def queue_while_the_list_is_on_its_way(_: httpx.Request) -> None:
        watched.service.put(43)
        await watched.services.recorder.publish(await watched.services.poller.read(43))

    watched.service.meanwhile["/changes"] = queue_while_the_list_is_on_its_way
    watched.clock.move(seconds=FULL_READ_EVERY.total_seconds())
    await monitor.poll()
    assert watched.services.snapshot.get(43) is not None
    assert set(await watched.services.recorder.cards.tracked()) == {42, 43}


async def test_an_outage_is_reported_and_the_snapshot_stays(watched: App) -> None:
    monitor = watched.services.monitor
    watched.service.is_away = True
    since = watched.clock()
    for _ in range(4):
        with pytest.raises(UnavailableError):
            await monitor.poll()
        watched.clock.move(minutes=1)
    assert monitor.away_since == since
    assert isinstance(monitor.problem, UnavailableError)
    assert watched.services.snapshot.get(42) is not None, "an outage does not remove changes"
    watched.service.is_away = False
    assert monitor.last_poll_at == since
    await monitor.poll()
    assert outage(watched) == (None, None)
    assert monitor.last_poll_at == watched.clock()
    assert await due_cards(watched) == []


async def test_a_poll_that_fails_half_way_is_reported_as_failed(long_queue: App) -> None:
    for change_id in range(1, 2 * MANY):
        long_queue.service.put(change_id, status="rejected", rejected_by="303", reject_reason="no")
    long_queue.clock.move(seconds=FULL_READ_EVERY.total_seconds())

    async def goes_away(request: httpx.Request) -> None:
        if request.url.params.get_list("statuses"):
            long_queue.service.meanwhile["/changes"] = goes_away
        else:
            long_queue.service.is_away = True  # the newest, and what was missed, are asked for without statuses

    long_queue.service.meanwhile["/changes"] = goes_away
    with pytest.raises(UnavailableError):
        await long_queue.services.monitor.poll()
    assert outage(long_queue)[0] is not None
    long_queue.service.is_away = False
    await long_queue.services.monitor.poll()
    assert outage(long_queue) == (None, None)
    assert long_queue.services.snapshot.get(1) is None


async def test_a_card_whose_change_cannot_be_read_waits(watched: App) -> None:
    watched.service.put(42, status="rejected", rejected_by="303")
    await watched.services.monitor.poll()
    await watched.services.monitor.poll()  # the change is not in memory any more
    watched.service.is_away = True
    assert await due_cards(watched) == []
    watched.service.is_away = False
    watched.clock.move(seconds=RETRY_FIRST.total_seconds())
    assert await draw_all(watched) == {42: CardState.REJECTED}


async def test_other_open_changes_of_the_same_model_come_from_the_snapshot(watched: App) -> None:
    watched.service.put(43, model_name="Model 42")
    watched.service.put(44, model_name="Model 42", category="lora")
    await watched.services.monitor.poll()
    asked = len(watched.service.requests)
    rivals = watched.services.snapshot.of_model("image_generation", "Model 42", besides=42)
    assert [change.change_id for change in rivals] == [43]
    assert len(watched.service.requests) == asked


async def test_live_models_are_read_once_a_minute_and_after_each_apply(app: App) -> None:
    catalogue = app.services.catalogue
    for _ in range(3):
        assert "Deliberate" in await catalogue.live_models("image_generation")
    assert app.service.asked("/v2/image_generation") == 1
    app.clock.move(seconds=61)
    await catalogue.live_models("image_generation")
    assert app.service.asked("/v2/image_generation") == 2
    app.service.put(42, status="approved", approved_by="202")
    await app.services.monitor.poll()
    app.service.models["image_generation"]["Model 42"] = {"name": "Model 42"}
    await app.decide(app.press(42), DecisionVerb.APPLY)
    assert "Model 42" in await catalogue.live_models("image_generation")


async def test_a_category_without_models_is_empty_and_an_outage_is_none(app: App) -> None:
    assert await app.services.catalogue.models_or_none("lora") == {}
    app.service.is_away = True
    assert await app.services.catalogue.models_or_none("blip") is None
    assert await app.services.catalogue.models_or_none("lora") == {}, "remembered"


async def test_mode_and_baselines_stay_known_through_an_outage(app: App) -> None:
    catalogue = app.services.catalogue
    await catalogue.refresh()
    app.service.is_away = True
    with pytest.raises(UnavailableError):
        await catalogue.refresh_deployment()
    assert catalogue.deployment is not None
    assert catalogue.deployment.version == "8.6.2"
    assert catalogue.baselines == ("stable_diffusion_xl",)


@pytest.mark.parametrize("user_id", [APPROVER, REQUESTOR])
async def test_linked_people_are_known_after_a_restart_without_a_request(app: App, user_id: int) -> None:
    await app.restart()
    assert app.services.accounts.peek(user_id) is not None
    assert app.service.requests == []
