"""What was last known of those who have linked, kept in memory so that a press waits neither for disk nor network."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.identity.standing import HordeUserContext, Role, Standing
from storage.links import Link, Links


class StandingCache:
    """People by Discord id. What it holds may be old: :meth:`is_fresh` says whether roles are to be asked for anew."""

    def __init__(self, links: Links, clock: Callable[[], datetime], ttl: timedelta) -> None:
        """Begin with nobody; ``ttl`` is for how long roles count as just read."""
        self._links = links
        self._clock = clock
        self._ttl = ttl
        self._known: dict[int, Standing] = {}
        self._doubted: set[int] = set()

    async def warm(self) -> int:
        """Recall everybody who held a role; their number."""
        links = await self._links.with_roles()
        for link in links:
            self._known.setdefault(link.user_id, standing_of(link))
        return len(links)

    async def with_roles(self) -> list[Standing]:
        """Everybody who held a role when last asked, by Horde name."""
        return [self._known.get(link.user_id, standing_of(link)) for link in await self._links.with_roles()]

    def peek(self, user_id: int) -> Standing | None:
        """What is in memory, at once."""
        return self._known.get(user_id)

    async def standing(self, user_id: int) -> Standing | None:
        """What is in memory, else on disk; None when not linked."""
        if (known := self._known.get(user_id)) is not None:
            return known
        link = await self._links.get(user_id)
        # Somebody faster may have remembered something newer during the read.
        return None if link is None else self._known.setdefault(user_id, standing_of(link))

    def put(self, standing: Standing) -> Standing:
        """Remember what was just learned, and doubt it no more."""
        self._doubted.discard(standing.user_id)
        self._known[standing.user_id] = standing
        return standing

    def note_visible(self, user_id: int, *, is_visible: bool) -> None:
        """Remember whether others may look a person up, if anything is remembered of them."""
        if (known := self._known.get(user_id)) is not None:
            self._known[user_id] = replace(known, is_visible=is_visible)

    def doubt(self, user_id: int) -> None:
        """Believe the roles no more."""
        self._doubted.add(user_id)

    def drop(self, user_id: int) -> None:
        """Remember nothing of a person."""
        self._known.pop(user_id, None)
        self._doubted.discard(user_id)

    def is_fresh(self, standing: Standing) -> bool:
        """Whether the roles count as just read."""
        if standing.roles_read_at is None or standing.user_id in self._doubted:
            return False
        # A clock that was set back must not keep roles for ever.
        return timedelta() <= self._clock() - standing.roles_read_at < self._ttl


def standing_of(link: Link) -> Standing:
    """What a stored link says of a person."""
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
