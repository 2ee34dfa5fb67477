"""A queue shown to approvers only, polled with another key, is reported with the setting to change."""

import pytest
import structlog

from bot.reference.errors import ReadOnlyError
from bot.services.polling.queue_monitor import QueueMonitor
from bot.services.reader_key import ReaderKeyError, ReaderProblem
from tests.services.conftest import App

CHANGES = "/changes"
REFUSAL = (403, "You are not on the pending queue approver list.")


@pytest.fixture
def monitor(app: App) -> QueueMonitor:
    app.service.refusals[CHANGES] = REFUSAL
    return app.services.monitor


async def test_status_names_the_setting_to_change(app: App, monitor: QueueMonitor) -> None:
    with pytest.raises(ReaderKeyError, match="CURATOR_READER_KEY"):
        await monitor.poll()
    report = await app.services.status.report()
    assert report.reader_problem is ReaderProblem.NO_ROLE
    assert report.is_writable
    assert report.service_problem is None


async def test_the_problem_ends_when_the_queue_is_shown(app: App, monitor: QueueMonitor) -> None:
    with pytest.raises(ReaderKeyError):
        await monitor.poll()
    app.service.refusals.clear()
    await monitor.poll()
    assert (await app.services.status.report()).reader_problem is None


async def test_a_replica_is_reported_as_one_with_any_key(app: App, monitor: QueueMonitor) -> None:
    app.service.mode = "REPLICA"
    with pytest.raises(ReadOnlyError) as caught:
        await monitor.poll()
    assert caught.value.kind == "replica"
    assert (await app.services.status.report()).reader_problem is None


async def test_a_change_hidden_from_the_reader_key_raises_its_own_error(app: App, monitor: QueueMonitor) -> None:
    app.service.refusals["/changes/1"] = REFUSAL
    with pytest.raises(ReaderKeyError):
        await app.services.decisions.facts(1)


async def test_a_service_without_a_queue_raises_its_own_error(app: App) -> None:
    app.service.bodies |= {
        "/replicate_mode": (200, "PRIMARY"),
        "/openapi.json": (200, {"info": {"version": "2.1.5"}, "paths": {"/heartbeat": {}}}),
    }
    with pytest.raises(ReadOnlyError) as caught:
        await app.services.monitor.poll()
    assert caught.value.kind == "no_queue"
    report = await app.services.status.report()
    assert (report.has_queue, report.is_writable, report.reader_problem) == (False, False, None)


UNCONFIRMED = (401, "Invalid API key")
UNKNOWN_AT_AI_HORDE = (404, {"message": "User with api_key not found.", "rc": "UserNotFound"})


async def test_a_revoked_reader_key_is_told_from_an_ai_horde_that_is_busy(app: App) -> None:
    app.service.refusals[CHANGES] = UNCONFIRMED
    app.service.bodies["/api/v2/find_user"] = UNKNOWN_AT_AI_HORDE
    with pytest.raises(ReaderKeyError, match="CURATOR_READER_KEY"):
        await app.services.monitor.poll()
    assert (await app.services.status.report()).reader_problem is ReaderProblem.UNKNOWN_KEY
    app.service.bodies["/api/v2/find_user"] = (429, {"message": "Too many requests"})
    with pytest.raises(ReaderKeyError):
        await app.services.monitor.poll()
    assert (await app.services.status.report()).reader_problem is ReaderProblem.UNCONFIRMED


async def test_a_refused_reader_key_is_logged_once_with_the_setting(app: App) -> None:
    app.service.refusals[CHANGES] = UNCONFIRMED
    app.service.bodies["/api/v2/find_user"] = UNKNOWN_AT_AI_HORDE
    with structlog.testing.capture_logs() as lines:
        for _ in range(3):
            with pytest.raises(ReaderKeyError):
                await app.services.monitor.poll()
    told = [line for line in lines if line["event"] == "reader_key_refused"]
    assert len(told) == 1
    assert "CURATOR_READER_KEY" in told[0]["remedy"]
