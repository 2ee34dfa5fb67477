"""Status of the service, also while it does not respond."""

from datetime import timedelta

import discord
import httpx
import pytest

from bot.reference.errors import ReadOnlyError, UnavailableError
from bot.services.status import StatusReport
from bot.ui.glyphs import Theme
from bot.ui.status import status_view
from tests.harness.scripted_service import URL
from tests.services.conftest import App


def drawn(report: StatusReport) -> str:
    """Return the texts of the screen."""
    items = status_view(report, Theme()).walk_children()
    return "\n".join(item.content for item in items if isinstance(item, discord.ui.TextDisplay))


async def test_a_house_in_order(app: App) -> None:
    for change_id in (42, 43):
        app.service.put(change_id)
    app.service.put(44, status="approved", approved_by="202")
    app.service.bodies["/api/v2/status/heartbeat"] = (200, {})
    await app.services.monitor.poll()
    report = await app.services.status.report()
    assert (report.mode, report.canonical_format, report.version) == ("PRIMARY", "v2", "8.6.2")
    assert (report.pending, report.approved) == (2, 1)
    assert report.oldest_pending is not None
    assert report.oldest_pending[0] == 42
    assert report.is_writable
    assert report.service_problem is None
    assert report.away_since is None
    assert report.ai_horde_ms is not None
    assert report.service_host == report.ai_horde_host == httpx.URL(URL).netloc.decode()
    assert report.last_poll_at == app.clock()


async def test_before_the_first_look_nothing_is_claimed(app: App) -> None:
    report = await app.services.status.report()
    assert (report.pending, report.approved, report.oldest_pending, report.last_poll_at) == (None,) * 4


async def test_during_an_outage_it_says_since_when_and_what_was_known(app: App) -> None:
    app.service.put(42)
    await app.services.monitor.poll()
    app.service.is_away = True
    since = app.clock()
    for _ in range(2):
        with pytest.raises(UnavailableError):
            await app.services.monitor.poll()
        app.clock.move(minutes=1)
    report = await app.services.status.report()
    assert report.service_problem
    assert report.away_since == since
    assert report.ai_horde_ms is None
    assert (report.mode, report.pending) == ("PRIMARY", 1), "as last told"


async def test_a_service_that_has_not_answered_for_a_while_is_not_asked_and_the_next_try_is_told(app: App) -> None:
    app.service.is_away = True
    for _ in range(5):
        with pytest.raises(UnavailableError):
            await app.services.monitor.poll()
    asked = app.service.asked("/replicate_mode")
    report = await app.services.status.report()
    assert report.service_problem == "The service cannot be reached."
    assert report.next_try_at is not None
    assert app.clock() < report.next_try_at <= app.clock() + timedelta(seconds=60)
    assert app.service.asked("/replicate_mode") == asked


async def test_a_queue_that_is_switched_off_takes_no_proposals(app: App) -> None:
    app.service.refusals["/changes"] = (503, "Pending queue is disabled")
    with pytest.raises(ReadOnlyError):
        await app.services.monitor.poll()
    report = await app.services.status.report()
    assert report.mode == "PRIMARY"
    assert not report.is_writable
    assert report.service_problem is None


async def test_a_server_without_settings_has_none_and_each_has_its_own(app: App) -> None:
    assert (await app.services.guild_setup.show(1)).review_channel_id is None
    await app.services.guild_setup.use_review_channel(1, 10)
    await app.services.guild_setup.use_review_channel(2, 20)
    assert (await app.services.guild_setup.show(1)).review_channel_id == 10


async def test_a_fault_of_the_bot_in_the_poll_is_no_green_status(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    app.service.bodies["/api/v2/status/heartbeat"] = (200, {})
    await app.services.monitor.poll()

    async def broken(*_: object, **__: object) -> None:
        raise KeyError("a fault")

    monkeypatch.setattr(type(app.services.monitor.poller), "poll", broken)
    with pytest.raises(KeyError):
        await app.services.monitor.poll()
    shown = drawn(await app.services.status.report())
    assert "Everything works" not in shown
    assert "a fault in the bot" in shown


async def test_the_heading_tells_that_no_poll_was_completed_for_long(app: App) -> None:
    app.service.bodies["/api/v2/status/heartbeat"] = (200, {})
    await app.services.monitor.poll()
    app.clock.move(minutes=6)
    heading = drawn(await app.services.status.report()).splitlines()[0]
    assert "last read" in heading
