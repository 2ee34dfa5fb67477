"""A queue shown to approvers only, polled with another key, is reported with the setting to change."""

import pytest

from bot.reference.errors import ReadOnlyError
from bot.services.polling.queue_monitor import QueueMonitor
from bot.services.reader import ReaderKeyError
from tests.services.conftest import House

CHANGES = "/changes"
REFUSAL = (403, "You are not on the pending queue approver list.")


@pytest.fixture
def watch(house: House) -> QueueMonitor:
    house.service.refusals[CHANGES] = REFUSAL
    return house.services.watch


async def test_status_names_the_setting_to_change(house: House, watch: QueueMonitor) -> None:
    with pytest.raises(ReaderKeyError, match="CURATOR_READER_KEY"):
        await watch.poll()
    report = await house.services.status.report()
    assert report.is_queue_hidden
    assert report.is_writable
    assert report.service_problem is None


async def test_the_problem_ends_when_the_queue_is_shown(house: House, watch: QueueMonitor) -> None:
    with pytest.raises(ReaderKeyError):
        await watch.poll()
    house.service.refusals.clear()
    await watch.poll()
    assert not (await house.services.status.report()).is_queue_hidden


async def test_a_replica_is_reported_as_one_with_any_key(house: House, watch: QueueMonitor) -> None:
    house.service.mode = "REPLICA"
    with pytest.raises(ReadOnlyError) as caught:
        await watch.poll()
    assert caught.value.kind == "replica"
    assert not (await house.services.status.report()).is_queue_hidden


async def test_a_change_hidden_from_the_reader_key_raises_its_own_error(house: House, watch: QueueMonitor) -> None:
    house.service.refusals["/changes/1"] = REFUSAL
    with pytest.raises(ReaderKeyError):
        await house.services.decisions.facts(1)


async def test_a_service_without_a_queue_raises_its_own_error(house: House) -> None:
    house.service.bodies |= {
        "/replicate_mode": (200, "PRIMARY"),
        "/openapi.json": (200, {"info": {"version": "2.1.5"}}),
    }
    with pytest.raises(ReadOnlyError) as caught:
        await house.services.watch.poll()
    assert caught.value.kind == "no_queue"
    report = await house.services.status.report()
    assert (report.has_queue, report.is_writable, report.is_queue_hidden) == (False, False, False)
