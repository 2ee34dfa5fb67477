"""Expiry of drafts and links, and the warning that their owners get before."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.identity.accounts import Accounts
from storage.drafts import Draft, Drafts
from storage.idle_links import IdleLinks

WARNING_PERIOD = timedelta(days=3)
"""Time between the warning and the expiry of a draft; at most half of the time that drafts are kept."""

LINK_WARNING_PERIOD = timedelta(days=14)
"""The same for a link, whose owner is seldom here."""


def warning_period(keep_for: timedelta, longest: timedelta = WARNING_PERIOD) -> timedelta:
    """Return the time between warning and expiry."""
    return min(longest, keep_for / 2)


def kept_until(draft: Draft, keep_for: timedelta) -> datetime:
    """Return the expiry of an unused draft, at least a warning period after the warning."""
    until = draft.updated_at + keep_for
    return until if draft.warned_at is None else max(until, draft.warned_at + warning_period(keep_for))


async def expire_drafts(drafts: Drafts, keep_for: timedelta, now: datetime) -> int:
    """Mark drafts for a warning, delete those warned long enough, and count the deleted.

    After a pause of the bot every old draft is warned about first.
    """
    period = warning_period(keep_for)
    await drafts.warn(now - keep_for + period, now)
    return await drafts.expire(now - keep_for, now - period)


@dataclass(frozen=True, slots=True)
class LinkExpiry:
    """Expiry of unused links and their keys: a key that is not needed cannot leak."""

    accounts: Accounts
    idle_links: IdleLinks
    clock: Callable[[], datetime]
    keep_for: timedelta

    @property
    def warning_period(self) -> timedelta:
        """Time between warning and expiry."""
        return warning_period(self.keep_for, LINK_WARNING_PERIOD)

    async def expire(self) -> int:
        """Mark links for a warning, delete those warned long enough, and count the deleted."""
        now = self.clock()
        await self.idle_links.warn(now - self.keep_for + self.warning_period, now)
        return await self.accounts.expire(now - self.keep_for, now - self.warning_period)
