"""A purge is done, has changed, is refused or unconfirmed, and is never sent twice."""

import httpx
import pytest

from bot.identity.errors import MissingRoleError, NotLinkedError
from bot.reference.errors import ApiError, ForbiddenError, IndeterminateError, UnavailableError
from bot.reference.models import ChangeStatus
from bot.services.changes import CardState
from bot.services.errors import PurgeCountError, PurgeGoneError
from bot.services.pages import ListFilter
from bot.services.queue.listing import WAITING
from bot.services.queue.purge import NothingToPurge, PurgeAlreadySent, Purged, PurgeQuestion, PurgeUnconfirmed
from tests.services.conftest import APPROVER, GUILD, OTHER, REQUESTOR, App
from tests.services.deliveries import due_cards, facts_of

PURGE, TRIAL = "/purge", "/purge trial"


@pytest.fixture
async def waiting(app: App) -> App:
    """Three changes wait, and one is applied."""
    for number in (1, 2, 3):
        app.service.put(number)
    app.service.put(4, status="applied")
    await app.services.guild_setup.use_review_channel(GUILD, 78)
    await app.services.monitor.poll()
    return app


async def question(app: App, wanted: ListFilter = WAITING) -> PurgeQuestion:
    asked = await app.services.purge.ask(APPROVER, wanted)
    assert isinstance(asked, PurgeQuestion)
    return asked


def purges(app: App) -> int:
    """Count the purges that were sent, without dry runs."""
    return sum(b'"dry_run":false' in one.content.replace(b" ", b"") for one in app.service.writes)


async def test_the_question_lists_every_change_and_changes_nothing(waiting: App) -> None:
    asked = await question(waiting)
    assert asked.change_ids == (1, 2, 3)
    assert [item.change.change_id for item in asked.items] == [3, 2, 1]
    assert len(waiting.service.changes) == 4
    assert purges(waiting) == 0


async def test_shown_changes_are_removed_and_their_cards_are_due_at_once(waiting: App) -> None:
    asked = await question(waiting)
    assert await waiting.services.purge.run(APPROVER, asked.purge_id, "3") == Purged((1, 2, 3))
    assert list(waiting.service.changes) == [4]
    assert waiting.services.snapshot.in_status(ChangeStatus.PENDING) == []
    for change_id in (1, 2, 3):
        (card,) = await due_cards(waiting, change_id)
        assert facts_of(card).state is CardState.PURGED


@pytest.mark.parametrize("typed", ["2", "", "three", "3.0"])
async def test_a_wrong_number_sends_nothing(waiting: App, typed: str) -> None:
    asked = await question(waiting)
    with pytest.raises(PurgeCountError):
        await waiting.services.purge.run(APPROVER, asked.purge_id, typed)
    assert purges(waiting) == 0


async def test_a_changed_list_becomes_a_new_question(waiting: App) -> None:
    asked = await question(waiting)
    waiting.service.put(5)
    again = await waiting.services.purge.run(APPROVER, asked.purge_id, "3")
    assert isinstance(again, PurgeQuestion)
    assert again.has_moved
    assert again.change_ids == (1, 2, 3, 5)
    assert purges(waiting) == 0
    assert await waiting.services.purge.run(APPROVER, again.purge_id, "4") == Purged((1, 2, 3, 5))


async def test_a_list_that_became_empty_is_not_purged(waiting: App) -> None:
    asked = await question(waiting)
    for change_id in (1, 2, 3):
        waiting.service.put(change_id, status="rejected")
    assert await waiting.services.purge.run(APPROVER, asked.purge_id, "3") == NothingToPurge(WAITING)
    assert purges(waiting) == 0


async def test_changes_that_arrived_at_the_last_moment_are_named(waiting: App) -> None:
    asked = await question(waiting)

    async def comes_in(_: httpx.Request) -> None:
        waiting.service.put(5)

    waiting.service.meanwhile[TRIAL] = comes_in
    assert await waiting.services.purge.run(APPROVER, asked.purge_id, "3") == Purged((1, 2, 3), (5,))


async def test_a_second_submit_of_the_same_question_sends_nothing(waiting: App) -> None:
    asked = await question(waiting)
    await waiting.services.purge.run(APPROVER, asked.purge_id, "3")
    waiting.service.put(6)
    assert await waiting.services.purge.run(APPROVER, asked.purge_id, "3") == PurgeAlreadySent((1, 2, 3))
    assert purges(waiting) == 1


async def test_two_submits_at_the_same_moment_purge_once(waiting: App) -> None:
    asked = await question(waiting)

    async def submits_too(_: httpx.Request) -> None:
        assert await waiting.services.purge.run(APPROVER, asked.purge_id, "3") == Purged((1, 2, 3))
        waiting.service.put(6)

    waiting.service.meanwhile[TRIAL] = submits_too
    assert await waiting.services.purge.run(APPROVER, asked.purge_id, "3") == PurgeAlreadySent((1, 2, 3))
    assert purges(waiting) == 1
    assert 6 in waiting.service.changes, "proposed after the purge"


