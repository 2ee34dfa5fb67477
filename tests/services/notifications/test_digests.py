"""Weekly digests: the numbers of a week, and live models whose hosts no longer have their files."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from bot.reference.errors import UnavailableError
from bot.services.models.verification import CURSOR_REFUTED, Verification
from bot.services.notifications.deliveries import Delivery, DeliveryKind
from bot.services.notifications.digest import MODELS_MAX, NAMED, Digest
from storage.guild_settings import Setting
from tests.harness.scripted_service import harmless
from tests.services.conftest import CHANNEL, GUILD, App
from tests.services.deliveries import deliver_cards, due_cards, due_posts, record

MONDAY = datetime(2026, 3, 9, 8, tzinfo=UTC)
OTHER_GUILD, OTHER_CHANNEL = GUILD + 1, CHANNEL + 1


@pytest.fixture
async def server(app: App) -> App:
    """A server with a digest and without reminders, after a week in which something went live."""
    await app.services.guild_setup.use_review_channel(GUILD, CHANNEL)
    await app.services.guild_setup.change(GUILD, Setting.DIGEST, 1)
    await app.services.guild_setup.change(GUILD, Setting.REMINDER_DAYS, 0)
    app.clock.now = MONDAY
    return app


def stamp(days: float) -> int:
    return int((MONDAY - timedelta(days=days)).timestamp())


async def digests(app: App) -> list[Delivery]:
    """Make digests, and return those that are due."""
    is_queued = await app.services.digests.make()
    posts = [post for post in await due_posts(app) if post.kind is DeliveryKind.DIGEST]
    assert is_queued is bool(posts)
    return posts


async def test_a_week_without_a_decision_but_with_an_apply_has_a_digest(server: App) -> None:
    server.service.put(
        1,
        requested_at=stamp(40),
        status="applied",
        approved_at=stamp(30),
        approved_by="303",
        applied_at=stamp(2),
        applied_by="303",
    )
    (post,) = await digests(server)
    digest = Digest.of(post.facts)
    assert (digest.statistics.applied, digest.statistics.week.decided) == (1, 0)
    assert (post.guild_id, post.channel_id, post.subject) == (GUILD, CHANNEL, "2026-W10")


async def test_a_week_with_a_decision_and_no_apply_has_a_digest(server: App) -> None:
    server.service.put(1, requested_at=stamp(3), status="rejected", rejected_at=stamp(2), rejected_by="303")
    (post,) = await digests(server)
    digest = Digest.of(post.facts)
    assert (digest.statistics.applied, digest.statistics.week.decided) == (0, 1)


async def test_a_quiet_week_has_none_and_is_counted_once(server: App) -> None:
    assert await digests(server) == []
    server.service.put(1, requested_at=stamp(3), status="rejected", rejected_at=stamp(2), rejected_by="303")
    server.clock.move(hours=1)
    assert await digests(server) == []


async def test_a_digest_is_made_on_monday_once(server: App) -> None:
    server.service.put(1, requested_at=stamp(3), status="rejected", rejected_at=stamp(2), rejected_by="303")
    server.clock.move(seconds=-1)
    assert await digests(server) == []
    server.clock.move(seconds=1)
    (post,) = await digests(server)
    await record(server, post)
    await server.restart()
    assert await digests(server) == []


async def test_a_digest_links_no_card_of_another_server(server: App) -> None:
    await server.services.guild_setup.use_review_channel(OTHER_GUILD, OTHER_CHANNEL)
    await server.services.guild_setup.change(OTHER_GUILD, Setting.DIGEST, 1)
    await server.services.guild_setup.change(OTHER_GUILD, Setting.REMINDER_DAYS, 0)
    server.service.put(100, requested_at=stamp(3), status="rejected", rejected_at=stamp(2), rejected_by="303")
    server.service.put(1, requested_at=stamp(9))
    await server.services.monitor.poll()
    for card in await due_cards(server):
        if card.delivery.guild_id == OTHER_GUILD:
            await record(server, card, message_id=600)
    urls = {post.guild_id: Digest.of(post.facts).named[0][1] for post in await digests(server)}
    assert urls == {GUILD: None, OTHER_GUILD: f"https://discord.com/channels/{OTHER_GUILD}/{OTHER_CHANNEL}/600"}


async def test_a_digest_names_the_oldest_late_changes_with_their_cards(server: App) -> None:
    server.service.put(100, requested_at=stamp(3), status="rejected", rejected_at=stamp(2), rejected_by="303")
    server.service.put(1, requested_at=stamp(9))
    await server.services.monitor.poll()
    await deliver_cards(server)
    for change_id in range(2, NAMED + 4):
        server.service.put(change_id, requested_at=stamp(8))
    server.service.put(99, requested_at=stamp(6))
    server.clock.move(minutes=1)
    await server.services.monitor.poll()
    (post,) = await digests(server)
    digest = Digest.of(post.facts)
    assert (digest.days, digest.late, len(digest.named)) == (7, NAMED + 3, NAMED)
    assert digest.named[:2] == ((1, f"https://discord.com/channels/{GUILD}/{CHANNEL}/501"), (2, None))


async def test_a_server_with_reminders_has_no_late_changes_in_its_digest(server: App) -> None:
    await server.services.guild_setup.change(GUILD, Setting.REMINDER_DAYS, 3)
    server.service.put(100, requested_at=stamp(3), status="rejected", rejected_at=stamp(2), rejected_by="303")
    server.service.put(1, requested_at=stamp(9))
    (post,) = await digests(server)
    digest = Digest.of(post.facts)
    assert (digest.days, digest.late, digest.named) == (3, 0, ())


async def test_only_servers_that_want_a_digest_get_one(server: App) -> None:
    await server.services.guild_setup.use_review_channel(OTHER_GUILD, OTHER_CHANNEL)
    server.service.put(100, requested_at=stamp(3), status="rejected", rejected_at=stamp(2), rejected_by="303")
    assert [post.guild_id for post in await digests(server)] == [GUILD]


async def test_a_digest_that_failed_is_made_later(server: App) -> None:
    server.service.put(100, requested_at=stamp(3), status="rejected", rejected_at=stamp(2), rejected_by="303")
    server.service.is_away = True
    with pytest.raises(UnavailableError):
        await server.services.digests.make()
    server.service.is_away = False
    assert len(await digests(server)) == 1


@pytest.fixture
async def checked(server: App) -> App:
    """A bot that asks file hosts, which have none of the files."""
    server.settings = server.settings.model_copy(update={"ask_file_hosts": True})
    await server.restart()
    return server


async def noted(app: App, *names: str) -> None:
    """Have the weekly check noted live models."""
    app.service.models["image_generation"] = {name: harmless(name) for name in (*names, "Fine")}
    pairs = [("image_generation", name) for name in names]
    await app.services.verification.cursors.set(CURSOR_REFUTED, json.dumps(pairs))


async def host_digests(app: App) -> list[Delivery]:
    """Make the digests of hosts, and return those that are due."""
    is_queued = await app.services.host_digests.make()
    posts = [post for post in await due_posts(app) if post.subject.startswith("hosts")]
    assert is_queued is bool(posts)
    return posts


async def test_models_whose_files_are_gone_are_posted_on_monday_in_every_server(checked: App) -> None:
    await checked.services.guild_setup.use_review_channel(OTHER_GUILD, OTHER_CHANNEL)
    await noted(checked, "Gone")
    checked.clock.now = MONDAY - timedelta(seconds=1)
    assert await host_digests(checked) == []
    checked.clock.now = MONDAY
    posts = await host_digests(checked)
    assert [(post.guild_id, post.channel_id, post.kind, post.subject) for post in posts] == [
        (GUILD, CHANNEL, DeliveryKind.REMINDER, "hosts 2026-W11"),
        (OTHER_GUILD, OTHER_CHANNEL, DeliveryKind.REMINDER, "hosts 2026-W11"),
    ]
    shown = Verification.of(posts[0].facts)
    assert [model.name for model in shown.refuted] == ["Gone"]
    assert (shown.checked, shown.waiting) == (1, 0)


async def test_they_are_posted_once_a_week(checked: App) -> None:
    await noted(checked, "Gone")
    (post,) = await host_digests(checked)
    await record(checked, post)
    checked.service.requests.clear()
    for _ in range(3):  # on each day that posts what Monday missed, and after these
        assert await host_digests(checked) == []
        checked.clock.move(days=1)
    assert checked.service.requests == []
    checked.clock.now = MONDAY
    await checked.restart()
    assert await host_digests(checked) == [], "it was posted before the restart"
    checked.clock.move(days=7)
    assert [post.subject for post in await host_digests(checked)] == ["hosts 2026-W12"]


async def test_a_long_list_of_models_is_cut_and_counted(checked: App) -> None:
    await noted(checked, *(f"Gone {number}" for number in range(MODELS_MAX + 2)))
    (post,) = await host_digests(checked)
    shown = Verification.of(post.facts)
    assert (len(shown.refuted), shown.checked, shown.waiting) == (MODELS_MAX, MODELS_MAX + 2, 2)


async def test_without_such_models_nothing_is_posted_and_nothing_asked_again(checked: App) -> None:
    await noted(checked)
    assert await host_digests(checked) == []
    checked.service.requests.clear()
    assert await host_digests(checked) == []
    assert checked.service.requests == []


async def test_a_service_that_is_away_is_asked_for_its_models_later(checked: App) -> None:
    await noted(checked, "Gone")
    checked.service.is_away = True
    with pytest.raises(UnavailableError):
        await checked.services.host_digests.make()
    checked.service.is_away = False
    assert len(await host_digests(checked)) == 1
