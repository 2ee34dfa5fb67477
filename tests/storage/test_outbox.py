"""Everybody is told, once, and a failed delivery is tried again."""

from datetime import datetime, timedelta

import pytest

from storage.database import Database
from storage.outbox import About, NoticeKey, NoticeState, Outbox

RITA = 1111
APPROVED, APPLIED = NoticeKey(RITA, 42, "approved"), NoticeKey(RITA, 42, "applied")


@pytest.fixture
def outbox(database: Database) -> Outbox:
    return Outbox(database)


async def test_a_notice_is_queued_once_however_often_it_is_found(outbox: Outbox, now: datetime) -> None:
    assert await outbox.add([APPROVED, APPLIED, APPROVED], now) == 2
    assert await outbox.add([APPROVED], now) == 0
    due = await outbox.due(now)
    assert [(notice.user_id, notice.about_id, notice.status) for notice in due] == [
        (RITA, 42, "approved"),
        (RITA, 42, "applied"),
    ]
    assert await outbox.add([], now) == 0


async def test_a_notice_taken_is_not_taken_again(outbox: Outbox, now: datetime) -> None:
    await outbox.add([APPROVED], now)
    (notice,) = await outbox.due(now)
    assert (notice.state, notice.attempts) == (NoticeState.SENDING, 1)
    assert await outbox.due(now) == []
    await outbox.mark_done(notice.notice_id)
    assert await outbox.due(now + timedelta(days=1)) == []
    assert await outbox.add([APPROVED], now) == 0


async def test_a_failed_delivery_waits_its_time(outbox: Outbox, now: datetime) -> None:
    await outbox.add([APPROVED], now)
    (notice,) = await outbox.due(now)
    await outbox.mark_retry(notice.notice_id, now + timedelta(seconds=30))
    assert await outbox.due(now + timedelta(seconds=29)) == []
    (again,) = await outbox.due(now + timedelta(seconds=30))
    assert (again.attempts, again.nonce) == (2, notice.nonce)


@pytest.mark.parametrize("attempts", [1, 4, 12])
@pytest.mark.parametrize("jump", [timedelta(minutes=59), timedelta(hours=1), timedelta(days=9)])
async def test_a_clock_that_is_set_back_makes_nobody_wait_longer_than_usual(
    outbox: Outbox, now: datetime, attempts: int, jump: timedelta
) -> None:
    await outbox.add([APPROVED], now)
    usual = min(timedelta(seconds=30) * 2**attempts, timedelta(hours=1))
    for _ in range(attempts):
        (notice,) = await outbox.due(now)
        await outbox.mark_retry(notice.notice_id, now)
    (notice,) = await outbox.due(now)
    await outbox.mark_retry(notice.notice_id, now + usual)
    before = now - jump
    waited = timedelta()
    while not await outbox.due(before + waited):
        waited += timedelta(seconds=30)
    assert waited <= 6 * usual
    assert waited <= timedelta(hours=1)


async def test_a_clock_that_is_corrected_a_little_hurries_nobody(outbox: Outbox, now: datetime) -> None:
    await outbox.add([APPROVED], now + timedelta(minutes=1))  # whoever reads the answer is told nothing until then
    assert await outbox.due(now - timedelta(seconds=20)) == []


async def test_what_cannot_be_delivered_is_given_up(outbox: Outbox, now: datetime) -> None:
    await outbox.add([APPROVED], now)
    (notice,) = await outbox.due(now)
    await outbox.mark_dead(notice.notice_id)
    assert await outbox.recover() == 0
    assert await outbox.due(now + timedelta(days=1)) == []


async def test_what_was_delivered_is_not_tried_again_by_what_breaks_after_it(outbox: Outbox, now: datetime) -> None:
    await outbox.add([APPROVED], now)
    (notice,) = await outbox.due(now)
    await outbox.mark_done(notice.notice_id)
    await outbox.mark_retry(notice.notice_id, now)
    assert await outbox.due(now) == []
    assert await outbox.state_of(APPROVED) is NoticeState.DONE


async def test_what_was_being_sent_when_the_bot_stopped_goes_out_again(outbox: Outbox, now: datetime) -> None:
    await outbox.add([APPROVED, APPLIED], now)
    first, _ = await outbox.due(now)
    await outbox.mark_done(first.notice_id)
    assert await outbox.recover() == 1
    assert [notice.status for notice in await outbox.due(now)] == ["applied"]


async def test_the_oldest_come_first_and_not_too_many_at_once(outbox: Outbox, now: datetime) -> None:
    await outbox.add([NoticeKey(RITA, 2, "approved")], now + timedelta(seconds=1))
    await outbox.add([NoticeKey(RITA, 1, "approved")], now)
    await outbox.add([NoticeKey(RITA, 3, "approved")], now)
    later = now + timedelta(minutes=1)
    assert [notice.about_id for notice in await outbox.due(later, limit=2)] == [1, 3]
    assert [notice.about_id for notice in await outbox.due(later, limit=2)] == [2]


async def test_a_nonce_fits_discord(outbox: Outbox, now: datetime) -> None:
    """At most 25 characters (Discord's documentation, "Create Message")."""
    await outbox.add([APPROVED], now)
    (notice,) = await outbox.due(now)
    assert len(notice.nonce) <= 25


async def test_what_somebody_read_in_an_answer_is_not_told_again(outbox: Outbox, now: datetime) -> None:
    await outbox.add([APPROVED, APPLIED], now)
    assert await outbox.mark_told(APPROVED)
    assert [notice.status for notice in await outbox.due(now)] == ["applied"]
    assert not await outbox.mark_told(APPLIED), "it is on its way"
    assert not await outbox.mark_told(NoticeKey(RITA, 43, "applied"))


async def test_drafts_and_changes_of_the_same_number_are_told_apart(outbox: Outbox, now: datetime) -> None:
    about_draft = NoticeKey(RITA, 42, "approved", About.DRAFT)
    assert await outbox.add([APPROVED, about_draft], now) == 2
    assert [notice.about for notice in await outbox.due(now)] == [About.CHANGE, About.DRAFT]
