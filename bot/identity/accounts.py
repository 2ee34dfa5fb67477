"""Who a Discord user is: links keys, and turns a person into an Actor."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from weakref import WeakValueDictionary

import structlog
from pydantic import SecretStr

from bot.identity.errors import (
    AccountTakenError,
    HordeUnavailableError,
    MissingRoleError,
    NotLinkedError,
    UnknownKeyError,
    UnreadableKeyError,
)
from bot.identity.key_trials import KeyTrials, own_key
from bot.identity.roles import QueueRoles
from bot.identity.standing import Actor, HordeUserContext, Role, Standing
from bot.identity.standing_cache import StandingCache, standing_of
from bot.reference.errors import ApiError
from storage import errors as stored
from storage.idle_links import IdleLinks
from storage.links import Links

__all__ = ["Accounts", "Actor", "LinkOutcome", "Standing"]

DENIED_TIMES: Final = 3
DENIED_OVER: Final = timedelta(minutes=10)
"""A key is disabled once AI-Horde itself has said so often, over so long a time, that nobody has it."""

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LinkOutcome:
    """A key was linked.

    Attributes:
        standing: what the person is now.
        former: the account linked until then, which may be the same one; None for a first link.
    """

    standing: Standing
    former: HordeUserContext | None


class Accounts:
    """The people who have linked; keys are decrypted for one action and remembered nowhere.

    Roles are remembered for ``ttl`` to spare AI-Horde a question at each press. They open forms and tell
    early what is missing; the service stays the judge of every write. An outage changes nothing here.
    """

    def __init__(
        self,
        links: Links,
        roles: QueueRoles,
        *,
        clock: Callable[[], datetime],
        ttl: timedelta,
        monotonic: Callable[[], float] = time.monotonic,
        idle_links: IdleLinks | None = None,
    ) -> None:
        """Join the two sources.

        Args:
            links: what storage holds.
            roles: asks the service and AI-Horde.
            clock: aware UTC.
            ttl: for how long roles count as just read.
            monotonic: seconds, for the limit on trying keys.
            idle_links: notes who uses their key; ``None`` where nobody's link expires.
        """
        self._links = links
        self._roles = roles
        self._clock = clock
        self._trials = KeyTrials(roles, monotonic)
        self._cache = StandingCache(links, clock, ttl)
        self._idle_links = idle_links
        self._used_on: dict[int, date] = {}
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def warm(self) -> int:
        """Recall everybody who held a role, so that :meth:`peek` knows them after a start; their number."""
        return await self._cache.warm()

    async def with_roles(self) -> list[Standing]:
        """Everybody who held a role when last asked, by Horde name; asks nobody outside."""
        return await self._cache.with_roles()

    def peek(self, user_id: int) -> Standing | None:
        """What is remembered of a person, at once; None for somebody unknown, who may yet be linked."""
        return self._cache.peek(user_id)

    async def standing(self, user_id: int) -> Standing | None:
        """What is known of a person without asking anybody outside; None when not linked."""
        return await self._cache.standing(user_id)

    async def actor(self, user_id: int, *, needs: Role | None = None) -> Actor:
        """The person with key and roles, to act now. Asks the service for the roles when they are old.

        Args:
            user_id: the Discord id.
            needs: the role without which nothing should be tried; None where any linked person may.

        Raises:
            NotLinkedError: there is no link.
            MissingRoleError: the account lacks the role.
            UnknownKeyError: AI-Horde itself does not know the key any more; the link stays. Said often enough, the
                key is disabled, and nobody is asked any more.
            UnreadableKeyError: the stored key does not open.
            HordeUnavailableError: AI-Horde could not confirm the key; the link stays.
            ApiError: the service could not be asked for the roles.
        """
        standing, key = await self._opened(user_id)
        if needs is not None and not self._cache.is_fresh(standing):
            async with self._lock(user_id):
                # Another press of the same person may have asked while this one waited.
                standing, key = await self._opened(user_id)
                if not self._cache.is_fresh(standing):
                    standing = await self._reread(standing, key)
        if needs is not None and not standing.may(needs):
            raise MissingRoleError(needs, standing)
        await self._note_use(user_id)
        return Actor(user_id=user_id, horde=standing.horde, roles=standing.roles, key=key)

    async def refresh(self, user_id: int) -> Standing:
        """Ask for the roles now; errors as :meth:`actor`, but for the missing role."""
        async with self._lock(user_id):
            return await self._reread(*await self._opened(user_id))

    async def shown(self, user_id: int) -> Standing | None:
        """What a person is shown of themselves: roles asked for anew when they are old, else as last known.

        An outage does not keep anybody from seeing what they have linked.

        Raises:
            UnknownKeyError: AI-Horde itself does not know the key any more.
            UnreadableKeyError: the stored key does not open.
        """
        standing = await self.standing(user_id)
        if standing is not None:
            await self._note_use(user_id)
        if standing is None or self._cache.is_fresh(standing):
            return standing
        try:
            return await self.refresh(user_id)
        except NotLinkedError:
            return None
        except (HordeUnavailableError, ApiError):
            return standing

    def forget(self, user_id: int) -> None:
        """Believe the remembered roles no more, as after the service refused for lack of a role."""
        self._cache.doubt(user_id)

    def drop(self, user_id: int) -> None:
        """Remember nothing of a person, as after their link may have gone: storage is asked next time."""
        self._cache.drop(user_id)
        self._used_on.pop(user_id, None)

    async def link(self, user_id: int, key_text: str) -> LinkOutcome:
        """Link a person to the account behind a key; a former key is replaced.

        Args:
            user_id: the Discord id.
            key_text: what was typed.

        Raises:
            KeyShapeError: it can be no key; it was sent nowhere.
            AnonymousKeyError: it is everybody's.
            SharedKeyError: it is lent out.
            TooManyAttemptsError: too many were tried lately.
            UnknownKeyError: AI-Horde knows no such key.
            HordeUnavailableError: AI-Horde could not say.
            AccountTakenError: another Discord user has linked the account.
            ApiError: the service could not be asked for the roles. In every case nothing was changed.
        """
        key = own_key(key_text)
        async with self._lock(user_id):
            horde = await self._trials.owner(user_id, key)
            user, roles = await self._roles.get_user_roles(key)
            if user is None:  # revoked between the two questions
                raise UnknownKeyError
            former = await self.standing(user_id)
            try:
                link = await self._links.put(
                    user_id,
                    horde_user_id=horde.user_id,
                    horde_username=horde.username,
                    key=key,
                    roles=frozenset(roles),
                    now=self._clock(),
                )
            except stored.AccountTakenError:
                raise AccountTakenError(horde.username) from None
            finally:
                # Given up, or on a disk that fails at the wiping, it is kept all the same: ask storage next time.
                self.drop(user_id)
            standing = self._cache.put(standing_of(link))
        _log.info(
            "linked", user_id=user_id, horde_user_id=horde.user_id, roles=sorted(role.value for role in standing.roles)
        )
        return LinkOutcome(standing, None if former is None else former.horde)

    async def set_visible(self, user_id: int, *, is_visible: bool) -> None:
        """Let others look a person up, or not.

        Raises:
            NotLinkedError: there is no link.
        """
        async with self._lock(user_id):
            if not await self._links.set_visible(user_id, is_visible=is_visible):
                self.drop(user_id)
                raise NotLinkedError(user_id)
            self._cache.note_visible(user_id, is_visible=is_visible)

    async def expire(self, unused_since: datetime, warned_before: datetime) -> int:
        """Unlink who has not acted since then and was told before that; returns how many they are."""
        if self._idle_links is None:
            return 0
        gone = await self._idle_links.expire(unused_since, warned_before)
        for user_id in gone:
            self.drop(user_id)
            _log.info("link expired", user_id=user_id)
        return len(gone)

    async def unlink(self, user_id: int) -> bool:
        """Delete a person's key; False when there was none."""
        async with self._lock(user_id):
            try:
                was_linked = await self._links.delete(user_id)
            finally:
                self.drop(user_id)
        if was_linked:
            _log.info("unlinked", user_id=user_id)
        return was_linked

    async def _opened(self, user_id: int) -> tuple[Standing, SecretStr]:
        while (standing := await self.standing(user_id)) is not None:
            if standing.is_disabled:
                raise UnknownKeyError
            try:
                key = await self._links.key(user_id, standing.horde.user_id)
            except stored.UnreadableKeyError:
                raise UnreadableKeyError(user_id) from None
            if key is not None:
                return standing, key
            self.drop(user_id)  # unlinked meanwhile, or linked to another account
        raise NotLinkedError(user_id)

    async def _reread(self, standing: Standing, key: SecretStr) -> Standing:
        user, roles = await self._roles.get_user_roles(key)
        now = self._clock()
        if user is None:
            over, user_id = DENIED_OVER, standing.user_id
            if await self._links.deny(user_id, standing.generation, now, times=DENIED_TIMES, over=over):
                self.drop(user_id)
                _log.info("key disabled", user_id=user_id)
            raise UnknownKeyError
        if not await self._links.set_roles(standing.user_id, frozenset(roles), now):
            self.drop(standing.user_id)
            raise NotLinkedError(standing.user_id)
        return self._cache.put(replace(standing, roles=frozenset(roles), roles_read_at=now))

    async def _note_use(self, user_id: int) -> None:
        """Note that somebody acts, once a day: a press must not wait for the disk each time."""
        today = self._clock().date()
        if self._idle_links is not None and self._used_on.get(user_id) != today:
            self._used_on[user_id] = today
            await self._idle_links.use(user_id, self._clock())

    def _lock(self, user_id: int) -> asyncio.Lock:
        """One question about a person at a time, and none across a change of the link."""
        return self._locks.setdefault(user_id, asyncio.Lock())