async def test_after_a_lost_answer_the_remaining_changes_are_read(waiting: App) -> None:
    asked = await question(waiting)
    waiting.service.breaks_after = {PURGE}
    assert await waiting.services.purge.run(APPROVER, asked.purge_id, "3") == Purged((1, 2, 3))
    assert purges(waiting) == 1


async def test_a_change_that_left_the_filter_by_itself_was_not_purged(waiting: App) -> None:
    asked = await question(waiting)

    async def is_rejected(_: httpx.Request) -> None:
        waiting.service.put(2, status="rejected")

    waiting.service.refusals[PURGE] = (502, "Bad gateway")
    waiting.service.meanwhile[PURGE] = is_rejected
    assert await waiting.services.purge.run(APPROVER, asked.purge_id, "3") == PurgeUnconfirmed((1, 2, 3))


async def test_a_purge_that_certainly_failed_can_be_sent_again(waiting: App) -> None:
    asked = await question(waiting)

    async def goes_away(_: httpx.Request) -> None:
        waiting.service.refusals[PURGE] = (401, "Invalid API key.")

    waiting.service.meanwhile[TRIAL] = goes_away
    with pytest.raises(ApiError):
        await waiting.services.purge.run(APPROVER, asked.purge_id, "3")
    waiting.service.refusals.clear()
    waiting.service.meanwhile.clear()
    assert await waiting.services.purge.run(APPROVER, asked.purge_id, "3") == Purged((1, 2, 3))


async def test_a_lost_request_purged_nothing_and_is_not_repeated(waiting: App) -> None:
    asked = await question(waiting)
    waiting.service.refusals[PURGE] = (502, "Bad gateway")
    assert await waiting.services.purge.run(APPROVER, asked.purge_id, "3") == PurgeUnconfirmed((1, 2, 3))
    del waiting.service.refusals[PURGE]
    assert await waiting.services.purge.run(APPROVER, asked.purge_id, "3") == PurgeAlreadySent((1, 2, 3))
    assert purges(waiting) == 1
    assert len(waiting.service.changes) == 4


async def test_a_lost_answer_during_an_outage_stays_unconfirmed_after_a_restart(waiting: App) -> None:
    asked = await question(waiting)

    async def goes_away(_: httpx.Request) -> None:
        waiting.service.is_away = True

    waiting.service.breaks_after = {PURGE}
    waiting.service.meanwhile[PURGE] = goes_away
    with pytest.raises(IndeterminateError):
        await waiting.services.purge.run(APPROVER, asked.purge_id, "3")
    waiting.service.is_away = False
    await waiting.restart()
    assert await waiting.services.purge.run(APPROVER, asked.purge_id, "3") == PurgeAlreadySent((1, 2, 3))
    assert purges(waiting) == 1


async def test_a_dry_run_whose_answer_is_lost_has_done_nothing(waiting: App) -> None:
    waiting.service.breaks_after = {TRIAL}
    with pytest.raises(UnavailableError):
        await waiting.services.purge.ask(APPROVER, WAITING)


async def test_a_role_that_was_removed_is_read_again(waiting: App) -> None:
    asked = await question(waiting)
    waiting.service.refusals[PURGE] = (403, "You are not on the pending queue approver list.")
    with pytest.raises(ForbiddenError):
        await waiting.services.purge.run(APPROVER, asked.purge_id, "3")
    waiting.service.roles = []
    with pytest.raises(MissingRoleError):
        await waiting.services.purge.ask(APPROVER, WAITING)


async def test_a_purge_needs_the_approver_role_and_the_persons_own_question(waiting: App) -> None:
    asked = await question(waiting)
    with pytest.raises(PurgeGoneError):
        await waiting.services.purge.run(REQUESTOR, asked.purge_id, "3")
    with pytest.raises(NotLinkedError):
        await waiting.services.purge.ask(OTHER, WAITING)
    waiting.clock.move(days=31)
    await question(waiting)
    with pytest.raises(PurgeGoneError):
        await waiting.services.purge.run(APPROVER, asked.purge_id, "3")
    assert purges(waiting) == 0


async def test_a_purge_without_a_status_is_impossible(waiting: App) -> None:
    with pytest.raises(ValueError, match="would empty the queue"):
        await waiting.services.purge.ask(APPROVER, ListFilter(model="1"))
    assert purges(waiting) == 0


async def test_the_question_distinguishes_applying_from_stuck(waiting: App) -> None:
    waiting.service.put(7, status="applying", updated_at=int(waiting.clock().timestamp()) - 60)
    asked = await question(waiting, ListFilter((ChangeStatus.APPLYING,)))
    assert asked.is_applying
    waiting.clock.move(hours=1)
    assert not (await question(waiting, ListFilter((ChangeStatus.APPLYING,)))).is_applying
