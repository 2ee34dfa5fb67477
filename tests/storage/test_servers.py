"""Settings of servers, their members as far as they are known, and the roles that the bot gave them."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from storage.cards import Cards
from storage.database import Database
from storage.deliveries import Deliveries
from storage.guild_settings import GuildRow, GuildSettings, SelfApproval, Setting
from storage.links import Link, Links
from storage.memberships import Memberships
from storage.synced_roles import GivenRoles, SyncedRoles
from tests.storage.changes import tracked_change

GUILD, OTHER_GUILD, CHANNEL, RITA, ABE = 77, 78, 770, 1111, 2222
DAY = timedelta(days=1)

type LinkUser = Callable[..., Awaitable[Link]]


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


@pytest.mark.parametrize(("hours", "length"), [((22, 6), 8), ((1, 9), 8), ((5, 5), 0), ((None, None), 0)])
def test_the_length_of_quiet_hours_counts_over_midnight(hours: tuple[int | None, int | None], length: int) -> None:
    setting = GuildRow(GUILD, None, quiet_from=hours[0], quiet_until=hours[1])
    assert setting.quiet_length == timedelta(hours=length)


async def test_a_linked_person_is_known_as_a_member_where_discord_said_so(
    database: Database, links: Links, link_user: LinkUser, now: datetime
) -> None:
    memberships = Memberships(database)
    await link_user(links, RITA)
    assert not await memberships.is_member(GUILD, RITA)
    assert not await memberships.put(GUILD, RITA, is_member=False, now=now), "as it was assumed"
    assert await memberships.put(GUILD, RITA, is_member=True, now=now)
    assert not await memberships.put(GUILD, RITA, is_member=True, now=now)
    assert await memberships.is_member(GUILD, RITA)
    assert not await memberships.is_member(OTHER_GUILD, RITA)
    assert await memberships.put(GUILD, RITA, is_member=False, now=now)
    assert not await memberships.is_member(GUILD, RITA)
    assert not await memberships.put(GUILD, ABE, is_member=True, now=now), "without a link"
    assert not await memberships.is_member(GUILD, ABE)
    await memberships.put(GUILD, RITA, is_member=True, now=now)
    await links.delete(RITA)
    assert not await memberships.is_member(GUILD, RITA)


async def test_a_person_is_mentioned_only_in_their_servers_and_unless_they_hide(
    database: Database, links: Links, link_user: LinkUser, now: datetime
) -> None:
    memberships = Memberships(database)
    await link_user(links, RITA, horde_user_id="101")
    await memberships.put(GUILD, RITA, is_member=True, now=now)
    assert await memberships.visible_member(GUILD, "101") == RITA
    assert await memberships.visible_member(OTHER_GUILD, "101") is None
    assert await memberships.visible_member(GUILD, "202") is None
    await links.set_visible(RITA, is_visible=False)
    assert await memberships.visible_member(GUILD, "101") is None


async def test_people_are_looked_up_in_servers_again_the_longest_unchecked_first(
    database: Database, links: Links, link_user: LinkUser, now: datetime
) -> None:
    memberships = Memberships(database)
    for user_id in (RITA, ABE, 3333):
        await link_user(links, user_id)
    await links.set_visible(3333, is_visible=False)
    await memberships.put(GUILD, RITA, is_member=True, now=now)
    await memberships.put(GUILD, ABE, is_member=False, now=now - DAY)
    assert await memberships.due([GUILD], now, 9) == [(GUILD, ABE)]
    assert await memberships.due([GUILD, OTHER_GUILD], now + DAY, 9) == [
        (OTHER_GUILD, RITA),
        (OTHER_GUILD, ABE),
        (GUILD, ABE),
        (GUILD, RITA),
    ]
    assert await memberships.due({GUILD}, now + DAY, 1) == [(GUILD, ABE)]
    assert await memberships.due([], now + DAY, 9) == []


async def test_the_roles_that_the_bot_gave_are_known_by_server_and_member(database: Database) -> None:
    roles = SyncedRoles(database)
    assert await roles.of_member(GUILD, RITA) is None
    await roles.put(GUILD, RITA, [6, 5], is_sure=True)
    await roles.put(GUILD, ABE, [5], is_sure=False)
    await roles.put(OTHER_GUILD, RITA, [9], is_sure=True)
    of_rita, of_abe = GivenRoles(frozenset({5, 6}), is_sure=True), GivenRoles(frozenset({5}), is_sure=False)
    assert await roles.of_guild(GUILD) == {RITA: of_rita, ABE: of_abe}
    assert (await roles.of_member(GUILD, RITA), await roles.of_member(GUILD, ABE)) == (of_rita, of_abe)
    assert await roles.guilds() == {GUILD, OTHER_GUILD}
    await roles.put(GUILD, RITA, [5], is_sure=True)
    await roles.put(GUILD, ABE, [], is_sure=True)
    assert await roles.of_guild(GUILD) == {RITA: GivenRoles(frozenset({5}), is_sure=True)}


async def test_a_servers_members_are_checked_again_after_its_roles_changed_by_hand(database: Database) -> None:
    roles = SyncedRoles(database)
    await roles.put(GUILD, RITA, [5, 6], is_sure=True)
    await roles.put(OTHER_GUILD, RITA, [9], is_sure=True)
    await roles.mark_unsure(GUILD)
    assert await roles.of_guild(GUILD) == {RITA: GivenRoles(frozenset({5, 6}), is_sure=False)}
    assert await roles.of_member(GUILD, RITA) == GivenRoles(frozenset({5, 6}), is_sure=False)
    assert await roles.of_guild(OTHER_GUILD) == {RITA: GivenRoles(frozenset({9}), is_sure=True)}


async def test_one_pending_role_makes_all_roles_of_a_member_unsure(database: Database) -> None:
    roles = SyncedRoles(database)
    await roles.put(GUILD, RITA, [5, 6], is_sure=True)
    await database.execute("UPDATE synced_role SET is_sure = 0 WHERE role_id = 5")
    for found in ((await roles.of_guild(GUILD))[RITA], await roles.of_member(GUILD, RITA)):
        assert found == GivenRoles(frozenset({5, 6}), is_sure=False)
