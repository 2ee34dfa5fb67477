"""Plan of the role sync: members who gain or lose a Discord role with their queue role."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.identity.accounts import Accounts
from bot.identity.errors import HordeUnavailableError, IdentityError
from bot.identity.roles import Role
from bot.identity.standing import Standing
from bot.reference.errors import ApiError
from storage.guild_settings import GuildRow, GuildSettings
from storage.links import Links
from storage.synced_roles import GivenRoles, SyncedRoles

REFRESH_AFTER = timedelta(hours=1)
"""Age at which the roles of an inactive person are read again."""

REFRESH_LIMIT = 3
"""People refreshed at a time: each costs one request to AI-Horde, which allows 90 a minute."""

TASKS_AT_ONCE = 10
"""Members synced at a time."""

RETRY_AFTER = timedelta(minutes=15)
"""Delay after a refusal or an outage of Discord."""

ABSENT_FOR = timedelta(hours=6)
"""Recheck interval for users who are not in the server (the bot has no member intent)."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RoleSyncTask:
    """One member of one server whose Discord roles have to be checked.

    Attributes:
        wanted: roles that the member should have from the bot.
        managed: roles that the bot may take: those it gave and, for a linked member, every synced role.
    """

    guild_id: int
    user_id: int
    wanted: frozenset[int]
    managed: frozenset[int]

    def to_add(self, current: Collection[int]) -> frozenset[int]:
        """Return the roles missing from the current ones."""
        return self.wanted - frozenset(current)

    def to_remove(self, current: Collection[int]) -> frozenset[int]:
        """Return the managed roles that the member should not have."""
        return (self.managed & frozenset(current)) - self.wanted


def roles_to_sync(setting: GuildRow) -> dict[Role, int]:
    """Return the server's Discord role for each queue role that has one."""
    ids = {Role.REQUESTOR: setting.requestor_role_id, Role.APPROVER: setting.approver_role_id}
    return {role: role_id for role, role_id in ids.items() if role_id is not None}


def plan_tasks(setting: GuildRow, people: Iterable[Standing], given: Mapping[int, GivenRoles]) -> list[RoleSyncTask]:
    """Return the members to sync; hidden members get no role that would reveal them."""
    roles = roles_to_sync(setting)
    wanted = {
        person.user_id: frozenset(role_id for role, role_id in roles.items() if person.may(role))
        for person in people
        if person.is_visible
    }
    tasks = []
    for user_id in sorted(wanted.keys() | given.keys()):
        known = given.get(user_id, GivenRoles(frozenset(), is_sure=True))
        target = wanted.get(user_id, frozenset())
        if known.role_ids != target or not known.is_sure:
            is_linked = user_id in wanted
            managed = known.role_ids | (frozenset(roles.values()) if is_linked else frozenset())
            tasks.append(RoleSyncTask(setting.guild_id, user_id, target, managed))
    return tasks


