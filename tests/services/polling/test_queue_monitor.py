"""New, moved and gone changes are all noticed, and nothing known is lost."""

from datetime import UTC, datetime

import httpx
import pytest

from bot.reference.errors import UnavailableError
from bot.reference.models import ChangeStatus
from bot.services.changes import STUCK_AFTER, CardState
from bot.services.polling.missing_changes import GONE_AFTER
from bot.services.polling.queue_monitor import FULL_READ_EVERY, OPEN_STATUSES, PAGE
from bot.services.review.outcomes import Outcome
from bot.services.review.presses import DecisionVerb
from storage.delivery import RETRY_FIRST
from tests.services.conftest import APPROVER, CHANNEL, GUILD, REQUESTOR, House
from tests.services.deliveries import due_cards, facts_of, record

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def draw_all(house: House, *, first_message: int = 500) -> dict[int, CardState]:
    """Post or edit every due card; return the states they show."""
    shown = {}
    for message_id, card in enumerate(await due_cards(house), start=first_message):
        shown[card.delivery.change_id or 0] = facts_of(card).state
        await record(house, card, message_id=message_id)
    return shown


def outage(house: House) -> tuple[datetime | None, Exception | None]:
    return house.services.watch.away_since, house.services.watch.problem


@pytest.fixture
async def watched(house: House) -> House:
    """A server with a review channel and one change whose card is posted."""
    await house.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    house.service.put(42)
    await house.services.watch.poll()
    assert await draw_all(house) == {42: CardState.PENDING}
    return house


async def test_a_poll_without_changes_writes_and_draws_nothing(watched: House) -> None:
    before = (await watched.services.watch.cards.tracked())[42]
    watched.clock.move(seconds=20)
    await watched.services.watch.poll()
    assert (await watched.services.watch.cards.tracked())[42] == before
    assert await due_cards(watched) == []


async def test_a_new_change_gets_a_card_and_a_moved_one_is_redrawn(watched: House) -> None:
    watched.service.put(42, status="approved", approved_by="303", approved_username="carol#303")
    watched.service.put(43)
    await watched.services.watch.poll()
    assert await draw_all(watched) == {42: CardState.APPROVED, 43: CardState.PENDING}
    assert [change.change_id for change in watched.services.watch.waiting(ChangeStatus.PENDING)] == [43]
    assert [change.change_id for change in watched.services.watch.waiting(ChangeStatus.APPROVED)] == [42]


async def test_a_queue_of_several_pages_is_read_to_its_end(house: House) -> None:
    for change_id in range(1, 2 * PAGE + 2):
        house.service.put(change_id)
    await house.services.watch.poll()
    assert len(house.services.watch.waiting(ChangeStatus.PENDING)) == 2 * PAGE + 1
    assert house.service.asked("/pending_queue/changes") == 3 + 2, "and the newest of all"


LONG = 4 * PAGE
MANY = 22


@pytest.fixture
async def long_queue(house: House) -> House:
    """Queue of many pages, after one poll."""
    for change_id in range(1, LONG + 1):
        house.service.put(change_id)
    await house.services.watch.poll()
    house.service.requests.clear()
    return house


async def test_what_was_decided_in_a_long_queue_is_seen_at_the_next_poll(long_queue: House) -> None:
    watch = long_queue.services.watch
    long_queue.service.put(17, status="rejected", rejected_by="303", reject_reason="no")
    long_queue.service.put(LONG - 1, status="approved", approved_by="303", approved_username="carol#303")
    long_queue.service.put(LONG + 1)
    await watch.poll()
    assert watch.remembered(17) is None
    assert watch.snapshot.tracked[17].status == CardState.REJECTED
    assert [change.change_id for change in watch.waiting(ChangeStatus.APPROVED)] == [LONG - 1]
    assert len(watch.waiting(ChangeStatus.PENDING)) == LONG - 1
    await watch.poll()
    long_queue.service.requests.clear()
    await watch.poll()
    assert len(long_queue.service.requests) <= 4, "nothing more to find"


