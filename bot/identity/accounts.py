"""Linking of Discord users to AI-Horde accounts, and access to a linked account as an Actor."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from weakref import WeakValueDictionary

import structlog
from pydantic import SecretStr

from bot.errors import DiskError
from bot.identity.errors import (
    AccountTakenError,
    HordeUnavailableError,
    MissingRoleError,
    NotLinkedError,
    UnknownKeyError,
    UnreadableKeyError,
)
from bot.identity.key_lookup import KeyLookup, personal_key
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
"""A key is disabled after DENIED_TIMES denials by AI-Horde itself over at least this time."""

_log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LinkOutcome:
    """Result of linking a key.

    Attributes:
        standing: the account and its roles.
        former: the account linked before, possibly the same one; None for a first link.
    """

    standing: Standing
    former: HordeUserContext | None


class Accounts:
    """Service of linked accounts; a key is decrypted for one action and never cached.

    Roles are cached for ``ttl``, so that not every press is a request to AI-Horde. They open forms and report a
    missing role early; the service itself checks every write. An outage changes nothing here.
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
        """Create the service.

        Args:
            links: repository of links.
            roles: client of the service and of AI-Horde.
            clock: aware UTC.
            ttl: time until cached roles are stale.
            monotonic: seconds, for the rate limit of key attempts.
            idle_links: repository of the last uses; ``None`` if links never expire.
        """
        self._links = links
        self._roles = roles
        self._clock = clock
        self._key_lookup = KeyLookup(roles, monotonic)
        self._cache = StandingCache(links, clock, ttl)
        self._idle_links = idle_links
        self._used_on: dict[int, date] = {}
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def warm(self) -> int:
        """Fill the cache with all people who had a role; return their number."""
        return await self._cache.warm()

    async def with_roles(self) -> list[Standing]:
        """Return all people who had a role when last read, by Horde name; no network requests."""
        return await self._cache.with_roles()

    def peek(self, user_id: int) -> Standing | None:
        """Return a person from the cache; None if not cached, although a link may exist."""
        return self._cache.peek(user_id)

    async def standing(self, user_id: int) -> Standing | None:
        """Return a person from cache or storage, without network requests; None when not linked."""
        return await self._cache.standing(user_id)

    async def linked(self, user_id: int) -> Standing:
        """Return the standing of a person; raises ``NotLinkedError`` for one without a link."""
        standing = await self.standing(user_id)
        if standing is None:
            raise NotLinkedError(user_id)
        return standing

    async def actor(self, user_id: int, *, needs: Role | None = None) -> Actor:
        """Return the person with key and roles for one action; stale roles are read again.

        Args:
            user_id: the Discord id.
            needs: the required role; None if any linked person may act.

        Raises:
            NotLinkedError: there is no link.
            MissingRoleError: the account lacks the role.
            UnknownKeyError: AI-Horde itself does not know the key any more; the link stays. After repeated denials
                the key is disabled, and no more requests are made.
            UnreadableKeyError: the stored key cannot be decrypted.
            HordeUnavailableError: AI-Horde could not confirm the key; the link stays.
            ApiError: the roles could not be read from the service.
        """
        standing, key = await self._standing_and_key(user_id)
        if needs is not None and not self._cache.is_fresh(standing):
            async with self._lock(user_id):
                # Another action of this person may have refreshed the roles during the wait.
                standing, key = await self._standing_and_key(user_id)
                if not self._cache.is_fresh(standing):
                    standing = await self._reread_roles(standing, key)
        if needs is not None and not standing.may(needs):
            raise MissingRoleError(needs, standing)
        await self._note_use(user_id)
        return Actor(user_id=user_id, horde=standing.horde, roles=standing.roles, key=key)

    async def refresh(self, user_id: int) -> Standing:
        """Read the roles now; raises as :meth:`actor`, except MissingRoleError."""
        async with self._lock(user_id):
            return await self._reread_roles(*await self._standing_and_key(user_id))

    async def refreshed(self, user_id: int) -> Standing | None:
        """Return a person for their own status screen; stale roles are read again if possible.

        During an outage the last known roles are returned.

        Raises:
            UnknownKeyError: AI-Horde itself does not know the key any more.
            UnreadableKeyError: the stored key cannot be decrypted.
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

    async def owner_of(self, horde_user_id: str) -> int | None:
        """Return the Discord id of the person who linked an AI-Horde account."""
        link = await self._links.by_horde_user(horde_user_id)
        return None if link is None else link.user_id

    def mark_stale(self, user_id: int) -> None:
        """Mark cached roles as stale, for example after the service refused for lack of a role."""
        self._cache.mark_stale(user_id)

    def drop(self, user_id: int) -> None:
        """Remove a person from the cache, because their link may be gone."""
        self._cache.drop(user_id)
        self._used_on.pop(user_id, None)

    async def link(self, user_id: int, key_text: str) -> LinkOutcome:
        """Link a person to the account of a typed key, replacing a former key, or change nothing.

        Raises:
            KeyShapeError: the text cannot be a key; it was sent nowhere.
            AnonymousKeyError: the key is the anonymous account's.
            SharedKeyError: the key is a shared key.
            TooManyAttemptsError: the rate limit of key attempts is reached.
            UnknownKeyError: AI-Horde does not know the key.
            HordeUnavailableError: AI-Horde could not confirm the key.
            AccountTakenError: another Discord user has linked the account.
            ApiError: the roles could not be read from the service.
        """
        key = personal_key(key_text)
        async with self._lock(user_id):
            horde = await self._key_lookup.owner(user_id, key)
            user, roles = await self._roles.get_user_roles(key)
            if user is None:  # revoked between the two requests
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
                # The row may be stored after a cancellation or a failed checkpoint: read storage next time.
                self.drop(user_id)
            standing = self._cache.put(standing_of(link))
        _log.info(
            "account_linked",
            user_id=user_id,
            horde_user_id=horde.user_id,
            roles=sorted(role.value for role in standing.roles),
        )
        return LinkOutcome(standing, None if former is None else former.horde)

    async def set_visible(self, user_id: int, *, is_visible: bool) -> None:
        """Set whether others can look a person up.

        Raises:
            NotLinkedError: there is no link.
        """
        async with self._lock(user_id):
            if not await self._links.set_visible(user_id, is_visible=is_visible):
                self.drop(user_id)
                raise NotLinkedError(user_id)
            self._cache.note_visible(user_id, is_visible=is_visible)

    async def expire(self, unused_since: datetime, warned_before: datetime) -> int:
        """Unlink people inactive since a moment and warned before another; return their number."""
        if self._idle_links is None:
            return 0
        gone = await self._idle_links.expire(unused_since, warned_before)
        for user_id in gone:
            self.drop(user_id)
            _log.info("link_expired", user_id=user_id)
        return len(gone)

    async def unlink(self, user_id: int) -> bool:
        """Delete a person's key; return False if there was none."""
        async with self._lock(user_id):
            try:
                was_linked = await self._links.delete(user_id)
            finally:
                self.drop(user_id)
        if was_linked:
            _log.info("account_unlinked", user_id=user_id)
        return was_linked

    async def _standing_and_key(self, user_id: int) -> tuple[Standing, SecretStr]:
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

    async def _reread_roles(self, standing: Standing, key: SecretStr) -> Standing:
        user, roles = await self._roles.get_user_roles(key)
        now = self._clock()
        if user is None:
            over, user_id = DENIED_OVER, standing.user_id
            if await self._links.deny(user_id, standing.generation, now, times=DENIED_TIMES, over=over):
                self.drop(user_id)
                _log.info("key_disabled", user_id=user_id)
            raise UnknownKeyError
        with suppress(DiskError):  # the roles count all the same, until the next start
            if not await self._links.set_roles(standing.user_id, frozenset(roles), now):
                self.drop(standing.user_id)
                raise NotLinkedError(standing.user_id)
        return self._cache.put(replace(standing, roles=frozenset(roles), roles_read_at=now))

    async def _note_use(self, user_id: int) -> None:
        """Record a use of the link once a day, to spare most actions a write to disk."""
        today = self._clock().date()
        if self._idle_links is not None and self._used_on.get(user_id) != today:
            with suppress(DiskError):  # reading goes on; the use is recorded another time
                await self._idle_links.use(user_id, self._clock())
                self._used_on[user_id] = today

    def _lock(self, user_id: int) -> asyncio.Lock:
        """Return the person's lock; it serializes requests and changes of their link."""
        return self._locks.setdefault(user_id, asyncio.Lock())
