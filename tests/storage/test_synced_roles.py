"""Discord roles that the bot gave to members."""

from storage.database import Database
from storage.synced_roles import GivenRoles, SyncedRoles

GUILD, OTHER_GUILD, RITA, ABE = 77, 78, 1111, 2222


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