async def test_many_decisions_in_a_long_queue_are_all_seen(long_queue: House) -> None:
    decided = range(1, LONG, LONG // MANY)
    for change_id in decided:
        long_queue.service.put(change_id, status="rejected", rejected_by="303", reject_reason="no")
    await long_queue.services.watch.poll()
    tracked = long_queue.services.watch.snapshot.tracked
    assert {i for i, row in tracked.items() if row.status == CardState.REJECTED} == set(decided)


async def test_an_apply_in_a_long_queue_is_followed_to_its_end(long_queue: House) -> None:
    watch = long_queue.services.watch
    for status in ("approved", "applying", "applied"):
        long_queue.service.put(1900, status=status)
        await watch.poll()
        assert watch.snapshot.tracked[1900].status == status


async def test_an_approval_during_a_poll_is_no_contradiction(long_queue: House) -> None:
    watch = long_queue.services.watch
    long_queue.service.put(17, status="rejected", rejected_by="303", reject_reason="no")

    async def approved(request: httpx.Request) -> None:
        if request.url.params.get_list("statuses") == list(OPEN_STATUSES):
            long_queue.service.put(1900, status="approved")
        else:
            long_queue.service.meanwhile["/changes"] = approved

    long_queue.service.meanwhile["/changes"] = approved
    await watch.poll()
    assert watch.snapshot.tracked[1900].status == CardState.APPROVED
    assert [change.change_id for change in watch.waiting(ChangeStatus.APPROVED)] == [1900]
    assert not (await long_queue.services.status.report()).is_contradicted


async def test_a_new_change_that_is_approved_during_a_poll_is_seen_as_approved(long_queue: House) -> None:
    watch = long_queue.services.watch
    long_queue.service.put(17, status="rejected", rejected_by="303", reject_reason="no")
    long_queue.service.put(LONG + 1)

    async def approved(_: httpx.Request) -> None:
        long_queue.service.put(LONG + 1, status="approved")

    long_queue.service.meanwhile["/changes"] = approved  # once the newest were told
    for _ in range(2):
        await watch.poll()
    assert [change.change_id for change in watch.waiting(ChangeStatus.APPROVED)] == [LONG + 1]


@pytest.mark.parametrize(("before", "after"), [("pending", "rejected"), ("approved", "applied")])
async def test_a_new_change_that_is_closed_during_a_poll_is_seen(long_queue: House, before: str, after: str) -> None:
    watch = long_queue.services.watch
    long_queue.service.put(17, status="rejected", rejected_by="303", reject_reason="no")
    long_queue.service.put(LONG + 1, status=before)

    async def decided(_: httpx.Request) -> None:
        long_queue.service.put(LONG + 1, status=after)

    long_queue.service.meanwhile["/changes"] = decided
    await watch.poll()
    assert watch.snapshot.tracked[LONG + 1].status == after


async def test_proposals_of_megabytes_hide_no_others(house: House) -> None:
    huge = {"name": "Huge", "description": "x" * 1_900_000}
    for change_id in range(1, 8):
        house.service.put(change_id, payload=huge)
    await house.services.watch.poll()
    assert all(house.services.watch.remembered(change_id) for change_id in range(1, 8))
    for change_id in range(8, 14):  # more than one answer holds, since the last look
        house.service.put(change_id, payload=huge)
    house.service.put(14)
    await house.services.watch.poll()
    assert all(house.services.watch.remembered(change_id) for change_id in range(1, 15))


HUGE = {"name": "Huge", "description": "x" * 9_000_000}
"""Larger than the bot reads at once, but the service accepts it."""


@pytest.mark.parametrize("place", [1, 2, 3])
async def test_an_oversized_proposal_hides_no_others(house: House, place: int) -> None:
    watch = house.services.watch
    for change_id in range(1, 4):
        house.service.put(change_id, **({"payload": HUGE} if change_id == place else {}))
    await watch.poll()
    others = [change_id for change_id in range(1, 4) if change_id != place]
    assert [change.change_id for change in watch.waiting(ChangeStatus.PENDING)] == others
    assert (await house.services.status.report()).oversized == (place,)
    house.service.requests.clear()
    await watch.poll()
    looked = [request for request in house.service.requests if request.url.params.get_list("statuses")]
    assert len(looked) == 2, "only the counts: it is known"
    house.service.put(4)
    await watch.poll()
    assert watch.remembered(4) is not None
    house.service.put(place, status="rejected", rejected_by="303", reject_reason="too long")
    await watch.poll()
    assert (await house.services.status.report()).oversized == ()
    assert [change.change_id for change in watch.waiting(ChangeStatus.PENDING)] == [*others, 4]


class EndlessError(AssertionError):
    """The bot sends requests without end."""


@pytest.mark.parametrize("status", ["pending", "rejected"])
@pytest.mark.parametrize("has_more", [False, True], ids=["it is the newest", "others came after it"])
async def test_an_oversized_newest_proposal_stops_no_poll(watched: House, status: str, *, has_more: bool) -> None:
    watch, asked = watched.services.watch, len(watched.service.requests)

    async def counted(_: httpx.Request) -> None:
        if len(watched.service.requests) > asked + 100:
            raise EndlessError
        watched.service.meanwhile["/changes"] = counted

    watched.service.meanwhile["/changes"] = counted
    watched.service.put(43, payload=HUGE, status=status)
    if has_more:
        watched.service.put(44, status="rejected", rejected_by="303", reject_reason="no")
        watched.service.put(45)
    await watch.poll()
    assert await draw_all(watched) == ({45: CardState.PENDING} if has_more else {})
    if has_more:
        assert watch.snapshot.tracked[44].status == CardState.REJECTED
    assert (await watched.services.status.report()).oversized == ((43,) if status == "pending" else ())
    watched.service.put(46)
    await watch.poll()
    assert await draw_all(watched) == {46: CardState.PENDING}


@pytest.mark.parametrize("status", ["pending", "approved"])
async def test_beside_an_oversized_proposal_every_decision_is_seen_at_the_next_poll(
    watched: House, status: str
) -> None:
    watch = watched.services.watch
    watched.service.put(41, payload=HUGE)
    watched.service.put(43)
    await watch.poll()
    watched.service.put(41, status=status)
    await watch.poll()
    watched.service.put(42, status="approved", approved_by="303")
    await watch.poll()
    assert [change.change_id for change in watch.waiting(ChangeStatus.APPROVED)] == [42]
    assert [change.change_id for change in watch.waiting(ChangeStatus.PENDING)] == [43]
    watched.service.requests.clear()
    await watch.poll()
    assert watched.service.asked("/pending_queue/changes") == 3, "the oversized one is not read again"


async def test_a_change_counts_as_gone_only_after_ten_minutes_and_a_404(watched: House) -> None:
    del watched.service.changes[42]
    await watched.services.watch.poll()
    watched.clock.move(seconds=GONE_AFTER.total_seconds() - 1)
    await watched.services.watch.poll()
    assert await due_cards(watched) == []
    watched.clock.move(seconds=1)
    await watched.services.watch.poll()
    (card,) = await due_cards(watched)
    assert facts_of(card).state is CardState.PURGED
    assert facts_of(card).change.requested_username == "alice#101"


async def test_a_change_on_no_list_is_not_gone_while_its_own_address_has_it(watched: House) -> None:
    one = watched.service.changes.pop(42)
    watched.service.bodies["/changes/42"] = (200, one)
    await watched.wait_until_gone()
    await watched.wait_until_gone()
    assert await due_cards(watched) == []
    assert (await watched.services.status.report()).is_contradicted


async def test_a_change_that_comes_back_has_to_be_missing_for_ten_minutes_again(watched: House) -> None:
    for _ in range(2):
        missing = watched.service.changes.pop(42)
        await watched.services.watch.poll()
        watched.clock.move(seconds=GONE_AFTER.total_seconds() - 1)
        await watched.services.watch.poll()
        watched.service.changes[42] = missing
        await watched.services.watch.poll()
        assert (await watched.services.status.report()).is_contradicted
    assert (await watched.services.watch.cards.tracked())[42].missing_sweeps == 0
    assert await due_cards(watched) == []


async def test_a_closed_change_that_left_the_list_is_not_missing(watched: House) -> None:
    watched.service.put(42, status="rejected", rejected_by="303", reject_reason="no")
    await watched.services.watch.poll()
    assert await draw_all(watched) == {42: CardState.REJECTED}
    assert watched.services.watch.remembered(42) is None


async def test_a_missing_change_that_cannot_be_read_hides_no_others(watched: House) -> None:
    del watched.service.changes[42]
    watched.service.bodies["/changes/42"] = (200, {"makes": "no sense"})
    watched.service.put(43)
    await watched.wait_until_gone()
    assert await draw_all(watched) == {43: CardState.PENDING}


async def test_an_apply_of_more_than_ten_minutes_is_stuck(watched: House) -> None:
    since = int(watched.clock().timestamp())
    watched.service.put(42, status="applying", updated_at=since)
    await watched.services.watch.poll()
    assert await draw_all(watched) == {42: CardState.APPLYING}
    watched.clock.move(seconds=STUCK_AFTER.total_seconds() + 1)
    await watched.services.watch.poll()
    assert await draw_all(watched) == {42: CardState.STUCK}
    watched.service.put(42, status="approved", updated_at=since + 700)
    await watched.services.watch.poll()
    assert await draw_all(watched) == {42: CardState.APPROVED}


async def test_a_restart_keeps_the_cursor_and_every_card(watched: House) -> None:
    await watched.restart()
    assert watched.services.watch.highest_change_id == 42
    await watched.services.watch.poll()
    assert await due_cards(watched) == [], "the card is up to date"
    watched.service.put(43)
    await watched.services.watch.poll()
    assert watched.services.watch.highest_change_id == 43


async def test_a_reused_id_is_shown_with_its_new_content(watched: House) -> None:
    watched.service.put(42, payload={"name": "Another"}, model_name="Another", requested_by="404")
    watched.clock.move(seconds=FULL_READ_EVERY.total_seconds())
    await watched.services.watch.poll()
    (card,) = await due_cards(watched)
    assert facts_of(card).change.model_name == "Another"


async def test_a_list_that_is_older_than_a_decision_does_not_undo_it(watched: House) -> None:
    service, watch = watched.service, watched.services.watch
    service.put(42, status="approved", approved_by="202")
    await watch.poll()
    await draw_all(watched)

    async def apply_while_the_list_is_on_its_way(_: httpx.Request) -> None:
        outcome = await watched.decide(watched.press(42), DecisionVerb.APPLY)
        assert outcome.outcome is Outcome.DONE
        assert outcome.state is CardState.APPLIED
        assert await draw_all(watched) == {42: CardState.APPLIED}

    service.meanwhile["/changes"] = apply_while_the_list_is_on_its_way
    watched.clock.move(seconds=FULL_READ_EVERY.total_seconds())
    await watch.poll()
    assert not service.meanwhile, "it happened"
    assert await due_cards(watched) == []
    assert watch.remembered(42) is None
    await watch.poll()
    assert await due_cards(watched) == []


async def test_a_proposal_newer_than_the_list_stays_in_the_snapshot(watched: House) -> None:
    watch = watched.services.watch

    async def queue_while_the_list_is_on_its_way(_: httpx.Request) -> None:
        watched.service.put(43)
        await watch.settle(await watch.read(43))

    watched.service.meanwhile["/changes"] = queue_while_the_list_is_on_its_way
    watched.clock.move(seconds=FULL_READ_EVERY.total_seconds())
    await watch.poll()
    assert watch.remembered(43) is not None
    assert set(await watch.cards.tracked()) == {42, 43}


async def test_an_outage_is_reported_and_the_snapshot_stays(watched: House) -> None:
    watch = watched.services.watch
    watched.service.is_away = True
    since = watched.clock()
    for _ in range(4):
        with pytest.raises(UnavailableError):
            await watch.poll()
        watched.clock.move(minutes=1)
    assert watch.away_since == since
    assert isinstance(watch.problem, UnavailableError)
    assert watch.remembered(42) is not None, "an outage does not remove changes"
    watched.service.is_away = False
    await watch.poll()
    assert outage(watched) == (None, None)
    assert await due_cards(watched) == []


async def test_a_poll_that_fails_half_way_is_reported_as_failed(long_queue: House) -> None:
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
        await long_queue.services.watch.poll()
    assert outage(long_queue)[0] is not None
    long_queue.service.is_away = False
    await long_queue.services.watch.poll()
    assert outage(long_queue) == (None, None)
    assert long_queue.services.watch.remembered(1) is None


async def test_a_card_whose_change_cannot_be_read_waits(watched: House) -> None:
    watched.service.put(42, status="rejected", rejected_by="303")
    await watched.services.watch.poll()
    watched.service.is_away = True
    assert await due_cards(watched) == []
    watched.service.is_away = False
    watched.clock.move(seconds=RETRY_FIRST.total_seconds())
    assert await draw_all(watched) == {42: CardState.REJECTED}


async def test_other_open_changes_of_the_same_model_come_from_the_snapshot(watched: House) -> None:
    watched.service.put(43, model_name="Model 42")
    watched.service.put(44, model_name="Model 42", category="lora")
    await watched.services.watch.poll()
    asked = len(watched.service.requests)
    rivals = watched.services.watch.open_changes("image_generation", "Model 42", besides=42)
    assert [change.change_id for change in rivals] == [43]
    facts = watched.services.watch.remembered_facts(42)
    assert facts is not None
    assert facts.state is CardState.PENDING
    assert watched.services.watch.remembered_facts(99) is None
    assert len(watched.service.requests) == asked


async def test_live_models_are_read_once_a_minute_and_after_each_apply(house: House) -> None:
    catalogue = house.services.catalogue
    for _ in range(3):
        assert "Deliberate" in await catalogue.live_models("image_generation")
    assert house.service.asked("/v2/image_generation") == 1
    house.clock.move(seconds=61)
    await catalogue.live_models("image_generation")
    assert house.service.asked("/v2/image_generation") == 2
    house.service.put(42, status="approved", approved_by="202")
    house.service.models["image_generation"]["Model 42"] = {"name": "Model 42"}
    await house.decide(house.press(42), DecisionVerb.APPLY)
    assert "Model 42" in await catalogue.live_models("image_generation")


async def test_a_category_without_models_is_empty_and_an_outage_is_none(house: House) -> None:
    assert await house.services.catalogue.names_or_none("lora") == frozenset()
    house.service.is_away = True
    assert await house.services.catalogue.names_or_none("blip") is None
    assert await house.services.catalogue.names_or_none("lora") == frozenset(), "remembered"


async def test_mode_and_baselines_stay_known_through_an_outage(house: House) -> None:
    catalogue = house.services.catalogue
    await catalogue.refresh()
    house.service.is_away = True
    with pytest.raises(UnavailableError):
        await catalogue.refresh()
    assert catalogue.deployment is not None
    assert catalogue.deployment.version == "8.6.2"
    assert catalogue.baselines == ("stable_diffusion_xl",)


@pytest.mark.parametrize("user_id", [APPROVER, REQUESTOR])
async def test_linked_people_are_known_after_a_restart_without_a_request(house: House, user_id: int) -> None:
    await house.restart()
    assert house.services.accounts.peek(user_id) is not None
    assert house.service.requests == []
