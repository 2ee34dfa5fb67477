"""How long a draft is kept, and when its owner hears that it goes."""

from datetime import datetime, timedelta

from storage.drafts import Draft, Drafts

WORD_BEFORE = timedelta(days=3)
"""How long before its end a draft's owner is told; where drafts are kept for less than twice that, half of it."""


def word_before(keep_for: timedelta) -> timedelta:
    """The time that an owner has left once told."""
    return min(WORD_BEFORE, keep_for / 2)


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
