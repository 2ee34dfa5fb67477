"""How long drafts and links are kept, and when their owners hear that they go."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.identity.accounts import Accounts
from storage.drafts import Draft, Drafts
from storage.idle_links import IdleLinks

WORD_BEFORE = timedelta(days=3)
"""How long before its end a draft's owner is told; where drafts are kept for less than twice that, half of it."""


LINK_WORD_BEFORE = timedelta(days=14)
"""Likewise for a link, whose owner is seldom here."""


def word_before(keep_for: timedelta, most: timedelta = WORD_BEFORE) -> timedelta:
    """The time that an owner has left once told."""
    return min(most, keep_for / 2)


def kept_until(draft: Draft, keep_for: timedelta) -> datetime:
    """When a draft goes if nobody touches it: never before its owner had time to act on the word."""
    until = draft.updated_at + keep_for
    return until if draft.warned_at is None else max(until, draft.warned_at + word_before(keep_for))


async def expire_drafts(drafts: Drafts, keep_for: timedelta, now: datetime) -> int:
    """Delete what nobody touched for so long, and have the owners of what goes next told; returns how many went.

    After a pause of the bot everything is told first, and goes when its owner had time.
    """
    before = word_before(keep_for)
    await drafts.warn(now - keep_for + before, now)
    return await drafts.expire(now - keep_for, now - before)


@dataclass(frozen=True, slots=True)
class LinkKeeping:
    """Ends links that nobody uses, with their keys: what is not needed cannot leak."""

    accounts: Accounts
    idle_links: IdleLinks
    clock: Callable[[], datetime]
    keep_for: timedelta

    @property
    def word_before(self) -> timedelta:
        """The time that somebody has left once told."""
        return word_before(self.keep_for, LINK_WORD_BEFORE)

    async def expire(self) -> int:
        """Tell those whose links go next, and delete those whose owners had time; returns how many went."""
        now = self.clock()
        await self.idle_links.warn(now - self.keep_for + self.word_before, now)
        return await self.accounts.expire(now - self.keep_for, now - self.word_before)
