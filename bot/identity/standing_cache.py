"""Cache of linked people, so that most actions need neither disk nor network."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.identity.standing import HordeUserContext, Role, Standing
from storage.links import Link, Links


class StandingCache:
    """Cache of linked people by Discord id; entries may be stale, see :meth:`is_fresh`."""

    def __init__(self, links: Links, clock: Callable[[], datetime], ttl: timedelta) -> None:
        """Create an empty cache; roles are stale after ``ttl``."""
        self._links = links
        self._clock = clock
        self._ttl = ttl
        self._known: dict[int, Standing] = {}
        self._stale: set[int] = set()

    async def warm(self) -> int:
        """Fill the cache with all people who had a role; return their number."""
        links = await self._links.with_roles()
        for link in links:
            self._known.setdefault(link.user_id, standing_of(link))
        return len(links)

    async def with_roles(self) -> list[Standing]:
        """Return all people who had a role when last read, by Horde name."""
        return [self._known.get(link.user_id, standing_of(link)) for link in await self._links.with_roles()]

    def peek(self, user_id: int) -> Standing | None:
        """Return a person from the cache; None if not cached."""
        return self._known.get(user_id)

    async def standing(self, user_id: int) -> Standing | None:
        """Return a person from the cache, else from storage; None when not linked."""
        if (known := self._known.get(user_id)) is not None:
            return known
        link = await self._links.get(user_id)
        # A concurrent call may have cached something newer during the read.
        return None if link is None else self._known.setdefault(user_id, standing_of(link))

    def put(self, standing: Standing) -> Standing:
        """Store a person with roles that were just read."""
        self._stale.discard(standing.user_id)
        self._known[standing.user_id] = standing
        return standing

    def note_visible(self, user_id: int, *, is_visible: bool) -> None:
        """Update a cached person's visibility."""
        if (known := self._known.get(user_id)) is not None:
            self._known[user_id] = replace(known, is_visible=is_visible)

    def mark_stale(self, user_id: int) -> None:
        """Mark a person's roles as stale."""
        self._stale.add(user_id)

    def drop(self, user_id: int) -> None:
        """Remove a person."""
        self._known.pop(user_id, None)
        self._stale.discard(user_id)

    def is_fresh(self, standing: Standing) -> bool:
        """Return whether the roles are not stale."""
        if standing.roles_read_at is None or standing.user_id in self._stale:
            return False
        # The lower bound guards against a clock that was set back.
        return timedelta() <= self._clock() - standing.roles_read_at < self._ttl


def standing_of(link: Link) -> Standing:
    """Convert a stored link."""
    return Standing(
        user_id=link.user_id,
        horde=HordeUserContext(user_id=link.horde_user_id, username=link.horde_username),
        roles=frozenset(role for role in Role if role in link.roles),
        roles_read_at=link.roles_read_at,
        linked_at=link.linked_at,
        is_visible=link.is_visible,
        generation=link.generation,
        is_disabled=link.is_disabled,
    )
