"""Settings of a server: stored, unset, and shown on cards."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest

from storage.cards import Cards
from storage.database import Database
from storage.deliveries import Deliveries
from storage.guild_settings import GuildRow, GuildSettings, ReviewingGuild, SelfApproval, Setting
from tests.storage.changes import tracked_change

GUILD, OTHER_GUILD, CHANNEL = 77, 78, 770


async def test_a_server_starts_with_the_defaults(database: Database) -> None:
    settings = GuildSettings(database)
    assert await settings.get(77) == GuildRow(77, None)
    assert await settings.all_with_review_channel() == []


async def test_the_review_channel_is_set_moved_and_forgotten(database: Database) -> None:
    settings = GuildSettings(database)
    await settings.set_review_channel(78, 781)
    await settings.set_review_channel(77, 770)
    await settings.set_review_channel(77, 771)
    assert await settings.get(77) == GuildRow(77, 771)
    assert await settings.all_with_review_channel() == [ReviewingGuild(77, 771), ReviewingGuild(78, 781)]
    await settings.set_review_channel(77, None)
    assert await settings.all_with_review_channel() == [ReviewingGuild(78, 781)]


async def test_each_setting_of_a_server_is_stored_and_unset(settings: GuildSettings) -> None:
    values: dict[Setting, int | str] = {
        Setting.ANNOUNCEMENT_CHANNEL: 771,
        Setting.PING_ROLE: 5,
        Setting.REQUESTOR_ROLE: 6,
        Setting.APPROVER_ROLE: 7,
        Setting.SELF_APPROVAL: "block",
        Setting.APPROVALS_REQUIRED: 3,
        Setting.APPROVALS_MOST_USED: 4,
        Setting.REMINDER_DAYS: 2,
        Setting.DIGEST: 1,
        Setting.THREADS: 1,
    }
    for setting, value in values.items():
        await settings.set(GUILD, setting, value)
    await settings.set_quiet_hours(GUILD, 22, 6)
    assert await settings.get(GUILD) == GuildRow(
        GUILD,
        None,
        announcement_channel_id=771,
        ping_role_id=5,
        requestor_role_id=6,
        approver_role_id=7,
        self_approval=SelfApproval.BLOCK,
        approvals_required=3,
        reminder_days=2,
        has_digest=True,
        has_threads=True,
        approvals_most_used=4,
        quiet_from=22,
        quiet_until=6,
    )
    switches = await settings.get(GUILD)
    assert switches.has_digest is switches.has_threads is True, "not 1, as SQLite has it"
    await settings.set(GUILD, Setting.PING_ROLE, None)
    await settings.set_quiet_hours(GUILD, None, None)
    found = await settings.get(GUILD)
    assert (found.ping_role_id, found.quiet_from, found.quiet_until) == (None, None, None)
    assert await settings.get(OTHER_GUILD) == GuildRow(OTHER_GUILD, None)


async def test_quiet_hours_are_set_in_a_server_without_other_settings(settings: GuildSettings) -> None:
    await settings.set_quiet_hours(GUILD, 22, 6)
    await settings.set_quiet_hours(GUILD, 23, 7)
    found = await settings.get(GUILD)
    assert (found.quiet_from, found.quiet_until) == (23, 7)


async def test_the_servers_that_give_discord_roles_are_found(settings: GuildSettings) -> None:
    await settings.set(OTHER_GUILD, Setting.APPROVER_ROLE, 7)
    await settings.set(GUILD, Setting.REQUESTOR_ROLE, 6)
    await settings.set(79, Setting.PING_ROLE, 5)
    assert [each.guild_id for each in await settings.all_with_synced_roles()] == [GUILD, OTHER_GUILD]


@pytest.mark.parametrize(
    ("setting", "value", "is_redrawn"),
    [
        (Setting.APPROVALS_REQUIRED, 2, True),
        (Setting.APPROVALS_MOST_USED, 2, True),
        (Setting.SELF_APPROVAL, "block", True),
        (Setting.PING_ROLE, 5, False),
    ],
)
async def test_open_cards_are_drawn_again_when_the_rules_on_them_change(
    database: Database, settings: GuildSettings, now: datetime, setting: Setting, value: int | str, *, is_redrawn: bool
) -> None:
    cards, deliveries = Cards(database), Deliveries(database)
    for guild_id in (GUILD, OTHER_GUILD):
        await settings.set_review_channel(guild_id, CHANNEL)
    for status in ("pending", "rejected"):
        seen = [tracked_change(now, each, status) for each in ((42, 43) if status == "pending" else (43,))]
        await cards.record_poll(seen=seen, now=now)
    for card in await deliveries.due_cards(now):
        await deliveries.mark_delivered([card], 5)
    await settings.set(GUILD, setting, value)
    redrawn = [(card.guild_id, card.change_id) for card in await deliveries.due_cards(now)]
    assert redrawn == ([(GUILD, 42)] if is_redrawn else [])


@pytest.fixture
def _far_from_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose local time is nine hours ahead."""
    with monkeypatch.context() as changed:
        changed.setenv("TZ", "JST-9")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("_far_from_utc")
@pytest.mark.parametrize(
    ("hours", "at", "since"),
    [
        ((22, 6), (1, 21, 59), None),
        ((22, 6), (1, 22, 0), (1, 22)),
        ((22, 6), (2, 5, 59), (1, 22)),
        ((22, 6), (2, 6, 0), None),
        ((1, 9), (1, 1, 0), (1, 1)),
        ((1, 9), (1, 8, 59), (1, 1)),
        ((1, 9), (1, 9, 0), None),
        ((1, 9), (1, 0, 59), None),
        ((0, 8), (1, 0, 0), (1, 0)),
        ((16, 0), (1, 23, 59), (1, 16)),
        ((5, 5), (1, 5, 0), None),
        ((None, 6), (1, 3, 0), None),
        ((22, None), (1, 23, 0), None),
    ],
)
def test_quiet_hours_begin_and_end_on_the_hour(
    hours: tuple[int | None, int | None], at: tuple[int, int, int], since: tuple[int, int] | None
) -> None:
    setting = GuildRow(GUILD, None, quiet_from=hours[0], quiet_until=hours[1])
    day, hour, minute = at
    now = datetime(2026, 3, day, hour, minute, 30, 500, tzinfo=UTC)
    expected = None if since is None else datetime(2026, 3, *since, tzinfo=UTC)
    assert setting.quiet_since(now) == expected
    assert setting.quiet_since(now.astimezone(timezone(timedelta(hours=5)))) == expected, "the hours are UTC"


def test_quiet_hours_begin_with_their_first_second_and_end_before_the_last_hour() -> None:
    setting = GuildRow(GUILD, None, quiet_from=22, quiet_until=6)
    begins = datetime(2026, 3, 1, 22, tzinfo=UTC)
    assert setting.quiet_since(begins) == begins
    assert setting.quiet_since(begins + timedelta(hours=8)) is None


@pytest.mark.parametrize(("hours", "length"), [((22, 6), 8), ((1, 9), 8), ((5, 5), 0), ((None, None), 0)])
def test_the_length_of_quiet_hours_counts_over_midnight(hours: tuple[int | None, int | None], length: int) -> None:
    setting = GuildRow(GUILD, None, quiet_from=hours[0], quiet_until=hours[1])
    assert setting.quiet_length == timedelta(hours=length)
