"""Mirrors queue roles in Discord roles: decides who is to get or lose which; whoever speaks to Discord asks here."""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.identity.accounts import Accounts
from bot.identity.errors import HordeUnavailableError, IdentityError
from bot.identity.roles import Role
from bot.identity.standing import Standing
from bot.reference.errors import ApiError
from storage.guild_settings import GuildSetting, GuildSettings
from storage.links import Links
from storage.mirrored_roles import Mirrored, MirroredRoles

REREAD_AFTER = timedelta(hours=1)
"""How old roles may grow before the service is asked again, for people who press nothing."""

REREAD_AT_ONCE = 3
"""People asked for at a time: each costs the service a question to AI-Horde, which takes 90 a minute."""

VISITS_AT_ONCE = 10
"""Members brought in line at a time."""

AGAIN_AFTER = timedelta(minutes=15)
"""After Discord refused, or was away."""

ABSENT_FOR = timedelta(hours=6)
"""How long somebody who is not in a server is not looked for there: the bot is not told who joins."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Visit:
    """One member of one server who is to be brought in line.

    Attributes:
        wanted: roles that they should have of the bot.
        theirs: roles that the bot answers for: those it gave, and of a linked member every mirrored one.
    """

    guild_id: int
    user_id: int
    wanted: frozenset[int]
    theirs: frozenset[int]

    def to_give(self, has: Collection[int]) -> frozenset[int]:
        """What a member with these roles lacks."""
        return self.wanted - frozenset(has)

    def to_take(self, has: Collection[int]) -> frozenset[int]:
        """What a member with these roles should not have; never a role that the bot does not answer for."""
        return (self.theirs & frozenset(has)) - self.wanted


def mirrored(setting: GuildSetting) -> dict[Role, int]:
    """Which Discord role stands for which queue role in a server."""
    ids = {Role.REQUESTOR: setting.requestor_role_id, Role.APPROVER: setting.approver_role_id}
    return {role: role_id for role, role_id in ids.items() if role_id is not None}


def visits(setting: GuildSetting, people: Iterable[Standing], given: Mapping[int, Mirrored]) -> list[Visit]:
    """Who in a server is to be brought in line: pure. Those who hide are given nothing, as it would show them."""
    roles = mirrored(setting)
    wanted = {
        one.user_id: frozenset(role_id for role, role_id in roles.items() if one.may(role))
        for one in people
        if one.is_visible
    }
    found = []
    for user_id in sorted(wanted.keys() | given.keys()):
        known = given.get(user_id, Mirrored(frozenset(), is_sure=True))
        should = wanted.get(user_id, frozenset())
        if known.role_ids != should or not known.is_sure:
            is_linked = user_id in wanted
            theirs = known.role_ids | (frozenset(roles.values()) if is_linked else frozenset())
            found.append(Visit(setting.guild_id, user_id, should, theirs))
    return found


@dataclass(slots=True)
class RoleMirror:
    """Remembers what was given, before it is given."""

    guild_settings: GuildSettings
    mirrored_roles: MirroredRoles
    links: Links
    accounts: Accounts
    clock: Callable[[], datetime]
    _not_before: dict[tuple[int, int], datetime] = field(default_factory=dict)
    _asked: dict[int, datetime] = field(default_factory=dict)
    _pay: Callable[[Visit], Awaitable[None]] | None = None

    def attach(self, pay: Callable[[Visit], Awaitable[None]]) -> None:
        """Have somebody who speaks to Discord pay visits; never raises for Discord's refusals."""
        self._pay = pay

    async def due(self) -> list[Visit]:
        """Who is to be brought in line now, some at a time."""
        guild_ids = {setting.guild_id for setting in await self.guild_settings.all_with_mirrored_roles()}
        guild_ids |= await self.mirrored_roles.guilds()
        if not guild_ids:
            return []
        people = await self.accounts.with_roles()
        now = self.clock()
        found: list[Visit] = []
        for guild_id in sorted(guild_ids):
            setting = await self.guild_settings.get(guild_id)
            given = await self.mirrored_roles.of_guild(guild_id)
            found += [
                visit
                for visit in visits(setting, people, given)
                if self._not_before.get((guild_id, visit.user_id), now) <= now
            ]
        return found[:VISITS_AT_ONCE]

    async def reread(self) -> None:
        """Ask for the roles of a few people whose roles are old, if any server mirrors roles at all."""
        if not await self.guild_settings.all_with_mirrored_roles():
            return
        now = self.clock()
        self._asked = {user_id: at for user_id, at in self._asked.items() if timedelta() <= now - at < REREAD_AFTER}
        old = await self.links.read_before(now - REREAD_AFTER, limit=len(self._asked) + REREAD_AT_ONCE)
        for link in [link for link in old if link.user_id not in self._asked][:REREAD_AT_ONCE]:
            self._asked[link.user_id] = now
            try:
                await self.accounts.refresh(link.user_id)
            except (HordeUnavailableError, ApiError) as error:
                # An outage takes nothing from anybody.
                log.info("roles not read", reason=type(error).__name__)
                return
            except IdentityError as error:
                # Nor does a key that AI-Horde does not know any more: its owner is told when they press.
                log.info("roles not read", user_id=link.user_id, reason=type(error).__name__)

    async def begin(self, visit: Visit) -> None:
        """Remember what may be given from now on."""
        await self.mirrored_roles.put(
            visit.guild_id, visit.user_id, visit.wanted | await self._given(visit), is_sure=False
        )

    async def done(self, visit: Visit) -> None:
        """Discord has it as wanted."""
        await self.mirrored_roles.put(visit.guild_id, visit.user_id, visit.wanted, is_sure=True)

    async def absent(self, visit: Visit) -> None:
        """They are not in the server: nothing of the bot's is left there."""
        await self.mirrored_roles.put(visit.guild_id, visit.user_id, (), is_sure=True)
        self._not_before[visit.guild_id, visit.user_id] = self.clock() + ABSENT_FOR

    def postponed(self, visit: Visit) -> None:
        """Discord refused, or was away."""
        self._not_before[visit.guild_id, visit.user_id] = self.clock() + AGAIN_AFTER

    async def look_again(self, guild_id: int) -> None:
        """Have everybody in a server looked at anew, those too who were refused or absent."""
        await self.mirrored_roles.doubt(guild_id)
        self._not_before = {key: at for key, at in self._not_before.items() if key[0] != guild_id}

    async def release(self, user_id: int) -> None:
        """Take from somebody what the bot gave them, everywhere and now, as before they are forgotten."""
        for guild_id in sorted(await self.mirrored_roles.guilds()):
            known = (await self.mirrored_roles.of_guild(guild_id)).get(user_id)
            if known is not None and self._pay is not None:
                await self._pay(Visit(guild_id, user_id, frozenset(), known.role_ids))

    async def _given(self, visit: Visit) -> frozenset[int]:
        known = (await self.mirrored_roles.of_guild(visit.guild_id)).get(visit.user_id)
        return frozenset() if known is None else known.role_ids