@dataclass(slots=True)
class RoleSync:
    """Due tasks and their results; a role is recorded before Discord is asked to give it."""

    guild_settings: GuildSettings
    synced_roles: SyncedRoles
    links: Links
    accounts: Accounts
    clock: Callable[[], datetime]
    _not_before: dict[tuple[int, int], datetime] = field(default_factory=dict)
    _absent: dict[tuple[int, int], datetime] = field(default_factory=dict)
    _refreshed: dict[int, datetime] = field(default_factory=dict)

    async def due_tasks(self) -> list[RoleSyncTask]:
        """Return up to ``TASKS_AT_ONCE`` tasks that are due."""
        guild_ids = {setting.guild_id for setting in await self.guild_settings.all_with_synced_roles()}
        guild_ids |= await self.synced_roles.guilds()
        if not guild_ids:
            return []
        people = await self.accounts.with_roles()
        now = self.clock()
        due: list[RoleSyncTask] = []
        for guild_id in sorted(guild_ids):
            setting = await self.guild_settings.get(guild_id)
            given = await self.synced_roles.of_guild(guild_id)
            due += [task for task in plan_tasks(setting, people, given) if self._is_due(guild_id, task.user_id, now)]
        return due[:TASKS_AT_ONCE]

    def _is_due(self, guild_id: int, user_id: int, now: datetime) -> bool:
        key = (guild_id, user_id)
        return max(self._not_before.get(key, now), self._absent.get(key, now)) <= now

    async def refresh_old_roles(self) -> None:
        """Refresh the oldest queue roles of a few people, if any server syncs roles."""
        if not await self.guild_settings.all_with_synced_roles():
            return
        now = self.clock()
        self._refreshed = {
            user_id: at for user_id, at in self._refreshed.items() if timedelta() <= now - at < REFRESH_AFTER
        }
        old = await self.links.read_before(now - REFRESH_AFTER, limit=len(self._refreshed) + REFRESH_LIMIT)
        for link in [link for link in old if link.user_id not in self._refreshed][:REFRESH_LIMIT]:
            self._refreshed[link.user_id] = now
            try:
                await self.accounts.refresh(link.user_id)
            except (HordeUnavailableError, ApiError) as error:
                log.info("role_read_failed", reason=type(error).__name__)  # an outage removes no role
                return
            except IdentityError as error:
                # An unknown key removes no role either; its owner gets a message at the next action.
                log.info("role_read_failed", user_id=link.user_id, reason=type(error).__name__)

    async def start(self, task: RoleSyncTask) -> None:
        """Record the roles that may be given from now on."""
        known = await self.synced_roles.of_member(task.guild_id, task.user_id)
        roles = task.wanted if known is None else task.wanted | known.role_ids
        await self.synced_roles.put(task.guild_id, task.user_id, roles, is_sure=False)

    async def finish(self, task: RoleSyncTask) -> None:
        """Record that the member has exactly the wanted roles."""
        await self.synced_roles.put(task.guild_id, task.user_id, task.wanted, is_sure=True)

    async def mark_absent(self, task: RoleSyncTask) -> None:
        """Record that the user is not in the server, and so has no role there."""
        await self.synced_roles.put(task.guild_id, task.user_id, (), is_sure=True)
        self._absent[task.guild_id, task.user_id] = self.clock() + ABSENT_FOR

    def postpone(self, task: RoleSyncTask) -> None:
        """Delay the next attempt after a refusal or an outage of Discord."""
        self._not_before[task.guild_id, task.user_id] = self.clock() + RETRY_AFTER

    async def recheck(self, guild_id: int) -> None:
        """Make all members of a server due, postponed and absent ones included."""
        await self.synced_roles.mark_unsure(guild_id)
        for waiting in (self._not_before, self._absent):
            for key in [key for key in waiting if key[0] == guild_id]:
                del waiting[key]

    async def note_seen(self, guild_id: int, user_id: int, role_ids: Collection[int]) -> bool:
        """Make a member due who was absent or lacks a role from the bot; return whether one was.

        Args:
            guild_id: the server in which the person uses the bot.
            user_id: the person.
            role_ids: the person's roles there, as Discord says.
        """
        was_absent = self._absent.pop((guild_id, user_id), None) is not None
        known = await self.synced_roles.of_member(guild_id, user_id)
        has_lost = known is not None and known.is_sure and not known.role_ids <= frozenset(role_ids)
        if known is not None and has_lost:
            await self.synced_roles.put(guild_id, user_id, known.role_ids, is_sure=False)
        return was_absent or has_lost

    async def removal_tasks(self, user_id: int) -> list[RoleSyncTask]:
        """Return the tasks that take from a person every role given by the bot."""
        tasks = []
        for guild_id in sorted(await self.synced_roles.guilds()):
            known = await self.synced_roles.of_member(guild_id, user_id)
            if known is not None:
                tasks.append(RoleSyncTask(guild_id, user_id, frozenset(), known.role_ids))
        return tasks
